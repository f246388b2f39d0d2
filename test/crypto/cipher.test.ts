import { createCipheriv } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fromHex, fromLatin1, toHex } from '../../src/base/text.ts';
import { type CipherName, cipherSizes, decipher, rc4 } from '../../src/crypto/cipher.ts';

const octets = (hex: string): Uint8Array => fromHex(hex) ?? new Uint8Array();

describe('old ciphers', () => {
  it('RC2 deciphers the vector of RFC 2268, 5 with 128 effective bits', () => {
    const key = octets('88bca90e90875a7f0f79c384627bafb2');
    // The block is of zeros, so what comes out is the initialisation vector: seven letters and their padding.
    const plain = decipher('RC2-128-CBC', key, octets('6162636465666701'), octets('2269552ab0f85ca6'));
    expect(plain && fromLatin1(plain)).toBe('abcdefg');
  });

  it.each([
    ['no block', ''],
    ['half a block', '2269552a'],
    ['padding of zero', '2269552ab0f85ca6'],
  ])('RC2 refuses %s', (_name, data) => {
    expect(decipher('RC2-128-CBC', octets('88bca90e90875a7f0f79c384627bafb2'), new Uint8Array(8), octets(data))).toBeNull();
  });

  it.each([
    ['0102030405', 'b2396305f03dc027ccc3524a0a1118a8'],
    ['0102030405060708090a0b0c0d0e0f10', '9ac7cc9a609d1ef7b2932899cde41b97'],
  ])('RC4 with key %s has the key stream of RFC 6229', (key, stream) => {
    expect(toHex(rc4(octets(key), new Uint8Array(16)))).toBe(stream);
  });
});

describe('ciphers of the runtime', () => {
  const names = fc.constantFrom<CipherName>('AES-128-CBC', 'AES-192-CBC', 'AES-256-CBC', 'DES-EDE3-CBC');

  it('decipher what was enciphered', () => {
    fc.assert(
      fc.property(names, fc.uint8Array({ maxLength: 100 }), fc.nat(255), (name, message, seed) => {
        const sizes = cipherSizes(name);
        const [key, iv] = [new Uint8Array(sizes.key).map((_, i) => i + seed), new Uint8Array(sizes.iv).fill(seed)];
        const cipher = createCipheriv(name.toLowerCase(), key, iv);
        const data = Buffer.concat([cipher.update(message), cipher.final()]);
        expect(decipher(name, key, iv, data)).toEqual(message);
      }),
    );
  });

  it('any data are deciphered or refused', () => {
    const any = fc.constantFrom<CipherName>('AES-128-CBC', 'DES-EDE3-CBC', 'RC2-40-CBC', 'RC2-128-CBC', 'RC4');
    fc.assert(
      fc.property(any, fc.uint8Array({ maxLength: 100 }), (name, data) => {
        const sizes = cipherSizes(name);
        const plain = decipher(name, new Uint8Array(sizes.key).fill(7), new Uint8Array(sizes.iv), data);
        expect(plain === null || plain.length <= data.length).toBe(true);
      }),
    );
  });
});
