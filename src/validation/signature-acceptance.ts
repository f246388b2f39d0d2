/** Signature acceptance validation (EN 319 102-1, 5.2.8): the elements of the signature against the constraints, and its algorithms. */
import type { SignatureFacts } from '../facts/index.ts';
import { type Block, type Check, runBlock } from './check.ts';
import { type Conclusion, failed, indeterminate, isPassed } from './conclusion.ts';
import { type AlgorithmVerdict, algorithmDetail, judgeAlgorithm, weakestAlgorithm, weaknessOf } from './cryptographic-constraints.ts';
import type { ChainLink } from './evidence.ts';
import { levelsFor } from './policy.ts';
import type { BlockResult } from './report.ts';
import { chainAlgorithms, dataAlgorithms, referenceAlgorithms, valueAlgorithm } from './token-algorithms.ts';
import { certificateOf, isWithinValidity, type Token, type World } from './world.ts';

/** What acceptance needs to know of the token beside its facts. */
export interface AcceptanceInput {
  readonly token: Token;
  readonly world: World;
  readonly chain: readonly ChainLink[];
  readonly anchor: number;
  /** Conclusions on the content time-stamps of a signature. */
  readonly contentTimestamps: readonly Conclusion[];
}

export interface AcceptanceResult {
  readonly result: BlockResult;
  /** The algorithm that failed, where that is what concluded. */
  readonly weak: AlgorithmVerdict | null;
}

export function acceptSignature(input: AcceptanceInput): AcceptanceResult {
  const { token, world } = input;
  const facts: AcceptanceCase = { ...input, weakest: weakestOf(input) };
  const block = token.context === 'revocation' ? ALGORITHMS_ONLY : token.context === 'timestamp' ? TIMESTAMP : SIGNATURE;
  const result = runBlock(block, facts, levelsFor(world.policy, token.context), token.facts.id);
  const failedOnAlgorithm = result.findings.some(({ check, outcome }) => check === ALGORITHMS && outcome === 'fail');
  return { result, weak: failedOnAlgorithm ? facts.weakest : null };
}

/** Everything but an algorithm, which is good or not at a time of its own: what a chain that fails hides, and no proof of existence turns. */
export const isAccepted = (acceptance: AcceptanceResult): boolean => isPassed(acceptance.result.conclusion) || failsOnAlgorithm(acceptance);

/** Of the signature, of what is signed, or of the references to its certificate. */
export const failsOnAlgorithm = ({ result }: AcceptanceResult): boolean =>
  result.findings.some(({ check, outcome }) => outcome === 'fail' && (check === ALGORITHMS || check === REFERENCES));

interface AcceptanceCase extends AcceptanceInput {
  readonly weakest: AlgorithmVerdict | null;
}

/** The signature value first, then what it signs, then the chain: the first that fails names the conclusion. */
function weakestOf({ token, world, chain, anchor }: AcceptanceInput): AlgorithmVerdict | null {
  const entries = [valueAlgorithm(token), ...dataAlgorithms(token), ...chainAlgorithms(chain, anchor)];
  return weakestAlgorithm(entries, world.policy.algorithms, world.at);
}

const signatureOf = ({ token }: AcceptanceCase): SignatureFacts | null =>
  token.context === 'signature' || token.context === 'counter-signature' ? token.facts : null;

const references = ({ token }: AcceptanceCase) => token.facts.signer.references;

/** Every reference resolves to a certificate of the chain. */
const referencesInChain = (facts: AcceptanceCase): boolean => {
  const inChain = new Set(facts.chain.map(({ certificate }) => certificate));
  return references(facts).every(({ matches }) => matches !== null && inChain.has(matches));
};

/** Two references to the signing certificate, or two attributes of one kind. */
const isUnique = (facts: AcceptanceCase): boolean =>
  references(facts).filter(({ matches }) => matches !== null && matches === facts.token.facts.signer.certificate).length <= 1;

function timeWithinValidity(facts: AcceptanceCase): boolean {
  const claimed = signatureOf(facts)?.claimedTime ?? null;
  const signer = facts.chain[0];
  return claimed === null || !signer || isWithinValidity(certificateOf(facts.world, signer.certificate), claimed);
}

/** A token cannot be older than the certificate that made it and that it names, but for what its clock is unsure of. */
function timestampAfterIssuance({ token, world, chain: [signer] }: AcceptanceCase): boolean {
  if (token.context !== 'timestamp' || !signer) return true;
  const { time, accuracy } = token.facts;
  return time + Math.max(accuracy ?? 0, CLOCK_TICK) >= certificateOf(world, signer.certificate).notBefore;
}

const SIGNED_CONTENT: ReadonlySet<string> = new Set(['MESSAGE_DIGEST', 'SIGNED_PROPERTIES']);

/** Changes of later revisions that nobody looked at are not 'none'. */
const laterChangesKnown = ({ token }: AcceptanceCase): boolean => {
  const pdf = token.context === 'revocation' ? null : token.facts.pdf;
  return !pdf || pdf.coversWholeFile || pdf.modifications !== null;
};

const CONSTRAINTS = indeterminate('SIG_CONSTRAINTS_FAILURE');
const ALGORITHMS = 'signature-algorithms';
const REFERENCES = 'reference-digest-algorithm';
/** Milliseconds: certificates are dated in whole seconds. */
const CLOCK_TICK = 1000;

