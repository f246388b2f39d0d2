/** One request: read, held for a change, and whose turn it is in it. */
import { lockRequest, type Row, type Tx } from '../storage/database.ts';
import { inRealm } from '../storage/realm.ts';
import type { Core } from './core.ts';
import { ServiceFault } from './fault.ts';
import type { Realm, RequestRecord, SignerRecord } from './model.ts';
import { place, realmOf, withSigners } from './records.ts';

/** Throws `ServiceFault` `not-found`, also for what belongs to somebody else. */
export async function readRequest({ store, vault }: Core, realm: Realm, id: string): Promise<RequestRecord> {
  const row = await inRealm(store.db, realm).selectFrom('requests').selectAll().where('id', '=', id).executeTakeFirst();
  if (!row) throw new ServiceFault('not-found', 'There is no such signature request.');
  return withSigners(store.db, row, vault);
}

/** The row of a request, held for the rest of the transaction. Throws `ServiceFault` `not-found`. */
export async function heldRequest(tx: Tx, core: Core, id: string): Promise<Row<'requests'>> {
  const row = await lockRequest(tx, core.store.dialect, id);
  if (!row) throw new ServiceFault('not-found', 'There is no such signature request.');
  return row;
}

/** The same for who may have named what belongs to somebody else. Throws `ServiceFault` `not-found`, also for that. */
export async function ownRequest(tx: Tx, core: Core, realm: Realm, id: string): Promise<Row<'requests'>> {
  const row = await heldRequest(tx, core, id);
  const owner = realmOf(row);
  if (owner.tenant !== realm.tenant || owner.mode !== realm.mode)
    throw new ServiceFault('not-found', 'There is no such signature request.');
  return row;
}

/** Whether signers may still act. */
export const isOpen = ({ status }: { readonly status: string }): boolean => status === 'pending' || status === 'started';

/** Name and locale of the document of a request. */
export async function documentOfRequest(
  tx: Tx,
  { vault }: Core,
  { documentId }: Pick<RequestRecord, 'documentId'>,
): Promise<{ readonly name: string; readonly pages: number | null }> {
  const row = await tx.selectFrom('documents').select(['name_sealed', 'pages']).where('id', '=', documentId).executeTakeFirst();
  if (!row) return { name: 'document', pages: null };
  return { name: vault.open(row.name_sealed, place('documents', 'name', documentId)), pages: row.pages };
}

/** Signers whose turn it is: all that wait, or the lowest turn of them. */
export function whoseTurn(request: Pick<RequestRecord, 'signers' | 'ordering'>): SignerRecord[] {
  const acting = request.signers.filter(({ role }) => role !== 'viewer');
  const waiting = acting.filter(({ status }) => status === 'waiting');
  if (request.ordering === 'parallel') return waiting;
  const unsigned = acting.filter(({ status }) => status !== 'signed');
  const turn = Math.min(...unsigned.map((signer) => signer.turn));
  return waiting.filter((signer) => signer.turn === turn);
}

export const MOST_SIGNERS = 20;

/** By the number that counts requests. Throws `ServiceFault` `not-found`, also for what belongs to somebody else. */
export async function readNumberedRequest(core: Core, realm: Realm, number: number): Promise<RequestRecord> {
  const row = await inRealm(core.store.db, realm).selectFrom('requests').select('id').where('ordinal', '=', number).executeTakeFirst();
  if (!row) throw new ServiceFault('not-found', 'There is no such signature request.');
  return readRequest(core, realm, row.id);
}

/** The newest request over a document. Throws `ServiceFault` `not-found`. */
export async function requestOfDocument(core: Core, realm: Realm, documentId: string): Promise<RequestRecord> {
  const row = await inRealm(core.store.db, realm)
    .selectFrom('requests')
    .select('id')
    .where((where) => where.or([where('document_id', '=', documentId), where('further_documents', 'like', `%"${plainId(documentId)}"%`)]))
    .orderBy('ordinal', 'desc')
    .limit(1)
    .executeTakeFirst();
  if (!row) throw new ServiceFault('not-found', 'There is no such document.');
  return readRequest(core, realm, row.id);
}

/** Those that somebody means by an id: of the request, of a document or a draft, or the number that counts requests; the newest first. */
export async function findRequests({ store, vault }: Core, realm: Realm, id: string, limit: number): Promise<RequestRecord[]> {
  const number = /^\d{1,15}$/.test(id) ? Number(id) : -1;
  const rows = await inRealm(store.db, realm)
    .selectFrom('requests')
    .selectAll()
    .where((row) =>
      row.or([
        row('id', '=', id),
        row('ordinal', '=', number),
        row('document_id', '=', id),
        row(
          'id',
          'in',
          inRealm(store.db, realm).selectFrom('drafts').select('request_id').where('name', '=', id).$narrowType<{ request_id: string }>(),
        ),
      ]),
    )
    .orderBy('ordinal', 'desc')
    .limit(limit)
    .execute();
  return Promise.all(rows.map((row) => withSigners(store.db, row, vault)));
}

/** Without what means something in a pattern. */
const plainId = (id: string): string => id.replace(/[^A-Za-z0-9]/g, '_');
