/** The commands on policies and stored evidence, called as people call them. */
import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { plainPdf } from '../../scripts/plain-pdf.ts';
import { sign } from '../../src/sign.ts';
import { temporaryFolder } from '../support/folder.ts';
import { pemEncode } from '../support/pem.ts';
import { memoryPki } from '../support/pki.ts';

const main = join(import.meta.dirname, '../../src/cli/main.ts');
const pki = memoryPki();
const folder = temporaryFolder();

const adeskit = (...args: string[]) => {
  const { status, stdout, stderr } = spawnSync(process.execPath, [main, ...args], {
    cwd: folder,
    encoding: 'utf8',
    env: { ...process.env, LC_ALL: 'C' },
  });
  return { status, out: stdout, err: stderr };
};
const write = (name: string, content: string) => writeFileSync(join(folder, name), content);
const NS = 'xmlns="http://dss.esig.europa.eu/validation/policy"';
const SUITE = `<Cryptographic><AcceptableEncryptionAlgo><Algo>ECDSA</Algo></AcceptableEncryptionAlgo><MiniPublicKeySize><Algo Size="256">ECDSA</Algo>
  </MiniPublicKeySize><AcceptableDigestAlgo><Algo>SHA256</Algo></AcceptableDigestAlgo></Cryptographic>`;

beforeAll(async () => {
  const made = await pki();
  const { signer } = await made.leaf('P-256');
  writeFileSync(join(folder, 'signed.pdf'), await sign(plainPdf({ title: 'A', pages: [['text']] }), { signer, at: Date.now() }));
  write('root.pem', pemEncode(made.root));
  write(
    'ours.json',
    '{"adeskitPolicy":1,"name":"ours","extends":"default","levels":{"revocation-available":"ignore","signing-time-present":"fail"}}',
  );
  write('bad.json', '{"adeskitPolicy":1,"name":"bad","extends":"default","levels":{"key-usage":"maybe"}}');
  write('weak.json', '{"adeskitPolicy":1,"name":"weak","extends":"default","algorithms":{"digests":{"MD5":null}}}');
  write(
    'dss.xml',
    `<ConstraintsParameters Name="theirs" ${NS}><PDFAConstraints><PDFACompliant Level="WARN"/></PDFAConstraints>${SUITE}</ConstraintsParameters>`,
  );
  write(
    'catalogue.json',
    '{"SecuritySuitabilityPolicy":{"PolicyName":{"Name":"C"},"Algorithm":[{"AlgorithmIdentifier":{"Name":"SHA256"},"Evaluation":[{"Validity":{}}]}]}}',
  );
});

