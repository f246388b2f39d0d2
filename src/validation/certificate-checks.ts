/** The checks on one certificate below the anchor (EN 319 102-1, 5.2.6.4, and RFC 5280, 6.1), in their order. */
import type { Certificate } from '../pki/certificate.ts';
import { sameName } from '../pki/name.ts';
import type { Block, Check } from './check.ts';
import { type Conclusion, indeterminate } from './conclusion.ts';
import {
  type AlgorithmEntry,
  type AlgorithmVerdict,
  algorithmDetail,
  judgeAlgorithm,
  weakestAlgorithm,
  weaknessOf,
} from './cryptographic-constraints.ts';
import type { ChainLink } from './evidence.ts';
import { extensionsFor, levelsFor } from './policy.ts';
import type { Context, Role } from './policy-type.ts';
import { acceptancesOf, heldOf, revokedOf } from './revocation-acceptance.ts';
import { isFresh } from './revocation-freshness.ts';
import { chainAlgorithms } from './token-algorithms.ts';
import { type Acceptance, anchorWithin, certificateOf, chainOf, isAnchor, isWithinValidity, type Reach, type World } from './world.ts';

export interface CertificateCase {
  readonly world: World;
  readonly context: Context;
  readonly role: Role;
  readonly chain: readonly ChainLink[];
  readonly anchor: number;
  readonly index: number;
  readonly link: ChainLink;
  /** Whether revocation data is needed. */
  readonly needed: boolean;
  readonly acceptances: readonly Acceptance[];
  /** The acceptable revocation data that was produced last. */
  readonly selected: Acceptance | null;
}

const subjectOf = ({ world, link }: CertificateCase): Certificate => certificateOf(world, link.certificate);

function issuerOf({ world, chain, index }: CertificateCase): Certificate | null {
  const issuer = chain[index + 1];
  return issuer ? certificateOf(world, issuer.certificate) : null;
}

const isSigner = ({ role }: CertificateCase): boolean => role === 'signer';
const isCa = ({ role }: CertificateCase): boolean => role === 'ca';

/** Intermediate certificates below this CA that are not self-issued (RFC 5280, 4.2.1.9). */
function withinPathLength(facts: CertificateCase): boolean {
  const limit = subjectOf(facts).basicConstraints?.pathLength ?? null;
  if (limit === null) return true;
  const below = facts.chain.slice(1, facts.index).filter(({ certificate }) => !certificateOf(facts.world, certificate).selfIssued);
  return below.length <= limit;
}

/** noRevAvail only in an end-entity certificate that points at no revocation data (RFC 9608, 4). */
function noRevAvailConsistent(facts: CertificateCase): boolean {
  const certificate = subjectOf(facts);
  const pointsAt = certificate.crlDistributionPoints ?? certificate.freshestCrl ?? certificate.authorityInfoAccess?.ocsp[0] ?? null;
  return certificate.basicConstraints?.ca !== true && pointsAt === null;
}

const unsupportedCritical = (facts: CertificateCase): string[] =>
  subjectOf(facts)
    .extensions.filter(({ oid, critical }) => critical && !isSupported(facts, oid))
    .map(({ oid }) => oid);

function isSupported({ world, context, role }: CertificateCase, oid: string): boolean {
  if (world.policy.supportedCriticalExtensions.includes(oid)) return true;
  return context === 'revocation' && role === 'signer' && oid === OCSP_NOCHECK;
}

function forbiddenPresent(facts: CertificateCase): string[] {
  const forbidden = extensionsFor(facts.world.policy.forbiddenExtensions, facts.context, facts.role);
  return subjectOf(facts)
    .extensions.filter(({ oid }) => forbidden.includes(oid))
    .map(({ oid }) => oid);
}

const pathProblems = ({ world, chain, link }: CertificateCase): string[] =>
  (world.evidence.chains.get(chain[0]?.certificate ?? '')?.pathProblems ?? [])
    .filter(({ certificate }) => certificate === link.certificate)
    .map(({ problem }) => problem);

const ownAlgorithm = ({ world, link }: CertificateCase): AlgorithmVerdict =>
  judgeAlgorithm({ subject: link.certificate, use: link.algorithm }, world.policy.algorithms, world.at);

/** The algorithms of the revocation data that counts and of its signer's chain. */
const revocationAlgorithms = ({ world, selected }: CertificateCase): AlgorithmVerdict | null =>
  selected && weakestAlgorithm(algorithmsOfRevocation(selected, world, 'now'), world.policy.algorithms, world.at);

