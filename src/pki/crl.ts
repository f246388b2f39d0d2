/** Certificate revocation lists (RFC 5280, 5), read without making an object of each entry. */
import { Reader, TAG } from '../asn1/index.ts';
import type { Bytes } from '../base/bytes.ts';
import type { Instant } from '../base/instant.ts';
import { attempt, type Parsed, unreadable } from '../base/parsed.ts';
import { toHex } from '../base/text.ts';
import type { SignatureAlgorithm } from '../crypto/algorithm.ts';
import { digest } from '../crypto/digest.ts';
import type { ValueCheck } from '../crypto/names.ts';
import { verifyValue } from '../crypto/verify.ts';
import type { Certificate } from './certificate.ts';
import { type CrlEntry, type EntryRules, type EntrySearch, readEntries, searchEntries } from './crl-entries.ts';
import { Cursor } from './cursor.ts';
import {
  type AuthorityKeyIdentifier,
  type DistributionPoint,
  type DistributionPointName,
  EXTENSIONS,
  readDistributionPointName,
  readFlags,
} from './extensions.ts';
import { checkName, type Name, nameOf, sameName } from './name.ts';
import { type AlgorithmIdentifier, agree, type Extension, knownAlgorithm, readAlgorithm, readExtensions, readSignature } from './signed.ts';

export { type CrlEntry, REASONS, type RevocationReason, reasonOf } from './crl-entries.ts';

/**
 * ```
 * CertificateList ::= SEQUENCE { tbsCertList TBSCertList, signatureAlgorithm AlgorithmIdentifier, signatureValue BIT STRING }
 * TBSCertList ::= SEQUENCE {
 *   version Version OPTIONAL, signature AlgorithmIdentifier, issuer Name, thisUpdate Time, nextUpdate Time OPTIONAL,
 *   revokedCertificates SEQUENCE OF SEQUENCE { userCertificate INTEGER, revocationDate Time, crlEntryExtensions Extensions OPTIONAL } OPTIONAL,
 *   crlExtensions [0] EXPLICIT Extensions OPTIONAL }
 * ```
 */
export interface Crl {
  readonly bytes: Bytes;
  /** The signed octets. */
  readonly tbs: Bytes;
  readonly version: 1 | 2;
  readonly issuer: Name;
  readonly thisUpdate: Instant;
  readonly nextUpdate: Instant | null;
  /** Contents of revokedCertificates, not yet looked at; null where the list is absent. */
  readonly entries: Bytes | null;
  readonly extensions: readonly Extension[];
  readonly signatureAlgorithmOid: string;
  readonly signatureAlgorithm: SignatureAlgorithm | null;
  readonly signatureValue: Bytes;
  readonly authorityKeyIdentifier: AuthorityKeyIdentifier | null;
  readonly number: bigint | null;
  /** BaseCRLNumber of a delta CRL; null for a complete one. */
  readonly deltaBase: bigint | null;
  readonly issuingDistributionPoint: IssuingDistributionPoint | null;
  readonly freshestCrl: readonly DistributionPoint[] | null;
  /** expiredCertsOnCRL (X.509, 9.5.2.8): certificates that expired after this time stay on the list. */
  readonly expiredCertsOnCrl: Instant | null;
  /** Critical extensions that are not processed: such a CRL says nothing (RFC 5280, 5.2). */
  readonly unknownCritical: readonly string[];
  readonly deviations: readonly string[];
  /** SHA-256 of the encoding, lower-case hexadecimal. */
  readonly fingerprint: string;
}

/** What a list says beside its entries: enough to tell its scope, its times and its signer, and nothing of any certificate. */
export type CrlFrame = Omit<Crl, 'bytes' | 'tbs' | 'entries' | 'fingerprint'>;

/**
 * ```
 * IssuingDistributionPoint ::= SEQUENCE {
 *   distributionPoint [0] DistributionPointName OPTIONAL, onlyContainsUserCerts [1] BOOLEAN DEFAULT FALSE,
 *   onlyContainsCACerts [2] BOOLEAN DEFAULT FALSE, onlySomeReasons [3] ReasonFlags OPTIONAL,
 *   indirectCRL [4] BOOLEAN DEFAULT FALSE, onlyContainsAttributeCerts [5] BOOLEAN DEFAULT FALSE }
 * ```
 */
export interface IssuingDistributionPoint {
  readonly name: DistributionPointName | null;
  readonly onlyUserCertificates: boolean;
  readonly onlyCaCertificates: boolean;
  /** Bit n stands for reason n of ReasonFlags; null where all are covered. */
  readonly onlySomeReasons: number | null;
  readonly indirect: boolean;
  readonly onlyAttributeCertificates: boolean;
}

/** Reads a CRL that fills `der`, all but its entries: those are checked when they are searched. */
export function parseCrl(der: Bytes): Parsed<Crl> {
  return attempt(() => readCrl(der));
}

