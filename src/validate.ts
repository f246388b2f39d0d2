/** The story of validation (EN 319 102-1): read the document, gather the evidence, judge it under a policy at a time. What reads a PDF and a CMS is there at once, the other formats are loaded when one comes. */
import type { Bytes } from './base/bytes.ts';
import { indexOf } from './base/bytes.ts';
import { Fault } from './base/fault.ts';
import type { Instant } from './base/instant.ts';
import { exact } from './base/options.ts';
import type { Parsed } from './base/parsed.ts';
import { asSource, type Source } from './base/source.ts';
import { utf8 } from './base/text.ts';
import { type DetachedContent, readCmsDocument } from './cades/document.ts';
import { contentOfSource } from './cms/content.ts';
import type { Recipient } from './crypto/recipient.ts';
import type { DocumentFacts } from './facts/index.ts';
import { openingOf } from './open-pdf.ts';
import { readPades } from './pades/read.ts';
import { type PolicyDocument, withSuppliedPolicies } from './supplied-policies.ts';
import type { Evidence } from './validation/evidence.ts';
import { examineFacts, type ExamineOptions as GatherOptions } from './validation/examine.ts';
import { judge } from './validation/judge.ts';
import { type Policy, policyByName } from './validation/policy.ts';
import type { Report } from './validation/report.ts';

export type { PolicyDocument } from './supplied-policies.ts';
export { judge };

export interface ExamineOptions {
  /** Trust anchors, DER, or with the instant at which trust in them ends. A CA certificate may issue; any other is trusted for its own signatures only. */
  readonly trust?: GatherOptions['trust'];
  /** Trusted lists (`openSnapshot` of `adeskit/trust`), or any other source of trust; beside `trust`. */
  readonly trustSource?: GatherOptions['trustSource'];
  /** Contents of detached signatures. With one, its name does not matter. */
  readonly detached?: readonly { readonly name?: string; readonly bytes: Bytes | Source }[];
  /** Evidence records (RFC 4998 or RFC 6283) over the document or its detached contents. */
  readonly evidenceRecords?: readonly { readonly name?: string; readonly bytes: Bytes }[];
  /** Documents of signature policies, by the OID or URI that signatures name: each is compared with the digest that is signed. */
  readonly policyDocuments?: readonly PolicyDocument[];
  /** DER certificates that the document may lack. */
  readonly certificates?: readonly Bytes[];
  /** CRLs and OCSP responses that the document may lack. */
  readonly revocations?: GatherOptions['extraRevocations'];
  /** Where missing material is fetched; without sources validation is offline. */
  readonly sources?: GatherOptions['sources'];
  readonly limits?: GatherOptions['limits'];
  /** Of an encrypted PDF, its user's or its owner's. */
  readonly password?: string;
  /** Whoever opens it, where it is encrypted for the holders of certificates (`openRecipient` of `adeskit/keys`). */
  readonly recipient?: Recipient;
}

export interface ValidateOptions extends ExamineOptions {
  /** The time at which the document is judged. */
  readonly at: Instant;
  /** A name (`default`, `dss-6.4`, `dss-6.4-no-revocation`) or a policy; default: `default`. */
  readonly policy?: string | Policy;
}

/**
 * Validates every signature and time-stamp of a document. What is wrong with the document is in the report; a Fault says
 * what the caller or the world did: `malformed-input` (no document that can be read), `unsupported` (format, encryption),
 * `wrong-password`, `bad-option`, `network`.
 */
export async function validate(document: Bytes | Source, options: ValidateOptions): Promise<Report> {
  const { at, policy = 'default', ...examined } = options;
  if (typeof at !== 'number' || !Number.isFinite(at))
    throw new Fault('bad-option', 'validate: `at` is the validation time in milliseconds');
  const chosen = typeof policy === 'string' ? policyByName(policy) : policy;
  return judge(await examineAs('validate', document, examined), chosen, at);
}

/** The first half of validation: all reading, cryptography and fetching. Judging the result again gives the same report again. */
export function examine(document: Bytes | Source, options: ExamineOptions = {}): Promise<Evidence> {
  return examineAs('examine', document, options);
}

