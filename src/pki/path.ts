/** Building certification paths from a pool of certificates (RFC 4158): every one that chains, within a budget, the likely ones first. */
import { type Budget, budget, spend } from '../base/budget.ts';
import { equal } from '../base/bytes.ts';
import type { Instant } from '../base/instant.ts';
import { exact } from '../base/options.ts';
import { toHex } from '../base/text.ts';
import type { Certificate } from './certificate.ts';
import { keysAgree, verifyIssued, verifyWithKey } from './issued-by.ts';
import type { Name } from './name.ts';
import { DEMANDS, LONGEST, mostSpecific, type PathFailure, type PathOptions, type TrustAnchor, validatePath } from './path-validation.ts';

export {
  anchorOf,
  type PathFailure,
  type PathFailureCode,
  type PathOptions,
  type PathResult,
  type RevocationCheck,
  type TrustAnchor,
  validatePath,
} from './path-validation.ts';

export interface PathSearch {
  readonly target: Certificate;
  readonly anchors: readonly TrustAnchor[];
  /** Certificates that may stand between, in any order. */
  readonly candidates: readonly Certificate[];
  /** Issuers valid at this time are tried first; null: no preference. */
  readonly at: Instant | null;
  /** Longest path, the target included; default 32. */
  readonly longest?: number;
  readonly budget?: PathBudget;
}

/** What one search may spend; shared between searches where the caller hands in the same one. */
export interface PathBudget {
  readonly signatures: Budget;
  readonly steps: Budget;
}

/** A path whose names chain and whose signatures verify as far as they can be verified. */
export interface CandidatePath {
  /** The target first; empty where the target itself is the anchor. */
  readonly path: readonly Certificate[];
  readonly anchor: TrustAnchor;
}

export type FoundPath =
  | { readonly ok: true; readonly path: readonly Certificate[]; readonly anchor: TrustAnchor; readonly policies: ReadonlySet<string> }
  | {
      readonly ok: false;
      readonly failure: PathFailure;
      /** The path that failure belongs to; null where none could be built. */
      readonly candidate: CandidatePath | null;
    };

export const pathBudget = (signatures: number = SIGNATURES, steps: number = STEPS): PathBudget => ({
  signatures: budget('signature checks', signatures),
  steps: budget('path steps', steps),
});

/**
 * Every path from the target to an anchor, depth first: the same key under the same name never twice, and no signature checked
 * twice. Ends early once the budget is spent, which `budget` then tells.
 */
export function* candidatePaths(search: PathSearch): Generator<CandidatePath> {
  const { target, anchors, budget: limits = pathBudget() } = search;
  const pool: Pool = {
    search,
    limits,
    checked: new Map(),
    issuers: Map.groupBy(unique(search.candidates), ({ subject }) => nameKey(subject)),
    anchors: Map.groupBy(anchors, ({ name }) => nameKey(name)),
    anchorIds: new Set(anchors.map(({ name, spki }) => `${nameKey(name)} ${toHex(spki)}`)),
  };
  for (const anchor of anchors) if (anchor.certificate && equal(anchor.certificate.bytes, target.bytes)) yield { path: [], anchor };
  yield* extend(pool, [target], new Set([identity(target)]));
}

/** The first path that is valid, or the failure that says most. All options of `validatePath` but the path hold for each. */
export function findPath(options: PathSearch & Omit<PathOptions, 'path' | 'anchor' | 'at'>): FoundPath {
  const { target, anchors, candidates, at, budget: limits = pathBudget(), ...rest } = options;
  exact('findPath', rest, DEMANDS);
  let best: { failure: PathFailure; candidate: CandidatePath } | null = null;
  const search = { target, anchors, candidates, at, budget: limits, ...(rest.longest === undefined ? {} : { longest: rest.longest }) };
  for (const candidate of candidatePaths(search)) {
    const result = validatePath({ ...rest, ...candidate, at });
    if (result.ok) return { ok: true, ...candidate, policies: result.policies };
    if (!best || mostSpecific([best.failure, result.failure]) === result.failure) best = { failure: result.failure, candidate };
    if (!spend(limits.steps, candidate.path.length)) break;
  }
  if (best) return { ok: false, ...best };
  return { ok: false, failure: nothingFound(limits), candidate: null };
}

