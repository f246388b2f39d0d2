/** What the revocation data at hand says of certificates: who signed it, by what right, and whether it covers them (RFC 5280, 6.3.3; RFC 6960, 3.2). */
import { type Budget, spend } from '../base/budget.ts';
import { equal } from '../base/bytes.ts';
import type { Instant } from '../base/instant.ts';
import { toHex } from '../base/text.ts';
import type { ValueCheck } from '../crypto/names.ts';
import { algorithmUse } from '../crypto/verify.ts';
import type { EncodedRevocation, RevocationId, UnreadableToken } from '../facts/index.ts';
import type { Certificate } from '../pki/certificate.ts';
import { type Crl, type CrlEntry, findInCrl, parseCrl, verifyCrl } from '../pki/crl.ts';
import { ALL_REASONS, continues, crlScope } from '../pki/crl-scope.ts';
import { sameName } from '../pki/name.ts';
import { answersFor, type BasicOcspResponse, certHashOf, parseOcspResponse, type SingleResponse } from '../pki/ocsp.ts';
import { responderCertificates, responderRight, verifyOcsp } from '../pki/ocsp-responder.ts';
import { type CertificateStatus, type RevocationFacts, SOME_REASONS } from './evidence.ts';
import { keepCertificate, nameKey, type Pool, withSubject } from './pool.ts';

export interface RevocationShelf {
  readonly pool: Pool;
  readonly checks: Budget;
  /** Octets searched for entries. */
  readonly search: Budget;
  readonly unreadable: UnreadableToken[];
  readonly byId: Map<RevocationId, ParsedRevocation>;
  /** By the name of the issuer. */
  readonly crls: Map<string, CrlOnShelf[]>;
  /** By each serial number that is answered for. */
  readonly ocsps: Map<string, OcspOnShelf[]>;
  /** Filled as they are asked for. */
  readonly facts: Map<RevocationId, RevocationFacts>;
}

type ParsedRevocation = CrlOnShelf | OcspOnShelf;
interface CrlOnShelf {
  readonly id: RevocationId;
  readonly crl: Crl;
}
interface OcspOnShelf {
  readonly id: RevocationId;
  readonly basic: BasicOcspResponse;
}

export const emptyShelf = (pool: Pool, checks: Budget, search: Budget): RevocationShelf => ({
  pool,
  checks,
  search,
  unreadable: [],
  byId: new Map(),
  crls: new Map(),
  ocsps: new Map(),
  facts: new Map(),
});

/** Reads and keeps revocation data, and the certificates that an OCSP response brings. An answer that is no success says nothing. */
export function addRevocation(shelf: RevocationShelf, id: RevocationId, { kind, bytes }: EncodedRevocation): void {
  if (shelf.byId.has(id)) return;
  const read = kind === 'crl' ? parseCrl(bytes) : parseOcspResponse(bytes);
  if (!read.ok) {
    shelf.unreadable.push({ kind: 'revocation', name: null, malformed: read.malformed });
    return;
  }
  if ('basic' in read.value) {
    if (read.value.basic) shelveOcsp(shelf, { id, basic: read.value.basic });
  } else shelveCrl(shelf, { id, crl: read.value });
}

function shelveCrl({ byId, crls }: RevocationShelf, found: CrlOnShelf): void {
  byId.set(found.id, found);
  push(crls, nameKey(found.crl.issuer), found);
}

function shelveOcsp({ byId, ocsps, pool }: RevocationShelf, found: OcspOnShelf): void {
  byId.set(found.id, found);
  for (const certificate of responderCertificates(found.basic)) keepCertificate(pool, certificate);
  const serials = new Set(found.basic.responses.map(({ certId }) => toHex(certId.serial)));
  for (const serial of serials) push(ocsps, serial, found);
}

/** What all of it says of `certificate`, newest production first. */
export function statusesOf(certificate: Certificate, issuer: Certificate, shelf: RevocationShelf): readonly CertificateStatus[] {
  const statuses: CertificateStatus[] = [];
  for (const found of shelf.ocsps.get(certificate.serialHex) ?? []) {
    if (!spend(shelf.search, found.basic.tbs.length)) break;
    for (const single of answersFor(found.basic, certificate, issuer)) {
      const status = ocspStatus(found, single, certificate, issuer, shelf);
      if (status) statuses.push(status);
    }
  }
  for (const found of crlsFor(certificate, shelf)) {
    const status = crlStatus(found, certificate, issuer, shelf);
    if (status) statuses.push(status);
  }
  const produced = ({ revocation }: CertificateStatus): Instant => shelf.facts.get(revocation)?.producedAt ?? 0;
  return statuses.sort((a, b) => produced(b) - produced(a) || (a.revocation < b.revocation ? -1 : 1));
}

