/** Levels LT, LTA and renewed archives, of our own and of foreign files, held against outside judges (EN 319 142-1, 6.3). */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { plainPdf } from '../../scripts/plain-pdf.ts';
import { type AugmentLevel, augment } from '../../src/augment.ts';
import { equal } from '../../src/base/bytes.ts';
import { latin1, toHex } from '../../src/base/text.ts';
import { httpCertificateSource, httpRevocationSource, httpTimestampAuthority } from '../../src/net/index.ts';
import { CONTENTS, reservedEntries, settleByteRange } from '../../src/pades/reserved.ts';
import { add, patch, serializeUpdate, startUpdate, updatedBytes } from '../../src/pdf/append.ts';
import { openPdf } from '../../src/pdf/document.ts';
import { addSignatureField } from '../../src/pdf/form.ts';
import { dict, name } from '../../src/pdf/object.ts';
import { dateString } from '../../src/pdf/text.ts';
import { sign } from '../../src/sign.ts';
import { validate } from '../../src/validate.ts';
import { closeJudges, knows, present, pyhankoJudge, pyhankoLongTerm, pyhankoSign, qpdfCheck } from '../judges/judges.ts';
import { inFolder, run } from '../judges/run.ts';
import { pemEncode } from '../support/pem.ts';
import { servedPki } from '../support/pki.ts';

const pki = servedPki();
afterAll(closeJudges);

const ALGORITHMS = ['RSA-2048', 'P-256', 'brainpoolP256r1', 'Ed25519'] as const;
type Algorithm = (typeof ALGORITHMS)[number];

const leaves = new Map<Algorithm, ReturnType<Awaited<ReturnType<typeof pki>>['leaf']>>();
const leafOf = async (algorithm: Algorithm) => {
  const made = leaves.get(algorithm) ?? (await pki()).leaf(algorithm);
  leaves.set(algorithm, made);
  return made;
};

const PDF = plainPdf({ title: 'Agreement', pages: [['# Agreement', 'between two parties']] });

/** Who made the signature that is extended; null where that program is not here, or does not know the algorithm. */
const MAKERS: Readonly<Record<string, (algorithm: Algorithm) => Promise<Uint8Array | null>>> = {
  'our own, level T': async (algorithm) =>
    sign(PDF, { signer: (await leafOf(algorithm)).signer, at: Date.now(), level: 'T', timestamps: await authority() }),
  'of pyHanko, ETSI.CAdES.detached with time-stamp': async (algorithm) =>
    byPyhanko(algorithm, 'ETSI.CAdES.detached', { tsa: (await pki()).tsaUrl }),
  'of pyHanko, adbe.pkcs7.detached': (algorithm) => byPyhanko(algorithm, 'adbe.pkcs7.detached'),
  'of openssl, adbe.pkcs7.detached': byOpenssl,
};

describe.each(ALGORITHMS)('%s', (algorithm) => {
  test.each(Object.keys(MAKERS))('a signature %s is extended to LT, LTA and renewed, and every judge agrees', async (maker) => {
    const signed = await MAKERS[maker]?.(algorithm);
    if (!signed) return console.log(`${maker}: not made with ${algorithm} here`);
    const family = maker.endsWith('adbe.pkcs7.detached') ? 'PKCS7' : 'PAdES-BASELINE';
    const longTerm = await extended(signed, 'LT');
    await judged(longTerm, `${family}-LT`, algorithm);
    const archived = await extended(longTerm, 'LTA');
    await judged(archived, `${family}-LTA`, algorithm);
    const renewed = await extended(archived, 'LTA');
    await judged(renewed, `${family}-LTA`, algorithm);
    const stamps = await stampsOf(renewed);
    expect(stamps).toBe((await stampsOf(archived)) + 1);
  });
});

test('signing goes to LT and LTA at once', async () => {
  const { root } = await pki();
  const { signer } = await leafOf('P-256');
  for (const level of ['LT', 'LTA'] as const) {
    const options = { trust: [root], sources: SOURCES, timestamps: await authority() };
    const signed = await sign(PDF, { signer, at: Date.now(), level, ...options });
    expect(equal(signed.subarray(0, PDF.length), PDF)).toBe(true);
    await judged(signed, `PAdES-BASELINE-${level}`, 'P-256');
  }
});

test('a certification that allows no change at all (DocMDP 1) allows LT and LTA', async () => {
  if (!(await present('pyhanko'))) return;
  const certified = await byPyhanko('P-256', 'ETSI.CAdES.detached', { certify: true });
  if (!certified) throw new Error('pyHanko certified nothing');
  const archived = await extended(await extended(certified, 'LTA'), 'LTA');
  const report = await validate(archived, { at: Date.now() + 1000, trust: [(await pki()).root] });
  expect(report.signatures[0]?.facts.pdf).toMatchObject({ certification: 1 });
  expect(report.signatures[0]?.facts.pdf?.modifications?.filter(({ allowed }) => !allowed)).toEqual([]);
  await judged(archived, 'PAdES-BASELINE-LTA', 'P-256');
});

