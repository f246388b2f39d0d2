import { constants, sign } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { der, Reader } from '../../src/asn1/index.ts';
import { fromHex } from '../../src/base/text.ts';
import {
  algorithmOid,
  algorithmUse,
  type DigestName,
  ecdsaToDer,
  ecdsaToP1363,
  encodeSignatureAlgorithm,
  type SchemeName,
  type SignatureAlgorithm,
  signatureAlgorithm,
  signatureAlgorithmByUri,
  verifyValue,
} from '../../src/crypto/index.ts';
import { type KeyPair, keyPair } from './keys.ts';

const MESSAGE = new Uint8Array(1000).map((_, i) => i);
const OTHER = MESSAGE.with(500, 7);
const RSA = keyPair('rsa', { modulusLength: 2048 });
const P256 = keyPair('ec', { namedCurve: 'P-256' });
const DSA = keyPair('dsa', { modulusLength: 1024, divisorLength: 160 });
const ED25519 = keyPair('ed25519');

const algorithm = (scheme: SchemeName, digest: DigestName | null, key: KeyPair | null = null): SignatureAlgorithm => {
  const reader = Reader.over(encodeSignatureAlgorithm(scheme, digest, key?.spki ?? null), 'AlgorithmIdentifier').sequence();
  const read = signatureAlgorithm(reader.oid(), reader.done ? null : reader.raw(reader.any()));
  if (read === null) throw new Error('no algorithm');
  return read;
};
const pss = (digest: DigestName, mgfDigest: DigestName, saltLength: number): SignatureAlgorithm => ({
  scheme: 'RSASSA-PSS',
  digest,
  pss: { mgfDigest, saltLength, trailer: 1 },
  identifier: 'test',
});
const value = (hash: string | null, { privateKey }: KeyPair, options: object = {}): Uint8Array =>
  new Uint8Array(sign(hash, MESSAGE, { key: privateKey, ...options }));
const PSS = { padding: constants.RSA_PKCS1_PSS_PADDING };

