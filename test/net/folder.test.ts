/** Certificates and revocation data from a folder: found by content, never by name, and told as unverified. */
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import type { Bytes } from '../../src/base/bytes.ts';
import { encodeSignedData } from '../../src/cms/build.ts';
import { answerCrl, answerOcsp } from '../../src/issuing/index.ts';
import { folderSource } from '../../src/net/index.ts';
import { type Certificate, parseCertificate } from '../../src/pki/certificate.ts';
import { encodeOcspRequest } from '../../src/pki/ocsp-request.ts';
import { pemEncode } from '../support/pem.ts';
import { memoryPki } from '../support/pki.ts';

const pki = memoryPki();
const read = (bytes: Bytes): Certificate => {
  const parsed = parseCertificate(bytes);
  if (!parsed.ok) throw new Error(parsed.malformed.reason);
  return parsed.value;
};

function folderWith(files: Readonly<Record<string, Bytes | string>>): string {
  const folder = mkdtempSync(join(tmpdir(), 'adeskit-folder-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  mkdirSync(join(folder, 'deeper'));
  for (const [name, content] of Object.entries(files)) writeFileSync(join(folder, name), content);
  return folder;
}

async function material() {
  const own = await pki();
  const leaf = await own.leaf();
  const other = await own.leaf();
  const [certificate, issuer] = [read(leaf.certificate), read(own.intermediate)];
  const ocsp = await answerOcsp(own, encodeOcspRequest({ certificate, issuer }));
  return {
    own,
    certificate,
    issuer,
    other: read(other.certificate),
    ocsp,
    crl: await answerCrl(own, 'issuing'),
    rootCrl: await answerCrl(own, 'root'),
  };
}

test('issuers are found in certificates of every form, whatever the files are called', async () => {
  const { own, certificate, issuer } = await material();
  const bag = encodeSignedData({
    contentType: '1.2.840.113549.1.7.1',
    content: null,
    digestAlgorithms: [],
    certificates: [own.root],
    signerInfos: [],
  });
  const source = folderSource(
    folderWith({
      'a.txt': own.intermediate,
      'deeper/b': bag,
      c: pemEncode(own.tsa),
      d: pemEncode(own.root) + pemEncode(own.ocspResponder),
    }),
  );
  expect(source.holds).toEqual({ certificates: 5, crls: 0, ocspResponses: 0 });
  expect(await source.issuersOf(certificate)).toEqual([own.intermediate]);
  expect(await source.issuersOf(issuer)).toEqual([own.root, own.root]);
});

test('revocation data is what speaks of the certificate, and nothing else', async () => {
  const { certificate, issuer, other, ocsp, crl, rootCrl, own } = await material();
  const source = folderSource(folderWith({ a: ocsp, b: pemEncode(crl, 'X509 CRL'), 'deeper/c': rootCrl }));
  expect(source.holds).toEqual({ certificates: 0, crls: 2, ocspResponses: 1 });
  expect(await source.find(certificate, issuer)).toEqual([
    { kind: 'ocsp', bytes: ocsp },
    { kind: 'crl', bytes: crl },
  ]);
  expect(await source.find(other, issuer)).toEqual([{ kind: 'crl', bytes: crl }]);
  expect(await source.find(issuer, read(own.root))).toEqual([{ kind: 'crl', bytes: rootCrl }]);
  expect(await source.find(read(own.root), read(own.root))).toEqual([{ kind: 'crl', bytes: rootCrl }]);
});

test('what is not used is told, with the reason', async () => {
  const { own, crl } = await material();
  const skipped: string[] = [];
  const folder = folderWith({
    good: own.root,
    readme: 'nothing of use',
    cut: crl.subarray(0, 100),
    empty: '',
    late: await answerOcsp(own, new Uint8Array(1), 'try-later'),
  });
  folderSource(folder, { onSkipped: (path, why) => skipped.push(`${path.slice(folder.length + 1)}: ${why}`) });
  const unknown = 'neither certificate nor CRL nor OCSP response';
  expect(skipped).toEqual([
    `cut: ${unknown}`,
    `empty: ${unknown}`,
    'late: an OCSP response that is an error: tryLater',
    `readme: ${unknown}`,
  ]);
});

test('links do not lead out of the folder', async () => {
  const { own } = await material();
  const elsewhere = folderWith({ a: own.root });
  const folder = folderWith({});
  symlinkSync(join(elsewhere, 'a'), join(folder, 'a'));
  symlinkSync(elsewhere, join(folder, 'b'));
  expect(folderSource(folder).holds.certificates).toBe(0);
});

test('a folder that is not there is the caller’s mistake', () => {
  expect(() => folderSource('/nowhere/at/all')).toThrow(expect.objectContaining({ code: 'io' }));
  expect(() => folderSource('.', { quiet: true } as object)).toThrow(expect.objectContaining({ code: 'bad-option' }));
});
