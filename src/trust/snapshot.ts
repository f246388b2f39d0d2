/** A snapshot of trusted lists, opened: nothing is read before it is asked for, so that all of Europe is there at once (TS 119 615, 4.3). */
import { type Bytes, equal } from '../base/bytes.ts';
import type { Instant } from '../base/instant.ts';
import { attempt, type Parsed, unreadable } from '../base/parsed.ts';
import { fromUtf8, toHex } from '../base/text.ts';
import { digest } from '../crypto/digest.ts';
import { type Certificate, parseCertificate } from '../pki/certificate.ts';
import { sameName } from '../pki/name.ts';
import { inflate } from '../platform/deflate.ts';
import {
  certificateKey,
  ENTRY_SIZE,
  HASH_AT,
  HEAD_AT,
  identityKey,
  KEY_SIZE,
  lookupKey,
  MAGIC,
  type Section,
  type SnapshotHead,
  type StoredList,
  type StoredService,
  subjectKey,
} from './snapshot-layout.ts';
import { type ListsInUse, sameIdentity, sunsetOf, type TrustAnswer, type TrustedService, type TrustSource } from './trust-source.ts';

export type { StoredList, StoredService, StoredState } from './snapshot-layout.ts';

export interface Snapshot extends TrustSource {
  /** SHA-256 of the content. */
  readonly id: string;
  readonly at: Instant;
  readonly head: Pick<SnapshotHead, 'acceptStale' | 'selfNamed' | 'signers' | 'missing' | 'counts'>;
  readonly stored: readonly StoredList[];
  readonly lists: ListsInUse;
  /** The octets that the snapshot is over: another thread opens the same ones where they are shared. */
  readonly bytes: Bytes;
  /** How many services there are. */
  readonly size: number;
  service(number: number): StoredService;
  /** DER. */
  certificate(number: number): Bytes;
  /** Original octets of a list; null where they were damaged. */
  original(list: StoredList): Bytes | null;
  /** Numbers of services that have a certificate with this subject key identifier. */
  withKeyIdentifier(identifier: Bytes): readonly number[];
}

/** Opens a snapshot without copying it. Its own hash is checked: a damaged file is refused as a whole. */
export function openSnapshot(bytes: Bytes): Parsed<Snapshot> {
  return attempt(() => {
    if (bytes.length < HEAD_AT + 4 || !equal(bytes.subarray(0, MAGIC.length), MAGIC))
      unreadable(WHAT, 0, 'this is no snapshot of trusted lists');
    const hash = bytes.slice(HASH_AT, HEAD_AT);
    if (!equal(digest('SHA-256', bytes.subarray(HEAD_AT)), hash)) unreadable(WHAT, HASH_AT, 'it was damaged: its hash is another');
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
    const length = view.getUint32(HEAD_AT);
    const start = HEAD_AT + 4 + length;
    if (start > bytes.length) unreadable(WHAT, HEAD_AT, 'its head is cut');
    const head = headOf(bytes.slice(HEAD_AT + 4, start));
    for (const section of [head.keys, head.postings, head.services, head.certificates, ...head.lists])
      if (!(section.offset >= 0 && section.length >= 0 && start + section.offset + section.length <= bytes.length))
        unreadable(WHAT, HEAD_AT, 'a section is outside the file');
    return new OpenSnapshot(bytes, toHex(hash), head, start);
  });
}

/** The same octets where several threads can read them: each opens them for itself. */
export function sharedOctets(bytes: Bytes): Bytes {
  const shared = new Uint8Array(new SharedArrayBuffer(bytes.length));
  shared.set(bytes);
  return shared;
}

function headOf(json: Bytes): SnapshotHead {
  let read: unknown = null;
  try {
    read = JSON.parse(fromUtf8(json) ?? '');
  } catch {
    // Told below.
  }
  return isHead(read) ? read : unreadable(WHAT, HEAD_AT, 'its head is not one of a snapshot');
}

/** As far as anything is decided by it: whoever can write the hash can write any list. */
function isHead(read: unknown): read is SnapshotHead {
  if (typeof read !== 'object' || read === null) return false;
  const head = read as Readonly<Record<string, unknown>>;
  const counts = head['counts'] as Readonly<Record<string, unknown>> | null | undefined;
  const isSection = (one: unknown): boolean =>
    typeof one === 'object' &&
    one !== null &&
    SECTION.every((name) => Number.isSafeInteger((one as Readonly<Record<string, unknown>>)[name]));
  const lists = head['lists'];
  return (
    typeof head['at'] === 'number' &&
    ['acceptStale', 'selfNamed'].every((name) => typeof head[name] === 'boolean') &&
    ['lists', 'refused', 'missing', 'signers'].every((name) => Array.isArray(head[name])) &&
    ['keys', 'postings', 'services', 'certificates'].every((name) => isSection(head[name])) &&
    Array.isArray(lists) &&
    lists.every(
      (one: Readonly<Record<string, unknown>> | null) =>
        isSection(one) && typeof one?.['territory'] === 'string' && Number.isSafeInteger(one['size']),
    ) &&
    ['providers', 'services', 'states', 'certificates'].every((name) => Number.isSafeInteger(counts?.[name]))
  );
}

class OpenSnapshot implements Snapshot {
  readonly bytes: Bytes;
  readonly id: string;
  readonly head: SnapshotHead;
  readonly lists: ListsInUse;
  private readonly start: number;
  private readonly view: DataView;
  private readonly read = new Map<number, StoredService>();
  private readonly known = new Map<number, Certificate | null>();

