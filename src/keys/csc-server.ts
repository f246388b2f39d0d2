/** The other side of the Cloud Signature Consortium API (1.0.4.0 and 2.x): requests answered over Signers, a function that any web server can mount. */
import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { type Bytes, equal } from '../base/bytes.ts';
import { Fault } from '../base/fault.ts';
import type { Instant } from '../base/instant.ts';
import { exact } from '../base/options.ts';
import { fromBase64, fromUtf8, toBase64, utf8 } from '../base/text.ts';
import { digestLength, readPublicKey, type Signer } from '../crypto/index.ts';
import { parseCertificate } from '../pki/certificate.ts';
import { algorithmsOf, curveOid, signAlgoAsked } from './csc-algorithms.ts';

/** A key that is offered. */
export interface CscOffer {
  readonly signer: Signer;
  readonly description?: string;
  /** Asked for at each authorisation; absent: whoever may use the credential may sign (`implicit`). */
  readonly pin?: string;
  /** Most signatures by one authorisation; default 100. */
  readonly multisign?: number;
}

export interface CscServerOptions {
  readonly name: string;
  /** The credentials of whoever holds a bearer token, by identifier; null: the token is not good. */
  readonly authenticate: (bearer: string) => Promise<ReadonlyMap<string, CscOffer> | null> | ReadonlyMap<string, CscOffer> | null;
  readonly description?: string;
  /** ISO 3166-1 alpha-2. */
  readonly region?: string;
  readonly logo?: string;
  /** Milliseconds that an authorisation lives; default five minutes. */
  readonly lifetimeMs?: number;
  /** Wrong PINs in a row until a credential is locked for as long as the handler lives; default 5. */
  readonly pinAttempts?: number;
  readonly now?: () => Instant;
}

export interface CscRequest {
  readonly method: string;
  /** Path of the URL; what counts is from `/csc/` on. */
  readonly path: string;
  /** Value of the header Authorization. */
  readonly authorization?: string | undefined;
  readonly body: Bytes;
}

export interface CscResponse {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Bytes;
}

export type CscHandler = (request: CscRequest) => Promise<CscResponse>;

/**
 * A handler for the paths under `/csc/v1/` and `/csc/v2/`. It never throws. Authorisations are held in memory, bound to
 * credential, bearer token and, where they were given, digests; each serves once.
 */
export function cscHandler(options: CscServerOptions): CscHandler {
  exact('cscHandler', options, ['name', 'authenticate', 'description', 'region', 'logo', 'lifetimeMs', 'pinAttempts', 'now']);
  const state: State = { options, authorizations: new Map(), wrongPins: new Map(), now: options.now ?? Date.now };
  return async (request) => {
    try {
      return respond(200, await answered(state, request));
    } catch (error) {
      if (error instanceof Refusal) return respond(error.status, { error: error.error, error_description: error.message });
      if (error instanceof Fault)
        return respond(error.code === 'signer-refused' ? 400 : 500, { error: 'server_error', error_description: error.message });
      return respond(500, { error: 'server_error', error_description: 'internal error' });
    }
  };
}

/** The handler as a listener of node:http. Bodies beyond a megabyte are refused. */
export function cscListener(handler: CscHandler): (request: IncomingMessage, response: ServerResponse) => void {
  return (request, response) => {
    const pieces: Buffer[] = [];
    let length = 0;
    request.on('data', (piece: Buffer) => {
      length += piece.length;
      if (length <= LONGEST_BODY) pieces.push(piece);
    });
    request.on('error', () => response.destroy());
    request.on('end', () => {
      const { authorization } = request.headers;
      const asked = { method: request.method ?? '', path: (request.url ?? '').split('?')[0] ?? '', authorization };
      const body = length > LONGEST_BODY ? null : new Uint8Array(Buffer.concat(pieces));
      const answer =
        body === null
          ? Promise.resolve(respond(413, { error: 'invalid_request', error_description: 'the request is too long' }))
          : handler({ ...asked, body });
      answer.then((given) => response.writeHead(given.status, given.headers).end(given.body)).catch(() => response.destroy());
    });
  };
}

class Refusal extends Error {
  readonly status: number;
  readonly error: string;
  constructor(error: string, description: string, status = 400) {
    super(description);
    this.error = error;
    this.status = status;
  }
}

