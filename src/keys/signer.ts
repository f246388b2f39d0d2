/** Signers of keys at hand (PEM, PKCS #12, any private KeyObject): what the Signer port asks for. */
import { constants, createPublicKey, KeyObject, type SignKeyObjectInput, sign } from 'node:crypto';
import { type Bytes, equal } from '../base/bytes.ts';
import { Fault } from '../base/fault.ts';
import { exact } from '../base/options.ts';
import { nodeDigest, plain } from '../crypto/digest.ts';
import { type DigestName, digestsItself, type PublicKey, readPublicKey, type Signer, type SigningScheme } from '../crypto/index.ts';
import { type Certificate, parseCertificate } from '../pki/certificate.ts';
import { keysAgree, mayHaveIssued, selfSigned, verifyIssued } from '../pki/issued-by.ts';
import { signDigestValue } from './digest-value.ts';
import { readCertificates, readPrivateKey } from './pem.ts';

export interface KeySignerOptions {
  /** A private key: of the runtime, or PEM or DER without encryption. */
  readonly key: KeyObject | Bytes;
  /** DER certificates in any order: the key's own, and its issuers as far as they are at hand. */
  readonly certificates: readonly Bytes[];
  /** Makes an RSA key sign by RSASSA-PSS; a certificate whose key is restricted to that does so anyway. */
  readonly scheme?: 'RSASSA-PSS';
}

export interface PemOptions {
  /** PEM or DER; may hold the certificates too. */
  readonly key: Bytes;
  /** Files, each PEM with one or many certificates, or DER; absent: those in the key's file. */
  readonly certificates?: Bytes | readonly Bytes[];
  readonly password?: string;
  readonly scheme?: 'RSASSA-PSS';
}

/**
 * A signer of a key and certificates from files.
 *
 * @throws Fault `malformed-input`, `wrong-password`, `bad-option` where no certificate belongs to the key
 */
export function openPem(options: PemOptions): Signer {
  exact('openPem', options, ['key', 'certificates', 'password', 'scheme']);
  const { certificates = options.key, password, scheme } = options;
  const files = certificates instanceof Uint8Array ? [certificates] : certificates;
  return signerFromKey({
    key: readPrivateKey(options.key, password ?? null),
    certificates: files.flatMap(readCertificates),
    ...(scheme && { scheme }),
  });
}

/**
 * A signer of a private key. The chain starts with the certificate that holds its public key and goes on by issuer.
 *
 * @throws Fault `bad-option` where no certificate belongs to the key or the key cannot sign by the scheme, `malformed-input`
 */
export function signerFromKey(options: KeySignerOptions): Signer {
  exact('signerFromKey', options, ['key', 'certificates', 'scheme']);
  const { key, certificates } = options;
  if (options.scheme !== undefined && options.scheme !== 'RSASSA-PSS')
    throw new Fault('bad-option', `scheme '${options.scheme}' cannot be chosen: only 'RSASSA-PSS', for RSA keys`);
  const privateKey = key instanceof KeyObject ? key : readPrivateKey(key);
  if (privateKey.type !== 'private') throw new Fault('bad-option', `a private key is needed to sign, this one is ${privateKey.type}`);
  const known = certificates.map(certificateOf);
  const own = known.find(({ spki }) => keyFits(privateKey, spki));
  if (own === undefined)
    throw new Fault('bad-option', `no certificate for the private key among the ${known.length} given: add the one that was issued for it`);
  const publicKey = readPublicKey(own.spki);
  if (typeof publicKey === 'string') throw new Fault('unsupported', `keys of this kind cannot sign here (the public key is ${publicKey})`);
  const scheme = schemeOf(publicKey, options.scheme);
  const chain = chainOf(own, known).map(({ bytes }) => bytes);
  return {
    chain: chain as [Bytes, ...Bytes[]],
    scheme,
    // The work is synchronous on purpose: it is the shortest way to one signature, and a promise only carries it.
    sign: async (toBeSigned, digest) => signValue(privateKey, publicKey, scheme, toBeSigned, digest),
    ...(!digestsItself(scheme) && {
      signDigest: async (digestValue, digest) => {
        requireAllowed(publicKey, digest);
        return signDigestValue(privateKey, scheme, digestValue, digest);
      },
    }),
  };
}

