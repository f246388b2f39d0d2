/** The signatures of an XML document as facts, XAdES and plain, with what they bring along (EN 319 132-1; XMLDSig 1.1). */
import type { Malformed } from '../base/parsed.ts';
import { toHex } from '../base/text.ts';
import { addCertificate, distinct, type Pool } from '../cms/pool.ts';
import { digest } from '../crypto/digest.ts';
import type { UnreadableToken } from '../facts/document.ts';
import type { EvidenceRecordFacts } from '../facts/evidence-record.ts';
import { type AnyId, idOf } from '../facts/id.ts';
import type { Material, ReferenceFacts, ReferenceType, SignatureFacts, XmlStructure } from '../facts/signature.ts';
import type { TimestampFacts } from '../facts/timestamp.ts';
import type { Certificate } from '../pki/certificate.ts';
import type { XmlDocument, XmlNode } from '../xml/document.ts';
import { descendantsNamed, elementsNamed, isNamed, octetsOf, pathOf } from '../xml/query.ts';
import { idsOf } from '../xmldsig/ids.ts';
import { type KeyInfoContent, readKeyInfo } from '../xmldsig/key-info.ts';
import { DS, REFERENCE_TYPE } from '../xmldsig/names.ts';
import { type CheckedReference, checkManifest, checkReferences } from '../xmldsig/reference.ts';
import { readSignature, type XmlReference, type XmlSignature } from '../xmldsig/signature.ts';
import { checkXmlValue, type XmlValueResult } from '../xmldsig/verify.ts';
import { type Work, workFor } from '../xmldsig/work.ts';
import { signingCertificates } from './certificate-references.ts';
import type { SourceOf } from './detached.ts';
import { readSealingRecords, type SealedSignature } from './evidence-records.ts';
import { type Finder, finderIn } from './finder.ts';
import { addTo, idsIn, newMaterial, referredBy, valuesIn } from './material.ts';
import { COUNTERSIGNED_TYPE, XADES } from './names.ts';
import { policyFacts } from './policy-facts.ts';
import {
  areCovered,
  holdsSignedProperties,
  isOverElement,
  isSignedPropertiesType,
  type QualifyingProperties,
  qualifyingPropertiesOf,
  type UnsignedProperty,
  unsignedPropertiesOf,
} from './qualifying-properties.ts';
import { renewedDigestProblems } from './renewed-digests.ts';
import {
  certifiedRoles,
  claimedRoles,
  commitmentTypes,
  productionPlace,
  type SignedProperties,
  signedPropertiesOf,
  signingTime,
} from './signed-properties.ts';
import { structureOf } from './structure.ts';
import { type ReadTimestamps, readTimestamps } from './timestamps.ts';

export interface XmlSignatureOptions {
  /** What the document has brought along so far; what the signatures bring is added. */
  readonly pool: Pool;
  /** Gives what lies outside the document, for each signature. */
  readonly sourceOf: SourceOf;
  readonly container?: 'ASiC-S' | 'ASiC-E' | null;
  /** File in the container. */
  readonly name?: string | null;
}

export interface XmlSignatures {
  /** In document order; a counter-signature follows the signature that it stands in. */
  readonly signatures: readonly SignatureFacts[];
  readonly timestamps: readonly TimestampFacts[];
  readonly evidenceRecords: readonly EvidenceRecordFacts[];
  readonly unreadable: readonly UnreadableToken[];
}

/** Facts of every signature in a document. Verifies digests and values; judges nothing. */
export function readXmlSignatures(document: XmlDocument, options: XmlSignatureOptions): XmlSignatures {
  const context: Context = {
    ...options,
    document,
    finder: finderIn(options.pool),
    work: workFor(document),
    seen: new Set(),
    values: new Map(),
    signatures: [],
    over: new Map(),
    timestamps: [],
    evidenceRecords: [],
    unreadable: [],
  };
  for (const node of descendantsNamed(document, 0, DS, 'Signature')) readOne(context, node, null, 0);
  const { timestamps, evidenceRecords, unreadable } = context;
  return { signatures: context.signatures.map((one) => withCounterSigned(context, one)), timestamps, evidenceRecords, unreadable };
}

