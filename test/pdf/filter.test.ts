import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Bytes, equal } from '../../src/base/bytes.ts';
import { fromLatin1, latin1 } from '../../src/base/text.ts';
import { type ByteRangeProblem, checkByteRange } from '../../src/pdf/byterange.ts';
import { decodeStream } from '../../src/pdf/filter.ts';
import { array, dict, integer, name, type PdfObject, streamOf } from '../../src/pdf/object.ts';
import { decodeText, parseDate, textString } from '../../src/pdf/text.ts';
import { deflate } from '../../src/platform/deflate.ts';

const decode = (entries: Record<string, PdfObject>, bytes: Bytes, limit = 1 << 20) =>
  decodeStream(streamOf(dict(entries), bytes), (value) => value, limit);

describe('stream data is decoded', () => {
  const predictor = (kind: number, columns: number) => dict({ Predictor: integer(kind), Columns: integer(columns) });
  it.each<[string, Record<string, PdfObject>, Bytes, string]>([
    ['as it is without a filter', {}, latin1('abc'), 'abc'],
    ['from hexadecimal', { Filter: name('ASCIIHexDecode') }, latin1('61 6 2 7>zz'), 'abp'],
    ['from base 85', { Filter: name('ASCII85Decode') }, latin1('9jqo^ z F*2M7~>'), 'Man \0\0\0\0sure'],
    ['from base 85 with a short group', { Filter: name('A85') }, latin1('/c~>'), '.'],
    ['from run lengths', { Filter: name('RunLengthDecode') }, Uint8Array.of(2, 97, 98, 99, 254, 120, 128, 1), 'abcxxx'],
    ['from LZW', { Filter: name('LZWDecode') }, Uint8Array.of(0x80, 0x0b, 0x60, 0x50, 0x22, 0x0c, 0x0c, 0x85, 0x01), '-----A---B'],
    ['deflated', { Filter: name('FlateDecode') }, deflate(latin1('hello')), 'hello'],
    [
      'by several filters',
      { Filter: array([name('AHx'), name('Fl')]) },
      latin1(`${Buffer.from(deflate(latin1('two'))).toString('hex')}>`),
      'two',
    ],
    [
      'with the predictor of PNG',
      { Filter: name('FlateDecode'), DecodeParms: predictor(12, 2) },
      deflate(Uint8Array.of(2, 97, 98, 2, 1, 1, 1, 50, 1, 0, 70, 71)),
      'abbc23FG',
    ],
    [
      'with Average and Paeth',
      { Filter: name('FlateDecode'), DecodeParms: predictor(15, 2) },
      deflate(Uint8Array.of(3, 97, 50, 4, 1, 1)),
      'abbc',
    ],
    [
      'with the predictor of TIFF',
      { Filter: name('FlateDecode'), DecodeParms: predictor(2, 3) },
      deflate(Uint8Array.of(97, 1, 1, 97, 2, 2)),
      'abcace',
    ],
  ])('%s', (_, entries, bytes, expected) => {
    const result = decode(entries, bytes);
    expect(result.ok && fromLatin1(result.value)).toBe(expected);
  });

  it.each<[string, Record<string, PdfObject>, Bytes, RegExp]>([
    ['a filter for pictures', { Filter: name('DCTDecode') }, latin1('x'), /unsupported filter DCTDecode/],
    ['too much output', { Filter: name('FlateDecode') }, deflate(new Uint8Array(2000)), /more than 1000/],
    ['too long runs', { Filter: name('RL') }, new Uint8Array(100).fill(129), /more than 1000/],
    ['damage', { Filter: name('FlateDecode') }, latin1('no deflated data'), /damaged/],
    ['an impossible LZW code', { Filter: name('LZWDecode') }, Uint8Array.of(0x80, 0x7f, 0xff), /LZW/],
    [
      'predictor parameters without sense',
      { Filter: name('Fl'), DecodeParms: dict({ Predictor: integer(12), Colors: integer(-1) }) },
      deflate(latin1('a')),
      /out of range/,
    ],
    ['too many filters', { Filter: array(new Array(100).fill(name('AHx'))) }, latin1('41'), /filters/],
  ])('%s is a value', (_, entries, bytes, reason) => {
    const result = decode(entries, bytes, 1000);
    expect(result.ok ? '' : result.malformed.reason).toMatch(reason);
  });

  it('from any octets, and never throws', () => {
    const filters = fc.constantFrom('FlateDecode', 'LZWDecode', 'ASCIIHexDecode', 'ASCII85Decode', 'RunLengthDecode');
    const parameters = fc.record({
      Predictor: fc.integer({ min: 0, max: 16 }),
      Columns: fc.integer({ min: -1, max: 9 }),
      EarlyChange: fc.nat(1),
    });
    fc.assert(
      fc.property(filters, parameters, fc.uint8Array({ maxLength: 300 }), fc.boolean(), (filter, told, bytes, deflated) => {
        const DecodeParms = dict(Object.fromEntries(Object.entries(told).map(([key, value]) => [key, integer(value)])));
        expect(decode({ Filter: name(filter), DecodeParms }, deflated ? deflate(bytes) : bytes)).toHaveProperty('ok');
      }),
      { numRuns: 500 },
    );
  });
});

