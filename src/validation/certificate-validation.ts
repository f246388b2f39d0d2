/** X.509 certificate validation (EN 319 102-1, 5.2.6): a chain to trust, each certificate below the anchor, revocation, algorithms. */
import type { CertificateId } from '../facts/index.ts';
import { CERTIFICATE, type CertificateCase } from './certificate-checks.ts';
import { type Block, runBlock } from './check.ts';
import { type Conclusion, indeterminate, isPassed, passed } from './conclusion.ts';
import type { ChainLink } from './evidence.ts';
import { levelsFor } from './policy.ts';
import type { Role } from './policy-type.ts';
import type { BlockResult } from './report.ts';
import { acceptancesOf, latestOf, needsRevocation } from './revocation-acceptance.ts';
import { type Acceptance, anchorIndex, chainOf, endsInAnchor, type Memo, type Reach, type Token, type World } from './world.ts';

export interface CertificateResult {
  readonly conclusion: Conclusion;
  readonly results: readonly BlockResult[];
  readonly chain: readonly ChainLink[];
  /** Place of the anchor in the chain, or -1. */
  readonly anchor: number;
  /** Those below the anchor, leaf first, with the revocation data that counts. */
  readonly judged: readonly JudgedCertificate[];
}

export interface JudgedCertificate {
  readonly id: CertificateId;
  readonly role: Role;
  readonly needsRevocation: boolean;
  readonly acceptances: readonly Acceptance[];
  readonly selected: Acceptance | null;
  readonly conclusion: Conclusion;
  readonly facts: CertificateCase;
}

/** Validates the certificate that made `token`, at the validation time (the shell model). The first certificate that fails concludes, the leaf first. */
export function validateCertificate(token: Token, world: World): CertificateResult {
  const key = `${token.context}/${token.facts.signer.certificate}`;
  const results = RESULTS.get(world.memo) ?? new Map<string, CertificateResult>();
  RESULTS.set(world.memo, results);
  const known = results.get(key) ?? validateChain(token, world);
  results.set(key, known);
  return known;
}

/** By context and certificate, for as long as the memo lives. */
const RESULTS = new WeakMap<Memo, Map<string, CertificateResult>>();

/** Depends on nothing of the token but its context and the certificate that made it. */
function validateChain(token: Token, world: World): CertificateResult {
  const chain = chainOf(world, token.facts.signer.certificate);
  const anchor = anchorIndex(world, chain, world.at);
  const outer = runBlock(
    CHAIN,
    { anchor, known: endsInAnchor(world, chain), exhausted: world.evidence.exhausted },
    () => undefined,
    token.facts.signer.certificate ?? '',
  );
  const results: BlockResult[] = [outer];
  const judged: JudgedCertificate[] = [];
  const reach = anchor >= 0 ? anchor : 0;
  for (let index = 0; index < reach; index++) {
    const facts = caseOf(token, world, chain, anchor, index);
    const result = runBlock(CERTIFICATE, facts, levelsFor(world.policy, token.context, facts.role), facts.link.certificate);
    results.push(result);
    const { role, needed, acceptances, selected } = facts;
    judged.push({ id: facts.link.certificate, role, needsRevocation: needed, acceptances, selected, conclusion: result.conclusion, facts });
    if (needed) results.push(...acceptances.map((acceptance) => acceptance.result));
  }
  const conclusion = isPassed(outer.conclusion)
    ? (judged.find((one) => !isPassed(one.conclusion))?.conclusion ?? passed)
    : outer.conclusion;
  return { conclusion, results, chain, anchor, judged };
}

/** What is to be checked of the certificate at `index` of a chain. */
export function caseOf(
  token: Token,
  world: World,
  chain: readonly ChainLink[],
  anchor: number,
  index: number,
  reach: Reach = 'now',
): CertificateCase {
  const link = chain[index] as ChainLink;
  const role: Role = index === 0 ? 'signer' : 'ca';
  const needed = needsRevocation(world, token.context, role, link, false);
  const acceptances = acceptancesOf(world, link.certificate, reach);
  const selected = latestOf(acceptances);
  return { world, context: token.context, role, chain, anchor, index, link, needed, acceptances, selected };
}

interface ChainCase {
  readonly anchor: number;
  readonly known: boolean;
  readonly exhausted: readonly string[];
}

const CHAIN: Block<ChainCase> = {
  name: 'certificate-validation',
  clause: '5.2.6',
  checks: [
    {
      id: 'evidence-complete',
      clause: '5.2.6.4',
      holds: ({ exhausted }) => exhausted.length === 0,
      otherwise: indeterminate('CERTIFICATE_CHAIN_GENERAL_FAILURE'),
      with: ({ exhausted }) => ({ exhausted: exhausted.join(', ') }),
    },
    {
      id: 'chain-to-trust-anchor',
      clause: '5.2.6.4',
      holds: ({ known }) => known,
      otherwise: indeterminate('NO_CERTIFICATE_CHAIN_FOUND'),
    },
    {
      id: 'trust-anchor-before-sunset',
      clause: '5.2.6.4',
      holds: ({ anchor }) => anchor >= 0,
      otherwise: indeterminate('NO_CERTIFICATE_CHAIN_FOUND_NO_POE'),
    },
  ],
};
