/** Evidence as one self-contained file, so that `judge` gives the same report in ten years, or another under another policy (EN 319 102-1, 5.1). */
import { type Bytes, equal, plain } from '../base/bytes.ts';
import { attempt, type Parsed, unreadable } from '../base/parsed.ts';
import { fromUtf8, utf8 } from '../base/text.ts';
import { type CertificateId, idOf } from '../facts/index.ts';
import { type Certificate, parseCertificate } from '../pki/certificate.ts';
import type { Evidence } from './evidence.ts';
import { STORED_EVIDENCE, type StoredEvidence } from './evidence-file-shape.ts';
import { Misshapen } from './plain-shape.ts';

/** The evidence as a JSON file: facts and results as data, certificates and revocation data as DER in base64. */
export function writeEvidence(evidence: Evidence): Bytes {
  const { document, certificates } = evidence;
  const isAmong = (id: string, der: Bytes): boolean => {
    const known = certificates.get(id);
    return known !== undefined && equal(known.bytes, der);
  };
  const stored: StoredEvidence = {
    ...evidence,
    adeskitEvidence: 1,
    document: { ...document, certificates: new Map([...document.certificates].map(([id, der]) => [id, isAmong(id, der) ? null : der])) },
    certificates: [...certificates.values()].map(({ bytes }) => bytes),
  };
  return utf8(`${JSON.stringify(STORED_EVIDENCE.write(stored))}\n`);
}

/**
 * Reads what {@link writeEvidence} wrote. Its results are taken as they stand: whoever can change the file can change them, so it
 * is worth as much as the place where it is kept. `verifyEvidence` checks again what it holds the material for.
 */
export function readEvidence(file: Bytes): Parsed<Evidence> {
  return attempt(() => {
    try {
      return evidenceOf(STORED_EVIDENCE.read(jsonOf(plain(file)), ''));
    } catch (error) {
      if (error instanceof Misshapen) return unreadable(WHAT, 0, error.message);
      throw error;
    }
  });
}

function jsonOf(file: Bytes): unknown {
  if (file.length > LARGEST) return unreadable(WHAT, 0, `it is larger than ${LARGEST} octets`);
  const written = fromUtf8(file) ?? unreadable(WHAT, 0, 'it is not UTF-8');
  try {
    return JSON.parse(written);
  } catch {
    return unreadable(WHAT, 0, 'it is not JSON');
  }
}

function evidenceOf({ adeskitEvidence: _, document, certificates: encodings, ...rest }: StoredEvidence): Evidence {
  const certificates = new Map<CertificateId, Certificate>();
  for (const [i, der] of encodings.entries()) {
    const parsed = parseCertificate(der);
    if (!parsed.ok) throw new Misshapen(`certificates[${i}]`, `is no certificate: ${parsed.malformed.reason}`);
    certificates.set(parsed.value.fingerprint, parsed.value);
  }
  const ofDocument = new Map<CertificateId, Bytes>();
  for (const [id, der] of document.certificates) {
    const bytes = der ?? certificates.get(id)?.bytes;
    if (bytes === undefined) throw new Misshapen('document.certificates', `${shown(id)} is not there`);
    if (der !== null && idOf(der) !== id) throw new Misshapen('document.certificates', `${shown(id)} is not what its identity says`);
    ofDocument.set(id, bytes);
  }
  const evidence: Evidence = { ...rest, document: { ...document, certificates: ofDocument }, certificates };
  checkIdentities(evidence);
  return evidence;
}

/** Whatever names something else by its identity finds it: `judge` relies on it. */
function checkIdentities({ document, certificates, chains, revocations, statuses, suppliedRevocations = NONE }: Evidence): void {
  const certificate = (id: string | null, path: string): void => {
    if (id !== null && !certificates.has(id)) throw new Misshapen(path, `the certificate ${shown(id)} is not there`);
  };
  for (const [leaf, { links, others = [] }] of chains) {
    for (const each of [links, ...others.map((other) => other.links)]) {
      if (each[0]?.certificate !== leaf) throw new Misshapen('chains', `the chain of ${shown(leaf)} does not begin with it`);
      for (const link of each) certificate(link.certificate, 'chains');
    }
  }
  for (const [id, { id: own, signer }] of revocations) {
    if (id !== own) throw new Misshapen('revocations', `${shown(id)} calls itself ${shown(own)}`);
    certificate(signer.certificate, 'revocations');
  }
  for (const [id, found] of statuses) {
    certificate(id, 'statuses');
    for (const { revocation } of found) {
      if (!revocations.has(revocation)) throw new Misshapen('statuses', `the revocation data ${shown(revocation)} is not there`);
    }
  }
  for (const [id, { id: own }] of document.timestamps) {
    if (id !== own) throw new Misshapen('document.timestamps', `${shown(id)} calls itself ${shown(own)}`);
  }
  for (const [id, { bytes }] of [...document.revocations, ...suppliedRevocations]) {
    if (idOf(bytes) !== id) throw new Misshapen('document.revocations', `${shown(id)} is not what its identity says`);
  }
}

const shown = (id: string): string => `'${id.slice(0, 80)}'`;

const WHAT = 'evidence';
const NONE: NonNullable<Evidence['suppliedRevocations']> = new Map();
/** JSON text has to fit into one string. */
const LARGEST = 1 << 28;
