/** Issuing OCSP responses, and reading the requests they answer (RFC 6960, 4.1 and 4.2; RFC 9654 for the nonce). */
import { hash } from 'node:crypto';
import { der, Reader } from '../asn1/index.ts';
import type { Bytes } from '../base/bytes.ts';
import type { Instant } from '../base/instant.ts';
import { exact } from '../base/options.ts';
import { attempt, type Parsed, unreadable } from '../base/parsed.ts';
import type { DigestName } from '../crypto/names.ts';
import { encodeExtensions, type IssuedExtension, publicKeyBits, type RevocationReason, reasonNumber } from './extension.ts';
import { digestIdentifier, type IssuingKey, runtimeDigest } from './issuing-key.ts';
import { encodeName, type NameAttributes } from './name.ts';

/** `CertID ::= SEQUENCE { hashAlgorithm, issuerNameHash, issuerKeyHash, serialNumber }` as read. */
export interface RequestedCertificate {
  /** The DER as asked: an answer repeats it. */
  readonly certId: Bytes;
  readonly digestOid: string;
  readonly issuerNameHash: Bytes;
  readonly issuerKeyHash: Bytes;
  readonly serial: Bytes;
}

export interface OcspRequestRead {
  readonly requests: readonly RequestedCertificate[];
  /** Contents of the nonce extension's octet string, or null where there is none. */
  readonly nonce: Bytes | null;
}

/** Reads an OCSPRequest; a signature on it is passed over. */
export const parseOcspRequest = (bytes: Bytes): Parsed<OcspRequestRead> => attempt(() => readRequest(bytes));

/** DER CertID for a certificate known by its issuer and serial number. */
export function encodeCertId(
  issuer: Bytes | NameAttributes,
  issuerPublicKey: Bytes,
  serial: Bytes | number | bigint,
  digest: DigestName = 'SHA-1',
): Bytes {
  const { issuerNameHash, issuerKeyHash } = certIdHashes(encodeName(issuer), issuerPublicKey, digest);
  return der.sequence(digestIdentifier(digest), der.octetString(issuerNameHash), der.octetString(issuerKeyHash), der.integer(serial));
}

/** How a CertID names an issuer: digests of the DER name and of the key's bits (RFC 6960, 4.1.1). */
export function certIdHashes(
  issuerName: Bytes,
  issuerPublicKey: Bytes,
  digest: DigestName,
): Pick<RequestedCertificate, 'issuerNameHash' | 'issuerKeyHash'> {
  const name = runtimeDigest(digest);
  return { issuerNameHash: hash(name, issuerName, 'buffer'), issuerKeyHash: hash(name, publicKeyBits(issuerPublicKey), 'buffer') };
}

export type IssuedStatus = 'good' | 'unknown' | { readonly revokedAt: Instant; readonly reason?: RevocationReason };

export interface SingleResponseToIssue {
  /** DER CertID. */
  readonly certId: Bytes;
  readonly status: IssuedStatus;
  readonly thisUpdate: Instant;
  /** Null: newer information is available all the time (RFC 6960, 4.2.2.1). */
  readonly nextUpdate: Instant | null;
  readonly extensions?: readonly IssuedExtension[];
}

export interface OcspResponseToIssue {
  readonly key: IssuingKey;
  /** Default: the responder is named by the SHA-1 of its key. */
  readonly responderName?: Bytes | NameAttributes;
  /** Certificates sent along: that of a delegated responder; empty where the CA itself answers. */
  readonly certificates: readonly Bytes[];
  readonly producedAt: Instant;
  readonly responses: readonly SingleResponseToIssue[];
  /** As requested; null: none. */
  readonly nonce: Bytes | null;
  readonly extensions?: readonly IssuedExtension[];
}

/**
 * A successful response of type basic, in DER.
 *
 *     BasicOCSPResponse ::= SEQUENCE { tbsResponseData, signatureAlgorithm, signature BIT STRING, certs [0] SEQUENCE OF Certificate OPTIONAL }
 *
 * Throws `Fault` `bad-option`, `signer-refused`.
 */
export async function issueOcspResponse(response: OcspResponseToIssue): Promise<Bytes> {
  exact('issueOcspResponse', response, KNOWN);
  const { key, certificates, nonce } = response;
  const extensions = [...(nonce ? [nonceExtension(nonce)] : []), ...(response.extensions ?? [])];
  const data = der.sequence(
    responderId(response),
    der.generalizedTime(wholeSeconds(response.producedAt)),
    der.sequence(...response.responses.map(encodeSingle)),
    ...(extensions.length > 0 ? [der.context(1, encodeExtensions(extensions))] : []),
  );
  const certs = certificates.length > 0 ? [der.context(0, der.sequence(...certificates))] : [];
  const basic = der.sequence(data, key.algorithm, der.bitString(await key.sign(data)), ...certs);
  return der.sequence(der.integer(0, 0x0a), der.context(0, der.sequence(der.oid('1.3.6.1.5.5.7.48.1.1'), der.octetString(basic))));
}

