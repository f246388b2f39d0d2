import { afterAll, describe, expect, test } from 'vitest';
import { utf8 } from '../../src/base/text.ts';
import { addSignatureTimestamp, digestFor, estimateSignedDataSize, signedAttributes } from '../../src/cades/build.ts';
import { addMaterial, addUnsignedAttribute } from '../../src/cms/build.ts';
import { contentOf } from '../../src/cms/content.ts';
import { parseSignedData, type SignedData } from '../../src/cms/signed-data.ts';
import { findSigner } from '../../src/cms/signer.ts';
import { checkContent } from '../../src/cms/verify.ts';
import type { DigestName } from '../../src/crypto/names.ts';
import type { SigningScheme } from '../../src/crypto/signer.ts';
import { parseCertificate } from '../../src/pki/certificate.ts';
import { accepts, hasOpenssl, Workshop } from '../cms/openssl.ts';
import { makeSignature } from './signing.ts';

const content = utf8('What is signed here.\n');

const read = (cms: Uint8Array): SignedData => {
  const result = parseSignedData(cms);
  if (!result.ok) throw new Error(JSON.stringify(result.malformed));
  return result.value;
};

const KEYS: readonly [name: string, scheme: SigningScheme, algorithm: readonly string[], digest: DigestName, judged: boolean][] = [
  ['rsa', 'RSA', ['-algorithm', 'RSA', '-pkeyopt', 'rsa_keygen_bits:2048'], 'SHA-256', true],
  ['rsa384', 'RSA', ['-algorithm', 'RSA', '-pkeyopt', 'rsa_keygen_bits:3072'], 'SHA-384', true],
  ['pss', 'RSASSA-PSS', ['-algorithm', 'RSA', '-pkeyopt', 'rsa_keygen_bits:2048'], 'SHA-512', true],
  ['p256', 'ECDSA', ['-algorithm', 'EC', '-pkeyopt', 'ec_paramgen_curve:P-256'], 'SHA-256', true],
  ['p521', 'ECDSA', ['-algorithm', 'EC', '-pkeyopt', 'ec_paramgen_curve:P-521'], 'SHA-512', true],
  ['sha3', 'ECDSA', ['-algorithm', 'EC', '-pkeyopt', 'ec_paramgen_curve:P-256'], 'SHA3-256', true],
  ['ed25519', 'EdDSA', ['-algorithm', 'ED25519'], 'SHA-512', false],
  ['ed448', 'EdDSA', ['-algorithm', 'ED448'], 'SHAKE256', false],
];

