/** The first start prints an account once, and who has it gets into the portal. */
import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { endAfterTests, newFolder } from '../support/running.ts';
import { HOME } from './support.ts';

endAfterTests();

test('prints where the portal is, and an account that opens it, once', { timeout: 120_000 }, async () => {
  const data = newFolder();
  const first = await serve(data, /account of the portal/);
  const [, email = '', password = ''] = /account of the portal and of QSign: (\S+) {2}password: (\S+)/.exec(first.said()) ?? [];
  const [, url = ''] = /developer portal {3}(\S+)\/w\/portal/.exec(first.said()) ?? [];
  const answer = await fetch(`${url}${HOME}/sign-in`, {
    method: 'POST',
    redirect: 'manual',
    body: new URLSearchParams({ email, password }),
  });
  expect([answer.status, answer.headers.get('location')]).toEqual([303, `${HOME}/test`]);
  const cookie = answer.headers.getSetCookie()[0]?.split(';')[0] ?? '';
  const keys = await (await fetch(`${url}${HOME}/live/keys`, { headers: { cookie } })).text();
  for (const label of ['QSignHub live', 'QSign live', 'QI Sign live', 'Ignisign PRODUCTION'])
    expect(keys).toContain(`<span class="soft">${label}</span>`);
  expect(await first.stop()).toBe(0);
  const second = await serve(data, /\/w\/portal/);
  expect(await second.stop()).toBe(0);
  expect(second.said()).not.toContain('password');
});

/** `adeskit serve` in a process of its own, when it has said `line`. */
async function serve(data: string, line: RegExp): Promise<{ said(): string; stop(): Promise<number | null> }> {
  const at = (path: string): string => JSON.stringify(new URL(path, import.meta.url).href);
  const code = `const { serve } = await import(${at('../../src/serve.ts')}); await serve({ port: 0, data: process.env.DATA, say: console.log, environment: { ADESKIT_LOG_LEVEL: 'silent' } });`;
  const child = spawn(
    process.execPath,
    ['--import', fileURLToPath(new URL('../support/engine-source.ts', import.meta.url)), '--input-type=module', '-e', code],
    {
      env: { PATH: process.env['PATH'], DATA: data },
      stdio: ['ignore', 'pipe', 'inherit'],
    },
  );
  const ended = new Promise<number | null>((resolve) => child.once('close', resolve));
  const said: string[] = [];
  await new Promise<void>((resolve) => {
    createInterface({ input: child.stdout }).on('line', (text) => {
      said.push(text);
      if (line.test(text)) resolve();
    });
  });
  return {
    said: () => said.join('\n'),
    stop: () => {
      child.kill('SIGTERM');
      return ended;
    },
  };
}
