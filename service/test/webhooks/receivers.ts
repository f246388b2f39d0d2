/** Receivers of webhooks as they are in the world: some answer, some when they are let, some never, some are not there. */
import { createServer, type IncomingHttpHeaders, type Server, type ServerResponse } from 'node:http';
import type { Socket } from 'node:net';

export interface Seen {
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

export interface Receiver {
  readonly url: string;
  /** What came, whatever was answered. */
  readonly seen: Seen[];
  /** What came and was answered with 200. */
  readonly taken: Seen[];
  /** Most requests that were open at the same time. */
  readonly most: () => number;
  readonly open: () => number;
  /** From now on: a status, or null for no answer at all. Those that wait are answered too. */
  answer(status: number | null): void;
  /** Away: what is open breaks off, and nobody listens. */
  leave(): Promise<void>;
  comeBack(): Promise<void>;
}

/** Somebody who takes webhooks on loopback; `status` null: never answers until told. */
export async function newReceiver(status: number | null): Promise<Receiver> {
  const seen: Seen[] = [];
  const taken: Seen[] = [];
  const waiting = new Map<ServerResponse, Seen>();
  const sockets = new Set<Socket>();
  let answered = status;
  let most = 0;
  let server: Server | null = null;
  let port = 0;
  const answerOne = (response: ServerResponse, one: Seen): void => {
    if (answered === null) return;
    waiting.delete(response);
    if (answered === 200) taken.push(one);
    response.writeHead(answered).end();
  };
  const listen = async (): Promise<void> => {
    const listening = createServer((request, response) => {
      const pieces: Buffer[] = [];
      request.on('data', (piece: Buffer) => pieces.push(piece));
      request.on('end', () => {
        const one = { headers: request.headers, body: Buffer.concat(pieces).toString('utf8') };
        seen.push(one);
        waiting.set(response, one);
        most = Math.max(most, waiting.size);
        response.once('close', () => waiting.delete(response));
        // Not in the same turn: several that come together are open together.
        setImmediate(() => answerOne(response, one));
      });
    });
    listening.on('connection', (socket: Socket) => {
      sockets.add(socket);
      socket.once('close', () => sockets.delete(socket));
    });
    await new Promise<void>((resolve) => listening.listen(port, '127.0.0.1', resolve));
    const address = listening.address();
    port = typeof address === 'object' && address !== null ? address.port : 0;
    server = listening;
  };
  await listen();
  return {
    url: `http://127.0.0.1:${port}/hook`,
    seen,
    taken,
    most: () => most,
    open: () => waiting.size,
    answer: (next) => {
      answered = next;
      for (const [response, one] of waiting) answerOne(response, one);
    },
    leave: async () => {
      const leaving = server;
      server = null;
      const closed = new Promise((resolve) => (leaving ? leaving.close(resolve) : resolve(null)));
      for (const socket of sockets) socket.destroy();
      await closed;
    },
    comeBack: listen,
  };
}
