/** Runs the trying thread and watches it: an input that hangs it or brings it down is taken out of its hands and is a finding. */
import { Worker } from 'node:worker_threads';
import type { Bytes } from '../src/base/bytes.ts';
import { LONGEST_INPUT, type ThreadInput, type ThreadMessage } from './thread-input.ts';
import type { Failure } from './trial.ts';

export interface Finding {
  readonly failure: Failure;
  readonly input: Bytes;
}

export interface Progress {
  readonly executions: number;
  readonly seeds: number;
  readonly elapsed: number;
}

export interface Watched {
  readonly parser: string;
  readonly seed: number;
  readonly milliseconds: number;
  readonly onFinding: (finding: Finding) => void;
  readonly onProgress: (progress: Progress) => void;
}

/** Tries inputs for so long; a thread that is lost is replaced by one that goes on with other inputs. */
export async function fuzz({ parser, seed, milliseconds, onFinding, onProgress }: Watched): Promise<Progress> {
  const started = performance.now();
  let progress: Progress = { executions: 0, seeds: 0, elapsed: 0 };
  for (let turn = 0; milliseconds - progress.elapsed > 0 && turn < MANY_TURNS; turn++) {
    const before = progress.executions;
    const tell = (executions: number, seeds: number): void => {
      progress = { executions: before + executions, seeds: Math.max(seeds, progress.seeds), elapsed: performance.now() - started };
      onProgress(progress);
    };
    await runThread({ parser, seed: seed + turn * 7919, milliseconds: milliseconds - progress.elapsed }, onFinding, tell);
  }
  return progress;
}

function runThread(
  plan: Pick<ThreadInput, 'parser' | 'seed' | 'milliseconds'>,
  onFinding: (finding: Finding) => void,
  tell: (executions: number, seeds: number) => void,
): Promise<void> {
  return new Promise((resolve, reject) => {
    const state = new SharedArrayBuffer(8);
    const input = new SharedArrayBuffer(LONGEST_INPUT);
    const numbers = new Int32Array(state);
    const worker = new Worker(THREAD, { workerData: { ...plan, state, input }, resourceLimits: { maxOldGenerationSizeMb: 1024 } });
    let seeds = 0;
    let last = { count: 0, since: performance.now() };
    const end = (settle: () => void): void => {
      clearInterval(watch);
      tell(Atomics.load(numbers, 0), seeds);
      void worker.terminate();
      settle();
    };
    const lose = (kind: string, what: string): void => {
      const length = Atomics.load(numbers, 1);
      onFinding({ failure: { expectation: 'ends in time', kind, what }, input: new Uint8Array(input).slice(0, length) });
      end(resolve);
    };
    const watch = setInterval(() => {
      const count = Atomics.load(numbers, 0);
      const now = performance.now();
      if (count !== last.count || seeds === 0) last = { count, since: now };
      else if (now - last.since > HANGING) return lose('hangs', `no end within ${HANGING / 1000} s`);
      tell(count, seeds);
    }, WATCH_EVERY);
    worker.on('message', (message: ThreadMessage) => {
      if (message.kind === 'ready') seeds = message.seeds;
      else if (message.kind === 'finding') onFinding(message);
      else end(resolve);
    });
    worker.on('error', (error) => {
      if (seeds === 0) end(() => reject(error));
      else lose('brings the thread down', String(error));
    });
  });
}

const WATCH_EVERY = 500;
/** Far above what an input may take, on a machine with other work. */
const HANGING = 20_000;
const MANY_TURNS = 50;
const THREAD = new URL('./thread.ts', import.meta.url);
