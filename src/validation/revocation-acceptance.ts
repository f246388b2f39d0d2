/** Which revocation data may be relied on for a certificate (EN 319 102-1, 5.2.6 with RFC 5280, 6.3 and RFC 6960, 3.2). */
import type { Instant } from '../base/instant.ts';
import type { CertificateId } from '../facts/index.ts';
import { type Check, runBlock } from './check.ts';
import { failed, indeterminate, isPassed } from './conclusion.ts';
import { type CertificateStatus, type ChainLink, type RevocationFacts, SOME_REASONS } from './evidence.ts';
import { extensionsFor, levelsFor } from './policy.ts';
import type { Context, Role } from './policy-type.ts';
import { type Acceptance, anchorWithin, certificateOf, chainOf, endsInAnchor, isWithinValidity, type Reach, type World } from './world.ts';

/** What acceptance found of every revocation data on `certificate`, newest production first. */
export function acceptancesOf(world: World, certificate: CertificateId, reach: Reach = 'now'): readonly Acceptance[] {
  const memo = world.memo.acceptances[reach];
  const known = memo.get(certificate);
  if (known) return known;
  const found = acceptAll(world, certificate, reach, new Map([[certificate, null]]));
  memo.set(certificate, found);
  return found;
}

/** The acceptable one that was produced last, of those of one time one that says revoked; null where none is acceptable. */
export function latestOf(acceptances: readonly Acceptance[]): Acceptance | null {
  let latest: Acceptance | null = null;
  for (const acceptance of acceptances) {
    if (!isPassed(acceptance.result.conclusion)) continue;
    const later = latest ? acceptance.revocation.producedAt - latest.revocation.producedAt : 1;
    if (later > 0 || (later === 0 && acceptance.status.status === 'revoked')) latest = acceptance;
  }
  return latest;
}

/** The status that says revoked for good (not on hold) at `at`, or null; see `revokedBy` of the policy. */
export function revokedOf(world: World, acceptances: readonly Acceptance[], at: Instant): CertificateStatus | null {
  const candidates = world.policy.revokedBy === 'any' ? acceptances.filter(isAuthentic(world)) : [latestOf(acceptances)];
  let first: CertificateStatus | null = null;
  for (const candidate of candidates) {
    const status = candidate?.status;
    if (status?.status !== 'revoked' || status.reason === HOLD || (status.revokedAt ?? at) > at) continue;
    if (!first || (status.revokedAt ?? 0) < (first.revokedAt ?? 0)) first = status;
  }
  return first;
}

/** The earliest instant of a revocation, a hold by the `selected` data included; null where there is none. */
export function revocationTime(world: World, acceptances: readonly Acceptance[], selected: Acceptance | null): Instant | null {
  const candidates = world.policy.revokedBy === 'any' ? acceptances.filter(isAuthentic(world)) : [];
  let first: Instant | null = null;
  for (const candidate of selected ? [...candidates, selected] : candidates) {
    const { status, reason, revokedAt } = candidate.status;
    if (status !== 'revoked' || (reason === HOLD && candidate !== selected)) continue;
    if (revokedAt !== null && revokedAt > world.at) continue;
    first = Math.min(first ?? Infinity, revokedAt ?? -Infinity);
  }
  return first;
}

/** The latest acceptable data, where it says on hold at `at`, or null. */
export function heldOf(acceptances: readonly Acceptance[], at: Instant): CertificateStatus | null {
  const status = latestOf(acceptances)?.status;
  return status?.status === 'revoked' && status.reason === HOLD && (status.revokedAt ?? at) <= at ? status : null;
}

/** Whether a certificate in a chain needs revocation data: not an anchor, not self-signed, no extension that frees it. */
export function needsRevocation(world: World, context: Context, role: Role, link: ChainLink, trusted: boolean): boolean {
  if (trusted || link.selfSigned) return false;
  const skip = extensionsFor(world.policy.revocationSkip, context, role);
  return skip.length === 0 || !hasAny(world, link.certificate, skip);
}

