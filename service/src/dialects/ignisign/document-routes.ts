/** Documents of Ignisign, before and after somebody signs them (IG-2, and the second stage). */
import { createHash } from 'node:crypto';
import type { FastifyInstance, FastifyReply } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import type { z } from 'zod';
import { newDocumentId, readContent, uploadDocument } from '../../domain/documents.ts';
import { createDraft, removeDraft } from '../../domain/drafts.ts';
import { ServiceFault } from '../../domain/fault.ts';
import { bareId } from '../../domain/ids.ts';
import { eraseDocument } from '../../domain/retention.ts';
import { MOST_DOCUMENTS } from '../../domain/submission.ts';
import { attachmentHeader } from '../../http/download.ts';
import { receiveFile } from '../../http/upload.ts';
import type { DialectPorts } from '../dialect.ts';
import { sealedBytes, sealedFileOf } from '../sealed.ts';
import { type Caller, callerOf } from './access.ts';
import { tellRequest } from './draft-events.ts';
import * as draft from './draft-schemas.ts';
import {
  change,
  DOCUMENTS,
  type DocumentContent,
  type DocumentEntry,
  describe,
  ifFound,
  REQUESTS,
  type RequestContent,
  readEntry,
  readFreeEntry,
} from './drafts.ts';
import * as shape from './schemas.ts';
import { LARGEST_BODY } from './schemas.ts';
import { signerIdOf, statusOf } from './view.ts';

const APP = '/applications/:appId/envs/:appEnv';

export function documentRoutes(app: FastifyInstance, { core }: DialectPorts): void {
  const routes = app.withTypeProvider<ZodTypeProvider>();
  const failures = Object.fromEntries([400, 401, 403, 404, 408, 429, 500].map((status) => [status, shape.failure]));
  const tags = ['Documents'];
  const give = async ({ realm }: Caller, id: string, bytes: Uint8Array, fileName: string): Promise<void> => {
    const { file, about } = await readEntry(core, realm, id);
    if (file !== null) throw new ServiceFault('conflict', 'The document has its content already.', { word: 'DOCUMENT_ALREADY_PROVIDED' });
    await uploadDocument(core, realm, { id, bytes, fileName, name: about.label ?? (fileName || null), locale: null, once: null });
  };

  routes.post(
    `${APP}/documents`,
    { schema: { tags, summary: 'Upload a document', params: shape.application, response: { 200: shape.document, ...failures } } },
    async (request) => {
      const { realm, appId, appEnv } = callerOf(request);
      const { file } = await receiveFile(request, LARGEST_BODY, 'document');
      const made = await uploadDocument(core, realm, { bytes: file.bytes, fileName: file.name, name: null, locale: null, once: null });
      const { id: documentId, name: fileName, mediaType: mimeType, sha256: fileHash, size: fileSize } = made;
      return { documentId, appId, appEnv, fileName, mimeType, fileHash, fileSize };
    },
  );

  routes.post(
    `${APP}/init-documents`,
    {
      schema: {
        tags,
        summary: 'Announce a document, whose file comes later',
        params: shape.application,
        body: draft.newDocument,
        response: { 200: draft.namedDocument, ...failures },
      },
    },
    async (request) => {
      const caller = callerOf(request);
      const { realm } = caller;
      const { signatureRequestId: requestId = null, externalId = null, label = null, description = null } = request.body;
      const documentId = newDocumentId();
      if (requestId !== null)
        await changeDocuments(core, caller, requestId, (documentIds) => {
          if (documentIds.length >= MOST_DOCUMENTS) throw new ServiceFault('invalid', `There can be ${MOST_DOCUMENTS} documents at most.`);
          return [...documentIds, documentId];
        });
      await createDraft<DocumentContent>(core, realm, DOCUMENTS, documentId, { requestId, externalId, label, description });
      return { documentId };
    },
  );

  routes.get(
    '/documents/:documentId',
    { schema: { tags, summary: 'A document', params: draft.documentId, response: { 200: draft.document, ...failures } } },
    async (request) => {
      const caller = callerOf(request);
      return viewOf(caller, await readEntry(core, caller.realm, request.params.documentId));
    },
  );

  routes.put(
    '/documents/:documentId',
    {
      schema: {
        tags,
        summary: 'Say more of a document',
        params: draft.documentId,
        body: draft.changedDocument,
        response: { 200: draft.document, ...failures },
      },
    },
    async (request) => {
      const caller = callerOf(request);
      const { documentId } = request.params;
      const { label, description, externalId } = request.body;
      await describe(core, caller.realm, documentId, {
        ...(label !== undefined && { label }),
        ...(description !== undefined && { description }),
        ...(externalId !== undefined && { externalId }),
      });
      return viewOf(caller, await readEntry(core, caller.realm, documentId));
    },
  );

  for (const [path, whole] of [
    ['/documents/:documentId', true],
    ['/documents/:documentId/content', false],
  ] as const)
    routes.delete(
      path,
      {
        schema: {
          tags,
          summary: whole ? 'Erase a document that nobody was asked to sign' : 'Erase the file of a document that nobody was asked to sign',
          params: draft.documentId,
          response: { 200: draft.namedDocument, ...failures },
        },
      },
      async (request) => {
        const caller = callerOf(request);
        const { realm } = caller;
        const { id, file, about } = await readFreeEntry(core, realm, request.params.documentId);
        if (!whole) await describe(core, realm, id, {});
        if (file !== null) await eraseDocument(core, realm, id);
        if (whole) await forget(core, caller, id, about);
        return { documentId: id };
      },
    );

  routes.get(
    '/documents/:documentId/context',
    {
      schema: {
        tags,
        summary: 'A document with its request and signatures',
        params: draft.documentId,
        response: { 200: draft.documentContext, ...failures },
      },
    },
    async (request) => {
      const caller = callerOf(request);
      const entry = await readEntry(core, caller.realm, request.params.documentId);
      return {
        ...viewOf(caller, entry),
        signatureRequestStatus: entry.request === null ? null : statusOf(entry.request),
        signatures: signaturesOf(entry),
      };
    },
  );

  routes.post(
    '/documents/:documentId/file',
    {
      schema: {
        tags,
        summary: 'The file of an announced document',
        params: draft.documentId,
        response: { 200: draft.namedDocument, ...failures },
      },
    },
    async (request) => {
      const caller = callerOf(request);
      const { documentId } = request.params;
      const { file } = await receiveFile(request, LARGEST_BODY);
      await give(caller, documentId, file.bytes, file.name);
      return { documentId };
    },
  );

  routes.get(
    '/documents/:documentId/file',
    { schema: { tags, summary: 'The file as it came', params: draft.documentId, response: failures } },
    async (request, reply) => {
      const { id, file } = await readEntry(core, callerOf(request).realm, request.params.documentId);
      if (file === null) throw new ServiceFault('not-found', 'Its file has not come yet.', { word: 'DOCUMENT_NOT_FOUND' });
      const bytes = await readContent(core, id);
      return (reply as FastifyReply).type(file.mediaType).header('content-disposition', attachmentHeader(file.name)).send(bytes);
    },
  );

  routes.post(
    '/documents/:documentId/data-json-content',
    {
      bodyLimit: LARGEST_BODY,
      schema: {
        tags,
        summary: 'JSON as the content of an announced document',
        params: draft.documentId,
        body: draft.jsonContent,
        response: { 200: draft.namedDocument, ...failures },
      },
    },
    async (request) => {
      const { documentId } = request.params;
      await give(callerOf(request), documentId, Buffer.from(JSON.stringify(request.body), 'utf8'), 'document.json');
      return { documentId };
    },
  );

  routes.post(
    '/documents/:documentId/check-authenticity',
    {
      schema: {
        tags,
        summary: 'Whether a file is the document, as it came or as it was signed',
        params: draft.documentId,
        response: { 200: draft.authenticity, ...failures },
      },
    },
    async (request) => {
      const { id, file, request: made } = await readEntry(core, callerOf(request).realm, request.params.documentId);
      const received = await receiveFile(request, LARGEST_BODY);
      const hash = sha256(received.file.bytes);
      const sealed = made?.status === 'completed' ? await sealedBytes(core, sealedFileOf(made, id)) : null;
      return { documentId: id, authenticityValidated: hash === file?.sha256 || (sealed !== null && hash === sha256(sealed)) };
    },
  );

  routes.get(
    '/documents/:documentId/signatures',
    { schema: { tags, summary: 'Who has signed', params: draft.documentId, response: { 200: draft.signatures, ...failures } } },
    async (request) => signaturesOf(await readEntry(core, callerOf(request).realm, request.params.documentId)),
  );

  routes.get(
    '/documents/:documentId/signatures/:signatureId',
    { schema: { tags, summary: 'A signature', params: draft.signatureIds, response: { 200: draft.signature, ...failures } } },
    async (request) => {
      const entry = await readEntry(core, callerOf(request).realm, request.params.documentId);
      const found = signaturesOf(entry).find(({ signatureId }) => signatureId === request.params.signatureId);
      if (!found) throw new ServiceFault('not-found', 'There is no such signature.', { word: 'SIGNATURE_NOT_FOUND' });
      return found;
    },
  );
}

