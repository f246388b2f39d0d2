/** What a CAdES signature states, further signatures beside it and on it, and files of others extended (EN 319 122-1, 5 and 6). */
import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, test } from 'vitest';
import { augment } from '../src/augment.ts';
import { type Bytes, concat } from '../src/base/bytes.ts';
import { Fault } from '../src/base/fault.ts';
import { sourceOf } from '../src/base/source.ts';
import { utf8 } from '../src/base/text.ts';
import { readContentHints, readMimeType, readSignerLocation } from '../src/cades/attributes.ts';
import { contentOf } from '../src/cms/content.ts';
import { parseSignedData, type SignedData } from '../src/cms/signed-data.ts';
import { checkContent } from '../src/cms/verify.ts';
import { digest } from '../src/crypto/digest.ts';
import { type CadesSignOptions, countersign, sign, signParallel, signTo } from '../src/sign.ts';
import { examine, validate } from '../src/validate.ts';
import { faultOf } from './support/fault.ts';
import { memoryPki } from './support/pki.ts';

const pki = memoryPki();
const CONTENT = utf8('Any file at all, of any kind.\n');
const AT = Date.now();

const keyOf = async (algorithm: 'P-256' | 'RSA-2048' | 'Ed25519' | 'ML-DSA-65' = 'P-256') => (await (await pki()).leaf(algorithm)).signer;
const signed = async (options: Partial<CadesSignOptions> = {}, content: Bytes = CONTENT) =>
  sign(content, { format: 'cades', signer: await keyOf(), at: AT, ...options });
const judged = async (cms: Bytes, detached?: Bytes) =>
  validate(cms, {
    at: Date.now() + 2000,
    trust: [(await pki()).root],
    policy: 'dss-6.4-no-revocation',
    ...(detached && { detached: [{ bytes: detached }] }),
  });
function read(cms: Bytes): SignedData {
  const result = parseSignedData(cms);
  if (!result.ok) throw new Error(result.malformed.reason);
  return result.value;
}
test('everything that can be stated is signed and read back', async () => {
  const { timestampAuthority: timestamps } = await pki();
  const policy = { id: '1.2.3.4.5', digestAlgorithm: 'SHA-256', hash: digest('SHA-256', CONTENT), url: 'http://policy.example/' } as const;
  const cms = await signed({
    ...{ level: 'T', timestamps, policy, contentTimestamp: true, mimeType: 'text/plain' },
    commitmentTypes: ['1.2.840.113549.1.9.16.6.1', '1.2.840.113549.1.9.16.6.5'],
    claimedRoles: ['Geschäftsführerin'],
    productionPlace: { country: 'AT', locality: 'Wien' },
    contentHints: { contentType: '1.2.840.113549.1.7.1', description: 'a text' },
  });
  const { signatures } = await judged(cms);
  expect(signatures[0]?.facts).toMatchObject({
    claimedTime: Math.floor(AT / 1000) * 1000,
    policy: { id: '1.2.3.4.5', url: 'http://policy.example/' },
    commitmentTypes: ['1.2.840.113549.1.9.16.6.1', '1.2.840.113549.1.9.16.6.5'],
    claimedRoles: ['Geschäftsführerin'],
    productionPlace: 'Wien, AT',
    structureProblems: [],
  });
  expect(signatures[0]?.timestamps.map(({ facts }) => [facts.type, facts.references[0]?.intact])).toEqual([
    ['content', true],
    ['signature', true],
  ]);
  const attributes = read(cms).signerInfos[0]?.signedAttributes?.attributes ?? [];
  expect(readMimeType(attributes)).toBe('text/plain');
  expect(readSignerLocation(attributes)).toEqual({ country: 'AT', locality: 'Wien', postalAddress: undefined });
  expect(readContentHints(attributes)).toEqual({ description: 'a text', contentType: '1.2.840.113549.1.7.1' });
});

