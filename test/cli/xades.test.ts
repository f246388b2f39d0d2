/** XML signatures on the command line: made in every packaging, continued, extended, validated. */
import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startThrowAwayPki, type ThrowAwayServer, writeThrowAwayPki } from '../../src/issuing/index.ts';
import { temporaryFolder } from '../support/folder.ts';
import { commandIn } from './command.ts';

const folder = temporaryFolder();
const adeskit = commandIn(folder, { PASS: 'geheim' });
let server: ThrowAwayServer;

const KEY = ['--p12', 'pki/p-256.p12', '--pass-env', 'PASS'];
const XADES = ['--format', 'xades', ...KEY];
const TRUST = ['--trust', 'pki/root.pem'];

beforeAll(async () => {
  server = await startThrowAwayPki();
  await writeThrowAwayPki(server, join(folder, 'pki'), { algorithms: ['P-256'] });
  const { privateKeyPem, chainPem } = await server.leaf('P-256');
  writeFileSync(join(folder, 'me.key'), privateKeyPem);
  writeFileSync(join(folder, 'me.pem'), chainPem);
  writeFileSync(join(folder, 'in.xml'), '<?xml version="1.0"?>\n<order xmlns="urn:o"><item Id="i1">3 × tea</item></order>\n');
  writeFileSync(join(folder, 'note.txt'), 'any file');
});
afterAll(() => server.close());

async function levels(file: string, ...more: string[]): Promise<unknown> {
  const { out } = await adeskit('validate', file, ...TRUST, '--offline', '--json', ...more);
  const told = JSON.parse(out).signatures as { level: string; valid: boolean; indication: string }[];
  return told.map(({ level, valid, indication }) => `${level} ${valid ? (level.endsWith('LTA') ? indication : 'valid') : 'not valid'}`);
}

test('an enveloped signature of level LTA passes offline, and is renewed', async () => {
  const long = ['--tsa', server.tsaUrl, ...TRUST];
  expect(await adeskit('sign', 'in.xml', '-o', 'lta.xml', ...XADES, '--level', 'LTA', ...long)).toMatchObject({ status: 0, err: '' });
  expect(await levels('lta.xml')).toEqual(['XAdES-BASELINE-LTA TOTAL_PASSED']);
  expect(await adeskit('extend', 'lta.xml', '-o', 'again.xml', '--level', 'LTA', ...long)).toMatchObject({ status: 0, err: '' });
  expect(await levels('again.xml')).toEqual(['XAdES-BASELINE-LTA TOTAL_PASSED']);
});

test.each([
  ['enveloping', 'note.txt', []],
  ['enveloping', 'in.xml', ['--embed', 'xml', '--c14n', 'c14n-1.1']],
  ['internally-detached', 'note.txt', []],
  ['internally-detached', 'in.xml', ['--element', 'i1']],
  [
    'enveloped',
    'in.xml',
    ['--alone', '--role', 'buyer', '--country', 'DE', '--commitment', '1.2.840.113549.1.9.16.6.1', '--mime-type', 'text/xml'],
  ],
])('%s, over %s, with %j', async (packaging, input, more) => {
  const options = [...XADES, '--packaging', packaging, ...more];
  expect(await adeskit('sign', input, '-o', 'out.xml', ...options)).toMatchObject({ status: 0, err: '' });
  expect(await levels('out.xml')).toEqual(['XAdES-BASELINE-B valid']);
});

test('files that stay outside are named in the signature, and asked for', async () => {
  const options = [...XADES, '--packaging', 'detached', '--detached', 'note.txt'];
  expect(await adeskit('sign', 'in.xml', '-o', 'two.xml', ...options)).toMatchObject({ status: 0, err: '' });
  expect(readFileSync(join(folder, 'two.xml'), 'utf8')).toMatch(/URI="in.xml".*URI="note.txt"/s);
  expect(await levels('two.xml', '--detached', 'note.txt', '--detached', 'in.xml')).toEqual(['XAdES-BASELINE-B valid']);
  expect(await levels('two.xml', '--detached', 'note.txt')).toEqual(['XAdES-BASELINE-B not valid']);
});

test('parallel signatures and counter-signatures leave the first one intact', async () => {
  expect(await adeskit('sign', 'in.xml', '-o', 'one.xml', ...XADES)).toMatchObject({ status: 0 });
  expect(await adeskit('sign', 'one.xml', '-o', 'par.xml', ...XADES, '--parallel')).toMatchObject({ status: 0, err: '' });
  expect(await adeskit('sign', 'par.xml', '-o', 'counter.xml', ...XADES, '--countersign', '2')).toMatchObject({ status: 0, err: '' });
  expect(await levels('counter.xml')).toEqual(new Array(3).fill('XAdES-BASELINE-B valid'));
  expect(await adeskit('sign', 'in.xml', '-o', 'alone.xml', ...XADES, '--alone')).toMatchObject({ status: 0 });
  const refused = await adeskit('sign', 'alone.xml', '-o', 'no.xml', ...XADES, '--parallel');
  expect(refused).toMatchObject({ status: 1, out: '' });
  expect(refused.err).toMatch(/covers the place/);
});

test('prepare, sign by openssl, complete', async () => {
  const cert = ['--cert', 'me.pem', '--format', 'xades'];
  expect(await adeskit('prepare', 'in.xml', '-o', 'draft.json', '--to-be-signed', 'tbs.bin', ...cert)).toMatchObject({
    status: 0,
    err: '',
  });
  spawnSync('openssl', ['dgst', '-sha256', '-sign', 'me.key', '-out', 'value.bin', 'tbs.bin'], { cwd: folder });
  const complete = ['--draft', 'draft.json', '--signature', 'value.bin', '-o', 'completed.xml', '--tsa', server.tsaUrl];
  expect(await adeskit('complete', 'in.xml', ...complete)).toMatchObject({ status: 0, err: '' });
  expect(await levels('completed.xml')).toEqual(['XAdES-BASELINE-T valid']);
  expect(await adeskit('complete', 'one.xml', ...complete)).toMatchObject({ status: 2 });
});

test.each([
  [['note.txt', ...XADES], /no XML/],
  [['in.xml', ...XADES, '--packaging', 'attached'], /--packaging/],
  [['in.xml', ...XADES, '--reason', 'x'], /--reason is for PDF/],
  [['in.xml', ...XADES, '--element', 'nothing'], /no element has the identifier 'nothing'/],
  [['in.xml', ...KEY, '--format', 'cades', '--alone'], /--alone is for --format xades/],
])('what cannot be is said in one line: %j', async (args, message) => {
  const ran = await adeskit('sign', ...args, '-o', 'never.xml');
  expect(ran).toMatchObject({ status: 2, out: '' });
  expect(ran.err).toMatch(message);
  expect(ran.err.trim().split('\n')).toHaveLength(1);
});
