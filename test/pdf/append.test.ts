import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Bytes, equal } from '../../src/base/bytes.ts';
import { Fault } from '../../src/base/fault.ts';
import { fromLatin1, latin1 } from '../../src/base/text.ts';
import { addAppearance, boxOnPage } from '../../src/pdf/appearance.ts';
import { add, patch, put, serializeUpdate, startUpdate, type Update, updatedBytes, updatedSource } from '../../src/pdf/append.ts';
import { changeCatalog } from '../../src/pdf/catalog.ts';
import { openPdf, type PdfDocument, resolve } from '../../src/pdf/document.ts';
import { securityStoreHistory } from '../../src/pdf/dss.ts';
import { formFields, signatureFields, straySignatures, widgetPage } from '../../src/pdf/field.ts';
import { addSignatureField, fillSignatureField } from '../../src/pdf/form.ts';
import {
  array,
  dict,
  entry,
  integer,
  isKind,
  isName,
  literalString,
  name,
  type PdfObject,
  raw,
  ref,
  streamOf,
} from '../../src/pdf/object.ts';
import { pageAt, pageCount } from '../../src/pdf/page.ts';
import { revisions, writtenBy } from '../../src/pdf/revision.ts';
import { crc32, deflate } from '../../src/platform/deflate.ts';
import { generatePdf, recipeArbitrary, type Style } from './generate.ts';

const STYLES: Style[] = ['table', 'stream', 'object-stream', 'hybrid'];

const opened = (bytes: Bytes): PdfDocument => {
  const result = openPdf(bytes);
  if (!result.ok) throw new Error(result.malformed.reason);
  return result.value;
};

/** The code of the fault that a step ends with. */
const codeOf = (step: () => unknown): string | null => {
  try {
    step();
  } catch (error) {
    if (error instanceof Fault) return error.code;
    throw error;
  }
  return null;
};

/** What a signer does: room for /ByteRange and /Contents, both set once the places are known. */
function signed(update: Update, value: PdfObject, place: (signature: ReturnType<typeof ref>) => void): Bytes {
  const signature = add(
    update,
    dict({
      Type: name('Sig'),
      Filter: name('Adobe.PPKLite'),
      SubFilter: name('ETSI.CAdES.detached'),
      M: literalString(latin1("D:20240102030405+01'00'")),
      Reason: value,
      ByteRange: raw(latin1(' '.repeat(60)), 'ByteRange'),
      Contents: raw(latin1(`<${'0'.repeat(64)}>`), 'Contents'),
      Reference: array([dict({ TransformMethod: name('DocMDP'), TransformParams: dict({ P: integer(2), V: name('1.2') }) })]),
    }),
  );
  place(signature);
  const updated = serializeUpdate(update, { id: latin1('0123456789abcdef') });
  const hole = updated.marks.get('Contents');
  if (hole === undefined) throw new Error('no mark');
  patch(updated, 'ByteRange', latin1(`[0 ${hole.start} ${hole.end} ${updated.size - hole.end}]`));
  return updatedBytes(updated);
}

