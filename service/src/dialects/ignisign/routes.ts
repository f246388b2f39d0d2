/** Documents, requests and proofs of the Ignisign interface (IG-1 to IG-5, IG-7, and those of the second stage that fit). */
import type { FastifyInstance, FastifyReply } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import type { z } from 'zod';
import { uploadDocument } from '../../domain/documents.ts';
import { ServiceFault } from '../../domain/fault.ts';
import { PDF } from '../../domain/media.ts';
import type { DocumentRecord, IdentityMethod, RequestRecord, SignatureLevel } from '../../domain/model.ts';
import { isOpen, MOST_SIGNERS, readRequest, requestOfDocument } from '../../domain/request.ts';
import { cancelRequest, createRequest } from '../../domain/requests.ts';
import { type NewSigner, signerIn } from '../../domain/signers.ts';
import { renewLink } from '../../domain/signing.ts';
import { receiveFile } from '../../http/upload.ts';
import { archiveOf } from '../../sealing/archive.ts';
import { fileFromBase64 } from '../base64.ts';
import type { DialectPorts } from '../dialect.ts';
import { simulationFor } from '../sandbox.ts';
import { sealedFileOf, sendSealed } from '../sealed.ts';
import { type Caller, callerOf } from './access.ts';
import { named } from './errors.ts';
import { IGNISIGN_NAME } from './events.ts';
import * as shape from './schemas.ts';
import { documentsOf, statusOf } from './view.ts';

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
      const made = await launch(ports, callerOf(request), request.body);
      return {
        signatureRequestId: made.id,
        signersBySide: made.signers.map(({ id }) => ({ signerId: id, signerExternalId: null })),
        documents: documentsOf(made).map((documentId) => ({ documentId })),
      };
    },
  );

  routes.post(
    '/applications/:appId/envs/:appEnv/documents',
    {
      schema: {
        tags: ['Documents'],
        summary: 'Upload a document',
        params: shape.application,
        response: { 200: shape.document, ...failures },
      },
    },
    async (request) => {
      const caller = callerOf(request);
      const { file } = await receiveFile(request, LARGEST_BODY, 'document');
      const made = await uploadDocument(core, caller.realm, {
        bytes: file.bytes,
        fileName: file.name,
        name: null,
        locale: null,
        once: null,
      });
      return {
        documentId: made.id,
        appId: caller.appId,
        appEnv: caller.appEnv,
        fileName: made.name,
        mimeType: made.mediaType,
        fileHash: made.sha256,
        fileSize: made.size,
      };
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
      const rows = await Promise.all(request.body.signatureRequestIds.map((id) => readRequest(core, realm, id).catch(unknownIsNull)));
      return { signatureRequests: rows.flatMap((one) => (one === null ? [] : [{ signatureRequestId: one.id, status: statusOf(one) }])) };
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
      const one = await found(callerOf(request), request.params.signatureRequestId);
      const results = request.body.emails.map((email, index) => {
        const reason = refusalOf(one, email, index);
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
      const signer = await named(
        'SIGNER_NOT_FOUND',
        Promise.resolve().then(() => signerIn(one, request.params.signerId)),
      );
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
      const one = await found(callerOf(request), request.params.signatureRequestId);
      return {
        signatureRequestId: one.id,
        title: typeof one.metadata['title'] === 'string' ? one.metadata['title'] : '',
        status: statusOf(one),
        expirationDate: iso(one.expiresAt),
        documents: documentsOf(one).map((documentId) => ({ documentId })),
        signers: one.signers.map(({ id, email, status, signedAt }) => ({
          signerId: id,
          email,
          status,
          signedAt: signedAt === null ? null : iso(signedAt),
        })),
      };
    },
  );

  routes.post(
    '/signature-requests/:signatureRequestId/close',
    { schema: { tags, summary: 'Close a request', params: shape.requestId, response: { 200: shape.resent, ...failures } } },
    async (request) => {
      const { realm } = callerOf(request);
      const { id } = await named('SIGNATURE_REQUEST_NOT_FOUND', cancelRequest(core, realm, request.params.signatureRequestId, null));
      return { signatureRequestId: id };
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
  const { level, method } = METHODS[body.signatureMethod];
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
    level,
    ordering: 'parallel',
    expiresAt: null,
    redirectUrl: null,
    fields: [],
    metadata: { title: body.title, appEnv },
    signers: body.signers.map(
      ({ email, firstName, lastName, phoneNumber }): NewSigner => ({
        name: [firstName, lastName].filter(Boolean).join(' ') || email.slice(0, email.lastIndexOf('@')),
        email,
        phone: phoneNumber ?? null,
        method: method[realm.mode],
        country: null,
        locale: null,
        order: null,
        simulation: simulationFor(realm, email),
        simulatedDocument: null,
      }),
    ),
    once: null,
  });
}

function refusalOf(request: RequestRecord, email: string, before: number): string | null {
  if (!isOpen(request)) return `The request is ${statusOf(request)}.`;
  if (request.signers.some((signer) => signer.email.toLowerCase() === email.toLowerCase())) return 'This signer is in the request already.';
  return request.signers.length + before >= MOST_SIGNERS ? `A request has ${MOST_SIGNERS} signers at most.` : null;
}

function unknownIsNull(error: unknown): null {
  if (error instanceof ServiceFault && error.code === 'not-found') return null;
  throw error;
}

const iso = (at: number): string => new Date(at).toISOString();

const PROOFS = ['PDF_WITH_SIGNATURES', 'ADVANCED_LEGAL_KIT', 'SIGNED_DATA'];
const LARGEST_BODY = 50_000_000;

interface Method {
  readonly level: SignatureLevel;
  readonly method: Readonly<Record<'live' | 'test', IdentityMethod>>;
}

const METHODS: Readonly<Record<z.output<typeof shape.oneCall>['signatureMethod'], Method>> = {
  SIMPLE_STD: { level: 'simple', method: { live: 'none', test: 'none' } },
  ADVANCED_SMS: { level: 'advanced', method: { live: 'sms-code', test: 'sms-code' } },
  ADVANCED_STD: { level: 'advanced', method: { live: 'email-code', test: 'email-code' } },
  QUALIFIED_STD: { level: 'qualified', method: { live: 'video', test: 'video' } },
};
