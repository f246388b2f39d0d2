/** The DER encoding of a value that was written in BER (X.690, 10 and 11), as far as the encoding itself tells the types. */
import { type Bytes, concat } from '../base/bytes.ts';
import { type Element, Reader } from './reader.ts';
import { CONSTRUCTED, TAG } from './tag.ts';
import { encode, setOf } from './writer.ts';

/**
 * Definite shortest lengths, strings in one piece, the members of each SET in order, BOOLEAN TRUE as FF. What a schema
 * would be needed for (times, DEFAULT values, strings under an IMPLICIT tag) stays as it is. Throws `Unreadable`.
 */
export function toDer(bytes: Bytes, what: string): Bytes {
  const reader = Reader.over(bytes, what, 'BER');
  const der = canonical(reader, reader.any());
  reader.finish();
  return der;
}

function canonical(reader: Reader, element: Element): Bytes {
  const { tag } = element;
  if (tag === TAG.BOOLEAN) return encode(tag, Uint8Array.of(reader.content(element).some((octet) => octet !== 0) ? 0xff : 0));
  if ((tag & CONSTRUCTED) === 0) return withTag(reader, element, [reader.content(element)]);
  if (STRINGS.has(tag)) return encode(tag & ~CONSTRUCTED, reader.stringContent(element));
  const members = reader.enter(element).each((inner) => canonical(inner, inner.any()));
  return tag === TAG.SET ? setOf(...members) : withTag(reader, element, members);
}

function withTag(reader: Reader, element: Element, contents: readonly Bytes[]): Bytes {
  if (element.tag <= 0xff) return encode(element.tag, ...contents);
  // A high tag number: its octets as they stand, then length and contents as of any other value.
  const raw = reader.raw(element);
  let octets = 1;
  while ((raw[octets] as number) >= 0x80) octets++;
  const rest = encode(TAG.OCTET_STRING, ...contents);
  return concat([raw.subarray(0, octets + 1), rest.subarray(1)]);
}

/** Universal strings in the constructed form: OCTET STRING and the character strings. */
const STRINGS: ReadonlySet<number> = new Set([0x24, 0x2c, 0x32, 0x33, 0x34, 0x36, 0x3a, 0x3b, 0x3c, 0x3e]);
