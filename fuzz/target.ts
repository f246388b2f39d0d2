/** What is fuzzed: a parser with what is done to its results, and what must hold of them. */
import type { Bytes } from '../src/base/bytes.ts';
import type { SeedRule } from './seed.ts';

export interface Target {
  readonly name: string;
  /** What an input is, for people. */
  readonly what: string;
  readonly clause: string;
  readonly format: 'der' | 'pdf' | 'zip' | 'xml';
  /** Where its seeds come from; each takes what its own parser reads, and what the rule names odd. */
  readonly seeds: readonly SeedRule[];
  /** Whether a file is a seed of this parser; default: every one is. */
  readonly accepts?: (bytes: Bytes) => boolean;
  /** Longest seed, octets. */
  readonly longest: number;
  /** CPU time that an input of 64 KiB may take, milliseconds. */
  readonly milliseconds: number;
  /** Reads an input all through. What it gives must be the same for the same octets; it never throws. */
  readonly read: (input: Bytes) => unknown;
  /** What is wrong with how this input was read, or null. */
  readonly check?: (input: Bytes, seeds: SeedFacts) => string | null;
  /** What `check` wants to know of all seeds; `certificates`: all there are, DER. */
  readonly facts?: (seeds: readonly Bytes[], certificates: readonly Bytes[]) => SeedFacts;
}

/** What of the seeds is really signed, and by whom. */
export interface SeedFacts {
  /** DER certificates whose keys signed seeds. */
  readonly signers: readonly Bytes[];
  /** SHA-256 of the octets that were signed, mapped to the seeds that hold them. */
  readonly genuine: ReadonlyMap<string, readonly Bytes[]>;
  /** Signature values (hexadecimal) of seeds that do not verify: altered ones, which a mutation may have put right again. */
  readonly doubtful: ReadonlySet<string>;
}
