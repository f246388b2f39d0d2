/** Certificates: what is refused, what is tolerated and told, and what openssl and node say (RFC 5280, 4). */
import { execFileSync, spawnSync } from 'node:child_process';
import { X509Certificate } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { der } from '../../src/asn1/index.ts';
import type { Bytes } from '../../src/base/bytes.ts';
import { fromHex, toHex, utf8 } from '../../src/base/text.ts';
import { parseCertificate, selfSigned, verifyIssued } from '../../src/pki/index.ts';
import { temporaryFolder } from '../support/folder.ts';
import * as make from './authority.ts';

const key = make.keyNumber(0);
const shape = { subject: 'CN=Subject', issuer: 'CN=Issuer', key: make.keyNumber(1), issuerKey: key } as const;

describe('a certificate is refused', () => {
  const twice = make.basicConstraints(true);
  const whole = make.encodeCertificate(shape);
  const cases: [string, Bytes][] = [
    ['with an extension twice', make.encodeCertificate({ ...shape, extensions: [twice, twice] })],
    ['of version 1 with extensions', make.encodeCertificate({ ...shape, version: null, extensions: [twice] })],
    ['of version 2 with extensions', make.encodeCertificate({ ...shape, version: 1, extensions: [twice] })],
    ['of version 4', make.encodeCertificate({ ...shape, version: 3 })],
    ['with another algorithm inside', make.encodeCertificate({ ...shape, innerAlgorithm: der.sequence(der.oid('1.2.840.10045.4.3.3')) })],
    ['with octets behind', Uint8Array.from([...whole, 0])],
    ['cut short', whole.subarray(0, -1)],
    ['that is empty', new Uint8Array()],
  ];
  test.each(cases)('%s', (_, bytes) => expect(parseCertificate(bytes).ok).toBe(false));
});

describe('a departure with one meaning is read and told', () => {
  const cases: [string, Partial<make.CertificateShape>, RegExp][] = [
    ['a negative serial number', { serial: -5 }, /negative/],
    ['serial number zero', { serial: 0 }, /zero/],
    ['a serial number of 21 octets', { serial: 1n << 161n }, /longer/],
    ['version 1 written out', { version: 0 }, /version 1/],
    [
      'critical FALSE written out',
      { extensions: [der.sequence(der.oid('1.2.3'), der.boolean(false), der.octetString(der.NULL))] },
      /critical FALSE/,
    ],
    ['an algorithm with NULL inside only', { innerAlgorithm: der.sequence(der.oid('1.2.840.10045.4.3.2'), der.NULL) }, /NULL/],
    ['an empty subject whose other names are not critical', { subject: '', extensions: [make.altNames(make.dns('a.example'))] }, /empty/],
  ];
  test.each(cases)('%s', (_, change, words) => {
    const certificate = make.makeCertificate({ ...shape, ...change });
    expect(certificate.deviations).toHaveLength(1);
    expect(certificate.deviations[0]).toMatch(words);
  });
});

describe('an extension that cannot be read', () => {
  const cases: [string, string, keyof ReturnType<typeof make.makeCertificate>, unknown][] = [
    ['basicConstraints', '2.5.29.19', 'basicConstraints', { ca: false, pathLength: null }],
    ['keyUsage', '2.5.29.15', 'keyUsage', new Set()],
    ['extendedKeyUsage', '2.5.29.37', 'extendedKeyUsage', []],
    ['policyConstraints', '2.5.29.36', 'policyConstraints', { requireExplicitPolicy: 0, inhibitPolicyMapping: 0 }],
    ['inhibitAnyPolicy', '2.5.29.54', 'inhibitAnyPolicy', 0],
    ['subjectAltName', '2.5.29.17', 'subjectAltNames', []],
  ];
  test.each(cases)('%s permits the least and is listed', (_, oid, property, least) => {
    const certificate = make.makeCertificate({ ...shape, extensions: [make.extension(oid, utf8('?'))] });
    expect(certificate[property]).toEqual(least);
    expect(certificate.malformedExtensions.map((one) => one.oid)).toEqual([oid]);
  });
});

