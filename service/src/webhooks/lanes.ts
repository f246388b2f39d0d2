/** Who is served next: each address has a lane of its own, held by a lease, and those that are slow or silent never take all places. */
import { randomUUID } from 'node:crypto';
import type { Core } from '../domain/core.ts';

export interface LaneOptions {
  readonly core: Core;
  readonly pollMs: number;
  readonly leaseMs: number;
  readonly log: (error: unknown) => void;
  /** Sends what is due at an address; comes back soon also where more is due. */
  readonly serve: (endpointId: string) => Promise<void>;
}

export interface Lanes {
  start(): void;
  wake(): void;
  stop(): Promise<void>;
}

interface Lane {
  readonly tenant: string;
  /** Served as one of the slow ones: known as such, or found out now. */
  slow: boolean;
}

/** The places of this process. Which addresses have something due is asked of the database each time: nothing waits in memory. */
export function newLanes({ core, pollMs, leaseMs, log, serve }: LaneOptions): Lanes {
  const lease = randomUUID();
  const lanes = new Map<string, Lane>();
  const ended = new Set<Promise<void>>();
  let timers: NodeJS.Timeout[] = [];
  let nudge: NodeJS.Timeout | null = null;
  let open = false;
  let looking = false;
  let again = false;

  const run = async (id: string, lane: Lane): Promise<void> => {
    const timer = setTimeout(() => {
      lane.slow = true;
      void look();
    }, SLOW_MS);
    let served = false;
    try {
      await serve(id);
      await release(core, id, lease);
      served = true;
    } catch (error) {
      // The lease runs out: then it is tried again.
      log(error);
    }
    clearTimeout(timer);
    lanes.delete(id);
    if (served) void look();
  };
  const begin = (id: string, lane: Lane): void => {
    lanes.set(id, lane);
    const work: Promise<void> = run(id, lane).finally(() => ended.delete(work));
    ended.add(work);
  };
  /** Fills the places of one kind; how many it filled. */
  const fill = async (slow: boolean): Promise<number> => {
    const mine = [...lanes.values()].filter((lane) => lane.slow === slow);
    const places = Math.min(PLACES - mine.length, MOST_LANES - lanes.size);
    if (places <= 0) return 0;
    const counts = new Map<string, number>();
    const count = ({ tenant }: Pick<Lane, 'tenant'>): number => {
      const next = (counts.get(tenant) ?? 0) + 1;
      counts.set(tenant, next);
      return next;
    };
    for (const lane of mine) count(lane);
    const full = [...counts].filter(([, number]) => number >= PLACES_OF_ONE).map(([tenant]) => tenant);
    const found = await due(core, { slow, places, running: [...lanes.keys()], full });
    const picked = new Map<string, Lane>();
    for (const { id, tenant } of found) if (count({ tenant }) <= PLACES_OF_ONE) picked.set(id, { tenant, slow });
    const held = (await hold(core, [...picked.keys()], lease, leaseMs)).flatMap((id) => {
      const lane = picked.get(id);
      return lane ? [{ id, lane }] : [];
    });
    for (const { id, lane } of held) begin(id, lane);
    return held.length;
  };
  const look = async (): Promise<void> => {
    again = true;
    if (!open || looking) return;
    looking = true;
    try {
      while (open && again) {
        again = false;
        for (const slow of [false, true]) while (open && (await fill(slow)) > 0);
      }
    } catch (error) {
      log(error);
    }
    looking = false;
  };
  const beat = (): void => {
    if (lanes.size === 0) return;
    const until = core.clock() + leaseMs;
    core.store.db.updateTable('webhook_endpoints').set({ leased_until: until }).where('lease', '=', lease).execute().catch(log);
  };
  return {
    start: () => {
      open = true;
      timers = [setInterval(() => void look(), pollMs), setInterval(beat, leaseMs / 3)];
      void look();
    },
    wake: () => {
      if (!open || nudge !== null) return;
      // Mostly the transaction is committed by then; else the next look finds it.
      nudge = setTimeout(() => {
        nudge = null;
        void look();
      }, NUDGE_MS);
    },
    stop: async () => {
      open = false;
      if (nudge !== null) clearTimeout(nudge);
      while (looking || ended.size > 0) {
        await Promise.allSettled([...ended]);
        await new Promise((resolve) => setImmediate(resolve));
      }
      for (const timer of timers) clearInterval(timer);
    },
  };
}

/** Addresses that have something due and that nobody serves, who waited longest first. */
async function due(
  { store: { db }, clock, dialects }: Core,
  asked: { readonly slow: boolean; readonly places: number; readonly running: readonly string[]; readonly full: readonly string[] },
): Promise<{ readonly id: string; readonly tenant: string }[]> {
  const now = clock();
  let query = db
    .selectFrom('webhook_endpoints')
    .select(['id', 'tenant_id as tenant'])
    .where('disabled_at', 'is', null)
    .where('dialect', 'in', [...dialects.keys()])
    .where('slow', '=', asked.slow ? 1 : 0)
    .where((where) => where.or([where('paused_until', 'is', null), where('paused_until', '<=', now)]))
    .where((where) => where.or([where('leased_until', 'is', null), where('leased_until', '<=', now)]))
    .where((where) =>
      where.exists(
        where
          .selectFrom('webhook_deliveries')
          .select('webhook_deliveries.id')
          .whereRef('webhook_deliveries.endpoint_id', '=', 'webhook_endpoints.id')
          .where('webhook_deliveries.status', '=', 'pending')
          .where('webhook_deliveries.next_at', '<=', now),
      ),
    );
  if (asked.running.length > 0) query = query.where('id', 'not in', [...asked.running]);
  if (asked.full.length > 0) query = query.where('tenant_id', 'not in', [...asked.full]);
  return query.orderBy('served_at').limit(asked.places).execute();
}

/** Takes the lanes; those that another process took meanwhile are missing. */
async function hold({ store, clock }: Core, ids: readonly string[], lease: string, leaseMs: number): Promise<string[]> {
  if (ids.length === 0) return [];
  const now = clock();
  let free = store.db
    .selectFrom('webhook_endpoints')
    .select('id')
    .where('id', 'in', [...ids])
    .where((where) => where.or([where('leased_until', 'is', null), where('leased_until', '<=', now)]));
  if (store.dialect === 'postgres') free = free.forUpdate().skipLocked();
  const held = await store.db
    .updateTable('webhook_endpoints')
    .set({ lease, leased_until: now + leaseMs })
    .where('id', 'in', free)
    .returning('id')
    .execute();
  return held.map(({ id }) => id);
}

async function release({ store, clock }: Core, id: string, lease: string): Promise<void> {
  await store.db
    .updateTable('webhook_endpoints')
    .set({ lease: null, leased_until: null, served_at: clock() })
    .where('id', '=', id)
    .where('lease', '=', lease)
    .execute();
}

/** Places for the quick, and as many for the slow; of these a customer has a quarter at most. */
const PLACES = 64;
const PLACES_OF_ONE = PLACES / 4;
/** With those that turned out slow while they were served. */
const MOST_LANES = 256;
/** Milliseconds after which an answer counts as slow, and its place is given to somebody else. */
export const SLOW_MS = 2000;
const NUDGE_MS = 15;
