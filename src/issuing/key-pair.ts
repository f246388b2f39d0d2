/** Fresh private keys of the algorithms signatures are made with (TS 119 312). */
import { generateKeyPair, type KeyObject } from 'node:crypto';
import { promisify } from 'node:util';
import { Fault } from '../base/fault.ts';

/**
 * A kind of key, and how it signs. `RSA-PSS` is an ordinary RSA key (rsaEncryption) that signs by RSASSA-PSS;
 * `RSA-PSS-only` is one whose certificate allows nothing else (id-RSASSA-PSS, RFC 4055, 1.2).
 */
export type KeyAlgorithm = keyof typeof RECIPES;

export const KEY_ALGORITHMS = (): readonly KeyAlgorithm[] => Object.keys(RECIPES) as KeyAlgorithm[];

/** True where keys of this algorithm sign by RSASSA-PSS. */
export const isPss = (algorithm: KeyAlgorithm): boolean => algorithm === 'RSA-PSS' || algorithm === 'RSA-PSS-only';

/** A fresh private key. Throws `Fault` `bad-option` for an unknown algorithm, `unsupported` where the runtime lacks it. */
export async function generateKey(algorithm: KeyAlgorithm): Promise<KeyObject> {
  const recipe = RECIPES[algorithm];
  if (!recipe) throw new Fault('bad-option', `unknown key algorithm '${algorithm}' (known: ${KEY_ALGORITHMS().join(', ')})`);
  try {
    const [type, options] = recipe;
    const { privateKey } = await generate(type as 'ec', options as { namedCurve: string });
    return privateKey;
  } catch (cause) {
    throw new Fault('unsupported', `this runtime makes no ${algorithm} keys: ${(cause as Error).message}`, { cause });
  }
}

const generate = promisify(generateKeyPair);

const RECIPES = {
  'RSA-2048': ['rsa', { modulusLength: 2048 }],
  'RSA-3072': ['rsa', { modulusLength: 3072 }],
  'RSA-4096': ['rsa', { modulusLength: 4096 }],
  'RSA-PSS': ['rsa', { modulusLength: 2048 }],
  'RSA-PSS-only': ['rsa-pss', { modulusLength: 2048 }],
  'P-256': ['ec', { namedCurve: 'P-256' }],
  'P-384': ['ec', { namedCurve: 'P-384' }],
  'P-521': ['ec', { namedCurve: 'P-521' }],
  brainpoolP256r1: ['ec', { namedCurve: 'brainpoolP256r1' }],
  brainpoolP384r1: ['ec', { namedCurve: 'brainpoolP384r1' }],
  brainpoolP512r1: ['ec', { namedCurve: 'brainpoolP512r1' }],
  Ed25519: ['ed25519', {}],
  Ed448: ['ed448', {}],
  'ML-DSA-44': ['ml-dsa-44', {}],
  'ML-DSA-65': ['ml-dsa-65', {}],
  'ML-DSA-87': ['ml-dsa-87', {}],
  'SLH-DSA-SHA2-128s': ['slh-dsa-sha2-128s', {}],
  'SLH-DSA-SHA2-128f': ['slh-dsa-sha2-128f', {}],
  'SLH-DSA-SHA2-192s': ['slh-dsa-sha2-192s', {}],
  'SLH-DSA-SHA2-192f': ['slh-dsa-sha2-192f', {}],
  'SLH-DSA-SHA2-256s': ['slh-dsa-sha2-256s', {}],
  'SLH-DSA-SHA2-256f': ['slh-dsa-sha2-256f', {}],
  'SLH-DSA-SHAKE-128s': ['slh-dsa-shake-128s', {}],
  'SLH-DSA-SHAKE-128f': ['slh-dsa-shake-128f', {}],
  'SLH-DSA-SHAKE-192s': ['slh-dsa-shake-192s', {}],
  'SLH-DSA-SHAKE-192f': ['slh-dsa-shake-192f', {}],
  'SLH-DSA-SHAKE-256s': ['slh-dsa-shake-256s', {}],
  'SLH-DSA-SHAKE-256f': ['slh-dsa-shake-256f', {}],
} as const;
