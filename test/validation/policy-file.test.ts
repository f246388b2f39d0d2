import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Fault } from '../../src/base/fault.ts';
import { utf8 } from '../../src/base/text.ts';
import { type Policy, policies, policyByName } from '../../src/validation/policy.ts';
import { diffPolicies } from '../../src/validation/policy-diff.ts';
import { policySchema, readPolicy, writePolicy } from '../../src/validation/policy-file.ts';
import { CONSTRAINTS, CONTEXTS, LEVELS, levelKeyProblem, levelKeys, ROLES } from '../../src/validation/policy-file-constraints.ts';

const root = join(import.meta.dirname, '../..');
/** What reading it throws: code and message. */
function refusal(file: string | Uint8Array): string {
  try {
    readPolicy(file);
  } catch (error) {
    if (error instanceof Fault) return `${error.code}: ${error.message}`;
    throw error;
  }
  return 'read';
}
const onDefault = (more: object): string => JSON.stringify({ adeskitPolicy: 1, name: 'ours', extends: 'default', ...more });

describe('a policy as a file', () => {
  test.each([...policies.values()])('$name is read as it was written', (policy) => {
    expect(readPolicy(writePolicy(policy))).toEqual(policy);
    expect(readPolicy(utf8(`\uFEFF${writePolicy(policy)}`))).toEqual(policy);
  });

  test('tells only what differs where it extends another', () => {
    const policy = readPolicy(
      onDefault({ description: 'for us', levels: { 'key-usage': 'fail' }, algorithms: { reviewed: '2026-01-01' }, timestampDelay: 60_000 }),
    );
    const base = policyByName('default');
    expect(policy).toEqual({
      ...base,
      name: 'ours',
      levels: { ...base.levels, 'key-usage': 'fail' },
      algorithms: { ...base.algorithms, reviewed: '2026-01-01' },
      timestampDelay: 60_000,
    });
  });

  const BAD: readonly [title: string, file: string, message: RegExp][] = [
    ['no JSON', '{', /malformed-input: .*not JSON/],
    ['another kind of JSON', '[]', /the whole: must be an object, not a list/],
    ['no version', '{"name":"a"}', /adeskitPolicy: is missing/],
    ['another version', '{"adeskitPolicy":2,"name":"a"}', /adeskitPolicy: must be one of 1, not 2/],
    ['no name', '{"adeskitPolicy":1,"extends":"default"}', /name: is missing/],
    ['a name of two lines', onDefault({ name: 'a\nb' }), /name: must be a name/],
    ['a part that is missing', '{"adeskitPolicy":1,"name":"a"}', /levels: is missing/],
    ['a base that nobody knows', onDefault({ extends: 'lenient' }), /extends: must be one of default, .*, not "lenient"/],
    ['an unknown member', onDefault({ level: {} }), /level: is not known; known are .*levels/],
    ['a member named as every object has one', onDefault({ constructor: 1 }), /constructor: is not known/],
    [
      'an unknown level',
      onDefault({ levels: { 'key-usage': 'error' } }),
      /levels\["key-usage"\]: must be one of ignore, inform, warn, fail, not "error"/,
    ],
    [
      'an unknown constraint',
      onDefault({ levels: { 'key-usages': 'fail' } }),
      /levels\["key-usages"\]: no constraint is called 'key-usages'/,
    ],
    ['an unknown context', onDefault({ levels: { 'seal/key-usage': 'fail' } }), /'seal' is neither a context .* nor a role/],
    ['an unknown role', onDefault({ levels: { 'signature/root/key-usage': 'fail' } }), /'root' is neither/],
    ['a place where it is not asked', onDefault({ levels: { 'ca/key-usage': 'fail' } }), /not asked of a certificate in the role 'ca'/],
    [
      'a context where it is not asked',
      onDefault({ levels: { 'revocation/signing-time-present': 'fail' } }),
      /not asked for in the context/,
    ],
    ['too many places', onDefault({ levels: { 'a/b/c/key-usage': 'fail' } }), /nothing else/],
    ['a digest that nobody knows', onDefault({ algorithms: { digests: { SHA256: null } } }), /digests\.SHA256: 'SHA256' is not one of/],
    ['a day that no calendar has', onDefault({ algorithms: { digests: { 'SHA-256': '2029-02-30' } } }), /must be a day/],
    [
      'a scheme that nobody knows',
      onDefault({ algorithms: { schemes: [{ scheme: 'HMAC', minimumBits: 0, until: null }] } }),
      /schemes\[0\]\.scheme: must be one of/,
    ],
    ['half a row', onDefault({ algorithms: { schemes: [{ scheme: 'RSA', minimumBits: 3000 }] } }), /schemes\[0\]\.until: is missing/],
    [
      'bits that are no number',
      onDefault({ algorithms: { schemes: [{ scheme: 'RSA', minimumBits: '3000', until: null }] } }),
      /minimumBits: must be a whole number/,
    ],
    ['an extension by name', onDefault({ supportedCriticalExtensions: ['keyUsage'] }), /\[0\]: must be an object identifier/],
    [
      'a key usage that nobody knows',
      onDefault({ signerKeyUsage: ['contentCommitment'] }),
      /signerKeyUsage\[0\]: must be one of digitalSignature/,
    ],
    ['a negative age', onDefault({ freshness: { maximumAge: -1, withoutNextUpdate: 0 } }), /freshness\.maximumAge: must be a whole number/],
  ];
  test.each(BAD)('is refused with its place where it has %s', (_title, file, message) => expect(refusal(file)).toMatch(message));

  test('is refused where it is not UTF-8', () => expect(refusal(new Uint8Array([0x7b, 0xff]))).toMatch(/UTF-8/));
});

