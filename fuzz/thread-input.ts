/** What the trying thread and its watcher say to each other. */
import type { Bytes } from '../src/base/bytes.ts';
import type { Failure } from './trial.ts';

/** What the thread is started with. */
export interface ThreadInput {
  readonly parser: string;
  readonly seed: number;
  readonly milliseconds: number;
  /** Two numbers: trials begun, length of the input at hand. */
  readonly state: SharedArrayBuffer;
  /** The input at hand. */
  readonly input: SharedArrayBuffer;
}

export type ThreadMessage =
  | { readonly kind: 'ready'; readonly seeds: number }
  | { readonly kind: 'finding'; readonly failure: Failure; readonly input: Bytes }
  | { readonly kind: 'end' };

/** Octets; longer mutants are not tried. */
export const LONGEST_INPUT = 1 << 20;