  constructor(bytes: Bytes, id: string, head: SnapshotHead, start: number) {
    this.bytes = bytes;
    this.id = id;
    this.head = head;
    this.start = start;
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
    this.lists = {
      ...{ snapshot: id, at: head.at, staleAccepted: head.acceptStale, selfNamed: head.selfNamed, refused: head.refused },
      vouchedUntil: head.lists.find(({ ofLists }) => ofLists)?.nextUpdate ?? null,
      accepted: head.lists
        .filter(({ ofLists }) => !ofLists)
        .map(({ territory, sequence, issued, nextUpdate, stale, kept, version }) => ({
          ...{ territory, sequence, issued, nextUpdate, stale, kept, version },
        })),
    };
  }

  get at(): Instant {
    return this.head.at;
  }

  get stored(): readonly StoredList[] {
    return this.head.lists;
  }

  get size(): number {
    return this.head.counts.services;
  }

  find(certificate: Certificate): TrustAnswer {
    const numbers = new Set([...this.postings(certificateKey(certificate)), ...this.postings(identityKey(certificate))]);
    const services = [...numbers].flatMap((number) => {
      const service = this.service(number);
      return this.identitiesOf(service).some((one) => sameIdentity(one, certificate)) ? [this.trusted(number, service)] : [];
    });
    const sunset = sunsetOf(services, this.lists);
    return {
      anchor: sunset === undefined ? null : { source: `trusted list ${services[0]?.territory ?? ''}`.trim(), sunset },
      services,
      issuers: this.issuersOf(certificate),
    };
  }

  service(number: number): StoredService {
    const known = this.read.get(number);
    if (known) return known;
    const json = inflate(this.item(this.head.services, number, this.head.counts.services), LARGEST_SERVICE, 'raw').bytes;
    const service = JSON.parse(fromUtf8(json) ?? '') as StoredService;
    this.read.set(number, service);
    return service;
  }

  certificate(number: number): Bytes {
    return this.item(this.head.certificates, number, this.head.counts.certificates);
  }

  original(list: StoredList): Bytes | null {
    const { bytes, complete } = inflate(this.section(list), list.size, 'raw');
    return complete && toHex(digest('SHA-256', bytes)) === list.sha256 ? bytes : null;
  }

  withKeyIdentifier(identifier: Bytes): readonly number[] {
    const direct = this.postings(lookupKey('key-identifier', identifier));
    return direct;
  }

  private trusted(number: number, { territory, provider, states }: StoredService): TrustedService {
    return {
      ...{ id: `${territory} ${number}`, territory, provider },
      states: states.map(({ certificates: _, ...state }) => state),
    };
  }

  /** Certificates of services with the name of the issuer. */
  private issuersOf({ issuer }: Certificate): readonly Bytes[] {
    const found = new Map<string, Bytes>();
    for (const number of this.postings(subjectKey(issuer)).slice(0, MOST_ISSUERS))
      for (const one of this.identitiesOf(this.service(number))) if (sameName(one.subject, issuer)) found.set(one.fingerprint, one.bytes);
    return [...found.values()];
  }

  private identitiesOf({ states }: StoredService): Certificate[] {
    return [...new Set(states.flatMap(({ certificates }) => certificates))].flatMap((number) => this.parsed(number) ?? []);
  }

  private parsed(number: number): Certificate | null {
    const known = this.known.get(number);
    if (known !== undefined) return known;
    const read = parseCertificate(this.certificate(number));
    this.known.set(number, read.ok ? read.value : null);
    return read.ok ? read.value : null;
  }

  /** By halving: the keys are sorted. */
  private postings(key: Bytes): number[] {
    const { keys, postings } = this.head;
    let low = 0;
    let high = Math.floor(keys.length / ENTRY_SIZE);
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.compareAt(this.start + keys.offset + middle * ENTRY_SIZE, key) < 0) low = middle + 1;
      else high = middle;
    }
    const at = this.start + keys.offset + low * ENTRY_SIZE;
    if (low * ENTRY_SIZE >= keys.length || this.compareAt(at, key) !== 0) return [];
    const posting = this.start + postings.offset + this.view.getUint32(at + KEY_SIZE);
    const count = this.view.getUint16(posting);
    return Array.from({ length: count }, (_, i) => this.view.getUint16(posting + 2 + 2 * i));
  }

  private compareAt(at: number, key: Bytes): number {
    for (let i = 0; i < KEY_SIZE; i++) {
      const difference = (this.bytes[at + i] as number) - (key[i] as number);
      if (difference !== 0) return difference;
    }
    return 0;
  }

  /** A copy: parsers and decoders take octets that nobody shares. */
  private item(section: Section, number: number, count: number): Bytes {
    if (!(number >= 0 && number < count)) throw new RangeError(`the snapshot has no item ${number}`);
    const at = this.start + section.offset;
    const from = this.view.getUint32(at + 4 * number);
    const to = this.view.getUint32(at + 4 * number + 4);
    return this.bytes.slice(at + from, at + to);
  }

  private section({ offset, length }: Section): Bytes {
    return this.bytes.slice(this.start + offset, this.start + offset + length);
  }
}

const WHAT = 'snapshot';
const SECTION = ['offset', 'length'] as const;
const LARGEST_SERVICE = 1 << 24;
/** Services of one issuer's name that are looked into. */
const MOST_ISSUERS = 500;
