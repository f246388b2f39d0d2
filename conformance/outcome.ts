/** What a run of a suite adds up to, once soft expectations are set apart. */
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import type { CaseResult, Outcome } from './case.ts';

export interface CountedCase extends Omit<CaseResult, 'outcome'> {
  readonly outcome: Outcome | 'soft';
}

export interface SuiteRun {
  readonly name: string;
  readonly cases: readonly CountedCase[];
  readonly passed: number;
  readonly failed: number;
  readonly outOfScope: number;
  readonly soft: number;
  /** Soft cases that came out as their soft expectation says. */
  readonly softRight: number;
  readonly uncounted: number;
  /** Rule → cases it leaves out, most first. */
  readonly rules: readonly (readonly [rule: string, count: number])[];
  readonly tables: string;
}

/** Case ids whose expectation is soft, by `soft.json` beside the folder; none where there is no such file. */
export function readSoft(dir: string, suite: string): ReadonlySet<string> {
  const path = join(dirname(resolve(dir)), 'soft.json');
  if (!existsSync(path)) return new Set();
  const sets = JSON.parse(readFileSync(path, 'utf8')) as Readonly<Record<string, Readonly<Record<string, string>>>>;
  return new Set(Object.keys(sets[suite] ?? {}));
}

export function tally(name: string, results: readonly CaseResult[], soft: ReadonlySet<string>, tables: string): SuiteRun {
  const counts = { passed: 0, failed: 0, 'out-of-scope': 0, uncounted: 0, soft: 0 };
  const rules = new Map<string, number>();
  let softRight = 0;
  const cases = results.map((result): CountedCase => {
    const isSoft = soft.has(result.id) && (result.outcome === 'passed' || result.outcome === 'failed');
    if (isSoft && result.outcome === 'passed') softRight++;
    const outcome = isSoft ? 'soft' : result.outcome;
    counts[outcome]++;
    if (outcome === 'out-of-scope') rules.set(result.rule ?? 'no rule given', (rules.get(result.rule ?? 'no rule given') ?? 0) + 1);
    return { ...result, outcome };
  });
  return {
    name,
    cases,
    passed: counts.passed,
    failed: counts.failed,
    outOfScope: counts['out-of-scope'],
    soft: counts.soft,
    softRight,
    uncounted: counts.uncounted,
    rules: [...rules].sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1)),
    tables,
  };
}

/** The last line of a run. */
export const summaryLine = (run: Pick<SuiteRun, 'name' | 'passed' | 'failed'>): string =>
  `${run.name}: ${run.passed} passed, ${run.failed} failed`;
