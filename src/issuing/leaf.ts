/** Leaves of the throw-away PKI: an end-entity certificate with its key, in every form a caller may want. */
import type { KeyObject } from 'node:crypto';
import type { Bytes } from '../base/bytes.ts';
import type { Instant } from '../base/instant.ts';
import { exact } from '../base/options.ts';
import type { Signer } from '../crypto/signer.ts';
import { type Authority, certify, type PublishedAt, type Revocation, setRevocation } from './authority.ts';
import { basicConstraints, type IssuedExtension, keyUsage } from './extension.ts';
import { issuingKey, signerOf } from './issuing-key.ts';
import { generateKey, isPss, type KeyAlgorithm } from './key-pair.ts';
import type { NameAttributes } from './name.ts';
import { encodeCertificates, encodePem } from './pem.ts';
import { encodePkcs12 } from './pkcs12.ts';

export interface LeafOptions {
  readonly subject?: Bytes | NameAttributes;
  /** Default: a day before now. */
  readonly notBefore?: Instant;
  /** Default: a year from now. */
  readonly notAfter?: Instant;
  readonly revoked?: Partial<Revocation>;
  /** Default: the issuing CA. */
  readonly issuer?: 'issuing' | 'root';
  /** Each replaces the usual one of the same OID. */
  readonly extensions?: readonly IssuedExtension[];
  /** OIDs of usual extensions to leave out. */
  readonly leaveOut?: readonly string[];
  /** Default: where the issuer publishes; `{}`: the certificate names no places. */
  readonly publishedAt?: PublishedAt;
  /** Default: a fresh key. */
  readonly privateKey?: KeyObject;
}

export interface Leaf {
  readonly algorithm: KeyAlgorithm;
  /** DER. */
  readonly certificate: Bytes;
  /** DER: the leaf, then its issuers without the root. */
  readonly chain: readonly [leaf: Bytes, ...issuers: Bytes[]];
  readonly privateKey: KeyObject;
  /** PKCS#8, not encrypted. */
  readonly privateKeyPem: string;
  readonly certificatePem: string;
  readonly chainPem: string;
  readonly signer: Signer;
  /** A PKCS#12 key store with key and chain. */
  pkcs12(password: string): Bytes;
}

/** Makes a leaf; the PKI's own `leaf` is what callers use. */
export async function createLeaf(
  issuer: Authority,
  issuers: readonly Bytes[],
  algorithm: KeyAlgorithm,
  options: LeafOptions,
  now: Instant,
): Promise<Leaf> {
  exact('leaf', options, KNOWN);
  const privateKey = options.privateKey ?? (await generateKey(algorithm));
  const pss = isPss(algorithm);
  const usual = [basicConstraints(false), keyUsage('digitalSignature', 'nonRepudiation')];
  const given = options.extensions ?? [];
  const certificate = await certify(issuer, {
    name: options.subject ?? { O: 'adeskit throw-away PKI', CN: `Signer ${algorithm}` },
    publicKey: issuingKey(privateKey, { pss }).publicKey,
    notBefore: options.notBefore ?? now - DAY,
    notAfter: options.notAfter ?? now + 365 * DAY,
    extensions: [...usual.filter(({ oid }) => !given.some((other) => other.oid === oid)), ...given],
    ...(options.leaveOut ? { leaveOut: options.leaveOut } : {}),
    ...(options.publishedAt ? { publishedAt: options.publishedAt } : {}),
  });
  if (options.revoked) setRevocation(issuer, certificate, { at: now, reason: 'unspecified', ...options.revoked });
  const chain = [certificate, ...issuers] as const;
  const key = privateKey.export({ type: 'pkcs8', format: 'der' });
  return {
    algorithm,
    certificate,
    chain,
    privateKey,
    privateKeyPem: encodePem('PRIVATE KEY', key),
    certificatePem: encodePem('CERTIFICATE', certificate),
    chainPem: encodeCertificates(chain),
    signer: signerOf(privateKey, chain, { pss }),
    pkcs12: (password) => encodePkcs12({ key, certificates: chain, password, friendlyName: `Signer ${algorithm}` }),
  };
}

const DAY = 24 * 3_600_000;
const KNOWN = ['subject', 'notBefore', 'notAfter', 'revoked', 'issuer', 'extensions', 'leaveOut', 'publishedAt', 'privateKey'];
