/** Incremental updates: new and changed objects after the octets of the file, which stay as they are (ISO 32000-2, 7.5.6). */
import type { Bytes } from '../base/bytes.ts';
import { Fault } from '../base/fault.ts';
import { joinSources } from '../base/joined-source.ts';
import { exact } from '../base/options.ts';
import { attempt } from '../base/parsed.ts';
import { type Source, sourceOf } from '../base/source.ts';
import { loadObject, type PdfDocument, requireUnlocked, resolve } from './document.ts';
import { Writer, writeIndirect, writeObject } from './encode.ts';
import { enciphered } from './encryption.ts';
import { isSigned } from './field.ts';
import { LIMITS } from './limits.ts';
import {
  array,
  asDict,
  asInteger,
  dictOf,
  entry,
  hexString,
  integer,
  isKind,
  name,
  type PdfDict,
  type PdfObject,
  type PdfRef,
  type PdfStream,
  ref,
} from './object.ts';
import { listedNumbers, sectionEntry, sectionSize, type XrefEntry, type XrefSection } from './xref.ts';

/** An update being put together. Objects are added to it by {@link add} and {@link put}. */
export interface Update {
  readonly document: PdfDocument;
  readonly objects: Map<number, { readonly gen: number; readonly value: PdfObject }>;
  /** The next free object number. */
  next: number;
}

/** A document and what is to be appended to it. */
export interface Updated {
  readonly original: Source;
  /** The appended octets; {@link patch} changes them in place. */
  readonly appended: Bytes;
  /** Size of both. */
  readonly size: number;
  /** Where each raw value is: offsets in the whole file. */
  readonly marks: ReadonlyMap<string, { readonly start: number; readonly end: number }>;
}

/**
 * Starts an update. Throws `refused` where the cross-references of a signed document had to be rebuilt (its revisions
 * could not be told apart afterwards), `wrong-password` where it is encrypted and was not opened, and `unsupported` where
 * it has a code over all of it (ISO/TS 32004), which the update would make wrong.
 */
export function startUpdate(document: PdfDocument): Update {
  requireUnlocked(document);
  if (document.rebuilt && isSigned(document)) {
    throw new Fault('refused', 'the cross-references of this signed PDF are damaged: nothing may be appended to it');
  }
  if (document.trailer.entries.has('AuthCode')) {
    throw new Fault(
      'unsupported',
      'this PDF is protected by a message authentication code (ISO/TS 32004): appending to it is not supported',
    );
  }
  let next = 1;
  for (const section of document.sections) next = Math.max(next, sectionSize(section), sizeTold(section));
  return { document, objects: new Map(), next };
}

/** A reference that no object has yet. */
export function allocate(update: Update): PdfRef {
  if (update.next > LIMITS.objectNumber) throw new Fault('limit-exceeded', 'no object number is left');
  return ref(update.next++);
}

/** Sets the value of an object, new or old. */
export function put(update: Update, target: PdfRef, value: PdfObject): void {
  update.objects.set(target.num, { gen: target.gen, value });
}

/** Adds an object and returns its reference. */
export function add(update: Update, value: PdfObject): PdfRef {
  const target = allocate(update);
  put(update, target, value);
  return target;
}

/** The value, or what its references lead to, with the changes of this update; null for what is missing. */
export function current(update: Update, value: PdfObject | undefined): PdfObject {
  let at: PdfObject = value ?? null;
  for (let hops = 0; isKind(at, 'ref'); hops++) {
    if (hops >= LIMITS.references) return null;
    const changed = update.objects.get(at.num);
    if (changed !== undefined) at = changed.gen === at.gen ? changed.value : null;
    else {
      const object = loadObject(update.document, at);
      at = object.ok && object.value !== null ? object.value.value : null;
    }
  }
  return at;
}

/** The dictionary (or a stream's) that a value leads to, with the changes of this update, or null. */
export const currentDict = (update: Update, value: PdfObject | undefined): PdfDict | null => asDict(current(update, value));

