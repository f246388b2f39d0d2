/** A tiny interface, made as the guide says. */
import type { Dialect } from '../../../src/dialects/dialect.ts';
import { holderOf } from '../../../src/domain/keys.ts';
import { sendFailure } from './errors.ts';
import { tinyEvents } from './events.ts';
import { jobRoutes } from './routes.ts';

export const TINY: Dialect = {
  name: 'tiny',
  label: 'Tiny',
  prefix: '/tiny',
  title: 'A tiny interface',
  openapi: '3.1.0',
  keys: [{ label: 'Tiny test', mode: 'test', prefix: 'tny_', scope: null }],
  security: { key: { type: 'apiKey', in: 'header', name: 'X-Tiny-Key' } },
  events: tinyEvents,
  routes: (app, ports) => {
    app.setErrorHandler((error, _request, reply) => sendFailure(error, reply));
    app.setNotFoundHandler((_request, reply) => reply.code(404).send({ oops: 'There is nothing here.' }));
    void app.register(async (inner) => {
      inner.addHook('onRequest', async (request, reply) => {
        const given = request.headers['x-tiny-key'];
        await ports.gate(request, reply, typeof given === 'string' && /^tny_\w+$/.test(given) ? await holderOf(ports.core, given) : null);
      });
      jobRoutes(inner, ports);
    });
  },
};
