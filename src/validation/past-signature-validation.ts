/** Past signature validation (EN 319 102-1, 5.6.2.4): whether what fails now was good when it is proven to have existed. */
import type { Instant } from '../base/instant.ts';
import type { Certificate } from '../pki/certificate.ts';
import { concludeRevocation, mayServe } from './basic-signature.ts';
import { algorithmsOfRevocation, type CertificateCase } from './certificate-checks.ts';
import { type CertificateResult, caseOf, validateCertificate } from './certificate-validation.ts';
import { type Block, runBlock } from './check.ts';
import { type Conclusion, failed, indeterminate, isPassed, type SubIndication, subIndicationOf } from './conclusion.ts';
import { type AlgorithmVerdict, algorithmDetail, weakestAlgorithm, weaknessOf } from './cryptographic-constraints.ts';
import { earliest } from './existence.ts';
import { type PastCertificate, validatePastCertificate } from './past-certificate-validation.ts';
import { levelsFor } from './policy.ts';
import type { BlockResult } from './report.ts';
import { heldOf, latestOf, revokedOf } from './revocation-acceptance.ts';
import { isFresh } from './revocation-freshness.ts';
import { weakestOfToken } from './token-algorithms.ts';
import { type Acceptance, anchorPlaces, certificateOf, chainOf, isAnchor, isWithinValidity, type Token, type World } from './world.ts';

export interface PastResult {
  readonly conclusion: Conclusion;
  /** The lowest proof of existence of the token. */
  readonly existedAt: Instant;
  readonly process: readonly BlockResult[];
}

/** `current` is what is concluded of the token without the past; it stays where the past does not help. */
export function validatePast(token: Token, current: Conclusion, world: World): PastResult {
  const existedAt = earliest(world.existence, token.facts.id, world.at);
  const serves: Serves = (acceptance) => servesInPast(acceptance, world);
  const { revocations, inForce } = revocationsOfSigner(token, existedAt, serves, world);
  const past = validatePastCertificate(token, revocations, serves, world);
  const certificate = validateCertificate(token, world);
  const facts: PastCase = {
    token,
    world,
    current,
    reasons: reasonsOf(current, certificate, world),
    certificate,
    past,
    existedAt,
    signer: signerOf(token, world),
    inForce,
    proven: past.controlTime !== null && existedAt <= past.controlTime,
  };
  const result = runBlock(PAST_SIGNATURE, facts, levelsFor(world.policy, token.context, 'signer'), token.facts.id);
  return { conclusion: result.conclusion, existedAt, process: [...past.results, result] };
}

/** Whether revocation data that may serve now or then was itself good in the past; what is asked for in a circle is not. */
export function servesInPast({ revocation: { id } }: Acceptance, world: World): boolean {
  const known = world.serves.get(id);
  if (known !== undefined) return known;
  world.serves.set(id, false);
  const facts = world.evidence.revocations.get(id);
  const conclusion = concludeRevocation(id, world);
  const serves =
    isPassed(conclusion) ||
    (mayServe(id, world) &&
      (!world.policy.past.revocationDataProven ||
        (facts !== undefined && isPassed(validatePast({ context: 'revocation', facts }, conclusion, world).conclusion))));
  world.serves.set(id, serves);
  return serves;
}

type Serves = (acceptance: Acceptance) => boolean;

interface PastCase {
  readonly token: Token;
  readonly world: World;
  readonly current: Conclusion;
  /** What is to be answered: why the token is not passed now, and by some policies what that hides. */
  readonly reasons: ReadonlySet<SubIndication>;
  readonly certificate: CertificateResult;
  readonly past: PastCertificate;
  readonly existedAt: Instant;
  readonly signer: Certificate | null;
  /** Whether the signer's revocation data was there while its own signer was in force, or is not needed. */
  readonly inForce: boolean;
  /** Whether the token existed by the control-time. */
  readonly proven: boolean;
}

/** Revocation data of the signer whose own signer is an anchor, or was in force when it existed; all of it where there is none. */
function revocationsOfSigner(
  token: Token,
  existedAt: Instant,
  serves: Serves,
  world: World,
): { revocations: readonly Acceptance[] | null; inForce: boolean } {
  const leaf = signerCase(token, world);
  if (!leaf || isAnchor(world, leaf.link.certificate, 0, existedAt) || !leaf.needed) return { revocations: null, inForce: true };
  const good = leaf.acceptances.filter(
    (acceptance) => isPassed(acceptance.result.conclusion) && serves(acceptance) && issuerWasInForce(acceptance, world),
  );
  return good.length > 0 ? { revocations: good, inForce: true } : { revocations: null, inForce: false };
}

/** The signer's own case, whatever the sunset of its anchor. */
function signerCase(token: Token, world: World): CertificateCase | null {
  const chain = chainOf(world, token.facts.signer.certificate);
  const place = anchorPlaces(world, chain)[0] ?? 0;
  return place === 0 ? null : caseOf(token, world, chain, place, 0, 'ever');
}

