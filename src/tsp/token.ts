/** Time-stamp token: a SignedData whose content is a TSTInfo, RFC 3161, 2.4.2. */
import { der, Reader, TAG } from '../asn1/index.ts';
import type { Bytes } from '../base/bytes.ts';
import type { Instant } from '../base/instant.ts';
import { attempt, type Parsed, unreadable } from '../base/parsed.ts';
import { toHex } from '../base/text.ts';
import type { Trailing } from '../cms/content-info.ts';
import { CONTENT } from '../cms/oid.ts';
import { parseSignedData, type SignedData } from '../cms/signed-data.ts';
import type { SignerInfo } from '../cms/signer-info.ts';
import type { DigestName } from '../crypto/names.ts';
import { type GeneralName, readGeneralName } from '../pki/general-name.ts';
import { encodeMessageImprint, type MessageImprint, readMessageImprint } from './request.ts';

export interface TimestampToken {
  /** The ContentInfo without what follows. */
  readonly bytes: Bytes;
  readonly signedData: SignedData;
  /** The one SignerInfo (RFC 3161, 2.4.2: no others shall be there). */
  readonly signerInfo: SignerInfo;
  readonly tstInfo: TstInfo;
}

/**
 * ```asn1
 * TSTInfo ::= SEQUENCE {
 *   version INTEGER { v1(1) },
 *   policy TSAPolicyId,
 *   messageImprint MessageImprint,
 *   serialNumber INTEGER,
 *   genTime GeneralizedTime,
 *   accuracy Accuracy OPTIONAL,
 *   ordering BOOLEAN DEFAULT FALSE,
 *   nonce INTEGER OPTIONAL,
 *   tsa [0] GeneralName OPTIONAL,
 *   extensions [1] IMPLICIT Extensions OPTIONAL }
 * ```
 */
export interface TstInfo {
  readonly bytes: Bytes;
  readonly policy: string;
  readonly imprint: MessageImprint;
  /** Hexadecimal contents octets of the INTEGER. */
  readonly serial: string;
  /** genTime. */
  readonly time: Instant;
  /** Milliseconds, rounded up; null where the token states none. */
  readonly accuracy: number | null;
  readonly ordering: boolean;
  /** Contents octets of the INTEGER; null where absent. */
  readonly nonce: Bytes | null;
  readonly tsa: GeneralName | null;
  readonly extensions: readonly string[];
  /** Critical extensions that are not processed: the token means something that is not known here. */
  readonly unknownCritical: readonly string[];
}

/** Reads a token. Nothing is verified. */
export const parseTimestampToken = (bytes: Bytes, trailing: Trailing = 'refuse'): Parsed<TimestampToken> =>
  attempt(() => {
    const signedData = parseSignedData(bytes, { trailing });
    if (!signedData.ok) return unreadable(signedData.malformed.what, signedData.malformed.at, signedData.malformed.reason);
    return tokenOf(signedData.value);
  });

/** The token that a SignedData is; throws `Unreadable`. */
function tokenOf(signedData: SignedData): TimestampToken {
  const { contentType, content, signerInfos } = signedData;
  if (contentType !== CONTENT.timestampInfo) unreadable('TimeStampToken', 0, `content is no TSTInfo: ${contentType}`);
  if (!content) return unreadable('TimeStampToken', 0, 'without content');
  const [signerInfo] = signerInfos;
  if (!signerInfo || signerInfos.length !== 1)
    return unreadable('TimeStampToken', 0, `${signerInfos.length} SignerInfos where one is expected`);
  return { bytes: signedData.bytes, signedData, signerInfo, tstInfo: readTstInfo(content) };
}

/** Whether a SignedData is meant as a time-stamp token. */
export const isTimestampToken = (signedData: SignedData): boolean => signedData.contentType === CONTENT.timestampInfo;

