/** The two halves of signing: the state travels as JSON, the answer is a signature value or a finished CMS (EN 319 122-1, 6; EN 319 142-1, 6). */
import { describe, expect, test } from 'vitest';
import { plainPdf } from '../scripts/plain-pdf.ts';
import { type Bytes, concat } from '../src/base/bytes.ts';
import { sourceOf } from '../src/base/source.ts';
import { utf8 } from '../src/base/text.ts';
import { buildSignedData, signedAttributes } from '../src/cades/build.ts';
import { parseSignedData } from '../src/cms/signed-data.ts';
import type { Signer } from '../src/crypto/signer.ts';
import {
  complete,
  completeTo,
  encodePrepared,
  type PrepareCadesOptions,
  type Prepared,
  prepare,
  readPrepared,
  type SignatureAnswer,
} from '../src/prepare.ts';
import { sign } from '../src/sign.ts';
import { validate } from '../src/validate.ts';
import { faultOf } from './support/fault.ts';
import { memoryPki } from './support/pki.ts';

const pki = memoryPki();
const AT = Date.now();
const CONTENT = utf8('Any file at all, of any kind.\n');
const PDF = plainPdf({ title: 'Agreement', pages: [['# Agreement']] });

const keys = new Map<string, Promise<Signer>>();
/** One key for each algorithm: both halves have the same. */
async function keyOf(algorithm: 'P-256' | 'RSA-2048' | 'Ed25519' | 'ML-DSA-65' = 'P-256'): Promise<Signer> {
  const key = keys.get(algorithm) ?? pki().then(async ({ leaf }) => (await leaf(algorithm)).signer);
  keys.set(algorithm, key);
  return key;
}
const halfway = async (options: Partial<PrepareCadesOptions> = {}) => {
  const { chain, scheme } = await keyOf();
  return prepare(CONTENT, { format: 'cades', chain, scheme, at: AT, ...options });
};
/** What another process reads. */
const travelled = (prepared: Prepared): Prepared => readPrepared(encodePrepared(prepared));
const judged = async (file: Bytes, detached?: Bytes) => {
  const { signatures } = await validate(file, {
    at: Date.now() + 2000,
    trust: [(await pki()).root],
    policy: 'dss-6.4-no-revocation',
    ...(detached && { detached: [{ bytes: detached }] }),
  });
  return signatures.map(({ level, conclusion }) => [level, conclusion.indication]);
};
/** What a remote service makes that is told the digest of the content alone. */
async function finished(prepared: Prepared, signer: Signer, change: { profile?: 'PAdES'; content?: Bytes } = {}): Promise<Bytes> {
  const { chain, scheme } = signer;
  const { digest, contentDigest: messageDigest } = prepared;
  const attributes = signedAttributes({
    ...{ profile: change.profile ?? 'CAdES', chain, digest, messageDigest },
    ...(change.profile === undefined && { signingTime: AT }),
  });
  const signature = await signer.sign(attributes, digest);
  return buildSignedData({
    ...{ chain, scheme, digest, signedAttributes: attributes, signature },
    ...(change.content && { content: change.content }),
  });
}

describe.each(['attached', 'detached'] as const)('CAdES, %s', (packaging) => {
  const detached = packaging === 'detached' ? CONTENT : undefined;

  test.each(['P-256', 'RSA-2048', 'Ed25519', 'ML-DSA-65'] as const)(
    '%s: a value made elsewhere gives what sign gives',
    async (algorithm) => {
      const signer = await keyOf(algorithm);
      const { chain, scheme } = signer;
      const options = { format: 'cades', packaging, at: AT, mimeType: 'text/plain', claimedRoles: ['clerk'] } as const;
      const waiting = travelled(prepare(sourceOf(CONTENT), { ...options, chain, scheme }));
      const value = await signer.sign(waiting.toBeSigned, waiting.digest);
      const whole = await complete(CONTENT, waiting, value);
      const known: Signer = { chain, scheme, sign: async () => value };
      expect(whole).toEqual(await sign(CONTENT, { ...options, signer: known }));
      expect(await judged(whole, detached)).toEqual([
        ['CAdES-BASELINE-B', algorithm === 'P-256' || algorithm === 'RSA-2048' ? 'PASSED' : expect.any(String)],
      ]);
      const pieces: Bytes[] = [];
      await completeTo({ write: (piece) => void pieces.push(piece.slice()) }, sourceOf(CONTENT), waiting, value);
      expect(concat(pieces)).toEqual(whole);
    },
  );

  test('an authority makes it level T, content time-stamps are signed', async () => {
    const { timestampAuthority: timestamps } = await pki();
    const token = await timestamps.stamp((await halfway()).contentDigest, 'SHA-256');
    const waiting = travelled(await halfway({ packaging, contentTimestamps: [token] }));
    const value = await (await keyOf()).sign(waiting.toBeSigned, waiting.digest);
    expect(await judged(await complete(CONTENT, waiting, value, { timestamps }), detached)).toEqual([['CAdES-BASELINE-T', 'PASSED']]);
  });

  test.each([
    ['holds nothing', {}],
    ['holds the content', { content: CONTENT }],
  ])('a finished CMS that %s is taken over', async (_, change) => {
    const { timestampAuthority: timestamps } = await pki();
    const waiting = travelled(await halfway({ packaging }));
    const cms = await finished(waiting, await keyOf(), change);
    for (const [level, more] of [
      ['B', {}],
      ['T', { timestamps }],
    ] as const) {
      const whole = await complete(CONTENT, waiting, { cms }, more);
      expect(await judged(whole, detached)).toEqual([[`CAdES-BASELINE-${level}`, 'PASSED']]);
      const [before, after] = [parseSignedData(cms), parseSignedData(whole)];
      expect(after.ok && after.value.content).toEqual(packaging === 'attached' ? CONTENT : null);
      expect(after.ok && after.value.signerInfos[0]?.components.slice(0, 6)).toEqual(before.ok && before.value.signerInfos[0]?.components);
    }
  });
});

