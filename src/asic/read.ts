/** Reading an ASiC container into facts: its signatures, time-stamps, evidence records and manifests, and what each covers (EN 319 162-1). */
import { type Bytes, equal } from '../base/bytes.ts';
import { orNull, type Parsed, parsed } from '../base/parsed.ts';
import type { Source } from '../base/source.ts';
import { chooseContent, documentOf } from '../cades/document.ts';
import { readCmsSignature } from '../cades/read.ts';
import type { SignedContent } from '../cms/content.ts';
import { addCertificate, newPool, type Pool } from '../cms/pool.ts';
import { parseSignedData, type SignedData } from '../cms/signed-data.ts';
import { archivedFile } from '../evidence-record/document.ts';
import { parseRecord, readEvidenceRecord } from '../evidence-record/read.ts';
import type {
  AnyId,
  ContainerFacts,
  CoverageFacts,
  DocumentFacts,
  EvidenceRecordFacts,
  Material,
  SignatureFacts,
  TimestampFacts,
  UnreadableToken,
} from '../facts/index.ts';
import { describeTimestamp } from '../tsp/read.ts';
import { parseTimestampToken, type TimestampToken } from '../tsp/token.ts';
import { type AsicContainer, openContainer } from './container.ts';
import { CoveredFiles, idOfContent } from './coverage.ts';
import { readContainerXmlSignatures } from './xades.ts';

/** Facts of a container. Digests and signature values are verified here, nothing is judged. `supplied`: further certificates, DER. */
export function readAsic(document: Bytes | Source, supplied: readonly Bytes[] = []): Parsed<DocumentFacts> {
  const container = openContainer(document);
  if (!container.ok) return container;
  const pool = newPool();
  for (const certificate of supplied) addCertificate(pool, certificate);
  return parsed(new Reading(container.value, pool).run());
}

/** Walks the files of a container. A class, because what was read of one file is what a later one covers. */
class Reading {
  private readonly container: AsicContainer;
  private readonly pool: Pool;
  private readonly files: CoveredFiles;
  private readonly coverage = new Map<string, CoverageFacts>();
  private readonly signatureFiles: ReadonlySet<string>;
  /** Container time-stamps by the signature file that they are over. */
  private readonly stampsOf = new Map<string, string[]>();
  private readonly signatures: SignatureFacts[] = [];
  private readonly timestamps: TimestampFacts[] = [];
  private readonly evidenceRecords: EvidenceRecordFacts[] = [];
  private readonly unreadable: UnreadableToken[] = [];

  constructor(container: AsicContainer, pool: Pool) {
    this.container = container;
    this.pool = pool;
    this.files = new CoveredFiles(container);
    this.signatureFiles = new Set(container.signatures);
  }

  run(): DocumentFacts {
    const { container } = this;
    for (const name of this.firstOf(container.manifests, 'manifest')) {
      const read = this.files.addManifest(name);
      if (!read.ok) this.unreadable.push({ kind: 'manifest', name, malformed: read.malformed });
    }
    for (const name of this.firstOf(container.signatures, 'signature')) this.readSignature(name);
    for (const name of this.firstOf(container.xmlSignatures, 'signature')) this.readXmlSignatures(name);
    this.readTimestamps();
    for (const name of this.firstOf(container.evidenceRecords, 'evidence-record')) this.readRecord(name);
    const { signatures, timestamps, unreadable, evidenceRecords } = this;
    return {
      ...documentOf(container.type, this.pool, this.withContainerTimestamps(signatures), timestamps, unreadable, evidenceRecords),
      container: this.facts(),
    };
  }

  private facts(): ContainerFacts {
    const { type, comment, mimetype, dataFiles, misnamed } = this.container;
    const { signatures, xmlSignatures, timestamps, evidenceRecords, manifests } = this.container;
    return {
      type,
      zipComment: comment,
      mimetype,
      dataFiles,
      rootFiles: dataFiles.filter((name) => !name.includes('/')),
      manifests,
      hasPackageManifest: this.container.archive.byName.has(PACKAGE_MANIFEST),
      signatureFiles: [...signatures, ...xmlSignatures],
      timestampFiles: timestamps,
      evidenceRecordFiles: evidenceRecords,
      misnamed,
      coverage: this.coverage,
      problems: this.container.archive.departures,
    };
  }

  private firstOf(names: readonly string[], kind: UnreadableToken['kind']): readonly string[] {
    for (const name of names.slice(MAXIMUM_TOKENS)) this.fail(kind, name, `more than ${MAXIMUM_TOKENS} of its kind`);
    return names.slice(0, MAXIMUM_TOKENS);
  }

