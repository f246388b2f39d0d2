import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { der, Reader } from '../../src/asn1/index.ts';
import { concat } from '../../src/base/bytes.ts';
import { fromHex, toHex } from '../../src/base/text.ts';
import {
  type DigestName,
  digestByOid,
  digestByUri,
  digestOid,
  digestUri,
  encodeDigestAlgorithm,
  encodeSignatureAlgorithm,
  PSS_URI,
  pssOf,
  type SchemeName,
  type SignatureAlgorithm,
  signatureAlgorithm,
  signatureAlgorithmByUri,
  signatureUri,
} from '../../src/crypto/index.ts';
import { CURVES, DIGESTS, SIGNATURES } from '../../src/crypto/table.ts';

const NULL = der.NULL;
const PSS = '1.2.840.113549.1.1.10';
const MGF1 = '1.2.840.113549.1.1.8';

function reread(identifier: Uint8Array): SignatureAlgorithm | null {
  const reader = Reader.over(identifier, 'AlgorithmIdentifier').sequence();
  const oid = reader.oid();
  const parameters = reader.done ? null : reader.raw(reader.any());
  reader.finish();
  return signatureAlgorithm(oid, parameters);
}

describe('the table', () => {
  it('names every identifier once', () => {
    for (const rows of [DIGESTS, SIGNATURES, CURVES.map(({ oid }) => ({ oid, uri: null }))]) {
      const identifiers = rows.flatMap(({ oid, uri }) => [oid, uri]).filter((one) => one !== null);
      expect(new Set(identifiers).size).toBe(identifiers.length);
    }
  });

  it('leads from each digest to its identifiers and back', () => {
    for (const { name, oid, uri } of DIGESTS) {
      expect(digestOid(name)).toBe(oid);
      expect(digestByOid(oid)).toBe(name);
      expect(digestUri(name)).toBe(uri);
      if (uri !== null) expect(digestByUri(uri)).toBe(name);
    }
    expect([digestByOid('1.2.3'), digestByUri('urn:nothing'), digestByOid('')]).toEqual([null, null, null]);
  });

  it.each<[string, SchemeName, DigestName | null]>([
    ['1.2.840.113549.1.1.2', 'RSA', 'MD2'],
    ['1.2.840.113549.1.1.4', 'RSA', 'MD5'],
    ['1.2.840.113549.1.1.5', 'RSA', 'SHA-1'],
    ['1.3.14.3.2.29', 'RSA', 'SHA-1'],
    ['1.2.840.113549.1.1.11', 'RSA', 'SHA-256'],
    ['2.16.840.1.101.3.4.3.16', 'RSA', 'SHA3-512'],
    ['1.2.840.10040.4.3', 'DSA', 'SHA-1'],
    ['2.16.840.1.101.3.4.3.2', 'DSA', 'SHA-256'],
    ['1.2.840.10045.4.3.4', 'ECDSA', 'SHA-512'],
    ['2.16.840.1.101.3.4.3.10', 'ECDSA', 'SHA3-256'],
    ['0.4.0.127.0.7.1.1.4.1.3', 'PLAIN-ECDSA', 'SHA-256'],
    ['1.3.101.112', 'EdDSA', null],
    ['2.16.840.1.101.3.4.3.18', 'ML-DSA', null],
    ['2.16.840.1.101.3.4.3.20', 'SLH-DSA', null],
    ['1.3.6.1.5.5.7.6.30', 'RSASSA-PSS', 'SHAKE128'],
  ])('%s is %s with %s', (oid, scheme, digest) => {
    expect(signatureAlgorithm(oid, null)).toMatchObject({ scheme, digest, identifier: oid });
  });

  it.each([
    ['RSA with NULL', '1.2.840.113549.1.1.11', NULL, true],
    ['RSA without', '1.2.840.113549.1.1.11', null, true],
    ['ECDSA with NULL, as some signers write', '1.2.840.10045.4.3.2', NULL, true],
    ['RSA with something else', '1.2.840.113549.1.1.11', der.integer(1), false],
    ['ECDSA with a curve', '1.2.840.10045.4.3.2', der.oid('1.2.840.10045.3.1.7'), false],
    ['Ed25519 with NULL (RFC 8410, 3: absent)', '1.3.101.112', NULL, false],
    ['ML-DSA with NULL (RFC 9881, 2: absent)', '2.16.840.1.101.3.4.3.18', NULL, false],
    ['an unknown identifier', '1.2.3.4', null, false],
  ])('parameters: %s', (_name, oid, parameters, known) => {
    expect(signatureAlgorithm(oid, parameters) !== null).toBe(known);
  });

  it.each<[string, string, Uint8Array | null, SchemeName]>([
    ['rsaEncryption', '1.2.840.113549.1.1.1', NULL, 'RSA'],
    ['id-dsa', '1.2.840.10040.4.1', null, 'DSA'],
    ['ecPublicKey with its curve', '1.2.840.10045.2.1', der.oid('1.2.840.10045.3.1.7'), 'ECDSA'],
  ])('%s takes its digest from elsewhere', (_name, oid, parameters, scheme) => {
    expect(signatureAlgorithm(oid, parameters, 'SHA-384')).toMatchObject({ scheme, digest: 'SHA-384', identifier: oid });
    expect(signatureAlgorithm(oid, parameters)).toBeNull();
  });

  it('an identifier that tells the digest does not take another one', () => {
    expect(signatureAlgorithm('1.2.840.113549.1.1.11', NULL, 'SHA-1')).toMatchObject({ digest: 'SHA-256' });
  });
});