function nothingFound(limits: PathBudget): PathFailure {
  const spent = [limits.signatures, limits.steps].find(({ left }) => left < 0);
  const clause = 'RFC 5280, 6.1';
  if (spent) return { code: 'budget-spent', clause, index: 0, what: `no path within ${spent.limit} ${spent.name}` };
  return { code: 'no-path', clause, index: 0, what: 'no path to a trust anchor' };
}

interface Pool {
  readonly search: PathSearch;
  readonly limits: PathBudget;
  /** Issued → issuer → whether the signature stands in the way. */
  readonly checked: Map<Certificate, Map<Certificate, boolean>>;
  readonly issuers: ReadonlyMap<string, readonly Certificate[]>;
  readonly anchors: ReadonlyMap<string, readonly TrustAnchor[]>;
  readonly anchorIds: ReadonlySet<string>;
}

function* extend(pool: Pool, path: readonly Certificate[], used: ReadonlySet<string>): Generator<CandidatePath> {
  const last = path[path.length - 1] as Certificate;
  const issuerKey = nameKey(last.issuer);
  for (const anchor of pool.anchors.get(issuerKey) ?? []) {
    if (!spend(pool.limits.steps)) return;
    if (anchorSigned(pool, last, anchor)) yield { path, anchor };
  }
  if (path.length >= (pool.search.longest ?? LONGEST)) return;
  const issuers = pool.issuers.get(issuerKey) ?? [];
  if (!spend(pool.limits.steps, issuers.length)) return;
  for (const issuer of ordered(pool, last, issuers)) {
    if (pool.limits.steps.left < 0) return;
    const id = identity(issuer);
    // An anchor's own certificate on the way to that anchor adds nothing.
    if (used.has(id) || (issuer.selfIssued && pool.anchorIds.has(id)) || !couldHaveSigned(pool, last, issuer)) continue;
    yield* extend(pool, [...path, issuer], new Set(used).add(id));
  }
}

/** Key identifiers that agree first, then those valid at the time, CAs before others, the younger first. */
function ordered(pool: Pool, certificate: Certificate, issuers: readonly Certificate[]): readonly Certificate[] {
  if (issuers.length < 2) return issuers;
  const { at } = pool.search;
  const score = (issuer: Certificate): number =>
    (keysAgree(issuer, certificate) ? 0 : 4) +
    (at === null || (issuer.notBefore <= at && at <= issuer.notAfter) ? 0 : 2) +
    (issuer.basicConstraints?.ca ? 0 : 1);
  return issuers
    .map((issuer) => ({ issuer, score: score(issuer) }))
    .sort((a, b) => a.score - b.score || b.issuer.notBefore - a.issuer.notBefore)
    .map(({ issuer }) => issuer);
}

function anchorSigned(pool: Pool, certificate: Certificate, anchor: TrustAnchor): boolean {
  if (anchor.certificate && anchor.certificate.spki === anchor.spki) return couldHaveSigned(pool, certificate, anchor.certificate);
  return spend(pool.limits.signatures) && verifyWithKey(certificate, anchor.spki) !== 'broken';
}

/** What cannot be verified here passes on: path validation names it. */
function couldHaveSigned(pool: Pool, certificate: Certificate, issuer: Certificate): boolean {
  let byIssuer = pool.checked.get(certificate);
  if (!byIssuer) {
    byIssuer = new Map();
    pool.checked.set(certificate, byIssuer);
  }
  const known = byIssuer.get(issuer);
  if (known !== undefined) return known;
  if (!spend(pool.limits.signatures)) return false;
  const could = verifyIssued(certificate, issuer) !== 'broken';
  byIssuer.set(issuer, could);
  return could;
}

/** Two certificates with one name and one key lead the same ways (RFC 4158, 5.2). */
const identity = (certificate: Certificate): string => `${nameKey(certificate.subject)} ${keyText(certificate)}`;

const keyText = (certificate: Certificate): string => {
  let text = KEY_TEXTS.get(certificate);
  if (text === undefined) {
    text = toHex(certificate.spki);
    KEY_TEXTS.set(certificate, text);
  }
  return text;
};

const nameKey = (name: Name): string => name.keys.join('\u0000');

const unique = (certificates: readonly Certificate[]): Certificate[] => [
  ...new Map(certificates.map((certificate) => [certificate.fingerprint, certificate])).values(),
];

const KEY_TEXTS = new WeakMap<Certificate, string>();
/** Ten times what any document of the field needs, and a second of RSA checks at most. */
const SIGNATURES = 500;
const STEPS = 20_000;
