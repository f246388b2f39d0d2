/** Paths: every rule of validation, and building from any pool (RFC 5280, 6). */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { der } from '../../src/asn1/index.ts';
import type { Bytes } from '../../src/base/bytes.ts';
import { Fault } from '../../src/base/fault.ts';
import { anchorOf, type Certificate, candidatePaths, findPath, type PathOptions, pathBudget, validatePath } from '../../src/pki/index.ts';
import * as make from './authority.ts';

const [rootKey, caKey, leafKey] = [0, 1, 2].map(make.keyNumber) as [make.Key, make.Key, make.Key];
const root = make.root('CN=Root', rootKey);
const at = make.DAY0 + make.DAY;
const isCa = make.basicConstraints(true);

const caOf = (change: Partial<make.CertificateShape> = {}): Certificate =>
  make.makeCertificate({ subject: 'CN=CA', key: caKey, issuer: 'CN=Root', issuerKey: rootKey, extensions: [isCa], ...change });
const leafOf = (change: Partial<make.CertificateShape> = {}): Certificate =>
  make.makeCertificate({ subject: 'CN=Leaf,O=Firm', key: leafKey, issuer: 'CN=CA', issuerKey: caKey, ...change });
const check = (path: readonly Certificate[], options: Partial<PathOptions> = {}) => {
  const result = validatePath({ path, anchor: anchorOf(root), at, ...options });
  return result.ok ? 'ok' : `${result.failure.code} ${result.failure.index}`;
};

test('a path that keeps every rule is valid', () => {
  expect(check([leafOf(), caOf()])).toBe('ok');
  expect(check([])).toBe('ok');
});

describe('a path is not valid', () => {
  const unknown = make.extension('1.2.3', der.NULL, true);
  const cases: [string, Certificate[], string, Partial<PathOptions>?][] = [
    ['after the end of a certificate', [leafOf({ notAfter: at - 1000 }), caOf()], 'expired 0'],
    ['before the start of a CA certificate', [leafOf(), caOf({ notBefore: at + 1000 })], 'not-yet-valid 1'],
    ['where a signature is of another key', [leafOf({ issuerKey: make.keyNumber(5) }), caOf()], 'signature-broken 0'],
    ['where names do not chain', [leafOf({ issuer: 'CN=Other' }), caOf()], 'name-chaining 0'],
    ['through a certificate that is no CA', [leafOf(), caOf({ extensions: [make.basicConstraints(false)] })], 'not-a-ca 1'],
    ['through a certificate that does not say that it is a CA', [leafOf(), caOf({ extensions: [] })], 'not-a-ca 1'],
    ['through a certificate of version 1', [leafOf(), caOf({ extensions: [], version: null })], 'not-a-ca 1'],
    ['through a key that may not sign certificates', [leafOf(), caOf({ extensions: [isCa, make.keyUsage(0b1000_0000)] })], 'key-usage 1'],
    ['with an unknown critical extension', [leafOf({ extensions: [unknown] }), caOf()], 'unknown-critical-extension 0'],
    ['with one in a CA certificate', [leafOf(), caOf({ extensions: [isCa, unknown] })], 'unknown-critical-extension 1'],
    [
      'with an extension that cannot be read',
      [leafOf({ extensions: [make.extension('2.5.29.17', der.NULL)] }), caOf()],
      'malformed-extension 0',
    ],
    [
      'for another purpose',
      [leafOf({ extensions: [make.extendedKeyUsage('1.2.3.4')] }), caOf()],
      'extended-key-usage 0',
      { purposes: ['1.2.3.5'] },
    ],
    ['with more certificates than allowed', [leafOf(), caOf()], 'too-long 0', { longest: 1 }],
    [
      'that is revoked',
      [leafOf(), caOf()],
      'revoked 0',
      {
        revocation: (one) =>
          one.basicConstraints ? { status: 'good', by: one.bytes } : { status: 'revoked', date: at, reason: null, by: one.bytes },
      },
    ],
    [
      'whose status is unknown',
      [leafOf(), caOf()],
      'revocation-unknown 1',
      { revocation: (one) => (one.basicConstraints ? { status: 'unknown', why: '?' } : { status: 'good', by: one.bytes }) },
    ],
  ];
  test.each(cases)('%s', (_, path, failure, options) => expect(check(path, options)).toBe(failure));
});

