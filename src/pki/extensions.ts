/** Values of the certificate extensions (RFC 5280, 4.2; RFC 6960, 4.2.2.2.1; RFC 9608; EN 319 412-1 and 412-5). */
import { Reader, TAG } from '../asn1/index.ts';
import type { Bytes } from '../base/bytes.ts';
import type { Instant } from '../base/instant.ts';
import { unreadable } from '../base/parsed.ts';
import { type GeneralName, readGeneralName, readGeneralNames } from './general-name.ts';
import { type QcStatements, readQcStatements } from './qc-statements.ts';

/** `BasicConstraints ::= SEQUENCE { cA BOOLEAN DEFAULT FALSE, pathLenConstraint INTEGER (0..MAX) OPTIONAL }` */
export interface BasicConstraints {
  readonly ca: boolean;
  readonly pathLength: number | null;
}

export type KeyUsage =
  | 'digitalSignature'
  | 'nonRepudiation'
  | 'keyEncipherment'
  | 'dataEncipherment'
  | 'keyAgreement'
  | 'keyCertSign'
  | 'cRLSign'
  | 'encipherOnly'
  | 'decipherOnly';

/** `AuthorityKeyIdentifier ::= SEQUENCE { keyIdentifier [0], authorityCertIssuer [1] GeneralNames, authorityCertSerialNumber [2], each OPTIONAL }` */
export interface AuthorityKeyIdentifier {
  readonly keyIdentifier: Bytes | null;
  readonly issuer: readonly GeneralName[] | null;
  readonly serial: Bytes | null;
}

/** `PolicyInformation ::= SEQUENCE { policyIdentifier OBJECT IDENTIFIER, policyQualifiers SEQUENCE OF PolicyQualifierInfo OPTIONAL }` */
export interface PolicyInformation {
  readonly policy: string;
  readonly qualifiers: readonly { readonly id: string; readonly value: Bytes }[];
}

/** One pair of `PolicyMappings ::= SEQUENCE OF SEQUENCE { issuerDomainPolicy, subjectDomainPolicy }` */
export interface PolicyMapping {
  readonly issuerDomain: string;
  readonly subjectDomain: string;
}

/** `PolicyConstraints ::= SEQUENCE { requireExplicitPolicy [0] INTEGER OPTIONAL, inhibitPolicyMapping [1] INTEGER OPTIONAL }` */
export interface PolicyConstraints {
  readonly requireExplicitPolicy: number | null;
  readonly inhibitPolicyMapping: number | null;
}

/** `NameConstraints ::= SEQUENCE { permittedSubtrees [0] OPTIONAL, excludedSubtrees [1] OPTIONAL }`; the bases, since minimum is 0 and maximum absent. */
export interface NameConstraints {
  readonly permitted: readonly GeneralName[];
  readonly excluded: readonly GeneralName[];
}

/** `DistributionPointName ::= CHOICE { fullName [0] GeneralNames, nameRelativeToCRLIssuer [1] RelativeDistinguishedName }` */
export type DistributionPointName =
  | { readonly kind: 'full'; readonly names: readonly GeneralName[] }
  | { readonly kind: 'relative'; readonly rdn: Bytes };

/** `DistributionPoint ::= SEQUENCE { distributionPoint [0] OPTIONAL, reasons [1] OPTIONAL, cRLIssuer [2] GeneralNames OPTIONAL }` */
export interface DistributionPoint {
  readonly name: DistributionPointName | null;
  /** Bit n stands for reason n of ReasonFlags; null where all are meant. */
  readonly reasons: number | null;
  readonly crlIssuer: readonly GeneralName[] | null;
}

/** Locations by access method; names of other types than URI count nowhere. */
export interface AuthorityInfoAccess {
  readonly ocsp: readonly string[];
  readonly caIssuers: readonly string[];
  readonly all: readonly { readonly method: string; readonly location: GeneralName }[];
}

export interface PrivateKeyUsagePeriod {
  readonly notBefore: Instant | null;
  readonly notAfter: Instant | null;
}

