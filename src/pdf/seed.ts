/** Seed values of a signature field: what its author asks of whoever signs it (ISO 32000-2, 12.7.5.5, tables 237 and 238). */
import type { Bytes } from '../base/bytes.ts';
import { fromLatin1 } from '../base/text.ts';
import { dictAt, itemsAt, type PdfDocument, resolve, valueAt } from './document.ts';
import { asBytes, asDict, asInteger, asName, asNumber, isKind, type PdfDict, type PdfObject } from './object.ts';
import { textOf } from './text.ts';

/** Each member null where it is not told; `required` names the constraints that are more than a wish. */
export interface SeedValue {
  readonly required: ReadonlySet<SeedConstraint>;
  readonly filter: string | null;
  readonly subFilters: readonly string[] | null;
  /** Least version of the reader of seed values: 1 for PDF 1.5, 2 for 1.7, 3 for 2.0. */
  readonly version: number | null;
  readonly reasons: readonly string[] | null;
  /** 0: no certification; 1 to 3: a certification with this permission. */
  readonly certification: number | null;
  readonly timestamp: { readonly url: string | null; readonly required: boolean } | null;
  readonly legalAttestations: readonly string[] | null;
  readonly addRevocationInfo: boolean | null;
  /** As written: `SHA256`, … */
  readonly digestMethods: readonly string[] | null;
  /** `true`, `false` or `auto`. */
  readonly lockDocument: string | null;
  readonly appearanceFilter: string | null;
  readonly certificate: CertificateSeed | null;
}

/** 12.7.5.5, table 238. */
export interface CertificateSeed {
  readonly required: ReadonlySet<CertificateConstraint>;
  /** DER: certificates that may sign. */
  readonly subjects: readonly Bytes[] | null;
  /** Values by attribute, `CN` or an object identifier: one of the names must be part of the subject. */
  readonly subjectNames: readonly ReadonlyMap<string, string>[] | null;
  /** Nine or fewer of `0`, `1` and `X` each. */
  readonly keyUsages: readonly string[] | null;
  /** DER: one of them must be in the path. */
  readonly issuers: readonly Bytes[] | null;
  /** Certificate policies. */
  readonly policies: readonly string[] | null;
}

export type SeedConstraint = (typeof CONSTRAINTS)[number];
export type CertificateConstraint = NonNullable<(typeof CERTIFICATE_CONSTRAINTS)[number]>;

/** The seed value of a field, or null. */
export function readSeedValue(document: PdfDocument, field: PdfDict): SeedValue | null {
  const seed = dictAt(document, field, 'SV');
  if (seed === null) return null;
  const at = (key: string): PdfObject => valueAt(document, seed, key);
  const mdp = dictAt(document, seed, 'MDP');
  const timestamp = dictAt(document, seed, 'TimeStamp');
  const info = at('AddRevInfo');
  const lock = at('LockDocument');
  return {
    required: flagsOf(at('Ff'), CONSTRAINTS),
    filter: asName(at('Filter')),
    subFilters: wordsAt(document, seed, 'SubFilter'),
    version: asNumber(at('V')),
    reasons: wordsAt(document, seed, 'Reasons'),
    certification: mdp === null ? null : asInteger(valueAt(document, mdp, 'P')),
    timestamp:
      timestamp === null
        ? null
        : { url: wordOf(valueAt(document, timestamp, 'URL')), required: asInteger(valueAt(document, timestamp, 'Ff')) === 1 },
    legalAttestations: wordsAt(document, seed, 'LegalAttestation'),
    addRevocationInfo: typeof info === 'boolean' ? info : null,
    digestMethods: wordsAt(document, seed, 'DigestMethod'),
    lockDocument: typeof lock === 'boolean' ? String(lock) : asName(lock),
    appearanceFilter: textOf(at('AppearanceFilter')),
    certificate: certificateSeed(document, dictAt(document, seed, 'Cert')),
  };
}

function certificateSeed(document: PdfDocument, cert: PdfDict | null): CertificateSeed | null {
  if (cert === null) return null;
  const names = itemsAt(document, cert, 'SubjectDN');
  return {
    required: flagsOf(valueAt(document, cert, 'Ff'), CERTIFICATE_CONSTRAINTS),
    subjects: encodingsAt(document, cert, 'Subject'),
    subjectNames: names === null ? null : names.slice(0, MANY).map((item) => nameOf(document, asDict(resolve(document, item)))),
    keyUsages: wordsAt(document, cert, 'KeyUsage'),
    issuers: encodingsAt(document, cert, 'Issuer'),
    policies: wordsAt(document, cert, 'OID'),
  };
}

function nameOf(document: PdfDocument, told: PdfDict | null): ReadonlyMap<string, string> {
  const values = new Map<string, string>();
  for (const [key, value] of told?.entries ?? []) {
    const text = textOf(resolve(document, value));
    if (text !== null) values.set(key, text);
  }
  return values;
}

function flagsOf<T extends string>(value: PdfObject, names: readonly (T | null)[]): ReadonlySet<T> {
  const flags = asInteger(value) ?? 0;
  return new Set(names.filter((one, bit): one is T => one !== null && ((flags >> bit) & 1) === 1));
}

/** Names or strings, in an array or alone. */
function wordsAt(document: PdfDocument, of: PdfDict, key: string): readonly string[] | null {
  const value = valueAt(document, of, key);
  if (value === null) return null;
  const items = isKind(value, 'array') ? value.items.slice(0, MANY) : [value];
  return items.map((item) => wordOf(resolve(document, item))).filter((word) => word !== null);
}

function encodingsAt(document: PdfDocument, of: PdfDict, key: string): readonly Bytes[] | null {
  const value = valueAt(document, of, key);
  if (value === null) return null;
  const items = isKind(value, 'array') ? value.items.slice(0, MANY) : [value];
  return items.map((item) => asBytes(resolve(document, item))).filter((bytes) => bytes !== null);
}

const wordOf = (value: PdfObject): string | null => {
  const bytes = asBytes(value);
  return asName(value) ?? textOf(value) ?? (bytes === null ? null : fromLatin1(bytes));
};

/** By bit of /Ff. */
const CONSTRAINTS = [
  'filter',
  'subFilters',
  'version',
  'reasons',
  'legalAttestations',
  'addRevocationInfo',
  'digestMethods',
  'lockDocument',
  'appearanceFilter',
] as const;
const CERTIFICATE_CONSTRAINTS = ['subjects', 'issuers', 'policies', 'subjectNames', null, 'keyUsages', null] as const;
const MANY = 256;
