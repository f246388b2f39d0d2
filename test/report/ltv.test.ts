import { describe, expect, test } from 'vitest';
import type { Material } from '../../src/facts/index.ts';
import { CATALOGUES } from '../../src/report/catalogue.ts';
import { ltvOf } from '../../src/report/ltv.ts';
import { timelineOf } from '../../src/report/timeline.ts';
import { ticksOf } from '../../src/report/timeline-ticks.ts';
import { whyOfSignature } from '../../src/report/why.ts';
import { AT, broken, leaf, report, signature, signatureFacts, tsa, untrusted } from './fixture.ts';

const words = CATALOGUES.en;
const ids = [...report.evidence.revocations.keys()];
const from = (origin: Material['revocations'][number]['origin'], which = ids): typeof signature => ({
  ...signature,
  facts: { ...signatureFacts, material: { certificates: [], revocations: which.map((id) => ({ id, origin })) } },
});

describe('whether a PDF reader will show LTV', () => {
  test.each([
    ['everything in the security store', from('dss'), true, 'for every certificate that needs it (3)'],
    ['in the VRI', from('vri'), true, 'yes'],
    ['in the signed attribute', from('adbe-revocation'), true, 'yes'],
    ['supplied from outside', from('supplied'), false, 'holds no revocation data'],
    ['in an attribute that readers do not look at', from('revocation-values'), false, 'holds no revocation data'],
    ['without that of the authorities', from('dss', ids.slice(1)), false, 'missing for Issuing CA'],
    ['without the root', { ...from('dss'), chain: [leaf] }, false, 'the whole chain of Signer One'],
    ['without a signer', { ...from('dss'), chain: [] }, false, 'certificate of the signer'],
  ])('%s', (_, of, enabled, part) => {
    const ltv = ltvOf(of, report, words);
    expect(ltv?.enabled).toBe(enabled);
    expect(ltv?.sentence).toContain(part);
  });

  test('nothing is said of what is no PDF', () =>
    expect(ltvOf({ ...signature, facts: { ...signatureFacts, pdf: null } }, report, words)).toBeNull());

  test('of a time-stamp, its authority counts too', () => {
    const statuses = new Map(report.evidence.statuses);
    statuses.delete(tsa.fingerprint);
    const of = { ...report, evidence: { ...report.evidence, statuses } };
    expect(ltvOf(from('dss'), of, words)).toMatchObject({ enabled: false, sentence: expect.stringContaining('Time-stamping Unit 1') });
  });
});

describe('why', () => {
  test('a valid signature: what it rests on', () => {
    const why = whyOfSignature(signature, report, words).join('\n');
    for (const part of [
      'verifies with the key of Signer One',
      'lead from Signer One',
      'to Root CA',
      'The OCSP response of',
      'A time-stamp by Time-stamping Unit 1',
    ])
      expect(why).toContain(part);
  });
  test('without a time-stamp: how long it holds', () => {
    const why = whyOfSignature({ ...signature, timestamps: [], bestSignatureTime: AT }, report, words).join('\n');
    expect(why).toContain('Once the certificate expires on 27 December 2027');
  });
  test.each([
    ['not confirmed', untrusted, 'EN 319 102-1, 5.2.6.4'],
    ['not valid', broken, 'EN 319 102-1, 5.2.7'],
  ])('%s: the check that decided, and on what evidence', (_, of, clause) => {
    const why = whyOfSignature(of, report, words).join('\n');
    expect(why).toContain(clause);
    expect(why).toContain('the certificate of Signer One');
  });
});

describe('the timeline', () => {
  test('it holds the moments in their order, then what was in force', () => {
    const lanes = timelineOf(report, words)?.lanes.map(({ kind }) => kind);
    expect(lanes?.slice(0, 3)).toEqual(['stated', 'timestamp', 'validation']);
    expect(lanes).toEqual(expect.arrayContaining(['certificate', 'revocation']));
  });

  test('there is none where nothing was signed', () => expect(timelineOf({ ...report, signatures: [] }, words)).toBeNull());

  const day = 86_400_000;
  test.each([
    ['seconds', 2000],
    ['an hour', day / 24],
    ['a week', 7 * day],
    ['100 days', 100 * day],
    ['a year', 365 * day],
    ['30 years', 30 * 365 * day],
    ['8000 years', 8000 * 365 * day],
  ])('%s has few ticks, in order and within', (_, span) => {
    const ticks = ticksOf(AT, AT + span, words);
    expect(ticks.length).toBeLessThanOrEqual(16);
    for (const [i, { at, label }] of ticks.entries()) {
      expect(at).toBeGreaterThanOrEqual(i === 0 ? AT : (ticks[i - 1]?.at ?? 0) + 1);
      expect(at).toBeLessThanOrEqual(AT + span);
      expect(label).not.toBe('');
    }
  });
});