describe.each(['attached', 'detached'] as const)('further signatures, %s', (packaging) => {
  const detached = packaging === 'detached' ? { detached: CONTENT } : {};

  test('a second and a third signer and a countersignature leave those before octet for octet', async () => {
    const { timestampAuthority: timestamps, root } = await pki();
    const first = await signed({ packaging, level: 'T', timestamps });
    const second = await signParallel(first, { signer: await keyOf('RSA-2048'), at: AT, level: 'T', timestamps, ...detached });
    const third = await signParallel(sourceOf(second), { signer: await keyOf('ML-DSA-65'), at: AT, ...detached });
    const all = await countersign(third, { signer: await keyOf('Ed25519'), at: AT, signature: 1, level: 'T', timestamps });
    const [a, b, c, d] = [first, second, third, all].map((cms) => read(cms).signerInfos);
    expect(b?.slice(0, 1).map(({ bytes }) => bytes)).toEqual(a?.map(({ bytes }) => bytes));
    expect(c?.slice(0, 2).map(({ bytes }) => bytes)).toEqual(b?.map(({ bytes }) => bytes));
    expect(d?.map(({ components }) => components.slice(0, 6))).toEqual(c?.map(({ components }) => components.slice(0, 6)));
    const { signatures } = await judged(all, packaging === 'detached' ? CONTENT : undefined);
    expect(
      signatures.map(({ facts, conclusion, level }) => [
        facts.algorithm.scheme,
        facts.counterSignatureOf === null,
        level,
        conclusion.indication,
      ]),
    ).toEqual([
      ['ECDSA', true, 'CAdES-BASELINE-T', 'PASSED'],
      ['RSA', true, 'CAdES-BASELINE-T', 'PASSED'],
      ['EdDSA', false, 'CAdES-BASELINE-T', expect.any(String)],
      ['ML-DSA', true, 'CAdES-BASELINE-B', expect.any(String)],
    ]);
    expect(signatures.every(({ facts }) => facts.value === 'intact' && facts.references.every(({ intact }) => intact))).toBe(true);
    expect(root.length).toBeGreaterThan(0);
  });
});

describe('what is refused says why', () => {
  test.each<[string, () => Promise<unknown>, Fault['code'], RegExp]>([
    ['an unknown option', () => signed({ reason: 'x' } as Partial<CadesSignOptions>), 'bad-option', /unknown option 'reason'/],
    ['another packaging', () => signed({ packaging: 'enveloped' as 'attached' }), 'bad-option', /enveloped/],
    ['another format', () => sign(CONTENT, { format: 'jades' } as unknown as CadesSignOptions), 'bad-option', /./],
    ['level T without an authority', () => signed({ level: 'T' }), 'bad-option', /time-stamp authority/],
    ['a content time-stamp without an authority', () => signed({ contentTimestamp: true }), 'bad-option', /contentTimestamp/],
    [
      'a key that is not of the certificate',
      async () => signed({ signer: { ...(await keyOf()), sign: async () => new Uint8Array(70) } }),
      'signer-refused',
      /does not verify/,
    ],
    [
      'a detached content that is missing',
      async () => signParallel(await signed({ packaging: 'detached' }), { signer: await keyOf(), at: AT }),
      'bad-option',
      /detached/,
    ],
    [
      'a content that was not signed',
      async () => signParallel(await signed({ packaging: 'detached' }), { signer: await keyOf(), at: AT, detached: utf8('other') }),
      'bad-option',
      /not the content/,
    ],
    [
      'a signature that is not there',
      async () => countersign(await signed(), { signer: await keyOf(), at: AT, signature: 3 }),
      'bad-option',
      /no number 3/,
    ],
    [
      'a MIME type of a countersignature',
      async () => countersign(await signed(), { signer: await keyOf(), at: AT, mimeType: 'a/b' }),
      'bad-option',
      /countersignature/,
    ],
    ['what is no CMS', async () => countersign(CONTENT, { signer: await keyOf(), at: AT }), 'malformed-input', /no CMS/],
    [
      'a time-stamp token',
      async () =>
        countersign(await (await pki()).timestampAuthority.stamp(digest('SHA-256', CONTENT), 'SHA-256'), { signer: await keyOf(), at: AT }),
      'refused',
      /time-stamp/,
    ],
    [
      'an archive over a content that is not at hand',
      async () =>
        augment(await signed({ packaging: 'detached' }), {
          to: 'LTA',
          at: AT,
          override: true,
          timestamps: (await pki()).timestampAuthority,
        }),
      'bad-option',
      /detached/,
    ],
  ])('%s', async (_, work, code, message) => {
    const fault = await faultOf(work());
    expect(fault.code).toBe(code);
    expect(fault.message).toMatch(message);
  });
});

