/** What an archive is for: it validates after every certificate in it has expired, if it was renewed in time, and only then (EN 319 102-1, 5.6). */
import { afterAll, expect, test } from 'vitest';
import { plainPdf } from '../scripts/plain-pdf.ts';
import { augment } from '../src/augment.ts';
import { startThrowAwayPki, type ThrowAwayServer } from '../src/issuing/index.ts';
import { httpCertificateSource, httpRevocationSource } from '../src/net/index.ts';
import { sign } from '../src/sign.ts';
import { validate } from '../src/validate.ts';

const YEAR = 365.25 * 86_400_000;
const START = Date.UTC(2026, 9, 1, 12);
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

test.each(['RSA-2048', 'P-256', 'brainpoolP256r1', 'Ed25519'] as const)('%s', async (algorithm) => {
  const [first, second] = await pkis;
  const trust = [first.root, second.root];
  now = START;
  const { signer } = await first.leaf(algorithm);
  const options = { trust, sources: SOURCES };
  const archived = await sign(PDF, { signer, at: now, level: 'LTA', timestamps: first.timestampAuthority, ...options });
  now = START + 15 * YEAR;
  const renewed = await augment(archived, { to: 'LTA', at: now, timestamps: second.timestampAuthority, ...options });

  // The signer's certificate has expired, then those of the authority and of the responders, then those of the second authority.
  const told: Record<number, unknown> = {};
  for (const years of [2, 19, 21]) told[years] = await indicationAfter(years, archived, trust);
  expect(told).toEqual({ 2: 'PASSED', 19: 'PASSED', 21: 'INDETERMINATE' });
  for (const years of [16, 21, 31, 33]) told[years] = await indicationAfter(years, renewed, trust);
  expect(told).toMatchObject({ 16: 'PASSED', 21: 'PASSED', 31: 'PASSED', 33: 'INDETERMINATE' });

  now = START + 25 * YEAR;
  const late = augment(archived, { to: 'LTA', at: now, timestamps: second.timestampAuthority, ...options });
  await expect(late).rejects.toThrow(expect.objectContaining({ code: 'refused', message: expect.stringMatching(/time-stamp of 2026/) }));
});
