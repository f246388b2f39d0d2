/** From facts to evidence: every chain, every status of every certificate, all cryptography (EN 319 102-1, 5.1); nothing is judged here. */
import { type Budget, budget, spend } from '../base/budget.ts';
import type { Bytes } from '../base/bytes.ts';
import type { Instant } from '../base/instant.ts';
import { exact } from '../base/options.ts';
import { type CertificateId, type DocumentFacts, type EncodedRevocation, idOf, type RevocationId } from '../facts/index.ts';
import type { Certificate } from '../pki/certificate.ts';
import type { CertificateSource } from '../pki/certificate-source.ts';
import { anchorOf, type PathFailureCode, validatePath } from '../pki/path-validation.ts';
import type { RevocationSource } from '../pki/revocation-source.ts';
import type { TrustedService, TrustSource } from '../trust/trust-source.ts';
import type { Anchor, CertificateStatus, Chain, ChainLink, Evidence, PathProblem } from './evidence.ts';
import { addCertificate, emptyPool, type Pool } from './pool.ts';
import { type ChainSearch, findChain, otherChains } from './prospective-chain.ts';
import { addRevocation, emptyShelf, type RevocationShelf, statusesOf } from './revocation-evidence.ts';

export interface ExamineOptions {
  /** Certificates that are trusted. A CA certificate may issue; any other is trusted for what it signed itself, and as no issuer. */
  readonly trust: readonly (Bytes | TrustedCertificate)[];
  /** Trusted lists, or any other source that knows what certificates are trusted; beside `trust`. */
  readonly trustSource?: TrustSource;
  /** DER certificates that the document may lack. */
  readonly extraCertificates?: readonly Bytes[];
  readonly extraRevocations?: readonly EncodedRevocation[];
  /** Where missing material is asked for; offline where left out. */
  readonly sources?: { readonly certificates?: CertificateSource; readonly revocations?: RevocationSource };
  readonly limits?: Partial<ExamineLimits>;
}

/** A trust anchor that does not hold for ever (EN 319 102-1, 5.2.6: sunset date), or with the name of the list it is from. */
export interface TrustedCertificate {
  /** DER. */
  readonly certificate: Bytes;
  /** From this instant on it is no anchor any more; proofs of existence from before still count (5.6). */
  readonly sunset?: Instant;
  /** Default: `given`. */
  readonly source?: string;
}

/** Bounds on hostile documents. What is not done for want of it is told in `Evidence.exhausted` and never counts as good. */
export interface ExamineLimits {
  /** Certificates kept. */
  readonly certificates: number;
  /** Signature values verified on certificates, CRLs and OCSP responses. */
  readonly signatureChecks: number;
  /** Octets of CRLs and OCSP responses searched, once for each certificate. */
  readonly searchedOctets: number;
  /** Questions to sources. */
  readonly fetches: number;
}

/**
 * Gathers the evidence on a document. Asynchronous only because of `sources`.
 *
 * @throws Fault `bad-option` on an unknown option, `network` where a source as a whole fails
 */
export async function examineFacts(facts: DocumentFacts, options: ExamineOptions): Promise<Evidence> {
  exact('examineFacts', options, ['trust', 'trustSource', 'extraCertificates', 'extraRevocations', 'sources', 'limits']);
  const limits = { ...LIMITS, ...options.limits };
  const work = open(facts, options, limits);
  const tokens = [...facts.signatures, ...facts.timestamps.values()];
  for (const { signer } of tokens) ask(work, signer.certificate);
  for (let certificate = work.asked.shift(); certificate; certificate = work.asked.shift()) await follow(certificate, work);
  return {
    document: facts,
    certificates: work.pool.certificates,
    anchors: work.search.anchors,
    chains: work.chains,
    revocations: work.shelf.facts,
    statuses: work.statuses,
    ...(work.supplied.size > 0 && { suppliedRevocations: work.supplied }),
    ...(options.trustSource?.lists !== undefined && { trustedLists: { lists: options.trustSource.lists, services: work.services } }),
    unreadable: [...work.pool.unreadable, ...work.shelf.unreadable],
    exhausted: [work.pool.room, work.checks, work.shelf.search, work.fetches].filter(({ left }) => left < 0).map(({ name }) => name),
  };
}

