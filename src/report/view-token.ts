/** Signatures and time-stamps as people see them: verdict, rows, problems, every check. */
import type { PdfSignatureFacts, ReferenceFacts, SignatureFacts } from '../facts/index.ts';
import type { Certificate } from '../pki/certificate.ts';
import { type Conclusion, mainIndicationOf, subIndicationOf } from '../validation/conclusion.ts';
import type {
  BlockResult,
  EvidenceRecordReport,
  Finding,
  Report,
  SignatureReport,
  TimestampReport,
  TokenReport,
} from '../validation/report.ts';
import { type Catalogue, fill, own } from './catalogue.ts';
import { detailIn } from './detail.ts';
import { ltvOf } from './ltv.ts';
import { qualificationRows, stampText } from './qualification.ts';
import { certificateOf, nameOf, namesIn, shortName } from './report-names.ts';
import { capital, clauseOf, dateTime, type NameOf, remedyOf, sentenceOf } from './sentence.ts';
import { coveredFiles, signedParts } from './signed-parts.ts';
import { chainIsTrusted, laterChanges, type Tone, toneOf, toneOfSignature } from './verdict.ts';
import type { CertificateView, ChangeView, CheckView, ProcessView, Row, SignatureView, TokenView } from './view-type.ts';
import { visible } from './visible.ts';
import { decidingFinding, whyOfSignature, whyOfTimestamp } from './why.ts';

export function signatureView(signature: SignatureReport, index: number, report: Report, words: Catalogue): SignatureView {
  const { phrases, notes } = words;
  const { facts } = signature;
  const tone = toneOfSignature(signature);
  const signer = nameOf(certificateOf(facts.signer.certificate, report)) ?? phrases.unknownSigner;
  const title = report.signatures.length > 1 ? phrases.signatureNumberOf : phrases.signatureNumber;
  return {
    ...tokenView(signature, report, words),
    title: fill(title, { number: index + 1, count: report.signatures.length }),
    tone,
    verdict: verdictOf(tone, words),
    sentence: signatureSentence(signature, signer, words),
    why: whyOfSignature(signature, report, words),
    level: visible(signature.level),
    rows: signatureRows(signature, signer, report, words),
    changes: facts.pdf === null ? [] : changesOf(facts.pdf, words),
    timestamps: signature.timestamps.map((timestamp) => timestampView(timestamp, report, words)),
    notes: signature.notes.map((note) => own(notes, note) ?? `${capital(visible(note).replaceAll('-', ' '))}.`),
  };
}

export function timestampView(timestamp: TimestampReport, report: Report, words: Catalogue): TokenView {
  const { phrases } = words;
  const { facts, conclusion } = timestamp;
  const tone = toneOf(conclusion);
  const authority = nameOf(certificateOf(facts.signer.certificate, report)) ?? phrases.unknownAuthority;
  const because = subIndicationOf(conclusion);
  return {
    ...tokenView(timestamp, report, words),
    indication: blockIndication(conclusion),
    title: words.timestamps[facts.type],
    tone,
    verdict: verdictOf(tone, words),
    sentence:
      because === null
        ? fill(phrases.timestampSentence, { authority, time: dateTime(facts.time, words) })
        : (words.conclusions[because].ofTimestamp ?? words.conclusions[because].meaning),
    why: whyOfTimestamp(timestamp, report, words),
    rows: [
      { label: phrases.time, value: dateTime(facts.time, words) },
      { label: phrases.authority, value: authority },
      ...(timestamp.qualification === undefined
        ? []
        : [{ label: phrases.qualification, value: stampText(timestamp.qualification, words) }]),
      ...(facts.pdf === null ? [] : [{ label: phrases.field, value: visible(facts.pdf.fieldName) }]),
      ...coversRow(facts.type === 'container' ? facts.references : [], words),
    ],
  };
}

