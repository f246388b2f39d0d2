/** XAdES: an invoice of 50 kB signed at level B and validated, beside raw signing, xml-crypto, xmldsigjs, the xmlsec1 process, and EU DSS. */
import { execFileSync } from 'node:child_process';
import { createPrivateKey, sign as rawSign, webcrypto } from 'node:crypto';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { DOMImplementation, DOMParser, XMLSerializer } from '@xmldom/xmldom';
import { SignedXml as XmlCrypto } from 'xml-crypto';
import type { Signer } from '../src/crypto/signer.ts';
import { createThrowAwayPki, type Leaf } from '../src/issuing/index.ts';
import { sign } from '../src/sign.ts';
import { validate } from '../src/validate.ts';
import { DSS, openDssBench, ratioToDss } from './dss.ts';
import { type Candidate, comparison, type Effort, type Measured, sideBySide } from './measure.ts';

/** Where DSS is not at hand: its documents a second with one thread, measured elsewhere (6.4, warm), where raw RSA-2048 signing reached 1316. */
const MEASURED = { sign: 142, validate: 34, raw: 1316 };
const AT = Date.now();
/** Signatures at once. */
const IN_FLIGHT = 8;

export async function* xades(effort: Effort): AsyncGenerator<string> {
  const document = invoice();
  const { leaf, root } = await createThrowAwayPki({ algorithms: { ca: 'RSA-2048' } });
  const own = await leaf('RSA-2048');
  const { signer, privateKeyPem, chainPem } = own;
  const dss = await openDssBench(own, root, effort);
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
      ...(dss === null ? [] : [await dss.candidate(DSS, 'xades', document), await dss.candidate('its raw signing', 'raw', message)]),
    ];
    const size = `${document.length} octets, RSA-2048 with SHA-256`;
    const making = await sideBySide(signers, effort);
    yield comparison(`sign XAdES-BASELINE-B enveloped, ${size}`, making);
    yield besideDss('sign', making);
    yield inFlight(await severalAtOnce(document, own, effort), making);
    const ids = ['--id-attr:Id', 'http://uri.etsi.org/01903/v1.3.2#:SignedProperties'];
    const checking = await sideBySide(
      [
        { name: 'adeskit, with report', run: () => validate(signed, { at: AT, trust: [root] }) },
        { name: 'xml-crypto, value alone', run: () => checkedByXmlCrypto(plain, chainPem) },
        ...xmlsec(['--verify', '--insecure', '--enabled-key-data', 'x509', ...ids, join(folder, 'signed.xml')]),
        ...(dss === null ? [] : [await dss.candidate(DSS, 'validate', signed)]),
      ],
      effort,
    );
    yield comparison(`validate the same`, checking);
    yield besideDss('validate', checking);
  } finally {
    dss?.close();
    rmSync(folder, { recursive: true });
  }
}

/** Live; and its rate elsewhere, where the same goal was set. */
function besideDss(what: 'sign' | 'validate', measured: readonly Measured[]): string {
  const ours = measured.find(({ name }) => name.startsWith('adeskit'))?.perCpuSecond ?? Number.NaN;
  const elsewhere = `DSS 6.4 on another machine, not measured here: ${MEASURED[what]} a second where raw signing does ${MEASURED.raw}; adeskit here does ${(ours / MEASURED[what]).toFixed(1)} times that`;
  return `${ratioToDss(what, measured)}${elsewhere}\n`;
}

/** A key that answers from the thread pool: while it signs, the next document is parsed. */
async function severalAtOnce(document: Uint8Array, { signer, privateKeyPem }: Leaf, effort: Effort): Promise<Measured[]> {
  const key = createPrivateKey(privateKeyPem);
  const inThePool: Signer = {
    ...signer,
    sign: (message) =>
      new Promise((done, failed) => rawSign('sha256', message, key, (error, value) => (error ? failed(error) : done(value)))),
  };
  const together = (count: number) => async () => {
    const one = () => sign(document, { format: 'xades', signer: inThePool, at: AT });
    await Promise.all(Array.from({ length: count }, one));
  };
  const measured = await sideBySide([{ name: 'together', run: together(IN_FLIGHT) }], effort);
  return measured.map((each) => ({ ...each, perSecond: each.perSecond * IN_FLIGHT, perCpuSecond: each.perCpuSecond * IN_FLIGHT }));
}

function inFlight([together]: readonly Measured[], alone: readonly Measured[]): string {
  const rate = together?.perSecond ?? Number.NaN;
  const one = alone.find(({ name }) => name.startsWith('adeskit'))?.perSecond ?? Number.NaN;
  return `${IN_FLIGHT} signatures in flight, the key in the thread pool (more than one core): ${rate.toFixed(0)} a second, ${(rate / one).toFixed(2)} times one after another\n`;
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
