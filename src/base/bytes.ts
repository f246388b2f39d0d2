/** Octet strings: the few operations every layer needs. */

/** Octets. Whoever receives them must not change them; functions that copy say so. */
export type Bytes = Uint8Array;

/**
 * The same octets as a plain Uint8Array, without a copy. Callers hand in subclasses too, and Node's Buffer gives `slice` another
 * meaning (a view, not a copy): every door that takes foreign octets passes them through here.
 */
export function plain(bytes: Bytes): Bytes {
  return bytes.constructor === Uint8Array ? bytes : new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.length);
}

/** One array holding all parts in order (always a fresh copy). */
export function concat(parts: readonly Bytes[]): Bytes {
  let length = 0;
  for (const part of parts) length += part.length;
  const joined = new Uint8Array(length);
  let at = 0;
  for (const part of parts) {
    joined.set(part, at);
    at += part.length;
  }
  return joined;
}

/** Same length and same octets. Not for secrets: the time taken depends on the content. */
export function equal(a: Bytes, b: Bytes): boolean {
  if (a === b) return true;
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false;
  return true;
}

/** Octet-wise order, a proper prefix first: the order of DER SET OF (X.690, 11.6) up to padding. */
export function compare(a: Bytes, b: Bytes): number {
  const shorter = Math.min(a.length, b.length);
  for (let i = 0; i < shorter; i++) {
    const difference = (a[i] as number) - (b[i] as number);
    if (difference !== 0) return difference;
  }
  return a.length - b.length;
}

/** Offset of the first occurrence of `pattern` in `bytes` at or after `from`, or -1. */
export function indexOf(bytes: Bytes, pattern: Bytes, from = 0): number {
  if (pattern.length === 0) return from <= bytes.length ? from : -1;
  const first = pattern[0] as number;
  const last = bytes.length - pattern.length;
  for (let at = bytes.indexOf(first, from); at >= 0 && at <= last; at = bytes.indexOf(first, at + 1)) {
    let i = 1;
    while (i < pattern.length && bytes[at + i] === pattern[i]) i++;
    if (i === pattern.length) return at;
  }
  return -1;
}

/** No octets. */
export const EMPTY: Bytes = new Uint8Array(0);
