/** The throw-away PKI served over HTTP on the loopback interface: CA certificates, CRLs, OCSP, time-stamps, and faulty variants of each. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type Bytes, concat } from '../base/bytes.ts';
import { Fault } from '../base/fault.ts';
import { exact } from '../base/options.ts';
import { fromBase64, latin1, toBase64 } from '../base/text.ts';
import {
  answerCrl,
  answerOcsp,
  answerTimestamp,
  CRL_VARIANTS,
  type CrlVariant,
  OCSP_VARIANTS,
  type OcspVariant,
  TSA_VARIANTS,
  type TsaVariant,
} from './throw-away-answers.ts';
import { type AuthorityId, createThrowAwayPki, type ThrowAwayPki, type ThrowAwayPkiOptions } from './throw-away-pki.ts';

export interface ThrowAwayServerOptions extends Omit<ThrowAwayPkiOptions, 'baseUrl'> {
  /** Default 0: any free one. */
  readonly port?: number;
  /** What `/auth/…` asks for; default user `user`, password `geheim`. */
  readonly auth?: Credentials;
  /** Told of each request. */
  readonly onRequest?: (request: ServedRequest) => void;
}

export interface Credentials {
  readonly user: string;
  readonly password: string;
}

export interface ServedRequest {
  readonly method: string;
  readonly path: string;
  readonly status: number;
}

export interface ThrowAwayServer extends ThrowAwayPki {
  readonly baseUrl: string;
  readonly port: number;
  readonly tsaUrl: string;
  readonly ocspUrl: string;
  /** CRL of the issuing CA. */
  readonly crlUrl: string;
  /** Certificate of the issuing CA. */
  readonly caUrl: string;
  /**
   * URL of a path below the base: `tsa/VARIANT`, `ocsp/VARIANT`, `crl/VARIANT/issuing.crl`, each also below a fault of the
   * transport: `slow`, `drip`, `endless`, `cut`, `500`, `404`, `auth`, `redirect`, `redirect-loop`, `html` (as in `slow/tsa`).
   */
  url(path: string): string;
  /** Stops listening and ends every connection. */
  close(): Promise<void>;
}

/** Makes a PKI and serves it on 127.0.0.1. Throws `Fault` `io` where the port is taken. */
export async function startThrowAwayPki(options: ThrowAwayServerOptions = {}): Promise<ThrowAwayServer> {
  exact('startThrowAwayPki', options, ['port', 'auth', 'onRequest', 'algorithms', 'at', 'clock']);
  const { port: wanted = 0, auth = { user: 'user', password: 'geheim' }, onRequest, ...pkiOptions } = options;
  const server = createServer();
  const port = await listen(server, wanted);
  const baseUrl = `http://${HOST}:${port}`;
  const close = (): Promise<void> =>
    new Promise((resolve) => {
      server.close(() => resolve());
      server.closeAllConnections();
    });
  try {
    const pki = await createThrowAwayPki({ ...pkiOptions, baseUrl });
    server.on('request', (request, response) => {
      response.on('finish', () => onRequest?.({ method: request.method ?? '', path: request.url ?? '', status: response.statusCode }));
      serve({ pki, auth }, request, response).catch(() => response.destroy());
    });
    const url = (path: string): string => `${baseUrl}/${path}`;
    const urls = { tsaUrl: url('tsa'), ocspUrl: url('ocsp'), crlUrl: url('crl/issuing.crl'), caUrl: url('ca/issuing.cer') };
    return { ...pki, baseUrl, port, ...urls, url, close };
  } catch (error) {
    await close();
    throw error;
  }
}

interface Served {
  readonly pki: ThrowAwayPki;
  readonly auth: Credentials;
}

interface Answer {
  readonly status: number;
  readonly type: string;
  readonly body: Bytes;
  readonly headers?: Readonly<Record<string, string>>;
}