async function examineAs(name: string, document: Bytes | Source, options: ExamineOptions): Promise<Evidence> {
  exact(name, options, [
    'trust',
    'trustSource',
    'detached',
    'certificates',
    'revocations',
    'sources',
    'limits',
    'password',
    'recipient',
    'evidenceRecords',
    'policyDocuments',
  ]);
  const { trust = [], trustSource, certificates = [], revocations, sources, limits, evidenceRecords = [], policyDocuments = [] } = options;
  const supplied = [...certificates, ...trust.map((one) => (one instanceof Uint8Array ? one : one.certificate))];
  const facts = await factsOf(asSource(document), options, supplied);
  if (!facts.ok) {
    const { what, at, reason } = facts.malformed;
    throw new Fault('malformed-input', `this document cannot be read: ${what} at offset ${at}: ${reason}`);
  }
  const records = { records: evidenceRecords, document: asSource(document), certificates: supplied };
  const proven =
    evidenceRecords.length === 0
      ? facts.value
      : (await import('./supplied-records.ts')).withSuppliedRecords(facts.value, { ...records, detached: contentsOf(options) });
  const complete = withSuppliedPolicies(proven, policyDocuments);
  return examineFacts(complete, {
    trust,
    ...(trustSource !== undefined && { trustSource }),
    extraCertificates: certificates,
    ...(revocations !== undefined && { extraRevocations: revocations }),
    ...(sources !== undefined && { sources }),
    ...(limits !== undefined && { limits }),
  });
}

/** Told apart by content, never by name: by the first octets, and a PDF header may stand further on. */
async function factsOf(source: Source, options: ExamineOptions, supplied: readonly Bytes[]): Promise<Parsed<DocumentFacts>> {
  const head = source.read(0, HEAD);
  const isPdf = indexOf(head, PDF_HEADER) >= 0;
  const first = head.find((octet) => octet > 0x20);
  const opening = openingOf(options);
  if (head[0] === SEQUENCE) {
    const cms = readCmsDocument(source, contentsOf(options), supplied);
    const record = cms.ok ? null : await recordIn(source, LARGEST_RECORD, options, supplied);
    if (record !== null) return record;
    if (cms.ok || !isPdf) return cms;
  }
  if (indexOf(head.subarray(0, ZIP_HEADER.length), ZIP_HEADER) === 0) return (await import('./asic/read.ts')).readAsic(source, supplied);
  if (isPdf) return readPades(source, supplied, opening);
  if (looksLikeXml(head)) {
    const record = await recordIn(source, LARGEST_XML_RECORD, options, supplied);
    return record ?? (await import('./xades/document.ts')).readXmlDocument(source, contentsOf(options), supplied);
  }
  if (first === BRACE) throw new Fault('unsupported', 'this is JSON: JAdES is not supported yet');
  // A PDF without its header still ends as one.
  const pdf = indexOf(source.read(Math.max(0, source.size - HEAD), HEAD), PDF_END) < 0 ? null : readPades(source, supplied, opening);
  if (pdf?.ok) return pdf;
  throw new Fault(
    'malformed-input',
    'this is neither a PDF, nor a CMS or XML signature, an ASiC container or an evidence record: no format that is known',
  );
}

/** An evidence record alone, of RFC 4998 or RFC 6283; null where it is none. */
async function recordIn(
  source: Source,
  largest: number,
  options: ExamineOptions,
  supplied: readonly Bytes[],
): Promise<Parsed<DocumentFacts> | null> {
  if (source.size > largest) return null;
  const bytes = source.read(0, source.size);
  const { isRecordDocument, readEvidenceRecordDocument } = await import('./evidence-record/document.ts');
  return isRecordDocument(bytes) ? readEvidenceRecordDocument(bytes, contentsOf(options), supplied) : null;
}

/** The first octets that are no white space, after a byte order mark or none, in any encoding that is read. */
export function looksLikeXml(head: Bytes): boolean {
  const marked =
    (head[0] === 0xef && head[1] === 0xbb && head[2] === 0xbf) ||
    (head[0] === 0xff && head[1] === 0xfe) ||
    (head[0] === 0xfe && head[1] === 0xff);
  return marked || head.find((octet) => octet > 0x20) === LESS;
}

const contentsOf = ({ detached = [] }: ExamineOptions): DetachedContent[] =>
  detached.map(({ name, bytes }) => ({ name: name ?? null, content: contentOfSource(asSource(bytes)) }));

/** Where a PDF header may stand (ISO 32000-1, annex H.3, note 13). */
const HEAD = 1024;
const PDF_HEADER = utf8('%PDF-');
const PDF_END = utf8('%%EOF');
const ZIP_HEADER = utf8('PK\x03\x04');
const LESS = 0x3c;
const BRACE = 0x7b;
const SEQUENCE = 0x30;
/** Of an evidence record, in octets. */
const LARGEST_RECORD = 1 << 28;
const LARGEST_XML_RECORD = 1 << 24;
