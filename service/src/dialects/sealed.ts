/** Sealed documents as answers. */
import type { FastifyReply } from 'fastify';
import type { Core } from '../domain/core.ts';
import { ServiceFault } from '../domain/fault.ts';
import type { RequestRecord, SealedFile } from '../domain/model.ts';
import { attachmentHeader } from '../http/download.ts';
import { logDownload } from '../sealing/sealing.ts';

/** The file of one of the documents. Throws `ServiceFault` `conflict` before all have signed, `not-found`. */
export function sealedFileOf({ sealed, status, documentId }: RequestRecord, asked: string = documentId): Omit<SealedFile, 'documentId'> {
  if (status !== 'completed' || sealed === null) throw new ServiceFault('conflict', 'The document is not signed by all yet.');
  const file = asked === documentId ? sealed : sealed.further?.find((one) => one.documentId === asked);
  if (!file) throw new ServiceFault('not-found', 'There is no such document.');
  return file;
}

/** Throws `ServiceFault` `not-found`. */
export async function sealedBytes({ blobs }: Core, { document }: Pick<SealedFile, 'document'>): Promise<Uint8Array> {
  const bytes = await blobs.get(document);
  if (bytes === null) throw new ServiceFault('not-found', 'The document is not kept any more.');
  return bytes;
}

/** Hands the file out, and logs that. */
export async function sendSealed(core: Core, reply: FastifyReply, request: RequestRecord, asked?: string): Promise<FastifyReply> {
  const file = sealedFileOf(request, asked);
  const bytes = await sealedBytes(core, file);
  await logDownload(core, request.id, 'document');
  return reply.type(file.mediaType).header('content-disposition', attachmentHeader(file.fileName)).send(bytes);
}
