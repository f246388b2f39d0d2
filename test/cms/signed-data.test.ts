import fc from 'fast-check';
import { afterAll, describe, expect, test } from 'vitest';
import { der } from '../../src/asn1/index.ts';
import { concat } from '../../src/base/bytes.ts';
import { utf8 } from '../../src/base/text.ts';
import { readCmsSignature } from '../../src/cades/read.ts';
import { contentOf } from '../../src/cms/content.ts';
import { encodeContentInfo } from '../../src/cms/content-info.ts';
import { CONTENT } from '../../src/cms/oid.ts';
import { newPool } from '../../src/cms/pool.ts';
import { parseSignedData, type SignedData } from '../../src/cms/signed-data.ts';
import { findSigner } from '../../src/cms/signer.ts';
import { checkContent } from '../../src/cms/verify.ts';
import { parseCertificate } from '../../src/pki/certificate.ts';
import { hasOpenssl, openssl, Workshop } from './openssl.ts';

const content = concat(Array.from({ length: 400 }, () => utf8('A line of the content.\n')));

const read = (cms: Uint8Array): SignedData => {
  const result = parseSignedData(cms);
  if (!result.ok) throw new Error(JSON.stringify(result.malformed));
  return result.value;
};

/** What each signature of a CMS gives, over its own content or the detached one. */
const judge = (cms: Uint8Array, supplied: readonly Uint8Array[] = []) => {
  const signedData = read(cms);
  const over = contentOf(signedData.content ?? content);
  const certificates = [...signedData.certificates, ...supplied]
    .map((one) => parseCertificate(one))
    .flatMap((one) => (one.ok ? [one.value] : []));
  return signedData.signerInfos.map((info) => {
    const { intact, violations } = checkContent(info, signedData.contentType, over);
    return { intact, violations, value: findSigner(info, certificates, over).value };
  });
};

const available = hasOpenssl();
const good = { intact: true, violations: [], value: 'intact' };

if (!available) test('openssl is not installed: nothing to read here', () => expect(available).toBe(false));
else
  describe('what openssl cms writes is read and verifies', () => {
    const workshop = new Workshop();
    afterAll(() => workshop.close());
    const rsa = workshop.key('rsa', 'RSA', ['-algorithm', 'RSA', '-pkeyopt', 'rsa_keygen_bits:2048']);
    const ec = workshop.key('ec', 'ECDSA', ['-algorithm', 'EC', '-pkeyopt', 'ec_paramgen_curve:P-384']);
    const contentFile = workshop.write('content.txt', content);
    const sign = (...options: string[]): Uint8Array =>
      new Uint8Array(
        openssl(
          'cms',
          '-sign',
          '-binary',
          '-in',
          contentFile,
          '-outform',
          'DER',
          '-signer',
          rsa.certificateFile,
          '-inkey',
          rsa.keyFile,
          ...options,
        ),
      );

    test.each([
      ['detached', []],
      ['attached', ['-nodetach']],
      ['in indefinite lengths, its content in segments', ['-nodetach', '-stream']],
      ['identified by key identifier', ['-keyid']],
      ['without signed attributes', ['-noattr']],
      ['with a v2 reference', ['-cades', '-md', 'sha384']],
      ['with RSASSA-PSS', ['-keyopt', 'rsa_padding_mode:pss']],
      ['with SHA-512', ['-md', 'sha512', '-nodetach']],
    ] as [string, string[]][])('%s', (_, options) => {
      expect(judge(sign(...options))).toEqual([good]);
    });

    test('with two signers, each by its own key', () => {
      const cms = sign('-signer', ec.certificateFile, '-inkey', ec.keyFile, '-nodetach');
      expect(judge(cms)).toEqual([good, good]);
    });

    test('without certificates: none is found, unless supplied', () => {
      const cms = sign('-nocerts');
      expect(judge(cms)).toEqual([{ ...good, value: 'no-key' }]);
      expect(judge(cms, [ec.chain[0], rsa.chain[0]])).toEqual([good]);
    });

    test('a flipped bit anywhere in value or content shows', () => {
      const cms = sign('-nodetach');
      const signedData = read(cms);
      const [info] = signedData.signerInfos;
      const flip = (part: Uint8Array, at: number): Uint8Array => {
        const copy = cms.slice();
        const offset = part.byteOffset - cms.byteOffset + at;
        copy[offset] = (copy[offset] as number) ^ 1;
        return copy;
      };
      expect(judge(flip(info?.signature ?? cms, 100))).toMatchObject([{ intact: true, value: 'broken' }]);
      expect(judge(flip(signedData.content ?? cms, 100))).toMatchObject([{ intact: false, value: 'intact' }]);
    });

    test('octets after the CMS are refused, or kept on demand', () => {
      const cms = sign();
      const padded = concat([cms, new Uint8Array(10)]);
      expect(parseSignedData(padded)).toMatchObject({ ok: false, malformed: { at: cms.length } });
      expect(parseSignedData(padded, { trailing: 'keep' })).toMatchObject({
        ok: true,
        value: { bytes: cms, trailing: new Uint8Array(10) },
      });
    });

    test('mutated octets give a value, never a throw', () => {
      const inputs = [sign('-nodetach', '-stream', '-cades'), sign('-signer', ec.certificateFile, '-inkey', ec.keyFile)];
      fc.assert(
        fc.property(
          fc.constantFrom(...inputs),
          fc.array(fc.tuple(fc.nat(), fc.nat(255)), { minLength: 1, maxLength: 4 }),
          fc.option(fc.nat()),
          (input, changes, cut) => {
            const copy = input.slice(0, cut === null ? input.length : cut % input.length);
            for (const [at, octet] of changes) if (copy.length > 0) copy[at % copy.length] = octet;
            const parsed = parseSignedData(copy, { trailing: 'keep' });
            if (!parsed.ok) return;
            const options = { format: 'CAdES', pool: newPool(), content: contentOf(content) } as const;
            expect(readCmsSignature(parsed.value, options).signatures.length).toBeLessThan(10);
          },
        ),
        { numRuns: 400 },
      );
    });
  });

describe('a content that is no OCTET STRING (PKCS#7 v1.5)', () => {
  test('is digested over its contents octets', () => {
    const inner = der.sequence(der.integer(7));
    const signedData = der.sequence(der.integer(1), der.setOf(), der.sequence(der.oid('1.2.3'), der.context(0, inner)), der.setOf());
    expect(read(encodeContentInfo(CONTENT.signedData, signedData)).content).toEqual(inner.subarray(2));
  });
});

describe('any octets', () => {
  test('are read or refused, never thrown over', () => {
    fc.assert(fc.property(fc.uint8Array({ maxLength: 200 }), (input) => typeof parseSignedData(input).ok === 'boolean'));
  });
});
