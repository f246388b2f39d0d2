/** X.509 certificates (RFC 5280, 4). */
import { Reader, TAG } from '../asn1/index.ts';
import type { Bytes } from '../base/bytes.ts';
import type { Instant } from '../base/instant.ts';
import { attempt, type Malformed, type Parsed, parsed, unreadable } from '../base/parsed.ts';
import { toHex } from '../base/text.ts';
import type { SignatureAlgorithm } from '../crypto/algorithm.ts';
import { digest } from '../crypto/digest.ts';
import { type PublicKey, publicKey } from '../crypto/key.ts';
import { Cursor } from './cursor.ts';
import {
  type AuthorityInfoAccess,
  type AuthorityKeyIdentifier,
  type BasicConstraints,
  type DistributionPoint,
  EXTENSIONS,
  type ExtensionKind,
  type KeyUsage,
  type NameConstraints,
  type PolicyConstraints,
  type PolicyInformation,
  type PolicyMapping,
  type PrivateKeyUsagePeriod,
} from './extensions.ts';
import type { GeneralName } from './general-name.ts';
import { checkName, type Name, nameOf, sameName } from './name.ts';
import type { QcStatements } from './qc-statements.ts';
import { type AlgorithmIdentifier, agree, type Extension, knownAlgorithm, readAlgorithm, readExtensions, readSignature } from './signed.ts';

/**
 * ```
 * Certificate ::= SEQUENCE { tbsCertificate TBSCertificate, signatureAlgorithm AlgorithmIdentifier, signatureValue BIT STRING }
 * TBSCertificate ::= SEQUENCE {
 *   version [0] EXPLICIT Version DEFAULT v1, serialNumber CertificateSerialNumber, signature AlgorithmIdentifier,
 *   issuer Name, validity Validity, subject Name, subjectPublicKeyInfo SubjectPublicKeyInfo,
 *   issuerUniqueID [1] IMPLICIT BIT STRING OPTIONAL, subjectUniqueID [2] IMPLICIT BIT STRING OPTIONAL,
 *   extensions [3] EXPLICIT Extensions OPTIONAL }
 * ```
 *
 * Nothing here is verified: a parsed certificate is a claim. The values of extensions are read when asked for; one that
 * cannot be read is listed in `malformedExtensions` and its property holds what permits least (no usage, not a CA).
 */
export interface Certificate {
  readonly bytes: Bytes;
  /** The signed octets. */
  readonly tbs: Bytes;
  readonly version: 1 | 2 | 3;
  /** Contents octets of the INTEGER: two's complement. */
  readonly serial: Bytes;
  readonly serialHex: string;
  readonly issuer: Name;
  readonly subject: Name;
  readonly notBefore: Instant;
  readonly notAfter: Instant;
  /** DER SubjectPublicKeyInfo. */
  readonly spki: Bytes;
  /** Null where this version of the engine, or the runtime, does not know the key. */
  readonly publicKey: PublicKey | null;
  readonly signatureAlgorithmOid: string;
  readonly signatureAlgorithm: SignatureAlgorithm | null;
  readonly signatureValue: Bytes;
  readonly extensions: readonly Extension[];
  /** What is against the standard and tolerated, in words. */
  readonly deviations: readonly string[];
  readonly malformedExtensions: readonly { readonly oid: string; readonly critical: boolean; readonly malformed: Malformed }[];
  /** SHA-256 of the encoding, lower-case hexadecimal. */
  readonly fingerprint: string;
  /** Issuer and subject are the same name (RFC 5280, 3.2); says nothing of who signed. */
  readonly selfIssued: boolean;

  readonly basicConstraints: BasicConstraints | null;
  readonly keyUsage: ReadonlySet<KeyUsage> | null;
  readonly extendedKeyUsage: readonly string[] | null;
  readonly subjectKeyIdentifier: Bytes | null;
  readonly authorityKeyIdentifier: AuthorityKeyIdentifier | null;
  readonly policies: readonly PolicyInformation[] | null;
  readonly policyMappings: readonly PolicyMapping[] | null;
  readonly policyConstraints: PolicyConstraints | null;
  readonly inhibitAnyPolicy: number | null;
  readonly nameConstraints: NameConstraints | null;
  readonly subjectAltNames: readonly GeneralName[] | null;
  readonly issuerAltNames: readonly GeneralName[] | null;
  readonly crlDistributionPoints: readonly DistributionPoint[] | null;
  readonly freshestCrl: readonly DistributionPoint[] | null;
  readonly authorityInfoAccess: AuthorityInfoAccess | null;
  readonly subjectInfoAccess: AuthorityInfoAccess | null;
  readonly privateKeyUsagePeriod: PrivateKeyUsagePeriod | null;
  readonly qcStatements: QcStatements | null;
  readonly ocspNoCheck: boolean;
  readonly noRevAvail: boolean;
  readonly validityAssuredShortTerm: boolean;
}

/**
 * Reads one DER certificate that fills `der`. Refused beside wrong DER: an extension twice, extensions before version 3,
 * and another signature algorithm inside than outside. What authorities do against the text and what has one meaning all the
 * same is read and listed in `deviations`. The `bytes` of a certificate read before are not read again.
 */
export function parseCertificate(der: Bytes): Parsed<Certificate> {
  const known = READ.get(der);
  if (known) return parsed(known);
  const result = attempt(() => readCertificate(der));
  if (result.ok) READ.set(result.value.bytes, result.value);
  return result;
}

/** Extension by its identifier. */
export const extensionOf = (certificate: Certificate, oid: string): Extension | null =>
  certificate.extensions.find((extension) => extension.oid === oid) ?? null;

function readCertificate(der: Bytes): Certificate {
  const deviations: string[] = [];
  const cursor = new Cursor(der, 'Certificate');
  const end = cursor.expect(TAG.SEQUENCE, der.length, 'Certificate').into();
  if (end !== der.length) unreadable(cursor.what, end, 'octets after the certificate');
  const { start: tbsStart, end: tbsEnd } = cursor.expect(TAG.SEQUENCE, end, 'TBSCertificate');
  const tbs = cursor.raw();
  const outer = readAlgorithm(cursor, end);
  const signatureValue = readSignature(cursor, end, deviations);
  cursor.finish(end);
  cursor.at = tbsStart;
  cursor.next(end).into();
  const fields = readFields(cursor, tbsEnd, deviations);
  agree(fields.algorithm, outer, cursor.what, deviations);
  return new ParsedCertificate(der.subarray(), tbs, fields, signatureValue, deviations);
}

interface Fields {
  readonly version: 1 | 2 | 3;
  readonly serial: Bytes;
  readonly algorithm: AlgorithmIdentifier;
  readonly issuer: Name;
  readonly subject: Name;
  readonly notBefore: Instant;
  readonly notAfter: Instant;
  readonly spki: Bytes;
  readonly extensions: readonly Extension[];
}

function readFields(cursor: Cursor, end: number, deviations: string[]): Fields {
  const version = readVersion(cursor, end, deviations);
  const serial = cursor.next(end).integer();
  checkSerial(serial, deviations);
  const algorithm = readAlgorithm(cursor, end);
  const issuer = readName(cursor, end, deviations);
  const validityEnd = cursor.expect(TAG.SEQUENCE, end, 'Validity').into();
  const notBefore = cursor.next(validityEnd).time();
  const notAfter = cursor.next(validityEnd).time();
  cursor.finish(validityEnd);
  const subject = readName(cursor, end, deviations);
  const spki = readSpki(cursor, end);
  readUniqueId(cursor, end, 0x81, version);
  readUniqueId(cursor, end, 0x82, version);
  let extensions: readonly Extension[] = [];
  if (cursor.comes(0xa3, end)) {
    if (version !== 3) unreadable(cursor.what, cursor.at, `extensions in a certificate of version ${version}`);
    const wrapperEnd = cursor.next(end).into();
    extensions = readExtensions(cursor.next(wrapperEnd), deviations);
    cursor.finish(wrapperEnd);
  }
  cursor.finish(end);
  if (subject.bytes.length === 2 && extensions.some(({ oid, critical }) => oid === EXTENSIONS.subjectAltNames.oid && !critical))
    deviations.push('the subject is empty and its alternative names are not critical');
  return { version, serial, algorithm, issuer, subject, notBefore, notAfter, spki, extensions };
}

function readVersion(cursor: Cursor, limit: number, deviations: string[]): 1 | 2 | 3 {
  if (!cursor.comes(0xa0, limit)) return 1;
  const end = cursor.next(limit).into();
  const content = cursor.next(end).integer();
  cursor.finish(end);
  const version = content.length === 1 ? (content[0] as number) + 1 : 0;
  if (version === 1) deviations.push('version 1 is written although it is the default');
  return version === 1 || version === 2 || version === 3 ? version : unreadable(cursor.what, cursor.start, 'unknown version');
}

function checkSerial(serial: Bytes, deviations: string[]): void {
  const first = serial[0] as number;
  if (first >= 0x80) deviations.push('serial number is negative');
  if (serial.length === 1 && first === 0) deviations.push('serial number is zero');
  if (serial.length > 20) deviations.push('serial number is longer than 20 octets');
}

function readName(cursor: Cursor, limit: number, deviations: string[]): Name {
  cursor.expect(TAG.SEQUENCE, limit, 'Name');
  const name = nameOf(cursor.raw());
  checkName(cursor, deviations);
  return name;
}

/** `SubjectPublicKeyInfo ::= SEQUENCE { algorithm AlgorithmIdentifier, subjectPublicKey BIT STRING }`; the key itself is read by `crypto`. */
function readSpki(cursor: Cursor, limit: number): Bytes {
  const end = cursor.expect(TAG.SEQUENCE, limit, 'SubjectPublicKeyInfo').end;
  const spki = cursor.raw();
  cursor.into();
  cursor.expect(TAG.SEQUENCE, end, 'AlgorithmIdentifier');
  cursor.expect(TAG.BIT_STRING, end, 'BIT STRING');
  cursor.finish(end);
  return spki;
}

function readUniqueId(cursor: Cursor, limit: number, tag: number, version: number): void {
  if (!cursor.comes(tag, limit)) return;
  cursor.next(limit);
  if (version === 1) unreadable(cursor.what, cursor.start, 'unique identifier in a certificate of version 1');
}

/** A class, because certificates are made by the thousand and most of their extensions are never asked for. */
class ParsedCertificate implements Certificate {
  readonly bytes: Bytes;
  readonly tbs: Bytes;
  readonly version: 1 | 2 | 3;
  readonly serial: Bytes;
  readonly issuer: Name;
  readonly subject: Name;
  readonly notBefore: Instant;
  readonly notAfter: Instant;
  readonly spki: Bytes;
  readonly signatureAlgorithmOid: string;
  readonly signatureValue: Bytes;
  readonly extensions: readonly Extension[];
  readonly deviations: readonly string[];
  private readonly algorithm: AlgorithmIdentifier;
  /** What was asked for before, by property name. */
  private known: Map<string, unknown> | null = null;

  constructor(bytes: Bytes, tbs: Bytes, fields: Fields, signatureValue: Bytes, deviations: readonly string[]) {
    this.bytes = bytes;
    this.tbs = tbs;
    this.version = fields.version;
    this.serial = fields.serial;
    this.issuer = fields.issuer;
    this.subject = fields.subject;
    this.notBefore = fields.notBefore;
    this.notAfter = fields.notAfter;
    this.spki = fields.spki;
    this.signatureAlgorithmOid = fields.algorithm.oid;
    this.signatureValue = signatureValue;
    this.extensions = fields.extensions;
    this.deviations = deviations;
    this.algorithm = fields.algorithm;
  }

  get serialHex(): string {
    return toHex(this.serial);
  }
  get publicKey(): PublicKey | null {
    return this.once('publicKey', () => publicKey(this.spki));
  }
  get signatureAlgorithm(): SignatureAlgorithm | null {
    return this.once('signatureAlgorithm', () => knownAlgorithm(this.algorithm));
  }
  get fingerprint(): string {
    return this.once('fingerprint', () => toHex(digest('SHA-256', this.bytes)));
  }
  get selfIssued(): boolean {
    return this.once('selfIssued', () => sameName(this.issuer, this.subject));
  }
  get malformedExtensions(): Certificate['malformedExtensions'] {
    return this.once('malformedExtensions', () =>
      this.extensions.flatMap(({ oid, critical, value }) => {
        const kind = KINDS.get(oid);
        const result = kind && readValue(kind, value);
        return result && !result.ok ? [{ oid, critical, malformed: result.malformed }] : [];
      }),
    );
  }

  get basicConstraints(): BasicConstraints | null {
    return this.value(EXTENSIONS.basicConstraints);
  }
  get keyUsage(): ReadonlySet<KeyUsage> | null {
    return this.value(EXTENSIONS.keyUsage);
  }
  get extendedKeyUsage(): readonly string[] | null {
    return this.value(EXTENSIONS.extendedKeyUsage);
  }
  get subjectKeyIdentifier(): Bytes | null {
    return this.value(EXTENSIONS.subjectKeyIdentifier);
  }
  get authorityKeyIdentifier(): AuthorityKeyIdentifier | null {
    return this.value(EXTENSIONS.authorityKeyIdentifier);
  }
  get policies(): readonly PolicyInformation[] | null {
    return this.value(EXTENSIONS.policies);
  }
  get policyMappings(): readonly PolicyMapping[] | null {
    return this.value(EXTENSIONS.policyMappings);
  }
  get policyConstraints(): PolicyConstraints | null {
    return this.value(EXTENSIONS.policyConstraints);
  }
  get inhibitAnyPolicy(): number | null {
    return this.value(EXTENSIONS.inhibitAnyPolicy);
  }
  get nameConstraints(): NameConstraints | null {
    return this.value(EXTENSIONS.nameConstraints);
  }
  get subjectAltNames(): readonly GeneralName[] | null {
    return this.value(EXTENSIONS.subjectAltNames);
  }
  get issuerAltNames(): readonly GeneralName[] | null {
    return this.value(EXTENSIONS.issuerAltNames);
  }
  get crlDistributionPoints(): readonly DistributionPoint[] | null {
    return this.value(EXTENSIONS.crlDistributionPoints);
  }
  get freshestCrl(): readonly DistributionPoint[] | null {
    return this.value(EXTENSIONS.freshestCrl);
  }
  get authorityInfoAccess(): AuthorityInfoAccess | null {
    return this.value(EXTENSIONS.authorityInfoAccess);
  }
  get subjectInfoAccess(): AuthorityInfoAccess | null {
    return this.value(EXTENSIONS.subjectInfoAccess);
  }
  get privateKeyUsagePeriod(): PrivateKeyUsagePeriod | null {
    return this.value(EXTENSIONS.privateKeyUsagePeriod);
  }
  get qcStatements(): QcStatements | null {
    return this.value(EXTENSIONS.qcStatements);
  }
  get ocspNoCheck(): boolean {
    return this.has(EXTENSIONS.ocspNoCheck.oid);
  }
  get noRevAvail(): boolean {
    return this.has(EXTENSIONS.noRevAvail.oid);
  }
  get validityAssuredShortTerm(): boolean {
    return this.has(EXTENSIONS.validityAssuredShortTerm.oid);
  }

  private has(oid: string): boolean {
    return this.extensions.some((extension) => extension.oid === oid);
  }

  private value<T>(kind: ExtensionKind<T>): T | null {
    return this.once(kind.oid, () => {
      const extension = this.extensions.find(({ oid }) => oid === kind.oid);
      if (!extension) return null;
      const result = readValue(kind, extension.value);
      return result.ok ? result.value : kind.unreadable;
    });
  }

  private once<T>(key: string, make: () => T): T {
    this.known ??= new Map();
    if (this.known.has(key)) return this.known.get(key) as T;
    const made = make();
    this.known.set(key, made);
    return made;
  }
}

function readValue<T>(kind: ExtensionKind<T>, value: Bytes): Parsed<T> {
  return attempt(() => {
    const reader = Reader.over(value, `extension ${kind.oid}`);
    const read = kind.read(reader);
    reader.finish();
    return read;
  });
}

const KINDS: ReadonlyMap<string, ExtensionKind<unknown>> = new Map(Object.values(EXTENSIONS).map((kind) => [kind.oid, kind]));

/** Identifiers of the extensions that are read. */
export const KNOWN_EXTENSIONS: ReadonlySet<string> = new Set(KINDS.keys());
/** By `bytes`, a view that only the certificate hands out: the array of a caller, who may fill it anew, is never a key. */
const READ = new WeakMap<Bytes, Certificate>();
