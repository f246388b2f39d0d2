import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { Bytes } from '../../src/base/bytes.ts';
import { readCmsDocument } from '../../src/cades/document.ts';
import { contentOf, contentOfDigest } from '../../src/cms/content.ts';
import type { DigestName } from '../../src/crypto/names.ts';
import type { DocumentFacts } from '../../src/facts/document.ts';

const vectors = process.env['ADESKIT_VECTORS'] ?? resolve(import.meta.dirname, '../../../shared/vectors');
const present = existsSync(join(vectors, 'dss/manifest.json'));
if (!present) console.log(`no vectors at ${vectors} (ADESKIT_VECTORS): real CMS signatures are not read here`);

interface Expected {
  readonly sc?: string;
  readonly valid: boolean;
  readonly dm?: readonly { readonly t: string; readonly f: boolean; readonly i: boolean }[];
  readonly tsts?: readonly { readonly type: string; readonly time: string; readonly miFound: boolean; readonly miIntact: boolean }[];
}
interface Detached {
  readonly file?: string;
  readonly text?: string;
  readonly b64?: string;
  readonly digestAlg?: string;
  readonly name?: string;
}
interface Case {
  readonly file: string;
  readonly format: string;
  readonly detached?: readonly Detached[];
  readonly trusted?: { readonly sigs?: readonly Expected[] };
}

const read = (file: string): Bytes => new Uint8Array(readFileSync(join(vectors, file)));
const cases: readonly Case[] = present ? JSON.parse(readFileSync(join(vectors, 'dss/manifest.json'), 'utf8')).cases : [];
const soft: Record<string, string> = present ? JSON.parse(readFileSync(join(vectors, 'soft.json'), 'utf8')).dss : {};

const detachedOf = ({ file, text, b64 = '', digestAlg, name }: Detached) => {
  const octets = file
    ? read(`dss/${file}`)
    : text !== undefined
      ? new TextEncoder().encode(text)
      : new Uint8Array(Buffer.from(b64, 'base64'));
  const digest = digestAlg?.replace(/^SHA(\d)/, 'SHA-$1') as DigestName | undefined;
  return { name: name ?? null, content: digest ? contentOfDigest(digest, octets) : contentOf(octets) };
};

const facts = ({ file, detached = [] }: Case): DocumentFacts | null => {
  const result = readCmsDocument(read(`dss/${file}`), detached.map(detachedOf));
  return result.ok ? result.value : null;
};

/** One line for each signature with its time-stamps, in an order of its own. */
const ours = (document: DocumentFacts | null): string[] =>
  (document?.signatures ?? [])
    .map(({ signer, value, references, timestamps }) => {
      const intact = value === 'intact' && references.every((one) => one.found && one.intact);
      const stamps = timestamps.map((id) => {
        const stamp = document?.timestamps.get(id);
        const [imprint] = stamp?.references ?? [];
        return `${stamp?.type.split('-')[0]} ${new Date(stamp?.time ?? 0).toISOString().slice(0, 19)} ${imprint?.found} ${imprint?.intact}`;
      });
      return [signer.certificate, intact, ...references.map((one) => `${one.type} ${one.found} ${one.intact}`), ...stamps.sort()].join(
        ' | ',
      );
    })
    .sort();

const theirs = ({ trusted }: Case): string[] =>
  (trusted?.sigs ?? [])
    .map(({ sc, valid, dm = [], tsts = [] }) => {
      const stamps = tsts.map(
        (stamp) => `${stamp.type.split('_')[0]?.toLowerCase()} ${stamp.time.slice(0, 19)} ${stamp.miFound} ${stamp.miIntact}`,
      );
      return [sc, valid, ...dm.map((one) => `${one.t} ${one.f} ${one.i}`), ...stamps.sort()].join(' | ');
    })
    .sort();

describe.skipIf(!present)('real CMS signatures', () => {
  const hard = cases.filter(({ format, file }) => format === 'CAdES' && !(file in soft));

  test.each(hard.map((one) => [one.file, one] as const))('%s: signatures, references, values and time-stamps as expected', (_, one) => {
    expect(ours(facts(one))).toEqual(theirs(one));
  });

  test('odd CMS files are read or refused, never thrown over', () => {
    let readable = 0;
    for (const folder of [
      'dss-cades',
      'made-cms',
      'openssl-cms',
      'pyca-pkcs7',
      'rustcrypto-cms',
      'rfc4134',
      'dss-tst',
      'made-tsr',
      'openssl-tsr',
    ])
      for (const file of readdirSync(join(vectors, 'asn1-odd', folder), { recursive: true, withFileTypes: true }))
        if (file.isFile()) readable += readCmsDocument(new Uint8Array(readFileSync(join(file.parentPath, file.name))), []).ok ? 1 : 0;
    expect(readable).toBeGreaterThan(50);
  });
});
