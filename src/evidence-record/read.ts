/** Reading an evidence record into facts: what its archive time-stamps vouch for and whether each renewal covers what came before (RFC 4998, 4.3 and 5.3; RFC 6283, 3.3 and 4.3). */
import { type Bytes, EMPTY, equal } from '../base/bytes.ts';
import { type Parsed, parsed } from '../base/parsed.ts';
import { fromLatin1 } from '../base/text.ts';
import { digestOrNull } from '../cms/content.ts';
import { addCertificate, addCrl, addOcsp, distinct, type Pool } from '../cms/pool.ts';
import { canDigest } from '../crypto/digest.ts';
import type { DigestName } from '../crypto/names.ts';
import type { UnreadableToken } from '../facts/document.ts';
import type { EvidenceRecordFacts } from '../facts/evidence-record.ts';
import { type AnyId, idOf, type TimestampId } from '../facts/id.ts';
import type { ReferenceFacts } from '../facts/signature.ts';
import type { TimestampFacts } from '../facts/timestamp.ts';
import { describeTimestamp } from '../tsp/read.ts';
import { nodeOver, rootOf } from './hash-tree.ts';
import { parseAsn1Record } from './record.ts';
import type { ChainStructure, RecordStructure, StampStructure } from './structure.ts';
import { XmlForms } from './xml-objects.ts';
import { looksLikeXml, parseXmlRecord } from './xml-record.ts';

/** A data object that a record may be over. */
export interface ArchivedObject {
  readonly name: string;
  readonly type: 'EVIDENCE_RECORD_ARCHIVE_OBJECT' | 'EVIDENCE_RECORD_MASTER_SIGNATURE';
  /** Digests that the object may have (a signature in several encodings); none where it is not at hand or cannot be computed. */
  digests(name: DigestName): readonly Bytes[];
  /** The octets, where they are at hand: what is XML may be hashed in canonical form by a record in XML. */
  readonly octets?: () => Iterable<Bytes> | null;
  /** Whether the octets are at hand. */
  readonly found: boolean;
  /** Whether the record has to cover it: something beside the record says so, and what it says of the digest holds. */
  readonly listed: boolean;
  /** False where what lists the object gives it another digest than it has. */
  readonly asListed: boolean;
  /** What exists if the object exists. */
  readonly covers: readonly AnyId[];
}

export interface RecordPlace {
  readonly origin: EvidenceRecordFacts['origin'];
  readonly name?: string | null;
  readonly signature?: string | null;
}

export interface ReadRecord {
  readonly record: EvidenceRecordFacts;
  readonly timestamps: readonly TimestampFacts[];
  readonly unreadable: readonly UnreadableToken[];
}

/** Facts of a record in either syntax over some of `objects`. Digests and values are verified, nothing is judged; what its tokens bring goes into `pool`. */
export function readEvidenceRecord(bytes: Bytes, objects: readonly ArchivedObject[], place: RecordPlace, pool: Pool): Parsed<ReadRecord> {
  const record = parseRecord(bytes);
  return record.ok ? parsed(readStructure(record.value, objects, place, pool)) : record;
}

/** A record in the syntax that its first octet tells. Nothing is verified. */
export const parseRecord = (bytes: Bytes): Parsed<RecordStructure> =>
  looksLikeXml(bytes) ? parseXmlRecord(bytes) : parseAsn1Record(bytes);

/** The same of a record that was parsed. */
export const readStructure = (record: RecordStructure, objects: readonly ArchivedObject[], place: RecordPlace, pool: Pool): ReadRecord =>
  new Reading(record, objects, place, pool).run();

/** Walks the archive time-stamps, oldest first. A class, because the walk remembers what came before. */
class Reading {
  private readonly record: RecordStructure;
  private readonly objects: readonly ArchivedObject[];
  private readonly place: RecordPlace;
  private readonly pool: Pool;
  private readonly timestamps: TimestampFacts[] = [];
  /** Those that cannot be read among them. */
  private readonly stampIds: TimestampId[] = [];
  private readonly unreadable: UnreadableToken[] = [];
  private readonly problems: string[];
  private readonly forms = new XmlForms();
  /** Objects that the first archive time-stamp is over. */
  private covered: readonly ArchivedObject[] = [];

  constructor(record: RecordStructure, objects: readonly ArchivedObject[], place: RecordPlace, pool: Pool) {
    this.record = record;
    this.objects = objects;
    this.place = place;
    this.pool = pool;
    this.problems = [...record.problems];
    const { certificates, crls, ocsps } = record.material;
    for (const certificate of certificates) addCertificate(pool, certificate);
    for (const crl of crls) addCrl(pool, crl);
    for (const ocsp of ocsps) addOcsp(pool, ocsp);
  }

