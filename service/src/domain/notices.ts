/** Tells those who asked: each notice becomes one delivery for each address, put down in the transaction that makes it true. */
import type { Tx } from '../storage/database.ts';
import type { Core, Notice } from './core.ts';
import { randomId } from './ids.ts';
import { place } from './records.ts';

export async function notify(tx: Tx, core: Core, notice: Notice): Promise<void> {
  const { tenant, mode } = notice.request.realm;
  const endpoints = await tx
    .selectFrom('webhook_endpoints')
    .select(['id', 'dialect'])
    .where('tenant_id', '=', tenant)
    .where('mode', '=', mode)
    .where('disabled_at', 'is', null)
    .execute();
  if (endpoints.length === 0) return;
  const written = new Map<string, { readonly eventId: string; readonly type: string; readonly body: string } | null>();
  for (const endpoint of endpoints) {
    if (!written.has(endpoint.dialect)) written.set(endpoint.dialect, writtenBy(core, endpoint.dialect, notice));
    const message = written.get(endpoint.dialect);
    if (!message) continue;
    const id = `dlv_${randomId(16)}`;
    await tx
      .insertInto('webhook_deliveries')
      .values({
        id,
        endpoint_id: endpoint.id,
        tenant_id: tenant,
        mode,
        event_id: message.eventId,
        event_type: message.type,
        body_sealed: core.vault.seal(message.body, place('webhook_deliveries', 'body', id)),
        status: 'pending',
        attempts: 0,
        created_at: notice.at,
        next_at: notice.at,
        delivered_at: null,
      })
      .execute();
    await core.jobs.enqueue(tx, { kind: 'webhook', data: { delivery: id } });
  }
}

function writtenBy({ dialects }: Core, name: string, notice: Notice) {
  const dialect = dialects.get(name);
  if (!dialect) return null;
  const eventId = dialect.newEventId();
  const message = dialect.notification(notice, eventId);
  return message && { eventId, ...message };
}
