/** Until when algorithms are reliable (TS 119 312). */
import { expect, test } from 'vitest';
import type { AlgorithmUse } from '../../src/crypto/names.ts';
import { ALGORITHM_ENDS, type AlgorithmTables, endOfDigest, endOfUse } from '../../src/crypto/reliability.ts';

const use = (scheme: AlgorithmUse['scheme'], keyBits: number | null, digest: AlgorithmUse['digest'] = 'SHA-256'): AlgorithmUse => ({
  identifier: 'x',
  scheme,
  digest,
  keyBits,
});
const iso = (end: number | null | undefined): string | null | undefined =>
  typeof end === 'number' ? new Date(end).toISOString().slice(0, 10) : end;

test.each<[string, AlgorithmUse, string | null | undefined]>([
  ['the row of its size', use('RSA', 2048), '2029-01-01'],
  ['a size between rows has that of the smaller', use('RSA', 1899), '2019-10-01'],
  ['no end', use('ECDSA', 256), null],
  ['the digest ends first', use('ECDSA', 521, 'SHA-1'), '2012-08-01'],
  ['the key ends first', use('DSA', 1024, 'SHA-224'), '2015-12-01'],
  ['too short', use('RSA', 512), undefined],
  ['of a size that is not known', use('RSA', null), undefined],
  ['of no scheme that is known', use(null, 4096), undefined],
  ['a digest that is not known', use('RSA', 4096, null), undefined],
  ['a scheme that is not listed', use('EdDSA', 255, null), undefined],
])('the end of a signature algorithm: %s', (_, algorithm, end) => expect(iso(endOfUse(algorithm, ALGORITHM_ENDS))).toBe(end));

test('a scheme with its digest inside needs no digest; a date that is none ends it at once', () => {
  const tables: AlgorithmTables = {
    digests: { 'SHA-256': 'soon' },
    schemes: [{ scheme: 'EdDSA', minimumBits: 0, until: null }],
  };
  expect(endOfUse(use('EdDSA', 255, null), tables)).toBeNull();
  expect(endOfUse(use('EdDSA', 255), tables)).toBeUndefined();
  expect([endOfDigest('SHA-256', tables), endOfDigest(null, tables), iso(endOfDigest('MD5', ALGORITHM_ENDS))]).toEqual([
    undefined,
    undefined,
    '2004-08-01',
  ]);
});