/** How one extension is read, and what its absence of meaning is: the value that permits least where it cannot be read. */
export interface ExtensionKind<T> {
  readonly oid: string;
  readonly read: (reader: Reader) => T;
  readonly unreadable: T;
}

const kind = <T>(oid: string, read: (reader: Reader) => T, otherwise: T): ExtensionKind<T> => ({ oid, read, unreadable: otherwise });

function readBasicConstraints(outer: Reader): BasicConstraints {
  const reader = outer.sequence('BasicConstraints');
  const ca = reader.peek() === TAG.BOOLEAN ? reader.boolean() : false;
  const pathLength = reader.done ? null : natural(reader);
  reader.finish();
  return { ca, pathLength };
}

function readKeyUsage(reader: Reader): ReadonlySet<KeyUsage> {
  const mask = readFlags(reader, TAG.BIT_STRING);
  const usages = KEY_USAGES.filter((_, bit) => (mask >> bit) & 1);
  if (usages.length === 0) unreadable('KeyUsage', 0, 'no usage at all');
  return new Set(usages);
}

function readAuthorityKeyIdentifier(outer: Reader): AuthorityKeyIdentifier {
  const reader = outer.sequence('AuthorityKeyIdentifier');
  const keyIdentifier = reader.peek() === 0x80 ? reader.octetString(0x80) : null;
  const names = reader.context(1);
  const issuer = names && readGeneralNames(names);
  const serial = reader.peek() === 0x82 ? reader.integerBytes(0x82) : null;
  reader.finish();
  return { keyIdentifier, issuer, serial };
}

function readPolicies(outer: Reader): PolicyInformation[] {
  const policies = some(outer.sequence('CertificatePolicies'), (list) => {
    const reader = list.sequence();
    const policy = reader.oid();
    const qualifiers = reader.done ? [] : some(reader.sequence(), readQualifier);
    reader.finish();
    return { policy, qualifiers };
  });
  if (new Set(policies.map(({ policy }) => policy)).size !== policies.length) unreadable('CertificatePolicies', 0, 'a policy twice');
  return policies;
}

function readQualifier(list: Reader): { id: string; value: Bytes } {
  const reader = list.sequence();
  const id = reader.oid();
  const value = reader.raw(reader.any());
  reader.finish();
  return { id, value };
}

function readPolicyMappings(outer: Reader): PolicyMapping[] {
  return some(outer.sequence('PolicyMappings'), (list) => {
    const reader = list.sequence();
    const mapping = { issuerDomain: reader.oid(), subjectDomain: reader.oid() };
    reader.finish();
    return mapping;
  });
}

function readPolicyConstraints(outer: Reader): PolicyConstraints {
  const reader = outer.sequence('PolicyConstraints');
  if (reader.done) unreadable('PolicyConstraints', 0, 'neither constraint is there');
  const requireExplicitPolicy = reader.peek() === 0x80 ? natural(reader, 0x80) : null;
  const inhibitPolicyMapping = reader.peek() === 0x81 ? natural(reader, 0x81) : null;
  reader.finish();
  return { requireExplicitPolicy, inhibitPolicyMapping };
}

function readNameConstraints(outer: Reader): NameConstraints {
  const reader = outer.sequence('NameConstraints');
  const permitted = reader.context(0);
  const bases = permitted ? some(permitted, readSubtree) : [];
  const excluded = reader.context(1);
  const excludedBases = excluded ? some(excluded, readSubtree) : [];
  if (!permitted && !excluded) unreadable('NameConstraints', 0, 'neither list is there');
  reader.finish();
  return { permitted: bases, excluded: excludedBases };
}

/** `GeneralSubtree ::= SEQUENCE { base GeneralName, minimum [0] BaseDistance DEFAULT 0, maximum [1] BaseDistance OPTIONAL }` */
function readSubtree(list: Reader): GeneralName {
  const reader = list.sequence();
  const base = readGeneralName(reader);
  if (base.kind === 'iPAddress') checkMask(base.value);
  if (reader.peek() === 0x80 && reader.integer(0x80) !== 0) unreadable('NameConstraints', 0, 'a minimum other than 0');
  reader.finish();
  return base;
}

