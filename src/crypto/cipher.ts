/** Decryption with symmetric ciphers, the old ones included that key stores and documents still come in (RFC 2268 for RC2). */
import { createDecipheriv } from 'node:crypto';
import { type Bytes, concat } from '../base/bytes.ts';
import { fromHex } from '../base/text.ts';
import { plain } from './digest.ts';

export type CipherName = 'AES-128-CBC' | 'AES-192-CBC' | 'AES-256-CBC' | 'DES-EDE3-CBC' | 'RC2-40-CBC' | 'RC2-128-CBC' | 'RC4';

/** Octets of the key and of the initialisation vector. */
export const cipherSizes = (name: CipherName): { readonly key: number; readonly iv: number } => SIZES[name];

/**
 * Deciphers all of `data` and takes the padding off (PKCS #7; RC4 has none). Null where the padding is wrong, which for
 * a password means that it is not the one. `key` and `iv` have the sizes of the cipher.
 */
export function decipher(name: CipherName, key: Bytes, iv: Bytes, data: Bytes): Bytes | null {
  if (name === 'RC4') return rc4(key, data);
  if (name === 'RC2-40-CBC') return unpadded(rc2Cbc(key, 40, iv, data));
  if (name === 'RC2-128-CBC') return unpadded(rc2Cbc(key, 128, iv, data));
  const state = createDecipheriv(name.toLowerCase(), key, iv);
  const first = state.update(data);
  try {
    return concat([plain(first), plain(state.final())]);
  } catch {
    return null;
  }
}

/** RC4, both ways. */
export function rc4(key: Bytes, data: Bytes): Bytes {
  const state = Uint8Array.from({ length: 256 }, (_, i) => i);
  for (let i = 0, j = 0; i < 256; i++) {
    j = (j + (state[i] as number) + (key[i % key.length] as number)) & 0xff;
    swap(state, i, j);
  }
  const out = new Uint8Array(data.length);
  for (let at = 0, i = 0, j = 0; at < data.length; at++) {
    i = (i + 1) & 0xff;
    j = (j + (state[i] as number)) & 0xff;
    swap(state, i, j);
    out[at] = (data[at] as number) ^ (state[((state[i] as number) + (state[j] as number)) & 0xff] as number);
  }
  return out;
}

function swap(state: Uint8Array, i: number, j: number): void {
  const kept = state[i] as number;
  state[i] = state[j] as number;
  state[j] = kept;
}

/** Deciphers RC2 in CBC mode, padding kept; nothing where the data are no whole blocks. */
function rc2Cbc(key: Bytes, effectiveBits: number, iv: Bytes, data: Bytes): Bytes {
  if (data.length % 8 !== 0) return new Uint8Array();
  const schedule = rc2Schedule(key, effectiveBits);
  const out = new Uint8Array(data.length);
  const block = new Uint16Array(4);
  for (let at = 0; at < data.length; at += 8) {
    for (let i = 0; i < 4; i++) block[i] = (data[at + 2 * i] as number) | ((data[at + 2 * i + 1] as number) << 8);
    rc2Decipher(schedule, block);
    const [before, from] = at === 0 ? [iv, 0] : [data, at - 8];
    for (let i = 0; i < 8; i++) {
      out[at + i] = ((block[i >> 1] as number) >> (8 * (i & 1))) ^ (before[from + i] as number);
    }
  }
  return out;
}

/** RFC 2268, 2: 64 words of key, however many octets there are. */
function rc2Schedule(key: Bytes, effectiveBits: number): Uint16Array {
  const octets = new Uint8Array(128);
  octets.set(key);
  const effective = Math.ceil(effectiveBits / 8);
  for (let i = key.length; i < 128; i++) octets[i] = PI[((octets[i - 1] as number) + (octets[i - key.length] as number)) & 0xff] as number;
  const mask = 0xff >> (8 * effective - effectiveBits);
  octets[128 - effective] = PI[(octets[128 - effective] as number) & mask] as number;
  for (let i = 127 - effective; i >= 0; i--) octets[i] = PI[(octets[i + 1] as number) ^ (octets[i + effective] as number)] as number;
  return Uint16Array.from({ length: 64 }, (_, i) => (octets[2 * i] as number) | ((octets[2 * i + 1] as number) << 8));
}

/** RFC 2268, 4: five rounds, a mash, six rounds, a mash, five rounds, all backwards. */
function rc2Decipher(schedule: Uint16Array, block: Uint16Array): void {
  for (let round = 15; round >= 0; round--) {
    for (let i = 3; i >= 0; i--) {
      const [a, b, c] = [word(block, i + 3), word(block, i + 2), word(block, i + 1)];
      const value = word(block, i);
      const shift = i === 3 ? 5 : i + 1;
      const rotated = ((value >>> shift) | (value << (16 - shift))) & 0xffff;
      block[i] = rotated - (schedule[4 * round + i] as number) - (a & b) - (~a & c);
    }
    if (round !== 5 && round !== 11) continue;
    for (let i = 3; i >= 0; i--) block[i] = word(block, i) - (schedule[word(block, i + 3) & 63] as number);
  }
}

const word = (block: Uint16Array, i: number): number => block[i & 3] as number;

function unpadded(data: Bytes): Bytes | null {
  const count = data[data.length - 1] ?? 0;
  if (count < 1 || count > 8 || count > data.length) return null;
  for (let i = data.length - count; i < data.length; i++) if (data[i] !== count) return null;
  return data.subarray(0, data.length - count);
}

/** By the OID of an AlgorithmIdentifier whose parameters are the initialisation vector (RFC 3565, 2.3; RFC 8018, B.2.2). */
export const CBC_CIPHERS: ReadonlyMap<string, CipherName> = new Map([
  ['2.16.840.1.101.3.4.1.2', 'AES-128-CBC'],
  ['2.16.840.1.101.3.4.1.22', 'AES-192-CBC'],
  ['2.16.840.1.101.3.4.1.42', 'AES-256-CBC'],
  ['1.2.840.113549.3.7', 'DES-EDE3-CBC'],
]);

const SIZES: Readonly<Record<CipherName, { readonly key: number; readonly iv: number }>> = {
  'AES-128-CBC': { key: 16, iv: 16 },
  'AES-192-CBC': { key: 24, iv: 16 },
  'AES-256-CBC': { key: 32, iv: 16 },
  'DES-EDE3-CBC': { key: 24, iv: 8 },
  'RC2-40-CBC': { key: 5, iv: 8 },
  'RC2-128-CBC': { key: 16, iv: 8 },
  RC4: { key: 16, iv: 0 },
};

/** PITABLE of RFC 2268, 2: the octets in an order that the digits of pi give. */
const PI: Bytes =
  fromHex(
    'd978f9c419ddb5ed28e9fd794aa0d89dc67e37832b76538e624c6488448bfba2179a59f587b34f1361456d8d09817d32bd8f40eb86b77b0bf09521225c6b4e82' +
      '54d66593ce60b21c7356c014a78cf1dc1275ca1f3bbee4d1423dd430a33cb6266fbf0eda4669075727f21d9bbc944303f811c7f690ef3ee706c3d52fc8661ed7' +
      '08e8eade8052eef784aa72ac354d6a2a961ad2715a1549744b9fd05e0418a4ecc2e0416e0f51cbcc2491af50a1f47039997c3a8523b8b47afc02365b25559731' +
      '2d5dfa98e38a92ae05df2910676cbac9d300e6cfe19ea82c6316013f58e289a90d38341bab33ffb0bb480c5fb9b1cd2ec5f3db47e5a59c770aa62068fe7fc1ad',
  ) ?? new Uint8Array(256);
