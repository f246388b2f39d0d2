/** An ASiC container as a set of files: its type, and what each file is by its name (EN 319 162-1, 4 and annex A). */
import type { Bytes } from '../base/bytes.ts';
import { malformed, type Parsed, parsed } from '../base/parsed.ts';
import type { Source } from '../base/source.ts';
import { fromUtf8 } from '../base/text.ts';
import type { SignedContent } from '../cms/content.ts';
import { canDigest, createDigest } from '../crypto/digest.ts';
import type { DigestName } from '../crypto/names.ts';
import type { MimetypeFacts } from '../facts/container.ts';
import { readZip, type ZipArchive, type ZipEntry } from '../zip/archive.ts';
import { entryPieces, overEntry, readEntry } from '../zip/content.ts';
import type { ZipLimits } from '../zip/limits.ts';

export interface AsicContainer {
  readonly archive: ZipArchive;
  readonly type: 'ASiC-S' | 'ASiC-E';
  readonly mimetype: MimetypeFacts | null;
  readonly comment: string | null;
  /** Outside META-INF, without mimetype and folders. */
  readonly dataFiles: readonly string[];
  /** Files of META-INF by what they are, in the order of the archive. */
  readonly signatures: readonly string[];
  readonly xmlSignatures: readonly string[];
  readonly timestamps: readonly string[];
  readonly evidenceRecords: readonly string[];
  readonly manifests: readonly string[];
  /** Files of these kinds whose name is not as the standard has it. */
  readonly misnamed: readonly string[];
}

/** Opens a container. A ZIP without anything of ASiC is unreadable as one. */
export function openContainer(document: Bytes | Source, limits: Partial<ZipLimits> = {}): Parsed<AsicContainer> {
  const archive = readZip(document, limits);
  if (!archive.ok) return archive;
  const names = archive.value.entries.filter(({ isFolder }) => !isFolder).map(({ name }) => name);
  const kinds = new Map(names.map((name) => [name, kindOf(name)]));
  const of = (kind: FileKind): string[] => names.filter((name) => kinds.get(name) === kind);
  const files = {
    dataFiles: of('data'),
    signatures: of('signature'),
    xmlSignatures: of('xml-signature'),
    timestamps: of('timestamp'),
    evidenceRecords: of('evidence-record'),
    manifests: of('manifest'),
  };
  const mimetype = mimetypeOf(archive.value);
  const comment = archive.value.comment.length === 0 ? null : (fromUtf8(archive.value.comment) ?? '');
  const type = typeOf(mimetype, comment, files);
  if (type === null)
    return malformed('ASiC container', 0, 'this is a ZIP file without mimetype, signature, time-stamp or evidence record of ASiC');
  return parsed({ archive: archive.value, type, mimetype, comment, ...files, misnamed: names.filter((name) => isMisnamed(name, type)) });
}

/** A file as what is signed or digested; damaged data has no digest. */
export function contentOfFile(archive: ZipArchive, entry: ZipEntry): SignedContent {
  const known = new Map<DigestName, Bytes | null>();
  return {
    digest: (name) => {
      const remembered = known.get(name);
      if (remembered !== undefined) return remembered;
      const value = canDigest(name) ? digestOfFile(name, archive, entry) : null;
      known.set(name, value);
      return value;
    },
    octets: () => (overEntry(archive, entry, () => {}).ok ? copies(entryPieces(archive, entry)) : null),
  };
}

/** Whoever verifies over octets may keep them. */
function* copies(pieces: Iterable<Bytes>): Generator<Bytes, void, void> {
  for (const piece of pieces) yield piece.slice();
}

function digestOfFile(name: DigestName, archive: ZipArchive, entry: ZipEntry): Bytes | null {
  const state = createDigest(name);
  return overEntry(archive, entry, state.update).ok ? state.finish() : null;
}

type Files = Pick<AsicContainer, 'dataFiles' | 'signatures' | 'xmlSignatures' | 'timestamps' | 'evidenceRecords' | 'manifests'>;

