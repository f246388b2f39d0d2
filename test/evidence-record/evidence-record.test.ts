import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { der } from '../../src/asn1/index.ts';
import { equal } from '../../src/base/bytes.ts';
import { utf8 } from '../../src/base/text.ts';
import { contentOf } from '../../src/cms/content.ts';
import { digest } from '../../src/crypto/digest.ts';
import { createRecords, renewHashTree, renewTimestamp } from '../../src/evidence-record/build.ts';
import { readEvidenceRecordDocument } from '../../src/evidence-record/document.ts';
import { buildTree, nodeOver, rootOf } from '../../src/evidence-record/hash-tree.ts';
import {
  encodeArchiveTimestamp,
  encodeEvidenceRecord,
  looksLikeEvidenceRecord,
  parseEvidenceRecord,
} from '../../src/evidence-record/record.ts';
import type { TimestampAuthority } from '../../src/tsp/timestamp-authority.ts';
import { validate } from '../../src/validate.ts';
import { subIndicationOf } from '../../src/validation/conclusion.ts';
import { memoryPki } from '../support/pki.ts';

let now = Date.UTC(2026, 0, 1);
const pki = memoryPki({ clock: () => now });
/** Each request is a day after the one before. */
const timestamps: TimestampAuthority = {
  stamp: async (imprint, name) => {
    now += 86_400_000;
    return (await pki()).timestampAuthority.stamp(imprint, name);
  },
};
const FILES = ['first', 'second', 'third'].map(utf8);
const contents = FILES.map((file) => contentOf(file));
const first = contents.slice(0, 1);
const group = async (): Promise<Uint8Array> => (await createRecords([contents], { timestamps }))[0] as Uint8Array;

const read = (record: Uint8Array, files: readonly Uint8Array[] = FILES) => {
  const facts = readEvidenceRecordDocument(
    record,
    files.map((file, i) => ({ name: `file${i}`, content: contentOf(file) })),
  );
  if (!facts.ok) throw new Error(JSON.stringify(facts.malformed));
  const [evidence] = facts.value.evidenceRecords ?? [];
  if (!evidence) throw new Error('no record');
  return { evidence, stamps: evidence.timestamps.flatMap((id) => facts.value.timestamps.get(id) ?? []) };
};
const outline = (record: Uint8Array, files?: readonly Uint8Array[]) => {
  const { evidence, stamps } = read(record, files);
  const brief = (references: (typeof evidence)['references']) =>
    references.map(({ type, found, intact }) => `${type.replace('EVIDENCE_RECORD_', '')} ${found ? '+' : '-'}${intact ? '+' : '-'}`);
  return {
    objects: brief(evidence.references),
    stamps: stamps.map(({ references }) => brief(references)),
    problems: evidence.structureProblems,
  };
};

describe('a hash tree', () => {
  test('leads from each group to its root by the reduced tree', () => {
    const groups = fc.array(
      fc.uniqueArray(fc.uint8Array({ minLength: 32, maxLength: 32 }), { minLength: 1, maxLength: 3, selector: String }),
      {
        minLength: 1,
        maxLength: 12,
      },
    );
    fc.assert(
      fc.property(groups, (all) => {
        const tree = buildTree('SHA-256', all);
        for (const [i, one] of all.entries()) {
          const reduced = tree.reduced(i);
          const root = reduced === null ? one[0] : rootOf('SHA-256', reduced);
          expect(root && equal(root, tree.root)).toBe(true);
        }
      }),
    );
  });

  test('hashes several values sorted and joined, and one not at all', () => {
    const [a, b] = [Uint8Array.of(2), Uint8Array.of(1)];
    expect(nodeOver('SHA-256', [a])).toEqual(a);
    expect(nodeOver('SHA-256', [a, b])).toEqual(digest('SHA-256', Uint8Array.of(1, 2)));
    expect(rootOf('SHA-256', [[]])).toBeNull();
    expect(rootOf('SHA-256', [])).toBeNull();
  });
});

