/** Cross-reference tables and streams, and the chain of them (ISO 32000-2, 7.5.4 to 7.5.8). */

import { type Budget, budget, mustSpend } from '../base/budget.ts';
import type { Bytes } from '../base/bytes.ts';
import { unreadable } from '../base/parsed.ts';
import { fromLatin1 } from '../base/text.ts';
import { decodeStream } from './filter.ts';
import { directLength, readIndirect } from './indirect.ts';
import { isDigit, isSpace, type Lexer } from './lexer.ts';
import { LIMITS } from './limits.ts';
import { asInteger, asName, entry, isKind, type PdfDict, type PdfObject } from './object.ts';
import { type FileView, readAt } from './window.ts';

/** Where an object is. */
export type XrefEntry =
  | { readonly kind: 'free'; readonly gen: number }
  /** `at` as written: counted from the header. */
  | { readonly kind: 'file'; readonly at: number; readonly gen: number }
  | { readonly kind: 'compressed'; readonly stream: number; readonly index: number };

/** Consecutive object numbers; the entries stay in their compact form. */
export type XrefRange =
  | { readonly form: 'lines'; readonly first: number; readonly count: number; readonly bytes: Bytes; readonly at: number }
  | { readonly form: 'map'; readonly first: number; readonly count: number; readonly entries: ReadonlyMap<number, XrefEntry> }
  | { readonly form: 'numbers'; readonly first: number; readonly count: number; readonly numbers: Float64Array }
  | {
      readonly form: 'fields';
      readonly first: number;
      readonly count: number;
      readonly bytes: Bytes;
      readonly at: number;
      readonly widths: Widths;
    };

export type Widths = readonly [number, number, number];

/** One cross-reference section with its trailer. */
export interface XrefSection {
  readonly kind: 'table' | 'stream' | 'rebuilt';
  /** File offset of `xref` or of the stream object. */
  readonly at: number;
  /** File offset after the trailer dictionary or the stream object. */
  readonly end: number;
  readonly trailer: PdfDict;
  /** By first object number. */
  readonly ranges: readonly XrefRange[];
  readonly overlapping: boolean;
  /** The stream that a table's /XRefStm names (7.5.8.4). */
  readonly hybrid: XrefSection | null;
}

/** What one section says of an object number: null where it says nothing. */
export function sectionEntry(section: XrefSection, num: number): XrefEntry | null {
  const own = ownEntry(section, num);
  if (section.hybrid === null || own?.kind === 'file') return own;
  // An object that only readers of streams may see is free in the table (7.5.8.4).
  return ownEntry(section.hybrid, num) ?? own;
}

/** What a chain (newest first) says of an object number, and the index of the section that says it. */
export function findEntry(sections: readonly XrefSection[], num: number): { readonly entry: XrefEntry; readonly section: number } | null {
  for (let i = 0; i < sections.length; i++) {
    const found = sectionEntry(sections[i] as XrefSection, num);
    if (found !== null) return { entry: found, section: i };
  }
  return null;
}

/** Every object number that a section lists, in no special order; one listed twice comes twice. */
export function* listedNumbers(section: XrefSection): Generator<number> {
  for (const range of section.ranges) {
    if (range.form === 'map') yield* range.entries.keys();
    else for (let i = 0; i < range.count; i++) yield range.first + i;
  }
  if (section.hybrid !== null) yield* listedNumbers(section.hybrid);
}

/** One more than the highest object number listed. */
export function sectionSize(section: XrefSection): number {
  let size = 0;
  for (const range of section.ranges) size = Math.max(size, range.first + range.count);
  return section.hybrid === null ? size : Math.max(size, sectionSize(section.hybrid));
}

/** The sections from `startxref` on through /Prev, newest first. `shift` is added to every offset written in the file. */
export function readChain(view: FileView, startxref: number, shift: number): readonly XrefSection[] {
  const sections: XrefSection[] = [];
  const seen = new Set<number>();
  const subsections = budget('subsections', LIMITS.subsections);
  for (let at: number | null = startxref; at !== null; ) {
    if (seen.has(at)) break;
    seen.add(at);
    if (sections.length >= LIMITS.sections) unreadable('cross-references', at, `more than ${LIMITS.sections} sections`);
    const section = readSection(view, at + shift, shift, subsections);
    sections.push(section);
    at = previousOf(section.trailer);
  }
  return sections;
}

/** The offset that /Prev tells; a reference there is a known mistake and stands for its number. */
export function previousOf(trailer: PdfDict): number | null {
  const value = entry(trailer, 'Prev');
  const at = isKind(value, 'ref') ? value.num : asInteger(value);
  return at === null || at <= 0 ? null : at;
}

