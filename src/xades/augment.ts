/** Augmentation of XML signatures (EN 319 132-1, 5.3 to 5.5 and 6): unsigned properties are put in; what is signed or time-stamped keeps every octet. */
import type { Bytes } from '../base/bytes.ts';
import { Fault } from '../base/fault.ts';
import { fromBase64, toBase64, toHex } from '../base/text.ts';
import { digest as digestOf } from '../crypto/digest.ts';
import type { DigestName } from '../crypto/names.ts';
import type { TimestampAuthority } from '../tsp/timestamp-authority.ts';
import type { XmlDocument, XmlNode } from '../xml/document.ts';
import { parseXml } from '../xml/parse.ts';
import { attributeNamed, descendantsNamed, elementNamed, spanOf, textOf } from '../xml/query.ts';
import { idsOf } from '../xmldsig/ids.ts';
import { DS } from '../xmldsig/names.ts';
import { readSignature, type XmlSignature } from '../xmldsig/signature.ts';
import { workFor } from '../xmldsig/work.ts';
import { appended, declarationsFor, withAttribute } from './build-place.ts';
import { type Edit, spliced } from './build-splice.ts';
import { element } from './build-xml.ts';
import type { SourceOf } from './detached.ts';
import { imprintDigest, imprintsOf } from './imprint.ts';
import { type UnsignedKind, XADES } from './names.ts';
import {
  holdsSignedProperties,
  isSignedPropertiesType,
  type QualifyingProperties,
  qualifyingPropertiesOf,
  type UnsignedProperty,
  unsignedPropertiesOf,
} from './qualifying-properties.ts';

/** A signature of a document that may get unsigned properties. */
export interface ExtendedSignature {
  readonly signature: XmlSignature;
  /** Null where it has none yet. */
  readonly properties: QualifyingProperties | null;
  readonly unsigned: readonly UnsignedProperty[];
}

/** Throws `Fault` `unsupported` for versions of XAdES before 1.3.2, `refused` where the properties are not those of the signature. */
export function extendedSignature(document: XmlDocument, node: XmlNode): ExtendedSignature {
  const read = readSignature(document, node);
  if (!read.ok) throw new Fault('refused', `a signature cannot be read, and so not be extended: ${read.malformed.reason}`);
  const signature = read.value;
  const properties = qualifyingPropertiesOf(signature);
  const named = signature.signedInfo.references.some(({ type }) => isSignedPropertiesType(type));
  if (properties === null && (named || holdsSignedProperties(signature)))
    throw new Fault(
      'refused',
      'the qualifying properties do not belong to the signature, or there are several, or they are of an unknown form: it cannot be extended',
    );
  if (properties !== null && properties.namespace !== XADES)
    throw new Fault(
      'unsupported',
      `the signature is of an old version of XAdES (${properties.namespace}): it is validated, but not extended`,
    );
  return { signature, properties, unsigned: properties === null ? [] : unsignedPropertiesOf(document, properties) };
}

export interface TimestampOptions {
  readonly authority: TimestampAuthority;
  readonly digest: DigestName;
  /** URI of the canonicalization method. */
  readonly canonicalization: string;
  /** What stands outside the document. */
  readonly source: SourceOf;
}

/** Level T: a signature time-stamp over the value of each of these signatures (5.3). Throws what the authority throws. */
export const addSignatureTimestamps = (document: XmlDocument, nodes: readonly XmlNode[], options: TimestampOptions): Promise<Bytes> =>
  stamped(document, nodes, 'signature', options);

/**
 * Level LTA: an archive time-stamp of 1.4.1 on each of these signatures, over what it signs, the signature and all unsigned
 * properties so far (5.5.2.2). Throws `Fault` `bad-option` where a signed file is not at hand, and what the authority throws.
 */
export const addArchiveTimestamps = (document: XmlDocument, nodes: readonly XmlNode[], options: TimestampOptions): Promise<Bytes> =>
  stamped(document, nodes, 'archive', options);

