/** The signatures of real trusted lists: as the oracle's trusted-list task has it, for lists whole, altered, wrapped and wrongly signed. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gunzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import type { Bytes } from '../../src/base/bytes.ts';
import type { SignatureFacts } from '../../src/facts/index.ts';
import { judge, validate } from '../../src/index.ts';
import { mainIndicationOf, subIndicationOf } from '../../src/validation/conclusion.ts';
import { policyByName } from '../../src/validation/index.ts';
import type { SignatureReport } from '../../src/validation/report.ts';
import { readXmlDocument } from '../../src/xades/document.ts';
import { canonicalize } from '../../src/xml/canonicalize.ts';
import { parseXml } from '../../src/xml/parse.ts';
import { descendantsNamed } from '../../src/xml/query.ts';
import { DS } from '../../src/xmldsig/names.ts';

const VECTORS = join(process.env['ADESKIT_VECTORS'] ?? fileURLToPath(new URL('../../../shared/vectors', import.meta.url)), 'tsl');
const present = existsSync(join(VECTORS, 'manifest.json'));
if (!present) console.warn(`trusted lists: not run, there is nothing at ${VECTORS} (set ADESKIT_VECTORS)`);

interface Verdict {
  readonly ind: string;
  readonly sub?: string;
}

interface OracleCase {
  readonly file: string;
  readonly sigDefaultPolicy: readonly (Verdict & { readonly level: string })[] | null;
  readonly sigTlPolicy?: Verdict;
}

const cases = (): readonly OracleCase[] =>
  (JSON.parse(readFileSync(join(VECTORS, 'manifest.json'), 'utf8')) as { readonly cases: readonly OracleCase[] }).cases;

/** The certificates that signed are trusted for their own signatures, as the signers of lists are. */
function signersOf(list: Bytes): Uint8Array[] {
  const read = readXmlDocument(list);
  if (!read.ok) return [];
  const { signatures, certificates } = read.value;
  return signatures.flatMap(({ signer }) => certificates.get(signer.certificate ?? '') ?? []);
}

test.skipIf(!present)('every list has the verdicts of the oracle', { timeout: 180_000 }, async () => {
  let accepted = 0;
  for (const { file, sigDefaultPolicy, sigTlPolicy } of cases()) {
    const list = new Uint8Array(gunzipSync(readFileSync(join(VECTORS, file))));
    const trust = signersOf(list);
    const report = await validate(list, { at: AT, policy: 'dss-6.4', trust }).catch(() => null);
    const ours = (report?.signatures ?? []).map((one) => [...verdictOf(one), one.level]);
    expect([file, ...ours]).toEqual([file, ...(sigDefaultPolicy ?? []).map(({ ind, sub, level }) => [ind, sub ?? null, level])]);
    if (sigTlPolicy === undefined || report === null) continue;
    // Algorithms are judged for the time of the list: it was issued then.
    const [only] = report.signatures;
    const then = judge(report.evidence, policyByName('dss-6.4'), only?.facts.claimedTime ?? AT);
    const good = report.signatures.length === 1 && then.signatures.every((one) => acceptable(one, list));
    expect([file, good]).toEqual([file, sigTlPolicy.ind === 'TOTAL_PASSED']);
    if (good) accepted++;
  }
  expect(accepted).toBeGreaterThan(70);
});

const verdictOf = ({ conclusion }: SignatureReport) => [mainIndicationOf(conclusion), subIndicationOf(conclusion)];

/** TS 119 612, 5.7.1: an enveloped signature at level B over all of the list. */
const acceptable = (one: SignatureReport, list: Bytes): boolean =>
  verdictOf(one)[0] === 'TOTAL_PASSED' && one.level === 'XAdES-BASELINE-B' && coversAll(one.facts, list);

function coversAll({ references }: SignatureFacts, list: Bytes): boolean {
  const parsed = parseXml(list);
  if (!parsed.ok) return false;
  const document = parsed.value;
  const without = new Set(descendantsNamed(document, 0, DS, 'Signature'));
  const whole = ROOTS.flatMap((apex) =>
    VERSIONS.map((version) => canonicalize(document, { apex, without }, { version, comments: false }).length),
  );
  return references.some(
    ({ covers, type }) => type === 'REFERENCE' && (covers?.element === '/' || (covers?.octets != null && whole.includes(covers.octets))),
  );
}

/** 2026-11-22T00:00:00Z, when the oracle was asked. */
const AT = 1_795_305_600_000;
const ROOTS = [0, 1];
const VERSIONS = ['1.0', 'exclusive'] as const;