interface Context extends XmlSignatureOptions {
  readonly document: XmlDocument;
  readonly finder: Finder;
  /** One for the whole document: each signature may ask for passes over it. */
  readonly work: Work;
  readonly seen: Set<XmlNode>;
  /** Id of a signature by its SignatureValue element. */
  readonly values: Map<XmlNode, string>;
  readonly signatures: SignatureFacts[];
  /** Elements that references say to counter-sign, by the id of the signature. */
  readonly over: Map<string, readonly XmlNode[]>;
  readonly timestamps: TimestampFacts[];
  readonly evidenceRecords: EvidenceRecordFacts[];
  readonly unreadable: UnreadableToken[];
}

interface Parent {
  readonly id: string;
  readonly value: XmlNode;
}

/** One signature and, after it, those in its CounterSignature properties; gives the ids of all that comes with it. */
function readOne(context: Context, node: XmlNode, parent: Parent | null, depth: number): readonly AnyId[] {
  const { document, pool, seen, work } = context;
  if (seen.has(node)) return [];
  seen.add(node);
  const refused =
    seen.size > MOST_SIGNATURES ? 'more of them than are read' : depth > DEEPEST ? 'counter-signatures nested too deep' : null;
  if (refused !== null) {
    // What is left out is told once.
    if (seen.size <= MOST_SIGNATURES + 1)
      context.unreadable.push({ kind: 'signature', name: context.name ?? null, malformed: { what: 'Signature', at: 0, reason: refused } });
    return [];
  }
  const read = readSignature(document, node);
  if (!read.ok) {
    context.signatures.push(brokenSignature(context, node, read.malformed, parent));
    return [];
  }
  const signature = read.value;
  const id = distinct(pool, idOf(octetsOf(document, node)));
  context.values.set(signature.value.node, id);
  const source = context.sourceOf(signature);
  const checked = checkReferences(signature, signature.signedInfo.references, source, work);
  const parts = partsOf(context, signature, checked);
  const { said, unsigned, properties } = parts;
  const place = context.signatures.length;
  const held = heldBy(context, parts, (one) => {
    const nested = one.kind === 'counter-signature' ? elementsNamed(document, one.node, DS, 'Signature') : [];
    return nested.flatMap((inner) => readOne(context, inner, { id, value: signature.value.node }, depth + 1));
  });
  const signer = signerOf(context, parts);
  const manifests = checked.map(({ reference, found }) => (found ? checkManifest(signature, reference, source, work) : null));
  const references = referencesOf(parts, checked, manifests, parent);
  const named = said === null ? [] : signingCertificates(said, context.finder);
  const stamps: ReadTimestamps =
    properties === null
      ? NO_TIMESTAMPS
      : readTimestamps({
          signature,
          properties,
          unsigned,
          source,
          work,
          id,
          pool,
          said,
          dataIds: (only) => [...(parent === null ? [] : [parent.id]), ...dataIdsOf(checked, only)],
          namedCertificates: named.flatMap(({ matches }) => matches ?? []),
          keyInfo: parts.keyInfo.certificates.flatMap((der) => addCertificate(pool, der)?.fingerprint ?? []),
          idsOf: (property) => held.byProperty.get(property) ?? [],
        });
  context.timestamps.push(...stamps.timestamps);
  context.unreadable.push(...stamps.unreadable.map((one) => ({ ...one, name: context.name ?? one.name })));
  if (properties !== null) {
    const stampIds = stamps.timestamps.flatMap((one) => [one.id, ...one.covers, ...idsIn(one.material)]);
    const covers = [id, ...dataIdsOf(checked), ...named.flatMap(({ matches }) => matches ?? []), ...idsIn(held.material), ...stampIds];
    readRecords(context, { signature, properties, unsigned, source, work, id, covers: [...new Set(covers)] });
  }
  context.over.set(id, counterSigned(parts, checked));
  context.signatures.splice(place, 0, {
    ...(said === null ? SILENT : saidBy(said, unsigned)),
    id,
    format: 'XAdES',
    container: context.container ?? null,
    name: context.name ?? null,
    counterSignatureOf: parent?.id ?? null,
    references,
    value: signer.result.value,
    algorithm: signer.result.algorithm,
    signer: { certificate: signer.certificate?.fingerprint ?? null, references: named },
    timestamps: stamps.timestamps.map((one) => one.id),
    material: held.material,
    cms: null,
    pdf: null,
    xml: structureOf({ ...parts, signer: signer.certificate, types: checked.map(({ reference }) => typeOf(parts, reference)) }),
    structureProblems: [
      ...problemsOf(parts),
      ...renewedDigestProblems(
        document,
        unsigned,
        manifests.flatMap((one) => one ?? []),
      ),
    ],
  });
  return properties === null ? [id] : stamps.covered.length > 0 ? [...stamps.covered, ...stamps.timestamps.map((one) => one.id)] : [id];
}