/** The algorithms of revocation data and of its signer's chain. */
export function algorithmsOfRevocation({ revocation }: Acceptance, world: World, reach: Reach): readonly AlgorithmEntry[] {
  const chain = chainOf(world, revocation.signer.certificate);
  return [{ subject: revocation.id, use: revocation.algorithm }, ...chainAlgorithms(chain, anchorWithin(world, chain, reach))];
}

/** Whether the certificate that signed the selected revocation data is an anchor, or within its validity and not revoked. */
function revocationIssuerValid({ world, selected, chain }: CertificateCase): boolean {
  const issuer = selected?.revocation.signer.certificate;
  if (!issuer || isAnchor(world, issuer, 0, world.at)) return true;
  if (!isWithinValidity(certificateOf(world, issuer), world.at)) return false;
  const [signer] = chainOf(world, issuer); // under another chain another certificate of the same authority
  // An authority of the certificate itself concludes otherwise when it is revoked.
  const isOwn = !signer || chain.some(({ certificate }) => certificate === signer.certificate);
  return isOwn || !world.policy.past.revocationDataProven || revokedOf(world, acceptancesOf(world, signer.certificate), world.at) === null;
}

/** Outside its validity: whether it is known not to have been revoked until then. */
function outOfBounds(facts: CertificateCase): Conclusion {
  const { world, context, role, needed, selected } = facts;
  if (!needed) return indeterminate('OUT_OF_BOUNDS_NOT_REVOKED');
  const enforced = (levelsFor(world.policy, context, role)('revocation-issuer-within-validity') ?? 'fail') === 'fail';
  const known = selected?.status.status === 'good' && (!enforced || revocationIssuerValid(facts));
  return indeterminate(known ? 'OUT_OF_BOUNDS_NOT_REVOKED' : 'OUT_OF_BOUNDS_NO_POE');
}

const validity = (facts: CertificateCase): Record<string, string | number> => {
  const { notBefore, notAfter } = subjectOf(facts);
  return { certificate: facts.link.certificate, notBefore, notAfter };
};

const certificateOnly = ({ link }: CertificateCase): Record<string, string> => ({ certificate: link.certificate });

const CHAIN_CONSTRAINTS = indeterminate('CHAIN_CONSTRAINTS_FAILURE');
const GENERAL = indeterminate('CERTIFICATE_CHAIN_GENERAL_FAILURE');
const OCSP_NOCHECK = '1.3.6.1.5.5.7.48.1.5';
const TIME_STAMPING = '1.3.6.1.5.5.7.3.8';
const STEP = '5.2.6.4';

