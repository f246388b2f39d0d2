/** CMS signatures at level B: signing and verifying files beside raw hash and RSA-2048, pkijs, the openssl process, and DSS as published. */
import { execFileSync } from 'node:child_process';
import { createHash, createPrivateKey, hash, sign as rawSign, webcrypto } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fromBER, ObjectIdentifier, OctetString, UTCTime } from 'asn1js';
import * as pkijs from 'pkijs';
import { readCmsDocument } from '../src/cades/document.ts';
import { contentOf } from '../src/cms/content.ts';
import { createThrowAwayPki, type Leaf } from '../src/issuing/index.ts';
import { sign, signTo } from '../src/sign.ts';
import { validate } from '../src/validate.ts';
import { type Candidate, type Effort, type Measured, sideBySide, table } from './measure.ts';

const AT = Date.now();
const SIZES = { '100 kB': 100_000, '100 MB': 100_000_000 } as const;
const DETACHED = 'detached' as const;
const NULL_SINK = { write: () => undefined };

interface Work {
  readonly leaf: Leaf;
  readonly root: Uint8Array;
  readonly content: Uint8Array;
  readonly detached: Uint8Array;
  readonly attached: Uint8Array;
  readonly folder: string;
}

export async function* cms(effort: Effort): AsyncGenerator<string> {
  const folder = mkdtempSync(join(tmpdir(), 'adeskit-bench-'));
  try {
    const pki = await createThrowAwayPki({ algorithms: { ca: 'RSA-2048' } });
    const leaf = await pki.leaf('RSA-2048');
    writeFileSync(join(folder, 'key.pem'), leaf.privateKeyPem);
    writeFileSync(join(folder, 'cert.pem'), leaf.certificatePem);
    pkijs.setEngine('bench', new pkijs.CryptoEngine({ name: 'bench', crypto: webcrypto as unknown as typeof crypto }));
    for (const [name, size] of Object.entries(SIZES)) {
      const content = new Uint8Array(size).map((_, i) => i >> 6);
      const options = { format: 'cades', signer: leaf.signer, at: AT } as const;
      const detached = await sign(content, { ...options, packaging: DETACHED });
      const attached = await sign(content, options);
      writeFileSync(join(folder, 'content'), content);
      writeFileSync(join(folder, 'content.p7s'), detached);
      const work = { leaf, root: pki.root, content, detached, attached, folder };
      const dss = name === '100 kB' ? DSS : null;
      yield section(
        `sign CAdES-BASELINE-B, ${name}, RSA-2048 with SHA-256`,
        await sideBySide(await signers(work), effort),
        dss?.sign ?? null,
      );
      yield section(
        `verify CAdES-BASELINE-B, ${name}, RSA-2048 with SHA-256`,
        await sideBySide(verifiers(work), effort),
        dss?.validate ?? null,
      );
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function signers({ leaf, content, folder }: Work): Promise<Candidate[]> {
  const key = createPrivateKey(leaf.privateKeyPem);
  const options = { format: 'cades', signer: leaf.signer, at: AT } as const;
  const peer = await pkijsSigner(leaf, content);
  return [
    { name: 'raw hash + RSA-2048 sign', run: () => rawSign('sha256', hash('sha256', content, 'buffer'), key) },
    {
      name: 'the same, and a copy in fresh memory',
      run: () => {
        const value = rawSign('sha256', hash('sha256', content, 'buffer'), key);
        const copy = new Uint8Array(content.length + OVERHEAD);
        copy.set(content, OVERHEAD / 2);
        return [value, copy];
      },
    },
    { name: 'adeskit, detached', run: () => sign(content, { ...options, packaging: DETACHED }) },
    { name: 'adeskit, attached', run: () => sign(content, options) },
    { name: 'adeskit, attached, to a sink', run: () => signTo(NULL_SINK, content, options) },
    { name: 'pkijs, detached', run: peer },
    {
      name: 'openssl process, detached',
      run: () =>
        openssl(
          'cms',
          '-sign',
          '-binary',
          '-md',
          'sha256',
          '-cades',
          '-in',
          join(folder, 'content'),
          '-outform',
          'DER',
          '-out',
          join(folder, 'o'),
          '-signer',
          join(folder, 'cert.pem'),
          '-inkey',
          join(folder, 'key.pem'),
        ),
    },
  ];
}

function verifiers({ content, detached, attached, root, folder }: Work): Candidate[] {
  const policy = 'dss-6.4-no-revocation';
  const read = (cms: Uint8Array, contents: Parameters<typeof readCmsDocument>[1]) => {
    const facts = readCmsDocument(cms, contents);
    if (!facts.ok || facts.value.signatures[0]?.value !== 'intact' || !facts.value.signatures[0].references[0]?.intact)
      throw new Error('not intact');
  };
  return [
    { name: 'raw hash', run: () => createHash('sha256').update(content).digest() },
    { name: 'adeskit, detached, digest and value', run: () => read(detached, [{ name: null, content: contentOf(content) }]) },
    { name: 'adeskit, attached, digest and value', run: () => read(attached, []) },
    {
      name: 'adeskit, detached, full validation',
      run: () => validate(detached, { at: AT, trust: [root], policy, detached: [{ bytes: content }] }),
    },
    { name: 'pkijs, detached, digest and value', run: () => pkijsVerify(detached, content) },
    {
      name: 'openssl process, detached',
      run: () =>
        openssl(
          'cms',
          '-verify',
          '-binary',
          '-noverify',
          '-inform',
          'DER',
          '-in',
          join(folder, 'content.p7s'),
          '-content',
          join(folder, 'content'),
          '-out',
          '/dev/null',
        ),
    },
  ];
}

async function pkijsSigner(leaf: Leaf, content: Uint8Array): Promise<() => Promise<unknown>> {
  const key = await webcrypto.subtle.importKey(
    'pkcs8',
    leaf.privateKey.export({ type: 'pkcs8', format: 'der' }),
    { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256' },
    false,
    ['sign'],
  );
  const certificate = pkijs.Certificate.fromBER(exact(leaf.certificate));
  return async () => {
    const digest = await webcrypto.subtle.digest('SHA-256', content as Uint8Array<ArrayBuffer>);
    const attribute = (type: string, value: unknown) => new pkijs.Attribute({ type, values: [value] });
    const signedData = new pkijs.SignedData({
      version: 1,
      encapContentInfo: new pkijs.EncapsulatedContentInfo({ eContentType: '1.2.840.113549.1.7.1' }),
      signerInfos: [
        new pkijs.SignerInfo({
          version: 1,
          sid: new pkijs.IssuerAndSerialNumber({ issuer: certificate.issuer, serialNumber: certificate.serialNumber }),
          signedAttrs: new pkijs.SignedAndUnsignedAttributes({
            type: 0,
            attributes: [
              attribute('1.2.840.113549.1.9.3', new ObjectIdentifier({ value: '1.2.840.113549.1.7.1' })),
              attribute('1.2.840.113549.1.9.5', new UTCTime({ valueDate: new Date(AT) })),
              attribute('1.2.840.113549.1.9.4', new OctetString({ valueHex: digest })),
            ],
          }),
        }),
      ],
      certificates: [certificate],
    });
    await signedData.sign(key as unknown as Parameters<typeof signedData.sign>[0], 0, 'SHA-256', exact(content));
    return new pkijs.ContentInfo({ contentType: '1.2.840.113549.1.7.2', content: signedData.toSchema(true) }).toSchema().toBER();
  };
}

async function pkijsVerify(detached: Uint8Array, content: Uint8Array): Promise<void> {
  const info = new pkijs.ContentInfo({ schema: fromBER(exact(detached)).result });
  const signedData = new pkijs.SignedData({ schema: info.content });
  if (!(await signedData.verify({ signer: 0, data: exact(content), checkChain: false }))) throw new Error('pkijs does not verify');
}

const exact = (bytes: Uint8Array): ArrayBuffer => bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length) as ArrayBuffer;
const openssl = (...args: string[]) => execFileSync('openssl', args, { stdio: 'ignore' });

/** Beside each: how much longer than the first it takes; where a figure is published, as a row of its own. */
function section(title: string, measured: readonly Measured[], published: number | null): string {
  const [first] = measured;
  const limit = first?.perSecond ?? 1;
  const pkijsRate = measured.find(({ name }) => name.startsWith('pkijs'))?.perSecond ?? 1;
  const row = (name: string, rate: number, byCpu = '–'): string[] => [
    name,
    rate.toFixed(1),
    (1000 / rate).toFixed(3),
    `${(limit / rate).toFixed(2)} x`,
    byCpu,
    `${(rate / pkijsRate).toFixed(1)} x`,
  ];
  return table(title, [
    ['', '1/s', 'ms', 'time of the limit', 'by CPU time', 'rate of pkijs'],
    ...measured.map(({ name, perSecond, perCpuSecond }) =>
      row(name, perSecond, name.startsWith('openssl') ? '–' : `${((first?.perCpuSecond ?? 1) / perCpuSecond).toFixed(2)} x`),
    ),
    ...(published === null ? [] : [row('EU DSS (published figures)', published)]),
  ]);
}

/** Signatures and validations a second at 100 kB: published figures of EU DSS on one core, not measured here. */
const DSS = { sign: 445, validate: 252 };
/** Octets of a CMS around its content: what is attached and given back as octets is a copy, which no signer can do without. */
const OVERHEAD = 2048;
