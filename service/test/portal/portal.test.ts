/** The developer portal over HTTP: who gets in, what each page shows and does, and that nobody sees what belongs to another. */
import { createHmac, randomUUID } from 'node:crypto';
import fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import { plainPdf } from '../../../scripts/plain-pdf.ts';
import { bareId } from '../../src/domain/ids.ts';
import { consent, signNow } from '../../src/domain/signing.ts';
import { countCall } from '../../src/domain/usage.ts';
import {
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
import { REQUESTS } from './requests.ts';
import { type Customer, newCustomer, PASSWORD, type Portal, signedIn, visit } from './support.ts';

const PDF = plainPdf({ title: 'Contract', pages: [['# Contract']] });

endAfterTests();

describe.each(DATABASES)('the portal on %s', (kind) => {
  let running: Running;
  let customer: Customer;
  let portal: Portal;
  let hooks: Awaited<ReturnType<typeof startReceiver>>;
  beforeAll(async () => {
    hooks = await startReceiver();
    running = await startRunning(kind, { webhookPrivateHosts: ['127.0.0.1'], jobPollMs: 50 });
    customer = await newCustomer(running);
    portal = await signedIn(running, customer.email);
  });

  describe('at its door', () => {
    test('lets nobody in without a session and leads to where somebody wanted to go', async () => {
      const stranger = await visit(running, '/test/requests?status=completed');
      expect([stranger.status, stranger.location]).toEqual([
        303,
        '/w/portal/sign-in?next=%2Fw%2Fportal%2Ftest%2Frequests%3Fstatus%3Dcompleted',
      ]);
      const page = await visit(running, stranger.location?.slice('/w/portal'.length) ?? '');
      expect(page.text).toContain('name="next" value="/w/portal/test/requests?status=completed"');
      const next = '/w/portal/test/requests?status=completed';
      const come = await visit(running, '/sign-in', { form: { email: customer.email, password: PASSWORD, next } });
      expect([come.status, come.location]).toEqual([303, next]);
      expect((await visit(running, '')).location).toContain('/sign-in');
      expect((await visit(running, '/test', { cookie: 'adeskit_session=forged' })).status).toBe(303);
      expect((await portal.get('/production')).status).toBe(404);
    });

    test.each(['https://evil.example/', '//evil.example', '/w/portal//evil.example\\', '/v1/documents', '/w/portal/../..'])(
      'does not lead to %s after signing in',
      async (next) => {
        const come = await visit(running, '/sign-in', { form: { email: customer.email, password: PASSWORD, next } });
        expect(come.location === '/w/portal/test' || come.location?.startsWith('/w/portal/')).toBe(true);
        expect(come.location).not.toContain('evil.example');
      },
    );

    test('gives a cookie that scripts cannot read and other sites cannot send; Secure where people come by https', async () => {
      const signIn = (on: Running, email: string) => visit(on, '/sign-in', { form: { email, password: PASSWORD } });
      const [cookie = ''] = (await signIn(running, customer.email)).headers.getSetCookie();
      expect(cookie).toMatch(/^adeskit_session=[\w-]{43}; Max-Age=43200; Path=\/w\/portal; HttpOnly; SameSite=Strict$/);
      const secure = await startRunning('sqlite', { publicUrl: 'https://sign.example.com' });
      const [other = ''] = (await signIn(secure, (await newCustomer(secure)).email)).headers.getSetCookie();
      expect(other).toContain('; Secure');
    });

    test('says the same for a wrong address as for a wrong password, and keeps what was typed', async () => {
      const answers = await Promise.all(
        [
          { email: customer.email, password: 'wrong' },
          { email: '"><script>@example.com', password: PASSWORD },
        ].map((form) => visit(running, '/sign-in', { form })),
      );
      for (const { status, text, headers } of answers) {
        expect([status, headers.getSetCookie()]).toEqual([401, []]);
        expect(text).toContain('The address or the password is wrong.');
        expect(text).not.toContain('<script>@');
      }
    });

    test('is closed for a minute to who tries too often, also with the right password', async () => {
      const { email } = await newCustomer(running);
      // From the start of a minute on, so that all of it is in one.
      running.later(60_000 - (running.service.core.clock() % 60_000));
      const tries = [];
      for (let index = 0; index < 10; index++)
        tries.push((await visit(running, '/sign-in', { form: { email, password: 'wrong' } })).status);
      expect(new Set(tries)).toEqual(new Set([401]));
      expect((await visit(running, '/sign-in', { form: { email: email.toUpperCase(), password: PASSWORD } })).status).toBe(429);
      running.later(60_000);
      expect((await visit(running, '/sign-in', { form: { email, password: PASSWORD } })).status).toBe(303);
    });

    test('stays open to who signs in often, with the right password', async () => {
      const { email } = await newCustomer(running);
      running.later(60_000 - (running.service.core.clock() % 60_000));
      const answers = [];
      for (let index = 0; index < 15; index++)
        answers.push((await visit(running, '/sign-in', { form: { email, password: PASSWORD } })).status);
      expect(new Set(answers)).toEqual(new Set([303]));
    });

    test('ends a session when somebody signs out, after an hour of silence, and after half a day', async () => {
      const { email } = await newCustomer(running);
      const first = await signedIn(running, email);
      expect((await first.get('/test')).status).toBe(200);
      expect((await first.post('/sign-out')).location).toBe('/w/portal/sign-in?done=out');
      expect((await first.get('/test')).status).toBe(303);
      const silent = await signedIn(running, email);
      running.later(3_599_000);
      expect((await silent.get('/test')).status).toBe(200);
      running.later(3_601_000);
      expect((await silent.get('/test')).status).toBe(303);
      const busy = await signedIn(running, email);
      for (let hour = 0; hour < 13; hour++) {
        running.later(3_500_000);
        expect([hour, (await busy.get('/test')).status]).toEqual([hour, hour < 12 ? 200 : 303]);
      }
      portal = await signedIn(running, customer.email);
    });

    test('keeps neither password nor token of a session', async () => {
      const { db } = running.service.core.store;
      const rows = JSON.stringify([
        await db.selectFrom('accounts').selectAll().execute(),
        await db.selectFrom('sessions').selectAll().execute(),
      ]);
      for (const secret of [PASSWORD, customer.email, portal.cookie.split('=')[1] ?? '']) expect(rows).not.toContain(secret);
    });

    test('takes forms only from its own pages', async () => {
      const form = { kind: '0', label: 'forged' };
      const forged = [
        await portal.post('/test/keys', { ...form, proof: '' }),
        await portal.post('/test/keys', { ...form, proof: (await signedIn(running, customer.email)).cookie }),
        await portal.post('/test/keys', form, { origin: 'https://evil.example' }),
        await portal.post('/test/keys', form, { 'sec-fetch-site': 'cross-site' }),
        await visit(running, '/sign-in', {
          form: { email: customer.email, password: PASSWORD },
          headers: { origin: 'https://evil.example' },
        }),
      ];
      expect(forged.map(({ status }) => status)).toEqual([403, 403, 403, 403, 403]);
      expect((await portal.get('/test/keys')).text).not.toContain('forged');
      expect((await portal.post('/test/keys', form, { origin: running.url, 'sec-fetch-site': 'same-origin' })).status).toBe(201);
    });

    test('changes a password and ends the other sessions', async () => {
      const { email } = await newCustomer(running);
      const [here, elsewhere] = [await signedIn(running, email), await signedIn(running, email)];
      const after = 'another horse, another battery';
      expect((await here.post('/test/account', { before: 'wrong', after })).text).toContain('The password is wrong.');
      expect((await here.post('/test/account', { before: PASSWORD, after: 'short' })).text).toContain('at least 12 characters');
      expect((await here.post('/test/account', { before: PASSWORD, after })).location).toContain('done=changed');
      expect((await here.get('/test')).status).toBe(200);
      expect((await elsewhere.get('/test')).status).toBe(303);
      expect((await visit(running, '/sign-in', { form: { email, password: PASSWORD } })).status).toBe(401);
      expect((await visit(running, '/sign-in', { form: { email, password: after } })).status).toBe(303);
    });
  });

  test('speaks German where it is asked to, and remembers that', async () => {
    const answer = await portal.get('/test?lang=de');
    expect(answer.text).toContain('Neueste Anfragen');
    const [language = ''] = answer.headers.getSetCookie();
    const later = await visit(running, '/live/keys', { cookie: `${portal.cookie}; ${language.split(';')[0]}` });
    expect(later.text).toContain('<html lang="de">');
    expect(later.text).toContain('Schlüssel erstellen');
  });

  test('shows no page without its policy, and nobody keeps one', async () => {
    for (const path of ['/sign-in', '/test', '/test/api/qsign']) {
      const { headers } = await portal.get(path);
      expect(headers.get('content-security-policy')).toContain("default-src 'none'; script-src 'self'; style-src 'self'");
      expect([headers.get('cache-control'), headers.get('x-frame-options')]).toEqual(['no-store', 'DENY']);
    }
  });

  describe('with keys', () => {
    const keyIn = (text: string): string => /id="made-key">([^<]+)</.exec(text)?.[1] ?? '';
    const kindOf = (page: string, label: string): string => new RegExp(`<option value="(\\d+)">${label}<`).exec(page)?.[1] ?? '';

    test.each([
      ['test', 'QSignHub test', 'qsh_test_'],
      ['live', 'QSignHub live', 'qsh_live_'],
      ['test', 'QSign test', 'qsk_test_'],
      ['live', 'QSign live', 'qsk_live_'],
      ['test', 'QI Sign test', 'qis_test_'],
      ['live', 'QI Sign live', 'qis_live_'],
      ['test', 'Ignisign DEVELOPMENT', 'skv2_'],
      ['live', 'Ignisign PRODUCTION', 'skv2_'],
    ])('makes one in %s mode for %s that opens its interface, and shows it once', async (mode, label, prefix) => {
      const name = `till ${randomUUID()}`;
      const page = await portal.get(`/${mode}/keys`);
      const made = await portal.post(`/${mode}/keys`, { kind: kindOf(page.text, label), label: name });
      const key = keyIn(made.text);
      expect([made.status, key.startsWith(prefix)]).toEqual([201, true]);
      const after = (await portal.get(`/${mode}/keys`)).text;
      expect([after.includes(name), after.includes(key), after.includes(`${key.slice(0, prefix.length + 4)}…`)]).toEqual([
        true,
        false,
        true,
      ]);
      expect((await portal.get(`/${mode === 'test' ? 'live' : 'test'}/keys`)).text).not.toContain(name);
      expect((await OPENED[prefix]?.(running, key, customer))?.status).toBe(200);
    });

    test('rotates and revokes them: what was before ends at once', async () => {
      const before = customer.keys.qsh_test_;
      const own = await running.service.core.store.db
        .selectFrom('api_keys')
        .select('id')
        .where('tenant_id', '=', customer.tenant)
        .where('prefix', '=', before.slice(0, 13))
        .executeTakeFirstOrThrow();
      const rotated = await portal.post(`/test/keys/${bareId(own.id)}/rotate`);
      const key = keyIn(rotated.text);
      expect(key).toMatch(/^qsh_test_/);
      const list = (one: string) => call(running, 'GET', '/v1/signature-requests', { key: one });
      expect([(await list(before)).status, (await list(key)).status]).toEqual([401, 200]);
      expect((await portal.post(`/test/keys/${bareId(own.id)}/rotate`)).status).toBe(404);
      const [, next = ''] =
        new RegExp(`${key.slice(0, 13)}…[\\s\\S]*?/keys/([A-Za-z0-9]{16})/revoke`).exec((await portal.get('/test/keys')).text) ?? [];
      expect((await portal.post(`/live/keys/${next}/revoke`)).status).toBe(404);
      expect((await portal.post(`/test/keys/${next}/revoke`)).location).toBe('/w/portal/test/keys?done=revoked');
      expect((await list(key)).status).toBe(401);
    });
  });

  test('shows what was used, month by month', async () => {
    const { core } = running.service;
    const { tenant, email } = await newCustomer(running);
    const own = await signedIn(running, email);
    await core.store.db.updateTable('tenants').set({ monthly_calls: 5000 }).where('id', '=', tenant).execute();
    for (let index = 0; index < 3; index++) await countCall(core, tenant, 5000);
    const live = (await own.get('/live/usage')).text;
    expect(live).toContain('3 of 5,000');
    expect(live.match(/<rect /g)).toHaveLength(24);
    expect(live).toMatch(/<td>3<\/td><td>0<\/td><td>0<\/td>/);
    expect((await own.get('/test/usage')).text).not.toContain('5,000');
  });

  describe('with webhooks', () => {
    const own = () => hooks.received.length;
    test.each([['qsignhub'], ['qsign'], ['qi-sign'], ['ignisign']])('adds one for %s, tests it, sends again, ends it', async (dialect) => {
      const made = await portal.post('/test/webhooks', { url: hooks.url, interface: dialect, description: `of ${dialect}` });
      expect([made.status, made.text.includes('id="made-secret">whsec_')]).toEqual([201, true]);
      const page = (await portal.get('/test/webhooks')).text;
      expect([page.includes(hooks.url), page.includes('whsec_')]).toEqual([true, false]);
      const [, id = ''] = new RegExp(`of ${dialect}[\\s\\S]*?/webhooks/([A-Za-z0-9]{16})/test`).exec(page) ?? [];
      const before = own();
      const tested = await portal.post(`/test/webhooks/${id}/test`);
      const path = tested.location?.split('?')[0] ?? '';
      expect(path).toMatch(/^\/w\/portal\/test\/deliveries\/\w{16}$/);
      await eventually(async () => own() > before, 'the test event comes');
      const delivery = await eventually(async () => {
        const { text } = await portal.get(path);
        return text.includes('badge good">Delivered') ? text : null;
      }, 'it counts as delivered');
      expect(delivery).toContain('badge good">200');
      expect(delivery).toContain('Send again');
      expect((await portal.post(`${path}/resend`)).location).toBe(`${path}?done=resent`);
      await eventually(async () => own() > before + 1, 'it comes again');
      const [first, second] = hooks.received.slice(before) as [Received, Received];
      expect(second.body).toBe(first.body);
      expect((await portal.get(`/test/deliveries?webhook=${id}`)).text).toContain(hooks.url);
      expect((await portal.post(`/test/webhooks/${id}/disable`)).location).toBe('/w/portal/test/webhooks?done=disabled');
      expect((await portal.post(`/test/webhooks/${id}/test`)).status).toBe(404);
    });

    test('signs with a secret that was given, and with a new one from when it is renewed', async () => {
      const other = await newCustomer(running);
      const own = await signedIn(running, other.email);
      const secret = 'a secret of the partner';
      const saved = await own.post('/test/webhooks', { url: hooks.url, interface: 'qsign', secret });
      expect(saved.location).toBe('/w/portal/test/webhooks?done=saved');
      const [, id = ''] = /\/webhooks\/([A-Za-z0-9]{16})\/test/.exec((await own.get('/test/webhooks')).text) ?? [];
      const signed = async (by: string) => {
        const before = hooks.received.length;
        await own.post(`/test/webhooks/${id}/test`);
        const { headers, body } = await eventually(async () => hooks.received[before], 'the test event comes');
        return headers['x-qsign-signature'] === `sha256=${createHmac('sha256', by).update(body).digest('hex')}`;
      };
      expect(await signed(secret)).toBe(true);
      const [, renewed = ''] = /id="made-secret">([^<]+)</.exec((await own.post(`/test/webhooks/${id}/secret`)).text) ?? [];
      expect([await signed(renewed), await signed(secret)]).toEqual([true, false]);
    });

    test('refuses addresses that are not public', async () => {
      for (const url of ['http://example.com/', 'https://10.0.0.1/', 'https://localhost/', 'ftp://example.com', '']) {
        const { status, text } = await portal.post('/live/webhooks', { url, interface: 'qsignhub' });
        expect([url, status, text.includes('This address is refused')]).toEqual([url, 422, true]);
      }
    });
  });

  describe('with requests', () => {
    const sign = async (id: string) => {
      await consent(running.service.core, id, { ip: '127.0.0.1', userAgent: null });
      await signNow(running.service.core, id, { ip: '127.0.0.1', userAgent: null });
    };
    const make = async (name: string, key = customer.keys.qsk_test_) => {
      const body = {
        documentDetails: { doc_url: 'https://example.com/a.pdf', document_name: name },
        recipientDetail: [{ name: 'Ada', email: 'ada@example.com', typeOfSignature: 'E-Signature' }],
      };
      const { json } = await call(running, 'POST', '/backend/othercompanyapi/document/recipients/create/', { key, body });
      const row = await running.service.core.store.db
        .selectFrom('signers')
        .innerJoin('requests', 'requests.id', 'signers.request_id')
        .select(['signers.id as signer', 'requests.id'])
        .where('requests.ordinal', '=', json.quoqo_document_id)
        .executeTakeFirstOrThrow();
      return row;
    };

    test('lists them page by page, by status and by interface', async () => {
      const other = await newCustomer(running);
      const own = await signedIn(running, other.email);
      for (let index = 0; index < 23; index++) await make(`Contract ${index}.`, other.keys.qsk_test_);
      const first = (await own.get('/test/requests')).text;
      expect(first.match(/row request/g)).toHaveLength(20);
      const [, older = ''] = /href="(\?[^"]*)" rel="next"/.exec(first) ?? [];
      const second = (await own.get(`/test/requests${older.replaceAll('&amp;', '&')}`)).text;
      expect(second.match(/row request/g)).toHaveLength(3);
      for (let index = 0; index < 23; index++)
        expect([index, (index < 3 ? second : first).includes(`Contract ${index}.`)]).toEqual([index, true]);
      expect((await own.get('/test/requests?status=completed')).text).toContain('No request is like that.');
      expect((await own.get('/test/requests?interface=qsign')).text.match(/row request/g)).toHaveLength(20);
      expect((await own.get('/test/requests?interface=ignisign&before=x')).text).toContain('No request is like that.');
      expect((await own.get('/live/requests')).text).toContain('No requests yet.');
    });

    test('finds one by any id that somebody has of it, and only the own ones', async () => {
      const { id } = await make('Looked for');
      const stranger = await signedIn(running, (await newCustomer(running)).email);
      const row = await running.service.core.store.db.selectFrom('requests').selectAll().where('id', '=', id).executeTakeFirstOrThrow();
      for (const text of [id, ` ${id} `, String(row.ordinal), row.document_id]) {
        const query = `/test/requests?id=${encodeURIComponent(text)}`;
        expect([text, (await portal.get(query)).text.includes('Looked for')]).toEqual([text, true]);
        expect([text, (await stranger.get(query)).text.includes('No request is like that.')]).toEqual([text, true]);
      }
      await REQUESTS['qi-sign']?.(running, customer);
      const draft = await running.service.core.store.db
        .selectFrom('drafts')
        .select('name')
        .where('tenant_id', '=', customer.tenant)
        .executeTakeFirstOrThrow();
      expect((await portal.get(`/test/requests?id=${draft.name}`)).text).toContain('Laudo');
      expect((await portal.get("/test/requests?id=%25' or 1=1")).text).toContain('No request is like that.');
    });

    test('counts them by the month in which they were made', async () => {
      const other = await newCustomer(running);
      const { db } = running.service.core.store;
      const own = await signedIn(running, other.email);
      for (let index = 0; index < 3; index++) await make(`Counted ${index}`, other.keys.qsk_test_);
      const first = new Date(running.service.core.clock());
      first.setUTCDate(1);
      first.setUTCHours(0, 0, 0, 0);
      const ids = (await db.selectFrom('requests').select('id').where('tenant_id', '=', other.tenant).execute()).map(({ id }) => id);
      await db
        .updateTable('requests')
        .set({ created_at: first.getTime() })
        .where('id', '=', ids[0] ?? '')
        .execute();
      await db
        .updateTable('requests')
        .set({ created_at: first.getTime() - 1, completed_at: first.getTime() })
        .where('id', '=', ids[1] ?? '')
        .execute();
      const rows = [...(await own.get('/test/usage')).text.matchAll(/<td>(\d+)<\/td><td>(\d+)<\/td><\/tr>/g)].map(
        ([, made, completed]) => `${made} ${completed}`,
      );
      expect([rows.length, ...rows.filter((row) => row !== '0 0')]).toEqual([12, '2 0', '1 1']);
    });

    test('shows one with documents, signers and audit trail, and hands the files out', async () => {
      const { id, signer } = await make('Lease <b>2026</b>');
      const path = `/test/requests/${bareId(id)}`;
      const open = (await portal.get(path)).text;
      for (const part of [
        'Lease &lt;b&gt;2026&lt;/b&gt;',
        'ada@example.com',
        'Request made',
        'The chain of hashes is whole.',
        `/w/s/${bareId(signer)}?t=`,
      ])
        expect([part, open.includes(part)]).toEqual([part, true]);
      expect((await portal.get(`${path}/signed/1`)).status).toBe(409);
      expect((await portal.get(`${path}/trail.pdf`)).status).toBe(404);
      const original = await portal.get(`${path}/documents/1`);
      expect([original.status, original.headers.get('content-type')]).toEqual([200, 'application/octet-stream']);
      await sign(signer);
      await eventually(async () => (await portal.get(path)).text.includes('badge good">Completed'), 'it is completed');
      for (const file of ['signed/1', 'trail.pdf', 'trail.json']) {
        const { status, headers } = await portal.get(`${path}/${file}`);
        expect([file, status, headers.get('content-disposition')?.startsWith('attachment')]).toEqual([file, 200, true]);
      }
      expect((await portal.get(`${path}/documents/2`)).status).toBe(404);
      expect((await portal.get(path)).text).toContain('Document downloaded');
    });

    test('cancels one, with a reason, once', async () => {
      const { id } = await make('To be cancelled');
      const path = `/test/requests/${bareId(id)}`;
      expect((await portal.post(`${path}/cancel`, { reason: 'Wrong price' })).location).toBe(`/w/portal${path}?done=cancelled`);
      const page = (await portal.get(path)).text;
      expect([page.includes('badge bad">Cancelled'), page.includes('Wrong price')]).toEqual([true, true]);
      expect((await portal.post(`${path}/cancel`)).status).toBe(409);
    });

    test('seals one again whose sealing failed for good', async () => {
      const { id, signer } = await make('Sealed twice');
      const { core } = running.service;
      const path = `/test/requests/${bareId(id)}`;
      expect((await portal.post(`${path}/seal`)).status).toBe(409);
      await sign(signer);
      await eventually(async () => (await portal.get(path)).text.includes('badge good">Completed'), 'it is completed');
      await core.store.db
        .updateTable('requests')
        .set({ status: 'failed', completed_at: null, sealed_files: null })
        .where('id', '=', id)
        .execute();
      const page = (await portal.get(path)).text;
      expect([page.includes('badge bad">Sealing failed'), page.includes('Seal it again')]).toEqual([true, true]);
      expect((await portal.post(`${path}/seal`)).location).toBe(`/w/portal${path}?done=sealing`);
      await eventually(async () => (await portal.get(path)).text.includes('badge good">Completed'), 'it is completed again');
    });

    test('shows mails of test requests only, and only the own ones', async () => {
      const stranger = await signedIn(running, (await newCustomer(running)).email);
      await make('Mail me');
      expect((await portal.get('/test/outbox')).text).toContain('Mail me');
      expect((await stranger.get('/test/outbox')).text).toContain('There are no mails yet.');
      expect((await portal.get('/live/outbox')).status).toBe(404);
    });
  });

  test('answers whatever it is asked or sent, and never by a fault of its own', async () => {
    const words = fc.oneof(
      fc.string({ maxLength: 40 }),
      fc.string({ unit: 'binary', maxLength: 20 }),
      fc.constantFrom('test', 'x'.repeat(900), '%00', '-1', '1e99', '__proto__'),
    );
    const asked = fc.record(
      { status: words, interface: words, id: words, before: words, webhook: words, done: words, lang: words, next: words },
      { requiredKeys: [] },
    );
    await fc.assert(
      fc.asyncProperty(asked, fc.constantFrom('/test/requests', '/live/deliveries', '/test/keys', '/sign-in'), async (query, path) => {
        expect((await portal.get(`${path}?${new URLSearchParams(query as Record<string, string>)}`)).status).toBe(200);
      }),
      { numRuns: 40 },
    );
    const sent = fc.dictionary(
      fc.oneof(
        fc.constantFrom('kind', 'label', 'url', 'interface', 'secret', 'email', 'password', 'before', 'after'),
        fc.string({ maxLength: 10 }),
      ),
      words,
      { maxKeys: 6 },
    );
    const forms = ['/test/keys', '/test/webhooks', '/live/account', '/test/requests/x/cancel', '/test/deliveries/x/resend', '/sign-in'];
    await fc.assert(
      fc.asyncProperty(sent, fc.constantFrom(...forms), async (fields, path) => {
        expect((await portal.post(path, fields)).status).toBeLessThan(500);
      }),
      { numRuns: 40 },
    );
    const { cookie } = portal;
    for (const path of forms)
      for (const [type, body] of [
        ['application/json', '[1]'],
        ['application/json', '{"proof":["x"]}'],
        ['application/json', '"text"'],
        ['application/x-www-form-urlencoded', 'x'.repeat(20_000)],
        ['multipart/form-data; boundary=x', '--x'],
        ['text/plain', 'x'],
      ] as const) {
        const { status } = await fetch(`${running.url}/w/portal${path}`, {
          method: 'POST',
          redirect: 'manual',
          headers: { cookie, 'content-type': type },
          body,
        });
        expect([path, type, status >= 400 && status < 500]).toEqual([path, type, true]);
      }
    running.later(60_000);
    portal = await signedIn(running, customer.email);
  });

  test('describes every operation of every interface', async () => {
    const documents = {
      qsignhub: '/openapi.json',
      qsign: '/backend/othercompanyapi/openapi.json',
      'qi-sign': '/sign/openapi.json',
      ignisign: '/v4/openapi.json',
    };
    for (const [name, document] of Object.entries(documents)) {
      const page = (await portal.get(`/test/api/${name}`)).text;
      const { paths } = (await call(running, 'GET', document, { key: null })).json as { paths: Record<string, Record<string, unknown>> };
      const operations = Object.entries(paths).flatMap(([path, methods]) =>
        Object.keys(methods).map((method) => `${method.toUpperCase()}</span> <code>${path}</code>`),
      );
      expect(operations.length).toBeGreaterThan(9);
      expect([name, operations.filter((operation) => !page.includes(operation))]).toEqual([name, []]);
    }
    expect((await portal.get('/test/api/nobody')).status).toBe(404);
  });

  test('lets an account that is no api_admin look and change nothing', async () => {
    const reader = await newCustomer(running, 'viewer');
    const own = await signedIn(running, reader.email);
    const { id } = await make(running, reader);
    for (const path of ['/test', '/test/keys', '/test/webhooks', `/test/requests/${id}`]) {
      const { status, text } = await own.get(path);
      expect([path, status, /action="\/w\/portal\/(?!sign-out)/.test(text)]).toEqual([path, 200, false]);
    }
    for (const path of ['/test/keys', '/test/webhooks', `/test/requests/${id}/cancel`])
      expect([path, (await own.post(path, { kind: '0', url: 'https://example.com/', interface: 'qsign' })).status]).toEqual([path, 403]);
  });

  test('shows nobody what belongs to another, by any route', async () => {
    const { core } = running.service;
    const victim = await newCustomer(running);
    const { id } = await make(running, victim);
    const theirs = await signedIn(running, victim.email);
    await theirs.post('/test/webhooks', { url: hooks.url, interface: 'qsign' });
    const [, webhook = ''] = /\/webhooks\/([A-Za-z0-9]{16})\/test/.exec((await theirs.get('/test/webhooks')).text) ?? [];
    const delivery = (await theirs.post(`/test/webhooks/${webhook}/test`)).location?.split('?')[0]?.split('/').at(-1) ?? '';
    const [, key = ''] = /\/keys\/([A-Za-z0-9]{16})\/revoke/.exec((await theirs.get('/test/keys')).text) ?? [];
    const stranger = await signedIn(running, (await newCustomer(running)).email);
    const routes: readonly (readonly [method: 'get' | 'post', path: string])[] = [
      ['get', `/:mode/requests/${id}`],
      ['get', `/:mode/requests/${id}/documents/1`],
      ['get', `/:mode/requests/${id}/signed/1`],
      ['get', `/:mode/requests/${id}/trail.pdf`],
      ['get', `/:mode/requests/${id}/trail.json`],
      ['post', `/:mode/requests/${id}/cancel`],
      ['post', `/:mode/requests/${id}/seal`],
      ['get', `/:mode/deliveries/${delivery}`],
      ['post', `/:mode/deliveries/${delivery}/resend`],
      ['post', `/:mode/webhooks/${webhook}/test`],
      ['post', `/:mode/webhooks/${webhook}/secret`],
      ['post', `/:mode/webhooks/${webhook}/disable`],
      ['post', `/:mode/keys/${key}/rotate`],
      ['post', `/:mode/keys/${key}/revoke`],
    ];
    // Neither another customer in the same mode, nor the own customer in the other mode.
    for (const [method, path] of routes)
      for (const [who, mode] of [
        [stranger, 'test'],
        [stranger, 'live'],
        [theirs, 'live'],
      ] as const)
        expect([path, mode, (await who[method](path.replace(':mode', mode))).status]).toEqual([path, mode, 404]);
    const personal = [victim.email, 'Their contract', 'Grace', webhook, delivery, id, key];
    const lists = [
      '/:mode',
      '/:mode/requests',
      '/:mode/webhooks',
      '/:mode/deliveries',
      `/:mode/deliveries?webhook=${webhook}`,
      '/:mode/keys',
      '/:mode/people',
      '/:mode/usage',
      '/test/outbox',
      '/:mode/account',
      '/:mode/api',
      '/:mode/api/:interface',
    ];
    for (const path of lists)
      for (const mode of ['test', 'live']) {
        const { status, text } = await stranger.get(path.replace(':mode', mode).replace(':interface', 'ignisign'));
        expect([path, status, personal.filter((word) => text.includes(word) && !path.includes(word))]).toEqual([path, 200, []]);
      }
    expect((await theirs.get(`/test/requests/${id}`)).text).toContain('Their contract');
    // Every route of the portal is looked at above, or acts for who is signed in alone.
    const open = [
      'GET /sign-in',
      'POST /sign-in',
      'GET ',
      'POST /sign-out',
      'POST /:mode/account',
      'POST /:mode/keys',
      'POST /:mode/webhooks',
      // Those of the people are looked at in a test of their own.
      ...['GET /join', 'POST /join', 'POST /:mode/people', 'POST /:mode/people/invitations/:id/withdraw'],
      ...['POST /:mode/people/:id/role', 'POST /:mode/people/:id/remove'],
    ];
    const looked = [...routes.map(([method, path]) => `${method.toUpperCase()} ${path}`), ...lists.map((path) => `GET ${path}`)].map(
      (route) =>
        route
          .replace(new RegExp(`/(${[id, webhook, delivery, key].join('|')})`), '/:id')
          .replace(/\/1$/, '/:number')
          .replace(/\?.*/, ''),
    );
    const served = routesBelow(core && running.service.app.printRoutes({ commonPrefix: false, includeHooks: false }));
    expect(served.length).toBeGreaterThan(25);
    expect(served.filter((route) => !looked.includes(route) && !open.includes(route))).toEqual([]);
  });
});

/** What a key opens, by what it begins with. */
const OPENED: Readonly<Record<string, (running: Running, key: string, customer: Customer) => Promise<{ readonly status: number }>>> = {
  qsh_test_: (running, key) => call(running, 'GET', '/v1/signature-requests', { key }),
  qsh_live_: (running, key) => call(running, 'GET', '/v1/signature-requests', { key }),
  qsk_test_: (running, key) => created(running, key),
  // Live keys fetch the document: what is refused here is the document, not the key.
  qsk_live_: async (running, key) => ({ status: (await created(running, key)).status === 400 ? 200 : 0 }),
  qis_test_: (running, key) => envelope(running, key),
  qis_live_: (running, key) => envelope(running, key),
  skv2_: (running, key, { tenant }) =>
    call(running, 'POST', '/v4/auth/app-api', {
      key: null,
      body: { appId: bareId(tenant), appEnv: 'DEVELOPMENT', secret: key },
    }).then(async (answer) =>
      answer.status === 200
        ? answer
        : call(running, 'POST', '/v4/auth/app-api', { key: null, body: { appId: bareId(tenant), appEnv: 'PRODUCTION', secret: key } }),
    ),
};

async function created(running: Running, key: string): Promise<{ readonly status: number }> {
  const body = {
    documentDetails: { doc_url: 'https://127.0.0.1:1/a.pdf' },
    recipientDetail: [{ name: 'Ada', email: 'ada@example.com', typeOfSignature: 'E-Signature' }],
  };
  const { status } = await call(running, 'POST', '/backend/othercompanyapi/document/recipients/create/', { key, body });
  return { status: status === 201 ? 200 : status };
}

async function envelope(running: Running, key: string): Promise<{ readonly status: number }> {
  const { status } = await call(running, 'GET', `/sign/envelope/${randomUUID()}`, { key: null, headers: { authorization: key } });
  return { status: status === 404 ? 200 : status };
}

/** A request of theirs, by its id without prefix. */
async function make(running: Running, { keys }: Customer): Promise<{ readonly id: string }> {
  const key = keys.qsh_test_;
  const { id } = (await call(running, 'POST', '/v1/documents', { key, form: formOf(PDF, 'Their contract.pdf') })).json;
  const signers = [{ name: 'Grace', email: 'grace@example.com' }];
  const made = await call(running, 'POST', '/v1/signature-requests', { key, body: { document_id: id, signature_type: 'ses', signers } });
  return { id: bareId(made.json.id) };
}

/** `GET /:mode/keys`, from the tree that the router prints. */
function routesBelow(tree: string): string[] {
  const found: string[] = [];
  const above: string[] = [];
  for (const line of tree.split('\n')) {
    const [, indent = '', path = '', methods] = /^([│ ]*)[├└]── (\S*)(?: \(([^)]+)\))?/.exec(line) ?? [];
    if (path === '') continue;
    above.length = indent.length / 4;
    above.push(path);
    const whole = above.join('');
    if (methods !== undefined && whole.startsWith('/w/portal'))
      for (const method of methods.split(', ')) if (method !== 'HEAD') found.push(`${method} ${whole.slice('/w/portal'.length)}`);
  }
  return found;
}
