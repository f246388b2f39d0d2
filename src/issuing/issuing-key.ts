/** Keys that issue: a private key with the one signature algorithm it signs by (RFC 3279, 4055, 5758, 8410, 9881). */
import { constants, createPublicKey, type KeyObject, sign } from 'node:crypto';
import { der } from '../asn1/index.ts';
import type { Bytes } from '../base/bytes.ts';
import { Fault } from '../base/fault.ts';
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
  /** Default: the usual one of the key's size. EdDSA and ML-DSA keys take none. */
  readonly digest?: DigestName;
  /** True: an RSA key signs by RSASSA-PSS. Keys that are for PSS only always do. */
  readonly pss?: boolean;
}

/** An issuing key over a private key at hand. Throws `Fault` `unsupported` for a kind of key or digest it does not know. */
export function issuingKey(privateKey: KeyObject, options: IssuingKeyOptions = {}): IssuingKey {
  const scheme = schemeOf(privateKey, options.pss ?? false);
  const digest = options.digest ?? usualDigest(privateKey);
  return {
    algorithm: algorithmIdentifier(privateKey, scheme, digest),
    digest,
    publicKey: createPublicKey(privateKey).export({ type: 'spki', format: 'der' }),
    sign: (toBeSigned) => signWith(privateKey, scheme, digest, toBeSigned),
  };
}

/** The `Signer` port over a private key at hand; the digest is the caller's choice at each signature. */
export function signerOf(privateKey: KeyObject, chain: Signer['chain'], options: Pick<IssuingKeyOptions, 'pss'> = {}): Signer {
  const scheme = schemeOf(privateKey, options.pss ?? false);
  return { chain, scheme, sign: async (toBeSigned, digest) => signWith(privateKey, scheme, digest, toBeSigned) };
}

/** The name node:crypto has for a digest; throws `Fault` `unsupported`. */
export function runtimeDigest(name: DigestName): string {
  const known = DIGESTS[name];
  if (!known) throw new Fault('unsupported', `nothing is issued with ${name}`);
  return known.runtime;
}

/** DER AlgorithmIdentifier of a digest, parameters absent (RFC 5754, 2); throws `Fault` `unsupported`. */
export function digestIdentifier(name: DigestName): Bytes {
  const known = DIGESTS[name];
  if (!known) throw new Fault('unsupported', `nothing is issued with ${name}`);
  return der.sequence(der.oid(known.oid));
}

