/** Augmentation of ASiC containers with CAdES (EN 319 162-1, 4.3, 4.4 and annex A): every signature gets a time and validation material, the container an archive manifest. */
import { type AddedFiles, allFiles, archiveOver, listedFiles } from './asic/archive.ts';
import { withFiles } from './asic/build.ts';
import { type AsicContainer, contentOfFile, openContainer } from './asic/container.ts';
import { readAsic } from './asic/read.ts';
import { augmentedXmlSignatures } from './augment-asic-xades.ts';
import { digestForArchive, missingFrom } from './augment-cades.ts';
import { type AugmentOptions, authorityOf, countsOf, examineForStore } from './augment-examine.ts';
import { materialOf } from './augment-material.ts';
import type { Bytes } from './base/bytes.ts';
import { Fault } from './base/fault.ts';
import { joinSources } from './base/joined-source.ts';
import type { Source } from './base/source.ts';
import { addArchiveTimestamps, addSignatureTimestamps, addValidationMaterial, type ValidationMaterial } from './cades/augment.ts';
import { parseSignedData, type SignedData } from './cms/signed-data.ts';
import { digest as digestOf } from './crypto/digest.ts';
import type { DocumentFacts, TimestampFacts } from './facts/index.ts';
import { imprintDigest } from './signing-key.ts';
import { readEntry } from './zip/content.ts';

/**
 * The container at its new level, as a source: files that do not change are read where they are. Throws as `augment`, and `refused` where
 * a file that would have to change is one that a manifest lists.
 */
export async function augmentedAsic(source: Source, options: AugmentOptions): Promise<Source> {
  const { xmlSignatures, signatures, archive } = containerOf(source);
  if (xmlSignatures.length > 0 && signatures.length > 0)
    throw new Fault('unsupported', 'a container with CAdES and XAdES signatures cannot be extended');
  if (archive.departures.length > 0) throw new Fault('refused', `this container is not sound: ${archive.departures[0]}`);
  if (xmlSignatures.length > 0) return augmentedXmlSignatures(source, options);
  let document = await withTime(source, options);
  if (options.to !== 'T') document = await withMaterial(document, options);
  return options.to === 'LTA' ? withArchive(document, options) : document;
}

/** Level T: a signature time-stamp where neither the signature nor the container holds one. */
async function withTime(source: Source, options: AugmentOptions): Promise<Source> {
  const container = containerOf(source);
  const facts = factsOf(source, options);
  if (container.signatures.length + container.timestamps.length === 0)
    throw new Fault('refused', 'this container holds neither signature nor time-stamp: there is nothing to extend');
  const fixed = listedFiles(container);
  const changed = new Map<string, Source>();
  for (const file of container.signatures) {
    const own = facts.signatures.filter(({ name, counterSignatureOf }) => name === file && counterSignatureOf === null);
    const numbers = own.flatMap(({ timestamps }, i) => (timestamps.some((id) => isProof(facts.timestamps.get(id))) ? [] : [i]));
    if (numbers.length === 0) continue;
    if (fixed.has(file)) throw listed(file);
    const authority = authorityOf(options);
    options.onProgress?.({ step: 'time-stamp' });
    changed.set(file, await addSignatureTimestamps(signedDataIn(container, file), numbers, authority, digestForArchive(options)));
  }
  return replaced(container, changed, options);
}

const isProof = (stamp: TimestampFacts | undefined): boolean =>
  stamp !== undefined && PROOFS.has(stamp.type) && stamp.value === 'intact' && stamp.references.every(({ intact }) => intact);

/** Level LT: validates, then stores what that took, each piece in the signature or time-stamp that it is for. */
async function withMaterial(source: Source, options: AugmentOptions): Promise<Source> {
  const examined = await examineForStore(source, options);
  const container = containerOf(source);
  const { document } = examined.world.evidence;
  const { byFile, all } = materialOf(examined, null, options.to === 'LTA');
  options.onProgress?.({ step: 'store', ...countsOf(all) });
  const changed = new Map<string, Source>();
  for (const [file, material] of placed(container, document, byFile))
    changed.set(file, addValidationMaterial(signedDataIn(container, file), material));
  return replaced(container, changed, options);
}

