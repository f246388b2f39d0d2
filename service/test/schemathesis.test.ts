/** Schemathesis, which makes requests from the OpenAPI documents: no server error, no undocumented status, type or shape. */
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { createAccount } from '../src/domain/accounts.ts';
import { createKey, createTenant } from '../src/domain/keys.ts';
import { endAfterTests, type Running, startRunning } from './support/running.ts';

endAfterTests();
const PROGRAM =
  process.env['ADESKIT_SCHEMATHESIS'] ?? fileURLToPath(new URL('../../.cache/schemathesis/bin/schemathesis', import.meta.url));
const present = existsSync(PROGRAM);
if (!present)
  console.info('schemathesis is not installed (service/test/judges/requirements.txt, or ADESKIT_SCHEMATHESIS): its tests do not run');

const keyOf = async ({ service: { core } }: Running, prefix: string): Promise<string> =>
  createKey(core, { tenant: await createTenant(core, 'test', 'business'), mode: 'test' }, prefix, 'test');

/** An account that may administer, signed in. */
async function loginOf({ url, service: { core } }: Running): Promise<string> {
  const account = { email: 'admin@example.com', password: 'correct horse' };
  await createAccount(core, { tenant: await createTenant(core, 'test', 'business'), ...account, role: 'api_admin' });
  const answer = await fetch(`${url}/backend/othercompanyapi/login/`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(account),
  });
  return ((await answer.json()) as { readonly token: string }).token;
}

/** Where an interface describes itself, and the headers that let one in. */
const INTERFACES: readonly (readonly [name: string, document: string, headers: (running: Running) => Promise<readonly string[]>])[] = [
  ['QSignHub', '/openapi.json', async ({ keys }) => [`X-API-Key: ${keys.test}`]],
  [
    'QSign',
    '/backend/othercompanyapi/openapi.json',
    async (running) => [`X-Api-Key: ${await keyOf(running, 'qsk_test_')}`, `Authorization: Bearer ${await loginOf(running)}`],
  ],
  ['QI Sign', '/sign/openapi.json', async (running) => [`Authorization: ${await keyOf(running, 'qis_test_')}`]],
  ['Ignisign', '/v4/openapi.json', async (running) => [`Authorization: Bearer ${await keyOf(running, 'skv2_')}`]],
];

test.skipIf(!present).each(INTERFACES)('finds nothing wrong with %s', { timeout: 600_000 }, async (_name, document, headersOf) => {
  const running = await startRunning('sqlite', { tiers: { business: 1_000_000, account: 1_000_000 } });
  const checks = 'not_a_server_error,status_code_conformance,content_type_conformance,response_schema_conformance';
  const headers = (await headersOf(running)).flatMap((header) => ['-H', header]);
  const args = ['run', `${running.url}${document}`, ...headers, '--checks', checks, '-n', '5', '--phases', 'coverage,fuzzing'];
  const child = spawn(PROGRAM, [...args, '--no-color', '--seed', '1'], { cwd: running.data, stdio: ['ignore', 'pipe', 'pipe'] });
  let said = '';
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (data: Buffer) => {
      said += data.toString('utf8');
    });
  const status = await new Promise((resolve) => child.once('close', resolve));
  expect([status, status === 0 ? '' : said]).toEqual([0, '']);
});
