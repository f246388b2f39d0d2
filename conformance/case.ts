/** What a conformance suite is: cases found through a folder's manifest, each run under a time limit of its own. */

/** `uncounted`: the case ran, but nothing says what is right. */
export type Outcome = 'passed' | 'failed' | 'out-of-scope' | 'uncounted';

export interface CaseResult {
  readonly id: string;
  readonly expected: unknown;
  readonly got: unknown;
  readonly outcome: Outcome;
  /** Why the case is out of scope: a rule over its inputs, never over its id or file name. */
  readonly rule?: string;
  readonly ms: number;
}

/** What running one case gave. */
export type Verdict = Pick<CaseResult, 'got' | 'outcome' | 'rule'>;

export interface SuiteOptions {
  /**
   * Runs one case. What `judge` throws, and a `judge` that does not come back in time, is a failed case and never the
   * end of the run: so call this once for each case, one after another, and do nothing costly outside it.
   * Everything given and returned must be plain data (it crosses a thread).
   */
  attempt(id: string, expected: unknown, judge: () => Verdict | Promise<Verdict>): Promise<CaseResult>;
}

export interface Suite {
  readonly name: string;
  /** Milliseconds for one case; default 30 000. */
  readonly limit?: number;
  /** Runs every case of `dir/manifest.json`, in its order. */
  run(dir: string, options: SuiteOptions): Promise<CaseResult[]>;
  /** Tables over all results, in Markdown: printed before the summary and written to docs/conformance.md. */
  tables?(results: readonly CaseResult[]): string;
}

export const pass = (got: unknown): Verdict => ({ got, outcome: 'passed' });
export const fail = (got: unknown): Verdict => ({ got, outcome: 'failed' });
export const outOfScope = (rule: string, got: unknown = null): Verdict => ({ got, outcome: 'out-of-scope', rule });
export const uncounted = (got: unknown): Verdict => ({ got, outcome: 'uncounted' });

/** Passed where `right`, failed otherwise; a case whose expectation is missing is not counted. */
export const judged = (expected: unknown, got: unknown, right: boolean): Verdict =>
  expected === undefined || expected === null ? uncounted(got) : right ? pass(got) : fail(got);
