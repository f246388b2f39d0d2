/** Calls in a month, of the customers whose plan counts them. */
import type { Core } from './core.ts';
import { ServiceFault } from './fault.ts';

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

function monthOf(now: number): { readonly month: string; readonly until: number } {
  const date = new Date(now);
  return { month: date.toISOString().slice(0, 7), until: Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + 1, 1) };
}
