/** Whether one certificate signed another (RFC 5280, 6.1.3 (a) (1)), and which of many may have (4.2.1.1). */
import { equal } from '../base/bytes.ts';
import type { ValueCheck } from '../crypto/names.ts';
import { verifyValue } from '../crypto/verify.ts';
import type { Certificate } from './certificate.ts';
import { sameName } from './name.ts';

/**
 * Whether the signature value verifies with the key of `issuer`; nothing is said of names, usages and times. The answer is one of
 * the two encodings alone, so it is kept for the last pairs: the same authorities stand in document after document.
 */
export function verifyIssued(certificate: Certificate, issuer: Certificate): ValueCheck {
  const pair = `${certificate.fingerprint} ${issuer.fingerprint}`;
  const check = CHECKED.get(pair) ?? verifyWithKey(certificate, issuer.spki);
  // That this runtime cannot tell is no property of the encodings.
  if (check === 'unsupported') return check;
  // Set anew, the entry is the youngest; the oldest goes.
  CHECKED.delete(pair);
  CHECKED.set(pair, check);
  if (CHECKED.size > KEPT) CHECKED.delete(CHECKED.keys().next().value ?? '');
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

/** Checked pairs by their SHA-256, oldest first. */
const CHECKED = new Map<string, ValueCheck>();
const KEPT = 4096;
