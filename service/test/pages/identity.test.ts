/** The steps before signing in Chromium: numbers, pictures from files and from the camera, codes by every channel, logins; and who does not sign. */
import { createServer } from 'node:http';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { plainPdf } from '../../../scripts/plain-pdf.ts';
import { createKey, createTenant } from '../../src/domain/keys.ts';
import type { Mode } from '../../src/domain/model.ts';
import { linkOf } from '../../src/domain/signers.ts';
import { greyJpeg } from '../../src/identity/jpeg.ts';
import { CLIENT, type OpenId, SECRET, startOpenId } from '../support/openid.ts';
import { call, endAfterTests, eventually, formOf, type Running, startRunning } from '../support/running.ts';
import { closeAfterTests, HAS_CHROMIUM, look, newPage, PHONE, picture } from './browser.ts';

endAfterTests();
closeAfterTests();

const PDF = plainPdf({ title: 'Empréstimo', pages: [['# Cédula de crédito', '', 'O emitente pagará 1.200,00 reais em doze parcelas.']] });
const photo = (name: string, shade: string) => ({
  name,
  mimeType: 'image/jpeg',
  buffer: Buffer.from(greyJpeg([`${shade}9${shade}`, `9${shade}9`])),
});
const FACE = photo('face.jpg', '3');
const FRONT = photo('front.jpg', '5');
const BACK = photo('back.jpg', '7');

