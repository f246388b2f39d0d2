/** Whether a certificate is revoked, as CRLs (RFC 5280, 6.3) and OCSP responses (RFC 6960, 3.2) tell. */
import type { Bytes } from '../base/bytes.ts';
import { equal } from '../base/bytes.ts';
import type { Instant } from '../base/instant.ts';
import { exact } from '../base/options.ts';
import type { ValueCheck } from '../crypto/names.ts';
import type { Certificate } from './certificate.ts';
import { type Crl, findInCrl, type RevocationReason, verifyCrl } from './crl.ts';
import { ALL_REASONS, continues, crlScope } from './crl-scope.ts';
import { sameName } from './name.ts';
import { answersFor, certHashOf, type OcspResponse, type SingleResponse } from './ocsp.ts';
import { responderRight, verifyOcsp } from './ocsp-responder.ts';

/** What one CRL or OCSP response says of one certificate, and what there is to know of who says it; times are not judged. */
export interface RevocationEdge {
  /** Whether it speaks of this certificate at all. */
  readonly applies: boolean;
  readonly status: 'good' | 'revoked' | 'unknown';
  readonly date: Instant | null;
  readonly reason: RevocationReason | null;
  /** Why it does not apply, or why the status is unknown. */
  readonly problem: string | null;
  readonly value: ValueCheck;
  /** The certificate whose key verifies; else the best candidate. */
  readonly signer: Certificate | null;
  /** By what right the signer answers: it is the issuer, was appointed by it, or neither is known. */
  readonly right: 'issuer' | 'delegated' | null;
  readonly thisUpdate: Instant | null;
  readonly nextUpdate: Instant | null;
}

export interface CrlEdge extends RevocationEdge {
  /** Reasons that the CRL covers for this certificate: bit n stands for reason n. */
  readonly reasons: number;
}

export interface OcspEdge extends RevocationEdge {
  readonly single: SingleResponse | null;
  readonly producedAt: Instant | null;
  readonly responderIdMatches: boolean;
  readonly certHash: 'absent' | 'match' | 'mismatch' | 'unsupported';
}

export type RevocationOutcome =
  | { readonly status: 'good'; readonly by: Bytes }
  | { readonly status: 'revoked'; readonly date: Instant; readonly reason: RevocationReason | null; readonly by: Bytes }
  /** The certificate says that no status exists (noRevAvail, RFC 9608). */
  | { readonly status: 'not-needed'; readonly why: string }
  | { readonly status: 'unknown'; readonly why: string };

export interface RevocationOptions {
  /** Where other signers of CRLs and OCSP responses are looked for. */
  readonly candidates?: readonly Certificate[];
  /** Whether a signer other than the issuer is trusted: its path ends at the same anchor (6.3.3 (f)); default: none is. */
  readonly trusts?: (signer: Certificate) => boolean;
  /** Milliseconds since thisUpdate after which an object is too old; default: only nextUpdate counts. */
  readonly maximumAge?: number;
}

/**
 * Status at a time, from the objects that are current then. An object revokes whatever the others say; `good` takes one OCSP
 * answer, or CRLs that together cover every reason.
 */
export function revocationStatus(
  certificate: Certificate,
  issuer: Certificate,
  crls: readonly Crl[],
  ocsps: readonly OcspResponse[],
  at: Instant,
  options: RevocationOptions = {},
): RevocationOutcome {
  exact('revocationStatus', options, ['candidates', 'trusts', 'maximumAge']);
  if (certificate.noRevAvail) return { status: 'not-needed', why: 'the issuer publishes no status of this certificate (noRevAvail)' };
  const problems: string[] = [];
  let good: Bytes | null = null;
  for (const response of ocsps) {
    const edge = ocspEdge(response, certificate, issuer, options.candidates);
    const problem = edge.problem ?? otherCertificate(edge, certificate) ?? notUsable(edge, issuer, at, options);
    if (problem !== null) problems.push(`OCSP: ${problem}`);
    else if (edge.status === 'revoked' && edge.date !== null)
      return { status: 'revoked', date: edge.date, reason: edge.reason, by: response.bytes };
    else good ??= response.bytes;
  }
  const byCrl = crlStatus(certificate, issuer, crls, at, options, problems);
  if (byCrl?.status === 'revoked') return byCrl;
  if (good) return { status: 'good', by: good };
  return byCrl ?? { status: 'unknown', why: problems.length > 0 ? [...new Set(problems)].join('; ') : 'no revocation data' };
}

