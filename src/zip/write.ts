/** Writing a ZIP: the same entries and time give the same octets; entries of an archive at hand are taken over as they stand (APPNOTE 6.3). */
import { type Bytes, concat, EMPTY } from '../base/bytes.ts';
import { Fault } from '../base/fault.ts';
import type { Instant } from '../base/instant.ts';
import { partOf } from '../base/joined-source.ts';
import { exact } from '../base/options.ts';
import { asSource, passing, type Sink, type Source } from '../base/source.ts';
import { utf8 } from '../base/text.ts';
import { crc32, deflate, deflateBlock, LAST_BLOCK } from '../platform/deflate.ts';
import type { ZipArchive, ZipEntry } from './archive.ts';
import { foldedName, problemOf, UTF8_FLAG } from './name.ts';
import {
  CENTRAL,
  CENTRAL_SIZE,
  DESCRIPTOR,
  END,
  END_SIZE,
  END64,
  END64_SIZE,
  LOCAL,
  LOCAL_SIZE,
  LOCATOR,
  LOCATOR_SIZE,
  MAX16,
  MAX32,
  ZIP64,
} from './record.ts';

export interface NewEntry {
  readonly name: string;
  readonly content: Bytes | Source;
  /** Default `deflated`; what does not get smaller, or so small that readers would take it for a bomb, is stored all the same. */
  readonly method?: 'stored' | 'deflated';
}

export interface WriteZipOptions {
  /** Modification time of every new entry, written in UTC with a resolution of two seconds; before 1980: 1980-01-01. */
  readonly time: Instant;
  /** Octets of the archive comment. */
  readonly comment?: Bytes;
}

/** What an archive is made of, in order: octets, and parts of sources that are there already. */
export type ZipPart = Bytes | Source;

/**
 * The octets of an archive of these entries in this order, in pieces. Throws `Fault` `bad-option` for a name that no container
 * may hold, or that stands twice.
 */
export function* writeZip(entries: readonly NewEntry[], options: WriteZipOptions): Generator<Bytes, void, void> {
  yield* flat(zipParts(entries, options));
}

/** As {@link writeZip}, in parts. */
export function zipParts(entries: readonly NewEntry[], options: WriteZipOptions): Generator<ZipPart, void, void> {
  exact('writeZip', options, ['time', 'comment']);
  return rewritten([], entries, options);
}

/**
 * As {@link writeZip}, with the entries of `archive` first, octet by octet as they stand, but for those in `leaveOut`. Headers in the
 * central directory are kept too, but for where the entry now begins.
 */
export function* rewriteZip(archive: ZipArchive, entries: readonly NewEntry[], options: RewriteZipOptions): Generator<Bytes, void, void> {
  yield* flat(rewrittenParts(archive, entries, options));
}

/** As {@link rewriteZip}, in parts: entries of `archive` stay where they are. */
export function rewrittenParts(
  archive: ZipArchive,
  entries: readonly NewEntry[],
  options: RewriteZipOptions,
): Generator<ZipPart, void, void> {
  exact('rewriteZip', options, ['time', 'comment', 'leaveOut']);
  const { leaveOut = new Set(), time, comment = archive.comment } = options;
  const kept = archive.entries.filter(({ name }) => !leaveOut.has(name)).sort((a, b) => a.start - b.start);
  return rewritten(
    kept.map((entry) => ({ archive, entry })),
    entries,
    { time, comment },
  );
}

/** Writes the parts; what comes from sources passes through one piece of memory. */
export async function writeParts(sink: Sink, parts: Iterable<ZipPart>): Promise<void> {
  const scratch = { memory: EMPTY };
  for (const part of parts) {
    if (part instanceof Uint8Array) await sink.write(part);
    else for (const piece of whole(part, scratch)) await sink.write(piece);
  }
}

export interface RewriteZipOptions extends WriteZipOptions {
  readonly leaveOut?: ReadonlySet<string>;
}

interface Kept {
  readonly archive: ZipArchive;
  readonly entry: ZipEntry;
}

