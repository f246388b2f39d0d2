/** What somebody tries who means harm, or what a bad day does: each of these got through once. */
import { type FileHandle, open } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { FastifyInstance } from 'fastify';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { plainPdf } from '../../scripts/plain-pdf.ts';
import { folderBlobs } from '../src/blobs/folder.ts';
import { changePassword, createAccount } from '../src/domain/accounts.ts';
import { showIdentity } from '../src/domain/identity.ts';
import { createKey, createTenant } from '../src/domain/keys.ts';
import { sendCode } from '../src/domain/signing.ts';
import { anonymousCounter } from '../src/http/rate-limit.ts';
import { greyJpeg } from '../src/identity/jpeg.ts';
import { webhookSender } from '../src/webhooks/deliver.ts';
import { saveEndpoint } from '../src/webhooks/endpoints.ts';
import { sendTestEvent } from '../src/webhooks/test-event.ts';
import { newCustomer, PASSWORD, signedIn, visit } from './portal/support.ts';
import { call, endAfterTests, eventually, formOf, KEY, newFolder, type Running, startReceiver, startRunning } from './support/running.ts';

endAfterTests();
const PDF = plainPdf({ title: 'Contract', pages: [['# Contract']] });

async function newSigner(running: Running, key = running.keys.test, signer: Readonly<Record<string, unknown>> = {}) {
  const { id } = (await call(running, 'POST', '/v1/documents', { key, form: formOf(PDF, 'contract.pdf') })).json;
  const signers = [{ name: 'Ada', email: 'ada@example.com', ...signer }];
  const { json } = await call(running, 'POST', '/v1/signature-requests', {
    key,
    body: { document_id: id, signature_type: 'aes', signers },
  });
  return json.signers[0] as { readonly id: string };
}

describe('another encryption key before the old one', () => {
  test('locks nobody out: accounts, links that were mailed, and codes go on', async () => {
    const data = newFolder();
    const before = await startRunning('sqlite', { data });
    const { core } = before.service;
    const { email } = await newCustomer(before);
    const { id } = await newSigner(before);
    await sendCode(core, id);
    const bare = id.slice(4);
    const token = core.links.token('sign', bare, core.clock() + 3_600_000);
    await before.service.stop();

    const after = await startRunning('sqlite', { data, encryptionKey: `${Buffer.alloc(32, 9).toString('base64')},${KEY}` });
    expect((await (await signedIn(after, email)).get('/test')).status).toBe(200);
    expect((await fetch(`${after.url}/w/s/${bare}?t=${token}`)).status).toBe(200);
    const again = createAccount(after.service.core, { tenant: 'ten_other', email: email.toUpperCase(), password: 'x', role: 'api_admin' });
    await expect(again).rejects.toMatchObject({ code: 'duplicate' });
    const { macs } = after.service.core.vault;
    expect(macs('account', email)).toHaveLength(2);
  });
});

