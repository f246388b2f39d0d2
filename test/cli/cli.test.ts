import { createHash } from 'node:crypto';
import { cpSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startThrowAwayPki, type ThrowAwayServer, writeThrowAwayPki } from '../../src/issuing/index.ts';
import { temporaryFolder } from '../support/folder.ts';
import { commandIn } from './command.ts';

const folder = temporaryFolder();
const adeskit = commandIn(folder, { PASS: 'geheim', WRONG: 'falsch', USER: 'user' });
let server: ThrowAwayServer;

const KEY = ['--p12', 'pki/p-256.p12', '--pass-env', 'PASS'];
const digestOf = (name: string) =>
  createHash('sha256')
    .update(readFileSync(join(folder, name)))
    .digest('hex');

beforeAll(async () => {
  server = await startThrowAwayPki();
  await writeThrowAwayPki(server, join(folder, 'pki'), { algorithms: ['P-256'] });
  const year = 365 * 86_400_000;
  const old = await server.leaf('P-256', { notBefore: Date.now() - 2 * year, notAfter: Date.now() - year });
  writeFileSync(join(folder, 'old.key'), old.privateKeyPem);
  writeFileSync(join(folder, 'old.pem'), old.chainPem);
  const pdf = plainPdf();
  writeFileSync(join(folder, 'in.pdf'), pdf);
  writeFileSync(join(folder, 'cut.pdf'), pdf.slice(0, 40));
  cpSync(join(import.meta.dirname, '../../vectors/pdf-encryption/aes-256.pdf'), join(folder, 'encrypted.pdf'));
  writeFileSync(join(folder, 'no.pdf'), 'just text');
  writeFileSync(join(folder, 'empty.pdf'), '');
  mkdirSync(join(folder, 'signed'));
});
afterAll(() => server.close());

