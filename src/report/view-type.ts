/** The shape of what a report shows to people: words already chosen, nothing laid out yet. */
import type { Outcome } from '../validation/report.ts';
import type { Timeline } from './timeline.ts';
import type { Tone } from './verdict.ts';

export interface View {
  readonly tone: Tone;
  readonly headline: string;
  readonly summary: string;
  readonly at: string;
  readonly policy: string;
  readonly signatures: readonly SignatureView[];
  /** Time-stamps that belong to no signature. */
  readonly timestamps: readonly TokenView[];
  readonly evidenceRecords: readonly SignatureView[];
  /** One sentence for each token that could not be read. */
  readonly unreadable: readonly string[];
  /** Null where nothing has a time. */
  readonly timeline: Timeline | null;
}

export interface TokenView {
  readonly title: string;
  readonly tone: Tone;
  /** Of the token as the standard names it, for example `TOTAL_FAILED, HASH_FAILURE`. */
  readonly indication: string;
  readonly verdict: string;
  readonly sentence: string;
  readonly remedy: string | null;
  /** Why the verdict is what it is: which check, on what evidence. */
  readonly why: readonly string[];
  readonly rows: readonly Row[];
  readonly chain: readonly CertificateView[];
  readonly trusted: boolean;
  /** Checks that failed or warn, each once. */
  readonly problems: readonly CheckView[];
  readonly processes: readonly ProcessView[];
}

export interface SignatureView extends TokenView {
  readonly level: string;
  readonly changes: readonly ChangeView[];
  readonly timestamps: readonly TokenView[];
  readonly notes: readonly string[];
}

export interface Row {
  readonly label: string;
  readonly value: string;
  readonly tone?: Tone;
}

export interface ChangeView {
  readonly allowed: boolean;
  readonly sentence: string;
}

export interface CertificateView {
  readonly name: string;
  readonly rows: readonly Row[];
}

export interface CheckView {
  readonly outcome: Outcome;
  readonly sentence: string;
  readonly remedy: string | null;
  readonly clause: string;
  readonly id: string;
}

export interface ProcessView {
  readonly name: string;
  readonly clause: string;
  readonly subject: string;
  readonly tone: Tone;
  readonly indication: string;
  readonly checks: readonly CheckView[];
}
