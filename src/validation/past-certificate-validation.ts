/** Past certificate validation (EN 319 102-1, 5.6.2.1): whether a chain was good at some control-time in the past. */
import type { Instant } from '../base/instant.ts';
import { type CertificateCase, PATH_ONLY } from './certificate-checks.ts';
import { caseOf } from './certificate-validation.ts';
import { type Block, runBlock } from './check.ts';
import { type Conclusion, indeterminate, isPassed, passed } from './conclusion.ts';
import { type AlgorithmVerdict, algorithmDetail, weakestAlgorithm, weaknessOf } from './cryptographic-constraints.ts';
import { levelsFor } from './policy.ts';
import type { BlockResult } from './report.ts';
import { chainAlgorithms } from './token-algorithms.ts';
import { type Serves, type Sliding, slideValidationTime } from './validation-time-sliding.ts';
import { type Acceptance, anchorPlaces, certificateOf, chainOf, type Token, type World } from './world.ts';

export interface PastCertificate {
  readonly conclusion: Conclusion;
  /** Until then everything was good; null where no such time was found. */
  readonly controlTime: Instant | null;
  /** Certificates below the anchor that was slid from, leaf first. */
  readonly cases: readonly CertificateCase[];
  readonly results: readonly BlockResult[];
}

/** `ofLeaf` and `serves` as in validation time sliding. */
export function validatePastCertificate(token: Token, ofLeaf: readonly Acceptance[] | null, serves: Serves, world: World): PastCertificate {
  const best = slideFromAnchors(token, ofLeaf, serves, world);
  const cases = best?.cases ?? [];
  const controlTime = best && isPassed(best.sliding.result.conclusion) ? best.sliding.controlTime : null;
  const chain = chainOf(world, token.facts.signer.certificate);
  const weak = controlTime === null ? null : weakestAlgorithm(chainAlgorithms(chain, cases.length), world.policy.algorithms, controlTime);
  const facts: PastCase = { found: best !== null, path: pathConclusion(cases), controlTime, weak, world };
  const result = runBlock(PAST, facts, levelsFor(world.policy, token.context), token.facts.signer.certificate ?? '');
  return { conclusion: result.conclusion, controlTime, cases, results: best ? [best.sliding.result, result] : [result] };
}

/** The first failure of path validation at a time within the validity of all certificates, without revocation (5.6.2.1.4). */
export function pathConclusion(cases: readonly CertificateCase[]): Conclusion {
  let begin = -Infinity;
  let end = Infinity;
  for (const facts of cases) {
    const { world, context, role, link } = facts;
    const { conclusion } = runBlock(PATH_ONLY, facts, levelsFor(world.policy, context, role), link.certificate);
    if (!isPassed(conclusion)) return conclusion;
    const { notBefore, notAfter } = certificateOf(world, link.certificate);
    begin = Math.max(begin, notBefore);
    end = Math.min(end, notAfter);
  }
  return begin <= end ? passed : indeterminate('CERTIFICATE_CHAIN_GENERAL_FAILURE');
}

interface FromAnchor {
  readonly sliding: Sliding;
  readonly cases: readonly CertificateCase[];
}

/** From each anchor upwards, until one without end of trust; the best is one that passed, else the one of the latest time. */
function slideFromAnchors(token: Token, ofLeaf: readonly Acceptance[] | null, serves: Serves, world: World): FromAnchor | null {
  const chain = chainOf(world, token.facts.signer.certificate);
  let best: FromAnchor | null = null;
  for (const place of anchorPlaces(world, chain)) {
    const cases = chain.slice(0, place).map((_, index) => caseOf(token, world, chain, place, index, 'ever'));
    const sunset = world.evidence.anchors.get(chain[place]?.certificate ?? '')?.sunset ?? null;
    const sliding = slideValidationTime(cases, Math.min(world.at, sunset === null ? Infinity : sunset - 1), ofLeaf, serves, world);
    if (!best || betterThan(best.sliding, sliding)) best = { sliding, cases };
    if (sunset === null || chain[place]?.selfSigned) break;
  }
  return best;
}

function betterThan(known: Sliding, sliding: Sliding): boolean {
  const [before, now] = [isPassed(known.result.conclusion), isPassed(sliding.result.conclusion)];
  return before === now ? sliding.controlTime > known.controlTime : now;
}

interface PastCase {
  readonly found: boolean;
  readonly path: Conclusion;
  readonly controlTime: Instant | null;
  readonly weak: AlgorithmVerdict | null;
  readonly world: World;
}

const PAST: Block<PastCase> = {
  name: 'past-certificate-validation',
  clause: '5.6.2.1',
  checks: [
    {
      id: 'past-chain-found',
      clause: '5.6.2.1.4',
      holds: ({ found }) => found,
      otherwise: indeterminate('NO_CERTIFICATE_CHAIN_FOUND'),
    },
    {
      id: 'past-path-valid',
      clause: '5.6.2.1.4',
      constraint: true,
      holds: ({ path }) => isPassed(path),
      otherwise: ({ path }) => path,
    },
    {
      id: 'past-control-time-found',
      clause: '5.6.2.1.4',
      holds: ({ controlTime }) => controlTime !== null,
      otherwise: indeterminate('NO_POE'),
    },
    {
      id: 'past-chain-algorithms',
      clause: '5.6.2.1.4',
      holds: ({ weak }) => weak?.outcome !== 'fail',
      otherwise: ({ weak, world }) => weaknessOf(weak, world.policy.algorithms),
      with: ({ weak, controlTime }) => ({ ...algorithmDetail(weak), ...(controlTime !== null && { controlTime }) }),
    },
  ],
};