describe('signature values of every scheme', () => {
  const cases: [string, SignatureAlgorithm, KeyPair, Uint8Array][] = [
    ...(['MD5', 'SHA-1', 'SHA-224', 'SHA-256', 'SHA-512', 'SHA-512/256', 'SHA3-256', 'RIPEMD160'] as const).map(
      (digest): [string, SignatureAlgorithm, KeyPair, Uint8Array] => [
        `RSA with ${digest}`,
        algorithm('RSA', digest),
        RSA,
        value(digest.toLowerCase().replace(/^sha-/, 'sha').replace('/', '-'), RSA),
      ],
    ),
    ['RSASSA-PSS', algorithm('RSASSA-PSS', 'SHA-256'), RSA, value('sha256', RSA, { ...PSS, saltLength: 32 })],
    ['RSASSA-PSS without salt', pss('SHA-384', 'SHA-384', 0), RSA, value('sha384', RSA, { ...PSS, saltLength: 0 })],
    ['DSA', algorithm('DSA', 'SHA-1'), DSA, value('sha1', DSA)],
    ['ECDSA', algorithm('ECDSA', 'SHA-256'), P256, value('sha256', P256)],
    ['ECDSA with SHA3-512', algorithm('ECDSA', 'SHA3-512'), P256, value('sha3-512', P256)],
    ['plain ECDSA', algorithm('PLAIN-ECDSA', 'SHA-256'), P256, value('sha256', P256, { dsaEncoding: 'ieee-p1363' })],
    [
      'ECDSA as XML has it',
      signatureAlgorithmByUri('http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha256') as SignatureAlgorithm,
      P256,
      value('sha256', P256, { dsaEncoding: 'ieee-p1363' }),
    ],
    [
      'DSA as XML has it',
      signatureAlgorithmByUri('http://www.w3.org/2000/09/xmldsig#dsa-sha1') as SignatureAlgorithm,
      DSA,
      value('sha1', DSA, { dsaEncoding: 'ieee-p1363' }),
    ],
    ...['secp384r1', 'secp521r1', 'secp256k1', 'brainpoolP256r1', 'brainpoolP384t1', 'brainpoolP512r1'].map(
      (namedCurve): [string, SignatureAlgorithm, KeyPair, Uint8Array] => {
        const key = keyPair('ec', { namedCurve });
        return [`ECDSA on ${namedCurve}`, algorithm('ECDSA', 'SHA-384'), key, value('sha384', key)];
      },
    ),
    ...['ed25519', 'ed448', 'ml-dsa-44', 'ml-dsa-65', 'ml-dsa-87', 'slh-dsa-sha2-128f'].map(
      (type): [string, SignatureAlgorithm, KeyPair, Uint8Array] => {
        const key = keyPair(type);
        return [type, signatureAlgorithm(algorithmOid(key.spki) ?? '', null) as SignatureAlgorithm, key, value(null, key)];
      },
    ),
  ];

  it.each(cases)('%s', (_name, by, { spki }, signature) => {
    expect(verifyValue(by, spki, MESSAGE, signature)).toBe('intact');
    expect(verifyValue(by, spki, [MESSAGE.subarray(0, 1), MESSAGE.subarray(1)], signature)).toBe('intact');
    expect(verifyValue(by, spki, OTHER, signature)).toBe('broken');
    expect(verifyValue(by, spki, MESSAGE, signature.with(-1, (signature.at(-1) as number) ^ 1))).toBe('broken');
    expect(verifyValue(by, spki, MESSAGE, signature.subarray(1))).toBe('broken');
    expect(verifyValue(by, spki, MESSAGE, Uint8Array.of(...signature, 0))).toBe('broken');
    expect(verifyValue(by, spki, MESSAGE, new Uint8Array())).toBe('broken');
  });

  it('a message may come as it is read', () => {
    function* reading() {
      for (let at = 0; at < MESSAGE.length; at += 300) yield MESSAGE.subarray(at, at + 300);
    }
    expect(verifyValue(algorithm('ECDSA', 'SHA-256'), P256.spki, reading(), value('sha256', P256))).toBe('intact');
    expect(verifyValue(algorithm('EdDSA', null, ED25519), ED25519.spki, reading(), value(null, ED25519))).toBe('intact');
  });

  it('every mutated value is broken, never thrown', () => {
    const signatures = cases.slice(0, 15);
    fc.assert(
      fc.property(fc.constantFrom(...signatures), fc.uint8Array({ maxLength: 300 }), ([, by, { spki }], any) => {
        expect(verifyValue(by, spki, MESSAGE, any)).toBe('broken');
      }),
    );
    fc.assert(
      fc.property(fc.constantFrom(...signatures), fc.nat(), fc.integer({ min: 1, max: 255 }), ([, by, { spki }, signature], at, flip) => {
        const index = at % signature.length;
        expect(verifyValue(by, spki, MESSAGE, signature.with(index, (signature[index] as number) ^ flip))).toBe('broken');
      }),
    );
  });
});

describe('RSASSA-PSS', () => {
  const mixed = keyPair('rsa-pss', { modulusLength: 2048, hashAlgorithm: 'sha256', mgf1HashAlgorithm: 'sha1', saltLength: 20 });
  const free = keyPair('rsa-pss', { modulusLength: 2048 });
  const signature = value('sha256', mixed, { ...PSS, saltLength: 20 });
  /** The same key without its restriction. */
  const reader = Reader.over(mixed.spki, 'spki').sequence();
  reader.any();
  const plain = der.sequence(der.sequence(der.oid('1.2.840.113549.1.1.1'), der.NULL), der.bitString(reader.bitString().bytes));

  it('verifies where the mask has another digest, whatever the key is called', () => {
    expect(verifyValue(pss('SHA-256', 'SHA-1', 20), mixed.spki, MESSAGE, signature)).toBe('intact');
    expect(verifyValue(pss('SHA-256', 'SHA-1', 20), plain, MESSAGE, signature)).toBe('intact');
    expect(verifyValue(pss('SHA-256', 'SHA-256', 20), plain, MESSAGE, signature)).toBe('broken');
    expect(verifyValue(pss('SHA-256', 'SHA-1', 20), plain, OTHER, signature)).toBe('broken');
  });

  it.each([
    ['another digest', pss('SHA-512', 'SHA-1', 20)],
    ['another mask digest', pss('SHA-256', 'SHA-256', 20)],
    ['a shorter salt', pss('SHA-256', 'SHA-1', 19)],
    ['another salt', pss('SHA-256', 'SHA-1', 21)],
    ['PKCS #1 v1.5', algorithm('RSA', 'SHA-256')],
  ])('a restricted key does not verify by %s', (_name, by) => {
    expect(verifyValue(by, mixed.spki, MESSAGE, signature)).toBe('broken');
  });

  it('a key without restriction takes any parameters, and PSS only', () => {
    expect(verifyValue(pss('SHA-512', 'SHA-512', 64), free.spki, MESSAGE, value('sha512', free, { ...PSS, saltLength: 64 }))).toBe(
      'intact',
    );
    expect(verifyValue(algorithm('RSA', 'SHA-256'), free.spki, MESSAGE, signature)).toBe('broken');
  });

  it('a salt that the key has no room for is broken', () => {
    expect(verifyValue(pss('SHA-256', 'SHA-256', 2000), RSA.spki, MESSAGE, new Uint8Array(256).fill(1))).toBe('broken');
  });
});

