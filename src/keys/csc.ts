/** Keys at a remote signing service, by the API of the Cloud Signature Consortium (CSC API 1.0.4.0 and 2.x): a client whose credentials are Signers. */
import type { Bytes } from '../base/bytes.ts';
import { Fault } from '../base/fault.ts';
import { exact } from '../base/options.ts';
import { fromBase64, fromUtf8, toBase64, utf8 } from '../base/text.ts';
import {
  type DigestName,
  digest as digestOf,
  digestOid,
  ecdsaToDer,
  ecdsaToP1363,
  readPublicKey,
  type Signer,
  type SigningScheme,
} from '../crypto/index.ts';
import { type HttpClient, type HttpOptions, httpClient } from '../net/index.ts';
import { parseCertificate } from '../pki/certificate.ts';
import { schemeFor, signAlgoOf } from './csc-algorithms.ts';

export interface CscOptions {
  /** Where the service is: up to `/csc/v1` or `/csc/v2`, or without that and then `version` tells. */
  readonly url: string;
  /** Default 2, or what the URL says. */
  readonly version?: 1 | 2;
  /** The OAuth 2.0 bearer token (RFC 6750), or what gives the current one. */
  readonly token: string | (() => Promise<string> | string);
  readonly http?: HttpOptions;
}

/** Answer of `info`: what is always there; the rest as the service gives it. */
export interface CscInfo {
  readonly specs: string;
  readonly name: string;
  readonly methods: readonly string[];
  readonly answer: Readonly<Record<string, unknown>>;
}

export interface CscCredential {
  readonly id: string;
  /** DER: the signer's certificate first. */
  readonly chain: readonly [signer: Bytes, ...issuers: Bytes[]];
  /** OIDs of `key/algo`. */
  readonly algorithms: readonly string[];
  readonly enabled: boolean;
  /** `implicit`: nothing to give; `explicit`: a PIN or one-time password; `oauth2code`: authorised in the browser, which gives the SAD. */
  readonly authMode: string;
  /** 2: what is authorised are these digests and no others. */
  readonly scal: 1 | 2;
  /** Most signatures by one authorisation. */
  readonly multisign: number;
}

/** What authorises signatures. */
export interface CscAuthorization {
  readonly pin?: string;
  readonly otp?: string;
  /** Signature activation data obtained elsewhere (`oauth2code`): used as it is. */
  readonly sad?: string | ((digests: readonly Bytes[], digest: DigestName) => Promise<string>);
}

export interface CscSignerOptions extends CscAuthorization {
  readonly credential: string | CscCredential;
  readonly scheme?: 'RSASSA-PSS';
}

export interface CscSigner extends Signer {
  signDigest(digestValue: Bytes, digest: DigestName): Promise<Bytes>;
  /** Many digests by as few authorisations as the credential allows; the values in the same order. */
  signDigests(digestValues: readonly Bytes[], digest: DigestName): Promise<Bytes[]>;
}

export interface CscService {
  info(): Promise<CscInfo>;
  /** Identifiers of the credentials that the token may use. */
  credentials(): Promise<string[]>;
  credential(id: string): Promise<CscCredential>;
  /** Signatures asked for at the same time go in one request, as far as the credential allows. */
  signer(options: CscSignerOptions): Promise<CscSigner>;
  close(): void;
}

/** A service by its URL; nothing is asked yet. Its calls throw Fault `network`, `signer-refused`, `wrong-password` (PIN or one-time password). */
export function cscService(options: CscOptions): CscService {
  exact('cscService', options, ['url', 'version', 'token', 'http']);
  if (!URL.canParse(options.url)) throw new Fault('bad-option', `cscService: '${options.url}' is not a URL`);
  const { base, version } = baseOf(options);
  const http = httpClient({ retries: 0, ...options.http });
  const at: Connection = { http, base, version, token: options.token };
  return {
    info: async () => infoOf(await call(at, 'info', {}, false)),
    credentials: () => listed(at),
    credential: (id) => credentialOf(at, id),
    signer: (chosen) => signerOf(at, chosen),
    close: () => http.close(),
  };
}

interface Connection {
  readonly http: HttpClient;
  readonly base: string;
  readonly version: 1 | 2;
  readonly token: CscOptions['token'];
}

type Answer = Readonly<Record<string, unknown>>;

function baseOf({ url, version }: CscOptions): { readonly base: string; readonly version: 1 | 2 } {
  const trimmed = url.replace(/\/+$/, '');
  const [, told] = /\/csc\/v([12])$/.exec(trimmed) ?? [];
  const chosen = version ?? (told === '1' ? 1 : 2);
  if (told !== undefined && Number(told) !== chosen)
    throw new Fault('bad-option', `cscService: the URL is of version ${told}, not ${chosen}`);
  return { base: told === undefined ? `${trimmed}/csc/v${chosen}` : trimmed, version: chosen };
}

