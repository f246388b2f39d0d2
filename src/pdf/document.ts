/** A PDF document: opened, its objects loaded one by one as they are asked for (ISO 32000-2, 7.5). */

import { mustSpend } from '../base/budget.ts';
import type { Bytes } from '../base/bytes.ts';
import { attempt, malformed, type Parsed, parsed, unreadable } from '../base/parsed.ts';
import { asSource, type Source } from '../base/source.ts';
import { fromLatin1 } from '../base/text.ts';
import { decodeStream } from './filter.ts';
import { type IndirectObject, readIndirect } from './indirect.ts';
import { LIMITS } from './limits.ts';
import { asDict, asInteger, entry, isKind, type PdfDict, type PdfObject, type PdfRef, type PdfStream } from './object.ts';
import { type ObjectStream, objectInStream, readObjectStream } from './objectstream.ts';
import { rebuildSection } from './rebuild.ts';
import { type FileView, viewOf } from './window.ts';
import { findEntry, readChain, type XrefSection } from './xref.ts';

export interface PdfDocument {
  readonly source: Source;
  readonly size: number;
  /** Octets before the header; -1 where there is no header. */
  readonly headerAt: number;
  /** Version that the header tells, such as `1.7`; null without a header. */
  readonly version: string | null;
  /** Added to every offset written in the file: octets stand before the header, and offsets count from it. */
  readonly shift: number;
  /** Cross-reference sections, newest first. */
  readonly sections: readonly XrefSection[];
  readonly trailer: PdfDict;
  /** The cross-references could not be read and were found by scanning; nothing may be appended to such a file. */
  readonly rebuilt: boolean;
  /** Strings and stream data are encrypted (7.6); numbers, names and structure outside object streams are not. */
  readonly encrypted: boolean;
  readonly view: FileView;
  readonly loaded: Loaded;
}

/** Objects already read. */
interface Loaded {
  readonly objects: Map<number, Parsed<IndirectObject | null>>;
  readonly streams: Map<number, ObjectStream>;
  streamOctets: number;
  depth: number;
}

/** Opens a document: reads the cross-references and the catalogue, nothing else. Hostile bytes are a value. */
export function openPdf(document: Bytes | Source): Parsed<PdfDocument> {
  return attempt(() => open(viewOf(asSource(document))));
}

/** The object that a reference names; null where there is none, `malformed` where it cannot be read. */
export function loadObject(document: PdfDocument, target: PdfRef): Parsed<IndirectObject | null> {
  const { objects } = document.loaded;
  let result = objects.get(target.num);
  if (result === undefined) {
    result = attempt(() => load(document, target.num));
    if (objects.size >= LIMITS.cachedObjects) objects.clear();
    // A result found while other loads were under way may only be too deep from there.
    if (result.ok || document.loaded.depth === 0) objects.set(target.num, result);
  }
  // A reference with another generation names nothing (7.3.10).
  if (result.ok && result.value !== null && result.value.gen !== target.gen && !document.rebuilt) return NOTHING;
  return result;
}

/** The value itself, or what its references lead to; null for what is missing or unreadable (7.3.10). */
export function resolve(document: PdfDocument, value: PdfObject | undefined): PdfObject {
  let current: PdfObject = value ?? null;
  for (let hops = 0; isKind(current, 'ref'); hops++) {
    if (hops >= LIMITS.references) return null;
    const object = loadObject(document, current);
    current = object.ok && object.value !== null ? object.value.value : null;
  }
  return current;
}

/** The resolved value of a key. */
export const valueAt = (document: PdfDocument, of: PdfDict, key: string): PdfObject => resolve(document, of.entries.get(key));

/** The resolved value of a key where it is a dictionary (or a stream's), else null. */
export const dictAt = (document: PdfDocument, of: PdfDict, key: string): PdfDict | null => asDict(valueAt(document, of, key));

/** The resolved array of a key, its items as they are; null where it is none. */
export function itemsAt(document: PdfDocument, of: PdfDict, key: string): readonly PdfObject[] | null {
  const value = valueAt(document, of, key);
  return isKind(value, 'array') ? value.items : null;
}

/** The document catalogue (7.7.2), or null. */
export const catalogOf = (document: PdfDocument): PdfDict | null => asDict(resolve(document, entry(document.trailer, 'Root')));

/** The reference of the catalogue, or null where the trailer holds none. */
export function catalogRef(document: PdfDocument): PdfRef | null {
  const root = entry(document.trailer, 'Root');
  return isKind(root, 'ref') ? root : null;
}

/** The decoded octets of a stream; of an encrypted document nothing can be decoded here. */
export function streamBytes(document: PdfDocument, stream: PdfStream, limit: number = LIMITS.decoded): Parsed<Bytes> {
  if (document.encrypted) return malformed('stream', stream.start, ENCRYPTED);
  return decodeStream(stream, (value) => resolve(document, value), limit);
}

/** A document of the sections given, all of whose objects come from `view`. */
export function documentOf(
  view: FileView,
  sections: readonly XrefSection[],
  header: { readonly headerAt: number; readonly version: string | null; readonly shift: number },
): PdfDocument {
  const newest = sections[0];
  const withRoot = sections.find((section) => section.trailer.entries.has('Root')) ?? newest;
  if (newest === undefined || withRoot === undefined) return unreadable('document', 0, 'no cross-references');
  return {
    source: view.source,
    size: view.size,
    ...header,
    sections,
    trailer: withRoot.trailer,
    rebuilt: newest.kind === 'rebuilt',
    encrypted: sections.some((section) => entry(section.trailer, 'Encrypt') !== null),
    view,
    loaded: { objects: new Map(), streams: new Map(), streamOctets: 0, depth: 0 },
  };
}

