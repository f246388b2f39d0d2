/** Sealings that failed at every attempt: the request ends with that, until an operator has it sealed again. */
import { logEvent } from '../domain/audit.ts';
import type { Core } from '../domain/core.ts';
import { ServiceFault } from '../domain/fault.ts';
import type { Realm, RequestRecord } from '../domain/model.ts';
import { withSigners } from '../domain/records.ts';
import { ownRequest } from '../domain/request.ts';
import { finish } from '../domain/requests.ts';
import { lockRequest, type Queries } from '../storage/database.ts';

/** Ends a request whose sealing failed for good; does nothing where it was sealed, or erased, after all. */
export async function endUnsealed(core: Core, requestId: string): Promise<void> {
  await core.store.transaction(async (tx) => {
    const row = await lockRequest(tx, core.store.dialect, requestId);
    if (row?.status !== 'sealing') return;
    await revokeAbandoned(tx, requestId, core.clock());
    await finish(tx, core, row, 'failed', { actor: 'system' });
  });
}

/** Has a request sealed again whose sealing failed for good. Throws `ServiceFault` `not-found`, `conflict`. */
export async function sealAgain(core: Core, realm: Realm, requestId: string): Promise<RequestRecord> {
  return core.store.transaction(async (tx) => {
    const row = await ownRequest(tx, core, realm, requestId);
    if (row.status !== 'failed')
      throw new ServiceFault('conflict', `The request is ${row.status}: only one whose sealing failed is sealed again.`, {
        status: row.status,
      });
    const changes = { status: 'sealing', version: row.version + 1 };
    await tx.updateTable('requests').set(changes).where('id', '=', requestId).execute();
    await logEvent(tx, core, requestId, { type: 'request.sealing', actor: 'api' });
    await core.jobs.enqueue(tx, { kind: 'seal', data: { request: requestId } });
    return withSigners(tx, { ...row, ...changes }, core.vault);
  });
}

/** Certificates of an attempt that came to nothing: their keys are gone, nothing was signed that anybody has. */
export async function revokeAbandoned(db: Queries, requestId: string, now: number): Promise<void> {
  await db
    .updateTable('certificates')
    .set({ revoked_at: Math.floor(now / 1000) * 1000, reason: 'abandoned' })
    .where('request_id', '=', requestId)
    .where('revoked_at', 'is', null)
    .execute();
}