function* rewritten(
  kept: readonly Kept[],
  entries: readonly NewEntry[],
  { time, comment = EMPTY }: WriteZipOptions,
): Generator<ZipPart, void, void> {
  checkNames([...kept.map(({ entry }) => entry.name), ...entries.map(({ name }) => name)]);
  if (comment.length > MAX16) throw new Fault('bad-option', 'a ZIP comment has at most 65535 octets');
  const central: Bytes[] = [];
  let at = 0;
  for (const { archive, entry } of kept) {
    central.push(movedHeader(entry.central, at));
    yield partOf(archive.source, entry.start, entry.end - entry.start);
    at += entry.end - entry.start;
  }
  for (const entry of entries) {
    const written = yield* writeEntry(entry, time);
    central.push(centralHeader(written, at));
    at += written.length;
  }
  yield* central;
  const size = central.reduce((sum, { length }) => sum + length, 0);
  yield endRecords(central.length, size, at, comment);
}

interface Written {
  readonly name: Bytes;
  readonly flags: number;
  readonly method: number;
  readonly time: number;
  readonly date: number;
  readonly crc: number;
  readonly compressedSize: number;
  readonly size: number;
  /** Octets of header, data and descriptor. */
  readonly length: number;
}

function* writeEntry({ name: text, content, method = 'deflated' }: NewEntry, at: Instant): Generator<ZipPart, Written, void> {
  const name = utf8(text);
  const source = asSource(content);
  const { time, date } = dosTime(at);
  const ascii = name.length === text.length;
  const fields = { name, flags: ascii ? 0 : UTF8_FLAG, time, date, size: source.size };
  if (method === 'deflated' && source.size > 0 && source.size <= IN_MEMORY) {
    const all = source.read(0, source.size);
    const packed = deflate(all, 'raw');
    if (packed.length < all.length && packed.length * DENSEST > all.length) {
      const entry = { ...fields, method: 8, crc: crc32(all), compressedSize: packed.length };
      const header = localHeader(entry);
      yield header;
      yield packed;
      return { ...entry, length: header.length + packed.length };
    }
  } else if (method === 'deflated' && source.size > IN_MEMORY) return yield* writeDeflated(fields, source);
  let crc = 0;
  for (const piece of whole(source, { memory: EMPTY })) crc = crc32(piece, crc);
  const entry = { ...fields, method: 0, crc, compressedSize: source.size };
  const header = localHeader(entry);
  yield header;
  yield source;
  return { ...entry, length: header.length + source.size };
}

/** Too large to be held: size and checksum follow in a data descriptor. */
function* writeDeflated(
  fields: Pick<Written, 'name' | 'flags' | 'time' | 'date' | 'size'>,
  source: Source,
): Generator<Bytes, Written, void> {
  const zip64 = fields.size > NEARLY_MAX32;
  const flags = fields.flags | DESCRIBED;
  const header = localHeader({ ...fields, flags, method: 8, crc: 0, compressedSize: 0, size: 0 }, zip64);
  yield header;
  let crc = 0;
  let compressedSize = 0;
  let before: Bytes = EMPTY;
  for (const piece of octets(source)) {
    crc = crc32(piece, crc);
    const dense = deflateBlock(piece, before);
    const block = dense.length * DENSEST > piece.length ? dense : deflateBlock(piece, before, 0);
    before = piece;
    compressedSize += block.length;
    yield block;
  }
  yield LAST_BLOCK;
  compressedSize += LAST_BLOCK.length;
  const descriptor = record(zip64 ? 24 : 16, (view) => {
    view.setUint32(0, DESCRIPTOR, true);
    view.setUint32(4, crc, true);
    if (zip64) {
      view.setBigUint64(8, BigInt(compressedSize), true);
      view.setBigUint64(16, BigInt(fields.size), true);
    } else {
      view.setUint32(8, compressedSize, true);
      view.setUint32(12, fields.size, true);
    }
  });
  yield descriptor;
  return { ...fields, flags, method: 8, crc, compressedSize, length: header.length + compressedSize + descriptor.length };
}

