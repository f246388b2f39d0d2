/** Whether one certificate signed another (RFC 5280, 6.1.3 (a) (1)), and which of many may have (4.2.1.1). */
import { equal } from '../base/bytes.ts';
import type { ValueCheck } from '../crypto/names.ts';
import { verifyValue } from '../crypto/verify.ts';
import type { Certificate } from './certificate.ts';
import { sameName } from './name.ts';

/** Whether the signature value verifies with the key of `issuer`; nothing is said of names, usages and times. Kept for the pair. */
export function verifyIssued(certificate: Certificate, issuer: Certificate): ValueCheck {
  let byIssuer = CHECKED.get(certificate);
  if (!byIssuer) {
    byIssuer = new WeakMap();
    CHECKED.set(certificate, byIssuer);
  }
  const known = byIssuer.get(issuer);
  if (known) return known;
  const check = verifyWithKey(certificate, issuer.spki);
  byIssuer.set(issuer, check);
  return check;
}

/** As `verifyIssued`, with the key alone: trust anchors need no certificate (RFC 5280, 6.1.1 (d)). */
export function verifyWithKey(certificate: Certificate, spki: Uint8Array): ValueCheck {
  if (!certificate.signatureAlgorithm) return 'unsupported';
  return verifyValue(certificate.signatureAlgorithm, spki, certificate.tbs, certificate.signatureValue);
}

/** Issued by itself: names equal and the value verifies with its own key. */
export const selfSigned = (certificate: Certificate): boolean =>
  certificate.selfIssued && keysAgree(certificate, certificate) && verifyIssued(certificate, certificate) === 'intact';

/** Names chain: necessary for an issuer, never sufficient. */
export const mayHaveIssued = (issuer: Certificate, certificate: Certificate): boolean => sameName(issuer.subject, certificate.issuer);

/** False where both key identifiers are there and differ: a hint for the order of candidates, not a rule (RFC 4158, 3.5.12). */
export function keysAgree(issuer: Certificate, certificate: Certificate): boolean {
  const expected = certificate.authorityKeyIdentifier?.keyIdentifier;
  const found = issuer.subjectKeyIdentifier;
  return !expected || !found || equal(expected, found);
}

/** Checked pairs: paths meet the same ones again and again, and keys do not change. */
const CHECKED = new WeakMap<Certificate, WeakMap<Certificate, ValueCheck>>();
