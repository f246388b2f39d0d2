/**
 * A snapshot of trusted lists in one file, our own format (docs/decisions): a head that says what is in it, an index that is searched
 * where it lies, services and certificates that are read one at a time, and every list's original octets.
 *
 * ```
 * magic (24) | SHA-256 of all that follows (32) | length of the head (4, big-endian) | head, JSON | sections
 * ```
 */
import type { Bytes } from '../base/bytes.ts';
import type { Instant } from '../base/instant.ts';
import { utf8 } from '../base/text.ts';
import { digest } from '../crypto/digest.ts';
import type { Certificate } from '../pki/certificate.ts';
import type { RefusedList, TrustedState } from './trust-source.ts';

export const MAGIC: Bytes = utf8('adeskit trusted lists 1\n');
export const HASH_AT = MAGIC.length;
export const HEAD_AT = HASH_AT + 32;

/** Offsets are from the end of the head. */
export interface Section {
  readonly offset: number;
  readonly length: number;
}

export interface SnapshotHead {
  readonly at: Instant;
  readonly acceptStale: boolean;
  readonly selfNamed: boolean;
  /** SHA-256 of the certificates given as signers. */
  readonly signers: readonly string[];
  /** The list of lists first, where there is one. */
  readonly lists: readonly StoredList[];
  readonly refused: readonly RefusedList[];
  /** Territories that the list of lists names, and no list was there for. */
  readonly missing: readonly string[];
  /** {@link KEY_SIZE} octets and the offset of a posting each, sorted. */
  readonly keys: Section;
  /** Each a count and that many numbers of services, two octets each. */
  readonly postings: Section;
  /** Offsets of services, four octets each and one for the end; then each service as deflated JSON. */
  readonly services: Section;
  /** Offsets of certificates likewise, then DER. */
  readonly certificates: Section;
  readonly counts: { readonly providers: number; readonly services: number; readonly states: number; readonly certificates: number };
}

export interface StoredList extends Section {
  readonly territory: string;
  /** File or address. */
  readonly name: string;
  readonly sha256: string;
  /** Octets before they were deflated. */
  readonly size: number;
  readonly sequence: number;
  readonly version: number;
  readonly issued: Instant;
  readonly nextUpdate: Instant | null;
  readonly fetchedAt: Instant | null;
  readonly signer: string;
  readonly stale: boolean;
  readonly kept: string | null;
  readonly ofLists: boolean;
}

/** A service as JSON. */
export interface StoredService {
  readonly territory: string;
  readonly provider: string;
  readonly states: readonly StoredState[];
}

export interface StoredState extends TrustedState {
  /** Numbers of certificates. */
  readonly certificates: readonly number[];
}

/** What a certificate or service is looked up by: kind and value, digested. */
export function lookupKey(kind: 'certificate' | 'identity' | 'subject' | 'key-identifier', ...values: readonly Bytes[]): Bytes {
  return digest('SHA-256', utf8(`${kind}:`), ...values).subarray(0, KEY_SIZE);
}

export const subjectKey = ({ keys }: Certificate['subject']): Bytes => lookupKey('subject', utf8(JSON.stringify(keys)));
export const identityKey = ({ subject, spki }: Certificate): Bytes => lookupKey('identity', utf8(JSON.stringify(subject.keys)), spki);
export const certificateKey = ({ fingerprint }: Certificate): Bytes => lookupKey('certificate', utf8(fingerprint));

export const KEY_SIZE = 20;
export const ENTRY_SIZE = KEY_SIZE + 4;
