/** Runs a suite in a thread of its own, so that a case that hangs or brings the thread down costs that case and no other. */
import { Worker } from 'node:worker_threads';
import type { CaseResult } from './case.ts';

/** What the thread is started with. */
export interface ThreadInput {
  readonly name: string;
  readonly dir: string;
  /** Results that an earlier thread got: not run again. */
  readonly done: readonly CaseResult[];
}

export type ThreadMessage =
  | { readonly kind: 'ready'; readonly limit: number }
  | { readonly kind: 'start'; readonly id: string; readonly expected: unknown }
  | { readonly kind: 'result'; readonly result: CaseResult }
  | { readonly kind: 'end'; readonly results: readonly CaseResult[]; readonly tables: string };

export interface Ended {
  readonly results: readonly CaseResult[];
  readonly tables: string;
}

/** Runs every case; `onProgress` hears how many are done. Throws where the suite itself (not a case) breaks. */
export async function runSuite(name: string, dir: string, onProgress: (done: number) => void, thread = THREAD): Promise<Ended> {
  const done: CaseResult[] = [];
  for (;;) {
    const before = done.length;
    const end = await runThread({ name, dir, done }, thread, (result) => {
      done.push(result);
      onProgress(done.length);
    });
    if (end.kind === 'ended') return end;
    done.push(end.result);
    if (done.length === before) throw new Error(`${name} makes no progress`);
  }
}

type ThreadEnd = ({ readonly kind: 'ended' } & Ended) | { readonly kind: 'lost'; readonly result: CaseResult };

function runThread(input: ThreadInput, thread: URL, onResult: (result: CaseResult) => void): Promise<ThreadEnd> {
  return new Promise((resolve, reject) => {
    const worker = new Worker(thread, { workerData: input });
    let limit = DEFAULT_LIMIT;
    let current: { id: string; expected: unknown; since: number } | null = null;
    let settled = false;
    const settle = (action: () => void) => {
      if (settled) return;
      settled = true;
      clearInterval(watch);
      void worker.terminate();
      action();
    };
    const lose = (why: string) => {
      const lost = current;
      if (lost === null) return settle(() => reject(new Error(`${input.name}: ${why}`)));
      const { id, expected, since } = lost;
      settle(() =>
        resolve({ kind: 'lost', result: { id, expected, got: { error: why }, outcome: 'failed', ms: performance.now() - since } }),
      );
    };
    const watch = setInterval(() => {
      if (current !== null && performance.now() - current.since > limit) lose(`no answer within ${limit} ms`);
    }, WATCH_EVERY);
    worker.on('message', (message: ThreadMessage) => {
      if (settled) return;
      if (message.kind === 'ready') limit = message.limit;
      else if (message.kind === 'start') current = { id: message.id, expected: message.expected, since: performance.now() };
      else if (message.kind === 'result') {
        current = null;
        onResult(message.result);
      } else settle(() => resolve({ kind: 'ended', results: message.results, tables: message.tables }));
    });
    worker.on('error', (error) =>
      lose(error instanceof Error ? (current === null ? (error.stack ?? error.message) : error.message) : String(error)),
    );
    worker.on('exit', () => lose('the thread ended before its work was done'));
  });
}

export const DEFAULT_LIMIT = 30_000;
const WATCH_EVERY = 200;
const THREAD = new URL('./thread.ts', import.meta.url);
