/** Signing at level B: adeskit beside raw signing, @libpdf/core and @signpdf, on the same file with the same key. */
import { createPrivateKey, sign as rawSign } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { P12Signer as LibpdfSigner, PDF } from '@libpdf/core';
import { plainAddPlaceholder } from '@signpdf/placeholder-plain';
import { P12Signer as SignpdfSigner } from '@signpdf/signer-p12';
import { SignPdf } from '@signpdf/signpdf';
import { plainPdf } from '../scripts/plain-pdf.ts';
import { createThrowAwayPki, type KeyAlgorithm } from '../src/issuing/index.ts';
import { openPkcs12 } from '../src/keys/index.ts';
import { sign } from '../src/sign.ts';
import { type Candidate, comparison, type Effort, sideBySide } from './measure.ts';

const PASSWORD = 'bench';
const AT = Date.now();

/** One section for each file and key. */
export async function* signing(effort: Effort): AsyncGenerator<string> {
  const documents = { '100 kB': hundredKilobytes(), '5 MB': benchDocument(5_000_000) };
  for (const algorithm of ['RSA-2048', 'P-256'] as const) {
    for (const [size, document] of Object.entries(documents)) {
      const measured = await sideBySide(await candidates(document, algorithm), effort);
      yield comparison(`sign PAdES-BASELINE-B, ${size} (${document.length} octets), ${algorithm} with SHA-256`, measured);
    }
  }
}

/** doc100k.pdf of the vectors where they are at hand, so that figures compare. */
export function hundredKilobytes(): Uint8Array {
  const file = join(process.env['ADESKIT_VECTORS'] ?? fileURLToPath(new URL('../../shared/vectors', import.meta.url)), 'bench/doc100k.pdf');
  return existsSync(file) ? new Uint8Array(readFileSync(file)) : benchDocument(0);
}

/** 25 pages of text, as a contract has them, and padding up to a size. */
export function benchDocument(padding: number): Uint8Array {
  const line = 'The parties agree that every delivery is inspected within ten working days of its arrival at the place named above.';
  const pages = Array.from({ length: 25 }, (_, page) => [
    `# Article ${page + 1}`,
    ...Array.from({ length: 26 }, (_, i) => `${i + 1}. ${line}`),
  ]);
  return plainPdf({ title: 'Framework agreement', pages, padding });
}

async function candidates(document: Uint8Array, algorithm: KeyAlgorithm): Promise<Candidate[]> {
  // One algorithm throughout: @signpdf reads no certificate with another kind of key.
  const leaf = await (await createThrowAwayPki({ algorithms: { ca: algorithm } })).leaf(algorithm);
  const p12 = Buffer.from(leaf.pkcs12(PASSWORD));
  const key = createPrivateKey(leaf.privateKeyPem);
  const message = new Uint8Array(200);
  const signer = openPkcs12(p12, PASSWORD);
  const libpdf = await LibpdfSigner.create(p12, PASSWORD);
  const all: Candidate[] = [
    { name: 'raw crypto.sign', run: () => rawSign('sha256', message, key) },
    { name: 'adeskit', run: () => sign(document, { signer, at: AT }) },
    { name: '@libpdf/core', run: async () => (await PDF.load(document)).sign({ signer: libpdf, level: 'B-B' }) },
  ];
  // @signpdf takes RSA keys only, and opens the PKCS#12 file for each signature.
  if (algorithm.startsWith('RSA')) all.push({ name: '@signpdf', run: () => signpdf(document, p12) });
  return all;
}

function signpdf(document: Uint8Array, p12: Buffer): Promise<Uint8Array> {
  const pdfBuffer = plainAddPlaceholder({
    pdfBuffer: Buffer.from(document),
    reason: 'bench',
    contactInfo: '',
    name: '',
    location: '',
    subFilter: 'ETSI.CAdES.detached',
  });
  return new SignPdf().sign(pdfBuffer, new SignpdfSigner(p12, { passphrase: PASSWORD }));
}
