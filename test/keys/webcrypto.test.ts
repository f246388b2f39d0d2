import { webcrypto } from 'node:crypto';
import { Crypto as PeculiarCrypto } from '@peculiar/webcrypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { KeyAlgorithm, Leaf } from '../../src/issuing/index.ts';
import { type SigningCryptoKey, type SigningSubtle, signerFromCryptoKey } from '../../src/keys/index.ts';
import { type SignOptions, sign } from '../../src/sign.ts';
import { validate } from '../../src/validate.ts';
import { faultOf } from '../support/fault.ts';
import { memoryPki } from '../support/pki.ts';
import { hasSoftHsm, MODULE, PIN, type SoftHsm, softHsm } from './softhsm.ts';
import { tinyPdf } from './tiny-pdf.ts';

const pki = memoryPki();
const CASES: readonly [algorithm: KeyAlgorithm, parameters: { name: string; namedCurve?: string; hash?: string }][] = [
  ['RSA-2048', { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256' }],
  ['RSA-2048', { name: 'RSA-PSS', hash: 'SHA-384' }],
  ['P-256', { name: 'ECDSA', namedCurve: 'P-256' }],
  ['P-384', { name: 'ECDSA', namedCurve: 'P-384' }],
  ['P-521', { name: 'ECDSA', namedCurve: 'P-521' }],
  ['Ed25519', { name: 'Ed25519' }],
];

interface Subtle extends SigningSubtle {
  importKey(format: 'pkcs8', data: Uint8Array, algorithm: object, extractable: boolean, usages: string[]): Promise<SigningCryptoKey>;
}

const pkcs8 = ({ privateKey }: Leaf): Uint8Array => new Uint8Array(privateKey.export({ type: 'pkcs8', format: 'der' }));

async function signsWhatValidates(subtle: Subtle, leaf: Leaf, key: SigningCryptoKey, hash: string | undefined): Promise<void> {
  const { root } = await pki();
  const signer = signerFromCryptoKey({ key, certificates: leaf.chain, subtle });
  expect(signer.chain).toHaveLength(leaf.chain.length);
  const options: SignOptions = { signer, at: Date.now(), ...(hash !== undefined && { digest: hash as 'SHA-256' }) };
  const report = await validate(await sign(tinyPdf(), options), { trust: [root], at: Date.now(), policy: 'dss-6.4-no-revocation' });
  // That policy knows no EdDSA; the value is what counts here, and signing has verified it.
  if (signer.scheme !== 'EdDSA') expect(report.signatures).toMatchObject([{ conclusion: { indication: 'PASSED' } }]);
}

describe.each<[string, Subtle]>([
  ['the runtime', webcrypto.subtle as unknown as Subtle],
  ['@peculiar/webcrypto', new PeculiarCrypto().subtle as unknown as Subtle],
])('keys of %s', (name, subtle) => {
  it.each(CASES)('%s signs, %j', async (algorithm, parameters) => {
    const leaf = await (await pki()).leaf(algorithm);
    const named = name.startsWith('@') && parameters.name === 'Ed25519' ? { name: 'EdDSA', namedCurve: 'Ed25519' } : parameters;
    const key = await subtle.importKey('pkcs8', pkcs8(leaf), named, false, ['sign']);
    await signsWhatValidates(subtle, leaf, key, parameters.hash);
  });

  it('an RSA key refuses another digest than its own', async () => {
    const leaf = await (await pki()).leaf('RSA-2048');
    const key = await subtle.importKey('pkcs8', pkcs8(leaf), { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-512' }, false, ['sign']);
    const signer = signerFromCryptoKey({ key, certificates: leaf.chain, subtle });
    expect(await faultOf(signer.sign(Uint8Array.of(1), 'SHA-256'))).toMatchObject({
      code: 'signer-refused',
      message: expect.stringContaining('SHA-512'),
    });
  });
});

it('a key and a certificate of different kinds, and a key that does not sign, are refused', async () => {
  const { leaf } = await pki();
  const [rsa, ec] = [await leaf('RSA-2048'), await leaf('P-256')];
  const subtle = webcrypto.subtle as unknown as Subtle;
  const key = await subtle.importKey('pkcs8', pkcs8(ec), { name: 'ECDSA', namedCurve: 'P-256' }, false, ['sign']);
  expect(() => signerFromCryptoKey({ key, certificates: rsa.chain, subtle })).toThrow(/the key is of ECDSA, its certificate of RSA/);
  expect(() => signerFromCryptoKey({ key, certificates: [], subtle })).toThrow(/certificate of the key is missing/);
  expect(() =>
    signerFromCryptoKey({ key: { ...key, type: 'public', usages: [], algorithm: key.algorithm }, certificates: ec.chain, subtle }),
  ).toThrow(/usage sign/);
  const another = signerFromCryptoKey({ key, certificates: (await leaf('P-256')).chain, subtle });
  expect(await faultOf(sign(tinyPdf(), { signer: another, at: Date.now() }))).toMatchObject({
    code: 'signer-refused',
    message: expect.stringContaining('does not verify'),
  });
});

describe.skipIf(!hasSoftHsm)('keys of node-webcrypto-p11', () => {
  let hsm: SoftHsm;
  let crypto: {
    readonly subtle: Subtle;
    readonly keyStorage: { keys(): Promise<string[]>; getItem(id: string): Promise<SigningCryptoKey> };
    close(): void;
  };
  const leaves = new Map<string, Leaf>();

  beforeAll(async () => {
    hsm = softHsm();
    for (const [i, algorithm] of (['P-256', 'RSA-2048'] as const).entries()) {
      const leaf = await (await pki()).leaf(algorithm);
      leaves.set(algorithm, leaf);
      hsm.add(algorithm, `0${i + 1}`, { privateKeyPem: leaf.privateKeyPem, certificates: [] });
    }
    const { Crypto } = await import('node-webcrypto-p11');
    crypto = new Crypto({ library: MODULE, slot: 0, readWrite: true, pin: PIN }) as unknown as typeof crypto;
  });
  afterAll(() => {
    crypto?.close();
    hsm?.remove();
  });

  it.each<[KeyAlgorithm, string, string | undefined]>([
    ['P-256', 'ECDSA', undefined],
    ['RSA-2048', 'RSASSA-PKCS1-v1_5', 'SHA-256'],
  ])('%s on a token signs', async (algorithm, name, hash) => {
    const id =
      (await crypto.keyStorage.keys()).find((one) => one.startsWith('private') && one.endsWith(algorithm === 'P-256' ? '-01' : '-02')) ??
      '';
    const key = await crypto.keyStorage.getItem(id);
    expect(key.algorithm.name).toBe(name);
    await signsWhatValidates(crypto.subtle, leaves.get(algorithm) as Leaf, key, hash);
  });
});
