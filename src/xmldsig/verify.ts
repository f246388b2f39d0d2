/** The value of an XML signature, checked with a given key over the canonical SignedInfo (XMLDSig 1.1, 3.2.2). */
import type { Bytes } from '../base/bytes.ts';
import { digestByUri, PSS_URI, pssOf, signatureAlgorithmByUri } from '../crypto/algorithm.ts';
import type { AlgorithmUse, SignatureAlgorithm, ValueCheck } from '../crypto/names.ts';
import { algorithmUse, verifyValue } from '../crypto/verify.ts';
import { canonicalize } from '../xml/canonicalize.ts';
import { attributeNamed, elementNamed, textOf } from '../xml/query.ts';
import { canonicalMethod } from './canonical-method.ts';
import { DS } from './names.ts';
import type { XmlSignature } from './signature.ts';

export interface XmlValueResult {
  readonly value: ValueCheck;
  readonly algorithm: AlgorithmUse;
}

/** Checks the signature value with the key `spki`; null: there is no key. An HMAC is no signature: `unsupported`. */
export function checkXmlValue(signature: XmlSignature, spki: Bytes | null): XmlValueResult {
  const { signatureMethod } = signature.signedInfo;
  const algorithm = algorithmOf(signature);
  const use = algorithmUse(algorithm, spki, signatureMethod.algorithm);
  if (spki === null) return { value: 'no-key', algorithm: use };
  const message = signedInfoOctets(signature);
  if (algorithm === null || message === null || algorithm.scheme === 'HMAC') return { value: 'unsupported', algorithm: use };
  return { value: verifyValue(algorithm, spki, message, signature.value.bytes), algorithm: use };
}

/** The canonical SignedInfo; null where the method is not supported. */
export function signedInfoOctets({ document, signedInfo }: XmlSignature): Bytes | null {
  const { node, algorithm } = signedInfo.canonicalization;
  const method = canonicalMethod(document, node, algorithm);
  return method === null ? null : canonicalize(document, { apex: signedInfo.node }, method);
}

/** The algorithm of SignatureMethod with its parameters; null where unknown. */
export function algorithmOf({ document, signedInfo }: XmlSignature): SignatureAlgorithm | null {
  const { node, algorithm } = signedInfo.signatureMethod;
  return signatureAlgorithmByUri(algorithm, algorithm === PSS_URI ? pssParameters(document, node) : undefined);
}

/** RSAPSSParams (RFC 9231, 2.3.9): SHA-256 throughout where nothing is told. */
function pssParameters(document: XmlSignature['document'], node: number): Parameters<typeof signatureAlgorithmByUri>[1] {
  const parameters = elementNamed(document, node, PSS_NAMESPACE, 'RSAPSSParams');
  const method = parameters === null ? null : elementNamed(document, parameters, DS, 'DigestMethod');
  const digest = method === null ? 'SHA-256' : digestByUri(attributeNamed(document, method, 'Algorithm') ?? '');
  if (digest === null) return undefined;
  const salt = parameters === null ? null : elementNamed(document, parameters, PSS_NAMESPACE, 'SaltLength');
  const mask = parameters === null ? null : elementNamed(document, parameters, PSS_NAMESPACE, 'MaskGenerationFunction');
  const maskMethod = mask === null ? null : elementNamed(document, mask, DS, 'DigestMethod');
  const mgfDigest = maskMethod === null ? digest : digestByUri(attributeNamed(document, maskMethod, 'Algorithm') ?? '');
  if (mgfDigest === null) return undefined;
  const length = salt === null ? pssOf(digest).saltLength : Number(textOf(document, salt));
  return Number.isSafeInteger(length) && length >= 0 ? { digest, pss: { mgfDigest, saltLength: length, trailer: 1 } } : undefined;
}

const PSS_NAMESPACE = 'http://www.w3.org/2007/05/xmldsig-more#';