const PATH: readonly Check<CertificateCase>[] = [
  {
    id: 'not-self-signed',
    clause: STEP,
    constraint: true,
    applies: isSigner,
    holds: ({ link }) => !link.selfSigned,
    otherwise: CHAIN_CONSTRAINTS,
    with: certificateOnly,
  },
  {
    id: 'certificate-signature-supported',
    clause: 'RFC 5280, 6.1.3 (a)(1)',
    holds: ({ link }) => link.issued !== 'unsupported',
    otherwise: GENERAL,
    with: ({ link }) => ({ certificate: link.certificate, algorithm: link.algorithm.identifier }),
  },
  {
    id: 'certificate-signature-intact',
    clause: 'RFC 5280, 6.1.3 (a)(1)',
    holds: ({ link }) => link.issued === 'intact',
    otherwise: GENERAL,
    with: certificateOnly,
  },
  {
    id: 'ca-basic-constraints',
    clause: 'RFC 5280, 6.1.4 (k)',
    applies: isCa,
    holds: (facts) => subjectOf(facts).basicConstraints?.ca === true,
    otherwise: GENERAL,
    with: certificateOnly,
  },
  {
    id: 'issuer-name-match',
    clause: 'RFC 5280, 6.1.3 (a)(4)',
    holds: (facts) => {
      const issuer = issuerOf(facts);
      return issuer !== null && sameName(subjectOf(facts).issuer, issuer.subject);
    },
    otherwise: GENERAL,
    with: certificateOnly,
  },
  { id: 'path-length', clause: 'RFC 5280, 6.1.4 (m)', applies: isCa, holds: withinPathLength, otherwise: GENERAL, with: certificateOnly },
  {
    id: 'key-usage-certificate-signing',
    clause: 'RFC 5280, 6.1.4 (n)',
    applies: isCa,
    holds: (facts) => subjectOf(facts).keyUsage?.has('keyCertSign') === true,
    otherwise: GENERAL,
    with: certificateOnly,
  },
  {
    id: 'key-usage',
    clause: STEP,
    constraint: true,
    applies: isSigner,
    holds: (facts) => facts.world.policy.signerKeyUsage.some((usage) => subjectOf(facts).keyUsage?.has(usage) === true),
    otherwise: CHAIN_CONSTRAINTS,
    with: (facts) => ({ certificate: facts.link.certificate, keyUsage: [...(subjectOf(facts).keyUsage ?? [])].join(', ') }),
  },
  {
    id: 'key-usage-allows-signing',
    clause: 'RFC 5280, 4.2.1.3',
    constraint: true,
    applies: (facts) => facts.context !== 'revocation' && isSigner(facts) && subjectOf(facts).keyUsage !== null,
    holds: (facts) => SIGNING_USAGES.some((usage) => subjectOf(facts).keyUsage?.has(usage) === true),
    otherwise: CHAIN_CONSTRAINTS,
    with: certificateOnly,
  },
  {
    id: 'extended-key-usage-time-stamping',
    clause: 'RFC 3161, 2.3',
    applies: (facts) => facts.context === 'timestamp' && isSigner(facts),
    holds: (facts) => subjectOf(facts).extendedKeyUsage?.includes(TIME_STAMPING) === true,
    otherwise: CHAIN_CONSTRAINTS,
    with: certificateOnly,
  },
  {
    id: 'issuer-access-present',
    clause: STEP,
    constraint: true,
    level: 'ignore',
    applies: isSigner,
    holds: (facts) => (subjectOf(facts).authorityInfoAccess?.caIssuers.length ?? 0) > 0,
    otherwise: CHAIN_CONSTRAINTS,
  },
  {
    id: 'path-constraints',
    clause: 'RFC 5280, 6.1',
    constraint: true,
    holds: (facts) => pathProblems(facts).length === 0,
    otherwise: GENERAL,
    with: (facts) => ({ certificate: facts.link.certificate, problem: pathProblems(facts).join('; ') }),
  },
  {
    id: 'authority-key-identifier-present',
    clause: 'RFC 5280, 4.2.1.1',
    constraint: true,
    level: 'warn',
    applies: ({ link }) => !link.selfSigned,
    holds: (facts) => subjectOf(facts).authorityKeyIdentifier !== null,
    otherwise: GENERAL,
  },
  {
    id: 'subject-key-identifier-present',
    clause: 'RFC 5280, 4.2.1.2',
    constraint: true,
    applies: (facts) => isCa(facts) && !facts.link.selfSigned,
    holds: (facts) => subjectOf(facts).subjectKeyIdentifier !== null,
    otherwise: GENERAL,
    with: certificateOnly,
  },
  {
    id: 'no-rev-avail-consistent',
    clause: 'RFC 9608, 4',
    constraint: true,
    applies: (facts) => subjectOf(facts).noRevAvail,
    holds: noRevAvailConsistent,
    otherwise: GENERAL,
    with: certificateOnly,
  },
  {
    id: 'critical-extensions-supported',
    clause: 'RFC 5280, 6.1.4 (o) and 6.1.5 (f)',
    constraint: true,
    holds: (facts) => unsupportedCritical(facts).length === 0,
    otherwise: GENERAL,
    with: (facts) => ({ certificate: facts.link.certificate, extensions: unsupportedCritical(facts).join(', ') }),
  },
  {
    id: 'extensions-allowed',
    clause: STEP,
    constraint: true,
    holds: (facts) => forbiddenPresent(facts).length === 0,
    otherwise: GENERAL,
    with: (facts) => ({ certificate: facts.link.certificate, extensions: forbiddenPresent(facts).join(', ') }),
  },
];

