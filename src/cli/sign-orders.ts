/** What the threads of a bulk run are told and what they answer. */
import type { FaultCode } from '../base/fault.ts';

export interface FileOrder {
  readonly input: string;
  readonly output: string;
}

export type FileAnswer =
  | { readonly kind: 'signed'; readonly input: string; readonly line: string }
  | { readonly kind: 'failed'; readonly input: string; readonly code: FaultCode | null; readonly reason: string };

/** First the options as they were given, with the secret that was asked for in the main thread; then files, in portions that are answered by number. */
export type WorkerOrder =
  | { readonly kind: 'open'; readonly args: readonly string[]; readonly pin: string | null }
  | { readonly kind: 'sign'; readonly number: number; readonly orders: readonly FileOrder[] };

export type WorkerAnswer =
  | { readonly kind: 'ready' }
  | { readonly kind: 'refused'; readonly reason: string }
  | { readonly kind: 'answered'; readonly number: number; readonly answers: readonly FileAnswer[] };
