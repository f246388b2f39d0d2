/** The signature policy a signer names, EN 319 122-1, 5.2.9: signature-policy-identifier and signature-policy-store. */
import { der, TAG } from '../asn1/index.ts';
import type { Bytes } from '../base/bytes.ts';
import { attempt, orNull, type Parsed, unreadable } from '../base/parsed.ts';
import { readAlgorithmIdentifier } from '../cms/algorithm-identifier.ts';
import { type Attribute, encodeAttribute, findAttribute, overValue } from '../cms/attribute.ts';
import { ATTRIBUTE } from '../cms/oid.ts';
import { digestByOid, encodeDigestAlgorithm } from '../crypto/algorithm.ts';
import type { DigestName } from '../crypto/names.ts';

/**
 * ```asn1
 * SignaturePolicyIdentifier ::= CHOICE {
 *   signaturePolicyId SignaturePolicyId,
 *   signaturePolicyImplied NULL }
 * SignaturePolicyId ::= SEQUENCE {
 *   sigPolicyId OBJECT IDENTIFIER,
 *   sigPolicyHash SEQUENCE { hashAlgorithm AlgorithmIdentifier, hashValue OCTET STRING },
 *   sigPolicyQualifiers SEQUENCE SIZE (1..MAX) OF SigPolicyQualifierInfo OPTIONAL }
 * ```
 */
export type SignaturePolicy =
  | { readonly implied: true }
  | {
      readonly implied: false;
      readonly id: string;
      /** Null where the identifier is unknown or the hash is left out. */
      readonly digestAlgorithm: DigestName | null;
      /** Empty where left out. */
      readonly hash: Bytes;
      /** Where the policy can be read (id-spq-ets-uri). */
      readonly url: string | null;
      /** Text for people (id-spq-ets-unotice, explicitText). */
      readonly notice: string | null;
      /** How the document is hashed (id-sp-doc-specification): OID or URI. */
      readonly specification: string | null;
    };

export interface PolicyToName {
  readonly id: string;
  readonly digestAlgorithm: DigestName;
  readonly hash: Bytes;
  readonly url?: string;
  readonly notice?: string;
}

/** DER of the attribute. */
export function encodeSignaturePolicy(policy: PolicyToName | 'implied'): Bytes {
  if (policy === 'implied') return encodeAttribute(ATTRIBUTE.signaturePolicy, der.NULL);
  const qualifiers: Bytes[] = [];
  if (policy.url !== undefined) qualifiers.push(der.sequence(der.oid(QUALIFIER.uri), der.ia5String(policy.url)));
  if (policy.notice !== undefined) qualifiers.push(der.sequence(der.oid(QUALIFIER.notice), der.sequence(der.utf8String(policy.notice))));
  return encodeAttribute(
    ATTRIBUTE.signaturePolicy,
    der.sequence(
      der.oid(policy.id),
      der.sequence(encodeDigestAlgorithm(policy.digestAlgorithm), der.octetString(policy.hash)),
      ...(qualifiers.length > 0 ? [der.sequence(...qualifiers)] : []),
    ),
  );
}

/** The policy of a signature; null where no policy is named. There is one (EN 319 122-1, 5.2.9): of several none can be told. */
export function readSignaturePolicy(attributes: readonly Attribute[]): Parsed<SignaturePolicy> | null {
  const named = attributes.filter(({ type }) => type === ATTRIBUTE.signaturePolicy);
  if (named.length === 0) return null;
  const [value, ...others] = named.flatMap(({ values }) => values);
  return attempt(() =>
    value === undefined || others.length > 0 || named.length > 1
      ? unreadable('signature-policy-identifier', 0, 'not one value')
      : readPolicy(value),
  );
}

/** What a signature-policy-store holds: the document, or where it is kept. */
export interface PolicyStore {
  readonly document: Bytes | null;
  readonly keptAt: string | null;
}

/**
 * The signature-policy-store, or null where there is none that can be read.
 *
 * ```asn1
 * SignaturePolicyStore ::= SEQUENCE { spDocSpec SPDocSpecification, spDocument SignaturePolicyDocument }
 * SignaturePolicyDocument ::= CHOICE { sigPolicyEncoded OCTET STRING, sigPolicyLocalURI IA5String }
 * ```
 */
export function readPolicyStore(attributes: readonly Attribute[]): PolicyStore | null {
  const value = findAttribute(attributes, ATTRIBUTE.signaturePolicyStore)?.values[0];
  if (!value) return null;
  return orNull(
    attempt(() => {
      const store = overValue(value, 'SignaturePolicyStore').sequence();
      store.any();
      const isEncoded = store.peek() === TAG.OCTET_STRING || store.peek() === 0x24;
      return isEncoded ? { document: store.octetString(), keptAt: null } : { document: null, keptAt: store.text() };
    }),
  );
}

function readPolicy(value: Bytes): SignaturePolicy {
  const reader = overValue(value, 'SignaturePolicyIdentifier');
  if (reader.peek() === TAG.NULL) return { implied: true };
  const policy = reader.sequence();
  const id = policy.oid();
  let digestAlgorithm: DigestName | null = null;
  let hash: Bytes = new Uint8Array(0);
  if (!policy.done) {
    const hashed = policy.sequence();
    digestAlgorithm = digestByOid(readAlgorithmIdentifier(hashed).oid);
    hash = hashed.octetString();
  }
  let url: string | null = null;
  let notice: string | null = null;
  let specification: string | null = null;
  if (!policy.done) {
    for (const qualifiers = policy.sequence(); !qualifiers.done; ) {
      const qualifier = qualifiers.sequence();
      const kind = qualifier.oid();
      if (kind === QUALIFIER.uri) url ??= qualifier.text();
      else if (kind === QUALIFIER.notice) notice ??= lastText(qualifier.sequence());
      else if (kind === QUALIFIER.specification) specification ??= qualifier.peek() === TAG.OID ? qualifier.oid() : qualifier.text();
    }
  }
  return { implied: false, id, digestAlgorithm, hash, url, notice, specification };
}

/** explicitText of an SPUserNotice, after an optional noticeRef. */
function lastText(notice: ReturnType<typeof overValue>): string | null {
  if (notice.peek() === TAG.SEQUENCE) notice.any();
  return notice.done ? null : notice.text();
}

const QUALIFIER = {
  uri: '1.2.840.113549.1.9.16.5.1',
  notice: '1.2.840.113549.1.9.16.5.2',
  specification: '0.4.0.19122.2.1',
} as const;
