/** EnvelopedData: content that is encrypted for recipients, RFC 5652, 6. */
import { Reader, TAG } from '../asn1/index.ts';
import type { Bytes } from '../base/bytes.ts';
import { attempt, type Parsed, unreadable } from '../base/parsed.ts';
import { type AlgorithmIdentifier, readAlgorithmIdentifier } from './algorithm-identifier.ts';
import { parseContentInfo } from './content-info.ts';
import { readSignerIdentifier, type SignerIdentifier } from './signer-info.ts';

/**
 * ```asn1
 * EnvelopedData ::= SEQUENCE {
 *   version CMSVersion,
 *   originatorInfo [0] IMPLICIT OriginatorInfo OPTIONAL,
 *   recipientInfos RecipientInfos,
 *   encryptedContentInfo EncryptedContentInfo,
 *   unprotectedAttrs [1] IMPLICIT UnprotectedAttributes OPTIONAL }
 * EncryptedContentInfo ::= SEQUENCE {
 *   contentType ContentType,
 *   contentEncryptionAlgorithm ContentEncryptionAlgorithmIdentifier,
 *   encryptedContent [0] IMPLICIT EncryptedContent OPTIONAL }
 * ```
 */
export interface EnvelopedData {
  /** Those of a kind that is known, in their order. */
  readonly recipients: readonly RecipientInfo[];
  readonly contentType: string;
  readonly contentEncryption: AlgorithmIdentifier;
  /** Null where it is elsewhere. */
  readonly encryptedContent: Bytes | null;
}

/** How one recipient comes by the key of the content: it is encrypted for a key (6.2.1), or for one that both agree on (6.2.2). */
export type RecipientInfo = KeyTransport | KeyAgreement;

/**
 * ```asn1
 * KeyTransRecipientInfo ::= SEQUENCE {
 *   version CMSVersion,
 *   rid RecipientIdentifier,
 *   keyEncryptionAlgorithm KeyEncryptionAlgorithmIdentifier,
 *   encryptedKey EncryptedKey }
 * ```
 */
export interface KeyTransport {
  readonly kind: 'transport';
  readonly rid: SignerIdentifier;
  readonly algorithm: AlgorithmIdentifier;
  readonly encryptedKey: Bytes;
}

/**
 * One of the recipients of
 *
 * ```asn1
 * KeyAgreeRecipientInfo ::= SEQUENCE {
 *   version CMSVersion,
 *   originator [0] EXPLICIT OriginatorIdentifierOrKey,
 *   ukm [1] EXPLICIT UserKeyingMaterial OPTIONAL,
 *   keyEncryptionAlgorithm KeyEncryptionAlgorithmIdentifier,
 *   recipientEncryptedKeys SEQUENCE OF RecipientEncryptedKey }
 * RecipientEncryptedKey ::= SEQUENCE { rid KeyAgreeRecipientIdentifier, encryptedKey EncryptedKey }
 * ```
 */
export interface KeyAgreement {
  readonly kind: 'agreement';
  readonly rid: SignerIdentifier;
  /** Public key of the originator, as in a subjectPublicKey; null where a certificate is named instead. */
  readonly originatorKey: Bytes | null;
  readonly ukm: Bytes | null;
  readonly algorithm: AlgorithmIdentifier;
  readonly encryptedKey: Bytes;
}

/** Reads a ContentInfo with an EnvelopedData in it. */
export function parseEnvelopedData(bytes: Bytes): Parsed<EnvelopedData> {
  const info = parseContentInfo(bytes, 'keep');
  if (!info.ok) return info;
  const { contentType, content } = info.value;
  return attempt(() =>
    contentType !== ENVELOPED_DATA || content === null
      ? unreadable('ContentInfo', 0, `content of type ${contentType}, not EnvelopedData`)
      : readEnvelopedData(content),
  );
}

