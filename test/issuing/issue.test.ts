import { createPrivateKey, X509Certificate } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { concat } from '../../src/base/bytes.ts';
import { toHex } from '../../src/base/text.ts';
import {
  encodeName,
  extension,
  generateKey,
  type IssuingKey,
  issueCertificate,
  issueCrl,
  issueOcspError,
  issueOcspResponse,
  issuingKey,
  type KeyAlgorithm,
  randomSerial,
} from '../../src/issuing/index.ts';
import { type Certificate, parseCertificate } from '../../src/pki/certificate.ts';
import { findInCrl, parseCrl, verifyCrl } from '../../src/pki/crl.ts';
import { verifyIssued } from '../../src/pki/issued-by.ts';
import { answersFor, parseOcspResponse } from '../../src/pki/ocsp.ts';
import { encodeCertId } from '../../src/pki/ocsp-request.ts';
import { verifyOcsp } from '../../src/pki/ocsp-responder.ts';

const AT = Date.UTC(2026, 5, 1);
const DAY = 24 * 3_600_000;
const name = { C: 'AT', O: 'Prüfstelle', CN: 'Issuer' };

const read = (bytes: Uint8Array): Certificate => {
  const parsed = parseCertificate(bytes);
  if (!parsed.ok) throw new Error(`${parsed.malformed.reason} at ${parsed.malformed.at}`);
  return parsed.value;
};

async function authority(key: IssuingKey): Promise<Certificate> {
  const extensions = [extension.basicConstraints(true, 1), extension.keyUsage('keyCertSign', 'cRLSign')];
  const era = { notBefore: AT, notAfter: AT + 1000 * DAY };
  return read(await issueCertificate({ subject: name, issuer: 'self', publicKey: key.publicKey, serial: 1, ...era, extensions, key }));
}

describe('certificates issued here', () => {
  test.each<readonly [KeyAlgorithm, boolean]>([
    ['RSA-2048', false],
    ['RSA-PSS', true],
    ['RSA-PSS-only', false],
    ['P-256', false],
    ['P-384', false],
    ['P-521', false],
    ['brainpoolP256r1', false],
    ['Ed25519', false],
    ['Ed448', false],
    ['ML-DSA-44', false],
  ])('by a key %s are read and verified by pki', async (algorithm, pss) => {
    const certificate = await authority(issuingKey(await generateKey(algorithm), { pss }));
    expect(verifyIssued(certificate, certificate)).toBe('intact');
  });

  test('say what was asked, in DER without deviations', async () => {
    const key = issuingKey(await generateKey('P-256'));
    const issuer = await authority(key);
    const serial = randomSerial();
    const certificate = read(
      await issueCertificate({
        subject: { CN: 'Signer', givenName: 'Ö', surname: 'Ä', serialNumber: '42', emailAddress: 'a@example.org' },
        issuer: issuer.subject.bytes,
        publicKey: key.publicKey,
        serial,
        notBefore: Date.UTC(1949, 0, 1),
        notAfter: Date.UTC(2050, 0, 1),
        extensions: [
          extension.basicConstraints(false),
          extension.keyUsage('digitalSignature', 'nonRepudiation', 'decipherOnly'),
          extension.extendedKeyUsage(['1.3.6.1.5.5.7.3.8'], true),
          extension.subjectKeyIdentifier(key.publicKey),
          extension.authorityKeyIdentifier(key.publicKey),
          extension.authorityInfoAccess({ ocsp: ['http://o/'], caIssuers: ['http://c/'] }),
          extension.crlDistributionPoints(['http://a/', 'http://b/']),
          extension.certificatePolicies(['1.2.3']),
          extension.subjectAltName({ email: ['a@example.org'], dns: ['example.org'] }),
          extension.ocspNoCheck(),
          extension.noRevocationAvailable(),
          extension.qcStatements('esign'),
        ],
        key,
      }),
    );
    expect(certificate).toMatchObject({
      serialHex: toHex(serial),
      notBefore: Date.UTC(1949, 0, 1),
      notAfter: Date.UTC(2050, 0, 1),
      deviations: [],
      malformedExtensions: [],
      keyUsage: new Set(['digitalSignature', 'nonRepudiation', 'decipherOnly']),
      extendedKeyUsage: ['1.3.6.1.5.5.7.3.8'],
      basicConstraints: { ca: false },
      authorityInfoAccess: { ocsp: ['http://o/'], caIssuers: ['http://c/'] },
      policies: [{ policy: '1.2.3' }],
      subjectAltNames: [
        { kind: 'rfc822Name', value: 'a@example.org' },
        { kind: 'dNSName', value: 'example.org' },
      ],
      ocspNoCheck: true,
      noRevAvail: true,
      qcStatements: { compliance: true, sscd: true },
    });
    expect(certificate.crlDistributionPoints).toHaveLength(2);
    expect(certificate.authorityKeyIdentifier?.keyIdentifier).toEqual(certificate.subjectKeyIdentifier);
    expect(verifyIssued(certificate, issuer)).toBe('intact');
    expect(certificate.subject.text).toContain('CN=Signer');
  });

  test('any key usage survives', () =>
    fc.assert(
      fc.asyncProperty(fc.subarray([...KEY_USAGES], { minLength: 1 }), async (usages) => {
        const extensions = [extension.keyUsage(...usages)];
        const era = { notBefore: AT, notAfter: AT + DAY };
        const key = await CHEAP_KEY;
        const issued = await issueCertificate({
          subject: name,
          issuer: 'self',
          publicKey: key.publicKey,
          serial: 1,
          ...era,
          extensions,
          key,
        });
        expect(read(issued).keyUsage).toEqual(new Set(usages));
      }),
    ));

  test('serial numbers are positive, 16 octets and not the same twice', () => {
    const serials = Array.from({ length: 100 }, randomSerial);
    expect(new Set(serials.map(toHex)).size).toBe(100);
    for (const serial of serials) expect([serial.length, (serial[0] as number) >> 6]).toEqual([16, 1]);
  });

  test('unknown options and name attributes are refused', async () => {
    const key = await CHEAP_KEY;
    const wrong = {
      subject: name,
      issuer: 'self',
      publicKey: key.publicKey,
      serial: 1,
      notBefore: 0,
      notAfter: 1,
      key,
      extras: [],
    } as const;
    await expect(issueCertificate(wrong)).rejects.toThrow("unknown option 'extras'");
    expect(() => encodeName({ XY: 'z' } as object)).toThrow("unknown name attribute 'XY'");
  });
});

