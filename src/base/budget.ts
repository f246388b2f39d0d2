/** Bounds on work over foreign data: every loop over it spends, and a spent budget ends the work with a clear answer. */
import { unreadable } from './parsed.ts';

/** A count of steps that can run out; one holder, spent in place. */
export interface Budget {
  readonly name: string;
  readonly limit: number;
  left: number;
}

export const budget = (name: string, limit: number): Budget => ({ name, limit, left: limit });

/** Takes `cost` steps; false once they are not there any more (and ever after). */
export function spend(from: Budget, cost = 1): boolean {
  from.left -= cost;
  return from.left >= 0;
}

/** Takes `cost` steps inside a parser, which ends as unreadable once they run out. */
export function mustSpend(from: Budget, what: string, at: number, cost = 1): void {
  if (!spend(from, cost)) unreadable(what, at, `more than ${from.limit} ${from.name}`);
}
