/** Identifiers: letters and digits from the system's random source, no bias, with a prefix that tells the kind. */
import { randomBytes } from 'node:crypto';

/** `length` characters of [A-Za-z0-9]; 12 carry 71 bits, 16 carry 95. */
export function randomId(length: number): string {
  let text = '';
  while (text.length < length) {
    for (const octet of randomBytes(length)) {
      // 248 is the largest multiple of 62 below 256: what lies above would favour the first letters.
      if (octet < 248 && text.length < length) text += ALPHABET[octet % ALPHABET.length];
    }
  }
  return text;
}

/** An identifier without its prefix, as it stands in addresses. */
export const bareId = (id: string): string => id.slice(id.indexOf('_') + 1);

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';
