/** Facts of the signature policy: what is named, and whether a stored document is the one (EN 319 132-1, 5.2.9 and 5.2.10). */
import type { Bytes } from '../base/bytes.ts';
import { fromBase64, toHex } from '../base/text.ts';
import { policyComparison } from '../cms/policy-document.ts';
import type { SignaturePolicyFacts } from '../facts/signature.ts';
import type { CanonicalMethod } from '../xml/canonical-state.ts';
import type { XmlDocument, XmlNode } from '../xml/document.ts';
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
  const none = { url: null, digestAlgorithm: null, digest: null, document: 'not-obtained', store: store !== undefined } as const;
  const [policy] = signedNamed(properties, identifier, 'SignaturePolicyId');
  // Where both stand, against the schema, the one that is named counts.
  if (policy === undefined) return { id: '', implied: signedNamed(properties, identifier, 'SignaturePolicyImplied').length > 0, ...none };
  const [id] = signedNamed(properties, policy, 'SigPolicyId').flatMap((node) => signedNamed(properties, node, 'Identifier'));
  const [hash] = signedNamed(properties, policy, 'SigPolicyHash');
  const [url] = descendantsNamed(document, policy, properties.namespace, 'SPURI');
  const { algorithm, value } = digestOf(document, hash ?? null);
  const method = canonicalizationOf(properties, policy);
  const named = {
    digestAlgorithm: algorithm,
    digest: value === null ? null : toHex(value),
    ...(method !== undefined && { canonicalization: method }),
  };
  const { stored, keptAt } = store === undefined ? NO_STORE : storeOf(document, store.node);
  return {
    ...none,
    ...named,
    id: id === undefined ? '' : identifierText(document, id),
    implied: false,
    url: url === undefined ? null : textOf(document, url).trim(),
    ...(keptAt !== null && { keptAt }),
    document: stored === null ? 'not-obtained' : policyComparison(stored)(named),
  };
}

/** An OID without its `urn:oid:`, or the URI as written (5.1.2). */
export const identifierText = (document: XmlDocument, node: XmlNode): string =>
  textOf(document, node)
    .trim()
    .replace(/^urn:oid:/i, '');

/** SignaturePolicyDocument of a store, or its SigPolDocLocalURI (5.2.10). */
function storeOf(document: XmlDocument, store: XmlNode): { readonly stored: Bytes | null; readonly keptAt: string | null } {
  const encoded = elementNamed(document, store, XADES_141, 'SignaturePolicyDocument');
  const place = elementNamed(document, store, XADES_141, 'SigPolDocLocalURI');
  return {
    stored: encoded === null ? null : fromBase64(textOf(document, encoded).replace(/[ \t\r\n]+/g, '')),
    keptAt: place === null ? null : textOf(document, place).trim(),
  };
}

/** The one transform of the policy, where it is a canonicalization; undefined without transforms, null for any other. */
function canonicalizationOf({ document }: SignedProperties, policy: XmlNode): CanonicalMethod | null | undefined {
  const list = elementNamed(document, policy, DS, 'Transforms');
  if (list === null) return undefined;
  const [transform, more] = elementsNamed(document, list, DS, 'Transform');
  if (transform === undefined || more !== undefined) return null;
  return canonicalMethod(document, transform, attributeNamed(document, transform, 'Algorithm') ?? '');
}

const NO_STORE = { stored: null, keptAt: null };
