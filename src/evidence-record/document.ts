/** An evidence record in a file of its own, beside the files that it is over (RFC 4998, RFC 6283). */
import type { Bytes } from '../base/bytes.ts';
import { type Parsed, parsed } from '../base/parsed.ts';
import { toHex } from '../base/text.ts';
import type { SignedContent } from '../cms/content.ts';
import { addCertificate, newPool } from '../cms/pool.ts';
import type { DocumentFacts } from '../facts/document.ts';
import { type ArchivedObject, readEvidenceRecord } from './read.ts';
import { looksLikeEvidenceRecord } from './record.ts';
import { isXmlRecord } from './xml-record.ts';

/** A file that a record may be over, as an archived object; `covers`: more than the file itself. */
export function archivedFile(
  name: string,
  content: SignedContent,
  more: Partial<Pick<ArchivedObject, 'listed' | 'asListed' | 'covers'>> = {},
): ArchivedObject {
  return {
    name,
    type: 'EVIDENCE_RECORD_ARCHIVE_OBJECT',
    digests: (asked) => {
      const value = content.digest(asked);
      return value === null ? [] : [value];
    },
    octets: () => content.octets(),
    found: true,
    listed: false,
    asListed: true,
    get covers() {
      const data = content.digest('SHA-256');
      return more.covers ?? (data === null ? [] : [toHex(data)]);
    },
    ...(more.listed !== undefined && { listed: more.listed }),
    ...(more.asListed !== undefined && { asListed: more.asListed }),
  };
}

/** Whether this is an evidence record in one of its two syntaxes. */
export const isRecordDocument = (bytes: Bytes): boolean => looksLikeEvidenceRecord(bytes) || isXmlRecord(bytes);

/** Facts of a record over the given files. `supplied`: further certificates, DER. */
export function readEvidenceRecordDocument(
  bytes: Bytes,
  files: readonly { readonly name: string | null; readonly content: SignedContent }[],
  supplied: readonly Bytes[] = [],
): Parsed<DocumentFacts> {
  const pool = newPool();
  for (const certificate of supplied) addCertificate(pool, certificate);
  const objects = files.map(({ name, content }) => archivedFile(name ?? '', content));
  const read = readEvidenceRecord(bytes, objects, { origin: 'external' }, pool);
  if (!read.ok) return read;
  const { record, timestamps, unreadable } = read.value;
  return parsed({
    format: 'ER',
    signatures: [],
    timestamps: new Map(timestamps.map((timestamp) => [timestamp.id, timestamp])),
    certificates: new Map([...pool.certificates].map(([id, { bytes: der }]) => [id, der])),
    revocations: new Map(pool.revocations),
    evidenceRecords: [record],
    unreadable: [...unreadable, ...pool.unreadable.values()],
    pdf: null,
  });
}
