/** adeskit: AdES signatures made and judged. The stories, and the words they use. */
export { type AugmentLevel, type AugmentOptions, type AugmentStep, augment, augmentTo, type LongTermOptions } from './augment.ts';
export type { Bytes } from './base/bytes.ts';
export { Fault, type FaultCode } from './base/fault.ts';
export type { Instant } from './base/instant.ts';
export type { Sink, Source } from './base/source.ts';
export type { Signer, SigningScheme } from './crypto/signer.ts';
export {
  type ContainerOptions,
  embedRecord,
  type PreserveOptions,
  preserve,
  preserveContainer,
  preserveContainerTo,
  preserveEach,
  renewRecordHashTree,
  renewRecordTimestamp,
  timestamp,
  timestampContainer,
  timestampContainerTo,
} from './preserve.ts';
export {
  type CadesSignOptions,
  type CadesStatements,
  type CompleteOptions,
  type CountersignOptions,
  complete,
  type Canonicalization,
  type Commitment,
  completeTo,
  countersign,
  countersignTo,
  encodePrepared,
  type FinishedCms,
  type ParallelSignOptions,
  type PolicyToName,
  type PrepareCadesOptions,
  type NamedPolicy,
  type Packaging,
  type Prepared,
  type PreparedAs,
  type PreparedCades,
  type PreparedPades,
  type PrepareOptions,
  prepare,
  readPrepared,
  type PreparedXades,
  type SignatureAnswer,
  type PrepareXadesOptions,
  type ProductionPlace,
  type SignerLocation,
  type SignOptions,
  sign,
  signParallel,
  signParallelTo,
  signTo,
  type VisibleSignature,
} from './sign.ts';
export {
  type AsicAddOptions,
  type XadesCountersignOptions,
  type XadesFile,
  type XadesParallelOptions,
  type XadesPlacement,
  type XadesSignOptions,
  type XadesStatements,
  type AsicSignOptions,
  type ContainerFile,
  signContainer,
  signContainerTo,
  signInContainer,
  signInContainerTo,
} from './sign-asic.ts';
export type { TimestampAuthority } from './tsp/timestamp-authority.ts';
export { type ExamineOptions, examine, judge, type ValidateOptions, validate } from './validate.ts';
export type { Evidence } from './validation/evidence.ts';
export {
  diffPolicies,
  importAlgorithmCatalogue,
  importDssConstraints,
  type Policy,
  policyByName,
  readEvidence,
  readPolicy,
  verifyEvidence,
  writeEvidence,
  writePolicy,
} from './validation/index.ts';
export type { Report, SignatureReport, TimestampReport } from './validation/report.ts';
export { type CertificatePurpose, type VerifyCertificateOptions, verifyCertificate } from './verify-certificate.ts';
