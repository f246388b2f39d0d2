/** Start-up: how long until the library is imported and until the CLI answers, whole processes beside an empty one. */
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { type Effort, median, table } from './measure.ts';

const ROOT = fileURLToPath(new URL('..', import.meta.url));

export async function* starting(effort: Effort): AsyncGenerator<string> {
  if (!existsSync(`${ROOT}dist/index.js`)) {
    yield 'start-up: not measured, run `npm run build` first\n';
    return;
  }
  const commands: Record<string, string[]> = {
    'empty process': ['-e', '0'],
    "import 'adeskit'": ['--input-type=module', '-e', `await import(${JSON.stringify(`file://${ROOT}dist/index.js`)})`],
    'adeskit --help': [`${ROOT}bin/adeskit.js`, '--help'],
    "import '@libpdf/core'": ['--input-type=module', '-e', "await import('@libpdf/core')"],
  };
  const times: Record<string, number[]> = {};
  for (let round = 0; round < effort.rounds; round++) {
    for (const [name, args] of Object.entries(commands)) {
      const start = performance.now();
      spawnSync(process.execPath, args, { cwd: ROOT, stdio: 'ignore' });
      times[name] = [...(times[name] ?? []), performance.now() - start];
    }
  }
  const empty = median(times['empty process'] ?? []);
  yield table('start-up of a whole process', [
    ['', 'ms', 'beyond an empty process'],
    ...Object.entries(times).map(([name, all]) => [name, median(all).toFixed(0), (median(all) - empty).toFixed(0)]),
  ]);
}
