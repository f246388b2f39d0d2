/** Languages, and markup made of what others wrote. */
import { describe, expect, test } from 'vitest';
import { counted, dateText, LANGUAGES, type Language, languageFrom } from '../../src/languages/languages.ts';
import { codeBySms, invitationBySms, type MessageKind, messageText, messageWords } from '../../src/mail/texts.ts';
import { html } from '../../src/pages/markup.ts';
import { wordsOf } from '../../src/pages/words.ts';

test.each([
  [['de'], 'de'],
  [['de-AT'], 'de'],
  [[null, 'DE-de'], 'de'],
  [['it', 'en;q=0.5, de'], 'en'],
  [[undefined, 'it-IT,it;q=0.9,de;q=0.8,en;q=0.7'], 'de'],
  [['pt-BR'], 'pt'],
  [['pt-PT', 'en'], 'pt'],
  [[null, 'fr-CA,fr;q=0.9'], 'fr'],
  [['es-MX'], 'es'],
  [['pl', null], 'pl'],
  [['it', null], 'en'],
  [['den', 'deutsch', 'ptx'], 'en'],
  [['de', 'en'], 'de'],
] as const)('of the wishes %j the language is %s', (wishes, language) => expect(languageFrom(...wishes)).toBe(language));

/** Every text of a catalogue by its path; functions are called, as a page would. */
function textsOf(value: unknown, path = ''): readonly (readonly [path: string, text: string])[] {
  if (typeof value === 'string') return [[path, value]];
  if (typeof value !== 'function') return Object.entries(value as object).flatMap(([key, inner]) => textsOf(inner, `${path}.${key}`));
  if (/\.(proveText|codeSent)$/.test(path))
    return ['email', 'sms', 'whatsapp'].map((channel) => [`${path}(${channel})`, value(channel, 'XYZ')] as const);
  if (path.endsWith('.pages')) return [1, 2, 5].map((count) => [`${path}(${count})`, value(count)] as const);
  return [[path, value('XYZ', 7)]];
}

describe.each([
  ['pages', (language: Language): object => wordsOf(language)],
  ['mails', (language: Language): object => messageWords(language)],
] as const)('the words of the %s', (_what, catalogue) => {
  const english = new Map(textsOf(catalogue('en')));
  test.each(LANGUAGES.filter((language) => language !== 'en'))('are all there in %s, and none of them is English', (language) => {
    const texts = new Map(textsOf(catalogue(language)));
    expect([...texts.keys()]).toEqual([...english.keys()]);
    expect([...texts].filter(([, text]) => text.trim() === '').map(([path]) => path)).toEqual([]);
    const same = [...texts].filter(([path, text]) => text === english.get(path) && !SAID_IN_BOTH[language]?.includes(text));
    expect(same).toEqual([]);
    // What goes into the text is in it.
    const lost = [...texts].filter(([path, text]) => english.get(path)?.includes('XYZ') && !text.includes('XYZ'));
    expect(lost).toEqual([]);
    // Words that stand in English sentences only.
    const left = [...texts].filter(([, text]) => /\b(the|you|your|and|with|please|signed|this|again)\b/i.test(text));
    expect(left).toEqual([]);
  });
});

/** What is written in the same way in English. */
const SAID_IN_BOTH: Partial<Record<Language, readonly string[]>> = {
  de: ['Code', 'SHA-256'],
  pt: ['SHA-256'],
  es: ['SHA-256'],
  fr: ['SHA-256', 'Document', 'Code', 'Signature XYZ', '1 page', '2 pages', '5 pages'],
  pl: ['SHA-256'],
};

test.each([
  ['en', '1 March 2026 at 23:05 UTC', '1 page', '2 pages', '1,200 pages'],
  ['de', '1. März 2026 um 23:05 UTC', '1 Seite', '2 Seiten', '1.200 Seiten'],
  ['pt', '1 de março de 2026 às 23:05 UTC', '1 página', '2 páginas', '1.200 páginas'],
  ['es', '1 de marzo de 2026 a las 23:05 UTC', '1 página', '2 páginas', '1200 páginas'],
  ['fr', '1 mars 2026 à 23:05 UTC', '1 page', '2 pages', '1 200 pages'],
  ['pl', '1 marca 2026 23:05 UTC', '1 strona', '2 strony', '1200 stron'],
] as const)('dates and counts are written as in %s, in UTC', (language, date, one, two, many) => {
  const spaced = (text: string): string => text.replace(/[\u00a0\u202f]/g, ' ');
  expect(spaced(dateText(Date.UTC(2026, 2, 1, 23, 5), wordsOf(language)))).toBe(date);
  expect([1, 2, 1200].map((count) => spaced(wordsOf(language).pages(count)))).toEqual([one, two, many]);
});

test('a form of a word that is not named is the general one', () => {
  expect([1, 5].map((count) => counted(count, 'pl', { other: 'x' }))).toEqual(['1 x', '5 x']);
});

describe('mails', () => {
  const facts = {
    signer: 'Ada\nBcc: x@example.com',
    document: 'NDA\r\nX: y',
    link: 'https://sign.example/s/1',
    until: Date.UTC(2026, 2, 1),
  };
  test.each(LANGUAGES)('hold link, code and date in %s, whatever others named their things', (language) => {
    for (const kind of ['invitation', 'reminder', 'cancelled', 'completed'] satisfies MessageKind[]) {
      for (const approves of [false, true]) {
        const { subject, body } = messageText(kind, { ...facts, note: 'See you' }, language, approves);
        expect(subject).toMatch(/NDA X: y/);
        expect(subject).not.toMatch(/[\r\n]/);
        expect(body).toMatch(/^.*Ada Bcc: x@example\.com/);
        expect(body).toContain('\nhttps://sign.example/s/1\n');
        expect(body).toContain('\nSee you\n');
        expect(body).toMatch(/2026/);
      }
    }
    expect(messageText('code', { ...facts, code: '123456' }, language).body).toContain('123456');
    expect(codeBySms('123456', language)).toContain('123456');
    expect(invitationBySms('NDA', facts.link, language)).toMatch(/NDA.*: https:\/\/sign\.example\/s\/1$/);
  });
  test.each(LANGUAGES)('ask approvers in other words than signers in %s', (language) => {
    expect(messageText('invitation', facts, language, true)).not.toEqual(messageText('invitation', facts, language));
    expect(messageText('reminder', facts, language, true)).not.toEqual(messageText('reminder', facts, language));
    expect(invitationBySms('NDA', 'x', language, true)).not.toBe(invitationBySms('NDA', 'x', language));
  });
});

test('what others wrote is text and nothing else', () => {
  const name = `"><script>alert('1')</script>&`;
  expect(html`<p title="${name}">${name}${html`<b>${1}</b>`}${null}${false}${[html`<i></i>`, html`&amp;`]}</p>`.markup).toBe(
    '<p title="&quot;&gt;&lt;script&gt;alert(&#39;1&#39;)&lt;/script&gt;&amp;">&quot;&gt;&lt;script&gt;alert(&#39;1&#39;)&lt;/script&gt;&amp;<b>1</b><i></i>&amp;</p>',
  );
});
