/** Runs an outside program to its end and gives back all it said: the shared ground of the judges. */
import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export interface Ran {
  readonly status: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs `program` without a shell; status 127 where it is not there, 124 where it took over a minute. */
export function run(program: string, args: readonly string[]): Promise<Ran> {
  return new Promise((done) => {
    execFile(program, args, { encoding: 'utf8', timeout: 60_000, maxBuffer: 64 << 20 }, (error, stdout, stderr) => {
      const code = error?.code;
      const status = error === null ? 0 : error.killed ? 124 : typeof code === 'number' ? code : 127;
      done({ status, stdout, stderr });
    });
  });
}

/** Gives `work` a folder of its own with `files` in it, and removes it afterwards. */
export async function inFolder<T>(files: Readonly<Record<string, string | Uint8Array>>, work: (folder: string) => Promise<T>): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), 'adeskit-judge-'));
  try {
    for (const [name, content] of Object.entries(files)) writeFileSync(join(folder, name), content);
    return await work(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** The first line a program says about its version, or null where it does not run. */
export async function versionOf(program: string, args: readonly string[]): Promise<string | null> {
  const { status, stdout, stderr } = await run(program, args);
  return status === 127 ? null : ((stdout.trim() || stderr.trim()).split('\n')[0] ?? '');
}
