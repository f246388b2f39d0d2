/** Live mode: mails that go out, codes from them, certificates of the operator; and what it refuses. */
import { createServer, type Socket } from 'node:net';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { plainPdf } from '../../scripts/plain-pdf.ts';
import { checkCode, consent, openSigning, sendCode, signNow } from '../src/domain/signing.ts';
import { call, endAfterTests, eventually, formOf, type Running, startRunning } from './support/running.ts';

endAfterTests();
const PDF = plainPdf({ title: 'Contract', pages: [['# Contract']] });
const HERE = { ip: '192.0.2.7', userAgent: 'test' };
const mails: string[] = [];
const server = createServer(smtp);
let running: Running;

beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  running = await startRunning('sqlite', {
    smtpUrl: `smtp://127.0.0.1:${port}`,
    mailFrom: 'Signing <sign@example.com>',
    publicUrl: 'https://sign.example.com/',
  });
});
afterAll(() => void server.close());

const live = (method: string, path: string, more: { body?: unknown; form?: FormData } = {}) =>
  call(running, method, path, { key: running.keys.live, ...more });
const mailTo = (address: string, subject: RegExp) =>
  eventually(async () => mails.find((mail) => mail.includes(`To: ${address}`) && subject.test(mail)), `${address} gets ${subject}`);

test('a signer is invited by mail, signs by a code, and the operator vouches for it', async () => {
  const document = (await live('POST', '/v1/documents', { form: formOf(PDF, 'contract.pdf') })).json.id;
  const signers = [{ name: 'Jörg Müller', email: 'joerg@example.com', locale: 'de-DE' }];
  const made = (await live('POST', '/v1/signature-requests', { body: { document_id: document, signature_type: 'aes', signers } })).json;
  const invitation = await mailTo('joerg@example.com', /Subject: Bitte unterschreiben/);
  expect(decoded(invitation)).toContain(`https://sign.example.com/w/s/${made.signers[0].id.slice(4)}?t=`);
  const { core } = running.service;
  const signer = made.signers[0].id;
  await openSigning(core, signer, HERE);
  await consent(core, signer, HERE);
  await sendCode(core, signer);
  const code = /lautet (\d{6})/.exec(decoded(await mailTo('joerg@example.com', /Subject: \S*Ihr[ _]Code/)))?.[1] ?? '';
  expect(await checkCode(core, signer, code)).toBe('right');
  await signNow(core, signer, HERE);
  await eventually(async () => (await live('GET', `/v1/signature-requests/${made.id}`)).json.status === 'completed', 'it is completed');
  const { bytes } = await live('GET', `/v1/signature-requests/${made.id}/download`);
  const verdict = (await live('POST', '/v1/validate', { form: formOf(bytes, 'a.pdf') })).json;
  expect(verdict).toMatchObject({
    valid: true,
    signatures: [{ signer_name: 'Jörg Müller', trusted_list: 'OPERATOR_TRUSTED', signature_level: 'AES' }],
  });
  expect(decoded(await mailTo('joerg@example.com', /Subject: Von allen/))).toContain('https://sign.example.com/w/files/');
  // Each message went out once.
  expect(mails).toHaveLength(3);
});

test('what is not configured is refused in clear words', async () => {
  const document = (await live('POST', '/v1/documents', { form: formOf(PDF, 'contract.pdf') })).json.id;
  const asked = (more: Record<string, unknown>, signer: Record<string, unknown> = {}) =>
    live('POST', '/v1/signature-requests', {
      body: { document_id: document, signers: [{ name: 'A', email: 'a@example.com', ...signer }], ...more },
    });
  const codes = [
    await asked({}),
    await asked({ signature_type: 'aes' }, { identity_verification: { method: 'video_id', country: 'PL' } }),
    await asked({ signature_type: 'aes' }, { phone: '+48500123456', identity_verification: { method: 'sms_otp' } }),
  ].map(({ status, json }) => [status, json.error.code]);
  expect(codes).toEqual([
    [422, 'QES_NOT_CONFIGURED'],
    [422, 'METHOD_NOT_AVAILABLE'],
    [422, 'METHOD_NOT_AVAILABLE'],
  ]);
});

test('magic addresses are ordinary ones', async () => {
  const document = (await live('POST', '/v1/documents', { form: formOf(PDF, 'contract.pdf') })).json.id;
  const signers = [{ name: 'A', email: 'sign.success@qsignhub-test.io' }];
  const made = (await live('POST', '/v1/signature-requests', { body: { document_id: document, signature_type: 'ses', signers } })).json;
  await mailTo('sign.success@qsignhub-test.io', /Subject: Please sign/);
  expect((await live('GET', `/v1/signature-requests/${made.id}`)).json.status).toBe('pending');
});

/** As much of a mail server as a mail needs (RFC 5321). */
test('nothing that a test key makes is mailed to anybody, although live mails go out', async () => {
  const { core } = running.service;
  const made = async (key: string, email: string) => {
    const document = (await call(running, 'POST', '/v1/documents', { key, form: formOf(PDF, 'contract.pdf') })).json.id;
    const body = { document_id: document, signature_type: 'aes', signers: [{ name: 'Test', email }] };
    return (await call(running, 'POST', '/v1/signature-requests', { key, body })).json;
  };
  const { id, signers } = await made(running.keys.test, 'played@example.com');
  await sendCode(core, signers[0].id);
  await call(running, 'DELETE', `/v1/signature-requests/${id}`, { key: running.keys.test });
  await made(running.keys.live, 'afterwards@example.com');
  await mailTo('afterwards@example.com', /Subject: /);
  expect(mails.filter((mail) => mail.includes('played@example.com'))).toEqual([]);
  // They wait to be read in the outbox of the sandbox, and no job is about them.
  const kept = await core.store.db.selectFrom('messages').select('sent_at').where('signer_id', '=', signers[0].id).execute();
  expect(kept).toEqual([{ sent_at: null }, { sent_at: null }, { sent_at: null }]);
});

function smtp(socket: Socket): void {
  let waiting = '';
  let data: string | null = null;
  socket.write('220 test\r\n');
  socket.on('data', (octets) => {
    waiting += octets.toString('utf8');
    for (let end = waiting.indexOf('\r\n'); end >= 0; end = waiting.indexOf('\r\n')) {
      const line = waiting.slice(0, end);
      waiting = waiting.slice(end + 2);
      if (data !== null) {
        if (line !== '.') data += `${line}\n`;
        else {
          mails.push(data);
          data = null;
          socket.write('250 taken\r\n');
        }
      } else if (line === 'DATA') {
        data = '';
        socket.write('354 go on\r\n');
      } else if (line === 'QUIT') socket.end('221 bye\r\n');
      else socket.write('250 ok\r\n');
    }
  });
  socket.on('error', () => undefined);
}

/** The text of a mail: quoted-printable or base64 undone. */
function decoded(mail: string): string {
  const body = mail.slice(mail.indexOf('\n\n') + 2);
  if (/^Content-Transfer-Encoding: base64$/im.test(mail)) return Buffer.from(body, 'base64').toString('utf8');
  const octets = body.replace(/=\n/g, '').replace(/=([0-9A-F]{2})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
  return Buffer.from(octets, 'latin1').toString('utf8');
}
