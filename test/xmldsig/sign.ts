/** XML signatures made for tests: digests and the value over what the engine canonicalizes itself. */
import { createHash, generateKeyPairSync, sign } from 'node:crypto';
import { fromUtf8, toBase64, utf8 } from '../../src/base/text.ts';
import type { XmlDocument } from '../../src/xml/document.ts';
import { parseXml } from '../../src/xml/parse.ts';
import { descendantsNamed } from '../../src/xml/query.ts';
import { DS } from '../../src/xmldsig/names.ts';
import { checkReference } from '../../src/xmldsig/reference.ts';
import { readSignature, type XmlSignature } from '../../src/xmldsig/signature.ts';
import { signedInfoOctets } from '../../src/xmldsig/verify.ts';

export const KEY = generateKeyPairSync('ec', { namedCurve: 'P-256' });
export const SPKI = new Uint8Array(KEY.publicKey.export({ type: 'spki', format: 'der' }));
export const EXCLUSIVE = 'http://www.w3.org/2001/10/xml-exc-c14n#';

export interface TestReference {
  readonly uri: string;
  readonly type?: string;
  readonly id?: string;
  /** Transform elements as written. */
  readonly transforms?: string;
}

export const transform = (algorithm: string, inside = ''): string => `<ds:Transform Algorithm="${algorithm}">${inside}</ds:Transform>`;
export const ENVELOPED = transform(`${DS}enveloped-signature`);
export const CANONICAL = transform(EXCLUSIVE);

/** A template with empty digests and an empty value. */
export const template = (references: readonly TestReference[], rest = ''): string =>
  `<ds:Signature xmlns:ds="${DS}"><ds:SignedInfo><ds:CanonicalizationMethod Algorithm="${EXCLUSIVE}"/>` +
  `<ds:SignatureMethod Algorithm="http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha256"/>${references
    .map(
      ({ uri, type, id, transforms }) =>
        `<ds:Reference URI="${uri}"${id === undefined ? '' : ` Id="${id}"`}${type === undefined ? '' : ` Type="${type}"`}>` +
        `${transforms === undefined ? '' : `<ds:Transforms>${transforms}</ds:Transforms>`}` +
        '<ds:DigestMethod Algorithm="http://www.w3.org/2001/04/xmlenc#sha256"/><ds:DigestValue></ds:DigestValue></ds:Reference>',
    )
    .join('')}</ds:SignedInfo><ds:SignatureValue></ds:SignatureValue>${rest}</ds:Signature>`;

/** Fills the digests, then the value, of the first signature of a document. */
export function signed(document: string): string {
  const { signature } = readDocument(document);
  let text = document;
  for (const reference of signature.signedInfo.references) {
    const octets = checkReference(signature, reference, { external: () => null }).signedOctets() ?? new Uint8Array();
    text = text.replace('<ds:DigestValue></', `<ds:DigestValue>${createHash('sha256').update(octets).digest('base64')}</`);
  }
  const info = signedInfoOctets(readDocument(text).signature) ?? new Uint8Array();
  const value = sign('sha256', info, { key: KEY.privateKey, dsaEncoding: 'ieee-p1363' });
  return text.replace('<ds:SignatureValue></', `<ds:SignatureValue>${toBase64(new Uint8Array(value))}</`);
}

export function readDocument(text: string): { readonly document: XmlDocument; readonly signature: XmlSignature } {
  const parsed = parseXml(utf8(text));
  if (!parsed.ok) throw new Error(parsed.malformed.reason);
  const [node] = descendantsNamed(parsed.value, 0, DS, 'Signature');
  const signature = readSignature(parsed.value, node ?? 0);
  if (!signature.ok) throw new Error(signature.malformed.reason);
  return { document: parsed.value, signature: signature.value };
}

export const textOfOctets = (octets: Uint8Array | null): string | null => octets && fromUtf8(octets);
