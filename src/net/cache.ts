/** What HTTP answers may be kept, and how long they are fresh (RFC 9111); a port, and one implementation in memory. */
import type { Bytes } from '../base/bytes.ts';
import type { Instant } from '../base/instant.ts';
import type { HttpAnswer } from './exchange.ts';

export interface CachedAnswer {
  readonly body: Bytes;
  readonly freshUntil: Instant;
  /** Validators for a conditional request. */
  readonly etag: string | null;
  readonly lastModified: string | null;
}

/** Keeps answers by URL. A cache that fails must not throw: it finds nothing. */
export interface HttpCache {
  get(url: string): Promise<CachedAnswer | null> | CachedAnswer | null;
  put(url: string, answer: CachedAnswer): Promise<void> | void;
}

/** A cache in memory, the least recently used going first. */
export function memoryCache(maximumBytes = 64 * 1024 * 1024): HttpCache {
  const kept = new Map<string, CachedAnswer>();
  let bytes = 0;
  const drop = (url: string): void => {
    bytes -= kept.get(url)?.body.length ?? 0;
    kept.delete(url);
  };
  return {
    get: (url) => {
      const found = kept.get(url);
      if (!found) return null;
      kept.delete(url);
      kept.set(url, found);
      return found;
    },
    put: (url, answer) => {
      drop(url);
      if (answer.body.length > maximumBytes) return;
      kept.set(url, answer);
      bytes += answer.body.length;
      for (const oldest of kept.keys()) {
        if (bytes <= maximumBytes) break;
        drop(oldest);
      }
    },
  };
}

/** What to keep of an answer to GET, or null where it must not be kept or could never be used again. */
export function cacheable({ status, headers, body }: HttpAnswer, now: Instant): CachedAnswer | null {
  const control = (headers['cache-control'] ?? '').toLowerCase();
  if (status !== 200 || /\b(no-store|private)\b/.test(control)) return null;
  const answer = {
    body,
    freshUntil: freshUntil(headers, control, now),
    etag: headers['etag'] ?? null,
    lastModified: headers['last-modified'] ?? null,
  };
  return answer.freshUntil > now || answer.etag || answer.lastModified ? answer : null;
}

/** The kept answer, renewed by a 304 (RFC 9111, 4.3.4). */
export const renewed = (kept: CachedAnswer, { headers }: HttpAnswer, now: Instant): CachedAnswer => ({
  ...kept,
  freshUntil: freshUntil(headers, (headers['cache-control'] ?? '').toLowerCase(), now),
});

function freshUntil(headers: Readonly<Record<string, string>>, control: string, now: Instant): Instant {
  if (/\bno-cache\b/.test(control)) return now;
  const [, maximumAge] = /\bmax-age=(\d{1,9})\b/.exec(control) ?? [];
  const expires = Date.parse(headers['expires'] ?? '');
  const sent = Date.parse(headers['date'] ?? '');
  const lifetime = maximumAge ? Number(maximumAge) * 1000 : expires - (Number.isNaN(sent) ? now : sent);
  const left = lifetime - Number(headers['age'] ?? 0) * 1000;
  return now + (left > 0 ? Math.min(left, LONGEST_FRESH) : 0);
}

/** Milliseconds: revocation data must not grow old in a cache because a server says so. */
export const LONGEST_FRESH = 24 * 3_600_000;
