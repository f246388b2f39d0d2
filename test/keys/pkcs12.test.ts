import { createHmac, pbkdf2Sync } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { der, Reader, TAG } from '../../src/asn1/index.ts';
import { Fault } from '../../src/base/fault.ts';
import { toHex, utf8 } from '../../src/base/text.ts';
import { openPkcs12, readCertificates, readPkcs12, readPrivateKey } from '../../src/keys/index.ts';
import { pkcs12Key } from '../../src/keys/pbe.ts';
import { P256, RSA, type Workshop, workshop } from './openssl.ts';

const made = workshop();
const LEGACY = ['-provider', 'legacy', '-provider', 'default'];

describe('key derivation of RFC 7292, B', () => {
  it.each<[1 | 2 | 3, string]>([
    [1, '8aaae6297b6cb04642ab5b077851284eb7128f1a2a7fbca3'],
    [2, '79993dfe048d3b76'],
  ])('purpose %i', (purpose, expected) => {
    const password = Uint8Array.from('\0s\0m\0e\0g\0\0', (letter) => letter.charCodeAt(0));
    expect(
      toHex(
        pkcs12Key('SHA-1', purpose, password, Uint8Array.from([0x0a, 0x58, 0xcf, 0x64, 0x53, 0x0d, 0x82, 0x3f]), 1, expected.length / 2),
      ),
    ).toBe(expected);
  });
});

