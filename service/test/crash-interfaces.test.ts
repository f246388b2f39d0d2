/** The process dies while a request of each interface is sealed, and again while its webhooks are sent: all is finished once by who comes after. */
import { describe, expect, test } from 'vitest';
import { plainPdf } from '../../scripts/plain-pdf.ts';
import { readConfiguration } from '../src/config/configuration.ts';
import { createKey, createTenant } from '../src/domain/keys.ts';
import { type Service, startService } from '../src/service.ts';
import { saveEndpoint } from '../src/webhooks/endpoints.ts';
import { endChildrenAfterTests, startChild } from './support/children.ts';
import { DATABASES, endAfterTests, eventually, KEY, newDatabase, newFolder, startReceiver } from './support/running.ts';

endAfterTests();
endChildrenAfterTests();
const PDF64 = Buffer.from(plainPdf({ title: 'Contract', pages: [['# Contract']] })).toString('base64');
const EMAIL = 'sign.success@example.com';

type Ask = (method: string, path: string, body?: unknown) => Promise<Record<string, never>>;

interface Interface {
  readonly name: string;
  readonly keyPrefix: string;
  readonly header: (key: string) => Record<string, string>;
  /** Makes a request whose signer is played; its id. */
  readonly make: (ask: Ask) => Promise<string>;
  readonly isDone: (ask: Ask, id: string) => Promise<boolean>;
  /** What is told of it, by type. */
  readonly events: readonly string[];
}

const INTERFACES: readonly Interface[] = [
  {
    name: 'qsign',
    keyPrefix: 'qsk_test_',
    header: (key) => ({ 'x-api-key': key }),
    make: async (ask) => {
      const recipients = [{ name: 'Ada', email: EMAIL }];
      const body = { doc_url: 'https://example.com/a.pdf', document_name: 'Contract', recipients };
      return String((await ask('POST', '/backend/othercompanyapi/document/recipients/create/', body))['quoqo_document_id']);
    },
    isDone: async (ask, id) =>
      (await ask('GET', `/backend/othercompanyapi/document/sign/status/?document_id=${id}`))['document_status'] === 'Fully signed',
    events: ['document.completed', 'document.signed'],
  },
  {
    name: 'qi-sign',
    keyPrefix: 'qis_test_',
    header: (key) => ({ authorization: key }),
    make: async (ask) => {
      const methods = { document_submission_method: 'email', authentication_submission_method: 'email' };
      const signers = [{ id: '1', name: 'Ada', email: EMAIL, birthdate: '1990-01-01', document_number: '1', ...methods }];
      await ask('POST', '/sign/envelope', { id: 'envelope', subject: 'Contract', expiration_date: '2099-01-01', signers });
      await ask('POST', '/sign/envelope/envelope/document', { document_b64: PDF64, name: 'Contract', document_type: 'pdf' });
      await ask('PATCH', '/sign/envelope/envelope', { status: 'submitted' });
      return 'envelope';
    },
    isDone: async (ask, id) => (await ask('GET', `/sign/envelope/${id}`))['status'] === 'completed',
    events: ['envelope_completed'],
  },
  {
    name: 'ignisign',
    keyPrefix: 'skv2_',
    header: (key) => ({ authorization: `Bearer ${key}` }),
    make: async (ask) => {
      const documents = [{ originalName: 'a.pdf', mimeType: 'application/pdf', base64: PDF64 }];
      const body = { title: 'Contract', signatureMethod: 'SIMPLE_STD', signers: [{ email: EMAIL }], documents };
      return (await ask('POST', '/v4/signature-requests/one-call-sign', body))['signatureRequestId'] ?? '';
    },
    isDone: async (ask, id) => (await ask('GET', `/v4/signature-requests/${id}/context`))['status'] === 'COMPLETED',
    events: [
      'SIGNATURE.FINALIZED',
      'SIGNATURE_PROOF.ADV_GENERATED',
      'SIGNATURE_PROOF.GENERATED',
      'SIGNATURE_REQUEST.COMPLETED',
      'SIGNATURE_REQUEST.LAUNCHED',
      'SIGNATURE_SESSION.INITIALIZED',
    ],
  },
];

const asker =
  (url: string, headers: Record<string, string>): Ask =>
  async (method, path, body) => {
    const sent = body === undefined ? {} : { body: JSON.stringify(body) };
    const response = await fetch(`${url}${path}`, {
      method,
      headers: { ...headers, ...(body !== undefined && { 'content-type': 'application/json' }) },
      ...sent,
    });
    const json = (await response.json()) as Record<string, never>;
    if (response.status >= 300) throw new Error(`${path}: ${JSON.stringify(json)}`);
    return json;
  };

describe.each(DATABASES)('on %s', (kind) => {
  test.each(INTERFACES)(
    'a request of $name is finished once',
    { timeout: 240_000 },
    async ({ name, keyPrefix, header, make, isDone, events }) => {
      const databaseUrl = await newDatabase(kind);
      const settings = {
        ...{ port: 0, data: newFolder(), logLevel: 'silent', encryptionKey: KEY, onlineValidation: false },
        ...{ jobPollMs: 100, jobLeaseSeconds: 2, workers: 1, webhookPrivateHosts: ['127.0.0.1'] },
        ...(databaseUrl !== undefined && { databaseUrl }),
      };
      const receiver = await startReceiver();
      const { tenant, key } = await prepared(settings, name, keyPrefix, receiver.url);
      // Who takes the request in dies with its sealing, who comes next with its webhooks.
      const first = await startChild(settings, 'seal:stored');
      if (first.url === null) throw new Error('it did not start');
      const id = await make(asker(first.url, header(key)));
      expect(await first.ended).toBe('SIGKILL');
      expect(await (await startChild(settings, 'deliver:sent')).ended).toBe('SIGKILL');
      const service = await startService(readConfiguration({}, settings));
      try {
        const ask = asker(service.url, header(key));
        await eventually(() => isDone(ask, id), 'it is done');
        const { db } = service.core.store;
        const deliveries = await eventually(async () => {
          const rows = await db.selectFrom('webhook_deliveries').selectAll().where('tenant_id', '=', tenant).execute();
          return rows.length === events.length && rows.every(({ status }) => status === 'delivered') ? rows : null;
        }, 'all is told');
        expect(deliveries.map(({ event_type: type }) => type).sort()).toEqual(events);
        // What was sent twice was the same: who receives it can tell.
        expect(new Set(receiver.received.map(({ body }) => body)).size).toBe(events.length);
        expect(receiver.received.length).toBeLessThanOrEqual(events.length + 4);
        const logged = await db
          .selectFrom('events')
          .select('type')
          .where('type', 'in', ['request.created', 'signer.signed', 'request.completed'])
          .execute();
        expect(logged.map(({ type }) => type).sort()).toEqual(['request.completed', 'request.created', 'signer.signed']);
      } finally {
        await service.stop();
      }
    },
  );
});

/** A customer with a key and a webhook. */
async function prepared(settings: Record<string, unknown>, dialect: string, keyPrefix: string, url: string) {
  const service: Service = await startService(readConfiguration({}, settings), { work: false });
  const { core } = service;
  const tenant = await createTenant(core, 'test', 'business');
  const realm = { tenant, mode: 'test' } as const;
  const key = await createKey(core, realm, keyPrefix, 'test', 'DEVELOPMENT');
  await saveEndpoint(core, realm, dialect, url, ['127.0.0.1']);
  await service.stop();
  return { tenant, key };
}
