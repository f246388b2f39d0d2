/** The report as one plain object: the JSON contract of `validate --json`. Members may be added; these stay. */
import { type Instant, toIso } from '../base/instant.ts';
import { exact } from '../base/options.ts';
import type { CertificateId, PdfSignatureFacts, ReferenceFacts, SignaturePolicyFacts } from '../facts/index.ts';
import { mainIndicationOf, subIndicationOf } from '../validation/conclusion.ts';
import type {
  BlockResult,
  EvidenceRecordReport,
  Report,
  RevocationStatus,
  SignatureReport,
  TimestampReport,
} from '../validation/report.ts';
import type { VisualChange } from '../validation/visual-change.ts';
import { qualificationJson } from './qualification.ts';
import { clauseOf, type NameOf, sentenceOf } from './sentence.ts';
import { modificationsOf, type Verdict, verdictOf } from './verdict.ts';
import { visible } from './visible.ts';
import { type VisualJson, visualJson } from './visual.ts';

export interface ReportJson {
  validationTime: string;
  policy: string;
  format: string;
  /** Of the document as a whole, as the exit status of `validate` says it: 0 for `VALID` alone. */
  verdict: Verdict;
  signatures: SignatureJson[];
  /** Stand-alone, time-stamp-only and container time-stamps, and document time-stamps of a file without signature. */
  timestamps: TimestampJson[];
  evidenceRecords: EvidenceRecordJson[];
  /** Where a signature or time-stamp belongs and could not be read. */
  unreadable: { kind: string; name: string | null; reason: string }[];
}

export interface SignatureJson {
  id: string;
  format: 'PAdES' | 'XAdES' | 'CAdES';
  container: 'ASiC-S' | 'ASiC-E' | null;
  level: string;
  indication: 'TOTAL_PASSED' | 'TOTAL_FAILED' | 'INDETERMINATE';
  subIndication: string | null;
  claimedSigningTime: string | null;
  bestSignatureTime: string | null;
  signingCertificate: CertificateJson | null;
  /** SHA-256 of each certificate, the signing certificate first. */
  chain: string[];
  digestAlgorithm: string | null;
  signatureAlgorithm: string;
  /** The value verifies over the signed attributes or SignedInfo, whatever the references. */
  signatureIntact: boolean;
  /** `signatureIntact`, and every reference of the signature itself (all but entries of a manifest) found and intact. */
  valid: boolean;
  references: ReferenceJson[];
  timestamps: TimestampJson[];
  counterSignatureOf: string | null;
  policyId: string | null;
  /** Left out where the signature names no policy, or the implied one. */
  signaturePolicy?: SignaturePolicyJson;
  commitmentTypes: string[];
  signerRoles: string[];
  revocation: { embeddedCrls: number; embeddedOcsps: number; status: RevocationStatus };
  /** Absent where the signature is not in a PDF. */
  pdf?: PdfJson;
  qualification: string;
  /** How it came about; absent where no trusted lists were used. */
  qualificationDetails?: ReturnType<typeof qualificationJson>;
  checks: CheckJson[];
  notes: string[];
}

export interface SignaturePolicyJson {
  id: string;
  url: string | null;
  digestAlgorithm: string | null;
  /** Hexadecimal, as the signature names it. */
  digest: string | null;
  /** Whether the document is at hand. */
  identified: boolean;
  /** Whether it is the one that is meant; null where nothing was compared. */
  digestValid: boolean | null;
  /** Whether the signature brings it along. */
  stored: boolean;
}

export interface CertificateJson {
  sha256: string;
  subject: string;
  issuer: string;
  serial: string;
  notBefore: string;
  notAfter: string;
}

export interface ReferenceJson {
  type: string;
  name: string;
  found: boolean;
  intact: boolean;
  /** Of an XML signature: path of the element that is signed as a whole (`/`: the document; null: something else), and how much was digested. */
  covers?: { element: string | null; octets: number | null };
  /** Of a Manifest: what it lists, and how much of that is at hand. */
  entries?: { total: number; found: number };
}

export interface TimestampJson {
  id: string;
  type: 'content' | 'signature' | 'validation-data' | 'archive' | 'document' | 'container';
  time: string;
  tsaCertificate: string | null;
  imprintFound: boolean;
  imprintIntact: boolean;
  signatureIntact: boolean;
  indication: 'PASSED' | 'FAILED' | 'INDETERMINATE';
  subIndication: string | null;
  /** `QTSA`, `TSA` or `N/A`; absent where no trusted lists were used. */
  qualification?: string;
  checks: CheckJson[];
}

