/** What is kept, and how long: documents, and with them what was signed over them, go after their time; nothing personal stays. */

import { inRealm } from '../storage/realm.ts';
import type { Core } from './core.ts';
import { ServiceFault } from './fault.ts';
import type { Realm } from './model.ts';
import { blobsOf } from './records.ts';

/** Erases what is over its time; gives the number of documents. Any number of processes may do so at once. */
export async function sweep(core: Core): Promise<number> {
  const now = core.clock();
  const { db } = core.store;
  await db
    .deleteFrom('rate_windows')
    .where('started_at', '<', now - HOUR)
    .execute();
  await db
    .deleteFrom('codes')
    .where('expires_at', '<', now - DAY)
    .execute();
  await db.deleteFrom('invitations').where('expires_at', '<', now).execute();
  // What a login or a check needed on its way; what came of it stands in the log.
  await db
    .deleteFrom('identity_checks')
    .where('created_at', '<', now - 2 * DAY)
    .execute();
  await db
    .deleteFrom('idempotency')
    .where('created_at', '<', now - core.settings.retentionDays * DAY)
    .execute();
  const oldest = now - core.settings.retentionDays * DAY;
  const old = db.selectFrom('webhook_deliveries').select('id').where('created_at', '<', oldest);
  await db.deleteFrom('webhook_attempts').where('delivery_id', 'in', old).execute();
  await db.deleteFrom('webhook_deliveries').where('created_at', '<', oldest).execute();
  await db.deleteFrom('messages').where('created_at', '<', oldest).execute();
  await forgetDrafts(core, now - core.settings.retentionDays * DAY);
  const due = await db.selectFrom('documents').select('id').where('expires_at', '<=', now).limit(BATCH).execute();
  for (const { id } of due) await eraseDocumentById(core, id);
  return due.length;
}

/** Drafts that came to nothing, with the pictures in them. */
async function forgetDrafts({ store, blobs }: Core, before: number): Promise<void> {
  const old = await store.db.selectFrom('drafts').select('id').where('created_at', '<', before).limit(BATCH).execute();
  for (const { id } of old) {
    const pictures = await store.db.deleteFrom('evidence').where('request_id', '=', id).returning('blob').execute();
    await store.db.deleteFrom('drafts').where('id', '=', id).execute();
    for (const { blob } of pictures) await blobs.remove(blob);
  }
}

/** Erases a document with all its requests, at the customer's word. Throws `ServiceFault` `not-found`. */
export async function eraseDocument(core: Core, realm: Realm, id: string): Promise<void> {
  const row = await inRealm(core.store.db, realm).selectFrom('documents').select('id').where('id', '=', id).executeTakeFirst();
  if (!row) throw new ServiceFault('not-found', 'There is no such document.');
  await eraseDocumentById(core, id);
}

async function eraseDocumentById(core: Core, id: string): Promise<void> {
  const blobs = await core.store.transaction(async (tx) => {
    const requests = await tx
      .selectFrom('requests')
      .select(['id', 'sealed_files'])
      .where((where) => where.or([where('document_id', '=', id), where('further_documents', 'like', `%"${id}"%`)]))
      .execute();
    const ids = requests.map((request) => request.id);
    const pictures: { readonly blob: string }[] = [];
    if (ids.length > 0) {
      const signers = tx.selectFrom('signers').select('id').where('request_id', 'in', ids);
      await tx.deleteFrom('messages').where('signer_id', 'in', signers).execute();
      await tx.deleteFrom('codes').where('signer_id', 'in', signers).execute();
      await tx.deleteFrom('identity_checks').where('request_id', 'in', ids).execute();
      // Also those that came to a draft just when it became a request.
      const drafts = await tx.selectFrom('drafts').select('id').where('request_id', 'in', ids).execute();
      const owners = [...ids, ...drafts.map((draft) => draft.id)];
      pictures.push(...(await tx.deleteFrom('evidence').where('request_id', 'in', owners).returning('blob').execute()));
      await tx.deleteFrom('drafts').where('request_id', 'in', ids).execute();
      await tx.deleteFrom('signers').where('request_id', 'in', ids).execute();
      await tx.deleteFrom('events').where('request_id', 'in', ids).execute();
      // The authority goes on knowing its certificates by number; the name in them goes.
      await tx.updateTable('certificates').set({ der: '' }).where('request_id', 'in', ids).execute();
      await tx.deleteFrom('requests').where('id', 'in', ids).execute();
    }
    // What the row names when it goes: its picture may have come just now.
    const document = await tx.deleteFrom('documents').where('id', '=', id).returning(['blob', 'preview_blob']).executeTakeFirst();
    return [document?.blob, document?.preview_blob, ...requests.flatMap(blobsOf), ...pictures.map(({ blob }) => blob)];
  });
  for (const blob of blobs) if (blob) await core.blobs.remove(blob);
}

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const BATCH = 200;