interface Work {
  readonly pool: Pool;
  readonly search: ChainSearch;
  readonly shelf: RevocationShelf;
  /** Revocation data from elsewhere than the document. */
  readonly supplied: Map<RevocationId, EncodedRevocation>;
  /** The same as those of the search, which only reads them. */
  readonly anchors: Map<CertificateId, Anchor>;
  readonly trustSource: TrustSource | null;
  readonly services: Map<CertificateId, readonly TrustedService[]>;
  /** Certificates that the source of trust was asked about. */
  readonly consulted: Set<CertificateId>;
  readonly checks: Budget;
  readonly fetches: Budget;
  readonly sources: NonNullable<ExamineOptions['sources']>;
  readonly chains: Map<CertificateId, Chain>;
  readonly statuses: Map<CertificateId, readonly CertificateStatus[]>;
  /** Certificates whose chain is wanted. */
  readonly asked: Certificate[];
  readonly seen: Set<CertificateId>;
}

function open(facts: DocumentFacts, options: ExamineOptions, limits: ExamineLimits): Work {
  const pool = emptyPool(limits.certificates);
  const checks = budget('signature checks', limits.signatureChecks);
  const anchors = new Map<CertificateId, Anchor>();
  const { trustSource = null } = options;
  for (const trusted of options.trust) {
    const { certificate: der, sunset = null, source = 'given' } = trusted instanceof Uint8Array ? { certificate: trusted } : trusted;
    const certificate = addCertificate(pool, der, 'trust');
    if (!certificate) continue;
    const known = anchors.get(certificate.fingerprint);
    anchors.set(certificate.fingerprint, {
      source,
      issues: mayIssue(certificate),
      sunset: known ? laterSunset(known.sunset, sunset) : sunset,
    });
  }
  for (const [id, der] of facts.certificates) addCertificate(pool, der, id);
  for (const der of options.extraCertificates ?? []) addCertificate(pool, der);
  const shelf = emptyShelf(pool, checks, budget('searched octets', limits.searchedOctets));
  for (const [id, revocation] of facts.revocations) addRevocation(shelf, id, revocation);
  const supplied = new Map<RevocationId, EncodedRevocation>();
  for (const revocation of options.extraRevocations ?? []) supply(revocation, shelf, supplied);
  return {
    pool,
    search: { pool, anchors, checks, issuers: new Map(), otherChecks: budget('checks of other chains', OTHER_CHECKS) },
    shelf,
    supplied,
    anchors,
    trustSource,
    services: new Map(),
    consulted: new Set(),
    checks,
    fetches: budget('fetches', limits.fetches),
    sources: options.sources ?? {},
    chains: new Map(),
    statuses: new Map(),
    asked: [],
    seen: new Set(),
  };
}

/** Given twice, it is an anchor for as long as either says. */
const laterSunset = (a: Instant | null, b: Instant | null): Instant | null => (a === null || b === null ? null : Math.max(a, b));

/** A CA certificate; without basic constraints, one that names itself as issuer and is of an old version or for certificate signing. */
function mayIssue({ basicConstraints, selfIssued, version, keyUsage }: Certificate): boolean {
  return basicConstraints ? basicConstraints.ca : selfIssued && (version < 3 || keyUsage?.has('keyCertSign') === true);
}

function ask({ asked, seen, pool }: Work, id: CertificateId | null): void {
  const certificate = id === null ? null : pool.certificates.get(id);
  if (!certificate || seen.has(certificate.fingerprint)) return;
  seen.add(certificate.fingerprint);
  asked.push(certificate);
}

/** Finds the chain of a certificate and the status of all in it, and asks for the chains of those who told the status. */
async function follow(leaf: Certificate, work: Work): Promise<void> {
  consult(work);
  let links = findChain(leaf, work.search);
  while (await fetchIssuer(links[links.length - 1]?.certificate ?? null, work)) links = findChain(leaf, work.search);
  const others = otherChains(links, leaf, work.search).map((other) => ({ links: other, pathProblems: pathProblems(other, work) }));
  work.chains.set(leaf.fingerprint, { links, pathProblems: pathProblems(links, work), ...(others.length > 0 && { others }) });
  for (const each of [links, ...others.map((other) => other.links)]) await findStatuses(each, work);
}