export interface EvidenceRecordJson {
  id: string;
  type: 'ASN1' | 'XML';
  origin: 'signature' | 'container' | 'external';
  indication: 'PASSED' | 'FAILED' | 'INDETERMINATE';
  subIndication: string | null;
  poeTime: string | null;
  references: ReferenceJson[];
  timestamps: TimestampJson[];
}

export interface PdfJson {
  fieldName: string;
  byteRange: number[];
  byteRangeValid: boolean;
  coversWholeFile: boolean;
  revision: number;
  certification: 1 | 2 | 3 | null;
  modifications: { kind: string; object: string; page?: number; allowed: boolean; why: string }[];
  /** Where pages were compared as pictures. */
  visual?: VisualJson;
}

export interface CheckJson {
  id: string;
  clause: string;
  outcome: 'ok' | 'fail' | 'warn' | 'inform' | 'ignored';
  /** A sentence for people; where the outcome is not `ok`. */
  because?: string;
  /** Building block or process that ran the check. */
  process: string;
  /** Id of the token or certificate that was checked. */
  subject: string;
}

export interface JsonOptions {
  /** How pages changed since each signature. */
  readonly visual?: readonly VisualChange[];
}

/** The report by the JSON contract. Pure; `JSON.stringify` of it is what the command prints. */
export function toJson(report: Report, options: JsonOptions = {}): ReportJson {
  exact('toJson', options, ['visual']);
  const { visual = [] } = options;
  const names = new Map<string, string | null>();
  const nameOf: NameOf = (id) => {
    const known = names.get(id);
    if (known !== undefined) return known;
    const subject = report.certificates.get(id)?.subject.text;
    const name = subject === undefined ? null : visible(subject);
    names.set(id, name);
    return name;
  };
  return {
    validationTime: toIso(report.at),
    policy: report.policy,
    format: report.format,
    verdict: verdictOf(report),
    signatures: report.signatures.map((signature) => signatureJson(signature, report, nameOf, visual)),
    timestamps: report.timestamps.map((timestamp) => timestampJson(timestamp, nameOf)),
    evidenceRecords: report.evidenceRecords.map((record) => evidenceRecordJson(record, nameOf)),
    unreadable: report.unreadable.map(({ kind, name, malformed: { what, at, reason } }) => ({
      kind,
      name,
      reason: `${what} at ${at}: ${reason}`,
    })),
  };
}

function signatureJson(signature: SignatureReport, report: Report, nameOf: NameOf, changes: readonly VisualChange[]): SignatureJson {
  const visual = visualJson(changes, signature.facts.id);
  const { facts, conclusion, revocation } = signature;
  return {
    id: facts.id,
    format: facts.format,
    container: facts.container,
    level: signature.level,
    indication: mainIndicationOf(conclusion),
    subIndication: subIndicationOf(conclusion),
    claimedSigningTime: isoOrNull(facts.claimedTime),
    bestSignatureTime: isoOrNull(signature.bestSignatureTime),
    signingCertificate: certificateJson(facts.signer.certificate, report),
    chain: signature.chain.map(({ fingerprint }) => fingerprint),
    digestAlgorithm: facts.algorithm.digest ?? facts.references[0]?.digestAlgorithm ?? null,
    signatureAlgorithm: facts.algorithm.scheme ?? facts.algorithm.identifier,
    signatureIntact: facts.value === 'intact',
    valid: isValid(signature),
    references: facts.references.map(referenceJson),
    timestamps: signature.timestamps.map((timestamp) => timestampJson(timestamp, nameOf)),
    counterSignatureOf: facts.counterSignatureOf,
    policyId: facts.policy === null ? null : facts.policy.implied ? 'IMPLICIT_POLICY' : facts.policy.id,
    ...(facts.policy && !facts.policy.implied && { signaturePolicy: policyJson(facts.policy) }),
    commitmentTypes: [...facts.commitmentTypes],
    signerRoles: [...facts.claimedRoles, ...facts.certifiedRoles],
    revocation: { embeddedCrls: revocation.embeddedCrls, embeddedOcsps: revocation.embeddedOcsps, status: revocation.status },
    ...(facts.pdf && { pdf: { ...pdfJson(facts.pdf), ...(visual && { visual }) } }),
    qualification: signature.qualification,
    ...(signature.qualified && { qualificationDetails: qualificationJson(signature.qualified) }),
    checks: signature.process.flatMap((block) => checksOf(block, nameOf)),
    notes: [...signature.notes],
  };
}