describe('signing', () => {
  test('an encrypted PDF, inspected, signed and validated by its password', async () => {
    const password = ['--password-env', 'USER'];
    const details = async (...more: string[]) => JSON.parse((await adeskit('inspect', 'encrypted.pdf', '--json', ...more)).out);
    expect(await details()).toMatchObject({ encrypted: true, locked: 'password-needed', pages: 2 });
    expect(await details(...password)).toMatchObject({ encrypted: true, encryption: { revision: 6, method: 'aes-256', openedBy: 'user' } });
    expect(await adeskit('sign', 'encrypted.pdf', '-o', 'e.pdf', ...KEY, ...password)).toMatchObject({ status: 0, err: '' });
    const judge = ['validate', 'e.pdf', '--trust', 'pki/root.pem', '--offline', '--json'];
    expect(JSON.parse((await adeskit(...judge, ...password)).out)).toMatchObject({
      signatures: [{ level: 'PAdES-BASELINE-B', valid: true }],
    });
    expect(await adeskit(...judge)).toMatchObject({ status: 2, err: expect.stringMatching(/a password is needed/) });
  });

  test('a PDF encrypted for certificates, inspected, signed and validated by the key of one', async () => {
    const from = (name: string): string => join(import.meta.dirname, '../../vectors/pdf-recipients', name);
    const key = ['--decrypt-key', from('rsa.pem')];
    const details = async (...more: string[]) => JSON.parse((await adeskit('inspect', from('aes-256.pdf'), '--json', ...more)).out);
    expect(await details()).toMatchObject({ encrypted: true, locked: 'key-needed', pages: 2 });
    expect(await details(...key)).toMatchObject({ encryption: { revision: null, method: 'aes-256', openedBy: 'owner' } });
    expect(await adeskit('sign', from('aes-256.pdf'), '-o', 'r.pdf', ...KEY, ...key)).toMatchObject({ status: 0, err: '' });
    const judge = ['validate', 'r.pdf', '--trust', 'pki/root.pem', '--offline', '--json'];
    expect(JSON.parse((await adeskit(...judge, '--decrypt-key', from('other.pem'))).out)).toMatchObject({ signatures: [{ valid: true }] });
    for (const [more, said] of [
      [[], /the private key of one is needed/],
      [['--decrypt-key', from('ec.pem')], /for others/],
      [['--decrypt-cert', from('rsa.pem')], /goes with --decrypt-key/],
      [['--decrypt-key', 'pki/root.pem'], /no private key/],
    ] as const)
      expect(await adeskit(...judge, ...more)).toMatchObject({ status: 2, out: '', err: expect.stringMatching(said) });
    expect((await adeskit('inspect', from('aes-256.pdf'))).out).toMatch(/Encrypted +yes: the private key of one of its recipients/);
  });

  test('an encrypted PDF of a kind that is not known is told apart from one that wants a password', async () => {
    const bytes = readFileSync(join(folder, 'encrypted.pdf'), 'latin1');
    writeFileSync(join(folder, 'unknown.pdf'), bytes.replace('/Standard', '/Another_'), 'latin1');
    const words = async (file: string) => /Encrypted +(.*)/.exec((await adeskit('inspect', file)).out)?.[1];
    expect(await words('encrypted.pdf')).toBe('yes: a password is needed to read it');
    expect(await words('unknown.pdf')).toBe('yes: in a way that cannot be read here');
    const refused = await adeskit('sign', 'unknown.pdf', '-o', 'x.pdf', ...KEY);
    expect(refused).toMatchObject({ status: 2, err: expect.stringMatching(/security handler Another_, which is not supported/) });
  });

  test('level B, then validated against the root', async () => {
    const before = digestOf('in.pdf');
    const signed = await adeskit('sign', 'in.pdf', '-o', 'b.pdf', ...KEY, '--reason', 'Test');
    expect(signed).toMatchObject({ status: 0, err: '' });
    expect(digestOf('in.pdf')).toBe(before);
    const original = readFileSync(join(folder, 'in.pdf'));
    expect(readFileSync(join(folder, 'b.pdf')).subarray(0, original.length).equals(original)).toBe(true);
    const { out } = await adeskit('validate', 'b.pdf', '--trust', 'pki/root.pem', '--offline', '--json');
    expect(JSON.parse(out)).toMatchObject({ signatures: [{ format: 'PAdES', level: 'PAdES-BASELINE-B', valid: true }] });
  });

  test('level T with a time-stamp from loopback', async () => {
    expect(await adeskit('sign', 'in.pdf', '-o', 't.pdf', ...KEY, '--level', 'T', '--tsa', server.tsaUrl)).toMatchObject({ status: 0 });
    const { out } = await adeskit('validate', 't.pdf', '--trust', 'pki/root.pem', '--offline', '--json');
    expect(JSON.parse(out)).toMatchObject({
      signatures: [{ level: 'PAdES-BASELINE-T', timestamps: [{ type: 'signature', imprintIntact: true }] }],
    });
  });

  test('level LT, extended to LTA and renewed: valid offline', async () => {
    const where = ['--tsa', server.tsaUrl, '--trust', 'pki/root.pem'];
    const levelOf = async (file: string) => {
      const { status, out } = await adeskit('validate', file, '--trust', 'pki/root.pem', '--offline', '--json');
      return [status, (JSON.parse(out) as { signatures: { level: string }[] }).signatures[0]?.level];
    };
    expect(await adeskit('sign', 'in.pdf', '-o', 'lt.pdf', ...KEY, '--level', 'LT', ...where)).toMatchObject({ status: 0, err: '' });
    expect(await levelOf('lt.pdf')).toEqual([0, 'PAdES-BASELINE-LT']);
    for (const [from, to] of [
      ['lt.pdf', 'lta.pdf'],
      ['lta.pdf', 'renewed.pdf'],
    ] as const) {
      expect(await adeskit('extend', from, '-o', to, '--level', 'LTA', '--vri', ...where)).toMatchObject({ status: 0, err: '' });
      expect(await levelOf(to)).toEqual([0, 'PAdES-BASELINE-LTA']);
    }
    const refused = await adeskit('extend', 'b.pdf', '-o', 'x.pdf', '--level', 'LT', '--offline', ...where);
    expect(refused).toMatchObject({ status: 1, err: expect.stringMatching(/no revocation data for the certificate of/) });
    expect(await adeskit('extend', 'b.pdf', '-o', 'forced.pdf', '--level', 'LT', '--offline', '--force', ...where)).toMatchObject({
      status: 0,
    });
  });

  test('into a folder', async () => {
    expect(await adeskit('sign', 'in.pdf', 'b.pdf', '-o', 'signed', ...KEY)).toMatchObject({ status: 0 });
    expect(readdirSync(join(folder, 'signed')).sort()).toEqual(['b.pdf', 'in.pdf']);
  });

  test('in two halves', async () => {
    const prepared = await adeskit('prepare', 'in.pdf', '-o', 'draft.json', '--to-be-signed', 'tbs.bin', '--cert', 'pki/p-256.cert.pem');
    expect(prepared).toMatchObject({ status: 0 });
    const { createSign } = await import('node:crypto');
    const value = createSign('sha256')
      .update(readFileSync(join(folder, 'tbs.bin')))
      .sign(readFileSync(join(folder, 'pki/p-256.key.pem')));
    writeFileSync(join(folder, 'value.bin'), value);
    const half = ['--draft', 'draft.json', '--signature', 'value.bin'];
    expect(await adeskit('complete', 'in.pdf', ...half, '-o', 'halves.pdf')).toMatchObject({ status: 0 });
    expect(await adeskit('complete', 'b.pdf', ...half, '-o', 'wrong.pdf')).toMatchObject({ status: 2 });
  });

  test.each(['attached', 'detached'])('in two halves as CAdES, %s, by openssl in between', async (packaging) => {
    const cades = ['--format', 'cades', '--packaging', packaging, '--mime-type', 'application/pdf'];
    const files = ['-o', 'd.json', '--to-be-signed', 't.bin', '--content-digest', 'h.bin', '--cert', 'pki/p-256.cert.pem'];
    expect(await adeskit('prepare', 'in.pdf', ...files, ...cades)).toMatchObject({ status: 0 });
    const { createHash, createSign } = await import('node:crypto');
    const read = (name: string) => readFileSync(join(folder, name));
    expect(read('h.bin')).toEqual(createHash('sha256').update(read('in.pdf')).digest());
    writeFileSync(join(folder, 'v.bin'), createSign('sha256').update(read('t.bin')).sign(read('pki/p-256.key.pem')));
    expect(await adeskit('complete', 'in.pdf', '--draft', 'd.json', '--signature', 'v.bin', '-o', 'x.p7')).toMatchObject({ status: 0 });
    // What came out is a finished CMS too.
    expect(await adeskit('complete', 'in.pdf', '--draft', 'd.json', '--cms', 'x.p7', '-o', 'y.p7')).toMatchObject({ status: 0 });
    expect(read('y.p7')).toEqual(read('x.p7'));
    const report = await adeskit(
      'validate',
      'y.p7',
      '--trust',
      'pki/root.pem',
      '--offline',
      '--json',
      ...(packaging === 'detached' ? ['--detached', 'in.pdf'] : []),
    );
    expect(JSON.parse(report.out).signatures).toMatchObject([{ level: 'CAdES-BASELINE-B', valid: true }]);
    expect(await adeskit('complete', 'in.pdf', '--draft', 'd.json', '-o', 'z.p7')).toMatchObject({ status: 2 });
    expect(await adeskit('prepare', 'in.pdf', ...files, ...cades, '--reason', 'x')).toMatchObject({ status: 2 });
  });
});

