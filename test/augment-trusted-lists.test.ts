/** Level LT where trust comes from trusted lists alone (EN 319 102-1, 5.2.6). */
import { beforeAll, describe, expect, test } from 'vitest';
import { plainPdf } from '../scripts/plain-pdf.ts';
import type { Bytes } from '../src/base/bytes.ts';
import { utf8 } from '../src/base/text.ts';
import { augment, sign, type TrustSource, validate } from '../src/index.ts';
import { httpCertificateSource, httpRevocationSource, httpTimestampAuthority } from '../src/net/index.ts';
import { buildSnapshot, openSnapshot } from '../src/trust/index.ts';
import { faultOf } from './support/fault.ts';
import { servedPki } from './support/pki.ts';
import { type StateToWrite, signedList } from './support/trusted-list.ts';

const pki = servedPki();
let trustSource: TrustSource;

beforeAll(async () => {
  const { leaf, intermediate, root } = await pki();
  const [europe, austria] = [await leaf(), await leaf()];
  const at = Date.now();
  const dates = { issued: new Date(at - 86_400_000).toISOString(), nextUpdate: new Date(at + 86_400_000).toISOString() };
  const granted: StateToWrite = { status: 'granted', from: '2020-01-01T00:00:00Z', additional: ['ForeSignatures'] };
  const pointers = [{ territory: 'AT', location: 'https://lists.example/at.xml', signers: [austria.certificate] }];
  const services = [
    { certificate: intermediate, states: [granted] },
    { certificate: root, states: [{ ...granted, type: 'TSA/QTST' }] },
  ];
  const files = [
    { name: 'eu.xml', bytes: await signedList({ territory: 'EU', pointers, ...dates }, europe.signer, at) },
    { name: 'at.xml', bytes: await signedList({ territory: 'AT', services, ...dates }, austria.signer, at) },
  ].map((file) => ({ ...file, fetchedAt: null }));
  const { bytes } = buildSnapshot(files, { at, signers: [europe.certificate] });
  const opened = openSnapshot(bytes ?? new Uint8Array());
  if (!opened.ok) throw new Error(opened.malformed.reason);
  trustSource = opened.value;
});

const PDF = plainPdf({ title: 'Agreement', pages: [['# Agreement']] });
const TEXT = utf8('<agreement>between two parties</agreement>');

describe.each<[string, Bytes, Record<string, unknown>]>([
  ['a PDF', PDF, {}],
  ['a CMS file', TEXT, { format: 'cades' }],
  ['an XML file', TEXT, { format: 'xades', packaging: 'enveloped' }],
])('%s', (_name, content, format) => {
  const world = async () => {
    const { tsaUrl } = await pki();
    return {
      timestamps: httpTimestampAuthority({ urls: [tsaUrl], allowPrivate: true }),
      sources: {
        certificates: httpCertificateSource({ allowPrivate: true }),
        revocations: httpRevocationSource({ allowPrivate: true }),
      },
    };
  };

  test('is extended to LT by trusted lists, and validates by them without a network', async () => {
    const { signer } = await (await pki()).leaf();
    const { timestamps, sources } = await world();
    const signed = await sign(content, { ...format, signer, at: Date.now(), level: 'T', timestamps } as Parameters<typeof sign>[1]);
    const longTerm = await augment(signed, { to: 'LT', at: Date.now(), trustSource, sources });
    const report = await validate(longTerm, { at: Date.now() + 1000, trustSource });
    expect(report.signatures.map(({ conclusion, level }) => [conclusion.indication, level])).toEqual([
      ['PASSED', expect.stringMatching(/-LT$/)],
    ]);
  });

  test('is signed at level LT by trusted lists', async () => {
    const { signer } = await (await pki()).leaf();
    const signed = await sign(content, { ...format, signer, at: Date.now(), level: 'LT', trustSource, ...(await world()) } as Parameters<
      typeof sign
    >[1]);
    const report = await validate(signed, { at: Date.now() + 1000, trustSource });
    expect(report.signatures[0]?.conclusion.indication).toBe('PASSED');
  });

  test('is refused where nothing is trusted', async () => {
    const { signer } = await (await pki()).leaf();
    const { timestamps, sources } = await world();
    const signed = await sign(content, { ...format, signer, at: Date.now(), level: 'T', timestamps } as Parameters<typeof sign>[1]);
    const fault = await faultOf(augment(signed, { to: 'LT', at: Date.now(), sources }));
    expect(fault.code).toBe('refused');
  });
});
