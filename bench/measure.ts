/** Measuring side by side: all candidates alternate in one process, and the median of their rounds counts. */

export type Candidate = {
  readonly name: string;
} & ({ readonly run: () => unknown } | { readonly turn: (length: number) => Promise<Turn> });

/** What was done in one candidate's turn, by this process or by another that measures itself; times in milliseconds. */
export interface Turn {
  readonly count: number;
  readonly elapsed: number;
  readonly cpu: number;
}

export interface Measured {
  readonly name: string;
  /** Operations a second: median of the rounds, by wall clock and by the CPU time of this process. */
  readonly perSecond: number;
  readonly perCpuSecond: number;
}

export interface Effort {
  readonly rounds: number;
  /** Length of one candidate's turn, milliseconds. */
  readonly turn: number;
  readonly warmUp: number;
}

/** Runs every candidate in turns: a warm-up each, then `rounds` rounds in which all have their turn. */
export async function sideBySide(candidates: readonly Candidate[], effort: Effort): Promise<Measured[]> {
  const rates = candidates.map(() => ({ wall: [] as number[], cpu: [] as number[] }));
  for (const candidate of candidates) await turnOf(candidate, effort.warmUp);
  for (let round = 0; round < effort.rounds; round++) {
    for (const [i, candidate] of candidates.entries()) {
      const { count, elapsed, cpu } = await turnOf(candidate, effort.turn);
      rates[i]?.wall.push((count * 1000) / elapsed);
      rates[i]?.cpu.push((count * 1000) / cpu);
    }
  }
  return candidates.map(({ name }, i) => ({
    name,
    perSecond: median(rates[i]?.wall ?? []),
    perCpuSecond: median(rates[i]?.cpu ?? []),
  }));
}

const turnOf = (candidate: Candidate, length: number): Promise<Turn> =>
  'turn' in candidate ? candidate.turn(length) : turnHere(candidate.run, length);

async function turnHere(run: () => unknown, length: number): Promise<Turn> {
  const cpuBefore = process.cpuUsage();
  const start = performance.now();
  let count = 0;
  let elapsed = 0;
  do {
    await run();
    count++;
    elapsed = performance.now() - start;
  } while (elapsed < length);
  const { user, system } = process.cpuUsage(cpuBefore);
  return { count, elapsed, cpu: (user + system) / 1000 };
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? (sorted[middle] ?? Number.NaN) : ((sorted[middle - 1] ?? 0) + (sorted[middle] ?? 0)) / 2;
}

/** A table whose first column is text and whose others are right-aligned. */
export function table(title: string, rows: readonly (readonly string[])[]): string {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => (row[column] ?? '').length)));
  const line = (row: readonly string[]) =>
    row.map((cell, column) => (column === 0 ? cell.padEnd(widths[0] ?? 0) : cell.padStart(widths[column] ?? 0))).join('  ');
  const [head = [], ...body] = rows;
  return [title, line(head), widths.map((width) => '-'.repeat(width)).join('  '), ...body.map(line), ''].join('\n');
}

/** Rows of a comparison: rate, milliseconds each, and the ratio to the first candidate (the limit). */
export function comparison(title: string, measured: readonly Measured[]): string {
  const [limit] = measured;
  return table(title, [
    ['', '1/s', 'ms', 'of the limit', 'by CPU time'],
    ...measured.map(({ name, perSecond, perCpuSecond }) => [
      name,
      perSecond.toFixed(1),
      (1000 / perSecond).toFixed(3),
      `${((100 * perSecond) / (limit?.perSecond ?? 1)).toFixed(1)} %`,
      `${((100 * perCpuSecond) / (limit?.perCpuSecond ?? 1)).toFixed(1)} %`,
    ]),
  ]);
}