async function findStatuses(links: readonly ChainLink[], work: Work): Promise<void> {
  for (const [index, { certificate: id }] of links.entries()) {
    const certificate = work.pool.certificates.get(id);
    const issuer = work.pool.certificates.get(links[index + 1]?.certificate ?? '');
    if (!certificate || !issuer || work.statuses.has(id)) continue;
    await fetchRevocation(certificate, issuer, work);
    const statuses = statusesOf(certificate, issuer, work.shelf);
    work.statuses.set(id, statuses);
    for (const { revocation } of statuses) ask(work, work.shelf.facts.get(revocation)?.signer.certificate ?? null);
  }
}

/** What path validation finds that no time changes and no check of ours repeats: names, policies, extensions that cannot be read. */
function pathProblems(links: readonly ChainLink[], { pool, search }: Work): readonly PathProblem[] {
  const top = links.findIndex(({ certificate }, index) => index > 0 && search.anchors.get(certificate)?.issues);
  const certificates = links.map(({ certificate }) => pool.certificates.get(certificate));
  const anchor = certificates[top];
  const path = certificates.slice(0, top).filter((certificate) => certificate !== undefined);
  if (!anchor) return [];
  const result = validatePath({ path, anchor: anchorOf(anchor), at: null });
  if (result.ok) return [];
  return result.failures
    .filter(({ code }) => OF_THE_PATH.has(code))
    .map(({ index, what }) => ({ certificate: path[index]?.fingerprint ?? anchor.fingerprint, problem: what }));
}

/** Asks for the issuer of the topmost certificate of a chain that ends before trust; true where something new came. */
async function fetchIssuer(top: CertificateId | null, work: Work): Promise<boolean> {
  const { sources, pool, search, fetches } = work;
  const certificate = top === null ? null : pool.certificates.get(top);
  if (!sources.certificates || !certificate || certificate.selfIssued || search.anchors.has(certificate.fingerprint)) return false;
  if (!spend(fetches)) return false;
  const before = pool.certificates.size;
  for (const der of await sources.certificates.issuersOf(certificate)) addCertificate(pool, der);
  consult(work);
  search.issuers.clear();
  return pool.certificates.size > before;
}

/** Asks the source of trust about each certificate that is new: whether it is an anchor, which services it is of, who issued it. */
function consult({ trustSource, pool, search, anchors, services, consulted }: Work): void {
  if (trustSource === null || consulted.size === pool.certificates.size) return;
  const before = pool.certificates.size;
  // The issuers that are added here are visited too: a map grows while it is walked.
  for (const certificate of pool.certificates.values()) {
    if (consulted.has(certificate.fingerprint)) continue;
    consulted.add(certificate.fingerprint);
    const answer = trustSource.find(certificate);
    if (answer.services.length > 0) services.set(certificate.fingerprint, answer.services);
    if (answer.anchor !== null) {
      const known = anchors.get(certificate.fingerprint);
      const { source, sunset } = answer.anchor;
      anchors.set(certificate.fingerprint, {
        source: known?.source ?? source,
        issues: mayIssue(certificate),
        sunset: known ? laterSunset(known.sunset, sunset) : sunset,
      });
    }
    for (const der of answer.issuers) addCertificate(pool, der);
  }
  if (pool.certificates.size > before) search.issuers.clear();
}

async function fetchRevocation(
  certificate: Certificate,
  issuer: Certificate,
  { sources, shelf, supplied, fetches, search }: Work,
): Promise<void> {
  if (!sources.revocations || certificate.ocspNoCheck || certificate.noRevAvail || search.anchors.has(certificate.fingerprint)) return;
  if (!spend(fetches)) return;
  for (const found of await sources.revocations.find(certificate, issuer)) supply(found, shelf, supplied);
}

function supply({ kind, bytes }: EncodedRevocation, shelf: RevocationShelf, supplied: Map<RevocationId, EncodedRevocation>): void {
  const id = idOf(bytes);
  if (!shelf.byId.has(id)) supplied.set(id, { kind, bytes });
  addRevocation(shelf, id, { kind, bytes });
}

const OF_THE_PATH: ReadonlySet<PathFailureCode> = new Set(['name-constraints', 'policy', 'malformed-extension', 'too-long']);

/** Far above what honest documents need; a check takes some 30 to 200 microseconds. */
const LIMITS: ExamineLimits = { certificates: 20_000, signatureChecks: 5_000, searchedOctets: 2e9, fetches: 200 };
/** Signatures on certificates, for all other chains of a document. */
const OTHER_CHECKS = 500;
