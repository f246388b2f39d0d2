/** Reading one CMS signature into facts, with its time-stamps and countersignatures: CAdES, and the CMS of PAdES (EN 319 122-1; EN 319 142-1). */
import { type Bytes, EMPTY, equal } from '../base/bytes.ts';
import type { Instant } from '../base/instant.ts';
import { exact } from '../base/options.ts';
import { toHex } from '../base/text.ts';
import type { Attribute } from '../cms/attribute.ts';
import { contentOf, type SignedContent } from '../cms/content.ts';
import { ATTRIBUTE } from '../cms/oid.ts';
import { outlineOf } from '../cms/outline.ts';
import { addSignedDataMaterial, candidatesOf, distinct, type Pool } from '../cms/pool.ts';
import type { SignedData } from '../cms/signed-data.ts';
import { describeReferences, type FoundSigner, findSigner, settledValue } from '../cms/signer.ts';
import { parseSignerInfo, type SignerInfo } from '../cms/signer-info.ts';
import { type ContentCheck, checkContent } from '../cms/verify.ts';
import { readEmbeddedRecords } from '../evidence-record/embedded.ts';
import type { UnreadableToken } from '../facts/document.ts';
import type { EvidenceRecordFacts } from '../facts/evidence-record.ts';
import { type AnyId, idOf } from '../facts/id.ts';
import type { PdfSignatureFacts } from '../facts/pdf.ts';
import type { Material, ReferenceFacts, SignatureFacts } from '../facts/signature.ts';
import type { TimestampFacts } from '../facts/timestamp.ts';
import { readCommitmentTypes, readSignerLocation, readSignerRoles, readSigningTime, type SignerLocation } from './attributes.ts';
import { idsOf, type MaterialList, readValues } from './material.ts';
import { policyFacts } from './policy-facts.ts';
import { readTimestamps } from './timestamps.ts';

export interface CmsSignatureOptions {
  readonly format: 'CAdES' | 'PAdES';
  /** What the document has brought along so far; what this signature brings is added. */
  readonly pool: Pool;
  /** The signed octets where they stand outside the CMS; null where they are not at hand. */
  readonly content: SignedContent | null;
  /** Name of the detached content, for its reference. */
  readonly contentName?: string;
  readonly container?: 'ASiC-S' | 'ASiC-E' | null;
  readonly name?: string | null;
  readonly pdf?: PdfSignatureFacts | null;
  /** Time that the container claims (/M of a PDF); left out: the signing-time attribute. */
  readonly claimedTime?: Instant | null;
  /** `sha1-inside`: the CMS holds the SHA-1 of `content` (adbe.pkcs7.sha1, ISO 32000-1, 12.8.3.3). */
  readonly encapsulated?: 'content' | 'sha1-inside';
}

export interface CmsSignatures {
  /** Signatures in the order of their SignerInfos, each followed by its countersignatures. */
  readonly signatures: readonly SignatureFacts[];
  readonly timestamps: readonly TimestampFacts[];
  /** Those in attributes; their tokens are among the time-stamps. */
  readonly evidenceRecords: readonly EvidenceRecordFacts[];
  readonly unreadable: readonly UnreadableToken[];
}

/** Facts of every signature of a SignedData. Verifies digests and values; judges nothing. */
export function readCmsSignature(signedData: SignedData, options: CmsSignatureOptions): CmsSignatures {
  exact('readCmsSignature', options, OPTIONS);
  const context: Context = {
    options,
    signedData,
    signedContent: signedContentOf(signedData, options),
    held: addSignedDataMaterial(options.pool, signedData, 'signed-data'),
    out: { signatures: [], timestamps: [], evidenceRecords: [], unreadable: [] },
    dataId: lazily(() => dataIdOf(signedData, options)),
    left: { count: MAXIMUM_SIGNATURES },
  };
  const read = signedData.signerInfos.map((info) => ({ info, covers: readSigner(context, info, null, 0) }));
  // A record in one of the signatures is over the whole CMS, and so over the others too.
  const all = new Set(read.flatMap(({ covers }) => covers));
  for (const { info, covers } of read) {
    const [id] = covers;
    if (id !== undefined) readRecords(context, info, id, [...new Set([...covers, ...all])]);
  }
  return context.out;
}

interface Context {
  readonly options: CmsSignatureOptions;
  readonly signedData: SignedData;
  readonly signedContent: SignedContent | null;
  readonly held: Material;
  readonly out: {
    signatures: SignatureFacts[];
    timestamps: TimestampFacts[];
    evidenceRecords: EvidenceRecordFacts[];
    unreadable: UnreadableToken[];
  };
  dataId(): string | null;
  readonly left: { count: number };
}

interface Parent {
  readonly id: string;
  readonly signature: Bytes;
}

