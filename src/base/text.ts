/** Text forms of octets: hexadecimal, base64 (RFC 4648), Latin-1 and UTF-8. */
import type { Bytes } from './bytes.ts';

/** Lower-case hexadecimal. */
export function toHex(bytes: Bytes): string {
  let text = '';
  for (const octet of bytes) text += HEX[octet];
  return text;
}

/** Octets of a hexadecimal string (either case, no separators), or null where it is not one. */
export function fromHex(text: string): Bytes | null {
  if (text.length % 2 !== 0 || !/^[0-9a-fA-F]*$/.test(text)) return null;
  const bytes = new Uint8Array(text.length / 2);
  for (let i = 0; i < bytes.length; i++) bytes[i] = Number.parseInt(text.slice(2 * i, 2 * i + 2), 16);
  return bytes;
}

/** Base64 with padding, one line (RFC 4648, 4). */
export function toBase64(bytes: Bytes): string {
  return btoa(fromLatin1(bytes));
}

/** Octets of base64 text, white space ignored (RFC 4648, 4), or null where it is not base64. */
export function fromBase64(text: string): Bytes | null {
  try {
    return latin1(atob(text));
  } catch {
    return null;
  }
}

/** UTF-8 octets. */
export function utf8(text: string): Bytes {
  return ENCODER.encode(text);
}

/** Text of UTF-8 octets, or null where they are not well-formed UTF-8. */
export function fromUtf8(bytes: Bytes): string | null {
  try {
    return STRICT.decode(bytes);
  } catch {
    return null;
  }
}

/** Each octet as the character of the same number (ISO 8859-1). Spreading a typed array would cost ten times as much as `apply`. */
export function fromLatin1(bytes: Bytes): string {
  let text = '';
  for (let at = 0; at < bytes.length; at += CHUNK)
    text += String.fromCharCode.apply(null, bytes.subarray(at, at + CHUNK) as unknown as number[]);
  return text;
}

/** One octet a character; characters above U+00FF keep their low octet only, so check first where that matters. */
export function latin1(text: string): Bytes {
  const bytes = new Uint8Array(text.length);
  for (let i = 0; i < text.length; i++) bytes[i] = text.charCodeAt(i);
  return bytes;
}

const ENCODER = new TextEncoder();
const STRICT = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
const CHUNK = 1024;
const HEX = Array.from({ length: 256 }, (_, octet) => octet.toString(16).padStart(2, '0'));
