/** Digest and value of a signature, RFC 5652, 5.4 to 5.6; trust in the key is no question here. */
import { TAG } from '../asn1/index.ts';
import { decodeOid } from '../asn1/oid.ts';
import { type Bytes, equal } from '../base/bytes.ts';
import { attempt } from '../base/parsed.ts';
import { digestByOid, type SignatureAlgorithm, signatureAlgorithm } from '../crypto/algorithm.ts';
import type { AlgorithmUse, DigestName, ValueCheck } from '../crypto/names.ts';
import { algorithmUse, verifyValue } from '../crypto/verify.ts';
import { type Attribute, findAttribute, overValue } from './attribute.ts';
import type { SignedContent } from './content.ts';
import { ATTRIBUTE, CONTENT } from './oid.ts';
import type { SignerInfo } from './signer-info.ts';

/** What the signed attributes say of the content, compared with the content. */
export interface ContentCheck {
  readonly digestAlgorithm: DigestName | null;
  /** Whether there are signed attributes: without them the signature value itself is over the content. */
  readonly signedAttributes: boolean;
  /** Value of the message-digest attribute; null where it is absent, repeated or not one OCTET STRING. */
  readonly messageDigest: Bytes | null;
  /** Whether the content is at hand, under that digest. */
  readonly found: boolean;
  readonly intact: boolean;
  /** Value of the content-type attribute; null where it is absent, repeated or not one OBJECT IDENTIFIER. */
  readonly contentType: string | null;
  /** What RFC 5652 (5.3, 5.6, 11) and RFC 6211 forbid: the signature does not verify, whatever its value. */
  readonly violations: readonly string[];
  /** Departures that leave the signature's meaning clear. */
  readonly problems: readonly string[];
}

/**
 * Compares the content with the message-digest attribute. `contentType` is eContentType; null for a countersignature,
 * whose content is the signature value that it signs and which has no content-type attribute (RFC 5652, 11.4).
 */
export function checkContent(info: SignerInfo, contentType: string | null, content: SignedContent | null): ContentCheck {
  const digestAlgorithm = digestByOid(info.digestAlgorithm.oid);
  if (!info.signedAttributes) return withoutAttributes(digestAlgorithm, contentType, content);
  const violations: string[] = [];
  const { attributes, isDer } = info.signedAttributes;
  const messageDigest = one(attributes, ATTRIBUTE.messageDigest, 'message-digest', violations, readOctets);
  const stated = readContentType(attributes, contentType, violations);
  checkOccurrences(attributes, violations);
  for (const { type } of info.unsignedAttributes) {
    const name = SIGNED_ONLY.get(type);
    if (name !== undefined) violations.push(`the ${name} attribute must be a signed one`);
  }
  const protection = findAttribute(attributes, ATTRIBUTE.algorithmProtection)?.values[0];
  if (protection && !protects(info, protection)) violations.push('the algorithm protection attribute names other algorithms');
  const problems = isDer ? [] : ['signed attributes are not in DER'];
  const own = algorithmOf(info)?.digest ?? null;
  if (own !== null && digestAlgorithm !== null && own !== digestAlgorithm)
    problems.push(`digestAlgorithm (${digestAlgorithm}) and signatureAlgorithm (${own}) name different digests (RFC 8933, 3)`);
  const actual = digestAlgorithm && content ? content.digest(digestAlgorithm) : null;
  return {
    digestAlgorithm,
    signedAttributes: true,
    messageDigest,
    found: actual !== null,
    intact: actual !== null && messageDigest !== null && equal(actual, messageDigest),
    contentType: stated,
    violations,
    problems,
  };
}

/** The value itself is over the content then; RFC 5652, 5.3 allows that for id-data alone. */
function withoutAttributes(digestAlgorithm: DigestName | null, contentType: string | null, content: SignedContent | null): ContentCheck {
  const problems =
    contentType !== null && contentType !== CONTENT.data ? ['signed attributes must be present: the content is not id-data'] : [];
  const found = content !== null;
  return {
    digestAlgorithm,
    signedAttributes: false,
    messageDigest: null,
    found,
    intact: found,
    contentType: null,
    violations: [],
    problems,
  };
}

/** What a key gave for a signature value. */
export interface ValueResult {
  readonly value: ValueCheck;
  readonly algorithm: AlgorithmUse;
}

/** The algorithm of a SignerInfo; RSA and the like without a digest of their own take it from digestAlgorithm. Null where unknown. */
export const algorithmOf = (info: SignerInfo): SignatureAlgorithm | null =>
  signatureAlgorithm(info.signatureAlgorithm.oid, info.signatureAlgorithm.parameters, digestByOid(info.digestAlgorithm.oid));

/**
 * Checks the signature value with the key `spki` (DER SubjectPublicKeyInfo): over the DER of the signed attributes, or over
 * the content where there are none. `unsupported` also where the octets of that content are not at hand.
 */
export function checkValue(info: SignerInfo, spki: Bytes, content: SignedContent | null): ValueResult {
  const algorithm = algorithmOf(info);
  const use = algorithmUse(algorithm, spki, info.signatureAlgorithm.oid);
  const message = info.signedAttributes?.toBeSigned ?? content?.octets() ?? null;
  const value = algorithm && message ? verifyValue(algorithm, spki, message, info.signature) : 'unsupported';
  return { value, algorithm: use };
}

