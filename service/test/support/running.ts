/** The service as its users see it: over HTTP, on a database of its own. */

import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type IncomingMessage } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll } from 'vitest';
import { readConfiguration } from '../../src/config/configuration.ts';
import { createKey, createTenant } from '../../src/domain/keys.ts';
import type { Mode } from '../../src/domain/model.ts';
import { type Service, type StartOptions, startService } from '../../src/service.ts';
import { type Postgres, postgresPrograms, startPostgres } from './postgres.ts';

export type DatabaseKind = 'sqlite' | 'postgres';

const programs = postgresPrograms();

/** The databases that tests run on here. */
export const DATABASES: readonly DatabaseKind[] = programs === null ? ['sqlite'] : ['sqlite', 'postgres'];
if (programs === null) console.info('no PostgreSQL below /usr/lib/postgresql (or no runuser): the tests run on SQLite alone');

export interface Running {
  readonly service: Service;
  readonly url: string;
  readonly keys: Readonly<Record<Mode, string>>;
  /** A customer of their own, with keys. */
  tenant(tier?: string): Promise<Readonly<Record<Mode, string>>>;
  /** The clock of the service goes on by so many milliseconds. */
  later(ms: number): void;
  readonly data: string;
  readonly databaseUrl: string | undefined;
}

let server: Promise<Postgres> | null = null;
const open: (() => Promise<void> | void)[] = [];

/** Call once in a file that starts services: everything ends after its tests. */
export function endAfterTests(): void {
  afterAll(async () => {
    for (const close of open.splice(0).reverse()) await close();
    await (await server)?.stop();
    server = null;
  });
}

export async function newDatabase(kind: DatabaseKind): Promise<string | undefined> {
  if (kind === 'sqlite' || programs === null) return undefined;
  server ??= startPostgres(programs);
  return (await server).database();
}

export function newFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'adeskit-service-'));
  open.push(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

export const KEY = Buffer.alloc(32, 7).toString('base64');

export async function startRunning(
  kind: DatabaseKind,
  settings: Record<string, unknown> = {},
  options: StartOptions = {},
): Promise<Running> {
  const data = newFolder();
  const databaseUrl = await newDatabase(kind);
  let ahead = 0;
  const configuration = readConfiguration(
    {},
    {
      ...{ port: 0, data, logLevel: 'silent', onlineValidation: false, jobPollMs: 500, encryptionKey: KEY },
      ...(databaseUrl !== undefined && { databaseUrl }),
      ...settings,
    },
  );
  const service = await startService(configuration, { clock: () => Date.now() + ahead, ...options });
  open.push(() => service.stop());
  const tenant = async (tier = 'business') => {
    const id = await createTenant(service.core, 'test', tier);
    return {
      test: await createKey(service.core, { tenant: id, mode: 'test' }, 'qsh_test_', 'test'),
      live: await createKey(service.core, { tenant: id, mode: 'live' }, 'qsh_live_', 'test'),
    };
  };
  return {
    service,
    url: service.url,
    keys: await tenant(),
    tenant,
    later: (ms) => {
      ahead += ms;
    },
    data,
    databaseUrl,
  };
}

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  // biome-ignore lint/suspicious/noExplicitAny: answers are looked into, member by member.
  readonly json: any;
  readonly bytes: Uint8Array;
}

export interface Call {
  readonly key?: string | null;
  readonly body?: unknown;
  readonly form?: FormData;
  readonly headers?: Readonly<Record<string, string>>;
}

/** One request; `path` below the service's address. */
export async function call(running: Running, method: string, path: string, { key, body, form, headers }: Call = {}): Promise<Answer> {
  const sent = key === null ? {} : { 'x-api-key': key ?? running.keys.test };
  const response = await fetch(path.startsWith('http') ? path : `${running.url}${path}`, {
    method,
    redirect: 'manual',
    headers: { ...sent, ...(body !== undefined && { 'content-type': 'application/json' }), ...headers },
    ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    ...(form && { body: form }),
  });
  const bytes = new Uint8Array(await response.arrayBuffer());
  const isJson = response.headers.get('content-type')?.includes('json') ?? false;
  return {
    status: response.status,
    headers: response.headers,
    json: isJson ? JSON.parse(Buffer.from(bytes).toString('utf8')) : null,
    bytes,
  };
}

export function formOf(content: Uint8Array, fileName: string, fields: Readonly<Record<string, string>> = {}): FormData {
  const form = new FormData();
  form.append('file', new Blob([content as Uint8Array<ArrayBuffer>]), fileName);
  for (const [name, value] of Object.entries(fields)) form.append(name, value);
  return form;
}

/** Asks until it is so. */
export async function eventually<T>(ask: () => Promise<T | null | undefined | false>, what: string): Promise<T> {
  for (let attempt = 0; attempt < 400; attempt++) {
    const found = await ask();
    if (found) return found;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error(`it never came to this: ${what}`);
}

export interface Received {
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
}

export interface Receiver {
  readonly url: string;
  readonly received: Received[];
  /** What it answers from now on. */
  answer(status: number): void;
}

/** Somebody who takes webhooks, on loopback. */
export async function startReceiver(): Promise<Receiver> {
  const received: Received[] = [];
  let status = 200;
  const listening = createServer((request, response) => {
    const pieces: Buffer[] = [];
    request.on('data', (piece: Buffer) => pieces.push(piece));
    request.on('end', () => {
      received.push({ headers: request.headers, body: Buffer.concat(pieces).toString('utf8') });
      response.writeHead(status).end();
    });
  });
  await new Promise<void>((resolve) => listening.listen(0, '127.0.0.1', resolve));
  open.push(() => new Promise<void>((resolve) => void listening.close(() => resolve())));
  const address = listening.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  return {
    url: `http://127.0.0.1:${port}/hook`,
    received,
    answer: (next) => {
      status = next;
    },
  };
}
