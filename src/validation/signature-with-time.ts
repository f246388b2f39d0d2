/** Validation of signatures with time and signatures with long-term validation material (EN 319 102-1, 5.5). */
import type { Instant } from '../base/instant.ts';
import type { SignatureFacts } from '../facts/index.ts';
import { type BasicResult, concludeRevocation, mayServe, validateBasic } from './basic-signature.ts';
import { algorithmsOfRevocation } from './certificate-checks.ts';
import type { JudgedCertificate } from './certificate-validation.ts';
import { type Block, runBlock } from './check.ts';
import { type Conclusion, failed, indeterminate, isPassed, passed, type SubIndication, subIndicationOf } from './conclusion.ts';
import { type AlgorithmVerdict, algorithmDetail, weakestAlgorithm, weaknessOf } from './cryptographic-constraints.ts';
import { pathConclusion } from './past-certificate-validation.ts';
import { levelsFor } from './policy.ts';
import type { Role } from './policy-type.ts';
import type { BlockResult } from './report.ts';
import { heldOf, latestOf, revokedOf } from './revocation-acceptance.ts';
import { isFresh } from './revocation-freshness.ts';
import { failsOnAlgorithm, isAccepted } from './signature-acceptance.ts';
import { type TimestampResult, timestampsIntact } from './timestamp.ts';
import { inOrder } from './timestamp-order.ts';
import { chainAlgorithms, dataAlgorithms, weakestOfValue } from './token-algorithms.ts';
import { type Acceptance, certificateOf, coveredTimestamps, isWithinValidity, type Token, tokenOf, type World } from './world.ts';

export interface WithTimeResult {
  readonly conclusion: Conclusion;
  readonly bestSignatureTime: Instant;
  readonly basic: BasicResult;
  readonly process: readonly BlockResult[];
}

/** The basic conclusion, then what the time-stamps prove of it. */
export function validateWithTime(signature: SignatureFacts, timestamps: readonly TimestampResult[], world: World): WithTimeResult {
  const token = tokenOf(signature);
  const content = timestamps
    .filter(({ facts }) => facts.type === 'content')
    .map((one) => ({ facts: one.facts, conclusion: one.basic.conclusion }));
  const basic = validateBasic(token, world, content);
  const goesOn = isPassed(basic.conclusion) || MAY_GO_ON.has(subIndicationOf(basic.conclusion));
  if (!goesOn) return { conclusion: basic.conclusion, bestSignatureTime: world.at, basic, process: basic.process };
  const usable = timestamps.filter(({ facts, basic: { conclusion } }) => PROVES_TIME.has(facts.type) && isPassed(conclusion));
  const best = Math.min(world.at, ...usable.map(({ facts }) => facts.time));
  const selected = new Map(basic.certificate.judged.map((judged) => [judged, longTermSelection(judged, world)]));
  const facts: WithTimeCase = {
    token,
    signature,
    world,
    basic,
    reasons: reasonsOf(basic, world),
    best,
    timestamps,
    selected,
  };
  const result = runBlock(WITH_TIME, facts, levelsFor(world.policy, token.context), signature.id);
  const process = [...basic.process, result];
  const compared = !result.findings.some(({ check, outcome }) => BEFORE_TIMES.has(check) && outcome === 'fail');
  return { conclusion: result.conclusion, bestSignatureTime: compared ? best : world.at, basic, process };
}

interface WithTimeCase {
  readonly token: Token;
  readonly signature: SignatureFacts;
  readonly world: World;
  readonly basic: BasicResult;
  /** Why the basic conclusion was not passed, and by some policies what it hides. */
  readonly reasons: ReadonlySet<SubIndication>;
  readonly best: Instant;
  readonly timestamps: readonly TimestampResult[];
  readonly selected: ReadonlyMap<JudgedCertificate, LongTermSelection>;
}

interface LongTermSelection {
  readonly acceptance: Acceptance | null;
  /** Some data is only not acceptable yet. */
  readonly tryLater: boolean;
}