/**
 * Writes the update: objects (enciphered where the file is), cross-references in the file's own style (a hybrid file gets
 * a table), trailer. Where the cross-references were rebuilt, the new ones list every object of the file.
 * `id` becomes the second element of /ID (14.4), and both where there was none; without it /ID stays.
 */
export function serializeUpdate(update: Update, options: { readonly id?: Bytes } = {}): Updated {
  exact('serializeUpdate', options, ['id']);
  const { document } = update;
  const writer = new Writer();
  const last = document.source.read(document.size - 1, 1)[0];
  if (last !== 0x0a && last !== 0x0d) writer.octet(0x0a);
  const base = document.size - document.shift;
  const newest = document.sections[0] as XrefSection;
  const places = document.rebuilt ? placesKept(document) : new Map<number, Place>();
  for (const num of [...update.objects.keys()].sort((a, b) => a - b)) {
    const { gen, value } = update.objects.get(num) as { gen: number; value: PdfObject };
    places.set(num, { kind: 'file', at: base + writer.length, gen });
    writeIndirect(writer, num, gen, sealed(document, num, gen, value));
  }
  const xrefAt = base + writer.length;
  const trailer = trailerOf(update, document.rebuilt ? null : newest.at - document.shift, options.id);
  const compressed = [...places.values()].some(({ kind }) => kind === 'compressed');
  if (newest.kind === 'stream' || compressed) writeXrefStream(writer, update, places, trailer, xrefAt);
  else writeTable(writer, places, trailer);
  writer.text(`startxref\n${xrefAt}\n%%EOF\n`);
  const marks = new Map<string, { start: number; end: number }>();
  for (const [label, { start, end }] of writer.marks) marks.set(label, { start: document.size + start, end: document.size + end });
  return { original: document.source, appended: writer.done(), size: document.size + writer.length, marks };
}

/** Overwrites a raw value from its start on. Throws `limit-exceeded` where `bytes` is longer than the place left for it. */
export function patch(updated: Updated, label: string, bytes: Bytes, offset = 0): void {
  const mark = updated.marks.get(label);
  if (mark === undefined) throw new Fault('bad-option', `nothing is labelled '${label}'`);
  const room = mark.end - mark.start;
  if (offset < 0 || offset + bytes.length > room) {
    throw new Fault('limit-exceeded', `'${label}' has room for ${room} octets, ${offset + bytes.length} are needed`);
  }
  updated.appended.set(bytes, mark.start + offset - updated.original.size);
}

/** The whole document as a source; the original is read where it is, never copied as a whole. */
export const updatedSource = ({ original, appended }: Updated): Source => joinSources([original, sourceOf(appended)]);

/** The whole document in memory: one copy. */
export function updatedBytes(updated: Updated): Bytes {
  const whole = new Uint8Array(updated.size);
  whole.set(updated.original.read(0, updated.original.size));
  whole.set(updated.appended, updated.original.size);
  return whole;
}

/** Where an object is: as a cross-reference tells it. */
type Place = Exclude<XrefEntry, { readonly kind: 'free' }>;

/** Objects that a rebuilt document can load, and where. */
function placesKept(document: PdfDocument): Map<number, Place> {
  const places = new Map<number, Place>();
  for (const section of document.sections) {
    for (const num of listedNumbers(section)) {
      const found = sectionEntry(section, num);
      if (found === null || found.kind === 'free' || num === 0) continue;
      if (found.kind === 'file' && (found.at < 0 || found.at > MAXIMUM_TABLE_OFFSET)) continue;
      const gen = found.kind === 'file' ? found.gen : 0;
      if (loadObject(document, { kind: 'ref', num, gen }).ok) places.set(num, found);
    }
  }
  return places;
}

/** The object as it goes into the file. */
function sealed(document: PdfDocument, num: number, gen: number, value: PdfObject): PdfObject {
  const { security } = document;
  if (security === null) return value;
  const written = attempt(() => enciphered(security, num, gen, value, (item) => resolve(document, item)));
  if (written.ok) return written.value;
  throw new Fault('malformed-input', `an object of this PDF cannot be written again: ${written.malformed.reason}`);
}

