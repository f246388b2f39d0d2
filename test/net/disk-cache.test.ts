/** The cache on disk: what it keeps, what it forgets, what it does not believe. */
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, onTestFinished, test } from 'vitest';
import { type CachedAnswer, diskCache, httpClient } from '../../src/net/index.ts';
import { serve } from './server.ts';

const fresh = (): number => Date.now() + 60_000;
const answer = (length: number, fill = 1, more: Partial<CachedAnswer> = {}): CachedAnswer => ({
  body: new Uint8Array(length).fill(fill),
  freshUntil: fresh(),
  etag: null,
  lastModified: null,
  ...more,
});

function folder(): string {
  const path = mkdtempSync(join(tmpdir(), 'adeskit-cache-'));
  onTestFinished(() => rmSync(path, { recursive: true, force: true }));
  return join(path, 'cache');
}

const files = (path: string): string[] =>
  ['urls', 'bodies'].flatMap((name) => readdirSync(join(path, name)).map((file) => join(path, name, file)));
const bodies = (path: string): string[] => readdirSync(join(path, 'bodies'));

describe('what is kept', () => {
  test('is there for another cache on the same folder', async () => {
    const path = folder();
    const kept = answer(100, 7, { etag: '"x"', lastModified: 'Mon, 23 Nov 2026 00:00:00 GMT' });
    await diskCache(path).put('http://a.example/crl', kept);
    expect(await diskCache(path).get('http://a.example/crl')).toEqual(kept);
    expect(await diskCache(path).get('http://b.example/crl')).toBeNull();
  });

  test('lies once for all URLs with the same content, readable by its user alone', async () => {
    const path = folder();
    const cache = diskCache(path);
    for (const url of ['a', 'b', 'c']) await cache.put(url, answer(1000));
    expect(bodies(path)).toHaveLength(1);
    expect(files(path).map((file) => statSync(file).mode & 0o077)).toEqual([0, 0, 0, 0]);
  });

  test('is any content under any URL', async () => {
    const path = folder();
    await fc.assert(
      fc.asyncProperty(fc.string(), fc.uint8Array({ maxLength: 200 }), async (url, body) => {
        await diskCache(path).put(url, { ...answer(0), body });
        expect((await diskCache(path).get(url))?.body).toEqual(body);
      }),
      { numRuns: 50 },
    );
  });

  test('is the last of many writers, whole', async () => {
    const path = folder();
    const caches = Array.from({ length: 8 }, () => diskCache(path));
    await Promise.all(caches.flatMap((cache, i) => Array.from({ length: 10 }, () => cache.put('u', answer(5000, i)))));
    const found = await diskCache(path).get('u');
    expect(found?.body).toHaveLength(5000);
    expect(new Set(found?.body).size).toBe(1);
    expect(files(path).filter((file) => file.endsWith('.part'))).toEqual([]);
  });

  test('is never fresh for longer than a day, whatever the clock said then', async () => {
    const path = folder();
    await diskCache(path).put('u', answer(10, 1, { freshUntil: Date.now() + 400 * 24 * 3_600_000, etag: '"1"' }));
    expect(await diskCache(path).get('u')).toMatchObject({ freshUntil: 0, etag: '"1"' });
  });
});