function readRecords(context: Context, sealed: SealedSignature): void {
  const { records, unreadable } = readSealingRecords(sealed, context.pool);
  for (const read of records) {
    context.evidenceRecords.push(read.record);
    context.timestamps.push(...read.timestamps);
    context.unreadable.push(...read.unreadable);
  }
  context.unreadable.push(...unreadable.map((one) => ({ ...one, name: context.name ?? one.name })));
}

/** A Signature element that is not as the schema has it: it is told as a signature that vouches for nothing and is verified by no key. */
function brokenSignature(context: Context, node: XmlNode, { at, reason }: Malformed, parent: Parent | null): SignatureFacts {
  return {
    ...SILENT,
    id: distinct(context.pool, idOf(octetsOf(context.document, node))),
    format: 'XAdES',
    container: context.container ?? null,
    name: context.name ?? null,
    counterSignatureOf: parent?.id ?? null,
    references: [{ type: 'REFERENCE', name: '', digestAlgorithm: null, found: false, intact: false }],
    value: 'no-key',
    algorithm: { scheme: null, digest: null, keyBits: null, identifier: '' },
    signer: { certificate: null, references: [] },
    timestamps: [],
    material: newMaterial(),
    cms: null,
    pdf: null,
    xml: NO_STRUCTURE,
    structureProblems: [`the Signature at ${at} cannot be read: ${reason}`],
  };
}

/** A signature taken apart. */
interface Parts {
  readonly signature: XmlSignature;
  readonly properties: QualifyingProperties | null;
  /** What claims to be signed and is not says nothing. */
  readonly said: SignedProperties | null;
  readonly unsigned: readonly UnsignedProperty[];
  readonly keyInfo: KeyInfoContent;
}

function partsOf({ document }: Context, signature: XmlSignature, checked: readonly CheckedReference[]): Parts {
  const properties = qualifyingPropertiesOf(signature);
  return {
    signature,
    properties,
    said: properties !== null && areCovered(signature, properties, checked) ? signedPropertiesOf(document, properties) : null,
    unsigned: properties === null ? [] : unsignedPropertiesOf(document, properties),
    keyInfo: readKeyInfo(document, signature.keyInfo),
  };
}

const saidBy = (said: SignedProperties, unsigned: readonly UnsignedProperty[]) => ({
  claimedTime: signingTime(said),
  policy: policyFacts(said, unsigned),
  commitmentTypes: commitmentTypes(said),
  claimedRoles: claimedRoles(said),
  certifiedRoles: certifiedRoles(said),
  productionPlace: productionPlace(said),
});

const SILENT = {
  claimedTime: null,
  policy: null,
  commitmentTypes: [],
  claimedRoles: [],
  certifiedRoles: [],
  productionPlace: null,
} as const;

function problemsOf({ signature, properties, said }: Parts): string[] {
  const problems: string[] = [];
  if (properties === null && holdsSignedProperties(signature))
    problems.push('QualifyingProperties that do not belong to the signature, or several');
  else if (properties !== null && said === null) problems.push('SignedProperties that no reference of the signature covers');
  if (properties?.misaimed) problems.push('QualifyingProperties whose Target is not the signature that they stand in');
  return problems;
}

