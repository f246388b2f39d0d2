/** Validation of signatures that keep their validation data available and intact (EN 319 102-1, 5.6.3). */
import type { Instant } from '../base/instant.ts';
import type { AnyId, SignatureFacts, TimestampFacts } from '../facts/index.ts';
import { type Block, runBlock } from './check.ts';
import { type Conclusion, indeterminate, isPassed, subIndicationOf } from './conclusion.ts';
import { type AlgorithmVerdict, algorithmDetail, weaknessOf } from './cryptographic-constraints.ts';
import type { JudgedEvidenceRecord } from './evidence-record.ts';
import { earliest } from './existence.ts';
import { type PastResult, validatePast } from './past-signature-validation.ts';
import { levelsFor } from './policy.ts';
import { isAccepted } from './signature-acceptance.ts';
import { claimedWithinDelay, validateWithTime, type WithTimeResult } from './signature-with-time.ts';
import { type TimestampResult, timestampsIntact } from './timestamp.ts';
import { weakestOfToken } from './token-algorithms.ts';
import { coveredTimestamps, type Token, tokenOf, type World } from './world.ts';

/** `timestamps` and `records`: those of the signature; `world.existence` holds what all that are good prove. */
export function validateLongTerm(
  signature: SignatureFacts,
  timestamps: readonly TimestampResult[],
  records: readonly JudgedEvidenceRecord[],
  world: World,
): WithTimeResult {
  const withTime = validateWithTime(signature, timestamps, world);
  const { conclusion: current } = withTime;
  if (!isPassed(current) && !MAY_GO_ON.has(subIndicationOf(current))) return withTime;
  const archived = records.length > 0 || isArchived(timestamps, world);
  if (!archived && !goesOnWithout(current, world)) return withTime;
  const token = tokenOf(signature);
  const best = Math.min(withTime.bestSignatureTime, earliest(world.existence, signature.id, world.at));
  const past = isPassed(current) ? null : validatePast(token, current, provenBy(signature.id, best, world));
  const facts: LongTermCase = { token, signature, timestamps, world, withTime, records, past, best };
  const result = runBlock(LONG_TERM, facts, levelsFor(world.policy, token.context), signature.id);
  return {
    ...withTime,
    conclusion: result.conclusion,
    bestSignatureTime: best,
    process: [...withTime.process, ...(past?.process ?? []), result],
  };
}

/** Whether the past is looked at where nothing was archived. */
const goesOnWithout = (current: Conclusion, { policy }: World): boolean =>
  subIndicationOf(current) === 'NO_CERTIFICATE_CHAIN_FOUND_NO_POE' || (policy.past.everySignature && !isPassed(current));

interface LongTermCase {
  readonly token: Token;
  readonly signature: SignatureFacts;
  readonly timestamps: readonly TimestampResult[];
  readonly world: World;
  readonly withTime: WithTimeResult;
  readonly records: readonly JudgedEvidenceRecord[];
  /** Null where the signature passes now. */
  readonly past: PastResult | null;
  readonly best: Instant;
}

/** The best signature time of 5.5 is a proof of existence of the signature, and of nothing else. */
function provenBy(id: AnyId, best: Instant, world: World): World {
  if (earliest(world.existence, id, world.at) <= best) return world;
  return { ...world, existence: new Map(world.existence).set(id, best), serves: new Map() };
}

/** Whether a time-stamp is there that protects validation data: one of an archive, or over another one over a signature. */
function isArchived(timestamps: readonly TimestampResult[], world: World): boolean {
  return timestamps.some(
    ({ facts }) =>
      facts.type === 'archive' || facts.type === 'container' || facts.protectsMaterial || coversSignatureTimestamp(facts, world),
  );
}

function coversSignatureTimestamp({ id, type }: TimestampFacts, world: World): boolean {
  if (type === 'content' || type === 'signature') return false;
  const { timestamps, signatures } = world.evidence.document;
  return coveredTimestamps(world, id).some((inner) => {
    const facts = timestamps.get(inner);
    if (!facts || facts.type === 'content') return false;
    return facts.type !== 'document' || signatures.some((signature) => signature.timestamps.includes(inner));
  });
}

function weakAtBest({ token, withTime, world, best }: LongTermCase): AlgorithmVerdict | null {
  const { chain, anchor } = withTime.basic.certificate;
  return weakestOfToken(token, world, chain, anchor, best);
}

const atBest = ({ best }: LongTermCase): Record<string, number> => ({ bestSignatureTime: best });

/** Conclusions of 5.5 with which the past is looked at (5.6.3.4). */
const MAY_GO_ON: ReadonlySet<string | null> = new Set([
  'REVOKED_NO_POE',
  'REVOKED_CA_NO_POE',
  'OUT_OF_BOUNDS_NO_POE',
  'OUT_OF_BOUNDS_NOT_REVOKED',
  'CRYPTO_CONSTRAINTS_FAILURE_NO_POE',
  'REVOCATION_OUT_OF_BOUNDS_NO_POE',
  'NO_CERTIFICATE_CHAIN_FOUND_NO_POE',
  'SIG_CONSTRAINTS_FAILURE',
  'TRY_LATER',
]);

const CONSTRAINTS: Conclusion = indeterminate('SIG_CONSTRAINTS_FAILURE');
const CLAUSE = '5.6.3.4';

const LONG_TERM: Block<LongTermCase> = {
  name: 'long-term-availability',
  clause: '5.6.3',
  checks: [
    {
      id: 'evidence-record-valid',
      clause: CLAUSE,
      constraint: true,
      level: 'warn',
      applies: ({ records }) => records.length > 0,
      holds: ({ records }) => records.every(({ conclusion }) => isPassed(conclusion)),
      otherwise: CONSTRAINTS,
    },
    {
      id: 'good-in-the-past',
      clause: CLAUSE,
      applies: ({ past }) => past !== null,
      holds: ({ past }) => past === null || isPassed(past.conclusion),
      otherwise: ({ past, withTime }) => past?.conclusion ?? withTime.conclusion,
      with: atBest,
    },
    {
      id: 'timestamp-delay',
      clause: CLAUSE,
      constraint: true,
      level: 'ignore',
      holds: ({ signature, best, world }) => claimedWithinDelay(signature, best, world),
      otherwise: CONSTRAINTS,
      with: atBest,
    },
    {
      id: 'algorithms-at-existence',
      clause: CLAUSE,
      applies: ({ past }) => past !== null,
      holds: (facts) => weakAtBest(facts)?.outcome !== 'fail',
      otherwise: (facts) => weaknessOf(weakAtBest(facts), facts.world.policy.algorithms),
      with: (facts) => ({ ...algorithmDetail(weakAtBest(facts)), existedAt: facts.best }),
    },
    {
      id: 'signature-accepted',
      clause: '5.2.8',
      applies: ({ past, world }) => past !== null && world.policy.past.everyReason,
      holds: ({ withTime: { basic } }) => isAccepted(basic.acceptance),
      otherwise: ({ withTime: { basic } }) => basic.acceptance.result.conclusion,
    },
    timestampsIntact,
  ],
};
