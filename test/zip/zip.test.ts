import { spawnSync } from 'node:child_process';
import { readFileSync as readFile, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { concat, equal } from '../../src/base/bytes.ts';
import { Fault } from '../../src/base/fault.ts';
import type { Parsed } from '../../src/base/parsed.ts';
import { type Source, sourceOf } from '../../src/base/source.ts';
import { fromUtf8, latin1, utf8 } from '../../src/base/text.ts';
import { crc32, deflate } from '../../src/platform/deflate.ts';
import { inflatedPieces } from '../../src/platform/inflate.ts';
import { readZip, type ZipArchive } from '../../src/zip/archive.ts';
import { entryPieces, overEntry, readEntry } from '../../src/zip/content.ts';
import { type NewEntry, rewriteZip, writeZip } from '../../src/zip/write.ts';
import { temporaryFolder } from '../support/folder.ts';

const folder = temporaryFolder();

const TIME = Date.UTC(2026, 4, 6, 7, 8, 10);
const zip = (entries: readonly NewEntry[], comment?: Uint8Array): Uint8Array =>
  concat([...writeZip(entries, { time: TIME, ...(comment && { comment }) })]);
const stored = (name: string, content: Uint8Array | string): NewEntry => ({ name, content: toBytes(content), method: 'stored' });
const toBytes = (content: Uint8Array | string): Uint8Array => (typeof content === 'string' ? utf8(content) : content);
const mustRead = (bytes: Uint8Array | Source): ZipArchive => {
  const read = readZip(bytes);
  if (!read.ok) throw new Error(JSON.stringify(read.malformed));
  return read.value;
};
const contents = (archive: ZipArchive): Record<string, string> =>
  Object.fromEntries(archive.entries.map((entry) => [entry.name, fromUtf8(whole(archive, entry.name)) ?? '?']));
const whole = (archive: ZipArchive, name: string): Uint8Array => {
  const entry = archive.byName.get(name);
  if (!entry) throw new Error(`no ${name}`);
  const read = readEntry(archive, entry, 1 << 30);
  if (!read.ok) throw new Error(read.malformed.reason);
  return read.value;
};
const reasonOf = (read: Parsed<unknown>): string => (read.ok ? 'read' : read.malformed.reason);
const compressible = (length: number): Uint8Array => Uint8Array.from({ length }, (_, i) => (i * i + (i >> 7)) % 61);
const random = (length: number): Uint8Array => {
  let state = 12_345;
  return Uint8Array.from({ length }, () => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
    return state >>> 23;
  });
};
const patched = (bytes: Uint8Array, at: number, ...octets: number[]): Uint8Array => {
  const copy = bytes.slice();
  copy.set(octets, at);
  return copy;
};
const centralAt = (bytes: Uint8Array, skip = 0): number => {
  let at = -1;
  for (let i = 0; i <= skip; i++) at = Buffer.from(bytes).indexOf('PK\x01\x02', at + 1, 'latin1');
  return at;
};

