import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import {
  clockBreaches,
  cycles,
  dangling,
  dynamicBreaches,
  notDownward,
  platformBreaches,
  tooLong,
  undeclaredPackages,
  unknownPlaces,
  unopened,
} from './rules.ts';
import { readSource, readSources } from './sources.ts';

const root = join(import.meta.dirname, '../..');

describe('the source of this project', () => {
  const files = readSources(root, 'src');
  const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  const dependencies = Object.keys({ ...manifest.dependencies });

  test('is seen by this check', () => {
    expect(files.length).toBeGreaterThan(5);
    expect(files.flatMap(({ imports }) => imports).length).toBeGreaterThan(5);
  });

  test('lies in folders that have a row', () => expect(unknownPlaces(files)).toEqual([]));
  test('imports only downward', () => expect(notDownward(files)).toEqual([]));
  test('has no import cycle, type-only imports included', () => expect(cycles(files)).toEqual([]));
  test('imports only files that are there', () => expect(dangling(files)).toEqual([]));
  test('reaches the platform only where that is allowed', () => expect(platformBreaches(files)).toEqual([]));
  test('loads only declared packages', () => expect(undeclaredPackages(files, dependencies)).toEqual([]));
  test('loads at run time only where that is allowed', () => expect(dynamicBreaches(files)).toEqual([]));
  test('takes the time as an argument', () => expect(clockBreaches(files)).toEqual([]));
  test('says in its first sentence what each file is', () => expect(unopened(files)).toEqual([]));
  test('keeps files short or says why not', () => expect(tooLong(files)).toEqual([]));
});

describe('each rule finds its planted breach', () => {
  type Rule = (files: ReturnType<typeof readSource>[]) => string[];
  const undeclared: Rule = (files) => undeclaredPackages(files, ['declared', '@scope/declared']);
  const cases: readonly [title: string, rule: Rule, sources: Record<string, string>, breaches: readonly string[]][] = [
    ['a folder without a row', unknownPlaces, { 'src/helpers/a.ts': '' }, ['src/helpers/a.ts']],
    ['an import that leaves src', unknownPlaces, { 'src/a.ts': "import '../test/b.ts';" }, ['src/a.ts → test/b.ts']],
    ['an upward import', notDownward, { 'src/pki/a.ts': "import { b } from '../cms/b.ts';" }, ['src/pki/a.ts → src/cms/b.ts']],
    [
      'a type-only upward import',
      notDownward,
      { 'src/base/a.ts': "import type { b } from '../pki/b.ts';" },
      ['src/base/a.ts → src/pki/b.ts'],
    ],
    ['an import type', notDownward, { 'src/base/a.ts': "type B = import('../pki/b.ts').B;" }, ['src/base/a.ts → src/pki/b.ts']],
    ['a re-export from above', notDownward, { 'src/pki/a.ts': "export { b } from '../cms/b.ts';" }, ['src/pki/a.ts → src/cms/b.ts']],
    ['a star re-export from above', notDownward, { 'src/pki/a.ts': "export * from '../tsp/b.ts';" }, ['src/pki/a.ts → src/tsp/b.ts']],
    ['a sideways import', notDownward, { 'src/pki/a.ts': "import '../pdf/b.ts';" }, ['src/pki/a.ts → src/pdf/b.ts']],
    ['an import of the stories by a layer', notDownward, { 'src/net/a.ts': "import '../sign.ts';" }, ['src/net/a.ts → src/sign.ts']],
    ['a dynamic upward import', notDownward, { 'src/keys/a.ts': "await import('../cli/b.ts');" }, ['src/keys/a.ts ⇢ src/cli/b.ts']],
    ['no breach in a downward import', notDownward, { 'src/cms/deep/a.ts': "import '../../pki/b.ts';" }, []],
    [
      'a cycle',
      cycles,
      { 'src/pki/a.ts': "import type { b } from './b.ts';", 'src/pki/b.ts': "export * from './c.ts';", 'src/pki/c.ts': "import './a.ts';" },
      ['src/pki/a.ts → src/pki/b.ts → src/pki/c.ts → src/pki/a.ts'],
    ],
    ['a missing file', dangling, { 'src/pki/a.ts': "import './b.ts';" }, ['src/pki/a.ts → src/pki/b.ts']],
    [
      'the platform in a pure layer',
      platformBreaches,
      { 'src/pki/a.ts': "import { hash } from 'node:crypto';" },
      ['src/pki/a.ts → node:crypto'],
    ],
    ['the platform, loaded later', platformBreaches, { 'src/pki/a.ts': "await import('node:fs');" }, ['src/pki/a.ts ⇢ node:fs']],
    ['no breach in crypto', platformBreaches, { 'src/crypto/a.ts': "import { hash } from 'node:crypto';" }, []],
    ['a package nobody declared', undeclared, { 'src/net/a.ts': "import 'lodash';" }, ['src/net/a.ts → lodash']],
    ['no breach in a declared one', undeclared, { 'src/net/a.ts': "import 'declared/x'; import '@scope/declared/y';" }, []],
    ['a package loaded by a pure layer', dynamicBreaches, { 'src/pki/a.ts': "await import('pkijs');" }, ['src/pki/a.ts ⇢ pkijs']],
    ['a computed import', dynamicBreaches, { 'src/pki/a.ts': 'await import(name);' }, ['src/pki/a.ts ⇢ a name computed at run time']],
    ['a required package', dynamicBreaches, { 'src/pki/a.ts': "require('pkijs');" }, ['src/pki/a.ts ⇢ pkijs']],
    ['a lazy file below the cli', dynamicBreaches, { 'src/keys/a.ts': "await import('./b.ts');" }, ['src/keys/a.ts ⇢ src/keys/b.ts']],
    ['no breach in the cli', dynamicBreaches, { 'src/cli/a.ts': "await import('../sign.ts'); await import(name);" }, []],
    ['a read of the clock', clockBreaches, { 'src/pki/a.ts': 'export const now = Date.now();' }, ['src/pki/a.ts']],
    ['a new Date of now', clockBreaches, { 'src/pki/a.ts': 'export const now = new Date();' }, ['src/pki/a.ts']],
    ['no breach in a given time', clockBreaches, { 'src/pki/a.ts': '/** Not Date.now(). */ export const then = new Date(0);' }, []],
    ['a file that opens with code', unopened, { 'src/pki/a.ts': 'export const a = 1;' }, ['src/pki/a.ts']],
    ['a file that opens with a word', unopened, { 'src/pki/a.ts': '/** Certificates. */' }, ['src/pki/a.ts']],
    ['no breach in a sentence', unopened, { 'src/pki/a.ts': '/**\n * Certificates,\n * RFC 5280, 4.1.\n *\n * More */' }, []],
    ['a long file', tooLong, { 'src/pki/a.ts': `/** A file. */${'\n'.repeat(501)}` }, ['src/pki/a.ts: 501 lines']],
    ['no breach in a reason', tooLong, { 'src/pki/a.ts': `/** A table, long because\n * it is one. */${'\n'.repeat(501)}` }, []],
  ];

  test.each(cases)('%s', (_title, rule, sources, breaches) => {
    expect(rule(Object.entries(sources).map(([path, text]) => readSource(path, text)))).toEqual(breaches);
  });
});
