/** Evidence records in containers: made, added to what is there, renewed in place (EN 319 162-1, 4; RFC 4998, 5). */
import { describe, expect, test } from 'vitest';
import { concat } from '../../src/base/bytes.ts';
import { utf8 } from '../../src/base/text.ts';
import { preserveContainer } from '../../src/preserve.ts';
import { preserveInContainer, renewInContainer } from '../../src/preserve-asic.ts';
import { toText } from '../../src/report/index.ts';
import { signContainer } from '../../src/sign-asic.ts';
import { validate } from '../../src/validate.ts';
import { rewriteZip } from '../../src/zip/write.ts';
import { memoryPki } from '../support/pki.ts';
import { archiveOf, changedIn, FILES, namesIn, verdictOf, verdictsOf } from './containers.ts';

const AT = Date.UTC(2026, 5, 1, 12);
const pki = memoryPki({ at: AT });
const options = async () => ({ timestamps: (await pki()).timestampAuthority, at: AT });
const signed = async () => {
  const { signer } = await (await pki()).leaf('P-256', { notBefore: AT - 86_400_000, notAfter: AT + 86_400_000 });
  return signContainer(FILES, { format: 'asic-e', signer, at: AT });
};
const judged = async (container: Uint8Array) =>
  validate(container, { at: AT + 60_000, trust: [(await pki()).root], policy: 'dss-6.4-no-revocation' });
const records = async (container: Uint8Array) =>
  (await judged(container)).evidenceRecords.map(({ conclusion, facts }) => ({
    verdict: verdictOf(conclusion),
    files: facts.references.map(({ name }) => name).sort(),
    stamps: facts.timestamps.length,
    uncovered: facts.uncovered,
  }));

describe('a record over all that a container holds', () => {
  test('leaves every file as it is, and is over signatures too', async () => {
    const before = await signed();
    const after = await preserveInContainer(before, await options());
    expect(changedIn(before, after)).toEqual([]);
    expect(verdictsOf(await judged(after))).toEqual(['CAdES-BASELINE-B PASSED']);
    expect(await records(after)).toEqual([
      {
        verdict: 'PASSED',
        files: namesIn(before)
          .filter((name) => name !== 'mimetype')
          .sort(),
        stamps: 1,
        uncovered: [],
      },
    ]);
  });

  test('can be had twice: the second one is over the first', async () => {
    const twice = await preserveInContainer(await preserveInContainer(await signed(), await options()), await options());
    const found = await records(twice);
    expect(found.map(({ verdict }) => verdict)).toEqual(['PASSED', 'PASSED']);
    expect(found.some(({ files }) => files.includes('META-INF/evidencerecord001.ers'))).toBe(true);
  });

  test('fails where one of its files changes', async () => {
    const kept = await preserveInContainer(await signed(), await options());
    const other = concat([
      ...rewriteZip(archiveOf(kept), [{ name: 'contract.txt', content: utf8('another') }], {
        time: AT,
        leaveOut: new Set(['contract.txt']),
      }),
    ]);
    expect((await records(other)).map(({ verdict }) => verdict)).toEqual(['FAILED HASH_FAILURE']);
  });

  test('counts files of the same content once, and covers each', async () => {
    const files = ['a.txt', 'b.txt', 'c.txt'].map((name) => ({ name, content: utf8(name === 'c.txt' ? 'other' : 'same') }));
    const container = await preserveContainer(files, { ...(await options()), format: 'asic-e' });
    expect(await records(container)).toEqual([{ verdict: 'PASSED', files: ['a.txt', 'b.txt', 'c.txt'], stamps: 1, uncovered: [] }]);
  });

  test('is refused in ASiC-S, which holds one thing', async () => {
    const container = await preserveContainer(FILES.slice(0, 1), { ...(await options()), format: 'asic-s' });
    await expect(preserveInContainer(container, await options())).rejects.toMatchObject({ code: 'refused' });
  });
});

test('the report names the files that a signature and a record are over', async () => {
  const text = toText(await judged(await preserveInContainer(await signed(), await options())));
  expect(text).toMatch(/Signs +contract\.txt; annex\/Mü ß & <1>\.txt\n/);
  const covers = text.slice(text.indexOf('Covers'));
  for (const name of ['contract.txt', 'META-INF/signature001.p7s', 'META-INF/ASiCManifest001.xml']) expect(covers).toContain(name);
});

describe('records in a container are renewed in place', () => {
  test.each([
    ['asic-s', 'timestamp'],
    ['asic-s', 'hash-tree'],
    ['asic-e', 'timestamp'],
    ['asic-e', 'hash-tree'],
  ] as const)('%s, %s', async (format, renew) => {
    const files = format === 'asic-s' ? FILES.slice(0, 1) : FILES;
    const before = await preserveContainer(files, { ...(await options()), format });
    const after = await renewInContainer(before, { ...(await options()), renew });
    expect(changedIn(before, after)).toEqual(namesIn(before).filter((name) => name.endsWith('.ers')));
    expect(await records(after)).toEqual([{ verdict: 'PASSED', files: files.map(({ name }) => name).sort(), stamps: 2, uncovered: [] }]);
  });

  test('but for one that another is over', async () => {
    const twice = await preserveInContainer(await preserveInContainer(await signed(), await options()), await options());
    const renewed = await renewInContainer(twice, { ...(await options()), renew: 'timestamp' });
    expect(changedIn(twice, renewed)).toEqual(['META-INF/evidencerecord002.ers']);
    expect((await records(renewed)).map(({ verdict }) => verdict)).toEqual(['PASSED', 'PASSED']);
  });

  test('a container without record is refused', async () => {
    await expect(renewInContainer(await signed(), { ...(await options()), renew: 'timestamp' })).rejects.toMatchObject({ code: 'refused' });
  });
});