/** Address and mask of the same length; the mask is ones, then zeros (RFC 4632). */
function checkMask(value: Bytes): void {
  if (value.length !== 8 && value.length !== 32) unreadable('NameConstraints', 0, 'an address range of a wrong length');
  let ended = false;
  for (const octet of value.subarray(value.length / 2)) {
    const inverted = 255 - octet;
    if ((ended && octet !== 0) || (inverted & (inverted + 1)) !== 0) unreadable('NameConstraints', 0, 'an address mask with a gap');
    ended ||= octet !== 0xff;
  }
}

function readDistributionPoints(outer: Reader): DistributionPoint[] {
  return some(outer.sequence('CRLDistributionPoints'), (list) => {
    const reader = list.sequence();
    const nameReader = reader.context(0);
    const name = nameReader && readDistributionPointName(nameReader);
    const reasons = reader.peek() === 0x81 ? readFlags(reader, 0x81) : null;
    const issuer = reader.context(2);
    const crlIssuer = issuer && readGeneralNames(issuer);
    reader.finish();
    if (!name && !crlIssuer) unreadable('DistributionPoint', 0, 'neither a name nor an issuer');
    return { name, reasons, crlIssuer };
  });
}

/** Contents of the explicit tag around a DistributionPointName. */
export function readDistributionPointName(reader: Reader): DistributionPointName {
  const full = reader.context(0);
  if (full) {
    const name = { kind: 'full', names: readGeneralNames(full) } as const;
    reader.finish();
    return name;
  }
  const relative = reader.element(0xa1, 'DistributionPointName');
  reader.finish();
  const set = reader.enter(relative);
  some(set, (rdn) => {
    const pair = rdn.sequence();
    pair.oid();
    pair.any();
    pair.finish();
  });
  return { kind: 'relative', rdn: reader.content(relative) };
}

function readAccess(outer: Reader): AuthorityInfoAccess {
  const all = some(outer.sequence('AuthorityInfoAccess'), (list) => {
    const reader = list.sequence();
    const access = { method: reader.oid(), location: readGeneralName(reader) };
    reader.finish();
    return access;
  });
  const locations = (method: string): string[] =>
    all.flatMap((access) =>
      access.method === method && access.location.kind === 'uniformResourceIdentifier' ? [access.location.value] : [],
    );
  return { ocsp: locations('1.3.6.1.5.5.7.48.1'), caIssuers: locations('1.3.6.1.5.5.7.48.2'), all };
}

function readPrivateKeyUsagePeriod(outer: Reader): PrivateKeyUsagePeriod {
  const reader = outer.sequence('PrivateKeyUsagePeriod');
  const at = (tag: number): Instant | null => {
    const element = reader.optional(tag);
    if (!element) return null;
    return Reader.over(generalized(reader.content(element)), 'PrivateKeyUsagePeriod').time();
  };
  const period = { notBefore: at(0x80), notAfter: at(0x81) };
  reader.finish();
  return period;
}

/** The GeneralizedTime that an implicit tag hides. */
const generalized = (content: Bytes): Bytes => Uint8Array.from([TAG.GENERALIZED_TIME, content.length & 0x7f, ...content.subarray(0, 0x7f)]);

/** NULL in every extension whose presence says it all; another value does not take its meaning away. */
const present = (reader: Reader): true => {
  reader.any();
  return true;
};

const names = (reader: Reader): GeneralName[] => readGeneralNames(reader.sequence());

/** A SEQUENCE OF with at least one value. */
function some<T>(reader: Reader, read: (reader: Reader) => T): T[] {
  const values = reader.each(read);
  if (values.length === 0) unreadable(reader.what, reader.at, 'an empty list');
  return values;
}

export function natural(reader: Reader, tag: number = TAG.INTEGER): number {
  const value = reader.integer(tag);
  if (value < 0) unreadable(reader.what, reader.at, 'a negative number');
  return value;
}