/**
 * Looks for a serial number (contents octets of the INTEGER) of a certificate that `certificateIssuer` issued; without it,
 * that the issuer of the CRL issued. Null: not listed. Unreadable where any entry is malformed or holds a critical
 * extension that is not processed, for then the list says nothing of any certificate (RFC 5280, 5.3).
 */
export function findInCrl(crl: Crl, serial: Bytes, certificateIssuer: Name = crl.issuer): Parsed<CrlEntry | null> {
  return attempt(() => {
    if (!crl.entries) return null;
    const direct = certificateIssuer === crl.issuer || sameName(certificateIssuer, crl.issuer);
    if (!direct && !crl.issuingDistributionPoint?.indirect) return null;
    const search: EntrySearch = { ...rulesOf(crl), serial, certificateIssuer, ours: direct, found: null };
    searchEntries(search, crl.entries, false);
    return search.found;
  });
}

/** Whether the value verifies with the key of this issuer; nothing is said of names and usages. Kept for the pair. */
export function verifyCrl(crl: Crl, issuer: Certificate): ValueCheck {
  if (!crl.signatureAlgorithm) return 'unsupported';
  let byIssuer = CHECKED.get(crl);
  if (!byIssuer) {
    byIssuer = new WeakMap();
    CHECKED.set(crl, byIssuer);
  }
  const known = byIssuer.get(issuer);
  if (known) return known;
  const check = verifyValue(crl.signatureAlgorithm, issuer.spki, crl.tbs, crl.signatureValue);
  byIssuer.set(issuer, check);
  return check;
}

/** Number of entries, by a walk over their headers. */
export function countCrlEntries(crl: Crl): Parsed<number> {
  return attempt(() => {
    if (!crl.entries) return 0;
    const cursor = new Cursor(crl.entries, 'CRL entry');
    let count = 0;
    while (cursor.at < crl.entries.length) {
      cursor.expect(TAG.SEQUENCE, crl.entries.length, 'entry');
      count++;
    }
    return count;
  });
}

/** The first entries, no more than `most`; the others are not looked at. */
export function firstCrlEntries(crl: Crl, most: number): Parsed<readonly CrlEntry[]> {
  return attempt(() => (crl.entries ? readEntries(rulesOf(crl), crl.entries, most) : []));
}

/** How the entries of a list are read. */
export const rulesOf = (crl: Pick<Crl, 'version' | 'issuingDistributionPoint'>): EntryRules => ({
  version: crl.version,
  indirect: crl.issuingDistributionPoint?.indirect ?? false,
});

function readCrl(der: Bytes): Crl {
  const deviations: string[] = [];
  const cursor = new Cursor(der, 'CertificateList');
  const end = cursor.expect(TAG.SEQUENCE, der.length, 'CertificateList').into();
  if (end !== der.length) unreadable(cursor.what, end, 'octets after the CRL');
  const { start: tbsStart, end: tbsEnd } = cursor.expect(TAG.SEQUENCE, end, 'TBSCertList');
  const tbs = cursor.raw();
  const outer = readAlgorithm(cursor, end);
  const signatureValue = readSignature(cursor, end, deviations);
  cursor.finish(end);
  cursor.at = tbsStart;
  cursor.next(end).into();
  const fields = readFields(cursor, tbsEnd, deviations);
  const { algorithm, ...rest } = fields;
  agree(algorithm, outer, cursor.what, deviations);
  let fingerprint: string | null = null;
  return {
    bytes: der,
    tbs,
    ...rest,
    ...readCrlExtensions(fields.extensions, deviations),
    signatureAlgorithmOid: algorithm.oid,
    signatureAlgorithm: knownAlgorithm(algorithm),
    signatureValue,
    deviations,
    get fingerprint() {
      fingerprint ??= toHex(digest('SHA-256', der));
      return fingerprint;
    },
  };
}

interface Fields {
  readonly version: 1 | 2;
  readonly algorithm: AlgorithmIdentifier;
  readonly issuer: Name;
  readonly thisUpdate: Instant;
  readonly nextUpdate: Instant | null;
  readonly entries: Bytes | null;
  readonly extensions: readonly Extension[];
}

