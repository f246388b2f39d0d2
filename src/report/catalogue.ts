/** The catalogue of words in each language: another language is another set of files, and a line here. */
import { Fault } from '../base/fault.ts';
import { checkWords as checksDe } from './check-words.de.ts';
import { checkWords as checksEn } from './check-words.en.ts';
import { detailWords as detailsDe } from './detail-words.de.ts';
import { type DetailWord, detailWords as detailsEn } from './detail-words.en.ts';
import * as inspectDe from './inspect-words.de.ts';
import * as inspectEn from './inspect-words.en.ts';
import * as de from './messages.de.ts';
import * as en from './messages.en.ts';

export type Language = 'en' | 'de';

export type InspectWordName = keyof typeof inspectEn.inspectWords;

/** Every word that reports use, by what it is for. */
export interface Catalogue {
  readonly language: Language;
  readonly phrases: Readonly<Record<en.PhraseName, string>>;
  readonly checks: Readonly<Record<string, en.CheckWords>>;
  readonly conclusions: typeof en.conclusionWords;
  readonly revocation: typeof en.revocationWords;
  readonly timestamps: typeof en.timestampWords;
  readonly processes: Readonly<Record<string, string>>;
  readonly facts: Readonly<Record<string, string>>;
  readonly notes: Readonly<Record<string, string>>;
  readonly changes: Readonly<Record<string, string>>;
  /** What lower layers tell in detail, by how they tell it. */
  readonly details: Readonly<Record<DetailWord, string>>;
  readonly months: readonly string[];
  readonly shortMonths: readonly string[];
  readonly inspect: Readonly<Record<InspectWordName, string>>;
  /** Extended key usages, policies, roles and the like by their identifier. */
  readonly identifiers: Readonly<Record<string, string>>;
  readonly keyUsages: Readonly<Record<string, string>>;
  /** Failures of path validation. */
  readonly pathFailures: typeof inspectEn.pathFailures;
}

const catalogue = (
  language: Language,
  words: typeof en | typeof de,
  checks: Readonly<Record<string, en.CheckWords>>,
  inspect: typeof inspectEn | typeof inspectDe,
  details: Readonly<Record<DetailWord, string>>,
): Catalogue => ({
  language,
  phrases: words.phrases,
  checks,
  conclusions: words.conclusionWords,
  revocation: words.revocationWords,
  timestamps: words.timestampWords,
  processes: words.processWords,
  facts: words.factWords,
  notes: words.noteWords,
  changes: words.changeWords,
  details,
  months: words.months,
  shortMonths: words.shortMonths,
  inspect: inspect.inspectWords,
  identifiers: inspect.identifierWords,
  keyUsages: inspect.keyUsageWords,
  pathFailures: inspect.pathFailures,
});

export const CATALOGUES: Readonly<Record<Language, Catalogue>> = {
  en: catalogue('en', en, checksEn, inspectEn, detailsEn),
  de: catalogue('de', de, checksDe, inspectDe, detailsDe),
};

/** Throws `Fault` `bad-option` for a language that has no words. */
export function catalogueOf(language: Language = 'en'): Catalogue {
  if (!Object.hasOwn(CATALOGUES, language))
    throw new Fault('bad-option', `language '${language}' is not known (known: ${Object.keys(CATALOGUES).join(', ')})`);
  return CATALOGUES[language];
}

/** The language of a locale such as `de_AT.UTF-8`; English where there are no words for it. */
export function languageOf(locale: string): Language {
  const name = locale.slice(0, 2).toLowerCase();
  return /^[a-z]{2}([_.@-]|$)/i.test(locale) && Object.hasOwn(CATALOGUES, name) ? (name as Language) : 'en';
}

/** A template with its places filled; a value that is missing leaves nothing. */
export const fill = (template: string, values: Readonly<Record<string, string | number>> = {}): string =>
  template.replace(/\{(\w+)\}/g, (_, name: string) => String(Object.hasOwn(values, name) ? values[name] : ''));

/** An entry of a catalogue's table, never one that the table inherits. */
export const own = (table: Readonly<Record<string, string>>, name: string): string | undefined =>
  Object.hasOwn(table, name) ? table[name] : undefined;