describe('policy', () => {
  test('check says yes, or where the file is wrong', () => {
    expect(adeskit('policy', 'check', 'ours.json')).toEqual({ status: 0, out: 'ours: this is a policy\n', err: '' });
    expect(adeskit('policy', 'check', 'bad.json')).toMatchObject({
      status: 2,
      err: expect.stringMatching(/bad\.json: .*levels\["key-usage"\]: must be one of/),
    });
    expect(adeskit('policy', 'check', 'weak.json')).toMatchObject({ status: 1, err: expect.stringMatching(/weak\.json: .*MD5 must fail/) });
    expect(adeskit('policy', 'check', 'absent')).toMatchObject({
      status: 2,
      err: expect.stringMatching(/'absent' is neither a policy .* nor a file/),
    });
  });

  test('diff tells what is stricter and what is laxer', () => {
    const { status, out } = adeskit('policy', 'diff', 'default', 'ours.json');
    expect(status).toBe(0);
    expect(out).toMatch(/ours is stricter than default \(1\)\n {2}signing-time-present +warn → fail\n/);
    expect(out).toMatch(/ours is laxer than default/);
    expect(JSON.parse(adeskit('policy', 'diff', 'default', 'ours.json', '--json').out)).toMatchObject({ from: 'default', to: 'ours' });
    expect(adeskit('policy', 'diff', 'default', 'default').out).toBe('default and default demand the same\n');
  });

  test('show writes what check reads, and schema the schema', () => {
    write('shown.json', adeskit('policy', 'show', 'eu-qes').out);
    expect(adeskit('policy', 'diff', 'eu-qes', 'shown.json').out).toBe('eu-qes and eu-qes demand the same\n');
    expect(JSON.parse(adeskit('policy', 'schema').out)).toMatchObject({ $schema: 'https://json-schema.org/draft/2020-12/schema' });
  });

  test('import takes over constraints and catalogues and tells what it could not', () => {
    const dss = adeskit('policy', 'import', 'dss', 'dss.xml', '-o', 'theirs.json');
    expect(dss).toEqual({ status: 0, out: '', err: 'not taken over: PDFAConstraints/PDFACompliant: the engine does not model it\n' });
    expect(adeskit('policy', 'check', 'theirs.json').out).toBe('theirs: this is a policy\n');
    expect(adeskit('policy', 'import', 'ts119322', 'catalogue.json', '-o', 'c.json', '--base', 'eu-qes', '--name', 'mine').status).toBe(0);
    expect(adeskit('policy', 'diff', 'eu-qes', 'c.json').out).toMatch(
      /mine is stricter than eu-qes[\s\S]*digest SHA3-256 +no end → not accepted/,
    );
  });

  const WRONG: readonly [args: string[], message: RegExp][] = [
    [[], /something is missing/],
    [['relax', 'a'], /'relax' is none of check, diff, show, schema, import/],
    [['diff', 'default'], /something is missing/],
    [['check', 'ours.json', 'bad.json'], /too many/],
    [['import', 'dss', 'dss.xml'], /-o FILE is missing/],
    [['import', 'xslt', 'dss.xml', '-o', 'x.json'], /'xslt' is neither dss nor ts119322/],
    [['import', 'dss', 'ours.json', '-o', 'x.json'], /ours\.json: these constraints cannot be read/],
  ];
  test.each(WRONG)('%j is wrong usage, in one line', (args, message) => {
    const { status, err } = adeskit('policy', ...args);
    expect(status).toBe(2);
    expect(err).toMatch(message);
    expect(err.trimEnd().split('\n')).toHaveLength(1);
  });
});

describe('stored evidence', () => {
  test('is judged to the same report, and to another under another policy', () => {
    const at = ['--at', '2026-12-31T00:00:00Z'];
    const then = adeskit('validate', 'signed.pdf', '--trust', 'root.pem', '--offline', '--json', '--save-evidence', 'ev.json', ...at);
    expect(then).toMatchObject({ status: 1, err: '' });
    expect(adeskit('judge', 'ev.json', '--json', '--verify', ...at)).toEqual(then);
    const other = JSON.parse(adeskit('judge', 'ev.json', '--json', '--policy', 'ours.json', ...at).out) as {
      policy: string;
      signatures: object[];
    };
    expect(other).toMatchObject({ policy: 'ours' });
    expect(adeskit('judge', 'ev.json', '--html').out).toMatch(/^<!doctype html>/i);
    expect(adeskit('judge', 'ev.json').out).toMatch(/Signature1/);
  });

  test('is no input to overwrite', () => {
    const before = readFileSync(join(folder, 'signed.pdf'));
    expect(adeskit('validate', 'signed.pdf', '--offline', '--save-evidence', 'signed.pdf')).toMatchObject({ status: 2 });
    expect(readFileSync(join(folder, 'signed.pdf')).equals(before)).toBe(true);
  });

  test('that is none is unreadable', () => {
    expect(adeskit('judge', 'ours.json')).toMatchObject({ status: 2, err: expect.stringMatching(/ours\.json is no evidence/) });
    expect(adeskit('judge', 'signed.pdf')).toMatchObject({ status: 2, err: expect.stringMatching(/no evidence/) });
  });

  test('that does not verify anew is refused', () => {
    const stored = JSON.parse(readFileSync(join(folder, 'ev.json'), 'utf8')) as { chains: [string, { links: { issued: string }[] }][] };
    const link = stored.chains[0]?.[1].links[0];
    if (link) link.issued = 'broken';
    write('forged.json', JSON.stringify(stored));
    expect(adeskit('judge', 'forged.json', '--verify')).toMatchObject({
      status: 1,
      err: expect.stringMatching(/the evidence says broken, verified anew intact/),
    });
  });
});
