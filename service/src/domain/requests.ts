/** Signature requests: made, found, cancelled, expired. Every change holds the row of the request. */
import { lockRequest, type Row, type Tx } from '../storage/database.ts';
import { inRealm } from '../storage/realm.ts';
import { type EventDetails, logEvent } from './audit.ts';
import type { Core, NoticeType } from './core.ts';
import { ServiceFault } from './fault.ts';
import { type Once, onceOnly, takeKey } from './idempotency.ts';
import { randomId } from './ids.ts';
import { mailTo } from './messages.ts';
import type { EventType, Field, Ordering, Realm, RequestRecord, RequestStatus, SignatureLevel } from './model.ts';
import { notify } from './notices.ts';
import { place, withSigners } from './records.ts';
import { documentOfRequest, isOpen, MOST_SIGNERS, ownRequest, readRequest } from './request.ts';
import { inviteTurn, type NewSigner, requireMethod, signerRow } from './signers.ts';

export interface NewRequest {
  /** The id that its draft gave it; default: a new one. */
  readonly id?: string;
  readonly dialect: string;
  readonly documentId: string;
  readonly level: SignatureLevel;
  readonly ordering: Ordering;
  readonly expiresAt: number | null;
  readonly redirectUrl: string | null;
  readonly fields: readonly Field[];
  readonly metadata: Readonly<Record<string, unknown>>;
  readonly signers: readonly NewSigner[];
  readonly once: Once | null;
  /** Default: false. */
  readonly headless?: boolean;
  /** Documents that are signed together with the first. */
  readonly furtherDocumentIds?: readonly string[];
}

export const newRequestId = (): string => `sreq_${randomId(16)}`;

/** Makes a request and invites whose turn it is. Throws `ServiceFault` `invalid`, `qualified-unavailable`, `unavailable`, `duplicate`. */
export async function createRequest(core: Core, realm: Realm, asked: NewRequest): Promise<RequestRecord> {
  return onceOnly(
    core,
    realm,
    asked.once,
    () => create(core, realm, asked),
    (id) => readRequest(core, realm, id),
  );
}

export interface ListQuery {
  readonly statuses: readonly RequestStatus[] | null;
  readonly from: number | null;
  readonly to: number | null;
  /** Those of one interface; default: of all. */
  readonly dialect?: string | null;
  readonly limit: number;
  /** Where the page before ended. */
  readonly before: number | null;
}

/** The newest first; `next` leads to the following page. */
export async function listRequests(
  { store, vault }: Core,
  realm: Realm,
  { statuses, from, to, dialect = null, limit, before }: ListQuery,
): Promise<{ readonly requests: readonly RequestRecord[]; readonly next: number | null }> {
  let query = inRealm(store.db, realm).selectFrom('requests').selectAll();
  if (statuses !== null) query = query.where('status', 'in', [...statuses]);
  if (dialect !== null) query = query.where('dialect', '=', dialect);
  if (from !== null) query = query.where('created_at', '>=', from);
  if (to !== null) query = query.where('created_at', '<=', to);
  if (before !== null) query = query.where('ordinal', '<', before);
  const rows = await query
    .orderBy('ordinal', 'desc')
    .limit(limit + 1)
    .execute();
  const page = rows.slice(0, limit);
  const requests: RequestRecord[] = [];
  for (const row of page) requests.push(await withSigners(store.db, row, vault));
  return { requests, next: rows.length > limit ? (page.at(-1)?.ordinal ?? null) : null };
}

/** Those of one interface by their place in the list, the newest first, with the number of all. */
export async function pageOfRequests(
  { store, vault }: Core,
  realm: Realm,
  dialect: string,
  { limit, offset }: { readonly limit: number; readonly offset: number },
): Promise<{ readonly requests: readonly RequestRecord[]; readonly total: number }> {
  const query = inRealm(store.db, realm).selectFrom('requests').where('dialect', '=', dialect);
  const { total } = await query.select((select) => select.fn.countAll().as('total')).executeTakeFirstOrThrow();
  const rows = await query.selectAll().orderBy('ordinal', 'desc').limit(limit).offset(offset).execute();
  const requests: RequestRecord[] = [];
  for (const row of rows) requests.push(await withSigners(store.db, row, vault));
  return { requests, total: Number(total) };
}