describe('what cannot verify', () => {
  it.each([
    ['an EC key by RSA', algorithm('RSA', 'SHA-256'), P256.spki],
    ['an RSA key by ECDSA', algorithm('ECDSA', 'SHA-256'), RSA.spki],
    ['an EC key by DSA', algorithm('DSA', 'SHA-256'), P256.spki],
    ['an Ed25519 key by Ed448', signatureAlgorithm('1.3.101.113', null) as SignatureAlgorithm, ED25519.spki],
    ['an Ed25519 key by ML-DSA', signatureAlgorithm('2.16.840.1.101.3.4.3.17', null) as SignatureAlgorithm, ED25519.spki],
    ['a public key by HMAC', signatureAlgorithm('1.2.840.113549.2.9', null) as SignatureAlgorithm, RSA.spki],
    ['an invalid key', algorithm('RSA', 'SHA-256'), der.NULL],
  ])('%s: broken', (_name, by, spki) => {
    expect(verifyValue(by, spki, MESSAGE, new Uint8Array(256))).toBe('broken');
  });

  it.each([
    ['a digest that the runtime lacks', { scheme: 'RSA', digest: 'MD2', identifier: 'x' } as const, RSA.spki],
    ['SHAKE as a digest', signatureAlgorithm('1.3.6.1.5.5.7.6.32', null) as SignatureAlgorithm, P256.spki],
    ['SHAKE as a mask', signatureAlgorithm('1.3.6.1.5.5.7.6.30', null) as SignatureAlgorithm, RSA.spki],
    ['explicit curve parameters', algorithm('ECDSA', 'SHA-256'), keyPair('ec', { namedCurve: 'P-256', paramEncoding: 'explicit' }).spki],
  ])('%s: unsupported', (_name, by, spki) => {
    expect(verifyValue(by, spki, MESSAGE, new Uint8Array(256))).toBe('unsupported');
  });

  it('tells what was used for the policy to judge', () => {
    expect(algorithmUse(algorithm('RSA', 'SHA-1'), RSA.spki)).toEqual({
      scheme: 'RSA',
      digest: 'SHA-1',
      keyBits: 2048,
      identifier: '1.2.840.113549.1.1.5',
    });
    expect(algorithmUse(null, null, '1.2.3')).toEqual({ scheme: null, digest: null, keyBits: null, identifier: '1.2.3' });
    expect(algorithmUse(null, der.NULL, '1.2.3').keyBits).toBeNull();
  });
});

describe('the two forms of an ECDSA value', () => {
  it('lead to each other', () => {
    const component = fc.uint8Array({ minLength: 32, maxLength: 32 });
    fc.assert(
      fc.property(component, component, (r, s) => {
        const sideBySide = Uint8Array.of(...r, ...s);
        const encoded = ecdsaToDer(sideBySide) as Uint8Array;
        expect(ecdsaToP1363(encoded, 32)).toEqual(sideBySide);
        if (r.some((octet) => octet !== 0)) expect(ecdsaToP1363(encoded, 31) === null || r[0] === 0).toBe(true);
      }),
    );
  });

  it.each(['', '00', '3000', '3003020101', '30060201ff020101', '3006020101020100ff', '30070202000102010100', '3006020101020101aa'])(
    '%s is no DER value',
    (hex) => {
      expect(ecdsaToP1363(fromHex(hex) as Uint8Array, 1)).toBeNull();
    },
  );

  it('values of odd or no length are refused', () => {
    expect(ecdsaToDer(new Uint8Array())).toBeNull();
    expect(ecdsaToDer(new Uint8Array(3))).toBeNull();
  });
});