function readTstInfo(bytes: Bytes): TstInfo {
  // DER is required; authorities that pad a length are still read, the signature is over the octets either way.
  const outer = Reader.over(bytes, 'TSTInfo', 'BER');
  const reader = outer.sequence();
  outer.finish();
  const version = reader.integer();
  if (version !== 1) unreadable('TSTInfo', 0, `version ${version} is not known`);
  const policy = reader.oid();
  const imprint = readMessageImprint(reader);
  const serial = toHex(reader.integerBytes());
  const time = readTime(reader);
  const accuracy = reader.peek() === TAG.SEQUENCE ? readAccuracy(reader.sequence('Accuracy')) : null;
  const ordering = reader.peek() === TAG.BOOLEAN ? reader.boolean() : false;
  const nonce = reader.peek() === TAG.INTEGER ? reader.integerBytes() : null;
  const tsaReader = reader.context(0, 'tsa');
  const tsa = tsaReader ? readGeneralName(tsaReader) : null;
  const extensions = reader.context(1, 'Extensions');
  const read = extensions ? extensions.each((list) => readExtension(list.sequence('Extension'))) : [];
  reader.finish();
  const unknownCritical = read.filter(({ oid, critical }) => critical && oid !== QC_STATEMENTS).map(({ oid }) => oid);
  return { bytes, policy, imprint, serial, time, accuracy, ordering, nonce, tsa, extensions: read.map(({ oid }) => oid), unknownCritical };
}

function readTime(reader: Reader): Instant {
  if (reader.peek() !== TAG.GENERALIZED_TIME) unreadable('TSTInfo', reader.at, 'genTime is no GeneralizedTime');
  return reader.time();
}

/** `Extension ::= SEQUENCE { extnID OBJECT IDENTIFIER, critical BOOLEAN DEFAULT FALSE, extnValue OCTET STRING }` */
function readExtension(reader: Reader): { readonly oid: string; readonly critical: boolean } {
  const oid = reader.oid();
  const critical = reader.peek() === TAG.BOOLEAN && reader.boolean();
  reader.octetString();
  reader.finish();
  return { oid, critical };
}

/** `Accuracy ::= SEQUENCE { seconds INTEGER OPTIONAL, millis [0] INTEGER (1..999) OPTIONAL, micros [1] INTEGER (1..999) OPTIONAL }` */
function readAccuracy(reader: Reader): number {
  const seconds = reader.peek() === TAG.INTEGER ? reader.integer() : 0;
  const millis = reader.peek() === 0x80 ? reader.integer(0x80) : 0;
  const micros = reader.peek() === 0x81 ? reader.integer(0x81) : 0;
  reader.finish();
  // Less than nothing would make a time surer than it is.
  if (seconds < 0 || millis < 0 || micros < 0) unreadable('Accuracy', 0, 'a negative number');
  return seconds * 1000 + millis + Math.ceil(micros / 1000);
}

export interface TstInfoParts {
  /** OID. */
  readonly policy: string;
  readonly digest: DigestName;
  readonly imprint: Bytes;
  /** Unsigned number. */
  readonly serial: Bytes;
  readonly time: Instant;
  /** Milliseconds, to the microsecond. */
  readonly accuracy?: number;
  readonly ordering?: boolean;
  /** Contents octets of the request's nonce. */
  readonly nonce?: Bytes | null;
  /** DER GeneralName of the authority. */
  readonly tsa?: Bytes;
  /** DER Extension, each. */
  readonly extensions?: readonly Bytes[];
}

/** DER TSTInfo. */
export function encodeTstInfo(parts: TstInfoParts): Bytes {
  return der.sequence(
    der.integer(1),
    der.oid(parts.policy),
    encodeMessageImprint(parts.digest, parts.imprint),
    der.integer(parts.serial),
    der.generalizedTime(parts.time),
    ...(parts.accuracy === undefined ? [] : [encodeAccuracy(parts.accuracy)]),
    ...(parts.ordering ? [der.boolean(true)] : []),
    ...(parts.nonce ? [der.encode(TAG.INTEGER, parts.nonce)] : []),
    ...(parts.tsa ? [der.context(0, parts.tsa)] : []),
    ...(parts.extensions?.length ? [der.context(1, ...parts.extensions)] : []),
  );
}

function encodeAccuracy(milliseconds: number): Bytes {
  const all = Math.ceil(milliseconds * 1000);
  const [seconds, millis, micros] = [Math.floor(all / 1_000_000), Math.floor(all / 1000) % 1000, all % 1000];
  return der.sequence(
    ...(seconds > 0 ? [der.integer(seconds)] : []),
    ...(millis > 0 ? [der.integer(millis, 0x80)] : []),
    ...(micros > 0 ? [der.integer(micros, 0x81)] : []),
  );
}

/** Of a qualified time-stamp (EN 319 422, 9): tells of the authority, restricts nothing. */
const QC_STATEMENTS = '1.3.6.1.5.5.7.1.3';
