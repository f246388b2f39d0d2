/** No route gives a stranger anything: the routes are asked of the router, so that a new one without a rule is a failure. */
import { beforeAll, describe, expect, test } from 'vitest';
import { plainPdf } from '../../../scripts/plain-pdf.ts';
import { bareId } from '../../src/domain/ids.ts';
import { createKey } from '../../src/domain/keys.ts';
import { type Customer, newCustomer, PASSWORD, type Portal, signedIn } from '../portal/support.ts';
import { endAfterTests, eventually, formOf, type Running, startReceiver, startRunning } from '../support/running.ts';

endAfterTests();
const PDF = plainPdf({ title: 'Severance', pages: [['# Severance']] });
const PDF64 = Buffer.from(PDF).toString('base64');
const JPEG = Buffer.from([0xff, 0xd8, 0xff, 0xd9]).toString('base64');
/** What must never be read by a stranger. */
const PERSONAL = ['Victoria', 'Severance', 'secret-of-metadata', 'victims-hook'];

/** Routes that answer strangers, and nobody, with what belongs to nobody. */
const PUBLIC = new Set(
  [
    'GET /, GET /healthz, GET /readyz, GET /metrics, GET /.well-known/jwks.json, GET /pki/test-root.pem, GET /pki/live-root.pem',
    'GET /openapi.json, GET /sign/openapi.json, GET /v4/openapi.json, GET /backend/othercompanyapi/openapi.json',
    'GET /validate, POST /validate, GET /w/assets/*, GET /w/portal/sign-in, GET /w/portal/join, POST /w/portal/join',
    // A token is looked at by who has received it.
    'POST /v4/tokens/webhook-verification/checking-consumption',
  ].flatMap((line) => line.split(', ')),
);
/** Routes where everybody finds, or makes, what is their own. */
const OWN = new Set(
  [
    'POST /v1/documents, POST /v1/validate, GET /v1/idp/countries, GET /v1/signature-requests',
    'POST /manage/webhooks, GET /manage/webhooks, GET /manage/deliveries',
    'GET /backend/othercompanyapi/apikey/get/, GET /backend/othercompanyapi/usage/summary/, GET /backend/othercompanyapi/webhook/get/',
    'GET /backend/othercompanyapi/webhook/deliveries/, POST /backend/othercompanyapi/apikey/generate/',
    'POST /backend/othercompanyapi/webhook/save/, POST /backend/othercompanyapi/webhook/secret/rotate/',
    'POST /backend/othercompanyapi/webhook/test-event/, POST /backend/othercompanyapi/document/recipients/create/',
    'POST /sign/envelope, POST /v4/signature-requests/one-call-sign, POST /v4/applications/:appId/envs/:appEnv/documents',
    'POST /v4/applications/:appId/envs/:appEnv/signature-requests/status, GET /v4/applications/:appId/envs/:appEnv/signature-requests',
    'GET /v4/applications/:appId/context, GET /v4/applications/:appId/envs/:appEnv/signer-profiles',
    'GET /v4/applications/:appId/envs/:appEnv/signer-profiles/:signerProfileId',
    'GET /v4/applications/:appId/envs/:appEnv/signer-profiles/:signerProfileId/inputs-needed',
    'POST /v4/applications/:appId/envs/:appEnv/signers, GET /v4/applications/:appId/envs/:appEnv/signers-paginate',
    'GET /v4/applications/:appId/envs/:appEnv/signers-search, POST /v4/applications/:appId/envs/:appEnv/signers-search',
    'GET /v4/applications/:appId/envs/:appEnv/webhooks, POST /v4/applications/:appId/envs/:appEnv/webhooks',
    'GET /v4/applications/:appId/envs/:appEnv/webhooks/endpoints, POST /v4/applications/:appId/envs/:appEnv/webhooks/endpoints',
    'GET /w/portal/:mode, GET /w/portal/:mode/account, POST /w/portal/:mode/account, GET /w/portal/:mode/api',
    'GET /w/portal/:mode/api/:interface, GET /w/portal/:mode/deliveries, GET /w/portal/:mode/keys, POST /w/portal/:mode/keys',
    'GET /w/portal/:mode/people, POST /w/portal/:mode/people, GET /w/portal/:mode/requests, GET /w/portal/:mode/usage, GET /w/portal/:mode/webhooks, POST /w/portal/:mode/webhooks',
    'GET /w/portal/test/outbox',
  ].flatMap((line) => line.split(', ')),
);
/** Where people come in: tested elsewhere, and useless here without a password. */
const DOORS = new Set([
  ...['POST /backend/othercompanyapi/login/', 'POST /v4/auth/app-api', 'POST /w/portal/sign-in', 'POST /w/portal/sign-out'],
  // Mails of this machine, for development, where the operator asks for it.
  'GET /w/outbox',
]);

