/**
 * The policy `eu-qes`: signatures as the EU's rules on qualified ones want them (ETSI TS 119 172-4), as far as the engine models them.
 * It is `default` made stricter. Whether the certificate was qualified is asked of trusted lists (TS 119 615) where a snapshot is
 * given; without one nobody can tell: see docs/guides/policies.md.
 */
import { defaultPolicy } from './policy-default.ts';
import { dssPolicy } from './policy-dss.ts';
import type { Policy } from './policy-type.ts';

export const euQesPolicy: Policy = {
  ...defaultPolicy,
  name: 'eu-qes',
  levels: {
    ...defaultPolicy.levels,
    // An advanced signature names its certificate in what it signs (EN 319 122-1, 132-1, 142-1).
    'signing-certificate-reference-present': 'fail',
    'signing-certificate-reference-unique': 'warn',
    'signing-certificate-issuer-serial-match': 'fail',
    'signing-time-present': 'fail',
    'signing-time-within-validity': 'fail',
    'reference-digest-algorithm': 'fail',
    'content-timestamp-valid': 'fail',
    'revocation/ca/revocation-available': 'fail',
    'revocation/ca/revocation-acceptable': 'fail',
    'revocation-issuer-within-validity': 'fail',
    // Asked of trusted lists, where a snapshot is given (TS 119 615); whether the device is a qualified one is told, not demanded.
    'certificate-qualified': 'fail',
  },
  // TS 119 312 v1.5.1, each end in force: it lists neither EdDSA nor the algorithms of FIPS 204 and 205 yet.
  algorithms: { ...dssPolicy.algorithms, reviewed: null, afterReview: 'fail', neverAcceptable: 'CRYPTO_CONSTRAINTS_FAILURE' },
  // An implied policy names nothing that could be followed.
  acceptablePolicies: ['ANY_POLICY', 'NO_POLICY'],
};
