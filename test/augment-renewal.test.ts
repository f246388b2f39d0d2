/** What an archive is for: it validates after every certificate in it has expired, if it was renewed in time, and only then (EN 319 102-1, 5.6). */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { plainPdf } from '../scripts/plain-pdf.ts';
import { augment } from '../src/augment.ts';
import { type Leaf, startThrowAwayPki, type ThrowAwayServer } from '../src/issuing/index.ts';
import { httpCertificateSource, httpRevocationSource } from '../src/net/index.ts';
import { sign } from '../src/sign.ts';
import { validate } from '../src/validate.ts';
import { closeJudges, knows, pyhankoSign } from './judges/judges.ts';
import { inFolder } from './judges/run.ts';
import { pemEncode } from './support/pem.ts';

const YEAR = 365.25 * 86_400_000;
/** The present, since pyHanko claims that as its signing time. */
const START = Math.floor(Date.now() / 1000) * 1000;
/** Every clock of these tests. */
let now = START;

/** Certificates of a PKI last for 20 years from its start, those of signers for one. */
const startedAt = async (years: number): Promise<ThrowAwayServer> => {
  now = START + years * YEAR;
  return startThrowAwayPki({ clock: () => now });
};
// One after the other: they share the clock.
const pkis = startedAt(0).then(async (first) => [first, await startedAt(12)] as const);
afterAll(async () => {
  await closeJudges();
  for (const pki of await pkis) await pki.close();
});

const HTTP = { allowPrivate: true, retries: 0 };
const SOURCES = { certificates: httpCertificateSource(HTTP), revocations: httpRevocationSource(HTTP) };
const PDF = plainPdf({ title: 'Agreement', pages: [['# Agreement']] });

async function indicationAfter(years: number, document: Uint8Array, trust: readonly Uint8Array[]): Promise<unknown> {
  now = START + years * YEAR;
  const report = await validate(document, { at: now, trust, sources: SOURCES });
  return report.signatures[0]?.conclusion.indication;
}

const ALGORITHMS = ['RSA-2048', 'P-256', 'brainpoolP256r1', 'Ed25519'] as const;
type Algorithm = (typeof ALGORITHMS)[number];

/** A signature of level B by somebody; null where that program is not here or does not know the algorithm. */
const MAKERS: Readonly<Record<string, (algorithm: Algorithm, leaf: Leaf) => Promise<Uint8Array | null>>> = {
  'our own': async (_, { signer }) => sign(PDF, { signer, at: now }),
  'of pyHanko': async (algorithm, leaf) => {
    if (!(await knows('pyhanko', algorithm))) return null;
    return inFolder({ 'in.pdf': PDF }, async (folder) => {
      const [path, to] = [join(folder, 'in.pdf'), join(folder, 'out.pdf')];
      const digest = algorithm === 'Ed25519' ? 'sha512' : 'sha256';
      const chain = leaf.chain.map((der) => pemEncode(der));
      await pyhankoSign({ path, to, key: leaf.privateKeyPem, chain, subFilter: 'ETSI.CAdES.detached', digest });
      return new Uint8Array(readFileSync(to));
    });
  },
};

const cells = ALGORITHMS.flatMap((algorithm) => Object.keys(MAKERS).map((maker) => [algorithm, maker] as const));
test.each(cells)('%s, a signature %s', async (algorithm, maker) => {
  const [first, second] = await pkis;
  const trust = [first.root, second.root];
  now = START;
  const signed = await MAKERS[maker]?.(algorithm, await first.leaf(algorithm));
  if (!signed) return console.log(`${maker}: not made with ${algorithm} here`);
  const options = { trust, sources: SOURCES };
  const longTerm = await augment(signed, { to: 'LT', at: now, timestamps: first.timestampAuthority, ...options });
  const archived = await augment(longTerm, { to: 'LTA', at: now, timestamps: first.timestampAuthority, ...options });
  now = START + 15 * YEAR;
  const renewed = await augment(archived, { to: 'LTA', at: now, timestamps: second.timestampAuthority, ...options });

  // The signer's certificate has expired, then those of the authority and of the responders, then those of the second authority.
  const told: Record<number, unknown> = {};
  for (const years of [2, 19, 21]) told[years] = await indicationAfter(years, longTerm, trust);
  expect(told).toEqual({ 2: 'PASSED', 19: 'PASSED', 21: 'INDETERMINATE' });
  for (const years of [2, 19, 21]) told[years] = await indicationAfter(years, archived, trust);
  expect(told).toEqual({ 2: 'PASSED', 19: 'PASSED', 21: 'INDETERMINATE' });
  for (const years of [16, 21, 31, 33]) told[years] = await indicationAfter(years, renewed, trust);
  expect(told).toMatchObject({ 16: 'PASSED', 21: 'PASSED', 31: 'PASSED', 33: 'INDETERMINATE' });

  now = START + 25 * YEAR;
  const late = augment(archived, { to: 'LTA', at: now, timestamps: second.timestampAuthority, ...options });
  await expect(late).rejects.toThrow(
    expect.objectContaining({ code: 'refused', message: expect.stringContaining(`time-stamp of ${new Date(START).getUTCFullYear()}`) }),
  );
});
