/** Ticks of a time axis: round times, four to nine of them, with labels in the language of the report. */
import type { Instant } from '../base/instant.ts';
import { type Catalogue, fill } from './catalogue.ts';

export interface Tick {
  readonly at: Instant;
  readonly label: string;
}

export function ticksOf(from: Instant, to: Instant, words: Catalogue): Tick[] {
  const span = to - from;
  const months = MONTHS.find((count) => span / (count * MONTH) <= MOST);
  if (span > 3 * MONTH || months === undefined) return calendar(from, to, months ?? Math.ceil(span / MOST / YEAR) * 12, words);
  const step = STEPS.find((size) => span / size <= MOST) ?? DAY * 14;
  const ticks: Tick[] = [];
  for (let at = Math.ceil(from / step) * step; at <= to && ticks.length < 2 * MOST; at += step)
    ticks.push({ at, label: clockLabel(at, step, words) });
  return ticks;
}

/** On the first of every so many months. */
function calendar(from: Instant, to: Instant, months: number, { phrases, shortMonths }: Catalogue): Tick[] {
  const first = new Date(from);
  const ticks: Tick[] = [];
  let index = Math.ceil((first.getUTCFullYear() * 12 + first.getUTCMonth() + 1) / months) * months;
  for (; ticks.length < 2 * MOST; index += months) {
    const at = Date.UTC(Math.floor(index / 12), index % 12, 1);
    if (at > to) break;
    const year = String(Math.floor(index / 12));
    ticks.push({ at, label: months % 12 === 0 ? year : fill(phrases.monthYear, { month: shortMonths[index % 12] ?? '', year }) });
  }
  return ticks;
}

function clockLabel(at: Instant, step: number, { phrases, shortMonths }: Catalogue): string {
  const date = new Date(at);
  const day = fill(phrases.shortDate, { day: date.getUTCDate(), month: shortMonths[date.getUTCMonth()] ?? '' });
  if (step >= DAY) return day;
  const time = date.toISOString().slice(11, 16);
  return time === '00:00' ? day : time;
}

const MOST = 8;
const MINUTE = 60_000;
const DAY = 1440 * MINUTE;
const MONTH = 30.44 * DAY;
const YEAR = 365.25 * DAY;
const STEPS: readonly number[] = [1, 5, 15, 30, 60, 180, 360, 720, 1440, 2 * 1440, 7 * 1440, 14 * 1440].map((minutes) => minutes * MINUTE);
const MONTHS: readonly number[] = [1, 2, 3, 6, 12, 24, 60, 120];
