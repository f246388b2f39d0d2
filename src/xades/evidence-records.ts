/** Evidence records in the SealingEvidenceRecords properties of a signature: over the signature and what it signs, and over detached files of their own (TS 119 132-3, 5). */
import { mustSpend } from '../base/budget.ts';
import type { Bytes } from '../base/bytes.ts';
import { attempt, malformed, type Parsed, unreadable } from '../base/parsed.ts';
import { fromBase64, toHex } from '../base/text.ts';
import type { SignedContent } from '../cms/content.ts';
import type { Pool } from '../cms/pool.ts';
import { canDigest, createDigest, digest } from '../crypto/digest.ts';
import type { DigestName } from '../crypto/names.ts';
import { nodeOver } from '../evidence-record/hash-tree.ts';
import { type ArchivedObject, type ReadRecord, readStructure } from '../evidence-record/read.ts';
import { parseAsn1Record } from '../evidence-record/record.ts';
import type { RecordStructure } from '../evidence-record/structure.ts';
import { ERS, xmlRecordIn } from '../evidence-record/xml-record.ts';
import type { UnreadableToken } from '../facts/document.ts';
import type { AnyId } from '../facts/id.ts';
import { type CanonicalMethod, canonicalizeTo } from '../xml/canonicalize.ts';
import type { XmlDocument, XmlNode } from '../xml/document.ts';
import { attributeNamed, elementNamed, elementsOf, isNamed, spanOf, textOf } from '../xml/query.ts';
import { canonicalMethod, DEFAULT_METHOD } from '../xmldsig/canonical-method.ts';
import { eachPiece } from '../xmldsig/data.ts';
import { DS } from '../xmldsig/names.ts';
import { checkManifest, dataOf } from '../xmldsig/reference.ts';
import type { XmlReference, XmlSignature } from '../xmldsig/signature.ts';
import type { Part, StampedContent } from './imprint.ts';
import { XADES_EN } from './names.ts';

export interface SealedSignature extends StampedContent {
  readonly id: string;
  /** What a record over the signature proves to have existed. */
  readonly covers: readonly AnyId[];
}

/** Facts of every record of one signature, in the order of its properties. */
export function readSealingRecords(
  sealed: SealedSignature,
  pool: Pool,
): { readonly records: readonly ReadRecord[]; readonly unreadable: readonly UnreadableToken[] } {
  const { document } = sealed.signature;
  const records: ReadRecord[] = [];
  const failed: UnreadableToken[] = [];
  const properties = sealed.unsigned.filter(({ kind }) => kind === 'evidence-records');
  const elements = properties.flatMap(({ node }) => elementsOf(document, node).map((element) => ({ property: node, element })));
  for (const { property, element } of elements.slice(0, MAXIMUM_RECORDS)) {
    const structure = structureIn(document, element);
    if (!structure.ok) failed.push({ kind: 'evidence-record', name: null, malformed: structure.malformed });
    else records.push(readStructure(structure.value, objectsOf(sealed, property), { origin: 'signature', signature: sealed.id }, pool));
  }
  if (elements.length > MAXIMUM_RECORDS) failed.push({ kind: 'evidence-record', name: null, malformed: TOO_MANY });
  return { records, unreadable: failed };
}

/** What a record in this property has to be over: the signature with all before the property, and each file beside it; null where one is not at hand. */
export function sealedContents(sealed: SealedSignature, property: XmlNode): readonly SignedContent[] | null {
  const objects = objectsOf(sealed, property);
  if (objects.some(({ found }) => !found)) return null;
  return objects.map(({ digests, octets }) => ({
    digest: (name) => digests(name)[0] ?? null,
    octets: () => octets?.() ?? null,
  }));
}

/** `xadesen:ASN1EvidenceRecord` holds base64, `ers:EvidenceRecord` stands as it is. */
function structureIn(document: XmlDocument, element: XmlNode): Parsed<RecordStructure> {
  if (isNamed(document, element, ERS, 'EvidenceRecord')) return xmlRecordIn(document, element);
  const { start } = spanOf(document, element);
  if (!isNamed(document, element, XADES_EN, 'ASN1EvidenceRecord'))
    return malformed('SealingEvidenceRecords', start, 'an evidence record is expected');
  const octets = fromBase64(textOf(document, element));
  return octets === null ? malformed('ASN1EvidenceRecord', start, 'no base64') : parseAsn1Record(octets);
}

