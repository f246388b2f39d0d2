/** The RevocationSource port: where CRLs and OCSP responses come from. */
import type { Bytes } from '../base/bytes.ts';
import type { Certificate } from './certificate.ts';

/** Unread and unverified. */
export interface FoundRevocation {
  readonly kind: 'crl' | 'ocsp';
  readonly bytes: Bytes;
}

export interface RevocationSource {
  /** What says whether `certificate`, issued by `issuer`, is revoked; empty where nothing is to be had. Throws `Fault` `network` only where the source as a whole fails. */
  find(certificate: Certificate, issuer: Certificate): Promise<readonly FoundRevocation[]>;
}