describe('URIs', () => {
  it.each<[string, SchemeName, DigestName | null, 'P1363' | undefined]>([
    ['http://www.w3.org/2000/09/xmldsig#rsa-sha1', 'RSA', 'SHA-1', undefined],
    ['http://www.w3.org/2001/04/xmldsig-more#rsa-sha256', 'RSA', 'SHA-256', undefined],
    ['http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha384', 'ECDSA', 'SHA-384', 'P1363'],
    ['http://www.w3.org/2000/09/xmldsig#dsa-sha1', 'DSA', 'SHA-1', 'P1363'],
    ['http://www.w3.org/2007/05/xmldsig-more#sha3-256-rsa-MGF1', 'RSASSA-PSS', 'SHA3-256', undefined],
    ['http://www.w3.org/2021/04/xmldsig-more#eddsa-ed448', 'EdDSA', null, undefined],
    ['http://www.w3.org/2001/04/xmldsig-more#hmac-sha256', 'HMAC', 'SHA-256', undefined],
  ])('%s', (uri, scheme, digest, encoding) => {
    const algorithm = signatureAlgorithmByUri(uri);
    expect(algorithm).toMatchObject({ scheme, digest, identifier: uri });
    expect(algorithm?.encoding).toBe(encoding);
    expect(signatureUri(scheme, digest, algorithm?.keyKind)).toBe(uri);
  });

  it('RSASSA-PSS by URI has its parameters beside it or fixed by RFC 9231', () => {
    expect(signatureAlgorithmByUri('http://www.w3.org/2007/05/xmldsig-more#sha384-rsa-MGF1')?.pss).toEqual(pssOf('SHA-384'));
    const parameters = { digest: 'SHA-256', pss: { mgfDigest: 'SHA-1', saltLength: 20, trailer: 1 } } as const;
    expect(signatureAlgorithmByUri(PSS_URI, parameters)).toEqual({ scheme: 'RSASSA-PSS', ...parameters, identifier: PSS_URI });
    expect(signatureAlgorithmByUri(PSS_URI)).toBeNull();
    expect(signatureAlgorithmByUri('urn:nothing')).toBeNull();
  });
});

