/** The timeline of a report: when certificates and revocation data were in force, and the times that count between them. */
import { type Instant, toIso } from '../base/instant.ts';
import type { Certificate } from '../pki/certificate.ts';
import type { CertificateStatus } from '../validation/evidence.ts';
import type { Report } from '../validation/report.ts';
import { type Catalogue, fill } from './catalogue.ts';
import { briefName, certificateOf } from './report-names.ts';
import { dateOnly, dateTime } from './sentence.ts';
import { type Tick, ticksOf } from './timeline-ticks.ts';
import { type Tone, toneOf } from './verdict.ts';

export interface Timeline {
  readonly from: Instant;
  readonly to: Instant;
  readonly ticks: readonly Tick[];
  readonly lanes: readonly Lane[];
  /** How many lanes there was no room for. */
  readonly left: number;
}

/** One line: a moment, or a span that may reach beyond the edges. */
export interface Lane {
  readonly kind: 'stated' | 'timestamp' | 'validation' | 'revoked' | 'certificate' | 'revocation';
  readonly label: string;
  /** The dates, in words. */
  readonly dates: string;
  readonly tone: Tone;
  readonly from: Instant;
  /** Null for a moment; infinite where no end is stated. */
  readonly to: Instant | null;
}

/** Null where the document holds neither signature nor time-stamp. */
export function timelineOf(report: Report, words: Catalogue): Timeline | null {
  if (report.signatures.length + report.timestamps.length === 0) return null;
  const moments = momentsOf(report, words);
  const { spans, leaves } = spansOf(report, words);
  const all = [...moments, ...spans];
  const { from, to } = windowOf(moments, spans, leaves, report.at);
  const lanes = all.filter((lane) => lane.from <= to && (lane.to ?? lane.from) >= from);
  return { from, to, ticks: ticksOf(from, to, words), lanes: lanes.slice(0, MOST_LANES), left: Math.max(0, lanes.length - MOST_LANES) };
}

/** In the order of time; the validation last of those at one time. */
function momentsOf(report: Report, words: Catalogue): Lane[] {
  const { phrases } = words;
  const timestamps = new Map(
    [...report.timestamps, ...report.signatures.flatMap((signature) => signature.timestamps)].map((one) => [one.facts.id, one]),
  );
  const name = (id: string | null, otherwise: string): string => named(certificateOf(id, report)) ?? otherwise;
  const lanes: Lane[] = [];
  for (const { facts } of report.signatures) {
    if (facts.claimedTime === null) continue;
    const label = fill(phrases.pointStated, { name: name(facts.signer.certificate, phrases.unknownSigner) });
    lanes.push(moment('stated', label, facts.claimedTime, 'open', words));
  }
  for (const { facts, conclusion } of timestamps.values()) {
    const label = fill(phrases.pointTimestamp, { name: name(facts.signer.certificate, phrases.unknownAuthority) });
    lanes.push(moment('timestamp', label, facts.time, toneOf(conclusion), words));
  }
  for (const [id, statuses] of report.evidence.statuses) {
    const revoked = statuses.find(({ status, revokedAt, problem }) => status === 'revoked' && revokedAt !== null && problem === null);
    if (revoked?.revokedAt == null || !inChains(report, id)) continue;
    lanes.push(moment('revoked', fill(phrases.pointRevoked, { name: name(id, phrases.nameless) }), revoked.revokedAt, 'bad', words));
  }
  lanes.sort((a, b) => a.from - b.from);
  return [...lanes, moment('validation', phrases.pointValidation, report.at, 'good', words)];
}

const moment = (kind: Lane['kind'], label: string, at: Instant, tone: Tone, words: Catalogue): Lane => ({
  kind,
  label,
  dates: dateTime(at, words),
  tone,
  from: at,
  to: null,
});

