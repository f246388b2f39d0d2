/** UTCTime and GeneralizedTime (X.690, 11.7 and 11.8; RFC 5280, 4.1.2.5). */
import type { Bytes } from '../base/bytes.ts';
import type { Instant } from '../base/instant.ts';
import { unreadable } from '../base/parsed.ts';
import { fromLatin1, latin1 } from '../base/text.ts';
import { type Rules, TAG } from './tag.ts';

/**
 * Instant of a time's contents. DER: Z, seconds present, a fraction without trailing zeros. BER: seconds may be
 * absent and an offset may stand in place of Z. Two-digit years from 50 on are of the 20th century. Throws `Unreadable`.
 */
export function decodeTime(tag: number, content: Bytes, rules: Rules, what: string, at: number): Instant {
  const utc = tag === TAG.UTC_TIME;
  if (!utc && tag !== TAG.GENERALIZED_TIME) unreadable(what, at, `no time: tag ${tag.toString(16)}`);
  const text = content.length <= 40 ? fromLatin1(content) : '';
  const match = (utc ? UTC_TIME : GENERALIZED_TIME).exec(text);
  if (!match) return unreadable(what, at, 'time in a wrong form');
  const [, year = '', month, day, hour, minute, second, fraction, zone = ''] = match;
  if (rules === 'DER' && (second === undefined || zone !== 'Z' || fraction?.endsWith('0') || text.includes(',')))
    unreadable(what, at, 'time in a form that DER excludes');
  const fullYear = utc ? Number(year) + (Number(year) < 50 ? 2000 : 1900) : Number(year);
  const instant = instantOf(fullYear, Number(month), Number(day), Number(hour), Number(minute ?? 0), Number(second ?? 0));
  if (instant === null) return unreadable(what, at, 'time that no calendar has');
  const offset = offsetOf(zone);
  if (offset === null) return unreadable(what, at, 'time with an offset that no clock has');
  // BER: the fraction is one of the last unit that is there.
  const unit = second !== undefined ? 1000 : minute !== undefined ? 60_000 : 3_600_000;
  return instant + Math.floor(Number(`0.${fraction || 0}`) * unit) - offset;
}

/** UTCTime for 1950 to 2049, GeneralizedTime otherwise, as RFC 5280 wants (seconds kept, the fraction dropped): [tag, contents]. */
export function encodeTime(instant: Instant): readonly [tag: number, content: Bytes] {
  const general = encodeGeneralizedTime(Math.floor(instant / 1000) * 1000);
  const year = new Date(instant).getUTCFullYear();
  if (year < 1950 || year > 2049) return [TAG.GENERALIZED_TIME, general];
  return [TAG.UTC_TIME, general.subarray(2)];
}

/** Contents of a GeneralizedTime in UTC with the milliseconds where they are not zero (X.690, 11.7). Throws `RangeError` beyond year 9999. */
export function encodeGeneralizedTime(instant: Instant): Bytes {
  const year = new Date(instant).getUTCFullYear();
  if (!(year >= 0 && year <= 9999)) throw new RangeError(`a time that GeneralizedTime cannot hold: ${instant}`);
  const [seconds = '', milliseconds = ''] = new Date(instant)
    .toISOString()
    .replace(/[-:TZ]/g, '')
    .split('.');
  const fraction = milliseconds.replace(/0+$/, '');
  return latin1(`${seconds}${fraction && `.${fraction}`}Z`);
}

function instantOf(year: number, month: number, day: number, hour: number, minute: number, second: number): Instant | null {
  if (month < 1 || month > 12 || day < 1 || hour > 23 || minute > 59 || second > 60) return null;
  const date = new Date(0);
  date.setUTCFullYear(year, month - 1, day);
  if (date.getUTCDate() !== day) return null;
  return date.getTime() + ((hour * 60 + minute) * 60 + Math.min(second, 59)) * 1000;
}

function offsetOf(zone: string): number | null {
  if (zone === 'Z' || zone === '') return 0;
  const sign = zone.startsWith('-') ? -1 : 1;
  const [hours, minutes] = [Number(zone.slice(1, 3)), Number(zone.slice(3, 5))];
  return hours > 23 || minutes > 59 ? null : sign * (hours * 60 + minutes) * 60_000;
}

const UTC_TIME = /^(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)?()(Z|[+-]\d{4})$/;
const GENERALIZED_TIME = /^(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)?(\d\d)?(?:[.,](\d+))?(Z|[+-]\d{4})?$/;
