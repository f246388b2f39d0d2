/** The manifest of the dss vectors (its field guide is in their README), and what is kept of our own reports. */
import type { EvidenceRecordJson, ReportJson, SignatureJson, TimestampJson } from '../../src/report/json.ts';

export interface DssCase {
  readonly file: string;
  readonly format: string;
  readonly detached: readonly DssDetached[];
  readonly anchors?: readonly string[];
  readonly error?: unknown;
  readonly trusted?: OracleRun;
  readonly untrusted?: OracleRun;
  readonly noRev?: OracleRun;
  readonly variants?: readonly OracleVariant[];
}

export interface DssDetached {
  readonly file?: string;
  readonly path?: string;
  readonly text?: string;
  readonly b64?: string;
  readonly digestAlg?: string;
  readonly name?: string | null;
}

export interface OracleVariant {
  readonly case: string;
  readonly detached: readonly DssDetached[];
  readonly evidenceRecordsSupplied?: readonly DssDetached[];
  readonly anchors: readonly string[];
  readonly trusted?: OracleRun;
  readonly untrusted?: OracleRun;
}

export interface OracleRun {
  readonly sigs: readonly OracleSignature[];
  readonly tsts?: readonly OracleTimestamp[];
  readonly ers?: readonly OracleRecord[];
}

export interface OracleRecord {
  readonly type: string;
  readonly ind: string;
  readonly sub?: string;
  readonly poe?: string;
  readonly dm?: readonly { readonly t: string; readonly f?: boolean; readonly i?: boolean }[];
  readonly tsts?: readonly OracleTimestamp[];
}

export interface OracleSignature {
  readonly i: number;
  readonly ind: string;
  readonly sub?: string;
  readonly best?: string;
  readonly level?: string;
  readonly sc?: string;
  readonly claimed?: string;
  readonly valid?: boolean;
  readonly dm?: readonly { readonly t: string; readonly f?: boolean; readonly i?: boolean }[];
  readonly dmTotal?: number;
  readonly tsts?: readonly OracleTimestamp[];
  readonly counter?: boolean;
  readonly policy?: { readonly id?: string };
  readonly commit?: readonly string[];
  readonly roles?: readonly string[];
  readonly pdf?: OraclePdf;
}

export interface OracleTimestamp {
  readonly type?: string;
  readonly time?: string;
  readonly ind?: string;
  readonly sub?: string;
  readonly miFound?: boolean;
  readonly miIntact?: boolean;
  readonly tsa?: string;
}

export interface OraclePdf {
  readonly fields: readonly string[];
  readonly byteRange: readonly number[];
  readonly byteRangeValid: boolean;
  readonly docMDP?: string;
  readonly ext: number;
  readonly form: number;
  readonly annot: number;
  readonly undef: number;
}

export interface DssExpected {
  readonly format: string;
  /** The oracle refuses the document. */
  readonly error: boolean;
  readonly trusted?: OracleRun;
  readonly untrusted?: OracleRun;
  readonly noRev?: OracleRun;
  readonly variants: readonly Pick<OracleVariant, 'case' | 'trusted' | 'untrusted'>[];
}

/** Null where the manifest says nothing of the outcome. */
export function expectedOf(entry: DssCase): DssExpected | null {
  const { format, trusted, untrusted, noRev, error, variants = [] } = entry;
  if (!trusted && !error) return null;
  return {
    format,
    error: Boolean(error),
    ...(trusted && { trusted }),
    ...(untrusted && { untrusted }),
    ...(noRev && { noRev }),
    variants: variants.map((each) => ({
      case: each.case,
      ...(each.trusted && { trusted: each.trusted }),
      ...(each.untrusted && { untrusted: each.untrusted }),
    })),
  };
}

/** The JSON contract without checks, or why there is no report. */
export type RunGot = SlimReport | { readonly fault: string; readonly because: string };

export interface SlimReport {
  readonly signatures: readonly SlimSignature[];
  readonly timestamps: readonly SlimTimestamp[];
  readonly evidenceRecords: readonly SlimRecord[];
  readonly unreadable: number;
}

export type SlimRecord = Omit<EvidenceRecordJson, 'timestamps' | 'checks'> & { readonly timestamps: readonly SlimTimestamp[] };

export type SlimTimestamp = Omit<TimestampJson, 'checks'>;
export type SlimSignature = Omit<SignatureJson, 'checks' | 'timestamps'> & { readonly timestamps: readonly SlimTimestamp[] };

export interface DssGot {
  readonly trusted: RunGot;
  readonly untrusted: RunGot;
  readonly noRev: RunGot;
  readonly variants: { readonly case: string; readonly trusted: RunGot; readonly untrusted: RunGot }[];
}

export function slim({ signatures, timestamps, evidenceRecords, unreadable }: ReportJson): SlimReport {
  return {
    signatures: signatures.map(({ checks: _, timestamps: stamps, ...rest }) => ({ ...rest, timestamps: stamps.map(slimTimestamp) })),
    timestamps: timestamps.map(slimTimestamp),
    evidenceRecords: evidenceRecords.map(({ timestamps: stamps, ...rest }) => ({ ...rest, timestamps: stamps.map(slimTimestamp) })),
    unreadable: unreadable.length,
  };
}

const slimTimestamp = ({ checks: _, ...rest }: TimestampJson): SlimTimestamp => rest;