/** Certificates of all chains, those that signed first, each with the revocation data about it. */
function spansOf(report: Report, words: Catalogue): { spans: Lane[]; leaves: readonly Certificate[] } {
  const { phrases } = words;
  const label = new Map<Certificate, string>();
  const chains = [
    ...report.signatures.map(({ chain }) => ({ chain, template: phrases.lineSigner })),
    ...[...report.signatures.flatMap(({ timestamps }) => timestamps), ...report.timestamps].map(({ chain }) => ({
      chain,
      template: phrases.lineTsa,
    })),
  ];
  for (const { chain, template } of chains) {
    const [leaf] = chain;
    if (leaf !== undefined && !label.has(leaf)) label.set(leaf, fill(template, { name: named(leaf) ?? phrases.nameless }));
  }
  const leaves = [...label.keys()];
  for (const { chain } of chains)
    for (const authority of chain.slice(1))
      if (!label.has(authority)) label.set(authority, fill(phrases.lineAuthority, { name: named(authority) ?? phrases.nameless }));
  const spans = [...label].flatMap(([certificate, text]): Lane[] => {
    const { notBefore, notAfter } = certificate;
    const dates = fill(phrases.fromTo, { from: dateOnly(notBefore, words), to: dateOnly(notAfter, words) });
    const inForce = notBefore <= report.at && report.at <= notAfter + 999;
    const lane: Lane = { kind: 'certificate', label: text, dates, tone: inForce ? 'good' : 'open', from: notBefore, to: notAfter };
    return [lane, ...revocationLanes(certificate, report, words)];
  });
  return { spans, leaves };
}

function revocationLanes(certificate: Certificate, { evidence }: Report, words: Catalogue): Lane[] {
  const usable = (evidence.statuses.get(certificate.fingerprint) ?? []).filter(
    ({ status, problem, thisUpdate }) => status !== 'unknown' && problem === null && thisUpdate !== null,
  );
  return usable
    .slice(0, MOST_REVOCATIONS)
    .map((status) => revocationLane(certificate, status, evidence.revocations.get(status.revocation)?.kind, words));
}

function revocationLane(
  certificate: Certificate,
  { thisUpdate, nextUpdate, status }: CertificateStatus,
  kind: 'crl' | 'ocsp' | undefined,
  words: Catalogue,
): Lane {
  const { phrases } = words;
  const from = thisUpdate ?? 0;
  return {
    kind: 'revocation',
    label: fill(kind === 'ocsp' ? phrases.lineOcsp : phrases.lineCrl, { name: named(certificate) ?? phrases.nameless }),
    dates: nextUpdate === null ? fill(phrases.openEnd, { from: dateTime(from, words) }) : spanText(from, nextUpdate, words),
    tone: status === 'revoked' ? 'bad' : 'good',
    from,
    to: nextUpdate ?? Number.POSITIVE_INFINITY,
  };
}

/** Days, or the times of one day. */
function spanText(from: Instant, to: Instant, words: Catalogue): string {
  const [start, end] = [dateOnly(from, words), dateOnly(to, words)];
  if (start !== end) return fill(words.phrases.fromTo, { from: start, to: end });
  return fill(words.phrases.fromTo, { from: dateTime(from, words), to: `${toIso(to).slice(11, 19)} UTC` });
}

/** What is shown: every moment, all revocation data, and the certificates that signed, unless those make the rest too small to see. */
function windowOf(
  moments: readonly Lane[],
  spans: readonly Lane[],
  leaves: readonly Certificate[],
  at: Instant,
): { from: Instant; to: Instant } {
  const near = [
    ...moments.map(({ from }) => from),
    ...spans.flatMap(({ kind, from, to }) => (kind === 'revocation' ? [from, to ?? from] : [])),
  ].filter((time) => Number.isFinite(time) && time > EARLIEST && time < LATEST);
  const least = Math.min(...near, at);
  const most = Math.max(...near, at);
  const reach = Math.max(4 * (most - least), WEEK);
  const starts = leaves.map(({ notBefore }) => notBefore).filter((time) => time >= least - reach);
  const ends = leaves.map(({ notAfter }) => notAfter).filter((time) => time <= most + reach);
  const from = Math.min(least, ...starts);
  const to = Math.max(most, ...ends);
  const margin = Math.max((to - from) * 0.05, MINUTE);
  return { from: from - margin, to: to + margin };
}

const inChains = (report: Report, id: string): boolean =>
  report.signatures.some(({ chain, timestamps }) =>
    [chain, ...timestamps.map((one) => one.chain)].some((each) => each.some(({ fingerprint }) => fingerprint === id)),
  ) || report.timestamps.some(({ chain }) => chain.some(({ fingerprint }) => fingerprint === id));

const named = (certificate: Certificate | null): string | null => (certificate === null ? null : briefName(certificate));

const MOST_LANES = 40;
const MOST_REVOCATIONS = 3;
const MINUTE = 60_000;
const WEEK = 7 * 86_400_000;
/** Beyond these years a date in revocation data is no date that a reader looks for. */
const EARLIEST = Date.UTC(1970, 0, 2);
const LATEST = Date.UTC(2500, 0, 1);