export type OcspErrorStatus = keyof typeof ERRORS;

/** An answer that is an error: a status without response bytes, unsigned. */
export const issueOcspError = (status: OcspErrorStatus): Bytes => der.sequence(der.integer(ERRORS[status], 0x0a));

function responderId({ responderName, key }: OcspResponseToIssue): Bytes {
  if (responderName) return der.context(1, encodeName(responderName));
  return der.context(2, der.octetString(hash('sha1', publicKeyBits(key.publicKey), 'buffer')));
}

function encodeSingle({ certId, status, thisUpdate, nextUpdate, extensions = [] }: SingleResponseToIssue): Bytes {
  return der.sequence(
    certId,
    encodeStatus(status),
    der.generalizedTime(wholeSeconds(thisUpdate)),
    ...(nextUpdate === null ? [] : [der.context(0, der.generalizedTime(wholeSeconds(nextUpdate)))]),
    ...(extensions.length > 0 ? [der.context(1, encodeExtensions(extensions))] : []),
  );
}

function encodeStatus(status: IssuedStatus): Bytes {
  if (status === 'good') return der.implicit(0, new Uint8Array(0));
  if (status === 'unknown') return der.implicit(2, new Uint8Array(0));
  const { revokedAt, reason = 'unspecified' } = status;
  const why = reason === 'unspecified' ? [] : [der.context(0, der.integer(reasonNumber(reason), 0x0a))];
  return der.context(1, der.generalizedTime(wholeSeconds(revokedAt)), ...why);
}

const nonceExtension = (nonce: Bytes): IssuedExtension => ({ oid: NONCE, critical: false, value: der.octetString(nonce) });

/** Fractions of a second are not for these times (RFC 5280, 4.1.2.5.2). */
const wholeSeconds = (at: Instant): Instant => Math.floor(at / 1000) * 1000;

function readRequest(bytes: Bytes): OcspRequestRead {
  const input = Reader.over(bytes, 'OCSPRequest');
  const request = input.sequence();
  input.finish();
  const tbs = request.sequence('TBSRequest');
  tbs.context(0);
  tbs.context(1);
  const list = tbs.sequence();
  const requests: RequestedCertificate[] = [];
  while (!list.done) {
    if (requests.length >= MAXIMUM_REQUESTS) unreadable('OCSPRequest', list.at, `more than ${MAXIMUM_REQUESTS} requests`);
    requests.push(readCertId(list.sequence('Request')));
  }
  if (requests.length === 0) unreadable('OCSPRequest', 0, 'asks for nothing');
  const extensions = tbs.context(2)?.sequence('Extensions');
  let nonce: Bytes | null = null;
  while (extensions && !extensions.done) {
    const extension = extensions.sequence('Extension');
    const oid = extension.oid();
    if (extension.peek() === 0x01) extension.boolean();
    const value = extension.octetString();
    if (oid === NONCE) nonce = Reader.over(value, 'Nonce').octetString();
  }
  if (nonce && (nonce.length < 1 || nonce.length > MAXIMUM_NONCE))
    unreadable('OCSPRequest', 0, 'nonce shorter than 1 or longer than 128 octets');
  return { requests, nonce };
}

function readCertId(request: Reader): RequestedCertificate {
  const element = request.element(0x30, 'CertID');
  const certId = request.enter(element, 'CertID');
  const digestOid = certId.sequence('AlgorithmIdentifier').oid();
  const issuerNameHash = certId.octetString();
  const issuerKeyHash = certId.octetString();
  return { certId: request.raw(element), digestOid, issuerNameHash, issuerKeyHash, serial: certId.integerBytes() };
}

const ERRORS = { malformedRequest: 1, internalError: 2, tryLater: 3, sigRequired: 5, unauthorized: 6 } as const;
const NONCE = '1.3.6.1.5.5.7.48.1.2';
/** RFC 9654, 2.1. */
const MAXIMUM_NONCE = 128;
const MAXIMUM_REQUESTS = 100;
const KNOWN = ['key', 'responderName', 'certificates', 'producedAt', 'responses', 'nonce', 'extensions'];
