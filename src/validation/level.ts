/** The level of a signature by its structure alone, whatever the verdict (EN 319 142-1, EN 319 122-1, EN 319 132-1; names as in the JSON contract). */
import type { CertificateId, CmsStructure, Origin, RevocationId, SignatureFacts, TimestampFacts } from '../facts/index.ts';
import type { Evidence } from './evidence.ts';
import { type XadesMaterial, xadesLevel } from './level-xades.ts';

export function levelOf(signature: SignatureFacts, evidence: Evidence): string {
  const timestamps = signature.timestamps.flatMap((id) => evidence.document.timestamps.get(id) ?? []);
  const subject: LevelCase = { signature, timestamps, evidence };
  if (signature.xml) return xadesLevel(signature, signature.xml, xadesMaterial(subject));
  if (!signature.cms) return 'XML-NOT-ETSI';
  if (signature.format === 'CAdES') return cadesLevel(subject, signature.cms);
  return signature.pdf?.subFilter?.startsWith('adbe.') ? pkcs7Level(subject, signature.cms) : padesLevel(subject, signature.cms);
}

interface LevelCase {
  readonly signature: SignatureFacts;
  readonly timestamps: readonly TimestampFacts[];
  readonly evidence: Evidence;
}

const xadesMaterial = (subject: LevelCase): XadesMaterial => ({
  stampedInTime: stampedInTime(subject),
  complete: hasMaterial(subject, revocationsIn(subject)),
  allSelfSigned: allSelfSigned(subject),
  archived: subject.timestamps.some(({ type }) => type === 'archive'),
});

/** EN 319 142-1, 6 and 142-2, 4 and 5. */
function padesLevel(subject: LevelCase, cms: CmsStructure): string {
  if (!isPades(subject.signature, cms)) return 'PDF-NOT-ETSI';
  if (isPadesBaseline(subject, cms)) {
    if (!hasTime(subject)) return 'PAdES-BASELINE-B';
    if (!hasLongTerm(subject)) return 'PAdES-BASELINE-T';
    return hasArchive(subject) ? 'PAdES-BASELINE-LTA' : 'PAdES-BASELINE-LT';
  }
  if (hasLongTerm(subject) && hasArchive(subject)) return 'PAdES-LTV';
  const { policy, pdf } = subject.signature;
  return policy && !pdf?.reason ? 'PAdES-EPES' : 'PAdES-BES';
}

function pkcs7Level(subject: LevelCase, cms: CmsStructure): string {
  const { signature } = subject;
  // The one kind signs the document, the other a digest of it inside (ISO 32000-1, 12.8.3.3.1).
  const asItsKind = (signature.pdf?.subFilter === 'adbe.pkcs7.sha1') !== cms.detached;
  if (!asItsKind || signed(cms, MESSAGE_DIGEST) !== 1) return 'PDF-NOT-ETSI';
  if (!hasTime(subject)) return 'PKCS7-B';
  // Signatures of this kind hold revocation data in an attribute too (ISO 32000-2, 12.8.3.3.2).
  if (!hasStore(subject) || !hasMaterial(subject)) return 'PKCS7-T';
  return hasArchive(subject) ? 'PKCS7-LTA' : 'PKCS7-LT';
}

/** EN 319 122-1, 6 and 122-2. */
function cadesLevel(subject: LevelCase, cms: CmsStructure): string {
  const { signature } = subject;
  if (!isBes(signature, cms)) return 'CMS-NOT-ETSI';
  const baseline = isCadesBaseline(signature, cms);
  if (!stampedInTime(subject)) return baseline ? 'CAdES-BASELINE-B' : signature.policy ? 'CAdES-EPES' : 'CAdES-BES';
  const complete = hasMaterial(subject);
  const archived = subject.timestamps.some(({ type }) => type === 'archive' || type === 'container');
  // A record of the other kind is over a content that is not there: the two are not mixed (EN 319 122-3, 5).
  const [ownRecord, otherRecord] = cms.detached
    ? [EXTERNAL_EVIDENCE_RECORD, INTERNAL_EVIDENCE_RECORD]
    : [INTERNAL_EVIDENCE_RECORD, EXTERNAL_EVIDENCE_RECORD];
  const preserved = cms.unsignedAttributes.has(ownRecord) && !cms.unsignedAttributes.has(otherRecord);
  const plain = [CERTIFICATE_VALUES, CERTIFICATE_REFERENCES, REVOCATION_VALUES, REVOCATION_REFERENCES, REFERENCES_TIMESTAMP];
  if (baseline && complete && !plain.some((oid) => cms.unsignedAttributes.has(oid))) {
    if (preserved) return 'CAdES-ERS';
    const container = subject.timestamps.some(({ type }) => type === 'container');
    return container || (archived && cms.unsignedAttributes.has(ARCHIVE_V3)) ? 'CAdES-BASELINE-LTA' : 'CAdES-BASELINE-LT';
  }
  if (unsigned(cms, CERTIFICATE_REFERENCES) === 1 && (unsigned(cms, REVOCATION_REFERENCES) === 1 || allSelfSigned(subject))) {
    const extended = unsigned(cms, ESC_TIMESTAMP) + unsigned(cms, REFERENCES_TIMESTAMP) === 1;
    if (complete && preserved) return 'CAdES-ERS';
    if (complete && archived) return 'CAdES-A';
    return extended ? (complete ? 'CAdES-XL' : 'CAdES-X') : 'CAdES-C';
  }
  if (complete) return preserved ? 'CAdES-ERS' : archived ? 'CAdES-A' : 'CAdES-LT';
  return baseline ? 'CAdES-BASELINE-T' : 'CAdES-T';
}