/** The result where no key was found. */
export const withoutKey = (info: SignerInfo): ValueResult => ({
  value: 'no-key',
  algorithm: algorithmUse(algorithmOf(info), null, info.signatureAlgorithm.oid),
});

function readContentType(attributes: readonly Attribute[], expected: string | null, violations: string[]): string | null {
  if (expected === null) {
    if (findAttribute(attributes, ATTRIBUTE.contentType)) violations.push('a countersignature must not have a content-type attribute');
    return null;
  }
  const stated = one(attributes, ATTRIBUTE.contentType, 'content-type', violations, readOid);
  if (stated !== null && stated !== expected) violations.push('the content-type attribute names another type than eContentType');
  return stated;
}

function one<T>(
  attributes: readonly Attribute[],
  type: string,
  name: string,
  violations: string[],
  read: (value: Bytes) => T | null,
): T | null {
  const found = attributes.filter((attribute) => attribute.type === type);
  if (found.length === 0) violations.push(`the ${name} attribute is missing`);
  if (found.length > 1) violations.push(`the ${name} attribute occurs more than once`);
  if (found.length !== 1) return null;
  const [value, ...more] = found[0]?.values ?? [];
  const result = value && more.length === 0 ? read(value) : null;
  if (result === null) violations.push(`the ${name} attribute has not exactly one value of its type`);
  return result;
}

function readOctets(value: Bytes): Bytes | null {
  if (value[0] === TAG.OCTET_STRING && value.length > 1 && value[1] === value.length - 2) return value.subarray(2);
  const result = attempt(() => {
    const reader = overValue(value, 'message-digest');
    const octets = reader.octetString();
    reader.finish();
    return octets;
  });
  return result.ok ? result.value : null;
}

function readOid(value: Bytes): string | null {
  if (value[0] !== TAG.OID || value[1] !== value.length - 2) return null;
  const result = attempt(() => decodeOid(value.subarray(2), 'content-type', 0));
  return result.ok ? result.value : null;
}

/** Attributes that occur once with one value (RFC 5652, 11.3; RFC 6211, 2), and one that is never signed (RFC 5652, 11.4). */
function checkOccurrences(attributes: readonly Attribute[], violations: string[]): void {
  const seen = new Set<string>();
  for (const { type, values } of attributes) {
    const name = ONCE.get(type);
    if (name !== undefined && (seen.has(type) || values.length !== 1)) violations.push(`the ${name} attribute has not exactly one value`);
    else if (type === ATTRIBUTE.signingTime && !TIMES.has(values[0]?.[0]))
      violations.push(`the ${name} attribute has not exactly one value of its type`);
    if (type === ATTRIBUTE.counterSignature) violations.push('a countersignature must be an unsigned attribute');
    seen.add(type);
  }
}

/**
 * ```asn1
 * CMSAlgorithmProtection ::= SEQUENCE {
 *   digestAlgorithm DigestAlgorithmIdentifier,
 *   signatureAlgorithm [1] SignatureAlgorithmIdentifier OPTIONAL,
 *   macAlgorithm [2] MessageAuthenticationCodeAlgorithm OPTIONAL }
 * ```
 */
function protects(info: SignerInfo, value: Bytes): boolean {
  const result = attempt(() => {
    const reader = overValue(value, 'CMSAlgorithmProtection').sequence();
    const digestIdentifier = reader.raw(reader.any());
    const signatureIdentifier = reader.raw(reader.element(0xa1, 'signatureAlgorithm')).slice();
    signatureIdentifier[0] = TAG.SEQUENCE;
    return (
      sameIdentifier(digestIdentifier, info.digestAlgorithm.bytes) && sameIdentifier(signatureIdentifier, info.signatureAlgorithm.bytes)
    );
  });
  return result.ok && result.value;
}

/** Identifiers with NULL parameters and without any are the same: of digests (RFC 5754, 2), and of RSA (RFC 4055, 5). */
function sameIdentifier(a: Bytes, b: Bytes): boolean {
  const bare = (identifier: Bytes): Bytes => {
    const length = identifier.length;
    const hasNull = length > 4 && identifier[length - 2] === TAG.NULL && identifier[length - 1] === 0 && identifier[3] === length - 6;
    return identifier.subarray(2, hasNull ? length - 2 : length);
  };
  return equal(bare(a), bare(b));
}

/** Never unsigned (RFC 5652, 11.1 to 11.3; RFC 6211, 2). */
const SIGNED_ONLY: ReadonlyMap<string, string> = new Map([
  [ATTRIBUTE.contentType, 'content-type'],
  [ATTRIBUTE.messageDigest, 'message-digest'],
  [ATTRIBUTE.signingTime, 'signing-time'],
  [ATTRIBUTE.algorithmProtection, 'algorithm protection'],
]);
const TIMES: ReadonlySet<number | undefined> = new Set([TAG.UTC_TIME, TAG.GENERALIZED_TIME]);
const ONCE: ReadonlyMap<string, string> = new Map([
  [ATTRIBUTE.signingTime, 'signing-time'],
  [ATTRIBUTE.algorithmProtection, 'algorithm protection'],
]);
