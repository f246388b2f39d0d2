import { generateKeyPairSync } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { der, Reader } from '../../src/asn1/index.ts';
import { concat } from '../../src/base/bytes.ts';
import { fromHex } from '../../src/base/text.ts';
import { inheritDsaParameters, publicKey, readPublicKey } from '../../src/crypto/index.ts';
import { CURVES } from '../../src/crypto/table.ts';
import { spkiOf } from './keys.ts';

const octets = (hex: string): Uint8Array => fromHex(hex) ?? new Uint8Array();
const spki = (algorithm: Uint8Array, key: Uint8Array) => der.sequence(algorithm, der.bitString(key));
const rsa = (modulus: bigint, exponent: bigint | number, parameters: Uint8Array | null = der.NULL) =>
  spki(
    der.sequence(der.oid('1.2.840.113549.1.1.1'), ...(parameters ? [parameters] : [])),
    der.sequence(der.integer(modulus), der.integer(exponent)),
  );
const ec = (curve: Uint8Array, point: Uint8Array) => spki(der.sequence(der.oid('1.2.840.10045.2.1'), curve), point);

const MODULUS = (1n << 2047n) + 1n;
const P256 = der.oid('1.2.840.10045.3.1.7');
/** The generator of P-256. */
const X = '6b17d1f2e12c4247f8bce6e563a440f277037d812deb33a0f4a13945d898c296';
const Y = '4fe342e2fe1a7f9b8ee7eb4a7c0f9e162bce33576b315ececbb6406837bf51f5';

describe('public keys that are taken', () => {
  it.each([
    ['rsa', { modulusLength: 1024 }, { kind: 'RSA', bits: 1024, curve: null }],
    ['rsa-pss', { modulusLength: 1024 }, { kind: 'RSASSA-PSS', bits: 1024, restriction: null }],
    [
      'rsa-pss',
      { modulusLength: 1024, hashAlgorithm: 'sha256', mgf1HashAlgorithm: 'sha1', saltLength: 20 },
      { kind: 'RSASSA-PSS', restriction: { digest: 'SHA-256', pss: { mgfDigest: 'SHA-1', saltLength: 20 } } },
    ],
    ['ed25519', undefined, { kind: 'Ed25519', bits: 256 }],
    ['ed448', undefined, { kind: 'Ed448', bits: 456 }],
    ['ml-dsa-44', undefined, { kind: 'ML-DSA-44', bits: 1312 * 8 }],
    ['slh-dsa-shake-128f', undefined, { kind: 'SLH-DSA-SHAKE-128f', bits: 256 }],
  ])('%s with %j', (type, options, expected) => {
    expect(publicKey(spkiOf(type, options))).toMatchObject(expected);
  });

  it.each(CURVES)('EC on $name', ({ name, bits }) => {
    const runtime = { 'P-192': 'prime192v1', 'P-224': 'secp224r1' }[name] ?? name;
    expect(publicKey(spkiOf('ec', { namedCurve: runtime }))).toMatchObject({ kind: 'EC', bits, curve: name });
  });

  it('a compressed point, and RSA without NULL', () => {
    expect(publicKey(ec(P256, octets(`03${X}`)))).toMatchObject({ kind: 'EC', curve: 'P-256' });
    expect(publicKey(rsa(MODULUS, 65_537, null))).toMatchObject({ kind: 'RSA', bits: 2048 });
  });

  it('an RSA modulus written without its leading zero is read as the positive number, and told', () => {
    const written = der.encode(0x02, octets(MODULUS.toString(16)));
    const encoding = spki(der.sequence(der.oid('1.2.840.113549.1.1.1'), der.NULL), der.sequence(written, der.integer(65_537)));
    expect(publicKey(encoding)).toMatchObject({ kind: 'RSA', bits: 2048, deviation: 'the RSA modulus is written as a negative number' });
    expect(publicKey(rsa(MODULUS, 65_537))?.deviation).toBeNull();
  });

  it('the same array is read once', () => {
    const key = spkiOf('ed25519');
    expect(publicKey(key)).toBe(publicKey(key));
  });
});