/** Ends a request for good. Throws `ServiceFault` `not-found`, `conflict`. */
export async function cancelRequest(core: Core, realm: Realm, id: string, reason: string | null): Promise<RequestRecord> {
  return core.store.transaction(async (tx) => {
    const row = await ownRequest(tx, core, realm, id);
    if (!isOpen(row)) throw new ServiceFault('conflict', `The request is ${row.status}: it cannot be cancelled.`, { status: row.status });
    await tx
      .updateTable('requests')
      .set({ cancel_reason_sealed: reason === null ? null : core.vault.seal(reason, place('requests', 'cancel_reason', id)) })
      .where('id', '=', id)
      .execute();
    const request = await finish(tx, core, row, 'cancelled', { actor: 'api', ...(reason !== null && { details: { reason } }) });
    const { name } = await documentOfRequest(tx, core, request);
    for (const signer of request.headless ? [] : request.signers) {
      if (signer.status === 'waiting') await mailTo(tx, core, realm, signer, 'cancelled', { document: name, note: reason });
    }
    return request;
  });
}

/** Ends a request whose time is over; does nothing to one that ended before. */
export async function expireRequest(core: Core, id: string): Promise<void> {
  await core.store.transaction(async (tx) => {
    const row = await lockRequest(tx, core.store.dialect, id);
    if (row && isOpen(row) && row.expires_at <= core.clock()) await finish(tx, core, row, 'expired', { actor: 'system' });
  });
}

/** Sets a status, logs it, tells it. The request as it is then. */
export async function finish(
  tx: Tx,
  core: Core,
  row: Row<'requests'>,
  status: RequestStatus & ('cancelled' | 'expired' | 'declined' | 'completed' | 'failed'),
  { actor, details, signer }: { readonly actor: string; readonly details?: EventDetails; readonly signer?: string },
): Promise<RequestRecord> {
  const at = core.clock();
  const changes = { status, version: row.version + 1, ...(status === 'completed' && { completed_at: at }) };
  await tx.updateTable('requests').set(changes).where('id', '=', row.id).execute();
  const type: EventType & NoticeType = `request.${status}`;
  await logEvent(tx, core, row.id, { type, actor, ...(details && { details }) });
  const request = await withSigners(tx, { ...row, ...changes }, core.vault);
  await notify(tx, core, { type, at, request, signer: request.signers.find(({ id }) => id === signer) ?? null });
  return request;
}

async function create(core: Core, realm: Realm, asked: NewRequest): Promise<RequestRecord> {
  const now = core.clock();
  checkAsked(core, realm, asked, now);
  const { id = newRequestId() } = asked;
  return core.store.transaction(async (tx) => {
    const document = await inRealm(tx, realm)
      .selectFrom('documents')
      .select(['id', 'pages', 'expires_at', 'locale'])
      .where('id', '=', asked.documentId)
      .executeTakeFirst();
    if (!document || document.expires_at <= now)
      throw new ServiceFault('invalid', 'There is no such document, or it is not kept any more.', { field: 'document_id' });
    for (const [index, { page }] of asked.fields.entries()) {
      if (document.pages !== null && page > document.pages)
        throw new ServiceFault('invalid', `The document has ${document.pages} pages.`, { field: `fields.${index}.page` });
    }
    await requireFurther(tx, realm, asked, now);
    await takeKey(tx, core, realm, asked.once, id);
    const row = await insertRequest(tx, core, realm, asked, id, now);
    await logEvent(tx, core, id, {
      type: 'request.created',
      actor: 'api',
      details: { level: asked.level, ordering: asked.ordering, signers: asked.signers.length },
    });
    for (const [position, signer] of asked.signers.entries()) {
      const added = signerRow(
        core,
        realm,
        { ...signer, locale: signer.locale ?? document.locale },
        id,
        position,
        turnOf(asked, signer, position),
      );
      await tx.insertInto('signers').values(added).execute();
      await logEvent(tx, core, id, {
        type: 'signer.added',
        actor: 'api',
        details: { signer: added.id, name: signer.name, email: signer.email },
      });
    }
    const request = await withSigners(tx, row, core.vault);
    await notify(tx, core, { type: 'request.created', at: now, request, signer: null });
    await inviteTurn(tx, core, request);
    await core.jobs.enqueue(tx, { kind: 'expire', data: { request: id }, runAt: request.expiresAt });
    return request;
  });
}