describe('encodings', () => {
  it('every algorithm with an identifier of its own is read back', () => {
    for (const { scheme, digest, oid, keyKind } of SIGNATURES) {
      if (oid === null || keyKind !== undefined || scheme === 'RSASSA-PSS') continue;
      expect(reread(encodeSignatureAlgorithm(scheme, digest))).toMatchObject({ scheme, digest });
    }
  });

  it('RSA has NULL, ECDSA has nothing, digests have nothing', () => {
    expect(toHex(encodeSignatureAlgorithm('RSA', 'SHA-256'))).toBe('300d06092a864886f70d01010b0500');
    expect(toHex(encodeSignatureAlgorithm('ECDSA', 'SHA-256'))).toBe('300a06082a8648ce3d040302');
    expect(toHex(encodeDigestAlgorithm('SHA-256'))).toBe('300b0609608648016503040201');
  });

  it.each<DigestName>(['SHA-1', 'SHA-256', 'SHA-512', 'SHA3-384'])('RSASSA-PSS with %s has all its parameters', (digest) => {
    expect(reread(encodeSignatureAlgorithm('RSASSA-PSS', digest))).toEqual({
      scheme: 'RSASSA-PSS',
      digest,
      pss: pssOf(digest),
      identifier: PSS,
    });
  });

  it('a key that is the algorithm gives its identifier', () => {
    const spki = der.sequence(der.sequence(der.oid('1.3.101.112')), der.bitString(new Uint8Array(32)));
    expect(toHex(encodeSignatureAlgorithm('EdDSA', null, spki))).toBe('300506032b6570');
    expect(toHex(encodeSignatureAlgorithm('EdDSA', 'SHA-512', spki))).toBe('300506032b6570');
  });

  it.each<[SchemeName, DigestName | null]>([
    ['EdDSA', null],
    ['ML-DSA', null],
    ['RSA', 'SHAKE128'],
    ['ECDSA', null],
    ['DSA', 'MD5'],
  ])('%s with %s and no key has no identifier', (scheme, digest) => {
    expect(() => encodeSignatureAlgorithm(scheme, digest)).toThrow(expect.objectContaining({ code: 'unsupported' }));
  });
});

describe('RSASSA-PSS parameters (RFC 4055, 3.1)', () => {
  const sha256 = der.sequence(der.oid('2.16.840.1.101.3.4.2.1'));
  const sha256Null = der.sequence(der.oid('2.16.840.1.101.3.4.2.1'), NULL);
  const mask = (digest: Uint8Array) => der.sequence(der.oid(MGF1), digest);
  const read = (...fields: Uint8Array[]) => signatureAlgorithm(PSS, der.sequence(...fields));

  it.each([
    ['all defaults', [], 'SHA-1', 'SHA-1', 20],
    ['defaults written out', [der.context(2, der.integer(20)), der.context(3, der.integer(1))], 'SHA-1', 'SHA-1', 20],
    ['without NULL', [der.context(0, sha256), der.context(1, mask(sha256)), der.context(2, der.integer(32))], 'SHA-256', 'SHA-256', 32],
    ['with NULL', [der.context(0, sha256Null), der.context(1, mask(sha256Null))], 'SHA-256', 'SHA-256', 20],
    ['a mask of another digest', [der.context(0, sha256), der.context(2, der.integer(0))], 'SHA-256', 'SHA-1', 0],
  ] as const)('%s', (_name, fields, digest, mgfDigest, saltLength) => {
    expect(read(...fields)).toMatchObject({ digest, pss: { mgfDigest, saltLength, trailer: 1 } });
  });

  it.each([
    ['another trailer', [der.context(3, der.integer(2))]],
    ['a negative salt', [der.context(2, der.integer(-1))]],
    ['a salt longer than any key', [der.context(2, der.integer(1_000_000))]],
    ['an unknown digest', [der.context(0, der.sequence(der.oid('1.2.3')))]],
    ['digest parameters other than NULL', [der.context(0, der.sequence(der.oid('2.16.840.1.101.3.4.2.1'), der.integer(1)))]],
    ['another mask function', [der.context(1, der.sequence(der.oid('1.2.3'), sha256))]],
    ['a mask without digest', [der.context(1, der.sequence(der.oid(MGF1)))]],
    ['fields in another order', [der.context(2, der.integer(32)), der.context(0, sha256)]],
    ['a field twice', [der.context(2, der.integer(32)), der.context(2, der.integer(32))]],
    ['an unknown field', [der.context(4, der.integer(1))]],
    ['two values in a field', [der.context(2, der.integer(32), der.integer(32))]],
  ])('%s is no algorithm', (_name, fields) => {
    expect(read(...fields)).toBeNull();
  });

  it('absent, NULL and trailing octets are no parameters', () => {
    expect(signatureAlgorithm(PSS, null)).toBeNull();
    expect(signatureAlgorithm(PSS, NULL)).toBeNull();
    expect(signatureAlgorithm(PSS, concat([der.sequence(), NULL]))).toBeNull();
    expect(signatureAlgorithm(PSS, fromHex('3080') ?? null)).toBeNull();
  });

  it('any octets give an algorithm or null', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 60 }), fc.constantFrom(PSS, ...SIGNATURES.map(({ oid }) => oid ?? '')), (parameters, oid) => {
        const algorithm = signatureAlgorithm(oid, parameters);
        expect(algorithm === null || algorithm.identifier === oid).toBe(true);
      }),
    );
  });
});
