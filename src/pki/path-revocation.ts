/** Revocation along a path, the signers of CRLs and OCSP responses included (RFC 5280, 6.1.3 (a) (3) and 6.3.3 (f)). */
import type { Instant } from '../base/instant.ts';
import type { Certificate } from './certificate.ts';
import type { Crl } from './crl.ts';
import type { OcspResponse } from './ocsp.ts';
import { findPath, pathBudget, type RevocationCheck, type TrustAnchor } from './path.ts';
import { type RevocationOutcome, revocationStatus } from './revocation.ts';

export interface RevocationEvidence {
  readonly crls: readonly Crl[];
  readonly ocsps: readonly OcspResponse[];
  /** Certificates that may have signed one of them, or stand on the path to such a one. */
  readonly candidates: readonly Certificate[];
  readonly at: Instant;
  /** Milliseconds since thisUpdate after which an object is too old; default: only nextUpdate counts. */
  readonly maximumAge?: number;
  readonly anchorConstraints?: 'ignored' | 'enforced';
}

/**
 * The check for `validatePath`: a signer other than the issuer counts where its own path, with the revocation of its own, ends
 * at the anchor of the path in question. A signer that vouches for itself on the way is taken at its word once, and only there.
 */
export function revocationBy(evidence: RevocationEvidence): RevocationCheck {
  const { crls, ocsps, candidates, at, maximumAge, anchorConstraints } = evidence;
  const limits = pathBudget();
  const trusted = new Map<Certificate, boolean>();
  const trusts = (signer: Certificate, anchor: TrustAnchor): boolean => {
    const known = trusted.get(signer);
    if (known !== undefined) return known;
    trusted.set(signer, true);
    const found = findPath({
      target: signer,
      anchors: [anchor],
      candidates,
      at,
      budget: limits,
      revocation: check,
      ...(anchorConstraints ? { anchorConstraints } : {}),
    });
    trusted.set(signer, found.ok);
    return found.ok;
  };
  const check: RevocationCheck = (certificate, issuer, anchor): RevocationOutcome => {
    if (!issuer) return { status: 'unknown', why: 'no certificate of the issuer' };
    const options = {
      candidates,
      trusts: (signer: Certificate) => trusts(signer, anchor),
      ...(maximumAge === undefined ? {} : { maximumAge }),
    };
    return revocationStatus(certificate, issuer, crls, ocsps, at, options);
  };
  return check;
}
