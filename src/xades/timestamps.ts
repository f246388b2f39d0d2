/** Time-stamps in the properties of an XML signature: the token, what its imprint is over, and what it covers (EN 319 132-1, 5.2.8, 5.3 and 5.5; EN 319 102-1, 5.6.2.3). */
import { spend } from '../base/budget.ts';
import { type Bytes, EMPTY, equal } from '../base/bytes.ts';
import { fromBase64 } from '../base/text.ts';
import type { Pool } from '../cms/pool.ts';
import type { UnreadableToken } from '../facts/document.ts';
import type { AnyId } from '../facts/id.ts';
import type { TimestampFacts, TimestampType } from '../facts/timestamp.ts';
import { describeTimestamp } from '../tsp/read.ts';
import { parseTimestampToken, type TimestampToken } from '../tsp/token.ts';
import type { XmlNode } from '../xml/document.ts';
import { elementsOf, nameOf, textOf } from '../xml/query.ts';
import type { XmlReference } from '../xmldsig/signature.ts';
import { type Imprint, imprintDigest, imprintsOf, includedReferences, type StampedContent } from './imprint.ts';
import { idsIn } from './material.ts';
import { isXades, type TimestampKind } from './names.ts';
import { type SignedProperties, signedNamed } from './signed-properties.ts';

/** The signature whose time-stamps are read, with the ids of what they may cover. */
export interface StampedSignature extends StampedContent {
  readonly id: string;
  readonly pool: Pool;
  readonly said: SignedProperties | null;
  /** Ids of the data that references are over; of all of them where left out. */
  dataIds(references?: readonly XmlReference[]): readonly AnyId[];
  /** Certificates that the signed properties name, and those in KeyInfo. */
  readonly namedCertificates: readonly AnyId[];
  readonly keyInfo: readonly AnyId[];
  /** What an unsigned property other than a time-stamp holds or refers to. */
  idsOf(property: XmlNode): readonly AnyId[];
}

export interface ReadTimestamps {
  readonly timestamps: readonly TimestampFacts[];
  readonly unreadable: readonly UnreadableToken[];
  /** All that exists if the signature with all its properties exists: for a token over the whole. */
  readonly covered: readonly AnyId[];
}

/** All time-stamps of the signature in the order of the document: those over its data first. */
export function readTimestamps(signature: StampedSignature): ReadTimestamps {
  return new Reading(signature).run();
}

/** Walks the properties in order: what stands before a time-stamp is what it covers. */
class Reading {
  private readonly signature: StampedSignature;
  private readonly timestamps: TimestampFacts[] = [];
  private readonly unreadable: UnreadableToken[] = [];
  /** Ids by property: of its own, and of the time-stamps in it. */
  private readonly byProperty = new Map<XmlNode, readonly AnyId[]>();
  /** Time-stamps over the data, and what they bring along. */
  private readonly content = new Set<AnyId>();
  /** Of the unsigned properties so far: all of them, those that are or hold references, signature time-stamps. */
  private readonly unsigned = new Set<AnyId>();
  private readonly references = new Set<AnyId>();
  private readonly stamps = new Set<AnyId>();
  private count = 0;

  constructor(signature: StampedSignature) {
    this.signature = signature;
  }

  run(): ReadTimestamps {
    const { said, unsigned } = this.signature;
    for (const [local, kind] of CONTENT)
      for (const property of said === null ? [] : signedNamed(said, said.data, local)) this.readProperty(property, local, kind);
    for (const { node, kind, local } of unsigned) {
      const ids = isStamp(kind) ? this.readProperty(node, local, kind) : this.signature.idsOf(node);
      this.byProperty.set(node, ids);
      const into = kind === 'certificate-references' || kind === 'revocation-references' ? [this.references] : [];
      for (const set of [this.unsigned, ...into, ...(kind === 'signature' ? [this.stamps] : [])]) for (const id of ids) set.add(id);
    }
    return { timestamps: this.timestamps, unreadable: this.unreadable, covered: this.everything() };
  }

