/** Checks again what stored evidence says of certificates and revocation data, from the DER that it holds (EN 319 102-1, 5.2.6). */
import { budget } from '../base/budget.ts';
import { verifyIssued } from '../pki/issued-by.ts';
import type { CandidateChain, CertificateStatus, ChainLink, Evidence } from './evidence.ts';
import { emptyPool, keepCertificate } from './pool.ts';
import { addRevocation, emptyShelf, statusesOf } from './revocation-evidence.ts';

/** Something that the evidence says and its own material does not bear out. */
export interface EvidenceDifference {
  /** Certificate or revocation data. */
  readonly subject: string;
  readonly what: 'chain-signature' | 'revocation-signature' | 'revocation-status' | 'identity';
  readonly stored: string;
  readonly found: string;
}

/**
 * Verifies every signature on certificates, CRLs and OCSP responses anew, and reads anew what they say. Empty where all agrees.
 * What was signed is not in the evidence, so the values of signatures and time-stamps and their references are not checked.
 */
export function verifyEvidence(evidence: Evidence): readonly EvidenceDifference[] {
  const links = candidates(evidence).flatMap((chain) => chain.links.flatMap((link, index) => linkDifference(link, chain, index, evidence)));
  return [...identityDifferences(evidence), ...links, ...revocationDifferences(evidence)];
}

/** All chains; of two with the same certificate the one that was found first is last. */
const candidates = ({ chains }: Evidence): readonly CandidateChain[] => [
  ...[...chains.values()].flatMap(({ others = [] }) => others),
  ...chains.values(),
];

/** A certificate is called by the digest of its octets. */
const identityDifferences = ({ certificates }: Evidence): EvidenceDifference[] =>
  [...certificates].flatMap(([id, { fingerprint }]) =>
    id === fingerprint ? [] : [{ subject: id, what: 'identity' as const, stored: id, found: fingerprint }],
  );

function linkDifference(link: ChainLink, { links }: CandidateChain, index: number, { certificates }: Evidence): EvidenceDifference[] {
  const certificate = certificates.get(link.certificate);
  const above = links[index + 1];
  const key = above ? certificates.get(above.certificate) : link.selfSigned ? certificate : undefined;
  const found = certificate && key ? verifyIssued(certificate, key) : 'no-key';
  return found === link.issued ? [] : [{ subject: link.certificate, what: 'chain-signature', stored: link.issued, found }];
}

function revocationDifferences(evidence: Evidence): EvidenceDifference[] {
  const { certificates, document, revocations, statuses, suppliedRevocations = new Map() } = evidence;
  const pool = emptyPool(Number.MAX_SAFE_INTEGER);
  for (const certificate of certificates.values()) keepCertificate(pool, certificate);
  const shelf = emptyShelf(pool, budget('signature checks', MOST), budget('searched octets', MOST));
  for (const [id, revocation] of [...document.revocations, ...suppliedRevocations]) addRevocation(shelf, id, revocation);
  const issuers = new Map(
    candidates(evidence).flatMap(({ links }) => links.slice(0, -1).map((link, i) => [link.certificate, links[i + 1]?.certificate ?? ''])),
  );
  const differences: EvidenceDifference[] = [];
  for (const [id, stored] of statuses) {
    const [certificate, issuer] = [certificates.get(id), certificates.get(issuers.get(id) ?? '')];
    const found = certificate && issuer ? statusesOf(certificate, issuer, shelf) : [];
    for (const status of stored) {
      const same = found.filter(({ revocation }) => revocation === status.revocation).map(told);
      if (!same.includes(told(status)))
        differences.push({ subject: id, what: 'revocation-status', stored: told(status), found: same[0] ?? 'nothing' });
    }
  }
  for (const [id, { value }] of revocations) {
    const found = shelf.facts.get(id)?.value ?? 'no-key';
    if (found !== value) differences.push({ subject: id, what: 'revocation-signature', stored: value, found });
  }
  return differences;
}

/** A status in one line, to compare. */
const told = (status: CertificateStatus): string => JSON.stringify(Object.entries(status).sort(([a], [b]) => (a < b ? -1 : 1)));

const MOST = Number.MAX_SAFE_INTEGER;
