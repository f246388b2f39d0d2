/** The story of signing files in an ASiC container with CAdES (EN 319 162-1): a new container, or one more signature in one that is there. */
import {
  type ContainerFile,
  checkDataName,
  encodeManifest,
  freeNumber,
  type ListedFile,
  newContainer,
  SIGNATURE_TYPE,
  TIMESTAMP_TYPE,
  withFiles,
} from './asic/build.ts';
import { type AsicContainer, contentOfFile, openContainer } from './asic/container.ts';
import { type Bytes, concat } from './base/bytes.ts';
import { Fault } from './base/fault.ts';
import { asSource, type Sink, type Source, sourceOf } from './base/source.ts';
import { contentOfSource, type SignedContent } from './cms/content.ts';
import { digest as digestOf } from './crypto/digest.ts';
import type { DigestName } from './crypto/names.ts';
import { type CadesSignOptions, cadesSigned, parallelSigned } from './sign-cades.ts';
import { imprintDigest, signerCertificate, suitableDigest } from './signing-key.ts';
import { readEntry } from './zip/content.ts';
import type { NewEntry } from './zip/write.ts';

export type { ContainerFile };

export interface AsicSignOptions extends Omit<CadesSignOptions, 'format' | 'packaging'> {
  readonly format: 'asic-s' | 'asic-e';
}

/** Options for a further signature: the container says what it is. */
export type AsicAddOptions = Omit<AsicSignOptions, 'format'>;

/**
 * Signs files in a new container: one in ASiC-S, one or more in ASiC-E. Throws as `sign`; `bad-option` for names that cannot stand
 * in a container.
 */
export async function signContainer(files: readonly ContainerFile[], options: AsicSignOptions): Promise<Bytes> {
  return collected((sink) => signContainerTo(sink, files, options));
}

/** As {@link signContainer}, written piece by piece: the files need not fit in memory. Nothing is written before all is signed. */
export async function signContainerTo(sink: Sink, files: readonly ContainerFile[], options: AsicSignOptions): Promise<void> {
  const { format, ...rest } = options;
  const [only] = files;
  if (format !== 'asic-s' && format !== 'asic-e') throw new Fault('bad-option', `format '${String(format)}' is neither asic-s nor asic-e`);
  if (only === undefined) throw new Fault('bad-option', 'a container needs a file to sign');
  for (const { name } of files) checkDataName(name);
  const data = files.map(
    ({ name, content }): NewEntry => ({ name, content, method: asSource(content).size > LARGE ? 'stored' : 'deflated' }),
  );
  if (format === 'asic-s') {
    if (files.length !== 1 || only.name.includes('/'))
      throw new Fault('bad-option', 'an ASiC-S container holds one file, in no folder: use asic-e');
    const signature = await detachedSignature(asSource(only.content), rest);
    return written(sink, newContainer('ASiC-S', [...data, { name: 'META-INF/signature.p7s', content: signature }], options.at));
  }
  const contents = new Map(
    files.map((file): [string, Listing] => [file.name, { content: contentOfSource(asSource(file.content)), mimeType: file.mimeType }]),
  );
  const added = await signedByManifest(null, contents, rest);
  return written(sink, newContainer('ASiC-E', [...data, ...added], options.at));
}

/**
 * Adds a signature to a container: in ASiC-S a parallel one in its signature file, in ASiC-E one over every data file with a manifest of
 * its own. Every other file stays as it stands, octet for octet. Throws as {@link signContainer}, and `malformed-input`, `refused`.
 */
export async function signInContainer(container: Bytes | Source, options: AsicAddOptions): Promise<Bytes> {
  return collected((sink) => signInContainerTo(sink, container, options));
}

/** As {@link signInContainer}, written piece by piece. */
export async function signInContainerTo(sink: Sink, document: Bytes | Source, options: AsicAddOptions): Promise<void> {
  const container = containerOf(document);
  if (container.type === 'ASiC-E') {
    const contents = new Map(
      container.dataFiles.map((name): [string, Listing] => [name, { content: contentIn(container, name), mimeType: undefined }]),
    );
    if (contents.size === 0) throw new Fault('refused', 'this container holds no file to sign');
    return written(sink, withFiles(container, await signedByManifest(container, contents, options), options.at));
  }
  const [name] = container.signatures;
  if (name === undefined || container.signatures.length > 1)
    throw new Fault('refused', 'this ASiC-S container has no CAdES signature beside which another could stand');
  const signature = await parallelSigned(
    sourceOf(octetsIn(container, name)),
    { ...options, detached: sourceOf(octetsIn(container, rootFileOf(container))) },
    'signInContainer',
  );
  return written(sink, withFiles(container, [{ name, content: signature }], options.at, [name]));
}

interface Listing {
  readonly content: SignedContent;
  readonly mimeType: string | undefined;
}

