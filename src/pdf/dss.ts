/** The document security store (ISO 32000-2, 12.8.4.3; ETSI EN 319 142-1, 5.4.2), now and in earlier revisions. */

import { type Budget, budget, spend } from '../base/budget.ts';
import type { Bytes } from '../base/bytes.ts';
import { malformed, type Parsed } from '../base/parsed.ts';
import { catalogOf, dictAt, itemsAt, loadObject, type PdfDocument, resolve, streamBytes, valueAt } from './document.ts';
import { asDict, entry, isKind, type PdfDict, type PdfObject, type PdfRef } from './object.ts';
import { documentAt, revisions } from './revision.ts';
import { textOf } from './text.ts';

export interface SecurityStore {
  readonly ref: PdfRef | null;
  readonly dict: PdfDict;
  readonly certificates: readonly StoredStream[];
  readonly crls: readonly StoredStream[];
  readonly ocsps: readonly StoredStream[];
  /** By key: the upper-case hexadecimal SHA-1 of a signature's /Contents, as the file has it. */
  readonly vri: ReadonlyMap<string, ValidationRelatedInformation>;
}

export interface ValidationRelatedInformation {
  readonly certificates: readonly StoredStream[];
  readonly crls: readonly StoredStream[];
  readonly ocsps: readonly StoredStream[];
  /** /TU as written. */
  readonly created: string | null;
  /** /TS. */
  readonly timestamp: StoredStream | null;
}

/** One stream of the store. Two with the same `key` are the same octets of the file. */
export interface StoredStream {
  readonly key: string;
  readonly ref: PdfRef | null;
  readonly bytes: Parsed<Bytes>;
  /** Index of the first revision whose store held it; for {@link readSecurityStore} the newest is not known: null. */
  readonly revision: number | null;
}

/** The store of a document as it is now, or null. */
export function readSecurityStore(document: PdfDocument): SecurityStore | null {
  return read(document, { streams: new Map(), revision: null, left: budget('stored streams', STREAMS) });
}

/** The store of each revision that has one, oldest first; streams are decoded once and know their first revision. */
export function securityStoreHistory(document: PdfDocument): readonly { readonly revision: number; readonly store: SecurityStore }[] {
  const history: { revision: number; store: SecurityStore }[] = [];
  const streams = new Map<string, StoredStream>();
  const left = budget('stored streams', STREAMS);
  for (const revision of revisions(document)) {
    const store = read(documentAt(document, revision), { streams, revision: revision.index, left });
    if (store !== null) history.push({ revision: revision.index, store });
  }
  return history;
}

interface Reading {
  readonly streams: Map<string, StoredStream>;
  readonly revision: number | null;
  readonly left: Budget;
}

function read(document: PdfDocument, reading: Reading): SecurityStore | null {
  const catalog = catalogOf(document);
  const value = catalog === null ? null : entry(catalog, 'DSS');
  const dict = asDict(resolve(document, value));
  if (dict === null) return null;
  const list = (of: PdfDict, key: string): StoredStream[] => {
    const found: StoredStream[] = [];
    for (const item of itemsAt(document, of, key) ?? []) {
      if (!spend(reading.left)) break;
      const stored = storedStream(document, item, reading);
      if (stored !== null) found.push(stored);
    }
    return found;
  };
  const vri = new Map<string, ValidationRelatedInformation>();
  for (const [key, item] of dictAt(document, dict, 'VRI')?.entries ?? []) {
    const of = asDict(resolve(document, item));
    if (of === null || !spend(reading.left)) continue;
    vri.set(key, {
      certificates: list(of, 'Cert'),
      crls: list(of, 'CRL'),
      ocsps: list(of, 'OCSP'),
      created: textOf(valueAt(document, of, 'TU')),
      timestamp: storedStream(document, entry(of, 'TS'), reading),
    });
  }
  return {
    ref: isKind(value, 'ref') ? value : null,
    dict,
    certificates: list(dict, 'Certs'),
    crls: list(dict, 'CRLs'),
    ocsps: list(dict, 'OCSPs'),
    vri,
  };
}

/** A stream is always an indirect object; one that cannot be read is told as such, anything else is left out. */
function storedStream(document: PdfDocument, item: PdfObject, reading: Reading): StoredStream | null {
  if (!isKind(item, 'ref')) return null;
  const object = loadObject(document, item);
  if (!object.ok) return { key: `${item.num} ?`, ref: item, bytes: object, revision: reading.revision };
  const value = resolve(document, item);
  if (value === null) return null;
  const key = isKind(value, 'stream') ? `${item.num} ${value.start} ${value.length}` : `${item.num} ?`;
  const known = reading.streams.get(key);
  if (known !== undefined) return known;
  const bytes = isKind(value, 'stream')
    ? streamBytes(document, value, STREAM_SIZE)
    : malformed('security store', 0, 'an entry is no stream');
  const stored: StoredStream = { key, ref: item, bytes, revision: reading.revision };
  reading.streams.set(key, stored);
  return stored;
}

const STREAMS = 1 << 16;
const STREAM_SIZE = 1 << 26;
