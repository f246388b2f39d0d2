/** What pages look like as signed and now: compared by pdfium, told in JSON and HTML; and the limits of that. */
import { PNG } from 'pngjs';
import { beforeAll, describe, expect, test } from 'vitest';
import { plainPdf } from '../../scripts/plain-pdf.ts';
import { latin1 } from '../../src/base/text.ts';
import type { Signer } from '../../src/crypto/signer.ts';
import { add, put } from '../../src/pdf/append.ts';
import { array, dict, integer, name, ref, streamOf } from '../../src/pdf/object.ts';
import { encodePng, isPdfiumInstalled, type PageRenderer, pdfiumRenderer } from '../../src/render/index.ts';
import { toHtml, toJson } from '../../src/report/index.ts';
import { sign } from '../../src/sign.ts';
import { validate } from '../../src/validate.ts';
import { comparePictures, visualChanges } from '../../src/validation/index.ts';
import type { Report } from '../../src/validation/report.ts';
import { filled, formPdf, updated } from '../pades/form-pdf.ts';
import { faultOf } from '../support/fault.ts';
import { memoryPki } from '../support/pki.ts';

const pki = memoryPki();
const AT = Date.now();
let signer: Signer;
beforeAll(async () => {
  signer = (await (await pki()).leaf('P-256')).signer;
});
const reportOn = async (document: Uint8Array): Promise<Report> => validate(document, { at: AT + 1000, trust: [(await pki()).root] });
const PDF = plainPdf({ title: 'Pages', pages: [['# Pay 100'], ['second'], ['third']] });

/** The content of page `n` (from 1) is another. */
const repainted = (document: Uint8Array, page: number, text: string): Uint8Array =>
  updated(document, (update) => put(update, ref(5 + 2 * page), streamOf(dict({}), latin1(`BT /F2 40 Tf 64 500 Td (${text}) Tj ET`))));

/** Pages of four grey pixels; what is drawn is in the first octets of the file. */
const pretend = (pages: number, paint: (document: Uint8Array, page: number) => number): PageRenderer => ({
  open: async (document) => ({
    pages,
    page: async (page) => ({
      width: 2,
      height: 2,
      rgba: Uint8Array.from({ length: 16 }, (_, i) => (i % 4 === 3 ? 255 : i < 4 ? paint(document, page) : 9)),
    }),
    close: async () => undefined,
  }),
});

describe('two pictures of a page', () => {
  const picture = (...grey: number[]) => ({
    width: 2,
    height: grey.length / 2,
    rgba: Uint8Array.from(grey.flatMap((value) => [value, value, value, 255])),
  });
  test.each([
    ['are the same', picture(1, 2, 3, 4), picture(1, 2, 3, 4), null],
    ['differ by rounding', picture(1, 2, 3, 4), picture(5, 2, 3, 4), null],
    [
      'differ in a pixel',
      picture(0, 0, 0, 0),
      picture(0, 0, 0, 99),
      { page: 7, changed: 0.25, area: { x: 0.5, y: 0.5, width: 0.5, height: 0.5 } },
    ],
    ['differ everywhere', picture(0, 0, 0, 0), picture(99, 99, 99, 99), { changed: 1, area: { x: 0, y: 0, width: 1, height: 1 } }],
    ['differ in size', picture(0, 0), picture(0, 0, 0, 0), { changed: 1 }],
  ])('%s', (_, before, now, expected) => {
    const difference = comparePictures(before, now, 7);
    if (expected === null) expect(difference).toBe(null);
    else expect(difference).toMatchObject(expected);
  });
});

test('as many pages as the limit allows are compared, and that the others were not is told', async () => {
  const document = repainted(await sign(PDF, { signer, at: AT }), 2, 'Pay 900');
  const report = await reportOn(document);
  const renderer = pretend(50, (bytes, page) => (page === 1 && bytes.length === document.length ? 200 : 0));
  const [change] = await visualChanges(document, report, { renderer, limits: { pages: 5 } });
  expect(change).toMatchObject({
    pagesBefore: 50,
    compared: 5,
    pages: [{ page: 2, changed: 0.25 }],
    problem: '45 more pages were not compared',
  });
  const [none] = await visualChanges(document, report, { renderer, limits: { octets: 10 } });
  expect(none).toMatchObject({ compared: 0, pages: [], problem: expect.stringMatching(/larger than 10 octets/) });
  const failing: PageRenderer = { open: pdfiumRendererOrNone };
  const [failed] = await visualChanges(document, report, { renderer: failing });
  expect(failed).toMatchObject({ compared: 0, problem: 'no' });
});
async function pdfiumRendererOrNone(): Promise<never> {
  const { Fault } = await import('../../src/base/fault.ts');
  throw new Fault('limit-exceeded', 'no');
}

