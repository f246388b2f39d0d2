/** The signing page in Chromium: signers sign, decline, come late, mistype codes; by mouse, keyboard, telephone; in a frame; without scripts. */
import { createServer } from 'node:http';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { plainPdf } from '../../../scripts/plain-pdf.ts';
import { call, endAfterTests, eventually, formOf, type Running, startRunning } from '../support/running.ts';
import { answered, closeAfterTests, HAS_CHROMIUM, look, newPage, PHONE, picture } from './browser.ts';

endAfterTests();
closeAfterTests();

const TEXT = [
  '# Service agreement',
  '',
  'between Example Ltd ("the Provider") and the undersigned ("the Customer").',
  '',
  '1. The Provider maintains the heating of the building at the address below.',
  '2. The Customer pays a fee of 120 EUR for each quarter, at its beginning.',
  '3. Either side may end this agreement with three months of notice.',
  '4. Changes of this agreement need the signatures of both sides.',
];
const CONTRACT = plainPdf({ title: 'Service agreement', pages: [TEXT, ['# Annex A', '', 'Boiler, two circuits, one heat pump.']] });
const FIELD = { page: 1, x: 64, y: 290, width: 200, height: 60, type: 'signature' };

describe.skipIf(!HAS_CHROMIUM)('the signing page', () => {
  let running: Running;
  let documentId: string;
  beforeAll(async () => {
    running = await startRunning('sqlite', { jobPollMs: 100, frameAncestors: ['http://127.0.0.1:*'] });
    documentId = (await call(running, 'POST', '/v1/documents', { form: formOf(CONTRACT, 'Service agreement.pdf') })).json.id;
  });

  const create = async (more: Record<string, unknown> = {}) => {
    const signers = [{ name: 'Ada Example', email: 'ada@example.com' }];
    const answer = await call(running, 'POST', '/v1/signature-requests', {
      body: { document_id: documentId, signature_type: 'aes', signers, fields: [{ ...FIELD, signer_index: 0 }], ...more },
    });
    if (answer.status !== 201) throw new Error(JSON.stringify(answer.json));
    return answer.json;
  };
  const statusOf = async (id: string): Promise<string> => (await call(running, 'GET', `/v1/signature-requests/${id}`)).json.status;

  /** The code of the newest mail, read in the outbox like a person would. */
  async function codeFrom(page: Page): Promise<string> {
    const outbox = await page.context().newPage();
    await outbox.goto(`${running.url}/w/outbox?lang=en`);
    const mail = await outbox.locator('article pre').first().innerText();
    await outbox.close();
    return /\b(\d{6})\b/.exec(mail)?.[1] ?? '';
  }

  async function prove(page: Page): Promise<void> {
    await page.getByRole('button', { name: 'Send me the code' }).click();
    await page.getByLabel('Code', { exact: true }).waitFor();
    await page.getByLabel('Code', { exact: true }).fill(await codeFrom(page));
    await page.getByRole('button', { name: 'Confirm' }).click();
    await page.getByRole('heading', { name: 'Read and sign' }).waitFor();
  }

  async function signOn(page: Page): Promise<void> {
    await page.getByLabel('I have read the document').check();
    await page.getByRole('button', { name: 'Sign', exact: true }).click();
  }

  const shown = (page: Page) => page.locator('#viewer .sheet canvas').first().waitFor();
  const heading = (page: Page, name: string) => page.locator('#panel').getByRole('heading', { name }).waitFor();

  test('takes the first and the second signer from the link to the signed document', async () => {
    const made = await create({
      signing_order: 'sequential',
      redirect_url: 'https://app.example.com/done',
      signers: [
        { name: 'Ada Example', email: 'ada@example.com' },
        { name: 'Ben Beispiel', email: 'ben@example.com', locale: 'de-DE' },
      ],
    });
    const [first, second] = made.signers;
    const ada = await newPage();
    const ben = await newPage({ locale: 'de-DE' });
    await ben.page.goto(second.signing_url);
    await heading(ben.page, 'Sie sind noch nicht an der Reihe');
    await shown(ben.page);
    await look(ben.page, 'second-waits-de');

    await ada.page.goto(first.signing_url);
    await shown(ada.page);
    await ada.page.locator('.mark').first().waitFor();
    expect(await ada.page.locator('.sheet').first().getAttribute('aria-label')).toBe('Page 1 of 2');
    expect(await ada.page.locator('.sheet p').first().textContent()).toContain('fee of 120 EUR');
    await look(ada.page, 'first-code');
    await ada.page.getByRole('button', { name: 'Send me the code' }).click();
    await ada.page.getByLabel('Code', { exact: true }).waitFor();
    await look(ada.page, 'first-code-sent');
    await ada.page.getByLabel('Code', { exact: true }).fill(await codeFrom(ada.page));
    await ada.page.getByRole('button', { name: 'Confirm' }).click();
    await heading(ada.page, 'Read and sign');
    await look(ada.page, 'first-ready');
    await ada.page.setViewportSize({ width: 1100, height: 640 });
    await picture(ada.page, 'signing-page');
    // The way back is held up until the page was looked at.
    const looked = Promise.withResolvers<void>();
    await ada.page.route('https://app.example.com/**', async (route) => {
      await looked.promise;
      await route.fulfill({ contentType: 'text/html', body: '<title>back</title>' });
    });
    await signOn(ada.page);
    await heading(ada.page, 'You have signed');
    await look(ada.page, 'first-signed');
    looked.resolve();
    await ada.page.waitForURL('https://app.example.com/done');

    // The second signer's page sees it by itself.
    await heading(ben.page, 'Bestätigen Sie, dass Sie es sind');
    // The mail is there when the answer is.
    await answered(ben.page, () => ben.page.getByRole('button', { name: 'Code senden' }).click());
    await ben.page.getByLabel('Code', { exact: true }).fill(await codeFrom(ben.page));
    await ben.page.getByRole('button', { name: 'Bestätigen' }).click();
    await ben.page.getByLabel('Ich habe das Dokument gelesen').check();
    // An answer without content leaves the page where it is.
    await ben.page.route('https://app.example.com/**', (route) => route.fulfill({ status: 204 }));
    await ben.page.getByRole('button', { name: 'Unterschreiben', exact: true }).click();
    await heading(ben.page, 'Von allen unterschrieben');
    expect(await ben.page.locator('#signers li.signed').count()).toBe(2);
    await look(ben.page, 'second-completed-de');
    const download = ben.page.waitForEvent('download');
    await ben.page.getByRole('link', { name: 'Unterschriebenes Dokument herunterladen' }).click();
    expect((await download).suggestedFilename()).toBe('Service agreement.pdf');
    expect(await statusOf(made.id)).toBe('completed');
    expect(ada.complaints).toEqual([]);
    expect(ben.complaints.filter((line) => !line.includes('ERR_FAILED'))).toEqual([]);

    // A used link shows what has become of it, and nothing can be done again.
    const again = await newPage();
    await again.page.goto(first.signing_url);
    await heading(again.page, 'Signed by all');
    expect(await again.page.locator('#panel form').count()).toBe(0);
  });

  test('lets a signer decline with a reason', async () => {
    const made = await create({ signature_type: 'ses' });
    const { page, complaints } = await newPage();
    await page.goto(made.signing_url);
    await shown(page);
    await page.getByText('Decline to sign').click();
    await page.getByLabel('Reason').fill('The fee is not what we agreed on.');
    await look(page, 'decline');
    await page.getByRole('button', { name: 'Decline', exact: true }).click();
    await heading(page, 'You have declined');
    await look(page, 'declined');
    expect(await statusOf(made.id)).toBe('cancelled');
    const { events } = (await call(running, 'GET', `/manage/audit/${made.id}`)).json;
    expect(events.find(({ type }: { type: string }) => type === 'signer.declined').details.reason).toBe(
      'The fee is not what we agreed on.',
    );
    await page.goto(made.signing_url);
    await heading(page, 'You have declined');
    expect(await page.locator('#viewer').count()).toBe(0);
    expect(complaints).toEqual([]);
  });

  test('locks a code that was wrong three times, until a new one is asked for', async () => {
    const made = await create();
    const { page } = await newPage();
    await page.goto(made.signers[0].signing_url);
    await page.getByRole('button', { name: 'Send me the code' }).click();
    await page.getByLabel('Code', { exact: true }).waitFor();
    const right = await codeFrom(page);
    const wrong = right === '000000' ? '111111' : '000000';
    for (const _ of [1, 2]) {
      await page.getByLabel('Code', { exact: true }).fill(wrong);
      // The second time the words of the first still stand there: it is the answer that must have come.
      await answered(page, () => page.getByRole('button', { name: 'Confirm' }).click());
      await page.getByText('This code is wrong').waitFor();
      expect(await page.evaluate('document.activeElement?.id')).toBe('code');
    }
    await look(page, 'code-wrong');
    await page.getByLabel('Code', { exact: true }).fill(wrong);
    await page.getByRole('button', { name: 'Confirm' }).click();
    await page.getByText('This code does not hold any more').waitFor();
    await look(page, 'code-locked');
    expect(await page.getByLabel('Code', { exact: true }).count()).toBe(0);
    // The right one comes too late.
    await page.reload();
    await page.getByLabel('Code', { exact: true }).fill(right);
    await page.getByRole('button', { name: 'Confirm' }).click();
    await page.getByText('This code does not hold any more').waitFor();
    await answered(page, () => page.getByRole('button', { name: 'Send a new code' }).click());
    await page.getByLabel('Code', { exact: true }).fill(await codeFrom(page));
    await page.getByRole('button', { name: 'Confirm' }).click();
    await heading(page, 'Read and sign');
  });

  test('works by the keyboard alone', async () => {
    const made = await create();
    const { page, complaints } = await newPage();
    await page.goto(made.signers[0].signing_url);
    await shown(page);
    const focused = () => page.evaluate<string>("document.activeElement?.textContent?.trim() ?? ''");
    const tabTo = async (is: () => Promise<boolean>) => {
      for (let step = 0; step < 20; step++) {
        await page.keyboard.press('Tab');
        if (await is()) return;
      }
      throw new Error('the keyboard does not get there');
    };
    await page.keyboard.press('Tab');
    expect(await focused()).toBe('Skip to signing');
    await look(page, 'keyboard-skip');
    await page.keyboard.press('Enter');
    await tabTo(async () => (await focused()) === 'Send me the code');
    await page.keyboard.press('Enter');
    await page.getByLabel('Code', { exact: true }).waitFor();
    const code = await codeFrom(page);
    await tabTo(() => page.evaluate<boolean>("document.activeElement?.id === 'code'"));
    await page.keyboard.type(`${code.slice(0, 3)} ${code.slice(3)}`);
    await page.keyboard.press('Enter');
    await heading(page, 'Read and sign');
    expect(await focused()).toContain('It is confirmed that it is you');
    await tabTo(() => page.evaluate<boolean>("document.activeElement?.id === 'consent'"));
    await page.keyboard.press('Space');
    await page.keyboard.press('Tab');
    expect(await focused()).toBe('Sign');
    await page.keyboard.press('Enter');
    await eventually(async () => (await statusOf(made.id)) === 'completed', 'it is signed');
    await heading(page, 'Signed by all');
    expect(complaints).toEqual([]);
  });

  test('fits a telephone', async () => {
    const made = await create();
    const { page, complaints } = await newPage(PHONE);
    await page.goto(made.signers[0].signing_url);
    await shown(page);
    await look(page, 'phone-code', true);
    expect(await page.evaluate('document.documentElement.scrollWidth <= innerWidth')).toBe(true);
    await prove(page);
    await look(page, 'phone-ready', true);
    await page.setViewportSize({ width: 390, height: 1000 });
    await picture(page, 'signing-page-phone');
    await signOn(page);
    await heading(page, 'Signed by all');
    expect(complaints).toEqual([]);
  });

  test('works without any script', async () => {
    const made = await create();
    const { page } = await newPage({ javaScriptEnabled: false });
    await page.goto(made.signers[0].signing_url);
    await prove(page);
    await signOn(page);
    await page.getByRole('heading', { name: /You have signed|Signed by all/ }).waitFor();
    await eventually(async () => (await statusOf(made.id)) === 'completed', 'it is signed');
  });

  test('is dark where that is wanted', async () => {
    const made = await create();
    const { page } = await newPage({ colorScheme: 'dark' });
    await page.goto(made.signers[0].signing_url);
    await shown(page);
    await look(page, 'dark');
  });

  test('plays the identity check of test mode', async () => {
    const made = await create({
      signers: [{ name: 'Ada Example', email: 'ada@example.com', identity_verification: { method: 'video_id' } }],
    });
    const { page } = await newPage();
    await page.goto(made.signers[0].signing_url);
    await page.getByLabel('Number of the identity document').fill('FAIL000001');
    await look(page, 'identity');
    await page.getByRole('button', { name: 'Check' }).click();
    await heading(page, 'This link is locked');
    await look(page, 'identity-failed');
  });

  test('asks who somebody is where a link is for several, and mails where nothing else proves it', async () => {
    const signers = [
      { name: 'Ada Example', email: 'ada@example.com' },
      { name: 'Ben Beispiel', email: 'ben@example.com' },
    ];
    const { page } = await newPage();
    await page.goto((await create({ signers, signing_order: 'parallel' })).signing_url);
    await look(page, 'choose');
    await page.getByRole('button', { name: 'Continue as Ben Beispiel' }).click();
    await heading(page, 'Confirm that it is you');
    await page.goto((await create({ signers, signing_order: 'parallel', signature_type: 'ses' })).signing_url);
    await page.getByRole('button', { name: 'Continue as Ada Example' }).click();
    await page.getByRole('heading', { name: 'A new link is on its way' }).waitFor();
  });

  test('draws a PDF with fonts of its own in many scripts, under its strict policy', async () => {
    const writer = await newPage();
    await writer.page.setContent('<h1>Vertrag – Договор – 契約 – σύμβαση</h1><p>Жёлтый, größer, ½ €, 東京</p>');
    const id = (await call(running, 'POST', '/v1/documents', { form: formOf(await writer.page.pdf({ landscape: true }), 'Scripts.pdf') }))
      .json.id;
    const made = await create({ document_id: id, fields: [] });
    const { page, complaints } = await newPage();
    await page.goto(made.signers[0].signing_url);
    await shown(page);
    await page.locator('.sheet p').first().waitFor({ state: 'attached' });
    expect(await page.locator('.sheet p').first().textContent()).toContain('Договор');
    await look(page, 'scripts');
    await page.getByRole('button', { name: 'Larger' }).click();
    await page.getByRole('button', { name: 'Larger' }).click();
    expect(await page.evaluate('viewer.scrollWidth > viewer.clientWidth')).toBe(true);
    expect(complaints).toEqual([]);
  });

  test('shows what is no PDF as a card, and gives it out as a file', async () => {
    const xml = Buffer.from('<?xml version="1.0"?><order><script>alert(1)</script></order>');
    const id = (await call(running, 'POST', '/v1/documents', { form: formOf(xml, 'Order 17.xml') })).json.id;
    const made = await create({ document_id: id, fields: [] });
    const { page, complaints } = await newPage();
    await page.goto(made.signers[0].signing_url);
    await look(page, 'card');
    const href = await page.getByRole('link', { name: 'Open the document' }).getAttribute('href');
    const answer = await fetch(`${running.url}${href}`);
    expect([answer.headers.get('content-type'), answer.headers.get('content-disposition')?.split(';')[0]]).toEqual([
      'application/octet-stream',
      'attachment',
    ]);
    expect(complaints).toEqual([]);
  });

  test('tells the page around a frame how it stands, and refuses frames of others', async () => {
    const made = await create({ signature_type: 'ses' });
    const owner = createServer((request, response) => {
      const embedded = request.url === '/embedded' ? `?embed=${made.embed_token}` : new URL(made.signing_url).search;
      response.writeHead(200, { 'content-type': 'text/html' });
      response.end(
        `<!doctype html><title>owner</title><script>window.heard=[];addEventListener('message',(e)=>heard.push([e.origin,e.data]))</script><iframe width="900" height="700" src="${new URL(made.signing_url).origin}${new URL(made.signing_url).pathname}${embedded}"></iframe>`,
      );
    });
    await new Promise<void>((resolve) => owner.listen(0, '127.0.0.1', resolve));
    afterAll(() => void owner.close());
    const address = owner.address();
    const origin = `http://127.0.0.1:${typeof address === 'object' && address !== null ? address.port : 0}`;
    const { page } = await newPage();
    await page.goto(`${origin}/embedded`);
    const frame = page.frameLocator('iframe');
    await frame.getByLabel('I have read the document').check();
    await look(page, 'framed', false, page.frames()[1]);
    await frame.getByRole('button', { name: 'Sign', exact: true }).click();
    await frame
      .locator('#panel h2')
      .getByText(/You have signed|Signed by all/)
      .waitFor();
    // What the frame says comes when it comes.
    await page.waitForFunction('/signed|completed/.test(heard.at(-1)?.[1].state)');
    const heard = await page.evaluate(
      () => (globalThis as unknown as { heard: [string, { type: string; state: string; signer: string }][] }).heard,
    );
    expect(heard[0]).toEqual([
      running.url,
      { source: 'adeskit', type: 'signing', state: 'ready', request: made.id, signer: made.signers[0].id },
    ]);
    expect(heard.at(-1)?.[1].state).toMatch(/signed|completed/);
    // The link of a mail is for nobody's frame.
    const refused = await newPage();
    await refused.page.goto(`${origin}/link`);
    await eventually(async () => refused.complaints.some((line) => line.includes('frame-ancestors')), 'the frame is refused');
  });

  test('lets nobody act without the session of the page', async () => {
    const [one, other] = [await create({ signature_type: 'ses' }), await create({ signature_type: 'ses' })];
    const path = (made: typeof one) => new URL(made.signers[0].signing_url).pathname;
    const page = await (await fetch(one.signers[0].signing_url)).text();
    const session = /name="session" value="([^"]+)"/.exec(page)?.[1] ?? '';
    const link = new URL(one.signers[0].signing_url).searchParams.get('t') ?? '';
    const sign = async (made: typeof one, fields: Record<string, string>) =>
      (await fetch(`${running.url}${path(made)}/sign`, { method: 'POST', body: new URLSearchParams(fields) })).status;
    expect(await sign(one, { consent: 'yes' })).toBe(401);
    expect(await sign(one, { consent: 'yes', session: link })).toBe(401);
    expect(await sign(other, { consent: 'yes', session })).toBe(401);
    expect((await fetch(`${running.url}${path(one)}?t=${session}`)).status).toBe(404);
    expect((await fetch(`${running.url}${path(other)}?t=${link}`)).status).toBe(404);
    expect((await fetch(`${running.url}${path(one)}?embed=${other.embed_token}`)).status).toBe(404);
    expect(await statusOf(one.id)).toBe('pending');
    expect(await sign(one, { consent: 'yes', session })).toBe(200);
  });

  // Last: the clock goes on for all.
  test('says that a link has ended, and mails a new one', async () => {
    const made = await create({ expires_at: new Date(Date.now() + 20 * 86_400_000).toISOString() });
    const { page, complaints } = await newPage();
    const stays = await newPage();
    await stays.page.goto(made.signers[0].signing_url);
    running.later(74 * 3_600_000);
    await page.goto(made.signers[0].signing_url);
    await page.getByRole('heading', { name: 'This link has ended' }).waitFor();
    await look(page, 'link-expired');
    await page.getByRole('button', { name: 'Mail me a new link' }).click();
    await page.getByRole('heading', { name: 'A new link is on its way' }).waitFor();
    await page.goto(`${running.url}/w/outbox`);
    await look(page, 'outbox');
    await page.locator('article').first().getByRole('link').click();
    await heading(page, 'Confirm that it is you');
    expect(complaints).toEqual([]);
    await stays.page.getByRole('button', { name: 'Send me the code' }).click();
    await stays.page.getByText('You were away for long').waitFor();
    await look(stays.page, 'session-over');
    await page.goto(`${made.signers[0].signing_url.slice(0, -3)}abc`);
    await page.getByRole('heading', { name: 'This link is not valid' }).waitFor();
    await look(page, 'link-invalid');
    running.later(30 * 86_400_000);
    const [fresh] = await Promise.all([call(running, 'GET', `/v1/signature-requests/${made.id}`)]);
    await page.goto(fresh.json.signers[0].signing_url);
    await heading(page, 'This request is closed');
    await look(page, 'request-expired');
  });
});