describe('an update', () => {
  it('leaves every octet of the file, keeps its style, and reads back', async () => {
    await fc.assert(
      fc.asyncProperty(
        recipeArbitrary,
        fc.array(fc.uint8Array({ maxLength: 30 }), { minLength: 1, maxLength: 4 }),
        async (recipe, contents) => {
          const { bytes, ends } = generatePdf(recipe);
          const update = startUpdate(opened(bytes));
          const added = contents.map((content) => add(update, streamOf(dict({}), content)));
          put(update, ref(3), dict({ Type: name('Page'), Parent: ref(2), Rotate: integer(90) }));
          const updated = serializeUpdate(update);
          const whole = updatedBytes(updated);
          expect(equal(whole.subarray(0, bytes.length), bytes)).toBe(true);
          expect(equal(updatedSource(updated).read(0, updated.size), whole)).toBe(true);
          expect(equal(updatedSource(updated).read(bytes.length - 3, 10), whole.subarray(bytes.length - 3, bytes.length + 7))).toBe(true);
          const document = opened(whole);
          const all = revisions(document);
          expect(document.rebuilt).toBe(false);
          expect(all.length).toBe(ends.length + 1);
          expect(all.at(-1)?.xref).toBe(recipe.style === 'table' || recipe.style === 'hybrid' ? 'table' : 'stream');
          const { written } = writtenBy(document, all.at(-1) as (typeof all)[number]);
          for (const { num } of [...added, ref(3)]) expect(written.has(num)).toBe(true);
          expect(pageAt(document, 0)).toMatchObject({ value: { rotate: 90, mediaBox: [0, 0, 200, 300] } });
          added.forEach((target, i) => {
            expect(resolve(document, target)).toMatchObject({ kind: 'stream', length: (contents[i] as Bytes).length });
          });
        },
      ),
      { numRuns: 100 },
    );
  });

  it('is refused on a signed file whose cross-references were rebuilt', () => {
    const { bytes } = generatePdf({ style: 'table', pages: 1, revisions: [[null]] });
    const update = startUpdate(opened(bytes));
    addSignatureField(update, { name: 'Signed', value: add(update, dict({ Type: name('Sig') })) });
    const broken = latin1(fromLatin1(updatedBytes(serializeUpdate(update))).replaceAll('startxref', 'startxxxx'));
    expect(codeOf(() => startUpdate(opened(broken)))).toBe('refused');
  });

  it('is refused on an encrypted file that was not opened', () => {
    const { bytes } = generatePdf({ style: 'table', pages: 1, revisions: [[null]] });
    const encrypted = latin1(fromLatin1(bytes).replace('/Root', '/Encrypt<</Filter/Standard/V 2/R 3>>/Root'));
    expect(codeOf(() => startUpdate(opened(encrypted)))).toBe('malformed-input');
  });

  it.each(['table', 'stream', 'object-stream', 'hybrid'] as const)(
    'lists every object of an unsigned file (%s) that had to be rebuilt',
    (style) => {
      const values = [integer(1), literalString(latin1('two'))];
      const objects = new Map([[1001, literalString(latin1('hidden'))]]);
      for (const prefix of ['', 'From: mail\r\n\r\n']) {
        const { bytes, firstPage } = generatePdf({ style, pages: 2, revisions: [[null], values], prefix, objects });
        const broken = opened(latin1(fromLatin1(bytes).replaceAll('startxref', 'startxxxx')));
        expect(broken.rebuilt).toBe(true);
        const update = startUpdate(broken);
        const added = add(update, literalString(latin1('added')));
        const whole = updatedBytes(serializeUpdate(update, { id: latin1('0123456789abcdef') }));
        const document = opened(whole);
        expect([document.rebuilt, revisions(document).length, document.shift]).toEqual([false, 1, prefix.length]);
        for (const num of [firstPage, firstPage + 1, firstPage + 2, firstPage + 3, 1001])
          expect(resolve(document, ref(num))).toEqual(resolve(broken, ref(num)));
        expect(resolve(document, added)).toMatchObject({ bytes: latin1('added') });
      }
    },
  );

  it('refuses a patch that is longer than its place', () => {
    const update = startUpdate(opened(generatePdf({ style: 'table', pages: 1, revisions: [[null]] }).bytes));
    add(update, raw(latin1('12345'), 'here'));
    const updated = serializeUpdate(update);
    expect(() => patch(updated, 'here', latin1('123456'))).toThrow(Fault);
    expect(() => patch(updated, 'there', latin1('1'))).toThrow(Fault);
  });
});