function readFields(cursor: Cursor, end: number, deviations: string[]): Fields {
  let version: 1 | 2 = 1;
  if (cursor.comes(TAG.INTEGER, end)) {
    const content = cursor.next(end).integer();
    if (content.length !== 1 || content[0] !== 1) unreadable(cursor.what, cursor.start, 'version other than 2');
    version = 2;
  }
  const algorithm = readAlgorithm(cursor, end);
  cursor.expect(TAG.SEQUENCE, end, 'Name');
  const issuer = nameOf(cursor.raw());
  checkName(cursor);
  const thisUpdate = cursor.next(end).time();
  const nextUpdate = cursor.comes(TAG.UTC_TIME, end) || cursor.comes(TAG.GENERALIZED_TIME, end) ? cursor.next(end).time() : null;
  let entries: Bytes | null = null;
  if (cursor.comes(TAG.SEQUENCE, end)) {
    entries = cursor.next(end).contents();
    if (entries.length === 0) deviations.push(EMPTY_LIST);
  }
  let extensions: readonly Extension[] = [];
  if (cursor.comes(0xa0, end)) {
    if (version === 1) unreadable(cursor.what, cursor.at, 'extensions in a CRL of version 1');
    const wrapperEnd = cursor.next(end).into();
    extensions = readExtensions(cursor.next(wrapperEnd), deviations);
    cursor.finish(wrapperEnd);
  }
  cursor.finish(end);
  return { version, algorithm, issuer, thisUpdate, nextUpdate, entries, extensions };
}

type ExtensionFields = Pick<
  Crl,
  'authorityKeyIdentifier' | 'number' | 'deltaBase' | 'issuingDistributionPoint' | 'freshestCrl' | 'expiredCertsOnCrl' | 'unknownCritical'
>;

/** What decides of scope must be readable; what only helps to find things is dropped where it is not. */
function readCrlExtensions(extensions: readonly Extension[], deviations: string[]): ExtensionFields {
  const must = <T>(oid: string, read: (reader: Reader) => T): T | null => {
    const extension = extensions.find((candidate) => candidate.oid === oid);
    if (!extension) return null;
    const reader = Reader.over(extension.value, `CRL extension ${oid}`);
    const value = read(reader);
    reader.finish();
    return value;
  };
  const may = <T>(oid: string, read: (reader: Reader) => T): T | null => {
    const value = attempt(() => must(oid, read));
    if (!value.ok) deviations.push(`extension ${oid} cannot be read`);
    return value.ok ? value.value : null;
  };
  return {
    authorityKeyIdentifier: may(EXTENSIONS.authorityKeyIdentifier.oid, EXTENSIONS.authorityKeyIdentifier.read),
    number: must(CRL_NUMBER, readNumber),
    deltaBase: must(DELTA_CRL_INDICATOR, readNumber),
    issuingDistributionPoint: must(ISSUING_DISTRIBUTION_POINT, readIssuingDistributionPoint),
    freshestCrl: may(EXTENSIONS.freshestCrl.oid, EXTENSIONS.freshestCrl.read),
    expiredCertsOnCrl: may(EXPIRED_CERTS_ON_CRL, (reader) => reader.time()),
    unknownCritical: extensions.filter(({ oid, critical }) => critical && !PROCESSED.has(oid)).map(({ oid }) => oid),
  };
}

const readNumber = (reader: Reader): bigint => {
  const content = reader.integerBytes();
  if ((content[0] as number) >= 0x80 || content.length > 21) unreadable(reader.what, 0, 'a negative or too long number');
  return BigInt(`0x${toHex(content)}`);
};

function readIssuingDistributionPoint(outer: Reader): IssuingDistributionPoint {
  const reader = outer.sequence('IssuingDistributionPoint');
  const nameReader = reader.context(0);
  const name = nameReader && readDistributionPointName(nameReader);
  const flag = (tag: number): boolean => reader.peek() === tag && reader.boolean(tag);
  const point = {
    name,
    onlyUserCertificates: flag(0x81),
    onlyCaCertificates: flag(0x82),
    onlySomeReasons: reader.peek() === 0x83 ? readFlags(reader, 0x83) : null,
    indirect: flag(0x84),
    onlyAttributeCertificates: flag(0x85),
  };
  reader.finish();
  const { onlyUserCertificates, onlyCaCertificates, onlyAttributeCertificates } = point;
  if (Number(onlyUserCertificates) + Number(onlyCaCertificates) + Number(onlyAttributeCertificates) > 1)
    unreadable(reader.what, 0, 'scopes that exclude each other');
  return point;
}

/** RFC 5280, 5.1.2.6 leaves the list out where nothing is revoked. */
export const EMPTY_LIST = 'the list of revoked certificates is there and empty';
/** Checked pairs: every certificate of an issuer asks for the same list, which may have megabytes. */
const CHECKED = new WeakMap<Crl, WeakMap<Certificate, ValueCheck>>();
const CRL_NUMBER = '2.5.29.20';
const DELTA_CRL_INDICATOR = '2.5.29.27';
const ISSUING_DISTRIBUTION_POINT = '2.5.29.28';
const EXPIRED_CERTS_ON_CRL = '2.5.29.60';
const PROCESSED: ReadonlySet<string> = new Set([
  CRL_NUMBER,
  DELTA_CRL_INDICATOR,
  ISSUING_DISTRIBUTION_POINT,
  EXPIRED_CERTS_ON_CRL,
  EXTENSIONS.authorityKeyIdentifier.oid,
  EXTENSIONS.freshestCrl.oid,
]);
