/** Verifying signature values (EN 319 102-1, 5.2.7): a value for every input, never a throw. */
import { constants, createPublicKey, createVerify, type KeyObject, type VerifyKeyObjectInput, verify } from 'node:crypto';
import { der } from '../asn1/index.ts';
import { type Bytes, concat } from '../base/bytes.ts';
import { canDigest, nodeDigest } from './digest.ts';
import { type PublicKey, readPublicKey } from './key.ts';
import type { AlgorithmUse, DigestName, PssParameters, SignatureAlgorithm, ValueCheck } from './names.ts';
import { encodePss } from './pss.ts';

/**
 * Whether `value` is the signature of `message` by the key.
 *
 * `broken` where it is not, also for a key that is invalid or of another kind than the algorithm; `unsupported` where this
 * runtime cannot tell (a digest it lacks, a curve or key that the engine does not take).
 *
 * @param spki SubjectPublicKeyInfo; keep handing in the same array, what was read of it is remembered
 * @param message the octets, or their parts in order (an iterable, so that a large document needs not be in memory)
 */
export function verifyValue(algorithm: SignatureAlgorithm, spki: Bytes, message: Bytes | Iterable<Bytes>, value: Bytes): ValueCheck {
  const key = readPublicKey(spki);
  if (key === 'unsupported') return 'unsupported';
  if (key === 'invalid' || !fits(algorithm, key)) return 'broken';
  const { digest } = algorithm;
  if (digest !== null && (!canDigest(digest) || digest.startsWith('SHAKE'))) return 'unsupported';
  if (digest === null) return verifyWhole(algorithm, key.keyObject, joined(message), value);
  if (algorithm.pss !== undefined) return verifyPss(digest, algorithm.pss, key, message, value);
  // The bare key is the runtime's shortest way.
  const by = algorithm.encoding === 'P1363' ? ({ key: key.keyObject, dsaEncoding: 'ieee-p1363' } as const) : key.keyObject;
  return run(digest, by, message, value);
}

/** What was used, for the cryptographic constraints of a policy. `spki` null where no key was found. */
export function algorithmUse(algorithm: SignatureAlgorithm | null, spki: Bytes | null, identifier = ''): AlgorithmUse {
  const key = spki === null ? null : readPublicKey(spki);
  return {
    scheme: algorithm?.scheme ?? null,
    digest: algorithm?.digest ?? null,
    keyBits: key === null || typeof key === 'string' ? null : key.bits,
    identifier: algorithm?.identifier ?? identifier,
  };
}

/** Whether the key may verify by the algorithm at all; a key restricted to some PSS parameters takes only those (RFC 4055, 3.3). */
function fits(algorithm: SignatureAlgorithm, { kind, restriction }: PublicKey): boolean {
  const { scheme, digest, pss, keyKind } = algorithm;
  if (keyKind !== undefined && keyKind !== kind) return false;
  switch (scheme) {
    case 'RSA':
      return kind === 'RSA';
    case 'RSASSA-PSS':
      if (pss === undefined || digest === null) return false;
      if (kind === 'RSA' || restriction === null) return kind === 'RSA' || kind === 'RSASSA-PSS';
      return restriction.digest === digest && restriction.pss.mgfDigest === pss.mgfDigest && restriction.pss.saltLength <= pss.saltLength;
    case 'DSA':
      return kind === 'DSA' && digest !== null;
    case 'ECDSA':
    case 'PLAIN-ECDSA':
      return kind === 'EC' && digest !== null;
    case 'EdDSA':
      return kind === 'Ed25519' || kind === 'Ed448';
    case 'ML-DSA':
    case 'SLH-DSA':
      return kind.startsWith(scheme);
    case 'HMAC':
      return false;
  }
}

/** Schemes that take the message itself. */
function verifyWhole({ context }: SignatureAlgorithm, key: KeyObject, message: Bytes, value: Bytes): ValueCheck {
  return settled(() => verify(null, message, context === undefined ? key : { key, context }, value));
}

function verifyPss(digest: DigestName, pss: PssParameters, key: PublicKey, message: Bytes | Iterable<Bytes>, value: Bytes): ValueCheck {
  if (!canDigest(pss.mgfDigest) || pss.mgfDigest.startsWith('SHAKE')) return 'unsupported';
  const keyObject = pss.mgfDigest === digest || key.restriction !== null ? key.keyObject : withMask(key, digest, pss);
  if (keyObject === null) return 'unsupported';
  return run(digest, { key: keyObject, padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: pss.saltLength }, message, value);
}

/** The runtime has no option for another MGF1 digest, but takes it from the parameters of an RSASSA-PSS key: so it gets such a key. */
function withMask(key: PublicKey, digest: DigestName, pss: PssParameters): KeyObject | null {
  const spki = der.sequence(encodePss(digest, pss), der.bitString(key.encoded));
  try {
    return createPublicKey({ key: spki as Buffer, format: 'der', type: 'spki' });
  } catch {
    return null;
  }
}

function run(digest: DigestName, key: KeyObject | VerifyKeyObjectInput, message: Bytes | Iterable<Bytes>, value: Bytes): ValueCheck {
  if (message instanceof Uint8Array) return settled(() => verify(nodeDigest(digest), message, key, value));
  const state = createVerify(nodeDigest(digest));
  for (const part of message) state.update(part);
  return settled(() => state.verify(key, value));
}

/** The runtime throws for values that it cannot even decode, and for salts that the key has no room for: they do not verify. */
function settled(check: () => boolean): ValueCheck {
  try {
    return check() ? 'intact' : 'broken';
  } catch {
    return 'broken';
  }
}

const joined = (message: Bytes | Iterable<Bytes>): Bytes => (message instanceof Uint8Array ? message : concat([...message]));
