/** Tells those who asked: each notice becomes one delivery for each address, put down in the transaction that makes it true. */
import type { Tx } from '../storage/database.ts';
import { inRealm } from '../storage/realm.ts';
import type { Core, Notice, Notification } from './core.ts';
import { randomId } from './ids.ts';
import type { Realm } from './model.ts';
import { place } from './records.ts';

export async function notify(tx: Tx, core: Core, notice: Notice): Promise<void> {
  const { dialect: name, realm } = notice.request;
  const dialect = core.dialects.get(name);
  if (dialect) await tell(tx, core, realm, name, (eventId, deliveryId) => dialect.notification(notice, eventId, deliveryId));
}

/** Tells all addresses of one interface what is written for each. */
export async function tell(tx: Tx, core: Core, realm: Realm, dialectName: string, write: Written): Promise<void> {
  const endpoints = await inRealm(tx, realm)
    .selectFrom('webhook_endpoints')
    .select(['id', 'topics'])
    .where('dialect', '=', dialectName)
    .where('disabled_at', 'is', null)
    .execute();
  const dialect = core.dialects.get(dialectName);
  if (endpoints.length === 0 || !dialect) return;
  const eventId = dialect.newEventId();
  const at = core.clock();
  for (const endpoint of endpoints) {
    const wanted = endpoint.topics === null ? null : (JSON.parse(endpoint.topics) as readonly string[]);
    const firstId = `dlv_${randomId(16)}`;
    for (const [index, message] of [write(eventId, firstId) ?? []].flat().entries()) {
      if (wanted !== null && message.topic !== undefined && !wanted.includes(message.topic)) continue;
      await putDelivery(tx, core, realm, endpoint.id, {
        id: index === 0 ? firstId : `${firstId}${index}`,
        eventId: index === 0 ? eventId : `${eventId}.${index}`,
        at,
        ...message,
      });
    }
  }
}

/** One message, several, or none. */
export type Written = (eventId: string, deliveryId: string) => Notification | readonly Notification[] | null;

interface NewDelivery extends Notification {
  readonly id: string;
  readonly eventId: string;
  readonly at: number;
}

/** A delivery goes before all others to its address, also where that is paused: somebody waits for it. */
export async function sendFirst(tx: Tx, { clock }: Pick<Core, 'clock'>, endpointId: string, id: string): Promise<void> {
  const at = clock();
  const { first } = await tx
    .selectFrom('webhook_deliveries')
    .select((select) => select.fn.min('next_at').as('first'))
    .where('endpoint_id', '=', endpointId)
    .where('status', '=', 'pending')
    .executeTakeFirstOrThrow();
  await tx
    .updateTable('webhook_deliveries')
    .set({ next_at: Math.min(at, first === null ? at : first - 1) })
    .where('id', '=', id)
    .execute();
  await tx.updateTable('webhook_endpoints').set({ paused_until: at }).where('id', '=', endpointId).where('paused_until', '>', at).execute();
}

/** Puts one delivery down. */
export async function putDelivery(tx: Tx, core: Core, realm: Realm, endpointId: string, delivery: NewDelivery): Promise<void> {
  const { id, eventId, type, body, at } = delivery;
  await tx
    .insertInto('webhook_deliveries')
    .values({
      id,
      endpoint_id: endpointId,
      tenant_id: realm.tenant,
      mode: realm.mode,
      event_id: eventId,
      event_type: type,
      body_sealed: core.vault.seal(body, place('webhook_deliveries', 'body', id)),
      status: 'pending',
      attempts: 0,
      created_at: at,
      next_at: at,
      delivered_at: null,
    })
    .execute();
  core.webhooksDue();
}
