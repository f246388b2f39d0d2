/** The story of preservation: time-stamps and evidence records over any files, alone, in containers and in signatures; renewed before they weaken (RFC 3161, RFC 4998, EN 319 162-1). */
import { type ContainerFile, checkDataName, encodeManifest, type ListedFile, newContainer, TIMESTAMP_TYPE } from './asic/build.ts';
import type { Bytes } from './base/bytes.ts';
import { Fault } from './base/fault.ts';
import type { Instant } from './base/instant.ts';
import { joinSources } from './base/joined-source.ts';
import { exact } from './base/options.ts';
import { asSource, type Sink, type Source } from './base/source.ts';
import { encodeAttribute } from './cms/attribute.ts';
import { changed, withUnsignedAttributes } from './cms/build.ts';
import { contentOfSource, type SignedContent } from './cms/content.ts';
import { ATTRIBUTE } from './cms/oid.ts';
import { openSignedData } from './cms/open.ts';
import { digestOf } from './crypto/digest.ts';
import type { DigestName } from './crypto/names.ts';
import { createRecords, distinctContents, renewHashTree, renewTimestamp } from './evidence-record/build.ts';
import type { TimestampAuthority } from './tsp/timestamp-authority.ts';
import { writeParts, type ZipPart } from './zip/write.ts';

export interface PreserveOptions {
  readonly timestamps: TimestampAuthority;
  /** Default SHA-256. */
  readonly digest?: DigestName;
}

/** A time-stamp token (DER) over a file. Throws `Fault` as the authority does, `unsupported` for the digest. */
export async function timestamp(document: Bytes | Source, options: PreserveOptions): Promise<Bytes> {
  exact('timestamp', options, ['timestamps', 'digest']);
  const { timestamps, digest = timestamps.digests?.[0] ?? 'SHA-256' } = options;
  return timestamps.stamp(digestOf(digest, asSource(document)), digest);
}

/** Options for a container without signature; `at`: time of the entries. */
export interface ContainerOptions extends PreserveOptions {
  readonly format: 'asic-s' | 'asic-e';
  readonly at: Instant;
}

/** A container with files and a time-stamp over them: ASiC-S for one, else ASiC-E with a manifest. */
export async function timestampContainer(files: readonly ContainerFile[], options: ContainerOptions): Promise<Bytes> {
  return collected(await timestampedParts(files, options));
}

/** As {@link timestampContainer}, written piece by piece: the files need not fit in memory. */
export async function timestampContainerTo(sink: Sink, files: readonly ContainerFile[], options: ContainerOptions): Promise<void> {
  return writeParts(sink, await timestampedParts(files, options));
}

async function timestampedParts(files: readonly ContainerFile[], options: ContainerOptions): Promise<Iterable<ZipPart>> {
  const { at, format, ...rest } = options;
  checkFiles(files, format);
  const [only] = files;
  if (format === 'asic-s' && only !== undefined) {
    const token = await timestamp(only.content, rest);
    return newContainer('ASiC-S', [only, { name: 'META-INF/timestamp.tst', content: token }], at);
  }
  const name = 'META-INF/timestamp001.tst';
  const digest = rest.digest ?? rest.timestamps.digests?.[0] ?? 'SHA-256';
  const manifest = encodeManifest(name, TIMESTAMP_TYPE, digest, listed(files, digest));
  const added = [
    { name: 'META-INF/ASiCManifest001.xml', content: manifest },
    { name, content: await timestamp(manifest, rest) },
  ];
  return newContainer('ASiC-E', [...files, ...added], at);
}

/** An evidence record (DER) over files that belong together. Throws as {@link timestamp}, and `bad-option` for no file or the same twice. */
export async function preserve(files: readonly (Bytes | Source)[], options: PreserveOptions): Promise<Bytes> {
  exact('preserve', options, ['timestamps', 'digest']);
  const [record] = await createRecords([files.map(contentOf)], options);
  return record as Bytes;
}

/** One evidence record for each file, all under one time-stamp: what a million files need costs one request. */
export async function preserveEach(files: readonly (Bytes | Source)[], options: PreserveOptions): Promise<readonly Bytes[]> {
  exact('preserveEach', options, ['timestamps', 'digest']);
  return createRecords(
    files.map((file) => [contentOf(file)]),
    options,
  );
}

/** A container with files and an evidence record over them: ASiC-S for one, else ASiC-E with a manifest. */
export async function preserveContainer(files: readonly ContainerFile[], options: ContainerOptions): Promise<Bytes> {
  return collected(await preservedParts(files, options));
}

/** As {@link preserveContainer}, written piece by piece: the files need not fit in memory. */
export async function preserveContainerTo(sink: Sink, files: readonly ContainerFile[], options: ContainerOptions): Promise<void> {
  return writeParts(sink, await preservedParts(files, options));
}

