/** English words of the report: one entry for each check and each conclusion. */
import type { SubIndication } from '../validation/conclusion.ts';
import type { RevocationStatus } from '../validation/report.ts';

/** Words of one check. `{name}` stands for a fact of the finding. */
export interface CheckWords {
  /** What is so where the check holds. */
  readonly holds: string;
  /** What is wrong where it does not. */
  readonly otherwise: string;
  /** What would change that. */
  readonly remedy?: string;
}

export interface ConclusionWords {
  /** What the conclusion means for a reader, after 'This signature is valid / not valid / not confirmed'. */
  readonly meaning: string;
  readonly remedy: string;
}

export const conclusionWords: Readonly<Record<SubIndication, ConclusionWords>> = {
  FORMAT_FAILURE: {
    meaning: 'It is not built as its format demands, so nothing can be concluded from it.',
    remedy: 'Ask the signer for the file as it was signed; if it is this one, it must be signed again.',
  },
  HASH_FAILURE: {
    meaning: 'The signed content is not what it was when it was signed: at least one octet differs.',
    remedy: 'Obtain the original file. A changed file can only be signed anew.',
  },
  SIG_CRYPTO_FAILURE: {
    meaning: 'The signature value does not verify with the key of the certificate that claims to have made it.',
    remedy: 'Nothing short of a new signature: this one is damaged, forged, or made with another key.',
  },
  REVOKED: {
    meaning: 'The certificate was already revoked when the signature was made.',
    remedy: 'The signer has to sign again with a certificate in force.',
  },
  EXPIRED: {
    meaning: 'The certificate had already expired when the signature was made.',
    remedy: 'The signer has to sign again with a certificate in force.',
  },
  NOT_YET_VALID: {
    meaning: 'The signature was made before the certificate came into force.',
    remedy: 'The signer has to sign again with a certificate in force.',
  },
  SIG_CONSTRAINTS_FAILURE: {
    meaning: 'The signature lacks something that the validation policy asks for, or states something that the policy does not accept.',
    remedy: 'See the failed check below; a validation policy with other constraints may accept it.',
  },
  CHAIN_CONSTRAINTS_FAILURE: {
    meaning: 'A certificate of the chain may not be used for this purpose by the validation policy.',
    remedy: 'See the failed check below; a certificate that was issued for this purpose is needed.',
  },
  CERTIFICATE_CHAIN_GENERAL_FAILURE: {
    meaning: 'The certificate chain could not be confirmed in full, mostly because it is not known whether a certificate was revoked.',
    remedy: 'Supply revocation data (CRL or OCSP) for each certificate of the chain, or validate with access to the network.',
  },
  CRYPTO_CONSTRAINTS_FAILURE: {
    meaning: 'It relies on an algorithm or key size that is not considered secure.',
    remedy: 'Nothing helps after the fact: no date is known at which the algorithm was still good enough.',
  },
  POLICY_PROCESSING_ERROR: {
    meaning: 'The signature policy that the signer named could not be applied.',
    remedy: 'Obtain the signature policy document that the signer meant, or a validation policy that accepts the one named.',
  },
  SIGNATURE_POLICY_NOT_AVAILABLE: {
    meaning: 'The signer refers to a signature policy document that is not at hand.',
    remedy: 'Supply the signature policy document.',
  },
  TIMESTAMP_ORDER_FAILURE: {
    meaning: 'Its time-stamps contradict each other: their times are not in the order in which they must have been made.',
    remedy: 'Ask the signer, or whoever added the time-stamps, for an explanation.',
  },
  NO_SIGNING_CERTIFICATE_FOUND: {
    meaning: 'The certificate that made the signature was not found.',
    remedy: 'Supply the certificate of the signer.',
  },
  NO_CERTIFICATE_CHAIN_FOUND: {
    meaning: 'The certificate does not lead to any authority that was given as trusted, so nobody vouches for who signed.',
    remedy: 'Give the certificate of the issuing authority as trusted (if you do trust it), or the trusted list that has it.',
  },
  REVOKED_NO_POE: {
    meaning: 'The certificate has been revoked, and nothing proves that the signature is older than that.',
    remedy: 'A time-stamp that is older than the revocation, if one exists.',
  },
  REVOKED_CA_NO_POE: {
    meaning: 'The certificate of an issuing authority has been revoked, and nothing proves that the signature is older than that.',
    remedy: 'A time-stamp that is older than the revocation, if one exists.',
  },
  OUT_OF_BOUNDS_NOT_REVOKED: {
    meaning: 'The certificate is not in force today and was not revoked, but nothing proves that the signature was made while it was.',
    remedy: 'A time-stamp from the time when the certificate was in force, if one exists.',
  },
  OUT_OF_BOUNDS_NO_POE: {
    meaning: 'The certificate is not in force today, and nothing proves that the signature was made while it was.',
    remedy: 'A time-stamp from the time when the certificate was in force, if one exists.',
  },
  REVOCATION_OUT_OF_BOUNDS_NO_POE: {
    meaning: 'Whoever confirmed that the certificate was not revoked holds a certificate that is no longer in force.',
    remedy: 'Newer revocation data, or a time-stamp over the old one.',
  },
  CRYPTO_CONSTRAINTS_FAILURE_NO_POE: {
    meaning: 'It relies on an algorithm or key size no longer considered secure, and nothing proves that it is old enough.',
    remedy: 'A time-stamp from the time when the algorithm was still considered secure, if one exists.',
  },
  NO_CERTIFICATE_CHAIN_FOUND_NO_POE: {
    meaning: 'The authority is not trusted any more, and nothing proves that the signature was made while it was.',
    remedy: 'A time-stamp from the time when the authority was trusted, if one exists.',
  },
  NO_POE: {
    meaning: 'Nothing proves that it existed before something happened that makes it worthless.',
    remedy: 'A time-stamp from the right time, if one exists.',
  },
  TRY_LATER: {
    meaning: 'The certificate is on hold, or newer revocation data is needed before anything can be concluded.',
    remedy: 'Validate again once newer revocation data has been published.',
  },
  SIGNED_DATA_NOT_FOUND: {
    meaning: 'The content that was signed is not here.',
    remedy: 'Supply the signed file beside the signature (--detached).',
  },
};