describe('CRLs issued here', () => {
  test('list what was revoked, when and why', async () => {
    const key = issuingKey(await generateKey('P-256'));
    const issuer = await authority(key);
    const bytes = await issueCrl({
      issuer: name,
      key,
      thisUpdate: AT,
      nextUpdate: AT + DAY,
      number: 7,
      revoked: [
        { serial: 5, at: AT - DAY, reason: 'keyCompromise', invalidSince: AT - 2 * DAY },
        { serial: 200, at: AT - DAY },
      ],
    });
    const crl = parseCrl(bytes);
    if (!crl.ok) throw new Error(crl.malformed.reason);
    expect(crl.value).toMatchObject({
      thisUpdate: AT,
      nextUpdate: AT + DAY,
      number: 7n,
      deltaBase: null,
      unknownCritical: [],
      deviations: [],
    });
    expect(verifyCrl(crl.value, issuer)).toBe('intact');
    expect(findInCrl(crl.value, Uint8Array.of(5))).toMatchObject({ value: { reason: 'keyCompromise', invalidityDate: AT - 2 * DAY } });
    expect(findInCrl(crl.value, Uint8Array.of(0, 200))).toMatchObject({ value: { revocationDate: AT - DAY } });
    expect(findInCrl(crl.value, Uint8Array.of(6))).toEqual({ ok: true, value: null });
  });

  test('may be empty, without next update, or a delta', async () => {
    const key = await CHEAP_KEY;
    const common = { issuer: name, key, thisUpdate: AT, number: 8, revoked: [] };
    const bytes = await issueCrl({ ...common, nextUpdate: null, extensions: [extension.deltaCrlIndicator(7)] });
    expect(parseCrl(bytes)).toMatchObject({ ok: true, value: { entries: null, nextUpdate: null, deltaBase: 7n } });
  });
});

describe('OCSP responses issued here', () => {
  test('answer what was asked', async () => {
    const key = issuingKey(await generateKey('P-256'));
    const issuer = await authority(key);
    const nonce = Uint8Array.of(1, 2, 3);
    const times = { thisUpdate: AT, nextUpdate: AT + DAY };
    const bytes = await issueOcspResponse({
      key,
      certificates: [],
      producedAt: AT,
      nonce,
      responses: [
        { certId: encodeCertId('SHA-1', issuer, issuer), status: { revokedAt: AT - DAY, reason: 'superseded' }, ...times },
        { certId: encodeCertId('SHA-256', issuer, issuer), status: 'good', ...times },
        { certId: encodeCertId('SHA-384', issuer, issuer), status: 'unknown', ...times, nextUpdate: null },
      ],
    });
    const response = parseOcspResponse(bytes);
    if (!response.ok || !response.value.basic) throw new Error('unreadable');
    const { basic } = response.value;
    expect(basic).toMatchObject({ producedAt: AT, responder: { kind: 'key' }, deviations: [] });
    expect(concat([basic.nonce ?? new Uint8Array()])).toEqual(nonce);
    expect(answersFor(basic, issuer, issuer)).toMatchObject([
      { status: 'revoked', reason: 'superseded', revocationDate: AT - DAY, nextUpdate: AT + DAY },
      { status: 'good', thisUpdate: AT },
      { status: 'unknown', nextUpdate: null },
    ]);
    expect(verifyOcsp(basic, [issuer])).toMatchObject({ value: 'intact' });
  });

  test.each(['malformedRequest', 'internalError', 'tryLater', 'sigRequired', 'unauthorized'] as const)('may be the error %s', (status) => {
    expect(parseOcspResponse(issueOcspError(status))).toMatchObject({ ok: true, value: { status, basic: null } });
  });
});

test('keys that this engine does not issue with are refused', () => {
  const key = createPrivateKey({ key: X25519, format: 'pem' });
  expect(() => issuingKey(key)).toThrow('no issuing with keys of type x25519');
});

test('node reads what is issued', async () => {
  const certificate = new X509Certificate((await authority(await CHEAP_KEY)).bytes);
  expect([certificate.ca, certificate.serialNumber, certificate.subject.includes('Prüfstelle')]).toEqual([true, '01', true]);
});

const KEY_USAGES = [
  'digitalSignature',
  'nonRepudiation',
  'keyEncipherment',
  'dataEncipherment',
  'keyAgreement',
  'keyCertSign',
  'cRLSign',
  'encipherOnly',
  'decipherOnly',
] as const;
const CHEAP_KEY = generateKey('Ed25519').then((key) => issuingKey(key));
const X25519 = `-----BEGIN PRIVATE KEY-----
MC4CAQAwBQYDK2VuBCIEIHAHbDQjC2r9NbYlgqS5Zp4kJ0o7s0K9m2X3p1g0m1BR
-----END PRIVATE KEY-----
`;
