/** Containers of every algorithm and level, held against outside judges and our own validation; further signers and counter-signatures (EN 319 162-1, 4). */
import { afterAll, describe, expect, test } from 'vitest';
import { equal } from '../../src/base/bytes.ts';
import { parseSignedData } from '../../src/cms/signed-data.ts';
import { countersignInContainer } from '../../src/countersign-asic.ts';
import type { KeyAlgorithm } from '../../src/issuing/index.ts';
import { signContainer, signInContainer } from '../../src/sign-asic.ts';
import { validate } from '../../src/validate.ts';
import { type Algorithm, closeJudges, knows, opensslCmsVerify, pyhankoCms } from '../judges/judges.ts';
import { pemEncode } from '../support/pem.ts';
import { servedPki } from '../support/pki.ts';
import { changedIn, FILES, fileIn, SOURCES, verdictsOf } from './containers.ts';

afterAll(closeJudges);
const pki = servedPki();

const ALGORITHMS: readonly KeyAlgorithm[] = ['RSA-2048', 'RSA-PSS', 'P-256', 'P-384', 'brainpoolP256r1', 'Ed25519', 'ML-DSA-65'];
const LEVELS = ['B', 'T', 'LT', 'LTA'] as const;
/** The signature file, and what it is over. */
const PLACES = {
  'asic-s': ['META-INF/signature.p7s', 'contract.txt'],
  'asic-e': ['META-INF/signature001.p7s', 'META-INF/ASiCManifest001.xml'],
} as const;
const filesFor = (format: keyof typeof PLACES) => (format === 'asic-s' ? FILES.slice(0, 1) : FILES);

describe.each(ALGORITHMS)('%s', (algorithm) => {
  test.each(['asic-s', 'asic-e'] as const)(
    '%s: each level passes here, and its signature with every judge that knows the algorithm',
    async (format) => {
      const { leaf, root, timestampAuthority: timestamps } = await pki();
      const { signer } = await leaf(algorithm);
      const [signature, content] = PLACES[format];
      const judgedBy: string[] = [];
      for (const level of LEVELS) {
        const isLongTerm = level === 'LT' || level === 'LTA';
        const container = await signContainer(filesFor(format), {
          ...{ format, signer, at: Date.now(), level },
          ...(level !== 'B' && { timestamps }),
          ...(isLongTerm && { trust: [root], sources: SOURCES }),
        });
        const report = await validate(container, { at: Date.now() + 2000, trust: [root], ...(!isLongTerm && { sources: SOURCES }) });
        expect(report.unreadable).toEqual([]);
        expect(verdictsOf(report)).toEqual([`CAdES-BASELINE-${level} PASSED`]);
        expect(report.evidence.document.container).toMatchObject({ mimetype: { asRequired: true }, misnamed: [], problems: [] });

        const given = { signature: fileIn(container, signature), content: fileIn(container, content) };
        const known = algorithm !== 'ML-DSA-65';
        if (known && (await knows('openssl', algorithm as Algorithm))) {
          expect(await opensslCmsVerify({ ...given, caPem: pemEncode(root) }), level).toMatchObject({ good: true });
          judgedBy.push(`${level}: openssl`);
        }
        if (known && (await knows('pyhanko', algorithm as Algorithm))) {
          const verdict = await pyhankoCms({ cms: given.signature, content: given.content, trust: [pemEncode(root)] });
          expect(verdict, level).toMatchObject({ intact: true, valid: true, trusted: true, bottomLine: true });
          if (level !== 'B') expect(verdict.timestamp, level).toMatchObject({ intact: true, valid: true, trusted: true });
          judgedBy.push(`${level}: pyhanko`);
        }
      }
      if (judgedBy.length === 0) console.log(`${algorithm} ${format}: no outside judge knows it, only our own validation`);
      else expect(new Set(judgedBy.map((one) => one.split(':')[0])).size).toBe(LEVELS.length);
    },
  );
});

describe.each(['asic-s', 'asic-e'] as const)('%s', (format) => {
  const [signature] = PLACES[format];

  test('a second and a third signer and a counter-signature leave the earlier ones as they are', async () => {
    const { leaf, root, timestampAuthority: timestamps } = await pki();
    const signers = await Promise.all((['P-256', 'RSA-2048', 'Ed25519'] as const).map(async (name) => (await leaf(name)).signer));
    const [first, second, third] = signers as [(typeof signers)[0], (typeof signers)[0], (typeof signers)[0]];
    const one = await signContainer(filesFor(format), { format, signer: first, at: Date.now(), level: 'T', timestamps });
    const two = await signInContainer(one, { signer: second, at: Date.now() });
    const three = await signInContainer(two, { signer: third, at: Date.now(), level: 'T', timestamps });
    const four = await countersignInContainer(three, { signer: second, at: Date.now(), level: 'T', timestamps });
    for (const [before, after] of [
      [one, two],
      [two, three],
      [three, four],
    ] as const) {
      expect(changedIn(before, after)).toEqual(format === 'asic-e' && after !== four ? [] : [signature]);
      const [old, young] = [before, after].map((container) => parseSignedData(fileIn(container, signature)));
      if (!old?.ok || !young?.ok) throw new Error('unreadable');
      for (const [i, info] of old.value.signerInfos.entries()) {
        const now = young.value.signerInfos[i];
        expect(now?.components.slice(0, 6)).toEqual(info.components.slice(0, 6));
        for (const attribute of info.unsignedAttributes)
          expect(now?.unsignedAttributes.some(({ bytes }) => equal(bytes, attribute.bytes))).toBe(true);
      }
    }
    const { signatures } = await validate(four, { at: Date.now() + 2000, trust: [root], sources: SOURCES });
    expect(signatures.map(({ conclusion }) => conclusion)).toEqual(signatures.map(() => ({ indication: 'PASSED' })));
    expect(signatures).toHaveLength(4);
    expect(signatures.filter(({ facts }) => facts.counterSignatureOf !== null)).toHaveLength(1);
  });

  test('a countersignature is refused where a time-stamp is over the signature, or there is no such signature', async () => {
    const { leaf, root, timestampAuthority: timestamps } = await pki();
    const { signer } = await leaf('P-256');
    const options = { signer, at: Date.now() };
    const longTerm = { timestamps, trust: [root], sources: SOURCES };
    const archived = await signContainer(filesFor(format), { ...options, ...longTerm, format, level: 'LTA' });
    const made = countersignInContainer(archived, options);
    if (format === 'asic-e') await expect(made).rejects.toMatchObject({ code: 'refused' });
    else expect((await validate(await made, { at: Date.now() + 2000, trust: [root], sources: SOURCES })).signatures).toHaveLength(2);
    await expect(countersignInContainer(archived, { ...options, signature: 1 })).rejects.toMatchObject({ code: 'bad-option' });
    await expect(countersignInContainer(archived, { ...options, ...longTerm, level: 'LT' })).rejects.toMatchObject({ code: 'bad-option' });
  });
});
