/** Certificates, chains and revocation lists: adeskit beside pkijs, @peculiar/x509 and node's X509Certificate, on the same bytes. */
import 'reflect-metadata';
import { execFileSync } from 'node:child_process';
import { createPublicKey, verify, X509Certificate } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { cryptoProvider, X509Certificate as PeculiarCertificate, X509ChainBuilder, X509Crl } from '@peculiar/x509';
import { CertificateChainValidationEngine, CertificateRevocationList, Certificate as PkijsCertificate } from 'pkijs';
import type { Bytes } from '../src/base/bytes.ts';
import { createThrowAwayPki, issueCrl, type KeyAlgorithm } from '../src/issuing/index.ts';
import { anchorOf, type Certificate, findInCrl, parseCertificate, parseCrl, validatePath, verifyCrl } from '../src/pki/index.ts';
import { type Candidate, comparison, type Effort, median, sideBySide, table } from './measure.ts';

export async function* pki(effort: Effort): AsyncGenerator<string> {
  cryptoProvider.set(globalThis.crypto);
  for (const algorithm of ['RSA-2048', 'P-256'] as const) {
    const chains = await chainsOf(algorithm);
    yield againstPkijs(`certificate: parse, all fields and extensions read, ${algorithm}`, await sideBySide(parsing(chains), effort));
    yield againstPkijs(
      `chain of three, another leaf each time: parse and verify, ${algorithm}`,
      await sideBySide(verifying(chains), effort),
    );
  }
  yield* lists();
}

/** Ratios to pkijs beside those to the first row. */
function againstPkijs(title: string, measured: Awaited<ReturnType<typeof sideBySide>>): string {
  const pkijs = measured.find(({ name }) => name === 'pkijs')?.perSecond ?? Number.NaN;
  const ratios = measured.map(({ name, perSecond }) => `${name} ${(perSecond / pkijs).toFixed(1)}x`);
  return `${comparison(title, measured)}of pkijs: ${ratios.join(', ')}\n`;
}

interface Chains {
  readonly leaves: readonly Bytes[];
  readonly intermediate: Bytes;
  readonly root: Bytes;
  readonly at: number;
}

/** So many leaves that no cache of the last keys holds them all. */
async function chainsOf(algorithm: KeyAlgorithm): Promise<Chains> {
  const at = Date.now();
  const made = await createThrowAwayPki({ algorithms: { ca: algorithm }, baseUrl: 'http://pki.example', at });
  const { privateKey } = await made.leaf('P-256');
  // More than the answers that are kept, so that each leaf is checked anew; its authorities are the same, as they are in practice.
  const leaves = await Promise.all(Array.from({ length: 5000 }, async () => (await made.leaf('P-256', { privateKey })).certificate));
  return { leaves, intermediate: made.intermediate, root: made.root, at };
}

function parsing({ leaves }: Chains): Candidate[] {
  const next = inTurn(leaves);
  return [
    { name: "node's X509Certificate", run: () => readAll(new X509Certificate(next())) },
    { name: 'adeskit', run: () => fieldsOf(parsed(next())) },
    { name: '@peculiar/x509', run: () => peculiarFields(new PeculiarCertificate(next())) },
    { name: 'pkijs', run: () => PkijsCertificate.fromBER(next().slice().buffer) },
  ];
}