/** Manifest and signature; for level LTA also an archive manifest over all there is, with its time-stamp. */
async function signedByManifest(
  container: AsicContainer | null,
  files: ReadonlyMap<string, Listing>,
  options: AsicAddOptions,
): Promise<NewEntry[]> {
  const { level = 'B', signer, at } = options;
  const digest = options.digest ?? suitableDigest(signerCertificate(signer.chain, at));
  const number = freeNumber(container, (n) => [signatureName(n), manifestName(n)]);
  const listed = [...files].map(([name, file]) => listing(name, file, digest));
  const manifest = encodeManifest(signatureName(number), SIGNATURE_TYPE, digest, listed);
  const signature = await detachedSignature(sourceOf(manifest), { ...options, ...(level === 'LTA' && { level: 'LT' }) });
  const added = [
    { name: manifestName(number), content: manifest },
    { name: signatureName(number), content: signature },
  ];
  return level === 'LTA' ? [...added, ...(await archived(container, files, added, digest, options))] : added;
}

/** An ASiCArchiveManifest over every file, with a time-stamp over it (EN 319 162-1, annex A). */
async function archived(
  container: AsicContainer | null,
  files: ReadonlyMap<string, Listing>,
  added: readonly { readonly name: string; readonly content: Bytes | Source }[],
  digest: DigestName,
  { timestamps }: AsicAddOptions,
): Promise<NewEntry[]> {
  if (timestamps === undefined) throw new Fault('bad-option', 'level LTA needs a time-stamp authority (timestamps)');
  const number = freeNumber(container, (n) => [timestampName(n), archiveName(n)]);
  const others = [...(container?.archive.byName.keys() ?? [])].filter((name) => /^META-INF\/.+[^/]$/.test(name) && !files.has(name));
  const listed: ListedFile[] = [
    ...added.map(({ name, content }) => listing(name, { content: contentOfSource(asSource(content)), mimeType: undefined }, digest)),
    ...others.map((name) => listing(name, { content: contentIn(container as AsicContainer, name), mimeType: undefined }, digest)),
    ...[...files].map(([name, file]) => listing(name, file, digest)),
  ];
  const manifest = encodeManifest(timestampName(number), TIMESTAMP_TYPE, digest, listed);
  const name = imprintDigest(timestamps, digest);
  const token = await timestamps.stamp(digestOf(name, manifest), name);
  return [
    { name: archiveName(number), content: manifest },
    { name: timestampName(number), content: token },
  ];
}

const detachedSignature = (content: Source, options: AsicAddOptions): Promise<Source> =>
  cadesSigned(content, { ...options, format: 'cades', packaging: 'detached' }, 'signContainer');

function listing(name: string, { content, mimeType }: Listing, digest: DigestName): ListedFile {
  const value = content.digest(digest);
  if (value === null)
    throw new Fault(
      'malformed-input',
      `the file ${name} cannot be digested with ${digest}: it is damaged, or this runtime lacks the digest`,
    );
  return { name, digest: value, ...(mimeType !== undefined && { mimeType }) };
}

function containerOf(document: Bytes | Source): AsicContainer {
  const container = openContainer(document);
  if (container.ok) return container.value;
  const { what, at, reason } = container.malformed;
  throw new Fault('malformed-input', `this is no ASiC container: ${what} at offset ${at}: ${reason}`);
}

function contentIn({ archive }: AsicContainer, name: string): SignedContent {
  const entry = archive.byName.get(name);
  if (entry === undefined) throw new Fault('malformed-input', `the container holds no file ${name}`);
  return contentOfFile(archive, entry);
}

function octetsIn({ archive }: AsicContainer, name: string): Bytes {
  const entry = archive.byName.get(name);
  const octets = entry && readEntry(archive, entry, LARGEST);
  if (!octets?.ok)
    throw new Fault('malformed-input', `the file ${name} of the container cannot be read${octets ? `: ${octets.malformed.reason}` : ''}`);
  return octets.value;
}

function rootFileOf({ dataFiles }: AsicContainer): string {
  const [only] = dataFiles;
  if (only === undefined || dataFiles.length > 1)
    throw new Fault('refused', `an ASiC-S container holds one file, this one ${dataFiles.length}`);
  return only;
}

async function written(sink: Sink, pieces: Iterable<Bytes>): Promise<void> {
  for (const piece of pieces) await sink.write(piece);
}

async function collected(write: (sink: Sink) => Promise<void>): Promise<Bytes> {
  const pieces: Bytes[] = [];
  await write({ write: (piece) => void pieces.push(piece) });
  return concat(pieces);
}

const signatureName = (number: string): string => `META-INF/signature${number}.p7s`;
const manifestName = (number: string): string => `META-INF/ASiCManifest${number}.xml`;
const timestampName = (number: string): string => `META-INF/timestamp${number}.tst`;
const archiveName = (number: string): string => `META-INF/ASiCArchiveManifest${number}.xml`;
/** Octets of a file that must be in memory: a signature, or the content of an ASiC-S container that gets another one. */
const LARGEST = 2 ** 31;
/** Larger files are stored: to deflate and inflate them would take many times longer than to sign and validate them. */
const LARGE = 1 << 26;
