/** Signature dictionaries, their references and locks, as they stand in the file (ISO 32000-2, 12.8.1, 12.7.5.5). */
import type { Bytes } from '../base/bytes.ts';
import type { Instant } from '../base/instant.ts';
import { fromLatin1 } from '../base/text.ts';
import { type ByteRangeCheck, checkByteRange } from './byterange.ts';
import { dictAt, itemsAt, type PdfDocument, resolve, valueAt } from './document.ts';
import { asBytes, asDict, asInteger, asName, entry, isKind, type PdfDict, type PdfObject, type PdfRef, type PdfString } from './object.ts';
import { type Revision, revisionReaching, revisions } from './revision.ts';
import { parseDate, textOf } from './text.ts';

/** A signature or document time-stamp dictionary; what is missing or of another type is null, never an error. */
export interface SignatureDictionary {
  /** Null where it is written directly into the field. */
  readonly ref: PdfRef | null;
  readonly dict: PdfDict;
  readonly type: string | null;
  readonly filter: string | null;
  readonly subFilter: string | null;
  /** The items, null for one that is no integer; null where there is no array. */
  readonly byteRange: readonly (number | null)[] | null;
  /** The octets and where the string stands in the file. */
  readonly contents: PdfString | null;
  readonly coverage: ByteRangeCheck;
  /** Index of the revision that the covered octets end in, or null. */
  readonly revision: number | null;
  /** The covered octets end where that revision ends: at its `%%EOF` or the white space after it. */
  readonly coversRevision: boolean;
  /** /M, where it is a date. */
  readonly claimedTime: Instant | null;
  readonly name: string | null;
  readonly reason: string | null;
  readonly location: string | null;
  readonly contactInfo: string | null;
  readonly references: readonly SignatureReference[];
  /** /Cert of old signatures: one string or an array of them. */
  readonly certificates: readonly Bytes[];
}

/** 12.8.1, table 256. */
export interface SignatureReference {
  readonly transformMethod: string | null;
  readonly digestMethod: string | null;
  readonly parameters: TransformParameters | null;
}

/** DocMDP, FieldMDP and UR3 parameters in one: each member null where it is not told (12.8.2). */
export interface TransformParameters {
  readonly dict: PdfDict;
  readonly version: string | null;
  /** DocMDP: 1, 2 or 3. */
  readonly permissions: number | null;
  /** FieldMDP. */
  readonly action: string | null;
  readonly fields: readonly string[] | null;
}

/** 12.7.5.5, table 236: what signing this field locks. */
export interface FieldLock {
  readonly action: string | null;
  readonly fields: readonly string[] | null;
  readonly permissions: number | null;
}

/** Reads what a reference or a direct dictionary holds; null where it is no dictionary. */
export function readSignature(document: PdfDocument, value: PdfObject): SignatureDictionary | null {
  const dict = asDict(resolve(document, value));
  if (dict === null) return null;
  const at = (key: string): PdfObject => valueAt(document, dict, key);
  const contents = at('Contents');
  const place = isKind(contents, 'string') ? contents : null;
  const byteRange =
    itemsAt(document, dict, 'ByteRange')
      ?.slice(0, 64)
      .map((item) => asInteger(resolve(document, item))) ?? null;
  const coverage = checkByteRange(byteRange, place, document.size);
  const all = revisions(document);
  const revision = coverage.end === null || coverage.ranges === null ? null : revisionReaching(all, coverage.end);
  const claimed = textOf(at('M'));
  return {
    ref: isKind(value, 'ref') ? value : null,
    dict,
    type: asName(at('Type')),
    filter: asName(at('Filter')),
    subFilter: asName(at('SubFilter')),
    byteRange,
    contents: place,
    coverage,
    revision,
    coversRevision: revision !== null && coverage.end !== null && endsRevision(document, coverage.end, all[revision]),
    claimedTime: claimed === null ? null : parseDate(claimed),
    name: textOf(at('Name')),
    reason: textOf(at('Reason')),
    location: textOf(at('Location')),
    contactInfo: textOf(at('ContactInfo')),
    references: referencesOf(document, dict),
    certificates: certificatesOf(document, at('Cert')),
  };
}