test('nothing is compared where nothing followed that a page could show', async () => {
  const renderer: PageRenderer = { open: () => Promise.reject(new Error('asked')) };
  const document = await sign(PDF, { signer, at: AT });
  expect(await visualChanges(document, await reportOn(document), { renderer })).toEqual([]);
});

describe.skipIf(!isPdfiumInstalled())('by pdfium', () => {
  const renderer = isPdfiumInstalled() ? pdfiumRenderer({ timeout: 120_000 }) : pretend(0, () => 0);

  test('a page that was painted over is told with its share, and shown in red', async () => {
    const document = repainted(await sign(PDF, { signer, at: AT }), 1, 'Pay 900');
    const report = await reportOn(document);
    const visual = await visualChanges(document, report, { renderer });
    expect(visual).toMatchObject([{ pagesBefore: 3, pagesNow: 3, compared: 3, problem: null, pages: [{ page: 1 }] }]);
    const [page] = visual[0]?.pages ?? [];
    expect(page?.changed).toBeGreaterThan(0.005);
    expect(page?.changed).toBeLessThan(0.1);
    const [json] = toJson(report, { visual }).signatures;
    expect(json?.pdf?.visual).toMatchObject({ compared: 3, problem: null, pages: [{ page: 1, percent: expect.any(Number) }] });
    expect(toJson(report).signatures[0]?.pdf).not.toHaveProperty('visual');
    const html = toHtml(report, { visual });
    expect(html).toContain('img-src data:;');
    const [, encoded = ''] = /src="data:image\/png;base64,([^"]+)"/.exec(html) ?? [];
    const { width, height, data } = PNG.sync.read(Buffer.from(encoded, 'base64'));
    expect([width, height]).toEqual([page?.picture?.width, page?.picture?.height]);
    let red = 0;
    for (let i = 0; i < data.length; i += 4) if (data[i] === 200 && data[i + 1] === 20) red++;
    expect(red / (width * height)).toBeCloseTo(page?.changed ?? 0, 5);
    expect(toHtml(report)).not.toContain('img-src');
    expect(toHtml(report, { visual, language: 'de' })).toContain('Seite 1:');
  });

  test('a further visible signature shows where it was put, and a filled field where it is', async () => {
    const first = await sign(formPdf(), { signer, at: AT });
    const second = await sign(first, { signer, at: AT, visible: { page: 2, x: 60, y: 80, width: 200, height: 60 } });
    const [change] = await visualChanges(second, await reportOn(second), { renderer });
    expect(change?.pages).toMatchObject([{ page: 2 }]);
    const { x = 0, y = 0 } = change?.pages[0]?.area ?? {};
    expect(x * 595).toBeGreaterThan(59);
    expect((1 - y) * 842).toBeLessThan(141);
    const named = await visualChanges(filled(first, 'Name', 'Robert'), await reportOn(filled(first, 'Name', 'Robert')), { renderer });
    expect(named).toMatchObject([{ compared: 2, problem: null }]);
  });

  test('a page that is there only now is told, without a picture', async () => {
    const signed = await sign(PDF, { signer, at: AT });
    const longer = updated(signed, (update) => {
      const page = add(update, dict({ Type: name('Page'), Parent: ref(2), MediaBox: array([0, 0, 595, 842].map(integer)) }));
      put(update, ref(2), dict({ Type: name('Pages'), Count: integer(4), Kids: array([ref(6), ref(8), ref(10), page]) }));
    });
    const [change] = await visualChanges(longer, await reportOn(longer), { renderer });
    expect(change).toMatchObject({ pagesBefore: 3, pagesNow: 4, pages: [{ page: 4, changed: 1, picture: null }] });
  });

  test('what is no PDF, and a file that takes too long, are refused in time', async () => {
    expect(await faultOf(renderer.open(new Uint8Array(1000)))).toMatchObject({ code: 'malformed-input' });
    expect(await faultOf(pdfiumRenderer({ timeout: 1 }).open(PDF))).toMatchObject({
      code: 'limit-exceeded',
      message: expect.stringMatching(/longer than 1 ms/),
    });
    expect(await faultOf(pdfiumRenderer({ largestFile: 10 }).open(PDF))).toMatchObject({ code: 'limit-exceeded' });
    const opened = await renderer.open(PDF);
    expect(await faultOf(opened.page(99, 1000))).toMatchObject({ code: 'bad-option' });
    await opened.close();
    expect(await faultOf(opened.page(0, 1000))).toMatchObject({ code: 'bad-option' });
  });
});

test('pictures become PNG files that others read, with and without transparency', () => {
  for (const opacity of [255, 100]) {
    const rgba = Uint8Array.from({ length: 5 * 7 * 4 }, (_, i) => (i % 4 === 3 ? opacity : (i * 37) % 256));
    const { width, height, data } = PNG.sync.read(Buffer.from(encodePng({ width: 5, height: 7, rgba })));
    expect([width, height, new Uint8Array(data)]).toEqual([5, 7, rgba]);
  }
});
