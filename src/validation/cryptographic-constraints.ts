/** Cryptographic constraints (EN 319 102-1, 5.1.4.3): whether an algorithm was reliable at a time, by the suite of the policy (TS 119 312). */
import { fromIso, type Instant } from '../base/instant.ts';
import type { AlgorithmUse, DigestName, SchemeName } from '../crypto/names.ts';
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
  const until = expiryOf(entry.use, suite);
  if (until === undefined) return { outcome: 'fail', entry, until: null };
  if (until === null || at < until) return { outcome: 'ok', entry, until };
  const { reviewed } = readSuite(suite);
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

/** Null: no end; undefined: never acceptable. */
function expiryOf(use: AlgorithmEntry['use'], suite: AlgorithmSuite): Instant | null | undefined {
  if ('digestOnly' in use) return digestExpiry(use.digestOnly, suite);
  const key = keyExpiry(use, suite);
  if (key === undefined || (use.digest === null && DIGEST_INSIDE.has(use.scheme ?? ''))) return key;
  const digest = digestExpiry(use.digest, suite);
  if (digest === undefined) return undefined;
  return key === null ? digest : digest === null ? key : Math.min(key, digest);
}

const digestExpiry = (name: DigestName | null, suite: AlgorithmSuite): Instant | null | undefined =>
  name === null ? undefined : readSuite(suite).digests.get(name);

/** The latest expiry of the rows whose minimum the key reaches. */
function keyExpiry({ scheme, keyBits }: AlgorithmUse, suite: AlgorithmSuite): Instant | null | undefined {
  let latest: Instant | undefined;
  for (const { minimumBits, until } of readSuite(suite).schemes.get(scheme ?? '') ?? []) {
    if (minimumBits > 0 && (keyBits === null || keyBits < minimumBits)) continue;
    if (until === null) return null;
    if (until !== undefined && (latest === undefined || until > latest)) latest = until;
  }
  return latest;
}

/** A suite with its dates read. Undefined: a date that cannot be read, which ends reliability at once. */
interface ReadSuite {
  readonly digests: ReadonlyMap<string, Instant | null | undefined>;
  readonly schemes: ReadonlyMap<string, readonly { readonly minimumBits: number; readonly until: Instant | null | undefined }[]>;
  readonly reviewed: Instant | null;
}

function readSuite(suite: AlgorithmSuite): ReadSuite {
  const known = SUITES.get(suite);
  if (known) return known;
  const schemes = new Map<string, { minimumBits: number; until: Instant | null | undefined }[]>();
  for (const { scheme, minimumBits, until } of suite.schemes)
    schemes.set(scheme, [...(schemes.get(scheme) ?? []), { minimumBits, until: dateOf(until) }]);
  const read = {
    digests: new Map(Object.entries(suite.digests).map(([name, until]) => [name, dateOf(until)])),
    schemes,
    reviewed: suite.reviewed === null ? null : fromIso(suite.reviewed),
  };
  SUITES.set(suite, read);
  return read;
}

const dateOf = (until: string | null): Instant | null | undefined => (until === null ? null : (fromIso(until) ?? undefined));

/** Suites are data that nobody changes: each is read once. */
const SUITES = new WeakMap<AlgorithmSuite, ReadSuite>();

/** Schemes whose digest is part of the scheme. */
const DIGEST_INSIDE: ReadonlySet<string> = new Set(['EdDSA', 'ML-DSA', 'SLH-DSA']);

/** Schemes that are good from a size of the key on: where the key is not at hand, nobody can tell. */
const SIZED: ReadonlySet<SchemeName | null> = new Set(['RSA', 'RSASSA-PSS', 'DSA', 'ECDSA', 'PLAIN-ECDSA']);
