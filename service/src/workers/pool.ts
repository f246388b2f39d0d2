/** Threads for foreign octets: limited in time and memory; one that does not come back is ended, and another takes its place. */
import { Worker } from 'node:worker_threads';
import type { CallName, Calls, FromThread, Results, Task, ToThread } from './protocol.ts';

export interface PoolOptions {
  readonly threads: number;
  readonly memoryMb: number;
  readonly timeoutMs: number;
  /** For sealing, which may mean twenty signatures of a large document; default: as all others. */
  readonly sealingTimeoutMs?: number;
  /** Tasks that may wait; beyond that a task is refused at once. */
  readonly waiting: number;
}

export interface Pool {
  /** Throws `WorkError`. */
  run<K extends Task['kind']>(task: Extract<Task, { readonly kind: K }>, calls?: Partial<Calls>): Promise<Results[K]>;
  /** Threads that work, tasks that wait. */
  load(): { readonly busy: number; readonly waiting: number };
  close(): Promise<void>;
}

/** A task that came to nothing. `code` is the engine's, or `timeout`, `memory`, `busy`, `closed`, `internal`. */
export class WorkError extends Error {
  override readonly name = 'WorkError';
  readonly code: string;

  constructor(code: string, message: string) {
    super(message);
    this.code = code;
  }
}

interface Waiting {
  readonly task: Task;
  readonly calls: Partial<Calls>;
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: Error) => void;
}

interface Thread {
  readonly worker: Worker;
  job: Waiting | null;
  timer: NodeJS.Timeout | null;
}

export function newPool(options: PoolOptions): Pool {
  const threads = new Set<Thread>();
  const queue: Waiting[] = [];
  let closed = false;

  const settle = (thread: Thread, end: (job: Waiting) => void): void => {
    const { job } = thread;
    if (thread.timer) clearTimeout(thread.timer);
    thread.timer = null;
    thread.job = null;
    if (job) end(job);
  };
  const discard = (thread: Thread, error: WorkError): void => {
    threads.delete(thread);
    settle(thread, ({ reject }) => reject(error));
    void thread.worker.terminate();
    next();
  };
  const start = (): Thread => {
    const thread: Thread = { worker: newWorker(options), job: null, timer: null };
    threads.add(thread);
    thread.worker.on('message', (message: FromThread) => {
      if (message.type === 'call') return void answer(thread, message);
      if (message.type === 'done') settle(thread, ({ resolve }) => resolve(message.value));
      if (message.type === 'failed') settle(thread, ({ reject }) => reject(new WorkError(message.code, message.message)));
      if (thread.job === null) next();
    });
    thread.worker.on('error', (error: NodeJS.ErrnoException) => {
      const memory = error.code === 'ERR_WORKER_OUT_OF_MEMORY';
      discard(
        thread,
        new WorkError(memory ? 'memory' : 'internal', memory ? 'the document needs more memory than is allowed' : error.message),
      );
    });
    thread.worker.on('exit', () => {
      if (threads.has(thread)) discard(thread, new WorkError('internal', 'the thread ended'));
    });
    return thread;
  };
  const next = (): void => {
    while (queue.length > 0 && !closed) {
      const free = [...threads].find(({ job }) => job === null) ?? (threads.size < options.threads ? start() : null);
      if (free === null) return;
      const job = queue.splice(mostUrgent(queue), 1)[0] as Waiting;
      free.job = job;
      const limit = job.task.kind === 'seal' ? (options.sealingTimeoutMs ?? options.timeoutMs) : options.timeoutMs;
      free.timer = setTimeout(() => discard(free, new WorkError('timeout', 'the document takes too long')), limit);
      free.worker.postMessage({ type: 'task', task: job.task } satisfies ToThread);
    }
  };
  return {
    run: <K extends Task['kind']>(task: Extract<Task, { readonly kind: K }>, calls: Partial<Calls> = {}) =>
      new Promise<Results[K]>((resolve, reject) => {
        if (closed) return reject(new WorkError('closed', 'the service is stopping'));
        if (queue.length >= options.waiting) return reject(new WorkError('busy', 'too many documents wait'));
        queue.push({ task, calls, resolve: resolve as (value: unknown) => void, reject });
        next();
      }),
    load: () => ({ busy: [...threads].filter(({ job }) => job !== null).length, waiting: queue.length }),
    close: async () => {
      closed = true;
      for (const { reject } of queue.splice(0)) reject(new WorkError('closed', 'the service is stopping'));
      const ending = [...threads];
      threads.clear();
      for (const thread of ending) settle(thread, ({ reject }) => reject(new WorkError('closed', 'the service is stopping')));
      await Promise.all(ending.map(({ worker }) => worker.terminate()));
    },
  };
}

/** Somebody waits for an upload or a verdict; a sealing and a picture can wait. Among equals, who came first. */
function mostUrgent(queue: readonly Waiting[]): number {
  let found = 0;
  for (const [index, { task }] of queue.entries()) {
    const best = queue[found] as Waiting;
    if (URGENCY[task.kind] < URGENCY[best.task.kind]) found = index;
  }
  return found;
}

const URGENCY: Readonly<Record<Task['kind'], number>> = { inspect: 0, validate: 1, seal: 1, preview: 2 };

async function answer({ worker, job }: Thread, { call, name, args }: Extract<FromThread, { readonly type: 'call' }>): Promise<void> {
  const reply = (message: ToThread): void => worker.postMessage(message);
  try {
    const asked = job?.calls[name as CallName] as ((...all: readonly unknown[]) => Promise<unknown>) | undefined;
    if (!asked) throw new Error(`nothing answers ${name} here`);
    reply({ type: 'answer', call, value: await asked(...args) });
  } catch (error) {
    reply({ type: 'answer', call, failure: error instanceof Error ? error.message : String(error) });
  }
}

/** Of JavaScript where the service is built, of TypeScript where it runs from source. */
const newWorker = ({ memoryMb }: PoolOptions): Worker =>
  new Worker(new URL(import.meta.url.endsWith('.ts') ? './thread.ts' : './thread.js', import.meta.url), {
    resourceLimits: { maxOldGenerationSizeMb: memoryMb, maxYoungGenerationSizeMb: 64 },
    // No secret of the environment goes where foreign octets are read.
    env: {},
  });
