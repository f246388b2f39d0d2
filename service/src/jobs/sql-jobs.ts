/** Jobs in a table of the embedded database: whoever takes one holds it by a lease; where its process dies, the lease runs out. */
import { randomUUID } from 'node:crypto';
import type { Row, Store } from '../storage/database.ts';
import { type Handlers, type JobKind, type JobLog, type Jobs, MOST_ATTEMPTS, pauseAfter } from './jobs.ts';

export interface SqlJobsOptions {
  readonly store: Store;
  readonly pollMs: number;
  readonly leaseMs: number;
  readonly parallel: number;
  readonly log: JobLog;
  readonly clock: () => number;
}

export function sqlJobs(options: SqlJobsOptions): Jobs {
  const { store, clock } = options;
  const runner = newRunner(options);
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
      if (runAt === undefined || runAt <= now) runner.wake();
    },
    start: async (handlers) => runner.start(handlers, store),
    stop: () => runner.stop(),
  };
}

/** Keeps up to `parallel` jobs going. */
function newRunner(options: SqlJobsOptions) {
  const { pollMs, parallel } = options;
  const running = new Set<Promise<void>>();
  let handlers: Handlers | null = null;
  let timer: NodeJS.Timeout | null = null;
  let looking = false;
  let again = false;
  const look = async (): Promise<void> => {
    if (handlers === null) return;
    if (looking) {
      again = true;
      return;
    }
    looking = true;
    try {
      do {
        again = false;
        while (handlers !== null && running.size < parallel) {
          const job = await take(options);
          if (job === null) break;
          const work = perform(options, handlers, job).finally(() => {
            running.delete(work);
            void look();
          });
          running.add(work);
        }
      } while (again);
    } catch (error) {
      options.log({ kind: 'seal', attempt: 0, error, final: false });
    } finally {
      looking = false;
    }
  };
  return {
    wake: () => void setImmediate(() => void look()),
    start: (given: Handlers, _store: Store) => {
      handlers = given;
      timer = setInterval(() => void look(), pollMs);
      void look();
    },
    stop: async () => {
      handlers = null;
      if (timer) clearInterval(timer);
      while (running.size > 0 || looking) {
        await Promise.allSettled([...running]);
        await new Promise((resolve) => setImmediate(resolve));
      }
    },
  };
}

async function take({ store, clock, leaseMs }: SqlJobsOptions): Promise<Row<'jobs'> | null> {
  const now = clock();
  const lease = randomUUID();
  // Mostly nothing is due: then no transaction is begun.
  const due = store.db
    .selectFrom('jobs')
    .select('id')
    .where('failed_at', 'is', null)
    .where('run_at', '<=', now)
    .where((where) => where.or([where('leased_until', 'is', null), where('leased_until', '<', now)]))
    .orderBy('run_at')
    .limit(1);
  const taken = await store.db
    .updateTable('jobs')
    .set((set) => ({ lease, leased_until: now + leaseMs, attempts: set('attempts', '+', 1) }))
    .where('id', 'in', due)
    .where((where) => where.or([where('leased_until', 'is', null), where('leased_until', '<', now)]))
    .returningAll()
    .executeTakeFirst();
  return taken ?? null;
}

async function perform(options: SqlJobsOptions, handlers: Handlers, job: Row<'jobs'>): Promise<void> {
  const { store, clock, leaseMs, log } = options;
  const kind = job.kind as JobKind;
  const mine = store.db.updateTable('jobs').where('id', '=', job.id).where('lease', '=', job.lease);
  const beat = setInterval(() => {
    mine
      .set({ leased_until: clock() + leaseMs })
      .execute()
      .catch((error: unknown) => log({ kind, attempt: job.attempts, error, final: false }));
  }, leaseMs / 3);
  try {
    const outcome = await handlers[kind](JSON.parse(job.data) as Record<string, string>, job.attempts);
    if (outcome === undefined) await store.db.deleteFrom('jobs').where('id', '=', job.id).where('lease', '=', job.lease).execute();
    else await mine.set({ run_at: outcome.at, leased_until: null, lease: null, attempts: 0 }).execute();
  } catch (error) {
    const final = job.attempts >= MOST_ATTEMPTS;
    log({ kind, attempt: job.attempts, error, final });
    const reason = error instanceof Error ? error.name : 'unknown';
    await mine
      .set({ leased_until: null, lease: null, run_at: clock() + pauseAfter(job.attempts), reason, failed_at: final ? clock() : null })
      .execute()
      .catch((failure: unknown) => log({ kind, attempt: job.attempts, error: failure, final: false }));
  } finally {
    clearInterval(beat);
  }
}
