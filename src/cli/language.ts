/** The language that a person wants: as told, else that of the environment. */
import { CATALOGUES, type Language, languageOf } from '../report/catalogue.ts';
import { type Arguments, type Option, oneOf } from './arguments.ts';

export const LANGUAGE_OPTION: Readonly<Record<string, Option>> = {
  language: { value: 'en|de', help: 'language of what is printed for people; default: that of the environment (LC_ALL, LANG)' },
};

/** Throws `Usage`. */
export function languageFrom(args: Arguments): Language {
  const { LC_ALL, LC_MESSAGES, LANG } = process.env;
  return oneOf(args, 'language', Object.keys(CATALOGUES) as Language[], languageOf(LC_ALL || LC_MESSAGES || LANG || ''));
}
