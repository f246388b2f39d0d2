/** Time-stamp authorities over HTTP (RFC 3161, 3.4): asked in turn, each answer checked before it counts. */
import { randomBytes } from 'node:crypto';
import type { Bytes } from '../base/bytes.ts';
import { Fault } from '../base/fault.ts';
import { exact } from '../base/options.ts';
import { plain } from '../crypto/digest.ts';
import type { DigestName } from '../crypto/names.ts';
import { checkTimestampResponse } from '../tsp/check-response.ts';
import { encodeTimestampRequest } from '../tsp/request.ts';
import type { TimestampAuthority } from '../tsp/timestamp-authority.ts';
import type { Credentials } from './exchange.ts';
import { HTTP_OPTIONS, type HttpClient, type HttpOptions, type HttpResponse, httpClient } from './http.ts';

/** One server, with what only it is told. */
export interface TimestampServer {
  readonly url: string;
  readonly auth?: Credentials;
  readonly headers?: Readonly<Record<string, string>>;
  /** OID of the policy asked for. */
  readonly policy?: string;
}

export interface HttpTimestampOptions extends Omit<HttpOptions, 'cache'> {
  /** Asked in this order until one answers well. */
  readonly urls: string | TimestampServer | readonly (string | TimestampServer)[];
  /** OID of the policy asked for, where a server has none of its own. */
  readonly policy?: string;
  /** Digests that the servers take, best first; default: any. */
  readonly digests?: readonly DigestName[];
  /** Certificates (DER) that may be an authority's, for tokens that hold none. */
  readonly certificates?: readonly Bytes[];
}

/**
 * The authority behind one or several URLs. `timeoutMs` (default 15,000) counts for each. Its `stamp` throws `Fault`
 * `timestamp-refused` with one line that says of each server why there is no time-stamp from it.
 *
 * A connection that breaks is tried again once (`retries`): a second token does no harm.
 */
export function httpTimestampAuthority(options: HttpTimestampOptions): TimestampAuthority {
  exact('httpTimestampAuthority', options, KNOWN);
  const { urls, policy, digests, certificates, ...http } = options;
  const listed = (Array.isArray(urls) ? urls : [urls]) as readonly (string | TimestampServer)[];
  const servers = listed.map((one) => (typeof one === 'string' ? { url: one } : one));
  if (servers.length === 0) throw new Fault('bad-option', 'httpTimestampAuthority: no URL given');
  for (const server of servers) {
    exact('httpTimestampAuthority.urls', server, ['url', 'auth', 'headers', 'policy']);
    if (!URL.canParse(server.url)) throw new Fault('bad-option', `httpTimestampAuthority: '${server.url}' is not a URL`);
  }
  const client = httpClient({ timeoutMs: 15_000, maximumBytes: MAXIMUM_RESPONSE, retries: 1, ...http });
  const asked = { policy, certificates: certificates ?? [], signal: http.signal };
  return { stamp: (imprint, digest) => stampInTurn(client, servers, asked, imprint, digest), ...(digests ? { digests } : {}) };
}

interface Asked {
  readonly policy: string | undefined;
  readonly certificates: readonly Bytes[];
  readonly signal: AbortSignal | undefined;
}

async function stampInTurn(
  client: HttpClient,
  servers: readonly TimestampServer[],
  asked: Asked,
  imprint: Bytes,
  digest: DigestName,
): Promise<Bytes> {
  const reasons: string[] = [];
  for (const server of servers) {
    const answer = await stampBy(client, server, asked, imprint, digest);
    if (answer.ok) return answer.token;
    reasons.push(answer.reason);
    if (asked.signal?.aborted) break;
  }
  throw new Fault('timestamp-refused', `no time-stamp: ${reasons.join('; ')}`);
}

type Stamped = { readonly ok: true; readonly token: Bytes } | { readonly ok: false; readonly reason: string };

async function stampBy(client: HttpClient, server: TimestampServer, asked: Asked, imprint: Bytes, digest: DigestName): Promise<Stamped> {
  const nonce = plain(randomBytes(NONCE_LENGTH));
  const policy = server.policy ?? asked.policy;
  const wanted = { imprint, digest, nonce, ...(policy === undefined ? {} : { policy }) };
  try {
    const response = await client.send({
      url: server.url,
      body: { type: 'application/timestamp-query', bytes: encodeTimestampRequest(wanted) },
      accept: 'application/timestamp-reply',
      repeatable: true,
      ...(server.auth ? { auth: server.auth } : {}),
      ...(server.headers ? { headers: server.headers } : {}),
    });
    const unusable = problemOf(response);
    const checked = unusable ? null : checkTimestampResponse({ ...wanted, response: response.body, certificates: asked.certificates });
    if (checked?.ok) return { ok: true, token: checked.token.bytes };
    const reason = unusable ?? checked?.reasons.join(', ') ?? '';
    client.reject(response, 'POST', reason);
    return { ok: false, reason: `${server.url}: ${oneLine(reason)}` };
  } catch (error) {
    if (!(error instanceof Fault) || error.code === 'bad-option') throw error;
    return { ok: false, reason: oneLine(error.message) };
  }
}

/** Why an answer is no answer of a time-stamp authority, or null. */
function problemOf({ status, headers }: HttpResponse): string | null {
  if (status === 401 || status === 403) return `access denied (status ${status}): user and password needed or wrong`;
  if (status === 407) return 'the proxy wants user and password (status 407)';
  if (status < 200 || status > 299) return `status ${status}`;
  const type = (headers['content-type'] ?? '').split(';')[0]?.trim().toLowerCase() ?? '';
  return type.startsWith('text/') ? `a page (${type}) instead of a time-stamp` : null;
}

/** Foreign text without line breaks and control characters, shortened. */
const oneLine = (text: string): string => text.replace(/[\p{Cc}\p{Zl}\p{Zp}]+/gu, ' ').slice(0, 500);

/** 64 bits, as much as every server takes. */
const NONCE_LENGTH = 8;
/** A token with its chain has 10 kB at most, 60 kB with hash-based signatures. */
const MAXIMUM_RESPONSE = 1024 * 1024;
const KNOWN = ['urls', 'policy', 'digests', 'certificates', ...HTTP_OPTIONS.filter((name) => name !== 'cache')];
