import { getHashes } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { concat } from '../../src/base/bytes.ts';
import { type Source, sourceOf } from '../../src/base/source.ts';
import { toHex, utf8 } from '../../src/base/text.ts';
import { canDigest, createDigest, type DigestName, digest, digestLength, digestOf, hmac, pieces } from '../../src/crypto/index.ts';

const ABC = utf8('abc');

describe('digests', () => {
  it.each<[DigestName, string]>([
    ['MD5', '900150983cd24fb0d6963f7d28e17f72'],
    ['SHA-1', 'a9993e364706816aba3e25717850c26c9cd0d89d'],
    ['SHA-224', '23097d223405d8228642a477bda255b32aadbce4bda0b3f7e36c9da7'],
    ['SHA-256', 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad'],
    ['SHA-512/224', '4634270f707b6a54daae7530460842e20e37ed265ceee9a43e8924aa'],
    ['SHA-512/256', '53048e2681941ef99b2e29b76b4c7dabe4c2d0c634fc6d46e0e2f13107e7af23'],
    ['SHA3-224', 'e642824c3f8cf24ad09234ee7d3c766fc9a3a5168d0c94ad73b46fdf'],
    ['SHA3-256', '3a985da74fe225b2045c172d6bd390bd855f086e3e9d525b46bfe24511431532'],
    ['SHAKE128', '5881092dd818bf5cf8a3ddb793fbcba74097d5c526a6d35f97b83351940f2cc8'],
    ['RIPEMD160', '8eb208f7e05d987a9b044a8e98c6b087f15a0bfc'],
  ])('%s of abc', (name, hex) => {
    expect(toHex(digest(name, ABC))).toBe(hex);
  });

  it.each<DigestName>(['SHA-384', 'SHA-512', 'SHA3-384', 'SHA3-512', 'SHAKE256', 'SHA-256', 'MD5'])(
    '%s has the length that it says',
    (name) => {
      expect(digest(name, ABC).length).toBe(digestLength(name));
      expect(canDigest(name)).toBe(true);
    },
  );

  it.each<DigestName>(['MD2', 'MD4', 'WHIRLPOOL'])('%s is unsupported where the runtime lacks it, and says so', (name) => {
    if (getHashes().includes(name.toLowerCase())) return;
    expect(canDigest(name)).toBe(false);
    expect(() => digest(name, ABC)).toThrow(expect.objectContaining({ code: 'unsupported' }));
    expect(() => createDigest(name)).toThrow(expect.objectContaining({ code: 'unsupported' }));
  });

  it('gives octets of its own, and no runtime type', () => {
    expect(Object.getPrototypeOf(digest('SHA-256', ABC))).toBe(Uint8Array.prototype);
  });

  it('parts, steps and ranges give what the whole gives', () => {
    const names = fc.constantFrom<DigestName>('SHA-256', 'SHAKE256', 'SHA3-512');
    fc.assert(
      fc.property(names, fc.array(fc.uint8Array({ maxLength: 50 })), (name, parts) => {
        const whole = concat(parts);
        const expected = digest(name, whole);
        const state = createDigest(name);
        for (const part of parts) state.update(part);
        expect(digest(name, ...parts)).toEqual(expected);
        expect(state.finish()).toEqual(expected);
        expect(digestOf(name, sourceOf(whole))).toEqual(expected);
      }),
    );
  });

  it('ranges are read piece by piece, in order, and end where the document ends', () => {
    const reads: number[] = [];
    const document = new Uint8Array(1_000_000).map((_, i) => i % 251);
    const source: Source = {
      size: document.length,
      read: (offset, length) => {
        reads.push(length);
        return sourceOf(document).read(offset, length);
      },
    };
    const ranges = [
      { offset: 600_000, length: 900_000 },
      { offset: 5, length: 10 },
    ];
    expect(digestOf('SHA-256', source, ranges)).toEqual(digest('SHA-256', document.subarray(600_000), document.subarray(5, 15)));
    expect(Math.max(...reads)).toBeLessThanOrEqual(1 << 18);
    expect([...pieces(source, [])]).toEqual([]);
  });

  it('HMAC is the one of RFC 4231', () => {
    const mac = hmac('SHA-256', utf8('Jefe'), utf8('what do ya want '), utf8('for nothing?'));
    expect(toHex(mac)).toBe('5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843');
  });
});
