/** Digests by name, at once or step by step (TS 119 312, 5). */
import { createHash, createHmac, getHashes, type Hash, hash } from 'node:crypto';
import type { Bytes } from '../base/bytes.ts';
import { Fault } from '../base/fault.ts';
import { passing, type Source } from '../base/source.ts';
import type { DigestName } from './names.ts';

/** Part of a document, in octets. */
export interface Range {
  readonly offset: number;
  readonly length: number;
}

/** A digest under way. `finish` once, nothing after it. */
export interface DigestState {
  update(bytes: Bytes): void;
  finish(): Bytes;
}

/** Digest of all parts in order, without joining them. Throws `unsupported` where the runtime lacks the algorithm. */
export function digest(name: DigestName, ...parts: readonly Bytes[]): Bytes {
  const [only] = parts;
  if (parts.length === 1 && only !== undefined && !(name in OUTPUT_LENGTH)) return plain(hash(nodeDigest(name), only, 'buffer'));
  const state = start(name);
  for (const part of parts) state.update(part);
  return plain(state.digest());
}

/** Digest of the ranges of a document in order, read piece by piece; without ranges of all of it. */
export function digestOf(name: DigestName, source: Source, ranges?: Iterable<Range>): Bytes {
  const state = start(name);
  for (const piece of passing(source, ranges)) state.update(piece);
  return plain(state.digest());
}

/** The octets of the ranges in order, in pieces of bounded size: for {@link digestOf} and for verifying over large documents. */
export function* pieces(source: Source, ranges: Iterable<Range> = [{ offset: 0, length: source.size }]): Generator<Bytes, void, void> {
  for (const { offset, length } of ranges) {
    for (let at = offset, left = length; left > 0; ) {
      const piece = source.read(at, Math.min(left, PIECE));
      if (piece.length === 0) break;
      yield piece;
      at += piece.length;
      left -= piece.length;
    }
  }
}

/** Starts a digest. Throws `unsupported` where the runtime lacks the algorithm. */
export function createDigest(name: DigestName): DigestState {
  const state = start(name);
  return { update: (bytes) => void state.update(bytes), finish: () => plain(state.digest()) };
}

/** HMAC (RFC 2104). Throws `unsupported` where the runtime lacks the digest. */
export function hmac(name: DigestName, key: Bytes, ...parts: readonly Bytes[]): Bytes {
  const state = createHmac(nodeDigest(name), key);
  for (const part of parts) state.update(part);
  return plain(state.digest());
}

/** Whether this runtime computes the digest. */
export const canDigest = (name: DigestName): boolean => AVAILABLE.has(NODE_NAMES[name]);

/** Octets of a digest (SHAKE as RFC 8702 fixes them). */
export const digestLength = (name: DigestName): number => LENGTHS[name];

/** The runtime's name of a digest. Throws `unsupported` where it has none. */
export function nodeDigest(name: DigestName): string {
  const known = NODE_NAMES[name];
  if (!AVAILABLE.has(known)) throw new Fault('unsupported', `this runtime cannot compute ${name}`);
  return known;
}

/** The runtime's octets as a plain array over the same memory. */
export const plain = (buffer: Uint8Array): Bytes => new Uint8Array(buffer.buffer, buffer.byteOffset, buffer.length);

function start(name: DigestName): Hash {
  const outputLength = OUTPUT_LENGTH[name];
  return outputLength === undefined ? createHash(nodeDigest(name)) : createHash(nodeDigest(name), { outputLength });
}

const NODE_NAMES: Readonly<Record<DigestName, string>> = {
  MD2: 'md2',
  MD4: 'md4',
  MD5: 'md5',
  'SHA-1': 'sha1',
  'SHA-224': 'sha224',
  'SHA-256': 'sha256',
  'SHA-384': 'sha384',
  'SHA-512': 'sha512',
  'SHA-512/224': 'sha512-224',
  'SHA-512/256': 'sha512-256',
  'SHA3-224': 'sha3-224',
  'SHA3-256': 'sha3-256',
  'SHA3-384': 'sha3-384',
  'SHA3-512': 'sha3-512',
  SHAKE128: 'shake128',
  SHAKE256: 'shake256',
  RIPEMD160: 'ripemd160',
  WHIRLPOOL: 'whirlpool',
};

const LENGTHS: Readonly<Record<DigestName, number>> = {
  MD2: 16,
  MD4: 16,
  MD5: 16,
  'SHA-1': 20,
  'SHA-224': 28,
  'SHA-256': 32,
  'SHA-384': 48,
  'SHA-512': 64,
  'SHA-512/224': 28,
  'SHA-512/256': 32,
  'SHA3-224': 28,
  'SHA3-256': 32,
  'SHA3-384': 48,
  'SHA3-512': 64,
  SHAKE128: 32,
  SHAKE256: 64,
  RIPEMD160: 20,
  WHIRLPOOL: 64,
};

/** RFC 8702, 3.1: SHAKE128 gives 32 octets, SHAKE256 gives 64; the runtime would give half of that. */
const OUTPUT_LENGTH: Readonly<Partial<Record<DigestName, number>>> = { SHAKE128: LENGTHS.SHAKE128, SHAKE256: LENGTHS.SHAKE256 };

const AVAILABLE: ReadonlySet<string> = new Set(getHashes());
const PIECE = 1 << 18;
