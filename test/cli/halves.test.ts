import { execFileSync } from 'node:child_process';
import { createPublicKey, X509Certificate } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openContainer } from '../../src/asic/container.ts';
import { startThrowAwayPki, type ThrowAwayServer, writeThrowAwayPki } from '../../src/issuing/index.ts';
import { readEntry } from '../../src/zip/content.ts';
import { opensslCmsVerify } from '../judges/openssl.ts';
import { xmlsec, xmlsecVerify } from '../judges/xml.ts';
import { temporaryFolder } from '../support/folder.ts';
import { adeskit } from './in-process.ts';

const home = process.cwd();
const folder = temporaryFolder();
let server: ThrowAwayServer;
const at = (name: string): string => join(folder, name);
const bytes = (name: string): Uint8Array => new Uint8Array(readFileSync(at(name)));
const FIRST = ['--key', 'pki/p-256.key.pem', '--cert', 'pki/p-256.cert.pem'];

const done = async (...args: string[]): Promise<void> => expect(await adeskit(...args)).toMatchObject({ status: 0, err: '' });

/** The value is made by openssl, with a key that no command of ours sees. */
async function halved(
  name: string,
  inputs: readonly string[],
  options: readonly string[],
  contents: readonly string[] = [],
): Promise<void> {
  const key = ['--cert', 'pki/rsa-2048.cert.pem'];
  await done('prepare', ...inputs, '-o', `${name}.json`, '--to-be-signed', `${name}.tbs`, ...key, ...options, ...contents);
  execFileSync('openssl', ['dgst', '-sha256', '-sign', 'pki/rsa-2048.key.pem', '-out', `${name}.sig`, `${name}.tbs`], { cwd: folder });
  await done(
    'complete',
    ...inputs,
    '--draft',
    `${name}.json`,
    '--signature',
    `${name}.sig`,
    '-o',
    name,
    '--tsa',
    server.tsaUrl,
    ...contents,
  );
}

const levels = async (name: string, ...more: string[]): Promise<string[]> => {
  const { out, err } = await adeskit('validate', name, '--trust', 'pki/root.pem', '--json', '--policy', 'dss-6.4-no-revocation', ...more);
  if (out === '') throw new Error(err);
  const { signatures } = JSON.parse(out) as { signatures: { level: string; indication: string }[] };
  return signatures.map(({ level, indication }) => `${level.replace('-BASELINE', '')} ${indication}`);
};

function entry(container: string, name: RegExp): Uint8Array {
  const opened = openContainer(bytes(container));
  if (!opened.ok) throw new Error(opened.malformed.reason);
  const { archive } = opened.value;
  const [, found] = [...archive.byName].find(([one]) => name.test(one)) ?? [];
  const octets = found && readEntry(archive, found, 1 << 20);
  if (!octets?.ok) throw new Error(`no ${name.source}`);
  return octets.value;
}

beforeAll(async () => {
  process.chdir(folder);
  server = await startThrowAwayPki();
  await writeThrowAwayPki(server, at('pki'), { algorithms: ['P-256', 'RSA-2048'] });
  writeFileSync(at('a.txt'), 'first');
  writeFileSync(at('b.txt'), 'second');
  writeFileSync(at('x.xml'), '<x><y>1</y></x>');
});
afterAll(async () => {
  process.chdir(home);
  await server?.close();
});

