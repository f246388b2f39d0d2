/** Where documents come from and go to: interfaces only, so that a file can be larger than memory. */
import { type Bytes, plain } from './bytes.ts';

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

/** Takes a document, in order. */
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

/** Bytes as they are, or the source that was given. */
export function asSource(document: Bytes | Source): Source {
  return document instanceof Uint8Array ? sourceOf(document) : document;
}
