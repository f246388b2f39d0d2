/** Facts of the signature policy: what is named, and whether a stored document is the one (EN 319 122-1, 5.2.9 and 5.2.10). */
import { toHex } from '../base/text.ts';
import type { Attribute } from '../cms/attribute.ts';
import { policyComparison } from '../cms/policy-document.ts';
import type { SignaturePolicyFacts } from '../facts/signature.ts';
import { readPolicyStore, readSignaturePolicy } from './policy.ts';

/** Null where no policy is named; an attribute that cannot be read names the empty policy, which no rule accepts as implied. */
export function policyFacts(signed: readonly Attribute[], unsigned: readonly Attribute[]): SignaturePolicyFacts | null {
  const parsed = readSignaturePolicy(signed);
  if (!parsed) return null;
  const { document = null, keptAt = null } = readPolicyStore(unsigned) ?? {};
  const stored = { store: document !== null, ...(keptAt !== null && { keptAt }) };
  const none = { url: null, digestAlgorithm: null, digest: null, document: 'not-obtained' } as const;
  if (!parsed.ok) return { id: '', implied: false, ...none, ...stored };
  const policy = parsed.value;
  if (policy.implied) return { id: '', implied: true, ...none, ...stored };
  const named = { digestAlgorithm: policy.digestAlgorithm, digest: toHex(policy.hash) };
  const compared = document === null ? 'not-obtained' : policyComparison(document)(named);
  return { id: policy.id, implied: false, url: policy.url, ...named, document: compared, ...stored };
}
