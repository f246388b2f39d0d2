/** Keys, webhooks and usage (QS-5 to QS-12), with the login of an account that may administer them. */
import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import { readAccount, signIn } from '../../domain/accounts.ts';
import { iso } from '../../domain/dates.ts';
import { ServiceFault } from '../../domain/fault.ts';
import { listKeys, replaceKeys } from '../../domain/keys.ts';
import type { Mode, Realm } from '../../domain/model.ts';
import { readUsage } from '../../domain/usage.ts';
import { addressDeliveries, readAddress, requireAddress, revealSecret, rotateSecret, saveAddress } from '../../webhooks/one-address.ts';
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
    const ownerOf = (request: FastifyRequest) => ({ tenant: tenants.get(request) ?? '', dialect: QSIGN_NAME });
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
        const prefix = `qsk_${mode}_`;
        const key = await replaceKeys(core, realmOf(request, mode), prefix, 'made by an account');
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
        const secret = await saveAddress(core, ownerOf(request), url, ports.privateHosts);
        return { status: 'success' as const, webhook_url: url, ...(secret !== null && { webhook_secret: secret }) };
      },
    );

    routes.get(
      '/webhook/get/',
      { schema: { ...common, summary: 'The webhook, without its secret', response: { 200: shape.webhook, ...failures } } },
      async (request) => {
        const [{ url = null, createdAt = null, pausedUntil = null } = {}] = await readAddress(core, ownerOf(request));
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
        const owner = ownerOf(request);
        const reveal = request.body?.action === 'reveal';
        const secret = reveal ? await revealSecret(core, owner) : await rotateSecret(core, owner, ports.privateHosts);
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
        const newest = await addressDeliveries(core, ownerOf(request), request.query.limit);
        return {
          status: 'success' as const,
          deliveries: newest.map((one) => ({
            id: one.id,
            event: one.eventType,
            target_url: one.url,
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
        const [{ realm, id }] = await requireAddress(core, ownerOf(request));
        return { status: 'success' as const, delivery_id: await sendTestEvent(core, realm, id) };
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

const EVENTS = ['document.signed', 'document.declined', 'document.completed', 'webhook.test'];
const AUDIENCE = 'account';
const LOGIN = 8 * 3_600_000;
