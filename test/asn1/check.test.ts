import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { toDer } from '../../src/asn1/canonical.ts';
import { checkEncoding } from '../../src/asn1/check.ts';
import { der, Reader } from '../../src/asn1/index.ts';
import { attempt } from '../../src/base/parsed.ts';
import { fromHex, toHex } from '../../src/base/text.ts';

const bytes = (hex: string): Uint8Array => fromHex(hex.replaceAll(' ', '')) ?? new Uint8Array(0);
const classOf = (input: Uint8Array): string => {
  const result = checkEncoding(input);
  return typeof result === 'string' ? result : 'malformed';
};

describe('an encoding is DER, BER alone, or neither', () => {
  const CASES: readonly [what: string, hex: string, expected: string][] = [
    ['INTEGER 0', '02 01 00', 'der'],
    ['INTEGER with a superfluous octet', '02 02 00 00', 'ber-not-der'],
    ['INTEGER without contents', '02 00', 'malformed'],
    ['BOOLEAN 01', '01 01 01', 'ber-not-der'],
    ['BOOLEAN of two octets', '01 02 ff ff', 'malformed'],
    ['NULL', '05 00', 'der'],
    ['NULL with contents', '05 01 00', 'malformed'],
    ['padded length', '04 81 01 00', 'ber-not-der'],
    ['reserved length octet', '04 ff 00', 'malformed'],
    ['length beyond the end', '04 84 80 00 00 00 61', 'malformed'],
    ['indefinite SEQUENCE', '30 80 02 01 01 00 00', 'ber-not-der'],
    ['indefinite primitive', '04 80 61 00 00', 'malformed'],
    ['indefinite without its end', '30 80 02 01 01', 'malformed'],
    ['end-of-contents alone', '00 00', 'malformed'],
    ['constructed OCTET STRING', '24 04 04 02 61 62', 'ber-not-der'],
    ['OCTET STRING in segments of another type', '24 03 02 01 01', 'malformed'],
    ['constructed INTEGER', '22 03 02 01 01', 'malformed'],
    ['primitive SEQUENCE', '10 03 02 01 01', 'malformed'],
    ['unused bits that are not zero', '03 02 03 ff', 'ber-not-der'],
    ['8 unused bits', '03 02 08 ff', 'malformed'],
    ['empty BIT STRING', '03 01 00', 'der'],
    ['OBJECT IDENTIFIER cut off', '06 02 2a 83', 'malformed'],
    ['tag 129', '9f 81 01 01 00', 'der'],
    ['high tag form of a low number', '1f 02 01 01', 'malformed'],
    ['SET in order', '31 06 02 01 01 02 01 02', 'der'],
    ['SET out of order', '31 06 02 01 02 02 01 01', 'ber-not-der'],
    ['SET whose members share a beginning', '31 07 04 01 61 04 02 61 62', 'der'],
    ['UTCTime without seconds', '17 0b 32 34 30 31 30 31 30 30 30 30 5a', 'ber-not-der'],
    ['UTCTime of 30 February', '17 0d 32 34 30 32 33 30 30 30 30 30 30 30 5a', 'malformed'],
    ['UTF8String that is not UTF-8', '0c 01 ff', 'malformed'],
    ['octets after the value', '02 01 00 00', 'malformed'],
    ['child longer than its parent', '30 03 02 05 01', 'malformed'],
    ['nothing', '', 'malformed'],
  ];
  test.each(CASES)('%s', (_, hex, expected) => expect(classOf(bytes(hex))).toBe(expected));

  test('deep nesting ends without exhausting the stack', () => {
    let nested = der.NULL;
    for (let i = 0; i < 3000; i++) nested = der.sequence(nested);
    expect(classOf(nested)).toBe('der');
    const open = new Uint8Array(200_000).map((_, i) => (i % 2 === 0 ? 0x30 : 0x80));
    expect(classOf(open)).toBe('malformed');
  });

  test('any octets are classified', () => {
    fc.assert(fc.property(fc.uint8Array({ maxLength: 60 }), (input) => ['der', 'ber-not-der', 'malformed'].includes(classOf(input))));
  });

  test('what is DER can be read by the DER reader at its first level', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 40 }), (input) => {
        if (classOf(input) === 'der') expect(attempt(() => Reader.over(input, 'value').any()).ok).toBe(true);
      }),
    );
  });
});

/** Random values in DER. */
const value = fc.letrec<{ value: Uint8Array }>((tie) => ({
  value: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    fc.uint8Array({ maxLength: 8 }).map((octets) => der.octetString(octets)),
    fc.maxSafeInteger().map((number) => der.integer(number)),
    fc.boolean().map((flag) => der.boolean(flag)),
    fc.array(tie('value'), { maxLength: 4 }).map((members) => der.sequence(...members)),
    fc.array(tie('value'), { maxLength: 4 }).map((members) => der.setOf(...members)),
    fc.array(tie('value'), { maxLength: 3 }).map((members) => der.context(1, ...members)),
  ),
})).value;

describe('the DER of a BER encoding', () => {
  test('what is in DER stays as it is', () => {
    fc.assert(fc.property(value, (encoding) => toHex(toDer(encoding, 'value')) === toHex(encoding) && classOf(encoding) === 'der'));
  });

  test.each([
    ['indefinite lengths', '30 80 31 80 02 01 05 00 00 00 00', '30 05 31 03 02 01 05'],
    ['segments', '24 80 04 02 61 62 24 03 04 01 63 00 00', '04 03 61 62 63'],
    ['order of a SET', '31 06 02 01 02 02 01 01', '31 06 02 01 01 02 01 02'],
    ['TRUE', '01 01 01', '01 01 ff'],
    ['padded length', '30 81 03 02 01 07', '30 03 02 01 07'],
    ['high tag number', 'bf 81 01 81 03 02 01 07', 'bf 81 01 03 02 01 07'],
  ])('%s', (_, ber, expected) => {
    expect(toHex(toDer(bytes(ber), 'value'))).toBe(expected.replaceAll(' ', ''));
  });
});
