/** Keys that issue: a private key with the one signature algorithm it signs by (RFC 3279, 4055, 5758, 8410, 9881, 9909). */
import { constants, createPublicKey, type KeyObject, sign } from 'node:crypto';
import type { Bytes } from '../base/bytes.ts';
import { Fault } from '../base/fault.ts';
import { digestsItself, encodeSignatureAlgorithm } from '../crypto/algorithm.ts';
import { nodeDigest, plain } from '../crypto/digest.ts';
import type { DigestName } from '../crypto/names.ts';
import type { Signer, SigningScheme } from '../crypto/signer.ts';

/** What an issuer signs with. The key itself may live anywhere. */
export interface IssuingKey {
  /** DER AlgorithmIdentifier of the signatures it makes. */
  readonly algorithm: Bytes;
  /** Digest of the signature, or the one that goes with it in CMS where the scheme digests by itself (RFC 8419, 3). */
  readonly digest: DigestName;
  /** DER SubjectPublicKeyInfo. */
  readonly publicKey: Bytes;
  sign(toBeSigned: Bytes): Bytes | Promise<Bytes>;
}

export interface IssuingKeyOptions {
  /** Default: the usual one of the key's size. EdDSA, ML-DSA and SLH-DSA keys take none. */
  readonly digest?: DigestName;
  /** True: an RSA key signs by RSASSA-PSS. Keys that are for PSS only always do. */
  readonly pss?: boolean;
}

/** An issuing key over a private key at hand. Throws `Fault` `unsupported` for a kind of key or digest it does not know. */
export function issuingKey(privateKey: KeyObject, options: IssuingKeyOptions = {}): IssuingKey {
  const scheme = schemeOf(privateKey, options.pss ?? false);
  const digest = options.digest ?? usualDigest(privateKey);
  const publicKey = plain(createPublicKey(privateKey).export({ type: 'spki', format: 'der' }));
  return {
    algorithm: encodeSignatureAlgorithm(scheme, digestsItself(scheme) ? null : digest, publicKey),
    digest,
    publicKey,
    sign: (toBeSigned) => signWith(privateKey, scheme, digest, toBeSigned),
  };
}

/** The `Signer` port over a private key at hand; the digest is the caller's choice at each signature. */
export function signerOf(privateKey: KeyObject, chain: Signer['chain'], options: Pick<IssuingKeyOptions, 'pss'> = {}): Signer {
  const scheme = schemeOf(privateKey, options.pss ?? false);
  return { chain, scheme, sign: async (toBeSigned, digest) => signWith(privateKey, scheme, digest, toBeSigned) };
}

function signWith(key: KeyObject, scheme: SigningScheme, digest: DigestName, message: Bytes): Bytes {
  try {
    if (digestsItself(scheme)) return plain(sign(null, message, key));
    const name = nodeDigest(digest);
    if (scheme !== 'RSASSA-PSS') return plain(sign(name, message, key));
    return plain(sign(name, message, { key, padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: constants.RSA_PSS_SALTLEN_DIGEST }));
  } catch (cause) {
    if (cause instanceof Fault) throw cause;
    throw new Fault('signer-refused', `the key did not sign: ${(cause as Error).message}`, { cause });
  }
}

function schemeOf(key: KeyObject, pss: boolean): SigningScheme {
  const type: string = key.asymmetricKeyType ?? '';
  if (type === 'rsa') return pss ? 'RSASSA-PSS' : 'RSA';
  if (type === 'rsa-pss') return 'RSASSA-PSS';
  if (type === 'ec') return 'ECDSA';
  if (type === 'ed25519' || type === 'ed448') return 'EdDSA';
  if (type.startsWith('ml-dsa-')) return 'ML-DSA';
  if (type.startsWith('slh-dsa-')) return 'SLH-DSA';
  throw new Fault('unsupported', `no issuing with keys of type ${type || key.type}`);
}

/** As strong as the curve; SHA-512 and SHAKE256 are what RFC 8419 wants beside Ed25519 and Ed448, SHA-512 what RFC 9882 wants beside ML-DSA; RFC 9814 takes it beside SLH-DSA. */
function usualDigest(key: KeyObject): DigestName {
  const type: string = key.asymmetricKeyType ?? '';
  if (type === 'ed448') return 'SHAKE256';
  if (type === 'ed25519' || type.startsWith('ml-dsa-') || type.startsWith('slh-dsa-')) return 'SHA-512';
  const curve = key.asymmetricKeyDetails?.namedCurve ?? '';
  if (curve === 'secp521r1' || curve.includes('P512')) return 'SHA-512';
  if (curve === 'secp384r1' || curve.includes('P384')) return 'SHA-384';
  return 'SHA-256';
}