/** Takes a document out of the request that it was announced for. */
async function forget(core: DialectPorts['core'], caller: Caller, id: string, { requestId }: DocumentContent): Promise<void> {
  await ifFound(removeDraft(core, caller.realm, DOCUMENTS, id));
  if (requestId !== null) await ifFound(changeDocuments(core, caller, requestId, (documentIds) => documentIds.filter((one) => one !== id)));
}

const changeDocuments = (core: DialectPorts['core'], caller: Caller, id: string, by: (ids: readonly string[]) => readonly string[]) =>
  change<RequestContent>(
    core,
    caller.realm,
    REQUESTS,
    id,
    (content) => ({ ...content, documentIds: by(content.documentIds) }),
    tellRequest(caller, 'UPDATED'),
  );

function viewOf({ appId, appEnv }: Caller, { id, about, file, request }: DocumentEntry): z.output<typeof draft.document> {
  return {
    documentId: id,
    appId,
    appEnv,
    signatureRequestId: request?.id ?? about.requestId,
    externalId: about.externalId,
    label: about.label,
    description: about.description,
    documentNature: 'FILE',
    isContentProvided: file !== null,
    fileName: file?.name ?? null,
    mimeType: file?.mediaType ?? null,
    fileHash: file?.sha256 ?? null,
    fileSize: file?.size ?? null,
  };
}

const signaturesOf = ({ id, request }: DocumentEntry): z.output<typeof draft.signatures> =>
  (request?.signers ?? [])
    .filter(({ status }) => status === 'signed')
    .map((signer) => ({
      signatureId: `${signerIdOf(signer)}.${bareId(id)}`,
      documentId: id,
      signerId: signerIdOf(signer),
      signatureRequestId: request?.id ?? '',
      signedAt: signer.signedAt === null ? null : new Date(signer.signedAt).toISOString(),
      level: request?.level ?? '',
      certificateIssuer: signer.seal?.issuer ?? null,
    }));

const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');
