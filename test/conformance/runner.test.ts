import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { withSection } from '../../conformance/document.ts';
import { readFile } from '../../conformance/manifest.ts';
import { readSoft, summaryLine, tally } from '../../conformance/outcome.ts';
import { formatOf } from '../../conformance/suites/format.ts';
import { runSuite } from '../../conformance/watch.ts';
import { temporaryFolder } from '../support/folder.ts';

const result = (id: string, outcome: 'passed' | 'failed' | 'out-of-scope' | 'uncounted', rule?: string) => ({
  ...{ id, outcome, expected: null, got: null, ms: 1 },
  ...(rule !== undefined && { rule }),
});

describe('what a run adds up to', () => {
  const run = tally(
    'demo',
    [result('a', 'passed'), result('b', 'failed'), result('c', 'failed'), result('d', 'out-of-scope', 'too odd'), result('e', 'uncounted')],
    new Set(['c']),
    '',
  );
  test('soft cases count in neither', () => {
    expect(run).toMatchObject({ passed: 1, failed: 1, soft: 1, softRight: 0, outOfScope: 1, uncounted: 1, rules: [['too odd', 1]] });
    expect(run.cases.find(({ id }) => id === 'c')?.outcome).toBe('soft');
  });
  test('the last line is exact', () => expect(summaryLine(run)).toBe('demo: 1 passed, 1 failed'));
  test('the document keeps the other sections and rewrites its own', () => {
    const first = withSection('', { ...run, name: 'pdf-odd' });
    const both = withSection(first, { ...run, name: 'dss' });
    expect(both).toContain('## pdf-odd');
    expect(both).toContain('| dss | 1 | 1 | 1 | 1 | 1 |');
    expect(withSection(both, { ...run, name: 'dss' })).toBe(both);
    expect(withSection(both, { ...run, name: 'dss', passed: 7 })).toContain('| dss | 7 | 1 |');
  });
});

const root = temporaryFolder();
let threads = 0;

test('soft expectations are read beside the folder', () => {
  mkdirSync(join(root, 'set'));
  writeFileSync(join(root, 'soft.json'), JSON.stringify({ dss: { x: 'why' } }));
  expect([...readSoft(join(root, 'set'), 'dss')]).toEqual(['x']);
  expect([...readSoft(join(root, 'set'), 'tsl')]).toEqual([]);
});

test('a manifest cannot name files outside its folder', () => {
  expect(() => readFile('/tmp', '../etc/passwd')).toThrow(/outside/);
  expect(() => readFile('/tmp', '/etc/passwd')).toThrow(/outside/);
});

test.each([
  ['%PDF-1.7', 'PDF'],
  ['PK\u0003\u0004%PDF-', 'ZIP'],
  ['\u00ef\u00bb\u00bf <x/>', 'XML'],
  ['{"payload":""}', 'JSON'],
  ['-----BEGIN CMS-----', 'PEM'],
  ['\u0030\u000d\u0002\u0001\u0001\u0030\u0003', 'ER'],
  ['\u0030\u0080\u0006\u0009\u002a\u0086\u0048\u0086\u00f7\u000d\u0001\u0007\u0002', 'CMS'],
  ['', 'other'],
])('%j begins a file of format %s', (text, format) => expect(formatOf(new Uint8Array(Buffer.from(text, 'latin1')))).toBe(format));

describe('cases under watch', () => {
  const thread = (body: string) => {
    const path = join(root, `thread-${++threads}.mjs`);
    writeFileSync(
      path,
      `import { parentPort, workerData } from 'node:worker_threads';
       const done = new Map(workerData.done.map((each) => [each.id, each]));
       parentPort.postMessage({ kind: 'ready', limit: 300 });
       const results = [];
       for (const id of ['one', 'two', 'three']) {
         if (done.has(id)) { results.push(done.get(id)); continue; }
         parentPort.postMessage({ kind: 'start', id, expected: 'x' });
         if (id === 'two') { ${body} }
         const result = { id, expected: 'x', got: 'x', outcome: 'passed', ms: 0 };
         parentPort.postMessage({ kind: 'result', result });
         results.push(result);
       }
       parentPort.postMessage({ kind: 'end', results, tables: '' });`,
    );
    return new URL(`file://${path}`);
  };
  test.each([
    ['hangs', 'for (;;);', /no answer within 300 ms/],
    ['ends the thread', 'process.exit(3);', /ended before/],
    ['throws outside of everything', "throw new Error('out of nowhere');", /out of nowhere/],
    ['never answers', 'await new Promise(() => {});', /ended before|no answer/],
  ])('a case that %s is a failed case, and the next ones still run', async (_, body, why) => {
    const { results } = await runSuite('demo', '.', () => {}, thread(body));
    expect(results.map(({ id, outcome }) => `${id} ${outcome}`)).toEqual(['one passed', 'two failed', 'three passed']);
    expect(JSON.stringify(results[1]?.got)).toMatch(why);
  });
});

test('every divergence has a reason and a clause', () => {
  const all = JSON.parse(readFileSync(new URL('../../conformance/divergences.json', import.meta.url), 'utf8')) as Record<string, object>;
  for (const suite of Object.values(all)) {
    for (const entry of Object.values(suite))
      expect(entry).toEqual({ reason: expect.stringMatching(/./), clause: expect.stringMatching(/./) });
  }
});
