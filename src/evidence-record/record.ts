/** Evidence records as they are encoded, RFC 4998, 3 to 5 and appendix A. */
import { der, Reader, TAG } from '../asn1/index.ts';
import type { Bytes } from '../base/bytes.ts';
import { attempt, type Parsed, parsed, unreadable } from '../base/parsed.ts';
import { readAlgorithmIdentifier } from '../cms/algorithm-identifier.ts';
import { type Attribute, readAttribute } from '../cms/attribute.ts';
import { digestByOid, encodeDigestAlgorithm } from '../crypto/algorithm.ts';
import type { DigestName } from '../crypto/names.ts';
import { parseTimestampToken, type TimestampToken } from '../tsp/token.ts';
import { type ChainStructure, MAXIMUM_TIMESTAMPS, NO_MATERIAL, type RecordStructure } from './structure.ts';

/**
 * ```asn1
 * EvidenceRecord ::= SEQUENCE {
 *   version INTEGER { v1(1) },
 *   digestAlgorithms SEQUENCE OF AlgorithmIdentifier,
 *   cryptoInfos [0] CryptoInfos OPTIONAL,
 *   encryptionInfo [1] EncryptionInfo OPTIONAL,
 *   archiveTimeStampSequence ArchiveTimeStampSequence }
 * ArchiveTimeStampSequence ::= SEQUENCE OF ArchiveTimeStampChain
 * ```
 */
export interface EvidenceRecord {
  readonly bytes: Bytes;
  /** Identifiers as written. */
  readonly digestAlgorithms: readonly string[];
  readonly cryptoInfos: readonly Attribute[];
  /** Whether the archived data was encrypted (5.4): what is vouched for is then the ciphertext. */
  readonly encrypted: boolean;
  /** Oldest first. */
  readonly chains: readonly ArchiveTimestampChain[];
}

/** `ArchiveTimeStampChain ::= SEQUENCE OF ArchiveTimeStamp` */
export interface ArchiveTimestampChain {
  readonly bytes: Bytes;
  /** Oldest first; at least one. */
  readonly timestamps: readonly ArchiveTimestamp[];
}

/**
 * ```asn1
 * ArchiveTimeStamp ::= SEQUENCE {
 *   digestAlgorithm [0] AlgorithmIdentifier OPTIONAL,
 *   attributes [1] Attributes OPTIONAL,
 *   reducedHashtree [2] SEQUENCE OF PartialHashtree OPTIONAL,
 *   timeStamp ContentInfo }
 * PartialHashtree ::= SEQUENCE OF OCTET STRING
 * ```
 */
export interface ArchiveTimestamp {
  readonly bytes: Bytes;
  /** The algorithm of the tree: as written, else that of the imprint; null where it is unknown. */
  readonly digest: DigestName | null;
  /** The lists of hash values, the one with the data objects first; null where there is no tree. */
  readonly tree: readonly (readonly Bytes[])[] | null;
  /** The encoding of the time-stamp, over which the next one of the chain is. */
  readonly encoding: Bytes;
  readonly token: Parsed<TimestampToken>;
}

/** Reads a record; BER is read as well. Nothing is verified. */
export const parseEvidenceRecord = (bytes: Bytes): Parsed<EvidenceRecord> =>
  attempt(() => {
    const outer = Reader.over(bytes, 'EvidenceRecord', 'BER');
    const element = outer.element(TAG.SEQUENCE, 'SEQUENCE');
    outer.finish();
    const reader = outer.enter(element);
    const version = reader.integer();
    if (version !== 1) unreadable('EvidenceRecord', 0, `version ${version} is not known`);
    const digestAlgorithms = reader.sequence('digestAlgorithms').each((list) => readAlgorithmIdentifier(list).oid);
    const cryptoInfos = reader.context(0, 'CryptoInfos')?.each(readAttribute) ?? [];
    const encrypted = reader.optional(0xa1) !== null;
    const chains = reader.sequence('ArchiveTimeStampSequence').each(readChain);
    reader.finish();
    if (chains.length === 0) unreadable('ArchiveTimeStampSequence', 0, 'it is empty');
    const count = chains.reduce((sum, { timestamps }) => sum + timestamps.length, 0);
    if (count > MAXIMUM_TIMESTAMPS) unreadable('ArchiveTimeStampSequence', 0, `more than ${MAXIMUM_TIMESTAMPS} archive time-stamps`);
    return { bytes, digestAlgorithms, cryptoInfos, encrypted, chains };
  });

