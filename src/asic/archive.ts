/** What in a container may still change, and the archive of it all: an ASiCArchiveManifest over every file with a time-stamp over that (EN 319 162-1, 4.4 and annex A). */
import type { Bytes } from '../base/bytes.ts';
import { Fault } from '../base/fault.ts';
import { orNull } from '../base/parsed.ts';
import { contentOf, type SignedContent } from '../cms/content.ts';
import type { DigestName } from '../crypto/names.ts';
import { readEntry } from '../zip/content.ts';
import type { NewEntry } from '../zip/write.ts';
import { encodeManifest, freeNumber, type ListedFile, SIGNATURE_TYPE, TIMESTAMP_TYPE } from './build.ts';
import { type AsicContainer, contentOfFile } from './container.ts';
import { type AsicManifest, parseManifest } from './manifest.ts';

/** A file that a manifest is to list. */
export interface Listing {
  readonly content: SignedContent;
  readonly mimeType?: string | undefined;
}

/** Files of a container by name, new ones or those that are there. */
export type Listings = ReadonlyMap<string, Listing>;

/** Names of files that a manifest lists: one octet changed, and the signature, time-stamp or record over the manifest fails. */
export function listedFiles(container: AsicContainer): ReadonlySet<string> {
  const names = container.manifests.flatMap((name) => {
    const manifest = manifestIn(container, name);
    if (manifest === null)
      throw new Fault('refused', `the manifest ${name} cannot be read: what it lists must not change, and is not known`);
    return manifest.entries.map((listed) => listed.name);
  });
  return new Set(names);
}

/** Names that a new file may not have: those of files, and those that a manifest speaks of although no such file is there. */
export function takenNames(container: AsicContainer | null): ReadonlySet<string> {
  if (container === null) return new Set();
  const named = container.manifests.flatMap((name) => {
    const manifest = manifestIn(container, name);
    return manifest === null ? [] : [manifest.signedBy, ...manifest.entries.map((listed) => listed.name)];
  });
  return new Set([...container.archive.byName.keys(), ...named]);
}

function manifestIn({ archive }: AsicContainer, name: string): AsicManifest | null {
  const entry = archive.byName.get(name);
  const bytes = entry && orNull(readEntry(archive, entry, LARGEST_MANIFEST));
  return bytes ? orNull(parseManifest(bytes, (file) => archive.byName.has(file))) : null;
}

/** Every file that is there but for mimetype: what an archive is over. */
export const allFiles = (container: AsicContainer): Listings =>
  new Map(
    container.archive.entries
      .filter(({ name, isFolder }) => !isFolder && name !== 'mimetype')
      .map((entry): [string, Listing] => [entry.name, { content: contentOfFile(container.archive, entry), mimeType: typeOf(entry.name) }]),
  );

export interface AddedFiles {
  readonly files: readonly NewEntry[];
  /** Files that go, since their content stands under another name among the new ones. */
  readonly leaveOut: readonly string[];
}

/**
 * A manifest over all these files, and its time-stamp, which `stamp` makes. The newest archive manifest is called ASiCArchiveManifest.xml: one that has this
 * name moves to a numbered one, its octets as they are, and is listed as root.
 */
export async function archiveOver(
  container: AsicContainer | null,
  files: Listings,
  digest: DigestName,
  stamp: (manifest: Bytes) => Promise<Bytes>,
): Promise<AddedFiles> {
  const before = container?.archive.byName.get(NEWEST);
  const taken = takenNames(container);
  const moved = archiveName(freeNumber(taken, (n) => [archiveName(n)]));
  const old = container && before ? readEntry(container.archive, before, LARGEST_MANIFEST) : null;
  if (old?.ok === false) throw new Fault('refused', `the manifest ${NEWEST} cannot be read: ${old.malformed.reason}`);
  const kept = [...files].filter(([name]) => name !== NEWEST);
  const listed = kept.map(([name, file]) => listing(name, file, digest));
  if (old) listed.push({ ...listing(moved, { content: contentOf(old.value), mimeType: XML_TYPE }, digest), isRootFile: true });
  const number = freeNumber(taken, (n) => [timestampName(n)]);
  const manifest = encodeManifest(timestampName(number), TIMESTAMP_TYPE, digest, listed);
  const token = await stamp(manifest);
  return {
    files: [
      ...(old ? [{ name: moved, content: old.value }] : []),
      { name: NEWEST, content: manifest },
      { name: timestampName(number), content: token },
    ],
    leaveOut: old ? [NEWEST] : [],
  };
}

/** A file as a manifest lists it. Throws `Fault` `malformed-input` where its content is damaged. */
export function listing(name: string, { content, mimeType }: Listing, digest: DigestName): ListedFile {
  const value: Bytes | null = content.digest(digest);
  if (value === null)
    throw new Fault(
      'malformed-input',
      `the file ${name} cannot be digested with ${digest}: it is damaged, or this runtime lacks the digest`,
    );
  return { name, digest: value, ...(mimeType !== undefined && { mimeType }) };
}

const typeOf = (name: string): string | undefined => {
  if (!/^META-INF\//i.test(name)) return undefined;
  if (/\.p7s$/i.test(name)) return SIGNATURE_TYPE;
  if (/\.tst$/i.test(name)) return TIMESTAMP_TYPE;
  return /\.xml$/i.test(name) ? XML_TYPE : undefined;
};

const timestampName = (number: string): string => `META-INF/timestamp${number}.tst`;
const archiveName = (number: string): string => `META-INF/ASiCArchiveManifest${number}.xml`;
const NEWEST = 'META-INF/ASiCArchiveManifest.xml';
const XML_TYPE = 'text/xml';
/** Octets. */
const LARGEST_MANIFEST = 1 << 26;
