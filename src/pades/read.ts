/** Reading a PDF into facts: every signature and document time-stamp, with the document security store (EN 319 142-1; ISO 32000-2, 12.8). */
import type { Bytes } from '../base/bytes.ts';
import type { Malformed, Parsed } from '../base/parsed.ts';
import type { Source } from '../base/source.ts';
import { documentOf } from '../cades/document.ts';
import { type CmsSignatureOptions, readCmsSignature } from '../cades/read.ts';
import { contentOfSource, digestOrNull, type SignedContent } from '../cms/content.ts';
import { addCertificate, newPool, type Pool } from '../cms/pool.ts';
import { parseSignedData } from '../cms/signed-data.ts';
import type {
  AnyId,
  DocumentFacts,
  EvidenceRecordFacts,
  Material,
  PdfSignatureFacts,
  ReferenceFacts,
  SignatureFacts,
  TimestampFacts,
  UnreadableToken,
} from '../facts/index.ts';
import { loadObject, type OpenOptions, openPdf, type PdfDocument, requireUnlocked } from '../pdf/document.ts';
import { type SignatureField, signatureFields, straySignatures } from '../pdf/field.ts';
import { isKind } from '../pdf/object.ts';
import { pageCount } from '../pdf/page.ts';
import { revisions } from '../pdf/revision.ts';
import { kindOf, type SignatureDictionary } from '../pdf/signature.ts';
import { describeTimestamp } from '../tsp/read.ts';
import { parseTimestampToken } from '../tsp/token.ts';
import { type Placed, placesOf } from './place.ts';
import { idsOf, type Store, storeOf } from './store.ts';

/**
 * Facts of a PDF. Digests and signature values are verified here, nothing is judged. `supplied`: further certificates, DER.
 *
 * Throws `Fault` `wrong-password` where the document is encrypted and what was given does not open it, `unsupported` where it is
 * encrypted in a way that is not known here.
 */
export function readPades(document: Bytes | Source, supplied: readonly Bytes[] = [], options: OpenOptions = {}): Parsed<DocumentFacts> {
  return read(document, supplied, options, 'all');
}

/**
 * As {@link readPades}, of time-stamps alone: of signatures only tells that they are there. Their octets are not digested and
 * what was changed after them is not looked for, so that their references count as not found and their changes as unknown.
 */
export function readTimestamps(document: Bytes | Source, supplied: readonly Bytes[], options: OpenOptions): Parsed<DocumentFacts> {
  return read(document, supplied, options, 'timestamps');
}

function read(
  document: Bytes | Source,
  supplied: readonly Bytes[],
  options: OpenOptions,
  checked: Reading['checked'],
): Parsed<DocumentFacts> {
  const opened = openPdf(document, options);
  if (!opened.ok) return opened;
  const pdf = opened.value;
  requireUnlocked(pdf);
  const pool = newPool();
  for (const certificate of supplied) addCertificate(pool, certificate);
  const store = storeOf(pdf, pool);
  const fields = signatureFields(pdf);
  const placed = placedIn(pdf, fields);
  const places = placesOf(pdf, placed, checked === 'all');
  const reading: Reading = {
    pdf,
    checked,
    pool,
    store,
    signatures: [],
    timestamps: [],
    evidenceRecords: [],
    unreadable: [...store.unreadable, ...unreadableValues(pdf, fields)],
    earlier: [],
  };
  for (const [i, one] of placed.entries()) readOne(reading, one, places[i] as PdfSignatureFacts);
  const count = pageCount(pdf);
  return {
    ok: true,
    value: {
      ...documentOf('PDF', pool, withDocumentTimestamps(reading), reading.timestamps, reading.unreadable, reading.evidenceRecords),
      pdf: { pages: count.ok ? count.value.walked : null, revisions: revisions(pdf).length, hasDss: store.present },
    },
  };
}

interface Reading {
  readonly pdf: PdfDocument;
  readonly checked: 'all' | 'timestamps';
  readonly pool: Pool;
  readonly store: Store;
  readonly signatures: SignatureFacts[];
  readonly timestamps: TimestampFacts[];
  readonly evidenceRecords: EvidenceRecordFacts[];
  readonly unreadable: UnreadableToken[];
  /** What each signature and time-stamp so far makes a later document time-stamp cover. */
  readonly earlier: { readonly end: number; readonly ids: readonly AnyId[] }[];
}