interface Victim {
  readonly ids: Readonly<Record<string, readonly string[]>>;
}

interface Caller {
  readonly name: string;
  readonly customer: Customer | null;
  readonly portal: Portal | null;
  readonly login: string;
  readonly mode: 'test' | 'live';
}

describe('every route', () => {
  const routes: string[] = [];
  let running: Running;
  let victim: Customer;
  let own: Victim;
  let callers: readonly Caller[];

  beforeAll(async () => {
    running = await startRunning(
      'sqlite',
      { webhookPrivateHosts: ['127.0.0.1'], tiers: { business: 1_000_000, account: 1_000_000 }, jobPollMs: 50 },
      { onRoute: (method, url) => method !== 'HEAD' && routes.push(`${method} ${url}`) },
    );
    victim = await newCustomer(running);
    const stranger = await newCustomer(running);
    own = await belongings(running, victim);
    const login = await loginOf(running, stranger);
    const portal = await signedIn(running, stranger.email);
    const live = { tenant: victim.tenant, mode: 'live' } as const;
    const { core } = running.service;
    const liveKeys = {
      ...victim.keys,
      qis_test_: await createKey(core, live, 'qis_live_', 'test'),
      skv2_: await createKey(core, live, 'skv2_', 'test', 'PRODUCTION'),
    };
    callers = [
      { name: 'nobody', customer: null, portal: null, login: '', mode: 'test' },
      { name: 'a stranger', customer: stranger, portal, login, mode: 'test' },
      { name: 'a stranger, live', customer: stranger, portal, login, mode: 'live' },
      { name: 'the customer, live', customer: { ...victim, keys: liveKeys }, portal: null, login: '', mode: 'live' },
    ];
  });

  test('is known to this test as it is to the router', () => {
    const known = new Set(routes);
    expect([...PUBLIC, ...OWN, ...DOORS].filter((route) => !known.has(route))).toEqual(
      ['GET /w/outbox'].filter((route) => !known.has(route)),
    );
    expect(known.size).toBeGreaterThan(200);
  });

  test('refuses strangers, tells them nothing, and changes nothing', { timeout: 400_000 }, async () => {
    const before = await stateOf(running, victim.tenant);
    const wrong: unknown[] = [];
    let sent = 0;
    for (const route of new Set(routes)) {
      if (DOORS.has(route)) continue;
      const [method = '', pattern = ''] = route.split(' ');
      for (const caller of callers) {
        for (const path of pathsOf(pattern, own, caller)) {
          for (const body of bodiesOf(route, own)) {
            // Within a minute an address may ask so often only.
            if (++sent % 250 === 0) running.later(61_000);
            const { status, text } = await ask(running, method, path, body, caller);
            const open = PUBLIC.has(route) || (OWN.has(route) && caller.customer !== null);
            const told = PERSONAL.filter((word) => text.includes(word));
            if (told.length > 0 || status >= 500 || (!open && !isRefusal(route, status, text, caller)))
              wrong.push([caller.name, route, path, status, told, text.slice(0, 100)]);
          }
        }
      }
    }
    expect(wrong).toEqual([]);
    expect(await stateOf(running, victim.tenant)).toEqual(before);
    expect(sent).toBeGreaterThan(600);
  });
});

/** Who may not, or finds nothing; where a shape is refused instead, nothing was learned about the route. */
function isRefusal(route: string, status: number, text: string, { customer }: Caller): boolean {
  if ([401, 403, 404, 405].includes(status)) return true;
  // The portal sends people to its door.
  if (route.includes(' /w/portal')) return status === 303;
  if (route.startsWith('GET /w/login/return')) return status === 400;
  // A bad key is 400 there; so is what is not offered.
  if (status === 400 && route.includes(' /backend/')) return customer === null || /There is no|document_id|login/i.test(text);
  if (status === 400 && route.includes(' /v4/')) return text.includes('FEATURE_NOT_AVAILABLE');
  // A document of somebody else is a wrong value in a new request.
  return status === 422 && route === 'POST /v1/signature-requests' && text.includes('no such document');
}

