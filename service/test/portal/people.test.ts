/** The people of a customer over HTTP: invited, let in once, given a role, removed; nobody touches those of another customer. */
import { beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { createAccount } from '../../src/domain/accounts.ts';
import { readOutbox } from '../../src/domain/messages.ts';
import { sweep } from '../../src/domain/retention.ts';
import { DATABASES, endAfterTests, type Running, startRunning } from '../support/running.ts';
import { type Customer, HOME, newCustomer, PASSWORD, type Portal, signedIn, visit } from './support.ts';

endAfterTests();
const WEEK = 7 * 24 * 3_600_000;

describe.each(DATABASES)('the people of a customer on %s', (kind) => {
  let running: Running;
  let customer: Customer;
  let portal: Portal;
  let named = 0;
  beforeAll(async () => {
    running = await startRunning(kind, { outbox: true });
    customer = await newCustomer(running);
    portal = await signedIn(running, customer.email);
  });

  // Invitations of a customer are counted by the minute.
  beforeEach(() => running.later(61_000));

  const newAddress = (): string => `person${++named}@example.com`;
  const mailsTo = async (email: string) =>
    (await readOutbox(running.service.core, ['live'], 500, null)).filter(({ to }) => to === email).map(({ body }) => body);
  const linkTo = async (email: string): Promise<string> =>
    /https?:\/\/[^/]+(\/w\/portal\/join\?t=\S+)/.exec((await mailsTo(email))[0] ?? '')?.[1] ?? '';
  const invite = async (by = portal, email = newAddress(), role = 'viewer'): Promise<string> => {
    const answer = await by.post('/test/people', { email, role });
    expect([answer.status, answer.location]).toEqual([303, `${HOME}/test/people?done=invited`]);
    return email;
  };
  const join = (link: string, password = PASSWORD) =>
    visit(running, '/join', { form: { t: new URL(link, running.url).searchParams.get('t') ?? '', password } });
  /** The part of an address that names a person. */
  const idOf = async (email: string, by = portal): Promise<string> => {
    const { text } = await by.get('/test/people');
    const row = text.split('<li').find((one) => one.includes(email)) ?? '';
    return /\/people\/(?:invitations\/)?([A-Za-z0-9]{16})\//.exec(row)?.[1] ?? '';
  };

  test('somebody comes in by the link of the mail, once, with the role that was given', async () => {
    const email = await invite(portal, newAddress(), 'viewer');
    const [mail = ''] = await mailsTo(email);
    expect(mail).toContain(customer.email);
    const page = await portal.get('/test/people?done=invited');
    expect([page.text.includes(email), page.text.includes('The invitation is on its way.')]).toEqual([true, true]);
    const link = await linkTo(email);
    const door = await visit(running, link);
    expect([door.status, door.text.includes(email)]).toEqual([200, true]);
    expect((await join(link, 'too short')).status).toBe(422);
    const come = await join(link);
    expect([come.status, come.location]).toEqual([303, `${HOME}/test`]);
    const cookie = come.headers.getSetCookie()[0]?.split(';')[0] ?? '';
    expect((await visit(running, '/test/account', { cookie })).text).toContain(email);
    const own = await signedIn(running, email);
    const seen = await own.get('/test/people');
    expect([seen.status, seen.text.includes(customer.email), /action="\/w\/portal\/test\/people/.test(seen.text)]).toEqual([
      200,
      true,
      false,
    ]);
    expect((await own.post('/test/people', { email: newAddress(), role: 'viewer' })).status).toBe(403);
    for (const again of [await visit(running, link), await join(link)]) expect(again.status).toBe(410);
  });

  test('of two who use a link at once one gets in', async () => {
    const link = await linkTo(await invite());
    const answers = await Promise.all([1, 2, 3].map(() => join(link)));
    expect(answers.map(({ status }) => status).toSorted()).toEqual([303, 410, 410]);
  });

  test('a link that was withdrawn, replaced, forged or is a week old leads nowhere', async () => {
    const [withdrawn, replaced, old] = [await invite(), await invite(), await invite()];
    const links = await Promise.all([withdrawn, replaced].map(linkTo));
    const gone = await portal.post(`/test/people/invitations/${await idOf(withdrawn)}/withdraw`);
    expect(gone.location).toContain('done=withdrawn');
    await invite(portal, replaced);
    const second = await linkTo(replaced);
    const forged = second.replace(/.$/, (last) => (last === 'A' ? 'B' : 'A'));
    for (const link of [...links, forged, '/join']) expect((await visit(running, link)).status).toBe(410);
    expect((await visit(running, second)).status).toBe(200);
    const late = await linkTo(old);
    running.later(WEEK);
    expect((await visit(running, late)).status).toBe(410);
    expect((await join(late)).status).toBe(410);
    await sweep(running.service.core);
    const left = await running.service.core.store.db.selectFrom('invitations').select('id').execute();
    expect(left).toEqual([]);
    running.later(-WEEK);
  });

  test('nobody is invited who is there, at no address, or without end', async () => {
    for (const email of [customer.email.toUpperCase(), 'no address', ''])
      expect((await portal.post('/test/people', { email, role: 'viewer' })).status).toBe(422);
    const other = await newCustomer(running);
    const own = await signedIn(running, other.email);
    // From the start of a minute on, so that all of it is in one.
    running.later(60_000 - (running.service.core.clock() % 60_000));
    const answers = [];
    for (let asked = 0; asked < 12; asked++) answers.push((await own.post('/test/people', { email: newAddress(), role: 'viewer' })).status);
    expect(answers).toEqual([...new Array(10).fill(303), 429, 429]);
  });

  test('who has an account elsewhere learns it from the link, and who invites does not', async () => {
    const elsewhere = await newCustomer(running);
    const email = await invite(portal, elsewhere.email);
    const link = await linkTo(email);
    const refused = await join(link, 'another long password');
    expect([refused.status, refused.text.includes('another customer')]).toEqual([422, true]);
    // Nothing was used up, and the account is what it was.
    expect((await visit(running, link)).status).toBe(200);
    expect((await signedIn(running, elsewhere.email)).cookie).not.toBe('');
  });

  test('a role is changed and an account removed, which ends its sessions', async () => {
    const email = await invite(portal, newAddress(), 'viewer');
    await join(await linkTo(email));
    const own = await signedIn(running, email);
    const id = await idOf(email);
    expect((await portal.post(`/test/people/${id}/role`, { role: 'api_admin' })).location).toContain('done=changed');
    expect((await own.get('/test/people')).text).toContain('Invite somebody');
    expect((await portal.post(`/test/people/${id}/role`, { role: 'owner of everything' })).status).toBe(400);
    expect((await portal.post(`/test/people/${id}/remove`)).location).toContain('done=removed');
    expect((await own.get('/test')).location).toContain('/sign-in');
    expect((await visit(running, '/sign-in', { form: { email, password: PASSWORD } })).status).toBe(401);
    expect((await portal.post(`/test/people/${id}/remove`)).status).toBe(404);
  });

  test('nobody removes themselves, and of two who remove each other at once one stays', async () => {
    const pair = await newCustomer(running);
    const second = newAddress();
    await createAccount(running.service.core, { tenant: pair.tenant, email: second, password: PASSWORD, role: 'api_admin' });
    const [one, other] = [await signedIn(running, pair.email), await signedIn(running, second)];
    const ids = { one: await idOf(pair.email, other), other: await idOf(second, one) };
    expect((await one.post(`/test/people/${ids.one}/remove`)).status).toBe(409);
    expect((await one.post(`/test/people/${ids.one}/role`, { role: 'viewer' })).status).toBe(409);
    const answers = await Promise.all([one.post(`/test/people/${ids.other}/remove`), other.post(`/test/people/${ids.one}/remove`)]);
    // Who came second is refused, or signed out by then.
    expect(answers.filter(({ location }) => location?.includes('done=removed'))).toHaveLength(1);
    const left = await running.service.core.store.db.selectFrom('accounts').select('role').where('tenant_id', '=', pair.tenant).execute();
    expect(left).toEqual([{ role: 'api_admin' }]);
  });

  test('those of another customer are neither seen nor touched', async () => {
    const email = await invite(portal, newAddress());
    const [invitation, person] = [await idOf(email), await idOf(await joined())];
    const stranger = await signedIn(running, (await newCustomer(running)).email);
    expect((await stranger.get('/test/people')).text).not.toContain(email);
    for (const path of [`invitations/${invitation}/withdraw`, `${person}/role`, `${person}/remove`])
      expect([path, (await stranger.post(`/test/people/${path}`, { role: 'viewer' })).status]).toEqual([path, 404]);
    expect((await visit(running, await linkTo(email))).status).toBe(200);
  });

  async function joined(): Promise<string> {
    const email = await invite();
    expect((await join(await linkTo(email))).status).toBe(303);
    return email;
  }
});

test('without a mail server nobody can be invited, and the page says so', async () => {
  const running = await startRunning('sqlite', { outbox: false });
  const customer = await newCustomer(running);
  const portal = await signedIn(running, customer.email);
  const { text } = await portal.get('/live/people');
  expect([text.includes('ADESKIT_SMTP_URL'), text.includes('Send the invitation')]).toEqual([true, false]);
});
