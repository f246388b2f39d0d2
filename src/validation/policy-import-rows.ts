/** Rows of one signature scheme, brought into order: only those that say more than the shorter keys before them. */
import type { SchemeName } from '../crypto/names.ts';
import type { AlgorithmRow } from './policy-type.ts';

export function rowsOf(scheme: SchemeName, rows: readonly Omit<AlgorithmRow, 'scheme'>[]): AlgorithmRow[] {
  const sorted = [...rows].sort((a, b) => a.minimumBits - b.minimumBits || later(b.until, a.until));
  const kept: AlgorithmRow[] = [];
  for (const { minimumBits, until } of sorted) {
    const last = kept.at(-1);
    if (last === undefined || later(until, last.until) > 0) kept.push({ scheme, minimumBits, until });
  }
  return kept;
}

/** Positive where `a` ends after `b`; null ends never. */
function later(a: string | null, b: string | null): number {
  if (a === b) return 0;
  if (a === null) return 1;
  return b === null || a < b ? -1 : 1;
}
