/** The examples of README.md, run as they stand, on files of a throw-away PKI. */
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { plainPdf } from '../scripts/plain-pdf.ts';
import { pemEncode } from './support/pem.ts';
import { servedPki } from './support/pki.ts';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const README = readFileSync(join(ROOT, 'README.md'), 'utf8');
const pki = servedPki();

test('the examples sign a PDF and validate it, in ten lines each', async () => {
  const served = await pki();
  const examples = [...README.matchAll(/```ts\n(.*?)```/gs)].map(([, code = '']) => code);
  expect(examples).toHaveLength(2);
  for (const code of examples) expect(code.trim().split('\n').length).toBeLessThanOrEqual(11);
  const folder = mkdtempSync(join(tmpdir(), 'adeskit-readme-'));
  try {
    const leaf = await served.leaf('P-256');
    writeFileSync(join(folder, 'me.p12'), leaf.pkcs12('geheim'));
    writeFileSync(join(folder, 'root.pem'), pemEncode(served.root));
    writeFileSync(join(folder, 'contract.pdf'), plainPdf({ title: 'Contract', pages: [['# Contract']] }));
    const first = await run(folder, 'sign.ts', here(examples[0] ?? '', served.tsaUrl));
    const second = await run(folder, 'validate.ts', here(examples[1] ?? '', served.tsaUrl));
    expect(first).toEqual({ status: 0, stdout: '', stderr: '' });
    expect(second.stderr).toBe('');
    // No revocation data is given or fetched here, so a verdict of `passed` would be wrong.
    expect(second.stdout).toMatch(/^INDETERMINATE PAdES-BASELINE-T 20\d\d-/);
  } finally {
    rmSync(folder, { recursive: true });
  }
});

/** The example with the package's name turned into its source, and its authority into the one of the test. */
function here(code: string, tsaUrl: string): string {
  return code
    .replace(/from 'adeskit(\/\w+)?'/g, (_, part?: string) => `from '${join(ROOT, 'src', part ?? '', 'index.ts')}'`)
    .replace("urls: 'http://timestamp.example/tsr'", `urls: '${tsaUrl}', allowPrivate: true`);
}

/** A child process beside this one, which serves the time-stamps. */
function run(cwd: string, name: string, code: string): Promise<{ status: number | null; stdout: string; stderr: string }> {
  writeFileSync(join(cwd, name), code);
  const child = spawn(process.execPath, [name], { cwd, env: { ...process.env, PASSWORD: 'geheim' } });
  let stdout = '';
  let stderr = '';
  child.stdout.on('data', (data) => (stdout += data));
  child.stderr.on('data', (data) => (stderr += data));
  return new Promise((resolve) => child.on('close', (status) => resolve({ status, stdout, stderr })));
}
