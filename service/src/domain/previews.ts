/** Previews: the first page as a picture, made by a job after the upload; who asks before that has it made at once. */
import { newBlobName } from '../blobs/blobs.ts';
import { cardPicture } from '../workers/png.ts';
import type { Core } from './core.ts';
import { readContent } from './documents.ts';
import { ServiceFault } from './fault.ts';
import { DOCX, PDF, XLSX, XML } from './media.ts';

/** PNG octets. Throws `ServiceFault` `not-found`. */
export async function previewOf(core: Core, documentId: string): Promise<Uint8Array> {
  const { media, blob } = await about(core, documentId);
  const kept = blob === null ? null : await core.blobs.get(blob);
  return kept ?? draw(core, documentId, media);
}

/** Makes the picture where there is none yet. Throws `ServiceFault` `not-found`. */
export async function makePreview(core: Core, documentId: string): Promise<void> {
  const { media, blob } = await about(core, documentId);
  if (blob === null) await draw(core, documentId, media);
}

async function about({ store }: Core, documentId: string): Promise<{ readonly media: string; readonly blob: string | null }> {
  const row = await store.db
    .selectFrom('documents')
    .select(['media_type as media', 'preview_blob as blob'])
    .where('id', '=', documentId)
    .executeTakeFirst();
  if (!row) throw new ServiceFault('not-found', 'The document is not kept any more.');
  return row;
}

async function draw(core: Core, documentId: string, media: string): Promise<Uint8Array> {
  const picture = media === PDF ? await core.inspector.preview(await readContent(core, documentId)) : null;
  const bytes = picture ?? cardPicture(TONES[media] ?? TONES[PDF] ?? [90, 98, 112]);
  const blob = newBlobName('previews', documentId);
  await core.blobs.put(blob, bytes);
  const changed = await core.store.db
    .updateTable('documents')
    .set({ preview_blob: blob })
    .where('id', '=', documentId)
    .where('preview_blob', 'is', null)
    .executeTakeFirst();
  // Somebody else was faster, whose picture stays; or the document is gone.
  if (Number(changed.numUpdatedRows) === 0) await core.blobs.remove(blob);
  return bytes;
}

const TONES: Readonly<Record<string, readonly [number, number, number]>> = {
  [PDF]: [90, 98, 112],
  [DOCX]: [43, 87, 154],
  [XLSX]: [33, 115, 70],
  [XML]: [122, 78, 32],
};
