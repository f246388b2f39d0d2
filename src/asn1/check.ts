/** Classifies an encoding as DER, as BER that is not DER, or as neither, without knowing its schema (X.690, 8, 10 and 11). */
import type { Bytes } from '../base/bytes.ts';
import { type Malformed, Unreadable, unreadable } from '../base/parsed.ts';
import { decodeOid } from './oid.ts';
import { TAG } from './tag.ts';
import { decodeText } from './text.ts';
import { decodeTime } from './time.ts';

export type Encoding = 'der' | 'ber-not-der' | Malformed;

/**
 * What `bytes` is: exactly one value in DER, in BER that DER excludes, or malformed. Linear, without recursion.
 * SET and SET OF look alike here: members must stand in ascending order for DER (X.690, 10.3 and 11.6).
 */
export function checkEncoding(bytes: Bytes): Encoding {
  try {
    return walk(bytes) ? 'der' : 'ber-not-der';
  } catch (error) {
    if (error instanceof Unreadable) return error.malformed;
    throw error;
  }
}

/** A constructed value that is open while its contents are walked. */
interface Open {
  readonly tag: number;
  /** End of the contents; -1 for an indefinite length, which ends with end-of-contents octets. */
  readonly end: number;
  /** What holds it ends here. */
  readonly limit: number;
  readonly start: number;
  /** The member before, for the order of a SET; -1 where there is none. */
  previous: number;
  previousEnd: number;
}

function walk(bytes: Bytes): boolean {
  const open: Open[] = [];
  let der = true;
  let at = 0;
  for (;;) {
    const holder = open[open.length - 1];
    if (holder && isAtEnd(bytes, holder, at)) {
      open.pop();
      if (holder.end < 0) at += 2;
      const outer = open[open.length - 1];
      if (outer) der = inOrder(bytes, outer, holder.start, at) && der;
      else if (at === bytes.length) return der;
      else unreadable(WHAT, at, 'octets after the value');
      continue;
    }
    const limit = holder ? (holder.end < 0 ? holder.limit : holder.end) : bytes.length;
    const value = header(bytes, at, limit);
    der &&= value.der;
    if (holder && STRINGS.has(holder.tag & ~0x20) && (value.tag & ~0x20) !== (holder.tag & ~0x20))
      unreadable(WHAT, at, 'segment of another type than its string');
    if ((value.tag & 0x20) !== 0) {
      if (!checkConstructed(value.tag, at)) der = false;
      open.push({ tag: value.tag, end: value.end, limit, start: at, previous: -1, previousEnd: -1 });
      at = value.contents;
      continue;
    }
    if (!checkPrimitive(bytes, value.tag, at, value.contents, value.end)) der = false;
    if (holder) der = inOrder(bytes, holder, at, value.end) && der;
    at = value.end;
    if (!holder) {
      if (at !== bytes.length) unreadable(WHAT, at, 'octets after the value');
      return der;
    }
  }
}

function isAtEnd(bytes: Bytes, holder: Open, at: number): boolean {
  if (holder.end >= 0) return at >= holder.end;
  if (at + 2 > holder.limit) unreadable(WHAT, holder.start, 'indefinite length without end-of-contents octets');
  return bytes[at] === 0 && bytes[at + 1] === 0;
}

/** Whether a member of a SET stands after the one before it; true for members of anything else. */
function inOrder(bytes: Bytes, holder: Open, start: number, end: number): boolean {
  if (holder.tag !== TAG.SET) return true;
  const { previous, previousEnd } = holder;
  holder.previous = start;
  holder.previousEnd = end;
  if (previous < 0) return true;
  const shorter = Math.min(previousEnd - previous, end - start);
  for (let i = 0; i < shorter; i++) {
    const difference = (bytes[previous + i] as number) - (bytes[start + i] as number);
    if (difference !== 0) return difference < 0;
  }
  return previousEnd - previous <= end - start;
}

function header(bytes: Bytes, at: number, limit: number): { tag: number; contents: number; end: number; der: boolean } {
  if (at >= limit) unreadable(WHAT, at, 'ends too early');
  const first = bytes[at] as number;
  if (first === 0) unreadable(WHAT, at, 'end-of-contents octets where a value is expected');
  const next = (first & 0x1f) === 0x1f ? afterHighTag(bytes, at, limit) : at + 1;
  // The class and form of a high tag matter here, not its number.
  const tag = (first & 0x1f) === 0x1f ? first | 0x100 : first;
  if (next >= limit) unreadable(WHAT, at, 'ends within a header');
  const octet = bytes[next] as number;
  if (octet < 0x80) return bounded(tag, at, next + 1, octet, limit, true);
  if (octet === 0x80) {
    if ((first & 0x20) === 0) unreadable(WHAT, at, 'indefinite length of a primitive value');
    return { tag, contents: next + 1, end: -1, der: false };
  }
  const count = octet & 0x7f;
  if (octet === 0xff || next + 1 + count > limit) unreadable(WHAT, at, 'length octets cut off or reserved');
  let length = 0;
  for (let i = 1; i <= count; i++) {
    length = length * 256 + (bytes[next + i] as number);
    if (length > limit) unreadable(WHAT, at, 'longer than what holds it');
  }
  return bounded(tag, at, next + 1 + count, length, limit, length >= 0x80 && bytes[next + 1] !== 0);
}

