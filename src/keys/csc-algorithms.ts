/** Algorithms as the Cloud Signature Consortium API names them: object identifiers of digests and signatures (CSC API 1.0.4.0 and 2.x, signatures/signHash). */
import { Reader } from '../asn1/index.ts';
import type { Bytes } from '../base/bytes.ts';
import { attempt } from '../base/parsed.ts';
import {
  algorithmOid,
  type DigestName,
  digestByOid,
  encodeSignatureAlgorithm,
  type PublicKey,
  type SigningScheme,
  signatureAlgorithm,
} from '../crypto/index.ts';

/** `signAlgo` and, for RSASSA-PSS, `signAlgoParams` (DER). Throws Fault `unsupported`. */
export function signAlgoOf(scheme: SigningScheme, digest: DigestName): { readonly oid: string; readonly parameters: Bytes | null } {
  const identifier = encodeSignatureAlgorithm(scheme, digest);
  const reader = Reader.over(identifier, 'AlgorithmIdentifier').sequence();
  const oid = reader.oid();
  const parameters = reader.done || scheme !== 'RSASSA-PSS' ? null : reader.raw(reader.any());
  return { oid, parameters };
}

/** The scheme and digest that a request asks for, or null where they are not known or do not fit together. */
export function signAlgoAsked(
  oid: string,
  parameters: Bytes | null,
  hashAlgo: string | null,
): { readonly scheme: SigningScheme; readonly digest: DigestName } | null {
  const hint = hashAlgo === null ? null : digestByOid(hashAlgo);
  if (hashAlgo !== null && hint === null) return null;
  const algorithm = signatureAlgorithm(oid, parameters, hint);
  if (algorithm === null || algorithm.digest === null) return null;
  if (hint !== null && algorithm.digest !== hint) return null;
  const { scheme, digest, pss } = algorithm;
  if (scheme !== 'RSA' && scheme !== 'RSASSA-PSS' && scheme !== 'ECDSA') return null;
  // The Signer port has one form of PSS: a salt as long as the digest, masked by the same.
  if (pss !== undefined && (pss.mgfDigest !== digest || pss.saltLength !== SALTS[digest])) return null;
  return { scheme, digest };
}

/** What `key/algo` lists for a key. */
export function algorithmsOf(scheme: SigningScheme, { restriction }: PublicKey): string[] {
  const digests = restriction === null ? DIGESTS : [restriction.digest];
  return [...new Set([...(scheme === 'RSA' ? [RSA_ENCRYPTION] : []), ...digests.map((digest) => signAlgoOf(scheme, digest).oid)])];
}

/** How a credential signs: what it lists, for the kind of its certificate's key. */
export function schemeFor(spki: Bytes, listed: readonly string[], pss: boolean): SigningScheme | null {
  const oid = algorithmOid(spki);
  if (oid === EC) return 'ECDSA';
  if (oid === RSASSA_PSS || (oid === RSA_ENCRYPTION && (pss || listed.every((one) => one === RSASSA_PSS)))) return 'RSASSA-PSS';
  return oid === RSA_ENCRYPTION ? 'RSA' : null;
}

/** Object identifier of the curve of an EC key, or null. */
export function curveOid(spki: Bytes): string | null {
  const read = attempt(() => {
    const identifier = Reader.over(spki, 'SubjectPublicKeyInfo').sequence().sequence('AlgorithmIdentifier');
    identifier.oid();
    return identifier.oid();
  });
  return read.ok ? read.value : null;
}

const RSA_ENCRYPTION = '1.2.840.113549.1.1.1';
const RSASSA_PSS = '1.2.840.113549.1.1.10';
const EC = '1.2.840.10045.2.1';
const DIGESTS: readonly DigestName[] = ['SHA-256', 'SHA-384', 'SHA-512'];
const SALTS: Readonly<Partial<Record<DigestName, number>>> = {
  'SHA-256': 32,
  'SHA-384': 48,
  'SHA-512': 64,
  'SHA3-256': 32,
  'SHA3-384': 48,
  'SHA3-512': 64,
};
