/** Jobs on PostgreSQL by pg-boss: shared by all processes on the database, put down in the caller's transaction. */
import { CompiledQuery } from 'kysely';
import { type Job, PgBoss } from 'pg-boss';
import type { Tx } from '../storage/database.ts';
import { type Handler, type Handlers, JOB_KINDS, type JobKind, type JobLog, type Jobs, MOST_ATTEMPTS } from './jobs.ts';

export interface PgBossJobsOptions {
  readonly databaseUrl: string;
  readonly pollMs: number;
  readonly leaseMs: number;
  readonly parallel: number;
  readonly log: JobLog;
  readonly connections: number;
}

/** Opens pg-boss and its queues. */
export async function pgBossJobs({ databaseUrl, pollMs, leaseMs, parallel, log, connections }: PgBossJobsOptions): Promise<Jobs> {
  const boss = new PgBoss({
    connectionString: databaseUrl,
    max: connections,
    schedule: false,
    superviseIntervalSeconds: SUPERVISE_SECONDS,
    monitorIntervalSeconds: SUPERVISE_SECONDS,
  });
  boss.on('error', (error: unknown) => log({ kind: 'seal', attempt: 0, error, final: false }));
  await boss.start();
  for (const kind of JOB_KINDS)
    await boss.createQueue(kind, {
      retryLimit: MOST_ATTEMPTS,
      retryDelay: 1,
      retryBackoff: true,
      retryDelayMax: 3600,
      ...leaseOf(leaseMs),
      deleteAfterSeconds: 3600,
      retentionSeconds: 90 * 86_400,
    });
  const workers = new Map<JobKind, string[]>();
  const wake = (kind: JobKind): void => {
    // Mostly the transaction is committed by then; else the next look finds the job.
    setTimeout(() => {
      for (const id of workers.get(kind) ?? []) boss.notifyWorker(id);
    }, NUDGE_MS).unref();
  };
  return {
    enqueue: async (tx, { kind, data, runAt }) => {
      await boss.send(kind, data, { db: databaseOf(tx), ...(runAt !== undefined && { startAfter: new Date(runAt) }) });
      if (runAt === undefined) wake(kind);
    },
    start: async (handlers) => {
      for (const kind of JOB_KINDS)
        workers.set(kind, [
          await boss.work<Readonly<Record<string, string>>>(
            kind,
            { pollingIntervalSeconds: Math.max(0.5, pollMs / 1000), localConcurrency: parallel, includeMetadata: false },
            (jobs: Job<Readonly<Record<string, string>>>[]) => performEach(boss, kind, handlers, jobs, log),
          ),
        ]);
    },
    stop: () => boss.stop({ graceful: true, close: true, timeout: 20_000 }),
  };
}

async function performEach(
  boss: PgBoss,
  kind: JobKind,
  handlers: Handlers,
  jobs: readonly Job<Readonly<Record<string, string>>>[],
  log: JobLog,
): Promise<void> {
  for (const { data } of jobs) await perform(boss, kind, handlers[kind], data, log);
}

async function perform(boss: PgBoss, kind: JobKind, handler: Handler, data: Readonly<Record<string, string>>, log: JobLog): Promise<void> {
  try {
    const outcome = await handler(data, 1);
    if (outcome !== undefined) await boss.send(kind, data, { startAfter: new Date(outcome.at) });
  } catch (error) {
    log({ kind, attempt: 1, error, final: false });
    throw error;
  }
}

/** A worker tells that it lives, so that a long job keeps its lease; intervals below ten seconds pg-boss knows as limits only. */
const leaseOf = (ms: number) =>
  ms < 10_000
    ? { expireInSeconds: Math.max(1, Math.round(ms / 1000)) }
    : { expireInSeconds: LONGEST_JOB_SECONDS, heartbeatSeconds: Math.round(ms / 1000) };

/** pg-boss writes by the connection of the transaction. */
const databaseOf = (tx: Tx) => ({
  executeSql: async (text: string, values: unknown[] = []) => {
    const { rows } = await tx.executeQuery(CompiledQuery.raw(text, values));
    return { rows: rows as Record<string, unknown>[] };
  },
});

const SUPERVISE_SECONDS = 2;
const NUDGE_MS = 15;
const LONGEST_JOB_SECONDS = 3600;
