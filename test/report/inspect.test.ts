import fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import { createThrowAwayPki, type ThrowAwayPki } from '../../src/issuing/index.ts';
import { readCertificates } from '../../src/keys/pem.ts';
import { parseCertificate } from '../../src/pki/certificate.ts';
import type { QcStatements } from '../../src/pki/qc-statements.ts';
import { CATALOGUES } from '../../src/report/catalogue.ts';
import { certificateDetails, certificateSection } from '../../src/report/inspect-certificate.ts';
import { qualifiedSection } from '../../src/report/inspect-qualified.ts';
import { section, sectionText } from '../../src/report/section.ts';

const none: QcStatements = {
  compliance: false,
  sscd: false,
  types: [],
  legislation: [],
  limit: null,
  retentionYears: null,
  disclosure: [],
  semantics: [],
  psd2: null,
  identification: [],
  statements: [],
  unreadable: [],
};

describe('qualified certificate statements in plain words', () => {
  const cases: [string, Partial<QcStatements>, string, string][] = [
    ['no claim', {}, 'does not claim to be a qualified certificate', 'gibt nicht an'],
    ['of the EU', { compliance: true }, 'EU qualified certificate', 'qualifiziertes Zertifikat der EU'],
    ['of a country', { compliance: true, legislation: ['CH'] }, 'under the law of CH', 'Recht von CH'],
    ['a device', { sscd: true }, 'qualified device (QSCD)', 'qualifizierten Gerät'],
    ['signatures', { types: ['esign'] }, 'electronic signatures', 'elektronische Signaturen'],
    ['seals', { types: ['eseal'] }, 'electronic seals', 'elektronische Siegel'],
    ['websites', { types: ['web'] }, 'website authentication', 'Website-Authentifizierung'],
    ['a type nobody knows', { types: ['1.2.3'] }, '1.2.3', '1.2.3'],
    ['a limit', { limit: { currency: 'EUR', amount: 5, exponent: 4 } }, '50\u00a0000 EUR', '50\u00a0000 EUR'],
    ['a limit in cents', { limit: { currency: 'EUR', amount: 1050, exponent: -2 } }, '10.50 EUR', '10.50 EUR'],
    ['a limit beyond reason', { limit: { currency: 'EUR', amount: 5, exponent: 400 } }, '5 × 10^400 EUR', '5 × 10^400 EUR'],
    ['retention', { retentionYears: 10 }, '10 years after', '10 Jahre nach'],
    [
      'a disclosure statement',
      { disclosure: [{ url: 'https://e.example/pds', language: 'en' }] },
      'https://e.example/pds (in en)',
      '(in en)',
    ],
    [
      'payment services',
      { psd2: { roles: [{ id: '0.4.0.19495.1.2', name: 'PSP_PI' }], authorityName: 'Authority', authorityId: 'XX-A' } },
      'payment initiation',
      'Zahlungsauslösung',
    ],
    ['a statement nobody knows', { statements: [{ id: '1.2.3.4', info: Uint8Array.of(5, 0) }] }, '1.2.3.4: 0500', '1.2.3.4: 0500'],
    ['one that cannot be read', { unreadable: ['0.4.0.1862.1.2'] }, 'cannot be read', 'Nicht lesbar'],
  ];
  test.each(cases)('%s', (_, stated, english, german) => {
    expect(sectionText(qualifiedSection({ ...none, ...stated }, CATALOGUES.en))).toContain(english);
    expect(sectionText(qualifiedSection({ ...none, ...stated }, CATALOGUES.de))).toContain(german);
  });
});

describe('a certificate', () => {
  let pki: ThrowAwayPki;
  beforeAll(async () => {
    pki = await createThrowAwayPki({});
  });

  test('is shown with names, uses, places, extensions and fingerprints', async () => {
    const leaf = await pki.leaf('P-256', {});
    const [der = new Uint8Array()] = readCertificates(new TextEncoder().encode(leaf.chainPem));
    const read = parseCertificate(der);
    if (!read.ok) throw new Error(read.malformed.reason);
    const text = sectionText(certificateSection(read.value, CATALOGUES.en));
    for (const part of ['Subject', 'P-256, 256 bits', 'ECDSA, SHA-256', 'signing', 'basic constraints; critical', 'SHA-1', 'SHA-256'])
      expect(text).toContain(part);
    expect(certificateDetails(read.value)).toMatchObject({
      type: 'certificate',
      ca: false,
      sha256: read.value.fingerprint,
      qualified: null,
    });
    expect(JSON.parse(JSON.stringify(certificateDetails(read.value)))).toMatchObject({ version: 3 });
  });
});

describe('what is shown of foreign text', () => {
  test('no control character, escape sequence or reordering reaches the terminal', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: fc.constantFrom('a', ' ', '\u001b', '[', '\0', '\u202e', '\u2066', '\u009b', '\n', '\r', '<') }),
        (text) => {
          const shown = sectionText(
            section(
              text,
              [
                [text, text],
                ['x', [text, text]],
              ],
              [section(text, [[text, text]])],
            ),
          );
          // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what must not be there
          expect(shown).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/);
        },
      ),
    );
  });

  test('rows without a value and sections without rows are left out', () =>
    expect(
      section(
        't',
        [
          ['a', null],
          ['b', []],
          ['c', ''],
          ['d', 0],
        ],
        [section('empty', [])],
      ),
    ).toEqual({
      title: 't',
      rows: [{ label: 'd', values: ['0'] }],
      sections: [],
    }));
});
