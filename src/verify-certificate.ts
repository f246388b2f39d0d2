/** The story of a certificate alone: find its path to a trusted authority and validate it at a time (RFC 5280, 6). */
import type { Bytes } from './base/bytes.ts';
import { Fault } from './base/fault.ts';
import { type Instant, toIso } from './base/instant.ts';
import { exact } from './base/options.ts';
import type { Parsed } from './base/parsed.ts';
import type { AlgorithmUse } from './crypto/names.ts';
import { type Certificate, parseCertificate } from './pki/certificate.ts';
import type { CertificateSource } from './pki/certificate-source.ts';
import { type Crl, parseCrl } from './pki/crl.ts';
import {
  anchorOf,
  findPath,
  mayHaveIssued,
  type OcspResponse,
  type PathFailure,
  parseOcspResponse,
  type RevocationCheck,
  revocationBy,
  type TrustAnchor,
  validatePath,
} from './pki/index.ts';
import { mostSpecific } from './pki/path-validation.ts';
import type { RevocationOutcome } from './pki/revocation.ts';
import type { RevocationSource } from './pki/revocation-source.ts';
import type { CertificateReport, CertificateStep, RevocationData, StepRevocation } from './report/certificate-report.ts';
import { inForceAt, type TrustedService, type TrustSource } from './trust/trust-source.ts';
import { judgeAlgorithm } from './validation/cryptographic-constraints.ts';
import { policyByName } from './validation/policy.ts';
import { qualifyOverTime } from './validation/qualification.ts';
import { issuesQualified } from './validation/qualification-service.ts';

export interface VerifyCertificateOptions {
  readonly at: Instant;
  /** Trust anchors, DER. A CA certificate may issue; any other is trusted for itself only. */
  readonly trust: readonly Bytes[];
  /** Trusted lists, or any other source of trust; beside `trust`. What lists say of the certificate is told. */
  readonly trustSource?: TrustSource;
  /** Certificates that may stand between, DER, in any order. */
  readonly chain?: readonly Bytes[];
  readonly crls?: readonly Bytes[];
  readonly ocsps?: readonly Bytes[];
  /** Identifiers of policies of which one must hold; left out: none is asked for. */
  readonly policies?: readonly string[];
  /** `chain`: an issuer need only have been valid when it issued; default `shell` (RFC 5280). */
  readonly model?: 'shell' | 'chain';
  /** What the certificate is to be used for; left out: anything. */
  readonly purpose?: CertificatePurpose;
  /** Where missing material is fetched; without sources nothing is. */
  readonly sources?: { readonly certificates?: CertificateSource; readonly revocations?: RevocationSource };
}

export type CertificatePurpose = keyof typeof PURPOSES;

/**
 * Builds and validates the path of a certificate. What is wrong with it is in the report; what is not known of its revocation
 * makes it not valid.
 *
 * @throws Fault `malformed-input` where a certificate, CRL or OCSP response that was given cannot be read, `bad-option`
 */
export async function verifyCertificate(certificate: Bytes, options: VerifyCertificateOptions): Promise<CertificateReport> {
  exact('verifyCertificate', options, ['at', 'trust', 'trustSource', 'chain', 'crls', 'ocsps', 'model', 'policies', 'purpose', 'sources']);
  if (!Number.isFinite(options.at)) throw new Fault('bad-option', 'verifyCertificate: `at` is the validation time in milliseconds');
  if (options.purpose !== undefined && !Object.hasOwn(PURPOSES, options.purpose))
    throw new Fault('bad-option', `verifyCertificate: unknown purpose '${options.purpose}' (known: ${Object.keys(PURPOSES).join(', ')})`);
  const target = must(parseCertificate(certificate), 'the certificate');
  const trusted = options.trust.map((der) => must(parseCertificate(der), 'a trusted certificate'));
  const search: Search = {
    target,
    options,
    anchors: trusted.filter((each) => each.fingerprint === target.fingerprint || mayIssue(each)).map(anchorOf),
    consulted: new Set(),
    services: new Map(),
    candidates: (options.chain ?? []).map((der) => must(parseCertificate(der), 'a certificate of the chain')),
    crls: (options.crls ?? []).map((der) => must(parseCrl(der), 'a CRL')),
    ocsps: (options.ocsps ?? []).map((der) => must(parseOcspResponse(der), 'an OCSP response')),
  };
  consult(search);
  await fetchIssuers(search);
  consult(search);
  await fetchRevocations(search);
  const report = conclude(search);
  const qualification = qualificationOf(search, report);
  return qualification === null ? report : { ...report, qualification };
}