describe('integrity and cryptography cannot be relaxed by a file', () => {
  const RELAXING: readonly [title: string, more: object, message: RegExp][] = [
    ['a level for the signature value', { levels: { 'signature-value-intact': 'warn' } }, /malformed-input: .*cannot be relaxed/],
    ['a level for the references', { levels: { 'signature/signed-data-intact': 'ignore' } }, /cannot be relaxed/],
    ['a level for revocation', { levels: { 'not-revoked': 'warn' } }, /cannot be relaxed/],
    ['MD5 without end', { algorithms: { digests: { MD5: null } } }, /refused: .*digests\["MD5"\]: MD5 must fail/],
    ['SHA-1 for some years more', { algorithms: { digests: { 'SHA-1': '2030-01-01' } } }, /refused: .*SHA-1 must fail/],
    ['MD2', { algorithms: { digests: { MD2: '1995-01-01' } } }, /refused: .*MD2 can never/],
    [
      'short RSA keys',
      { algorithms: { schemes: [{ scheme: 'RSA', minimumBits: 512, until: null }] } },
      /refused: .*schemes\[0\]: RSA with keys below 1024/,
    ],
    [
      'RSA keys of 1024 bits',
      { algorithms: { schemes: [{ scheme: 'RSA', minimumBits: 1024, until: '2030-01-01' }] } },
      /below 1900 bits must fail/,
    ],
    ['keys of any size', { algorithms: { schemes: [{ scheme: 'ECDSA', minimumBits: 0, until: null }] } }, /ECDSA with keys below 224/],
    ['expired algorithms without a word', { algorithms: { afterReview: 'ignore', reviewed: '1990-01-01' } }, /afterReview/],
    ['only a warning for SHA-1, by an old review', { algorithms: { afterReview: 'warn', reviewed: '2010-01-01' } }, /refused: .*must fail/],
  ];
  test.each(RELAXING)('not by %s', (_title, more, message) => expect(refusal(onDefault(more))).toMatch(message));
});

