import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { augment } from '../src/augment.ts';
import type { Bytes } from '../src/base/bytes.ts';
import { utf8 } from '../src/base/text.ts';
import { countersignInContainer } from '../src/countersign-asic.ts';
import type { Signer } from '../src/crypto/signer.ts';
import { httpCertificateSource, httpRevocationSource } from '../src/net/index.ts';
import { encodePrepared, prepare } from '../src/prepare.ts';
import { type CompleteCallOptions, completeCall, type PreparedCall, prepareCall, readPreparedCall } from '../src/prepare-call.ts';
import { countersign, sign, signParallel } from '../src/sign.ts';
import { signContainer, signInContainer } from '../src/sign-asic.ts';
import { validate } from '../src/validate.ts';
import { opensslCmsVerify } from './judges/openssl.ts';
import { faultOf } from './support/fault.ts';
import { pemEncode } from './support/pem.ts';
import { servedPki } from './support/pki.ts';

const pki = servedPki();
const HTTP = { allowPrivate: true, retries: 0 };
const SOURCES = { certificates: httpCertificateSource(HTTP), revocations: httpRevocationSource(HTTP) };
const AT = Date.now();
const CONTENT = utf8('content');
const XML = utf8('<a><b>1</b></a>');
const FILES = [
  { name: 'a.txt', content: utf8('one') },
  { name: 'b/c.xml', content: utf8('<c/>') },
];

/** The signature that is there already, and the two that are made: at once and in two halves. */
interface Case {
  readonly before: (first: Signer) => Promise<Bytes | null>;
  readonly atOnce: (before: Bytes, signer: Signer) => Promise<Bytes>;
  readonly halves: (before: Bytes, key: Pick<Signer, 'chain' | 'scheme'>) => Promise<PreparedCall>;
  /** What the second half is given; default: what was there. */
  readonly input?: typeof FILES;
  readonly contents?: CompleteCallOptions;
  readonly detached?: readonly { readonly bytes: Bytes; readonly name?: string }[];
  readonly signatures: number;
}

const cades = (packaging: 'attached' | 'detached') => (signer: Signer) => sign(CONTENT, { format: 'cades', packaging, signer, at: AT });
const enveloped = (signer: Signer) => sign(XML, { format: 'xades', signer, at: AT });
const outside = [{ name: 'x.bin', content: CONTENT }];
const container = (format: 'asic-s' | 'asic-e', signature: object) => (signer: Signer) =>
  signContainer(FILES.slice(0, format === 'asic-s' ? 1 : 2), { format, signer, at: AT, ...signature });
const states = { at: AT, claimedRoles: ['notary'] };
const xades = { signature: 'xades' } as const;

const CASES: readonly [string, Case][] = [
  ...(['attached', 'detached'] as const).map((packaging): [string, Case] => {
    const given = packaging === 'detached' ? { detached: CONTENT } : {};
    return [
      `a parallel CAdES signature, ${packaging}`,
      {
        before: cades(packaging),
        atOnce: (before, signer) => signParallel(before, { signer, ...states, ...given }),
        halves: (before, key) => prepareCall('signParallel', before, { ...key, ...states, ...given }),
        contents: given,
        ...(packaging === 'detached' && { detached: [{ bytes: CONTENT }] }),
        signatures: 2,
      },
    ];
  }),
  [
    'a CAdES countersignature',
    {
      before: cades('attached'),
      atOnce: (before, signer) => countersign(before, { signer, ...states, signature: 0 }),
      halves: (before, key) => prepareCall('countersign', before, { ...key, ...states, signature: 0 }),
      signatures: 2,
    },
  ],
  [
    'a parallel XAdES signature',
    {
      before: enveloped,
      atOnce: (before, signer) => signParallel(before, { format: 'xades', signer, ...states }),
      halves: (before, key) => prepareCall('signParallel', before, { format: 'xades', ...key, ...states }),
      signatures: 2,
    },
  ],
  [
    'a parallel XAdES signature over a file beside it',
    {
      before: (signer) => sign(XML, { format: 'xades', signer, at: AT, files: outside }),
      atOnce: (before, signer) => signParallel(before, { format: 'xades', signer, ...states, files: outside }),
      halves: (before, key) => prepareCall('signParallel', before, { format: 'xades', ...key, ...states, files: outside }),
      contents: { files: outside },
      detached: [{ name: 'x.bin', bytes: CONTENT }],
      signatures: 2,
    },
  ],
  [
    'a XAdES countersignature',
    {
      before: enveloped,
      atOnce: (before, signer) => countersign(before, { format: 'xades', signer, ...states }),
      halves: (before, key) => prepareCall('countersign', before, { format: 'xades', ...key, ...states }),
      signatures: 2,
    },
  ],
  ...(['asic-s', 'asic-e'] as const).flatMap((format): [string, Case][] => {
    const files = FILES.slice(0, format === 'asic-s' ? 1 : 2);
    return [
      [
        `a new ${format} container with XAdES`,
        {
          before: async () => null,
          atOnce: (_, signer) => signContainer(files, { format, signer, ...states, ...xades }),
          halves: (_, key) => prepareCall('signContainer', files, { format, ...key, ...states, ...xades }),
          input: files,
          signatures: 1,
        },
      ],
      ...([{}, xades] as const).map((signature): [string, Case] => [
        `one more ${'signature' in signature ? 'XAdES' : 'CAdES'} signature in an ${format} container`,
        {
          before: container(format, signature),
          atOnce: (before, signer) => signInContainer(before, { signer, ...states, ...signature }),
          halves: (before, key) => prepareCall('signInContainer', before, { ...key, ...states, ...signature }),
          signatures: 2,
        },
      ]),
      [
        `a countersignature in an ${format} container`,
        {
          before: container(format, {}),
          atOnce: (before, signer) => countersignInContainer(before, { signer, ...states }),
          halves: (before, key) => prepareCall('countersignInContainer', before, { ...key, ...states }),
          signatures: 2,
        },
      ],
    ];
  }),
];

