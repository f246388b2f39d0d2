/** Algorithms, digests, keys and signature values (TS 119 312), over the runtime's cryptography. */
export {
  algorithmOid,
  digestByOid,
  digestByUri,
  digestOid,
  digestsItself,
  digestUri,
  encodeDigestAlgorithm,
  encodeSignatureAlgorithm,
  PSS_URI,
  pssOf,
  signatureAlgorithm,
  signatureAlgorithmByUri,
  signatureUri,
} from './algorithm.ts';
export {
  canDigest,
  createDigest,
  type DigestState,
  digest,
  digestLength,
  digestOf,
  hmac,
  pieces,
  type Range,
} from './digest.ts';
export { ecdsaToDer, ecdsaToP1363 } from './ecdsa.ts';
export { inheritDsaParameters, type NoKey, type PublicKey, publicKey, readPublicKey } from './key.ts';
export type {
  AlgorithmUse,
  DigestName,
  KeyKind,
  PssParameters,
  SchemeName,
  SignatureAlgorithm,
  ValueCheck,
} from './names.ts';
export type { OpenedEnvelope, Recipient } from './recipient.ts';
export type { Signer, SigningScheme } from './signer.ts';
export { algorithmUse, verifyValue } from './verify.ts';