async function ask(running: Running, method: string, path: string, body: unknown, { customer, portal, login, mode }: Caller) {
  const isPortal = path.startsWith('/w/portal');
  const headers: Record<string, string> = {};
  if (customer !== null) {
    const { keys } = customer;
    if (path.startsWith('/v1') || path.startsWith('/manage')) headers['x-api-key'] = keys[`qsh_${mode}_`];
    if (path.startsWith('/backend')) Object.assign(headers, { 'x-api-key': keys[`qsk_${mode}_`], authorization: `Bearer ${login}` });
    if (path.startsWith('/sign')) headers['authorization'] = keys.qis_test_;
    if (path.startsWith('/v4')) headers['authorization'] = `Bearer ${keys.skv2_}`;
    if (isPortal) headers['cookie'] = portal?.cookie ?? '';
  }
  const bodyless = method === 'GET' || body === undefined;
  const isForm = path.startsWith('/w/');
  const sent = isForm
    ? new URLSearchParams({ proof: portal?.proof ?? '', ...(body as object) })
    : body instanceof FormData
      ? body
      : JSON.stringify(body);
  if (!bodyless && !isForm && !(body instanceof FormData)) headers['content-type'] = 'application/json';
  const response = await fetch(`${running.url}${path}`, { method, redirect: 'manual', headers, ...(!bodyless && { body: sent }) });
  return { status: response.status, text: Buffer.from(await response.arrayBuffer()).toString('latin1') };
}

/** The addresses of a route with each of the ids that could be meant. */
function pathsOf(pattern: string, { ids }: Victim, { customer }: Caller): string[] {
  let paths = [pattern.replace('*', 'none.js')];
  for (const [param = '', name = ''] of pattern.matchAll(/:(\w+)/g)) {
    const mine = name === 'appId' && customer ? [bareId(customer.tenant)] : [];
    const values = [...mine, ...(ids[name] ?? ['none'])];
    paths = paths.flatMap((path) => values.map((value) => path.replace(param, value)));
  }
  const [number = ''] = ids['doc_id'] ?? [];
  return paths.map((path) =>
    /\/document\/(download|sign\/status)\/$/.test(path)
      ? `${path}?document_id=${number}`
      : path.endsWith('signers-search')
        ? `${path}?filter=e`
        : path,
  );
}

/** Bodies that are right but for whom they are about. */
function bodiesOf(route: string, { ids }: Victim): unknown[] {
  const first = (name: string): string => ids[name]?.[0] ?? '';
  const person = { name: 'Eve', email: 'eve@example.com' };
  const known: Readonly<Record<string, readonly unknown[]>> = {
    'POST /v1/documents': [formOf(PDF, 'a.pdf')],
    'POST /v1/signature-requests': [{ document_id: first('v1Document'), signature_type: 'ses', signers: [person] }],
    'POST /v1/signature-requests/:request_id/signers': [person],
    'POST /backend/othercompanyapi/document/signing-links/': [{ document_id: Number(first('doc_id')) }],
    'PATCH /sign/envelope/:envelope_id': [{ status: 'canceled' }, { status: 'submitted' }],
    'POST /sign/envelope/:envelope_id/document': [{ document_b64: PDF64, name: 'Eve', document_type: 'pdf' }],
    'POST /sign/envelope/:envelope_id/signer/:signer_id/personal_document': [{ document_b64: JPEG, template: 'rg_front' }],
    'POST /v4/applications/:appId/envs/:appEnv/signature-requests': [
      { documentIds: [first('documentId')] },
      { signerIds: [first('signerId')] },
    ],
    'POST /v4/applications/:appId/envs/:appEnv/signature-requests/status': [{ signatureRequestIds: ids['signatureRequestId'] }],
    'POST /v4/applications/:appId/envs/:appEnv/init-documents': [{ signatureRequestId: first('draftId') }],
    'POST /v4/signature-requests/:signatureRequestId/check-signers-can-be-added': [{ emails: ['eve@example.com'] }],
    'PUT /v4/signature-requests/:signatureRequestId': [{ title: 'Eve' }],
    'PUT /v4/webhooks/:webhookId': [{ url: 'https://93.184.216.34/' }],
    'POST /v4/documents/:documentId/file': [formOf(PDF, 'a.pdf')],
    'POST /v4/documents/:documentId/check-authenticity': [formOf(PDF, 'a.pdf')],
    'POST /w/portal/:mode/people/:id/role': [{ role: 'viewer' }],
    'POST /v4/tokens/webhook-verification/checking-consumption': [{ token: first('eventId'), appId: 'none', appEnv: 'DEVELOPMENT' }],
  };
  return [...(known[route] ?? [route.startsWith('DELETE') ? undefined : {}])];
}

