/** Outside judges of XML signatures: xmlsec1; libxml2 with openssl for algorithms that it lacks; xmllint for the schemas. */
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { XmlC14NMode, XmlDocument, type XmlElement } from 'libxml2-wasm';
import { inFolder, run, versionOf } from './run.ts';

export const xmlsec = await versionOf('xmlsec1', ['--version']);
export const xmllint = await versionOf('xmllint', ['--version']);
const openssl = await versionOf('openssl', ['version']);
const schemas = process.env['ADESKIT_SCHEMAS'] ?? resolve('../shared/schemas');
export const hasSchemas = xmllint !== null && existsSync(join(schemas, 'XAdES01903v132-202407.xsd'));

export interface SignedXml {
  readonly xml: Uint8Array;
  readonly publicKeyPem: string;
  /** Files beside it, by the URI that names them. */
  readonly files?: Readonly<Record<string, Uint8Array>>;
}

export interface Verdict {
  readonly good: boolean;
  readonly said: string;
}

/** The first signature of the document. `ids`: elements, as `namespace:name`, whose attribute Id is an identifier. */
export function xmlsecVerify({ xml, publicKeyPem, files = {} }: SignedXml, ids: readonly string[] = []): Promise<Verdict> {
  const named = Object.entries(files);
  const contents = Object.fromEntries(named.map(([, content], i) => [`file${i}`, content]));
  return inFolder({ 'in.xml': xml, 'key.pem': publicKeyPem, ...contents }, async (folder) => {
    const elements = ['http://uri.etsi.org/01903/v1.3.2#:SignedProperties', `${DS}:Object`, `${DS}:SignatureValue`, 'data', ...ids];
    const ran = await run('xmlsec1', [
      '--verify',
      ...['--pubkey-pem', join(folder, 'key.pem')],
      ...elements.flatMap((element) => ['--id-attr:Id', element]),
      ...named.flatMap(([uri], i) => [`--url-map:${uri}`, join(folder, `file${i}`)]),
      join(folder, 'in.xml'),
    ]);
    return { good: ran.status === 0, said: ran.stdout + ran.stderr };
  });
}

/** What our signatures say, checked without our code: canonical forms by libxml2, the value by openssl. Exclusive canonical form only. */
export async function libxmlVerify({ xml, publicKeyPem, files = {} }: SignedXml): Promise<Verdict> {
  const document = XmlDocument.fromBuffer(xml);
  try {
    const find = (path: string, from: XmlElement = document.root): XmlElement => {
      const found = from.get(path, { ds: DS, x: 'http://uri.etsi.org/01903/v1.3.2#' });
      if (found === null) throw new Error(`no ${path}`);
      return found as XmlElement;
    };
    const signedInfo = find('//ds:SignedInfo');
    const wrong = (signedInfo.find('ds:Reference', { ds: DS }) as XmlElement[]).filter((reference) => {
      const uri = reference.attr('URI')?.value ?? '';
      const expected = find('ds:DigestValue', reference).content;
      const method = (find('ds:DigestMethod', reference).attr('Algorithm')?.value ?? '').split('#')[1] ?? '';
      return (
        createHash(method)
          .update(octetsOf(document, xml, reference, uri, files))
          .digest('base64') !== expected
      );
    });
    if (wrong.length > 0) return { good: false, said: `${wrong.length} references do not agree` };
    const method = find('//ds:SignatureMethod').attr('Algorithm')?.value ?? '';
    const value = Buffer.from(find('//ds:SignatureValue').content, 'base64');
    return await opensslVerify(method, canonical(signedInfo), value, publicKeyPem);
  } finally {
    document.dispose();
  }
}

/** The signature element alone against the schemas of XMLDSig and XAdES 1.3.2 and 1.4.1 (2024-07). */
export function schemaVerdict(signature: string): Promise<Verdict> {
  const imports = SCHEMAS.map(([namespace, file]) => `<xs:import namespace="${namespace}" schemaLocation="${join(schemas, file)}"/>`);
  const all = `<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema">${imports.join('')}</xs:schema>`;
  return inFolder({ 'all.xsd': all, 'in.xml': signature }, async (folder) => {
    const ran = await run('xmllint', ['--nonet', '--noout', '--schema', join(folder, 'all.xsd'), join(folder, 'in.xml')]);
    return {
      good: ran.status === 0,
      said: ran.stderr
        .split('\n')
        .filter((line) => !line.includes('Skipping import'))
        .join('\n'),
    };
  });
}

/** What a reference is over: a file, base64 in an element, an element, or the document without its signatures. */
function octetsOf(document: XmlDocument, xml: Uint8Array, reference: XmlElement, uri: string, files: SignedXml['files']): Uint8Array {
  if (uri !== '' && !uri.startsWith('#')) return files?.[uri] ?? new Uint8Array();
  const transforms = (reference.find('ds:Transforms/ds:Transform', { ds: DS }) as XmlElement[]).map((one) => one.attr('Algorithm')?.value);
  if (uri === '') {
    const text = Buffer.from(xml)
      .toString('utf8')
      .replace(/<ds:Signature .*<\/ds:Signature>/s, '');
    const without = XmlDocument.fromString(text);
    try {
      return Buffer.from(without.canonicalizeToString(EXCLUSIVE));
    } finally {
      without.dispose();
    }
  }
  const element = document.root.get(`//*[@Id='${uri.slice(1)}']`) as XmlElement;
  return transforms.includes(`${DS}base64`) ? Buffer.from(element.content, 'base64') : canonical(element);
}

const canonical = (element: XmlElement): Uint8Array => Buffer.from(element.canonicalizeToString(EXCLUSIVE));

function opensslVerify(method: string, message: Uint8Array, value: Uint8Array, publicKeyPem: string): Promise<Verdict> {
  if (openssl === null) throw new Error('openssl is not installed');
  return inFolder({ message, value, 'key.pem': publicKeyPem }, async (folder) => {
    const [key, file, signature] = ['key.pem', 'message', 'value'].map((name) => join(folder, name)) as [string, string, string];
    const pss = /#(sha\d+)-rsa-MGF1$/.exec(method)?.[1];
    const ran =
      pss === undefined
        ? await run('openssl', ['pkeyutl', '-verify', '-pubin', '-inkey', key, '-rawin', '-in', file, '-sigfile', signature])
        : await run('openssl', [
            ...['dgst', `-${pss}`, '-sigopt', 'rsa_padding_mode:pss', '-sigopt', 'rsa_pss_saltlen:digest'],
            ...['-verify', key, '-signature', signature, file],
          ]);
    return { good: ran.status === 0, said: ran.stdout + ran.stderr };
  });
}

const EXCLUSIVE = { mode: XmlC14NMode.XML_C14N_EXCLUSIVE_1_0 };
const DS = 'http://www.w3.org/2000/09/xmldsig#';
const SCHEMAS = [
  [DS, 'xmldsig-core-schema.xsd'],
  ['http://uri.etsi.org/01903/v1.3.2#', 'XAdES01903v132-202407.xsd'],
  ['http://uri.etsi.org/01903/v1.4.1#', 'XAdES01903v141-202407.xsd'],
  ['http://www.w3.org/2002/06/xmldsig-filter2', 'xmldsig-filter2.xsd'],
] as const;
