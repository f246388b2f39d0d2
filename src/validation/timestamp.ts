/** Time-stamp validation (EN 319 102-1, 5.4), and what of it the past can turn (5.6.3). */
import type { AnyId, SignatureFacts, TimestampFacts, TimestampId } from '../facts/index.ts';
import { type BasicResult, validateBasic } from './basic-signature.ts';
import { underChains } from './candidate-chains.ts';
import { type Block, type Check, runBlock } from './check.ts';
import { type Conclusion, indeterminate, isPassed, subIndicationOf } from './conclusion.ts';
import { type AlgorithmVerdict, algorithmDetail, judgeAlgorithm, weaknessOf } from './cryptographic-constraints.ts';
import { earliest } from './existence.ts';
import { validatePast } from './past-signature-validation.ts';
import { levelsFor } from './policy.ts';
import type { BlockResult } from './report.ts';
import { isAccepted } from './signature-acceptance.ts';
import { weakestOfToken } from './token-algorithms.ts';
import type { Token, World } from './world.ts';

export interface TimestampResult {
  readonly facts: TimestampFacts;
  /** By 5.4 alone, at the validation time. */
  readonly basic: BasicResult;
  /** With what is proven of the past. */
  readonly conclusion: Conclusion;
  readonly process: readonly BlockResult[];
}

/** `world.existence` holds what the time-stamps outside of this one prove. */
export const validateTimestamp = (facts: TimestampFacts, world: World): TimestampResult =>
  underChains(facts.signer.certificate, world, (under) => validateUnderChain(facts, under));

function validateUnderChain(facts: TimestampFacts, world: World): TimestampResult {
  const token: Token = { context: 'timestamp', facts };
  const basic = validateBasic(token, world);
  const held: TimestampCase = { token, facts, world, basic };
  const levels = levelsFor(world.policy, 'timestamp');
  if (!isPassed(basic.conclusion) && !MAY_BE_PAST.has(subIndicationOf(basic.conclusion)))
    return { facts, basic, conclusion: basic.conclusion, process: basic.process };
  const past = isPassed(basic.conclusion) ? null : validatePast(token, basic.conclusion, world);
  const process = [...basic.process, ...(past?.process ?? [])];
  if (past && !isPassed(past.conclusion)) return { facts, basic, conclusion: past.conclusion, process };
  const result = runBlock(AT_EXISTENCE, held, levels, facts.id);
  return { facts, basic, conclusion: result.conclusion, process: [...process, result] };
}

/** What is proven to have existed at its time (5.6.2.3): what it covers, where its imprint agrees; nothing if it is not good. */
export function proofOf({ facts, conclusion }: TimestampResult): readonly AnyId[] {
  const intact = facts.references.every((reference) => reference.found && reference.intact);
  return isPassed(conclusion) && intact ? facts.covers : [];
}

/** The time-stamps of a signature, in document order; ids that name none are passed over. */
export const timestampsOf = (signature: SignatureFacts, results: ReadonlyMap<TimestampId, TimestampResult>): readonly TimestampResult[] =>
  signature.timestamps.flatMap((id) => results.get(id) ?? []);

/** In a PDF what a time-stamp covers is the document itself: one that is broken is not passed over, whatever the others prove. */
export const timestampsIntact: Check<{ readonly signature: SignatureFacts; readonly timestamps: readonly TimestampResult[] }> = {
  id: 'timestamps-intact',
  clause: '5.5.4',
  constraint: true,
  applies: ({ signature, timestamps }) => signature.pdf !== null && timestamps.length > 0,
  holds: ({ timestamps }) => !timestamps.some(({ basic }) => BROKEN.has(subIndicationOf(basic.conclusion))),
  otherwise: indeterminate('SIG_CONSTRAINTS_FAILURE'),
};

interface TimestampCase {
  readonly token: Token;
  readonly facts: TimestampFacts;
  readonly world: World;
  readonly basic: BasicResult;
}

const existedAt = ({ facts, world }: TimestampCase): number => earliest(world.existence, facts.id, world.at);

function weakest(held: TimestampCase): AlgorithmVerdict | null {
  const { chain, anchor } = held.basic.certificate;
  return weakestOfToken(held.token, held.world, chain, anchor, existedAt(held));
}

/** The digest by which it binds what it proves, when the time-stamp itself is proven to have existed. */
const imprint = (held: TimestampCase): AlgorithmVerdict =>
  judgeAlgorithm(
    { subject: held.facts.id, use: { digestOnly: held.facts.imprintAlgorithm } },
    held.world.policy.algorithms,
    existedAt(held),
  );

/** Conclusions of 5.4 that a proof of existence can turn. */
const MAY_BE_PAST: ReadonlySet<string | null> = new Set([
  'REVOKED_NO_POE',
  'REVOKED_CA_NO_POE',
  'OUT_OF_BOUNDS_NO_POE',
  'OUT_OF_BOUNDS_NOT_REVOKED',
  'CRYPTO_CONSTRAINTS_FAILURE_NO_POE',
  'REVOCATION_OUT_OF_BOUNDS_NO_POE',
  'NO_CERTIFICATE_CHAIN_FOUND_NO_POE',
]);

/** What a time-stamp comes to whose digest or value is wrong: it was put there from elsewhere, or what it covers was changed. */
const BROKEN: ReadonlySet<string | null> = new Set(['HASH_FAILURE', 'SIG_CRYPTO_FAILURE']);

const AT_EXISTENCE: Block<TimestampCase> = {
  name: 'timestamp-validation',
  clause: '5.6.3.4',
  checks: [
    {
      id: 'signature-accepted',
      clause: '5.2.8',
      applies: ({ basic, world }) => !isPassed(basic.conclusion) && world.policy.past.everyReason,
      holds: ({ basic }) => isAccepted(basic.acceptance),
      otherwise: ({ basic }) => basic.acceptance.result.conclusion,
    },
    {
      id: 'algorithms-at-existence',
      clause: '5.6.3.4',
      applies: ({ basic }) => !isPassed(basic.conclusion),
      holds: (held) => weakest(held)?.outcome !== 'fail',
      otherwise: (held) => weaknessOf(weakest(held), held.world.policy.algorithms),
      with: (held) => algorithmDetail(weakest(held)),
    },
    {
      id: 'imprint-digest-algorithm',
      clause: '5.6.2.3',
      constraint: true,
      holds: (held) => imprint(held).outcome !== 'fail',
      otherwise: (held) => weaknessOf(imprint(held), held.world.policy.algorithms),
      with: (held) => algorithmDetail(imprint(held)),
    },
  ],
};
