/** Files of the command line: inputs, certificates, and outputs that appear whole or not at all. */
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import type { Bytes } from '../base/bytes.ts';
import { Fault } from '../base/fault.ts';
import { createFileSink, type FileSink } from '../platform/file.ts';
import { Usage } from './arguments.ts';

/** A whole file. Throws `Fault` `io`. */
export function readBytes(path: string): Bytes {
  try {
    return new Uint8Array(readFileSync(path));
  } catch (cause) {
    throw new Fault('io', `cannot read ${path}: ${plain(cause)}`, { cause });
  }
}

export const readText = (path: string | URL): string => readFileSync(path, 'utf8');

/** The files that a path names: itself, or for a folder every file directly in it. Throws `Fault` `io`. */
export function filesAt(path: string): string[] {
  try {
    if (!statSync(path).isDirectory()) return [path];
    const entries = readdirSync(path, { withFileTypes: true });
    return entries
      .filter((entry) => entry.isFile())
      .map((entry) => join(path, entry.name))
      .sort();
  } catch (cause) {
    throw new Fault('io', `cannot read ${path}: ${plain(cause)}`, { cause });
  }
}

/**
 * Certificates of files and folders, told apart by content; in a folder, files without a certificate are passed over.
 * Throws `Fault` `io`, `malformed-input`.
 */
export async function certificatesAt(paths: readonly string[]): Promise<Bytes[]> {
  const { readCertificates } = await import('../keys/pem.ts');
  return paths.flatMap((path) => {
    const files = filesAt(path);
    const inFolder = files.length !== 1 || files[0] !== path;
    const found = files.flatMap((file) => {
      try {
        return readCertificates(readBytes(file));
      } catch (error) {
        if (inFolder && error instanceof Fault && error.code === 'malformed-input') return [];
        throw aboutFile(file, error);
      }
    });
    if (found.length === 0) throw new Fault('malformed-input', `${path} holds no certificate`);
    return found;
  });
}

/** Where the output of `input` goes: `target`, or a file of the same name in it where it is a folder. Never the input itself. */
export function outputFor(input: string, target: string, severalInputs: boolean): string {
  const folder = existsSync(target) && statSync(target).isDirectory();
  if (severalInputs && !folder) throw new Usage(`-o ${target} must be an existing folder where there are several inputs`);
  const output = folder ? join(target, basename(input)) : target;
  requireOther([input], output);
  return output;
}

/** Where the one output of several inputs goes: `target`, or a file with the name of the first in it. None of the inputs. */
export function outputForAll(inputs: readonly string[], target: string): string {
  const output = outputFor(inputs[0] ?? '', target, false);
  requireOther(inputs, output);
  return output;
}

/** Throws `Usage` where the output would take the place of a file that is read. */
export function requireOther(inputs: readonly string[], output: string): void {
  if (inputs.some((input) => sameFile(input, output)))
    throw new Usage(`the output ${output} is the input: the original is never overwritten`);
}

/**
 * Runs `write` on a file beside `path`, which takes its place only once everything is written.
 *
 * @param options endOnSignal: default true; false where somebody else decides what an interruption ends
 */
export async function writeWhole(
  path: string,
  write: (sink: FileSink) => Promise<void> | void,
  { endOnSignal = true }: { readonly endOnSignal?: boolean } = {},
): Promise<void> {
  const sink = createFileSink(path);
  // An interrupted run leaves nothing behind either.
  const interrupted = () => {
    sink.abort();
    process.exit(130);
  };
  if (endOnSignal) process.once('SIGINT', interrupted).once('SIGTERM', interrupted);
  try {
    await write(sink);
    await sink.finish();
  } catch (error) {
    sink.abort();
    throw error;
  } finally {
    if (endOnSignal) process.off('SIGINT', interrupted).off('SIGTERM', interrupted);
  }
}

/** Names the file where its content is what is wrong. */
export function aboutFile(path: string, error: unknown): unknown {
  if (!(error instanceof Fault) || !CONTENT.has(error.code) || error.message.startsWith(path)) return error;
  return new Fault(error.code, `${path}: ${error.message}`, { cause: error });
}

/** Splits `FILE=NAME`; the whole is a file where such a one exists. */
export function namedFile(argument: string): { readonly path: string; readonly name: string } {
  const at = argument.lastIndexOf('=');
  if (at <= 0 || existsSync(argument)) return { path: argument, name: basename(argument) };
  return { path: argument.slice(0, at), name: argument.slice(at + 1) };
}

/** Also through links; what does not exist yet is no other file. */
function sameFile(input: string, output: string): boolean {
  const there = statSync(output, { bigint: true, throwIfNoEntry: false });
  if (there === undefined) return resolve(input) === resolve(output);
  const given = statSync(input, { bigint: true, throwIfNoEntry: false });
  return given?.dev === there.dev && given.ino === there.ino;
}

const plain = (cause: unknown): string => {
  const { code, message } = cause as NodeJS.ErrnoException;
  return (code === undefined ? undefined : REASONS[code]) ?? message;
};

const CONTENT: ReadonlySet<string> = new Set(['malformed-input', 'unsupported', 'refused', 'wrong-password']);

const REASONS: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such file',
  EACCES: 'permission denied',
  EISDIR: 'it is a folder',
};