test('PAdES takes over a finished CMS, and says where it does not fit', async () => {
  const { timestampAuthority: timestamps } = await pki();
  const signer = await keyOf();
  const waiting = travelled(prepare(PDF, { chain: signer.chain, scheme: signer.scheme, at: AT, reserve: 8192 }));
  const cms = await finished(waiting, signer, { profile: 'PAdES' });
  expect(await judged(await complete(PDF, waiting, { cms }))).toEqual([['PAdES-BASELINE-B', 'PASSED']]);
  expect(await judged(await complete(PDF, waiting, { cms }, { timestamps }))).toEqual([['PAdES-BASELINE-T', 'PASSED']]);
  const tight = prepare(PDF, { chain: signer.chain, scheme: signer.scheme, at: AT });
  const own = await finished(tight, signer, { profile: 'PAdES' });
  expect((await faultOf(complete(PDF, tight, { cms: own }, { timestamps }))).code).toBe('limit-exceeded');
});

describe('what is refused says why', () => {
  const cmsOf = async (change: (prepared: Prepared) => Promise<Bytes>): Promise<SignatureAnswer> => ({
    cms: await change(await halfway()),
  });
  test.each<[string, () => Promise<unknown>, string, RegExp]>([
    ['an unknown option', async () => halfway({ reason: 'x' } as Partial<PrepareCadesOptions>), 'bad-option', /unknown option 'reason'/],
    ['another packaging', async () => halfway({ packaging: 'enveloped' as 'attached' }), 'bad-option', /enveloped/],
    ['another format', async () => halfway({ format: 'jades' as 'cades' }), 'bad-option', /jades/],
    ['an expired certificate', async () => halfway({ at: AT + 40 * 365 * 86_400_000 }), 'refused', /expired/],
    ['another document', async () => complete(utf8('other'), await halfway(), new Uint8Array(70)), 'bad-option', /not the document/],
    ['a value of another key', async () => complete(CONTENT, await halfway(), new Uint8Array(70)), 'signer-refused', /does not verify/],
    ['what is no CMS', async () => complete(CONTENT, await halfway(), { cms: CONTENT }), 'malformed-input', /cannot be read/],
    [
      'a CMS by another key',
      async () => complete(CONTENT, await halfway(), await cmsOf(async (one) => finished(one, await keyOf('RSA-2048')))),
      'signer-refused',
      /does not verify/,
    ],
    [
      'a CMS over another content',
      async () =>
        complete(
          CONTENT,
          await halfway(),
          await cmsOf(async (one) => finished({ ...one, contentDigest: new Uint8Array(32) }, await keyOf())),
        ),
      'signer-refused',
      /not over the content/,
    ],
    ['JSON of another kind', async () => readPrepared(utf8('{"adeskit":2,"prepared":{}}')), 'malformed-input', /no prepared signature/],
    ['no JSON', async () => readPrepared(utf8('%PDF-')), 'malformed-input', /no prepared signature/],
    [
      'a format of a later version',
      async () => readPrepared(encodePrepared({ ...(await halfway()), format: 'jades' as 'cades' })),
      'malformed-input',
      /format/,
    ],
  ])('%s', async (_, work, code, message) => {
    const fault = await faultOf(work());
    expect(fault.message).toMatch(message);
    expect(fault.code).toBe(code);
  });
});
