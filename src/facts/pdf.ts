/** What is known of a signature or document time-stamp by its place in a PDF (ISO 32000-2, 12.8). */

export interface PdfSignatureFacts {
  readonly fieldName: string;
  readonly filter: string | null;
  readonly subFilter: string | null;
  readonly byteRange: readonly number[];
  readonly byteRangeValid: boolean;
  /** Why the byte range is not valid; null where it is. */
  readonly byteRangeProblem: string | null;
  readonly coversWholeFile: boolean;
  /** 1 for the oldest revision. */
  readonly revision: number;
  readonly revisions: number;
  /** Access permission of a certification signature (DocMDP P); null where the signature does not certify. */
  readonly certification: 1 | 2 | 3 | null;
  /** Whether the dictionary in the final document is the one in the signed revision. */
  readonly dictionaryConsistent: boolean;
  readonly reason: string | null;
  readonly location: string | null;
  readonly contactInfo: string | null;
  readonly signerName: string | null;
  /** Whether /M tells a date, and whether the dictionary has a DSS revision before (for document time-stamps). */
  readonly hasSigningTime: boolean;
  /** What later revisions changed; null: not analysed, which is never 'nothing'. */
  readonly modifications: readonly PdfModification[] | null;
}

export interface PdfModification {
  readonly kind: string;
  readonly object: string;
  readonly page?: number;
  readonly allowed: boolean;
  readonly why: string;
}
