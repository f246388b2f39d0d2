/** The samples of the vendors' own documents, taken out of the texts that lie beside the project and run as they are: only host and key change. */
import { execFile } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const folder = process.env['ADESKIT_SEEDS'] ?? fileURLToPath(new URL('../../../../shared/seeds', import.meta.url));

/** The text of a vendor, or null where it is not there: then the tests say so and do not run. */
export function vendorText(name: string): string | null {
  const path = join(folder, `${name}.txt`);
  if (existsSync(path)) return readFileSync(path, 'utf8');
  console.info(`${path} is not there: the samples of ${name} are not run (ADESKIT_SEEDS names the folder)`);
  return null;
}

export interface Ran {
  readonly status: number;
  readonly out: string;
  readonly error: string;
}

/** Runs a program with an input file in `folder`. */
export function run(program: string, args: readonly string[], cwd: string): Promise<Ran> {
  return new Promise((resolve) => {
    execFile(program, [...args], { cwd, timeout: 50_000, maxBuffer: 64 * 1024 * 1024 }, (error, out, text) =>
      resolve({ status: error === null ? 0 : typeof error.code === 'number' ? error.code : 1, out, error: text }),
    );
  });
}

/** Runs a curl sample; what it answers, with its status in the last line. */
export async function runCurl(command: string, cwd: string): Promise<{ readonly status: number; readonly body: string }> {
  const path = join(cwd, 'sample.sh');
  writeFileSync(path, `${command.trimEnd()} -s -w '\\n%{http_code}'\n`);
  const { out, error } = await run('bash', [path], cwd);
  const at = out.lastIndexOf('\n');
  if (at < 0) throw new Error(`curl: ${error}`);
  return { status: Number(out.slice(at + 1)), body: out.slice(0, at) };
}

/** Runs Python code; throws with what it wrote to the error stream. */
export async function runPython(code: string, cwd: string): Promise<string> {
  const path = join(cwd, 'sample.py');
  writeFileSync(path, code);
  const { status, out, error } = await run('python3', [path], cwd);
  if (status !== 0) throw new Error(error);
  return out;
}

/** Runs TypeScript or JavaScript by Node. */
export async function runNode(code: string, cwd: string): Promise<string> {
  const path = join(cwd, 'sample.ts');
  writeFileSync(path, code);
  const { status, out, error } = await run(process.execPath, [path], cwd);
  if (status !== 0) throw new Error(error);
  return out;
}
