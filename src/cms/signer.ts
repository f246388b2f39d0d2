/** Finds the certificate that made a signature among candidates: by identifier, by reference, by the key that verifies (RFC 5652, 5.3). */
import { equal } from '../base/bytes.ts';
import type { DigestName, ValueCheck } from '../crypto/names.ts';
import type { Certificate } from '../pki/certificate.ts';
import { parseName, sameName } from '../pki/name.ts';
import type { SignedContent } from './content.ts';
import { type CertificateReference, certificateReferences, issuerSerialOf, refersTo } from './ess.ts';
import type { SignerIdentifier, SignerInfo } from './signer-info.ts';
import { type ContentCheck, checkValue, type ValueResult, withoutKey } from './verify.ts';

export interface FoundSigner extends ValueResult {
  /** The certificate whose key verifies, or the best candidate; null where there is none. */
  readonly certificate: Certificate | null;
  readonly references: readonly ResolvedReference[];
  /** Why the signing-certificate attribute could not be read; null where it could, or is absent. */
  readonly unreadableReference: string | null;
}

export interface ResolvedReference {
  readonly reference: CertificateReference;
  readonly matches: Certificate | null;
  readonly issuerSerial: 'absent' | 'match' | 'mismatch';
}

/**
 * The signer: a certificate that the SignerIdentifier names (RFC 5652, 5.3). Of several, such as renewals with the same key
 * identifier, those that the signed reference names come first, and the first whose key verifies wins. Not a statement of trust.
 */
export function findSigner(info: SignerInfo, candidates: Iterable<Certificate>, content: SignedContent | null): FoundSigner {
  const parsed = certificateReferences(info.signedAttributes?.attributes ?? []);
  const references = parsed.ok ? parsed.value : [];
  const ranked = rank(references, candidates);
  const named = ranked.filter(({ certificate }) => identifies(info.sid, certificate)).sort((a, b) => Number(b.isFirst) - Number(a.isFirst));
  let best: { certificate: Certificate; result: ValueResult } | null = null;
  for (const { certificate } of named.slice(0, MAXIMUM_TRIED)) {
    const result = checkValue(info, certificate.spki, content);
    if (result.value === 'intact' || best === null) best = { certificate, result };
    if (result.value === 'intact') break;
  }
  return {
    ...(best?.result ?? withoutKey(info)),
    certificate: best?.certificate ?? null,
    references: references.map((reference) => resolve(reference, ranked)),
    unreadableReference: parsed.ok ? null : parsed.malformed.reason,
  };
}

/** Whether the identifier is that of the certificate. */
export function identifies(sid: SignerIdentifier, certificate: Certificate): boolean {
  if (sid.form === 'key-identifier') {
    const own = certificate.subjectKeyIdentifier;
    return own !== null && equal(own, sid.keyIdentifier);
  }
  if (!equal(sid.serial, certificate.serial)) return false;
  if (equal(sid.issuer, certificate.issuer.bytes)) return true;
  const issuer = parseName(sid.issuer);
  return issuer.ok && sameName(issuer.value, certificate.issuer);
}

/** A reference in the shape of the facts. */
export interface DescribedReference {
  readonly attribute: CertificateReference['attribute'];
  readonly digestAlgorithm: DigestName | null;
  /** Fingerprint. */
  readonly matches: string | null;
  readonly issuerSerial: 'absent' | 'match' | 'mismatch';
}

export const describeReferences = ({ references }: FoundSigner): readonly DescribedReference[] =>
  references.map(({ reference, matches, issuerSerial }) => ({
    attribute: reference.attribute,
    digestAlgorithm: reference.digestAlgorithm,
    matches: matches?.fingerprint ?? null,
    issuerSerial,
  }));

/** The value as the standard sees it: a signature that RFC 5652 forbids does not verify, whatever its octets. */
export const settledValue = ({ value }: ValueResult, { violations }: ContentCheck): ValueCheck =>
  value === 'intact' && violations.length > 0 ? 'broken' : value;

interface Ranked {
  readonly certificate: Certificate;
  /** References that have its digest. */
  readonly named: ReadonlySet<CertificateReference>;
  /** Whether the signer's own reference has: it comes first (RFC 5035, 4); later ones name its issuers. */
  readonly isFirst: boolean;
}

function rank(references: readonly CertificateReference[], candidates: Iterable<Certificate>): Ranked[] {
  const [first] = references;
  return [...candidates].map((certificate) => {
    const named = new Set(references.slice(0, MAXIMUM_REFERENCES).filter((reference) => refersTo(reference, certificate)));
    return { certificate, named, isFirst: first !== undefined && named.has(first) };
  });
}

function resolve(reference: CertificateReference, ranked: readonly Ranked[]): ResolvedReference {
  const matches = ranked.find(({ named }) => named.has(reference))?.certificate ?? null;
  return { reference, matches, issuerSerial: matches ? issuerSerialOf(reference, matches) : 'absent' };
}

/** Certificates whose key is tried at most; a signature brings a handful. */
const MAXIMUM_TRIED = 16;
/** References looked up at most; the rest count as not found. */
const MAXIMUM_REFERENCES = 32;