const structure: Check<AcceptanceCase> = {
  id: 'structure-conforms',
  clause: '5.2.8.4',
  constraint: true,
  level: 'warn',
  applies: ({ token }) => token.context !== 'revocation',
  holds: ({ token }) => token.context === 'revocation' || token.facts.structureProblems.length === 0,
  otherwise: CONSTRAINTS,
  with: ({ token }) => ({ problems: token.context === 'revocation' ? '' : token.facts.structureProblems.join('; ') }),
};

const signerReferences: readonly Check<AcceptanceCase>[] = [
  {
    id: 'signing-certificate-reference-present',
    clause: '5.2.8.4',
    constraint: true,
    level: 'warn',
    holds: (facts) => references(facts).length > 0,
    otherwise: CONSTRAINTS,
  },
  {
    id: 'signing-certificate-reference-unique',
    clause: '5.2.8.4',
    constraint: true,
    level: 'warn',
    applies: (facts) => references(facts).length > 0,
    holds: isUnique,
    otherwise: CONSTRAINTS,
  },
  {
    id: 'signing-certificate-references-in-chain',
    clause: '5.2.8.4',
    constraint: true,
    level: 'warn',
    applies: (facts) => references(facts).length > 0,
    holds: referencesInChain,
    otherwise: CONSTRAINTS,
  },
];

const signatureElements: readonly Check<AcceptanceCase>[] = [
  {
    id: 'signing-time-present',
    clause: '5.2.8.4',
    constraint: true,
    holds: (facts) => signatureOf(facts)?.claimedTime != null,
    otherwise: CONSTRAINTS,
  },
  {
    id: 'signing-time-within-validity',
    clause: '5.2.8.4',
    constraint: true,
    applies: (facts) => signatureOf(facts)?.claimedTime != null,
    holds: timeWithinValidity,
    otherwise: CONSTRAINTS,
    with: (facts) => ({ claimedTime: signatureOf(facts)?.claimedTime ?? 0 }),
  },
  {
    id: 'signed-content-digest-present',
    clause: '5.2.8.4',
    holds: ({ token }) => token.facts.references.some(({ type }) => SIGNED_CONTENT.has(type)),
    otherwise: CONSTRAINTS,
  },
  {
    id: 'content-timestamp-valid',
    clause: '5.2.8.4',
    constraint: true,
    level: 'warn',
    applies: ({ contentTimestamps }) => contentTimestamps.length > 0,
    holds: ({ contentTimestamps }) => contentTimestamps.every(isPassed),
    otherwise: CONSTRAINTS,
  },
];

const laterChanges: Check<AcceptanceCase> = {
  id: 'later-changes-known',
  clause: 'ISO 32000-2, 12.8.2.2',
  constraint: true,
  applies: ({ token }) => token.context !== 'revocation' && token.facts.pdf !== null,
  holds: laterChangesKnown,
  otherwise: CONSTRAINTS,
};

const tsaName: Check<AcceptanceCase> = {
  id: 'tsa-name-match',
  clause: 'RFC 3161, 2.4.2',
  constraint: true,
  level: 'warn',
  applies: ({ token }) => token.context === 'timestamp' && token.facts.tsaNameMatches !== null,
  holds: ({ token }) => token.context === 'timestamp' && token.facts.tsaNameMatches === true,
  otherwise: CONSTRAINTS,
};

const timestampIssued: Check<AcceptanceCase> = {
  id: 'timestamp-after-issuance',
  clause: 'RFC 5280, 4.1.2.5',
  constraint: true,
  applies: ({ token, chain }) => token.context === 'timestamp' && chain.length > 0,
  holds: timestampAfterIssuance,
  otherwise: failed('NOT_YET_VALID'),
  with: ({ token }) => ({ time: token.context === 'timestamp' ? token.facts.time : 0 }),
};

const timestampExtensions: Check<AcceptanceCase> = {
  id: 'timestamp-extensions-known',
  clause: 'RFC 3161, 2.4.2',
  constraint: true,
  applies: ({ token }) => token.context === 'timestamp',
  holds: ({ token }) => token.context !== 'timestamp' || token.facts.unknownCritical === undefined,
  otherwise: CONSTRAINTS,
  with: ({ token }) => ({ extensions: token.context === 'timestamp' ? (token.facts.unknownCritical ?? []).join(', ') : '' }),
};

const algorithms: readonly Check<AcceptanceCase>[] = [
  {
    id: 'reference-digest-algorithm',
    clause: '5.1.4.3',
    constraint: true,
    level: 'warn',
    applies: ({ token }) => token.context !== 'revocation' && referenceAlgorithms(token).length > 0,
    holds: ({ token, world }) =>
      referenceAlgorithms(token).some((entry) => judgeAlgorithm(entry, world.policy.algorithms, world.at).outcome !== 'fail'),
    otherwise: ({ token, world }) =>
      weaknessOf(weakestAlgorithm(referenceAlgorithms(token), world.policy.algorithms, world.at), world.policy.algorithms),
  },
  {
    id: ALGORITHMS,
    clause: '5.1.4.3',
    holds: ({ weakest }) => weakest?.outcome !== 'fail',
    otherwise: ({ weakest, world }) => weaknessOf(weakest, world.policy.algorithms),
    with: ({ weakest }) => algorithmDetail(weakest),
  },
];

const block = (checks: readonly Check<AcceptanceCase>[]): Block<AcceptanceCase> => ({
  name: 'signature-acceptance',
  clause: '5.2.8',
  checks,
});

const SIGNATURE = block([structure, ...signerReferences, ...signatureElements, laterChanges, ...algorithms]);
const TIMESTAMP = block([structure, ...signerReferences, timestampIssued, timestampExtensions, tsaName, laterChanges, ...algorithms]);
const ALGORITHMS_ONLY = block(algorithms);
