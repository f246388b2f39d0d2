/** Deliveries page by page, and one with what was sent. */
import type { Core } from '../domain/core.ts';
import { ServiceFault } from '../domain/fault.ts';
import type { Realm } from '../domain/model.ts';
import { place } from '../domain/records.ts';
import { inRealm } from '../storage/realm.ts';
import { type Delivery, deliveriesOf } from './endpoints.ts';

export interface HistoryQuery {
  readonly endpointId: string | null;
  readonly status: string | null;
  readonly limit: number;
  /** Where the page before ended. */
  readonly before: { readonly at: number; readonly id: string } | null;
}

/** The newest first; `next` leads to the following page. */
export async function pageOfDeliveries(
  { store }: Core,
  realm: Realm,
  { endpointId, status, limit, before }: HistoryQuery,
): Promise<{ readonly deliveries: readonly Delivery[]; readonly next: HistoryQuery['before'] }> {
  let query = inRealm(store.db, realm).selectFrom('webhook_deliveries').selectAll();
  if (endpointId !== null) query = query.where('endpoint_id', '=', endpointId);
  if (status !== null) query = query.where('status', '=', status);
  if (before !== null)
    query = query.where((row) =>
      row.or([row('created_at', '<', before.at), row.and([row('created_at', '=', before.at), row('id', '<', before.id)])]),
    );
  const rows = await query
    .orderBy('created_at', 'desc')
    .orderBy('id', 'desc')
    .limit(limit + 1)
    .execute();
  const page = rows.slice(0, limit);
  const last = page.at(-1);
  return { deliveries: await deliveriesOf(store, page), next: rows.length > limit && last ? { at: last.created_at, id: last.id } : null };
}

/** Throws `ServiceFault` `not-found`. */
export async function readDelivery({ store, vault }: Core, realm: Realm, id: string): Promise<Delivery & { readonly body: string }> {
  const rows = await inRealm(store.db, realm).selectFrom('webhook_deliveries').selectAll().where('id', '=', id).execute();
  const [found] = await deliveriesOf(store, rows);
  if (!found) throw new ServiceFault('not-found', 'There is no such delivery.');
  return { ...found, body: vault.open(rows[0]?.body_sealed ?? '', place('webhook_deliveries', 'body', id)) };
}
