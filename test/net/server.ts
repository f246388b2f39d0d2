/** Small servers on loopback for one test each, closed after it. */
import { createServer, type IncomingMessage, type RequestListener, type Server, type ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { onTestFinished } from 'vitest';

export interface Served {
  readonly url: string;
  readonly port: number;
  readonly requests: IncomingMessage[];
}

/** Serves on 127.0.0.1 until the test ends. */
export async function serve(listener: RequestListener, tls?: { readonly key: string; readonly cert: string }): Promise<Served> {
  const requests: IncomingMessage[] = [];
  const recording = (request: IncomingMessage, response: ServerResponse): void => {
    requests.push(request);
    listener(request, response);
  };
  const server = tls ? createTlsServer(tls, recording) : createServer(recording);
  const port = await listening(server);
  return { url: `${tls ? 'https' : 'http'}://127.0.0.1:${port}`, port, requests };
}

export interface Proxy {
  readonly url: string;
  /** First lines of what it was asked: `CONNECT host:port`, `GET http://…`. */
  readonly asked: string[];
}

/** A proxy that tunnels and forwards; with `authorization` it answers 407 to who does not send that. */
export async function serveProxy(authorization?: string): Promise<Proxy> {
  const asked: string[] = [];
  const refuses = (request: IncomingMessage): boolean =>
    authorization !== undefined && request.headers['proxy-authorization'] !== authorization;
  const server = createServer((request, response) => {
    asked.push(`${request.method} ${request.url}`);
    if (refuses(request)) return void response.writeHead(407).end();
    response.end(`forwarded ${request.url}`);
  });
  server.on('connect', (request, client: Socket) => {
    asked.push(`CONNECT ${request.url}`);
    if (refuses(request)) return void client.end('HTTP/1.1 407 Proxy Authentication Required\r\n\r\n');
    const [host, port] = (request.url ?? '').split(':');
    const upstream = connect(Number(port), host, () => {
      client.write('HTTP/1.1 200 Connection established\r\n\r\n');
      upstream.pipe(client).pipe(upstream);
    });
    for (const socket of [client, upstream]) socket.on('error', () => {}).on('close', () => upstream.destroy());
  });
  return { url: `http://127.0.0.1:${await listening(server)}`, asked };
}

function listening(server: Server): Promise<number> {
  const sockets = new Set<Socket>();
  server.on('connection', (socket) => sockets.add(socket));
  onTestFinished(
    () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve());
        for (const socket of sockets) socket.destroy();
      }),
  );
  return new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve((server.address() as AddressInfo).port)));
}
