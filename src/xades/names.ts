/** Namespaces and types of XAdES, and what its properties are by their names (EN 319 132-1; TS 101 903). */

/** 1.3.2: what EN 319 132-1 builds on. */
export const XADES = 'http://uri.etsi.org/01903/v1.3.2#';
/** What was added later to 1.3.2. */
export const XADES_141 = 'http://uri.etsi.org/01903/v1.4.1#';
export const XADES_122 = 'http://uri.etsi.org/01903/v1.2.2#';
export const XADES_111 = 'http://uri.etsi.org/01903/v1.1.1#';

/** Evidence records in unsigned properties (TS 119 132-3). */
export const XADES_EN = 'http://uri.etsi.org/19132/v1.1.1#';

/** Versions in which QualifyingProperties may stand. */
export const XADES_VERSIONS = [XADES, XADES_122, XADES_111] as const;

/** Type of the reference to the signed properties, whatever the namespace from 1.3.2 on. */
export const SIGNED_PROPERTIES_TYPE = 'http://uri.etsi.org/01903#SignedProperties';
/** Type of the reference of a counter-signature to the value that it signs. */
export const COUNTERSIGNED_TYPE = 'http://uri.etsi.org/01903#CountersignedSignature';

/** What a property that holds a time-stamp is over. */
export type TimestampKind =
  | 'all-data-objects'
  | 'individual-data-objects'
  | 'signature'
  | 'signature-and-references'
  | 'references'
  | 'archive';

/** Kinds of unsigned properties, in both namespaces. */
export type UnsignedKind =
  | TimestampKind
  | 'counter-signature'
  | 'certificate-references'
  | 'revocation-references'
  | 'certificate-values'
  | 'revocation-values'
  | 'validation-data'
  | 'policy-store'
  | 'renewed-digests'
  | 'evidence-records'
  | 'other';

export const UNSIGNED_PROPERTIES: ReadonlyMap<string, UnsignedKind> = new Map<string, UnsignedKind>([
  ['CounterSignature', 'counter-signature'],
  ['SignatureTimeStamp', 'signature'],
  ['CompleteCertificateRefs', 'certificate-references'],
  ['CompleteCertificateRefsV2', 'certificate-references'],
  ['AttributeCertificateRefs', 'certificate-references'],
  ['AttributeCertificateRefsV2', 'certificate-references'],
  ['CompleteRevocationRefs', 'revocation-references'],
  ['AttributeRevocationRefs', 'revocation-references'],
  ['SigAndRefsTimeStamp', 'signature-and-references'],
  ['SigAndRefsTimeStampV2', 'signature-and-references'],
  ['RefsOnlyTimeStamp', 'references'],
  ['RefsOnlyTimeStampV2', 'references'],
  ['CertificateValues', 'certificate-values'],
  ['AttrAuthoritiesCertValues', 'certificate-values'],
  ['RevocationValues', 'revocation-values'],
  ['AttributeRevocationValues', 'revocation-values'],
  ['TimeStampValidationData', 'validation-data'],
  ['AnyValidationData', 'validation-data'],
  ['ArchiveTimeStamp', 'archive'],
  ['ArchiveTimeStampV2', 'archive'],
  ['SignaturePolicyStore', 'policy-store'],
  ['RenewedDigests', 'renewed-digests'],
  ['RenewedDigestsV2', 'renewed-digests'],
  ['SealingEvidenceRecords', 'evidence-records'],
]);

/** Whether a namespace is one of XAdES. */
export const isXades = (namespace: string): boolean =>
  namespace === XADES || namespace === XADES_141 || namespace === XADES_122 || namespace === XADES_111 || namespace === XADES_EN;
