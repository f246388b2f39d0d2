/** Containers that no honest writer makes: what a signature or time-stamp in one is over, and what it is not (EN 319 162-1, 4). */
import { describe, expect, test } from 'vitest';
import { encodeManifest, type ListedFile, newContainer, SIGNATURE_TYPE, TIMESTAMP_TYPE } from '../../src/asic/build.ts';
import { type Bytes, concat } from '../../src/base/bytes.ts';
import { fromUtf8, utf8 } from '../../src/base/text.ts';
import { digest } from '../../src/crypto/digest.ts';
import { sign } from '../../src/sign.ts';
import { validate } from '../../src/validate.ts';
import { subIndicationOf } from '../../src/validation/conclusion.ts';
import { memoryPki } from '../support/pki.ts';

const NOW = Date.UTC(2026, 5, 1);
const pki = memoryPki({ at: NOW });
const hash = (content: Bytes): Bytes => digest('SHA-256', content);

interface Entry {
  readonly name: string;
  readonly content: Bytes;
}

const A: Entry = { name: 'a.txt', content: utf8('first\n') };
const B: Entry = { name: 'b.txt', content: utf8('second\n') };
const MANIFEST = 'META-INF/ASiCManifest001.xml';
const ARCHIVE = 'META-INF/ASiCArchiveManifest.xml';
const SIGNATURE = 'META-INF/signature001.p7s';
const STAMP = 'META-INF/timestamp001.tst';

const listed = (entries: readonly Entry[]): ListedFile[] => entries.map(({ name, content }) => ({ name, digest: hash(content) }));
const manifestOf = (entries: readonly Entry[], over: string): Entry => ({
  name: over === SIGNATURE ? MANIFEST : ARCHIVE,
  content: encodeManifest(over, over === SIGNATURE ? SIGNATURE_TYPE : TIMESTAMP_TYPE, 'SHA-256', listed(entries)),
});
const stamped = async (entries: readonly Entry[]): Promise<Entry[]> => {
  const manifest = manifestOf(entries, STAMP);
  return [manifest, { name: STAMP, content: await (await pki()).timestampAuthority.stamp(hash(manifest.content), 'SHA-256') }];
};
const signed = async (manifest: Entry, name = SIGNATURE): Promise<Entry[]> => {
  const { signer } = await (await pki()).leaf();
  return [manifest, { name, content: await sign(manifest.content, { format: 'cades', packaging: 'detached', signer, at: NOW }) }];
};

async function judged(type: 'ASiC-S' | 'ASiC-E', entries: readonly Entry[]): Promise<{ signatures: string[]; timestamps: string[] }> {
  const parts = [...newContainer(type, entries, NOW)].map((part) => (part instanceof Uint8Array ? part : part.read(0, part.size)));
  const report = await validate(concat(parts), { at: NOW + 3_600_000, trust: [(await pki()).root], policy: 'dss-6.4-no-revocation' });
  const verdict = ({ conclusion }: (typeof report.timestamps)[number] | (typeof report.signatures)[number]): string =>
    subIndicationOf(conclusion) ?? conclusion.indication;
  const stamps = [...report.signatures.flatMap(({ timestamps }) => timestamps), ...report.timestamps];
  return { signatures: report.signatures.map(verdict), timestamps: stamps.map(verdict) };
}

describe('a time-stamp over a container', () => {
  test.each<[string, (files: { manifest: Entry; signature: Entry }) => Entry[], string]>([
    ['lists all files', ({ manifest, signature }) => [A, B, manifest, signature], 'PASSED'],
    ['lists the files and the signature, not its manifest', ({ signature }) => [A, B, signature], 'PASSED'],
    ['lists the signature alone', ({ signature }) => [signature], 'FORMAT_FAILURE'],
    ['lists the signature and its manifest, not the files of that', ({ manifest, signature }) => [manifest, signature], 'FORMAT_FAILURE'],
    ['lists one of two files', ({ manifest, signature }) => [A, manifest, signature], 'FORMAT_FAILURE'],
  ])('over a signature that %s', async (_, choose, expected) => {
    const [manifest, signature] = (await signed(manifestOf([A, B], SIGNATURE))) as [Entry, Entry];
    const { signatures, timestamps } = await judged('ASiC-E', [
      A,
      B,
      manifest,
      signature,
      ...(await stamped(choose({ manifest, signature }))),
    ]);
    expect({ signatures, timestamps }).toEqual({ signatures: ['PASSED'], timestamps: [expected] });
  });

  test.each<[string, readonly Entry[], readonly Entry[], string]>([
    ['every file', [A, B], [A, B], 'PASSED'],
    ['one of two files, as a signature may', [A, B], [A], 'PASSED'],
    ['no file', [A], [], 'FORMAT_FAILURE'],
  ])('alone, over %s', async (_, files, chosen, expected) => {
    expect((await judged('ASiC-E', [...files, ...(await stamped(chosen))])).timestamps).toEqual([expected]);
  });
});

describe('a signature in a container', () => {
  test('in ASiC-S is over the file, whatever a manifest says', async () => {
    const name = 'META-INF/signature.p7s';
    const manifest = { name: MANIFEST, content: encodeManifest(name, SIGNATURE_TYPE, 'SHA-256', listed([A])) };
    expect((await judged('ASiC-S', [A, ...(await signed(manifest, name))])).signatures).toEqual(['HASH_FAILURE']);
  });

  test.each<[string, (manifest: string) => string, string]>([
    ['by a digest that is not known', (text) => text.replace(/Algorithm="[^"]*"/, 'Algorithm="urn:none"'), 'SIGNED_DATA_NOT_FOUND'],
    ['by a digest that is no base64', (text) => text.replace(/<ds:DigestValue>[^<]*/, '<ds:DigestValue>*'), 'SIGNED_DATA_NOT_FOUND'],
    ['by the digest of another', (text) => text.replace(/<ds:DigestValue>[^<]*/, `<ds:DigestValue>${'A'.repeat(43)}=`), 'HASH_FAILURE'],
  ])('whose manifest names a file %s', async (_, change, expected) => {
    const manifest = { name: MANIFEST, content: utf8(change(fromUtf8(manifestOf([A], SIGNATURE).content) ?? '')) };
    expect((await judged('ASiC-E', [A, ...(await signed(manifest))])).signatures).toEqual([expected]);
  });
});
