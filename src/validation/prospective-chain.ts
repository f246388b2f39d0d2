/** The prospective certificate chain (EN 319 102-1, 5.2.6): from a certificate up to trust, by signatures that verify. */
import { type Budget, spend } from '../base/budget.ts';
import { equal } from '../base/bytes.ts';
import type { ValueCheck } from '../crypto/names.ts';
import { algorithmUse } from '../crypto/verify.ts';
import type { CertificateId } from '../facts/index.ts';
import type { Certificate } from '../pki/certificate.ts';
import { keysAgree, verifyIssued } from '../pki/issued-by.ts';
import { sameName } from '../pki/name.ts';
import type { Anchor, ChainLink } from './evidence.ts';
import { type Pool, withSubject } from './pool.ts';

export interface ChainSearch {
  readonly pool: Pool;
  readonly anchors: ReadonlyMap<CertificateId, Anchor>;
  readonly checks: Budget;
  /** What was found of a certificate before. */
  readonly issuers: Map<CertificateId, readonly Issuer[]>;
  /** What looking for other chains may verify, apart from `checks`: where it is spent, fewer are known, and nothing is missing. */
  readonly otherChecks: Budget;
}

interface Issuer {
  readonly certificate: Certificate;
  readonly value: ValueCheck;
  /** Its own extensions let it issue. */
  readonly authority: boolean;
}

/**
 * The chain of `leaf`, leaf first. Of several the one that reaches an anchor without end of trust, by CA certificates and by
 * signatures that verify; among these the shortest. It goes on above the anchor, and where no anchor is reached as far as it goes.
 */
export function findChain(leaf: Certificate, search: ChainSearch): readonly ChainLink[] {
  const path = pathToAnchor(leaf, search) ?? [leaf];
  extend(path, search);
  return path.map((certificate, index) => linkOf(certificate, path[index + 1] ?? null));
}

/**
 * Other chains of the same leaf that end in an anchor, by CA certificates and by signatures that verify, best issuers first: what is
 * tried where `first` fails (EN 319 102-1, 5.2.6.4). A few at most.
 */
export function otherChains(first: readonly ChainLink[], leaf: Certificate, search: ChainSearch): readonly (readonly ChainLink[])[] {
  const { anchors } = search;
  if (!first.some(({ certificate }, index) => index > 0 && anchors.get(certificate)?.issues)) return [];
  const known = new Map(search.issuers);
  const apart: ChainSearch = { ...search, checks: search.otherChecks, issuers: known };
  const found: (readonly ChainLink[])[] = [];
  const waiting: Certificate[][] = [[leaf]];
  for (let step = 0; step < MOST_STEPS && found.length < MOST_OTHERS; step++) {
    const path = waiting.pop();
    if (!path) break;
    const top = path[path.length - 1] as Certificate;
    const anchor = path.length > 1 ? anchors.get(top.fingerprint) : undefined;
    if (!anchor?.issues || anchor.sunset !== null) {
      const above = issuersOf(top, apart).filter((issuer) => goesOn(path, issuer));
      for (const { certificate } of above.toReversed()) waiting.push([...path, certificate]);
    }
    if (!anchor?.issues || path.every(({ fingerprint }, index) => first[index]?.certificate === fingerprint)) continue;
    extend(path, apart);
    found.push(path.map((certificate, index) => linkOf(certificate, path[index + 1] ?? null)));
  }
  return found;
}

/** Never the same name with the same key twice. */
const goesOn = (path: readonly Certificate[], { certificate, value, authority }: Issuer): boolean =>
  value === 'intact' &&
  authority &&
  path.length < LONGEST &&
  !path.some((one) => one === certificate || (sameName(one.subject, certificate.subject) && equal(one.spki, certificate.spki)));

/** Certificates whose name and key fit, best first; each pair is verified once, within the budget. */
function issuersOf(certificate: Certificate, { pool, anchors, checks, issuers }: ChainSearch): readonly Issuer[] {
  const known = issuers.get(certificate.fingerprint);
  if (known) return known;
  const found: Issuer[] = [];
  for (const candidate of candidatesFor(certificate, pool)) {
    if (candidate === certificate) continue;
    if (!spend(checks)) break;
    const value = verifyIssued(certificate, candidate);
    if (value === 'intact' || value === 'unsupported')
      found.push({ certificate: candidate, value, authority: mayIssue(candidate, anchors) });
  }
  found.sort(byMerit);
  issuers.set(certificate.fingerprint, found);
  return found;
}

