/** The service offers keys by the API of the Cloud Signature Consortium, where its operator names some. */
import { createHash, generateKeyPairSync } from 'node:crypto';
import { existsSync, writeFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { sign, validate } from 'adeskit';
import { issueCertificate, issuingKey, randomSerial } from 'adeskit/issuing';
import { cscService } from 'adeskit/keys';
import { beforeAll, describe, expect, test } from 'vitest';
import { plainPdf } from '../../scripts/plain-pdf.ts';
import { inFolder, run } from '../../test/judges/run.ts';
import { readConfiguration } from '../src/config/configuration.ts';
import { startService } from '../src/service.ts';
import { call, endAfterTests, newFolder, type Running, startRunning } from './support/running.ts';

endAfterTests();
const python = join(import.meta.dirname, '../../.cache/judges/bin/python');
const hasPyhanko = existsSync(python);
if (!hasPyhanko) console.info('no pyHanko here: its CSC client does not sign');
const PDF = plainPdf({ title: 'Contract', pages: [['# Contract']] });
const TOKEN = 'a-token-that-nobody-guesses';
const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');
let running: Running;
let certificate: Uint8Array;
let settings: string;

beforeAll(async () => {
  const folder = newFolder();
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const key = issuingKey(privateKey);
  const [notBefore, notAfter] = [Date.now() - 60_000, Date.now() + 3_600_000];
  const named = { subject: { CN: 'Remote' }, issuer: 'self' as const };
  certificate = await issueCertificate({
    ...named,
    publicKey: key.publicKey,
    serial: randomSerial(),
    notBefore,
    notAfter,
    extensions: [],
    key,
  });
  writeFileSync(join(folder, 'key.pem'), privateKey.export({ type: 'pkcs8', format: 'pem' }));
  writeFileSync(join(folder, 'certificate.der'), certificate);
  const one = { key: 'key.pem', certificates: 'certificate.der' };
  const credentials = { first: { ...one, pin: '1234', description: 'The first key' }, second: one };
  settings = join(folder, 'keys.json');
  writeFileSync(
    settings,
    JSON.stringify({ name: 'Test keys', credentials, tokens: { [sha256(TOKEN)]: ['first'], [sha256('other')]: ['second'] } }),
  );
  running = await startRunning('sqlite', { csc: settings });
});

const service = (token = TOKEN, version: 1 | 2 = 2) => cscService({ url: running.url, version, token, http: { allowPrivate: true } });

describe('keys of the operator', () => {
  test.each([1, 2] as const)('sign over version %s of the API', async (version) => {
    const remote = service(TOKEN, version);
    expect(await remote.info()).toMatchObject({ name: 'Test keys' });
    expect(await remote.credentials()).toEqual(['first']);
    const signer = await remote.signer({ credential: 'first', pin: '1234' });
    const signed = await sign(PDF, { signer, level: 'B', at: Date.now() });
    const report = await validate(signed, { at: Date.now(), trust: [certificate], policy: 'dss-6.4-no-revocation' });
    expect(report.signatures).toMatchObject([{ conclusion: { indication: 'PASSED' } }]);
    remote.close();
  });
  test('are for the tokens that are named, and guesses are few', async () => {
    const other = service('other');
    expect(await other.credentials()).toEqual(['second']);
    await expect(other.credential('first')).rejects.toMatchObject({ code: 'signer-refused' });
    other.close();
    const guess = (path: string) =>
      call(running, 'POST', `/csc/v2/${path}`, { key: null, body: {}, headers: { authorization: 'Bearer guessed' } });
    const first = await guess('credentials/list');
    expect([first.status, first.json.error, first.headers.get('www-authenticate')]).toEqual([401, 'invalid_token', 'Bearer']);
    const answers = await Promise.all(Array.from({ length: 80 }, () => guess('credentials/list')));
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([401, 429]));
    const still = service();
    expect(await still.credentials()).toEqual(['first']);
    still.close();
  });
  test('are not there where none are named', async () => {
    const plain = await startRunning('sqlite');
    expect((await call(plain, 'POST', '/csc/v2/info', { key: null, body: {} })).status).toBe(404);
  });
});

test.each([
  ['{"credentials": {}}', /ADESKIT_CSC.*tokens/],
  ['{"credentials": {}, "tokens": {"x": ["a"]}}', /ADESKIT_CSC/],
  [JSON.stringify({ credentials: {}, tokens: { [sha256('a')]: ['gone'] } }), /gone, which is not there/],
  [JSON.stringify({ credentials: { a: { p12: 'a.p12', password: { variable: 'NO_SUCH_ONE' } } }, tokens: {} }), /a\.p12|NO_SUCH_ONE/],
])('a mistake in the file is told at the start: %s', async (text, message) => {
  const folder = newFolder();
  writeFileSync(join(folder, 'keys.json'), text);
  const configuration = readConfiguration({}, { port: 0, data: folder, logLevel: 'silent', csc: join(folder, 'keys.json') });
  await expect(startService(configuration)).rejects.toThrow(message);
});

test.skipIf(!hasPyhanko)("pyHanko's client signs by a key of the service", async () => {
  const signed = await inFolder({ 'in.pdf': PDF }, async (folder) => {
    const script = join(import.meta.dirname, '../../test/keys/csc_sign.py');
    const out = join(folder, 'out.pdf');
    const ran = await run(python, ['-I', script, running.url, 'v1', 'first', TOKEN, '1234', join(folder, 'in.pdf'), out]);
    expect(ran).toMatchObject({ status: 0 });
    return new Uint8Array(await readFile(out));
  });
  const report = await validate(signed, { trust: [certificate], at: Date.now(), policy: 'dss-6.4-no-revocation' });
  expect(report.signatures).toMatchObject([{ conclusion: { indication: 'PASSED' } }]);
});
