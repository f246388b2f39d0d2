import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { parse } from '../../src/cli/arguments.ts';
import { type SigningThread, thread } from '../../src/cli/bulk-signers.ts';
import { sign } from '../../src/cli/commands/sign.ts';
import { openSigningJob, signPortion } from '../../src/cli/sign-job.ts';
import { tinyPdf } from '../keys/tiny-pdf.ts';
import { temporaryFolder } from '../support/folder.ts';
import { memoryPki } from '../support/pki.ts';

const pki = memoryPki();
const SILENT = { colour: false, out: () => {}, note: () => {}, complain: () => {}, progress: () => {} };
const folder = temporaryFolder();
const at = (name: string): string => join(folder, name);
const argumentsWith = (...more: string[]) => parse(sign, ['in', '-o', 'out', '--key', at('key.pem'), '--cert', at('cert.pem'), ...more]);

beforeAll(async () => {
  const leaf = await (await pki()).leaf('P-256');
  writeFileSync(at('key.pem'), leaf.privateKeyPem);
  writeFileSync(at('cert.pem'), leaf.chainPem);
  for (let i = 0; i < 6; i++) writeFileSync(at(`${i}.pdf`), tinyPdf(String(i)));
  writeFileSync(at('bad.pdf'), 'no PDF');
});

const inThread = (...more: string[]): { readonly signer: SigningThread; readonly ready: Promise<string | null> } => {
  const signer = thread();
  return { signer, ready: signer.open(argumentsWith(...more)) };
};

describe.each<[string, () => Promise<Pick<SigningThread, 'sign' | 'close'>>]>([
  [
    'the main thread',
    async () => {
      const job = await openSigningJob(argumentsWith(), SILENT, 'many');
      return { sign: (orders) => signPortion(job, orders), close: job.close };
    },
  ],
  ['a thread of its own', async () => inThread().signer],
])('%s', (name, open) => {
  test('signs portions that are given at the same time, and answers for each file', async () => {
    const signer = await open();
    const order = (file: string) => ({ input: at(file), output: at(`${name}-${file}`) });
    const portions = [['0.pdf', 'bad.pdf', '1.pdf'], ['2.pdf'], ['3.pdf', '4.pdf', '5.pdf'], []];
    const answers = await Promise.all(portions.map((files) => signer.sign(files.map(order))));
    expect(answers.map((some) => some.length)).toEqual([3, 1, 3, 0]);
    for (const answer of answers.flat()) {
      const failed = answer.input === at('bad.pdf');
      expect(answer).toMatchObject(failed ? { kind: 'failed', code: 'malformed-input' } : { kind: 'signed' });
      if (!failed) expect(readFileSync(at(`${name}-${answer.input.slice(folder.length + 1)}`), 'latin1')).toContain('/ByteRange');
    }
    signer.close();
  });
});

describe('a thread', () => {
  test('that cannot open the key says why', async () => {
    const { signer, ready } = inThread('--chain', at('nothing.pem'));
    expect(await ready).toMatch(/cannot read .*nothing\.pem: there is no such file/);
    expect(await signer.sign([{ input: at('0.pdf'), output: at('x.pdf') }])).toMatchObject([{ kind: 'failed', code: null }]);
    signer.close();
  });

  test('that is closed answers for what it had not signed', async () => {
    const { signer, ready } = inThread();
    const answers = signer.sign([{ input: at('0.pdf'), output: at('never.pdf') }]);
    signer.close();
    expect(await answers).toMatchObject([{ kind: 'failed', input: at('0.pdf') }]);
    expect(await ready).toMatch(/thread ended/);
  });
});
