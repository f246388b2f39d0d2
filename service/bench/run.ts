/**
 * How fast the service answers: `node service/bench/run.ts [--clients 50] [--seconds 15] [--processes 1|2]`, after `npm run build`.
 * Prints requests per second, the 50th and 99th percentile and the processor time for /validate (a PDF of 100 kB at level B-LT)
 * and for the way from create over sign to download.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { Agent, request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { plainPdf } from '../../scripts/plain-pdf.ts';
import { postgresPrograms, startPostgres } from '../test/support/postgres.ts';

const { values } = parseArgs({
  options: {
    clients: { type: 'string', default: '50' },
    seconds: { type: 'string', default: '15' },
    processes: { type: 'string', default: '1' },
  },
});
const clients = Number(values.clients);
const seconds = Number(values.seconds);
const processes = Number(values.processes);
const agent = new Agent({ keepAlive: true, maxSockets: clients });

/** Of the clock that Linux counts processor time by. */
const TICK_MS = 10;

interface Answered {
  readonly status: number;
  readonly body: Buffer;
}

const secret = randomBytes(32).toString('base64');
const folder = mkdtempSync(join(tmpdir(), 'adeskit-bench-'));
const programs = processes > 1 ? postgresPrograms() : null;
if (processes > 1 && programs === null) throw new Error('two processes need PostgreSQL, and none is installed');
const postgres = programs === null ? null : await startPostgres(programs);
const databaseUrl = postgres?.database();
// No limit of requests a minute stands in the way.
const settings = join(folder, 'settings.json');
writeFileSync(settings, JSON.stringify({ tiers: { startup: 100_000_000 } }));
const servers: { readonly url: string; readonly key: string; readonly child: ChildProcess }[] = [];
try {
  for (let started = 0; started < processes; started++) servers.push(await serve());
  const key = servers.find((server) => server.key !== '')?.key ?? '';
  const turn = { at: 0 };
  const ask = (method: string, path: string, body?: { readonly type: string; readonly bytes: Buffer }): Promise<Answered> =>
    asked(servers[turn.at++ % servers.length]?.url ?? '', key, method, path, body);
  const document = multipart(Buffer.from(plainPdf({ title: 'Bench', pages: [['# Bench']], padding: 40_000 })));
  const signed = multipart(await signedDocument(ask, document));
  console.log(
    `${clients} clients, ${processes} process(es), ${databaseUrl === undefined ? 'SQLite' : 'PostgreSQL'}, signed file of ${signed.bytes.length} octets`,
  );
  await measured('validate', async () => [await timed(() => ask('POST', '/v1/validate', signed), 200)]);
  await measured('create → sign → download', () => cycle(ask, document));
} finally {
  for (const { child } of servers) child.kill('SIGTERM');
  await Promise.all(
    servers.map(({ child }) => new Promise((resolve) => (child.exitCode === null ? child.once('exit', resolve) : resolve(null)))),
  );
  agent.destroy();
  await postgres?.stop();
  rmSync(folder, { recursive: true, force: true });
}

type Ask = (method: string, path: string, body?: { readonly type: string; readonly bytes: Buffer }) => Promise<Answered>;

/** Every client goes on as long as there is time; prints the rate and the percentiles of single requests. */
async function measured(name: string, work: () => Promise<readonly number[]>): Promise<void> {
  const warm = performance.now() + 2000;
  await Promise.all(Array.from({ length: clients }, () => until(warm, work)));
  const before = processorTime();
  const begun = performance.now();
  const rounds = (await Promise.all(Array.from({ length: clients }, () => until(begun + 1000 * seconds, work)))).flat();
  const times = rounds.flat().sort((a, b) => a - b);
  const took = (performance.now() - begun) / 1000;
  const after = processorTime();
  const each = (of: 'service' | 'database'): string => ((after[of] - before[of]) / rounds.length).toFixed(1);
  const at = (share: number): string => `${Math.round(times[Math.min(times.length - 1, Math.floor(share * times.length))] ?? 0)} ms`;
  console.log(
    `${name.padEnd(26)} ${(times.length / took).toFixed(1).padStart(8)} requests/s   p50 ${at(0.5)}   p99 ${at(0.99)}   most ${at(1)}   ` +
      `${rounds.length} rounds, processor ms a round: service ${each('service')}, database ${each('database')}`,
  );
}

/** Milliseconds of processor time that the service and the databases of this machine have used so far; 0 where no system tells it. */
function processorTime(): { readonly service: number; readonly database: number } {
  const used = { service: 0, database: 0 };
  for (const pid of existsSync('/proc') ? readdirSync('/proc').filter((name) => /^\d+$/.test(name)) : []) {
    const own = servers.some(({ child }) => child.pid === Number(pid));
    const [, name = '', rest = ''] = /^\d+ \((.*?)\) (.*)$/s.exec(textOf(`/proc/${pid}/stat`)) ?? [];
    if (!own && (postgres === null || name !== 'postgres')) continue;
    const [user = 0, system = 0] = rest.split(' ').slice(11, 13).map(Number);
    used[own ? 'service' : 'database'] += (user + system) * TICK_MS;
  }
  return used;
}

/** Empty for a process that ended meanwhile. */
function textOf(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}

