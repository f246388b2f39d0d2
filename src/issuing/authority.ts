/** A certification authority in memory: what it issued, what it revoked, and its CRL and OCSP answers (RFC 5280, RFC 6960). */
import type { KeyObject } from 'node:crypto';
import { type Bytes, equal } from '../base/bytes.ts';
import { Fault } from '../base/fault.ts';
import type { Instant } from '../base/instant.ts';
import { toHex } from '../base/text.ts';
import { type Certificate, parseCertificate } from '../pki/certificate.ts';
import type { RevocationReason } from '../pki/crl.ts';
import { type CertId, issuerDigests } from '../pki/ocsp.ts';
import { issueCertificate, randomSerial } from './certificate.ts';
import { issueCrl } from './crl.ts';
import {
  authorityInfoAccess,
  authorityKeyIdentifier,
  basicConstraints,
  crlDistributionPoints,
  extendedKeyUsage,
  type IssuedExtension,
  keyUsage,
  ocspNoCheck,
  subjectKeyIdentifier,
} from './extension.ts';
import { type IssuingKey, issuingKey } from './issuing-key.ts';
import { encodeName, type NameAttributes } from './name.ts';
import type { IssuedStatus } from './ocsp.ts';

export interface Revocation {
  readonly at: Instant;
  readonly reason: RevocationReason;
}

/** Where relying parties find what the authority publishes; absent entries are not written into certificates. */
export interface PublishedAt {
  readonly caIssuers?: string;
  readonly crl?: string;
  readonly ocsp?: string;
}

/** One authority. `issued` changes as it issues and revokes. */
export interface Authority {
  /** DER Name. */
  readonly name: Bytes;
  readonly key: IssuingKey;
  readonly certificate: Bytes;
  /** The certificate as read. */
  readonly read: Certificate;
  readonly publishedAt: PublishedAt;
  /** By serial number in hexadecimal; null: not revoked. */
  readonly issued: Map<string, Revocation | null>;
  /** Serial numbers by certificate, so that a certificate alone names its entry. */
  readonly serials: Map<string, string>;
}

/** What an authority is asked to certify. */
export interface Subject {
  readonly name: Bytes | NameAttributes;
  readonly publicKey: Bytes;
  readonly notBefore: Instant;
  readonly notAfter: Instant;
  /** Beside the key identifiers and the places where the issuer publishes; one of the same OID replaces those. */
  readonly extensions: readonly IssuedExtension[];
  readonly leaveOut?: readonly string[];
  /** Default: where the authority publishes. */
  readonly publishedAt?: PublishedAt;
}

export interface NewAuthority {
  readonly name: NameAttributes;
  readonly privateKey: KeyObject;
  readonly notBefore: Instant;
  readonly notAfter: Instant;
  readonly pathLength: number | null;
  readonly publishedAt: PublishedAt;
  /** Null: a root. */
  readonly issuer: Authority | null;
  readonly pss: boolean;
}

/** Makes an authority and its certificate. */
export async function createAuthority(options: NewAuthority): Promise<Authority> {
  const { issuer, publishedAt, notBefore, notAfter } = options;
  const key = issuingKey(options.privateKey, { pss: options.pss });
  const name = encodeName(options.name);
  const extensions = [basicConstraints(true, options.pathLength), keyUsage('keyCertSign', 'cRLSign')];
  const subject = { name, publicKey: key.publicKey, notBefore, notAfter, extensions };
  const certificate = issuer ? await certify(issuer, subject) : await selfSigned(key, subject);
  const read = parseCertificate(certificate);
  if (!read.ok) throw new Fault('malformed-input', `a CA of this name cannot be: ${read.malformed.reason}`);
  return { name, key, certificate, read: read.value, publishedAt, issued: new Map(), serials: new Map() };
}