describe('a record over a group', () => {
  test('vouches for each of its files', async () => {
    expect(outline(await group())).toEqual({ objects: Array(3).fill('ARCHIVE_OBJECT ++'), stamps: [['MESSAGE_IMPRINT ++']], problems: [] });
  });

  test('does not vouch for a file that was changed, and tells of one that is missing', async () => {
    const record = await group();
    expect(outline(record, [...FILES.slice(0, 2), utf8('other')]).objects.sort()).toEqual([
      'ARCHIVE_OBJECT ++',
      'ARCHIVE_OBJECT ++',
      'ORPHAN_REFERENCE --',
    ]);
    expect(read(record, FILES.slice(0, 2)).evidence.covers).toHaveLength(2);
    expect(read(record, []).evidence.covers).toEqual([]);
  });

  test('covers what is at hand from its first time-stamp on', async () => {
    const { evidence, stamps } = read(await group());
    expect(evidence.covers).toEqual(expect.arrayContaining(FILES.map((file) => Buffer.from(digest('SHA-256', file)).toString('hex'))));
    expect(stamps[0]?.covers).toEqual(evidence.covers);
  });

  test('is made with one request for many groups, and each stands on its own', async () => {
    const before = now;
    const many = Array.from({ length: 9 }, (_, i) => utf8(`file ${i}`));
    const records = await createRecords(
      many.map((file) => [contentOf(file)]),
      { timestamps, digest: 'SHA-384' },
    );
    expect(now - before).toBe(86_400_000);
    for (const [i, record] of records.entries()) {
      expect(outline(record, [many[i] as Uint8Array])).toMatchObject({ objects: ['ARCHIVE_OBJECT ++'], stamps: [['MESSAGE_IMPRINT ++']] });
      expect(outline(record, [many[(i + 1) % 9] as Uint8Array]).objects).toEqual(['ARCHIVE_OBJECT +-']);
    }
  });

  test('over one file has no tree: the time-stamp is over the file itself', async () => {
    const [record] = await createRecords([first], { timestamps });
    const parsed = parseEvidenceRecord(record as Uint8Array);
    expect(parsed.ok && parsed.value.chains[0]?.timestamps[0]?.tree).toBeNull();
    expect(outline(record as Uint8Array, [utf8('first')])).toMatchObject({
      objects: ['ARCHIVE_OBJECT ++'],
      stamps: [['MESSAGE_IMPRINT ++']],
    });
    expect(outline(record as Uint8Array, [utf8('changed')])).toMatchObject({
      objects: ['ARCHIVE_OBJECT +-'],
      stamps: [['MESSAGE_IMPRINT +-']],
    });
  });

  test('is refused for no file, and for the same file twice', async () => {
    await expect(createRecords([[]], { timestamps })).rejects.toMatchObject({ code: 'bad-option' });
    await expect(createRecords([[...first, contentOf(utf8('first'))]], { timestamps })).rejects.toMatchObject({ code: 'bad-option' });
    expect(await createRecords([], { timestamps })).toEqual([]);
  });
});

describe('renewal', () => {
  test('of the time-stamp covers the one before, again and again', async () => {
    const twice = await renewTimestamp(await renewTimestamp(await group(), { timestamps }), { timestamps });
    const { stamps, problems } = outline(twice);
    expect(stamps).toEqual([['MESSAGE_IMPRINT ++'], ...Array(2).fill(['MESSAGE_IMPRINT ++', 'ARCHIVE_TIME_STAMP ++'])]);
    expect(problems).toEqual([]);
  });

  test('of the hash tree covers every file again, under the new digest, and all time-stamps so far', async () => {
    const renewed = await renewHashTree(await renewTimestamp(await group(), { timestamps }), contents, { timestamps, digest: 'SHA3-512' });
    const { stamps } = outline(renewed);
    expect(stamps[2]).toEqual(['MESSAGE_IMPRINT ++', ...Array(3).fill('ARCHIVE_OBJECT ++')]);
    const parsed = parseEvidenceRecord(renewed);
    expect(parsed.ok && parsed.value.digestAlgorithms).toHaveLength(2);
    const more = await renewTimestamp(await renewHashTree(renewed, contents, { timestamps }), { timestamps });
    expect(outline(more).stamps.flat()).not.toContainEqual(expect.stringMatching(/-/));
    expect(read(more).evidence.timestamps).toHaveLength(5);
  });

  test('of a record over one file works without a tree', async () => {
    const [record] = await createRecords([first], { timestamps });
    const renewed = await renewHashTree(record as Uint8Array, first, { timestamps });
    expect(outline(renewed, [utf8('first')]).stamps[1]).toEqual(['MESSAGE_IMPRINT ++', 'ARCHIVE_OBJECT ++']);
  });

  test('of the hash tree is refused for other files, or not all of them', async () => {
    const record = await group();
    await expect(renewHashTree(record, contents.slice(0, 2), { timestamps })).rejects.toMatchObject({ code: 'refused' });
    await expect(renewHashTree(record, [...contents.slice(0, 2), contentOf(utf8('x'))], { timestamps })).rejects.toMatchObject({
      code: 'refused',
    });
    await expect(renewTimestamp(utf8('no record'), { timestamps })).rejects.toMatchObject({ code: 'malformed-input' });
  });

  test('that leaves a file out, or covers another time-stamp, is found out', async () => {
    const [whole, less] = [await group(), await createRecords([contents.slice(0, 2)], { timestamps })];
    const chain = (record: Uint8Array, at = 0) => {
      const parsed = parseEvidenceRecord(record);
      if (!parsed.ok) throw new Error(parsed.malformed.reason);
      return (parsed.value.chains[at]?.timestamps ?? []).map(({ bytes }) => bytes);
    };
    const lesser = chain(await renewHashTree(less[0] as Uint8Array, contents.slice(0, 2), { timestamps }), 1);
    const patched = encodeEvidenceRecord([chain(whole), lesser], ['SHA-256', 'SHA-512']);
    expect(outline(patched).stamps[1]).toEqual(['MESSAGE_IMPRINT ++', ...Array(3).fill('ARCHIVE_OBJECT +-')]);
    const foreign = chain(await renewTimestamp(less[0] as Uint8Array, { timestamps }));
    const crossed = encodeEvidenceRecord([[...chain(whole), ...foreign.slice(1)]], ['SHA-256']);
    expect(outline(crossed).stamps[1]).toEqual(['MESSAGE_IMPRINT +-', 'ARCHIVE_TIME_STAMP +-']);
  });

  test('in the wrong order, or with another digest within a chain, is told', async () => {
    const older = await timestamps.stamp(digest('SHA-256', utf8('a')), 'SHA-256');
    const newer = await timestamps.stamp(digest('SHA-512', utf8('a')), 'SHA-512');
    const record = encodeEvidenceRecord(
      [[encodeArchiveTimestamp('SHA-512', null, newer), encodeArchiveTimestamp('SHA-256', null, older)]],
      ['SHA-256'],
    );
    expect(read(record, [utf8('a')]).evidence.structureProblems).toEqual([
      'a chain changes its digest algorithm',
      'the archive time-stamps are not in the order of their times',
    ]);
  });
});

