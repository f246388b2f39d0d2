/** What text and attribute values stand for: references replaced, line ends and white space normalized (XML 1.0, 2.11, 3.3.3, 4.1). */
import type { Bytes } from '../base/bytes.ts';
import { fromLatin1, fromUtf8 } from '../base/text.ts';
import { FLAG } from './document.ts';

/** An attribute value of a document that is well-formed: white space becomes spaces. */
export function decodeValue(bytes: Bytes, start: number, end: number, flags: number): string {
  const written = plainText(bytes, start, end, flags);
  return (flags & FLAG.decode) === 0 ? written : replaceReferences(written.replace(/\r\n|[\t\n\r]/g, ' '));
}

/** Text of a document that is well-formed: line ends become line feeds. */
export function decodeText(bytes: Bytes, start: number, end: number, flags: number): string {
  const written = plainText(bytes, start, end, flags);
  return (flags & FLAG.decode) === 0 ? written : replaceReferences(lineFeeds(written));
}

/** The same without references: comments, processing instructions and CDATA sections have none. */
export function decodeVerbatim(bytes: Bytes, start: number, end: number, flags: number): string {
  const written = plainText(bytes, start, end, flags);
  return (flags & FLAG.decode) === 0 ? written : lineFeeds(written);
}

const lineFeeds = (text: string): string => text.replace(/\r\n?/g, '\n');

/** As written. The parser has seen that it is UTF-8. */
function plainText(bytes: Bytes, start: number, end: number, flags: number): string {
  const octets = bytes.subarray(start, end);
  return (flags & FLAG.wide) === 0 ? fromLatin1(octets) : (fromUtf8(octets) ?? '');
}

const replaceReferences = (text: string): string =>
  text.includes('&') ? text.replace(/&(?:#x([0-9A-Fa-f]+)|#([0-9]+)|([a-z]+));/g, referenced) : text;

function referenced(_: string, hexadecimal: string | undefined, decimal: string | undefined, name: string | undefined): string {
  if (name !== undefined) return ENTITIES[name] ?? '';
  return String.fromCodePoint(hexadecimal === undefined ? Number(decimal) : Number.parseInt(hexadecimal, 16));
}

const ENTITIES: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };
