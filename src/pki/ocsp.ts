/** OCSP responses (RFC 6960, 4.2; RFC 9654 for the nonce; CertHash of the Common PKI profile). */
import { Reader, TAG } from '../asn1/index.ts';
import { type Bytes, equal } from '../base/bytes.ts';
import type { Instant } from '../base/instant.ts';
import { attempt, type Parsed, parsed, unreadable } from '../base/parsed.ts';
import { toHex } from '../base/text.ts';
import { digestByOid, type SignatureAlgorithm } from '../crypto/algorithm.ts';
import { digest } from '../crypto/digest.ts';
import type { DigestName } from '../crypto/names.ts';
import type { Certificate } from './certificate.ts';
import { type RevocationReason, reasonOf } from './crl.ts';
import { Cursor } from './cursor.ts';
import { natural } from './extensions.ts';
import { readName } from './general-name.ts';
import { type Name, sameName } from './name.ts';
import { type AlgorithmIdentifier, type Extension, knownAlgorithm, readAlgorithm, readExtensions } from './signed.ts';

export type OcspStatus = 'successful' | 'malformedRequest' | 'internalError' | 'tryLater' | 'sigRequired' | 'unauthorized';

/** `OCSPResponse ::= SEQUENCE { responseStatus ENUMERATED, responseBytes [0] EXPLICIT ResponseBytes OPTIONAL }` */
export interface OcspResponse {
  /** As given: the whole response, or the bare BasicOCSPResponse that some containers hold. */
  readonly bytes: Bytes;
  readonly status: OcspStatus;
  /** Null exactly where the status is not `successful`. */
  readonly basic: BasicOcspResponse | null;
  /** SHA-256 of `bytes`, lower-case hexadecimal. */
  readonly fingerprint: string;
}

/**
 * ```
 * BasicOCSPResponse ::= SEQUENCE { tbsResponseData ResponseData, signatureAlgorithm AlgorithmIdentifier, signature BIT STRING,
 *   certs [0] EXPLICIT SEQUENCE OF Certificate OPTIONAL }
 * ResponseData ::= SEQUENCE { version [0] EXPLICIT Version DEFAULT v1, responderID ResponderID, producedAt GeneralizedTime,
 *   responses SEQUENCE OF SingleResponse, responseExtensions [1] EXPLICIT Extensions OPTIONAL }
 * ```
 */
export interface BasicOcspResponse {
  readonly bytes: Bytes;
  /** The signed octets. */
  readonly tbs: Bytes;
  readonly responder: ResponderId;
  readonly producedAt: Instant;
  readonly responses: readonly SingleResponse[];
  readonly extensions: readonly Extension[];
  readonly nonce: Bytes | null;
  readonly unknownCritical: readonly string[];
  readonly signatureAlgorithmOid: string;
  readonly signatureAlgorithm: SignatureAlgorithm | null;
  readonly signatureValue: Bytes;
  /** DER, not yet read. */
  readonly certificates: readonly Bytes[];
  readonly deviations: readonly string[];
}

/** `ResponderID ::= CHOICE { byName [1] Name, byKey [2] KeyHash }`; the key hash is SHA-1 of the subjectPublicKey. */
export type ResponderId = { readonly kind: 'name'; readonly name: Name } | { readonly kind: 'key'; readonly hash: Bytes };

/** `CertID ::= SEQUENCE { hashAlgorithm AlgorithmIdentifier, issuerNameHash OCTET STRING, issuerKeyHash OCTET STRING, serialNumber INTEGER }` */
export interface CertId {
  /** Contents octets: an answer repeats them as they were asked. */
  readonly contents: Bytes;
  readonly digestOid: string;
  readonly digest: DigestName | null;
  readonly issuerNameHash: Bytes;
  readonly issuerKeyHash: Bytes;
  readonly serial: Bytes;
}

/**
 * ```
 * SingleResponse ::= SEQUENCE { certID CertID, certStatus CertStatus, thisUpdate GeneralizedTime,
 *   nextUpdate [0] EXPLICIT GeneralizedTime OPTIONAL, singleExtensions [1] EXPLICIT Extensions OPTIONAL }
 * ```
 */
export interface SingleResponse {
  readonly certId: CertId;
  readonly status: 'good' | 'revoked' | 'unknown';
  /** Both null unless revoked. */
  readonly revocationDate: Instant | null;
  readonly reason: RevocationReason | null;
  readonly thisUpdate: Instant;
  readonly nextUpdate: Instant | null;
  /** The responder keeps the status of certificates that expired after this time (RFC 6960, 4.4.4). */
  readonly archiveCutoff: Instant | null;
  /** Digest of the certificate that the answer is about: positive knowledge of it. */
  readonly certHash: { readonly digest: DigestName | null; readonly hash: Bytes } | null;
  readonly extensions: readonly Extension[];
  readonly unknownCritical: readonly string[];
}

