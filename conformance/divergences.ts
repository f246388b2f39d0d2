/** Known divergences: cases where we differ from the expectation, each with its reason and clause. They still count as failed. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

export interface Divergence {
  readonly reason: string;
  /** Where a standard decides, for example `RFC 5652, 5.4`. */
  readonly clause: string;
}

/** Case id → why it differs. */
export function knownDivergences(suite: string): ReadonlyMap<string, Divergence> {
  const all = JSON.parse(readFileSync(join(import.meta.dirname, 'divergences.json'), 'utf8')) as Readonly<
    Record<string, Readonly<Record<string, Divergence>>>
  >;
  return new Map(Object.entries(all[suite] ?? {}));
}