describe('an archive that was written', () => {
  test('is read to the same names and contents', () => {
    const name = fc.stringMatching(/^[a-zäö0-9 _-]{1,12}(\/[a-z0-9]{1,8})?\.x$/);
    const entry = fc.record({
      name,
      content: fc.uint8Array({ maxLength: 400 }),
      method: fc.constantFrom('stored' as const, 'deflated' as const),
    });
    fc.assert(
      fc.property(
        fc.uniqueArray(entry, { selector: ({ name: n }) => n, maxLength: 8 }),
        fc.uint8Array({ maxLength: 30 }),
        (entries, comment) => {
          fc.pre(!Buffer.from(comment).includes('PK'));
          const archive = mustRead(zip(entries, comment));
          expect(archive.entries.map(({ name: n }) => n)).toEqual(entries.map(({ name: n }) => n));
          expect(equal(archive.comment, comment)).toBe(true);
          for (const { name: n, content } of entries) expect(equal(whole(archive, n), content)).toBe(true);
        },
      ),
    );
  });

  test('has a mimetype that can be read at a fixed place, and the same octets each time', () => {
    const bytes = zip([stored('mimetype', 'application/vnd.etsi.asic-e+zip'), { name: 'a.txt', content: compressible(5000) }]);
    expect(fromUtf8(bytes.subarray(30, 69))).toBe('mimetypeapplication/vnd.etsi.asic-e+zip');
    expect(mustRead(bytes).entries[0]).toMatchObject({ method: 'stored', hasExtra: false, start: 0, data: 38 });
    expect(equal(bytes, zip([stored('mimetype', 'application/vnd.etsi.asic-e+zip'), { name: 'a.txt', content: compressible(5000) }]))).toBe(
      true,
    );
  });

  test('stores what deflating would not make smaller', () => {
    const noise = random(300);
    const { entries } = mustRead(
      zip([
        { name: 'noise', content: noise },
        { name: 'empty', content: new Uint8Array(0) },
      ]),
    );
    expect(entries.map(({ method }) => method)).toEqual(['stored', 'stored']);
  });

  test('is deflated piece by piece where it is large, with a data descriptor', () => {
    const large = concat([random(3_000_000), compressible((1 << 24) + 12_345), new Uint8Array(3_000_000)]);
    const archive = mustRead(zip([{ name: 'large', content: sourceOf(large) }, stored('after', 'x')]));
    const entry = archive.entries[0];
    expect(entry).toMatchObject({ method: 'deflated', size: large.length });
    expect(equal(whole(archive, 'large'), large)).toBe(true);
    expect(contents({ ...archive, entries: archive.entries.slice(1) })).toEqual({ after: 'x' });
  });

  test.each([
    ['/etc/passwd', 'absolute'],
    ['../up', 'segment'],
    ['a//b', 'segment'],
    ['a\\b', 'backslash'],
    ['C:x', 'absolute'],
    ['a\nb', 'control'],
    ['', 'empty'],
  ])('may not hold the name %j', (name, why) => {
    expect(() => zip([stored(name, '')])).toThrow(why);
    expect(() => zip([stored(name, '')])).toThrow(Fault);
  });

  test('may not hold a name twice, in any case or composition', () => {
    expect(() => zip([stored('a', ''), stored('A', '')])).toThrow('twice');
    expect(() => zip([stored('\u00e4', ''), stored('a\u0308', '')])).toThrow('twice');
  });
});

describe('entries of an archive at hand', () => {
  const before = zip([stored('mimetype', 'm'), { name: 'a', content: compressible(4000) }, stored('b', 'bee')], utf8('note'));

  test('stand octet by octet where they stood when more are added', () => {
    const archive = mustRead(before);
    const after = concat([...rewriteZip(archive, [stored('c', 'sea')], { time: TIME })]);
    const entriesEnd = archive.entries.at(-1)?.end ?? 0;
    expect(equal(after.subarray(0, entriesEnd), before.subarray(0, entriesEnd))).toBe(true);
    const again = mustRead(after);
    expect(again.entries.map(({ name }) => name)).toEqual(['mimetype', 'a', 'b', 'c']);
    expect(fromUtf8(again.comment)).toBe('note');
    expect(again.entries[1]?.central).toEqual(archive.entries[1]?.central);
    expect(whole(again, 'c')).toEqual(utf8('sea'));
  });

  test('move up where one is left out', () => {
    const after = mustRead(concat([...rewriteZip(mustRead(before), [stored('a', 'new')], { time: TIME, leaveOut: new Set(['a']) })]));
    expect(contents(after)).toEqual({ mimetype: 'm', b: 'bee', a: 'new' });
  });
});

