import { execFileSync, spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import { temporaryFolder } from '../support/folder.ts';

const root = join(import.meta.dirname, '../..');
const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
const subpaths = Object.keys(manifest.exports).filter((name) => name !== '.' && name !== './package.json');

const folder = temporaryFolder();
let packed: { readonly filename: string; readonly unpackedSize: number; readonly files: readonly { readonly path: string }[] };

beforeAll(() => {
  const stage = join(folder, 'stage');
  mkdirSync(stage);
  run(root, process.execPath, join(root, 'scripts/build.ts'), '--out', join(stage, 'dist'));
  const others = manifest.files.filter((name: string) => name !== 'dist' && existsSync(join(root, name)));
  for (const name of [...others, 'package.json']) cpSync(join(root, name), join(stage, name), { recursive: true });
  [packed] = JSON.parse(npm(stage, 'pack', '--ignore-scripts', '--json', '--pack-destination', folder));
  writeFileSync(join(folder, 'package.json'), '{"private":true,"type":"module"}');
  npm(folder, 'install', '--offline', '--ignore-scripts', join(folder, packed.filename));
  writeFileSync(join(folder, 'program.ts'), PROGRAM);
}, 240_000);

test('the package unpacks to less than 6 MB of what its user needs', () => {
  expect(packed.unpackedSize).toBeLessThan(6_000_000);
  expect(
    packed.files.map(({ path }) => path).filter((path) => !/^(dist|bin)\/.*\.(js|d\.ts)$|^[A-Z]+(\.md)?$|^package\.json$/.test(path)),
  ).toEqual([]);
});

test('its command says how to get the service, which is a package of its own', () => {
  const called = spawnSync(process.execPath, [join(folder, 'node_modules/adeskit/bin/adeskit.js'), 'serve'], {
    cwd: folder,
    encoding: 'utf8',
  });
  expect([called.status, called.stderr]).toEqual([2, 'adeskit: the service is not installed: npm install adeskit-service\n']);
});

const settings: readonly [title: string, options: Record<string, unknown>][] = [
  ['nodenext', { module: 'nodenext' }],
  ['bundler', { module: 'esnext', moduleResolution: 'bundler' }],
];

test.each(settings)('a new TypeScript project with %s resolution compiles against it and has its types', (name, options) => {
  compile(name, { ...options, types: [], skipLibCheck: true });
});

test('its declarations are sound in themselves, beside the types of Node', () => {
  mkdirSync(join(folder, 'node_modules/@types'), { recursive: true });
  for (const typed of ['@types/node', 'undici-types']) {
    if (!existsSync(join(folder, 'node_modules', typed)))
      symlinkSync(join(root, 'node_modules', typed), join(folder, 'node_modules', typed));
  }
  compile('sound', { module: 'nodenext', types: ['node'], skipLibCheck: false });
});

test('the compiled program runs on the installed package alone', () => {
  compile('run', { module: 'nodenext', types: [], skipLibCheck: true });
  expect(run(folder, process.execPath, join(folder, 'run/program.js'))).toBe(`${NAMED.map(() => 'function').join(' ')}\n`);
});

const NAMED: readonly (readonly [from: string, name: string])[] = [
  ['adeskit', 'sign'],
  ['adeskit', 'validate'],
  ['adeskit/pki', 'parseCertificate'],
];

/** `Typed` is `never` for `any`: what an import becomes whose declarations are not found. */
const PROGRAM = `
${NAMED.map(([from, name]) => `import { ${name} } from '${from}';`).join('\n')}
${subpaths.map((name, index) => `import * as part${index} from 'adeskit/${name.slice(2)}';`).join('\n')}

type Typed<T> = 0 extends 1 & T ? never : T;
const use = <T>(it: Typed<T>): T => it;

console.log(${NAMED.map(([, name]) => `typeof use<typeof ${name}>(${name})`).join(', ')});
export const parts: readonly object[] = [${subpaths.map((_, index) => `use<typeof part${index}>(part${index})`).join(', ')}];
`;

function compile(name: string, options: Record<string, unknown>): void {
  const project = join(folder, `tsconfig.${name}.json`);
  const compilerOptions = { target: 'es2024', strict: true, exactOptionalPropertyTypes: true, outDir: name, ...options };
  writeFileSync(project, JSON.stringify({ compilerOptions, files: ['program.ts'] }));
  run(folder, process.execPath, join(root, 'node_modules/typescript/bin/tsc'), '-p', project);
}

/** npm without a registry: an empty cache of its own, and none of the settings of the npm that runs this test. */
function npm(cwd: string, ...args: string[]): string {
  return run(cwd, 'npm', ...args, '--cache', join(folder, 'cache'), '--no-audit', '--no-fund', '--loglevel=error');
}

function run(cwd: string, program: string, ...args: string[]): string {
  const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !/^npm_/i.test(name)));
  try {
    return execFileSync(program, args, { cwd, env, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
  } catch (error) {
    const { stdout, stderr } = error as { readonly stdout: string; readonly stderr: string };
    throw new Error(`${program} ${args.join(' ')}\n${stdout}${stderr}`);
  }
}