describe('a record does not pass', () => {
  const judged = async (record: Uint8Array, content: Uint8Array): Promise<string> => {
    const report = await validate(record, {
      at: now,
      policy: 'dss-6.4-no-revocation',
      trust: [(await pki()).root],
      detached: [{ bytes: content }],
    });
    const [{ conclusion } = { conclusion: null }] = report.evidenceRecords;
    return conclusion === null ? 'none' : (subIndicationOf(conclusion) ?? conclusion.indication);
  };
  const CONTENT = utf8('a');
  const over = async (value: Uint8Array, name: 'SHA-256' | 'SHA-512') =>
    encodeArchiveTimestamp(name, null, await timestamps.stamp(digest(name, value), name));
  const tokenOf = (stamp: Uint8Array): Uint8Array => {
    const parsed = parseEvidenceRecord(encodeEvidenceRecord([[stamp]], ['SHA-256']));
    return (parsed.ok && parsed.value.chains[0]?.timestamps[0]?.encoding) || new Uint8Array();
  };
  const NO_TOKEN = encodeArchiveTimestamp('SHA-256', null, der.sequence(der.oid('1.2.3')));

  test.each<[string, (first: Uint8Array) => Promise<Uint8Array> | Uint8Array, string]>([
    ['it does, renewed by the same algorithm', (first) => over(tokenOf(first), 'SHA-256'), 'PASSED'],
    ['whose chain changes its algorithm', (first) => over(tokenOf(first), 'SHA-512'), 'SIGNED_DATA_NOT_FOUND'],
    ['whose last time-stamp cannot be read', () => NO_TOKEN, 'FORMAT_FAILURE'],
  ])('%s', async (_, renewal, verdict) => {
    const first = await over(CONTENT, 'SHA-256');
    expect(await judged(encodeEvidenceRecord([[first, await renewal(first)]], ['SHA-256', 'SHA-512']), CONTENT)).toBe(verdict);
  });
});

describe('octets that are no record', () => {
  test('are told apart', async () => {
    const record = await group();
    expect(looksLikeEvidenceRecord(record)).toBe(true);
    for (const other of [
      new Uint8Array(0),
      utf8('0'),
      der.sequence(der.integer(1)),
      await timestamps.stamp(digest('SHA-256', utf8('a')), 'SHA-256'),
    ])
      expect(looksLikeEvidenceRecord(other)).toBe(false);
  });

  test('and changes of a good one give a value, never a throw', async () => {
    const record = await renewHashTree(await renewTimestamp(await group(), { timestamps }), contents, { timestamps });
    const files = [{ name: 'a', content: contents[0] as (typeof contents)[0] }];
    const change = fc.tuple(fc.nat(record.length - 1), fc.nat(255));
    fc.assert(
      fc.property(fc.array(change, { minLength: 1, maxLength: 3 }), (changes) => {
        const bytes = record.slice();
        for (const [at, octet] of changes) bytes[at] = octet;
        expect(readEvidenceRecordDocument(bytes, files)).toHaveProperty('ok');
      }),
      { numRuns: 400 },
    );
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 80 }), (bytes) => void expect(readEvidenceRecordDocument(bytes, files)).toHaveProperty('ok')),
    );
  });
});
