/** Who signs the files of a bulk run beside the main thread. */
import { Worker } from 'node:worker_threads';
import type { Arguments } from './arguments.ts';
import type { FileAnswer, FileOrder, WorkerAnswer, WorkerOrder } from './sign-orders.ts';
import { rememberedPin } from './token.ts';

/** Signs files, several portions of them at once. */
export interface FileSigner {
  /** Files that a portion should have at least. */
  readonly least: number;
  /** One answer for each file; never rejects. */
  sign(orders: readonly FileOrder[]): Promise<readonly FileAnswer[]>;
}

export interface SigningThread extends FileSigner {
  /** Tells it what to sign with. Null once it can sign, or the reason why it never will. */
  open(args: Arguments): Promise<string | null>;
  close(): void;
}

/** A thread of its own: it reads and writes the files itself, and only their names go there. Until it is opened it loads what signing takes. */
export function thread(): SigningThread {
  const file = new URL(import.meta.url.endsWith('.ts') ? './sign-worker.ts' : './sign-worker.js', import.meta.url);
  const worker = new Worker(file);
  const tell = (order: WorkerOrder): void => worker.postMessage(order);
  const waiting = new Map<number, { readonly orders: readonly FileOrder[]; settle(answers: readonly FileAnswer[]): void }>();
  const state = { gone: null as string | null, portions: 0 };
  const failed = (orders: readonly FileOrder[], reason: string): FileAnswer[] =>
    orders.map(({ input }) => ({ kind: 'failed', input, code: null, reason }));
  const ready = new Promise<string | null>((resolve) => {
    const end = (reason: string): void => {
      state.gone ??= reason;
      resolve(reason);
      for (const { orders, settle } of waiting.values()) settle(failed(orders, reason));
      waiting.clear();
    };
    worker.on('message', (answer: WorkerAnswer) => {
      if (answer.kind === 'ready') resolve(null);
      else if (answer.kind === 'refused') end(answer.reason);
      else {
        waiting.get(answer.number)?.settle(answer.answers);
        waiting.delete(answer.number);
      }
    });
    worker.on('error', (error: unknown) => end(`a signing thread ended: ${error instanceof Error ? error.message : String(error)}`));
    worker.on('exit', () => end('a signing thread ended'));
  });
  return {
    least: LEAST,
    open: (args) => {
      tell({ kind: 'open', args: args.given, pin: rememberedPin() });
      return ready;
    },
    sign: (orders) =>
      new Promise((settle) => {
        if (state.gone !== null) return settle(failed(orders, state.gone));
        const number = state.portions++;
        waiting.set(number, { orders, settle });
        tell({ kind: 'sign', number, orders });
      }),
    close: () => void worker.terminate(),
  };
}

/** One file is written while the next is signed. */
export const LEAST = 2;