/** The property is put in without its token first: what it is over is then read as every validator will read it. */
async function stamped(
  document: XmlDocument,
  nodes: readonly XmlNode[],
  kind: 'signature' | 'archive',
  { authority, digest, canonicalization, source }: TimestampOptions,
): Promise<Bytes> {
  const stamps = nodes.map((node) => {
    const extended = extendedSignature(document, node);
    const id = freshId(document, extended);
    const attributes = { ...declarationsIn(extended, ['ds', 'xades', ...(kind === 'archive' ? (['xades141'] as const) : [])]), Id: id };
    const property = element(
      kind === 'archive' ? 'xades141:ArchiveTimeStamp' : 'xades:SignatureTimeStamp',
      attributes,
      element('ds:CanonicalizationMethod', { Algorithm: canonicalization }),
      element('xades:EncapsulatedTimeStamp', {}),
    );
    return { id, edits: withProperty(extended, property) };
  });
  const open = reread(
    spliced(
      document,
      stamps.flatMap(({ edits }) => edits),
    ),
  );
  const tokens: Edit[] = [];
  for (const { id } of stamps) {
    const property = idsOf(open).element(id) as XmlNode;
    const imprint = imprintOf(open, property, kind, digest, source);
    if (imprint === null)
      throw new Fault('bad-option', 'an archive time-stamp is over everything that is signed: hand in the detached files');
    const holder = elementNamed(open, property, XADES, 'EncapsulatedTimeStamp') as XmlNode;
    tokens.push(appended(open, holder, toBase64(await authority.stamp(imprint, digest))));
  }
  return spliced(open, tokens);
}

function imprintOf(document: XmlDocument, property: XmlNode, kind: 'signature' | 'archive', digest: DigestName, source: SourceOf) {
  const node = descendantsNamed(document, 0, DS, 'Signature').findLast(
    (one) => one < property && spanOf(document, one).end > spanOf(document, property).start,
  );
  const { signature, properties, unsigned } = extendedSignature(document, node ?? 0);
  if (properties === null) return null;
  const content = { signature, properties, unsigned, source: source(signature), work: workFor(document) };
  const [imprint] = imprintsOf(kind, property, content);
  return imprint === undefined ? null : imprintDigest(digest, property, imprint, content);
}

/** DER, each as often as it comes. */
export interface ValidationMaterial {
  readonly certificates: readonly Bytes[];
  readonly crls: readonly Bytes[];
  /** OCSPResponse (RFC 6960, 4.2.1). */
  readonly ocsps: readonly Bytes[];
}

/**
 * Level LT: CertificateValues and RevocationValues (5.4); where these are there already, or a time-stamp may be over their place,
 * TimeStampValidationData (5.5.1) with the URI of the last time-stamp. What the signature holds is not put in again.
 */
export function addValidationMaterial(document: XmlDocument, wanted: ReadonlyMap<XmlNode, ValidationMaterial>): Bytes {
  const edits: Edit[] = [];
  for (const [node, material] of wanted) {
    const extended = extendedSignature(document, node);
    const fresh = notHeld(extended, material);
    if (fresh.certificates.length + fresh.crls.length + fresh.ocsps.length === 0) continue;
    const isFirst = !extended.unsigned.some(({ kind }) => VALUES.has(kind));
    edits.push(...withProperty(extended, isFirst ? valuesXml(extended, fresh) : validationDataXml(extended, fresh)));
  }
  return spliced(document, edits);
}

function valuesXml(extended: ExtendedSignature, { certificates, crls, ocsps }: ValidationMaterial): string {
  const declared = declarationsIn(extended, ['xades']);
  const parts = [];
  if (certificates.length > 0) parts.push(element('xades:CertificateValues', declared, ...encapsulated('X509Certificate', certificates)));
  if (crls.length + ocsps.length > 0) parts.push(element('xades:RevocationValues', declared, ...revocationXml({ crls, ocsps })));
  return parts.join('');
}

function validationDataXml(extended: ExtendedSignature, { certificates, crls, ocsps }: ValidationMaterial): string {
  const { signature, unsigned } = extended;
  const last = unsigned.findLast(({ kind }) => STAMPS.has(kind));
  const id = last === undefined ? null : attributeNamed(signature.document, last.node, 'Id');
  const parts = [];
  if (certificates.length > 0) parts.push(element('xades:CertificateValues', {}, ...encapsulated('X509Certificate', certificates)));
  if (crls.length + ocsps.length > 0) parts.push(element('xades:RevocationValues', {}, ...revocationXml({ crls, ocsps })));
  const attributes = { ...declarationsIn(extended, ['xades', 'xades141']), URI: id === null ? undefined : `#${id}` };
  return element('xades141:TimeStampValidationData', attributes, ...parts);
}

const revocationXml = ({ crls, ocsps }: Pick<ValidationMaterial, 'crls' | 'ocsps'>): string[] => [
  ...(crls.length === 0 ? [] : [element('xades:CRLValues', {}, ...encapsulated('CRLValue', crls))]),
  ...(ocsps.length === 0 ? [] : [element('xades:OCSPValues', {}, ...encapsulated('OCSPValue', ocsps))]),
];

const encapsulated = (local: string, values: readonly Bytes[]): string[] =>
  values.map((value) => element(`xades:Encapsulated${local}`, {}, toBase64(value)));

