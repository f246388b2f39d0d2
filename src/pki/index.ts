/** Certificates, revocation lists and OCSP: read, verified, and chained to a trust anchor (RFC 5280, 6960). */
export {
  type Certificate,
  extensionOf,
  parseCertificate,
} from './certificate.ts';
export type { CertificateSource } from './certificate-source.ts';
export {
  type Crl,
  type CrlEntry,
  type CrlFrame,
  countCrlEntries,
  findInCrl,
  firstCrlEntries,
  type IssuingDistributionPoint,
  parseCrl,
  type RevocationReason,
  verifyCrl,
} from './crl.ts';
export { type CrlScope, crlScope } from './crl-scope.ts';
export { findInCrlSource, openCrl, type SourcedCrl, verifyCrlSource } from './crl-source.ts';
export type {
  AuthorityInfoAccess,
  AuthorityKeyIdentifier,
  BasicConstraints,
  DistributionPoint,
  DistributionPointName,
  KeyUsage,
  NameConstraints,
  PolicyConstraints,
  PolicyInformation,
  PolicyMapping,
  PrivateKeyUsagePeriod,
} from './extensions.ts';
export { type GeneralName, urisOf } from './general-name.ts';
export { keysAgree, mayHaveIssued, selfSigned, verifyIssued } from './issued-by.ts';
export { attributeValues, isEmptyName, type Name, type NameAttribute, parseName, type RelativeName, sameName, withinName } from './name.ts';
export {
  answersFor,
  type BasicOcspResponse,
  type CertId,
  certHashOf,
  isAbout,
  isResponder,
  type OcspResponse,
  type OcspStatus,
  parseOcspResponse,
  type ResponderId,
  type SingleResponse,
} from './ocsp.ts';
export { encodeCertId, encodeOcspRequest, type OcspRequest, type OcspRequestOptions, parseOcspRequest } from './ocsp-request.ts';
export { type OcspSignature, responderCertificates, responderRight, verifyOcsp } from './ocsp-responder.ts';
export {
  anchorOf,
  type CandidatePath,
  candidatePaths,
  type FoundPath,
  findPath,
  type PathBudget,
  type PathFailure,
  type PathFailureCode,
  type PathOptions,
  type PathResult,
  type PathSearch,
  pathBudget,
  type RevocationCheck,
  type TrustAnchor,
  validatePath,
} from './path.ts';
export { type RevocationEvidence, revocationBy } from './path-revocation.ts';
export { ANY_POLICY } from './policy-graph.ts';
export type { Psd2, QcStatement, QcStatements } from './qc-statements.ts';
export {
  type CrlEdge,
  crlEdge,
  type OcspEdge,
  ocspEdge,
  type RevocationEdge,
  type RevocationOptions,
  type RevocationOutcome,
  revocationStatus,
} from './revocation.ts';
export type { FoundRevocation, RevocationSource } from './revocation-source.ts';
export type { AlgorithmIdentifier, Extension } from './signed.ts';
