/** A throw-away PKI in memory: root, issuing CA, OCSP responders, time-stamping authority and leaves of many algorithms, for demos and tests. */
import { randomBytes } from 'node:crypto';
import type { Bytes } from '../base/bytes.ts';
import { Fault } from '../base/fault.ts';
import type { Instant } from '../base/instant.ts';
import { exact } from '../base/options.ts';
import { toHex } from '../base/text.ts';
import type { DigestName } from '../crypto/names.ts';
import type { RevocationReason } from '../pki/crl.ts';
import type { TimestampAuthority } from '../tsp/timestamp-authority.ts';
import {
  type Authority,
  certify,
  certifyResponder,
  createAuthority,
  hasIssued,
  type PublishedAt,
  type Revocation,
  setRevocation,
} from './authority.ts';
import { randomSerial } from './certificate.ts';
import { basicConstraints, extendedKeyUsage, keyUsage } from './extension.ts';
import { type IssuingKey, issuingKey } from './issuing-key.ts';
import { generateKey, isPss, type KeyAlgorithm } from './key-pair.ts';
import { createLeaf, type Leaf, type LeafOptions } from './leaf.ts';
import { issueTimestampToken, type TimestampIssuer } from './timestamp.ts';

export interface ThrowAwayPkiOptions {
  /** Algorithms of the keys; default P-256 for all, made in milliseconds. */
  readonly algorithms?: { readonly ca?: KeyAlgorithm; readonly ocsp?: KeyAlgorithm; readonly tsa?: KeyAlgorithm };
  /** A fixed time to live at; default: the clock goes on. */
  readonly at?: Instant;
  /** The clock; default that of the machine. Not together with `at`. */
  readonly clock?: () => Instant;
  /** Where it will be served, without a final slash; default: certificates name no places. */
  readonly baseUrl?: string;
}

/** An authority with its delegated OCSP responder. */
export interface ServedAuthority {
  readonly authority: Authority;
  readonly responder: { readonly key: IssuingKey; readonly certificate: Bytes };
}

export type AuthorityId = 'root' | 'issuing';

export interface ThrowAwayPki {
  /** DER: the trust anchor. */
  readonly root: Bytes;
  /** DER: the CA that issues the leaves. */
  readonly intermediate: Bytes;
  /** DER: the delegated OCSP responder of the issuing CA. */
  readonly ocspResponder: Bytes;
  /** DER: the time-stamping authority, certified by the root, so that it outlives a revoked issuing CA. */
  readonly tsa: Bytes;
  readonly baseUrl: string | null;
  readonly clock: () => Instant;
  readonly authorities: Readonly<Record<AuthorityId, ServedAuthority>>;
  readonly timestampIssuer: TimestampIssuer;
  /** Stamps without a network. */
  readonly timestampAuthority: TimestampAuthority;
  /** A fresh key and certificate. RSA keys take a moment. */
  leaf(algorithm?: KeyAlgorithm, options?: LeafOptions): Promise<Leaf>;
  /** Revokes a certificate issued here (a leaf's, the intermediate's, the TSA's): in the CRL and by OCSP from `at` on, default now. */
  revoke(
    certificate: Bytes | { readonly certificate: Bytes },
    options?: { readonly reason?: RevocationReason; readonly at?: Instant },
  ): void;
  /** Lifts a revocation, as after certificateHold. */
  release(certificate: Bytes | { readonly certificate: Bytes }): void;
}

