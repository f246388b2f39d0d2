import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeOid, encodeOid } from '../../src/asn1/index.ts';
import { attempt } from '../../src/base/parsed.ts';
import { fromHex, toHex } from '../../src/base/text.ts';

const octets = (hex: string): Uint8Array => fromHex(hex) ?? new Uint8Array();
const decode = (hex: string) => attempt(() => decodeOid(octets(hex), 'oid', 0));

describe('object identifiers', () => {
  it.each([
    ['1.2.840.113549.1.1.11', '2a864886f70d01010b'],
    ['0.0', '00'],
    ['0.39', '27'],
    ['1.0', '28'],
    ['1.39', '4f'],
    ['2.0', '50'],
    ['2.47', '7f'],
    ['2.48', '8100'],
    ['2.999.3', '883703'],
    ['0.4.0.127.0.7.1.1.4.1.3', '04007f00070101040103'],
    ['2.25.329800735698586629295641978511506172918', '6983f09da7ebcfdee0c7a1a7b2c0948cc8f9d776'],
    ['1.2.9007199254740992', '2a9080808080808000'],
    ['1.2.9007199254740991', '2a8fffffffffffff7f'],
  ])('%s is %s and back', (dotted, hex) => {
    expect(toHex(encodeOid(dotted))).toBe(hex);
    expect(decode(hex)).toEqual({ ok: true, value: dotted });
  });

  it.each([
    ['no octets', ''],
    ['a cut-off arc', '2a86'],
    ['a padded first arc', '802a'],
    ['a padded later arc', '2a8001'],
    ['more octets than any identifier has', '2a'.repeat(257)],
  ])('%s cannot be read', (_name, hex) => {
    expect(decode(hex)).toMatchObject({ ok: false });
  });

  it.each(['', '1', '1.', '.1', '1..2', '3.1', '1.40', '0.40', '1.-2', '1.2.-3', '1.2.0x10', '1.2. 3', '1.2.03', 'a.b', '1.2.3e4'])(
    "'%s' is refused on writing",
    (dotted) => {
      expect(() => encodeOid(dotted)).toThrow(RangeError);
    },
  );

  it('what is written is read back', () => {
    const arcs = fc.oneof(
      fc.tuple(fc.bigInt({ min: 0n, max: 1n }), fc.bigInt({ min: 0n, max: 39n })),
      fc.tuple(fc.constant(2n), fc.bigInt({ min: 0n, max: 1n << 70n })),
    );
    const any = fc.tuple(arcs, fc.array(fc.bigInt({ min: 0n, max: 1n << 130n }), { maxLength: 8 }));
    fc.assert(
      fc.property(any, ([top, rest]) => {
        const dotted = [...top, ...rest].join('.');
        expect(attempt(() => decodeOid(encodeOid(dotted), 'oid', 0))).toEqual({ ok: true, value: dotted });
      }),
    );
  });

  it('any octets are an identifier that encodes to them, or unreadable', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 40 }), (bytes) => {
        const read = attempt(() => decodeOid(bytes, 'oid', 0));
        if (read.ok) expect(encodeOid(read.value)).toEqual(bytes);
      }),
    );
  });
});
