/** Requests and proofs of the Ignisign interface (IG-1, IG-3 to IG-5, IG-7). */
import type { FastifyInstance, FastifyReply } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import type { z } from 'zod';
import { iso } from '../../domain/dates.ts';
import { uploadDocument } from '../../domain/documents.ts';
import type { Draft } from '../../domain/drafts.ts';
import { ServiceFault } from '../../domain/fault.ts';
import { PDF } from '../../domain/media.ts';
import type { DocumentRecord, Realm, RequestRecord } from '../../domain/model.ts';
import { isOpen, MOST_SIGNERS, readRequest, requestOfDocument } from '../../domain/request.ts';
import { createRequest } from '../../domain/requests.ts';
import { renewLink } from '../../domain/signing.ts';
import { archiveOf } from '../../sealing/archive.ts';
import { fileFromBase64 } from '../base64.ts';
import type { DialectPorts } from '../dialect.ts';
import { sealedFileOf, sendSealed } from '../sealed.ts';
import { type Caller, callerOf } from './access.ts';
import { ifFound, isDraft, type RequestContent, readEither, readSigner, signerFrom } from './drafts.ts';
import { named } from './errors.ts';
import { IGNISIGN_NAME } from './events.ts';
import { METHODS } from './profiles.ts';
import * as shape from './schemas.ts';
import { LARGEST_BODY } from './schemas.ts';
import { documentsOf, launchedOf, signerIdOf, statusOf, titleOf } from './view.ts';

export function signingRoutes(app: FastifyInstance, ports: DialectPorts): void {
  const { core } = ports;
  const routes = app.withTypeProvider<ZodTypeProvider>();
  const failures = Object.fromEntries([400, 401, 403, 404, 408, 429, 500].map((status) => [status, shape.failure]));
  const tags = ['Signature requests'];
  const found = (caller: Caller, id: string): Promise<RequestRecord> =>
    named('SIGNATURE_REQUEST_NOT_FOUND', readRequest(core, caller.realm, id));

  routes.post(
    '/signature-requests/one-call-sign',
    {
      bodyLimit: LARGEST_BODY,
      schema: { tags, summary: 'Documents and signers in one call', body: shape.oneCall, response: { 200: shape.launched, ...failures } },
    },
    async (request) => {
      return launchedOf(await launch(ports, callerOf(request), request.body));
    },
  );

  routes.post(
    '/applications/:appId/envs/:appEnv/signature-requests/status',
    {
      schema: {
        tags,
        summary: 'Status of many requests',
        params: shape.application,
        body: shape.statusQuery,
        response: { 200: shape.statuses, ...failures },
      },
    },
    async (request) => {
      const { realm } = callerOf(request);
      const ids = request.body.signatureRequestIds;
      const found = await Promise.all(ids.map(async (id) => ({ id, one: await ifFound(readEither(core, realm, id)) })));
      return {
        signatureRequests: found.flatMap(({ id, one }) =>
          one === null ? [] : [{ signatureRequestId: id, status: isDraft(one) ? draftStatus(one) : statusOf(one) }],
        ),
      };
    },
  );

  routes.post(
    '/signature-requests/:signatureRequestId/check-signers-can-be-added',
    {
      schema: {
        tags: ['Signers'],
        summary: 'Who can be added',
        params: shape.requestId,
        body: shape.emails,
        response: { 200: shape.addable, ...failures },
      },
    },
    async (request) => {
      const { realm } = callerOf(request);
      const one = await readEither(core, realm, request.params.signatureRequestId);
      const asked = isDraft(one)
        ? (await Promise.all(one.content.signerIds.map((id) => readSigner(core, realm, id)))).map(({ content }) => content.email)
        : one.signers.map((signer) => signer.email);
      const status = isDraft(one) ? draftStatus(one) : statusOf(one);
      const open = isDraft(one) ? one.status === 'open' : isOpen(one);
      const results = request.body.emails.map((email, index) => {
        const reason = open ? refusalOf(asked, email, index) : `The request is ${status}.`;
        return { email, canBeAdded: reason === null, reason };
      });
      return { emails: results.filter(({ canBeAdded }) => canBeAdded).map(({ email }) => email), results };
    },
  );

  routes.post(
    '/signature-requests/:signatureRequestId/:signerId/resend-email',
    {
      schema: { tags: ['Signers'], summary: 'Send the mail again', params: shape.signerIds, response: { 200: shape.resent, ...failures } },
    },
    async (request) => {
      const one = await found(callerOf(request), request.params.signatureRequestId);
      const signer = one.signers.find((other) => signerIdOf(other) === request.params.signerId);
      if (!signer) throw new ServiceFault('not-found', 'There is no such signer in this request.', { word: 'SIGNER_NOT_FOUND' });
      await named('SIGNER_NOT_FOUND', renewLink(core, signer.id));
      return { signatureRequestId: one.id };
    },
  );

  routes.get(
    '/signature-requests/:signatureRequestId/context',
    {
      schema: {
        tags,
        summary: 'A request with its documents and signers',
        params: shape.requestId,
        response: { 200: shape.context, ...failures },
      },
    },
    async (request) => {
      const { realm } = callerOf(request);
      const one = await readEither(core, realm, request.params.signatureRequestId);
      if (isDraft(one)) return draftContext(core, realm, one);
      return {
        signatureRequestId: one.id,
        title: titleOf(one),
        status: statusOf(one),
        expirationDate: iso(one.expiresAt),
        documents: documentsOf(one).map((documentId) => ({ documentId })),
        signers: one.signers.map((signer) => ({
          signerId: signerIdOf(signer),
          email: signer.email,
          status: signer.status,
          signedAt: signer.signedAt === null ? null : iso(signer.signedAt),
        })),
      };
    },
  );

  routes.get(
    '/documents/:documentId/signature-type/:signatureType',
    { schema: { tags: ['Proofs'], summary: 'A proof of the signatures of a document', params: shape.proof, response: failures } },
    async (request, reply) => {
      const { documentId, signatureType } = request.params;
      const one = await named('DOCUMENT_NOT_FOUND', requestOfDocument(core, callerOf(request).realm, documentId));
      return sendProof(ports, reply as FastifyReply, one, documentId, signatureType);
    },
  );
}

