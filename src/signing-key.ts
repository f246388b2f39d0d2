/** What signing asks of the key in every format: a certificate that is valid, a digest that suits, a value that verifies. */
import type { Bytes } from './base/bytes.ts';
import { Fault } from './base/fault.ts';
import { type Instant, toIso } from './base/instant.ts';
import { digestsItself, pssOf } from './crypto/algorithm.ts';
import { publicKey } from './crypto/key.ts';
import type { DigestName } from './crypto/names.ts';
import type { Signer } from './crypto/signer.ts';
import { verifyValue } from './crypto/verify.ts';
import { type Certificate, parseCertificate } from './pki/certificate.ts';
import type { TimestampAuthority } from './tsp/timestamp-authority.ts';

/** The signer's own certificate. Throws `Fault` `refused` where it is not valid at `at`, `malformed-input`. */
export function signerCertificate(chain: Signer['chain'], at: Instant): Certificate {
  const certificate = certificateOf(chain[0]);
  const { notBefore, notAfter, subject } = certificate;
  if (at < notBefore || at > notAfter) {
    const when = at < notBefore ? `is valid from ${toIso(notBefore)} only` : `expired at ${toIso(notAfter)}`;
    throw new Fault('refused', `the certificate of ${subject.text} ${when}: sign with a valid one`);
  }
  return certificate;
}

/** As strong as the curve; RSA and what is not a curve of its own: SHA-256; post-quantum keys: SHA-512 (RFC 9882, 3.3; RFC 9814, 4). */
export function suitableDigest({ spki }: Certificate): DigestName {
  const key = publicKey(spki);
  if (key?.kind.startsWith('ML-DSA') || key?.kind.startsWith('SLH-DSA')) return 'SHA-512';
  if (key?.kind !== 'EC' || key.bits < 384) return 'SHA-256';
  return key.bits < 512 ? 'SHA-384' : 'SHA-512';
}

/** Throws `Fault` `signer-refused` where `signature` is not that of `message` by the key of the chain. */
export function requireVerifies(
  { chain, scheme, digest: own }: Pick<Signer, 'chain' | 'scheme'> & { readonly digest: DigestName },
  message: Bytes,
  signature: Bytes,
): void {
  const digest = digestsItself(scheme) ? null : own;
  const algorithm = { scheme, digest, identifier: scheme, ...(scheme === 'RSASSA-PSS' && { pss: pssOf(own) }) };
  if (verifyValue(algorithm, certificateOf(chain[0]).spki, message, signature) !== 'intact')
    throw new Fault(
      'signer-refused',
      'the signature value does not verify with the signing certificate: is this the key of the certificate?',
    );
}

/** The digest for an imprint: that of the signature where the authority takes it; EdDSA brings one that few authorities take. */
export function imprintDigest({ digests }: TimestampAuthority, digest: DigestName): DigestName {
  if (digests?.includes(digest) === false) return digests[0] ?? digest;
  return digest === 'SHAKE256' ? 'SHA-512' : digest;
}

/** The signer's own certificate, whatever its dates. Throws `Fault` `malformed-input`. */
export const signerCertificateOf = (chain: Signer['chain']): Certificate => certificateOf(chain[0]);

/** Parsed once for as long as the signer's array lives. */
function certificateOf(der: Bytes): Certificate {
  const known = CERTIFICATES.get(der);
  if (known !== undefined) return known;
  const parsed = parseCertificate(der);
  if (!parsed.ok) throw new Fault('malformed-input', `the signing certificate cannot be read: ${parsed.malformed.reason}`);
  CERTIFICATES.set(der, parsed.value);
  return parsed.value;
}

const CERTIFICATES = new WeakMap<Bytes, Certificate>();
