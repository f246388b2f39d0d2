import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import { temporaryFolder } from '../support/folder.ts';

const root = join(import.meta.dirname, '../..');
const checkout = temporaryFolder();

beforeAll(() => {
  cpSync(join(root, 'bin'), join(checkout, 'bin'), { recursive: true });
  writeFileSync(join(checkout, 'package.json'), '{"type":"module"}');
});

const run = (...nodeOptions: string[]) =>
  spawnSync(process.execPath, [...nodeOptions, join(checkout, 'bin/adeskit.js'), 'validate', 'a.pdf'], { encoding: 'utf8' });

test('an old Node is told apart in one line, with exit status 2', () => {
  const pretend = "Object.defineProperty(process.versions, 'node', { value: '20.20.2' })";
  const { status, stdout, stderr } = run('--import', `data:text/javascript,${encodeURIComponent(pretend)}`);
  expect({ status, stdout, stderr }).toEqual({
    status: 2,
    stdout: '',
    stderr: 'adeskit: needs Node.js 24 or newer, this is 20.20.2\n',
  });
});

test('a checkout that was not built says how to build it, with exit status 2', () => {
  const { status, stdout, stderr } = run();
  expect({ status, stdout, stderr }).toEqual({ status: 2, stdout: '', stderr: 'adeskit: is not built yet: run `npm run build`\n' });
});

test('a built one hands over to the command line', () => {
  mkdirSync(join(checkout, 'dist/cli'), { recursive: true });
  writeFileSync(join(checkout, 'dist/cli/main.js'), 'console.log(process.argv.slice(2).join(" "))');
  const { status, stdout, stderr } = run();
  expect({ status, stdout, stderr }).toEqual({ status: 0, stdout: 'validate a.pdf\n', stderr: '' });
});
