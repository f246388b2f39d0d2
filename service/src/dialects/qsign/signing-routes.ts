/** Documents and signing (QS-1 to QS-4, QS-14), with an API key. */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import type { z } from 'zod';
import { uploadDocument } from '../../domain/documents.ts';
import { ServiceFault } from '../../domain/fault.ts';
import { fingerprintOf, keepAnswer, keptAnswer, type Once } from '../../domain/idempotency.ts';
import { holderOf, type KeyHolder } from '../../domain/keys.ts';
import { PDF } from '../../domain/media.ts';
import type { Field, Realm, RequestRecord, Role } from '../../domain/model.ts';
import { readNumberedRequest } from '../../domain/request.ts';
import { createRequest } from '../../domain/requests.ts';
import type { NewSigner } from '../../domain/signers.ts';
import { countCall } from '../../domain/usage.ts';
import type { DialectPorts } from '../dialect.ts';
import { simulationFor } from '../sandbox.ts';
import { sendSealed } from '../sealed.ts';
import { QSIGN_NAME } from './events.ts';
import * as shape from './schemas.ts';
import { documentStatus, recipientsOf, signingInfo } from './view.ts';

export function signingRoutes(app: FastifyInstance, ports: DialectPorts): void {
  void app.register(async (inner) => {
    guard(inner, ports);
    const routes = inner.withTypeProvider<ZodTypeProvider>();
    const { core } = ports;
    const failures = Object.fromEntries([400, 403, 404, 429, 500].map((status) => [status, shape.failure]));
    const common = { tags: ['Documents'], security: [{ key: [] }] };

    routes.post(
      '/document/recipients/create/',
      {
        schema: {
          ...common,
          summary: 'Create a document and send it for signature',
          body: shape.newDocument,
          response: { 201: shape.created, ...failures },
        },
      },
      async (request, reply) => {
        const { realm, keyId } = holderIn(request);
        const once = onceOf(request, keyId);
        const kept = once && (await keptAnswer(core, realm, once));
        if (kept) return reply.code(201).send(JSON.parse(kept) as z.output<typeof shape.created>);
        const made = await create(ports, realm, request.body, once);
        const answer = { status: 'success' as const, quoqo_document_id: made.number, signing_info: signingInfo(core, made) };
        if (once) await keepAnswer(core, realm, once, JSON.stringify(answer));
        return reply.code(201).send(answer);
      },
    );

    routes.post(
      '/document/signing-links/',
      {
        schema: { ...common, summary: 'Signing links of a document', body: shape.linksQuery, response: { 200: shape.links, ...failures } },
      },
      async (request) => ({ status: 'success' as const, signing_info: signingInfo(core, await found(ports, request, request.body)) }),
    );

    routes.get(
      '/document/sign/status/',
      {
        schema: {
          ...common,
          summary: 'Signing status of a document',
          querystring: shape.documentQuery,
          response: { 200: shape.status, ...failures },
        },
      },
      async (request) => {
        const one = await found(ports, request, request.query);
        return { status: 'success' as const, document_id: one.number, document_status: documentStatus(one), ...recipientsOf(core, one) };
      },
    );

    routes.get(
      '/document/app/sign/status/:doc_id/',
      {
        schema: {
          ...common,
          summary: 'Recipients of a document',
          params: shape.documentPath,
          response: { 200: shape.recipients, ...failures },
        },
      },
      async (request) => recipientsOf(core, await found(ports, request, request.params)),
    );

    routes.get(
      '/document/download/',
      { schema: { ...common, summary: 'The signed PDF', querystring: shape.documentQuery, response: failures } },
      async (request, reply) => sendSealed(core, reply as FastifyReply, await found(ports, request, request.query)),
    );
  });
}

/** The key, the account behind it, and the calls of the month; calls of test keys are not counted. */
function guard(app: FastifyInstance, { core, gate }: DialectPorts): void {
  app.addHook('onRequest', async (request, reply) => {
    const given = request.headers['x-api-key'];
    const isKey = typeof given === 'string' && /^qsk_(live|test)_[A-Za-z0-9]{16,64}$/.test(given);
    await gate(request, reply, isKey ? await holderOf(core, given) : null);
    const { closed, realm, monthlyCalls } = holderIn(request);
    if (closed !== null)
      throw new ServiceFault('forbidden', closed === 'suspended' ? 'The account is suspended.' : 'The subscription has ended.');
    if (realm.mode === 'live') await countCall(core, realm.tenant, monthlyCalls);
  });
}