function ocspStatus(
  found: OcspOnShelf,
  single: SingleResponse,
  certificate: Certificate,
  issuer: Certificate,
  shelf: RevocationShelf,
): CertificateStatus | null {
  const facts = ocspFacts(found, issuer, shelf);
  if (!facts) return null;
  const signer = signerOf(facts, shelf);
  const unknown = [...found.basic.unknownCritical, ...single.unknownCritical];
  const hash = certHashOf(single, certificate);
  return {
    revocation: found.id,
    status: single.status,
    thisUpdate: single.thisUpdate,
    nextUpdate: single.nextUpdate,
    reason: single.reason,
    revokedAt: single.revocationDate,
    knowsExpiredSince: single.archiveCutoff,
    certHash: hash === 'unsupported' ? 'mismatch' : hash,
    authorised: signer !== null && responderRight(signer, issuer) !== null,
    problem: unknown.length > 0 ? `critical extension ${unknown.join(', ')}` : null,
  };
}

function ocspFacts({ id, basic }: OcspOnShelf, issuer: Certificate, shelf: RevocationShelf): RevocationFacts | null {
  const known = shelf.facts.get(id);
  if (known) return known;
  const named = basic.responder.kind === 'name' ? withSubject(shelf.pool, basic.responder.name) : [];
  const candidates = [issuer, ...named];
  if (!spend(shelf.checks, Math.min(basic.certificates.length + candidates.length, MOST_CANDIDATES))) return null;
  const { value, signer, responderIdMatches } = verifyOcsp(basic, candidates);
  return remember(shelf, {
    id,
    kind: 'ocsp',
    producedAt: basic.producedAt,
    references: [],
    value,
    algorithm: algorithmUse(basic.signatureAlgorithm, signer?.spki ?? null, basic.signatureAlgorithmOid),
    signer: { certificate: signer?.fingerprint ?? null, references: [] },
    responderIdMatches,
  });
}

/** CRLs of the certificate's issuer, and those that its distribution points name another issuer for. */
function crlsFor(certificate: Certificate, { crls }: RevocationShelf): readonly CrlOnShelf[] {
  const direct = crls.get(nameKey(certificate.issuer)) ?? [];
  const others = (certificate.crlDistributionPoints ?? []).flatMap(({ crlIssuer }) =>
    (crlIssuer ?? []).flatMap((name) =>
      name.kind === 'directoryName' && !sameName(name.name, certificate.issuer) ? (crls.get(nameKey(name.name)) ?? []) : [],
    ),
  );
  return [...new Set([...direct, ...others])];
}

function crlStatus(
  { id, crl }: CrlOnShelf,
  certificate: Certificate,
  issuer: Certificate,
  shelf: RevocationShelf,
): CertificateStatus | null {
  const facts = crlFacts({ id, crl }, issuer, shelf);
  if (!facts || !spend(shelf.search, crl.tbs.length)) return null;
  const signer = signerOf(facts, shelf);
  const entry = findInCrl(crl, certificate.serial, certificate.issuer);
  const complete = crl.deltaBase === null ? null : completeFor({ id, crl }, certificate, issuer, shelf);
  const listed = entry.ok ? entry.value : null;
  // A delta tells of changes only: what it does not name is as the complete CRL says (RFC 5280, 5.2.4).
  const found = listed ? (listed.reason === 'removeFromCRL' ? null : listed) : (complete?.entry ?? null);
  return {
    revocation: id,
    status: found ? 'revoked' : 'good',
    thisUpdate: crl.thisUpdate,
    nextUpdate: crl.nextUpdate,
    reason: found?.reason ?? null,
    revokedAt: found?.revocationDate ?? null,
    knowsExpiredSince: crl.expiredCertsOnCrl,
    certHash: 'absent',
    authorised: signer !== null && mayListFor(signer, certificate, issuer, crl),
    problem: !entry.ok
      ? `entries cannot be read: ${entry.malformed.reason}`
      : crl.deltaBase !== null && !complete
        ? 'a delta CRL without the complete one that it continues'
        : (signingProblem(signer) ?? scopeProblem(crl, certificate)),
  };
}