if (!hasOpenssl()) test('openssl is not installed: no key to sign with', () => expect(true).toBe(true));
else
  describe('building a signature of level B', () => {
    const workshop = new Workshop();
    afterAll(() => workshop.close());
    const contentFile = workshop.write('content.txt', content);

    for (const [name, scheme, algorithm, digest, judged] of KEYS)
      describe(`${scheme} with ${digest} (${name})`, () => {
        const key = workshop.key(name, scheme, algorithm);
        const detached = makeSignature(key, digest, content, 'detached', { signingTime: 1_760_000_000_000 });
        const attached = makeSignature(key, digest, content, 'attached', { signingTime: 1_760_000_000_000, protectAlgorithms: scheme });

        test.skipIf(!judged)('openssl cms accepts it, and refuses it over another content', () => {
          const cmsFile = workshop.write('signature.p7s', detached.cms);
          const verify = (file: string): boolean =>
            accepts(
              'cms',
              '-verify',
              '-cades',
              '-binary',
              '-inform',
              'DER',
              '-in',
              cmsFile,
              '-content',
              file,
              '-CAfile',
              workshop.ca,
              '-purpose',
              'any',
            );
          expect(verify(contentFile)).toBe(true);
          expect(verify(workshop.write('other.txt', 'Another content'))).toBe(false);
          const attachedFile = workshop.write('attached.p7m', attached.cms);
          expect(
            accepts(
              'cms',
              '-verify',
              '-cades',
              '-binary',
              '-inform',
              'DER',
              '-in',
              attachedFile,
              '-CAfile',
              workshop.ca,
              '-purpose',
              'any',
            ),
          ).toBe(true);
        });

        test('what was built reads back whole, and its digest, value and reference agree', () => {
          const signedData = read(attached.cms);
          const [info] = signedData.signerInfos;
          if (!info) throw new Error('no SignerInfo');
          expect(signedData.content).toEqual(content);
          expect(signedData.certificates).toEqual(expect.arrayContaining([...key.chain]));
          expect(info.signedAttributes?.isDer).toBe(true);
          expect(info.signedAttributes?.toBeSigned).toEqual(attached.attributes);
          expect(checkContent(info, signedData.contentType, contentOf(content))).toMatchObject({
            found: true,
            intact: true,
            violations: [],
            problems: [],
          });
          const certificates = signedData.certificates.map((der) => parseCertificate(der)).flatMap((one) => (one.ok ? [one.value] : []));
          const signer = findSigner(info, certificates, null);
          expect(signer).toMatchObject({ value: 'intact', unreadableReference: null });
          expect(signer.certificate?.bytes).toEqual(key.chain[0]);
          expect(signer.references).toMatchObject([{ issuerSerial: 'match', reference: { digestAlgorithm: digest } }]);
          expect(signer.references[0]?.matches?.bytes).toEqual(key.chain[0]);
        });

        test('the estimate is an upper bound and not far above', () => {
          const estimate = (content: number): number =>
            estimateSignedDataSize({ chain: key.chain, scheme, digest, signedAttributes: detached.attributes.length, content });
          expect(estimate(0)).toBeGreaterThanOrEqual(detached.cms.length);
          expect(estimate(0)).toBeLessThan(detached.cms.length + 400);
          const signedLonger = estimateSignedDataSize({
            chain: key.chain,
            scheme,
            digest,
            signedAttributes: attached.attributes.length,
            content: content.length,
          });
          expect(signedLonger).toBeGreaterThanOrEqual(attached.cms.length);
        });

        test('an unsigned attribute and more certificates leave every signed octet as it was', () => {
          const before = read(detached.cms);
          const token = makeSignature(key, digest, utf8('stands for a token'), 'attached').cms;
          const once = addSignatureTimestamp(detached.cms, token);
          const after = read(addMaterial(addUnsignedAttribute(once, 0, AN_ATTRIBUTE), key.chain, [A_REVOCATION]));
          const [oldInfo, newInfo] = [before.signerInfos[0], after.signerInfos[0]];
          expect(newInfo?.components.slice(0, 6)).toEqual(oldInfo?.components.slice(0, 6));
          expect(newInfo?.unsignedAttributes.map(({ type }) => type)).toEqual(['1.2.840.113549.1.9.16.2.14', '1.2.3.4']);
          expect(newInfo?.unsignedAttributes[0]?.values).toEqual([token]);
          expect(after.components.encapContentInfo.read(0, 1000)).toEqual(before.components.encapContentInfo.read(0, 1000));
          expect(after.components.certificates).toEqual(before.components.certificates);
          expect(after.revocationInfos).toHaveLength(1);
          expect(after.version).toBe(5);
        });
      });

    test('the digest for EdDSA is the one that its key asks for', () => {
      const [ed25519, ed448] = ['ED25519', 'ED448'].map((algorithm) => workshop.key(`x${algorithm}`, 'EdDSA', ['-algorithm', algorithm]));
      expect(digestFor('EdDSA', ed25519?.chain[0] ?? content, 'SHA-256')).toBe('SHA-512');
      expect(digestFor('EdDSA', ed448?.chain[0] ?? content, 'SHA-256')).toBe('SHAKE256');
      expect(digestFor('RSA', ed448?.chain[0] ?? content, 'SHA-256')).toBe('SHA-256');
    });

    test('PAdES refuses what its signature dictionary says, and a digest of another length is refused', () => {
      const { chain } = workshop.key('refusing', 'ECDSA', ['-algorithm', 'EC', '-pkeyopt', 'ec_paramgen_curve:P-256']);
      const common = { chain, digest: 'SHA-256', messageDigest: new Uint8Array(32) } as const;
      expect(() => signedAttributes({ profile: 'PAdES', ...common, signingTime: 0 })).toThrow(/PAdES has no signing-time/);
      expect(() => signedAttributes({ profile: 'CAdES', ...common, digest: 'SHA-512' })).toThrow(/no SHA-512/);
      expect(() => signedAttributes({ profile: 'CAdES', ...common, chain: [content] })).toThrow(/signing certificate/);
    });
  });

/** Type 1.2.3.4 with NULL. */
const AN_ATTRIBUTE = Uint8Array.of(0x30, 0x09, 0x06, 0x03, 0x2a, 0x03, 0x04, 0x31, 0x02, 0x05, 0x00);
/** Other revocation information of an unknown format. */
const A_REVOCATION = Uint8Array.of(0xa1, 0x07, 0x06, 0x03, 0x2a, 0x03, 0x05, 0x05, 0x00);
