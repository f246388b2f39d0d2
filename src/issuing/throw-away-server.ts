/** The throw-away PKI served over HTTP on the loopback interface: CA certificates, CRLs, OCSP, time-stamps, and faulty variants of each. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type Bytes, concat } from '../base/bytes.ts';
import { Fault } from '../base/fault.ts';
import { exact } from '../base/options.ts';
import { fromBase64 } from '../base/text.ts';
import { answerCrl, answerOcsp, answerTimestamp, CRL_VARIANTS, OCSP_VARIANTS, TSA_VARIANTS } from './throw-away-answers.ts';
import { type Answer, type Credentials, FAULTS, NOT_FOUND, send } from './throw-away-faults.ts';
import { type AuthorityId, createThrowAwayPki, type ThrowAwayPki, type ThrowAwayPkiOptions } from './throw-away-pki.ts';

export interface ThrowAwayServerOptions extends Omit<ThrowAwayPkiOptions, 'baseUrl'> {
  /** Default 0: any free one. */
  readonly port?: number;
  /** What `/auth/…` asks for; default user `user`, password `geheim`. */
  readonly auth?: Credentials;
  /** Told of each request. */
  readonly onRequest?: (request: ServedRequest) => void;
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

async function serve({ pki, auth }: Served, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const [, first = '', ...rest] = (request.url ?? '').split('/');
  const fault = Object.hasOwn(FAULTS, first) ? FAULTS[first] : undefined;
  const path = fault ? rest : [first, ...rest];
  const right = async (): Promise<Answer> => answer({ pki, path, method: request.method ?? '', body: await bodyOf(request) });
  if (fault) return fault({ auth, request, response, path: path.join('/'), right });
  send(response, await right());
}

interface Question {
  readonly pki: ThrowAwayPki;
  /** Parts of the path; the first names the endpoint. */
  readonly path: readonly string[];
  readonly method: string;
  readonly body: Bytes;
}

/** The answer of a working server. */
async function answer(question: Question): Promise<Answer> {
  const [endpoint = ''] = question.path;
  const body = Object.hasOwn(ENDPOINTS, endpoint) ? await ENDPOINTS[endpoint]?.answer(question) : null;
  return body ? { status: 200, type: `application/${ENDPOINTS[endpoint]?.type}`, body } : NOT_FOUND;
}

interface Endpoint {
  readonly type: string;
  /** Null: not found. */
  answer(question: Question): Promise<Bytes | null>;
}

const ENDPOINTS: Readonly<Record<string, Endpoint>> = {
  /** GET /ca/AUTHORITY.cer */
  ca: {
    type: 'pkix-cert',
    answer: async ({ pki, path: [, name], method }) => {
      const id = AUTHORITIES.find((one) => name === `${one}.cer`);
      return id && method === 'GET' ? pki.authorities[id].authority.certificate : null;
    },
  },
  /** GET /crl/[VARIANT/]AUTHORITY.crl */
  crl: {
    type: 'pkix-crl',
    answer: async ({ pki, path: [, ...rest], method }) => {
      const variant = rest.length === 1 ? 'right' : CRL_VARIANTS.find((one) => one === rest[0]);
      const id = AUTHORITIES.find((one) => rest.at(-1) === `${one}.crl`);
      return id && variant && method === 'GET' ? answerCrl(pki, id, variant) : null;
    },
  },
  /** POST /ocsp[/VARIANT], GET /ocsp[/VARIANT]/BASE64 */
  ocsp: {
    type: 'ocsp-response',
    answer: async ({ pki, path: [, ...rest], method, body }) => {
      const variant = OCSP_VARIANTS.find((one) => one === rest[0]);
      const request = method === 'POST' ? body : fromBase64(decoded((variant ? rest.slice(1) : rest).join('/')));
      return request && request.length > 0 ? answerOcsp(pki, request, variant) : null;
    },
  },
  /** POST /tsa[/VARIANT] */
  tsa: {
    type: 'timestamp-reply',
    answer: async ({ pki, path: [, ...rest], method, body }) => {
      const variant = rest.length === 0 ? 'right' : TSA_VARIANTS.find((one) => one === rest[0]);
      return variant && method === 'POST' ? answerTimestamp(pki, body, variant) : null;
    },
  },
};

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

const HOST = '127.0.0.1';
const AUTHORITIES: readonly AuthorityId[] = ['root', 'issuing'];
const MAXIMUM_REQUEST = 1_000_000;
