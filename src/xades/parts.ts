/** An XML signature taken apart: its properties, what of them is signed, what KeyInfo holds (EN 319 132-1, 4.3; XMLDSig 1.1, 4). */
import { type KeyInfoContent, readKeyInfo } from '../xmldsig/key-info.ts';
import type { CheckedReference } from '../xmldsig/reference.ts';
import type { XmlSignature } from '../xmldsig/signature.ts';
import {
  areCovered,
  holdsSignedProperties,
  type QualifyingProperties,
  qualifyingPropertiesOf,
  type UnsignedProperty,
  unsignedPropertiesOf,
} from './qualifying-properties.ts';
import { type SignedProperties, signedPropertiesOf } from './signed-properties.ts';

/** A signature taken apart. */
export interface Parts {
  readonly signature: XmlSignature;
  readonly properties: QualifyingProperties | null;
  /** What claims to be signed and is not says nothing. */
  readonly said: SignedProperties | null;
  readonly unsigned: readonly UnsignedProperty[];
  readonly keyInfo: KeyInfoContent;
}

export function partsOf(signature: XmlSignature, checked: readonly CheckedReference[]): Parts {
  const { document } = signature;
  const properties = qualifyingPropertiesOf(signature);
  return {
    signature,
    properties,
    said: properties !== null && areCovered(signature, properties, checked) ? signedPropertiesOf(document, properties) : null,
    unsigned: properties === null ? [] : unsignedPropertiesOf(document, properties),
    keyInfo: readKeyInfo(document, signature.keyInfo),
  };
}

/** Departures that are tolerated. */
export function problemsOf({ signature, properties, said }: Parts): string[] {
  const problems: string[] = [];
  if (properties === null && holdsSignedProperties(signature))
    problems.push('QualifyingProperties that do not belong to the signature, or several');
  else if (properties !== null && said === null) problems.push('SignedProperties that no reference of the signature covers');
  if (properties?.misaimed) problems.push('QualifyingProperties whose Target is not the signature that they stand in');
  return problems;
}
