/** What a later revision changed in the document security store, in metadata and in extensions: more may be told, none of it less (ISO 32000-2, 7.12, 12.8.4.3, 14.3). */
import { type Budget, budget, spend } from '../base/budget.ts';
import { fromLatin1 } from '../base/text.ts';
import { change, never } from './change.ts';
import { type Comparison, compareItems, itemsOf } from './change-comparison.ts';
import { catalogOf, type PdfDocument, resolve, streamBytes, valueAt } from './document.ts';
import { asInteger, asName, isKind, isName, type PdfDict, type PdfObject, type PdfStream } from './object.ts';
import type { Role } from './roles.ts';
import { changedKeys } from './same.ts';

export type StoreKind = Extract<Role['kind'], `store${string}`>;

/** A part of the security store: lists and entries may be added, and what is there stays. */
export function storeChanged(to: Comparison, object: string, kind: StoreKind, was: PdfObject, is: PdfObject): void {
  const refusal = refusalOf(to, kind, was, is);
  if (refusal === null) to.add(change('material-added', object, 'nothing', 'validation material was added'));
  else to.add(never('material-changed', object, refusal));
}

function refusalOf(to: Comparison, kind: StoreKind, was: PdfObject, is: PdfObject): string | null {
  if (is === null) return isKept(to, was) ? null : 'validation material was removed';
  if (kind === 'store-stream') return 'validation material was replaced';
  if (kind === 'store-list') return listRefusal(to, was, is);
  if (!isKind(is, 'dict') || is.repeated.length > 0) return 'what was validation material is something else now';
  if (!isKind(was, 'dict')) return null;
  for (const key of changedKeys(was, is)) {
    const [before, after] = [valueAt(to.older, was, key), valueAt(to.newer, is, key)];
    const inner = kind === 'store-vri' ? 'store-vri-entry' : (KINDS[key] ?? null);
    if (inner === null) {
      if (!HARMLESS.has(key)) return `the entry /${key} of the validation material was changed`;
    } else if (after === null) {
      if (inner !== 'store-list' || !isKept(to, before)) return 'validation material was removed';
    } else if (inner === 'store-stream') {
      if (before !== null || !isKind(after, 'stream')) return 'validation material was replaced';
    } else {
      const refusal = refusalOf(to, inner, before, after);
      if (refusal !== null) return refusal;
    }
  }
  return null;
}

/** Every new item is a stream, and every item that is missing now is there again under another number. */
function listRefusal(to: Comparison, was: PdfObject, is: PdfObject): string | null {
  if (!isKind(is, 'array')) return 'what was a list of validation material is something else now';
  const { added, removed } = compareItems(itemsOf(was), is.items);
  for (const item of added) {
    if (!isKind(resolve(to.newer, item), 'stream')) return 'something that is no stream was put among validation material';
  }
  const gone = removed.some((item) => !isKept(to, resolve(to.older, item)));
  return gone ? 'validation material was removed' : null;
}

/** Whether the store of the newer revision has what a stream, list or entry of the older one had, maybe under other numbers. */
function isKept(to: Comparison, was: PdfObject): boolean {
  const left = budget('stored streams', STREAMS);
  const there = contentsOf(to.newer);
  return [...streamsBelow(to.older, was, left)].every((stream) => there.has(contentOf(to.older, stream))) && left.left >= 0;
}

/** The contents of all streams in the store of a document. */
function contentsOf(document: PdfDocument): ReadonlySet<string> {
  let known = CONTENTS.get(document);
  if (known === undefined) {
    const catalog = catalogOf(document);
    const dss = catalog === null ? null : valueAt(document, catalog, 'DSS');
    known = new Set([...streamsBelow(document, dss, budget('stored streams', STREAMS))].map((stream) => contentOf(document, stream)));
    CONTENTS.set(document, known);
  }
  return known;
}

/** Streams in a part of the store: lists, entries for signatures, or the store itself. */
function* streamsBelow(document: PdfDocument, value: PdfObject, left: Budget, depth = 0): Generator<PdfStream> {
  if (isKind(value, 'stream')) {
    yield value;
    return;
  }
  const items = isKind(value, 'array') ? value.items : isKind(value, 'dict') ? value.entries.values() : [];
  for (const item of items) {
    if (!spend(left)) return;
    if (depth < DEPTH) yield* streamsBelow(document, resolve(document, item), left, depth + 1);
  }
}

