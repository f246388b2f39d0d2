/** Previews: the first page as a picture, made when somebody asks for it and kept then: most documents are never looked at here. */
import { newBlobName } from '../blobs/blobs.ts';
import { cardPicture } from '../workers/png.ts';
import type { Core } from './core.ts';
import { readContent } from './documents.ts';
import { ServiceFault } from './fault.ts';
import { DOCX, PDF, XLSX, XML } from './media.ts';

/** PNG octets. Throws `ServiceFault` `not-found`. */
export async function previewOf(core: Core, documentId: string): Promise<Uint8Array> {
  const found = await core.store.db.selectFrom('documents').select('preview_blob').where('id', '=', documentId).executeTakeFirst();
  if (!found) throw new ServiceFault('not-found', 'The document is not kept any more.');
  const kept = found.preview_blob === null ? null : await core.blobs.get(found.preview_blob);
  return kept ?? makePreview(core, documentId);
}

async function makePreview(core: Core, documentId: string): Promise<Uint8Array> {
  const row = await core.store.db
    .selectFrom('documents')
    .select(['media_type', 'preview_blob'])
    .where('id', '=', documentId)
    .executeTakeFirst();
  if (!row) throw new ServiceFault('not-found', 'The document is not kept any more.');
  const picture = row.media_type === PDF ? await core.inspector.preview(await readContent(core, documentId)) : null;
  const bytes = picture ?? cardPicture(TONES[row.media_type] ?? TONES[PDF] ?? [90, 98, 112]);
  const blob = newBlobName('previews', documentId);
  await core.blobs.put(blob, bytes);
  const changed = await core.store.db
    .updateTable('documents')
    .set({ preview_blob: blob })
    .where('id', '=', documentId)
    .where('preview_blob', 'is', null)
    .executeTakeFirst();
  // Somebody else was faster: their picture stays.
  if (Number(changed.numUpdatedRows) === 0) await core.blobs.remove(blob);
  return bytes;
}

const TONES: Readonly<Record<string, readonly [number, number, number]>> = {
  [PDF]: [90, 98, 112],
  [DOCX]: [43, 87, 154],
  [XLSX]: [33, 115, 70],
  [XML]: [122, 78, 32],
};