async function until(end: number, work: () => Promise<readonly number[]>): Promise<(readonly number[])[]> {
  const times: (readonly number[])[] = [];
  while (performance.now() < end) times.push(await work());
  return times;
}

/** One whole way; the times of its requests, the waiting between them left out. */
async function cycle(ask: Ask, document: { readonly type: string; readonly bytes: Buffer }): Promise<number[]> {
  const times: number[] = [];
  const taken = async (
    method: string,
    path: string,
    status: number,
    body?: { readonly type: string; readonly bytes: Buffer },
  ): Promise<Answered> => {
    const begun = performance.now();
    const answer = await ask(method, path, body);
    times.push(performance.now() - begun);
    if (answer.status !== status)
      throw new Error(`${method} ${path} answered ${answer.status}: ${answer.body.toString('utf8').slice(0, 300)}`);
    return answer;
  };
  const { id } = JSON.parse((await taken('POST', '/v1/documents', 201, document)).body.toString('utf8'));
  const made = json({ document_id: id, signature_type: 'aes', signers: [{ name: 'Ada', email: 'sign.success@qsignhub-test.io' }] });
  const created = JSON.parse((await taken('POST', '/v1/signature-requests', 201, made)).body.toString('utf8'));
  for (;;) {
    const { status } = JSON.parse((await taken('GET', `/v1/signature-requests/${created.id}`, 200)).body.toString('utf8'));
    if (status === 'completed') break;
    await new Promise((resolve) => setTimeout(resolve, 250));
  }
  await taken('GET', `/v1/signature-requests/${created.id}/download`, 200);
  return times;
}

async function signedDocument(ask: Ask, document: { readonly type: string; readonly bytes: Buffer }): Promise<Buffer> {
  const { id } = JSON.parse((await ask('POST', '/v1/documents', document)).body.toString('utf8'));
  const made = json({ document_id: id, signature_type: 'aes', signers: [{ name: 'Ada', email: 'sign.success@qsignhub-test.io' }] });
  const created = JSON.parse((await ask('POST', '/v1/signature-requests', made)).body.toString('utf8'));
  for (;;) {
    const answer = await ask('GET', `/v1/signature-requests/${created.id}/download`);
    if (answer.status === 200) return answer.body;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

async function timed(work: () => Promise<Answered>, status: number): Promise<number> {
  const begun = performance.now();
  const answer = await work();
  if (answer.status !== status) throw new Error(`answered ${answer.status}: ${answer.body.toString('utf8').slice(0, 300)}`);
  return performance.now() - begun;
}

function asked(
  url: string,
  key: string,
  method: string,
  path: string,
  body?: { readonly type: string; readonly bytes: Buffer },
): Promise<Answered> {
  return new Promise((resolve, reject) => {
    const headers = { 'x-api-key': key, ...(body && { 'content-type': body.type, 'content-length': body.bytes.length }) };
    const sent = request(`${url}${path}`, { method, agent, headers }, (response) => {
      const pieces: Buffer[] = [];
      response.on('data', (piece: Buffer) => pieces.push(piece));
      response.on('end', () => resolve({ status: response.statusCode ?? 0, body: Buffer.concat(pieces) }));
    });
    sent.on('error', reject);
    sent.end(body?.bytes);
  });
}

function serve(): Promise<{ url: string; key: string; child: ChildProcess }> {
  const child = spawn(
    process.execPath,
    [fileURLToPath(new URL('../../bin/adeskit.js', import.meta.url)), 'serve', '--port', '0', '--data', folder],
    {
      stdio: ['ignore', 'pipe', 'inherit'],
      env: {
        ...process.env,
        ADESKIT_LOG_LEVEL: 'silent',
        ADESKIT_CONFIG: settings,
        ADESKIT_ONLINE_VALIDATION: 'false',
        // Threads are shared between processes: there are no more cores.
        ADESKIT_WORKERS: processes > 1 ? '1' : '2',
        ADESKIT_ENCRYPTION_KEY: process.env['ADESKIT_ENCRYPTION_KEY'] ?? secret,
        ...(databaseUrl !== undefined && { DATABASE_URL: databaseUrl }),
      },
    },
  );
  return new Promise((resolve, reject) => {
    let url = '';
    let found = '';
    child.once('exit', (code) => reject(new Error(`the service ended with ${code}`)));
    createInterface({ input: child.stdout }).on('line', (line) => {
      url = /serves at (\S+)/.exec(line)?.[1] ?? url;
      found = /test key +(\S+)/.exec(line)?.[1] ?? found;
      // The data folder is told last where there are no new keys.
      if (url !== '' && (found !== '' || (servers.length > 0 && /data +/.test(line)))) resolve({ url, key: found, child });
    });
  });
}

function json(value: unknown): { readonly type: string; readonly bytes: Buffer } {
  return { type: 'application/json', bytes: Buffer.from(JSON.stringify(value)) };
}

function multipart(file: Buffer): { readonly type: string; readonly bytes: Buffer } {
  const boundary = `b${randomBytes(8).toString('hex')}`;
  const head = `--${boundary}\r\ncontent-disposition: form-data; name="file"; filename="a.pdf"\r\ncontent-type: application/pdf\r\n\r\n`;
  return {
    type: `multipart/form-data; boundary=${boundary}`,
    bytes: Buffer.concat([Buffer.from(head), file, Buffer.from(`\r\n--${boundary}--\r\n`)]),
  };
}
