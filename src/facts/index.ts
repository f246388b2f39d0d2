/** The immutable model that every reader fills: types and ids only. */
export type { ContainerFacts, CoverageFacts, MimetypeFacts } from './container.ts';
export type { DocumentFacts, DocumentFormat, EncodedRevocation, UnreadableToken } from './document.ts';
export type { EvidenceRecordFacts } from './evidence-record.ts';
export {
  type AnyId,
  type CertificateId,
  type DataId,
  type EvidenceRecordId,
  idOf,
  type RevocationId,
  type SignatureId,
  type TimestampId,
} from './id.ts';
export type { PdfModification, PdfSignatureFacts } from './pdf.ts';
export type {
  CmsStructure,
  Material,
  Origin,
  ReferenceCoverage,
  ReferenceFacts,
  ReferenceType,
  SignatureFacts,
  SignaturePolicyFacts,
  SignerIdentification,
  SigningCertificateReference,
  XmlStructure,
} from './signature.ts';
export type { TimestampFacts, TimestampType } from './timestamp.ts';
