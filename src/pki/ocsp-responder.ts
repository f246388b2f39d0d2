/** Who signed an OCSP response, and whether that one may (RFC 6960, 3.2 and 4.2.2.2). */

import { equal } from '../base/bytes.ts';
import { orNull } from '../base/parsed.ts';
import type { ValueCheck } from '../crypto/names.ts';
import { verifyValue } from '../crypto/verify.ts';
import { type Certificate, parseCertificate } from './certificate.ts';
import { verifyIssued } from './issued-by.ts';
import { sameName } from './name.ts';
import { type BasicOcspResponse, isResponder } from './ocsp.ts';

export interface OcspSignature {
  /** `no-key` where no candidate is named by the response and none verifies. */
  readonly value: ValueCheck;
  /** The certificate whose key verifies; else the one that the responderID names. */
  readonly signer: Certificate | null;
  readonly responderIdMatches: boolean;
}

/**
 * Finds the certificate that signed, first among those that the responderID names. `candidates`: certificates beside the ones
 * that the response brings along, the issuer of the certificate in question for example.
 */
export function verifyOcsp(response: BasicOcspResponse, candidates: readonly Certificate[]): OcspSignature {
  const { named = [], others = [] } = Object.groupBy(uniqueByBytes([...responderCertificates(response), ...candidates]), (certificate) =>
    isResponder(response.responder, certificate) ? 'named' : 'others',
  );
  let first: OcspSignature | null = null;
  for (const [i, signer] of [...named, ...others].slice(0, MANY_CANDIDATES).entries()) {
    const responderIdMatches = i < named.length;
    const value = checkValue(response, signer);
    if (value === 'intact') return { value, signer, responderIdMatches };
    if (responderIdMatches) first ??= { value, signer, responderIdMatches };
  }
  return first ?? { value: 'no-key', signer: null, responderIdMatches: false };
}

/** The certificates in the response that can be read. */
export function responderCertificates(response: BasicOcspResponse): readonly Certificate[] {
  const known = CERTIFICATES.get(response);
  if (known) return known;
  const certificates = response.certificates.slice(0, MANY_CANDIDATES).flatMap((der) => orNull(parseCertificate(der)) ?? []);
  CERTIFICATES.set(response, certificates);
  return certificates;
}

/**
 * By what right `signer` answers for certificates of `issuer`: it is that CA (same name and key), or that CA itself issued
 * it for OCSP signing (RFC 6960, 4.2.2.2). A responder trusted by local configuration is the caller's to know. Null: by none.
 */
export function responderRight(signer: Certificate, issuer: Certificate): 'issuer' | 'delegated' | null {
  if (equal(signer.spki, issuer.spki) && sameName(signer.subject, issuer.subject)) return 'issuer';
  if (!signer.extendedKeyUsage?.includes(OCSP_SIGNING)) return null;
  if (signer.keyUsage && !signer.keyUsage.has('digitalSignature') && !signer.keyUsage.has('nonRepudiation')) return null;
  return sameName(signer.issuer, issuer.subject) && verifyIssued(signer, issuer) === 'intact' ? 'delegated' : null;
}

function checkValue(response: BasicOcspResponse, signer: Certificate): ValueCheck {
  if (!response.signatureAlgorithm) return 'unsupported';
  return verifyValue(response.signatureAlgorithm, signer.spki, response.tbs, response.signatureValue);
}

function uniqueByBytes(certificates: readonly Certificate[]): Certificate[] {
  return [...new Map(certificates.map((certificate) => [certificate.fingerprint, certificate])).values()];
}

const CERTIFICATES = new WeakMap<BasicOcspResponse, readonly Certificate[]>();
export const OCSP_SIGNING = '1.3.6.1.5.5.7.3.9';
/** More than any honest response brings; bounds the signature checks. */
const MANY_CANDIDATES = 32;
