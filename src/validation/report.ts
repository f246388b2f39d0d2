/** The outcome of `judge`: what was concluded of each token and why. Ids and facts, never prose: `report` owns the sentences. */
import type { Instant } from '../base/instant.ts';
import type {
  CertificateId,
  DocumentFormat,
  EvidenceRecordFacts,
  SignatureFacts,
  TimestampFacts,
  UnreadableToken,
} from '../facts/index.ts';
import type { Certificate } from '../pki/certificate.ts';
import type { Conclusion } from './conclusion.ts';
import type { Evidence } from './evidence.ts';
import type { Existence } from './existence.ts';
import type { SignatureQualificationReport, TimestampQualification } from './qualification-type.ts';

export type Outcome = 'ok' | 'fail' | 'warn' | 'inform' | 'ignored';

/** What one check found. */
export interface Finding {
  /** Stable name, for example `signature-value-intact`. */
  readonly check: string;
  /** For example `EN 319 102-1, 5.2.7`. */
  readonly clause: string;
  readonly outcome: Outcome;
  /** Facts that fill the sentence of the report, for example the certificate and the date. */
  readonly with?: Readonly<Record<string, string | number>>;
}

/** What one building block or process concluded, on which token. */
export interface BlockResult {
  /** Named as in the standard, for example `cryptographic-verification`. */
  readonly block: string;
  readonly clause: string;
  /** Certificate, revocation data or token that was checked. */
  readonly subject: string;
  readonly conclusion: Conclusion;
  readonly findings: readonly Finding[];
}

export interface TokenReport {
  readonly conclusion: Conclusion;
  readonly process: readonly BlockResult[];
  /** Signing certificate first. */
  readonly chain: readonly Certificate[];
}

export interface TimestampReport extends TokenReport {
  readonly facts: TimestampFacts;
  /** By trusted lists; left out where none were used. */
  readonly qualification?: TimestampQualification;
}

export interface EvidenceRecordReport {
  readonly facts: EvidenceRecordFacts;
  readonly conclusion: Conclusion;
  /** Since when what it covers is proven to have existed; null where it is not good. */
  readonly provenAt: Instant | null;
  readonly process: readonly BlockResult[];
  readonly timestamps: readonly TimestampReport[];
}

export type RevocationStatus = 'good' | 'revoked' | 'unknown' | 'not-checked';

export interface SignatureReport extends TokenReport {
  readonly facts: SignatureFacts;
  /** By structure alone, whatever the verdict; names as in the JSON contract, for example `PAdES-BASELINE-T`. */
  readonly level: string;
  readonly bestSignatureTime: Instant;
  readonly timestamps: readonly TimestampReport[];
  readonly revocation: { readonly embeddedCrls: number; readonly embeddedOcsps: number; readonly status: RevocationStatus };
  readonly qualification: string;
  /** How the qualification came about; left out where no trusted lists were used. */
  readonly qualified?: SignatureQualificationReport;
  /** What the reader should know beside the verdict, by id, for example `evidence-incomplete`. */
  readonly notes: readonly string[];
}

export interface Report {
  readonly at: Instant;
  readonly policy: string;
  readonly format: DocumentFormat;
  readonly signatures: readonly SignatureReport[];
  /** Time-stamps that belong to no signature. */
  readonly timestamps: readonly TimestampReport[];
  readonly evidenceRecords: readonly EvidenceRecordReport[];
  readonly unreadable: readonly UnreadableToken[];
  readonly certificates: ReadonlyMap<CertificateId, Certificate>;
  /** What was judged: reports name revocation data and its dates from it. */
  readonly evidence: Evidence;
  /** What the time-stamps that hold prove to have existed, and since when. */
  readonly existence: Existence;
}