async function create(
  { core, files, sampleDocument }: DialectPorts,
  realm: Realm,
  body: z.output<typeof shape.newDocument>,
  once: Once | null,
): Promise<RequestRecord> {
  const { documentDetails: details, companyDetails: company } = body;
  const url = details?.doc_url ?? body.doc_url;
  const recipients = body.recipientDetail ?? body.recipients;
  if (url === undefined) throw new ServiceFault('invalid', 'documentDetails.doc_url is missing.');
  if (recipients === undefined) throw new ServiceFault('invalid', 'recipientDetail is missing.');
  const signers = recipients.map((one) => signerFrom(one, realm));
  // Test mode fetches nothing: a small PDF stands for the document.
  const file = realm.mode === 'test' ? { bytes: sampleDocument(), name: 'document.pdf' } : await files.fetch(url);
  const name = details?.document_name ?? body.document_name ?? null;
  const document = await uploadDocument(core, realm, { bytes: file.bytes, fileName: file.name, name, locale: null, once: null });
  if (document.mediaType !== PDF) throw new ServiceFault('unsupported-media', 'The document at doc_url is no PDF.');
  const ordered = signers.some(({ order }) => order !== null);
  return createRequest(core, realm, {
    dialect: QSIGN_NAME,
    documentId: document.id,
    level: 'simple',
    ordering: ordered ? 'sequential' : 'parallel',
    expiresAt: null,
    redirectUrl: details?.redirect_url ?? null,
    fields: recipients.flatMap(fieldOf),
    metadata: {},
    signers,
    once,
    headless: [details, company, body].some((part) => part?.is_mail_required === false),
  });
}

function signerFrom(one: z.output<typeof shape.recipient>, realm: Realm): NewSigner {
  if (one.typeOfSignature === 'aadhaar_digital_signature')
    throw new ServiceFault('unavailable', 'aadhaar_digital_signature is not enabled for this account.');
  return {
    name: one.name,
    email: one.email,
    phone: null,
    method: 'none',
    country: null,
    locale: null,
    order: one.sequence ?? one.order ?? null,
    simulation: simulationFor(realm, one.email),
    simulatedDocument: null,
    role: ROLES[one.typeOfSignature ?? one.type ?? 'signer'] ?? 'signer',
  };
}

function fieldOf({ page_no: page, x_cor: x, y_cor: y }: z.output<typeof shape.recipient>, signer: number): Field[] {
  if (page === undefined && x === undefined && y === undefined) return [];
  return [{ signer, page: page ?? 1, x: x ?? 0, y: y ?? 0, ...FIELD, kind: 'signature' }];
}

async function found({ core }: DialectPorts, request: FastifyRequest, query: z.output<typeof shape.linksQuery>): Promise<RequestRecord> {
  const number = query.document_id ?? query.doc_id ?? query.quoqo_document_id;
  if (number === undefined) throw new ServiceFault('invalid', 'document_id is missing.');
  return readNumberedRequest(core, holderIn(request).realm, number);
}

/** Keys of one API key do not meet those of another. */
function onceOf(request: FastifyRequest, keyId: string): Once | null {
  const given = request.headers['idempotency-key'];
  if (given === undefined) return null;
  if (typeof given !== 'string' || !/^[^\p{Cc}\s]{1,200}$/u.test(given.replace(/[\x80-\xff]/g, '?')))
    throw new ServiceFault('bad-request', 'The Idempotency-Key must have 1 to 200 characters without spaces.');
  return { key: `${keyId} ${given}`, fingerprint: fingerprintOf(JSON.stringify(request.body)), replay: true };
}

export function holderIn({ holder }: FastifyRequest): KeyHolder {
  if (!holder) throw new ServiceFault('unauthorized', 'Missing or invalid API key.');
  return holder;
}

const ROLES: Readonly<Record<string, Role>> = {
  'E-Signature': 'signer',
  Approver: 'approver',
  Reviewer: 'viewer',
  signer: 'signer',
  approver: 'approver',
  reviewer: 'viewer',
};
const FIELD = { width: 180, height: 60 };
