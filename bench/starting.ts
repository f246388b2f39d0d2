/** Start-up: how long until the library is imported, and until the command line has answered, signed and validated; whole processes beside an empty one. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createThrowAwayPki } from '../src/issuing/index.ts';
import { tinyPdf } from '../test/keys/tiny-pdf.ts';
import { type Effort, median, table } from './measure.ts';

const ROOT = fileURLToPath(new URL('..', import.meta.url));

export async function* starting(effort: Effort): AsyncGenerator<string> {
  const folder = mkdtempSync(join(tmpdir(), 'adeskit-starting-'));
  try {
    yield measured(await commandsIn(folder), effort);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function commandsIn(folder: string): Promise<Readonly<Record<string, readonly string[]>>> {
  const { privateKeyPem, chainPem } = await (await createThrowAwayPki()).leaf('P-256');
  const [key, cert, pdf, signed] = ['key.pem', 'cert.pem', 'in.pdf', 'signed.pdf'].map((name) => join(folder, name)) as [
    string,
    string,
    string,
    string,
  ];
  writeFileSync(key, privateKeyPem);
  writeFileSync(cert, chainPem);
  writeFileSync(pdf, tinyPdf('0'));
  const adeskit = (...args: string[]): string[] => [`${ROOT}bin/adeskit.js`, ...args];
  return {
    'empty process': ['-e', '0'],
    'adeskit --help': adeskit('--help'),
    'adeskit sign --help': adeskit('sign', '--help'),
    'adeskit sign, a small PDF': adeskit('sign', pdf, '-o', signed, '--key', key, '--cert', cert),
    'adeskit validate, that PDF': adeskit('validate', signed, '--trust', cert, '--offline'),
    "import 'adeskit'": ['--input-type=module', '-e', `await import(${JSON.stringify(`file://${ROOT}dist/index.js`)})`],
    "import '@libpdf/core'": ['--input-type=module', '-e', "await import('@libpdf/core')"],
  };
}

function measured(commands: Readonly<Record<string, readonly string[]>>, { rounds }: Effort): string {
  const times: Record<string, number[]> = {};
  for (let round = 0; round < rounds; round++) {
    for (const [name, args] of Object.entries(commands)) {
      const start = performance.now();
      const { status } = spawnSync(process.execPath, args, { cwd: ROOT, stdio: 'ignore' });
      if (status !== 0) throw new Error(`${name} ended with ${status}`);
      times[name] = [...(times[name] ?? []), performance.now() - start];
    }
  }
  const empty = median(times['empty process'] ?? []);
  return table('start-up of a whole process', [
    ['', 'ms', 'beyond an empty process'],
    ...Object.entries(times).map(([name, all]) => [name, median(all).toFixed(0), (median(all) - empty).toFixed(0)]),
  ]);
}
