/** A cursor over DER, or BER where CMS allows it (X.690): strict, bounded in depth, without copies. One class, because it is a cursor. */
import { type Bytes, concat, plain } from '../base/bytes.ts';
import type { Instant } from '../base/instant.ts';
import { unreadable } from '../base/parsed.ts';
import { decodeOid } from './oid.ts';
import { CONSTRUCTED, type Rules, TAG } from './tag.ts';
import { decodeText } from './text.ts';
import { decodeTime } from './time.ts';

/** One encoded value: offsets into the reader's octets. */
export interface Element {
  /** Identifier octet; for tag numbers from 31 on `(number << 8) | first octet`. */
  readonly tag: number;
  readonly start: number;
  readonly contentStart: number;
  /** End of the contents octets (before the end-of-contents octets of an indefinite length). */
  readonly contentEnd: number;
  readonly end: number;
}

/** What all cursors over one input share. */
interface Input {
  readonly bytes: Bytes;
  readonly rules: Rules;
  /** End of contents of indefinite-length values already found, by content offset: keeps nested look-ups linear. */
  readonly indefiniteEnds: Map<number, number>;
}

export class Reader {
  readonly input: Input;
  /** Name of the structure, for messages. */
  readonly what: string;
  readonly start: number;
  readonly end: number;
  at: number;
  private readonly depth: number;

  private constructor(input: Input, what: string, start: number, end: number, depth: number) {
    if (depth > MAXIMUM_DEPTH) unreadable(what, start, `nested deeper than ${MAXIMUM_DEPTH}`);
    this.input = input;
    this.what = what;
    this.start = start;
    this.end = end;
    this.at = start;
    this.depth = depth;
  }

  static over(bytes: Bytes, what: string, rules: Rules = 'DER'): Reader {
    return new Reader({ bytes: plain(bytes), rules, indefiniteEnds: new Map() }, what, 0, bytes.length, 0);
  }

  get done(): boolean {
    return this.at >= this.end;
  }

  /** Tag of the next value, or -1 at the end. */
  peek(): number {
    return this.done ? -1 : readTag(this.input.bytes, this.at, this.end, this.what).tag;
  }

  /** The next value, whatever it is. */
  any(): Element {
    if (this.done) unreadable(this.what, this.at, 'ends too early');
    const element = readElement(this.input, this.at, this.end, this.what, this.depth);
    this.at = element.end;
    return element;
  }

  /** The next value, which must have this tag (BER: strings may be constructed). */
  element(tag: number, name = ''): Element {
    const element = this.optional(tag);
    if (element) return element;
    const found = this.peek();
    return unreadable(this.what, this.at, `${name || hexTag(tag)} expected, ${found < 0 ? 'nothing' : hexTag(found)} found`);
  }

  /** The next value where it has this tag, else null and the cursor stays. */
  optional(tag: number): Element | null {
    if (this.done) return null;
    const found = this.peek();
    const constructedString = this.input.rules === 'BER' && found === (tag | CONSTRUCTED) && STRINGS.has(tag);
    return found === tag || constructedString ? this.any() : null;
  }

  /** A cursor over the contents of a constructed value. */
  enter(element: Element, what = this.what): Reader {
    if ((element.tag & CONSTRUCTED) === 0) unreadable(what, element.start, 'a constructed value expected');
    return new Reader(this.input, what, element.contentStart, element.contentEnd, this.depth + 1);
  }

  /** A cursor over the contents of a primitive OCTET STRING or [n] IMPLICIT one that wraps an encoding. */
  within(element: Element, what = this.what): Reader {
    if ((element.tag & CONSTRUCTED) !== 0) unreadable(what, element.start, 'a primitive value expected');
    return new Reader(this.input, what, element.contentStart, element.contentEnd, this.depth + 1);
  }

  sequence(what = this.what): Reader {
    return this.enter(this.element(TAG.SEQUENCE, 'SEQUENCE'), what);
  }

  set(what = this.what): Reader {
    return this.enter(this.element(TAG.SET, 'SET'), what);
  }

  /** Contents of `[number]` EXPLICIT (or IMPLICIT constructed) where it comes next, else null. */
  context(number: number, what = this.what): Reader | null {
    const element = this.optional(0xa0 | number);
    return element && this.enter(element, what);
  }

