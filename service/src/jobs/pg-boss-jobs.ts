/** Jobs on PostgreSQL by pg-boss: shared by all processes on the database, put down in the caller's transaction. */
import { CompiledQuery } from 'kysely';
import { PgBoss } from 'pg-boss';
import type { Tx } from '../storage/database.ts';
import { AFTERWARDS, JOB_KINDS, type JobKind, type JobLog, type Jobs } from './jobs.ts';
import { type HeldJob, newRunner } from './runner.ts';

export interface PgBossJobsOptions {
  readonly databaseUrl: string;
  readonly pollMs: number;
  readonly leaseMs: number;
  readonly parallel: number;
  readonly attempts: number;
  readonly log: JobLog;
  readonly connections: number;
}

/** Opens pg-boss and its queues. */
export async function pgBossJobs(options: PgBossJobsOptions): Promise<Jobs> {
  const { databaseUrl, connections, log } = options;
  const boss = new PgBoss({
    connectionString: databaseUrl,
    max: connections,
    schedule: false,
    superviseIntervalSeconds: SUPERVISE_SECONDS,
    monitorIntervalSeconds: SUPERVISE_SECONDS,
  });
  boss.on('error', (error: unknown) => log({ kind: 'seal', attempt: 0, error, final: false }));
  await boss.start();
  for (const kind of inOrder(JOB_KINDS)) {
    await boss.createQueue(kind, queueOf(options, kind));
    await boss.updateQueue(kind, queueOf(options, kind));
  }
  // pg-boss has workers of its own, each of which asks the database all the time; ours ask for as many as they have places for.
  const runner = newRunner({ ...options, source: { take: (kind, most) => take(boss, kind, most) } });
  return {
    enqueue: async (tx, { kind, data, runAt }) => {
      await boss.send(kind, data, { db: databaseOf(tx), ...(runAt !== undefined && { startAfter: new Date(runAt) }) });
      // Mostly the transaction is committed by then; else the next look finds the job.
      if (runAt === undefined) setTimeout(() => runner.wake(kind), NUDGE_MS).unref();
    },
    start: async (handlers) => runner.start(handlers),
    stop: async () => {
      await runner.stop();
      await boss.stop({ graceful: false, close: true });
    },
  };
}

async function take(boss: PgBoss, kind: JobKind, most: number): Promise<readonly HeldJob[]> {
  const jobs = await boss.fetch<Readonly<Record<string, string>>>(kind, { batchSize: most, includeMetadata: true });
  return jobs.map(({ id, data, retryCount, retryLimit }) => ({
    data,
    attempt: retryCount + 1,
    last: retryCount >= retryLimit,
    // pg-boss sees to it itself.
    spent: false,
    done: () => boss.complete(kind, id),
    again: async (at) => {
      await boss.send(kind, data, { startAfter: new Date(at) });
      await boss.complete(kind, id);
    },
    // The kind of error and no more: a message may name somebody.
    failed: (error) => boss.fail(kind, id, { reason: error instanceof Error ? error.name : 'unknown' }),
    beat: () => boss.touch(kind, id),
  }));
}

/** A queue is named by others only once it is there. */
const inOrder = (kinds: readonly JobKind[]): readonly JobKind[] =>
  kinds.toSorted((a, b) => Number(AFTERWARDS[a] !== undefined) - Number(AFTERWARDS[b] !== undefined));

function queueOf({ attempts, leaseMs }: PgBossJobsOptions, kind: JobKind) {
  const deadLetter = AFTERWARDS[kind];
  return {
    retryLimit: attempts - 1,
    retryDelay: 1,
    retryBackoff: true,
    retryDelayMax: 3600,
    ...leaseOf(leaseMs),
    ...(deadLetter !== undefined && { deadLetter }),
    deleteAfterSeconds: 3600,
    retentionSeconds: 90 * 86_400,
  };
}

/** Who works at a job tells that they live, so that a long job keeps its lease; intervals below ten seconds pg-boss knows as limits only. */
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
