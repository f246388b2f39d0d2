/** Validation of what was read: evidence, judgement, policies and the report (EN 319 102-1). */
export type { Level } from './check.ts';
export {
  type Conclusion,
  type FailedFor,
  failed,
  type IndeterminateFor,
  indeterminate,
  isPassed,
  type MainIndication,
  mainIndicationOf,
  passed,
  type SubIndication,
  subIndicationOf,
} from './conclusion.ts';
export type { Anchor, CertificateStatus, Chain, ChainLink, Evidence, PathProblem, RevocationFacts } from './evidence.ts';
export { readEvidence, writeEvidence } from './evidence-file.ts';
export { type EvidenceDifference, verifyEvidence } from './evidence-file-verify.ts';
export { type ExamineLimits, type ExamineOptions, examineFacts, type TrustedCertificate } from './examine.ts';
export { judge } from './judge.ts';
export { levelOf } from './level.ts';
export {
  type AlgorithmRow,
  type AlgorithmSuite,
  type Context,
  type Freshness,
  type PastRules,
  type Policy,
  policies,
  policyByName,
  type Role,
} from './policy.ts';
export { diffPolicies, type PolicyDifference } from './policy-diff.ts';
export { policySchema, readPolicy, writePolicy } from './policy-file.ts';
export { type ImportedCatalogue, importAlgorithmCatalogue } from './policy-import-catalogue.ts';
export { type ImportedPolicy, importDssConstraints } from './policy-import-dss.ts';
export type { IgnoredSetting } from './policy-import-dss-file.ts';
export type {
  BlockResult,
  Finding,
  Outcome,
  Report,
  RevocationStatus,
  SignatureReport,
  TimestampReport,
  TokenReport,
} from './report.ts';
export { comparePictures, type PageDifference, type VisualChange, type VisualOptions, visualChanges } from './visual-change.ts';
