import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';

const root = join(import.meta.dirname, '../..');
const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
/** What a subpath may be; every other folder is our own affair. */
const OFFERED = 'asn1 cades cms crypto facts issuing keys net pades pdf pki render report trust tsp validation'.split(' ');

const published = OFFERED.filter((folder) => existsSync(join(root, 'src', folder, 'index.ts')));

test('each folder with a public file has its subpath export, and nothing else has one', () => {
  const entry = (path: string) => ({ types: `./dist/${path}index.d.ts`, default: `./dist/${path}index.js` });
  const subpaths = published.map((folder) => [`./${folder}`, entry(`${folder}/`)]);
  expect(manifest.exports).toEqual({ '.': entry(''), ...Object.fromEntries(subpaths), './package.json': './package.json' });
});

test('only folders that are offered have a public file', () => {
  const withIndex = readdirSync(join(root, 'src'), { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && existsSync(join(root, 'src', entry.name, 'index.ts')))
    .map(({ name }) => name);
  expect(withIndex).toEqual(published);
});
