/** adeskit: AdES signatures made and judged. The stories, and the words they use. */
export { type AugmentLevel, type AugmentOptions, type AugmentStep, augment, augmentTo, type LongTermOptions } from './augment.ts';
export type { Bytes } from './base/bytes.ts';
export { Fault, type FaultCode } from './base/fault.ts';
export type { Instant } from './base/instant.ts';
export type { Sink, Source } from './base/source.ts';
export { type AsicCountersignOptions, countersignInContainer, countersignInContainerTo } from './countersign-asic.ts';
export type { OpenedEnvelope, Recipient } from './crypto/recipient.ts';
export type { Signer, SigningScheme } from './crypto/signer.ts';
export {
  type CompleteOptions,
  complete,
  completeTo,
  encodePrepared,
  type FinishedCms,
  type PrepareCadesOptions,
  type Prepared,
  type PreparedAs,
  type PreparedCades,
  type PreparedPades,
  type PreparedXades,
  type PrepareOptions,
  type PrepareXadesOptions,
  prepare,
  readPrepared,
  type SignatureAnswer,
} from './prepare.ts';
export {
  completeContainer,
  completeContainerTo,
  type PrepareContainerOptions,
  type PreparedContainer,
  prepareContainer,
  readPreparedContainer,
} from './prepare-asic.ts';
export {
  type CallInput,
  type CompleteCallOptions,
  completeCall,
  completeCallTo,
  type HalvedFunction,
  type PrepareCallOptions,
  type PreparedCall,
  prepareCall,
  readPreparedCall,
} from './prepare-call.ts';
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
  type PreserveInOptions,
  preserveInContainer,
  preserveInContainerTo,
  type RenewInOptions,
  renewInContainer,
  renewInContainerTo,
} from './preserve-asic.ts';
export { preserveEachXml, preserveXml, type SealOptions, sealRecord } from './preserve-xml.ts';
export {
  type CadesSignOptions,
  type CadesStatements,
  type Canonicalization,
  type Commitment,
  type CountersignOptions,
  countersign,
  countersignTo,
  type FieldsToLock,
  type NamedPolicy,
  type Packaging,
  type ParallelSignOptions,
  type PolicyToName,
  type ProductionPlace,
  type SignaturePlace,
  type SignerLocation,
  type SignOptions,
  sign,
  signParallel,
  signParallelTo,
  signTo,
  type VisibleSignature,
  type XadesCountersignOptions,
  type XadesFile,
  type XadesParallelOptions,
  type XadesPlacement,
  type XadesSignOptions,
  type XadesStatements,
} from './sign.ts';
export {
  type AsicAddOptions,
  type AsicSignOptions,
  type AsicXadesAddOptions,
  type AsicXadesOptions,
  type ContainerFile,
  signContainer,
  signContainerTo,
  signInContainer,
  signInContainerTo,
} from './sign-asic.ts';
export { openSnapshot, type Snapshot, sharedOctets, type TrustSource } from './trust/index.ts';
export type { TimestampAuthority } from './tsp/timestamp-authority.ts';
export { type ExamineOptions, examine, judge, type PolicyDocument, type ValidateOptions, validate } from './validate.ts';
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
