/** The contract of the Ignisign interface, row by row, over HTTP; long because every row of the contract is a test. */
import { createHash } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { plainPdf } from '../../../scripts/plain-pdf.ts';
import { bareId } from '../../src/domain/ids.ts';
import { createKey, createTenant } from '../../src/domain/keys.ts';
import { readOutbox } from '../../src/domain/messages.ts';
import { cancelRequest, expireRequest } from '../../src/domain/requests.ts';
import { checkCode, consent, sendCode, signNow } from '../../src/domain/signing.ts';
import { call, DATABASES, endAfterTests, eventually, newFolder, type Running, startReceiver, startRunning } from '../support/running.ts';
import { runCurl, runNode, runPython, vendorText } from '../support/samples.ts';

const PDF = plainPdf({ title: 'Contract', pages: [['# Contract']] });
const PDF64 = Buffer.from(PDF).toString('base64');
const seed = vendorText('ignisign');

endAfterTests();
const tested = new Set<string>();

describe.each(DATABASES)('Ignisign on %s', (kind) => {
  let running: Running;
  let hooks: Awaited<ReturnType<typeof startReceiver>>;
  let keys: { readonly development: string; readonly production: string };
  let tenant: string;
  let appId: string;

  const row = (id: string, title: string, run: () => Promise<void>) => {
    tested.add(id);
    test(`${id}: ${title}`, run);
  };
  const send = (method: string, path: string, body?: unknown, key: string | null = keys.development) =>
    call(running, method, `/v4${path}`, {
      key: null,
      headers: key === null ? {} : { authorization: `Bearer ${key}` },
      ...(body !== undefined && { body }),
    });
  const app = (path: string, env = 'DEVELOPMENT') => `/applications/${appId}/envs/${env}${path}`;
  const person = (email = 'john@example.com', more: object = {}) => ({ email, firstName: 'John', lastName: 'Doe', ...more });
  const file = (more: object = {}) => ({ originalName: 'contract.pdf', mimeType: 'application/pdf', base64: PDF64, ...more });
  const bodyFor = (more: object = {}) => ({
    title: 'Contract signature',
    signatureMethod: 'SIMPLE_STD',
    signers: [person()],
    documents: [file()],
    ...more,
  });
  const launch = async (more: object = {}) => (await send('POST', '/signature-requests/one-call-sign', bodyFor(more))).json;
  const sign = async (id: string) => {
    await consent(running.service.core, id, VISITOR);
    await signNow(running.service.core, id, VISITOR);
  };
  const statusOf = async (id: string) =>
    (await send('POST', app('/signature-requests/status'), { signatureRequestIds: [id] })).json.signatureRequests[0]?.status;
  const until = (id: string, status: string) =>
    eventually(async () => ((await statusOf(id)) === status ? true : null), `${id} is ${status}`);
  const completed = async (more: object = {}) => {
    const made = await launch(more);
    for (const { signerId } of made.signersBySide) await sign(signerId);
    await until(made.signatureRequestId, 'COMPLETED');
    return made;
  };
  const hookOf = (action: string, id: string) =>
    eventually(async () => {
      const found = hooks.received
        .map(({ body }) => JSON.parse(body))
        .find((one) => one.action === action && one.content.signatureRequestId === id);
      return found ?? null;
    }, `${action} of ${id} came`);
  const proof = (documentId: string, type = 'PDF_WITH_SIGNATURES') => send('GET', `/documents/${documentId}/signature-type/${type}`);
  const check = async (token: string, env = 'DEVELOPMENT') =>
    (await send('POST', '/tokens/webhook-verification/checking-consumption', { token, appId, appEnv: env }, null)).json;

  beforeAll(async () => {
    hooks = await startReceiver();
    running = await startRunning(kind, { webhookPrivateHosts: ['127.0.0.1'], jobPollMs: 50 });
    const { core } = running.service;
    tenant = await createTenant(core, 'test', 'business');
    appId = bareId(tenant);
    keys = {
      development: await createKey(core, { tenant, mode: 'test' }, 'skv2_', 'test', 'DEVELOPMENT'),
      production: await createKey(core, { tenant, mode: 'live' }, 'skv2_', 'test', 'PRODUCTION'),
    };
    await send('POST', app('/webhooks/endpoints'), { url: hooks.url, topics: ['ALL'], description: 'Main' });
  });

  row('IG-A1', 'the key is a bearer token', async () => {
    for (const [key, code] of [
      [null, 'AUTH_HEADER_NOT_FOUND'],
      ['skv2_wrong', 'INVALID_TOKEN'],
      [`skv2_${'A'.repeat(32)}`, 'INVALID_TOKEN'],
    ] as const) {
      const { status, json } = await send('POST', app('/signature-requests/status'), { signatureRequestIds: ['x'] }, key);
      expect([status, json.code]).toEqual([401, code]);
    }
    const raw = await call(running, 'GET', '/v4/documents/x/signature-type/y', { key: null, headers: { authorization: keys.development } });
    expect([raw.status, raw.json.code]).toEqual([401, 'AUTH_HEADER_NOT_BEARER']);
  });

  row('IG-A2', 'application, environment and secret give a token, which ends', async () => {
    const ask = (more: object = {}) =>
      send('POST', '/auth/app-api', { appId, appEnv: 'DEVELOPMENT', secret: keys.development, ...more }, null);
    const { json } = await ask();
    const use = () => send('POST', app('/signature-requests/status'), { signatureRequestIds: ['x'] }, json.jwtToken);
    expect((await use()).status).toBe(200);
    for (const more of [{ appId: 'x' }, { appEnv: 'PRODUCTION' }, { secret: 'skv2_wrong' }]) expect((await ask(more)).status).toBe(401);
    running.later(2 * 3_600_000);
    expect((await use()).status).toBe(401);
    running.later(-2 * 3_600_000);
  });

  row('IG-A3', 'a key is for one environment', async () => {
    const ids = { signatureRequestIds: ['x'] };
    expect((await send('POST', app('/signature-requests/status', 'PRODUCTION'), ids)).status).toBe(403);
    expect((await send('POST', app('/signature-requests/status', 'STAGING'), ids)).status).toBe(403);
    expect((await send('POST', app('/signature-requests/status', 'PRODUCTION'), ids, keys.production)).status).toBe(200);
    expect((await send('POST', app('/signature-requests/status', 'NONE'), ids)).status).toBe(400);
    expect((await send('POST', `/applications/other/envs/DEVELOPMENT/signature-requests/status`, ids)).status).toBe(403);
  });

  row('IG-A4', 'an error has a message, a code, the time and the status', async () => {
    const { status, json } = await send('POST', '/signature-requests/one-call-sign', {});
    expect([status, json]).toEqual([
      400,
      {
        message: expect.stringContaining('title'),
        timestamp: expect.stringMatching(/Z$/),
        status: 400,
        code: 'BODY_VALIDATION_FAILED',
        context: {},
      },
    ]);
  });

  row('IG-A5', 'the statuses are those of the vendor', async () => {
    expect((await send('GET', '/nothing')).status).toBe(404);
    expect((await send('GET', '/signature-requests/none/context')).json.code).toBe('SIGNATURE_REQUEST_NOT_FOUND');
    expect((await send('POST', '/signature-requests/one-call-sign', '{"a":')).status).toBe(400);
  });

  row('IG-A6', 'bodies of tens of megabytes are taken', async () => {
    const large = Buffer.alloc(36_000_000, 'a line of a long text\n');
    const one = file({ base64: large.toString('base64'), originalName: 'long.txt', mimeType: 'text/plain' });
    const made = await send('POST', '/signature-requests/one-call-sign', bodyFor({ documents: [one] }));
    expect(made.status).toBe(200);
    const stored = await running.service.core.store.db
      .selectFrom('documents')
      .select(['size', 'sha256'])
      .where('id', '=', made.json.documents[0].documentId)
      .executeTakeFirst();
    expect(stored).toEqual({ size: large.length, sha256: createHash('sha256').update(large).digest('hex') });
    // The vendor's own limit: 50 000 000 octets of body.
    const over = file({ base64: 'A'.repeat(50_000_000) });
    expect((await send('POST', '/signature-requests/one-call-sign', bodyFor({ documents: [over] }))).json.code).toBe('FILE_TOO_LARGE');
  });

  row('IG-1', 'one call makes a request', async () => {
    const made = await send('POST', '/signature-requests/one-call-sign', bodyFor());
    expect(made.status).toBe(200);
    expect(made.json).toEqual({
      signatureRequestId: expect.any(String),
      signersBySide: [{ signerId: expect.any(String), signerExternalId: null }],
      documents: [{ documentId: expect.any(String) }],
    });
    for (const more of [
      { title: undefined },
      { signers: [] },
      { documents: [] },
      { signatureMethod: 'X' },
      { documents: [file({ url: 'https://example.com/' })] },
      { documents: [file({ base64: undefined })] },
      { documents: [file({ base64: '!' })] },
    ])
      expect((await send('POST', '/signature-requests/one-call-sign', bodyFor(more))).status).toBe(400);
    expect((await send('POST', '/signature-requests/one-call-sign', bodyFor({ signatureMethod: 'ADVANCED_SMS' }))).status).toBe(400);
    // An advanced signature needs a code.
    const advanced = await launch({ signatureMethod: 'ADVANCED_STD', signers: [person('code@example.com')] });
    const id = advanced.signersBySide[0].signerId;
    await consent(running.service.core, id, VISITOR);
    await expect(signNow(running.service.core, id, VISITOR)).rejects.toThrow('not proven');
    await sendCode(running.service.core, id);
    const mail = (await readOutbox(running.service.core, ['test'], 50)).find(
      ({ to, body }) => to === 'code@example.com' && /\d{6}/.test(body) && /code/.test(body),
    );
    expect(await checkCode(running.service.core, id, /\b\d{6}\b/.exec(mail?.body ?? '')?.[0] ?? '')).toBe('right');
    await signNow(running.service.core, id, VISITOR);
    await until(advanced.signatureRequestId, 'COMPLETED');
  });

  row('IG-2', 'a document is uploaded', async () => {
    const form = new FormData();
    form.append('document', new Blob([PDF as Uint8Array<ArrayBuffer>]), 'contract.pdf');
    const { status, json } = await call(running, 'POST', `/v4${app('/documents')}`, {
      key: null,
      form,
      headers: { authorization: `Bearer ${keys.development}` },
    });
    expect([status, json.fileName, json.mimeType, json.fileSize]).toEqual([200, 'contract.pdf', 'application/pdf', PDF.length]);
    expect(json.documentId).toMatch(/^doc_/);
  });

  row('IG-3', 'the status of many requests at once', async () => {
    const [one, other] = [await launch(), await launch()];
    const ids = [one.signatureRequestId, 'none', other.signatureRequestId];
    const { json } = await send('POST', app('/signature-requests/status'), { signatureRequestIds: ids });
    expect(json.signatureRequests).toEqual([ids[0], ids[2]].map((signatureRequestId) => ({ signatureRequestId, status: 'IN_PROGRESS' })));
    const foreign = await send('POST', app('/signature-requests/status', 'PRODUCTION'), { signatureRequestIds: ids }, keys.production);
    expect(foreign.json.signatureRequests).toEqual([]);
  });

  row('IG-4', 'who can be added', async () => {
    const made = await launch();
    const { json } = await send('POST', `/signature-requests/${made.signatureRequestId}/check-signers-can-be-added`, {
      emails: ['john@example.com', 'new@example.com'],
    });
    expect([json.emails, json.results.map(({ canBeAdded }: { canBeAdded: boolean }) => canBeAdded)]).toEqual([
      ['new@example.com'],
      [false, true],
    ]);
  });

  row('IG-5', 'the mail is sent again', async () => {
    const made = await launch({ signers: [person('again@example.com')] });
    const path = `/signature-requests/${made.signatureRequestId}/${made.signersBySide[0].signerId}/resend-email`;
    const { status, json } = await send('POST', path);
    expect([status, json]).toEqual([200, { signatureRequestId: made.signatureRequestId }]);
    expect((await readOutbox(running.service.core, ['test'], 50)).filter(({ to }) => to === 'again@example.com').length).toBe(2);
    expect((await send('POST', `/signature-requests/${made.signatureRequestId}/none/resend-email`)).json.code).toBe('SIGNER_NOT_FOUND');
  });

  row('IG-6', 'webhooks are added by either address, changed, looked at and ended', async () => {
    const customer = await createTenant(running.service.core, 'other', 'business');
    const key = await createKey(running.service.core, { tenant: customer, mode: 'test' }, 'skv2_', 'test');
    const base = `/applications/${bareId(customer)}/envs/DEVELOPMENT/webhooks`;
    const first = await send(
      'POST',
      `${base}/endpoints`,
      { url: hooks.url, topics: ['SIGNATURE_REQUEST', 'SIGNATURE'], description: 'Main' },
      key,
    );
    expect(first.json).toEqual([
      {
        _id: expect.any(String),
        url: hooks.url,
        description: 'Main',
        topics: ['SIGNATURE_REQUEST', 'SIGNATURE'],
        createdAt: expect.any(String),
        pausedUntil: null,
      },
    ]);
    expect((await send('POST', base, { url: hooks.url }, key)).json.length).toBe(2);
    expect((await send('POST', base, { url: 'https://10.0.0.1/' }, key)).status).toBe(400);
    const id = first.json[0]._id;
    expect((await send('PUT', `/webhooks/${id}`, { url: hooks.url, description: 'Second' }, key)).json[0].description).toBe('Second');
    expect((await send('PUT', `/webhooks/${id}`, { url: hooks.url, topics: ['SIGNATURE_REQUEST'] }, key)).json[0]).toMatchObject({
      description: 'Second',
      topics: ['SIGNATURE_REQUEST'],
    });
    await send('POST', '/signature-requests/one-call-sign', bodyFor(), key);
    const events = await eventually(async () => {
      const { json } = await send('GET', `/webhooks/${id}/events?filter=SUCCESS`, undefined, key);
      return json.events.length > 0 ? json.events : null;
    }, 'an event is delivered');
    const event = `/webhooks/${id}/events/${events[0]._id}`;
    expect((await send('GET', event, undefined, key)).json.topic).toBe('SIGNATURE_REQUEST');
    expect((await send('POST', `${event}/resend`, undefined, key)).status).toBe(200);
    expect((await send('GET', `/webhooks/${id}/events`)).json.code).toBe('WEBHOOK_NOT_FOUND');
    expect((await send('DELETE', `/webhooks/${id}`, undefined, key)).status).toBe(200);
    expect((await send('GET', base, undefined, key)).json.length).toBe(1);
  });

  row('IG-7', 'proofs by their type', async () => {
    const made = await launch({ documents: [file(), file({ originalName: 'annex.pdf' })] });
    const [first, second] = made.documents.map(({ documentId }: { documentId: string }) => documentId);
    const early = await proof(first);
    expect([early.status, early.json.code]).toEqual([404, 'DOCUMENT_PROOF_NOT_CREATED']);
    await sign(made.signersBySide[0].signerId);
    await until(made.signatureRequestId, 'COMPLETED');
    for (const id of [first, second]) {
      const { status, bytes } = await proof(id);
      expect(status).toBe(200);
      const validation = await running.service.validate({ tenant, mode: 'test' }, bytes, null);
      expect(validation.signatures.map(({ intact }) => intact)).toEqual([true]);
    }
    const kit = await proof(first, 'ADVANCED_LEGAL_KIT');
    expect(kit.headers.get('content-type')).toBe('application/zip');
    expect(Buffer.from(kit.bytes).toString('latin1')).toContain('documents/2-annex.pdf');
    expect((await proof(first, 'XADESDET')).json.code).toBe('SIGNATURE_PROOF_TYPE_NOT_AVAILABLE');
    expect((await proof('none')).json.code).toBe('DOCUMENT_NOT_FOUND');
  });

  row('IG-W1', 'an event has its topic', async () => {
    const made = await launch();
    expect(await hookOf('LAUNCHED', made.signatureRequestId)).toMatchObject({ topic: 'SIGNATURE_REQUEST' });
  });

  row('IG-W2', 'an event has the whole body', async () => {
    const made = await launch();
    expect(await hookOf('LAUNCHED', made.signatureRequestId)).toEqual({
      appId,
      appEnv: 'DEVELOPMENT',
      verificationToken: expect.any(String),
      topic: 'SIGNATURE_REQUEST',
      action: 'LAUNCHED',
      msgNature: 'INFO',
      content: expect.any(Object),
    });
  });

  row('IG-W3', 'of the topics only those that were asked for are sent', async () => {
    const other = await startReceiver();
    const { json } = await send('POST', app('/webhooks'), { url: other.url, topics: ['SIGNATURE'] });
    const made = await completed();
    await hookOf('COMPLETED', made.signatureRequestId);
    await eventually(async () => other.received.length > 0, 'an event came');
    expect(new Set(other.received.map(({ body }) => JSON.parse(body).topic))).toEqual(new Set(['SIGNATURE']));
    await send('DELETE', `/webhooks/${json.at(-1)._id}`);
  });

  row('IG-W4', 'the actions of a request that goes well', async () => {
    const { signatureRequestId: id } = await completed();
    for (const action of ['LAUNCHED', 'FINALIZED', 'COMPLETED', 'GENERATED']) await hookOf(action, id);
  });

  row('IG-W5', 'cancelled and expired are told where nobody signed, else completed', async () => {
    const { core } = running.service;
    const realm = { tenant, mode: 'test' } as const;
    const two = { signers: [person(), person('jane@example.com')] };
    const [none, some, late] = [await launch(two), await launch(two), await launch(two)];
    await cancelRequest(core, realm, none.signatureRequestId, null);
    await sign(some.signersBySide[0].signerId);
    await cancelRequest(core, realm, some.signatureRequestId, null);
    await core.store.db.updateTable('requests').set({ expires_at: 1 }).where('id', '=', late.signatureRequestId).execute();
    await expireRequest(core, late.signatureRequestId);
    await hookOf('CANCELLED', none.signatureRequestId);
    await hookOf('COMPLETED', some.signatureRequestId);
    await hookOf('EXPIRED', late.signatureRequestId);
  });

  row('IG-W6', 'a token is good once, for its application and environment', async () => {
    const made = await launch();
    const { verificationToken: token } = await hookOf('LAUNCHED', made.signatureRequestId);
    expect(await check(token, 'PRODUCTION')).toMatchObject({ isValid: false, badTarget: true });
    const both = await Promise.all([check(token), check(token)]);
    expect(both.map(({ isValid }) => isValid).sort()).toEqual([false, true]);
    expect(await check(token)).toEqual({
      isValid: false,
      notFound: false,
      alreadyConsumed: true,
      badTarget: false,
      isExpired: false,
      badRelatedId: false,
      haveBeenConsumed: false,
    });
    expect(await check('dlv_none')).toMatchObject({ isValid: false, notFound: true });
    const fresh = await hookOf('LAUNCHED', (await launch()).signatureRequestId);
    // From when it was delivered, not from when it was first tried.
    await eventually(async () => {
      const { db } = running.service.core.store;
      const row = await db.selectFrom('webhook_deliveries').select('status').where('id', '=', fresh.verificationToken).executeTakeFirst();
      return row?.status === 'delivered';
    }, 'it is delivered');
    running.later(4 * 24 * 3_600_000);
    expect(await check(fresh.verificationToken)).toMatchObject({ isValid: false, isExpired: true });
    running.later(-4 * 24 * 3_600_000);
  });

  row('IG-W7', 'the contents of events', async () => {
    const made = await completed();
    const id = made.signatureRequestId;
    expect((await hookOf('COMPLETED', id)).content).toEqual({
      signatureRequestId: id,
      status: 'COMPLETED',
      signers: { signersBySide: made.signersBySide, signersEmbedded: [] },
    });
    expect((await hookOf('FINALIZED', id)).content).toMatchObject({
      appId,
      documentId: made.documents[0].documentId,
      signerId: made.signersBySide[0].signerId,
    });
    const [document] = (await hookOf('GENERATED', id)).content.documents;
    expect((await fetch(document.url)).headers.get('content-type')).toBe('application/pdf');
  });

  test('the interface describes itself', async () => {
    const { json } = await send('GET', '/openapi.json', undefined, null);
    expect([json.openapi, Object.keys(json.paths).length]).toEqual(['3.1.0', 53]);
  });

  const given = (text: string, ids: Readonly<Record<string, string>> = {}) =>
    Object.entries({
      'https://api.ignisign.io': running.url,
      skv2_your_api_key_here: keys.development,
      your_jwt_token: keys.development,
      your_app_id: appId,
      'https://your-app.com/webhooks/ignisign': hooks.url,
      '[email protected]': 'john@example.com',
      'JVBERi0xLjcKJb...[Base64 encoded content]': PDF64,
      ...ids,
    }).reduce((all, [from, to]) => all.replaceAll(from, to), text);

  test.skipIf(seed === null)("the vendor's own curl samples run with only host, key and ids changed", async () => {
    const folder = newFolder();
    writeFileSync(join(folder, 'document.pdf'), PDF);
    const made = await launch();
    const done = await completed();
    const ids = {
      signature_request_id_1: made.signatureRequestId,
      signature_request_id_2: done.signatureRequestId,
      your_signature_request_id: made.signatureRequestId,
      your_signer_id: made.signersBySide[0].signerId,
      your_document_id: done.documents[0].documentId,
      '/path/to/your/document.pdf': join(folder, 'document.pdf'),
    };
    const statuses: number[] = [];
    for (const sample of curlSamples(seed ?? '')) statuses.push((await runCurl(given(sample, ids), folder)).status);
    expect(statuses).toEqual([200, 200, 200, 200, 200, 200, 200, 200]);
  });

  const calls = async () => {
    const [made, done] = [await launch(), await completed()];
    return { request: made.signatureRequestId, signer: made.signersBySide[0].signerId, document: done.documents[0].documentId };
  };
  const body = () => JSON.stringify(bodyFor());

  test.skipIf(seed === null)("the vendor's own JavaScript samples run with only host, key and ids changed", async () => {
    const { request, signer, document } = await calls();
    const functions = [...(seed ?? '').matchAll(/async function (\w+)\([\s\S]*?return await response\.(?:json|blob)\(\);\n\}/g)]
      .filter(([, name]) => JAVASCRIPT.includes(name ?? ''))
      .map(([text]) => text);
    expect(functions.length).toBe(7);
    const lines = [
      ...functions,
      `const [t, app, env] = ${JSON.stringify([keys.development, appId, 'DEVELOPMENT'])};`,
      `const uploaded = await uploadDocument(t, app, env, new File([Buffer.from(${JSON.stringify(PDF64)}, 'base64')], 'a.pdf'));`,
      `const made = await createSignatureRequest(t, ${body()});`,
      `const statuses = await getSignatureRequestsStatus(t, app, env, [made.signatureRequestId]);`,
      `const checked = await checkSignersCanBeAdded(t, '${request}', ['new@example.com']);`,
      `const sent = await resendSignatureRequestEmail(t, '${request}', '${signer}');`,
      `const hooks = await addWebhookEndpoint(t, app, env, ${JSON.stringify({ url: hooks.url, topics: ['SIGNATURE_REQUEST'], description: 'x' })});`,
      `const proof = await downloadSignatureProof(t, '${document}', 'PDF_WITH_SIGNATURES');`,
      'console.log(JSON.stringify([uploaded.documentId, statuses.signatureRequests.length, checked.emails, sent, hooks.length > 1, proof.type]));',
    ];
    const out = JSON.parse(await runNode(given(`export {};\n${lines.join('\n')}`), newFolder()));
    expect(out).toEqual([expect.stringMatching(/^doc_/), 1, ['new@example.com'], { signatureRequestId: request }, true, 'application/pdf']);
  });

  test.skipIf(seed === null)("the vendor's own Python samples run with only host, key and ids changed", async () => {
    const { request, signer, document } = await calls();
    const folder = newFolder();
    writeFileSync(join(folder, 'document.pdf'), PDF);
    const functions = pythonFunctions(seed ?? '');
    expect(functions.length).toBe(7);
    const lines = [
      'import requests, json, base64',
      ...functions,
      `t, app, env = ${JSON.stringify([keys.development, appId, 'DEVELOPMENT'])}`,
      "uploaded = upload_document(t, app, env, 'document.pdf')",
      `made = create_signature_request(t, json.loads(${JSON.stringify(body())}))`,
      "statuses = get_signature_requests_status(t, app, env, [made['signatureRequestId']])",
      `checked = check_signers_can_be_added(t, '${request}', ['new@example.com'])`,
      `sent = resend_signature_request_email(t, '${request}', '${signer}')`,
      `hooks = add_webhook_endpoint(t, app, env, ${JSON.stringify({ url: hooks.url, topics: ['SIGNATURE_REQUEST'], description: 'x' })})`,
      `proof = download_signature_proof(t, '${document}', 'PDF_WITH_SIGNATURES')`,
      "print(json.dumps([len(statuses['signatureRequests']), checked['emails'], sent, len(hooks) > 1, proof[:5].decode()]))",
    ];
    const out = JSON.parse(await runPython(given(lines.join('\n')), folder));
    expect(out).toEqual([1, ['new@example.com'], { signatureRequestId: request }, true, '%PDF-']);
  });

  afterAll(() => expect([...tested].sort()).toEqual([...ROWS].sort()));
});

