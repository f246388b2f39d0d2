import { spawn } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { KeyAlgorithm, ThrowAwayPki } from '../../src/issuing/index.ts';
import { type CscOffer, cscHandler, cscListener, signerFromKey } from '../../src/keys/index.ts';
import { tinyPdf } from '../keys/tiny-pdf.ts';
import { temporaryFolder } from '../support/folder.ts';
import { memoryPki } from '../support/pki.ts';
import { adeskit } from './in-process.ts';

const pki = memoryPki();
const offers = new Map<string, CscOffer>();
const asked: string[] = [];
const folder = temporaryFolder();
let server: Server;
let made: ThrowAwayPki;
let url: string;
const at = (name: string): string => join(folder, name);
const service = (version = ''): string[] => ['--csc', `${url}${version}`, '--csc-token-env', 'CSC_TOKEN'];
const withPin = ['--credential', 'ec', '--pin-env', 'CSC_PIN'];

beforeAll(async () => {
  made = await pki();
  const of = async (algorithm: KeyAlgorithm) => {
    const { privateKey, chain } = await made.leaf(algorithm);
    return signerFromKey({ key: privateKey, certificates: chain });
  };
  offers.set('ec', { signer: await of('P-256'), pin: '1234' });
  offers.set('rsa', { signer: await of('RSA-2048'), multisign: 5 });
  const handler = cscHandler({
    name: 'Test service',
    authenticate: (token) =>
      token === 'sesame' ? offers : token === 'one' ? new Map([...offers].slice(1)) : token === 'none' ? new Map() : null,
  });
  server = createServer(
    cscListener((request) => {
      asked.push(request.path.replace(/.*\/csc\/v\d\//, ''));
      return handler(request);
    }),
  );
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  writeFileSync(at('root.der'), made.root);
  writeFileSync(at('in.pdf'), tinyPdf());
  writeFileSync(at('token.txt'), 'one\n');
  mkdirSync(at('many'));
  for (let i = 0; i < 12; i++) writeFileSync(at(`many/${i}.pdf`), tinyPdf(String(i)));
  Object.assign(process.env, { CSC_TOKEN: 'sesame', CSC_PIN: '1234', CSC_WRONG: '9999', CSC_NONE: 'none', CSC_BAD: 'bad' });
});
afterAll(async () => {
  for (const name of ['CSC_TOKEN', 'CSC_PIN', 'CSC_WRONG', 'CSC_NONE', 'CSC_BAD']) delete process.env[name];
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});

const passed = async (name: string, ...more: string[]): Promise<string[]> => {
  const ran = await adeskit(
    'validate',
    at(name),
    '--trust',
    at('root.der'),
    '--offline',
    '--json',
    '--policy',
    'dss-6.4-no-revocation',
    ...more,
  );
  return (JSON.parse(ran.out) as { signatures: { indication: string }[] }).signatures.map(({ indication }) => indication);
};

describe('a key at a signing service', () => {
  test.each([
    ['pades', []],
    ['cades', ['--format', 'cades']],
    ['xades', ['--format', 'xades', '--packaging', 'enveloping']],
    ['asic-s', ['--format', 'asic-s']],
    ['asic-e', ['--format', 'asic-e', '--signature', 'xades']],
  ])('signs %s by both versions of the interface', async (format, options) => {
    for (const version of ['/csc/v1', '/csc/v2']) {
      const name = `${version.slice(5)}.${format}`;
      const ran = await adeskit('sign', at('in.pdf'), '-o', at(name), ...service(version), ...withPin, ...options);
      expect(ran).toMatchObject({ status: 0, err: '' });
      expect(await passed(name)).toEqual(['TOTAL_PASSED']);
    }
  });

  test('is the only one where none is named, and a process with it ends by itself', async () => {
    const main = join(import.meta.dirname, '../../src/cli/main.ts');
    const args = ['sign', 'in.pdf', '-o', 'only.pdf', '--csc', url, '--csc-token-file', 'token.txt'];
    const child = spawn(process.execPath, [main, ...args], { cwd: folder, stdio: 'ignore' });
    expect(await new Promise((resolve) => child.on('close', resolve))).toBe(0);
    expect(await passed('only.pdf')).toEqual(['TOTAL_PASSED']);
  });

  test('signs many files, several by one request', async () => {
    mkdirSync(at('signed'));
    asked.length = 0;
    const ran = await adeskit('sign', at('many'), '-o', at('signed'), ...service(), '--credential', 'rsa');
    expect(ran).toMatchObject({ status: 0, err: '' });
    expect(readdirSync(at('signed'))).toHaveLength(12);
    // Five at most by one authorisation.
    expect(asked.filter((call) => call === 'signatures/signHash').length).toBeLessThanOrEqual(6);
  });

  test('is shown as a table and as JSON', async () => {
    const table = await adeskit('keys', 'list', ...service());
    expect(table.out).toMatch(
      /^CREDENTIAL +KEY +AUTHORISED BY +AT ONCE +CERTIFICATE +VALID UNTIL\nec +EC 256 +PIN +100 +CN=.*\nrsa +RSA 2048 +access token +5 /,
    );
    const json = await adeskit('keys', 'list', ...service(), '--json');
    expect(JSON.parse(json.out)).toMatchObject({
      keys: [
        { id: 'ec', authMode: 'explicit', kind: 'EC' },
        { id: 'rsa', authMode: 'implicit' },
      ],
    });
  });
});

describe('what goes wrong says what to do', () => {
  const sign = (...options: string[]) => adeskit('sign', at('in.pdf'), '-o', at('never.pdf'), ...options);

  test.each<[string, () => string[], RegExp]>([
    ['no access token', () => ['--csc', url], /needs its access token: --csc-token-env VAR or --csc-token-file FILE/],
    ['a variable that is not set', () => ['--csc', url, '--csc-token-env', 'NOT_THERE'], /NOT_THERE is not set/],
    ['a refused access token', () => ['--csc', url, '--csc-token-env', 'CSC_BAD'], /invalid_token/],
    ['several keys', () => service(), /has 2 keys, tell which by --credential: ec, rsa/],
    ['no key', () => ['--csc', url, '--csc-token-env', 'CSC_NONE'], /has no key for this access token/],
    ['a key that is not there', () => [...service(), '--credential', 'you'], /credentialID/],
    ['no PIN', () => [...service(), '--credential', 'ec'], /the key ec is used with a PIN: --pin-env VAR or --pin-file FILE/],
    ['no URL', () => ['--csc', 'here', '--csc-token-env', 'CSC_TOKEN'], /--csc here is not a URL/],
    ['nobody there', () => ['--csc', 'http://127.0.0.1:1', '--csc-token-env', 'CSC_TOKEN', '--credential', 'x'], /127\.0\.0\.1/],
    ['two kinds of key', () => [...service(), '--p12', 'x.p12'], /give one of --p12, --key, --pkcs11 and --csc/],
  ])('%s', async (_, options, message) => {
    const ran = await sign(...options());
    expect(ran).toMatchObject({ status: 2, out: '', err: expect.stringMatching(message) });
    expect(ran.err).not.toMatch(/sesame|1234/);
  });

  test('a wrong PIN is sent once, also for many files', async () => {
    mkdirSync(at('refused'));
    asked.length = 0;
    const ran = await adeskit('sign', at('many'), '-o', at('refused'), ...service(), '--credential', 'ec', '--pin-env', 'CSC_WRONG');
    expect(ran.status).toBe(2);
    expect(ran.err).toMatch(/PIN invalid/);
    expect(asked.filter((call) => call === 'credentials/authorize')).toHaveLength(1);
    expect(readdirSync(at('refused'))).toEqual([]);
    expect(readFileSync(at('in.pdf')).length).toBeGreaterThan(0);
  });
});