/** Reads an OCSPResponse, or a bare BasicOCSPResponse, that fills `der`. */
export function parseOcspResponse(der: Bytes): Parsed<OcspResponse> {
  const known = READ.get(der);
  if (known) return parsed(known);
  const result = attempt(() => readResponse(der.subarray()));
  if (result.ok) READ.set(result.value.bytes, result.value);
  return result;
}

function readResponse(der: Bytes): OcspResponse {
  const reader = Reader.over(der, 'OCSPResponse');
  const inner = reader.sequence();
  reader.finish();
  if (inner.peek() === TAG.SEQUENCE) return withFingerprint(der, 'successful', readBasic(der));
  const code = natural(inner, TAG.ENUMERATED);
  const status = STATUSES[code] ?? unreadable('OCSPResponse', 0, `unknown status ${code}`);
  const wrapper = inner.context(0);
  inner.finish();
  if (status !== 'successful') return withFingerprint(der, status, null);
  if (!wrapper) return unreadable('OCSPResponse', 0, 'successful without an answer');
  return withFingerprint(der, status, readResponseBytes(wrapper));
}

/** Whether the answer is about `certificate`, which a CA of this name and key issued. False where the digest is not available. */
export function isAbout(certId: CertId, certificate: Certificate, issuer: Certificate): boolean {
  if (certId.digest === null || !equal(certId.serial, certificate.serial)) return false;
  const hashes = issuerDigests(certId.digest, issuer);
  if (!hashes || !equal(certId.issuerKeyHash, hashes.key)) return false;
  if (equal(certId.issuerNameHash, hashes.name)) return true;
  // The same name may be written in another way in the certificate than at its issuer (RFC 5280, 7.1).
  if (equal(certificate.issuer.bytes, issuer.subject.bytes) || !sameName(certificate.issuer, issuer.subject)) return false;
  const asWritten = digestOrNull(certId.digest, certificate.issuer.bytes);
  return asWritten !== null && equal(certId.issuerNameHash, asWritten);
}

/** Answers about the certificate, in order. */
export const answersFor = (response: BasicOcspResponse, certificate: Certificate, issuer: Certificate): SingleResponse[] =>
  response.responses.filter(({ certId }) => isAbout(certId, certificate, issuer));

/** What a CertHash says of the certificate; `unsupported` where its digest is not available. */
export function certHashOf(single: SingleResponse, certificate: Certificate): 'absent' | 'match' | 'mismatch' | 'unsupported' {
  if (!single.certHash) return 'absent';
  const computed = single.certHash.digest && digestOrNull(single.certHash.digest, certificate.bytes);
  if (!computed) return 'unsupported';
  return equal(computed, single.certHash.hash) ? 'match' : 'mismatch';
}

/** Whether the responderID is of this certificate. */
export function isResponder(responder: ResponderId, certificate: Certificate): boolean {
  if (responder.kind === 'name') return sameName(responder.name, certificate.subject);
  const hashes = issuerDigests('SHA-1', certificate);
  return hashes !== null && equal(hashes.key, responder.hash);
}

/** Digests of a CA's name and key that CertIDs hold; null where the digest is not available. */
export function issuerDigests(name: DigestName, issuer: Certificate): { readonly name: Bytes; readonly key: Bytes } | null {
  let byDigest = ISSUER_DIGESTS.get(issuer);
  if (!byDigest) {
    byDigest = new Map();
    ISSUER_DIGESTS.set(issuer, byDigest);
  }
  const known = byDigest.get(name);
  if (known) return known;
  const nameHash = digestOrNull(name, issuer.subject.bytes);
  const keyHash = digestOrNull(name, keyBits(issuer.spki));
  if (!nameHash || !keyHash) return null;
  const hashes = { name: nameHash, key: keyHash };
  byDigest.set(name, hashes);
  return hashes;
}

/** Contents of the subjectPublicKey BIT STRING, without the count of unused bits. */
export function keyBits(spki: Bytes): Bytes {
  const cursor = new Cursor(spki, 'SubjectPublicKeyInfo');
  const end = cursor.next(spki.length).into();
  cursor.next(end);
  return cursor.next(end).contents().subarray(1);
}

function withFingerprint(bytes: Bytes, status: OcspStatus, basic: BasicOcspResponse | null): OcspResponse {
  let fingerprint: string | null = null;
  return {
    bytes,
    status,
    basic,
    get fingerprint() {
      fingerprint ??= toHex(digest('SHA-256', bytes));
      return fingerprint;
    },
  };
}

