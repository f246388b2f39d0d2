/** Signature policy documents that a caller hands in beside a signed document: those that signatures name (EN 319 102-1, 5.2.4). */
import type { Bytes } from './base/bytes.ts';
import { Fault } from './base/fault.ts';
import { type DocumentComparison, policyComparison } from './cms/policy-document.ts';
import type { DocumentFacts, SignaturePolicyFacts } from './facts/index.ts';

/** The document of a signature policy. */
export interface PolicyDocument {
  /** OID or URI of the policy, or where it is said to be found. */
  readonly id: string;
  /** As it was published: PDF, text, XML, or DER of a SignaturePolicy (TR 102 272). */
  readonly bytes: Bytes;
}

type Compare = ReturnType<typeof policyComparison>;

/**
 * The facts with each named policy compared with the documents of that name. They count before the one that a signature brings along,
 * which nobody signed. Throws `Fault` `bad-option` where a document has no name.
 */
export function withSuppliedPolicies(facts: DocumentFacts, documents: readonly PolicyDocument[]): DocumentFacts {
  if (documents.length === 0) return facts;
  const byName = new Map<string, Compare[]>();
  for (const { id, bytes } of documents) {
    const name = nameOf(id);
    if (name === '') throw new Fault('bad-option', 'a policy document needs the OID or URI of its policy');
    byName.set(name, [...(byName.get(name) ?? []), policyComparison(bytes)]);
  }
  const compared = (policy: SignaturePolicyFacts): SignaturePolicyFacts => {
    const names = [policy.id, policy.url, policy.keptAt].flatMap((name) => (name ? [nameOf(name)] : []));
    const candidates = names.map((name) => byName.get(name)).find((found) => found !== undefined);
    return candidates === undefined ? policy : { ...policy, document: bestOf(policy, candidates) };
  };
  const signatures = facts.signatures.map((signature) => {
    const { policy } = signature;
    return policy === null || policy.implied ? signature : { ...signature, policy: compared(policy) };
  });
  return { ...facts, signatures };
}

/** Several documents of one name are its versions or forms: one of them has to be the one meant. */
function bestOf(
  { digestAlgorithm, digest = null, canonicalization }: SignaturePolicyFacts,
  candidates: readonly Compare[],
): DocumentComparison {
  const named = { digestAlgorithm, digest, ...(canonicalization !== undefined && { canonicalization }) };
  const results = new Set(candidates.map((compare) => compare(named)));
  return results.has('match') ? 'match' : results.has('unchecked') ? 'unchecked' : 'mismatch';
}

const nameOf = (id: string): string => id.trim().replace(/^urn:oid:/i, '');
