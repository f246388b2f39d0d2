/** The throw-away PKI as files: trust anchor, chain, and keys with certificates as PEM (RFC 7468) and PKCS#12 (RFC 7292). */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Bytes } from '../base/bytes.ts';
import { Fault } from '../base/fault.ts';
import { toIso } from '../base/instant.ts';
import { exact } from '../base/options.ts';
import { utf8 } from '../base/text.ts';
import type { KeyAlgorithm } from './key-pair.ts';
import type { Leaf } from './leaf.ts';
import { encodeCertificates, encodePem } from './pem.ts';
import type { ThrowAwayPki } from './throw-away-pki.ts';

export interface ThrowAwayFolderOptions {
  /** Leaves to make; default RSA-2048, RSA-PSS-only, P-256, P-384, brainpoolP256r1, Ed25519. */
  readonly algorithms?: readonly KeyAlgorithm[];
  /** Of the PKCS#12 files; default `geheim`. The PEM keys are not encrypted. */
  readonly password?: string;
}

export interface ThrowAwayFile {
  /** Below the folder. */
  readonly name: string;
  /** For people. */
  readonly holds: string;
}

/**
 * Writes the PKI into a folder (made where absent) and tells what it wrote. Keys are for the owner alone to read.
 * Existing files of the same names are overwritten. Throws `Fault` `io`.
 */
export async function writeThrowAwayPki(
  pki: ThrowAwayPki,
  folder: string,
  options: ThrowAwayFolderOptions = {},
): Promise<{ readonly files: readonly ThrowAwayFile[]; readonly leaves: readonly Leaf[] }> {
  exact('writeThrowAwayPki', options, ['algorithms', 'password']);
  const { algorithms = USUAL, password = 'geheim' } = options;
  const leaves: Leaf[] = [];
  for (const algorithm of algorithms) leaves.push(await pki.leaf(algorithm));
  const entries = [...authorityEntries(pki), ...leaves.flatMap((leaf) => leafEntries(leaf, password))];
  const files = entries.map(({ name, holds }) => ({ name, holds }));
  const listing = { name: 'README.txt', holds: 'this list', content: describe(pki, files), secret: false };
  try {
    await mkdir(folder, { recursive: true });
    for (const { name, content, secret } of [...entries, listing])
      await writeFile(join(folder, name), content, { mode: secret ? 0o600 : 0o644 });
  } catch (cause) {
    throw new Fault('io', `cannot write the PKI to ${folder}: ${(cause as Error).message}`, { cause });
  }
  return { files: [...files, { name: listing.name, holds: listing.holds }], leaves };
}

interface Entry extends ThrowAwayFile {
  readonly content: Bytes;
  readonly secret: boolean;
}

function authorityEntries(pki: ThrowAwayPki): Entry[] {
  const entry = (name: string, holds: string, text: string): Entry => ({ name, holds, content: utf8(text), secret: false });
  return [
    entry('root.pem', 'trust anchor: give it as --trust', encodePem('CERTIFICATE', pki.root)),
    entry('chain.pem', 'issuing CA and root', encodeCertificates([pki.intermediate, pki.root])),
    entry('tsa.pem', 'certificate of the time-stamping authority', encodePem('CERTIFICATE', pki.tsa)),
    entry('ocsp.pem', 'certificate of the OCSP responder', encodePem('CERTIFICATE', pki.ocspResponder)),
  ];
}

function leafEntries(leaf: Leaf, password: string): Entry[] {
  const name = leaf.algorithm.toLowerCase();
  return [
    { name: `${name}.key.pem`, holds: `${leaf.algorithm} private key, not encrypted`, content: utf8(leaf.privateKeyPem), secret: true },
    { name: `${name}.cert.pem`, holds: 'its certificate, then the issuing CA', content: utf8(leaf.chainPem), secret: false },
    { name: `${name}.p12`, holds: 'both as PKCS#12', content: leaf.pkcs12(password), secret: true },
  ];
}

function describe(pki: ThrowAwayPki, files: readonly ThrowAwayFile[]): Bytes {
  const width = Math.max(...files.map(({ name }) => name.length));
  const lines = files.map(({ name, holds }) => `${name.padEnd(width)}  ${holds}`);
  const served = pki.baseUrl === null ? [] : ['', `Served while it runs: ${pki.baseUrl}/tsa, /ocsp, /crl/issuing.crl, /ca/issuing.cer`];
  return utf8([`Throw-away PKI of ${toIso(pki.clock())}. Trust nothing of it but in tests.`, '', ...lines, ...served, ''].join('\n'));
}

const USUAL: readonly KeyAlgorithm[] = ['RSA-2048', 'RSA-PSS-only', 'P-256', 'P-384', 'brainpoolP256r1', 'Ed25519'];
