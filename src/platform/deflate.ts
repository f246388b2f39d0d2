/** DEFLATE and its wrappings (RFC 1950, 1951) and CRC-32, by the runtime's zlib. */
import { constants, crc32 as crc32Of, deflateRawSync, deflateSync, inflateRawSync, inflateSync } from 'node:zlib';
import { type Bytes, EMPTY, equal } from '../base/bytes.ts';
import { readableDeflated } from './inflate.ts';

/** `zlib`: RFC 1950 (PDF, PNG); `raw`: RFC 1951 (ZIP). */
export type DeflateFormat = 'zlib' | 'raw';

/**
 * What came out. `bytes` is everything that could be read before the end, the damage or the cut;
 * nothing where the limit was passed.
 */
export interface Inflated {
  readonly bytes: Bytes;
  /** The stream ended as it should, checksum included. */
  readonly complete: boolean;
  readonly outcome: 'complete' | 'truncated' | 'corrupt' | 'limit';
}

/**
 * Inflates at most `limit` octets of output; damage is a value, never thrown. What the runtime cannot inflate is read as far
 * as that goes by code of our own: the runtime would keep memory for each failure until the event loop turns.
 */
export function inflate(bytes: Bytes, limit: number, format: DeflateFormat = 'zlib'): Inflated {
  const whole = failures < MANY ? run(bytes, limit, format) : null;
  if (whole === 'limit') return { bytes: EMPTY, complete: false, outcome: 'limit' };
  if (whole !== null) return { bytes: whole, complete: true, outcome: 'complete' };
  const { bytes: readable, outcome } = format === 'raw' ? readableDeflated(bytes, limit) : readableZlib(bytes, limit);
  return { bytes: readable, complete: outcome === 'complete', outcome };
}

/** Deflates; the same input gives the same output on one version of the runtime. */
export function deflate(bytes: Bytes, format: DeflateFormat = 'zlib', level = 6): Bytes {
  return plain(format === 'zlib' ? deflateSync(bytes, { level }) : deflateRawSync(bytes, { level }));
}

/**
 * Part of a raw deflated stream (RFC 1951) that ends at an octet, so that the next one or {@link LAST_BLOCK} can follow.
 * `before`: the part before it, whose end copies may refer to.
 */
export function deflateBlock(bytes: Bytes, before: Bytes, level = 6): Bytes {
  const dictionary = before.subarray(Math.max(0, before.length - WINDOW));
  return plain(deflateRawSync(bytes, { level, finishFlush: constants.Z_SYNC_FLUSH, ...(dictionary.length > 0 && { dictionary }) }));
}

/** An empty block that ends a raw deflated stream. */
export const LAST_BLOCK: Bytes = Uint8Array.of(3, 0);

/** CRC-32 as ZIP and PNG use it; `before` continues an earlier value. */
export function crc32(bytes: Bytes, before = 0): number {
  return crc32Of(bytes, before);
}

/** Null where the data is damaged or cut short. */
function run(bytes: Bytes, limit: number, format: DeflateFormat): Bytes | 'limit' | null {
  // Small results get a small output buffer: the default of 16 KiB costs more than the work.
  const chunkSize = Math.min(Math.max(bytes.length * 4, 1024), 1 << 16);
  const options = { maxOutputLength: Math.max(limit, 1), chunkSize };
  try {
    return plain(format === 'zlib' ? inflateSync(bytes, options) : inflateRawSync(bytes, options));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE') return 'limit';
    if (failures++ === 0) setImmediate(forget);
    return null;
  }
}

/** RFC 1950, 2.2: two octets in front, a checksum behind. */
function readableZlib(bytes: Bytes, limit: number): { bytes: Bytes; outcome: Inflated['outcome'] } {
  const [method = 0, flags = 0] = bytes;
  if (bytes.length < 2) return { bytes: EMPTY, outcome: 'truncated' };
  const known = (method & 15) === 8 && method >> 4 <= 7 && (method * 256 + flags) % 31 === 0 && (flags & 0x20) === 0;
  if (!known) return { bytes: EMPTY, outcome: 'corrupt' };
  const read = readableDeflated(bytes.subarray(2), limit);
  if (read.outcome !== 'complete') return read;
  if (read.left < 4) return { bytes: read.bytes, outcome: 'truncated' };
  const told = bytes.subarray(bytes.length - read.left).subarray(0, 4);
  return { bytes: read.bytes, outcome: equal(told, adler32(read.bytes)) ? 'complete' : 'corrupt' };
}

/** RFC 1950, 8.2. */
function adler32(bytes: Bytes): Bytes {
  let [low, high] = [1, 0];
  for (let at = 0; at < bytes.length; ) {
    // As many as fit in 32 bits before the remainder is taken.
    const end = Math.min(at + 5552, bytes.length);
    for (; at < end; at++) {
      low += bytes[at] as number;
      high += low;
    }
    low %= 65521;
    high %= 65521;
  }
  return Uint8Array.of(high >> 8, high & 255, low >> 8, low & 255);
}

/** The runtime's own kind of octets compares unlike others, so it stays here. */
const plain = ({ buffer, byteOffset, length }: Buffer): Bytes => new Uint8Array(buffer, byteOffset, length);

/** Failures of the runtime since the event loop last turned. */
let failures = 0;
const forget = (): void => {
  failures = 0;
};
/** After so many, what may be damaged is not given to the runtime any more. */
const MANY = 64;
const WINDOW = 1 << 15;
