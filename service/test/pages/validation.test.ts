/** The public validation page in Chromium: what it says of signed, unsigned, changed, foreign and hostile files. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { sign } from 'adeskit';
import { createThrowAwayPki, type ThrowAwayPki } from 'adeskit/issuing';
import { beforeAll, describe, expect, test } from 'vitest';
import { plainPdf } from '../../../scripts/plain-pdf.ts';
import { call, endAfterTests, eventually, formOf, newFolder, type Running, startRunning } from '../support/running.ts';
import { closeAfterTests, HAS_CHROMIUM, look, newPage, PHONE, picture } from './browser.ts';

endAfterTests();
closeAfterTests();
const PLAIN = plainPdf({ title: 'Contract', pages: [['# Contract', '', 'Two sides agree.']] });

describe.skipIf(!HAS_CHROMIUM)('the validation page', () => {
  let running: Running;
  let folder: string;
  let signed: Uint8Array;
  let pki: ThrowAwayPki;
  const file = (name: string, bytes: Uint8Array): string => {
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, name), bytes);
    return join(folder, name);
  };

  beforeAll(async () => {
    folder = newFolder();
    pki = await createThrowAwayPki();
    file('root.der', pki.root);
    running = await startRunning('sqlite', { jobPollMs: 100, maximumUpload: 300_000, trust: folder });
    folder = newFolder();
    const id = (await call(running, 'POST', '/v1/documents', { form: formOf(PLAIN, 'Contract.pdf') })).json.id;
    const signers = [{ name: 'Ada Example', email: 'sign.success@qsignhub-test.io' }];
    const made = (await call(running, 'POST', '/v1/signature-requests', { body: { document_id: id, signature_type: 'aes', signers } }))
      .json;
    const ask = () => call(running, 'GET', `/v1/signature-requests/${made.id}`);
    await eventually(async () => (await ask()).json.status === 'completed', 'it is signed');
    signed = (await call(running, 'GET', `/v1/signature-requests/${made.id}/download`)).bytes;
  });

  const check = async (page: Awaited<ReturnType<typeof newPage>>['page'], path: string) => {
    await page.goto(`${running.url}/validate?lang=en`);
    await page.getByLabel('Signed file').setInputFiles(path);
    await page.getByRole('button', { name: 'Check' }).click();
    await page.waitForLoadState();
  };

  test('says that a signed file is valid, and shows the whole report in a frame without rights', async () => {
    const { page, complaints } = await newPage();
    await page.goto(`${running.url}/validate?lang=en`);
    await look(page, 'validation');
    await check(page, file('Contract.pdf', signed));
    await page.getByRole('heading', { level: 1, name: 'Valid', exact: true }).waitFor();
    expect(await page.locator('dl').first().innerText()).toContain('Ada Example');
    const report = page.frameLocator('iframe.report');
    await report.locator('h1').waitFor();
    // The report has its own style under the policy of the page.
    expect(await page.frames()[1]?.evaluate("getComputedStyle(document.querySelector('header.verdict')).display")).toBe('flex');
    await look(page, 'validation-valid', true);
    await page.setViewportSize({ width: 1100, height: 760 });
    await picture(page, 'validation-page');
    expect(await page.locator('iframe.report').getAttribute('sandbox')).toBe('');
    expect(complaints).toEqual([]);
  });

  test('says so in German, and on a telephone', async () => {
    const { page } = await newPage({ ...PHONE, locale: 'de-DE' });
    await page.goto(`${running.url}/validate`);
    await page.getByLabel('Signierte Datei').setInputFiles(file('Vertrag.pdf', signed));
    await page.getByRole('button', { name: 'Prüfen' }).click();
    await page.getByRole('heading', { level: 1, name: 'Gültig', exact: true }).waitFor();
    await look(page, 'validation-phone-de', true);
    expect(await page.evaluate('document.documentElement.scrollWidth <= innerWidth')).toBe(true);
  });

  test('tells files apart: changed, not signed, nothing to be checked, encrypted, too large, none', async () => {
    const { page } = await newPage();
    const changed = Uint8Array.from(signed);
    const at = Buffer.from(signed).indexOf('Two sides');
    changed[at] = 0x54 ^ 1;
    await check(page, file('changed.pdf', changed));
    await page.getByRole('heading', { level: 1, name: 'Not valid' }).waitFor();
    await look(page, 'validation-changed');
    await check(page, file('plain.pdf', PLAIN));
    await page.getByRole('heading', { level: 1, name: 'Not signed' }).waitFor();
    await look(page, 'validation-unsigned');
    await check(page, file('picture.bin', Buffer.from('GIF89a and nothing else')));
    await page.getByText('This is no file of a kind that can be checked').waitFor();
    await look(page, 'validation-unreadable');
    for (const kind of ['pdf-encryption', 'pdf-recipients']) {
      const encrypted = readFileSync(join(import.meta.dirname, `../../../vectors/${kind}/aes-256.pdf`));
      await check(page, file(`${kind}.pdf`, encrypted));
      await page.getByText('This PDF is encrypted').waitFor();
      const answer = await call(running, 'POST', '/v1/validate', { form: formOf(encrypted, 'a.pdf') });
      expect([answer.status, answer.json?.error?.code ?? answer.json]).toEqual([422, 'UNREADABLE_DOCUMENT']);
    }
    await check(page, file('large.pdf', Buffer.alloc(400_000, 1)));
    await page.getByText('The file is too large').waitFor();
    await check(page, file('<img src=x onerror=alert(1)>.pdf', Buffer.from('%PDF-1.7 broken')));
    await page.locator('h1').waitFor();
    expect(await page.locator('img').count()).toBe(0);
    const none = await fetch(`${running.url}/validate`, { method: 'POST' });
    expect([none.status, none.headers.get('content-type')]).toEqual([400, 'text/html; charset=utf-8']);
  });

  test('takes the document with a signature that lies beside it', async () => {
    const content = Buffer.from('what was signed');
    const { signer } = await pki.leaf();
    const signature = await sign(content, {
      format: 'cades',
      packaging: 'detached',
      signer,
      at: Date.now(),
      timestamps: pki.timestampAuthority,
    });
    const { page, complaints } = await newPage();
    const verdict = async (detached: Uint8Array) => {
      await page.goto(`${running.url}/validate?lang=en`);
      await page.getByLabel('Signed file').setInputFiles(file('contract.p7s', signature));
      await page.getByText('The signature is in a file of its own').click();
      await page.getByLabel('Document that was signed').setInputFiles(file('contract.txt', detached));
      await look(page, 'validation-detached');
      await page.getByRole('button', { name: 'Check' }).click();
      await page.locator('.verdict h1').waitFor();
      return [await page.locator('.verdict h1').innerText(), await page.locator('.signature dl').innerText()];
    };
    const [right, facts] = await verdict(content);
    // Whether the certificate was revoked is not known here: the signature fits, and that is all.
    expect(right).toBe('Not confirmed');
    expect(facts).not.toContain('HASH_FAILURE');
    const [wrong, reason] = await verdict(Buffer.from('something else'));
    expect([wrong, reason?.includes('HASH_FAILURE')]).toEqual(['Not valid', true]);
    expect(complaints).toEqual([]);
  });

  test('comes to no harm by hostile files', async () => {
    const hostile: readonly (readonly [string, Uint8Array])[] = [
      ['deep.xml', Buffer.from(`<?xml version="1.0"?>${'<a>'.repeat(60_000)}`)],
      ['entities.xml', Buffer.from('<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]><a>&b;</a>')],
      ['nested.pdf', Buffer.from(`%PDF-1.7\n1 0 obj ${'['.repeat(100_000)}\nstartxref 9 %%EOF`)],
      ['bomb.gz', gzipSync(Buffer.alloc(20_000_000))],
      ['der.p7s', Buffer.from('3084ffffffff0609', 'hex')],
    ];
    for (const [name, bytes] of hostile) {
      const answer = await fetch(`${running.url}/validate?lang=en`, { method: 'POST', body: formOf(bytes, name) });
      expect([name, answer.status < 500, /<h1>/.test(await answer.text())]).toEqual([name, true, true]);
    }
    expect((await fetch(`${running.url}/healthz`)).status).toBe(200);
  });

  test('takes a file that is dropped on it', async () => {
    const { page } = await newPage();
    await page.goto(`${running.url}/validate?lang=en`);
    await page.evaluate(
      `(() => { const data = new DataTransfer(); data.items.add(new File([Uint8Array.from(atob('${Buffer.from(PLAIN).toString('base64')}'), (c) => c.charCodeAt(0))], 'dropped.pdf'));
       document.querySelector('h1').dispatchEvent(new DragEvent('drop', { dataTransfer: data, bubbles: true, cancelable: true })); })()`,
    );
    await page.keyboard.press('Tab');
    await page.getByRole('button', { name: 'Check' }).press('Enter');
    await page.getByRole('heading', { level: 1, name: 'Not signed' }).waitFor();
    expect(await page.locator('.verdict').innerText()).toContain('dropped.pdf');
  });
});