describe('an archive beyond 4 GiB', () => {
  // Nothing of that size is held: zeros are read from nowhere.
  const zeros = new Uint8Array(1 << 20);
  const hole = (size: number): Source => ({
    size,
    read: (at, length) => zeros.subarray(0, Math.max(0, Math.min(length, size - at, zeros.length))),
  });

  test('has ZIP64 records, which are read again', () => {
    const size = 2 ** 32 + 5;
    // Only what is no zero is kept.
    const parts: { at: number; bytes: Uint8Array }[] = [];
    let total = 0;
    for (const piece of writeZip([stored('a', 'first'), { name: 'big', content: hole(size), method: 'stored' }, stored('z', 'last')], {
      time: TIME,
    })) {
      if (piece.length < 1 << 19) parts.push({ at: total, bytes: piece });
      total += piece.length;
    }
    const source: Source = {
      size: total,
      read: (offset, length) => {
        const result = new Uint8Array(Math.max(0, Math.min(length, total - offset)));
        for (const { at, bytes } of parts) {
          const from = Math.max(at, offset);
          const to = Math.min(at + bytes.length, offset + result.length);
          if (from < to) result.set(bytes.subarray(from - at, to - at), from - offset);
        }
        return result;
      },
    };
    const archive = mustRead(source);
    expect(archive.entries.map(({ name, size: s }) => [name, s])).toEqual([
      ['a', 5],
      ['big', size],
      ['z', 4],
    ]);
    expect(whole(archive, 'z')).toEqual(utf8('last'));
    expect(archive.entries[2]?.start).toBeGreaterThan(2 ** 32);
  }, 120_000);
});

/** Limits that small archives reach. */
const LOW = { entries: 10, entrySize: 1000, totalSize: 2000 };
/** A ZIP64 extra field of one size. */
const wide = Uint8Array.of(1, 0, 8, 0, 11, 0, 0, 0, 0, 0, 0, 0);

/** With extra fields in the first header of the directory. */
function withExtra(bytes: Uint8Array, extra: Uint8Array): Uint8Array {
  const at = centralAt(bytes);
  const name = bytes[at + 28] ?? 0;
  const size = bytes.length - 22 - at + extra.length;
  const longer = concat([bytes.subarray(0, at + 46 + name), extra, bytes.subarray(at + 46 + name)]);
  return patched(patched(longer, at + 30, extra.length), longer.length - 10, size);
}

/** The first name with an octet that UTF-8 does not have, and the flag for UTF-8, in both headers. */
const notUtf8 = (bytes: Uint8Array, central: number): Uint8Array =>
  [
    [central + 46, 0xff],
    [30, 0xff],
    [central + 9, 8],
    [7, 8],
  ].reduce((changed, [at = 0, octet = 0]) => patched(changed, at, octet), bytes);

