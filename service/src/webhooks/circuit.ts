/** How long somebody who does not answer is waited for: pauses of one delivery, and of an address as a whole. */

/** What is known of an address from the attempts before. */
export interface Circuit {
  /** Rounds in a row in which nothing was taken. */
  readonly failures: number;
  /** Until then nothing is sent; then one delivery tries whether the address is back. Null: it is not paused. */
  readonly pausedUntil: number | null;
}

/** An address that failed so often in a row is paused, and only tried from time to time. */
export const isOpen = ({ failures }: Pick<Circuit, 'failures'>): boolean => failures >= PATIENCE;

/** After a round of deliveries of which at least one was taken, or none. `chance` from 0 to 1 spreads the pauses. */
export function afterRound({ failures }: Pick<Circuit, 'failures'>, taken: boolean, at: number, chance: number): Circuit {
  if (taken) return { failures: 0, pausedUntil: null };
  const more = failures + 1;
  if (!isOpen({ failures: more })) return { failures: more, pausedUntil: null };
  const pause = Math.min(FIRST_PAUSE * 2 ** Math.min(more - PATIENCE, 20), LONGEST_PAUSE);
  return { failures: more, pausedUntil: at + spread(pause, chance) };
}

/** When a delivery that failed for the `attempt`-th time is tried again; null where its time is over. */
export function nextAttempt(attempt: number, createdAt: number, at: number, chance: number): number | null {
  if (at - createdAt >= TRIED_FOR) return null;
  return at + spread(PAUSES[Math.min(attempt, PAUSES.length) - 1] ?? 0, chance);
}

/** A tenth less or more. */
const spread = (pause: number, chance: number): number => Math.round(pause * (0.9 + 0.2 * chance));

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
/** Six hours at most between two attempts. */
const PAUSES = [5 * SECOND, 30 * SECOND, 2 * MINUTE, 10 * MINUTE, 30 * MINUTE, HOUR, 3 * HOUR, 6 * HOUR];
/** How long a delivery is tried. */
export const TRIED_FOR = 72 * HOUR;
const PATIENCE = 5;
const FIRST_PAUSE = 15 * SECOND;
const LONGEST_PAUSE = HOUR;