test('writing to a sink gives the same octets, and a large content in segments of BER that reads the same', async () => {
  const parts: Bytes[] = [];
  const sink = { write: (bytes: Bytes) => void parts.push(bytes.slice()) };
  const large = new Uint8Array(17 << 20).map((_, i) => i >> 8);
  const signer = await keyOf('RSA-2048');
  const reading = { size: large.length, read: (offset: number, length: number) => large.slice(offset, offset + length) };
  await signTo(sink, reading, { format: 'cades', signer, at: AT });
  const cms = concat(parts);
  expect(cms[1]).toBe(0x80);
  const opened = await examine({ size: cms.length, read: (offset, length) => cms.slice(offset, offset + length) });
  expect(opened.document.signatures[0]).toMatchObject({ value: 'intact', references: [{ intact: true }], structureProblems: [] });
  const [info] = read(cms).signerInfos;
  expect(info && checkContent(info, '1.2.840.113549.1.7.1', contentOf(large)).intact).toBe(true);
});

const vectors = process.env['ADESKIT_VECTORS'] ?? resolve(import.meta.dirname, '../../shared/vectors');
const present = existsSync(join(vectors, 'dss/manifest.json'));
if (!present) console.log(`no vectors at ${vectors} (ADESKIT_VECTORS): files of others are not extended here`);

interface Case {
  readonly file: string;
  readonly format: string;
  readonly detached?: readonly { readonly file?: string; readonly text?: string; readonly b64?: string; readonly digestAlg?: string }[];
}

describe.skipIf(!present)('files of others', () => {
  const cases: readonly Case[] = present ? JSON.parse(readFileSync(join(vectors, 'dss/manifest.json'), 'utf8')).cases : [];
  const own = cases.filter(
    ({ format, file, detached = [] }) => format === 'CAdES' && /\.p7[ms]$/.test(file) && detached.every(({ digestAlg }) => !digestAlg),
  );
  const bytesOf = ({ file, text, b64 = '' }: NonNullable<Case['detached']>[number]): Bytes =>
    file
      ? new Uint8Array(readFileSync(join(vectors, 'dss', file)))
      : text !== undefined
        ? utf8(text)
        : new Uint8Array(Buffer.from(b64, 'base64'));

  test('extended to LTA, renewed and signed by one more, they keep every signature and time-stamp as it was', {
    timeout: 300_000,
  }, async () => {
    const { timestampAuthority: timestamps } = await pki();
    const signer = await keyOf();
    const outcomes = { extended: 0, cosigned: 0, refused: 0 };
    for (const { file, detached: given = [] } of own) {
      const detached = given.map((one) => ({ bytes: bytesOf(one) }));
      const told = async (cms: Bytes) => {
        const { document } = await examine(cms, { detached });
        const state = (one: {
          readonly value: string;
          readonly references: readonly { readonly found: boolean; readonly intact: boolean }[];
        }) => [one.value, ...one.references.map(({ found, intact }) => `${found} ${intact}`)].join();
        return {
          signatures: document.signatures.map((one) => `${one.signer.certificate} ${one.claimedTime} ${state(one)}`),
          stamps: [...document.timestamps.values()].map(
            (one) => `${one.type} ${one.time} ${one.serial} ${state(one)} ${one.structureProblems}`,
          ),
        };
      };
      const original = new Uint8Array(readFileSync(join(vectors, 'dss', file)));
      const before = await told(original).catch(() => null);
      if (before === null) continue;
      let cms: Bytes = original;
      for (let round = 0; round < 2; round++) {
        const step = await augment(cms, { to: 'LTA', at: Date.now(), override: true, timestamps, detached }).catch(
          (error: unknown) => error,
        );
        if (step instanceof Fault) {
          expect(['refused', 'bad-option', 'malformed-input'], `${file}: ${step.message}`).toContain(step.code);
          outcomes.refused++;
          break;
        }
        if (!(step instanceof Uint8Array)) throw step;
        cms = step;
        outcomes.extended++;
        const after = await told(cms);
        expect(after.signatures, file).toEqual(before.signatures);
        expect(after.stamps, file).toEqual(expect.arrayContaining(before.stamps));
        for (const stamp of after.stamps.filter((one) => !before.stamps.includes(one))) expect(stamp, file).toMatch(/intact,true true/);
      }
      const cosigned = await signParallel(cms, { signer, at: Date.now(), ...(detached[0] && { detached: detached[0].bytes }) }).catch(
        (error: unknown) => error,
      );
      if (cosigned instanceof Fault) continue;
      if (!(cosigned instanceof Uint8Array)) throw cosigned;
      outcomes.cosigned++;
      const after = await told(cosigned);
      expect(after.signatures, file).toEqual(expect.arrayContaining(before.signatures));
      expect(after.stamps, file).toEqual(expect.arrayContaining(before.stamps));
    }
    console.log(`files of others: ${own.length}, ${JSON.stringify(outcomes)}`);
    expect(outcomes.extended).toBeGreaterThan(60);
  });
});
