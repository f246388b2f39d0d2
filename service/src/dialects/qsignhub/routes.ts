/** The routes of the QSignHub interface (QH-1 to QH-12). */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { isoSeconds } from '../../domain/dates.ts';
import { uploadDocument } from '../../domain/documents.ts';
import { ServiceFault } from '../../domain/fault.ts';
import { fingerprintOf, type Once } from '../../domain/idempotency.ts';
import type { Realm, RequestStatus } from '../../domain/model.ts';
import { readRequest } from '../../domain/request.ts';
import { cancelRequest, createRequest, listRequests } from '../../domain/requests.ts';
import { addSigner, MOST_REMINDERS, remind, signerIn } from '../../domain/signers.ts';
import { attachmentHeader } from '../../http/download.ts';
import { receiveFile } from '../../http/upload.ts';
import { archiveOf } from '../../sealing/archive.ts';
import { logDownload } from '../../sealing/sealing.ts';
import type { Validation } from '../../workers/protocol.ts';
import { COUNTRIES } from './countries.ts';
import { QSIGNHUB } from './events.ts';
import * as shape from './schemas.ts';
import {
  type KnownRoots,
  LEVELS,
  STATUSES,
  signerFrom,
  type ViewContext,
  viewOfDocument,
  viewOfRequest,
  viewOfSigner,
  viewOfValidation,
  viewOfVerification,
} from './view.ts';

export interface QsignhubPorts extends ViewContext {
  readonly maximumUpload: number;
  readonly roots: KnownRoots;
  readonly validate: (realm: Realm, file: Uint8Array, detached: Uint8Array | null) => Promise<Validation>;
}

/** Who asks; set before any handler runs. */
const realmOf = (request: FastifyRequest): Realm => {
  const { holder } = request;
  if (!holder) throw new ServiceFault('unauthorized', 'Missing or invalid API key.');
  return holder.realm;
};

export function qsignhubRoutes(app: FastifyInstance, ports: QsignhubPorts): void {
  const routes = app.withTypeProvider<ZodTypeProvider>();
  const { core } = ports;
  const failures = Object.fromEntries([400, 401, 404, 409, 422, 429, 500].map((status) => [status, shape.errorView]));

  routes.post(
    '/documents',
    { schema: { tags: ['Documents'], summary: 'Upload a document', response: { 201: shape.documentView, ...failures } } },
    async (request, reply) => {
      const realm = realmOf(request);
      const { file, fields } = await receiveFile(request, ports.maximumUpload);
      const { name, locale } = z
        .object({ name: z.string().trim().max(300).optional(), locale: z.string().max(35).optional() })
        .parse(fields);
      const document = await uploadDocument(core, realm, {
        bytes: file.bytes,
        fileName: file.name,
        name: name || null,
        locale: locale || null,
        once: onceOf(request, 'documents', file.bytes, name ?? '', locale ?? ''),
      });
      return reply.code(201).send(viewOfDocument(core, document));
    },
  );

  routes.post(
    '/signature-requests',
    {
      schema: {
        tags: ['Signature requests'],
        summary: 'Create a signature request',
        body: shape.newRequest,
        response: { 201: shape.requestView, ...failures },
      },
    },
    async (request, reply) => {
      const realm = realmOf(request);
      const { body } = request;
      const level = LEVELS[body.signature_type];
      if (JSON.stringify(body.metadata).length > 16_384)
        throw new ServiceFault('invalid', 'metadata is larger than 16 kB.', { field: 'metadata' });
      const made = await createRequest(core, realm, {
        dialect: QSIGNHUB,
        documentId: body.document_id,
        level,
        ordering: body.signing_order,
        expiresAt: body.expires_at ? Date.parse(body.expires_at) : null,
        redirectUrl: body.redirect_url ?? null,
        fields: body.fields.map(({ signer_index: signer, page, x, y, width, height }) => ({
          signer,
          page,
          x,
          y,
          width,
          height,
          kind: 'signature' as const,
        })),
        metadata: body.metadata,
        signers: body.signers.map((signer) => signerFrom(signer, level, realm)),
        once: onceOf(request, 'signature-requests', JSON.stringify(body)),
      });
      return reply.code(201).send(viewOfRequest(ports, made));
    },
  );

  routes.get(
    '/signature-requests',
    {
      schema: {
        tags: ['Signature requests'],
        summary: 'List signature requests',
        querystring: shape.listQuery,
        response: { 200: shape.listView, ...failures },
      },
    },
    async (request) => {
      const { status, from, to, limit, cursor } = request.query;
      const { requests, next } = await listRequests(core, realmOf(request), {
        statuses: status === undefined ? null : (STATUSES[status] as readonly RequestStatus[]),
        from: from === undefined ? null : Date.parse(from),
        to: to === undefined ? null : Date.parse(to),
        limit,
        before: cursor === undefined ? null : ordinalOf(cursor),
      });
      return { data: requests.map((one) => viewOfRequest(ports, one)), next_cursor: next === null ? null : cursorOf(next) };
    },
  );

  routes.get(
    '/signature-requests/:request_id',
    {
      schema: {
        tags: ['Signature requests'],
        summary: 'Read a signature request',
        params: shape.requestId,
        response: { 200: shape.requestView, ...failures },
      },
    },
    async (request) => viewOfRequest(ports, await readRequest(core, realmOf(request), request.params.request_id)),
  );

  routes.delete(
    '/signature-requests/:request_id',
    {
      schema: {
        tags: ['Signature requests'],
        summary: 'Cancel a signature request',
        params: shape.requestId,
        body: shape.cancellation,
        response: { 200: shape.requestView, ...failures },
      },
    },
    async (request) =>
      viewOfRequest(ports, await cancelRequest(core, realmOf(request), request.params.request_id, request.body?.reason || null)),
  );

  routes.get(
    '/signature-requests/:request_id/download',
    {
      schema: {
        tags: ['Documents'],
        summary: 'Download the signed document',
        params: shape.requestId,
        querystring: shape.downloadQuery,
        response: failures,
      },
    },
    async (request, reply) => download(ports, request.params.request_id, request.query.include === 'audit_trail', request, reply),
  );

  routes.post(
    '/signature-requests/:request_id/signers',
    {
      schema: {
        tags: ['Signers'],
        summary: 'Add a signer',
        params: shape.requestId,
        body: shape.newSigner,
        response: { 201: shape.signerView, ...failures },
      },
    },
    async (request, reply) => {
      const realm = realmOf(request);
      const id = request.params.request_id;
      const { level } = await readRequest(core, realm, id);
      const once = onceOf(request, 'signers', id, JSON.stringify(request.body));
      const added = await addSigner(core, realm, id, signerFrom(request.body, level, realm), once);
      return reply.code(201).send(viewOfSigner(core, added));
    },
  );

  routes.get(
    '/signature-requests/:request_id/signers/:signer_id/verification',
    {
      schema: {
        tags: ['Signers'],
        summary: 'Identity verification of a signer',
        params: shape.signerIds,
        response: { 200: shape.verificationView, ...failures },
      },
    },
    async (request) => {
      const { request_id: id, signer_id: signer } = request.params;
      return viewOfVerification(signerIn(await readRequest(core, realmOf(request), id), signer));
    },
  );

  routes.post(
    '/signature-requests/:request_id/signers/:signer_id/remind',
    {
      schema: {
        tags: ['Signers'],
        summary: 'Remind a signer',
        params: shape.signerIds,
        body: shape.reminder,
        response: { 200: shape.reminderView, ...failures },
      },
    },
    async (request) => {
      const { request_id: id, signer_id: signer } = request.params;
      const channel = request.body?.channel ?? 'email';
      const note = request.body?.message || null;
      const once = onceOf(request, 'remind', id, signer, channel, note ?? '');
      const reminded = await remind(core, realmOf(request), id, signer, { channel, note, once });
      const left = MOST_REMINDERS - reminded.remindersSent;
      return {
        signer_id: reminded.id,
        reminders_sent: reminded.remindersSent,
        reminders_left: left,
        next_reminder_at: left === 0 || reminded.lastRemindedAt === null ? null : isoSeconds(reminded.lastRemindedAt + DAY),
      };
    },
  );

  routes.post(
    '/validate',
    {
      schema: {
        tags: ['Validation'],
        summary: 'Validate a signed document',
        querystring: shape.validateQuery,
        response: { 200: shape.validationView, ...failures },
      },
    },
    async (request) => {
      const realm = realmOf(request);
      const { file, others } = await receiveFile(request, ports.maximumUpload);
      const validation = await ports.validate(realm, file.bytes, others.get('detached')?.bytes ?? null);
      return viewOfValidation(validation, ports.roots, request.query.include === 'report');
    },
  );

  routes.get(
    '/idp/countries',
    {
      schema: {
        tags: ['Identity providers'],
        summary: 'Countries and their identity providers',
        response: { 200: shape.countriesView, ...failures },
      },
    },
    async (request) => {
      realmOf(request);
      return {
        data: COUNTRIES.map(({ providers, levels, ...country }) => ({ ...country, providers: [...providers], levels: [...levels] })),
      };
    },
  );
}