describe('a signature field', () => {
  const forms: [string, Record<string, PdfObject>, [number, PdfObject][]][] = [
    ['no form', {}, []],
    ['a form in the catalogue', { AcroForm: dict({ Fields: array([]) }) }, []],
    ['a form of its own', { AcroForm: ref(1001) }, [[1001, dict({ Fields: array([]), DA: literalString(latin1('/Helv')) })]]],
    [
      'fields of their own',
      { AcroForm: ref(1001) },
      [
        [1001, dict({ Fields: ref(1002) })],
        [1002, array([])],
      ],
    ],
    ['a form that is missing', { AcroForm: ref(1099) }, []],
  ];
  const cases = STYLES.flatMap((style) => forms.map(([what, catalog, objects]) => [style, what, catalog, objects] as const));

  it.each(cases)('is added and covers the file: %s, %s', (style, _, catalog, objects) => {
    const { bytes } = generatePdf({ style, pages: 2, revisions: [[null]], catalog, objects: new Map(objects) });
    const update = startUpdate(opened(bytes));
    const whole = signed(update, literalString(latin1('because')), (value) => addSignatureField(update, { name: 'Sig1', value, page: 1 }));
    const document = opened(whole);
    const [field, ...others] = signatureFields(document);
    expect(others).toEqual([]);
    expect(field).toMatchObject({
      name: 'Sig1',
      signature: {
        subFilter: 'ETSI.CAdES.detached',
        reason: 'because',
        claimedTime: Date.UTC(2024, 0, 2, 2, 4, 5),
        revision: 1,
        coversRevision: true,
        coverage: { valid: true, problems: [], coversWholeFile: true },
        references: [{ transformMethod: 'DocMDP', parameters: { permissions: 2 } }],
      },
    });
    expect(field?.signature?.contents?.bytes.length).toBe(32);
    expect(field?.widgets.map((widget) => widgetPage(document, widget))).toEqual([1]);
    expect(straySignatures(document, signatureFields(document))).toEqual([]);
    judgeByQpdf(whole);
  });

  it('that is empty is filled, once', () => {
    const { bytes } = generatePdf({ style: 'object-stream', pages: 1, revisions: [[null]] });
    const first = startUpdate(opened(bytes));
    addSignatureField(first, { name: 'Empty', value: null, rectangle: [10, 10, 110, 60] });
    const prepared = updatedBytes(serializeUpdate(first));
    expect(signatureFields(opened(prepared))).toMatchObject([{ name: 'Empty', signature: null }]);
    const second = startUpdate(opened(prepared));
    const whole = signed(second, null, (value) => fillSignatureField(second, 'Empty', value));
    expect(signatureFields(opened(whole))).toMatchObject([{ name: 'Empty', signature: { revision: 2, coverage: { valid: true } } }]);
    const third = startUpdate(opened(whole));
    expect(codeOf(() => fillSignatureField(third, 'Empty', ref(1)))).toBe('refused');
    expect(codeOf(() => fillSignatureField(third, 'Other', ref(1)))).toBe('bad-option');
    expect(codeOf(() => addSignatureField(third, { name: 'Empty', value: null }))).toBe('refused');
    expect(codeOf(() => addSignatureField(third, { name: 'More', value: null, page: 7 }))).toBe('bad-option');
  });

  it('below other fields has its full name, and loops among fields end', () => {
    const objects = new Map<number, PdfObject>([
      [1001, dict({ T: literalString(latin1('a')), FT: name('Sig'), Kids: array([ref(1002), ref(1001), ref(1003)]) })],
      [1002, dict({ T: literalString(latin1('b')), V: dict({ Type: name('Sig') }) })],
      [1003, dict({ T: literalString(latin1('c')), FT: name('Tx'), Kids: array([dict({ Rect: array([0, 0, 1, 1].map(integer)) })]) })],
    ]);
    const catalog = { AcroForm: dict({ Fields: array([ref(1001)]) }) };
    const document = opened(generatePdf({ style: 'table', pages: 1, revisions: [[null]], catalog, objects }).bytes);
    expect(formFields(document).map(({ name: full, type }) => [full, type])).toEqual([
      ['a.b', 'Sig'],
      ['a.c', 'Tx'],
    ]);
    expect(signatureFields(document)[0]?.signature).toMatchObject({ contents: null, byteRange: null, coverage: { valid: false } });
  });
});

describe('a visible signature', () => {
  it.each([0, 90, 180, 270])('has an appearance with text and picture on a page turned by %d', (rotate) => {
    const { bytes } = generatePdf({ style: 'stream', pages: 1, revisions: [[null]] });
    const update = startUpdate(opened(bytes));
    put(update, ref(3), dict({ Type: name('Page'), Parent: ref(2), Rotate: integer(rotate) }));
    const page = pageAt(opened(updatedBytes(serializeUpdate(update))), 0);
    if (!page.ok) throw new Error('no page');
    const rectangle = boxOnPage(page.value, 10, 20, 100, 40);
    expect(rectangle.every((side, i) => side >= 0 && side <= (i % 2 === 0 ? 200 : 300))).toBe(true);
    const [width, height] = [rectangle[2] - rectangle[0], rectangle[3] - rectangle[1]];
    const appearance = addAppearance(update, {
      width,
      height,
      rotate,
      lines: ['Signed by (Zo\u00eb)', '\u20ac 5 \u2013 ok'],
      image: png(6),
    });
    const whole = signed(update, null, (value) => addSignatureField(update, { name: 'Seen', value, rectangle, appearance }));
    expect(signatureFields(opened(whole))[0]?.widgets[0]?.rectangle).toEqual(rectangle);
    judgeByQpdf(whole);
  });

  it.each([0, 2, 3, 4, 6])('takes a PNG of colour type %d', (colorType) => {
    const update = startUpdate(opened(generatePdf({ style: 'table', pages: 1, revisions: [[null]] }).bytes));
    addAppearance(update, { width: 50, height: 50, image: png(colorType) });
    const images = [...update.objects.values()].filter(
      ({ value }) => isKind(value, 'stream') && isName(entry(value.dict, 'Subtype'), 'Image'),
    );
    expect(images.length).toBe(colorType >= 4 ? 2 : 1);
  });

  it.each<[string, () => Parameters<typeof addAppearance>[1], string]>([
    ['characters that the font has not', () => ({ width: 9, height: 9, lines: ['\u0416'] }), 'unsupported'],
    ['a picture of another kind', () => ({ width: 9, height: 9, image: latin1('GIF89a') }), 'unsupported'],
    ['a PNG that is cut short', () => ({ width: 9, height: 9, image: png(2).subarray(0, 45) }), 'malformed-input'],
    ['an interlaced PNG', () => ({ width: 9, height: 9, image: png(2, 1) }), 'unsupported'],
    ['a JPEG without a frame', () => ({ width: 9, height: 9, image: Uint8Array.of(0xff, 0xd8, 0xff, 0xd9) }), 'malformed-input'],
    ['a box without area', () => ({ width: 0, height: 9 }), 'bad-option'],
  ])('refuses %s', (_, appearance, code) => {
    const update = startUpdate(opened(generatePdf({ style: 'table', pages: 1, revisions: [[null]] }).bytes));
    expect(codeOf(() => addAppearance(update, appearance()))).toBe(code);
  });
});

