import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { CATALOGUES, catalogueOf, fill, type Language, languageOf } from '../../src/report/catalogue.ts';
import { toHtml } from '../../src/report/html.ts';
import { toText } from '../../src/report/text.ts';
import { broken, report, signature, untrusted } from './fixture.ts';

/** Every text of a catalogue by its path. */
function texts(value: unknown, path = ''): [string, string][] {
  if (typeof value === 'string') return [[path, value]];
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, member]) => texts(member, `${path}/${key}`));
}

/** Places in braces, and which of them may be left out. */
const places = (text: string): string[] => [...text.matchAll(/\{\w+\}/g)].map(([place]) => place).sort();

const others = (Object.keys(CATALOGUES) as Language[]).filter((language) => language !== 'en');
const english = new Map(texts({ ...CATALOGUES.en, language: undefined }));

describe.each(others)('the words in %s', (language) => {
  const words = new Map(texts({ ...CATALOGUES[language], language: undefined }));

  test('have an entry for each English one, and no other', () => expect([...words.keys()].sort()).toEqual([...english.keys()].sort()));

  test('have the same places to fill', () => {
    const differing = [...words].filter(([path, text]) => places(text).join() !== places(english.get(path) ?? '').join());
    expect(differing.map(([path]) => path)).toEqual([]);
  });

  test('are translated: whole sentences are never the English ones', () => {
    const same = [...words].filter(([path, text]) => text.endsWith('.') && text.includes(' ') && text === english.get(path));
    expect(same).toEqual([]);
  });

  test('reach the page and the text', () => {
    const of = { ...report, signatures: [signature, untrusted, broken] };
    expect(toHtml(of, { language })).toContain(`<html lang="${language}">`);
    for (const { meaning } of [CATALOGUES[language].conclusions.HASH_FAILURE, CATALOGUES[language].conclusions.NO_CERTIFICATE_CHAIN_FOUND])
      expect(toText(of, { language }).replace(/\s+/g, ' ')).toContain(meaning);
  });
});

describe('German', () => {
  const text = toText({ ...report, signatures: [untrusted] }, { language: 'de' });
  test.each(['NICHT BESTÄTIGT', 'Was helfen würde:', '12. November 2026', 'Angeblich von', 'Geprüft zum Zeitpunkt'])('says %s', (part) =>
    expect(text).toContain(part),
  );
});

describe('languages', () => {
  test.each([
    ['de_AT.UTF-8', 'de'],
    ['de', 'de'],
    ['de-CH', 'de'],
    ['DE@euro', 'de'],
    ['en_GB.UTF-8', 'en'],
    ['C', 'en'],
    ['', 'en'],
    ['delta', 'en'],
    ['fr_FR', 'en'],
  ])('the locale %j is told in %s', (locale, language) => expect(languageOf(locale)).toBe(language));

  test.each(['xx', '__proto__', 'constructor', 'toString'])('%s is refused', (language) =>
    expect(() => catalogueOf(language as Language)).toThrow(/not known/),
  );

  test('filling leaves no place of a template behind, and never fills what a value holds', () => {
    fc.assert(
      fc.property(fc.string(), (value) => {
        expect(fill('a {x} b {y}', { x: value, y: '{x}' })).toBe(`a ${value} b {x}`);
      }),
    );
    expect(fill('{constructor}')).toBe('');
  });
});
