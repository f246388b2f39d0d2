/** Sentences for findings: the catalogue's words filled with the finding's facts; a check without words falls back to its name. */
import { type Instant, toIso } from '../base/instant.ts';
import type { Finding } from '../validation/report.ts';
import { checkWords } from './check-words.en.ts';
import { type CheckWords, factWords } from './messages.en.ts';
import { visible } from './visible.ts';

/** What people call the certificate or token of an id, or null. */
export type NameOf = (id: string) => string | null;

/** What the check found, as one sentence. */
export function sentenceOf(finding: Finding, nameOf: NameOf): string {
  const words = wordsFor(finding.check);
  if (finding.outcome === 'ok' || finding.outcome === 'ignored') return filled(words.holds, {}, nameOf);
  return filled(words.otherwise, finding.with ?? {}, nameOf);
}

/** What would make the check succeed, or null where nothing is known. */
export const remedyOf = (finding: Finding): string | null => wordsFor(finding.check).remedy ?? null;

/** With the standard, where the clause is of the one that all others refer to. */
export const clauseOf = (clause: string): string => visible(/^\d/.test(clause) ? `EN 319 102-1, ${clause}` : clause);

function wordsFor(check: string): CheckWords {
  const words = Object.hasOwn(checkWords, check) ? checkWords[check] : undefined;
  if (words !== undefined) return words;
  const name = visible(check).replaceAll('-', ' ');
  return { holds: `${capital(name)}: yes.`, otherwise: `${capital(name)}: no.` };
}

/** Fills `{name}`, leaves out `[…{name}…]` where there is no such fact; facts that the template does not name follow in brackets. */
function filled(template: string, facts: NonNullable<Finding['with']>, nameOf: NameOf): string {
  const values = new Map(Object.entries(facts).flatMap(([name, value]) => (value === '' ? [] : [[name, shown(value, nameOf)] as const])));
  const used = new Set<string>();
  const fill = (text: string) =>
    text.replace(PLACE, (_, name: string) => {
      used.add(name);
      return values.get(name) ?? '';
    });
  const sentence = fill(
    template.replace(OPTIONAL, (_, part: string) =>
      [...part.matchAll(PLACE)].every(([, name = '']) => values.has(name)) ? fill(part) : '',
    ),
  );
  const rest = [...values].filter(([name]) => !used.has(name)).map(([name, value]) => `${factWords[name] ?? visible(name)}: ${value}`);
  return rest.length === 0 ? sentence : `${sentence.replace(/\.$/, '')} (${rest.join(', ')}).`;
}

/** Instants as dates, known ids as names, other long ids shortened. */
function shown(value: string | number, nameOf: NameOf): string {
  if (typeof value === 'number') return Math.abs(value) > LEAST_INSTANT ? dateTime(value) : String(value);
  if (!ID.test(value)) return visible(value);
  return nameOf(value) ?? `${value.slice(0, 12)}…`;
}

/** For example `22 November 2026, 09:15:00 UTC`. */
export function dateTime(at: Instant): string {
  const [date = '', time = ''] = toIso(at).replace('Z', '').split('T');
  const [year = '', month = '', day = ''] = date.replace(/^[+-]/, '').split('-');
  return `${Number(day)} ${MONTHS[Number(month) - 1] ?? month} ${year}, ${time.slice(0, 8)} UTC`;
}

export const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);

const MONTHS = 'January February March April May June July August September October November December'.split(' ');
const PLACE = /\{(\w+)\}/g;
const OPTIONAL = /\[([^\]]*)\]/g;
const ID = /^[0-9a-f]{64}$/;
/** No count in a report is as large: a number above is an instant (of 1973 or later). */
const LEAST_INSTANT = 1e11;
