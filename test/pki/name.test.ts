/** Names: equality and text (RFC 5280, 7.1; RFC 4514). */
import { describe, expect, test } from 'vitest';
import { der } from '../../src/asn1/index.ts';
import type { Bytes } from '../../src/base/bytes.ts';
import { parseName, sameName, withinName } from '../../src/pki/index.ts';
import { must, nameDer } from './authority.ts';

const attribute = (oid: string, value: Bytes): Bytes => der.sequence(der.oid(oid), value);
const CN = '2.5.4.3';
const cn = (value: Bytes): Bytes => der.sequence(der.setOf(attribute(CN, value)));
const bmp = (text: string): Bytes =>
  der.encode(0x1e, Uint8Array.from([...text].flatMap((c) => [c.charCodeAt(0) >> 8, c.charCodeAt(0) & 255])));

describe('names are equal', () => {
  const cases: [string, Bytes, Bytes, boolean][] = [
    ['octet by octet', nameDer('CN=a,O=b'), nameDer('CN=a,O=b'), true],
    ['whatever the case of letters', nameDer('CN=Test CA'), nameDer('CN=TEST ca'), true],
    ['whatever the white space', nameDer('CN=Test   CA'), nameDer('CN= Test CA '), true],
    ['whatever the string type', cn(der.utf8String('x')), cn(der.printableString('X')), true],
    ['whatever the width of characters', cn(der.utf8String('Été')), cn(bmp('été')), true],
    ['after normalization', cn(der.utf8String('e\u0301')), cn(der.utf8String('\u00e9')), true],
    ['by folding, not by lower case alone', cn(der.utf8String('straße')), cn(der.utf8String('STRASSE')), true],
    ['but not with another value', nameDer('CN=a'), nameDer('CN=b'), false],
    ['but not with another type', nameDer('CN=a'), nameDer('O=a'), false],
    ['but not in another order', nameDer('CN=a,O=b'), nameDer('O=b,CN=a'), false],
    ['but not with one part more', nameDer('CN=a'), nameDer('CN=a,O=b'), false],
    ['but not where one value swallows the next part', nameDer('CN=a,O=b'), cn(der.utf8String('a,O=b')), false],
    [
      'in a relative name of several attributes, in any order',
      der.sequence(der.encode(0x31, attribute(CN, der.utf8String('a')), attribute('2.5.4.10', der.utf8String('b')))),
      der.sequence(der.encode(0x31, attribute('2.5.4.10', der.utf8String('B')), attribute(CN, der.utf8String('A')))),
      true,
    ],
    [
      'octet by octet only where a value is no text',
      cn(der.encode(0x0c, Uint8Array.of(0xff))),
      cn(der.encode(0x0c, Uint8Array.of(0xfe))),
      false,
    ],
  ];
  test.each(cases)('%s', (_, a, b, same) => {
    expect(sameName(must(parseName(a)), must(parseName(b)))).toBe(same);
    expect(sameName(must(parseName(b)), must(parseName(a)))).toBe(same);
  });
});

test('a name is within another that is a part of its beginning', () => {
  const name = must(parseName(nameDer('C=AT,O=Firm,CN=x')));
  expect(withinName(name, must(parseName(nameDer('C=at,O=FIRM'))))).toBe(true);
  expect(withinName(name, must(parseName(nameDer(''))))).toBe(true);
  expect(withinName(name, must(parseName(nameDer('O=Firm'))))).toBe(false);
  expect(withinName(name, must(parseName(nameDer('C=AT,O=Fir'))))).toBe(false);
});

describe('the text of a name follows RFC 4514', () => {
  const cases: [string, Bytes, string][] = [
    ['last part first', nameDer('C=AT,O=Firm,CN=x'), 'CN=x,O=Firm,C=AT'],
    ['special characters are escaped', cn(der.utf8String(' a,b+"c"\\<>; ')), 'CN=\\ a\\,b\\+\\"c\\"\\\\\\<\\>\\;\\ '],
    ['a number sign only in front', cn(der.utf8String('#a#')), 'CN=\\#a#'],
    ['control characters show as their octets', cn(der.utf8String('a\u0000\n')), 'CN=a\\00\\0a'],
    ['unknown types keep their number and encoding', der.sequence(der.setOf(attribute('1.2.3', der.utf8String('a')))), '1.2.3=#0c0161'],
    [
      'attributes of EN 319 412 have names',
      der.sequence(der.setOf(attribute('2.5.4.97', der.utf8String('VATAT-1')))),
      'organizationIdentifier=VATAT-1',
    ],
    ['nothing is nothing', nameDer(''), ''],
  ];
  test.each(cases)('%s', (_, bytes, text) => expect(must(parseName(bytes)).text).toBe(text));
});

test.each([
  ['an empty relative name', der.sequence(der.setOf())],
  ['an attribute without a value', der.sequence(der.setOf(der.sequence(der.oid(CN))))],
  ['an attribute with two values', der.sequence(der.setOf(der.sequence(der.oid(CN), der.NULL, der.NULL)))],
  ['octets behind', Uint8Array.from([...nameDer('CN=a'), 0])],
  ['no sequence', der.setOf()],
])('a name with %s is malformed', (_, bytes) => expect(parseName(bytes).ok).toBe(false));
