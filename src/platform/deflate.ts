/** DEFLATE and its wrappings (RFC 1950, 1951) and CRC-32, by the runtime's zlib. */
import { constants, crc32 as crc32Of, deflateRawSync, deflateSync, inflateRawSync, inflateSync } from 'node:zlib';
import { type Bytes, EMPTY } from '../base/bytes.ts';

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

/** Inflates at most `limit` octets of output; damage is a value, never thrown. */
export function inflate(bytes: Bytes, limit: number, format: DeflateFormat = 'zlib'): Inflated {
  const whole = run(bytes, limit, format, constants.Z_FINISH);
  if (typeof whole !== 'string') return { bytes: whole, complete: true, outcome: 'complete' };
  if (whole === 'limit') return { bytes: EMPTY, complete: false, outcome: 'limit' };
  const truncated = run(bytes, limit, format, constants.Z_SYNC_FLUSH);
  if (typeof truncated !== 'string') return { bytes: truncated, complete: false, outcome: 'truncated' };
  return { bytes: longestReadable(bytes, limit, format), complete: false, outcome: 'corrupt' };
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

function run(bytes: Bytes, limit: number, format: DeflateFormat, finishFlush: number): Bytes | 'limit' | 'data' {
  // Small results get a small output buffer: the default of 16 KiB costs more than the work.
  const chunkSize = Math.min(Math.max(bytes.length * 4, 1024), 1 << 16);
  const options = { finishFlush, maxOutputLength: Math.max(limit, 1), chunkSize };
  try {
    return plain(format === 'zlib' ? inflateSync(bytes, options) : inflateRawSync(bytes, options));
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE' ? 'limit' : 'data';
  }
}

/** The runtime's own kind of octets compares unlike others, so it stays here. */
const plain = ({ buffer, byteOffset, length }: Buffer): Bytes => new Uint8Array(buffer, byteOffset, length);

/** The output of the longest prefix that inflates without error: found by halving, so damaged streams cost a few passes. */
function longestReadable(bytes: Bytes, limit: number, format: DeflateFormat): Bytes {
  let good = 0;
  let bad = bytes.length;
  let best: Bytes = EMPTY;
  while (bad - good > 1) {
    const middle = (good + bad) >>> 1;
    const partial = run(bytes.subarray(0, middle), limit, format, constants.Z_SYNC_FLUSH);
    if (typeof partial === 'string') bad = middle;
    else {
      good = middle;
      best = partial;
    }
  }
  return best;
}

const WINDOW = 1 << 15;
