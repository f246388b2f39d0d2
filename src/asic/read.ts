/** Reading an ASiC container into facts: every signature, time-stamp, evidence record and manifest, and what each covers (EN 319 162-1). */
import { type Budget, budget, spend } from '../base/budget.ts';
import { type Bytes, equal } from '../base/bytes.ts';
import { malformed, orNull, type Parsed, parsed } from '../base/parsed.ts';
import type { Source } from '../base/source.ts';
import { toHex } from '../base/text.ts';
import { chooseContent, documentOf } from '../cades/document.ts';
import { readCmsSignature } from '../cades/read.ts';
import type { SignedContent } from '../cms/content.ts';
import { addCertificate, newPool, type Pool } from '../cms/pool.ts';
import { parseSignedData, type SignedData } from '../cms/signed-data.ts';
import { archivedFile } from '../evidence-record/document.ts';
import { readEvidenceRecord } from '../evidence-record/read.ts';
import { parseEvidenceRecord } from '../evidence-record/record.ts';
import type {
  AnyId,
  ContainerFacts,
  CoverageFacts,
  DocumentFacts,
  EvidenceRecordFacts,
  Material,
  ReferenceFacts,
  SignatureFacts,
  TimestampFacts,
  UnreadableToken,
} from '../facts/index.ts';
import { describeTimestamp } from '../tsp/read.ts';
import { parseTimestampToken, type TimestampToken } from '../tsp/token.ts';
import { readEntry } from '../zip/content.ts';
import { type AsicContainer, contentOfFile, openContainer } from './container.ts';
import { type AsicManifest, type ManifestEntry, parseManifest } from './manifest.ts';

/** Facts of a container. Digests and signature values are verified here, nothing is judged. `supplied`: further certificates, DER. */
export function readAsic(document: Bytes | Source, supplied: readonly Bytes[] = []): Parsed<DocumentFacts> {
  const container = openContainer(document);
  if (!container.ok) return container;
  const pool = newPool();
  for (const certificate of supplied) addCertificate(pool, certificate);
  return parsed(new Reading(container.value, pool).run());
}

/** What a file in META-INF is over. */
interface Covered {
  readonly content: SignedContent | null;
  /** Name of the manifest or of the one file. */
  readonly name: string;
  readonly manifest: string | null;
  readonly references: readonly ReferenceFacts[];
  /** Names of the files covered, also through manifests. */
  readonly files: readonly string[];
  /** The same with files that are not as a manifest says. */
  readonly listed: readonly string[];
}

/** What exists if a file of META-INF exists: ids, and the files that it covers in turn. */
interface Token {
  readonly ids: readonly AnyId[];
  readonly files: readonly string[];
  readonly manifest: string | null;
}

interface ListedNames {
  readonly all: readonly string[];
  readonly intact: readonly string[];
  readonly broken: boolean;
}

