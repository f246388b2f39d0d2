/** The operator's side, with the same API keys: webhooks and their deliveries, the audit log, sealing again, erasure. QSignHub has a dashboard for these, not an interface. */
import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { QSIGNHUB } from '../dialects/qsignhub/events.ts';
import { errorView } from '../dialects/qsignhub/schemas.ts';
import { brokenLink, readEvents } from '../domain/audit.ts';
import type { Core } from '../domain/core.ts';
import { iso } from '../domain/dates.ts';
import { ServiceFault } from '../domain/fault.ts';
import type { Realm } from '../domain/model.ts';
import { readRequest } from '../domain/request.ts';
import { eraseDocument } from '../domain/retention.ts';
import { sealAgain } from '../sealing/failure.ts';
import { disableEndpoint, type Endpoint, listDeliveries, listEndpoints, saveEndpoint } from '../webhooks/endpoints.ts';

export function manageRoutes(app: FastifyInstance, core: Core, privateHosts: readonly string[]): void {
  const routes = app.withTypeProvider<ZodTypeProvider>();
  const failures = Object.fromEntries([400, 401, 404, 409, 422, 429, 500].map((status) => [status, errorView]));
  const tags = ['Management'];

  routes.post(
    '/webhooks',
    {
      schema: {
        tags,
        summary: 'Save a webhook; its secret is shown once',
        body: z.object({
          url: z.string().max(2000),
          interface: z.string().max(40).default(QSIGNHUB).describe('Whose events it is told of.'),
          secret: z.string().min(8).max(200).optional().describe('Default: a new one.'),
        }),
        response: { 201: withSecret, ...failures },
      },
    },
    async (request, reply) => {
      const { url, interface: dialect, secret } = request.body;
      if (!core.dialects.has(dialect)) throw new ServiceFault('invalid', 'There is no such interface.', { field: 'interface' });
      const saved = await saveEndpoint(core, realmOf(request), dialect, url, privateHosts, secret === undefined ? {} : { secret });
      return reply.code(201).send({ ...viewOfEndpoint(saved), secret: saved.secret });
    },
  );

  routes.get(
    '/webhooks',
    { schema: { tags, summary: 'List webhooks', response: { 200: z.object({ data: z.array(endpoint) }), ...failures } } },
    async (request) => {
      const endpoints = await listEndpoints(core, realmOf(request));
      return { data: endpoints.map(viewOfEndpoint) };
    },
  );

  routes.delete(
    '/webhooks/:id',
    { schema: { tags, summary: 'End a webhook', params: byId, response: { 204: z.null(), ...failures } } },
    async (request, reply) => {
      await disableEndpoint(core, realmOf(request), request.params.id);
      return reply.code(204).send(null);
    },
  );

  routes.get(
    '/deliveries',
    {
      schema: {
        tags,
        summary: 'Deliveries of webhooks with their attempts',
        response: { 200: z.object({ data: z.array(delivery) }), ...failures },
      },
    },
    async (request) => ({ data: (await listDeliveries(core, realmOf(request), 100)).map(viewOfDelivery) }),
  );

  routes.get(
    '/audit/:id',
    {
      schema: {
        tags,
        summary: 'The log of a request, and whether its chain holds',
        params: byId,
        response: { 200: auditView, ...failures },
      },
    },
    async (request) => {
      const { id } = await readRequest(core, realmOf(request), request.params.id);
      const rows = await core.store.db.selectFrom('events').selectAll().where('request_id', '=', id).orderBy('sequence').execute();
      const broken = brokenLink(rows, core.vault);
      return {
        request_id: id,
        intact: broken === null,
        broken_at: broken,
        events: readEvents(rows, core.vault).map(({ at, ...event }) => ({ ...event, at: iso(at) })),
      };
    },
  );

  routes.post(
    '/signature-requests/:id/seal',
    {
      schema: {
        tags,
        summary: 'Seal a request again whose sealing failed for good',
        params: byId,
        response: { 202: z.object({ id: z.string(), status: z.enum(['sealing']) }), ...failures },
      },
    },
    async (request, reply) => {
      const { id } = await sealAgain(core, realmOf(request), request.params.id);
      return reply.code(202).send({ id, status: 'sealing' });
    },
  );

  routes.delete(
    '/documents/:id',
    { schema: { tags, summary: 'Erase a document with everything made of it', params: byId, response: { 204: z.null(), ...failures } } },
    async (request, reply) => {
      await eraseDocument(core, realmOf(request), request.params.id);
      return reply.code(204).send(null);
    },
  );
}

const viewOfEndpoint = ({ id, url, createdAt, disabled, pausedUntil }: Endpoint): z.output<typeof endpoint> => ({
  id,
  url,
  created_at: iso(createdAt),
  disabled,
  status: disabled ? 'disabled' : pausedUntil === null ? 'active' : 'paused',
  paused_until: pausedUntil === null ? null : iso(pausedUntil),
});

function viewOfDelivery(one: Awaited<ReturnType<typeof listDeliveries>>[number]): z.output<typeof delivery> {
  return {
    id: one.id,
    webhook_id: one.endpointId,
    event_id: one.eventId,
    type: one.eventType,
    status: one.status,
    created_at: iso(one.createdAt),
    delivered_at: one.deliveredAt === null ? null : iso(one.deliveredAt),
    next_attempt_at: one.nextAt === null ? null : iso(one.nextAt),
    attempts: one.attempts.map(({ at, statusCode, reason, ms }) => ({ at: iso(at), status_code: statusCode, reason, ms })),
  };
}

function realmOf({ holder }: FastifyRequest): Realm {
  if (!holder) throw new ServiceFault('unauthorized', 'Missing or invalid API key.');
  return holder.realm;
}

const byId = z.object({ id: z.string().max(64) });
const endpoint = z.object({
  id: z.string(),
  url: z.string(),
  created_at: z.string(),
  disabled: z.boolean(),
  status: z.enum(['active', 'paused', 'disabled']).describe('Paused: it does not answer; deliveries wait until it does.'),
  paused_until: z.string().nullable().describe('When it is tried again.'),
});
const withSecret = endpoint.extend({ secret: z.string() });
const delivery = z.object({
  id: z.string(),
  webhook_id: z.string(),
  event_id: z.string(),
  type: z.string(),
  status: z.string(),
  created_at: z.string(),
  delivered_at: z.string().nullable(),
  next_attempt_at: z.string().nullable(),
  attempts: z.array(z.object({ at: z.string(), status_code: z.int().nullable(), reason: z.string().nullable(), ms: z.int() })),
});
const auditView = z.object({
  request_id: z.string(),
  intact: z.boolean(),
  broken_at: z.int().nullable(),
  events: z.array(
    z.object({
      sequence: z.int(),
      at: z.string(),
      type: z.string(),
      actor: z.string(),
      details: z.record(z.string(), z.union([z.string(), z.number(), z.boolean(), z.null()])).nullable(),
      salt: z.string().nullable(),
      detailsDigest: z.string().nullable(),
      previous: z.string(),
      hash: z.string(),
    }),
  ),
});
