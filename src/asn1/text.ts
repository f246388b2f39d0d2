/** Character strings (X.680, 41; RFC 5280, appendix B on TeletexString). */
import type { Bytes } from '../base/bytes.ts';
import { unreadable } from '../base/parsed.ts';
import { fromLatin1, fromUtf8 } from '../base/text.ts';
import { TAG } from './tag.ts';

/** Text of a string value's contents; throws `Unreadable` on another type or wrong octets. */
export function decodeText(tag: number, content: Bytes, what: string, at: number): string {
  switch (tag & ~0x20) {
    case TAG.UTF8_STRING:
      return fromUtf8(content) ?? unreadable(what, at, 'UTF8String that is not UTF-8');
    case TAG.NUMERIC_STRING:
    case TAG.PRINTABLE_STRING:
    case TAG.IA5_STRING:
    case TAG.VISIBLE_STRING:
    case TAG.GENERAL_STRING:
    case TAG.TELETEX_STRING:
      return fromLatin1(content);
    case TAG.BMP_STRING:
      return decodeUnits(content, 2, what, at);
    case TAG.UNIVERSAL_STRING:
      return decodeUnits(content, 4, what, at);
    default:
      return unreadable(what, at, `no character string: tag ${tag.toString(16)}`);
  }
}

function decodeUnits(content: Bytes, width: 2 | 4, what: string, at: number): string {
  if (content.length % width !== 0) unreadable(what, at, `string whose length is no multiple of ${width}`);
  const view = new DataView(content.buffer, content.byteOffset, content.length);
  let text = '';
  for (let i = 0; i < content.length; i += width) {
    const code = width === 2 ? view.getUint16(i) : view.getUint32(i);
    if (code > 0x10ffff) unreadable(what, at, 'character beyond U+10FFFF');
    text += width === 2 ? String.fromCharCode(code) : String.fromCodePoint(code);
  }
  return text;
}
