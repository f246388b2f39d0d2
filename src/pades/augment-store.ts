/** Writes the document security store (EN 319 142-1, 5.4.2; ISO 32000-2, 12.8.4.3): what is given is added to what it holds. */
import type { Bytes } from '../base/bytes.ts';
import type { Instant } from '../base/instant.ts';
import { exact } from '../base/options.ts';
import type { Source } from '../base/source.ts';
import { toHex, utf8 } from '../base/text.ts';
import { digest } from '../crypto/digest.ts';
import { idOf } from '../facts/id.ts';
import { add, currentDict, put, serializeUpdate, startUpdate, type Update, updatedSource } from '../pdf/append.ts';
import { changeCatalog } from '../pdf/catalog.ts';
import { itemsAt, type PdfDocument } from '../pdf/document.ts';
import { readSecurityStore, type StoredStream } from '../pdf/dss.ts';
import { array, dict, entry, isKind, name, type PdfDict, type PdfObject, type PdfRef, streamOf, withEntries } from '../pdf/object.ts';
import { dateString } from '../pdf/text.ts';
import { deflate } from '../platform/deflate.ts';
import { declareExtensions } from './extensions.ts';

/** DER, each in any order and as often as it comes. */
export interface StoreMaterial {
  readonly certificates: readonly Bytes[];
  readonly crls: readonly Bytes[];
  /** OCSPResponse (RFC 6960, 4.2.1). */
  readonly ocsps: readonly Bytes[];
}

/** What validates one signature or document time-stamp. */
export interface SignatureMaterial extends StoreMaterial {
  /** The octets of its /Contents, padding included. */
  readonly contents: Bytes;
}

export interface SecurityStoreOptions {
  /** When this is written: /TU of VRI entries. */
  readonly at: Instant;
  /** `write`: a VRI entry for each of `signatures`. Default `none`; entries that are there stay either way. */
  readonly vri?: 'none' | 'write';
  readonly signatures?: readonly SignatureMaterial[];
}

/**
 * The document with this material in its security store; its octets so far are a prefix. What the store holds is not
 * stored again; where nothing is new the document comes back as it is. Material of `signatures` goes into the store too.
 *
 * Throws `Fault` `refused` (damaged file), `unsupported` (encrypted).
 */
export function addSecurityStore(document: PdfDocument, material: StoreMaterial, options: SecurityStoreOptions): Source {
  exact('addSecurityStore', options, ['at', 'vri', 'signatures']);
  const { at, vri = 'none', signatures = [] } = options;
  const store = readSecurityStore(document);
  const update = startUpdate(document);
  const before = store?.dict ?? dict({ Type: name('DSS') });
  const shelves: Shelves = {
    certificates: shelfOf(store?.certificates),
    crls: shelfOf(store?.crls),
    ocsps: shelfOf(store?.ocsps),
  };
  for (const each of [material, ...(vri === 'write' ? signatures : [])]) for (const kind of KINDS) keep(update, shelves[kind], each[kind]);
  const lists = Object.fromEntries(
    KINDS.filter((kind) => shelves[kind].added.length > 0).map((kind) => {
      const listed = itemsAt(document, before, LISTS[kind]) ?? [];
      return [LISTS[kind], array([...listed, ...shelves[kind].added])];
    }),
  );
  const entries = vri === 'write' ? vriEntries(update, before, shelves, signatures, at) : null;
  if (Object.keys(lists).length === 0 && entries === null) return document.source;
  const after = withEntries(before, { ...lists, ...(entries !== null && { VRI: entries }) });
  if (store?.ref) put(update, store.ref, after);
  else changeCatalog(update, { DSS: add(update, after) });
  declareExtensions(update);
  return updatedSource(serializeUpdate(update, { id: revisionId(document, shelves, at) }));
}

type Kind = keyof StoreMaterial;
type Shelves = Readonly<Record<Kind, Shelf>>;

/** Streams of one kind, by identity. */
interface Shelf {
  readonly refs: Map<string, PdfRef>;
  readonly added: PdfRef[];
}

/** What the store holds; a stream that cannot be read counts as not there. */
function shelfOf(held: readonly StoredStream[] = []): Shelf {
  const refs = new Map<string, PdfRef>();
  for (const { ref, bytes } of held) if (ref !== null && bytes.ok) refs.set(idOf(bytes.value), ref);
  return { refs, added: [] };
}

function keep(update: Update, { refs, added }: Shelf, encodings: readonly Bytes[]): void {
  for (const bytes of encodings) {
    const id = idOf(bytes);
    if (refs.has(id)) continue;
    const ref = add(update, storedStream(bytes));
    refs.set(id, ref);
    added.push(ref);
  }
}

/** Deflated where that is shorter: long CRLs shrink by half, OCSP responses hardly. */
function storedStream(bytes: Bytes): PdfObject {
  const deflated = deflate(bytes);
  return deflated.length < bytes.length ? streamOf(dict({ Filter: name('FlateDecode') }), deflated) : streamOf(dict({}), bytes);
}

/** ISO 32000-2, table 262. What an entry lists stays, in front of what is new; null where no entry changes. */
function vriEntries(
  update: Update,
  store: PdfDict,
  shelves: Shelves,
  signatures: readonly SignatureMaterial[],
  at: Instant,
): PdfDict | null {
  const before = currentDict(update, entry(store, 'VRI')) ?? dict({});
  const changed: Record<string, PdfObject> = {};
  for (const signature of signatures) {
    const key = toHex(digest('SHA-1', signature.contents)).toUpperCase();
    const known = currentDict(update, entry(before, key)) ?? dict({});
    const lists: Record<string, PdfObject> = {};
    for (const kind of KINDS) {
      const listed = itemsAt(update.document, known, VRI_LISTS[kind]) ?? [];
      const numbers = new Set(listed.map((item) => (isKind(item, 'ref') ? item.num : -1)));
      const refs = [...new Set(signature[kind].map(idOf))].flatMap((id) => shelves[kind].refs.get(id) ?? []);
      const more = refs.filter(({ num }) => !numbers.has(num));
      if (more.length > 0) lists[VRI_LISTS[kind]] = array([...listed, ...more]);
    }
    // An entry tells its time by a token or by /TU, never by both.
    const time = entry(known, 'TS') === null ? { TU: dateString(at) } : {};
    if (Object.keys(lists).length > 0) changed[key] = withEntries(known, { ...lists, ...time });
  }
  return Object.keys(changed).length === 0 ? null : withEntries(before, changed);
}

/** Second element of /ID: changes with each revision, and is the same for the same inputs (14.4). */
const revisionId = ({ size }: PdfDocument, shelves: Shelves, at: Instant): Bytes =>
  digest('SHA-256', utf8(`${size} ${at} ${KINDS.map((kind) => [...shelves[kind].refs.keys()].join()).join(' ')}`)).subarray(0, 16);

const KINDS: readonly Kind[] = ['certificates', 'crls', 'ocsps'];
const LISTS: Readonly<Record<Kind, string>> = { certificates: 'Certs', crls: 'CRLs', ocsps: 'OCSPs' };
const VRI_LISTS: Readonly<Record<Kind, string>> = { certificates: 'Cert', crls: 'CRL', ocsps: 'OCSP' };
