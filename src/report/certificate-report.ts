/** A report on a certificate and its path (RFC 5280, 6): what was found, and its forms for programs. */
import { type Instant, toIso } from '../base/instant.ts';
import type { Certificate } from '../pki/certificate.ts';
import type { RevocationReason } from '../pki/index.ts';
import type { PathFailure } from '../pki/path.ts';
import type { ListsInUse } from '../trust/trust-source.ts';
import type { CertificateOverTime } from '../validation/qualification-type.ts';
import { CATALOGUES } from './catalogue.ts';
import { certificateQualificationJson, listsJson } from './qualification.ts';

export interface CertificateReport {
  readonly at: Instant;
  readonly valid: boolean;
  readonly target: Certificate;
  /** The certificate in question first; the trust anchor last where one was reached. */
  readonly path: readonly CertificateStep[];
  /** The failure that says most; null where there is none. */
  readonly failure: PathFailure | null;
  /** All of them, each with its place in the path. */
  readonly failures: readonly PathFailure[];
  /** Policies that hold along the path, in the terms of the anchor. */
  readonly policies: readonly string[];
  /** What was asked for: identifiers of policies, and the name of a purpose. */
  /** By trusted lists, where they were used. */
  readonly qualification?: CertificateOverTime & { readonly lists: ListsInUse };
  readonly asked: { readonly purpose: string | null; readonly policies: readonly string[] };
}

export interface CertificateStep {
  readonly certificate: Certificate;
  readonly role: 'target' | 'issuer' | 'anchor';
  readonly revocation: StepRevocation;
}

/** What is known of the revocation of one certificate, and by which data. */
export type StepRevocation =
  | { readonly status: 'trusted' }
  | { readonly status: 'not-needed' }
  | { readonly status: 'unknown'; readonly why: string }
  | { readonly status: 'good'; readonly by: RevocationData | null }
  | { readonly status: 'revoked'; readonly date: Instant; readonly reason: RevocationReason | null; readonly by: RevocationData | null };

export interface RevocationData {
  readonly kind: 'crl' | 'ocsp';
  /** thisUpdate of a CRL, producedAt of an OCSP response. */
  readonly time: Instant;
  readonly sha256: string;
}

/** Failures at one place of the path; those of the whole path belong to the certificate in question. */
export const failuresAt = ({ failures, path }: CertificateReport, index: number): PathFailure[] =>
  failures.filter((failure) => Math.min(failure.index, path.length - 1) === index);

/** The report as one plain object; sentences in English. */
export const certificateReportJson = (report: CertificateReport) => ({
  validationTime: toIso(report.at),
  valid: report.valid,
  subject: report.target.subject.text,
  sha256: report.target.fingerprint,
  purpose: report.asked.purpose,
  policiesAsked: report.asked.policies,
  failure: report.failure && failureJson(report.failure),
  failures: report.failures.map(failureJson),
  policies: report.policies,
  ...(report.qualification && {
    qualification: { ...certificateQualificationJson(report.qualification), trustedLists: listsJson(report.qualification.lists) },
  }),
  path: report.path.map(({ certificate, role, revocation }) => ({
    role,
    subject: certificate.subject.text,
    issuer: certificate.issuer.text,
    serial: certificate.serialHex,
    notBefore: toIso(certificate.notBefore),
    notAfter: toIso(certificate.notAfter),
    sha256: certificate.fingerprint,
    revocation: {
      status: revocation.status,
      ...(revocation.status === 'revoked' && { date: toIso(revocation.date), reason: revocation.reason }),
      ...('by' in revocation && revocation.by && { by: { ...revocation.by, time: toIso(revocation.by.time) } }),
      ...(revocation.status === 'unknown' && { why: revocation.why }),
    },
  })),
});

const failureJson = ({ code, clause, index, what }: PathFailure) => ({ code, clause, index, what, ...CATALOGUES.en.pathFailures[code] });
