/** Schemathesis, which makes requests from the OpenAPI document: no server error, no undocumented status, type or shape. */
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { endAfterTests, startRunning } from './support/running.ts';

endAfterTests();
const PROGRAM =
  process.env['ADESKIT_SCHEMATHESIS'] ?? fileURLToPath(new URL('../../.cache/schemathesis/bin/schemathesis', import.meta.url));
const present = existsSync(PROGRAM);
if (!present)
  console.info('schemathesis is not installed (service/test/judges/requirements.txt, or ADESKIT_SCHEMATHESIS): its test does not run');

test.skipIf(!present)('finds nothing wrong', { timeout: 400_000 }, async () => {
  const running = await startRunning('sqlite', { tiers: { business: 1_000_000 } });
  const checks = 'not_a_server_error,status_code_conformance,content_type_conformance,response_schema_conformance';
  const args = [
    'run',
    `${running.url}/openapi.json`,
    '-H',
    `X-API-Key: ${running.keys.test}`,
    '--checks',
    checks,
    '-n',
    '5',
    '--phases',
    'coverage,fuzzing',
  ];
  const child = spawn(PROGRAM, [...args, '--no-color', '--seed', '1'], { cwd: running.data, stdio: ['ignore', 'pipe', 'pipe'] });
  let said = '';
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (data: Buffer) => {
      said += data.toString('utf8');
    });
  const status = await new Promise((resolve) => child.once('close', resolve));
  expect([status, status === 0 ? '' : said]).toEqual([0, '']);
});