function localHeader(entry: Omit<Written, 'length'>, announce64 = false): Bytes {
  const { name, flags, method, time, date, crc, compressedSize, size } = entry;
  const wide = announce64 || size >= MAX32 || compressedSize >= MAX32;
  const extra = wide ? wideExtra([size, compressedSize]) : EMPTY;
  const fixed = record(LOCAL_SIZE, (view) => {
    view.setUint32(0, LOCAL, true);
    view.setUint16(4, wide ? VERSION_64 : VERSION, true);
    view.setUint16(6, flags, true);
    view.setUint16(8, method, true);
    view.setUint16(10, time, true);
    view.setUint16(12, date, true);
    view.setUint32(14, crc, true);
    view.setUint32(18, wide ? MAX32 : compressedSize, true);
    view.setUint32(22, wide ? MAX32 : size, true);
    view.setUint16(26, name.length, true);
    view.setUint16(28, extra.length, true);
  });
  return concat([fixed, name, extra]);
}

function centralHeader({ name, flags, method, time, date, crc, compressedSize, size }: Written, offset: number): Bytes {
  const wide = [size, compressedSize, offset].filter((value) => value >= MAX32);
  const extra = wide.length > 0 ? wideExtra(wide) : EMPTY;
  const fixed = record(CENTRAL_SIZE, (view) => {
    const version = wide.length > 0 ? VERSION_64 : VERSION;
    view.setUint32(0, CENTRAL, true);
    view.setUint16(4, version, true);
    view.setUint16(6, version, true);
    view.setUint16(8, flags, true);
    view.setUint16(10, method, true);
    view.setUint16(12, time, true);
    view.setUint16(14, date, true);
    view.setUint32(16, crc, true);
    view.setUint32(20, Math.min(compressedSize, MAX32), true);
    view.setUint32(24, Math.min(size, MAX32), true);
    view.setUint16(28, name.length, true);
    view.setUint16(30, extra.length, true);
    view.setUint32(42, Math.min(offset, MAX32), true);
  });
  return concat([fixed, name, extra]);
}

/** The header of an entry that now begins at `offset`. */
function movedHeader(central: Bytes, offset: number): Bytes {
  const copy = central.slice();
  const view = new DataView(copy.buffer);
  const before = view.getUint32(42, true);
  if (before !== MAX32 && offset < MAX32) {
    view.setUint32(42, offset, true);
    return copy;
  }
  return withWideOffset(copy, view, offset);
}

/** The offset stands last in the ZIP64 field, or has to go there. */
function withWideOffset(copy: Bytes, view: DataView, offset: number): Bytes {
  const [nameLength, extraLength] = [view.getUint16(28, true), view.getUint16(30, true)];
  const extraAt = CENTRAL_SIZE + nameLength;
  const wide: number[] = [];
  const others: Bytes[] = [];
  for (let at = extraAt; at + 4 <= extraAt + extraLength; ) {
    const end = at + 4 + view.getUint16(at + 2, true);
    if (view.getUint16(at, true) !== ZIP64) others.push(copy.subarray(at, end));
    else {
      let from = at + 4;
      for (const field of [24, 20]) {
        if (view.getUint32(field, true) !== MAX32) continue;
        wide.push(Number(view.getBigUint64(from, true)));
        from += 8;
      }
    }
    at = end;
  }
  const extra = concat([wideExtra([...wide, offset]), ...others]);
  view.setUint32(42, MAX32, true);
  view.setUint16(30, extra.length, true);
  return concat([copy.subarray(0, extraAt), extra, copy.subarray(extraAt + extraLength)]);
}

