/** Signatures over a digest that was computed elsewhere (RFC 8017, 8; FIPS 186-5, 6.4.1), by keys of the runtime, which takes messages only. */
import { constants, createECDH, createPrivateKey, type KeyObject, privateEncrypt, randomBytes } from 'node:crypto';
import { Reader } from '../asn1/index.ts';
import { type Bytes, concat } from '../base/bytes.ts';
import { Fault } from '../base/fault.ts';
import { fromBase64, toHex } from '../base/text.ts';
import { type DigestName, digestLength, digest as digestOf, ecdsaToDer, type SigningScheme } from '../crypto/index.ts';
import { digestInfo } from './pkcs11-mechanism.ts';

/** Throws Fault `signer-refused` where this is no digest of that name, or the key cannot do it. */
export function signDigestValue(key: KeyObject, scheme: SigningScheme, digestValue: Bytes, digest: DigestName): Bytes {
  const value = ofLength(digestValue, digest);
  try {
    if (scheme === 'RSA') return new Uint8Array(privateEncrypt({ key, padding: constants.RSA_PKCS1_PADDING }, digestInfo(value, digest)));
    if (scheme === 'RSASSA-PSS') return pssValue(key, value, digest);
    if (scheme === 'ECDSA') return ecdsaValue(key, value);
  } catch (cause) {
    if (cause instanceof Fault) throw cause;
    throw new Fault('signer-refused', `the key cannot sign by ${scheme} with ${digest}: choose another digest`, { cause });
  }
  throw new Fault('signer-refused', `${scheme} signs messages only, not digests`);
}

/** Throws Fault `signer-refused` where a digest is not as long as those of its name. */
export function ofLength(digestValue: Bytes, digest: DigestName): Bytes {
  if (digestValue.length === digestLength(digest)) return digestValue;
  throw new Fault('signer-refused', `a digest of ${digestValue.length} octets is none of ${digest}`);
}

/** EMSA-PSS-ENCODE with MGF1 of the same digest and a salt as long as it (RFC 8017, 9.1.1), then RSASP1. */
function pssValue(key: KeyObject, value: Bytes, digest: DigestName): Bytes {
  const bits = key.asymmetricKeyDetails?.modulusLength ?? 0;
  const length = Math.ceil((bits - 1) / 8);
  const salt = new Uint8Array(randomBytes(value.length));
  const hash = digestOf(digest, new Uint8Array(8), value, salt);
  const room = length - hash.length - 1;
  if (room < salt.length + 1) throw new Fault('signer-refused', `the key is too short for RSASSA-PSS with ${digest}`);
  const masked = new Uint8Array(room);
  masked[room - salt.length - 1] = 1;
  masked.set(salt, room - salt.length);
  const mask = mgf1(digest, hash, room);
  for (let i = 0; i < room; i++) masked[i] = (masked[i] as number) ^ (mask[i] as number);
  masked[0] = (masked[0] as number) & (0xff >> (8 * length - (bits - 1)));
  const encoded = concat([new Uint8Array(Math.ceil(bits / 8) - length), masked, hash, Uint8Array.of(0xbc)]);
  return new Uint8Array(privateEncrypt({ key: plainRsa(key), padding: constants.RSA_NO_PADDING }, encoded));
}

/** A key that is restricted to PSS refuses the bare operation; its numbers are those of any RSA key (RFC 5958, 2; RFC 8017, A.1.2). */
function plainRsa(key: KeyObject): KeyObject {
  if (key.asymmetricKeyType !== 'rsa-pss') return key;
  const info = Reader.over(new Uint8Array(key.export({ type: 'pkcs8', format: 'der' })), 'PrivateKeyInfo').sequence();
  info.integer();
  info.sequence('AlgorithmIdentifier');
  return createPrivateKey({ key: Buffer.from(info.octetString()), format: 'der', type: 'pkcs1' });
}

function mgf1(digest: DigestName, seed: Bytes, length: number): Bytes {
  const blocks: Bytes[] = [];
  for (let counter = 0, done = 0; done < length; counter++) {
    const block = digestOf(digest, seed, Uint8Array.of(counter >>> 24, counter >>> 16, counter >>> 8, counter));
    blocks.push(block);
    done += block.length;
  }
  return concat(blocks).subarray(0, length);
}

/**
 * ECDSA over a digest. The runtime has no such call: r is the abscissa of an ephemeral key pair that it makes, and s is
 * computed here, with the private key and the nonce only ever as products with a fresh random number, so that what the time
 * of the arithmetic tells is of that.
 */
function ecdsaValue(key: KeyObject, value: Bytes): Bytes {
  const curve = CURVES[key.asymmetricKeyDetails?.namedCurve ?? ''];
  if (curve === undefined) throw new Fault('signer-refused', 'digests are signed by keys on P-256, P-384 and P-521 only');
  const { name, order, length } = curve;
  const jwk = key.export({ format: 'jwk' });
  const secret = integer(
    fromBase64(
      (jwk.d ?? '')
        .replaceAll('-', '+')
        .replaceAll('_', '/')
        .padEnd(Math.ceil((jwk.d ?? '').length / 4) * 4, '='),
    ) ?? new Uint8Array(),
  );
  const bits = order.toString(2).length;
  const excess = 8 * value.length - bits;
  const z = excess > 0 ? integer(value) >> BigInt(excess) : integer(value);
  for (;;) {
    const pair = createECDH(name);
    const point = pair.generateKeys();
    const r = integer(point.subarray(1, 1 + (point.length - 1) / 2)) % order;
    const blind = (integer(randomBytes(length + 8)) % (order - 1n)) + 1n;
    const nonce = (integer(pair.getPrivateKey()) * blind) % order;
    const sum = (((secret * blind) % order) * r + blind * z) % order;
    const s = (inverse(nonce, order) * sum) % order;
    if (r === 0n || s === 0n) continue;
    return ecdsaToDer(concat([octets(r, length), octets(s, length)])) ?? new Uint8Array();
  }
}

const integer = (bytes: Uint8Array): bigint => (bytes.length === 0 ? 0n : BigInt(`0x${toHex(bytes)}`));
const octets = (value: bigint, length: number): Bytes => new Uint8Array(Buffer.from(value.toString(16).padStart(2 * length, '0'), 'hex'));

/** The inverse modulo a prime, by Euclid's algorithm. */
function inverse(value: bigint, prime: bigint): bigint {
  let [a, b, x, y] = [value % prime, prime, 1n, 0n];
  while (a > 1n) {
    const quotient = b / a;
    [a, b] = [b % a, a];
    [x, y] = [y - quotient * x, x];
  }
  return ((x % prime) + prime) % prime;
}

/** Orders by SP 800-186, 3.2.1. */
const CURVES: Readonly<Record<string, { readonly name: string; readonly order: bigint; readonly length: number }>> = {
  prime256v1: { name: 'prime256v1', order: 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n, length: 32 },
  secp384r1: {
    name: 'secp384r1',
    order: 0xffffffffffffffffffffffffffffffffffffffffffffffffc7634d81f4372ddf581a0db248b0a77aecec196accc52973n,
    length: 48,
  },
  secp521r1: {
    name: 'secp521r1',
    order: BigInt(`0x1${'f'.repeat(65)}a51868783bf2f966b7fcc0148f709a5d03bb5c9b8899c47aebb6fb71e91386409`),
    length: 66,
  },
};
