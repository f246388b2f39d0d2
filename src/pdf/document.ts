/** A PDF document: opened, its objects loaded one by one as they are asked for (ISO 32000-2, 7.5). */

import { mustSpend } from '../base/budget.ts';
import { type Bytes, EMPTY, equal } from '../base/bytes.ts';
import { Fault } from '../base/fault.ts';
import { exact } from '../base/options.ts';
import { attempt, malformed, type Parsed, parsed, unreadable } from '../base/parsed.ts';
import { asSource, type Source } from '../base/source.ts';
import { fromLatin1 } from '../base/text.ts';
import type { Recipient } from '../crypto/recipient.ts';
import { deciphered } from './encryption.ts';
import { decodeStream } from './filter.ts';
import { type IndirectObject, readIndirect } from './indirect.ts';
import { LIMITS, objectsHeld } from './limits.ts';
import { asBytes, asDict, asInteger, entry, isKind, type PdfDict, type PdfObject, type PdfRef, type PdfStream } from './object.ts';
import { ObjectCache } from './object-cache.ts';
import { type ObjectStream, objectInStream, readObjectStream } from './objectstream.ts';
import { rebuildSection } from './rebuild.ts';
import { sameObject } from './same.ts';
import { openSecurity } from './security.ts';
import type { Keys, Locked, Security } from './security-type.ts';
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
  /** The cross-references could not be read and were found by scanning. */
  readonly rebuilt: boolean;
  /** The file is encrypted (7.6): where it is not `locked`, what is read from here on is plain. */
  readonly encrypted: boolean;
  /** How strings and streams are enciphered; null where they are not, or where the document is locked. */
  readonly security: Security | null;
  /** Why an encrypted document was not opened: its numbers and names can be read, no string, stream or compressed object. */
  readonly locked: Locked | null;
  readonly access: Access;
  readonly view: FileView;
  readonly loaded: Loaded;
}

/** Objects already read. */
interface Loaded {
  readonly objects: ObjectCache;
  readonly streams: Map<number, ObjectStream>;
  streamOctets: number;
  depth: number;
}

/** What may open an encrypted document, and where its encryption dictionary is, whose own strings are plain. */
interface Access {
  readonly keys: Keys;
  /** As the trailer has it. */
  readonly encrypt: PdfObject;
  readonly id: Bytes;
}

export interface OpenOptions {
  /** Of the user or the owner; without one the empty password is tried. */
  readonly password?: string;
  /** One of those whom the document is encrypted for. */
  readonly recipient?: Recipient;
}

/**
 * Opens a document: reads the cross-references and the catalogue, nothing else. Hostile bytes are a value. One that neither the
 * password nor the recipient opens is opened all the same, and `locked`.
 */
export function openPdf(document: Bytes | Source, options: OpenOptions = {}): Parsed<PdfDocument> {
  exact('openPdf', options, ['password', 'recipient']);
  const { password = null, recipient = null } = options;
  return attempt(() => open(viewOf(asSource(document)), { password, recipient }));
}

/** Throws `Fault` `wrong-password`, `unsupported` or `malformed-input` where the document is locked. */
export function requireUnlocked({ locked }: PdfDocument): void {
  if (locked === null) return;
  const { kind, reason } = locked;
  const code = kind === 'unsupported' ? 'unsupported' : kind === 'damaged' ? 'malformed-input' : 'wrong-password';
  throw new Fault(code, `this PDF cannot be opened: ${reason}`);
}

