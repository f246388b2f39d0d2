/** Distinguished names: reading, comparing (RFC 5280, 7.1; RFC 4518) and showing them (RFC 4514). */

import { TAG } from '../asn1/index.ts';
import { decodeText } from '../asn1/text.ts';
import { type Bytes, equal } from '../base/bytes.ts';
import { attempt, type Parsed, unreadable } from '../base/parsed.ts';
import { toHex } from '../base/text.ts';
import { Cursor } from './cursor.ts';

/** `AttributeTypeAndValue ::= SEQUENCE { type OBJECT IDENTIFIER, value ANY }` */
export interface NameAttribute {
  readonly type: string;
  /** Null where the value is no character string, or its octets do not fit its type. */
  readonly text: string | null;
  /** Encoding of the value, with tag. */
  readonly value: Bytes;
}

export type RelativeName = readonly NameAttribute[];

/** `Name ::= CHOICE { rdnSequence SEQUENCE OF SET SIZE (1..MAX) OF AttributeTypeAndValue }` */
export interface Name {
  /** The DER as found. */
  readonly bytes: Bytes;
  /** RFC 4514 form: the last relative name first. */
  readonly text: string;
  /** In the order of the encoding. */
  readonly rdns: readonly RelativeName[];
  /** One text for each relative name, equal where RFC 5280, 7.1 makes them equal. */
  readonly keys: readonly string[];
}

/** Reads a Name that fills `bytes`. */
export function parseName(bytes: Bytes): Parsed<Name> {
  return attempt(() => {
    const cursor = new Cursor(bytes, 'Name');
    checkName(cursor.expect(TAG.SEQUENCE, bytes.length, 'SEQUENCE'));
    cursor.finish(bytes.length);
    return nameOf(bytes);
  });
}

/** Whether both denote the same entity: octets equal, or attribute by attribute without regard to case, string type and extra white space. */
export function sameName(a: Name, b: Name): boolean {
  if (equal(a.bytes, b.bytes)) return true;
  return a.keys.length === b.keys.length && a.keys.every((key, i) => key === b.keys[i]);
}

/** Whether `base` is `name` or stands above it: each of its relative names, in order (RFC 5280, 4.2.1.10, directoryName). */
export function withinName(name: Name, base: Name): boolean {
  return base.keys.length <= name.keys.length && base.keys.every((key, i) => key === name.keys[i]);
}

export const isEmptyName = (name: Name): boolean => name.rdns.length === 0;

/** Values of one attribute type, in the order of the encoding. */
export function attributeValues(name: Name, type: string): string[] {
  return name.rdns.flatMap((rdn) =>
    rdn.flatMap((attribute) => (attribute.type === type && attribute.text !== null ? [attribute.text] : [])),
  );
}

/** `base` with one more relative name below it: nameRelativeToCRLIssuer (RFC 5280, 4.2.1.13). `rdn` holds the contents of the SET. */
export function belowName(base: Name, rdn: Bytes): Name {
  const set = withHeader(TAG.SET, rdn);
  const cursor = new Cursor(base.bytes, 'Name');
  const content = cursor.next(base.bytes.length).contents();
  const joined = new Uint8Array(content.length + set.length);
  joined.set(content);
  joined.set(set, content.length);
  return nameOf(withHeader(TAG.SEQUENCE, joined));
}

