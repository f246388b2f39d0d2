import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fromBase64, fromHex, fromLatin1, fromUtf8, latin1, toBase64, toHex, utf8 } from '../../src/base/text.ts';

const of = (...octets: number[]): Uint8Array => Uint8Array.from(octets);

describe('text forms of octets', () => {
  it.each([
    ['', of()],
    ['00ff', of(0, 255)],
    ['0aF0', of(10, 240)],
  ])("hexadecimal '%s'", (text, bytes) => {
    expect(fromHex(text)).toEqual(bytes);
    expect(toHex(bytes)).toBe(text.toLowerCase());
  });

  it.each(['0', 'abc', '0g', ' 00', '0x00', '00\n', '-1', '١٢'])("'%s' is not hexadecimal", (text) => {
    expect(fromHex(text)).toBeNull();
  });

  it.each([
    ['', of()],
    ['AA==', of(0)],
    ['A A\r\n=\t=', of(0)],
    ['AA', of(0)],
    ['+/+/', of(251, 255, 191)],
  ])("base64 '%s'", (text, bytes) => {
    expect(fromBase64(text)).toEqual(bytes);
  });

  it.each(['A', 'A===', 'AA=A', '-_-_', 'AA==AA==', 'é', '='])("'%s' is not base64", (text) => {
    expect(fromBase64(text)).toBeNull();
  });

  it.each([
    ['a lone continuation octet', of(0x80)],
    ['an overlong form', of(0xc0, 0x80)],
    ['a surrogate', of(0xed, 0xa0, 0x80)],
    ['beyond U+10FFFF', of(0xf4, 0x90, 0x80, 0x80)],
    ['a cut-off character', of(0xe2, 0x82)],
  ])('%s is not UTF-8', (_name, bytes) => {
    expect(fromUtf8(bytes)).toBeNull();
  });

  it('a byte order mark is a character', () => {
    expect(fromUtf8(of(0xef, 0xbb, 0xbf))).toBe('\ufeff');
  });

  it('each form gives back what was put in', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 20_000 }), (bytes) => {
        expect(fromHex(toHex(bytes))).toEqual(bytes);
        expect(fromBase64(toBase64(bytes))).toEqual(bytes);
        expect(latin1(fromLatin1(bytes))).toEqual(bytes);
      }),
      { numRuns: 30 },
    );
    fc.assert(fc.property(fc.string({ unit: 'grapheme' }), (text) => void expect(fromUtf8(utf8(text))).toBe(text)));
  });

  it('base64 is what the platform makes of it', () => {
    fc.assert(fc.property(fc.uint8Array(), (bytes) => void expect(toBase64(bytes)).toBe(Buffer.from(bytes).toString('base64'))));
  });
});