function verifying({ leaves, intermediate, root, at }: Chains): Candidate[] {
  const next = inTurn(leaves);
  const [first, ca, top] = [leaves[0] as Bytes, intermediate, root].map(parsed) as [Certificate, Certificate, Certificate];
  const raw = [first, ca].map((certificate, i) => ({
    digest: 'sha256',
    key: createPublicKey({ key: Buffer.from((i === 0 ? ca : top).spki), format: 'der', type: 'spki' }),
    ...certificate,
    tbs: certificate.tbs,
    value: certificate.signatureValue,
  }));
  return [
    { name: 'raw crypto.verify, twice', run: () => raw.every(({ digest, tbs, key, value }) => verify(digest, tbs, key, value)) || fail() },
    {
      name: "node's X509Certificate, signatures only",
      run: () => {
        const [leaf, issuer, anchor] = [next(), intermediate, root].map((bytes) => new X509Certificate(bytes)) as [
          X509Certificate,
          X509Certificate,
          X509Certificate,
        ];
        return (
          (leaf.checkIssued(issuer) && leaf.verify(issuer.publicKey) && issuer.checkIssued(anchor) && issuer.verify(anchor.publicKey)) ||
          fail()
        );
      },
    },
    {
      name: 'adeskit, RFC 5280',
      run: () => {
        const [leaf, issuer, anchor] = [next(), intermediate, root].map(parsed) as [Certificate, Certificate, Certificate];
        return validatePath({ path: [leaf, issuer], anchor: anchorOf(anchor), at }).ok || fail();
      },
    },
    {
      name: '@peculiar/x509, signatures only',
      run: async () => {
        const [leaf, issuer, anchor] = [next(), intermediate, root].map((bytes) => new PeculiarCertificate(bytes)) as [
          PeculiarCertificate,
          PeculiarCertificate,
          PeculiarCertificate,
        ];
        const chain = await new X509ChainBuilder({ certificates: [issuer, anchor] }).build(leaf);
        const checks = await Promise.all([
          leaf.verify({ publicKey: issuer, date: new Date(at) }),
          issuer.verify({ publicKey: anchor, date: new Date(at) }),
        ]);
        return (chain.length === 3 && checks.every(Boolean)) || fail();
      },
    },
    {
      name: 'pkijs',
      run: async () => {
        const [leaf, issuer, anchor] = [next(), intermediate, root].map((bytes) => PkijsCertificate.fromBER(bytes.slice().buffer)) as [
          PkijsCertificate,
          PkijsCertificate,
          PkijsCertificate,
        ];
        const engine = new CertificateChainValidationEngine({ trustedCerts: [anchor], certs: [issuer, leaf], checkDate: new Date(at) });
        return (await engine.verify()).result || fail();
      },
    },
  ];
}

/** Look-ups in lists of growing length; the peers on a short one: pkijs takes half a minute for 200,000 entries, @peculiar/x509 refuses 10,000. */
async function* lists(): AsyncGenerator<string> {
  const made = await createThrowAwayPki({ algorithms: { ca: 'RSA-2048' } });
  const issuer = parsed(made.intermediate);
  const listOf = (length: number): Promise<Bytes> =>
    issueCrl({
      issuer: made.authorities.issuing.authority.name,
      key: made.authorities.issuing.authority.key,
      thisUpdate: 0,
      nextUpdate: null,
      number: 1,
      revoked: Array.from({ length }, (_, i) => ({ serial: serialOf(i), at: 0, reason: 'keyCompromise' as const })),
    });
  const absent = serialOf(0xffff_ffff);
  const lookUp = (bytes: Bytes): void => {
    const crl = parseCrl(bytes);
    if (!crl.ok || findInCrl(crl.value, absent).ok === false) fail();
  };
  const rows: string[][] = [];
  for (const length of [10_000, 100_000, 200_000, 1_000_000]) {
    const bytes = await listOf(length);
    const times = timesOf(9, () => lookUp(bytes));
    const signed = timesOf(9, () => {
      const crl = parseCrl(bytes);
      if (!crl.ok || !findInCrl(crl.value, absent).ok || verifyCrl(crl.value, issuer) !== 'intact') fail();
    });
    rows.push([
      length.toLocaleString('en'),
      `${(bytes.length / 1e6).toFixed(1)} MB`,
      median(times).toFixed(2),
      ((median(times) * 1e6) / length).toFixed(1),
      median(signed).toFixed(1),
      length === 1_000_000 ? peakOf(bytes) : '',
    ]);
  }
  yield table('CRL: parse and look for one serial, whole list in memory; in the last column the same in pieces from a file', [
    ['entries', 'size', 'ms', 'ns/entry', 'ms, signature checked', 'peak of the process, in pieces'],
    ...rows,
  ]);
  yield* peersOnLists(await listOf(1000), absent, lookUp);
}

