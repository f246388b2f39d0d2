/** The command line as its users run it: a process of its own, in a folder. */
import { type ChildProcess, spawn } from 'node:child_process';
import { join } from 'node:path';

const MAIN = join(import.meta.dirname, '../../src/cli/main.ts');

export interface Ran {
  readonly status: number | null;
  readonly out: string;
  readonly err: string;
}

/** Starts a command; nobody types anything, and what it says comes in English unless `env` wants otherwise. */
export function start(folder: string, args: readonly string[], env: NodeJS.ProcessEnv = {}): { child: ChildProcess; ran: Promise<Ran> } {
  const child = spawn(process.execPath, [MAIN, ...args], {
    cwd: folder,
    env: { ...process.env, LC_ALL: 'C', ADESKIT_DEBUG: '', ...env },
  });
  const read = { out: '', err: '' };
  child.stdout.setEncoding('utf8').on('data', (text) => {
    read.out += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text) => {
    read.err += text;
  });
  child.stdin.end();
  return { child, ran: new Promise((resolve) => child.on('close', (status) => resolve({ status, ...read }))) };
}

/** A function that runs commands in this folder and with these variables. */
export const commandIn =
  (folder: string, env: NodeJS.ProcessEnv = {}) =>
  (...args: string[]): Promise<Ran> =>
    start(folder, args, env).ran;