async function loginOf(running: Running, { email }: Customer): Promise<string> {
  const answer = await post(running, '/backend/othercompanyapi/login/', { email, password: PASSWORD }, {});
  return answer.token;
}

// biome-ignore lint/suspicious/noExplicitAny: answers are looked into, member by member.
async function post(running: Running, path: string, body: unknown, headers: Record<string, string>, method = 'POST'): Promise<any> {
  const isForm = body instanceof FormData;
  const response = await fetch(`${running.url}${path}`, {
    method,
    headers: { ...headers, ...(!isForm && { 'content-type': 'application/json' }) },
    body: isForm ? body : JSON.stringify(body),
  });
  const json = await response.json();
  if (response.status >= 300) throw new Error(`${path}: ${JSON.stringify(json)}`);
  return json;
}

/** Something of each kind, by each interface. */
async function belongings(running: Running, { tenant, keys }: Customer): Promise<Victim> {
  const { core } = running.service;
  const hooks = await startReceiver();
  const [v1, v4] = [{ 'x-api-key': keys.qsh_test_ }, { authorization: `Bearer ${keys.skv2_}` }];
  const [name, email] = ['Victoria Secretary', 'Victoria@example.com'];
  const endpoint = await post(running, '/manage/webhooks', { url: `${hooks.url}/victims-hook` }, v1);
  const document = (await post(running, '/v1/documents', formOf(PDF, 'Severance.pdf'), v1)).id;
  const metadata = { note: 'secret-of-metadata' };
  const made = await post(
    running,
    '/v1/signature-requests',
    { document_id: document, signature_type: 'ses', signers: [{ name, email }], metadata },
    v1,
  );
  const qsign = await post(
    running,
    '/backend/othercompanyapi/document/recipients/create/',
    { doc_url: 'https://example.com/a.pdf', document_name: 'Severance', recipients: [{ name, email }] },
    { 'x-api-key': keys.qsk_test_ },
  );
  const qi = { authorization: keys.qis_test_ };
  const signer = {
    id: '1',
    name,
    email,
    birthdate: '1992-09-15',
    document_number: '1',
    document_submission_method: 'email',
    authentication_submission_method: 'email',
  };
  for (const id of ['open-envelope', 'envelope']) {
    await post(running, '/sign/envelope', { id, subject: 'Severance', expiration_date: '2099-01-01', signers: [signer] }, qi);
    await post(running, `/sign/envelope/${id}/document`, { id: 'doc1', document_b64: PDF64, name: 'Severance', document_type: 'pdf' }, qi);
  }
  await post(running, '/sign/envelope/envelope', { status: 'submitted' }, qi, 'PATCH');
  const app = `/v4/applications/${bareId(tenant)}/envs/DEVELOPMENT`;
  const [hook] = await post(running, `${app}/webhooks`, { url: `${hooks.url}/victims-hook` }, v4);
  const one = await post(
    running,
    '/v4/signature-requests/one-call-sign',
    {
      title: 'Severance',
      signatureMethod: 'SIMPLE_STD',
      signers: [{ email, firstName: 'Victoria' }],
      documents: [{ originalName: 'Severance.pdf', mimeType: 'application/pdf', base64: PDF64 }],
    },
    v4,
  );
  const person = await post(running, `${app}/signers`, { email, firstName: 'Victoria' }, v4);
  const draft = await post(running, `${app}/signature-requests`, { title: 'Severance', signerIds: [person.signerId] }, v4);
  const announced = await post(running, `${app}/init-documents`, { label: 'Severance', signatureRequestId: draft.signatureRequestId }, v4);
  const deliveries = await eventually(async () => {
    const rows = await core.store.db.selectFrom('webhook_deliveries').select(['id', 'status']).where('tenant_id', '=', tenant).execute();
    return rows.length >= 2 && rows.every(({ status }) => status === 'delivered') ? rows : null;
  }, 'events are delivered');
  const rows = await core.store.db.selectFrom('api_keys').select('id').where('tenant_id', '=', tenant).execute();
  const [account] = await core.store.db.selectFrom('accounts').select('id').where('tenant_id', '=', tenant).execute();
  const signerId = made.signers[0].id as string;
  const eventIds = deliveries.map(({ id }) => id);
  return {
    ids: {
      v1Document: [document],
      draftId: [draft.signatureRequestId],
      request_id: [made.id],
      signer_id: [signerId, '1'],
      doc_id: [String(qsign.quoqo_document_id)],
      envelope_id: ['open-envelope', 'envelope'],
      document_id: ['doc1'],
      appId: [bareId(tenant)],
      appEnv: ['DEVELOPMENT'],
      signatureRequestId: [one.signatureRequestId, draft.signatureRequestId],
      documentId: [one.documents[0].documentId, announced.documentId],
      signerId: [person.signerId, one.signersBySide[0].signerId],
      signatureType: ['PDF_WITH_SIGNATURES'],
      signerProfileId: ['SIMPLE_STD'],
      webhookId: [hook._id],
      eventId: eventIds,
      mode: ['test', 'live'],
      interface: ['qsign'],
      number: ['1'],
      id: [
        made.id,
        bareId(made.id),
        signerId,
        bareId(signerId),
        document,
        endpoint.id,
        eventIds[0] ?? '',
        rows[0]?.id ?? '',
        bareId(account?.id ?? ''),
      ],
    },
  };
}

