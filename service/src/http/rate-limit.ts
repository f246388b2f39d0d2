/** Requests per minute and key: in the database where several processes share one, else in memory, which costs no write. */
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

/** Counts in this process: keys, or addresses of those without one. */
export function processCounter(): (of: string, tier: string, limit: number, now: number) => Quota {
  let startedAt = 0;
  let counts = new Map<string, number>();
  return (of, tier, limit, now) => {
    const window = Math.floor(now / WINDOW) * WINDOW;
    if (window !== startedAt || counts.size > MOST_COUNTED) {
      startedAt = window;
      counts = new Map();
    }
    const count = (counts.get(of) ?? 0) + 1;
    counts.set(of, count);
    return quotaOf(count, limit, tier, window);
  };
}

/** For those without a key: by address. */
export function anonymousCounter(limit: number): (address: string, now: number) => Quota {
  const counted = processCounter();
  return (address, now) => counted(address, 'anonymous', limit, now);
}

const quotaOf = (count: number, limit: number, tier: string, startedAt: number): Quota => ({
  limit,
  remaining: Math.max(0, limit - count),
  reset: (startedAt + WINDOW) / 1000,
  tier,
  exceeded: count > limit,
});

const MOST_COUNTED = 100_000;