async function serve(served: Served, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const [, first = '', ...rest] = (request.url ?? '').split('/');
  const fault = Object.hasOwn(FAULTS, first) ? FAULTS[first] : undefined;
  const path = fault ? rest : [first, ...rest];
  const right = async (): Promise<Answer> => answer(served.pki, path, request.method ?? '', await bodyOf(request));
  if (fault) return fault({ served, request, response, path: path.join('/'), right });
  send(response, await right());
}

/** The answer of a working server. */
async function answer(pki: ThrowAwayPki, path: readonly string[], method: string, body: Bytes): Promise<Answer> {
  const [kind, ...rest] = path;
  switch (kind) {
    case 'ca': {
      const found = AUTHORITIES.find((id) => rest[0] === `${id}.cer`);
      return found && method === 'GET' ? der('pkix-cert', pki.authorities[found].authority.certificate) : NOT_FOUND;
    }
    case 'crl': {
      const variant = CRL_VARIANTS.find((name) => rest.length === 2 && name === rest[0]) ?? (rest.length === 1 ? 'right' : null);
      const found = AUTHORITIES.find((id) => rest.at(-1) === `${id}.crl`);
      return found && variant && method === 'GET' ? der('pkix-crl', await answerCrl(pki, found, variant as CrlVariant)) : NOT_FOUND;
    }
    case 'ocsp': {
      const variant = OCSP_VARIANTS.find((name) => name === rest[0]);
      const request = method === 'POST' ? body : fromBase64(decoded((variant ? rest.slice(1) : rest).join('/')));
      if (!request || request.length === 0) return NOT_FOUND;
      return der('ocsp-response', await answerOcsp(pki, request, (variant ?? 'right') as OcspVariant));
    }
    case 'tsa': {
      const variant = rest.length === 0 ? 'right' : TSA_VARIANTS.find((name) => name === rest[0]);
      if (!variant || method !== 'POST') return NOT_FOUND;
      return der('timestamp-reply', await answerTimestamp(pki, body, variant as TsaVariant));
    }
    default:
      return NOT_FOUND;
  }
}

interface FaultyExchange {
  readonly served: Served;
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  /** What follows the name of the fault. */
  readonly path: string;
  right(): Promise<Answer>;
}

type TransportFault = (exchange: FaultyExchange) => void | Promise<void>;

/** Faults of the transport, by the first part of the path. */
const FAULTS: Readonly<Record<string, TransportFault>> = {
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
  auth: async ({ served: { auth }, request, response, right }) => {
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

function send(response: ServerResponse, { status, type, body, headers = {} }: Answer): void {
  response.writeHead(status, { 'content-type': type, 'content-length': body.length, ...headers });
  response.end(body);
}

/** The body of a request; an overlong one ends the connection. */
async function bodyOf(request: IncomingMessage): Promise<Bytes> {
  const chunks: Bytes[] = [];
  let length = 0;
  for await (const chunk of request as AsyncIterable<Bytes>) {
    chunks.push(chunk);
    length += chunk.length;
    if (length > MAXIMUM_REQUEST) throw new Fault('limit-exceeded', 'request too long');
  }
  return concat(chunks);
}

function listen(server: Server, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', (cause) => reject(new Fault('io', `cannot listen on ${HOST}:${port}: ${cause.message}`, { cause })));
    server.listen(port, HOST, () => resolve((server.address() as AddressInfo).port));
  });
}

/** Percent-decoded, or nothing where it cannot be. */
function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return '';
  }
}

const der = (subtype: string, body: Bytes): Answer => ({ status: 200, type: `application/${subtype}`, body });
const text = (status: number, words: string): Answer => ({ status, type: 'text/plain', body: latin1(words) });

const HOST = '127.0.0.1';
const AUTHORITIES: readonly AuthorityId[] = ['root', 'issuing'];
const NOT_FOUND = text(404, 'not found');
const MAXIMUM_REQUEST = 1_000_000;
