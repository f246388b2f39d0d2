/** The port of durable jobs: put down in the transaction that makes them needed, done at least once. */
import type { Tx } from '../storage/database.ts';

export const JOB_KINDS = ['seal', 'unsealed', 'message', 'expire', 'simulate', 'identity', 'preview'] as const;

export type JobKind = (typeof JOB_KINDS)[number];

/** What becomes of a job after its last attempt, with the same data; others are put aside for people to look at. */
export const AFTERWARDS: Readonly<Partial<Record<JobKind, JobKind>>> = { seal: 'unsealed' };

/** One at a time in a process: nobody waits for it, and it must not take the places of what somebody waits for. */
export const SINGLY: ReadonlySet<JobKind> = new Set(['preview']);

export interface NewJob {
  readonly kind: JobKind;
  readonly data: Readonly<Record<string, string>>;
  /** Default: at once. */
  readonly runAt?: number;
}

/** What a job does. It may run twice, also at the same time, and finds out itself what is done already. An error: again, later. */
export type Handler = (data: Readonly<Record<string, string>>, attempt: number) => Promise<undefined | RunAgain>;

/** Not done yet, and no error: again at this time. */
export interface RunAgain {
  readonly at: number;
}

export type Handlers = Readonly<Record<JobKind, Handler>>;

export interface Jobs {
  /** Exists exactly where the transaction is committed. */
  enqueue(tx: Tx, job: NewJob): Promise<void>;
  start(handlers: Handlers): Promise<void>;
  /** Ends when the jobs that run are done. */
  stop(): Promise<void>;
}

/** Told of jobs that failed, without their data. */
export type JobLog = (event: {
  readonly kind: JobKind | 'webhook';
  readonly attempt: number;
  readonly error: unknown;
  readonly final: boolean;
}) => void;

/** Milliseconds before the next attempt: doubling from one second, an hour at most. */
export const pauseAfter = (attempt: number): number => Math.min(1000 * 2 ** Math.min(attempt - 1, 12), 3_600_000);
