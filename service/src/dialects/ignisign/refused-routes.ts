/** Addresses of the vendor that have no counterpart here: they say so, instead of not being there. */
import type { FastifyInstance } from 'fastify';
import { ServiceFault } from '../../domain/fault.ts';
import * as shape from './schemas.ts';

export function refusedRoutes(app: FastifyInstance): void {
  const failures = Object.fromEntries([400, 401, 403, 429, 500].map((status) => [status, shape.failure]));
  for (const [why, routes] of Object.entries(REFUSED))
    for (const route of routes) {
      const [method = '', url = ''] = route.split(' ');
      app.route({
        method,
        url,
        schema: { tags: ['Not offered here'], summary: why, response: failures },
        handler: async () => {
          throw new ServiceFault('bad-request', why, { word: 'FEATURE_NOT_AVAILABLE' });
        },
      });
    }
}

const APP = '/applications/:appId/envs/:appEnv';

const REFUSED: Readonly<Record<string, readonly string[]>> = {
  'Members of an account are looked after by the operator.': [
    'GET /applications/:appId/users-invitations',
    'POST /applications/:appId/users-invitations',
    'PUT /applications/:appId/users-invitations/:invitationId',
    'DELETE /applications/:appId/users-invitations/:invitationId',
    'POST /applications/:appId/users-invitations/:invitationId/resend',
  ],
  'Signers come by links and codes: they have no secret, and nothing to set up.': [
    `PUT ${APP}/signers/:signerId/regenerate-auth-secret`,
    `POST ${APP}/signer-setup`,
  ],
  'Only documents that are handed in are signed, not hashes of them.': ['POST /documents/:documentId/private-content'],
  'Documents go from request to request by their id.': ['POST /documents/:documentId/requests'],
  'Pictures of signatures are in the signed document only.': ['GET /documents/:documentId/img-signatures'],
  'Proofs are made for a document as a whole, not for each signer.': [
    'GET /documents/:documentId/signature-type/:signatureType/signers/:signerId',
  ],
  'Seals by machines are not offered.': [`POST ${APP}/m2m/:m2mId/sign`],
  'Logs of hashes are not offered.': [`POST ${APP}/log-capsules`],
  'Bare signatures are not offered.': [
    `POST ${APP}/oauth2/proofs-token`,
    `GET ${APP}/bare-signatures/proofs`,
    `GET ${APP}/bare-signatures-configuration`,
  ],
};