const REVOCATION: readonly Check<CertificateCase>[] = [
  {
    id: 'revocation-access-present',
    clause: STEP,
    constraint: true,
    level: 'ignore',
    applies: ({ needed }) => needed,
    holds: (facts) => (subjectOf(facts).crlDistributionPoints?.length ?? 0) + (subjectOf(facts).authorityInfoAccess?.ocsp.length ?? 0) > 0,
    otherwise: GENERAL,
  },
  {
    id: 'revocation-available',
    clause: STEP,
    constraint: true,
    applies: ({ needed }) => needed,
    holds: ({ acceptances }) => acceptances.length > 0,
    otherwise: GENERAL,
    with: certificateOnly,
  },
  {
    id: 'revocation-acceptable',
    clause: STEP,
    constraint: true,
    applies: ({ needed, acceptances }) => needed && acceptances.length > 0,
    holds: ({ selected }) => selected !== null,
    otherwise: GENERAL,
    with: certificateOnly,
  },
  {
    id: 'not-revoked',
    clause: STEP,
    applies: ({ acceptances }) => acceptances.length > 0,
    holds: ({ world, acceptances }) => revokedOf(world, acceptances, world.at) === null,
    otherwise: ({ role }) => indeterminate(role === 'signer' ? 'REVOKED_NO_POE' : 'REVOKED_CA_NO_POE'),
    with: ({ world, acceptances, link }) => {
      const revoked = revokedOf(world, acceptances, world.at);
      return { certificate: link.certificate, revokedAt: revoked?.revokedAt ?? world.at, reason: revoked?.reason ?? 'unspecified' };
    },
  },
  {
    id: 'not-on-hold',
    clause: STEP,
    applies: ({ acceptances }) => acceptances.length > 0,
    holds: ({ world, acceptances }) => heldOf(acceptances, world.at) === null,
    otherwise: indeterminate('TRY_LATER'),
    with: certificateOnly,
  },
];

const ALGORITHMS: readonly Check<CertificateCase>[] = [
  {
    id: 'certificate-algorithm',
    clause: '5.2.6.4',
    holds: (facts) => ownAlgorithm(facts).outcome !== 'fail',
    otherwise: (facts) => weaknessOf(ownAlgorithm(facts), facts.world.policy.algorithms),
    with: (facts) => algorithmDetail(ownAlgorithm(facts)),
  },
  {
    id: 'revocation-algorithms',
    clause: '5.2.6.4',
    applies: ({ needed, selected }) => needed && selected !== null,
    holds: (facts) => revocationAlgorithms(facts)?.outcome !== 'fail',
    otherwise: (facts) => weaknessOf(revocationAlgorithms(facts), facts.world.policy.algorithms),
    with: (facts) => algorithmDetail(revocationAlgorithms(facts)),
  },
];

/** Freshness comes last, so that stale data does not hide that a certificate has expired. */
const VALIDITY: readonly Check<CertificateCase>[] = [
  {
    id: 'within-validity',
    clause: STEP,
    applies: isSigner,
    holds: (facts) => isWithinValidity(subjectOf(facts), facts.world.at),
    otherwise: outOfBounds,
    with: validity,
  },
  {
    id: 'ca-within-validity',
    clause: 'RFC 5280, 6.1.3 (a)(2)',
    constraint: true,
    applies: isCa,
    holds: (facts) => isWithinValidity(subjectOf(facts), facts.world.at),
    otherwise: GENERAL,
    with: validity,
  },
  {
    id: 'revocation-issuer-within-validity',
    clause: STEP,
    constraint: true,
    applies: (facts) => isSigner(facts) && facts.needed && facts.selected !== null,
    holds: revocationIssuerValid,
    otherwise: indeterminate('REVOCATION_OUT_OF_BOUNDS_NO_POE'),
    with: ({ selected }) => ({ revocation: selected?.revocation.id ?? '' }),
  },
  {
    id: 'revocation-fresh',
    clause: '5.2.5',
    constraint: true,
    applies: ({ needed, selected }) => needed && selected !== null,
    holds: ({ world, selected }) => selected !== null && isFresh(selected.status, world.at, world.policy.freshness),
    otherwise: indeterminate('TRY_LATER'),
    with: ({ link, selected }) => ({
      certificate: link.certificate,
      ...(selected?.status.thisUpdate != null && { thisUpdate: selected.status.thisUpdate }),
      ...(selected?.status.nextUpdate != null && { nextUpdate: selected.status.nextUpdate }),
    }),
  },
];

const SIGNING_USAGES = ['digitalSignature', 'nonRepudiation'] as const;

/** What no time changes of it. */
export const PATH_ONLY: Block<CertificateCase> = { name: 'certificate', clause: STEP, checks: PATH };

export const CERTIFICATE: Block<CertificateCase> = {
  name: 'certificate',
  clause: STEP,
  checks: [...PATH, ...REVOCATION, ...ALGORITHMS, ...VALIDITY],
};