/** The object that a reference names; null where there is none, `malformed` where it cannot be read. */
export function loadObject(document: PdfDocument, target: PdfRef): Parsed<IndirectObject | null> {
  const { objects } = document.loaded;
  let result = objects.get(target.num);
  if (result === undefined) {
    result = attempt(() => load(document, target.num));
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

/** The decoded octets of a stream; of a locked document nothing can be decoded. */
export function streamBytes(document: PdfDocument, stream: PdfStream, limit: number = LIMITS.decoded): Parsed<Bytes> {
  if (document.locked !== null) return malformed('stream', stream.start, document.locked.reason);
  return decodeStream(stream, (value) => resolve(document, value), limit);
}

/** What a document opened before tells one that has fewer revisions. */
type Header = Pick<PdfDocument, 'headerAt' | 'version' | 'shift'>;

/** A document of the sections given, all of whose objects come from `view`. `known`: one of the same file, for its password and keys. */
export function documentOf(view: FileView, sections: readonly XrefSection[], header: Header, known: PdfDocument | Keys): PdfDocument {
  const newest = sections[0];
  const withRoot = sections.find((section) => section.trailer.entries.has('Root')) ?? newest;
  if (newest === undefined || withRoot === undefined) return unreadable('document', 0, 'no cross-references');
  const encrypting = sections.find((section) => entry(section.trailer, 'Encrypt') !== null)?.trailer ?? null;
  const [encrypt, ids] = [encrypting && entry(encrypting, 'Encrypt'), encrypting && entry(encrypting, 'ID')];
  const keys = 'access' in known ? known.access.keys : known;
  const plain: PdfDocument = {
    source: view.source,
    size: view.size,
    ...header,
    sections,
    trailer: withRoot.trailer,
    rebuilt: newest.kind === 'rebuilt',
    encrypted: encrypting !== null,
    security: null,
    locked: null,
    access: { keys, encrypt, id: EMPTY },
    view,
    loaded: nothingLoaded(view.size),
  };
  return encrypting === null ? plain : unlocked(plain, ids, 'access' in known ? known : null);
}

/** The document with its key. Deriving one takes a while: a document of the same file with the same encryption dictionary has it already. */
function unlocked(plain: PdfDocument, ids: PdfObject, known: PdfDocument | null): PdfDocument {
  const { keys, encrypt } = plain.access;
  const first = resolve(plain, ids);
  const id = (isKind(first, 'array') ? asBytes(resolve(plain, first.items[0])) : null) ?? EMPTY;
  const access = { keys, encrypt, id };
  const loaded = nothingLoaded(plain.size);
  const dict = asDict(resolve(plain, encrypt));
  if (dict === null) {
    // What is there but cannot be read may well be a dictionary; anything else is none, and so nothing is encrypted (7.3.10).
    const there = isKind(encrypt, 'ref') ? loadObject(plain, encrypt) : null;
    if (there?.ok !== false) return { ...plain, encrypted: false, access: { ...access, encrypt: null }, loaded };
    return { ...plain, access, loaded, locked: { kind: 'damaged', reason: 'it is encrypted, and how cannot be read' } };
  }
  if (known?.security && equal(known.access.id, id) && sameObject(known.security.dict, dict))
    return { ...plain, access, loaded, security: known.security };
  return { ...plain, access, loaded, ...openSecurity(dict, id, keys, (of, key) => valueAt(plain, of, key)) };
}

const nothingLoaded = (size: number): Loaded => ({
  objects: new ObjectCache(objectsHeld(size)),
  streams: new Map(),
  streamOctets: 0,
  depth: 0,
});

function open(view: FileView, keys: Keys): PdfDocument {
  const header = readHeader(view);
  const prefix = Math.max(0, header.headerAt);
  for (const { at, shift } of startsOf(view, prefix)) {
    const tried = attempt(() => documentOf(view, readChain(view, at, shift), { ...header, shift }, keys));
    if (tried.ok && hasPages(tried.value)) return tried.value;
  }
  const whole = { ...header, shift: prefix };
  const section = rebuildSection(view, prefix, (found) => {
    const document = documentOf(view, [found], whole, keys);
    return document.locked === null ? ({ num, gen, value }) => plainValue(document, num, gen, value) : null;
  });
  if (section === null) return unreadable('document', 0, 'no cross-references and no catalogue');
  const rebuilt = documentOf(view, [section], whole, keys);
  if (catalogOf(rebuilt) === null && rebuilt.locked === null) unreadable('document', 0, 'the catalogue cannot be read');
  return rebuilt;
}

/** Whether the catalogue and the root of the page tree are where the cross-references say. */
function hasPages(document: PdfDocument): boolean {
  const catalog = catalogOf(document);
  if (catalog === null) return isSealed(document, entry(document.trailer, 'Root'));
  return dictAt(document, catalog, 'Pages') !== null || isSealed(document, entry(catalog, 'Pages'));
}

/** Whether a reference leads into an object stream of a locked document, so that it may well be good. */
function isSealed(document: PdfDocument, value: PdfObject): boolean {
  return document.locked !== null && isKind(value, 'ref') && findEntry(document.sections, value.num)?.entry.kind === 'compressed';
}

/** The value of an object of the file as it was meant. The encryption dictionary is never enciphered itself. */
function plainValue(document: PdfDocument, num: number, gen: number, value: PdfObject): PdfObject {
  const { security, access } = document;
  if (security === null || (isKind(access.encrypt, 'ref') && access.encrypt.num === num)) return value;
  return deciphered(security, num, gen, value, (item) => resolve(document, item));
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
    return document.security === null ? object : { ...object, value: plainValue(document, object.num, object.gen, object.value) };
  } finally {
    loaded.depth--;
  }
}

function loadCompressed(document: PdfDocument, num: number, stream: number, index: number): IndirectObject | null {
  const { loaded, view } = document;
  if (document.locked !== null) unreadable('object', 0, document.locked.reason);
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
const TAIL = 1024;
const WIDE_TAIL = 1 << 16;
const NEAR = 128;