/** Walks the files of a container. A class, because what was read of one file is what a later one covers. */
class Reading {
  private readonly container: AsicContainer;
  private readonly pool: Pool;
  private readonly manifests = new Map<string, AsicManifest>();
  /** Manifest by the file that it names as its signature. */
  private readonly manifestOf = new Map<string, string>();
  private readonly listed = new Map<string, ListedNames>();
  private readonly walks: Budget = budget('entries of manifests', MAXIMUM_WALKS);
  private readonly contents = new Map<string, SignedContent>();
  private readonly tokens = new Map<string, Token>();
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
    this.signatureFiles = new Set(container.signatures);
  }

  run(): DocumentFacts {
    const { container } = this;
    for (const name of this.firstOf(container.manifests, 'manifest')) this.readManifest(name);
    for (const name of this.firstOf(container.signatures, 'signature')) this.readSignature(name);
    this.readTimestamps();
    for (const name of this.firstOf(container.evidenceRecords, 'evidence-record')) this.readRecord(name);
    for (const name of container.xmlSignatures) this.fail('signature', name, 'XAdES is not supported yet');
    for (const name of container.xmlEvidenceRecords)
      this.fail('evidence-record', name, 'evidence records in XML (RFC 6283) are not supported yet');
    const { signatures, timestamps, unreadable, evidenceRecords } = this;
    return {
      ...documentOf(container.type, this.pool, this.withContainerTimestamps(signatures), timestamps, unreadable, evidenceRecords),
      container: this.facts(),
    };
  }

  private facts(): ContainerFacts {
    const { type, comment, mimetype, dataFiles, misnamed } = this.container;
    const { signatures, xmlSignatures, timestamps, evidenceRecords, xmlEvidenceRecords, manifests } = this.container;
    return {
      type,
      zipComment: comment,
      mimetype,
      dataFiles,
      rootFiles: dataFiles.filter((name) => !name.includes('/')),
      manifests,
      signatureFiles: [...signatures, ...xmlSignatures],
      timestampFiles: timestamps,
      evidenceRecordFiles: [...evidenceRecords, ...xmlEvidenceRecords],
      misnamed,
      coverage: this.coverage,
      problems: [],
    };
  }

  private firstOf(names: readonly string[], kind: UnreadableToken['kind']): readonly string[] {
    for (const name of names.slice(MAXIMUM_TOKENS)) this.fail(kind, name, `more than ${MAXIMUM_TOKENS} of its kind`);
    return names.slice(0, MAXIMUM_TOKENS);
  }

  private readManifest(name: string): void {
    const bytes = this.octetsOf(name);
    const manifest = bytes.ok ? parseManifest(bytes.value, (file) => this.container.archive.byName.has(file)) : bytes;
    if (!manifest.ok) return void this.unreadable.push({ kind: 'manifest', name, malformed: manifest.malformed });
    this.manifests.set(name, manifest.value);
    // A renewed archive manifest may be there twice: the one that a file's digest fits is found by its signature.
    if (!this.manifestOf.has(manifest.value.signedBy)) this.manifestOf.set(manifest.value.signedBy, name);
  }

  private readSignature(name: string): void {
    const bytes = this.octetsOf(name);
    const signedData = bytes.ok ? parseSignedData(bytes.value, { trailing: 'keep' }) : bytes;
    if (!signedData.ok) return void this.unreadable.push({ kind: 'signature', name, malformed: signedData.malformed });
    const covered = this.coveredBy(name, (content) => isOver(signedData.value, content));
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
    const files = other ? [] : covered.files.flatMap((file) => this.idsOfFile(file));
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
    this.tokens.set(name, {
      ids: [...new Set(dataId === null ? ids : [...ids, dataId])],
      files: other ? [] : covered.files,
      manifest: covered.manifest,
    });
  }

  /** Oldest first: a later one may cover an earlier one. */
  private readTimestamps(): void {
    const tokens = this.firstOf(this.container.timestamps, 'timestamp').flatMap((name) => {
      const bytes = this.octetsOf(name);
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
    const covered = this.coveredBy(name, (content) => digest !== null && equal(content.digest(digest) ?? NOTHING, hash));
    const description = describeTimestamp(token, (asked) => covered.content?.digest(asked) ?? null, this.pool, covered.name);
    const dataId = idOfContent(covered.content);
    const facts: TimestampFacts = {
      ...description,
      type: 'container',
      name,
      references: [...description.references, ...covered.references],
      covers: this.idsUnder(covered.files, dataId),
      protectsMaterial: covered.listed.some((file) => this.tokens.has(file)),
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
    this.coverage.set(facts.id, { manifest: covered.manifest, files: covered.files });
    this.tokens.set(name, { ids: [facts.id, ...idsOf(facts.material)], files: covered.files, manifest: covered.manifest });
  }

  private readRecord(name: string): void {
    const bytes = this.octetsOf(name);
    const manifestName = this.manifestOf.get(name) ?? null;
    const manifest = manifestName === null ? undefined : this.manifests.get(manifestName);
    // The manifest names the digests that the tree is over: of its own algorithm.
    const tree = bytes.ok ? orNull(parseEvidenceRecord(bytes.value))?.chains[0]?.timestamps[0]?.digest : null;
    const files = manifest
      ? manifest.entries.map((entry) => this.archived(entry.name, entry.digestAlgorithm === tree && this.referenceTo(entry).intact))
      : this.container.type === 'ASiC-S'
        ? this.dataFiles().map((file) => this.archived(file, true))
        : [];
    const read = bytes.ok ? readEvidenceRecord(bytes.value, files, { origin: 'container', name }, this.pool) : bytes;
    if (!read.ok) return void this.unreadable.push({ kind: 'evidence-record', name, malformed: read.malformed });
    const { record, timestamps, unreadable } = read.value;
    const expected = manifest ? files.map((file) => file.name) : this.dataFiles();
    const covered = new Set(record.references.filter(({ intact }) => intact).map((reference) => reference.name));
    this.evidenceRecords.push({ ...record, uncovered: expected.filter((file) => !covered.has(file)) });
    this.timestamps.push(...timestamps);
    this.unreadable.push(...unreadable);
    this.coverage.set(record.id, { manifest: manifestName, files: [...covered] });
  }

  private archived(name: string, asListed: boolean): ReturnType<typeof archivedFile> {
    const content = this.contentOf(name);
    const covers = this.idsUnder([name], null);
    if (content === null)
      return { ...archivedFile(name, { digest: () => null, octets: () => null }, { listed: true, asListed, covers: [] }), found: false };
    return archivedFile(name, content, { listed: true, asListed, covers });
  }

  /** What exists if these files exist, and what the signatures and time-stamps among them cover in turn. */
  private idsUnder(files: readonly string[], first: AnyId | null): AnyId[] {
    const visited = new Set(files);
    const ids = new Set<AnyId>(first === null ? [] : [first]);
    for (const file of visited) {
      for (const id of this.idsOfFile(file)) ids.add(id);
      const token = this.tokens.get(file);
      if (token === undefined || !spend(this.walks, token.ids.length)) continue;
      for (const id of token.ids) ids.add(id);
      // What its manifest lists is there already where the manifest is.
      if (token.manifest === null || !visited.has(token.manifest)) for (const each of token.files) visited.add(each);
    }
    return [...ids];
  }

  /** What a file of META-INF is over: the manifest that names it, in ASiC-S else the data file; by `fits` where several may be meant. */
  private coveredBy(name: string, fits: (content: SignedContent) => boolean): Covered {
    const named = this.manifestOf.get(name);
    const { type, manifests } = this.container;
    const candidates = [
      ...(named === undefined ? [] : [named]),
      ...(type === 'ASiC-S' ? this.dataFiles() : named === undefined ? manifests : []),
    ];
    const choices = candidates.flatMap((file) => {
      const content = this.contentOf(file);
      return content === null ? [] : [{ file, content }];
    });
    const chosen = (choices.length > 1 ? choices.find(({ content }) => fits(content)) : undefined) ?? choices[0];
    if (chosen === undefined) return { content: null, name: candidates[0] ?? '', manifest: null, references: [], files: [], listed: [] };
    const { file, content } = chosen;
    const manifest = manifests.includes(file) ? file : null;
    return {
      content,
      name: file,
      manifest,
      references: (this.manifests.get(file)?.entries ?? []).map((entry) => this.referenceTo(entry)),
      ...(manifest === null ? { files: [file], listed: [file] } : this.filesUnder(file)),
    };
  }

  /** Files that a manifest lists, itself first, and those of the manifests among them: all, and those alone that are as it says. */
  private filesUnder(manifest: string): Pick<Covered, 'files' | 'listed'> {
    const listed = this.walked(manifest, ({ all }) => all);
    const allIntact = listed.every((file) => this.namesIn(file)?.broken !== true);
    return { listed, files: allIntact ? listed : this.walked(manifest, ({ intact }) => intact) };
  }

  private walked(manifest: string, namesOf: (names: ListedNames) => readonly string[]): string[] {
    const found = new Set([manifest]);
    for (const file of found) {
      const names = this.namesIn(file);
      // Manifests that list each other's files again and again: what is not walked counts as not covered.
      if (names === null || !spend(this.walks, names.all.length)) continue;
      for (const name of namesOf(names)) found.add(name);
    }
    return [...found];
  }

  /** Names of files in a manifest; null of a file that is none. */
  private namesIn(manifest: string): ListedNames | null {
    const entries = this.manifests.get(manifest)?.entries;
    if (entries === undefined) return null;
    const known = this.listed.get(manifest);
    if (known !== undefined) return known;
    const intact = entries.filter((entry) => this.referenceTo(entry).intact);
    const broken = intact.length < entries.length;
    const names = { all: entries.map(({ name }) => name), intact: intact.map(({ name }) => name), broken };
    this.listed.set(manifest, names);
    return names;
  }

  private referenceTo({ name, digestAlgorithm, digest }: ManifestEntry): ReferenceFacts {
    const content = this.contentOf(name);
    const actual = content && digestAlgorithm && content.digest(digestAlgorithm);
    const intact = actual !== null && digest !== null && equal(actual, digest);
    return { type: 'MANIFEST_ENTRY', name, digestAlgorithm, found: content !== null, intact };
  }

  /** A container time-stamp belongs to the signatures whose files its manifest lists. */
  private withContainerTimestamps(signatures: readonly SignatureFacts[]): SignatureFacts[] {
    return signatures.map((signature): SignatureFacts => {
      const over = signature.counterSignatureOf === null ? this.stampsOf.get(signature.name ?? '') : undefined;
      return over === undefined ? signature : { ...signature, timestamps: [...signature.timestamps, ...over] };
    });
  }

  /** In ASiC-S the one file at the root; all of them where there are several. */
  private dataFiles(): readonly string[] {
    const { dataFiles } = this.container;
    const roots = dataFiles.filter((name) => !name.includes('/'));
    return roots.length > 0 ? roots : dataFiles;
  }

  private contentOf(name: string): SignedContent | null {
    const { archive } = this.container;
    const entry = archive.byName.get(name);
    if (entry === undefined || entry.isFolder) return null;
    const content = this.contents.get(name) ?? contentOfFile(archive, entry);
    this.contents.set(name, content);
    return content;
  }

  private idsOfFile(name: string): AnyId[] {
    const id = idOfContent(this.contentOf(name));
    return id === null ? [] : [id];
  }

  private octetsOf(name: string): Parsed<Bytes> {
    const { archive } = this.container;
    const entry = archive.byName.get(name);
    return entry === undefined ? malformed('ASiC container', 0, `no file ${name}`) : readEntry(archive, entry, LARGEST_TOKEN);
  }

  private fail(kind: UnreadableToken['kind'], name: string, reason: string): void {
    this.unreadable.push({ kind, name, malformed: { what: 'ASiC container', at: 0, reason } });
  }
}

function idOfContent(content: SignedContent | null): string | null {
  const digest = content?.digest('SHA-256') ?? null;
  return digest === null ? null : toHex(digest);
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
const NOTHING: Bytes = new Uint8Array(0);
/** Octets of a signature, time-stamp, record or manifest that are read into memory. */
const LARGEST_TOKEN = 1 << 28;
/** Entries of manifests looked at, over all tokens. */
const MAXIMUM_WALKS = 10_000_000;
/** Signatures, time-stamps, records and manifests that are read of each kind: what each covers is told one by one. */
const MAXIMUM_TOKENS = 1000;
