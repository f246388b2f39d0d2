/** Every language in Chromium: the way of a signer on a telephone, the pages around it, and the validation page, without a word cut off. */
import type { Page } from 'playwright-core';
import { beforeAll, describe, expect, test } from 'vitest';
import { plainPdf } from '../../../scripts/plain-pdf.ts';
import { LANGUAGE_NAMES, LANGUAGES, type Language } from '../../src/languages/languages.ts';
import { wordsOf } from '../../src/pages/words.ts';
import { call, endAfterTests, formOf, type Running, startRunning } from '../support/running.ts';
import { closeAfterTests, HAS_CHROMIUM, look, newPage, PHONE } from './browser.ts';

endAfterTests();
closeAfterTests();
const PDF = plainPdf({ title: 'Agreement', pages: [['# Agreement', '', 'Two sides agree.']] });
const LOCALES: Readonly<Record<Language, string>> = { en: 'en-GB', de: 'de-AT', pt: 'pt-BR', es: 'es-MX', fr: 'fr-CA', pl: 'pl-PL' };

describe.skipIf(!HAS_CHROMIUM)('the pages', () => {
  let running: Running;
  let documentId: string;
  beforeAll(async () => {
    running = await startRunning('sqlite', { jobPollMs: 100 });
    documentId = (await call(running, 'POST', '/v1/documents', { form: formOf(PDF, 'Agreement.pdf') })).json.id;
  });

  const create = async (language: Language) => {
    const signers = [
      { name: 'Ada Example', email: 'ada@example.com', locale: LOCALES[language], order: 1 },
      { name: 'Ben Beispiel', email: 'ben@example.com', locale: LOCALES[language], order: 2 },
    ];
    const body = { document_id: documentId, signature_type: 'aes', signing_order: 'sequential', signers };
    return (await call(running, 'POST', '/v1/signature-requests', { body })).json;
  };
  /** Nothing wider than the page, no text wider than its button, in the language that is meant. */
  const sound = async (page: Page, language: Language, name: string) => {
    await look(page, `${name}-${language}`, true);
    expect(await page.evaluate('document.documentElement.lang')).toBe(language);
    const wide = await page.evaluate<string[]>(
      `[document.documentElement, ...document.querySelectorAll('button, .button, label, summary, h1, h2, .notice')]
        .filter((one) => one.scrollWidth > one.clientWidth + 1 && one.clientWidth > 1 && !one.closest('.hidden')).map((one) => one.outerHTML.slice(0, 120))`,
    );
    expect([name, wide]).toEqual([name, []]);
  };

  test.each(LANGUAGES)('lead a signer through in %s', async (language) => {
    const words = wordsOf(language);
    const made = await create(language);
    const { page, complaints } = await newPage({ ...PHONE, viewport: { width: 320, height: 700 }, locale: 'it-IT' });
    const panel = page.locator('#panel');
    await page.goto(made.signers[0].signing_url);
    await panel.getByRole('heading', { name: words.proveTitle }).waitFor();
    await page.locator('#viewer .sheet canvas').first().waitFor();
    await sound(page, language, 'language-code');
    await page.getByRole('button', { name: words.sendCode }).click();
    await page.getByLabel(words.codeLabel, { exact: true }).waitFor();
    const outbox = await call(running, 'GET', `/w/outbox?lang=${language}`, { key: null });
    const code = /\b(\d{6})\b/.exec(Buffer.from(outbox.bytes).toString().split('<pre>')[1] ?? '')?.[1] ?? '';
    await page.getByLabel(words.codeLabel, { exact: true }).fill(code === '000000' ? '111111' : '000000');
    await page.getByRole('button', { name: words.checkCode }).click();
    await page.getByText(words.codeWrong).waitFor();
    await page.getByLabel(words.codeLabel, { exact: true }).fill(code);
    await page.getByRole('button', { name: words.checkCode }).click();
    await panel.getByRole('heading', { name: words.consentTitle }).waitFor();
    await page.getByText(words.decline, { exact: true }).click();
    await sound(page, language, 'language-ready');
    await page.getByLabel(words.consentLabel).check();
    await page.getByRole('button', { name: words.sign, exact: true }).click();
    await panel.getByRole('heading', { name: words.signedTitle }).waitFor();
    await sound(page, language, 'language-signed');
    await page.goto(made.signers[1].signing_url);
    await page.getByText(words.decline, { exact: true }).click();
    await page.getByLabel(words.declineLabel, { exact: true }).fill('No.');
    await page.getByRole('button', { name: words.declineNow, exact: true }).click();
    await panel.getByRole('heading', { name: words.declinedTitle }).waitFor();
    await sound(page, language, 'language-declined');
    await page.goto(`${running.url}/w/s/000000000000?t=x&lang=${language}`);
    await sound(page, language, 'language-invalid');
    expect(complaints).toEqual([]);
    // The mails that went out.
    const mails = await call(running, 'GET', `/w/outbox?lang=${language}`, { key: null });
    expect(Buffer.from(mails.bytes).toString()).toContain(words.outboxTitle);
  });

  test.each(LANGUAGES)('show a verdict in %s', async (language) => {
    const words = wordsOf(language);
    const { page, complaints } = await newPage({ ...PHONE, viewport: { width: 320, height: 700 }, locale: LOCALES[language] });
    await page.goto(`${running.url}/validate`);
    await sound(page, language, 'language-validate');
    await page.getByLabel(words.chooseFile).setInputFiles({ name: 'a.pdf', mimeType: 'application/pdf', buffer: Buffer.from(PDF) });
    await page.getByRole('button', { name: words.validate, exact: true }).click();
    await page.getByRole('heading', { level: 1, name: words.verdict.none }).waitFor();
    await sound(page, language, 'language-verdict');
    expect(complaints).toEqual([]);
  });

  test('are chosen from a menu, by the keyboard, and stay chosen', async () => {
    const made = await create('en');
    const { page } = await newPage({ ...PHONE, locale: 'en-GB' });
    await page.goto(made.signers[0].signing_url);
    await page.locator('.languages summary').press('Enter');
    expect(await page.locator('.languages a').allInnerTexts()).toEqual(LANGUAGES.slice(1).map((language) => LANGUAGE_NAMES[language]));
    await look(page, 'language-menu');
    await page.getByRole('link', { name: 'Polski' }).press('Enter');
    await page.getByRole('button', { name: 'Wyślij kod' }).click();
    await page.getByText('Wysłaliśmy kod na adres a•••@example.com').waitFor();
  });
});
