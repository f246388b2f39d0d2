/** The HTTP client of the engine (RFC 9110): bounded, guarded against private addresses, with retries, redirects and a cache. */
import type { LookupFunction } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Bytes } from '../base/bytes.ts';
import { Fault } from '../base/fault.ts';
import { exact } from '../base/options.ts';
import { type AllowPrivate, isAllowedHost, publicLookup, refusePrivateHost } from './address.ts';
import { cacheable, type HttpCache, renewed } from './cache.ts';
import {
  basicAuthorization,
  type Connections,
  type Credentials,
  connections,
  exchange,
  type HttpAnswer,
  type TlsOptions,
} from './exchange.ts';

export interface HttpOptions {
  /** Milliseconds for a request with all its redirects and retries; default 30,000. */
  readonly timeoutMs?: number;
  /** Milliseconds without an octet; default 10,000. */
  readonly idleTimeoutMs?: number;
  /** Longest answer in octets; default 16 MiB. */
  readonly maximumBytes?: number;
  /** Default 3. */
  readonly maximumRedirects?: number;
  /** Further attempts at requests that may be repeated; default 2. */
  readonly retries?: number;
  /**
   * Addresses that are not public are refused, redirects and resolved names included; this allows them. Through a proxy,
   * the proxy resolves the names, so only hosts written as addresses can be refused.
   */
  readonly allowPrivate?: AllowPrivate;
  /** Sent to the host asked, never to one a redirect leads to. */
  readonly headers?: Readonly<Record<string, string>>;
  /** Basic authentication (RFC 7617), to the host asked only. */
  readonly auth?: Credentials;
  /** `http://[user:password@]host:port`. */
  readonly proxy?: string;
  readonly tls?: TlsOptions;
  readonly cache?: HttpCache;
  /** Told of each exchange, for progress and audit. */
  readonly onEvent?: (event: NetworkEvent) => void;
  /** The resolver; default that of the system. What it answers is still checked. */
  readonly lookup?: LookupFunction;
  readonly signal?: AbortSignal;
}

/** Names of {@link HttpOptions}, for callers that check their own options. */
export const HTTP_OPTIONS = [
  'timeoutMs',
  'idleTimeoutMs',
  'maximumBytes',
  'maximumRedirects',
  'retries',
  'allowPrivate',
  'headers',
  'auth',
  'proxy',
  'tls',
  'cache',
  'onEvent',
  'lookup',
  'signal',
] as const satisfies readonly (keyof HttpOptions)[];

export interface NetworkEvent {
  readonly url: string;
  readonly method: 'GET' | 'POST';
  /** `unusable`: an answer that is not what was asked for, told by who asked. */
  readonly outcome: 'answered' | 'redirected' | 'from-cache' | 'not-modified' | 'failed' | 'unusable';
  /** Null where there was no answer. */
  readonly status: number | null;
  /** Octets of the answer's body. */
  readonly bytes: number;
  readonly ms: number;
  /** Why it failed or is unusable, else null. */
  readonly reason: string | null;
}

export interface HttpRequest {
  readonly url: string;
  /** Present: POST. */
  readonly body?: { readonly type: string; readonly bytes: Bytes };
  readonly accept?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly auth?: Credentials;
  readonly maximumBytes?: number;
  /** May be sent again after a failure; default for GET only. */
  readonly repeatable?: boolean;
}

export interface HttpResponse extends HttpAnswer {
  /** Where the answer came from in the end. */
  readonly url: string;
}

export interface HttpClient {
  /**
   * The answer, whatever its status. Throws `Fault`: `network`, `limit-exceeded`, `refused` (an address that is not
   * public, a scheme other than http and https), `bad-option` (not a URL), each with a message that names the URL.
   */
  send(request: HttpRequest): Promise<HttpResponse>;
  /** Tells `onEvent` of an answer that cannot be used. */
  reject(response: HttpResponse, method: 'GET' | 'POST', reason: string): void;
  /** Ends kept connections. Idle ones never keep the process alive. */
  close(): void;
}

