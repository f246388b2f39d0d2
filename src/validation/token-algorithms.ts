/** The algorithms that a token rests on, in the order in which they are judged (EN 319 102-1, 5.2.8 and 5.5.4). */
import type { Instant } from '../base/instant.ts';
import { type AlgorithmEntry, type AlgorithmVerdict, judgeAlgorithm, weakestAlgorithm } from './cryptographic-constraints.ts';
import type { ChainLink } from './evidence.ts';
import { levelsFor } from './policy.ts';
import type { Token, World } from './world.ts';

export const valueAlgorithm = ({ facts }: Token): AlgorithmEntry => ({ subject: facts.id, use: facts.algorithm });

/** Digests of what was signed. */
export const dataAlgorithms = ({ facts }: Token): readonly AlgorithmEntry[] =>
  facts.references.map(({ digestAlgorithm }) => ({ subject: facts.id, use: { digestOnly: digestAlgorithm } }));

/** Digests by which the signature names its certificate: those that do match it. */
export const referenceAlgorithms = ({ facts }: Token): readonly AlgorithmEntry[] =>
  facts.signer.references
    .filter(({ matches }) => matches !== null && matches === facts.signer.certificate)
    .map(({ digestAlgorithm }) => ({ subject: facts.id, use: { digestOnly: digestAlgorithm } }));

/** Signatures on the certificates below the anchor; of all where there is none. */
export const chainAlgorithms = (chain: readonly ChainLink[], anchor: number): readonly AlgorithmEntry[] =>
  chain.slice(0, anchor < 0 ? chain.length : anchor).map(({ certificate, algorithm }) => ({ subject: certificate, use: algorithm }));

/** The signature value, then the digests of its signed elements, at `at`: the verdict that fails, or null. */
export function weakestOfValue(token: Token, world: World, at: Instant): AlgorithmVerdict | null {
  const suite = world.policy.algorithms;
  const value = judgeAlgorithm(valueAlgorithm(token), suite, at);
  if (value.outcome === 'fail') return value;
  const level = levelsFor(world.policy, token.context)('reference-digest-algorithm') ?? 'warn';
  const references = referenceAlgorithms(token);
  if (level !== 'fail' || references.some((entry) => judgeAlgorithm(entry, suite, at).outcome !== 'fail')) return null;
  return weakestAlgorithm(references, suite, at);
}

/** Everything: the value, its signed elements, the signed data, the chain. */
export const weakestOfToken = (
  token: Token,
  world: World,
  chain: readonly ChainLink[],
  anchor: number,
  at: Instant,
): AlgorithmVerdict | null =>
  weakestOfValue(token, world, at) ??
  weakestAlgorithm([...dataAlgorithms(token), ...chainAlgorithms(chain, anchor)], world.policy.algorithms, at);
