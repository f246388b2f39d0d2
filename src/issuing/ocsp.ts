/** Issuing OCSP responses (RFC 6960, 4.2; RFC 9654 for the nonce). */
import { der, TAG } from '../asn1/index.ts';
import type { Bytes } from '../base/bytes.ts';
import type { Instant } from '../base/instant.ts';
import { exact } from '../base/options.ts';
import { digest } from '../crypto/digest.ts';
import type { RevocationReason } from '../pki/crl.ts';
import { keyBits, NONCE } from '../pki/ocsp.ts';
import { encodeExtensions, type IssuedExtension, reasonNumber } from './extension.ts';
import type { IssuingKey } from './issuing-key.ts';
import { encodeName, type NameAttributes } from './name.ts';

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
  return der.sequence(
    der.integer(0, TAG.ENUMERATED),
    der.context(0, der.sequence(der.oid('1.3.6.1.5.5.7.48.1.1'), der.octetString(basic))),
  );
}

export type OcspErrorStatus = keyof typeof ERRORS;

/** An answer that is an error: a status without response bytes, unsigned. */
export const issueOcspError = (status: OcspErrorStatus): Bytes => der.sequence(der.integer(ERRORS[status], TAG.ENUMERATED));

function responderId({ responderName, key }: OcspResponseToIssue): Bytes {
  if (responderName) return der.context(1, encodeName(responderName));
  return der.context(2, der.octetString(digest('SHA-1', keyBits(key.publicKey))));
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
  const why = reason === 'unspecified' ? [] : [der.context(0, der.integer(reasonNumber(reason), TAG.ENUMERATED))];
  return der.context(1, der.generalizedTime(wholeSeconds(revokedAt)), ...why);
}

const nonceExtension = (nonce: Bytes): IssuedExtension => ({ oid: NONCE, critical: false, value: der.octetString(nonce) });

/** Fractions of a second are not for these times (RFC 5280, 4.1.2.5.2). */
const wholeSeconds = (at: Instant): Instant => Math.floor(at / 1000) * 1000;

const ERRORS = { malformedRequest: 1, internalError: 2, tryLater: 3, sigRequired: 5, unauthorized: 6 } as const;
const KNOWN = ['key', 'responderName', 'certificates', 'producedAt', 'responses', 'nonce', 'extensions'];