describe('a password', () => {
  let running: Running;
  beforeAll(async () => {
    running = await startRunning('sqlite', { webhookPrivateHosts: ['127.0.0.1'] });
  });
  const login = (email: string, password: string) =>
    call(running, 'POST', '/backend/othercompanyapi/login/', { key: null, body: { email, password } });

  test('is guessed by no other door: the tries at one account are counted over all of them', async () => {
    const { email } = await newCustomer(running);
    // From the start of a minute on, so that all of it is in one.
    running.later(60_000 - (running.service.core.clock() % 60_000));
    const statuses: number[] = [];
    for (let attempt = 0; attempt < 6; attempt++) {
      statuses.push((await login(email, `wrong ${attempt}`)).status);
      statuses.push((await visit(running, '/sign-in', { form: { email: ` ${email.toUpperCase()}`, password: 'wrong' } })).status);
    }
    expect(statuses.slice(-2)).toEqual([429, 429]);
    expect((await login(email, PASSWORD)).status).toBe(429);
    running.later(61_000);
    expect((await login(email, PASSWORD)).status).toBe(200);
  });

  test('that is changed ends the tokens that were given for the old one', async () => {
    const { email } = await newCustomer(running);
    const { token } = (await login(email, PASSWORD)).json;
    const ask = async () =>
      (await call(running, 'GET', '/backend/othercompanyapi/apikey/get/', { key: null, headers: { authorization: `Bearer ${token}` } }))
        .status;
    expect(await ask()).toBe(200);
    const { id } = await running.service.core.store.db
      .selectFrom('accounts')
      .select('id')
      .where('email_mac', '=', running.service.core.vault.mac('account', email))
      .executeTakeFirstOrThrow();
    expect(await changePassword(running.service.core, id, { before: PASSWORD, after: 'another long one' }, '')).toBe(true);
    expect(await ask()).not.toBe(200);
  });

  test('is not tried from all addresses of one network', () => {
    const count = anonymousCounter(3);
    const of = (...addresses: readonly string[]) => addresses.map((address) => count(address, 0).exceeded);
    expect(of('2001:db8:1:2::1', '2001:db8:1:2:ffff::2', '2001:0db8:1:2:0::3', '2001:db8:1:2::4')).toEqual([false, false, false, true]);
    expect(of('2001:db8:1:3::1', '192.0.2.1', '::ffff:192.0.2.1', '192.0.2.1', '192.0.2.1')).toEqual([false, false, false, false, true]);
  });
});

describe('the address that somebody comes from', () => {
  test.each([
    [true, '198.51.100.7'],
    ['1', '198.51.100.7'],
    [2, '203.0.113.9'],
    ['false', '127.0.0.1'],
  ])('is what the proxies in front say, not what the client wrote before: trusted %s', async (trustProxy, address) => {
    const extend = (app: FastifyInstance): void => void app.get('/address', async ({ ip }) => ({ ip }));
    const running = await startRunning('sqlite', { trustProxy }, { extend });
    const headers = { 'x-forwarded-for': '192.0.2.1, 203.0.113.9, 198.51.100.7' };
    expect((await call(running, 'GET', '/address', { headers })).json).toEqual({ ip: address });
  });
});

describe('an address of the portal', () => {
  test('with words of the language in its query is a page, not a failure', async () => {
    const running = await startRunning('sqlite');
    const customer = await newCustomer(running);
    const portal = await signedIn(running, customer.email);
    for (const word of ['constructor', '__proto__', 'toString']) {
      expect([word, (await portal.get(`/test/webhooks?done=${word}`)).status]).toEqual([word, 200]);
      expect([word, (await visit(running, `/sign-in?lang=${word}&done=${word}`)).status]).toEqual([word, 200]);
    }
    expect((await portal.get('/test/requests?status=constructor&interface=__proto__')).status).toBe(200);
  });

  test.each([
    '//evil.example',
    'https://evil.example',
    '/w/portal//evil.example',
    '/w/portal/\\evil.example',
    '/w/portal@evil.example',
    '/\t/evil',
  ])('leads to this service only after signing in: %j', async (next) => {
    const running = await shared();
    const { email } = await newCustomer(running);
    const { location } = await visit(running, '/sign-in', { form: { email, password: PASSWORD, next } });
    expect(new URL(location ?? '', 'https://sign.example/').host).toBe('sign.example');
  });

  test('gives nothing to a session that signed out, and a new session at each sign-in', async () => {
    const running = await shared();
    const { email } = await newCustomer(running);
    const planted = `adeskit_session=${'A'.repeat(43)}`;
    const answer = await visit(running, '/sign-in', { cookie: planted, form: { email, password: PASSWORD } });
    expect(answer.headers.getSetCookie()[0]).toMatch(/HttpOnly.*SameSite=Strict/);
    expect((await visit(running, '/test', { cookie: planted })).location).toContain('/sign-in');
    const portal = await signedIn(running, email);
    expect((await portal.post('/sign-out')).status).toBe(303);
    expect((await portal.get('/test')).location).toContain('/sign-in');
  });

  test('shows what customers and receivers wrote as text', async () => {
    const running = await shared();
    const { core } = running.service;
    const { email, tenant } = await newCustomer(running);
    const evil = `"><img src=x onerror=alert(1)>'</script>`;
    const key = await createKey(core, { tenant, mode: 'test' }, 'qsh_test_', evil);
    const { id } = await newSigner(running, key, { name: 'Ada <img src=x onerror=alert(1)>' });
    const { request_id: request } = await core.store.db
      .selectFrom('signers')
      .select('request_id')
      .where('id', '=', id)
      .executeTakeFirstOrThrow();
    const hook = await saveEndpoint(
      core,
      { tenant, mode: 'test' },
      'qsignhub',
      'https://203.0.113.7/?a="><script>alert(1)</script>',
      ['203.0.113.7'],
      {
        description: evil,
      },
    );
    const delivery = await sendTestEvent(core, { tenant, mode: 'test' }, hook.id);
    const portal = await signedIn(running, email);
    for (const path of [
      '',
      '/requests',
      `/requests/${request.slice(5)}`,
      '/keys',
      '/webhooks',
      '/deliveries',
      `/deliveries/${delivery.slice(4)}`,
      '/outbox',
    ]) {
      const { status, text, headers } = await portal.get(`/test${path}`);
      expect([path, status, /<img|<script>|alert\(1\)<\/script/.exec(text)?.[0]]).toEqual([path, 200, undefined]);
      expect(headers.get('content-security-policy')).toContain("script-src 'self';");
    }
  });

  let held: Promise<Running> | null = null;
  const shared = (): Promise<Running> => {
    held ??= startRunning('sqlite');
    return held;
  };
});

