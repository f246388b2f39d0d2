import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Fault } from '../../src/base/fault.ts';
import { toEtsi } from '../../src/report/etsi.ts';
import { element, escapedXml, withAttributes, writeXml } from '../../src/report/xml-writer.ts';
import { validate } from '../../src/validate.ts';
import { indeterminate } from '../../src/validation/conclusion.ts';
import { broken, named, report, signature, timestamp, untrusted } from './fixture.ts';
import { schemaProblems, schemasMissing } from './schema.ts';

const VECTORS = join(process.env['ADESKIT_VECTORS'] ?? join(import.meta.dirname, '../../../shared/vectors'), 'dss');
const missing = schemasMissing();
if (missing !== null) console.warn(`the ETSI reports are not checked by their schema: ${missing}`);
const noVectors = !existsSync(join(VECTORS, 'manifest.json'));
if (noVectors) console.warn(`no ETSI reports of real documents: no vectors at ${VECTORS}`);

const HOSTILE = [
  '<script>alert(1)</script>',
  ']]>&amp;<!--',
  '\u001b[31m\u0000\u0007',
  '\u202eevil\u2066',
  '" onload="x',
  '\ud800 \udfff \uffff \ufffe',
  'http://[::1:%zz/ a b#c#d',
  '\u009b31m\u0085',
  '',
];

const variants: readonly [string, Parameters<typeof toEtsi>[0]][] = [
  ['a good signature', report],
  [
    'three signatures',
    { ...report, signatures: [signature, untrusted, { ...broken, timestamps: [{ ...timestamp, conclusion: indeterminate('NO_POE') }] }] },
  ],
  ['no signature', { ...report, signatures: [], timestamps: [] }],
  ['time-stamps alone', { ...report, signatures: [], timestamps: [timestamp] }],
  ...HOSTILE.map((name): [string, typeof report] => [`names such as ${JSON.stringify(name)}`, named(name)]),
];

describe('the ETSI report', () => {
  test.skipIf(missing !== null)('is valid by its schema, whatever names hold', () => {
    expect(schemaProblems(new Map(variants.map(([name, of]) => [name, toEtsi(of)])))).toEqual([]);
  });

  test.each(variants)('%s: every reference leads to an object of the report', (_, of) => {
    const xml = toEtsi(of);
    const ids = [...xml.matchAll(/ id="([^"]*)"/g)].map(([, id]) => id);
    expect(new Set(ids).size).toBe(ids.length);
    for (const [, references = ''] of xml.matchAll(/ VOReference="([^"]*)"/g))
      for (const reference of references.split(' ')) expect(ids).toContain(reference);
  });

  test('it says what was concluded, when, by which proof', () => {
    const xml = toEtsi(report).replace(/\s+</g, '<');
    for (const part of [
      '<MainIndication>urn:etsi:019102:mainindication:total-passed</MainIndication>',
      '<ValidationTime>2026-11-22T00:00:00Z</ValidationTime><BestSignatureTime><POETime>2026-11-12T00:00:02Z</POETime>',
      '<ObjectType>urn:etsi:019102:validationObject:certificate</ObjectType>',
      '<ObjectType>urn:etsi:019102:validationObject:CRL</ObjectType>',
      '<ObjectType>urn:etsi:019102:validationObject:OCSPResponse</ObjectType>',
      '<ObjectType>urn:etsi:019102:validationObject:timestamp</ObjectType>',
      '<Signer>CN=Signer One,O=Example Ltd</Signer>',
      '<PolicyName>default</PolicyName>',
      'urn:etsi:019102:constraintStatus:applied',
    ])
      expect(xml).toContain(part);
    expect(toEtsi({ ...report, signatures: [untrusted] })).toContain('urn:etsi:019102:subindication:NO_CERTIFICATE_CHAIN_FOUND');
  });

  test('the same report gives the same document; an unknown option is refused', () => {
    expect(toEtsi(report)).toBe(toEtsi(report));
    expect(() => toEtsi(report, { language: 'de' } as object)).toThrow(/unknown option/);
  });

  test.skipIf(missing !== null || noVectors)(
    'of every PDF and CMS of the vectors is valid by its schema',
    async () => {
      const { cases } = JSON.parse(readFileSync(join(VECTORS, 'manifest.json'), 'utf8')) as { cases: { file: string }[] };
      const documents = new Map<string, string>();
      for (const { file } of cases) {
        if (!/\.(pdf|p7m|p7s|tst|tsr)$/i.test(file)) continue;
        try {
          const found = await validate(new Uint8Array(readFileSync(join(VECTORS, file))), { at: Date.UTC(2026, 5, 1), policy: 'dss-6.4' });
          documents.set(file, toEtsi(found));
        } catch (error) {
          if (!(error instanceof Fault)) throw error;
        }
      }
      expect(documents.size).toBeGreaterThan(200);
      expect(schemaProblems(documents)).toEqual([]);
    },
    240_000,
  );

  test.skipIf(missing !== null || noVectors)(
    'of XML signatures and containers with them is valid by its schema',
    async () => {
      const { cases } = JSON.parse(readFileSync(join(VECTORS, 'manifest.json'), 'utf8')) as { cases: { file: string; format: string }[] };
      const documents = new Map<string, string>();
      for (const [i, { file, format }] of cases.filter((one) => one.format.includes('XAdES')).entries()) {
        if (i % 8 !== 0 || documents.has(file)) continue;
        try {
          documents.set(file, toEtsi(await validate(new Uint8Array(readFileSync(join(VECTORS, file))), { at: Date.UTC(2026, 5, 1) })));
        } catch (error) {
          if (!(error instanceof Fault)) throw error;
        }
        expect(format).toContain('XAdES');
      }
      expect(documents.size).toBeGreaterThan(30);
      expect(schemaProblems(documents)).toEqual([]);
    },
    240_000,
  );
});

describe('writing XML', () => {
  test('no text becomes markup, and nothing that XML forbids is written', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        const xml = writeXml(withAttributes(element('a', text), { b: text }));
        expect(xml.match(/<a b="[^<>"]*">[^<>]*<\/a>\n$/)).not.toBeNull();
        // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what must not be there
        expect(escapedXml(text)).not.toMatch(/[\u0000-\u001f\u0080-\u009f\u202a-\u202e\u2066-\u2069\ufffe\uffff]/);
        expect(xml.isWellFormed()).toBe(true);
      }),
    );
  });
});
