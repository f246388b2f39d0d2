/**
 * Scenarios by the dozen, judged by our policies and by a reference implementation beside them (EN 319 102-1):
 *
 *     node conformance/scenarios/run.ts [--seed N] [--odd N] [--from N] [--count N] [--only TEXT] [--scenario NAME]
 *       [--oracle COMMAND] [--keep DIR] [--json FILE]
 *
 * The oracle reads lines `FILE, milliseconds, anchor` (tabs between) and answers each with a line of JSON.
 */
import { spawn } from 'node:child_process';
import { appendFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { parseArgs } from 'node:util';
import { examine, judge } from '../../src/validate.ts';
import { mainIndicationOf, subIndicationOf } from '../../src/validation/conclusion.ts';
import { policyByName, type Report } from '../../src/validation/index.ts';
import { mixed, named, planned, type Scenario } from './choices.ts';
import { documentOf } from './document.ts';

/** What somebody concludes of a document with one signature. */
interface Verdict {
  readonly conclusion: string;
  readonly best: number | null;
  /** By time. */
  readonly stamps: readonly string[];
  readonly why: readonly string[];
}

interface Compared {
  readonly name: string;
  /** By the policy `dss-6.4`, and by `default`. */
  readonly alike: Verdict;
  readonly own: Verdict;
  readonly oracle: Verdict | null;
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      seed: { type: 'string', default: '1' },
      from: { type: 'string', default: '0' },
      count: { type: 'string', default: '1000' },
      only: { type: 'string', default: '' },
      odd: { type: 'string' },
      scenario: { type: 'string', multiple: true },
      oracle: { type: 'string' },
      keep: { type: 'string' },
      json: { type: 'string' },
    },
  });
  const dir = values.keep ?? mkdtempSync(join(tmpdir(), 'scenarios-'));
  mkdirSync(dir, { recursive: true });
  const oracle = values.oracle === undefined ? null : startOracle(values.oracle);
  const { seed, scenario: names, odd } = values;
  const all = odd === undefined ? planned(Number(seed)) : mixed(Number(seed), MOST, Number(odd));
  const scenarios = names?.map(named) ?? all.filter(({ name }) => name.includes(values.only));
  const results: Compared[] = [];
  const from = Number(values.from);
  const waiting = scenarios.slice(from, from + Number(values.count)).entries();
  const work = async (): Promise<void> => {
    for (const [number, scenario] of waiting) {
      const result = await compared(scenario, join(dir, String(from + number)), oracle);
      results.push(result);
      if (values.json !== undefined) appendFileSync(values.json, `${JSON.stringify(result)}\n`);
    }
  };
  try {
    await Promise.all(Array.from({ length: AT_ONCE }, work));
  } finally {
    oracle?.end();
    if (values.keep === undefined) rmSync(dir, { recursive: true });
  }
  print(results);
}

async function compared({ name, choices }: Scenario, file: string, oracle: Oracle | null): Promise<Compared> {
  const document = await documentOf(choices);
  writeFileSync(`${file}.${choices.format === 'pades' ? 'pdf' : 'p7m'}`, document.bytes);
  writeFileSync(`${file}.der`, document.anchor);
  const asked = oracle?.ask(`${file}.${choices.format === 'pades' ? 'pdf' : 'p7m'}\t${document.at}\t${file}.der`);
  const evidence = await examine(document.bytes, { trust: [document.anchor] });
  const [alike, own] = ['dss-6.4', 'default'].map((policy) => readReport(judge(evidence, policyByName(policy), document.at)));
  return { name, alike: alike as Verdict, own: own as Verdict, oracle: asked === undefined ? null : readAnswer(await asked) };
}

function readReport({ signatures }: Report): Verdict {
  const [signature] = signatures;
  if (!signature) return { conclusion: 'no signature', best: null, stamps: [], why: [] };
  const { conclusion, bestSignatureTime, timestamps, process } = signature;
  return {
    conclusion: both(mainIndicationOf(conclusion), subIndicationOf(conclusion)),
    best: bestSignatureTime,
    stamps: timestamps
      .map(({ facts, conclusion: one }) => [facts.time, both(one.indication, subIndicationOf(one))] as const)
      .sort(([a], [b]) => a - b)
      .map(([, one]) => one),
    why: process.flatMap(({ findings }) => findings.flatMap(({ check, outcome }) => (outcome === 'fail' ? [check] : []))),
  };
}