describe('what goes wrong', () => {
  const cases: [string, string[], 1 | 2, RegExp][] = [
    ['no command', [], 2, /no command/],
    ['an unknown command', ['frob'], 2, /unknown command 'frob'/],
    ['an unknown option', ['sign', 'in.pdf', '--frob'], 2, /unknown option '--frob'/],
    ['an option twice', ['sign', 'in.pdf', '-o', 'x.pdf', '-o', 'y.pdf'], 2, /given twice/],
    ['an option without its value', ['sign', 'in.pdf', '-o', 'x.pdf', '--key', '--cert', 'c.pem'], 2, /--key needs a value/],
    ['no input', ['sign', '-o', 'x.pdf'], 2, /missing/],
    ['no output', ['sign', 'in.pdf', ...KEY], 2, /-o OUT is missing/],
    ['the input as output', ['sign', 'in.pdf', '-o', './in.pdf', ...KEY], 2, /never overwritten/],
    [
      'the content of a detached signature as output',
      ['extend', 'in.pdf', '-o', './no.pdf', '--level', 'LT', '--detached', 'no.pdf'],
      2,
      /never overwritten/,
    ],
    ['a format of a later version', ['sign', 'in.pdf', '-o', 'x.json', '--format', 'jades', ...KEY], 2, /not supported yet/],
    ['level LTA without an authority', ['sign', 'in.pdf', '-o', 'x.pdf', '--level', 'LTA', ...KEY], 2, /needs --tsa/],
    ['keys of no module', ['keys', 'list'], 2, /--pkcs11 MODULE is missing/],
    ['extending a file without signature', ['extend', 'in.pdf', '-o', 'x.pdf', '--level', 'T'], 1, /in\.pdf: no signature found/],
    ['extending to no level', ['extend', 'in.pdf', '-o', 'x.pdf'], 2, /--level T, LT or LTA is missing/],
    ['no such file', ['sign', 'nowhere.pdf', '-o', 'x.pdf', ...KEY], 2, /nowhere\.pdf/],
    ['a truncated PDF', ['sign', 'cut.pdf', '-o', 'x.pdf', ...KEY], 2, /cut\.pdf: .*(cannot be read|damaged)/],
    ['not a PDF', ['sign', 'no.pdf', '-o', 'x.pdf', ...KEY], 2, /cannot be read/],
    [
      'an encrypted PDF',
      ['sign', 'encrypted.pdf', '-o', 'x.pdf', ...KEY],
      2,
      /encrypted.pdf: this PDF cannot be opened: it is encrypted: a password is needed/,
    ],
    [
      'an encrypted PDF and a password that is not its own',
      ['validate', 'encrypted.pdf', '--password-env', 'WRONG'],
      2,
      /encrypted\.pdf: .*does not open it/,
    ],
    ['a wrong password', ['sign', 'in.pdf', '-o', 'x.pdf', '--p12', 'pki/p-256.p12', '--pass-env', 'WRONG'], 2, /password/],
    [
      'a password variable that is not set',
      ['sign', 'in.pdf', '-o', 'x.pdf', '--p12', 'pki/p-256.p12', '--pass-env', 'NOBODY'],
      2,
      /NOBODY is not set/,
    ],
    ['an expired key', ['sign', 'in.pdf', '-o', 'x.pdf', '--key', 'old.key', '--cert', 'old.pem'], 1, /expired/],
    ['a key and another certificate', ['sign', 'in.pdf', '-o', 'x.pdf', '--key', 'old.key', '--cert', 'pki/tsa.pem'], 2, /certificate/],
    [
      'a time-stamp authority that is down',
      ['sign', 'in.pdf', '-o', 'x.pdf', ...KEY, '--level', 'T', '--tsa', 'http://127.0.0.1:1/'],
      1,
      /time-stamp/,
    ],
    ['level T without an authority', ['sign', 'in.pdf', '-o', 'x.pdf', ...KEY, '--level', 'T'], 2, /--tsa/],
    ['an odd place to show', ['sign', 'in.pdf', '-o', 'x.pdf', ...KEY, '--visible', '1,2,3'], 2, /PAGE,X,Y,W,H/],
    ['validating no PDF', ['validate', 'no.pdf'], 2, /./],
    ['validating an empty file', ['validate', 'empty.pdf'], 2, /./],
    ['validating nothing', ['validate', 'nowhere.pdf'], 2, /nowhere\.pdf/],
    ['an odd time', ['validate', 'in.pdf', '--at', 'yesterday'], 2, /ISO 8601/],
    ['two outputs', ['validate', 'in.pdf', '--json', '--html'], 2, /one of/],
    ['trust that is no certificate', ['validate', 'in.pdf', '--trust', 'no.pdf'], 2, /certificate/],
    ['a policy that nobody knows', ['validate', 'in.pdf', '--policy', 'nobody'], 2, /nobody/],
    ['inspecting text', ['inspect', 'no.pdf'], 2, /not supported yet/],
  ];
  test.each(cases)('%s: one clear line, the right exit status, nothing left behind', async (_, args, status, line) => {
    const before = [readdirSync(folder).sort(), digestOf('in.pdf')];
    const ran = await adeskit(...args);
    expect(ran.err).toMatch(line);
    expect(ran.err).toMatch(/^adeskit: [^\n]+\n$/);
    expect(ran.err).not.toMatch(/internal error/);
    expect(ran).toMatchObject({ status, out: '' });
    expect([readdirSync(folder).sort(), digestOf('in.pdf')]).toEqual(before);
  });
});

