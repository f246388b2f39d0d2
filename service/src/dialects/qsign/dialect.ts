/** The QSign interface: documents by address, recipients with roles, keys and webhooks looked after by an account. */
import type { Dialect } from '../dialect.ts';
import { accountRoutes } from './account-routes.ts';
import { sendFailure } from './errors.ts';
import { QSIGN_NAME, qsignEvents } from './events.ts';
import { signingRoutes } from './signing-routes.ts';

export const QSIGN: Dialect = {
  name: QSIGN_NAME,
  label: 'QSign',
  prefix: '/backend/othercompanyapi',
  title: 'QSign interface of the adeskit e-signature service',
  openapi: '3.0.3',
  keys: [
    { label: 'QSign test', mode: 'test', prefix: 'qsk_test_', scope: null },
    { label: 'QSign live', mode: 'live', prefix: 'qsk_live_', scope: null },
  ],
  security: {
    key: { type: 'apiKey', in: 'header', name: 'X-Api-Key' },
    login: { type: 'http', scheme: 'bearer', bearerFormat: 'JWT' },
  },
  events: qsignEvents,
  routes: (app, ports) => {
    app.setErrorHandler((error, request, reply) => sendFailure(error, request, reply));
    // Addresses end with a slash; who leaves it out is sent there with method and body.
    app.setNotFoundHandler((request, reply) => {
      const [path = '', query] = request.url.split('?');
      if (!path.endsWith('/') && app.hasRoute({ method: request.method as 'GET', url: `${path}/` }))
        return reply.redirect(`${path}/${query === undefined ? '' : `?${query}`}`, 308);
      return reply.code(404).send({ status: 'error', message: 'There is nothing at this address.' });
    });
    signingRoutes(app, ports);
    accountRoutes(app, ports);
  },
};
