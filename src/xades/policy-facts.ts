/** Facts of the signature policy: what is named, and whether a stored document is the one (EN 319 132-1, 5.2.9 and 5.2.10). */
import { Reader, TAG } from '../asn1/index.ts';
import { type Bytes, equal } from '../base/bytes.ts';
import { attempt, orNull } from '../base/parsed.ts';
import { fromBase64 } from '../base/text.ts';
import { canDigest, digest } from '../crypto/digest.ts';
import type { SignaturePolicyFacts } from '../facts/signature.ts';
import { canonicalize } from '../xml/canonicalize.ts';
import type { XmlDocument, XmlNode } from '../xml/document.ts';
import { parseXml } from '../xml/parse.ts';
import { attributeNamed, descendantsNamed, elementNamed, elementsNamed, textOf } from '../xml/query.ts';
import { canonicalMethod } from '../xmldsig/canonical-method.ts';
import { DS } from '../xmldsig/names.ts';
import { digestOf } from './certificate-references.ts';
import { XADES_141 } from './names.ts';
import type { UnsignedProperty } from './qualifying-properties.ts';
import { type SignedProperties, signedNamed } from './signed-properties.ts';

/** SignaturePolicyIdentifier; null where none is named. */
export function policyFacts(properties: SignedProperties, unsigned: readonly UnsignedProperty[]): SignaturePolicyFacts | null {
  const { document, signature } = properties;
  const [identifier] = signedNamed(properties, signature, 'SignaturePolicyIdentifier');
  if (identifier === undefined) return null;
  const store = unsigned.find(({ kind }) => kind === 'policy-store');
  const none = { url: null, digestAlgorithm: null, document: 'not-obtained', store: store !== undefined } as const;
  const [policy] = signedNamed(properties, identifier, 'SignaturePolicyId');
  // Where both stand, against the schema, the one that is named counts.
  if (policy === undefined) return { id: '', implied: signedNamed(properties, identifier, 'SignaturePolicyImplied').length > 0, ...none };
  const [id] = signedNamed(properties, policy, 'SigPolicyId').flatMap((node) => signedNamed(properties, node, 'Identifier'));
  const [hash] = signedNamed(properties, policy, 'SigPolicyHash');
  const [url] = descendantsNamed(document, policy, properties.namespace, 'SPURI');
  const { algorithm, value } = digestOf(document, hash ?? null);
  const stored = store === undefined ? null : storedDocument(document, store.node);
  return {
    ...none,
    id: id === undefined ? '' : identifierText(document, id),
    implied: false,
    url: url === undefined ? null : textOf(document, url).trim(),
    digestAlgorithm: algorithm,
    document:
      stored === null || algorithm === null || value === null || !canDigest(algorithm)
        ? 'not-obtained'
        : readings(properties, policy, stored).some((parts) => equal(digest(algorithm, ...parts), value))
          ? 'match'
          : 'mismatch',
  };
}

/** What the hash may be over: the document as it is, as its transform makes it, or of a policy in ASN.1 its first two components. */
const readings = (properties: SignedProperties, policy: XmlNode, stored: Bytes): (readonly Bytes[])[] => {
  const canonical = transformed(properties, policy, stored);
  const parts = policyParts(stored);
  return [[stored], ...(canonical === null ? [] : [[canonical]]), ...(parts === null ? [] : [parts])];
};

/** `SignaturePolicy ::= SEQUENCE { signPolicyHashAlg AlgorithmIdentifier, signPolicyInfo SignPolicyInfo, signPolicyHash OCTET STRING OPTIONAL }` (TR 102 272) */
const policyParts = (document: Bytes): Bytes[] | null =>
  orNull(
    attempt(() => {
      const reader = Reader.over(document, 'SignaturePolicy', 'BER').sequence();
      return [reader.raw(reader.element(TAG.SEQUENCE)), reader.raw(reader.element(TAG.SEQUENCE))];
    }),
  );

/** An OID without its `urn:oid:`, or the URI as written (5.1.2). */
export const identifierText = (document: XmlDocument, node: XmlNode): string =>
  textOf(document, node)
    .trim()
    .replace(/^urn:oid:/i, '');

/** SignaturePolicyDocument of a store; null where the store only tells where the document is. */
function storedDocument(document: XmlDocument, store: XmlNode): Bytes | null {
  const encoded = elementNamed(document, store, XADES_141, 'SignaturePolicyDocument');
  return encoded === null ? null : fromBase64(textOf(document, encoded).replace(/[ \t\r\n]+/g, ''));
}

/** The document as its one transform, a canonicalization, makes it; null where there is another, or none. */
function transformed({ document }: SignedProperties, policy: XmlNode, octets: Bytes): Bytes | null {
  const list = elementNamed(document, policy, DS, 'Transforms');
  const [transform, more] = list === null ? [] : elementsNamed(document, list, DS, 'Transform');
  if (transform === undefined || more !== undefined) return null;
  const method = canonicalMethod(document, transform, attributeNamed(document, transform, 'Algorithm') ?? '');
  if (method === null) return null;
  const parsed = parseXml(octets);
  return parsed.ok ? canonicalize(parsed.value, { apex: 0 }, method) : null;
}
