/** Addresses that are told of events, with their secrets; and what became of the deliveries. */
import { randomBytes } from 'node:crypto';
import type { Core } from '../domain/core.ts';
import { ServiceFault } from '../domain/fault.ts';
import { randomId } from '../domain/ids.ts';
import type { Realm } from '../domain/model.ts';
import { sendFirst } from '../domain/notices.ts';
import { place } from '../domain/records.ts';
import type { Row } from '../storage/database.ts';
import { inRealm } from '../storage/realm.ts';
import { safeTarget } from './targets.ts';

export interface Endpoint {
  readonly id: string;
  readonly dialect: string;
  readonly url: string;
  readonly createdAt: number;
  readonly disabled: boolean;
  /** It does not answer: until then nothing is sent, then it is tried. Null: it is not paused. */
  readonly pausedUntil: number | null;
  readonly topics: readonly string[] | null;
  readonly description: string | null;
}

export interface EndpointExtras {
  /** Default: a new one. */
  readonly secret?: string;
  readonly topics?: readonly string[] | null;
  readonly description?: string | null;
}

/** Saves an address; its secret is shown here and never again. Throws `ServiceFault` `unsafe-url`, `conflict` where there are too many. */
export async function saveEndpoint(
  { store, vault, clock }: Core,
  realm: Realm,
  dialect: string,
  target: string,
  privateHosts: readonly string[],
  { secret = newSecret(), topics = null, description = null }: EndpointExtras = {},
): Promise<Endpoint & { readonly secret: string }> {
  const url = await safeTarget(target, privateHosts);
  const id = `whk_${randomId(16)}`;
  const createdAt = clock();
  const { open } = await inRealm(store.db, realm)
    .selectFrom('webhook_endpoints')
    .select((select) => select.fn.countAll().as('open'))
    .where('disabled_at', 'is', null)
    .executeTakeFirstOrThrow();
  // Each event is written down for each of them.
  if (Number(open) >= MOST_ENDPOINTS) throw new ServiceFault('conflict', `There can be ${MOST_ENDPOINTS} webhooks at most.`);
  await store.db
    .insertInto('webhook_endpoints')
    .values({
      id,
      tenant_id: realm.tenant,
      mode: realm.mode,
      dialect,
      url,
      secret_sealed: vault.seal(secret, place('webhook_endpoints', 'secret', id)),
      created_at: createdAt,
      disabled_at: null,
      topics: topics === null ? null : JSON.stringify(topics),
      description,
    })
    .execute();
  return { id, dialect, url, secret, createdAt, disabled: false, pausedUntil: null, topics, description };
}

/** Changes an address or its secret in place; deliveries that wait go by the new ones, at once where it was paused. Throws `ServiceFault` `not-found`, `unsafe-url`. */
export async function changeEndpoint(
  core: Core,
  realm: Realm,
  id: string,
  changes: EndpointExtras & { readonly url?: string },
  privateHosts: readonly string[],
): Promise<void> {
  const { store, vault } = core;
  const url = changes.url === undefined ? undefined : await safeTarget(changes.url, privateHosts);
  const changed = await inRealm(store.db, realm)
    .updateTable('webhook_endpoints')
    .set({
      ...(url !== undefined && { url }),
      ...(changes.topics !== undefined && { topics: changes.topics === null ? null : JSON.stringify(changes.topics) }),
      ...(changes.description !== undefined && { description: changes.description }),
      ...(changes.secret !== undefined && { secret_sealed: vault.seal(changes.secret, place('webhook_endpoints', 'secret', id)) }),
      failures: 0,
      paused_until: null,
    })
    .where('id', '=', id)
    .where('disabled_at', 'is', null)
    .executeTakeFirst();
  if (Number(changed.numUpdatedRows) === 0) throw new ServiceFault('not-found', 'There is no such webhook.');
  core.webhooksDue();
}

/** Sends a delivery once more, with the same body, also to an address that is paused. Throws `ServiceFault` `not-found`. */
export async function resendDelivery(core: Core, realm: Realm, id: string): Promise<void> {
  await core.store.transaction(async (tx) => {
    const found = await inRealm(tx, realm).selectFrom('webhook_deliveries').select('endpoint_id').where('id', '=', id).executeTakeFirst();
    if (!found) throw new ServiceFault('not-found', 'There is no such delivery.');
    await tx.updateTable('webhook_deliveries').set({ status: 'pending' }).where('id', '=', id).execute();
    await sendFirst(tx, core, found.endpoint_id, id);
  });
  core.webhooksDue();
}

