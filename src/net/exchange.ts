/** One HTTP request and its answer, bounded in time and size, over TCP, TLS or a proxy (RFC 9110, RFC 9112). */
import * as http from 'node:http';
import * as https from 'node:https';
import type { LookupFunction, Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { type Bytes, concat } from '../base/bytes.ts';
import { Fault } from '../base/fault.ts';
import { latin1, toBase64 } from '../base/text.ts';
import { hostOf } from './address.ts';

export interface Credentials {
  readonly user: string;
  readonly password: string;
}

/** TLS as node:tls has it: further trust anchors, a client certificate. */
export interface TlsOptions {
  readonly ca?: string;
  readonly cert?: string;
  readonly key?: string;
  readonly passphrase?: string;
}

export interface Exchange {
  readonly url: URL;
  readonly method: 'GET' | 'POST';
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Bytes | null;
  readonly maximumBytes: number;
  readonly idleTimeoutMs: number;
  /** Ends everything. */
  readonly signal: AbortSignal;
  readonly connections: Connections;
}

/** How servers are reached; the agents keep connections open for the next request. */
export interface Connections {
  readonly http: http.Agent;
  readonly https: https.Agent;
  readonly proxy: URL | null;
  readonly tls: TlsOptions;
}

export interface HttpAnswer {
  readonly status: number;
  /** Lower-case names. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Bytes;
}

/** Connections of a client; `lookup` decides which addresses are connected to. */
export function connections(lookup: LookupFunction | undefined, proxy: string | undefined, tls: TlsOptions = {}): Connections {
  const options = { keepAlive: true, maxSockets: 16, ...(lookup && !proxy ? { lookup } : {}) };
  return {
    http: new http.Agent(options),
    https: new https.Agent({ ...options, ...tls }),
    proxy: proxy === undefined ? null : proxyUrl(proxy),
    tls,
  };
}

export const basicAuthorization = ({ user, password }: Credentials): string =>
  `Basic ${toBase64(new Uint8Array(Buffer.from(`${user}:${password}`, 'utf8')))}`;

/**
 * Sends the request and reads the whole answer, whatever its status. Throws `Fault`: `network` where the server cannot be
 * reached, is silent too long or breaks off; `limit-exceeded` where the body is too long; `refused` by the lookup.
 */
export async function exchange(asked: Exchange): Promise<HttpAnswer> {
  try {
    const response = await open(asked);
    return { status: response.statusCode ?? 0, headers: flat(response.headers), body: await readBody(response, asked.maximumBytes) };
  } catch (error) {
    throw asFault(error, asked.signal);
  }
}

async function open(asked: Exchange): Promise<http.IncomingMessage> {
  const { url, connections: via } = asked;
  const secure = url.protocol === 'https:';
  if (!via.proxy) return request(asked, secure ? { agent: via.https } : { agent: via.http }, secure);
  if (!secure)
    return request(asked, { ...proxyAddress(via.proxy), path: absoluteForm(url), agent: via.http }, false, proxyHeaders(via.proxy));
  const socket = await tunnel(asked, via.proxy);
  const tlsSocket = connectTls({ ...via.tls, socket, ...serverName(url) });
  // Without an agent, so that this very connection is used, and closed after it.
  return request(asked, { createConnection: () => tlsSocket }, true);
}

function request(
  { url, method, headers, body, idleTimeoutMs, signal }: Exchange,
  how: http.RequestOptions,
  secure: boolean,
  more: Readonly<Record<string, string>> = {},
): Promise<http.IncomingMessage> {
  return new Promise((resolve, reject) => {
    const options: http.RequestOptions = {
      protocol: secure ? 'https:' : 'http:',
      hostname: hostOf(url),
      port: url.port || (secure ? 443 : 80),
      path: `${url.pathname}${url.search}`,
      method,
      headers: { host: url.host, ...headers, ...more, ...(body ? { 'content-length': String(body.length) } : {}) },
      timeout: idleTimeoutMs,
      signal,
      ...how,
    };
    const sent = (secure ? https : http).request(options, resolve);
    sent.on('timeout', () => sent.destroy(new Fault('network', `silent for ${idleTimeoutMs} ms`)));
    sent.on('error', reject);
    sent.end(body ?? undefined);
  });
}

/** A connection through a proxy to the server of an https URL (RFC 9110, 9.3.6). */
function tunnel({ url, idleTimeoutMs, signal }: Exchange, proxy: URL): Promise<Socket> {
  const target = `${url.hostname}:${url.port || 443}`;
  return new Promise((resolve, reject) => {
    const sent = http.request({
      ...proxyAddress(proxy),
      method: 'CONNECT',
      path: target,
      headers: { host: target, ...proxyHeaders(proxy) },
      timeout: idleTimeoutMs,
      signal,
      agent: false,
    });
    sent.on('connect', (response, socket) => {
      if (response.statusCode === 200) return resolve(socket);
      socket.destroy();
      reject(new Fault('network', `the proxy answered ${response.statusCode} to CONNECT`));
    });
    // A proxy that answers an error with a body does so as an ordinary response.
    sent.on('response', (response) => {
      response.destroy();
      reject(new Fault('network', `the proxy answered ${response.statusCode} to CONNECT`));
    });
    sent.on('timeout', () => sent.destroy(new Fault('network', `the proxy was silent for ${idleTimeoutMs} ms`)));
    sent.on('error', reject);
    sent.end();
  });
}

async function readBody(response: http.IncomingMessage, maximumBytes: number): Promise<Bytes> {
  const tooLong = (): Fault => new Fault('limit-exceeded', `answer longer than ${maximumBytes} octets`);
  try {
    if (Number(response.headers['content-length'] ?? 0) > maximumBytes) throw tooLong();
    if ((response.headers['content-encoding'] ?? 'identity') !== 'identity')
      throw new Fault('network', `answer in a content coding that was not asked for: ${response.headers['content-encoding']}`);
    const chunks: Bytes[] = [];
    let length = 0;
    for await (const chunk of response as AsyncIterable<Bytes>) {
      length += chunk.length;
      if (length > maximumBytes) throw tooLong();
      chunks.push(chunk);
    }
    return concat(chunks);
  } catch (error) {
    response.destroy();
    throw error;
  }
}

function asFault(error: unknown, signal: AbortSignal): Fault {
  if (error instanceof Fault) return error;
  const { code = '', message, cause } = error as NodeJS.ErrnoException;
  if (cause instanceof Fault) return cause;
  if (signal.aborted) {
    const timedOut = (signal.reason as Error | undefined)?.name === 'TimeoutError';
    return new Fault('network', timedOut ? 'took too long' : 'given up by the caller', { cause: error });
  }
  const aggregate = error instanceof AggregateError ? (error.errors[0] as NodeJS.ErrnoException) : null;
  return new Fault('network', REASONS[code] ?? REASONS[aggregate?.code ?? ''] ?? (message || code || 'failed'), { cause: error });
}

/** One value each; repeated ones joined as RFC 9110, 5.3 allows. */
function flat(headers: http.IncomingHttpHeaders): Record<string, string> {
  const entries = Object.entries(headers).flatMap(([name, value]) => {
    if (value === undefined) return [];
    return [[name, Array.isArray(value) ? value.join(', ') : value] as const];
  });
  return Object.fromEntries(entries);
}

function proxyUrl(proxy: string): URL {
  const url = URL.canParse(proxy) ? new URL(proxy) : null;
  if (url?.protocol !== 'http:') throw new Fault('bad-option', `proxy: an http:// URL is wanted, not '${proxy}'`);
  return url;
}

const proxyAddress = (proxy: URL): http.RequestOptions => ({ hostname: hostOf(proxy), port: proxy.port || 80 });

function proxyHeaders(proxy: URL): Record<string, string> {
  if (proxy.username === '') return {};
  const user = decodeURIComponent(proxy.username);
  return { 'proxy-authorization': `Basic ${toBase64(latin1(`${user}:${decodeURIComponent(proxy.password)}`))}` };
}

const absoluteForm = (url: URL): string => `${url.origin}${url.pathname}${url.search}`;

/** SNI is for names only (RFC 6066, 3); the certificate is checked against the host either way. */
const serverName = (url: URL): { host: string; servername?: string } =>
  /^[\d.]+$|:/.test(hostOf(url)) ? { host: hostOf(url) } : { host: hostOf(url), servername: hostOf(url) };

const REASONS: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'connection refused',
  ECONNRESET: 'connection broken off',
  EPIPE: 'connection broken off',
  ENOTFOUND: 'no such host',
  EAI_AGAIN: 'host name cannot be resolved now',
  ETIMEDOUT: 'no connection in time',
  EHOSTUNREACH: 'host unreachable',
  ENETUNREACH: 'network unreachable',
};
