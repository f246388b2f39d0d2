/** The time that `--at` names, else now. */
import { fromIso, type Instant } from '../base/instant.ts';
import { type Arguments, Usage } from './arguments.ts';

/** Throws `Usage`. */
export function timeFrom(args: Arguments): Instant {
  const given = args.get('at');
  if (given === undefined) return Date.now();
  const time = fromIso(given);
  if (time === null) throw new Usage(`--at is '${given}', but must be ISO 8601 with an offset, for example 2026-01-31T12:00:00Z`);
  return time;
}
