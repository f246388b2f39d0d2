/** What clients do with their connections while the service stops. */
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import fastify, { type FastifyInstance } from 'fastify';
import { expect, test } from 'vitest';
import { closeWithinGrace } from '../../src/http/closing.ts';

test.each([
  ['a connection on which nothing was asked', '', 60_000],
  ['a request whose headers never end', 'GET / HTTP/1.1\r\nHost: x\r\n', 60_000],
  ['a body that never ends', 'POST / HTTP/1.1\r\nHost: x\r\nContent-Type: text/plain\r\nContent-Length: 100\r\n\r\nhalf', 50],
])('%s does not hold up the stop', async (_name, sent, graceMs) => {
  const { app, port } = await listening(graceMs);
  const socket = await connected(port, sent);
  const ended = once(socket, 'close');
  await app.close();
  await ended;
});

test('a request under way is answered, and then the connection ends', async () => {
  const { app, port, begun, go } = await listening(60_000);
  const socket = await connected(port, 'GET /slow HTTP/1.1\r\nHost: x\r\n\r\n');
  const pieces: Buffer[] = [];
  socket.on('data', (piece: Buffer) => pieces.push(piece));
  const ended = once(socket, 'close');
  await begun;
  const closed = app.close();
  go();
  await Promise.all([closed, ended]);
  expect(Buffer.concat(pieces).toString('latin1')).toMatch(/^HTTP\/1.1 200 OK[\s\S]*done$/);
});

async function listening(graceMs: number): Promise<{ app: FastifyInstance; port: number; begun: Promise<void>; go: () => void }> {
  const app = fastify({ forceCloseConnections: 'idle' });
  closeWithinGrace(app, graceMs);
  const begun = Promise.withResolvers<void>();
  const finish = Promise.withResolvers<void>();
  app.post('/', async () => 'taken');
  app.get('/slow', async () => {
    begun.resolve();
    await finish.promise;
    return 'done';
  });
  await app.listen({ port: 0, host: '127.0.0.1' });
  const address = app.server.address();
  if (typeof address !== 'object' || address === null) throw new Error('no address');
  return { app, port: address.port, begun: begun.promise, go: () => finish.resolve() };
}

async function connected(port: number, sent: string): Promise<Socket> {
  const socket = connect(port, '127.0.0.1');
  socket.on('error', () => undefined);
  await once(socket, 'connect');
  if (sent !== '') await new Promise((resolve) => socket.write(sent, resolve));
  // Time for the server to take in what was sent.
  await new Promise((resolve) => setTimeout(resolve, 100));
  return socket;
}