/** The latest complete CRL that a delta continues, by the same signer, and what it says of the certificate (RFC 5280, 6.3.3 (c)). */
function completeFor(
  { id, crl }: CrlOnShelf,
  certificate: Certificate,
  issuer: Certificate,
  shelf: RevocationShelf,
): { readonly entry: CrlEntry | null } | null {
  const signer = shelf.facts.get(id)?.signer.certificate ?? null;
  let latest: { readonly entry: CrlEntry | null; readonly number: bigint } | null = null;
  for (const other of crlsFor(certificate, shelf)) {
    if (!spend(shelf.search, COMPARISON)) return null;
    const number = other.crl.number ?? -1n;
    if (!continues(crl, other.crl) || (latest && number <= latest.number)) continue;
    const facts = crlFacts(other, issuer, shelf);
    if (facts?.value !== 'intact' || signer === null || facts.signer.certificate !== signer) continue;
    if (!spend(shelf.search, other.crl.tbs.length)) return null;
    const entry = findInCrl(other.crl, certificate.serial, certificate.issuer);
    if (entry.ok && scopeProblem(other.crl, certificate) === null) latest = { entry: entry.value, number };
  }
  return latest;
}

/** A key usage that is there names the signing of CRLs (RFC 5280, 6.3.3 (f)). */
const signingProblem = (signer: Certificate | null): string | null =>
  signer?.keyUsage && !signer.keyUsage.has('cRLSign') ? 'its key is not for signing CRLs' : null;

/** Why the CRL does not tell of this certificate (RFC 5280, 5.2 and 6.3.3 (b)); null where it does. */
function scopeProblem(crl: Crl, certificate: Certificate): string | null {
  if (crl.unknownCritical.length > 0) return `critical extension ${crl.unknownCritical.join(', ')}`;
  const { reasons, problem } = crlScope(crl, certificate);
  return problem ?? (reasons === ALL_REASONS ? null : SOME_REASONS);
}

/** The issuer, another key of the issuer's name, or the CRL issuer that a distribution point names (RFC 5280, 6.3.3 (b)(1)). */
function mayListFor(signer: Certificate, certificate: Certificate, issuer: Certificate, crl: Crl): boolean {
  if (equal(signer.spki, issuer.spki) || sameName(signer.subject, certificate.issuer)) return true;
  return crl.issuingDistributionPoint?.indirect === true;
}

function crlFacts({ id, crl }: CrlOnShelf, issuer: Certificate, shelf: RevocationShelf): RevocationFacts | null {
  const known = shelf.facts.get(id);
  if (known) return known;
  const verified = crlSigner(crl, issuer, shelf);
  if (!verified) return null;
  return remember(shelf, {
    id,
    kind: 'crl',
    producedAt: crl.thisUpdate,
    references: [],
    value: verified.value,
    algorithm: algorithmUse(crl.signatureAlgorithm, verified.signer.spki, crl.signatureAlgorithmOid),
    signer: { certificate: verified.value === 'broken' ? null : verified.signer.fingerprint, references: [] },
    responderIdMatches: null,
  });
}

/** The certificate whose key verifies: the issuer at hand first, then others of the name. Null where the budget is spent. */
function crlSigner(crl: Crl, issuer: Certificate, { pool, checks }: RevocationShelf): { signer: Certificate; value: ValueCheck } | null {
  const named = withSubject(pool, crl.issuer);
  const candidates = sameName(crl.issuer, issuer.subject) ? [issuer, ...named.filter((one) => one !== issuer)] : named;
  const keyIdentifier = crl.authorityKeyIdentifier?.keyIdentifier;
  const disagrees = ({ subjectKeyIdentifier }: Certificate): boolean =>
    !!keyIdentifier && !!subjectKeyIdentifier && !equal(keyIdentifier, subjectKeyIdentifier);
  let first: { signer: Certificate; value: ValueCheck } | null = null;
  for (const signer of [...candidates].sort((a, b) => Number(disagrees(a)) - Number(disagrees(b)))) {
    if (!spend(checks)) return null;
    const value = verifyCrl(crl, signer);
    if (value === 'intact') return { signer, value };
    if (!first || (first.value === 'broken' && value === 'unsupported')) first = { signer, value };
  }
  return first;
}

const signerOf = ({ signer }: RevocationFacts, { pool }: RevocationShelf): Certificate | null =>
  signer.certificate === null ? null : (pool.certificates.get(signer.certificate) ?? null);

function remember(shelf: RevocationShelf, facts: RevocationFacts): RevocationFacts {
  shelf.facts.set(facts.id, facts);
  return facts;
}

function push<T>(map: Map<string, T[]>, key: string, value: T): void {
  const known = map.get(key);
  if (known) known.push(value);
  else map.set(key, [value]);
}

/** As many as an OCSP response is tried against. */
const MOST_CANDIDATES = 32;
/** What comparing a delta with a complete CRL is charged as, in octets searched. */
const COMPARISON = 256;
