/** The order that time-stamps must have among each other (EN 319 102-1, 5.5.4): what is stamped first is not stamped later. */
import type { Instant } from '../base/instant.ts';
import type { AnyId, TimestampFacts, TimestampType } from '../facts/index.ts';

/** Time follows class, and within a class no time-stamp covers one of a later time. Equal times are in order. */
export function inOrder(timestamps: readonly TimestampFacts[]): boolean {
  let latestBelow: Instant = -Infinity;
  for (let rank = 0; rank <= HIGHEST; rank++) {
    const times = timestamps.filter(({ type }) => RANK[type] === rank).map(({ time }) => time);
    if (times.some((time) => time < latestBelow)) return false;
    latestBelow = Math.max(latestBelow, ...times);
  }
  const byId = new Map<AnyId, TimestampFacts>(timestamps.map((facts) => [facts.id, facts]));
  return timestamps.every((outer) =>
    outer.covers.every((id) => {
      const inner = byId.get(id);
      return !inner || inner.time <= outer.time;
    }),
  );
}

const RANK: Readonly<Record<TimestampType, number>> = {
  content: 0,
  signature: 1,
  'validation-data': 2,
  archive: 3,
  document: 3,
  container: 3,
};
const HIGHEST = 3;
