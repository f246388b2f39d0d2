/** The check engine of EN 319 102-1: a check is a record, a building block an array of checks, a process a fold. */
import { type Conclusion, passed } from './conclusion.ts';
import type { BlockResult, Finding } from './report.ts';

/** What the failure of a check does: `fail` concludes the block, `warn` and `inform` are told, `ignore` is not evaluated. */
export type Level = 'fail' | 'warn' | 'inform' | 'ignore';

/** The level that a policy gives to a check; undefined where it says nothing of it. */
export type Levels = (check: string) => Level | undefined;

/** One rule: what it is called, where it is written, how it is decided, what its failure means. */
export interface Check<F> {
  readonly id: string;
  /** Of EN 319 102-1 unless another standard is named. */
  readonly clause: string;
  /** A policy may change the level of a check with this mark; nothing relaxes one without it. */
  readonly constraint?: true;
  /** Where the policy says nothing; `fail` unless told. */
  readonly level?: Level;
  /** Whether there is anything to check; no finding where there is not. */
  readonly applies?: (facts: F) => boolean;
  readonly holds: (facts: F) => boolean;
  readonly otherwise: Conclusion | ((facts: F) => Conclusion);
  /** Facts for the sentence of the report. */
  readonly with?: (facts: F) => Finding['with'];
}

/** A named building block over facts `F`. */
export interface Block<F> {
  readonly name: string;
  readonly clause: string;
  readonly checks: readonly Check<F>[];
}

/** Runs the checks in their order and stops at the first that fails at level `fail`. */
export function runBlock<F>({ name, clause, checks }: Block<F>, facts: F, levels: Levels, subject: string): BlockResult {
  const findings: Finding[] = [];
  for (const check of checks) {
    if (check.applies && !check.applies(facts)) continue;
    const level = levelOf(check, levels);
    const outcome = level === 'ignore' ? 'ignored' : check.holds(facts) ? 'ok' : level;
    const detail = outcome === 'ok' || outcome === 'ignored' ? undefined : check.with?.(facts);
    findings.push({ check: check.id, clause: check.clause, outcome, ...(detail && { with: detail }) });
    if (outcome === 'fail') {
      const conclusion = typeof check.otherwise === 'function' ? check.otherwise(facts) : check.otherwise;
      return { block: name, clause, subject, conclusion, findings };
    }
  }
  return { block: name, clause, subject, conclusion: passed, findings };
}

/** The level in force: an unmarked check is always `fail` or, where it says so itself, what it says. */
function levelOf<F>(check: Check<F>, levels: Levels): Level {
  const own = check.level ?? 'fail';
  return check.constraint ? (levels(check.id) ?? own) : own;
}
