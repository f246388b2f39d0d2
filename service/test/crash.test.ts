/** The process dies at every step of sealing and of delivery: nothing is lost, nothing is done twice. */
import { describe, expect, test } from 'vitest';
import { plainPdf } from '../../scripts/plain-pdf.ts';
import { readConfiguration } from '../src/config/configuration.ts';
import { brokenLink } from '../src/domain/audit.ts';
import { startService } from '../src/service.ts';
import { endChildrenAfterTests, startChild } from './support/children.ts';
import { DATABASES, endAfterTests, eventually, formOf, KEY, newDatabase, newFolder, startReceiver } from './support/running.ts';

endAfterTests();
endChildrenAfterTests();

const PDF = plainPdf({ title: 'Contract', pages: [['# Contract']] });
const SEALING = ['begun', 'certified', 'trail-sealed', 'document-sealed', 'stored', 'committed'];
/** On PostgreSQL the queue waits longer after each death, so fewer of them. */
const DEATHS = { sqlite: SEALING, postgres: ['certified', 'stored', 'committed'] } as const;
const DELIVERY = ['loaded', 'sent', 'recorded'];

interface Client {
  ask(
    method: string,
    path: string,
    body?: unknown,
    form?: FormData,
  ): Promise<{ status: number; bytes: Buffer; json: Record<string, never> }>;
}

const clientOf = (url: string, key: string): Client => ({
  ask: async (method, path, body, form) => {
    const response = await fetch(`${url}${path}`, {
      method,
      headers: { 'x-api-key': key, ...(body !== undefined && { 'content-type': 'application/json' }) },
      ...(body !== undefined && { body: JSON.stringify(body) }),
      ...(form && { body: form }),
    });
    const bytes = Buffer.from(await response.arrayBuffer());
    const json = response.headers.get('content-type')?.includes('json') ? JSON.parse(bytes.toString('utf8')) : {};
    return { status: response.status, bytes, json };
  },
});

async function settingsFor(kind: 'sqlite' | 'postgres') {
  const databaseUrl = await newDatabase(kind);
  return {
    ...{ port: 0, data: newFolder(), logLevel: 'silent', encryptionKey: KEY, onlineValidation: false },
    ...{ jobPollMs: 100, jobLeaseSeconds: 2, workers: 1, webhookPrivateHosts: ['127.0.0.1'] },
    ...(databaseUrl !== undefined && { databaseUrl }),
  };
}

/** Uploads a document and asks two signers of the sandbox. */
async function request(client: Client, email = 'sign.success@qsignhub-test.io'): Promise<string> {
  const document = (await client.ask('POST', '/v1/documents', undefined, formOf(PDF, 'contract.pdf'))).json['id'];
  const signers = ['Ada', 'Bob'].map((name) => ({ name, email }));
  const made = await client.ask('POST', '/v1/signature-requests', { document_id: document, signature_type: 'aes', signers });
  expect(made.status).toBe(201);
  return made.json['id'] ?? '';
}

describe.each(DATABASES)('on %s', (kind) => {
  test('one request survives a process that dies at every step of its sealing', { timeout: 240_000 }, async () => {
    const settings = await settingsFor(kind);
    const [first = '', ...rest] = DEATHS[kind];
    const child = await startChild(settings, `seal:${first}`);
    if (child.url === null) throw new Error('it did not start');
    const key = child.keys?.test ?? '';
    const id = await request(clientOf(child.url, key));
    const deaths = [await child.ended];
    for (const step of rest) deaths.push(await (await startChild(settings, `seal:${step}`)).ended);
    expect(deaths).toEqual(DEATHS[kind].map(() => 'SIGKILL'));
    const service = await startService(readConfiguration({}, settings));
    try {
      const client = clientOf(service.url, key);
      await eventually(
        async () => ((await client.ask('GET', `/v1/signature-requests/${id}`)).json['status'] === 'completed' ? true : null),
        'it is completed',
      );
      const { db } = service.core.store;
      const events = await db.selectFrom('events').selectAll().where('request_id', '=', id).orderBy('sequence').execute();
      expect(brokenLink(events, service.core.vault)).toBeNull();
      expect(events.filter(({ type }) => type === 'request.completed')).toHaveLength(1);
      expect(events.filter(({ type }) => type === 'signer.signed')).toHaveLength(2);
      const signed = await client.ask('GET', `/v1/signature-requests/${id}/download`);
      const verdict = await client.ask('POST', '/v1/validate', undefined, formOf(signed.bytes, 'signed.pdf'));
      expect(verdict.json).toMatchObject({ valid: true, signatures: [{ signer_name: 'Ada' }, { signer_name: 'Bob' }] });
      // Of the certificates of all attempts, those of the one that counts are alive.
      const certificates = await db.selectFrom('certificates').select(['revoked_at']).where('request_id', '=', id).execute();
      expect(certificates.length).toBeGreaterThan(2);
      expect(certificates.filter(({ revoked_at: at }) => at === null)).toHaveLength(2);
      const completions = await db.selectFrom('messages').select('id').where('mode', '=', 'test').execute();
      expect(completions).toHaveLength(4);
    } finally {
      await service.stop();
    }
  });

  test('an event survives a process that dies at every step of its delivery, and always has the same id', {
    timeout: 240_000,
  }, async () => {
    const settings = await settingsFor(kind);
    const receiver = await startReceiver();
    const child = await startChild(settings);
    if (child.url === null || !('stop' in child)) throw new Error('it did not start');
    const client = clientOf(child.url, child.keys?.test ?? '');
    expect((await client.ask('POST', '/manage/webhooks', { url: receiver.url })).status).toBe(201);
    await child.stop();
    // Whoever makes the request dies with the first delivery.
    const makers = await startChild(settings, `deliver:${DELIVERY[0]}`);
    if (makers.url === null) throw new Error('it did not start');
    const id = await request(clientOf(makers.url, child.keys?.test ?? ''), 'sign.timeout@qsignhub-test.io').catch(() => null);
    expect(await makers.ended).toBe('SIGKILL');
    for (const step of DELIVERY.slice(1)) expect(await (await startChild(settings, `deliver:${step}`)).ended).toBe('SIGKILL');
    const service = await startService(readConfiguration({}, settings));
    try {
      const deliveries = await eventually(async () => {
        const rows = await service.core.store.db.selectFrom('webhook_deliveries').selectAll().execute();
        return rows.length > 0 && rows.every(({ status }) => status === 'delivered') ? rows : null;
      }, 'everything is delivered');
      expect(deliveries).toHaveLength(1);
      const bodies = receiver.received.map(({ body }) => JSON.parse(body));
      expect(new Set(bodies.map((body) => body.id)).size).toBe(1);
      expect(bodies[0].type).toBe('signature_request.created');
      if (id !== null) expect(bodies[0].data.signature_request.id).toBe(id);
      // Once before it died unrecorded, once when that was repeated.
      expect(bodies.length).toBe(2);
    } finally {
      await service.stop();
    }
  });
});
