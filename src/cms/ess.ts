/** Which certificate signed, as a signed attribute says it: signing-certificate (RFC 2634, 5.4) and its version 2 (RFC 5035, 3). */
import { der, Reader, TAG } from '../asn1/index.ts';
import { type Bytes, equal } from '../base/bytes.ts';
import { attempt, type Parsed } from '../base/parsed.ts';
import { toHex } from '../base/text.ts';
import { digestByOid, encodeDigestAlgorithm } from '../crypto/algorithm.ts';
import { digest } from '../crypto/digest.ts';
import type { DigestName } from '../crypto/names.ts';
import type { Certificate } from '../pki/certificate.ts';
import { type GeneralName, holdsName, readGeneralNames } from '../pki/general-name.ts';
import { readAlgorithmIdentifier } from './algorithm-identifier.ts';
import { type Attribute, encodeAttribute } from './attribute.ts';
import { digestOrNull } from './content.ts';
import { ATTRIBUTE } from './oid.ts';

/**
 * ```asn1
 * ESSCertIDv2 ::= SEQUENCE {
 *   hashAlgorithm AlgorithmIdentifier DEFAULT {algorithm id-sha256},
 *   certHash OCTET STRING,
 *   issuerSerial IssuerSerial OPTIONAL }
 * IssuerSerial ::= SEQUENCE { issuer GeneralNames, serialNumber CertificateSerialNumber }
 * ```
 */
export interface CertificateReference {
  readonly attribute: 'signing-certificate' | 'signing-certificate-v2';
  /** Null where the identifier is unknown. */
  readonly digestAlgorithm: DigestName | null;
  readonly hash: Bytes;
  readonly issuerSerial: { readonly issuer: readonly GeneralName[]; readonly serial: Bytes } | null;
}

/** All references of the signing-certificate attributes among `attributes`, in order; `Malformed` where one cannot be read. */
export const certificateReferences = (attributes: readonly Attribute[]): Parsed<readonly CertificateReference[]> =>
  attempt(() =>
    attributes.flatMap(({ type, values }) => {
      if (type === ATTRIBUTE.signingCertificate) return values.flatMap((value) => readReferences(value, 'signing-certificate'));
      if (type === ATTRIBUTE.signingCertificateV2) return values.flatMap((value) => readReferences(value, 'signing-certificate-v2'));
      return [];
    }),
  );

/** Whether the digest in the reference is that of the certificate. */
export function refersTo(reference: CertificateReference, certificate: Certificate): boolean {
  if (reference.digestAlgorithm === null) return false;
  if (reference.digestAlgorithm === 'SHA-256') return toHex(reference.hash) === certificate.fingerprint;
  const actual = hashOf(certificate, reference.digestAlgorithm);
  return actual !== null && equal(actual, reference.hash);
}

/** Kept with the certificate: many references ask for the same. */
function hashOf(certificate: Certificate, name: DigestName): Bytes | null {
  const known = HASHES.get(certificate) ?? new Map<DigestName, Bytes | null>();
  HASHES.set(certificate, known);
  const hash = known.get(name) ?? digestOrNull(name, certificate.bytes);
  known.set(name, hash);
  return hash;
}

/** How the issuer and serial number of the reference compare with the certificate's. */
export function issuerSerialOf(reference: CertificateReference, certificate: Certificate): 'absent' | 'match' | 'mismatch' {
  if (!reference.issuerSerial) return 'absent';
  const { issuer, serial } = reference.issuerSerial;
  return equal(serial, certificate.serial) && holdsName(issuer, certificate.issuer) ? 'match' : 'mismatch';
}

/**
 * DER of the attribute for one certificate: signing-certificate for SHA-1, else version 2, with issuer and serial number.
 * EN 319 122-1 wants the first for SHA-1 and the second for every other digest.
 */
export function encodeSigningCertificate(name: DigestName, certificate: Certificate): Bytes {
  const hash = der.octetString(digest(name, certificate.bytes));
  const issuerSerial = der.sequence(der.sequence(der.context(4, certificate.issuer.bytes)), der.encode(TAG.INTEGER, certificate.serial));
  const list = (id: Bytes): Bytes => der.sequence(der.sequence(id));
  if (name === 'SHA-1') return encodeAttribute(ATTRIBUTE.signingCertificate, list(der.sequence(hash, issuerSerial)));
  const id = name === 'SHA-256' ? der.sequence(hash, issuerSerial) : der.sequence(encodeDigestAlgorithm(name), hash, issuerSerial);
  return encodeAttribute(ATTRIBUTE.signingCertificateV2, list(id));
}

function readReferences(value: Bytes, attribute: CertificateReference['attribute']): CertificateReference[] {
  const reader = Reader.over(value, attribute, 'BER');
  const outer = reader.sequence();
  reader.finish();
  return outer.sequence().each((list) => readReference(list.sequence(), attribute));
}

function readReference(reader: Reader, attribute: CertificateReference['attribute']): CertificateReference {
  let digestAlgorithm: DigestName | null = attribute === 'signing-certificate' ? 'SHA-1' : 'SHA-256';
  if (attribute === 'signing-certificate-v2' && reader.peek() === TAG.SEQUENCE)
    digestAlgorithm = digestByOid(readAlgorithmIdentifier(reader).oid);
  const hash = reader.octetString();
  const issuerSerial = reader.done ? null : readIssuerSerial(reader.sequence());
  return { attribute, digestAlgorithm, hash, issuerSerial };
}

function readIssuerSerial(reader: Reader): CertificateReference['issuerSerial'] {
  const issuer = readGeneralNames(reader.sequence());
  const serial = reader.integerBytes();
  return { issuer, serial };
}

const HASHES = new WeakMap<Certificate, Map<DigestName, Bytes | null>>();
