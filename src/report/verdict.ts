/** What a report comes down to: whether everything in the document is good, and the tone in which each part is told. */
import type { PdfModification, PdfSignatureFacts } from '../facts/index.ts';
import { type Conclusion, subIndicationOf } from '../validation/conclusion.ts';
import type { Report, SignatureReport, TokenReport } from '../validation/report.ts';

export type Tone = 'good' | 'open' | 'bad';

/** What is said of the document as a whole: `VALID` alone is exit status 0. */
export type Verdict = 'VALID' | 'NOT_CONFIRMED' | 'NOT_VALID' | 'NO_SIGNATURE';

/**
 * `VALID`: the document holds a signature, a time-stamp or an evidence record, every one of them passed, none was unreadable, and
 * nothing was changed after a PDF signature that it does not allow. The headline, the JSON and the exit status all come from here.
 */
export function verdictOf(report: Report): Verdict {
  const { signatures, timestamps, evidenceRecords, unreadable } = report;
  if (signatures.length + timestamps.length + evidenceRecords.length === 0) return unreadable.length === 0 ? 'NO_SIGNATURE' : 'NOT_VALID';
  return VERDICTS[toneOfReport(report)];
}

export const isGood = (report: Report): boolean => verdictOf(report) === 'VALID';

/** `bad` where something is proven wrong, `open` where something could not be confirmed. A report without tokens is `open`. */
export function toneOfReport(report: Report): Tone {
  const tones: Tone[] = [
    ...report.signatures.map(toneOfSignature),
    ...[...report.timestamps, ...report.evidenceRecords].map(({ conclusion }) => toneOf(conclusion)),
    ...report.unreadable
      .filter(({ kind }) => kind === 'signature' || kind === 'timestamp' || kind === 'evidence-record')
      .map((): Tone => 'bad'),
  ];
  if (tones.includes('bad')) return 'bad';
  return tones.length === 0 || tones.includes('open') ? 'open' : 'good';
}

export function toneOfSignature(signature: SignatureReport): Tone {
  const tone = toneOf(signature.conclusion);
  if (tone === 'bad' || signature.facts.pdf === null) return tone;
  const later = laterChanges(signature);
  return later === 'disallowed' ? 'bad' : later === 'unknown' ? 'open' : tone;
}

/** What follows the signed revision of a PDF; `unknown` where something does and nobody looked. */
export function laterChanges({ facts: { pdf } }: SignatureReport): 'none' | 'allowed' | 'disallowed' | 'unknown' {
  if (pdf === null) return 'none';
  const modifications = modificationsOf(pdf);
  if (pdf.modifications === null && modifications.length > 0) return 'unknown';
  if (modifications.some(({ allowed }) => !allowed)) return 'disallowed';
  return modifications.length > 0 ? 'allowed' : 'none';
}

/**
 * What later revisions changed, never less than is known: where nobody looked although something follows, that is itself
 * a change which nobody has allowed.
 */
export function modificationsOf(pdf: PdfSignatureFacts): readonly PdfModification[] {
  if (pdf.modifications !== null) return pdf.modifications;
  return pdf.coversWholeFile ? [] : [NOT_ANALYSED];
}

export const toneOf = (conclusion: Conclusion): Tone =>
  conclusion.indication === 'PASSED' ? 'good' : conclusion.indication === 'FAILED' ? 'bad' : 'open';

/** Whether some chain to a trusted certificate was found; says nothing of revocation. */
export const chainIsTrusted = ({ chain, conclusion, process }: TokenReport): boolean =>
  chain.length > 0 &&
  !UNTRUSTED.has(subIndicationOf(conclusion) ?? '') &&
  !process.some(({ conclusion: c }) => UNTRUSTED.has(subIndicationOf(c) ?? ''));

const VERDICTS = { good: 'VALID', open: 'NOT_CONFIRMED', bad: 'NOT_VALID' } as const;
const NOT_ANALYSED: PdfModification = {
  kind: 'not-analysed',
  object: '',
  allowed: false,
  why: 'something follows the signed revision, and what it changed was not analysed',
};
const UNTRUSTED: ReadonlySet<string> = new Set([
  'NO_CERTIFICATE_CHAIN_FOUND',
  'NO_CERTIFICATE_CHAIN_FOUND_NO_POE',
  'NO_SIGNING_CERTIFICATE_FOUND',
]);
