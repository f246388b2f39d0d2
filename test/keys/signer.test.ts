import { createPrivateKey, generateKeyPairSync } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { Reader } from '../../src/asn1/index.ts';
import { concat } from '../../src/base/bytes.ts';
import { type DigestName, encodeSignatureAlgorithm, type Signer, signatureAlgorithm, verifyValue } from '../../src/crypto/index.ts';
import { openPem, readCertificates, readPrivateKey, signerFromKey } from '../../src/keys/index.ts';
import { parseCertificate } from '../../src/pki/index.ts';
import { keyPair } from '../crypto/keys.ts';
import { curve, P256, RSA, workshop } from './openssl.ts';

const made = workshop();
const MESSAGE = new Uint8Array(300).fill(3);

/** Verifies by the identifier that a CMS would carry, with the key of the first certificate. */
async function check(signer: Signer, digest: DigestName): Promise<string> {
  const certificate = parseCertificate(signer.chain[0]);
  if (!certificate.ok) return 'no certificate';
  const { spki } = certificate.value;
  const reader = Reader.over(encodeSignatureAlgorithm(signer.scheme, digest, spki), 'AlgorithmIdentifier').sequence();
  const algorithm = signatureAlgorithm(reader.oid(), reader.done ? null : reader.raw(reader.any()));
  return algorithm ? verifyValue(algorithm, spki, MESSAGE, await signer.sign(MESSAGE, digest)) : 'no algorithm';
}

