/** What pages look like as signed and now, in the reports: percentages everywhere, pictures in HTML. */
import { toBase64 } from '../base/text.ts';
import { encodePng } from '../platform/png.ts';
import type { Report } from '../validation/report.ts';
import type { PageDifference, VisualChange } from '../validation/visual-change.ts';
import { type Catalogue, fill } from './catalogue.ts';
import { escaped } from './escape.ts';

export interface VisualJson {
  pagesBefore: number;
  pagesNow: number;
  /** How many pages were compared. */
  compared: number;
  /** Pages that look different: their numbers, and the percentage of their pixels. */
  pages: { page: number; percent: number; area: { x: number; y: number; width: number; height: number } | null }[];
  problem: string | null;
}

/** Undefined where nothing was compared for this signature. */
export function visualJson(changes: readonly VisualChange[], signature: string): VisualJson | undefined {
  const found = changes.find((one) => one.signature === signature);
  if (found === undefined) return undefined;
  const { pagesBefore, pagesNow, compared, pages, problem } = found;
  return {
    ...{ pagesBefore, pagesNow, compared, problem },
    pages: pages.map(({ page, changed, area }) => ({ page, percent: rounded(100 * changed), area: area && shares(area) })),
  };
}

/** A line for each signature and each page that looks different. */
export const visualText = (changes: readonly VisualChange[], report: Report, words: Catalogue): string =>
  changes
    .map((change) => [titleOf(change, report, words), ...sentences(change, words).map((line) => `  ${line}`)].join('\n'))
    .map((block) => `${block}\n`)
    .join('\n');

/** One card with the pictures of each signature; empty where nothing was compared. */
export function visualCards(changes: readonly VisualChange[], report: Report, words: Catalogue): string {
  return changes
    .map((change) => {
      const figures = change.pages.flatMap((page) => figureOf(page, words));
      return `<section class="card plain visual">
<div class="head"><h2>${escaped(titleOf(change, report, words))}</h2></div>
${
  change.pages.length === 0 || change.problem !== null
    ? sentences({ ...change, pages: [] }, words)
        .map((line) => `<p class="note">${escaped(line)}</p>`)
        .join('')
    : ''
}
${change.pages.length === 0 ? '' : `<p class="sentence soft">${escaped(words.phrases.visualText)}</p>`}
${figures.join('\n')}
</section>`;
    })
    .join('\n');
}

function figureOf(difference: PageDifference, words: Catalogue): string[] {
  const caption = pageSentence(difference, words);
  if (difference.picture === null) return [`<p class="note">${escaped(caption)}</p>`];
  const { width, height } = difference.picture;
  const source = `data:image/png;base64,${toBase64(encodePng(difference.picture))}`;
  return [
    `<figure><figcaption>${escaped(caption)}</figcaption><img src="${source}" width="${width}" height="${height}" alt="${escaped(caption)}"></figure>`,
  ];
}

function titleOf({ signature }: VisualChange, report: Report, { phrases }: Catalogue): string {
  const index = report.signatures.findIndex(({ facts }) => facts.id === signature);
  return fill(phrases.visualHeading, { number: index + 1 });
}

function sentences(change: VisualChange, words: Catalogue): string[] {
  const { phrases } = words;
  const { compared, pages, problem } = change;
  const lines = pages.map((page) => pageSentence(page, words));
  if (lines.length === 0 && compared > 0 && problem === null) lines.push(fill(phrases.visualSame, { count: compared }));
  if (problem !== null) lines.push(fill(phrases.visualProblem, { count: compared, problem }));
  return lines;
}

const pageSentence = ({ page, changed, area }: PageDifference, { phrases }: Catalogue): string =>
  area === null ? fill(phrases.visualOnlyOne, { page }) : fill(phrases.visualPage, { page, percent: `${rounded(100 * changed)} %` });

const rounded = (value: number): number => (value > 0 && value < 0.01 ? 0.01 : Math.round(value * 100) / 100);
const shares = ({ x, y, width, height }: NonNullable<PageDifference['area']>): NonNullable<PageDifference['area']> => {
  const short = (value: number): number => Math.round(value * 10_000) / 10_000;
  return { x: short(x), y: short(y), width: short(width), height: short(height) };
};
