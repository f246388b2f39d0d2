/** The CertificateSource port: where missing issuer certificates come from. */
import type { Bytes } from '../base/bytes.ts';
import type { Certificate } from './certificate.ts';

export interface CertificateSource {
  /** DER certificates that may have issued `certificate`, unread and unverified; empty where nothing is to be had. */
  issuersOf(certificate: Certificate): Promise<readonly Bytes[]>;
}
