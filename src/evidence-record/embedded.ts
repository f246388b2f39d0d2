/** Evidence records in the unsigned attributes of a CMS signature: over the whole CMS without them, and for a detached content over that too (RFC 4998, appendix A; EN 319 122-3, 5). */
import { toDer } from '../asn1/canonical.ts';
import type { Bytes } from '../base/bytes.ts';
import type { Instant } from '../base/instant.ts';
import { attempt } from '../base/parsed.ts';
import type { Attribute } from '../cms/attribute.ts';
import { changed, withUnsignedAttributes } from '../cms/build.ts';
import type { SignedContent } from '../cms/content.ts';
import { ATTRIBUTE } from '../cms/oid.ts';
import type { Pool } from '../cms/pool.ts';
import type { SignedData } from '../cms/signed-data.ts';
import type { SignerInfo } from '../cms/signer-info.ts';
import { canDigest, digest, digestOf } from '../crypto/digest.ts';
import type { DigestName } from '../crypto/names.ts';
import type { UnreadableToken } from '../facts/document.ts';
import type { AnyId } from '../facts/id.ts';
import { archivedFile } from './document.ts';
import { type ArchivedObject, type ReadRecord, readEvidenceRecord } from './read.ts';
import { parseEvidenceRecord } from './record.ts';

export interface RecordHolder {
  readonly signedData: SignedData;
  readonly info: SignerInfo;
  readonly id: string;
  /** What a record over the signature proves to have existed. */
  readonly covers: readonly AnyId[];
  /** The detached content; null where it is not at hand, or inside. */
  readonly content: SignedContent | null;
  readonly contentName: string;
}

/** Facts of every record of one signature, the oldest first. */
export function readEmbeddedRecords(
  holder: RecordHolder,
  pool: Pool,
): { readonly records: readonly ReadRecord[]; readonly unreadable: readonly UnreadableToken[] } {
  const records: ReadRecord[] = [];
  const unreadable: UnreadableToken[] = [];
  let count = 0;
  const attributes = holder.info.unsignedAttributes.filter(isRecord).map((attribute) => ({ attribute, time: timeOf(attribute) }));
  for (const { attribute } of attributes.sort((a, b) => (a.time === b.time ? 0 : a.time - b.time))) {
    if (++count > MAXIMUM_RECORDS) {
      unreadable.push({ kind: 'evidence-record', name: null, malformed: TOO_MANY });
      break;
    }
    const objects = [masterOf(holder, attribute), ...(attribute.type === ATTRIBUTE.externalEvidenceRecord ? [contentOf(holder)] : [])];
    for (const value of attribute.values) {
      const read = readEvidenceRecord(value, objects, { origin: 'signature', signature: holder.id }, pool);
      if (read.ok) records.push(read.value);
      else unreadable.push({ kind: 'evidence-record', name: null, malformed: read.malformed });
    }
  }
  return { records, unreadable };
}

/**
 * The CMS as it was before this attribute: without it and the records that are later, wherever in the set they stand, or without
 * any record. Whatever else is among the attributes is covered, or the record is over something else.
 */
function masterOf({ signedData, info, covers }: RecordHolder, attribute: Attribute): ArchivedObject {
  const place = signedData.signerInfos.indexOf(info);
  const time = timeOf(attribute);
  const attributes = info.unsignedAttributes;
  const candidates = [
    attributes.filter((one) => one !== attribute && (!isRecord(one) || timeOf(one) < time)),
    attributes.filter((one) => !isRecord(one)),
  ].filter((one, i, all) => all.findIndex((other) => other.length === one.length && other.every((each, k) => each === one[k])) === i);
  const known = new Map<DigestName, readonly Bytes[]>();
  const digests = (name: DigestName): readonly Bytes[] => {
    const remembered = known.get(name);
    if (remembered !== undefined) return remembered;
    const values = place < 0 || !canDigest(name) ? [] : candidates.flatMap((kept) => digestsOf(name, signedData, place, kept));
    known.set(name, values);
    return values;
  };
  return { name: '', type: 'EVIDENCE_RECORD_MASTER_SIGNATURE', digests, found: true, listed: true, asListed: true, covers };
}

/** Of the CMS with these attributes: with its parts as they stand, and recoded in DER, as some writers hash what they were given in BER. */
function digestsOf(name: DigestName, signedData: SignedData, place: number, attributes: readonly Attribute[]): Bytes[] {
  const kept = attributes.map(({ bytes }) => bytes);
  const signerInfos = signedData.signerInfos.map((one, i) => (i === place ? withUnsignedAttributes(one, kept) : one.bytes));
  const cms = changed(signedData, { signerInfos });
  const value = digestOf(name, cms);
  if (cms.size > LARGEST_RECODED) return [value];
  const octets = cms.read(0, cms.size);
  const canonical = attempt(() => toDer(octets, 'ContentInfo'));
  return canonical.ok ? [value, digest(name, canonical.value)] : [value];
}

/** Of the first archive time-stamp of the first record; what cannot be read counts as the latest. */
function timeOf({ values: [value] }: Attribute): Instant {
  const record = value && parseEvidenceRecord(value);
  const token = record?.ok ? record.value.chains[0]?.timestamps[0]?.token : undefined;
  return token?.ok ? token.value.tstInfo.time : Number.POSITIVE_INFINITY;
}

const isRecord = ({ type }: Attribute): boolean => RECORDS.has(type);

function contentOf({ content, contentName }: RecordHolder): ArchivedObject {
  if (content !== null) return archivedFile(contentName, content, { listed: true });
  return {
    name: contentName,
    type: 'EVIDENCE_RECORD_ARCHIVE_OBJECT',
    digests: () => [],
    found: false,
    listed: true,
    asListed: true,
    covers: [],
  };
}

const RECORDS: ReadonlySet<string> = new Set([ATTRIBUTE.internalEvidenceRecord, ATTRIBUTE.externalEvidenceRecord]);
const LARGEST_RECODED = 1 << 26;
/** Attributes of one signature read at most: for each the whole CMS is digested some times. */
const MAXIMUM_RECORDS = 20;
const TOO_MANY = { what: 'evidence records', at: 0, reason: 'more of them than are read' };
