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
  'identification-of-signing-certificate': 'Signing certificate',
  'validation-context-initialization': 'Signature policy',
  'x509-certificate-validation': 'Certificates',
  'revocation-freshness-checker': 'Freshness of revocation data',
  'cryptographic-verification': 'Integrity',
  'signature-acceptance-validation': 'Acceptance',
};

export const noteWords: Readonly<Record<string, string>> = {
  'archival-not-judged': 'Archive time-stamps are shown, but proof of existence from them is not used for the verdict yet.',
  'changes-not-analysed': 'What was changed after this signature was not analysed.',
};

export const checkWords: Readonly<Record<string, CheckWords>> = {
  'signature-value-intact': {
    holds: 'The signature value verifies with the key of the certificate.',
    otherwise: 'The signature value does not verify with the key of the certificate.',
    remedy: 'Nothing short of a new signature.',
  },
  'reference-data-found': {
    holds: 'The signed content is here.',
    otherwise: 'Signed content is missing.',
    remedy: 'Supply the signed file.',
  },
  'reference-data-intact': {
    holds: 'The signed content is unchanged.',
    otherwise: 'The signed content was changed after signing.',
    remedy: 'Obtain the original file.',
  },
  'signing-certificate-found': {
    holds: 'The certificate of the signer is here.',
    otherwise: 'The certificate of the signer was not found.',
    remedy: 'Supply the certificate of the signer.',
  },
  'signing-certificate-reference-present': {
    holds: 'The signature itself names the certificate it was made with.',
    otherwise: 'The signature does not name the certificate it was made with, so the certificate could be exchanged.',
  },
  'signing-certificate-reference-unique': {
    holds: 'The signature names its certificate once.',
    otherwise: 'The signature names its certificate more than once.',
  },
  'signing-certificate-references-in-chain': {
    holds: 'Every certificate that the signature names belongs to its chain.',
    otherwise: 'The signature names a certificate that does not belong to its chain.',
  },
  'signing-certificate-digest-present': {
    holds: 'The signature names its certificate by a digest.',
    otherwise: 'The signature names its certificate without a digest.',
  },
  'signing-certificate-digest-match': {
    holds: 'The certificate is the one that the signature names.',
    otherwise: 'The certificate is not the one that the signature names.',
    remedy: 'Supply the certificate that the signature names.',
  },
  'signing-certificate-issuer-serial-match': {
    holds: 'Issuer and serial number agree with what the signature says.',
    otherwise: 'Issuer or serial number differ from what the signature says.',
  },
  'signing-time-present': {
    holds: 'The signer states when the signature was made.',
    otherwise: 'The signer does not state when the signature was made.',
  },
  'signing-time-within-validity': {
    holds: 'The stated signing time lies in the validity of the certificate.',
    otherwise: 'The stated signing time lies outside the validity of the certificate.',
  },
  'structure-conforms': {
    holds: 'The structure is as the standard demands.',
    otherwise: 'The structure departs from the standard: {problem}.',
  },
  'signature-policy-available': {
    holds: 'The signature policy document is at hand.',
    otherwise: 'The signature policy document that the signer names is not at hand.',
    remedy: 'Supply the signature policy document.',
  },
  'signature-policy-digest-match': {
    holds: 'The signature policy document is the one that the signer meant.',
    otherwise: 'The signature policy document is not the one that the signer meant.',
  },
  'reference-digest-algorithm': {
    holds: 'The digest algorithms of the references are reliable.',
    otherwise: 'A digest algorithm {algorithm} of a reference is not reliable.',
  },
  'key-usage': {
    holds: 'The certificate was issued for signing.',
    otherwise: 'The certificate was not issued for this use.',
    remedy: 'A signature made with a certificate for signing.',
  },
  'key-usage-allows-signing': {
    holds: 'The key usage allows signing.',
    otherwise: 'The key usage of the certificate does not allow signing.',
  },
  'extended-key-usage': {
    holds: 'The extended key usage fits.',
    otherwise: 'The extended key usage of the certificate does not fit.',
  },
  'within-validity': {
    holds: 'The certificate is in force.',
    otherwise: 'The certificate is not in force at the time of validation.',
    remedy: 'A time-stamp from the time when the certificate was in force.',
  },
  'ca-within-validity': {
    holds: 'The certificate of the issuing authority is in force.',
    otherwise: 'The certificate of an issuing authority is not in force at the time of validation.',
  },
  'revocation-available': {
    holds: 'Revocation data is at hand.',
    otherwise: 'There is no revocation data, so it is not known whether the certificate was revoked.',
    remedy: 'Supply a CRL or an OCSP response, or validate with access to the network.',
  },
  'revocation-acceptable': {
    holds: 'The revocation data can be relied on.',
    otherwise: 'The revocation data at hand cannot be relied on.',
    remedy: 'Supply revocation data from the issuer of the certificate.',
  },
  'revocation-access-present': {
    holds: 'The certificate says where to learn whether it was revoked.',
    otherwise: 'The certificate does not say where to learn whether it was revoked.',
  },
  'revocation-fresh': {
    holds: 'The revocation data is recent enough.',
    otherwise: 'The revocation data is too old.',
    remedy: 'Supply newer revocation data.',
  },
  'revocation-not-in-future': {
    holds: 'The revocation data is not from the future.',
    otherwise: 'The revocation data claims a time that is still to come.',
  },
  'revocation-not-self-issued': {
    holds: 'The revocation data was not made by the certificate it is about.',
    otherwise: 'The revocation data was made by the certificate it is about.',
  },
  'revocation-certificate-hash-match': {
    holds: 'The revocation data names this very certificate.',
    otherwise: 'The revocation data is about another certificate of that number.',
  },
  'revocation-issuer-within-validity': {
    holds: 'Whoever made the revocation data holds a certificate in force.',
    otherwise: 'Whoever made the revocation data holds a certificate that is not in force.',
    remedy: 'Supply newer revocation data.',
  },
  'responder-authorised': {
    holds: 'Whoever made the revocation data may speak for the issuer.',
    otherwise: 'Whoever made the revocation data may not speak for the issuer.',
  },
  'not-revoked': {
    holds: 'The certificate is not revoked.',
    otherwise: 'The certificate is revoked.',
    remedy: 'A time-stamp that is older than the revocation.',
  },
  'not-on-hold': {
    holds: 'The certificate is not on hold.',
    otherwise: 'The certificate is on hold: it may be released or revoked later.',
    remedy: 'Validate again later.',
  },
  'not-self-signed': {
    holds: 'The certificate was issued by somebody else.',
    otherwise: 'The certificate is self-signed: nobody else vouches for it.',
  },
  'certificate-signature-intact': {
    holds: 'The certificate bears the signature of its issuer.',
    otherwise: 'The certificate does not bear the signature of its issuer.',
  },
  'issuer-access-present': {
    holds: 'The certificate says where its issuer is found.',
    otherwise: 'The certificate does not say where its issuer is found.',
  },
  'authority-key-identifier-present': {
    holds: "The certificate names its issuer's key.",
    otherwise: "The certificate does not name its issuer's key.",
  },
  'subject-key-identifier-present': {
    holds: 'The certificate of the authority names its key.',
    otherwise: 'The certificate of the authority does not name its key.',
  },
  'critical-extensions-supported': {
    holds: 'Every critical extension of the certificate is understood.',
    otherwise: 'The certificate has a critical extension that is not understood.',
  },
  'extensions-allowed': {
    holds: 'The certificate has no extension that does not belong there.',
    otherwise: 'The certificate has an extension that does not belong there.',
  },
  'no-rev-avail-consistent': {
    holds: 'What the certificate says of revocation is consistent.',
    otherwise: 'The certificate says both that there is no revocation data and where to find it.',
  },
  'path-constraints': {
    holds: 'The certificates keep the constraints that their issuers set.',
    otherwise: 'The certificates break a constraint that an issuer set.',
  },
  'trust-anchor-found': {
    holds: 'The chain of certificates leads to a trusted authority.',
    otherwise: 'The chain of certificates does not lead to a trusted authority.',
    remedy: 'Give the issuing authority as trusted, if you do trust it.',
  },
  'byte-range-valid': {
    holds: 'The signed range is the whole of its revision except the signature itself.',
    otherwise: 'The signed range leaves out parts of the document that it should cover.',
    remedy: 'Do not rely on this file; ask the signer for the original.',
  },
  'one-signer': {
    holds: 'There is exactly one signer in the signature field.',
    otherwise: 'The signature field does not hold exactly one signer.',
  },
  'dictionary-consistent': {
    holds: 'The signature field is today as it was when it was signed.',
    otherwise: 'The signature field was altered after signing.',
  },
  'later-changes-known': {
    holds: 'What was added to the file later is known.',
    otherwise: 'Something was added to the file later, and what it changes was not analysed.',
    remedy: 'Compare this file with the revision that was signed.',
  },
  'later-changes-allowed': {
    holds: 'Nothing was changed later that the signature does not allow.',
    otherwise: 'The file was changed later in a way that the signature does not allow.',
    remedy: 'Rely on the signed revision only, not on the file as it stands.',
  },
  'timestamp-valid': {
    holds: 'The time-stamp is valid.',
    otherwise: 'A time-stamp is not valid and proves no time.',
  },
  'content-timestamp-valid': {
    holds: 'The time-stamp over the content is valid.',
    otherwise: 'The time-stamp over the content is not valid and proves no time.',
  },
  'timestamp-order': {
    holds: 'The times of the time-stamps are in order.',
    otherwise: 'The times of the time-stamps contradict each other.',
  },
  'timestamp-delay': {
    holds: 'The time-stamp followed soon after the stated signing time.',
    otherwise: 'The time-stamp is much later than the stated signing time.',
  },
  'tsa-name-match': {
    holds: 'The time-stamp names the authority that made it.',
    otherwise: 'The time-stamp names another authority than the one that made it.',
  },
};