/** One SignerInfo and, after it, its countersignatures; gives the id first and then what comes with it, for a time-stamp over it all. */
function readSigner(context: Context, info: SignerInfo, parent: Parent | null, depth: number): AnyId[] {
  if (context.left.count-- <= 0) {
    if (context.left.count === -1) context.out.unreadable.push({ kind: 'signature', name: null, malformed: TOO_MANY });
    return [];
  }
  const { signedData, options, out } = context;
  const { pool } = options;
  const id = distinct(pool, idOf(info.bytes));
  const content = parent ? contentOf(parent.signature) : context.signedContent;
  const check = checkContent(info, parent ? null : signedData.contentType, content);
  const material = materialOf(context, info);
  const signer = findSigner(info, candidatesOf(pool, signedData.certificates), content);
  const place = out.signatures.length;
  const counterSignatures = readCounterSignatures(context, info, id, depth);
  const signedMaterial = [...signer.references.flatMap(({ matches }) => matches?.fingerprint ?? []), ...idsOf(material.signed)];
  const dataId = parent ? (): string => parent.id : context.dataId;
  const stamped = { id, signedData, info, content, dataId, signedMaterial, heldMaterial: idsOf(context.held), counterSignatures };
  const { timestamps, unreadable } = readTimestamps(stamped, pool);
  out.timestamps.push(...timestamps);
  out.unreadable.push(...unreadable);
  const facts: SignatureFacts = {
    ...signatureFacts(context, info, check, signer, parent),
    id,
    counterSignatureOf: parent?.id ?? null,
    timestamps: timestamps.map((timestamp) => timestamp.id),
    material: material.all,
  };
  out.signatures.splice(place, 0, facts);
  const stampIds = timestamps.flatMap((timestamp) => [timestamp.id, ...timestamp.covers, ...idsOf(timestamp.material)]);
  const covers = [id, ...dataIds(dataId()), ...signedMaterial, ...idsOf(material.all), ...stampIds];
  if (parent) readRecords(context, info, id, covers);
  return covers;
}

function readRecords({ signedData, options, out }: Context, info: SignerInfo, id: string, covers: readonly AnyId[]): void {
  const content = signedData.encapsulated === null || options.format === 'PAdES' ? options.content : null;
  const holder = { signedData, info, id, covers, content, contentName: options.contentName ?? '' };
  const { records, unreadable } = readEmbeddedRecords(holder, options.pool);
  for (const read of records) {
    out.evidenceRecords.push(read.record);
    out.timestamps.push(...read.timestamps);
    out.unreadable.push(...read.unreadable);
  }
  out.unreadable.push(...unreadable);
}

type OwnFacts = Omit<SignatureFacts, 'id' | 'counterSignatureOf' | 'timestamps' | 'material'>;

function signatureFacts(context: Context, info: SignerInfo, check: ContentCheck, signer: FoundSigner, parent: Parent | null): OwnFacts {
  const { options, signedData } = context;
  const signed = info.signedAttributes?.attributes ?? [];
  const roles = readSignerRoles(signed);
  const claimed = parent || options.claimedTime === undefined ? readSigningTime(signed) : options.claimedTime;
  return {
    format: options.format,
    container: options.container ?? null,
    name: options.name ?? null,
    references: [referenceOf(check, parent ? '' : (options.contentName ?? ''))],
    value: settledValue(signer, check),
    algorithm: signer.algorithm,
    signer: { certificate: signer.certificate?.fingerprint ?? null, references: describeReferences(signer) },
    claimedTime: claimed,
    policy: policyFacts(signed, info.unsignedAttributes),
    commitmentTypes: readCommitmentTypes(signed),
    claimedRoles: roles.claimed,
    certifiedRoles: roles.certified,
    productionPlace: placeOf(readSignerLocation(signed)),
    cms: outlineOf(signedData, info, check, signer.certificate),
    pdf: parent ? null : (options.pdf ?? null),
    structureProblems: problemsOf(context, check, signer, parent),
  };
}

function referenceOf({ signedAttributes, digestAlgorithm, found, intact }: ContentCheck, name: string): ReferenceFacts {
  return { type: signedAttributes ? 'MESSAGE_DIGEST' : 'CONTENT_DIGEST', name, digestAlgorithm, found, intact };
}

function problemsOf({ options, signedData }: Context, check: ContentCheck, signer: FoundSigner, parent: Parent | null): string[] {
  const problems = [...check.violations, ...check.problems];
  if (signer.unreadableReference !== null) problems.push(`signing-certificate attribute: ${signer.unreadableReference}`);
  if (!parent && options.format === 'PAdES' && options.encapsulated !== 'sha1-inside' && signedData.encapsulated !== null)
    problems.push('the CMS of a PDF signature holds a content of its own');
  const { trailing } = signedData;
  if (trailing.length > 0 && (options.format === 'CAdES' || !isZero(trailing))) problems.push(`${trailing.length} octets after the CMS`);
  if (signedData.digestAlgorithms.length === 0 && signedData.signerInfos.length > 0) problems.push('no digest algorithm is listed');
  return problems;
}

