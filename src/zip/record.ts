/** Fixed records of a ZIP as they are read: end of central directory, central directory header, local file header (APPNOTE, 4.3 and 4.5). */
import type { Bytes } from '../base/bytes.ts';
import { unreadable } from '../base/parsed.ts';
import type { Source } from '../base/source.ts';

/** What both headers of an entry say of it. */
export interface HeaderFields {
  readonly flags: number;
  readonly method: number;
  readonly dosTime: number;
  readonly dosDate: number;
  readonly crc: number;
  readonly compressedSize: number;
  readonly size: number;
  readonly name: Bytes;
  readonly extra: Bytes;
}

export interface CentralHeader extends HeaderFields {
  readonly bytes: Bytes;
  /** Of the local header. */
  readonly offset: number;
  readonly comment: Bytes;
  /** Whether the entry says of itself that it is for a UNIX link, by its external attributes. */
  readonly isLink: boolean;
}

export interface LocalHeader extends HeaderFields {
  /** Where the data begins. */
  readonly end: number;
  /** The sizes have 8 octets, in a data descriptor too. */
  readonly zip64: boolean;
}

export interface Directory {
  readonly offset: number;
  readonly size: number;
  readonly count: number;
  /** Where the central directory must end: at the first record that belongs to the end. */
  readonly end: number;
  readonly comment: Bytes;
}

/** Finds the end of central directory: it must be the last thing in the file, and no other may claim to be. */
export function readDirectory(source: Source): Directory {
  const tailSize = Math.min(source.size, LONGEST_COMMENT + END_SIZE);
  const from = source.size - tailSize;
  const tail = source.read(from, tailSize);
  const view = viewOf(tail);
  const found: number[] = [];
  for (let at = tailSize - END_SIZE; at >= 0; at--)
    if (tail[at] === 0x50 && view.getUint32(at, true) === END && at + END_SIZE + view.getUint16(at + 20, true) === tailSize) found.push(at);
  const [at] = found;
  if (at === undefined) return unreadable('ZIP', source.size, 'no end of central directory at the end of the file');
  if (found.length > 1) unreadable('ZIP', from + at, 'two records claim to be the end of central directory');
  const comment = tail.subarray(at + END_SIZE);
  const end = from + at;
  const [disk, directoryDisk, here, count] = [4, 6, 8, 10].map((field) => view.getUint16(at + field, true)) as [
    number,
    number,
    number,
    number,
  ];
  const [size, offset] = [view.getUint32(at + 12, true), view.getUint32(at + 16, true)];
  const needs64 = here === MAX16 || count === MAX16 || size === MAX32 || offset === MAX32;
  const wide = readZip64Directory(source, end);
  if (wide === null && needs64 && (size === MAX32 || offset === MAX32))
    unreadable('ZIP', end, 'ZIP64 sizes without a ZIP64 end of central directory');
  if (wide === null) {
    if (disk !== 0 || directoryDisk !== 0 || here !== count) unreadable('ZIP', end, 'it is split over several files');
    return { offset, size, count, end, comment };
  }
  const agrees = (narrow: number, value: number, most: number): boolean => narrow === most || narrow === value;
  if (!agrees(count, wide.count, MAX16) || !agrees(size, wide.size, MAX32) || !agrees(offset, wide.offset, MAX32))
    unreadable('ZIP', end, 'the two ends of central directory disagree');
  return { ...wide, comment };
}

/** The ZIP64 end, where its locator stands before the end record (4.3.14, 4.3.15). */
function readZip64Directory(source: Source, end: number): Omit<Directory, 'comment'> | null {
  if (end < LOCATOR_SIZE) return null;
  const locator = viewOf(source.read(end - LOCATOR_SIZE, LOCATOR_SIZE));
  if (locator.getUint32(0, true) !== LOCATOR) return null;
  const at = whole(locator, 8, end);
  if (locator.getUint32(4, true) !== 0 || locator.getUint32(16, true) > 1) unreadable('ZIP', end, 'it is split over several files');
  const record = source.read(at, END64_SIZE);
  const view = viewOf(record);
  if (record.length < END64_SIZE || view.getUint32(0, true) !== END64) unreadable('ZIP', at, 'no ZIP64 end of central directory');
  if (at + 12 + whole(view, 4, at) !== end - LOCATOR_SIZE) unreadable('ZIP', at, 'the ZIP64 end of central directory has a wrong size');
  const [here, count] = [whole(view, 24, at), whole(view, 32, at)];
  if (view.getUint32(16, true) !== 0 || view.getUint32(20, true) !== 0 || here !== count)
    unreadable('ZIP', at, 'it is split over several files');
  return { count, size: whole(view, 40, at), offset: whole(view, 48, at), end: at };
}

/** The central directory header at `at` in `directory`, whose octets begin at `base` of the file. */
export function readCentralHeader(directory: Bytes, at: number, base: number): CentralHeader {
  const view = viewOf(directory);
  if (at + CENTRAL_SIZE > directory.length || view.getUint32(at, true) !== CENTRAL)
    unreadable('central directory', base + at, 'no header where one is expected');
  const [nameLength, extraLength, commentLength] = [28, 30, 32].map((field) => view.getUint16(at + field, true)) as [
    number,
    number,
    number,
  ];
  const nameEnd = at + CENTRAL_SIZE + nameLength;
  const end = nameEnd + extraLength + commentLength;
  if (end > directory.length) unreadable('central directory', base + at, 'a header is longer than the directory');
  const extra = directory.subarray(nameEnd, nameEnd + extraLength);
  const wide = wideFields(extra, base + at);
  const size = pick(view.getUint32(at + 24, true), wide);
  const compressedSize = pick(view.getUint32(at + 20, true), wide);
  const offset = pick(view.getUint32(at + 42, true), wide);
  const disk = view.getUint16(at + 34, true);
  if (disk !== 0 && disk !== MAX16) unreadable('central directory', base + at, 'an entry lies in another file');
  const isUnix = directory[at + 5] === 3;
  return {
    bytes: directory.subarray(at, end),
    flags: view.getUint16(at + 8, true),
    method: view.getUint16(at + 10, true),
    dosTime: view.getUint16(at + 12, true),
    dosDate: view.getUint16(at + 14, true),
    crc: view.getUint32(at + 16, true),
    compressedSize,
    size,
    offset,
    name: directory.subarray(at + CENTRAL_SIZE, nameEnd),
    extra,
    comment: directory.subarray(end - commentLength, end),
    isLink: isUnix && (view.getUint16(at + 40, true) & 0xf000) === 0xa000,
  };
}