function readSection(view: FileView, told: number, shift: number, subsections: Budget): XrefSection {
  if (told < 0 || told >= view.size) unreadable('cross-references', told, 'offset outside the file');
  const at = tableAround(view, told);
  const isTable = readAt(view, at, 'cross-references', (lexer) => lexer.peek() === LETTER_X);
  if (!isTable) return readStreamSection(view, at, subsections);
  const table = readAt(view, at, 'cross-references', (lexer) => readTable(lexer, subsections));
  const hybridAt = asInteger(entry(table.trailer, 'XRefStm'));
  if (hybridAt === null) return table;
  return { ...table, hybrid: readStreamSection(view, hybridAt + shift, subsections) };
}

/** Offsets that miss the keyword `xref` by one octet or two are a known mistake. */
function tableAround(view: FileView, told: number): number {
  const base = Math.max(0, told - 2);
  const found = fromLatin1(view.source.read(base, 6)).indexOf('xref');
  return found < 0 ? told : base + found;
}

/** 7.5.4 and 7.5.5. */
function readTable(lexer: Lexer, subsections: Budget): XrefSection {
  lexer.skipSpace();
  const at = lexer.base + lexer.at;
  if (!lexer.takeKeyword('xref')) lexer.fail('cross-references', 'no table starts here');
  const ranges: XrefRange[] = [];
  for (;;) {
    const first = lexer.takeInteger();
    if (first < 0) break;
    const count = lexer.takeInteger();
    if (count < 0) lexer.fail('cross-references', 'a subsection without a count');
    mustSpend(subsections, 'cross-references', lexer.base + lexer.at);
    const range = readLines(lexer, first, count) ?? readNumbers(lexer, first, count);
    const shifted = ranges.length === 0 && range.first === 1 && startsFreeList(range) ? { ...range, first: 0 } : range;
    if (shifted.first + shifted.count > LIMITS.objectNumber + 1) lexer.fail('cross-references', 'object numbers are too high');
    if (shifted.count > 0) ranges.push(shifted);
  }
  if (!lexer.takeKeyword('trailer')) lexer.fail('cross-references', 'no trailer after the table');
  const trailer = lexer.dictionary();
  return { kind: 'table', at, end: lexer.base + lexer.at, trailer, ...inOrder(ranges, at), hybrid: null };
}

/** Entries in the form that the standard prescribes, 20 octets each: kept as they are and read on demand. */
function readLines(lexer: Lexer, first: number, count: number): XrefRange | null {
  lexer.skipSpace();
  const { bytes, at } = lexer;
  const after = at + count * LINE;
  if (after > lexer.end) {
    lexer.hitEnd = true;
    return null;
  }
  for (let line = at; line < after; line += LINE) {
    const type = bytes[line + 17];
    if ((type !== LETTER_N && type !== LETTER_F) || bytes[line + 10] !== SPACE || bytes[line + 16] !== SPACE) return null;
    if (!isSpace(bytes[line + 18]) || !isSpace(bytes[line + 19])) return null;
    if (!isDigit(bytes[line]) || !isDigit(bytes[line + 9]) || !isDigit(bytes[line + 11]) || !isDigit(bytes[line + 15])) return null;
  }
  lexer.at = after;
  return lexer.copies ? { form: 'lines', first, count, bytes: bytes.slice(at, after), at: 0 } : { form: 'lines', first, count, bytes, at };
}

/** Entries with other white space: three numbers each (offset, generation, 1 where in use). */
function readNumbers(lexer: Lexer, first: number, count: number): XrefRange {
  const numbers: number[] = [];
  for (let i = 0; i < count; i++) {
    const at = lexer.takeInteger();
    if (at < 0) break;
    const gen = lexer.takeInteger();
    const inUse = lexer.takeKeyword('n');
    if (gen < 0 || (!inUse && !lexer.takeKeyword('f'))) lexer.fail('cross-references', 'not a table entry');
    numbers.push(at, gen, inUse ? 1 : 0);
  }
  return { form: 'numbers', first, count: numbers.length / 3, numbers: Float64Array.from(numbers) };
}

function startsFreeList(range: XrefRange): boolean {
  if (range.count === 0) return false;
  const first = rangeEntry(range, 0);
  return first?.kind === 'free' && first.gen === 65535;
}

/** 7.5.8. */
function readStreamSection(view: FileView, at: number, subsections: Budget): XrefSection {
  if (at < 0 || at >= view.size) unreadable('cross-references', at, 'offset outside the file');
  const object = readIndirect(view, at, directLength);
  const stream = object.value;
  if (!isKind(stream, 'stream') || asName(entry(stream.dict, 'Type')) !== 'XRef') {
    unreadable('cross-references', at, 'neither a table nor a stream starts here');
  }
  const widths = widthsOf(entry(stream.dict, 'W'), at);
  const decoded = decodeStream(stream, (value) => (isKind(value, 'ref') ? null : value), LIMITS.decoded, 'accept');
  if (!decoded.ok) unreadable('cross-references', at, decoded.malformed.reason);
  const bytes = decoded.value;
  const width = widths[0] + widths[1] + widths[2];
  const ranges: XrefRange[] = [];
  let from = 0;
  for (const [first, count] of indexOf(stream.dict, at)) {
    mustSpend(subsections, 'cross-references', at);
    const there = Math.min(count, Math.floor((bytes.length - from) / width));
    if (there <= 0) continue;
    if (first + there > LIMITS.objectNumber + 1) unreadable('cross-references', at, 'object numbers are too high');
    ranges.push({ form: 'fields', first, count: there, bytes, at: from, widths });
    from += there * width;
  }
  return { kind: 'stream', at: object.at, end: object.end, trailer: stream.dict, ...inOrder(ranges, at), hybrid: null };
}

