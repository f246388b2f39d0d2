/** The next prospective chain where one fails (EN 319 102-1, 5.2.6.4): a token is judged under each candidate, until one passes. */
import type { CertificateId } from '../facts/index.ts';
import { type Conclusion, isPassed } from './conclusion.ts';
import type { CandidateChain, Chain, ChainLink, Evidence } from './evidence.ts';
import { emptyMemo, isSameIssuer, type World } from './world.ts';

/** What `run` finds of a token that `leaf` made: under the first chain that passes, and where none does under the first of all. */
export function underChains<R extends { readonly conclusion: Conclusion }>(
  leaf: CertificateId | null,
  world: World,
  run: (world: World) => R,
): R {
  const first = run(world);
  if (isPassed(first.conclusion)) return first;
  for (const other of otherWorlds(leaf, world)) {
    const result = run(other);
    if (isPassed(result.conclusion)) return result;
  }
  return first;
}

/** The world in which `chain`, as a report tells it, is the chain of its leaf. */
export function worldUnder(chain: readonly CertificateId[], world: World): World {
  const [leaf = null] = chain;
  const isIt = ({ evidence }: World): boolean =>
    chain.every((id, index) => evidence.chains.get(leaf ?? '')?.links[index]?.certificate === id);
  return isIt(world) ? world : (otherWorlds(leaf, world).find(isIt) ?? world);
}

function otherWorlds(leaf: CertificateId | null, world: World): readonly World[] {
  const chain = leaf === null ? undefined : world.evidence.chains.get(leaf);
  if (leaf === null || !chain?.others) return [];
  const { others } = world.memo;
  const known = others.get(leaf) ?? chain.others.map((other) => ({ evidence: withChain(leaf, chain, other, world), memo: emptyMemo() }));
  others.set(leaf, known);
  return known.map((other) => ({ ...world, ...other, serves: new Map() }));
}

/**
 * The evidence where `other` is the chain of `leaf`. Where it has another certificate of the same authority, that one stands in every
 * chain, so that revocation data by this authority is judged under it too.
 */
function withChain(leaf: CertificateId, chain: Chain, other: CandidateChain, world: World): Evidence {
  const tails = new Map<CertificateId, readonly ChainLink[]>();
  for (const { certificate } of chain.links.slice(1)) {
    const place = other.links.findIndex((link, index) => index > 0 && isSameIssuer(world, link.certificate, certificate));
    if (place > 0 && other.links[place]?.certificate !== certificate) tails.set(certificate, other.links.slice(place));
  }
  const chains = new Map<CertificateId, Chain>();
  for (const [id, { links, pathProblems }] of world.evidence.chains) {
    const place = links.findIndex(({ certificate }) => tails.has(certificate));
    if (place < 0) chains.set(id, { links, pathProblems });
    else {
      const below = links.slice(0, place);
      const problems = pathProblems.filter(({ certificate }) => below.some((link) => link.certificate === certificate));
      const tail = tails.get(links[place]?.certificate ?? '') ?? [];
      chains.set(id, { links: [...below, ...tail], pathProblems: [...problems, ...other.pathProblems] });
    }
  }
  chains.set(leaf, other);
  return { ...world.evidence, chains };
}
