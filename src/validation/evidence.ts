/** Evidence: all that `judge` may know. Made once by `examineFacts`, never changed; every cryptographic question is answered in it. */
import type { Instant } from '../base/instant.ts';
import type { AlgorithmUse, ValueCheck } from '../crypto/names.ts';
import type {
  CertificateId,
  DocumentFacts,
  EncodedRevocation,
  ReferenceFacts,
  RevocationId,
  SignerIdentification,
  UnreadableToken,
} from '../facts/index.ts';
import type { Certificate } from '../pki/certificate.ts';
import type { ListsInUse, TrustedService } from '../trust/trust-source.ts';

export interface Evidence {
  readonly document: DocumentFacts;
  /** Every certificate that could be read: of the document, given as trust, supplied and fetched. */
  readonly certificates: ReadonlyMap<CertificateId, Certificate>;
  readonly anchors: ReadonlyMap<CertificateId, Anchor>;
  /** Chain of each certificate that made a signature, a time-stamp or revocation data, and of each certificate above. */
  readonly chains: ReadonlyMap<CertificateId, Chain>;
  readonly revocations: ReadonlyMap<RevocationId, RevocationFacts>;
  /** What each revocation data says of each certificate of the chains, newest production first. */
  readonly statuses: ReadonlyMap<CertificateId, readonly CertificateStatus[]>;
  /** Revocation data that is not in the document: supplied and fetched. Left out where there is none. */
  readonly suppliedRevocations?: ReadonlyMap<RevocationId, EncodedRevocation>;
  /** What trusted lists say of these certificates; left out where no lists were used. */
  readonly trustedLists?: TrustedListsEvidence;
  /** Certificates and revocation data that could not be read. */
  readonly unreadable: readonly UnreadableToken[];
  /** Budgets that ran out while this evidence was gathered: what they would have bought is missing here. */
  readonly exhausted: readonly string[];
}

export interface TrustedListsEvidence {
  /** The lists that were asked, those refused and whether any is stale. */
  readonly lists: ListsInUse;
  /** Services whose identity a certificate has. */
  readonly services: ReadonlyMap<CertificateId, readonly TrustedService[]>;
}

/** A certificate that the caller trusts. */
export interface Anchor {
  /** Who says so: `given` or the name of a list. */
  readonly source: string;
  /** Whether it may issue: a CA certificate, or an old self-issued one without basic constraints. An end-entity may not. */
  readonly issues: boolean;
  /** From this instant on it is no anchor any more; null where trust has no end. */
  readonly sunset: Instant | null;
}

/** A certificate and its issuers, leaf first. It goes on above an anchor where the issuer is known. */
export interface Chain {
  readonly links: readonly ChainLink[];
  /** What path validation that does not depend on time found (RFC 5280, 6.1): name constraints, policies, critical extensions. */
  readonly pathProblems: readonly PathProblem[];
  /** Other chains of the same certificate that reach an anchor, likely ones first; left out where there is none. */
  readonly others?: readonly CandidateChain[];
}

/** One of several chains (EN 319 102-1, 5.2.6.4): the next is tried where one fails. */
export type CandidateChain = Pick<Chain, 'links' | 'pathProblems'>;

export interface ChainLink {
  readonly certificate: CertificateId;
  /** Whether the next link's key verifies this certificate; of the topmost one whether its own key does; `no-key` where neither is known. */
  readonly issued: ValueCheck;
  /** The algorithm of the certificate's signature with the size of the issuer's key. */
  readonly algorithm: AlgorithmUse;
  /** Signed by its own key. */
  readonly selfSigned: boolean;
}

export interface PathProblem {
  readonly certificate: CertificateId;
  readonly problem: string;
}

/** A CRL (RFC 5280, 5) or an OCSP response (RFC 6960) as a token that was signed by someone. */
export interface RevocationFacts {
  readonly id: RevocationId;
  readonly kind: 'crl' | 'ocsp';
  /** producedAt of an OCSP response, thisUpdate of a CRL. */
  readonly producedAt: Instant;
  /** None: the shape that signatures and time-stamps have too. */
  readonly references: readonly ReferenceFacts[];
  readonly value: ValueCheck;
  readonly algorithm: AlgorithmUse;
  readonly signer: SignerIdentification;
  /** Whether the responder's identifier names the certificate that signed; null for a CRL. */
  readonly responderIdMatches: boolean | null;
}

/** The problem of a CRL that tells of revocations for some reasons only: what it lists is revoked, and nothing is good by it (RFC 5280, 6.3.3 (d), (e)). */
export const SOME_REASONS = 'only for some reasons';

/** What one revocation data says of one certificate. */
export interface CertificateStatus {
  readonly revocation: RevocationId;
  readonly status: 'good' | 'revoked' | 'unknown';
  readonly thisUpdate: Instant | null;
  readonly nextUpdate: Instant | null;
  /** Name of the CRLReason (RFC 5280, 5.3.1); null where none is given or the certificate is not revoked. */
  readonly reason: string | null;
  readonly revokedAt: Instant | null;
  /** It knows certificates that expired after this time: expiredCertsOnCRL (X.509) or archive cutoff (RFC 6960, 4.4.4). */
  readonly knowsExpiredSince: Instant | null;
  /** The certHash extension of an OCSP response. */
  readonly certHash: 'absent' | 'match' | 'mismatch';
  /** Whether the signer may speak for the certificate's issuer: it is that issuer, or delegated by it (RFC 6960, 4.2.2.2; RFC 5280, 6.3.3). */
  readonly authorised: boolean;
  /** Why it does not cover the certificate after all (scope, unknown critical extension, delta); null where it does. */
  readonly problem: string | null;
}