/** What a CRL says of a certificate that `issuer` issued. `candidates`: where its signer is looked for beside the issuer. */
export function crlEdge(crl: Crl, certificate: Certificate, issuer: Certificate, candidates: readonly Certificate[] = []): CrlEdge {
  const scope = crlScope(crl, certificate);
  const nothing = { reasons: scope.reasons, thisUpdate: crl.thisUpdate, nextUpdate: crl.nextUpdate, date: null, reason: null };
  if (scope.reasons === 0)
    return { ...nothing, applies: false, status: 'unknown', problem: scope.problem, value: 'no-key', signer: null, right: null };
  const signature = crlSigner(crl, issuer, candidates);
  const edge = { ...nothing, ...signature, applies: true };
  if (crl.unknownCritical.length > 0)
    return { ...edge, status: 'unknown', problem: `critical extension ${crl.unknownCritical.join(', ')} is not processed` };
  const entry = findInCrl(crl, certificate.serial, certificate.issuer);
  if (!entry.ok) return { ...edge, status: 'unknown', problem: `an entry cannot be read: ${entry.malformed.reason}` };
  if (!entry.value) return { ...edge, status: 'good', problem: null };
  return { ...edge, status: 'revoked', date: entry.value.revocationDate, reason: entry.value.reason, problem: null };
}

/** What an OCSP response says of a certificate that `issuer` issued; of several answers the latest. */
export function ocspEdge(
  response: OcspResponse,
  certificate: Certificate,
  issuer: Certificate,
  candidates: readonly Certificate[] = [],
): OcspEdge {
  const { basic } = response;
  const single = basic && latest(answersFor(basic, certificate, issuer));
  const nothing = {
    status: 'unknown',
    date: null,
    reason: null,
    value: 'no-key',
    signer: null,
    right: null,
    responderIdMatches: false,
  } as const;
  const times = { thisUpdate: single?.thisUpdate ?? null, nextUpdate: single?.nextUpdate ?? null, producedAt: basic?.producedAt ?? null };
  if (!basic || !single) {
    const problem = basic ? 'no answer about this certificate' : `the responder gave no answer: ${response.status}`;
    return { ...nothing, ...times, applies: false, single: null, problem, certHash: 'absent' };
  }
  const signature = verifyOcsp(basic, [issuer, ...candidates]);
  const right = signature.signer && responderRight(signature.signer, issuer);
  const critical = [...basic.unknownCritical, ...single.unknownCritical];
  const problem =
    critical.length > 0
      ? `critical extension ${critical.join(', ')} is not processed`
      : single.status === 'unknown'
        ? 'the responder does not know the certificate'
        : null;
  const status = problem ? 'unknown' : single.status;
  const { revocationDate: date, reason } = single;
  return { ...times, ...signature, right, applies: true, single, status, date, reason, problem, certHash: certHashOf(single, certificate) };
}

/** Why an OCSP answer cannot know the certificate, whatever its serial number. */
function otherCertificate({ certHash, producedAt }: OcspEdge, certificate: Certificate): string | null {
  if (certHash === 'mismatch') return 'the answer is about another certificate';
  return producedAt !== null && producedAt < certificate.notBefore ? 'the answer is older than the certificate' : null;
}

