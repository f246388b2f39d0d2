/** XAdES: an invoice of 50 kB signed at level B and validated, beside raw signing, xml-crypto, xmldsigjs, the xmlsec1 process, and the figures of DSS. */
import { execFileSync } from 'node:child_process';
import { createPrivateKey, sign as rawSign, webcrypto } from 'node:crypto';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { DOMImplementation, DOMParser, XMLSerializer } from '@xmldom/xmldom';
import { SignedXml as XmlCrypto } from 'xml-crypto';
import { createThrowAwayPki } from '../src/issuing/index.ts';
import { sign } from '../src/sign.ts';
import { validate } from '../src/validate.ts';
import { type Candidate, comparison, type Effort, sideBySide } from './measure.ts';

/** Documents a second with one thread on the machine of its measurements (DSS 6.4, warm), where raw RSA-2048 signing reached 1316. */
const DSS = { sign: 142, validate: 34, raw: 1316 };
const AT = Date.now();

export async function* xades(effort: Effort): AsyncGenerator<string> {
  const document = invoice();
  const { leaf, root } = await createThrowAwayPki({ algorithms: { ca: 'RSA-2048' } });
  const { signer, privateKeyPem, chainPem } = await leaf('RSA-2048');
  const folder = mkdtempSync(join(tmpdir(), 'adeskit-bench-'));
  try {
    writeFileSync(join(folder, 'key.pem'), privateKeyPem);
    writeFileSync(join(folder, 'template.xml'), template(document));
    const text = new TextDecoder().decode(document);
    const key = createPrivateKey(privateKeyPem);
    const message = new Uint8Array(1500);
    const signed = await sign(document, { format: 'xades', signer, at: AT });
    const plain = byXmlCrypto(text, privateKeyPem);
    writeFileSync(join(folder, 'signed.xml'), signed);
    const signers: Candidate[] = [
      { name: 'raw crypto.sign', run: () => rawSign('sha256', message, key) },
      { name: 'adeskit, XAdES B', run: () => sign(document, { format: 'xades', signer, at: AT }) },
      { name: 'xml-crypto, no XAdES', run: () => byXmlCrypto(text, privateKeyPem) },
      { name: 'xmldsigjs, no XAdES', run: await byXmldsigjs(text, privateKeyPem) },
      ...xmlsec(['--sign', '--privkey-pem', join(folder, 'key.pem'), join(folder, 'template.xml')]),
    ];
    const size = `${document.length} octets, RSA-2048 with SHA-256`;
    const making = await sideBySide(signers, effort);
    yield comparison(`sign XAdES-BASELINE-B enveloped, ${size}`, making);
    yield besideDss('sign', making);
    const ids = ['--id-attr:Id', 'http://uri.etsi.org/01903/v1.3.2#:SignedProperties'];
    const checking = await sideBySide(
      [
        { name: 'adeskit, with report', run: () => validate(signed, { at: AT, trust: [root] }) },
        { name: 'xml-crypto, value alone', run: () => checkedByXmlCrypto(plain, chainPem) },
        ...xmlsec(['--verify', '--insecure', '--enabled-key-data', 'x509', ...ids, join(folder, 'signed.xml')]),
      ],
      effort,
    );
    yield comparison(`validate the same`, checking);
    yield besideDss('validate', checking);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** DSS ran elsewhere: compared by the rate, and by the rate in raw signatures of each machine. */
function besideDss(what: 'sign' | 'validate', measured: readonly { readonly name: string; readonly perCpuSecond: number }[]): string {
  const ours = measured.find(({ name }) => name.startsWith('adeskit'))?.perCpuSecond ?? Number.NaN;
  return `DSS 6.4 ${what}s ${DSS[what]} a second where raw signing does ${DSS.raw}: adeskit is ${(ours / DSS[what]).toFixed(1)} times as fast\n`;
}

function invoice(): Uint8Array {
  const file = join(process.env['ADESKIT_VECTORS'] ?? fileURLToPath(new URL('../../shared/vectors', import.meta.url)), 'bench/doc50k.xml');
  if (existsSync(file)) return new Uint8Array(readFileSync(file));
  const lines = Array.from(
    { length: 420 },
    (_, i) => `<line id="l${i}" price="${i}.00"><name>Part ${i}</name><note>packed &amp; weighed</note></line>`,
  );
  return new TextEncoder().encode(`<?xml version="1.0"?>\n<invoice xmlns="urn:invoice">${lines.join('\n')}</invoice>`);
}

function byXmlCrypto(text: string, privateKey: string): string {
  const signature = new XmlCrypto({ privateKey, signatureAlgorithm: RSA, canonicalizationAlgorithm: EXCLUSIVE });
  signature.addReference({ xpath: '/*', transforms: [ENVELOPED, EXCLUSIVE], digestAlgorithm: SHA256, isEmptyUri: true });
  signature.computeSignature(text);
  return signature.getSignedXml();
}

function checkedByXmlCrypto(text: string, publicCert: string): void {
  const node = new DOMParser().parseFromString(text, 'text/xml').getElementsByTagName('Signature')[0];
  const signature = new XmlCrypto({ publicCert });
  signature.loadSignature(node as never);
  if (!signature.checkSignature(text)) throw new Error('xml-crypto refuses its own signature');
}

async function byXmldsigjs(text: string, privateKeyPem: string): Promise<() => Promise<unknown>> {
  // Its DOM is set in a package that it does not export: the one beside it.
  const own = createRequire(createRequire(import.meta.url).resolve('xmldsigjs'));
  const xmldsigjs = own('xmldsigjs') as typeof import('xmldsigjs');
  own('xml-core').setNodeDependencies({ DOMParser, XMLSerializer, DOMImplementation, xpath: own('xpath') });
  xmldsigjs.Application.setEngine('node', webcrypto as never);
  const der = createPrivateKey(privateKeyPem).export({ type: 'pkcs8', format: 'der' });
  const algorithm = { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256' };
  const key = await webcrypto.subtle.importKey('pkcs8', der, algorithm, false, ['sign']);
  return () =>
    new xmldsigjs.SignedXml().Sign(algorithm, key as never, xmldsigjs.Parse(text), {
      references: [{ hash: 'SHA-256', transforms: ['enveloped', 'exc-c14n'] }],
    } as never);
}

function xmlsec(args: readonly string[]): Candidate[] {
  try {
    execFileSync('xmlsec1', ['--version'], { stdio: 'ignore' });
  } catch {
    return [];
  }
  return [{ name: 'the xmlsec1 process', run: () => execFileSync('xmlsec1', args, { stdio: 'ignore' }) }];
}

function template(document: Uint8Array): string {
  const text = new TextDecoder().decode(document);
  const at = text.lastIndexOf('</');
  const method = (name: string, algorithm: string): string => `<${name} Algorithm="${algorithm}"/>`;
  const transforms = `<Transforms>${method('Transform', ENVELOPED)}${method('Transform', EXCLUSIVE)}</Transforms>`;
  const reference = `<Reference URI="">${transforms}${method('DigestMethod', SHA256)}<DigestValue/></Reference>`;
  const info = `<SignedInfo>${method('CanonicalizationMethod', EXCLUSIVE)}${method('SignatureMethod', RSA)}${reference}</SignedInfo>`;
  const signature = `<Signature xmlns="http://www.w3.org/2000/09/xmldsig#">${info}<SignatureValue/></Signature>`;
  return text.slice(0, at) + signature + text.slice(at);
}

const ENVELOPED = 'http://www.w3.org/2000/09/xmldsig#enveloped-signature';
const EXCLUSIVE = 'http://www.w3.org/2001/10/xml-exc-c14n#';
const RSA = 'http://www.w3.org/2001/04/xmldsig-more#rsa-sha256';
const SHA256 = 'http://www.w3.org/2001/04/xmlenc#sha256';
