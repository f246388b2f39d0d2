/** SignerInfo: one signature of a SignedData, RFC 5652, 5.3. */
import { toDer } from '../asn1/canonical.ts';
import { checkEncoding } from '../asn1/check.ts';
import { Reader, TAG } from '../asn1/index.ts';
import { type Bytes, EMPTY, equal } from '../base/bytes.ts';
import { attempt, type Parsed } from '../base/parsed.ts';
import { type AlgorithmIdentifier, readAlgorithmIdentifier } from './algorithm-identifier.ts';
import { type Attribute, readAttribute } from './attribute.ts';

/**
 * ```asn1
 * SignerInfo ::= SEQUENCE {
 *   version CMSVersion,
 *   sid SignerIdentifier,
 *   digestAlgorithm DigestAlgorithmIdentifier,
 *   signedAttrs [0] IMPLICIT SignedAttributes OPTIONAL,
 *   signatureAlgorithm SignatureAlgorithmIdentifier,
 *   signature SignatureValue,
 *   unsignedAttrs [1] IMPLICIT UnsignedAttributes OPTIONAL }
 * ```
 */
export interface SignerInfo {
  readonly bytes: Bytes;
  readonly version: number;
  readonly sid: SignerIdentifier;
  readonly digestAlgorithm: AlgorithmIdentifier;
  readonly signedAttributes: SignedAttributes | null;
  readonly signatureAlgorithm: AlgorithmIdentifier;
  readonly signature: Bytes;
  readonly unsignedAttributes: readonly Attribute[];
  /** Encodings of the components in order, each as it stands; `[1]` of the unsigned attributes last where present. */
  readonly components: readonly Bytes[];
}

/** `SignerIdentifier ::= CHOICE { issuerAndSerialNumber IssuerAndSerialNumber, subjectKeyIdentifier [0] OCTET STRING }` */
export type SignerIdentifier =
  | { readonly form: 'issuer-and-serial'; readonly bytes: Bytes; readonly issuer: Bytes; readonly serial: Bytes }
  | { readonly form: 'key-identifier'; readonly bytes: Bytes; readonly keyIdentifier: Bytes };

/** Signed attributes, and what their signature is computed over (RFC 5652, 5.4). */
export interface SignedAttributes {
  /** As they stand, tagged `[0]`. */
  readonly bytes: Bytes;
  /** DER of the SET OF: what the signature value must verify over. */
  readonly toBeSigned: Bytes;
  /** Whether they stand in DER already. */
  readonly isDer: boolean;
  readonly attributes: readonly Attribute[];
}

/** Reads one SignerInfo, such as the value of a countersignature attribute (RFC 5652, 11.4). */
export const parseSignerInfo = (bytes: Bytes): Parsed<SignerInfo> =>
  attempt(() => {
    const reader = Reader.over(bytes, 'SignerInfo', 'BER');
    const info = readSignerInfo(reader);
    reader.finish();
    return info;
  });

/** The next value of `reader`; throws `Unreadable`. */
export function readSignerInfo(reader: Reader): SignerInfo {
  const element = reader.element(TAG.SEQUENCE, 'SignerInfo');
  const inner = reader.enter(element, 'SignerInfo');
  const from = inner.at;
  const version = inner.integer();
  const afterVersion = inner.at;
  const sid = readSignerIdentifier(inner);
  const digestAlgorithm = readAlgorithmIdentifier(inner);
  const signedAttributes = readSignedAttributes(inner);
  const signatureAlgorithm = readAlgorithmIdentifier(inner);
  const signatureElement = inner.element(TAG.OCTET_STRING, 'OCTET STRING');
  const unsigned = inner.optional(0xa1);
  inner.finish();
  return {
    bytes: reader.raw(element),
    version,
    sid,
    digestAlgorithm,
    signedAttributes,
    signatureAlgorithm,
    signature: inner.stringContent(signatureElement),
    unsignedAttributes: unsigned ? inner.enter(unsigned, 'UnsignedAttributes').each(readAttribute) : [],
    components: [
      inner.input.bytes.subarray(from, afterVersion),
      sid.bytes,
      digestAlgorithm.bytes,
      signedAttributes?.bytes ?? EMPTY,
      signatureAlgorithm.bytes,
      inner.raw(signatureElement),
      unsigned ? inner.raw(unsigned) : EMPTY,
    ].filter((component) => component.length > 0),
  };
}

/** Also what names a recipient (RFC 5652, 6.2.1). */
export function readSignerIdentifier(reader: Reader): SignerIdentifier {
  const key = reader.optional(0x80);
  if (key) return { form: 'key-identifier', bytes: reader.raw(key), keyIdentifier: reader.stringContent(key) };
  const element = reader.element(TAG.SEQUENCE, 'IssuerAndSerialNumber');
  const inner = reader.enter(element, 'IssuerAndSerialNumber');
  const issuer = inner.raw(inner.element(TAG.SEQUENCE, 'Name'));
  const serial = inner.integerBytes();
  inner.finish();
  return { form: 'issuer-and-serial', bytes: reader.raw(element), issuer, serial };
}

function readSignedAttributes(reader: Reader): SignedAttributes | null {
  const element = reader.optional(0xa0);
  if (!element) return null;
  const bytes = reader.raw(element);
  const set = bytes.slice();
  set[0] = TAG.SET;
  const attributes = reader.enter(element, 'SignedAttributes').each(readAttribute);
  if (checkEncoding(set) === 'der') return { bytes, toBeSigned: set, isDer: true, attributes };
  const toBeSigned = toDer(set, 'SignedAttributes');
  return { bytes, toBeSigned, isDer: equal(set, toBeSigned), attributes };
}
