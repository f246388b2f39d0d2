/** The story of preservation: time-stamps and evidence records over any files, alone, in containers and in signatures; renewed before they weaken (RFC 3161, RFC 4998, EN 319 162-1). */
import { type ContainerFile, checkDataName, encodeManifest, type ListedFile, newContainer } from './asic/build.ts';
import { type Bytes, concat } from './base/bytes.ts';
import { Fault } from './base/fault.ts';
import type { Instant } from './base/instant.ts';
import { exact } from './base/options.ts';
import { asSource, type Source } from './base/source.ts';
import { encodeAttribute } from './cms/attribute.ts';
import { changed, withUnsignedAttributes } from './cms/build.ts';
import { contentOfSource, type SignedContent } from './cms/content.ts';
import { ATTRIBUTE } from './cms/oid.ts';
import { openSignedData } from './cms/open.ts';
import { digestOf } from './crypto/digest.ts';
import type { DigestName } from './crypto/names.ts';
import { createRecords, renewHashTree, renewTimestamp } from './evidence-record/build.ts';
import type { TimestampAuthority } from './tsp/timestamp-authority.ts';

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

/** An ASiC-S container that holds a file and a time-stamp over it. `at`: time of the entries. */
export async function timestampContainer(file: ContainerFile, options: PreserveOptions & { readonly at: Instant }): Promise<Bytes> {
  const { at, ...rest } = options;
  checkRootName(file.name);
  const token = await timestamp(file.content, rest);
  return concat([...newContainer('ASiC-S', [file, { name: 'META-INF/timestamp.tst', content: token }].map(entryOf), at)]);
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

/** A container with files and an evidence record over them: ASiC-S for one, else ASiC-E with a manifest. `at`: time of the entries. */
export async function preserveContainer(
  files: readonly ContainerFile[],
  options: PreserveOptions & { readonly format: 'asic-s' | 'asic-e'; readonly at: Instant },
): Promise<Bytes> {
  const { at, format, ...rest } = options;
  for (const { name } of files) checkDataName(name);
  const record = await preserve(
    files.map(({ content }) => content),
    rest,
  );
  if (format === 'asic-s') {
    const [only] = files;
    if (only === undefined || files.length !== 1) throw new Fault('bad-option', 'an ASiC-S container holds one file: use asic-e');
    checkRootName(only.name);
    return concat([...newContainer('ASiC-S', [only, { name: 'META-INF/evidencerecord.ers', content: record }].map(entryOf), at)]);
  }
  const name = 'META-INF/evidencerecord001.ers';
  const digest = rest.digest ?? 'SHA-256';
  const listed = files.map(
    (file): ListedFile => ({
      name: file.name,
      digest: digestOf(digest, asSource(file.content)),
      ...(file.mimeType !== undefined && { mimeType: file.mimeType }),
    }),
  );
  const manifest = encodeManifest(name, '', digest, listed);
  const added = [
    { name: 'META-INF/ASiCEvidenceRecordManifest001.xml', content: manifest },
    { name, content: record },
  ];
  return concat([...newContainer('ASiC-E', [...files, ...added].map(entryOf), at)]);
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

const entryOf = ({
  name,
  content,
}: Pick<ContainerFile, 'name' | 'content'>): { readonly name: string; readonly content: Bytes | Source } => ({ name, content });

function checkRootName(name: string): void {
  checkDataName(name);
  if (name.includes('/')) throw new Fault('bad-option', 'the file of an ASiC-S container lies in no folder');
}
