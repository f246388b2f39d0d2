/** Evidence stored beside a document of every format and level gives the report again, now, later, and under other policies. */
import { describe, expect, test } from 'vitest';
import { plainPdf } from '../../scripts/plain-pdf.ts';
import type { Bytes } from '../../src/base/bytes.ts';
import { utf8 } from '../../src/base/text.ts';
import { answerCrl } from '../../src/issuing/index.ts';
import { toEtsi, toHtml, toJson, toText } from '../../src/report/index.ts';
import { sign } from '../../src/sign.ts';
import { signContainer } from '../../src/sign-asic.ts';
import { examine } from '../../src/validate.ts';
import { type Evidence, judge, policies, type Report, readEvidence, writeEvidence } from '../../src/validation/index.ts';
import { memoryPki } from '../support/pki.ts';

const DAY = 86_400_000;
const AT = Date.UTC(2026, 5, 1);
const pki = memoryPki({ at: AT });
const PDF = plainPdf({ title: 'Agreement', pages: [['# Agreement']] });
const CONTENT = utf8('content');

/** What signing and examining share: everything is at hand without a network. */
async function common() {
  const made = await pki();
  const { signer } = await made.leaf('P-256', { notBefore: AT - DAY });
  const revocations = await Promise.all(
    (['root', 'issuing'] as const).map(async (id) => ({ kind: 'crl' as const, bytes: await answerCrl(made, id) })),
  );
  const sources = { revocations: { find: async () => revocations } };
  return { trust: [made.root], sources, signer, timestamps: made.timestampAuthority, at: AT };
}

type Level = 'B' | 'T' | 'LT' | 'LTA';
const FORMATS: Readonly<Record<string, (level: Level) => Promise<Bytes>>> = {
  PAdES: async (level) => sign(PDF, await optionsFor(level)),
  CAdES: async (level) => sign(CONTENT, { format: 'cades', ...(await optionsFor(level)) }),
  'CAdES, detached': async (level) => sign(CONTENT, { format: 'cades', packaging: 'detached', ...(await optionsFor(level)) }),
  'ASiC-S': async (level) => signContainer([{ name: 'a.txt', content: CONTENT }], { format: 'asic-s', ...(await optionsFor(level)) }),
  'ASiC-E': async (level) =>
    signContainer(
      [
        { name: 'a.txt', content: CONTENT },
        { name: 'b/c.txt', content: utf8('more') },
      ],
      { format: 'asic-e', ...(await optionsFor(level)) },
    ),
};

async function optionsFor(level: Level) {
  const { trust, sources, ...options } = await common();
  return { ...options, level, ...(level === 'LT' || level === 'LTA' ? { trust, sources } : {}) };
}

/** A report as data: certificates, which remember what was asked of them, by their identity. */
const data = ({ certificates, evidence: _, ...report }: Report): unknown =>
  JSON.parse(
    JSON.stringify({ ...report, certificates: [...certificates.keys()] }, (key, value: unknown) =>
      key === 'chain' && Array.isArray(value)
        ? value.map((one: { fingerprint: string }) => one.fingerprint)
        : value instanceof Map || value instanceof Set
          ? [...value]
          : value,
    ),
  );

/** Under every policy, when it was examined, before, and in years. */
const reports = (evidence: Evidence): unknown[] =>
  [...policies.values()].flatMap((policy) =>
    [AT, AT - 10 * DAY, AT + 3 * 365 * DAY, AT + 30 * 365 * DAY].map((at) => {
      const report = judge(evidence, policy, at);
      return [data(report), toJson(report), toText(report), toText(report, { language: 'de' }), toHtml(report), toEtsi(report)];
    }),
  );

describe.each(Object.entries(FORMATS))('%s', (_name, make) => {
  test.each(['B', 'T', 'LT', 'LTA'] as const)('at level %s is judged from its stored evidence as it was', async (level) => {
    const { trust, sources } = await common();
    const evidence = await examine(await make(level), { trust, sources, detached: [{ bytes: CONTENT }] });
    const file = writeEvidence(evidence);
    const stored = readEvidence(file);
    if (!stored.ok) throw new Error(stored.malformed.reason);
    const [policy] = policies.values();
    if (policy) expect(judge(evidence, policy, AT).signatures.map(({ conclusion }) => conclusion.indication)).toEqual(['PASSED']);
    expect(reports(stored.value)).toEqual(reports(evidence));
    expect(writeEvidence(stored.value)).toEqual(file);
  });
});
