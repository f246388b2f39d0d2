/** Webhooks of an application and environment (IG-6), and what became of their events. */
import type { FastifyInstance } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import type { z } from 'zod';
import { iso } from '../../domain/dates.ts';
import { ServiceFault } from '../../domain/fault.ts';
import {
  changeEndpoint,
  type Delivery,
  disableEndpoint,
  listDeliveries,
  listEndpoints,
  resendDelivery,
  saveEndpoint,
} from '../../webhooks/endpoints.ts';
import type { DialectPorts } from '../dialect.ts';
import { type Caller, callerOf } from './access.ts';
import { named } from './errors.ts';
import { IGNISIGN_NAME } from './events.ts';
import * as shape from './schemas.ts';

export function webhookRoutes(app: FastifyInstance, { core, privateHosts }: DialectPorts): void {
  const routes = app.withTypeProvider<ZodTypeProvider>();
  const failures = Object.fromEntries([400, 401, 403, 404, 429, 500].map((status) => [status, shape.failure]));
  const tags = ['Webhooks'];
  const all = async ({ realm }: Caller): Promise<z.output<typeof shape.webhooks>> =>
    (await listEndpoints(core, realm, IGNISIGN_NAME))
      .filter(({ disabled }) => !disabled)
      .map(({ id, url, description, topics, createdAt, pausedUntil }) => ({
        _id: id,
        url,
        description,
        topics: [...(topics ?? ['ALL'])],
        createdAt: iso(createdAt),
        pausedUntil: pausedUntil === null ? null : iso(pausedUntil),
      }));
  const deliveriesOf = async (caller: Caller, webhookId: string): Promise<Delivery[]> => {
    if ((await all(caller)).every(({ _id }) => _id !== webhookId))
      throw new ServiceFault('not-found', 'There is no such webhook.', { word: 'WEBHOOK_NOT_FOUND' });
    return listDeliveries(core, caller.realm, 100, webhookId);
  };

  for (const path of ['/applications/:appId/envs/:appEnv/webhooks/endpoints', '/applications/:appId/envs/:appEnv/webhooks']) {
    routes.post(
      path,
      {
        schema: {
          tags,
          summary: 'Add a webhook',
          params: shape.application,
          body: shape.newWebhook,
          response: { 200: shape.webhooks, ...failures },
        },
      },
      async (request) => {
        const caller = callerOf(request);
        const { url, topics = ['ALL'], description = null } = request.body;
        await saveEndpoint(core, caller.realm, IGNISIGN_NAME, url, privateHosts, { topics: wanted(topics), description });
        return all(caller);
      },
    );
    routes.get(
      path,
      { schema: { tags, summary: 'List webhooks', params: shape.application, response: { 200: shape.webhooks, ...failures } } },
      async (request) => all(callerOf(request)),
    );
  }

  routes.put(
    '/webhooks/:webhookId',
    {
      schema: {
        tags,
        summary: 'Change a webhook',
        params: shape.webhookId,
        body: shape.newWebhook,
        response: { 200: shape.webhooks, ...failures },
      },
    },
    async (request) => {
      const caller = callerOf(request);
      const { url, topics, description } = request.body;
      const changes = {
        url,
        ...(topics !== undefined && { topics: wanted(topics) }),
        ...(description !== undefined && { description }),
      };
      await named('WEBHOOK_NOT_FOUND', changeEndpoint(core, caller.realm, request.params.webhookId, changes, privateHosts));
      return all(caller);
    },
  );

  routes.delete(
    '/webhooks/:webhookId',
    { schema: { tags, summary: 'End a webhook', params: shape.webhookId, response: { 200: shape.ended, ...failures } } },
    async (request) => {
      const { webhookId } = request.params;
      await named('WEBHOOK_NOT_FOUND', disableEndpoint(core, callerOf(request).realm, webhookId));
      return { webhookId };
    },
  );

  routes.get(
    '/webhooks/:webhookId/events',
    {
      schema: {
        tags,
        summary: 'The newest events of a webhook',
        params: shape.webhookId,
        querystring: shape.eventsQuery,
        response: { 200: shape.events, ...failures },
      },
    },
    async (request) => {
      const { filter } = request.query;
      const found = await deliveriesOf(callerOf(request), request.params.webhookId);
      return { events: found.map(viewOf).filter(({ status }) => filter === 'ALL' || status === filter) };
    },
  );

  routes.get(
    '/webhooks/:webhookId/events/:eventId',
    { schema: { tags, summary: 'An event', params: shape.eventIds, response: { 200: shape.event, ...failures } } },
    async (request) => {
      const found = (await deliveriesOf(callerOf(request), request.params.webhookId)).find(({ id }) => id === request.params.eventId);
      if (!found) throw new ServiceFault('not-found', 'There is no such event.');
      return viewOf(found);
    },
  );

  routes.post(
    '/webhooks/:webhookId/events/:eventId/resend',
    { schema: { tags, summary: 'Send an event again', params: shape.eventIds, response: { 200: shape.sentAgain, ...failures } } },
    async (request) => {
      const caller = callerOf(request);
      await deliveriesOf(caller, request.params.webhookId);
      await resendDelivery(core, caller.realm, request.params.eventId);
      return { eventId: request.params.eventId };
    },
  );
}

/** Null: everything. */
const wanted = (topics: readonly string[]): readonly string[] | null => (topics.length === 0 || topics.includes('ALL') ? null : topics);

const viewOf = ({ id, eventType, status, attempts, createdAt, nextAt }: Delivery): z.output<typeof shape.event> => ({
  _id: id,
  topic: eventType.split('.')[0] ?? '',
  status: STATUSES[status],
  attempts: attempts.length,
  lastStatusCode: attempts.at(-1)?.statusCode ?? null,
  createdAt: iso(createdAt),
  nextAttemptAt: nextAt === null ? null : iso(nextAt),
});

const STATUSES: Readonly<Record<Delivery['status'], z.output<typeof shape.event>['status']>> = {
  delivered: 'SUCCESS',
  failed: 'FAILED',
  pending: 'PENDING',
  paused: 'PAUSED',
};
