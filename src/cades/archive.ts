/** What CAdES archive time-stamps are computed over: version 1 (RFC 3126), version 2 (TS 101 733, 6.4.1), version 3 with its hash index (EN 319 122-1, 5.5). */
import { der, type Reader, TAG } from '../asn1/index.ts';
import type { Bytes } from '../base/bytes.ts';
import { concat } from '../base/bytes.ts';
import { attempt, orNull } from '../base/parsed.ts';
import { toHex } from '../base/text.ts';
import { readAlgorithmIdentifier } from '../cms/algorithm-identifier.ts';
import { type Attribute, overValue } from '../cms/attribute.ts';
import { digestOrNull, type SignedContent } from '../cms/content.ts';
import { ATTRIBUTE } from '../cms/oid.ts';
import type { SignedData } from '../cms/signed-data.ts';
import type { SignerInfo } from '../cms/signer-info.ts';
import { digestByOid, encodeDigestAlgorithm } from '../crypto/algorithm.ts';
import { canDigest, createDigest, digest, pieces } from '../crypto/digest.ts';
import type { DigestName } from '../crypto/names.ts';

/**
 * Digests that an archive time-stamp of version 1 may state, `attributes` being the unsigned attributes at its time: over the
 * content, the signed attributes, the signature value and attributes of certain types in a certain order, without the header
 * of each. Writers differ in whether the signed attributes keep theirs, so there are two. Null where the content is not at hand.
 */
export function archiveV1Digests(
  name: DigestName,
  info: SignerInfo,
  attributes: readonly Attribute[],
  content: SignedContent | null,
): readonly Bytes[] | null {
  if (!canDigest(name) || (content?.octets() ?? null) === null) return null;
  const unsigned = IN_VERSION_1.flatMap((type) =>
    attributes
      .filter((attribute) => attribute.type === type)
      .flatMap((attribute) => [der.oid(type), der.encode(TAG.SET, ...attribute.values)]),
  );
  const signed = info.signedAttributes;
  const forms = signed === null ? [[]] : [signed.attributes.map(({ bytes }) => bytes), [signed.toBeSigned]];
  return forms.map((form) => {
    const state = createDigest(name);
    for (const part of content?.octets() ?? []) state.update(part);
    for (const part of [...form, info.signature, ...unsigned]) state.update(part);
    return state.finish();
  });
}

/**
 * Digests that an archive time-stamp of version 2 may state, `attributes` being the unsigned attributes at its time; null
 * where the content is detached and not at hand, or the digest is not available. The standard's text was read in two ways,
 * with and without tag and length of the unsigned attributes, so there are two.
 */
export function archiveV2Digests(
  name: DigestName,
  signedData: SignedData,
  info: SignerInfo,
  attributes: readonly Attribute[],
  content: SignedContent | null,
): readonly Bytes[] | null {
  const { encapContentInfo, certificates, crls } = signedData.components;
  const detached = (): Iterable<Bytes> | null => (signedData.encapsulated === null ? (content?.octets() ?? null) : []);
  if (!canDigest(name) || detached() === null) return null;
  const unsigned = attributes.map(({ bytes }) => bytes);
  const forms = unsigned.length === 0 ? [[]] : [[der.encode(0xa1, ...unsigned)], unsigned];
  return forms.map((form) => {
    const state = createDigest(name);
    for (const part of pieces(encapContentInfo)) state.update(part);
    for (const part of detached() ?? []) state.update(part);
    for (const part of [certificates, crls, ...signedComponents(info), ...form]) state.update(part);
    return state.finish();
  });
}

/**
 * ```asn1
 * ATSHashIndexV3 ::= SEQUENCE {
 *   hashIndAlgorithm AlgorithmIdentifier,
 *   certificatesHashIndex SEQUENCE OF OCTET STRING,
 *   crlsHashIndex SEQUENCE OF OCTET STRING,
 *   unsignedAttrValuesHashIndex SEQUENCE OF OCTET STRING }
 * ```
 * In the first version the algorithm may be left out (SHA-256), and attributes are hashed whole.
 */
export interface HashIndex {
  readonly version: 1 | 2 | 3;
  readonly bytes: Bytes;
  readonly digest: DigestName | null;
  /** Hexadecimal. */
  readonly certificates: ReadonlySet<string>;
  readonly crls: ReadonlySet<string>;
  readonly attributes: ReadonlySet<string>;
}

/** The one hash index among the unsigned attributes of a token's SignerInfo; null where there is none or it cannot be read. */
export function readHashIndex(info: SignerInfo): HashIndex | null {
  const found = info.unsignedAttributes.filter(({ type }) => HASH_INDEXES.has(type));
  const [attribute] = found;
  const [value] = attribute?.values ?? [];
  if (!attribute || !value || found.length !== 1 || attribute.values.length !== 1) return null;
  return orNull(
    attempt(() => {
      const outer = overValue(value, 'ATSHashIndex');
      const reader = outer.sequence();
      outer.finish();
      // Both the AlgorithmIdentifier and the lists are SEQUENCEs: four of them, or three where the algorithm is left out.
      const hasAlgorithm = reader.input.bytes[reader.at] === TAG.SEQUENCE && countValues(reader) === 4;
      const name = hasAlgorithm ? digestByOid(readAlgorithmIdentifier(reader).oid) : 'SHA-256';
      const [certificates, crls, attributes] = [readHashes(reader), readHashes(reader), readHashes(reader)];
      reader.finish();
      return { version: HASH_INDEXES.get(attribute.type) ?? 1, bytes: value, digest: name, certificates, crls, attributes };
    }),
  );
}

