/** Validation time sliding (EN 319 102-1, 5.6.2.2): back to a time at which every certificate of a chain is shown to have been good. */
import type { Instant } from '../base/instant.ts';
import type { CertificateId } from '../facts/index.ts';
import { algorithmsOfRevocation, type CertificateCase } from './certificate-checks.ts';
import { type Block, type Levels, runBlock } from './check.ts';
import { type Conclusion, indeterminate } from './conclusion.ts';
import { judgeAlgorithm } from './cryptographic-constraints.ts';
import { existedBy } from './existence.ts';
import { levelsFor } from './policy.ts';
import type { BlockResult } from './report.ts';
import { latestOf, revocationTime } from './revocation-acceptance.ts';
import { freshUntil } from './revocation-freshness.ts';
import type { Acceptance, World } from './world.ts';

/** Whether revocation data can be relied on in the past: see `past-signature-validation.ts`. */
export type Serves = (acceptance: Acceptance) => boolean;

export interface Sliding {
  readonly result: BlockResult;
  /** The control-time; meaningless where the result is not passed. */
  readonly controlTime: Instant;
}

/**
 * Slides from `start` down the certificates below one anchor (leaf first in `cases`). `ofLeaf`: the revocation data of the leaf
 * that past signature validation found to serve; all of it where it is null. `serves`: whether revocation data may be used at all.
 */
export function slideValidationTime(
  cases: readonly CertificateCase[],
  start: Instant,
  ofLeaf: readonly Acceptance[] | null,
  serves: Serves,
  world: World,
): Sliding {
  const facts: SlidingCase = { controlTime: start, unproven: [], unknown: [], serves, world };
  for (let index = cases.length - 1; index >= 0; index--) {
    const certificate = cases[index] as CertificateCase;
    slideBy(certificate, (index === 0 ? ofLeaf : null) ?? certificate.acceptances, facts);
  }
  const [leaf] = cases;
  const levels: Levels = leaf ? levelsFor(world.policy, leaf.context, leaf.role) : () => undefined;
  return { result: runBlock(SLIDING, facts, levels, leaf?.link.certificate ?? ''), controlTime: facts.controlTime };
}

interface SlidingCase {
  controlTime: Instant;
  /** Certificates that are not proven to have existed by the control-time. */
  readonly unproven: CertificateId[];
  /** Certificates without revocation data that was there by the control-time. */
  readonly unknown: CertificateId[];
  readonly serves: Serves;
  readonly world: World;
}

/** One round of the loop of 5.6.2.2.4. */
function slideBy(facts: CertificateCase, acceptances: readonly Acceptance[], sliding: SlidingCase): void {
  const { world, link } = facts;
  const { policy, existence, at } = world;
  const proven = existedBy(existence, link.certificate, sliding.controlTime, at);
  if (!proven) sliding.unproven.push(link.certificate);
  const selected = facts.needed && proven ? selectedBy(acceptances, sliding) : null;
  if (facts.needed && !selected) sliding.unknown.push(link.certificate);
  const revokedAt = facts.needed ? revocationTime(world, acceptances, selected) : null;
  if (revokedAt !== null) sliding.controlTime = Math.min(sliding.controlTime, revokedAt);
  else if (selected && demandsFreshness(facts)) {
    const until = freshUntil(selected.status, policy.freshness);
    if (until !== null) sliding.controlTime = Math.min(sliding.controlTime, until);
  }
  const entries = [
    { subject: link.certificate, use: link.algorithm },
    ...(selected ? algorithmsOfRevocation(selected, world, 'ever') : []),
  ];
  for (const entry of entries) {
    const { outcome, until } = judgeAlgorithm(entry, policy.algorithms, sliding.controlTime);
    if (outcome === 'fail' && until !== null) sliding.controlTime = Math.min(sliding.controlTime, until - 1);
  }
}

/** The latest data that still serves, was issued before the control-time, and is proven to have existed by then. */
function selectedBy(acceptances: readonly Acceptance[], { controlTime, serves, world }: SlidingCase): Acceptance | null {
  return latestOf(
    acceptances.filter(
      (acceptance) =>
        (acceptance.status.thisUpdate ?? Infinity) < controlTime &&
        existedBy(world.existence, acceptance.revocation.id, controlTime, world.at) &&
        serves(acceptance),
    ),
  );
}

/**
 * An age that the policy sets moves the control-time; a nextUpdate that has passed does not: no archive is as old as the revocation data
 * in it. Past signature validation asks instead that the data was fresh when the token existed.
 */
const demandsFreshness = ({ world, context, role }: CertificateCase): boolean =>
  world.policy.freshness.maximumAge !== null && (levelsFor(world.policy, context, role)('revocation-fresh') ?? 'fail') === 'fail';

const NO_POE: Conclusion = indeterminate('NO_POE');

const SLIDING: Block<SlidingCase> = {
  name: 'validation-time-sliding',
  clause: '5.6.2.2',
  checks: [
    {
      id: 'past-certificate-proven',
      clause: '5.6.2.2.4',
      constraint: true,
      holds: ({ unproven }) => unproven.length === 0,
      otherwise: NO_POE,
      with: ({ unproven, controlTime }) => ({ certificate: unproven[0] ?? '', controlTime }),
    },
    {
      id: 'past-revocation-known',
      clause: '5.6.2.2.4',
      holds: ({ unknown }) => unknown.length === 0,
      otherwise: NO_POE,
      with: ({ unknown, controlTime }) => ({ certificate: unknown[0] ?? '', controlTime }),
    },
  ],
};
