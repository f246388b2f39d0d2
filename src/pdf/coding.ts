/** The filters without parameters of their own, and LZW (ISO 32000-2, 7.4.2 to 7.4.5). */
import { type Bytes, concat } from '../base/bytes.ts';
import { unreadable } from '../base/parsed.ts';
import { isSpace } from './lexer.ts';

/** 7.4.2. */
export function asciiHex(bytes: Bytes, at: number): Bytes {
  const out = new Uint8Array((bytes.length + 1) >> 1);
  let length = 0;
  let high = -1;
  for (const octet of bytes) {
    if (octet === GREATER) break;
    if (isSpace(octet)) continue;
    const digit = Number.parseInt(String.fromCharCode(octet), 16);
    if (Number.isNaN(digit)) unreadable('stream', at, 'not a hexadecimal digit');
    if (high < 0) high = digit;
    else {
      out[length++] = high * 16 + digit;
      high = -1;
    }
  }
  if (high >= 0) out[length++] = high * 16;
  return out.subarray(0, length);
}

/** 7.4.3. */
export function ascii85(bytes: Bytes, at: number): Bytes {
  const out: number[] = [];
  let group = 0;
  let count = 0;
  for (let i = 0; i < bytes.length; i++) {
    const octet = bytes[i] as number;
    if (octet === TILDE) break;
    if (isSpace(octet)) continue;
    if (octet === LETTER_Z && count === 0) {
      out.push(0, 0, 0, 0);
      continue;
    }
    if (octet < 0x21 || octet > 0x75) unreadable('stream', at, 'not a base-85 digit');
    group = group * 85 + (octet - 0x21);
    if (++count === 5) {
      if (group > 0xffffffff) unreadable('stream', at, 'a base-85 group is too large');
      out.push((group >>> 24) & 255, (group >>> 16) & 255, (group >>> 8) & 255, group & 255);
      group = 0;
      count = 0;
    }
  }
  if (count > 1) {
    for (let i = count; i < 5; i++) group = group * 85 + 84;
    for (let i = 0; i < count - 1; i++) out.push(Math.floor(group / 2 ** (24 - 8 * i)) & 255);
  }
  return Uint8Array.from(out);
}

/** 7.4.5. */
export function runLength(bytes: Bytes, limit: number, at: number): Bytes {
  const parts: Bytes[] = [];
  let total = 0;
  let i = 0;
  while (i < bytes.length) {
    const length = bytes[i++] as number;
    if (length === 128) break;
    const part = length < 128 ? bytes.subarray(i, i + length + 1) : new Uint8Array(257 - length).fill(bytes[i] ?? 0);
    i += length < 128 ? length + 1 : 1;
    total += part.length;
    if (total > limit) unreadable('stream', at, `decodes to more than ${limit} octets`);
    parts.push(part);
  }
  return concat(parts);
}

/** 7.4.4: codes of 9 to 12 bits, 256 clears the table, 257 ends. */
export function lzw(bytes: Bytes, early: number, limit: number, at: number): Bytes {
  const prefix = new Uint16Array(4096);
  const suffix = new Uint8Array(4096);
  const lengths = new Uint16Array(4096);
  for (let i = 0; i < 256; i++) {
    suffix[i] = i;
    lengths[i] = 1;
  }
  let out = new Uint8Array(Math.min(limit, Math.max(1024, bytes.length * 4)));
  let size = 0;
  let next = 258;
  let width = 9;
  let previous = -1;
  let buffer = 0;
  let held = 0;
  for (let i = 0; ; ) {
    while (held < width && i < bytes.length) {
      buffer = ((buffer << 8) | (bytes[i++] as number)) & 0xffffff;
      held += 8;
    }
    if (held < width) break;
    const code = (buffer >>> (held - width)) & ((1 << width) - 1);
    held -= width;
    if (code === 257) break;
    if (code === 256) {
      next = 258;
      width = 9;
      previous = -1;
      continue;
    }
    if (code > next || (code === next && previous < 0) || (previous < 0 && code > 255)) unreadable('stream', at, 'not an LZW code');
    const length = code < next ? (lengths[code] as number) : (lengths[previous] as number) + 1;
    if (size + length > limit) unreadable('stream', at, `decodes to more than ${limit} octets`);
    if (size + length > out.length) {
      const larger = new Uint8Array(Math.min(limit, Math.max(out.length * 2, size + length)));
      larger.set(out);
      out = larger;
    }
    // Written from its end: the table links each string to its prefix.
    let end = size + length - 1;
    for (let link = code < next ? code : previous; end >= size; link = prefix[link] as number) {
      if (code === next && end === size + length - 1) end--;
      out[end--] = suffix[link] as number;
    }
    if (code === next) out[size + length - 1] = out[size] as number;
    if (previous >= 0 && next < 4096) {
      prefix[next] = previous;
      suffix[next] = out[size] as number;
      lengths[next] = (lengths[previous] as number) + 1;
      next++;
    }
    size += length;
    previous = code;
    if (next + early >= 2048) width = 12;
    else if (next + early >= 1024) width = 11;
    else if (next + early >= 512) width = 10;
  }
  return out.subarray(0, size);
}

const GREATER = 0x3e;
const LETTER_Z = 0x7a;
const TILDE = 0x7e;