/** At the `%%EOF` of the revision or after it. Where revisions cannot be told apart any more, at any such marker. */
function endsRevision(document: PdfDocument, end: number, revision: Revision | undefined): boolean {
  if (revision !== undefined && end >= revision.markerEnd) return true;
  return document.rebuilt && /%%EOF\s*$/.test(fromLatin1(document.source.read(Math.max(0, end - MARKER), MARKER)));
}

/** What a dictionary is by /Type, which may be left out, and /SubFilter; where they do not agree it is neither (ISO 32000-2, 12.8.1 and 12.8.5; EN 319 142-1, 5.4.3). */
export function kindOf({
  type,
  subFilter,
}: Pick<SignatureDictionary, 'type' | 'subFilter'>): 'signature' | 'timestamp' | { readonly neither: string } {
  const stamp = subFilter === 'ETSI.RFC3161';
  if (type === null) return stamp ? 'timestamp' : 'signature';
  if (type === 'Sig') return stamp ? { neither: '/Type is that of a signature, /SubFilter that of a time-stamp' } : 'signature';
  if (type !== 'DocTimeStamp') return { neither: '/Type is neither that of a signature nor that of a time-stamp' };
  return stamp || subFilter === null ? 'timestamp' : { neither: '/Type is that of a time-stamp, /SubFilter is not' };
}

/** The lock of a field, or null. */
export function readLock(document: PdfDocument, field: PdfDict): FieldLock | null {
  const lock = dictAt(document, field, 'Lock');
  if (lock === null) return null;
  return {
    action: asName(valueAt(document, lock, 'Action')),
    fields: namesOf(document, lock),
    permissions: asInteger(valueAt(document, lock, 'P')),
  };
}

/** Signatures that the catalogue's /Perms names (12.8.6): a certification (DocMDP) and usage rights (UR3, or UR of old). */
export function readPermissions(document: PdfDocument, catalog: PdfDict): { readonly docMdp: PdfObject; readonly ur3: PdfObject } {
  const perms = dictAt(document, catalog, 'Perms');
  if (perms === null) return { docMdp: null, ur3: null };
  return { docMdp: entry(perms, 'DocMDP'), ur3: entry(perms, 'UR3') ?? entry(perms, 'UR') };
}

function referencesOf(document: PdfDocument, of: PdfDict): SignatureReference[] {
  const found: SignatureReference[] = [];
  for (const item of (itemsAt(document, of, 'Reference') ?? []).slice(0, REFERENCES)) {
    const reference = asDict(resolve(document, item));
    if (reference === null) continue;
    const parameters = dictAt(document, reference, 'TransformParams');
    found.push({
      transformMethod: asName(valueAt(document, reference, 'TransformMethod')),
      digestMethod: asName(valueAt(document, reference, 'DigestMethod')),
      parameters:
        parameters === null
          ? null
          : {
              dict: parameters,
              version: asName(valueAt(document, parameters, 'V')),
              permissions: asInteger(valueAt(document, parameters, 'P')),
              action: asName(valueAt(document, parameters, 'Action')),
              fields: namesOf(document, parameters),
            },
    });
  }
  return found;
}

function namesOf(document: PdfDocument, of: PdfDict): readonly string[] | null {
  const items = itemsAt(document, of, 'Fields');
  return items === null ? null : items.map((item) => textOf(resolve(document, item))).filter((text) => text !== null);
}

function certificatesOf(document: PdfDocument, value: PdfObject): Bytes[] {
  const items = isKind(value, 'array') ? value.items.slice(0, CERTIFICATES) : [value];
  return items.map((item) => asBytes(resolve(document, item))).filter((bytes) => bytes !== null);
}

/** Octets in which a marker and the white space behind it are sought. */
const MARKER = 16;
const REFERENCES = 64;
const CERTIFICATES = 256;
