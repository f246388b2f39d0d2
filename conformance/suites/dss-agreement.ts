/** The agreement tables of the dss suite: by format family, structure fact by fact and conclusions pass by pass. */
import type { CaseResult } from '../case.ts';
import { percent } from '../table.ts';
import { type Comparison, compareConclusions, compareStructure, STRUCTURE } from './dss-compare.ts';
import type { DssExpected, DssGot, OracleRun } from './dss-oracle.ts';

export function agreementTables(results: readonly CaseResult[]): string {
  const structure = new Counts();
  const conclusions = new Counts();
  for (const { expected: oracle, got: ours, outcome } of results) {
    const [expected, got] = [oracle as DssExpected | null, ours as Partial<DssGot> | null];
    if (expected === null || outcome === 'out-of-scope' || outcome === 'uncounted') continue;
    structure.add('**cases that pass**', expected.format, outcome === 'passed');
    if (expected.trusted === undefined) continue;
    // A case that crashed or hung disagrees in everything.
    const trusted = got?.trusted ?? LOST;
    const { facts } = compareStructure(expected.trusted, trusted);
    const deciding = facts.filter(([fact]) => STRUCTURE.has(fact));
    structure.addAll(deciding, expected.format, () => '**facts that decide, together**');
    structure.addAll(facts, expected.format, (fact) => (STRUCTURE.has(fact) ? `**${fact}**` : fact));
    const passes = { trusted, untrusted: got?.untrusted ?? LOST, noRev: got?.noRev ?? LOST };
    for (const pass of ['trusted', 'untrusted', 'noRev'] as const) {
      const run = identified(expected[pass], expected.trusted);
      if (run !== undefined) conclusions.addAll(compareConclusions(run, passes[pass]), expected.format, (fact) => `${pass}: ${fact}`);
    }
    for (const variant of got?.variants ?? []) {
      const run = expected.variants.find((each) => each.case === variant.case)?.trusted;
      if (run !== undefined) {
        conclusions.addAll(compareConclusions(run, variant.trusted), expected.format, (fact) => `variants, trusted: ${fact}`);
      }
    }
  }
  const intro = 'Facts in bold decide whether a case passes; the others, and every conclusion, are measured only.';
  return `${intro}\n\n${structure.table('structure (trusted pass)')}\n\n${conclusions.table('conclusions by pass')}`;
}

/** The other passes name signatures by their number: what identifies them stands in the trusted pass. */
const identified = (run: OracleRun | undefined, trusted: OracleRun): OracleRun | undefined =>
  run && {
    ...run,
    sigs: run.sigs.map((signature) => {
      const { sc, claimed } = trusted.sigs.find(({ i }) => i === signature.i) ?? {};
      return { ...(sc !== undefined && { sc }), ...(claimed !== undefined && { claimed }), ...signature };
    }),
  };

class Counts {
  readonly #rows = new Map<string, Map<string, { agree: number; all: number }>>();
  readonly #families = new Set<string>();

  add(row: string, family: string, agrees: boolean): void {
    this.#families.add(family);
    const cells = this.#rows.get(row) ?? new Map<string, { agree: number; all: number }>();
    this.#rows.set(row, cells);
    for (const column of [family, ALL]) {
      const cell = cells.get(column) ?? { agree: 0, all: 0 };
      cells.set(column, cell);
      cell.all++;
      if (agrees) cell.agree++;
    }
  }

  addAll(facts: Comparison['facts'], family: string, row: (fact: string) => string): void {
    for (const [fact, agrees] of facts) this.add(row(fact), family, agrees);
  }

  table(title: string): string {
    const columns = [...[...this.#families].sort(), ALL];
    const lines = [`| ${[title, ...columns].join(' | ')} |`, `| --- |${' ---: |'.repeat(columns.length)}`];
    for (const [row, cells] of this.#rows) {
      const values = columns.map((column) => {
        const { agree, all } = cells.get(column) ?? { agree: 0, all: 0 };
        return percent(agree, all);
      });
      lines.push(`| ${[row, ...values].join(' | ')} |`);
    }
    return lines.join('\n');
  }
}

const ALL = 'all';
const LOST = { fault: 'lost', because: 'no answer' } as const;
