/** The order that time-stamps must have among each other (EN 319 102-1, 5.5.4): what is stamped first is not stamped later. */
import type { TimestampFacts, TimestampId, TimestampType } from '../facts/index.ts';

/**
 * Time follows class, and within a class no time-stamp covers one of a later time. Equal times are in order. `covered`: the
 * time-stamps that a time-stamp covers.
 */
export function inOrder(timestamps: readonly TimestampFacts[], covered: (id: TimestampId) => readonly TimestampId[]): boolean {
  let below: TimestampFacts[] = [];
  for (let rank = 0; rank <= HIGHEST; rank++) {
    const here = timestamps.filter(({ type }) => RANK[type] === rank);
    const latest = latestByAuthority(below);
    if (here.some((outer) => latest.some((inner) => isEarlier(outer, inner)))) return false;
    below = [...latest, ...here];
  }
  const byId = new Map<TimestampId, TimestampFacts>(timestamps.map((facts) => [facts.id, facts]));
  return timestamps.every((outer) =>
    covered(outer.id).every((id) => {
      const inner = byId.get(id);
      return !inner || !isEarlier(outer, inner);
    }),
  );
}

/**
 * Whether `outer` was surely made before `inner`. Times of one authority that orders its time-stamps compare as they are; of
 * others only where they are further apart than their accuracies together (RFC 3161, 2.4.2).
 */
function isEarlier(outer: TimestampFacts, inner: TimestampFacts): boolean {
  const ordered = outer.ordering && inner.ordering && outer.signer.certificate === inner.signer.certificate;
  const unsure = ordered ? 0 : (outer.accuracy ?? 0) + (inner.accuracy ?? 0);
  return outer.time + unsure < inner.time;
}

/** Those that can put others out of order: of each authority the latest, and the latest at its surest. */
function latestByAuthority(timestamps: readonly TimestampFacts[]): TimestampFacts[] {
  const latest = new Map<string, TimestampFacts>();
  for (const facts of timestamps) {
    const key = `${facts.ordering} ${facts.signer.certificate}`;
    const known = latest.get(key);
    if (!known || facts.time > known.time) latest.set(key, facts);
    const surest = latest.get(SUREST);
    if (!surest || facts.time - (facts.accuracy ?? 0) > surest.time - (surest.accuracy ?? 0)) latest.set(SUREST, facts);
  }
  return [...new Set(latest.values())];
}

const SUREST = 'surest';
const RANK: Readonly<Record<TimestampType, number>> = {
  content: 0,
  signature: 1,
  'validation-data': 2,
  archive: 3,
  document: 3,
  container: 3,
};
const HIGHEST = 3;
