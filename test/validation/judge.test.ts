import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { judge } from '../../src/validation/judge.ts';
import { policyByName } from '../../src/validation/policy.ts';
import type { SignatureReport } from '../../src/validation/report.ts';
import { AT, algorithm, crl, date, day, evidenceOf, good, pdf, reference, revoked, type Scene, scene, timestamp } from './scene.ts';

type Change = (draft: Scene) => void;

const judged = (change: Change, policy = 'default'): SignatureReport => {
  const draft = scene();
  change(draft);
  return judge(evidenceOf(draft), policyByName(policy), draft.at).signatures[0] as SignatureReport;
};

const verdict = ({ conclusion }: SignatureReport): string =>
  conclusion.indication === 'PASSED' ? 'PASSED' : `${conclusion.indication} ${conclusion.because}`;

/** The platform that judgement must not need. */
const removed: [object, string, PropertyDescriptor][] = [];
beforeAll(() => {
  for (const [holder, key] of [
    [globalThis, 'fetch'],
    [globalThis, 'crypto'],
    [Date, 'now'],
  ] as const) {
    const before = Object.getOwnPropertyDescriptor(holder, key);
    if (!before) continue;
    removed.push([holder, key, before]);
    Object.defineProperty(holder, key, {
      configurable: true,
      get: () => {
        throw new Error(`judgement asked for ${key}`);
      },
    });
  }
});
afterAll(() => {
  for (const [holder, key, before] of removed) Object.defineProperty(holder, key, before);
});

const expired = (draft: Scene): void => {
  draft.at = date('2028-01-01');
  for (const statuses of Object.values(draft.statuses)) for (const status of statuses) Object.assign(status, fresh(draft.at));
  for (const revocation of Object.values(draft.revocations)) revocation.producedAt = draft.at - day;
  draft.certificates.ca.notAfter = draft.certificates.root.notAfter = draft.certificates.tsa.notAfter = date('2035-01-01');
  Object.assign(draft.statuses['signer']?.[0] as object, { knowsExpiredSince: date('2020-01-01') });
};
const fresh = (at: number) => ({ thisUpdate: at - day, nextUpdate: at + day });

