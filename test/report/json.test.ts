import { describe, expect, test } from 'vitest';
import { toJson } from '../../src/report/json.ts';
import { toText } from '../../src/report/text.ts';
import { isGood, toneOfReport } from '../../src/report/verdict.ts';
import { failed, indeterminate, passed } from '../../src/validation/conclusion.ts';
import { broken, leaf, pdfFacts, report, signature, signatureFacts, timestamp, untrusted } from './fixture.ts';

const keys = (value: object | undefined) => Object.keys(value ?? {});

describe('the JSON contract', () => {
  test('the report has its members', () => {
    expect(keys(toJson(report))).toEqual(
      expect.arrayContaining(['validationTime', 'policy', 'verdict', 'signatures', 'timestamps', 'evidenceRecords']),
    );
    expect(toJson(report)).toMatchObject({
      validationTime: '2026-11-22T00:00:00Z',
      policy: 'default',
      timestamps: [],
      evidenceRecords: [],
    });
  });

  test('a signature has every member of the contract', () => {
    const [first] = toJson(report).signatures;
    expect(keys(first).sort()).toEqual(
      [
        ...['id', 'format', 'container', 'level', 'indication', 'subIndication', 'claimedSigningTime', 'bestSignatureTime'],
        ...['signingCertificate', 'chain', 'digestAlgorithm', 'signatureAlgorithm', 'signatureIntact', 'valid', 'references'],
        ...['timestamps', 'counterSignatureOf', 'policyId', 'commitmentTypes', 'signerRoles', 'revocation', 'pdf', 'qualification'],
        ...['checks', 'notes'],
      ].sort(),
    );
    expect(first).toMatchObject({
      format: 'PAdES',
      container: null,
      indication: 'TOTAL_PASSED',
      subIndication: null,
      signatureIntact: true,
      valid: true,
      references: [{ type: 'MESSAGE_DIGEST', name: '', found: true, intact: true }],
      revocation: { embeddedCrls: 0, embeddedOcsps: 1, status: 'good' },
      digestAlgorithm: 'SHA-256',
      signatureAlgorithm: 'RSA',
      signerRoles: ['Director'],
    });
    expect(keys(first?.signingCertificate ?? {})).toEqual(['sha256', 'subject', 'issuer', 'serial', 'notBefore', 'notAfter']);
    expect(first?.signingCertificate?.sha256).toBe(leaf.fingerprint);
    expect(first?.chain).toHaveLength(3);
    expect(keys(first?.pdf)).toEqual([
      ...['fieldName', 'byteRange', 'byteRangeValid', 'coversWholeFile', 'revision', 'certification', 'modifications'],
    ]);
    expect(first?.checks[0]).toMatchObject({ id: 'signature-value-intact', clause: 'EN 319 102-1, 5.2.7', outcome: 'ok' });
  });

  test('a time-stamp has every member of the contract', () => {
    expect(toJson(report).signatures[0]?.timestamps[0]).toMatchObject({
      type: 'signature',
      time: '2026-11-12T00:00:02Z',
      tsaCertificate: 'd'.repeat(64),
      imprintFound: true,
      imprintIntact: true,
      signatureIntact: true,
      indication: 'PASSED',
      subIndication: null,
    });
  });

  test('pdf is absent where the signature is not in a PDF', () => {
    const cms = { ...report, signatures: [{ ...signature, facts: { ...signatureFacts, pdf: null } }] };
    expect(toJson(cms).signatures[0]).not.toHaveProperty('pdf');
  });

  test('an intact value over a changed reference is intact and not valid', () => {
    expect(toJson({ ...report, signatures: [broken] }).signatures[0]).toMatchObject({ signatureIntact: true, valid: false });
  });

  test('a signature that vouches for nothing is not valid', () => {
    const empty = { ...signature, facts: { ...signatureFacts, references: [] } };
    expect(toJson({ ...report, signatures: [empty] }).signatures[0]?.valid).toBe(false);
  });

  test('changes that nobody analysed are listed as one that nobody allowed', () => {
    expect(toJson({ ...report, signatures: [untrusted] }).signatures[0]?.pdf?.modifications).toMatchObject([
      { kind: 'not-analysed', allowed: false },
    ]);
  });

  test('it survives JSON', () => expect(JSON.parse(JSON.stringify(toJson(report)))).toEqual(toJson(report)));
});

describe('whether a document is good', () => {
  const withPdf = (pdf: Partial<typeof pdfFacts>) => ({
    ...report,
    signatures: [{ ...signature, facts: { ...signatureFacts, pdf: { ...pdfFacts, ...pdf } } }],
  });
  const change = (allowed: boolean) => ({ kind: 'form-field-filled', object: '1 0', allowed, why: 'test' });
  const unreadable = [{ kind: 'signature' as const, name: 'x', malformed: { what: 'CMS', at: 0, reason: 'cut off' } }];
  test.each([
    ['every signature passed', report, 'VALID', 'good'],
    ['no signature', { ...report, signatures: [] }, 'NO_SIGNATURE', 'open'],
    ['one of two not confirmed', { ...report, signatures: [signature, untrusted] }, 'NOT_CONFIRMED', 'open'],
    ['one failed', { ...report, signatures: [signature, broken] }, 'NOT_VALID', 'bad'],
    ['an allowed change', withPdf({ coversWholeFile: false, modifications: [change(true)] }), 'VALID', 'good'],
    ['a disallowed change', withPdf({ coversWholeFile: false, modifications: [change(false)] }), 'NOT_VALID', 'bad'],
    ['changes not analysed', withPdf({ coversWholeFile: false, modifications: null }), 'NOT_CONFIRMED', 'open'],
    ['a signature that could not be read', { ...report, unreadable }, 'NOT_VALID', 'bad'],
    ['nothing but what could not be read', { ...report, signatures: [], unreadable }, 'NOT_VALID', 'bad'],
    ['time-stamps alone', { ...report, signatures: [], timestamps: [timestamp] }, 'VALID', 'good'],
    [
      'a time-stamp beside that failed',
      { ...report, timestamps: [{ ...timestamp, conclusion: failed('HASH_FAILURE') }] },
      'NOT_VALID',
      'bad',
    ],
    [
      'time-stamps alone, not confirmed',
      { ...report, signatures: [], timestamps: [{ ...timestamp, conclusion: indeterminate('NO_CERTIFICATE_CHAIN_FOUND') }] },
      'NOT_CONFIRMED',
      'open',
    ],
    [
      'passed, never mind the notes',
      { ...report, signatures: [{ ...signature, conclusion: passed, notes: ['evidence-incomplete'] }] },
      'VALID',
      'good',
    ],
  ] as const)('%s: one verdict in the JSON, in the headline, by exit status', (_, of, verdict, tone) => {
    expect(toJson(of).verdict).toBe(verdict);
    expect(toText(of)).toMatch(new RegExp(`^\\W*${verdict.replace('_', ' ')}`, 'i'));
    expect(isGood(of)).toBe(verdict === 'VALID');
    expect(toneOfReport(of)).toBe(tone);
  });
});
