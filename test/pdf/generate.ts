/** Makes PDF files of every style for tests: classic tables, cross-reference streams, object streams, several revisions. */
import fc from 'fast-check';
import { type Bytes, concat } from '../../src/base/bytes.ts';
import { latin1 } from '../../src/base/text.ts';
import { encodeObject, Writer, writeIndirect, writeObject } from '../../src/pdf/encode.ts';
import {
  array,
  dict,
  dictOf,
  hexString,
  integer,
  literalString,
  name,
  type PdfObject,
  type PdfStream,
  real,
  ref,
  streamOf,
} from '../../src/pdf/object.ts';
import { deflate } from '../../src/platform/deflate.ts';

export type Style = 'table' | 'stream' | 'object-stream' | 'hybrid';

export interface Recipe {
  readonly style: Style;
  readonly pages: number;
  /** Values that further objects have, revision by revision; the first list belongs to the first revision. */
  readonly revisions: readonly (readonly PdfObject[])[];
  /** Octets before the header. */
  readonly prefix?: string;
  /** What ends the file after each %%EOF. */
  readonly eol?: '\n' | '\r\n' | '\r' | '';
  /** Further entries of the catalogue. */
  readonly catalog?: Readonly<Record<string, PdfObject>>;
  /** Further objects, by number above 1000. */
  readonly objects?: ReadonlyMap<number, PdfObject>;
}

export interface GeneratedPdf {
  readonly bytes: Bytes;
  /** The size of the file after each revision. */
  readonly ends: readonly number[];
  /** Object numbers and values that each revision wrote (its further objects only). */
  readonly written: readonly ReadonlyMap<number, PdfObject>[];
  /** Object number of the first page. */
  readonly firstPage: number;
}

/** One file. Object 1 is the catalogue, 2 the page tree, then the pages, then the further objects. */
export function generatePdf(recipe: Recipe): GeneratedPdf {
  const { pages, style, eol = '\n' } = recipe;
  const file = new Writer();
  file.text(recipe.prefix ?? '');
  const shift = file.length;
  file.text('%PDF-1.7\n%\xe2\xe3\xcf\xd3\n');
  const kids = Array.from({ length: pages }, (_, i) => ref(3 + i));
  const base = new Map<number, PdfObject>([
    [1, dict({ Type: name('Catalog'), Pages: ref(2), ...recipe.catalog })],
    [2, dict({ Type: name('Pages'), Kids: array(kids), Count: integer(pages), MediaBox: array([0, 0, 200, 300].map(integer)) })],
  ]);
  for (const kid of kids) base.set(kid.num, dict({ Type: name('Page'), Parent: ref(2), Resources: dict({}) }));
  for (const [num, value] of recipe.objects ?? []) base.set(num, value);
  const first = 3 + pages;
  let size = Math.max(first + Math.max(...recipe.revisions.map((values) => values.length)), ...base.keys()) + 1;
  let previous = -1;
  const ends: number[] = [];
  const written: Map<number, PdfObject>[] = [];
  recipe.revisions.forEach((values, index) => {
    const own = new Map(values.map((value, i) => [first + i, value] as const));
    written.push(own);
    const objects = index === 0 ? new Map([...base, ...own]) : own;
    ({ size, previous } = writeRevision(file, { objects, style, size, previous, shift, first: index === 0 }));
    file.text(`startxref\n${previous}\n%%EOF${eol === '' && index < recipe.revisions.length - 1 ? '\n' : eol}`);
    ends.push(file.length);
  });
  return { bytes: file.done(), ends, written, firstPage: 3 };
}

interface Section {
  objects: ReadonlyMap<number, PdfObject>;
  style: Style;
  size: number;
  previous: number;
  shift: number;
  first: boolean;
}

function writeRevision(file: Writer, section: Section): { size: number; previous: number } {
  const { objects, style, shift } = section;
  let { size } = section;
  const rows = new Map<number, [type: number, second: number, third: number]>();
  const packed = new Map<number, PdfObject>();
  for (const [num, value] of objects) {
    const isStream = typeof value === 'object' && value?.kind === 'stream';
    // Of a hybrid file only what is not needed to show it may be hidden in object streams.
    if ((style === 'object-stream' && !isStream) || (style === 'hybrid' && !isStream && num > 1000)) packed.set(num, value);
    else {
      rows.set(num, [1, file.length - shift, 0]);
      writeIndirect(file, num, 0, value);
    }
  }
  const hidden = new Map<number, [number, number, number]>();
  if (packed.size > 0) {
    const container = size++;
    rows.set(container, [1, file.length - shift, 0]);
    writeIndirect(file, container, 0, objectStream(packed));
    const target = style === 'hybrid' ? hidden : rows;
    for (const [i, num] of [...packed.keys()].entries()) target.set(num, [2, container, i]);
  }
  const entries: Record<string, PdfObject> = { Root: ref(1), ID: array([hexString(latin1('id')), hexString(latin1('id'))]) };
  if (section.previous >= 0) entries['Prev'] = integer(section.previous);
  if (style === 'table' || style === 'hybrid') {
    if (hidden.size > 0) {
      const num = size++;
      entries['XRefStm'] = integer(file.length - shift);
      writeIndirect(file, num, 0, xrefStream(hidden, { Size: integer(size) }));
    }
    const at = file.length - shift;
    writeTable(file, rows, section.first);
    file.text('trailer\n');
    writeObject(file, dict({ ...entries, Size: integer(size) }));
    file.text('\n');
    return { size, previous: at };
  }
  const num = size++;
  const at = file.length - shift;
  rows.set(num, [1, at, 0]);
  writeIndirect(file, num, 0, xrefStream(rows, { ...entries, Size: integer(size) }));
  return { size, previous: at };
}