/** Asks the source of trust about the certificate and its possible issuers, and about those that it adds. */
function consult({ target, options: { trustSource, at }, anchors, candidates, consulted, services }: Search): void {
  if (trustSource === undefined) return;
  const asked = [target, ...candidates];
  for (let certificate = asked.shift(); certificate; certificate = asked.shift()) {
    if (consulted.has(certificate.fingerprint)) continue;
    consulted.add(certificate.fingerprint);
    const { anchor, services: found, issuers } = trustSource.find(certificate);
    if (found.length > 0) services.set(certificate.fingerprint, found);
    const inForce = anchor !== null && (anchor.sunset === null || at < anchor.sunset);
    if (inForce && (certificate === target || mayIssue(certificate))) anchors.push(anchorOf(certificate));
    for (const der of issuers) {
      const issuer = parseCertificate(der);
      if (!issuer.ok || consulted.has(issuer.value.fingerprint)) continue;
      candidates.push(issuer.value);
      asked.push(issuer.value);
    }
  }
}

/** What the certificate was when it was issued, and is at the time that is asked for (TS 119 615, 4.4). */
function qualificationOf(
  { target, services, options: { trustSource, at } }: Search,
  { path }: CertificateReport,
): NonNullable<CertificateReport['qualification']> | null {
  const lists = trustSource?.lists;
  if (lists === undefined) return null;
  const found = new Map<string, TrustedService>();
  for (const [i, { certificate }] of path.entries())
    for (const service of services.get(certificate.fingerprint) ?? [])
      if (i > 0 || !issuesQualified(service)) found.set(service.id, service);
  return { ...qualifyOverTime(target, inForceAt([...found.values()], lists, at), at), lists };
}

/** What is known so far; fetching adds to it. */
interface Search {
  readonly target: Certificate;
  readonly options: VerifyCertificateOptions;
  readonly anchors: TrustAnchor[];
  /** What the source of trust was asked about, and the services that it found. */
  readonly consulted: Set<string>;
  readonly services: Map<string, readonly TrustedService[]>;
  readonly candidates: Certificate[];
  readonly crls: Crl[];
  readonly ocsps: OcspResponse[];
}

interface Path {
  readonly path: readonly Certificate[];
  readonly anchor: TrustAnchor | null;
}

/** The path as it is known without asking for revocation: the best there is, else as far as issuers are known. */
function pathOf({ target, anchors, candidates, options }: Search, revocation?: RevocationCheck): Path {
  const found = findPath({ target, anchors, candidates, at: options.at, ...demands(options), ...(revocation && { revocation }) });
  if (found.ok) return found;
  if (found.candidate !== null) return found.candidate;
  const path = [target];
  for (let top: Certificate | undefined = target; top && !top.selfIssued && path.length < LONGEST; ) {
    const issued: Certificate = top;
    top = candidates.find((issuer) => !path.includes(issuer) && mayHaveIssued(issuer, issued));
    if (top) path.push(top);
  }
  return { path, anchor: null };
}

async function fetchIssuers(search: Search): Promise<void> {
  const source = search.options.sources?.certificates;
  for (let round = 0; source && round < ROUNDS; round++) {
    const { path, anchor } = pathOf(search);
    const top = path.at(-1);
    if (anchor !== null || top === undefined || top.selfIssued) return;
    const known = new Set([search.target, ...search.candidates].map(({ fingerprint }) => fingerprint));
    const before = search.candidates.length;
    for (const der of await source.issuersOf(top)) {
      const issuer = parseCertificate(der);
      if (issuer.ok && !known.has(issuer.value.fingerprint)) search.candidates.push(issuer.value);
    }
    if (search.candidates.length === before) return;
  }
}

