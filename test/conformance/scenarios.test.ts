/** What scenarios of chains, revocation data and times come to by the policy `default`, and the clause that says so (EN 319 102-1 unless another is named). */
import { describe, expect, test } from 'vitest';
import { type Choices, planned, scenario } from '../../conformance/scenarios/choices.ts';
import { documentOf } from '../../conformance/scenarios/document.ts';
import { validate } from '../../src/validate.ts';
import { subIndicationOf } from '../../src/validation/conclusion.ts';

type Row = readonly [changes: Partial<Choices>, expected: string, clause: string];

const GENERAL = 'CERTIFICATE_CHAIN_GENERAL_FAILURE';
const WEAK = 'CRYPTO_CONSTRAINTS_FAILURE_NO_POE';

const times: readonly Row[] = [
  [{}, 'PASSED', '5.5.4'],
  [{ format: 'pades' }, 'PASSED', '5.5.4'],
  [{ at: 'signer-ended' }, 'PASSED', '5.5.4'],
  [{ at: 'tsa-ended' }, 'PASSED', '5.6.3.4'],
  [{ at: 'ca-ended' }, 'PASSED', '5.6.2.1.4'],
  [{ at: 'ca-ended', format: 'pades' }, 'PASSED', '5.6.2.1.4'],
  [{ at: 'archivist-ended' }, 'OUT_OF_BOUNDS_NO_POE', '5.6.2.4.4'],
  [{ at: 'archivist-ended', archive: 'two' }, 'PASSED', '5.6.3.4'],
  [{ at: 'before', anchor: 'signer' }, 'NOT_YET_VALID', '5.5.4'],
  [{ signer: 'begins-later' }, 'NOT_YET_VALID', '5.5.4'],
  [{ stamps: 'early' }, 'NOT_YET_VALID', '5.5.4'],
  [{ at: 'signer-ended', stamps: 'content-after-end' }, 'EXPIRED', '5.3.4'],
  [{ status: 'after-stamp', stamps: 'content-after-revocation' }, 'REVOKED', '5.3.4'],
  [{ archive: 'out-of-order' }, 'TIMESTAMP_ORDER_FAILURE', '5.5.4'],
  [{ at: 'signer-ended', archive: 'late', tsa: 'begins-later', tsaRevocation: 'late' }, 'OUT_OF_BOUNDS_NOT_REVOKED', 'RFC 5280, 4.1.2.5'],
  [{ at: 'signer-ended', archive: 'late', tsa: 'no-reference' }, 'OUT_OF_BOUNDS_NOT_REVOKED', 'RFC 5816, 2.2.1'],
  [{ at: 'ca-ended', archive: 'late', tsa: 'no-reference' }, 'OUT_OF_BOUNDS_NO_POE', '5.2.8'],
  [{ at: 'tsa-ended', archive: 'wrong-imprint' }, 'OUT_OF_BOUNDS_NOT_REVOKED', '5.6.2.3'],
  [{ at: 'tsa-ended', archive: 'authority-ends-soon' }, 'OUT_OF_BOUNDS_NOT_REVOKED', '5.6.2.4.4'],
  [{ at: 'tsa-ended', archive: 'authority-revoked-before' }, 'OUT_OF_BOUNDS_NOT_REVOKED', '5.6.2.4.4'],
];