function endRecords(count: number, size: number, offset: number, comment: Bytes): Bytes {
  const wide = count >= MAX16 || size >= MAX32 || offset >= MAX32;
  const end = record(END_SIZE, (view) => {
    view.setUint32(0, END, true);
    view.setUint16(8, Math.min(count, MAX16), true);
    view.setUint16(10, Math.min(count, MAX16), true);
    view.setUint32(12, Math.min(size, MAX32), true);
    view.setUint32(16, Math.min(offset, MAX32), true);
    view.setUint16(20, comment.length, true);
  });
  if (!wide) return concat([end, comment]);
  const end64 = record(END64_SIZE, (view) => {
    view.setUint32(0, END64, true);
    view.setBigUint64(4, BigInt(END64_SIZE - 12), true);
    view.setUint16(12, VERSION_64, true);
    view.setUint16(14, VERSION_64, true);
    view.setBigUint64(24, BigInt(count), true);
    view.setBigUint64(32, BigInt(count), true);
    view.setBigUint64(40, BigInt(size), true);
    view.setBigUint64(48, BigInt(offset), true);
  });
  const locator = record(LOCATOR_SIZE, (view) => {
    view.setUint32(0, LOCATOR, true);
    view.setBigUint64(8, BigInt(offset + size), true);
    view.setUint32(16, 1, true);
  });
  return concat([end64, locator, end, comment]);
}

const wideExtra = (values: readonly number[]): Bytes =>
  record(4 + 8 * values.length, (view) => {
    view.setUint16(0, ZIP64, true);
    view.setUint16(2, 8 * values.length, true);
    for (const [i, value] of values.entries()) view.setBigUint64(4 + 8 * i, BigInt(value), true);
  });

function record(length: number, fill: (view: DataView) => void): Bytes {
  const bytes = new Uint8Array(length);
  fill(new DataView(bytes.buffer));
  return bytes;
}

/** Pieces that the caller may keep. */
function* octets(source: Source): Generator<Bytes, void, void> {
  for (let at = 0; at < source.size; ) {
    const piece = source.read(at, Math.min(PIECE, source.size - at));
    if (piece.length === 0) throw shorter();
    yield piece;
    at += piece.length;
  }
}

/** All pieces of a source, each good until the next is asked for. Throws where there are fewer than it says. */
function* whole(source: Source, scratch: { memory: Bytes }): Generator<Bytes, void, void> {
  let size = 0;
  for (const piece of passing(source, undefined, scratch)) {
    size += piece.length;
    yield piece;
  }
  if (size !== source.size) throw shorter();
}

function* flat(parts: Iterable<ZipPart>): Generator<Bytes, void, void> {
  for (const part of parts) {
    if (part instanceof Uint8Array) yield part;
    else yield* octets(part);
  }
}

const shorter = (): Fault => new Fault('io', 'the document became shorter while it was read');

function checkNames(names: readonly string[]): void {
  const seen = new Set<string>();
  for (const name of names) {
    const problem = utf8(name).length > MAX16 ? 'it is too long' : problemOf(name);
    if (problem !== null) throw new Fault('bad-option', `the name '${name}' cannot stand in a container: ${problem}`);
    const folded = foldedName(name);
    if (seen.has(folded)) throw new Fault('bad-option', `the name '${name}' would stand in the container twice`);
    seen.add(folded);
  }
}

/** MS-DOS date and time (4.4.6), read as UTC. */
function dosTime(at: Instant): { readonly time: number; readonly date: number } {
  const moment = new Date(Math.max(at, EARLIEST));
  const date = (Math.min(moment.getUTCFullYear() - 1980, 127) << 9) | ((moment.getUTCMonth() + 1) << 5) | moment.getUTCDate();
  const time = (moment.getUTCHours() << 11) | (moment.getUTCMinutes() << 5) | (moment.getUTCSeconds() >> 1);
  return { time, date };
}

const DESCRIBED = 0x0008;
const VERSION = 20;
const VERSION_64 = 45;
const PIECE = 1 << 16;
/** Deflated in one go up to here. */
const IN_MEMORY = 1 << 24;
/** Deflating may add a little. */
const NEARLY_MAX32 = 0xff000000;
/** What would be smaller still is stored: readers take it for a bomb. */
const DENSEST = 50;
const EARLIEST = Date.UTC(1980, 0, 1);
