/** Codes by SMS in live mode, through a gateway on loopback. */
import { createServer } from 'node:http';
import { beforeAll, expect, test } from 'vitest';
import { plainPdf } from '../../scripts/plain-pdf.ts';
import { showIdentity } from '../src/domain/identity.ts';
import { createKey, createTenant } from '../src/domain/keys.ts';
import { checkCode, consent, sendCode, signNow } from '../src/domain/signing.ts';
import { call, endAfterTests, eventually, type Running, startRunning } from './support/running.ts';

endAfterTests();
const sent: { readonly body: Record<string, string>; readonly authorization: string | undefined }[] = [];
let running: Running;
let answer = 503;

beforeAll(async () => {
  const gateway = createServer((request, response) => {
    let text = '';
    request.on('data', (piece: Buffer) => {
      text += piece.toString();
    });
    request.on('end', () => {
      if (answer < 300) sent.push({ body: JSON.parse(text), authorization: request.headers.authorization });
      response.writeHead(answer).end();
      answer = 202;
    });
  });
  await new Promise<void>((resolve) => gateway.listen(0, '127.0.0.1', resolve));
  gateway.unref();
  const address = gateway.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  running = await startRunning('sqlite', { smsGatewayUrl: `http://127.0.0.1:${port}/sms`, smsGatewayToken: 'secret', jobPollMs: 50 });
});

test('link and code come by the gateway, also after it was away, and the signer signs', async () => {
  const { core } = running.service;
  const tenant = await createTenant(core, 'test', 'business');
  const authorization = await createKey(core, { tenant, mode: 'live' }, 'qis_live_', 'test');
  const send = (method: string, path: string, body?: unknown) =>
    call(running, method, `/sign/envelope${path}`, { key: null, headers: { authorization }, ...(body !== undefined && { body }) });
  const phone = { international_dial_code: '55', area_code: '11', number: '988878722' };
  const channels = { document_submission_method: 'sms', authentication_submission_method: 'whatsapp' };
  const signer = { id: '1', name: 'John', birthdate: '1992-09-15', document_number: '111.111.111-11', phone, ...channels };
  const day = new Date(Date.now() + 86_400_000).toISOString().slice(0, 10);
  await send('POST', '', { id: 'one', subject: 'CCB', expiration_date: day, signers: [signer] });
  const pdf = plainPdf({ title: 'CCB', pages: [['# CCB']] });
  await send('POST', '/one/document', { document_b64: Buffer.from(pdf).toString('base64'), name: 'CCB', document_type: 'pdf' });
  expect((await send('PATCH', '/one', { status: 'submitted' })).status).toBe(200);
  const link = await eventually(async () => sent[0], 'the link is sent');
  expect(link).toMatchObject({
    authorization: 'Bearer secret',
    body: { channel: 'sms', to: '+5511988878722', text: expect.stringContaining('/w/s/') },
  });
  const { id } = await core.store.db.selectFrom('signers').select('id').executeTakeFirstOrThrow();
  await consent(core, id, { ip: null, userAgent: null });
  // The number that the sender knows comes first.
  await expect(sendCode(core, id)).rejects.toMatchObject({ code: 'conflict' });
  expect(await showIdentity(core, id, '111 111 111 11', new Map())).toBe('named');
  await sendCode(core, id);
  const code = await eventually(async () => sent[1], 'the code is sent');
  expect(code.body['channel']).toBe('whatsapp');
  expect(await checkCode(core, id, /\d{6}/.exec(code.body['text'] ?? '')?.[0] ?? '')).toBe('right');
  await signNow(core, id, { ip: null, userAgent: null });
  await eventually(async () => (await send('GET', '/one')).json.status === 'completed', 'it is completed');
  expect(sent).toHaveLength(2);
});
