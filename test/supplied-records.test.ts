/** Evidence records handed in beside a document: they are over it or its detached contents, and prove when it existed (EN 319 102-1, 5.7). */
import { expect, test } from 'vitest';
import type { Bytes } from '../src/base/bytes.ts';
import { utf8 } from '../src/base/text.ts';
import { addMaterial } from '../src/cms/build.ts';
import { answerCrl } from '../src/issuing/index.ts';
import { preserve } from '../src/preserve.ts';
import { preserveXml } from '../src/preserve-xml.ts';
import { sign } from '../src/sign.ts';
import { validate } from '../src/validate.ts';
import { memoryPki } from './support/pki.ts';

const DAY = 86_400_000;
let now = Date.UTC(2026, 0, 1);
const pki = memoryPki({ clock: () => now });
const CONTENT = utf8('A contract.\n');
const made = async (packaging: 'attached' | 'detached') => {
  const { leaf } = await pki();
  const { signer } = await leaf('P-256', { notBefore: now - DAY, notAfter: now + 30 * DAY });
  return sign(CONTENT, { format: 'cades', packaging, signer, at: now });
};
const judged = async (document: Bytes, records: readonly Bytes[], detached?: Bytes) =>
  validate(document, {
    at: now,
    trust: [(await pki()).root],
    policy: 'dss-6.4-no-revocation',
    evidenceRecords: records.map((bytes, i) => ({ name: `record${i}`, bytes })),
    ...(detached && { detached: [{ name: 'contract.txt', bytes: detached }] }),
  });

test.each([
  ['ASN.1', preserve],
  ['XML', preserveXml],
])('a record in %s proves that the signature existed while its certificate was valid', async (_, over) => {
  const { timestampAuthority: timestamps } = await pki();
  const lists = await Promise.all((['issuing', 'root'] as const).map(async (id) => answerCrl(await pki(), id)));
  const cms = addMaterial(await made('attached'), [], lists);
  now += DAY / 24;
  const record = await over([cms], { timestamps });
  now += 60 * DAY;
  const without = await judged(cms, []);
  expect(without.signatures[0]?.conclusion.indication).toBe('INDETERMINATE');
  const report = await judged(cms, [record, record]);
  expect(
    report.evidenceRecords.map(({ facts, conclusion }) => [facts.origin, facts.name, facts.references[0]?.intact, conclusion.indication]),
  ).toEqual([
    ['external', 'record0', true, 'PASSED'],
    ['external', 'record1', true, 'PASSED'],
  ]);
  expect(new Set(report.evidenceRecords.map(({ facts }) => facts.id)).size).toBe(2);
  expect(report.signatures[0]?.conclusion.indication).toBe('PASSED');
  expect(report.signatures[0]?.bestSignatureTime).toBe(now - 60 * DAY);
});

test('a record over another document fails, and what is no record is told', async () => {
  const { timestampAuthority: timestamps } = await pki();
  const [cms, other] = [await made('attached'), await made('attached')];
  const report = await judged(cms, [await preserve([other], { timestamps }), utf8('no record')]);
  expect(report.evidenceRecords.map(({ conclusion }) => conclusion)).toEqual([{ indication: 'FAILED', because: 'HASH_FAILURE' }]);
  expect(report.unreadable).toMatchObject([{ kind: 'evidence-record', name: 'record1' }]);
});

test('a record is over a detached signature and its content, or over one of them', async () => {
  const { timestampAuthority: timestamps } = await pki();
  const cms = await made('detached');
  const records = [await preserve([cms, CONTENT], { timestamps }), await preserve([CONTENT], { timestamps })];
  const report = await judged(cms, records, CONTENT);
  expect(
    report.evidenceRecords.map(({ facts, conclusion }) => [
      facts.references.map(({ name, intact }) => [name, intact]).sort(),
      conclusion.indication,
    ]),
  ).toEqual([
    [
      [
        ['', true],
        ['contract.txt', true],
      ],
      'PASSED',
    ],
    [[['contract.txt', true]], 'PASSED'],
  ]);
});
