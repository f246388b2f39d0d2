/** The contract of the QSignHub interface, row by row, over HTTP; long because every row of the contract is a test. */
import { createHash, createHmac, createPublicKey, randomUUID, verify } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { plainPdf } from '../../../scripts/plain-pdf.ts';
import {
  type Answer,
  call,
  DATABASES,
  endAfterTests,
  eventually,
  formOf,
  type Received,
  type Running,
  startReceiver,
  startRunning,
} from '../support/running.ts';
import { ROWS } from './rows.ts';

const PDF = plainPdf({ title: 'Contract', pages: [['# Contract', 'Between A and B.'], ['# Page two'], ['# Page three']] });
const SUCCESS = 'sign.success@qsignhub-test.io';
const FAIL = 'sign.fail@qsignhub-test.io';
const TIMEOUT = 'sign.timeout@qsignhub-test.io';
const DAY = 24 * 3_600_000;

endAfterTests();
const tested = new Set<string>();

describe.each(DATABASES)('QSignHub on %s', (kind) => {
  let running: Running;
  let hooks: Awaited<ReturnType<typeof startReceiver>>;
  let secret: string;
  let documentId: string;
  /** A request that two signers of the sandbox have signed. */
  let completed: Answer['json'];

  const get = (path: string, key?: string | null) => call(running, 'GET', `/v1${path}`, key === undefined ? {} : { key });
  const post = (path: string, body: unknown, headers: Record<string, string> = {}) =>
    call(running, 'POST', `/v1${path}`, { body, headers });
  const upload = (
    content: Uint8Array = PDF,
    name = 'contract.pdf',
    fields: Record<string, string> = {},
    headers: Record<string, string> = {},
  ) => call(running, 'POST', '/v1/documents', { form: formOf(content, name, fields), headers });
  const create = (body: Record<string, unknown>, headers: Record<string, string> = {}) =>
    post(
      '/signature-requests',
      { document_id: documentId, signature_type: 'aes', signers: [{ name: 'Zoe', email: TIMEOUT }], ...body },
      headers,
    );
  const until = (id: string, status: string) =>
    eventually(async () => {
      const { json } = await get(`/signature-requests/${id}`);
      return json.status === status ? json : null;
    }, `${id} is ${status}`);
  /** A request that ends soon; made again where making it took longer than that. */
  const ending = () =>
    eventually(async () => {
      const { status, json } = await create({ expires_at: new Date(Date.now() + 1500).toISOString() });
      return status === 201 ? json : null;
    }, 'a request is made before it ends');
  const errorOf = ({ json }: Answer) => json?.error;
  const row = (id: string, title: string, run: () => Promise<void>) => {
    tested.add(id);
    test(`${id}: ${title}`, run);
  };

  beforeAll(async () => {
    hooks = await startReceiver();
    running = await startRunning(kind, { webhookPrivateHosts: ['127.0.0.1'], tiers: { tiny: 2, startup: 1000, business: 5000 } });
    const saved = await call(running, 'POST', '/manage/webhooks', { body: { url: hooks.url } });
    secret = saved.json.secret;
    documentId = (await upload()).json.id;
    const made = await create({
      signature_type: 'qes',
      signing_order: 'sequential',
      metadata: { contract_id: 'CNT-2025-0042', department: 'legal' },
      redirect_url: 'https://yourapp.example/contract/success',
      signers: [
        {
          name: 'Anna Kowalska',
          email: SUCCESS,
          phone: '+48500123456',
          identity_verification: { method: 'video_id', country: 'PL' },
          locale: 'en-GB',
          order: 1,
        },
        { name: 'Łukasz Żółć', email: SUCCESS, order: 2 },
      ],
      fields: [
        { signer_index: 0, page: 3, x: 72, y: 640, width: 200, height: 80, type: 'signature' },
        { signer_index: 1, page: 1, x: 300, y: 640, width: 200, height: 80 },
        { signer_index: 1, page: 2, x: 300, y: 640, width: 200, height: 80 },
      ],
    });
    expect(made.status).toBe(201);
    completed = await until(made.json.id, 'completed');
  });

  row('QH-A1', 'a key in X-API-Key is needed everywhere', async () => {
    for (const key of [null, 'qsh_test_wrong', `qsh_test_${'A'.repeat(32)}`, 'Bearer x']) {
      const answer = await get('/idp/countries', key);
      expect([answer.status, errorOf(answer).code]).toEqual([401, 'INVALID_API_KEY']);
    }
    expect((await get('/idp/countries')).status).toBe(200);
  });

  row('QH-A2', 'the prefix of the key decides between live and sandbox, which never see each other', async () => {
    const live = await call(running, 'GET', `/v1/signature-requests/${completed.id}`, { key: running.keys.live });
    expect(live.status).toBe(404);
    const list = await call(running, 'GET', '/v1/signature-requests', { key: running.keys.live });
    expect(list.json.data).toEqual([]);
    const refused = await call(running, 'POST', '/v1/signature-requests', {
      key: running.keys.live,
      body: { document_id: documentId, signers: [{ name: 'A', email: 'a@example.com' }] },
    });
    expect([refused.status, errorOf(refused).code]).toEqual([422, 'QES_NOT_CONFIGURED']);
  });

  row('QH-A3', 'a repeated idempotency key is a conflict that names the first resource, also of two at once', async () => {
    const key = randomUUID();
    const first = await create({}, { 'x-idempotency-key': key });
    const again = await create({}, { 'idempotency-key': key });
    expect([first.status, again.status, errorOf(again).code]).toEqual([201, 409, 'DUPLICATE_IDEMPOTENCY_KEY']);
    expect(errorOf(again).message).toContain(first.json.id);
    const race = await Promise.all([1, 2, 3].map(() => create({}, { 'x-idempotency-key': `${key}2` })));
    expect(race.map(({ status }) => status).sort()).toEqual([201, 409, 409]);
    // What failed leaves the key free.
    expect((await create({ document_id: 'doc_none' }, { 'x-idempotency-key': `${key}3` })).status).toBe(422);
    expect((await create({}, { 'x-idempotency-key': `${key}3` })).status).toBe(201);
    const uploads = [
      await upload(PDF, 'a.pdf', {}, { 'x-idempotency-key': `${key}4` }),
      await upload(PDF, 'a.pdf', {}, { 'x-idempotency-key': `${key}4` }),
    ];
    expect(uploads.map(({ status }) => status)).toEqual([201, 409]);
  });

  row('QH-A4', 'every answer tells the quota; beyond it is 429', async () => {
    for (const answer of [await get('/idp/countries'), await get('/signature-requests/none'), await get('/idp/countries', null)]) {
      for (const name of ['limit', 'remaining', 'reset']) expect(Number(answer.headers.get(`x-ratelimit-${name}`))).not.toBeNaN();
      expect(answer.headers.get('x-ratelimit-tier')).toMatch(/^[a-z]+$/);
    }
    const startup = await running.tenant('startup');
    expect((await get('/idp/countries', startup.test)).headers.get('x-ratelimit-limit')).toBe('1000');
    const tiny = await running.tenant('tiny');
    const asked = await Promise.all([1, 2, 3, 4, 5].map(() => get('/idp/countries', tiny.test)));
    // A minute may have begun between them.
    const over = asked.filter(({ status }) => status === 429);
    expect(over.length).toBeGreaterThan(0);
    for (const answer of over) {
      expect(errorOf(answer).code).toBe('RATE_LIMITED');
      expect(Number(answer.headers.get('retry-after'))).toBeGreaterThan(0);
    }
  });

  row('QH-A5', 'only documented statuses are answered, and 404 for what is not there', async () => {
    const cases: readonly (readonly [Promise<Answer>, number, string])[] = [
      [post('/signature-requests', '{"document_id":'), 400, 'MALFORMED_REQUEST'],
      [post('/signature-requests', {}), 422, 'VALIDATION_FAILED'],
      [post('/signature-requests', 'null'), 422, 'VALIDATION_FAILED'],
      [get('/signature-requests/sreq_none'), 404, 'NOT_FOUND'],
      [get('/nothing'), 404, 'NOT_FOUND'],
      [call(running, 'PUT', '/v1/documents', { body: {} }), 404, 'NOT_FOUND'],
      [call(running, 'POST', '/v1/documents', { body: 'x', headers: { 'content-type': 'text/plain' } }), 400, 'MALFORMED_REQUEST'],
      [call(running, 'POST', '/v1/documents', { body: {} }), 400, 'MALFORMED_REQUEST'],
    ];
    for (const [asked, status, code] of cases) {
      const answer = await asked;
      expect([answer.status, errorOf(answer).code]).toEqual([status, code]);
    }
  });

  row('QH-A6', 'an error has code, message, docs_url and request_id', async () => {
    const answer = await get('/signature-requests/none');
    expect(answer.json).toEqual({
      error: {
        code: 'NOT_FOUND',
        message: expect.any(String),
        docs_url: 'https://docs.qsignhub.io/errors/NOT_FOUND',
        request_id: expect.stringMatching(/^req_[A-Za-z0-9]{16}$/),
      },
    });
    expect(answer.headers.get('x-request-id')).toBe(answer.json.error.request_id);
  });

  row('QH-A7', 'a file that is too large is told with limit and size', async () => {
    const small = await startRunning('sqlite', { maximumUpload: 2 * 1024 * 1024 });
    const answer = await call(small, 'POST', '/v1/documents', { form: formOf(new Uint8Array(3.3 * 1024 * 1024).fill(65), 'big.txt') });
    expect([answer.status, errorOf(answer).code]).toEqual([422, 'DOCUMENT_TOO_LARGE']);
    expect(errorOf(answer).message).toBe('File exceeds the 2 MB limit. Received: 3.3 MB.');
    expect(running.service.configuration.maximumUpload).toBe(50 * 1024 * 1024);
  });

  row('QH-A8', 'the service says that it is alive, ready and how fast it answers', async () => {
    expect((await call(running, 'GET', '/healthz', { key: null })).json).toEqual({ status: 'ok' });
    expect((await call(running, 'GET', '/readyz', { key: null })).json).toEqual({ status: 'ready' });
    const metrics = Buffer.from((await call(running, 'GET', '/metrics', { key: null })).bytes).toString();
    expect(metrics).toMatch(/adeskit_http_request_seconds_bucket\{.*route="\/v1\/signature-requests"/);
  });

  row('QH-A9', 'identifiers have their prefixes and lengths; addresses name them without', async () => {
    expect(documentId).toMatch(/^doc_[A-Za-z0-9]{16}$/);
    expect(completed.id).toMatch(/^sreq_[A-Za-z0-9]{16}$/);
    const [{ id, signing_url: url }] = completed.signers;
    expect(id).toMatch(/^sgn_[A-Za-z0-9]{12}$/);
    expect(new URL(url).pathname).toBe(`/w/s/${id.slice(4)}`);
    expect(new URL(completed.signing_url).pathname).toBe(`/w/r/${completed.id.slice(5)}`);
  });

  row('QH-A10', 'times are ISO 8601 in UTC, the validity of certificates is in days', async () => {
    for (const time of [completed.created_at, completed.expires_at, completed.completed_at, completed.signers[0].signed_at])
      expect(time).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/);
    expect(completed.signers[0].certificate.valid_from).toMatch(/^\d{4}-\d\d-\d\d$/);
  });

  row('QH-1', 'documents are taken, counted, hashed and shown', async () => {
    const answer = await upload(PDF, 'contract.pdf', { name: 'Q1 2025 Service Agreement', locale: 'en-GB' });
    expect(answer.status).toBe(201);
    expect(answer.json).toMatchObject({
      name: 'Q1 2025 Service Agreement',
      mime_type: 'application/pdf',
      size_bytes: PDF.length,
      pages: 3,
      sha256: createHash('sha256').update(PDF).digest('hex'),
    });
    const kept = Date.parse(answer.json.expires_at) - Date.parse(answer.json.created_at);
    expect(kept).toBe(90 * DAY);
    const preview = await call(running, 'GET', answer.json.preview_url, { key: null });
    expect([preview.status, preview.headers.get('content-type')]).toEqual([200, 'image/png']);
    expect(Buffer.from(preview.bytes.subarray(1, 4)).toString()).toBe('PNG');
    const types: readonly (readonly [string, Uint8Array, string])[] = [
      ['a.xml', Buffer.from('<?xml version="1.0"?><a/>'), 'application/xml'],
      ['a.docx', Buffer.from('PK\x03\x04 anything'), 'application/vnd.openxmlformats-officedocument.wordprocessingml.document'],
      ['a.xlsx', Buffer.from('PK\x03\x04 anything'), 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet'],
      ['a.txt', Buffer.from('hello'), 'text/plain'],
      ['a.bin', Buffer.from([1, 2, 0, 3]), 'application/octet-stream'],
    ];
    for (const [name, content, type] of types) {
      const other = await upload(content, name);
      expect([other.status, other.json.mime_type, other.json.pages]).toEqual([201, type, null]);
    }
    const refused = await upload(Buffer.from('%PDF-1.7\nnothing'), 'broken.pdf');
    expect([refused.status, errorOf(refused).code]).toEqual([422, 'UNSUPPORTED_DOCUMENT']);
  });

  row('QH-2', 'a request is made as the document shows it', async () => {
    const answer = await create({ signature_type: 'ses' });
    expect(answer.status).toBe(201);
    expect(answer.json).toMatchObject({
      status: 'pending',
      signature_type: 'ses',
      document_id: documentId,
      signers: [{ name: 'Zoe', email: TIMEOUT, status: 'pending_verification', signing_url: expect.stringContaining('/w/s/') }],
    });
    const { keys } = (await call(running, 'GET', '/.well-known/jwks.json', { key: null })).json;
    const [head, body, signature] = answer.json.embed_token.split('.');
    expect(JSON.parse(Buffer.from(head, 'base64url').toString())).toMatchObject({ alg: 'RS256' });
    const key = createPublicKey({ key: keys[0], format: 'jwk' });
    expect(verify('sha256', Buffer.from(`${head}.${body}`), key, Buffer.from(signature, 'base64url'))).toBe(true);
    expect(JSON.parse(Buffer.from(body, 'base64url').toString())).toMatchObject({ sub: answer.json.id.slice(5) });
  });

  row('QH-3', 'a completed request tells of files, certificates and time-stamps', async () => {
    expect(completed).toMatchObject({ status: 'completed', signed_document_url: expect.any(String), audit_trail_url: expect.any(String) });
    expect(completed.signers).toHaveLength(2);
    for (const { status, certificate, timestamp } of completed.signers) {
      expect(status).toBe('signed');
      expect(certificate).toMatchObject({
        issuer: expect.any(String),
        serial: expect.stringMatching(/^([0-9A-F]{2}:)+[0-9A-F]{2}$/),
        qualified: true,
        tsp: expect.any(String),
      });
      expect(timestamp.value).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
      expect(timestamp.hash).toMatch(/^sha256:[0-9a-f]{64}$/);
    }
    expect((await get('/signature-requests/sreq_0000000000000000')).status).toBe(404);
    for (const [url, start] of [
      [completed.signed_document_url, '%PDF-'],
      [completed.audit_trail_url, '%PDF-'],
    ]) {
      const file = await call(running, 'GET', url, { key: null });
      expect([file.status, Buffer.from(file.bytes.subarray(0, 5)).toString()]).toEqual([200, start]);
    }
    // A link is for one file and proves itself.
    expect((await call(running, 'GET', completed.audit_trail_url.replace('audit.pdf', 'signed.pdf'), { key: null })).status).toBe(404);
    expect(
      (await call(running, 'GET', completed.signed_document_url.replace(completed.id, 'sreq_0000000000000000'), { key: null })).status,
    ).toBe(404);
  });

  row('QH-4', 'requests are listed by status and date, page by page', async () => {
    const other = await running.tenant();
    const document = (await call(running, 'POST', '/v1/documents', { key: other.test, form: formOf(PDF, 'a.pdf') })).json.id;
    const body = { document_id: document, signature_type: 'ses', signers: [{ name: 'Zoe', email: TIMEOUT }] };
    const ids: string[] = [];
    for (let made = 0; made < 5; made++)
      ids.push((await call(running, 'POST', '/v1/signature-requests', { key: other.test, body })).json.id);
    const seen: string[] = [];
    let cursor: string | null = null;
    do {
      const page: Answer = await get(`/signature-requests?limit=2${cursor === null ? '' : `&cursor=${cursor}`}`, other.test);
      seen.push(...page.json.data.map(({ id }: { id: string }) => id));
      cursor = page.json.next_cursor;
    } while (cursor !== null);
    expect(seen).toEqual(ids.toReversed());
    await call(running, 'DELETE', `/v1/signature-requests/${ids[0]}`, { key: other.test });
    const counts = await Promise.all(
      ['pending', 'cancelled', 'completed', 'in_progress', 'expired'].map(
        async (status) => (await get(`/signature-requests?status=${status}`, other.test)).json.data.length,
      ),
    );
    expect(counts).toEqual([4, 1, 0, 0, 0]);
    const soon = new Date(Date.now() + DAY).toISOString();
    expect((await get(`/signature-requests?from=${soon}`, other.test)).json.data).toEqual([]);
    expect((await get(`/signature-requests?to=${soon}`, other.test)).json.data).toHaveLength(5);
    for (const query of ['limit=101', 'limit=0', 'status=lost', 'from=yesterday', 'cursor=AAAA'])
      expect((await get(`/signature-requests?${query}`, other.test)).status).toBe(422);
  });

  row('QH-5', 'a request is cancelled once, with a reason, and its signers hear of it', async () => {
    const { json } = await create({});
    const cancelled = await call(running, 'DELETE', `/v1/signature-requests/${json.id}`, { body: { reason: 'Contract terms updated' } });
    expect([cancelled.status, cancelled.json.status]).toEqual([200, 'cancelled']);
    const again = await call(running, 'DELETE', `/v1/signature-requests/${json.id}`);
    expect([again.status, errorOf(again).code]).toEqual([409, 'INVALID_STATE']);
    expect((await call(running, 'DELETE', `/v1/signature-requests/${completed.id}`)).status).toBe(409);
    const mails = await mailsOf(running, json.signers[0].id);
    expect(mails.map(({ subject }) => subject)).toEqual([
      expect.stringMatching(/^Please sign/),
      expect.stringMatching(/^No signature needed/),
    ]);
    expect(mails[1]?.body).toContain('Contract terms updated');
  });

  row('QH-6', 'the signed document is PAdES with long-term material and the audit trail in it; before that there is none', async () => {
    const file = await get(`/signature-requests/${completed.id}/download`);
    expect([file.status, file.headers.get('content-type')]).toEqual([200, 'application/pdf']);
    expect(Buffer.from(file.bytes.subarray(0, PDF.length)).equals(Buffer.from(PDF))).toBe(true);
    const { json } = await call(running, 'POST', '/v1/validate?include=report', { form: formOf(file.bytes, 'signed.pdf') });
    expect(json.valid).toBe(true);
    expect(json.report.signatures.map(({ level }: { level: string }) => level)).toEqual(['PAdES-BASELINE-LT', 'PAdES-BASELINE-LT']);
    expect(Buffer.from(file.bytes).includes('audit-trail.pdf')).toBe(true);
    const early = await get(`/signature-requests/${(await create({})).json.id}/download`);
    expect([early.status, errorOf(early).code]).toEqual([409, 'INVALID_STATE']);
  });

  row('QH-7', 'with the audit trail it is a ZIP with document, history, identity checks and certificates', async () => {
    const file = await get(`/signature-requests/${completed.id}/download?include=audit_trail`);
    expect([file.status, file.headers.get('content-type')]).toEqual([200, 'application/zip']);
    const [first, second] = completed.signers.map(({ id }: { id: string }) => id);
    expect(namesInZip(file.bytes)).toEqual([
      'contract.pdf',
      'audit-trail.html',
      'audit-trail.pdf',
      'audit-trail.json',
      `certificates/${first}.pem`,
      `identity/${first}.png`,
      `identity/${first}.json`,
      `certificates/${second}.pem`,
      `identity/${second}.png`,
      `identity/${second}.json`,
    ]);
    expect((await get(`/signature-requests/${completed.id}/download?include=everything`)).status).toBe(422);
  });

  row('QH-8', 'signers are added while the request is pending, up to twenty', async () => {
    const { json } = await create({});
    const path = `/signature-requests/${json.id}/signers`;
    const added = await post(path, {
      name: 'New',
      email: TIMEOUT,
      phone: '+48500123456',
      identity_verification: { method: 'sms_otp', country: 'PL' },
      locale: 'de-DE',
    });
    expect([added.status, added.json.status]).toEqual([201, 'pending_verification']);
    expect((await get(`/signature-requests/${json.id}`)).json.signers).toHaveLength(2);
    expect((await mailsOf(running, added.json.id)).map(({ subject }) => subject)).toEqual([expect.stringMatching(/^Bitte unterschreiben/)]);
    expect((await post(path, { name: 'No phone', email: TIMEOUT, identity_verification: { method: 'sms_otp' } })).status).toBe(422);
    expect((await post(path, { email: TIMEOUT })).status).toBe(422);
    for (let count = 2; count < 20; count++) expect((await post(path, { name: `N${count}`, email: TIMEOUT })).status).toBe(201);
    expect((await post(path, { name: 'One more', email: TIMEOUT })).status).toBe(422);
    const late = await post(`/signature-requests/${completed.id}/signers`, { name: 'Late', email: TIMEOUT });
    expect([late.status, errorOf(late).code]).toEqual([409, 'INVALID_STATE']);
  });

  row('QH-9', 'the verification of a signer is told', async () => {
    const [signer] = completed.signers;
    const { json } = await get(`/signature-requests/${completed.id}/signers/${signer.id}/verification`);
    expect(json).toMatchObject({
      signer_id: signer.id,
      verification_status: 'verified',
      method_used: 'video_id',
      verified_at: expect.any(String),
      identity: { full_name: 'ANNA KOWALSKA', document_type: 'national_id', document_country: 'PL', match_score: 0.97 },
      liveness_check: true,
    });
    const open = (await create({})).json;
    expect((await get(`/signature-requests/${open.id}/signers/${open.signers[0].id}/verification`)).json).toMatchObject({
      verification_status: 'pending',
      identity: null,
    });
    expect((await get(`/signature-requests/${open.id}/signers/${signer.id}/verification`)).status).toBe(404);
  });

  row('QH-10', 'a signer is reminded three times, once a day', async () => {
    const mine = await startRunning('sqlite');
    const document = (await call(mine, 'POST', '/v1/documents', { form: formOf(PDF, 'a.pdf') })).json.id;
    const body = {
      document_id: document,
      signature_type: 'ses',
      signers: [{ name: 'Zoe', email: TIMEOUT }],
      expires_at: new Date(Date.now() + 60 * DAY).toISOString(),
    };
    const made = (await call(mine, 'POST', '/v1/signature-requests', { body })).json;
    const path = `/v1/signature-requests/${made.id}/signers/${made.signers[0].id}/remind`;
    const remind = (sent?: unknown) => call(mine, 'POST', path, sent === undefined ? {} : { body: sent });
    expect((await remind({ channel: 'email', message: 'Before the end of the week.' })).json).toMatchObject({
      reminders_sent: 1,
      reminders_left: 2,
    });
    expect(errorOf(await remind())).toMatchObject({ code: 'REMINDER_LIMIT' });
    mine.later(DAY + 1000);
    expect((await remind()).status).toBe(200);
    expect((await remind({ channel: 'sms' })).status).toBe(429);
    mine.later(DAY + 1000);
    expect((await remind({ channel: 'sms' })).status).toBe(422);
    expect((await remind()).json).toMatchObject({ reminders_sent: 3, reminders_left: 0, next_reminder_at: null });
    mine.later(DAY + 1000);
    expect((await remind()).status).toBe(429);
    const [, first] = await mailsOf(mine, made.signers[0].id);
    expect(first?.body).toContain('Before the end of the week.');
  });

  row('QH-11', 'any signed file is judged, in the documented shape', async () => {
    const signed = (await get(`/signature-requests/${completed.id}/download`)).bytes;
    const { json } = await call(running, 'POST', '/v1/validate', { form: formOf(signed, 'signed.pdf') });
    expect(json.valid).toBe(true);
    expect(json.signatures[0]).toMatchObject({
      signer_name: 'Anna Kowalska',
      signed_at: expect.any(String),
      signature_level: 'AES',
      certificate_valid: true,
      certificate_issuer: expect.any(String),
      trusted_list: 'TEST_TRUSTED',
      document_integrity: true,
      timestamp_valid: true,
      ocsp_status: 'good',
    });
    expect(json.report).toBeUndefined();
    const unsigned = await call(running, 'POST', '/v1/validate', { form: formOf(PDF, 'a.pdf') });
    expect([unsigned.status, unsigned.json]).toEqual([200, { valid: false, signatures: [] }]);
    const forged = signed.slice();
    forged[PDF.length - 40] = (forged[PDF.length - 40] as number) ^ 1;
    const broken = await call(running, 'POST', '/v1/validate', { form: formOf(forged, 'signed.pdf') });
    expect([broken.json?.valid ?? false, broken.json?.signatures?.[0]?.document_integrity ?? false]).toEqual([false, false]);
    const other = await call(running, 'POST', '/v1/validate', { form: formOf(Buffer.from('hello'), 'a.txt') });
    expect([other.status, errorOf(other).code]).toEqual([422, 'UNREADABLE_DOCUMENT']);
  });

  row('QH-12', 'countries have their identity providers', async () => {
    const { json } = await get('/idp/countries');
    expect(json.data).toHaveLength(20);
    expect(json.data.slice(0, 6).map(({ country }: { country: string }) => country)).toEqual(['PL', 'DE', 'FR', 'ES', 'IT', 'CZ']);
  });

  const wrong: readonly (readonly [row: string, title: string, body: Record<string, unknown>])[] = [
    ['QH-F1', 'document_id names a document', { document_id: 'doc_0000000000000000' }],
    ['QH-F2', 'there are one to twenty signers', { signers: [] }],
    ['QH-F2', 'there are one to twenty signers', { signers: Array.from({ length: 21 }, () => ({ name: 'A', email: TIMEOUT })) }],
    ['QH-F2', 'a signer has an address', { signers: [{ name: 'A', email: 'nobody' }] }],
    ['QH-F2', 'a telephone number is in E.164 form', { signers: [{ name: 'A', email: TIMEOUT, phone: '0123' }] }],
    ['QH-F3', 'the type is qes, aes or ses', { signature_type: 'best' }],
    ['QH-F4', 'the order is sequential or parallel', { signing_order: 'backwards' }],
    ['QH-F5', 'expiry is a time to come', { expires_at: '2020-01-01T00:00:00Z' }],
    ['QH-F6', 'redirect_url is a web address', { redirect_url: 'javascript:alert(1)' }],
    ['QH-F7', 'a field is on a page that is there', { fields: [{ signer_index: 0, page: 4, x: 1, y: 1, width: 1, height: 1 }] }],
    ['QH-F7', 'a field is of a signer who is there', { fields: [{ signer_index: 1, page: 1, x: 1, y: 1, width: 1, height: 1 }] }],
    ['QH-F8', 'metadata is an object', { metadata: 'x' }],
  ];
  test.each(wrong)('%s: %s, else 422', async (_row, _title, body) => {
    const answer = await create(body);
    expect([answer.status, errorOf(answer).code]).toEqual([422, 'VALIDATION_FAILED']);
  });
  for (const [id] of wrong) tested.add(id);

  row('QH-F3', 'qualified is the default', async () =>
    expect((await create({ signature_type: undefined })).json.signature_type).toBe('qes'),
  );

  row('QH-F4', 'in sequence, the second signer is asked after the first has signed', async () => {
    const signers = [
      { name: 'Second', email: SUCCESS, order: 2 },
      { name: 'First', email: TIMEOUT, order: 1 },
    ];
    const { json } = await create({ signing_order: 'sequential', signers });
    expect(await mailsOf(running, json.signers[0].id)).toEqual([]);
    expect(await mailsOf(running, json.signers[1].id)).toHaveLength(1);
    expect((await post(`/signature-requests/${json.id}/signers/${json.signers[0].id}/remind`, {})).status).toBe(409);
  });

  row('QH-F5', 'a request expires after thirty days, or when it says', async () => {
    const { json } = await create({});
    expect(Date.parse(json.expires_at) - Date.parse(json.created_at)).toBe(30 * DAY);
    await until((await ending()).id, 'expired');
  });

  row('QH-F8', 'metadata comes back', async () =>
    expect(completed.metadata).toEqual({ contract_id: 'CNT-2025-0042', department: 'legal' }),
  );

  row('QH-F9', 'each type signs in its way: a seal for all, or a certificate for each', async () => {
    const verdicts: unknown[] = [];
    for (const type of ['ses', 'aes']) {
      const signers = [
        { name: 'Ada', email: SUCCESS },
        { name: 'Bob', email: SUCCESS },
      ];
      const { json } = await create({ signature_type: type, signers });
      await until(json.id, 'completed');
      const { bytes } = await get(`/signature-requests/${json.id}/download`);
      const { json: verdict } = await call(running, 'POST', '/v1/validate', { form: formOf(bytes, 'a.pdf') });
      verdicts.push([
        verdict.valid,
        verdict.signatures.map((one: { signature_level: string; signer_name: string }) => [one.signature_level, one.signer_name]),
      ]);
    }
    expect(verdicts).toEqual([
      [true, [['SES', 'Test Seal']]],
      [
        true,
        [
          ['AES', 'Ada'],
          ['AES', 'Bob'],
        ],
      ],
    ]);
  });

  row('QH-F10', 'what is no PDF is signed in its own way, and validates', async () => {
    for (const [name, content, level] of [
      ['note.txt', 'hello', 'CAdES-BASELINE-LT'],
      ['data.xml', '<?xml version="1.0"?><data>hello</data>', 'XAdES-BASELINE-LT'],
      ['typed.xml', '<?xml version="1.0"?><!DOCTYPE data><data>hello</data>', 'CAdES-BASELINE-LT'],
    ] as const) {
      const document = (await upload(Buffer.from(content), name)).json.id;
      const { json } = await create({ document_id: document, signature_type: 'aes', signers: [{ name: 'Ada', email: SUCCESS }] });
      await until(json.id, 'completed');
      const { bytes } = await get(`/signature-requests/${json.id}/download`);
      const { json: verdict } = await call(running, 'POST', '/v1/validate', { form: formOf(bytes, 'signed') });
      const [signature] = verdict.signatures;
      expect([name, verdict.valid, signature?.signer_name, signature?.format_level]).toEqual([name, true, 'Ada', level]);
    }
  });

  const received = (id: string, type: string) =>
    eventually(
      async () => hooks.received.find(({ body }) => JSON.parse(body).data.signature_request.id === id && JSON.parse(body).type === type),
      `${type} is delivered`,
    );

  row('QH-W1', 'webhooks carry an HMAC over their octets', async () => {
    const { headers, body }: Received = await received(completed.id, 'signature_request.completed');
    expect(headers['x-qsignhub-signature']).toBe(`sha256=${createHmac('sha256', secret).update(body, 'utf8').digest('hex')}`);
    expect([headers['content-type'], secret.length > 20]).toEqual(['application/json', true]);
    const listed = (await call(running, 'GET', '/manage/webhooks')).json.data;
    expect(JSON.stringify(listed)).not.toContain(secret);
    for (const url of [
      'http://example.com/a',
      'https://127.0.0.2/a',
      'https://localhost/',
      'https://10.0.0.1/',
      'https://[::1]/',
      'https://169.254.169.254/',
      'ftp://a',
      'x',
      'https://user:pass@example.com/',
    ]) {
      const refused = await call(running, 'POST', '/manage/webhooks', { body: { url } });
      expect([url, refused.status, errorOf(refused).code]).toEqual([url, 422, 'UNSAFE_URL']);
    }
  });

  row('QH-W2', 'the envelope is the documented one', async () => {
    expect(JSON.parse((await received(completed.id, 'signature_request.completed')).body)).toEqual({
      id: expect.stringMatching(/^evt_[A-Za-z0-9]{16}$/),
      type: 'signature_request.completed',
      created_at: expect.stringMatching(/Z$/),
      data: {
        signature_request: {
          id: completed.id,
          status: 'completed',
          signed_document_url: expect.stringContaining('/signed.pdf'),
          metadata: { contract_id: 'CNT-2025-0042', department: 'legal' },
        },
      },
    });
  });

  row('QH-W3', 'the six types are sent', async () => {
    for (const type of ['signature_request.created', 'signer.verification_completed', 'signer.signed', 'signature_request.completed'])
      await received(completed.id, type);
    const failing = (await create({ signers: [{ name: 'Eve', email: FAIL }] })).json;
    await received(failing.id, 'signer.verification_failed');
    await received((await ending()).id, 'signature_request.expired');
  });

  row('QH-W4', 'events of a signer name the signer', async () => {
    const { data } = JSON.parse((await received(completed.id, 'signer.signed')).body);
    expect(data.signer).toEqual({ id: completed.signers[0].id, name: 'Anna Kowalska', email: SUCCESS, status: 'signed' });
  });

  row('QH-W5', 'what is not taken is sent again, and all attempts are logged', async () => {
    hooks.answer(503);
    const { json } = await create({});
    await received(json.id, 'signature_request.created');
    hooks.answer(200);
    const id = JSON.parse((await received(json.id, 'signature_request.created')).body).id;
    const delivery = await eventually(async () => {
      const { data } = (await call(running, 'GET', '/manage/deliveries')).json;
      return data.find(
        (one: { event_id: string; status: string; attempts: unknown[] }) =>
          one.event_id === id && one.attempts.length > 0 && one.status === 'delivered',
      );
    }, 'it is delivered in the end');
    expect(delivery.attempts.map(({ status_code: status }: { status_code: number }) => status)).toEqual([503, 200]);
    expect(hooks.received.filter(({ body }) => JSON.parse(body).id === id)).toHaveLength(2);
  });

  row('QH-SB1', 'what the sandbox makes is marked as test and worth nothing', async () => {
    const { bytes } = await get(`/signature-requests/${completed.id}/download`);
    const { json } = await call(running, 'POST', '/v1/validate', { form: formOf(bytes, 'a.pdf') });
    expect(json.signatures.map(({ trusted_list: list }: { trusted_list: string }) => list)).toEqual(['TEST_TRUSTED', 'TEST_TRUSTED']);
    const live = await call(running, 'POST', '/v1/validate', { key: running.keys.live, form: formOf(bytes, 'a.pdf') });
    expect(live.json.valid).toBe(false);
  });

  row('QH-SB2', 'magic addresses sign, fail, or never act', async () => {
    const signers = [SUCCESS, FAIL, TIMEOUT].map((email, index) => ({ name: `Signer ${index}`, email }));
    const { json } = await create({ signers });
    const statuses = await eventually(async () => {
      const now = (await get(`/signature-requests/${json.id}`)).json;
      const all = now.signers.map(({ status }: { status: string }) => status);
      return all[0] === 'signed' && all[1] === 'verification_failed' ? [now.status, ...all] : null;
    }, 'they played their parts');
    expect(statuses).toEqual(['in_progress', 'signed', 'verification_failed', 'pending_verification']);
  });

  row('QH-SB3', 'numbers of identity documents play their parts', async () => {
    const outcomes: unknown[] = [];
    for (const [number, method] of [
      ['AZE123456', 'video_id'],
      ['FAIL000001', 'eidas_idp'],
      ['LOWSCORE01', 'bank_id'],
    ] as const) {
      const identity = { method, country: 'PL', document_number: number };
      const { json } = await create({
        signature_type: 'qes',
        signers: [{ name: 'Jan', email: 'jan@example.com', identity_verification: identity }],
      });
      const told = await eventually(async () => {
        const { json: now } = await get(`/signature-requests/${json.id}/signers/${json.signers[0].id}/verification`);
        return now.verification_status === 'pending' ? null : now;
      }, 'the check is played');
      outcomes.push([number, told.verification_status, told.identity.match_score, told.identity.document_type]);
    }
    expect(outcomes).toEqual([
      ['AZE123456', 'verified', 0.98, 'national_id'],
      ['FAIL000001', 'failed', 0.95, 'passport'],
      ['LOWSCORE01', 'failed', 0.61, 'national_id'],
    ]);
    const identity = { method: 'video_id', country: 'DE', document_number: 'REVOKED001' };
    const { json } = await create({ signature_type: 'qes', signers: [{ name: 'Rolf', email: SUCCESS, identity_verification: identity }] });
    await until(json.id, 'completed');
    const { bytes } = await get(`/signature-requests/${json.id}/download`);
    const verdict = (await call(running, 'POST', '/v1/validate', { form: formOf(bytes, 'a.pdf') })).json;
    expect([verdict.valid, verdict.signatures[0].ocsp_status, verdict.signatures[0].certificate_valid]).toEqual([false, 'revoked', false]);
  });

  row('QH-SB4', 'national identity providers are listed for their countries', async () => {
    const { data } = (await get('/idp/countries')).json;
    const of = (wanted: string) => data.find(({ country }: { country: string }) => country === wanted).providers;
    expect(of('PL')).toEqual(['Profil Zaufany', 'mObywatel', 'KIR']);
    expect(of('DE')).toContain('BankID');
    expect(of('FR')).toEqual(['France Identité', 'La Poste']);
  });

  tested.add('QH-F6');
  afterAll(() => undefined);
});

test('every row of the contract has its test', () => expect(ROWS.filter((row) => !tested.has(row))).toEqual([]));

interface Mail {
  readonly subject: string;
  readonly body: string;
}

async function mailsOf({ service: { core } }: Running, signer: string): Promise<Mail[]> {
  const rows = await core.store.db.selectFrom('messages').selectAll().where('signer_id', '=', signer).orderBy('created_at').execute();
  return rows.map((row) => ({
    subject: core.vault.open(row.subject_sealed, `messages.subject ${row.id}`),
    body: core.vault.open(row.body_sealed, `messages.body ${row.id}`),
  }));
}

function namesInZip(bytes: Uint8Array): string[] {
  const buffer = Buffer.from(bytes);
  const names: string[] = [];
  for (let at = buffer.indexOf('PK\x01\x02', 0, 'latin1'); at >= 0; at = buffer.indexOf('PK\x01\x02', at + 4, 'latin1'))
    names.push(buffer.toString('utf8', at + 46, at + 46 + buffer.readUInt16LE(at + 28)));
  return names;
}