async function download(
  { core }: QsignhubPorts,
  id: string,
  withTrail: boolean,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<FastifyReply> {
  const found = await readRequest(core, realmOf(request), id);
  const { sealed } = found;
  if (found.status !== 'completed' || sealed === null)
    throw new ServiceFault('conflict', `The request is ${found.status}: there is a signed document once all have signed.`, {
      status: found.status,
    });
  if (withTrail) {
    const archive = await archiveOf(core, found, sealed);
    await logDownload(core, id, 'archive');
    return reply
      .type('application/zip')
      .header('content-disposition', attachmentHeader(`${id}.zip`))
      .send(archive);
  }
  const bytes = await core.blobs.get(sealed.document);
  if (bytes === null) throw new ServiceFault('not-found', 'The signed document is not kept any more.');
  await logDownload(core, id, 'document');
  return reply.type(sealed.mediaType).header('content-disposition', attachmentHeader(sealed.fileName)).send(bytes);
}

/** The idempotency key; both names are in the document. Throws `ServiceFault` `bad-request`. */
function onceOf(request: FastifyRequest, ...parts: readonly (string | Uint8Array)[]): Once | null {
  const given = request.headers['x-idempotency-key'] ?? request.headers['idempotency-key'];
  if (given === undefined) return null;
  const key = Array.isArray(given) ? given[0] : given;
  if (!key || !/^[\x21-\x7e]{1,128}$/.test(key))
    throw new ServiceFault('bad-request', 'The idempotency key must have 1 to 128 printable characters.');
  return { key, fingerprint: fingerprintOf(...parts) };
}

/** A cursor is a number in clothes: nobody should compute with it. */
const cursorOf = (ordinal: number): string => Buffer.from(`r${ordinal}`).toString('base64url');

function ordinalOf(cursor: string): number {
  const ordinal = Number(/^r(\d{1,15})$/.exec(Buffer.from(cursor, 'base64url').toString('latin1'))?.[1] ?? Number.NaN);
  if (Number.isNaN(ordinal)) throw new ServiceFault('invalid', 'This is no cursor of ours.', { field: 'cursor' });
  return ordinal;
}

const DAY = 24 * 3_600_000;