export function readLocalHeader(source: Source, at: number): LocalHeader {
  const fixed = source.read(at, LOCAL_SIZE);
  const view = viewOf(fixed);
  if (fixed.length < LOCAL_SIZE || view.getUint32(0, true) !== LOCAL) unreadable('local file header', at, 'none where the directory says');
  const [nameLength, extraLength] = [view.getUint16(26, true), view.getUint16(28, true)];
  const rest = source.read(at + LOCAL_SIZE, nameLength + extraLength);
  if (rest.length < nameLength + extraLength) unreadable('local file header', at, 'it is cut short');
  const extra = rest.subarray(nameLength);
  const wide = wideFields(extra, at);
  const zip64 = wide.present;
  const size = pick(view.getUint32(22, true), wide);
  const compressedSize = pick(view.getUint32(18, true), wide);
  return {
    flags: view.getUint16(6, true),
    method: view.getUint16(8, true),
    dosTime: view.getUint16(10, true),
    dosDate: view.getUint16(12, true),
    crc: view.getUint32(14, true),
    compressedSize,
    size,
    name: rest.subarray(0, nameLength),
    extra,
    end: at + LOCAL_SIZE + nameLength + extraLength,
    zip64,
  };
}

/** Octets of the data descriptor at `at` (4.3.9), which must say the same as the directory: with or without signature, with short or long sizes. */
export function dataDescriptorLength(source: Source, at: number, header: HeaderFields, zip64: boolean): number {
  const bytes = source.read(at, DESCRIPTOR64_SIZE);
  const view = viewOf(bytes);
  for (const signed of [true, false]) {
    const start = signed ? 4 : 0;
    if (signed && (bytes.length < 4 || view.getUint32(0, true) !== DESCRIPTOR)) continue;
    for (const wide of zip64 ? [true, false] : [false, true]) {
      const length = start + (wide ? 20 : 12);
      if (bytes.length < length || view.getUint32(start, true) !== header.crc) continue;
      const [compressedSize, size] = wide
        ? [Number(view.getBigUint64(start + 4, true)), Number(view.getBigUint64(start + 12, true))]
        : [view.getUint32(start + 4, true), view.getUint32(start + 8, true)];
      if (compressedSize === header.compressedSize && size === header.size) return length;
    }
  }
  return unreadable('data descriptor', at, 'none, or it disagrees with the central directory');
}

/** Each extra field once, with its id (4.5.1). What is left over after the last whole one is padding that some writers leave. */
export function* extraFields(extra: Bytes): Generator<readonly [id: number, content: Bytes], void, void> {
  const view = viewOf(extra);
  for (let at = 0; at + 4 <= extra.length; ) {
    const end = at + 4 + view.getUint16(at + 2, true);
    if (end > extra.length) return;
    yield [view.getUint16(at, true), extra.subarray(at + 4, end)];
    at = end;
  }
}

interface WideFields {
  readonly present: boolean;
  next(): number;
}

/** Fields of the ZIP64 extra field, in the order in which the headers leave them out (4.5.3). */
function wideFields(extra: Bytes, at: number): WideFields {
  const fields = [...extraFields(extra)].filter(([id]) => id === ZIP64);
  if (fields.length > 1) unreadable('ZIP64 extra field', at, 'it stands twice');
  const content = fields[0]?.[1];
  let offset = 0;
  return {
    present: content !== undefined,
    next: () => {
      if (content === undefined || offset + 8 > content.length) return unreadable('ZIP64 extra field', at, 'a size is missing');
      offset += 8;
      return whole(viewOf(content), offset - 8, at);
    },
  };
}

const pick = (value: number, wide: WideFields): number => (value === MAX32 && wide.present ? wide.next() : value);

/** A number of 8 octets that is exact. */
function whole(view: DataView, offset: number, at: number): number {
  const value = view.getBigUint64(offset, true);
  return value <= BigInt(Number.MAX_SAFE_INTEGER) ? Number(value) : unreadable('ZIP', at, 'a size beyond all files');
}

const viewOf = (bytes: Bytes): DataView => new DataView(bytes.buffer, bytes.byteOffset, bytes.length);

export const LOCAL = 0x04034b50;
export const CENTRAL = 0x02014b50;
export const END = 0x06054b50;
export const END64 = 0x06064b50;
export const LOCATOR = 0x07064b50;
export const DESCRIPTOR = 0x08074b50;
export const LOCAL_SIZE = 30;
export const CENTRAL_SIZE = 46;
export const END_SIZE = 22;
export const END64_SIZE = 56;
export const LOCATOR_SIZE = 20;
const DESCRIPTOR64_SIZE = 24;
const LONGEST_COMMENT = 0xffff;
export const MAX16 = 0xffff;
export const MAX32 = 0xffffffff;
export const ZIP64 = 0x0001;
