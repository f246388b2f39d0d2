/** With the signer's own certificate as anchor everything but the attack is good: the attack alone has to show, in every kind of answer. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { Fault } from '../../src/base/fault.ts';
import { toJson } from '../../src/report/json.ts';
import { toText } from '../../src/report/text.ts';
import { isGood } from '../../src/report/verdict.ts';
import { examine, judge } from '../../src/validate.ts';
import { policyByName, type Report } from '../../src/validation/index.ts';

interface Case {
  readonly id: string;
  readonly files: { readonly pdf: string };
  readonly inputs: { readonly time?: string };
  readonly expected?: { readonly verdict: string };
}

const vectors = process.env['ADESKIT_VECTORS'] ?? join(import.meta.dirname, '../../../shared/vectors');
const present = existsSync(join(vectors, 'pdf-attacks/manifest.json'));
if (!present) console.log(`the vectors are not at ${vectors}: attacks on PDFs are not tried`);

const read = <Value>(path: string): Value => JSON.parse(readFileSync(join(vectors, path), 'utf8')) as Value;
const TAMPERED: ReadonlySet<string> = new Set(['tampered', 'tampered-timestamp', 'nonstandard-coverage', 'crypto-invalid']);
const GOOD: ReadonlySet<string> = new Set(['intact', 'permitted-change']);
/** 2026-11-22T00:00:00Z */
const DEFAULT_TIME = 1_795_305_600_000;

/** Judged with every signer's certificate as anchor; null for a document that cannot be read. */
async function judged({ files, inputs }: Case): Promise<Report | null> {
  const pdf = new Uint8Array(readFileSync(join(vectors, 'pdf-attacks', files.pdf)));
  const at = inputs.time === undefined ? DEFAULT_TIME : Date.parse(inputs.time);
  try {
    const { document, certificates } = await examine(pdf);
    const ids = [...document.signatures, ...document.timestamps.values()].flatMap(({ signer }) => signer.certificate ?? []);
    const trust = ids.flatMap((id) => certificates.get(id)?.bytes ?? []);
    return judge(await examine(pdf, { trust }), policyByName('default'), at);
  } catch (error) {
    if (error instanceof Fault) return null;
    throw error;
  }
}

test.skipIf(!present)('no document that was tampered with is green, in JSON, in text, by exit status', async () => {
  const soft = read<Record<string, Record<string, string>>>('soft.json')['pdf-attacks'] ?? {};
  const { cases } = read<{ cases: Case[] }>('pdf-attacks/manifest.json');
  const green: string[] = [];
  const passed: string[] = [];
  let tampered = 0;
  let trusted = 0;
  for (const one of cases) {
    const verdict = one.expected?.verdict ?? '';
    if (soft[one.id] !== undefined || !(TAMPERED.has(verdict) || GOOD.has(verdict))) continue;
    const report = await judged(one);
    const json = report === null ? null : toJson(report);
    const all = json?.signatures ?? [];
    const everyPassed = all.length > 0 && all.every(({ indication }) => indication === 'TOTAL_PASSED');
    const unchanged = all.every(({ pdf }) => pdf === undefined || pdf.modifications.every(({ allowed }) => allowed));
    if (GOOD.has(verdict)) {
      if (everyPassed && unchanged && report !== null && isGood(report)) trusted++;
      continue;
    }
    tampered++;
    if (report === null || json === null) continue;
    // One answer, told in three ways.
    if (isGood(report) || json.verdict === 'VALID') green.push(one.id);
    if (/^\s*(?:✓|TOTAL.PASSED)/m.test(toText(report).split('\n')[0] ?? '')) green.push(`${one.id} (text)`);
    if (everyPassed) passed.push(one.id);
  }
  console.log(`attacks on PDFs: ${tampered} tampered, none green; ${passed.length} of them TOTAL_PASSED; ${trusted} honest ones green`);
  expect(green).toEqual([]);
  expect(passed).toEqual([]);
  expect(tampered).toBeGreaterThan(80);
  expect(trusted).toBeGreaterThan(50);
});
