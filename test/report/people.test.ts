import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { checkWords } from '../../src/report/check-words.en.ts';
import { toHtml } from '../../src/report/html.ts';
import { conclusionWords } from '../../src/report/messages.en.ts';
import { clauseOf, dateTime, sentenceOf } from '../../src/report/sentence.ts';
import { toText } from '../../src/report/text.ts';
import { visible } from '../../src/report/visible.ts';
import { AT, broken, leaf, named, report, signature, untrusted } from './fixture.ts';

const TAGS =
  /<(?!\/?(?:!doctype|html|head|meta|title|style|body|main|header|svg|circle|path|desc|g|rect|line|text|div|p|h[1-5]|strong|section|span|bdi|dl|dt|dd|ul|ol|li|details|summary|em|footer)\b)/i;

describe('foreign names', () => {
  test.each([
    ['a script', '<script>alert(1)</script>'],
    ['an event handler', '"><img src=x onerror=alert(1)>'],
    ['a closing style', '</style><script>1</script>'],
    ['an attribute break', `' onmouseover='x" onclick="y`],
    ['an entity', '&lt;b&gt;'],
  ])('%s is text in the page, never markup', (_, name) => {
    const html = toHtml(named(name), { documentName: name });
    expect(html).not.toMatch(TAGS);
    expect(html).not.toContain(name);
  });

  test('no text whatever becomes markup', () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom('<', '>', '"', "'", '&', '/', 's', 'a', ' ', '=', '\u202e', '\0') }), (name) => {
        expect(toHtml(named(name), { documentName: name })).not.toMatch(TAGS);
      }),
      { numRuns: 200 },
    );
  });

  test.each([
    ['right-to-left override', 'fdp.\u202eexe', 'fdp.‹U+202E›exe'],
    ['isolate', '\u2066x\u2069', '‹U+2066›x‹U+2069›'],
    ['escape sequence', '\u001b[2Jgone', '‹U+001B›[2Jgone'],
    ['zero-width space', 'a\u200bb', 'a‹U+200B›b'],
    ['line feed', 'a\nb', 'a b'],
    ['lone surrogate', 'a\ud800b', 'a‹U+D800›b'],
    ['Persian with joiner', 'می\u200cخواهم', 'می\u200cخواهم'],
    ['emoji', 'a 😀', 'a 😀'],
  ])('%s is made visible, or left where it belongs', (_, text, shown) => expect(visible(text)).toBe(shown));

  test('control characters reach neither page nor terminal', () => {
    const hostile = named('\u001b]0;x\u0007\u202e\u2066');
    // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what must not be there
    const forbidden = /[\u0000-\u0009\u000b-\u001f\u202e\u2066]/;
    expect(toHtml(hostile)).not.toMatch(forbidden);
    expect(toText(hostile)).not.toMatch(forbidden);
  });
});

describe('the page', () => {
  const html = toHtml({ ...report, signatures: [signature, untrusted, broken] }, { documentName: 'contract.pdf' });
  test('it loads nothing and runs nothing', () => {
    expect(html).toMatch(/Content-Security-Policy" content="default-src 'none'; style-src 'sha256-[\w+/=]+'/);
    expect(html).not.toMatch(/<script|<link|<img|<iframe|\son\w+=|javascript:|url\(|style="/i);
  });
  test('the same report gives the same page', () => {
    expect(toHtml(report)).toBe(toHtml(report));
  });
  test('an unknown option is refused', () => expect(() => toHtml(report, { title: 'x' } as object)).toThrow(/unknown option 'title'/));
  test('the verdict comes first', () => {
    expect(html.indexOf('<h1>Not valid</h1>')).toBeGreaterThan(0);
    expect(html.indexOf('<h1>')).toBeLessThan(html.indexOf('<h2>'));
  });
});

describe('the text', () => {
  test.each([
    ['valid', report, 'VALID  The signature is valid.'],
    ['not valid', { ...report, signatures: [broken] }, 'NOT VALID  1 signature; do not rely on this file as it stands.'],
    ['not confirmed', { ...report, signatures: [untrusted] }, 'NOT CONFIRMED  1 signature; nothing is proven wrong'],
    ['no signature', { ...report, signatures: [] }, 'NO SIGNATURE\nno signature found'],
  ])('%s: its first words say so', (_, of, start) => expect(toText(of).startsWith(start)).toBe(true));

  test('it says who, when, what is covered and what would help', () => {
    const text = toText({ ...report, signatures: [untrusted] });
    for (const part of ['Signer One, Example Ltd', '12 November 2026', 'revision 1 of 2', 'was not analysed', 'What would help:']) {
      expect(text).toContain(part);
    }
    expect(text).toContain('Claims to be signed by');
  });

  test('colour only where asked for', () => {
    expect(toText(report)).not.toContain('\u001b');
    expect(toText(report, { colour: true })).toContain('\u001b[32m');
  });
});

describe('sentences', () => {
  const nobody = () => null;
  test.each(Object.entries(checkWords))('%s: whole sentences, with and without facts', (check, { holds, otherwise, remedy }) => {
    for (const sentence of [holds, otherwise, remedy ?? 'None.']) expect(sentence).toMatch(/^[A-Z].*\.$/);
    const bare = sentenceOf({ check, clause: '5.2', outcome: 'fail' }, nobody);
    expect(bare).toMatch(/^[A-Z][^{}[\]]*\.$/);
    expect(bare).not.toMatch(/ {2}| [,.:;]/);
  });

  test.each(Object.entries(conclusionWords))('%s has a meaning and a remedy', (_, { meaning, remedy }) => {
    expect(meaning).toMatch(/^[A-Z].*\.$/);
    expect(remedy).toMatch(/^[A-Z].*\.$/);
  });

  test('ids become names, instants become dates', () => {
    const finding = {
      check: 'within-validity',
      clause: '5.2.6.4',
      outcome: 'fail',
      with: { certificate: leaf.fingerprint, notBefore: AT, notAfter: AT },
    } as const;
    expect(sentenceOf(finding, () => 'Signer One')).toBe(
      'The certificate of Signer One is not in force at the time of validation: it is valid from 22 November 2026, 00:00:00 UTC to 22 November 2026, 00:00:00 UTC.',
    );
  });

  test('a check without words is readable', () =>
    expect(sentenceOf({ check: 'brand-new-check', clause: '', outcome: 'warn', with: { count: 3 } }, nobody)).toBe(
      'Brand new check: no (count: 3).',
    ));

  test.each([
    ['5.2.7', 'EN 319 102-1, 5.2.7'],
    ['RFC 5280, 6.1', 'RFC 5280, 6.1'],
  ])('clause %s is %s', (clause, shown) => expect(clauseOf(clause)).toBe(shown));

  test('dates are in UTC', () => expect(dateTime(0)).toBe('1 January 1970, 00:00:00 UTC'));
});