const basic: readonly [title: string, expected: string, change: Change, policy?: string][] = [
  ['a good signature passes', 'PASSED', () => {}],
  ['a good signature passes under the policy of the reference implementation', 'PASSED', () => {}, 'dss-6.4'],
  // 5.2.2
  [
    'an invalid byte range is a format failure',
    'FAILED FORMAT_FAILURE',
    (d) => {
      d.signature.pdf = pdf({ byteRangeValid: false });
    },
  ],
  [
    'two signer infos in a PDF are a format failure',
    'FAILED FORMAT_FAILURE',
    (d) => {
      d.signature.cms = { ...(d.signature.cms as NonNullable<typeof d.signature.cms>), signerInfos: 2 };
    },
  ],
  [
    'a signature dictionary that changed is a format failure',
    'FAILED FORMAT_FAILURE',
    (d) => {
      d.signature.pdf = pdf({ dictionaryConsistent: false });
    },
  ],
  [
    'a disallowed later change is a format failure',
    'FAILED FORMAT_FAILURE',
    (d) => {
      d.signature.pdf = pdf({ coversWholeFile: false, modifications: [{ kind: 'page', object: '4 0', allowed: false, why: 'content' }] });
    },
  ],
  [
    'an allowed later change passes',
    'PASSED',
    (d) => {
      d.signature.pdf = pdf({ coversWholeFile: false, modifications: [{ kind: 'form', object: '4 0', allowed: true, why: 'field' }] });
    },
  ],
  [
    'later changes that nobody looked at are not passed',
    'INDETERMINATE SIG_CONSTRAINTS_FAILURE',
    (d) => {
      d.signature.pdf = pdf({ coversWholeFile: false });
    },
  ],
  [
    'later changes do not matter to the reference implementation',
    'PASSED',
    (d) => {
      d.signature.pdf = pdf({ coversWholeFile: false });
    },
    'dss-6.4',
  ],
  // 5.2.3
  [
    'no signing certificate',
    'INDETERMINATE NO_SIGNING_CERTIFICATE_FOUND',
    (d) => {
      d.signature.signer = { certificate: null, references: [] };
    },
  ],
  [
    'a reference to another certificate',
    'INDETERMINATE NO_SIGNING_CERTIFICATE_FOUND',
    (d) => {
      d.signature.signer = {
        certificate: 'signer',
        references: [{ attribute: 'signing-certificate-v2', digestAlgorithm: 'SHA-256', matches: null, issuerSerial: 'absent' }],
      };
    },
  ],
  // 5.2.4
  [
    'a signature policy whose document is another one',
    'INDETERMINATE POLICY_PROCESSING_ERROR',
    (d) => {
      d.signature.policy = { id: '1.2.3', implied: false, url: null, digestAlgorithm: 'SHA-256', document: 'mismatch', store: false };
    },
  ],
  // 5.2.6
  ['no anchor in the chain', 'INDETERMINATE NO_CERTIFICATE_CHAIN_FOUND', (d) => d.anchors.clear()],
  [
    'an anchor past its sunset',
    'INDETERMINATE NO_CERTIFICATE_CHAIN_FOUND_NO_POE',
    (d) => {
      d.anchors.set('root', { source: 'list', issues: true, sunset: AT - day });
    },
  ],
  [
    'an end-entity anchor issues nothing',
    'INDETERMINATE NO_CERTIFICATE_CHAIN_FOUND',
    (d) => {
      d.anchors.set('root', { source: 'given', issues: false, sunset: null });
    },
  ],
  [
    'a certificate whose signature this runtime cannot verify',
    'INDETERMINATE CERTIFICATE_CHAIN_GENERAL_FAILURE',
    (d) => {
      (d.links['signer'] as { issued: string }).issued = 'unsupported';
    },
  ],
  [
    'an issuer that is no CA',
    'INDETERMINATE CERTIFICATE_CHAIN_GENERAL_FAILURE',
    (d) => {
      d.certificates.ca.basicConstraints = { ca: false, pathLength: null };
    },
  ],
  [
    'a CA without the usage',
    'INDETERMINATE CERTIFICATE_CHAIN_GENERAL_FAILURE',
    (d) => {
      d.certificates.ca.keyUsage = new Set(['digitalSignature']);
    },
  ],
  [
    'a CA that has expired',
    'INDETERMINATE CERTIFICATE_CHAIN_GENERAL_FAILURE',
    (d) => {
      d.certificates.ca.notAfter = AT - day;
      d.revocations['crl-of-ca'] = crl('tsa', { id: 'crl-of-ca' });
    },
  ],
  [
    'the reference implementation does not look at a CA that has expired',
    'PASSED',
    (d) => {
      d.certificates.ca.notAfter = AT - day;
      d.revocations['crl-of-ca'] = crl('tsa', { id: 'crl-of-ca' });
    },
    'dss-6.4',
  ],
  [
    'a name constraint that is broken',
    'INDETERMINATE CERTIFICATE_CHAIN_GENERAL_FAILURE',
    (d) => {
      d.pathProblems.push({ certificate: 'signer', problem: 'name' });
    },
  ],
  [
    'a critical extension that is unknown',
    'INDETERMINATE CERTIFICATE_CHAIN_GENERAL_FAILURE',
    (d) => {
      d.certificates.signer.extensions = [{ oid: '1.2.3', critical: true, value: new Uint8Array() }];
    },
  ],
  [
    'no revocation data',
    'INDETERMINATE CERTIFICATE_CHAIN_GENERAL_FAILURE',
    (d) => {
      d.statuses['signer'] = [];
    },
  ],
  [
    'no revocation data passes where the policy says so',
    'PASSED',
    (d) => {
      d.statuses['signer'] = [];
    },
    'dss-6.4-no-revocation',
  ],
  [
    'no acceptable revocation data',
    'INDETERMINATE CERTIFICATE_CHAIN_GENERAL_FAILURE',
    (d) => {
      d.statuses['signer'] = [good('crl-of-ca', { status: 'unknown' })];
    },
  ],
  [
    'revocation data by whom nobody appointed',
    'INDETERMINATE CERTIFICATE_CHAIN_GENERAL_FAILURE',
    (d) => {
      d.statuses['signer'] = [good('crl-of-ca', { authorised: false })];
    },
  ],
  [
    'a key usage that does not sign',
    'INDETERMINATE CHAIN_CONSTRAINTS_FAILURE',
    (d) => {
      d.certificates.signer.keyUsage = new Set(['keyEncipherment']);
    },
  ],
  [
    'a revoked signer',
    'INDETERMINATE REVOKED_NO_POE',
    (d) => {
      d.statuses['signer'] = [revoked('crl-of-ca', AT - 10 * day)];
    },
  ],
  [
    'a signer that will be revoked',
    'PASSED',
    (d) => {
      d.statuses['signer'] = [revoked('crl-of-ca', AT + day)];
    },
  ],
  [
    'a revoked CA',
    'INDETERMINATE REVOKED_CA_NO_POE',
    (d) => {
      d.statuses['ca'] = [revoked('crl-of-root', AT - 10 * day)];
    },
  ],
  [
    'a signer that is on hold, and good by other data of the same time',
    'INDETERMINATE TRY_LATER',
    (d) => {
      d.revocations['other'] = crl('ca', { id: 'other' });
      const held = revoked('other', AT - day, { reason: 'certificateHold' });
      d.statuses['signer'] = [good('crl-of-ca'), held];
    },
    'dss-6.4',
  ],
  [
    'a signer on hold',
    'INDETERMINATE TRY_LATER',
    (d) => {
      d.statuses['signer'] = [revoked('crl-of-ca', AT - day, { reason: 'certificateHold' })];
    },
  ],
  [
    'revocation data past its next update',
    'INDETERMINATE TRY_LATER',
    (d) => {
      d.statuses['signer'] = [good('crl-of-ca', { nextUpdate: AT - 1 })];
    },
  ],
  [
    'a certificate with an algorithm that has expired',
    'INDETERMINATE CRYPTO_CONSTRAINTS_FAILURE_NO_POE',
    (d) => {
      (d.links['signer'] as { algorithm: object }).algorithm = algorithm({ digest: 'SHA-1' });
    },
  ],
  ['an expired signer that was not revoked', 'INDETERMINATE OUT_OF_BOUNDS_NOT_REVOKED', expired],
  [
    'an expired signer with nothing known',
    'INDETERMINATE OUT_OF_BOUNDS_NO_POE',
    (d) => {
      expired(d);
      d.statuses['signer'] = [];
    },
    'dss-6.4-no-revocation',
  ],
  [
    'a signer that is not valid yet',
    'FAILED NOT_YET_VALID',
    (d) => {
      d.certificates.signer.notBefore = AT + day;
      d.statuses['signer'] = [good('crl-of-ca', { thisUpdate: AT + 2 * day, nextUpdate: AT + 3 * day })];
    },
    'dss-6.4',
  ],
  [
    'revocation data whose signer has expired',
    'INDETERMINATE REVOCATION_OUT_OF_BOUNDS_NO_POE',
    (d) => {
      d.revocations['crl-of-ca'] = crl('ca', { signer: { certificate: 'tsa', references: [] } });
      d.certificates.tsa.notAfter = AT - day;
      d.statuses['tsa'] = [good('crl-of-root', { knowsExpiredSince: 0 })];
    },
  ],
  [
    'evidence that is not complete',
    'INDETERMINATE CERTIFICATE_CHAIN_GENERAL_FAILURE',
    (d) => {
      d.exhausted.push('signature checks');
    },
  ],
  [
    'a signer that is an anchor needs nothing more',
    'PASSED',
    (d) => {
      d.anchors.clear();
      d.anchors.set('signer', { source: 'given', issues: false, sunset: null });
      d.statuses['signer'] = [];
      d.certificates.signer.notAfter = AT - day;
    },
  ],
  [
    'a signer that is an anchor, at a time before it was issued',
    'FAILED NOT_YET_VALID',
    (d) => {
      d.anchors.clear();
      d.anchors.set('signer', { source: 'given', issues: false, sunset: null });
      d.certificates.signer.notBefore = AT + day;
    },
  ],
  // 5.2.7
  [
    'signed data that is missing',
    'INDETERMINATE SIGNED_DATA_NOT_FOUND',
    (d) => {
      d.signature.references = [reference('MESSAGE_DIGEST', { found: false, intact: false })];
    },
  ],
  [
    'signed data that changed',
    'FAILED HASH_FAILURE',
    (d) => {
      d.signature.references = [reference('MESSAGE_DIGEST', { intact: false })];
    },
  ],
  [
    'signed data that changed, where the chain fails too',
    'FAILED HASH_FAILURE',
    (d) => {
      d.anchors.clear();
      d.signature.references = [reference('MESSAGE_DIGEST', { intact: false })];
    },
  ],
  [
    'a signature value that does not verify',
    'FAILED SIG_CRYPTO_FAILURE',
    (d) => {
      d.signature.value = 'broken';
    },
  ],
  [
    'a signature that this runtime cannot verify is not called invalid',
    'INDETERMINATE SIG_CONSTRAINTS_FAILURE',
    (d) => {
      d.signature.value = 'unsupported';
    },
  ],
  // 5.2.8
  [
    'a signature without signed content digest',
    'INDETERMINATE SIG_CONSTRAINTS_FAILURE',
    (d) => {
      d.signature.references = [reference('CONTENT_DIGEST')];
    },
  ],
  [
    'no signing time',
    'INDETERMINATE SIG_CONSTRAINTS_FAILURE',
    (d) => {
      d.signature.claimedTime = null;
    },
    'dss-6.4',
  ],
  [
    'a signing time outside the validity of the signer',
    'INDETERMINATE SIG_CONSTRAINTS_FAILURE',
    (d) => {
      d.signature.claimedTime = date('2024-01-01');
    },
    'dss-6.4',
  ],
  [
    'a digest that was never acceptable',
    'INDETERMINATE CRYPTO_CONSTRAINTS_FAILURE',
    (d) => {
      d.signature.algorithm = algorithm({ digest: 'MD2' });
    },
  ],
  [
    'a digest that was never acceptable, to the reference implementation',
    'INDETERMINATE CRYPTO_CONSTRAINTS_FAILURE_NO_POE',
    (d) => {
      d.signature.algorithm = algorithm({ digest: 'MD2' });
    },
    'dss-6.4',
  ],
  [
    'a digest that has expired',
    'INDETERMINATE CRYPTO_CONSTRAINTS_FAILURE_NO_POE',
    (d) => {
      d.signature.algorithm = algorithm({ digest: 'SHA-1' });
    },
  ],
  [
    'EdDSA',
    'PASSED',
    (d) => {
      d.signature.algorithm = algorithm({ scheme: 'EdDSA', digest: null, keyBits: 255 });
    },
  ],
  [
    'EdDSA, to the reference implementation',
    'INDETERMINATE CRYPTO_CONSTRAINTS_FAILURE_NO_POE',
    (d) => {
      d.signature.algorithm = algorithm({ scheme: 'EdDSA', digest: null, keyBits: 255 });
    },
    'dss-6.4',
  ],
  // 5.3 with content time-stamps
  [
    'a content time-stamp after the revocation',
    'FAILED REVOKED',
    (d) => {
      d.statuses['signer'] = [revoked('crl-of-ca', date('2026-02-01'))];
      d.timestamps.push(timestamp('t', date('2026-03-01'), { type: 'content' }));
    },
  ],
  [
    'a content time-stamp after the expiry',
    'FAILED EXPIRED',
    (d) => {
      expired(d);
      d.timestamps.push(timestamp('t', date('2027-02-01'), { type: 'content' }));
    },
  ],
  [
    'a content time-stamp after the end of the algorithm',
    'INDETERMINATE CRYPTO_CONSTRAINTS_FAILURE',
    (d) => {
      d.signature.algorithm = algorithm({ digest: 'SHA-1' });
      d.timestamps.push(timestamp('t', date('2026-03-01'), { type: 'content' }));
    },
  ],
];