async function preservedParts(files: readonly ContainerFile[], options: ContainerOptions): Promise<Iterable<ZipPart>> {
  const { at, format, ...rest } = options;
  checkFiles(files, format);
  exact('preserveContainer', rest, ['timestamps', 'digest']);
  const { digest = 'SHA-256' } = rest;
  const contents = files.map(({ content }) => contentOf(content));
  const [record] = await createRecords([distinctContents(contents, digest)], rest);
  if (format === 'asic-s') return newContainer('ASiC-S', [...files, { name: 'META-INF/evidencerecord.ers', content: record as Bytes }], at);
  const name = 'META-INF/evidencerecord001.ers';
  const added = [
    { name: 'META-INF/ASiCEvidenceRecordManifest001.xml', content: encodeManifest(name, '', digest, listed(files, digest)) },
    { name, content: record as Bytes },
  ];
  return newContainer('ASiC-E', [...files, ...added], at);
}

/** The record with a newer time-stamp: to be done while its last one still validates. Throws `Fault` `malformed-input`, `unsupported`. */
export function renewRecordTimestamp(record: Bytes, options: Pick<PreserveOptions, 'timestamps'>): Promise<Bytes> {
  exact('renewRecordTimestamp', options, ['timestamps']);
  return renewTimestamp(record, options);
}

/** The record with a new hash tree of another digest (default SHA-512) over all its files: to be done while the old digest still holds. Throws `refused` for other files. */
export function renewRecordHashTree(record: Bytes, files: readonly (Bytes | Source)[], options: PreserveOptions): Promise<Bytes> {
  return renewHashTree(record, files.map(contentOf), options);
}

/**
 * A CMS signature with an evidence record over it in an unsigned attribute: over the whole CMS, and with `detached` over the content
 * beside it too (EN 319 122-3, 5). What is there keeps every octet. `signature`: its number, default 0.
 */
export async function embedRecord(
  cms: Bytes | Source,
  options: PreserveOptions & { readonly signature?: number; readonly detached?: Bytes | Source },
): Promise<Source> {
  exact('embedRecord', options, ['timestamps', 'digest', 'signature', 'detached']);
  const { signature = 0, detached, ...rest } = options;
  const parsed = openSignedData(asSource(cms), { trailing: 'keep' });
  if (!parsed.ok) throw new Fault('malformed-input', `no CMS signature: ${parsed.malformed.what}: ${parsed.malformed.reason}`);
  const signedData = parsed.value;
  if ((signedData.encapsulated === null) !== (detached !== undefined))
    throw new Fault(
      'bad-option',
      detached === undefined
        ? 'this signature is detached: its content is needed too (detached)'
        : 'this signature holds its content: none beside it',
    );
  // As a reader will find it once it takes the attribute away again.
  const signerInfos = signedData.signerInfos.map((info, i) =>
    i === signature
      ? withUnsignedAttributes(
          info,
          info.unsignedAttributes.map(({ bytes }) => bytes),
        )
      : info.bytes,
  );
  const objects = [contentOfSource(changed(signedData, { signerInfos })), ...(detached === undefined ? [] : [contentOf(detached)])];
  const [record] = await createRecords([objects], rest);
  const type = detached === undefined ? ATTRIBUTE.internalEvidenceRecord : ATTRIBUTE.externalEvidenceRecord;
  return changed(signedData, { attributes: new Map([[signature, [encodeAttribute(type, record as Bytes)]]]) });
}

const contentOf = (file: Bytes | Source): SignedContent => contentOfSource(asSource(file));

const listed = (files: readonly ContainerFile[], digest: DigestName): ListedFile[] =>
  files.map(({ name, content, mimeType }) => ({
    name,
    digest: digestOf(digest, asSource(content)),
    ...(mimeType !== undefined && { mimeType }),
  }));

function checkFiles(files: readonly ContainerFile[], format: ContainerOptions['format']): void {
  if (format !== 'asic-s' && format !== 'asic-e') throw new Fault('bad-option', `format '${String(format)}' is neither asic-s nor asic-e`);
  if (files.length === 0) throw new Fault('bad-option', 'a container needs a file');
  for (const { name } of files) checkDataName(name);
  if (format === 'asic-s' && files.length > 1) throw new Fault('bad-option', 'an ASiC-S container holds one file: use asic-e');
  if (format === 'asic-s' && files[0]?.name.includes('/'))
    throw new Fault('bad-option', 'the file of an ASiC-S container lies in no folder');
}

function collected(parts: Iterable<ZipPart>): Bytes {
  const whole = joinSources([...parts]);
  return whole.read(0, whole.size);
}
