/** The qualifying properties of a signature, and whether what claims to be signed is (EN 319 132-1, 4.3 and 5.1). */
import { equal } from '../base/bytes.ts';
import { digest } from '../crypto/digest.ts';
import { canonicalize } from '../xml/canonicalize.ts';
import type { XmlDocument, XmlNode } from '../xml/document.ts';
import { afterOf, attributeNamed, elementNamed, elementsNamed, elementsOf, isNamed, nameOf } from '../xml/query.ts';
import { idsOf } from '../xmldsig/ids.ts';
import type { CheckedReference } from '../xmldsig/reference.ts';
import type { XmlReference, XmlSignature } from '../xmldsig/signature.ts';
import { isXades, SIGNED_PROPERTIES_TYPE, UNSIGNED_PROPERTIES, type UnsignedKind, XADES, XADES_VERSIONS } from './names.ts';

export interface QualifyingProperties {
  readonly node: XmlNode;
  /** The Object that holds them. */
  readonly object: XmlNode;
  /** Version of XAdES by its namespace. */
  readonly namespace: XadesNamespace;
  readonly signed: XmlNode | null;
  readonly unsigned: XmlNode | null;
  /** Whether its Target names another element than the signature that it stands in. */
  readonly misaimed: boolean;
}

export type XadesNamespace = (typeof XADES_VERSIONS)[number];

/** Null where the signature has none, or more than one, or in them more than one that claim to be signed. */
export function qualifyingPropertiesOf({ document, id, objects }: XmlSignature): QualifyingProperties | null {
  const found = objects.flatMap((object) =>
    elementsOf(document, object)
      .filter((node) => namespaceOf(document, node) !== null && nameOf(document, node).local === 'QualifyingProperties')
      .map((node) => ({ node, object })),
  );
  const [only, more] = found;
  if (only === undefined || more !== undefined) return null;
  const { node, object } = only;
  const target = attributeNamed(document, node, 'Target');
  const namespace = namespaceOf(document, node) as XadesNamespace;
  const [signed = null, another] = elementsNamed(document, node, namespace, 'SignedProperties');
  if (another !== undefined) return null;
  return {
    node,
    object,
    namespace,
    signed,
    unsigned: elementNamed(document, node, namespace, 'UnsignedProperties'),
    misaimed: target !== null && target !== '' && target !== `#${id}`,
  };
}

/** Whether a reference of SignedInfo that says so by its type names these very signed properties (EN 319 132-1, 4.4.2). */
export const areSigned = ({ document, signedInfo }: XmlSignature, { signed }: QualifyingProperties): boolean =>
  signed !== null &&
  signedInfo.references.some((reference) => isSignedPropertiesType(reference.type) && names(document, reference, signed));

/**
 * Whether a reference covers these signed properties as a whole, whatever it says of its type: by naming them, or by a digest that
 * is theirs where transforms chose them.
 */
export function areCovered({ document }: XmlSignature, { signed }: QualifyingProperties, references: readonly CheckedReference[]): boolean {
  if (signed === null) return false;
  return references.some((one) => one.element === signed || (one.intact && isOverElement(document, one, signed)));
}

/** Whether the digest of a reference is that of an element with all that is in it. */
export function isOverElement(document: XmlDocument, { reference, digestAlgorithm }: CheckedReference, element: XmlNode): boolean {
  if (digestAlgorithm === null || reference.transforms.length === 0) return false;
  return VERSIONS.some((version) =>
    equal(digest(digestAlgorithm, canonicalize(document, { apex: element }, { version, comments: false })), reference.digestValue),
  );
}

const names = (document: XmlDocument, { uri }: XmlReference, element: XmlNode): boolean =>
  uri?.startsWith('#') === true && idsOf(document).element(uri.slice(1)) === element;

/** Whether any SignedProperties stands in an Object of the signature, wherever it lies. */
export function holdsSignedProperties({ document, objects }: XmlSignature): boolean {
  return objects.some((object) => {
    for (let node = object + 1; node < afterOf(document, object); node++)
      if (XADES_VERSIONS.some((namespace) => isNamed(document, node, namespace, 'SignedProperties'))) return true;
    return false;
  });
}

/** The Type of a reference to signed properties, of any version or of that of a namespace. */
export const isSignedPropertiesType = (type: string | null, version: XadesNamespace | null = null): boolean => {
  if (type === null) return false;
  if (version !== null) return type === (version === XADES ? SIGNED_PROPERTIES_TYPE : `${version}SignedProperties`);
  return type === SIGNED_PROPERTIES_TYPE || XADES_VERSIONS.some((namespace) => type === `${namespace}SignedProperties`);
};

/** One property of UnsignedSignatureProperties. */
export interface UnsignedProperty {
  readonly node: XmlNode;
  readonly kind: UnsignedKind;
  readonly namespace: string;
  readonly local: string;
}

/** The properties of UnsignedSignatureProperties in order, those of other namespaces as `other` (EN 319 132-1, 4.3.5). */
export function unsignedPropertiesOf(document: XmlDocument, { namespace, unsigned }: QualifyingProperties): UnsignedProperty[] {
  const holder = unsigned === null ? null : elementNamed(document, unsigned, namespace, 'UnsignedSignatureProperties');
  return holder === null
    ? []
    : elementsOf(document, holder).map((node) => {
        const name = nameOf(document, node);
        const kind = (isXades(name.namespace) ? UNSIGNED_PROPERTIES.get(name.local) : undefined) ?? 'other';
        return { node, kind, namespace: name.namespace, local: name.local };
      });
}

const namespaceOf = (document: XmlDocument, node: XmlNode): XadesNamespace | null =>
  XADES_VERSIONS.find((namespace) => nameOf(document, node).namespace === namespace) ?? null;

const VERSIONS = ['1.0', 'exclusive', '1.1'] as const;
