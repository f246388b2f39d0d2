/** The story of signing files in an ASiC container with CAdES (EN 319 162-1): a new container, or one more signature in one that is there. */
import { type AddedFiles, allFiles, archiveOver, type Listing, type Listings, listedFiles, listing, takenNames } from './asic/archive.ts';
import { type ContainerFile, checkDataName, encodeManifest, freeNumber, newContainer, SIGNATURE_TYPE, withFiles } from './asic/build.ts';
import type { AsicContainer } from './asic/container.ts';
import { containerOf } from './augment-asic.ts';
import type { Bytes } from './base/bytes.ts';
import { Fault } from './base/fault.ts';
import { joinSources, partOf } from './base/joined-source.ts';
import { asSource, type Sink, type Source, sourceOf } from './base/source.ts';
import { contentOfSource } from './cms/content.ts';
import { digest as digestOf } from './crypto/digest.ts';
import type { DigestName } from './crypto/names.ts';
import { type AsicXadesAddOptions, type AsicXadesOptions, xadesContainer, xadesInContainer } from './sign-asic-xades.ts';
import { type CadesSignOptions, cadesSigned, parallelSigned } from './sign-cades.ts';
import { imprintDigest, signerCertificate, suitableDigest } from './signing-key.ts';
import { overEntry, readEntry } from './zip/content.ts';
import { type NewEntry, writeParts, type ZipPart } from './zip/write.ts';

export type { AsicXadesAddOptions, AsicXadesOptions, ContainerFile };

export interface AsicSignOptions extends Omit<CadesSignOptions, 'format' | 'packaging'> {
  readonly format: 'asic-s' | 'asic-e';
}

/** Options for a further signature: the container says what it is. */
export type AsicAddOptions = Omit<AsicSignOptions, 'format'>;

/**
 * Signs files in a new container: one in ASiC-S, one or more in ASiC-E. Throws as `sign`; `bad-option` for names that cannot stand
 * in a container.
 */
export async function signContainer(files: readonly ContainerFile[], options: AsicSignOptions | AsicXadesOptions): Promise<Bytes> {
  return collected(await signedContainer(files, options));
}

/** As {@link signContainer}, written piece by piece: the files need not fit in memory. Nothing is written before all is signed. */
export async function signContainerTo(
  sink: Sink,
  files: readonly ContainerFile[],
  options: AsicSignOptions | AsicXadesOptions,
): Promise<void> {
  return writeParts(sink, await signedContainer(files, options));
}

/**
 * Adds a signature to a container: in ASiC-S a parallel one in its signature file, in ASiC-E one over every data file with a manifest of
 * its own. Every other file stays as it stands, octet for octet. Throws as {@link signContainer}, and `malformed-input`, `refused`.
 */
export async function signInContainer(container: Bytes | Source, options: AsicAddOptions | AsicXadesAddOptions): Promise<Bytes> {
  return collected(await signedIn(container, options));
}

/** As {@link signInContainer}, written piece by piece. */
export async function signInContainerTo(
  sink: Sink,
  container: Bytes | Source,
  options: AsicAddOptions | AsicXadesAddOptions,
): Promise<void> {
  return writeParts(sink, await signedIn(container, options));
}

async function signedContainer(files: readonly ContainerFile[], options: AsicSignOptions | AsicXadesOptions): Promise<Iterable<ZipPart>> {
  if ('signature' in options) return xadesContainer(files, options);
  const { format, ...rest } = options;
  const [only] = files;
  if (format !== 'asic-s' && format !== 'asic-e') throw new Fault('bad-option', `format '${String(format)}' is neither asic-s nor asic-e`);
  if (only === undefined) throw new Fault('bad-option', 'a container needs a file to sign');
  for (const { name } of files) checkDataName(name);
  if (format === 'asic-s') {
    if (files.length !== 1 || only.name.includes('/'))
      throw new Fault('bad-option', 'an ASiC-S container holds one file, in no folder: use asic-e');
    const signature = await detachedSignature(asSource(only.content), rest);
    return newContainer('ASiC-S', [...files, { name: 'META-INF/signature.p7s', content: signature }], options.at);
  }
  const contents = new Map(
    files.map((file): [string, Listing] => [file.name, { content: contentOfSource(asSource(file.content)), mimeType: file.mimeType }]),
  );
  const added = await signedByManifest(null, contents, rest);
  return newContainer('ASiC-E', [...files, ...added.files], options.at);
}

