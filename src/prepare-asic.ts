/** The two halves of a new ASiC container with CAdES (EN 319 162-1), for a key that answers elsewhere or later: what it signs, and the container around its answer. */
import { listing } from './asic/archive.ts';
import { type ContainerFile, checkDataName, encodeManifest, newContainer, SIGNATURE_TYPE } from './asic/build.ts';
import { type Bytes, equal } from './base/bytes.ts';
import { Fault } from './base/fault.ts';
import type { Instant } from './base/instant.ts';
import { joinSources } from './base/joined-source.ts';
import { exact } from './base/options.ts';
import { asSource, type Sink, type Source, sourceOf } from './base/source.ts';
import { contentOfSource } from './cms/content.ts';
import type { DigestName } from './crypto/names.ts';
import { type CadesDraft, completedCades, type PrepareCadesOptions, preparedCades } from './prepare-cades.ts';
import { decodePrepared, type PreparedAs, type SignatureAnswer } from './prepared.ts';
import { signerCertificate, suitableDigest } from './signing-key.ts';
import type { TimestampAuthority } from './tsp/timestamp-authority.ts';
import { writeParts, type ZipPart } from './zip/write.ts';

export interface PrepareContainerOptions extends Omit<PrepareCadesOptions, 'format' | 'packaging'> {
  readonly format: 'asic-s' | 'asic-e';
}

/** What completing needs beside the files themselves. Plain data. */
export interface ContainerDraft extends CadesDraft {
  /** Claimed signing time, and the time of the container's entries. */
  readonly at: Instant;
  /** ASiCManifest, which is what is signed; null in ASiC-S, where the file is. */
  readonly manifest: Bytes | null;
  /** Of the files in the manifest. */
  readonly manifestDigest: DigestName;
}

export type PreparedContainer = PreparedAs<'asic-s' | 'asic-e', ContainerDraft>;

/** The first half. Pure. Throws as `signContainer`. */
export function prepareContainer(files: readonly ContainerFile[], options: PrepareContainerOptions): PreparedContainer {
  exact('prepareContainer', options, KNOWN);
  const { format, ...rest } = options;
  const [only] = files;
  if (format !== 'asic-s' && format !== 'asic-e') throw new Fault('bad-option', `format '${String(format)}' is neither asic-s nor asic-e`);
  if (only === undefined) throw new Fault('bad-option', 'a container needs a file to sign');
  for (const { name } of files) checkDataName(name);
  if (format === 'asic-s' && (files.length !== 1 || only.name.includes('/')))
    throw new Fault('bad-option', 'an ASiC-S container holds one file, in no folder: use asic-e');
  const digest = options.digest ?? suitableDigest(signerCertificate(options.chain, options.at));
  const manifest = format === 'asic-s' ? null : manifestOver(files, digest);
  const signed = manifest === null ? asSource(only.content) : sourceOf(manifest);
  const prepared = preparedCades(signed, { ...rest, format: 'cades', packaging: 'detached' });
  return { ...prepared, format, draft: { ...prepared.draft, at: options.at, manifest, manifestDigest: digest } };
}

/**
 * The second half, with the same files: the container, level T where there is an authority; `augment` goes on to LT and LTA.
 * Throws `Fault` `bad-option` for other files, `signer-refused` where the answer does not verify.
 */
export async function completeContainer(
  files: readonly ContainerFile[],
  prepared: PreparedContainer,
  answer: SignatureAnswer,
  options: { readonly timestamps?: TimestampAuthority } = {},
): Promise<Bytes> {
  const whole = joinSources([...(await completed(files, prepared, answer, options))]);
  return whole.read(0, whole.size);
}

/** As {@link completeContainer}, written piece by piece. Nothing is written before all is verified. */
export async function completeContainerTo(
  sink: Sink,
  files: readonly ContainerFile[],
  prepared: PreparedContainer,
  answer: SignatureAnswer,
  options: { readonly timestamps?: TimestampAuthority } = {},
): Promise<void> {
  return writeParts(sink, await completed(files, prepared, answer, options));
}

/** What `encodePrepared` wrote of a container; null where it is of another format. Throws `Fault` `malformed-input`. */
export function readPreparedContainer(json: Bytes): PreparedContainer | null {
  const { format, ...prepared } = decodePrepared(json) as PreparedContainer;
  if (format !== 'asic-s' && format !== 'asic-e') return null;
  const { at, manifest, manifestDigest } = prepared.draft;
  if (typeof at !== 'number' || typeof manifestDigest !== 'string' || (format === 'asic-e') !== manifest instanceof Uint8Array)
    throw new Fault('malformed-input', 'this is no prepared container that this version wrote');
  return { format, ...prepared };
}

async function completed(
  files: readonly ContainerFile[],
  prepared: PreparedContainer,
  answer: SignatureAnswer,
  options: { readonly timestamps?: TimestampAuthority },
): Promise<Iterable<ZipPart>> {
  exact('completeContainer', options, ['timestamps']);
  const { format, draft } = prepared;
  const [only] = files;
  if (only === undefined || (format === 'asic-s' && files.length !== 1))
    throw new Fault('bad-option', 'completeContainer: give the files that were prepared');
  for (const { name } of files) checkDataName(name);
  const { manifest, manifestDigest, at } = draft;
  if (manifest !== null && !equal(manifestOver(files, manifestDigest), manifest))
    throw new Fault('bad-option', 'completeContainer: these are not the files that were prepared, in their order');
  const signed: Source = manifest === null ? asSource(only.content) : sourceOf(manifest);
  const signature = await completedCades(signed, { ...prepared, format: 'cades' }, answer, options.timestamps);
  if (manifest === null) return newContainer('ASiC-S', [...files, { name: 'META-INF/signature.p7s', content: signature }], at);
  const added = [
    { name: MANIFEST_NAME, content: manifest },
    { name: SIGNATURE_NAME, content: signature },
  ];
  return newContainer('ASiC-E', [...files, ...added], at);
}

function manifestOver(files: readonly ContainerFile[], digest: DigestName): Bytes {
  const listed = files.map(({ name, content, mimeType }) =>
    listing(name, { content: contentOfSource(asSource(content)), mimeType }, digest),
  );
  return encodeManifest(SIGNATURE_NAME, SIGNATURE_TYPE, digest, listed);
}

const SIGNATURE_NAME = 'META-INF/signature001.p7s';
const MANIFEST_NAME = 'META-INF/ASiCManifest001.xml';
const KNOWN = [
  ...['format', 'chain', 'scheme', 'at', 'digest', 'contentTimestamps'],
  ...['policy', 'commitmentTypes', 'claimedRoles', 'productionPlace', 'mimeType', 'contentHints'],
];
