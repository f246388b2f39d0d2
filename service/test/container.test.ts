/** The Containerfile and the compose file: what they name is there, and the service understands what they set. */
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { readConfiguration, VARIABLES } from '../src/config/configuration.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const require = createRequire(import.meta.url);
/** The parser that the OpenAPI document is written with. */
const { parse } = createRequire(require.resolve('@fastify/swagger'))('yaml') as { parse(text: string): Compose };

interface Compose {
  readonly services: Readonly<Record<string, Part>>;
  readonly volumes: Readonly<Record<string, unknown>>;
}

interface Part {
  readonly image?: string;
  readonly build?: { readonly context: string; readonly dockerfile: string };
  readonly environment: Readonly<Record<string, string>>;
  readonly volumes: readonly string[];
  readonly ports?: readonly string[];
  readonly depends_on?: Readonly<Record<string, { readonly condition: string }>>;
}

interface Instruction {
  readonly stage: number;
  readonly name: string;
  readonly text: string;
}

function instructionsOf(text: string): Instruction[] {
  let stage = -1;
  return text
    .replace(/\\\n/g, ' ')
    .split('\n')
    .filter((line) => line.trim() !== '' && !line.startsWith('#'))
    .map((line) => {
      const [, name = '', rest = ''] = /^(\w+)\s+(.*)$/.exec(line) ?? [];
      if (name === 'FROM') stage++;
      return { stage, name, text: rest };
    });
}

const instructions = instructionsOf(readFileSync(join(root, 'service/Containerfile'), 'utf8'));
const all = (name: string): string[] => instructions.filter((one) => one.name === name).map(({ text }) => text);
const environmentOf = (texts: readonly string[]): Record<string, string> =>
  Object.fromEntries(texts.flatMap((text) => text.split(/\s+/)).map((pair) => pair.split('=') as [string, string]));

describe('the Containerfile', () => {
  const environment = environmentOf(all('ENV'));
  test('copies what is in the checkout, or what the build makes', () => {
    const tracked = execFileSync('git', ['ls-files'], { cwd: root, encoding: 'utf8' }).split('\n');
    const made = ['dist', 'service/dist', 'node_modules'];
    const copies = all('COPY').map((text) => /^--from=(\w+) \/app\/(\S+) \.\/(\S+)$/.exec(text));
    expect(all('COPY').filter((_, index) => copies[index] === null)).toEqual(['. .']);
    for (const [, from = '', source = '', target] of copies.filter((copy) => copy !== null)) {
      expect([from, target]).toEqual(['build', source]);
      expect([source, made.includes(source) || tracked.some((path) => path === source || path.startsWith(`${source}/`))]).toEqual([
        source,
        true,
      ]);
    }
  });
  test('runs scripts that the package has, and starts a file that it copies', () => {
    const { scripts } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { readonly scripts: Record<string, string> };
    for (const [, script = ''] of all('RUN').flatMap((text) => [...text.matchAll(/npm run (\S+)/g)])) expect(scripts[script]).toBeDefined();
    const [, file = '', ...rest] = JSON.parse(all('CMD')[0] ?? '[]') as string[];
    expect([existsSync(join(root, file)), rest]).toEqual([true, ['serve']]);
  });
  test('sets what the service understands, and says the same in other words', () => {
    const own = Object.keys(environment).filter((name) => name !== 'NODE_ENV');
    expect(own.filter((name) => VARIABLES[name] === undefined)).toEqual([]);
    expect(readConfiguration(environment)).toMatchObject({ host: '0.0.0.0', data: all('VOLUME')[0], port: Number(all('EXPOSE')[0]) });
    const [, command = ''] = /CMD (\[.*\])$/.exec(all('HEALTHCHECK')[0] ?? '') ?? [];
    expect((JSON.parse(command) as string[])[2]).toContain("process.env.PORT+'/healthz'");
    expect(all('USER')).toEqual(['node']);
  });
});

describe('the compose file', () => {
  const compose = parse(readFileSync(join(root, 'service/compose.yaml'), 'utf8'));
  const given = { ENCRYPTION_KEY: Buffer.alloc(32).toString('base64') };
  const built = Object.entries(compose.services).filter(([, { build }]) => build !== undefined);
  test('has a database and two processes on it that are one service', () => {
    expect(built.map(([name]) => name)).toEqual(['service', 'worker']);
    const [one, other] = built.map(([, part]) => part.environment);
    expect(one).toEqual(other);
    for (const [, part] of built) {
      expect(existsSync(join(root, part.build?.dockerfile ?? ''))).toBe(true);
      expect(part.depends_on).toEqual({ database: { condition: 'service_healthy' } });
      expect(part.volumes).toContain(`documents:${all('VOLUME')[0]}`);
    }
    expect(built.flatMap(([, { ports }]) => ports ?? [])).toEqual([`127.0.0.1:8480:${all('EXPOSE')[0]}`]);
    const named = Object.values(compose.services).flatMap(({ volumes }) => volumes.map((volume) => volume.split(':')[0]));
    expect(new Set(named)).toEqual(new Set(Object.keys(compose.volumes)));
  });
  test.each(built)('gives the process %s a configuration without a mistake', (_, part) => {
    expect(Object.keys(part.environment).filter((name) => VARIABLES[name] === undefined)).toEqual([]);
    const environment = Object.fromEntries(Object.entries(part.environment).map(([name, text]) => [name, filledIn(text, given)]));
    const { databaseUrl, encryptionKey } = readConfiguration({ ...environmentOf(all('ENV')), ...environment });
    const database = new URL(databaseUrl ?? '');
    const { environment: theirs = {} } = compose.services['database'] ?? {};
    expect([database.hostname, database.username, database.pathname]).toEqual([
      'database',
      theirs['POSTGRES_USER'],
      `/${theirs['POSTGRES_DB']}`,
    ]);
    expect(database.password).toBe(filledIn(theirs['POSTGRES_PASSWORD'] ?? '', given));
    expect(encryptionKey).toBe(given.ENCRYPTION_KEY);
  });
  test('does not start without a key', () => {
    for (const [, part] of built)
      expect(() => Object.values(part.environment).map((text) => filledIn(text, {}))).toThrow('32 octets in base64');
  });
});

/** Variables with `:-` a default and `:?` a complaint. */
function filledIn(text: string, values: Readonly<Record<string, string>>): string {
  return text.replace(/\$\{(\w+)(?::([-?])([^}]*))?\}/g, (_, name: string, kind: string | undefined, more = '') => {
    const value = values[name];
    if (value !== undefined) return value;
    if (kind !== '-') throw new Error(more);
    return more;
  });
}