const chains: readonly Row[] = [
  [{ depth: '4' }, 'PASSED', '5.2.6.4'],
  [{ anchor: 'stranger' }, 'NO_CERTIFICATE_CHAIN_FOUND', '5.2.6.4'],
  [{ signer: 'self-signed' }, 'NO_CERTIFICATE_CHAIN_FOUND', '5.2.6.4'],
  [{ signer: 'no-signing-usage' }, 'CHAIN_CONSTRAINTS_FAILURE', 'RFC 5280, 4.2.1.3'],
  [{ signer: 'unknown-critical' }, GENERAL, 'RFC 5280, 4.2'],
  [{ ca: 'no-ca' }, GENERAL, 'RFC 5280, 6.1.4 (k)'],
  [{ ca: 'no-ca', at: 'tsa-ended' }, GENERAL, '5.6.2.1.4'],
  [{ ca: 'path-length', depth: '3' }, GENERAL, 'RFC 5280, 6.1.4 (m)'],
  [{ ca: 'path-length', depth: '3', at: 'tsa-ended' }, GENERAL, '5.6.2.1.4'],
  [{ ca: 'name-constraints' }, GENERAL, 'RFC 5280, 6.1.3 (b)'],
  [{ ca: 'policy-required' }, GENERAL, 'RFC 5280, 6.1.5 (g)'],
  [{ ca: 'no-crl-signing' }, GENERAL, 'RFC 5280, 6.3.3 (f)'],
  [{ caRevocation: 'before' }, 'REVOKED_CA_NO_POE', '5.2.6.4'],
  [{ caRevocation: 'before', at: 'tsa-ended' }, 'REVOKED_CA_NO_POE', '5.5.4'],
  [{ caRevocation: 'after', depth: '3' }, 'PASSED', '5.5.4'],
  [{ caRevocation: 'after', stamps: 'none' }, 'REVOKED_CA_NO_POE', '5.6.2.4.4'],
  [{ reference: 'other-certificate' }, 'NO_SIGNING_CERTIFICATE_FOUND', '5.2.3.4'],
  [{ reference: 'signer-left-out' }, 'NO_SIGNING_CERTIFICATE_FOUND', '5.2.3.4'],
];

const revocation: readonly Row[] = [
  [{ revocation: 'none' }, GENERAL, '5.2.6.4'],
  [{ revocation: 'none', signer: 'short-term' }, 'PASSED', 'EN 319 412-1'],
  [{ status: 'before-stamp' }, 'REVOKED_NO_POE', '5.5.4'],
  [{ status: 'after-stamp' }, 'PASSED', '5.5.4'],
  [{ status: 'after-stamp', stamps: 'none' }, 'REVOKED_NO_POE', '5.6.2.4.4'],
  [{ status: 'hold-before' }, 'TRY_LATER', '5.2.6.4'],
  [{ status: 'hold-after' }, 'PASSED', '5.5.4'],
  [{ revocation: 'ocsp' }, 'PASSED', 'RFC 6960, 4.2.2.2'],
  [{ revocation: 'ocsp-delegated' }, 'PASSED', 'RFC 6960, 4.2.2.2'],
  [{ revocation: 'ocsp-delegated-checked' }, 'PASSED', 'RFC 6960, 4.2.2.2.1'],
  [{ revocation: 'ocsp-delegated-unchecked' }, GENERAL, 'RFC 6960, 4.2.2.2.1'],
  [{ revocation: 'ocsp-delegated-twice' }, GENERAL, 'RFC 6960, 4.2.2.2.1'],
  [{ revocation: 'ocsp-delegated-revoked' }, GENERAL, 'RFC 6960, 4.2.2.2.1'],
  [{ revocation: 'ocsp-delegated-revoked-later' }, 'REVOCATION_OUT_OF_BOUNDS_NO_POE', '5.6.2.4.4'],
  [{ revocation: 'ocsp-delegated-revoked-later', at: 'signer-ended' }, 'OUT_OF_BOUNDS_NO_POE', '5.6.2.4.4'],
  [{ revocation: 'ocsp-no-purpose' }, GENERAL, 'RFC 6960, 4.2.2.2'],
  [{ revocation: 'ocsp-foreign' }, GENERAL, 'RFC 6960, 4.2.2.2'],
  [{ revocation: 'ocsp-other-issuer' }, GENERAL, 'RFC 6960, 3.2'],
  [{ revocation: 'ocsp-responder-ended' }, GENERAL, 'RFC 6960, 3.2'],
  [{ revocation: 'ocsp-late', at: 'tsa-ended' }, GENERAL, 'RFC 6960, 4.4.4'],
  [{ revocation: 'ocsp-archive-cutoff', at: 'tsa-ended' }, 'PASSED', 'RFC 6960, 4.4.4'],
  [{ revocation: 'delta-alone' }, GENERAL, 'RFC 5280, 5.2.4'],
  [{ revocation: 'delta', status: 'before-stamp' }, 'REVOKED_NO_POE', 'RFC 5280, 6.3.3 (i)'],
  [{ revocation: 'delta-removes' }, 'PASSED', 'RFC 5280, 6.3.3 (k)'],
  [{ revocation: 'indirect' }, 'PASSED', 'RFC 5280, 6.3.3 (b)(1)'],
  [{ revocation: 'indirect', status: 'before-stamp' }, 'REVOKED_NO_POE', 'RFC 5280, 5.3.3'],
  [{ revocation: 'indirect-unnamed' }, GENERAL, 'RFC 5280, 6.3.3 (b)(1)'],
  [{ revocation: 'partition' }, 'PASSED', 'RFC 5280, 6.3.3 (b)(2)'],
  [{ revocation: 'other-partition' }, GENERAL, 'RFC 5280, 6.3.3 (b)(2)'],
  [{ revocation: 'user-only' }, 'PASSED', 'RFC 5280, 6.3.3 (b)(2)'],
  [{ revocation: 'ca-only' }, GENERAL, 'RFC 5280, 6.3.3 (b)(2)'],
  [{ revocation: 'some-reasons' }, GENERAL, 'RFC 5280, 6.3.3 (e)'],
  [{ revocation: 'some-reasons', status: 'after-stamp' }, GENERAL, 'RFC 5280, 6.3.3 (e)'],
  [{ revocation: 'crl-other-key' }, GENERAL, 'RFC 5280, 6.3.3 (g)'],
  [{ revocation: 'crl-late', at: 'tsa-ended' }, GENERAL, 'RFC 5280, 3.3'],
  [{ update: 'before-signing' }, 'PASSED', '5.2.5'],
  [{ update: 'stale' }, 'TRY_LATER', '5.2.5'],
];

