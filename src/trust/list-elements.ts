/** Elements that trusted lists are made of, by their schema (TS 119 612, 5.1, annex C). */

import type { Bytes } from '../base/bytes.ts';
import { fromIso, type Instant } from '../base/instant.ts';
import { fromBase64 } from '../base/text.ts';
import { XML_NAMESPACE, type XmlDocument, type XmlNode } from '../xml/document.ts';
import { attributeNamed, elementNamed, elementsNamed, elementsOf, isNamed, textOf } from '../xml/query.ts';
import type { LocalText } from './list-type.ts';

/** An element of a list that is being read. */
export interface Place {
  readonly document: XmlDocument;
  readonly node: XmlNode;
  readonly deviations: string[];
}

export const at = ({ document, deviations }: Place, node: XmlNode): Place => ({ document, node, deviations });

export function child(place: Place | null, local: string, namespace = TSL): Place | null {
  if (place === null) return null;
  const node = elementNamed(place.document, place.node, namespace, local);
  return node === null ? null : at(place, node);
}

export const children = (place: Place | null, local: string, namespace = TSL): Place[] =>
  place === null ? [] : elementsNamed(place.document, place.node, namespace, local).map((node) => at(place, node));

export const all = (place: Place | null): Place[] =>
  place === null ? [] : elementsOf(place.document, place.node).map((node) => at(place, node));

export const is = ({ document, node }: Place, local: string, namespace = TSL): boolean => isNamed(document, node, namespace, local);

/** Trimmed; null where the element is missing or empty. */
export function text(place: Place | null): string | null {
  if (place === null) return null;
  const found = textOf(place.document, place.node).trim();
  return found === '' ? null : found;
}

export const attribute = ({ document, node }: Place, local: string): string | null => attributeNamed(document, node, local);

/** Texts with their languages: the children of this name. */
export const localTexts = (place: Place | null, local: string): LocalText[] =>
  children(place, local).flatMap((one) => {
    const found = text(one);
    return found === null ? [] : [{ language: attributeNamed(one.document, one.node, 'lang', XML_NAMESPACE) ?? '', text: found }];
  });

export const texts = (places: readonly Place[]): string[] => places.flatMap((place) => text(place) ?? []);

/** A whole number; a deviation and null where it is none. */
export function natural(place: Place | null, name: string, deviations: string[]): number | null {
  const found = text(place);
  if (found !== null && /^\d{1,9}$/.test(found)) return Number(found);
  deviations.push(found === null ? `${name} is missing` : `${name} is no number`);
  return null;
}

/** An xs:dateTime; null where it is missing or unreadable, which is a deviation. One without an offset is taken as UTC, as the standard has it. */
export function instant(place: Place | null, name: string, deviations: string[]): Instant | null {
  const found = text(place);
  if (found === null) {
    deviations.push(`${name} is missing`);
    return null;
  }
  const zoned = /(Z|[+-]\d\d:\d\d)$/.test(found);
  const read = fromIso(zoned ? found : `${found}Z`);
  if (read === null) deviations.push(`${name} is no time`);
  else if (!found.endsWith('Z')) deviations.push(`${name} is not in UTC`);
  return read;
}

/** Base64; null where it is none, which is a deviation. */
export function octets(place: Place, name: string): Bytes | null {
  const found = fromBase64((text(place) ?? '').replace(/\s+/g, ''));
  if (found === null || found.length === 0) place.deviations.push(`${name} is no base64`);
  return found === null || found.length === 0 ? null : found;
}

export const TSL = 'http://uri.etsi.org/02231/v2#';
export const TSLX = 'http://uri.etsi.org/02231/v2/additionaltypes#';
export const ECC = 'http://uri.etsi.org/TrstSvc/SvcInfoExt/eSigDir-1999-93-EC-TrustedList/#';
export const MRA = 'http://ec.europa.eu/tools/mra/schema/v2#';
