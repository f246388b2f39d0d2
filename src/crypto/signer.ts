/** The Signer port: a key that may live anywhere (a file, a token, a remote service). */
import type { Bytes } from '../base/bytes.ts';
import type { DigestName } from './names.ts';

/** What a key does. The caller picks the digest; EdDSA, ML-DSA and SLH-DSA take the message itself. */
export type SigningScheme = 'RSA' | 'RSASSA-PSS' | 'ECDSA' | 'EdDSA' | 'ML-DSA' | 'SLH-DSA';

export interface Signer {
  /** DER certificates: the signer's own first, then its issuers as far as known. */
  readonly chain: readonly [signer: Bytes, ...issuers: Bytes[]];
  readonly scheme: SigningScheme;
  /**
   * Signs `toBeSigned` (the whole message, never its digest) with the scheme over `digest`.
   * Gives the signature value as CMS carries it: ECDSA as DER Ecdsa-Sig-Value (RFC 5480), PSS with MGF1 of the same
   * digest and a salt as long as it (RFC 4056). Throws `Fault` `signer-refused`.
   */
  sign(toBeSigned: Bytes, digest: DigestName): Promise<Bytes>;
  /**
   * Signs a digest that was computed elsewhere, as for a remote signing service. Absent where the key takes messages only:
   * EdDSA, ML-DSA and SLH-DSA always, and keys whose holder hashes for itself. Throws as `sign`.
   */
  signDigest?(digestValue: Bytes, digest: DigestName): Promise<Bytes>;
}
