import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Bytes, equal, indexOf } from '../../src/base/bytes.ts';
import type { Source } from '../../src/base/source.ts';
import { fromLatin1, latin1 } from '../../src/base/text.ts';
import { add, serializeUpdate, startUpdate, updatedBytes } from '../../src/pdf/append.ts';
import { catalogOf, loadObject, openPdf, type PdfDocument, resolve } from '../../src/pdf/document.ts';
import { securityStoreHistory } from '../../src/pdf/dss.ts';
import { signatureFields, straySignatures } from '../../src/pdf/field.ts';
import { encodedBytes, isKind, literalString, type PdfObject, ref } from '../../src/pdf/object.ts';
import { pageAt, pageCount, pageIndexOf } from '../../src/pdf/page.ts';
import { documentAt, lastWrittenIn, revisionReaching, revisions, writtenBy } from '../../src/pdf/revision.ts';
import { type GeneratedPdf, generatePdf, objectArbitrary, recipeArbitrary, type Style } from './generate.ts';

const opened = (document: Bytes | Source): PdfDocument => {
  const result = openPdf(document);
  if (!result.ok) throw new Error(result.malformed.reason);
  return result.value;
};

/** A source that hands out copies, as a file does. */
const copying = (bytes: Bytes): Source => ({
  size: bytes.length,
  read: (offset, length) => bytes.slice(offset, offset + length),
  readInto: (offset, target) => {
    const there = bytes.subarray(offset, offset + target.length);
    target.set(there);
    return there.length;
  },
});

/** Values without the places that parsing adds. */
const plain = (value: PdfObject): unknown => {
  if (isKind(value, 'stream')) return { stream: fromLatin1(encodedBytes(value)), marker: value.dict.entries.get('Marker') };
  return JSON.parse(
    JSON.stringify(value, (key, item) => (key === 'start' || key === 'end' ? undefined : item instanceof Map ? [...item] : item)),
  );
};

function expectValues(document: PdfDocument, pdf: GeneratedPdf, upTo: number): void {
  const latest = new Map(pdf.written.slice(0, upTo + 1).flatMap((map) => [...map]));
  for (const [num, value] of latest) {
    const loaded = loadObject(document, ref(num));
    expect(loaded.ok && loaded.value !== null && plain(loaded.value.value)).toEqual(plain(value));
  }
}

describe('a file of any style', () => {
  it('opens with its pages, its revisions and every object as it was written', () => {
    fc.assert(
      fc.property(recipeArbitrary, fc.boolean(), (recipe, inMemory) => {
        const pdf = generatePdf(recipe);
        const document = opened(inMemory ? pdf.bytes : copying(pdf.bytes));
        expect(document.rebuilt).toBe(false);
        expect(pageCount(document)).toEqual({ ok: true, value: { told: recipe.pages, walked: recipe.pages } });
        expectValues(document, pdf, recipe.revisions.length - 1);
        const all = revisions(document);
        expect(all.map(({ end }) => end)).toEqual(pdf.ends);
        all.forEach((revision, i) => {
          const { written } = writtenBy(document, revision);
          for (const num of pdf.written[i]?.keys() ?? []) expect(written.has(num)).toBe(true);
          expectValues(documentAt(document, revision), pdf, i);
        });
      }),
      { numRuns: 150 },
    );
  });

  it('has the same objects where it is too large to be in memory', () => {
    const values = fc.array(objectArbitrary, { minLength: 5, maxLength: 60 });
    fc.assert(
      fc.property(recipeArbitrary, values, (recipe, objects) => {
        const update = startUpdate(opened(generatePdf(recipe).bytes));
        const added = [...objects, literalString(new Uint8Array(70_000))].map((value) => add(update, value));
        const bytes = updatedBytes(serializeUpdate(update));
        const [inMemory, inFile] = [opened(bytes), opened(copying(bytes))];
        expect(inFile.view.whole).toBe(null);
        // All are held before any is looked at: none may stand in memory that another was read into.
        const read = added.map((target) => [resolve(inMemory, target), resolve(inFile, target)] as const);
        for (const [here, there] of read) expect(plain(there)).toEqual(plain(here));
        expect(inFile.sections.map(({ ranges }) => ranges.length)).toEqual(inMemory.sections.map(({ ranges }) => ranges.length));
      }),
      { numRuns: 60 },
    );
  });

  it('is found again by a scan when its cross-references are gone', () => {
    fc.assert(
      fc.property(recipeArbitrary, (recipe) => {
        const pdf = generatePdf({ ...recipe, prefix: '' });
        const damaged = pdf.bytes.slice();
        for (let at = indexOf(damaged, latin1('startxref')); at >= 0; at = indexOf(damaged, latin1('startxref'), at)) damaged[at] = 0x78;
        const document = opened(damaged);
        expect(document.rebuilt).toBe(true);
        expect(pageCount(document)).toMatchObject({ value: { walked: recipe.pages } });
      }),
      { numRuns: 50 },
    );
  });

  it('gives a value, never a throw, when octets of it are changed', () => {
    const change = fc.record({ at: fc.nat(), octet: fc.integer({ min: 0, max: 255 }) });
    fc.assert(
      fc.property(recipeArbitrary, fc.array(change, { minLength: 1, maxLength: 12 }), fc.boolean(), (recipe, changes, inMemory) => {
        const bytes = generatePdf(recipe).bytes.slice();
        for (const { at, octet } of changes) bytes[at % bytes.length] = octet;
        exercise(inMemory ? bytes : copying(bytes));
      }),
      { numRuns: 300 },
    );
  });

  it('gives a value when it is cut short', () => {
    fc.assert(
      fc.property(recipeArbitrary, fc.nat(), (recipe, at) => {
        const { bytes } = generatePdf(recipe);
        exercise(bytes.subarray(0, at % bytes.length));
      }),
    );
  });
});

