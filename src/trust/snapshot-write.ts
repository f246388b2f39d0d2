/** Writing a snapshot: the same lists give the same file, whose name may be its SHA-256. */
import { type Bytes, concat, EMPTY } from '../base/bytes.ts';
import type { Instant } from '../base/instant.ts';
import { fromHex, toHex, utf8 } from '../base/text.ts';
import { digest } from '../crypto/digest.ts';
import { parseCertificate } from '../pki/certificate.ts';
import { deflate } from '../platform/deflate.ts';
import type { AcceptedList, CollectedLists } from './collect.ts';
import type { Service } from './list-type.ts';
import { LIST_MIME_TYPE } from './names.ts';
import {
  certificateKey,
  identityKey,
  lookupKey,
  MAGIC,
  type Section,
  type SnapshotHead,
  type StoredList,
  type StoredService,
  subjectKey,
} from './snapshot-layout.ts';
import { inEnglish } from './trust-source.ts';

export interface SnapshotOptions {
  readonly at: Instant;
  readonly acceptStale?: boolean;
  /** Those given to `collectLists`. */
  readonly signers: readonly Bytes[];
}

/** The file: all that was accepted with its original octets, all that was refused with its reason. */
export function writeSnapshot(collected: CollectedLists, { at, acceptStale = false, signers }: SnapshotOptions): Bytes {
  const index = emptyIndex();
  let providers = 0;
  for (const { list, territory } of collected.lists)
    for (const provider of list.providers) {
      providers++;
      for (const service of provider.services) addService(index, service, territory, inEnglish(provider.names));
    }
  const parts: Bytes[] = [];
  let offset = 0;
  const place = (bytes: Bytes): Section => {
    parts.push(bytes);
    offset += bytes.length;
    return { offset: offset - bytes.length, length: bytes.length };
  };
  const { keys, postings } = searchable(index);
  const sections = {
    keys: place(keys),
    postings: place(postings),
    services: place(table(index.services.map((service) => deflate(utf8(JSON.stringify(service)), 'raw', 9)))),
    certificates: place(table(index.certificates)),
  };
  const all = [...(collected.lotl === null ? [] : [collected.lotl]), ...collected.lists];
  const head: SnapshotHead = {
    ...{ at, acceptStale, selfNamed: collected.selfNamed },
    signers: [...new Set(signers.map((der) => toHex(digest('SHA-256', der))))].sort(),
    lists: all.map((one) => stored(one, place(deflate(one.bytes, 'raw', 6)))),
    refused: collected.refused,
    missing: missingIn(collected),
    ...sections,
    counts: {
      providers,
      services: index.services.length,
      states: index.services.reduce((sum, { states }) => sum + states.length, 0),
      certificates: index.certificates.length,
    },
  };
  const json = utf8(JSON.stringify(head));
  const rest = concat([bigEndian(json.length), json, ...parts]);
  return concat([MAGIC, digest('SHA-256', rest), rest]);
}

function stored(
  { territory, name, bytes, list, sha256, fetchedAt, signer, stale, kept, ofLists }: AcceptedList,
  section: Section,
): StoredList {
  return {
    ...{ territory, name, sha256, size: bytes.length, sequence: list.sequence ?? 0, version: list.version ?? 0 },
    ...{ issued: list.issued ?? 0, nextUpdate: list.nextUpdate, fetchedAt, signer, stale, kept, ofLists, ...section },
  };
}

function missingIn({ lotl, lists, refused }: CollectedLists): string[] {
  const there = new Set([...lists.map(({ territory }) => territory), ...refused.map(({ name }) => name)]);
  const named = lotl?.list.pointers.filter(({ mimeType, type }) => mimeType === LIST_MIME_TYPE && type !== lotl.list.type) ?? [];
  return [...new Set(named.flatMap(({ territory }) => (territory === null || there.has(territory) ? [] : [territory])))].sort();
}

interface Index {
  readonly services: StoredService[];
  readonly certificates: Bytes[];
  readonly numbers: Map<string, number>;
  /** Services by the hexadecimal of their keys. */
  readonly keys: Map<string, Set<number>>;
}

const emptyIndex = (): Index => ({ services: [], certificates: [], numbers: new Map(), keys: new Map() });

function addService(index: Index, { states }: Service, territory: string, provider: string): void {
  const number = index.services.length;
  index.services.push({
    ...{ territory, provider },
    states: states.map(({ certificates, names, subjectNames: _, keyIdentifiers: __, ...state }) => ({
      ...state,
      name: inEnglish(names),
      certificates: certificates.map((der) => numberOf(index, der)),
    })),
  });
  for (const { certificates, keyIdentifiers } of states) {
    for (const der of certificates) {
      const read = parseCertificate(der);
      if (!read.ok) continue;
      for (const key of [certificateKey(read.value), identityKey(read.value), subjectKey(read.value.subject)]) point(index, key, number);
    }
    for (const identifier of keyIdentifiers) point(index, lookupKey('key-identifier', identifier), number);
  }
}

function point({ keys }: Index, key: Bytes, service: number): void {
  const hex = toHex(key);
  const known = keys.get(hex);
  if (known) known.add(service);
  else keys.set(hex, new Set([service]));
}

function numberOf({ numbers, certificates }: Index, der: Bytes): number {
  const id = toHex(digest('SHA-256', der));
  const known = numbers.get(id);
  if (known !== undefined) return known;
  numbers.set(id, certificates.length);
  certificates.push(der);
  return certificates.length - 1;
}

/** Sorted keys, each with where its services are listed. */
function searchable({ keys }: Index): { readonly keys: Bytes; readonly postings: Bytes } {
  const entries: Bytes[] = [];
  const postings: Bytes[] = [];
  let offset = 0;
  for (const [hex, services] of [...keys].sort(([a], [b]) => (a < b ? -1 : 1))) {
    const posting = new Uint8Array(2 + 2 * services.size);
    const view = new DataView(posting.buffer);
    view.setUint16(0, services.size);
    for (const [i, service] of [...services].entries()) view.setUint16(2 + 2 * i, service);
    entries.push(fromHex(hex) ?? EMPTY, bigEndian(offset));
    postings.push(posting);
    offset += posting.length;
  }
  return { keys: concat(entries), postings: concat(postings) };
}

/** Offsets, one more than there are items, then the items. */
function table(items: readonly Bytes[]): Bytes {
  let offset = 4 * (items.length + 1);
  const offsets = [bigEndian(offset)];
  for (const item of items) {
    offset += item.length;
    offsets.push(bigEndian(offset));
  }
  return concat([...offsets, ...items]);
}

function bigEndian(value: number): Bytes {
  const bytes = new Uint8Array(4);
  new DataView(bytes.buffer).setUint32(0, value);
  return bytes;
}
