/** Text strings and dates (ISO 32000-2, 7.9.2 and 7.9.4). */
import type { Bytes } from '../base/bytes.ts';
import type { Instant } from '../base/instant.ts';
import { latin1 } from '../base/text.ts';
import { isKind, literalString, type PdfObject, type PdfString } from './object.ts';

/** Text of a text string: UTF-16BE or UTF-8 where its mark says so, else PDFDocEncoding; null where it is no string. */
export function textOf(value: PdfObject): string | null {
  return isKind(value, 'string') ? decodeText(value.bytes) : null;
}

/** Octets of a text string as text; what no encoding knows becomes U+FFFD. */
export function decodeText(bytes: Bytes): string {
  if (bytes[0] === 0xfe && bytes[1] === 0xff) return utf16(bytes, 2, 0);
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return utf16(bytes, 2, 1);
  if (bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf) return LENIENT_UTF8.decode(bytes.subarray(3));
  let text = '';
  for (const octet of bytes) text += String.fromCharCode(DOC_ENCODING[octet] as number);
  return text;
}

/** A text string: as it is where it is ASCII, else UTF-16BE. */
export function textString(text: string): PdfString {
  if (/^[\t\n\r\x20-\x7e]*$/.test(text)) return literalString(latin1(text));
  const bytes = new Uint8Array(2 + 2 * text.length);
  bytes.set([0xfe, 0xff]);
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    bytes[2 + 2 * i] = unit >> 8;
    bytes[3 + 2 * i] = unit & 0xff;
  }
  return literalString(bytes);
}

/** The instant of a date string `D:YYYYMMDDHHmmSSOHH'mm`; parts from the month on may be missing, without an offset it is UTC; null where it is none. */
export function parseDate(text: string): Instant | null {
  const found = DATE.exec(text);
  if (found === null) return null;
  const part = (i: number, otherwise: number): number => (found[i] === undefined ? otherwise : Number(found[i]));
  const [year, month, day, hour, minute, second] = [part(1, 0), part(2, 1), part(3, 1), part(4, 0), part(5, 0), part(6, 0)];
  if (month < 1 || month > 12 || day < 1 || day > 31 || hour > 23 || minute > 59 || second > 59) return null;
  const [hours, minutes] = [part(8, 0), part(9, 0)];
  if (hours > 23 || minutes > 59) return null;
  const offset = (hours * 60 + minutes) * 60_000;
  const at = Date.UTC(year, month - 1, day, hour, minute, second);
  if (year < 100 || new Date(at).getUTCDate() !== day) return null;
  return found[7] === '-' ? at + offset : at - offset;
}

/** A date string in UTC, to the second. */
export function dateString(at: Instant): PdfString {
  const iso = new Date(at).toISOString();
  return literalString(latin1(`D:${iso.slice(0, 19).replace(/\D/g, '')}Z`));
}

function utf16(bytes: Bytes, from: number, low: 0 | 1): string {
  const units: string[] = [];
  for (let i = from; i + 1 < bytes.length; i += 2) {
    const [first, second] = [bytes[i] as number, bytes[i + 1] as number];
    units.push(String.fromCharCode(low === 0 ? first * 256 + second : second * 256 + first));
  }
  // A language code stands between two escape characters (7.9.2.2.2).
  const parts = units.join('').split(ESCAPE);
  return parts.length < 3 ? parts.join('') : parts.filter((_, i) => i % 2 === 0).join('');
}

const DATE = /^\s*(?:D:)?(\d{4})(\d\d)?(\d\d)?(\d\d)?(\d\d)?(\d\d)?(?:\s*([Z+-])(?:(\d\d)'?(?:(\d\d)'?)?)?)?\s*$/;
const ESCAPE = '\u001b';
const LENIENT_UTF8 = new TextDecoder('utf-8', { ignoreBOM: true });

/** Annex D.3: Latin-1 but for these. */
const DOC_ENCODING = Uint16Array.from({ length: 256 }, (_, octet) => octet);
DOC_ENCODING.set([0x02d8, 0x02c7, 0x02c6, 0x02d9, 0x02dd, 0x02db, 0x02da, 0x02dc], 0x18);
DOC_ENCODING.set(
  [0x2022, 0x2020, 0x2021, 0x2026, 0x2014, 0x2013, 0x0192, 0x2044, 0x2039, 0x203a, 0x2212, 0x2030, 0x201e, 0x201c, 0x201d, 0x2018],
  0x80,
);
DOC_ENCODING.set(
  [0x2019, 0x201a, 0x2122, 0xfb01, 0xfb02, 0x0141, 0x0152, 0x0160, 0x0178, 0x017d, 0x0131, 0x0142, 0x0153, 0x0161, 0x017e, 0xfffd],
  0x90,
);
DOC_ENCODING[0x7f] = 0xfffd;
DOC_ENCODING[0xa0] = 0x20ac;
DOC_ENCODING[0xad] = 0xfffd;