const algorithms: readonly Row[] = [
  [{ weak: 'signature' }, 'PASSED', '5.5.4'],
  [{ weak: 'signature', sunset: 'before-stamp' }, WEAK, '5.5.4'],
  [{ weak: 'signer-key', sunset: 'after-archive' }, 'PASSED', '5.6.2.4.4'],
  [{ weak: 'ca-certificate', sunset: 'after-archive' }, 'PASSED', '5.6.2.1.4'],
  [{ weak: 'ca-certificate', sunset: 'before-archive' }, WEAK, '5.6.2.2.4'],
  [{ weak: 'revocation', sunset: 'after-archive' }, 'PASSED', '5.6.2.4.4'],
  [{ weak: 'revocation', sunset: 'before-archive' }, WEAK, '5.6.2.4.4'],
];

describe.each([
  ['times', times],
  ['chains', chains],
  ['revocation data', revocation],
  ['algorithms', algorithms],
] as const)('a scenario of %s', (_title, rows) => {
  test.each(rows.map(([changes, ...rest]) => [scenario(changes).name, ...rest, changes] as const))(
    '%s: %s (%s)',
    async (_name, expected, _clause, changes) => {
      const { bytes, anchor, at } = await documentOf(scenario(changes).choices);
      const { signatures } = await validate(bytes, { at, trust: [anchor] });
      expect(signatures.map(({ conclusion }) => subIndicationOf(conclusion) ?? 'PASSED')).toEqual([expected]);
    },
  );
});

test('The plan of scenarios is the same for the same seed, and has each scenario once', () => {
  const names = planned(7).map(({ name }) => name);
  expect(planned(7).map(({ name }) => name)).toEqual(names);
  expect(new Set(names).size).toBe(names.length);
});
