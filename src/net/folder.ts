/** Sources without a network: a folder of certificates, CRLs and OCSP responses, in any of their forms (RFC 5280, 6960). */
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { Bytes } from '../base/bytes.ts';
import { Fault } from '../base/fault.ts';
import { exact } from '../base/options.ts';
import { orNull } from '../base/parsed.ts';
import { plain } from '../crypto/digest.ts';
import { type Certificate, parseCertificate } from '../pki/certificate.ts';
import type { CertificateSource } from '../pki/certificate-source.ts';
import { parseCrl } from '../pki/crl.ts';
import { crlScope } from '../pki/crl-scope.ts';
import { mayHaveIssued } from '../pki/issued-by.ts';
import { sameName } from '../pki/name.ts';
import { answersFor, parseOcspResponse } from '../pki/ocsp.ts';
import type { FoundRevocation, RevocationSource } from '../pki/revocation-source.ts';
import { certificatesIn } from './aia.ts';
import { fromPem } from './pem.ts';

export interface FolderSourceOptions {
  /** Told of each file that is not used, and why: it holds nothing that is known, or is too large. */
  readonly onSkipped?: (path: string, why: string) => void;
}

export interface FolderSource extends CertificateSource, RevocationSource {
  /** How much of each kind the folder holds. */
  readonly holds: { readonly certificates: number; readonly crls: number; readonly ocspResponses: number };
}

/**
 * Reads folders, and those in them, and files once, files told apart by their content: certificates (DER, PEM, certs-only CMS), CRLs
 * (DER, PEM), OCSP responses (DER). CRLs stay on disk and are read when asked for. Names chain and no more: what is found is
 * as unverified as what a network gives. Throws `Fault` `io` where the folder or, later, a CRL in it cannot be read,
 * `limit-exceeded` for a folder with more files than anyone keeps by hand.
 */
export function folderSource(paths: string | readonly string[], options: FolderSourceOptions = {}): FolderSource {
  exact('folderSource', options, ['onSkipped']);
  const shelf: Shelf = { certificates: [], crls: [], ocsps: [] };
  for (const path of [paths].flat().flatMap(filesAt)) {
    const skipped = addFile(shelf, path);
    if (skipped !== null) options.onSkipped?.(path, skipped);
  }
  const { certificates, crls, ocsps } = shelf;
  return {
    holds: { certificates: certificates.length, crls: crls.length, ocspResponses: ocsps.length },
    issuersOf: async (certificate) => certificates.filter((one) => mayHaveIssued(one, certificate)).map(({ bytes }) => bytes),
    find: async (certificate, issuer) => [...ocspsFor(shelf, certificate, issuer), ...crlsFor(shelf, certificate)],
  };
}

interface Shelf {
  readonly certificates: Certificate[];
  /** Where CRLs are; whether one may speak of a certificate is asked of the file. */
  readonly crls: { readonly path: string; readonly issuer: Certificate['issuer']; readonly indirect: boolean }[];
  readonly ocsps: Bytes[];
}

/** Adds what a file holds; gives why it is left out, or null. */
function addFile(shelf: Shelf, path: string): string | null {
  const { size } = statSync(path);
  if (size > LARGEST) return `larger than ${LARGEST} octets`;
  const bytes = read(path);
  const crl = crlIn(bytes);
  const parsed = crl && orNull(parseCrl(crl));
  if (parsed) {
    shelf.crls.push({ path, issuer: parsed.issuer, indirect: parsed.issuingDistributionPoint?.indirect ?? false });
    return null;
  }
  const response = orNull(parseOcspResponse(bytes));
  if (response?.basic) {
    shelf.ocsps.push(bytes);
    return null;
  }
  if (response) return `an OCSP response that is an error: ${response.status}`;
  const certificates = certificatesIn(bytes).flatMap((der) => orNull(parseCertificate(der)) ?? []);
  shelf.certificates.push(...certificates);
  return certificates.length > 0 ? null : 'neither certificate nor CRL nor OCSP response';
}

const ocspsFor = ({ ocsps }: Shelf, certificate: Certificate, issuer: Certificate): FoundRevocation[] =>
  ocsps.flatMap((bytes) => {
    const basic = orNull(parseOcspResponse(bytes))?.basic;
    return basic && answersFor(basic, certificate, issuer).length > 0 ? [{ kind: 'ocsp', bytes }] : [];
  });

function crlsFor({ crls }: Shelf, certificate: Certificate): FoundRevocation[] {
  return crls.flatMap(({ path, issuer, indirect }) => {
    if (!indirect && !sameName(issuer, certificate.issuer)) return [];
    const bytes = crlIn(read(path));
    const crl = bytes && orNull(parseCrl(bytes));
    return bytes && crl && crlScope(crl, certificate).reasons !== 0 ? [{ kind: 'crl', bytes }] : [];
  });
}

/** DER of the CRL in a file, given as DER or PEM; null where it holds none. */
function crlIn(bytes: Bytes): Bytes | null {
  if (bytes[0] === 0x30) return parseCrl(bytes).ok ? bytes : null;
  const [first] = fromPem(bytes, 'X509 CRL', 1);
  return first && parseCrl(first).ok ? first : null;
}

const filesAt = (path: string): string[] => (io(`cannot read ${path}`, () => statSync(path)).isDirectory() ? filesIn(path) : [path]);

/** Regular files in a folder and its folders, in order of name; links are not followed (the platform's own recursion would). */
function filesIn(top: string): string[] {
  const files: string[] = [];
  const folders = [top];
  for (let folder = folders.pop(); folder !== undefined; folder = folders.pop()) {
    const here = folder;
    for (const entry of io(`cannot read ${here}`, () => readdirSync(here, { withFileTypes: true }))) {
      if (entry.isDirectory()) folders.push(join(here, entry.name));
      else if (entry.isFile()) files.push(join(here, entry.name));
      if (files.length + folders.length > MANY_FILES) throw new Fault('limit-exceeded', `${top} holds more than ${MANY_FILES} files`);
    }
  }
  return files.toSorted();
}

const read = (path: string): Bytes => io(`cannot read ${path}`, () => plain(readFileSync(path)));

function io<T>(what: string, step: () => T): T {
  try {
    return step();
  } catch (cause) {
    throw new Fault('io', `${what}: ${(cause as Error).message}`, { cause });
  }
}

/** As large as CRLs get over HTTP. */
const LARGEST = 64 * 1024 * 1024;
const MANY_FILES = 20_000;
