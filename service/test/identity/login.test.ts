/** Signers who log in at an identity provider: against oidc-provider over HTTP, with what goes wrong on the way. */
import { createHash } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { plainPdf } from '../../../scripts/plain-pdf.ts';
import { isSamePerson } from '../../src/domain/login.ts';
import type { SignerDetails, SignerRecord } from '../../src/domain/model.ts';
import { withSigners } from '../../src/domain/records.ts';
import { CLIENT, type OpenId, SECRET, startOpenId } from '../support/openid.ts';
import { call, DATABASES, endAfterTests, eventually, formOf, type Running, startRunning } from '../support/running.ts';
import { Visitor } from '../support/visitor.ts';

endAfterTests();
const PDF = plainPdf({ title: 'Contract', pages: [['# Contract']] });
const ADA = {
  sub: 'ada-1',
  given_name: 'Ada Maria',
  family_name: 'Éxample',
  birthdate: '1985-04-22',
  email: 'ada@example.com',
  email_verified: true,
  document_number: 'ABC 123',
};

describe.each(DATABASES)('a login at an identity provider, on %s', (kind) => {
  let running: Running;
  let openId: OpenId;
  let document: string;

  beforeAll(async () => {
    openId = await startOpenId();
    running = await startRunning(kind, {
      oidc: { issuer: openId.issuer, clientId: CLIENT, clientSecret: SECRET, name: 'Test ID', acr: 'substantial high' },
    });
    openId.client(`${running.url}/w/login/return`);
    document = (await call(running, 'POST', '/v1/documents', { key: running.keys.live, form: formOf(PDF, 'Contract.pdf') })).json.id;
  });
  afterAll(() => openId.close());
  beforeEach(() => openId.next(ADA, 'high'));

  const create = async (more: object = {}) => {
    const signers = [
      { name: 'Ada Example', email: 'ada@example.com', identity_verification: { method: 'eidas_idp', country: 'PL' }, ...more },
    ];
    const { json } = await call(running, 'POST', '/v1/signature-requests', {
      key: running.keys.live,
      body: { document_id: document, signature_type: 'aes', signers },
    });
    return { request: json.id as string, signer: json.signers[0].id as string, link: json.signers[0].signing_url as string };
  };
  const stateOf = (text: string) => /data-state="([^"]+)"/.exec(text)?.[1];
  const sessionIn = (text: string) => /name="session" value="([^"]+)"/.exec(text)?.[1] ?? '';
  /** From the link to the address of the provider. */
  const begin = async (visitor: Visitor, link: string, lang = 'en') => {
    const page = await visitor.go(`${link}&lang=${lang}`);
    expect(stateOf(page.text)).toBe('login');
    const path = new URL(link).pathname;
    const answer = await visitor.go(`${running.url}${path}/login?lang=${lang}`, {
      method: 'POST',
      headers: { accept: 'application/json' },
      body: new URLSearchParams({ session: sessionIn(page.text) }),
    });
    return JSON.parse(answer.text).location as string;
  };
  /** Logs in and stops before the answer is handed over. */
  const answered = async (visitor: Visitor, url: string) => (await visitor.go(url, { until: `${running.url}/w/login/return` })).url;
  const verification = async (made: { request: string; signer: string }) =>
    (await call(running, 'GET', `/v1/signature-requests/${made.request}/signers/${made.signer}/verification`, { key: running.keys.live }))
      .json;
  const eventsOf = async (made: { request: string }) =>
    (await call(running, 'GET', `/manage/audit/${made.request}`, { key: running.keys.live })).json as {
      events: { type: string; details: Record<string, unknown> | null }[];
    };

  test('tells who the signer is, who then signs; the log and the evidence hold it', async () => {
    const made = await create();
    const visitor = new Visitor();
    const url = new URL(await begin(visitor, made.link));
    expect(Object.fromEntries(url.searchParams)).toMatchObject({
      client_id: CLIENT,
      response_type: 'code',
      code_challenge_method: 'S256',
      acr_values: 'substantial high',
      redirect_uri: `${running.url}/w/login/return`,
      state: expect.stringMatching(/^[\w-]{32}$/),
      nonce: expect.stringMatching(/^[\w-]{20,}$/),
    });
    const page = await visitor.go(url);
    // Neither code nor state stay in the address.
    expect([page.url.pathname, page.url.searchParams.has('code'), page.url.searchParams.has('state')]).toEqual([
      new URL(made.link).pathname,
      false,
      false,
    ]);
    expect(page.text).toContain('Your identity is confirmed');
    expect(stateOf(page.text)).toBe('ready');
    expect(await verification(made)).toMatchObject({
      verification_status: 'verified',
      method_used: 'eidas_idp',
      identity: {
        full_name: 'Ada Maria Éxample',
        date_of_birth: '1985-04-22',
        document_country: 'PL',
        document_type: null,
        match_score: null,
      },
    });
    const { events } = await eventsOf(made);
    const token = await tokenOf(made.signer);
    expect(events.find(({ type }) => type === 'signer.verified')?.details).toMatchObject({
      issuer: openId.issuer,
      assurance: 'high',
      token: createHash('sha256').update(token).digest('hex'),
    });
    expect(JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString())).toMatchObject({
      aud: CLIENT,
      sub: 'ada-1',
      acr: 'high',
    });
    const signed = await visitor.go(`${running.url}${new URL(made.link).pathname}/sign`, {
      method: 'POST',
      body: new URLSearchParams({ session: sessionIn(page.text), consent: 'yes' }),
    });
    expect(stateOf(signed.text)).toMatch(/signed|completed/);
    const { core } = running.service;
    const sealed = await eventually(async () => {
      const row = await core.store.db.selectFrom('requests').selectAll().where('id', '=', made.request).executeTakeFirstOrThrow();
      const { signers, sealed: files } = await withSigners(core.store.db, row, core.vault);
      expect(signers[0]?.identity).toMatchObject({ documentNumber: 'ABC 123', issuer: openId.issuer, assurance: 'high' });
      return files;
    }, 'the document is sealed');
    const trail = Buffer.from((await core.blobs.get(sealed.trailJson)) ?? []).toString('utf8');
    for (const told of [openId.issuer, createHash('sha256').update(token).digest('hex')]) expect(trail).toContain(told);
    // Every signer gets the trail: who somebody is at the provider is none of their business.
    for (const personal of ['ada-1', 'ABC 123', '1985-04-22']) expect(trail).not.toContain(personal);
  });

  const tokenOf = async (signer: string) => {
    const { db } = running.service.core.store;
    const row = await db
      .selectFrom('evidence')
      .select('blob')
      .where('signer_id', '=', signer)
      .where('kind', '=', 'identity-token')
      .executeTakeFirstOrThrow();
    return Buffer.from((await running.service.core.blobs.get(row.blob)) ?? []).toString('utf8');
  };

  test('goes on without scripts by a link, in the language of the page', async () => {
    const made = await create({ locale: 'pl' });
    const visitor = new Visitor();
    const page = await visitor.go(made.link);
    expect(page.text).toContain('Przejdź do Test ID');
    const path = new URL(made.link).pathname;
    const onward = await visitor.go(`${running.url}${path}/login?lang=pl`, {
      method: 'POST',
      body: new URLSearchParams({ session: sessionIn(page.text) }),
    });
    const href = /<a class="button" href="([^"]+)"/.exec(onward.text)?.[1]?.replaceAll('&amp;', '&') ?? '';
    expect(new URL(href).searchParams.get('ui_locales')).toBe('pl');
    expect((await visitor.go(href)).text).toContain('Twoja tożsamość została potwierdzona');
  });

  const failing: readonly (readonly [what: string, person: typeof ADA | null, acr: string | undefined, text: string, reason: string])[] = [
    ['was refused', null, undefined, 'The login was cancelled', 'denied'],
    ['is too weak', ADA, 'low', 'not strong enough', 'weak'],
    ['says nothing of its strength', ADA, undefined, 'not strong enough', 'weak'],
    [
      'is that of somebody else',
      { ...ADA, sub: 'eve-1', given_name: 'Eve', email: 'eve@example.com' },
      'high',
      'somebody else',
      'wrong-person',
    ],
  ];
  test.each(failing)('that %s identifies nobody, and can be tried again', async (_what, person, acr, text, reason) => {
    const made = await create();
    openId.next(person, acr);
    const visitor = new Visitor();
    const page = await visitor.go(await begin(visitor, made.link));
    expect([page.text.includes(text), stateOf(page.text)]).toEqual([true, 'login']);
    expect((await verification(made)).verification_status).toBe('pending');
    const { events } = await eventsOf(made);
    expect(events.filter(({ type }) => type === 'signer.login-refused').map(({ details }) => details?.['reason'])).toEqual([reason]);
    openId.next(ADA, 'substantial');
    const second = new Visitor();
    expect(stateOf((await second.go(await begin(second, made.link))).text)).toBe('ready');
  });

  test('of other persons locks the signer out in the end', async () => {
    const made = await create();
    openId.next({ ...ADA, sub: 'eve-1', given_name: 'Eve' }, 'high');
    for (let attempt = 1; attempt <= 9; attempt++) {
      const visitor = new Visitor();
      const page = await visitor.go(await begin(visitor, made.link));
      expect([attempt, stateOf(page.text)]).toEqual([attempt, attempt < 9 ? 'login' : 'verification-failed']);
    }
    expect((await verification(made)).verification_status).toBe('failed');
  });

  test('is answered once: a repeated answer changes nothing, and neither does one that comes late', async () => {
    const made = await create();
    const visitor = new Visitor();
    const answer = await answered(visitor, await begin(visitor, made.link));
    running.later(601_000);
    expect((await visitor.go(answer)).text).toContain('took too long, or was used already');
    running.later(-601_000);
    expect((await visitor.go(answer)).text).toContain('took too long, or was used already');
    expect((await verification(made)).verification_status).toBe('pending');
    const fresh = await answered(visitor, await begin(visitor, made.link));
    expect(stateOf((await visitor.go(fresh)).text)).toBe('ready');
    const before = (await eventsOf(made)).events.length;
    expect(stateOf((await visitor.go(fresh)).text)).toBe('ready');
    expect((await eventsOf(made)).events.length).toBe(before);
  });

  test('belongs to the browser that it began in', async () => {
    const made = await create();
    // Who began it sends the address to the person that it asks for, and waits on the page.
    const attacker = new Visitor();
    const url = await begin(attacker, made.link);
    const answer = await answered(new Visitor(), url);
    expect((await new Visitor().go(answer)).status).toBe(404);
    const other = new Visitor();
    await begin(other, (await create()).link);
    expect((await other.go(answer)).status).toBe(404);
    expect((await verification(made)).verification_status).toBe('pending');
  });

  test('needs the session of the page, and the state of somebody who needs it', async () => {
    const made = await create();
    const path = new URL(made.link).pathname;
    const post = (session: string, at = path) =>
      new Visitor().go(`${running.url}${at}/login`, {
        method: 'POST',
        headers: { accept: 'application/json' },
        body: new URLSearchParams({ session }),
      });
    expect((await post('')).status).toBe(401);
    const other = await create();
    const session = sessionIn((await new Visitor().go(made.link)).text);
    expect((await post(session, new URL(other.link).pathname)).status).toBe(401);
    for (const query of ['', '?state=x', '?state=x&code=y', '?code=y', '?error=access_denied&state=x'])
      expect((await new Visitor().go(`${running.url}/w/login/return${query}`)).status).toBe(404);
    // A code is not a way around it.
    for (const act of ['code', 'check', 'identity', 'sign'])
      await new Visitor().go(`${running.url}${path}/${act}`, {
        method: 'POST',
        body: new URLSearchParams({ session, code: '123456', number: '1', consent: 'yes' }),
      });
    expect((await verification(made)).verification_status).toBe('pending');
    expect((await eventsOf(made)).events.some(({ type }) => type === 'signer.code-sent')).toBe(false);
  });

  test('cannot be begun without end', async () => {
    const made = await create();
    for (let login = 0; login < 20; login++) await begin(new Visitor(), made.link);
    const page = await new Visitor().go(made.link);
    const answer = await new Visitor().go(`${running.url}${new URL(made.link).pathname}/login`, {
      method: 'POST',
      body: new URLSearchParams({ session: sessionIn(page.text) }),
    });
    expect(answer.text).toContain('That was too often');
  });
});