/** Everything that reads. */
function exercise(source: Bytes | Source): void {
  const result = openPdf(source);
  if (!result.ok) return;
  const document = result.value;
  pageCount(document);
  pageAt(document, 0);
  const fields = signatureFields(document);
  straySignatures(document, fields);
  securityStoreHistory(document);
  for (const revision of revisions(document)) {
    writtenBy(document, revision);
    catalogOf(documentAt(document, revision));
  }
  for (let num = 0; num < 40; num++) loadObject(document, ref(num));
}

describe('a file with a fault', () => {
  const base = generatePdf({ style: 'table', pages: 2, revisions: [[null]] }).bytes;
  const edited = (from: string, to: string): Bytes => latin1(fromLatin1(base).replace(from, () => to));
  it.each<[string, Bytes, boolean]>([
    [
      'startxref that is a few octets off',
      edited(/startxref\n(\d+)/.exec(fromLatin1(base))?.[0] ?? '', `startxref\n${fromLatin1(base).indexOf('xref') - 5}`),
      false,
    ],
    ['startxref that points nowhere', edited(/startxref\n(\d+)/.exec(fromLatin1(base))?.[0] ?? '', 'startxref\n99999999'), true],
    ['a table entry that points nowhere', edited('0000000015', '0009990015'), true],
    ['a table entry with other octets among its digits', edited('0000000015', `0${'\0'.repeat(7)}15`), true],
    ['entries with a line end of one octet', latin1(fromLatin1(base).replaceAll(' n \n', ' n\n').replaceAll(' f \n', ' f\n')), false],
    ['no table', edited('xref\n', 'xrxx\n'), true],
    ['a /Prev that leads back', edited('/Root', `/Prev ${fromLatin1(base).indexOf('xref')} /Root`), false],
    ['white space behind it', latin1(`${fromLatin1(base)}${'\n'.repeat(3000)}`), false],
  ])('opens in spite of %s', (_, bytes, rebuilt) => {
    const document = opened(bytes);
    expect(document.rebuilt).toBe(rebuilt);
    expect(pageCount(document)).toMatchObject({ value: { walked: 2 } });
  });

  it.each<[string, Bytes]>([
    ['nothing', new Uint8Array(0)],
    ['text', latin1('hello')],
    ['a header alone', latin1('%PDF-1.7\n')],
    ['objects that never end', latin1(`%PDF-1.7\n${'1 0 obj <<'.repeat(20_000)}`)],
    ['many unclosed strings', latin1(`%PDF-1.7\n${'1 0 obj ('.repeat(20_000)}`)],
    ['many streams without end', latin1(`%PDF-1.7\n${'1 0 obj <<>> stream\n'.repeat(20_000)}`)],
  ])('is unreadable where it is %s', (_, bytes) => {
    expect(openPdf(bytes).ok).toBe(false);
  });

  it('finds the end of a stream whose length is wrong or leads nowhere', () => {
    for (const length of ['3', '9999', '77 0 R', '8 0 R', '-1']) {
      const text = fromLatin1(base).replace('%PDF-1.7\n', `%PDF-1.7\n8 0 obj <</Length ${length}>> stream\nabcdef\r\nendstream endobj\n`);
      const document = opened(latin1(text.replace(/startxref\n\d+/, 'startxref\n0')));
      const stream = resolve(document, ref(8));
      expect(isKind(stream, 'stream') && fromLatin1(encodedBytes(stream))).toBe('abcdef');
    }
  });

  it('cuts loops of references and of pages', () => {
    const text =
      '%PDF-1.7\n1 0 obj <</Type/Catalog/Pages 2 0 R>> endobj 2 0 obj <</Kids[2 0 R 3 0 R 4 0 R]>> endobj 3 0 obj <</Kids[2 0 R 5 0 R]>> endobj 4 0 obj 4 0 R endobj 5 0 obj <</Type/Page>> endobj trailer <</Root 1 0 R>>';
    const document = opened(latin1(text));
    expect(resolve(document, ref(4))).toBe(null);
    expect(pageCount(document)).toEqual({ ok: true, value: { told: null, walked: null } });
    expect(pageIndexOf(document, ref(5))).toBe(0);
  });
});

describe('revisions', () => {
  it.each<Style>(['table', 'stream', 'object-stream', 'hybrid'])('tell in which of them an object was last written (%s)', (style) => {
    const { bytes, ends } = generatePdf({ style, pages: 1, revisions: [[true, true], [false], [false]] });
    const document = opened(bytes);
    const all = revisions(document);
    expect([4, 5, 1].map((num) => lastWrittenIn(document, all, num))).toEqual([2, 0, 0]);
    expect(revisionReaching(all, ends[1] as number)).toBe(1);
    expect(revisionReaching(all, bytes.length + 1)).toBe(null);
    const before = documentAt(document, all[0] as (typeof all)[number]);
    expect(before.size).toBe(ends[0]);
    expect(equal(before.source.read(0, 1 << 20), bytes.subarray(0, ends[0]))).toBe(true);
    expect(resolve(before, ref(4))).toBe(true);
  });
});
