/** Signs and validates a file of any size in processes of their own, each of which tells the most memory it took. */
import { execFileSync } from 'node:child_process';
import { closeSync, ftruncateSync, mkdirSync, mkdtempSync, openSync, rmSync, statSync, writeFileSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createThrowAwayPki } from '../../src/issuing/index.ts';
import { pemEncode } from '../support/pem.ts';

export interface Step {
  readonly result: unknown;
  readonly seconds: number;
  readonly megabytes: number;
}

export const STEPS = ['nothing', 'hash', 'sign-detached', 'validate-detached', 'sign-attached', 'validate-attached'] as const;

/** Every step over a file of `size` octets in the folder for temporary files; what it leaves there is removed. `code`: src, or a folder it was built into. */
export async function stream(
  size: number,
  code = join(import.meta.dirname, '../../src'),
): Promise<{ steps: Record<(typeof STEPS)[number], Step>; attached: number }> {
  const folder = mkdtempSync(join(tmpdir(), 'adeskit-stream-'));
  try {
    const file = join(folder, 'content');
    writeContent(file, size);
    const keys = join(folder, 'keys');
    mkdirSync(keys);
    const pki = await createThrowAwayPki();
    const leaf = await pki.leaf('RSA-2048');
    writeFileSync(join(keys, 'key.pem'), leaf.privateKeyPem);
    writeFileSync(join(keys, 'cert.pem'), leaf.chainPem);
    writeFileSync(join(keys, 'root.pem'), pemEncode(pki.root));
    const run = (step: string): Step => {
      const out = join(folder, step.endsWith('detached') ? 'content.p7s' : 'content.p7m');
      const script = join(import.meta.dirname, 'stream-step.ts');
      return JSON.parse(execFileSync(process.execPath, [script, step, file, out, keys, code], { encoding: 'utf8' })) as Step;
    };
    const steps = Object.fromEntries(STEPS.map((step) => [step, run(step)])) as Record<(typeof STEPS)[number], Step>;
    return { steps, attached: statSync(join(folder, 'content.p7m')).size };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Mostly holes, so that it takes little of the disk, with octets of all values here and there. */
export function writeContent(file: string, size: number): void {
  const block = new Uint8Array(1 << 20).map((_, i) => (i * 2_654_435_761) >>> 13);
  const descriptor = openSync(file, 'w');
  ftruncateSync(descriptor, size);
  for (let at = 12_345; at + block.length < size; at += 1 << 28) writeSync(descriptor, block, 0, block.length, at);
  closeSync(descriptor);
}
