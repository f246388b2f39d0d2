/** Keys and certificates that KeyInfo brings along; that they are there says nothing of trust (XMLDSig 1.1, 4.5). */
import type { Bytes } from '../base/bytes.ts';
import { fromBase64 } from '../base/text.ts';
import type { XmlDocument, XmlNode } from '../xml/document.ts';
import { attributeNamed, elementNamed, elementsNamed, elementsOf, isNamed, nameOf, textOf } from '../xml/query.ts';
import { idsOf } from './ids.ts';
import { readKeyValue } from './key-value.ts';
import { DS, DS11, RAW_CERTIFICATE } from './names.ts';

export interface KeyInfoContent {
  /** DER, in order. */
  readonly certificates: readonly Bytes[];
  readonly crls: readonly Bytes[];
  /** SubjectPublicKeyInfo of KeyValue and DEREncodedKeyValue. */
  readonly keys: readonly Bytes[];
  readonly names: readonly string[];
  /** Certificates that X509Data names and does not hold. */
  readonly hints: readonly CertificateHint[];
  /** Parts that could not be read or are of another kind, by their name. */
  readonly unread: readonly string[];
}

/** What X509Data tells of a certificate; names as written (RFC 4514). */
export type CertificateHint =
  | { readonly kind: 'issuer-serial'; readonly issuer: string; readonly serial: string }
  | { readonly kind: 'subject'; readonly subject: string }
  | { readonly kind: 'key-identifier'; readonly identifier: Bytes }
  | { readonly kind: 'digest'; readonly algorithm: string; readonly digest: Bytes };

/** Octets of what a RetrievalMethod names outside the document; null where they are not at hand. */
export interface KeySource {
  external(uri: string): Bytes | null;
}

/** RetrievalMethod and KeyInfoReference are followed inside the document, each target once; outside it only `source` answers. */
export function readKeyInfo(document: XmlDocument, keyInfo: XmlNode | null, source: KeySource = NO_SOURCE): KeyInfoContent {
  const found: Found = { certificates: [], crls: [], keys: [], names: [], hints: [], unread: [] };
  const seen = new Set<XmlNode>();
  const waiting: XmlNode[] = keyInfo === null ? [] : elementsOf(document, keyInfo).slice(0, MOST_PARTS);
  for (let part = waiting.shift(); part !== undefined; part = waiting.shift()) {
    if (seen.has(part) || seen.size > MOST_PARTS) continue;
    seen.add(part);
    const target = readPart(document, part, source, found);
    if (target === null) continue;
    if (isNamed(document, target, DS, 'KeyInfo')) waiting.push(...elementsOf(document, target).slice(0, MOST_PARTS));
    else waiting.push(target);
  }
  return found;
}

type Found = { -readonly [Part in keyof KeyInfoContent]: KeyInfoContent[Part][number][] };

/** Gives the element to read on at, where this one only points. */
function readPart(document: XmlDocument, part: XmlNode, source: KeySource, found: Found): XmlNode | null {
  const { local, namespace } = nameOf(document, part);
  switch (`${namespace} ${local}`) {
    case `${DS} X509Data`:
      readX509Data(document, part, found);
      return null;
    case `${DS} X509Certificate`:
      push(found.certificates, found.unread, document, part);
      return null;
    case `${DS} KeyName`:
      found.names.push(textOf(document, part).trim());
      return null;
    case `${DS} KeyValue`:
    case `${DS} RSAKeyValue`:
    case `${DS} DSAKeyValue`:
    case `${DS11} ECKeyValue`:
      add(found, local, readKeyValue(document, part));
      return null;
    case `${DS11} DEREncodedKeyValue`:
      add(found, local, base64(document, part));
      return null;
    case `${DS} RetrievalMethod`:
    case `${DS11} KeyInfoReference`:
      return retrieved(document, part, source, found);
    default:
      found.unread.push(local);
      return null;
  }
}

function add(found: Found, local: string, key: Bytes | null): void {
  if (key === null) found.unread.push(local);
  else found.keys.push(key);
}

function readX509Data(document: XmlDocument, data: XmlNode, found: Found): void {
  for (const part of elementsOf(document, data).slice(0, MOST_PARTS)) {
    const { local, namespace } = nameOf(document, part);
    const hint = namespace === DS || namespace === DS11 ? hintOf(document, part, local) : null;
    if (namespace === DS && local === 'X509Certificate') push(found.certificates, found.unread, document, part);
    else if (namespace === DS && local === 'X509CRL') push(found.crls, found.unread, document, part);
    else if (hint !== null) found.hints.push(hint);
    else found.unread.push(local);
  }
}

function hintOf(document: XmlDocument, part: XmlNode, local: string): CertificateHint | null {
  const bytes = local === 'X509SKI' || local === 'X509Digest' ? base64(document, part) : null;
  switch (local) {
    case 'X509IssuerSerial': {
      const [issuer] = elementsNamed(document, part, DS, 'X509IssuerName');
      const [serial] = elementsNamed(document, part, DS, 'X509SerialNumber');
      if (issuer === undefined || serial === undefined) return null;
      return { kind: 'issuer-serial', issuer: textOf(document, issuer).trim(), serial: textOf(document, serial).trim() };
    }
    case 'X509SubjectName':
      return { kind: 'subject', subject: textOf(document, part).trim() };
    case 'X509SKI':
      return bytes && { kind: 'key-identifier', identifier: bytes };
    case 'X509Digest':
      return bytes && { kind: 'digest', algorithm: attributeNamed(document, part, 'Algorithm') ?? '', digest: bytes };
    default:
      return null;
  }
}

/** 4.5.3, 4.5.10: without transforms only, and only what stands in this document or is a certificate. */
function retrieved(document: XmlDocument, part: XmlNode, source: KeySource, found: Found): XmlNode | null {
  const uri = attributeNamed(document, part, 'URI') ?? '';
  const transforms = elementNamed(document, part, DS, 'Transforms');
  const target = uri.startsWith('#') && transforms === null ? idsOf(document).element(uri.slice(1)) : null;
  if (target !== null) return target;
  const raw = attributeNamed(document, part, 'Type') === RAW_CERTIFICATE && transforms === null && !uri.startsWith('#');
  const bytes = raw ? source.external(uri) : null;
  if (bytes === null) found.unread.push(nameOf(document, part).local);
  else found.certificates.push(bytes);
  return null;
}

function push(to: Bytes[], unread: string[], document: XmlDocument, node: XmlNode): void {
  const bytes = base64(document, node);
  if (bytes === null) unread.push(nameOf(document, node).local);
  else to.push(bytes);
}

const base64 = (document: XmlDocument, node: XmlNode): Bytes | null => fromBase64(textOf(document, node).replace(/[ \t\r\n]+/g, ''));

const NO_SOURCE: KeySource = { external: () => null };
const MOST_PARTS = 200;
