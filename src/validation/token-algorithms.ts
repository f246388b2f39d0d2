/** The algorithms that a token rests on, in the order in which they are judged (EN 319 102-1, 5.2.8 and 5.5.4). */
import type { AlgorithmEntry } from './cryptographic-constraints.ts';
import type { ChainLink } from './evidence.ts';
import type { Token } from './world.ts';

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
