/** The developer portal in Chromium: a request of each interface from the API to the signed file; keyboard, telephone, German, no scripts; axe-core finds nothing wrong. */
import { readFileSync } from 'node:fs';
import type { Page } from 'playwright-core';
import { beforeAll, describe, expect, test } from 'vitest';
import { invite } from '../../src/domain/members.ts';
import { readOutbox } from '../../src/domain/messages.ts';
import { LANGUAGES } from '../../src/languages/languages.ts';
import { portalWordsOf } from '../../src/pages/portal/words.ts';
import { closeAfterTests, HAS_CHROMIUM, look, newPage, PHONE, picture } from '../pages/browser.ts';
import { call, endAfterTests, eventually, formOf, type Running, startReceiver, startRunning } from '../support/running.ts';
import { NUMBER, REQUESTS } from './requests.ts';
import { type Customer, HOME, newCustomer, PASSWORD } from './support.ts';

endAfterTests();
closeAfterTests();

describe.skipIf(!HAS_CHROMIUM)('the portal in a browser', () => {
  let running: Running;
  let customer: Customer;
  let hooks: Awaited<ReturnType<typeof startReceiver>>;
  beforeAll(async () => {
    hooks = await startReceiver();
    running = await startRunning('sqlite', { webhookPrivateHosts: ['127.0.0.1'], jobPollMs: 100 });
    customer = await newCustomer(running);
  });

  const go = (page: Page, path: string) => page.goto(`${running.url}${HOME}${path}`);
  const signIn = async (page: Page, email = customer.email) => {
    await go(page, '');
    await page.getByLabel('E-mail address').fill(email);
    await page.getByLabel('Password').fill(PASSWORD);
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.getByRole('heading', { name: 'Overview', exact: true }).waitFor();
  };

  /** Signs as a signer does: shows a number or pictures, takes the code from the outbox, agrees. */
  async function signOn(page: Page): Promise<void> {
    const panel = page.locator('#panel');
    const [consent, send] = [panel.getByLabel('I have read the document'), panel.getByRole('button', { name: 'Send me the code' })];
    const [code, number] = [panel.getByLabel('Code', { exact: true }), panel.locator('input[name="number"]')];
    for (let step = 0; step < 12; step++) {
      await consent.or(send).or(code).or(number).first().waitFor();
      if (await consent.isVisible()) break;
      if (await send.isVisible()) {
        await send.click();
        await code.waitFor();
      } else if (await code.isVisible()) {
        const outbox = await page.context().newPage();
        await go(outbox, '/test/outbox');
        const mail = await outbox.locator('article pre').first().innerText();
        await outbox.close();
        await code.fill(/\b(\d{6})\b/.exec(mail)?.[1] ?? '');
        await panel.getByRole('button', { name: 'Confirm' }).click();
        await consent.waitFor();
      } else {
        await number.fill(NUMBER);
        const sample = panel.getByRole('button', { name: 'Use sample pictures' });
        await ((await sample.isVisible()) ? sample : panel.locator('form:has(input[name="number"]) button[type="submit"]').first()).click();
        await number.waitFor({ state: 'hidden' });
      }
    }
    await consent.check();
    await panel.getByRole('button', { name: 'Sign', exact: true }).click();
    await panel
      .getByText(/You have signed|Signed by all/)
      .first()
      .waitFor();
  }

  test.each(Object.keys(REQUESTS))(
    'takes a request of %s from the interface over the signing page to a valid file and its webhook',
    async (name) => {
      const { page, complaints } = await newPage();
      await signIn(page);
      await go(page, '/test/webhooks');
      await page.getByLabel('Address').fill(hooks.url);
      await page.getByLabel('Interface whose events it gets').selectOption(name);
      await page.getByRole('button', { name: 'Add a webhook' }).click();
      await page.getByText('This is its secret').waitFor();
      const document = (await REQUESTS[name]?.(running, customer)) ?? '';

      await go(page, `/test/requests?interface=${name}`);
      await page.getByRole('link', { name: document }).click();
      await page.getByRole('heading', { name: document }).waitFor();
      const opened = page.context().waitForEvent('page');
      await page.getByRole('link', { name: 'Signing page' }).click();
      const signing = await opened;
      await signing.setExtraHTTPHeaders({ 'accept-language': 'en' });
      await signing.goto(`${signing.url()}&lang=en`);
      await signOn(signing);
      await signing.close();

      await eventually(async () => {
        await page.reload();
        return page.getByText('Completed', { exact: true }).first().isVisible();
      }, 'the request is completed');
      await look(page, `portal-request-${name}`, true);
      const download = page.waitForEvent('download');
      await page.getByRole('link', { name: 'Signed document' }).click();
      const file = readFileSync(await (await download).path());
      const report = await call(running, 'POST', '/v1/validate', { key: customer.keys.qsh_test_, form: formOf(file, 'signed.pdf') });
      expect([report.status, report.json.signatures.length > 0, JSON.stringify(report.json).includes('"valid":true')]).toEqual([
        200,
        true,
        true,
      ]);

      const delivery = await eventually(async () => {
        await go(page, '/test/deliveries?status=delivered');
        const rows = page.locator('a.delivery').filter({ hasText: LABELS[name] ?? name });
        return (await rows.count()) > 0 ? rows.first() : null;
      }, 'its webhook is delivered');
      await delivery.click();
      await page.getByRole('heading', { name: 'Attempts' }).waitFor();
      await look(page, `portal-delivery-${name}`, true);
      expect(complaints).toEqual([]);
    },
  );

  test('looks right on all pages, by light and by dark', async () => {
    for (const colorScheme of ['light', 'dark'] as const) {
      const { page, complaints } = await newPage({ colorScheme });
      await go(page, '');
      await look(page, `portal-sign-in-${colorScheme}`);
      await signIn(page);
      for (const path of colorScheme === 'light' ? PAGES : DARK) {
        await go(page, path);
        await look(page, `portal${path.replaceAll('/', '-')}-${colorScheme}`);
      }
      expect(complaints).toEqual([]);
    }
  });

  test('fits a telephone, in German', async () => {
    const own = await newCustomer(running);
    for (const make of Object.values(REQUESTS)) await make(running, own);
    const { page, complaints } = await newPage({ ...PHONE, locale: 'de-DE' });
    await go(page, '');
    await page.getByLabel('E-Mail-Adresse').fill(own.email);
    await page.getByLabel('Passwort').fill(PASSWORD);
    await look(page, 'portal-phone-sign-in');
    await page.getByRole('button', { name: 'Anmelden' }).click();
    await page.getByRole('heading', { name: 'Übersicht' }).waitFor();
    for (const path of PAGES) {
      await go(page, path);
      await look(page, `portal-phone${path.replaceAll('/', '-')}`, true);
      // Nothing stands beyond the edge, and nothing has to be moved sideways.
      expect([path, await page.evaluate('document.documentElement.scrollWidth')]).toEqual([path, 390]);
    }
    await go(page, '/test/requests');
    await page.locator('a.request').first().click();
    await look(page, 'portal-phone-request', true);
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(390);
    expect(complaints).toEqual([]);
  });

  test.each(LANGUAGES.filter((language) => language !== 'en' && language !== 'de'))('fits a telephone in %s', async (language) => {
    const own = await newCustomer(running);
    const words = portalWordsOf(language);
    const { page, complaints } = await newPage({ ...PHONE, locale: language });
    await go(page, '');
    await page.getByLabel(words.signIn.email).fill(own.email);
    await page.getByLabel(words.signIn.password).fill(PASSWORD);
    await page.getByRole('button', { name: words.signIn.button }).click();
    await page.getByRole('heading', { name: words.pages.overview, exact: true }).waitFor();
    for (const path of ['/test', '/test/webhooks', '/test/keys', '/test/people', '/test/api']) {
      await go(page, path);
      expect([path, await page.evaluate('[document.documentElement.lang, document.documentElement.scrollWidth]')]).toEqual([
        path,
        [language, 390],
      ]);
    }
    await look(page, `portal-phone-${language}`, true);
    expect(complaints).toEqual([]);
  });

  test('works by the keyboard alone: a key is made, copied by eye, and revoked', async () => {
    const { page } = await newPage();
    const focused = () => page.evaluate<string>("document.activeElement?.textContent?.trim() || document.activeElement?.id || ''");
    const tabTo = async (wanted: string | RegExp) => {
      for (let step = 0; step < 80; step++) {
        await page.keyboard.press('Tab');
        const now = await focused();
        if (typeof wanted === 'string' ? now === wanted : wanted.test(now)) return;
      }
      throw new Error(`the keyboard does not get to ${wanted}`);
    };
    const other = await newCustomer(running);
    await go(page, '');
    await tabTo('email');
    await page.keyboard.type(other.email);
    await tabTo('password');
    await page.keyboard.type(PASSWORD);
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: 'Overview', exact: true }).waitFor();
    await page.keyboard.press('Tab');
    expect(await focused()).toBe('Skip to the content');
    await look(page, 'portal-keyboard-skip');
    await page.keyboard.press('Enter');
    await page.waitForFunction("document.activeElement?.id === 'content'");
    await page.evaluate('document.activeElement.blur()');
    await go(page, '/test');
    await tabTo('API keys');
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: 'Create a key' }).waitFor();
    await tabTo('label');
    await page.keyboard.type('by keyboard');
    await page.keyboard.press('Enter');
    await page.locator('#made-key').waitFor();
    expect(await page.locator('#made-key').innerText()).toMatch(/^qsh_test_\w{32}$/);
    await look(page, 'portal-key-made');
    await tabTo('Revoke');
    await page.keyboard.press('Enter');
    await page.keyboard.press('Tab');
    expect(await focused()).toBe('Revoke');
    await look(page, 'portal-key-revoke');
    await page.keyboard.press('Enter');
    await page.getByText('The key is revoked.').waitFor();
    expect(await page.getByText('by keyboard').count()).toBe(0);
  });

  test("tries an operation out with a key of one's own", async () => {
    const { page, complaints } = await newPage();
    await signIn(page);
    await go(page, '/test/api/qsignhub');
    await page.getByLabel('Your API key').fill(customer.keys.qsh_test_);
    const upload = page.locator('details.operation').filter({ hasText: 'Upload a document' });
    await upload.locator('summary').first().click();
    await upload
      .locator('input[type="file"]')
      .setInputFiles({ name: 'tried.txt', mimeType: 'text/plain', buffer: Buffer.from('tried out') });
    await upload.getByRole('button', { name: 'Send' }).click();
    await upload.locator('.told.good').waitFor();
    const { id } = JSON.parse(await upload.locator('.outcome pre code').first().innerText());
    expect(id).toMatch(/^doc_/);
    await look(page, 'portal-explorer-upload');

    const create = page.locator('details.operation').filter({ hasText: 'Create a signature request' });
    await create.locator('summary').first().click();
    await create
      .getByLabel('Body')
      .fill(JSON.stringify({ document_id: id, signature_type: 'ses', signers: [{ name: 'Ada', email: 'ada@example.com' }] }, null, 2));
    await create.getByRole('button', { name: 'Send' }).click();
    await create.locator('.told.good').waitFor();
    expect(await create.locator('.told').innerText()).toContain('201');
    await create.locator('form.try').scrollIntoViewIfNeeded();
    await look(page, 'portal-explorer-create');
    await picture(page, 'portal-explorer');
    await create.getByText('The same with curl').click();
    const curl = await create.locator('.curl code').innerText();
    expect([curl.includes('-H "X-API-Key: $KEY"'), curl.includes(customer.keys.qsh_test_)]).toEqual([true, false]);

    await page.getByLabel('Your API key').fill('qsh_test_wrong');
    await create.getByRole('button', { name: 'Send' }).click();
    await create.locator('.told.bad').waitFor();
    expect(await create.locator('.told').innerText()).toContain('401');
    await go(page, '/test/requests');
    await page.getByRole('link', { name: 'tried.txt' }).waitFor();
    expect(complaints).toEqual([]);
  });

  test.each([
    ['qsign', 'Create a document and send it for signature', 'qsk_test_'],
    ['qi-sign', 'Create an envelope', 'qis_test_'],
    ['ignisign', 'Documents and signers in one call', 'skv2_'],
  ] as const)('knows the header and a body that fits for %s', async (name, operation, key) => {
    const { page } = await newPage();
    await signIn(page);
    await go(page, `/test/api/${name}`);
    await page.getByLabel('Your API key').fill(customer.keys[key]);
    const shown = page.locator('details.operation').filter({ hasText: operation });
    await shown.locator('summary').first().click();
    await shown.getByRole('button', { name: 'Send' }).click();
    await shown.locator('.told.good, .told.bad').waitFor();
    const answer = `${await shown.locator('.told').innerText()} ${await shown.locator('.outcome pre code').first().innerText()}`;
    await look(page, `portal-explorer-${name}`);
    expect(answer).toMatch(/^20[01]/);
  });

  test('works without scripts, but for trying out', async () => {
    const { page } = await newPage({ javaScriptEnabled: false });
    await signIn(page);
    await go(page, '/test/keys');
    await page.getByLabel('Name').fill('no scripts');
    await page.getByRole('button', { name: 'Create the key' }).click();
    expect(await page.locator('#made-key').innerText()).toMatch(/^qsh_test_/);
    await page.getByRole('listitem').filter({ hasText: 'no scripts' }).getByText('Rotate').first().click();
    await page.getByRole('listitem').filter({ hasText: 'no scripts' }).getByRole('button', { name: 'Rotate' }).click();
    expect(await page.locator('#made-key').innerText()).toMatch(/^qsh_test_/);
    await go(page, '/test/api/qsign');
    await page.locator('noscript p').waitFor();
    await page.locator('details.operation > summary').first().click();
    await page.getByText('Answers').first().waitFor();
    await page.getByRole('button', { name: 'Sign out' }).click();
    await page.getByText('You are signed out.').waitFor();
  });

  test('lets somebody in who is invited, by the keyboard and without scripts, and out again', async () => {
    const own = await newCustomer(running);
    const { page, complaints } = await newPage();
    await signIn(page, own.email);
    await go(page, '/test/people');
    const email = `invited-${own.tenant.slice(4, 12)}@example.com`.toLowerCase();
    await page.getByLabel('E-mail address').focus();
    await page.keyboard.type(email);
    await page.keyboard.press('Enter');
    await page.getByText('The invitation is on its way.').waitFor();
    await look(page, 'portal-people-invited', true);
    const mail = (await readOutbox(running.service.core, ['live'], 100)).find(({ to }) => to === email)?.body ?? '';

    const { page: guest } = await newPage({ javaScriptEnabled: false, ...PHONE });
    await guest.goto(/https?:\S+/.exec(mail)?.[0] ?? '');
    await guest.getByText(`You are invited as ${email}.`).waitFor();
    await guest.getByLabel('New password').focus();
    await guest.keyboard.type(PASSWORD);
    await guest.keyboard.press('Enter');
    await guest.getByRole('heading', { name: 'Overview', exact: true }).waitFor();

    await go(page, '/test/people');
    const row = page.getByRole('listitem').filter({ hasText: email });
    await row.getByText('Make an administrator').first().focus();
    await page.keyboard.press('Enter');
    await page.keyboard.press('Tab');
    await page.keyboard.press('Enter');
    await page.getByText('The role is changed.').waitFor();
    await row.getByText('may change everything').waitFor();
    await row.getByText('Remove').first().click();
    await row.getByRole('button', { name: 'Remove' }).click();
    await page.getByText('The account is removed.').waitFor();
    expect(await page.getByText(email).count()).toBe(0);
    await guest.goto(`${running.url}${HOME}/test`);
    await guest.getByRole('heading', { name: 'Sign in' }).waitFor();
    expect(complaints).toEqual([]);
  });

  test('shows the door of an invitation as it should look', async () => {
    const { core } = running.service;
    await invite(core, customer.tenant, { email: 'door@example.com', role: 'viewer', by: customer.email, language: 'de' });
    const mail = (await readOutbox(core, ['live'], 100)).find(({ to }) => to === 'door@example.com')?.body ?? '';
    expect(mail).toContain('lädt Sie zum Entwicklerportal ein');
    const { page, complaints } = await newPage({ ...PHONE, locale: 'de-DE', colorScheme: 'dark' });
    await page.goto(/https?:\S+/.exec(mail)?.[0] ?? '');
    await page.getByRole('button', { name: 'Konto anlegen' }).waitFor();
    await look(page, 'portal-join', true);
    await page.goto(`${running.url}${HOME}/join?t=none`);
    await page.getByText('Dieser Link gilt nicht mehr').waitFor();
    await look(page, 'portal-join-over', true);
    expect(complaints).toEqual([]);
  });

  test('makes the picture of the guide', async () => {
    const { page } = await newPage({ viewport: { width: 1180, height: 720 } });
    await signIn(page);
    await picture(page, 'portal');
  });
});

const LABELS: Readonly<Record<string, string>> = { qsignhub: 'QSignHub', qsign: 'QSign', 'qi-sign': 'QI Sign', ignisign: 'Ignisign' };
const PAGES = [
  '/test',
  '/test/requests',
  '/test/webhooks',
  '/test/deliveries',
  '/test/keys',
  '/test/people',
  '/test/usage',
  '/test/outbox',
  '/test/api',
  '/live/api/qsign',
  '/test/account',
] as const;
const DARK = ['/test', '/test/keys', '/test/usage', '/live/api/qsign'] as const;
