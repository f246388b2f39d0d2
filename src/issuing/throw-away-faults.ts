/** Faults of a server's transport, for tests of clients: silence, dribble, endless and broken answers, redirects, refusals. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Bytes } from '../base/bytes.ts';
import { latin1, toBase64 } from '../base/text.ts';

export interface Credentials {
  readonly user: string;
  readonly password: string;
}

export interface Answer {
  readonly status: number;
  readonly type: string;
  readonly body: Bytes;
  readonly headers?: Readonly<Record<string, string>>;
}

export interface FaultyExchange {
  /** What the fault `auth` asks for. */
  readonly auth: Credentials;
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  /** What follows the name of the fault. */
  readonly path: string;
  right(): Promise<Answer>;
}

export type TransportFault = (exchange: FaultyExchange) => void | Promise<void>;

/** Faults of the transport, by the first part of the path. */
export const FAULTS: Readonly<Record<string, TransportFault>> = {
  /** Takes the request and says nothing. */
  slow: ({ request }) => {
    request.resume();
  },
  /** The right answer, an octet every 20 ms. */
  drip: async ({ response, right }) => {
    const { status, type, body } = await right();
    response.writeHead(status, { 'content-type': type, 'content-length': body.length });
    for (let at = 0; at < body.length && !response.destroyed; at++) {
      response.write(body.subarray(at, at + 1));
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    response.end();
  },
  /** A body without end. */
  endless: ({ request, response }) => {
    request.resume();
    response.writeHead(200, { 'content-type': request.headers.accept ?? 'application/octet-stream' });
    const chunk = new Uint8Array(65_536);
    const more = (): void => {
      while (!response.destroyed && response.write(chunk));
    };
    response.on('drain', more);
    more();
  },
  /** Half of the right answer, then the connection ends. */
  cut: async ({ response, right }) => {
    const { status, type, body } = await right();
    response.writeHead(status, { 'content-type': type, 'content-length': body.length });
    response.write(body.subarray(0, body.length >> 1), () => response.destroy());
  },
  500: ({ request, response }) => {
    request.resume();
    send(response, text(500, 'out of order'));
  },
  404: ({ request, response }) => {
    request.resume();
    send(response, NOT_FOUND);
  },
  /** The right answer to who gives user and password. */
  auth: async ({ auth, request, response, right }) => {
    const wanted = `Basic ${toBase64(latin1(`${auth.user}:${auth.password}`))}`;
    if (request.headers.authorization === wanted) return send(response, await right());
    request.resume();
    send(response, { ...text(401, 'who is there?'), headers: { 'www-authenticate': 'Basic realm="throw-away"' } });
  },
  redirect: ({ request, response, path }) => {
    request.resume();
    send(response, { ...text(307, 'over there'), headers: { location: `/${path}` } });
  },
  'redirect-loop': ({ request, response }) => {
    request.resume();
    send(response, { ...text(307, 'round and round'), headers: { location: request.url ?? '/' } });
  },
  /** A page in place of the answer, status 200. */
  html: ({ request, response }) => {
    request.resume();
    send(response, { status: 200, type: 'text/html', body: latin1('<p>Welcome to the hotel network</p>') });
  },
};

export function send(response: ServerResponse, { status, type, body, headers = {} }: Answer): void {
  response.writeHead(status, { 'content-type': type, 'content-length': body.length, ...headers });
  response.end(body);
}

const text = (status: number, words: string): Answer => ({ status, type: 'text/plain', body: latin1(words) });

export const NOT_FOUND = text(404, 'not found');
