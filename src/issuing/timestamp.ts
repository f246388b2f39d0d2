/** Issuing time-stamps: a TimeStampReq in, a TimeStampResp out (RFC 3161, 2.4; RFC 5816 for ESSCertIDv2; RFC 5652 for the envelope). */
import { der, Reader } from '../asn1/index.ts';
import type { Bytes } from '../base/bytes.ts';
import { Fault } from '../base/fault.ts';
import type { Instant } from '../base/instant.ts';
import { exact } from '../base/options.ts';
import { attempt, type Parsed, unreadable } from '../base/parsed.ts';
import { encodeAttribute } from '../cms/attribute.ts';
import { encodeIssuerAndSerial, encodeSignedData, encodeSignerInfo } from '../cms/build.ts';
import { encodeSigningCertificate } from '../cms/ess.ts';
import { ATTRIBUTE, CONTENT } from '../cms/oid.ts';
import { digestByOid, encodeDigestAlgorithm } from '../crypto/algorithm.ts';
import { digest, digestLength } from '../crypto/digest.ts';
import type { DigestName } from '../crypto/names.ts';
import { type Certificate, parseCertificate } from '../pki/certificate.ts';
import { namedBits } from './extension.ts';
import type { IssuingKey } from './issuing-key.ts';

/** Who stamps, and by which rules. */
export interface TimestampIssuer {
  readonly key: IssuingKey;
  /** DER certificate of the key, with extended key usage id-kp-timeStamping alone and critical. */
  readonly certificate: Bytes;
  /** Further certificates sent along where the requester wants certificates. */
  readonly issuers?: readonly Bytes[];
  /** Policy of the tokens; a request for another one is rejected. */
  readonly policy: string;
  readonly accuracy?: Accuracy;
  /** Imprint digests taken; default SHA-256, SHA-384, SHA-512 and SHA3 of the same sizes. */
  readonly digests?: readonly DigestName[];
}

/** `Accuracy ::= SEQUENCE { seconds OPTIONAL, millis [0] (1..999) OPTIONAL, micros [1] (1..999) OPTIONAL }` */
export interface Accuracy {
  readonly seconds?: number;
  readonly millis?: number;
  readonly micros?: number;
}

/** One answer: the request as it came, when, and the token's number. */
export interface TimestampToIssue {
  readonly issuer: TimestampIssuer;
  /** DER TimeStampReq as it came from outside. */
  readonly request: Bytes;
  readonly at: Instant;
  readonly serial: Bytes | number | bigint;
}

/** The parts of a `TSTInfo` that differ between tokens. */
export interface TokenToIssue {
  readonly issuer: TimestampIssuer;
  /** DER MessageImprint. */
  readonly messageImprint: Bytes;
  /** Contents octets of the INTEGER, or null. */
  readonly nonce: Bytes | null;
  readonly certificates: 'included' | 'left out';
  readonly at: Instant;
  readonly serial: Bytes | number | bigint;
}

/** A request as read: `TimeStampReq ::= SEQUENCE { version, messageImprint, reqPolicy OPTIONAL, nonce OPTIONAL, certReq DEFAULT FALSE, extensions [0] OPTIONAL }`. */
export interface TimestampRequestRead {
  readonly messageImprint: Bytes;
  readonly digestOid: string;
  readonly imprint: Bytes;
  readonly policy: string | null;
  readonly nonce: Bytes | null;
  readonly certReq: boolean;
  readonly hasExtensions: boolean;
}

/** DER TimeStampResp: granted with a token, or rejected with the reason. Throws `Fault` `bad-option`, `signer-refused`. */
export async function issueTimestamp(timestamp: TimestampToIssue): Promise<Bytes> {
  exact('issueTimestamp', timestamp, ['issuer', 'request', 'at', 'serial']);
  const { issuer, at, serial } = timestamp;
  const read = parseRequest(timestamp.request);
  if (!read.ok) return rejectTimestamp('badDataFormat', 'the request cannot be read');
  const { messageImprint, nonce, certReq } = read.value;
  const refused = refusal(read.value, issuer);
  if (refused) return rejectTimestamp(...refused);
  const certificates = certReq ? 'included' : 'left out';
  return grantTimestamp(await issueTimestampToken({ issuer, messageImprint, nonce, certificates, at, serial }));
}

/** DER TimeStampResp around a token. */
export const grantTimestamp = (token: Bytes): Bytes => der.sequence(der.sequence(der.integer(0)), token);

/** DER TimeStampResp of status rejection (2). */
export function rejectTimestamp(failure: TimestampFailure, text: string): Bytes {
  const failInfo = namedBits(1 << FAILURES[failure], 26);
  return der.sequence(der.sequence(der.integer(2), der.sequence(der.utf8String(text)), failInfo));
}