describe('a basic signature', () => {
  test.each(basic)('%s: %s', (_title, expected, change, policy) => expect(verdict(judged(change, policy))).toBe(expected));
});

const stamped =
  (time: string, more: Change = () => {}): Change =>
  (draft) => {
    draft.timestamps.push(timestamp('t1', date(time)));
    more(draft);
  };

const foreign = stamped('2026-03-02', (d) => {
  (d.timestamps[0] as { references: object }).references = [reference('MESSAGE_IMPRINT', { intact: false })];
});
const archived =
  (more: Change): Change =>
  (d) => {
    more(d);
    d.timestamps.push(timestamp('d1', date('2026-03-03'), { type: 'document', covers: ['t1'], protectsMaterial: true }));
  };

const withTime: readonly [title: string, expected: string, change: Change, policy?: string][] = [
  ['passes with a time-stamp', 'PASSED', stamped('2026-03-02')],
  [
    'passes where a time-stamp is older than the revocation',
    'PASSED',
    stamped('2026-03-02', (d) => {
      d.statuses['signer'] = [revoked('crl-of-ca', date('2026-04-01'))];
    }),
  ],
  [
    'was revoked before the time-stamp',
    'INDETERMINATE REVOKED_NO_POE',
    stamped('2026-03-02', (d) => {
      d.statuses['signer'] = [revoked('crl-of-ca', date('2026-02-01'))];
    }),
  ],
  [
    'passes where a time-stamp from elsewhere is older than the revocation of the CA',
    'PASSED',
    stamped('2026-03-02', (d) => {
      d.chains['tsa'] = ['tsa', 'root'];
      d.certificates.tsa.issuer = d.certificates.root.subject;
      d.statuses['tsa'] = [good('crl-of-root')];
      d.statuses['ca'] = [revoked('crl-of-root', date('2026-04-01'))];
    }),
  ],
  [
    'does not count a time-stamp under the CA that was revoked',
    'INDETERMINATE REVOKED_CA_NO_POE',
    stamped('2026-03-02', (d) => {
      d.statuses['ca'] = [revoked('crl-of-root', date('2026-04-01'))];
    }),
  ],
  [
    'was stamped before the certificate was issued',
    'FAILED NOT_YET_VALID',
    stamped('2024-12-01', (d) => {
      d.certificates.tsa.notBefore = date('2024-01-01');
    }),
  ],
  [
    'does not count a time-stamp that is older than the certificate that made it',
    'INDETERMINATE REVOKED_NO_POE',
    stamped('2026-03-02', (d) => {
      d.certificates.tsa.notBefore = date('2026-03-03');
      d.statuses['signer'] = [revoked('crl-of-ca', date('2026-03-10'))];
    }),
  ],
  [
    'passes where an expired certificate was stamped before',
    'PASSED',
    (d) => {
      expired(d);
      d.timestamps.push(timestamp('t1', date('2026-03-02')));
    },
  ],
  [
    'was stamped after the expiry',
    'INDETERMINATE OUT_OF_BOUNDS_NOT_REVOKED',
    (d) => {
      expired(d);
      d.timestamps.push(timestamp('t1', date('2027-03-02')));
    },
  ],
  [
    'cannot show that an expired certificate was not revoked',
    'INDETERMINATE OUT_OF_BOUNDS_NO_POE',
    (d) => {
      expired(d);
      d.statuses['signer'] = [];
      d.timestamps.push(timestamp('t1', date('2026-03-02')));
    },
    'dss-6.4-no-revocation',
  ],
  [
    'passes where the algorithm expired after the time-stamp',
    'PASSED',
    stamped('2011-06-01', (d) => {
      for (const certificate of Object.values(d.certificates)) certificate.notBefore = date('2010-01-01');
      d.signature.algorithm = algorithm({ digest: 'SHA-1' });
    }),
  ],
  [
    'was stamped after the algorithm expired',
    'INDETERMINATE CRYPTO_CONSTRAINTS_FAILURE_NO_POE',
    stamped('2026-03-02', (d) => {
      d.signature.algorithm = algorithm({ digest: 'SHA-1' });
    }),
  ],
  ...(['default', 'dss-6.4'] as const).map((policy): (typeof basic)[number] => [
    `was made with an algorithm that had expired, which the expiry of its certificate hides (${policy})`,
    'INDETERMINATE CRYPTO_CONSTRAINTS_FAILURE_NO_POE',
    (d) => {
      expired(d);
      d.timestamps.push(timestamp('t1', date('2026-03-02')));
      d.signature.algorithm = algorithm({ scheme: 'RSA', keyBits: 1024 });
    },
    policy,
  ]),
  [
    'passes on revocation data that was fresh at the time-stamp',
    'PASSED',
    stamped('2026-03-02', (d) => {
      d.statuses['signer'] = [good('crl-of-ca', { thisUpdate: date('2026-03-03'), nextUpdate: date('2026-03-10') })];
    }),
  ],
  [
    'has revocation data from long before the time-stamp',
    'INDETERMINATE TRY_LATER',
    stamped('2026-03-02', (d) => {
      d.statuses['signer'] = [good('crl-of-ca', { thisUpdate: date('2026-01-03'), nextUpdate: date('2026-01-10') })];
    }),
  ],
  [
    'passes where the hold began after the time-stamp',
    'PASSED',
    stamped('2026-03-02', (d) => {
      d.statuses['signer'] = [revoked('crl-of-ca', date('2026-04-01'), { reason: 'certificateHold' })];
    }),
  ],
  [
    'was on hold at the time-stamp',
    'INDETERMINATE TRY_LATER',
    stamped('2026-03-02', (d) => {
      d.statuses['signer'] = [revoked('crl-of-ca', date('2026-02-01'), { reason: 'certificateHold' })];
    }),
  ],
  [
    'has time-stamps in the wrong order',
    'INDETERMINATE TIMESTAMP_ORDER_FAILURE',
    stamped('2026-03-02', (d) => {
      d.timestamps.push(timestamp('t2', date('2026-03-03'), { type: 'content' }));
    }),
  ],
  [
    'only warns of the order to the reference implementation',
    'PASSED',
    stamped('2026-03-02', (d) => {
      d.timestamps.push(timestamp('t2', date('2026-03-03'), { type: 'content' }));
    }),
    'dss-6.4',
  ],
  [
    'has an archive time-stamp that is older than what it covers',
    'INDETERMINATE TIMESTAMP_ORDER_FAILURE',
    stamped('2026-03-02', (d) => {
      d.timestamps.push(
        timestamp('d1', date('2026-03-04'), { type: 'document' }),
        timestamp('d2', date('2026-03-03'), { type: 'document', covers: ['d1'] }),
      );
    }),
  ],
  [
    'does not count a time-stamp whose imprint is of other data',
    'INDETERMINATE REVOKED_NO_POE',
    stamped('2026-03-02', (d) => {
      d.statuses['signer'] = [revoked('crl-of-ca', date('2026-04-01'))];
      (d.timestamps[0] as { references: object }).references = [reference('MESSAGE_IMPRINT', { intact: false })];
    }),
  ],
  ['has a time-stamp in a PDF that was taken from elsewhere', 'INDETERMINATE SIG_CONSTRAINTS_FAILURE', foreign],
  ['has one, and a good one after it', 'INDETERMINATE SIG_CONSTRAINTS_FAILURE', archived(foreign)],
  [
    'has one, and a revocation that the good one after it is older than',
    'INDETERMINATE SIG_CONSTRAINTS_FAILURE',
    archived((d) => {
      foreign(d);
      d.statuses['signer'] = [revoked('crl-of-ca', date('2026-04-01'))];
    }),
  ],
  ['has one, to the reference implementation', 'PASSED', foreign, 'dss-6.4'],
  [
    'has one in a CMS, where it proves nothing',
    'PASSED',
    stamped('2026-03-02', (d) => {
      foreign(d);
      d.signature.pdf = null;
    }),
  ],
];

