/** Text put into a document where it stands, in its encoding: every octet that is not replaced stays as it was given. */
import { type Bytes, concat } from '../base/bytes.ts';
import { latin1, utf8 } from '../base/text.ts';
import type { XmlDocument } from '../xml/document.ts';

/** `insert`, which is ASCII but for names of the document, takes the place of octets `[start, end)` of {@link XmlDocument.bytes}. */
export interface Edit {
  readonly start: number;
  readonly end: number;
  readonly insert: string;
}

/** The document as given, with edits that do not overlap, in any order; of two at one place the one given first comes first. */
export function spliced(document: XmlDocument, edits: readonly Edit[]): Bytes {
  const { original } = document;
  const offsets = offsetsIn(document);
  const parts: Bytes[] = [];
  let at = 0;
  for (const { start, end, insert } of [...edits].sort((a, b) => a.start - b.start)) {
    parts.push(original.subarray(at, offsets(start)), encoded(document, insert));
    at = offsets(end);
  }
  return concat([...parts, original.subarray(at)]);
}

/** Text in the encoding of the document. */
function encoded({ encoding }: XmlDocument, text: string): Bytes {
  if (encoding === 'UTF-8') return utf8(text);
  if (encoding === 'ISO-8859-1') return latin1(text);
  const octets = new Uint8Array(2 * text.length);
  for (let i = 0; i < text.length; i++) octets[2 * i + (encoding === 'UTF-16LE' ? 0 : 1)] = text.charCodeAt(i);
  return octets;
}

/** Where an offset in UTF-8 stands in the octets as given; to be asked in ascending order. */
function offsetsIn({ original, bytes, encoding }: XmlDocument): (offset: number) => number {
  if (encoding === 'UTF-8') return (offset) => offset + original.length - bytes.length;
  const [unit, mark] = encoding === 'ISO-8859-1' ? [1, 0] : [2, 2];
  let at = 0;
  let units = 0;
  return (offset) => {
    // Continuation octets stand for nothing of their own, and four octets are two units of UTF-16.
    for (; at < offset; at++) {
      const octet = bytes[at] as number;
      if ((octet & 0xc0) !== 0x80) units += octet >= 0xf0 && unit === 2 ? 2 : 1;
    }
    return mark + unit * units;
  };
}
