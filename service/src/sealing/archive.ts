/** Everything about a completed request in one ZIP archive. */

import { readEvents } from '../domain/audit.ts';
import type { Core } from '../domain/core.ts';
import { readDocument } from '../domain/documents.ts';
import { ServiceFault } from '../domain/fault.ts';
import type { RequestRecord, SealedFiles } from '../domain/model.ts';
import { cardPicture } from '../workers/png.ts';
import { trailHtml } from './audit-trail.ts';
import { encodePemCertificate } from './pem.ts';
import { type ZipEntry, zip } from './zip.ts';

/** The signed document, the history as HTML, PDF and JSON, pictures of identity checks, the certificates of the signers. */
export async function archiveOf(core: Core, request: RequestRecord, files: SealedFiles): Promise<Uint8Array> {
  const get = async (name: string): Promise<Uint8Array> => {
    const bytes = await core.blobs.get(name);
    if (bytes === null) throw new ServiceFault('not-found', 'The signed document is not kept any more.');
    return bytes;
  };
  const rows = await core.store.db.selectFrom('events').selectAll().where('request_id', '=', request.id).orderBy('sequence').execute();
  const document = await readDocument(core, request.realm, request.documentId);
  const html = trailHtml({ request, document, events: readEvents(rows, core.vault), at: core.clock() });
  const entries: ZipEntry[] = [
    { name: files.fileName, content: await get(files.document) },
    { name: 'audit-trail.html', content: html },
    { name: 'audit-trail.pdf', content: await get(files.trail) },
    { name: 'audit-trail.json', content: await get(files.trailJson) },
  ];
  for (const [index, { document: blob, fileName }] of (files.further ?? []).entries())
    entries.push({ name: `documents/${index + 2}-${fileName}`, content: await get(blob) });
  for (const { id, identity, seal } of request.signers) {
    if (seal) entries.push({ name: `certificates/${id}.pem`, content: encodePemCertificate(seal.certificate) });
    if (!identity) continue;
    // Checks that are played leave a placeholder picture; a provider's own would stand here.
    entries.push({ name: `identity/${id}.png`, content: cardPicture([38, 92, 122]) });
    entries.push({ name: `identity/${id}.json`, content: Buffer.from(`${JSON.stringify(identity, null, 2)}\n`) });
  }
  return zip(entries, core.clock());
}
