/** Time-stamps in the attributes of a CMS signature: what each is over and what it covers, EN 319 122-1, 5.2.8, 5.3, 5.5 and annex A; EN 319 102-1, 5.6.2.3. */
import { der } from '../asn1/index.ts';
import { spend } from '../base/budget.ts';
import { type Bytes, EMPTY, equal } from '../base/bytes.ts';
import type { Attribute } from '../cms/attribute.ts';
import { digestOrNull, type SignedContent } from '../cms/content.ts';
import { ATTRIBUTE } from '../cms/oid.ts';
import { addCertificate, addCrl, addOcsp, type Pool } from '../cms/pool.ts';
import type { SignedData } from '../cms/signed-data.ts';
import type { SignerInfo } from '../cms/signer-info.ts';
import type { UnreadableToken } from '../facts/document.ts';
import type { AnyId } from '../facts/id.ts';
import type { Material } from '../facts/signature.ts';
import type { TimestampFacts, TimestampType } from '../facts/timestamp.ts';
import { describeTimestamp, type ImprintTarget, type TimestampDescription } from '../tsp/read.ts';
import { parseTimestampToken, type TimestampToken } from '../tsp/token.ts';
import { archiveV1Digests, archiveV2Digests, archiveV3Parts, type HashIndex, readHashIndex, resolveHashIndex } from './archive.ts';
import { readLongTermValidation } from './long-term-validation.ts';
import { idsOf, readHashReferences, readValues, resolveReferences } from './material.ts';

/** The signature whose time-stamps are read. */
export interface StampedSignature {
  readonly id: string;
  readonly signedData: SignedData;
  readonly info: SignerInfo;
  readonly content: SignedContent | null;
  /** Id of the signed data, asked for only where there is a time-stamp. */
  dataId(): string | null;
  /** Certificates that the signing-certificate attribute names, and signed revocation data. */
  readonly signedMaterial: readonly string[];
  /** Ids of the material in SignedData.certificates and crls. */
  readonly heldMaterial: readonly string[];
  /** Id and covered ids of a countersignature, by its attribute. */
  readonly counterSignatures: ReadonlyMap<Attribute, readonly AnyId[]>;
}

export interface ReadTimestamps {
  readonly timestamps: readonly TimestampFacts[];
  readonly unreadable: readonly UnreadableToken[];
}

/** All time-stamps of the signature: those over its content first, then the unsigned ones in the order of their attributes. */
export function readTimestamps(signature: StampedSignature, pool: Pool): ReadTimestamps {
  const tokens = tokensOf(signature.info);
  if (tokens.length === 0) return { timestamps: [], unreadable: [] };
  const unreadable: UnreadableToken[] = [];
  const reading = new Map<Attribute, Read[]>();
  for (const [count, { attribute, kind, value }] of tokens.entries()) {
    const token = parseTimestampToken(value);
    if (count >= MAXIMUM_TOKENS || ((kind === 'archive-1' || kind === 'archive-2') && !spend(pool.archives)))
      unreadable.push({ kind: 'timestamp', name: null, malformed: TOO_MANY });
    else if (!token.ok) unreadable.push({ kind: 'timestamp', name: null, malformed: token.malformed });
    else {
      const reads = reading.get(attribute) ?? [];
      reads.push({ attribute, kind, value, token: token.value });
      reading.set(attribute, reads);
    }
  }
  const all = [...reading.values()].flat();
  return { timestamps: inOrder(signature, reading, all, pool), unreadable };
}

type Kind = 'content' | 'signature' | 'signature-and-references' | 'references' | ArchiveKind;

/** What a long-term-validation attribute is over is not computed. */
type ArchiveKind = 'archive-1' | 'archive-2' | 'archive-3' | 'long-term-validation';

interface Found {
  readonly attribute: Attribute;
  readonly kind: Kind;
  readonly value: Bytes;
}

