/** English words of qualifications by trusted lists (TS 119 615): results, and the reasons for them. */
import type { CertificateQualification, QualificationReasonId } from '../validation/qualification-type.ts';

export const qualificationPhrases = {
  whenIssued: 'Certificate when issued',
  whenSigned: 'Certificate when signed',
  atTime: 'Certificate on {time}',
  lists: 'Trusted lists',
  listsText: 'snapshot {id} for {time}, {count} lists',
  stale: 'past their next update and accepted all the same: {lists}',
  staleAccepted: 'lists past their next update were to be accepted',
  selfNamed: 'who may sign the list of lists was taken from itself',
  refused: 'refused: {lists}',
  kept: 'kept from before: {lists}',
  qualifiedStamp: 'of a qualified service',
  plainStamp: 'of no qualified service',
  unknownStamp: 'not known',
};

export const signatureLevels: Readonly<Record<string, string>> = {
  QESig: 'qualified electronic signature',
  QESeal: 'qualified electronic seal',
  'QES?': 'qualified electronic signature or seal',
  'AdESig-QC': 'advanced electronic signature with a qualified certificate',
  'AdESeal-QC': 'advanced electronic seal with a qualified certificate',
  'AdES?-QC': 'advanced electronic signature or seal with a qualified certificate',
  AdESig: 'advanced electronic signature, if its certificate is for signatures as it says',
  AdESeal: 'advanced electronic seal, if its certificate is for seals as it says',
  'AdES?': 'electronic signature or seal whose certificate is not a qualified one',
  'Not-AdES': 'no advanced signature',
  'Not-AdES-QC': 'no valid signature, though with a qualified certificate',
  'Not-AdES-QC-QSCD': 'no valid signature, though with a qualified certificate and device',
  'N/A': 'cannot be told from these lists',
};

/** Before a level that a signature has only if what is not known yet turns out well. */
export const indeterminatePrefix: string = 'not confirmed: ';

export const certificateResults: Readonly<Record<CertificateQualification, string>> = {
  QCERT_FOR_ESIG_QSCD: 'qualified for signatures, key in a qualified device',
  QCERT_FOR_ESIG: 'qualified for signatures',
  QCERT_FOR_ESEAL_QSCD: 'qualified for seals, key in a qualified device',
  QCERT_FOR_ESEAL: 'qualified for seals',
  QCERT_FOR_UNKNOWN_QSCD: 'qualified, for a use that is not clear, key in a qualified device',
  QCERT_FOR_UNKNOWN: 'qualified, for a use that is not clear',
  QCERT_FOR_WSA: 'qualified for websites',
  CERT_FOR_ESIG: 'not qualified, for signatures',
  CERT_FOR_ESEAL: 'not qualified, for seals',
  CERT_FOR_WSA: 'not qualified, for websites',
  CERT_FOR_UNKNOWN: 'not qualified',
  NA: 'cannot be told',
};

export const qualificationReasons: Readonly<Record<QualificationReasonId, string>> = {
  'no-list': 'no trusted list was accepted',
  'list-out-of-date': 'the list that knows its issuer is past its next update: build a new snapshot',
  'no-service': 'no service of the trusted lists issued it',
  service: 'issued by {service} of {provider}, {status}',
  'not-in-force': 'the service had no state on the lists then',
  'not-ca-qc': 'the service is no issuer of qualified certificates ({type})',
  'type-not-served': '{service} is not for certificates of this type ({type})',
  'type-overruled': '{service} makes it a certificate of another type than it says ({type})',
  conflict: 'services contradict each other: {services}',
  'status-of-another-law': '{service} had the status {status} before the regulation knew it',
  'not-granted': '{service} was {status}',
  'inconsistent-qc': '{service} says at once that it is qualified and that it is not',
  'inconsistent-type': '{service} contradicts itself on what it is for',
  'inconsistent-qscd': '{service} contradicts itself on the device',
  'unknown-qualifier': 'the qualifier {name} is not known',
  'unknown-critical': 'the list holds a critical extension that is not known: {name}',
  'qc-by-list': 'the list says that it is qualified',
  'not-qc-by-list': 'the list says that it is not qualified',
  'qc-by-certificate': 'the certificate says that it is qualified',
  'not-qc-by-certificate': 'the certificate does not say that it is qualified',
  'other-law': 'it is qualified by the law of {law}, not of the EU',
  'type-by-list': 'the list says what it is for',
  'type-by-certificate': 'the certificate says what it is for',
  'type-unclear': 'nothing says clearly what it is for',
  'type-before-regulation': 'before the regulation there were qualified certificates for signatures only',
  'qscd-by-list': 'the list says that the key is in a qualified device',
  'no-qscd-by-list': 'the list says that the key is not in a qualified device',
  'qscd-by-certificate': 'the certificate says that the key is in a qualified device',
  'no-qscd-by-certificate': 'the certificate does not say that the key is in a qualified device',
  'differs-over-time': '{issuance} when issued, {best} when signed',
  'timestamp-granted': 'the service was a qualified one at both times',
  'timestamp-not-granted': 'the service was not a qualified one at both times',
};