function issuerWasInForce({ revocation }: Acceptance, world: World): boolean {
  const issuer = revocation.signer.certificate;
  if (issuer === null) return false;
  if (isAnchor(world, issuer, 0, world.at)) return true;
  const proof = world.policy.past.revocationDataProven ? revocation.id : issuer;
  return isWithinValidity(certificateOf(world, issuer), earliest(world.existence, proof, world.at));
}

function reasonsOf(current: Conclusion, { judged }: CertificateResult, { policy }: World): ReadonlySet<SubIndication> {
  const hidden = policy.past.everyReason ? judged.map(({ conclusion }) => conclusion) : [];
  return new Set([current, ...hidden].flatMap((conclusion) => subIndicationOf(conclusion) ?? []));
}

/** Null for an anchor: its validity is not checked. */
function signerOf(token: Token, world: World): Certificate | null {
  const id = token.facts.signer.certificate;
  return id === null || world.evidence.anchors.has(id) ? null : certificateOf(world, id);
}

const has =
  (...which: readonly SubIndication[]) =>
  ({ reasons }: PastCase): boolean =>
    which.some((reason) => reasons.has(reason));

const because = ({ current }: PastCase): SubIndication | null => subIndicationOf(current);

const isHeld = ({ certificate, world }: PastCase): boolean =>
  certificate.judged.some(({ acceptances }) => heldOf(acceptances, world.at) !== null);

/** Whether the control-time decides: algorithms and freshness have times of their own. */
function needsProof(facts: PastCase): boolean {
  if (facts.world.policy.past.everyReason) return true;
  return because(facts) === 'TRY_LATER' ? isHeld(facts) : because(facts) !== 'CRYPTO_CONSTRAINTS_FAILURE_NO_POE';
}

const comparesValidity = (facts: PastCase): boolean => facts.signer !== null && needsProof(facts);

/** Something shows that nothing below a revoked authority was revoked before the authority was (5.6.2.4.4). */
function knownBeforeRevocationOfCa({ certificate, world }: PastCase): boolean {
  const { judged } = certificate;
  return judged.every(({ acceptances, role }, index) => {
    const revokedAt = role === 'ca' ? (revokedOf(world, acceptances, world.at)?.revokedAt ?? null) : null;
    if (revokedAt === null) return true;
    const below = world.policy.past.everyReason ? judged.slice(0, index) : judged.slice(0, 1);
    return below.every(
      (one) =>
        !one.needsRevocation ||
        one.acceptances.some(
          ({ revocation, result }) => isPassed(result.conclusion) && earliest(world.existence, revocation.id, world.at) <= revokedAt,
        ),
    );
  });
}

function outOfBounds(facts: PastCase): Conclusion {
  const current = because(facts);
  if (current === 'OUT_OF_BOUNDS_NO_POE' || current === 'OUT_OF_BOUNDS_NOT_REVOKED') return facts.current;
  return indeterminate(current === 'NO_CERTIFICATE_CHAIN_FOUND_NO_POE' ? 'OUT_OF_BOUNDS_NO_POE' : 'OUT_OF_BOUNDS_NOT_REVOKED');
}

const chainWasInForce = ({ past, world, existedAt }: PastCase): boolean =>
  past.cases.slice(1).every(({ link }) => isWithinValidity(certificateOf(world, link.certificate), existedAt));

const weakToken = ({ token, world, existedAt, past }: PastCase): AlgorithmVerdict | null =>
  weakestOfToken(token, world, chainOf(world, token.facts.signer.certificate), past.cases.length, existedAt);

/** The latest acceptable revocation data of each certificate, at the proof of its existence. */
function weakRevocation({ past, world }: PastCase): AlgorithmVerdict | null {
  for (const { acceptances, needed, link } of past.cases) {
    const latest = needed ? latestOf(acceptances) : null;
    if (!latest) continue;
    const proof = world.policy.past.revocationDataProven ? latest.revocation.id : link.certificate;
    const at = earliest(world.existence, proof, world.at);
    const weak = weakestAlgorithm(algorithmsOfRevocation(latest, world, 'ever'), world.policy.algorithms, at);
    if (weak?.outcome === 'fail') return weak;
  }
  return null;
}

function wasFresh({ past, world, token, existedAt }: PastCase): boolean {
  return past.cases.every(({ needed, acceptances, role }) => {
    const latest = needed ? latestOf(acceptances) : null;
    if (!latest || heldOf(acceptances, world.at)) return true;
    const level = levelsFor(world.policy, token.context, role)('revocation-fresh') ?? 'fail';
    return level !== 'fail' || isFresh(latest.status, existedAt, world.policy.freshness);
  });
}

