/** The qualifying properties of a signature, and whether what claims to be signed is (EN 319 132-1, 4.3 and 5.1). */
import type { XmlDocument, XmlNode } from '../xml/document.ts';
import { afterOf, attributeNamed, elementNamed, elementsOf, isNamed, nameOf } from '../xml/query.ts';
import { idsOf } from '../xmldsig/ids.ts';
import type { XmlSignature } from '../xmldsig/signature.ts';

export interface QualifyingProperties {
  readonly node: XmlNode;
  /** Version of XAdES by its namespace. */
  readonly namespace: XadesNamespace;
  readonly signed: XmlNode | null;
  readonly unsigned: XmlNode | null;
}

export type XadesNamespace = (typeof NAMESPACES)[number];

/** Null where the signature has none, or more than one, or one that aims at another signature. */
export function qualifyingPropertiesOf({ document, id, objects }: XmlSignature): QualifyingProperties | null {
  const found = objects
    .flatMap((object) => elementsOf(document, object))
    .filter((node) => namespaceOf(document, node) !== null && nameOf(document, node).local === 'QualifyingProperties');
  const [node, more] = found;
  if (node === undefined || more !== undefined) return null;
  const target = attributeNamed(document, node, 'Target');
  if (target !== null && target !== '' && target !== `#${id}`) return null;
  const namespace = namespaceOf(document, node) as XadesNamespace;
  return {
    node,
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
      if (NAMESPACES.some((namespace) => isNamed(document, node, namespace, 'SignedProperties'))) return true;
    return false;
  });
}

/** The URI of the Type, whatever the version. */
export const isSignedPropertiesType = (type: string | null): boolean =>
  type !== null && (TYPES.has(type) || NAMESPACES.some((namespace) => type === `${namespace}SignedProperties`));

const namespaceOf = (document: XmlDocument, node: XmlNode): XadesNamespace | null =>
  NAMESPACES.find((namespace) => nameOf(document, node).namespace === namespace) ?? null;

export const XADES = 'http://uri.etsi.org/01903/v1.3.2#';
const NAMESPACES = [XADES, 'http://uri.etsi.org/01903/v1.2.2#', 'http://uri.etsi.org/01903/v1.1.1#'] as const;
const TYPES: ReadonlySet<string> = new Set(['http://uri.etsi.org/01903#SignedProperties']);