/** What a file that must not change lacks goes into the youngest time-stamp of the container, which nothing lists yet. */
function placed(
  container: AsicContainer,
  document: DocumentFacts,
  byFile: ReadonlyMap<string, ValidationMaterial>,
): ReadonlyMap<string, ValidationMaterial> {
  const fixed = listedFiles(container);
  const into = new Map<string, ValidationMaterial>();
  const place = (file: string, material: ValidationMaterial): void => {
    const held = into.get(file) ?? { certificates: [], crls: [], ocsps: [] };
    into.set(file, {
      certificates: [...held.certificates, ...material.certificates],
      crls: [...held.crls, ...material.crls],
      ocsps: [...held.ocsps, ...material.ocsps],
    });
  };
  for (const [file, material] of byFile) {
    const wanted = missingFrom(document, material);
    if (!fixed.has(file)) place(file, material);
    else if (wanted.certificates.length + wanted.crls.length + wanted.ocsps.length > 0) {
      const youngest = youngestTimestamp(container, document, fixed);
      if (youngest === null) throw listed(file);
      place(youngest, wanted);
    }
  }
  return into;
}

const youngestTimestamp = (container: AsicContainer, { timestamps }: DocumentFacts, fixed: ReadonlySet<string>): string | null =>
  [...timestamps.values()]
    .filter(({ type, name }) => type === 'container' && name !== null && !fixed.has(name) && container.archive.byName.has(name))
    .reduce<TimestampFacts | null>((last, one) => (last === null || one.time >= last.time ? one : last), null)?.name ?? null;

/** Level LTA: in ASiC-S with a signature its archive time-stamp, else an archive manifest and its time-stamp. */
async function withArchive(source: Source, options: AugmentOptions): Promise<Source> {
  const container = containerOf(source);
  const [file] = container.signatures;
  const digest = digestForArchive(options);
  options.onProgress?.({ step: 'time-stamp' });
  if (container.type === 'ASiC-S' && file !== undefined && container.timestamps.length === 0) {
    if (listedFiles(container).has(file)) throw listed(file);
    const [root] = container.dataFiles;
    const entry = root === undefined ? undefined : container.archive.byName.get(root);
    if (entry === undefined || container.dataFiles.length > 1)
      throw new Fault('refused', `an ASiC-S container holds one file, this one ${container.dataFiles.length}`);
    const content = contentOfFile(container.archive, entry);
    const stamped = await addArchiveTimestamps(signedDataIn(container, file), content, authorityOf(options), digest);
    return replaced(container, new Map([[file, stamped]]), options);
  }
  const authority = authorityOf(options);
  const name = imprintDigest(authority, digest);
  const added = await archiveOver(container, allFiles(container), digest, (manifest) => authority.stamp(digestOf(name, manifest), name));
  return rewritten(container, added, options);
}

function replaced(container: AsicContainer, files: ReadonlyMap<string, Source>, options: AugmentOptions): Source {
  if (files.size === 0) return container.archive.source;
  return rewritten(container, { files: [...files].map(([name, content]) => ({ name, content })), leaveOut: [...files.keys()] }, options);
}

const rewritten = (container: AsicContainer, { files, leaveOut }: AddedFiles, { at }: AugmentOptions): Source =>
  joinSources([...withFiles(container, files, at, leaveOut)]);

function signedDataIn({ archive }: AsicContainer, name: string): SignedData {
  const entry = archive.byName.get(name);
  const bytes = entry && readEntry(archive, entry, LARGEST);
  const signedData = bytes?.ok ? parseSignedData(bytes.value as Bytes, { trailing: 'keep' }) : bytes;
  if (signedData?.ok) return signedData.value;
  throw new Fault(
    'malformed-input',
    `the file ${name} of the container cannot be read: ${signedData?.malformed.reason ?? 'it is missing'}`,
  );
}

export function containerOf(document: Bytes | Source): AsicContainer {
  const container = openContainer(document);
  if (container.ok) return container.value;
  const { what, at, reason } = container.malformed;
  throw new Fault('malformed-input', `this is no ASiC container: ${what} at offset ${at}: ${reason}`);
}

function factsOf(source: Source, { certificates = [], trust = [] }: AugmentOptions): DocumentFacts {
  const facts = readAsic(source, [...certificates, ...trust]);
  if (facts.ok) return facts.value;
  throw new Fault('malformed-input', `this is no ASiC container: ${facts.malformed.reason}`);
}

const listed = (file: string): Fault =>
  new Fault(
    'refused',
    `${file} would have to change, and a manifest of the container lists it: a signature, time-stamp or record is over it`,
  );

const PROOFS: ReadonlySet<string> = new Set(['signature', 'container']);
/** Octets of a signature or time-stamp file. */
const LARGEST = 1 << 28;
