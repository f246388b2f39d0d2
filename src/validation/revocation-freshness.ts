/** Revocation freshness checker (EN 319 102-1, 5.2.5): whether revocation data is recent enough for a time. */
import type { Instant } from '../base/instant.ts';
import type { CertificateStatus } from './evidence.ts';
import type { Freshness } from './policy-type.ts';

/** Fresh for `time`: not older then than the policy allows, or than the interval in which it said to be renewed. */
export function isFresh(status: CertificateStatus, time: Instant, freshness: Freshness): boolean {
  const until = freshUntil(status, freshness);
  return until !== null && time <= until;
}

/** The last instant for which the data is fresh; null where there is none. */
export function freshUntil({ thisUpdate, nextUpdate }: CertificateStatus, freshness: Freshness): Instant | null {
  if (thisUpdate === null) return null;
  const age = freshness.maximumAge ?? (nextUpdate === null ? freshness.withoutNextUpdate : nextUpdate - thisUpdate);
  return thisUpdate + age - 1;
}