function readEnvelopedData(content: Bytes): EnvelopedData {
  const reader = Reader.over(content, 'EnvelopedData', 'BER').sequence();
  reader.integer();
  reader.optional(0xa0);
  const recipients: RecipientInfo[] = [];
  const infos = reader.enter(reader.element(TAG.SET, 'RecipientInfos'), 'RecipientInfos');
  for (let count = 0; !infos.done; count++) {
    if (count >= MOST_RECIPIENTS) unreadable('RecipientInfos', infos.at, `more than ${MOST_RECIPIENTS} recipients`);
    const tag = infos.peek();
    if (tag === TAG.SEQUENCE) recipients.push(readTransport(infos.sequence('KeyTransRecipientInfo')));
    else if (tag === 0xa1) recipients.push(...readAgreement(infos.enter(infos.any(), 'KeyAgreeRecipientInfo'), recipients.length));
    else infos.any();
  }
  const encrypted = reader.sequence('EncryptedContentInfo');
  const contentType = encrypted.oid();
  const contentEncryption = readAlgorithmIdentifier(encrypted);
  const octets = encrypted.done ? null : encrypted.any();
  if (octets !== null && octets.tag !== 0x80 && octets.tag !== 0xa0)
    unreadable('EncryptedContentInfo', octets.start, 'encryptedContent with another tag');
  const encryptedContent = octets === null ? null : encrypted.stringContent(octets);
  encrypted.finish();
  reader.optional(0xa1);
  reader.finish();
  return { recipients, contentType, contentEncryption, encryptedContent };
}

function readTransport(reader: Reader): KeyTransport {
  reader.integer();
  const rid = readSignerIdentifier(reader);
  const algorithm = readAlgorithmIdentifier(reader);
  const encryptedKey = reader.octetString();
  reader.finish();
  return { kind: 'transport', rid, algorithm, encryptedKey };
}

function readAgreement(reader: Reader, before: number): KeyAgreement[] {
  reader.integer();
  const originator = reader.context(0) ?? unreadable('KeyAgreeRecipientInfo', reader.at, 'originator missing');
  const originatorKey = originator.peek() === 0xa1 ? readOriginatorKey(originator.enter(originator.any(), 'OriginatorPublicKey')) : null;
  const ukm = reader.context(1)?.octetString() ?? null;
  const algorithm = readAlgorithmIdentifier(reader);
  const common = { kind: 'agreement', originatorKey, ukm, algorithm } as const;
  const keys = reader.sequence('RecipientEncryptedKeys');
  reader.finish();
  const found: KeyAgreement[] = [];
  while (!keys.done) {
    if (before + found.length >= MOST_RECIPIENTS) unreadable('RecipientInfos', keys.at, `more than ${MOST_RECIPIENTS} recipients`);
    const one = keys.sequence('RecipientEncryptedKey');
    const rid = one.peek() === 0xa0 ? readKeyIdentifier(one) : readSignerIdentifier(one);
    const encryptedKey = one.octetString();
    one.finish();
    found.push({ ...common, rid, encryptedKey });
  }
  return found;
}

/** `OriginatorPublicKey ::= SEQUENCE { algorithm AlgorithmIdentifier, publicKey BIT STRING }` */
function readOriginatorKey(reader: Reader): Bytes {
  readAlgorithmIdentifier(reader);
  const key = reader.bitString();
  reader.finish();
  return key.bytes;
}

/** `RecipientKeyIdentifier ::= SEQUENCE { subjectKeyIdentifier SubjectKeyIdentifier, date GeneralizedTime OPTIONAL, other OtherKeyAttribute OPTIONAL }` */
function readKeyIdentifier(reader: Reader): SignerIdentifier {
  const element = reader.any();
  const keyIdentifier = reader.enter(element, 'RecipientKeyIdentifier').octetString();
  return { form: 'key-identifier', bytes: reader.raw(element), keyIdentifier };
}

const ENVELOPED_DATA = '1.2.840.113549.1.7.3';
const MOST_RECIPIENTS = 1000;
