/** A cache of HTTP answers on disk, shared by processes: bodies by their content, entries by their URL (RFC 9111). */
import { randomBytes } from 'node:crypto';
import { mkdir, readdir, readFile, rename, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Fault } from '../base/fault.ts';
import { exact } from '../base/options.ts';
import { fromUtf8, toHex, utf8 } from '../base/text.ts';
import { digest, plain } from '../crypto/digest.ts';
import { type CachedAnswer, type HttpCache, LONGEST_FRESH } from './cache.ts';

export interface DiskCacheOptions {
  /** Octets of all bodies together; default 256 MiB. What was used longest ago goes first. */
  readonly maximumBytes?: number;
}

/**
 * A cache in `folder`, which is made where it is not there, for its user alone. Every file appears whole or not at all, so
 * processes may share it; what cannot be read, was cut or altered counts as not kept. Nothing in it is trusted: it holds
 * what any server may have sent. Throws `Fault` `bad-option` for its options, and never later: a full disk keeps nothing.
 */
export function diskCache(folder: string, options: DiskCacheOptions = {}): HttpCache {
  exact('diskCache', options, ['maximumBytes']);
  const { maximumBytes = 256 * 1024 * 1024 } = options;
  if (!(maximumBytes >= 0)) throw new Fault('bad-option', 'diskCache: maximumBytes must be a number of octets');
  const places = { entries: join(folder, 'urls'), bodies: join(folder, 'bodies') };
  /** Octets kept, as far as known; the folder is counted anew where they are too many. */
  let known = Number.POSITIVE_INFINITY;
  return {
    get: (url) => readAnswer(places, url).catch(() => null),
    put: async (url, answer) => {
      if (answer.body.length > maximumBytes) return;
      try {
        await writeAnswer(places, url, answer);
        known += answer.body.length;
        if (known > maximumBytes) known = await evict(places, maximumBytes);
      } catch {
        // Kept or not, the answer is at hand.
      }
    },
  };
}

interface Places {
  readonly entries: string;
  readonly bodies: string;
}

/** What is written of an answer; the body lies beside, under its SHA-256. */
interface Entry extends Omit<CachedAnswer, 'body'> {
  readonly url: string;
  readonly body: string;
}

async function readAnswer({ entries, bodies }: Places, url: string): Promise<CachedAnswer | null> {
  const entry = entryOf(await readFile(join(entries, nameOf(url))));
  if (!entry || entry.url !== url) return null;
  const path = join(bodies, entry.body);
  const body = plain(await readFile(path));
  if (sha256(body) !== entry.body) return null;
  const now = new Date();
  await utimes(path, now, now).catch(() => {});
  // Never fresh for longer than any server may ask for, whatever the clock said when it was kept.
  const freshUntil = entry.freshUntil <= now.getTime() + LONGEST_FRESH ? entry.freshUntil : 0;
  return { body, freshUntil, etag: entry.etag, lastModified: entry.lastModified };
}

async function writeAnswer(
  { entries, bodies }: Places,
  url: string,
  { body, freshUntil, etag, lastModified }: CachedAnswer,
): Promise<void> {
  for (const place of [entries, bodies]) await mkdir(place, { recursive: true, mode: 0o700 });
  const name = sha256(body);
  const entry: Entry = { url, body: name, freshUntil, etag, lastModified };
  await writeWhole(join(bodies, name), body);
  await writeWhole(join(entries, nameOf(url)), utf8(JSON.stringify(entry)));
}

/** Under another name first: a reader sees the old file or the new one. */
async function writeWhole(path: string, bytes: Uint8Array): Promise<void> {
  const temporary = `${path}.${toHex(randomBytes(8))}${PART}`;
  try {
    await writeFile(temporary, bytes, { flag: 'wx', mode: 0o600 });
    await rename(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
}

/** Removes bodies used longest ago until the rest fits, entries without a body, and what writers left behind; gives the octets kept. */
async function evict({ entries, bodies }: Places, maximumBytes: number): Promise<number> {
  const now = Date.now();
  const files = await Promise.all((await readdir(bodies)).map(async (name) => ({ name, ...(await sizeOf(join(bodies, name))) })));
  let kept = 0;
  const gone = new Set<string>();
  for (const { name, size, usedAt } of files.toSorted((a, b) => b.usedAt - a.usedAt)) {
    const abandoned = name.endsWith(PART) && now - usedAt > ABANDONED;
    if (!abandoned && kept + size <= maximumBytes) kept += size;
    else {
      await rm(join(bodies, name), { force: true });
      gone.add(name);
    }
  }
  if (gone.size === 0) return kept;
  for (const name of await readdir(entries)) {
    const path = join(entries, name);
    const entry = name.endsWith(PART) ? null : await readFile(path).then(entryOf, () => null);
    const useless = entry ? gone.has(entry.body) : now - (await sizeOf(path)).usedAt > ABANDONED;
    if (useless) await rm(path, { force: true });
  }
  return kept;
}

/** Of a file that another process may have removed meanwhile. */
const sizeOf = (path: string): Promise<{ size: number; usedAt: number }> =>
  stat(path).then(
    ({ size, mtimeMs }) => ({ size, usedAt: mtimeMs }),
    () => ({ size: 0, usedAt: 0 }),
  );

/** An entry of the right shape, or null. */
function entryOf(bytes: Uint8Array): Entry | null {
  let read: unknown = null;
  try {
    read = JSON.parse(fromUtf8(bytes) ?? '');
  } catch {
    return null;
  }
  if (typeof read !== 'object' || read === null) return null;
  const { url, body, freshUntil, etag, lastModified } = read as Record<string, unknown>;
  const right =
    typeof url === 'string' &&
    typeof body === 'string' &&
    /^[0-9a-f]{64}$/.test(body) &&
    typeof freshUntil === 'number' &&
    isValidator(etag) &&
    isValidator(lastModified);
  return right ? { url, body, freshUntil, etag, lastModified } : null;
}

/** Sent in a header of a request: no control characters, whoever wrote the file. */
const isValidator = (value: unknown): value is string | null =>
  value === null || (typeof value === 'string' && /^[\x20-\x7e\x80-\xff]{0,1024}$/.test(value));

const sha256 = (bytes: Uint8Array): string => toHex(digest('SHA-256', bytes));
const nameOf = (url: string): string => sha256(utf8(url));
const PART = '.part';
/** A writer that has not finished after this time, milliseconds, never will. */
const ABANDONED = 3_600_000;
