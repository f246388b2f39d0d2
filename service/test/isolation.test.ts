/** One customer never reaches what belongs to another, nor live what belongs to test, and nothing stays that should go; two processes are one service. */
import { describe, expect, test } from 'vitest';
import { plainPdf } from '../../scripts/plain-pdf.ts';
import { endChildrenAfterTests, startChild } from './support/children.ts';
import {
  call,
  DATABASES,
  endAfterTests,
  eventually,
  formOf,
  KEY,
  newDatabase,
  newFolder,
  type Running,
  startRunning,
} from './support/running.ts';

endAfterTests();
endChildrenAfterTests();
const PDF = plainPdf({ title: 'Contract', pages: [['# Contract']] });

test('a key of idempotency is the own of each customer, and of each mode', async () => {
  const running = await startRunning('sqlite');
  const stranger = await running.tenant();
  const headers = { 'x-idempotency-key': 'same' };
  for (const key of [running.keys.test, running.keys.live, stranger.test, stranger.live])
    expect((await call(running, 'POST', '/v1/documents', { key, form: formOf(PDF, 'a.pdf'), headers })).status).toBe(201);
});

test('nothing personal stands readable in the data folder', async () => {
  const { readFileSync, readdirSync } = await import('node:fs');
  const running = await startRunning('sqlite');
  const document = (
    await call(running, 'POST', '/v1/documents', { form: formOf(Buffer.from('a very secret text'), 'Severance of Jane Roe.txt') })
  ).json.id;
  const signers = [{ name: 'Jane Roe', email: 'jane.roe@example.com', phone: '+48500123456' }];
  await call(running, 'POST', '/v1/signature-requests', {
    body: { document_id: document, signature_type: 'ses', signers, metadata: { salary: 'secret-12345' } },
  });
  const files = readdirSync(running.data, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  const all = Buffer.concat(files.map(({ parentPath, name }) => readFileSync(`${parentPath}/${name}`))).toString('latin1');
  for (const personal of ['Jane Roe', 'jane.roe', '500123456', 'a very secret text', 'secret-12345', 'Severance', running.keys.test])
    expect([personal, all.includes(personal)]).toEqual([personal, false]);
});

test('what is over its time, or is to go, is erased with everything made of it', async () => {
  const running = await startRunning('sqlite');
  const { sweep } = await import('../src/domain/retention.ts');
  const own = await belongings(running);
  const { db } = running.service.core.store;
  const left = async () => {
    const counts = await Promise.all(
      (['documents', 'requests', 'signers', 'events', 'messages'] as const).map((table) =>
        db
          .selectFrom(table)
          .select((f) => f.fn.countAll<number>().as('n'))
          .executeTakeFirstOrThrow(),
      ),
    );
    return counts.map(({ n }) => Number(n));
  };
  expect((await left())[0]).toBe(1);
  running.later(91 * 24 * 3_600_000);
  expect(await sweep(running.service.core)).toBe(1);
  expect(await left()).toEqual([0, 0, 0, 0, 0]);
  expect((await call(running, 'GET', `/v1/signature-requests/${own.request}`)).status).toBe(404);
  const again = await belongings(running);
  expect((await call(running, 'DELETE', `/manage/documents/${again.document}`)).status).toBe(204);
  expect(await left()).toEqual([0, 0, 0, 0, 0]);
});

describe.skipIf(!DATABASES.includes('postgres'))('two processes on one PostgreSQL', () => {
  test('share the work: what one takes in, the other seals, and each request is sealed once', { timeout: 180_000 }, async () => {
    const settings = {
      ...{ port: 0, data: newFolder(), logLevel: 'silent', encryptionKey: KEY, onlineValidation: false, workers: 1 },
      databaseUrl: await newDatabase('postgres'),
    };
    const [one, two] = await Promise.all([startChild(settings), startChild(settings)]);
    if (one.url === null || two.url === null) throw new Error('they did not start');
    const key = one.keys?.test ?? two.keys?.test ?? '';
    const ask = async (url: string, method: string, path: string, body?: unknown, form?: FormData) => {
      const headers = { 'x-api-key': key, ...(body !== undefined && { 'content-type': 'application/json' }) };
      return fetch(`${url}${path}`, {
        method,
        headers,
        ...(body !== undefined && { body: JSON.stringify(body) }),
        ...(form && { body: form }),
      });
    };
    const ids = await Promise.all(
      Array.from({ length: 8 }, async (_, index) => {
        const url = index % 2 === 0 ? one.url : two.url;
        const { id } = (await (await ask(url, 'POST', '/v1/documents', undefined, formOf(PDF, 'a.pdf'))).json()) as { id: string };
        const signers = [{ name: `Signer ${index}`, email: 'sign.success@qsignhub-test.io' }];
        const made = await ask(url, 'POST', '/v1/signature-requests', { document_id: id, signature_type: 'aes', signers });
        return ((await made.json()) as { id: string }).id;
      }),
    );
    for (const [index, id] of ids.entries()) {
      // Each asks the other process.
      const url = index % 2 === 0 ? two.url : one.url;
      await eventually(async () => {
        const { status } = (await (await ask(url, 'GET', `/v1/signature-requests/${id}`)).json()) as { status: string };
        return status === 'completed';
      }, `${id} is completed`);
      const { events } = (await (await ask(url, 'GET', `/manage/audit/${id}`)).json()) as { events: { type: string }[] };
      expect(events.filter(({ type }) => type === 'request.completed')).toHaveLength(1);
      expect((await ask(url, 'GET', `/v1/signature-requests/${id}/download`)).status).toBe(200);
    }
    await Promise.all([one, two].map((child) => ('stop' in child ? child.stop() : null)));
  });
});

async function belongings(running: Running) {
  const document = (await call(running, 'POST', '/v1/documents', { form: formOf(PDF, 'contract.pdf') })).json.id as string;
  const signers = [{ name: 'Ada', email: 'ada@example.com' }];
  const made = (await call(running, 'POST', '/v1/signature-requests', { body: { document_id: document, signature_type: 'ses', signers } }))
    .json;
  const saved = await call(running, 'POST', '/manage/webhooks', { body: { url: 'https://127.0.0.1/none' } });
  return { document, request: made.id as string, signer: made.signers[0].id as string, webhook: saved.json?.id as string };
}