/** The pieces that neither KeyInfo nor the properties of the signature hold yet, each once. */
function notHeld({ signature, unsigned }: ExtendedSignature, material: ValidationMaterial): ValidationMaterial {
  const { document, keyInfo } = signature;
  const held = new Set<string>();
  const keep = (node: XmlNode, namespace: string, local: string): void => {
    for (const one of descendantsNamed(document, node, namespace, local)) {
      const bytes = fromBase64(textOf(document, one).replace(/[ \t\r\n]+/g, ''));
      if (bytes !== null) held.add(toBase64(bytes));
    }
  };
  if (keyInfo !== null) keep(keyInfo, DS, 'X509Certificate');
  for (const { node, kind } of unsigned)
    if (VALUES.has(kind) || kind === 'validation-data') for (const local of ENCAPSULATED) keep(node, XADES, local);
  const fresh = (wanted: readonly Bytes[]): Bytes[] =>
    wanted.filter((one) => {
      const text = toBase64(one);
      const isNew = !held.has(text);
      held.add(text);
      return isNew;
    });
  return { certificates: fresh(material.certificates), crls: fresh(material.crls), ocsps: fresh(material.ocsps) };
}

/** What makes XML the last unsigned property of a signature; its own declarations are in it (4.3.5). */
export function withProperty({ signature, properties }: ExtendedSignature, xml: string): Edit[] {
  const { document, node, id } = signature;
  if (properties === null) {
    const name = id ?? `id-${markOf(signature.value.bytes)}`;
    const unsigned = element('xades:UnsignedProperties', {}, element('xades:UnsignedSignatureProperties', {}, xml));
    const qualifying = element('xades:QualifyingProperties', { 'xmlns:xades': XADES, Target: `#${name}` }, unsigned);
    const object = element('ds:Object', declarationsFor(document, node, ['ds']), qualifying);
    return [...(id === null ? [withAttribute(document, node, `Id="${name}"`)] : []), appended(document, node, object)];
  }
  const { node: qualifying, unsigned } = properties;
  if (unsigned === null) {
    const holder = element('xades:UnsignedSignatureProperties', {}, xml);
    return [appended(document, qualifying, element('xades:UnsignedProperties', declarationsFor(document, qualifying, ['xades']), holder))];
  }
  const holder = elementNamed(document, unsigned, XADES, 'UnsignedSignatureProperties');
  if (holder !== null) return [appended(document, holder, xml)];
  const made = element('xades:UnsignedSignatureProperties', declarationsFor(document, unsigned, ['xades']), xml);
  // It comes before the properties of data objects.
  const first = elementNamed(document, unsigned, XADES, 'UnsignedDataObjectProperties');
  if (first === null) return [appended(document, unsigned, made)];
  const { start } = spanOf(document, first);
  return [{ start, end: start, insert: made }];
}

/** Declarations of our prefixes that a property needs where it goes. */
export function declarationsIn(
  { signature, properties }: ExtendedSignature,
  prefixes: Parameters<typeof declarationsFor>[2],
): Readonly<Record<string, string>> {
  const { document, node } = signature;
  // The Object and the QualifyingProperties that are made around it declare the others.
  if (properties === null) {
    const later = prefixes.filter((prefix) => prefix === 'xades141');
    return declarationsFor(document, node, later);
  }
  const { node: qualifying, unsigned } = properties;
  const holder = unsigned === null ? null : elementNamed(document, unsigned, XADES, 'UnsignedSignatureProperties');
  return declarationsFor(document, holder ?? unsigned ?? qualifying, prefixes);
}

/** Our own output: it is read again at once. */
export function reread(bytes: Bytes): XmlDocument {
  const parsed = parseXml(bytes);
  if (parsed.ok) return parsed.value;
  throw new Fault('malformed-input', `the document cannot be extended: ${parsed.malformed.reason}`);
}

function freshId(document: XmlDocument, { signature, unsigned }: ExtendedSignature): string {
  for (let count = unsigned.length; ; count++) {
    const id = `stamp-${markOf(signature.value.bytes)}-${count}`;
    if (idsOf(document).count(id) === 0) return id;
  }
}

const markOf = (octets: Bytes): string => toHex(digestOf('SHA-256', octets)).slice(0, 32);

const VALUES: ReadonlySet<string> = new Set<UnsignedKind>(['certificate-values', 'revocation-values']);
const STAMPS: ReadonlySet<string> = new Set<UnsignedKind>(['signature', 'signature-and-references', 'references', 'archive']);
const ENCAPSULATED = ['EncapsulatedX509Certificate', 'EncapsulatedCRLValue', 'EncapsulatedOCSPValue'] as const;
