/** From evidence to a report (EN 319 102-1): synchronous and pure; the policy and the clock are arguments. */
import type { Instant } from '../base/instant.ts';
import type { AnyId, CertificateId, SignatureFacts, TimestampFacts, TimestampId } from '../facts/index.ts';
import type { Certificate } from '../pki/certificate.ts';
import { underChains } from './candidate-chains.ts';
import type { CertificateResult } from './certificate-validation.ts';
import type { Evidence } from './evidence.ts';
import { type JudgedEvidenceRecord, proofOfRecord, timestampsOfRecords, validateEvidenceRecord } from './evidence-record.ts';
import { addProof } from './existence.ts';
import { levelOf } from './level.ts';
import { validateLongTerm } from './long-term-availability.ts';
import type { Policy } from './policy-type.ts';
import type { EvidenceRecordReport, Report, RevocationStatus, SignatureReport, TimestampReport } from './report.ts';
import { latestOf, revokedOf } from './revocation-acceptance.ts';
import { proofOf, type TimestampResult, timestampsOf, validateTimestamp } from './timestamp.ts';
import { type World, worldOf } from './world.ts';

/**
 * Judges everything in `evidence` under `policy` at `at`. The same evidence, policy and time give the same report.
 *
 * Evidence records come first, then the time-stamps, the outermost before what it protects (5.6.3.4): what is good proves that what
 * it covers existed. Then the signatures.
 */
export function judge(evidence: Evidence, policy: Policy, at: Instant): Report {
  const proven = new Map<AnyId, Instant>();
  const start = worldOf(evidence, policy, at, proven);
  const records = (evidence.document.evidenceRecords ?? []).map((facts) => validateEvidenceRecord(facts, start));
  for (const record of records) addProof(proven, proofOfRecord(record), record.provenAt ?? at);
  const { world, results } = judgeTimestamps(start, proven);
  const owned = new Set(evidence.document.signatures.flatMap(({ timestamps }) => timestamps));
  const alone = [...results.values()].filter(({ facts }) => !owned.has(facts.id));
  return {
    at,
    policy: policy.name,
    format: evidence.document.format,
    signatures: evidence.document.signatures.map((signature) => judgeSignature(signature, results, records, world)),
    timestamps: alone.map((result) => timestampReport(result, world)),
    evidenceRecords: records.map((record) => recordReport(record, world)),
    unreadable: [...evidence.document.unreadable, ...evidence.unreadable],
    certificates: evidence.certificates,
    evidence,
    existence: proven,
  };
}

type Results = ReadonlyMap<TimestampId, TimestampResult>;

/** Results in document order. What has been found of revocation data in the past is forgotten as soon as more is proven. */
function judgeTimestamps(start: World, proven: Map<AnyId, Instant>): { world: World; results: Results } {
  let world: World = { ...start, serves: new Map() };
  const ofRecords = timestampsOfRecords(start);
  const found = new Map<TimestampId, TimestampResult>();
  for (const facts of outermostFirst(start.evidence)) {
    if (ofRecords.has(facts.id)) continue;
    const result = validateTimestamp(facts, world);
    found.set(facts.id, result);
    if (addProof(proven, proofOf(result), facts.time)) world = { ...world, serves: new Map() };
  }
  const inDocument = [...start.evidence.document.timestamps.values()].flatMap(({ id }) => found.get(id) ?? []);
  return { world, results: new Map(inDocument.map((result) => [result.facts.id, result])) };
}

/** Newest first: the outermost proof is judged before what it protects (5.6.3.4). Equal times: the later in the document first. */
function outermostFirst({ document }: Evidence): readonly TimestampFacts[] {
  return [...document.timestamps.values()]
    .map((facts, place) => ({ facts, place }))
    .sort((a, b) => b.facts.time - a.facts.time || b.place - a.place)
    .map(({ facts }) => facts);
}

function judgeSignature(facts: SignatureFacts, results: Results, records: readonly JudgedEvidenceRecord[], world: World): SignatureReport {
  const timestamps = timestampsOf(facts, results);
  const over = records.filter((record) => record.facts.covers.includes(facts.id));
  const { conclusion, bestSignatureTime, basic, process } = underChains(facts.signer.certificate, world, (under) =>
    validateLongTerm(facts, timestamps, over, under),
  );
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
    notes: notesOn(facts, world),
  };
}

const recordReport = ({ facts, conclusion, provenAt, timestamps, process }: JudgedEvidenceRecord, world: World): EvidenceRecordReport => ({
  facts,
  conclusion,
  provenAt,
  process,
  timestamps: timestamps.map((result) => timestampReport(result, world)),
});

const timestampReport = ({ facts, conclusion, process, basic: { certificate } }: TimestampResult, world: World): TimestampReport => ({
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

function notesOn({ signer, pdf }: SignatureFacts, { evidence }: World): string[] {
  const anchor = evidence.anchors.get(signer.certificate ?? ('' as CertificateId));
  return [
    ...(anchor ? ['signing-certificate-is-trust-anchor'] : []),
    ...(evidence.exhausted.length > 0 ? ['evidence-incomplete'] : []),
    ...(pdf && !pdf.coversWholeFile ? ['later-revisions-present'] : []),
    ...(pdf && !pdf.coversWholeFile && pdf.modifications === null ? ['later-changes-not-analysed'] : []),
  ];
}
