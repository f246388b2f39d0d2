/** The thread that a suite runs in: tells of every case before it starts, so that the watcher can name the one that hangs. */
import { parentPort, workerData } from 'node:worker_threads';
import type { CaseResult, SuiteOptions } from './case.ts';
import { loadSuite } from './suites/index.ts';
import { DEFAULT_LIMIT, type ThreadInput, type ThreadMessage } from './watch.ts';

const { name, dir, done } = workerData as ThreadInput;
const known = new Map(done.map((result) => [result.id, result]));
const tell = (message: ThreadMessage) => parentPort?.postMessage(message);

const attempt: SuiteOptions['attempt'] = async (id, expected, judge) => {
  const earlier = known.get(id);
  if (earlier !== undefined) return earlier;
  tell({ kind: 'start', id, expected });
  const started = performance.now();
  const verdict = await Promise.resolve()
    .then(judge)
    .catch((error: unknown) => ({ got: { error: described(error) }, outcome: 'failed' as const }));
  const result: CaseResult = { id, expected, ...verdict, ms: performance.now() - started };
  tell({ kind: 'result', result });
  return result;
};

const described = (error: unknown): string => {
  if (!(error instanceof Error)) return String(error);
  const place = error.stack
    ?.split('\n')
    .find((line) => line.trimStart().startsWith('at '))
    ?.trim();
  const code = 'code' in error ? ` (${String(error.code)})` : '';
  return `${error.name}${code}: ${error.message}${place === undefined ? '' : ` ${place.replace(/file:\/\/\S*\/(src|conformance)\//, '$1/')}`}`;
};

const suite = await loadSuite(name);
tell({ kind: 'ready', limit: suite.limit ?? DEFAULT_LIMIT });
const results = await suite.run(dir, { attempt });
tell({ kind: 'end', results, tables: suite.tables?.(results) ?? '' });
