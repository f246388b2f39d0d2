import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createThrowAwayPki, type ThrowAwayPki, writeThrowAwayPki } from '../../src/issuing/index.ts';
import { hasSoftHsm, MODULE, PIN, type SoftHsm, softHsm, TOKEN } from '../keys/softhsm.ts';
import { tinyPdf } from '../keys/tiny-pdf.ts';
import { temporaryFolder } from '../support/folder.ts';
import { type Ran, start } from './command.ts';

const FILES = 40;
const folder = temporaryFolder();
let pki: ThrowAwayPki;
let hsm: SoftHsm | null = null;

const run = (args: readonly string[], env: NodeJS.ProcessEnv = {}) => start(folder, args, { ...env, PASS: 'geheim', PIN, WRONG: '9999' });
const adeskit = (...args: string[]): Promise<Ran> => run(args, hsm?.env).ran;

const KEY = ['--p12', 'pki/p-256.p12', '--pass-env', 'PASS'];
const digests = (name: string): Map<string, string> =>
  new Map(
    readdirSync(join(folder, name))
      .filter((file) => !file.startsWith('.'))
      .map((file) => [
        file,
        createHash('sha256')
          .update(readFileSync(join(folder, name, file)))
          .digest('hex'),
      ]),
  );
const signaturesIn = (path: string): number => readFileSync(join(folder, path), 'latin1').split('/ByteRange').length - 1;

beforeAll(async () => {
  pki = await createThrowAwayPki();
  await writeThrowAwayPki(pki, join(folder, 'pki'), { algorithms: ['P-256'] });
  mkdirSync(join(folder, 'in'));
  for (let i = 0; i < FILES; i++) writeFileSync(join(folder, 'in', `${String(i).padStart(3, '0')}.pdf`), tinyPdf(String(i)));
  if (hasSoftHsm) {
    hsm = softHsm();
    const leaf = await pki.leaf('P-256');
    hsm.add('me', '01', { privateKeyPem: leaf.privateKeyPem, certificates: [leaf.certificate, pki.intermediate] });
  }
});
afterAll(() => {
  hsm?.remove();
});

describe('many files', () => {
  test.each([['1'], ['2']])(
    'in %s thread(s), of a folder: one bad file does not stop the rest, and summary and exit status tell',
    async (jobs) => {
      const [from, to] = [`mixed${jobs}`, `mixed-out${jobs}`];
      for (const name of [from, to]) mkdirSync(join(folder, name));
      for (let i = 0; i < 9; i++) writeFileSync(join(folder, from, `${i}.pdf`), tinyPdf(String(i)));
      writeFileSync(join(folder, from, 'bad.pdf'), 'no PDF at all');
      writeFileSync(join(folder, from, '.hidden'), 'not for signing');
      const ran = await adeskit('sign', from, '-o', to, '--jobs', jobs, ...KEY);
      expect(ran).toMatchObject({ status: 2, err: expect.stringMatching(/bad\.pdf: .*cannot be read/) });
      expect(ran.err).toMatch(/adeskit: 9 of 10 signed, 1 failed; [\d.]+ s\n$/);
      expect(ran.out.split('\n').filter((line) => /signed, level B, \d+ octets/.test(line))).toHaveLength(9);
      expect([...digests(to).keys()].sort()).toEqual(Array.from({ length: 9 }, (_, i) => `${i}.pdf`));
    },
  );

  test('a wrong password is told once, before anything is begun', async () => {
    mkdirSync(join(folder, 'none'));
    const ran = await adeskit('sign', 'in', '-o', 'none', '--jobs', '2', '--p12', 'pki/p-256.p12', '--pass-env', 'WRONG');
    expect(ran).toMatchObject({ status: 2, out: '', err: expect.stringMatching(/^adeskit: .*password[^\n]*\n$/) });
    expect(digests('none').size).toBe(0);
  });

  test.each<[string, string[], RegExp]>([
    ['no folder for the output', ['in', '-o', 'nowhere', ...KEY], /must be an existing folder/],
    ['the folder itself as output', ['in', '-o', 'in', ...KEY], /never overwritten/],
    ['no number of threads', ['in', '-o', 'pki', '--jobs', 'many', ...KEY], /--jobs is 'many'/],
    ['a journal that is something else', ['in', '-o', 'pki', '--journal', 'pki/root.pem', ...KEY], /no journal of this version/],
  ])('%s is refused before anything is begun', async (_, args, message) => {
    expect(await adeskit('sign', ...args)).toMatchObject({ status: 2, out: '', err: expect.stringMatching(message) });
  });
});