interface Authorization {
  readonly credential: string;
  readonly bearer: string;
  readonly until: Instant;
  /** Null: any. */
  readonly digests: readonly Bytes[] | null;
  readonly count: number;
}

interface State {
  readonly options: CscServerOptions;
  readonly authorizations: Map<string, Authorization>;
  readonly wrongPins: Map<string, number>;
  readonly now: () => Instant;
}

type Json = Readonly<Record<string, unknown>>;

interface Asked {
  readonly version: 1 | 2;
  readonly body: Json;
  /** Digest of the bearer token: nothing else of it is kept. */
  readonly bearer: string;
  readonly offers: ReadonlyMap<string, CscOffer>;
}

async function answered(state: State, request: CscRequest): Promise<Json> {
  const [, number, method] = /\/csc\/v([12])\/([A-Za-z/]+)$/.exec(request.path) ?? [];
  if (method === undefined) throw new Refusal('invalid_request', 'no such method', 404);
  if (request.method !== 'POST') throw new Refusal('invalid_request', 'methods are called by POST', 405);
  const version = number === '1' ? 1 : 2;
  const body = bodyOf(request.body);
  if (method === 'info') return info(state.options, version);
  const call = CALLS[method];
  if (call === undefined) throw new Refusal('invalid_request', `method ${method} is not offered`, 501);
  const [, token] = /^Bearer ([\x21-\x7e]{1,8192})$/i.exec(request.authorization ?? '') ?? [];
  const offers = token === undefined ? null : await state.options.authenticate(token);
  if (token === undefined || offers === null) throw new Refusal('invalid_token', 'the access token is missing or not good', 401);
  return call(state, { version, body, bearer: createHash('sha256').update(token).digest('hex'), offers });
}

const info = ({ name, description, region, logo }: CscServerOptions, version: 1 | 2): Json => ({
  specs: version === 1 ? '1.0.4.0' : '2.0.0.2',
  name,
  logo: logo ?? '',
  region: region ?? '',
  lang: 'en-US',
  description: description ?? name,
  authType: ['external'],
  methods: ['info', ...Object.keys(CALLS)],
  ...(version === 2 && { signAlgorithms: { algos: SIGN_ALGORITHMS }, signature_formats: {}, conformance_levels: [] }),
});

function list(_: State, { offers, body, version }: Asked): Json {
  const ids = [...offers.keys()].sort();
  const from = Number(typeof body['pageToken'] === 'string' ? body['pageToken'] : 0);
  const asked = Number(body['maxResults'] ?? MOST_LISTED);
  if (!Number.isInteger(from) || from < 0) throw new Refusal('invalid_request', 'Invalid parameter pageToken');
  if (!Number.isInteger(asked) || asked < 1) throw new Refusal('invalid_request', 'Invalid parameter maxResults');
  const page = ids.slice(from, from + Math.min(asked, MOST_LISTED));
  const rest = from + page.length < ids.length;
  const details = version === 2 && body['credentialInfo'] === true;
  return {
    credentialIDs: page,
    ...(details && { credentialInfos: page.map((id) => ({ credentialID: id, ...described(offers.get(id) as CscOffer, version, body) })) }),
    ...(rest && { nextPageToken: String(from + page.length) }),
  };
}

const credentialInfo = (_: State, asked: Asked): Json => described(offerOf(asked).offer, asked.version, asked.body);

