/** Which settings of EU DSS mean which of our constraints, and which the engine always demands: the tables of the import. */
import type { Level } from './check.ts';
import type { Context } from './policy-type.ts';

/** The section of each context. */
export const DSS_SECTIONS: Readonly<Record<Context, string>> = {
  signature: 'SignatureConstraints',
  'counter-signature': 'CounterSignatureConstraints',
  timestamp: 'Timestamp',
  revocation: 'Revocation',
};

interface InDss {
  /** Paths of the elements, of which the strictest counts. */
  readonly elements: readonly string[];
  /** The level where there is none: mostly not checked. */
  readonly absent: Level;
}
const element = (...elements: string[]): InDss => ({ elements, absent: 'ignore' });
const certificate = (...names: string[]): InDss => element(...names.map((name) => `{context}/{certificate}/${name}`));
const signed = (name: string): InDss => element(`{context}/SignedAttributes/${name}`);
const basic = (...names: string[]): InDss => element(...names.map((name) => `{context}/BasicSignatureConstraints/${name}`));
const NONE: InDss = element();

/** By constraint. */
export const LEVELS_IN_DSS: Readonly<Record<string, InDss>> = {
  'later-changes-allowed': basic('DocMDP', 'FieldMDP', 'SigFieldLock', 'UndefinedChanges'),
  'byte-range-ends-with-revision': NONE,
  'later-changes-known': NONE,
  'signing-certificate-digest-present': signed('CertDigestPresent'),
  'signing-certificate-digest-match': signed('CertDigestMatch'),
  'signing-certificate-issuer-serial-match': signed('IssuerSerialMatch'),
  // Its absence does not make a policy acceptable that the list does not hold: without a list any is.
  'signature-policy-acceptable': { elements: ['{context}/AcceptablePolicies'], absent: 'fail' },
  'signature-policy-available': { elements: ['{context}/PolicyAvailable'], absent: 'inform' },
  'signature-policy-stored': { elements: ['{context}/SignaturePolicyStorePresent'], absent: 'ignore' },
  'signature-policy-digest-known': { elements: [], absent: 'warn' },
  'signature-policy-digest-match': { elements: ['{context}/PolicyHashMatch'], absent: 'warn' },
  'not-self-signed': certificate('NotSelfSigned'),
  'key-usage': certificate('KeyUsage'),
  'key-usage-allows-signing': NONE,
  'issuer-access-present': certificate('AuthorityInfoAccessPresent'),
  'path-constraints': certificate('PolicyTree', 'NameConstraints'),
  'authority-key-identifier-present': certificate('AuthorityKeyIdentifierPresent'),
  'subject-key-identifier-present': certificate('SubjectKeyIdentifierPresent'),
  'no-rev-avail-consistent': certificate('NoRevAvail'),
  'critical-extensions-supported': certificate('SupportedCriticalExtensions'),
  // Where there is no list, the list is empty and forbids nothing.
  'extensions-allowed': { elements: ['{context}/{certificate}/ForbiddenExtensions'], absent: 'fail' },
  'revocation-access-present': certificate('RevocationInfoAccessPresent'),
  'revocation-available': certificate('RevocationDataAvailable'),
  'revocation-acceptable': certificate('AcceptableRevocationDataFound'),
  'ca-within-validity': NONE, // CACertificate/NotExpired: see NOT_APPLIED
  'revocation-issuer-within-validity': certificate('RevocationIssuerNotExpired'),
  'revocation-fresh': certificate('RevocationFreshness'),
  'responder-authorised': NONE,
  'revocation-not-in-future': NONE,
  'revocation-certificate-hash-match': element('Revocation/OCSPCertHashMatch'),
  'revocation-not-self-issued': element('Revocation/SelfIssuedOCSP'),
  'structure-conforms': { elements: ['{context}/StructuralValidation'], absent: 'warn' },
  'signing-certificate-reference-present': signed('SigningCertificatePresent'),
  'signing-certificate-reference-unique': signed('UnicitySigningCertificate'),
  'signing-certificate-references-in-chain': signed('SigningCertificateRefersCertificateChain'),
  'signing-time-present': signed('SigningTime'),
  'signing-time-within-validity': signed('SigningTimeInCertRange'),
  'content-timestamp-valid': { elements: ['Timestamp/TimestampValid'], absent: 'warn' },
  'tsa-name-match': element('Timestamp/TSAGeneralNameContentMatch'),
  'reference-digest-algorithm': signed('SigningCertificateDigestAlgorithm'),
  'imprint-digest-algorithm': { elements: [], absent: 'warn' },
  'timestamp-after-issuance': NONE,
  'timestamps-intact': NONE,
  'timestamp-valid': { elements: ['Timestamp/TimestampValid'], absent: 'warn' },
  'timestamp-order': element('Timestamp/Coherence'),
  'timestamp-delay': element('Timestamp/TimestampDelay'),
  'evidence-record-valid': { elements: ['EvidenceRecord/EvidenceRecordValid'], absent: 'warn' },
  'past-path-valid': NONE,
  'past-certificate-proven': NONE,
};

/** No file may set these below FAIL: integrity of the data and of the signature value, and the algorithms. */
export const INTEGRITY_IN_DSS: readonly string[] = [
  'ReferenceDataExistence',
  'ReferenceDataIntact',
  'SignatureIntact',
  'DataObjectIntact',
  'Cryptographic',
  'AlgoExpirationDate',
];

/** Ends of the paths of settings that the engine always demands at FAIL. */
export const FIXED_IN_DSS: readonly string[] = [
  'ReferenceDataExistence',
  'ReferenceDataIntact',
  'SignatureIntact',
  'ProspectiveCertificateChain',
  'SignerInformationStore',
  'ByteRange',
  'PdfSignatureDictionary',
  'SigningCertificate/Recognition',
  'SigningCertificate/Signature',
  'CACertificate/Signature',
  'SigningCertificate/NotExpired',
  'SunsetDate',
  'CACertificate/CA',
  'MaxPathLength',
  'CACertificate/KeyUsage',
  'ExtendedKeyUsage',
  'IssuerName',
  'NotRevoked',
  'NotOnHold',
  'MessageDigestOrSignedPropertiesPresent',
  'RevocationTimeAgainstBestSignatureTime',
  'BestSignatureTimeBeforeExpirationDateOfSigningCertificate',
  'UnknownStatus',
  'ThisUpdatePresent',
  'RevocationIssuerKnown',
  'RevocationIssuerValidAtProductionTime',
  'RevocationAfterCertificateIssuance',
  'RevocationHasInformationAboutCertificate',
  'OCSPResponderIdMatch',
  'DataObjectExistence',
  'DataObjectIntact',
  'DataObjectFound',
  'HashTreeRenewal',
];

/** Why a setting was not taken over, by its path or its name. */
export const NOT_APPLIED: Readonly<Record<string, string>> = {
  ...Object.fromEntries(
    Object.values(DSS_SECTIONS).map((section) => [
      `${section}/BasicSignatureConstraints/CACertificate/NotExpired`,
      'DSS reads it and does not apply it: the validity of authorities is the constraint ca-within-validity here',
    ]),
  ),
  Cryptographic: 'the engine has one suite of algorithms, that of the whole file',
  CRLNextUpdatePresent: 'freshness covers it: revocation data without nextUpdate has an age of its own',
  PdfPageDifference: 'changes of a PDF are judged object by object: later-changes-allowed',
  PdfAnnotationOverlap: 'changes of a PDF are judged object by object: later-changes-allowed',
  PdfVisualDifference: 'changes of a PDF are judged object by object: later-changes-allowed',
};
