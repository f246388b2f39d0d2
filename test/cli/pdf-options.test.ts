/** What only a PDF signature takes, on the command line: looks, certification, locks, statements; and pages compared by validate. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { PNG } from 'pngjs';
import { beforeAll, describe, expect, test } from 'vitest';
import { createThrowAwayPki } from '../../src/issuing/index.ts';
import { isPdfiumInstalled } from '../../src/render/index.ts';
import { filled, formPdf } from '../pades/form-pdf.ts';
import { hasNoto } from '../render/noto.ts';
import { temporaryFolder } from '../support/folder.ts';
import { pemEncode } from '../support/pem.ts';
import { commandIn } from './command.ts';

const NOTO = '/usr/share/fonts/truetype/noto/NotoSans-Regular.ttf';
const folder = temporaryFolder();

const adeskit = commandIn(folder);
const sign = (...args: string[]) => adeskit('sign', 'in.pdf', '-o', 'out.pdf', '--key', 'k.pem', '--cert', 'c.pem', ...args);
const reportOn = async (file: string, ...args: string[]) =>
  JSON.parse((await adeskit('validate', file, '--trust', 'root.pem', '--offline', '--json', ...args)).out);

beforeAll(async () => {
  const pki = await createThrowAwayPki();
  const leaf = await pki.leaf('P-256');
  const seal = new PNG({ width: 8, height: 8 });
  const files = {
    ...{ 'in.pdf': formPdf(), 'k.pem': leaf.privateKeyPem, 'c.pem': leaf.chainPem, 'root.pem': pemEncode(pki.root) },
    ...{ 'seal.png': new Uint8Array(PNG.sync.write(seal)), 'strokes.json': '[[[0,0],[5,9],[10,2]]]', 'policy.txt': 'the policy' },
    ...{
      'drawn.svg': '<svg xmlns="http://www.w3.org/2000/svg"><path stroke="#000" d="M0 0 C 1 1 2 2 9 3"/></svg>',
      'bad.json': '[1,2]',
      'bad.svg': '<svg/>',
    },
  };
  for (const [name, content] of Object.entries(files)) writeFileSync(join(folder, name), content);
});

test('a certified signature in two places, with a lock, a role and a policy, is told by validate', async () => {
  const looks = [
    '--visible',
    '1,50,50,200,60',
    '--visible',
    '2,50,50,200,60',
    '--layout',
    'name-left',
    '--border',
    '#003366,0.5',
    '--background',
    '#ffffff',
  ];
  const says = [
    '--certify',
    '2',
    '--lock',
    'include',
    '--lock-field',
    'Name',
    '--role',
    'Chair',
    '--commitment',
    '1.2.840.113549.1.9.16.6.1',
  ];
  const policy = ['--signature-policy', '1.2.3.4', '--policy-file', 'policy.txt', '--policy-url', 'http://policy.example'];
  expect(await sign(...looks, ...says, ...policy)).toMatchObject({ status: 0, err: '' });
  const { signatures } = await reportOn('out.pdf');
  expect(signatures).toMatchObject([
    { valid: true, policyId: '1.2.3.4', signerRoles: ['Chair'], commitmentTypes: ['1.2.840.113549.1.9.16.6.1'], pdf: { certification: 2 } },
  ]);
  const again = await adeskit('sign', 'out.pdf', '-o', 'again.pdf', '--key', 'k.pem', '--cert', 'c.pem', '--certify', '3');
  expect(again).toMatchObject({ status: 1, err: expect.stringMatching(/certified already/) });
});

test.skipIf(!hasNoto)('fonts, drawings and pictures are shown in the field that is there', async () => {
  const font = ['--font', NOTO, '--font', '/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc#2', '--font-language', 'zh-Hans'];
  expect(await sign('--field', 'Sign', ...font, '--text', 'Юлия', '--text', '签名', '--drawing', 'strokes.json')).toMatchObject({
    status: 0,
    err: '',
  });
  expect(readFileSync(join(folder, 'out.pdf')).includes('NotoSansCJKsc-Regular')).toBe(true);
  expect(await sign('--field', 'Sign', '--drawing', 'drawn.svg', '--image', 'seal.png')).toMatchObject({ status: 0, err: '' });
});

describe('what cannot be is said in one line', () => {
  test.each<[string, string[], number, RegExp]>([
    ['certify 4', ['--certify', '4'], 2, /--certify is '4'/],
    ['looks without a place', ['--color', '#000000'], 2, /--color needs --visible PAGE,X,Y,W,H, or --field/],
    ['a lock of nothing', ['--lock', 'include'], 2, /needs the names of fields/],
    ['a locked field without a lock', ['--lock-field', 'Name'], 2, /need --lock/],
    ['a policy without its document', ['--signature-policy', '1.2.3'], 2, /go together/],
    ['a commitment that is no identifier', ['--commitment', 'origin'], 2, /must be an object identifier/],
    ['a content time-stamp without authority', ['--content-timestamp'], 2, /needs --tsa/],
    ['what is no font', ['--visible', '1,1,1,99,99', '--font', 'seal.png'], 2, /seal\.png.*no TrueType or OpenType font/],
    ['strokes that are none', ['--visible', '1,1,1,99,99', '--drawing', 'bad.json'], 2, /bad\.json holds no strokes/],
    ['an SVG without paths', ['--visible', '1,1,1,99,99', '--drawing', 'bad.svg'], 2, /bad\.svg is neither/],
    ['letters that Helvetica has not', ['--visible', '1,1,1,99,99', '--text', 'Ж'], 2, /--font FILE/],
    ['a certification of no PDF', ['--format', 'cades', '--certify', '1'], 2, /--certify is for PDF/],
  ])('%s', async (_, args, status, message) => {
    const ran = await sign(...args);
    expect({ ...ran, err: ran.err.trim().split('\n').length === 1 && message.test(ran.err) ? 'as expected' : ran.err }).toEqual({
      status,
      out: '',
      err: 'as expected',
    });
  });
});

test.skipIf(!isPdfiumInstalled())('validate --render compares the pages as signed with those of now', async () => {
  expect(await sign()).toMatchObject({ status: 0 });
  writeFileSync(join(folder, 'later.pdf'), filled(readFileSync(join(folder, 'out.pdf')), 'Name', 'Robert'));
  const { signatures } = await reportOn('later.pdf', '--render');
  expect(signatures[0].pdf.visual).toMatchObject({ pagesBefore: 2, pagesNow: 2, compared: 2, problem: null });
  const page = await adeskit('validate', 'later.pdf', '--trust', 'root.pem', '--offline', '--html');
  expect(page.out).toContain('since signature 1 was made');
  const text = await adeskit('validate', 'later.pdf', '--trust', 'root.pem', '--offline', '--render');
  expect(text.out).toMatch(/since signature 1 was made\n {2}(Page 1|Compared as pictures)/);
});
