/** A signature drawn by hand: strokes of a pen, or the data of an SVG path, as vector paths (ISO 32000-2, 8.5; SVG 1.1, 8.3). */
import { Fault } from '../base/fault.ts';

/** y grows downwards, as on a screen; the unit does not matter, the drawing is fitted into its place. */
export interface Drawing {
  /** Each stroke is where the pen went; smoothed. */
  readonly strokes?: readonly (readonly (readonly [x: number, y: number])[])[];
  /** Data of an SVG path: M, L, H, V, C, S, Q, T and Z, absolute or relative. */
  readonly path?: string;
  /** Width of the pen in points; default 1.2. 0: the path is filled. */
  readonly pen?: number;
  /** `#rrggbb`; default: that of the text. */
  readonly color?: string;
}

type Point = readonly [x: number, y: number];
/** `move` and `line` take one point, `curve` three. */
export type Segment =
  | { readonly kind: 'move' | 'line'; readonly to: Point }
  | { readonly kind: 'curve'; readonly first: Point; readonly second: Point; readonly to: Point }
  | { readonly kind: 'close' };

/** Throws `bad-option` for a drawing that draws nothing, `limit-exceeded` for one that is too large. */
export function segmentsOf({ strokes, path }: Drawing): Segment[] {
  if ((strokes === undefined) === (path === undefined)) throw new Fault('bad-option', 'a drawing has either strokes or a path');
  const segments = path === undefined ? (strokes ?? []).flatMap(smooth) : pathSegments(path);
  if (segments.length > MOST) throw new Fault('limit-exceeded', `a drawing has at most ${MOST} points`);
  if (pointsOf(segments).some((point) => !point.every((value) => Number.isFinite(value) && Math.abs(value) <= FARTHEST)))
    throw new Fault('bad-option', 'the points of a drawing are pairs of finite numbers');
  if (!segments.some(({ kind }) => kind === 'line' || kind === 'curve')) throw new Fault('bad-option', 'the drawing draws nothing');
  return segments;
}

/** The path operators that fit the drawing into a box (left, bottom, width, height), in proportion and upright. */
export function drawnIn(segments: readonly Segment[], box: readonly [number, number, number, number]): string {
  const points = pointsOf(segments);
  const [xs, ys] = [points.map(([x]) => x), points.map(([, y]) => y)];
  const [left, right, top, bottom] = [least(xs), -least(xs.map((x) => -x)), least(ys), -least(ys.map((y) => -y))];
  const [x, y, width, height] = box;
  const scale = Math.min(width / Math.max(right - left, 1e-6), height / Math.max(bottom - top, 1e-6));
  const [marginX, marginY] = [(width - (right - left) * scale) / 2, (height - (bottom - top) * scale) / 2];
  const put = ([px, py]: Point): string => `${round(x + marginX + (px - left) * scale)} ${round(y + marginY + (bottom - py) * scale)}`;
  const lines = segments.map((segment) => {
    if (segment.kind === 'close') return 'h';
    if (segment.kind === 'curve') return `${put(segment.first)} ${put(segment.second)} ${put(segment.to)} c`;
    return `${put(segment.to)} ${segment.kind === 'move' ? 'm' : 'l'}`;
  });
  return `${lines.join('\n')}\n`;
}

/** A curve through the points (Catmull-Rom as cubic Béziers); a single point becomes a dot. */
function smooth(stroke: readonly Point[]): Segment[] {
  const [first] = stroke;
  if (first === undefined) return [];
  const at = (i: number): Point => stroke[Math.min(Math.max(i, 0), stroke.length - 1)] as Point;
  const segments: Segment[] = [{ kind: 'move', to: first }];
  if (stroke.length === 1) segments.push({ kind: 'line', to: first });
  for (let i = 0; i + 1 < stroke.length; i++) {
    const [before, from, to, after] = [at(i - 1), at(i), at(i + 1), at(i + 2)];
    segments.push({
      kind: 'curve',
      first: [from[0] + (to[0] - before[0]) / 6, from[1] + (to[1] - before[1]) / 6],
      second: [to[0] - (after[0] - from[0]) / 6, to[1] - (after[1] - from[1]) / 6],
      to,
    });
  }
  return segments;
}

interface Pen {
  at: Point;
  start: Point;
  /** The control point before, for S and T. */
  control: Point | null;
  previous: string;
}

