/** Where documents come from and go to: interfaces only, so that a file can be larger than memory. */
import { type Bytes, EMPTY, plain } from './bytes.ts';

/**
 * Random access to a document. Reads are synchronous: parsers stay plain functions; a remote document is
 * first spooled to a local file.
 */
export interface Source {
  /** Octets in all. */
  readonly size: number;
  /** Octets `[offset, offset + length)`, fewer only at the end. The result may be shared: never change it. */
  read(offset: number, length: number): Bytes;
  /** Fills `target` from `offset` on and gives the octets there were: for a pass over much that keeps nothing. Not every source has it. */
  readInto?(offset: number, target: Bytes): number;
}

/** Takes a document, in order. The octets may change once `write` has returned and its promise is settled: copy what is kept. */
export interface Sink {
  write(bytes: Bytes): void | Promise<void>;
}

/** A document in memory as a source; reads share its octets. */
export function sourceOf(document: Bytes): Source {
  const bytes = plain(document);
  return {
    size: bytes.length,
    read: (offset, length) => bytes.subarray(Math.min(offset, bytes.length), Math.min(offset + length, bytes.length)),
  };
}

/** The octets of the ranges in order (all of them where left out), in pieces that share memory: each is good until the next is asked for. `scratch` keeps that memory for the next source. */
export function* passing(
  source: Source,
  ranges: Iterable<{ readonly offset: number; readonly length: number }> = [{ offset: 0, length: source.size }],
  scratch: { memory: Bytes } = { memory: EMPTY },
): Generator<Bytes, void, void> {
  for (const { offset, length } of ranges)
    for (let at = 0; at < length; ) {
      const wanted = Math.min(PIECE, length - at);
      if (source.readInto && scratch.memory.length < wanted) scratch.memory = new Uint8Array(wanted);
      const count = source.readInto?.(offset + at, scratch.memory.subarray(0, wanted));
      const piece = count === undefined ? source.read(offset + at, wanted) : scratch.memory.subarray(0, count);
      if (piece.length === 0) break;
      yield piece;
      at += piece.length;
    }
}

/** Bytes as they are, or the source that was given. */
export function asSource(document: Bytes | Source): Source {
  return document instanceof Uint8Array ? sourceOf(document) : document;
}

const PIECE = 1 << 18;
