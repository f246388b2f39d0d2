/** SignedData, RFC 5652, 5.1: read from BER, with everything a signature may need kept as it stands. */
import { der, type Reader, TAG } from '../asn1/index.ts';
import { type Bytes, EMPTY } from '../base/bytes.ts';
import { exact } from '../base/options.ts';
import { attempt, type Parsed, unreadable } from '../base/parsed.ts';
import { type Source, sourceOf } from '../base/source.ts';
import { type AlgorithmIdentifier, readAlgorithmIdentifier } from './algorithm-identifier.ts';
import { contentOf, type SignedContent } from './content.ts';
import { openContentInfo, type Trailing } from './content-info.ts';
import { CONTENT, REVOCATION_INFO } from './oid.ts';
import { readSignerInfo, type SignerInfo } from './signer-info.ts';

/**
 * ```asn1
 * SignedData ::= SEQUENCE {
 *   version CMSVersion,
 *   digestAlgorithms DigestAlgorithmIdentifiers,
 *   encapContentInfo EncapsulatedContentInfo,
 *   certificates [0] IMPLICIT CertificateSet OPTIONAL,
 *   crls [1] IMPLICIT RevocationInfoChoices OPTIONAL,
 *   signerInfos SignerInfos }
 * ```
 */
export interface SignedData {
  /** The ContentInfo around it, without what follows; of a large one that was read from a source, without its content. */
  readonly bytes: Bytes;
  /** Octets after the ContentInfo, kept only where asked for. */
  readonly trailing: Bytes;
  readonly version: number;
  readonly digestAlgorithms: readonly AlgorithmIdentifier[];
  readonly contentType: string;
  /**
   * The octets that the message digest is computed over; null where the content is detached, or large and left in its source.
   * Of a content that is no OCTET STRING, as PKCS#7 v1.5 allowed, these are its contents octets without tag and length
   * (RFC 5652, 5.2.1).
   */
  readonly content: Bytes | null;
  /** The same octets to be digested, wherever they are; null where the content is detached. */
  readonly encapsulated: SignedContent | null;
  /** Public-key certificates as they stand. */
  readonly certificates: readonly Bytes[];
  /** Other CertificateChoices (attribute certificates and the like) as they stand. */
  readonly otherCertificates: readonly Bytes[];
  /** RevocationInfoChoices as they stand, each with what it is. */
  readonly revocationInfos: readonly RevocationInfo[];
  readonly signerInfos: readonly SignerInfo[];
  /** Encodings of the components that archive time-stamps and a re-encoding need. */
  readonly components: SignedDataComponents;
}

export interface RevocationInfo {
  /** `other`: a format that is not known. */
  readonly kind: 'crl' | 'ocsp' | 'other';
  /** The RevocationInfoChoice. */
  readonly bytes: Bytes;
  /** The CRL, or the OCSPResponse (a bare BasicOCSPResponse is put into one). */
  readonly value: Bytes;
}

/** Encodings as they stand; empty where an optional one is absent. */
export interface SignedDataComponents {
  readonly version: Bytes;
  readonly digestAlgorithms: Bytes;
  /** A source, for it may hold a large content. */
  readonly encapContentInfo: Source;
  readonly certificates: Bytes;
  readonly crls: Bytes;
}

export interface ParseOptions {
  /** `refuse` where left out. */
  readonly trailing?: Trailing;
}

/** Reads a ContentInfo that holds a SignedData, in BER or DER. Nothing is verified here. */
export function parseSignedData(bytes: Bytes, options: ParseOptions = {}): Parsed<SignedData> {
  exact('parseSignedData', options, ['trailing']);
  return attempt(() => {
    const { info, reader } = openContentInfo(bytes, options.trailing ?? 'refuse');
    if (info.contentType !== CONTENT.signedData) unreadable('ContentInfo', 0, `SignedData expected, ${info.contentType} found`);
    if (!reader) return unreadable('SignedData', 0, 'ContentInfo without content');
    const parts = readParts(reader.sequence('SignedData'));
    reader.finish();
    return { bytes: info.bytes, trailing: info.trailing, ...parts };
  });
}