/** Signed fields and strays in the order of their revisions, those whose byte range leads nowhere last. Usage rights are no signature of a person. */
function placedIn(pdf: PdfDocument, fields: readonly SignatureField[]): Placed[] {
  const seen = new Set<number>();
  const inFields = fields.flatMap(({ name, signature, lock }): Placed[] => {
    const num = signature?.ref?.num;
    // Several fields may show one signature: it is one all the same.
    if (signature === null || (num !== undefined && seen.has(num))) return [];
    if (num !== undefined) seen.add(num);
    return [{ fieldName: name, signature, lock }];
  });
  const strays = straySignatures(pdf, fields).filter(
    ({ references }) => !references.some(({ transformMethod }) => transformMethod?.startsWith('UR')),
  );
  const all = [...inFields, ...strays.map((signature) => ({ fieldName: '', signature, lock: null }))];
  const order = ({ signature }: Placed): number => endOf(signature);
  return all.sort((a, b) => order(a) - order(b) || 0);
}

/** Fields whose value is there and is no dictionary that can be read: a broken signature is one all the same. A missing object is no value (7.3.10). */
function unreadableValues(pdf: PdfDocument, fields: readonly SignatureField[]): UnreadableToken[] {
  return fields.flatMap(({ name, value, signature }): UnreadableToken[] => {
    if (signature !== null || value === null) return [];
    const object = isKind(value, 'ref') ? loadObject(pdf, value) : null;
    if (object?.ok && (object.value === null || object.value.value === null)) return [];
    const malformed = object?.ok === false ? object.malformed : { what: 'signature field', at: 0, reason: 'its value is no dictionary' };
    return [{ kind: 'signature', name, malformed }];
  });
}

function readOne(reading: Reading, { fieldName, signature }: Placed, place: PdfSignatureFacts): void {
  const contents = signature.contents?.bytes ?? null;
  const fail = (kind: UnreadableToken['kind'], malformed: Malformed): void =>
    void reading.unreadable.push({ kind, name: fieldName, malformed });
  const kind = kindOf(signature);
  if (typeof kind !== 'string') return fail('signature-field', { what: 'signature dictionary', at: 0, reason: kind.neither });
  if (contents === null || contents.length === 0) return fail(kind, { what: 'signature dictionary', at: 0, reason: 'no /Contents' });
  if (signature.subFilter === 'adbe.x509.rsa_sha1')
    return fail(kind, {
      what: 'signature dictionary',
      at: 0,
      reason: 'signatures of type adbe.x509.rsa_sha1 hold no CMS and are not supported',
    });
  const problem =
    kind === 'timestamp' ? readTimestamp(reading, signature, contents, place) : readSignature(reading, signature, contents, place);
  if (problem !== null) fail(kind, problem);
}

function readSignature(reading: Reading, signature: SignatureDictionary, contents: Bytes, place: PdfSignatureFacts): Malformed | null {
  const signedData = parseSignedData(contents, { trailing: 'keep' });
  if (!signedData.ok) return signedData.malformed;
  const { pool, store, checked } = reading;
  const options: CmsSignatureOptions = {
    format: 'PAdES',
    pool,
    content: checked === 'all' ? coveredContent(reading.pdf, signature) : null,
    name: place.fieldName,
    pdf: place,
    ...(signature.claimedTime !== null && { claimedTime: signature.claimedTime }),
    ...(signature.subFilter === 'adbe.pkcs7.sha1' && { encapsulated: 'sha1-inside' }),
  };
  for (const certificate of signature.certificates) addCertificate(pool, certificate);
  const read = readCmsSignature(signedData.value, options);
  if (read.signatures.length === 0) return { what: 'SignedData', at: 0, reason: 'no SignerInfo' };
  const stored = joined(store.material, store.vriOf(contents));
  // A content inside the CMS would be what is signed, in place of the document (ISO 32000-2, 12.8.3.3.1).
  const inside = signedData.value.content !== null && signature.subFilter !== 'adbe.pkcs7.sha1';
  const coversDocument = signature.coverage.valid && !inside;
  for (const facts of read.signatures) {
    const own = facts.counterSignatureOf === null;
    const tokens = read.timestamps.filter(({ id }) => facts.timestamps.includes(id));
    const covered = [
      facts.id,
      ...idsOf(facts.material),
      ...tokens.flatMap((token) => [token.id, ...token.covers, ...idsOf(token.material)]),
    ];
    const value = signedData.value.signerInfos[0]?.signature;
    const vri = own && value !== undefined ? vriTimestamp(reading, contents, value, covered) : null;
    reading.signatures.push({
      ...facts,
      references: own && !coversDocument ? facts.references.map(overAnotherRange) : facts.references,
      material: own ? joined(facts.material, stored) : facts.material,
      timestamps: vri === null ? facts.timestamps : [...facts.timestamps, vri.id],
    });
    reading.earlier.push({ end: endOf(signature), ids: covered });
  }
  reading.timestamps.push(...read.timestamps);
  reading.evidenceRecords.push(...read.evidenceRecords);
  reading.unreadable.push(...read.unreadable);
  return null;
}

