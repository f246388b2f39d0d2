/** A lenient tree of TLV values (X.690, 8.1) for mutating: what does not decode stays octets; encoding gives lengths anew. */
import { type Bytes, concat } from '../src/base/bytes.ts';

export interface Value {
  /** Identifier octets. */
  readonly tag: Bytes;
  /** Octets before the members: the count of unused bits in a BIT STRING that holds a value. */
  readonly before: Bytes;
  /** Null: `content` is all there is. */
  readonly members: readonly Value[] | null;
  readonly content: Bytes;
  /** How the length is written; default the shortest form. */
  readonly length?: LengthForm;
}

export type LengthForm =
  | 'indefinite'
  /** More octets than needed. */
  | 'padded'
  /** What the length octets say plus this. */
  | { readonly off: number }
  /** These octets, whatever the contents. */
  | { readonly octets: Bytes };

/** The values that `bytes` holds one after the other, or null where it is not made of such. */
export function readValues(bytes: Bytes, depth = 0): readonly Value[] | null {
  const values: Value[] = [];
  for (let at = 0; at < bytes.length; ) {
    const header = readHeader(bytes, at);
    if (!header || header.end > bytes.length) return null;
    const tag = bytes.subarray(at, header.lengthAt);
    values.push(toValue(tag, bytes.subarray(header.content, header.end), depth));
    at = header.end;
  }
  return values;
}

function toValue(tag: Bytes, content: Bytes, depth: number): Value {
  const first = tag[0] as number;
  const plain = { tag, before: NONE, members: null, content };
  if (depth >= DEEPEST || content.length === 0) return plain;
  if ((first & 0x20) !== 0) {
    const members = readValues(content, depth + 1);
    return members ? { ...plain, members } : plain;
  }
  // Strings of octets and bits often hold an encoding of their own.
  const skip = first === 0x03 ? 1 : first === 0x04 ? 0 : -1;
  if (skip < 0 || content.length < skip + 2) return plain;
  const members = readValues(content.subarray(skip), depth + 1);
  return members?.length === 1 ? { ...plain, before: content.subarray(0, skip), members } : plain;
}

function readHeader(bytes: Bytes, at: number): { lengthAt: number; content: number; end: number } | null {
  let lengthAt = at + 1;
  if (((bytes[at] as number) & 0x1f) === 0x1f) while (lengthAt < bytes.length && (bytes[lengthAt++] as number) >= 0x80);
  const first = bytes[lengthAt];
  if (first === undefined || first === 0x80 || first > 0x84) return null;
  if (first < 0x80) return { lengthAt, content: lengthAt + 1, end: lengthAt + 1 + first };
  let length = 0;
  const content = lengthAt + 1 + (first & 0x7f);
  for (let i = lengthAt + 1; i < content; i++) length = length * 256 + (bytes[i] ?? 0);
  return { lengthAt, content, end: content + length };
}

export function writeValues(values: readonly Value[]): Bytes {
  const parts: Bytes[] = [];
  for (const value of values) write(value, parts);
  return concat(parts);
}

function write(value: Value, parts: Bytes[]): void {
  const content = value.members ? concat([value.before, writeValues(value.members)]) : value.content;
  const { length } = value;
  parts.push(value.tag);
  if (length === 'indefinite') parts.push(Uint8Array.of(0x80), content, Uint8Array.of(0, 0));
  else parts.push(lengthOctets(content.length, length), content);
}

function lengthOctets(length: number, form: LengthForm | undefined): Bytes {
  if (typeof form === 'object' && 'octets' in form) return form.octets;
  const told = Math.max(0, length + (typeof form === 'object' ? form.off : 0));
  if (told < 0x80 && form !== 'padded') return Uint8Array.of(told);
  const octets: number[] = form === 'padded' ? [0] : [];
  for (let shift = told < 0x100 ? 0 : told < 0x10000 ? 8 : told < 0x1000000 ? 16 : 24; shift >= 0; shift -= 8)
    octets.push((told >>> shift) & 0xff);
  return Uint8Array.of(0x80 | octets.length, ...octets);
}

const NONE: Bytes = new Uint8Array(0);
const DEEPEST = 60;
