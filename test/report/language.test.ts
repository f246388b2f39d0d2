/** A report in another language holds no English: neither of the catalogue nor of the layers that tell of details. */
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { plainPdf } from '../../scripts/plain-pdf.ts';
import { utf8 } from '../../src/base/text.ts';
import { answerCrl } from '../../src/issuing/index.ts';
import { CATALOGUES, type Language } from '../../src/report/catalogue.ts';
import { detailIn } from '../../src/report/detail.ts';
import { toHtml } from '../../src/report/html.ts';
import { toText } from '../../src/report/text.ts';
import { viewOf } from '../../src/report/view.ts';
import { sign } from '../../src/sign.ts';
import { type ValidateOptions, validate } from '../../src/validate.ts';
import { policyByName } from '../../src/validation/index.ts';
import type { Report } from '../../src/validation/report.ts';
import { memoryPki } from '../support/pki.ts';

const AT = Date.UTC(2026, 5, 1);
const PDF = plainPdf({ title: 'Vertrag', pages: [['# Vertrag']] });
const pki = memoryPki({ at: AT });
const sources = (folder: string): string[] =>
  globSync(`src/${folder}/*.ts`)
    .sort()
    .map((file) => readFileSync(file, 'utf8'));
const named = (folders: readonly string[], pattern: RegExp): string[] => [
  ...new Set(folders.flatMap(sources).flatMap((source) => [...source.matchAll(pattern)].map(([, name = '']) => name))),
];

