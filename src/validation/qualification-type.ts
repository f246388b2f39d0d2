/** What trusted lists make of certificates, signatures and time-stamps (TS 119 615, 4.4 to 4.6): the words of it. */
import type { Instant } from '../base/instant.ts';
import type { ListsInUse } from '../trust/trust-source.ts';

export type CertificateType = 'esig' | 'eseal' | 'wsa' | 'unknown';

/** Why a conclusion is what it is, by id: `report` owns the sentences. */
export interface QualificationReason {
  readonly id: QualificationReasonId;
  /** What fills the sentence. */
  readonly with?: Readonly<Record<string, string>>;
}

export type QualificationReasonId =
  | 'no-list'
  | 'list-out-of-date'
  | 'no-service'
  | 'service'
  | 'not-in-force'
  | 'not-ca-qc'
  | 'type-not-served'
  | 'type-overruled'
  | 'conflict'
  | 'status-of-another-law'
  | 'not-granted'
  | 'inconsistent-qc'
  | 'inconsistent-type'
  | 'inconsistent-qscd'
  | 'unknown-qualifier'
  | 'unknown-critical'
  | 'qc-by-list'
  | 'not-qc-by-list'
  | 'qc-by-certificate'
  | 'not-qc-by-certificate'
  | 'other-law'
  | 'type-by-list'
  | 'type-by-certificate'
  | 'type-unclear'
  | 'type-before-regulation'
  | 'qscd-by-list'
  | 'no-qscd-by-list'
  | 'qscd-by-certificate'
  | 'no-qscd-by-certificate'
  | 'differs-over-time'
  | 'timestamp-granted'
  | 'timestamp-not-granted';

/** Of a certificate at one time (4.4). */
export interface CertificateAt {
  readonly at: Instant;
  /** `NA`: services of the lists contradict each other, or nothing is known. */
  readonly result: CertificateQualification;
  readonly qualified: boolean;
  readonly type: CertificateType;
  /** The key is in a qualified device. */
  readonly qscd: boolean;
  readonly reasons: readonly QualificationReason[];
}

export type CertificateQualification =
  | `QCERT_FOR_${'ESIG' | 'ESEAL' | 'UNKNOWN'}${'' | '_QSCD'}`
  | `${'' | 'Q'}CERT_FOR_WSA`
  | `CERT_FOR_${'ESIG' | 'ESEAL' | 'UNKNOWN'}`
  | 'NA';

/** Of a certificate for a signature: when it was issued, when the signature is proven to have existed, and both together. */
export interface CertificateOverTime {
  readonly issuance: CertificateAt;
  readonly best: CertificateAt;
  readonly result: CertificateQualification;
  readonly qualified: boolean;
  readonly type: CertificateType;
  readonly qscd: boolean;
  readonly reasons: readonly QualificationReason[];
}

type Kind = 'QESig' | 'QESeal' | 'QES?' | 'AdESig-QC' | 'AdESeal-QC' | 'AdES?-QC' | 'AdESig' | 'AdESeal' | 'AdES?';

/** Of a signature (4.6). `Not-AdES` where the signature itself failed, or its certificate is for a website. */
export type SignatureQualification = Kind | `Indeterminate-${Kind}` | `Not-AdES${'' | '-QC' | '-QC-QSCD'}` | 'N/A';

/** Of a time-stamp (4.5): a qualified one, another, or nothing known. */
export type TimestampQualification = 'QTSA' | 'TSA' | 'N/A';

export interface SignatureQualificationReport {
  readonly level: SignatureQualification;
  /** Null where no trusted list was used, or no service was reached. */
  readonly certificate: CertificateOverTime | null;
  readonly reasons: readonly QualificationReason[];
  readonly lists: ListsInUse;
}