function described({ signer, description, pin, multisign }: CscOffer, version: 1 | 2, body: Json): Json {
  const parsed = parseCertificate(signer.chain[0]);
  const key = parsed.ok ? readPublicKey(parsed.value.spki) : 'invalid';
  if (!parsed.ok || typeof key === 'string' || !signer.signDigest)
    throw new Refusal('server_error', 'the key of this credential signs no digests', 500);
  const { subject, issuer, notBefore, notAfter, spki } = parsed.value;
  const wanted = body['certificates'] ?? 'single';
  const certificates = wanted === 'none' ? [] : wanted === 'chain' ? signer.chain : signer.chain.slice(0, 1);
  const curve = key.kind === 'EC' ? curveOid(spki) : null;
  const mode = pin === undefined ? 'implicit' : 'explicit';
  const details = { issuerDN: issuer.text, subjectDN: subject.text, validFrom: generalized(notBefore), validTo: generalized(notAfter) };
  const asksPin = { presence: 'true', format: 'A', label: 'PIN', description: 'PIN of the key' };
  return {
    ...(description !== undefined && { description }),
    key: { status: 'enabled', algo: algorithmsOf(signer.scheme, key), len: key.bits, ...(curve !== null && { curve }) },
    cert: {
      status: 'valid',
      ...(certificates.length > 0 && { certificates: certificates.map(toBase64) }),
      ...(body['certInfo'] === true && details),
    },
    ...(version === 1
      ? { authMode: mode, ...(pin !== undefined && { PIN: asksPin }) }
      : {
          auth: {
            mode,
            ...(pin !== undefined && { expression: 'PIN', objects: [{ type: 'Password', id: 'PIN', format: 'A', label: 'PIN' }] }),
          },
        }),
    SCAL: '2',
    multisign: multisign ?? DEFAULT_MULTISIGN,
  };
}

function authorize(state: State, asked: Asked): Json {
  const { id, offer } = offerOf(asked);
  const { body, version, bearer } = asked;
  const count = Number(body['numSignatures']);
  const most = offer.multisign ?? DEFAULT_MULTISIGN;
  if (!Number.isInteger(count) || count < 1 || count > most)
    throw new Refusal('invalid_request', `Invalid parameter numSignatures: 1 to ${most}`);
  const given = version === 1 ? body['hash'] : body['hashes'];
  const digests = given === undefined ? null : digestsOf(given, version);
  if (digests !== null && digests.length !== count) throw new Refusal('invalid_request', 'Number of hashes and numSignatures differ');
  checkPin(state, id, offer, version === 1 ? body['PIN'] : secretIn(body['authData']));
  forget(state);
  const SAD = randomBytes(32).toString('base64url');
  const lifetime = state.options.lifetimeMs ?? LIFETIME;
  state.authorizations.set(SAD, { credential: id, bearer, until: state.now() + lifetime, digests, count });
  return { SAD, expiresIn: Math.floor(lifetime / 1000) };
}

async function signHash(state: State, asked: Asked): Promise<Json> {
  const { id, offer } = offerOf(asked);
  const { body, version, bearer } = asked;
  const { signer } = offer;
  const digests = digestsOf(version === 1 ? body['hash'] : body['hashes'], version);
  const [signAlgo, parameters] = [body['signAlgo'], body['signAlgoParams']];
  if (typeof signAlgo !== 'string') throw new Refusal('invalid_request', 'Missing (or invalid type) string parameter signAlgo');
  const named = version === 1 ? body['hashAlgo'] : body['hashAlgorithmOID'];
  const encoded = typeof parameters === 'string' ? fromBase64(parameters) : null;
  const algorithm = signAlgoAsked(signAlgo, encoded, typeof named === 'string' ? named : null);
  if (algorithm === null) throw new Refusal('invalid_request', 'Invalid parameter signAlgo, signAlgoParams or hash algorithm');
  if (algorithm.scheme !== signer.scheme || !signer.signDigest) throw new Refusal('invalid_request', `this key signs by ${signer.scheme}`);
  const { digest } = algorithm;
  if (digests.some((value) => value.length !== digestLength(digest))) throw new Refusal('invalid_request', 'Invalid digest value length');
  const authorization = typeof body['SAD'] === 'string' ? state.authorizations.get(body['SAD']) : undefined;
  const good =
    authorization !== undefined &&
    authorization.credential === id &&
    authorization.bearer === bearer &&
    authorization.until >= state.now() &&
    digests.length <= authorization.count;
  if (!good) throw new Refusal('invalid_request', 'Invalid parameter SAD');
  if (authorization.digests !== null && !digests.every((one) => authorization.digests?.some((other) => equal(one, other))))
    throw new Refusal('invalid_request', 'Hash is not authorized by the SAD');
  // It is used up before the key works, so that the same request at the same time finds nothing.
  state.authorizations.delete(String(body['SAD']));
  const signDigest = signer.signDigest.bind(signer);
  const signatures = await Promise.all(digests.map((value) => signDigest(value, digest)));
  return { signatures: signatures.map(toBase64) };
}