/** A digest over octets other than the whole revision but /Contents is not what a PDF signature has to hold. */
const overAnotherRange = (reference: ReferenceFacts): ReferenceFacts => ({ ...reference, found: true, intact: false });

/** /TS of the signature's VRI entry: a time-stamp over the signature value (ISO 32000-2, 12.8.4.4). */
function vriTimestamp(reading: Reading, contents: Bytes, value: Bytes, covers: readonly AnyId[]): TimestampFacts | null {
  const bytes = reading.store.vriTimestampOf(contents);
  if (bytes === null) return null;
  const token = bytes.ok ? parseTimestampToken(bytes.value) : bytes;
  if (!token.ok) {
    reading.unreadable.push({ kind: 'timestamp', name: 'VRI', malformed: token.malformed });
    return null;
  }
  const description = describeTimestamp(token.value, (name) => digestOrNull(name, value), reading.pool);
  const facts: TimestampFacts = { ...description, type: 'document', name: 'VRI', covers, protectsMaterial: false, pdf: null };
  reading.timestamps.push(facts);
  return facts;
}

function readTimestamp(reading: Reading, signature: SignatureDictionary, contents: Bytes, place: PdfSignatureFacts): Malformed | null {
  const { pool, store } = reading;
  const signedData = parseSignedData(contents, { trailing: 'keep' });
  const token = signedData.ok ? parseTimestampToken(signedData.value.bytes) : signedData;
  if (!token.ok) return token.malformed;
  const content = coveredContent(reading.pdf, signature);
  const description = describeTimestamp(token.value, (name) => content?.digest(name) ?? null, pool, place.fieldName);
  const revision = signature.revision ?? -1;
  // Its octets end with its own revision: a store that the same update wrote is covered too.
  const held = store.heldBefore(revision + 1);
  const before = reading.earlier.filter(({ end }) => end < endOf(signature)).flatMap(({ ids }) => ids);
  const covers = [...new Set([...before, ...(held ?? [])])];
  const facts: TimestampFacts = {
    ...description,
    type: 'document',
    name: place.fieldName,
    covers,
    protectsMaterial: held !== null,
    material: joined(description.material, store.vriOf(contents)),
    pdf: place,
  };
  reading.timestamps.push(facts);
  reading.earlier.push({ end: endOf(signature), ids: [facts.id, ...idsOf(description.material)] });
  return null;
}

/** A document time-stamp belongs to every signature that lies in a revision before its own. */
function withDocumentTimestamps({ signatures, timestamps }: Reading): SignatureFacts[] {
  const stamps = timestamps.filter(({ type }) => type === 'document');
  return signatures.map((signature) => {
    if (signature.counterSignatureOf !== null) return signature;
    const covering = stamps
      .filter(({ id, covers }) => covers.includes(signature.id) && !signature.timestamps.includes(id))
      .map(({ id }) => id);
    return covering.length === 0 ? signature : { ...signature, timestamps: [...signature.timestamps, ...covering] };
  });
}

/** Where the covered octets end: what ends before is covered by a later time-stamp, whatever the revisions look like. */
const endOf = ({ coverage }: SignatureDictionary): number => (coverage.ranges === null ? Number.POSITIVE_INFINITY : (coverage.end ?? 0));

/** The octets of the byte range; where it leads outside the file there is nothing to digest. */
function coveredContent(pdf: PdfDocument, { coverage }: SignatureDictionary): SignedContent | null {
  const { ranges } = coverage;
  return ranges === null
    ? null
    : contentOfSource(
        pdf.source,
        ranges.map(([offset, length]) => ({ offset, length })),
      );
}

const joined = (a: Material, b: Material): Material => ({
  certificates: [...a.certificates, ...b.certificates],
  revocations: [...a.revocations, ...b.revocations],
});
