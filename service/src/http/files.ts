/** Files by links that prove themselves: no key, but a token for this one file and for a limited time. */
import type { FastifyInstance, FastifyReply } from 'fastify';
import type { Core } from '../domain/core.ts';
import { readPicture } from '../domain/evidence.ts';
import { ServiceFault } from '../domain/fault.ts';
import type { LinkPurpose } from '../domain/links.ts';
import type { SealedFiles } from '../domain/model.ts';
import { previewOf } from '../domain/previews.ts';
import { withSigners } from '../domain/records.ts';
import { archiveOf } from '../sealing/archive.ts';
import { attachmentHeader } from './download.ts';

export function fileRoutes(app: FastifyInstance, core: Core): void {
  app.get('/w/files/:token/:name', { schema: { hide: true } }, async (request, reply) => {
    const { token, name } = request.params as { readonly token: string; readonly name: string };
    const [purpose, opened] = openedBy(core, token, name);
    if (opened === null || opened.expired) throw new ServiceFault('not-found', 'This link is not valid, or not any more.');
    void reply.header('cache-control', 'private, no-store');
    if (purpose === 'preview') return reply.type('image/png').send(await previewOf(core, opened.subject));
    if (purpose === 'picture') return reply.type('image/jpeg').send(await readPicture(core, opened.subject));
    if (purpose === 'archive') return sendArchive(core, reply, opened.subject);
    const [requestId = '', documentId] = opened.subject.split('~');
    const sealed = await sealedFiles(core, requestId);
    const further = documentId === undefined ? undefined : sealed.further?.find((one) => one.documentId === documentId);
    if (documentId !== undefined && further === undefined) throw new ServiceFault('not-found', 'The document is not kept any more.');
    const files = { ...sealed, ...further };
    const bytes = await core.blobs.get(purpose === 'audit-trail' ? files.trail : files.document);
    if (bytes === null) throw new ServiceFault('not-found', 'The document is not kept any more.');
    return reply
      .type(purpose === 'audit-trail' ? 'application/pdf' : files.mediaType)
      .header('content-disposition', attachmentHeader(purpose === 'audit-trail' ? 'audit-trail.pdf' : files.fileName))
      .send(bytes);
  });
}

/** The name tells which kinds of links may lead there. */
function openedBy({ links, clock }: Core, token: string, name: string): readonly [LinkPurpose, ReturnType<Core['links']['open']>] {
  const purposes: readonly LinkPurpose[] = PURPOSES[name] ?? ['sealed-document', 'further-document', 'picture'];
  for (const purpose of purposes) {
    const opened = links.open(purpose, token, clock());
    if (opened !== null) return [purpose, opened];
  }
  return ['sealed-document', null];
}

async function sendArchive(core: Core, reply: FastifyReply, requestId: string): Promise<FastifyReply> {
  const row = await core.store.db.selectFrom('requests').selectAll().where('id', '=', requestId).executeTakeFirst();
  const request = row && (await withSigners(core.store.db, row, core.vault));
  if (!request?.sealed) throw new ServiceFault('not-found', 'The document is not kept any more.');
  return reply
    .type('application/zip')
    .header('content-disposition', attachmentHeader(`${request.id}.zip`))
    .send(await archiveOf(core, request, request.sealed));
}

async function sealedFiles({ store }: Core, requestId: string): Promise<SealedFiles> {
  const row = await store.db.selectFrom('requests').select('sealed_files').where('id', '=', requestId).executeTakeFirst();
  if (!row?.sealed_files) throw new ServiceFault('not-found', 'The document is not kept any more.');
  return JSON.parse(row.sealed_files) as SealedFiles;
}

const PURPOSES: Readonly<Record<string, readonly LinkPurpose[]>> = {
  'page-1.png': ['preview'],
  'audit.pdf': ['audit-trail'],
  'proof.zip': ['archive'],
};
