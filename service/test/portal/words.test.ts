/** The words of the portal: whole in each language, and in that language alone. */
import { expect, test } from 'vitest';
import { GERMAN } from '../../src/pages/portal/words.de.ts';
import { ENGLISH } from '../../src/pages/portal/words.en.ts';

/** Every text by its path; functions are called, as a page would. */
function textsOf(value: unknown, path = ''): readonly (readonly [path: string, text: string])[] {
  if (typeof value === 'string') return [[path, value]];
  if (typeof value !== 'function') return Object.entries(value as object).flatMap(([key, inner]) => textsOf(inner, `${path}.${key}`));
  return [1, 2].map((count) => [`${path}(${count})`, value(count, 'XYZ')] as const);
}

test('no words are missing in German, and none are English', () => {
  const [english, german] = [new Map(textsOf(ENGLISH)), textsOf(GERMAN)];
  expect(german.map(([path]) => path)).toEqual([...english.keys()]);
  expect(german.filter(([, text]) => text.trim() === '' || /\b(the|you|your|and|with|this)\b/i.test(text))).toEqual([]);
  const same = german.filter(([path, text]) => text === english.get(path)).map(([, text]) => text);
  expect(same.filter((text) => !SAID_IN_BOTH.includes(text))).toEqual([]);
});

const SAID_IN_BOTH = ['API', 'Bank', 'Live', 'Name', 'Original', 'Portal', 'Test', 'Video', 'Webhook', 'Webhooks', 'appId (Ignisign)'];