/** Bits of a named bit list, the first as bit 0; at most 16. */
export function readFlags(reader: Reader, tag: number): number {
  const element = reader.element(tag, 'BIT STRING');
  const content = reader.content(element);
  const unused = content[0] ?? 8;
  if (unused > 7 || (content.length === 1 && unused > 0))
    unreadable(reader.what, element.start, 'BIT STRING with a wrong count of unused bits');
  let flags = 0;
  const bits = Math.min((content.length - 1) * 8 - unused, 16);
  for (let bit = 0; bit < bits; bit++) if (((content[1 + (bit >> 3)] as number) >> (7 - (bit & 7))) & 1) flags |= 1 << bit;
  return flags;
}

export const KEY_USAGES: readonly KeyUsage[] = [
  'digitalSignature',
  'nonRepudiation',
  'keyEncipherment',
  'dataEncipherment',
  'keyAgreement',
  'keyCertSign',
  'cRLSign',
  'encipherOnly',
  'decipherOnly',
];

const NO_QC_STATEMENTS: QcStatements = {
  compliance: false,
  sscd: false,
  types: [],
  legislation: [],
  limit: null,
  retentionYears: null,
  disclosure: [],
  semantics: [],
  psd2: null,
  identification: [],
  statements: [],
  unreadable: [],
};

/** Every extension that is read, by the name of its property. */
export const EXTENSIONS = {
  subjectKeyIdentifier: kind<Bytes | null>('2.5.29.14', (reader) => reader.octetString(), null),
  keyUsage: kind<ReadonlySet<KeyUsage>>('2.5.29.15', readKeyUsage, new Set()),
  privateKeyUsagePeriod: kind<PrivateKeyUsagePeriod | null>('2.5.29.16', readPrivateKeyUsagePeriod, null),
  subjectAltNames: kind<readonly GeneralName[]>('2.5.29.17', names, []),
  issuerAltNames: kind<readonly GeneralName[]>('2.5.29.18', names, []),
  basicConstraints: kind<BasicConstraints>('2.5.29.19', readBasicConstraints, { ca: false, pathLength: null }),
  nameConstraints: kind<NameConstraints>('2.5.29.30', readNameConstraints, { permitted: [], excluded: [] }),
  crlDistributionPoints: kind<readonly DistributionPoint[]>('2.5.29.31', readDistributionPoints, []),
  policies: kind<readonly PolicyInformation[]>('2.5.29.32', readPolicies, []),
  policyMappings: kind<readonly PolicyMapping[]>('2.5.29.33', readPolicyMappings, []),
  authorityKeyIdentifier: kind<AuthorityKeyIdentifier | null>('2.5.29.35', readAuthorityKeyIdentifier, null),
  policyConstraints: kind<PolicyConstraints>('2.5.29.36', readPolicyConstraints, { requireExplicitPolicy: 0, inhibitPolicyMapping: 0 }),
  extendedKeyUsage: kind<readonly string[]>('2.5.29.37', (outer) => some(outer.sequence('ExtKeyUsage'), (reader) => reader.oid()), []),
  freshestCrl: kind<readonly DistributionPoint[]>('2.5.29.46', readDistributionPoints, []),
  inhibitAnyPolicy: kind<number>('2.5.29.54', natural, 0),
  noRevAvail: kind<true>('2.5.29.56', present, true),
  authorityInfoAccess: kind<AuthorityInfoAccess>('1.3.6.1.5.5.7.1.1', readAccess, { ocsp: [], caIssuers: [], all: [] }),
  subjectInfoAccess: kind<AuthorityInfoAccess>('1.3.6.1.5.5.7.1.11', readAccess, { ocsp: [], caIssuers: [], all: [] }),
  qcStatements: kind<QcStatements>('1.3.6.1.5.5.7.1.3', readQcStatements, NO_QC_STATEMENTS),
  ocspNoCheck: kind<true>('1.3.6.1.5.5.7.48.1.5', present, true),
  validityAssuredShortTerm: kind<true>('0.4.0.194121.2.1', present, true),
} as const;
