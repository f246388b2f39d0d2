/** The timeline as an inline picture (SVG 1.1): no script, no style of its own; the page's style sheet gives the colours. */
import type { Instant } from '../base/instant.ts';
import { escaped } from './escape.ts';
import type { Lane, Timeline } from './timeline.ts';

/** `title` and `description` are for those who cannot see it. */
export function timelineSvg({ from, to, ticks, lanes }: Timeline, title: string, description: string): string {
  const height = TOP + lanes.length * ROW + BOTTOM;
  const x = (at: Instant): number => round(LEFT + ((Math.min(Math.max(at, from), to) - from) / (to - from)) * (WIDTH - LEFT - RIGHT));
  const grid = ticks.map(
    ({ at, label }) =>
      `<line class="grid" x1="${x(at)}" y1="${TOP - 6}" x2="${x(at)}" y2="${height - BOTTOM}"/><text class="tick" x="${x(at)}" y="${TOP - 14}">${escaped(label)}</text>`,
  );
  const rows = lanes.map((lane, i) => row(lane, TOP + i * ROW, height, x, from, to));
  return `<svg class="timeline" viewBox="0 0 ${WIDTH} ${height}" role="img"><title>${escaped(title)}</title><desc>${escaped(description)}</desc>${grid.join('')}${rows.join('')}</svg>`;
}

function row(lane: Lane, top: number, height: number, x: (at: Instant) => number, from: Instant, to: Instant): string {
  const middle = top + ROW / 2;
  const text = `<text class="label" x="0" y="${middle - 3}">${escaped(cut(lane.label))}</text><text class="dates" x="0" y="${middle + 10}">${escaped(lane.dates)}</text>`;
  const title = `<title>${escaped(`${lane.label}: ${lane.dates}`)}</title>`;
  if (lane.to === null) {
    const line = `<line class="hair" x1="${x(lane.from)}" y1="${middle}" x2="${x(lane.from)}" y2="${height - BOTTOM}"/>`;
    return `<g class="lane ${lane.kind} ${lane.tone}">${title}${text}${line}${mark(lane, x(lane.from), middle)}</g>`;
  }
  const [start, end] = [x(lane.from), x(lane.to)];
  const width = Math.max(3, round(end - start));
  const before = lane.from < from ? `<path class="beyond" d="M${start} ${middle - 5}l-6 5 6 5z"/>` : '';
  const after = lane.to > to ? `<path class="beyond" d="M${end} ${middle - 5}l6 5-6 5z"/>` : '';
  return `<g class="lane ${lane.kind} ${lane.tone}">${title}${text}<rect x="${start}" y="${middle - 5}" width="${width}" height="10" rx="${before === '' && after === '' ? 4 : 0}"/>${before}${after}</g>`;
}

/** A ring for what is only claimed, a diamond for the end of something, a dot for what is proven. */
function mark({ kind }: Lane, x: number, y: number): string {
  if (kind === 'revoked') return `<path class="mark" d="M${x} ${y - 7}l7 7-7 7-7-7z"/>`;
  return `<circle class="mark" cx="${x}" cy="${y}" r="5.5"/>`;
}

const cut = (text: string): string => {
  const characters = [...text];
  return characters.length > LONGEST ? `${characters.slice(0, LONGEST - 1).join('')}…` : text;
};

const round = (value: number): number => Math.round(value * 10) / 10;

const WIDTH = 800;
const LEFT = 300;
const RIGHT = 14;
const TOP = 34;
const ROW = 34;
const BOTTOM = 6;
const LONGEST = 42;
