import { describe, expect, it } from 'vitest';
import { der, Reader, type Rules } from '../../src/asn1/index.ts';
import { attempt } from '../../src/base/parsed.ts';
import { fromHex } from '../../src/base/text.ts';

const octets = (hex: string): Uint8Array => fromHex(hex) ?? new Uint8Array();
const read = (hex: string, rules: Rules = 'DER') => attempt(() => Reader.over(octets(hex), 'text', rules).text());

describe('character strings', () => {
  it.each([
    ['UTF8String', '0c03e282ac', '€'],
    ['UTF8String with a byte order mark kept', '0c04efbbbf61', '\ufeffa'],
    ['NumericString', '12023432', '42'],
    ['PrintableString', '13024142', 'AB'],
    ['TeletexString as Latin-1', '1401e9', 'é'],
    ['IA5String', '16026162', 'ab'],
    ['VisibleString', '1a026162', 'ab'],
    ['BMPString', '1e0420ac0061', '€a'],
    ['UniversalString', '1c040001f600', '😀'],
    ['an empty string', '0c00', ''],
  ])('%s', (_name, hex, text) => {
    expect(read(hex)).toEqual({ ok: true, value: text });
  });

  it.each([
    ['UTF8String that is not UTF-8', '0c01ff'],
    ['UTF8String with an overlong form', '0c02c080'],
    ['UTF8String with a surrogate', '0c03eda080'],
    ['BMPString of odd length', '1e0161'],
    ['UniversalString of a wrong length', '1c020061'],
    ['UniversalString beyond Unicode', '1c0400110000'],
    ['INTEGER', '020101'],
    ['OCTET STRING', '040161'],
    ['nothing', ''],
  ])('%s is unreadable', (_name, hex) => {
    expect(read(hex)).toMatchObject({ ok: false });
  });

  it('segments of a constructed string are joined in BER only', () => {
    const segmented = '2c0604016104 0162'.replaceAll(' ', '');
    expect(read(segmented, 'BER')).toEqual({ ok: true, value: 'ab' });
    expect(read(segmented, 'DER')).toMatchObject({ ok: false });
    expect(read('2c060c01610c0162', 'BER')).toEqual({ ok: true, value: 'ab' });
    expect(read('2c0602016102 0162'.replaceAll(' ', ''), 'BER')).toMatchObject({ ok: false });
  });

  it('what is written is read back', () => {
    expect(Reader.over(der.utf8String('Käse €'), 'text').text()).toBe('Käse €');
    expect(Reader.over(der.printableString('AB c'), 'text').text()).toBe('AB c');
    expect(Reader.over(der.ia5String('a@b'), 'text').text()).toBe('a@b');
  });
});