describe('an interruption', () => {
  test.each(['1', '2'])('lets the files under way be finished, and says what was not begun; %s thread(s)', async (jobs) => {
    const [from, to] = [`long${jobs}`, `long-out${jobs}`];
    for (const name of [from, to]) mkdirSync(join(folder, name));
    const files = 800;
    for (let i = 0; i < files; i++) writeFileSync(join(folder, from, `${i}.pdf`), tinyPdf(String(i)));
    const { child, ran } = run(['sign', from, '-o', to, '--jobs', jobs, ...KEY]);
    while (child.exitCode === null && digests(to).size < 5) await new Promise((resolve) => setTimeout(resolve, 3));
    child.kill('SIGINT');
    const { status, err } = await ran;
    expect(status).toBe(130);
    expect(err).toMatch(/stops after the files under way[\s\S]*not begun: interrupted/);
    const signed = digests(to);
    expect(err).toContain(`adeskit: ${signed.size} of ${files} signed`);
    expect(signed.size).toBeLessThan(files);
    expect(readdirSync(join(folder, to)).filter((name) => name.endsWith('.part'))).toEqual([]);
    for (const name of signed.keys()) expect(signaturesIn(`${to}/${name}`)).toBe(1);
  });
});

describe('a journal', () => {
  test('lets a killed run go on, and each file is signed exactly once', async () => {
    mkdirSync(join(folder, 'out'));
    const call = ['sign', 'in', '-o', 'out', '--journal', 'run.journal', '--jobs', '2', ...KEY];
    let killed = 0;
    for (const enough of [5, 20]) {
      const { child, ran } = run(call);
      while (child.exitCode === null && digests('out').size < enough) await new Promise((resolve) => setTimeout(resolve, 3));
      child.kill('SIGKILL');
      if ((await ran).status === null) killed++;
    }
    expect(killed).toBeGreaterThan(0);
    const before = digests('out');
    // A torn line, as a machine that lost its power leaves it.
    writeFileSync(join(folder, 'run.journal'), '{"done":"/torn', { flag: 'a' });
    const ran = await adeskit(...call);
    expect(ran).toMatchObject({ status: 0, err: expect.stringContaining(`${before.size} were signed before`) });
    expect(ran.err).toContain(`${FILES - before.size} of ${FILES - before.size} signed`);
    const after = digests('out');
    expect(after.size).toBe(FILES);
    for (const [name, digest] of before) expect(after.get(name)).toBe(digest);
    for (const name of after.keys()) expect(signaturesIn(`out/${name}`)).toBe(1);
    expect(readdirSync(join(folder, 'out')).filter((name) => name.endsWith('.part'))).toEqual([]);
    expect(await adeskit(...call)).toMatchObject({
      status: 0,
      out: '',
      err: expect.stringContaining(`0 of 0 signed, ${FILES} were signed before`),
    });
    expect(digests('out')).toEqual(after);
  });

  test('knows a file that was signed when its line was not written yet, and one whose output is gone', async () => {
    mkdirSync(join(folder, 'few'));
    mkdirSync(join(folder, 'few-out'));
    for (const name of ['a', 'b', 'c']) writeFileSync(join(folder, 'few', `${name}.pdf`), tinyPdf(name));
    const call = ['sign', 'few', '-o', 'few-out', '--journal', 'few.journal', ...KEY];
    expect(await adeskit(...call)).toMatchObject({ status: 0 });
    const before = digests('few-out');
    const lines = readFileSync(join(folder, 'few.journal'), 'utf8').split('\n');
    writeFileSync(join(folder, 'few.journal'), lines.filter((line) => !line.includes('"done"')).join('\n'));
    rmSync(join(folder, 'few-out/c.pdf'));
    expect(await adeskit(...call)).toMatchObject({ status: 0, err: expect.stringContaining('1 of 1 signed, 2 were signed before') });
    const after = digests('few-out');
    for (const name of ['a.pdf', 'b.pdf']) expect(after.get(name)).toBe(before.get(name));
    expect(after.size).toBe(3);
  });

  test('tries again what failed, is of its options only, and of one process at a time', async () => {
    mkdirSync(join(folder, 'again'));
    mkdirSync(join(folder, 'again-out'));
    writeFileSync(join(folder, 'again/a.pdf'), tinyPdf('a'));
    writeFileSync(join(folder, 'again/b.pdf'), 'not yet');
    const call = ['sign', 'again', '-o', 'again-out', '--journal', 'again.journal', ...KEY];
    expect(await adeskit(...call)).toMatchObject({ status: 2 });
    writeFileSync(join(folder, 'again/b.pdf'), tinyPdf('b'));
    expect(await adeskit(...call, '--reason', 'other')).toMatchObject({ status: 2, err: expect.stringMatching(/with other options/) });
    writeFileSync(join(folder, 'again.journal.lock'), String(process.pid));
    expect(await adeskit(...call)).toMatchObject({ status: 1, err: expect.stringMatching(/in use by process/) });
    writeFileSync(join(folder, 'again.journal.lock'), '4194304');
    expect(await adeskit(...call, '--jobs', '1')).toMatchObject({
      status: 0,
      err: expect.stringContaining('1 of 1 signed, 1 were signed before'),
    });
    expect(existsSync(join(folder, 'again.journal.lock'))).toBe(false);
  });
});