/** Exactly one of each attribute that must be there, at most one of the others (EN 319 122-1, 5). */
function isBes(signature: SignatureFacts, cms: CmsStructure): boolean {
  const { counterSignatureOf, signer } = signature;
  const contentTypes = signed(cms, CONTENT_TYPE);
  if (contentTypes !== 1 && (counterSignatureOf === null || contentTypes !== 0)) return false;
  if (signed(cms, MESSAGE_DIGEST) !== 1 || signer.references.length === 0) return false;
  if (signed(cms, SIGNING_CERTIFICATE) + signed(cms, SIGNING_CERTIFICATE_V2) !== 1) return false;
  if (!referenceVersionFits(signature)) return false;
  return AT_MOST_ONE.every((oid) => signed(cms, oid) <= 1);
}

/** The first version of the attribute is for SHA-1, the second for all else. */
function referenceVersionFits({ signer }: SignatureFacts): boolean {
  return signer.references.every(
    ({ attribute, digestAlgorithm }) => (attribute === 'signing-certificate') === (digestAlgorithm === 'SHA-1'),
  );
}

function isCadesBaseline(signature: SignatureFacts, cms: CmsStructure): boolean {
  if (!cms.holdsSigner || cms.contentType !== DATA) return false;
  if (signature.counterSignatureOf === null && cms.contentTypeAttribute !== DATA) return false;
  // A stored policy is of use only beside the digest of the policy (EN 319 122-1, 5.2.10).
  if (unsigned(cms, POLICY_STORE) > 0 && (signature.policy?.digestAlgorithm ?? null) === null) return false;
  return signed(cms, SIGNING_TIME) === 1;
}

/** What every PAdES signature has, and no entry beside the attribute that it excludes (EN 319 142-1, 6.3; EN 319 142-2, 5). */
function isPades(signature: SignatureFacts, cms: CmsStructure): boolean {
  const { pdf, commitmentTypes } = signature;
  if (pdf?.subFilter !== 'ETSI.CAdES.detached' || pdf.filter === null) return false;
  if (pdf.reason !== null && commitmentTypes.length > 0) return false;
  return isBes(signature, cms) && cms.detached && !NOT_IN_PDF.some((oid) => signed(cms, oid) > 0);
}

function isPadesBaseline({ signature }: LevelCase, cms: CmsStructure): boolean {
  const { pdf } = signature;
  if (!pdf || !cms.holdsSigner || cms.contentType !== DATA) return false;
  if (cms.signerInfos !== 1 || cms.signedAttributes.has(SIGNING_TIME)) return false;
  return pdf.hasSigningTime && pdf.byteRange.length > 0 && (pdf.reason === null || signature.policy === null);
}

/** A time-stamp in a VRI entry is none of the level (its place is no field of the document). */
const provesTime = ({ type, pdf }: TimestampFacts): boolean => type === 'signature' || (type === 'document' && pdf !== null);

const hasTime = ({ timestamps }: LevelCase): boolean => timestamps.some(provesTime);

/** Some signature time-stamp, and each from before the end of the signer's certificate. */
function stampedInTime({ signature, timestamps, evidence }: LevelCase): boolean {
  const stamps = timestamps.filter(({ type }) => type === 'signature');
  const signer = evidence.certificates.get(signature.signer.certificate ?? '');
  return stamps.length > 0 && stamps.every(({ time }) => !signer || time < signer.notAfter);
}

const hasStore = ({ evidence }: LevelCase): boolean => evidence.document.pdf?.hasDss === true;

/** Revocation data for every certificate that needs it, in the DSS dictionary (EN 319 142-1, 6.3). */
function hasLongTerm(subject: LevelCase): boolean {
  const { revocations } = subject.signature.material;
  return hasStore(subject) && hasMaterial(subject, new Set(revocations.flatMap(({ id, origin }) => (IN_STORE.has(origin) ? id : []))));
}

/** What the signature and its time-stamps carry; what another signature of the document carries is not theirs. */
const revocationsIn = ({ signature, timestamps }: LevelCase): Held =>
  new Set([signature, ...timestamps].flatMap(({ material }) => material.revocations.map(({ id }) => id)));

