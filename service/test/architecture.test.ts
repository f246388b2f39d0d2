/** The shape of the service: what may import what, and no vendor's words in the core. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { cycles, dangling, tooLong, unopened } from '../../test/architecture/rules.ts';
import { readSources } from '../../test/architecture/sources.ts';

const root = fileURLToPath(new URL('..', import.meta.url));
const files = readSources(root, 'src');
const folderOf = (path: string): string => path.split('/').slice(1, -1).join('/');

/** What a folder must not know of. */
const FORBIDDEN: Readonly<Record<string, RegExp>> = {
  domain: /^src\/(http|dialects|webhooks|sealing|config|pages|service|serve)/,
  storage: /^src\/(http|dialects|webhooks|sealing|domain|pages|service|serve)/,
  jobs: /^src\/(http|dialects|webhooks|sealing|domain|pages|service|serve)/,
  blobs: /^src\/(http|dialects|webhooks|sealing|domain|pages|service|serve)/,
  workers: /^src\/(http|dialects|webhooks|sealing|storage|jobs|blobs|config|pages|service|serve)/,
  sealing: /^src\/(http|dialects|webhooks|pages|service|serve)/,
  webhooks: /^src\/(http|dialects|sealing|pages|service|serve)/,
};

describe('the service', () => {
  test('is seen by this check', () => expect(files.length).toBeGreaterThan(40));
  test('has no import cycle', () => expect(cycles(files)).toEqual([]));
  test('imports only files that are there', () => expect(dangling(files)).toEqual([]));
  test('says in its first sentence what each file is', () => expect(unopened(files)).toEqual([]));
  test('keeps files short or says why not', () => expect(tooLong(files)).toEqual([]));
  test('keeps its core apart from HTTP and from vendors', () => {
    const breaches = files
      .flatMap(({ imports }) => imports)
      .filter(({ from, to }) => to !== null && FORBIDDEN[folderOf(from).split('/')[0] ?? '']?.test(to))
      .map(({ from, to }) => `${from} → ${to}`);
    expect(breaches).toEqual([]);
  });
  test('uses the engine only by what it offers in public', () => {
    const offered = new Set(
      Object.keys(JSON.parse(readFileSync(join(root, '../package.json'), 'utf8')).exports).map((name) => `adeskit${name.slice(1)}`),
    );
    const inner = files.flatMap(({ imports }) => imports).flatMap(({ to }) => (to?.startsWith('adeskit') ? [to] : []));
    expect(inner.length).toBeGreaterThan(10);
    expect([...new Set(inner)].filter((name) => !offered.has(name))).toEqual([]);
  });
  test('asks for what belongs to a customer in a mode by both, in one place', () => {
    const texts = files.map(({ path }) => ({ path, text: readFileSync(join(root, path), 'utf8') }));
    const schema = texts.find(({ path }) => path === 'src/storage/schema.ts')?.text ?? '';
    const tables = [...schema.matchAll(/^ {2}(\w+): \{(.*?)^ {2}\};/gms)].flatMap(([, name = '', columns = '']) =>
      /\btenant_id:/.test(columns) && /\bmode:/.test(columns) ? [name] : [],
    );
    expect(tables).toContain('documents');
    const halves = texts.filter(({ text }) => /\.where\(\s*'(\w+\.)?(tenant_id|mode)'/.test(text)).map(({ path }) => path);
    // Keys, months of usage and accounts belong to a customer in both modes; the outbox shows modes.
    expect(halves.map((path) => path.slice('src/'.length)).toSorted()).toEqual([
      'domain/keys.ts',
      'domain/members.ts',
      'domain/messages.ts',
      'domain/usage.ts',
      'webhooks/lanes.ts',
    ]);
    const named = new RegExp(`(.{60})\\.(?:selectFrom|updateTable|deleteFrom)\\(\\s*'(?:${tables.join('|')})'`, 'gs');
    const outside = texts
      .filter(({ path }) => /^src\/(dialects|http|pages\/portal)\//.test(path))
      .flatMap(({ path, text }) =>
        [...text.matchAll(named)].flatMap(([, before = '']) => (/inRealm\([^()]*\)\s*$/.test(before) ? [] : [path])),
      );
    // A link that proves itself leads to one request.
    expect([...new Set(outside)]).toEqual(['src/http/files.ts']);
  });
  test('knows no word of a vendor in the core', () => {
    const core = ['domain', 'storage', 'jobs', 'blobs', 'workers', 'sealing', 'webhooks', 'mail'];
    const found = core.flatMap((folder) =>
      readdirSync(join(root, 'src', folder), { recursive: true, encoding: 'utf8' })
        .filter((name) => name.endsWith('.ts'))
        .filter((name) => /qsign|qi.?sign|ignisign|qsh_/i.test(readFileSync(join(root, 'src', folder, name), 'utf8')))
        .map((name) => `${folder}/${name}`),
    );
    expect(found).toEqual([]);
  });
});

test('what is built is built whole each time, and knows nothing of a build before', () => {
  const merged = ['../tsconfig.json', 'tsconfig.build.json'].map(
    (name) => JSON.parse(readFileSync(join(root, name), 'utf8')).compilerOptions,
  );
  expect(Object.assign({}, ...merged)).toMatchObject({ incremental: false, tsBuildInfoFile: null });
});
