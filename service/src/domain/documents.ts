/** Documents: taken in, looked into, kept for their time. */
import { createHash } from 'node:crypto';
import { newBlobName } from '../blobs/blobs.ts';
import { isDuplicate } from '../storage/database.ts';
import { inRealm } from '../storage/realm.ts';
import type { Core } from './core.ts';
import { ServiceFault } from './fault.ts';
import { type Once, onceOnly, takeKey } from './idempotency.ts';
import { randomId } from './ids.ts';
import { mediaTypeOf, PDF } from './media.ts';
import type { DocumentRecord, Realm } from './model.ts';
import { documentOf, place } from './records.ts';

export interface Upload {
  /** An id that was given out before the document came; default: a new one. */
  readonly id?: string;
  readonly bytes: Uint8Array;
  readonly fileName: string;
  /** Default: the file's name. */
  readonly name: string | null;
  readonly locale: string | null;
  readonly once: Once | null;
}

export const newDocumentId = (): string => `doc_${randomId(16)}`;

/** Takes a document in. Throws `ServiceFault` `too-large`, `invalid`, `duplicate`, `conflict` where one came under this id before. */
export async function uploadDocument(core: Core, realm: Realm, upload: Upload): Promise<DocumentRecord> {
  return onceOnly(
    core,
    realm,
    upload.once,
    () => store(core, realm, upload),
    (id) => readDocument(core, realm, id),
  );
}

/** Throws `ServiceFault` `not-found`. */
export async function readDocument({ store: { db }, vault }: Core, realm: Realm, id: string): Promise<DocumentRecord> {
  const row = await inRealm(db, realm).selectFrom('documents').selectAll().where('id', '=', id).executeTakeFirst();
  if (!row) throw new ServiceFault('not-found', 'There is no such document.');
  return documentOf(row, vault);
}

/** The octets of a document. Throws `ServiceFault` `not-found` where they were erased. */
export async function readContent({ store: { db }, blobs }: Core, id: string): Promise<Uint8Array> {
  const row = await db.selectFrom('documents').select('blob').where('id', '=', id).executeTakeFirst();
  const bytes = row ? await blobs.get(row.blob) : null;
  if (bytes === null) throw new ServiceFault('not-found', 'The document is not kept any more.');
  return bytes;
}

async function store(core: Core, realm: Realm, upload: Upload): Promise<DocumentRecord> {
  const { bytes, fileName, locale, once } = upload;
  const { maximumUpload, retentionDays } = core.settings;
  if (bytes.length > maximumUpload)
    throw new ServiceFault('too-large', 'The file is too large.', { limit: maximumUpload, size: bytes.length });
  if (bytes.length === 0) throw new ServiceFault('invalid', 'The file is empty.', { field: 'file' });
  const mediaType = mediaTypeOf(bytes, fileName);
  const inspected = mediaType === PDF ? await core.inspector.inspect(bytes, mediaType) : { pages: null, refusal: null };
  if (inspected.refusal !== null) throw new ServiceFault('unsupported-media', REFUSALS[inspected.refusal], { why: inspected.refusal });
  const createdAt = core.clock();
  const record: DocumentRecord = {
    id: upload.id ?? newDocumentId(),
    name: upload.name ?? (fileName || 'document'),
    mediaType,
    size: bytes.length,
    pages: inspected.pages,
    sha256: createHash('sha256').update(bytes).digest('hex'),
    locale,
    createdAt,
    expiresAt: createdAt + retentionDays * DAY,
  };
  // First the octets, then the row that names them: what a crash between leaves is swept up later.
  const blob = newBlobName('documents', record.id);
  await core.blobs.put(blob, bytes);
  try {
    await core.store.transaction(async (tx) => {
      await takeKey(tx, core, realm, once, record.id);
      await tx
        .insertInto('documents')
        .values({
          id: record.id,
          tenant_id: realm.tenant,
          mode: realm.mode,
          name_sealed: core.vault.seal(record.name, place('documents', 'name', record.id)),
          media_type: record.mediaType,
          size: record.size,
          pages: record.pages,
          sha256: record.sha256,
          blob,
          preview_blob: null,
          locale,
          created_at: record.createdAt,
          expires_at: record.expiresAt,
        })
        .execute();
      await core.jobs.enqueue(tx, { kind: 'preview', data: { document: record.id } });
    });
  } catch (error) {
    await core.blobs.remove(blob);
    if (upload.id !== undefined && isDuplicate(error)) throw new ServiceFault('conflict', 'The document has its content already.');
    throw error;
  }
  return record;
}

const REFUSALS = {
  unreadable: 'The file says it is a PDF, but cannot be read as one.',
  encrypted: 'The PDF is encrypted: a document that needs a password cannot be signed here.',
  damaged: 'The cross-references of the PDF are damaged: save it anew with a PDF program.',
} as const;

const DAY = 24 * 3_600_000;
