/** Shutdown that no client holds up: silent connections end at once, unfinished requests after a time of grace. */
import type { Socket } from 'node:net';
import type { FastifyInstance } from 'fastify';

/**
 * Node's server waits at its close for connections on which nothing was ever asked, which browsers and clients open in advance,
 * and for requests whose client stands still. Requests under way may end within `graceMs` milliseconds.
 */
export function closeWithinGrace(app: FastifyInstance, graceMs: number): void {
  const silent = new Set<Socket>();
  app.server.on('connection', (socket: Socket) => {
    silent.add(socket);
    socket.once('close', () => silent.delete(socket));
  });
  app.server.on('request', ({ socket }) => silent.delete(socket));
  app.addHook('preClose', async () => {
    // What connects from now on, before the port is shut, ends with the grace.
    for (const socket of silent) socket.destroy();
    const timer = setTimeout(() => app.server.closeAllConnections(), graceMs);
    app.server.once('close', () => clearTimeout(timer));
  });
}
