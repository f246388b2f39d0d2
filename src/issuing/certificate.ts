/** Issuing certificates (RFC 5280, 4.1). */
import { randomBytes } from 'node:crypto';
import { der } from '../asn1/index.ts';
import type { Bytes } from '../base/bytes.ts';
import type { Instant } from '../base/instant.ts';
import { exact } from '../base/options.ts';
import { encodeExtensions, type IssuedExtension } from './extension.ts';
import type { IssuingKey } from './issuing-key.ts';
import { encodeName, type NameAttributes } from './name.ts';

export interface CertificateToIssue {
  readonly subject: Bytes | NameAttributes;
  /** Name of the issuer; `'self'`: the subject itself. */
  readonly issuer: Bytes | NameAttributes | 'self';
  /** DER SubjectPublicKeyInfo of the subject. */
  readonly publicKey: Bytes;
  /** Positive, unsigned octets or number; see {@link randomSerial}. */
  readonly serial: Bytes | number | bigint;
  readonly notBefore: Instant;
  readonly notAfter: Instant;
  readonly extensions?: readonly IssuedExtension[];
  /** Key of the issuer. */
  readonly key: IssuingKey;
}

/**
 * A version 3 certificate in DER (version 1 without extensions).
 *
 *     Certificate ::= SEQUENCE { tbsCertificate, signatureAlgorithm AlgorithmIdentifier, signatureValue BIT STRING }
 *
 * Checks nothing of what it certifies. Throws `Fault` `bad-option`, `signer-refused`.
 */
export async function issueCertificate(certificate: CertificateToIssue): Promise<Bytes> {
  exact('issueCertificate', certificate, KNOWN);
  const { key, extensions = [] } = certificate;
  const subject = encodeName(certificate.subject);
  const tbs = der.sequence(
    ...(extensions.length > 0 ? [der.context(0, der.integer(2))] : []),
    der.integer(certificate.serial),
    key.algorithm,
    certificate.issuer === 'self' ? subject : encodeName(certificate.issuer),
    der.sequence(der.time(certificate.notBefore), der.time(certificate.notAfter)),
    subject,
    certificate.publicKey,
    ...(extensions.length > 0 ? [der.context(3, encodeExtensions(extensions))] : []),
  );
  return signed(tbs, key);
}

/** A serial number of 126 random bits: positive, at most 16 octets, never zero (RFC 5280, 4.1.2.2). */
export function randomSerial(): Bytes {
  const octets = randomBytes(16);
  octets[0] = ((octets[0] as number) & 0x3f) | 0x40;
  return octets;
}

/** `SEQUENCE { what is signed, algorithm, BIT STRING }`: the form of certificates and CRLs. */
export async function signed(toBeSigned: Bytes, key: IssuingKey): Promise<Bytes> {
  return der.sequence(toBeSigned, key.algorithm, der.bitString(await key.sign(toBeSigned)));
}

const KNOWN = ['subject', 'issuer', 'publicKey', 'serial', 'notBefore', 'notAfter', 'extensions', 'key'];