/** Checks the structure of the Name whose header the cursor read last, and moves behind it. Throws `Unreadable`. */
export function checkName(cursor: Cursor, deviations: string[] | null = null): void {
  const end = cursor.into();
  while (cursor.at < end) {
    const setEnd = cursor.expect(TAG.SET, end, 'RelativeDistinguishedName').into();
    if (cursor.at === setEnd) unreadable(cursor.what, cursor.at, 'RelativeDistinguishedName without an attribute');
    while (cursor.at < setEnd) {
      const pairEnd = cursor.expect(TAG.SEQUENCE, setEnd, 'AttributeTypeAndValue').into();
      cursor.expect(TAG.OID, pairEnd, 'OBJECT IDENTIFIER');
      if (cursor.content === cursor.end || (cursor.bytes[cursor.end - 1] as number) >= 0x80)
        unreadable(cursor.what, cursor.start, 'OBJECT IDENTIFIER cut off');
      cursor.next(pairEnd).finish(pairEnd);
      if (deviations && cursor.tag === TAG.PRINTABLE_STRING && !isPrintable(cursor))
        deviations.push('a PrintableString in a name holds characters that are not of that type');
    }
  }
}

function isPrintable({ bytes, content, end }: Cursor): boolean {
  for (let i = content; i < end; i++) if (PRINTABLE[bytes[i] as number] !== 1) return false;
  return true;
}

/** A name whose structure `checkName` has accepted; text and attributes are read when asked for. */
export const nameOf = (bytes: Bytes): Name => new LazyName(bytes);

/** A class, because names are made by the thousand and mostly only compared octet by octet. */
class LazyName implements Name {
  readonly bytes: Bytes;
  private attributes: readonly RelativeName[] | null = null;
  private folded: readonly string[] | null = null;
  constructor(bytes: Bytes) {
    this.bytes = bytes;
  }
  get rdns(): readonly RelativeName[] {
    this.attributes ??= readAttributes(this.bytes);
    return this.attributes;
  }
  get keys(): readonly string[] {
    this.folded ??= this.rdns.map(keyOf);
    return this.folded;
  }
  get text(): string {
    return this.rdns.map(relativeText).reverse().join(',');
  }
}

function readAttributes(bytes: Bytes): RelativeName[] {
  const cursor = new Cursor(bytes, 'Name');
  const end = cursor.next(bytes.length).into();
  const rdns: RelativeName[] = [];
  while (cursor.at < end) {
    const setEnd = cursor.next(end).into();
    const rdn: NameAttribute[] = [];
    while (cursor.at < setEnd) {
      const pairEnd = cursor.next(setEnd).into();
      const type = readType(cursor.next(pairEnd));
      cursor.next(pairEnd);
      rdn.push({ type, text: readText(cursor), value: cursor.raw() });
    }
    rdns.push(rdn);
  }
  return rdns;
}

/** An identifier that is no identifier (a padded arc) keeps its octets, so that it equals only itself. */
function readType(cursor: Cursor): string {
  const oid = attempt(() => cursor.oid());
  return oid.ok ? oid.value : `#${toHex(cursor.contents())}`;
}

function readText(cursor: Cursor): string | null {
  if ((cursor.tag & 0xe0) !== 0) return null;
  const text = attempt(() => decodeText(cursor.tag, cursor.contents(), cursor.what, cursor.start));
  return text.ok ? text.value : null;
}

const keyOf = (rdn: RelativeName): string => {
  if (rdn.length === 1 && rdn[0]) return attributeKey(rdn[0]);
  return [...new Set(rdn.map(attributeKey))].sort().join('\u0001');
};

/** The length makes one text of one list of attributes, whatever the values hold. */
const attributeKey = ({ type, text, value }: NameAttribute): string => {
  const prepared = text === null ? `#${toHex(value)}` : prepare(text);
  return `${type}=${prepared.length}:${prepared}`;
};

/** RFC 4518, 2, as far as RFC 5280, 7.1 asks: map, normalize (NFKC), fold case, and compress white space. */
function prepare(text: string): string {
  let folded = text;
  if (!ASCII.test(text)) folded = text.replace(MAPPED_TO_NOTHING, '').normalize('NFKC').toLowerCase().toUpperCase();
  return folded.toLowerCase().replace(SPACES, ' ').trim();
}

const relativeText = (rdn: RelativeName): string => rdn.map(attributeText).join('+');

