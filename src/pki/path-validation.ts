/** Certification path validation (RFC 5280, 6.1, policies by RFC 9618): the algorithm, step by step, over a path that is given. */
import { type Budget, budget } from '../base/budget.ts';
import type { Bytes } from '../base/bytes.ts';
import { type Instant, toIso } from '../base/instant.ts';
import { exact } from '../base/options.ts';
import { inheritDsaParameters } from '../crypto/key.ts';
import type { AlgorithmUse, ValueCheck } from '../crypto/names.ts';
import { algorithmUse } from '../crypto/verify.ts';
import { type Certificate, KNOWN_EXTENSIONS } from './certificate.ts';
import type { NameConstraints } from './extensions.ts';
import { verifyIssued, verifyWithKey } from './issued-by.ts';
import { type Name, sameName } from './name.ts';
import { breach } from './name-constraints.ts';
import { ANY_POLICY, addPolicies, constrainedPolicies, mapPolicies, type PolicyGraph, startGraph } from './policy-graph.ts';
import type { RevocationOutcome } from './revocation.ts';

/** A name and a key that are trusted (RFC 5280, 6.1.1 (d)), and the certificate that they come from, if any. */
export interface TrustAnchor {
  readonly name: Name;
  readonly spki: Bytes;
  readonly certificate: Certificate | null;
}

export interface PathOptions {
  /** The certificate in question first, the one that the anchor issued last; without the anchor. */
  readonly path: readonly Certificate[];
  readonly anchor: TrustAnchor;
  /** Validity periods are checked at this time; null: not at all (the caller judges times by itself). */
  readonly at: Instant | null;
  /**
   * `shell` (RFC 5280): every certificate must be valid at `at`. `chain`: the first one at `at`, each of the others when it issued
   * the one below it, so that what it issued outlives it. Default: `shell`.
   */
  readonly model?: 'shell' | 'chain';
  /**
   * Says why an algorithm with its key is not strong enough at a time, or null (TS 119 312); asked for the
   * signature of each certificate. The time is the one at which the certificate is checked. Default: no demand.
   */
  readonly algorithms?: (use: AlgorithmUse, at: Instant) => string | null;
  /** user-initial-policy-set; default: any policy. */
  readonly policies?: readonly string[];
  /** initial-explicit-policy, initial-policy-mapping-inhibit and initial-any-policy-inhibit; default: false. */
  readonly explicitPolicy?: boolean;
  readonly inhibitPolicyMapping?: boolean;
  readonly inhibitAnyPolicy?: boolean;
  /** Initial permitted and excluded subtrees. */
  readonly nameConstraints?: NameConstraints;
  /** `enforced`: what the anchor's certificate says binds too (RFC 5937); default: `ignored` (RFC 5280, 6.1.1 (d)). */
  readonly anchorConstraints?: 'ignored' | 'enforced';
  /** Whether the validity of the anchor's certificate is checked as well; default: `ignored`. */
  readonly anchorDates?: 'ignored' | 'enforced';
  /** Extended key usages of which the first certificate must have one (or the any usage, or no such extension); default: no demand. */
  readonly purposes?: readonly string[];
  /** Whether `purposes` bind the CA certificates of the path as well, as web browsers have it; default: false. */
  readonly nestedPurposes?: boolean;
  /** Tells the status of a certificate of the path; default: revocation is not looked at. */
  readonly revocation?: RevocationCheck;
  /** Longest path that is looked at; default 32. */
  readonly longest?: number;
}

/** `issuer` is null where the anchor comes without a certificate. */
export type RevocationCheck = (certificate: Certificate, issuer: Certificate | null, anchor: TrustAnchor) => RevocationOutcome;

export type PathFailureCode = keyof typeof RANKS;

/** One step that did not hold. */
export interface PathFailure {
  readonly code: PathFailureCode;
  readonly clause: string;
  /** Place in the path: 0 is the certificate in question, the length of the path the anchor. */
  readonly index: number;
  /** For people. */
  readonly what: string;
}

export type PathResult =
  | {
      readonly ok: true;
      /** User-constrained policies in the anchor's terms; the any policy where every one holds and is accepted. */
      readonly policies: ReadonlySet<string>;
    }
  | {
      readonly ok: false;
      /** The one that says most of what is wrong. */
      readonly failure: PathFailure;
      /** All that was found, in the order of the algorithm. */
      readonly failures: readonly PathFailure[];
    };

