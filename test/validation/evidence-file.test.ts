/** Evidence written to a file and read again: the same report, whatever the policy and the time. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { plainPdf } from '../../scripts/plain-pdf.ts';
import { Fault } from '../../src/base/fault.ts';
import { fromUtf8, utf8 } from '../../src/base/text.ts';
import { answerCrl } from '../../src/issuing/index.ts';
import { toJson } from '../../src/report/json.ts';
import { toText } from '../../src/report/text.ts';
import { type SignOptions, sign } from '../../src/sign.ts';
import { type ExamineOptions, examine } from '../../src/validate.ts';
import type { Evidence } from '../../src/validation/evidence.ts';
import { readEvidence, writeEvidence } from '../../src/validation/evidence-file.ts';
import { verifyEvidence } from '../../src/validation/evidence-file-verify.ts';
import { judge } from '../../src/validation/judge.ts';
import { policies, policyByName } from '../../src/validation/policy.ts';
import { memoryPki } from '../support/pki.ts';

const pki = memoryPki();
const NOW = Date.now();
const YEAR = 365 * 86_400_000;
const PDF = plainPdf({ title: 'Agreement', pages: [['# Agreement', 'of two parties']] });

function read(file: Uint8Array): Evidence {
  const result = readEvidence(file);
  if (!result.ok) throw new Error(result.malformed.reason);
  return result.value;
}

/** What every policy says at several times, as a program and as a person reads it. */
const verdicts = (evidence: Evidence, times = [NOW, NOW + 3 * YEAR]) =>
  [...policies.values()].flatMap((policy) =>
    times.map((at) => {
      const report = judge(evidence, policy, at);
      return [toJson(report), toText(report, { colour: false })];
    }),
  );

async function evidenceOn(options: Partial<SignOptions> = {}, examined: Partial<ExamineOptions> = {}): Promise<Evidence> {
  const made = await pki();
  const { signer } = await made.leaf('P-256');
  const document = await sign(PDF, { signer, at: NOW, timestamps: made.timestampAuthority, level: 'T', ...options });
  const revocations = (await Promise.all([answerCrl(made, 'root'), answerCrl(made, 'issuing')])).map((bytes) => ({
    kind: 'crl' as const,
    bytes,
  }));
  return examine(document, { trust: [made.root], revocations, ...examined });
}

describe('evidence in a file', () => {
  const CASES: readonly [title: string, options: Partial<SignOptions>, examined: Partial<ExamineOptions>][] = [
    ['a signature', { level: 'B' }, {}],
    ['a signature with a time-stamp', {}, {}],
    ['no trust', {}, { trust: [] }],
    ['no revocation data', {}, { revocations: [] }],
    ['unreadable material', {}, { certificates: [utf8('no certificate')], revocations: [{ kind: 'crl', bytes: utf8('no list') }] }],
    ['budgets that ran out', {}, { limits: { signatureChecks: 1 } }],
    ['special words', { reason: '__proto__ "\u2028 \u{1F600}', field: 'constructor' }, {}],
  ];
  test.each(CASES)('with %s gives the same report', async (_title, options, examined) => {
    const evidence = await evidenceOn(options, examined);
    const file = writeEvidence(evidence);
    const again = read(file);
    expect(verdicts(again)).toEqual(verdicts(evidence));
    expect(writeEvidence(again)).toEqual(file);
  });

  test('keeps the revocation data that was supplied, so that it can be verified anew', async () => {
    const again = read(writeEvidence(await evidenceOn()));
    expect(again.suppliedRevocations?.size).toBe(2);
    expect(verifyEvidence(again)).toEqual([]);
  });
});

/** The file with one member changed, by a path of keys. */
async function changed(change: (stored: Stored) => void): Promise<Uint8Array> {
  const stored = JSON.parse(fromUtf8(writeEvidence(await evidenceOn())) ?? '') as Stored;
  change(stored);
  return utf8(JSON.stringify(stored));
}
type Pairs = [string, Record<string, unknown>][];
interface Stored extends Record<string, unknown> {
  document: {
    signatures: Record<string, unknown>[];
    certificates: [string, string | null][];
    timestamps: Pairs;
    revocations: Pairs;
  } & Record<string, unknown>;
  certificates: string[];
  chains: [string, { links: Record<string, unknown>[] }][];
  revocations: Pairs;
  statuses: [string, Record<string, unknown>[]][];
}
const first = <T>(values: readonly T[]): T => values[0] as T;

