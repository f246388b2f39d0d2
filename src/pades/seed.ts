/** Whether a signature is what the seed value of its field asks for (ISO 32000-2, 12.7.5.5). */
import { type Bytes, equal } from '../base/bytes.ts';
import { Fault } from '../base/fault.ts';
import type { DigestName } from '../crypto/names.ts';
import type { Signer } from '../crypto/signer.ts';
import type { PdfDocument } from '../pdf/document.ts';
import { type SignatureField, signatureFields } from '../pdf/field.ts';
import { type CertificateSeed, readSeedValue, type SeedValue } from '../pdf/seed.ts';
import { type Certificate, parseCertificate } from '../pki/certificate.ts';
import { KEY_USAGES, type KeyUsage } from '../pki/extensions.ts';
import { verifyIssued } from '../pki/issued-by.ts';
import { attributeValues, sameName } from '../pki/name.ts';
import type { Permission } from './permissions.ts';

/** What the signature is going to be. */
export interface SeedCandidate {
  readonly chain: Signer['chain'];
  readonly digest: DigestName;
  readonly reason?: string;
  readonly certify?: Permission;
  /** Whether room is kept for a time-stamp. */
  readonly timestamped: boolean;
  /** Whether revocation data follows, as at level LT. */
  readonly longTerm: boolean;
}

/** Throws `refused` with what the field asks for, where the signature is not that. Wishes that are not required bind nobody. */
export function requireSeed(document: PdfDocument, field: SignatureField, candidate: SeedCandidate): void {
  const seed = readSeedValue(document, field.dict);
  if (seed === null) return;
  const refused =
    broken(seed, candidate, field) ?? (seed.certificate === null ? null : brokenByCertificate(seed.certificate, candidate.chain));
  if (refused !== null) throw new Fault('refused', `the field '${field.name}' asks for ${refused} (seed value)`);
}

/** The digests that the field asks for or wishes, best first, as far as they are known; none: it has no wish. */
export function wishedDigests(document: PdfDocument, fieldName: string | undefined): readonly DigestName[] {
  if (fieldName === undefined) return [];
  const field = signatureFields(document).find(({ name }) => name === fieldName);
  const seed = field === undefined ? null : readSeedValue(document, field.dict);
  const known = (seed?.digestMethods ?? []).map((name) => DIGESTS.get(name.toUpperCase().replaceAll('-', '')));
  // The order in the field is no order of strength.
  return known.filter((name) => name !== undefined).filter((name) => !WEAK.has(name));
}

/** What is asked for and not given, in words; null where nothing is wanting. */
function broken(seed: SeedValue, { digest, reason, certify, timestamped, longTerm }: SeedCandidate, field: SignatureField): string | null {
  const { required } = seed;
  if (required.has('version') && seed.version !== null && seed.version > SEED_VERSION)
    return `a signer that knows seed values of version ${seed.version}`;
  if (required.has('filter') && seed.filter !== null && seed.filter !== FILTER) return `the signature handler ${seed.filter}`;
  if (required.has('subFilters') && seed.subFilters !== null && !seed.subFilters.includes(SUB_FILTER))
    return `a signature of type ${list(seed.subFilters)}, and this would be ${SUB_FILTER}`;
  if (required.has('digestMethods') && seed.digestMethods !== null) {
    const allowed = seed.digestMethods.map((name) => DIGESTS.get(name.toUpperCase().replaceAll('-', '')) ?? name);
    if (!allowed.includes(digest)) return `a digest by ${list(allowed)}, and this would be ${digest}`;
  }
  if (required.has('reasons')) {
    const none = seed.reasons === null || seed.reasons.length === 0 || (seed.reasons.length === 1 && seed.reasons[0] === '.');
    if (none && reason !== undefined) return 'a signature without reason';
    if (!none && !seed.reasons.includes(reason ?? '')) return `one of the reasons ${list(seed.reasons)}`;
  }
  const { certification } = seed;
  if (certification === 0 && certify !== undefined) return 'a signature that does not certify';
  if ((certification === 1 || certification === 2 || certification === 3) && certify !== certification)
    return `a certification: sign with certify ${certification}`;
  if (seed.timestamp?.required === true && !timestamped)
    return `a time-stamp${seed.timestamp.url === null ? '' : ` (of ${seed.timestamp.url})`}: sign at level T or higher`;
  if (required.has('addRevocationInfo') && seed.addRevocationInfo === true && !longTerm)
    return 'revocation data in the signed document: sign at level LT or LTA';
  if (required.has('legalAttestations') && certify !== undefined && (seed.legalAttestations?.length ?? 0) > 0)
    return 'a legal attestation, which is not supported';
  if (required.has('lockDocument')) {
    const closes = field.lock?.permissions === 1;
    if (seed.lockDocument === 'true' && !closes) return 'a signature that closes the document, and the field has no lock that does';
    if (seed.lockDocument === 'false' && closes) return 'a signature that leaves the document open, and its lock closes it';
  }
  if (required.has('appearanceFilter') && seed.appearanceFilter !== null)
    return `the appearance '${seed.appearanceFilter}', which is not known here`;
  return null;
}