async function fetchRevocations(search: Search): Promise<void> {
  const source = search.options.sources?.revocations;
  const { path, anchor } = pathOf(search);
  for (const [i, certificate] of source ? path.entries() : []) {
    const issuer = path[i + 1] ?? anchor?.certificate;
    if (!issuer || certificate.noRevAvail || isNoCheck(certificate)) continue;
    for (const { kind, bytes } of (await source?.find(certificate, issuer)) ?? []) {
      const crl = kind === 'crl' ? parseCrl(bytes) : null;
      const ocsp = kind === 'ocsp' ? parseOcspResponse(bytes) : null;
      if (crl?.ok) search.crls.push(crl.value);
      if (ocsp?.ok) search.ocsps.push(ocsp.value);
    }
  }
}

function conclude(search: Search): CertificateReport {
  const { target, options, crls, ocsps, candidates } = search;
  const { at } = options;
  const ask = revocationBy({ crls, ocsps, candidates, at });
  const outcomes = new Map<Certificate, RevocationOutcome>();
  const revocation: RevocationCheck = (certificate, issuer, anchor) => {
    const outcome: RevocationOutcome = isNoCheck(certificate)
      ? { status: 'not-needed', why: 'ocsp-nocheck' }
      : ask(certificate, issuer, anchor);
    outcomes.set(certificate, outcome);
    return outcome;
  };
  const { path, anchor } = pathOf(search, revocation);
  outcomes.clear();
  const result = anchor === null ? null : validatePath({ path, anchor, at, ...demands(options), revocation });
  const nothing: PathFailure = { code: 'no-path', clause: 'RFC 5280, 6.1', index: 0, what: 'no path to a trust anchor' };
  const failures = [
    ...(path.length === 0 ? [] : useFailures(target, options.purpose)),
    ...(result === null ? [nothing] : result.ok ? [] : result.failures),
  ];
  const data = dataBy(crls, ocsps);
  const steps = path.map(
    (certificate, i): CertificateStep => ({
      certificate,
      role: i === 0 ? 'target' : 'issuer',
      revocation: stepRevocation(outcomes.get(certificate), data),
    }),
  );
  const top = anchor?.certificate;
  const last: CertificateStep[] = top ? [{ certificate: top, role: 'anchor', revocation: { status: 'trusted' } }] : [];
  return {
    at,
    valid: failures.length === 0,
    target,
    path: [...steps, ...last],
    failure: mostSpecific(failures),
    failures,
    policies: result?.ok ? [...result.policies] : [],
    asked: { purpose: options.purpose ?? null, policies: options.policies ?? [] },
  };
}

const demands = ({ policies, purpose, model }: VerifyCertificateOptions) => {
  const usage = purpose === undefined ? null : PURPOSES[purpose].usage;
  return {
    algorithms: tooWeak,
    ...(model !== undefined && { model }),
    ...(policies !== undefined && policies.length > 0 && { policies, explicitPolicy: true }),
    ...(usage !== null && { purposes: [usage] }),
  };
};

/** The algorithm suite of the default policy (TS 119 312). */
function tooWeak(use: AlgorithmUse, at: Instant): string | null {
  const { outcome, until } = judgeAlgorithm({ subject: '', use }, policyByName('default').algorithms, at);
  if (outcome !== 'fail') return null;
  const name = [use.scheme ?? use.identifier, use.keyBits === null ? null : `${use.keyBits} bits`, use.digest].filter(Boolean).join(', ');
  return until === null ? `${name} is not accepted at any time` : `${name} is accepted until ${toIso(until)} only`;
}

