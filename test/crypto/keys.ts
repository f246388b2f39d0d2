/** Keys of every kind, made when asked for. */
import { generateKeyPairSync, type KeyObject } from 'node:crypto';

export interface KeyPair {
  readonly privateKey: KeyObject;
  readonly spki: Uint8Array;
}

export function keyPair(type: string, options?: object): KeyPair {
  const generate = generateKeyPairSync as unknown as (type: string, options?: object) => { publicKey: KeyObject; privateKey: KeyObject };
  const { publicKey, privateKey } = generate(type, options);
  return { privateKey, spki: new Uint8Array(publicKey.export({ type: 'spki', format: 'der' })) };
}

export const spkiOf = (type: string, options?: object): Uint8Array => keyPair(type, options).spki;
