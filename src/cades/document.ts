/** A CMS file as a document: CAdES signatures (.p7m, .p7s), or one stand-alone time-stamp token (RFC 3161). */
import { der } from '../asn1/index.ts';
import { type Bytes, equal, indexOf } from '../base/bytes.ts';
import { orNull, type Parsed, parsed } from '../base/parsed.ts';
import { asSource, type Source } from '../base/source.ts';
import { toHex } from '../base/text.ts';
import { singleValue } from '../cms/attribute.ts';
import type { SignedContent } from '../cms/content.ts';
import { parseContentInfo } from '../cms/content-info.ts';
import { ATTRIBUTE, CONTENT } from '../cms/oid.ts';
import { openSignedData } from '../cms/open.ts';
import { addCertificate, newPool, type Pool } from '../cms/pool.ts';
import type { SignedData } from '../cms/signed-data.ts';
import type { SignerInfo } from '../cms/signer-info.ts';
import { digestByOid } from '../crypto/algorithm.ts';
import type { DocumentFacts, DocumentFormat, UnreadableToken } from '../facts/document.ts';
import type { EvidenceRecordFacts } from '../facts/evidence-record.ts';
import type { SignatureFacts } from '../facts/signature.ts';
import type { TimestampFacts, TimestampType } from '../facts/timestamp.ts';
import { describeTimestamp } from '../tsp/read.ts';
import { parseTimestampResponse } from '../tsp/response.ts';
import { isTimestampToken, parseTimestampToken, type TimestampToken } from '../tsp/token.ts';
import { readCmsSignature } from './read.ts';
import { parseTimestampedData, readTimestampedData, type TimestampedData } from './timestamped-data.ts';

/** A file that a detached signature may be over. */
export interface DetachedContent {
  readonly name: string | null;
  readonly content: SignedContent;
}

/** Facts of a CMS file; a time-stamp token, or a response that holds one, is read as such. `supplied`: further certificates, DER. */
export function readCmsDocument(
  document: Bytes | Source,
  detached: readonly DetachedContent[],
  supplied: readonly Bytes[] = [],
): Parsed<DocumentFacts> {
  const source = asSource(document);
  const signedData = openSignedData(source, { trailing: 'keep' });
  if (!signedData.ok) {
    const stamped = timestampedDataOf(source);
    if (stamped) return stamped.ok ? readStampedDocument(stamped.value, detached, supplied) : stamped;
    const token = source.size > LONGEST_TOKEN ? null : orNull(parseTimestampResponse(source.read(0, source.size)))?.token;
    return token ? readTimestampDocument(token, detached, supplied) : signedData;
  }
  return isTimestampToken(signedData.value)
    ? readTimestampDocument(source.read(0, Math.min(source.size, LONGEST_TOKEN)), detached, supplied)
    : parsed(readCades(signedData.value, detached, supplied));
}

/** The time-stamped data that a source holds; null where it is of another kind. It is read into memory. */
function timestampedDataOf(source: Source): Parsed<TimestampedData> | null {
  const head = source.read(0, 64);
  if (source.size > LONGEST_STAMPED_DATA || indexOf(head, STAMPED_DATA_TYPE) < 0) return null;
  const info = parseContentInfo(source.read(0, source.size), 'keep');
  if (!info.ok) return info;
  const { contentType, content } = info.value;
  return contentType === CONTENT.timestampedData && content ? parseTimestampedData(content) : null;
}

function readStampedDocument(
  data: TimestampedData,
  detached: readonly DetachedContent[],
  supplied: readonly Bytes[],
): Parsed<DocumentFacts> {
  const pool = poolOf(supplied);
  const named = detached.find(({ name }) => name !== null && name === data.metaData?.fileName) ?? detached[0];
  const { timestamps, evidenceRecords, unreadable } = readTimestampedData(data, named?.content ?? null, pool);
  return parsed(documentOf('TST', pool, [], timestamps, unreadable, evidenceRecords));
}

/** Facts of CAdES signatures. With one detached content its name does not matter; among several the digest tells. */
export function readCadesDocument(
  document: Bytes | Source,
  detached: readonly DetachedContent[],
  supplied: readonly Bytes[] = [],
): Parsed<DocumentFacts> {
  const signedData = openSignedData(asSource(document), { trailing: 'keep' });
  return signedData.ok ? parsed(readCades(signedData.value, detached, supplied)) : signedData;
}