/** Signed by whom it should be, under an anchor: enough to be believed when it says revoked. */
const isAuthentic =
  (world: World) =>
  ({ status, revocation }: Acceptance): boolean =>
    status.authorised &&
    (status.problem === null || status.problem === SOME_REASONS) &&
    revocation.value === 'intact' &&
    endsInAnchor(world, chainOf(world, revocation.signer.certificate));

function hasAny(world: World, id: CertificateId, oids: readonly string[]): boolean {
  const certificate = certificateOf(world, id);
  if (certificate.extensions.some(({ oid }) => oids.includes(oid))) return true;
  return oids.includes(VALIDITY_ASSURED) && certificate.validityAssuredShortTerm;
}

interface Case {
  readonly world: World;
  readonly certificate: CertificateId;
  readonly status: CertificateStatus;
  readonly revocation: RevocationFacts;
  readonly chain: readonly ChainLink[];
  readonly anchor: number;
  readonly reach: Reach;
  readonly visited: Visited;
}

/** What was found of a certificate; null while it is asked for. */
type Visited = Map<CertificateId, readonly Acceptance[] | null>;

function acceptAll(world: World, certificate: CertificateId, reach: Reach, visited: Visited): readonly Acceptance[] {
  const levels = levelsFor(world.policy, 'revocation');
  const found: Acceptance[] = [];
  for (const status of world.evidence.statuses.get(certificate) ?? []) {
    const revocation = world.evidence.revocations.get(status.revocation);
    if (!revocation) continue;
    const chain = chainOf(world, revocation.signer.certificate);
    const facts = { world, certificate, status, revocation, chain, anchor: anchorWithin(world, chain, reach), reach, visited };
    found.push({ status, revocation, result: runBlock(REVOCATION_ACCEPTANCE, facts, levels, revocation.id) });
  }
  return found;
}

/** Every certificate below the anchor that signed the data is itself intact and, where it needs that, not without revocation data. */
const issuersAcceptable = (facts: Case): boolean =>
  facts.chain.slice(0, facts.anchor).every((link, index) => issuerAcceptable(link, index === 0 ? 'signer' : 'ca', facts));

function issuerAcceptable(link: ChainLink, role: Role, { world, certificate, revocation, reach, visited }: Case): boolean {
  const strict = world.policy.past.revocationDataProven;
  if (link.issued !== 'intact') return false;
  const known = visited.get(link.certificate);
  if (known === null) return !strict; // what is asked for in a circle
  visited.set(link.certificate, known ?? null);
  const found = known ?? acceptAll(world, link.certificate, reach, visited);
  visited.set(link.certificate, found);
  if (needsRevocation(world, 'revocation', role, link, false)) {
    const levels = levelsFor(world.policy, 'revocation', role);
    const demanded = ['revocation-available', 'revocation-acceptable'].some((check) => (levels(check) ?? 'fail') === 'fail');
    if (demanded && latestOf(found) === null) return false;
  }
  // Where an authority of the certificate itself is revoked, that is what is concluded.
  const isOwn = chainOf(world, certificate).some((own) => own.certificate === link.certificate);
  return isOwn || !strict || revokedOf(world, found, revocation.producedAt) === null;
}

/** The instant since which the data knows certificates that expired. */
const knowsSince = ({ status }: Case): Instant => Math.min(status.thisUpdate ?? 0, status.knowsExpiredSince ?? Infinity);

const GENERAL = indeterminate('CERTIFICATE_CHAIN_GENERAL_FAILURE');
const HOLD = 'certificateHold';
const VALIDITY_ASSURED = '0.4.0.194121.2.1';
const DELEGATION = 'RFC 6960, 4.2.2.2';