function attributeText({ type, text, value }: NameAttribute): string {
  const short = ATTRIBUTE_NAMES.get(type);
  if (short === undefined || text === null) return `${short ?? type}=#${toHex(value)}`;
  return `${short}=${escaped(text)}`;
}

/** RFC 4514, 2.4; control characters as their octets, so that a name cannot rearrange what shows it. */
function escaped(text: string): string {
  return text.replace(SPECIAL, (found) => {
    const code = found.charCodeAt(0);
    return code < 0x20 || code === 0x7f ? `\\${code.toString(16).padStart(2, '0')}` : `\\${found}`;
  });
}

function withHeader(tag: number, content: Bytes): Bytes {
  const size = content.length;
  const header = size < 0x80 ? [tag, size] : size < 0x100 ? [tag, 0x81, size] : [tag, 0x83, size >> 16, (size >> 8) & 0xff, size & 0xff];
  const shortest = size >= 0x100 && size < 0x10000 ? [tag, 0x82, size >> 8, size & 0xff] : header;
  const bytes = new Uint8Array(shortest.length + size);
  bytes.set(shortest);
  bytes.set(content, shortest.length);
  return bytes;
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: the range of ASCII is meant.
const ASCII = /^[\x00-\x7f]*$/;
const SPACES = /[\s\u200b]+/g;
const MAPPED_TO_NOTHING = /\u00ad|\u034f|\u1806|[\u180b-\u180d]|[\ufe00-\ufe0f]|\ufffc/g;
// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are escaped here.
const SPECIAL = /[\x00-\x1f\x7f"+,;<>\\]|^[ #]| $/g;

/** X.680, 41.4: the characters of PrintableString, by their octet. */
const PRINTABLE = new Uint8Array(256);
for (const character of "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789 '()+,-./:=?")
  PRINTABLE[character.charCodeAt(0)] = 1;

/** Descriptors of RFC 4519 and of the attributes that EN 319 412 names; others show as dotted identifiers. */
const ATTRIBUTE_NAMES: ReadonlyMap<string, string> = new Map([
  ['2.5.4.3', 'CN'],
  ['2.5.4.4', 'SN'],
  ['2.5.4.5', 'serialNumber'],
  ['2.5.4.6', 'C'],
  ['2.5.4.7', 'L'],
  ['2.5.4.8', 'ST'],
  ['2.5.4.9', 'street'],
  ['2.5.4.10', 'O'],
  ['2.5.4.11', 'OU'],
  ['2.5.4.12', 'title'],
  ['2.5.4.13', 'description'],
  ['2.5.4.15', 'businessCategory'],
  ['2.5.4.16', 'postalAddress'],
  ['2.5.4.17', 'postalCode'],
  ['2.5.4.18', 'postOfficeBox'],
  ['2.5.4.20', 'telephoneNumber'],
  ['2.5.4.41', 'name'],
  ['2.5.4.42', 'GN'],
  ['2.5.4.43', 'initials'],
  ['2.5.4.44', 'generationQualifier'],
  ['2.5.4.45', 'x500UniqueIdentifier'],
  ['2.5.4.46', 'dnQualifier'],
  ['2.5.4.65', 'pseudonym'],
  ['2.5.4.97', 'organizationIdentifier'],
  ['0.9.2342.19200300.100.1.1', 'UID'],
  ['0.9.2342.19200300.100.1.3', 'mail'],
  ['0.9.2342.19200300.100.1.25', 'DC'],
  ['1.2.840.113549.1.9.1', 'emailAddress'],
  ['1.3.6.1.5.5.7.9.1', 'dateOfBirth'],
  ['1.3.6.1.5.5.7.9.2', 'placeOfBirth'],
  ['1.3.6.1.4.1.311.60.2.1.1', 'jurisdictionL'],
  ['1.3.6.1.4.1.311.60.2.1.2', 'jurisdictionST'],
  ['1.3.6.1.4.1.311.60.2.1.3', 'jurisdictionC'],
]);