export const revocationWords: Readonly<Record<RevocationStatus, string>> = {
  good: 'not revoked',
  revoked: 'revoked',
  unknown: 'not known: the revocation data does not answer for this certificate',
  'not-checked': 'not checked: no revocation data was found',
};

export const timestampWords = {
  content: 'Time-stamp over the content',
  signature: 'Time-stamp over the signature',
  'validation-data': 'Time-stamp over the validation data',
  archive: 'Archive time-stamp',
  document: 'Document time-stamp',
  container: 'Time-stamp over the container',
} as const;

/** Building blocks and processes. */
export const processWords: Readonly<Record<string, string>> = {
  'format-checking': 'Format',
  'signing-certificate': 'Signing certificate',
  context: 'Signature policy',
  certificate: 'Certificate',
  'certificate-validation': 'Certificate chain',
  'revocation-acceptance': 'Revocation data',
  'cryptographic-verification': 'Integrity',
  'signature-acceptance': 'Acceptance by the policy',
  'signature-with-time': 'With proof of time',
};

/** Facts that a sentence does not name. */
export const factWords: Readonly<Record<string, string>> = {
  certificate: 'certificate',
  subject: 'in',
  revocation: 'revocation data',
  until: 'good until',
  keyBits: 'bits',
  notBefore: 'valid from',
  notAfter: 'valid to',
  revokedAt: 'revoked on',
  thisUpdate: 'issued on',
  nextUpdate: 'next one due on',
  bestSignatureTime: 'proven time',
  claimedTime: 'stated time',
  keyUsage: 'key usage',
  signerInfos: 'signers',
};

export const noteWords: Readonly<Record<string, string>> = {
  'archival-not-judged': 'Archive time-stamps are shown, but proof of existence from them is not used for the verdict yet.',
  'signing-certificate-is-trust-anchor':
    'The certificate of the signer was itself given as trusted, so neither its validity nor its revocation was asked for.',
  'evidence-incomplete': 'A limit was reached before all evidence was looked at; what is missing never counts as good.',
  'later-revisions-present': 'The file goes on after the signed revision.',
  'later-changes-not-analysed': 'What was changed after this signature was not analysed.',
};