const CHECKS: readonly Check<Case>[] = [
  {
    id: 'revocation-status-known',
    clause: 'RFC 6960, 2.2',
    holds: ({ status }) => status.status !== 'unknown',
    otherwise: GENERAL,
  },
  {
    id: 'revocation-covers-certificate',
    clause: 'RFC 5280, 6.3.3',
    holds: ({ status }) => status.problem === null,
    otherwise: GENERAL,
    with: ({ status }) => ({ problem: status.problem ?? '' }),
  },
  {
    id: 'revocation-issuer-known',
    clause: '5.2.6.4',
    holds: ({ revocation }) => revocation.signer.certificate !== null,
    otherwise: GENERAL,
  },
  {
    id: 'revocation-issuer-chain',
    clause: '5.2.6.4',
    holds: ({ anchor }) => anchor >= 0,
    otherwise: indeterminate('NO_CERTIFICATE_CHAIN_FOUND'),
  },
  {
    id: 'revocation-signature-supported',
    clause: '5.2.7',
    holds: ({ revocation }) => revocation.value !== 'unsupported',
    otherwise: GENERAL,
  },
  {
    id: 'revocation-signature-intact',
    clause: '5.2.7',
    holds: ({ revocation }) => revocation.value === 'intact',
    otherwise: failed('SIG_CRYPTO_FAILURE'),
  },
  { id: 'responder-authorised', clause: DELEGATION, constraint: true, holds: ({ status }) => status.authorised, otherwise: GENERAL },
  { id: 'revocation-this-update-present', clause: '5.2.5', holds: ({ status }) => status.thisUpdate !== null, otherwise: GENERAL },
  {
    id: 'revocation-not-in-future',
    clause: 'RFC 6960, 3.2',
    constraint: true,
    holds: ({ status, world }) => (status.thisUpdate ?? 0) <= world.at + CLOCK_SKEW,
    otherwise: GENERAL,
  },
  {
    id: 'responder-valid-at-production',
    clause: '5.2.6.4',
    applies: ({ revocation }) => revocation.kind === 'ocsp',
    holds: ({ world, revocation, chain }) =>
      chain[0] !== undefined && isWithinValidity(certificateOf(world, chain[0].certificate), revocation.producedAt),
    otherwise: GENERAL,
  },
  {
    id: 'responder-id-match',
    clause: 'RFC 6960, 4.2.1',
    applies: ({ revocation }) => revocation.kind === 'ocsp',
    holds: ({ revocation }) => revocation.responderIdMatches === true,
    otherwise: GENERAL,
  },
  {
    id: 'revocation-certificate-hash-match',
    clause: 'Common PKI 2.0, certHash',
    constraint: true,
    applies: ({ status }) => status.certHash !== 'absent',
    holds: ({ status }) => status.certHash === 'match',
    otherwise: GENERAL,
  },
  {
    id: 'revocation-not-self-issued',
    clause: DELEGATION,
    constraint: true,
    applies: ({ revocation }) => revocation.kind === 'ocsp',
    holds: ({ certificate, chain }) => chain.every((link) => link.certificate !== certificate),
    otherwise: GENERAL,
  },
  {
    id: 'revocation-after-issuance',
    clause: '5.2.6.4',
    holds: ({ world, certificate, status }) => (status.thisUpdate ?? 0) >= certificateOf(world, certificate).notBefore,
    otherwise: GENERAL,
  },
  {
    id: 'revocation-knows-certificate',
    clause: '5.2.6.4',
    holds: (facts) => facts.status.certHash === 'match' || certificateOf(facts.world, facts.certificate).notAfter >= knowsSince(facts),
    otherwise: GENERAL,
  },
  { id: 'revocation-issuers-acceptable', clause: '5.2.6.4', holds: issuersAcceptable, otherwise: GENERAL },
];

const REVOCATION_ACCEPTANCE = { name: 'revocation-acceptance', clause: '5.2.6', checks: CHECKS };

/** Milliseconds: an answer fetched for a validation is made after its time, by a clock that may be ahead of ours. */
const CLOCK_SKEW = 300_000;