  /** Calls `read` until nothing is left. Bounded by the input: every value takes two octets at least. */
  each<T>(read: (reader: this) => T): T[] {
    const values: T[] = [];
    while (!this.done) values.push(read(this));
    return values;
  }

  /** Refuses octets after the last value. */
  finish(): void {
    if (!this.done) unreadable(this.what, this.at, 'unexpected further value');
  }

  /** Encoding of a value, with tag and length. Shares the input. */
  raw(element: Element): Bytes {
    return this.input.bytes.subarray(element.start, element.end);
  }

  /** Contents octets of a value. Shares the input. */
  content(element: Element): Bytes {
    return this.input.bytes.subarray(element.contentStart, element.contentEnd);
  }

  boolean(tag: number = TAG.BOOLEAN): boolean {
    const element = this.element(tag, 'BOOLEAN');
    const content = this.content(element);
    const octet = content[0];
    if (content.length !== 1) unreadable(this.what, element.start, 'BOOLEAN of another length than 1');
    if (this.input.rules === 'DER' && octet !== 0 && octet !== 0xff) unreadable(this.what, element.start, 'BOOLEAN neither 00 nor FF');
    return octet !== 0;
  }

  null(): void {
    const element = this.element(TAG.NULL, 'NULL');
    if (element.contentEnd !== element.contentStart) unreadable(this.what, element.start, 'NULL with contents');
  }

  /** Contents octets of an INTEGER: two's complement, shortest form. */
  integerBytes(tag: number = TAG.INTEGER): Bytes {
    const element = this.element(tag, 'INTEGER');
    const content = this.content(element);
    if (content.length === 0) unreadable(this.what, element.start, 'INTEGER without contents');
    const [first = 0, second = 0] = content;
    if (content.length > 1 && ((first === 0 && second < 0x80) || (first === 0xff && second >= 0x80)))
      unreadable(this.what, element.start, 'INTEGER with superfluous leading octets');
    return content;
  }

  /** An INTEGER or ENUMERATED that must fit 48 bits. */
  integer(tag: number = TAG.INTEGER): number {
    const at = this.at;
    const content = this.integerBytes(tag);
    if (content.length > 6) unreadable(this.what, at, 'INTEGER out of range');
    let value = (content[0] as number) >= 0x80 ? -1 : 0;
    for (const octet of content) value = value * 256 + octet;
    return value;
  }

  oid(tag: number = TAG.OID): string {
    const element = this.element(tag, 'OBJECT IDENTIFIER');
    return decodeOid(this.content(element), this.what, element.start);
  }

  /** Contents of an OCTET STRING; the segments of a constructed one (BER) joined. */
  octetString(tag: number = TAG.OCTET_STRING): Bytes {
    return this.stringContent(this.element(tag, 'OCTET STRING'));
  }

  /** Octets of a string value, segments of a constructed one (BER) joined. */
  stringContent(element: Element): Bytes {
    if ((element.tag & CONSTRUCTED) === 0) return this.content(element);
    if (this.input.rules === 'DER') unreadable(this.what, element.start, 'constructed string, which DER excludes');
    const segments: Bytes[] = [];
    const inner = this.enter(element);
    while (!inner.done) segments.push(inner.stringContent(inner.segment(element.tag & ~CONSTRUCTED)));
    return concat(segments);
  }

  /** One segment of a constructed string: an OCTET STRING, or the string's own type (X.690, 8.7.3, 8.23.6). */
  private segment(tag: number): Element {
    const element = this.any();
    const type = element.tag & ~CONSTRUCTED;
    if (type !== TAG.OCTET_STRING && type !== tag) unreadable(this.what, element.start, `string segment of ${hexTag(element.tag)}`);
    return element;
  }

  /** A BIT STRING: its octets and how many bits of the last one are unused. */
  bitString(tag: number = TAG.BIT_STRING): { readonly unused: number; readonly bytes: Bytes } {
    const element = this.element(tag, 'BIT STRING');
    const content = this.content(element);
    if ((element.tag & CONSTRUCTED) !== 0) unreadable(this.what, element.start, 'constructed BIT STRING');
    const [unused] = content;
    if (unused === undefined || unused > 7 || (content.length === 1 && unused !== 0))
      unreadable(this.what, element.start, 'BIT STRING with a wrong count of unused bits');
    const last = content[content.length - 1] as number;
    if (this.input.rules === 'DER' && unused > 0 && (last & ((1 << unused) - 1)) !== 0)
      unreadable(this.what, element.start, 'BIT STRING whose unused bits are not zero');
    return { unused, bytes: content.subarray(1) };
  }