/** Values in KeyInfo and the unsigned properties, put into the pool first, and then what each property stands for. */
function heldBy(
  { document, pool, finder }: Context,
  { keyInfo, unsigned }: Parts,
  counterSignatures: (property: UnsignedProperty) => readonly AnyId[],
): { readonly material: Material; readonly byProperty: ReadonlyMap<XmlNode, readonly AnyId[]> } {
  const material = newMaterial();
  for (const bytes of keyInfo.certificates) addTo(material, pool, 'certificate', bytes, 'key-info');
  for (const bytes of keyInfo.crls) addTo(material, pool, 'crl', bytes, 'key-info');
  const byProperty = new Map<XmlNode, readonly AnyId[]>();
  for (const property of unsigned) {
    const values = valuesIn(document, property, pool);
    if (values === null) continue;
    material.certificates.push(...values.certificates);
    material.revocations.push(...values.revocations);
    byProperty.set(property.node, idsIn(values));
  }
  for (const property of unsigned) {
    if (byProperty.has(property.node)) continue;
    const ids = property.kind === 'counter-signature' ? counterSignatures(property) : referredBy(document, property, finder);
    if (ids.length > 0) byProperty.set(property.node, ids);
  }
  return { material, byProperty };
}

/**
 * The certificate whose key verifies, among those the signature names and brings. Where none does it is the one that is named, or
 * the first that is brought where none is named; a bare key is of use where no certificate has it.
 */
function signerOf(context: Context, { signature, keyInfo, said }: Parts): { certificate: Certificate | null; result: XmlValueResult } {
  const { pool, finder } = context;
  const own = keyInfo.certificates.flatMap((der) => addCertificate(pool, der) ?? []);
  const references = said === null ? [] : signingCertificates(said, finder);
  const claims = references.length;
  const named = new Set(references.flatMap(({ matches }) => matches ?? []));
  const ordered = new Set<Certificate>();
  for (const id of named) {
    const one = pool.certificates.get(id);
    if (one !== undefined) ordered.add(one);
  }
  for (const one of own) ordered.add(one);
  for (const one of pool.certificates.values()) {
    if (ordered.size >= MOST_TRIED) break;
    ordered.add(one);
  }
  let best: { certificate: Certificate | null; result: XmlValueResult } | null = null;
  for (const certificate of [...ordered].slice(0, MOST_TRIED)) {
    const result = checkXmlValue(signature, certificate.spki);
    if (result.value === 'intact') return { certificate, result };
    if (best === null && named.has(certificate.fingerprint)) best = { certificate, result };
    else if (best === null && own.includes(certificate)) best = { certificate: claims > 0 ? null : certificate, result };
  }
  const [key] = keyInfo.keys;
  const bare = key === undefined ? null : checkXmlValue(signature, key);
  if (bare !== null && (own.length === 0 || bare.value === 'intact')) return { certificate: null, result: bare };
  return best ?? { certificate: null, result: checkXmlValue(signature, null) };
}

function referencesOf(
  parts: Parts,
  checked: readonly CheckedReference[],
  manifests: readonly (readonly CheckedReference[] | null)[],
  parent: Parent | null,
): ReferenceFacts[] {
  const { signature } = parts;
  return [
    ...checked.map((one, i): ReferenceFacts => {
      const entries = manifests[i];
      const counts = entries && { entries: { total: entries.length, found: entries.filter(({ found }) => found).length } };
      const found = held(parts, one);
      // What is there more than once is found, and not what was signed.
      return { ...described(signature, found, typeOf(parts, one.reference)), ...(one.ambiguous && { found: true }), ...counts };
    }),
    ...(parent === null ? [] : [overParent(signature, checked, parent)]),
    // Of a Manifest whose data is elsewhere altogether nothing can be said but that.
    ...manifests
      .flatMap((entries) => (entries?.some(({ found }) => found) ? entries : []))
      .map((one) => described(signature, one, 'MANIFEST_ENTRY')),
  ];
}

/** What a reference says to be the signed properties has to be those of the signature, else it is not found (XML signature wrapping). */
function held({ properties, said }: Parts, one: CheckedReference): CheckedReference {
  if (!isSignedPropertiesType(one.reference.type) || properties === null || one.element === null) return one;
  return one.element === properties.signed && said !== null ? one : { ...one, found: false, intact: false, element: null };
}

/** A counter-signature is over the value of the signature that it stands in (EN 319 132-1, 5.2.7.2). */
function overParent({ document }: XmlSignature, checked: readonly CheckedReference[], { value }: Parent): ReferenceFacts {
  const over = checked.find((one) => one.element === value || (one.intact && isOverElement(document, one, value)));
  return {
    type: 'COUNTER_SIGNED_SIGNATURE_VALUE',
    name: over?.reference.uri ?? '',
    digestAlgorithm: over?.digestAlgorithm ?? null,
    found: true,
    intact: over?.intact ?? false,
  };
}

