/** Reading a ZIP strictly (APPNOTE 6.3): one meaning for every reader, or none; bombs and hidden data are refused, names that lead astray are told. */
import { type Bytes, equal } from '../base/bytes.ts';
import { exact } from '../base/options.ts';
import { attempt, type Parsed, unreadable } from '../base/parsed.ts';
import { asSource, type Source } from '../base/source.ts';
import { ZIP_LIMITS, type ZipLimits } from './limits.ts';
import { foldedName, nameOf, pathProblem, resolvedName } from './name.ts';
import {
  type CentralHeader,
  type Directory,
  dataDescriptorLength,
  type LocalHeader,
  readCentralHeader,
  readDirectory,
  readLocalHeader,
} from './record.ts';

export interface ZipArchive {
  readonly source: Source;
  /** In the order of the central directory; of an entry that stands twice, octet for octet the same, the first. */
  readonly entries: readonly ZipEntry[];
  readonly byName: ReadonlyMap<string, ZipEntry>;
  /** Octets of the archive comment. */
  readonly comment: Bytes;
  /** What is wrong with the archive although every reader reads the same: no such archive is to be trusted, or unpacked as it is. */
  readonly departures: readonly string[];
}

export interface ZipEntry {
  readonly name: string;
  readonly isFolder: boolean;
  readonly method: 'stored' | 'deflated';
  /** Octets of the content. */
  readonly size: number;
  readonly compressedSize: number;
  readonly crc: number;
  /** Where the entry begins (its local header), where its data begins, where it ends with its data descriptor. */
  readonly start: number;
  readonly data: number;
  readonly end: number;
  /** Whether the local header has extra fields. */
  readonly hasExtra: boolean;
  /** The header in the central directory as it stands. */
  readonly central: Bytes;
}

/** Reads the directory and every local header; contents are not read yet. Throws `Fault` `bad-option` on an unknown limit. */
export function readZip(bytes: Bytes | Source, limits: Partial<ZipLimits> = {}): Parsed<ZipArchive> {
  exact('readZip', limits, Object.keys(ZIP_LIMITS));
  const bounds = { ...ZIP_LIMITS, ...limits };
  return attempt(() => {
    const source = asSource(bytes);
    const directory = readDirectory(source);
    const headers = readHeaders(source, directory, bounds);
    const entries = headers.map((header) => entryOf(source, header, bounds));
    refuseBombs(entries, bounds);
    refuseOverlaps(entries, directory.offset);
    const byName = byNameOf(source, entries, directory.offset);
    refuseLikeNames(byName, directory.offset);
    return { source, entries: [...byName.values()], byName, comment: directory.comment, departures: departuresOf(entries, byName) };
  });
}

function readHeaders(source: Source, { offset, size, count, end }: Directory, limits: ZipLimits): CentralHeader[] {
  if (offset + size !== end) unreadable('ZIP', offset, 'octets before the archive, or between the central directory and its end');
  if (count > limits.entries) unreadable('ZIP', offset, `more than ${limits.entries} entries`);
  const directory = source.read(offset, size);
  const headers: CentralHeader[] = [];
  let at = 0;
  while (headers.length < count) {
    const header = readCentralHeader(directory, at, offset);
    headers.push(header);
    at += header.bytes.length;
  }
  if (at !== directory.length) unreadable('central directory', offset + at, 'it goes on after its last header');
  return headers;
}

function entryOf(source: Source, header: CentralHeader, limits: ZipLimits): ZipEntry {
  const { offset, flags, method } = header;
  if (header.name.length > limits.name) unreadable('name of an entry', offset, `it is longer than ${limits.name} octets`);
  if ((flags & ENCRYPTED) !== 0) unreadable('ZIP entry', offset, 'it is encrypted');
  if (method !== STORED && method !== DEFLATED)
    unreadable('ZIP entry', offset, `compression method ${method} is neither stored nor deflated`);
  if (header.isLink) unreadable('ZIP entry', offset, 'it is a symbolic link');
  const name = nameOf(header, offset);
  const local = readLocalHeader(source, offset);
  refuseDisagreement(header, local);
  const dataEnd = local.end + header.compressedSize;
  const described = (local.flags & DESCRIBED) !== 0;
  const end = dataEnd + (described ? dataDescriptorLength(source, dataEnd, header, local.zip64) : 0);
  const isFolder = name.endsWith('/');
  if (isFolder && header.size > 0) unreadable('ZIP entry', offset, 'a folder has a content');
  if (method === STORED && header.size !== header.compressedSize) unreadable('ZIP entry', offset, 'a stored entry has two sizes');
  return {
    name,
    isFolder,
    method: method === STORED ? 'stored' : 'deflated',
    size: header.size,
    compressedSize: header.compressedSize,
    crc: header.crc,
    start: offset,
    data: local.end,
    end,
    hasExtra: local.extra.length > 0,
    central: header.bytes,
  };
}