function widthsOf(value: PdfObject, at: number): Widths {
  const items = isKind(value, 'array') ? value.items.map(asInteger) : [];
  const [first = null, second = null, third = null] = items;
  const fits = (width: number | null): width is number => width !== null && width >= 0 && width <= 8;
  if (!fits(first) || !fits(second) || !fits(third) || first + second + third === 0) {
    return unreadable('cross-references', at, '/W does not tell three field widths');
  }
  return [first, second, third];
}

function indexOf(dict: PdfDict, at: number): [number, number][] {
  const value = entry(dict, 'Index');
  if (!isKind(value, 'array')) return [[0, Math.max(0, asInteger(entry(dict, 'Size')) ?? 0)]];
  const pairs: [number, number][] = [];
  for (let i = 0; i + 1 < value.items.length; i += 2) {
    const first = asInteger(value.items[i] ?? null);
    const count = asInteger(value.items[i + 1] ?? null);
    if (first === null || count === null || first < 0 || count < 0)
      return unreadable('cross-references', at, '/Index is not pairs of numbers');
    pairs.push([first, count]);
  }
  return pairs;
}

function inOrder(ranges: XrefRange[], at: number): { ranges: readonly XrefRange[]; overlapping: boolean } {
  ranges.sort((a, b) => a.first - b.first);
  let overlapping = false;
  for (let i = 1; i < ranges.length; i++) {
    const before = ranges[i - 1] as XrefRange;
    if (before.first + before.count > (ranges[i] as XrefRange).first) overlapping = true;
  }
  if (overlapping && ranges.length > OVERLAPPING) unreadable('cross-references', at, 'many subsections overlap');
  return { ranges, overlapping };
}

function ownEntry(section: XrefSection, num: number): XrefEntry | null {
  const { ranges } = section;
  if (section.overlapping) {
    for (const range of ranges) if (num >= range.first && num < range.first + range.count) return rangeEntry(range, num - range.first);
    return null;
  }
  let low = 0;
  let high = ranges.length - 1;
  while (low <= high) {
    const middle = (low + high) >>> 1;
    const range = ranges[middle] as XrefRange;
    if (num < range.first) high = middle - 1;
    else if (num >= range.first + range.count) low = middle + 1;
    else return rangeEntry(range, num - range.first);
  }
  return null;
}

function rangeEntry(range: XrefRange, index: number): XrefEntry | null {
  switch (range.form) {
    case 'lines': {
      const line = range.at + index * LINE;
      const gen = decimal(range.bytes, line + 11, 5);
      const at = decimal(range.bytes, line, 10);
      return range.bytes[line + 17] === LETTER_N ? inFile(at, gen) : { kind: 'free', gen };
    }
    case 'numbers': {
      const at = range.numbers[index * 3] as number;
      const gen = range.numbers[index * 3 + 1] as number;
      return range.numbers[index * 3 + 2] === 0 ? { kind: 'free', gen } : inFile(at, gen);
    }
    case 'map':
      return range.entries.get(range.first + index) ?? null;
    case 'fields': {
      const [typeWidth, secondWidth, thirdWidth] = range.widths;
      const at = range.at + index * (typeWidth + secondWidth + thirdWidth);
      const type = typeWidth === 0 ? 1 : field(range.bytes, at, typeWidth);
      const second = field(range.bytes, at + typeWidth, secondWidth);
      const third = field(range.bytes, at + typeWidth + secondWidth, thirdWidth);
      if (type === 1) return inFile(second, third);
      return type === 2 ? { kind: 'compressed', stream: second, index: third } : { kind: 'free', gen: third };
    }
  }
}

/** No object is at offset 0: some writers list missing ones so. A line with other octets among its digits may tell a negative one. */
const inFile = (at: number, gen: number): XrefEntry => (at <= 0 || gen < 0 ? { kind: 'free', gen } : { kind: 'file', at, gen });

function decimal(bytes: Bytes, at: number, length: number): number {
  let value = 0;
  for (let i = at; i < at + length; i++) value = value * 10 + ((bytes[i] as number) - 0x30);
  return value;
}

function field(bytes: Bytes, at: number, width: number): number {
  let value = 0;
  for (let i = at; i < at + width; i++) value = value * 256 + (bytes[i] as number);
  return value;
}

const LINE = 20;
const SPACE = 0x20;
const LETTER_F = 0x66;
const LETTER_N = 0x6e;
const LETTER_X = 0x78;
const OVERLAPPING = 64;