describe('an archive with two meanings, or of a kind that leads astray, is refused', () => {
  const good = zip([stored('one.txt', 'content one'), stored('two.txt', 'content two')]);
  const second = mustRead(good).entries[1]?.start ?? 0;
  const central = centralAt(good);
  const rename = (bytes: Uint8Array, from: string, to: string): Uint8Array =>
    latin1(Buffer.from(bytes).toString('latin1').replaceAll(from, Buffer.from(to, 'utf8').toString('latin1')));

  test.each<[string, Uint8Array, string]>([
    ['octets before it', concat([utf8('#!'), good]), 'before the archive'],
    ['octets after it', concat([good, utf8('x')]), 'no end of central directory'],
    ['a second end in its comment', zip([stored('a', 'b')], concat([latin1('PK\x05\x06'), new Uint8Array(18)])), 'two records'],
    ['a name twice', rename(good, 'two.txt', 'one.txt'), 'two entries'],
    ['names that differ in case only', rename(good, 'two.txt', 'ONE.txt'), 'case, composition or dots'],
    [
      'names that differ in composition only',
      rename(zip([stored('\u00e9xx', ''), stored('zzzzz', '')]), 'zzzzz', 'e\u0301xx'),
      'case, composition or dots',
    ],
    [
      'a file that is a folder too',
      rename(good, 'two.txt', 'one.txt').length > 0 ? rename(zip([stored('ab', ''), stored('zz/c', '')]), 'zz/c', 'ab/c') : good,
      'a file and a folder',
    ],
    ['names of one place', rename(zip([stored('ab', ''), stored('x/zz/yy', '')]), 'x/zz/yy', 'x/../ab'), 'case, composition or dots'],
    ['a name that goes through a file', rename(zip([stored('ab', ''), stored('z/zz/c', '')]), 'z/zz/c', './ab/c'), 'a file and a folder'],
    ['a name longer than any', zip([stored(`${'n'.repeat(4090)}1234567`, '')]), 'longer than'],
    ['a backslash', rename(good, 'two.txt', 'tw\\.txt'), 'backslash'],
    ['a NUL in a name', rename(good, 'two.txt', 'two\0txt'), 'control'],
    ['another name in the local header', patched(good, second + 30, 0x41), 'its name'],
    ['another method in the local header', patched(good, second + 8, 8), 'its method'],
    ['another size in the local header', patched(good, second + 22, 12), 'sizes or checksum'],
    ['another checksum in the local header', patched(good, second + 14, 1, 2, 3, 4), 'sizes or checksum'],
    ['encryption', patched(patched(good, central + 8, 1), 6, 1), 'encrypted'],
    ['a method other than stored and deflated', patched(patched(good, central + 10, 12), 8, 12), 'neither stored nor deflated'],
    ['a symbolic link', patched(patched(good, central + 5, 3), central + 40, 0xff, 0xa1), 'symbolic link'],
    ['an entry that begins in another', patched(good, centralAt(good, 1) + 42, 0, 0, 0, 0), 'its name'],
    ['an entry less in the directory', patched(patched(good, good.length - 14, 1), good.length - 12, 1), 'goes on after'],
    ['several disks', patched(good, good.length - 18, 1), 'several files'],
    ['an entry in another file', patched(good, central + 34, 1), 'another file'],
    ['no local header where the directory says', patched(good, second, 0), 'none where the directory says'],
    ['no header in the directory', patched(good, central, 0), 'no header where one is expected'],
    ['a header longer than the directory', patched(good, centralAt(good, 1) + 32, 0xff), 'longer than the directory'],
    ['a name that is said to be UTF-8 and is not', notUtf8(good, central), 'not UTF-8'],
    ['another flag in the local header', patched(good, second + 7, 8), 'its flags'],
    ['a folder with a content', rename(good, 'two.txt', 'two.tx/'), 'a folder has a content'],
    ['a stored entry of two sizes', patched(patched(good, central + 24, 12), 22, 12), 'two sizes'],
    ['a name without length', patched(good, central + 28, 0), 'no header where one is expected'],
    ['a data descriptor that is not there', patched(patched(good, central + 8, 8), 6, 8), 'disagrees with the central directory'],
    ['ZIP64 without its records', patched(good, good.length - 6, 0xff, 0xff, 0xff, 0xff), 'without a ZIP64 end'],
    ['a ZIP64 field that stands twice', withExtra(good, concat([wide, wide])), 'it stands twice'],
    [
      'a ZIP64 size that is missing',
      patched(
        withExtra(
          good,
          wide.subarray(0, 4).map((octet, i) => (i === 2 ? 0 : octet)),
        ),
        central + 24,
        0xff,
        0xff,
        0xff,
        0xff,
      ),
      'a size is missing',
    ],
    [
      'a ZIP64 size beyond all files',
      patched(
        withExtra(
          good,
          wide.map((octet, i) => (i > 3 ? 0xff : octet)),
        ),
        central + 24,
        0xff,
        0xff,
        0xff,
        0xff,
      ),
      'a size beyond all files',
    ],
    ['a name in too many folders', rename(zip([stored('d_'.repeat(200), '')]), '_', '/'), 'too many folders'],
    ['more entries than any', zip(Array.from({ length: 11 }, (_, i) => stored(`${i}`, ''))), 'more than 10 entries'],
    ['an entry larger than any', zip([stored('a', 'x'.repeat(1001))]), 'larger than 1000 octets'],
    [
      'entries larger than any together',
      zip(Array.from({ length: 3 }, (_, i) => stored(`${i}`, 'x'.repeat(900)))),
      'its entries are larger than 2000',
    ],
    ['a wrong place for the directory', patched(good, good.length - 6, 7), 'before the archive'],
  ])('%s', (_, bytes, why) => {
    expect(reasonOf(readZip(bytes, LOW))).toContain(why);
  });

  test('an entry that stands between others and in no directory', () => {
    const archive = mustRead(good);
    const [first, last] = archive.entries;
    if (!first || !last) throw new Error('two entries');
    const hidden = concat([good.subarray(0, first.end), zip([stored('hid.txt', 'x')]).subarray(0, 38), good.subarray(last.start)]);
    const moved = patched(hidden, centralAt(hidden, 1) + 42, last.start + 38);
    expect(reasonOf(readZip(patched(moved, moved.length - 6, centralAt(moved))))).toContain('belong to no entry');
  });

  test('overlapping entries', () => {
    const twins = zip([stored('aaa', 'xxxx'), stored('bbb', 'yyyy')]);
    const archive = mustRead(twins);
    // The first entry claims the second one's header as its content.
    const longer = (archive.entries[1]?.end ?? 0) - (archive.entries[0]?.data ?? 0);
    const at = centralAt(twins);
    let bytes = twins;
    for (const place of [18, 22, at + 20, at + 24]) bytes = patched(bytes, place, longer);
    expect(reasonOf(readZip(bytes))).toContain('overlap');
  });

  test('a Unicode path field with another name', () => {
    const field = concat([latin1('up'), Uint8Array.of(11, 0, 1), crcOf(utf8('one.txt')), utf8('evil.x')]);
    const plainOne = zip([stored('one.txt', 'c')]);
    const at = centralAt(plainOne);
    const withField = concat([
      plainOne.subarray(0, at),
      patched(plainOne.subarray(at, at + 46), 30, field.length),
      utf8('one.txt'),
      field,
      plainOne.subarray(at + 53),
    ]);
    const size = 46 + 7 + field.length;
    expect(reasonOf(readZip(patched(withField, withField.length - 10, size)))).toContain('another name');
  });
});