function bounded(tag: number, at: number, contents: number, length: number, limit: number, der: boolean) {
  const end = contents + length;
  if (end > limit) unreadable(WHAT, at, 'longer than what holds it');
  return { tag, contents, end, der };
}

function afterHighTag(bytes: Bytes, at: number, limit: number): number {
  let number = 0;
  for (let next = at + 1; next < limit && next <= at + 4; next++) {
    const octet = bytes[next] as number;
    if (next === at + 1 && octet === 0x80) break;
    number = number * 128 + (octet & 0x7f);
    if (octet >= 0x80) continue;
    if (number < 31) break;
    return next + 1;
  }
  return unreadable(WHAT, at, 'tag number in a wrong or too long form');
}

/** Whether DER allows the constructed form of this type; malformed where BER does not either. */
function checkConstructed(tag: number, at: number): boolean {
  if (tag > 0x3f || CONSTRUCTED_ONLY.has(tag & 0x1f)) return true;
  if (STRINGS.has(tag & 0x1f)) return false;
  return unreadable(WHAT, at, 'constructed form of a type that is always primitive');
}

/** Whether the contents of a primitive value are as DER wants them; malformed where BER does not allow them either. */
function checkPrimitive(bytes: Bytes, tag: number, at: number, from: number, to: number): boolean {
  if (tag > 0x3f || tag === TAG.OCTET_STRING) return true;
  if (CONSTRUCTED_ONLY.has(tag)) unreadable(WHAT, at, 'primitive form of a type that is always constructed');
  const content = bytes.subarray(from, to);
  const [first = 0, second = 0] = content;
  switch (tag) {
    case TAG.BOOLEAN:
      if (content.length !== 1) unreadable(WHAT, at, 'BOOLEAN of another length than 1');
      return first === 0 || first === 0xff;
    case TAG.INTEGER:
    case TAG.ENUMERATED:
      if (content.length === 0) unreadable(WHAT, at, 'INTEGER without contents');
      return !(content.length > 1 && ((first === 0 && second < 0x80) || (first === 0xff && second >= 0x80)));
    case TAG.BIT_STRING:
      if (content.length === 0 || first > 7 || (content.length === 1 && first !== 0))
        unreadable(WHAT, at, 'BIT STRING with a wrong count of unused bits');
      return ((content[content.length - 1] as number) & ((1 << first) - 1)) === 0 || content.length === 1;
    case TAG.NULL:
      if (content.length > 0) unreadable(WHAT, at, 'NULL with contents');
      return true;
    case TAG.OID:
      checkOid(content, at);
      return true;
    case TAG.UTC_TIME:
    case TAG.GENERALIZED_TIME:
      return checkTime(tag, content, at);
    default:
      if (TEXTS.has(tag)) checkText(tag, content, at);
      return true;
  }
}

/** Arcs of any size; only the form is checked, so that a giant one stays linear. */
function checkOid(content: Bytes, at: number): void {
  if (content.length < 20) {
    decodeOid(content, WHAT, at);
    return;
  }
  if ((content[content.length - 1] as number) >= 0x80) unreadable(WHAT, at, 'OBJECT IDENTIFIER cut off');
  let fresh = true;
  for (const octet of content) {
    if (fresh && octet === 0x80) unreadable(WHAT, at, 'OBJECT IDENTIFIER with a padded arc');
    fresh = octet < 0x80;
  }
}

function checkTime(tag: number, content: Bytes, at: number): boolean {
  decodeTime(tag, content, 'BER', WHAT, at);
  try {
    decodeTime(tag, content, 'DER', WHAT, at);
    return true;
  } catch (error) {
    if (error instanceof Unreadable) return false;
    throw error;
  }
}

function checkText(tag: number, content: Bytes, at: number): void {
  const text = decodeText(tag, content, WHAT, at);
  if (tag === TAG.PRINTABLE_STRING && !/^[A-Za-z0-9 '()+,\-./:=?]*$/.test(text))
    unreadable(WHAT, at, 'character that PrintableString does not have');
  if (tag === TAG.NUMERIC_STRING && !/^[0-9 ]*$/.test(text)) unreadable(WHAT, at, 'character that NumericString does not have');
  if ((tag === TAG.IA5_STRING || tag === TAG.VISIBLE_STRING) && content.some((octet) => octet >= 0x80))
    unreadable(WHAT, at, 'octet above 7F in a 7-bit string');
  if (tag === TAG.BMP_STRING && /[\ud800-\udfff]/.test(text)) unreadable(WHAT, at, 'surrogate in a BMPString');
}

const WHAT = 'encoding';
/** Universal numbers whose values are always constructed: EXTERNAL, EMBEDDED PDV, SEQUENCE, SET, CHARACTER STRING. */
const CONSTRUCTED_ONLY: ReadonlySet<number> = new Set([0x08, 0x0b, 0x10, 0x11, 0x1d]);
/** Universal numbers that BER may split into segments. */
const STRINGS: ReadonlySet<number> = new Set([0x03, 0x04, 0x0c, 0x12, 0x13, 0x14, 0x15, 0x16, 0x17, 0x18, 0x19, 0x1a, 0x1b, 0x1c, 0x1e]);
const TEXTS: ReadonlySet<number> = new Set<number>([
  TAG.UTF8_STRING,
  TAG.NUMERIC_STRING,
  TAG.PRINTABLE_STRING,
  TAG.IA5_STRING,
  TAG.VISIBLE_STRING,
  TAG.UNIVERSAL_STRING,
  TAG.BMP_STRING,
]);
