/** XML: parse + canonicalize + digest of a trusted list of two megabytes, and its whole verification, beside the peers. */
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gunzipSync } from 'node:zlib';
import { DOMParser } from '@xmldom/xmldom';
import { XmlC14NMode, XmlDocument } from 'libxml2-wasm';
import { ExclusiveCanonicalization } from 'xml-crypto';
import type { Parsed } from '../src/base/parsed.ts';
import { parseCertificate } from '../src/pki/certificate.ts';
import { canonicalizeTo } from '../src/xml/canonicalize.ts';
import { parseXml } from '../src/xml/parse.ts';
import { descendantsNamed } from '../src/xml/query.ts';
import { readKeyInfo } from '../src/xmldsig/key-info.ts';
import { DS } from '../src/xmldsig/names.ts';
import { checkReferences } from '../src/xmldsig/reference.ts';
import { readSignature } from '../src/xmldsig/signature.ts';
import { checkXmlValue } from '../src/xmldsig/verify.ts';
import { type Candidate, comparison, type Effort, sideBySide } from './measure.ts';

const FOLDER = join(process.env['ADESKIT_VECTORS'] ?? fileURLToPath(new URL('../../shared/vectors', import.meta.url)), 'tsl', 'lists');
const SIZE = 2_000_000;
const SIGNED_PROPERTIES = 'http://uri.etsi.org/01903/v1.3.2#:SignedProperties';

export async function* xml(effort: Effort): AsyncGenerator<string> {
  if (!existsSync(FOLDER)) {
    yield `xml: not measured, the lists are not at ${FOLDER} (set ADESKIT_VECTORS)\n`;
    return;
  }
  const list = nearest(SIZE);
  const size = `${(list.length / 1e6).toFixed(2)} MB`;
  yield comparison(`parse + exclusive C14N + SHA-256 of a list of ${size}`, await sideBySide(candidates(list), effort));
  const folder = mkdtempSync(join(tmpdir(), 'adeskit-bench-'));
  try {
    const path = join(folder, 'list.xml');
    writeFileSync(path, list);
    yield comparison(`verify the signature of that list, references and value`, await sideBySide(verifiers(list, path), effort));
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function candidates(list: Uint8Array): Candidate[] {
  const text = new TextDecoder().decode(list);
  return [
    { name: 'SHA-256 of the octets', run: () => createHash('sha256').update(list).digest('hex') },
    { name: 'adeskit', run: () => ours(list) },
    { name: 'libxml2-wasm', run: () => byLibxml2(list) },
    { name: 'xml-crypto on xmldom', run: () => byXmlCrypto(text) },
  ];
}

function verifiers(list: Uint8Array, path: string): Candidate[] {
  const own: Candidate = { name: 'adeskit', run: () => verified(list) };
  try {
    execFileSync('xmlsec1', ['--version'], { stdio: 'ignore' });
  } catch {
    return [own];
  }
  const options = ['--verify', '--insecure', '--enabled-key-data', 'x509', '--id-attr:Id', SIGNED_PROPERTIES, path];
  return [{ name: 'the xmlsec1 process', run: () => execFileSync('xmlsec1', options, { stdio: 'ignore' }) }, own];
}

function verified(list: Uint8Array): void {
  const document = must(parseXml(list));
  const [node = 0] = descendantsNamed(document, 0, DS, 'Signature');
  const signature = must(readSignature(document, node));
  const references = checkReferences(signature, signature.signedInfo.references, { external: () => null });
  const { keys, certificates } = readKeyInfo(document, signature.keyInfo);
  const brought = certificates.map((der) => must(parseCertificate(der)).spki);
  const intact = [...keys, ...brought].some((key) => checkXmlValue(signature, key).value === 'intact');
  if (!intact || references.some((reference) => !reference.intact)) throw new Error('the list does not verify');
}

function must<T>(parsed: Parsed<T>): T {
  if (!parsed.ok) throw new Error(parsed.malformed.reason);
  return parsed.value;
}

function ours(list: Uint8Array): string {
  const document = must(parseXml(list));
  const hash = createHash('sha256');
  canonicalizeTo(document, { apex: 0 }, { version: 'exclusive', comments: false }, (piece) => hash.update(piece));
  return hash.digest('hex');
}

function byLibxml2(list: Uint8Array): string {
  const document = XmlDocument.fromBuffer(list);
  try {
    return createHash('sha256')
      .update(document.canonicalizeToString({ mode: XmlC14NMode.XML_C14N_EXCLUSIVE_1_0 }))
      .digest('hex');
  } finally {
    document.dispose();
  }
}

function byXmlCrypto(text: string): string {
  const document = new DOMParser().parseFromString(text, 'text/xml');
  const canonical = new ExclusiveCanonicalization().process(document.documentElement as never, {});
  return createHash('sha256').update(canonical.toString()).digest('hex');
}

function nearest(size: number): Uint8Array {
  const lists = readdirSync(FOLDER).map((file) => {
    const bytes = readFileSync(join(FOLDER, file));
    return new Uint8Array(file.endsWith('.gz') ? gunzipSync(bytes) : bytes);
  });
  return lists.reduce((best, one) => (Math.abs(one.length - size) < Math.abs(best.length - size) ? one : best));
}