describe('in two halves', () => {
  test('a parallel signature and a countersignature on a CMS file, judged by openssl, then LTA', async () => {
    const cades = ['--format', 'cades'];
    await done('sign', 'a.txt', '-o', 'a.p7m', ...FIRST, ...cades);
    await halved('two.p7m', ['a.p7m'], [...cades, '--parallel', '--role', 'notary']);
    expect(await opensslCmsVerify({ signature: bytes('two.p7m'), caPem: readFileSync(at('pki/root.pem'), 'latin1') })).toMatchObject({
      good: true,
    });
    await halved('three.p7m', ['two.p7m'], [...cades, '--countersign', '1']);
    expect(await levels('three.p7m')).toEqual(['CAdES-B TOTAL_PASSED', 'CAdES-T TOTAL_PASSED', 'CAdES-T TOTAL_PASSED']);
    await done('extend', 'two.p7m', '-o', 'two-lta.p7m', '--level', 'LTA', '--tsa', server.tsaUrl, '--trust', 'pki/root.pem');
    expect(await levels('two-lta.p7m')).toEqual(['CAdES-LTA TOTAL_PASSED', 'CAdES-LTA TOTAL_PASSED']);
  });

  test('a parallel signature on a detached one, with its content in both halves', async () => {
    await done('sign', 'a.txt', '-o', 'a.p7s', ...FIRST, '--format', 'cades', '--packaging', 'detached');
    await halved('two.p7s', ['a.p7s'], ['--format', 'cades', '--parallel'], ['--detached', 'a.txt']);
    expect(await levels('two.p7s', '--detached', 'a.txt')).toEqual(['CAdES-B TOTAL_PASSED', 'CAdES-T TOTAL_PASSED']);
  });

  test.each([['enveloped'], ['enveloping'], ['internally-detached'], ['detached']])(
    'a %s XML signature, judged by xmlsec1, and one on it',
    async (packaging) => {
      const [name, content] = [`${packaging}.xml`, packaging === 'detached' ? ['--detached', 'x.xml'] : []];
      await halved(name, ['x.xml'], ['--format', 'xades', '--packaging', packaging]);
      expect(await levels(name, ...content)).toEqual(['XAdES-T TOTAL_PASSED']);
      if (xmlsec !== null) {
        const { publicKey } = new X509Certificate(readFileSync(at('pki/rsa-2048.cert.pem')));
        const publicKeyPem = createPublicKey(publicKey.export({ type: 'spki', format: 'pem' }))
          .export({ type: 'spki', format: 'pem' })
          .toString();
        const files = packaging === 'detached' ? { 'x.xml': bytes('x.xml') } : {};
        expect(await xmlsecVerify({ xml: bytes(name), publicKeyPem, files })).toMatchObject({ good: true });
      }
      await halved(`${packaging}-2.xml`, [name], ['--format', 'xades', '--countersign', '1'], content);
      expect(await levels(`${packaging}-2.xml`, ...content)).toEqual(['XAdES-T TOTAL_PASSED', 'XAdES-T TOTAL_PASSED']);
    },
  );

  test.each([
    ['asic-s', 'cades'],
    ['asic-s', 'xades'],
    ['asic-e', 'cades'],
    ['asic-e', 'xades'],
  ])('a new %s container with %s, one more signature in it, then LTA', async (format, signature) => {
    const files = format === 'asic-s' ? ['a.txt'] : ['a.txt', 'b.txt'];
    const options = ['--format', format, '--signature', signature];
    const [name, more] = [`${signature}.${format}`, `${signature}-2.${format}`];
    await halved(name, files, options);
    if (signature === 'xades' && xmlsec !== null) {
      const publicKeyPem = new X509Certificate(readFileSync(at('pki/rsa-2048.cert.pem'))).publicKey.export({ type: 'spki', format: 'pem' });
      const xml = entry(name, /^META-INF\/signatures.*\.xml$/);
      const contents = Object.fromEntries(files.map((file) => [file, bytes(file)]));
      expect(await xmlsecVerify({ xml, publicKeyPem: publicKeyPem.toString(), files: contents })).toMatchObject({ good: true });
    } else if (signature === 'cades') {
      const content = format === 'asic-s' ? bytes('a.txt') : entry(name, /ASiCManifest/);
      const caPem = readFileSync(at('pki/root.pem'), 'latin1');
      expect(await opensslCmsVerify({ signature: entry(name, /\.p7s$/), content, caPem })).toMatchObject({ good: true });
    }
    await halved(more, [name], [...options, '--parallel']);
    const kind = signature === 'cades' ? 'CAdES' : 'XAdES';
    expect(await levels(more)).toEqual([`${kind}-T TOTAL_PASSED`, `${kind}-T TOTAL_PASSED`]);
    await done('extend', name, '-o', `lta-${name}`, '--level', 'LTA', '--tsa', server.tsaUrl, '--trust', 'pki/root.pem');
    expect(await levels(`lta-${name}`)).toEqual([`${kind}-LTA TOTAL_PASSED`]);
  });
});

describe('what cannot be is one clear line', () => {
  const prepare = ['-o', 'x.json', '--to-be-signed', 'x.tbs', '--cert', 'pki/p-256.cert.pem'];

  test.each<[string, string[], RegExp]>([
    ['a parallel signature on a PDF', ['prepare', 'a.txt', ...prepare, '--parallel'], /--parallel is for --format cades|not for PDF/],
    ['both', ['prepare', 'a.txt', ...prepare, '--format', 'cades', '--parallel', '--countersign', '1'], /not both/],
    ['a packaging', ['prepare', 'a.txt', ...prepare, '--format', 'xades', '--parallel', '--packaging', 'enveloped'], /does not go with/],
    ['XAdES outside of a container', ['prepare', 'a.txt', ...prepare, '--signature', 'xades'], /is for --format asic-s and asic-e/],
    [
      'a countersignature on XAdES in a container',
      ['prepare', 'a.txt', ...prepare, '--format', 'asic-e', '--signature', 'xades', '--countersign', '1'],
      /is for CAdES signatures/,
    ],
    ['no CMS file', ['prepare', 'a.txt', ...prepare, '--format', 'cades', '--parallel'], /no CMS file/],
    ['one of the files as the container', ['sign', 'a.txt', 'b.txt', '-o', 'b.txt', '--format', 'asic-e', ...FIRST], /never overwritten/],
    [
      'one of the files as the draft',
      ['prepare', 'a.txt', 'b.txt', ...prepare, '-o', 'b.txt', '--format', 'asic-e'],
      /never overwritten|twice/,
    ],
  ])('%s', async (_, args, message) => {
    const ran = await adeskit(...args);
    expect(ran).toMatchObject({ status: 2, out: '', err: expect.stringMatching(message) });
    expect(ran.err.split('\n')).toHaveLength(1);
    expect(readFileSync(at('b.txt'), 'utf8')).toBe('second');
  });
});
