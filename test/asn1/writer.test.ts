import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { der, Reader } from '../../src/asn1/index.ts';
import { fromHex, toHex } from '../../src/base/text.ts';

const octets = (hex: string): Uint8Array => fromHex(hex) ?? new Uint8Array();

describe('DER encodings', () => {
  it.each([
    ['an empty SEQUENCE', der.sequence(), '3000'],
    ['a SEQUENCE of parts', der.sequence(der.NULL, der.boolean(true)), '300505000101ff'],
    ['a SET OF in ascending order', der.setOf(der.integer(300), der.integer(2), der.integer(1)), '310a0201010201020202012c'],
    ['a SET OF with a value twice', der.setOf(der.NULL, der.NULL), '310405000500'],
    ['[3] EXPLICIT', der.context(3, der.integer(1)), 'a303020101'],
    ['[0] IMPLICIT', der.implicit(0, octets('aa')), '8001aa'],
    ['a BIT STRING', der.bitString(octets('80'), 7), '03020780'],
    ['an INTEGER of octets', der.integer(octets('000080')), '02020080'],
    ['an INTEGER of no octets', der.integer(octets('')), '020100'],
    ['an INTEGER of zeros', der.integer(octets('0000')), '020100'],
    ['an ENUMERATED', der.integer(1, 0x0a), '0a0101'],
    ['a large negative INTEGER', der.integer(-(1n << 64n)), '0209ff0000000000000000'],
    ['FALSE', der.boolean(false), '010100'],
    ['an OID', der.oid('2.5.29.15'), '0603551d0f'],
  ])('%s', (_name, encoding, hex) => {
    expect(toHex(encoding)).toBe(hex);
  });

  it.each([0, 127, 128, 255, 256, 65_535, 65_536, 1 << 24])('contents of %i octets have the shortest length', (length) => {
    const encoded = der.octetString(new Uint8Array(length).fill(7));
    expect(Reader.over(encoded, 'long').octetString().length).toBe(length);
  });

  it('a whole number is needed', () => {
    expect(() => der.integer(1.5)).toThrow(RangeError);
  });

  it('integers are read back, from numbers, bigints and octets', () => {
    fc.assert(
      fc.property(fc.integer({ min: -(2 ** 47), max: 2 ** 47 - 1 }), (value) => {
        expect(Reader.over(der.integer(value), 'integer').integer()).toBe(value);
        expect(der.integer(BigInt(value))).toEqual(der.integer(value));
      }),
    );
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 40 }), (bytes) => {
        const expected = BigInt(`0x0${toHex(bytes)}`);
        expect(der.integer(bytes)).toEqual(der.integer(expected));
      }),
    );
  });
});