  private readSignature(name: string): void {
    const bytes = this.files.octetsOf(name);
    const signedData = bytes.ok ? parseSignedData(bytes.value, { trailing: 'keep' }) : bytes;
    if (!signedData.ok) return void this.unreadable.push({ kind: 'signature', name, malformed: signedData.malformed });
    const covered = this.files.coveredBy(name, (content) => isOver(signedData.value, content));
    const read = readCmsSignature(signedData.value, {
      format: 'CAdES',
      pool: this.pool,
      content: covered.content,
      contentName: covered.name,
      container: this.container.type,
      name,
    });
    if (read.signatures.length === 0) this.fail('signature', name, 'it holds no signature');
    // A content of its own is what is signed, and has to be the file that it stands for.
    const { encapsulated } = signedData.value;
    const other = encapsulated !== null && !sameContent(encapsulated, covered.content);
    const dataId = other ? null : idOfContent(covered.content);
    const files = other ? [] : covered.files.flatMap((file) => this.files.idsOfFile(file));
    const withFiles = (ids: readonly AnyId[]): AnyId[] =>
      dataId !== null && ids.includes(dataId) ? [...new Set([...ids, ...files])] : [...ids];
    const timestamps = read.timestamps.map((timestamp) => ({ ...timestamp, covers: withFiles(timestamp.covers) }));
    for (const signature of read.signatures) {
      const own = signature.counterSignatureOf === null;
      const problems = own && encapsulated !== null ? ['the signature holds a content of its own'] : [];
      const references = own && !other ? covered.references : [];
      this.signatures.push({
        ...signature,
        references: [...signature.references, ...references],
        structureProblems: [...signature.structureProblems, ...problems],
      });
      if (own) this.coverage.set(signature.id, { manifest: covered.manifest, files: other ? [] : covered.files });
    }
    this.timestamps.push(...timestamps);
    this.evidenceRecords.push(...read.evidenceRecords.map((record) => ({ ...record, covers: withFiles(record.covers) })));
    this.unreadable.push(...read.unreadable);
    const materials = [...read.signatures, ...timestamps].flatMap(({ material }) => idsOf(material));
    const stamped = timestamps.flatMap(({ id, covers }) => [id, ...covers]);
    const ids = [...read.signatures.map(({ id }) => id), ...materials, ...stamped];
    this.files.addToken(name, {
      ids: [...new Set(dataId === null ? ids : [...ids, dataId])],
      files: other ? [] : covered.files,
      manifest: covered.manifest,
    });
  }

  private readXmlSignatures(name: string): void {
    const read = readContainerXmlSignatures(this.container, this.files, name, this.pool);
    if (!read.ok) return void this.unreadable.push({ kind: 'signature', name, malformed: read.malformed });
    const { signatures, timestamps, evidenceRecords, unreadable, files } = read.value;
    if (signatures.length + unreadable.length === 0) this.fail('signature', name, 'it holds no signature');
    this.signatures.push(...signatures);
    this.timestamps.push(...timestamps);
    this.evidenceRecords.push(...evidenceRecords);
    this.unreadable.push(...unreadable);
    for (const { id, counterSignatureOf } of signatures)
      if (counterSignatureOf === null) this.coverage.set(id, { manifest: null, files: files.get(id) ?? [] });
    const materials = [...signatures, ...timestamps].flatMap(({ material }) => idsOf(material));
    const stamped = timestamps.flatMap(({ id, covers }) => [id, ...covers]);
    this.files.addToken(name, {
      ids: [...new Set([...signatures.map(({ id }) => id), ...materials, ...stamped])],
      files: [...new Set([...files.values()].flat())],
      manifest: null,
    });
  }

  /** Oldest first: a later one may cover an earlier one. */
  private readTimestamps(): void {
    const tokens = this.firstOf(this.container.timestamps, 'timestamp').flatMap((name) => {
      const bytes = this.files.octetsOf(name);
      const token = bytes.ok ? parseTimestampToken(bytes.value, 'keep') : bytes;
      if (token.ok) return [{ name, token: token.value }];
      this.unreadable.push({ kind: 'timestamp', name, malformed: token.malformed });
      return [];
    });
    tokens.sort((a, b) => a.token.tstInfo.time - b.token.tstInfo.time);
    for (const { name, token } of tokens) this.readTimestamp(name, token);
  }

