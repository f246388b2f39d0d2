/** What a report comes down to: whether everything in the document is good, and the tone in which each part is told. */
import { type Conclusion, subIndicationOf } from '../validation/conclusion.ts';
import type { Report, SignatureReport, TokenReport } from '../validation/report.ts';
import { modificationsOf } from './json.ts';

export type Tone = 'good' | 'open' | 'bad';

/**
 * Whether the document is good as a whole: it holds a signature (or, without one, a time-stamp or an evidence record), every one of them passed, none
 * was unreadable, and nothing was changed after a PDF signature that it does not allow, nor a time-stamp taken from elsewhere. The exit status of `validate` says the same.
 */
export function isGood(report: Report): boolean {
  const tokens = report.signatures.length > 0 ? report.signatures : [...report.timestamps, ...report.evidenceRecords];
  return tokens.length > 0 && toneOfReport(report) === 'good';
}

/** `bad` where something is proven wrong, `open` where something could not be confirmed. A report without tokens is `open`. */
export function toneOfReport(report: Report): Tone {
  const tones: Tone[] = [
    ...report.signatures.map(toneOfSignature),
    ...report.signatures.flatMap(({ facts: { pdf }, timestamps }) => (pdf !== null && timestamps.some(isBroken) ? ['bad' as const] : [])),
    ...[...report.timestamps, ...report.evidenceRecords].map(({ conclusion }) => toneOf(conclusion)),
    ...report.unreadable
      .filter(({ kind }) => kind === 'signature' || kind === 'timestamp' || kind === 'evidence-record')
      .map((): Tone => 'bad'),
  ];
  if (tones.includes('bad')) return 'bad';
  return tones.length === 0 || tones.includes('open') ? 'open' : 'good';
}

/** Its digest or its value is wrong. The signature may pass without it; what was made of the document is no good all the same. */
const isBroken = ({ conclusion }: TokenReport): boolean => BROKEN.has(subIndicationOf(conclusion) ?? '');

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

export const toneOf = (conclusion: Conclusion): Tone =>
  conclusion.indication === 'PASSED' ? 'good' : conclusion.indication === 'FAILED' ? 'bad' : 'open';

/** Whether some chain to a trusted certificate was found; says nothing of revocation. */
export const chainIsTrusted = ({ chain, conclusion, process }: TokenReport): boolean =>
  chain.length > 0 &&
  !UNTRUSTED.has(subIndicationOf(conclusion) ?? '') &&
  !process.some(({ conclusion: c }) => UNTRUSTED.has(subIndicationOf(c) ?? ''));

const BROKEN: ReadonlySet<string> = new Set(['HASH_FAILURE', 'SIG_CRYPTO_FAILURE']);
const UNTRUSTED: ReadonlySet<string> = new Set([
  'NO_CERTIFICATE_CHAIN_FOUND',
  'NO_CERTIFICATE_CHAIN_FOUND_NO_POE',
  'NO_SIGNING_CERTIFICATE_FOUND',
]);