export function evidenceRecordView(record: EvidenceRecordReport, report: Report, words: Catalogue): SignatureView {
  const { phrases } = words;
  const { facts, conclusion, provenAt } = record;
  const tone = toneOf(conclusion);
  const because = subIndicationOf(conclusion);
  return {
    ...tokenView({ conclusion, process: record.process, chain: [] }, report, words),
    indication: blockIndication(conclusion),
    title: phrases.evidenceRecord,
    tone,
    verdict: verdictOf(tone, words),
    sentence:
      because !== null
        ? (words.conclusions[because].ofTimestamp ?? words.conclusions[because].meaning)
        : fill(phrases.evidenceRecordSentence, { time: provenAt === null ? '' : dateTime(provenAt, words) }),
    level: facts.type === 'XML' ? 'RFC 6283' : 'RFC 4998',
    rows: [
      ...(facts.name === null ? [] : [{ label: phrases.file, value: visible(facts.name) }]),
      ...coversRow(facts.origin === 'signature' ? [] : facts.references.map((one) => named(one, phrases.coversWhole)), words),
    ],
    changes: [],
    timestamps: record.timestamps.map((timestamp) => timestampView(timestamp, report, words)),
    notes: [],
  };
}

/** A file whose name is not known is the one that is judged. */
const named = (reference: ReferenceFacts, whole: string): ReferenceFacts =>
  reference.name === '' && reference.type === 'EVIDENCE_RECORD_ARCHIVE_OBJECT' ? { ...reference, name: whole } : reference;

function coversRow(references: readonly ReferenceFacts[], words: Catalogue): Row[] {
  const files = coveredFiles(references, words);
  return files === null ? [] : [{ label: words.phrases.covers, value: files }];
}

/** `one`, or `many` with the count in it. */
export const counted = (count: number, one: string, many: string): string => (count === 1 ? one : fill(many, { count }));

const verdictOf = (tone: Tone, { phrases }: Catalogue): string =>
  tone === 'good' ? phrases.valid : tone === 'bad' ? phrases.notValid : phrases.notConfirmed;

function signatureSentence(signature: SignatureReport, signer: string, { phrases, conclusions }: Catalogue): string {
  const because = subIndicationOf(signature.conclusion);
  const later = laterChanges(signature);
  if (because === 'FORMAT_FAILURE' && decidingFinding(signature)?.finding.check === 'later-changes-allowed')
    return phrases.changedAfterwards;
  if (because !== null) return `${conclusions[because].meaning}${later === 'disallowed' ? ` ${phrases.alsoChanged}` : ''}`;
  if (later === 'none') return fill(phrases.signedUnchanged, { signer });
  return fill(phrases.signedThenChanged, { signer, change: phrases[CHANGES[later]] });
}

function signatureRows(signature: SignatureReport, signer: string, report: Report, words: Catalogue): Row[] {
  const { phrases } = words;
  const { facts } = signature;
  const certificate = certificateOf(facts.signer.certificate, report);
  const rows: Row[] = [
    { label: chainIsTrusted(signature) && facts.value === 'intact' ? phrases.signedBy : phrases.claimsSignedBy, value: signer },
  ];
  if (certificate !== null) rows.push({ label: phrases.issuedBy, value: shortName(certificate.issuer) ?? phrases.noName });
  rows.push({
    label: phrases.statedTime,
    value: facts.claimedTime === null ? phrases.none : fill(phrases.aClaim, { time: dateTime(facts.claimedTime, words) }),
  });
  rows.push({ label: phrases.provenToExist, value: provenBy(signature, report, words) });
  if (facts.pdf !== null) rows.push(...pdfRows(facts.pdf, signature, words));
  const parts = signedParts(facts, words);
  if (parts !== null) rows.push({ label: phrases.signs, value: parts });
  rows.push({ label: phrases.trust, value: trustText(signature, words), tone: chainIsTrusted(signature) ? 'good' : 'open' });
  rows.push(revocationRow(signature, words));
  const ltv = ltvOf(signature, report, words);
  if (ltv !== null) rows.push({ label: phrases.ltv, value: ltv.sentence });
  const algorithm = [
    facts.algorithm.scheme ?? facts.algorithm.identifier,
    facts.algorithm.keyBits && fill(phrases.bits, { count: facts.algorithm.keyBits }),
    facts.algorithm.digest,
  ];
  rows.push({ label: phrases.algorithm, value: visible(algorithm.filter(Boolean).join(', ')) });
  if (signature.qualified !== undefined) rows.push(...qualificationRows(signature.qualified, words));
  else if (signature.qualification !== 'N/A') rows.push({ label: phrases.qualification, value: visible(signature.qualification) });
  return [...rows, ...statedRows(signature, words)];
}

