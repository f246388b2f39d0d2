/** `npm run fuzz -- PARSER --minutes N [--seed S]`: tries mutated real files on a parser; exit 1 where it finds something. */
import { parseArgs } from 'node:util';
import { writeFinding } from './findings.ts';
import { TARGETS, targetOf } from './targets.ts';
import { fuzz, type Progress } from './watch.ts';

const USAGE = `npm run fuzz -- PARSER [--minutes N] [--seed S]

Tries mutated seeds (the vectors' files and some made here) on a parser for N minutes (default 1). Findings are written, made
small, to vectors/fuzz/PARSER. The same number S chooses the same mutations. Exit status: 0 nothing found, 1 something found, 2 usage.

${TARGETS.map(({ name, what }) => `  ${name.padEnd(12)} ${what}`).join('\n')}`;

async function main(): Promise<number> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { minutes: { type: 'string', default: '1' }, seed: { type: 'string' }, help: { type: 'boolean', short: 'h' } },
  });
  const target = targetOf(positionals[0] ?? '');
  const minutes = Number(values.minutes);
  const seed = values.seed === undefined ? Date.now() % 1_000_000 : Number(values.seed);
  if (values.help || !target || positionals.length !== 1 || !(minutes > 0) || !Number.isInteger(seed)) {
    (values.help ? console.log : console.error)(USAGE);
    return values.help ? 0 : 2;
  }
  let found = 0;
  const terminal = process.stderr.isTTY;
  const line = ({ executions, elapsed }: Progress): string =>
    `${target.name}: ${executions.toLocaleString('en')} executions, ${Math.round(executions / (elapsed / 1000)).toLocaleString('en')}/s, ${found} findings`;
  const end = await fuzz({
    parser: target.name,
    seed,
    milliseconds: minutes * 60_000,
    onFinding: ({ failure, input }) => {
      found++;
      console.log(`${terminal ? '\r' : ''}finding: ${failure.expectation}: ${failure.what}: ${writeFinding(target, failure, input)}`);
    },
    onProgress: (progress) => {
      const left = Math.max(0, minutes * 60 - progress.elapsed / 1000);
      if (terminal) process.stderr.write(`\r${line(progress)}, ${Math.round(left)} s left   `);
    },
  });
  console.log(`${terminal ? '\r' : ''}${line(end)}, ${end.seeds} seeds, ${(end.elapsed / 60_000).toFixed(1)} minutes, seed ${seed}`);
  return found > 0 ? 1 : 0;
}

process.exitCode = await main();
