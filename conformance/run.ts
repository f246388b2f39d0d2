/** The conformance runner: `npm run -s conformance -- SUITE DIR [--json FILE] [--write-docs]`. */
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { knownDivergences } from './divergences.ts';
import { writeSection } from './document.ts';
import { type CountedCase, readSoft, type SuiteRun, summaryLine, tally } from './outcome.ts';
import { suiteNames } from './suites/index.ts';
import { runSuite } from './watch.ts';

async function main(): Promise<number> {
  const { name, dir, json, writeDocs } = command(process.argv.slice(2));
  const started = performance.now();
  const progress = process.stderr.isTTY === true;
  const { results, tables } = await runSuite(name, dir, (done) => {
    if (progress && done % 10 === 0) process.stderr.write(`\r${name}: ${done} cases`);
  });
  if (progress) process.stderr.write('\r\u001b[K');
  const run = tally(name, results, readSoft(dir, name), tables);
  if (json !== undefined) writeFileSync(json, `${JSON.stringify({ suite: name, cases: run.cases }, null, 1)}\n`);
  if (writeDocs) writeSection(join(import.meta.dirname, '../docs/conformance.md'), run);
  print(run, Math.round(performance.now() - started));
  return run.failed > 0 ? 1 : 0;
}

function print(run: SuiteRun, ms: number): void {
  const lines: string[] = [];
  if (run.tables !== '') lines.push(run.tables.trimEnd(), '');
  for (const [rule, count] of run.rules) lines.push(`${count} out of scope: ${rule}`);
  if (run.outOfScope > 0) lines.push(`${run.outOfScope} out of scope`);
  if (run.soft > 0) lines.push(`${run.soft} soft (${run.softRight} as expected)`);
  if (run.uncounted > 0) lines.push(`${run.uncounted} without an expectation`);
  const known = knownDivergences(run.name);
  const failures = run.cases.filter((result) => result.outcome === 'failed');
  const news = failures.filter(({ id }) => !known.has(id));
  if (failures.length > 0) lines.push(`${failures.length} failed, ${failures.length - news.length} of them known divergences`);
  for (const failure of news.slice(0, SHOWN)) lines.push(`  ${failure.id}: ${difference(failure)}`);
  if (news.length > SHOWN) lines.push(`  … and ${news.length - SHOWN} more (--json has all)`);
  const stale = run.cases.filter(({ id, outcome }) => outcome === 'passed' && known.has(id));
  for (const { id } of stale) lines.push(`  ${id}: listed as a divergence, but agrees now`);
  const slowest = run.cases.reduce((worst, result) => (result.ms > worst.ms ? result : worst), { id: '', ms: 0 });
  lines.push(`${run.cases.length} cases in ${(ms / 1000).toFixed(1)} s, the slowest ${Math.round(slowest.ms)} ms (${slowest.id})`);
  lines.push(summaryLine(run));
  process.stdout.write(`${lines.join('\n')}\n`);
}

/** What differs where the suite says so, else both sides. */
function difference({ expected, got }: CountedCase): string {
  if (typeof got === 'object' && got !== null && 'differs' in got && Array.isArray(got.differs))
    return [...new Set(got.differs)].join(', ');
  return `expected ${brief(expected)}, got ${brief(got)}`;
}

const brief = (value: unknown): string => {
  const text = JSON.stringify(value) ?? 'nothing';
  return text.length > BRIEF ? `${text.slice(0, BRIEF)}…` : text;
};

interface Command {
  readonly name: string;
  readonly dir: string;
  readonly json: string | undefined;
  readonly writeDocs: boolean;
}

function command(args: string[]): Command {
  const { values, positionals } = parseArgs({
    args,
    allowPositionals: true,
    options: { json: { type: 'string' }, 'write-docs': { type: 'boolean', default: false } },
  });
  const [name, dir, ...more] = positionals;
  if (name === undefined || dir === undefined || more.length > 0) throw new Usage('conformance SUITE DIR [--json FILE] [--write-docs]');
  if (!suiteNames.includes(name)) throw new Usage(`unknown suite '${name}' (known: ${suiteNames.join(', ')})`);
  if (!existsSync(join(dir, 'manifest.json'))) throw new Usage(`${dir} has no manifest.json`);
  return { name, dir, json: values.json, writeDocs: values['write-docs'] };
}

class Usage extends Error {}

const SHOWN = 40;
const BRIEF = 160;

try {
  process.exitCode = await main();
} catch (error) {
  process.stderr.write(`conformance: ${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 2;
}