/** A client; connections are kept and shared by its requests. Throws `Fault` `bad-option`. */
export function httpClient(options: HttpOptions = {}): HttpClient {
  exact('httpClient', options, HTTP_OPTIONS);
  const open = connections(options.lookup, options.proxy, options.tls);
  const guarded = connections(publicLookup(options.lookup), options.proxy, options.tls);
  const agents = [open.http, open.https, guarded.http, guarded.https];
  const client = { options, open, guarded };
  return {
    send: (request) => send(client, request),
    reject: ({ url, status, body }, method, reason) =>
      options.onEvent?.({ url, method, outcome: 'unusable', status, bytes: body.length, ms: 0, reason }),
    close: () => {
      for (const agent of agents) agent.destroy();
    },
  };
}

interface Client {
  readonly options: HttpOptions;
  /** For hosts that the caller allows whatever their address. */
  readonly open: Connections;
  readonly guarded: Connections;
}

async function send(client: Client, request: HttpRequest): Promise<HttpResponse> {
  const { cache } = client.options;
  const url = webUrl(request.url);
  const usesCache = cache && !request.body && !request.auth && !client.options.auth;
  if (!usesCache) return attempts(client, request, url);
  const started = performance.now();
  const kept = await cache.get(url.href);
  if (kept && kept.freshUntil > Date.now()) {
    report(client, { url, method: 'GET', outcome: 'from-cache', status: 200, bytes: kept.body.length, started });
    return { url: url.href, status: 200, headers: {}, body: kept.body };
  }
  const conditions = {
    ...(kept?.etag ? { 'if-none-match': kept.etag } : {}),
    ...(kept?.lastModified ? { 'if-modified-since': kept.lastModified } : {}),
  };
  const response = await attempts(client, { ...request, headers: { ...request.headers, ...conditions } }, url);
  const now = Date.now();
  if (response.status === 304 && kept) {
    await cache.put(url.href, renewed(kept, response, now));
    return { ...response, status: 200, body: kept.body };
  }
  const keep = cacheable(response, now);
  if (keep) await cache.put(url.href, keep);
  return response;
}

/** Repeats what may be repeated while it fails for reasons that pass (RFC 9110, 9.2.2). */
async function attempts(client: Client, request: HttpRequest, url: URL): Promise<HttpResponse> {
  const { options } = client;
  const repeatable = request.repeatable ?? !request.body;
  const retries = repeatable ? (options.retries ?? 2) : 0;
  const deadline = performance.now() + (options.timeoutMs ?? 30_000);
  const timeout = AbortSignal.timeout(options.timeoutMs ?? 30_000);
  const signal = options.signal ? AbortSignal.any([timeout, options.signal]) : timeout;
  for (let attempt = 0; ; attempt++) {
    const outcome = await follow(client, request, url, signal).catch((error: unknown) => error as Fault);
    const passing = outcome instanceof Fault ? outcome.code === 'network' && !signal.aborted : PASSING.has(outcome.status);
    const pause = pauseBefore(attempt, outcome);
    if (!passing || attempt >= retries || performance.now() + pause >= deadline) {
      if (outcome instanceof Error) throw outcome;
      return outcome;
    }
    await sleep(pause, undefined, { signal }).catch(() => {});
  }
}

