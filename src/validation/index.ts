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
