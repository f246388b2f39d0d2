/** Evidence records in XML as they are encoded, RFC 6283, 2 to 4. */
import { type Bytes, indexOf } from '../base/bytes.ts';
import { attempt, malformed, type Parsed, unreadable } from '../base/parsed.ts';
import { fromBase64, utf8 } from '../base/text.ts';
import { digestByUri } from '../crypto/algorithm.ts';
import type { DigestName } from '../crypto/names.ts';
import { parseTimestampToken, type TimestampToken } from '../tsp/token.ts';
import { type CanonicalMethod, canonicalize } from '../xml/canonicalize.ts';
import type { XmlDocument, XmlNode } from '../xml/document.ts';
import { parseXml } from '../xml/parse.ts';
import { attributeNamed, childrenOf, elementNamed, elementsNamed, isNamed, kindOf, spanOf, textOf } from '../xml/query.ts';
import { canonicalMethod } from '../xmldsig/canonical-method.ts';
import { type ChainStructure, MAXIMUM_TIMESTAMPS, type RecordStructure, type StampStructure } from './structure.ts';

/** The namespace of everything in a record. */
export const ERS = 'urn:ietf:params:xml:ns:ers';

/**
 * ```xml
 * <EvidenceRecord Version="1.0">
 *   <EncryptionInformation>?  <SupportingInformationList>?
 *   <ArchiveTimeStampSequence>
 *     <ArchiveTimeStampChain Order="1">+
 *       <DigestMethod Algorithm/>  <CanonicalizationMethod Algorithm/>
 *       <ArchiveTimeStamp Order="1">+
 *         <HashTree>?  <Sequence Order="1">+  <DigestValue>+
 *         <TimeStamp>  <TimeStampToken Type="RFC3161">  <CryptographicInformationList>?
 *         <Attributes>?
 * ```
 */
export interface XmlEvidenceRecord extends RecordStructure {
  readonly document: XmlDocument;
  /** The EvidenceRecord element. */
  readonly element: XmlNode;
  readonly sequence: XmlNode;
  readonly chains: readonly XmlChain[];
}

export interface XmlChain extends ChainStructure {
  readonly element: XmlNode;
  readonly digest: DigestName | null;
  readonly method: CanonicalMethod | null;
  readonly timestamps: readonly XmlStamp[];
}

export interface XmlStamp extends StampStructure {
  readonly element: XmlNode;
}

/** Reads a record that is a document of its own. Nothing is verified. */
export function parseXmlRecord(bytes: Bytes): Parsed<XmlEvidenceRecord> {
  const document = parseXml(bytes);
  return document.ok ? xmlRecordIn(document.value, document.value.root) : document;
}

/** Reads a record that is an element of a document. */
export const xmlRecordIn = (document: XmlDocument, element: XmlNode): Parsed<XmlEvidenceRecord> =>
  attempt(() => readRecord(document, element));

/** Whether octets are an XML document whose root is a record. */
export function isXmlRecord(bytes: Bytes): boolean {
  if (!looksLikeXml(bytes) || indexOf(bytes, NAMESPACE) < 0) return false;
  const document = parseXml(bytes);
  return document.ok && isNamed(document.value, document.value.root, ERS, 'EvidenceRecord');
}

/** A first tag, or a byte order mark: ASN.1 begins with neither. */
export const looksLikeXml = (bytes: Bytes): boolean =>
  bytes.find((octet) => octet > 0x20) === 0x3c || (bytes[0] === 0xef && bytes[1] === 0xbb) || (bytes[0] ?? 0) >= 0xfe;

/** Throws `Unreadable`. */
function readRecord(document: XmlDocument, element: XmlNode): XmlEvidenceRecord {
  const fail = (node: XmlNode, reason: string): never => unreadable('EvidenceRecord', spanOf(document, node).start, reason);
  if (!isNamed(document, element, ERS, 'EvidenceRecord')) fail(element, 'an EvidenceRecord element is expected');
  const version = attributeNamed(document, element, 'Version');
  if (version === null || Number(version) !== 1) fail(element, `version ${version} is not known`);
  const sequence = elementNamed(document, element, ERS, 'ArchiveTimeStampSequence') ?? fail(element, 'it has no ArchiveTimeStampSequence');
  const problems: string[] = [];
  const material = { certificates: [] as Bytes[], crls: [] as Bytes[], ocsps: [] as Bytes[] };
  const elements = ordered(document, elementsNamed(document, sequence, ERS, 'ArchiveTimeStampChain'), problems);
  if (elements.length === 0) fail(sequence, 'it is empty');
  let count = 0;
  const chains = elements.map((chain, index): XmlChain => {
    const digest = digestByUri(algorithmOf(document, chain, 'DigestMethod') ?? '');
    const canonical = elementNamed(document, chain, ERS, 'CanonicalizationMethod');
    const method = canonical === null ? null : canonicalMethod(document, canonical, attributeNamed(document, canonical, 'Algorithm') ?? '');
    if (method === null) problems.push('a canonicalization method is not known');
    const stamps = ordered(document, elementsNamed(document, chain, ERS, 'ArchiveTimeStamp'), problems);
    count += stamps.length;
    if (stamps.length === 0) fail(chain, 'a chain is empty');
    if (count > MAXIMUM_TIMESTAMPS) fail(chain, `more than ${MAXIMUM_TIMESTAMPS} archive time-stamps`);
    return {
      element: chain,
      digest,
      method,
      timestamps: stamps.map((stamp) => readStamp(document, stamp, digest, method, material)),
      sequenceBefore: () => (method === null ? [] : sequencesWithout(document, sequence, new Set(elements.slice(index)), method)),
    };
  });
  const encrypted = elementNamed(document, element, ERS, 'EncryptionInformation') !== null;
  const { start, end } = spanOf(document, element);
  const bytes = element === document.root ? document.original : document.bytes.subarray(start, end);
  return { type: 'XML', bytes, encrypted, chains, material, problems, document, element, sequence };
}

