/** Fitting lines of text into a box: the largest size at which they fit, broken where their script allows (UAX #14 in short). */
import { Fault } from '../base/fault.ts';
import type { Lettering, PlacedLine } from './lettering.ts';

export interface TextBox {
  readonly left: number;
  readonly bottom: number;
  readonly width: number;
  readonly height: number;
}

export interface Fitting {
  /** In points; without it the largest that fits. */
  readonly size?: number;
  readonly largest: number;
  readonly align: 'start' | 'center';
}

/** Where each line goes, from the top; the block stands in the middle of the height. Throws `limit-exceeded` for a text that no box is for. */
export function fitText(
  lines: readonly string[],
  box: TextBox,
  lettering: Lettering,
  { size: wanted, largest, align }: Fitting,
): PlacedLine[] {
  const length = lines.reduce((sum, line) => sum + line.length, 0);
  if (length > LONGEST_TEXT || lines.length > MOST_LINES)
    throw new Fault('limit-exceeded', `a visible signature shows at most ${LONGEST_TEXT} characters in ${MOST_LINES} lines`);
  const words = lines.map((line) => wordsOf(line, lettering));
  const { up, down } = lettering.heightsOf(lines);
  const leading = Math.max(LEADING, (up + down) / 1000);
  const linesAt = (size: number): number | null => {
    const broken = words.map((each) => broke(each, (1000 * box.width) / size));
    const count = sum(broken.map((each) => each.lines.length));
    return broken.every((each) => each.fits) && count * leading * size <= box.height ? count : null;
  };
  const size = wanted ?? chosenSize(linesAt, largest, lines.length);
  const fromRight = sidesOf(lines, lettering);
  const broken = words.flatMap((each, i) =>
    broke(each, (1000 * box.width) / size).lines.map((text) => ({ text, fromRight: fromRight[i] === true })),
  );
  // Up and down share what the leading leaves over.
  const baseline = ((up / 1000) * leading) / ((up + down) / 1000);
  const top = box.bottom + (box.height + broken.length * leading * size) / 2;
  return broken.map(({ text, fromRight }, i) => {
    const width = (lettering.widthOf(text) * size) / 1000;
    const room = box.width - width;
    const shift = align === 'center' ? room / 2 : fromRight ? room : 0;
    return { text, size, x: box.left + shift, y: top - (i * leading + baseline) * size };
  });
}

/** Whether each line starts at the right. One without letters, such as a date, starts where the line before it does, or the next. */
function sidesOf(lines: readonly string[], lettering: Lettering): readonly boolean[] {
  const own = lines.map((line) => (/\p{L}/u.test(line) ? lettering.isRightToLeft(line) : null));
  let side = own.find((one) => one !== null) ?? false;
  return own.map((one) => {
    side = one ?? side;
    return side;
  });
}

/** Lines stay whole where that costs little. */
function chosenSize(linesAt: (size: number) => number | null, largest: number, count: number): number {
  const broken = largestSize((size) => linesAt(size) !== null, largest);
  const whole = largestSize((size) => linesAt(size) === count, broken);
  return whole >= WORTH_KEEPING * broken ? whole : broken;
}

/** By halving: text that fits at a size need not fit at every smaller one, but nearly always does. */
function largestSize(fits: (size: number) => boolean, largest: number): number {
  if (fits(largest)) return largest;
  let [low, bad] = [Math.round(SMALLEST * STEPS), Math.round(largest * STEPS) + 1];
  while (bad - low > 1) {
    const middle = (low + bad) >> 1;
    if (fits(middle / STEPS)) low = middle;
    else bad = middle;
  }
  return low / STEPS;
}

interface Word {
  readonly text: string;
  readonly width: number;
  /** White space that goes where the line ends. */
  readonly space: boolean;
}

function wordsOf(line: string, lettering: Lettering): readonly Word[] {
  const pieces: string[] = [];
  for (const { segment } of SEGMENTER.segment(line)) {
    const last = pieces.at(-1);
    const space = /^\s+$/u.test(segment);
    if (last === undefined || space || /\s$/u.test(last) || breaksBetween(last, segment)) pieces.push(segment);
    else pieces[pieces.length - 1] = last + segment;
  }
  return pieces.map((text) => ({ text, width: lettering.widthOf(text), space: /^\s+$/u.test(text) }));
}

/** After a hyphen, and between words of scripts that put no spaces there; never before closing punctuation. */
const breaksBetween = (before: string, after: string): boolean =>
  (/\p{L}[-\u2010]$/u.test(before) || SPACELESS.test(before.at(-1) ?? '') || SPACELESS.test(after.at(0) ?? '')) &&
  !/^[\p{P}\p{M}]/u.test(after) &&
  !/\p{Ps}$/u.test(before);

function broke(words: readonly Word[], width: number): { readonly lines: readonly string[]; readonly fits: boolean } {
  const lines: string[] = [];
  let [line, used, fits] = ['', 0, true];
  for (const word of words) {
    if (line !== '' && !word.space && used + word.width > width) {
      lines.push(line.trimEnd());
      [line, used] = ['', 0];
    }
    if (line === '' && word.space && lines.length > 0) continue;
    line += word.text;
    used += word.width;
    if (!word.space && word.width > width) fits = false;
  }
  lines.push(line.trimEnd());
  return { lines, fits };
}

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);

const SEGMENTER = new Intl.Segmenter('und', { granularity: 'word' });
const SPACELESS = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}]/u;
const LEADING = 1.2;
/** Of the size that broken lines could have. */
const WORTH_KEEPING = 0.7;
const SMALLEST = 1;
const STEPS = 10;
const LONGEST_TEXT = 4000;
const MOST_LINES = 100;
