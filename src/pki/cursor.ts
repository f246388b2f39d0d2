/** A cursor over DER headers that allocates nothing, for the walks that run most: certificates, names, CRL entries (X.690, 8.1 and 10.1). */

import { decodeOid, TAG } from '../asn1/index.ts';
import { decodeTime } from '../asn1/time.ts';
import type { Bytes } from '../base/bytes.ts';
import type { Instant } from '../base/instant.ts';
import { unreadable } from '../base/parsed.ts';

/** One value at a time: `next` fills in the header fields. One class, because it is a cursor. */
export class Cursor {
  readonly bytes: Bytes;
  readonly what: string;
  /** Where the next header starts. */
  at: number;
  /** Identifier octet of the value read last. */
  tag = 0;
  start = 0;
  content = 0;
  end = 0;

  constructor(bytes: Bytes, what: string, at = 0) {
    this.bytes = bytes;
    this.what = what;
    this.at = at;
  }

  /** Reads one header that must end, with its contents, at or before `limit`; the cursor moves behind the value. */
  next(limit: number): this {
    const { bytes, at } = this;
    if (at + 2 > limit) unreadable(this.what, at, 'ends too early');
    let tag = bytes[at] as number;
    if (tag === 0) unreadable(this.what, at, 'end-of-contents octets where a value is expected');
    let content = at + 2;
    if ((tag & 0x1f) === 0x1f) {
      tag = this.longTag(limit);
      content = this.at + 1;
    }
    const lengthAt = content - 1;
    let length = bytes[lengthAt] as number;
    if (length >= 0x80) {
      const count = length & 0x7f;
      if (count === 0 || count > 4 || content + count > limit) unreadable(this.what, at, 'length that is indefinite, too long or cut off');
      length = 0;
      for (const stop = content + count; content < stop; content++) length = length * 256 + (bytes[content] as number);
      if (length < 0x80 || bytes[lengthAt + 1] === 0) unreadable(this.what, at, 'length not in its shortest form, which DER requires');
    }
    const end = content + length;
    if (end > limit) unreadable(this.what, at, 'longer than what holds it');
    this.tag = tag;
    this.start = at;
    this.content = content;
    this.end = end;
    this.at = end;
    return this;
  }

  /** `(number << 8) | first octet` of a tag number from 31 on; leaves the cursor at the length octets. */
  private longTag(limit: number): number {
    const first = this.bytes[this.at] as number;
    let number = 0;
    for (let i = this.at + 1; i < limit - 1 && i <= this.at + 3; i++) {
      const octet = this.bytes[i] as number;
      if (number === 0 && octet === 0x80) break;
      number = number * 128 + (octet & 0x7f);
      if (octet >= 0x80) continue;
      if (number < 31) break;
      this.at = i + 1;
      return number * 256 + first;
    }
    return unreadable(this.what, this.at, 'tag number in a wrong or too long form');
  }

  /** As `next`, for a value that must have this tag. */
  expect(tag: number, limit: number, name: string): this {
    this.next(limit);
    if (this.tag !== tag) unreadable(this.what, this.start, `${name} expected, tag ${this.tag.toString(16).padStart(2, '0')} found`);
    return this;
  }

  /** Whether the next value has this tag. */
  comes(tag: number, limit: number): boolean {
    return this.at < limit && this.bytes[this.at] === tag;
  }

  /** Goes on inside the value read last; gives the end of its contents. */
  into(): number {
    this.at = this.content;
    return this.end;
  }

  /** The value read last with its header. Shares the input. */
  raw(): Bytes {
    return this.bytes.subarray(this.start, this.end);
  }

  /** Contents of the value read last. Shares the input. */
  contents(): Bytes {
    return this.bytes.subarray(this.content, this.end);
  }

  /** Dotted form of the OBJECT IDENTIFIER read last. */
  oid(): string {
    if (this.tag !== TAG.OID) unreadable(this.what, this.start, 'OBJECT IDENTIFIER expected');
    return internOid(this.bytes, this.content, this.end, this.what);
  }

  /** The UTCTime or GeneralizedTime read last, with seconds and Z (RFC 5280, 4.1.2.5). */
  time(): Instant {
    return timeAt(this.bytes, this.tag, this.content, this.end, this.what);
  }