/** Follows redirects; each new address is checked as the first one was. */
async function follow(client: Client, request: HttpRequest, first: URL, signal: AbortSignal): Promise<HttpResponse> {
  const { maximumRedirects = 3 } = client.options;
  let url = first;
  for (let redirects = 0; ; redirects++) {
    const answer = await once(client, request, url, url.origin === first.origin, signal);
    const { location } = answer.headers;
    if (!REDIRECTS.has(answer.status) || location === undefined) return { ...answer, url: url.href };
    const refuse = (reason: string): Fault => {
      const method = request.body ? 'POST' : 'GET';
      report(client, { url, method, outcome: 'failed', status: answer.status, bytes: 0, started: performance.now(), reason });
      return new Fault('refused', `${url.href}: ${reason}`);
    };
    if (redirects >= maximumRedirects) throw refuse(`more than ${maximumRedirects} redirects`);
    const next = URL.canParse(location, url.href) ? new URL(location, url) : null;
    if (!next || (next.protocol !== 'http:' && next.protocol !== 'https:')) throw refuse('redirect to what is no web address');
    if (url.protocol === 'https:' && next.protocol === 'http:') throw refuse('redirect from https to http');
    if (answer.status === 303 && request.body) throw refuse('redirect that would lose what was sent');
    url = next;
  }
}

async function once(client: Client, request: HttpRequest, url: URL, own: boolean, signal: AbortSignal): Promise<HttpAnswer> {
  const { options } = client;
  const method = request.body ? 'POST' : 'GET';
  const started = performance.now();
  try {
    const allowed = isAllowedHost(url, options.allowPrivate ?? false);
    if (!allowed) refusePrivateHost(url);
    const answer = await exchange({
      url,
      method,
      headers: headersOf(client, request, own),
      body: request.body?.bytes ?? null,
      maximumBytes: request.maximumBytes ?? options.maximumBytes ?? MAXIMUM_BYTES,
      idleTimeoutMs: options.idleTimeoutMs ?? 10_000,
      signal,
      connections: allowed ? client.open : client.guarded,
    });
    const { status } = answer;
    const outcome = status === 304 ? 'not-modified' : REDIRECTS.has(status) && answer.headers['location'] ? 'redirected' : 'answered';
    report(client, { url, method, outcome, status, bytes: answer.body.length, started });
    return answer;
  } catch (error) {
    if (!(error instanceof Fault)) throw error;
    report(client, { url, method, outcome: 'failed', status: null, bytes: 0, started, reason: error.message });
    throw new Fault(error.code, `${url.href}: ${error.message}`, { cause: error });
  }
}

function headersOf({ options }: Client, request: HttpRequest, own: boolean): Record<string, string> {
  const auth = request.auth ?? options.auth;
  return {
    'user-agent': 'adeskit',
    'accept-encoding': 'identity',
    accept: request.accept ?? '*/*',
    ...(request.body ? { 'content-type': request.body.type } : {}),
    ...(own ? { ...options.headers, ...request.headers } : {}),
    ...(own && auth ? { authorization: basicAuthorization(auth) } : {}),
  };
}

interface Reported extends Omit<NetworkEvent, 'url' | 'ms' | 'reason'> {
  readonly url: URL;
  readonly started: number;
  readonly reason?: string;
}

function report({ options }: Client, { url, started, reason, ...rest }: Reported): void {
  options.onEvent?.({ ...rest, url: url.href, reason: reason ?? null, ms: Math.round(performance.now() - started) });
}

/** Doubling from 200 ms with a random part, or what the server asks for. */
function pauseBefore(attempt: number, outcome: HttpResponse | Fault): number {
  const asked = outcome instanceof Fault ? Number.NaN : Number(outcome.headers['retry-after'] ?? Number.NaN);
  const own = 200 * 2 ** attempt * (0.5 + Math.random() / 2);
  return Number.isNaN(asked) ? own : Math.max(own, asked * 1000);
}

function webUrl(text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : null;
  if (!url) throw new Fault('bad-option', `'${text}' is not a URL`);
  if (url.protocol !== 'http:' && url.protocol !== 'https:') throw new Fault('refused', `${text}: neither http nor https`);
  if (url.username || url.password) throw new Fault('refused', `${url.host}: user and password do not belong into a URL`);
  url.hash = '';
  return url;
}

const REDIRECTS: ReadonlySet<number> = new Set([301, 302, 303, 307, 308]);
/** Statuses that may pass. */
const PASSING: ReadonlySet<number> = new Set([429, 502, 503, 504]);
const MAXIMUM_BYTES = 16 * 1024 * 1024;
