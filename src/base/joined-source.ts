/** Sources made of others: a part of one, and several end to end, so that what is large is never copied. */
import { type Bytes, EMPTY } from './bytes.ts';
import { asSource, type Source } from './source.ts';

/** Octets `[offset, offset + length)` of a source as a source of their own. */
export function partOf(source: Source, offset: number, length: number): Source {
  return {
    size: length,
    read(from, count) {
      const start = Math.min(Math.max(from, 0), length);
      return source.read(offset + start, Math.min(Math.max(count, 0), length - start));
    },
    readInto(from, target) {
      const start = Math.min(Math.max(from, 0), length);
      return fill(source, offset + start, target.subarray(0, length - start));
    },
  };
}

/** All parts in order as one source; a read within one part is that part's own. */
export function joinSources(parts: readonly (Bytes | Source)[]): Source {
  const sources = parts.map(asSource).filter(({ size }) => size > 0);
  const starts: number[] = [];
  let size = 0;
  for (const source of sources) {
    starts.push(size);
    size += source.size;
  }
  const [only] = sources;
  if (only !== undefined && sources.length === 1) return only;
  return {
    size,
    read(offset, count) {
      const start = Math.min(Math.max(offset, 0), size);
      const length = Math.min(Math.max(count, 0), size - start);
      if (length === 0) return EMPTY;
      const first = holding(starts, start);
      const within = start - (starts[first] as number);
      const head = sources[first] as Source;
      if (within + length <= head.size) return head.read(within, length);
      const joined = new Uint8Array(length);
      for (let done = 0, index = first; done < length; index++) {
        const source = sources[index] as Source;
        const from = start + done - (starts[index] as number);
        const piece = source.read(from, Math.min(length - done, source.size - from));
        joined.set(piece, done);
        done += source.size - from;
      }
      return joined;
    },
    readInto(offset, target) {
      const start = Math.min(Math.max(offset, 0), size);
      const length = Math.min(target.length, size - start);
      for (let done = 0, index = holding(starts, start); done < length; index++) {
        const source = sources[index] as Source;
        const from = start + done - (starts[index] as number);
        done += fill(source, from, target.subarray(done, Math.min(length, done + source.size - from)));
      }
      return length;
    },
  };
}

function fill(source: Source, offset: number, target: Bytes): number {
  if (target.length === 0) return 0;
  if (source.readInto) return source.readInto(offset, target);
  const piece = source.read(offset, target.length);
  target.set(piece);
  return piece.length;
}

/** Index of the last start that is not after `at`. */
function holding(starts: readonly number[], at: number): number {
  let [low, high] = [0, starts.length - 1];
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if ((starts[middle] as number) <= at) low = middle;
    else high = middle - 1;
  }
  return low;
}