test('the constraints listed for files are those of the checks, each with its own level', () => {
  const folder = join(root, 'src/validation');
  const checks = readdirSync(folder).flatMap((name) =>
    readFileSync(join(folder, name), 'utf8')
      .split(/(?=\bid: ')/)
      .slice(1)
      .filter((check) => check.includes('constraint: true'))
      .map((check) => ({ id: /^id: '([^']+)'/.exec(check)?.[1] ?? '', level: /level: '(\w+)'/.exec(check)?.[1] ?? 'fail' })),
  );
  expect(checks.length).toBeGreaterThan(30);
  const listed = Object.entries(CONSTRAINTS).map(([id, { otherwise }]) => `${id} ${otherwise}`);
  expect([...new Set(checks.map(({ id, level }) => `${id} ${level}`))].sort()).toEqual(listed.sort());
});

test('every level key of a policy of the engine may stand in a file', () => {
  for (const { levels } of policies.values()) for (const key of Object.keys(levels)) expect(levelKeyProblem(key), key).toBeNull();
  for (const key of levelKeys()) expect(levelKeyProblem(key), key).toBeNull();
});

test('the published schema is the one that the engine reads by (else: node scripts/policy-schema.ts)', () => {
  expect(JSON.parse(readFileSync(join(root, 'schemas/policy.schema.json'), 'utf8'))).toEqual(policySchema());
});

test('the example of the guide is a policy', () => {
  const guide = readFileSync(join(root, 'docs/guides/policies.md'), 'utf8');
  const example = /```json\n([\s\S]*?)```/.exec(guide)?.[1] ?? '';
  expect(readPolicy(example)).toMatchObject({ name: 'our archive', timestampDelay: 86_400_000, revokedBy: 'any' });
});

test('eu-qes is nowhere laxer than default', () => {
  const differences = diffPolicies(policyByName('default'), policyByName('eu-qes'));
  expect(differences.filter(({ is }) => is !== 'stricter')).toEqual([]);
  expect(differences.length).toBeGreaterThan(5);
});

const level = fc.constantFrom(...LEVELS);
const levels = fc.dictionary(fc.constantFrom(...levelKeys()), level, { maxKeys: 12 });

describe('the difference of two policies', () => {
  const base = policyByName('default');

  test('is nothing between a policy and itself under another name, however it is written', () => {
    const spread = Object.fromEntries(
      Object.entries(CONSTRAINTS).flatMap(([id, { contexts, roles }]) =>
        contexts.flatMap((context) =>
          (roles.length === 0 ? [null] : roles).map((role) => {
            const keys = role === null ? [`${context}/${id}`, id] : [`${context}/${role}/${id}`, `${context}/${id}`, `${role}/${id}`, id];
            const key = keys.find((each) => base.levels[each] !== undefined);
            return [keys[0], key === undefined ? CONSTRAINTS[id]?.otherwise : base.levels[key]];
          }),
        ),
      ),
    ) as Policy['levels'];
    expect(diffPolicies(base, { ...base, name: 'same', levels: spread })).toEqual([]);
  });

  test('turns round with its order', () => {
    const turned = { stricter: 'laxer', laxer: 'stricter', other: 'other' } as const;
    fc.assert(
      fc.property(levels, levels, (a, b) => {
        const [first, second] = [
          { ...base, levels: a },
          { ...policyByName('dss-6.4'), levels: b },
        ];
        const back = diffPolicies(second, first).map(({ setting, from, to, is }) => ({ setting, from: to, to: from, is: turned[is] }));
        expect(diffPolicies(first, second)).toEqual(back);
      }),
    );
  });

  const CASES: readonly [title: string, change: Partial<Policy>, setting: string, is: string][] = [
    ['a level raised everywhere', { levels: { ...base.levels, 'signing-time-present': 'fail' } }, 'signing-time-present', 'stricter'],
    [
      'a level lowered in one place',
      { levels: { ...base.levels, 'timestamp/ca/revocation-available': 'warn' } },
      'timestamp/ca/revocation-available',
      'laxer',
    ],
    [
      'a shorter life of a digest',
      { algorithms: { ...base.algorithms, digests: { ...base.algorithms.digests, 'SHA-256': '2030-01-01' } } },
      'digest SHA-256',
      'stricter',
    ],
    [
      'a scheme less',
      { algorithms: { ...base.algorithms, schemes: base.algorithms.schemes.filter(({ scheme }) => scheme !== 'EdDSA') } },
      'EdDSA from 0 bits',
      'stricter',
    ],
    ['one more key usage', { signerKeyUsage: [...base.signerKeyUsage, 'keyAgreement'] }, 'key usages of a signer', 'laxer'],
    ['a limit to the age', { freshness: { ...base.freshness, maximumAge: 3_600_000 } }, 'age of revocation data', 'stricter'],
    ['the latest data', { revokedBy: 'latest' }, 'data that says revoked', 'laxer'],
    ['fewer policies', { acceptablePolicies: ['1.2.3'] }, 'acceptable signature policies', 'other'],
  ];
  test.each(CASES)('tells %s', (_title, change, setting, is) => {
    expect(diffPolicies(base, { ...base, ...change }).map((each) => ({ setting: each.setting, is: each.is }))).toEqual([{ setting, is }]);
  });
});

test('whatever is in a file, it is read or refused with a reason', () => {
  const json = fc.oneof(
    fc.json(),
    fc
      .record(
        {
          adeskitPolicy: fc.constant(1),
          name: fc.string(),
          extends: fc.constantFrom('default', 'x'),
          levels: fc.dictionary(fc.string(), fc.jsonValue()),
          algorithms: fc.jsonValue(),
        },
        { requiredKeys: ['adeskitPolicy'] },
      )
      .map((value) => JSON.stringify(value)),
  );
  fc.assert(
    fc.property(json, (file) => {
      expect(refusal(file)).toMatch(/^(read|malformed-input: |refused: )/);
    }),
    { numRuns: 500 },
  );
});

test('contexts and roles are all there are', () => {
  expect(CONTEXTS).toHaveLength(4);
  expect(ROLES).toEqual(['signer', 'ca']);
});