function readStamp(
  document: XmlDocument,
  element: XmlNode,
  digest: DigestName | null,
  method: CanonicalMethod | null,
  material: Readonly<Record<'certificates' | 'crls' | 'ocsps', Bytes[]>>,
): XmlStamp {
  const hashTree = elementNamed(document, element, ERS, 'HashTree');
  const timestamp = elementNamed(document, element, ERS, 'TimeStamp');
  if (timestamp === null) return unreadable('ArchiveTimeStamp', spanOf(document, element).start, 'it has no TimeStamp');
  readMaterial(document, timestamp, material);
  const lists = hashTree === null ? null : ordered(document, elementsNamed(document, hashTree, ERS, 'Sequence'), []);
  const tree = lists?.map((list) => elementsNamed(document, list, ERS, 'DigestValue').map((value) => base64(document, value))) ?? null;
  const encoding = method === null ? null : canonicalize(document, { apex: timestamp }, method);
  return { element, digest, tree, encoding, token: readToken(document, timestamp) };
}

function readToken(document: XmlDocument, timestamp: XmlNode): Parsed<TimestampToken> {
  const token = elementNamed(document, timestamp, ERS, 'TimeStampToken');
  const what = 'TimeStampToken';
  const { start } = spanOf(document, token ?? timestamp);
  if (token === null) return malformed(what, start, 'it is missing');
  const type = attributeNamed(document, token, 'Type');
  if (type !== 'RFC3161') return malformed(what, start, `type ${type} is not supported`);
  const octets = attempt(() => base64(document, token));
  return octets.ok ? parseTimestampToken(octets.value) : octets;
}

/** `CryptographicInformation` of type CERT, CRL or OCSP; what cannot be read is passed over, for nothing depends on it. */
function readMaterial(
  document: XmlDocument,
  timestamp: XmlNode,
  { certificates, crls, ocsps }: Readonly<Record<'certificates' | 'crls' | 'ocsps', Bytes[]>>,
): void {
  const list = elementNamed(document, timestamp, ERS, 'CryptographicInformationList');
  if (list === null) return;
  const kinds = new Map([
    ['CERT', certificates],
    ['CRL', crls],
    ['OCSP', ocsps],
  ]);
  for (const piece of elementsNamed(document, list, ERS, 'CryptographicInformation')) {
    const octets = fromBase64(textOf(document, piece));
    if (octets !== null && octets.length > 0) kinds.get(attributeNamed(document, piece, 'Type') ?? '')?.push(octets);
  }
}

/**
 * The sequence in canonical form as it was before some of its chains were added (4.2.2): without them, and for writers that
 * indent also without the white space before each.
 */
function sequencesWithout(document: XmlDocument, sequence: XmlNode, chains: ReadonlySet<XmlNode>, method: CanonicalMethod): Bytes[] {
  const spaces = new Set<XmlNode>(chains);
  let before: XmlNode | null = null;
  for (const child of childrenOf(document, sequence)) {
    if (chains.has(child) && before !== null && kindOf(document, before) === 'text') spaces.add(before);
    before = child;
  }
  const forms = spaces.size > chains.size ? [chains, spaces] : [chains];
  return forms.map((without) => canonicalize(document, { apex: sequence, without }, method));
}

/** By their Order, which rules; as they stand where it does not tell them apart. */
function ordered(document: XmlDocument, elements: readonly XmlNode[], problems: string[]): readonly XmlNode[] {
  const places = elements.map((element) => ({ element, order: Number(attributeNamed(document, element, 'Order') ?? Number.NaN) }));
  const known = places.every(({ order }) => Number.isInteger(order));
  if (!known || new Set(places.map(({ order }) => order)).size < places.length) {
    problems.push('the order of archive time-stamps is not told, or told twice');
    return elements;
  }
  return places.sort((a, b) => a.order - b.order).map(({ element }) => element);
}

function algorithmOf(document: XmlDocument, node: XmlNode, local: string): string | null {
  const element = elementNamed(document, node, ERS, local);
  return element === null ? null : attributeNamed(document, element, 'Algorithm');
}

function base64(document: XmlDocument, node: XmlNode): Bytes {
  const octets = fromBase64(textOf(document, node));
  return octets ?? unreadable('EvidenceRecord', spanOf(document, node).start, 'no base64');
}

const NAMESPACE = utf8(ERS);
