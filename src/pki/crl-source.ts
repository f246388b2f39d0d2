/** Revocation lists larger than memory: the frame of a CRL is read, its entries go by in pieces (RFC 5280, 5.1). */
import { der, TAG } from '../asn1/index.ts';
import { type Bytes, concat } from '../base/bytes.ts';
import { attempt, type Parsed, unreadable } from '../base/parsed.ts';
import type { Source } from '../base/source.ts';
import { pieces } from '../crypto/digest.ts';
import type { ValueCheck } from '../crypto/names.ts';
import { verifyValue } from '../crypto/verify.ts';
import type { Certificate } from './certificate.ts';
import { type CrlFrame, EMPTY_LIST, parseCrl, rulesOf } from './crl.ts';
import { type CrlEntry, type EntrySearch, searchEntries } from './crl-entries.ts';
import { type Name, sameName } from './name.ts';

/** A CRL in a source. Whoever opened the source closes it. */
export interface SourcedCrl {
  readonly source: Source;
  /** Everything but the entries. */
  readonly frame: CrlFrame;
  /** Of the signed octets. */
  readonly tbs: Range;
  /** Of the entries, one after the other; null where the list is absent. */
  readonly entries: Range | null;
}

interface Range {
  readonly offset: number;
  readonly length: number;
}

/** Reads a CRL that fills the source (DER), all but its entries, which may have gigabytes. Throws `Fault` `io` as the source does. */
export function openCrl(source: Source): Parsed<SourcedCrl> {
  return attempt(() => {
    const list = headerAt(source, 0, source.size, 'CertificateList');
    if (list.tag !== TAG.SEQUENCE || list.end !== source.size) unreadable(WHAT, 0, 'a CRL that does not fill its source');
    const tbs = headerAt(source, list.content, list.end, 'TBSCertList');
    if (tbs.tag !== TAG.SEQUENCE) unreadable(WHAT, list.content, 'TBSCertList expected');
    const entries = entriesOf(source, tbs);
    const cut = entries ?? { start: tbs.end, content: tbs.end, end: tbs.end };
    const [head, tail, rest] = [
      [tbs.content, cut.start],
      [cut.end, tbs.end],
      [tbs.end, list.end],
    ].map(([from = 0, to = 0]) => small(source, from, to)) as [Bytes, Bytes, Bytes];
    // An empty list in the place of the full one: what stands where is judged by one parser.
    const frame = parseCrl(der.sequence(der.sequence(head, ...(entries ? [der.sequence()] : []), tail), rest));
    if (!frame.ok) return unreadable(frame.malformed.what, frame.malformed.at, frame.malformed.reason);
    const full = entries !== null && entries.end > entries.content;
    return {
      source,
      frame: full ? { ...frame.value, deviations: frame.value.deviations.filter((text) => text !== EMPTY_LIST) } : frame.value,
      tbs: { offset: list.content, length: tbs.end - list.content },
      entries: entries && { offset: entries.content, length: entries.end - entries.content },
    };
  });
}

/** As `findInCrl`, with one piece of the entries in memory at a time. */
export function findInCrlSource(crl: SourcedCrl, serial: Bytes, certificateIssuer: Name = crl.frame.issuer): Parsed<CrlEntry | null> {
  return attempt(() => {
    const { entries, frame } = crl;
    if (!entries) return null;
    const direct = certificateIssuer === frame.issuer || sameName(certificateIssuer, frame.issuer);
    if (!direct && !frame.issuingDistributionPoint?.indirect) return null;
    const search: EntrySearch = { ...rulesOf(frame), serial, certificateIssuer, ours: direct, found: null };
    walk(crl.source, entries, search);
    return search.found;
  });
}

/** As `verifyCrl`. The octets pass by once; a key that signs the message itself (EdDSA, ML-DSA, SLH-DSA) needs them in memory. */
export function verifyCrlSource({ source, frame, tbs }: SourcedCrl, issuer: Certificate): ValueCheck {
  if (!frame.signatureAlgorithm) return 'unsupported';
  const { digest } = frame.signatureAlgorithm;
  // What is digested as it passes may be overwritten by what follows.
  const message = digest === null ? pieces(source, [tbs]) : passing(source, tbs);
  return verifyValue(frame.signatureAlgorithm, issuer.spki, message, frame.signatureValue);
}