describe('the outbox with its links and codes', () => {
  test('is for this machine alone where the service has an address of its own, whatever name a proxy passes on', async () => {
    const running = await startRunning('sqlite', { publicUrl: 'https://sign.example' });
    expect((await fetch(`${running.url}/w/outbox`)).status).toBe(404);
  });
});

describe('pictures of a signer', () => {
  const KINDS = ['face', 'document-front', 'document-back'] as const;
  const picturesOf = (shade: string) => new Map(KINDS.map((kind) => [kind, greyJpeg([shade.repeat(20)])] as const));
  let running: Running;
  let meanwhile: () => Promise<unknown> = async () => null;
  let answer: unknown = { outcome: 'passed' };
  let checked = 0;
  const checks = createServer(async (request, response) => {
    for await (const _ of request);
    checked++;
    await meanwhile();
    response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(answer));
  });
  beforeAll(async () => {
    await new Promise<void>((resolve) => checks.listen(0, '127.0.0.1', resolve));
    const { port } = checks.address() as { readonly port: number };
    running = await startRunning('sqlite', { outbox: true, identityCheckUrl: `http://127.0.0.1:${port}/checks` });
  });
  afterAll(() => void checks.close());

  async function signer(): Promise<string> {
    const { core } = running.service;
    const tenant = await createTenant(core, 'test', 'business');
    const key = await createKey(core, { tenant, mode: 'live' }, 'qis_live_', 'test');
    const send = (method: string, path: string, body: unknown) =>
      call(running, method, `/sign${path}`, { key: null, headers: { authorization: key }, body });
    const one = {
      ...{ id: '1', name: 'Jo Silva', email: 'jo@example.com', birthdate: '1992-09-15', document_number: '111.111.111-11' },
      phone: { international_dial_code: '55', area_code: '11', number: '988878722' },
      ...{ document_submission_method: 'email', authentication_submission_method: 'email' },
    };
    const day = new Date(Date.now() + 20 * 86_400_000).toISOString().slice(0, 10);
    await send('POST', '/envelope', { id: 'e', subject: 'CCB', expiration_date: day, signers: [one] });
    await send('POST', '/envelope/e/document', { document_b64: Buffer.from(PDF).toString('base64'), name: 'CCB', document_type: 'pdf' });
    await send('PATCH', '/envelope/e', { status: 'submitted' });
    const made = await core.store.db
      .selectFrom('signers')
      .innerJoin('requests', 'requests.id', 'signers.request_id')
      .select('signers.id')
      .where('requests.tenant_id', '=', tenant)
      .executeTakeFirstOrThrow();
    return made.id;
  }
  const facesOf = async (id: string) => {
    const { core } = running.service;
    const rows = await core.store.db.selectFrom('evidence').select(['kind', 'blob']).where('signer_id', '=', id).execute();
    const face = rows.find(({ kind }) => kind === 'face');
    return face ? core.blobs.get(face.blob) : null;
  };

  test('are not exchanged while others are judged: what is kept is what the check saw', async () => {
    const { core } = running.service;
    const id = await signer();
    let late: Promise<unknown> | null = null;
    meanwhile = async () => {
      meanwhile = async () => null;
      late = showIdentity(core, id, 'wrong number', picturesOf('9')).catch((error: unknown) => error);
      await late;
    };
    const outcome = await showIdentity(core, id, '11111111111', picturesOf('1')).catch((error: { code?: string }) => error.code);
    expect(late).not.toBe(null);
    const { verification } = await core.store.db
      .selectFrom('signers')
      .select('verification')
      .where('id', '=', id)
      .executeTakeFirstOrThrow();
    const same = Buffer.compare((await facesOf(id)) ?? new Uint8Array(), picturesOf('1').get('face') ?? new Uint8Array()) === 0;
    // Either the exchange was refused, or the judgement of what is not there any more counts for nothing.
    expect([outcome, verification === 'verified']).toEqual(same ? ['verified', true] : ['conflict', false]);
  });

  test('are sent, and judged, only so often', async () => {
    const { core } = running.service;
    const id = await signer();
    answer = 'no answer that anybody understands';
    const before = checked;
    const codes: unknown[] = [];
    for (let attempt = 0; attempt < 32; attempt++)
      codes.push(await showIdentity(core, id, '11111111111', picturesOf('1')).catch((error: { code?: string }) => error.code));
    answer = { outcome: 'passed' };
    expect(codes.at(-1)).toBe('too-many-requests');
    expect(checked - before).toBeLessThanOrEqual(30);
  });

  test('are kept for no request that is gone', async () => {
    const { core } = running.service;
    const id = await signer();
    const { store } = core;
    const pictures = picturesOf('1');
    const gone = {
      ...core,
      blobs: {
        ...core.blobs,
        put: async (name: string, bytes: Uint8Array) => {
          await core.blobs.put(name, bytes);
          await store.db.deleteFrom('signers').where('id', '=', id).execute();
        },
      },
    };
    await expect(showIdentity(gone, id, '11111111111', pictures)).rejects.toMatchObject({ code: 'not-found' });
    expect(await facesOf(id)).toBe(null);
  });
});