/** The latest acceptable revocation data whose own signature holds, or held when it could be proven (5.5.4). */
function longTermSelection({ acceptances }: JudgedCertificate, world: World): LongTermSelection {
  return {
    acceptance: latestOf(acceptances.filter(({ revocation }) => mayServe(revocation.id, world))),
    tryLater: acceptances.some(({ revocation }) => subIndicationOf(concludeRevocation(revocation.id, world)) === 'TRY_LATER'),
  };
}

/** The first certificate that needs revocation data, has none that serves, and may not go without. */
function withoutRevocation({ world, token, selected }: WithTimeCase): LongTermSelection | null {
  for (const [judged, selection] of selected) {
    if (!judged.needsRevocation || selection.acceptance) continue;
    const levels = levelsFor(world.policy, token.context, judged.role);
    const check = judged.acceptances.length === 0 ? 'revocation-available' : 'revocation-acceptable';
    if ((levels(check) ?? 'fail') === 'fail') return selection;
  }
  return null;
}

/** Of the signing certificate, an anchor or not: nothing is signed with a certificate before there is one. */
const issuanceOf = ({ basic: { certificate }, world }: WithTimeCase): Instant => {
  const [signer] = certificate.chain;
  return signer ? certificateOf(world, signer.certificate).notBefore : -Infinity;
};

/** The signer, which an anchor is not: for an anchor no end of validity is checked. */
const signerOf = ({ basic, world }: WithTimeCase) => {
  const [signer] = basic.certificate.judged;
  return signer ? certificateOf(world, signer.id) : null;
};

function reasonsOf({ conclusion, certificate }: BasicResult, { policy }: World): ReadonlySet<SubIndication> {
  const hidden = policy.past.everyReason ? certificate.judged.map((one) => one.conclusion) : [];
  return new Set([conclusion, ...hidden].flatMap((one) => subIndicationOf(one) ?? []));
}

/** The first certificate that is revoked now and was not later than the best signature time, the signer first. */
function revokedBefore({ basic, world, reasons, best }: WithTimeCase): Role | null {
  for (const { role, acceptances } of basic.certificate.judged) {
    if (!reasons.has(role === 'signer' ? 'REVOKED_NO_POE' : 'REVOKED_CA_NO_POE')) continue;
    const revoked = revokedOf(world, acceptances, world.at);
    if (revoked && (revoked.revokedAt === null || best >= revoked.revokedAt)) return role;
  }
  return null;
}

/**
 * What is wrong with the chain whatever the time: an expired signer may hide it. Where an authority was not in force at the best
 * signature time, that time proves nothing, and an earlier one still may (5.6).
 */
function chainProblem({ basic, world, best }: WithTimeCase): Conclusion {
  const { judged } = basic.certificate;
  const path = pathConclusion(judged.map(({ facts }) => facts));
  if (!isPassed(path)) return path;
  const inForce = judged.every(({ id, role }) => role === 'signer' || isWithinValidity(certificateOf(world, id), best));
  return inForce ? passed : basic.conclusion;
}

/** Everything that needs revocation data has data that was fresh for the best signature time, and was not on hold then. */
function freshAtBest({ world, token, basic, selected, best }: WithTimeCase): boolean {
  return basic.certificate.judged.every((judged) => {
    if (!judged.needsRevocation) return true;
    const held = heldOf(judged.acceptances, world.at);
    if (held) return held.revokedAt !== null && best < held.revokedAt;
    const status = (selected.get(judged)?.acceptance ?? judged.selected)?.status;
    const level = levelsFor(world.policy, token.context, judged.role)('revocation-fresh') ?? 'fail';
    return level !== 'fail' || !status || isFresh(status, best, world.policy.freshness);
  });
}

const suiteOf = ({ world }: WithTimeCase) => world.policy.algorithms;

const weakSignature = ({ token, world, best }: WithTimeCase): AlgorithmVerdict | null => weakestOfValue(token, world, best);

const weakData = (facts: WithTimeCase): AlgorithmVerdict | null =>
  weakestAlgorithm(dataAlgorithms(facts.token), suiteOf(facts), facts.best);