describe.skipIf(!HAS_CHROMIUM)('before signing', () => {
  let running: Running;
  let openId: OpenId;
  let keys: Record<`${'qis' | 'qsk'}_${Mode}`, string>;
  beforeAll(async () => {
    openId = await startOpenId();
    running = await startRunning('sqlite', {
      ...{ jobPollMs: 100, frameAncestors: ['http://127.0.0.1:*'], outbox: true, smsGatewayUrl: 'http://127.0.0.1:9' },
      oidc: { issuer: openId.issuer, clientId: CLIENT, clientSecret: SECRET, name: 'mojeID' },
    });
    openId.client(`${running.url}/w/login/return`);
    const { core } = running.service;
    const tenant = await createTenant(core, 'test', 'business');
    const made = await Promise.all(
      (['qis_test', 'qis_live', 'qsk_test', 'qsk_live'] as const).map(async (name) => {
        const mode = name.endsWith('live') ? 'live' : 'test';
        return [name, await createKey(core, { tenant, mode }, `${name}_`, 'test')] as const;
      }),
    );
    keys = Object.fromEntries(made) as typeof keys;
  });
  afterAll(() => openId.close());

  let counted = 0;
  const qi = (mode: Mode) => (method: string, path: string, body?: unknown) =>
    call(running, method, `/sign${path}`, {
      key: null,
      headers: { authorization: keys[`qis_${mode}`] },
      ...(body !== undefined && { body }),
    });
  /** An envelope with one signer, and their link. */
  const envelope = async (mode: Mode, more: object = {}, before: (id: string) => Promise<void> = async () => undefined) => {
    const id = `ccb-${++counted}`;
    const send = qi(mode);
    const signer = {
      ...{ id: '1', name: 'João da Silva', email: 'joao@example.com', birthdate: '1992-09-15', document_number: '111.111.111-11' },
      phone: { international_dial_code: '55', area_code: '11', number: '988878722' },
      ...{ document_submission_method: 'email', authentication_submission_method: 'sms', ...more },
    };
    const day = new Date(Date.now() + 9 * 86_400_000).toISOString().slice(0, 10);
    expect((await send('POST', '/envelope', { id, subject: 'CCB', expiration_date: day, signers: [signer] })).status).toBe(201);
    await send('POST', `/envelope/${id}/document`, {
      document_b64: Buffer.from(PDF).toString('base64'),
      name: 'CCB',
      document_type: 'pdf',
    });
    await before(id);
    expect((await send('PATCH', `/envelope/${id}`, { status: 'submitted' })).status).toBe(200);
    const { json } = await send('GET', `/envelope/${id}`);
    return { id, link: json.signers[0].signature_url as string };
  };
  const heading = (page: Page, name: string | RegExp) => page.locator('#panel').getByRole('heading', { name }).waitFor();
  const fits = async (page: Page) => expect(await page.evaluate('document.documentElement.scrollWidth <= innerWidth')).toBe(true);
  const signPt = async (page: Page) => {
    await page.getByLabel('Declaro que li o documento').check();
    await page.getByRole('button', { name: 'Assinar', exact: true }).click();
    await heading(page, /Você assinou|Assinado por todos/);
  };
  const bytesAt = async (url: string) => Buffer.from(await (await fetch(url)).arrayBuffer());

  test('pictures are taken as files on a telephone, checked, kept, and given to the sender', async () => {
    const { id, link } = await envelope('test');
    const { page, complaints } = await newPage({ ...PHONE, locale: 'pt-BR' });
    await page.goto(link);
    await heading(page, 'Confirme sua identidade');
    await page.locator('#viewer .sheet canvas').first().waitFor();
    await look(page, 'pictures-phone-pt', true);
    await fits(page);
    await page.locator('#panel').scrollIntoViewIfNeeded();
    await page.locator('#panel h2').evaluate('(node) => node.scrollIntoView()');
    await picture(page, 'identity-page-phone');
    await page.getByLabel('Seu rosto', { exact: true }).setInputFiles(FACE);
    await page.getByLabel('Documento de identidade, frente', { exact: true }).setInputFiles(FRONT);
    await page.getByLabel('Documento de identidade, verso', { exact: true }).setInputFiles(BACK);
    await page.locator('.picture img:not([hidden])').nth(2).waitFor();
    await page.getByLabel('Número do documento').fill('222.222.222-22');
    await look(page, 'pictures-chosen-phone-pt', true);
    await page.getByRole('button', { name: 'Enviar para verificação' }).click();
    await page.getByText('O número não corresponde').waitFor();
    expect(await page.evaluate('document.activeElement?.id')).toBe('number');
    // What has arrived is not asked for again.
    expect(await page.getByText('Recebemos esta foto').count()).toBe(3);
    await look(page, 'pictures-wrong-number-phone-pt', true);
    await page.getByLabel('Número do documento').fill('111 111 111 11');
    await page.getByRole('button', { name: 'Enviar para verificação' }).click();
    await heading(page, 'Ler e assinar');
    await fits(page);
    await signPt(page);
    expect(complaints).toEqual([]);
    const face = await qi('test')('GET', `/envelope/${id}/signer/1/face`);
    expect((await bytesAt(face.json.face_image_url)).equals(FACE.buffer)).toBe(true);
    const { json } = await qi('test')('GET', `/envelope/${id}/signer/1/personal_document`);
    expect((await bytesAt(json.document_front_url)).equals(FRONT.buffer)).toBe(true);
    expect((await bytesAt(json.document_back_url)).equals(BACK.buffer)).toBe(true);
    await eventually(async () => (await qi('test')('GET', `/envelope/${id}`)).json.status === 'completed', 'it is complete');
  });

  test('what the sender has sent is not asked for again', async () => {
    const { link } = await envelope('test', {}, async (id) => {
      for (const template of ['rg_front', 'rg_back'])
        await qi('test')('POST', `/envelope/${id}/signer/1/personal_document`, { document_b64: FRONT.buffer.toString('base64'), template });
    });
    const { page } = await newPage({ locale: 'pt-BR' });
    await page.goto(link);
    expect(await page.locator('.picture .kept').count()).toBe(2);
    await page.getByLabel('Número do documento').fill('11111111111');
    await page.getByLabel('Seu rosto', { exact: true }).setInputFiles(FACE);
    await page.getByRole('button', { name: 'Enviar para verificação' }).click();
    await heading(page, 'Ler e assinar');
  });

  test('pictures are taken with the camera, by the keyboard alone', async () => {
    const { link } = await envelope('test');
    const { page, complaints } = await newPage({ locale: 'en-GB', permissions: ['camera'] });
    await page.goto(`${link}&lang=en`);
    await page.locator('#viewer .sheet canvas').first().waitFor();
    const focused = () =>
      page.evaluate<string>("document.activeElement?.getAttribute('aria-label') ?? document.activeElement?.textContent?.trim() ?? ''");
    const tabTo = async (name: string) => {
      for (let step = 0; step < 30; step++) {
        if ((await focused()) === name) return;
        await page.keyboard.press('Tab');
      }
      throw new Error(`the keyboard does not get to ${name}`);
    };
    await page.keyboard.press('Tab');
    await page.keyboard.press('Enter');
    await page.keyboard.press('Tab');
    await page.keyboard.type('11111111111');
    for (const [index, name] of ['Your face', 'Identity document, front', 'Identity document, back'].entries()) {
      await tabTo(`Use the camera: ${name}`);
      await page.keyboard.press('Enter');
      await page.locator('.camera video').waitFor();
      await eventually(async () => (await focused()) === 'Take the picture', 'the button has the focus');
      await page.waitForFunction("document.querySelector('.camera video')?.videoWidth > 0");
      if (index === 0) await look(page, 'camera');
      await page.keyboard.press('Enter');
      await page.locator('.picture img:not([hidden])').nth(index).waitFor();
      expect(await page.locator('.camera').count()).toBe(0);
    }
    await tabTo('Send for checking');
    await page.keyboard.press('Enter');
    await heading(page, 'Read and sign');
    expect(await focused()).toContain('Your identity is confirmed');
    expect(complaints).toEqual([]);
  });

  test('without a camera there are files; what is no picture is refused', async () => {
    const { link } = await envelope('test');
    const { page } = await newPage({ locale: 'de-DE', permissions: [] });
    await page.goto(`${link}&lang=de`);
    await page.evaluate("navigator.mediaDevices.getUserMedia = () => Promise.reject(new Error('none'))");
    await page.getByRole('button', { name: 'Kamera benutzen: Ihr Gesicht' }).click();
    await page.getByText('Die Kamera kann nicht benutzt werden').waitFor();
    await page.getByLabel('Nummer des Ausweisdokuments').fill('111.111.111-11');
    await page
      .getByLabel('Ihr Gesicht', { exact: true })
      .setInputFiles({ name: 'a.jpg', mimeType: 'image/jpeg', buffer: Buffer.alloc(100, 'GIF89a') });
    await page.getByLabel('Ausweisdokument, Vorderseite', { exact: true }).setInputFiles(FRONT);
    await page.getByLabel('Ausweisdokument, Rückseite', { exact: true }).setInputFiles(BACK);
    await page.getByRole('button', { name: 'Zur Prüfung senden' }).click();
    await page.getByText('kein Bild im JPEG-Format').waitFor();
    await look(page, 'pictures-refused-de', true);
  });

  test('test mode lends pictures, and works without scripts', async () => {
    const { id, link } = await envelope('test');
    const { page } = await newPage({ locale: 'pt-BR', javaScriptEnabled: false });
    await page.goto(link);
    await page.getByLabel('Número do documento').fill('111.111.111-11');
    await page.getByRole('button', { name: 'Usar fotos de exemplo' }).click();
    await heading(page, 'Ler e assinar');
    const { json } = await qi('test')('GET', `/envelope/${id}/signer/1/face`);
    expect((await bytesAt(json.face_image_url)).subarray(0, 3).toString('hex')).toBe('ffd8ff');
    const files = await envelope('test');
    await page.goto(files.link);
    await page.getByLabel('Número do documento').fill('111.111.111-11');
    for (const [name, file] of [
      ['face', FACE],
      ['document-front', FRONT],
      ['document-back', BACK],
    ] as const)
      await page.locator(`#${name}`).setInputFiles(file);
    await page.getByRole('button', { name: 'Enviar para verificação' }).click();
    await heading(page, 'Ler e assinar');
  });

  test('a check that takes its time is told, and the page goes on by itself; one that fails locks the link', async () => {
    const slow = await envelope('test', { document_number: 'PENDING001' });
    const { page, complaints } = await newPage({ ...PHONE, locale: 'fr-FR' });
    // The page learns what has become of the check when it was looked at.
    const looked = Promise.withResolvers<void>();
    await page.route(/\/state\?/, async (route) => {
      await looked.promise;
      await route.continue();
    });
    await page.goto(`${slow.link}&lang=fr`);
    await page.getByLabel('Numéro de la pièce d’identité').fill('PENDING001');
    await page.getByRole('button', { name: 'Utiliser des photos d’exemple' }).click();
    await heading(page, 'Votre identité est en cours de vérification');
    await look(page, 'checking-phone-fr', true);
    await page.getByRole('button', { name: 'Actualiser' }).waitFor();
    looked.resolve();
    await heading(page, 'Lire et signer');
    const bad = await envelope('test', { document_number: 'LOWSCORE01' });
    await page.goto(`${bad.link}&lang=fr`);
    await page.getByLabel('Numéro de la pièce d’identité').fill('LOWSCORE01');
    await page.getByRole('button', { name: 'Utiliser des photos d’exemple' }).click();
    await heading(page, 'Ce lien est bloqué');
    await look(page, 'check-failed-phone-fr', true);
    expect(complaints).toEqual([]);
  });

  test('where nobody looks at pictures, the number comes first and a code by the channel that was asked for', async () => {
    const words = {
      email: 'O código foi enviado para j•••@example.com',
      sms: 'enviado por SMS para ••• 722',
      whatsapp: 'enviado por WhatsApp para ••• 722',
    };
    for (const [channel, text] of Object.entries(words)) {
      const { link } = await envelope('live', { authentication_submission_method: channel });
      const { page, complaints } = await newPage({ ...PHONE, locale: 'pt-BR' });
      await page.goto(link);
      await page.getByText('Etapa 1 de 3').waitFor();
      expect(await page.locator('input[type="file"]').count()).toBe(0);
      await page.getByLabel('Número do documento').fill('1');
      await page.getByRole('button', { name: 'Verificar' }).click();
      await page.getByText('O número não corresponde').waitFor();
      await page.getByLabel('Número do documento').fill('11111111111');
      await page.getByRole('button', { name: 'Verificar' }).click();
      await page.getByText('Etapa 2 de 3').waitFor();
      await page.getByRole('button', { name: 'Enviar código' }).click();
      await page.getByText(text).waitFor();
      await look(page, `code-${channel}-phone-pt`, true);
      const outbox = await page.context().newPage();
      await outbox.goto(`${running.url}/w/outbox?lang=pt`);
      const code = /\b(\d{6})\b/.exec(await outbox.locator('article pre').first().innerText())?.[1] ?? '';
      await outbox.close();
      await page.getByLabel('Código', { exact: true }).fill(code);
      await page.getByRole('button', { name: 'Confirmar' }).click();
      await page.getByText('Etapa 3 de 3').waitFor();
      await signPt(page);
      expect(complaints).toEqual([]);
    }
  });

  test('an approver approves, a reviewer reads, a signer signs', async () => {
    const person = (name: string, more: object) => ({ name, email: `${name.toLowerCase()}@example.com`, ...more });
    const recipientDetail = [
      person('Ann', { typeOfSignature: 'Approver', sequence: 1 }),
      person('Rex', { typeOfSignature: 'Reviewer', sequence: 1 }),
      person('Jane', { typeOfSignature: 'E-Signature', sequence: 2 }),
    ];
    const made = await call(running, 'POST', '/backend/othercompanyapi/document/recipients/create/', {
      key: keys.qsk_test,
      body: { documentDetails: { doc_url: 'https://example.com/nda.pdf', document_name: 'Mutual NDA' }, recipientDetail },
    });
    const { core } = running.service;
    const people = await core.store.db
      .selectFrom('signers')
      .innerJoin('requests', 'requests.id', 'signers.request_id')
      .select(['signers.id', 'signers.role'])
      .where('requests.ordinal', '=', made.json.quoqo_document_id)
      .execute();
    const linkFor = (role: string) => linkOf(core, { id: people.find((one) => one.role === role)?.id ?? '' });
    const approver = await newPage({ ...PHONE, locale: 'es-ES' });
    const reviewer = await newPage({ locale: 'pl-PL' });
    const signer = await newPage({ locale: 'en-GB' });
    await reviewer.page.goto(linkFor('viewer'));
    await heading(reviewer.page, 'Do Twojej wiadomości');
    await reviewer.page.locator('#viewer .sheet canvas').first().waitFor();
    expect(await reviewer.page.locator('#panel form').count()).toBe(0);
    await look(reviewer.page, 'reviewer-pl');
    await signer.page.goto(linkFor('signer'));
    await heading(signer.page, 'It is not your turn yet');
    await approver.page.goto(linkFor('approver'));
    await approver.page.getByText('se solicita su aprobación de este documento').waitFor();
    await approver.page.locator('#viewer .sheet canvas').first().waitFor();
    await look(approver.page, 'approver-phone-es', true);
    await fits(approver.page);
    await approver.page.getByLabel('He leído el documento y lo apruebo').check();
    await approver.page.getByRole('button', { name: 'Aprobar' }).click();
    await heading(approver.page, 'Ha aprobado el documento');
    await look(approver.page, 'approved-phone-es', true);
    await heading(signer.page, 'Read and sign');
    expect(await signer.page.locator('#signers').innerText()).toMatch(
      /Ann\s+approved[\s\S]*Rex\s+gets a copy[\s\S]*Jane \(you\)\s+not signed yet/,
    );
    await signer.page.getByLabel('I have read the document').check();
    await signer.page.getByRole('button', { name: 'Sign', exact: true }).click();
    await heading(signer.page, 'Signed by all');
    await heading(approver.page, 'Aprobado y firmado por todos');
    await heading(reviewer.page, 'Podpisany przez wszystkich');
    await reviewer.page.getByRole('link', { name: 'Pobierz podpisany dokument' }).waitFor();
    for (const { complaints } of [approver, reviewer, signer]) expect(complaints).toEqual([]);
  });

  const loginRequest = async () => {
    openId.next({ sub: 'jan', name: 'Jan Kowalski', birthdate: '1990-01-31' });
    const { live } = running.keys;
    const document = (await call(running, 'POST', '/v1/documents', { key: live, form: formOf(PDF, 'Umowa.pdf') })).json.id;
    const signers = [{ name: 'Jan Kowalski', email: 'jan@example.com', locale: 'pl-PL', identity_verification: { method: 'eidas_idp' } }];
    return (
      await call(running, 'POST', '/v1/signature-requests', { key: live, body: { document_id: document, signature_type: 'aes', signers } })
    ).json;
  };

  test('a signer logs in at an identity provider, by the keyboard, and comes back', async () => {
    const made = await loginRequest();
    const { page, complaints } = await newPage({ ...PHONE, locale: 'pl-PL' });
    await page.goto(made.signers[0].signing_url);
    await page.locator('#viewer .sheet canvas').first().waitFor();
    await look(page, 'login-phone-pl', true);
    await fits(page);
    openId.next(null);
    await page.getByRole('button', { name: 'Przejdź do mojeID' }).press('Enter');
    await page.getByText('Logowanie zostało przerwane').waitFor();
    await look(page, 'login-denied-phone-pl', true);
    openId.next({ sub: 'jan', name: 'Jan Kowalski', birthdate: '1990-01-31' });
    await page.getByRole('button', { name: 'Przejdź do mojeID' }).press('Enter');
    await page.getByText('Twoja tożsamość została potwierdzona').waitFor();
    await look(page, 'login-done-phone-pl', true);
    // The answer is not in the address: the page can be opened again.
    await page.reload();
    await page.getByLabel('Oświadczam, że zapoznałem(-am) się').check();
    await page.getByRole('button', { name: 'Podpisz', exact: true }).click();
    await heading(page, /Twój podpis został złożony|Podpisany przez wszystkich/);
    expect(complaints).toEqual([]);
  });

  test('in a frame the login opens beside it, and the frame goes on', async () => {
    const made = await loginRequest();
    const frame = `${made.signers[0].signing_url.split('?')[0]}?embed=${made.embed_token}`;
    const owner = createServer((_request, response) =>
      response
        .writeHead(200, { 'content-type': 'text/html' })
        .end(`<!doctype html><title>owner</title><iframe width="900" height="700" src="${frame}"></iframe>`),
    );
    await new Promise<void>((resolve) => owner.listen(0, '127.0.0.1', resolve));
    afterAll(() => void owner.close());
    const address = owner.address();
    const { page } = await newPage({ locale: 'pl-PL' });
    await page.goto(`http://127.0.0.1:${typeof address === 'object' && address !== null ? address.port : 0}/`);
    const inner = page.frameLocator('iframe');
    await inner.getByText('Logowanie otworzy się w nowej karcie').waitFor();
    const opened = page.context().waitForEvent('page');
    await inner.getByRole('button', { name: 'Przejdź do mojeID' }).click();
    const tab = await opened;
    await tab.getByRole('link', { name: 'Przejdź do mojeID' }).waitFor();
    await look(tab, 'login-onward-pl');
    await tab.getByRole('link', { name: 'Przejdź do mojeID' }).click();
    await tab.getByText('Twoja tożsamość została potwierdzona').waitFor();
    await inner.getByRole('heading', { name: 'Przeczytaj i podpisz' }).waitFor();
  });
});
