/** Containers of a file of any size: signed, validated, signed again and extended in processes of their own, each of which tells the most memory it took. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createThrowAwayPki } from '../../src/issuing/index.ts';
import { type Step, writeContent } from '../cms/streaming.ts';
import { pemEncode } from '../support/pem.ts';

export const STEPS = [
  'nothing',
  ...['sign asic-s', 'validate asic-s', 'sign-again asic-s', 'extend asic-s'],
  ...['sign asic-e', 'validate asic-e', 'sign-again asic-e', 'extend asic-e'],
] as const;

/** Every step over a file of `size` octets in the folder for temporary files; what it leaves there is removed. `code`: src, or a folder it was built into. */
export async function stream(size: number, code = join(import.meta.dirname, '../../src')): Promise<ReadonlyMap<string, Step>> {
  const folder = mkdtempSync(join(tmpdir(), 'adeskit-containers-'));
  try {
    const file = join(folder, 'content');
    writeContent(file, size);
    const pki = await createThrowAwayPki();
    const leaf = await pki.leaf('RSA-2048');
    writeFileSync(join(folder, 'key.pem'), leaf.privateKeyPem);
    writeFileSync(join(folder, 'cert.pem'), leaf.chainPem);
    writeFileSync(join(folder, 'root.pem'), pemEncode(pki.root));
    const run = (step: string): Step => {
      const script = join(import.meta.dirname, 'stream-step.ts');
      return JSON.parse(execFileSync(process.execPath, [script, step, file, folder, code], { encoding: 'utf8' })) as Step;
    };
    return new Map(STEPS.map((step) => [step, run(step)]));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