interface Read extends Found {
  readonly token: TimestampToken;
}

function tokensOf(info: SignerInfo): Found[] {
  const signed = (info.signedAttributes?.attributes ?? []).filter(({ type }) => type === ATTRIBUTE.contentTimestamp);
  return [...signed, ...info.unsignedAttributes].flatMap((attribute) => {
    const kind = KINDS.get(attribute.type);
    // Over the content it means something as a signed attribute alone (EN 319 122-1, 5.2.8).
    if (kind === 'content' && !signed.includes(attribute)) return [];
    if (attribute.type === ATTRIBUTE.longTermValidation)
      return attribute.values.flatMap((value) =>
        readLongTermValidation(value).tokens.map((token) => ({ attribute, kind: 'long-term-validation' as const, value: token })),
      );
    return kind ? attribute.values.map((value) => ({ attribute, kind, value })) : [];
  });
}

/** Gathers what each time-stamp covers; the result is in document order. */
function inOrder(
  signature: StampedSignature,
  reading: ReadonlyMap<Attribute, readonly Read[]>,
  all: readonly Read[],
  pool: Pool,
): TimestampFacts[] {
  const facts: { readonly read: Read; readonly fact: TimestampFacts }[] = [];
  const covered = new Covered(signature, pool);
  const visit = (read: Read): void => {
    const index = read.kind === 'archive-3' ? readHashIndex(read.token.signerInfo) : null;
    const description = withValues(describeTimestamp(read.token, targetOf(signature, read, all, index), pool), read.token, pool);
    const problems = [...description.structureProblems];
    let covers = covered.by(read.kind);
    if (read.kind === 'archive-3') {
      const result = coveredByIndex(signature, index, covered, pool);
      covers = result.covers;
      problems.push(...result.problems);
    }
    const fact: TimestampFacts = {
      ...description,
      type: TYPES[read.kind],
      name: null,
      covers,
      protectsMaterial: isArchive(read.kind),
      pdf: null,
      structureProblems: problems,
    };
    facts.push({ read, fact });
    covered.addTimestamp(read.kind, read.attribute, fact);
  };
  for (const attribute of signature.info.signedAttributes?.attributes ?? []) for (const read of reading.get(attribute) ?? []) visit(read);
  for (const attribute of signature.info.unsignedAttributes) covered.addAttribute(attribute);
  for (const read of signature.info.unsignedAttributes.flatMap((one) => reading.get(one) ?? []).sort(byStageAndTime)) visit(read);
  const place = new Map(all.map((read, index) => [read, index]));
  return facts.sort((a, b) => (place.get(a.read) ?? 0) - (place.get(b.read) ?? 0)).map(({ fact }) => fact);
}

/** The attributes are a set, so their places tell nothing: what covers others comes after them, archives by their times. */
const byStageAndTime = (a: Read, b: Read): number => STAGES[a.kind] - STAGES[b.kind] || a.token.tstInfo.time - b.token.tstInfo.time;

const isArchive = (kind: Kind): boolean => STAGES[kind] === 2;

const STAGES: Readonly<Record<Kind, number>> = {
  content: 0,
  signature: 0,
  'signature-and-references': 1,
  references: 1,
  'archive-1': 2,
  'archive-2': 2,
  'archive-3': 2,
  'long-term-validation': 2,
};

/** With the material in the token's own unsigned attributes, where archives of old put it (EN 319 122-1, annex A). */
function withValues(
  description: TimestampDescription,
  { signerInfo }: TimestampToken,
  pool: Pool,
): Omit<TimestampDescription, 'material'> & { readonly material: Material } {
  const held = signerInfo.unsignedAttributes.flatMap((attribute) => readValues(attribute, pool) ?? []);
  const material: Material = {
    certificates: [...description.material.certificates, ...held.flatMap(({ certificates }) => certificates)],
    revocations: [...description.material.revocations, ...held.flatMap(({ revocations }) => revocations)],
  };
  return { ...description, material };
}

