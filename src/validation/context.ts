/** Validation context initialisation (EN 319 102-1, 5.2.4): whether the signature policy is one to accept. */
import { bindsDocument } from '../cms/policy-document.ts';
import type { SignatureFacts, SignaturePolicyFacts } from '../facts/index.ts';
import { type Block, runBlock } from './check.ts';
import { indeterminate } from './conclusion.ts';
import { levelsFor } from './policy.ts';
import type { Policy } from './policy-type.ts';
import type { BlockResult } from './report.ts';
import type { World } from './world.ts';

export const initialiseContext = (signature: SignatureFacts, context: 'signature' | 'counter-signature', world: World): BlockResult =>
  runBlock(CONTEXT, { signature, policy: world.policy }, levelsFor(world.policy, context), signature.id);

interface ContextCase {
  readonly signature: SignatureFacts;
  readonly policy: Policy;
}

function isAcceptable({ signature, policy: { acceptablePolicies } }: ContextCase): boolean {
  const { policy } = signature;
  if (!policy) return acceptablePolicies.includes('NO_POLICY');
  // An attribute that cannot be read may name any rules: they cannot be followed.
  if (!policy.implied && policy.id === '') return false;
  if (acceptablePolicies.includes('ANY_POLICY')) return true;
  return acceptablePolicies.includes(policy.implied ? 'IMPLICIT_POLICY' : policy.id);
}

const isExplicit = ({ signature: { policy } }: ContextCase): boolean => policy !== null && !policy.implied;

/** Zeros in place of a digest say that the signer did not know the document; evidence of before this was looked at tells no digest. */
const canBeCompared = ({ document, digestAlgorithm, digest }: SignaturePolicyFacts): boolean =>
  document !== 'unchecked' && (digest === undefined || bindsDocument({ digestAlgorithm, digest }));

const CONTEXT: Block<ContextCase> = {
  name: 'context',
  clause: '5.2.4',
  checks: [
    {
      id: 'signature-policy-acceptable',
      clause: '5.2.4.4',
      constraint: true,
      holds: isAcceptable,
      otherwise: indeterminate('POLICY_PROCESSING_ERROR'),
      with: ({ signature }) => ({ policy: signature.policy?.id ?? 'NO_POLICY' }),
    },
    {
      id: 'signature-policy-available',
      clause: '5.2.4.4',
      constraint: true,
      level: 'inform',
      applies: isExplicit,
      holds: ({ signature }) => signature.policy?.document !== 'not-obtained',
      otherwise: indeterminate('SIGNATURE_POLICY_NOT_AVAILABLE'),
      with: ({ signature }) => ({ policy: signature.policy?.id ?? '' }),
    },
    {
      id: 'signature-policy-stored',
      clause: 'EN 319 122-1, 5.2.10; EN 319 132-1, 5.2.10',
      constraint: true,
      level: 'ignore',
      applies: isExplicit,
      holds: ({ signature }) => signature.policy?.store === true,
      otherwise: indeterminate('SIGNATURE_POLICY_NOT_AVAILABLE'),
    },
    {
      id: 'signature-policy-digest-known',
      clause: '5.2.4.4',
      constraint: true,
      level: 'warn',
      applies: isExplicit,
      holds: ({ signature }) => signature.policy !== null && canBeCompared(signature.policy),
      otherwise: indeterminate('POLICY_PROCESSING_ERROR'),
      with: ({ signature }) => ({ policy: signature.policy?.id ?? '' }),
    },
    {
      id: 'signature-policy-digest-match',
      clause: '5.2.4.4',
      constraint: true,
      applies: ({ signature: { policy } }) => policy?.document === 'match' || policy?.document === 'mismatch',
      holds: ({ signature }) => signature.policy?.document === 'match',
      otherwise: indeterminate('POLICY_PROCESSING_ERROR'),
      with: ({ signature }) => ({ policy: signature.policy?.id ?? '' }),
    },
  ],
};
