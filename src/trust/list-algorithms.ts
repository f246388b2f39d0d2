/** Algorithms that lists may be signed with, and until when (TS 119 312). */
import { fromIso, type Instant, toIso } from '../base/instant.ts';
import type { AlgorithmUse, DigestName, SchemeName } from '../crypto/names.ts';

/** Why one of them was not good at `at`, in words; null where all were. */
export function weaknessOf(digests: readonly DigestName[], use: AlgorithmUse, at: Instant): string | null {
  for (const name of [...digests, ...(use.digest === null ? [] : [use.digest])]) {
    const until = DIGESTS[name];
    if (until === undefined) return `${name} is no algorithm for lists`;
    if (until !== null && at >= instantOf(until)) return `${name} is not good since ${until}`;
  }
  const rows = use.scheme === null ? undefined : SCHEMES[use.scheme];
  if (rows === undefined || use.scheme === null) return `${use.identifier} is no algorithm for lists`;
  const { keyBits } = use;
  const fitting = rows.filter(([bits]) => bits === 0 || (keyBits !== null && keyBits >= bits));
  const [best] = fitting;
  if (best === undefined) return `${use.scheme} with ${keyBits ?? 'unknown'} bits is too short`;
  const [, until] = best;
  return until !== null && at >= instantOf(until)
    ? `${use.scheme} with ${keyBits} bits is not good since ${toIso(instantOf(until))}`
    : null;
}

const instantOf = (date: string): Instant => fromIso(date) ?? 0;

const DIGESTS: Readonly<Partial<Record<DigestName, string | null>>> = {
  'SHA-1': '2012-08-01',
  'SHA-224': '2029-01-01',
  'SHA-256': null,
  'SHA-384': null,
  'SHA-512': null,
  'SHA3-256': null,
  'SHA3-384': null,
  'SHA3-512': null,
};

/** Least bits and the end, the strongest first. */
const SCHEMES: Readonly<Partial<Record<SchemeName, readonly (readonly [bits: number, until: string | null])[]>>> = {
  RSA: [
    [3000, null],
    [1900, '2029-01-01'],
    [1024, '2019-10-01'],
  ],
  'RSASSA-PSS': [
    [3000, null],
    [1900, '2029-01-01'],
    [1024, '2019-10-01'],
  ],
  DSA: [
    [3000, null],
    [1900, '2029-01-01'],
    [1024, '2015-12-01'],
  ],
  ECDSA: [
    [256, null],
    [224, '2021-10-01'],
  ],
  'PLAIN-ECDSA': [
    [256, null],
    [224, '2021-10-01'],
  ],
  EdDSA: [[0, null]],
};