async function requireFurther(tx: Tx, realm: Realm, { furtherDocumentIds = [] }: NewRequest, now: number): Promise<void> {
  if (furtherDocumentIds.length === 0) return;
  const found = await inRealm(tx, realm)
    .selectFrom('documents')
    .select('id')
    .where('id', 'in', [...furtherDocumentIds])
    .where('expires_at', '>', now)
    .execute();
  if (found.length !== new Set(furtherDocumentIds).size)
    throw new ServiceFault('invalid', 'There is no such document, or it is not kept any more.', { field: 'documents' });
}

async function insertRequest(tx: Tx, core: Core, realm: Realm, asked: NewRequest, id: string, now: number): Promise<Row<'requests'>> {
  return tx
    .insertInto('requests')
    .values({
      id,
      tenant_id: realm.tenant,
      mode: realm.mode,
      dialect: asked.dialect,
      document_id: asked.documentId,
      level: asked.level,
      ordering: asked.ordering,
      status: 'pending',
      expires_at: asked.expiresAt ?? now + DEFAULT_LIFE,
      redirect_url: asked.redirectUrl,
      fields: JSON.stringify(asked.fields),
      metadata_sealed: core.vault.seal(JSON.stringify(asked.metadata), place('requests', 'metadata', id)),
      created_at: now,
      completed_at: null,
      cancel_reason_sealed: null,
      sealed_files: null,
      headless: asked.headless === true ? 1 : 0,
      further_documents: asked.furtherDocumentIds?.length ? JSON.stringify(asked.furtherDocumentIds) : null,
      version: 0,
    })
    .returningAll()
    .executeTakeFirstOrThrow();
}

function checkAsked(core: Core, realm: Realm, asked: NewRequest, now: number): void {
  const invalid = (field: string, message: string): never => {
    throw new ServiceFault('invalid', message, { field });
  };
  if (asked.signers.length < 1 || asked.signers.length > MOST_SIGNERS) invalid('signers', `A request has 1 to ${MOST_SIGNERS} signers.`);
  if (asked.signers.every(({ role }) => role !== undefined && role !== 'signer')) invalid('signers', 'Nobody would sign.');
  if (asked.expiresAt !== null && asked.expiresAt <= now) invalid('expires_at', 'The request would expire before it begins.');
  for (const [index, { signer, page, width, height }] of asked.fields.entries()) {
    if (signer >= asked.signers.length) invalid(`fields.${index}.signer_index`, 'There is no signer with this index.');
    if (page < 1 || width <= 0 || height <= 0) invalid(`fields.${index}`, 'A field has a page from 1 and a size above 0.');
  }
  if (asked.level === 'qualified' && realm.mode === 'live' && !core.settings.qualified)
    throw new ServiceFault('qualified-unavailable', 'Qualified signatures need a remote signing service, and none is configured.', {
      field: 'signature_type',
    });
  for (const [index, signer] of asked.signers.entries())
    requireMethod(core, realm, signer, `signers.${index}.identity_verification.method`);
}

const turnOf = ({ ordering }: NewRequest, { order }: NewSigner, position: number): number =>
  ordering === 'parallel' ? 0 : (order ?? position + 1);

const DEFAULT_LIFE = 30 * 24 * 3_600_000;
