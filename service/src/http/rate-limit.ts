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

/** Counts one request of a key. */
export type RequestCounter = (keyId: string, tier: string, limit: number, now: number) => Quota | Promise<Quota>;

/**
 * Counts in the database, exactly. One statement for a key is under way at a time: all requests that come meanwhile go into
 * the next one together, so that they do not wait for each other's locks on one row.
 */
export function sharedCounter({ db }: Store): RequestCounter {
  const gathering = new Map<string, { requests: number; readonly counted: Promise<number> }>();
  const underWay = new Map<string, Promise<unknown>>();
  const add = async (keyId: string, startedAt: number, requests: number): Promise<number> => {
    const { count } = await db
      .insertInto('rate_windows')
      .values({ key_id: keyId, started_at: startedAt, count: requests })
      .onConflict((conflict) =>
        conflict.columns(['key_id', 'started_at']).doUpdateSet((set) => ({ count: set('rate_windows.count', '+', requests) })),
      )
      .returning('count')
      .executeTakeFirstOrThrow();
    return count;
  };
  return async (keyId, tier, limit, now) => {
    const startedAt = Math.floor(now / WINDOW) * WINDOW;
    const name = `${keyId} ${startedAt}`;
    const gather = () => {
      const begin = (): Promise<number> => {
        gathering.delete(name);
        const adding = add(keyId, startedAt, batch.requests);
        const ended: Promise<unknown> = adding.catch(() => undefined).then(() => underWay.get(name) === ended && underWay.delete(name));
        underWay.set(name, ended);
        return adding;
      };
      const batch = { requests: 0, counted: (underWay.get(name) ?? Promise.resolve()).then(begin) };
      gathering.set(name, batch);
      return batch;
    };
    const batch = gathering.get(name) ?? gather();
    const place = ++batch.requests;
    return quotaOf((await batch.counted) - batch.requests + place, limit, tier, startedAt);
  };
}

/** Counts in this process: keys, or addresses of those without one. */
export function processCounter(): (...asked: Parameters<RequestCounter>) => Quota {
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
  return (address, now) => counted(networkOf(address), 'anonymous', limit, now);
}

/** Whoever has one IPv6 address has the 2^64 beside it (RFC 4291, 2.5.1); an IPv4 address may be written as an IPv6 one. */
function networkOf(address: string): string {
  if (!address.includes(':')) return address;
  const mapped = /^::ffff:([\d.]+)$/i.exec(address)?.[1];
  if (mapped !== undefined) return mapped;
  const [head = '', tail] = address.split('::');
  const [before, after] = [head, tail ?? ''].map((part) => part.split(':').filter(Boolean)) as [string[], string[]];
  const groups =
    tail === undefined ? before : [...before, ...new Array<string>(Math.max(0, 8 - before.length - after.length)).fill('0'), ...after];
  return groups
    .slice(0, 4)
    .map((group) => Number.parseInt(group, 16).toString(16))
    .join(':');
}

const quotaOf = (count: number, limit: number, tier: string, startedAt: number): Quota => ({
  limit,
  remaining: Math.max(0, limit - count),
  reset: (startedAt + WINDOW) / 1000,
  tier,
  exceeded: count > limit,
});

const MOST_COUNTED = 100_000;
