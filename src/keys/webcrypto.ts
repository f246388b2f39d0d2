/** Keys of WebCrypto (W3C Web Cryptography API), whoever implements it: a Signer of any CryptoKey that may sign. */
import type { Bytes } from '../base/bytes.ts';
import { Fault } from '../base/fault.ts';
import { exact } from '../base/options.ts';
import { type DigestName, digestLength, ecdsaToDer, readPublicKey, type Signer, type SigningScheme } from '../crypto/index.ts';
import { type Certificate, parseCertificate } from '../pki/certificate.ts';
import { chainOf, requireAllowed } from './signer.ts';

/** What is read of a CryptoKey. */
export interface SigningCryptoKey {
  readonly type: string;
  readonly algorithm: { readonly name: string };
  readonly usages: readonly string[];
}

/** What is called of a SubtleCrypto. */
export interface SigningSubtle<Key extends SigningCryptoKey = SigningCryptoKey> {
  sign(
    algorithm: { readonly name: string; readonly hash?: string; readonly saltLength?: number },
    key: Key,
    data: Uint8Array<ArrayBuffer>,
  ): Promise<ArrayBuffer>;
}

export interface WebCryptoSignerOptions<Key extends SigningCryptoKey = SigningCryptoKey> {
  /** A private key whose usages have `sign`; it need not be extractable. */
  readonly key: Key;
  /** DER certificates: the key's own first, and its issuers in any order. */
  readonly certificates: readonly Bytes[];
  /** The `crypto.subtle` that the key is of: this runtime's, or that of @peculiar/webcrypto, node-webcrypto-p11, … */
  readonly subtle: SigningSubtle<Key>;
}

/**
 * A signer of a CryptoKey. An RSA key signs with the digest it was made for; the digest asked for must be that one.
 *
 * @throws Fault `bad-option` where the key cannot sign or is of another kind than the certificate, `unsupported`, `malformed-input`
 */
export function signerFromCryptoKey<Key extends SigningCryptoKey>(options: WebCryptoSignerOptions<Key>): Signer {
  exact('signerFromCryptoKey', options, ['key', 'certificates', 'subtle']);
  const { key, certificates, subtle } = options;
  if (key.type !== 'private' || !key.usages.includes('sign'))
    throw new Fault(
      'bad-option',
      `signerFromCryptoKey: a private key with the usage sign is needed, this one is ${key.type} (${key.usages.join(', ')})`,
    );
  const known = certificates.map(certificateOf);
  const [own] = known;
  if (own === undefined) throw new Fault('bad-option', 'signerFromCryptoKey: the certificate of the key is missing');
  const publicKey = readPublicKey(own.spki);
  if (typeof publicKey === 'string') throw new Fault('unsupported', `keys of this kind cannot sign here (the public key is ${publicKey})`);
  const scheme = SCHEMES[key.algorithm.name];
  if (scheme === undefined) throw new Fault('unsupported', `keys of ${key.algorithm.name} cannot sign here: use RSA, ECDSA or EdDSA`);
  if (!fits(scheme, publicKey.kind))
    throw new Fault('bad-option', `the key is of ${key.algorithm.name}, its certificate of ${publicKey.kind}`);
  const madeFor = hashOf(key);
  const sign = async (toBeSigned: Bytes, digest: DigestName): Promise<Bytes> => {
    requireAllowed(publicKey, digest);
    if (madeFor !== null && madeFor !== digest)
      throw new Fault('signer-refused', `the key was made to sign with ${madeFor}, not with ${digest}: choose that digest`);
    const algorithm = {
      name: key.algorithm.name,
      ...(scheme === 'ECDSA' && { hash: digest }),
      ...(scheme === 'RSASSA-PSS' && { saltLength: digestLength(digest) }),
    };
    const value = await subtle.sign(algorithm, key, new Uint8Array(toBeSigned)).catch((cause: unknown) => {
      throw new Fault('signer-refused', `the key did not sign: ${cause instanceof Error ? cause.message : String(cause)}`, { cause });
    });
    const octets = new Uint8Array(value);
    // WebCrypto gives r and s side by side.
    return scheme === 'ECDSA' ? (ecdsaToDer(octets) ?? octets) : octets;
  };
  return { chain: chainOf(own, known).map(({ bytes }) => bytes) as [Bytes, ...Bytes[]], scheme, sign };
}

function hashOf({ algorithm }: SigningCryptoKey): string | null {
  const { hash } = algorithm as { readonly hash?: { readonly name?: string } };
  return hash?.name ?? null;
}

const fits = (scheme: SigningScheme, kind: string): boolean =>
  scheme === 'ECDSA'
    ? kind === 'EC'
    : scheme === 'EdDSA'
      ? kind.startsWith('Ed')
      : scheme === 'ML-DSA'
        ? kind.startsWith('ML-DSA')
        : kind.startsWith('RSA');

function certificateOf(encoding: Bytes, at: number): Certificate {
  const read = parseCertificate(encoding);
  if (!read.ok) throw new Fault('malformed-input', `certificate ${at + 1} cannot be read: ${read.malformed.reason}`);
  return read.value;
}

/** Names of algorithms; Ed25519 and ML-DSA by the drafts that runtimes follow, EdDSA by those of @peculiar/webcrypto. */
const SCHEMES: Readonly<Record<string, SigningScheme>> = {
  'RSASSA-PKCS1-v1_5': 'RSA',
  'RSA-PSS': 'RSASSA-PSS',
  ECDSA: 'ECDSA',
  Ed25519: 'EdDSA',
  Ed448: 'EdDSA',
  EdDSA: 'EdDSA',
  'ML-DSA-44': 'ML-DSA',
  'ML-DSA-65': 'ML-DSA',
  'ML-DSA-87': 'ML-DSA',
};
