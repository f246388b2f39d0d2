/** The order in which a line is seen that mixes directions (UAX #9): examples read off by hand, and what holds for every line. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { bidiLevels, visualOrder } from '../../src/render/bidi.ts';

/** Upper case letters stand for Hebrew ones; the line as it is seen. */
function seen(line: string): string {
  const hebrew = (text: string): string => text.replace(/[A-Z]/g, (letter) => String.fromCharCode(0x5d0 + letter.charCodeAt(0) - 0x41));
  const latin = (text: string): string =>
    text.replace(/[\u05d0-\u05ea]/g, (letter) => String.fromCharCode(letter.charCodeAt(0) - 0x5d0 + 0x41));
  const text = hebrew(line);
  const { levels } = bidiLevels(text);
  const order = visualOrder([...text].map((character, i) => ({ character, level: levels[i] ?? 0 })));
  return latin(order.map(({ character }) => character).join(''));
}

describe('a line is seen', () => {
  test.each([
    ['abc def', 'abc def'],
    ['ABC DEF', 'FED CBA'],
    ['abc DEF ghi', 'abc FED ghi'],
    ['ABC def GHI', 'IHG def CBA'],
    ['ABC 123 DEF', 'FED 123 CBA'],
    ['abc 12 DEF 34 x', 'abc 12 34 FED x'],
    ['ABC 1,234.56%', '1,234.56% CBA'],
    ['ABC -5', '5- CBA'],
    ['ABC (def) GHI', 'IHG )def( CBA'],
    ['abc (DEF) ghi', 'abc (FED) ghi'],
    ['abc (DEF', 'abc (FED'],
    ['ABC def.', '.def CBA'],
    ['23.11.2026 ABC', 'CBA 23.11.2026'],
    ['ABC ', ' CBA'],
    ['', ''],
  ])('%s as %s', (line, expected) => expect(seen(line)).toBe(expected));

  test('with Arabic letters, numbers after which stay together', () => {
    const text = 'ابت 23/11';
    const { paragraph, levels } = bidiLevels(text);
    expect([paragraph, [...levels]]).toEqual([1, [1, 1, 1, 1, 2, 2, 2, 2, 2]]);
  });
});

test('every line keeps its characters, and has a level for each unit, whatever it is', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 60 }), (text) => {
      const { paragraph, levels } = bidiLevels(text);
      expect(levels.length).toBe(text.length);
      expect([...levels].every((level) => level >= paragraph && level <= 2)).toBe(true);
      const order = visualOrder([...levels].map((level, i) => ({ level, i })));
      expect(order.map(({ i }) => i).sort((a, b) => a - b)).toEqual([...levels].map((_, i) => i));
    }),
  );
});
