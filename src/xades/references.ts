/** References of an XML signature as facts: what each is of, whether it is found and intact, and what it covers (XMLDSig 1.1, 4.4.3; EN 319 132-1). */
import { toHex } from '../base/text.ts';
import { digest } from '../crypto/digest.ts';
import type { AnyId } from '../facts/id.ts';
import type { ReferenceFacts, ReferenceType } from '../facts/signature.ts';
import type { XmlNode } from '../xml/document.ts';
import { afterOf, elementsNamed, isNamed, pathOf } from '../xml/query.ts';
import { idsOf } from '../xmldsig/ids.ts';
import { DS, REFERENCE_TYPE, TRANSFORM } from '../xmldsig/names.ts';
import type { CheckedReference } from '../xmldsig/reference.ts';
import type { XmlReference, XmlSignature } from '../xmldsig/signature.ts';
import { COUNTERSIGNED_TYPE, XADES } from './names.ts';
import type { Parts } from './parts.ts';
import { isOverElement, isSignedPropertiesType } from './qualifying-properties.ts';

/** The signature that a counter-signature stands in. */
export interface Parent {
  readonly id: string;
  readonly value: XmlNode;
}

/** Of SignedInfo, then of Manifests. `manifests`: the checked entries of each reference that names one. */
export function referencesOf(
  parts: Parts,
  checked: readonly CheckedReference[],
  manifests: readonly (readonly CheckedReference[] | null)[],
  parent: Parent | null,
): ReferenceFacts[] {
  const { signature } = parts;
  return [
    ...checked.map((one, i): ReferenceFacts => {
      const entries = manifests[i];
      const counts = entries && { entries: { total: entries.length, found: entries.filter(({ found }) => found).length } };
      const found = held(parts, one);
      // What is there more than once is found, and not what was signed.
      return { ...described(signature, found, typeOf(parts, one.reference)), ...(one.ambiguous && { found: true }), ...counts };
    }),
    ...(parent === null ? [] : [overParent(signature, checked, parent)]),
    ...(checked.some((one) => isOfData(parts, one)) ? [] : [NO_DATA]),
    // Of a Manifest whose data is elsewhere altogether nothing can be said but that.
    ...manifests
      .flatMap((entries) => (entries?.some(({ found }) => found) ? entries : []))
      .map((one) => described(signature, one, 'MANIFEST_ENTRY')),
  ];
}

/**
 * Whether a reference is of something beside the signature: its own properties and its key are no data that anybody signed, and
 * neither is nothing, where transforms leave that (EN 319 102-1, 5.2.7). Base64 may stand for an empty file.
 */
function isOfData(parts: Parts, { reference, element, length, intact }: CheckedReference): boolean {
  const { signature, properties } = parts;
  const { uri, transforms } = reference;
  if (OWN_PARTS.has(typeOf(parts, reference))) return false;
  if (properties !== null && element !== null && element >= properties.object && element < afterOf(signature.document, properties.object))
    return false;
  const isInside = uri === '' || uri?.startsWith('#') === true;
  return length !== 0 || !intact || !isInside || transforms.some(({ algorithm }) => algorithm === TRANSFORM.base64);
}

/**
 * What a reference says to be the signed properties has to be those of the signature, all of them, else it is not found (XML
 * signature wrapping; EN 319 132-1, 4.4.2).
 */
function held(parts: Parts, one: CheckedReference): CheckedReference {
  const { properties, said } = parts;
  const { element, intact, reference } = one;
  const isSaid = properties === null ? typeOf(parts, reference) === 'SIGNED_PROPERTIES' : isSignedPropertiesType(reference.type);
  const isHeld = said === null ? element === null && !intact : element === null || element === properties?.signed;
  return isHeld || !isSaid ? one : { ...one, found: false, intact: false, element: null };
}

