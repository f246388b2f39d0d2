/** Keys, webhooks and usage (QS-5 to QS-12), with the login of an account that may administer them. */
import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import { readAccount, signIn } from '../../domain/accounts.ts';
import { iso } from '../../domain/dates.ts';
import { ServiceFault } from '../../domain/fault.ts';
import { createKey, listKeys, revokeKey } from '../../domain/keys.ts';
import type { Mode, Realm } from '../../domain/model.ts';
import { readUsage } from '../../domain/usage.ts';
import {
  changeEndpoint,
  type Endpoint,
  endpointSecret,
  listDeliveries,
  listEndpoints,
  newSecret,
  saveEndpoint,
} from '../../webhooks/endpoints.ts';
import { sendTestEvent } from '../../webhooks/test-event.ts';
import type { DialectPorts } from '../dialect.ts';
import { QSIGN_NAME } from './events.ts';
import * as shape from './schemas.ts';

export function accountRoutes(app: FastifyInstance, ports: DialectPorts): void {
  const { core, tokens } = ports;
  const failures = Object.fromEntries([400, 403, 429, 500].map((status) => [status, shape.failure]));
  const tags = ['Account'];

  app
    .withTypeProvider<ZodTypeProvider>()
    .post(
      '/login/',
      { schema: { tags, security: [], summary: 'Sign in', body: shape.login, response: { 200: shape.loggedIn, ...failures } } },
      async (request, reply) => {
        ports.gate.stranger(request, reply);
        const { body } = request;
        const account = await signIn(core, body.email, body.password);
        if (account === null) throw new ServiceFault('unauthorized', 'Wrong address or password.');
        const now = core.clock();
        return {
          status: 'success' as const,
          token: tokens.issue(AUDIENCE, `${account.id}.${account.proof}`, now, LOGIN),
          expires_at: iso(now + LOGIN),
        };
      },
    );

  void app.register(async (inner) => {
    const tenants = new WeakMap<FastifyRequest, string>();
    inner.addHook('onRequest', async (request, reply) => {
      const [, token] = /^Bearer (\S+)$/i.exec(request.headers.authorization ?? '') ?? [];
      const [id = '', proof = ''] = (token === undefined ? null : tokens.open(AUDIENCE, token, core.clock()))?.split('.') ?? [];
      const account = await readAccount(core, id, proof);
      const realm = (mode: Mode): Realm => ({ tenant: account?.tenant ?? '', mode });
      const holder = account && { realm: realm('live'), keyId: account.id, tier: 'account', scope: null, closed: null, monthlyCalls: null };
      await ports.gate(request, reply, holder);
      if (account?.role !== 'api_admin') throw new ServiceFault('forbidden', 'Only an api_admin may do this.');
      tenants.set(request, account.tenant);
    });
    const realmOf = (request: FastifyRequest, mode: Mode): Realm => ({ tenant: tenants.get(request) ?? '', mode });
    /** The one address of an account, in both modes. */
    const endpoints = async (request: FastifyRequest): Promise<{ readonly realm: Realm; readonly endpoint: Endpoint }[]> => {
      const found = [];
      for (const mode of MODES) {
        const realm = realmOf(request, mode);
        const endpoint = (await listEndpoints(core, realm, QSIGN_NAME)).find(({ disabled }) => !disabled);
        if (endpoint) found.push({ realm, endpoint });
      }
      return found;
    };
    const routes = inner.withTypeProvider<ZodTypeProvider>();
    const common = { tags, security: [{ login: [] }] };

    routes.post(
      '/apikey/generate/',
      {
        schema: {
          ...common,
          summary: 'Make an API key; the one before ends',
          body: shape.newKey,
          response: { 200: shape.madeKey, ...failures },
        },
      },
      async (request) => {
        const mode = request.body?.mode ?? 'live';
        const realm = realmOf(request, mode);
        const prefix = `qsk_${mode}_`;
        const before = await listKeys(core, realm.tenant, prefix);
        const key = await createKey(core, realm, prefix, 'made by an account');
        for (const { id } of before) await revokeKey(core, realm.tenant, id);
        return { status: 'success' as const, api_key: key, prefix: key.slice(0, prefix.length + 4), mode };
      },
    );

    routes.get(
      '/apikey/get/',
      { schema: { ...common, summary: 'The API keys, without the keys', response: { 200: shape.keys, ...failures } } },
      async (request) => {
        const keys = await listKeys(core, realmOf(request, 'live').tenant, 'qsk_');
        return {
          status: 'success' as const,
          keys: keys.map(({ prefix, mode, createdAt, label }) => ({ prefix, mode, created_at: iso(createdAt), label })),
        };
      },
    );

    routes.post(
      '/webhook/save/',
      {
        schema: {
          ...common,
          summary: 'Save the address of the webhook',
          body: shape.newWebhook,
          response: { 200: shape.savedWebhook, ...failures },
        },
      },
      async (request) => {
        const { webhook_url: url } = request.body;
        const before = await endpoints(request);
        for (const { realm, endpoint } of before) await changeEndpoint(core, realm, endpoint.id, { url }, ports.privateHosts);
        if (before.length > 0) return { status: 'success' as const, webhook_url: url };
        const secret = newSecret();
        for (const mode of MODES) await saveEndpoint(core, realmOf(request, mode), QSIGN_NAME, url, ports.privateHosts, { secret });
        return { status: 'success' as const, webhook_url: url, webhook_secret: secret };
      },
    );

    routes.get(
      '/webhook/get/',
      { schema: { ...common, summary: 'The webhook, without its secret', response: { 200: shape.webhook, ...failures } } },
      async (request) => {
        const [first] = await endpoints(request);
        const { url = null, createdAt = null, pausedUntil = null } = first?.endpoint ?? {};
        return {
          status: 'success' as const,
          webhook_url: url,
          events: [...EVENTS],
          created_at: createdAt === null ? null : iso(createdAt),
          paused_until: pausedUntil === null ? null : iso(pausedUntil),
        };
      },
    );

    routes.post(
      '/webhook/secret/rotate/',
      {
        schema: {
          ...common,
          summary: 'Reveal or rotate the secret of the webhook',
          body: shape.rotation,
          response: { 200: shape.secret, ...failures },
        },
      },
      async (request) => {
        const found = await endpoints(request);
        const [first] = found;
        if (!first) throw new ServiceFault('invalid', 'There is no webhook yet.');
        if (request.body?.action === 'reveal')
          return { status: 'success' as const, webhook_secret: await endpointSecret(core, first.realm, first.endpoint.id) };
        const secret = newSecret();
        for (const { realm, endpoint } of found) await changeEndpoint(core, realm, endpoint.id, { secret }, ports.privateHosts);
        return { status: 'success' as const, webhook_secret: secret };
      },
    );

    routes.get(
      '/webhook/deliveries/',
      {
        schema: {
          ...common,
          summary: 'The newest deliveries',
          querystring: shape.deliveriesQuery,
          response: { 200: shape.deliveries, ...failures },
        },
      },
      async (request) => {
        const found = await endpoints(request);
        const lists = await Promise.all(found.map(({ realm, endpoint }) => listDeliveries(core, realm, request.query.limit, endpoint.id)));
        const newest = lists.flat().sort((one, other) => other.createdAt - one.createdAt);
        return {
          status: 'success' as const,
          deliveries: newest.slice(0, request.query.limit).map((one) => ({
            id: one.id,
            event: one.eventType,
            target_url: found.find(({ endpoint }) => endpoint.id === one.endpointId)?.endpoint.url ?? '',
            attempts: one.attempts.length,
            status_code: one.attempts.at(-1)?.statusCode ?? null,
            success: one.status === 'delivered',
            delivery_status: one.status,
            created_at: iso(one.createdAt),
            next_attempt_at: one.nextAt === null ? null : iso(one.nextAt),
          })),
        };
      },
    );

    routes.post(
      '/webhook/test-event/',
      { schema: { ...common, summary: 'Send a test event', response: { 200: shape.sentTest, ...failures } } },
      async (request) => {
        const [first] = await endpoints(request);
        if (!first) throw new ServiceFault('invalid', 'There is no webhook yet.');
        return { status: 'success' as const, delivery_id: await sendTestEvent(core, first.realm, first.endpoint.id) };
      },
    );

    routes.get(
      '/usage/summary/',
      { schema: { ...common, summary: 'Calls of this month', response: { 200: shape.usage, ...failures } } },
      async (request) => {
        const { month, calls, limit, until } = await readUsage(core, realmOf(request, 'live').tenant);
        return {
          status: 'success' as const,
          period: month,
          used_calls: calls,
          monthly_call_limit: limit,
          remaining_calls: limit === null ? null : Math.max(0, limit - calls),
          resets_at: iso(until),
        };
      },
    );
  });
}

const MODES: readonly Mode[] = ['live', 'test'];
const EVENTS = ['document.signed', 'document.declined', 'document.completed', 'webhook.test'];
const AUDIENCE = 'account';
const LOGIN = 8 * 3_600_000;
