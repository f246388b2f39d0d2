/** The session of README.md, as it stands, and what others say of the file that it leaves. */
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { plainPdf } from '../../scripts/plain-pdf.ts';
import { pdfsig } from '../../test/judges/pdf-tools.ts';
import { startPyhanko } from '../../test/judges/pyhanko.ts';
import { versionOf } from '../../test/judges/run.ts';
import { endAfterTests, type Running, startRunning } from './support/running.ts';

endAfterTests();
const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const [, session = ''] = /```sh\n(.*?)```/s.exec(readFileSync(join(ROOT, 'README.md'), 'utf8')) ?? [];
const folder = mkdtempSync(join(tmpdir(), 'adeskit-session-'));
let running: Running;
let said: { readonly status: number | null; readonly out: string };

beforeAll(async () => {
  running = await startRunning('sqlite');
  writeFileSync(join(folder, 'contract.pdf'), plainPdf({ title: 'Contract', pages: [['# Contract']] }));
  // The package's command, from its sources.
  const npx = `npx() { shift; '${process.execPath}' '${ROOT}/src/cli/main.ts' "$@"; }`;
  said = await bash(`set -e\n${npx}\n${session}`, { URL: running.url, KEY: running.keys.test });
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test('it ends with a document that adeskit finds valid', () => {
  expect(session).toContain('/v1/documents');
  expect([said.out.split('\n')[0], said.status]).toEqual(['VALID  The signature is valid.', 0]);
});

test.skipIf((await versionOf('pdfsig', ['-v'])) === null)('pdfsig finds the signature valid', async () => {
  const { signatures } = await pdfsig(join(folder, 'signed.pdf'));
  expect(signatures).toMatchObject([{ valid: true, type: 'ETSI.CAdES.detached' }]);
});

test('pyHanko finds it valid, at level LT, and nothing changed but what may change', async () => {
  const judge = await startPyhanko();
  if (judge === null) return console.info('pyHanko is not installed here');
  try {
    const trust = [readFileSync(join(folder, 'root.pem'), 'utf8')];
    const { signatures, dss } = await judge.judge({ path: join(folder, 'signed.pdf'), trust });
    expect(signatures).toMatchObject([
      { type: 'signature', intact: true, valid: true, trusted: true, bottomLine: true, modificationLevel: 'LTA_UPDATES' },
    ]);
    expect(dss?.ocsps).toBeGreaterThan(0);
  } finally {
    judge.close();
  }
});

function bash(script: string, environment: Record<string, string>): Promise<{ status: number | null; out: string }> {
  const child = spawn('bash', ['-c', script], {
    cwd: folder,
    env: { ...process.env, ...environment, NO_COLOR: '1' },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let out = '';
  child.stdout.on('data', (data: Buffer) => {
    out += data.toString('utf8');
  });
  return new Promise((resolve) => child.once('close', (status) => resolve({ status, out })));
}