describe.each(Object.keys(CATALOGUES) as Language[])('the catalogue in %s', (language) => {
  const { changes, checks, processes, conclusions } = CATALOGUES[language];

  test('has words for every kind of change', () => {
    const kinds = named(['pdf', 'pades'], /\b(?:change|never|annotation|tellOne)\(\s*(?:to, )?'([a-z-]+)'/g);
    expect(kinds.length).toBeGreaterThan(40);
    expect(kinds.filter((kind) => !Object.hasOwn(changes, kind))).toEqual([]);
  });

  test('has words for every check and every building block', () => {
    const ids = named(['validation'], /\bid: '([a-z]+(?:-[a-z]+)+)',?\s+clause:/g);
    expect(ids.length).toBeGreaterThan(80);
    expect(ids.filter((id) => !Object.hasOwn(checks, id))).toEqual([]);
    const blocks = named(['validation'], /\bname: '([a-z]+(?:-[a-z]+)+)',\s+clause:/g);
    expect(blocks.filter((block) => !Object.hasOwn(processes, block))).toEqual([]);
  });

  test('has words for every sub-indication', () => {
    const names = named(['validation'], /\| '([A-Z]+(?:_[A-Z]+)+)'/g);
    expect(names.length).toBeGreaterThan(20);
    expect(names.filter((name) => name !== 'TOTAL_FAILED' && !Object.hasOwn(conclusions, name))).toEqual([]);
  });
});

describe('a detail of a lower layer in German', () => {
  test.each([
    ['no /Contents', 'ohne /Contents'],
    ['gap-is-not-contents', 'was er auslässt, ist nicht genau der Signaturwert'],
    ['the message-digest attribute is missing', 'das Attribut message-digest fehlt'],
    ['signing-certificate attribute: ends too early', 'Attribut signing-certificate: endet zu früh'],
    ['signing-certificate attribute: something new', 'Attribut signing-certificate: eine andere Abweichung'],
    ['7 octets after the CMS; something new', '7 Bytes nach dem CMS; eine andere Abweichung'],
    ['signature checks, fetches', 'Prüfungen von Signaturwerten; Abrufe'],
    ['SEQUENCE expected, 0x04 found', 'SEQUENCE erwartet, 0x04 gefunden'],
    ['something new', 'eine andere Abweichung'],
    ['constructor', 'eine andere Abweichung'],
    ['', ''],
  ])('%j is told as %j', (detail, expected) => expect(detailIn(detail, CATALOGUES.de)).toBe(expected));
});

/** Parts of English templates, of some words, that German does not have as well. */
function englishParts(): string[] {
  const german = JSON.stringify(CATALOGUES.de);
  const strings = (value: unknown): string[] =>
    typeof value === 'string' ? [value] : typeof value === 'object' && value !== null ? Object.values(value).flatMap(strings) : [];
  const parts = strings(CATALOGUES.en).flatMap((text) => text.split(/\{\w+\}|[[\]]/).map((part) => part.trim()));
  return [...new Set(parts)].filter((part) => part.split(' ').length > 2 && !german.includes(part));
}

const PARTS = englishParts();
const plain = (html: string): string =>
  html
    .replace(/<style>[\s\S]*?<\/style>/, '')
    .replaceAll(/<[^>]*>/g, ' ')
    .replaceAll('&#39;', "'")
    .replaceAll('&quot;', '"')
    .replaceAll('&amp;', '&');

/** English in what the report says itself; names and other values of the document stay as they are. */
function englishIn(report: Report): string[] {
  const all = [toText(report, { language: 'de' }), plain(toHtml(report, { language: 'de' }))].map((text) => text.replaceAll(/\s+/g, ' '));
  const view = viewOf(report, 'de');
  const told = [...view.signatures, ...view.timestamps, ...view.evidenceRecords].flatMap(({ problems, changes = [] }: Told) => [
    ...problems.map(({ sentence }) => sentence),
    ...changes.map(({ sentence }) => sentence),
  ]);
  return [
    ...[...report.signatures, ...report.timestamps, ...report.evidenceRecords]
      .flatMap(({ process }) => process)
      .flatMap(({ findings }) => findings.flatMap(({ with: facts = {} }) => Object.keys(facts)))
      .filter((fact) => fact !== 'changeKind' && !Object.hasOwn(CATALOGUES.de.facts, fact)),
    ...PARTS.filter((part) => all.some((text) => text.includes(part))),
    ...[...told, ...view.unreadable].filter((sentence) => /\b(?:the|that|which|cannot|does|could|were|been)\b/.test(sentence)),
  ];
}

type Told = { readonly problems: readonly { readonly sentence: string }[]; readonly changes?: readonly { readonly sentence: string }[] };

describe('a German report holds no English', () => {
  test('on a document of our own, good, without trust, changed and cut off', async () => {
    const { leaf, root, timestampAuthority: timestamps, ...more } = await pki();
    const { signer } = await leaf();
    const document = await sign(PDF, { signer, at: AT, level: 'T', timestamps });
    const revocations = [
      { kind: 'crl' as const, bytes: await answerCrl({ leaf, root, timestampAuthority: timestamps, ...more }, 'issuing') },
    ];
    const appended = Buffer.concat([document, utf8('\n% more')]);
    const changed = Uint8Array.from(document);
    changed[20] = (changed[20] ?? 0) ^ 1;
    for (const bytes of [document, appended, changed]) {
      for (const options of [{ trust: [root], revocations }, { trust: [] }] satisfies Partial<ValidateOptions>[])
        expect(englishIn(await validate(bytes, { at: AT, ...options }))).toEqual([]);
    }
  });

  const VECTORS = process.env['ADESKIT_VECTORS'] ?? '../shared/vectors';
  const files = ['pdf-attacks', 'pdf-odd', 'dss']
    .flatMap((set) =>
      globSync(join(VECTORS, set, '**/*.{pdf,p7m,p7s,asics,asice,sce,xml}'))
        .sort()
        .filter((_, index) => index % 4 === 1),
    )
    .slice(0, 120);

  test.skipIf(files.length === 0)('on documents from the field, by two policies', async () => {
    const found: Record<string, string[]> = {};
    let told = 0;
    for (const file of files) {
      const bytes = readFileSync(file);
      if (bytes.length > 400_000) continue;
      for (const policy of ['default', 'dss-6.4']) {
        const report = await validate(bytes, { at: AT, trust: [], policy: policyByName(policy) }).catch(() => null);
        told += report?.signatures.length ?? 0;
        const english = report === null ? [] : englishIn(report);
        if (english.length > 0) found[file] = english;
      }
    }
    expect(found).toEqual({});
    expect(told).toBeGreaterThan(50);
  });
});
