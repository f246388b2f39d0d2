/** Making evidence records, RFC 4998, 4.2, and renewing them in either syntax, RFC 4998, 5.2; RFC 6283, 4.2. */
import { der } from '../asn1/index.ts';
import type { Bytes } from '../base/bytes.ts';
import { Fault } from '../base/fault.ts';
import { exact } from '../base/options.ts';
import { fromLatin1 } from '../base/text.ts';
import type { SignedContent } from '../cms/content.ts';
import { digestByOid, encodeDigestAlgorithm } from '../crypto/algorithm.ts';
import { digest } from '../crypto/digest.ts';
import type { DigestName } from '../crypto/names.ts';
import { renewXmlHashTree, renewXmlTimestamp } from './build-xml.ts';
import { distinctHashes, hashOf, type RecordOptions } from './group.ts';
import { buildTree } from './hash-tree.ts';
import {
  type ArchiveTimestamp,
  type EvidenceRecord,
  encodeArchiveTimestamp,
  encodeEvidenceRecord,
  encodeSequence,
  parseEvidenceRecord,
} from './record.ts';
import { looksLikeXml } from './xml-record.ts';

export type { RecordOptions };

/**
 * One record (DER) for each group, all of them under one time-stamp. A group is what belongs together: each of its objects can be
 * shown to be in it, and nobody can leave one out unnoticed.
 *
 * Throws `Fault` `bad-option` where a group is empty or holds a content twice, `unsupported` for the digest, and what the authority throws.
 */
export async function createRecords(groups: readonly (readonly SignedContent[])[], options: RecordOptions): Promise<Bytes[]> {
  exact('createRecords', options, ['timestamps', 'digest']);
  const { timestamps, digest: name = 'SHA-256' } = options;
  if (groups.length === 0) return [];
  const hashes = groups.map((group) => distinctHashes(group.map((content) => hashOf(content, name))));
  const tree = buildTree(name, hashes);
  const token = await timestamps.stamp(tree.root, name);
  return groups.map((_, i) => encodeEvidenceRecord([[encodeArchiveTimestamp(name, tree.reduced(i), token)]], [name]));
}

/** The record with another time-stamp over its last one, before that one's certificate or algorithm fails (5.2, time-stamp renewal). */
export async function renewTimestamp(record: Bytes, { timestamps }: Pick<RecordOptions, 'timestamps'>): Promise<Bytes> {
  if (looksLikeXml(record)) return renewXmlTimestamp(record, { timestamps });
  const parsed = mustParse(record);
  const chain = parsed.chains.at(-1);
  const last = chain?.timestamps.at(-1);
  if (chain === undefined || last === undefined || last.digest === null || !last.token.ok)
    throw new Fault('unsupported', 'the last archive time-stamp of this evidence record cannot be read: renew its hash tree');
  const token = await timestamps.stamp(digest(last.digest, last.encoding), last.digest);
  const renewed = der.sequence(
    ...chain.timestamps.map(({ bytes }: ArchiveTimestamp) => bytes),
    encodeArchiveTimestamp(last.digest, null, token),
  );
  return rewritten(parsed, [...parsed.chains.slice(0, -1).map(({ bytes }) => bytes), renewed], last.digest);
}

/**
 * The record with a new hash tree over the objects and all its time-stamps so far, before the digest of its tree fails (5.2, hash-tree
 * renewal). `group` must be all objects of the record: throws `Fault` `refused` for another group.
 */
export async function renewHashTree(record: Bytes, group: readonly SignedContent[], options: RecordOptions): Promise<Bytes> {
  exact('renewHashTree', options, ['timestamps', 'digest']);
  if (looksLikeXml(record)) return renewXmlHashTree(record, group, options);
  const { timestamps, digest: name = 'SHA-512' } = options;
  const parsed = mustParse(record);
  refuseOtherGroup(parsed, group);
  const sequence = digest(name, encodeSequence(parsed.chains.map(({ bytes }) => bytes)));
  const tree = buildTree(name, [distinctHashes(group.map((content) => digest(name, hashOf(content, name), sequence)))]);
  const token = await timestamps.stamp(tree.root, name);
  const chain = der.sequence(encodeArchiveTimestamp(name, tree.reduced(0), token));
  return rewritten(parsed, [...parsed.chains.map(({ bytes }) => bytes), chain], name);
}

/** The first archive time-stamp of each chain lists the whole group: what is not in it, or missing, must not be renewed as if it were. */
function refuseOtherGroup({ chains }: EvidenceRecord, group: readonly SignedContent[]): void {
  const first = chains[0]?.timestamps[0];
  const name = first?.digest ?? null;
  if (first === undefined || name === null || !first.token.ok)
    throw new Fault('unsupported', 'the first archive time-stamp of this evidence record cannot be read');
  const listed = (first.tree?.[0] ?? [first.token.value.tstInfo.imprint.hash]).map(fromLatin1).sort();
  const given = group.map((content) => fromLatin1(hashOf(content, name))).sort();
  if (listed.length !== given.length || listed.some((value, i) => value !== given[i]))
    throw new Fault('refused', `these ${given.length} objects are not the ${listed.length} that the evidence record is over`);
}

function rewritten({ digestAlgorithms, cryptoInfos, encrypted }: EvidenceRecord, chains: readonly Bytes[], name: DigestName): Bytes {
  if (encrypted) throw new Fault('unsupported', 'evidence records over encrypted data are not renewed');
  const known = digestAlgorithms.map((oid) => der.sequence(der.oid(oid)));
  const algorithms = digestAlgorithms.some((oid) => digestByOid(oid) === name) ? known : [...known, encodeDigestAlgorithm(name)];
  const infos = cryptoInfos.length === 0 ? [] : [der.context(0, ...cryptoInfos.map(({ bytes }) => bytes))];
  return der.sequence(der.integer(1), der.sequence(...algorithms), ...infos, der.sequence(...chains));
}

/** Contents that differ: files of the same content are one object of a record. Throws `Fault` as {@link createRecords}. */
export function distinctContents(contents: readonly SignedContent[], name: DigestName): SignedContent[] {
  const seen = new Set<string>();
  return contents.filter((content) => {
    const key = fromLatin1(hashOf(content, name));
    const isNew = !seen.has(key);
    seen.add(key);
    return isNew;
  });
}

function mustParse(record: Bytes): EvidenceRecord {
  const parsed = parseEvidenceRecord(record);
  if (parsed.ok) return parsed.value;
  throw new Fault('malformed-input', `no evidence record: ${parsed.malformed.what}: ${parsed.malformed.reason}`);
}
