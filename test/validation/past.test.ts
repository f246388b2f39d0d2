/** The past (EN 319 102-1, 5.6): what proofs of existence turn, and what they do not. */
import { describe, expect, test } from 'vitest';
import type { EvidenceRecordFacts } from '../../src/facts/index.ts';
import { type Conclusion, judge, type Policy, policyByName } from '../../src/validation/index.ts';
import type { Report } from '../../src/validation/report.ts';
import { inOrder } from '../../src/validation/timestamp-order.ts';
import { AT, algorithm, crl, date, evidenceOf, good, identified, reference, revoked, type Scene, scene, timestamp } from './scene.ts';

type Change = (draft: Scene) => void;

const ALL = ['signature', 't1', 'signer', 'tsa', 'ca', 'root', 'crl-of-ca', 'crl-of-root'];
const STAMPED = date('2026-03-02');
const KNOWN = date('2026-03-05');

/** Signed and stamped in March, archived in May; the signer and the first authority ended with the year, and it is 2028. */
function archived(draft: Scene): void {
  draft.at = date('2028-01-01');
  for (const name of ['root', 'ca', 'archivist'] as const) draft.certificates[name].notAfter = date('2035-01-01');
  for (const list of Object.values(draft.statuses))
    for (const status of list) Object.assign(status, { thisUpdate: KNOWN, nextUpdate: KNOWN + 86_400_000 });
  for (const revocation of Object.values(draft.revocations)) revocation.producedAt = KNOWN;
  draft.timestamps.push(timestamp('t1', STAMPED, { covers: ['signature'] }), archive('d1', date('2026-05-01')));
}

const archive = (id: string, time: number, covers = ALL) =>
  timestamp(id, time, { type: 'document', signer: identified('archivist'), covers, protectsMaterial: true });

const judged = (change: Change, policy: string | Policy = 'default'): Report => {
  const draft = scene();
  change(draft);
  return judge(evidenceOf(draft), typeof policy === 'string' ? policyByName(policy) : policy, draft.at);
};

const nameOf = (conclusion: Conclusion | undefined) => (conclusion?.indication === 'PASSED' ? 'PASSED' : conclusion?.because);
const both =
  (more: Change): Change =>
  (draft) => {
    archived(draft);
    more(draft);
  };
const second = (draft: Scene) => draft.timestamps[1] as Scene['timestamps'][number];

/** ECDSA ended in May; the archivist uses RSA. */
const endedInMay: Policy = {
  ...policyByName('default'),
  algorithms: {
    ...policyByName('default').algorithms,
    schemes: [
      { scheme: 'ECDSA', minimumBits: 256, until: '2026-05-10' },
      { scheme: 'RSA', minimumBits: 3000, until: null },
    ],
  },
};
/** References to certificates need a good digest, and SHA-224 is none from then on. */
function referencesChecked(until: string): Policy {
  const policy = policyByName('default');
  const { levels, algorithms } = policy;
  return {
    ...policy,
    levels: { ...levels, 'reference-digest-algorithm': 'fail' },
    algorithms: { ...algorithms, digests: { ...algorithms.digests, 'SHA-224': until } },
  };
}

const rsa = algorithm({ scheme: 'RSA', keyBits: 4096 });
const rsaArchivist: Change = (draft) => {
  second(draft).algorithm = rsa;
  for (const id of ['archivist', 'root']) Object.assign(draft.links[id] as object, { algorithm: rsa });
  draft.revocations['crl-of-archivist'] = crl('root', { id: 'crl-of-archivist', algorithm: rsa });
  draft.statuses['archivist'] = [good('crl-of-archivist')];
};

