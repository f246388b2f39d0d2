/** Embedded files (ISO 32000-2, 7.11.4 and 14.13): a file attached to a document by an incremental update. */
import { type Bytes, concat } from '../base/bytes.ts';
import { Fault } from '../base/fault.ts';
import type { Instant } from '../base/instant.ts';
import { exact } from '../base/options.ts';
import { utf8 } from '../base/text.ts';
import { deflate } from '../platform/deflate.ts';
import { add, current, currentDict, put, serializeUpdate, startUpdate, type Update, updatedSource } from './append.ts';
import { changeCatalog, currentCatalog } from './catalog.ts';
import { openPdf } from './document.ts';
import {
  array,
  dict,
  entry,
  hexString,
  integer,
  isKind,
  name,
  type PdfDict,
  type PdfObject,
  type PdfRef,
  streamOf,
  withEntries,
} from './object.ts';
import { dateString, textString } from './text.ts';

export interface FileToAttach {
  readonly name: string;
  readonly content: Bytes;
  /** For example `application/pdf`. */
  readonly mimeType: string;
  readonly description?: string;
  /** When it was made. */
  readonly at: Instant;
  /** What it is to the document (14.13.3); default `Unspecified`. */
  readonly relationship?: 'Source' | 'Data' | 'Alternative' | 'Supplement' | 'Unspecified';
}

/**
 * The document with a file attached, listed by name and as associated file of the whole document; the octets so far are a
 * prefix of the result. For signatures that are there it is a change after them: attach first, then sign.
 *
 * Throws `Fault` `malformed-input` (no PDF), `refused` (damaged cross-references), `unsupported` (encrypted).
 */
export function attachFile(document: Bytes, file: FileToAttach): Bytes {
  exact('attachFile', file, ['name', 'content', 'mimeType', 'description', 'at', 'relationship']);
  const opened = openPdf(document);
  if (!opened.ok) throw new Fault('malformed-input', `this PDF cannot be read: ${opened.malformed.reason}`);
  const update = startUpdate(opened.value);
  const specification = add(update, specificationOf(update, file));
  const catalog = currentCatalog(update);
  const listed = current(update, entry(catalog, 'AF'));
  const before = isKind(listed, 'array') ? listed.items : [];
  changeCatalog(update, { AF: array([...before, specification]) });
  listByName(update, file.name, specification);
  const whole = updatedSource(serializeUpdate(update));
  return whole.read(0, whole.size);
}

/** The file specification dictionary with its embedded file stream (7.11.3, 7.11.4). */
function specificationOf(update: Update, { name: fileName, content, mimeType, description, at, relationship }: FileToAttach): PdfDict {
  const parameters = dict({ Size: integer(content.length), CreationDate: dateString(at), ModDate: dateString(at) });
  const head = dict({ Type: name('EmbeddedFile'), Subtype: name(mimeType), Filter: name('FlateDecode'), Params: parameters });
  const stream = add(update, streamOf(head, deflate(content)));
  return dict({
    Type: name('Filespec'),
    F: textString(fileName),
    UF: textString(fileName),
    EF: dict({ F: stream, UF: stream }),
    AFRelationship: name(relationship ?? 'Unspecified'),
    ...(description !== undefined && { Desc: textString(description) }),
  });
}

/** An entry in the name tree of embedded files (7.7.4, 7.9.6), which need not be there. */
function listByName(update: Update, fileName: string, specification: PdfRef): void {
  const held = entry(currentCatalog(update), 'Names');
  const names = currentDict(update, held) ?? dict({});
  const rooted = entry(names, 'EmbeddedFiles');
  const tree = withName(update, currentDict(update, rooted), fileName, specification);
  if (isKind(rooted, 'ref')) return put(update, rooted, tree);
  const changed = withEntries(names, { EmbeddedFiles: add(update, tree) });
  if (isKind(held, 'ref')) put(update, held, changed);
  else changeCatalog(update, { Names: changed });
}

function withName(update: Update, root: PdfDict | null, fileName: string, specification: PdfRef): PdfDict {
  const kids = root === null ? null : current(update, entry(root, 'Kids'));
  if (root !== null && isKind(kids, 'array')) {
    // The new leaf stands last, so its key must: FE FF, the mark of UTF-16, is above every key of other encodings.
    const key = hexString(concat([LAST_KEY, utf8(fileName)]));
    const leaf = add(update, dict({ Limits: array([key, key]), Names: array([key, specification]) }));
    return withEntries(root, { Kids: array([...kids.items, leaf]) });
  }
  const listed = root === null ? null : current(update, entry(root, 'Names'));
  const pairs = pairsOf(isKind(listed, 'array') ? listed.items : []);
  const key = hexString(utf8(fileName));
  const at = pairs.findIndex(([other]) => isKind(other, 'string') && isAbove(other.bytes, key.bytes));
  const place = at < 0 ? pairs.length : at;
  const items = [...pairs.slice(0, place), [key, specification], ...pairs.slice(place)].flat();
  return withEntries(root ?? dict({}), { Names: array(items) });
}

function pairsOf(items: readonly PdfObject[]): (readonly [PdfObject, PdfObject])[] {
  const pairs: (readonly [PdfObject, PdfObject])[] = [];
  for (let at = 0; at + 1 < items.length; at += 2) pairs.push([items[at] ?? null, items[at + 1] ?? null]);
  return pairs;
}

/** Order of keys: octet by octet (7.9.6). */
function isAbove(one: Bytes, other: Bytes): boolean {
  const shared = Math.min(one.length, other.length);
  for (let at = 0; at < shared; at++) {
    const difference = (one[at] as number) - (other[at] as number);
    if (difference !== 0) return difference > 0;
  }
  return one.length > other.length;
}

const LAST_KEY = Uint8Array.of(0xfe, 0xff);
