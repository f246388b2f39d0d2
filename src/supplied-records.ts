/** Evidence records that a caller hands in beside a document: over the document, and over the files that it is detached from (EN 319 102-1, 5.7). */
import type { Bytes } from './base/bytes.ts';
import type { Source } from './base/source.ts';
import { contentOfSource, type SignedContent } from './cms/content.ts';
import { addCertificate, newPool, type Pool } from './cms/pool.ts';
import { archivedFile } from './evidence-record/document.ts';
import { type ArchivedObject, readEvidenceRecord } from './evidence-record/read.ts';
import type { DocumentFacts, EvidenceRecordFacts, TimestampFacts } from './facts/index.ts';

export interface SuppliedRecords {
  readonly records: readonly { readonly name?: string; readonly bytes: Bytes }[];
  readonly document: Source;
  readonly detached: readonly { readonly name: string | null; readonly content: SignedContent }[];
  /** DER certificates. */
  readonly certificates: readonly Bytes[];
}

/** The facts with those of the records: what they prove of the document holds for all that is in it. */
export function withSuppliedRecords(facts: DocumentFacts, { records, document, detached, certificates }: SuppliedRecords): DocumentFacts {
  if (records.length === 0) return facts;
  const pool = poolAfter(facts);
  for (const certificate of certificates) addCertificate(pool, certificate);
  const own = archivedFile('', contentOfSource(document));
  const whole: ArchivedObject = { ...own, covers: [...new Set([...own.covers, ...idsIn(facts)])] };
  const files = detached.map(({ name, content }) => archivedFile(name ?? '', content));
  const read: EvidenceRecordFacts[] = [];
  const timestamps = new Map<string, TimestampFacts>(facts.timestamps);
  const unreadable = [...facts.unreadable];
  for (const { name = null, bytes } of records) {
    const place = { origin: 'external', name } as const;
    // A record over none of the files has to be over the document.
    const probed = readEvidenceRecord(bytes, [whole, ...files], place, newPool());
    const isOver = probed.ok && probed.value.record.references.some(({ intact }) => intact);
    const record = readEvidenceRecord(bytes, [{ ...whole, listed: !isOver }, ...files], place, pool);
    if (!record.ok) {
      unreadable.push({ kind: 'evidence-record', name, malformed: record.malformed });
      continue;
    }
    read.push(record.value.record);
    for (const stamp of record.value.timestamps) timestamps.set(stamp.id, stamp);
    unreadable.push(...record.value.unreadable);
  }
  return {
    ...facts,
    timestamps,
    certificates: new Map([...facts.certificates, ...[...pool.certificates].map(([id, { bytes }]) => [id, bytes] as const)]),
    revocations: new Map([...facts.revocations, ...pool.revocations]),
    evidenceRecords: [...(facts.evidenceRecords ?? []), ...read],
    unreadable: [...unreadable, ...pool.unreadable.values()],
  };
}

/** Ids that the document uses up: a token that stands in a record too gets another. */
function poolAfter({ signatures, timestamps, evidenceRecords = [] }: DocumentFacts): Pool {
  const pool = newPool();
  for (const id of [...signatures.map((one) => one.id), ...timestamps.keys(), ...evidenceRecords.map((one) => one.id)]) {
    const base = id.replace(/-\d+$/, '');
    pool.occurrences.set(base, (pool.occurrences.get(base) ?? 0) + 1);
  }
  return pool;
}

/** Everything that exists if the document does. */
const idsIn = ({ signatures, timestamps, certificates, revocations, evidenceRecords = [] }: DocumentFacts): string[] => [
  ...signatures.map(({ id }) => id),
  ...[...timestamps.values()].flatMap(({ id, covers }) => [id, ...covers]),
  ...evidenceRecords.flatMap(({ id, covers }) => [id, ...covers]),
  ...certificates.keys(),
  ...revocations.keys(),
];