async function call({ http, base, token }: Connection, method: string, body: object, authorized = true): Promise<Answer> {
  const bearer = authorized ? (typeof token === 'function' ? await token() : token) : null;
  const response = await http.send({
    url: `${base}/${method}`,
    body: { type: 'application/json', bytes: utf8(JSON.stringify(body)) },
    accept: 'application/json',
    ...(bearer !== null && { headers: { authorization: `Bearer ${bearer}` } }),
  });
  const answer = objectIn(response.body);
  if (response.status === 200 && answer !== null) return answer;
  const [error, description] = [answer?.['error'], answer?.['error_description']];
  const said = [error, description].filter((one) => typeof one === 'string').join(': ');
  const pin =
    typeof error === 'string' && (error === 'invalid_pin' || error === 'invalid_otp' || /\b(PIN|OTP)\b/.test(String(description ?? '')));
  throw new Fault(
    pin ? 'wrong-password' : response.status === 200 || response.status >= 500 ? 'network' : 'signer-refused',
    `the signing service refused ${method}: ${said || `status ${response.status}${response.status === 200 ? ', not JSON' : ''}`}`,
  );
}

async function listed(at: Connection): Promise<string[]> {
  const ids: string[] = [];
  let page: string | null = null;
  for (let pages = 0; pages < MOST_PAGES; pages++) {
    const answer: Answer = await call(at, 'credentials/list', { maxResults: PAGE, ...(page !== null && { pageToken: page }) });
    ids.push(...texts(answer['credentialIDs']));
    const next = answer['nextPageToken'];
    if (typeof next !== 'string' || next === '' || next === page) return ids;
    page = next;
  }
  throw new Fault('limit-exceeded', `the signing service lists more than ${MOST_PAGES * PAGE} credentials`);
}

async function credentialOf(at: Connection, id: string): Promise<CscCredential> {
  const answer = await call(at, 'credentials/info', { credentialID: id, certificates: 'chain', certInfo: false, authInfo: true });
  const [key, cert, auth] = [part(answer, 'key'), part(answer, 'cert'), part(answer, 'auth')];
  const chain = texts(cert['certificates']).map((text) => fromBase64(text));
  if (chain.length === 0 || chain.some((one) => one === null || !parseCertificate(one).ok))
    throw new Fault('network', `the signing service gave no certificate of the credential ${id} that can be read`);
  const multisign = Number(answer['multisign'] ?? 1);
  const mode = auth['mode'] ?? answer['authMode'];
  return {
    id,
    chain: chain as [Bytes, ...Bytes[]],
    algorithms: texts(key['algo']),
    enabled: key['status'] !== 'disabled',
    authMode: typeof mode === 'string' ? mode : 'implicit',
    scal: String(answer['SCAL']) === '2' ? 2 : 1,
    multisign: Number.isInteger(multisign) && multisign > 0 ? Math.min(multisign, MOST_AT_ONCE) : 1,
  };
}

async function signerOf(at: Connection, options: CscSignerOptions): Promise<CscSigner> {
  exact('signer', options, ['credential', 'pin', 'otp', 'sad', 'scheme']);
  const credential = typeof options.credential === 'string' ? await credentialOf(at, options.credential) : options.credential;
  const { id, chain, algorithms, enabled, authMode } = credential;
  if (!enabled) throw new Fault('signer-refused', `the credential ${id} is disabled`);
  if (authMode === 'oauth2code' && options.sad === undefined)
    throw new Fault('bad-option', `the credential ${id} is authorised in a browser (oauth2code): give the SAD that comes of it`);
  const parsed = parseCertificate(chain[0]);
  const spki = parsed.ok ? parsed.value.spki : new Uint8Array();
  const publicKey = readPublicKey(spki);
  const scheme = schemeFor(spki, algorithms, options.scheme === 'RSASSA-PSS');
  if (scheme === null || typeof publicKey === 'string')
    throw new Fault('unsupported', `the key of the credential ${id} cannot sign digests here: RSA and EC keys can`);
  const size = Math.ceil(publicKey.bits / 8);
  const guarded = secretsSentOnce(options);
  const signDigests = async (values: readonly Bytes[], digest: DigestName): Promise<Bytes[]> => {
    const signed: Bytes[] = [];
    for (let from = 0; from < values.length; from += credential.multisign)
      signed.push(
        ...(await guarded(() => signBatch(at, credential, options, scheme, values.slice(from, from + credential.multisign), digest))),
      );
    return scheme === 'ECDSA' ? signed.map((value) => derValue(value, size)) : signed;
  };
  const signDigest = together(signDigests);
  return { chain, scheme, signDigests, signDigest, sign: (message, digest) => signDigest(digestOf(digest, message), digest) };
}

/**
 * A PIN or one-time password that was refused is never sent again, since services lock keys by the count; until it was accepted
 * once, requests go one by one.
 */
