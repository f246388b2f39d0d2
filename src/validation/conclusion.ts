/** Indications and sub-indications (EN 319 102-1, 5.1): a pair that the standard does not have does not compile. */

export type FailedFor = 'FORMAT_FAILURE' | 'HASH_FAILURE' | 'SIG_CRYPTO_FAILURE' | 'REVOKED' | 'EXPIRED' | 'NOT_YET_VALID';

export type IndeterminateFor =
  | 'SIG_CONSTRAINTS_FAILURE'
  | 'CHAIN_CONSTRAINTS_FAILURE'
  | 'CERTIFICATE_CHAIN_GENERAL_FAILURE'
  | 'CRYPTO_CONSTRAINTS_FAILURE'
  | 'POLICY_PROCESSING_ERROR'
  | 'SIGNATURE_POLICY_NOT_AVAILABLE'
  | 'TIMESTAMP_ORDER_FAILURE'
  | 'NO_SIGNING_CERTIFICATE_FOUND'
  | 'NO_CERTIFICATE_CHAIN_FOUND'
  | 'REVOKED_NO_POE'
  | 'REVOKED_CA_NO_POE'
  | 'OUT_OF_BOUNDS_NOT_REVOKED'
  | 'OUT_OF_BOUNDS_NO_POE'
  | 'REVOCATION_OUT_OF_BOUNDS_NO_POE'
  | 'CRYPTO_CONSTRAINTS_FAILURE_NO_POE'
  | 'NO_CERTIFICATE_CHAIN_FOUND_NO_POE'
  | 'NO_POE'
  | 'TRY_LATER'
  | 'SIGNED_DATA_NOT_FOUND';

/** Of a building block, a time-stamp or an evidence record. */
export type Conclusion =
  | { readonly indication: 'PASSED' }
  | { readonly indication: 'FAILED'; readonly because: FailedFor }
  | { readonly indication: 'INDETERMINATE'; readonly because: IndeterminateFor };

/** Main status of a signature: PASSED and FAILED become TOTAL_PASSED and TOTAL_FAILED. */
export type MainIndication = 'TOTAL_PASSED' | 'TOTAL_FAILED' | 'INDETERMINATE';
export type SubIndication = FailedFor | IndeterminateFor;

export const passed: Conclusion = { indication: 'PASSED' };
export const failed = (because: FailedFor): Conclusion => ({ indication: 'FAILED', because });
export const indeterminate = (because: IndeterminateFor): Conclusion => ({ indication: 'INDETERMINATE', because });

export const isPassed = (conclusion: Conclusion): boolean => conclusion.indication === 'PASSED';

export const subIndicationOf = (conclusion: Conclusion): SubIndication | null =>
  conclusion.indication === 'PASSED' ? null : conclusion.because;

export const mainIndicationOf = (conclusion: Conclusion): MainIndication =>
  conclusion.indication === 'INDETERMINATE' ? 'INDETERMINATE' : `TOTAL_${conclusion.indication}`;
