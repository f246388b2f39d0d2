/** RSASSA-PSS parameters (RFC 4055, 3.1; RFC 8017, A.2.3). */
import { der, type Reader } from '../asn1/index.ts';
import { contextConstructed } from '../asn1/tag.ts';
import type { Bytes } from '../base/bytes.ts';
import { unreadable } from '../base/parsed.ts';
import type { DigestName, PssParameters } from './names.ts';
import { DIGESTS, KEY_OIDS, MGF1_OID } from './table.ts';

/**
 * Reads the parameters with their defaults filled in; throws `Unreadable` for anything but MGF1, a known digest and trailer 1.
 * Explicit default values are read although DER leaves them out: they are common.
 *
 * ```asn1
 * RSASSA-PSS-params ::= SEQUENCE {
 *   hashAlgorithm    [0] HashAlgorithm    DEFAULT sha1Identifier,
 *   maskGenAlgorithm [1] MaskGenAlgorithm DEFAULT mgf1SHA1Identifier,
 *   saltLength       [2] INTEGER          DEFAULT 20,
 *   trailerField     [3] INTEGER          DEFAULT 1 }
 * ```
 */
export function readPssParameters(outer: Reader): { readonly digest: DigestName; readonly pss: PssParameters } {
  const reader = outer.sequence('RSASSA-PSS-params');
  const digest = explicit(reader, 0, readDigest) ?? 'SHA-1';
  const mgfDigest = explicit(reader, 1, readMask) ?? 'SHA-1';
  const saltLength = explicit(reader, 2, (salt) => salt.integer()) ?? 20;
  const trailer = explicit(reader, 3, (field) => field.integer()) ?? 1;
  reader.finish();
  if (saltLength < 0 || saltLength > LONGEST_SALT) unreadable('RSASSA-PSS-params', reader.start, 'saltLength out of range');
  if (trailer !== 1) unreadable('RSASSA-PSS-params', reader.start, 'trailerField other than 1');
  return { digest, pss: { mgfDigest, saltLength, trailer: 1 } };
}

/** AlgorithmIdentifier of RSASSA-PSS with every parameter explicit but the trailer. */
export function encodePss(digest: DigestName, { mgfDigest, saltLength }: PssParameters): Bytes {
  const parameters = der.sequence(
    der.context(0, encodeInnerDigest(digest)),
    der.context(1, der.sequence(der.oid(MGF1_OID), encodeInnerDigest(mgfDigest))),
    der.context(2, der.integer(saltLength)),
  );
  return der.sequence(der.oid(KEY_OIDS['RSASSA-PSS']), parameters);
}

/** AlgorithmIdentifier of a digest, parameters NULL or absent (RFC 4055, 2.1). */
function readDigest(outer: Reader): DigestName {
  const reader = outer.sequence('HashAlgorithm');
  const oid = reader.oid();
  if (!reader.done) reader.null();
  reader.finish();
  return DIGESTS.find((row) => row.oid === oid)?.name ?? unreadable('HashAlgorithm', reader.start, `unknown digest ${oid}`);
}

function readMask(outer: Reader): DigestName {
  const reader = outer.sequence('MaskGenAlgorithm');
  const oid = reader.oid();
  if (oid !== MGF1_OID) unreadable('MaskGenAlgorithm', reader.start, `unknown mask generation function ${oid}`);
  const digest = readDigest(reader);
  reader.finish();
  return digest;
}

function explicit<T>(reader: Reader, number: number, read: (inner: Reader) => T): T | null {
  const element = reader.optional(contextConstructed(number));
  if (element === null) return null;
  const inner = reader.enter(element);
  const value = read(inner);
  inner.finish();
  return value;
}

/** With NULL, as RFC 4055, 2.1 defines the identifiers. */
function encodeInnerDigest(name: DigestName): Bytes {
  const oid = DIGESTS.find((row) => row.name === name)?.oid ?? '';
  return der.sequence(der.oid(oid), der.NULL);
}

/** No modulus that the engine takes has room for more. */
const LONGEST_SALT = 2048;
