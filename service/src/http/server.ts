/** The HTTP server: request ids, logs without personal data, limits, errors; health, metrics, keys, files and the dialects' routes. */
import { performance } from 'node:perf_hooks';
import helmet from '@fastify/helmet';
import multipart from '@fastify/multipart';
import swagger from '@fastify/swagger';
import fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest, LogController } from 'fastify';
import { jsonSchemaTransform, serializerCompiler, validatorCompiler } from 'fastify-type-provider-zod';
import type { RemoteKeys } from '../config/remote-keys.ts';
import { type Dialect, type DialectPorts, registerDialect } from '../dialects/dialect.ts';
import { answerTo, sendError } from '../dialects/qsignhub/errors.ts';
import { type QsignhubPorts, qsignhubRoutes } from '../dialects/qsignhub/routes.ts';
import { randomId } from '../domain/ids.ts';
import { holderOf, type KeyHolder } from '../domain/keys.ts';
import type { Mode } from '../domain/model.ts';
import { sameText } from '../storage/vault.ts';
import { closeWithinGrace } from './closing.ts';
import { fileRoutes } from './files.ts';
import { type Gate, newGate } from './gate.ts';
import { manageRoutes } from './manage.ts';
import type { Metrics } from './metrics.ts';
import { uploadBodies } from './openapi.ts';
import { remoteKeyRoutes } from './remote-keys.ts';

declare module 'fastify' {
  interface FastifyRequest {
    /** Whose key came with the request; null on routes without keys. */
    holder: KeyHolder | null;
    startedAt: number;
  }
}

export interface LogStream {
  write(line: string): void;
}

export interface ServerOptions {
  readonly ports: QsignhubPorts;
  readonly metrics: Metrics;
  /** What who reads the measurements shows; null: anybody may. */
  readonly metricsToken: string | null;
  readonly version: string;
  readonly tiers: Readonly<Record<string, number>>;
  readonly hosts: { readonly live: string | null; readonly sandbox: string | null };
  readonly privateHosts: readonly string[];
  readonly frameAncestors: readonly string[];
  /** How many proxies are in front. */
  readonly trustProxy: number;
  readonly logLevel: string;
  /** Takes the lines of the log; default: the standard output. */
  readonly logTo?: LogStream;
  readonly jwks: object;
  /** PEM of the trust anchors. */
  readonly anchors: Readonly<Record<Mode, string>>;
  readonly dialects: readonly Dialect[];
  readonly dialectPorts: Pick<DialectPorts, 'tokens' | 'files' | 'sampleDocument'>;
  /** Null: the service offers no keys. */
  readonly remoteKeys: RemoteKeys | null;
  readonly ready: () => Promise<void>;
  /** Told of every route. */
  readonly onRoute?: (method: string, url: string) => void;
  /** Further routes, such as the pages. */
  readonly extend?: (app: FastifyInstance) => Promise<void> | void;
}

export async function newServer(options: ServerOptions): Promise<FastifyInstance> {
  const { ports, metrics } = options;
  const app = fastify({
    logger:
      options.logLevel === 'silent'
        ? false
        : { level: options.logLevel, base: null, serializers: SERIALIZERS, ...(options.logTo && { stream: options.logTo }) },
    logController: new LogController({ disableRequestLogging: true, requestIdLogLabel: 'requestId' }),
    genReqId: () => `req_${randomId(16)}`,
    trustProxy: options.trustProxy > 0 && ((_address: string, hop: number) => hop < options.trustProxy),
    bodyLimit: 1024 * 1024,
    requestTimeout: 120_000,
    forceCloseConnections: 'idle',
    routerOptions: { ignoreTrailingSlash: false, maxParamLength: 300 },
  });
  closeWithinGrace(app, CLOSE_GRACE_MS);
  app.addHook('onRoute', ({ method, url }) => {
    for (const one of [method].flat()) options.onRoute?.(one, url);
  });
  app.setValidatorCompiler(validatorCompiler);
  app.setSerializerCompiler(serializerCompiler);
  app.decorateRequest('holder', null);
  app.decorateRequest('startedAt', 0);
  acceptEmptyJson(app);
  app.addHook('onRequest', async (request, reply) => {
    request.startedAt = performance.now();
    void reply.header('x-request-id', request.id);
  });
  app.addHook('onSend', async () => ports.core.store.settled());
  app.addHook('onResponse', async (request, reply) => {
    const seconds = (performance.now() - request.startedAt) / 1000;
    const route = request.routeOptions.url ?? 'unknown';
    metrics.observe(route, request.method, reply.statusCode, seconds);
    request.log.info({ method: request.method, route, status: reply.statusCode, ms: Math.round(seconds * 1000) }, 'answered');
  });
  app.setErrorHandler((error, request, reply) => failed(error, request, reply));
  app.setNotFoundHandler((request, reply) =>
    sendError(request, reply, { status: 404, code: 'NOT_FOUND', message: 'There is nothing at this address.' }),
  );
  await app.register(helmet, helmetOptions(options.frameAncestors));
  await app.register(multipart, { throwFileSizeLimit: false });
  await app.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: { title: 'adeskit e-signature service', version: options.version, description: 'The QSignHub interface, served by adeskit.' },
      components: { securitySchemes: { key: { type: 'apiKey', in: 'header', name: 'X-API-Key' } } },
      security: [{ key: [] }],
    },
    // Interfaces with an OpenAPI document of their own are not in this one.
    transform: (given) =>
      options.dialects.some(({ prefix }) => given.url.startsWith(`${prefix}/`))
        ? { schema: { ...given.schema, hide: true }, url: given.url }
        : jsonSchemaTransform(given),
    transformObject: uploadBodies,
  });
  systemRoutes(app, options);
  fileRoutes(app, ports.core);
  const gate = newGate(ports.core, options.tiers, options.trustProxy > 0);
  await app.register(async (api) => {
    guard(api, gate, options);
    await api.register(async (routes) => qsignhubRoutes(routes, ports), { prefix: '/v1' });
    await api.register(async (routes) => manageRoutes(routes, ports.core, options.privateHosts), { prefix: '/manage' });
  });
  for (const dialect of options.dialects)
    await registerDialect(
      app,
      dialect,
      { ...options.dialectPorts, core: ports.core, gate, privateHosts: options.privateHosts },
      options.version,
    );
  if (options.remoteKeys !== null) await remoteKeyRoutes(app, options.remoteKeys, gate);
  await options.extend?.(app);
  return app;
}