  /** UTCTime or GeneralizedTime (RFC 5280, 4.1.2.5 in DER; X.690 forms in BER). */
  time(): Instant {
    const element = this.any();
    return decodeTime(element.tag, this.content(element), this.input.rules, this.what, element.start);
  }

  /** A character string of any ASN.1 type. */
  text(): string {
    const element = this.any();
    return decodeText(element.tag, this.stringContent(element), this.what, element.start);
  }
}

function readTag(bytes: Bytes, at: number, end: number, what: string): { readonly tag: number; readonly next: number } {
  const first = bytes[at] as number;
  if ((first & 0x1f) !== 0x1f) return { tag: first, next: at + 1 };
  let number = 0;
  for (let next = at + 1; next < end && next <= at + 4; next++) {
    const octet = bytes[next] as number;
    if (number === 0 && octet === 0x80) break;
    number = number * 128 + (octet & 0x7f);
    if (octet < 0x80) {
      if (number < 31) break;
      return { tag: number * 256 + first, next: next + 1 };
    }
  }
  return unreadable(what, at, 'tag number in a wrong or too long form');
}

function readElement(input: Input, at: number, limit: number, what: string, depth: number): Element {
  const { bytes, rules } = input;
  const { tag, next } = readTag(bytes, at, limit, what);
  if (tag === 0) unreadable(what, at, 'end-of-contents octets where a value is expected');
  if (next >= limit) unreadable(what, at, 'ends within a header');
  const first = bytes[next] as number;
  if (first < 0x80) return bounded(tag, at, next + 1, first, limit, what);
  if (first === 0x80) {
    if (rules === 'DER') unreadable(what, at, 'indefinite length, which DER excludes');
    if ((tag & CONSTRUCTED) === 0) unreadable(what, at, 'indefinite length of a primitive value');
    const contentEnd = findEndOfContents(input, next + 1, limit, what, depth);
    return { tag, start: at, contentStart: next + 1, contentEnd, end: contentEnd + 2 };
  }
  const count = first & 0x7f;
  if (first === 0xff || next + 1 + count > limit) unreadable(what, at, 'length octets cut off or reserved');
  let length = 0;
  for (let i = 1; i <= count; i++) {
    length = length * 256 + (bytes[next + i] as number);
    if (length > limit) unreadable(what, at, 'longer than what holds it');
  }
  if (rules === 'DER' && (length < 0x80 || bytes[next + 1] === 0))
    unreadable(what, at, 'length not in its shortest form, which DER requires');
  return bounded(tag, at, next + 1 + count, length, limit, what);
}

function bounded(tag: number, start: number, contentStart: number, length: number, limit: number, what: string): Element {
  const end = contentStart + length;
  if (end > limit) unreadable(what, start, 'longer than what holds it');
  return { tag, start, contentStart, contentEnd: end, end };
}

/** Walks the values of an indefinite-length one up to its end-of-contents octets, once for each nested value. */
function findEndOfContents(input: Input, from: number, limit: number, what: string, depth: number): number {
  const known = input.indefiniteEnds.get(from);
  if (known !== undefined) return known;
  if (depth > MAXIMUM_DEPTH) unreadable(what, from, `nested deeper than ${MAXIMUM_DEPTH}`);
  let at = from;
  while (at + 1 < limit) {
    if (input.bytes[at] === 0 && input.bytes[at + 1] === 0) {
      input.indefiniteEnds.set(from, at);
      return at;
    }
    at = readElement(input, at, limit, what, depth + 1).end;
  }
  return unreadable(what, from, 'indefinite length without end-of-contents octets');
}

const hexTag = (tag: number): string => `tag ${tag.toString(16).padStart(2, '0')}`;

/** Types that BER may split into segments (X.690, 8.6, 8.7, 8.23), also under an IMPLICIT context tag of CMS. */
const STRINGS: ReadonlySet<number> = new Set([0x04, 0x0c, 0x12, 0x13, 0x14, 0x16, 0x1a, 0x1b, 0x1c, 0x1e, 0x80, 0x81, 0x82]);

/** Deeper than any structure of the field (a CMS in a CMS in a time-stamp stays under 40); keeps the stack shallow. */
export const MAXIMUM_DEPTH = 100;