  /** Reads the tokens in a property; gives their ids and what they cover and bring along. */
  private readProperty(property: XmlNode, local: string, kind: TimestampKind): AnyId[] {
    const { signature } = this.signature;
    const { document } = signature;
    const ids: AnyId[] = [];
    for (const encoded of elementsOf(document, property)) {
      const name = nameOf(document, encoded);
      if (!isXades(name.namespace)) continue;
      if (name.local === 'XMLTimeStamp') this.fail(local, 'XMLTimeStamp', 'time-stamps in XML are not supported');
      if (name.local !== 'EncapsulatedTimeStamp') continue;
      if (++this.count > MOST_TOKENS || (kind === 'archive' && !spend(this.signature.pool.archives))) {
        this.fail(local, 'time-stamps', 'more of them than are read');
        break;
      }
      const token = parseTimestampToken(fromBase64(textOf(document, encoded).replace(/[ \t\r\n]+/g, '')) ?? EMPTY, 'keep');
      if (!token.ok) {
        this.unreadable.push({ kind: 'timestamp', name: local, malformed: token.malformed });
        continue;
      }
      const facts = this.describe(token.value, property, kind);
      this.timestamps.push(facts);
      const brought = [facts.id, ...facts.covers, ...idsIn(facts.material)];
      for (const id of brought) ids.push(id);
      if (isContent(kind)) for (const id of brought) this.content.add(id);
    }
    return ids;
  }

  private describe(token: TimestampToken, property: XmlNode, kind: TimestampKind): TimestampFacts {
    const { pool } = this.signature;
    const { digest, hash } = token.tstInfo.imprint;
    let chosen: { readonly imprint: Imprint; readonly value: Bytes } | null = null;
    if (digest !== null) {
      for (const imprint of imprintsOf(kind, property, this.signature)) {
        const value = imprintDigest(digest, property, imprint, this.signature);
        if (value === null) continue;
        const agrees = equal(value, hash);
        if (chosen === null || agrees) chosen = { imprint, value };
        if (agrees) break;
      }
    }
    const description = describeTimestamp(token, () => chosen?.value ?? null, pool);
    const { trailing } = token.signedData;
    return {
      ...description,
      type: TYPES[kind],
      name: null,
      covers: [...new Set(this.covered(kind, property, chosen?.imprint.included ?? null))],
      protectsMaterial: kind === 'archive',
      pdf: null,
      structureProblems: [...description.structureProblems, ...(trailing.length > 0 ? [`${trailing.length} octets after the CMS`] : [])],
    };
  }

  private covered(kind: TimestampKind, property: XmlNode, included: ReadonlySet<XmlNode> | null): AnyId[] {
    const { signature, keyInfo } = this.signature;
    const ofIncluded = [...(included ?? [])].flatMap((node) => this.byProperty.get(node) ?? []);
    switch (kind) {
      case 'all-data-objects':
        return [...this.signature.dataIds()];
      case 'individual-data-objects':
        return [...this.signature.dataIds(includedReferences(property, signature))];
      case 'signature':
        return this.signatureSet();
      case 'signature-and-references':
        return included === null ? [...this.stamps, ...this.references] : ofIncluded;
      case 'references':
        return included === null ? [...this.references] : ofIncluded;
      case 'archive':
        return [...this.signatureSet(), ...keyInfo, ...(included === null ? this.unsigned : ofIncluded)];
    }
  }

  /** The signature itself, its data, the certificates that it names, and the time-stamps over its data. */
  private signatureSet(): AnyId[] {
    const { id, namedCertificates } = this.signature;
    return [id, ...this.signature.dataIds(), ...namedCertificates, ...this.content];
  }

  private everything(): AnyId[] {
    const { id, namedCertificates, keyInfo } = this.signature;
    return [...new Set([id, ...namedCertificates, ...keyInfo, ...this.content, ...this.unsigned])];
  }

  private fail(name: string, what: string, reason: string): void {
    this.unreadable.push({ kind: 'timestamp', name, malformed: { what, at: 0, reason } });
  }
}

const isStamp = (kind: string): kind is TimestampKind => kind in TYPES;
const isContent = (kind: TimestampKind): boolean => TYPES[kind] === 'content';

const CONTENT = [
  ['AllDataObjectsTimeStamp', 'all-data-objects'],
  ['IndividualDataObjectsTimeStamp', 'individual-data-objects'],
] as const;

const TYPES: Readonly<Record<TimestampKind, TimestampType>> = {
  'all-data-objects': 'content',
  'individual-data-objects': 'content',
  signature: 'signature',
  'signature-and-references': 'validation-data',
  references: 'validation-data',
  archive: 'archive',
};

/** Tokens of one signature read at most. */
const MOST_TOKENS = 1000;