/** The anchor that a certificate stands for. */
export const anchorOf = (certificate: Certificate): TrustAnchor => ({ name: certificate.subject, spki: certificate.spki, certificate });

/** Runs the whole algorithm and names every step that fails; nothing throws but a wrong option (`Fault` `bad-option`). */
export function validatePath(options: PathOptions): PathResult {
  exact('validatePath', options, OPTIONS);
  const { path, anchor, longest = LONGEST } = options;
  const failures: PathFailure[] = [];
  if (path.length > longest) {
    const failure = { code: 'too-long', clause: 'RFC 5280, 6.1', index: 0, what: `more than ${longest} certificates` } as const;
    return { ok: false, failure, failures: [failure] };
  }
  const state = initialize(options, failures);
  for (let index = path.length - 1; index >= 0; index--) {
    const certificate = path[index] as Certificate;
    basics(state, certificate, index, path[index + 1] ?? anchor.certificate);
    names(state, certificate, index);
    policies(state, certificate, index);
    if (index > 0) prepareNext(state, certificate, index);
  }
  const found = wrapUp(state, path[0]);
  const [first] = failures;
  if (!first) return { ok: true, policies: found };
  return { ok: false, failure: mostSpecific(failures) ?? first, failures };
}

/** The failure to tell people when paths fail for several reasons: what was forged or revoked before what is missing. */
export function mostSpecific(failures: readonly PathFailure[]): PathFailure | null {
  let best: PathFailure | null = null;
  for (const failure of failures) if (!best || RANKS[failure.code] < RANKS[best.code]) best = failure;
  return best;
}

/** The state variables (6.1.2). */
interface State {
  readonly options: PathOptions;
  readonly failures: PathFailure[];
  readonly constraints: NameConstraints[];
  readonly nameSteps: Budget;
  graph: PolicyGraph | null;
  explicitPolicy: number;
  inhibitAnyPolicy: number;
  policyMapping: number;
  spki: Bytes;
  issuerName: Name;
  maximumLength: number;
}

function initialize(options: PathOptions, failures: PathFailure[]): State {
  const { path, anchor, explicitPolicy, inhibitAnyPolicy, inhibitPolicyMapping, nameConstraints, anchorConstraints, anchorDates } = options;
  const beyond = path.length + 2;
  const state: State = {
    options,
    failures,
    constraints: nameConstraints ? [nameConstraints] : [],
    nameSteps: budget('comparisons of names', NAME_STEPS),
    graph: startGraph(),
    explicitPolicy: explicitPolicy ? 0 : beyond,
    inhibitAnyPolicy: inhibitAnyPolicy ? 0 : beyond,
    policyMapping: inhibitPolicyMapping ? 0 : beyond,
    spki: anchor.spki,
    issuerName: anchor.name,
    maximumLength: path.length + 1,
  };
  if (anchorDates === 'enforced' && anchor.certificate) validity(state, anchor.certificate, path.length);
  if (anchorConstraints === 'enforced' && anchor.certificate && path.length > 0) enforceAnchor(state, anchor.certificate, path.length);
  return state;
}

/** The anchor's certificate as if it were the first of the path, its signature and issuer apart (RFC 5937, 3.2). */
function enforceAnchor(state: State, certificate: Certificate, index: number): void {
  if (certificate.policies) policies(state, certificate, index);
  prepareNext(state, certificate, index);
}

function fail(state: State, code: PathFailureCode, clause: string, index: number, what: string): void {
  state.failures.push({ code, clause: `RFC 5280, ${clause}`, index, what });
}

/** 6.1.3 (a): signature, validity, revocation, issuer. */
function basics(state: State, certificate: Certificate, index: number, issuer: Certificate | null): void {
  const check = signature(state, certificate, issuer);
  if (check === 'unsupported') fail(state, 'signature-unsupported', '6.1.3 (a) (1)', index, 'the signature cannot be verified here');
  else if (check !== 'intact')
    fail(state, 'signature-broken', '6.1.3 (a) (1)', index, 'the signature does not verify with the key of the issuer');
  validity(state, certificate, index);
  strength(state, certificate, index);
  if (!sameName(certificate.issuer, state.issuerName))
    fail(state, 'name-chaining', '6.1.3 (a) (4)', index, 'the issuer name is not the name of the certificate above');
  const outcome = state.options.revocation?.(certificate, issuer, state.options.anchor);
  if (outcome?.status === 'revoked')
    fail(state, 'revoked', '6.1.3 (a) (3)', index, `revoked on ${toIso(outcome.date)}${outcome.reason ? ` (${outcome.reason})` : ''}`);
  if (outcome?.status === 'unknown') fail(state, 'revocation-unknown', '6.1.3 (a) (3)', index, outcome.why);
}

