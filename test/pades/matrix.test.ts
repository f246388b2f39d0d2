/** What we sign, held against the outside judges: algorithms × levels × kinds of file (EN 319 142-1). */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { plainPdf } from '../../scripts/plain-pdf.ts';
import { equal } from '../../src/base/bytes.ts';
import { openPdf } from '../../src/pdf/document.ts';
import { signatureFields } from '../../src/pdf/field.ts';
import { sign } from '../../src/sign.ts';
import { closeJudges, knows, opensslCmsVerify, pdfsig, present, pyhankoJudge, qpdfCheck } from '../judges/judges.ts';
import { inFolder } from '../judges/run.ts';
import { generatePdf } from '../pdf/generate.ts';
import { pemEncode } from '../support/pem.ts';
import { memoryPki } from '../support/pki.ts';

const pki = memoryPki();
const leaves = new Map<string, ReturnType<Awaited<ReturnType<typeof pki>>['leaf']>>();
const leafOf = async (algorithm: (typeof ALGORITHMS)[number]) => {
  const made = leaves.get(algorithm) ?? (await pki()).leaf(algorithm);
  leaves.set(algorithm, made);
  return made;
};

const ALGORITHMS = ['RSA-2048', 'RSA-PSS', 'P-256', 'P-384', 'brainpoolP256r1', 'Ed25519'] as const;
const LEVELS = ['B', 'T'] as const;
const DOCUMENTS = {
  'classic cross-references': async () => plainPdf({ title: 'Agreement', pages: [['# Agreement', 'between two parties']] }),
  'cross-reference streams': async () => generatePdf({ style: 'object-stream', pages: 2, revisions: [[]] }).bytes,
  'already signed': async () => {
    const { signer } = await leafOf('P-256');
    return sign(plainPdf({ title: 'Agreement', pages: [['# Agreement']] }), { signer, at: Date.now(), field: 'First' });
  },
} as const;

afterAll(closeJudges);

describe.each(ALGORITHMS)('%s', (algorithm) => {
  describe.each(LEVELS)('level %s', (level) => {
    test.each(Object.keys(DOCUMENTS) as (keyof typeof DOCUMENTS)[])(
      '%s: every judge that knows the algorithm finds it intact',
      async (kind) => {
        const original = await DOCUMENTS[kind]();
        const { signer } = await leafOf(algorithm);
        const authority = await pki();
        const signed = await sign(original, {
          signer,
          level,
          at: Date.now(),
          field: 'Judged',
          ...(level === 'T' && { timestamps: authority.timestampAuthority }),
        });
        expect(equal(signed.subarray(0, original.length), original)).toBe(true);
        await inFolder({}, async (folder) => {
          const path = join(folder, 'signed.pdf');
          writeFileSync(path, signed);
          const verdicts = [
            await judgedByOpenssl(signed, algorithm, pemEncode(authority.root)),
            await judgedByPdfsig(path, algorithm),
            await judgedByPyhanko(path, algorithm, level, pemEncode(authority.root)),
          ];
          expect(verdicts.filter((verdict) => verdict !== 'unknown to it')).not.toEqual([]);
          expect(verdicts.every((verdict) => verdict === 'agrees' || verdict === 'unknown to it')).toBe(true);
          if (await present('qpdf')) expect((await qpdfCheck(path)).said).toMatch(/No syntax or stream encoding errors/);
        });
      },
    );
  });
});

type Judged = 'agrees' | 'unknown to it' | { readonly says: unknown };

async function judgedByOpenssl(signed: Uint8Array, algorithm: (typeof ALGORITHMS)[number], caPem: string): Promise<Judged> {
  if (!(await knows('openssl', algorithm))) return 'unknown to it';
  const opened = openPdf(signed);
  const field = opened.ok ? signatureFields(opened.value).find(({ name }) => name === 'Judged') : undefined;
  const { coverage, contents } = field?.signature ?? {};
  const [before, after] = coverage?.ranges ?? [];
  if (!before || !after || !contents) return { says: 'no signature in the field' };
  const content = Buffer.concat([signed.subarray(before[0], before[0] + before[1]), signed.subarray(after[0], after[0] + after[1])]);
  const verdict = await opensslCmsVerify({ signature: contents.bytes, content, caPem });
  return verdict.good ? 'agrees' : { says: verdict.said };
}

async function judgedByPdfsig(path: string, algorithm: (typeof ALGORITHMS)[number]): Promise<Judged> {
  if (!(await knows('pdfsig', algorithm))) return 'unknown to it';
  const { signatures, said } = await pdfsig(path);
  const judged = signatures.find(({ fieldName }) => fieldName === 'Judged');
  const others = signatures.every(({ valid }) => valid);
  return judged?.valid && judged.coversWholeDocument && others ? 'agrees' : { says: said };
}

async function judgedByPyhanko(path: string, algorithm: (typeof ALGORITHMS)[number], level: string, root: string): Promise<Judged> {
  if (!(await knows('pyhanko', algorithm))) return 'unknown to it';
  const { signatures, error } = await pyhankoJudge({ path, trust: [root] });
  const judged = signatures.find(({ field }) => field === 'Judged');
  if (judged === undefined || judged.error !== undefined) return { says: judged?.error ?? error };
  const covered = judged.coverage === 'ENTIRE_FILE';
  const stamped = level === 'B' ? judged.timestamp === null : judged.timestamp?.intact === true && judged.timestamp.valid;
  const others = signatures.every((one) => one.error === undefined && one.intact && one.valid && one.docmdpOk !== false);
  return judged.intact && judged.valid && covered && stamped && others ? 'agrees' : { says: signatures };
}
