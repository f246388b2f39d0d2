/** Jobs in a table of the embedded database: whoever takes one holds it by a lease; where its process dies, the lease runs out. */
import { randomUUID } from 'node:crypto';
import type { Row, Store } from '../storage/database.ts';
import { AFTERWARDS, type JobKind, type JobLog, type Jobs, pauseAfter } from './jobs.ts';
import { type HeldJob, newRunner } from './runner.ts';

export interface SqlJobsOptions {
  readonly store: Store;
  readonly pollMs: number;
  readonly leaseMs: number;
  readonly parallel: number;
  readonly attempts: number;
  readonly log: JobLog;
  readonly clock: () => number;
}

export function sqlJobs(options: SqlJobsOptions): Jobs {
  const { clock } = options;
  const runner = newRunner({ ...options, source: { take: (kind, most) => take(options, kind, most) } });
  return {
    enqueue: async (tx, { kind, data, runAt }) => {
      const now = clock();
      await tx
        .insertInto('jobs')
        .values({
          id: randomUUID(),
          kind,
          key: null,
          data: JSON.stringify(data),
          run_at: runAt ?? now,
          attempts: 0,
          leased_until: null,
          lease: null,
          created_at: now,
          failed_at: null,
          reason: null,
        })
        .execute();
      // The transaction has the database to itself: whoever asks next sees the job.
      if (runAt === undefined || runAt <= now) setImmediate(() => runner.wake(kind));
    },
    start: async (handlers) => runner.start(handlers),
    stop: () => runner.stop(),
  };
}

/** One statement, so that two processes never take the same; where nothing is due, nothing is written. */
async function take(options: SqlJobsOptions, kind: JobKind, most: number): Promise<readonly HeldJob[]> {
  const { store, clock, leaseMs } = options;
  const now = clock();
  const lease = randomUUID();
  const due = store.db
    .selectFrom('jobs')
    .select('id')
    .where('failed_at', 'is', null)
    .where('kind', '=', kind)
    .where('run_at', '<=', now)
    .where((where) => where.or([where('leased_until', 'is', null), where('leased_until', '<', now)]))
    .orderBy('run_at')
    .limit(most);
  const taken = await store.db
    .updateTable('jobs')
    .set((set) => ({ lease, leased_until: now + leaseMs, attempts: set('attempts', '+', 1) }))
    .where('id', 'in', due)
    .returningAll()
    .execute();
  return taken.toSorted((a, b) => a.run_at - b.run_at).map((job) => heldJob(options, kind, job));
}

function heldJob({ store, clock, leaseMs, attempts }: SqlJobsOptions, kind: JobKind, job: Row<'jobs'>): HeldJob {
  const mine = store.db.updateTable('jobs').where('id', '=', job.id).where('lease', '=', job.lease);
  const free = { leased_until: null, lease: null };
  const last = job.attempts >= attempts;
  const next = AFTERWARDS[kind];
  return {
    data: JSON.parse(job.data) as Record<string, string>,
    attempt: job.attempts,
    last,
    spent: job.attempts > attempts,
    done: () => store.db.deleteFrom('jobs').where('id', '=', job.id).where('lease', '=', job.lease).execute(),
    again: (at) => mine.set({ ...free, run_at: at, attempts: 0 }).execute(),
    failed: (error) => {
      const reason = error instanceof Error ? error.name : 'unknown';
      const now = clock();
      if (last && next !== undefined) return mine.set({ ...free, kind: next, attempts: 0, run_at: now, reason }).execute();
      return mine.set({ ...free, run_at: now + pauseAfter(job.attempts), reason, failed_at: last ? now : null }).execute();
    },
    beat: () => mine.set({ leased_until: clock() + leaseMs }).execute(),
  };
}