const both = (indication: string, subIndication: string | null): string => (subIndication ? `${indication}/${subIndication}` : indication);

interface Oracle {
  ask(line: string): Promise<string>;
  end(): void;
}

function startOracle(command: string): Oracle {
  const child = spawn(command, { shell: true, stdio: ['pipe', 'pipe', 'ignore'] });
  const waiting: ((line: string) => void)[] = [];
  createInterface({ input: child.stdout }).on('line', (line) => waiting.shift()?.(line));
  child.on('exit', () => {
    for (const answer of waiting.splice(0)) answer('{"error":"the oracle has ended"}');
  });
  return {
    ask: (line) =>
      new Promise((resolve) => {
        waiting.push(resolve);
        child.stdin.write(`${line}\n`);
      }),
    end: () => child.stdin.end(),
  };
}

interface OracleAnswer {
  readonly error?: string;
  readonly signatures?: readonly {
    readonly ind: string;
    readonly sub: string | null;
    readonly best: number | null;
    readonly errs: readonly string[];
    readonly tsts: readonly { readonly time: number; readonly ind: string; readonly sub: string | null }[];
  }[];
}

function readAnswer(line: string): Verdict {
  const { error, signatures } = JSON.parse(line) as OracleAnswer;
  const [signature] = signatures ?? [];
  if (!signature) return { conclusion: error ?? 'no signature', best: null, stamps: [], why: [] };
  return {
    conclusion: both(signature.ind, signature.sub),
    best: signature.best,
    stamps: [...signature.tsts].sort((a, b) => a.time - b.time).map(({ ind, sub }) => both(ind, sub)),
    why: signature.errs,
  };
}

/** Classes of disagreement, the largest first, each with the shortest names of its scenarios. */
function print(results: readonly Compared[]): void {
  const withOracle = results.flatMap(({ oracle, ...rest }) => (oracle ? [{ ...rest, oracle }] : []));
  classes('dss-6.4: conclusion', withOracle, ({ alike, oracle }) => pair(alike.conclusion, oracle.conclusion));
  classes('dss-6.4: best signature time', withOracle, ({ alike, oracle }) =>
    alike.conclusion === oracle.conclusion && alike.best !== oracle.best ? `differs, ${oracle.conclusion}` : null,
  );
  classes('dss-6.4: time-stamps', withOracle, ({ alike, oracle }) => pair(alike.stamps.join(' '), oracle.stamps.join(' ')));
  classes('default: passed where the oracle is not', withOracle, ({ own, oracle }) =>
    own.conclusion === PASSED && oracle.conclusion !== PASSED ? oracle.conclusion : null,
  );
  classes('default: not passed where the oracle is', withOracle, ({ own, oracle }) =>
    own.conclusion !== PASSED && oracle.conclusion === PASSED ? `${own.conclusion} (${[...new Set(own.why)].join(', ')})` : null,
  );
  classes('default', results, ({ own }) => own.conclusion, 3);
  process.stdout.write(`${results.length} scenarios\n`);
}

const pair = (ours: string, theirs: string): string | null => (ours === theirs ? null : `${ours} for ${theirs}`);

function classes<R extends Compared>(title: string, results: readonly R[], classOf: (result: R) => string | null, shown = 12): void {
  const found = new Map<string, string[]>();
  for (const result of results) {
    const kind = classOf(result);
    if (kind !== null) found.set(kind, [...(found.get(kind) ?? []), result.name]);
  }
  const total = [...found.values()].reduce((sum, names) => sum + names.length, 0);
  process.stdout.write(`${title}: ${total}\n`);
  for (const [kind, names] of [...found].sort(([, a], [, b]) => b.length - a.length)) {
    process.stdout.write(`  ${names.length} x ${kind}\n`);
    for (const name of names.toSorted((a, b) => a.length - b.length).slice(0, shown)) process.stdout.write(`      ${name}\n`);
  }
}

const PASSED = 'TOTAL_PASSED';
/** Of mixed scenarios. */
const MOST = 20_000;
/** So that the oracle never waits. */
const AT_ONCE = 4;

await main();