/** Issues and registers a certificate. */
export async function certify(authority: Authority, subject: Subject): Promise<Bytes> {
  const serial = randomSerial();
  const { publicKey, notBefore, notAfter, leaveOut = [] } = subject;
  const { caIssuers, crl, ocsp } = subject.publishedAt ?? authority.publishedAt;
  const access = { ...(ocsp ? { ocsp: [ocsp] } : {}), ...(caIssuers ? { caIssuers: [caIssuers] } : {}) };
  const usual = [
    subjectKeyIdentifier(publicKey),
    authorityKeyIdentifier(authority.key.publicKey),
    ...(ocsp || caIssuers ? [authorityInfoAccess(access)] : []),
    ...(crl ? [crlDistributionPoints([crl])] : []),
  ];
  const given = new Set([...subject.extensions.map(({ oid }) => oid), ...leaveOut]);
  const certificate = await issueCertificate({
    subject: subject.name,
    issuer: authority.name,
    publicKey,
    serial,
    notBefore,
    notAfter,
    extensions: [...usual.filter(({ oid }) => !given.has(oid)), ...subject.extensions.filter(({ oid }) => !leaveOut.includes(oid))],
    key: authority.key,
  });
  authority.issued.set(toHex(serial), null);
  authority.serials.set(toHex(certificate), toHex(serial));
  return certificate;
}

/** A certificate for a delegated OCSP responder (RFC 6960, 4.2.2.2), which itself is not to be checked. */
export const certifyResponder = (authority: Authority, subject: Omit<Subject, 'extensions'>): Promise<Bytes> =>
  certify(authority, {
    ...subject,
    publishedAt: {},
    extensions: [basicConstraints(false), keyUsage('digitalSignature'), extendedKeyUsage(['1.3.6.1.5.5.7.3.9']), ocspNoCheck()],
  });

/** Sets or, by null, lifts the revocation of a certificate; throws `Fault` `bad-option` where the authority did not issue it. */
export function setRevocation(authority: Authority, certificate: Bytes, revocation: Revocation | null): void {
  const serial = authority.serials.get(toHex(certificate));
  if (serial === undefined) throw new Fault('bad-option', 'revoke: this certificate was not issued here');
  // Whole seconds, as CRLs and OCSP write them: what is published from this second on says so.
  authority.issued.set(serial, revocation && { ...revocation, at: Math.floor(revocation.at / 1000) * 1000 });
}

export const hasIssued = (authority: Authority, certificate: Bytes): boolean => authority.serials.has(toHex(certificate));

/** The authority's CRL with everything revoked up to `thisUpdate`. */
export function currentCrl(authority: Authority, thisUpdate: Instant, nextUpdate: Instant, key = authority.key): Promise<Bytes> {
  const revoked = [...authority.issued].flatMap(([serial, revocation]) => {
    if (!revocation || revocation.at > thisUpdate) return [];
    return [{ serial: BigInt(`0x${serial}`), at: revocation.at, reason: revocation.reason }];
  });
  // One number a millisecond: later CRLs have higher ones.
  return issueCrl({ issuer: authority.name, key, thisUpdate, nextUpdate, number: thisUpdate, revoked });
}

/** Whether a request for a certificate's status is for one of this authority. */
export function isAddressed(authority: Authority, certId: CertId): boolean {
  const hashes = certId.digest && issuerDigests(certId.digest, authority.read);
  return !!hashes && equal(hashes.name, certId.issuerNameHash) && equal(hashes.key, certId.issuerKeyHash);
}

/** Status of a certificate of this authority at an instant. */
export function statusOf(authority: Authority, serial: Bytes, at: Instant): IssuedStatus {
  const revocation = authority.issued.get(toHex(serial));
  if (revocation === undefined) return 'unknown';
  return revocation && revocation.at <= at ? { revokedAt: revocation.at, reason: revocation.reason } : 'good';
}

const selfSigned = (key: IssuingKey, { name, publicKey, notBefore, notAfter, extensions }: Subject): Promise<Bytes> =>
  issueCertificate({
    subject: name,
    issuer: 'self',
    publicKey,
    serial: randomSerial(),
    notBefore,
    notAfter,
    extensions: [subjectKeyIdentifier(publicKey), ...extensions],
    key,
  });