describe.skipIf(made === null)('PKCS#12 files', () => {
  const { run, read, certified } = made as Workshop;
  certified('root', P256);
  certified('issuing', P256, 'root');
  certified('leaf', RSA, 'issuing');
  certified('other', P256);
  const store = (name: string, ...args: string[]): Uint8Array | null => {
    const worked = run('pkcs12', '-export', '-inkey', 'leaf.key', '-in', 'leaf.pem', '-name', 'my key', ...args, '-out', `${name}.p12`);
    if (!worked) process.stderr.write(`keys: this openssl makes no key store with ${args.join(' ')}\n`);
    return worked ? read(`${name}.p12`) : null;
  };
  const leaf = () => readCertificates(read('leaf.pem'))[0] as Uint8Array;

  it.each([
    ['the default', []],
    ['AES-128 for keys, AES-192 for certificates', ['-keypbe', 'AES-128-CBC', '-certpbe', 'AES-192-CBC']],
    ['triple DES', ['-keypbe', 'PBE-SHA1-3DES', '-certpbe', 'PBE-SHA1-3DES', '-macalg', 'sha1']],
    ['-legacy (RC2-40)', ['-legacy']],
    ['two-key triple DES', ['-keypbe', 'PBE-SHA1-2DES', '-certpbe', 'PBE-SHA1-2DES', ...LEGACY]],
    ['RC2-128', ['-keypbe', 'PBE-SHA1-RC2-128', '-certpbe', 'PBE-SHA1-RC2-128', ...LEGACY]],
    ['RC4-128 and RC4-40', ['-keypbe', 'PBE-SHA1-RC4-128', '-certpbe', 'PBE-SHA1-RC4-40', ...LEGACY]],
    ['certificates in the clear', ['-certpbe', 'NONE']],
    ['keys in the clear', ['-keypbe', 'NONE']],
    ['a MAC by SHA-384', ['-macalg', 'sha384']],
    ['a MAC by SHA-512', ['-macalg', 'sha512']],
    ['a MAC by SHA3-256', ['-macalg', 'sha3-256']],
    ['one iteration', ['-noiter', '-nomaciter']],
    ['many iterations', ['-iter', '20000']],
  ])('opens %s with the password, and with no other', async (_name, args) => {
    const file = store('store', ...args, '-passout', 'pass:Schlüssel €');
    if (file === null) return;
    const signer = openPkcs12(file, 'Schlüssel €');
    expect(signer).toMatchObject({ scheme: 'RSA', chain: [leaf()] });
    expect((await signer.sign(new Uint8Array(3), 'SHA-256')).length).toBe(256);
    for (const wrong of ['Schlüssel', '', 'schlüssel €']) {
      expect(() => openPkcs12(file, wrong)).toThrow(expect.objectContaining({ name: 'Fault', code: 'wrong-password' }));
    }
  });

  it.each([
    ['an empty password', ''],
    ['a long password', 'x'.repeat(500)],
    ['a password beyond the Basic Multilingual Plane', 'k😀y'],
  ])('opens with %s', (_name, password) => {
    for (const args of [[], ['-keypbe', 'PBE-SHA1-3DES', '-certpbe', 'PBE-SHA1-3DES']]) {
      const file = store('password', ...args, '-passout', `pass:${password}`);
      if (file) expect(openPkcs12(file, password).chain).toEqual([leaf()]);
    }
  });

  it('a store without a MAC tells a wrong password by what it deciphers to', () => {
    const file = store('nomac', '-nomac', '-passout', 'pass:x');
    if (file === null) return;
    expect(openPkcs12(file, 'x').chain).toEqual([leaf()]);
    expect(() => openPkcs12(file, 'y')).toThrow(expect.objectContaining({ code: 'wrong-password' }));
  });

  it('gives the chain from the signer upwards, and the names as they are', () => {
    const file = store('chain', '-certfile', 'root.pem', '-passout', 'pass:x');
    run(
      'pkcs12',
      '-export',
      '-inkey',
      'leaf.key',
      '-in',
      'leaf.pem',
      '-certfile',
      'issuing.pem',
      '-name',
      'Käthe',
      '-passout',
      'pass:x',
      '-out',
      'chain.p12',
    );
    expect(file).not.toBeNull();
    const chain = ['leaf', 'issuing'].flatMap((name) => readCertificates(read(`${name}.pem`)));
    expect(openPkcs12(read('chain.p12'), 'x').chain).toEqual(chain);
    const { keys, certificates } = readPkcs12(read('chain.p12'), 'x');
    expect(keys).toMatchObject([{ name: 'Käthe' }]);
    expect(certificates[0]).toMatchObject({ name: 'Käthe', localKeyId: keys[0]?.localKeyId });
    expect(openPkcs12(read('chain.p12'), 'x', { alias: 'Käthe', scheme: 'RSASSA-PSS' }).scheme).toBe('RSASSA-PSS');
    expect(() => openPkcs12(read('chain.p12'), 'x', { alias: 'Kate' })).toThrow("no key 'Kate': it has 'Käthe'");
  });

  it('of several keys one is chosen by its name', () => {
    const file = pfx(
      keyBag(readPrivateKey(read('leaf.key')).export({ type: 'pkcs8', format: 'der' }), 'first'),
      keyBag(readPrivateKey(read('other.key')).export({ type: 'pkcs8', format: 'der' }), 'second'),
      certificateBag(leaf()),
      certificateBag(readCertificates(read('other.pem'))[0] as Uint8Array),
    );
    expect(openPkcs12(file, '', { alias: 'first' }).scheme).toBe('RSA');
    expect(openPkcs12(file, '', { alias: 'second' }).scheme).toBe('ECDSA');
    expect(() => openPkcs12(file, '')).toThrow("holds 2 keys: choose one by alias: 'first', 'second'");
    expect(() => openPkcs12(file, '', { name: 'first' } as never)).toThrow(/unknown option 'name'/);
  });

  it('no key, or a key without its certificate, is said so', () => {
    const key = keyBag(readPrivateKey(read('leaf.key')).export({ type: 'pkcs8', format: 'der' }), 'only');
    expect(() => openPkcs12(pfx(certificateBag(leaf())), '')).toThrow(/no private key/);
    expect(() => openPkcs12(pfx(key, certificateBag(readCertificates(read('other.pem'))[0] as Uint8Array)), '')).toThrow(
      /no certificate for the private key/,
    );
  });

  it('opens BER: indefinite lengths and octets in segments', () => {
    const file = store('ber', '-passout', 'pass:x') as Uint8Array;
    expect(openPkcs12(loosened(file), 'x').chain).toEqual([leaf()]);
    expect(() => openPkcs12(loosened(file), 'y')).toThrow(expect.objectContaining({ code: 'wrong-password' }));
  });

  it('checks a PBMAC1 (RFC 9579)', () => {
    const file = pbmac1(store('pbmac1', '-nomac', '-passout', 'pass:x') as Uint8Array, 'x', 32);
    expect(openPkcs12(file, 'x').chain).toEqual([leaf()]);
    expect(() => openPkcs12(file, 'y')).toThrow(expect.objectContaining({ code: 'wrong-password' }));
    const withoutLength = pbmac1(store('pbmac1', '-nomac', '-passout', 'pass:x') as Uint8Array, 'x', null);
    expect(() => openPkcs12(withoutLength, 'x')).toThrow(/keyLength missing/);
  });

  it('refuses work without end', () => {
    const costly = pbmac1(store('costly', '-nomac', '-passout', 'pass:x') as Uint8Array, 'x', 32, 5_000_001);
    expect(() => openPkcs12(costly, 'x')).toThrow(expect.objectContaining({ code: 'limit-exceeded' }));
  });

  it('any damage is a fault', () => {
    const intact = store('fuzz', '-noiter', '-nomaciter', '-passout', 'pass:x') as Uint8Array;
    const naked = pfx(keyBag(readPrivateKey(read('other.key')).export({ type: 'pkcs8', format: 'der' }), 'naked'), certificateBag(leaf()));
    fc.assert(
      fc.property(fc.constantFrom(intact, naked), fc.nat(), fc.nat(255), (file, at, octet) => {
        try {
          readPkcs12(file.with(at % file.length, octet), 'x');
        } catch (error) {
          expect(error).toBeInstanceOf(Fault);
        }
      }),
      { numRuns: 400 },
    );
    for (const file of [new Uint8Array(), der.NULL, leaf(), intact.subarray(0, 100)]) {
      expect(() => readPkcs12(file, 'x')).toThrow(expect.objectContaining({ code: 'malformed-input' }));
    }
  });
});

