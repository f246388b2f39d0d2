/** Builds dist/ (JavaScript and declarations) from src/, from nothing each time. `--out DIR` builds elsewhere. */
import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, renameSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';

const root = resolve(import.meta.dirname, '..');
const { values } = parseArgs({ options: { out: { type: 'string', default: 'dist' } } });
const out = resolve(root, values.out);
const fresh = `${out}.${process.pid}`;

const compiler = join(root, 'node_modules/typescript/bin/tsc');
const service = join(root, 'service');
const { status } = spawnSync(process.execPath, [compiler, '-p', join(root, 'tsconfig.build.json'), '--outDir', fresh], {
  stdio: 'inherit',
});
if (status === 0) {
  rmSync(out, { recursive: true, force: true });
  renameSync(fresh, out);
  if (out === join(root, 'dist')) buildService();
} else {
  rmSync(fresh, { recursive: true, force: true });
  process.exitCode = 1;
}

/** The service is built against the engine that was just built. */
function buildService(): void {
  if (!existsSync(join(root, 'node_modules/fastify'))) return;
  rmSync(join(service, 'dist'), { recursive: true, force: true });
  const { status: built } = spawnSync(process.execPath, [compiler, '-p', join(service, 'tsconfig.build.json')], { stdio: 'inherit' });
  if (built !== 0) process.exitCode = 1;
  else cpSync(join(service, 'src/pages/assets'), join(service, 'dist/pages/assets'), { recursive: true });
}
