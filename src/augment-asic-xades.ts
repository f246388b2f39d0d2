/** Augmentation of ASiC containers with XAdES (EN 319 162-1, 4.3.3.3 and 4.4.3): every signature in its file, as in any XML document. */
import { listedFiles } from './asic/archive.ts';
import { withFiles } from './asic/build.ts';
import { type AsicContainer, openContainer } from './asic/container.ts';
import { CoveredFiles } from './asic/coverage.ts';
import { readAsic } from './asic/read.ts';
import { sourceInContainer } from './asic/xades.ts';
import { type AugmentOptions, authorityOf, countsOf, examineForStore } from './augment-examine.ts';
import { materialOf } from './augment-material.ts';
import { documentOf, isProof, materialByNode, stampOptions } from './augment-xades.ts';
import type { Bytes } from './base/bytes.ts';
import { Fault } from './base/fault.ts';
import { joinSources } from './base/joined-source.ts';
import { type Source, sourceOf } from './base/source.ts';
import type { DocumentFacts } from './facts/index.ts';
import { addArchiveTimestamps, addSignatureTimestamps, addValidationMaterial } from './xades/augment.ts';
import { requireKept, signatureNodes } from './xades/build-existing.ts';
import type { XmlDocument } from './xml/document.ts';
import { readEntry } from './zip/content.ts';

/** The container at its new level, as a source. Throws as `augment`, and `refused` where a manifest lists a file that would change. */
export async function augmentedXmlSignatures(source: Source, options: AugmentOptions): Promise<Source> {
  let document = await withTime(source, options);
  if (options.to !== 'T') document = await withMaterial(document, options);
  if (options.to === 'LTA') document = await withArchive(document, options);
  const still = intactIn(factsOf(document, options));
  for (const mark of intactIn(factsOf(source, options)))
    if (!still.has(mark))
      throw new Fault('refused', 'a signature of this container is over the file of another one, which would have to change');
  return document;
}

/** Every reference that agrees: by the file of its signature, and its place there. */
function intactIn({ signatures }: DocumentFacts): ReadonlySet<string> {
  const counts = new Map<string, number>();
  const marks = signatures.flatMap(({ name, references }) => {
    const number = counts.get(name ?? '') ?? 0;
    counts.set(name ?? '', number + 1);
    return references.flatMap(({ intact }, i) => (intact ? [`${name} ${number} ${i}`] : []));
  });
  return new Set(marks);
}

/** Level T: a signature time-stamp where none holds yet. */
async function withTime(source: Source, options: AugmentOptions): Promise<Source> {
  const container = containerOf(source);
  const { signatures, timestamps, unreadable } = factsOf(source, options);
  const wrong = unreadable.find(({ kind }) => kind === 'signature');
  if (wrong !== undefined) throw new Fault('refused', `a signature cannot be read: ${wrong.malformed.reason}: nothing is extended`);
  return changed(container, options, async (document, file) => {
    const own = signatures.filter(({ name, counterSignatureOf }) => name === file && counterSignatureOf === null);
    const nodes = signatureNodes(document, false);
    const missing = nodes.filter((_, i) => !own[i]?.timestamps.some((id) => isProof(timestamps.get(id))));
    if (missing.length === 0 || own.length !== nodes.length) return null;
    authorityOf(options);
    options.onProgress?.({ step: 'time-stamp' });
    return addSignatureTimestamps(
      document,
      missing,
      stampOptions(options, () => NOTHING_OUTSIDE),
    );
  });
}

/** Level LT: validates, then stores in each signature what that took. */
async function withMaterial(source: Source, options: AugmentOptions): Promise<Source> {
  const examined = await examineForStore(source, options);
  const material = materialOf(examined, null, options.to === 'LTA');
  options.onProgress?.({ step: 'store', ...countsOf(material.all) });
  return changed(containerOf(source), options, async (document, file) => {
    const own = examined.world.evidence.document.signatures.filter(({ name }) => name === file);
    return addValidationMaterial(document, materialByNode(signatureNodes(document, false), own, material));
  });
}

/** Level LTA: an archive time-stamp for every signature, or another one. */
function withArchive(source: Source, options: AugmentOptions): Promise<Source> {
  const container = containerOf(source);
  const outside = sourceInContainer(container, new CoveredFiles(container));
  authorityOf(options);
  options.onProgress?.({ step: 'time-stamp' });
  return changed(container, options, (document) =>
    addArchiveTimestamps(document, signatureNodes(document, false), stampOptions(options, outside)),
  );
}

/** The container with new signature files; null leaves a file as it is. */
async function changed(
  container: AsicContainer,
  { at }: AugmentOptions,
  change: (document: XmlDocument, file: string) => Promise<Bytes | null>,
): Promise<Source> {
  const fixed = listedFiles(container);
  const files: { name: string; content: Bytes }[] = [];
  for (const name of container.xmlSignatures) {
    const before = documentOf(sourceOf(octetsIn(container, name)));
    const content = await change(before, name);
    if (content === null || content.length === before.original.length) continue;
    if (fixed.has(name))
      throw new Fault('refused', `${name} would have to change, and a manifest of the container lists it: something is over it`);
    requireKept(before, documentOf(sourceOf(content)), []);
    files.push({ name, content });
  }
  const names = files.map(({ name }) => name);
  return files.length === 0 ? container.archive.source : joinSources([...withFiles(container, files, at, names)]);
}

function octetsIn({ archive }: AsicContainer, name: string): Bytes {
  const entry = archive.byName.get(name);
  const octets = entry && readEntry(archive, entry, LARGEST);
  if (octets?.ok) return octets.value;
  throw new Fault('malformed-input', `the file ${name} of the container cannot be read: ${octets?.malformed.reason ?? 'it is missing'}`);
}

function containerOf(source: Source): AsicContainer {
  const container = openContainer(source);
  if (container.ok) return container.value;
  throw new Fault('malformed-input', `this is no ASiC container: ${container.malformed.reason}`);
}

function factsOf(source: Source, { certificates = [], trust = [] }: AugmentOptions): DocumentFacts {
  const facts = readAsic(source, [...certificates, ...trust]);
  if (facts.ok) return facts.value;
  throw new Fault('malformed-input', `this is no ASiC container: ${facts.malformed.reason}`);
}

/** A signature time-stamp is over the signature alone. */
const NOTHING_OUTSIDE = { external: () => null };
/** Octets of a signature file. */
const LARGEST = 1 << 28;
