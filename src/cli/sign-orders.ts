/** What the threads of a bulk run are told and what they answer. */
import type { FaultCode } from '../base/fault.ts';

/** What the thread is started with. */
export interface WorkerOrder {
  readonly args: readonly string[];
  /** The PIN that was asked for in the main thread. */
  readonly pin: string | null;
}

export interface FileOrder {
  readonly input: string;
  readonly output: string;
}

export type WorkerAnswer =
  | { readonly kind: 'ready' }
  | { readonly kind: 'signed'; readonly input: string; readonly line: string }
  | { readonly kind: 'failed'; readonly input: string | null; readonly code: FaultCode | null; readonly reason: string };