async function* peersOnLists(bytes: Bytes, absent: Bytes, lookUp: (bytes: Bytes) => void): AsyncGenerator<string> {
  const hex = Buffer.from(absent).toString('hex');
  const candidates: Candidate[] = [
    { name: 'adeskit', run: () => lookUp(bytes) },
    { name: '@peculiar/x509', run: () => new X509Crl(bytes).findRevoked(hex) },
    {
      name: 'pkijs',
      run: () =>
        CertificateRevocationList.fromBER(bytes.slice().buffer).revokedCertificates?.some(
          ({ userCertificate }) => Buffer.from(userCertificate.valueBlock.valueHexView).toString('hex') === hex,
        ),
    },
  ];
  const measured = await sideBySide(candidates, { rounds: 3, turn: 500, warmUp: 500 });
  yield againstPkijs('CRL of 1,000 entries: parse and look for one serial', measured);
}

/** Peak memory of a process that looks one serial up in a file and checks the signature, in pieces. */
function peakOf(bytes: Bytes): string {
  const folder = mkdtempSync(join(tmpdir(), 'adeskit-bench-'));
  try {
    const path = join(folder, 'list.crl');
    writeFileSync(path, bytes);
    const told = execFileSync(process.execPath, [join(import.meta.dirname, 'pki-memory.ts'), path], { encoding: 'utf8' });
    const { before, after } = JSON.parse(told) as { before: number; after: number };
    return `${(after / 1000).toFixed(0)} MB (${(before / 1000).toFixed(0)} before the list)`;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function timesOf(rounds: number, run: () => void): number[] {
  run();
  return Array.from({ length: rounds }, () => {
    const start = performance.now();
    run();
    return performance.now() - start;
  });
}

/** Sixteen octets, as serial numbers have today. */
function serialOf(number: number): Bytes {
  const bytes = new Uint8Array(16).fill(0x5a);
  new DataView(bytes.buffer).setUint32(12, number);
  return bytes;
}

function inTurn<T>(all: readonly T[]): () => T {
  let at = 0;
  return () => all[at++ % all.length] as T;
}

function parsed(bytes: Bytes): Certificate {
  const certificate = parseCertificate(bytes);
  return certificate.ok ? certificate.value : fail();
}

/** What an application looks at; no key is loaded. */
const fieldsOf = (certificate: Certificate): unknown => [
  certificate.subject.text,
  certificate.issuer.text,
  certificate.serialHex,
  certificate.notBefore,
  certificate.notAfter,
  certificate.spki,
  certificate.basicConstraints,
  certificate.keyUsage,
  certificate.extendedKeyUsage,
  certificate.subjectKeyIdentifier,
  certificate.authorityKeyIdentifier,
  certificate.subjectAltNames,
  certificate.crlDistributionPoints,
  certificate.authorityInfoAccess,
];

const readAll = (certificate: X509Certificate): unknown => [
  certificate.subject,
  certificate.issuer,
  certificate.serialNumber,
  certificate.validFrom,
  certificate.validTo,
  certificate.ca,
  certificate.keyUsage,
  certificate.subjectAltName,
  certificate.infoAccess,
];

const peculiarFields = (certificate: PeculiarCertificate): unknown => [
  certificate.subject,
  certificate.issuer,
  certificate.serialNumber,
  certificate.notBefore,
  certificate.notAfter,
  certificate.publicKey.rawData,
  certificate.extensions.length,
];

function fail(): never {
  throw new Error('a candidate gave a wrong answer');
}
