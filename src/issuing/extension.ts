/** Extensions of certificates and CRLs to issue (RFC 5280, 4.2 and 5.2; RFC 6960, 4.2.2.2.1; EN 319 412-5). */
import { contextPrimitive, der, TAG } from '../asn1/index.ts';
import { type Bytes, concat } from '../base/bytes.ts';
import type { Instant } from '../base/instant.ts';
import { digest } from '../crypto/digest.ts';
import { REASONS, type RevocationReason } from '../pki/crl.ts';
import { KEY_USAGES, type KeyUsage } from '../pki/extensions.ts';
import { keyBits } from '../pki/ocsp.ts';

/** `Extension ::= SEQUENCE { extnID, critical DEFAULT FALSE, extnValue OCTET STRING }` */
export interface IssuedExtension {
  readonly oid: string;
  readonly critical: boolean;
  /** DER of the extension's own type (what the OCTET STRING wraps). */
  readonly value: Bytes;
}

/** `Extensions ::= SEQUENCE OF Extension` */
export const encodeExtensions = (extensions: readonly IssuedExtension[]): Bytes => der.sequence(...extensions.map(encodeExtension));

export function encodeExtension({ oid, critical, value }: IssuedExtension): Bytes {
  return der.sequence(der.oid(oid), ...(critical ? [der.boolean(true)] : []), der.octetString(value));
}

/** `BasicConstraints ::= SEQUENCE { cA BOOLEAN DEFAULT FALSE, pathLenConstraint INTEGER OPTIONAL }`, critical (4.2.1.9). */
export function basicConstraints(ca: boolean, pathLength: number | null = null): IssuedExtension {
  const length = ca && pathLength !== null ? [der.integer(pathLength)] : [];
  return { oid: '2.5.29.19', critical: true, value: der.sequence(...(ca ? [der.boolean(true)] : []), ...length) };
}

/** `KeyUsage ::= BIT STRING`, critical (4.2.1.3). */
export function keyUsage(...usages: readonly KeyUsage[]): IssuedExtension {
  const bits = usages.reduce((sum, usage) => sum | (1 << KEY_USAGES.indexOf(usage)), 0);
  return { oid: '2.5.29.15', critical: true, value: namedBits(bits, KEY_USAGES.length) };
}

/** `ExtKeyUsageSyntax ::= SEQUENCE OF KeyPurposeId` (4.2.1.12); critical for a time-stamping authority (RFC 3161, 2.3). */
export const extendedKeyUsage = (oids: readonly string[], critical = false): IssuedExtension => ({
  oid: '2.5.29.37',
  critical,
  value: der.sequence(...oids.map(der.oid)),
});

export const subjectKeyIdentifier = (publicKey: Bytes): IssuedExtension => ({
  oid: '2.5.29.14',
  critical: false,
  value: der.octetString(keyIdentifier(publicKey)),
});

/** `AuthorityKeyIdentifier` with the key identifier alone (4.2.1.1). */
export const authorityKeyIdentifier = (issuerPublicKey: Bytes): IssuedExtension => ({
  oid: '2.5.29.35',
  critical: false,
  value: der.sequence(der.implicit(0, keyIdentifier(issuerPublicKey))),
});

/** `AuthorityInfoAccessSyntax` (4.2.2.1): where the issuer's certificate and its OCSP responder are. */
export function authorityInfoAccess(at: { readonly ocsp?: readonly string[]; readonly caIssuers?: readonly string[] }): IssuedExtension {
  const access = (method: string, url: string): Bytes => der.sequence(der.oid(method), uri(url));
  const ocsp = (at.ocsp ?? []).map((url) => access('1.3.6.1.5.5.7.48.1', url));
  const issuers = (at.caIssuers ?? []).map((url) => access('1.3.6.1.5.5.7.48.2', url));
  return { oid: '1.3.6.1.5.5.7.1.1', critical: false, value: der.sequence(...ocsp, ...issuers) };
}

/** `CRLDistributionPoints`, one point for each URL (4.2.1.13). */
export const crlDistributionPoints = (urls: readonly string[]): IssuedExtension => ({
  oid: '2.5.29.31',
  critical: false,
  value: der.sequence(...urls.map((url) => der.sequence(der.context(0, der.context(0, uri(url)))))),
});