function brokenByCertificate(seed: CertificateSeed, chain: Signer['chain']): string | null {
  const { required } = seed;
  const signer = certificateOf(chain[0]);
  if (signer === null) return null;
  if (required.has('subjects') && seed.subjects !== null && !seed.subjects.some((bytes) => equal(bytes, signer.bytes)))
    return 'another signing certificate than this one';
  if (required.has('subjectNames') && seed.subjectNames !== null && !seed.subjectNames.some((name) => isNamed(signer, name)))
    return 'a signing certificate of another subject';
  if (required.has('keyUsages') && seed.keyUsages !== null && !seed.keyUsages.some((pattern) => fits(signer.keyUsage, pattern)))
    return `a signing certificate with the key usage ${list(seed.keyUsages)}`;
  if (required.has('issuers') && seed.issuers !== null && !isIssuedBelow(signer, chain, seed.issuers))
    return 'a signing certificate of another issuer';
  const policies = signer.policies?.map(({ policy }) => policy) ?? [];
  if (required.has('policies') && seed.policies !== null && !seed.policies.some((oid) => policies.includes(oid)))
    return `a signing certificate under the policy ${list(seed.policies)}`;
  return null;
}

const isNamed = ({ subject }: Certificate, name: ReadonlyMap<string, string>): boolean =>
  [...name].every(([attribute, text]) =>
    attributeValues(subject, ATTRIBUTES.get(attribute.toUpperCase()) ?? attribute).some(
      (value) => value.toLowerCase() === text.toLowerCase(),
    ),
  );

/** `1`: must be set, `0`: must not, `X`: either; what is not told is `X`. No usage in the certificate means any. */
function fits(usage: ReadonlySet<KeyUsage> | null, pattern: string): boolean {
  return [...pattern].every((wanted, bit) => {
    const [name, set] = [KEY_USAGES[bit], wanted === '1'];
    if (name === undefined || (wanted !== '0' && wanted !== '1')) return true;
    return usage === null ? set : usage.has(name) === set;
  });
}

/** One of the issuers is in the chain, or issued a certificate of it. */
function isIssuedBelow(signer: Certificate, chain: Signer['chain'], issuers: readonly Bytes[]): boolean {
  const certificates = [signer, ...chain.slice(1).map(certificateOf)].filter((one) => one !== null);
  return issuers.some((bytes) => {
    const issuer = certificateOf(bytes);
    if (issuer === null) return false;
    return certificates.some(
      (one) => equal(one.bytes, issuer.bytes) || (sameName(one.issuer, issuer.subject) && verifyIssued(one, issuer) === 'intact'),
    );
  });
}

function certificateOf(bytes: Bytes): Certificate | null {
  const parsed = parseCertificate(bytes);
  return parsed.ok ? parsed.value : null;
}

const list = (words: readonly string[]): string => words.map((word) => `'${word}'`).join(' or ');

const FILTER = 'Adobe.PPKLite';
const SUB_FILTER = 'ETSI.CAdES.detached';
/** ISO 32000-2. */
const SEED_VERSION = 3;
/** As a field names them, without hyphens. */
const DIGESTS = new Map<string, DigestName>([
  ['SHA1', 'SHA-1'],
  ['SHA256', 'SHA-256'],
  ['SHA384', 'SHA-384'],
  ['SHA512', 'SHA-512'],
  ['RIPEMD160', 'RIPEMD160'],
  ['SHA3256', 'SHA3-256'],
  ['SHA3384', 'SHA3-384'],
  ['SHA3512', 'SHA3-512'],
]);
const WEAK: ReadonlySet<DigestName> = new Set(['SHA-1', 'RIPEMD160']);
const ATTRIBUTES = new Map([
  ['CN', '2.5.4.3'],
  ['SN', '2.5.4.4'],
  ['SERIALNUMBER', '2.5.4.5'],
  ['C', '2.5.4.6'],
  ['L', '2.5.4.7'],
  ['ST', '2.5.4.8'],
  ['O', '2.5.4.10'],
  ['OU', '2.5.4.11'],
  ['T', '2.5.4.12'],
  ['TITLE', '2.5.4.12'],
  ['GIVENNAME', '2.5.4.42'],
  ['E', '1.2.840.113549.1.9.1'],
  ['EMAIL', '1.2.840.113549.1.9.1'],
  ['DC', '0.9.2342.19200300.100.1.25'],
]);