/** The chain and the revocation data that counts, at the validation time: their past is proven by archive time-stamps only (5.6). */
function weakChain(facts: WithTimeCase): AlgorithmVerdict | null {
  const { world, basic, selected } = facts;
  const { chain, anchor } = basic.certificate;
  const revocations = [...selected.values()].flatMap(({ acceptance }) =>
    acceptance ? algorithmsOfRevocation(acceptance, world, 'now') : [],
  );
  return weakestAlgorithm([...chainAlgorithms(chain, anchor), ...revocations], suiteOf(facts), world.at);
}

/** Those whose order can be told: whom one trusts makes no difference to it, so that less trust never puts them in order. */
const intactTimestamps = ({ timestamps }: WithTimeCase) =>
  timestamps
    .map(({ facts }) => facts)
    .filter(({ value, references }) => value === 'intact' && references.every(({ found, intact }) => found && intact));

/** The time-stamp was made soon enough after the time that the signer claims. */
export const claimedWithinDelay = ({ claimedTime }: SignatureFacts, best: Instant, { policy }: World): boolean =>
  claimedTime !== null && claimedTime + policy.timestampDelay > best;

const atBest = ({ best }: WithTimeCase): Record<string, number> => ({ bestSignatureTime: best });
const because =
  (...which: readonly SubIndication[]) =>
  ({ reasons }: WithTimeCase): boolean =>
    which.some((reason) => reasons.has(reason));

type Types = ReadonlySet<string | null>;

/** Conclusions of 5.3 that a proof of existence, or waiting, may still turn (5.5.4). */
const MAY_GO_ON: Types = new Set([
  'CRYPTO_CONSTRAINTS_FAILURE_NO_POE',
  'REVOKED_NO_POE',
  'REVOKED_CA_NO_POE',
  'TRY_LATER',
  'OUT_OF_BOUNDS_NO_POE',
  'OUT_OF_BOUNDS_NOT_REVOKED',
]);
/** Checks before the times are compared: where one fails, nothing is known of the best signature time. */
const BEFORE_TIMES: ReadonlySet<string> = new Set(['revocation-for-chain', 'chain-otherwise-valid', 'validity-needs-proof']);
const PROVES_TIME: Types = new Set(['signature', 'document']);

const GENERAL = indeterminate('CERTIFICATE_CHAIN_GENERAL_FAILURE');
const TRY_LATER = indeterminate('TRY_LATER');
const CONSTRAINTS = indeterminate('SIG_CONSTRAINTS_FAILURE');

