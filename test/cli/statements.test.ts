/** What a signature states, by the same options in every format: its policy, roles and commitments (EN 319 122-1, 5.2; EN 319 132-1, 5.2). */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import { plainPdf } from '../../scripts/plain-pdf.ts';
import { temporaryFolder } from '../support/folder.ts';
import { memoryPki } from '../support/pki.ts';
import { adeskit } from './in-process.ts';

const folder = temporaryFolder();
const at = (name: string): string => join(folder, name);
const pki = memoryPki();
const KEY = ['--key', at('k.pem'), '--cert', at('c.pem')];

beforeAll(async () => {
  const leaf = await (await pki()).leaf('P-256');
  writeFileSync(at('k.pem'), leaf.privateKeyPem);
  writeFileSync(at('c.pem'), leaf.chainPem);
  writeFileSync(at('in.pdf'), plainPdf({ title: 'A contract', pages: [['Text']] }));
  writeFileSync(at('in.xml'), '<a/>');
  writeFileSync(at('terms.txt'), 'The terms.\n');
});

const ROLE = ['--role', 'Chair', '--commitment', '1.2.840.113549.1.9.16.6.1'];
const FORMATS: readonly [name: string, input: string, format: readonly string[]][] = [
  ['pades', 'in.pdf', []],
  ['cades', 'in.pdf', ['--format', 'cades']],
  ['xades', 'in.xml', ['--format', 'xades']],
  ['asic-s', 'in.xml', ['--format', 'asic-s']],
  ['asic-e', 'in.xml', ['--format', 'asic-e']],
  ['asic-e with XAdES', 'in.xml', ['--format', 'asic-e', '--signature', 'xades']],
];

test.each(FORMATS)('%s states policy, role and commitment, and its policy document is known again', async (name, input, format) => {
  const output = at(`${name.replace(/ /g, '-')}.out`);
  const policy = ['--signature-policy', '1.2.3.4', '--policy-file', at('terms.txt'), '--policy-url', 'https://example.org/terms'];
  expect(await adeskit('sign', at(input), '-o', output, ...format, ...KEY, ...ROLE, ...policy)).toMatchObject({ status: 0, err: '' });
  const { out } = await adeskit('validate', output, '--offline', '--json', '--policy-document', `1.2.3.4=${at('terms.txt')}`);
  expect(JSON.parse(out).signatures).toMatchObject([
    {
      valid: true,
      policyId: '1.2.3.4',
      signaturePolicy: { url: 'https://example.org/terms', identified: true, digestValid: true },
      signerRoles: ['Chair'],
      commitmentTypes: ['1.2.840.113549.1.9.16.6.1'],
    },
  ]);
});

test('a further signature in a container states what it is told', async () => {
  for (const [name, options] of [
    ['first.asice', []],
    ['second.asice', ['--parallel', '--role', 'Second']],
    ['third.asice', ['--countersign', '1', '--role', 'Third']],
  ] as const) {
    const input = name === 'first.asice' ? 'in.xml' : name === 'second.asice' ? 'first.asice' : 'second.asice';
    expect(await adeskit('sign', at(input), '-o', at(name), '--format', 'asic-e', ...KEY, ...options)).toMatchObject({
      status: 0,
      err: '',
    });
  }
  const { out } = await adeskit('validate', at('third.asice'), '--offline', '--json');
  expect(
    JSON.parse(out)
      .signatures.flatMap(({ signerRoles }: { signerRoles: string[] }) => signerRoles)
      .sort(),
  ).toEqual(['Second', 'Third']);
});

test.each<[string, string[], RegExp]>([
  [
    'a URI as the policy of a CMS',
    ['--format', 'cades', '--signature-policy', 'urn:x', '--policy-file', at('terms.txt')],
    /object identifier$/,
  ],
  ['nonsense as the policy of XML', ['--format', 'xades', '--signature-policy', 'x', '--policy-file', at('terms.txt')], /or a URI$/],
  ['a policy without its document', ['--format', 'xades', '--signature-policy', '1.2.3'], /go together/],
  ['a content time-stamp in a container without authority', ['--format', 'asic-e', '--content-timestamp'], /needs --tsa/],
  ['a media type of a container', ['--format', 'asic-e', '--mime-type', 'text/xml'], /--mime-type is not for --format asic-e/],
  ['an element of a container', ['--format', 'asic-e', '--element', 'a'], /--element is not for --format asic-e/],
])('%s is refused', async (_, options, message) => {
  const ran = await adeskit('sign', at('in.xml'), '-o', at('no.out'), ...KEY, ...options);
  expect(ran).toMatchObject({ status: 2, out: '', err: expect.stringMatching(message) });
});