test('without a time no validity is checked', () => {
  expect(check([leafOf({ notAfter: at - 1000 }), caOf({ notBefore: at + 1000 })], { at: null })).toBe('ok');
});

test('the last second of a certificate belongs to it', () => {
  expect(check([leafOf({ notAfter: at }), caOf()], { at: at + 999 })).toBe('ok');
  expect(check([leafOf({ notAfter: at }), caOf()], { at: at + 1000 })).toBe('expired 0');
});

test('a path length constraint counts the CAs below that are not self-issued', () => {
  const first = caOf({ extensions: [make.basicConstraints(true, 0)] });
  const rollover = make.makeCertificate({
    subject: 'CN=CA',
    key: make.keyNumber(3),
    issuer: 'CN=CA',
    issuerKey: caKey,
    extensions: [isCa],
  });
  const second = make.makeCertificate({
    subject: 'CN=CA 2',
    key: make.keyNumber(3),
    issuer: 'CN=CA',
    issuerKey: caKey,
    extensions: [isCa],
  });
  expect(check([leafOf({ issuerKey: make.keyNumber(3) }), rollover, first])).toBe('ok');
  expect(check([leafOf({ issuer: 'CN=CA 2', issuerKey: make.keyNumber(3) }), second, first])).toBe('path-length 1');
});

test('what the certificate of the anchor says binds only on demand', () => {
  const anchor = anchorOf(
    make.root('CN=Root', rootKey, [make.basicConstraints(true, 0), make.nameConstraints([make.directory('O=Firm')], [])]),
  );
  const path = [leafOf(), caOf()];
  expect(check(path, { anchor })).toBe('ok');
  const result = validatePath({ path, anchor, at, anchorConstraints: 'enforced' });
  expect(result.ok ? [] : result.failures.map(({ code }) => code)).toEqual(['name-constraints', 'path-length', 'name-constraints']);
  expect(check(path, { anchor, at: root.notAfter + make.DAY, anchorDates: 'enforced' })).toBe('expired 2');
});

test('an option that does not exist is the mistake of the caller', () => {
  expect(() => validatePath({ path: [], anchor: anchorOf(root), at, extra: 1 } as PathOptions)).toThrow(Fault);
});