function materialOf({ held, options }: Context, info: SignerInfo): { signed: MaterialList; all: Material } {
  const gather = (attributes: readonly Attribute[]): MaterialList => {
    const lists = attributes.flatMap((attribute) => readValues(attribute, options.pool) ?? []);
    return {
      certificates: lists.flatMap(({ certificates }) => certificates),
      revocations: lists.flatMap(({ revocations }) => revocations),
    };
  };
  const signed = gather(info.signedAttributes?.attributes ?? []);
  const unsigned = gather(info.unsignedAttributes);
  return {
    signed,
    all: {
      certificates: [...held.certificates, ...signed.certificates, ...unsigned.certificates],
      revocations: [...held.revocations, ...signed.revocations, ...unsigned.revocations],
    },
  };
}

function readCounterSignatures(context: Context, info: SignerInfo, id: string, depth: number): Map<Attribute, readonly AnyId[]> {
  const covered = new Map<Attribute, readonly AnyId[]>();
  for (const attribute of info.unsignedAttributes) {
    if (attribute.type !== ATTRIBUTE.counterSignature) continue;
    const ids: AnyId[] = [];
    for (const value of attribute.values) {
      const parsed = parseSignerInfo(value);
      if (!parsed.ok) context.out.unreadable.push({ kind: 'signature', name: 'countersignature', malformed: parsed.malformed });
      else if (depth >= MAXIMUM_DEPTH) context.out.unreadable.push({ kind: 'signature', name: 'countersignature', malformed: TOO_DEEP });
      else ids.push(...readSigner(context, parsed.value, { id, signature: info.signature }, depth + 1));
    }
    covered.set(attribute, ids);
  }
  return covered;
}

/** What the message digest is computed over. */
function signedContentOf(signedData: SignedData, { format, content, encapsulated }: CmsSignatureOptions): SignedContent | null {
  if (encapsulated === 'sha1-inside') {
    const inside = signedData.content;
    if (inside === null || content === null) return null;
    const hash = content.digest('SHA-1');
    // The digest that stands inside must be that of the content: else what is signed is something else.
    return hash && equal(hash, inside) ? contentOf(inside) : contentOf(hash ?? EMPTY);
  }
  // A PDF signature is over its byte range whatever the CMS holds (ISO 32000-2, 12.8.3.3.1).
  return format === 'PAdES' ? content : (signedData.encapsulated ?? content);
}

function dataIdOf(signedData: SignedData, { content, format }: CmsSignatureOptions): string | null {
  const signed = format === 'PAdES' ? content : (signedData.encapsulated ?? content);
  const hash = signed?.digest('SHA-256');
  return hash ? toHex(hash) : null;
}

function placeOf(location: SignerLocation | null): string | null {
  if (!location) return null;
  const parts = [...(location.postalAddress ?? []), location.locality, location.country].filter(
    (part) => part !== undefined && part !== '',
  );
  return parts.length > 0 ? parts.join(', ') : null;
}

/** Whether all octets are zero, as containers of a fixed size pad with them: four at a time, for there are many. */
export function isZero(octets: Bytes): boolean {
  const head = Math.min(octets.length, (4 - (octets.byteOffset & 3)) & 3);
  const words = new Uint32Array(octets.buffer, octets.byteOffset + head, (octets.length - head) >>> 2);
  for (let i = 0; i < words.length; i++) if (words[i] !== 0) return false;
  for (let i = 0; i < head; i++) if (octets[i] !== 0) return false;
  for (let i = head + words.length * 4; i < octets.length; i++) if (octets[i] !== 0) return false;
  return true;
}

const dataIds = (id: string | null): string[] => (id === null ? [] : [id]);

function lazily<T>(compute: () => T): () => T {
  let known: { readonly value: T } | null = null;
  return () => {
    known ??= { value: compute() };
    return known.value;
  };
}

const OPTIONS = ['format', 'pool', 'content', 'contentName', 'container', 'name', 'pdf', 'claimedTime', 'encapsulated'];
const TOO_MANY = { what: 'signatures', at: 0, reason: 'more of them than are read' };
const TOO_DEEP = { what: 'countersignature', at: 0, reason: 'countersignatures of countersignatures nested too deep' };
/** Countersignatures of countersignatures followed at most. */
const MAXIMUM_DEPTH = 8;
/** Signatures of one SignedData read at most. */
const MAXIMUM_SIGNATURES = 1000;
