/** Issuing time-stamps: a TimeStampReq in, a TimeStampResp out (RFC 3161, 2.4; RFC 5816 for ESSCertIDv2). */
import { der } from '../asn1/index.ts';
import type { Bytes } from '../base/bytes.ts';
import { Fault } from '../base/fault.ts';
import type { Instant } from '../base/instant.ts';
import { exact } from '../base/options.ts';
import { encodeAttribute } from '../cms/attribute.ts';
import { encodeIssuerAndSerial, encodeSignedData, encodeSignerInfo } from '../cms/build.ts';
import { encodeSigningCertificate } from '../cms/ess.ts';
import { ATTRIBUTE, CONTENT } from '../cms/oid.ts';
import { encodeDigestAlgorithm } from '../crypto/algorithm.ts';
import { digest, digestLength } from '../crypto/digest.ts';
import type { DigestName } from '../crypto/names.ts';
import { type Certificate, parseCertificate } from '../pki/certificate.ts';
import { parseTimestampRequest, type TimestampRequest } from '../tsp/request.ts';
import { encodeTimestampResponse, type PkiFailure } from '../tsp/response.ts';
import { encodeTstInfo } from '../tsp/token.ts';
import { encodeExtension, type IssuedExtension } from './extension.ts';
import type { IssuingKey } from './issuing-key.ts';

/** Who stamps, and by which rules. */
export interface TimestampIssuer {
  readonly key: IssuingKey;
  /** DER certificate of the key, with extended key usage id-kp-timeStamping alone and critical. */
  readonly certificate: Bytes;
  /** Further certificates (DER) sent along where the requester wants certificates. */
  readonly issuers?: readonly Bytes[];
  /** OID of the policy of the tokens; a request for another one is rejected. */
  readonly policy: string;
  /** Milliseconds. */
  readonly accuracy?: number;
  /** True: of two tokens the one with the later time was made later, whatever the accuracy. */
  readonly ordering?: boolean;
  /** Extensions of every token. */
  readonly extensions?: readonly IssuedExtension[];
  /** Imprint digests taken; default SHA-256, SHA-384, SHA-512 and SHA3 of the same sizes. */
  readonly digests?: readonly DigestName[];
}

/** One answer: the request as it came, when, and the token's number. */
export interface TimestampToIssue {
  readonly issuer: TimestampIssuer;
  /** DER TimeStampReq as it came from outside. */
  readonly request: Bytes;
  readonly at: Instant;
  /** Unsigned number, never used before. */
  readonly serial: Bytes;
}

/** What differs between tokens. */
export interface TokenToIssue {
  readonly issuer: TimestampIssuer;
  readonly digest: DigestName;
  readonly imprint: Bytes;
  /** Contents octets of the INTEGER, or null. */
  readonly nonce: Bytes | null;
  readonly certificates: 'included' | 'left out';
  readonly at: Instant;
  readonly serial: Bytes;
}

/** DER TimeStampResp: granted with a token, or rejected with the reason. Throws `Fault` `bad-option`, `signer-refused`. */
export async function issueTimestamp(timestamp: TimestampToIssue): Promise<Bytes> {
  exact('issueTimestamp', timestamp, ['issuer', 'request', 'at', 'serial']);
  const { issuer, at, serial } = timestamp;
  const request = parseTimestampRequest(timestamp.request);
  if (!request.ok) return rejection('badDataFormat', 'the request cannot be read');
  const { imprint, nonce, certReq } = request.value;
  const refused = refusal(request.value, issuer);
  if (refused || !imprint.digest) return rejection(...(refused ?? UNKNOWN_DIGEST));
  const certificates = certReq ? 'included' : 'left out';
  const token = await issueTimestampToken({ issuer, digest: imprint.digest, imprint: imprint.hash, nonce, certificates, at, serial });
  return encodeTimestampResponse({ status: 'granted', token });
}

/** A time-stamp token: DER ContentInfo of a SignedData over a TSTInfo. Throws `Fault` `malformed-input` for the authority's certificate. */
export async function issueTimestampToken(token: TokenToIssue): Promise<Bytes> {
  const { issuer } = token;
  const { digest: name, algorithm, sign } = issuer.key;
  const certificate = certificateOf(issuer);
  const info = tstInfoOf(token);
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

type Refusal = readonly [failure: PkiFailure, text: string];

/** Why the authority does not stamp this, or null. */
function refusal({ imprint, policy, hasExtensions }: TimestampRequest, issuer: TimestampIssuer): Refusal | null {
  const { digest: name } = imprint;
  if (!name || !(issuer.digests ?? USUAL_DIGESTS).includes(name)) return UNKNOWN_DIGEST;
  if (imprint.hash.length !== digestLength(name)) return ['badDataFormat', 'the imprint does not have the length of its digest'];
  if (policy !== null && policy !== issuer.policy) return ['unacceptedPolicy', 'no time-stamps under this policy'];
  if (hasExtensions) return ['unacceptedExtension', 'no extension is known'];
  return null;
}

const rejection = (failure: PkiFailure, text: string): Bytes => encodeTimestampResponse({ status: 'rejection', failure, text });

function tstInfoOf({ issuer, digest: name, imprint, nonce, at, serial }: TokenToIssue): Bytes {
  const { policy, accuracy, ordering = false, extensions = [] } = issuer;
  return encodeTstInfo({
    policy,
    digest: name,
    imprint,
    serial,
    time: at,
    ordering,
    nonce,
    extensions: extensions.map(encodeExtension),
    ...(accuracy === undefined ? {} : { accuracy }),
  });
}

function certificateOf({ certificate }: TimestampIssuer): Certificate {
  const read = parseCertificate(certificate);
  if (!read.ok) throw new Fault('malformed-input', `certificate of the time-stamping authority: ${read.malformed.reason}`);
  return read.value;
}

const UNKNOWN_DIGEST: Refusal = ['badAlg', 'this digest algorithm is not taken'];
const USUAL_DIGESTS: readonly DigestName[] = ['SHA-256', 'SHA-384', 'SHA-512', 'SHA3-256', 'SHA3-384', 'SHA3-512'];