/** 7.5.5: everything that the trailer held but what describes the section itself; without `previous` it is the only section. */
function trailerOf(update: Update, previous: number | null, id: Bytes | undefined): Map<string, PdfObject> {
  const { document } = update;
  const entries = new Map<string, PdfObject>();
  for (const [key, value] of document.trailer.entries) if (!SECTION_KEYS.has(key)) entries.set(key, value);
  if (document.encrypted) entries.set('Encrypt', document.access.encrypt);
  entries.set('Size', integer(update.next));
  if (previous !== null) entries.set('Prev', integer(previous));
  const before = current(update, entry(document.trailer, 'ID'));
  const first = isKind(before, 'array') ? current(update, before.items[0]) : null;
  // The key of an encrypted file may come from the first element: where there is none, there stays none.
  if (id !== undefined && (!document.encrypted || isKind(first, 'string'))) {
    entries.set('ID', array([isKind(first, 'string') ? hexString(first.bytes) : hexString(id), hexString(id)]));
  }
  return entries;
}

function writeTable(writer: Writer, places: ReadonlyMap<number, Place>, trailer: Map<string, PdfObject>): void {
  writer.text('xref\n0 1\n0000000000 65535 f\r\n');
  for (const [first, count] of runsOf([...places.keys()].sort((a, b) => a - b))) {
    writer.text(`${first} ${count}\n`);
    for (let num = first; num < first + count; num++) {
      const { at, gen } = places.get(num) as Extract<Place, { kind: 'file' }>;
      if (at > MAXIMUM_TABLE_OFFSET) throw new Fault('limit-exceeded', 'a cross-reference table cannot name offsets above 10 digits');
      writer.text(`${String(at).padStart(10, '0')} ${String(gen).padStart(5, '0')} n\r\n`);
    }
  }
  writer.text('trailer\n');
  writeObject(writer, dictOf(trailer));
  writer.octet(0x0a);
}

/** 7.5.8, without filter or predictor: an update lists few objects. */
function writeXrefStream(writer: Writer, update: Update, places: Map<number, Place>, trailer: Map<string, PdfObject>, at: number): void {
  const own = allocate(update);
  places.set(own.num, { kind: 'file', at, gen: 0 });
  const numbers = [...places.keys()].sort((a, b) => a - b);
  const width = at >= 2 ** 32 ? 6 : 4;
  const rows = new Writer();
  for (const num of numbers) {
    const place = places.get(num) as Place;
    rows.octet(place.kind === 'file' ? 1 : 2);
    rows.number(place.kind === 'file' ? place.at : place.stream, width);
    rows.number(place.kind === 'file' ? place.gen : place.index, 2);
  }
  const data = rows.done();
  trailer.set('Type', name('XRef'));
  trailer.set('Size', integer(update.next));
  trailer.set('W', array([integer(1), integer(width), integer(2)]));
  trailer.set('Index', array(runsOf(numbers).flatMap(([first, count]) => [integer(first), integer(count)])));
  const stream: PdfStream = {
    kind: 'stream',
    dict: dictOf(trailer),
    source: { size: data.length, read: (offset, length) => data.subarray(offset, offset + length) },
    start: 0,
    length: data.length,
  };
  writeIndirect(writer, own.num, 0, stream);
}

/** Sorted numbers as runs of consecutive ones. */
function runsOf(numbers: readonly number[]): [first: number, count: number][] {
  const runs: [number, number][] = [];
  for (const num of numbers) {
    const run = runs.at(-1);
    if (run !== undefined && run[0] + run[1] === num) run[1]++;
    else runs.push([num, 1]);
  }
  return runs;
}

/** /Size, where it is one that a file can have. */
function sizeTold(section: XrefSection): number {
  const size = asInteger(entry(section.trailer, 'Size'));
  return size !== null && size > 0 && size <= LIMITS.objectNumber ? size : 0;
}

const SECTION_KEYS = new Set([
  'Size',
  'Prev',
  'XRefStm',
  'Type',
  'W',
  'Index',
  'Length',
  'Filter',
  'DecodeParms',
  'DL',
  'F',
  'FFilter',
  'FDecodeParms',
]);
const MAXIMUM_TABLE_OFFSET = 9_999_999_999;