function objectStream(objects: ReadonlyMap<number, PdfObject>): PdfStream {
  const bodies = [...objects.values()].map((value) => concat([encodeObject(value), latin1('\n')]));
  let at = 0;
  const header = [...objects.keys()]
    .map((num, i) => {
      const pair = `${num} ${at} `;
      at += (bodies[i] as Bytes).length;
      return pair;
    })
    .join('');
  const entries = { Type: name('ObjStm'), N: integer(objects.size), First: integer(header.length), Filter: name('FlateDecode') };
  return streamOf(dict(entries), deflate(concat([latin1(header), ...bodies])));
}

/** With PNG's Up predictor, as most writers do. */
function xrefStream(rows: ReadonlyMap<number, readonly number[]>, entries: Readonly<Record<string, PdfObject>>): PdfStream {
  const numbers = [...rows.keys()].sort((a, b) => a - b);
  const plain = new Writer();
  let above: number[] = new Array(7).fill(0);
  for (const num of numbers) {
    const [type = 0, second = 0, third = 0] = rows.get(num) ?? [];
    const row = [type, (second >>> 24) & 255, (second >>> 16) & 255, (second >>> 8) & 255, second & 255, third >> 8, third & 255];
    plain.octet(2);
    for (const [i, octet] of row.entries()) plain.octet((octet - (above[i] as number)) & 255);
    above = row;
  }
  const index = numbers.flatMap((num) => [integer(num), integer(1)]);
  const all = {
    ...entries,
    Type: name('XRef'),
    W: array([1, 4, 2].map(integer)),
    Index: array(index),
    Filter: name('FlateDecode'),
    DecodeParms: dict({ Predictor: integer(12), Columns: integer(7) }),
  };
  return streamOf(dict(all), deflate(plain.done()));
}

function writeTable(file: Writer, rows: ReadonlyMap<number, readonly number[]>, first: boolean): void {
  file.text('xref\n');
  if (first) file.text('0 1\n0000000000 65535 f \n');
  for (const num of [...rows.keys()].sort((a, b) => a - b)) {
    file.text(`${num} 1\n${String((rows.get(num) as readonly number[])[1]).padStart(10, '0')} 00000 n \n`);
  }
}

const latin1Character = fc.integer({ min: 0, max: 255 }).map((code) => String.fromCharCode(code));

/** Any object that a file can hold directly. */
export const objectArbitrary: fc.Arbitrary<PdfObject> = fc.letrec<{ object: PdfObject }>((tie) => ({
  object: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    fc.constant(null),
    fc.boolean(),
    fc.integer().map(integer),
    fc.double({ noNaN: true, noDefaultInfinity: true, min: -1e25, max: 1e25 }).map((value) => real(Math.abs(value) < 1e-3 ? 0 : value)),
    fc.string({ unit: latin1Character }).map(name),
    fc.uint8Array({ maxLength: 40 }).map(literalString),
    fc.uint8Array({ maxLength: 40 }).map(hexString),
    fc.tuple(fc.integer({ min: 1, max: 9999 }), fc.integer({ min: 0, max: 3 })).map(([num, gen]) => ref(num, gen)),
    fc.array(tie('object'), { maxLength: 5 }).map(array),
    fc
      .uniqueArray(fc.tuple(fc.string({ unit: latin1Character, minLength: 1 }), tie('object')), { maxLength: 5, selector: ([key]) => key })
      .map((entries) => dictOf(new Map(entries))),
  ),
})).object;

const streamArbitrary: fc.Arbitrary<PdfObject> = fc
  .uint8Array({ maxLength: 80 })
  .map((data) => streamOf(dict({ Marker: integer(1) }), data));

/** Recipes of every style with up to four revisions. */
export const recipeArbitrary: fc.Arbitrary<Recipe> = fc.record({
  style: fc.constantFrom<Style>('table', 'stream', 'object-stream', 'hybrid'),
  pages: fc.integer({ min: 1, max: 5 }),
  revisions: fc.array(fc.array(fc.oneof(objectArbitrary, streamArbitrary), { minLength: 1, maxLength: 4 }), { minLength: 1, maxLength: 4 }),
  prefix: fc.constantFrom('', '', '\n', 'From: mail\r\n\r\n'),
  eol: fc.constantFrom('\n', '\r\n', '\r', '' as const),
});
