/** The words of the pages in each language. */
import type { Language } from '../languages/languages.ts';
import { GERMAN } from './words.de.ts';
import { ENGLISH, type Words } from './words.en.ts';
import { SPANISH } from './words.es.ts';
import { FRENCH } from './words.fr.ts';
import { POLISH } from './words.pl.ts';
import { PORTUGUESE } from './words.pt.ts';

export { dateText, LANGUAGES, type Language, languageFrom } from '../languages/languages.ts';
export type { Words };

export const wordsOf = (language: Language): Words => CATALOGUES[language];

const CATALOGUES: Readonly<Record<Language, Words>> = {
  en: ENGLISH,
  de: GERMAN,
  pt: PORTUGUESE,
  es: SPANISH,
  fr: FRENCH,
  pl: POLISH,
};
