/** Asks EU DSS and this engine about the same files and tells where they differ: `npm run -s differential -- FILE|DIR… [options]`. */
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { basename, join } from 'node:path';
import { parseArgs } from 'node:util';
import { Fault } from '../src/base/fault.ts';
import { fromIso } from '../src/base/instant.ts';
import { certificatesAt } from '../src/cli/files.ts';
import { validate } from '../src/index.ts';
import { toJson } from '../src/report/json.ts';
import { type DssAnswer, type DssQuestion, openDss } from '../test/judges/dss.ts';
import { compareConclusions, compareStructure } from './suites/dss-compare.ts';
import { type RunGot, slim } from './suites/dss-oracle.ts';

/** Both verdicts on a file, and the facts in which they differ. */
interface Compared {
  readonly file: string;
  readonly differs: readonly string[];
  /** Whether something here passes that does not there: what is looked at first. */
  readonly laxer: boolean;
  readonly ours: RunGot;
  readonly theirs: DssAnswer;
}

async function main(): Promise<number> {
  const { files, json, ...asked } = command(process.argv.slice(2));
  const dss = await openDss();
  if (dss === null) return 0;
  const counts = { same: 0, differ: 0, laxer: 0 };
  for (const file of files) {
    const question = { ...asked, file };
    const compared = compare(file, await ours(question), await dss.ask(question));
    counts[compared.differs.length === 0 ? 'same' : 'differ']++;
    if (compared.laxer) counts.laxer++;
    if (json) process.stdout.write(`${JSON.stringify(compared)}\n`);
    else if (compared.differs.length > 0) process.stdout.write(rows(compared));
  }
  dss.close();
  process.stderr.write(`${files.length} files: ${counts.same} the same, ${counts.differ} differ, ${counts.laxer} of them laxer here\n`);
  return counts.differ > 0 ? 1 : 0;
}

/** Structure and conclusions side by side. */
function compare(file: string, ours: RunGot, theirs: DssAnswer): Compared {
  if ('error' in theirs) {
    const passes = !('fault' in ours) && ours.signatures.some(({ indication }) => indication === 'TOTAL_PASSED');
    return { file, differs: passes ? [`passed, but refused there: ${theirs.error}`] : [], laxer: passes, ours, theirs };
  }
  const facts = [...compareStructure(theirs, ours).facts, ...compareConclusions(theirs, ours)];
  const differs = facts.flatMap(([fact, agrees, sides]) => (agrees ? [] : [sides === undefined ? fact : `${fact}: ${sides}`]));
  if ('fault' in ours) differs.unshift(`${ours.fault}: ${ours.because}`);
  return { file, differs, laxer: passed(ours) > theirs.sigs.filter(({ ind }) => ind === 'TOTAL_PASSED').length, ours, theirs };
}

const passed = (got: RunGot): number =>
  'fault' in got ? 0 : got.signatures.filter(({ indication }) => indication === 'TOTAL_PASSED').length;

const rows = ({ file, differs, laxer }: Compared): string =>
  `${laxer ? '! ' : '  '}${file}\n${differs.map((difference) => `      ${difference}\n`).join('')}`;

async function ours({ file, at, trust = [], detached = [], withoutRevocation }: DssQuestion): Promise<RunGot> {
  try {
    const report = await validate(new Uint8Array(readFileSync(file)), {
      at,
      policy: withoutRevocation ? 'dss-6.4-no-revocation' : 'dss-6.4',
      trust: await certificatesAt(trust),
      detached: detached.map((path) => ({ name: basename(path), bytes: new Uint8Array(readFileSync(path)) })),
    });
    return slim(toJson(report));
  } catch (error) {
    if (!(error instanceof Fault) || error.code === 'bad-option') throw error;
    return { fault: error.code, because: error.message };
  }
}

interface Asked extends Omit<DssQuestion, 'file'> {
  readonly files: readonly string[];
  readonly json: boolean;
}

function command(args: string[]): Asked {
  const { values, positionals } = parseArgs({ args, allowPositionals: true, options: OPTIONS });
  const { at: time, trust = [], detached = [] } = values;
  if (positionals.length === 0) throw new Usage(USAGE);
  const missing = [...positionals, ...trust, ...detached].find((path) => !existsSync(path));
  if (missing !== undefined) throw new Usage(`${missing} is not there`);
  const at = time === undefined ? Date.now() : fromIso(time);
  if (at === null) throw new Usage('--at is no ISO 8601 time with an offset');
  return {
    files: positionals.flatMap(filesBelow),
    at,
    trust: trust.flatMap(filesBelow),
    detached,
    withoutRevocation: values['without-revocation'] === true,
    json: values.json === true,
  };
}

/** A file by itself, a folder by all files in it and below. */
const filesBelow = (path: string): string[] =>
  statSync(path).isDirectory()
    ? readdirSync(path, { recursive: true, withFileTypes: true })
        .filter((entry) => entry.isFile())
        .map(({ parentPath, name }) => join(parentPath, name))
        .sort()
    : [path];

const OPTIONS = {
  at: { type: 'string' },
  trust: { type: 'string', multiple: true },
  detached: { type: 'string', multiple: true },
  'without-revocation': { type: 'boolean' },
  json: { type: 'boolean' },
} as const;

class Usage extends Error {}

const USAGE = 'differential FILE|DIR… [--at TIME] [--trust FILE|DIR]… [--detached FILE]… [--without-revocation] [--json]';

try {
  process.exitCode = await main();
} catch (error) {
  process.stderr.write(`differential: ${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 2;
}