/** What a purpose asks of the certificate itself, beyond what path validation looks at. */
function useFailures(
  { keyUsage, extendedKeyUsage, basicConstraints }: Certificate,
  purpose: CertificatePurpose | undefined,
): PathFailure[] {
  if (purpose === undefined) return [];
  const { keys, explicit } = PURPOSES[purpose];
  const failures: PathFailure[] = [];
  const fail = (code: PathFailure['code'], clause: string, what: string): void => void failures.push({ code, clause, index: 0, what });
  if (keyUsage !== null && !keys.some((usage) => keyUsage.has(usage)))
    fail('key-usage', 'RFC 5280, 4.2.1.3', `none of ${keys.join(', ')} is allowed`);
  if (explicit && extendedKeyUsage === null) fail('extended-key-usage', 'RFC 5280, 4.2.1.12', 'the purpose is not stated');
  if (purpose === 'ca' && !basicConstraints?.ca) fail('not-a-ca', 'RFC 5280, 4.2.1.9', 'no certification authority');
  return failures;
}

function stepRevocation(outcome: RevocationOutcome | undefined, data: ReadonlyMap<Bytes, RevocationData>): StepRevocation {
  if (outcome === undefined) return { status: 'unknown', why: 'not looked at: there is no path' };
  if (outcome.status === 'good') return { status: 'good', by: data.get(outcome.by) ?? null };
  if (outcome.status === 'not-needed') return { status: 'not-needed' };
  if (outcome.status === 'unknown') return outcome;
  return { status: 'revoked', date: outcome.date, reason: outcome.reason, by: data.get(outcome.by) ?? null };
}

const dataBy = (crls: readonly Crl[], ocsps: readonly OcspResponse[]): ReadonlyMap<Bytes, RevocationData> =>
  new Map<Bytes, RevocationData>([
    ...crls.map((crl): [Bytes, RevocationData] => [crl.bytes, { kind: 'crl', time: crl.thisUpdate, sha256: crl.fingerprint }]),
    ...ocsps.map((ocsp): [Bytes, RevocationData] => [
      ocsp.bytes,
      { kind: 'ocsp', time: ocsp.basic?.producedAt ?? 0, sha256: ocsp.fingerprint },
    ]),
  ]);

/** A responder whose certificate its issuer does not let be checked (RFC 6960, 4.2.2.2.1). */
const isNoCheck = ({ ocspNoCheck, extendedKeyUsage }: Certificate): boolean =>
  ocspNoCheck && extendedKeyUsage?.includes(OCSP_SIGNING) === true;

/** A CA certificate; an old one without basic constraints where it names itself as issuer. */
function mayIssue({ basicConstraints, selfIssued, version, keyUsage }: Certificate): boolean {
  return basicConstraints ? basicConstraints.ca : selfIssued && (version < 3 || keyUsage?.has('keyCertSign') === true);
}

function must<T>(read: Parsed<T>, what: string): T {
  if (read.ok) return read.value;
  throw new Fault('malformed-input', `${what} cannot be read: ${read.malformed.what} at ${read.malformed.at}: ${read.malformed.reason}`);
}

const OCSP_SIGNING = '1.3.6.1.5.5.7.3.9';

/** Key usages of which one is needed, the extended one, and whether that must be stated (RFC 3161, 2.3; RFC 6960, 4.2.2.2). */
const PURPOSES = {
  signing: { keys: ['digitalSignature', 'nonRepudiation'], usage: null, explicit: false },
  timestamping: { keys: ['digitalSignature', 'nonRepudiation'], usage: '1.3.6.1.5.5.7.3.8', explicit: true },
  ocsp: { keys: ['digitalSignature', 'nonRepudiation'], usage: OCSP_SIGNING, explicit: true },
  'tls-client': { keys: ['digitalSignature', 'keyAgreement'], usage: '1.3.6.1.5.5.7.3.2', explicit: false },
  'tls-server': { keys: ['digitalSignature', 'keyEncipherment', 'keyAgreement'], usage: '1.3.6.1.5.5.7.3.1', explicit: false },
  mail: { keys: ['digitalSignature', 'nonRepudiation', 'keyEncipherment', 'keyAgreement'], usage: '1.3.6.1.5.5.7.3.4', explicit: false },
  'code-signing': { keys: ['digitalSignature'], usage: '1.3.6.1.5.5.7.3.3', explicit: true },
  ca: { keys: ['keyCertSign'], usage: null, explicit: false },
} as const;

const LONGEST = 32;
const ROUNDS = 8;
