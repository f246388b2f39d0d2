/** What the threads of a bulk run are told and what they answer. */
import type { FaultCode } from '../base/fault.ts';

/** What the thread is started with. */
export interface WorkerOrder {
  readonly args: readonly string[];
  /** The secret that was asked for in the main thread. */
  readonly pin: string | null;
}

export interface FileOrder {
  readonly input: string;
  readonly output: string;
}

export type FileAnswer =
  | { readonly kind: 'signed'; readonly input: string; readonly line: string }
  | { readonly kind: 'failed'; readonly input: string; readonly code: FaultCode | null; readonly reason: string };

/** Files that are handed out together; the answer has the same number. */
export interface Portion {
  readonly number: number;
  readonly orders: readonly FileOrder[];
}

export type WorkerAnswer =
  | { readonly kind: 'ready' }
  | { readonly kind: 'refused'; readonly reason: string }
  | { readonly kind: 'answered'; readonly number: number; readonly answers: readonly FileAnswer[] };
