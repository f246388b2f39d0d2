/** The routes of the QI Sign interface (QI-1 to QI-11). */
import { randomUUID } from 'node:crypto';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import type { z } from 'zod';
import { iso } from '../../domain/dates.ts';
import { createDraft, requireOpen } from '../../domain/drafts.ts';
import { keepEvidence, type PictureKind, pictureLinks } from '../../domain/evidence.ts';
import { ServiceFault } from '../../domain/fault.ts';
import type { Realm } from '../../domain/model.ts';
import { addDraftDocument, cancelSubmission, personIn, submitDraft } from '../../domain/submission.ts';
import { fileFromBase64 } from '../base64.ts';
import type { DialectPorts } from '../dialect.ts';
import { sealedBytes, sealedFileOf } from '../sealed.ts';
import {
  type Content,
  dossierUrl,
  LOCALE,
  personOf,
  readEnvelope,
  requestFrom,
  signedAt,
  signerStatus,
  statusOf,
  viewOf,
} from './envelope.ts';
import { QI_SIGN_NAME } from './events.ts';
import * as shape from './schemas.ts';

export function envelopeRoutes(app: FastifyInstance, { core }: DialectPorts): void {
  const routes = app.withTypeProvider<ZodTypeProvider>();
  const failures = Object.fromEntries([400, 401, 403, 404, 406, 409, 429, 500].map((status) => [status, shape.failure]));
  const tags = ['Envelopes'];

  routes.post(
    '/envelope',
    { schema: { tags, summary: 'Create an envelope', body: shape.newEnvelope, response: { 201: shape.created, ...failures } } },
    async (request, reply) => {
      const { id, subject, expiration_date: day, signers } = request.body;
      const expiresAt = Date.parse(`${day}T23:59:59-03:00`);
      if (expiresAt <= core.clock()) throw new ServiceFault('invalid', 'expiration_date has passed.');
      await createDraft<Content>(core, realmOf(request), QI_SIGN_NAME, id, { subject, expiresAt, signers, documents: [] });
      return reply.code(201).send({ id, status: 'created' as const });
    },
  );

  routes.patch(
    '/envelope/:envelope_id',
    {
      schema: {
        tags,
        summary: 'Submit or cancel an envelope',
        params: shape.envelopeId,
        body: shape.change,
        response: { 200: shape.changed, ...failures },
      },
    },
    async (request) => {
      const { status } = request.body;
      const [realm, id] = [realmOf(request), request.params.envelope_id];
      if (status === 'submitted') await submitDraft<Content>(core, realm, QI_SIGN_NAME, id, (draft) => requestFrom(core, realm, draft));
      else await cancelSubmission(core, realm, QI_SIGN_NAME, id);
      return { status };
    },
  );

  routes.get(
    '/envelope/:envelope_id',
    { schema: { tags, summary: 'Read an envelope', params: shape.envelopeId, response: { 200: shape.envelope, ...failures } } },
    async (request) => viewOf(core, await readEnvelope(core, realmOf(request), request.params.envelope_id)),
  );

  routes.post(
    '/envelope/:envelope_id/document',
    {
      bodyLimit: BODY,
      schema: {
        tags,
        summary: 'Add a document',
        params: shape.envelopeId,
        body: shape.newDocument,
        response: { 201: shape.storedDocument, ...failures },
      },
    },
    async (request, reply) => {
      const { id = randomUUID(), name, document_b64: content } = request.body;
      const bytes = fileFromBase64(content, LARGEST, 'document_b64');
      const added = { id, name, bytes, locale: LOCALE };
      const at = await addDraftDocument<Content>(core, realmOf(request), QI_SIGN_NAME, request.params.envelope_id, added);
      return reply.code(201).send({ id, created_at: iso(at) });
    },
  );

  routes.post(
    '/envelope/:envelope_id/signer/:signer_id/personal_document',
    {
      bodyLimit: BODY,
      schema: {
        tags,
        summary: 'Add an identity document',
        params: shape.signerIds,
        body: shape.personalDocument,
        response: { 201: shape.stored, ...failures },
      },
    },
    async (request, reply) => {
      const envelope = await readEnvelope(core, realmOf(request), request.params.envelope_id);
      const { asked } = personOf(envelope, request.params.signer_id);
      requireOpen(envelope.draft);
      const bytes = fileFromBase64(request.body.document_b64, LARGEST, 'document_b64');
      const kind = request.body.template.endsWith('front') ? 'document-front' : 'document-back';
      const { createdAt } = await keepEvidence(
        core,
        { request: envelope.draft.id, signer: personIn(envelope.draft, asked.id) },
        kind,
        bytes,
      );
      return reply.code(201).send({ created_at: iso(createdAt) });
    },
  );

  routes.get(
    '/envelope/:envelope_id/signer/:signer_id',
    { schema: { tags, summary: 'Status of a signer', params: shape.signerIds, response: { 200: shape.signerView, ...failures } } },
    async (request) => {
      const envelope = await readEnvelope(core, realmOf(request), request.params.envelope_id);
      const { asked, signer } = personOf(envelope, request.params.signer_id);
      const status = signerStatus(signer, statusOf(envelope, core.clock()));
      return { name: asked.name, email: asked.email ?? null, status, signed_at: signer && signedAt(signer) };
    },
  );

  const pictures = async (
    request: FastifyRequest,
    ids: z.output<typeof shape.signerIds>,
  ): Promise<Partial<Record<PictureKind, string>>> => {
    const envelope = await readEnvelope(core, realmOf(request), ids.envelope_id);
    const { signer } = personOf(envelope, ids.signer_id);
    return envelope.request === null || signer === null ? {} : pictureLinks(core, envelope.request, signer);
  };

  routes.get(
    '/envelope/:envelope_id/signer/:signer_id/face',
    { schema: { tags, summary: "Picture of a signer's face", params: shape.signerIds, response: { 200: shape.face, ...failures } } },
    async (request) => {
      const { face } = await pictures(request, request.params);
      if (face === undefined) throw new ServiceFault('not-found', 'There is no picture of this face.');
      return { face_image_url: face };
    },
  );

  routes.get(
    '/envelope/:envelope_id/signer/:signer_id/personal_document',
    {
      schema: {
        tags,
        summary: "Pictures of a signer's identity document",
        params: shape.signerIds,
        response: { 200: shape.documentPictures, ...failures },
      },
    },
    async (request) => {
      const { 'document-front': front = null, 'document-back': back = null } = await pictures(request, request.params);
      if (front === null && back === null) throw new ServiceFault('not-found', 'There is no picture of this document.');
      return { document_front_url: front, document_back_url: back };
    },
  );

  routes.get(
    '/envelope/:envelope_id/report',
    { schema: { tags, summary: 'Dossiers of an envelope', params: shape.envelopeId, response: { 200: shape.reports, ...failures } } },
    async (request) => {
      const { draft, request: made } = await readEnvelope(core, realmOf(request), request.params.envelope_id);
      if (made?.status !== 'completed') return { id: draft.name, status: 'unavailable' as const, documents_reports: [] };
      const reports = draft.content.documents.map(({ id, documentId }) => ({ id, url: dossierUrl(core, made, documentId) }));
      return { id: draft.name, status: 'available' as const, documents_reports: reports };
    },
  );

  routes.get(
    '/envelope/:envelope_id/document/:document_id/report',
    { schema: { tags, summary: 'Dossier of a document', params: shape.documentIds, response: { 200: shape.report, ...failures } } },
    async (request) => {
      const { draft, request: made } = await readEnvelope(core, realmOf(request), request.params.envelope_id);
      const document = draft.content.documents.find(({ id }) => id === request.params.document_id);
      if (!document) throw new ServiceFault('not-found', 'There is no such document in this envelope.');
      const { id, documentId } = document;
      if (made?.status !== 'completed') return { id, status: 'unavailable' as const, document_report_url: null, document_report: null };
      const bytes = await sealedBytes(core, sealedFileOf(made, documentId));
      return {
        id,
        status: 'available' as const,
        document_report_url: dossierUrl(core, made, documentId),
        document_report: Buffer.from(bytes).toString('base64'),
      };
    },
  );
}

function realmOf({ holder }: FastifyRequest): Realm {
  if (!holder) throw new ServiceFault('unauthorized', 'Missing or invalid API key.');
  return holder.realm;
}

/** 10 MB, before base64. */
const LARGEST = 10 * 1024 * 1024;
const BODY = Math.ceil((LARGEST * 4) / 3) + 64 * 1024;
