/** Certificates, revocation lists and OCSP messages (RFC 5280, RFC 6960). */
import { type Bytes, equal } from '../../src/base/bytes.ts';
import { orNull } from '../../src/base/parsed.ts';
import { sourceOf } from '../../src/base/source.ts';
import { toHex } from '../../src/base/text.ts';
import { digest } from '../../src/crypto/digest.ts';
import { type Certificate, parseCertificate } from '../../src/pki/certificate.ts';
import { countCrlEntries, findInCrl, parseCrl, verifyCrl } from '../../src/pki/crl.ts';
import { findInCrlSource, openCrl } from '../../src/pki/crl-source.ts';
import { mayHaveIssued, selfSigned, verifyIssued } from '../../src/pki/issued-by.ts';
import { sameName } from '../../src/pki/name.ts';
import { parseOcspResponse } from '../../src/pki/ocsp.ts';
import { parseOcspRequest } from '../../src/pki/ocsp-request.ts';
import { verifyOcsp } from '../../src/pki/ocsp-responder.ts';
import { anchorOf, findPath } from '../../src/pki/path.ts';
import { crlEdge, ocspEdge } from '../../src/pki/revocation.ts';
import type { SeedRule } from '../seed.ts';
import type { SeedFacts, Target } from '../target.ts';
import { walk } from '../walk.ts';

/** Certificates of the vectors; other structures find their signers among them. */
export const CERTIFICATES: readonly SeedRule[] = [
  { folder: 'pkits/certs', endings: ['.crt'], most: 150 },
  { folder: 'asn1-odd', endings: ['.crt', '.cer', '.pem', '.der'], most: 150 },
  { folder: 'boringssl-pki', endings: ['.pem'], most: 150 },
  { folder: 'dss/anchors', endings: ['.der', '.crt', '.cer'], most: 100 },
];

const certificatesOf = (bytes: readonly Bytes[]): Certificate[] => bytes.flatMap((der) => orNull(parseCertificate(der)) ?? []);

export const certificateTarget: Target = {
  name: 'certificate',
  what: 'a certificate',
  clause: 'RFC 5280, 4',
  format: 'der',
  seeds: CERTIFICATES,
  longest: 16_384,
  milliseconds: 200,
  read: (input) => {
    const certificate = parseCertificate(input);
    if (!certificate.ok) return certificate;
    const { value } = certificate;
    return [certificate, selfSigned(value), sameName(value.subject, value.issuer), pathOf(value)];
  },
  accepts: (bytes) => parseCertificate(bytes).ok,
  facts: (_seeds, pool) => {
    const certificates = certificatesOf(pool);
    const bySubject = Map.groupBy(certificates, ({ subject }) => subject.text);
    const signers = new Set<Bytes>();
    const genuine = new Map<string, readonly Bytes[]>();
    const doubtful = new Set<string>();
    for (const certificate of certificates) {
      const issuer = bySubject.get(certificate.issuer.text)?.find((one) => verifyIssued(certificate, one) === 'intact');
      if (issuer) signers.add(issuer.bytes);
      if (issuer) add(genuine, identityOf(certificate.tbs), certificate.bytes);
      else doubtful.add(toHex(certificate.signatureValue));
    }
    return { signers: [...signers], genuine, doubtful };
  },
  check: (input, { signers, ...facts }) => {
    const certificate = orNull(parseCertificate(input));
    if (!certificate) return null;
    const issuers = parsedSigners(signers)
      .filter((issuer) => mayHaveIssued(issuer, certificate))
      .slice(0, 8);
    if (!issuers.some((issuer) => verifyIssued(certificate, issuer) === 'intact')) return null;
    return forgery(certificate, facts);
  },
};

function pathOf(target: Certificate): unknown {
  return findPath({ target, anchors: [anchorOf(target)], candidates: [target], at: target.notBefore });
}

export const crlTarget: Target = {
  name: 'crl',
  what: 'a certificate revocation list',
  clause: 'RFC 5280, 5',
  format: 'der',
  seeds: [
    { folder: 'pkits/crls', endings: ['.crl'], most: 200 },
    { folder: 'asn1-odd', endings: ['.crl', '.pem'], most: 150 },
    { folder: 'boringssl-pki/crl', endings: ['.pem'], most: 80 },
  ],
  longest: 32_768,
  milliseconds: 200,
  read: (input) => {
    const crl = parseCrl(input);
    if (!crl.ok) return crl;
    const { value } = crl;
    const found = SERIALS.map((serial) => findInCrl(value, serial));
    const elsewhere = probes.map(([certificate, issuer]) => crlEdge(value, certificate, issuer));
    return [crl, countCrlEntries(value), found, elsewhere];
  },
  accepts: (bytes) => parseCrl(bytes).ok,
  facts: (seeds, pool) => {
    const certificates = certificatesOf(pool);
    const signers = new Set<Bytes>();
    const genuine = new Map<string, readonly Bytes[]>();
    const doubtful = new Set<string>();
    for (const bytes of seeds) {
      const crl = orNull(parseCrl(bytes));
      const issuer = crl && certificates.find((one) => sameName(one.subject, crl.issuer) && verifyCrl(crl, one) === 'intact');
      if (issuer) signers.add(issuer.bytes);
      if (crl && issuer) add(genuine, identityOf(crl.tbs), crl.bytes);
      else if (crl) doubtful.add(toHex(crl.signatureValue));
    }
    remember(certificates);
    return { signers: [...signers], genuine, doubtful };
  },
  check: (input, { signers, ...facts }) => {
    const crl = orNull(parseCrl(input));
    const sourced = orNull(openCrl(sourceOf(input)));
    if (!crl !== !sourced) return 'in memory it can be read, in pieces it cannot, or the other way round';
    if (!crl || !sourced) return null;
    if (SERIALS.some((serial) => walk(findInCrl(crl, serial)) !== walk(findInCrlSource(sourced, serial))))
      return 'in pieces another entry is found';
    const issuers = parsedSigners(signers)
      .filter(({ subject }) => sameName(subject, crl.issuer))
      .slice(0, 8);
    return issuers.some((issuer) => verifyCrl(crl, issuer) === 'intact') ? forgery(crl, facts) : null;
  },
};