describe('name constraints', () => {
  const mask = [10, 0, 0, 0, 255, 0, 0, 0] as const;
  const cases: [string, Bytes[], Bytes[], Partial<make.CertificateShape>, boolean][] = [
    ['permit what is below', [make.dns('a.example')], [], { extensions: [make.altNames(make.dns('x.A.example'))] }, true],
    ['permit the domain itself', [make.dns('a.example')], [], { extensions: [make.altNames(make.dns('a.example'))] }, true],
    ['refuse a domain that only ends alike', [make.dns('a.example')], [], { extensions: [make.altNames(make.dns('ba.example'))] }, false],
    ['bind names of their own form only', [make.dns('a.example')], [], { extensions: [make.altNames(make.mail('a@b.example'))] }, true],
    [
      'refuse one name of several',
      [make.dns('a.example')],
      [],
      { extensions: [make.altNames(make.dns('a.example'), make.dns('b.example'))] },
      false,
    ],
    ['exclude what is below', [], [make.dns('a.example')], { extensions: [make.altNames(make.dns('x.a.example'))] }, false],
    [
      'exclude a wildcard that could mean what is excluded',
      [],
      [make.dns('x.a.example')],
      { extensions: [make.altNames(make.dns('*.a.example'))] },
      false,
    ],
    ['permit an address in the range', [make.address(...mask)], [], { extensions: [make.altNames(make.address(10, 1, 2, 3))] }, true],
    ['refuse an address outside', [make.address(...mask)], [], { extensions: [make.altNames(make.address(11, 1, 2, 3))] }, false],
    [
      'refuse an address of the other family',
      [make.address(...mask)],
      [],
      { extensions: [make.altNames(make.address(...Array.from({ length: 16 }, () => 0)))] },
      false,
    ],
    ['permit a mailbox of the host', [make.mail('a.example')], [], { extensions: [make.altNames(make.mail('x@A.example'))] }, true],
    ['refuse a mailbox below the host', [make.mail('a.example')], [], { extensions: [make.altNames(make.mail('x@b.a.example'))] }, false],
    ['permit a mailbox below a dot', [make.mail('.a.example')], [], { extensions: [make.altNames(make.mail('x@b.a.example'))] }, true],
    ['tell the case of a local part', [make.mail('X@a.example')], [], { extensions: [make.altNames(make.mail('x@a.example'))] }, false],
    [
      'bind the mail address of the subject where there is no other name',
      [make.mail('a.example')],
      [],
      { subject: 'E=x@b.example' },
      false,
    ],
    [
      'permit the host of a URI',
      [make.uri('.a.example')],
      [],
      { extensions: [make.altNames(make.uri('https://u@x.a.example:8/p?q'))] },
      true,
    ],
    ['refuse a URI without a host', [make.uri('.a.example')], [], { extensions: [make.altNames(make.uri('urn:x'))] }, false],
    ['permit a subject below', [make.directory('O=Firm')], [], { subject: 'O=firm,CN=x' }, true],
    ['refuse a subject elsewhere', [make.directory('O=Firm')], [], { subject: 'O=Firma,CN=x' }, false],
    ['exclude a subject below', [], [make.directory('O=Firm')], { subject: 'O=Firm,CN=x' }, false],
    ['let an empty subject pass', [make.directory('O=Firm')], [], { subject: '' }, true],
  ];
  test.each(cases)('%s', (_, permitted, excluded, leaf, valid) => {
    const ca = caOf({ extensions: [isCa, make.nameConstraints(permitted, excluded)] });
    expect(check([leafOf(leaf), ca])).toBe(valid ? 'ok' : 'name-constraints 0');
  });

  test('also hold for international mailboxes (RFC 9598)', () => {
    const mailbox = (text: string) => make.altNames(der.context(0, der.oid('1.3.6.1.5.5.7.8.9'), der.context(0, der.utf8String(text))));
    const ca = caOf({ extensions: [isCa, make.nameConstraints([make.mail('a.example')], [])] });
    expect(check([leafOf({ extensions: [mailbox('jürgen@a.example')] }), ca])).toBe('ok');
    expect(check([leafOf({ extensions: [mailbox('jürgen@b.example')] }), ca])).toBe('name-constraints 0');
  });
});