/** The secret of an address. Throws `ServiceFault` `not-found`. */
export async function endpointSecret({ store, vault }: Core, realm: Realm, id: string): Promise<string> {
  const row = await inRealm(store.db, realm)
    .selectFrom('webhook_endpoints')
    .select('secret_sealed')
    .where('id', '=', id)
    .executeTakeFirst();
  if (!row) throw new ServiceFault('not-found', 'There is no such webhook.');
  return vault.open(row.secret_sealed, place('webhook_endpoints', 'secret', id));
}

export const newSecret = (): string => `whsec_${randomBytes(24).toString('base64url')}`;

/** Those of one interface, or of all. */
export async function listEndpoints({ store }: Core, realm: Realm, dialect: string | null = null): Promise<Endpoint[]> {
  let query = inRealm(store.db, realm)
    .selectFrom('webhook_endpoints')
    .select(['id', 'dialect', 'url', 'created_at', 'disabled_at', 'paused_until', 'topics', 'description']);
  if (dialect !== null) query = query.where('dialect', '=', dialect);
  const rows = await query.orderBy('created_at').execute();
  return rows.map((row) => ({
    id: row.id,
    dialect: row.dialect,
    url: row.url,
    createdAt: row.created_at,
    disabled: row.disabled_at !== null,
    pausedUntil: row.paused_until,
    topics: row.topics === null ? null : (JSON.parse(row.topics) as string[]),
    description: row.description,
  }));
}

/** Ends an address, and what waits for it. Throws `ServiceFault` `not-found`. */
export async function disableEndpoint({ store, clock }: Core, realm: Realm, id: string): Promise<void> {
  await store.transaction(async (tx) => {
    const changed = await inRealm(tx, realm)
      .updateTable('webhook_endpoints')
      .set({ disabled_at: clock() })
      .where('id', '=', id)
      .executeTakeFirst();
    if (Number(changed.numUpdatedRows) === 0) throw new ServiceFault('not-found', 'There is no such webhook.');
    await tx
      .updateTable('webhook_deliveries')
      .set({ status: 'failed', next_at: null })
      .where('endpoint_id', '=', id)
      .where('status', '=', 'pending')
      .execute();
  });
}

export interface Delivery {
  readonly id: string;
  readonly endpointId: string;
  readonly eventId: string;
  readonly eventType: string;
  /** `paused`: it waits for an address that does not answer. */
  readonly status: 'pending' | 'paused' | 'delivered' | 'failed';
  readonly createdAt: number;
  readonly deliveredAt: number | null;
  readonly nextAt: number | null;
  readonly attempts: readonly {
    readonly at: number;
    readonly statusCode: number | null;
    readonly reason: string | null;
    readonly ms: number;
  }[];
}

/** The newest deliveries with their attempts. */
export async function listDeliveries({ store }: Core, realm: Realm, limit: number, endpointId: string | null = null): Promise<Delivery[]> {
  let query = inRealm(store.db, realm).selectFrom('webhook_deliveries').selectAll();
  if (endpointId !== null) query = query.where('endpoint_id', '=', endpointId);
  return deliveriesOf(store, await query.orderBy('created_at', 'desc').limit(limit).execute());
}

/** Rows as deliveries, with their attempts. */
export async function deliveriesOf({ db }: Core['store'], rows: readonly Row<'webhook_deliveries'>[]): Promise<Delivery[]> {
  const ids = rows.map(({ id }) => id);
  if (ids.length === 0) return [];
  const attempts = await db.selectFrom('webhook_attempts').selectAll().where('delivery_id', 'in', ids).orderBy('attempt').execute();
  const paused = await db
    .selectFrom('webhook_endpoints')
    .select(['id', 'paused_until'])
    .where('id', 'in', [...new Set(rows.map((row) => row.endpoint_id))])
    .where('paused_until', 'is not', null)
    .execute();
  const pausedUntil = new Map(paused.map((row) => [row.id, row.paused_until ?? 0]));
  const attemptsOf = Map.groupBy(attempts, ({ delivery_id: delivery }) => delivery);
  return rows.map((row) => ({
    id: row.id,
    endpointId: row.endpoint_id,
    eventId: row.event_id,
    eventType: row.event_type,
    status: row.status === 'pending' && pausedUntil.has(row.endpoint_id) ? 'paused' : (row.status as Delivery['status']),
    createdAt: row.created_at,
    deliveredAt: row.delivered_at,
    nextAt: row.next_at === null ? null : Math.max(row.next_at, pausedUntil.get(row.endpoint_id) ?? 0),
    attempts: (attemptsOf.get(row.id) ?? []).map(({ at, status_code: statusCode, reason, ms }) => ({ at, statusCode, reason, ms })),
  }));
}

const MOST_ENDPOINTS = 100;
