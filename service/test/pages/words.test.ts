/** Languages, and markup made of what others wrote. */
import { expect, test } from 'vitest';
import { html } from '../../src/pages/markup.ts';
import { dateText, LANGUAGES, languageFrom, wordsOf } from '../../src/pages/words.ts';

test.each([
  [['de'], 'de'],
  [['de-AT'], 'de'],
  [[null, 'DE-de'], 'de'],
  [['fr', 'en;q=0.5, de'], 'en'],
  [[undefined, 'fr-FR,fr;q=0.9,de;q=0.8,en;q=0.7'], 'de'],
  [['pl', null], 'en'],
  [['den', 'deutsch'], 'en'],
  [['de', 'en'], 'de'],
] as const)('of the wishes %j the language is %s', (wishes, language) => expect(languageFrom(...wishes)).toBe(language));

test('no words of one language stand in the other', () => {
  const [english, german] = LANGUAGES.map((language) => Object.entries(wordsOf(language)));
  const same = (english ?? []).filter(
    ([name, text], index) => typeof text === 'string' && text === german?.[index]?.[1] && name !== 'fingerprint',
  );
  // "Code" is said in both.
  expect(same.map(([name]) => name)).toEqual(['codeLabel']);
});

test('dates are told in UTC', () => {
  expect(dateText(Date.UTC(2026, 2, 1, 23, 5), wordsOf('en'))).toBe('1 March 2026 at 23:05 UTC');
  expect(dateText(Date.UTC(2026, 2, 1, 23, 5), wordsOf('de'))).toBe('1. März 2026 um 23:05 UTC');
});

test('what others wrote is text and nothing else', () => {
  const name = `"><script>alert('1')</script>&`;
  expect(html`<p title="${name}">${name}${html`<b>${1}</b>`}${null}${false}${[html`<i></i>`, html`&amp;`]}</p>`.markup).toBe(
    '<p title="&quot;&gt;&lt;script&gt;alert(&#39;1&#39;)&lt;/script&gt;&amp;">&quot;&gt;&lt;script&gt;alert(&#39;1&#39;)&lt;/script&gt;&amp;<b>1</b><i></i>&amp;</p>',
  );
});
