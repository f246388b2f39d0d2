/** The words of the portal in each language that it speaks. */
import type { FastifyRequest } from 'fastify';
import { LOCALES } from '../../languages/languages.ts';
import { type Language, languageFrom, type Words, wordsOf } from '../words.ts';
import { GERMAN } from './words.de.ts';
import { ENGLISH, type PortalWords } from './words.en.ts';
import { SPANISH } from './words.es.ts';
import { FRENCH } from './words.fr.ts';
import { POLISH } from './words.pl.ts';
import { PORTUGUESE } from './words.pt.ts';

export type { PortalWords };

/** What the portal says, and what all pages say. */
export interface Spoken {
  readonly language: Language;
  readonly portal: PortalWords;
  readonly page: Words;
}

/** By the address, then by what was chosen before, then by the browser. */
export function spokenFor(request: FastifyRequest): Spoken {
  const { query, headers, cookies } = request;
  const { lang } = query as { readonly lang?: unknown };
  const language = languageFrom(typeof lang === 'string' ? lang : null, cookies[LANGUAGE_COOKIE], headers['accept-language']);
  return { language, portal: portalWordsOf(language), page: wordsOf(language) };
}

/** A date with its time, in UTC, as short as it may be. */
export const timeText = (at: number, { language }: Pick<Spoken, 'language'>): string =>
  new Intl.DateTimeFormat(LOCALES[language], { dateStyle: 'medium', timeStyle: 'short', timeZone: 'UTC' }).format(at);

export const numberText = (value: number, { language }: Pick<Spoken, 'language'>): string =>
  new Intl.NumberFormat(LOCALES[language]).format(value);

/** `2026-03` as `Mar 2026`. */
export const monthText = (month: string, { language }: Pick<Spoken, 'language'>, style: 'short' | 'narrow' = 'short'): string =>
  new Intl.DateTimeFormat(LOCALES[language], { month: style, ...(style === 'short' && { year: 'numeric' }), timeZone: 'UTC' }).format(
    Date.parse(`${month}-01T00:00:00Z`),
  );

export const sizeText = (octets: number, spoken: Pick<Spoken, 'language'>): string =>
  octets < 1024
    ? `${octets} B`
    : octets < 1024 * 1024
      ? `${numberText(Math.round(octets / 1024), spoken)} kB`
      : `${numberText(Math.round((octets / 1024 / 1024) * 10) / 10, spoken)} MB`;

export const LANGUAGE_COOKIE = 'adeskit_language';

export const portalWordsOf = (language: Language): PortalWords => CATALOGUES[language];

const CATALOGUES: Readonly<Record<Language, PortalWords>> = {
  en: ENGLISH,
  de: GERMAN,
  pt: PORTUGUESE,
  es: SPANISH,
  fr: FRENCH,
  pl: POLISH,
};
