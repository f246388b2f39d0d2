/** The entries of a revocation list, read without making an object of each (RFC 5280, 5.1.2.6 and 5.3). */
import { Reader, TAG } from '../asn1/index.ts';
import type { Bytes } from '../base/bytes.ts';
import type { Instant } from '../base/instant.ts';
import { unreadable } from '../base/parsed.ts';
import { Cursor } from './cursor.ts';
import { natural } from './extensions.ts';
import { type GeneralName, readGeneralNames } from './general-name.ts';
import { type Name, sameName } from './name.ts';
import { type Extension, readExtensions } from './signed.ts';

export type RevocationReason =
  | 'unspecified'
  | 'keyCompromise'
  | 'cACompromise'
  | 'affiliationChanged'
  | 'superseded'
  | 'cessationOfOperation'
  | 'certificateHold'
  | 'removeFromCRL'
  | 'privilegeWithdrawn'
  | 'aACompromise';

export interface CrlEntry {
  readonly serial: Bytes;
  readonly revocationDate: Instant;
  /** Null where no reasonCode is given. */
  readonly reason: RevocationReason | null;
  readonly invalidityDate: Instant | null;
}

/** What of its list decides how an entry is read. */
export interface EntryRules {
  readonly version: 1 | 2;
  /** indirectCRL of the issuing distribution point. */
  readonly indirect: boolean;
}

/** A search under way; entries go by once, in order. */
export interface EntrySearch extends EntryRules {
  /** Contents octets of the INTEGER. */
  readonly serial: Bytes;
  readonly certificateIssuer: Name;
  /** Whether the next entry is of `certificateIssuer`: a certificateIssuer stays in force until the next one (5.3.3). */
  ours: boolean;
  found: CrlEntry | null;
}

/**
 * Goes over the entries that lie whole in `entries`; gives the offset of the first that does not, which is the length where all
 * do. `more`: others follow, so that the last may be cut off; without more it is unreadable. Throws `Unreadable`.
 */
export function searchEntries(search: EntrySearch, entries: Bytes, more: boolean): number {
  const limit = entries.length;
  let at = 0;
  while (at < limit) {
    let end = plainEnd(entries, at, limit);
    if (end < 0 || (search.version === 1 && hasExtensions(entries, at, end))) {
      if (more && isCut(entries, at)) break;
      const entry = checkEntry(search, entries, at);
      end = entry.end;
      if (entry.issuer)
        search.ours = entry.issuer.some((name) => name.kind === 'directoryName' && sameName(name.name, search.certificateIssuer));
    }
    if (search.ours && search.found === null && isEntryOf(entries, at, search.serial)) search.found = readEntry(entries, search.serial, at);
    at = end;
  }
  return at;
}

/** The first entries, no more than `most`. Throws `Unreadable`. */
export function readEntries(rules: EntryRules, entries: Bytes, most: number): CrlEntry[] {
  const found: CrlEntry[] = [];
  for (let at = 0; at < entries.length && found.length < most; ) {
    const { end } = checkEntry(rules, entries, at);
    const cursor = new Cursor(entries, 'CRL entry', at);
    cursor.next(end).into();
    found.push(readEntry(entries, cursor.next(end).contents(), at));
    at = end;
  }
  return found;
}

/** Whether the value at `at` may go on behind the octets at hand: what its header tells, or the header itself. */
function isCut(bytes: Bytes, at: number): boolean {
  const first = bytes[at + 1];
  if (first === undefined) return true;
  if (first < 0x80) return at + 2 + first > bytes.length;
  const count = first & 0x7f;
  if (count === 0 || count > 4) return false;
  if (at + 2 + count > bytes.length) return true;
  let length = 0;
  for (let i = at + 2; i < at + 2 + count; i++) length = length * 256 + (bytes[i] as number);
  return at + 2 + count + length > bytes.length;
}

/**
 * End of an entry in the form that nearly all have (short lengths, UTCTime, no extension or a plain reasonCode), or -1 for one
 * that takes a closer look. Lists have hundreds of thousands of entries: this is the loop that reads them.
 */
function plainEnd(bytes: Bytes, at: number, limit: number): number {
  const length = bytes[at + 1] as number;
  const end = at + 2 + length;
  if (bytes[at] !== TAG.SEQUENCE || length >= 0x80 || end > limit || bytes[at + 2] !== TAG.INTEGER) return -1;
  const size = bytes[at + 3] as number;
  const date = at + 4 + size;
  if (size === 0 || size >= 0x80 || date + 15 > end) return -1;
  if (bytes[date] !== TAG.UTC_TIME || bytes[date + 1] !== 13 || bytes[date + 14] !== 0x5a) return -1;
  const rest = end - date - 15;
  return rest === 0 || (rest === PLAIN_REASON.length + 1 && startsAt(bytes, date + 15, PLAIN_REASON)) ? end : -1;
}