describe.skipIf(made === null)('signers of PEM files', () => {
  const { run, read, certified } = made as NonNullable<typeof made>;
  const open = (name: string, more: { scheme?: 'RSASSA-PSS'; password?: string } = {}) =>
    openPem({ key: read(`${name}.key`), certificates: read(`${name}.pem`), ...more });

  it.each<[string, readonly string[], string, DigestName]>([
    ['rsa', RSA, 'RSA', 'SHA-256'],
    ['rsa-pss', ['-algorithm', 'RSA-PSS', '-pkeyopt', 'rsa_keygen_bits:2048'], 'RSASSA-PSS', 'SHA-256'],
    ['p256', P256, 'ECDSA', 'SHA-256'],
    ['p384', curve('P-384'), 'ECDSA', 'SHA-384'],
    ['p521', curve('P-521'), 'ECDSA', 'SHA-512'],
    ['secp256k1', curve('secp256k1'), 'ECDSA', 'SHA3-256'],
    ['bp256', curve('brainpoolP256r1'), 'ECDSA', 'SHA-256'],
    ['bp384', curve('brainpoolP384r1'), 'ECDSA', 'SHA-384'],
    ['bp512', curve('brainpoolP512r1'), 'ECDSA', 'SHA3-512'],
    ['ed25519', ['-algorithm', 'ED25519'], 'EdDSA', 'SHA-512'],
    ['ed448', ['-algorithm', 'ED448'], 'EdDSA', 'SHAKE256'],
  ])('%s signs what verifies', async (name, key, scheme, digest) => {
    if (!certified(name, key)) return void process.stderr.write(`keys: this openssl makes no ${name}\n`);
    const signer = open(name);
    expect(signer.scheme).toBe(scheme);
    expect(signer.chain).toEqual(readCertificates(read(`${name}.pem`)));
    expect(await check(signer, digest)).toBe('intact');
  });

  it('an RSA key signs by RSASSA-PSS where that is asked for', async () => {
    certified('pss-option', RSA);
    const signer = open('pss-option', { scheme: 'RSASSA-PSS' });
    expect(signer.scheme).toBe('RSASSA-PSS');
    expect(await check(signer, 'SHA-384')).toBe('intact');
  });

  it('a key restricted to some parameters refuses others', async () => {
    const restricted = ['rsa_pss_keygen_md:sha256', 'rsa_pss_keygen_mgf1_md:sha256', 'rsa_pss_keygen_saltlen:32'];
    certified('restricted', ['-algorithm', 'RSA-PSS', ...restricted.flatMap((option) => ['-pkeyopt', option])]);
    const signer = open('restricted');
    expect(await check(signer, 'SHA-256')).toBe('intact');
    await expect(signer.sign(MESSAGE, 'SHA-512')).rejects.toMatchObject({ name: 'Fault', code: 'signer-refused' });
  });

  it('a digest that the runtime lacks is refused, and said so', async () => {
    certified('digests', P256);
    await expect(open('digests').sign(MESSAGE, 'WHIRLPOOL')).rejects.toMatchObject({ code: 'unsupported' });
    await expect(open('digests').sign(MESSAGE, 'SHAKE128')).rejects.toMatchObject({ code: 'signer-refused' });
  });

  it('the chain is put in order, whatever the order of the files, and strangers stay out', () => {
    certified('root', P256);
    certified('issuing', P256, 'root');
    certified('leaf', P256, 'issuing');
    certified('stranger', P256);
    const [root, issuing, leaf, stranger] = ['root', 'issuing', 'leaf', 'stranger'].map((name) => read(`${name}.pem`)) as [
      Uint8Array,
      Uint8Array,
      Uint8Array,
      Uint8Array,
    ];
    const expected = [leaf, issuing, root].flatMap(readCertificates);
    const bundle = concat([stranger, root, issuing, leaf]);
    expect(openPem({ key: read('leaf.key'), certificates: bundle }).chain).toEqual(expected);
    expect(openPem({ key: read('leaf.key'), certificates: [issuing, leaf, stranger, root] }).chain).toEqual(expected);
    expect(openPem({ key: read('leaf.key'), certificates: [leaf, root] }).chain).toEqual(expected.slice(0, 1));
    expect(openPem({ key: concat([read('leaf.key'), leaf, issuing]) }).chain).toEqual(expected.slice(0, 2));
  });

  it('an issuer of the same name with another key is not taken for the issuer', () => {
    certified('twin', P256);
    const first = { key: read('twin.key'), pem: read('twin.pem') };
    certified('child', P256, 'twin');
    certified('twin', P256);
    expect(read('twin.pem')).not.toEqual(first.pem);
    expect(openPem({ key: read('child.key'), certificates: [read('child.pem'), read('twin.pem'), first.pem] }).chain).toEqual(
      [read('child.pem'), first.pem].flatMap(readCertificates),
    );
  });

  it.each([
    ['PKCS#8', ['pkcs8', '-topk8', '-nocrypt', '-outform', 'DER']],
    ['PKCS#1 or SEC 1', ['pkey', '-traditional', '-outform', 'DER']],
  ])('reads %s in DER', (name, args) => {
    for (const [kind, key] of [
      ['derrsa', RSA],
      ['derec', P256],
    ] as const) {
      certified(kind, key);
      expect(run(...args, '-in', `${kind}.key`, '-out', `${kind}.der`), name).toBe(true);
      expect(readPrivateKey(read(`${kind}.der`)).equals(readPrivateKey(read(`${kind}.key`)))).toBe(true);
    }
  });

  it.each([
    ['AES-256 by PBKDF2', ['pkcs8', '-topk8', '-v2', 'aes-256-cbc', '-v2prf', 'hmacWithSHA512']],
    ['AES-128 by PBKDF2 with SHA-1', ['pkcs8', '-topk8', '-v2', 'aes128', '-v2prf', 'hmacWithSHA1']],
    ['AES-192 by scrypt', ['pkcs8', '-topk8', '-v2', 'aes-192-cbc', '-scrypt', '-scrypt_N', '1024', '-scrypt_r', '8', '-scrypt_p', '1']],
    ['triple DES by PBKDF2', ['pkcs8', '-topk8', '-v2', 'des3']],
    ['triple DES by PKCS#12', ['pkcs8', '-topk8', '-v1', 'PBE-SHA1-3DES']],
    ['RC2-40 by PKCS#12', ['pkcs8', '-topk8', '-v1', 'PBE-SHA1-RC2-40', '-provider', 'legacy', '-provider', 'default']],
    ['traditional', ['rsa', '-aes128', '-traditional']],
  ])('opens a key encrypted by %s with its password only', (name, args) => {
    certified('locked', RSA);
    for (const form of name === 'traditional' ? ['PEM'] : ['PEM', 'DER']) {
      const password = ['-passout', 'pass:Schlüssel'];
      if (!run(...args, '-in', 'locked.key', '-outform', form, ...password, '-out', 'locked.enc')) return;
      const file = read('locked.enc');
      expect(readPrivateKey(file, 'Schlüssel').equals(readPrivateKey(read('locked.key')))).toBe(true);
      expect(() => readPrivateKey(file, 'Schlussel')).toThrow(expect.objectContaining({ code: 'wrong-password' }));
      expect(() => readPrivateKey(file)).toThrow(
        expect.objectContaining({ code: 'wrong-password', message: expect.stringMatching(/give its password/) }),
      );
    }
  });

  it('says what is missing', () => {
    certified('one', P256);
    certified('two', P256);
    expect(() => openPem({ key: read('one.key'), certificates: read('two.pem') })).toThrow(
      /no certificate for the private key among the 1 given/,
    );
    expect(() => openPem({ key: read('one.key') })).toThrow(/no certificate found/);
    expect(() => openPem({ key: read('one.pem'), certificates: read('one.pem') })).toThrow(/no private key found/);
    expect(() => openPem({ key: concat([read('one.key'), read('two.key')]), certificates: read('one.pem') })).toThrow(/2 private keys/);
    expect(() => open('one', { scheme: 'RSASSA-PSS' })).toThrow(/a key of kind EC cannot sign by RSASSA-PSS/);
    expect(() => openPem({ key: read('one.key'), certficates: read('one.pem') } as never)).toThrow(/unknown option 'certficates'/);
  });
});

describe('signers of keys at hand', () => {
  it('a key that cannot sign here is refused', () => {
    const { privateKey } = keyPair('x25519');
    expect(() => signerFromKey({ key: privateKey, certificates: [] })).toThrow(expect.objectContaining({ code: 'bad-option' }));
    const { publicKey } = generateKeyPairSync('ed25519');
    expect(() => signerFromKey({ key: publicKey, certificates: [] })).toThrow(/a private key is needed/);
    expect(() =>
      signerFromKey({ key: createPrivateKey(privateKey.export({ type: 'pkcs8', format: 'pem' })), certificates: [new Uint8Array(3)] }),
    ).toThrow(/certificate 1 cannot be read/);
  });
});