describe('a signature with time', () => {
  test.each(withTime)('%s: %s', (_title, expected, change, policy) => expect(verdict(judged(change, policy))).toBe(expected));

  test('has the time of its earliest good time-stamp as best signature time', () => {
    const report = judged((d) => {
      d.timestamps.push(timestamp('t1', date('2026-03-02')), timestamp('d1', date('2026-03-05'), { type: 'document' }));
    });
    expect(report.bestSignatureTime).toBe(date('2026-03-02'));
  });

  test('has the validation time where no time-stamp is good', () => {
    expect(judged((d) => d.timestamps.push(timestamp('t1', date('2026-03-02'), { value: 'broken' }))).bestSignatureTime).toBe(AT);
  });
});

const timestamps: readonly [
  title: string,
  expected: string,
  change: (t: Scene['timestamps'][number], d: Scene) => void,
  policy?: string,
][] = [
  ['passes', 'PASSED', () => {}],
  [
    'over other data',
    'FAILED HASH_FAILURE',
    (t) => {
      t.references = [reference('MESSAGE_IMPRINT', { intact: false })];
    },
  ],
  [
    'over data that is missing',
    'INDETERMINATE SIGNED_DATA_NOT_FOUND',
    (t) => {
      t.references = [reference('MESSAGE_IMPRINT', { found: false, intact: false })];
    },
  ],
  [
    'with a broken signature',
    'FAILED SIG_CRYPTO_FAILURE',
    (t) => {
      t.value = 'broken';
    },
  ],
  [
    'by a certificate that is not for time-stamping',
    'INDETERMINATE CHAIN_CONSTRAINTS_FAILURE',
    (_, d) => {
      d.certificates.tsa.extendedKeyUsage = null;
    },
  ],
  [
    'without its certificate',
    'INDETERMINATE NO_SIGNING_CERTIFICATE_FOUND',
    (t) => {
      t.signer = { certificate: null, references: [] };
    },
  ],
  [
    'of an authority that nobody trusts',
    'INDETERMINATE NO_CERTIFICATE_CHAIN_FOUND',
    (_, d) => {
      d.chains['tsa'] = ['tsa'];
    },
  ],
  [
    'of a revoked authority',
    'INDETERMINATE REVOKED_NO_POE',
    (_, d) => {
      d.statuses['tsa'] = [revoked('crl-of-ca', AT - day)];
    },
  ],
  [
    'that does not name its certificate',
    'INDETERMINATE SIG_CONSTRAINTS_FAILURE',
    (t) => {
      t.signer = { certificate: 'tsa', references: [] };
    },
  ],
  [
    'with a critical extension that nobody knows',
    'INDETERMINATE SIG_CONSTRAINTS_FAILURE',
    (t) => {
      t.unknownCritical = ['1.2.3'];
    },
  ],
  [
    'with a critical extension that nobody knows, to the reference implementation',
    'PASSED',
    (t) => {
      t.unknownCritical = ['1.2.3'];
    },
    'dss-6.4',
  ],
  [
    'that does not name its certificate, to the reference implementation',
    'PASSED',
    (t) => {
      t.signer = { certificate: 'tsa', references: [] };
    },
    'dss-6.4',
  ],
];