describe('an archive that every reader reads the same, but that leads astray, is read and told of', () => {
  const good = zip([stored('one.txt', 'content one'), stored('two.txt', 'content two')]);
  const rename = (bytes: Uint8Array, from: string, to: string): Uint8Array =>
    latin1(Buffer.from(bytes).toString('latin1').replaceAll(from, to));

  test.each<[string, Uint8Array, string]>([
    ['a name that climbs', rename(good, 'two.txt', '../.txt'), "the name ../.txt leads astray: it has a segment '.', '..' or none"],
    ['a name with a dot', rename(good, 'two.txt', './a.txt'), "the name ./a.txt leads astray: it has a segment '.', '..' or none"],
    ['a name that is a dot', rename(zip([stored('a', '')]), 'a', '.'), "the name . leads astray: it has a segment '.', '..' or none"],
    [
      'a name with an empty segment',
      rename(good, 'two.txt', 'a//.txt'),
      "the name a//.txt leads astray: it has a segment '.', '..' or none",
    ],
    ['an absolute name', rename(good, 'two.txt', '/wo.txt'), 'the name /wo.txt leads astray: it is an absolute path'],
    ['a drive', rename(good, 'two.txt', 'c:o.txt'), 'the name c:o.txt leads astray: it is an absolute path'],
    [
      'the same entry twice',
      rename(zip([stored('one.txt', 'same'), stored('two.txt', 'same')]), 'two.txt', 'one.txt'),
      'the entry one.txt stands twice',
    ],
  ])('%s', (_, bytes, departure) => {
    expect(mustRead(bytes).departures).toEqual([departure]);
  });

  test('what is sound has nothing to tell', () => expect(mustRead(good).departures).toEqual([]));

  test('is not written again as it is', () => {
    const climbing = mustRead(rename(good, 'two.txt', '../.txt'));
    expect(() => concat([...rewriteZip(climbing, [], { time: 0 })])).toThrow('cannot stand in a container');
  });
});

const crcOf = (bytes: Uint8Array): Uint8Array => zip([stored('x', bytes)]).subarray(14, 18);

/** Zeros in `sizes`, deflated as far as that goes: our own writer would not. */
function bombOf(sizes: readonly number[]): Uint8Array {
  const packed = new Map([...new Set(sizes)].map((size) => [size, deflate(new Uint8Array(size), 'raw')]));
  const entries = sizes.map((size, i) => ({ name: `zeros${i}`, size, packed: packed.get(size) ?? never() }));
  const bytes = zip(entries.map(({ name, packed: content }) => ({ name, content, method: 'stored' as const }))).slice();
  const view = new DataView(bytes.buffer);
  for (const [i, { start }] of mustRead(bytes).entries.entries()) {
    const at = centralAt(bytes, i);
    const { size } = entries[i] ?? never();
    const crc = crc32(new Uint8Array(size));
    for (const [header, method, checksum, length] of [
      [start, 8, 14, 22],
      [at, 10, 16, 24],
    ] as const) {
      view.setUint16(header + method, 8, true);
      view.setUint32(header + checksum, crc, true);
      view.setUint32(header + length, size, true);
    }
  }
  return bytes;
}

