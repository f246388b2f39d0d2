/** The QI Sign interface: envelopes under the customer's own ids, filled piece by piece and then submitted. */
import type { FastifyInstance } from 'fastify';
import { ServiceFault } from '../../domain/fault.ts';
import { holderOf } from '../../domain/keys.ts';
import type { Dialect, DialectPorts } from '../dialect.ts';
import { sendFailure, sendStatus } from './errors.ts';
import { QI_SIGN_NAME, qiSignEvents } from './events.ts';
import { envelopeRoutes } from './routes.ts';

export const QI_SIGN: Dialect = {
  name: QI_SIGN_NAME,
  label: 'QI Sign',
  prefix: '/sign',
  title: 'QI Sign interface of the adeskit e-signature service',
  openapi: '3.1.0',
  keys: [
    { label: 'QI Sign test', mode: 'test', prefix: 'qis_test_', scope: null },
    { label: 'QI Sign live', mode: 'live', prefix: 'qis_live_', scope: null },
  ],
  security: { key: { type: 'apiKey', in: 'header', name: 'Authorization' } },
  events: qiSignEvents,
  routes: (app, ports) => {
    app.setErrorHandler((error, request, reply) => sendFailure(error, request, reply));
    app.setNotFoundHandler((_request, reply) => sendStatus(reply, 404, 'There is nothing at this address.'));
    takeEverythingAsJson(app);
    void app.register(async (inner) => {
      guard(inner, ports);
      const served = new Map<string, Set<string>>();
      inner.addHook('onRoute', ({ url, method }) => {
        const methods = served.get(url) ?? new Set();
        for (const one of [method].flat()) methods.add(one);
        served.set(url, methods);
      });
      envelopeRoutes(inner, ports);
      refuseOtherMethods(inner, served);
    });
  },
};

/** The key stands in the header as it is, without a scheme. */
function guard(app: FastifyInstance, { core, gate }: DialectPorts): void {
  app.addHook('onRequest', async (request, reply) => {
    const given = request.headers.authorization ?? '';
    const holder = /^qis_(live|test)_[A-Za-z0-9]{16,64}$/.test(given) ? await holderOf(core, given) : null;
    await gate(request, reply, holder);
    if (holder?.closed) throw new ServiceFault('forbidden', 'The account is closed.');
  });
}

/** The vendor's samples name no media type. What is no JSON is 406. */
function takeEverythingAsJson(app: FastifyInstance): void {
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('*', { parseAs: 'string' }, (_request, body, done) => {
    try {
      done(null, JSON.parse(body as string));
    } catch {
      done(Object.assign(new Error('not JSON'), { statusCode: 406 }), undefined);
    }
  });
}

function refuseOtherMethods(app: FastifyInstance, served: ReadonlyMap<string, ReadonlySet<string>>): void {
  for (const [url, methods] of [...served]) {
    const allowed = [...methods].sort();
    app.route({
      method: METHODS.filter((method) => !methods.has(method)),
      url: url.slice(QI_SIGN.prefix.length),
      schema: { hide: true },
      handler: (_request, reply) => sendStatus(reply.header('allow', allowed.join(', ')), 405, `This address takes ${allowed.join(', ')}.`),
    });
  }
}

const METHODS = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'] as const;
