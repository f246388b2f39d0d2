/** DER encoding (X.690, 8 and 10): values from the inside out. Functions, each giving a complete encoding. */
import { type Bytes, compare } from '../base/bytes.ts';
import type { Instant } from '../base/instant.ts';
import { latin1, utf8 } from '../base/text.ts';
import { encodeOid } from './oid.ts';
import { contextConstructed, contextPrimitive, TAG } from './tag.ts';
import { encodeGeneralizedTime, encodeTime } from './time.ts';

/** Tag, shortest length, contents. `tag` is one identifier octet. */
export function encode(tag: number, ...contents: readonly Bytes[]): Bytes {
  let length = 0;
  for (const part of contents) length += part.length;
  let at = headerLength(length);
  const bytes = new Uint8Array(at + length);
  writeHeader(bytes, at, tag, length);
  for (const part of contents) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}

/** Tag and shortest length alone, for contents of `length` octets that stand elsewhere. */
export function header(tag: number, length: number): Bytes {
  const bytes = new Uint8Array(headerLength(length));
  writeHeader(bytes, bytes.length, tag, length);
  return bytes;
}

export const sequence = (...values: readonly Bytes[]): Bytes => encode(TAG.SEQUENCE, ...values);
/** SET OF: the encodings in ascending order (X.690, 11.6). */
export const setOf = (...values: readonly Bytes[]): Bytes => encode(TAG.SET, ...[...values].sort(compare));
/** `[number]` EXPLICIT, or IMPLICIT over a constructed type when given its contents. */
export const context = (number: number, ...contents: readonly Bytes[]): Bytes => encode(contextConstructed(number), ...contents);
/** `[number]` IMPLICIT over a primitive type. */
export const implicit = (number: number, content: Bytes): Bytes => encode(contextPrimitive(number), content);
export const octetString = (content: Bytes): Bytes => encode(TAG.OCTET_STRING, content);
export const bitString = (content: Bytes, unused = 0): Bytes => encode(TAG.BIT_STRING, Uint8Array.of(unused), content);
export const boolean = (value: boolean): Bytes => encode(TAG.BOOLEAN, Uint8Array.of(value ? 0xff : 0));
export const NULL: Bytes = Uint8Array.of(TAG.NULL, 0);
export const utf8String = (text: string): Bytes => encode(TAG.UTF8_STRING, utf8(text));
/** The caller has checked that the characters fit the type. */
export const printableString = (text: string): Bytes => encode(TAG.PRINTABLE_STRING, latin1(text));
/** The caller has checked that the characters are ASCII. */
export const ia5String = (text: string): Bytes => encode(TAG.IA5_STRING, latin1(text));

const OIDS = new Map<string, Bytes>();
/** Encodings are kept: the identifiers a program writes are few. */
export function oid(dotted: string): Bytes {
  const known = OIDS.get(dotted);
  if (known) return known;
  const encoded = encode(TAG.OID, encodeOid(dotted));
  if (OIDS.size < 1000) OIDS.set(dotted, encoded);
  return encoded;
}

/** INTEGER (or ENUMERATED by `tag`) of a whole number, of a bigint, or of unsigned big-endian octets. */
export function integer(value: number | bigint | Bytes, tag: number = TAG.INTEGER): Bytes {
  if (value instanceof Uint8Array) return unsigned(tag, value);
  let rest = BigInt(value);
  const octets: number[] = [];
  do {
    octets.unshift(Number(rest & 0xffn));
    rest >>= 8n;
  } while (rest !== 0n && rest !== -1n);
  const negative = BigInt(value) < 0n;
  if (!negative && (octets[0] as number) >= 0x80) octets.unshift(0);
  if (negative && (octets[0] as number) < 0x80) octets.unshift(0xff);
  return encode(tag, Uint8Array.from(octets));
}

/** UTCTime or GeneralizedTime by year (RFC 5280, 4.1.2.5), whole seconds. */
export function time(instant: Instant): Bytes {
  const [tag, content] = encodeTime(instant);
  return encode(tag, content);
}

export const generalizedTime = (instant: Instant): Bytes => encode(TAG.GENERALIZED_TIME, encodeGeneralizedTime(instant));

function writeHeader(bytes: Bytes, size: number, tag: number, length: number): void {
  bytes[0] = tag;
  if (size === 2) {
    bytes[1] = length;
    return;
  }
  bytes[1] = 0x80 | (size - 2);
  for (let i = size - 1, rest = length; i > 1; i--, rest = Math.floor(rest / 256)) bytes[i] = rest % 256;
}

function headerLength(length: number): number {
  if (length < 0x80) return 2;
  let octets = 3;
  for (let rest = Math.floor(length / 256); rest > 0; rest = Math.floor(rest / 256)) octets++;
  return octets;
}

function unsigned(tag: number, octets: Bytes): Bytes {
  let start = 0;
  while (start < octets.length - 1 && octets[start] === 0) start++;
  const length = octets.length - start;
  const zero = length === 0 || (octets[start] as number) >= 0x80 ? 1 : 0;
  const size = headerLength(zero + length);
  const bytes = new Uint8Array(size + zero + length);
  writeHeader(bytes, size, tag, zero + length);
  for (let from = start, to = size + zero; from < octets.length; ) bytes[to++] = octets[from++] as number;
  return bytes;
}
