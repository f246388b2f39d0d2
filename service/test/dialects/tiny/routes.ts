/** The routes of the tiny interface: a job is made, looked at, fetched. */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import { fileFromBase64 } from '../../../src/dialects/base64.ts';
import type { DialectPorts } from '../../../src/dialects/dialect.ts';
import { simulationFor } from '../../../src/dialects/sandbox.ts';
import { sendSealed } from '../../../src/dialects/sealed.ts';
import { uploadDocument } from '../../../src/domain/documents.ts';
import { ServiceFault } from '../../../src/domain/fault.ts';
import type { Realm } from '../../../src/domain/model.ts';
import { readRequest } from '../../../src/domain/request.ts';
import { createRequest } from '../../../src/domain/requests.ts';
import * as shape from './schemas.ts';
import { viewOf } from './view.ts';

export function jobRoutes(app: FastifyInstance, { core }: DialectPorts): void {
  const routes = app.withTypeProvider<ZodTypeProvider>();
  const failures = Object.fromEntries([400, 401, 404, 409, 429, 500].map((status) => [status, shape.failure]));

  routes.post('/jobs', { schema: { body: shape.newJob, response: { 201: shape.job, ...failures } } }, async (request, reply) => {
    const [realm, { title, pdf, emails }] = [realmOf(request), request.body];
    const bytes = fileFromBase64(pdf, 1_000_000, 'pdf');
    const document = await uploadDocument(core, realm, { bytes, fileName: 'job.pdf', name: title, locale: null, once: null });
    const made = await createRequest(core, realm, {
      dialect: 'tiny',
      documentId: document.id,
      level: 'simple',
      ordering: 'parallel',
      expiresAt: null,
      redirectUrl: null,
      fields: [],
      metadata: { title },
      once: null,
      signers: emails.map((email) => ({
        ...{ name: email, email, phone: null, method: 'none', country: null, locale: null, order: null },
        ...{ simulation: simulationFor(realm, email), simulatedDocument: null },
      })),
    });
    return reply.code(201).send(viewOf(core, made));
  });

  routes.get('/jobs/:job', { schema: { params: shape.jobId, response: { 200: shape.job, ...failures } } }, async (request) =>
    viewOf(core, await readRequest(core, realmOf(request), request.params.job)),
  );

  routes.get('/jobs/:job/file', { schema: { params: shape.jobId, response: failures } }, async (request, reply) =>
    sendSealed(core, reply as FastifyReply, await readRequest(core, realmOf(request), request.params.job)),
  );
}

function realmOf({ holder }: FastifyRequest): Realm {
  if (!holder) throw new ServiceFault('unauthorized', 'Who are you?');
  return holder.realm;
}