/** Of an entry that `plainEnd` accepted. */
const hasExtensions = (bytes: Bytes, at: number, end: number): boolean => at + 4 + (bytes[at + 3] as number) + 15 < end;

/** The form of any other entry; the calendar is asked for the one that is found. */
function checkEntry(list: EntryRules, entries: Bytes, at: number): { end: number; issuer: readonly GeneralName[] | null } {
  const cursor = new Cursor(entries, 'CRL entry', at);
  const end = cursor.expect(TAG.SEQUENCE, entries.length, 'entry').into();
  cursor.expect(TAG.INTEGER, end, 'serial number');
  const time = cursor.next(end);
  const length = time.end - time.content;
  const fits = (time.tag === TAG.UTC_TIME && length === 13) || (time.tag === TAG.GENERALIZED_TIME && length >= 15);
  if (!fits || entries[time.end - 1] !== 0x5a) unreadable('CRL entry', time.start, 'revocationDate in a wrong form');
  if (cursor.at === end) return { end, issuer: null };
  if (list.version === 1) unreadable('CRL entry', cursor.at, 'extensions in a CRL of version 1');
  return { end, issuer: checkEntryExtensions(entries.subarray(cursor.at, end), list.indirect) };
}

/** Whether the checked entry at `at` is of this serial number. */
function isEntryOf(entries: Bytes, at: number, serial: Bytes): boolean {
  const header = (entries[at + 1] as number) < 0x80 ? 2 : 2 + ((entries[at + 1] as number) & 0x7f);
  const start = at + header;
  return serial.length < 0x80 && entries[start + 1] === serial.length && startsAt(entries, start + 2, serial);
}

function startsAt(bytes: Bytes, at: number, pattern: Bytes): boolean {
  for (let i = pattern.length - 1; i >= 0; i--) if (bytes[at + i] !== pattern[i]) return false;
  return true;
}

/** Refuses critical extensions that are not processed; gives the names of a certificateIssuer. */
function checkEntryExtensions(bytes: Bytes, indirect: boolean): readonly GeneralName[] | null {
  let issuer: readonly GeneralName[] | null = null;
  for (const { oid, critical, value } of entryExtensions(bytes)) {
    if (oid === CERTIFICATE_ISSUER) {
      if (!indirect) unreadable('CRL entry', 0, 'certificateIssuer in a CRL that is not indirect');
      issuer = readGeneralNames(Reader.over(value, 'certificateIssuer').sequence());
    } else if (critical && oid !== REASON_CODE && oid !== INVALIDITY_DATE)
      unreadable('CRL entry', 0, `critical extension ${oid}, which is not processed`);
  }
  return issuer;
}

function entryExtensions(bytes: Bytes): readonly Extension[] {
  const cursor = new Cursor(bytes, 'crlEntryExtensions');
  const extensions = readExtensions(cursor.next(bytes.length), []);
  cursor.finish(bytes.length);
  return extensions;
}

function readEntry(entries: Bytes, serial: Bytes, at: number): CrlEntry {
  const cursor = new Cursor(entries, 'CRL entry', at);
  const end = cursor.next(entries.length).into();
  cursor.next(end);
  const revocationDate = cursor.next(end).time();
  const extensions = cursor.at < end ? entryExtensions(entries.subarray(cursor.at, end)) : [];
  const value = (oid: string): Reader | null => {
    const extension = extensions.find((candidate) => candidate.oid === oid);
    return extension ? Reader.over(extension.value, `CRL entry extension ${oid}`) : null;
  };
  const reason = value(REASON_CODE);
  const invalidity = value(INVALIDITY_DATE);
  return {
    serial,
    revocationDate,
    reason: reason && reasonOf(natural(reason, TAG.ENUMERATED)),
    invalidityDate: invalidity?.time() ?? null,
  };
}

/** `CRLReason` (RFC 5280, 5.3.1); a number that is no reason counts as unspecified, for revoked it is all the same. */
export const reasonOf = (code: number): RevocationReason => REASONS[code] ?? 'unspecified';

/** By number: 7 is not used. */
export const REASONS: readonly (RevocationReason | undefined)[] = [
  'unspecified',
  'keyCompromise',
  'cACompromise',
  'affiliationChanged',
  'superseded',
  'cessationOfOperation',
  'certificateHold',
  undefined,
  'removeFromCRL',
  'privilegeWithdrawn',
  'aACompromise',
];

const REASON_CODE = '2.5.29.21';
const INVALIDITY_DATE = '2.5.29.24';
const CERTIFICATE_ISSUER = '2.5.29.29';
/** SEQUENCE { SEQUENCE { 2.5.29.21, OCTET STRING { ENUMERATED, which follows } } } */
const PLAIN_REASON: Bytes = Uint8Array.of(0x30, 0x0c, 0x30, 0x0a, 0x06, 0x03, 0x55, 0x1d, 0x15, 0x04, 0x03, 0x0a, 0x01);