describe('what is forgotten', () => {
  test('what was used longest ago goes first, with its entry', async () => {
    const path = folder();
    const cache = diskCache(path, { maximumBytes: 250 });
    await cache.put('a', answer(100, 1));
    await cache.put('b', answer(100, 2));
    const past = new Date(Date.now() - 100_000);
    for (const name of bodies(path)) utimesSync(join(path, 'bodies', name), past, past);
    expect(await cache.get('a')).not.toBeNull();
    await cache.put('c', answer(100, 3));
    expect(await Promise.all(['a', 'b', 'c'].map(async (url) => (await cache.get(url)) !== null))).toEqual([true, false, true]);
    expect(readdirSync(join(path, 'urls'))).toHaveLength(2);
  });

  test('what is larger than the whole cache is not kept', async () => {
    const path = folder();
    const cache = diskCache(path, { maximumBytes: 10 });
    await cache.put('a', answer(11));
    expect(await cache.get('a')).toBeNull();
  });

  test('what a writer left behind long ago goes when room is made, a recent one stays', async () => {
    const path = folder();
    const cache = diskCache(path, { maximumBytes: 100 });
    await cache.put('a', answer(50));
    const left = ['old.part', 'new.part'].map((name) => join(path, 'bodies', name));
    for (const file of left) writeFileSync(file, 'x');
    utimesSync(left[0] as string, 0, 0);
    await cache.put('b', answer(90, 2));
    expect(bodies(path)).not.toContain('old.part');
    expect(bodies(path)).toContain('new.part');
  });
});

describe('what is not believed', () => {
  const spoil: readonly (readonly [string, (path: string) => void])[] = [
    ['a body that was cut', (path) => writeFileSync(join(path, 'bodies', bodies(path)[0] as string), 'x')],
    ['a body that is gone', (path) => rmSync(join(path, 'bodies', bodies(path)[0] as string))],
    ['an entry that is no JSON', (path) => writeEntry(path, '{')],
    ['an entry of another shape', (path) => writeEntry(path, '[1]')],
    ['an entry for another URL', (path) => writeEntry(path, readEntry(path).replace('http://u', 'http://v'))],
    ['an entry that names a file elsewhere', (path) => writeEntry(path, readEntry(path).replace(/[0-9a-f]{64}/, '../../secret'))],
    ['an entry with a header of its own', (path) => writeEntry(path, readEntry(path).replace('"etag":null', '"etag":"a\\r\\nhost: b"'))],
    ['an entry that is a folder', (path) => rmSync(entry(path))],
  ];
  const entry = (path: string): string => join(path, 'urls', readdirSync(join(path, 'urls'))[0] as string);
  const readEntry = (path: string): string => readFileSync(entry(path), 'utf8');
  const writeEntry = (path: string, text: string): void => writeFileSync(entry(path), text);

  test.each(spoil)('%s', async (_title, spoilt) => {
    const path = folder();
    const cache = diskCache(path);
    await cache.put('http://u', answer(100));
    expect(await cache.get('http://u')).not.toBeNull();
    spoilt(path);
    expect(await cache.get('http://u')).toBeNull();
    await cache.put('http://u', answer(100));
    expect(await cache.get('http://u')).not.toBeNull();
  });

  test('a folder that cannot be had keeps nothing and throws nothing', async () => {
    const path = folder();
    const parent = join(path, '..', 'file');
    writeFileSync(parent, '');
    const cache = diskCache(join(parent, 'cache'));
    await cache.put('u', answer(1));
    expect(await cache.get('u')).toBeNull();
  });

  test.each([[{ maximumBytes: Number.NaN }], [{ maximumByte: 1 } as object]])('options %j are refused', (options) => {
    expect(() => diskCache('x', options)).toThrow(expect.objectContaining({ code: 'bad-option' }));
  });
});

test('a client asks on condition once an answer is no longer fresh, also after a restart', async () => {
  const path = folder();
  const asked: (string | undefined)[] = [];
  const server = await serve((request, response) => {
    const condition = request.headers['if-none-match'];
    asked.push(condition);
    if (condition === '"1"') response.writeHead(304, { etag: '"1"' }).end();
    else response.writeHead(200, { etag: '"1"', 'cache-control': 'max-age=0' }).end('a list');
  });
  for (let restarts = 0; restarts < 3; restarts++) {
    const client = httpClient({ allowPrivate: true, cache: diskCache(path) });
    const { status, body } = await client.send({ url: `${server.url}/crl` });
    client.close();
    expect([status, new TextDecoder().decode(body)]).toEqual([200, 'a list']);
  }
  expect(asked).toEqual([undefined, '"1"', '"1"']);
});