describe('public keys that are refused', () => {
  it.each([
    ['RSA with exponent 1', rsa(MODULUS, 1)],
    ['RSA with an even exponent', rsa(MODULUS, 2)],
    ['RSA with exponent 0', rsa(MODULUS, 0)],
    ['RSA with a negative exponent', rsa(MODULUS, -3)],
    ['RSA with an exponent longer than the modulus', rsa(MODULUS, (1n << 2050n) + 1n)],
    ['RSA with an even modulus', rsa(1n << 2047n, 3)],
    ['RSA with a negative modulus', rsa(-MODULUS, 3)],
    ['RSA with a modulus of 511 bits', rsa((1n << 510n) + 1n, 3)],
    ['RSA with a modulus of 16 385 bits', rsa((1n << 16_384n) + 1n, 3)],
    ['RSA with parameters', rsa(MODULUS, 3, der.integer(1))],
    [
      'RSA with a further value',
      spki(der.sequence(der.oid('1.2.840.113549.1.1.1'), der.NULL), der.sequence(der.integer(MODULUS), der.integer(3), der.NULL)),
    ],
    ['EC at infinity', ec(P256, octets('00'))],
    ['EC off the curve', ec(P256, octets(`04${X}${Y.slice(0, -2)}f6`))],
    ['EC in hybrid form', ec(P256, octets(`07${X}${Y}`))],
    ['EC with a cut-off point', ec(P256, octets(`04${X}`))],
    ['EC without a point', ec(P256, octets(''))],
    ['Ed25519 with parameters', spki(der.sequence(der.oid('1.3.101.112'), der.NULL), new Uint8Array(32))],
    ['Ed25519 of 31 octets', spki(der.sequence(der.oid('1.3.101.112')), new Uint8Array(31))],
    ['a key of no whole octets', der.sequence(der.sequence(der.oid('1.3.101.112')), der.bitString(new Uint8Array(32), 1))],
    ['no SubjectPublicKeyInfo', der.NULL],
    ['nothing', new Uint8Array()],
    ['trailing octets', concat([rsa(MODULUS, 3), der.NULL])],
  ])('%s is invalid', (_name, encoding) => {
    expect(readPublicKey(encoding)).toBe('invalid');
    expect(publicKey(encoding)).toBeNull();
  });

  it.each([
    ['explicit EC parameters', spkiOf('ec', { namedCurve: 'P-256', paramEncoding: 'explicit' })],
    ['EC parameters of the issuer', ec(der.NULL, octets(`04${X}${Y}`))],
    ['a binary curve', spkiOf('ec', { namedCurve: 'sect283k1' })],
    ['X25519', spkiOf('x25519')],
    ['an unknown identifier', spki(der.sequence(der.oid('1.2.3')), new Uint8Array(1))],
  ])('%s is unsupported', (_name, encoding) => {
    expect(readPublicKey(encoding)).toBe('unsupported');
  });

  it('any octets are a key or none', () => {
    const valid = [spkiOf('ed25519'), rsa(MODULUS, 3), ec(P256, octets(`04${X}${Y}`))];
    fc.assert(
      fc.property(fc.constantFrom(...valid), fc.nat(), fc.nat(255), (encoding, at, octet) => {
        const mutated = encoding.slice();
        mutated[at % mutated.length] = octet;
        readPublicKey(mutated);
      }),
    );
  });
});

describe('DSA', () => {
  const whole = generateKeyPairSync('dsa', { modulusLength: 1024, divisorLength: 160 });
  const key = new Uint8Array(whole.publicKey.export({ type: 'spki', format: 'der' }));
  const reader = Reader.over(key, 'spki').sequence();
  reader.any();
  const bare = spki(der.sequence(der.oid('1.2.840.10040.4.1')), reader.bitString().bytes);

  it('is taken with its parameters', () => {
    expect(publicKey(key)).toMatchObject({ kind: 'DSA', bits: 1024 });
  });

  it('takes the parameters of its issuer where it has none', () => {
    expect(readPublicKey(bare)).toBe('unsupported');
    expect(inheritDsaParameters(bare, key)).toEqual(key);
    expect(inheritDsaParameters(key, key)).toBeNull();
    expect(inheritDsaParameters(bare, bare)).toBeNull();
    expect(inheritDsaParameters(bare, rsa(MODULUS, 3))).toBeNull();
    expect(inheritDsaParameters(der.NULL, key)).toBeNull();
  });

  it.each([
    ['p of 511 bits', (1n << 510n) + 1n, (1n << 159n) + 1n, 2n],
    ['p of 10 001 bits', (1n << 10_000n) + 1n, (1n << 159n) + 1n, 2n],
    ['q of 161 bits', MODULUS, (1n << 160n) + 1n, 2n],
    ['an even q', MODULUS, 1n << 159n, 2n],
    ['generator 1', MODULUS, (1n << 159n) + 1n, 1n],
    ['a negative generator', MODULUS, (1n << 159n) + 1n, -2n],
  ])('%s is invalid', (_name, p, q, g) => {
    const parameters = der.sequence(der.integer(p), der.integer(q), der.integer(g));
    expect(readPublicKey(spki(der.sequence(der.oid('1.2.840.10040.4.1'), parameters), der.integer(5)))).toBe('invalid');
  });
});