function statedRows({ facts }: SignatureReport, { phrases }: Catalogue): Row[] {
  const stated: [string, string | null][] = [
    [phrases.reason, facts.pdf?.reason ?? null],
    [phrases.place, facts.productionPlace ?? facts.pdf?.location ?? null],
    [phrases.roles, [...facts.claimedRoles, ...facts.certifiedRoles].join('; ') || null],
    [phrases.commitment, facts.commitmentTypes.join('; ') || null],
    [phrases.signaturePolicy, policyText(facts.policy, phrases)],
  ];
  return stated.flatMap(([label, value]) => (value === null || value === '' ? [] : [{ label, value: visible(value) }]));
}

function policyText(policy: SignatureFacts['policy'], phrases: Catalogue['phrases']): string | null {
  if (policy === null) return null;
  if (policy.implied) return phrases.implied;
  return `${policy.id} (${phrases[POLICY_DOCUMENT[policy.document]]})`;
}

function revocationRow({ revocation }: SignatureReport, { phrases, revocation: statuses }: Catalogue): Row {
  const { embeddedCrls, embeddedOcsps } = revocation;
  const held = embeddedCrls + embeddedOcsps > 0;
  const status = revocation.status === 'not-checked' && held ? phrases.notChecked : statuses[revocation.status];
  const parts = [
    ...(embeddedCrls > 0 ? [counted(embeddedCrls, phrases.oneCrl, phrases.manyCrls)] : []),
    ...(embeddedOcsps > 0 ? [counted(embeddedOcsps, phrases.oneOcsp, phrases.manyOcsps)] : []),
  ];
  const [first = '', second] = parts;
  const what = second === undefined ? first : fill(phrases.and, { first, second });
  return {
    label: phrases.revocation,
    value: parts.length === 0 ? status : fill(phrases.fileHolds, { status, what }),
    tone: revocation.status === 'good' ? 'good' : revocation.status === 'revoked' ? 'bad' : 'open',
  };
}

function pdfRows(pdf: PdfSignatureFacts, signature: SignatureReport, words: Catalogue): Row[] {
  const { phrases } = words;
  const later = laterChanges(signature);
  const covers = pdf.byteRangeValid
    ? pdf.coversWholeFile
      ? phrases.coversWhole
      : fill(phrases.coversRevision, { revision: pdf.revision, revisions: pdf.revisions })
    : pdf.byteRangeProblem === null
      ? phrases.coversNot
      : fill(phrases.coversNotBecause, { problem: detailIn(pdf.byteRangeProblem, words) });
  const rows: Row[] = [
    {
      label: phrases.covers,
      value: visible(covers),
      tone: !pdf.byteRangeValid ? 'bad' : later === 'none' || later === 'allowed' ? 'good' : 'open',
    },
    {
      label: phrases.changedLater,
      value: phrases[LATER[later]],
      tone: later === 'disallowed' ? 'bad' : later === 'unknown' ? 'open' : 'good',
    },
  ];
  if (pdf.certification !== null) rows.push({ label: phrases.certified, value: phrases[`certified${pdf.certification}`] });
  rows.push({ label: phrases.signatureField, value: visible(pdf.fieldName) });
  return rows;
}

/** What was found; that nothing was looked for is told elsewhere. The detail is in English: other languages say what kind it is of. */
const changesOf = (pdf: PdfSignatureFacts, words: Catalogue): ChangeView[] =>
  (pdf.modifications ?? []).map(({ kind, object, page, allowed, why }) => {
    const where = [object === '' ? null : object, page === undefined ? null : fill(words.phrases.page, { page })];
    const place = where.filter((part) => part !== null).join(', ');
    const known = own(words.changes, kind);
    const what = words.language === 'en' ? capital(why) : (known ?? capital(words.phrases.detailOther));
    return { allowed, sentence: visible(place === '' ? what : `${what} (${place})`) };
  });

