/** KeyValue as SubjectPublicKeyInfo: RSA, DSA and elliptic curves (XMLDSig 1.1, 4.5.2; RFC 4050, 3). */
import { der } from '../asn1/index.ts';
import { type Bytes, concat, equal } from '../base/bytes.ts';
import { fromBase64, fromHex } from '../base/text.ts';
import { CURVES } from '../crypto/table.ts';
import type { XmlDocument, XmlNode } from '../xml/document.ts';
import { attributeNamed, elementNamed, elementsOf, isNamed, nameOf, textOf } from '../xml/query.ts';
import { DS, DS11, MORE } from './names.ts';

/** Of a KeyValue, or of the element inside it; null where the kind of key is unknown or its parts are not what they must be. */
export function readKeyValue(document: XmlDocument, node: XmlNode): Bytes | null {
  const [value] = isNamed(document, node, DS, 'KeyValue') ? elementsOf(document, node) : [node];
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
  if (namespace === DS11 && local === 'ECKeyValue') return ecKeyValue(document, value);
  return namespace === MORE && local === 'ECDSAKeyValue' ? ecdsaKeyValue(document, value) : null;
}

/** The curve by name, or by parameters that are those of a curve with a name: keys on other curves are not taken. */
function ecKeyValue(document: XmlDocument, value: XmlNode): Bytes | null {
  const curve = elementNamed(document, value, DS11, 'NamedCurve');
  const parameters = elementNamed(document, value, DS11, 'ECParameters');
  const point = elementNamed(document, value, DS11, 'PublicKey');
  const oid = curve === null ? (parameters === null ? null : curveOf(document, parameters)) : oidOf(attributeNamed(document, curve, 'URI'));
  const bytes = point === null ? null : base64(document, point);
  return oid === null || bytes === null ? null : ecKey(oid, bytes);
}

/** Explicit parameters (4.5.2.3.1): prime, coefficients, base point and order must all be those of the curve. */
function curveOf(document: XmlDocument, parameters: XmlNode): string | null {
  const at = (...path: readonly string[]): Bytes | null => {
    let node: XmlNode | null = parameters;
    for (const local of path) node = node === null ? null : elementNamed(document, node, DS11, local);
    return node === null ? null : base64(document, node);
  };
  const prime = at('FieldID', 'Prime', 'P');
  const given = [prime, at('Curve', 'A'), at('Curve', 'B'), at('Base'), at('Order')];
  const width = unsigned(prime)?.length ?? 0;
  const found = EXPLICIT.find(({ numbers }) => numbers.every((number, i) => same(fromHex(number), given[i] ?? null, width)));
  return found?.oid ?? null;
}

/** A number with any zeros before it; a point as it is. */
function same(known: Bytes | null, given: Bytes | null, width: number): boolean {
  if (known === null || given === null) return false;
  if (known.length > width + 1) return equal(known, given);
  return equal(unsigned(known) as Bytes, unsigned(given) as Bytes);
}

const unsigned = (bytes: Bytes | null): Bytes | null => {
  if (bytes === null) return null;
  const first = bytes.findIndex((octet) => octet !== 0);
  return first < 0 ? bytes.subarray(bytes.length) : bytes.subarray(first);
};

/** RFC 4050: the coordinates as decimal numbers. */
function ecdsaKeyValue(document: XmlDocument, value: XmlNode): Bytes | null {
  const domain = elementNamed(document, value, MORE, 'DomainParameters');
  const curve = domain === null ? null : elementNamed(document, domain, MORE, 'NamedCurve');
  const point = elementNamed(document, value, MORE, 'PublicKey');
  const oid = curve === null ? null : oidOf(attributeNamed(document, curve, 'URN') ?? attributeNamed(document, curve, 'URI'));
  const bits = CURVES.find((known) => known.oid === oid)?.bits;
  if (oid === null || point === null || bits === undefined) return null;
  const [x, y] = ['X', 'Y'].map((local) => {
    const node = elementNamed(document, point, MORE, local);
    return node === null ? null : coordinate(attributeNamed(document, node, 'Value') ?? '', Math.ceil(bits / 8));
  });
  return x && y ? ecKey(oid, concat([Uint8Array.of(UNCOMPRESSED), x, y])) : null;
}

function coordinate(decimal: string, octets: number): Bytes | null {
  if (!/^[0-9]{1,200}$/.test(decimal)) return null;
  const hexadecimal = BigInt(decimal).toString(16);
  return hexadecimal.length > 2 * octets ? null : fromHex(hexadecimal.padStart(2 * octets, '0'));
}

const ecKey = (oid: string, point: Bytes): Bytes | null =>
  CURVES.some((known) => known.oid === oid) ? spki(der.sequence(der.oid('1.2.840.10045.2.1'), der.oid(oid)), point) : null;

const oidOf = (uri: string | null): string | null => uri?.replace(/^urn:oid:/i, '') ?? null;

/** CryptoBinary values of these children, unsigned. */
function integers(document: XmlDocument, of: XmlNode, names: readonly string[]): Bytes[] | null {
  const values: Bytes[] = [];
  for (const name of names) {
    const node = elementNamed(document, of, DS, name);
    const value = node === null || !isNamed(document, node, DS, name) ? null : base64(document, node);
    if (value === null || value.length === 0) return null;
    values.push(value);
  }
  return values;
}

const spki = (algorithm: Bytes, key: Bytes): Bytes => der.sequence(algorithm, der.bitString(key));

const base64 = (document: XmlDocument, node: XmlNode): Bytes | null => fromBase64(textOf(document, node).replace(/[ \t\r\n]+/g, ''));

const UNCOMPRESSED = 4;
/** Prime, a, b, base point, order (FIPS 186-4, D.1.2). */
const EXPLICIT: readonly { readonly oid: string; readonly numbers: readonly string[] }[] = [
  {
    oid: '1.2.840.10045.3.1.7',
    numbers: [
      'ffffffff00000001000000000000000000000000ffffffffffffffffffffffff',
      'ffffffff00000001000000000000000000000000fffffffffffffffffffffffc',
      '5ac635d8aa3a93e7b3ebbd55769886bc651d06b0cc53b0f63bce3c3e27d2604b',
      '046b17d1f2e12c4247f8bce6e563a440f277037d812deb33a0f4a13945d898c2964fe342e2fe1a7f9b8ee7eb4a7c0f9e162bce33576b315ececbb6406837bf51f5',
      'ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551',
    ],
  },
];