function walk(source: Source, { offset, length }: Range, search: EntrySearch): void {
  const end = offset + length;
  const buffer = new Uint8Array(PIECE);
  let size = PIECE;
  for (let at = offset; at < end; ) {
    const piece = pieceOf(source, at, Math.min(size, end - at), buffer);
    const done = within(at - offset, () => searchEntries(search, piece, at + piece.length < end));
    if (done === 0 && size >= LARGEST) unreadable(WHAT, at, `an entry of more than ${LARGEST} octets`);
    size = done === 0 ? size * 4 : PIECE;
    at += done;
  }
}

function* passing(source: Source, { offset, length }: Range): Generator<Bytes, void, void> {
  const buffer = new Uint8Array(PIECE);
  for (let at = offset; at < offset + length; at += PIECE) yield pieceOf(source, at, Math.min(PIECE, offset + length - at), buffer);
}

/** Octets that hold until the next piece is asked for. */
function pieceOf(source: Source, at: number, length: number, buffer: Bytes): Bytes {
  if (!source.readInto || length > buffer.length) return source.read(at, length);
  const piece = buffer.subarray(0, length);
  source.readInto(at, piece);
  return piece;
}

/** What is unreadable in a piece, told by its place in the whole list. */
function within<T>(offset: number, read: () => T): T {
  const result = attempt(read);
  if (result.ok) return result.value;
  const { what, at, reason } = result.malformed;
  return unreadable(what, at + offset, reason);
}

interface Header {
  readonly tag: number;
  readonly start: number;
  readonly content: number;
  readonly end: number;
}

/** revokedCertificates: the SEQUENCE behind the times; null where there is none. */
function entriesOf(source: Source, tbs: Header): Header | null {
  let next = headerAt(source, tbs.content, tbs.end, 'TBSCertList');
  const step = (): void => {
    next = headerAt(source, next.end, tbs.end, 'TBSCertList');
  };
  if (next.tag === TAG.INTEGER) step();
  // signature and issuer, then the times; that they are what they should be is asked of the frame.
  step();
  step();
  if (next.end === tbs.end) return null;
  step();
  if (next.end < tbs.end && TIMES.has(next.tag)) step();
  return next.tag === TAG.SEQUENCE ? next : null;
}

/** The header at `at`, of a value that ends at or before `limit`; its contents are not read. */
function headerAt(source: Source, at: number, limit: number, name: string): Header {
  const octets = source.read(at, Math.min(LONGEST_HEADER, limit - at));
  const first = octets[1];
  if (first === undefined) return unreadable(WHAT, at, `${name} ends too early`);
  const size = first < 0x80 ? 2 : 2 + (first & 0x7f);
  const told = size > octets.length ? Number.NaN : lengthOf(octets, size);
  const end = at + size + told;
  if (!(end <= limit) || (size > 2 && (told < 0x80 || octets[2] === 0)))
    return unreadable(WHAT, at, `${name}: a length in a wrong form, or longer than what holds it`);
  return { tag: octets[0] as number, start: at, content: at + size, end };
}

function lengthOf(octets: Bytes, size: number): number {
  if (size === 2) return octets[1] === 0x80 ? Number.NaN : (octets[1] as number);
  let length = 0;
  for (let i = 2; i < size; i++) length = length * 256 + (octets[i] as number);
  return length;
}

/** Octets of the frame, which is never large. */
function small(source: Source, from: number, to: number): Bytes {
  if (to - from > LARGEST) return unreadable(WHAT, from, `more than ${LARGEST} octets beside the entries`);
  return concat([source.read(from, to - from)]);
}

const WHAT = 'CertificateList';
const TIMES: ReadonlySet<number> = new Set([TAG.UTC_TIME, TAG.GENERALIZED_TIME]);
/** Identifier, and up to six length octets: more than any file needs. */
const LONGEST_HEADER = 8;
const PIECE = 65_536;
const LARGEST = 1 << 20;