describe('validating and looking', () => {
  test('a file without signature: status 1, one line', async () => {
    expect(await adeskit('validate', 'in.pdf', '--offline')).toMatchObject({
      status: 1,
      out: expect.stringContaining('no signature found'),
    });
    const { status, out, err } = await adeskit('validate', 'in.pdf', '--json', '--offline');
    expect({ status, signatures: JSON.parse(out).signatures, err }).toEqual({ status: 1, signatures: [], err: 'no signature found\n' });
  });

  test('a page for people', async () => {
    const { out } = await adeskit('validate', 'in.pdf', '--html', '--offline');
    expect(out).toMatch(/^<!doctype html>/);
  });

  test('the ETSI report, in XML', async () => {
    const { status, out } = await adeskit('validate', 'b.pdf', '--etsi', '--offline');
    expect(status).toBe(1);
    expect(out).toMatch(
      /^<\?xml version="1\.0" encoding="UTF-8"\?>\n<ValidationReport [\s\S]*urn:etsi:019102:subindication:NO_CERTIFICATE_CHAIN_FOUND/,
    );
  });

  test('in German where asked for', async () => {
    expect((await adeskit('validate', 'b.pdf', '--offline', '--language', 'de')).out).toContain('Was helfen würde:');
  });

  test('no colour where nobody looks', async () => expect((await adeskit('validate', 'in.pdf', '--offline')).out).not.toContain('\u001b'));

  test('what is inside', async () => {
    expect(await adeskit('inspect', 'in.pdf')).toMatchObject({ status: 0, out: expect.stringMatching(/Pages\s+1/) });
    const { out } = await adeskit('inspect', 'pki/chain.pem', '--json');
    expect(JSON.parse(out).certificates).toHaveLength(2);
  });

  test.each([['--help'], ['sign --help'], ['validate -h'], ['help pki'], ['--version']])('%s: status 0', async (line) => {
    expect(await adeskit(...line.split(' '))).toMatchObject({ status: 0, err: '', out: expect.stringMatching(/./) });
  });
});

/** One empty page, classic cross-references. */
function plainPdf(trailer = ''): string {
  const objects = [
    '<< /Type /Catalog /Pages 2 0 R >>',
    '<< /Type /Pages /Kids [3 0 R] /Count 1 >>',
    '<< /Type /Page /Parent 2 0 R /MediaBox [0 0 200 200] >>',
  ];
  let text = '%PDF-1.7\n';
  const offsets = objects.map((object, i) => {
    const at = text.length;
    text += `${i + 1} 0 obj\n${object}\nendobj\n`;
    return at;
  });
  const start = text.length;
  const rows = offsets.map((at) => `${String(at).padStart(10, '0')} 00000 n \n`).join('');
  return `${text}xref\n0 4\n0000000000 65535 f \n${rows}trailer\n<< /Size 4 /Root 1 0 R${trailer} >>\nstartxref\n${start}\n%%EOF\n`;
}