describe('bombs', () => {
  const bomb = bombOf([6_000_000]);

  test('are refused by what the directory says', () => {
    expect(reasonOf(readZip(bomb))).toContain('more than 100 times');
    expect(reasonOf(readZip(bomb, { ratio: 2000 }))).toBe('read');
    expect(reasonOf(readZip(bomb, { ratio: 2000, entrySize: 1000 }))).toContain('larger than 1000');
    expect(reasonOf(readZip(bomb, { ratio: 2000, totalSize: 1000 }))).toContain('larger than 1000');
    expect(reasonOf(readZip(zip([stored('a', ''), stored('b', '')]), { entries: 1 }))).toContain('more than 1 entries');
  });

  test('that lie about their size end when they pass it', () => {
    const archive = mustRead(zip([{ name: 'a', content: compressible(5000) }]));
    const entry = archive.entries[0];
    if (!entry) throw new Error('one entry');
    expect(reasonOf(overEntry(archive, { ...entry, size: 100 }, () => {}))).toContain('larger than the directory says');
    expect(reasonOf(overEntry(archive, { ...entry, size: 1 << 25 }, () => {}))).toContain('where the directory says');
  });

  test('many small entries count together', () => {
    expect(reasonOf(readZip(bombOf(Array.from({ length: 40 }, () => 200_000))))).toContain('more than 100 times');
  });
});

describe('contents', () => {
  test('that disagree with their checksum are no content', () => {
    const bytes = zip([stored('a.txt', 'hello')]);
    const archive = mustRead(patched(bytes, 35, 0x48));
    expect(reasonOf(overEntry(archive, archive.entries[0] ?? never(), () => {}))).toContain('checksum');
    expect(reasonOf(readEntry(archive, archive.entries[0] ?? never(), 2))).toContain('larger than 2');
  });

  test('come piece by piece', () => {
    const archive = mustRead(zip([stored('a', compressible(600_000))]));
    expect([...entryPieces(archive, archive.entries[0] ?? never())].map(({ length }) => length)).toEqual([262_144, 262_144, 75_712]);
  });
});

describe('inflating piece by piece', () => {
  const raw = (bytes: Uint8Array, level: number): Uint8Array => (level === 0 ? storedBlock(bytes) : deflate(bytes, 'raw', level));
  const storedBlock = (bytes: Uint8Array): Uint8Array =>
    concat([Uint8Array.of(1, bytes.length & 255, bytes.length >> 8, ~bytes.length & 255, (~bytes.length >> 8) & 255), bytes]);
  const inflateAll = (bytes: Uint8Array, limit = 1 << 26): Uint8Array =>
    concat(Array.from(inflatedPieces(sourceOf(bytes), 0, bytes.length, limit), (piece) => piece.slice()));

  test('gives what the runtime deflated', () => {
    const text = fc.array(fc.constantFrom('a', 'bc', 'def', 'zzzzzzzz', '0'), { maxLength: 3000 }).map((words) => utf8(words.join('')));
    fc.assert(
      fc.property(fc.oneof(text, fc.uint8Array({ maxLength: 3000 })), fc.constantFrom(0, 1, 9), (bytes, level) => {
        expect(equal(inflateAll(raw(bytes, level)), bytes)).toBe(true);
      }),
    );
  });

  test('works across windows, buffers and block types', () => {
    const large = concat([compressible(700_000), new Uint8Array(70_000), compressible(33_000)]);
    expect(equal(inflateAll(raw(large, 6)), large)).toBe(true);
  });

  test('refuses damage, what is cut short, goes on or is too large, and never hangs', () => {
    const good = raw(compressible(3000), 6);
    expect(() => inflateAll(good.subarray(0, -1))).toThrow('cut short');
    expect(() => inflateAll(concat([good, Uint8Array.of(0)]))).toThrow('goes on');
    expect(() => inflateAll(good, 2999)).toThrow('larger');
    expect(() => inflateAll(Uint8Array.of(7))).toThrow('type that does not exist');
    fc.assert(
      fc.property(fc.nat(good.length - 1), fc.integer({ min: 1, max: 255 }), (at, change) => {
        const bytes = patched(good, at, (good[at] as number) ^ change);
        try {
          inflateAll(bytes, 100_000);
        } catch (error) {
          expect((error as Error).name).toBe('Unreadable');
        }
      }),
    );
  });
});

