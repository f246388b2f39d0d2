/** CAdES signed and extended to every level, held against outside judges and our own validation (EN 319 122-1, 6). */
import { afterAll, describe, expect, test } from 'vitest';
import { augment } from '../src/augment.ts';
import { equal } from '../src/base/bytes.ts';
import { utf8 } from '../src/base/text.ts';
import { parseSignedData } from '../src/cms/signed-data.ts';
import type { KeyAlgorithm } from '../src/issuing/index.ts';
import { httpCertificateSource, httpRevocationSource } from '../src/net/index.ts';
import { sign } from '../src/sign.ts';
import { validate } from '../src/validate.ts';
import { type Algorithm, closeJudges, knows, opensslCmsVerify, pyhankoCms } from './judges/judges.ts';
import { pemEncode } from './support/pem.ts';
import { servedPki } from './support/pki.ts';

afterAll(closeJudges);
const pki = servedPki();
const HTTP = { allowPrivate: true, retries: 0 };
const SOURCES = { certificates: httpCertificateSource(HTTP), revocations: httpRevocationSource(HTTP) };
const CONTENT = utf8('Any file at all, of any kind.\n');

const ALGORITHMS: readonly KeyAlgorithm[] = ['RSA-2048', 'RSA-PSS', 'P-256', 'P-384', 'brainpoolP256r1', 'Ed25519', 'ML-DSA-65'];
const LEVELS = ['B', 'T', 'LT', 'LTA'] as const;

describe.each(ALGORITHMS)('%s', (algorithm) => {
  test.each(['attached', 'detached'] as const)(
    '%s: each level passes here and with every judge that knows the algorithm',
    async (packaging) => {
      const { leaf, root, timestampAuthority: timestamps } = await pki();
      const { signer } = await leaf(algorithm);
      const detached = packaging === 'detached' ? [{ bytes: CONTENT }] : [];
      const judgedBy: string[] = [];
      for (const level of LEVELS) {
        const at = Date.now();
        const longTerm = level === 'LT' || level === 'LTA' ? { trust: [root], sources: SOURCES } : {};
        const cms = await sign(CONTENT, {
          format: 'cades',
          packaging,
          signer,
          at,
          level,
          ...(level !== 'B' && { timestamps }),
          ...longTerm,
        });
        const report = await validate(cms, {
          at: Date.now() + 2000,
          trust: [root],
          detached,
          ...(level !== 'LT' && level !== 'LTA' && { sources: SOURCES }),
        });
        expect(report.unreadable).toEqual([]);
        expect(report.signatures.map((one) => [one.level, one.conclusion])).toEqual([
          [`CAdES-BASELINE-${level}`, { indication: 'PASSED' }],
        ]);
        const parsed = parseSignedData(cms);
        expect(parsed.ok && parsed.value.content).toEqual(packaging === 'attached' ? CONTENT : null);

        const judged = algorithm as Algorithm;
        const known = algorithm !== 'ML-DSA-65';
        if (known && (await knows('openssl', judged))) {
          const verdict = await opensslCmsVerify({
            signature: cms,
            caPem: pemEncode(root),
            ...(packaging === 'detached' && { content: CONTENT }),
          });
          expect(verdict.said).toContain('uccessful');
          expect(verdict.good).toBe(true);
          judgedBy.push(`${level}: openssl`);
        }
        if (known && (await knows('pyhanko', judged))) {
          const verdict = await pyhankoCms({ cms, trust: [pemEncode(root)], ...(packaging === 'detached' && { content: CONTENT }) });
          expect(verdict).toMatchObject({ intact: true, valid: true, trusted: true, bottomLine: true });
          if (level !== 'B' && packaging === 'detached')
            expect(verdict.timestamp).toMatchObject({ intact: true, valid: true, trusted: true });
          judgedBy.push(`${level}: pyhanko`);
        }
      }
      if (judgedBy.length === 0) console.log(`${algorithm} ${packaging}: no outside judge knows it, only our own validation`);
      else expect(new Set(judgedBy.map((one) => one.split(':')[0])).size).toBe(LEVELS.length);
    },
  );
});

test('each level by augmentation of the one before keeps signature and time-stamps octet for octet', async () => {
  const { leaf, root, timestampAuthority: timestamps } = await pki();
  const { signer } = await leaf('P-256');
  let cms = await sign(CONTENT, { format: 'cades', signer, at: Date.now() });
  for (const to of ['T', 'LT', 'LTA', 'LTA'] as const) {
    const before = parseSignedData(cms);
    cms = await augment(cms, { to, at: Date.now(), trust: [root], sources: SOURCES, timestamps });
    const after = parseSignedData(cms);
    if (!before.ok || !after.ok) throw new Error('unreadable');
    const [old, young] = [before.value.signerInfos[0], after.value.signerInfos[0]];
    expect(young?.components.slice(0, 6)).toEqual(old?.components.slice(0, 6));
    for (const [i, attribute] of (old?.unsignedAttributes ?? []).entries())
      expect(equal(attribute.bytes, young?.unsignedAttributes[i]?.bytes ?? new Uint8Array(0))).toBe(true);
  }
  const report = await validate(cms, { at: Date.now() + 2000, trust: [root] });
  expect(report.signatures.map(({ level, conclusion }) => [level, conclusion.indication])).toEqual([['CAdES-BASELINE-LTA', 'PASSED']]);
  expect(report.signatures[0]?.timestamps.map(({ facts, conclusion }) => [facts.type, conclusion.indication])).toEqual([
    ['signature', 'PASSED'],
    ['archive', 'PASSED'],
    ['archive', 'PASSED'],
  ]);
});