  run(): ReadRecord {
    const { record, place, problems } = this;
    const references = this.first(record.chains[0] as ChainStructure);
    for (const [c, chain] of record.chains.entries()) {
      for (const [t, stamp] of chain.timestamps.entries()) {
        const before = chain.timestamps[t - 1];
        if (before !== undefined && before.digest !== stamp.digest) problems.push('a chain changes its digest algorithm');
        if (before !== undefined) this.add(stamp, this.renewal(stamp, before), () => this.valueOf(stamp, before.encoding));
        else if (c > 0) this.newTree(stamp, chain);
        else this.add(stamp, [], (name) => this.soleObject(name, chain));
      }
    }
    this.checkOrder();
    if (record.encrypted) problems.push('the archived data was encrypted: what the record vouches for is not the data itself');
    const facts: EvidenceRecordFacts = {
      id: distinct(this.pool, idOf(record.bytes)),
      type: record.type,
      origin: place.origin,
      name: place.name ?? null,
      signature: place.signature ?? null,
      references,
      timestamps: this.stampIds,
      covers: coversOf(this.covered),
      uncovered: this.objects.filter((object) => object.listed && !this.covered.includes(object)).map(({ name }) => name),
      structureProblems: problems,
    };
    return { record: facts, timestamps: this.timestamps, unreadable: this.unreadable };
  }

  /** What the record vouches for, value by value of the first list; then what it should be over and is not. */
  private first(chain: ChainStructure): ReferenceFacts[] {
    const stamp = chain.timestamps[0] as StampStructure;
    const { digest: digestAlgorithm } = stamp;
    // Files of the same content share a value.
    const known = new Map<string, Set<ArchivedObject>>();
    if (digestAlgorithm !== null)
      for (const object of this.objects)
        for (const value of this.digestsOf(object, digestAlgorithm, chain))
          known.set(keyOf(value), (known.get(keyOf(value)) ?? new Set()).add(object));
    const matched = this.firstValues(stamp, chain).map((value) => [...(known.get(keyOf(value)) ?? [])]);
    const taken = new Set(matched.flat());
    this.covered = [...taken].filter(({ asListed }) => asListed);
    const missed = this.missedOf(taken, matched.length);
    // A value that fits none of the listed objects stands for one of them: the object is not as it was.
    const orphans = matched.filter(({ length }) => length === 0).length;
    let explained = orphans <= missed.length ? orphans : 0;
    return [
      ...matched.flatMap((objects): ReferenceFacts[] => {
        if (objects.length > 0) return objects.map((object) => referenceTo(object, digestAlgorithm, true, object.asListed));
        return explained-- > 0
          ? []
          : [{ type: 'EVIDENCE_RECORD_ORPHAN_REFERENCE', name: '', digestAlgorithm, found: false, intact: false }];
      }),
      ...missed.map((object) => referenceTo(object, digestAlgorithm, object.found, false)),
    ];
  }

  /** Listed objects that no value is of. A record over one other thing is told of the data beside the signature, not of the signature too. */
  private missedOf(taken: ReadonlySet<ArchivedObject>, values: number): ArchivedObject[] {
    // The one file beside a record over one object is that object, or what became of it.
    const alone = values === 1 && this.objects.length === 1;
    const missed = this.objects.filter((object) => (object.listed || alone) && !taken.has(object));
    const data = missed.filter(({ type }) => type !== 'EVIDENCE_RECORD_MASTER_SIGNATURE');
    return taken.size === 0 && values === data.length ? data : missed;
  }

  /** The values that stand for data objects: of the first list, or without tree the imprint itself. */
  private firstValues({ tree, token }: StampStructure, chain: ChainStructure): readonly Bytes[] {
    if (tree !== null) return tree[0] ?? [];
    if (!token.ok) return [];
    const { digest, hash } = token.value.tstInfo.imprint;
    // A tree of one node over several objects lists none of them (4.2): all of them together, or nothing that can be told.
    const all =
      digest === null
        ? []
        : this.objects.filter(({ listed }) => listed).flatMap((object) => this.digestsOf(object, digest, chain).slice(0, 1));
    return all.length > 1 && digest !== null && equal(nodeOver(digest, all), hash) ? all : [hash];
  }

  /** Digests that an object may have; in XML what is XML may have that of its canonical form. */
  private digestsOf(object: ArchivedObject, name: DigestName, { method }: ChainStructure): readonly Bytes[] {
    const own = object.digests(name);
    return method === null ? own : [...own, ...this.forms.digests(object, name, method)];
  }

  /** Without a tree the first time-stamp is over the only object, or over all that are listed. */
  private soleObject(name: DigestName, chain: ChainStructure): Bytes | null {
    const [only] = this.covered;
    if (only !== undefined && this.covered.length === 1) return closest(this.digestsOf(only, name, chain), chain);
    const listed = this.objects.filter(({ listed: one }) => one);
    const candidates = listed.length > 0 ? listed : this.objects;
    const hashes = candidates.flatMap((object) => this.digestsOf(object, name, chain).slice(0, 1));
    return hashes.length === 0 ? null : nodeOver(name, hashes);
  }

  private valueOf({ digest }: StampStructure, octets: Bytes | null): Bytes | null {
    return digest === null || octets === null ? null : digestOrNull(digest, octets);
  }