async function signedIn(document: Bytes | Source, options: AsicAddOptions | AsicXadesAddOptions): Promise<Iterable<ZipPart>> {
  const container = containerOf(document);
  if (container.archive.departures.length > 0)
    throw new Fault('refused', `this container is not sound: ${container.archive.departures[0]}`);
  if ('signature' in options) return xadesInContainer(container, options, (name) => contentIn(container, name));
  if (container.type === 'ASiC-E') {
    const data = new Set(container.dataFiles);
    const contents = new Map([...allFiles(container)].filter(([name]) => data.has(name)));
    if (contents.size === 0) throw new Fault('refused', 'this container holds no file to sign');
    const { files, leaveOut } = await signedByManifest(container, contents, options);
    return withFiles(container, files, options.at, leaveOut);
  }
  const [name] = container.signatures;
  if (name === undefined || container.signatures.length > 1)
    throw new Fault('refused', 'this ASiC-S container has no CAdES signature beside which another could stand');
  if (listedFiles(container).has(name))
    throw new Fault('refused', `a manifest of this container lists ${name}: another signature in it would break what is over that`);
  const signature = await parallelSigned(
    sourceOf(octetsIn(container, name)),
    { ...options, detached: contentIn(container, rootFileOf(container)) },
    'signInContainer',
  );
  return withFiles(container, [{ name, content: signature }], options.at, [name]);
}

/** Manifest and signature; for level LTA also an archive manifest over all there is, with its time-stamp. */
async function signedByManifest(container: AsicContainer | null, files: Listings, options: AsicAddOptions): Promise<AddedFiles> {
  const { level = 'B', signer, at, timestamps } = options;
  const digest = options.digest ?? suitableDigest(signerCertificate(signer.chain, at));
  const number = freeNumber(takenNames(container), (n) => [signatureName(n), manifestName(n)]);
  const listed = [...files].map(([name, file]) => listing(name, file, digest));
  const manifest = encodeManifest(signatureName(number), SIGNATURE_TYPE, digest, listed);
  const signature = await detachedSignature(sourceOf(manifest), { ...options, ...(level === 'LTA' && { level: 'LT' }) });
  const added: NewEntry[] = [
    { name: manifestName(number), content: manifest },
    { name: signatureName(number), content: signature },
  ];
  if (level !== 'LTA') return { files: added, leaveOut: [] };
  if (timestamps === undefined) throw new Fault('bad-option', 'level LTA needs a time-stamp authority (timestamps)');
  const all = new Map([
    ...added.map(({ name, content }): [string, Listing] => [
      name,
      { content: contentOfSource(asSource(content)), mimeType: TYPES[name.slice(-4)] },
    ]),
    ...(container === null ? [] : allFiles(container)),
    ...files,
  ]);
  const name: DigestName = imprintDigest(timestamps, digest);
  const archive = await archiveOver(container, all, digest, (octets) => timestamps.stamp(digestOf(name, octets), name));
  return { files: [...added, ...archive.files], leaveOut: archive.leaveOut };
}

const detachedSignature = (content: Source, options: AsicAddOptions): Promise<Source> =>
  cadesSigned(content, { ...options, format: 'cades', packaging: 'detached' }, 'signContainer');

/** A file of the container as it is: where it lies if it is stored, else in memory. */
export function contentIn(container: AsicContainer, name: string): Source {
  const { archive } = container;
  const entry = archive.byName.get(name);
  if (entry?.method !== 'stored' || !overEntry(archive, entry, () => {}).ok) return sourceOf(octetsIn(container, name));
  return partOf(archive.source, entry.data, entry.size);
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

function collected(parts: Iterable<ZipPart>): Bytes {
  const whole = joinSources([...parts]);
  return whole.read(0, whole.size);
}

const signatureName = (number: string): string => `META-INF/signature${number}.p7s`;
const manifestName = (number: string): string => `META-INF/ASiCManifest${number}.xml`;
const TYPES: Readonly<Record<string, string>> = { '.p7s': SIGNATURE_TYPE, '.xml': 'text/xml' };
/** Octets of a file that must be in memory: a signature, or the deflated content of an ASiC-S container that gets another one. */
const LARGEST = 2 ** 31;
