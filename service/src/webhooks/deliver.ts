/** Delivery of events to one address: at least once, each with the same id, until the other side takes it or three days are over. */
import { randomUUID } from 'node:crypto';
import { httpClient } from 'adeskit/net';
import type { Core } from '../domain/core.ts';
import { ServiceFault } from '../domain/fault.ts';
import { place } from '../domain/records.ts';
import type { Row } from '../storage/database.ts';
import { afterRound, isOpen, nextAttempt, TRIED_FOR } from './circuit.ts';
import { newLanes, SLOW_MS } from './lanes.ts';
import { safeTarget } from './targets.ts';

export interface Deliverer {
  readonly core: Core;
  readonly privateHosts: readonly string[];
  /** Called between the steps: where tests end the process. */
  readonly step?: (name: DeliveryStep) => void;
  readonly timeoutMs: number;
  readonly pollMs: number;
  readonly leaseMs: number;
  readonly log: (error: unknown) => void;
}

export type DeliveryStep = 'loaded' | 'sent' | 'recorded';

export interface WebhookSender {
  start(): void;
  /** There is something new to deliver. */
  wake(): void;
  /** Ends with what is under way; who does not answer is cut off and stays due. */
  stop(): Promise<void>;
}

/** Serves the addresses that have something due, each of them apart from the others. */
export function webhookSender(options: Deliverer): WebhookSender {
  const { core, privateHosts, step = () => undefined, timeoutMs } = options;
  const client = httpClient({
    timeoutMs,
    idleTimeoutMs: timeoutMs,
    retries: 0,
    maximumRedirects: 0,
    maximumBytes: 64 * 1024,
    allowPrivate: privateHosts,
  });
  let cut = false;
  const send = async (endpoint: Row<'webhook_endpoints'>, delivery: Row<'webhook_deliveries'>): Promise<Attempt> => {
    const started = performance.now();
    const took = (): number => Math.round(performance.now() - started);
    try {
      const { body, headers } = written(core, endpoint, delivery);
      const target = await safeTarget(endpoint.url, privateHosts);
      if (cut) throw new Error('the service stops');
      const { status } = await client.send({
        url: target,
        body: { type: 'application/json', bytes: Buffer.from(body, 'utf8') },
        // A kept connection to each of thousands of addresses would never be used again.
        headers: { ...headers, 'user-agent': 'adeskit-service', connection: 'close' },
      });
      const taken = status >= 200 && status < 300;
      return { delivery, taken, status, reason: taken ? null : `status ${status}`, ms: took() };
    } catch (error) {
      return { delivery, taken: false, status: null, reason: reasonOf(error), ms: took() };
    }
  };
  const lanes = newLanes({
    ...options,
    serve: async (endpointId) => {
      const started = performance.now();
      for (;;) {
        const found = await load(core, endpointId);
        if (found === null) return;
        // A commit is seen before it is on the disk; nobody outside is told of it until then.
        await core.store.settled();
        step('loaded');
        const attempts = await Promise.all(found.due.map((delivery) => send(found.endpoint, delivery)));
        step('sent');
        // What was cut off says nothing about the other side.
        const told = cut ? attempts.filter(({ status }) => status !== null) : attempts;
        if (told.length > 0) await record(core, found.endpoint, told);
        step('recorded');
        if (cut || !attempts.every(({ taken }) => taken) || performance.now() - started > SLICE) return;
      }
    },
  });
  return {
    start: () => lanes.start(),
    wake: () => lanes.wake(),
    stop: async () => {
      const timer = setTimeout(() => {
        cut = true;
        client.close();
      }, GRACE);
      await lanes.stop();
      clearTimeout(timer);
      client.close();
    },
  };
}

interface Attempt {
  readonly delivery: Row<'webhook_deliveries'>;
  readonly taken: boolean;
  readonly status: number | null;
  readonly reason: string | null;
  readonly ms: number;
}

