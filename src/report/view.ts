/** What a report shows to people, in order and in words; text and HTML only lay it out. */
import type { PdfSignatureFacts } from '../facts/index.ts';
import type { Certificate } from '../pki/certificate.ts';
import { attributeValues, type Name } from '../pki/name.ts';
import { type Conclusion, mainIndicationOf, subIndicationOf } from '../validation/conclusion.ts';
import type { BlockResult, Finding, Outcome, Report, SignatureReport, TimestampReport, TokenReport } from '../validation/report.ts';
import { conclusionWords, noteWords, processWords, revocationWords, timestampWords } from './messages.en.ts';
import { capital, clauseOf, dateTime, type NameOf, remedyOf, sentenceOf } from './sentence.ts';
import { laterChanges, type Tone, toneOf, toneOfReport, toneOfSignature } from './verdict.ts';
import { visible } from './visible.ts';

export interface View {
  readonly tone: Tone;
  readonly headline: string;
  readonly summary: string;
  readonly at: string;
  readonly policy: string;
  readonly signatures: readonly SignatureView[];
  /** Time-stamps that belong to no signature. */
  readonly timestamps: readonly TokenView[];
  /** One sentence for each token that could not be read. */
  readonly unreadable: readonly string[];
}

export interface TokenView {
  readonly title: string;
  readonly tone: Tone;
  /** Of the token as the standard names it, for example `TOTAL_FAILED, HASH_FAILURE`. */
  readonly indication: string;
  readonly verdict: string;
  readonly sentence: string;
  readonly remedy: string | null;
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

export function viewOf(report: Report): View {
  const tone = toneOfReport(report);
  return {
    tone,
    ...overall(report, tone),
    at: dateTime(report.at),
    policy: visible(report.policy),
    signatures: report.signatures.map((signature, i) => signatureView(signature, i, report)),
    timestamps: report.timestamps.map((timestamp) => timestampView(timestamp, report)),
    unreadable: report.unreadable.map(
      ({ kind, name, malformed }) =>
        `A ${kind}${name === null ? '' : ` (${visible(name)})`} could not be read: ${visible(malformed.what)}, ${visible(malformed.reason)}.`,
    ),
  };
}

function overall({ signatures, timestamps, unreadable }: Report, tone: Tone): { headline: string; summary: string } {
  const counted = [
    ...(signatures.length > 0 ? [plural(signatures.length, 'signature')] : []),
    ...(timestamps.length > 0 ? [plural(timestamps.length, 'time-stamp')] : []),
  ].join(' and ');
  if (counted === '' && unreadable.length === 0) return { headline: 'No signature', summary: 'No signature found in this file.' };
  if (counted === '') return { headline: 'Not valid', summary: 'What should be a signature could not be read.' };
  if (tone === 'good') return { headline: 'Valid', summary: allGood(signatures.length, timestamps.length, counted) };
  const good = signatures.filter((signature) => toneOfSignature(signature) === 'good').length;
  const share = signatures.length > 1 ? ` ${good} of ${signatures.length} signatures are valid.` : '';
  if (tone === 'bad') return { headline: 'Not valid', summary: `${counted}; do not rely on this file as it stands.${share}` };
  return { headline: 'Not confirmed', summary: `${counted}; nothing is proven wrong, but not everything could be confirmed.${share}` };
}

function allGood(signatures: number, timestamps: number, counted: string): string {
  if (signatures + timestamps > 1) return `${counted}: all are valid.`;
  return signatures === 1 ? 'The signature is valid.' : 'The time-stamp is valid.';
}

function signatureView(signature: SignatureReport, index: number, report: Report): SignatureView {
  const { facts } = signature;
  const tone = toneOfSignature(signature);
  const signer = nameOf(certificateOf(facts.signer.certificate, report)) ?? 'An unknown signer';
  return {
    ...tokenView(signature, report),
    title: `Signature ${index + 1}${report.signatures.length > 1 ? ` of ${report.signatures.length}` : ''}`,
    tone,
    verdict: tone === 'good' ? 'Valid' : tone === 'bad' ? 'Not valid' : 'Not confirmed',
    sentence: signatureSentence(signature, signer),
    level: visible(signature.level),
    rows: signatureRows(signature, signer, report),
    changes: facts.pdf === null ? [] : changesOf(facts.pdf),
    timestamps: signature.timestamps.map((timestamp) => timestampView(timestamp, report)),
    notes: signature.notes.map((note) => noteWords[note] ?? `${capital(visible(note).replaceAll('-', ' '))}.`),
  };
}

function signatureSentence(signature: SignatureReport, signer: string): string {
  const because = subIndicationOf(signature.conclusion);
  const later = laterChanges(signature);
  const change = later === 'none' ? '' : ` ${CHANGES[later]}`;
  if (because !== null) return `${conclusionWords[because].meaning}${later === 'disallowed' ? ` ${ALSO_CHANGED}` : ''}`;
  const whole = later === 'none' ? ', and what was signed is unchanged' : '';
  return `${signer} signed this${whole}.${change}`;
}

function signatureRows(signature: SignatureReport, signer: string, report: Report): Row[] {
  const { facts, revocation } = signature;
  const certificate = certificateOf(facts.signer.certificate, report);
  const rows: Row[] = [
    { label: chainIsTrusted(signature) && facts.value === 'intact' ? 'Signed by' : 'Claims to be signed by', value: signer },
  ];
  if (certificate !== null) rows.push({ label: 'Certificate issued by', value: shortName(certificate.issuer) ?? '(no name)' });
  rows.push({
    label: 'Time stated by the signer',
    value: facts.claimedTime === null ? 'none' : `${dateTime(facts.claimedTime)} (a claim, not a proof)`,
  });
  rows.push({ label: 'Proven to exist', value: provenBy(signature, report) });
  if (facts.pdf !== null) rows.push(...pdfRows(facts.pdf, signature));
  rows.push({ label: 'Trust', value: trustText(signature), tone: chainIsTrusted(signature) ? 'good' : 'open' });
  rows.push({
    label: 'Revocation',
    value: `${revocationWords[revocation.status]}${embedded(revocation.embeddedCrls, revocation.embeddedOcsps)}`,
    tone: revocation.status === 'good' ? 'good' : revocation.status === 'revoked' ? 'bad' : 'open',
  });
  const algorithm = [
    facts.algorithm.scheme ?? facts.algorithm.identifier,
    facts.algorithm.keyBits && `${facts.algorithm.keyBits} bits`,
    facts.algorithm.digest,
  ];
  rows.push({ label: 'Algorithm', value: visible(algorithm.filter(Boolean).join(', ')) });
  if (signature.qualification !== 'N/A') rows.push({ label: 'Qualification', value: visible(signature.qualification) });
  const stated: [string, string | null][] = [
    ['Reason stated', facts.pdf?.reason ?? null],
    ['Place stated', facts.productionPlace ?? facts.pdf?.location ?? null],
    ['Roles stated', [...facts.claimedRoles, ...facts.certifiedRoles].join('; ') || null],
    ['Commitment', facts.commitmentTypes.join('; ') || null],
    ['Signature policy', facts.policy === null ? null : facts.policy.implied ? 'implied' : facts.policy.id],
  ];
  for (const [label, value] of stated) if (value !== null && value !== '') rows.push({ label, value: visible(value) });
  return rows;
}

function pdfRows(pdf: PdfSignatureFacts, signature: SignatureReport): Row[] {
  const later = laterChanges(signature);
  const covers = !pdf.byteRangeValid
    ? `not what a signature must cover${pdf.byteRangeProblem === null ? '' : `: ${pdf.byteRangeProblem}`}`
    : pdf.coversWholeFile
      ? 'the whole file'
      : `the file as it was in revision ${pdf.revision} of ${pdf.revisions}`;
  const rows: Row[] = [
    {
      label: 'Covers',
      value: visible(covers),
      tone: !pdf.byteRangeValid ? 'bad' : later === 'none' || later === 'allowed' ? 'good' : 'open',
    },
    { label: 'Changed after signing', value: LATER[later], tone: later === 'disallowed' ? 'bad' : later === 'unknown' ? 'open' : 'good' },
  ];
  if (pdf.certification !== null) rows.push({ label: 'Certified document', value: CERTIFICATION[pdf.certification] });
  rows.push({ label: 'Signature field', value: visible(pdf.fieldName) });
  return rows;
}

/** What was found; that nothing was looked for is told elsewhere. */
const changesOf = (pdf: PdfSignatureFacts): ChangeView[] =>
  (pdf.modifications ?? []).map(({ kind, object, page, allowed, why }) => {
    const where = [object === '' ? null : object, page === undefined ? null : `page ${page}`].filter((part) => part !== null).join(', ');
    return { allowed, sentence: visible(`${capital(kind.replaceAll('-', ' '))}${where === '' ? '' : ` (${where})`}: ${why}`) };
  });

function timestampView(timestamp: TimestampReport, report: Report): TokenView {
  const { facts, conclusion } = timestamp;
  const tone = toneOf(conclusion);
  const authority = nameOf(certificateOf(facts.signer.certificate, report)) ?? 'an unknown authority';
  const because = subIndicationOf(conclusion);
  return {
    ...tokenView(timestamp, report),
    indication: blockIndication(conclusion),
    title: timestampWords[facts.type],
    tone,
    verdict: tone === 'good' ? 'Valid' : tone === 'bad' ? 'Not valid' : 'Not confirmed',
    sentence:
      because === null
        ? `${authority} confirms that this existed on ${dateTime(facts.time)}.`
        : conclusionWords[because].meaning.replaceAll('the signature', 'the time-stamp').replaceAll('The signature', 'The time-stamp'),
    rows: [
      { label: 'Time', value: dateTime(facts.time) },
      { label: 'Authority', value: authority },
      ...(facts.pdf === null ? [] : [{ label: 'Field', value: visible(facts.pdf.fieldName) }]),
    ],
  };
}

function tokenView(token: TokenReport, report: Report): TokenView {
  const because = subIndicationOf(token.conclusion);
  return {
    title: '',
    tone: toneOf(token.conclusion),
    indication: [mainIndicationOf(token.conclusion), ...(because === null ? [] : [because])].join(', '),
    verdict: '',
    sentence: '',
    remedy: because === null ? null : conclusionWords[because].remedy,
    rows: [],
    chain: token.chain.map(certificateView),
    trusted: chainIsTrusted(token),
    problems: problemsOf(token.process, namesIn(report)),
    processes: token.process.map((result) => processView(result, report)),
  };
}

/** Checks that failed first, then warnings, each sentence once. */
function problemsOf(process: readonly BlockResult[], nameOf: NameOf): CheckView[] {
  const found = new Map<string, CheckView>();
  for (const wanted of ['fail', 'warn'] as const) {
    for (const { findings } of process) {
      for (const finding of findings) {
        if (finding.outcome !== wanted) continue;
        const check = checkView(finding, nameOf);
        if (!found.has(check.sentence)) found.set(check.sentence, check);
      }
    }
  }
  return [...found.values()];
}

const processView = ({ block, clause, subject, conclusion, findings }: BlockResult, report: Report): ProcessView => ({
  name: processWords[block] ?? capital(visible(block).replaceAll('-', ' ')),
  clause: clauseOf(clause),
  subject: nameOf(certificateOf(subject, report)) ?? '',
  tone: toneOf(conclusion),
  indication: blockIndication(conclusion),
  checks: findings.map((finding) => checkView(finding, namesIn(report))),
});

const blockIndication = (conclusion: Conclusion): string =>
  conclusion.indication === 'PASSED' ? 'PASSED' : `${conclusion.indication}, ${conclusion.because}`;

const checkView = (finding: Finding, nameOf: NameOf): CheckView => ({
  outcome: finding.outcome,
  sentence: sentenceOf(finding, nameOf),
  remedy: finding.outcome === 'fail' || finding.outcome === 'warn' ? remedyOf(finding) : null,
  clause: clauseOf(finding.clause),
  id: visible(finding.check),
});

const certificateView = (certificate: Certificate): CertificateView => ({
  name: nameOf(certificate) ?? 'Certificate without a name',
  rows: [
    { label: 'Subject', value: nameText(certificate, 'subject') },
    { label: 'Issuer', value: nameText(certificate, 'issuer') },
    { label: 'Valid', value: `${dateTime(certificate.notBefore)} to ${dateTime(certificate.notAfter)}` },
    { label: 'Serial number', value: certificate.serialHex },
    { label: 'SHA-256', value: certificate.fingerprint },
  ],
});

function provenBy(signature: SignatureReport, report: Report): string {
  const best = signature.bestSignatureTime;
  const proof = signature.timestamps.find(({ facts, conclusion }) => facts.time === best && conclusion.indication === 'PASSED');
  if (proof !== undefined) return `on ${dateTime(best)}, by a time-stamp`;
  return best === report.at ? 'only now, at the time of this validation: no time-stamp proves more' : `on ${dateTime(best)}`;
}

/** Whether some chain to a trusted certificate was found; says nothing of revocation. */
const chainIsTrusted = ({ chain, conclusion, process }: TokenReport): boolean =>
  chain.length > 0 &&
  !UNTRUSTED.has(subIndicationOf(conclusion) ?? '') &&
  !process.some(({ conclusion: c }) => UNTRUSTED.has(subIndicationOf(c) ?? ''));

function trustText(token: TokenReport): string {
  if (!chainIsTrusted(token)) return 'no trusted authority vouches for this certificate';
  const anchor = nameOf(token.chain.at(-1) ?? null);
  if (token.chain.length === 1) return 'the certificate of the signer was itself given as trusted';
  return `leads to ${anchor ?? 'a trusted authority'}, which was given as trusted`;
}

function embedded(crls: number, ocsps: number): string {
  const parts = [...(crls > 0 ? [plural(crls, 'CRL')] : []), ...(ocsps > 0 ? [plural(ocsps, 'OCSP response')] : [])];
  return parts.length === 0 ? '' : ` (the file holds ${parts.join(' and ')})`;
}

const certificateOf = (id: string | null, { certificates }: Report): Certificate | null =>
  id === null ? null : (certificates.get(id) ?? null);

const nameOf = (certificate: Certificate | null): string | null => (certificate === null ? null : shortName(certificate.subject));

/** Names of the report's certificates by id, for sentences. */
export const namesIn =
  (report: Report): NameOf =>
  (id) =>
    nameOf(certificateOf(id, report));

/** Common name with the organisation, else the whole name; null where there is none. */
function shortName(name: Name): string | null {
  const common = attributeValues(name, COMMON_NAME)[0];
  const organisation = attributeValues(name, ORGANISATION)[0];
  if (common === undefined) return name.text === '' ? null : visible(name.text);
  return visible(organisation === undefined || organisation === common ? common : `${common}, ${organisation}`);
}

const nameText = (certificate: Certificate, which: 'subject' | 'issuer'): string => visible(certificate[which].text) || '(no name)';

const plural = (count: number, noun: string): string => `${count} ${noun}${count === 1 ? '' : 's'}`;

const CHANGES = {
  allowed: 'Something was added to the file later; all of it is of a kind that the signature allows.',
  disallowed: 'But the file was changed afterwards in a way that the signature does not allow.',
  unknown: 'But something was added to the file afterwards, and what it changes was not analysed.',
} as const;

const ALSO_CHANGED = 'Besides, the file was changed afterwards in a way that the signature does not allow.';

const LATER = {
  none: 'no',
  allowed: 'yes, only in ways that the signature allows',
  disallowed: 'yes, in ways that the signature does not allow',
  unknown: 'yes; what it changes was not analysed',
} as const;

const CERTIFICATION = {
  1: 'no change is permitted',
  2: 'only filling in forms and signing is permitted',
  3: 'only comments, filling in forms and signing are permitted',
} as const;

const UNTRUSTED: ReadonlySet<string> = new Set([
  'NO_CERTIFICATE_CHAIN_FOUND',
  'NO_CERTIFICATE_CHAIN_FOUND_NO_POE',
  'NO_SIGNING_CERTIFICATE_FOUND',
]);
const COMMON_NAME = '2.5.4.3';
const ORGANISATION = '2.5.4.10';