/** `CertificatePolicies` without qualifiers (4.2.1.4). */
export const certificatePolicies = (oids: readonly string[]): IssuedExtension => ({
  oid: '2.5.29.32',
  critical: false,
  value: der.sequence(...oids.map((oid) => der.sequence(der.oid(oid)))),
});

/** `SubjectAltName` of mail addresses and DNS names (4.2.1.6). */
export function subjectAltName(names: { readonly email?: readonly string[]; readonly dns?: readonly string[] }): IssuedExtension {
  const emails = (names.email ?? []).map((text) => retag(1, der.ia5String(text)));
  const hosts = (names.dns ?? []).map((text) => retag(2, der.ia5String(text)));
  return { oid: '2.5.29.17', critical: false, value: der.sequence(...emails, ...hosts) };
}

/** id-pkix-ocsp-nocheck (RFC 6960, 4.2.2.2.1). */
export const ocspNoCheck = (): IssuedExtension => ({ oid: '1.3.6.1.5.5.7.48.1.5', critical: false, value: der.NULL });

/** noRevAvail (RFC 9608, 2). */
export const noRevocationAvailable = (): IssuedExtension => ({ oid: '2.5.29.56', critical: false, value: der.NULL });

/** `QCStatements`: qualified (QcCompliance), the device (QcSSCD), the kind (QcType) (EN 319 412-5, 4.2). */
export function qcStatements(type: 'esign' | 'eseal' | 'web', device: 'qscd' | 'none' = 'qscd'): IssuedExtension {
  const statement = (oid: string, ...info: Bytes[]): Bytes => der.sequence(der.oid(oid), ...info);
  const kind = { esign: '0.4.0.1862.1.6.1', eseal: '0.4.0.1862.1.6.2', web: '0.4.0.1862.1.6.3' }[type];
  const sscd = device === 'qscd' ? [statement('0.4.0.1862.1.4')] : [];
  const value = der.sequence(statement('0.4.0.1862.1.1'), ...sscd, statement('0.4.0.1862.1.6', der.sequence(der.oid(kind))));
  return { oid: '1.3.6.1.5.5.7.1.3', critical: false, value };
}

/** `CRLNumber ::= INTEGER` (5.2.3). */
export const crlNumber = (number: number | bigint): IssuedExtension => ({ oid: '2.5.29.20', critical: false, value: der.integer(number) });

/** `BaseCRLNumber`, critical: the CRL is a delta (5.2.4). */
export const deltaCrlIndicator = (base: number | bigint): IssuedExtension => ({
  oid: '2.5.29.27',
  critical: true,
  value: der.integer(base),
});

/** `CRLReason ::= ENUMERATED`, an entry extension (5.3.1). */
export const reasonCode = (reason: RevocationReason): IssuedExtension => ({
  oid: '2.5.29.21',
  critical: false,
  value: der.integer(reasonNumber(reason), TAG.ENUMERATED),
});

/** `InvalidityDate ::= GeneralizedTime`, an entry extension (5.3.2). */
export const invalidityDate = (at: Instant): IssuedExtension => ({ oid: '2.5.29.24', critical: false, value: der.generalizedTime(at) });

/** `CRLReason` as its number (5.3.1). */
export const reasonNumber = (reason: RevocationReason): number => REASONS.indexOf(reason);

/** Leftmost 160 bits of the SHA-256 of the public key's BIT STRING (RFC 7093, 2, method 1). */
export const keyIdentifier = (publicKey: Bytes): Bytes => digest('SHA-256', keyBits(publicKey)).subarray(0, 20);

const uri = (url: string): Bytes => retag(6, der.ia5String(url));

/** `[number]` IMPLICIT in place of the tag of a value. */
function retag(number: number, value: Bytes): Bytes {
  return concat([Uint8Array.of(contextPrimitive(number)), value.subarray(1)]);
}

/** A BIT STRING of named bits: trailing zero bits left out (X.690, 11.2.2). Bit 0 is the leftmost. */
function namedBits(bits: number, count: number): Bytes {
  const octets = new Uint8Array(Math.ceil(count / 8));
  let last = -1;
  for (let bit = 0; bit < count; bit++) {
    if ((bits & (1 << bit)) === 0) continue;
    octets[bit >> 3] = (octets[bit >> 3] as number) | (0x80 >> (bit & 7));
    last = bit;
  }
  return der.bitString(octets.subarray(0, (last >> 3) + 1), last < 0 ? 0 : 7 - (last & 7));
}