function pathSegments(data: string): Segment[] {
  if (data.length > LONGEST_PATH) throw new Fault('limit-exceeded', `the data of a path has at most ${LONGEST_PATH} characters`);
  const commands = [...data.matchAll(/([a-zA-Z])([^a-zA-Z]*(?:[eE][-+]?\d+[^a-zA-Z]*)*)/g)];
  const segments: Segment[] = [];
  const pen: Pen = { at: [0, 0], start: [0, 0], control: null, previous: '' };
  for (const [, letter = '', rest = ''] of commands) {
    const numbers = (rest.match(/[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?/g) ?? []).map(Number);
    const takes = ARGUMENTS.get(letter.toUpperCase());
    if (takes === undefined)
      throw new Fault('unsupported', `the path command '${letter}' is not supported: draw with M, L, H, V, C, S, Q, T, Z`);
    if (takes === 0) {
      segments.push({ kind: 'close' });
      pen.at = pen.start;
      pen.previous = 'Z';
      continue;
    }
    if (numbers.length === 0 || numbers.length % takes !== 0)
      throw new Fault('bad-option', `the path command '${letter}' has not the numbers that it takes`);
    for (let at = 0; at < numbers.length; at += takes) {
      const repeated = at > 0 && letter.toUpperCase() === 'M' ? 'L' : letter.toUpperCase();
      segments.push(step(pen, repeated, numbers.slice(at, at + takes), letter !== letter.toUpperCase()));
      pen.previous = repeated;
      if (segments.length > MOST) throw new Fault('limit-exceeded', `a drawing has at most ${MOST} points`);
    }
  }
  return segments;
}

function step(pen: Pen, command: string, numbers: readonly number[], relative: boolean): Segment {
  const [ox, oy] = relative ? pen.at : [0, 0];
  const point = (i: number): Point => [(numbers[i] ?? 0) + ox, (numbers[i + 1] ?? 0) + oy];
  const mirrored = (family: string): Point =>
    pen.control !== null && family.includes(pen.previous) ? [2 * pen.at[0] - pen.control[0], 2 * pen.at[1] - pen.control[1]] : pen.at;
  const from = pen.at;
  const go = (to: Point, control: Point | null = null): Point => {
    pen.at = to;
    pen.control = control;
    return to;
  };
  const quadratic = (control: Point, to: Point): Segment => ({
    kind: 'curve',
    first: [from[0] + (2 / 3) * (control[0] - from[0]), from[1] + (2 / 3) * (control[1] - from[1])],
    second: [to[0] + (2 / 3) * (control[0] - to[0]), to[1] + (2 / 3) * (control[1] - to[1])],
    to: go(to, control),
  });
  switch (command) {
    case 'M':
      pen.start = point(0);
      return { kind: 'move', to: go(point(0)) };
    case 'H':
      return { kind: 'line', to: go([(numbers[0] ?? 0) + ox, from[1]]) };
    case 'V':
      return { kind: 'line', to: go([from[0], (numbers[0] ?? 0) + oy]) };
    case 'C':
      return { kind: 'curve', first: point(0), second: point(2), to: go(point(4), point(2)) };
    case 'S': {
      const first = mirrored('CS');
      return { kind: 'curve', first, second: point(0), to: go(point(2), point(0)) };
    }
    case 'Q':
      return quadratic(point(0), point(2));
    case 'T':
      return quadratic(mirrored('QT'), point(0));
    default:
      return { kind: 'line', to: go(point(0)) };
  }
}

const pointsOf = (segments: readonly Segment[]): Point[] =>
  segments.flatMap((segment) =>
    segment.kind === 'close' ? [] : segment.kind === 'curve' ? [segment.first, segment.second, segment.to] : [segment.to],
  );

const least = (values: readonly number[]): number => values.reduce((a, b) => Math.min(a, b), Number.POSITIVE_INFINITY);
const round = (value: number): string => String(Math.round(value * 100) / 100);

/** How many numbers a command takes. */
const ARGUMENTS = new Map([
  ['M', 2],
  ['L', 2],
  ['H', 1],
  ['V', 1],
  ['C', 6],
  ['S', 4],
  ['Q', 4],
  ['T', 2],
  ['Z', 0],
]);
const MOST = 20_000;
const LONGEST_PATH = 400_000;
const FARTHEST = 1e7;