function offerOf({ body, offers }: Asked): { readonly id: string; readonly offer: CscOffer } {
  const id = body['credentialID'];
  if (typeof id !== 'string') throw new Refusal('invalid_request', 'Missing (or invalid type) string parameter credentialID');
  const offer = offers.get(id);
  if (offer === undefined) throw new Refusal('invalid_request', 'Invalid parameter credentialID');
  return { id, offer };
}

function digestsOf(given: unknown, version: 1 | 2): Bytes[] {
  const name = version === 1 ? 'hash' : 'hashes';
  const list = typeof given === 'string' ? [given] : given;
  if (!Array.isArray(list) || list.length === 0 || list.length > MOST_DIGESTS)
    throw new Refusal('invalid_request', `Missing (or invalid type) array parameter ${name}`);
  return list.map((one: unknown) => {
    // Version 1 allows URL-safe base64.
    const value = typeof one === 'string' ? fromBase64(one.replaceAll('-', '+').replaceAll('_', '/')) : null;
    if (value === null || value.length === 0) throw new Refusal('invalid_request', `Invalid Base64 ${name} string parameter`);
    return value;
  });
}

const secretIn = (authData: unknown): unknown =>
  Array.isArray(authData) ? (authData as readonly (Json | null)[]).find((one) => one?.['id'] === 'PIN')?.['value'] : undefined;

function checkPin({ wrongPins, options }: State, id: string, { pin, signer }: CscOffer, given: unknown): void {
  if (pin === undefined) return;
  // Identifiers may be the same for different holders of tokens; keys are not.
  const known = `${id}:${createHash('sha256').update(signer.chain[0]).digest('hex')}`;
  const wrong = wrongPins.get(known) ?? 0;
  if (wrong >= (options.pinAttempts ?? PIN_ATTEMPTS)) throw new Refusal('invalid_request', 'PIN locked');
  const digest = (text: string): Buffer => createHash('sha256').update(text).digest();
  if (typeof given === 'string' && timingSafeEqual(digest(given), digest(pin))) return void wrongPins.delete(known);
  wrongPins.set(known, wrong + 1);
  throw new Refusal('invalid_pin', 'PIN invalid');
}

/** Authorisations that are over; of too many that are not, the oldest. */
function forget({ authorizations, now }: State): void {
  const at = now();
  for (const [sad, { until }] of authorizations) {
    if (until >= at && authorizations.size < MOST_AUTHORIZATIONS) break;
    authorizations.delete(sad);
  }
}

function bodyOf(body: Bytes): Json {
  if (body.length === 0) return {};
  try {
    const value: unknown = JSON.parse(fromUtf8(body) ?? '');
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Json;
  } catch {
    // Said below.
  }
  throw new Refusal('invalid_request', 'the request is no JSON object');
}

const respond = (status: number, answer: Json): CscResponse => ({
  status,
  headers: {
    'content-type': 'application/json;charset=UTF-8',
    'cache-control': 'no-store',
    ...(status === 401 && { 'www-authenticate': 'Bearer' }),
  },
  body: utf8(JSON.stringify(answer)),
});

const generalized = (at: Instant): string =>
  new Date(at)
    .toISOString()
    .replace(/\.\d+Z$/, 'Z')
    .replaceAll(/[-:T]/g, '');

const CALLS: Readonly<Record<string, (state: State, asked: Asked) => Json | Promise<Json>>> = {
  'credentials/list': list,
  'credentials/info': credentialInfo,
  'credentials/authorize': authorize,
  'signatures/signHash': signHash,
};
const SIGN_ALGORITHMS = [
  '1.2.840.113549.1.1.11',
  '1.2.840.113549.1.1.10',
  '1.2.840.10045.4.3.2',
  '1.2.840.10045.4.3.3',
  '1.2.840.10045.4.3.4',
];
const MOST_LISTED = 100;
const DEFAULT_MULTISIGN = 100;
const MOST_DIGESTS = 1000;
const MOST_AUTHORIZATIONS = 10_000;
const LIFETIME = 300_000;
const PIN_ATTEMPTS = 5;
const LONGEST_BODY = 1 << 20;