const atExistence = ({ existedAt }: PastCase): Record<string, number> => ({ existedAt });
const CLAUSE = '5.6.2.4.4';

/** What past certificate validation may conclude for the past to be judged on (5.6.2.4.4). */
const MAY_GO_ON: ReadonlySet<string | null> = new Set([
  null,
  'REVOKED_NO_POE',
  'REVOKED_CA_NO_POE',
  'OUT_OF_BOUNDS_NO_POE',
  'CRYPTO_CONSTRAINTS_FAILURE_NO_POE',
]);

/** Conclusions that the past can turn. */
const CAN_TURN: ReadonlySet<string | null> = new Set([
  'NO_CERTIFICATE_CHAIN_FOUND_NO_POE',
  'REVOKED_NO_POE',
  'REVOKED_CA_NO_POE',
  'REVOCATION_OUT_OF_BOUNDS_NO_POE',
  'OUT_OF_BOUNDS_NO_POE',
  'OUT_OF_BOUNDS_NOT_REVOKED',
  'CRYPTO_CONSTRAINTS_FAILURE_NO_POE',
  'TRY_LATER',
]);

const PAST_SIGNATURE: Block<PastCase> = {
  name: 'past-signature-validation',
  clause: '5.6.2.4',
  checks: [
    {
      id: 'past-certificate-valid',
      clause: CLAUSE,
      holds: ({ past }) => MAY_GO_ON.has(subIndicationOf(past.conclusion)),
      otherwise: ({ current }) => current,
      with: ({ past }) => ({ because: subIndicationOf(past.conclusion) ?? '' }),
    },
    {
      id: 'past-can-turn',
      clause: CLAUSE,
      holds: (facts) => isPassed(facts.current) || CAN_TURN.has(because(facts)),
      otherwise: ({ current }) => current,
    },
    {
      id: 'existed-before-control-time',
      clause: CLAUSE,
      applies: (facts) => !isPassed(facts.current) && needsProof(facts),
      holds: ({ proven }) => proven,
      otherwise: ({ current }) => current,
      with: ({ existedAt, past }) => ({ existedAt, ...(past.controlTime !== null && { controlTime: past.controlTime }) }),
    },
    {
      id: 'known-before-revocation-of-authority',
      clause: CLAUSE,
      applies: has('REVOKED_CA_NO_POE'),
      holds: knownBeforeRevocationOfCa,
      otherwise: indeterminate('REVOKED_CA_NO_POE'),
    },
    {
      id: 'existed-after-issuance',
      clause: CLAUSE,
      applies: comparesValidity,
      holds: ({ existedAt, signer }) => existedAt >= (signer?.notBefore ?? 0),
      otherwise: failed('NOT_YET_VALID'),
      with: atExistence,
    },
    {
      id: 'existed-before-expiry',
      clause: CLAUSE,
      applies: comparesValidity,
      holds: ({ existedAt, signer }) => signer === null || existedAt < signer.notAfter + 1000,
      otherwise: outOfBounds,
      with: atExistence,
    },
    {
      id: 'authorities-in-force-at-existence',
      clause: 'RFC 5280, 6.1.3 (a)(2)',
      applies: ({ world }) => world.policy.past.everyReason,
      holds: chainWasInForce,
      otherwise: indeterminate('CERTIFICATE_CHAIN_GENERAL_FAILURE'),
      with: atExistence,
    },
    {
      id: 'algorithms-at-existence',
      clause: CLAUSE,
      applies: has('CRYPTO_CONSTRAINTS_FAILURE_NO_POE'),
      holds: (facts) => weakToken(facts)?.outcome !== 'fail',
      otherwise: (facts) => weaknessOf(weakToken(facts), facts.world.policy.algorithms),
      with: (facts) => ({ ...algorithmDetail(weakToken(facts)), ...atExistence(facts) }),
    },
    {
      id: 'revocation-algorithms-at-existence',
      clause: CLAUSE,
      applies: has('CRYPTO_CONSTRAINTS_FAILURE_NO_POE'),
      holds: (facts) => weakRevocation(facts) === null,
      otherwise: (facts) => weaknessOf(weakRevocation(facts), facts.world.policy.algorithms),
      with: (facts) => algorithmDetail(weakRevocation(facts)),
    },
    {
      id: 'revocation-fresh-at-existence',
      clause: CLAUSE,
      applies: (facts) => facts.world.policy.past.everyReason || facts.reasons.has('TRY_LATER'),
      holds: wasFresh,
      otherwise: indeterminate('TRY_LATER'),
      with: atExistence,
    },
    {
      id: 'revocation-issuer-within-validity',
      clause: CLAUSE,
      constraint: true,
      holds: ({ inForce }) => inForce,
      otherwise: indeterminate('REVOCATION_OUT_OF_BOUNDS_NO_POE'),
    },
  ],
};
