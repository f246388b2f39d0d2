/** Time-stamp request, RFC 3161, 2.4.1. */
import { der, Reader, TAG } from '../asn1/index.ts';
import type { Bytes } from '../base/bytes.ts';
import { exact } from '../base/options.ts';
import { attempt, type Parsed, unreadable } from '../base/parsed.ts';
import { readAlgorithmIdentifier } from '../cms/algorithm-identifier.ts';
import { digestByOid, encodeDigestAlgorithm } from '../crypto/algorithm.ts';
import type { DigestName } from '../crypto/names.ts';

/**
 * ```asn1
 * TimeStampReq ::= SEQUENCE {
 *   version INTEGER { v1(1) },
 *   messageImprint MessageImprint,
 *   reqPolicy TSAPolicyId OPTIONAL,
 *   nonce INTEGER OPTIONAL,
 *   certReq BOOLEAN DEFAULT FALSE,
 *   extensions [0] IMPLICIT Extensions OPTIONAL }
 * ```
 */
export interface TimestampRequest {
  readonly bytes: Bytes;
  readonly imprint: MessageImprint;
  /** OID; null where absent. */
  readonly policy: string | null;
  /** Contents octets of the INTEGER; null where absent. */
  readonly nonce: Bytes | null;
  readonly certReq: boolean;
  readonly hasExtensions: boolean;
}

/** `MessageImprint ::= SEQUENCE { hashAlgorithm AlgorithmIdentifier, hashedMessage OCTET STRING }` */
export interface MessageImprint {
  /** The encoding. */
  readonly bytes: Bytes;
  /** Null where the identifier is unknown. */
  readonly digest: DigestName | null;
  /** OID as written. */
  readonly digestOid: string;
  readonly hash: Bytes;
}

export interface TimestampRequestOptions {
  /** Digest of what is to be time-stamped. */
  readonly imprint: Bytes;
  readonly digest: DigestName;
  /** Unsigned number, random, not used before; left out: no nonce. */
  readonly nonce?: Bytes;
  /** Whether the token shall hold the certificate of the authority; true where left out. */
  readonly certReq?: boolean;
  /** OID of the policy asked for. */
  readonly policy?: string;
}

/** DER TimeStampReq. */
export function encodeTimestampRequest(options: TimestampRequestOptions): Bytes {
  exact('encodeTimestampRequest', options, ['imprint', 'digest', 'nonce', 'certReq', 'policy']);
  return der.sequence(
    der.integer(1),
    encodeMessageImprint(options.digest, options.imprint),
    ...(options.policy === undefined ? [] : [der.oid(options.policy)]),
    ...(options.nonce === undefined ? [] : [der.integer(options.nonce)]),
    ...(options.certReq === false ? [] : [der.boolean(true)]),
  );
}

/** Reads a request (DER). */
export const parseTimestampRequest = (bytes: Bytes): Parsed<TimestampRequest> =>
  attempt(() => {
    const outer = Reader.over(bytes, 'TimeStampReq', 'BER');
    const reader = outer.sequence();
    outer.finish();
    const version = reader.integer();
    if (version !== 1) unreadable('TimeStampReq', 0, `version ${version} is not known`);
    const imprint = readMessageImprint(reader);
    const policy = reader.peek() === TAG.OID ? reader.oid() : null;
    const nonce = reader.peek() === TAG.INTEGER ? reader.integerBytes() : null;
    const certReq = reader.peek() === TAG.BOOLEAN ? reader.boolean() : false;
    const extensions = reader.optional(0xa0);
    reader.finish();
    return { bytes, imprint, policy, nonce, certReq, hasExtensions: extensions !== null };
  });

/** DER MessageImprint. Hash algorithms carry no parameters (RFC 5754, 2). */
export const encodeMessageImprint = (digest: DigestName, hash: Bytes): Bytes =>
  der.sequence(encodeDigestAlgorithm(digest), der.octetString(hash));

/** The next value of `reader`; throws `Unreadable`. */
export function readMessageImprint(reader: Reader): MessageImprint {
  const element = reader.element(TAG.SEQUENCE, 'MessageImprint');
  const inner = reader.enter(element, 'MessageImprint');
  const { oid } = readAlgorithmIdentifier(inner);
  const hash = inner.octetString();
  inner.finish();
  return { bytes: reader.raw(element), digest: digestByOid(oid), digestOid: oid, hash };
}