describe('policies', () => {
  const path = (...extensions: readonly (readonly Bytes[])[]): Certificate[] =>
    extensions
      .map((own, i) =>
        make.makeCertificate({
          subject: `CN=${i + 1}`,
          key: make.keyNumber(i + 1),
          issuer: i === 0 ? 'CN=Root' : `CN=${i}`,
          issuerKey: make.keyNumber(i),
          extensions: i === extensions.length - 1 ? own : [isCa, ...own],
        }),
      )
      .reverse();
  const found = (certificates: Certificate[], options: Partial<PathOptions> = {}): string => {
    const result = validatePath({ path: certificates, anchor: anchorOf(root), at, ...options });
    return result.ok ? [...result.policies].sort().join(' ') : result.failure.code;
  };
  const ANY = '2.5.29.32.0';
  const cases: [string, Certificate[], Partial<PathOptions>, string][] = [
    ['hold where every certificate has them', path([make.policies('1.1', '1.2')], [make.policies('1.2', '1.3')]), {}, '1.2'],
    ['hold below any policy', path([make.policies(ANY)], [make.policies('1.3')]), {}, '1.3'],
    ['hold above any policy', path([make.policies('1.3')], [make.policies(ANY)]), {}, '1.3'],
    ['are any where nobody restricts them', path([make.policies(ANY)], [make.policies(ANY)]), {}, ANY],
    ['are what the user accepts', path([make.policies(ANY)], [make.policies(ANY)]), { policies: ['1.5'] }, '1.5'],
    ['may be none where none is required', path([make.policies('1.1')], [make.policies('1.2')]), {}, ''],
    ['may not be none where one is required', path([make.policies('1.1')], [make.policies('1.2')]), { explicitPolicy: true }, 'policy'],
    ['are required by a constraint', path([make.policies('1.1'), make.policyConstraints(0, null)], [make.policies('1.2')]), {}, 'policy'],
    ['are mapped', path([make.policies('1.1'), make.mappings(['1.1', '2.1'])], [make.policies('2.1')]), { explicitPolicy: true }, '1.1'],
    [
      'are not mapped where that is inhibited',
      path([make.policies('1.1'), make.mappings(['1.1', '2.1'])], [make.policies('2.1')]),
      { explicitPolicy: true, inhibitPolicyMapping: true },
      'policy',
    ],
    [
      'are mapped from any policy',
      path([make.policies(ANY), make.mappings(['1.1', '2.1'])], [make.policies('2.1')]),
      { explicitPolicy: true },
      '1.1',
    ],
    ['are never mapped to any policy', path([make.policies('1.1'), make.mappings(['1.1', ANY])], [make.policies('1.1')]), {}, 'policy'],
    [
      'are not any where that is inhibited',
      path([make.policies(ANY)], [make.policies(ANY)]),
      { explicitPolicy: true, inhibitAnyPolicy: true },
      'policy',
    ],
    [
      'that the user does not accept do not count',
      path([make.policies('1.1')], [make.policies('1.1')]),
      { explicitPolicy: true, policies: ['1.2'] },
      'policy',
    ],
  ];
  test.each(cases)('%s', (_, certificates, options, policies) => expect(found(certificates, options)).toBe(policies));

  test('stay few where mappings would make a tree explode', () => {
    const many = Array.from({ length: 40 }, (_, i) => `1.9.${i}`);
    const crossed = many.flatMap((from) => many.map((to) => [from, to] as const));
    const certificates = path(...Array.from({ length: 8 }, () => [make.policies(...many), make.mappings(...crossed)]), [
      make.policies(...many),
    ]);
    expect(found(certificates, { explicitPolicy: true }).split(' ')).toHaveLength(40);
  });
});

