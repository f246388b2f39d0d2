/** The second stage of the Ignisign interface over HTTP: signers, documents and requests that are put together and then published. */
import { beforeAll, describe, expect, test } from 'vitest';
import { plainPdf } from '../../../scripts/plain-pdf.ts';
import { bareId } from '../../src/domain/ids.ts';
import { createKey, createTenant } from '../../src/domain/keys.ts';
import { consent, openSigning, signNow } from '../../src/domain/signing.ts';
import { call, DATABASES, endAfterTests, eventually, formOf, type Running, startReceiver, startRunning } from '../support/running.ts';

const PDF = plainPdf({ title: 'Contract', pages: [['# Contract']] });
const VISITOR = { ip: null, userAgent: 'test' };
endAfterTests();

describe.each(DATABASES)('Ignisign, second stage, on %s', (kind) => {
  let running: Running;
  let hooks: Awaited<ReturnType<typeof startReceiver>>;
  let key: string;
  let other: string;
  let appId: string;
  let app: string;

  beforeAll(async () => {
    hooks = await startReceiver();
    running = await startRunning(kind, { webhookPrivateHosts: ['127.0.0.1'], jobPollMs: 50 });
    const { core } = running.service;
    const [tenant, stranger] = [await createTenant(core, 'test', 'business'), await createTenant(core, 'other', 'business')];
    appId = bareId(tenant);
    app = `/applications/${appId}/envs/DEVELOPMENT`;
    key = await createKey(core, { tenant, mode: 'test' }, 'skv2_', 'test', 'DEVELOPMENT');
    other = await createKey(core, { tenant: stranger, mode: 'test' }, 'skv2_', 'test', 'DEVELOPMENT');
    await ok('POST', `${app}/webhooks`, { url: hooks.url });
  });

  const send = (method: string, path: string, body?: unknown, by = key, form?: FormData) =>
    call(running, method, `/v4${path}`, {
      key: null,
      headers: { authorization: `Bearer ${by}` },
      ...(body !== undefined && { body }),
      ...(form && { form }),
    });
  const ok = async (method: string, path: string, body?: unknown, form?: FormData) => {
    const { status, json } = await send(method, path, body, key, form);
    expect([path, status, status === 200 ? '' : json]).toEqual([path, 200, '']);
    return json;
  };
  const refused = async (method: string, path: string, body?: unknown, by = key) => {
    const { status, json } = await send(method, path, body, by);
    return [status, json.code];
  };
  const newSigner = (more: object = {}) =>
    ok('POST', `${app}/signers`, { email: 'ada@example.com', firstName: 'Ada', lastName: 'Byron', ...more });
  const newRequest = async (more: object = {}): Promise<string> =>
    (await ok('POST', `${app}/signature-requests`, { title: 'Lease', ...more })).signatureRequestId;
  const newDocument = async (more: object = {}): Promise<string> => (await ok('POST', `${app}/init-documents`, more)).documentId;
  const giveFile = (id: string, bytes: Uint8Array = PDF) => ok('POST', `/documents/${id}/file`, undefined, formOf(bytes, 'lease.pdf'));
  const context = (id: string) => ok('GET', `/signature-requests/${id}/context`);

  test('a request is put together, published, signed, and proven', async () => {
    const id = await newRequest({ externalId: 'case-7' });
    expect(await context(id)).toMatchObject({ status: 'DRAFT', title: 'Lease', documents: [], signers: [], expirationDate: null });
    expect(await refused('POST', `/signature-requests/${id}/publish`)).toEqual([400, 'CANNOT_PUBLISH_SIGNATURE_REQUEST__NO_DOCUMENTS']);
    const document = await newDocument({ signatureRequestId: id, label: 'The lease', externalId: 'doc-7' });
    expect(await refused('POST', `/signature-requests/${id}/publish`)).toEqual([400, 'CANNOT_PUBLISH_SIGNATURE_REQUEST__NO_SIGNERS']);
    const { signerId } = await newSigner({ externalId: 'person-7' });
    await ok('PUT', `/signature-requests/${id}`, { signerIds: [signerId], title: 'The lease of 7' });
    // Its file has not come yet.
    expect(await refused('POST', `/signature-requests/${id}/publish`)).toEqual([400, 'BODY_VALIDATION_FAILED']);
    await giveFile(document);
    expect((await ok('POST', `${app}/signature-requests/status`, { signatureRequestIds: [id] })).signatureRequests).toEqual([
      { signatureRequestId: id, status: 'DRAFT' },
    ]);
    expect(await ok('POST', `/signature-requests/${id}/publish`)).toEqual({
      signatureRequestId: id,
      signersBySide: [{ signerId, signerExternalId: 'person-7' }],
      documents: [{ documentId: document }],
    });
    expect(await refused('POST', `/signature-requests/${id}/publish`)).toEqual([400, 'SIGNATURE_REQUEST_BAD_STATUS']);
    expect(await refused('PUT', `/signature-requests/${id}`, { title: 'Late' })).toEqual([400, 'SIGNATURE_REQUEST_BAD_STATUS']);
    expect(await context(id)).toMatchObject({ status: 'IN_PROGRESS', title: 'The lease of 7', signers: [{ signerId }] });
    await ok('POST', `/signature-requests/${id}/${signerId}/resend-email`);
    expect((await ok('GET', `${app}/signers/${signerId}/details`)).signatureRequestIds).toEqual([id]);

    const [row] = await running.service.core.store.db.selectFrom('signers').select('id').where('request_id', '=', id).execute();
    await consent(running.service.core, row?.id ?? '', VISITOR);
    await signNow(running.service.core, row?.id ?? '', VISITOR);
    await eventually(async () => (await context(id)).status === 'COMPLETED', 'it is completed');
    const proof = await send('GET', `/documents/${document}/signature-type/PDF_WITH_SIGNATURES`);
    expect([proof.status, proof.headers.get('content-type')]).toEqual([200, 'application/pdf']);
    const signatures = await ok('GET', `/documents/${document}/signatures`);
    expect(signatures).toEqual([expect.objectContaining({ signerId, documentId: document, signatureRequestId: id })]);
    expect(await ok('GET', `/documents/${document}/signatures/${signatures[0].signatureId}`)).toEqual(signatures[0]);
    expect(await refused('GET', `/documents/${document}/signatures/none`)).toEqual([404, 'SIGNATURE_NOT_FOUND']);
    for (const [bytes, same] of [
      [proof.bytes, true],
      [PDF, true],
      [Buffer.from('%PDF-1.7 other'), false],
    ] as const)
      expect(await ok('POST', `/documents/${document}/check-authenticity`, undefined, formOf(bytes, 'a.pdf'))).toEqual({
        documentId: document,
        authenticityValidated: same,
      });
    expect(await ok('GET', `/documents/${document}/context`)).toMatchObject({
      signatureRequestStatus: 'COMPLETED',
      signatures: [{ signerId }],
    });
    // Events name the same ids.
    const told = await eventually(async () => {
      const all = hooks.received.map(({ body }) => JSON.parse(body)).filter(({ content }) => content.signatureRequestId === id);
      return ['LAUNCHED', 'FINALIZED', 'COMPLETED'].every((action) => all.some((one) => one.action === action)) ? all : null;
    }, 'events came');
    const about = (action: string) => told.find((one) => one.action === action).content;
    expect(about('LAUNCHED')).toMatchObject({
      signatureRequestExternalId: 'case-7',
      signers: { signersBySide: [{ signerId, signerExternalId: 'person-7' }] },
    });
    expect(about('FINALIZED')).toMatchObject({ signerId, documentId: document, signatureId: signatures[0].signatureId });
  });

  test('each step of what is put together is told, each visit, each failed signature, and where everything is', async () => {
    const told = (topic: string, action: string, matches: (content: Record<string, unknown>) => boolean) =>
      eventually(async () => {
        const all = hooks.received.map(({ body }) => JSON.parse(body));
        return all.find((one) => one.topic === topic && one.action === action && matches(one.content)) ?? null;
      }, `${topic} ${action} came`);
    const { signerId } = await newSigner({ externalId: 'person-9', lastName: undefined });
    expect((await told('SIGNER', 'CREATED', (about) => about['signerId'] === signerId)).content).toEqual({
      ...{ appId, appEnv: 'DEVELOPMENT', signerId, signerExternalId: 'person-9' },
      inputsAdded: ['email', 'firstName'],
    });
    await ok('PUT', `${app}/signers/${signerId}`, { lastName: 'Byron' });
    const added = await told('SIGNER', 'INPUTS_ADDED', (about) => about['signerId'] === signerId);
    expect([added.content.inputsAdded, added.msgNature]).toEqual([['lastName'], 'INFO']);
    // Nothing that a profile asks for: nobody is told.
    await ok('PUT', `${app}/signers/${signerId}`, { externalId: 'person-10' });

    const id = await newRequest({ externalId: 'case-9' });
    const document = await newDocument({ signatureRequestId: id });
    await giveFile(document);
    const { signerId: failing } = await newSigner({ email: 'sign.fail@qsignhub-test.io' });
    await ok('PUT', `/signature-requests/${id}`, { signerIds: [signerId], signatureMethod: 'ADVANCED_STD' });
    const own = (about: Record<string, unknown>) => about['signatureRequestId'] === id;
    for (const action of ['INITIALIZED', 'UPDATED'])
      expect((await told('SIGNATURE_REQUEST', action, own)).content).toEqual({
        ...{ signatureRequestId: id, status: 'DRAFT', signatureRequestExternalId: 'case-9' },
      });
    await ok('POST', `/signature-requests/${id}/publish`);
    const { core } = running.service;
    const [row] = await core.store.db.selectFrom('signers').select('id').where('request_id', '=', id).execute();
    for (const _ of [1, 2]) await openSigning(core, row?.id ?? '', VISITOR);
    const names = { signerId, signerExternalId: 'person-10', signatureRequestId: id, signatureRequestExternalId: 'case-9' };
    expect((await told('SIGNATURE_SESSION', 'INITIALIZED', own)).content).toEqual(names);
    await core.store.db.updateTable('signers').set({ verification: 'verified' }).where('request_id', '=', id).execute();
    await consent(core, row?.id ?? '', VISITOR);
    await signNow(core, row?.id ?? '', VISITOR);
    const kit = await told('SIGNATURE_PROOF', 'ADV_GENERATED', own);
    const archive = await call(running, 'GET', kit.content.signatureProofUrl, { key: null });
    expect([archive.status, archive.headers.get('content-type')]).toEqual([200, 'application/zip']);
    expect(Buffer.from(archive.bytes).toString('latin1')).toContain('audit-trail.pdf');
    const sessions = hooks.received.map(({ body }) => JSON.parse(body)).filter(({ topic }) => topic === 'SIGNATURE_SESSION');
    expect(sessions).toHaveLength(1);

    const second = await newRequest({ documentIds: [document], signerIds: [failing], signatureMethod: 'ADVANCED_STD' });
    await ok('POST', `/signature-requests/${second}/publish`);
    expect(await told('SIGNATURE', 'FAILED', (about) => about['signatureRequestId'] === second)).toMatchObject({
      msgNature: 'ERROR',
      content: { signerId: failing, documentId: document, documentNature: 'FILE' },
      error: { code: 'SIGNATURE_AUTH_TOO_MANY_ATTEMPTS', status: 403, message: expect.any(String) },
    });
    const closed = await newRequest();
    await ok('POST', `/signature-requests/${closed}/close`);
    const cancelled = await told('SIGNATURE_REQUEST', 'CANCELLED', (about) => about['signatureRequestId'] === closed);
    expect(cancelled.content).toEqual({ signatureRequestId: closed, status: 'CANCELLED' });
  });

  test('a request is published once, however often that is asked at the same time', async () => {
    const { signerId } = await newSigner();
    const document = await newDocument({});
    await giveFile(document);
    const id = await newRequest({ documentIds: [document], signerIds: [signerId] });
    const answers = await Promise.all([1, 2, 3].map(() => send('POST', `/signature-requests/${id}/publish`)));
    expect(answers.filter(({ status }) => status === 200).length).toBeGreaterThan(0);
    expect(answers.filter(({ status }) => status >= 500)).toEqual([]);
    const rows = await running.service.core.store.db.selectFrom('requests').select('id').where('document_id', '=', document).execute();
    expect(rows).toEqual([{ id }]);
  });

  test('what is not published can be closed, and then neither changed nor published', async () => {
    const id = await newRequest();
    expect(await ok('POST', `/signature-requests/${id}/close`)).toEqual({ signatureRequestId: id });
    expect((await context(id)).status).toBe('CANCELLED');
    for (const path of ['publish', 'close'])
      expect(await refused('POST', `/signature-requests/${id}/${path}`)).toEqual([400, 'SIGNATURE_REQUEST_BAD_STATUS']);
    expect(await refused('POST', '/signature-requests/none/close')).toEqual([404, 'SIGNATURE_REQUEST_NOT_FOUND']);
  });

  test('documents are described, filled, emptied and erased until somebody is asked to sign them', async () => {
    const request = await newRequest();
    const id = await newDocument({ signatureRequestId: request });
    expect(await ok('GET', `/documents/${id}`)).toMatchObject({ signatureRequestId: request, isContentProvided: false, fileHash: null });
    expect((await ok('PUT', `/documents/${id}`, { label: 'Annex', description: 'Of the lease' })).label).toBe('Annex');
    expect(await refused('GET', `/documents/${id}/file`)).toEqual([404, 'DOCUMENT_NOT_FOUND']);
    await giveFile(id);
    const again = await send('POST', `/documents/${id}/file`, undefined, key, formOf(PDF, 'a.pdf'));
    expect([again.status, again.json.code]).toEqual([400, 'DOCUMENT_ALREADY_PROVIDED']);
    expect(Buffer.from((await send('GET', `/documents/${id}/file`)).bytes).equals(Buffer.from(PDF))).toBe(true);
    expect(await ok('GET', `/documents/${id}`)).toMatchObject({ isContentProvided: true, fileName: 'Annex', mimeType: 'application/pdf' });
    await ok('DELETE', `/documents/${id}/content`);
    expect(await ok('GET', `/documents/${id}`)).toMatchObject({ isContentProvided: false, label: 'Annex' });
    await ok('POST', `/documents/${id}/data-json-content`, { rent: 700 });
    expect(Buffer.from((await send('GET', `/documents/${id}/file`)).bytes).toString()).toBe('{"rent":700}');
    await ok('DELETE', `/documents/${id}`);
    expect(await refused('GET', `/documents/${id}`)).toEqual([404, 'DOCUMENT_NOT_FOUND']);
    expect((await context(request)).documents).toEqual([]);
    // One that came by the first stage is the same.
    const form = new FormData();
    form.append('document', new Blob([PDF as Uint8Array<ArrayBuffer>]), 'first.pdf');
    const uploaded = (await ok('POST', `${app}/documents`, undefined, form)).documentId;
    expect((await ok('PUT', `/documents/${uploaded}`, { externalId: 'x' })).externalId).toBe('x');
    const { signerId } = await newSigner();
    const published = await newRequest({ documentIds: [uploaded], signerIds: [signerId] });
    await ok('POST', `/signature-requests/${published}/publish`);
    for (const path of ['', '/content'])
      expect(await refused('DELETE', `/documents/${uploaded}${path}`)).toEqual([400, 'SIGNATURE_REQUEST_BAD_STATUS']);
  });

  test('signers are kept, changed, found, shown where to prove who they are, and revoked', async () => {
    const made = await newSigner({ email: 'grace@example.com', firstName: 'Grace', lastName: 'Hopper', signerProfileId: 'ADVANCED_SMS' });
    expect(made).toMatchObject({ status: 'ACTIVE', signerProfileId: 'ADVANCED_SMS', inputsNeeded: ['phoneNumber'] });
    const path = `${app}/signers/${made.signerId}`;
    expect((await ok('PUT', path, { phoneNumber: '+33612345678' })).inputsNeeded).toEqual([]);
    expect(await ok('GET', path)).toMatchObject({ email: 'grace@example.com', phoneNumber: '+33612345678' });
    for (const method of ['GET', 'POST']) {
      const { signers } = await ok(method, `${app}/signers-search?filter=HOPPER`);
      expect(signers.map(({ signerId }: { signerId: string }) => signerId)).toEqual([made.signerId]);
    }
    const page = await ok('GET', `${app}/signers-paginate?page=1`);
    expect([page.page, page.total >= page.signers.length, page.signers.length > 0]).toEqual([1, true, true]);
    expect(await refused('POST', `${path}/id-proofing`)).toEqual([404, 'ID_PROOFING_NOT_FOUND']);
    const document = await newDocument({});
    await giveFile(document);
    const id = await newRequest({ documentIds: [document], signerIds: [made.signerId], signatureMethod: 'ADVANCED_STD' });
    await ok('POST', `/signature-requests/${id}/publish`);
    const proofing = await ok('POST', `${path}/id-proofing`);
    expect(proofing).toEqual({ signerId: made.signerId, signatureRequestId: id, url: expect.stringContaining('/w/s/') });
    expect((await fetch(proofing.url)).status).toBe(200);
    const addable = await ok('POST', `/signature-requests/${id}/check-signers-can-be-added`, {
      emails: ['grace@example.com', 'new@example.com'],
    });
    expect(addable.emails).toEqual(['new@example.com']);
    expect(await ok('DELETE', `${path}/revoke`)).toEqual({ signerId: made.signerId });
    expect((await ok('GET', path)).status).toBe('REVOKED');
    const next = await newRequest({ documentIds: [document], signerIds: [made.signerId] });
    expect((await refused('POST', `/signature-requests/${next}/publish`))[0]).toBe(400);
    expect(await refused('POST', `${app}/signature-requests`, { signerIds: ['none'] })).toEqual([404, 'SIGNER_NOT_FOUND']);
  });

  test('requests are listed page by page, drafts before the others', async () => {
    const { signatureRequests, total } = await ok('GET', `${app}/signature-requests`);
    expect(total).toBe(signatureRequests.length);
    const statuses = signatureRequests.map(({ status }: { status: string }) => status);
    expect(statuses.lastIndexOf('DRAFT')).toBeLessThan(statuses.findIndex((status: string) => status !== 'DRAFT'));
    expect((await ok('GET', `${app}/signature-requests?page=9`)).signatureRequests).toEqual([]);
  });

  test('the application and its profiles describe themselves', async () => {
    expect(await ok('GET', `/applications/${appId}/context`)).toMatchObject({ appId, appEnv: 'DEVELOPMENT' });
    expect((await ok('GET', `${app}/signer-profiles`)).length).toBe(4);
    expect((await ok('GET', `${app}/signer-profiles/SIMPLE_STD`)).signatureMethod).toBe('SIMPLE_STD');
    expect((await ok('GET', `${app}/signer-profiles/ADVANCED_SMS/inputs-needed`)).inputs).toContain('phoneNumber');
    expect(await refused('GET', `${app}/signer-profiles/none`)).toEqual([404, 'SIGNER_PROFILE_NOT_FOUND']);
  });

  test('what has no counterpart says so', async () => {
    for (const [method, path] of [
      ['GET', `/applications/${appId}/users-invitations`],
      ['PUT', `${app}/signers/x/regenerate-auth-secret`],
      ['POST', '/documents/x/private-content'],
      ['GET', '/documents/x/signature-type/CADES/signers/y'],
      ['POST', `${app}/m2m/x/sign`],
      ['POST', `${app}/log-capsules`],
    ] as const)
      expect(await refused(method, path)).toEqual([400, 'FEATURE_NOT_AVAILABLE']);
  });

  test('nothing of this is there for a stranger', async () => {
    const { signerId } = await newSigner();
    const [id, document] = [await newRequest(), await newDocument({})];
    expect((await refused('GET', `${app}/signers/${signerId}`, undefined, other))[0]).toBe(403);
    for (const [method, path] of [
      ['GET', `/documents/${document}`],
      ['PUT', `/documents/${document}`],
      ['DELETE', `/documents/${document}`],
      ['GET', `/signature-requests/${id}/context`],
      ['PUT', `/signature-requests/${id}`],
      ['POST', `/signature-requests/${id}/publish`],
      ['POST', `/signature-requests/${id}/close`],
    ] as const)
      expect([path, (await refused(method, path, method === 'PUT' ? {} : undefined, other))[0]]).toEqual([path, 404]);
  });
});