/** Where the key identifiers differ the signature mostly does too: those come last, so that a hostile pool costs less. */
function candidatesFor(certificate: Certificate, pool: Pool): readonly Certificate[] {
  const candidates = withSubject(pool, certificate.issuer);
  return [...candidates.filter((one) => keysAgree(one, certificate)), ...candidates.filter((one) => !keysAgree(one, certificate))];
}

/** The first demand that some path meets wins. Breadth first, each certificate once: linear in the pairs that verified. */
function pathToAnchor(leaf: Certificate, search: ChainSearch): Certificate[] | null {
  if (search.anchors.has(leaf.fingerprint)) return [leaf];
  for (const demand of DEMANDS) {
    const path = breadthFirst(leaf, search, demand);
    if (path) return path;
  }
  return null;
}

interface Demand {
  readonly endless: boolean;
  readonly authority: boolean;
  readonly intact: boolean;
}

function breadthFirst(leaf: Certificate, search: ChainSearch, demand: Demand): Certificate[] | null {
  const below = new Map<Certificate, Certificate | null>([[leaf, null]]);
  let level = [leaf];
  for (let depth = 1; depth < LONGEST && level.length > 0; depth++) {
    const next: Certificate[] = [];
    for (const certificate of level) {
      for (const issuer of issuersOf(certificate, search)) {
        if (below.has(issuer.certificate) || !meets(issuer, demand)) continue;
        below.set(issuer.certificate, certificate);
        const anchor = search.anchors.get(issuer.certificate.fingerprint);
        if (anchor?.issues && (anchor.sunset === null || !demand.endless)) return downTo(issuer.certificate, below);
        next.push(issuer.certificate);
      }
    }
    level = next;
  }
  return null;
}

const meets = ({ value, authority }: Issuer, demand: Demand): boolean =>
  (authority || !demand.authority) && (value === 'intact' || !demand.intact);

function downTo(top: Certificate, below: ReadonlyMap<Certificate, Certificate | null>): Certificate[] {
  const path: Certificate[] = [];
  for (let at: Certificate | null = top; at; at = below.get(at) ?? null) path.push(at);
  return path.reverse();
}

function extend(path: Certificate[], search: ChainSearch): void {
  while (path.length < LONGEST) {
    const top = path[path.length - 1] as Certificate;
    const next = issuersOf(top, search).find(({ certificate, value }) => value === 'intact' && !path.includes(certificate));
    if (!next || isSelfSigned(top)) return;
    path.push(next.certificate);
  }
}

function linkOf(certificate: Certificate, issuer: Certificate | null): ChainLink {
  const selfSigned = isSelfSigned(certificate);
  const key = issuer ?? (selfSigned ? certificate : null);
  return {
    certificate: certificate.fingerprint,
    issued: key ? verifyIssued(certificate, key) : 'no-key',
    algorithm: algorithmUse(certificate.signatureAlgorithm, key?.spki ?? null, certificate.signatureAlgorithmOid),
    selfSigned,
  };
}

const isSelfSigned = (certificate: Certificate): boolean => certificate.selfIssued && verifyIssued(certificate, certificate) === 'intact';

/** A CA certificate whose key usage lets it sign certificates; an anchor that issues need not say so. */
const mayIssue = (certificate: Certificate, anchors: ReadonlyMap<CertificateId, Anchor>): boolean =>
  anchors.get(certificate.fingerprint)?.issues === true ||
  (certificate.basicConstraints?.ca === true && (certificate.keyUsage === null || certificate.keyUsage.has('keyCertSign')));

/** A total order, so that the same pool always gives the same chain. */
function byMerit(a: Issuer, b: Issuer): number {
  return (
    Number(b.value === 'intact') - Number(a.value === 'intact') ||
    Number(b.authority) - Number(a.authority) ||
    b.certificate.notAfter - a.certificate.notAfter ||
    (a.certificate.fingerprint < b.certificate.fingerprint ? -1 : 1)
  );
}

const DEMANDS: readonly Demand[] = [
  { endless: true, authority: true, intact: true },
  { endless: false, authority: true, intact: true },
  { endless: false, authority: false, intact: true },
  { endless: false, authority: false, intact: false },
];

/** No chain in use is nearly as long. */
const LONGEST = 20;
/** Other chains of one certificate that are kept, and paths that are looked at for them. */
const MOST_OTHERS = 4;
const MOST_STEPS = 200;
