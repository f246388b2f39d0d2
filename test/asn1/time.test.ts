import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { der, Reader, type Rules } from '../../src/asn1/index.ts';
import { attempt, orNull } from '../../src/base/parsed.ts';
import { latin1, toHex } from '../../src/base/text.ts';

const UTC = 0x17;
const GENERAL = 0x18;
const read = (tag: number, text: string, rules: Rules) => attempt(() => Reader.over(der.encode(tag, latin1(text)), 'time', rules).time());
const at = (iso: string) => Date.parse(iso);

describe('times', () => {
  it.each([
    [UTC, '500101000000Z', '1950-01-01T00:00:00Z'],
    [UTC, '491231235959Z', '2049-12-31T23:59:59Z'],
    [UTC, '000229120000Z', '2000-02-29T12:00:00Z'],
    [GENERAL, '20500101000000Z', '2050-01-01T00:00:00Z'],
    [GENERAL, '00010101000000Z', '0001-01-01T00:00:00Z'],
    [GENERAL, '99991231235959Z', '9999-12-31T23:59:59Z'],
    [GENERAL, '20240229010203.5Z', '2024-02-29T01:02:03.500Z'],
    [GENERAL, '20240229010203.123456Z', '2024-02-29T01:02:03.123Z'],
  ])('DER: tag %i %s is %s', (tag, text, iso) => {
    expect(read(tag, text, 'DER')).toEqual({ ok: true, value: at(iso) });
    expect(read(tag, text, 'BER')).toEqual({ ok: true, value: at(iso) });
  });

  it.each([
    [UTC, '2401010000Z', '2024-01-01T00:00:00Z'],
    [UTC, '240101000000+0130', '2023-12-31T22:30:00Z'],
    [UTC, '240101000000-0130', '2024-01-01T01:30:00Z'],
    [GENERAL, '2024010100Z', '2024-01-01T00:00:00Z'],
    [GENERAL, '20240101000000.50Z', '2024-01-01T00:00:00.500Z'],
    [GENERAL, '20240101000000,5Z', '2024-01-01T00:00:00.500Z'],
    [GENERAL, '202401010000.5Z', '2024-01-01T00:00:30Z'],
    [GENERAL, '2024010100.5Z', '2024-01-01T00:30:00Z'],
    [GENERAL, '20240101000000', '2024-01-01T00:00:00Z'],
  ])('BER only: tag %i %s is %s', (tag, text, iso) => {
    expect(read(tag, text, 'BER')).toEqual({ ok: true, value: at(iso) });
    expect(read(tag, text, 'DER')).toMatchObject({ ok: false });
  });

  it.each([
    [UTC, ''],
    [UTC, '24010100000Z'],
    [UTC, '240001000000Z'],
    [UTC, '241301000000Z'],
    [UTC, '240132000000Z'],
    [UTC, '230229000000Z'],
    [UTC, '240101240000Z'],
    [UTC, '240101006000Z'],
    [UTC, '240101000061Z'],
    [UTC, '240101000000.5Z'],
    [UTC, '240101000000+9900'],
    [UTC, '240101000000+0060'],
    [GENERAL, '240101000000Z'],
    [GENERAL, '20240101000000.Z'],
    [GENERAL, '20240101000000ZZ'],
    [GENERAL, '+0240101000000Z'],
    [GENERAL, `20240101000000.${'1'.repeat(40)}Z`],
    [UTC, '２40101000000Z'],
    [0x0c, '240101000000Z'],
  ])('tag %i %s is no time under either rules', (tag, text) => {
    expect(read(tag, text, 'DER')).toMatchObject({ ok: false });
    expect(read(tag, text, 'BER')).toMatchObject({ ok: false });
  });

  it.each([
    ['1949-12-31T23:59:59Z', '180f31393439313233313233353935395a'],
    ['1950-01-01T00:00:00Z', '170d3530303130313030303030305a'],
    ['2049-12-31T23:59:59.999Z', '170d3439313233313233353935395a'],
    ['2050-01-01T00:00:00Z', '180f32303530303130313030303030305a'],
  ])('%s is written as RFC 5280 wants', (iso, hex) => {
    expect(toHex(der.time(at(iso)))).toBe(hex);
  });

  it('a generalized time keeps milliseconds without trailing zeros', () => {
    expect(der.generalizedTime(at('2024-01-01T00:00:00.120Z'))).toEqual(der.encode(GENERAL, latin1('20240101000000.12Z')));
    expect(der.generalizedTime(at('2024-01-01T00:00:00Z'))).toEqual(der.encode(GENERAL, latin1('20240101000000Z')));
  });

  it.each([at('+010000-01-01T00:00:00Z'), at('-000001-01-01T00:00:00Z'), Number.NaN, Number.POSITIVE_INFINITY])(
    '%d cannot be written',
    (instant) => {
      expect(() => der.time(instant)).toThrow(RangeError);
      expect(() => der.generalizedTime(instant)).toThrow(RangeError);
    },
  );

  it('what is written is read back', () => {
    const instants = fc.integer({ min: at('0000-01-01T00:00:00Z'), max: at('9999-12-31T23:59:59.999Z') });
    fc.assert(
      fc.property(instants, (instant) => {
        const seconds = Math.floor(instant / 1000) * 1000;
        expect(Reader.over(der.generalizedTime(instant), 'time').time()).toBe(instant);
        expect(Reader.over(der.time(instant), 'time').time()).toBe(seconds);
      }),
    );
  });

  it('any text is a time or unreadable', () => {
    const digits = fc.string({ unit: fc.constantFrom(...'0123456789.,Z+-'), maxLength: 24 });
    fc.assert(
      fc.property(digits, fc.constantFrom(UTC, GENERAL), fc.constantFrom<Rules>('DER', 'BER'), (text, tag, rules) => {
        const value = orNull(read(tag, text, rules));
        expect(value === null || Number.isInteger(value)).toBe(true);
      }),
    );
  });
});
