/** From evidence to a report (EN 319 102-1): synchronous and pure; the policy and the clock are arguments. */
import type { Instant } from '../base/instant.ts';
import type { AnyId, CertificateId, SignatureFacts, TimestampFacts, TimestampId } from '../facts/index.ts';
import type { Certificate } from '../pki/certificate.ts';
import { inForceAt } from '../trust/trust-source.ts';
import { underChains } from './candidate-chains.ts';
import type { CertificateResult } from './certificate-validation.ts';
import { type Block, runBlock } from './check.ts';
import { indeterminate, isPassed } from './conclusion.ts';
import type { Evidence } from './evidence.ts';
import { type JudgedEvidenceRecord, proofOfRecord, timestampsOfRecords, validateEvidenceRecord } from './evidence-record.ts';
import { addProof, earliest } from './existence.ts';
import { levelOf } from './level.ts';
import { validateLongTerm } from './long-term-availability.ts';
import { levelsFor } from './policy.ts';
import type { Policy } from './policy-type.ts';
import { qualifySignature, qualifyTimestamp, servicesOf } from './qualification-signature.ts';
import type { SignatureQualificationReport } from './qualification-type.ts';
import type { EvidenceRecordReport, Report, RevocationStatus, SignatureReport, TimestampReport } from './report.ts';
import { latestOf, revokedOf } from './revocation-acceptance.ts';
import type { WithTimeResult } from './signature-with-time.ts';
import { proofOf, type TimestampResult, timestampsOf, validateTimestamp } from './timestamp.ts';
import { tokenOf, type World, worldOf } from './world.ts';

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
  const validated = underChains(facts.signer.certificate, world, (under) => validateLongTerm(facts, timestamps, over, under));
  const { bestSignatureTime, basic } = validated;
  const { conclusion, process, qualified } = qualify(facts, validated, world);
  return {
    facts,
    level: levelOf(facts, world.evidence),
    conclusion,
    bestSignatureTime,
    process,
    chain: reportedChain(basic.certificate, world),
    timestamps: timestamps.map((result) => timestampReport(result, world)),
    revocation: { ...embedded(facts, world.evidence), status: statusOf(basic.certificate, world) },
    qualification: qualified?.level ?? 'N/A',
    ...(qualified && { qualified }),
    notes: notesOn(facts, world),
  };
}

/** By trusted lists; a policy may ask for a qualified certificate. */
function qualify(facts: SignatureFacts, { conclusion, bestSignatureTime, process }: WithTimeResult, { evidence, policy, at }: World) {
  const certificate = facts.signer.certificate;
  const first = qualifySignature(evidence, certificate, bestSignatureTime, conclusion, at);
  if (first === null || !isPassed(conclusion)) return { conclusion, process, qualified: first };
  const asked = runBlock(QUALIFICATION, first, levelsFor(policy, tokenOf(facts).context), facts.id);
  if (isPassed(asked.conclusion)) return { conclusion, process: [...process, asked], qualified: first };
  const qualified = qualifySignature(evidence, certificate, bestSignatureTime, asked.conclusion, at);
  return { conclusion: asked.conclusion, process: [...process, asked], qualified };
}

const QUALIFICATION: Block<SignatureQualificationReport> = {
  name: 'qualification',
  clause: 'TS 119 172-4, 4',
  checks: [
    {
      id: 'certificate-qualified',
      clause: 'TS 119 615, 4.4',
      constraint: true,
      level: 'ignore',
      holds: ({ certificate }) => certificate?.qualified === true,
      otherwise: indeterminate('SIG_CONSTRAINTS_FAILURE'),
      with: ({ certificate }) => ({ qualification: certificate?.result ?? 'NA' }),
    },
    {
      id: 'key-in-qualified-device',
      clause: 'TS 119 615, 4.4',
      constraint: true,
      level: 'ignore',
      holds: ({ certificate }) => certificate?.qscd === true,
      otherwise: indeterminate('SIG_CONSTRAINTS_FAILURE'),
      with: ({ certificate }) => ({ qualification: certificate?.result ?? 'NA' }),
    },
  ],
};

/** Of the time-stamp's own chain; null where no trusted lists were used. */
function qualifiedTimestamp({ id, time, signer }: TimestampFacts, { evidence, existence, at }: World): TimestampReport['qualification'] {
  const { trustedLists: lists } = evidence;
  const certificate = evidence.certificates.get(signer.certificate ?? '');
  if (lists === undefined || lists.lists.accepted.length === 0 || certificate === undefined) return 'N/A';
  const services = inForceAt(servicesOf(evidence, lists, certificate.fingerprint), lists.lists, at);
  return qualifyTimestamp(services, certificate, [time, earliest(existence, id, at)]).result;
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
  ...(world.evidence.trustedLists && { qualification: qualifiedTimestamp(facts, world) ?? 'N/A' }),
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
