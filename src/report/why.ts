/** Why a verdict is what it is, in plain words: the check that decided, the evidence it looked at, and what the verdict rests on. */
import type { Certificate } from '../pki/certificate.ts';
import { subIndicationOf } from '../validation/conclusion.ts';
import type { BlockResult, Finding, Report, SignatureReport, TimestampReport, TokenReport } from '../validation/report.ts';
import { type Catalogue, fill } from './catalogue.ts';
import { certificateOf, nameOf, namesIn } from './report-names.ts';
import { capital, clauseOf, dateOnly, dateTime, sentenceOf } from './sentence.ts';
import { chainIsTrusted } from './verdict.ts';

export function whyOfSignature(signature: SignatureReport, report: Report, words: Catalogue): string[] {
  if (subIndicationOf(signature.conclusion) !== null) return whyNot(signature, signature.facts.id, report, words);
  const { phrases } = words;
  const signer = nameOf(signature.chain[0] ?? null) ?? phrases.unknownSigner;
  const proof = signature.timestamps.find(
    ({ facts, conclusion }) => facts.time === signature.bestSignatureTime && conclusion.indication === 'PASSED',
  );
  const [certificate] = signature.chain;
  const time =
    proof === undefined
      ? [phrases.whyTimeNow, ...(certificate === undefined ? [] : [fill(phrases.whyEnds, { time: dateOnly(certificate.notAfter, words) })])]
      : [
          fill(phrases.whyTimeProven, {
            authority: nameOf(certificateOf(proof.facts.signer.certificate, report)) ?? phrases.unknownAuthority,
            time: dateTime(proof.facts.time, words),
          }),
        ];
  return [fill(phrases.whyIntact, { signer }), ...whyTrusted(signature, report, words), ...time];
}

export function whyOfTimestamp(timestamp: TimestampReport, report: Report, words: Catalogue): string[] {
  if (subIndicationOf(timestamp.conclusion) !== null) return whyNot(timestamp, timestamp.facts.id, report, words);
  const signer = nameOf(timestamp.chain[0] ?? null) ?? words.phrases.unknownAuthority;
  return [fill(words.phrases.whyTimestampIntact, { signer }), ...whyTrusted(timestamp, report, words)];
}

/** The finding that made the conclusion what it is: the last failed one of a block that concluded the same. */
export function decidingFinding({ process, conclusion }: TokenReport): { block: BlockResult; finding: Finding } | null {
  const because = subIndicationOf(conclusion);
  let found: { block: BlockResult; finding: Finding } | null = null;
  for (const wanted of [because, null]) {
    for (const block of process) {
      if (wanted !== null && subIndicationOf(block.conclusion) !== wanted) continue;
      const finding = block.findings.find(({ outcome }) => outcome === 'fail');
      // The blocks that later ones sum up come first and tell most.
      if (finding !== undefined) found ??= { block, finding };
    }
  }
  return found;
}

function whyNot(token: TokenReport, own: string, report: Report, words: Catalogue): string[] {
  const { phrases } = words;
  const decided = decidingFinding(token);
  if (decided === null) return [];
  const { block, finding } = decided;
  const what = subjectText(block.subject, own, report, words);
  return [
    sentenceOf(finding, namesIn(report), words),
    ...(what === null ? [] : [fill(phrases.whyEvidence, { what }).replace(/\.\.$/, '.')]),
    fill(phrases.whyCheck, { clause: clauseOf(finding.clause) }),
  ];
}

/** What was checked, in words; null where nobody can tell. */
function subjectText(subject: string, own: string, report: Report, words: Catalogue): string | null {
  const { phrases } = words;
  const certificate = certificateOf(subject, report);
  if (certificate !== null) return fill(phrases.certificateOf, { name: nameOf(certificate) ?? phrases.nameless });
  const revocation = report.evidence.revocations.get(subject);
  if (revocation !== undefined) {
    const issuer = nameOf(certificateOf(revocation.signer.certificate, report)) ?? phrases.unknownAuthority;
    const time = dateTime(revocation.producedAt, words);
    return fill(revocation.kind === 'crl' ? phrases.crlOf : phrases.ocspOf, { issuer, time });
  }
  const timestamp = report.evidence.document.timestamps.get(subject);
  if (timestamp !== undefined) return fill(phrases.theTimestamp, { time: dateTime(timestamp.time, words) });
  return subject === own ? phrases.theSignature : null;
}

function whyTrusted(token: TokenReport, report: Report, words: Catalogue): string[] {
  const { phrases } = words;
  if (!chainIsTrusted(token)) return [];
  const signer = nameOf(token.chain[0] ?? null) ?? phrases.nameless;
  if (token.chain.length === 1) return [fill(phrases.whyTrustedItself, { signer })];
  const anchor = nameOf(token.chain.at(-1) ?? null) ?? phrases.trustedAuthority;
  const told = token.chain.slice(0, -1).flatMap((certificate) => notRevoked(certificate, report, words) ?? []);
  return [fill(phrases.whyTrusted, { signer, anchor }), ...told];
}

/** The newest data that says so, or null. */
function notRevoked(certificate: Certificate, { evidence }: Report, words: Catalogue): string | null {
  const { phrases } = words;
  const statuses = evidence.statuses.get(certificate.fingerprint) ?? [];
  const good = statuses.find(({ status, problem, authorised }) => status === 'good' && problem === null && authorised);
  const facts = good && evidence.revocations.get(good.revocation);
  if (good === undefined || facts === undefined) return null;
  return fill(phrases.whyNotRevoked, {
    what: capital(facts.kind === 'crl' ? phrases.crl : phrases.ocsp),
    time: dateTime(facts.producedAt, words),
    certificate: nameOf(certificate) ?? phrases.nameless,
  });
}