test('any octets, and any change of a good archive, give a value', () => {
  const good = zip([stored('mimetype', 'm'), { name: 'a/b.txt', content: compressible(900) }, stored('a/c', 'sea')], utf8('comment'));
  const check = (bytes: Uint8Array): void => {
    const read = readZip(bytes);
    if (read.ok) for (const entry of read.value.entries) overEntry(read.value, entry, () => {});
  };
  fc.assert(fc.property(fc.uint8Array({ maxLength: 200 }), check));
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.nat(good.length - 1), fc.nat(255)), { minLength: 1, maxLength: 4 }), (changes) => {
      const bytes = good.slice();
      for (const [at, octet] of changes) bytes[at] = octet;
      check(bytes);
    }),
    { numRuns: 2000 },
  );
});

const has = (command: string, ...args: string[]): boolean => spawnSync(command, args).status === 0;

describe('other tools', () => {
  const path = join(folder, 'judged.zip');
  const large = compressible((1 << 24) + 99);
  writeFileSync(
    path,
    zip(
      [stored('mimetype', 'text/plain'), { name: 'M\u00fcller/a.txt', content: compressible(9000) }, { name: 'large', content: large }],
      utf8('hello'),
    ),
  );

  test.skipIf(!has('unzip', '-v'))('unzip finds no fault', () => {
    const { status, stdout } = spawnSync('unzip', ['-t', path], { encoding: 'utf8' });
    expect(stdout).toContain('No errors detected');
    expect(status).toBe(0);
  });

  test.skipIf(!has('python3', '-c', 'import zipfile'))(
    'Python reads the same names, contents and time, and its own archives are read',
    () => {
      const script = `
import zipfile, sys, zlib
z = zipfile.ZipFile(sys.argv[1]); assert z.testzip() is None
print([(i.filename, i.file_size, i.date_time) for i in z.infolist()], z.comment)
w = zipfile.ZipFile(sys.argv[2], 'w', zipfile.ZIP_DEFLATED)
w.writestr('M\u00fcller.txt', 'x' * 500)
with w.open('wide', 'w', force_zip64=True) as f: f.write(b'wide ' * 400)
w.close()
class Pipe:
  def __init__(self, f): self.f = f
  def write(self, b): return self.f.write(b)
  def flush(self): self.f.flush()
p = zipfile.ZipFile(Pipe(open(sys.argv[3], 'wb')), 'w', zipfile.ZIP_DEFLATED)
p.writestr('streamed', 'y' * 700); p.close()
`;
      const [own, streamed] = [join(folder, 'python.zip'), join(folder, 'streamed.zip')];
      const { status, stdout, stderr } = spawnSync('python3', ['-c', script, path, own, streamed], {
        encoding: 'utf8',
        env: { ...process.env, PYTHONUTF8: '1' },
      });
      expect(stderr).toBe('');
      expect(status).toBe(0);
      expect(stdout.trim()).toBe(
        `[('mimetype', 10, (2026, 5, 6, 7, 8, 10)), ('M\u00fcller/a.txt', 9000, (2026, 5, 6, 7, 8, 10)), ('large', ${large.length}, (2026, 5, 6, 7, 8, 10))] b'hello'`,
      );
      const read = mustRead(new Uint8Array(readFile(own)));
      expect(contents(read)).toEqual({ 'M\u00fcller.txt': 'x'.repeat(500), wide: 'wide '.repeat(400) });
      expect(contents(mustRead(new Uint8Array(readFile(streamed))))).toEqual({ streamed: 'y'.repeat(700) });
    },
  );
});

function never(): never {
  throw new Error('missing');
}