/** `ResponseBytes ::= SEQUENCE { responseType OBJECT IDENTIFIER, response OCTET STRING }` */
function readResponseBytes(wrapper: Reader): BasicOcspResponse {
  const reader = wrapper.sequence('ResponseBytes');
  wrapper.finish();
  const type = reader.oid();
  if (type !== BASIC) unreadable(reader.what, reader.start, `answer of type ${type}, not the basic one`);
  const response = reader.octetString();
  reader.finish();
  return readBasic(response);
}

function readBasic(der: Bytes): BasicOcspResponse {
  const deviations: string[] = [];
  const outer = Reader.over(der, 'BasicOCSPResponse');
  const reader = outer.sequence();
  outer.finish();
  const tbsElement = reader.element(TAG.SEQUENCE, 'ResponseData');
  const algorithm = algorithmOf(reader.raw(reader.element(TAG.SEQUENCE, 'AlgorithmIdentifier')));
  const { unused, bytes: signatureValue } = reader.bitString();
  if (unused !== 0) unreadable(reader.what, reader.at, 'signature that is no whole number of octets');
  const certificates = reader.context(0)?.sequence('certs');
  const certificateBytes = certificates ? certificates.each((list) => list.raw(list.element(TAG.SEQUENCE, 'Certificate'))) : [];
  reader.finish();
  return {
    bytes: der,
    tbs: reader.raw(tbsElement),
    ...readResponseData(reader.enter(tbsElement, 'ResponseData'), deviations),
    signatureAlgorithmOid: algorithm.oid,
    signatureAlgorithm: knownAlgorithm(algorithm),
    signatureValue,
    certificates: certificateBytes,
    deviations,
  };
}

type ResponseData = Pick<BasicOcspResponse, 'responder' | 'producedAt' | 'responses' | 'extensions' | 'nonce' | 'unknownCritical'>;

function readResponseData(reader: Reader, deviations: string[]): ResponseData {
  const version = reader.context(0);
  if (version && version.integer() !== 0) unreadable(reader.what, reader.start, 'unknown version');
  const responder = readResponder(reader);
  const producedAt = generalizedTime(reader);
  const responses = reader.sequence('responses').each((list) => readSingle(list.sequence('SingleResponse'), deviations));
  const extensions = optionalExtensions(reader, 1, deviations);
  reader.finish();
  const nonce = extensions.find(({ oid }) => oid === NONCE)?.value ?? null;
  return {
    responder,
    producedAt,
    responses,
    extensions,
    nonce: nonce && unwrapNonce(nonce),
    unknownCritical: extensions.filter(({ oid, critical }) => critical && !PROCESSED.has(oid)).map(({ oid }) => oid),
  };
}

function readResponder(reader: Reader): ResponderId {
  const byName = reader.context(1);
  if (byName) {
    const name = readName(byName);
    byName.finish();
    return { kind: 'name', name };
  }
  const byKey = reader.enter(reader.element(0xa2, 'ResponderID'));
  const hash = byKey.octetString();
  byKey.finish();
  return { kind: 'key', hash };
}

function readSingle(reader: Reader, deviations: string[]): SingleResponse {
  const certId = readCertId(reader.sequence('CertID'));
  const certStatus = readStatus(reader);
  const thisUpdate = generalizedTime(reader);
  const next = reader.context(0);
  const nextUpdate = next && generalizedTime(next);
  const extensions = optionalExtensions(reader, 1, deviations);
  reader.finish();
  return {
    certId,
    ...certStatus,
    thisUpdate,
    nextUpdate,
    archiveCutoff: optionalValue(extensions, ARCHIVE_CUTOFF, (value) => value.time(), deviations),
    certHash: optionalValue(extensions, CERT_HASH, readCertHash, deviations),
    extensions,
    unknownCritical: extensions.filter(({ oid, critical }) => critical && !PROCESSED.has(oid)).map(({ oid }) => oid),
  };
}

export function readCertId(reader: Reader): CertId {
  const algorithm = algorithmOf(reader.raw(reader.element(TAG.SEQUENCE, 'AlgorithmIdentifier')));
  const certId = {
    contents: reader.input.bytes.subarray(reader.start, reader.end),
    digestOid: algorithm.oid,
    digest: digestByOid(algorithm.oid),
    issuerNameHash: reader.octetString(),
    issuerKeyHash: reader.octetString(),
    serial: reader.integerBytes(),
  };
  reader.finish();
  return certId;
}

