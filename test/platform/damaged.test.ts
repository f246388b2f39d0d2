import { constants, inflateRawSync, inflateSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Bytes, EMPTY, equal } from '../../src/base/bytes.ts';
import { type DeflateFormat, deflate, inflate } from '../../src/platform/deflate.ts';
import { readableDeflated } from '../../src/platform/inflate.ts';

const LIMIT = 1 << 16;
const damaged = latinNoise(2000);

function latinNoise(length: number): Bytes {
  const packed = deflate(Uint8Array.from({ length: 4 * length }, (_, i) => (i * i * 31) >> (i % 5))).slice();
  packed[packed.length >> 1] = (packed[packed.length >> 1] as number) ^ 0xff;
  return packed;
}

/** What the runtime makes of as much as it can read, octet by octet. */
function byRuntime(bytes: Bytes, format: DeflateFormat): Bytes {
  let best: Bytes = EMPTY;
  for (let length = 1; length <= bytes.length; length++) {
    try {
      const options = { finishFlush: constants.Z_SYNC_FLUSH, maxOutputLength: LIMIT };
      const part = bytes.subarray(0, length);
      best = new Uint8Array(format === 'zlib' ? inflateSync(part, options) : inflateRawSync(part, options));
    } catch {
      break;
    }
  }
  return best;
}

const turn = (): Promise<unknown> => new Promise((resolve) => setImmediate(resolve));

/** Content of any kind, deflated by any level, and what is done to it. */
const content = fc.oneof(
  fc.uint8Array({ maxLength: 200 }),
  fc
    .tuple(fc.uint8Array({ minLength: 1, maxLength: 9 }), fc.integer({ min: 1, max: 60 }))
    .map(([part, times]) => Uint8Array.from({ length: part.length * times }, (_, i) => part[i % part.length] as number)),
);
const formats = fc.constantFrom<DeflateFormat>('zlib', 'raw');
const levels = fc.constantFrom(0, 1, 6, 9);

describe('deflated data that the runtime refuses', () => {
  it('gives at least what the runtime would read of it, and nothing else', async () => {
    await fc.assert(
      fc.asyncProperty(
        content,
        formats,
        levels,
        fc.nat(),
        fc.integer({ min: 1, max: 255 }),
        fc.nat(),
        async (bytes, format, level, at, mask, cut) => {
          const packed = deflate(bytes, format, level).slice();
          packed[at % packed.length] = (packed[at % packed.length] as number) ^ mask;
          const part = packed.subarray(0, packed.length - (cut % 4));
          const result = inflate(part, LIMIT, format);
          const runtime = byRuntime(part, format);
          expect(result.bytes.length).toBeGreaterThanOrEqual(runtime.length);
          expect(equal(result.bytes.subarray(0, runtime.length), runtime)).toBe(true);
          // The runtime keeps each failure until then.
          await turn();
        },
      ),
      { numRuns: 150 },
    );
  });

  it('is told apart in the same way when the runtime is not asked any more', async () => {
    const samples = fc.sample(fc.tuple(content, formats, levels), 60);
    const changed = (packed: Bytes): Bytes[] => {
      const last = packed.slice();
      last[last.length - 1] = (last.at(-1) as number) ^ 1;
      return [packed, packed.subarray(0, -1), packed.subarray(0, packed.length >> 1), last, Uint8Array.of(...packed, 1, 2, 3)];
    };
    const before: unknown[] = [];
    const each = samples.flatMap(([bytes, format, level]) => changed(deflate(bytes, format, level)).map((part) => [part, format] as const));
    for (const [part, format] of each) {
      before.push(inflate(part, LIMIT, format));
      await turn();
    }
    for (let i = 0; i < 100; i++) expect(inflate(damaged, LIMIT).complete).toBe(false);
    expect(each.map(([part, format]) => inflate(part, LIMIT, format))).toEqual(before);
    expect(inflate(deflate(new Uint8Array(LIMIT + 1)), LIMIT)).toEqual({ bytes: EMPTY, complete: false, outcome: 'limit' });
  });

  it('keeps no memory, however much of it there is', () => {
    const held = (): number => process.memoryUsage().arrayBuffers + process.memoryUsage().heapUsed;
    for (let i = 0; i < 200; i++) inflate(damaged, LIMIT);
    const before = held();
    for (let i = 0; i < 4000; i++) inflate(damaged, LIMIT);
    // The runtime held some 100 kB for each.
    expect(held() - before).toBeLessThan(100 << 20);
  });

  it('tells how many octets follow its end', () => {
    fc.assert(
      fc.property(content, fc.uint8Array({ maxLength: 20 }), (bytes, more) => {
        const { bytes: out, outcome, left } = readableDeflated(Uint8Array.of(...deflate(bytes, 'raw'), ...more), LIMIT);
        return outcome === 'complete' && left === more.length && equal(out, bytes);
      }),
    );
  });
});
