/** The level of an XML signature by its structure alone (EN 319 132-1, 6; EN 319 132-2 and TS 101 903 for the extended and older ones). */
import type { SignatureFacts, XmlStructure } from '../facts/index.ts';

/** What is asked of the time-stamps and the material, which every format answers in the same way. */
export interface XadesMaterial {
  /** Some signature time-stamp, and each from before the end of the signer's certificate. */
  readonly stampedInTime: boolean;
  /** Revocation data for every certificate that needs it. */
  readonly complete: boolean;
  readonly allSelfSigned: boolean;
  readonly archived: boolean;
}

export function xadesLevel(signature: SignatureFacts, xml: XmlStructure, material: XadesMaterial): string {
  if (xml.xades === null || !isBes(signature, xml)) return 'XML-NOT-ETSI';
  const baseline = isBaseline(signature, xml);
  if (!material.stampedInTime) {
    if (baseline) return 'XAdES-BASELINE-B';
    return signed(xml, 'SignaturePolicyIdentifier') === 1 ? 'XAdES-EPES' : 'XAdES-BES';
  }
  const { complete, archived } = material;
  const preserved = signed(xml, 'SigningTime') > 0 && unsigned(xml, 'SealingEvidenceRecords') > 0;
  const baselineTime = baseline && xml.oneTokenEach;
  if (baselineTime && complete && isLongTerm(xml)) {
    if (preserved) return 'XAdES-ERS';
    return archived ? 'XAdES-BASELINE-LTA' : 'XAdES-BASELINE-LT';
  }
  const extended = unsigned(xml, ...EXTENDED) > 0;
  if (hasReferences(xml, material)) {
    if (complete && preserved) return 'XAdES-ERS';
    if (complete && archived) return 'XAdES-A';
    return extended ? (complete ? 'XAdES-XL' : 'XAdES-X') : 'XAdES-C';
  }
  if (complete) return preserved ? 'XAdES-ERS' : archived ? 'XAdES-A' : 'XAdES-LT';
  return baselineTime ? 'XAdES-BASELINE-T' : 'XAdES-T';
}

/** EN 319 132-1, 4.3 and 5.2: at most one of each, formats that tell something, and which certificate signed. */
function isBes({ signer }: SignatureFacts, xml: XmlStructure): boolean {
  if (AT_MOST_ONE.some((names) => signed(xml, ...names) > 1) || xml.idleFormats > 0) return false;
  const named = signed(xml, 'SigningCertificate', 'SigningCertificateV2') === 1 && signer.references.length > 0;
  return named || (xml.keyInfoSigned && xml.holdsSigner);
}

/** EN 319 132-1, 6.3. */
function isBaseline({ policy, references, signer }: SignatureFacts, xml: XmlStructure): boolean {
  if (xml.xades === CURRENT && !references.some(({ type }) => type === 'SIGNED_PROPERTIES')) return false;
  if (signer.references.some(({ digestAlgorithm }) => digestAlgorithm === null)) return false;
  if (!xml.holdsSigner || !CANONICAL.has(xml.canonicalization) || xml.references < 2) return false;
  if (signed(xml, 'SigningTime') !== 1 || signed(xml, 'SigningCertificate', 'SigningCertificateV2') !== 1) return false;
  if (xml.certificateUri || xml.unformatted > 0) return false;
  if (signed(xml, 'SignaturePolicyIdentifier') > 1 || unsigned(xml, '1.4.1:SignaturePolicyStore') > 1) return false;
  return policy === null || signed(xml, 'SignaturePolicyIdentifier') === 1;
}

/** Nothing of what the extended levels refer to, and each list of values once. */
const isLongTerm = (xml: XmlStructure): boolean =>
  unsigned(xml, ...REFERENCES, ...EXTENDED) === 0 && VALUES.every((name) => unsigned(xml, name) <= 1);

const hasReferences = (xml: XmlStructure, { allSelfSigned }: XadesMaterial): boolean =>
  unsigned(xml, 'CompleteCertificateRefs', '1.4.1:CompleteCertificateRefsV2') === 1 &&
  (unsigned(xml, 'CompleteRevocationRefs') === 1 || allSelfSigned);

const sum = (counts: ReadonlyMap<string, number>, names: readonly string[]): number =>
  names.reduce((total, name) => total + (counts.get(name) ?? 0), 0);
const signed = ({ signedProperties }: XmlStructure, ...names: readonly string[]): number => sum(signedProperties, names);
const unsigned = ({ unsignedProperties }: XmlStructure, ...names: readonly string[]): number => sum(unsignedProperties, names);

/** The namespace that EN 319 132-1 has. */
const CURRENT = 'http://uri.etsi.org/01903/v1.3.2#';
const AT_MOST_ONE = [
  ['SigningTime'],
  ['SigningCertificate', 'SigningCertificateV2'],
  ['SignatureProductionPlace', 'SignatureProductionPlaceV2'],
  ['SignerRole', 'SignerRoleV2'],
];
const EXTENDED = ['SigAndRefsTimeStamp', '1.4.1:SigAndRefsTimeStampV2', 'RefsOnlyTimeStamp', '1.4.1:RefsOnlyTimeStampV2'];
const REFERENCES = [
  'CompleteCertificateRefs',
  '1.4.1:CompleteCertificateRefsV2',
  'CompleteRevocationRefs',
  'AttributeCertificateRefs',
  '1.4.1:AttributeCertificateRefsV2',
  'AttributeRevocationRefs',
];
const VALUES = ['CertificateValues', 'RevocationValues', 'AttrAuthoritiesCertValues', 'AttributeRevocationValues'];
const CANONICAL: ReadonlySet<string> = new Set([
  'http://www.w3.org/TR/2001/REC-xml-c14n-20010315',
  'http://www.w3.org/TR/2001/REC-xml-c14n-20010315#WithComments',
  'http://www.w3.org/2006/12/xml-c14n11',
  'http://www.w3.org/2006/12/xml-c14n11#WithComments',
  'http://www.w3.org/2001/10/xml-exc-c14n#',
  'http://www.w3.org/2001/10/xml-exc-c14n#WithComments',
]);
