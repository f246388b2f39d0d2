/** Details that lower layers tell in English, in the language of a report: by the catalogue, or in general words where it has none. */
import { type Catalogue, own } from './catalogue.ts';

/** A detail, or several that `; ` or `, ` parts; what has no words in this language is summed up in general ones. */
export function detailIn(detail: string, words: Catalogue): string {
  const whole = wordsFor(detail, words);
  if (whole !== null || detail === '') return whole ?? '';
  const parts = detail.split(/[;,] /).map((part) => wordsFor(part, words) ?? words.phrases.detailOther);
  return [...new Set(parts)].join('; ');
}

/** The name of a structure: an identifier is one in every language. */
export const structureIn = (what: string, words: Catalogue): string | null =>
  wordsFor(what, words) ?? (what.includes(' ') || /^[a-z]/.test(what) ? null : what);

function wordsFor(detail: string, words: Catalogue): string | null {
  const known = own(words.details, detail);
  if (known !== undefined) return known;
  if (words.language === 'en') return detail;
  for (const { pattern, template } of patternsOf(words)) {
    const match = pattern.exec(detail);
    if (match) return filled(template, match, words);
  }
  return null;
}

/** A place holds a name or a number; `{why}` another detail. */
const filled = (template: string, { groups = {} }: RegExpExecArray, words: Catalogue): string =>
  template.replace(PLACE, (_, place: string) => {
    const held = groups[`in${place}`] ?? '';
    return place === 'why' ? detailIn(held, words) : held;
  });

interface Pattern {
  readonly pattern: RegExp;
  readonly template: string;
}

function patternsOf({ details, language }: Catalogue): readonly Pattern[] {
  const known = PATTERNS.get(language);
  if (known) return known;
  const patterns = Object.entries(details)
    .filter(([key]) => key.includes('{'))
    .map(([key, template]) => ({
      pattern: new RegExp(`^${key.replaceAll(/[.*+?^$()|[\]\\/]/g, '\\$&').replaceAll(PLACE, '(?<in$1>[^;]{1,200})')}$`),
      template,
    }));
  PATTERNS.set(language, patterns);
  return patterns;
}

const PLACE = /\{(\w+)\}/g;
const PATTERNS = new Map<string, readonly Pattern[]>();
