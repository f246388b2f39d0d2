/** From evidence to a report (EN 319 102-1): synchronous and pure; the policy and the clock are arguments. */
import type { Instant } from '../base/instant.ts';
import type { CertificateId, SignatureFacts, TimestampFacts, TimestampId } from '../facts/index.ts';
import type { Certificate } from '../pki/certificate.ts';
import type { CertificateResult } from './certificate-validation.ts';
import { isPassed } from './conclusion.ts';
import type { Evidence } from './evidence.ts';
import { nothingProven, prove } from './existence.ts';
import { levelOf } from './level.ts';
import type { Policy } from './policy-type.ts';
import type { Report, RevocationStatus, SignatureReport, TimestampReport } from './report.ts';
import { latestOf, revokedOf } from './revocation-acceptance.ts';
import { validateWithTime } from './signature-with-time.ts';
import { outermostFirst, type TimestampResult, timestampsOf, validateTimestamp } from './timestamp.ts';
import { emptyMemo, type World } from './world.ts';

/**
 * Judges everything in `evidence` under `policy` at `at`. The same evidence, policy and time give the same report.
 *
 * Time-stamps come first, the outermost before what it protects, and a good one proves that what it covers existed; then the signatures.
 */
export function judge(evidence: Evidence, policy: Policy, at: Instant): Report {
  const start: World = { evidence, policy, at, existence: nothingProven, memo: emptyMemo() };
  const { world, results } = judgeTimestamps(start);
  const owned = new Set(evidence.document.signatures.flatMap(({ timestamps }) => timestamps));
  const alone = [...results.values()].filter(({ facts }) => !owned.has(facts.id));
  return {
    at,
    policy: policy.name,
    format: evidence.document.format,
    signatures: evidence.document.signatures.map((signature) => judgeSignature(signature, results, world)),
    timestamps: alone.map((result) => timestampReport(result, world)),
    unreadable: [...evidence.document.unreadable, ...evidence.unreadable],
    certificates: evidence.certificates,
    evidence,
    existence: world.existence,
  };
}

/** Results in document order. */
function judgeTimestamps(start: World): { world: World; results: ReadonlyMap<TimestampId, TimestampResult> } {
  let world = start;
  const found = new Map<TimestampId, TimestampResult>();
  for (const facts of outermostFirst(start.evidence)) {
    const result = validateTimestamp(facts, world);
    found.set(facts.id, result);
    if (isPassed(result.conclusion)) world = { ...world, existence: prove(world.existence, facts.covers, facts.time) };
  }
  const inDocument = [...start.evidence.document.timestamps.values()].flatMap(({ id }) => found.get(id) ?? []);
  return { world, results: new Map(inDocument.map((result) => [result.facts.id, result])) };
}

function judgeSignature(facts: SignatureFacts, results: ReadonlyMap<TimestampId, TimestampResult>, world: World): SignatureReport {
  const timestamps = timestampsOf(facts, results);
  const { conclusion, bestSignatureTime, basic, process } = validateWithTime(facts, timestamps, world);
  return {
    facts,
    level: levelOf(facts, world.evidence),
    conclusion,
    bestSignatureTime,
    process,
    chain: reportedChain(basic.certificate, world),
    timestamps: timestamps.map((result) => timestampReport(result, world)),
    revocation: { ...embedded(facts, world.evidence), status: statusOf(basic.certificate, world) },
    qualification: 'N/A',
    notes: notesOn(facts, timestamps, world),
  };
}

const timestampReport = ({ facts, conclusion, process, certificate }: TimestampResult, world: World): TimestampReport => ({
  facts,
  conclusion,
  process,
  chain: reportedChain(certificate, world),
});

/** Up to the anchor; where there is none, as far as it goes. */
function reportedChain({ chain, anchor }: CertificateResult, { evidence }: World): readonly Certificate[] {
  const links = anchor < 0 ? chain : chain.slice(0, anchor + 1);
  return links.flatMap(({ certificate }) => evidence.certificates.get(certificate) ?? []);
}

/** Of the signing certificate. */
function statusOf({ judged: [signer] }: CertificateResult, world: World): RevocationStatus {
  if (!signer || signer.acceptances.length === 0) return 'not-checked';
  if (revokedOf(world, signer.acceptances, world.at)) return 'revoked';
  return latestOf(signer.acceptances)?.status.status ?? 'unknown';
}

function embedded({ material }: SignatureFacts, { document }: Evidence): { embeddedCrls: number; embeddedOcsps: number } {
  const ids = new Set(material.revocations.map(({ id }) => id));
  const kinds = [...ids].map((id) => document.revocations.get(id)?.kind);
  return { embeddedCrls: kinds.filter((kind) => kind === 'crl').length, embeddedOcsps: kinds.filter((kind) => kind === 'ocsp').length };
}

function notesOn({ signer, pdf }: SignatureFacts, timestamps: readonly TimestampResult[], { evidence }: World): string[] {
  const archival = timestamps.some(({ facts }: { facts: TimestampFacts }) => facts.type === 'archive' || facts.protectsMaterial);
  const anchor = evidence.anchors.get(signer.certificate ?? ('' as CertificateId));
  return [
    ...(archival ? ['archival-not-judged'] : []),
    ...(anchor ? ['signing-certificate-is-trust-anchor'] : []),
    ...(evidence.exhausted.length > 0 ? ['evidence-incomplete'] : []),
    ...(pdf && !pdf.coversWholeFile ? ['later-revisions-present'] : []),
    ...(pdf && !pdf.coversWholeFile && pdf.modifications === null ? ['later-changes-not-analysed'] : []),
  ];
}