function signature(state: State, certificate: Certificate, issuer: Certificate | null): ValueCheck {
  if (issuer && issuer.spki === state.spki) return verifyIssued(certificate, issuer);
  return verifyWithKey(certificate, state.spki);
}

/** The time at which a certificate of the path is checked; the anchor comes after the last. */
function timeOf({ options: { at, model, path } }: State, index: number): Instant | null {
  return at === null || model !== 'chain' || index === 0 ? at : (path[index - 1]?.notBefore ?? at);
}

/** TS 119 312: the algorithm that the issuer signed with, and the size of its key. */
function strength(state: State, certificate: Certificate, index: number): void {
  const at = timeOf(state, index);
  const { algorithms } = state.options;
  if (algorithms === undefined || at === null) return;
  const use = algorithmUse(certificate.signatureAlgorithm, state.spki, certificate.signatureAlgorithmOid);
  const why = algorithms(use, at);
  if (why !== null) state.failures.push({ code: 'algorithm-too-weak', clause: 'TS 119 312', index, what: why });
}

function validity(state: State, certificate: Certificate, index: number): void {
  const at = timeOf(state, index);
  if (at === null) return;
  if (at < certificate.notBefore)
    fail(state, 'not-yet-valid', '6.1.3 (a) (2)', index, `valid only from ${toIso(certificate.notBefore)} on`);
  // notAfter is the last second of the period: times within it still belong to it.
  if (at >= certificate.notAfter + 1000) fail(state, 'expired', '6.1.3 (a) (2)', index, `valid only until ${toIso(certificate.notAfter)}`);
}

/** 6.1.3 (b) and (c): permitted and excluded names; not for self-issued certificates above the last. */
function names(state: State, certificate: Certificate, index: number): void {
  if (state.constraints.length === 0 || (certificate.selfIssued && index > 0)) return;
  const why = breach(certificate, state.constraints, state.nameSteps);
  if (why) fail(state, 'name-constraints', '6.1.3 (b), (c)', index, why);
}

/** 6.1.3 (d) to (f). */
function policies(state: State, certificate: Certificate, index: number): void {
  const present = certificate.policies;
  const anyPolicyAllowed = state.inhibitAnyPolicy > 0 || (index > 0 && certificate.selfIssued);
  state.graph = present && state.graph && addPolicies(state.graph, present, anyPolicyAllowed);
  if (state.explicitPolicy === 0 && !state.graph)
    fail(state, 'policy', '6.1.3 (f)', index, 'no policy holds down to here, and one is required');
}

/** 6.1.4. */
function prepareNext(state: State, certificate: Certificate, index: number): void {
  const mappings = certificate.policyMappings;
  if (mappings?.some(({ issuerDomain, subjectDomain }) => issuerDomain === ANY_POLICY || subjectDomain === ANY_POLICY))
    fail(state, 'policy', '6.1.4 (a)', index, 'the any policy is mapped');
  else if (mappings && state.graph) state.graph = mapPolicies(state.graph, mappings, state.policyMapping > 0);
  state.issuerName = certificate.subject;
  state.spki = inheritDsaParameters(certificate.spki, state.spki) ?? certificate.spki;
  if (certificate.nameConstraints) state.constraints.push(certificate.nameConstraints);
  count(state, certificate);
  authority(state, certificate, index);
  extensions(state, certificate, index);
}

/** 6.1.4 (h) to (j). */
function count(state: State, certificate: Certificate): void {
  const step = certificate.selfIssued ? 0 : 1;
  const { policyConstraints, inhibitAnyPolicy } = certificate;
  const required = policyConstraints?.requireExplicitPolicy ?? Number.POSITIVE_INFINITY;
  const inhibited = policyConstraints?.inhibitPolicyMapping ?? Number.POSITIVE_INFINITY;
  state.explicitPolicy = Math.min(Math.max(state.explicitPolicy - step, 0), required);
  state.policyMapping = Math.min(Math.max(state.policyMapping - step, 0), inhibited);
  state.inhibitAnyPolicy = Math.min(Math.max(state.inhibitAnyPolicy - step, 0), inhibitAnyPolicy ?? Number.POSITIVE_INFINITY);
}