function readParts(reader: Reader): Omit<SignedData, 'bytes' | 'trailing'> {
  const from = reader.at;
  const version = reader.integer();
  const afterVersion = reader.at;
  const algorithms = reader.element(TAG.SET, 'SET');
  const encapsulated = reader.element(TAG.SEQUENCE, 'EncapsulatedContentInfo');
  const certificates = reader.optional(0xa0);
  const crls = reader.optional(0xa1);
  const signerInfos = reader.set('SignerInfos').each(readSignerInfo);
  reader.finish();
  const inner = reader.enter(encapsulated, 'EncapsulatedContentInfo');
  const contentType = inner.oid();
  const content = readContent(inner);
  inner.finish();
  const choices = certificates ? reader.enter(certificates, 'CertificateSet').each(readRaw) : [];
  return {
    version,
    digestAlgorithms: reader.enter(algorithms, 'DigestAlgorithmIdentifiers').each(readAlgorithmIdentifier),
    contentType,
    content,
    encapsulated: content === null ? null : contentOf(content),
    certificates: choices.filter((choice) => choice[0] === TAG.SEQUENCE),
    otherCertificates: choices.filter((choice) => choice[0] !== TAG.SEQUENCE),
    revocationInfos: crls ? reader.enter(crls, 'RevocationInfoChoices').each(readRevocationInfo) : [],
    signerInfos,
    components: {
      version: reader.input.bytes.subarray(from, afterVersion),
      digestAlgorithms: reader.raw(algorithms),
      encapContentInfo: sourceOf(reader.raw(encapsulated)),
      certificates: certificates ? reader.raw(certificates) : EMPTY,
      crls: crls ? reader.raw(crls) : EMPTY,
    },
  };
}

const readRaw = (reader: Reader): Bytes => reader.raw(reader.any());

function readContent(reader: Reader): Bytes | null {
  const wrapper = reader.context(0);
  if (!wrapper || wrapper.done) return null;
  const element = wrapper.any();
  wrapper.finish();
  return (element.tag & ~0x20) === TAG.OCTET_STRING ? wrapper.stringContent(element) : wrapper.content(element);
}

/**
 * ```asn1
 * RevocationInfoChoice ::= CHOICE { crl CertificateList, other [1] IMPLICIT OtherRevocationInfoFormat }
 * OtherRevocationInfoFormat ::= SEQUENCE { otherRevInfoFormat OBJECT IDENTIFIER, otherRevInfo ANY }
 * ```
 */
function readRevocationInfo(reader: Reader): RevocationInfo {
  const element = reader.any();
  const bytes = reader.raw(element);
  if (element.tag === TAG.SEQUENCE) return { kind: 'crl', bytes, value: bytes };
  if (element.tag !== 0xa1) return { kind: 'other', bytes, value: bytes };
  const inner = reader.enter(element, 'OtherRevocationInfoFormat');
  const format = inner.oid();
  const value = inner.raw(inner.any());
  if (format === REVOCATION_INFO.ocspResponse) return { kind: 'ocsp', bytes, value };
  if (format === REVOCATION_INFO.basicOcspResponse) return { kind: 'ocsp', bytes, value: wrapBasicOcspResponse(value) };
  return { kind: 'other', bytes, value };
}

/** A successful OCSPResponse around a BasicOCSPResponse (RFC 6960, 4.2.1). */
export const wrapBasicOcspResponse = (basic: Bytes): Bytes =>
  der.sequence(
    der.integer(0, TAG.ENUMERATED),
    der.context(0, der.sequence(der.oid(REVOCATION_INFO.basicOcspResponse), der.octetString(basic))),
  );