/** The decoded octets of a stream as a key; of one that cannot be decoded, the encoded ones. */
function contentOf(document: PdfDocument, stream: PdfStream): string {
  const bytes = streamBytes(document, stream, MATERIAL_SIZE);
  return fromLatin1(bytes.ok ? bytes.value : stream.source.read(stream.start, stream.length));
}

/** Metadata of the document is an XMP packet (14.3.2); anything may be in it, but nothing else in its place. */
export function metadataChanged(to: Comparison, object: string, is: PdfObject): void {
  if (isKind(is, 'stream') && isName(valueAt(to.newer, is.dict, 'Subtype'), 'XML') && looksLikeXmp(to, is)) {
    return to.add(change('metadata', object, 'nothing', 'the metadata of the document were changed'));
  }
  to.add(never('metadata-changed', object, 'what was metadata is no XMP packet now'));
}

function looksLikeXmp({ newer }: Comparison, stream: PdfStream): boolean {
  const bytes = streamBytes(newer, stream, XMP_SIZE);
  if (!bytes.ok) return false;
  // In UTF-16 every other octet is 0.
  const text = fromLatin1(bytes.value.subarray(0, XMP_SEEN)).replace(/\0/g, '');
  return /^[\xef\xbb\xbf\xfe\xff\s]*</.test(text) && /<(?:\w+:)?(?:RDF|xmpmeta|xapmeta)[\s>]/.test(text);
}

/** Developers' extensions (7.12) may be added or raised, never taken away or lowered. */
export function extensionsChanged(to: Comparison, object: string, was: PdfObject, is: PdfObject): void {
  if (extensionsGrown(to, was, is, 0)) to.add(change('metadata', object, 'nothing', 'the list of extensions was added to'));
  else to.add(never('extensions-changed', object, 'extensions of the document were taken away or changed'));
}

function extensionsGrown(to: Comparison, was: PdfObject, is: PdfObject, depth: number): boolean {
  if (isKind(is, 'array')) return was === null || (isKind(was, 'array') && compareItems(was.items, is.items).removed.length === 0);
  if (!isKind(is, 'dict') || is.repeated.length > 0 || depth > 2) return false;
  if (was === null) return true;
  if (!isKind(was, 'dict')) return false;
  return changedKeys(was, is).every((key) => {
    const [before, after] = [valueAt(to.older, was, key), valueAt(to.newer, is, key)];
    if (key === 'Type') return after === null || isKind(after, 'name');
    if (key === 'BaseVersion') return before === null || isLater(asName(before), asName(after));
    if (key === 'ExtensionLevel') {
      const level = asInteger(after);
      return level !== null && (asInteger(before) ?? 0) <= level && !isLowered(to, was, is);
    }
    if (isKind(after, 'string')) return true;
    return after !== null && extensionsGrown(to, before, after, depth + 1);
  });
}

const isLowered = (to: Comparison, was: PdfDict, is: PdfDict): boolean => {
  const [before, after] = [asName(valueAt(to.older, was, 'BaseVersion')), asName(valueAt(to.newer, is, 'BaseVersion'))];
  return before !== null && !isLater(before, after);
};

/** /Version of the catalogue (7.7.2) may only rise. */
export function versionChanged(to: Comparison, object: string, was: PdfObject, is: PdfObject): void {
  if (isLater(asName(was) ?? to.older.version, asName(is)))
    to.add(change('metadata', object, 'nothing', 'the version of the document was raised'));
  else to.add(never('catalog-changed', object, 'the version of the document was lowered'));
}

/** Two versions such as `1.7`. */
function isLater(was: string | null, is: string | null): boolean {
  if (is === null || !VERSION.test(is)) return false;
  return was === null || !VERSION.test(was) || Number(is) >= Number(was);
}

const KINDS: Readonly<Record<string, StoreKind>> = {
  Certs: 'store-list',
  CRLs: 'store-list',
  OCSPs: 'store-list',
  Cert: 'store-list',
  CRL: 'store-list',
  OCSP: 'store-list',
  VRI: 'store-vri',
  TS: 'store-stream',
};
const HARMLESS: ReadonlySet<string> = new Set(['Type', 'TU']);
const VERSION = /^\d\.\d$/;
const XMP_SIZE = 1 << 24;
const XMP_SEEN = 1 << 16;
const CONTENTS = new WeakMap<PdfDocument, ReadonlySet<string>>();
const MATERIAL_SIZE = 1 << 24;
const STREAMS = 1 << 14;
/** Store, entries for signatures, one entry, its list, a stream. */
const DEPTH = 5;