/** A store without encryption and MAC. */
function pfx(...bags: Uint8Array[]): Uint8Array {
  const safe = data(der.sequence(...bags));
  return der.sequence(der.integer(3), data(der.sequence(safe)));
}

const data = (content: Uint8Array): Uint8Array => der.sequence(der.oid('1.2.840.113549.1.7.1'), der.context(0, der.octetString(content)));

const keyBag = (pkcs8: Uint8Array, name: string): Uint8Array =>
  der.sequence(
    der.oid('1.2.840.113549.1.12.10.1.1'),
    der.context(0, pkcs8),
    der.setOf(der.sequence(der.oid('1.2.840.113549.1.9.20'), der.setOf(der.encode(TAG.BMP_STRING, utf16(name))))),
  );

const utf16 = (text: string): Uint8Array => Uint8Array.from([...text].flatMap((letter) => [0, letter.charCodeAt(0)]));

const certificateBag = (certificate: Uint8Array): Uint8Array =>
  der.sequence(
    der.oid('1.2.840.113549.1.12.10.1.3'),
    der.context(0, der.sequence(der.oid('1.2.840.113549.1.9.22.1'), der.context(0, der.octetString(certificate)))),
  );

/** The store with PBMAC1 by PBKDF2 and HMAC with SHA-256 in place of its MAC. */
function pbmac1(file: Uint8Array, password: string, keyLength: number | null, iterations = 1000): Uint8Array {
  const reader = Reader.over(file, 'PFX').sequence();
  reader.any();
  const authSafe = reader.any();
  const inner = reader.enter(authSafe);
  inner.any();
  const content = (inner.context(0) as Reader).octetString();
  const salt = utf8('saltsalt');
  const mac =
    iterations > 10_000
      ? new Uint8Array(32)
      : createHmac('sha256', pbkdf2Sync(password, salt, iterations, 32, 'sha256'))
          .update(content)
          .digest();
  const hmac = der.sequence(der.oid('1.2.840.113549.2.9'), der.NULL);
  const derivation = der.sequence(
    der.oid('1.2.840.113549.1.5.12'),
    der.sequence(der.octetString(salt), der.integer(iterations), ...(keyLength === null ? [] : [der.integer(keyLength)]), hmac),
  );
  const algorithm = der.sequence(der.oid('1.2.840.113549.1.5.14'), der.sequence(derivation, hmac));
  const macData = der.sequence(der.sequence(algorithm, der.octetString(mac)), der.octetString(utf8('NOT USED')), der.integer(1));
  return der.sequence(der.integer(3), reader.raw(authSafe), macData);
}

/** The same values with indefinite lengths and split strings down to the content of the store. */
function loosened(file: Uint8Array): Uint8Array {
  const indefinite = (tag: number, ...contents: Uint8Array[]) => Uint8Array.of(tag, 0x80, ...contents.flatMap((part) => [...part]), 0, 0);
  const reader = Reader.over(file, 'PFX').sequence();
  const version = reader.raw(reader.any());
  const info = reader.sequence();
  const type = info.raw(info.any());
  const content = (info.context(0) as Reader).octetString();
  const half = content.length >> 1;
  const string = indefinite(0x24, der.octetString(content.subarray(0, half)), der.octetString(content.subarray(half)));
  return indefinite(0x30, version, indefinite(0x30, type, indefinite(0xa0, string)), reader.raw(reader.any()));
}