test('absent extensions are null, present ones are read', () => {
  const bare = make.makeCertificate(shape);
  expect([bare.basicConstraints, bare.keyUsage, bare.extendedKeyUsage, bare.policies, bare.nameConstraints, bare.qcStatements]).toEqual(
    Array.from({ length: 6 }, () => null),
  );
  const qc = der.sequence(
    der.sequence(der.oid('0.4.0.1862.1.1')),
    der.sequence(der.oid('0.4.0.1862.1.4')),
    der.sequence(der.oid('0.4.0.1862.1.6'), der.sequence(der.oid('0.4.0.1862.1.6.2'))),
    der.sequence(der.oid('0.4.0.1862.1.7'), der.sequence(der.printableString('CH'))),
    der.sequence(der.oid('0.4.0.1862.1.2'), der.sequence(der.printableString('EUR'), der.integer(5), der.integer(3))),
    der.sequence(der.oid('0.4.0.1862.1.3'), der.integer(15)),
    der.sequence(der.oid('0.4.0.1862.1.5'), der.sequence(der.sequence(der.ia5String('https://a.example/pds'), der.printableString('en')))),
    der.sequence(der.oid('1.3.6.1.5.5.7.11.2'), der.sequence(der.oid('0.4.0.194121.1.1'))),
  );
  const full = make.makeCertificate({
    ...shape,
    extensions: [
      make.basicConstraints(true, 3),
      make.keyUsage(0b0100_0110),
      make.extendedKeyUsage('1.3.6.1.5.5.7.3.9'),
      make.policies('1.2.3', '2.5.29.32.0'),
      make.extension('1.3.6.1.5.5.7.1.3', qc),
      make.extension('0.4.0.194121.2.1', der.NULL),
      make.extension('2.5.29.56', der.NULL),
      make.extension(
        '1.3.6.1.5.5.7.1.1',
        der.sequence(
          der.sequence(der.oid('1.3.6.1.5.5.7.48.1'), make.uri('http://o')),
          der.sequence(der.oid('1.3.6.1.5.5.7.48.2'), make.uri('http://i')),
        ),
      ),
    ],
  });
  expect(full.malformedExtensions).toEqual([]);
  expect(full.basicConstraints).toEqual({ ca: true, pathLength: 3 });
  expect(full.keyUsage).toEqual(new Set(['nonRepudiation', 'keyCertSign', 'cRLSign']));
  expect(full.policies?.map(({ policy }) => policy)).toEqual(['1.2.3', '2.5.29.32.0']);
  expect([full.validityAssuredShortTerm, full.noRevAvail, full.ocspNoCheck]).toEqual([true, true, false]);
  expect([full.authorityInfoAccess?.ocsp, full.authorityInfoAccess?.caIssuers]).toEqual([['http://o'], ['http://i']]);
  expect(full.qcStatements).toMatchObject({
    compliance: true,
    sscd: true,
    types: ['eseal'],
    legislation: ['CH'],
    limit: { currency: 'EUR', amount: 5, exponent: 3 },
    retentionYears: 15,
    disclosure: [{ url: 'https://a.example/pds', language: 'en' }],
    semantics: ['0.4.0.194121.1.1'],
    unreadable: [],
  });
});

test('the value of a certificate verifies with the key of its issuer only', () => {
  const ca = make.root('CN=Issuer', key);
  const other = make.root('CN=Issuer', make.keyNumber(2));
  const certificate = make.makeCertificate(shape);
  expect([verifyIssued(certificate, ca), verifyIssued(certificate, other)]).toEqual(['intact', 'broken']);
  expect([selfSigned(ca), selfSigned(certificate)]).toEqual([true, false]);
});

