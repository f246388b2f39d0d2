/** A line cut into stretches of one direction, one script and one font: what a shaper takes at a time. */
import { Fault } from '../base/fault.ts';
import { type BidiLevels, bidiLevels } from './bidi.ts';

export interface Item {
  readonly start: number;
  readonly end: number;
  readonly level: number;
  /** ISO 15924. */
  readonly script: string;
  /** Index of the font. */
  readonly font: number;
}

/** `has(font, codePoint)`: whether a font has a glyph. Throws `unsupported` for a character that none of them has. */
export function itemsOf(
  text: string,
  fonts: number,
  has: (font: number, codePoint: number) => boolean,
): { readonly paragraph: BidiLevels['paragraph']; readonly items: readonly Item[] } {
  const { paragraph, levels } = bidiLevels(text);
  const items: { -readonly [K in keyof Item]: Item[K] }[] = [];
  let [font, script] = [0, firstScript(text)];
  for (const { segment, index } of GRAPHEMES.segment(text)) {
    font = fontFor(segment, font, fonts, has);
    script = scriptOf(segment) ?? script;
    const level = levels[index] ?? paragraph;
    const last = items.at(-1);
    if (last !== undefined && last.level === level && last.font === font && last.script === script) last.end = index + segment.length;
    else items.push({ start: index, end: index + segment.length, level, script, font });
  }
  return { paragraph, items };
}

/** The first font that has all of it; white space and punctuation stay with what stands before them. */
function fontFor(segment: string, before: number, fonts: number, has: (font: number, codePoint: number) => boolean): number {
  const codePoints = [...segment].filter((character) => !IGNORABLE.test(character)).map((character) => character.codePointAt(0) as number);
  const hasAll = (font: number): boolean => codePoints.every((codePoint) => has(font, codePoint));
  if (BETWEEN.test(segment) && hasAll(before)) return before;
  for (let font = 0; font < fonts; font++) if (hasAll(font)) return font;
  const missing = codePoints.find((codePoint) => !Array.from({ length: fonts }, (_, font) => font).some((font) => has(font, codePoint)));
  const shown = missing === undefined ? segment : String.fromCodePoint(missing);
  const code = (missing ?? (codePoints[0] as number)).toString(16).toUpperCase().padStart(4, '0');
  throw new Fault(
    'unsupported',
    `none of the fonts has the character '${shown}' (U+${code}): give one more that has it (visible.fonts, --font FILE)`,
  );
}

/** Null for what every script uses. */
function scriptOf(segment: string): string | null {
  for (const [tag, pattern] of SCRIPTS) if (pattern.test(segment)) return tag;
  return null;
}

function firstScript(text: string): string {
  for (const character of text) {
    const script = scriptOf(character);
    if (script !== null) return script;
  }
  return 'Latn';
}

const GRAPHEMES = new Intl.Segmenter('und', { granularity: 'grapheme' });
const IGNORABLE = /[\p{Default_Ignorable_Code_Point}\p{Cc}]/u;
const BETWEEN = /^[\p{Z}\p{P}\p{N}]+$/u;

const NAMES: readonly (readonly [tag: string, name: string])[] = [
  ['Latn', 'Latin'],
  ['Grek', 'Greek'],
  ['Cyrl', 'Cyrillic'],
  ['Arab', 'Arabic'],
  ['Hebr', 'Hebrew'],
  ['Deva', 'Devanagari'],
  ['Hani', 'Han'],
  ['Hira', 'Hiragana'],
  ['Kana', 'Katakana'],
  ['Hang', 'Hangul'],
  ['Thai', 'Thai'],
  ['Armn', 'Armenian'],
  ['Geor', 'Georgian'],
  ['Beng', 'Bengali'],
  ['Guru', 'Gurmukhi'],
  ['Gujr', 'Gujarati'],
  ['Orya', 'Oriya'],
  ['Taml', 'Tamil'],
  ['Telu', 'Telugu'],
  ['Knda', 'Kannada'],
  ['Mlym', 'Malayalam'],
  ['Sinh', 'Sinhala'],
  ['Laoo', 'Lao'],
  ['Tibt', 'Tibetan'],
  ['Mymr', 'Myanmar'],
  ['Khmr', 'Khmer'],
  ['Mong', 'Mongolian'],
  ['Ethi', 'Ethiopic'],
  ['Bopo', 'Bopomofo'],
  ['Syrc', 'Syriac'],
  ['Thaa', 'Thaana'],
  ['Nkoo', 'Nko'],
  ['Cher', 'Cherokee'],
  ['Java', 'Javanese'],
  ['Bali', 'Balinese'],
  ['Adlm', 'Adlam'],
];
const SCRIPTS = NAMES.map(([tag, name]) => [tag, new RegExp(`\\p{Script=${name}}`, 'u')] as const);