/** Commands go on where a line ends with a backslash, or inside quotes. */
function curlSamples(text: string): string[] {
  const samples: string[] = [];
  const lines = text.split('\n');
  for (let at = 0; at < lines.length; at++) {
    if (!lines[at]?.startsWith('curl ')) continue;
    let sample = lines[at] ?? '';
    while (sample.endsWith('\\') || (sample.split("'").length - 1) % 2 === 1) sample += `\n${lines[++at] ?? ''}`;
    samples.push(sample);
  }
  return samples;
}

/** The text has lost its indentation: what stands in a function, and in it after `with`, is put in again. */
function pythonFunctions(text: string): string[] {
  const wanted =
    /^def (upload_document|create_signature_request|get_signature_requests_status|check_signers_can_be_added|resend_signature_request_email|add_webhook_endpoint|download_signature_proof)\(/;
  const functions: string[] = [];
  let lines: string[] | null = null;
  let depth = 0;
  for (const line of text.split('\n')) {
    if (wanted.test(line)) [lines, depth] = [[], 0];
    if (lines === null) continue;
    lines.push(`${' '.repeat(depth)}${line}`);
    if (/^(def|with) .*:$/.test(line)) depth += 4;
    if (!line.startsWith('return ')) continue;
    functions.push(lines.join('\n'));
    lines = null;
  }
  return functions;
}

const JAVASCRIPT = [
  'uploadDocument',
  'createSignatureRequest',
  'getSignatureRequestsStatus',
  'checkSignersCanBeAdded',
  'resendSignatureRequestEmail',
  'addWebhookEndpoint',
  'downloadSignatureProof',
];
const VISITOR = { ip: null, userAgent: 'test' };
const numbered = (prefix: string, count: number): string[] => Array.from({ length: count }, (_, index) => `IG-${prefix}${index + 1}`);
const ROWS = [...numbered('A', 6), ...numbered('', 7), ...numbered('W', 7)];