it('the security store is told for each revision, and each stream has its first one', () => {
  const { bytes } = generatePdf({ style: 'stream', pages: 1, revisions: [[null]] });
  const first = startUpdate(opened(bytes));
  const one = add(first, streamOf(dict({ Filter: name('FlateDecode') }), deflate(latin1('certificate'))));
  changeCatalog(first, { DSS: dict({ Certs: array([one]), VRI: dict({ AB12: dict({ Cert: array([one]) }) }) }) });
  const second = startUpdate(opened(updatedBytes(serializeUpdate(first))));
  const two = add(second, streamOf(dict({}), latin1('crl')));
  changeCatalog(second, { DSS: dict({ Certs: array([one, ref(9999)]), CRLs: array([two]) }) });
  const history = securityStoreHistory(opened(updatedBytes(serializeUpdate(second))));
  expect(history.map(({ revision, store }) => [revision, store.certificates.length, store.crls.length, store.vri.size])).toEqual([
    [1, 1, 0, 1],
    [2, 1, 1, 0],
  ]);
  expect(history[1]?.store.certificates[0]).toMatchObject({ revision: 1, bytes: { ok: true, value: latin1('certificate') } });
  expect(history[1]?.store.crls[0]).toMatchObject({ revision: 2 });
});

it('an update of a page keeps the count of pages', () => {
  const update = startUpdate(opened(generatePdf({ style: 'hybrid', pages: 4, revisions: [[null]] }).bytes));
  addSignatureField(update, { name: 'S', value: null, page: 3 });
  expect(pageCount(opened(updatedBytes(serializeUpdate(update))))).toMatchObject({ value: { told: 4, walked: 4 } });
});

/** A picture of 2 by 2 samples. */
function png(colorType: number, interlace = 0): Bytes {
  const channels = [1, 0, 3, 1, 2, 0, 4][colorType] as number;
  const rows = Array.from({ length: 2 }, (_, row) => [
    row === 0 ? 0 : 4,
    ...Array.from({ length: 2 * channels }, (_, i) => (colorType === 3 ? i % 2 : 40 * i)),
  ]);
  const chunk = (type: string, content: readonly number[]): number[] => {
    const body = [...latin1(type), ...content];
    const sum = crc32(Uint8Array.from(body));
    return [...octets(content.length), ...body, ...octets(sum)];
  };
  const palette = colorType === 3 ? chunk('PLTE', [255, 0, 0, 0, 0, 255]) : [];
  return Uint8Array.from([
    ...[0x89, 0x50, 0x4e, 0x47, 13, 10, 26, 10],
    ...chunk('IHDR', [...octets(2), ...octets(2), 8, colorType, 0, 0, interlace]),
    ...palette,
    ...chunk('IDAT', [...deflate(Uint8Array.from(rows.flat()))]),
    ...chunk('IEND', []),
  ]);
}

const octets = (value: number): number[] => [(value >>> 24) & 255, (value >>> 16) & 255, (value >>> 8) & 255, value & 255];

const QPDF = spawnSync('qpdf', ['--version']).status === 0;
if (!QPDF) console.log('qpdf is not installed: updated files are not checked by it');

function judgeByQpdf(bytes: Bytes): void {
  if (!QPDF) return;
  const folder = mkdtempSync(join(tmpdir(), 'adeskit-'));
  try {
    const file = join(folder, 'updated.pdf');
    writeFileSync(file, bytes);
    const result = spawnSync('qpdf', ['--check', file], { encoding: 'utf8' });
    expect(`${result.stdout}${result.stderr}`).not.toMatch(/WARNING/);
    expect(result.status).toBe(0);
  } finally {
    rmSync(folder, { recursive: true });
  }
}
