/** The policies `dss-6.4` and `dss-6.4-no-revocation`: the defaults of the reference implementation, for comparing verdicts. */
import { ALGORITHM_ENDS } from '../crypto/reliability.ts';
import type { Policy } from './policy-type.ts';

export const dssPolicy: Policy = {
  name: 'dss-6.4',
  levels: {
    // Format
    'byte-range-ends-with-revision': 'ignore',
    'later-changes-allowed': 'warn',
    'later-changes-known': 'ignore',
    // Signing certificate
    'signing-certificate-digest-present': 'fail',
    'timestamp/signing-certificate-digest-present': 'warn',
    'timestamp/signing-certificate-digest-match': 'ignore',
    'signing-certificate-issuer-serial-match': 'warn',
    // Signature policy
    'signature-policy-available': 'inform',
    'signature-policy-stored': 'ignore',
    'signature-policy-digest-known': 'warn',
    'signature-policy-digest-match': 'warn',
    // Certificates
    'not-self-signed': 'ignore',
    'signature/signer/not-self-signed': 'warn',
    'counter-signature/signer/not-self-signed': 'warn',
    'timestamp/signer/not-self-signed': 'warn',
    'key-usage': 'ignore',
    'signature/signer/key-usage': 'warn',
    'counter-signature/signer/key-usage': 'warn',
    'key-usage-allows-signing': 'ignore',
    'issuer-access-present': 'ignore',
    'signature/signer/issuer-access-present': 'warn',
    'counter-signature/signer/issuer-access-present': 'warn',
    'path-constraints': 'warn',
    'authority-key-identifier-present': 'warn',
    'subject-key-identifier-present': 'fail',
    'no-rev-avail-consistent': 'ignore',
    'signature/signer/no-rev-avail-consistent': 'warn',
    'counter-signature/signer/no-rev-avail-consistent': 'warn',
    'critical-extensions-supported': 'warn',
    'extensions-allowed': 'fail',
    'ca-within-validity': 'ignore',
    // Revocation
    'revocation-access-present': 'ignore',
    'signature/signer/revocation-access-present': 'warn',
    'counter-signature/signer/revocation-access-present': 'warn',
    'timestamp/ca/revocation-available': 'warn',
    'timestamp/ca/revocation-acceptable': 'warn',
    'revocation/ca/revocation-available': 'warn',
    'revocation/ca/revocation-acceptable': 'warn',
    'revocation-fresh': 'ignore',
    'revocation-issuer-within-validity': 'ignore',
    'signature/signer/revocation-issuer-within-validity': 'fail',
    'responder-authorised': 'ignore',
    'revocation-not-self-issued': 'warn',
    'revocation-certificate-hash-match': 'ignore',
    'revocation-not-in-future': 'ignore',
    // Signature elements
    'structure-conforms': 'warn',
    'signing-certificate-reference-present': 'warn',
    'signing-certificate-reference-unique': 'warn',
    'timestamp/signing-certificate-reference-unique': 'ignore',
    'signing-certificate-references-in-chain': 'warn',
    'signing-time-present': 'fail',
    'signing-time-within-validity': 'fail',
    'content-timestamp-valid': 'warn',
    'timestamp-after-issuance': 'ignore',
    'timestamp-extensions-known': 'ignore',
    'tsa-name-match': 'warn',
    'reference-digest-algorithm': 'warn',
    'timestamp/reference-digest-algorithm': 'ignore',
    // Times
    'timestamp-valid': 'warn',
    'timestamps-intact': 'ignore',
    'timestamp-order': 'warn',
    'imprint-digest-algorithm': 'warn',
    'past-path-valid': 'ignore',
    'past-certificate-proven': 'ignore',
    'timestamp-delay': 'ignore',
  },
  algorithms: {
    ...ALGORITHM_ENDS,
    reviewed: '2024-10-13',
    afterReview: 'warn',
    neverAcceptable: 'CRYPTO_CONSTRAINTS_FAILURE_NO_POE',
  },
  acceptablePolicies: ['ANY_POLICY', 'NO_POLICY'],
  supportedCriticalExtensions: [
    '2.5.29.15', // keyUsage
    '2.5.29.17', // subjectAltName
    '2.5.29.19', // basicConstraints
    '2.5.29.30', // nameConstraints
    '2.5.29.31', // cRLDistributionPoints
    '2.5.29.32', // certificatePolicies
    '2.5.29.36', // policyConstraints
    '2.5.29.37', // extKeyUsage
    '2.5.29.54', // inhibitAnyPolicy
    '1.3.6.1.5.5.7.1.3', // qcStatements
  ],
  forbiddenExtensions: {
    signer: ['1.3.6.1.5.5.7.48.1.5'], // id-pkix-ocsp-nocheck
    'revocation/signer': [],
    ca: ['1.3.6.1.5.5.7.48.1.5', '2.5.29.56'], // and noRevAvail
  },
  revocationSkip: {
    'signature/signer': ['0.4.0.194121.2.1', '2.5.29.56'], // validity-assured short-term, noRevAvail
    'counter-signature/signer': ['0.4.0.194121.2.1', '2.5.29.56'],
    'revocation/signer': ['1.3.6.1.5.5.7.48.1.5'],
  },
  signerKeyUsage: ['nonRepudiation'],
  freshness: { maximumAge: null, withoutNextUpdate: 0 },
  revokedBy: 'latest',
  timestampDelay: 0,
  past: { everySignature: false, everyReason: false, revocationDataProven: false },
};

/** As above, but revocation data that is missing is no failure: it shows the checks that its absence hides. */
export const dssPolicyNoRevocation: Policy = {
  ...dssPolicy,
  name: 'dss-6.4-no-revocation',
  levels: {
    ...dssPolicy.levels,
    'revocation-available': 'ignore',
    'revocation-acceptable': 'ignore',
    'timestamp/ca/revocation-available': 'ignore',
    'timestamp/ca/revocation-acceptable': 'ignore',
    'revocation/ca/revocation-available': 'ignore',
    'revocation/ca/revocation-acceptable': 'ignore',
  },
};