describe('a file that was tampered with', () => {
  const UNREADABLE: readonly [title: string, change: (stored: Stored) => void, reason: RegExp][] = [
    ['another version', (s) => Object.assign(s, { adeskitEvidence: 2 }), /adeskitEvidence: must be one of 1/],
    ['a member too many', (s) => Object.assign(s, { more: 1 }), /more: is not known/],
    ['a member too few', (s) => Reflect.deleteProperty(s, 'anchors'), /anchors: is missing/],
    [
      'a word that nobody knows',
      (s) => Object.assign(first(s.document.signatures), { value: 'fine' }),
      /signatures\[0\]\.value: must be one of intact/,
    ],
    [
      'a time that no calendar has',
      (s) => Object.assign(first(s.document.signatures), { claimedTime: 1e300 }),
      /claimedTime: must be a time/,
    ],
    ['text for a number', (s) => Object.assign(first(s.document.timestamps)[1], { time: 'now' }), /time: must be a time/],
    ['no certificate', (s) => s.certificates.push('AAAA'), /is no certificate/],
    ['no base64', (s) => s.certificates.push('*'), /must be base64/],
    ['a certificate less', (s) => s.certificates.splice(0, 1), /is not there/],
    ['a certificate under another name', (s) => Object.assign(first(s.document.certificates), { 1: 'AAAA' }), /not what its identity says/],
    ['a chain of another', (s) => Object.assign(first(s.chains), { 0: 'x' }), /does not begin with it/],
    ['a link to nothing', (s) => first(s.chains)[1].links.push({ ...first(first(s.chains)[1].links), certificate: 'x' }), /is not there/],
    [
      'a status of nothing',
      (s) => Object.assign(first(first(s.statuses.filter(([, found]) => found.length > 0))[1]), { revocation: 'x' }),
      /is not there/,
    ],
    ['revocation data by another name', (s) => Object.assign(first(s.revocations)[1], { id: 'x' }), /calls itself 'x'/],
    ['a key twice', (s) => s.chains.push(first(s.chains)), /key twice/],
  ];
  test.each(UNREADABLE)('is unreadable with %s', async (_title, change, reason) => {
    expect(readEvidence(await changed(change))).toMatchObject({
      ok: false,
      malformed: { what: 'evidence', reason: expect.stringMatching(reason) },
    });
  });

  const FORGED: readonly [title: string, change: (stored: Stored) => void, what: string][] = [
    ['a chain that is said not to verify', (s) => Object.assign(first(first(s.chains)[1].links), { issued: 'broken' }), 'chain-signature'],
    [
      'a status that the list does not give',
      (s) => Object.assign(first(first(s.statuses.filter(([, found]) => found.length > 0))[1]), { status: 'unknown' }),
      'revocation-status',
    ],
    [
      'revocation data that is said to be broken',
      (s) => Object.assign(first(s.revocations)[1], { value: 'broken' }),
      'revocation-signature',
    ],
  ];
  test.each(FORGED)('is found out by verifying anew: %s', async (_title, change, what) => {
    expect(verifyEvidence(read(await changed(change))).map((difference) => difference.what)).toContain(what);
  });

  test.each([
    ['nothing', ''],
    ['no JSON', '{'],
    ['a number', '1'],
    ['a deep list', '['.repeat(100_000)],
    ['no text', '\u0000'],
  ])('is unreadable where it is %s', (_title, file) => expect(readEvidence(utf8(file)).ok).toBe(false));

  test('by changed octets is unreadable, or judged without an error', async () => {
    const file = writeEvidence(await evidenceOn());
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.nat(file.length - 1), fc.integer({ min: 0x20, max: 0x7e })), { minLength: 1, maxLength: 3 }),
        (changes) => {
          const bytes = file.slice();
          for (const [at, octet] of changes) bytes[at] = octet;
          const result = readEvidence(bytes);
          if (result.ok) verdicts(result.value);
          else expect(result.malformed.what).toBe('evidence');
        },
      ),
      { numRuns: 300 },
    );
  });

  test('by changed values is unreadable, or judged without an error', async () => {
    const stored = JSON.parse(fromUtf8(writeEvidence(await evidenceOn())) ?? '') as Stored;
    const places: (readonly [holder: Record<string, unknown>, key: string])[] = [];
    const walk = (holder: object): void => {
      for (const [key, value] of Object.entries(holder)) {
        places.push([holder as Record<string, unknown>, key]);
        if (typeof value === 'object' && value !== null) walk(value);
      }
    };
    walk(stored);
    const scalars = places.map(([holder, key]) => holder[key]).filter((value) => typeof value !== 'object');
    const values = fc.oneof(
      fc.constantFrom(null, true, false, 0, -1, 1e15, '', 'x', 'intact', 'broken', [], {}),
      fc.constantFrom(...scalars),
    );
    fc.assert(
      fc.property(fc.nat(places.length - 1), values, (at, value) => {
        const [holder, key] = places[at] ?? [{}, ''];
        const before = holder[key];
        holder[key] = value;
        try {
          const result = readEvidence(utf8(JSON.stringify(stored)));
          if (result.ok) {
            verdicts(result.value);
            verifyEvidence(result.value);
          }
        } finally {
          holder[key] = before;
        }
      }),
      { numRuns: 500 },
    );
  });
});

const vectors = join(process.env['ADESKIT_VECTORS'] ?? join(import.meta.dirname, '../../../shared/vectors'), 'dss');
const absent = !existsSync(join(vectors, 'manifest.json'));
if (absent) console.info(`no documents in ${vectors}: evidence on real documents is left out`);

test.skipIf(absent)(
  'evidence on real documents gives the same report from its file, and holds what bears it out',
  { timeout: 300_000 },
  async () => {
    const { cases } = JSON.parse(readFileSync(join(vectors, 'manifest.json'), 'utf8')) as { cases: { file: string; anchors?: string[] }[] };
    const bytesAt = (...path: string[]) => new Uint8Array(readFileSync(join(vectors, ...path)));
    const at = Date.parse('2026-11-22T00:00:00Z');
    const differing: string[] = [];
    let compared = 0;
    for (const { file, anchors = [] } of cases) {
      if (!/\.(pdf|p7[sm])$/i.test(file)) continue;
      try {
        const evidence = await examine(bytesAt(file), { trust: anchors.map((anchor) => bytesAt('anchors', `${anchor}.der`)) });
        const again = read(writeEvidence(evidence));
        compared++;
        for (const policy of ['default', 'dss-6.4'].map(policyByName)) {
          const [before, after] = [evidence, again].map((each) => JSON.stringify(toJson(judge(each, policy, at))));
          if (before !== after) differing.push(`${file}: ${policy.name}`);
        }
        if (verifyEvidence(again).length > 0) differing.push(`${file}: verified anew`);
      } catch (error) {
        if (!(error instanceof Fault)) throw error; // documents that cannot be read at all
      }
    }
    expect(differing).toEqual([]);
    expect(compared).toBeGreaterThan(100);
  },
);
