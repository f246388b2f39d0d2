import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { ALGORITHMS, closeJudges, JUDGES, knows, opensslCmsVerify, pdfsig, present, pyhankoJudge, qpdfCheck } from './judges.ts';
import { inFolder } from './run.ts';
import { sample } from './samples.ts';

afterAll(closeJudges);

const here = Object.fromEntries(await Promise.all(JUDGES.map(async (judge) => [judge, await present(judge)])));
const probe = here['openssl'] ? await sample('P-256', null) : null;
const tampered = (bytes: Uint8Array, at: number): Uint8Array => bytes.with(at, (bytes[at] as number) ^ 1);

const asFile = <T>(pdf: Uint8Array, ask: (path: string) => Promise<T>): Promise<T> =>
  inFolder({}, (folder) => {
    const path = join(folder, 'judged.pdf');
    writeFileSync(path, pdf);
    return ask(path);
  });

test.runIf(process.env['ADESKIT_JUDGES'] === 'all')('every judge is installed where all are promised', () => {
  expect(Object.values(here)).not.toContain(null);
});

describe.skipIf(probe === null)('a judge says yes to a good signature and no to a tampered one', () => {
  const { cms, content, pdf, certificatePem } = probe ?? { cms: NONE(), content: NONE(), pdf: NONE(), certificatePem: '' };
  const inPage = Buffer.from(pdf).indexOf('MediaBox[0 0 200') + 13;

  test('openssl', async () => {
    expect((await opensslCmsVerify({ signature: cms, content, caPem: certificatePem })).said).toContain('successful');
    expect((await opensslCmsVerify({ signature: cms, content: tampered(content, 20) })).good).toBe(false);
  });

  test.skipIf(!here['pdfsig'])('pdfsig', async () => {
    const good = await asFile(pdf, pdfsig);
    expect(good.signatures).toMatchObject([{ valid: true, coversWholeDocument: true, fieldName: 'Probe' }]);
    expect((await asFile(tampered(pdf, inPage), pdfsig)).signatures).toMatchObject([{ valid: false }]);
  });

  test.skipIf(!here['qpdf'])('qpdf', async () => {
    expect(await asFile(pdf, qpdfCheck)).toMatchObject({ good: true });
    expect((await asFile(pdf.subarray(0, pdf.length - 40), qpdfCheck)).good).toBe(false);
  });

  test.skipIf(!here['pyhanko'])('pyhanko', async () => {
    const good = await asFile(pdf, (path) => pyhankoJudge({ path, trust: [certificatePem] }));
    expect(good.signatures).toMatchObject([
      { field: 'Probe', intact: true, valid: true, trusted: true, coverage: 'ENTIRE_FILE', timestamp: null },
    ]);
    const untrusted = await asFile(pdf, (path) => pyhankoJudge({ path, trust: [] }));
    expect(untrusted.signatures).toMatchObject([{ intact: true, valid: true, trusted: false }]);
    const later = await asFile(pdf, (path) => pyhankoJudge({ path, trust: [certificatePem], at: Date.UTC(2001, 0, 1) }));
    expect(later.signatures).toMatchObject([{ intact: true }]);
    const bad = await asFile(tampered(pdf, inPage), (path) => pyhankoJudge({ path, trust: [certificatePem] }));
    expect(bad.signatures).toMatchObject([{ intact: false }]);
    expect((await asFile(NONE(), (path) => pyhankoJudge({ path, trust: [] }))).error).toMatch(/Error/);
  });
});

test.skipIf(probe === null).each(ALGORITHMS)('at least one installed judge knows %s', async (algorithm) => {
  const answers = await Promise.all((['openssl', 'pdfsig', 'pyhanko'] as const).map((judge) => knows(judge, algorithm)));
  // Without pyHanko nothing here can even make the Edwards-curve sample.
  if (here['pyhanko'] !== null || !algorithm.startsWith('Ed')) expect(answers).toContain(true);
});

function NONE(): Uint8Array {
  return new Uint8Array(0);
}
