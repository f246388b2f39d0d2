/** AES both ways, in the modes that documents are encrypted in: CBC (NIST SP 800-38A, 6.2) and GCM (NIST SP 800-38D). */
import { createCipheriv, createDecipheriv } from 'node:crypto';
import { type Bytes, concat, EMPTY } from '../base/bytes.ts';
import { plain } from './digest.ts';

/** Deciphers whole blocks and keeps whatever padding there is. `key`: 16 or 32 octets, `data`: a multiple of 16. */
export function aesCbcDecipher(key: Bytes, iv: Bytes, data: Bytes): Bytes {
  if (data.length === 0) return EMPTY;
  const state = createDecipheriv(`aes-${key.length * 8}-cbc`, key, iv).setAutoPadding(false);
  return joined(state.update(data), state.final());
}

/** Enciphers; with `padded` as PKCS #7 says, else whole blocks only. */
export function aesCbcEncipher(key: Bytes, iv: Bytes, data: Bytes, padded: boolean): Bytes {
  const state = createCipheriv(`aes-${key.length * 8}-cbc`, key, iv).setAutoPadding(padded);
  return joined(state.update(data), state.final());
}

/** Deciphers and verifies; null where the tag does not fit. `key`: 32 octets, `iv`: 12, `tag`: 16. */
export function aesGcmDecipher(key: Bytes, iv: Bytes, data: Bytes, tag: Bytes): Bytes | null {
  const state = createDecipheriv('aes-256-gcm', key, iv, { authTagLength: GCM_TAG }).setAuthTag(tag);
  const first = state.update(data);
  try {
    return joined(first, state.final());
  } catch {
    return null;
  }
}

/** The enciphered octets with the tag behind them. */
export function aesGcmEncipher(key: Bytes, iv: Bytes, data: Bytes): Bytes {
  const state = createCipheriv('aes-256-gcm', key, iv, { authTagLength: GCM_TAG });
  return concat([plain(state.update(data)), plain(state.final()), plain(state.getAuthTag())]);
}

const joined = (first: Uint8Array, last: Uint8Array): Bytes => (last.length === 0 ? plain(first) : concat([plain(first), plain(last)]));

/** Octets of the initialisation vector and of the tag in GCM. */
export const GCM_IV = 12;
export const GCM_TAG = 16;