/** A reader that goes by the local headers and one that goes by the directory must find the same. */
function refuseDisagreement(central: CentralHeader, local: LocalHeader): void {
  const at = central.offset;
  if (!equal(central.name, local.name)) unreadable('local file header', at, 'its name is not that of the central directory');
  if (central.method !== local.method) unreadable('local file header', at, 'its method is not that of the central directory');
  if (((central.flags ^ local.flags) & SHARED_FLAGS) !== 0)
    unreadable('local file header', at, 'its flags are not those of the central directory');
  nameOf(local, at);
  const described = (local.flags & DESCRIBED) !== 0;
  const same = (field: 'crc' | 'size' | 'compressedSize'): boolean => local[field] === central[field] || (described && local[field] === 0);
  // With a data descriptor the sizes may be all ones too, to announce ZIP64.
  const announced = described && local.size === ALL_ONES && local.compressedSize === ALL_ONES;
  if (!same('crc') || !(announced || (same('size') && same('compressedSize'))))
    unreadable('local file header', at, 'its sizes or checksum are not those of the central directory');
}

function refuseBombs(entries: readonly ZipEntry[], limits: ZipLimits): void {
  const tooDense = (size: number, from: number): boolean => size > limits.ratioFrom && size > from * limits.ratio;
  let total = 0;
  let compressed = 0;
  for (const entry of entries) {
    if (entry.size > limits.entrySize) unreadable('ZIP entry', entry.start, `it is larger than ${limits.entrySize} octets`);
    if (tooDense(entry.size, entry.compressedSize))
      unreadable('ZIP entry', entry.start, `it inflates to more than ${limits.ratio} times its size`);
    total += entry.size;
    compressed += entry.compressedSize;
  }
  if (total > limits.totalSize) unreadable('ZIP', 0, `its entries are larger than ${limits.totalSize} octets`);
  if (tooDense(total, compressed)) unreadable('ZIP', 0, `it inflates to more than ${limits.ratio} times its size`);
}

/** No name twice, but for entries that are octet for octet the same: whichever a reader takes, it reads the same. */
function byNameOf(source: Source, entries: readonly ZipEntry[], at: number): ReadonlyMap<string, ZipEntry> {
  const byName = new Map<string, ZipEntry>();
  for (const entry of entries) {
    const first = byName.get(entry.name);
    if (first === undefined) byName.set(entry.name, entry);
    else if (!sameData(source, first, entry)) unreadable('ZIP', at, `two entries are called ${entry.name}`);
  }
  return byName;
}

function sameData(source: Source, a: ZipEntry, b: ZipEntry): boolean {
  if (a.method !== b.method || a.size !== b.size || a.compressedSize !== b.compressedSize || a.crc !== b.crc) return false;
  for (let done = 0; done < a.compressedSize; done += PIECE) {
    const length = Math.min(PIECE, a.compressedSize - done);
    if (!equal(source.read(a.data + done, length), source.read(b.data + done, length))) return false;
  }
  return true;
}

function departuresOf(entries: readonly ZipEntry[], byName: ReadonlyMap<string, ZipEntry>): string[] {
  const found: string[] = [];
  for (const entry of entries) {
    if (found.length >= MAXIMUM_DEPARTURES) break;
    if (byName.get(entry.name) !== entry) found.push(`the entry ${entry.name} stands twice`);
    else if (pathProblem(entry.name) !== null) found.push(`the name ${entry.name} leads astray: ${pathProblem(entry.name)}`);
  }
  return found;
}

/** No two names that are one for a file system that does not tell letters by case or composition; no file that is a folder as well. */
function refuseLikeNames(byName: ReadonlyMap<string, ZipEntry>, at: number): void {
  const folded = new Map<string, string>();
  for (const entry of byName.values()) {
    const resolved = resolvedName(entry.name);
    const path = foldedName(resolved.endsWith('/') ? resolved.slice(0, -1) : resolved);
    const other = folded.get(path);
    if (other !== undefined) unreadable('ZIP', at, `the names ${other} and ${entry.name} differ in case, composition or dots only`);
    folded.set(path, entry.name);
  }
  for (const path of folded.keys()) {
    for (let slash = path.lastIndexOf('/'); slash > 0; slash = path.lastIndexOf('/', slash - 1)) {
      const parent = folded.get(path.slice(0, slash));
      if (parent === undefined) continue;
      if (!parent.endsWith('/')) unreadable('ZIP', at, `${parent} is a file and a folder`);
      break;
    }
  }
}

/** Every octet before the directory belongs to one entry: what else stands there a reader that goes by local headers may take for one. */
function refuseOverlaps(entries: readonly ZipEntry[], directory: number): void {
  const sorted = [...entries].sort((a, b) => a.start - b.start);
  let at = 0;
  for (const { start, end } of sorted) {
    if (start < at) unreadable('ZIP', start, 'two entries overlap');
    if (start > at) unreadable('ZIP', at, 'octets that belong to no entry');
    at = end;
  }
  if (at > directory) unreadable('ZIP', directory, 'an entry reaches into the central directory');
  if (at < directory) unreadable('ZIP', at, 'octets that belong to no entry');
}

const STORED = 0;
const DEFLATED = 8;
const DESCRIBED = 0x0008;
/** Encryption, strong encryption, masked headers (4.4.4). */
const ENCRYPTED = 0x2041;
/** What both headers must agree on: encryption and the encoding of names. */
const SHARED_FLAGS = 0x2841;
const ALL_ONES = 0xffffffff;
const PIECE = 1 << 18;
/** More need not be told. */
const MAXIMUM_DEPARTURES = 20;