const policyJson = ({ id, url, digestAlgorithm, digest = null, document, store }: SignaturePolicyFacts): SignaturePolicyJson => ({
  ...{ id, url, digestAlgorithm, digest },
  identified: document !== 'not-obtained',
  digestValid: document === 'match' ? true : document === 'mismatch' ? false : null,
  stored: store,
});

/**
 * Core validation (XMLDSig 1.1, 3.2): whether the value verifies and everything that the signature itself refers to was found and
 * agrees; a signature that vouches for nothing is not valid. Entries of a manifest are no such references: they are told each, and
 * the conclusion counts them.
 */
export function isValid({ facts }: SignatureReport): boolean {
  const own = facts.references.filter(({ type }) => type !== 'MANIFEST_ENTRY');
  return facts.value === 'intact' && own.length > 0 && own.every(({ found, intact }) => found && intact);
}

function timestampJson({ facts, conclusion, process, qualification }: TimestampReport, nameOf: NameOf): TimestampJson {
  const imprint = facts.references.find(({ type }) => type === 'MESSAGE_IMPRINT');
  return {
    id: facts.id,
    type: facts.type,
    time: toIso(facts.time),
    tsaCertificate: facts.signer.certificate,
    imprintFound: imprint?.found ?? false,
    imprintIntact: imprint?.intact ?? false,
    signatureIntact: facts.value === 'intact',
    indication: conclusion.indication,
    subIndication: subIndicationOf(conclusion),
    ...(qualification !== undefined && { qualification }),
    checks: process.flatMap((block) => checksOf(block, nameOf)),
  };
}

const evidenceRecordJson = ({ facts, conclusion, provenAt, timestamps }: EvidenceRecordReport, nameOf: NameOf): EvidenceRecordJson => ({
  id: facts.id,
  type: facts.type,
  origin: facts.origin,
  indication: conclusion.indication,
  subIndication: subIndicationOf(conclusion),
  poeTime: isoOrNull(provenAt),
  references: facts.references.map(referenceJson),
  timestamps: timestamps.map((timestamp) => timestampJson(timestamp, nameOf)),
});

function certificateJson(id: CertificateId | null, { certificates }: Report): CertificateJson | null {
  const certificate = id === null ? undefined : certificates.get(id);
  if (id === null || certificate === undefined) return null;
  return {
    sha256: id,
    subject: certificate.subject.text,
    issuer: certificate.issuer.text,
    serial: certificate.serialHex,
    notBefore: toIso(certificate.notBefore),
    notAfter: toIso(certificate.notAfter),
  };
}

const pdfJson = (pdf: PdfSignatureFacts): PdfJson => ({
  fieldName: pdf.fieldName,
  byteRange: [...pdf.byteRange],
  byteRangeValid: pdf.byteRangeValid,
  coversWholeFile: pdf.coversWholeFile,
  revision: pdf.revision,
  certification: pdf.certification,
  modifications: modificationsOf(pdf).map(({ kind, object, page, allowed, why }) => ({
    kind,
    object,
    ...(page !== undefined && { page }),
    allowed,
    why,
  })),
});

const checksOf = ({ block, subject, findings }: BlockResult, nameOf: NameOf): CheckJson[] =>
  findings.map((finding) => ({
    id: finding.check,
    clause: clauseOf(finding.clause),
    outcome: finding.outcome,
    ...(finding.outcome !== 'ok' && finding.outcome !== 'ignored' && { because: sentenceOf(finding, nameOf) }),
    process: block,
    subject,
  }));

const referenceJson = ({ type, name, found, intact, covers, entries }: ReferenceFacts): ReferenceJson => ({
  type,
  name,
  found,
  intact,
  ...(covers && { covers: { ...covers } }),
  ...(entries && { entries: { ...entries } }),
});

const isoOrNull = (at: Instant | null): string | null => (at === null ? null : toIso(at));