  private readTimestamp(name: string, token: TimestampToken): void {
    const { digest, hash } = token.tstInfo.imprint;
    const covered = this.files.coveredBy(name, (content) => digest !== null && equal(content.digest(digest) ?? NOTHING, hash));
    const description = describeTimestamp(token, (asked) => covered.content?.digest(asked) ?? null, this.pool, covered.name);
    const dataId = idOfContent(covered.content);
    const facts: TimestampFacts = {
      ...description,
      type: 'container',
      name,
      references: [...description.references, ...covered.references],
      covers: this.files.idsUnder(covered.files, dataId),
      protectsMaterial: covered.listed.some((file) => this.files.hasToken(file)),
      pdf: null,
      structureProblems: [
        ...description.structureProblems,
        ...(token.signedData.trailing.length > 0 ? [`${token.signedData.trailing.length} octets after the CMS`] : []),
      ],
    };
    this.timestamps.push(facts);
    for (const file of covered.listed) {
      if (!this.signatureFiles.has(file)) continue;
      const stamps = this.stampsOf.get(file) ?? [];
      stamps.push(facts.id);
      this.stampsOf.set(file, stamps);
    }
    const { manifest, files } = covered;
    const unlisted = manifest === null ? [] : this.files.unlistedIn(manifest);
    this.coverage.set(facts.id, { manifest, files, ...(unlisted.length > 0 && { unlisted }) });
    this.files.addToken(name, { ids: [facts.id, ...idsOf(facts.material)], files, manifest });
  }

  private readRecord(name: string): void {
    const bytes = this.files.octetsOf(name);
    // In ASiC-S a record is over the one data file, whatever a manifest says (EN 319 162-1, 4.3.3).
    const simple = this.container.type === 'ASiC-S';
    const manifest = simple ? null : this.files.manifestFor(name);
    const single = simple && this.files.dataFiles().length === 1;
    // The manifest names the digests that the tree is over: of its own algorithm.
    const tree = bytes.ok ? orNull(parseRecord(bytes.value))?.chains[0]?.timestamps[0]?.digest : null;
    const files = manifest
      ? manifest.entries.map((entry) => this.archived(entry.name, entry.digestAlgorithm === tree && this.files.referenceTo(entry).intact))
      : single
        ? this.files.dataFiles().map((file) => this.archived(file, true))
        : [];
    const read = bytes.ok ? readEvidenceRecord(bytes.value, files, { origin: 'container', name }, this.pool) : bytes;
    if (!read.ok) return void this.unreadable.push({ kind: 'evidence-record', name, malformed: read.malformed });
    const { record, timestamps, unreadable } = read.value;
    const expected = manifest ? files.map((file) => file.name) : this.files.dataFiles();
    const covered = new Set(record.references.filter(({ intact }) => intact).map((reference) => reference.name));
    this.evidenceRecords.push({ ...record, uncovered: expected.filter((file) => !covered.has(file)) });
    this.timestamps.push(...timestamps);
    this.unreadable.push(...unreadable);
    this.coverage.set(record.id, { manifest: manifest?.name ?? null, files: [...covered] });
  }

  private archived(name: string, asListed: boolean): ReturnType<typeof archivedFile> {
    const content = this.files.contentOf(name);
    const covers = this.files.idsUnder([name], null);
    if (content === null)
      return { ...archivedFile(name, { digest: () => null, octets: () => null }, { listed: true, asListed, covers: [] }), found: false };
    return archivedFile(name, content, { listed: true, asListed, covers });
  }

  /** A container time-stamp belongs to the signatures whose files its manifest lists. */
  private withContainerTimestamps(signatures: readonly SignatureFacts[]): SignatureFacts[] {
    return signatures.map((signature): SignatureFacts => {
      const over = signature.counterSignatureOf === null ? this.stampsOf.get(signature.name ?? '') : undefined;
      return over === undefined ? signature : { ...signature, timestamps: [...signature.timestamps, ...over] };
    });
  }

  private fail(kind: UnreadableToken['kind'], name: string, reason: string): void {
    this.unreadable.push({ kind, name, malformed: { what: 'ASiC container', at: 0, reason } });
  }
}

const idsOf = ({ certificates, revocations }: Material): AnyId[] => [
  ...certificates.map(({ id }) => id),
  ...revocations.map(({ id }) => id),
];

const isOver = (signedData: SignedData, content: SignedContent): boolean =>
  chooseContent(signedData, [NO_CONTENT, { name: null, content }]) !== null;

function sameContent(a: SignedContent, b: SignedContent | null): boolean {
  const [one, other] = [a.digest('SHA-256'), b?.digest('SHA-256') ?? null];
  return one !== null && other !== null && equal(one, other);
}

/** Beside which another content is chosen only where a digest agrees. */
const NO_CONTENT = { name: null, content: { digest: () => null, octets: () => null } };
/** Of an OpenDocument package, which containers with XML signatures are (EN 319 162-1, 4.4.3.2). */
const PACKAGE_MANIFEST = 'META-INF/manifest.xml';
const NOTHING: Bytes = new Uint8Array(0);
/** Signatures, time-stamps, records and manifests that are read of each kind: what each covers is told one by one. */
const MAXIMUM_TOKENS = 1000;