  /** BOOLEAN read last. */
  boolean(): boolean {
    const octet = this.bytes[this.content];
    if (this.tag !== TAG.BOOLEAN || this.end !== this.content + 1 || (octet !== 0 && octet !== 0xff))
      unreadable(this.what, this.start, 'BOOLEAN expected, FF or 00');
    return octet === 0xff;
  }

  /** Contents of the INTEGER read last: two's complement in its shortest form. */
  integer(): Bytes {
    const { bytes, content, end } = this;
    if (this.tag !== TAG.INTEGER || content === end) unreadable(this.what, this.start, 'INTEGER expected');
    const first = bytes[content] as number;
    const second = bytes[content + 1] as number;
    if (end - content > 1 && ((first === 0 && second < 0x80) || (first === 0xff && second >= 0x80)))
      unreadable(this.what, this.start, 'INTEGER with superfluous leading octets');
    return this.contents();
  }

  /** Refuses octets between here and `limit`. */
  finish(limit: number): void {
    if (this.at !== limit) unreadable(this.what, this.at, 'unexpected further value');
  }
}

/** Identifiers read before: certificates and CRLs repeat the same few. */
const KNOWN_OIDS = new Map<number, { readonly content: Bytes; readonly oid: string }>();

function internOid(bytes: Bytes, start: number, end: number, what: string): string {
  if (end - start === 3 && bytes[start] === 0x55 && bytes[start + 1] === 0x1d) {
    const arc = CERTIFICATE_EXTENSIONS[bytes[start + 2] as number];
    if (arc) return arc;
  }
  let hash = 0x811c9dc5;
  for (let i = start; i < end; i++) hash = Math.imul(hash ^ (bytes[i] as number), 0x01000193);
  const known = KNOWN_OIDS.get(hash);
  if (known && sameRange(known.content, bytes, start, end)) return known.oid;
  const content = bytes.slice(start, end);
  const oid = decodeOid(content, what, start);
  if (!known && KNOWN_OIDS.size < 1000) KNOWN_OIDS.set(hash, { content, oid });
  return oid;
}

function sameRange(content: Bytes, bytes: Bytes, start: number, end: number): boolean {
  if (content.length !== end - start) return false;
  for (let i = 0; i < content.length; i++) if (content[i] !== bytes[start + i]) return false;
  return true;
}

function timeAt(bytes: Bytes, tag: number, start: number, end: number, what: string): Instant {
  const years = tag === TAG.UTC_TIME ? 2 : tag === TAG.GENERALIZED_TIME ? 4 : 0;
  if (years === 0 || end - start !== years + 11 || bytes[end - 1] !== 0x5a)
    return decodeTime(tag, bytes.subarray(start, end), 'DER', what, start);
  let year = 0;
  for (let i = start; i < start + years; i++) year = year * 10 + digit(bytes, i, what);
  if (years === 2) year += year < 50 ? 2000 : 1900;
  const at = start + years;
  const month = pair(bytes, at, what);
  const day = pair(bytes, at + 2, what);
  const hour = pair(bytes, at + 4, what);
  const minute = pair(bytes, at + 6, what);
  const second = pair(bytes, at + 8, what);
  const leap = month === 2 && year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0) ? 1 : 0;
  if (month < 1 || month > 12 || day < 1 || day > (MONTH_DAYS[month] as number) + leap || hour > 23 || minute > 59 || second > 59)
    unreadable(what, start, 'time that no calendar has');
  if (year >= 100) return Date.UTC(year, month - 1, day, hour, minute, second);
  return decodeTime(tag, bytes.subarray(start, end), 'DER', what, start);
}

function digit(bytes: Bytes, at: number, what: string): number {
  const value = (bytes[at] as number) - 0x30;
  if (value < 0 || value > 9) unreadable(what, at, 'time in a wrong form');
  return value;
}

const pair = (bytes: Bytes, at: number, what: string): number => digit(bytes, at, what) * 10 + digit(bytes, at + 1, what);

const MONTH_DAYS = [0, 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
const CERTIFICATE_EXTENSIONS = Array.from({ length: 128 }, (_, arc) => `2.5.29.${arc}`);
