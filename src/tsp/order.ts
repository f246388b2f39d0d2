/** Which of two time-stamps was made first, as far as their authorities vouch for it (RFC 3161, 2.4.2). */
import { equal } from '../base/bytes.ts';
import type { Certificate } from '../pki/certificate.ts';
import type { TstInfo } from './token.ts';

/** A time with the authority that told it; null where its certificate is not known. */
export interface StampedTime {
  readonly tstInfo: Pick<TstInfo, 'time' | 'accuracy' | 'ordering'>;
  readonly authority: Certificate | null;
}

/**
 * `before`: the first was surely made before the second; `unsure`: their times are no further apart than their accuracies
 * together. An authority that says so (`ordering`) orders its own time-stamps by their times alone. A token that states no
 * accuracy vouches for none: what its policy promises is not known here, and nothing is added.
 */
export function timeOrder(first: StampedTime, second: StampedTime): 'before' | 'after' | 'unsure' {
  const [a, b] = [first.tstInfo, second.tstInfo];
  const ordered = a.ordering && b.ordering && sameAuthority(first.authority, second.authority);
  const apart = ordered ? 0 : (a.accuracy ?? 0) + (b.accuracy ?? 0);
  if (a.time + apart < b.time) return 'before';
  return b.time + apart < a.time ? 'after' : 'unsure';
}

const sameAuthority = (a: Certificate | null, b: Certificate | null): boolean => a !== null && b !== null && equal(a.bytes, b.bytes);
