/** Calls in a month, of the customers whose plan counts them. */
import { sql } from 'kysely';
import { inRealm } from '../storage/realm.ts';
import type { Core } from './core.ts';
import { ServiceFault } from './fault.ts';
import type { Realm } from './model.ts';

export interface Usage {
  /** `2025-06`, in UTC. */
  readonly month: string;
  readonly calls: number;
  /** Null: any number. */
  readonly limit: number | null;
  /** When the next month begins. */
  readonly until: number;
}

/** Counts one call. Throws `ServiceFault` `quota-exceeded`; that call is not counted. */
export async function countCall({ store, clock }: Pick<Core, 'store' | 'clock'>, tenant: string, limit: number | null): Promise<void> {
  const { month, until } = monthOf(clock());
  const { calls } = await store.db
    .insertInto('usage')
    .values({ tenant_id: tenant, month, calls: 1 })
    .onConflict((conflict) => conflict.columns(['tenant_id', 'month']).doUpdateSet((set) => ({ calls: set('usage.calls', '+', 1) })))
    .returning('calls')
    .executeTakeFirstOrThrow();
  if (limit === null || calls <= limit) return;
  await store.db
    .updateTable('usage')
    .set((set) => ({ calls: set('calls', '-', 1) }))
    .where('tenant_id', '=', tenant)
    .where('month', '=', month)
    .execute();
  throw new ServiceFault('quota-exceeded', 'The calls of this month are used up.', {
    retryAfter: Math.max(1, Math.ceil((until - clock()) / 1000)),
  });
}

export async function readUsage({ store, clock }: Pick<Core, 'store' | 'clock'>, tenant: string): Promise<Usage> {
  const { month, until } = monthOf(clock());
  const [row, plan] = await Promise.all([
    store.db.selectFrom('usage').select('calls').where('tenant_id', '=', tenant).where('month', '=', month).executeTakeFirst(),
    store.db.selectFrom('tenants').select('monthly_calls').where('id', '=', tenant).executeTakeFirst(),
  ]);
  return { month, calls: row?.calls ?? 0, limit: plan?.monthly_calls ?? null, until };
}

export interface MonthlyUsage {
  readonly month: string;
  /** Calls that the plan counts. */
  readonly calls: number;
  /** Requests made in this month that are still kept. */
  readonly requests: number;
  readonly completed: number;
}

/** The last months, the oldest first. */
export async function readMonths({ store, clock }: Pick<Core, 'store' | 'clock'>, realm: Realm, count: number): Promise<MonthlyUsage[]> {
  const now = new Date(clock());
  const starts = Array.from({ length: count + 1 }, (_, back) => Date.UTC(now.getUTCFullYear(), now.getUTCMonth() + 1 - count + back, 1));
  const calls = await store.db
    .selectFrom('usage')
    .select(['month', 'calls'])
    .where('tenant_id', '=', realm.tenant)
    .where('month', '>=', monthOf(starts[0] ?? 0).month)
    .execute();
  // The hours in which requests were made: both databases divide whole numbers alike, and no month begins within one.
  const hour = sql<number>`created_at / ${sql.lit(HOUR)}`;
  const made = await inRealm(store.db, realm)
    .selectFrom('requests')
    .select((row) => [hour.as('hour'), row.fn.countAll<number>().as('requests'), row.fn.count<number>('completed_at').as('completed')])
    .where('created_at', '>=', starts[0] ?? 0)
    .groupBy(hour)
    .execute();
  const byMonth = Map.groupBy(made, (row) => monthOf(Number(row.hour) * HOUR).month);
  return starts.slice(0, count).map((start) => {
    const { month } = monthOf(start);
    const rows = byMonth.get(month) ?? [];
    return {
      month,
      calls: calls.find((row) => row.month === month)?.calls ?? 0,
      requests: rows.reduce((sum, row) => sum + Number(row.requests), 0),
      completed: rows.reduce((sum, row) => sum + Number(row.completed), 0),
    };
  });
}

function monthOf(now: number): { readonly month: string; readonly until: number } {
  const date = new Date(now);
  return { month: date.toISOString().slice(0, 7), until: Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + 1, 1) };
}

const HOUR = 3_600_000;
