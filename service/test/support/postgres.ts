/** A PostgreSQL server for the tests of this run: started from the installed programs in a folder of its own, as nobody's root. */
import { execFileSync, spawn } from 'node:child_process';
import { chownSync, existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Where the programs are, or null: then the tests on PostgreSQL say why they do not run. */
export function postgresPrograms(): string | null {
  const root = '/usr/lib/postgresql';
  if (!existsSync(root)) return null;
  const [newest] = readdirSync(root).sort((a, b) => Number(b) - Number(a));
  const folder = newest === undefined ? null : join(root, newest, 'bin');
  return folder !== null && existsSync(join(folder, 'initdb')) && (process.getuid?.() !== 0 || hasRunuser()) ? folder : null;
}

export interface Postgres {
  /** A new, empty database. */
  database(): string;
  stop(): Promise<void>;
}

export async function startPostgres(programs: string): Promise<Postgres> {
  const folder = mkdtempSync(join(tmpdir(), 'adeskit-postgres-'));
  const port = await freePort();
  const [command, before] = process.getuid?.() === 0 ? ['runuser', ['-u', 'postgres', '--']] : [null, []];
  if (command !== null) chownSync(folder, idOf('postgres', '-u'), idOf('postgres', '-g'));
  const run = (program: string, ...args: string[]): string => {
    const path = join(programs, program);
    return command === null
      ? execFileSync(path, args, { encoding: 'utf8', stdio: 'pipe', cwd: folder })
      : execFileSync(command, [...before, path, ...args], { encoding: 'utf8', stdio: 'pipe', cwd: folder });
  };
  const data = join(folder, 'data');
  run('initdb', '-D', data, '-U', 'test', '-A', 'trust', '-E', 'UTF8', '--locale=C', '--no-sync');
  const settings = [
    '-c',
    'fsync=off',
    '-c',
    `unix_socket_directories=${folder}`,
    '-c',
    'listen_addresses=127.0.0.1',
    '-c',
    'max_connections=200',
  ];
  const args = ['-D', data, '-p', String(port), ...settings];
  const path = join(programs, 'postgres');
  const server =
    command === null
      ? spawn(path, args, { stdio: 'ignore', cwd: folder })
      : spawn(command, [...before, path, ...args], { stdio: 'ignore', cwd: folder });
  await answering(() => run('pg_isready', '-h', '127.0.0.1', '-p', String(port)));
  let numbered = 0;
  return {
    database: () => {
      const name = `test${++numbered}`;
      run('createdb', '-h', '127.0.0.1', '-p', String(port), '-U', 'test', name);
      return `postgres://test@127.0.0.1:${port}/${name}`;
    },
    stop: async () => {
      const ended = new Promise((resolve) => server.once('exit', resolve));
      run('pg_ctl', '-D', data, '-m', 'immediate', 'stop');
      await ended;
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

async function answering(ask: () => unknown): Promise<void> {
  for (let attempt = 0; ; attempt++) {
    try {
      ask();
      return;
    } catch (error) {
      if (attempt > 150) throw error;
      await new Promise((resolve) => setTimeout(resolve, 200));
    }
  }
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address !== null ? address.port : 0));
    });
  });
}

const idOf = (user: string, flag: string): number => Number(execFileSync('id', [flag, user], { encoding: 'utf8' }).trim());

function hasRunuser(): boolean {
  return existsSync('/usr/sbin/runuser') || existsSync('/sbin/runuser');
}
