/** Time-stamped data (RFC 5544): a content, inside or elsewhere, with a chain of time-stamps or an evidence record over it. */
import { type Reader, TAG } from '../asn1/index.ts';
import type { Bytes } from '../base/bytes.ts';
import { attempt, type Parsed, unreadable } from '../base/parsed.ts';
import { toHex } from '../base/text.ts';
import { overValue } from '../cms/attribute.ts';
import { contentOf, digestOrNull, type SignedContent } from '../cms/content.ts';
import { addCrl, type Pool } from '../cms/pool.ts';
import { canDigest, createDigest } from '../crypto/digest.ts';
import { archivedFile } from '../evidence-record/document.ts';
import { readEvidenceRecord } from '../evidence-record/read.ts';
import type { UnreadableToken } from '../facts/document.ts';
import type { EvidenceRecordFacts } from '../facts/evidence-record.ts';
import type { AnyId } from '../facts/id.ts';
import type { TimestampFacts } from '../facts/timestamp.ts';
import { describeTimestamp, type ImprintTarget } from '../tsp/read.ts';
import { parseTimestampToken } from '../tsp/token.ts';
import { idsOf } from './material.ts';

/**
 * ```asn1
 * TimeStampedData ::= SEQUENCE {
 *   version INTEGER { v1(1) },
 *   dataUri IA5String OPTIONAL,
 *   metaData MetaData OPTIONAL,
 *   content OCTET STRING OPTIONAL,
 *   temporalEvidence Evidence }
 * MetaData ::= SEQUENCE {
 *   hashProtected BOOLEAN,
 *   fileName UTF8String OPTIONAL,
 *   mediaType IA5String OPTIONAL,
 *   otherMetaData [1] Attributes OPTIONAL }
 * Evidence ::= CHOICE {
 *   tstEvidence [0] SEQUENCE OF TimeStampAndCRL,
 *   ersEvidence [1] EvidenceRecord,
 *   otherEvidence [2] OtherEvidence }
 * TimeStampAndCRL ::= SEQUENCE { timeStamp TimeStampToken, crl CertificateList OPTIONAL }
 * ```
 */
export interface TimestampedData {
  readonly dataUri: string | null;
  readonly metaData: { readonly bytes: Bytes; readonly hashProtected: boolean; readonly fileName: string | null } | null;
  /** Null where it stands elsewhere. */
  readonly content: Bytes | null;
  readonly evidence:
    | { readonly kind: 'time-stamps'; readonly chain: readonly TimestampAndCrl[] }
    | { readonly kind: 'evidence-record'; readonly bytes: Bytes }
    | { readonly kind: 'other' };
}

export interface TimestampAndCrl {
  readonly bytes: Bytes;
  /** DER ContentInfo. */
  readonly token: Bytes;
  readonly crl: Bytes | null;
}

/** Reads the content of a ContentInfo of type id-ct-timestampedData. */
export const parseTimestampedData = (bytes: Bytes): Parsed<TimestampedData> =>
  attempt(() => {
    const outer = overValue(bytes, 'TimeStampedData');
    const reader = outer.sequence();
    outer.finish();
    const version = reader.integer();
    if (version !== 1) unreadable('TimeStampedData', 0, `version ${version} is not known`);
    const dataUri = reader.peek() === TAG.IA5_STRING ? reader.text() : null;
    const metaData = reader.peek() === TAG.SEQUENCE ? readMetaData(reader) : null;
    const content = (reader.peek() & ~0x20) === TAG.OCTET_STRING ? reader.octetString() : null;
    const evidence = readEvidence(reader);
    reader.finish();
    return { dataUri, metaData, content, evidence };
  });

function readMetaData(reader: Reader): NonNullable<TimestampedData['metaData']> {
  const element = reader.element(TAG.SEQUENCE, 'MetaData');
  const inner = reader.enter(element, 'MetaData');
  const hashProtected = inner.boolean();
  const fileName = inner.peek() === TAG.UTF8_STRING ? inner.text() : null;
  return { bytes: reader.raw(element), hashProtected, fileName };
}

function readEvidence(reader: Reader): TimestampedData['evidence'] {
  const element = reader.any();
  if (element.tag === 0xa1) return { kind: 'evidence-record', bytes: retagged(reader.raw(element)) };
  if (element.tag !== 0xa0) return { kind: 'other' };
  const chain = reader.enter(element, 'TimeStampTokenEvidence').each((list) => {
    const pair = list.element(TAG.SEQUENCE, 'TimeStampAndCRL');
    const inner = list.enter(pair, 'TimeStampAndCRL');
    const token = inner.raw(inner.any());
    const crl = inner.done ? null : inner.raw(inner.any());
    inner.finish();
    return { bytes: list.raw(pair), token, crl };
  });
  return { kind: 'time-stamps', chain };
}

