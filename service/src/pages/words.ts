/** The words of the pages, and which language somebody wants. */
import { GERMAN } from './words.de.ts';
import { ENGLISH, type Words } from './words.en.ts';

export type { Words };
export type Language = 'en' | 'de';

export const LANGUAGES: readonly Language[] = ['en', 'de'];

export const wordsOf = (language: Language): Words => (language === 'de' ? GERMAN : ENGLISH);

/** The first of these wishes that names a language we have; a wish may be a header Accept-Language. */
export function languageFrom(...wishes: readonly (string | null | undefined)[]): Language {
  for (const wish of wishes) {
    for (const tag of (wish ?? '')
      .slice(0, 200)
      .toLowerCase()
      .split(/[\s,]+/)) {
      const found = LANGUAGES.find((language) => tag === language || tag.startsWith(`${language}-`) || tag.startsWith(`${language};`));
      if (found) return found;
    }
  }
  return 'en';
}

/** A date with its time, in UTC. */
export const dateText = (at: number, { language }: Words): string =>
  `${new Intl.DateTimeFormat(language === 'de' ? 'de-DE' : 'en-GB', { dateStyle: 'long', timeStyle: 'short', timeZone: 'UTC' }).format(at)} UTC`;