export const ocspTarget: Target = {
  name: 'ocsp',
  what: 'an OCSP response or request',
  clause: 'RFC 6960, 4',
  format: 'der',
  seeds: [
    { folder: 'asn1-odd/openssl-ocsp', endings: ['.der', '.pem'], most: 120 },
    { folder: 'asn1-odd/pyca-ocsp', endings: ['.der'], most: 60 },
    { folder: 'boringssl-pki/ocsp', endings: ['.pem'], most: 60 },
  ],
  longest: 16_384,
  milliseconds: 200,
  read: (input) => {
    const response = parseOcspResponse(input);
    const request = parseOcspRequest(input);
    if (!response.ok || !response.value.basic) return [response, request];
    const signature = verifyOcsp(response.value.basic, []);
    return [response, request, signature, probes.map(([certificate, issuer]) => ocspEdge(response.value, certificate, issuer))];
  },
  accepts: (bytes) => parseOcspResponse(bytes).ok || parseOcspRequest(bytes).ok,
  facts: (seeds, pool) => {
    const certificates = certificatesOf(pool);
    const genuine = new Map<string, readonly Bytes[]>();
    const doubtful = new Set<string>();
    for (const bytes of seeds) {
      const basic = orNull(parseOcspResponse(bytes))?.basic;
      const signature = basic && verifyOcsp(basic, certificates.slice(0, 30));
      if (basic && signature?.value === 'intact') add(genuine, identityOf(basic.tbs), bytes);
      else if (basic) doubtful.add(toHex(basic.signatureValue));
    }
    remember(certificates);
    return { signers: certificates.slice(0, 30).map(({ bytes }) => bytes), genuine, doubtful };
  },
  check: (input, { signers, genuine, doubtful }) => {
    const basic = orNull(parseOcspResponse(input))?.basic;
    if (!basic || verifyOcsp(basic, parsedSigners(signers)).value !== 'intact') return null;
    return genuine.has(identityOf(basic.tbs)) || doubtful.has(toHex(basic.signatureValue)) ? null : 'an altered OCSP response verifies';
  },
};

/** Why it is wrong that this verifies, or null where it is what was signed. */
function forgery(signed: Signed, { genuine, doubtful }: Pick<SeedFacts, 'genuine' | 'doubtful'>): string | null {
  const { tbs, bytes, deviations, signatureValue } = signed;
  const seeds = genuine.get(identityOf(tbs));
  if (!seeds) return doubtful.has(toHex(signatureValue)) ? null : 'what nobody signed verifies';
  if (!seeds.some((seed) => equal(seed, bytes)) && deviations.length === 0)
    return 'it verifies in another encoding, and nothing is said of it';
  return null;
}

type Signed = Pick<Certificate, 'tbs' | 'bytes' | 'deviations' | 'signatureValue'>;

const add = (genuine: Map<string, readonly Bytes[]>, identity: string, bytes: Bytes): unknown =>
  genuine.set(identity, [...(genuine.get(identity) ?? []), bytes]);

const identityOf = (bytes: Bytes): string => toHex(digest('SHA-256', bytes));

function parsedSigners(signers: readonly Bytes[]): readonly Certificate[] {
  let read = SIGNERS.get(signers);
  if (!read) {
    read = certificatesOf(signers);
    SIGNERS.set(signers, read);
  }
  return read;
}

/** Pairs of a certificate and its issuer that revocation data is asked about. */
function remember(certificates: readonly Certificate[]): void {
  probes = certificates
    .flatMap((certificate) => {
      const issuer = certificates.find((one) => mayHaveIssued(one, certificate) && one !== certificate);
      return issuer ? [[certificate, issuer] as const] : [];
    })
    .slice(0, 3);
}

let probes: readonly (readonly [Certificate, Certificate])[] = [];
const SIGNERS = new WeakMap<readonly Bytes[], readonly Certificate[]>();
const SERIALS: readonly Bytes[] = [
  Uint8Array.of(1),
  Uint8Array.of(2),
  Uint8Array.of(14),
  Uint8Array.of(0, 0xff),
  new Uint8Array(20).fill(0x55),
];