  /** 5.3, step 2: within a chain each time-stamp is over the one before, by the same algorithm. */
  private renewal(stamp: StampStructure, before: StampStructure): ReferenceFacts[] {
    const found = before.digest === stamp.digest;
    const value = found ? this.valueOf(stamp, before.encoding) : null;
    const intact = value !== null && valuesIn(stamp).has(keyOf(value));
    return [{ type: 'EVIDENCE_RECORD_ARCHIVE_TIME_STAMP', name: '', digestAlgorithm: stamp.digest, found, intact }];
  }

  /** 5.3, step 3: a new chain is over every data object again; in ASN.1 each together with the chains so far, in XML these beside them. */
  private newTree(stamp: StampStructure, chain: ChainStructure): void {
    const { digest } = stamp;
    const beside = this.record.type === 'XML';
    const sequences = chain.sequenceBefore().flatMap((encoding) => this.valueOf(stamp, encoding) ?? []);
    const valuesOf = (object: ArchivedObject): Bytes[] => {
      if (digest === null || (sequences.length === 0 && !beside)) return [];
      const own = this.digestsOf(object, digest, chain);
      return beside
        ? [...own]
        : own.flatMap((value) =>
            sequences.flatMap((sequence) => [digestOrNull(digest, value, sequence) ?? value, nodeOver(digest, [value, sequence])]),
          );
    };
    const list = valuesIn(stamp);
    const known = this.covered.map((object) => ({ object, values: valuesOf(object) }));
    const all = new Set([...known.flatMap(({ values }) => values), ...(beside ? sequences : [])].map(keyOf));
    const orphans = [...list].some((value) => !all.has(value));
    const references = known.map(({ object, values }): ReferenceFacts => {
      const intact = values.some((value) => list.has(keyOf(value)));
      return referenceTo(object, digest, intact || orphans, intact);
    });
    if (beside) {
      const intact = sequences.some((value) => list.has(keyOf(value)));
      references.push({ type: 'EVIDENCE_RECORD_ARCHIVE_TIME_STAMP_SEQUENCE', name: '', digestAlgorithm: digest, found: true, intact });
    }
    const candidates = known.flatMap(({ values }) => values);
    this.add(stamp, references, () => candidates.find((value) => list.has(keyOf(value))) ?? candidates[0] ?? null);
  }

  /** `sole`: what the imprint is of where there is no tree. */
  private add(stamp: StampStructure, references: readonly ReferenceFacts[], sole: (name: DigestName) => Bytes | null): void {
    const { token, tree, digest, encoding } = stamp;
    if (!token.ok) {
      this.stampIds.push(distinct(this.pool, idOf(encoding ?? EMPTY)));
      this.unreadable.push({ kind: 'timestamp', name: this.place.name ?? null, malformed: token.malformed });
      this.problems.push('an archive time-stamp cannot be read');
      return;
    }
    if (digest === null) this.problems.push('the digest algorithm of an archive time-stamp is not known');
    const target = (asked: DigestName): Bytes | null => {
      if (digest === null || asked !== digest) return null;
      return tree === null ? sole(asked) : canDigest(digest) ? rootOf(digest, tree) : null;
    };
    const description = describeTimestamp(token.value, target, this.pool, this.place.name ?? '');
    const earlier = this.timestamps.flatMap((one) => [
      one.id,
      ...one.material.certificates.map(({ id }) => id),
      ...one.material.revocations.map(({ id }) => id),
    ]);
    this.stampIds.push(description.id);
    this.timestamps.push({
      ...description,
      type: 'archive',
      name: this.place.name ?? null,
      references: [...description.references, ...references],
      covers: [...new Set([...coversOf(this.covered), ...earlier])],
      protectsMaterial: true,
      pdf: null,
    });
  }

  private checkOrder(): void {
    const ascending = this.timestamps.every(({ time }, i) => i === 0 || time >= (this.timestamps[i - 1]?.time ?? time));
    if (!ascending) this.problems.push('the archive time-stamps are not in the order of their times');
  }
}

/** The values of the first list of the tree, or the imprint where there is no tree. */
function valuesIn({ tree, token }: StampStructure): ReadonlySet<string> {
  return new Set((tree === null ? (token.ok ? [token.value.tstInfo.imprint.hash] : []) : (tree[0] ?? [])).map(keyOf));
}

const referenceTo = (
  { type, name }: ArchivedObject,
  digestAlgorithm: DigestName | null,
  found: boolean,
  intact: boolean,
): ReferenceFacts => ({
  type,
  name,
  digestAlgorithm,
  found,
  intact,
});

/** Of several values the one that was stamped. */
function closest(values: readonly Bytes[], { timestamps: [stamp] }: ChainStructure): Bytes | null {
  const stamped = stamp?.token.ok ? stamp.token.value.tstInfo.imprint.hash : null;
  return values.find((value) => stamped !== null && equal(value, stamped)) ?? values[0] ?? null;
}

/** A hash value as a key. */
const keyOf = fromLatin1;

const coversOf = (objects: readonly ArchivedObject[]): AnyId[] => [...new Set(objects.flatMap(({ covers }) => covers))];