/** A time-stamp token: DER ContentInfo of a SignedData over a TSTInfo. Throws `Fault` `malformed-input` for the authority's certificate. */
export async function issueTimestampToken(token: TokenToIssue): Promise<Bytes> {
  const { issuer } = token;
  const { digest: name, algorithm, sign } = issuer.key;
  const certificate = certificateOf(issuer);
  const info = encodeTstInfo(token);
  const signedAttributes = der.setOf(
    encodeAttribute(ATTRIBUTE.contentType, der.oid(CONTENT.timestampInfo)),
    encodeAttribute(ATTRIBUTE.messageDigest, der.octetString(digest(name, info))),
    encodeSigningCertificate('SHA-256', certificate),
  );
  const digestAlgorithm = encodeDigestAlgorithm(name);
  const signerInfo = encodeSignerInfo({
    issuerAndSerial: encodeIssuerAndSerial(certificate.issuer.bytes, certificate.serial),
    digestAlgorithm,
    signedAttributes,
    signatureAlgorithm: algorithm,
    signature: await sign(signedAttributes),
  });
  return encodeSignedData({
    contentType: CONTENT.timestampInfo,
    content: info,
    digestAlgorithms: [digestAlgorithm],
    certificates: token.certificates === 'included' ? [issuer.certificate, ...(issuer.issuers ?? [])] : [],
    signerInfos: [signerInfo],
  });
}

function certificateOf({ certificate }: TimestampIssuer): Certificate {
  const read = parseCertificate(certificate);
  if (!read.ok) throw new Fault('malformed-input', `certificate of the time-stamping authority: ${read.malformed.reason}`);
  return read.value;
}

/** Reads a TimeStampReq. */
export const parseRequest = (bytes: Bytes): Parsed<TimestampRequestRead> => attempt(() => readRequest(bytes));

/** Why the authority does not stamp this, or null. */
function refusal(request: TimestampRequestRead, issuer: TimestampIssuer): readonly [TimestampFailure, string] | null {
  const name = digestByOid(request.digestOid);
  if (!name || !(issuer.digests ?? USUAL_DIGESTS).includes(name)) return ['badAlg', 'this digest algorithm is not taken'];
  if (request.imprint.length !== digestLength(name)) return ['badDataFormat', 'the imprint does not have the length of its digest'];
  if (request.policy !== null && request.policy !== issuer.policy) return ['unacceptedPolicy', 'no time-stamps under this policy'];
  if (request.hasExtensions) return ['unacceptedExtension', 'no extension is known'];
  return null;
}

function encodeTstInfo({ issuer, messageImprint, nonce, at, serial }: TokenToIssue): Bytes {
  return der.sequence(
    der.integer(1),
    der.oid(issuer.policy),
    messageImprint,
    der.integer(serial),
    der.generalizedTime(at),
    ...(issuer.accuracy ? [encodeAccuracy(issuer.accuracy)] : []),
    ...(nonce ? [der.encode(0x02, nonce)] : []),
  );
}

const encodeAccuracy = ({ seconds, millis, micros }: Accuracy): Bytes =>
  der.sequence(
    ...(seconds ? [der.integer(seconds)] : []),
    ...(millis ? [der.integer(millis, 0x80)] : []),
    ...(micros ? [der.integer(micros, 0x81)] : []),
  );

function readRequest(bytes: Bytes): TimestampRequestRead {
  const input = Reader.over(bytes, 'TimeStampReq');
  const request = input.sequence();
  input.finish();
  if (request.integer() !== 1) unreadable('TimeStampReq', 0, 'a version other than 1');
  const element = request.element(0x30, 'MessageImprint');
  const messageImprint = request.enter(element, 'MessageImprint');
  const digestOid = messageImprint.sequence('AlgorithmIdentifier').oid();
  const imprint = messageImprint.octetString();
  const policy = request.peek() === 0x06 ? request.oid() : null;
  const nonce = request.peek() === 0x02 ? request.integerBytes() : null;
  const certReq = request.peek() === 0x01 ? request.boolean() : false;
  const hasExtensions = request.context(0) !== null;
  request.finish();
  return { messageImprint: request.raw(element), digestOid, imprint, policy, nonce, certReq, hasExtensions };
}

export type TimestampFailure = keyof typeof FAILURES;

/** `PKIFailureInfo ::= BIT STRING` (RFC 3161, 2.4.2). */
const FAILURES = {
  badAlg: 0,
  badRequest: 2,
  badDataFormat: 5,
  timeNotAvailable: 14,
  unacceptedPolicy: 15,
  unacceptedExtension: 16,
  addInfoNotAvailable: 17,
  systemFailure: 25,
} as const;

const USUAL_DIGESTS: readonly DigestName[] = ['SHA-256', 'SHA-384', 'SHA-512', 'SHA3-256', 'SHA3-384', 'SHA3-512'];