/** The signature, and each file beside it that it is over: a record may be over these by themselves too. */
function objectsOf(sealed: SealedSignature, property: XmlNode): ArchivedObject[] {
  const { signature, source } = sealed;
  const external = signature.signedInfo.references.filter(({ uri }) => uri !== null && uri !== '' && !uri.startsWith('#'));
  const files = new Map(external.map((reference) => [reference.uri as string, reference]));
  return [masterOf(sealed, property), ...[...files].map(([uri, reference]) => fileOf(uri, reference, source))];
}

function fileOf(uri: string, reference: XmlReference, { external }: SealedSignature['source']): ArchivedObject {
  const octets = (): Iterable<Bytes> | null => {
    const file = external(uri, reference);
    return file === null ? null : [file];
  };
  const digests = (name: DigestName): readonly Bytes[] => {
    const file = canDigest(name) ? external(uri, reference) : null;
    return file === null ? [] : [digest(name, file)];
  };
  const covers = digests('SHA-256').map(toHex);
  return {
    name: uri,
    type: 'EVIDENCE_RECORD_ARCHIVE_OBJECT',
    digests,
    octets,
    found: covers.length > 0,
    listed: false,
    asListed: true,
    covers,
  };
}

/** The group of everything that the signature is made of: the hash over the sorted hashes of its members. */
function masterOf(sealed: SealedSignature, property: XmlNode): ArchivedObject {
  const known = new Map<DigestName, readonly Bytes[]>();
  const digests = (name: DigestName): readonly Bytes[] => {
    const values = known.get(name) ?? groupDigest(sealed, property, name);
    known.set(name, values);
    return values;
  };
  const found = digests('SHA-256').length > 0;
  return { name: '', type: 'EVIDENCE_RECORD_MASTER_SIGNATURE', digests, found, listed: true, asListed: true, covers: sealed.covers };
}

/** None where a member is not at hand. */
function groupDigest(sealed: SealedSignature, property: XmlNode, name: DigestName): readonly Bytes[] {
  const { signature, source, work } = sealed;
  const method = methodOf(signature);
  if (method === null || !canDigest(name)) return [];
  const hashes = attempt(() =>
    membersOf(sealed, property).map((part) => {
      const state = createDigest(name);
      const visit = (piece: Bytes): void => {
        mustSpend(work.octets, 'evidence record', 0, piece.length);
        state.update(piece);
      };
      if ('element' in part) canonicalizeTo(signature.document, { apex: part.element }, method, visit);
      else {
        const data = dataOf(signature, part.reference, source, work);
        if ('refused' in data) return unreadable('evidence record', 0, data.refused);
        eachPiece(data, visit, method);
      }
      return state.finish();
    }),
  );
  return hashes.ok ? [nodeOver(name, hashes.value)] : [];
}

/** What references name, SignedInfo, the value and KeyInfo, the unsigned properties before, all other Objects, what signed Manifests name. */
function membersOf({ signature, properties, unsigned, source, work }: SealedSignature, property: XmlNode): Part[] {
  const { signedInfo, value, keyInfo, objects } = signature;
  const before = unsigned.slice(
    0,
    unsigned.findIndex(({ node }) => node === property),
  );
  const elements = [
    ...[signedInfo.node, value.node, ...(keyInfo === null ? [] : [keyInfo])],
    ...before.map(({ node }) => node),
    ...objects.filter((object) => object !== properties.object),
  ];
  const listed = signedInfo.references.flatMap((reference) => checkManifest(signature, reference, source, work) ?? []);
  return [
    ...signedInfo.references.map((reference) => ({ reference })),
    ...elements.map((element) => ({ element })),
    ...listed.map(({ reference }) => ({ reference })),
  ];
}

/** That of SignedInfo, in which all members are; null where it is not supported. */
function methodOf({ document, signedInfo }: XmlSignature): CanonicalMethod | null {
  const element = elementNamed(document, signedInfo.node, DS, 'CanonicalizationMethod');
  return element === null ? DEFAULT_METHOD : canonicalMethod(document, element, attributeNamed(document, element, 'Algorithm') ?? '');
}

/** Records of one signature read at most: for each the whole of it is digested. */
const MAXIMUM_RECORDS = 20;
const TOO_MANY = { what: 'evidence records', at: 0, reason: 'more of them than are read' };