/** Facts of a stand-alone time-stamp token over one of the detached contents. */
export function readTimestampDocument(
  bytes: Bytes,
  detached: readonly DetachedContent[],
  supplied: readonly Bytes[] = [],
): Parsed<DocumentFacts> {
  const token = parseTimestampToken(bytes, 'keep');
  if (!token.ok) return token;
  const pool = poolOf(supplied);
  return parsed(documentOf('TST', pool, [], [standAloneTimestamp(token.value, detached, pool, 'content')], []));
}

/** Facts of a token over one of some files, as ASiC and stand-alone tokens hold it. */
export function standAloneTimestamp(
  token: TimestampToken,
  detached: readonly DetachedContent[],
  pool: Pool,
  type: TimestampType,
  name: string | null = null,
): TimestampFacts {
  const { digest, hash } = token.tstInfo.imprint;
  const same = (one: DetachedContent): boolean => {
    const actual = digest && one.content.digest(digest);
    return actual !== null && equal(actual, hash);
  };
  const chosen = detached.find(same) ?? (detached.length === 1 ? detached[0] : undefined);
  const { trailing } = token.signedData;
  const description = describeTimestamp(token, (asked) => chosen?.content.digest(asked) ?? null, pool, chosen?.name ?? '');
  const data = chosen?.content.digest('SHA-256');
  const structureProblems = [...description.structureProblems, ...(trailing.length > 0 ? [`${trailing.length} octets after the CMS`] : [])];
  return { ...description, type, name, covers: data ? [toHex(data)] : [], protectsMaterial: false, pdf: null, structureProblems };
}

/** The document facts that a pool and what was read make up; for readers of containers as well. */
export function documentOf(
  format: DocumentFormat,
  pool: Pool,
  signatures: readonly SignatureFacts[],
  timestamps: readonly TimestampFacts[],
  unreadable: readonly UnreadableToken[],
  evidenceRecords: readonly EvidenceRecordFacts[] = [],
): DocumentFacts {
  return {
    format,
    signatures,
    timestamps: new Map(timestamps.map((timestamp) => [timestamp.id, timestamp])),
    certificates: new Map([...pool.certificates].map(([id, { bytes }]) => [id, bytes])),
    revocations: new Map(pool.revocations),
    evidenceRecords,
    unreadable: [...unreadable, ...pool.unreadable.values()],
    pdf: null,
  };
}

function readCades(signedData: SignedData, detached: readonly DetachedContent[], supplied: readonly Bytes[]): DocumentFacts {
  const pool = poolOf(supplied);
  const chosen = signedData.encapsulated === null ? chooseContent(signedData, detached) : null;
  const { signatures, timestamps, evidenceRecords, unreadable } = readCmsSignature(signedData, {
    format: 'CAdES',
    pool,
    content: chosen?.content ?? null,
    contentName: chosen?.name ?? '',
  });
  return documentOf('CMS', pool, signatures, timestamps, unreadable, evidenceRecords);
}

/** The only content, else the one whose digest a signature names; none where several are given and no digest agrees. */
export function chooseContent({ signerInfos }: SignedData, detached: readonly DetachedContent[]): DetachedContent | null {
  if (detached.length === 1) return detached[0] ?? null;
  return detached.find(({ content }) => signerInfos.some((info) => agrees(info, content))) ?? null;
}

function agrees({ digestAlgorithm, signedAttributes }: SignerInfo, content: SignedContent): boolean {
  const name = digestByOid(digestAlgorithm.oid);
  const value = singleValue(signedAttributes?.attributes ?? [], ATTRIBUTE.messageDigest);
  const actual = name && content.digest(name);
  // The value is an OCTET STRING of the digest: its last octets.
  return actual !== null && value !== null && equal(value.subarray(Math.max(0, value.length - actual.length)), actual);
}

function poolOf(supplied: readonly Bytes[]): Pool {
  const pool = newPool();
  for (const certificate of supplied) addCertificate(pool, certificate);
  return pool;
}

const STAMPED_DATA_TYPE = der.oid(CONTENT.timestampedData);
const LONGEST_STAMPED_DATA = 1 << 28;
/** A token with its chain and revocation data. */
const LONGEST_TOKEN = 1 << 24;