describe('a time-stamp', () => {
  test.each(timestamps)('%s: %s', (_title, expected, change, policy) => {
    const report = judged((d) => {
      d.timestamps.push(timestamp('t', date('2026-03-02')));
      change(d.timestamps[0] as Scene['timestamps'][number], d);
    }, policy);
    const conclusion = report.timestamps[0]?.conclusion;
    expect(conclusion?.indication === 'PASSED' ? 'PASSED' : `${conclusion?.indication} ${conclusion?.because}`).toBe(expected);
  });
});

describe('revocation data', () => {
  test('counts as revoked by any of it, not by the latest alone', () => {
    const change: Change = (d) => {
      d.revocations['newer'] = crl('ca', { id: 'newer', producedAt: AT - 1 });
      d.statuses['signer'] = [good('newer'), revoked('crl-of-ca', AT - 10 * day)];
    };
    expect(verdict(judged(change))).toBe('INDETERMINATE REVOKED_NO_POE');
    expect(verdict(judged(change, 'dss-6.4'))).toBe('PASSED');
  });

  test.each<[string, string, Change]>([
    ['good', 'good', () => {}],
    [
      'revoked',
      'revoked',
      (d) => {
        d.statuses['signer'] = [revoked('crl-of-ca', AT - day)];
      },
    ],
    [
      'not checked without data',
      'not-checked',
      (d) => {
        d.statuses['signer'] = [];
      },
    ],
    [
      'unknown without data that is acceptable',
      'unknown',
      (d) => {
        d.statuses['signer'] = [good('crl-of-ca', { problem: 'scope' })];
      },
    ],
  ])('is reported as %s', (_title, status, change) => expect(judged(change).revocation.status).toBe(status));
});

test('the same evidence, policy and time give the same report', () => {
  const evidence = evidenceOf(scene());
  const policy = policyByName('default');
  expect(judge(evidence, policy, AT)).toEqual(judge(evidence, policy, AT));
});
