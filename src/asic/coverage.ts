/** What each file of an ASiC container covers: by the manifest that names it, through the manifests among what that lists (EN 319 162-1, 4 and annex A). */
import { type Budget, budget, spend } from '../base/budget.ts';
import { type Bytes, equal } from '../base/bytes.ts';
import { malformed, type Parsed, parsed } from '../base/parsed.ts';
import { toHex } from '../base/text.ts';
import type { SignedContent } from '../cms/content.ts';
import type { AnyId, ReferenceFacts } from '../facts/index.ts';
import { readEntry } from '../zip/content.ts';
import { type AsicContainer, contentOfFile } from './container.ts';
import { type AsicManifest, type ManifestEntry, parseManifest } from './manifest.ts';

/** What a file in META-INF is over. */
export interface Covered {
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
export interface Token {
  readonly ids: readonly AnyId[];
  readonly files: readonly string[];
  readonly manifest: string | null;
}

interface ListedNames {
  readonly all: readonly string[];
  readonly intact: readonly string[];
  readonly broken: boolean;
}

/** The files of a container with what is known of them so far. A class, because each token that is read is what a later one covers. */
export class CoveredFiles {
  private readonly container: AsicContainer;
  private readonly manifests = new Map<string, AsicManifest>();
  /** Manifest by the file that it names as its signature. */
  private readonly manifestOf = new Map<string, string>();
  private readonly listed = new Map<string, ListedNames>();
  private readonly walks: Budget = budget('entries of manifests', MAXIMUM_WALKS);
  private readonly contents = new Map<string, SignedContent>();
  private readonly tokens = new Map<string, Token>();

  constructor(container: AsicContainer) {
    this.container = container;
  }

  /** Reads a manifest, for all that is asked later. */
  addManifest(name: string): Parsed<null> {
    const bytes = this.octetsOf(name);
    const manifest = bytes.ok ? parseManifest(bytes.value, (file) => this.container.archive.byName.has(file)) : bytes;
    if (!manifest.ok) return manifest;
    this.manifests.set(name, manifest.value);
    // Of two manifests with one signature the first counts: the other is covered by nothing.
    if (!this.manifestOf.has(manifest.value.signedBy)) this.manifestOf.set(manifest.value.signedBy, name);
    return parsed(null);
  }

  addToken(name: string, token: Token): void {
    this.tokens.set(name, token);
  }

  hasToken(name: string): boolean {
    return this.tokens.has(name);
  }

  /** The manifest that names a file as its signature, with its entries; null where none does. */
  manifestFor(name: string): { readonly name: string; readonly entries: readonly ManifestEntry[] } | null {
    const manifest = this.manifestOf.get(name);
    return manifest === undefined ? null : { name: manifest, entries: this.manifests.get(manifest)?.entries ?? [] };
  }

  /**
   * What a file of META-INF is over: the manifest that names it, in ASiC-S else the data file, and that alone for a signature
   * (EN 319 162-1, 4.3.3); by `fits` where several may be meant.
   */
  coveredBy(name: string, fits: (content: SignedContent) => boolean): Covered {
    const { type, manifests, signatures } = this.container;
    const named = type === 'ASiC-S' && signatures.includes(name) ? undefined : this.manifestOf.get(name);
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

  /** What exists if these files exist, and what the signatures and time-stamps among them cover in turn. */
  idsUnder(files: readonly string[], first: AnyId | null): AnyId[] {
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

  /** Data files that the signatures, time-stamps and manifests in a manifest are over, and that it does not list itself. */
  unlistedIn(manifest: string): string[] {
    const named = new Set((this.manifests.get(manifest)?.entries ?? []).map(({ name }) => name));
    const visited = new Set(named);
    for (const file of visited) {
      const next = [...(this.tokens.get(file)?.files ?? []), ...(this.namesIn(file)?.all ?? [])];
      if (!spend(this.walks, next.length)) continue;
      for (const each of next) visited.add(each);
    }
    return this.container.dataFiles.filter((name) => visited.has(name) && !named.has(name));
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

  referenceTo({ name, digestAlgorithm, digest }: ManifestEntry): ReferenceFacts {
    const actual = (digestAlgorithm && this.contentOf(name)?.digest(digestAlgorithm)) ?? null;
    // A digest that cannot be computed, or is none, says nothing against the file.
    const found = actual !== null && digest !== null;
    return { type: 'MANIFEST_ENTRY', name, digestAlgorithm, found, intact: found && equal(actual, digest) };
  }

  /** In ASiC-S the one file at the root; all of them where there are several. */
  dataFiles(): readonly string[] {
    const { dataFiles } = this.container;
    const roots = dataFiles.filter((name) => !name.includes('/'));
    return roots.length > 0 ? roots : dataFiles;
  }

  contentOf(name: string): SignedContent | null {
    const { archive } = this.container;
    const entry = archive.byName.get(name);
    if (entry === undefined || entry.isFolder) return null;
    const content = this.contents.get(name) ?? contentOfFile(archive, entry);
    this.contents.set(name, content);
    return content;
  }

  idsOfFile(name: string): AnyId[] {
    const id = idOfContent(this.contentOf(name));
    return id === null ? [] : [id];
  }

  octetsOf(name: string): Parsed<Bytes> {
    const { archive } = this.container;
    const entry = archive.byName.get(name);
    return entry === undefined ? malformed('ASiC container', 0, `no file ${name}`) : readEntry(archive, entry, LARGEST_TOKEN);
  }
}

export function idOfContent(content: SignedContent | null): string | null {
  const digest = content?.digest('SHA-256') ?? null;
  return digest === null ? null : toHex(digest);
}

/** Octets of a signature, time-stamp, record or manifest that are read into memory. */
const LARGEST_TOKEN = 1 << 28;
/** Entries of manifests and ids looked at, over all tokens. */
const MAXIMUM_WALKS = 10_000_000;
