import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { fromIso } from '../../src/base/instant.ts';
import type { AlgorithmUse } from '../../src/crypto/names.ts';
import type { Level } from '../../src/validation/check.ts';
import { judgeAlgorithm } from '../../src/validation/cryptographic-constraints.ts';
import { judge } from '../../src/validation/judge.ts';
import { levelsFor, type Policy, policies, policyByName } from '../../src/validation/policy.ts';
import { CONSTRAINTS } from '../../src/validation/policy-file-constraints.ts';
import {
  AT,
  algorithm,
  crl,
  date,
  day,
  evidenceOf,
  good,
  identified,
  pdf,
  reference,
  revoked,
  type Scene,
  scene,
  timestamp,
} from './scene.ts';

describe('policies', () => {
  test('are the four that come with the engine', () => {
    expect([...policies.keys()]).toEqual(['default', 'eu-qes', 'dss-6.4', 'dss-6.4-no-revocation']);
  });

  test('are plain data', () => {
    for (const policy of policies.values()) expect(JSON.parse(JSON.stringify(policy))).toEqual(policy);
  });

  test('that nobody knows are a mistake of the caller', () => {
    expect(() => policyByName('lenient')).toThrow("no policy is called 'lenient'");
  });

  test('give a check the level of the longest key that fits', () => {
    const levels = { a: 'warn', 'ca/a': 'inform', 'timestamp/a': 'ignore', 'timestamp/ca/a': 'fail' } as const;
    const policy: Policy = { ...policyByName('default'), levels };
    expect(levelsFor(policy, 'timestamp', 'ca')('a')).toBe('fail');
    expect(levelsFor(policy, 'timestamp', 'signer')('a')).toBe('ignore');
    expect(levelsFor(policy, 'timestamp')('a')).toBe('ignore');
    expect(levelsFor(policy, 'signature', 'ca')('a')).toBe('inform');
    expect(levelsFor(policy, 'signature', 'signer')('a')).toBe('warn');
    expect(levelsFor(policy, 'signature')('constructor')).toBeUndefined();
  });

  test('cannot relax integrity, cryptography or a revocation', () => {
    const all: Policy = {
      ...policyByName('default'),
      levels: new Proxy({}, { getOwnPropertyDescriptor: () => IGNORED, get: () => 'ignore' }),
    };
    const changes: ((draft: Scene) => void)[] = [
      (d) => {
        d.signature.value = 'broken';
      },
      (d) => {
        d.signature.references = [reference('MESSAGE_DIGEST', { intact: false })];
      },
      (d) => {
        d.signature.pdf = pdf({ byteRangeValid: false });
      },
      (d) => {
        d.signature.algorithm = algorithm({ digest: 'MD5' });
      },
      (d) => {
        (d.links['signer'] as { issued: string }).issued = 'broken';
      },
      (d) => {
        d.certificates.ca.basicConstraints = null;
      },
      (d) => {
        d.statuses['signer'] = [revoked('crl-of-ca', AT - day)];
      },
      (d) => {
        d.signature.signer = { certificate: null, references: [] };
      },
      (d) => d.anchors.clear(),
    ];
    for (const change of changes) {
      const draft = scene();
      change(draft);
      expect(judge(evidenceOf(draft), all, AT).signatures[0]?.conclusion.indication).not.toBe('PASSED');
    }
  });
});

const IGNORED = { configurable: true, enumerable: true, value: 'ignore' };
const suite = (name: string) => policyByName(name).algorithms;

describe('algorithms', () => {
  const cases: readonly [title: string, use: Partial<AlgorithmUse>, at: string, ours: string, reference: string][] = [
    ['SHA-256 with P-256', {}, '2040-01-01', 'ok', 'ok'],
    ['SHA-1 while it lasted', { digest: 'SHA-1', keyBits: 384 }, '2012-07-31', 'ok', 'ok'],
    ['SHA-1 on its last day', { digest: 'SHA-1', keyBits: 384 }, '2012-08-01', 'fail', 'fail'],
    ['an unknown digest', { digest: null }, '2020-01-01', 'fail', 'fail'],
    ['an unknown key', { keyBits: null }, '2020-01-01', 'fail', 'fail'],
    ['a key below every size', { scheme: 'RSA', keyBits: 512 }, '2000-01-01', 'fail', 'fail'],
    ['RSA-1024 while it lasted', { scheme: 'RSA', keyBits: 1024 }, '2019-09-30', 'ok', 'ok'],
    ['RSA-1024 now', { scheme: 'RSA', keyBits: 1024 }, '2026-01-01', 'fail', 'fail'],
    ['RSA-2048 after its end', { scheme: 'RSA', keyBits: 2048 }, '2030-01-01', 'fail', 'warn'],
    ['RSA-4096', { scheme: 'RSA', keyBits: 4096 }, '2030-01-01', 'ok', 'warn'],
    ['EdDSA', { scheme: 'EdDSA', digest: null, keyBits: 255 }, '2026-01-01', 'ok', 'fail'],
    ['ML-DSA', { scheme: 'ML-DSA', digest: null, keyBits: null }, '2026-01-01', 'ok', 'fail'],
    ['an unknown scheme', { scheme: null }, '2026-01-01', 'fail', 'fail'],
  ];

  test.each(cases)('%s', (_title, change, at, ours, oracle) => {
    const entry = { subject: 'x', use: algorithm(change) };
    expect(judgeAlgorithm(entry, suite('default'), fromIso(at) as number).outcome).toBe(ours);
    expect(judgeAlgorithm(entry, suite('dss-6.4'), fromIso(at) as number).outcome).toBe(oracle);
  });

  test('a date that cannot be read means never', () => {
    const broken = { ...suite('default'), digests: { 'SHA-256': 'soon' } };
    expect(judgeAlgorithm({ subject: 'x', use: algorithm() }, broken, AT).outcome).toBe('fail');
  });
});

