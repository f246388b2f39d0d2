/** The contract of the QI Sign interface, row by row, over HTTP; long because every row of the contract is a test. */
import { createHmac, randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { plainPdf } from '../../../scripts/plain-pdf.ts';
import { showIdentity } from '../../src/domain/identity.ts';
import { createKey, createTenant } from '../../src/domain/keys.ts';
import type { Mode } from '../../src/domain/model.ts';
import { expireRequest } from '../../src/domain/requests.ts';
import { consent, signNow } from '../../src/domain/signing.ts';
import { call, DATABASES, endAfterTests, eventually, newFolder, type Running, startReceiver, startRunning } from '../support/running.ts';
import { runCurl, runPython, vendorText } from '../support/samples.ts';

const PDF = plainPdf({ title: 'CCB', pages: [['# CCB'], ['# Two']] });
const PDF64 = Buffer.from(PDF).toString('base64');
const seed = vendorText('qi-sign');
const SECRET = 'a signature key of the partner';
const DAY = 24 * 3_600_000;

endAfterTests();
const tested = new Set<string>();

describe.each(DATABASES)('QI Sign on %s', (kind) => {
  let running: Running;
  let hooks: Awaited<ReturnType<typeof startReceiver>>;
  let keys: Record<Mode, string>;
  let tenant: string;

  const row = (id: string, title: string, run: () => Promise<void>) => {
    tested.add(id);
    test(`${id}: ${title}`, run);
  };
  const send = (method: string, path: string, body?: unknown, key: string | null = keys.test) =>
    call(running, method, `/sign${path}`, {
      key: null,
      headers: key === null ? {} : { authorization: key },
      ...(body !== undefined && { body }),
    });
  const get = (path: string, key?: string | null) => send('GET', path, undefined, key);
  const signer = (id: string, more: object = {}) => ({
    id,
    name: 'John Sample',
    email: 'johnsample@test.com',
    birthdate: '1992-09-15',
    document_number: '111.111.111-11',
    phone: { international_dial_code: '55', area_code: '11', number: '988878722' },
    document_submission_method: 'email',
    authentication_submission_method: 'sms',
    ...more,
  });
  const day = (ahead = 5) => new Date(Date.now() + ahead * DAY).toISOString().slice(0, 10);
  const create = async (signers: readonly object[] = [signer('1')], more: object = {}) => {
    const id = randomUUID();
    const answer = await send('POST', '/envelope', { id, subject: 'CCB QiTech', expiration_date: day(), signers, ...more });
    return { id, answer };
  };
  const add = (id: string, more: object = {}) =>
    send('POST', `/envelope/${id}/document`, { document_b64: PDF64, name: 'Laudo', document_type: 'pdf', ...more });
  const patch = (id: string, status: string) => send('PATCH', `/envelope/${id}`, { status });
  const submitted = async (signers?: readonly object[], documents = 1) => {
    const { id } = await create(signers);
    for (let index = 0; index < documents; index++) expect((await add(id, { id: `doc${index}` })).status).toBe(201);
    expect((await patch(id, 'submitted')).json).toEqual({ status: 'submitted' });
    return id;
  };
  const people = async (id: string) => {
    const { db } = running.service.core.store;
    const draft = await db.selectFrom('drafts').select('request_id').where('name', '=', id).executeTakeFirst();
    return db
      .selectFrom('signers')
      .selectAll()
      .where('request_id', '=', draft?.request_id ?? '')
      .orderBy('position')
      .execute();
  };
  /** Acts as a signer does on their page. */
  const sign = async (id: string, position = 0, number = '11111111111') => {
    const person = (await people(id))[position]?.id ?? '';
    await showIdentity(running.service.core, person, number, 'sample');
    await consent(running.service.core, person, VISITOR);
    await signNow(running.service.core, person, VISITOR);
  };
  const untilCompleted = (id: string) =>
    eventually(async () => ((await get(`/envelope/${id}`)).json.status === 'completed' ? true : null), `${id} is completed`);
  const completed = async (signers?: readonly object[], documents = 1) => {
    const id = await submitted(signers, documents);
    for (let index = 0; index < (signers?.length ?? 1); index++) await sign(id, index);
    await untilCompleted(id);
    return id;
  };
  const valid = async (file: Uint8Array) =>
    (await running.service.validate({ tenant, mode: 'test' }, file, null)).signatures.map(({ intact }) => intact);

  beforeAll(async () => {
    hooks = await startReceiver();
    running = await startRunning(kind, { webhookPrivateHosts: ['127.0.0.1'], jobPollMs: 50 });
    const { core } = running.service;
    tenant = await createTenant(core, 'test', 'business');
    keys = {
      live: await createKey(core, { tenant, mode: 'live' }, 'qis_live_', 'test'),
      test: await createKey(core, { tenant, mode: 'test' }, 'qis_test_', 'test'),
    };
    // What the vendor's support does, the operator does here.
    const operator = await createKey(core, { tenant, mode: 'test' }, 'qsh_test_', 'operator');
    const saved = await call(running, 'POST', '/manage/webhooks', {
      key: operator,
      body: { url: hooks.url, interface: 'qi-sign', secret: SECRET },
    });
    expect([saved.status, saved.json.secret]).toEqual([201, SECRET]);
  });

  row('QI-A1', 'the key stands in Authorization without a scheme', async () => {
    expect((await get('/envelope/none')).status).toBe(404);
    for (const key of [null, `Bearer ${keys.test}`, 'EXAMPLE_API_KEY', `qis_test_${'A'.repeat(32)}`])
      expect([(await get('/envelope/none', key)).status, key]).toEqual([401, key]);
  });

  row('QI-A2', 'who comes without TLS is refused, and browsers are told to come by HTTPS', async () => {
    const { status, headers } = await get('/envelope/none');
    expect([status, headers.get('strict-transport-security')]).toEqual([404, expect.stringMatching(/^max-age=(3[1-9]|[4-9]\d)\d{6};/)]);
    // TLS ends at a proxy, which says how a request came.
    const behind = await startRunning(kind, { publicUrl: 'https://sign.example', trustProxy: true });
    const key = await createKey(
      behind.service.core,
      { tenant: await createTenant(behind.service.core, 'test', 'business'), mode: 'test' },
      'qis_test_',
      'test',
    );
    const by = (proto: string) =>
      call(behind, 'GET', '/sign/envelope/none', { key: null, headers: { authorization: key, 'x-forwarded-proto': proto } });
    expect((await by('https')).status).toBe(404);
    const refused = await by('http');
    expect([refused.status, refused.json]).toEqual([400, { title: 'Bad Request', description: 'This service is reached by HTTPS only.' }]);
    await behind.service.stop();
  });

  row('QI-A3', 'bodies are JSON, in and out', async () => {
    const { answer } = await create();
    expect(answer.headers.get('content-type')).toContain('application/json');
  });

  row('QI-A4', 'an error has a title and a description', async () => {
    const answer = await get('/envelope/none');
    expect(answer.json).toEqual({ title: 'Not Found', description: expect.any(String) });
  });

  row('QI-A5', 'a webhook has the members of the document, and may have more', async () => {
    const id = await completed();
    const got = await hookOf(id);
    expect(Object.keys(JSON.parse(got.body))).toEqual(expect.arrayContaining(['id', 'status', 'webhook_type', 'signers']));
  });

  row('QI-E', 'the statuses are those of the table', async () => {
    const { id } = await create();
    const cases: readonly (readonly [number, Promise<{ readonly status: number }>])[] = [
      [400, send('POST', '/envelope', { id: 'x' })],
      [401, get(`/envelope/${id}`, null)],
      [404, get('/envelope/none')],
      [404, get('/nothing/here')],
      [405, send('DELETE', `/envelope/${id}`)],
      [405, get('/envelope')],
      [406, send('POST', '/envelope', '{"id":')],
      [406, send('PATCH', `/envelope/${id}`, 'status=submitted')],
      [409, send('POST', '/envelope', { id, subject: 'x', expiration_date: day(), signers: [signer('1')] })],
    ];
    for (const [status, answer] of cases) expect((await answer).status).toBe(status);
    await running.service.core.store.db.updateTable('tenants').set({ suspended_at: 1 }).where('id', '=', tenant).execute();
    expect((await get(`/envelope/${id}`)).status).toBe(403);
    await running.service.core.store.db.updateTable('tenants').set({ suspended_at: null }).where('id', '=', tenant).execute();
  });

  row('QI-1', 'an envelope is created under the id of the customer, once', async () => {
    const { id, answer } = await create();
    expect([answer.status, answer.json]).toEqual([201, { id, status: 'created' }]);
    const body = { id, subject: 'x', expiration_date: day(), signers: [signer('1')] };
    expect((await send('POST', '/envelope', body)).status).toBe(409);
    expect((await send('POST', '/envelope', body, keys.live)).status).toBe(201);
  });

  row('QI-2', 'identity documents are taken one by one', async () => {
    const { id } = await create();
    const path = `/envelope/${id}/signer/1/personal_document`;
    const answer = await send('POST', path, { document_b64: JPEG, template: 'cnh_front', file_type: 'jpeg' });
    expect([answer.status, answer.json]).toEqual([201, { created_at: expect.stringMatching(/^\d{4}-.*Z$/) }]);
    expect((await send('POST', `/envelope/${id}/signer/9/personal_document`, { document_b64: JPEG, template: 'rg_back' })).status).toBe(
      404,
    );
  });

  row('QI-3', 'documents are taken one by one, with an id of the customer or of ours', async () => {
    const { id } = await create();
    const own = await add(id, { id: 'mine' });
    expect([own.status, own.json]).toEqual([201, { id: 'mine', created_at: expect.any(String) }]);
    expect((await add(id)).json.id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
    expect((await add('none')).status).toBe(404);
  });

  row('QI-4', 'an envelope is submitted, and the links go out', async () => {
    const { id } = await create([
      signer('1'),
      signer('2', { document_submission_method: 'sms' }),
      signer('3', { document_submission_method: 'whatsapp' }),
    ]);
    expect((await patch(id, 'submitted')).status).toBe(400);
    await add(id);
    expect((await patch(id, 'submitted')).json).toEqual({ status: 'submitted' });
    expect((await patch(id, 'submitted')).status).toBe(409);
    expect((await add(id)).status).toBe(409);
    const ids = (await people(id)).map((one) => one.id);
    const messages = await running.service.core.store.db
      .selectFrom('messages')
      .select(['signer_id', 'channel'])
      .where('signer_id', 'in', ids)
      .execute();
    expect(ids.map((one) => messages.find((message) => message.signer_id === one)?.channel)).toEqual(['email', 'sms', 'whatsapp']);
  });

  row('QI-5', 'an envelope is cancelled, submitted or not, but not when it is complete', async () => {
    for (const id of [(await create()).id, await submitted()]) {
      expect((await patch(id, 'canceled')).json).toEqual({ status: 'canceled' });
      expect((await get(`/envelope/${id}`)).json.status).toBe('canceled');
      expect((await patch(id, 'canceled')).status).toBe(409);
    }
    expect((await patch(await completed(), 'canceled')).status).toBe(409);
  });

  row('QI-6', 'an envelope is read with all that was given', async () => {
    const id = await completed();
    const { json } = await get(`/envelope/${id}`);
    expect(json).toMatchObject({
      id,
      subject: 'CCB QiTech',
      status: 'completed',
      documents: [{ id: 'doc0', name: 'Laudo', document_type: 'pdf' }],
    });
    expect(json.signers[0]).toMatchObject({
      ...signer('1'),
      status: 'signed',
      signed_at: expect.stringMatching(/\.\d{3}Z$/),
      signature_url: expect.stringContaining('/w/s/'),
      documents: json.documents,
    });
    // The end of that day in Brasília.
    expect(json.expiration_date).toBe(`${day(6)}T02:59:59Z`);
  });

  row('QI-7', 'the dossiers of a complete envelope are there for 24 hours', async () => {
    const id = await submitted(undefined, 2);
    expect((await get(`/envelope/${id}/report`)).json).toEqual({ id, status: 'unavailable', documents_reports: [] });
    await sign(id);
    await untilCompleted(id);
    const { json } = await get(`/envelope/${id}/report`);
    expect([json.status, json.documents_reports.map((one: { id: string }) => one.id)]).toEqual(['available', ['doc0', 'doc1']]);
    for (const { url } of json.documents_reports) {
      const file = await fetch(url);
      expect(file.headers.get('content-type')).toBe('application/pdf');
      expect(await valid(new Uint8Array(await file.arrayBuffer()))).toEqual([true]);
    }
    running.later(26 * 3_600_000);
    expect((await fetch(json.documents_reports[0].url)).status).toBe(404);
    running.later(-26 * 3_600_000);
  });

  row('QI-8', 'the dossier of one document comes as a link and in base64', async () => {
    const id = await completed();
    const { json } = await get(`/envelope/${id}/document/doc0/report`);
    expect([json.id, json.status]).toEqual(['doc0', 'available']);
    const bytes = Buffer.from(json.document_report, 'base64');
    expect(Buffer.from(await (await fetch(json.document_report_url)).arrayBuffer()).equals(bytes)).toBe(true);
    expect(await valid(bytes)).toEqual([true]);
    expect((await get(`/envelope/${id}/document/none/report`)).status).toBe(404);
    const open = await submitted();
    expect((await get(`/envelope/${open}/document/doc0/report`)).json.status).toBe('unavailable');
  });

  const picture = async (url: string) => {
    const answer = await fetch(url);
    const bytes = Buffer.from(await answer.arrayBuffer());
    return [answer.headers.get('content-type'), bytes.subarray(0, 3).toString('hex')];
  };

  row('QI-9', "the picture of a signer's face", async () => {
    const id = await completed();
    const { json } = await get(`/envelope/${id}/signer/1/face`);
    expect(json.face_image_url).toMatch(/\.jpeg$/);
    expect(await picture(json.face_image_url)).toEqual(['image/jpeg', 'ffd8ff']);
    expect((await get(`/envelope/${await submitted()}/signer/1/face`)).status).toBe(404);
  });

  row('QI-10', "the pictures of a signer's document", async () => {
    const { json } = await get(`/envelope/${await completed()}/signer/1/personal_document`);
    for (const url of [json.document_front_url, json.document_back_url]) expect(await picture(url)).toEqual(['image/jpeg', 'ffd8ff']);
  });

  row('QI-11', 'the status of a signer', async () => {
    const id = await submitted();
    const ask = async () => (await get(`/envelope/${id}/signer/1`)).json;
    expect(await ask()).toEqual({ name: 'John Sample', email: 'johnsample@test.com', status: 'pending', signed_at: null });
    await sign(id);
    expect(await ask()).toMatchObject({ status: 'signed', signed_at: expect.stringMatching(/Z$/) });
    expect((await get(`/envelope/${id}/signer/9`)).status).toBe(404);
  });

  row('QI-F1', 'ids are those of the customer, each once in its place', async () => {
    expect((await create([signer('1'), signer('1')])).answer.status).toBe(400);
    const { id } = await create();
    expect([(await add(id, { id: 'a' })).status, (await add(id, { id: 'a' })).status]).toEqual([201, 409]);
    const other = await createTenant(running.service.core, 'other', 'business');
    const key = await createKey(running.service.core, { tenant: other, mode: 'test' }, 'qis_test_', 'test');
    expect((await get(`/envelope/${id}`, key)).status).toBe(404);
  });

  row('QI-F2', 'signers have what the table says', async () => {
    for (const more of [{ birthdate: '15/09/1992' }, { document_submission_method: 'fax' }, { phone: { number: '1' } }, { email: 'x' }])
      expect((await create([signer('1', more)])).answer.status).toBe(400);
  });

  row('QI-F3', 'everything is needed, but of email and phone only one', async () => {
    for (const name of [
      'id',
      'name',
      'birthdate',
      'document_number',
      'document_submission_method',
      'authentication_submission_method',
      'phone',
    ])
      expect([name, (await create([signer('1', { [name]: undefined })])).answer.status]).toEqual([name, 400]);
    const byPhone = signer('1', { email: undefined, document_submission_method: 'sms' });
    const byMail = signer('2', { phone: undefined, authentication_submission_method: 'email' });
    const id = await completed([byPhone, byMail]);
    expect((await get(`/envelope/${id}/signer/1`)).json.email).toBe(null);
    expect((await create([signer('1', { email: undefined, phone: undefined })])).answer.status).toBe(400);
  });

  row('QI-F4', 'templates and sizes of identity documents', async () => {
    const { id } = await create();
    const put = (body: object) =>
      send('POST', `/envelope/${id}/signer/1/personal_document`, { document_b64: JPEG, template: 'rg_front', ...body });
    for (const template of ['cnh_front', 'cnh_back', 'rg_front', 'rg_back']) expect((await put({ template })).status).toBe(201);
    expect((await put({ template: 'passport' })).status).toBe(400);
    expect((await put({ document_b64: Buffer.alloc(10 * 1024 * 1024 + 1).toString('base64') })).status).toBe(400);
    expect((await put({ document_b64: '!!!' })).status).toBe(400);
  });

  row('QI-F5', 'documents are PDF of 10 MB at most', async () => {
    const { id } = await create();
    expect((await add(id, { document_type: 'docx' })).status).toBe(400);
    expect((await add(id, { document_b64: Buffer.from('text').toString('base64') })).status).toBe(400);
    expect((await add(id, { document_b64: Buffer.alloc(10 * 1024 * 1024 + 1, PDF).toString('base64') })).status).toBe(400);
  });

  row('QI-F6', 'an identity document that was sent is kept; one that was not is collected at signing', async () => {
    const { id } = await create();
    await send('POST', `/envelope/${id}/signer/1/personal_document`, { document_b64: JPEG, template: 'cnh_front' });
    await add(id);
    await patch(id, 'submitted');
    const before = (await get(`/envelope/${id}/signer/1/personal_document`)).json;
    expect(before.document_back_url).toBe(null);
    expect(Buffer.from(await (await fetch(before.document_front_url)).arrayBuffer()).toString('base64')).toBe(JPEG);
    await sign(id);
    const after = (await get(`/envelope/${id}/signer/1/personal_document`)).json;
    expect(Buffer.from(await (await fetch(after.document_front_url)).arrayBuffer()).toString('base64')).toBe(JPEG);
    expect(await picture(after.document_back_url)).toEqual(['image/jpeg', 'ffd8ff']);
  });

  row('QI-F7', 'a document is named by name', async () => {
    const { id } = await create();
    expect((await add(id, { name: undefined })).status).toBe(400);
  });

  row('QI-F8', 'the signer names the number that the sender gave, and passes the check, before signing', async () => {
    const id = await submitted();
    const [person] = await people(id);
    await consent(running.service.core, person?.id ?? '', VISITOR);
    await expect(signNow(running.service.core, person?.id ?? '', VISITOR)).rejects.toThrow('not proven');
    expect(await showIdentity(running.service.core, person?.id ?? '', '222.222.222-22', 'sample')).toBe('wrong-number');
    await expect(signNow(running.service.core, person?.id ?? '', VISITOR)).rejects.toThrow('not proven');
    await sign(id, 0, '111.111.111-11');
    await untilCompleted(id);
  });

  row('QI-S', 'an envelope goes its way: complete when all have signed all', async () => {
    const { id: open } = await create();
    expect((await get(`/envelope/${open}`)).json.status).toBe('created');
    const id = await submitted([signer('1'), signer('2')], 2);
    expect((await get(`/envelope/${id}`)).json.status).toBe('submitted');
    await sign(id, 0);
    expect((await get(`/envelope/${id}`)).json.status).toBe('submitted');
    const late = await submitted();
    await sign(id, 1);
    await untilCompleted(id);
    const [person] = await people(late);
    running.later(8 * DAY);
    try {
      await expireRequest(running.service.core, person?.request_id ?? '');
      expect((await get(`/envelope/${late}`)).json.status).toBe('expired');
      expect((await get(`/envelope/${open}`)).json.status).toBe('expired');
    } finally {
      running.later(-8 * DAY);
    }
  });

  const hookOf = (id: string) =>
    eventually(async () => hooks.received.find(({ body }) => JSON.parse(body).id === id), `the webhook of ${id} came`);

  row('QI-W1', 'one event tells of the complete envelope, with the scores of each signer', async () => {
    const id = await completed([signer('a'), signer('b')]);
    const person = (name: string) => ({
      id: name,
      biometry: { face_validation_available: true, fraud_base_flag: false, face_validation_score: 97 },
      liveness: { result: 'live' },
      document: { face_match_score: 97 },
    });
    expect(JSON.parse((await hookOf(id)).body)).toEqual({
      id,
      status: 'completed',
      webhook_type: 'envelope_completed',
      signers: [person('a'), person('b')],
    });
    expect(hooks.received.filter(({ body }) => JSON.parse(body).id === id).length).toBe(1);
  });

  row('QI-W2', "the vendor's own computation gives the signature", async () => {
    const got = await hookOf(await completed());
    const [, first] = /(hmac_obj = .*sha1\))/.exec(seed ?? '') ?? [undefined, VENDOR];
    const code = [
      'import hmac, hashlib, json',
      'def signature(signature_key, endpoint, method, payload):',
      `    ${first}`,
      '    return hmac_obj.hexdigest()',
      `print(signature(*json.loads(${JSON.stringify(JSON.stringify([SECRET, hooks.url, 'POST', got.body]))})))`,
    ].join('\n');
    expect((await runPython(code, newFolder())).trim()).toBe(got.headers['signature']);
  });

  row('QI-W3', 'without a webhook nothing is sent, and polling works', async () => {
    const other = await createTenant(running.service.core, 'other', 'business');
    const key = await createKey(running.service.core, { tenant: other, mode: 'test' }, 'qis_test_', 'test');
    const id = randomUUID();
    const all = { id, subject: 'x', expiration_date: day(), signers: [signer('1', { email: 'sign.success@example.com' })] };
    await send('POST', '/envelope', all, key);
    await send('POST', `/envelope/${id}/document`, { document_b64: PDF64, name: 'x', document_type: 'pdf' }, key);
    await send('PATCH', `/envelope/${id}`, { status: 'submitted' }, key);
    await eventually(async () => ((await get(`/envelope/${id}`, key)).json.status === 'completed' ? true : null), 'it is complete');
    expect(hooks.received.some(({ body }) => JSON.parse(body).id === id)).toBe(false);
  });

  row('QI-W4', 'what is signed is the address as registered, the method and the raw body', async () => {
    const got = await hookOf(await completed());
    const macOf = (hash: string) => createHmac(hash, SECRET).update(`${hooks.url}POST${got.body}`).digest('hex');
    expect([got.headers['signature'], got.headers['signature-256']]).toEqual([macOf('sha1'), macOf('sha256')]);
  });

  row('QI-W5', 'only public HTTPS addresses are taken', async () => {
    const operator = await createKey(running.service.core, { tenant, mode: 'test' }, 'qsh_test_', 'operator');
    for (const url of ['http://93.184.216.34/', 'https://192.168.0.1/'])
      expect((await call(running, 'POST', '/manage/webhooks', { key: operator, body: { url, interface: 'qi-sign' } })).status).toBe(422);
  });

  test('the interface describes itself', async () => {
    const { json } = await get('/openapi.json', null);
    expect([json.openapi, Object.keys(json.paths).length]).toEqual(['3.1.0', 8]);
  });

  test.skipIf(seed === null)("the vendor's own curl samples run with only host and key changed", async () => {
    const folder = newFolder();
    const text = seed ?? '';
    const ours = (command: string) =>
      command.replaceAll('https://api.sign.qitech.com.br', running.url).replaceAll('EXAMPLE_API_KEY', keys.test);
    const creation = /curl -X POST[\s\S]*?\n\}'/.exec(text)?.[0] ?? '';
    // The day of the sample has long passed.
    const made = await runCurl(ours(creation).replace('2023-09-20', day()), folder);
    expect([made.status, JSON.parse(made.body).status]).toEqual([201, 'created']);
    const id: string = JSON.parse(made.body).id;
    const { json } = await add(id);
    const others = [...text.matchAll(/curl -X (PATCH|GET) \\\n.*\\\n-H "Authorization: EXAMPLE_API_KEY"(?: \\\n-d '[^']*')?/g)].map(
      ([command]) =>
        ours(command).replaceAll('\\{envelope_id\\}', id).replaceAll('\\{signer_id\\}', '1').replaceAll('{document_id}', json.id),
    );
    expect(others.length).toBe(8);
    const statuses: number[] = [];
    for (const command of others) {
      statuses.push((await runCurl(command, folder)).status);
      if (command.includes('"submitted"')) await sign(id).then(() => untilCompleted(id));
    }
    // The cancellation comes when the envelope is complete.
    expect(statuses).toEqual([200, 200, 200, 200, 200, 409, 200, 200]);
  });

  afterAll(() => expect([...tested].sort()).toEqual([...ROWS].sort()));
});

const VISITOR = { ip: null, userAgent: 'test' };
const VENDOR = "hmac_obj = hmac.new(signature_key.encode('utf-8'), (endpoint + method + payload).encode('utf-8'), hashlib.sha1)";
const JPEG = Buffer.from('ffd8ffe000104a46494600010100000100010000ffd9', 'hex').toString('base64');
const numbered = (prefix: string, count: number): string[] => Array.from({ length: count }, (_, index) => `QI-${prefix}${index + 1}`);
const ROWS = [...numbered('A', 5), 'QI-E', ...numbered('', 11), ...numbered('F', 8), 'QI-S', ...numbered('W', 5)];
