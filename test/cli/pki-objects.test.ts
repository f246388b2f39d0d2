import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startThrowAwayPki, type ThrowAwayServer, writeThrowAwayPki } from '../../src/issuing/index.ts';
import { encodeTimestampRequest } from '../../src/tsp/request.ts';
import { temporaryFolder } from '../support/folder.ts';
import { type Ran, start } from './command.ts';

const folder = temporaryFolder();
const adeskit = (args: readonly string[], locale = 'C'): Promise<Ran> => start(folder, args, { LC_ALL: locale }).ran;
let server: ThrowAwayServer;

const fetched = async (url: string, init?: RequestInit): Promise<Uint8Array> =>
  new Uint8Array(await (await fetch(url, init)).arrayBuffer());
const put = (name: string, content: Uint8Array | string): void => writeFileSync(join(folder, name), content);

beforeAll(async () => {
  server = await startThrowAwayPki();
  await writeThrowAwayPki(server, join(folder, 'pki'), { algorithms: ['P-256'] });
  const base = new URL(server.tsaUrl).origin;
  put('issuing.crl', await fetched(`${base}/crl/issuing.crl`));
  put('root.crl', await fetched(`${base}/crl/root.crl`));
  const pem = Buffer.from(readFileSync(join(folder, 'issuing.crl'))).toString('base64');
  put('issuing.pem', `-----BEGIN X509 CRL-----\n${pem}\n-----END X509 CRL-----\n`);
  const request = encodeTimestampRequest({ imprint: new Uint8Array(32), digest: 'SHA-256' });
  put('request.tsq', request);
  const headers = { 'content-type': 'application/timestamp-query' };
  put('response.tsr', await fetched(server.tsaUrl, { method: 'POST', headers, body: new Uint8Array(request) }));
  put('text.txt', 'just text');
  put('cut.crl', readFileSync(join(folder, 'root.crl')).subarray(0, 60));
});
afterAll(() => server.close());

describe('looking at what is inside', () => {
  const cases: [string, string, string, RegExp][] = [
    ['a certificate', 'pki/root.pem', 'certificates', /Certification authority/],
    ['a CRL', 'issuing.crl', 'crl', /Certificate revocation list[\s\S]*Next one due/],
    ['a CRL as PEM', 'issuing.pem', 'crl', /Certificate revocation list/],
    ['a request for a time-stamp', 'request.tsq', 'timestamp-request', /Certificate wanted {2}yes/],
    ['a time-stamp', 'response.tsr', 'timestamp-response', /granted[\s\S]*Accuracy/],
  ];
  test.each(cases)('%s, for people and for programs', async (_, file, type, words) => {
    expect(await adeskit(['inspect', file])).toMatchObject({ status: 0, err: '', out: expect.stringMatching(words) });
    const { status, out } = await adeskit(['inspect', file, '--json']);
    expect({ status, ...JSON.parse(out) }).toMatchObject({ status: 0, type });
  });

  test('in the language of the environment, or as told', async () => {
    expect((await adeskit(['inspect', 'root.crl'], 'de_DE.UTF-8')).out).toContain('Sperrliste');
    expect((await adeskit(['inspect', 'root.crl', '--language', 'en'], 'de_DE.UTF-8')).out).toContain('revocation list');
  });

  test.each([
    ['text', ['inspect', 'text.txt'], /of no kind that is known/],
    ['half a CRL', ['inspect', 'cut.crl'], /of no kind that is known/],
    ['a language without words', ['inspect', 'root.crl', '--language', 'xx'], /can be en, de only/],
    ['an odd number of entries', ['inspect', 'root.crl', '--entries', '-1'], /needs a value|must be a number/],
  ])('%s: one line, status 2', async (_, args, line) => {
    const ran = await adeskit(args);
    expect(ran).toMatchObject({ status: 2, out: '' });
    expect(ran.err).toMatch(/^adeskit: [^\n]+\n$/);
    expect(ran.err).toMatch(line);
  });
});

describe('checking a certificate', () => {
  const leaf = 'pki/p-256.cert.pem';
  const trust = ['--trust', 'pki/root.pem', '--offline'];
  const crls = ['--crl', 'issuing.crl', '--crl', 'root.crl'];
  const cases: [string, string[], 0 | 1 | 2, string | null][] = [
    ['with its whole chain and revocation data', [leaf, ...trust, ...crls], 0, null],
    ['with a CRL as PEM', [leaf, ...trust, '--crl', 'issuing.pem', '--crl', 'root.crl'], 0, null],
    ['for signing', [leaf, ...trust, ...crls, '--purpose', 'signing'], 0, null],
    ['the anchor itself', ['pki/root.pem', ...trust], 0, null],
    ['the authority for time-stamps', ['pki/tsa.pem', ...trust, '--crl', 'root.crl', '--purpose', 'timestamping'], 0, null],
    ['without revocation data', [leaf, ...trust], 1, 'revocation-unknown'],
    ['without trust', [leaf, '--offline'], 1, 'no-path'],
    ['without the authority between', ['pki/ocsp.pem', ...trust, ...crls], 1, 'no-path'],
    ['for another purpose', [leaf, ...trust, ...crls, '--purpose', 'timestamping'], 1, 'extended-key-usage'],
    ['for a policy that it does not have', [leaf, ...trust, ...crls, '--policy', '1.2.3'], 1, 'policy'],
    ['long after', [leaf, ...trust, ...crls, '--at', '2060-01-01'], 1, 'expired'],
    ['long before', [leaf, ...trust, ...crls, '--at', '2010-01-01'], 1, 'not-yet-valid'],
    ['a CRL that cannot be read', [leaf, ...trust, '--crl', 'cut.crl'], 2, null],
    ['no certificate', ['text.txt', ...trust], 2, null],
    ['a purpose nobody knows', [leaf, ...trust, '--purpose', 'love'], 2, null],
    ['a policy that is no identifier', [leaf, ...trust, '--policy', 'x'], 2, null],
  ];
  test.each(cases)('%s', async (_, args, status, code) => {
    const ran = await adeskit(['verify-cert', ...args, '--json']);
    expect(ran.status).toBe(status);
    if (status === 2) return expect(ran).toMatchObject({ out: '', err: expect.stringMatching(/^adeskit: [^\n]+\n$/) });
    const [report] = JSON.parse(ran.out).certificates;
    expect(report.valid).toBe(status === 0);
    expect(report.failure?.code ?? null).toBe(code);
    if (code !== null) expect(report.failure.remedy).toMatch(/./);
  });

  test('a page and a text that say what would help', async () => {
    const { out: page } = await adeskit(['verify-cert', leaf, ...trust, '--html']);
    expect(page).toMatch(/^<!doctype html>[\s\S]*Not confirmed/);
    expect(page).not.toMatch(/<script|style="|\son\w+=/);
    const { out: text } = await adeskit(['verify-cert', leaf, ...trust], 'de_DE.UTF-8');
    expect(text).toMatch(/^NICHT BESTÄTIGT[\s\S]*Was helfen würde:/);
  });

  test('several: one that is not valid makes the status 1', async () => {
    const { status, out } = await adeskit(['verify-cert', leaf, 'pki/tsa.pem', ...trust, '--crl', 'root.crl', '--json']);
    expect({ status, valid: JSON.parse(out).certificates.map(({ valid }: { valid: boolean }) => valid) }).toEqual({
      status: 1,
      valid: [false, true],
    });
  });
});
