/** Cryptographic constraints (EN 319 102-1, 5.1.4.3): whether an algorithm was reliable at a time, by the suite of the policy (TS 119 312). */
import { fromIso, type Instant } from '../base/instant.ts';
import type { AlgorithmUse, DigestName, SchemeName } from '../crypto/names.ts';
import { endOfDigest, endOfUse } from '../crypto/reliability.ts';
import type { Level } from './check.ts';
import { type Conclusion, indeterminate } from './conclusion.ts';
import type { AlgorithmSuite } from './policy-type.ts';

/** An algorithm and where it was used. */
export interface AlgorithmEntry {
  /** Certificate, revocation data or token. */
  readonly subject: string;
  readonly use: AlgorithmUse | { readonly digestOnly: DigestName | null };
}

export interface AlgorithmVerdict {
  /** `ok`, or the level of the failure. */
  readonly outcome: 'ok' | Exclude<Level, 'ignore'>;
  readonly entry: AlgorithmEntry;
  /** End of reliability; null: none (where `ok`), or never reliable (where not). */
  readonly until: Instant | null;
}

/** The verdict on the first entry that fails at `at`; else the first that only warns; null where all are reliable. */
export function weakestAlgorithm(entries: Iterable<AlgorithmEntry>, suite: AlgorithmSuite, at: Instant): AlgorithmVerdict | null {
  let warned: AlgorithmVerdict | null = null;
  for (const entry of entries) {
    const verdict = judgeAlgorithm(entry, suite, at);
    if (verdict.outcome === 'fail') return verdict;
    if (verdict.outcome !== 'ok') warned ??= verdict;
  }
  return warned;
}

/** Whether the algorithm of `entry` is reliable at `at`: strictly before its expiry. */
export function judgeAlgorithm(entry: AlgorithmEntry, suite: AlgorithmSuite, at: Instant): AlgorithmVerdict {
  const { use } = entry;
  const until = 'digestOnly' in use ? endOfDigest(use.digestOnly, suite) : endOfUse(use, suite);
  if (until === undefined) return { outcome: 'fail', entry, until: null };
  if (until === null || at < until) return { outcome: 'ok', entry, until };
  const reviewed = suite.reviewed === null ? null : fromIso(suite.reviewed);
  const level = reviewed !== null && until > reviewed ? suite.afterReview : 'fail';
  return { outcome: level === 'ignore' ? 'ok' : level, entry, until };
}

/** What a failing verdict concludes. */
export const weaknessOf = (verdict: AlgorithmVerdict | null, suite: AlgorithmSuite): Conclusion =>
  indeterminate(verdict && verdict.until !== null ? 'CRYPTO_CONSTRAINTS_FAILURE_NO_POE' : suite.neverAcceptable);

/** The words of a finding on it. */
export function algorithmDetail(verdict: AlgorithmVerdict | null): Record<string, string | number> {
  if (!verdict) return {};
  const { use, subject } = verdict.entry;
  const until = verdict.until === null ? {} : { until: verdict.until };
  if ('digestOnly' in use) return { subject, digest: use.digestOnly ?? 'unknown', ...until };
  return {
    subject,
    algorithm: use.scheme ?? use.identifier,
    ...(use.digest && { digest: use.digest }),
    ...(use.keyBits !== null && { keyBits: use.keyBits }),
    ...(use.keyBits === null && SIZED.has(use.scheme) && { keySize: 'not known' }),
    ...until,
  };
}

/** Schemes that are good from a size of the key on: where the key is not at hand, nobody can tell. */
const SIZED: ReadonlySet<SchemeName | null> = new Set(['RSA', 'RSASSA-PSS', 'DSA', 'ECDSA', 'PLAIN-ECDSA']);