/** By the mimetype, else by the comment of the archive, else by what is in it. */
function typeOf(mimetype: MimetypeFacts | null, comment: string | null, files: Files): AsicContainer['type'] | null {
  const stated = TYPES.get(mimetype?.content ?? '') ?? TYPES.get(comment?.replace(/^mimetype=/, '') ?? '');
  if (stated !== undefined) return stated;
  // OpenDocument packages are containers of this kind too.
  if (mimetype?.content?.startsWith('application/vnd.oasis.opendocument.')) return 'ASiC-E';
  const { dataFiles, manifests, xmlSignatures, ...rest } = files;
  const tokens = rest.signatures.length + rest.timestamps.length + rest.evidenceRecords.length;
  if (tokens + xmlSignatures.length === 0) return null;
  const roots = dataFiles.filter((name) => !name.includes('/'));
  return manifests.length === 0 && roots.length === 1 && dataFiles.length === 1 ? 'ASiC-S' : 'ASiC-E';
}

function mimetypeOf(archive: ZipArchive): MimetypeFacts | null {
  const entry = archive.byName.get('mimetype');
  if (entry === undefined) return null;
  const content = readEntry(archive, entry, LONGEST_MIMETYPE);
  const text = content.ok ? fromUtf8(content.value) : null;
  const asRequired = entry.start === 0 && entry.method === 'stored' && !entry.hasExtra;
  return { content: text?.trim() ?? null, asRequired };
}

type FileKind = 'data' | 'mimetype' | 'signature' | 'xml-signature' | 'timestamp' | 'evidence-record' | 'manifest' | 'other';

function kindOf(name: string): FileKind {
  if (name === 'mimetype') return 'mimetype';
  if (!/^meta-inf\//i.test(name)) return 'data';
  return KINDS.find(([pattern]) => pattern.test(name))?.[1] ?? 'other';
}

/** EN 319 162-1, 4.3.3 and 4.4.4: one signature or time-stamp of a fixed name in ASiC-S, a word within the name in ASiC-E. */
function isMisnamed(name: string, type: AsicContainer['type']): boolean {
  const kind = kindOf(name);
  if (kind === 'signature') return !(type === 'ASiC-S' ? /^META-INF\/signature\.p7s$/ : /^META-INF\/[^/]*signature[^/]*\.p7s$/).test(name);
  if (kind === 'xml-signature')
    return !(type === 'ASiC-S' ? /^META-INF\/signatures\.xml$/ : /^META-INF\/[^/]*signatures[^/]*\.xml$/).test(name);
  if (kind === 'timestamp') return !/^META-INF\/[^/]*timestamp[^/]*\.tst$/.test(name);
  if (kind === 'evidence-record') return !/^META-INF\/[^/]*evidencerecord[^/]*\.(ers|xml)$/.test(name);
  if (kind === 'manifest') return !/^META-INF\/ASiC(Archive|EvidenceRecord)?Manifest[^/]*\.xml$/.test(name);
  return false;
}

const KINDS: readonly (readonly [RegExp, FileKind])[] = [
  [/\.p7[sm]$/i, 'signature'],
  [/\.tst$/i, 'timestamp'],
  [/\.ers$/i, 'evidence-record'],
  [/\/asic[^/]*manifest[^/]*\.xml$/i, 'manifest'],
  [/evidencerecord[^/]*\.xml$/i, 'evidence-record'],
  [/signatures?[^/]*\.xml$/i, 'xml-signature'],
];
const TYPES: ReadonlyMap<string, AsicContainer['type']> = new Map([
  ['application/vnd.etsi.asic-s+zip', 'ASiC-S'],
  ['application/vnd.etsi.asic-e+zip', 'ASiC-E'],
  ['application/vnd.bdoc-1.0', 'ASiC-E'],
]);
const LONGEST_MIMETYPE = 1024;
