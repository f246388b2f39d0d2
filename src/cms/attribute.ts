/** Attributes of a SignerInfo, RFC 5652, 5.3 and 11. */
import { der, Reader, TAG } from '../asn1/index.ts';
import type { Bytes } from '../base/bytes.ts';

/**
 * ```asn1
 * Attribute ::= SEQUENCE {
 *   attrType OBJECT IDENTIFIER,
 *   attrValues SET OF AttributeValue }
 * ```
 */
export interface Attribute {
  readonly bytes: Bytes;
  readonly type: string;
  /** Encodings, in their order. */
  readonly values: readonly Bytes[];
}

/** The next value of `reader`; throws `Unreadable`. */
export function readAttribute(reader: Reader): Attribute {
  const element = reader.element(TAG.SEQUENCE, 'Attribute');
  const inner = reader.enter(element, 'Attribute');
  const type = inner.oid();
  const values = inner.set().each((set) => set.raw(set.any()));
  inner.finish();
  return { bytes: reader.raw(element), type, values };
}

/** DER of an attribute. */
export const encodeAttribute = (type: string, ...values: readonly Bytes[]): Bytes => der.sequence(der.oid(type), der.setOf(...values));

/** The first attribute of a type, or null. */
export const findAttribute = (attributes: readonly Attribute[], type: string): Attribute | null =>
  attributes.find((attribute) => attribute.type === type) ?? null;

/** Encoding of the one value of the one attribute of a type; null where there is none, or not exactly one value. */
export function singleValue(attributes: readonly Attribute[], type: string): Bytes | null {
  const attribute = findAttribute(attributes, type);
  return attribute?.values.length === 1 ? (attribute.values[0] ?? null) : null;
}

/** Attribute type → how many attributes of that type. */
export function countAttributes(attributes: readonly Attribute[]): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const { type } of attributes) counts.set(type, (counts.get(type) ?? 0) + 1);
  return counts;
}

/** A cursor over one attribute value (BER, as all of CMS on reading). */
export const overValue = (value: Bytes, what: string): Reader => Reader.over(value, what, 'BER');