/** Whether the private key is the one of a SubjectPublicKeyInfo. */
export function keyFits(privateKey: KeyObject, spki: Bytes): boolean {
  const certified = readPublicKey(spki);
  if (typeof certified === 'string') return false;
  const own = createPublicKey(privateKey);
  if (own.equals(certified.keyObject)) return true;
  // An RSA key may stand as rsaEncryption in one place and as RSASSA-PSS in the other.
  const ours = readPublicKey(new Uint8Array(own.export({ type: 'spki', format: 'der' })));
  return (
    typeof ours !== 'string' && ours.kind.startsWith('RSA') && certified.kind.startsWith('RSA') && equal(ours.encoded, certified.encoded)
  );
}

function certificateOf(encoding: Bytes, at: number): Certificate {
  const read = parseCertificate(encoding);
  if (!read.ok) throw new Fault('malformed-input', `certificate ${at + 1} cannot be read: ${read.malformed.reason}`);
  return read.value;
}

/** How a key of its kind signs. Throws Fault `bad-option`, `unsupported`. */
export function schemeOf({ kind }: PublicKey, wanted: 'RSASSA-PSS' | undefined): SigningScheme {
  if (wanted !== undefined && !kind.startsWith('RSA'))
    throw new Fault('bad-option', `a key of kind ${kind} cannot sign by ${wanted}: leave scheme out`);
  if (kind === 'RSA') return wanted ?? 'RSA';
  if (kind === 'RSASSA-PSS') return kind;
  if (kind === 'EC') return 'ECDSA';
  if (kind === 'Ed25519' || kind === 'Ed448') return 'EdDSA';
  if (kind.startsWith('ML-DSA')) return 'ML-DSA';
  if (kind.startsWith('SLH-DSA')) return 'SLH-DSA';
  throw new Fault('unsupported', `signing with ${kind} keys is not supported: use RSA, ECDSA, EdDSA, ML-DSA or SLH-DSA`);
}

/** From the signer upwards, each once; of several possible issuers the one whose key verifies. */
export function chainOf(own: Certificate, known: readonly Certificate[]): Certificate[] {
  const chain = [own];
  for (let last = own; !selfSigned(last); ) {
    const candidates = known.filter((one) => !chain.includes(one) && mayHaveIssued(one, last));
    const issuer = candidates.find((one) => keysAgree(one, last) && verifyIssued(last, one) === 'intact');
    if (issuer === undefined) break;
    chain.push(issuer);
    last = issuer;
  }
  return chain;
}

/** Throws Fault `signer-refused` where the key is restricted to another digest (RFC 4055, 3.3). */
export function requireAllowed({ restriction }: PublicKey, digest: DigestName): void {
  if (restriction !== null && (restriction.digest !== digest || restriction.pss.mgfDigest !== digest))
    throw new Fault('signer-refused', `the key signs with ${restriction.digest} only, not with ${digest}: choose that digest`);
}

function signValue(key: KeyObject, publicKey: PublicKey, scheme: SigningScheme, message: Bytes, digest: DigestName): Bytes {
  requireAllowed(publicKey, digest);
  try {
    return plain(sign(digestsItself(scheme) ? null : nodeDigest(digest), message, inputOf(key, scheme)));
  } catch (cause) {
    if (cause instanceof Fault) throw cause;
    throw new Fault('signer-refused', `the key cannot sign by ${scheme} with ${digest}: choose another digest`, { cause });
  }
}

function inputOf(key: KeyObject, scheme: SigningScheme): KeyObject | SignKeyObjectInput {
  if (scheme === 'RSASSA-PSS') return { key, padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: constants.RSA_PSS_SALTLEN_DIGEST };
  return key;
}