const hash = (octets: Bytes): string => createHash('sha256').update(octets).digest('hex');

describe.each(CASES)('%s in two halves', (_, { before, atOnce, halves, input, contents, detached, signatures }) => {
  const started = async () => {
    const { leaf } = await pki();
    const [first, { signer }] = [(await leaf('P-256')).signer, await leaf('RSA-2048')];
    const there = (await before(first)) ?? new Uint8Array();
    const { chain, scheme } = signer;
    const prepared = await halves(there, { chain, scheme });
    return { there, signer, prepared, given: input ?? there };
  };

  test('is what signing at once gives, travels as JSON, and reaches LTA', async () => {
    const { there, signer, prepared, given } = await started();
    const read = readPreparedCall(encodePrepared(prepared));
    expect(read).toEqual(prepared);
    if (read === null) throw new Error('nothing read');
    const value = await signer.sign(read.toBeSigned, read.digest);
    const completed = await completeCall(given, read, value, contents);
    expect(hash(completed)).toBe(hash(await atOnce(there, signer)));
    const { root, timestampAuthority: timestamps } = await pki();
    const question = { trust: [root], sources: SOURCES, ...(detached && { detached }) };
    const judged = await validate(completed, { ...question, at: Date.now() });
    expect(judged.signatures.map(({ conclusion }) => conclusion.indication)).toEqual(new Array(signatures).fill('PASSED'));
    const stamped = await completeCall(given, read, value, { ...contents, timestamps });
    const extended = await augment(stamped, { ...question, to: 'LTA', timestamps, at: Date.now() });
    const report = await validate(extended, { ...question, at: Date.now() + 2000 });
    expect(report.signatures.map(({ conclusion }) => conclusion.indication)).toEqual(new Array(signatures).fill('PASSED'));
    expect(report.signatures.some(({ level }) => level?.endsWith('-LTA'))).toBe(true);
  });

  test('takes no other input, no other value, no finished CMS', async () => {
    const { signer, prepared, given } = await started();
    const value = await signer.sign(prepared.toBeSigned, prepared.digest);
    const other = input ? input.map((file) => ({ ...file, content: utf8('other') })) : utf8('other');
    expect(await faultOf(completeCall(other, prepared, value, contents))).toMatchObject({ code: 'bad-option' });
    expect(await faultOf(completeCall(given, prepared, value.slice(1), contents))).toMatchObject({ code: 'signer-refused' });
    expect(await faultOf(completeCall(given, prepared, { cms: value }, contents))).toMatchObject({ code: 'bad-option' });
  });
});

test('the parallel signature holds for openssl', async () => {
  const { leaf, root } = await pki();
  const [{ signer: first }, { signer }] = [await leaf('P-256'), await leaf('RSA-2048')];
  const there = await cades('attached')(first);
  const prepared = await prepareCall('signParallel', there, { chain: signer.chain, scheme: signer.scheme, at: AT });
  const signature = await completeCall(there, prepared, await signer.sign(prepared.toBeSigned, prepared.digest));
  expect(await opensslCmsVerify({ signature, caPem: pemEncode(root) })).toMatchObject({ good: true });
});

const reading = async (json: Bytes): Promise<PreparedCall | null> => readPreparedCall(json);

describe('what cannot be a half', () => {
  const key = async () => {
    const { chain, scheme } = (await (await pki()).leaf('P-256')).signer;
    return { chain, scheme, at: AT };
  };

  test.each<[string, object, RegExp]>([
    ['a time-stamp authority before there is a value', { timestamps: {} }, /'timestamps' is not known yet/],
    ['a level', { level: 'T' }, /'level' is not known yet/],
    ['an option that nobody knows', { colour: 'blue' }, /unknown option 'colour'/],
  ])('%s is a mistake of the caller', async (_, more, message) => {
    const there = await cades('attached')((await (await pki()).leaf('P-256')).signer);
    expect(await faultOf(prepareCall('signParallel', there, { ...(await key()), ...more }))).toMatchObject({
      code: 'bad-option',
      message: expect.stringMatching(message),
    });
  });

  test('a draft of something else is none, and a damaged one is said to be', async () => {
    expect(readPreparedCall(encodePrepared(prepare(CONTENT, { format: 'cades', ...(await key()) })))).toBeNull();
    const there = await enveloped((await (await pki()).leaf('P-256')).signer);
    const json = encodePrepared(await prepareCall('countersign', there, { format: 'xades', ...(await key()) }));
    await fc.assert(
      fc.asyncProperty(fc.nat(json.length - 1), fc.nat(255), async (at, octet) => {
        const read = await faultOf(reading(json.map((one, i) => (i === at ? octet : one)))).catch(() => null);
        expect(read === null || read.code === 'malformed-input').toBe(true);
      }),
      { numRuns: 200 },
    );
  });
});
