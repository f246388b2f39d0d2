/** Who may come in: an API key of an application and environment, or a token that was given for one; and the check of tokens of webhooks. */
import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import { ServiceFault } from '../../domain/fault.ts';
import { bareId } from '../../domain/ids.ts';
import { holderOf, holderOfId, type KeyHolder } from '../../domain/keys.ts';
import type { Realm } from '../../domain/model.ts';
import { consumeToken } from '../../webhooks/tokens.ts';
import type { DialectPorts } from '../dialect.ts';
import * as shape from './schemas.ts';

export interface Caller {
  readonly realm: Realm;
  readonly appId: string;
  readonly appEnv: string;
}

/** Who calls; where the address names an application and environment, they must be those of the key. */
export function callerOf({ holder, params }: FastifyRequest): Caller {
  if (!holder) throw new ServiceFault('unauthorized', 'The API key is missing or wrong.');
  const caller = { realm: holder.realm, appId: appOf(holder), appEnv: environmentOf(holder) };
  const { appId = caller.appId, appEnv = caller.appEnv } = (params ?? {}) as { readonly appId?: string; readonly appEnv?: string };
  if (appId !== caller.appId || appEnv !== caller.appEnv)
    throw new ServiceFault('forbidden', 'The key belongs to another application or environment.');
  return caller;
}

export function guard(app: FastifyInstance, { core, gate, tokens }: DialectPorts): void {
  app.addHook('onRequest', async (request, reply) => {
    const given = request.headers.authorization;
    const [, token] = /^Bearer (\S+)$/i.exec(given ?? '') ?? [];
    const id = token === undefined || token.startsWith('skv2_') ? null : tokens.open(AUDIENCE, token, core.clock());
    const holder = id !== null ? await holderOfId(core, id) : isKey(token) ? await holderOf(core, token) : null;
    try {
      await gate(request, reply, holder);
    } catch (error) {
      if (!(error instanceof ServiceFault) || error.code !== 'unauthorized') throw error;
      const word = given === undefined ? 'AUTH_HEADER_NOT_FOUND' : token === undefined ? 'AUTH_HEADER_NOT_BEARER' : 'INVALID_TOKEN';
      throw new ServiceFault('unauthorized', 'The API key or token is missing, wrong or expired.', { word });
    }
    if (holder?.closed) throw new ServiceFault('forbidden', 'The account is closed.');
  });
}

export function tokenRoutes(app: FastifyInstance, { core, gate, tokens }: DialectPorts): void {
  const routes = app.withTypeProvider<ZodTypeProvider>();
  const common = { tags: ['Access'], security: [] };
  const failures = Object.fromEntries([400, 401, 429, 500].map((status) => [status, shape.failure]));

  routes.post(
    '/auth/app-api',
    {
      schema: {
        ...common,
        summary: 'A token for an application and environment',
        body: shape.credential,
        response: { 200: shape.token, ...failures },
      },
    },
    async (request, reply) => {
      gate.stranger(request, reply);
      const { body } = request;
      const holder = isKey(body.secret) ? await holderOf(core, body.secret) : null;
      if (holder === null || appOf(holder) !== body.appId || environmentOf(holder) !== body.appEnv)
        throw new ServiceFault('unauthorized', 'Application, environment or secret is wrong.');
      return { jwtToken: tokens.issue(AUDIENCE, holder.keyId, core.clock(), LIFE) };
    },
  );

  routes.post(
    '/tokens/webhook-verification/checking-consumption',
    {
      schema: {
        ...common,
        summary: 'Check the token of a webhook, once',
        body: shape.verification,
        response: { 200: shape.verified, ...failures },
      },
    },
    async ({ body }) => {
      const found = await consumeToken(core, body.token, (text) => {
        const { appId, appEnv } = JSON.parse(text) as { readonly appId?: string; readonly appEnv?: string };
        return appId === body.appId && appEnv === body.appEnv;
      });
      return {
        isValid: found.consumed,
        notFound: !found.found,
        alreadyConsumed: found.used,
        badTarget: found.foreign,
        isExpired: found.expired,
        badRelatedId: false,
        haveBeenConsumed: found.consumed,
      };
    },
  );
}

export const appOf = ({ realm }: Pick<KeyHolder, 'realm'>): string => bareId(realm.tenant);

const environmentOf = ({ scope, realm }: KeyHolder): string => (realm.mode === 'live' ? 'PRODUCTION' : (scope ?? 'DEVELOPMENT'));

const isKey = (text: string | undefined): text is string => text !== undefined && /^skv2_[A-Za-z0-9]{16,64}$/.test(text);

const AUDIENCE = 'application';
const LIFE = 3_600_000;
