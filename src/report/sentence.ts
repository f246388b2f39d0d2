/** Sentences for findings: the catalogue's words filled with the finding's facts; a check without words falls back to its name. */
import { type Instant, toIso } from '../base/instant.ts';
import type { Finding } from '../validation/report.ts';
import { type Catalogue, catalogueOf, fill, own } from './catalogue.ts';
import { detailIn } from './detail.ts';
import type { CheckWords } from './messages.en.ts';
import { visible } from './visible.ts';

/** What people call the certificate or token of an id, or null. */
export type NameOf = (id: string) => string | null;

/** What the check found, as one sentence. */
export function sentenceOf(finding: Finding, nameOf: NameOf, words: Catalogue = catalogueOf()): string {
  const check = wordsFor(finding.check, words);
  if (finding.outcome === 'ok' || finding.outcome === 'ignored') return filled(check.holds, {}, nameOf, words);
  return filled(check.otherwise, inLanguage(finding, words), nameOf, words);
}

/** The facts of a finding; those that are sentences of lower layers by the catalogue. The kind of a change stands for its sentence. */
function inLanguage({ with: facts = {} }: Finding, words: Catalogue): NonNullable<Finding['with']> {
  const told = Object.entries(facts).flatMap(([name, value]) => {
    if (name === 'changeKind') return [];
    return [[name, typeof value === 'string' && DETAILS.has(name) ? detailIn(value, words) : value] as const];
  });
  const { changeKind } = facts;
  if (changeKind === undefined || words.language === 'en') return Object.fromEntries(told);
  return { ...Object.fromEntries(told), first: own(words.changes, String(changeKind)) ?? words.phrases.detailOther };
}

/** What would make the check succeed, or null where nothing is known. */
export const remedyOf = (finding: Finding, words: Catalogue = catalogueOf()): string | null =>
  wordsFor(finding.check, words).remedy ?? null;

/** With the standard, where the clause is of the one that all others refer to. */
export const clauseOf = (clause: string): string => visible(/^\d/.test(clause) ? `EN 319 102-1, ${clause}` : clause);

function wordsFor(check: string, { checks, phrases }: Catalogue): CheckWords {
  const words = Object.hasOwn(checks, check) ? checks[check] : undefined;
  if (words !== undefined) return words;
  // Without brackets: in a template they stand for an optional part.
  const name = capital(
    visible(check)
      .replaceAll('-', ' ')
      .replaceAll(/[[\]{}]/g, ''),
  );
  return { holds: fill(phrases.yes, { check: name }), otherwise: fill(phrases.no, { check: name }) };
}

/** Fills `{name}`, leaves out `[…{name}…]` where there is no such fact; facts that the template does not name follow in brackets. */
function filled(template: string, facts: NonNullable<Finding['with']>, nameOf: NameOf, words: Catalogue): string {
  const values = new Map(
    Object.entries(facts).flatMap(([name, value]) => (value === '' ? [] : [[name, shown(value, nameOf, words)] as const])),
  );
  const used = new Set<string>();
  const place = (text: string) =>
    text.replace(PLACE, (_, name: string) => {
      used.add(name);
      return values.get(name) ?? '';
    });
  const sentence = place(
    template.replace(OPTIONAL, (_, part: string) =>
      [...part.matchAll(PLACE)].every(([, name = '']) => values.has(name)) ? place(part) : '',
    ),
  );
  const rest = [...values]
    .filter(([name]) => !used.has(name))
    .map(([name, value]) => `${own(words.facts, name) ?? visible(name)}: ${value}`);
  return rest.length === 0 ? sentence : `${sentence.replace(/\.$/, '')} (${rest.join(', ')}).`;
}

/** Instants as dates, known ids as names, other long ids shortened. */
function shown(value: string | number, nameOf: NameOf, words: Catalogue): string {
  if (typeof value === 'number') return Math.abs(value) > LEAST_INSTANT ? dateTime(value, words) : String(value);
  if (!ID.test(value)) return visible(value);
  return nameOf(value) ?? `${value.slice(0, 12)}…`;
}

/** For example `22 November 2026, 09:15:00 UTC`. */
export function dateTime(at: Instant, words: Catalogue = catalogueOf()): string {
  const { time, ...date } = partsOf(at, words);
  return fill(words.phrases.dateTime, { ...date, time });
}

/** For example `22 November 2026`. */
export const dateOnly = (at: Instant, words: Catalogue): string => fill(words.phrases.date, partsOf(at, words));

function partsOf(at: Instant, { months }: Catalogue): { day: number; month: string; year: string; time: string } {
  const [date = '', time = ''] = toIso(at).replace('Z', '').split('T');
  const [year = '', month = '', day = ''] = date.replace(/^[+-]/, '').split('-');
  return { day: Number(day), month: months[Number(month) - 1] ?? month, year, time: time.slice(0, 8) };
}

export const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);

/** Facts that are written in English by the layers below. */
const DETAILS: ReadonlySet<string> = new Set(['problem', 'problems', 'exhausted', 'keySize']);
const PLACE = /\{(\w+)\}/g;
const OPTIONAL = /\[([^\]]*)\]/g;
const ID = /^[0-9a-f]{64}$/;
/** No count in a report is as large: a number above is an instant (of 1973 or later). */
const LEAST_INSTANT = 1e11;
