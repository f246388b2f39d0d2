/** Delivery of events: at least once, each with the same id, until the other side takes it or a day and a half is over. */
import { randomUUID } from 'node:crypto';
import { httpClient } from 'adeskit/net';
import type { Core } from '../domain/core.ts';
import { ServiceFault } from '../domain/fault.ts';
import { place } from '../domain/records.ts';
import type { RunAgain } from '../jobs/jobs.ts';
import { safeTarget } from './targets.ts';

export interface Deliverer {
  readonly core: Core;
  readonly privateHosts: readonly string[];
  /** Called between the steps: where tests end the process. */
  readonly step?: (name: DeliveryStep) => void;
  readonly timeoutMs?: number;
}

export type DeliveryStep = 'loaded' | 'sent' | 'recorded';

export interface WebhookSender {
  deliver(deliveryId: string): Promise<undefined | RunAgain>;
  close(): void;
}

export function webhookSender({ core, privateHosts, step = () => undefined, timeoutMs = 15_000 }: Deliverer): WebhookSender {
  const client = httpClient({
    timeoutMs,
    idleTimeoutMs: timeoutMs,
    retries: 0,
    maximumRedirects: 0,
    maximumBytes: 64 * 1024,
    allowPrivate: privateHosts,
  });
  const send = async (url: string, body: string, headers: Record<string, string>): Promise<Attempt> => {
    const started = performance.now();
    const took = (): number => Math.round(performance.now() - started);
    try {
      const target = await safeTarget(url, privateHosts);
      const { status } = await client.send({
        url: target,
        body: { type: 'application/json', bytes: Buffer.from(body, 'utf8') },
        headers: { ...headers, 'user-agent': 'adeskit-service' },
      });
      const taken = status >= 200 && status < 300;
      return { taken, status, reason: taken ? null : `status ${status}`, ms: took() };
    } catch (error) {
      return { taken: false, status: null, reason: reasonOf(error), ms: took() };
    }
  };
  return {
    deliver: async (deliveryId) => {
      const found = await load(core, deliveryId);
      if (found === null) return undefined;
      step('loaded');
      const attempt = await send(found.url, found.body, found.headers);
      step('sent');
      const next = await record(core, deliveryId, found.attempts + 1, attempt);
      step('recorded');
      return next === null ? undefined : { at: next };
    },
    close: () => client.close(),
  };
}

interface Attempt {
  readonly taken: boolean;
  readonly status: number | null;
  readonly reason: string | null;
  readonly ms: number;
}

async function load({ store, vault, dialects }: Core, id: string) {
  const row = await store.db
    .selectFrom('webhook_deliveries')
    .innerJoin('webhook_endpoints', 'webhook_endpoints.id', 'webhook_deliveries.endpoint_id')
    .select([
      'webhook_deliveries.status',
      'webhook_deliveries.attempts',
      'webhook_deliveries.body_sealed',
      'webhook_deliveries.event_type',
      'webhook_endpoints.id as endpoint_id',
      'webhook_endpoints.dialect',
      'webhook_endpoints.url',
      'webhook_endpoints.secret_sealed',
      'webhook_endpoints.disabled_at',
    ])
    .where('webhook_deliveries.id', '=', id)
    .executeTakeFirst();
  const dialect = row && dialects.get(row.dialect);
  if (!row || !dialect || row.status !== 'pending' || row.disabled_at !== null) return null;
  const body = vault.open(row.body_sealed, place('webhook_deliveries', 'body', id));
  const secret = vault.open(row.secret_sealed, place('webhook_endpoints', 'secret', row.endpoint_id));
  return { url: row.url, body, attempts: row.attempts, headers: dialect.headers({ secret, url: row.url, type: row.event_type, body }) };
}

/** Writes the attempt down; gives the time of the next one, or null where there is none. */
async function record({ store, clock }: Core, id: string, attempt: number, outcome: Attempt): Promise<number | null> {
  const at = clock();
  const pause = PAUSES[Math.min(attempt, PAUSES.length) - 1] ?? 0;
  const over = outcome.taken || attempt >= MOST_ATTEMPTS;
  const next = over ? null : at + Math.round(pause * (0.9 + 0.2 * Math.random()));
  await store.transaction(async (tx) => {
    await tx
      .insertInto('webhook_attempts')
      .values({ id: randomUUID(), delivery_id: id, attempt, at, status_code: outcome.status, reason: outcome.reason, ms: outcome.ms })
      .execute();
    await tx
      .updateTable('webhook_deliveries')
      .set({
        attempts: attempt,
        next_at: next,
        status: outcome.taken ? 'delivered' : over ? 'failed' : 'pending',
        ...(outcome.taken && { delivered_at: at }),
      })
      .where('id', '=', id)
      .where('status', '=', 'pending')
      .execute();
  });
  return next;
}

/** In words, without addresses: a customer reads it. */
function reasonOf(error: unknown): string {
  if (error instanceof ServiceFault) return error.message;
  const { code } = error as { readonly code?: unknown };
  if (code === 'refused') return 'the address or a redirect is refused';
  if (code === 'limit-exceeded') return 'the answer is too long';
  return 'no answer';
}

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
/** Six hours at most between two attempts. */
const PAUSES = [5 * SECOND, 30 * SECOND, 2 * MINUTE, 10 * MINUTE, 30 * MINUTE, HOUR, 3 * HOUR, 6 * HOUR];
const MOST_ATTEMPTS = 12;
