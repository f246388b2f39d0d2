/** What takes jobs from wherever they are kept and does them: so many of each kind at a time that no kind waits for another. */
import { type Handlers, JOB_KINDS, type JobKind, type JobLog, SINGLY } from './jobs.ts';

/** Where jobs are kept. */
export interface JobSource {
  /** Takes what is due, the longest waiting first: `most` at most. Nobody else gets them while they are held. */
  take(kind: JobKind, most: number): Promise<readonly HeldJob[]>;
}

export interface HeldJob {
  readonly data: Readonly<Record<string, string>>;
  /** From 1. */
  readonly attempt: number;
  /** It is not tried again after this attempt. */
  readonly last: boolean;
  /** All attempts were begun, and no process that made them came to its end. */
  readonly spent: boolean;
  done(): Promise<unknown>;
  again(at: number): Promise<unknown>;
  failed(error: unknown): Promise<unknown>;
  /** Tells that it is still worked at. */
  beat(): Promise<unknown>;
}

export interface RunnerOptions {
  readonly source: JobSource;
  readonly pollMs: number;
  readonly leaseMs: number;
  /** Jobs of one kind at a time, but for those that are done singly. */
  readonly parallel: number;
  readonly log: JobLog;
}

export interface Runner {
  /** There is something to do. */
  wake(kind: JobKind): void;
  start(handlers: Handlers): void;
  /** Ends when the jobs that run are done, or have had their time: those are done again by the next process. */
  stop(): Promise<void>;
}

export function newRunner({ source, pollMs, leaseMs, parallel, log }: RunnerOptions): Runner {
  const running = new Map<JobKind, Set<Promise<void>>>(JOB_KINDS.map((kind) => [kind, new Set()]));
  const looking = new Map<JobKind, 'once' | 'again'>();
  let handlers: Handlers | null = null;
  let timer: NodeJS.Timeout | null = null;

  const look = async (kind: JobKind): Promise<void> => {
    if (looking.has(kind)) return void looking.set(kind, 'again');
    const mine = running.get(kind) ?? new Set();
    const places = SINGLY.has(kind) ? 1 : parallel;
    try {
      do {
        looking.set(kind, 'once');
        while (handlers !== null && mine.size < places) {
          const free = places - mine.size;
          const jobs = await source.take(kind, free);
          for (const job of jobs) {
            const work: Promise<void> = perform(kind, handlers, job).finally(() => {
              mine.delete(work);
              void look(kind);
            });
            mine.add(work);
          }
          if (jobs.length < free) break;
        }
      } while (looking.get(kind) === 'again');
    } catch (error) {
      log({ kind, attempt: 0, error, final: false });
    } finally {
      looking.delete(kind);
    }
  };
  const perform = async (kind: JobKind, given: Handlers, job: HeldJob): Promise<void> => {
    const told = (error: unknown, final = false): void => log({ kind, attempt: job.attempt, error, final });
    const beat = setInterval(() => void job.beat().catch(told), leaseMs / 3);
    try {
      if (job.spent) throw new Error('the process of the last attempt ended');
      const outcome = await given[kind](job.data, job.attempt);
      await (outcome === undefined ? job.done() : job.again(outcome.at));
    } catch (error) {
      told(error, job.last);
      await job.failed(error).catch(told);
    } finally {
      clearInterval(beat);
    }
  };
  const lookAtAll = (): void => {
    for (const kind of JOB_KINDS) void look(kind);
  };
  return {
    wake: (kind) => void look(kind),
    start: (given) => {
      handlers = given;
      timer = setInterval(lookAtAll, pollMs);
      lookAtAll();
    },
    stop: async () => {
      handlers = null;
      if (timer) clearInterval(timer);
      const patience = { over: false };
      const over = new Promise<void>((resolve) => {
        const end = (): void => {
          patience.over = true;
          resolve();
        };
        setTimeout(end, PATIENCE_MS).unref();
      });
      while (!patience.over && (looking.size > 0 || [...running.values()].some(({ size }) => size > 0))) {
        await Promise.race([over, Promise.allSettled([...running.values()].flatMap((jobs) => [...jobs]))]);
        await new Promise((resolve) => setImmediate(resolve));
      }
    },
  };
}

/** What a job gets to end when the service stops. */
const PATIENCE_MS = 20_000;
