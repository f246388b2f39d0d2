/** Measuring side by side: all candidates alternate in one process, and the median of their rounds counts. */

export interface Candidate {
  readonly name: string;
  readonly run: () => unknown;
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
  for (const candidate of candidates) await turn(candidate, effort.warmUp);
  for (let round = 0; round < effort.rounds; round++) {
    for (const [i, candidate] of candidates.entries()) {
      const { wall, cpu } = await turn(candidate, effort.turn);
      rates[i]?.wall.push(wall);
      rates[i]?.cpu.push(cpu);
    }
  }
  return candidates.map(({ name }, i) => ({
    name,
    perSecond: median(rates[i]?.wall ?? []),
    perCpuSecond: median(rates[i]?.cpu ?? []),
  }));
}

async function turn({ run }: Candidate, length: number): Promise<{ wall: number; cpu: number }> {
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
  return { wall: (count * 1000) / elapsed, cpu: (count * 1e6) / (user + system) };
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