/** Keys and quotas for everything registered beside it. */
function guard(api: FastifyInstance, gate: Gate, { ports, hosts }: ServerOptions): void {
  const { store } = ports.core;
  api.addHook('onRequest', async (request, reply) => gate(request, reply, await holderIn(request, store, hosts)));
}

async function holderIn(
  request: FastifyRequest,
  store: QsignhubPorts['core']['store'],
  hosts: ServerOptions['hosts'],
): Promise<KeyHolder | null> {
  const given = request.headers['x-api-key'];
  if (typeof given !== 'string' || !/^qsh_(live|test)_[A-Za-z0-9]{16,64}$/.test(given)) return null;
  const holder = await holderOf({ store }, given);
  if (holder === null || hosts.live === null || hosts.sandbox === null) return holder;
  const mode = request.hostname === hosts.live ? 'live' : request.hostname === hosts.sandbox ? 'test' : null;
  return holder.realm.mode === mode ? holder : null;
}

function systemRoutes(app: FastifyInstance, { metrics, metricsToken, ready, jwks, anchors }: ServerOptions): void {
  app.get('/healthz', { schema: { hide: true } }, async () => ({ status: 'ok' }));
  app.get('/readyz', { schema: { hide: true } }, async (_request, reply) => {
    try {
      await ready();
      return { status: 'ready' };
    } catch {
      return reply.code(503).send({ status: 'not ready' });
    }
  });
  app.get('/metrics', { schema: { hide: true } }, async (request, reply) => {
    if (metricsToken !== null && !sameText(request.headers.authorization ?? '', `Bearer ${metricsToken}`))
      return sendError(request, reply.header('www-authenticate', 'Bearer'), METRICS_REFUSED);
    return reply.type(metrics.registry.contentType).send(await metrics.registry.metrics());
  });
  app.get('/openapi.json', { schema: { hide: true } }, async () => app.swagger());
  app.get('/.well-known/jwks.json', { schema: { hide: true } }, async () => jwks);
  for (const mode of ['test', 'live'] as const)
    app.get(`/pki/${mode}-root.pem`, { schema: { hide: true } }, async (_request, reply) =>
      reply.type('application/x-pem-file').send(anchors[mode]),
    );
}

function failed(error: unknown, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const answer = answerTo(error);
  // A message may repeat what somebody sent: only the kind of error goes into the log.
  const { name, code, stack } = error as { readonly name?: string; readonly code?: string; readonly stack?: string };
  if (answer.status >= 500) {
    const where = (stack ?? '')
      .split('\n')
      .filter((line) => line.trimStart().startsWith('at '))
      .slice(0, 12);
    request.log.error({ error: name, code, where }, 'failed');
  }
  return sendError(request, reply, answer);
}

/** A DELETE or POST without a body may say that its body is JSON. */
function acceptEmptyJson(app: FastifyInstance): void {
  app.removeContentTypeParser('application/json');
  app.addContentTypeParser('application/json', { parseAs: 'string' }, (_request, body, done) => {
    if (body === '') return done(null, undefined);
    try {
      const value: unknown = JSON.parse(body as string, (key, inner: unknown) => {
        if (key === '__proto__') throw new SyntaxError('refused');
        return inner;
      });
      done(null, value);
    } catch (error) {
      done(Object.assign(error as Error, { statusCode: 400 }), undefined);
    }
  });
}

const helmetOptions = (frameAncestors: readonly string[]) => ({
  contentSecurityPolicy: {
    useDefaults: false,
    directives: {
      defaultSrc: ["'none'"],
      baseUri: ["'none'"],
      formAction: ["'self'"],
      frameAncestors: frameAncestors.length > 0 ? [...frameAncestors] : ["'none'"],
    },
  },
  crossOriginEmbedderPolicy: false as const,
  crossOriginResourcePolicy: { policy: 'same-origin' as const },
  referrerPolicy: { policy: 'no-referrer' as const },
  frameguard: frameAncestors.length > 0 ? (false as const) : { action: 'deny' as const },
});

const METRICS_REFUSED = { status: 401, code: 'UNAUTHORIZED', message: 'The measurements are shown to who has their token.' } as const;

/** What a client gets to end its request when the service stops. */
const CLOSE_GRACE_MS = 10_000;

/** Nothing of a request but what the hooks above write. */
const SERIALIZERS = {
  req: () => ({}),
  res: () => ({}),
  err: (error: { readonly name: string }) => ({ type: error.name, message: '', stack: '' }),
};