function described(
  { document }: XmlSignature,
  { reference, digestAlgorithm, found, intact, ambiguous, element, length }: CheckedReference,
  type: ReferenceType,
): ReferenceFacts {
  return {
    type,
    name: reference.uri ?? '',
    digestAlgorithm,
    found,
    intact,
    ...(ambiguous && { ambiguous }),
    ...(found && { covers: { element: element === null ? null : element === 0 ? '/' : pathOf(document, element), octets: length } }),
  };
}

/** By what it names where that is a part of the signature, else by the type that the reference states. */
function typeOf({ signature, properties }: Parts, { type, uri }: XmlReference): ReferenceType {
  const { document } = signature;
  if (isSignedPropertiesType(type, properties?.namespace ?? XADES)) return 'SIGNED_PROPERTIES';
  if (type === REFERENCE_TYPE.manifest) return 'MANIFEST';
  if (uri?.startsWith('#xpointer(')) return 'XPOINTER';
  const target = uri?.startsWith('#') ? idsOf(document).element(uri.slice(1)) : null;
  if (target !== null && isNamed(document, target, DS, 'KeyInfo')) return 'KEY_INFO';
  if (type === REFERENCE_TYPE.object) return 'OBJECT';
  if (type === REFERENCE_TYPE.signatureProperties) return 'SIGNATURE_PROPERTIES';
  if (type === COUNTERSIGNED_TYPE && uri?.startsWith('#')) return 'COUNTER_SIGNATURE';
  if (target === null) return 'REFERENCE';
  if (isNamed(document, target, DS, 'SignatureProperty') || isNamed(document, target, DS, 'SignatureProperties'))
    return 'SIGNATURE_PROPERTIES';
  return isNamed(document, target, DS, 'SignatureValue') ? 'COUNTER_SIGNATURE' : 'REFERENCE';
}

/** Elements that references of the type of counter-signatures are over. */
const counterSigned = (parts: Parts, checked: readonly CheckedReference[]): readonly XmlNode[] =>
  checked.flatMap(({ element, reference }) => (element !== null && typeOf(parts, reference) === 'COUNTER_SIGNATURE' ? element : []));

/** A signature over the value of another that stands elsewhere counter-signs it as well (5.2.7.1). */
function withCounterSigned({ values, over }: Context, signature: SignatureFacts): SignatureFacts {
  if (signature.counterSignatureOf !== null) return signature;
  const [of] = (over.get(signature.id) ?? []).flatMap((element) => values.get(element) ?? []);
  return of === undefined || of === signature.id ? signature : { ...signature, counterSignatureOf: of };
}

/** SHA-256 of what each reference to data is over, as the ids of data are. */
function dataIdsOf(checked: readonly CheckedReference[], only?: readonly XmlReference[]): AnyId[] {
  return checked
    .filter(
      ({ reference, intact }) => intact && !isSignedPropertiesType(reference.type) && (only === undefined || only.includes(reference)),
    )
    .flatMap(({ reference, digestAlgorithm, signedOctets }) => {
      if (digestAlgorithm === 'SHA-256') return [toHex(reference.digestValue)];
      const octets = signedOctets();
      return octets === null ? [] : [toHex(digest('SHA-256', octets))];
    });
}

const NONE: ReadonlyMap<string, number> = new Map();
const NO_STRUCTURE: XmlStructure = {
  xades: null,
  signedProperties: NONE,
  unsignedProperties: NONE,
  holdsSigner: false,
  keyInfoSigned: false,
  canonicalization: '',
  references: 0,
  unformatted: 0,
  idleFormats: 0,
  certificateUri: false,
  oneTokenEach: true,
  sharedId: false,
};
const NO_TIMESTAMPS: ReadTimestamps = { timestamps: [], unreadable: [], covered: [] };
const MOST_SIGNATURES = 1000;
/** Counter-signatures of counter-signatures followed at most. */
const DEEPEST = 8;
/** Certificates whose key is tried at most; a signature brings a handful. */
const MOST_TRIED = 16;
