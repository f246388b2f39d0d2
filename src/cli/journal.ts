/** The journal of a bulk run: a line of JSON for each step; what is begun is on disk before, so that a run that was killed goes on where it was. */
import { createHash } from 'node:crypto';
import { closeSync, existsSync, fsync, openSync, readFileSync, rmSync, statSync, writeFileSync, writeSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { Fault } from '../base/fault.ts';
import { Usage } from './arguments.ts';

export interface Journal {
  /** Whether this file was signed by an earlier run: it is passed over. */
  isDone(input: string): boolean;
  /** These are about to be signed. On disk when it resolves. */
  begin(files: readonly { readonly input: string; readonly output: string }[]): Promise<void>;
  /** Not flushed: without this line the file counts as done all the same, by its output. */
  done(input: string): void;
  failed(input: string, reason: string): void;
  close(): void;
}

/** What a file was before it was signed, or null where there was none. */
type Before = string | null;

/**
 * Opens a journal, new or of an earlier run of the same options.
 *
 * A file counts as done where the journal says so and its output is there, and also where it was begun and its output came
 * into being since: outputs appear whole or not at all, so the run was killed between the two.
 *
 * @throws Usage for the journal of another run, Fault `io`, `refused` while another process uses it
 */
export function openJournal(path: string, options: object): Journal {
  const fingerprint = createHash('sha256').update(JSON.stringify(options)).digest('hex');
  const lock = lockFor(path);
  try {
    const earlier = existsSync(path) ? readFileSync(path, 'utf8') : '';
    const done = earlier === '' ? new Set<string>() : doneIn(path, earlier, fingerprint);
    const descriptor = openSync(path, 'a');
    const write = (...lines: readonly object[]): void =>
      void writeSync(descriptor, lines.map((line) => `${JSON.stringify(line)}\n`).join(''));
    if (earlier === '') write({ adeskit: VERSION, journal: 'sign', options: fingerprint });
    // The last line of a killed run may be torn: what follows begins on its own.
    else if (!earlier.endsWith('\n')) writeSync(descriptor, '\n');
    return {
      isDone: (input) => done.has(resolve(input)),
      begin: (files) => {
        write(...files.map(({ input, output }) => ({ begin: resolve(input), output: resolve(output), before: stateOf(output) })));
        return flushed(descriptor);
      },
      done: (input) => write({ done: resolve(input) }),
      failed: (input, reason) => write({ failed: resolve(input), reason }),
      close: () => {
        closeSync(descriptor);
        lock.release();
      },
    };
  } catch (error) {
    lock.release();
    if (error instanceof Usage || error instanceof Fault) throw error;
    throw new Fault('io', `cannot use the journal ${path}: ${error instanceof Error ? error.message : String(error)}`, { cause: error });
  }
}

interface Line {
  readonly adeskit?: number;
  readonly journal?: string;
  readonly options?: string;
  readonly begin?: string;
  readonly output?: string;
  readonly before?: Before;
  readonly done?: string;
  readonly failed?: string;
}

function doneIn(path: string, text: string, fingerprint: string): Set<string> {
  const lines = text.split('\n').flatMap(lineOf);
  const [head] = lines;
  if (head?.adeskit !== VERSION || head.journal !== 'sign')
    throw new Usage(`--journal ${path} is no journal of this version: give a new file`);
  if (head.options !== fingerprint) throw new Usage(`--journal ${path} is of a run with other options: give the same ones, or a new file`);
  const begun = new Map<string, { readonly output: string; readonly before: Before }>();
  const done = new Set<string>();
  for (const { begin, output, before = null, done: signed, failed } of lines) {
    if (begin !== undefined && output !== undefined) begun.set(begin, { output, before });
    if (failed !== undefined) begun.delete(failed);
    if (signed !== undefined) done.add(signed);
  }
  for (const [input, { output, before }] of begun) {
    const now = stateOf(output);
    if (now !== null && (done.has(input) || now !== before)) done.add(input);
    else {
      done.delete(input);
      removeParts(output);
    }
  }
  return done;
}

function lineOf(text: string): Line[] {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? [value as Line] : [];
  } catch {
    return [];
  }
}

/** Which file it is: a new one of the same name is another. */
function stateOf(path: string): Before {
  try {
    const { ino, mtimeNs, size } = statSync(path, { bigint: true });
    return `${ino}:${mtimeNs}:${size}`;
  } catch {
    return null;
  }
}

/** What a killed run left beside the output. */
function removeParts(output: string): void {
  for (let attempt = 0; attempt < MOST_PARTS; attempt++) {
    const part = join(dirname(output), `.${basename(output)}.${attempt}.part`);
    if (!existsSync(part)) return;
    rmSync(part, { force: true });
  }
}

/** One process at a time; the lock of one that is gone counts for nothing. */
function lockFor(path: string): { release(): void } {
  const lock = `${path}.lock`;
  for (let attempt = 0; attempt < 2; attempt++) {
    try {
      writeFileSync(lock, String(process.pid), { flag: 'wx' });
      return { release: () => rmSync(lock, { force: true }) };
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST')
        throw new Fault('io', `cannot write ${lock}: ${(error as Error).message}`, { cause: error });
      const holder = Number(existsSync(lock) ? readFileSync(lock, 'utf8') : 0);
      if (holder > 0 && holder !== process.pid && isAlive(holder))
        throw new Fault('refused', `the journal ${path} is in use by process ${holder}`);
      rmSync(lock, { force: true });
    }
  }
  throw new Fault('refused', `the journal ${path} is in use`);
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

const flushed = promisify(fsync);
const VERSION = 1;
const MOST_PARTS = 100;
