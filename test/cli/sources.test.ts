/** Where the commands look for revocation data: files at hand, the network, and what was kept of it. */
import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { plainPdf } from '../../scripts/plain-pdf.ts';
import { answerCrl, startThrowAwayPki, type ThrowAwayServer, writeThrowAwayPki } from '../../src/issuing/index.ts';
import { sign } from '../../src/sign.ts';
import { temporaryFolder } from '../support/folder.ts';
import { pemEncode } from '../support/pem.ts';
import { commandIn } from './command.ts';

const TRUST = ['--trust', 'pki/root.pem'];
const folder = temporaryFolder();
let server: ThrowAwayServer;
let lists: Awaited<ReturnType<typeof listServer>>;

/** Serves a list that may be kept for an hour, and counts how often it is asked for. */
async function listServer(list: Uint8Array) {
  const asked: string[] = [];
  const http = createServer((request, response) => {
    asked.push(request.url ?? '');
    response.writeHead(200, { 'content-type': 'application/pkix-crl', 'cache-control': 'max-age=3600' }).end(list);
  });
  await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve));
  const { port } = http.address() as AddressInfo;
  return { host: `127.0.0.1:${port}`, asked, close: () => http.close() };
}

const adeskit = commandIn(folder);

beforeAll(async () => {
  server = await startThrowAwayPki();
  await writeThrowAwayPki(server, join(folder, 'pki'), { algorithms: ['P-256'] });
  const timestamps = server.timestampAuthority;
  const list = await answerCrl(server, 'issuing');
  lists = await listServer(list);
  // The second has a list alone to be fetched, which may be kept: an answer with a nonce is of no use twice.
  for (const [name, options] of [
    ['signed.pdf', {}],
    ['listed.pdf', { publishedAt: { crl: `http://${lists.host}/issuing.crl` } }],
  ] as const) {
    const { signer } = await server.leaf('P-256', options);
    const document = plainPdf({ title: 'Agreement', pages: [['# Agreement']] });
    writeFileSync(join(folder, name), await sign(document, { signer, at: Date.now(), level: 'T', timestamps }));
  }
  mkdirSync(join(folder, 'lists/deeper'), { recursive: true });
  writeFileSync(join(folder, 'lists/root.crl'), await answerCrl(server, 'root'));
  writeFileSync(join(folder, 'lists/deeper/issuing.pem'), pemEncode(list, 'X509 CRL'));
  writeFileSync(join(folder, 'lists/readme.txt'), 'not revocation data');
});
afterAll(async () => {
  lists.close();
  await server.close();
});

describe('--revocation', () => {
  test('names files and folders with what a file that is validated offline lacks', async () => {
    expect(await adeskit('validate', 'signed.pdf', ...TRUST, '--offline')).toMatchObject({ status: 1 });
    const found = await adeskit('validate', 'signed.pdf', ...TRUST, '--offline', '--revocation', 'lists');
    expect(found).toMatchObject({ status: 0, err: '' });
    const each = ['--revocation', 'lists/root.crl', '--revocation', 'lists/deeper/issuing.pem'];
    expect(await adeskit('validate', 'signed.pdf', ...TRUST, '--offline', ...each)).toMatchObject({ status: 0, err: '' });
  });

  test('is what a file is extended with where nothing may be fetched', async () => {
    const options = ['-o', 'lt.pdf', '--level', 'LT', ...TRUST, '--offline'];
    expect(await adeskit('extend', 'signed.pdf', ...options)).toMatchObject({ status: 1 });
    expect(await adeskit('extend', 'signed.pdf', ...options, '--revocation', 'lists')).toMatchObject({ status: 0, err: '' });
    expect(await adeskit('validate', 'lt.pdf', ...TRUST, '--offline')).toMatchObject({ status: 0 });
  });

  test.each([
    [
      'a file that holds nothing of the kind',
      ['--revocation', 'lists/readme.txt'],
      /readme\.txt: neither certificate nor CRL nor OCSP response/,
    ],
    ['what is not there', ['--revocation', 'nowhere'], /cannot read nowhere/],
  ])('%s is an error in one line', async (_, options, message) => {
    const { status, err } = await adeskit('validate', 'signed.pdf', '--offline', ...options);
    expect(status).toBe(2);
    expect(err).toMatch(message);
    expect(err.trim().split('\n')).toHaveLength(1);
  });
});

describe('--cache', () => {
  const host = () => ['--allow-host', new URL(server.crlUrl).host, '--allow-host', lists.host];
  const extend = (out: string) => adeskit('extend', 'listed.pdf', '-o', out, '--level', 'LT', ...TRUST, ...host(), '--cache', 'kept');

  test('keeps what was fetched for the next run', async () => {
    expect(await extend('first.pdf')).toMatchObject({ status: 0, err: '' });
    expect(readdirSync(join(folder, 'kept/bodies'))).toHaveLength(1);
    expect(await extend('second.pdf')).toMatchObject({ status: 0, err: '' });
    expect(lists.asked).toEqual(['/issuing.crl']);
  });

  test.each([
    ['validate', ['validate', 'signed.pdf', '--offline']],
    ['extend', ['extend', 'signed.pdf', '-o', 'x.pdf', '--level', 'LT', '--wait', '5']],
  ])('%s: not where it makes no sense', async (_, args) => {
    expect(await adeskit(...args, '--cache', 'kept')).toMatchObject({ status: 2, err: expect.stringMatching(/give one of them/) });
  });

  test.each(['validate', 'extend', 'sign', 'verify-cert'])('is in the help of %s', async (command) => {
    expect((await adeskit(command, '--help')).out).toContain('--cache DIR');
  });
});
