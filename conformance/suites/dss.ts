/** dss: real signed documents with the verdicts of EU DSS 6.4, in three passes; structure decides a case, conclusions are a table. */
import { basename } from 'node:path';
import { Fault } from '../../src/base/fault.ts';
import { fromBase64, utf8 } from '../../src/base/text.ts';
import { validate } from '../../src/index.ts';
import { toJson } from '../../src/report/json.ts';
import { judged, outOfScope, type Suite, type Verdict } from '../case.ts';
import { readFile, readManifest } from '../manifest.ts';
import { agreementTables } from './dss-agreement.ts';
import { compareStructure, STRUCTURE } from './dss-compare.ts';
import {
  type DssCase,
  type DssDetached,
  type DssExpected,
  type DssGot,
  expectedOf,
  type OracleRun,
  type RunGot,
  slim,
} from './dss-oracle.ts';
import { unreadRule } from './format.ts';

export const dss: Suite = {
  name: 'dss',
  async run(dir, { attempt }) {
    const results = [];
    for (const entry of readManifest<DssCase>(dir).cases) {
      const expected = expectedOf(entry);
      results.push(await attempt(entry.file, expected, () => judge(dir, entry, expected)));
    }
    return results;
  },
  tables: (results) => agreementTables(results),
};

async function judge(dir: string, entry: DssCase, expected: DssExpected | null): Promise<Verdict> {
  const document = readFile(dir, entry.file);
  const unread = unreadRule(document);
  if (unread !== null) return outOfScope(unread);
  if (entry.detached.some(({ digestAlg }) => digestAlg !== undefined))
    return outOfScope('the detached content is given by its digest alone');
  const run = (policy: string, anchors: readonly string[], detached: readonly DssDetached[], records: readonly DssDetached[] = []) =>
    runOnce(dir, document, policy, anchors, { detached, records });
  const anchors = entry.anchors ?? [];
  const got: DssGot = {
    trusted: await run('dss-6.4', anchors, entry.detached),
    untrusted: await run('dss-6.4', [], entry.detached),
    noRev: await run('dss-6.4-no-revocation', anchors, entry.detached),
    variants: [],
  };
  if ('fault' in got.trusted && got.trusted.fault === 'unsupported') return outOfScope(`not read yet: ${got.trusted.because}`, got);
  for (const variant of entry.variants ?? []) {
    if (variant.detached.some(({ digestAlg }) => digestAlg !== undefined)) continue;
    got.variants.push({
      case: variant.case,
      trusted: await run('dss-6.4', variant.anchors, variant.detached, variant.evidenceRecordsSupplied),
      untrusted: await run('dss-6.4', [], variant.detached, variant.evidenceRecordsSupplied),
    });
  }
  if (expected === null) return judged(null, got, false);
  const differs = structureDifferences(expected, got);
  return judged(expected, { differs, ...got }, differs.length === 0);
}

/** Facts of the structure that differ. A document that the oracle refuses is to be refused, or at least nothing in it to pass. */
function structureDifferences(expected: DssExpected, got: DssGot): string[] {
  if (expected.error) {
    const refused = 'fault' in got.trusted || got.trusted.signatures.every(({ indication }) => indication !== 'TOTAL_PASSED');
    return refused ? [] : ['refused by the oracle, passed here'];
  }
  if ('fault' in got.trusted) return [`${got.trusted.fault}: ${got.trusted.because}`];
  const differing = (run: OracleRun | undefined, ours: RunGot, where: string) =>
    run === undefined
      ? []
      : compareStructure(run, ours)
          .facts.filter(([fact, agrees]) => !agrees && STRUCTURE.has(fact))
          .map(([fact, , sides]) => `${where}${fact}${sides === undefined ? '' : ` (${sides})`}`);
  return [
    ...differing(expected.trusted, got.trusted, ''),
    ...got.variants.flatMap((variant) =>
      differing(expected.variants.find((each) => each.case === variant.case)?.trusted, variant.trusted, `${variant.case}: `),
    ),
  ];
}

async function runOnce(
  dir: string,
  document: Uint8Array,
  policy: string,
  anchors: readonly string[],
  beside: { readonly detached: readonly DssDetached[]; readonly records: readonly DssDetached[] },
): Promise<RunGot> {
  try {
    const report = await validate(document, {
      at: VALIDATION_TIME,
      policy,
      trust: anchors.map((sha256) => readFile(dir, `anchors/${sha256}.der`)),
      detached: beside.detached.map((each) => contentOf(dir, each)),
      evidenceRecords: beside.records.map((each) => contentOf(dir, each)),
    });
    return slim(toJson(report));
  } catch (error) {
    if (!(error instanceof Fault) || error.code === 'bad-option') throw error;
    return { fault: error.code, because: error.message };
  }
}

function contentOf(dir: string, { file, text, b64, name, path }: DssDetached): { name?: string; bytes: Uint8Array } {
  const called = name ?? (path === undefined ? undefined : basename(path));
  const bytes = file !== undefined ? readFile(dir, file) : text !== undefined ? utf8(text) : (fromBase64(b64 ?? '') ?? new Uint8Array());
  return { ...(called !== undefined && called !== null && { name: called }), bytes };
}

/** 2026-11-22T00:00:00Z, when the oracle was asked. */
const VALIDATION_TIME = 1_795_305_600_000;
