/** Whatever is sent to the addresses of the pages, nobody is identified by it, and nothing breaks. */
import fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import { plainPdf } from '../../../scripts/plain-pdf.ts';
import { bareId } from '../../src/domain/ids.ts';
import { call, endAfterTests, formOf, type Running, startRunning } from '../support/running.ts';

endAfterTests();
const ACTS = ['code', 'check', 'identity', 'login', 'look', 'decline', 'renew'] as const;

describe('the addresses of the pages', () => {
  let running: Running;
  let signer: string;
  let session: string;
  beforeAll(async () => {
    running = await startRunning('sqlite', { oidc: { issuer: 'http://127.0.0.1:9', clientId: 'x' } });
    const id = (await call(running, 'POST', '/v1/documents', { form: formOf(plainPdf({ title: 'A', pages: [['# A']] }), 'a.pdf') })).json
      .id;
    const signers = [{ name: 'Ada', email: 'ada@example.com' }];
    const made = await call(running, 'POST', '/v1/signature-requests', { body: { document_id: id, signature_type: 'aes', signers } });
    signer = made.json.signers[0].id;
    const page = await (await fetch(made.json.signers[0].signing_url)).text();
    session = /name="session" value="([^"]+)"/.exec(page)?.[1] ?? '';
  });

  const text = fc.oneof(
    fc.string({ maxLength: 60 }),
    fc.string({ unit: 'binary', maxLength: 20 }),
    fc.constantFrom('', 'yes', '\0', '%', '../'),
  );
  const fields = fc.dictionary(fc.constantFrom('session', 'code', 'number', 'sample', 'consent', 'reason', 't', 'state'), text);
  const body = fc.oneof(
    fields.map((values) => ({ type: 'application/x-www-form-urlencoded', content: new URLSearchParams(values).toString() })),
    fields.map((values) => ({ type: 'application/json', content: JSON.stringify(values) })),
    fc
      .tuple(text, text)
      .map(([type, content]) => ({ type: `multipart/form-data; boundary=${type.replace(/[^a-z]/g, '') || 'b'}`, content })),
    fc.tuple(fields, text, fc.uint8Array({ maxLength: 200 })).map(([values, name, bytes]) => ({
      type: 'multipart/form-data; boundary=b',
      content: `${Object.entries(values)
        .map(([field, value]) => `--b\r\ncontent-disposition: form-data; name="${field}"\r\n\r\n${value}\r\n`)
        .join(
          '',
        )}--b\r\ncontent-disposition: form-data; name="face"; filename="${name.replace(/["\r\n]/g, '')}"\r\n\r\n${Buffer.from(bytes).toString('latin1')}\r\n--b--\r\n`,
    })),
    text.map((content) => ({ type: 'text/plain', content })),
  );

  test('take any body without failing, with and without the session', { timeout: 120_000 }, async () => {
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...ACTS), body, fc.boolean(), async (act, { type, content }, own) => {
        const named =
          own && type.startsWith('multipart')
            ? content.replace(/name="session"\r\n\r\n[^\r]*/, `name="session"\r\n\r\n${session}`)
            : content;
        const sent = own && type.includes('urlencoded') ? `${content}&session=${encodeURIComponent(session)}` : named;
        // Nobody declines here by chance: the others need somebody who still may act.
        if (act === 'decline' && own) return;
        const answer = await fetch(`${running.url}/w/s/${bareId(signer)}/${act}`, {
          method: 'POST',
          headers: { 'content-type': type },
          body: sent,
        });
        await answer.arrayBuffer();
        expect([act, type, sent, answer.status < 500]).toEqual([act, type, sent, true]);
      }),
      { numRuns: 400 },
    );
    const row = await running.service.core.store.db
      .selectFrom('signers')
      .select(['verification', 'status'])
      .where('id', '=', signer)
      .executeTakeFirstOrThrow();
    expect(row.verification).not.toBe('verified');
    expect(row.status).not.toBe('signed');
  });

  test('take any query without failing', { timeout: 120_000 }, async () => {
    const paths = ['/w/login/return', '/w/s/ID', '/w/r/ID', '/w/s/ID/state', '/w/s/ID/document', '/validate', '/w/outbox'];
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...paths),
        fc.dictionary(fc.constantFrom('t', 'embed', 'd', 'lang', 'back', 'state', 'code', 'known'), text),
        async (path, query) => {
          const answer = await fetch(`${running.url}${path.replace('ID', bareId(signer))}?${new URLSearchParams(query)}`, {
            headers: { cookie: 'adeskit_login_=x', 'x-session': 'x.y.z' },
            redirect: 'manual',
          });
          await answer.arrayBuffer();
          expect([path, query, answer.status < 500]).toEqual([path, query, true]);
        },
      ),
      { numRuns: 300 },
    );
  });
});
