import { describe, expect, test } from 'vitest';
import { knownDivergences } from '../../conformance/divergences.ts';
import { vectorsOf } from '../../conformance/manifest.ts';
import { readSoft, tally } from '../../conformance/outcome.ts';
import { runSuite } from '../../conformance/watch.ts';

/** Suites whose every failure is accounted for. */
const SUITES = [
  'dss',
  'asn1-odd',
  'pdf-attacks',
  'pkits',
  'x509-limbo',
  'boringssl-pki',
  'wycheproof',
  'pdf-odd',
  'xmldsig',
  'xml-attacks',
  'tsl',
];

describe.each(SUITES)('%s', (suite) => {
  const dir = vectorsOf(suite);
  test.skipIf(dir === null)('fails where conformance/divergences.json says so, and nowhere else', { timeout: 300_000 }, async () => {
    if (dir === null) return;
    const { results } = await runSuite(suite, dir, () => {});
    const { cases } = tally(suite, results, readSoft(dir, suite), '');
    const failed = cases.filter(({ outcome }) => outcome === 'failed').map(({ id }) => id);
    expect(failed.sort()).toEqual([...knownDivergences(suite).keys()].sort());
    expect(cases.length).toBeGreaterThan(0);
  });
});