/** What is due at an address: a few at once, or one to try whether it is back; null where there is nothing to do. */
async function load({ store: { db }, clock }: Core, endpointId: string) {
  const now = clock();
  const endpoint = await db.selectFrom('webhook_endpoints').selectAll().where('id', '=', endpointId).executeTakeFirst();
  if (!endpoint || endpoint.disabled_at !== null || (endpoint.paused_until ?? 0) > now) return null;
  const due = await db
    .selectFrom('webhook_deliveries')
    .selectAll()
    .where('endpoint_id', '=', endpointId)
    .where('status', '=', 'pending')
    .where('next_at', '<=', now)
    .orderBy('next_at')
    .limit(isOpen(endpoint) ? 1 : AT_ONCE)
    .execute();
  return due.length === 0 ? null : { endpoint, due };
}

function written(
  { vault, dialects }: Core,
  endpoint: Row<'webhook_endpoints'>,
  { id, body_sealed, event_type }: Row<'webhook_deliveries'>,
) {
  const body = vault.open(body_sealed, place('webhook_deliveries', 'body', id));
  const secret = vault.open(endpoint.secret_sealed, place('webhook_endpoints', 'secret', endpoint.id));
  const headers = dialects.get(endpoint.dialect)?.headers({ secret, url: endpoint.url, type: event_type, body }) ?? {};
  return { body, headers };
}

/** Writes a round down: its attempts, what became of the deliveries, and what that says of the address. */
async function record({ store, clock }: Core, endpoint: Row<'webhook_endpoints'>, attempts: readonly Attempt[]): Promise<void> {
  const at = clock();
  const taken = attempts.some((attempt) => attempt.taken);
  await store.transaction(async (tx) => {
    const pending = () => tx.updateTable('webhook_deliveries').where('endpoint_id', '=', endpoint.id).where('status', '=', 'pending');
    for (const { delivery, ...outcome } of attempts) {
      const attempt = delivery.attempts + 1;
      const next = outcome.taken ? null : nextAttempt(attempt, delivery.created_at, at, Math.random());
      await tx
        .insertInto('webhook_attempts')
        .values({
          id: randomUUID(),
          delivery_id: delivery.id,
          attempt,
          at,
          status_code: outcome.status,
          reason: outcome.reason,
          ms: outcome.ms,
        })
        .execute();
      await pending()
        .set({
          attempts: attempt,
          next_at: next,
          status: outcome.taken ? 'delivered' : next === null ? 'failed' : 'pending',
          ...(outcome.taken && { delivered_at: at }),
        })
        .where('id', '=', delivery.id)
        .execute();
    }
    const { failures, pausedUntil } = afterRound(endpoint, taken, at, Math.random());
    const slow = !taken || attempts.some(({ ms }) => ms > SLOW_MS);
    await tx
      .updateTable('webhook_endpoints')
      .set({ failures, paused_until: pausedUntil, slow: slow ? 1 : 0 })
      .where('id', '=', endpoint.id)
      // Whoever changed the address meanwhile has begun anew.
      .where('url', '=', endpoint.url)
      .execute();
    // It is back: what waited longer goes now. It is away: what waited too long is given up.
    if (taken && isOpen(endpoint)) await pending().set({ next_at: at }).where('next_at', '>', at).execute();
    if (pausedUntil !== null)
      await pending()
        .set({ status: 'failed', next_at: null })
        .where('created_at', '<=', at - TRIED_FOR)
        .execute();
  });
}

/** In words, without addresses: a customer reads it. */
function reasonOf(error: unknown): string {
  if (error instanceof ServiceFault) return error.message;
  const { code } = error as { readonly code?: unknown };
  if (code === 'refused') return 'the address or a redirect is refused';
  if (code === 'limit-exceeded') return 'the answer is too long';
  return 'no answer';
}

/** Deliveries to one address at the same time. */
const AT_ONCE = 4;
/** Milliseconds before an address that has more due lets others go first. */
const SLICE = 1000;
/** Milliseconds that answers get when the service stops. */
const GRACE = 5000;
