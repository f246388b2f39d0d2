/** A sealing that fails at every attempt: the request ends, everybody is told, and an operator has it sealed again. */
import { describe, expect, test } from 'vitest';
import { plainPdf } from '../../scripts/plain-pdf.ts';
import { createKey, createTenant } from '../src/domain/keys.ts';
import { consent, signNow } from '../src/domain/signing.ts';
import { call, DATABASES, endAfterTests, eventually, formOf, startReceiver, startRunning } from './support/running.ts';

endAfterTests();
const PDF = plainPdf({ title: 'Contract', pages: [['# Contract']] });
const SUCCESS = 'sign.success@qsignhub-test.io';

describe.each(DATABASES)('a sealing that fails for good on %s', (kind) => {
  test('ends the request as the interface knows it, and is done again at the word of the operator', { timeout: 60_000 }, async () => {
    let broken = true;
    const running = await startRunning(
      kind,
      { jobAttempts: 2, jobPollMs: 100 },
      {
        sealingStep: (name) => {
          if (broken && name === 'trail-sealed') throw new Error('the time-stamping authority is gone');
        },
      },
    );
    const document = await call(running, 'POST', '/v1/documents', { form: formOf(PDF, 'contract.pdf') });
    const signers = [{ name: 'Ada', email: SUCCESS }];
    const body = { document_id: document.json.id, signature_type: 'aes', signers };
    const { json: made } = await call(running, 'POST', '/v1/signature-requests', { body });
    const read = async () => (await call(running, 'GET', `/v1/signature-requests/${made.id}`)).json;
    const again = (key?: string) =>
      call(running, 'POST', `/manage/signature-requests/${made.id}/seal`, { ...(key !== undefined && { key }) });
    const failed = await eventually(async () => {
      const now = await read();
      return now.failure && now;
    }, 'it failed');
    expect(failed).toMatchObject({ status: 'cancelled', failure: { code: 'SEALING_FAILED' }, signers: [{ status: 'signed' }] });
    expect(failed.completed_at).toBeUndefined();
    expect((await call(running, 'GET', '/v1/signature-requests?status=cancelled')).json.data).toHaveLength(1);
    expect((await call(running, 'GET', `/v1/signature-requests/${made.id}/download`)).status).toBe(409);
    expect((await call(running, 'DELETE', `/v1/signature-requests/${made.id}`)).status).toBe(409);
    const trail = (await call(running, 'GET', `/manage/audit/${made.id}`)).json;
    expect([trail.intact, trail.events.at(-1).type, trail.events.at(-1).actor]).toEqual([true, 'request.failed', 'system']);
    const page = await call(running, 'GET', failed.signers[0].signing_url, { key: null });
    expect(Buffer.from(page.bytes).toString()).toContain('the signed document could not be made yet');
    const { db } = running.service.core.store;
    const open = await db
      .selectFrom('certificates')
      .select('serial')
      .where('request_id', '=', made.id)
      .where('revoked_at', 'is', null)
      .execute();
    expect(open).toEqual([]);

    expect((await again((await running.tenant()).test)).status).toBe(404);
    broken = false;
    expect(await again()).toMatchObject({ status: 202, json: { id: made.id, status: 'sealing' } });
    expect((await again()).status).toBe(409);
    const sealed = await eventually(async () => {
      const now = await read();
      return now.status === 'completed' && now;
    }, 'it was sealed');
    expect(sealed.failure).toBeUndefined();
    expect((await call(running, 'GET', `/v1/signature-requests/${made.id}/download`)).status).toBe(200);
    const events = (await call(running, 'GET', `/manage/audit/${made.id}`)).json.events.map(({ type }: { readonly type: string }) => type);
    expect(events.slice(events.indexOf('request.failed'))).toEqual([
      'request.failed',
      'request.sealing',
      'request.completed',
      'document.downloaded',
    ]);
  });
});

test('interfaces that know of failures send them to their webhooks', { timeout: 60_000 }, async () => {
  const running = await startRunning(
    'sqlite',
    { jobAttempts: 1, jobPollMs: 100, webhookPrivateHosts: ['127.0.0.1'] },
    {
      sealingStep: () => {
        throw new Error('broken');
      },
    },
  );
  const hooks = await startReceiver();
  const { core } = running.service;
  const tenant = await createTenant(core, 'test', 'business');
  const key = await createKey(core, { tenant, mode: 'test' }, 'qsh_test_', 'test');
  await call(running, 'POST', '/manage/webhooks', { key, body: { url: hooks.url, interface: 'ignisign' } });
  const document = await call(running, 'POST', '/v1/documents', { key, form: formOf(PDF, 'contract.pdf') });
  const body = { document_id: document.json.id, signature_type: 'ses', signers: [{ name: 'Ada', email: 'ada@example.com' }] };
  const { json: made } = await call(running, 'POST', '/v1/signature-requests', { key, body });
  await core.store.db.updateTable('requests').set({ dialect: 'ignisign' }).where('id', '=', made.id).execute();
  const [{ id: signer }] = made.signers;
  const visitor = { ip: null, userAgent: 'test' };
  await consent(core, signer, visitor);
  await signNow(core, signer, visitor);
  const told = await eventually(async () => hooks.received.find(({ body: text }) => JSON.parse(text).action === 'FAILED'), 'it was told');
  expect(JSON.parse(told.body)).toMatchObject({ topic: 'SIGNATURE_REQUEST', msgNature: 'ERROR', content: { signatureRequestId: made.id } });
});
