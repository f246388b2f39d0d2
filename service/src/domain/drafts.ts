/** Drafts: what is put together piece by piece before anybody is asked to sign; `dialect` names an interface, or a collection of its. */
import { isDuplicate, type Row, type Tx } from '../storage/database.ts';
import { inRealm } from '../storage/realm.ts';
import type { Core } from './core.ts';
import { ServiceFault } from './fault.ts';
import { randomId } from './ids.ts';
import type { Realm } from './model.ts';
import { tell, type Written } from './notices.ts';
import { place, realmOf } from './records.ts';

export type DraftStatus = 'open' | 'submitted' | 'cancelled';

export interface Draft<T> {
  readonly id: string;
  /** The customer's own id. */
  readonly name: string;
  readonly status: DraftStatus;
  /** The request that it became. */
  readonly requestId: string | null;
  readonly content: T;
  readonly createdAt: number;
}

/** What the addresses of an interface are told of a change of a draft, together with it or not at all; null: nothing. */
export type Tells<T> = (draft: Draft<T>) => { readonly dialect: string; readonly write: Written } | null;

async function tellOf<T>(tx: Tx, core: Core, realm: Realm, draft: Draft<T>, tells: Tells<T> | undefined): Promise<void> {
  const told = tells?.(draft) ?? null;
  if (told !== null) await tell(tx, core, realm, told.dialect, told.write);
}

/** Throws `ServiceFault` `duplicate` where the customer used the id before. */
export async function createDraft<T extends object>(
  core: Core,
  realm: Realm,
  dialect: string,
  name: string,
  content: T,
  tells?: Tells<T>,
): Promise<Draft<T>> {
  const { store, vault, clock } = core;
  const id = `drf_${randomId(16)}`;
  const draft: Draft<T> = { id, name, status: 'open', requestId: null, content, createdAt: clock() };
  const row = {
    id,
    tenant_id: realm.tenant,
    mode: realm.mode,
    dialect,
    name,
    content_sealed: vault.seal(JSON.stringify(content), place('drafts', 'content', id)),
    request_id: null,
    status: draft.status,
    created_at: draft.createdAt,
  };
  try {
    await store.transaction(async (tx) => {
      await tx.insertInto('drafts').values(row).execute();
      await tellOf(tx, core, realm, draft, tells);
    });
  } catch (error) {
    if (isDuplicate(error)) throw new ServiceFault('duplicate', 'This id was used before.', { resource: name });
    throw error;
  }
  return draft;
}

/** Throws `ServiceFault` `not-found`. */
export async function readDraft<T>({ store, vault }: Core, realm: Realm, dialect: string, name: string): Promise<Draft<T>> {
  const row = await inRealm(store.db, realm)
    .selectFrom('drafts')
    .selectAll()
    .where('dialect', '=', dialect)
    .where('name', '=', name)
    .executeTakeFirst();
  if (!row) throw new ServiceFault('not-found', 'There is no such draft.');
  return draftOf<T>(row, vault);
}

/** The newest first, with the number of all. */
export async function listDrafts<T>(
  { store, vault }: Core,
  realm: Realm,
  dialect: string,
  { limit, offset, status = null }: { readonly limit: number; readonly offset: number; readonly status?: DraftStatus | null },
): Promise<{ readonly drafts: readonly Draft<T>[]; readonly total: number }> {
  let query = inRealm(store.db, realm).selectFrom('drafts').where('dialect', '=', dialect);
  if (status !== null) query = query.where('status', '=', status);
  const { total } = await query.select((select) => select.fn.countAll().as('total')).executeTakeFirstOrThrow();
  const rows = await query.selectAll().orderBy('created_at', 'desc').orderBy('id').limit(limit).offset(offset).execute();
  return { drafts: rows.map((row) => draftOf<T>(row, vault)), total: Number(total) };
}

/** Takes a draft away as if it had never been. Throws `ServiceFault` `not-found`, `conflict` where it became a request. */
export async function removeDraft(core: Core, realm: Realm, dialect: string, name: string): Promise<void> {
  const { id } = await readDraft(core, realm, dialect, name);
  await core.store.transaction(async (tx) => {
    const draft = await held(tx, core, id);
    if (draft.requestId !== null) requireOpen(draft);
    await tx.deleteFrom('drafts').where('id', '=', id).execute();
  });
}

/** Changes the content of an open draft; two at once do it one after the other. Throws `ServiceFault` `not-found`, `conflict`. */
export async function changeDraft<T extends object>(
  core: Core,
  realm: Realm,
  dialect: string,
  name: string,
  change: (content: T) => T,
  tells?: Tells<T>,
): Promise<Draft<T>> {
  const { id } = await readDraft<T>(core, realm, dialect, name);
  return core.store.transaction(async (tx) => {
    const draft = await held<T>(tx, core, id);
    requireOpen(draft);
    const content = change(draft.content);
    const sealed = core.vault.seal(JSON.stringify(content), place('drafts', 'content', id));
    await tx.updateTable('drafts').set({ content_sealed: sealed }).where('id', '=', id).execute();
    const changed = { ...draft, content };
    await tellOf(tx, core, realm, changed, tells);
    return changed;
  });
}

/** Throws `ServiceFault` `conflict` where the draft is not open any more. */
export async function endDraft<T>(
  core: Core,
  draftId: string,
  status: 'submitted' | 'cancelled',
  requestId: string | null,
  tells?: Tells<T>,
): Promise<void> {
  await core.store.transaction(async (tx) => {
    const row = await heldRow(tx, core, draftId);
    const draft = draftOf<T>(row, core.vault);
    requireOpen(draft);
    await tx.updateTable('drafts').set({ status, request_id: requestId }).where('id', '=', draftId).execute();
    await tellOf(tx, core, realmOf(row), { ...draft, status, requestId }, tells);
  });
}

/** Throws `ServiceFault` `conflict`. */
export function requireOpen({ status }: Pick<Draft<unknown>, 'status'>): void {
  if (status !== 'open') throw new ServiceFault('conflict', `The draft is ${status}: it cannot be changed any more.`, { status });
}

const held = async <T>(tx: Tx, core: Core, id: string): Promise<Draft<T>> => draftOf<T>(await heldRow(tx, core, id), core.vault);

async function heldRow(tx: Tx, { store }: Core, id: string): Promise<Row<'drafts'>> {
  const query = tx.selectFrom('drafts').selectAll().where('id', '=', id);
  const row = await (store.dialect === 'postgres' ? query.forUpdate() : query).executeTakeFirst();
  if (!row) throw new ServiceFault('not-found', 'There is no such draft.');
  return row;
}

const draftOf = <T>(row: Row<'drafts'>, vault: Core['vault']): Draft<T> => ({
  id: row.id,
  name: row.name,
  status: row.status as DraftStatus,
  requestId: row.request_id,
  content: JSON.parse(vault.open(row.content_sealed, place('drafts', 'content', row.id))) as T,
  createdAt: row.created_at,
});