/** Everything that a customer has in test mode, as it stands in the database. */
async function stateOf({ service: { core } }: Running, tenant: string): Promise<unknown> {
  const { db } = core.store;
  const requests = await db
    .selectFrom('requests')
    .select(['id', 'status', 'metadata_sealed'])
    .where('tenant_id', '=', tenant)
    .where('mode', '=', 'test')
    .orderBy('id')
    .execute();
  const documents = await db
    .selectFrom('documents')
    .select(['id', 'name_sealed'])
    .where('tenant_id', '=', tenant)
    .where('mode', '=', 'test')
    .orderBy('id')
    .execute();
  const drafts = await db
    .selectFrom('drafts')
    .select(['id', 'status', 'content_sealed'])
    .where('tenant_id', '=', tenant)
    .where('mode', '=', 'test')
    .orderBy('id')
    .execute();
  const signers = await db
    .selectFrom('signers')
    .select(['id', 'status', 'verification', 'reminders_sent'])
    .where('tenant_id', '=', tenant)
    .where('mode', '=', 'test')
    .orderBy('id')
    .execute();
  const endpoints = await db
    .selectFrom('webhook_endpoints')
    .select(['id', 'url', 'disabled_at', 'secret_sealed'])
    .where('tenant_id', '=', tenant)
    .where('mode', '=', 'test')
    .orderBy('id')
    .execute();
  const deliveries = await db
    .selectFrom('webhook_deliveries')
    .select(['id', 'status', 'attempts', 'token_used_at'])
    .where('tenant_id', '=', tenant)
    .where('mode', '=', 'test')
    .orderBy('id')
    .execute();
  const keys = await db
    .selectFrom('api_keys')
    .select(['id', 'hash', 'revoked_at'])
    .where('tenant_id', '=', tenant)
    .where('mode', '=', 'test')
    .orderBy('id')
    .execute();
  const messages = await db
    .selectFrom('messages')
    .select('id')
    .where('tenant_id', '=', tenant)
    .where('mode', '=', 'test')
    .orderBy('id')
    .execute();
  const accounts = await db
    .selectFrom('accounts')
    .select(['id', 'role', 'password'])
    .where('tenant_id', '=', tenant)
    .orderBy('id')
    .execute();
  return { requests, documents, drafts, signers, endpoints, deliveries, keys, messages, accounts };
}