const rows: readonly [title: string, expected: string, change: Change, policy?: string | Policy][] = [
  ['passes, archived while everything was in force', 'PASSED', archived],
  ['passes to the reference implementation too', 'PASSED', archived, 'dss-6.4'],
  [
    'whose authority has ended since, like the signer and the authority of the first time-stamp',
    'PASSED',
    both((d) => {
      d.certificates.ca.notAfter = date('2027-06-01');
    }),
  ],
  [
    'whose authority had ended when it was archived',
    'OUT_OF_BOUNDS_NO_POE',
    both((d) => {
      d.certificates.ca.notAfter = date('2026-04-01');
    }),
  ],
  [
    'whose elements the policy does not accept, whatever proves it old',
    'SIG_CONSTRAINTS_FAILURE',
    both((d) => {
      d.signature.claimedTime = date('2024-01-01');
    }),
    { ...policyByName('default'), levels: { ...policyByName('default').levels, 'signing-time-within-validity': 'fail' } },
  ],
  [
    'that names its certificate by a digest that ended since, where the policy asks for a good one',
    'PASSED',
    both((d) => {
      const [named] = d.signature.signer.references;
      d.signature.signer = { certificate: 'signer', references: named ? [{ ...named, digestAlgorithm: 'SHA-224' }] : [] };
    }),
    referencesChecked('2026-05-10'),
  ],
  [
    'that named its certificate by a digest that had ended',
    'CRYPTO_CONSTRAINTS_FAILURE_NO_POE',
    both((d) => {
      const [named] = d.signature.signer.references;
      d.signature.signer = { certificate: 'signer', references: named ? [{ ...named, digestAlgorithm: 'SHA-224' }] : [] };
    }),
    referencesChecked('2026-01-10'),
  ],
  ['that nobody archived', 'OUT_OF_BOUNDS_NOT_REVOKED', both((d) => void d.timestamps.pop())],
  [
    'that was archived after the authority of its time-stamp had expired',
    'OUT_OF_BOUNDS_NOT_REVOKED',
    both((d) => {
      second(d).time = date('2027-02-01');
    }),
  ],
  [
    'whose archive does not cover revocation data that is authentic still',
    'PASSED',
    both((d) => {
      second(d).covers = ALL.filter((id) => !id.startsWith('crl'));
    }),
  ],
  [
    'whose archive time-stamp is of other data',
    'OUT_OF_BOUNDS_NOT_REVOKED',
    both((d) => {
      second(d).references = [reference('MESSAGE_IMPRINT', { intact: false })];
    }),
  ],
  [
    'whose authority was revoked after it was archived',
    'PASSED',
    both((d) => {
      d.revocations['later'] = crl('ca', { id: 'later', producedAt: date('2026-12-01') });
      d.statuses['tsa']?.push(revoked('later', date('2026-06-01'), { thisUpdate: date('2026-12-01') }));
    }),
  ],
  [
    'whose authority was revoked before it was archived: revocation data is too old for the archive',
    'TRY_LATER',
    both((d) => {
      d.revocations['later'] = crl('ca', { id: 'later', producedAt: date('2026-12-01') });
      d.statuses['tsa']?.push(revoked('later', date('2026-04-01'), { thisUpdate: date('2026-12-01') }));
    }),
  ],
  [
    'whose signer was revoked before it was stamped',
    'REVOKED_NO_POE',
    both((d) => {
      d.revocations['later'] = crl('ca', { id: 'later', producedAt: date('2026-12-01') });
      d.statuses['signer']?.push(revoked('later', date('2026-02-01'), { thisUpdate: date('2026-12-01') }));
    }),
  ],
  [
    'whose CA was revoked after it was archived',
    'PASSED',
    both((d) => {
      d.revocations['later'] = crl('root', { id: 'later', producedAt: date('2026-12-01') });
      d.statuses['ca']?.push(revoked('later', date('2026-06-01'), { thisUpdate: date('2026-12-01') }));
    }),
  ],
  [
    'whose CA was revoked before it was archived',
    'REVOKED_CA_NO_POE',
    both((d) => {
      d.certificates.signer.notAfter = d.certificates.tsa.notAfter = date('2035-01-01');
      d.revocations['later'] = crl('root', { id: 'later', producedAt: date('2026-12-01') });
      d.statuses['ca']?.push(revoked('later', date('2026-04-01'), { thisUpdate: date('2026-12-01') }));
    }),
  ],
  ['whose algorithms ended after it was archived', 'PASSED', both(rsaArchivist), endedInMay],
  [
    'whose algorithms ended before it was archived',
    'CRYPTO_CONSTRAINTS_FAILURE_NO_POE',
    both((d) => {
      rsaArchivist(d);
      second(d).time = date('2026-05-20');
    }),
    endedInMay,
  ],
  [
    'whose signer hides a broken path',
    'CERTIFICATE_CHAIN_GENERAL_FAILURE',
    both((d) => {
      d.certificates.ca.basicConstraints = { ca: false, pathLength: null };
      d.chains['tsa'] = ['tsa', 'root'];
      d.certificates.tsa.issuer = d.certificates.root.subject;
      d.statuses['tsa'] = [good('crl-of-root', { thisUpdate: KNOWN })];
    }),
  ],
  [
    'whose responder has ended, archived before',
    'PASSED',
    both((d) => {
      d.certificates.signer.notAfter = date('2035-01-01');
      d.certificates.responder = {
        ...d.certificates.tsa,
        fingerprint: 'responder',
        ocspNoCheck: true,
        extensions: [{ oid: '1.3.6.1.5.5.7.48.1.5', critical: false, value: new Uint8Array() }],
      };
      Object.assign(d.links, { responder: { ...(d.links['tsa'] as object), certificate: 'responder' } });
      d.chains['responder'] = ['responder', 'ca', 'root'];
      Object.assign(d.revocations['crl-of-ca'] as object, {
        kind: 'ocsp',
        responderIdMatches: true,
        signer: { certificate: 'responder', references: [] },
      });
      second(d).covers = [...ALL, 'responder'];
    }),
  ],
  [
    'whose responder has ended, archived later',
    'REVOCATION_OUT_OF_BOUNDS_NO_POE',
    (d) => {
      d.revocations['crl-of-ca'] = crl('ca', { signer: { certificate: 'tsa', references: [] } });
      d.certificates.tsa.notAfter = date('2026-05-01');
      d.statuses['tsa'] = [good('crl-of-root', { knowsExpiredSince: 0 })];
      d.timestamps.push(archive('d1', date('2026-05-10')));
    },
  ],
  [
    'under an anchor that ended after the time-stamp',
    'PASSED',
    (d) => {
      d.at = date('2026-07-01');
      d.anchors.set('root', { source: 'list', issues: true, sunset: date('2026-06-20') });
      d.anchors.set('archivist', { source: 'given', issues: false, sunset: null });
      d.timestamps.push(archive('d1', date('2026-06-05')));
    },
  ],
  [
    'under an anchor that ended before the time-stamp',
    'NO_CERTIFICATE_CHAIN_FOUND_NO_POE',
    (d) => {
      d.at = date('2026-07-01');
      d.anchors.set('root', { source: 'list', issues: true, sunset: date('2026-06-20') });
      d.anchors.set('archivist', { source: 'given', issues: false, sunset: null });
      d.timestamps.push(archive('d1', date('2026-06-25')));
    },
  ],
  [
    'older than its certificate',
    'NOT_YET_VALID',
    (d) => {
      d.at = date('2026-07-01');
      d.anchors.set('root', { source: 'list', issues: true, sunset: date('2026-06-20') });
      d.anchors.set('archivist', { source: 'given', issues: false, sunset: null });
      d.certificates.signer.notBefore = date('2026-06-12');
      d.statuses['signer'] = [good('crl-of-ca', { thisUpdate: date('2026-06-13') })];
      d.timestamps.push(archive('d1', date('2026-06-10')), archive('d2', date('2026-06-15')));
    },
  ],
];

