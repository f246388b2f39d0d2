/** Evidence records of containers that are there already: one more over every file, and those it holds renewed (EN 319 162-1, 4; RFC 4998, 5). */
import { allFiles, type Listings, listedFiles, listing, takenNames } from './asic/archive.ts';
import { encodeManifest, freeNumber, withFiles } from './asic/build.ts';
import { type AsicContainer, contentOfFile } from './asic/container.ts';
import { parseManifest } from './asic/manifest.ts';
import { containerOf } from './augment-asic.ts';
import type { Bytes } from './base/bytes.ts';
import { Fault } from './base/fault.ts';
import type { Instant } from './base/instant.ts';
import { joinSources } from './base/joined-source.ts';
import { exact } from './base/options.ts';
import type { Sink, Source } from './base/source.ts';
import type { SignedContent } from './cms/content.ts';
import { createRecords, distinctContents, renewHashTree, renewTimestamp } from './evidence-record/build.ts';
import type { PreserveOptions } from './preserve.ts';
import { readEntry } from './zip/content.ts';
import { type NewEntry, writeParts, type ZipPart } from './zip/write.ts';

export interface PreserveInOptions extends PreserveOptions {
  /** Time of the new entries. */
  readonly at: Instant;
}

export interface RenewInOptions extends PreserveInOptions {
  /** `timestamp`: before a certificate or the algorithm of the last time-stamp fails; `hash-tree`: before the digest of the tree does. */
  readonly renew: 'timestamp' | 'hash-tree';
}

/**
 * Adds an evidence record over every file of an ASiC-E container, signatures and time-stamps among them, with a manifest that lists
 * them. Every file stays octet for octet. Throws `Fault` `malformed-input`, `refused` for ASiC-S, and what the authority throws.
 */
export async function preserveInContainer(container: Bytes | Source, options: PreserveInOptions): Promise<Bytes> {
  return collected(await withRecord(container, options));
}

/** As {@link preserveInContainer}, written piece by piece. */
export async function preserveInContainerTo(sink: Sink, container: Bytes | Source, options: PreserveInOptions): Promise<void> {
  return writeParts(sink, await withRecord(container, options));
}

/** Renews every evidence record (RFC 4998) of a container; every other file stays octet for octet. Throws `refused` where it holds none. */
export async function renewInContainer(container: Bytes | Source, options: RenewInOptions): Promise<Bytes> {
  return collected(await withRenewed(container, options));
}

/** As {@link renewInContainer}, written piece by piece. */
export async function renewInContainerTo(sink: Sink, container: Bytes | Source, options: RenewInOptions): Promise<void> {
  return writeParts(sink, await withRenewed(container, options));
}

async function withRecord(document: Bytes | Source, options: PreserveInOptions): Promise<Iterable<ZipPart>> {
  exact('preserveInContainer', options, ['timestamps', 'digest', 'at']);
  const { at, timestamps, digest = 'SHA-256' } = options;
  const container = soundContainer(document);
  if (container.type === 'ASiC-S')
    throw new Fault('refused', 'an ASiC-S container holds one signature, time-stamp or record: put it into a new ASiC-E container');
  const files: Listings = allFiles(container);
  if (files.size === 0) throw new Fault('refused', 'this container holds no file');
  const contents = distinctContents(
    [...files.values()].map(({ content }) => content),
    digest,
  );
  const [record] = await createRecords([contents], { timestamps, digest });
  const number = freeNumber(takenNames(container), (n) => [recordName(n), manifestName(n)]);
  const listed = [...files].map(([name, file]) => listing(name, file, digest));
  const added: NewEntry[] = [
    { name: manifestName(number), content: encodeManifest(recordName(number), '', digest, listed) },
    { name: recordName(number), content: record as Bytes },
  ];
  return withFiles(container, added, at);
}

async function withRenewed(document: Bytes | Source, options: RenewInOptions): Promise<Iterable<ZipPart>> {
  exact('renewInContainer', options, ['timestamps', 'digest', 'at', 'renew']);
  const { at, timestamps, digest = 'SHA-512', renew } = options;
  if (renew !== 'timestamp' && renew !== 'hash-tree')
    throw new Fault('bad-option', `renewInContainer: '${String(renew)}' is neither timestamp nor hash-tree`);
  const container = soundContainer(document);
  if (container.evidenceRecords.length === 0) throw new Fault('refused', 'this container holds no evidence record (RFC 4998)');
  const fixed = listedFiles(container);
  const renewed: NewEntry[] = [];
  for (const name of container.evidenceRecords) {
    // What is over a record covers it as it is: the outer one is renewed, and vouches for the inner one.
    if (fixed.has(name)) continue;
    const record = octetsIn(container, name);
    const content =
      renew === 'timestamp'
        ? await renewTimestamp(record, { timestamps })
        : await renewHashTree(record, distinctContents(objectsOf(container, name), digest), { timestamps, digest });
    renewed.push({ name, content });
  }
  return withFiles(
    container,
    renewed,
    at,
    renewed.map(({ name }) => name),
  );
}

/** What a record is over: the files that its manifest lists, in ASiC-S the data file. */
function objectsOf(container: AsicContainer, record: string): SignedContent[] {
  const { archive, manifests, dataFiles, type } = container;
  const manifest = manifests
    .map((name) => parseManifest(octetsIn(container, name), (file) => archive.byName.has(file)))
    .find((one) => one.ok && one.value.signedBy === record);
  const names = manifest?.ok ? manifest.value.entries.map(({ name }) => name) : type === 'ASiC-S' ? dataFiles : [];
  return names.map((name) => {
    const entry = archive.byName.get(name);
    if (entry === undefined) throw new Fault('refused', `${name}, which the record ${record} is over, is not in the container`);
    return contentOfFile(archive, entry);
  });
}

function soundContainer(document: Bytes | Source): AsicContainer {
  const container = containerOf(document);
  const [departure] = container.archive.departures;
  if (departure !== undefined) throw new Fault('refused', `this container is not sound: ${departure}`);
  return container;
}

function octetsIn({ archive }: AsicContainer, name: string): Bytes {
  const entry = archive.byName.get(name);
  const octets = entry && readEntry(archive, entry, LARGEST);
  if (octets?.ok) return octets.value;
  throw new Fault('malformed-input', `the file ${name} of the container cannot be read`);
}

function collected(parts: Iterable<ZipPart>): Bytes {
  const whole = joinSources([...parts]);
  return whole.read(0, whole.size);
}

const recordName = (number: string): string => `META-INF/evidencerecord${number}.ers`;
const manifestName = (number: string): string => `META-INF/ASiCEvidenceRecordManifest${number}.xml`;
/** Octets of a record or a manifest. */
const LARGEST = 1 << 28;
