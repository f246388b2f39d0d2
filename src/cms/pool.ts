/** What the tokens of one document bring along, each piece once, by its identity: filled while the document is read. */
import { type Budget, budget } from '../base/budget.ts';
import { type Bytes, equal } from '../base/bytes.ts';
import type { Malformed } from '../base/parsed.ts';
import { toHex } from '../base/text.ts';
import { digest } from '../crypto/digest.ts';
import { type Certificate, parseCertificate } from '../pki/certificate.ts';
import { parseOcspResponse } from '../pki/ocsp.ts';
import { type SignedData, wrapBasicOcspResponse } from './signed-data.ts';

/** Ids are the lower-case hexadecimal SHA-256 of an encoding. */
export interface Pool {
  readonly certificates: Map<string, Certificate>;
  readonly revocations: Map<string, { readonly kind: 'crl' | 'ocsp'; readonly bytes: Bytes }>;
  /** Pieces that could not be read, each once. */
  readonly unreadable: Map<string, { readonly kind: 'certificate' | 'revocation'; readonly name: null; readonly malformed: Malformed }>;
  /** How often a signature or time-stamp of this encoding occurred so far. */
  readonly occurrences: Map<string, number>;
  /** Archive time-stamps over the whole content that are still read: each takes a digest of it. */
  readonly archives: Budget;
  /** By length and last octets, the certificate last read of those alike: most come along several times. */
  readonly byEnding: Map<number, Certificate>;
  /** By the array that was handed in: the same one is not read twice. */
  readonly read: WeakMap<Bytes, Certificate | null>;
}

export const newPool = (): Pool => ({
  certificates: new Map(),
  revocations: new Map(),
  unreadable: new Map(),
  occurrences: new Map(),
  archives: budget('archive time-stamps over the content', MAXIMUM_ARCHIVES),
  byEnding: new Map(),
  read: new WeakMap(),
});

/** The id of a token that may stand in several places, where it means different things: from the second place on with a number. */
export function distinct(pool: Pool, id: string): string {
  const count = (pool.occurrences.get(id) ?? 0) + 1;
  pool.occurrences.set(id, count);
  return count === 1 ? id : `${id}-${count}`;
}

/** Puts a certificate into the pool; null where it cannot be read, which the pool remembers. */
export function addCertificate(pool: Pool, der: Bytes): Certificate | null {
  const seen = pool.read.get(der);
  if (seen !== undefined) return seen;
  const certificate = readInto(pool, der);
  pool.read.set(der, certificate);
  return certificate;
}

function readInto(pool: Pool, der: Bytes): Certificate | null {
  const ending = endingOf(der);
  const alike = pool.byEnding.get(ending);
  if (alike && equal(alike.bytes, der)) return alike;
  const parsed = parseCertificate(der);
  if (!parsed.ok) {
    pool.unreadable.set(identityOf(der), { kind: 'certificate', name: null, malformed: parsed.malformed });
    return null;
  }
  const { fingerprint } = parsed.value;
  const known = pool.certificates.get(fingerprint);
  if (known) return known;
  pool.certificates.set(fingerprint, parsed.value);
  pool.byEnding.set(ending, parsed.value);
  return parsed.value;
}

/** Length and last octets, which are of the signature: tells encodings apart without a digest. */
function endingOf(der: Bytes): number {
  let ending = der.length;
  for (let i = Math.max(0, der.length - 4); i < der.length; i++) ending = ending * 256 + (der[i] as number);
  return ending;
}

export interface AddedRevocation {
  readonly id: string;
  /** Certificates that an OCSP response brings along. */
  readonly certificates: readonly Certificate[];
}

/** Puts a CRL into the pool; it is read where it is used. */
export function addCrl(pool: Pool, bytes: Bytes): AddedRevocation {
  const id = identityOf(bytes);
  if (!pool.revocations.has(id)) pool.revocations.set(id, { kind: 'crl', bytes });
  return { id, certificates: [] };
}

/** Puts an OCSPResponse, or a bare BasicOCSPResponse, into the pool; null where it cannot be read, which the pool remembers. */
export function addOcsp(pool: Pool, bytes: Bytes): AddedRevocation | null {
  const parsed = parseOcspResponse(bytes);
  if (!parsed.ok) {
    pool.unreadable.set(identityOf(bytes), { kind: 'revocation', name: null, malformed: parsed.malformed });
    return null;
  }
  const { basic } = parsed.value;
  // The same response stands bare in one place and wrapped in another: one identity for both.
  const whole = basic && basic.bytes.length === bytes.length ? wrapBasicOcspResponse(bytes) : parsed.value.bytes;
  const id = identityOf(whole);
  if (!pool.revocations.has(id)) pool.revocations.set(id, { kind: 'ocsp', bytes: whole });
  const certificates = (basic?.certificates ?? []).map((der) => addCertificate(pool, der)).filter((one) => one !== null);
  return { id, certificates };
}

/** Origins of what a SignedData holds in its certificates and crls. */
export interface HeldMaterial<Origin extends string> {
  readonly certificates: readonly { readonly id: string; readonly origin: Origin | 'ocsp' }[];
  readonly revocations: readonly { readonly id: string; readonly origin: Origin }[];
}

/** Puts the certificates and revocation data of a SignedData into the pool. */
export function addSignedDataMaterial<Origin extends string>(pool: Pool, signedData: SignedData, origin: Origin): HeldMaterial<Origin> {
  const certificates: { id: string; origin: Origin | 'ocsp' }[] = [];
  const revocations: { id: string; origin: Origin }[] = [];
  for (const der of signedData.certificates) {
    const certificate = addCertificate(pool, der);
    if (certificate) certificates.push({ id: certificate.fingerprint, origin });
  }
  for (const { kind, value } of signedData.revocationInfos) {
    const added = kind === 'crl' ? addCrl(pool, value) : kind === 'ocsp' ? addOcsp(pool, value) : null;
    if (!added) continue;
    revocations.push({ id: added.id, origin });
    for (const { fingerprint } of added.certificates) certificates.push({ id: fingerprint, origin: 'ocsp' });
  }
  return { certificates, revocations };
}

/** Certificates to look for a signer among: the token's own first, then all others of the pool. */
export function* candidatesOf(pool: Pool, own: readonly Bytes[]): Generator<Certificate, void, void> {
  const seen = new Set<Certificate>();
  for (const der of own) {
    const certificate = addCertificate(pool, der);
    if (!certificate || seen.has(certificate)) continue;
    seen.add(certificate);
    yield certificate;
  }
  for (const certificate of pool.certificates.values()) if (!seen.has(certificate)) yield certificate;
}

const identityOf = (encoding: Bytes): string => toHex(digest('SHA-256', encoding));
/** A document renewed yearly for a century has as many. */
const MAXIMUM_ARCHIVES = 200;
