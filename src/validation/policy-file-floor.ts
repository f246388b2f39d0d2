/** What no policy file can make good again: algorithms that are broken, or keys far too short, from a day on (TS 119 312; RFC 6194; RFC 6151). */
import { fromIso } from '../base/instant.ts';
import type { DigestName, SchemeName } from '../crypto/names.ts';
import type { AlgorithmSuite } from './policy-type.ts';

/** Why a suite relaxes what must not be relaxed, and where; null where it does not. */
export function relaxation(suite: AlgorithmSuite): { readonly path: string; readonly reason: string } | null {
  if (suite.afterReview === 'ignore' || suite.afterReview === 'inform')
    return {
      path: 'algorithms.afterReview',
      reason: `is '${suite.afterReview}', but an expired algorithm at least warns: 'warn' or 'fail'`,
    };
  for (const [name, until] of Object.entries(suite.digests) as [DigestName, string | null][]) {
    const floor = DIGEST_FLOOR[name];
    const path = `algorithms.digests[${JSON.stringify(name)}]`;
    if (floor === null) return { path, reason: `${name} can never be relied on` };
    if (floor !== undefined && isAfter(until, floor, suite)) return { path, reason: mustEnd(name, floor) };
  }
  for (const [i, { scheme, minimumBits, until }] of suite.schemes.entries()) {
    const path = `algorithms.schemes[${i}]`;
    if (scheme === 'HMAC') return { path, reason: 'HMAC tells nobody who signed' };
    for (const [bits, floor] of KEY_FLOOR[scheme] ?? []) {
      if (minimumBits < bits && isAfter(until, floor, suite))
        return { path, reason: mustEnd(`${scheme} with keys below ${bits} bits`, floor) };
    }
  }
  return null;
}

/** Whether an algorithm that ends at `until` would still be good, or only be warned of, after `floor`. */
function isAfter(until: string | null, floor: string, { reviewed, afterReview }: AlgorithmSuite): boolean {
  if (until === null || at(until) > at(floor)) return true;
  return afterReview !== 'fail' && reviewed !== null && at(until) > at(reviewed);
}

const at = (day: string): number => fromIso(day) ?? Number.POSITIVE_INFINITY;
const mustEnd = (what: string, floor: string): string => `${what} must fail from ${floor} on at the latest: cryptography cannot be relaxed`;

/** The last day that a file may set; null: it may not be listed at all. */
const DIGEST_FLOOR: Readonly<Partial<Record<DigestName, string | null>>> = {
  MD2: null,
  MD4: null,
  MD5: '2009-01-01', // a forged authority made with chosen-prefix collisions was shown at the end of 2008
  'SHA-1': '2020-01-01', // chosen-prefix collisions
};

/** Below so many bits a key must end by a day. */
const KEY_FLOOR: Readonly<Partial<Record<SchemeName, readonly (readonly [bits: number, until: string])[]>>> = {
  RSA: [
    [1024, '2012-01-01'],
    [1900, '2026-01-01'],
  ],
  'RSASSA-PSS': [
    [1024, '2012-01-01'],
    [1900, '2026-01-01'],
  ],
  DSA: [
    [1024, '2012-01-01'],
    [1900, '2026-01-01'],
  ],
  ECDSA: [[224, '2020-01-01']],
  'PLAIN-ECDSA': [[224, '2020-01-01']],
};
