/** The qualifying properties of a signature, and whether what claims to be signed is (EN 319 132-1, 4.3 and 5.1). */
import type { XmlDocument, XmlNode } from '../xml/document.ts';
import { afterOf, attributeNamed, elementNamed, elementsOf, isNamed, nameOf } from '../xml/query.ts';
import { idsOf } from '../xmldsig/ids.ts';
import type { XmlSignature } from '../xmldsig/signature.ts';
import { isXades, SIGNED_PROPERTIES_TYPE, UNSIGNED_PROPERTIES, type UnsignedKind, XADES_VERSIONS } from './names.ts';

export interface QualifyingProperties {
  readonly node: XmlNode;
  /** The Object that holds them. */
  readonly object: XmlNode;
  /** Version of XAdES by its namespace. */
  readonly namespace: XadesNamespace;
  readonly signed: XmlNode | null;
  readonly unsigned: XmlNode | null;
}

export type XadesNamespace = (typeof XADES_VERSIONS)[number];

/** Null where the signature has none, or more than one, or one that aims at another signature. */
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
  if (target !== null && target !== '' && target !== `#${id}`) return null;
  const namespace = namespaceOf(document, node) as XadesNamespace;
  return {
    node,
    object,
    namespace,
    signed: elementNamed(document, node, namespace, 'SignedProperties'),
    unsigned: elementNamed(document, node, namespace, 'UnsignedProperties'),
  };
}

/** Whether a reference of SignedInfo that says so by its type names these very signed properties (EN 319 132-1, 4.4.2). */
export function areSigned({ document, signedInfo }: XmlSignature, { signed }: QualifyingProperties): boolean {
  if (signed === null) return false;
  const named = signedInfo.references.filter(({ type, uri }) => isSignedPropertiesType(type) && uri?.startsWith('#'));
  return named.some(({ uri }) => idsOf(document).element((uri as string).slice(1)) === signed);
}

/** Whether any SignedProperties stands in an Object of the signature, wherever it lies. */
export function holdsSignedProperties({ document, objects }: XmlSignature): boolean {
  return objects.some((object) => {
    for (let node = object + 1; node < afterOf(document, object); node++)
      if (XADES_VERSIONS.some((namespace) => isNamed(document, node, namespace, 'SignedProperties'))) return true;
    return false;
  });
}

/** The URI of the Type, whatever the version. */
export const isSignedPropertiesType = (type: string | null): boolean =>
  type !== null && (type === SIGNED_PROPERTIES_TYPE || XADES_VERSIONS.some((namespace) => type === `${namespace}SignedProperties`));

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
