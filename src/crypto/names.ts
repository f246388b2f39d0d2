/** Names of algorithms as the engine speaks of them (TS 119 312); identifiers in OID or URI form are in the table beside. */
import type { Bytes } from '../base/bytes.ts';

export type DigestName =
  | 'MD2'
  | 'MD4'
  | 'MD5'
  | 'SHA-1'
  | 'SHA-224'
  | 'SHA-256'
  | 'SHA-384'
  | 'SHA-512'
  | 'SHA-512/224'
  | 'SHA-512/256'
  | 'SHA3-224'
  | 'SHA3-256'
  | 'SHA3-384'
  | 'SHA3-512'
  | 'SHAKE128'
  | 'SHAKE256'
  | 'RIPEMD160'
  | 'WHIRLPOOL';

/** The kind of signature: what a key of this kind does with a digest (or with the message itself). */
export type SchemeName = 'RSA' | 'RSASSA-PSS' | 'DSA' | 'ECDSA' | 'PLAIN-ECDSA' | 'EdDSA' | 'ML-DSA' | 'SLH-DSA' | 'HMAC';

/** What a check of a signature value gave. Only `intact` is good; `unsupported` means that this runtime cannot tell. */
export type ValueCheck = 'intact' | 'broken' | 'unsupported' | 'no-key';

/** An algorithm as it was used: judged against the cryptographic constraints of a policy. */
export interface AlgorithmUse {
  /** Null where the identifier is unknown. */
  readonly scheme: SchemeName | null;
  /** Null where unknown, or where the scheme digests by itself (EdDSA, ML-DSA, SLH-DSA). */
  readonly digest: DigestName | null;
  /** Size of the key that verifies: bits of the RSA or DSA modulus or of the curve's order; null where no key was found. */
  readonly keyBits: number | null;
  /** The identifier as written: OID or URI. */
  readonly identifier: string;
}

/** What a public key is, as its SubjectPublicKeyInfo says. */
export type KeyKind =
  | 'RSA'
  | 'RSASSA-PSS'
  | 'DSA'
  | 'EC'
  | 'Ed25519'
  | 'Ed448'
  | 'ML-DSA-44'
  | 'ML-DSA-65'
  | 'ML-DSA-87'
  | `SLH-DSA-${'SHA2' | 'SHAKE'}-${128 | 192 | 256}${'s' | 'f'}`;

/** RSASSA-PSS-params (RFC 4055, 3.1) after its defaults are filled in. */
export interface PssParameters {
  readonly mgfDigest: DigestName;
  /** Octets. */
  readonly saltLength: number;
  readonly trailer: 1;
}

/** A signature algorithm with everything that verifying by it needs. */
export interface SignatureAlgorithm {
  readonly scheme: SchemeName;
  /** Null where the scheme digests by itself (EdDSA, ML-DSA, SLH-DSA). */
  readonly digest: DigestName | null;
  readonly pss?: PssParameters;
  /** The only kind of key that fits; absent: any key of the scheme. */
  readonly keyKind?: KeyKind;
  /** Set where the value is r and s side by side in equal lengths (XMLDSig, plain ECDSA) and not a DER Ecdsa-Sig-Value. */
  readonly encoding?: 'P1363';
  /** Context string of ML-DSA and SLH-DSA (FIPS 204, 5.3); absent: empty, as in certificates and CMS (RFC 9881, 9882). */
  readonly context?: Bytes;
  /** The identifier as written: OID or URI. */
  readonly identifier: string;
}
