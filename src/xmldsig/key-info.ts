/** Keys and certificates that KeyInfo brings along; that they are there says nothing of trust (XMLDSig 1.1, 4.5). */
import { der } from '../asn1/index.ts';
import type { Bytes } from '../base/bytes.ts';
import { fromBase64 } from '../base/text.ts';
import { CURVES } from '../crypto/table.ts';
import type { XmlDocument, XmlNode } from '../xml/document.ts';
import { attributeNamed, elementNamed, elementsNamed, elementsOf, nameOf, textOf } from '../xml/query.ts';
import { DS, DS11 } from './names.ts';

export interface KeyInfoContent {
  /** DER, in order. */
  readonly certificates: readonly Bytes[];
  readonly crls: readonly Bytes[];
  /** SubjectPublicKeyInfo of KeyValue and DEREncodedKeyValue. */
  readonly keys: readonly Bytes[];
  readonly names: readonly string[];
  /** Parts that could not be read or are of another kind, by their name. */
  readonly unread: readonly string[];
}

export function readKeyInfo(document: XmlDocument, keyInfo: XmlNode | null): KeyInfoContent {
  const found = { certificates: [] as Bytes[], crls: [] as Bytes[], keys: [] as Bytes[], names: [] as string[], unread: [] as string[] };
  for (const part of keyInfo === null ? [] : elementsOf(document, keyInfo).slice(0, MAXIMUM_PARTS)) {
    const { local, namespace } = nameOf(document, part);
    if (namespace === DS && local === 'X509Data') {
      push(found.certificates, found.unread, document, elementsNamed(document, part, DS, 'X509Certificate'));
      push(found.crls, found.unread, document, elementsNamed(document, part, DS, 'X509CRL'));
    } else if (namespace === DS && local === 'KeyName') found.names.push(textOf(document, part).trim());
    else {
      const key =
        namespace === DS && local === 'KeyValue'
          ? keyValue(document, part)
          : namespace === DS11 && local === 'DEREncodedKeyValue'
            ? base64(document, part)
            : null;
      if (key === null) found.unread.push(local);
      else found.keys.push(key);
    }
  }
  return found;
}

function push(to: Bytes[], unread: string[], document: XmlDocument, nodes: readonly XmlNode[]): void {
  for (const node of nodes.slice(0, MAXIMUM_PARTS)) {
    const bytes = base64(document, node);
    if (bytes === null) unread.push(nameOf(document, node).local);
    else to.push(bytes);
  }
}

/** RSAKeyValue, DSAKeyValue and ECKeyValue on a named curve as SubjectPublicKeyInfo. */
function keyValue(document: XmlDocument, node: XmlNode): Bytes | null {
  const [value] = elementsOf(document, node);
  if (value === undefined) return null;
  const { local, namespace } = nameOf(document, value);
  if (namespace === DS && local === 'RSAKeyValue') {
    const [modulus, exponent] = integers(document, value, ['Modulus', 'Exponent']) ?? [];
    return modulus && exponent
      ? spki(der.sequence(der.oid('1.2.840.113549.1.1.1'), der.NULL), der.sequence(der.integer(modulus), der.integer(exponent)))
      : null;
  }
  if (namespace === DS && local === 'DSAKeyValue') {
    const [p, q, g, y] = integers(document, value, ['P', 'Q', 'G', 'Y']) ?? [];
    if (!p || !q || !g || !y) return null;
    return spki(der.sequence(der.oid('1.2.840.10040.4.1'), der.sequence(der.integer(p), der.integer(q), der.integer(g))), der.integer(y));
  }
  return namespace === DS11 && local === 'ECKeyValue' ? ecKeyValue(document, value) : null;
}

function ecKeyValue(document: XmlDocument, value: XmlNode): Bytes | null {
  const curve = elementNamed(document, value, DS11, 'NamedCurve');
  const point = elementNamed(document, value, DS11, 'PublicKey');
  const oid = (curve === null ? null : attributeNamed(document, curve, 'URI'))?.replace(/^urn:oid:/, '');
  const bytes = point === null ? null : base64(document, point);
  if (!CURVES.some((known) => known.oid === oid) || oid === undefined || bytes === null) return null;
  return spki(der.sequence(der.oid('1.2.840.10045.2.1'), der.oid(oid)), bytes);
}

/** CryptoBinary values of these children, unsigned. */
function integers(document: XmlDocument, of: XmlNode, names: readonly string[]): Bytes[] | null {
  const values = names.map((name) => {
    const node = elementNamed(document, of, DS, name);
    return node === null ? null : base64(document, node);
  });
  return values.every((value) => value !== null && value.length > 0) ? (values as Bytes[]) : null;
}

const spki = (algorithm: Bytes, key: Bytes): Bytes => der.sequence(algorithm, der.bitString(key));

const base64 = (document: XmlDocument, node: XmlNode): Bytes | null => fromBase64(textOf(document, node).replace(/[ \t\r\n]+/g, ''));

const MAXIMUM_PARTS = 200;