/** A counter-signature is over the value of the signature that it stands in (EN 319 132-1, 5.2.7.2). */
function overParent({ document }: XmlSignature, checked: readonly CheckedReference[], { value }: Parent): ReferenceFacts {
  const over = checked.find((one) => one.element === value || (one.intact && isOverElement(document, one, value)));
  return {
    type: 'COUNTER_SIGNED_SIGNATURE_VALUE',
    name: over?.reference.uri ?? '',
    digestAlgorithm: over?.digestAlgorithm ?? null,
    found: true,
    intact: over?.intact ?? false,
  };
}

function described(
  { document }: XmlSignature,
  { reference, digestAlgorithm, found, intact, ambiguous, element, length }: CheckedReference,
  type: ReferenceType,
): ReferenceFacts {
  return {
    type,
    name: reference.uri ?? '',
    digestAlgorithm,
    found,
    intact,
    ...(ambiguous && { ambiguous }),
    ...(found && { covers: { element: element === null ? null : element === 0 ? '/' : pathOf(document, element), octets: length } }),
    // What a Manifest lists that is none by its type, or stands in another, is not compared.
    ...(element !== null &&
      isNamed(document, element, DS, 'Manifest') && {
        entries: { total: elementsNamed(document, element, DS, 'Reference').length, found: 0 },
      }),
  };
}

/** By what it names where that is a part of the signature, else by the type that the reference states. */
export function typeOf({ signature, properties }: Parts, { type, uri }: XmlReference): ReferenceType {
  const { document } = signature;
  if (isSignedPropertiesType(type, properties?.namespace ?? XADES)) return 'SIGNED_PROPERTIES';
  if (type === REFERENCE_TYPE.manifest) return 'MANIFEST';
  if (uri?.startsWith('#xpointer(')) return 'XPOINTER';
  const target = uri?.startsWith('#') ? idsOf(document).element(uri.slice(1)) : null;
  if (target !== null && isNamed(document, target, DS, 'KeyInfo')) return 'KEY_INFO';
  if (type === REFERENCE_TYPE.object) return 'OBJECT';
  if (type === REFERENCE_TYPE.signatureProperties) return 'SIGNATURE_PROPERTIES';
  if (type === COUNTERSIGNED_TYPE && uri?.startsWith('#')) return 'COUNTER_SIGNATURE';
  if (target === null) return 'REFERENCE';
  if (isNamed(document, target, DS, 'SignatureProperty') || isNamed(document, target, DS, 'SignatureProperties'))
    return 'SIGNATURE_PROPERTIES';
  return isNamed(document, target, DS, 'SignatureValue') ? 'COUNTER_SIGNATURE' : 'REFERENCE';
}

/** Elements that references of the type of counter-signatures are over. */
export const counterSigned = (parts: Parts, checked: readonly CheckedReference[]): readonly XmlNode[] =>
  checked.flatMap(({ element, reference }) => (element !== null && typeOf(parts, reference) === 'COUNTER_SIGNATURE' ? element : []));

/** SHA-256 of what each reference to data is over, as the ids of data are. */
export function dataIdsOf(checked: readonly CheckedReference[], only?: readonly XmlReference[]): AnyId[] {
  return checked
    .filter(
      ({ reference, intact }) => intact && !isSignedPropertiesType(reference.type) && (only === undefined || only.includes(reference)),
    )
    .flatMap(({ reference, digestAlgorithm, signedOctets }) => {
      if (digestAlgorithm === 'SHA-256') return [toHex(reference.digestValue)];
      const octets = signedOctets();
      return octets === null ? [] : [toHex(digest('SHA-256', octets))];
    });
}

const OWN_PARTS: ReadonlySet<ReferenceType> = new Set<ReferenceType>(['SIGNED_PROPERTIES', 'KEY_INFO', 'SIGNATURE_PROPERTIES']);
const NO_DATA: ReferenceFacts = { type: 'REFERENCE', name: '', digestAlgorithm: null, found: false, intact: false };