function open(view: FileView): PdfDocument {
  const header = readHeader(view);
  for (const { at, shift } of startsOf(view, Math.max(0, header.headerAt))) {
    const tried = attempt(() => documentOf(view, readChain(view, at, shift), { ...header, shift }));
    if (tried.ok && hasPages(tried.value)) return tried.value;
  }
  const section = rebuildSection(view);
  if (section === null) return unreadable('document', 0, 'no cross-references and no catalogue');
  const rebuilt = documentOf(view, [section], { ...header, shift: 0 });
  if (catalogOf(rebuilt) === null && !rebuilt.encrypted) unreadable('document', 0, 'the catalogue cannot be read');
  return rebuilt;
}

/** Whether the catalogue and the root of the page tree are where the cross-references say. */
function hasPages(document: PdfDocument): boolean {
  const catalog = catalogOf(document);
  if (catalog === null) return isSealed(document, entry(document.trailer, 'Root'));
  return dictAt(document, catalog, 'Pages') !== null || isSealed(document, entry(catalog, 'Pages'));
}

/** Whether a reference leads into an object stream of an encrypted document, so that it may well be good. */
function isSealed(document: PdfDocument, value: PdfObject): boolean {
  return document.encrypted && isKind(value, 'ref') && findEntry(document.sections, value.num)?.entry.kind === 'compressed';
}

/** 7.5.2: `%PDF-n.m`, wherever it stands near the start. */
function readHeader(view: FileView): { headerAt: number; version: string | null } {
  const text = fromLatin1(view.source.read(0, LIMITS.header));
  const at = text.indexOf('%PDF-');
  if (at < 0) return { headerAt: -1, version: null };
  const version = /^\d+\.\d+/.exec(text.slice(at + 5, at + 15));
  return { headerAt: at, version: version === null ? null : version[0] };
}

/** Where the newest cross-reference section may be, most likely first (7.5.5). */
function startsOf(view: FileView, prefix: number): { at: number; shift: number }[] {
  const told = lastStartxref(view);
  if (told === null) return [];
  const starts = prefix > 0 ? [{ at: told, shift: prefix }] : [];
  starts.push({ at: told, shift: 0 });
  const near = nearbyTable(view, told);
  if (near !== null && near !== told) starts.push({ at: near, shift: 0 });
  return starts;
}

function lastStartxref(view: FileView): number | null {
  for (const length of [TAIL, WIDE_TAIL]) {
    const base = Math.max(0, view.size - length);
    const text = fromLatin1(view.source.read(base, view.size - base));
    const at = text.lastIndexOf('startxref');
    if (at >= 0) {
      const number = /^\s*(\d{1,15})/.exec(text.slice(at + 9, at + 64));
      return number === null ? null : Number(number[1]);
    }
    if (base === 0) break;
  }
  return null;
}

/** The table that starts close to an offset that is slightly wrong. */
function nearbyTable(view: FileView, at: number): number | null {
  const base = Math.max(0, at - NEAR);
  const text = fromLatin1(view.source.read(base, 2 * NEAR));
  const found = /(?<![a-z])xref\s/.exec(text);
  return found === null ? null : base + found.index;
}

function load(document: PdfDocument, num: number): IndirectObject | null {
  const { view, loaded } = document;
  const found = findEntry(document.sections, num)?.entry;
  if (found === undefined || found.kind === 'free') return null;
  if (loaded.depth >= LIMITS.nestedLoads) unreadable('object', 0, 'objects need each other to be read');
  loaded.depth++;
  try {
    if (found.kind === 'compressed') return loadCompressed(document, num, found.stream, found.index);
    const object = readIndirect(view, found.at + document.shift, (value) => asInteger(resolve(document, value)));
    if (object.num !== num || (object.gen !== found.gen && !document.rebuilt)) {
      unreadable('object', object.at, `object ${num} was expected, ${object.num} ${object.gen} is there`);
    }
    return object;
  } finally {
    loaded.depth--;
  }
}

function loadCompressed(document: PdfDocument, num: number, stream: number, index: number): IndirectObject | null {
  const { loaded, view } = document;
  if (document.encrypted) unreadable('object', 0, ENCRYPTED);
  let container = loaded.streams.get(stream);
  if (container === undefined) {
    // An object stream is never in an object stream (7.5.7).
    if (findEntry(document.sections, stream)?.entry.kind !== 'file') unreadable('object', 0, `object stream ${stream} is missing`);
    const holder = loadObject(document, { kind: 'ref', num: stream, gen: 0 });
    const value = holder.ok && holder.value !== null ? holder.value.value : null;
    if (!isKind(value, 'stream')) return unreadable('object', 0, `object stream ${stream} cannot be read`);
    container = readObjectStream(value, (item) => resolve(document, item));
    mustSpend(view.allowance, 'object stream', value.start, container.bytes.length);
    loaded.streamOctets += container.bytes.length;
    if (loaded.streamOctets > LIMITS.cachedDecoded) {
      loaded.streams.clear();
      loaded.streamOctets = container.bytes.length;
    }
    loaded.streams.set(stream, container);
  }
  const spent = { octets: 0 };
  try {
    const value = objectInStream(container, num, index, spent);
    return value === undefined ? null : { num, gen: 0, value, at: -1, end: -1, container: stream };
  } finally {
    view.allowance.left -= spent.octets;
  }
}

const NOTHING = parsed(null);
const ENCRYPTED = 'the document is encrypted';
const TAIL = 1024;
const WIDE_TAIL = 1 << 16;
const NEAR = 128;
