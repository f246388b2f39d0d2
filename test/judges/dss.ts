/** EU DSS as a judge of signed documents: one Java process answers all questions. Maven brings it into .cache/dss when it is first asked for. */
import { execFile, spawn } from 'node:child_process';
import { copyFileSync, existsSync, readFileSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import type { OracleRun } from '../../conformance/suites/dss-oracle.ts';
import { versionOf } from './run.ts';

export interface DssQuestion {
  readonly file: string;
  /** Milliseconds since the epoch. */
  readonly at: number;
  /** Files of trust anchors, DER or PEM. */
  readonly trust?: readonly string[];
  readonly detached?: readonly string[];
  /** Files of evidence records. */
  readonly records?: readonly string[];
  /** Whether revocation data that is missing is to be no failure. */
  readonly withoutRevocation?: boolean;
}

/** What DSS found, or why it refused the document. */
export type DssAnswer = OracleRun | { readonly error: string };

export interface Dss {
  /** Answers come in the order of the questions. */
  ask(question: DssQuestion): Promise<DssAnswer>;
  close(): void;
}

const ROOT = join(import.meta.dirname, '../..');
const PROGRAMS = join(import.meta.dirname, 'dss');
const WANTED = join(PROGRAMS, 'pom.xml');
const CACHE = join(ROOT, '.cache/dss');
const LIBRARY = join(CACHE, 'lib');

/** Starts DSS. Null, and said why, where Java or Maven is missing or the network is. */
export async function openDss(): Promise<Dss | null> {
  const program = await openDssProgram('Oracle.java');
  return (
    program && {
      ask: async (question) => JSON.parse(await program.ask(wordsOf(question).join('\t'))) as DssAnswer,
      close: program.close,
    }
  );
}

/** A Java program with DSS at hand that answers each line with one. */
export interface DssProgram {
  /** Answers come in the order of the lines. */
  ask(line: string): Promise<string>;
  close(): void;
}

/** Starts a program of test/judges/dss. Null as {@link openDss}. */
export async function openDssProgram(name: string, args: readonly string[] = []): Promise<DssProgram | null> {
  const missing = (await versionOf('java', ['-version'])) === null ? 'there is no Java' : await fetched();
  if (missing === null) return started([join(PROGRAMS, name), ...args]);
  process.stderr.write(`judge dss is not here: ${missing}\n`);
  return null;
}

/** Null where the libraries are here, as test/judges/dss/pom.xml names them; else why not. */
async function fetched(): Promise<string | null> {
  const had = join(CACHE, 'pom.xml');
  if (existsSync(had) && readFileSync(had).equals(readFileSync(WANTED))) return null;
  rmSync(CACHE, { recursive: true, force: true });
  const args = ['-q', '-B', '-f', WANTED, 'dependency:copy-dependencies', `-DoutputDirectory=${LIBRARY}`];
  const failed = await new Promise<Error | null>((done) => void execFile('mvn', args, { timeout: FETCHING }, done));
  if (failed !== null) return `Maven did not bring it (${failed.message.split('\n')[0]})`;
  copyFileSync(WANTED, had);
  return null;
}

function started(program: readonly string[]): DssProgram {
  const java = spawn('java', ['-Xmx600m', '-cp', join(LIBRARY, '*'), ...program], { stdio: 'pipe' });
  const waiting: ((line: string | null) => void)[] = [];
  let ended = false;
  let complaints = '';
  java.stderr.setEncoding('utf8').on('data', (text: string) => {
    complaints = (complaints + text).slice(-LAST_WORDS);
  });
  createInterface({ input: java.stdout }).on('line', (line) => waiting.shift()?.(line));
  // A process that ends while it is asked leaves a broken pipe: `close` tells of it.
  java.stdin.on('error', () => {});
  const end = () => {
    ended = true;
    for (const done of waiting.splice(0)) done(null);
  };
  java.on('close', end).on('error', end);
  return {
    ask: async (question) => {
      const line = ended
        ? null
        : await new Promise<string | null>((done) => {
            waiting.push(done);
            java.stdin.write(`${question}\n`);
          });
      if (line === null) throw new Error(`the process of DSS ended: ${complaints}`);
      return line;
    },
    close: () => java.stdin.end(),
  };
}

function wordsOf({ file, at, trust = [], detached = [], records = [], withoutRevocation = false }: DssQuestion): string[] {
  const named = (key: string, paths: readonly string[]) => paths.map((path) => `${key}=${resolve(path)}`);
  return [
    ...named('file', [file]),
    `at=${at}`,
    ...named('trust', trust),
    ...named('detached', detached),
    ...named('record', records),
    ...(withoutRevocation ? ['policy=no-revocation'] : []),
  ];
}

/** Milliseconds. */
const FETCHING = 600_000;
/** Characters. */
const LAST_WORDS = 2000;
