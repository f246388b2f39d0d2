/** Pictures of faces and identity documents: kept encrypted as long as the request, and handed out by links that end. */
import { newBlobName } from '../blobs/blobs.ts';
import type { Queries, Tx } from '../storage/database.ts';
import type { Core, PictureKind } from './core.ts';
import { ServiceFault } from './fault.ts';
import { randomId } from './ids.ts';
import { fileUrl } from './links.ts';
import type { RequestRecord, SignerRecord } from './model.ts';

export type { PictureKind };

export type EvidenceKind = PictureKind | 'identity-token';

export const PICTURE_KINDS: readonly PictureKind[] = ['face', 'document-front', 'document-back'];

/**
 * Keeps a picture of somebody in a request or a draft, or another proof; one of the same kind before goes. `allowed` says in the
 * same transaction whether it still may be kept, and throws where not.
 */
export async function keepEvidence(
  { store, blobs, clock }: Core,
  owner: { readonly request: string; readonly signer: string },
  kind: EvidenceKind,
  bytes: Uint8Array,
  allowed: (tx: Tx) => Promise<unknown> = async () => undefined,
): Promise<{ readonly createdAt: number }> {
  const id = `pic_${randomId(16)}`;
  const blob = newBlobName('pictures', id);
  const createdAt = clock();
  await blobs.put(blob, bytes);
  const kept = store.transaction(async (tx) => {
    await allowed(tx);
    const old = await tx.deleteFrom('evidence').where('signer_id', '=', owner.signer).where('kind', '=', kind).returning('blob').execute();
    await tx
      .insertInto('evidence')
      .values({
        id,
        request_id: owner.request,
        signer_id: owner.signer,
        kind,
        media_type: kind === 'identity-token' ? 'application/jwt' : 'image/jpeg',
        blob,
        created_at: createdAt,
      })
      .execute();
    return old;
  });
  const before = await kept.catch(async (error: unknown) => {
    await blobs.remove(blob);
    throw error;
  });
  for (const { blob: old } of before) await blobs.remove(old);
  return { createdAt };
}

/** What was kept of somebody in a draft becomes that of a signer. */
export async function movePictures(tx: Tx, from: string, to: { readonly request: string; readonly signer: string }): Promise<void> {
  await tx.updateTable('evidence').set({ request_id: to.request, signer_id: to.signer }).where('signer_id', '=', from).execute();
}

/** Links to the pictures of a signer; those that nobody sent are asked of the identity check. */
export async function pictureLinks(
  core: Core,
  request: RequestRecord,
  signer: SignerRecord,
): Promise<Partial<Record<PictureKind, string>>> {
  let rows = await picturesOf(core.store.db, signer.id);
  if (rows.length < PICTURE_KINDS.length) {
    const made = signer.verification === 'verified' ? await core.identityChecks.pictures({ realm: request.realm, signer }) : null;
    for (const [kind, bytes] of made ?? []) {
      if (rows.every((row) => row.kind !== kind)) await keepEvidence(core, { request: request.id, signer: signer.id }, kind, bytes);
    }
    rows = await picturesOf(core.store.db, signer.id);
  }
  return Object.fromEntries(rows.map(({ id, kind }) => [kind, fileUrl(core.links, 'picture', id, core.clock(), `${kind}.jpeg`)]));
}

/** The pictures that were kept of a signer. */
export function picturesOf(db: Queries, signer: string) {
  return db
    .selectFrom('evidence')
    .select(['id', 'kind', 'blob'])
    .where('signer_id', '=', signer)
    .where('kind', 'in', [...PICTURE_KINDS])
    .execute();
}

/** Throws `ServiceFault` `not-found`. */
export async function readPicture({ store, blobs }: Core, id: string): Promise<Uint8Array> {
  const row = await store.db.selectFrom('evidence').select('blob').where('id', '=', id).executeTakeFirst();
  const bytes = row ? await blobs.get(row.blob) : null;
  if (bytes === null) throw new ServiceFault('not-found', 'The picture is not kept any more.');
  return bytes;
}