/** What the signature and its attributes hold, by the rules of proof of existence. */
class Covered {
  private readonly signature: StampedSignature;
  private readonly pool: Pool;
  private readonly content = new Set<AnyId>();
  private readonly stamps = new Set<AnyId>();
  private readonly archives = new Set<AnyId>();
  private readonly attributes = new Set<AnyId>();
  private readonly references = new Set<AnyId>();
  readonly byAttribute = new Map<Attribute, AnyId[]>();

  constructor(signature: StampedSignature, pool: Pool) {
    this.signature = signature;
    this.pool = pool;
  }

  /** The signature itself, its data, what its signed attributes name, and the time-stamps over its content. */
  signatureSet(): AnyId[] {
    const { id, signedMaterial } = this.signature;
    return [id, ...this.dataIds(), ...signedMaterial, ...this.content];
  }

  by(kind: Kind): AnyId[] {
    switch (kind) {
      case 'content':
        return this.dataIds();
      case 'signature':
        return unique(this.signatureSet());
      case 'signature-and-references':
        return unique([...this.stamps, ...this.references]);
      case 'references':
        return unique([...this.references]);
      default:
        return unique([...this.signatureSet(), ...this.stamps, ...this.archives, ...this.attributes, ...this.signature.heldMaterial]);
    }
  }

  addAttribute(attribute: Attribute): void {
    const ids = this.idsIn(attribute);
    this.byAttribute.set(attribute, ids);
    for (const id of ids) this.attributes.add(id);
    if (REFERENCES.has(attribute.type)) for (const id of ids) this.references.add(id);
  }

  addTimestamp(kind: Kind, attribute: Attribute, fact: TimestampFacts): void {
    const ids = [fact.id, ...fact.covers, ...idsOf(fact.material)];
    const held = this.byAttribute.get(attribute) ?? [];
    for (const id of ids) held.push(id);
    this.byAttribute.set(attribute, held);
    const set = kind === 'content' ? this.content : isArchive(kind) ? this.archives : this.stamps;
    for (const id of ids) set.add(id);
  }

  private idsIn(attribute: Attribute): AnyId[] {
    const counter = this.signature.counterSignatures.get(attribute);
    if (counter) return [...counter];
    const values = readValues(attribute, this.pool);
    if (values) return idsOf(values);
    return REFERENCES.has(attribute.type) ? resolveReferences(readHashReferences(attribute), this.pool) : [];
  }

  private dataIds(): AnyId[] {
    const id = this.signature.dataId();
    return id === null ? [] : [id];
  }
}

function coveredByIndex(
  { signedData, info }: StampedSignature,
  index: HashIndex | null,
  covered: Covered,
  pool: Pool,
): { covers: AnyId[]; problems: string[] } {
  if (!index) return { covers: unique(covered.signatureSet()), problems: ['no single readable ats-hash-index attribute'] };
  const indexed = resolveHashIndex(index, signedData, info);
  const certificates = indexed.certificates.flatMap((encoding) => addCertificate(pool, encoding)?.fingerprint ?? []);
  const revocations = signedData.revocationInfos
    .filter(({ bytes }) => indexed.revocationInfos.includes(bytes))
    .flatMap(({ kind, value }) => {
      const added = kind === 'crl' ? addCrl(pool, value) : kind === 'ocsp' ? addOcsp(pool, value) : null;
      return added ? [added.id, ...added.certificates.map(({ fingerprint }) => fingerprint)] : [];
    });
  const attributes = indexed.attributes.flatMap((attribute) => covered.byAttribute.get(attribute) ?? []);
  return {
    covers: unique([...covered.signatureSet(), ...certificates, ...revocations, ...attributes]),
    problems: indexed.complete ? [] : ['the ats-hash-index names what the signature does not hold'],
  };
}