test('a provider that cannot be reached is told, and asked again the next time', async () => {
  const openId = await startOpenId();
  await openId.close();
  const running = await startRunning('sqlite', { oidc: { issuer: openId.issuer, clientId: CLIENT, clientSecret: SECRET } });
  const id = (await call(running, 'POST', '/v1/documents', { key: running.keys.live, form: formOf(PDF, 'a.pdf') })).json.id;
  const signers = [{ name: 'Ada', email: 'ada@example.com', identity_verification: { method: 'bank_id' } }];
  const made = await call(running, 'POST', '/v1/signature-requests', {
    key: running.keys.live,
    body: { document_id: id, signature_type: 'aes', signers },
  });
  const link: string = made.json.signers[0].signing_url;
  const page = await (await fetch(link)).text();
  const session = /name="session" value="([^"]+)"/.exec(page)?.[1] ?? '';
  const answer = await fetch(`${running.url}${new URL(link).pathname}/login`, { method: 'POST', body: new URLSearchParams({ session }) });
  expect([answer.status, (await answer.text()).includes('Try again in a moment')]).toEqual([200, true]);
});

const signer = (name: string, details: SignerDetails = {}) => ({ name, email: 'jan@example.com', details }) as unknown as SignerRecord;
const person = (fullName: string | null, more: object = {}) => ({
  ...{
    issuer: 'i',
    fullName,
    birthDate: null,
    documentNumber: null,
    country: null,
    email: null,
    assurance: null,
    loggedInAt: null,
    token: '',
  },
  ...more,
});
test.each([
  ['the same name', signer('Jan Kowalski'), person('JAN KOWALSKI'), true],
  ['marks and order apart', signer('Łucja Żółć'), person('Zolc, Lucja'), true],
  ['a middle name there', signer('Jan Kowalski'), person('Jan Maria Kowalski'), true],
  ['a middle name here', signer('Jan Maria Kowalski'), person('Jan Kowalski'), true],
  ['another first name', signer('Jan Kowalski'), person('Piotr Kowalski'), false],
  ['another last name', signer('Jan Kowalski'), person('Jan Nowak'), false],
  ['no name, but the proven address', signer('Jan Kowalski'), person(null, { email: 'JAN@example.com' }), true],
  ['no name, and another address', signer('Jan Kowalski'), person(null, { email: 'eve@example.com' }), false],
  ['nothing at all', signer('Jan Kowalski'), person(null), false],
  [
    'the same number',
    signer('J. Kowalski', { documentNumber: '111.111.111-11' }),
    person('Jan Kowalski', { documentNumber: '11111111111' }),
    true,
  ],
  ['another number', signer('Jan Kowalski', { documentNumber: '111' }), person('Jan Kowalski', { documentNumber: '222' }), false],
  ['no number there', signer('Jan Kowalski', { documentNumber: '111' }), person('Jan Kowalski'), true],
  ['another day of birth', signer('Jan Kowalski', { birthDate: '1990-01-01' }), person('Jan Kowalski', { birthDate: '1990-01-02' }), false],
  [
    'another day of birth with the same number',
    signer('Jan Kowalski', { documentNumber: '1', birthDate: '1990-01-01' }),
    person('Jan Kowalski', { documentNumber: '1', birthDate: '1990-01-02' }),
    false,
  ],
  ['a name of no letters', signer('???'), person('???'), false],
] as const)('of who logs in with %s', (_what, asked, told, same) => expect(isSamePerson(asked, told)).toBe(same));
