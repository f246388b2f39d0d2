/** The signatures of an XML document as facts, XAdES and plain, with what they bring along (EN 319 132-1; XMLDSig 1.1). */
import type { Malformed } from '../base/parsed.ts';
import { addCertificate, distinct, type Pool } from '../cms/pool.ts';
import type { UnreadableToken } from '../facts/document.ts';
import type { EvidenceRecordFacts } from '../facts/evidence-record.ts';
import { type AnyId, idOf } from '../facts/id.ts';
import type { Material, SignatureFacts, XmlStructure } from '../facts/signature.ts';
import type { TimestampFacts } from '../facts/timestamp.ts';
import type { XmlDocument, XmlNode } from '../xml/document.ts';
import { descendantsNamed, elementsNamed, octetsOf } from '../xml/query.ts';
import { DS } from '../xmldsig/names.ts';
import { checkManifest, checkReferences } from '../xmldsig/reference.ts';
import { readSignature } from '../xmldsig/signature.ts';
import { type Work, workFor } from '../xmldsig/work.ts';
import { signingCertificates } from './certificate-references.ts';
import type { SourceOf } from './detached.ts';
import { readSealingRecords, type SealedSignature } from './evidence-records.ts';
import { type Finder, finderIn } from './finder.ts';
import { addTo, idsIn, newMaterial, referredBy, valuesIn } from './material.ts';
import { type Parts, partsOf, problemsOf } from './parts.ts';
import { policyFacts } from './policy-facts.ts';
import type { UnsignedProperty } from './qualifying-properties.ts';
import { counterSigned, dataIdsOf, type Parent, referencesOf, typeOf } from './references.ts';
import { renewedDigestProblems } from './renewed-digests.ts';
import { certifiedRoles, claimedRoles, commitmentTypes, productionPlace, type SignedProperties, signingTime } from './signed-properties.ts';
import { signerOf } from './signer.ts';
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
  const parts = partsOf(signature, checked);
  const { said, unsigned, properties } = parts;
  const place = context.signatures.length;
  const held = heldBy(context, parts, (one) => {
    const nested = one.kind === 'counter-signature' ? elementsNamed(document, one.node, DS, 'Signature') : [];
    return nested.flatMap((inner) => readOne(context, inner, { id, value: signature.value.node }, depth + 1));
  });
  const signer = signerOf(parts, pool, context.finder);
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
    xml: { ...NO_STRUCTURE, unread: reason },
    structureProblems: [`the Signature at ${at} cannot be read: ${reason}`],
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

/** A signature over the value of another that stands elsewhere counter-signs it as well (5.2.7.1). */
function withCounterSigned({ values, over }: Context, signature: SignatureFacts): SignatureFacts {
  if (signature.counterSignatureOf !== null) return signature;
  const [of] = (over.get(signature.id) ?? []).flatMap((element) => values.get(element) ?? []);
  return of === undefined || of === signature.id ? signature : { ...signature, counterSignatureOf: of };
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
