/** Whether a document is the signature policy that a signature names by a digest (EN 319 122-1, 5.2.9; EN 319 132-1, 5.2.9; TR 102 272). */
import { Reader, TAG } from '../asn1/index.ts';
import { budget, spend } from '../base/budget.ts';
import { type Bytes, equal } from '../base/bytes.ts';
import { attempt, orNull } from '../base/parsed.ts';
import { toHex } from '../base/text.ts';
import { digestByOid } from '../crypto/algorithm.ts';
import type { DigestName } from '../crypto/names.ts';
import type { CanonicalMethod } from '../xml/canonical-state.ts';
import { canonicalize } from '../xml/canonicalize.ts';
import { parseXml } from '../xml/parse.ts';
import { readAlgorithmIdentifier } from './algorithm-identifier.ts';
import { digestOrNull } from './content.ts';

/** What a signature says of the document. */
export interface NamedDocument {
  /** Null where it is unknown. */
  readonly digestAlgorithm: DigestName | null;
  /** Hexadecimal; null where none is named. */
  readonly digest: string | null;
  /** What makes octets of an XML document before they are digested; null where it is something that is not supported. */
  readonly canonicalization?: CanonicalMethod | null;
}

/** `unchecked`: nothing that can be compared is named. */
export type DocumentComparison = 'match' | 'mismatch' | 'unchecked';

/** Whether the digest tells one document from another: zeros alone stand for one that the signer did not know. */
export const bindsDocument = ({ digestAlgorithm, digest }: NamedDocument): boolean =>
  digestAlgorithm !== null && digest !== null && !/^(00)*$/.test(digest);

/**
 * Compares one document with what signatures say of theirs. A digest may be over the document as it is, over its canonical form, or, of
 * a policy in ASN.1, over what its own hash is over. Each is computed once, and no more of them than {@link MOST_DIGESTS}.
 */
export function policyComparison(document: Bytes): (named: NamedDocument) => DocumentComparison {
  const known = new Map<string, string | null>();
  const left = budget('digests of a signature policy document', MOST_DIGESTS);
  const digestOnce = (reading: string, algorithm: DigestName, octets: () => readonly Bytes[] | null): string | null => {
    const key = `${algorithm} ${reading}`;
    const before = known.get(key);
    if (before !== undefined) return before;
    const over = spend(left) ? octets() : null;
    const value = over && digestOrNull(algorithm, ...over);
    known.set(key, value && toHex(value));
    return known.get(key) ?? null;
  };
  return (named) => {
    const { digestAlgorithm: algorithm, digest, canonicalization: method } = named;
    if (algorithm === null || digest === null || !bindsDocument(named)) return 'unchecked';
    const whole = digestOnce('whole', algorithm, () => [document]);
    if (whole === digest) return 'match';
    if (digestOnce('parts', algorithm, () => hashedParts(document, algorithm)) === digest) return 'match';
    if (method && digestOnce(JSON.stringify(method), algorithm, () => canonicalForm(document, method)) === digest) return 'match';
    return whole === null || method === null || left.left < 0 ? 'unchecked' : 'mismatch';
  };
}

/**
 * What the hash of a policy in ASN.1 is over: the content of its first two components, under the algorithm that it names itself. The
 * hash inside, where there is one, has to agree.
 *
 * `SignaturePolicy ::= SEQUENCE { signPolicyHashAlg AlgorithmIdentifier, signPolicyInfo SignPolicyInfo, signPolicyHash OCTET STRING OPTIONAL }`
 */
function hashedParts(document: Bytes, algorithm: DigestName): readonly Bytes[] | null {
  if (document[0] !== TAG.SEQUENCE) return null;
  const read = attempt(() => {
    const whole = Reader.over(document, 'SignaturePolicy', 'BER');
    const policy = whole.sequence();
    whole.finish();
    const { bytes, oid } = readAlgorithmIdentifier(policy);
    const info = policy.raw(policy.element(TAG.SEQUENCE, 'signPolicyInfo'));
    const inside = policy.done ? null : policy.octetString();
    policy.finish();
    const value = digestByOid(oid) === algorithm ? digestOrNull(algorithm, bytes, info) : null;
    return value !== null && (inside === null || equal(inside, value)) ? [bytes, info] : null;
  });
  return orNull(read);
}

function canonicalForm(document: Bytes, method: CanonicalMethod): readonly Bytes[] | null {
  const xml = parseXml(document);
  return xml.ok ? [canonicalize(xml.value, { apex: 0 }, method)] : null;
}

/** A signer names one; a hostile document might name thousands, each of which would canonicalize the policy again. */
const MOST_DIGESTS = 64;