/** Ways in which a document may be less than good, none of which hides that it was stamped too early. */
const FLAWS: readonly ((draft: Scene) => void)[] = [
  (d) => {
    d.certificates.signer.keyUsage = new Set(['keyEncipherment']);
  },
  (d) => {
    d.certificates.signer.extensions = [{ oid: '1.2.3', critical: true, value: new Uint8Array() }];
  },
  (d) => {
    d.certificates.ca.notAfter = AT - day;
  },
  (d) => {
    d.certificates.ca.subjectKeyIdentifier = null;
  },
  (d) => {
    d.signature.claimedTime = null;
  },
  (d) => {
    d.signature.claimedTime = date('2020-01-01');
  },
  (d) => {
    d.signature.pdf = pdf({ coversWholeFile: false });
  },
  (d) => {
    d.signature.structureProblems = ['odd'];
  },
  (d) => {
    d.signature.signer = { certificate: 'signer', references: [] };
  },
  (d) => {
    d.statuses['signer'] = [];
  },
  (d) => {
    d.statuses['ca'] = [];
  },
  (d) => {
    d.statuses['signer'] = [good('crl-of-ca', { nextUpdate: AT - 1 })];
  },
  (d) => {
    d.statuses['signer'] = [good('crl-of-ca', { authorised: false })];
  },
  (d) => {
    d.statuses['signer'] = [revoked('crl-of-ca', AT - 10 * day)];
  },
  (d) => {
    d.revocations['newer'] = crl('ca', { id: 'newer', producedAt: AT - 1 });
    d.statuses['signer'] = [good('newer', { thisUpdate: AT + 1 }), revoked('crl-of-ca', AT - 10 * day)];
  },
  (d) => {
    d.signature.algorithm = algorithm({ scheme: 'RSA', keyBits: 1024 });
  },
  (d) => {
    d.timestamps.push(timestamp('t1', date('2026-03-02')));
  },
  (d) => {
    d.timestamps.push(timestamp('t2', date('2026-03-03'), { type: 'content' }));
  },
  (d) => {
    d.timestamps.push(timestamp('t3', date('2026-03-04'), { signer: { certificate: 'tsa', references: [] } }));
  },
  (d) => d.pathProblems.push({ certificate: 'signer', problem: 'name' }),
  (d) => {
    d.certificates.signer.notAfter = AT - 5 * day;
  },
  (d) => {
    d.certificates.tsa.notAfter = AT - 5 * day;
  },
  (d) => {
    d.statuses['ca'] = [revoked('crl-of-root', AT - 3 * day)];
  },
  (d) => {
    const covers = ['signature', 't1', 'signer', 'tsa', 'ca', 'crl-of-ca', 'crl-of-root'];
    d.timestamps.push(
      timestamp('d1', AT - 20 * day, { type: 'document', signer: identified('archivist'), covers, protectsMaterial: true }),
    );
  },
];

/** Everything else of a policy that can be made stricter, one by one. */
const TIGHTER: readonly ((policy: Policy) => Policy)[] = [
  (policy) => ({ ...policy, acceptablePolicies: [] }),
  (policy) => ({ ...policy, acceptablePolicies: policy.acceptablePolicies.filter((one) => one !== 'NO_POLICY') }),
  (policy) => ({ ...policy, supportedCriticalExtensions: policy.supportedCriticalExtensions.slice(1) }),
  (policy) => ({ ...policy, supportedCriticalExtensions: [] }),
  (policy) => ({ ...policy, forbiddenExtensions: { signer: ['1.2.3'], ca: ['1.2.3'] } }),
  (policy) => ({ ...policy, revocationSkip: {} }),
  (policy) => ({ ...policy, signerKeyUsage: policy.signerKeyUsage.slice(1) }),
  (policy) => ({ ...policy, freshness: { maximumAge: 1, withoutNextUpdate: 1 } }),
  (policy) => ({ ...policy, freshness: { ...policy.freshness, withoutNextUpdate: 0 } }),
  (policy) => ({ ...policy, timestampDelay: 1 }),
  (policy) => ({ ...policy, past: { ...policy.past, everyReason: true } }),
  (policy) => ({ ...policy, past: { ...policy.past, revocationDataProven: true } }),
  (policy) => ({ ...policy, algorithms: { ...policy.algorithms, digests: {} } }),
  (policy) => ({ ...policy, algorithms: { ...policy.algorithms, digests: { ...policy.algorithms.digests, 'SHA-256': '2026-05-01' } } }),
  (policy) => ({ ...policy, algorithms: { ...policy.algorithms, schemes: endingOn(policy, '2026-05-01') } }),
  (policy) => ({ ...policy, algorithms: { ...policy.algorithms, schemes: endingOn(policy, '2026-02-01') } }),
  (policy) => ({ ...policy, algorithms: { ...policy.algorithms, afterReview: 'fail' } }),
  (policy) => ({ ...policy, algorithms: { ...policy.algorithms, neverAcceptable: 'CRYPTO_CONSTRAINTS_FAILURE' } }),
];

