/** The languages that people are spoken to in, which of them somebody wants, and how dates and counts are written in each (BCP 47, CLDR). */

export type Language = 'en' | 'de' | 'pt' | 'es' | 'fr' | 'pl';

export const LANGUAGES: readonly Language[] = ['en', 'de', 'pt', 'es', 'fr', 'pl'];

/** The name of each language in itself. */
export const LANGUAGE_NAMES: Readonly<Record<Language, string>> = {
  en: 'English',
  de: 'Deutsch',
  pt: 'Português',
  es: 'Español',
  fr: 'Français',
  pl: 'Polski',
};

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
export const dateText = (at: number, { language }: { readonly language: Language }): string =>
  `${new Intl.DateTimeFormat(LOCALES[language], { dateStyle: 'long', timeStyle: 'short', timeZone: 'UTC' }).format(at)} UTC`;

/** A date, in UTC. */
export const dayText = (at: number, language: Language): string =>
  new Intl.DateTimeFormat(LOCALES[language], { dateStyle: 'long', timeZone: 'UTC' }).format(at);

/** A count with the form of the word that goes with it; `other` also stands for the forms that are left out. */
export function counted(
  count: number,
  language: Language,
  forms: Partial<Record<Intl.LDMLPluralRule, string>> & { readonly other: string },
) {
  const form = forms[new Intl.PluralRules(LOCALES[language]).select(count)] ?? forms.other;
  return `${new Intl.NumberFormat(LOCALES[language]).format(count)} ${form}`;
}

/** How dates and numbers are written. */
export const LOCALES: Readonly<Record<Language, string>> = { en: 'en-GB', de: 'de-DE', pt: 'pt-BR', es: 'es-ES', fr: 'fr-FR', pl: 'pl-PL' };
