/** The Ignisign interface: requests in one call, applications with environments, webhooks whose tokens are checked back. */
import type { Dialect } from '../dialect.ts';
import { guard, tokenRoutes } from './access.ts';
import { documentRoutes } from './document-routes.ts';
import { draftRoutes } from './draft-routes.ts';
import { sendFailure, sendProblem } from './errors.ts';
import { IGNISIGN_NAME, ignisignEvents } from './events.ts';
import { refusedRoutes } from './refused-routes.ts';
import { signingRoutes } from './routes.ts';
import { signerRoutes } from './signer-routes.ts';
import { webhookRoutes } from './webhook-routes.ts';

export const IGNISIGN: Dialect = {
  name: IGNISIGN_NAME,
  label: 'Ignisign',
  prefix: '/v4',
  title: 'Ignisign interface of the adeskit e-signature service',
  openapi: '3.1.0',
  keys: [
    { label: 'Ignisign DEVELOPMENT', mode: 'test', prefix: 'skv2_', scope: 'DEVELOPMENT' },
    { label: 'Ignisign STAGING', mode: 'test', prefix: 'skv2_', scope: 'STAGING' },
    { label: 'Ignisign PRODUCTION', mode: 'live', prefix: 'skv2_', scope: 'PRODUCTION' },
  ],
  security: { key: { type: 'http', scheme: 'bearer' } },
  events: ignisignEvents,
  routes: (app, ports) => {
    app.setErrorHandler((error, request, reply) => sendFailure(error, request, reply));
    app.setNotFoundHandler((_request, reply) => sendProblem(reply, 404, 'NOT_FOUND', 'There is nothing at this address.'));
    tokenRoutes(app, ports);
    void app.register(async (inner) => {
      guard(inner, ports);
      signingRoutes(inner, ports);
      draftRoutes(inner, ports);
      documentRoutes(inner, ports);
      signerRoutes(inner, ports);
      refusedRoutes(inner);
      webhookRoutes(inner, ports);
    });
  },
};