function countValues(reader: Reader): number {
  const from = reader.at;
  const count = reader.each((list) => list.any()).length;
  reader.at = from;
  return count;
}

const readHashes = (reader: Reader): ReadonlySet<string> => new Set(reader.sequence().each((list) => toHex(list.octetString())));

/**
 * Parts that an archive time-stamp of version 3 is over: content type, digest of the content by the imprint's algorithm,
 * the signed components of the SignerInfo, the hash index. Null where the content is not at hand.
 */
export function archiveV3Parts(
  signedData: SignedData,
  info: SignerInfo,
  imprintDigest: DigestName,
  index: Bytes,
  content: SignedContent | null,
): readonly Bytes[] | null {
  const hash = content?.digest(imprintDigest);
  if (!hash) return null;
  return [der.oid(signedData.contentType), hash, ...signedComponents(info), index];
}

/** DER ATSHashIndexV3 of all certificates, revocation data and values of unsigned attributes that are there (EN 319 122-1, 5.5.2). */
export function hashIndexOf(name: DigestName, signedData: SignedData, info: SignerInfo): Bytes {
  const list = (hashes: readonly Bytes[]): Bytes => der.sequence(...hashes.map(der.octetString));
  const choices = [...signedData.certificates, ...signedData.otherCertificates];
  const values = info.unsignedAttributes.flatMap(({ type, values: all }) => all.map((value) => digest(name, der.oid(type), value)));
  return der.sequence(
    encodeDigestAlgorithm(name),
    list(choices.map((choice) => digest(name, choice))),
    list(signedData.revocationInfos.map(({ bytes }) => digest(name, bytes))),
    list(values),
  );
}

/** What of a SignedData and a SignerInfo a hash index vouches for. */
export interface Indexed {
  readonly certificates: readonly Bytes[];
  /** RevocationInfoChoices. */
  readonly revocationInfos: readonly Bytes[];
  readonly attributes: readonly Attribute[];
  /** Whether each hash of the index was found (EN 319 122-1, 5.5.2: else the index is not valid). */
  readonly complete: boolean;
}

export function resolveHashIndex(index: HashIndex, signedData: SignedData, info: SignerInfo): Indexed {
  const hashOf = (...parts: readonly Bytes[]): string => {
    const hash = index.digest && digestOrNull(index.digest, ...parts);
    return hash ? toHex(hash) : '';
  };
  const found = new Set<string>();
  const within = (set: ReadonlySet<string>, hashes: readonly string[]): boolean => {
    const hit = hashes.filter((hash) => set.has(hash));
    for (const hash of hit) found.add(hash);
    return hit.length > 0;
  };
  const certificates = [...signedData.certificates, ...signedData.otherCertificates].filter((one) =>
    within(index.certificates, [hashOf(one)]),
  );
  const revocationInfos = signedData.revocationInfos.map(({ bytes }) => bytes).filter((one) => within(index.crls, [hashOf(one)]));
  const attributes = info.unsignedAttributes.filter((attribute) => within(index.attributes, attributeHashes(attribute, index, hashOf)));
  const wanted = new Set([...index.certificates, ...index.crls, ...index.attributes]);
  return { certificates, revocationInfos, attributes, complete: [...wanted].every((hash) => found.has(hash)) };
}

/** Version 1: the whole attribute. Later: its type and one value, for each value; version 2 was read as all values at once too. */
function attributeHashes(attribute: Attribute, { version }: HashIndex, hashOf: (...parts: readonly Bytes[]) => string): string[] {
  if (version === 1) return [hashOf(attribute.bytes)];
  const type = der.oid(attribute.type);
  const single = attribute.values.map((value) => hashOf(type, value));
  return version === 2 && attribute.values.length > 1 ? [...single, hashOf(type, concat(attribute.values))] : single;
}

/** Components of a SignerInfo up to the signature value, as they stand. */
const signedComponents = (info: SignerInfo): readonly Bytes[] =>
  info.components.filter((component, i) => i < info.components.length - 1 || component[0] !== 0xa1);

/** In this order; older archive time-stamps come last. */
const IN_VERSION_1: readonly string[] = [
  ATTRIBUTE.signatureTimestamp,
  ATTRIBUTE.certificateReferences,
  ATTRIBUTE.revocationReferences,
  ATTRIBUTE.certificateValues,
  ATTRIBUTE.revocationValues,
  ATTRIBUTE.signatureAndReferencesTimestamp,
  ATTRIBUTE.referencesTimestamp,
  ATTRIBUTE.archiveTimestamp,
];

const HASH_INDEXES: ReadonlyMap<string, 1 | 2 | 3> = new Map([
  [ATTRIBUTE.hashIndex, 1],
  [ATTRIBUTE.hashIndexV2, 2],
  [ATTRIBUTE.hashIndexV3, 3],
]);