/** The interim steps of 6.3.3 over all CRLs: complete ones, each with the delta CRLs that continue it. */
function crlStatus(
  certificate: Certificate,
  issuer: Certificate,
  crls: readonly Crl[],
  at: Instant,
  options: RevocationOptions,
  problems: string[],
): RevocationOutcome | null {
  let covered = 0;
  let by: Bytes | null = null;
  const usable = (crl: Crl): CrlEdge | null => {
    const edge = crlEdge(crl, certificate, issuer, options.candidates);
    const problem = edge.problem ?? notUsable(edge, issuer, at, options);
    if (problem !== null) problems.push(`CRL: ${problem}`);
    return problem === null ? edge : null;
  };
  const deltas = crls.filter(({ deltaBase }) => deltaBase !== null);
  for (const crl of crls) {
    const edge = crl.deltaBase === null ? usable(crl) : null;
    if (!edge) continue;
    let status: Pick<CrlEdge, 'status' | 'date' | 'reason'> = edge;
    for (const delta of deltas.filter((candidate) => continues(candidate, crl)).sort(byNumber)) {
      const change = usable(delta);
      if (change?.status === 'revoked') status = change.reason === 'removeFromCRL' ? { status: 'good', date: null, reason: null } : change;
    }
    if (status.status === 'revoked' && status.date !== null)
      return { status: 'revoked', date: status.date, reason: status.reason, by: crl.bytes };
    covered |= edge.reasons;
    by ??= crl.bytes;
  }
  if ((covered & ALL_REASONS) === ALL_REASONS && by) return { status: 'good', by };
  if (covered & ALL_REASONS) problems.push('CRL: not every reason is covered');
  return null;
}

const byNumber = (a: Crl, b: Crl): number => (a.number === b.number ? 0 : (a.number ?? 0n) < (b.number ?? 0n) ? -1 : 1);

/** Why an edge does not count: its signature, its signer's right, its time. Null: it counts. */
function notUsable(edge: RevocationEdge, issuer: Certificate, at: Instant, { trusts, maximumAge }: RevocationOptions): string | null {
  const { signer, value, right, thisUpdate, nextUpdate } = edge;
  if (value !== 'intact' || !signer)
    return value === 'unsupported' ? 'the signature cannot be verified here' : 'the signature does not verify';
  if (thisUpdate === null || thisUpdate > at) return 'not yet issued at the time';
  if (nextUpdate !== null && nextUpdate < at) return 'no longer current at the time';
  if (maximumAge !== undefined && at - thisUpdate > maximumAge) return 'older than allowed';
  if (right === 'issuer' && equal(signer.spki, issuer.spki)) return null;
  if (right === 'delegated' && (at < signer.notBefore || at >= signer.notAfter + 1000))
    return 'the responder certificate was not valid at the time';
  if (right === 'delegated' && signer.malformedExtensions.length === 0) return null;
  return trusts?.(signer) ? null : 'the signer is not known to be trusted for this';
}

/** Who signed the CRL: the issuer of the certificate where name and key fit, else a candidate of the CRL's issuer name that may sign CRLs. */
function crlSigner(crl: Crl, issuer: Certificate, candidates: readonly Certificate[]): Pick<CrlEdge, 'value' | 'signer' | 'right'> {
  const named = [issuer, ...candidates].filter((candidate) => sameName(candidate.subject, crl.issuer));
  const keyId = crl.authorityKeyIdentifier?.keyIdentifier;
  const agrees = (candidate: Certificate): boolean =>
    !keyId || !candidate.subjectKeyIdentifier || equal(keyId, candidate.subjectKeyIdentifier);
  const ordered = [...named.filter(agrees), ...named.filter((candidate) => !agrees(candidate))].slice(0, MANY_SIGNERS);
  let first: Pick<CrlEdge, 'value' | 'signer' | 'right'> | null = null;
  for (const signer of ordered) {
    const maySign = !signer.keyUsage || signer.keyUsage.has('cRLSign');
    const value = verifyCrl(crl, signer);
    const right = maySign && signer === issuer ? 'issuer' : null;
    if (value === 'intact' && maySign) return { value, signer, right };
    first ??= { value: value === 'intact' ? 'no-key' : value, signer: value === 'intact' ? null : signer, right };
  }
  return first ?? { value: 'no-key', signer: null, right: null };
}

function latest(answers: readonly SingleResponse[]): SingleResponse | null {
  let best: SingleResponse | null = null;
  for (const answer of answers) if (!best || answer.thisUpdate > best.thisUpdate) best = answer;
  return best;
}

/** Bounds the signature checks of one CRL. */
const MANY_SIGNERS = 16;
