/** What every signature of a signer says of certificates (EN 319 132-1, 5.2.2; XMLDSig 1.1, 4.5.4): written once for as long as their arrays live. */
import type { Bytes } from '../base/bytes.ts';
import { toBase64 } from '../base/text.ts';
import { digest as digestOf } from '../crypto/digest.ts';
import type { DigestName } from '../crypto/names.ts';
import { digestXml, element } from './build-xml.ts';

/** SigningCertificateV2. Throws `Fault` `unsupported` for a digest that no URI names. */
export const signingCertificateXml = (certificate: Bytes, digest: DigestName): string => writtenOf(certificate, digest).reference;

/** Digest of a certificate. Throws as {@link signingCertificateXml}. */
export const certificateDigest = (certificate: Bytes, digest: DigestName): Bytes => writtenOf(certificate, digest).digest;

/** KeyInfo with certificates, the signer's own first. */
export const keyInfoXml = (chain: readonly Bytes[]): string =>
  element('ds:KeyInfo', {}, element('ds:X509Data', {}, ...chain.map(certificateXml)));

function certificateXml(certificate: Bytes): string {
  const known = CERTIFICATES.get(certificate);
  if (known !== undefined) return known;
  const xml = element('ds:X509Certificate', {}, toBase64(certificate));
  CERTIFICATES.set(certificate, xml);
  return xml;
}

interface Written {
  readonly digest: Bytes;
  readonly reference: string;
}

function writtenOf(certificate: Bytes, name: DigestName): Written {
  const byDigest = REFERENCES.get(certificate) ?? new Map<DigestName, Written>();
  REFERENCES.set(certificate, byDigest);
  const known = byDigest.get(name);
  if (known !== undefined) return known;
  const digest = digestOf(name, certificate);
  const inside = element('xades:CertDigest', {}, ...digestXml(name, digest));
  const written = { digest, reference: element('xades:SigningCertificateV2', {}, element('xades:Cert', {}, inside)) };
  byDigest.set(name, written);
  return written;
}

const CERTIFICATES = new WeakMap<Bytes, string>();
const REFERENCES = new WeakMap<Bytes, Map<DigestName, Written>>();
