/** Which certificate signed, as a signed property says it: SigningCertificate (TS 101 903, 7.2.2) and SigningCertificateV2 (EN 319 132-1, 5.2.2). */
import { Reader } from '../asn1/index.ts';
import { type Bytes, equal } from '../base/bytes.ts';
import { attempt, orNull } from '../base/parsed.ts';
import { fromBase64, toHex } from '../base/text.ts';
import { digestByUri } from '../crypto/algorithm.ts';
import type { DigestName } from '../crypto/names.ts';
import type { SigningCertificateReference } from '../facts/signature.ts';
import type { Certificate } from '../pki/certificate.ts';
import { holdsName, readGeneralNames } from '../pki/general-name.ts';
import type { Name } from '../pki/name.ts';
import type { XmlDocument, XmlNode } from '../xml/document.ts';
import { attributeNamed, elementsOf, nameOf, textOf } from '../xml/query.ts';
import { DS } from '../xmldsig/names.ts';
import type { Finder } from './finder.ts';
import { isXades } from './names.ts';
import { type SignedProperties, signedNamed } from './signed-properties.ts';

/** Each reference of both properties with the certificate that has its digest. */
export function signingCertificates(properties: SignedProperties, finder: Finder): SigningCertificateReference[] {
  const { document, signature } = properties;
  return (['SigningCertificateV2', 'SigningCertificate'] as const).flatMap((attribute) =>
    signedNamed(properties, signature, attribute)
      .flatMap((node) => signedNamed(properties, node, 'Cert'))
      .slice(0, MOST_REFERENCES)
      .map((cert) => {
        const [certDigest] = signedNamed(properties, cert, 'CertDigest');
        const { algorithm, value } = digestOf(document, certDigest ?? null);
        const matches = algorithm && value && finder.certificate(algorithm, value);
        const issuerSerial = matches === null ? 'absent' : issuerSerialOf(properties, cert, matches);
        return { attribute, digestAlgorithm: algorithm, matches: matches?.fingerprint ?? null, issuerSerial };
      }),
  );
}

/** DigestAlgAndValueType: in the signature namespace, or as version 1.1.1 has it in that of XAdES. */
export function digestOf(document: XmlDocument, node: XmlNode | null): { algorithm: DigestName | null; value: Bytes | null } {
  const part = (local: string): XmlNode | undefined =>
    node === null
      ? undefined
      : elementsOf(document, node).find((child) => {
          const name = nameOf(document, child);
          return name.local === local && (name.namespace === DS || isXades(name.namespace));
        });
  const [method, value] = [part('DigestMethod'), part('DigestValue')];
  return {
    algorithm: method === undefined ? null : digestByUri(attributeNamed(document, method, 'Algorithm') ?? ''),
    value: value === undefined ? null : fromBase64(textOf(document, value).replace(/[ \t\r\n]+/g, '')),
  };
}

/** IssuerSerialV2 in DER, or the name and number of the first version. */
function issuerSerialOf(
  properties: SignedProperties,
  cert: XmlNode,
  certificate: Certificate,
): SigningCertificateReference['issuerSerial'] {
  const { document } = properties;
  const [second] = signedNamed(properties, cert, 'IssuerSerialV2');
  if (second !== undefined) {
    const encoded = fromBase64(textOf(document, second).replace(/[ \t\r\n]+/g, ''));
    const read = encoded && orNull(attempt(() => readIssuerSerial(encoded)));
    if (!read) return 'mismatch';
    return equal(read.serial, certificate.serial) && holdsName(read.issuer, certificate.issuer) ? 'match' : 'mismatch';
  }
  const [first] = signedNamed(properties, cert, 'IssuerSerial');
  if (first === undefined) return 'absent';
  const text = (local: string): string => {
    const node = elementsOf(document, first).find((child) => nameOf(document, child).local === local);
    return node === undefined ? '' : textOf(document, node).trim();
  };
  const serial = text('X509SerialNumber');
  if (!/^-?[0-9]{1,200}$/.test(serial) || BigInt(serial).toString() !== decimal(certificate.serial)) return 'mismatch';
  return namesSame(text('X509IssuerName'), certificate.issuer) ? 'match' : 'mismatch';
}

/** `IssuerSerial ::= SEQUENCE { issuer GeneralNames, serialNumber CertificateSerialNumber }` (RFC 5035, 5) */
function readIssuerSerial(encoded: Bytes) {
  const outer = Reader.over(encoded, 'IssuerSerial', 'BER');
  const reader = outer.sequence();
  outer.finish();
  return { issuer: readGeneralNames(reader.sequence()), serial: reader.integerBytes() };
}

/** Two's complement contents octets as a decimal number. */
function decimal(serial: Bytes): string {
  const magnitude = BigInt(`0x${toHex(serial) || '0'}`);
  return ((serial[0] ?? 0) >= 0x80 ? magnitude - (1n << BigInt(8 * serial.length)) : magnitude).toString();
}

/**
 * Whether a name in text (RFC 4514 and its forerunners, in either order) has the values of a certificate's name. Values are
 * compared without their types, which writers spell in many ways: the digest beside it says which certificate is meant.
 */
function namesSame(text: string, name: Name): boolean {
  if (text === name.text) return true;
  const written = valuesIn(text);
  const own = valuesIn(name.text);
  return written.length === own.length && written.every((value, i) => value === own[i]);
}

const valuesIn = (text: string): string[] =>
  text
    .slice(0, LONGEST_NAME)
    .split(/(?<!\\)[,+;]/)
    .map((part) =>
      part
        .slice(part.indexOf('=') + 1)
        .replace(/^\s*"|"\s*$/g, '')
        .replace(/\\([0-9a-fA-F]{2})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)))
        .replace(/\\(.)/g, '$1')
        .replace(/\s+/g, ' ')
        .trim()
        .toLowerCase(),
    )
    .sort();

const MOST_REFERENCES = 32;
const LONGEST_NAME = 4096;