function signWith(key: KeyObject, scheme: SigningScheme, digest: DigestName, message: Bytes): Bytes {
  try {
    if (scheme === 'EdDSA' || scheme === 'ML-DSA') return sign(null, message, key);
    const name = runtimeDigest(digest);
    if (scheme !== 'RSASSA-PSS') return sign(name, message, key);
    return sign(name, message, { key, padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: constants.RSA_PSS_SALTLEN_DIGEST });
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
  if (type in ML_DSA) return 'ML-DSA';
  throw new Fault('unsupported', `no issuing with keys of type ${type || key.type}`);
}

/** As strong as the curve; SHA-512 and SHAKE256 are what RFC 8419 wants beside Ed25519 and Ed448, SHA-512 what RFC 9882 wants beside ML-DSA. */
function usualDigest(key: KeyObject): DigestName {
  const type: string = key.asymmetricKeyType ?? '';
  if (type === 'ed448') return 'SHAKE256';
  if (type === 'ed25519' || type in ML_DSA) return 'SHA-512';
  const curve = key.asymmetricKeyDetails?.namedCurve ?? '';
  if (curve === 'secp521r1' || curve.includes('P512')) return 'SHA-512';
  if (curve === 'secp384r1' || curve.includes('P384')) return 'SHA-384';
  return 'SHA-256';
}

function algorithmIdentifier(key: KeyObject, scheme: SigningScheme, digest: DigestName): Bytes {
  const type: string = key.asymmetricKeyType ?? '';
  if (scheme === 'EdDSA') return der.sequence(der.oid(type === 'ed448' ? '1.3.101.113' : '1.3.101.112'));
  if (scheme === 'ML-DSA') return der.sequence(der.oid(ML_DSA[type] as string));
  const known = DIGESTS[digest];
  if (scheme === 'RSASSA-PSS' && known?.length) return pssIdentifier(digest, known.length);
  const oid = scheme === 'ECDSA' ? known?.ecdsa : known?.rsa;
  if (!oid || scheme === 'RSASSA-PSS') throw new Fault('unsupported', `no ${scheme} signatures over ${digest} are issued`);
  return scheme === 'RSA' ? der.sequence(der.oid(oid), der.NULL) : der.sequence(der.oid(oid));
}

/** RSASSA-PSS-params: MGF1 of the same digest, a salt as long as it, trailer default (RFC 4055, 3.1). */
function pssIdentifier(digest: DigestName, saltLength: number): Bytes {
  const hash = digestIdentifier(digest);
  const mgf1 = der.sequence(der.oid('1.2.840.113549.1.1.8'), hash);
  const parameters = der.sequence(der.context(0, hash), der.context(1, mgf1), der.context(2, der.integer(saltLength)));
  return der.sequence(der.oid('1.2.840.113549.1.1.10'), parameters);
}

const ML_DSA: Readonly<Record<string, string>> = {
  'ml-dsa-44': '2.16.840.1.101.3.4.3.17',
  'ml-dsa-65': '2.16.840.1.101.3.4.3.18',
  'ml-dsa-87': '2.16.840.1.101.3.4.3.19',
};

interface IssuingDigest {
  readonly runtime: string;
  readonly oid: string;
  readonly length: number;
  readonly rsa?: string;
  readonly ecdsa?: string;
}

/** The digests that something is issued with; SHA-1 only so that tests can show it being refused. */
const DIGESTS: Readonly<Partial<Record<DigestName, IssuingDigest>>> = {
  'SHA-1': { runtime: 'sha1', oid: '1.3.14.3.2.26', length: 20, rsa: '1.2.840.113549.1.1.5', ecdsa: '1.2.840.10045.4.1' },
  'SHA-224': {
    runtime: 'sha224',
    oid: '2.16.840.1.101.3.4.2.4',
    length: 28,
    rsa: '1.2.840.113549.1.1.14',
    ecdsa: '1.2.840.10045.4.3.1',
  },
  'SHA-256': {
    runtime: 'sha256',
    oid: '2.16.840.1.101.3.4.2.1',
    length: 32,
    rsa: '1.2.840.113549.1.1.11',
    ecdsa: '1.2.840.10045.4.3.2',
  },
  'SHA-384': {
    runtime: 'sha384',
    oid: '2.16.840.1.101.3.4.2.2',
    length: 48,
    rsa: '1.2.840.113549.1.1.12',
    ecdsa: '1.2.840.10045.4.3.3',
  },
  'SHA-512': {
    runtime: 'sha512',
    oid: '2.16.840.1.101.3.4.2.3',
    length: 64,
    rsa: '1.2.840.113549.1.1.13',
    ecdsa: '1.2.840.10045.4.3.4',
  },
  'SHA3-256': {
    runtime: 'sha3-256',
    oid: '2.16.840.1.101.3.4.2.8',
    length: 32,
    rsa: '2.16.840.1.101.3.4.3.14',
    ecdsa: '2.16.840.1.101.3.4.3.10',
  },
  'SHA3-384': {
    runtime: 'sha3-384',
    oid: '2.16.840.1.101.3.4.2.9',
    length: 48,
    rsa: '2.16.840.1.101.3.4.3.15',
    ecdsa: '2.16.840.1.101.3.4.3.11',
  },
  'SHA3-512': {
    runtime: 'sha3-512',
    oid: '2.16.840.1.101.3.4.2.10',
    length: 64,
    rsa: '2.16.840.1.101.3.4.3.16',
    ecdsa: '2.16.840.1.101.3.4.3.12',
  },
  SHAKE256: { runtime: 'shake256', oid: '2.16.840.1.101.3.4.2.12', length: 64 },
};