describe('a signature', () => {
  test.each(rows)('%s: %s', (_title, expected, change, policy) => {
    expect(nameOf(judged(change, policy).signatures[0]?.conclusion)).toBe(expected);
  });

  test('has the earliest proof of its existence as best signature time', () => {
    expect(judged(archived).signatures[0]?.bestSignatureTime).toBe(STAMPED);
  });

  test('tells that nothing is proven of its chain, where that is so', () => {
    const report = judged(both((d) => void d.timestamps.pop()));
    const blocks = report.signatures[0]?.timestamps[0]?.process ?? [];
    expect(nameOf(blocks.find(({ block }) => block === 'past-signature-validation')?.conclusion)).toBe('OUT_OF_BOUNDS_NOT_REVOKED');
    const missing = judged(
      both((d) => {
        d.revocations['later'] = crl('root', { id: 'later', producedAt: date('2026-12-01') });
        d.statuses['ca']?.push(revoked('later', date('2026-04-01'), { thisUpdate: date('2026-12-01') }));
      }),
    );
    const sliding = missing.signatures[0]?.timestamps[0]?.process.find(({ block }) => block === 'validation-time-sliding');
    expect(nameOf(sliding?.conclusion)).toBe('NO_POE');
  });

  test('that was not archived stays as it is to the reference implementation', () => {
    const report = judged(
      both((d) => void d.timestamps.pop()),
      'dss-6.4',
    );
    expect(report.signatures[0]?.process.some(({ block }) => block === 'past-signature-validation')).toBe(false);
  });

  test('and everything proven is in the report', () => {
    const { existence } = judged(archived);
    expect(existence.get('crl-of-ca')).toBe(date('2026-05-01'));
    expect(existence.get('signature')).toBe(STAMPED);
  });
});