function retagged(encoding: Bytes): Bytes {
  const copy = encoding.slice();
  copy[0] = TAG.SEQUENCE;
  return copy;
}

export interface ReadTimestampedData {
  readonly timestamps: readonly TimestampFacts[];
  readonly evidenceRecords: readonly EvidenceRecordFacts[];
  readonly unreadable: readonly UnreadableToken[];
}

/** Facts of the time-stamps. `detached` is the content where it stands elsewhere. Verifies digests and values; judges nothing. */
export function readTimestampedData(data: TimestampedData, detached: SignedContent | null, pool: Pool): ReadTimestampedData {
  const content = data.content === null ? detached : contentOf(data.content);
  const name = data.metaData?.fileName ?? data.dataUri ?? '';
  const { evidence } = data;
  if (evidence.kind === 'other') return { timestamps: [], evidenceRecords: [], unreadable: [unknown('evidence of another kind')] };
  const stamped = data.metaData?.hashProtected ? after(data.metaData.bytes, content) : content;
  if (evidence.kind === 'time-stamps') return readChain(evidence.chain, stamped, dataIds(content), name, pool);
  const objects = stamped ? [archivedFile(name, stamped)] : [];
  const read = readEvidenceRecord(evidence.bytes, objects, { origin: 'container' }, pool);
  if (!read.ok) return { timestamps: [], evidenceRecords: [], unreadable: [{ kind: 'timestamp', name: null, malformed: read.malformed }] };
  return { timestamps: read.value.timestamps, evidenceRecords: [read.value.record], unreadable: read.value.unreadable };
}

/** The first time-stamp is over the content, each later one over the whole entry before it. */
function readChain(
  chain: readonly TimestampAndCrl[],
  content: SignedContent | null,
  data: readonly AnyId[],
  name: string,
  pool: Pool,
): ReadTimestampedData {
  const timestamps: TimestampFacts[] = [];
  const unreadable: UnreadableToken[] = [];
  let covers: readonly AnyId[] = data;
  for (const [number, { token: encoding, crl }] of chain.entries()) {
    const token = parseTimestampToken(encoding);
    if (number >= MAXIMUM_TOKENS || !token.ok) {
      unreadable.push(token.ok ? unknown('more time-stamps than are read') : { kind: 'timestamp', name: null, malformed: token.malformed });
      continue;
    }
    const before = chain[number - 1];
    const target: ImprintTarget = (asked) => (before ? digestOrNull(asked, before.bytes) : (content?.digest(asked) ?? null));
    const description = describeTimestamp(token.value, target, pool, before ? '' : name);
    const revocations = crl ? [{ id: addCrl(pool, crl).id, origin: 'timestamp' as const }] : [];
    const material = { ...description.material, revocations: [...description.material.revocations, ...revocations] };
    const fact: TimestampFacts = {
      ...description,
      ...{ type: number === 0 ? 'content' : 'archive', name: null, covers, protectsMaterial: number > 0, material, pdf: null },
    };
    timestamps.push(fact);
    covers = [...new Set([...covers, fact.id, ...idsOf(material)])];
  }
  return { timestamps, evidenceRecords: [], unreadable };
}

/** Octets in front of a content, as one content to be digested; null where it is not at hand. */
function after(head: Bytes, content: SignedContent | null): SignedContent | null {
  const octets = content?.octets();
  if (!content || !octets) return null;
  return {
    octets: () => [head, ...(content.octets() ?? [])],
    digest(name) {
      if (!canDigest(name)) return null;
      const state = createDigest(name);
      state.update(head);
      for (const part of content.octets() ?? []) state.update(part);
      return state.finish();
    },
  };
}

function dataIds(content: SignedContent | null): AnyId[] {
  const hash = content?.digest('SHA-256');
  return hash ? [toHex(hash)] : [];
}

const unknown = (reason: string): UnreadableToken => ({
  kind: 'timestamp',
  name: null,
  malformed: { what: 'TimeStampedData', at: 0, reason },
});

/** Renewals of one file read at most. */
const MAXIMUM_TOKENS = 200;