test('mutated certificates give a value, whatever is asked of them', () => {
  const bytes = make.encodeCertificate({
    ...shape,
    extensions: [
      make.basicConstraints(true, 3),
      make.nameConstraints([make.dns('a.example'), make.address(10, 0, 0, 0, 255, 0, 0, 0)], [make.directory('CN=x')]),
      make.altNames(make.mail('a@b.example'), make.uri('https://b.example/')),
      make.policies('1.2.3'),
    ],
  });
  const mutation = fc.array(fc.tuple(fc.nat(bytes.length - 1), fc.integer({ min: 0, max: 255 })), { minLength: 1, maxLength: 4 });
  fc.assert(
    fc.property(mutation, fc.nat(bytes.length), (changes, cut) => {
      const mutated = bytes.slice(0, cut > bytes.length / 4 ? bytes.length : cut);
      for (const [at, octet] of changes) if (at < mutated.length) mutated[at] = octet;
      const parsed = parseCertificate(mutated);
      if (!parsed.ok) return;
      const { value } = parsed;
      expect(typeof value.subject.text + typeof value.issuer.text).toBe('stringstring');
      expect(Array.isArray(value.malformedExtensions)).toBe(true);
      expect(['intact', 'broken', 'unsupported']).toContain(verifyIssued(value, value));
    }),
    { numRuns: 2000 },
  );
});

test('random octets give a value', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 400 }), (bytes) => void parseCertificate(bytes)),
    { numRuns: 500 },
  );
});

describe('certificates of openssl', () => {
  const openssl = spawnSync('openssl', ['version']).status === 0;
  if (!openssl) process.stderr.write('openssl is not here: nothing to compare with\n');
  const dir = temporaryFolder();
  const cases: [string, string[]][] = [
    ['RSA', ['-newkey', 'rsa:2048', '-set_serial', '0x80ff01']],
    [
      'ECDSA with names',
      ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-384', '-addext', 'subjectAltName=DNS:a.example,email:a@b.example,IP:10.0.0.1'],
    ],
    [
      'Ed25519',
      [
        '-newkey',
        'ed25519',
        '-addext',
        'keyUsage=critical,digitalSignature,nonRepudiation',
        '-addext',
        'extendedKeyUsage=1.3.6.1.5.5.7.3.36',
      ],
    ],
    ['an end entity', ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-addext', 'basicConstraints=critical,CA:FALSE']],
  ];
  test.skipIf(!openssl).each(cases)('%s: the fields are those that node reads', (name, args) => {
    const file = join(dir, name.replace(/\W/g, ''));
    const subject = '/C=AT/O=A, B und C/CN=Jürgen Groß';
    execFileSync(
      'openssl',
      ['req', '-x509', '-utf8', '-nodes', '-days', '10', '-subj', subject, '-keyout', `${file}.key`, '-out', `${file}.pem`, ...args],
      { stdio: 'pipe' },
    );
    const node = new X509Certificate(readFileSync(`${file}.pem`));
    writeFileSync(`${file}.der`, node.raw);
    const ours = make.must(parseCertificate(new Uint8Array(node.raw)));
    expect(ours.serial.at(0) === 0 ? toHex(ours.serial.subarray(1)) : ours.serialHex).toBe(node.serialNumber.toLowerCase());
    expect(ours.notBefore).toBe(node.validFromDate.getTime());
    expect(ours.notAfter).toBe(node.validToDate.getTime());
    expect(ours.fingerprint).toBe(node.fingerprint256.replaceAll(':', '').toLowerCase());
    expect(ours.subject.text).toBe('CN=Jürgen Groß,O=A\\, B und C,C=AT');
    // Node calls a key without keyCertSign no CA, whatever basicConstraints say.
    expect((ours.basicConstraints?.ca ?? false) && (ours.keyUsage?.has('keyCertSign') ?? true)).toBe(node.ca);
    expect(ours.spki).toEqual(new Uint8Array(node.publicKey.export({ type: 'spki', format: 'der' })));
    expect(ours.extendedKeyUsage ?? undefined).toEqual(node.keyUsage);
    expect(verifyIssued(ours, ours)).toBe(node.verify(node.publicKey) ? 'intact' : 'broken');
    expect(ours.deviations).toEqual([]);
  });
});

test('serial numbers show as they are encoded', () => {
  expect(make.makeCertificate({ ...shape, serial: 0xff }).serialHex).toBe('00ff');
  expect(make.makeCertificate({ ...shape, serial: 0xff }).serial).toEqual(fromHex('00ff'));
});
