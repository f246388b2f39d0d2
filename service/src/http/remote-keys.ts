/** The API of the Cloud Signature Consortium over the keys that the operator names (CSC API 1.0.4.0 and 2.x), at `/csc/v1` and `/csc/v2`. */
import type { FastifyInstance } from 'fastify';
import type { RemoteKeys } from '../config/remote-keys.ts';
import type { Gate } from './gate.ts';

export async function remoteKeyRoutes(app: FastifyInstance, { handler, knows }: RemoteKeys, gate: Gate): Promise<void> {
  await app.register(async (routes) => {
    routes.removeAllContentTypeParsers();
    routes.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) => done(null, body));
    for (const version of ['v1', 'v2'] as const)
      routes.all(`/csc/${version}/*`, { schema: { hide: true } }, async (request, reply) => {
        const { authorization } = request.headers;
        const [, bearer] = /^Bearer (\S+)$/i.exec(authorization ?? '') ?? [];
        // Who guesses tokens has few tries a minute.
        if (bearer === undefined || !knows(bearer)) gate.stranger(request, reply);
        const [path = ''] = request.url.split('?');
        const body = Buffer.isBuffer(request.body) ? request.body : new Uint8Array(0);
        const answer = await handler({ method: request.method, path, authorization, body });
        return reply.code(answer.status).headers(answer.headers).send(Buffer.from(answer.body));
      });
  });
}
