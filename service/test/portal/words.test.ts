/** The words of the portal: whole in each language, and in that language alone. */
import { expect, test } from 'vitest';
import { LANGUAGES, type Language } from '../../src/languages/languages.ts';
import { portalWordsOf } from '../../src/pages/portal/words.ts';

/** Every text by its path; functions are called, as a page would. */
function textsOf(value: unknown, path = ''): readonly (readonly [path: string, text: string])[] {
  if (typeof value === 'string') return [[path, value]];
  if (typeof value !== 'function') return Object.entries(value as object).flatMap(([key, inner]) => textsOf(inner, `${path}.${key}`));
  return [1, 2].map((count) => [`${path}(${count})`, value(count, 'XYZ')] as const);
}

const english = new Map(textsOf(portalWordsOf('en')));

test.each(LANGUAGES.filter((language) => language !== 'en'))('no words are missing in %s, and none are English', (language) => {
  const texts = textsOf(portalWordsOf(language));
  expect(texts.map(([path]) => path)).toEqual([...english.keys()]);
  expect(texts.filter(([, text]) => text.trim() === '' || /\b(the|you|your|and|with|this)\b/i.test(text))).toEqual([]);
  const same = texts.filter(([path, text]) => text === english.get(path)).map(([, text]) => text);
  expect(same.filter((text) => !EVERYWHERE.includes(text) && !SAID_IN_BOTH[language]?.includes(text))).toEqual([]);
  // What goes into a text is in it.
  expect(texts.filter(([path, text]) => english.get(path)?.includes('XYZ') && !text.includes('XYZ'))).toEqual([]);
});

test('no two ways to go on are called the same on a page', () => {
  for (const language of LANGUAGES) {
    const { keys, webhooks, people, account, signIn } = portalWordsOf(language);
    for (const names of [
      [keys.rotate, keys.revoke],
      [webhooks.test, webhooks.renew, webhooks.disable],
      [people.makeAdmin, people.makeReader, people.remove, people.withdraw, people.send],
      [account.before, account.after],
      [signIn.button, signIn.out],
    ])
      expect(new Set(names).size).toBe(names.length);
  }
});

const EVERYWHERE = ['Webhooks', 'appId (Ignisign)'];
const SAID_IN_BOTH: Partial<Record<Language, readonly string[]>> = {
  de: ['API', 'Bank', 'Live', 'Name', 'Original', 'Portal', 'Test', 'Video', 'Webhook'],
  fr: ['1 page', '2 pages'],
};