const WITH_TIME: Block<WithTimeCase> = {
  name: 'signature-with-time',
  clause: '5.5',
  checks: [
    {
      id: 'revocation-for-chain',
      clause: '5.5.4',
      holds: (facts) => withoutRevocation(facts) === null,
      otherwise: (facts) => (withoutRevocation(facts)?.tryLater ? TRY_LATER : GENERAL),
    },
    {
      id: 'chain-otherwise-valid',
      clause: '5.2.6.4',
      applies: ({ reasons, world }) => world.policy.past.everyReason && reasons.size > 0,
      holds: (facts) => isPassed(chainProblem(facts)),
      otherwise: chainProblem,
      with: atBest,
    },
    {
      id: 'timestamp-valid',
      clause: '5.5.4',
      constraint: true,
      level: 'warn',
      applies: ({ timestamps }) => timestamps.some(({ facts }) => PROVES_TIME.has(facts.type)),
      holds: ({ timestamps }) => timestamps.every(({ facts, basic }) => !PROVES_TIME.has(facts.type) || isPassed(basic.conclusion)),
      otherwise: CONSTRAINTS,
    },
    {
      id: 'best-signature-time-before-revocation',
      clause: '5.5.4',
      applies: because('REVOKED_NO_POE', 'REVOKED_CA_NO_POE'),
      holds: (facts) => revokedBefore(facts) === null,
      otherwise: (facts) => indeterminate(revokedBefore(facts) === 'signer' ? 'REVOKED_NO_POE' : 'REVOKED_CA_NO_POE'),
      with: atBest,
    },
    {
      id: 'best-signature-time-not-before-issuance',
      clause: '5.5.4',
      holds: (facts) => facts.best >= issuanceOf(facts),
      otherwise: failed('NOT_YET_VALID'),
      with: atBest,
    },
    {
      id: 'validity-needs-proof',
      clause: '5.5.4',
      applies: because('OUT_OF_BOUNDS_NO_POE'),
      holds: () => false,
      otherwise: indeterminate('OUT_OF_BOUNDS_NO_POE'),
      with: atBest,
    },
    {
      id: 'best-signature-time-before-expiry',
      clause: '5.5.4',
      applies: because('OUT_OF_BOUNDS_NOT_REVOKED', 'REVOKED_NO_POE', 'REVOKED_CA_NO_POE'),
      holds: (facts) => facts.best <= (signerOf(facts)?.notAfter ?? 0),
      otherwise: indeterminate('OUT_OF_BOUNDS_NOT_REVOKED'),
      with: atBest,
    },
    {
      id: 'signature-algorithm-at-best-signature-time',
      clause: '5.5.4',
      // A revoked or expired signer, or revocation data that is not fresh, hides a weak algorithm.
      applies: ({ reasons, basic }) => reasons.has('CRYPTO_CONSTRAINTS_FAILURE_NO_POE') || failsOnAlgorithm(basic.acceptance),
      holds: (facts) => weakSignature(facts)?.outcome !== 'fail',
      otherwise: (facts) => weaknessOf(weakSignature(facts), suiteOf(facts)),
      with: (facts) => ({ ...algorithmDetail(weakSignature(facts)), ...atBest(facts) }),
    },
    {
      id: 'timestamp-order',
      clause: '5.5.4',
      constraint: true,
      applies: (facts) => intactTimestamps(facts).length > 1,
      holds: (facts) => inOrder(intactTimestamps(facts), (id) => coveredTimestamps(facts.world, id)),
      otherwise: indeterminate('TIMESTAMP_ORDER_FAILURE'),
    },
    {
      id: 'timestamp-delay',
      clause: '5.5.4',
      constraint: true,
      level: 'ignore',
      holds: ({ signature, best, world }) => claimedWithinDelay(signature, best, world),
      otherwise: CONSTRAINTS,
      with: atBest,
    },
    {
      id: 'revocation-fresh-at-best-signature-time',
      clause: '5.5.4',
      holds: freshAtBest,
      otherwise: TRY_LATER,
      with: atBest,
    },
    {
      id: 'data-algorithms-at-best-signature-time',
      clause: '5.5.4',
      holds: (facts) => weakData(facts)?.outcome !== 'fail',
      otherwise: (facts) => weaknessOf(weakData(facts), suiteOf(facts)),
      with: (facts) => algorithmDetail(weakData(facts)),
    },
    {
      id: 'signature-accepted',
      clause: '5.2.8',
      holds: ({ basic: { acceptance } }) => isAccepted(acceptance),
      otherwise: ({ basic: { acceptance } }) => acceptance.result.conclusion,
    },
    {
      id: 'chain-algorithms',
      clause: '5.5.4',
      holds: (facts) => weakChain(facts)?.outcome !== 'fail',
      otherwise: (facts) => weaknessOf(weakChain(facts), suiteOf(facts)),
      with: (facts) => algorithmDetail(weakChain(facts)),
    },
    {
      id: 'signer-valid-at-best-signature-time',
      clause: '5.5.4',
      applies: because('CRYPTO_CONSTRAINTS_FAILURE_NO_POE', 'TRY_LATER'), // which may have hidden an expiry
      holds: (facts) => facts.best <= (signerOf(facts)?.notAfter ?? 0),
      otherwise: indeterminate('OUT_OF_BOUNDS_NOT_REVOKED'),
      with: atBest,
    },
    timestampsIntact,
  ],
};