const PRIVATE = { allowPrivate: true };
const SOURCES = { certificates: httpCertificateSource(PRIVATE), revocations: httpRevocationSource(PRIVATE) };
const authority = async () => httpTimestampAuthority({ urls: (await pki()).tsaUrl, ...PRIVATE });

async function extended(document: Uint8Array, to: AugmentLevel): Promise<Uint8Array> {
  const { root } = await pki();
  const result = await augment(document, { to, at: Date.now(), trust: [root], sources: SOURCES, timestamps: await authority() });
  expect(equal(result.subarray(0, document.length), document)).toBe(true);
  return result;
}

async function judged(document: Uint8Array, level: string, algorithm: Algorithm): Promise<void> {
  const { root } = await pki();
  const report = await validate(document, { at: Date.now() + 1000, trust: [root] });
  expect(report.signatures.map((one) => [one.level, one.conclusion.indication])).toEqual([[level, 'PASSED']]);
  expect(report.signatures[0]?.timestamps.map(({ conclusion }) => conclusion.indication)).not.toContain('FAILED');
  await inFolder({}, async (folder) => {
    const path = join(folder, 'extended.pdf');
    writeFileSync(path, document);
    if (await present('qpdf')) expect((await qpdfCheck(path)).said).toMatch(/No syntax or stream encoding errors/);
    if (!(await knows('pyhanko', algorithm))) return;
    const trust = [pemEncode(root)];
    // It wants a time-stamp inside the CMS, and says so once chains and revocation data have passed; a document time-stamp is none to it.
    const stampInside = report.signatures[0]?.timestamps.some(({ facts }) => facts.type === 'signature');
    const expected = stampInside ? { conclusion: 'OK', status: 'PASSED' } : { conclusion: 'SIG_CONSTRAINTS_FAILURE' };
    for (const maintained of level.endsWith('LTA') ? [true, false] : [true]) {
      const longTerm = await pyhankoLongTerm({ path, trust, maintained });
      expect(longTerm, JSON.stringify(longTerm)).toMatchObject({ signatures: [{ ...expected, modificationLevel: 'LTA_UPDATES' }] });
    }
    const each = (await pyhankoJudge({ path, trust })).signatures;
    expect(each.map((one) => one.error ?? (one.intact && one.valid && one.trusted && one.docmdpOk !== false))).not.toContain(false);
    expect(each.flatMap((one) => one.error ?? [])).toEqual([]);
  });
}

async function stampsOf(document: Uint8Array): Promise<number> {
  const report = await validate(document, { at: Date.now() + 1000 });
  return report.signatures[0]?.timestamps.filter(({ facts }) => facts.type === 'document').length ?? 0;
}

async function byPyhanko(
  algorithm: Algorithm,
  subFilter: 'ETSI.CAdES.detached' | 'adbe.pkcs7.detached',
  more: { readonly certify?: boolean; readonly tsa?: string } = {},
): Promise<Uint8Array | null> {
  if (!(await knows('pyhanko', algorithm))) return null;
  const leaf = await leafOf(algorithm);
  const chain = leaf.chain.map((bytes) => pemEncode(bytes));
  return inFolder({ 'in.pdf': PDF }, async (folder) => {
    const [path, to] = [join(folder, 'in.pdf'), join(folder, 'out.pdf')];
    const digest = algorithm === 'Ed25519' ? 'sha512' : 'sha256';
    await pyhankoSign({ path, to, key: leaf.privateKeyPem, chain, subFilter, digest, ...more });
    return new Uint8Array(readFileSync(to));
  });
}

/** A signature dictionary like those of older writers, its CMS made by openssl. */
async function byOpenssl(algorithm: Algorithm): Promise<Uint8Array | null> {
  if (!(await present('openssl'))) return null;
  const opened = openPdf(PDF);
  if (!opened.ok) throw new Error(opened.malformed.reason);
  const update = startUpdate(opened.value);
  const entries = { Type: name('Sig'), Filter: name('Adobe.PPKLite'), SubFilter: name('adbe.pkcs7.detached'), M: dateString(Date.now()) };
  addSignatureField(update, { name: 'Foreign', value: add(update, dict({ ...entries, ...reservedEntries(8192) })) });
  const updated = serializeUpdate(update);
  const { start, end } = settleByteRange(updated);
  const whole = updatedBytes(updated);
  const content = Buffer.concat([whole.subarray(0, start), whole.subarray(end)]);
  const leaf = await leafOf(algorithm);
  const files = {
    content,
    'key.pem': leaf.privateKeyPem,
    'cert.pem': leaf.certificatePem,
    'chain.pem': leaf.chain
      .slice(1)
      .map((bytes) => pemEncode(bytes))
      .join(''),
  };
  return inFolder(files, async (folder) => {
    const at = (file: string) => join(folder, file);
    const { status } = await run('openssl', [
      ...['cms', '-sign', '-binary', '-in', at('content'), '-outform', 'DER', '-out', at('cms'), '-md', 'sha256'],
      ...['-signer', at('cert.pem'), '-inkey', at('key.pem'), '-certfile', at('chain.pem')],
    ]);
    if (status !== 0) return null;
    patch(updated, CONTENTS, latin1(toHex(new Uint8Array(readFileSync(at('cms'))))), 1);
    return updatedBytes(updated);
  });
}