describe.skipIf(!hasSoftHsm)('a token on the command line', () => {
  const token = ['--pkcs11', MODULE, '--token', TOKEN];

  test('its keys as a table and as JSON; the tokens without a PIN', async () => {
    const table = await adeskit('keys', 'list', ...token, '--pin-env', 'PIN');
    expect(table).toMatchObject({
      status: 0,
      err: '',
      out: expect.stringMatching(/LABEL +ID +KEY +CERTIFICATE +VALID UNTIL\nme +01 +EC 256 +CN=/),
    });
    const json = await adeskit('keys', 'list', ...token, '--pin-env', 'PIN', '--json');
    expect(JSON.parse(json.out)).toMatchObject({ token: { label: TOKEN }, keys: [{ label: 'me', id: '01', type: 'EC', bits: 256 }] });
    expect(await adeskit('keys', 'tokens', '--pkcs11', MODULE)).toMatchObject({ status: 0, out: expect.stringContaining(TOKEN) });
  });

  test.each<[string, string[]]>([
    ['pades', []],
    ['cades', ['--format', 'cades']],
    ['xades', ['--format', 'xades', '--packaging', 'detached']],
    ['asic-s', ['--format', 'asic-s']],
    ['asic-e', ['--format', 'asic-e']],
  ])('signs %s', async (name, format) => {
    writeFileSync(join(folder, 'pin.txt'), `${PIN}\n`);
    const signed = await adeskit(
      'sign',
      'in/000.pdf',
      '-o',
      `token.${name}`,
      ...token,
      '--key-label',
      'me',
      '--pin-file',
      'pin.txt',
      ...format,
    );
    expect(signed).toMatchObject({ status: 0, err: '' });
    const content = name === 'xades' ? ['--detached', 'in/000.pdf'] : [];
    const report = await adeskit(
      'validate',
      `token.${name}`,
      ...content,
      '--trust',
      'pki/root.pem',
      '--offline',
      '--json',
      '--policy',
      'dss-6.4-no-revocation',
    );
    expect(JSON.parse(report.out).signatures).toMatchObject([{ valid: true, indication: 'TOTAL_PASSED' }]);
  });

  test('signs many in threads that share one login', async () => {
    mkdirSync(join(folder, 'token-out'));
    const ran = await adeskit('sign', 'in', '-o', 'token-out', '--jobs', '2', ...token, '--key-id', '01', '--pin-env', 'PIN');
    expect(ran).toMatchObject({ status: 0, err: expect.stringContaining(`${FILES} of ${FILES} signed`) });
    expect(digests('token-out').size).toBe(FILES);
  });

  test.each<[string, string[], number, RegExp]>([
    ['a wrong PIN', [...token, '--key-label', 'me', '--pin-env', 'WRONG'], 2, /refused the PIN/],
    ['no PIN', [...token, '--key-label', 'me'], 2, /needs its PIN/],
    [
      'a key that is not there',
      [...token, '--key-label', 'you', '--pin-env', 'PIN'],
      2,
      /no private key with label 'you'; it has: 'me' \(id 01, EC\)/,
    ],
    ['a token that is not there', ['--pkcs11', MODULE, '--token', 'none', '--pin-env', 'PIN'], 2, /there is no token 'none'/],
    ['a module that is not there', ['--pkcs11', '/nowhere.so', '--pin-env', 'PIN'], 2, /nowhere\.so cannot be loaded/],
    ['two kinds of key', [...token, ...KEY], 2, /give one of --p12, --key, --pkcs11 and --csc/],
  ])('%s is one clear line', async (_, key, status, message) => {
    const ran = await adeskit('sign', 'in/000.pdf', '-o', 'x.pdf', ...key);
    expect(ran).toMatchObject({ status, err: expect.stringMatching(message) });
    expect(ran.err.trim().split('\n')).toHaveLength(1);
  });
});

test.each(['asic-s', 'asic-e'])('%s in two halves: prepared, signed by openssl, completed', async (format) => {
  const files = format === 'asic-s' ? ['in/000.pdf'] : ['in/000.pdf', 'in/001.pdf'];
  const [draft, message, value] = [`${format}.json`, `${format}.tbs`, `${format}.sig`];
  const prepared = await adeskit(
    'prepare',
    ...files,
    '-o',
    draft,
    '--to-be-signed',
    message,
    '--cert',
    'pki/p-256.cert.pem',
    '--format',
    format,
  );
  expect(prepared).toMatchObject({ status: 0, err: '' });
  execFileSync('openssl', ['dgst', '-sha256', '-sign', 'pki/p-256.key.pem', '-out', value, message], { cwd: folder });
  const completed = await adeskit('complete', ...files, '--draft', draft, '--signature', value, '-o', `two.${format}`);
  expect(completed).toMatchObject({ status: 0, err: '' });
  const report = await adeskit(
    'validate',
    `two.${format}`,
    '--trust',
    'pki/root.pem',
    '--offline',
    '--json',
    '--policy',
    'dss-6.4-no-revocation',
  );
  expect(JSON.parse(report.out).signatures).toMatchObject([{ valid: true, indication: 'TOTAL_PASSED' }]);
  const others = await adeskit('complete', 'in/002.pdf', '--draft', draft, '--signature', value, '-o', `three.${format}`);
  expect(others).toMatchObject({ status: 2 });
});