/** `CertStatus ::= CHOICE { good [0] NULL, revoked [1] RevokedInfo, unknown [2] UnknownInfo }` */
function readStatus(reader: Reader): Pick<SingleResponse, 'status' | 'revocationDate' | 'reason'> {
  const element = reader.any();
  if (element.tag === 0x80 && element.contentStart === element.contentEnd) return { status: 'good', revocationDate: null, reason: null };
  if (element.tag === 0x82 && element.contentStart === element.contentEnd) return { status: 'unknown', revocationDate: null, reason: null };
  if (element.tag !== 0xa1) return unreadable(reader.what, element.start, 'no CertStatus');
  const info = reader.enter(element, 'RevokedInfo');
  const revocationDate = generalizedTime(info);
  const code = info.context(0);
  const reason = code && reasonOf(natural(code, TAG.ENUMERATED));
  info.finish();
  return { status: 'revoked', revocationDate, reason };
}

function generalizedTime(reader: Reader): Instant {
  if (reader.peek() !== TAG.GENERALIZED_TIME) unreadable(reader.what, reader.at, 'GeneralizedTime expected');
  return reader.time();
}

function optionalExtensions(reader: Reader, tag: number, deviations: string[]): readonly Extension[] {
  const wrapper = reader.context(tag);
  if (!wrapper) return [];
  const encoding = wrapper.raw(wrapper.element(TAG.SEQUENCE, 'Extensions'));
  wrapper.finish();
  if (encoding.length === 2) {
    deviations.push('extensions without an extension');
    return [];
  }
  return extensionsOf(encoding, deviations);
}

/** Extensions that fill `encoding`. */
export function extensionsOf(encoding: Bytes, deviations: string[]): Extension[] {
  const cursor = new Cursor(encoding, 'Extensions');
  return readExtensions(cursor.next(encoding.length), deviations);
}

function optionalValue<T>(extensions: readonly Extension[], oid: string, read: (reader: Reader) => T, deviations: string[]): T | null {
  const extension = extensions.find((candidate) => candidate.oid === oid);
  if (!extension) return null;
  const value = attempt(() => {
    const reader = Reader.over(extension.value, `OCSP extension ${oid}`);
    const read1 = read(reader);
    reader.finish();
    return read1;
  });
  if (!value.ok) deviations.push(`extension ${oid} cannot be read`);
  return value.ok ? value.value : null;
}

/** `CertHash ::= SEQUENCE { hashAlgorithm AlgorithmIdentifier, certificateHash OCTET STRING }` */
function readCertHash(outer: Reader): { digest: DigestName | null; hash: Bytes } {
  const reader = outer.sequence();
  const algorithm = algorithmOf(reader.raw(reader.element(TAG.SEQUENCE, 'AlgorithmIdentifier')));
  const hash = reader.octetString();
  reader.finish();
  return { digest: digestByOid(algorithm.oid), hash };
}

/** `Nonce ::= OCTET STRING`; responders from before RFC 6960 put the octets there bare. */
export function unwrapNonce(value: Bytes): Bytes {
  const wrapped = attempt(() => {
    const reader = Reader.over(value, 'Nonce');
    const nonce = reader.octetString();
    reader.finish();
    return nonce;
  });
  return wrapped.ok ? wrapped.value : value;
}

function algorithmOf(encoding: Bytes): AlgorithmIdentifier {
  const cursor = new Cursor(encoding, 'AlgorithmIdentifier');
  return readAlgorithm(cursor, encoding.length);
}

/** Null where the runtime lacks the digest: a Fault there would be a report about us, not about the response. */
function digestOrNull(name: DigestName, bytes: Bytes): Bytes | null {
  try {
    return digest(name, bytes);
  } catch {
    return null;
  }
}

/** Name and key digests of issuers that were asked for before. */
const ISSUER_DIGESTS = new WeakMap<Certificate, Map<DigestName, { readonly name: Bytes; readonly key: Bytes }>>();

const STATUSES: readonly (OcspStatus | undefined)[] = [
  'successful',
  'malformedRequest',
  'internalError',
  'tryLater',
  undefined,
  'sigRequired',
  'unauthorized',
];
const BASIC = '1.3.6.1.5.5.7.48.1.1';
export const NONCE = '1.3.6.1.5.5.7.48.1.2';
const ARCHIVE_CUTOFF = '1.3.6.1.5.5.7.48.1.6';
const CERT_HASH = '1.3.36.8.3.13';
const EXTENDED_REVOKE = '1.3.6.1.5.5.7.48.1.9';
const PROCESSED: ReadonlySet<string> = new Set([NONCE, ARCHIVE_CUTOFF, CERT_HASH, EXTENDED_REVOKE]);
/** By `bytes`, a view that only the response hands out. */
const READ = new WeakMap<Bytes, OcspResponse>();
