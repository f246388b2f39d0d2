/** Algorithms that lists may be signed with, and until when (TS 119 312). */
import { expect, test } from 'vitest';
import type { AlgorithmUse, DigestName } from '../../src/crypto/names.ts';
import { weaknessOf } from '../../src/trust/list-algorithms.ts';

const AT = Date.parse('2026-11-22T00:00:00Z');
const use = (scheme: AlgorithmUse['scheme'], keyBits: number | null, digest: DigestName | null): AlgorithmUse => ({
  identifier: 'urn:x',
  scheme,
  digest,
  keyBits,
});

test.each<[AlgorithmUse, DigestName[], number, string | null]>([
  [use('RSA', 2048, 'SHA-256'), ['SHA-256', 'SHA-512'], AT, null],
  [use('RSA', 2048, 'SHA-256'), [], Date.parse('2029-01-01T00:00:00Z'), 'RSA with 2048 bits and SHA-256 is not good since 2029-01-01'],
  [use('RSA', 3072, 'SHA-256'), [], Date.parse('2035-01-01T00:00:00Z'), null],
  [use('EdDSA', 255, null), ['SHA-512'], AT, null],
  [use('RSA', 1024, 'SHA-256'), [], AT, 'RSA with 1024 bits and SHA-256 is not good since 2019-10-01'],
  [use('RSA', 512, 'SHA-256'), [], AT, 'RSA with 512 bits and SHA-256 is not good enough for lists'],
  [use('RSA', null, 'SHA-256'), [], AT, 'RSA with a key of unknown size and SHA-256 is not good enough for lists'],
  [use('RSA', 4096, 'SHA-256'), ['SHA-256', 'SHA-1'], AT, 'SHA-1 is not good since 2012-08-01'],
  [use('RSA', 4096, 'MD5'), [], AT, 'RSA with 4096 bits and MD5 is not good since 2004-08-01'],
  [use(null, 256, 'SHA-256'), [], AT, 'urn:x and SHA-256 is not good enough for lists'],
])('%j over %j at %d: %s', (algorithm, digests, at, weakness) => {
  const said = weaknessOf(digests, algorithm, at);
  if (weakness === null) expect(said).toBeNull();
  else expect(said?.startsWith(weakness)).toBe(true);
});
