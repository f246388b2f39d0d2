import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { attempt } from '../../src/base/parsed.ts';
import { fromLatin1, latin1 } from '../../src/base/text.ts';
import { encodeObject } from '../../src/pdf/encode.ts';
import { Lexer } from '../../src/pdf/lexer.ts';
import { array, dict, hexString, integer, literalString, name, type PdfObject, real, ref } from '../../src/pdf/object.ts';
import { objectArbitrary } from './generate.ts';

const read = (text: string) => attempt(() => new Lexer(latin1(text), 0, 0, false).object());

describe('an object is read as the standard writes it', () => {
  it.each<[string, string, PdfObject]>([
    ['null', 'null', null],
    ['a boolean before a delimiter', 'true]', true],
    ['an integer', '  -17 ', integer(-17)],
    ['a real', '-.002', real(-0.002)],
    ['a real without decimals', '4.', real(4)],
    ['a doubled sign', '--5', integer(-5)],
    ['a comment before it', '% here\n7', integer(7)],
    ['a reference', '12 0 R', ref(12)],
    ['two integers that are no reference', '12 0 Rx', integer(12)],
    ['a name with an escape', '/A#20B#', name('A B#')],
    ['an empty name', '/ ', name('')],
    ['a string with balanced parentheses', '(a(b)c)', literalString(latin1('a(b)c'))],
    ['a string with escapes', '(\\n\\)\\101\\53\\q\\\r\nx\r\ny)', literalString(latin1('\n)A+qx\ny'))],
    ['a hexadecimal string with an odd digit', '<4 1 4>', hexString(latin1('A@'))],
    ['an array', '[1 2 0 R/N(s)]', array([integer(1), ref(2), name('N'), literalString(latin1('s'))])],
    ['a dictionary', '<</A/B/C<</D 1>>>>', dict({ A: name('B'), C: dict({ D: integer(1) }) })],
    ['a dictionary whose last value is missing', '<</A>>', dict({ A: null })],
  ])('%s', (_, text, expected) => {
    expect(read(text)).toEqual({ ok: true, value: expected });
  });

  it('names the keys that come twice, and keeps the last value', () => {
    const result = read('<</A 1/B 2/A 3>>');
    expect(result.ok && result.value).toMatchObject({
      repeated: ['A'],
      entries: new Map([
        ['A', integer(3)],
        ['B', integer(2)],
      ]),
    });
  });

  it('tells where a string stands in the file', () => {
    const lexer = new Lexer(latin1('  <</Contents <00ff> >>'), 100, 2);
    const value = lexer.dictionary().entries.get('Contents');
    expect(value).toMatchObject({ start: 114, end: 120, hex: true });
  });
});

describe('what is no object is unreadable', () => {
  it.each(['', ')', '<<', '<</A 1', '[1 2', '(abc', '<4x>', '<41', 'nul', '1a', '<<1 2>>', '[', '>>'])('%s', (text) => {
    expect(read(text).ok).toBe(false);
  });

  it('nesting beyond the limit, in either kind', () => {
    expect(read('['.repeat(200_000)).ok).toBe(false);
    expect(read('<</A'.repeat(200_000)).ok).toBe(false);
    expect(read(`${'['.repeat(90)}${']'.repeat(90)}`).ok).toBe(true);
  });
});

describe('an object is written', () => {
  it.each<[PdfObject, string]>([
    [real(1e-7), '0.0000001'],
    [real(3), '3.0'],
    [real(1e21), '1000000000000000000000.0'],
    [integer(-0), '0'],
    [name('A B#\xe9/'), '/A#20B#23#E9#2F'],
    [literalString(latin1('(\\)\r\n')), '(\\(\\\\\\)\\r\n)'],
    [hexString(latin1('\x0fA')), '<0F41>'],
  ])('%j', (value, text) => {
    expect(fromLatin1(encodeObject(value))).toBe(text);
  });

  it('so that it is read back the same', () => {
    fc.assert(
      fc.property(objectArbitrary, (value) => {
        expect(attempt(() => new Lexer(encodeObject(value), 0, 0, false).object())).toEqual({ ok: true, value });
      }),
    );
  });
});

it('any octets give a value or are unreadable', () => {
  const syntax = fc.constantFrom(...'<>[]()/%# \n\\0123456789Rabcdef+-.'.split('')).map((character) => character.charCodeAt(0));
  fc.assert(
    fc.property(fc.array(fc.oneof(syntax, fc.integer({ min: 0, max: 255 })), { maxLength: 200 }), (octets) => {
      expect(attempt(() => new Lexer(Uint8Array.from(octets)).object())).toHaveProperty('ok');
    }),
    { numRuns: 500 },
  );
});
