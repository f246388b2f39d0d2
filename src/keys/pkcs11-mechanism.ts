/** How a token signs (PKCS #11, 6): the mechanism of a scheme and digest, what it is given, and the value as CMS carries it. */
import { der } from '../asn1/index.ts';
import type { Bytes } from '../base/bytes.ts';
import { Fault } from '../base/fault.ts';
import {
  type DigestName,
  digestLength,
  digest as digestOf,
  digestOid,
  ecdsaToDer,
  type PublicKey,
  type SigningScheme,
} from '../crypto/index.ts';
import type { Pkcs11Mechanism } from './pkcs11-module.ts';

export interface TokenOperation {
  readonly mechanism: Pkcs11Mechanism;
  /** What C_Sign is given. */
  readonly input: Bytes;
  /** The signature value of what it gave. Throws Fault `signer-refused`. */
  value(output: Uint8Array): Bytes;
}

/** A message, or the digest of one. */
export type ToSign = { readonly message: Bytes } | { readonly digestValue: Bytes };

/**
 * The digest is computed here and only it goes to the token, where the token has the mechanism for that: one round trip
 * whatever the length, and every digest that we have.
 *
 * @param offered mechanisms of the token; empty: not known
 * @throws Fault `unsupported` where the token has no mechanism for it
 */
export function tokenOperation(
  scheme: SigningScheme,
  { bits }: Pick<PublicKey, 'bits'>,
  what: ToSign,
  digest: DigestName,
  offered: ReadonlySet<number>,
): TokenOperation {
  const has = (mechanism: number): boolean => offered.size === 0 || offered.has(mechanism);
  const message = (): Bytes =>
    'message' in what ? what.message : refuse(`no signature: with ${scheme} it signs messages only, not digests`);
  const value = (): Bytes => ('message' in what ? digestOf(digest, what.message) : what.digestValue);
  switch (scheme) {
    case 'RSA':
      if (has(CKM.RSA_PKCS)) return asIs({ mechanism: CKM.RSA_PKCS }, digestInfo(value(), digest));
      return asIs({ mechanism: whole(RSA_WITH[digest], has, scheme, digest) }, message());
    case 'RSASSA-PSS': {
      const parameter = pssParameter(digest);
      if (has(CKM.RSA_PKCS_PSS)) return asIs({ mechanism: CKM.RSA_PKCS_PSS, parameter }, value());
      return asIs({ mechanism: whole(PSS_WITH[digest], has, scheme, digest), parameter }, message());
    }
    case 'ECDSA':
      // FIPS 186-5, 6.4.1: of a digest longer than the order its leftmost octets count; tokens differ in doing it themselves.
      return {
        mechanism: { mechanism: whole(CKM.ECDSA, has, scheme, digest) },
        input: value().subarray(0, Math.ceil(bits / 8)),
        value: (output) => ecdsaToDer(new Uint8Array(output)) ?? refuse('no ECDSA value'),
      };
    case 'EdDSA':
      return asIs({ mechanism: whole(CKM.EDDSA, has, scheme, digest) }, message());
    case 'ML-DSA':
      return asIs({ mechanism: whole(CKM.ML_DSA, has, scheme, digest) }, message());
    case 'SLH-DSA':
      throw new Fault('unsupported', 'SLH-DSA keys on a token are not supported');
  }
}

/** Octets that a value may take. */
export function roomFor(scheme: SigningScheme, bits: number): number {
  if (scheme === 'RSA' || scheme === 'RSASSA-PSS') return Math.ceil(bits / 8);
  return scheme === 'ML-DSA' ? 8192 : 256;
}

const asIs = (mechanism: Pkcs11Mechanism, input: Bytes): TokenOperation => ({
  mechanism,
  input,
  value: (output) => new Uint8Array(output),
});

/** `DigestInfo ::= SEQUENCE { digestAlgorithm AlgorithmIdentifier, digest OCTET STRING }`, parameters NULL (RFC 8017, 9.2). */
export const digestInfo = (value: Bytes, digest: DigestName): Bytes =>
  der.sequence(der.sequence(der.oid(digestOid(digest)), der.NULL), der.octetString(value));

/** CK_RSA_PKCS_PSS_PARAMS. `type` tells pkcs11js which structure it is. */
function pssParameter(digest: DigestName): object {
  const numbers = PSS_DIGESTS[digest];
  if (numbers === undefined) throw new Fault('unsupported', `RSASSA-PSS with ${digest} has no PKCS#11 mechanism: choose another digest`);
  const [hashAlg, mgf] = numbers;
  return { type: CK_PARAMS_RSA_PSS, hashAlg, mgf, saltLen: digestLength(digest) };
}

function whole(mechanism: number | undefined, has: (mechanism: number) => boolean, scheme: string, digest: string): number {
  if (mechanism === undefined || !has(mechanism)) throw new Fault('unsupported', `the token has no mechanism for ${scheme} with ${digest}`);
  return mechanism;
}

function refuse(what: string): never {
  throw new Fault('signer-refused', `the token gave ${what}`);
}

const CKM = { RSA_PKCS: 0x01, RSA_PKCS_PSS: 0x0d, ML_DSA: 0x1d, ECDSA: 0x1041, EDDSA: 0x1057 } as const;
const CK_PARAMS_RSA_PSS = 5;

/** CKM_SHA…_RSA_PKCS. */
const RSA_WITH: Readonly<Partial<Record<DigestName, number>>> = { 'SHA-1': 0x06, 'SHA-256': 0x40, 'SHA-384': 0x41, 'SHA-512': 0x42 };
/** CKM_SHA…_RSA_PKCS_PSS. */
const PSS_WITH: Readonly<Partial<Record<DigestName, number>>> = { 'SHA-1': 0x0e, 'SHA-256': 0x43, 'SHA-384': 0x44, 'SHA-512': 0x45 };
/** The digest's mechanism and CKG_MGF1_…. */
const PSS_DIGESTS: Readonly<Partial<Record<DigestName, readonly [hash: number, mgf: number]>>> = {
  'SHA-1': [0x220, 1],
  'SHA-224': [0x255, 5],
  'SHA-256': [0x250, 2],
  'SHA-384': [0x260, 3],
  'SHA-512': [0x270, 4],
  'SHA3-224': [0x2b5, 6],
  'SHA3-256': [0x2b0, 7],
  'SHA3-384': [0x2c0, 8],
  'SHA3-512': [0x2d0, 9],
};
