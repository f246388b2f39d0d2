/** Requests per minute and key, counted in the database, so that all processes count together. */
import type { Store } from '../storage/database.ts';

export interface Quota {
  readonly limit: number;
  readonly remaining: number;
  /** Unix seconds. */
  readonly reset: number;
  readonly tier: string;
  readonly exceeded: boolean;
}

const WINDOW = 60_000;

/** Counts one request. */
export async function countRequest({ db }: Store, keyId: string, tier: string, limit: number, now: number): Promise<Quota> {
  const startedAt = Math.floor(now / WINDOW) * WINDOW;
  const { count } = await db
    .insertInto('rate_windows')
    .values({ key_id: keyId, started_at: startedAt, count: 1 })
    .onConflict((conflict) =>
      conflict.columns(['key_id', 'started_at']).doUpdateSet((set) => ({ count: set('rate_windows.count', '+', 1) })),
    )
    .returning('count')
    .executeTakeFirstOrThrow();
  return quotaOf(count, limit, tier, startedAt);
}

/** For those without a key: by address, in this process. */
export function anonymousCounter(limit: number): (address: string, now: number) => Quota {
  let startedAt = 0;
  let counts = new Map<string, number>();
  return (address, now) => {
    const window = Math.floor(now / WINDOW) * WINDOW;
    if (window !== startedAt || counts.size > MOST_ADDRESSES) {
      startedAt = window;
      counts = new Map();
    }
    const count = (counts.get(address) ?? 0) + 1;
    counts.set(address, count);
    return quotaOf(count, limit, 'anonymous', window);
  };
}

const quotaOf = (count: number, limit: number, tier: string, startedAt: number): Quota => ({
  limit,
  remaining: Math.max(0, limit - count),
  reset: (startedAt + WINDOW) / 1000,
  tier,
  exceeded: count > limit,
});

const MOST_ADDRESSES = 100_000;