describe('a webhook', () => {
  test('tells nothing that is not on the disk yet', async () => {
    const running = await startRunning('sqlite', { webhookPrivateHosts: ['127.0.0.1'] }, { work: false });
    const { core } = running.service;
    const tenant = await createTenant(core, 'test', 'business');
    const receiver = await startReceiver();
    const { id } = await saveEndpoint(core, { tenant, mode: 'test' }, 'qsignhub', receiver.url, ['127.0.0.1']);
    // What is read from now on stands in the database, and the disk is slow.
    let reached = (): void => undefined;
    let waited = 0;
    const disk = new Promise<void>((resolve) => {
      reached = resolve;
    });
    const store = {
      ...core.store,
      settled: async () => {
        waited++;
        await disk;
      },
    };
    await sendTestEvent(core, { tenant, mode: 'test' }, id);
    const sender = webhookSender({
      ...{ core: { ...core, store }, privateHosts: ['127.0.0.1'], timeoutMs: 5000, pollMs: 50, leaseMs: 60_000, log: () => undefined },
    });
    sender.start();
    await eventually(async () => waited > 0 || receiver.received.length > 0, 'it waits for the disk');
    expect([waited, receiver.received.length]).toEqual([1, 0]);
    reached();
    await eventually(async () => receiver.received.length > 0, 'it is sent');
    expect(receiver.received.length).toBe(1);
    await sender.stop();
  });

  test('is one of a hundred at most', async () => {
    const running = await startRunning('sqlite', { webhookPrivateHosts: ['127.0.0.1'] });
    const { core } = running.service;
    const realm = { tenant: await createTenant(core, 'test', 'business'), mode: 'test' } as const;
    const save = () => saveEndpoint(core, realm, 'qsignhub', 'http://127.0.0.1:9/', ['127.0.0.1']);
    for (let count = 0; count < 100; count++) await save();
    await expect(save()).rejects.toMatchObject({ code: 'conflict' });
  });
});