/** The same in the shape that both syntaxes have. */
export function parseAsn1Record(bytes: Bytes): Parsed<RecordStructure> {
  const record = parseEvidenceRecord(bytes);
  if (!record.ok) return record;
  const { chains, encrypted } = record.value;
  const structures = chains.map(
    ({ timestamps }, index): ChainStructure => ({
      timestamps,
      sequenceBefore: () => [encodeSequence(chains.slice(0, index).map((chain) => chain.bytes))],
      method: null,
    }),
  );
  return parsed({ type: 'ASN1', bytes, encrypted, chains: structures, material: NO_MATERIAL, problems: [] });
}

/** Whether octets look like a record: told apart from other ASN.1 by version and list of algorithms. */
export function looksLikeEvidenceRecord(bytes: Bytes): boolean {
  const looked = attempt(() => {
    const reader = Reader.over(bytes, 'EvidenceRecord', 'BER').sequence();
    return reader.integer() === 1 && reader.sequence().done === false && [0xa0, 0xa1, TAG.SEQUENCE].includes(reader.peek());
  });
  return looked.ok && looked.value;
}

/** DER of a record: chains and archive time-stamps as they are encoded. */
export const encodeEvidenceRecord = (
  chains: readonly (readonly Bytes[])[],
  digests: readonly DigestName[],
  cryptoInfos: readonly Bytes[] = [],
): Bytes =>
  der.sequence(
    der.integer(1),
    der.sequence(...[...new Set(digests)].map(encodeDigestAlgorithm)),
    ...(cryptoInfos.length > 0 ? [der.context(0, ...cryptoInfos)] : []),
    der.sequence(...chains.map((timestamps) => der.sequence(...timestamps))),
  );

/** DER of an archive time-stamp; null for a tree of one node. */
export const encodeArchiveTimestamp = (digest: DigestName, tree: readonly (readonly Bytes[])[] | null, token: Bytes): Bytes => {
  const algorithm = encodeDigestAlgorithm(digest).slice();
  algorithm[0] = 0xa0;
  const lists = tree?.map((list) => der.sequence(...list.map(der.octetString)));
  return der.sequence(algorithm, ...(lists ? [der.context(2, ...lists)] : []), token);
};

/** DER of the chains so far as a sequence of their own: what a new hash tree has to cover (5.2). */
export const encodeSequence = (chains: readonly Bytes[]): Bytes => der.sequence(...chains);

function readChain(reader: Reader): ArchiveTimestampChain {
  const element = reader.element(TAG.SEQUENCE, 'ArchiveTimeStampChain');
  const timestamps = reader.enter(element, 'ArchiveTimeStampChain').each(readArchiveTimestamp);
  if (timestamps.length === 0) unreadable('ArchiveTimeStampChain', element.start, 'it is empty');
  return { bytes: reader.raw(element), timestamps };
}

function readArchiveTimestamp(reader: Reader): ArchiveTimestamp {
  const element = reader.element(TAG.SEQUENCE, 'ArchiveTimeStamp');
  const inner = reader.enter(element, 'ArchiveTimeStamp');
  const stated = inner.context(0, 'digestAlgorithm')?.oid() ?? null;
  inner.optional(0xa1);
  const tree =
    inner.context(2, 'reducedHashtree')?.each((lists) => lists.sequence('PartialHashtree').each((list) => list.octetString())) ?? null;
  const encoding = inner.raw(inner.element(TAG.SEQUENCE, 'timeStamp'));
  inner.finish();
  const token = parseTimestampToken(encoding);
  const digest = stated === null ? (token.ok ? token.value.tstInfo.imprint.digest : null) : digestByOid(stated);
  return { bytes: reader.raw(element), digest, tree, encoding, token };
}