function tokenView(token: TokenReport, report: Report, words: Catalogue): TokenView {
  const because = subIndicationOf(token.conclusion);
  return {
    title: '',
    tone: toneOf(token.conclusion),
    indication: [mainIndicationOf(token.conclusion), ...(because === null ? [] : [because])].join(', '),
    verdict: '',
    sentence: '',
    remedy: because === null ? null : words.conclusions[because].remedy,
    why: [],
    rows: [],
    chain: token.chain.map((certificate) => certificateView(certificate, words)),
    trusted: chainIsTrusted(token),
    problems: problemsOf(token.process, namesIn(report), words),
    processes: token.process.map((result) => processView(result, report, words)),
  };
}

/** Checks that failed first, then warnings, each sentence once. */
function problemsOf(process: readonly BlockResult[], nameOf: NameOf, words: Catalogue): CheckView[] {
  const found = new Map<string, CheckView>();
  for (const wanted of ['fail', 'warn'] as const) {
    for (const { findings } of process) {
      for (const finding of findings) {
        if (finding.outcome !== wanted) continue;
        const check = checkView(finding, nameOf, words);
        if (!found.has(check.sentence)) found.set(check.sentence, check);
      }
    }
  }
  return [...found.values()];
}

const processView = ({ block, clause, subject, conclusion, findings }: BlockResult, report: Report, words: Catalogue): ProcessView => ({
  name: own(words.processes, block) ?? capital(visible(block).replaceAll('-', ' ')),
  clause: clauseOf(clause),
  subject: nameOf(certificateOf(subject, report)) ?? '',
  tone: toneOf(conclusion),
  indication: blockIndication(conclusion),
  checks: findings.map((finding) => checkView(finding, namesIn(report), words)),
});

const blockIndication = (conclusion: Conclusion): string =>
  conclusion.indication === 'PASSED' ? 'PASSED' : `${conclusion.indication}, ${conclusion.because}`;

const checkView = (finding: Finding, nameOf: NameOf, words: Catalogue): CheckView => ({
  outcome: finding.outcome,
  sentence: sentenceOf(finding, nameOf, words),
  remedy: finding.outcome === 'fail' || finding.outcome === 'warn' ? remedyOf(finding, words) : null,
  clause: clauseOf(finding.clause),
  id: visible(finding.check),
});

function certificateView(certificate: Certificate, words: Catalogue): CertificateView {
  const { phrases } = words;
  const nameText = (which: 'subject' | 'issuer'): string => visible(certificate[which].text) || phrases.noName;
  return {
    name: nameOf(certificate) ?? phrases.nameless,
    rows: [
      { label: phrases.subject, value: nameText('subject') },
      { label: phrases.issuer, value: nameText('issuer') },
      {
        label: phrases.validity,
        value: fill(phrases.fromTo, { from: dateTime(certificate.notBefore, words), to: dateTime(certificate.notAfter, words) }),
      },
      { label: phrases.serialNumber, value: certificate.serialHex },
      { label: 'SHA-256', value: certificate.fingerprint },
    ],
  };
}

function provenBy(signature: SignatureReport, report: Report, words: Catalogue): string {
  const { phrases } = words;
  const best = signature.bestSignatureTime;
  const time = dateTime(best, words);
  const proof = signature.timestamps.find(({ facts, conclusion }) => facts.time === best && conclusion.indication === 'PASSED');
  if (proof !== undefined) return fill(phrases.provenByTimestamp, { time });
  return best === report.at ? phrases.provenNow : fill(phrases.provenOn, { time });
}

function trustText(token: TokenReport, { phrases }: Catalogue): string {
  if (!chainIsTrusted(token)) return phrases.trustNone;
  if (token.chain.length === 1) return phrases.trustItself;
  return fill(phrases.trustLeads, { anchor: nameOf(token.chain.at(-1) ?? null) ?? phrases.trustedAuthority });
}

const CHANGES = { allowed: 'changesAllowed', disallowed: 'changesDisallowed', unknown: 'changesUnknown' } as const;

const LATER = { none: 'laterNone', allowed: 'laterAllowed', disallowed: 'laterDisallowed', unknown: 'laterUnknown' } as const;

const POLICY_DOCUMENT = {
  'not-obtained': 'policyNotObtained',
  match: 'policyMatch',
  mismatch: 'policyMismatch',
  unchecked: 'policyUnchecked',
} as const;