describe('a machine that fails', () => {
  test('leaves a document under its name: the folder is flushed as well as the file', async () => {
    const folder = newFolder();
    const handle = await open(folder, 'r');
    const flushed: boolean[] = [];
    const { sync } = Object.getPrototypeOf(handle) as { sync(this: FileHandle): Promise<void> };
    const spied = vi.spyOn(Object.getPrototypeOf(handle) as { sync(): Promise<void> }, 'sync').mockImplementation(async function (
      this: unknown,
    ) {
      flushed.push((await (this as FileHandle).stat()).isDirectory());
      return sync.call(this as FileHandle);
    });
    const blobs = folderBlobs(`${folder}/blobs`);
    await blobs.put('documents/doc_1.a', Buffer.from('a'));
    // The folder in its folder, the kind in that, the file, its name.
    expect(flushed).toEqual([true, true, false, true]);
    flushed.length = 0;
    await Promise.all(Array.from({ length: 20 }, (_, index) => blobs.put(`documents/doc_${index}.b`, Buffer.from('b'))));
    expect(flushed.filter((isFolder) => !isFolder).length).toBe(20);
    expect(flushed.filter(Boolean).length).toBeGreaterThan(0);
    expect(flushed.at(-1)).toBe(true);
    spied.mockRestore();
    await handle.close();
  });
});

describe('a disk that fails', () => {
  test('tells no client of what it has not kept', async () => {
    const running = await startRunning('sqlite', {}, { work: false });
    const { core } = running.service;
    const { email } = await newCustomer(running);
    const { settled } = core.store;
    Object.assign(core.store, { settled: async () => Promise.reject(new Error('EIO')) });
    const answer = await visit(running, '/sign-in', { form: { email, password: PASSWORD } });
    const made = await call(running, 'POST', '/v1/documents', { form: formOf(PDF, 'contract.pdf') });
    Object.assign(core.store, { settled });
    expect([answer.status, answer.headers.getSetCookie()]).toEqual([500, []]);
    expect([made.status, Buffer.from(made.bytes).toString().includes('doc_')]).toEqual([500, false]);
  });
});

describe('an announced document', () => {
  test('is one of twenty at most in a request', async () => {
    const running = await startRunning('sqlite');
    const { keys, tenant } = await newCustomer(running);
    const app = `/v4/applications/${tenant.slice(4)}/envs/DEVELOPMENT`;
    const send = (path: string, body: unknown) =>
      call(running, 'POST', path, { key: null, headers: { authorization: `Bearer ${keys.skv2_}` }, body });
    const { signatureRequestId } = (await send(`${app}/signature-requests`, { title: 'Lease' })).json;
    const statuses: number[] = [];
    for (let count = 0; count < 21; count++) statuses.push((await send(`${app}/init-documents`, { signatureRequestId })).status);
    expect(new Set(statuses.slice(0, 20))).toEqual(new Set([200]));
    expect(statuses[20]).toBe(400);
  });
});