describe('an evidence record', () => {
  const record =
    (change: Partial<EvidenceRecordFacts> = {}): Change =>
    (draft) => {
      archived(draft);
      second(draft).covers = ['t1'];
      draft.records.push({
        id: 'record',
        type: 'ASN1',
        origin: 'external',
        name: null,
        references: [reference('EVIDENCE_RECORD_ARCHIVE_OBJECT')],
        timestamps: ['d1'],
        covers: ALL,
        signature: null,
        uncovered: [],
        structureProblems: [],
        ...change,
      } as EvidenceRecordFacts);
    };

  test.each<[string, string, string, Partial<EvidenceRecordFacts>]>([
    ['proves what it covers', 'PASSED', 'PASSED', {}],
    [
      'over data that is missing',
      'SIGNED_DATA_NOT_FOUND',
      'OUT_OF_BOUNDS_NOT_REVOKED',
      { references: [reference('EVIDENCE_RECORD_ARCHIVE_OBJECT', { found: false, intact: false })] },
    ],
    [
      'over data that changed',
      'HASH_FAILURE',
      'OUT_OF_BOUNDS_NOT_REVOKED',
      { references: [reference('EVIDENCE_RECORD_ARCHIVE_OBJECT', { intact: false })] },
    ],
    [
      'with a digest that has ended',
      'CRYPTO_CONSTRAINTS_FAILURE_NO_POE',
      'OUT_OF_BOUNDS_NOT_REVOKED',
      { references: [reference('EVIDENCE_RECORD_ARCHIVE_OBJECT', { digestAlgorithm: 'SHA-1' })] },
    ],
    ['without archive time-stamp', 'FORMAT_FAILURE', 'PASSED', { timestamps: ['none'] }],
  ])('%s: %s', (_title, expected, ofSignature, change) => {
    const report = judged(record(change));
    expect(nameOf(report.evidenceRecords[0]?.conclusion)).toBe(expected);
    expect(nameOf(report.signatures[0]?.conclusion)).toBe(ofSignature);
  });

  test('is good after its first authority has ended only if it was renewed before', () => {
    const renewed =
      (time: number): Change =>
      (draft) => {
        record({ timestamps: ['a1', 'd1'] })(draft);
        draft.timestamps.push(timestamp('a1', date('2026-04-01'), { type: 'archive', covers: ALL }));
        Object.assign(second(draft), { time, covers: ['a1', ...ALL, 'crl-of-root'] });
      };
    expect(nameOf(judged(renewed(date('2026-05-01'))).evidenceRecords[0]?.conclusion)).toBe('PASSED');
    expect(judged(renewed(date('2026-05-01'))).evidenceRecords[0]?.provenAt).toBe(date('2026-04-01'));
    expect(nameOf(judged(renewed(date('2027-05-01'))).evidenceRecords[0]?.conclusion)).toBe('OUT_OF_BOUNDS_NOT_REVOKED');
  });
});

describe('the order of time-stamps', () => {
  const first = (change: object = {}) => timestamp('a', AT, { ...change });
  const later = (time: number, change: object = {}) => timestamp('b', time, { type: 'archive', ...change });
  const none = () => [];
  test.each<[string, boolean, ReturnType<typeof first>[]]>([
    ['by class', true, [first(), later(AT + 1)]],
    ['of one instant', true, [first(), later(AT)]],
    ['against their class', false, [first(), later(AT - 1)]],
    ['against their class within their accuracies', true, [first({ accuracy: 600 }), later(AT - 1000, { accuracy: 500 })]],
    ['against their class beyond their accuracies', false, [first({ accuracy: 400 }), later(AT - 1000, { accuracy: 500 })]],
    [
      'of an authority that orders them, whatever the accuracy',
      false,
      [first({ accuracy: 600, ordering: true }), later(AT - 1000, { accuracy: 500, ordering: true })],
    ],
    [
      'of two authorities that order theirs',
      true,
      [first({ accuracy: 600, ordering: true }), later(AT - 1000, { accuracy: 500, ordering: true, signer: identified('other') })],
    ],
  ])('%s: %s', (_title, expected, stamps) => expect(inOrder(stamps, none)).toBe(expected));

  test('within a class is told by what covers what', () => {
    const stamps = [timestamp('a', AT, { type: 'archive' }), timestamp('b', AT - 1, { type: 'archive' })];
    expect(inOrder(stamps, none)).toBe(true);
    expect(inOrder(stamps, (id) => (id === 'b' ? ['a'] : []))).toBe(false);
  });
});