describe('building', () => {
  test('finds the way through a pool in any order', () => {
    const other = make.makeCertificate({
      subject: 'CN=CA',
      key: make.keyNumber(4),
      issuer: 'CN=Root',
      issuerKey: rootKey,
      extensions: [isCa],
    });
    const expired = caOf({ notAfter: at - make.DAY, serial: 9 });
    const ca = caOf();
    const found = findPath({ target: leafOf(), anchors: [anchorOf(root)], candidates: [other, expired, ca], at });
    expect(found.ok && found.path[1]?.fingerprint).toBe(ca.fingerprint);
  });

  test('gives every path once', () => {
    const crossRootKey = make.keyNumber(6);
    const ca = caOf();
    const second = make.root('CN=Root 2', crossRootKey);
    const cross = make.makeCertificate({ subject: 'CN=CA', key: caKey, issuer: 'CN=Root 2', issuerKey: crossRootKey, extensions: [isCa] });
    const paths = [
      ...candidatePaths({ target: leafOf(), anchors: [anchorOf(root), anchorOf(second)], candidates: [ca, cross, ca, root], at }),
    ];
    expect(paths.map(({ anchor }) => anchor.name.text).sort()).toEqual(['CN=Root', 'CN=Root 2']);
  });

  test('a target that is the anchor needs no path', () => {
    expect(findPath({ target: root, anchors: [anchorOf(root)], candidates: [], at })).toMatchObject({ ok: true, path: [] });
  });

  test('tells the failure that says most', () => {
    const ca = caOf({ extensions: [isCa, make.nameConstraints([], [make.directory('CN=Leaf')])] });
    const expired = caOf({ notAfter: at - make.DAY });
    const found = findPath({ target: leafOf(), anchors: [anchorOf(root)], candidates: [expired, ca], at });
    expect(found).toMatchObject({ ok: false, failure: { code: 'name-constraints' } });
  });

  test('tells that there is no path', () => {
    expect(findPath({ target: leafOf(), anchors: [anchorOf(root)], candidates: [], at })).toMatchObject({
      ok: false,
      failure: { code: 'no-path' },
      candidate: null,
    });
  });

  test('ends with a clear answer in a pool of CAs that sign each other', () => {
    const names = Array.from({ length: 8 }, (_, i) => `CN=Loop ${i}`);
    const pool = names.flatMap((subject, i) =>
      names.flatMap((issuer, j) =>
        i === j
          ? []
          : [make.makeCertificate({ subject, key: make.keyNumber(i), issuer, issuerKey: make.keyNumber(j), extensions: [isCa] })],
      ),
    );
    const target = make.makeCertificate({ subject: 'CN=x', key: leafKey, issuer: 'CN=Loop 0', issuerKey: make.keyNumber(0) });
    const found = findPath({
      target,
      anchors: [anchorOf(make.root('CN=Elsewhere', make.newKey()))],
      candidates: pool,
      at,
      budget: pathBudget(100, 5000),
    });
    expect(found).toMatchObject({ ok: false, failure: { code: expect.stringMatching(/^(budget-spent|no-path)$/) } });
  });

  test('ends with a clear answer in a pool of certificates with one name and many keys', () => {
    const pool = Array.from({ length: 60 }, (_, i) =>
      make.makeCertificate({
        subject: 'CN=CA',
        key: make.keyNumber(i + 3),
        issuer: 'CN=CA',
        issuerKey: make.keyNumber(i + 4),
        serial: i + 1,
        extensions: [isCa],
      }),
    );
    const budget = pathBudget(20, 1000);
    const found = findPath({ target: leafOf(), anchors: [anchorOf(root)], candidates: pool, at, budget });
    expect(found).toMatchObject({ ok: false, failure: { code: 'budget-spent' } });
    expect(budget.signatures.left).toBeGreaterThanOrEqual(-1000);
  });

  test('finds the same as a search by hand, whatever the pool', () => {
    fc.assert(
      fc.property(fc.shuffledSubarray([0, 1, 2, 3, 4]), fc.subarray([0, 1, 2, 3, 4]), (order, present) => {
        const chain = Array.from({ length: 5 }, (_, i) =>
          make.makeCertificate({
            subject: `CN=${i}`,
            key: make.keyNumber(i + 1),
            issuer: i === 0 ? 'CN=Root' : `CN=${i - 1}`,
            issuerKey: make.keyNumber(i),
            extensions: [isCa],
          }),
        );
        const pool = order.filter((i) => present.includes(i)).map((i) => chain[i] as Certificate);
        const target = make.makeCertificate({ subject: 'CN=x', key: leafKey, issuer: 'CN=4', issuerKey: make.keyNumber(5) });
        expect(findPath({ target, anchors: [anchorOf(root)], candidates: pool, at }).ok).toBe(pool.length === 5);
      }),
      { numRuns: 30 },
    );
  });
});