function targetOf(signature: StampedSignature, read: Read, all: readonly Read[], index: HashIndex | null): ImprintTarget {
  const { signedData, info, content } = signature;
  switch (read.kind) {
    case 'content':
      return (name) => content?.digest(name) ?? null;
    case 'signature':
      return (name) => digestOrNull(name, info.signature);
    case 'signature-and-references':
      return (name) => digestOrNull(name, info.signature, ...typesAndValues(info, [ATTRIBUTE.signatureTimestamp, ...REFERENCES]));
    case 'references':
      return (name) => digestOrNull(name, ...typesAndValues(info, [...REFERENCES]));
    case 'archive-1':
      return (name) => closest(archiveV1Digests(name, info, attributesBefore(info, read, all), content), read);
    case 'long-term-validation':
      return () => null;
    case 'archive-2':
      return (name) => closest(archiveV2Digests(name, signedData, info, attributesBefore(info, read, all), content), read);
    case 'archive-3':
      return (name) => {
        const parts = index && archiveV3Parts(signedData, info, name, index.bytes, content);
        if (parts) return digestOrNull(name, ...parts);
        // The content is there, the index that the imprint has to be over is not: nothing agrees with it.
        return index === null && content?.digest(name) ? EMPTY : null;
      };
  }
}

/** The reading of the standard that the writer took. */
const closest = (digests: readonly Bytes[] | null, { token }: Read): Bytes | null =>
  digests?.find((digest) => equal(digest, token.tstInfo.imprint.hash)) ?? digests?.[0] ?? null;

/** Type and values of attributes, without the SEQUENCE around them, in the order of `types`. */
function typesAndValues(info: SignerInfo, types: readonly string[]): Bytes[] {
  return types.flatMap((type) =>
    info.unsignedAttributes
      .filter((attribute) => attribute.type === type)
      .flatMap((attribute) => [der.oid(type), der.setOf(...attribute.values)]),
  );
}

/** Unsigned attributes at the time of an archive time-stamp: without itself and the archive time-stamps that are not older. */
function attributesBefore(info: SignerInfo, read: Read, all: readonly Read[]): Attribute[] {
  const later = new Set<Attribute>([read.attribute]);
  for (const other of all) if (isArchive(other.kind) && other.token.tstInfo.time >= read.token.tstInfo.time) later.add(other.attribute);
  return info.unsignedAttributes.filter((attribute) => !later.has(attribute));
}

const unique = (ids: readonly AnyId[]): AnyId[] => [...new Set(ids)];

const KINDS: ReadonlyMap<string, Kind> = new Map<string, Kind>([
  [ATTRIBUTE.contentTimestamp, 'content'],
  [ATTRIBUTE.signatureTimestamp, 'signature'],
  [ATTRIBUTE.signatureAndReferencesTimestamp, 'signature-and-references'],
  [ATTRIBUTE.referencesTimestamp, 'references'],
  [ATTRIBUTE.archiveTimestamp, 'archive-1'],
  [ATTRIBUTE.archiveTimestampV2, 'archive-2'],
  [ATTRIBUTE.archiveTimestampV3, 'archive-3'],
]);

const TYPES: Readonly<Record<Kind, TimestampType>> = {
  content: 'content',
  signature: 'signature',
  'signature-and-references': 'validation-data',
  references: 'validation-data',
  'archive-1': 'archive',
  'archive-2': 'archive',
  'archive-3': 'archive',
  'long-term-validation': 'archive',
};

const REFERENCES: ReadonlySet<string> = new Set<string>([
  ATTRIBUTE.certificateReferences,
  ATTRIBUTE.revocationReferences,
  ATTRIBUTE.attributeCertificateReferences,
  ATTRIBUTE.attributeRevocationReferences,
]);
const TOO_MANY = { what: 'time-stamps', at: 0, reason: 'more of them than are read' };
/** Time-stamps of one signature read at most. */
const MAXIMUM_TOKENS = 1000;
