/** Sentences for findings: the catalogue's words filled with the finding's facts; a check without words falls back to its name. */
import type { Finding } from '../validation/report.ts';
import { type CheckWords, checkWords } from './messages.en.ts';
import { visible } from './visible.ts';

/** What the check found, as one sentence. */
export function sentenceOf(finding: Finding): string {
  const words = wordsFor(finding.check);
  const template = finding.outcome === 'ok' || finding.outcome === 'ignored' ? words.holds : words.otherwise;
  return withDetail(template, finding.outcome === 'ok' ? undefined : finding.with);
}

/** What would make the check succeed, or null where nothing is known. */
export const remedyOf = (finding: Finding): string | null => wordsFor(finding.check).remedy ?? null;

function wordsFor(check: string): CheckWords {
  const words = Object.hasOwn(checkWords, check) ? checkWords[check] : undefined;
  if (words !== undefined) return words;
  const name = visible(check).replaceAll('-', ' ');
  return { holds: `${capital(name)}: yes.`, otherwise: `${capital(name)}: no.` };
}

/** Fills `{name}`; facts that the template does not name follow in brackets. */
function withDetail(template: string, facts: Finding['with']): string {
  if (facts === undefined) return template.replace(UNFILLED, '');
  const rest = new Map(Object.entries(facts));
  const filled = template.replace(PLACE, (whole, name: string) => {
    const value = facts[name];
    rest.delete(name);
    return value === undefined ? whole : visible(String(value));
  });
  const more = [...rest].map(([name, value]) => `${visible(name)}: ${visible(String(value))}`).join(', ');
  const sentence = filled.replace(UNFILLED, '');
  return more === '' ? sentence : `${sentence.replace(/\.$/, '')} (${more}).`;
}

export const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);

const PLACE = /\{(\w+)\}/g;
/** A place without a fact, with the space before it. */
const UNFILLED = / ?\{\w+\}/g;
