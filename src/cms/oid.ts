/** Object identifiers of content types and attributes of CMS and CAdES (RFC 5652, 11; RFC 2634; RFC 5035; EN 319 122-1). */

export const CONTENT = {
  data: '1.2.840.113549.1.7.1',
  signedData: '1.2.840.113549.1.7.2',
  timestampInfo: '1.2.840.113549.1.9.16.1.4',
  timestampedData: '1.2.840.113549.1.9.16.1.31',
} as const;

export const ATTRIBUTE = {
  contentType: '1.2.840.113549.1.9.3',
  messageDigest: '1.2.840.113549.1.9.4',
  signingTime: '1.2.840.113549.1.9.5',
  counterSignature: '1.2.840.113549.1.9.6',
  algorithmProtection: '1.2.840.113549.1.9.52',
  contentHints: '1.2.840.113549.1.9.16.2.4',
  contentIdentifier: '1.2.840.113549.1.9.16.2.7',
  contentReference: '1.2.840.113549.1.9.16.2.10',
  signingCertificate: '1.2.840.113549.1.9.16.2.12',
  signatureTimestamp: '1.2.840.113549.1.9.16.2.14',
  signaturePolicy: '1.2.840.113549.1.9.16.2.15',
  commitmentType: '1.2.840.113549.1.9.16.2.16',
  signerLocation: '1.2.840.113549.1.9.16.2.17',
  signerAttributes: '1.2.840.113549.1.9.16.2.18',
  otherSigningCertificate: '1.2.840.113549.1.9.16.2.19',
  contentTimestamp: '1.2.840.113549.1.9.16.2.20',
  certificateReferences: '1.2.840.113549.1.9.16.2.21',
  revocationReferences: '1.2.840.113549.1.9.16.2.22',
  certificateValues: '1.2.840.113549.1.9.16.2.23',
  revocationValues: '1.2.840.113549.1.9.16.2.24',
  signatureAndReferencesTimestamp: '1.2.840.113549.1.9.16.2.25',
  referencesTimestamp: '1.2.840.113549.1.9.16.2.26',
  archiveTimestamp: '1.2.840.113549.1.9.16.2.27',
  attributeCertificateReferences: '1.2.840.113549.1.9.16.2.44',
  attributeRevocationReferences: '1.2.840.113549.1.9.16.2.45',
  signingCertificateV2: '1.2.840.113549.1.9.16.2.47',
  archiveTimestampV2: '1.2.840.113549.1.9.16.2.48',
  internalEvidenceRecord: '1.2.840.113549.1.9.16.2.49',
  externalEvidenceRecord: '1.2.840.113549.1.9.16.2.50',
  mimeType: '0.4.0.1733.2.1',
  longTermValidation: '0.4.0.1733.2.2',
  archiveTimestampV3: '0.4.0.1733.2.4',
  hashIndex: '0.4.0.1733.2.5',
  signerAttributesV2: '0.4.0.19122.1.1',
  signaturePolicyStore: '0.4.0.19122.1.3',
  hashIndexV2: '0.4.0.19122.1.4',
  hashIndexV3: '0.4.0.19122.1.5',
  revocationInfoArchival: '1.2.840.113583.1.1.8',
} as const;

/** Formats of OtherRevocationInfoFormat: an OCSPResponse (RFC 5940), and a bare BasicOCSPResponse as some writers put it there. */
export const REVOCATION_INFO = {
  ocspResponse: '1.3.6.1.5.5.7.16.2',
  basicOcspResponse: '1.3.6.1.5.5.7.48.1.1',
} as const;