/** 6.1.4 (k) to (n): a CA, a path that is short enough, and a key for certificates. */
function authority(state: State, certificate: Certificate, index: number): void {
  const { basicConstraints, keyUsage } = certificate;
  if (!basicConstraints?.ca) fail(state, 'not-a-ca', '6.1.4 (k)', index, 'issued a certificate and is no CA');
  if (!certificate.selfIssued) {
    if (state.maximumLength <= 0)
      fail(state, 'path-length', '6.1.4 (l)', index, 'more certificates below than a path length constraint allows');
    state.maximumLength--;
  }
  if (basicConstraints?.pathLength != null) state.maximumLength = Math.min(state.maximumLength, basicConstraints.pathLength);
  if (keyUsage && !keyUsage.has('keyCertSign')) fail(state, 'key-usage', '6.1.4 (n)', index, 'the key is not for signing certificates');
  purposes(state, certificate, index);
}

/** 6.1.4 (o), 6.1.5 (f): critical extensions are processed or end the path; one that cannot be read is not processed. */
function extensions(state: State, certificate: Certificate, index: number): void {
  for (const { oid, critical } of certificate.extensions)
    if (critical && !KNOWN_EXTENSIONS.has(oid))
      fail(state, 'unknown-critical-extension', index ? '6.1.4 (o)' : '6.1.5 (f)', index, `critical extension ${oid} is unknown`);
  for (const { oid, malformed } of certificate.malformedExtensions)
    fail(state, 'malformed-extension', '4.2', index, `extension ${oid} cannot be read: ${malformed.reason}`);
}

/** 4.2.1.12, over the purposes that the caller asks for. */
function purposes(state: State, certificate: Certificate, index: number): void {
  const { purposes: wanted, nestedPurposes } = state.options;
  const found = certificate.extendedKeyUsage;
  if (!wanted || !found || (index > 0 && !nestedPurposes)) return;
  if (!found.includes(ANY_USAGE) && !wanted.some((purpose) => found.includes(purpose)))
    fail(state, 'extended-key-usage', '4.2.1.12', index, 'the key is not for this purpose');
}

/** 6.1.5. */
function wrapUp(state: State, target: Certificate | undefined): ReadonlySet<string> {
  const accepted = state.options.policies ?? [ANY_POLICY];
  if (!target) return new Set(accepted);
  if (state.explicitPolicy > 0) state.explicitPolicy--;
  if (target.policyConstraints?.requireExplicitPolicy === 0) state.explicitPolicy = 0;
  extensions(state, target, 0);
  purposes(state, target, 0);
  const found = constrainedPolicies(state.graph, accepted);
  const told = state.failures.some(({ code, clause }) => code === 'policy' && clause.endsWith('(f)'));
  if (state.explicitPolicy === 0 && found.size === 0 && !told)
    fail(state, 'policy', '6.1.5 (g)', 0, 'no policy that is accepted holds for the whole path, and one is required');
  return found;
}

/** Lower says more. */
const RANKS = {
  revoked: 0,
  'name-constraints': 1,
  'unknown-critical-extension': 2,
  'malformed-extension': 3,
  'path-length': 4,
  policy: 5,
  'not-a-ca': 6,
  'key-usage': 7,
  'extended-key-usage': 8,
  'algorithm-too-weak': 9,
  expired: 10,
  'not-yet-valid': 11,
  'revocation-unknown': 12,
  'signature-broken': 13,
  'signature-unsupported': 14,
  'name-chaining': 15,
  'too-long': 16,
  'no-path': 17,
  'budget-spent': 18,
} as const;

/** Options that hold for every path of a search. */
export const DEMANDS = [
  'model',
  'algorithms',
  'policies',
  'explicitPolicy',
  'inhibitPolicyMapping',
  'inhibitAnyPolicy',
  'nameConstraints',
  'anchorConstraints',
  'anchorDates',
  'purposes',
  'nestedPurposes',
  'revocation',
  'longest',
] as const;
const OPTIONS = ['path', 'anchor', 'at', ...DEMANDS];
const ANY_USAGE = '2.5.29.37.0';
/** A second of comparisons at most; Go's crypto/x509 allows 250,000 of them by default, BoringSSL 2^20. */
const NAME_STEPS = 1 << 20;
export const LONGEST = 32;