async function sendProof(
  { core }: DialectPorts,
  reply: FastifyReply,
  request: RequestRecord,
  documentId: string,
  type: string,
): Promise<FastifyReply> {
  const refused = (word: string, message: string): never => {
    throw new ServiceFault(word === 'DOCUMENT_PROOF_NOT_CREATED' ? 'not-found' : 'bad-request', message, { word });
  };
  if (!PROOFS.includes(type)) refused('SIGNATURE_PROOF_TYPE_NOT_AVAILABLE', 'There is no proof of this type.');
  const { sealed } = request;
  if (request.status !== 'completed' || sealed === null) return refused('DOCUMENT_PROOF_NOT_CREATED', 'The proof is not made yet.');
  const { mediaType } = sealedFileOf(request, documentId);
  if ((type === 'PDF_WITH_SIGNATURES') !== (mediaType === PDF) && type !== 'ADVANCED_LEGAL_KIT')
    refused('SIGNATURE_PROOF_TYPE_NOT_AVAILABLE', 'There is no proof of this type for this kind of document.');
  if (type !== 'ADVANCED_LEGAL_KIT') return sendSealed(core, reply, request, documentId);
  return reply.type('application/zip').send(await archiveOf(core, request, sealed));
}

async function launch(ports: DialectPorts, { realm, appEnv }: Caller, body: z.output<typeof shape.oneCall>): Promise<RequestRecord> {
  const { core, files } = ports;
  const documents: DocumentRecord[] = [];
  for (const [index, { base64, url, originalName }] of body.documents.entries()) {
    const bytes =
      base64 === undefined ? (await files.fetch(url ?? '')).bytes : fileFromBase64(base64, LARGEST_BODY, `documents.${index}.base64`);
    documents.push(await uploadDocument(core, realm, { bytes, fileName: originalName, name: originalName, locale: null, once: null }));
  }
  const [first, ...further] = documents;
  if (!first) throw new ServiceFault('invalid', 'There is no document.', { word: 'CANNOT_PUBLISH_SIGNATURE_REQUEST__NO_DOCUMENTS' });
  return createRequest(core, realm, {
    dialect: IGNISIGN_NAME,
    documentId: first.id,
    furtherDocumentIds: further.map(({ id }) => id),
    level: METHODS[body.signatureMethod].level,
    ordering: 'parallel',
    expiresAt: null,
    redirectUrl: null,
    fields: [],
    metadata: { title: body.title, appEnv },
    signers: body.signers.map(({ email, firstName = null, lastName = null, phoneNumber = null }) =>
      signerFrom(realm, body.signatureMethod, { email, firstName, lastName, phoneNumber }),
    ),
    once: null,
  });
}

function refusalOf(asked: readonly string[], email: string, before: number): string | null {
  if (asked.some((one) => one.toLowerCase() === email.toLowerCase())) return 'This signer is in the request already.';
  return asked.length + before >= MOST_SIGNERS ? `A request has ${MOST_SIGNERS} signers at most.` : null;
}

const draftStatus = ({ status }: Draft<RequestContent>): string => (status === 'cancelled' ? 'CANCELLED' : 'DRAFT');

async function draftContext(core: DialectPorts['core'], realm: Realm, one: Draft<RequestContent>): Promise<z.output<typeof shape.context>> {
  const { title, documentIds, signerIds, expiresAt } = one.content;
  const signers = await Promise.all(signerIds.map((id) => readSigner(core, realm, id)));
  return {
    signatureRequestId: one.name,
    title,
    status: draftStatus(one),
    expirationDate: expiresAt === null ? null : iso(expiresAt),
    documents: documentIds.map((documentId) => ({ documentId })),
    signers: signers.map(({ name, content }) => ({ signerId: name, email: content.email, status: 'draft', signedAt: null })),
  };
}

const PROOFS = ['PDF_WITH_SIGNATURES', 'ADVANCED_LEGAL_KIT', 'SIGNED_DATA'];