/** Makes the PKI; nothing listens yet. Throws `Fault` `bad-option`, `unsupported`. */
export async function createThrowAwayPki(options: ThrowAwayPkiOptions = {}): Promise<ThrowAwayPki> {
  exact('createThrowAwayPki', options, ['algorithms', 'at', 'clock', 'baseUrl']);
  exact('createThrowAwayPki.algorithms', options.algorithms ?? {}, ['ca', 'ocsp', 'tsa']);
  const { baseUrl = null } = options;
  const clock = clockOf(options);
  const { ca = 'P-256', ocsp = 'P-256', tsa = 'P-256' } = options.algorithms ?? {};
  const era = { notBefore: clock() - 10 * YEAR, notAfter: clock() + 20 * YEAR };
  const tag = toHex(randomBytes(4));
  const newAuthority = async (id: AuthorityId, title: string, issuer: Authority | null): Promise<Authority> =>
    createAuthority({
      name: { O: ORGANIZATION, CN: `${title} ${tag}` },
      privateKey: await generateKey(ca),
      pss: isPss(ca),
      ...era,
      pathLength: issuer ? 0 : null,
      publishedAt: placesOf(baseUrl, id),
      issuer,
    });
  const root = await newAuthority('root', 'Throw-away Root CA', null);
  const issuing = await newAuthority('issuing', 'Throw-away Issuing CA', root);
  const authorities = {
    root: { authority: root, responder: await newResponder(root, ocsp, `Throw-away Root OCSP ${tag}`, era) },
    issuing: { authority: issuing, responder: await newResponder(issuing, ocsp, `Throw-away OCSP ${tag}`, era) },
  };
  const timestampIssuer = await newTimestampIssuer(root, tsa, `Throw-away TSA ${tag}`, era);
  return {
    root: root.certificate,
    intermediate: issuing.certificate,
    ocspResponder: authorities.issuing.responder.certificate,
    tsa: timestampIssuer.certificate,
    baseUrl,
    clock,
    authorities,
    timestampIssuer,
    timestampAuthority: { stamp: (imprint, digest) => stampHere(timestampIssuer, clock, imprint, digest) },
    leaf: (algorithm = 'P-256', leafOptions = {}) => {
      const issuer = leafOptions.issuer === 'root' ? root : issuing;
      return createLeaf(issuer, issuer === root ? [] : [issuing.certificate], algorithm, leafOptions, clock());
    },
    revoke: (certificate, { reason = 'unspecified', at = clock() } = {}) => setAnywhere([root, issuing], certificate, { reason, at }),
    release: (certificate) => setAnywhere([root, issuing], certificate, null),
  };
}

/** Path of what an authority publishes, below the base URL. */
export const placesOf = (baseUrl: string | null, id: AuthorityId): PublishedAt =>
  baseUrl === null ? {} : { caIssuers: `${baseUrl}/ca/${id}.cer`, crl: `${baseUrl}/crl/${id}.crl`, ocsp: `${baseUrl}/ocsp` };

type Era = Readonly<Record<'notBefore' | 'notAfter', Instant>>;

async function newResponder(authority: Authority, algorithm: KeyAlgorithm, name: string, era: Era): Promise<ServedAuthority['responder']> {
  const key = issuingKey(await generateKey(algorithm), { pss: isPss(algorithm) });
  const subject = { name: { O: ORGANIZATION, CN: name }, publicKey: key.publicKey, ...era };
  return { key, certificate: await certifyResponder(authority, subject) };
}

async function newTimestampIssuer(authority: Authority, algorithm: KeyAlgorithm, name: string, era: Era): Promise<TimestampIssuer> {
  const key = issuingKey(await generateKey(algorithm), { pss: isPss(algorithm) });
  const certificate = await certify(authority, {
    name: { O: ORGANIZATION, CN: name },
    publicKey: key.publicKey,
    ...era,
    extensions: [basicConstraints(false), keyUsage('digitalSignature'), extendedKeyUsage(['1.3.6.1.5.5.7.3.8'], true)],
  });
  return { key, certificate, policy: POLICY, accuracy: 1000 };
}

async function stampHere(issuer: TimestampIssuer, clock: () => Instant, imprint: Bytes, digest: DigestName): Promise<Bytes> {
  return issueTimestampToken({ issuer, digest, imprint, nonce: null, certificates: 'included', at: clock(), serial: randomSerial() });
}

function setAnywhere(
  authorities: readonly Authority[],
  certificate: Bytes | { readonly certificate: Bytes },
  revocation: Revocation | null,
): void {
  const bytes = certificate instanceof Uint8Array ? certificate : certificate.certificate;
  const issuer = authorities.find((authority) => hasIssued(authority, bytes));
  if (!issuer) throw new Fault('bad-option', 'this certificate was not issued by this PKI');
  setRevocation(issuer, bytes, revocation);
}

function clockOf({ at, clock }: ThrowAwayPkiOptions): () => Instant {
  if (at !== undefined && clock) throw new Fault('bad-option', 'createThrowAwayPki: give `at` or `clock`, not both');
  return at === undefined ? (clock ?? Date.now) : () => at;
}

const ORGANIZATION = 'adeskit throw-away PKI';
const YEAR = 365.25 * 24 * 3_600_000;
/** Under the enterprise number for examples (RFC 5612). */
const POLICY = '1.3.6.1.4.1.32473.1.1';