/** A document time-stamp after the material that it protects. */
const hasArchive = ({ timestamps }: LevelCase): boolean =>
  timestamps.some(({ type, protectsMaterial }) => type === 'document' && protectsMaterial);

/** Every certificate of the chains that needs revocation data has some in the document; the last archive time-stamp needs none yet. */
function hasMaterial(subject: LevelCase, held: Held = subject.evidence.document.revocations): boolean {
  const { signature, timestamps, evidence } = subject;
  if (evidence.document.revocations.size === 0) return allSelfSigned(subject) && chainsOf(subject).length > 0;
  const archive = timestamps.filter(({ protectsMaterial, type }) => protectsMaterial || type === 'archive');
  const last = archive.reduce<TimestampFacts | null>((latest, one) => (!latest || one.time >= latest.time ? one : latest), null);
  const signers = [signature.signer.certificate, ...timestamps.filter((one) => one !== last).map(({ signer }) => signer.certificate)];
  return signers.every((signer) => signer === null || chainHasRevocation(signer, evidence, held));
}

function chainHasRevocation(leaf: CertificateId, { chains, anchors, statuses }: Evidence, held: Held): boolean {
  for (const [index, { certificate, selfSigned }] of (chains.get(leaf)?.links ?? []).entries()) {
    const anchor = anchors.get(certificate);
    if (selfSigned || (anchor && (index === 0 || anchor.issues))) return true;
    if (!statuses.get(certificate)?.some(({ revocation }) => held.has(revocation))) return false;
  }
  return true;
}

/** Ids of the revocation data that counts. */
type Held = Pick<ReadonlySet<RevocationId>, 'has'>;

const chainsOf = ({ signature, timestamps, evidence }: LevelCase) =>
  [signature, ...timestamps].flatMap(({ signer }) => evidence.chains.get(signer.certificate ?? '')?.links ?? []);

const allSelfSigned = (subject: LevelCase): boolean => chainsOf(subject).every(({ selfSigned }) => selfSigned);

const signed = ({ signedAttributes }: CmsStructure, oid: string): number => signedAttributes.get(oid) ?? 0;
const unsigned = ({ unsignedAttributes }: CmsStructure, oid: string): number => unsignedAttributes.get(oid) ?? 0;

const IN_STORE: ReadonlySet<Origin> = new Set<Origin>(['dss', 'vri']);
const DATA = '1.2.840.113549.1.7.1';
const CONTENT_TYPE = '1.2.840.113549.1.9.3';
const MESSAGE_DIGEST = '1.2.840.113549.1.9.4';
const SIGNING_TIME = '1.2.840.113549.1.9.5';
const SIGNING_CERTIFICATE = '1.2.840.113549.1.9.16.2.12';
const SIGNING_CERTIFICATE_V2 = '1.2.840.113549.1.9.16.2.47';
const SIGNATURE_POLICY = '1.2.840.113549.1.9.16.2.15';
const POLICY_STORE = '0.4.0.19122.1.3';
const CERTIFICATE_REFERENCES = '1.2.840.113549.1.9.16.2.21';
const REVOCATION_REFERENCES = '1.2.840.113549.1.9.16.2.22';
const CERTIFICATE_VALUES = '1.2.840.113549.1.9.16.2.23';
const REVOCATION_VALUES = '1.2.840.113549.1.9.16.2.24';
const ESC_TIMESTAMP = '1.2.840.113549.1.9.16.2.25';
const REFERENCES_TIMESTAMP = '1.2.840.113549.1.9.16.2.26';
const ARCHIVE_V3 = '0.4.0.1733.2.4';
const INTERNAL_EVIDENCE_RECORD = '1.2.840.113549.1.9.16.2.49';
const EXTERNAL_EVIDENCE_RECORD = '1.2.840.113549.1.9.16.2.50';
/** What entries of the signature dictionary say instead, and what is for other formats (EN 319 142-1, 6.3). */
const NOT_IN_PDF = [
  '1.2.840.113549.1.9.16.2.17', // signer-location
  '1.2.840.113549.1.9.16.2.4', // content-hints
  '1.2.840.113549.1.9.16.2.7', // content-identifier
  '1.2.840.113549.1.9.16.2.10', // content-reference
];
const AT_MOST_ONE = [
  SIGNING_TIME,
  SIGNATURE_POLICY,
  '1.2.840.113549.1.9.16.2.16', // commitment-type-indication
  '1.2.840.113549.1.9.16.2.17', // signer-location
  '1.2.840.113549.1.9.16.2.18', // signer-attributes
  '0.4.0.19122.1.1', // signer-attributes-v2
  '1.2.840.113549.1.9.16.2.4', // content-hints
  '0.4.0.1733.2.1', // mime-type
];
