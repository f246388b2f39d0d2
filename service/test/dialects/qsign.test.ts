/** The contract of the QSign interface, row by row, over HTTP; long because every row of the contract is a test. */
import { createHmac, randomUUID } from 'node:crypto';
import { createServer } from 'node:http';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { plainPdf } from '../../../scripts/plain-pdf.ts';
import { createAccount } from '../../src/domain/accounts.ts';
import { createKey, createTenant } from '../../src/domain/keys.ts';
import type { Mode } from '../../src/domain/model.ts';
import { call, DATABASES, endAfterTests, eventually, newFolder, type Running, startReceiver, startRunning } from '../support/running.ts';
import { runCurl, runPython, vendorText } from '../support/samples.ts';

const BASE = '/backend/othercompanyapi';
const PDF = plainPdf({ title: 'NDA', pages: [['# NDA'], ['# Two']] });
const seed = vendorText('qsign');
const DAY = 24 * 3_600_000;

endAfterTests();
const tested = new Set<string>();

describe.each(DATABASES)('QSign on %s', (kind) => {
  let running: Running;
  let hooks: Awaited<ReturnType<typeof startReceiver>>;
  let source: string;
  let keys: Record<Mode, string>;
  let tenant: string;
  let token: string;
  let secret: string;

  const row = (id: string, title: string, run: () => Promise<void>) => {
    tested.add(id);
    test(`${id}: ${title}`, run);
  };
  const newCustomer = async () => {
    const { core } = running.service;
    const id = await createTenant(core, 'test', 'business');
    const email = `${randomUUID()}@example.com`;
    await createAccount(core, { tenant: id, email, password: 'correct horse', role: 'api_admin' });
    const made = {
      live: await createKey(core, { tenant: id, mode: 'live' }, 'qsk_live_', 'test'),
      test: await createKey(core, { tenant: id, mode: 'test' }, 'qsk_test_', 'test'),
    };
    const { json } = await call(running, 'POST', `${BASE}/login/`, { key: null, body: { email, password: 'correct horse' } });
    return { tenant: id, keys: made, token: json.token as string, email };
  };
  const get = (path: string, key: string | null = keys.live) => call(running, 'GET', `${BASE}${path}`, { key });
  const post = (path: string, body: unknown, key: string | null = keys.live, headers: Record<string, string> = {}) =>
    call(running, 'POST', `${BASE}${path}`, { key, body, headers });
  const admin = (method: string, path: string, body?: unknown, as = token) =>
    call(running, method, `${BASE}${path}`, { key: null, headers: { authorization: `Bearer ${as}` }, ...(body !== undefined && { body }) });
  const person = (name: string, more: object = {}) => ({
    name,
    email: `${name.toLowerCase()}@example.com`,
    typeOfSignature: 'E-Signature',
    ...more,
  });
  const bodyFor = (recipients: readonly object[], details: object = {}) => ({
    documentDetails: { doc_url: source, document_name: 'Mutual NDA', ...details },
    recipientDetail: recipients,
  });
  const create = (recipients: readonly object[], details: object = {}, headers: Record<string, string> = {}) =>
    post('/document/recipients/create/', bodyFor(recipients, details), keys.live, headers);
  const signersOf = async (number: number) => {
    const rows = await running.service.core.store.db
      .selectFrom('signers')
      .innerJoin('requests', 'requests.id', 'signers.request_id')
      .select(['signers.id', 'signers.role'])
      .where('requests.ordinal', '=', number)
      .orderBy('position')
      .execute();
    return rows;
  };
  /** Acts as a signer does on their page. */
  const sign = async (number: number, position: number) => {
    const { consent, signNow } = await import('../../src/domain/signing.ts');
    const id = (await signersOf(number))[position]?.id ?? '';
    await consent(running.service.core, id, VISITOR);
    await signNow(running.service.core, id, VISITOR);
  };
  const statusOf = async (number: number) => (await get(`/document/sign/status/?document_id=${number}`)).json;
  const untilSigned = (number: number) =>
    eventually(async () => ((await statusOf(number)).document_status === 'Fully signed' ? true : null), `${number} is signed`);

  beforeAll(async () => {
    hooks = await startReceiver();
    const files = createServer((request, response) => {
      if (request.url === '/moved') return response.writeHead(302, { location: 'http://169.254.1.1/x.pdf' }).end();
      if (request.url === '/none') return response.writeHead(404).end();
      return response.end(request.url === '/text' ? 'only text' : PDF);
    });
    await new Promise<void>((resolve) => files.listen(0, '127.0.0.1', resolve));
    files.unref();
    const address = files.address();
    source = `http://127.0.0.1:${typeof address === 'object' && address !== null ? address.port : 0}/nda.pdf`;
    running = await startRunning(kind, { webhookPrivateHosts: ['127.0.0.1'], jobPollMs: 50 });
    ({ tenant, keys, token } = await newCustomer());
    secret = (await admin('POST', '/webhook/save/', { webhook_url: hooks.url })).json.webhook_secret;
  });

  row('QS-A1', 'a key in X-Api-Key opens the signing endpoints, in any writing of the header', async () => {
    const { json } = await create([person('Jane')]);
    const answer = await call(running, 'GET', `${BASE}/document/sign/status/?document_id=${json.quoqo_document_id}`, {
      key: null,
      headers: { 'X-API-KEY': keys.live },
    });
    expect(answer.status).toBe(200);
  });

  row('QS-A2', 'account endpoints take the login of an api_admin and nothing else', async () => {
    expect((await call(running, 'GET', `${BASE}/usage/summary/`, { key: keys.live })).status).toBe(400);
    expect((await admin('GET', '/usage/summary/', undefined, `${token}x`)).status).toBe(400);
    expect((await admin('GET', '/usage/summary/')).status).toBe(200);
    const email = `${randomUUID()}@example.com`;
    await createAccount(running.service.core, { tenant, email, password: 'p', role: 'viewer' });
    const { json } = await call(running, 'POST', `${BASE}/login/`, { key: null, body: { email, password: 'p' } });
    expect((await admin('GET', '/usage/summary/', undefined, json.token)).status).toBe(403);
    expect((await call(running, 'POST', `${BASE}/login/`, { key: null, body: { email, password: 'q' } })).status).toBe(400);
  });

  row('QS-A3', 'of a key only the SHA-256 is kept, and it is shown once', async () => {
    const customer = await newCustomer();
    const made = await admin('POST', '/apikey/generate/', { mode: 'live' }, customer.token);
    const listed = await admin('GET', '/apikey/get/', undefined, customer.token);
    expect(made.json.api_key).toMatch(/^qsk_live_[A-Za-z0-9]{32}$/);
    expect(JSON.stringify(listed.json)).not.toContain(made.json.api_key);
    const rows = await running.service.core.store.db.selectFrom('api_keys').selectAll().execute();
    expect(JSON.stringify(rows)).not.toContain(made.json.api_key);
  });

  row('QS-A4', 'a new key ends the one before at once', async () => {
    const customer = await newCustomer();
    expect((await get('/document/sign/status/?document_id=1', customer.keys.live)).status).toBe(404);
    const { json } = await admin('POST', '/apikey/generate/', {}, customer.token);
    expect((await get('/document/sign/status/?document_id=1', customer.keys.live)).status).toBe(400);
    expect((await get('/document/sign/status/?document_id=1', json.api_key)).status).toBe(404);
    expect((await get('/document/sign/status/?document_id=1', customer.keys.test)).status).toBe(404);
  });

  row('QS-A5', 'a missing or wrong key is 400', async () => {
    for (const key of [null, 'qsk_live_wrong', `qsk_live_${'A'.repeat(32)}`, running.keys.live]) {
      const answer = await get('/document/sign/status/?document_id=1', key);
      expect([answer.status, answer.json.status]).toEqual([400, 'error']);
    }
  });

  row('QS-A6', 'a suspended account and an ended subscription are 403', async () => {
    const customer = await newCustomer();
    const { db } = running.service.core.store;
    for (const changes of [{ suspended_at: 1 }, { suspended_at: null, paid_until: 1 }]) {
      await db.updateTable('tenants').set(changes).where('id', '=', customer.tenant).execute();
      expect((await get('/document/sign/status/?document_id=1', customer.keys.live)).status).toBe(403);
    }
  });

  row('QS-A7', 'every answer tells the limit of the key', async () => {
    for (const answer of [await get('/document/sign/status/?document_id=1'), await admin('GET', '/apikey/get/')]) {
      const [limit, remaining, reset] = ['limit', 'remaining', 'reset'].map((name) => Number(answer.headers.get(`x-ratelimit-${name}`)));
      expect(limit).toBeGreaterThan(0);
      expect(remaining).toBeLessThan(limit ?? 0);
      expect(Math.abs((reset ?? 0) - Date.now() / 1000)).toBeLessThan(3600);
    }
  });

  row('QS-A8', 'too many requests in a minute are 429 with Retry-After', async () => {
    const small = await startRunning(kind, { tiers: { small: 2 } });
    const id = await createTenant(small.service.core, 'test', 'small');
    const key = await createKey(small.service.core, { tenant: id, mode: 'test' }, 'qsk_test_', 'test');
    const ask = () => call(small, 'GET', `${BASE}/document/sign/status/?document_id=1`, { key });
    const answers = [await ask(), await ask(), await ask(), await ask()];
    const over = answers.filter(({ status }) => status === 429);
    expect(over.length).toBeGreaterThan(0);
    expect(Number(over[0]?.headers.get('retry-after'))).toBeGreaterThan(0);
    // Nor can passwords be tried without end.
    const login = () => call(small, 'POST', `${BASE}/login/`, { key: null, body: { email: 'x', password: 'y' } });
    const tries = await Promise.all(Array.from({ length: 125 }, login));
    expect(tries.some(({ status }) => status === 429)).toBe(true);
  });

  row('QS-A9', 'a month whose calls are used up is 429', async () => {
    const customer = await newCustomer();
    await running.service.core.store.db.updateTable('tenants').set({ monthly_calls: 2 }).where('id', '=', customer.tenant).execute();
    const ask = () => get('/document/sign/status/?document_id=1', customer.keys.live);
    expect([(await ask()).status, (await ask()).status]).toEqual([404, 404]);
    const over = await ask();
    expect([over.status, Number(over.headers.get('retry-after')) > 0]).toEqual([429, true]);
    expect((await get('/document/sign/status/?document_id=1', customer.keys.test)).status).toBe(404);
    const { json } = await admin('GET', '/usage/summary/', undefined, customer.token);
    expect([json.used_calls, json.monthly_call_limit, json.remaining_calls]).toEqual([2, 2, 0]);
  });

  row('QS-A10', 'the same request at once makes one document', async () => {
    const headers = { 'idempotency-key': randomUUID() };
    const answers = await Promise.all([1, 2, 3].map(() => create([person('Jane')], {}, headers)));
    expect(answers.map(({ status }) => status)).toEqual([201, 201, 201]);
    expect(new Set(answers.map(({ json }) => json.quoqo_document_id)).size).toBe(1);
  });

  row('QS-A11', 'a test key simulates: the same shapes, nothing fetched, mailed or counted', async () => {
    const customer = await newCustomer();
    const body = { ...bodyFor([person('Jane')]), documentDetails: { doc_url: 'https://files.example.com/nda.pdf', document_name: 'NDA' } };
    const made = await post('/document/recipients/create/', body, customer.keys.test);
    expect([made.status, made.json.status, made.json.signing_info.length]).toEqual([201, 'success', 1]);
    const { db } = running.service.core.store;
    const documents = await db.selectFrom('documents').select('mode').where('tenant_id', '=', customer.tenant).execute();
    expect(documents.every(({ mode }) => mode === 'test')).toBe(true);
    const messages = await db.selectFrom('messages').selectAll().where('tenant_id', '=', customer.tenant).execute();
    expect(messages.every(({ sent_at: sent, mode }) => sent === null && mode === 'test')).toBe(true);
    const used = await db.selectFrom('usage').selectAll().where('tenant_id', '=', customer.tenant).execute();
    expect(used).toEqual([]);
    expect((await get(`/document/sign/status/?document_id=${made.json.quoqo_document_id}`, customer.keys.live)).status).toBe(404);
  });

  row('QS-A12', 'links are those of the deployed origin', async () => {
    const deployed = await startRunning(kind, { publicUrl: 'https://sign.example.com' });
    const id = await createTenant(deployed.service.core, 'test', 'business');
    const key = await createKey(deployed.service.core, { tenant: id, mode: 'test' }, 'qsk_test_', 'test');
    const { json } = await call(deployed, 'POST', `${BASE}/document/recipients/create/`, { key, body: bodyFor([person('Jane')]) });
    expect(json.signing_info[0].document_sign_url).toMatch(/^https:\/\/sign\.example\.com\/w\//);
  });

  row('QS-A13', 'an address without its last slash leads to the one with it, method and body kept', async () => {
    const answer = await call(running, 'GET', `${BASE}/document/sign/status?document_id=1`, { key: keys.live });
    expect([answer.status, answer.headers.get('location')]).toEqual([308, `${BASE}/document/sign/status/?document_id=1`]);
    const followed = await fetch(`${running.url}${BASE}/document/recipients/create`, {
      method: 'POST',
      headers: { 'x-api-key': keys.live, 'content-type': 'application/json' },
      body: JSON.stringify(bodyFor([person('Jane')])),
    });
    expect(followed.status).toBe(201);
  });

  row('QS-1', 'a document is made and sent', async () => {
    const { status, json } = await create([person('Jane', { sequence: 1 })]);
    expect(status).toBe(201);
    expect(json).toEqual({
      status: 'success',
      quoqo_document_id: expect.any(Number),
      signing_info: [{ name: 'Jane', email: 'jane@example.com', document_sign_url: expect.stringContaining(`${running.url}/w/s/`) }],
    });
    for (const body of [{}, { recipientDetail: [person('A')] }, bodyFor([]), bodyFor([{ name: 'A' }]), '{"a":'])
      expect((await post('/document/recipients/create/', body)).status).toBe(400);
  });

  row('QS-2', 'signing links are given again', async () => {
    const { json } = await create([person('Jane')], { is_mail_required: false });
    for (const name of ['document_id', 'doc_id', 'quoqo_document_id']) {
      const again = await post('/document/signing-links/', { [name]: json.quoqo_document_id });
      expect([again.status, again.json.signing_info.length]).toEqual([200, 1]);
    }
    expect((await post('/document/signing-links/', { document_id: 999_999 })).status).toBe(404);
    expect((await post('/document/signing-links/', {})).status).toBe(400);
  });

  row('QS-3', 'the status of a document, by either name of its number', async () => {
    const { json } = await create([person('Jane')]);
    for (const name of ['document_id', 'doc_id']) {
      const answer = await get(`/document/sign/status/?${name}=${json.quoqo_document_id}`);
      expect([answer.status, answer.json.document_status, answer.json.data.length]).toEqual([200, 'Sent', 1]);
    }
    const other = await newCustomer();
    expect((await get(`/document/sign/status/?document_id=${json.quoqo_document_id}`, other.keys.live)).status).toBe(404);
  });

  row('QS-4', 'the signed PDF is handed out once all have signed, and never a part of it', async () => {
    const { json } = await create([person('Jane', { page_no: 2, x_cor: 72, y_cor: 100 })]);
    const before = await get(`/document/download/?document_id=${json.quoqo_document_id}`);
    expect([before.status, before.json.status]).toEqual([400, 'error']);
    await sign(json.quoqo_document_id, 0);
    await untilSigned(json.quoqo_document_id);
    const file = await get(`/document/download/?document_id=${json.quoqo_document_id}`);
    expect([file.status, file.headers.get('content-type')]).toEqual([200, 'application/pdf']);
    const validation = await running.service.validate({ tenant, mode: 'live' }, file.bytes, null);
    expect(validation.signatures.map(({ intact }) => intact)).toEqual([true]);
  });

  row('QS-5', 'an api_admin makes keys of both modes', async () => {
    const customer = await newCustomer();
    for (const mode of ['live', 'test']) {
      const { status, json } = await admin('POST', '/apikey/generate/', { mode }, customer.token);
      expect([status, json.mode, json.api_key.startsWith(`qsk_${mode}_`)]).toEqual([200, mode, true]);
    }
  });

  row('QS-6', 'keys are listed by their beginning', async () => {
    const { status, json } = await admin('GET', '/apikey/get/');
    expect(status).toBe(200);
    expect(json.keys.map(({ prefix }: { prefix: string }) => prefix).sort()).toEqual(
      [keys.live.slice(0, 13), keys.test.slice(0, 13)].sort(),
    );
  });

  row('QS-7', 'a webhook is saved, its secret shown once; private addresses are refused', async () => {
    const customer = await newCustomer();
    for (const url of ['http://93.184.216.34/x', 'https://10.0.0.1/x', 'https://localhost/x', 'https://[::1]/x', 'ftp://example.com', 'x'])
      expect((await admin('POST', '/webhook/save/', { webhook_url: url }, customer.token)).status).toBe(400);
    const first = await admin('POST', '/webhook/save/', { webhook_url: hooks.url }, customer.token);
    const second = await admin('POST', '/webhook/save/', { webhook_url: `${hooks.url}2` }, customer.token);
    expect([typeof first.json.webhook_secret, second.json.webhook_secret]).toEqual(['string', undefined]);
  });

  row('QS-8', 'the webhook is shown without its secret', async () => {
    const { json } = await admin('GET', '/webhook/get/');
    expect(json.webhook_url).toBe(hooks.url);
    expect(JSON.stringify(json)).not.toContain('whsec_');
  });

  row('QS-9', 'the secret is revealed or rotated', async () => {
    const customer = await newCustomer();
    expect((await admin('POST', '/webhook/secret/rotate/', {}, customer.token)).status).toBe(400);
    const { json: saved } = await admin('POST', '/webhook/save/', { webhook_url: hooks.url }, customer.token);
    const reveal = () => admin('POST', '/webhook/secret/rotate/', { action: 'reveal' }, customer.token);
    expect((await reveal()).json.webhook_secret).toBe(saved.webhook_secret);
    const { json: rotated } = await admin('POST', '/webhook/secret/rotate/', undefined, customer.token);
    expect(rotated.webhook_secret).not.toBe(saved.webhook_secret);
    expect((await reveal()).json.webhook_secret).toBe(rotated.webhook_secret);
  });

  row('QS-10', 'deliveries are listed with their attempts', async () => {
    await admin('POST', '/webhook/test-event/');
    const delivered = await eventually(async () => {
      const { json } = await admin('GET', '/webhook/deliveries/');
      return json.deliveries.find(({ event, success }: { event: string; success: boolean }) => event === 'webhook.test' && success);
    }, 'the test event is delivered');
    expect(delivered).toMatchObject({ target_url: hooks.url, attempts: 1, status_code: 200 });
  });

  row('QS-11', 'a test event comes signed', async () => {
    const { json } = await admin('POST', '/webhook/test-event/');
    expect(json.status).toBe('success');
    const got = await eventually(async () => hooks.received.find(({ headers }) => headers['x-qsign-event'] === 'webhook.test'), 'it came');
    expect(got.headers['x-qsign-signature']).toBe(`sha256=${createHmac('sha256', secret).update(got.body).digest('hex')}`);
  });

  row('QS-12', 'usage is told with the limit of the plan', async () => {
    const before = (await admin('GET', '/usage/summary/')).json;
    await get('/document/sign/status/?document_id=1');
    const after = (await admin('GET', '/usage/summary/')).json;
    expect([after.used_calls - before.used_calls, after.monthly_call_limit]).toEqual([1, null]);
    expect(after.period).toMatch(/^\d{4}-\d\d$/);
  });

  row('QS-13', 'the interface describes itself as OpenAPI 3.0', async () => {
    const { status, json } = await get('/openapi.json', null);
    expect([status, json.openapi]).toEqual([200, '3.0.3']);
    const paths = Object.keys(json.paths).map((path) => path.replace(BASE, ''));
    for (const [, path] of ENDPOINTS) expect(paths).toContain(path);
    expect((await call(running, 'GET', '/openapi.json', { key: null })).json.paths[`${BASE}/apikey/get/`]).toBeUndefined();
  });

  row('QS-14', 'recipients are shown, and the signed document when all have signed', async () => {
    const { json } = await create([person('Jane', { sequence: 1 }), person('Bo', { sequence: 2 })]);
    const ask = () => get(`/document/app/sign/status/${json.quoqo_document_id}/`);
    await sign(json.quoqo_document_id, 0);
    const half = (await ask()).json;
    expect(half.data.map((one: Record<string, unknown>) => [one['user_name'], one['is_signed'], one['sequence']])).toEqual([
      ['Jane', true, 1],
      ['Bo', false, 2],
    ]);
    expect(half.signed_doc_url).toBeUndefined();
    await sign(json.quoqo_document_id, 1);
    await untilSigned(json.quoqo_document_id);
    const file = await fetch((await ask()).json.signed_doc_url);
    expect(file.headers.get('content-type')).toBe('application/pdf');
  });

  row('QS-F1', 'the source is fetched with care', async () => {
    const origin = new URL(source).origin;
    for (const url of [
      `${origin}/none`,
      `${origin}/text`,
      `${origin}/moved`,
      'http://10.0.0.1/x.pdf',
      'file:///etc/passwd',
      'https://u:p@example.com/x',
      'x',
    ])
      expect([url, (await create([person('A')], { doc_url: url })).status]).toEqual([url, 400]);
  });

  row('QS-F2', 'the document has a name', async () => {
    const { json } = await create([person('Jane')], { document_name: 'Łąka & Co' });
    await sign(json.quoqo_document_id, 0);
    await untilSigned(json.quoqo_document_id);
    const file = await get(`/document/download/?document_id=${json.quoqo_document_id}`);
    expect(decodeURIComponent(file.headers.get('content-disposition') ?? '')).toContain('Łąka & Co.pdf');
  });

  const mails = async (number: number) => {
    const ids = (await signersOf(number)).map(({ id }) => id);
    return running.service.core.store.db.selectFrom('messages').selectAll().where('signer_id', 'in', ids).execute();
  };

  row('QS-F3', 'without is_mail_required everybody is mailed, with false nobody', async () => {
    const mailed = await create([person('Jane')]);
    const quiet = await create([person('Jane')], { is_mail_required: false });
    expect([(await mails(mailed.json.quoqo_document_id)).length, (await mails(quiet.json.quoqo_document_id)).length]).toEqual([1, 0]);
    await sign(quiet.json.quoqo_document_id, 0);
    await untilSigned(quiet.json.quoqo_document_id);
    expect((await mails(quiet.json.quoqo_document_id)).length).toBe(0);
  });

  row('QS-F4', 'is_mail_required counts in companyDetails too', async () => {
    const { json } = await post('/document/recipients/create/', {
      ...bodyFor([person('J')]),
      companyDetails: { is_mail_required: false, api_key: 'x' },
    });
    expect(await mails(json.quoqo_document_id)).toEqual([]);
  });

  row('QS-F5', 'the signer is led on after signing', async () => {
    const { json } = await create([person('Jane')], { redirect_url: 'https://acme.example/done?id=7' });
    const onward = /<a href="https:\/\/acme\.example\/done\?id=7" target="_top" data-next>/;
    const page = new URL(json.signing_info[0].document_sign_url);
    const before = await (await fetch(page)).text();
    expect(onward.test(before)).toBe(false);
    const session = /name="session" value="([^"]+)"/.exec(before)?.[1] ?? '';
    const act = (fields: Record<string, string>) =>
      fetch(`${page.origin}${page.pathname}/sign`, { method: 'POST', body: new URLSearchParams({ session, ...fields }) });
    expect(onward.test(await (await act({})).text())).toBe(false);
    expect(onward.test(await (await act({ consent: 'yes' })).text())).toBe(true);
    // Who comes again later is led on, too; what is no web address leads nobody anywhere.
    expect(onward.test(await (await fetch(page)).text())).toBe(true);
    expect((await create([person('Jane')], { redirect_url: 'javascript:alert(1)' })).status).toBe(400);
  });

  row('QS-F6', 'recipients sign in their sequence, at the places named', async () => {
    const { json } = await create([person('Bo', { sequence: 2, page_no: 1, x_cor: 50, y_cor: 60 }), person('Jane', { sequence: 1 })]);
    await expect(sign(json.quoqo_document_id, 0)).rejects.toThrow('Others sign first');
    await sign(json.quoqo_document_id, 1);
    await sign(json.quoqo_document_id, 0);
    await untilSigned(json.quoqo_document_id);
    expect((await create([person('A', { page_no: 9, x_cor: 1, y_cor: 1 })])).status).toBe(400);
  });

  row('QS-F7', 'approvers agree without a signature, reviewers hold nobody up, aadhaar is not enabled', async () => {
    const { json } = await create([
      person('Ann', { typeOfSignature: 'Approver', sequence: 1 }),
      person('Jane', { sequence: 2 }),
      person('Rex', { typeOfSignature: 'Reviewer', sequence: 1 }),
    ]);
    expect(json.signing_info.map(({ name }: { name: string }) => name)).toEqual(['Ann', 'Jane']);
    await expect(sign(json.quoqo_document_id, 1)).rejects.toThrow('Others sign first');
    await sign(json.quoqo_document_id, 0);
    await sign(json.quoqo_document_id, 1);
    await untilSigned(json.quoqo_document_id);
    expect((await create([person('A', { typeOfSignature: 'aadhaar_digital_signature' })])).status).toBe(400);
    expect((await create([person('A', { typeOfSignature: 'Approver' })])).status).toBe(400);
  });

  row('QS-F8', 'the flat shape of the guide is taken too', async () => {
    const { status, json } = await post('/document/recipients/create/', {
      doc_url: source,
      document_name: 'Flat',
      recipients: [
        { name: 'Jane', email: 'jane@example.com', type: 'signer', order: 1 },
        { name: 'Rex', email: 'rex@example.com', type: 'reviewer', order: 2 },
      ],
    });
    expect([status, (await signersOf(json.quoqo_document_id)).map(({ role }) => role)]).toEqual([201, ['signer', 'viewer']]);
  });

  row('QS-F9', 'a repeated key is answered as the first time', async () => {
    const headers = { 'idempotency-key': '4e1c…unique-per-request' };
    const sent = { ...headers, 'idempotency-key': Buffer.from(headers['idempotency-key']).toString('latin1') };
    const [first, again] = [await create([person('Jane')], {}, sent), await create([person('Jane')], {}, sent)];
    expect([again.status, again.json]).toEqual([first.status, first.json]);
  });

  row('QS-F10', 'the same key with another body is 400; keys are those of one API key and hold for a day', async () => {
    const headers = { 'idempotency-key': randomUUID() };
    const first = await create([person('Jane')], {}, headers);
    expect((await create([person('Bo')], {}, headers)).status).toBe(400);
    const other = await createKey(running.service.core, { tenant, mode: 'live' }, 'qsk_live_', 'second');
    const elsewhere = await post('/document/recipients/create/', bodyFor([person('Bo')]), other, headers);
    expect([elsewhere.status, elsewhere.json.quoqo_document_id === first.json.quoqo_document_id]).toEqual([201, false]);
    running.later(DAY);
    expect((await create([person('Jane')], {}, headers)).json).toEqual(first.json);
    const { json } = await call(running, 'POST', `${BASE}/login/`, { key: null, body: { email: 'x', password: 'y' } });
    expect(json.status).toBe('error');
    const fresh = await newCustomer();
    ({ tenant, keys, token } = fresh);
    secret = (await admin('POST', '/webhook/save/', { webhook_url: hooks.url })).json.webhook_secret;
  });

  const statuses: readonly (readonly [string, string, (number: number) => Promise<unknown>, object])[] = [
    ['QS-S1', 'Uploaded', async () => undefined, { is_mail_required: false }],
    ['QS-S2', 'Sent', async () => undefined, {}],
    ['QS-S3', 'Partially signed', (number) => sign(number, 0), {}],
    ['QS-S4', 'Fully signed', async (number) => [await sign(number, 0), await sign(number, 1), await untilSigned(number)], {}],
    [
      'QS-S5',
      'Rejected',
      async (number) => {
        const { decline } = await import('../../src/domain/signing.ts');
        await decline(running.service.core, (await signersOf(number))[0]?.id ?? '', 'Wrong price', VISITOR);
      },
      {},
    ],
    [
      'QS-S6',
      'Cancelled',
      async (number) => {
        const { cancelRequest } = await import('../../src/domain/requests.ts');
        const found = await running.service.core.store.db
          .selectFrom('requests')
          .select('id')
          .where('ordinal', '=', number)
          .executeTakeFirst();
        await cancelRequest(running.service.core, { tenant, mode: 'live' }, found?.id ?? '', null);
      },
      {},
    ],
  ];
  for (const [id, word, act, details] of statuses)
    row(id, `a document is ${word}`, async () => {
      const { json } = await create([person('Jane'), person('Bo')], details);
      await act(json.quoqo_document_id);
      const found = await statusOf(json.quoqo_document_id);
      expect(found.document_status).toBe(word);
      if (word === 'Rejected') expect(found.data[0]).toMatchObject({ is_rejected: true, rejection_reason: 'Wrong price' });
    });

  const hooksFor = (number: number, event: string) =>
    eventually(
      async () => hooks.received.find(({ body }) => JSON.parse(body).document_id === number && JSON.parse(body).event_type === event),
      `${event} of ${number} came`,
    );

  row('QS-W1', 'events are signed over the raw body', async () => {
    const { json } = await create([person('Jane')]);
    await sign(json.quoqo_document_id, 0);
    const got = await hooksFor(json.quoqo_document_id, 'document.signed');
    expect(got.headers['x-qsign-event']).toBe('document.signed');
    expect(got.headers['x-qsign-signature']).toBe(`sha256=${createHmac('sha256', secret).update(got.body).digest('hex')}`);
  });

  row('QS-W2', 'documents that are signed, declined and completed are told', async () => {
    const { json: one } = await create([person('Jane')]);
    await sign(one.quoqo_document_id, 0);
    for (const event of ['document.signed', 'document.completed']) await hooksFor(one.quoqo_document_id, event);
    const { json: other } = await create([person('Jane')]);
    const { decline } = await import('../../src/domain/signing.ts');
    await decline(running.service.core, (await signersOf(other.quoqo_document_id))[0]?.id ?? '', 'no', VISITOR);
    await hooksFor(other.quoqo_document_id, 'document.declined');
  });

  row('QS-W3', 'the body carries the number and the event', async () => {
    const { json } = await create([person('Jane')]);
    await sign(json.quoqo_document_id, 0);
    const { body } = await hooksFor(json.quoqo_document_id, 'document.completed');
    expect(JSON.parse(body)).toMatchObject({
      document_id: json.quoqo_document_id,
      event_type: 'document.completed',
      document_status: 'Fully signed',
    });
  });

  row('QS-W4', 'what is not taken is sent again', async () => {
    hooks.answer(500);
    const { json } = await create([person('Jane')]);
    await sign(json.quoqo_document_id, 0);
    await hooksFor(json.quoqo_document_id, 'document.signed');
    hooks.answer(204);
    const { json: listed } = await admin('GET', '/webhook/deliveries/?limit=100');
    const waiting = listed.deliveries.filter(({ success }: { success: boolean }) => !success);
    expect(waiting.length).toBeGreaterThan(0);
    expect(waiting.every((one: { next_attempt_at: string | null }) => one.next_attempt_at !== null)).toBe(true);
  });

  row('QS-W5', 'an address that became private is not called', async () => {
    const customer = await newCustomer();
    await admin('POST', '/webhook/save/', { webhook_url: hooks.url }, customer.token);
    const { db } = running.service.core.store;
    await db.updateTable('webhook_endpoints').set({ url: 'https://127.0.0.2/x' }).where('tenant_id', '=', customer.tenant).execute();
    await admin('POST', '/webhook/test-event/', undefined, customer.token);
    const refused = await eventually(async () => {
      const { json } = await admin('GET', '/webhook/deliveries/', undefined, customer.token);
      return json.deliveries[0]?.attempts > 0 ? json.deliveries[0] : null;
    }, 'it was tried');
    expect([refused.success, refused.status_code]).toEqual([false, null]);
  });

  row('QS-W6', "the vendor's own check accepts what is sent, and nothing else", async () => {
    if (seed === null) return;
    await admin('POST', '/webhook/test-event/');
    const got = await eventually(
      async () =>
        hooks.received.findLast(
          ({ headers, body }) => headers['x-qsign-signature'] === `sha256=${createHmac('sha256', secret).update(body).digest('hex')}`,
        ),
      'a signed event came',
    );
    const [, head, body] = /def verify\((.*?)\) -> bool: (expected = .*?) return (?=hmac)/.exec(seed) ?? [];
    const code = [
      'import hmac, hashlib, sys, json',
      `def verify(${head}) -> bool:`,
      `    ${body}`,
      '    return hmac.compare_digest(expected, signature_header or "")',
      `body, sig, secret = json.loads(${JSON.stringify(JSON.stringify([got.body, got.headers['x-qsign-signature'], secret]))})`,
      'print(verify(body.encode(), sig, secret), verify(body.encode() + b" ", sig, secret), verify(body.encode(), None, secret))',
    ].join('\n');
    expect((await runPython(code, newFolder())).trim()).toBe('True False False');
  });

  test.skipIf(seed === null)("the vendor's own curl samples run with only host and key changed", async () => {
    const folder = newFolder();
    const ours = (command: string) =>
      command
        .replaceAll('https://sign.example.com', running.url)
        .replaceAll('qsk_live_xxxxxxxx', keys.test)
        // The text has lost its line breaks.
        .replaceAll('\\ -', '-');
    const [, creation = ''] =
      /(curl https:\/\/sign\.example\.com\/backend\/othercompanyapi\/document\/recipients\/create\/.*?\}')Response/.exec(seed ?? '') ?? [];
    const made = await runCurl(ours(creation), folder);
    expect(made.status).toBe(201);
    const id: number = JSON.parse(made.body).quoqo_document_id;
    const [status, download] = [...(seed ?? '').matchAll(/curl "https:\/\/sign\.example\.com[^"]*" *\\ -H "[^"]*"/g)].map(([text]) =>
      ours(text).replace('84213', String(id)),
    );
    expect((await runCurl(status ?? '', folder)).body).toContain('"document_status":"Sent"');
    expect((await runCurl(download ?? '', folder)).status).toBe(400);
  });

  afterAll(() => expect([...tested].sort()).toEqual([...ROWS].sort()));
});

const VISITOR = { ip: null, userAgent: 'test' };
const ENDPOINTS = [
  ['QS-1', '/document/recipients/create/'],
  ['QS-2', '/document/signing-links/'],
  ['QS-3', '/document/sign/status/'],
  ['QS-4', '/document/download/'],
  ['QS-5', '/apikey/generate/'],
  ['QS-6', '/apikey/get/'],
  ['QS-7', '/webhook/save/'],
  ['QS-8', '/webhook/get/'],
  ['QS-9', '/webhook/secret/rotate/'],
  ['QS-10', '/webhook/deliveries/'],
  ['QS-11', '/webhook/test-event/'],
  ['QS-12', '/usage/summary/'],
] as const;
const numbered = (prefix: string, count: number): string[] => Array.from({ length: count }, (_, index) => `QS-${prefix}${index + 1}`);
const ROWS = [...numbered('A', 13), ...numbered('', 14), ...numbered('F', 10), ...numbered('S', 6), ...numbered('W', 6)];
