/** The certificates at hand while evidence is gathered, by identity and by subject. */
import { type Budget, budget, spend } from '../base/budget.ts';
import type { Bytes } from '../base/bytes.ts';
import type { CertificateId, UnreadableToken } from '../facts/index.ts';
import { type Certificate, parseCertificate } from '../pki/certificate.ts';
import type { Name } from '../pki/name.ts';

export interface Pool {
  readonly certificates: Map<CertificateId, Certificate>;
  readonly bySubject: Map<string, Certificate[]>;
  readonly unreadable: UnreadableToken[];
  readonly room: Budget;
}

export const emptyPool = (limit: number): Pool => ({
  certificates: new Map(),
  bySubject: new Map(),
  unreadable: [],
  room: budget('certificates', limit),
});

/** Reads and keeps a certificate; null where it cannot be read, or there is no room for more. */
export function addCertificate(pool: Pool, der: Bytes, name: string | null = null): Certificate | null {
  const read = parseCertificate(der);
  if (read.ok) return keepCertificate(pool, read.value);
  pool.unreadable.push({ kind: 'certificate', name, malformed: read.malformed });
  return null;
}

export function keepCertificate(pool: Pool, certificate: Certificate): Certificate | null {
  const id = certificate.fingerprint;
  const known = pool.certificates.get(id);
  if (known) return known;
  if (!spend(pool.room)) return null;
  pool.certificates.set(id, certificate);
  const key = nameKey(certificate.subject);
  const sameSubject = pool.bySubject.get(key);
  if (sameSubject) sameSubject.push(certificate);
  else pool.bySubject.set(key, [certificate]);
  return certificate;
}

export const withSubject = (pool: Pool, name: Name): readonly Certificate[] => pool.bySubject.get(nameKey(name)) ?? [];

/** Equal where RFC 5280, 7.1 makes names equal. */
export function nameKey(name: Name): string {
  const known = KEYS.get(name) ?? JSON.stringify(name.keys);
  KEYS.set(name, known);
  return known;
}

const KEYS = new WeakMap<Name, string>();
