/** Facts of the signature policy: what is named, and whether a stored document is the one (EN 319 122-1, 5.2.9 and 5.2.10). */
import { type Bytes, equal } from '../base/bytes.ts';
import { attempt } from '../base/parsed.ts';
import { type Attribute, overValue } from '../cms/attribute.ts';
import { digestOrNull } from '../cms/content.ts';
import type { DigestName } from '../crypto/names.ts';
import type { SignaturePolicyFacts } from '../facts/signature.ts';
import { readPolicyStore, readSignaturePolicy } from './policy.ts';

/** Null where no policy is named; an attribute that cannot be read names the empty policy, which no rule accepts as implied. */
export function policyFacts(signed: readonly Attribute[], unsigned: readonly Attribute[]): SignaturePolicyFacts | null {
  const parsed = readSignaturePolicy(signed);
  if (!parsed) return null;
  const stored = readPolicyStore(unsigned);
  const none = { url: null, digestAlgorithm: null, document: 'not-obtained', store: stored !== null } as const;
  if (!parsed.ok) return { id: '', implied: false, ...none };
  const policy = parsed.value;
  if (policy.implied) return { id: '', implied: true, ...none };
  return {
    id: policy.id,
    implied: false,
    url: policy.url,
    digestAlgorithm: policy.digestAlgorithm,
    document: compareDocument(stored, policy.digestAlgorithm, policy.hash),
    store: stored !== null,
  };
}

function compareDocument(document: Bytes | null, digest: DigestName | null, hash: Bytes): SignaturePolicyFacts['document'] {
  if (!document || !digest) return 'not-obtained';
  const whole = digestOrNull(digest, document);
  if (!whole) return 'not-obtained';
  if (equal(whole, hash)) return 'match';
  const inner = policyParts(document);
  const within = inner && digestOrNull(digest, ...inner);
  return within && equal(within, hash) ? 'match' : 'mismatch';
}

/**
 * What the hash of a policy in ASN.1 is over (TR 102 272): the first two components.
 *
 * `SignaturePolicy ::= SEQUENCE { signPolicyHashAlg AlgorithmIdentifier, signPolicyInfo SignPolicyInfo, signPolicyHash OCTET STRING OPTIONAL }`
 */
function policyParts(document: Bytes): Bytes[] | null {
  const result = attempt(() => {
    const reader = overValue(document, 'SignaturePolicy').sequence();
    return [reader.raw(reader.element(0x30)), reader.raw(reader.element(0x30))];
  });
  return result.ok ? result.value : null;
}