function secretsSentOnce({ pin, otp }: CscAuthorization): <T>(work: () => Promise<T>) => Promise<T> {
  let [accepted, refused] = [pin === undefined && otp === undefined, false];
  let last: Promise<unknown> = Promise.resolve();
  return (work) => {
    const guarded = async () => {
      if (refused)
        throw new Fault('wrong-password', 'the signing service refused this PIN or one-time password before: it is not sent again');
      try {
        const done = await work();
        accepted = true;
        return done;
      } catch (error) {
        if (error instanceof Fault && error.code === 'wrong-password') refused = true;
        throw error;
      }
    };
    if (accepted) return guarded();
    const next = last.then(guarded, guarded);
    last = next;
    return next;
  };
}

/** One authorisation and what it signs. */
async function signBatch(
  at: Connection,
  { id }: CscCredential,
  authorization: CscAuthorization,
  scheme: SigningScheme,
  values: readonly Bytes[],
  digest: DigestName,
): Promise<Bytes[]> {
  const hashes = values.map(toBase64);
  const hashAlgorithm = digestOid(digest);
  const SAD = await activation(at, id, authorization, values, hashes, digest);
  const { oid, parameters } = signAlgoOf(scheme, digest);
  const named = at.version === 1 ? { hash: hashes, hashAlgo: hashAlgorithm } : { hashes, hashAlgorithmOID: hashAlgorithm };
  const signAlgo = { signAlgo: oid, ...(parameters !== null && { signAlgoParams: toBase64(parameters) }) };
  const answer = await call(at, 'signatures/signHash', { credentialID: id, SAD, ...named, ...signAlgo });
  const signatures = texts(answer['signatures']).map((text) => fromBase64(text));
  if (signatures.length !== values.length || signatures.some((one) => one === null || one.length === 0))
    throw new Fault('network', `the signing service gave ${signatures.length} signatures for ${values.length} digests`);
  return signatures as Bytes[];
}

async function activation(
  at: Connection,
  credentialID: string,
  { pin, otp, sad }: CscAuthorization,
  values: readonly Bytes[],
  hashes: readonly string[],
  digest: DigestName,
): Promise<string> {
  if (sad !== undefined) return typeof sad === 'string' ? sad : sad(values, digest);
  const numSignatures = hashes.length;
  const secrets = [...(pin === undefined ? [] : [{ id: 'PIN', value: pin }]), ...(otp === undefined ? [] : [{ id: 'OTP', value: otp }])];
  const request =
    at.version === 1
      ? { credentialID, numSignatures, hash: hashes, ...(pin !== undefined && { PIN: pin }), ...(otp !== undefined && { OTP: otp }) }
      : { credentialID, numSignatures, hashes, hashAlgorithmOID: digestOid(digest), ...(secrets.length > 0 && { authData: secrets }) };
  const answer = await call(at, 'credentials/authorize', request);
  if (typeof answer['SAD'] !== 'string')
    throw new Fault('network', 'the signing service authorised without signature activation data (SAD)');
  return answer['SAD'];
}

/** Collects what is asked for in one turn of the event loop. */
function together(signDigests: (values: readonly Bytes[], digest: DigestName) => Promise<Bytes[]>): CscSigner['signDigest'] {
  interface Waiting {
    readonly value: Bytes;
    readonly resolve: (signature: Bytes) => void;
    readonly reject: (reason: unknown) => void;
  }
  const queues = new Map<DigestName, Waiting[]>();
  const flush = (digest: DigestName): void => {
    const waiting = queues.get(digest) ?? [];
    queues.delete(digest);
    signDigests(
      waiting.map(({ value }) => value),
      digest,
    ).then(
      (values) => {
        for (const [i, { resolve }] of waiting.entries()) resolve(values[i] as Bytes);
      },
      (reason: unknown) => {
        for (const { reject } of waiting) reject(reason);
      },
    );
  };
  return (value, digest) =>
    new Promise((resolve, reject) => {
      const queue = queues.get(digest);
      if (queue) return void queue.push({ value, resolve, reject });
      queues.set(digest, [{ value, resolve, reject }]);
      setImmediate(flush, digest);
    });
}

/** Services give ECDSA values as DER, some as r and s side by side. */
function derValue(value: Bytes, size: number): Bytes {
  if (ecdsaToP1363(value, size) !== null) return value;
  return (value.length === 2 * size ? ecdsaToDer(value) : null) ?? value;
}

const infoOf = (answer: Answer): CscInfo => ({
  specs: String(answer['specs'] ?? ''),
  name: String(answer['name'] ?? ''),
  methods: texts(answer['methods']),
  answer,
});

function objectIn(body: Bytes): Answer | null {
  try {
    const value: unknown = JSON.parse(fromUtf8(body) ?? '');
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Answer) : null;
  } catch {
    return null;
  }
}

const part = (answer: Answer, name: string): Answer => {
  const value = answer[name];
  return typeof value === 'object' && value !== null ? (value as Answer) : {};
};
const texts = (value: unknown): string[] => (Array.isArray(value) ? value.filter((one): one is string => typeof one === 'string') : []);

const PAGE = 100;
const MOST_PAGES = 100;
const MOST_AT_ONCE = 1000;