const endingOn = ({ algorithms }: Policy, until: string): Policy['algorithms']['schemes'] =>
  algorithms.schemes.map((row) => ({ ...row, until: row.until === null || row.until > until ? until : row.until }));

const ORDER: readonly Level[] = ['ignore', 'inform', 'warn', 'fail'];

test('a stricter policy never accepts more', () => {
  const base = [
    policyByName('default'),
    { ...policyByName('dss-6.4'), revokedBy: 'any' } as Policy,
    { ...policyByName('dss-6.4-no-revocation'), revokedBy: 'any' } as Policy,
  ];
  const keys = [...new Set(base.flatMap(({ levels }) => Object.keys(levels)))];
  fc.assert(
    fc.property(
      fc.constantFrom(...base),
      fc.subarray([...FLAWS.keys()]),
      fc.dictionary(fc.constantFrom(...keys), fc.constantFrom(...ORDER)),
      fc.boolean(),
      fc.subarray([...TIGHTER]),
      (policy, flaws, raised, withoutRsa, tighter) => {
        const draft = scene();
        for (const flaw of flaws) FLAWS[flaw]?.(draft);
        const evidence = evidenceOf(draft);
        const schemes = policy.algorithms.schemes.filter(({ scheme }) => !withoutRsa || scheme !== 'RSA');
        const raisedLevels: Policy = { ...policy, levels: raise(policy, raised), algorithms: { ...policy.algorithms, schemes } };
        const strict = tighter.reduce((before, tighten) => tighten(before), raisedLevels);
        const passes = (by: Policy) => judge(evidence, by, AT).signatures[0]?.conclusion.indication === 'PASSED';
        expect(passes(strict) && !passes(policy)).toBe(false);
      },
    ),
    { numRuns: 1000 },
  );
});

/** One flaw, or two, and one thing made stricter: every constraint that a policy file knows, and everything else. */
test('no single constraint that is raised, and nothing else that is tightened, makes a flaw good', () => {
  const ways = [
    ...TIGHTER,
    ...Object.keys(CONSTRAINTS).map((check) => (policy: Policy) => ({ ...policy, levels: onlyRaised(policy, check) })),
  ];
  const worse: string[] = [];
  for (const policy of ['default', 'dss-6.4', 'dss-6.4-no-revocation', 'eu-qes'].map((one) => ({
    ...policyByName(one),
    revokedBy: 'any' as const,
  })))
    for (const [index, flaw] of FLAWS.entries())
      for (const other of [null, FLAWS[16], FLAWS.at(-1)]) {
        const draft = scene();
        flaw(draft);
        if (other !== flaw) other?.(draft);
        const evidence = evidenceOf(draft);
        const passes = (by: Policy) => judge(evidence, by, AT).signatures[0]?.conclusion.indication === 'PASSED';
        if (passes(policy)) continue;
        for (const [place, way] of ways.entries()) if (passes(way(policy))) worse.push(`${policy.name}, flaw ${index}, way ${place}`);
      }
  expect(ways.length).toBeGreaterThan(50);
  expect(worse).toEqual([]);
});

/** The constraint fails in every context and role. */
function onlyRaised({ levels }: Policy, check: string): Policy['levels'] {
  const kept = Object.entries(levels).filter(([key]) => key !== check && !key.endsWith(`/${check}`));
  return { ...Object.fromEntries(kept), [check]: 'fail' };
}

/** Each level at least as strict as it was; a key that was not there may only appear as `fail`. */
function raise(policy: Policy, wanted: Readonly<Record<string, Level>>): Policy['levels'] {
  const raised: Record<string, Level> = { ...policy.levels };
  for (const [key, level] of Object.entries(wanted)) {
    const before = policy.levels[key];
    raised[key] = before === undefined ? 'fail' : (ORDER[Math.max(ORDER.indexOf(before), ORDER.indexOf(level))] as Level);
  }
  return raised;
}
