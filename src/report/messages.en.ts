/** English words of the report: one entry for each check and each conclusion. */
import type { TimestampType } from '../facts/timestamp.ts';
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
  /** The same of a time-stamp, where the words differ. */
  readonly ofTimestamp?: string;
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
    ofTimestamp: 'The time-stamp value does not verify with the key of the certificate that claims to have made it.',
    remedy: 'Nothing short of a new signature: this one is damaged, forged, or made with another key.',
  },
  REVOKED: {
    meaning: 'The certificate was already revoked when the signature was made.',
    ofTimestamp: 'The certificate was already revoked when the time-stamp was made.',
    remedy: 'The signer has to sign again with a certificate in force.',
  },
  EXPIRED: {
    meaning: 'The certificate had already expired when the signature was made.',
    ofTimestamp: 'The certificate had already expired when the time-stamp was made.',
    remedy: 'The signer has to sign again with a certificate in force.',
  },
  NOT_YET_VALID: {
    meaning: 'The signature was made before the certificate came into force.',
    ofTimestamp: 'The time-stamp was made before the certificate came into force.',
    remedy: 'The signer has to sign again with a certificate in force.',
  },
  SIG_CONSTRAINTS_FAILURE: {
    meaning: 'The signature lacks something that the validation policy asks for, or states something that the policy does not accept.',
    ofTimestamp: 'The time-stamp lacks something that the validation policy asks for, or states something that the policy does not accept.',
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
    ofTimestamp: 'The time-stamp policy that the signer named could not be applied.',
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
    ofTimestamp: 'The certificate that made the time-stamp was not found.',
    remedy: 'Supply the certificate of the signer.',
  },
  NO_CERTIFICATE_CHAIN_FOUND: {
    meaning: 'The certificate does not lead to any authority that was given as trusted, so nobody vouches for who signed.',
    remedy: 'Give the certificate of the issuing authority as trusted (if you do trust it), or the trusted list that has it.',
  },
  REVOKED_NO_POE: {
    meaning: 'The certificate has been revoked, and nothing proves that the signature is older than that.',
    ofTimestamp: 'The certificate has been revoked, and nothing proves that the time-stamp is older than that.',
    remedy: 'A time-stamp that is older than the revocation, if one exists.',
  },
  REVOKED_CA_NO_POE: {
    meaning: 'The certificate of an issuing authority has been revoked, and nothing proves that the signature is older than that.',
    ofTimestamp: 'The certificate of an issuing authority has been revoked, and nothing proves that the time-stamp is older than that.',
    remedy: 'A time-stamp that is older than the revocation, if one exists.',
  },
  OUT_OF_BOUNDS_NOT_REVOKED: {
    meaning: 'The certificate is not in force today and was not revoked, but nothing proves that the signature was made while it was.',
    ofTimestamp: 'The certificate is not in force today and was not revoked, but nothing proves that the time-stamp was made while it was.',
    remedy: 'A time-stamp from the time when the certificate was in force, if one exists.',
  },
  OUT_OF_BOUNDS_NO_POE: {
    meaning: 'The certificate is not in force today, and nothing proves that the signature was made while it was.',
    ofTimestamp: 'The certificate is not in force today, and nothing proves that the time-stamp was made while it was.',
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
    ofTimestamp: 'The authority is not trusted any more, and nothing proves that the time-stamp was made while it was.',
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

/** Sentences and labels of the report. `{name}` stands for a value. */
export const phrases = {
  valid: 'Valid',
  notValid: 'Not valid',
  notConfirmed: 'Not confirmed',
  noSignature: 'No signature',
  noSignatureFound: 'No signature found in this file.',
  noSignatureLine: 'no signature found',
  unreadableOnly: 'What should be a signature could not be read.',
  allValid: '{counted}: all are valid.',
  signatureValid: 'The signature is valid.',
  timestampValid: 'The time-stamp is valid.',
  doNotRely: '{counted}; do not rely on this file as it stands.{share}',
  notAllConfirmed: '{counted}; nothing is proven wrong, but not everything could be confirmed.{share}',
  share: ' {good} of {all} signatures are valid.',
  oneSignature: '1 signature',
  manySignatures: '{count} signatures',
  oneTimestamp: '1 time-stamp',
  manyTimestamps: '{count} time-stamps',
  and: '{first} and {second}',
  signatureNumber: 'Signature {number}',
  signatureNumberOf: 'Signature {number} of {count}',
  unknownSigner: 'An unknown signer',
  unknownAuthority: 'an unknown authority',
  signedUnchanged: '{signer} signed this, and what was signed is unchanged.',
  signedThenChanged: '{signer} signed this. {change}',
  changesAllowed: 'Something was added to the file later; all of it is of a kind that the signature allows.',
  changesDisallowed: 'But the file was changed afterwards in a way that the signature does not allow.',
  changesUnknown: 'But something was added to the file afterwards, and what it changes was not analysed.',
  alsoChanged: 'Besides, the file was changed afterwards in a way that the signature does not allow.',
  signedBy: 'Signed by',
  claimsSignedBy: 'Claims to be signed by',
  issuedBy: 'Certificate issued by',
  noName: '(no name)',
  statedTime: 'Time stated by the signer',
  none: 'none',
  aClaim: '{time} (a claim, not a proof)',
  provenToExist: 'Proven to exist',
  provenByTimestamp: 'on {time}, by a time-stamp',
  provenOn: 'on {time}',
  provenNow: 'only now, at the time of this validation: no time-stamp proves more',
  trust: 'Trust',
  trustNone: 'no trusted authority vouches for this certificate',
  trustItself: 'the certificate of the signer was itself given as trusted',
  trustLeads: 'leads to {anchor}, which was given as trusted',
  trustedAuthority: 'a trusted authority',
  revocation: 'Revocation',
  fileHolds: '{status} (the file holds {what})',
  oneCrl: '1 CRL',
  manyCrls: '{count} CRLs',
  oneOcsp: '1 OCSP response',
  manyOcsps: '{count} OCSP responses',
  algorithm: 'Algorithm',
  bits: '{count} bits',
  qualification: 'Qualification',
  reason: 'Reason stated',
  place: 'Place stated',
  roles: 'Roles stated',
  commitment: 'Commitment',
  signaturePolicy: 'Signature policy',
  implied: 'implied',
  covers: 'Covers',
  coversWhole: 'the whole file',
  coversRevision: 'the file as it was in revision {revision} of {revisions}',
  coversNot: 'not what a signature must cover',
  coversNotBecause: 'not what a signature must cover: {problem}',
  changedLater: 'Changed after signing',
  laterNone: 'no',
  laterAllowed: 'yes, only in ways that the signature allows',
  laterDisallowed: 'yes, in ways that the signature does not allow',
  laterUnknown: 'yes; what it changes was not analysed',
  certified: 'Certified document',
  certified1: 'no change is permitted',
  certified2: 'only filling in forms and signing is permitted',
  certified3: 'only comments, filling in forms and signing are permitted',
  signatureField: 'Signature field',
  page: 'page {page}',
  timestampSentence: '{authority} confirms that this existed on {time}.',
  time: 'Time',
  authority: 'Authority',
  field: 'Field',
  subject: 'Subject',
  issuer: 'Issuer',
  validity: 'Valid',
  fromTo: '{from} to {to}',
  serialNumber: 'Serial number',
  nameless: 'Certificate without a name',
  unreadableSignature: 'A signature{name} could not be read: {problem}.',
  unreadableTimestamp: 'A time-stamp{name} could not be read: {problem}.',
  unreadableCertificate: 'A certificate{name} could not be read: {problem}.',
  unreadableRevocation: 'A revocation list or OCSP response{name} could not be read: {problem}.',
  unreadableEvidenceRecord: 'An evidence record{name} could not be read: {problem}.',
  unreadableManifest: 'A manifest{name} could not be read: {problem}.',
  changesHeading: 'Changes after signing',
  timestampsHeading: 'Time-stamps',
  moreChanges: '{count} more changes',
  andMore: '… and {count} more',
  whatWouldHelp: 'What would help:',
  chain: 'Chain',
  validatedAs: 'Validated as of {at} by the policy {policy}.',
  reportTitle: 'Signature validation report',
  documentReport: 'validation report',
  allowed: 'allowed',
  notAllowed: 'not allowed',
  foundWanting: 'What was found wanting',
  remarks: 'Remarks',
  certificates: 'Certificates',
  everyCheck: 'Every check, with its clause',
  roleSigner: 'signer',
  roleAuthority: 'authority',
  roleTrusted: 'trusted authority',
  roleUntrusted: 'authority, not trusted',
  roleSignerTrusted: 'signer, trusted',
  notReadable: 'Not readable',
  footer:
    'Every statement follows ETSI EN 319 102-1: “valid” is its TOTAL-PASSED, “not valid” its TOTAL-FAILED, “not confirmed” its INDETERMINATE. A change that a signature does not allow makes a document not valid here, even where the signature itself passed.',
  yes: '{check}: yes.',
  no: '{check}: no.',
  date: '{day} {month} {year}',
  dateTime: '{day} {month} {year}, {time} UTC',
  shortDate: '{day} {month}',
  monthYear: '{month} {year}',
  why: 'Why',
  whyIntact: 'The signature value verifies with the key of {signer}, and what was signed is unchanged.',
  whyTimestampIntact: 'The time-stamp verifies with the key of {signer}, and what it covers is unchanged.',
  whyTrusted: 'The certificates lead from {signer} to {anchor}, which was given as trusted.',
  whyTrustedItself: 'The certificate of {signer} was itself given as trusted.',
  whyNotRevoked: '{what} of {time} says that the certificate of {certificate} is not revoked.',
  whyTimeProven: 'A time-stamp by {authority} proves that the signature existed on {time}.',
  whyTimeNow: 'No time-stamp proves when it was made, so this is about today: it was all in force at the time of validation.',
  whyEnds: 'Once the certificate expires on {time}, or is revoked, this can no longer be concluded without a time-stamp made before.',
  whyEvidence: 'On the evidence of: {what}.',
  whyCheck: 'The check that decided: {clause}.',
  whyLooked: 'What was looked at: {what}.',
  crlOf: 'the CRL of {issuer} issued on {time}',
  ocspOf: 'the OCSP response of {issuer} issued on {time}',
  certificateOf: 'the certificate of {name}',
  theSignature: 'the signature itself',
  theTimestamp: 'the time-stamp of {time}',
  crl: 'The CRL',
  ocsp: 'The OCSP response',
  ltv: 'LTV in a PDF reader',
  ltvYes:
    'A PDF reader will show “LTV enabled”: yes, because the file holds revocation data for every certificate that needs it ({count}).',
  ltvNo: 'A PDF reader will show “LTV enabled”: no, because {problem}.',
  ltvNoData: 'the file holds no revocation data in a document security store or in the signature',
  ltvMissing: 'revocation data is missing for {names}',
  ltvNoChain: 'the file does not hold the whole chain of {name}',
  ltvUnknownSigner: 'the certificate of the signer is not in the file',
  timeline: 'Timeline',
  timelineText: 'What was in force when: certificates, revocation data, and the times that count.',
  lineSigner: 'Signer: {name}',
  lineAuthority: 'Authority: {name}',
  lineTsa: 'Time-stamping: {name}',
  lineCrl: 'CRL about {name}',
  lineOcsp: 'OCSP about {name}',
  pointStated: 'Stated by {name}',
  pointTimestamp: 'Time-stamp of {name}',
  pointValidation: 'This validation',
  pointRevoked: 'Revoked: {name}',
  openEnd: 'from {from}',
} as const;

export type PhraseName = keyof typeof phrases;

export const months: readonly string[] = [
  'January',
  'February',
  'March',
  'April',
  'May',
  'June',
  'July',
  'August',
  'September',
  'October',
  'November',
  'December',
];

export const shortMonths: readonly string[] = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

/** How a PDF was changed, by the kind of the change. */
export const changeWords: Readonly<Record<string, string>> = {
  'annotation-added': 'An annotation was added',
  'annotation-changed': 'An annotation was changed',
  'annotation-removed': 'An annotation was removed',
  'catalog-changed': 'The document catalogue was changed',
  'catalog-removed': 'The document catalogue is gone',
  'encryption-changed': 'The encryption was changed',
  'field-added': 'A form field was added',
  'field-appearance': 'The appearance of a field was changed',
  'field-changed': 'A form field was changed',
  'field-filled': 'A form field was filled in',
  'field-locked': 'A form field was locked',
  'field-removed': 'A form field was removed',
  'form-changed': 'The form was changed',
  'form-removed': 'The form was removed',
  'form-resources-added': 'Resources of the form were added',
  'form-resources-changed': 'Resources of the form were changed',
  'material-or-metadata': 'Validation material or metadata was written',
  'material-added': 'Validation material was added',
  'material-changed': 'Validation material was changed',
  metadata: 'Metadata was written',
  'not-analysed': 'Not analysed',
  'object-appeared': 'An object appeared',
  'object-changed': 'An object was changed',
  'object-removed': 'An object was removed',
  'page-changed': 'A page was changed',
  'permissions-changed': 'The permissions were changed',
  'signature-added': 'A signature was added',
  'signature-appearance-changed': 'The appearance of a signature was changed',
  'signature-changed': 'A signature was changed',
  'signature-field-added': 'A signature field was added',
  'signature-widget': 'A signature field was placed',
  'timestamp-added': 'A document time-stamp was added',
  'unreadable-object': 'A changed object cannot be read',
  'widget-added': 'A form field was placed on a page',
  'widget-removed': 'A form field was taken off a page',
};

export const revocationWords: Readonly<Record<RevocationStatus, string>> = {
  good: 'not revoked',
  revoked: 'revoked',
  unknown: 'not known: the revocation data does not answer for this certificate',
  'not-checked': 'not checked: no revocation data was found',
};

export const timestampWords: Readonly<Record<TimestampType, string>> = {
  content: 'Time-stamp over the content',
  signature: 'Time-stamp over the signature',
  'validation-data': 'Time-stamp over the validation data',
  archive: 'Archive time-stamp',
  document: 'Document time-stamp',
  container: 'Time-stamp over the container',
};

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
  'timestamp-validation': 'Time-stamp',
  'validation-time-sliding': 'Back to the time that counts',
  'past-certificate-validation': 'Certificate chain in the past',
  'past-signature-validation': 'In the past',
  'long-term-availability': 'With archive',
  'evidence-record': 'Evidence record',
};

/** Facts that a sentence does not name. */
export const factWords: Readonly<Record<string, string>> = {
  algorithm: 'algorithm',
  because: 'because',
  digest: 'digest',
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
  controlTime: 'all good until',
  existedAt: 'proven time',
  claimedTime: 'stated time',
  keyUsage: 'key usage',
  signerInfos: 'signers',
};

export const noteWords: Readonly<Record<string, string>> = {
  'signing-certificate-is-trust-anchor':
    'The certificate of the signer was itself given as trusted, so neither its validity nor its revocation was asked for.',
  'evidence-incomplete': 'A limit was reached before all evidence was looked at; what is missing never counts as good.',
  'later-revisions-present': 'The file goes on after the signed revision.',
  'later-changes-not-analysed': 'What was changed after this signature was not analysed.',
};