describe('a byte range', () => {
  const contents = { hex: true, start: 100, end: 120 };
  it.each<[string, (number | null)[] | null, typeof contents | null, ByteRangeProblem[], boolean]>([
    ['that covers all but the contents', [0, 100, 120, 80], contents, [], true],
    ['that ends before the file does', [0, 100, 120, 79], contents, [], false],
    ['that is missing', null, contents, ['missing'], false],
    ['of three numbers', [0, 100, 120], contents, ['not-four-integers'], false],
    ['of five numbers', [0, 100, 120, 80, 0], contents, ['not-four-integers'], false],
    ['with an item that is no integer', [0, 100, null, 80], contents, ['not-four-integers'], false],
    ['with a negative number', [0, 100, 120, -80], contents, ['negative'], false],
    ['that starts late', [1, 99, 120, 80], contents, ['not-from-start'], false],
    ['whose parts overlap', [0, 130, 120, 80], contents, ['overlap', 'gap-is-not-contents'], false],
    ['that ends behind the file', [0, 100, 120, 81], contents, ['past-end'], false],
    ['whose gap is wider than the contents', [0, 99, 120, 80], contents, ['gap-is-not-contents'], false],
    ['whose gap leaves out the delimiters', [0, 101, 119, 81], contents, ['gap-is-not-contents'], false],
    ['without contents', [0, 100, 120, 80], null, ['contents-missing'], false],
    ['with contents that are no hexadecimal string', [0, 100, 120, 80], { ...contents, hex: false }, ['contents-not-hexadecimal'], false],
    ['with contents in an object stream', [0, 100, 120, 80], { ...contents, start: -1, end: -1 }, ['contents-not-in-file'], false],
  ])('%s', (_, values, place, problems, whole) => {
    const check = checkByteRange(values, place, 200);
    expect(check.problems.filter((problem) => !(problem === 'gap-is-not-contents' && problems.includes('not-from-start')))).toEqual(
      problems,
    );
    expect(check.valid).toBe(problems.length === 0);
    expect(check.coversWholeFile).toBe(whole);
  });
});

describe('text and dates', () => {
  it('text is written and read back', () => {
    fc.assert(fc.property(fc.string({ unit: 'grapheme' }), (text) => void expect(decodeText(textString(text).bytes)).toBe(text)));
  });

  it.each<[string, number[], string]>([
    ['PDFDocEncoding', [0x41, 0xa0, 0x92, 0xe9], 'A\u20ac\u2122\u00e9'],
    ['UTF-8', [0xef, 0xbb, 0xbf, 0xc3, 0xa9], '\u00e9'],
    ['UTF-16 with a language code', [0xfe, 0xff, 0, 0x1b, 0, 0x65, 0, 0x6e, 0, 0x1b, 0, 0x41], 'A'],
  ])('text in %s is read', (_, octets, text) => {
    expect(decodeText(Uint8Array.from(octets))).toBe(text);
  });

  it.each<[string, number | null]>([
    ["D:20240229120000+02'00'", Date.UTC(2024, 1, 29, 10)],
    ["D:20240229120000-02'30", Date.UTC(2024, 1, 29, 14, 30)],
    ['D:20240229120000Z', Date.UTC(2024, 1, 29, 12)],
    ['20240229', Date.UTC(2024, 1, 29)],
    ['D:2024', Date.UTC(2024, 0, 1)],
    ['D:20230229120000Z', null],
    ['D:20241301', null],
    ["D:20240229120000+24'00'", null],
    ["D:20240229120000-02'60'", null],
    ['yesterday', null],
  ])('the date %s is told', (text, at) => {
    expect(parseDate(text)).toBe(at);
  });
});

it('what was deflated and predicted by rows reads back', () => {
  fc.assert(
    fc.property(
      fc.uint8Array({ minLength: 1, maxLength: 60 }),
      fc.integer({ min: 1, max: 7 }),
      fc.integer({ min: 0, max: 4 }),
      (bytes, columns, type) => {
        const rows = Math.ceil(bytes.length / columns);
        const encoded: number[] = [];
        for (let row = 0; row < rows; row++) {
          encoded.push(type);
          for (let i = row * columns; i < Math.min(bytes.length, (row + 1) * columns); i++) {
            const left = i > row * columns ? (bytes[i - 1] as number) : 0;
            const up = row > 0 ? (bytes[i - columns] as number) : 0;
            const corner = i > row * columns && row > 0 ? (bytes[i - columns - 1] as number) : 0;
            const estimate = left + up - corner;
            const nearest = [left, up, corner].reduce((a, b) => (Math.abs(estimate - b) < Math.abs(estimate - a) ? b : a));
            encoded.push(((bytes[i] as number) - ([0, left, up, (left + up) >> 1, nearest][type] as number)) & 255);
          }
        }
        const parameters = dict({ Predictor: integer(10 + type), Columns: integer(columns) });
        const result = decode({ Filter: name('FlateDecode'), DecodeParms: parameters }, deflate(Uint8Array.from(encoded)));
        expect(result.ok && equal(result.value, bytes)).toBe(true);
      },
    ),
  );
});
