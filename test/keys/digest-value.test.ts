import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Reader } from '../../src/asn1/index.ts';
import { type DigestName, digest as digestOf, encodeSignatureAlgorithm, signatureAlgorithm, verifyValue } from '../../src/crypto/index.ts';
import type { KeyAlgorithm } from '../../src/issuing/index.ts';
import { signerFromKey } from '../../src/keys/index.ts';
import { parseCertificate } from '../../src/pki/index.ts';
import { faultOf } from '../support/fault.ts';
import { memoryPki } from '../support/pki.ts';

const pki = memoryPki();
const DIGESTS: readonly DigestName[] = ['SHA-256', 'SHA-384', 'SHA-512', 'SHA3-256'];
const signerOf = async (algorithm: KeyAlgorithm) => {
  const { privateKey, chain } = await (await pki()).leaf(algorithm);
  return signerFromKey({ key: privateKey, certificates: chain, ...(algorithm.startsWith('RSA-P') && { scheme: 'RSASSA-PSS' }) });
};

test.each<[KeyAlgorithm]>([['RSA-2048'], ['RSA-PSS'], ['RSA-PSS-only'], ['P-256'], ['P-384'], ['P-521']])(
  '%s: the signature of a digest is one of its message',
  async (algorithm) => {
    const signer = await signerOf(algorithm);
    const certificate = parseCertificate(signer.chain[0]);
    if (!certificate.ok || !signer.signDigest) throw new Error('no signer of digests');
    const { spki } = certificate.value;
    const signDigest = signer.signDigest.bind(signer);
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 100 }), fc.constantFrom(...DIGESTS), async (message, digest) => {
        const reader = Reader.over(encodeSignatureAlgorithm(signer.scheme, digest, spki), 'AlgorithmIdentifier').sequence();
        const identified = signatureAlgorithm(reader.oid(), reader.done ? null : reader.raw(reader.any()));
        const value = await signDigest(digestOf(digest, message), digest);
        expect(identified && verifyValue(identified, spki, message, value)).toBe('intact');
      }),
      { numRuns: 30 },
    );
    expect(await faultOf(signDigest(new Uint8Array(31), 'SHA-256'))).toMatchObject({ code: 'signer-refused' });
  },
);

test('keys that take messages only sign no digests', async () => {
  expect((await signerOf('Ed25519')).signDigest).toBeUndefined();
  const brainpool = await signerOf('brainpoolP256r1');
  expect(await faultOf(brainpool.signDigest?.(new Uint8Array(32), 'SHA-256') ?? Promise.resolve())).toMatchObject({
    code: 'signer-refused',
  });
});
