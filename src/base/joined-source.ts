/** Sources made of others: a part of one, and several end to end, so that what is large is never copied. */
import { type Bytes, EMPTY } from './bytes.ts';
import { asSource, passing, type Sink, type Source } from './source.ts';

/** Octets `[offset, offset + length)` of a source as a source of their own. */
export function partOf(source: Source, offset: number, length: number): Source {
  return {
    size: length,
    read(from, count) {
      const start = Math.min(Math.max(from, 0), length);
      return source.read(offset + start, Math.min(Math.max(count, 0), length - start));
    },
    ...(source.readInto && {
      readInto(from: number, target: Bytes) {
        const start = Math.min(Math.max(from, 0), length);
        return fill(source, offset + start, target.subarray(0, length - start));
      },
    }),
  };
}

/** All parts in order as one source; a read within one part is that part's own. */
export function joinSources(parts: readonly (Bytes | Source)[]): Source {
  const sources = parts.map(asSource).flatMap((part) => (part.size === 0 ? [] : (JOINED.get(part) ?? [part])));
  const starts: number[] = [];
  let size = 0;
  for (const source of sources) {
    starts.push(size);
    size += source.size;
  }
  const [only] = sources;
  if (only !== undefined && sources.length === 1) return only;
  /** Fills `target`, which ends within the whole. */
  const gather = (start: number, target: Bytes): void => {
    for (let done = 0, index = holding(starts, start); done < target.length; index++) {
      const source = sources[index] as Source;
      const from = start + done - (starts[index] as number);
      const end = Math.min(target.length, done + source.size - from);
      fill(source, from, target.subarray(done, end));
      done = end;
    }
  };
  const joined: Source = {
    size,
    read(offset, count) {
      const start = Math.min(Math.max(offset, 0), size);
      const length = Math.min(Math.max(count, 0), size - start);
      if (length === 0) return EMPTY;
      const first = holding(starts, start);
      const within = start - (starts[first] as number);
      const head = sources[first] as Source;
      if (within + length <= head.size) return head.read(within, length);
      const octets = new Uint8Array(length);
      gather(start, octets);
      return octets;
    },
    // What is in memory already is shared rather than copied.
    ...(sources.some(({ readInto }) => readInto) && {
      readInto(offset: number, target: Bytes) {
        const start = Math.min(Math.max(offset, 0), size);
        const length = Math.min(target.length, size - start);
        gather(start, target.subarray(0, length));
        return length;
      },
    }),
  };
  JOINED.set(joined, sources);
  return joined;
}

/** Writes all of a source; of a joined one part after part, so that what is in memory is not copied. */
export async function copyTo(sink: Sink, source: Source): Promise<void> {
  const scratch = { memory: EMPTY };
  for (const part of JOINED.get(source) ?? [source]) for (const piece of passing(part, undefined, scratch)) await sink.write(piece);
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

/** Parts of what was joined, by the result: joined again they stand side by side. */
const JOINED = new WeakMap<Source, readonly Source[]>();
