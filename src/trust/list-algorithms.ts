/** Algorithms that lists may be signed with, and until when (TS 119 312). */
import { type Instant, toIso } from '../base/instant.ts';
import type { AlgorithmUse, DigestName } from '../crypto/names.ts';
import { ALGORITHM_ENDS, type AlgorithmTables, type End, endOfDigest, endOfUse } from '../crypto/reliability.ts';

/** Why one of them was not good at `at`, in words; null where all were. */
export function weaknessOf(digests: readonly DigestName[], use: AlgorithmUse, at: Instant): string | null {
  const { scheme, keyBits } = use;
  const signed = scheme === null ? use.identifier : `${scheme} with ${keyBits === null ? 'a key of unknown size' : `${keyBits} bits`}`;
  const ends: readonly (readonly [what: string, end: End])[] = [
    ...digests.map((name) => [name, endOfDigest(name, TABLES)] as const),
    [use.digest === null ? signed : `${signed} and ${use.digest}`, endOfUse(use, TABLES)],
  ];
  for (const [what, end] of ends) {
    if (end === undefined) return `${what} is not good enough for lists`;
    if (end !== null && at >= end) return `${what} is not good since ${toIso(end)}`;
  }
  return null;
}

const TABLES: AlgorithmTables = {
  ...ALGORITHM_ENDS,
  schemes: [...ALGORITHM_ENDS.schemes, { scheme: 'RSA', minimumBits: 3000, until: null }, { scheme: 'EdDSA', minimumBits: 0, until: null }],
};
