/** What pages look like as signed and as they are now: pictures of both, compared pixel by pixel (ISO 32000-2, 12.8.2.2 tells what may change; this shows it). */
import type { Bytes } from '../base/bytes.ts';
import { Fault } from '../base/fault.ts';
import { exact } from '../base/options.ts';
import { asSource, type Source } from '../base/source.ts';
import type { PdfSignatureFacts, SignatureId } from '../facts/index.ts';
import type { PagePicture, PageRenderer, RenderedDocument } from './page-renderer.ts';
import type { Report } from './report.ts';

/** How the pages changed since one signature was made. It informs: what is allowed is judged by the objects that changed. */
export interface VisualChange {
  readonly signature: SignatureId;
  readonly pagesBefore: number;
  readonly pagesNow: number;
  /** How many pages were compared: those that the changes name, or all, up to a limit. */
  readonly compared: number;
  /** Pages that look different, in order. */
  readonly pages: readonly PageDifference[];
  /** Why not everything was compared; null where it was. */
  readonly problem: string | null;
}

export interface PageDifference {
  /** 1 for the first. */
  readonly page: number;
  /** Share of the pixels that differ, 0 to 1; 1 for a page that only one of the two has. */
  readonly changed: number;
  /** Where they are: in shares of the page, from its upper left corner; null for a page that only one has. */
  readonly area: { readonly x: number; readonly y: number; readonly width: number; readonly height: number } | null;
  /** The page as it is now, pale, with the pixels that differ in red; null for a page that only one has. */
  readonly picture: PagePicture | null;
}

export interface VisualOptions {
  readonly renderer: PageRenderer;
  readonly password?: string;
  readonly limits?: { readonly pages?: number; readonly pixels?: number; readonly octets?: number };
}

/**
 * Compares, for each signature of a PDF that something visible may have followed, the pages as signed with those of the
 * whole file. What pdfium or the limits do not let through is told as `problem`, never thrown. Throws `bad-option`.
 */
export async function visualChanges(document: Bytes | Source, report: Report, options: VisualOptions): Promise<VisualChange[]> {
  exact('visualChanges', options, ['renderer', 'password', 'limits']);
  exact('visualChanges.limits', options.limits ?? {}, ['pages', 'pixels', 'octets']);
  const source = asSource(document);
  const concerned = report.signatures.flatMap(({ facts }) => (facts.pdf && mayShow(facts.pdf) ? [{ id: facts.id, pdf: facts.pdf }] : []));
  if (concerned.length === 0) return [];
  const limits = { pages: PAGES, pixels: PIXELS, octets: OCTETS, ...options.limits };
  if (source.size > limits.octets) {
    const problem = `the file is larger than ${limits.octets} octets`;
    return concerned.map(({ id }) => ({ signature: id, pagesBefore: 0, pagesNow: 0, compared: 0, pages: [], problem }));
  }
  const bytes = source.read(0, source.size);
  const known = new Map<number, Promise<Omit<VisualChange, 'signature'>>>();
  const changes: VisualChange[] = [];
  for (const { id, pdf } of concerned) {
    const end = endOf(pdf);
    const compared = known.get(end) ?? compare(bytes, end, namedPages(pdf), options, limits);
    known.set(end, compared);
    changes.push({ signature: id, ...(await compared) });
  }
  return changes;
}

/** Two pictures of the same page. A picture of another size differs as a whole. */
export function comparePictures(before: PagePicture, now: PagePicture, page: number): PageDifference | null {
  if (before.width !== now.width || before.height !== now.height) return { page, changed: 1, area: WHOLE, picture: now };
  const { width, height } = now;
  const picture = new Uint8Array(now.rgba.length);
  let [left, right, top, bottom, count] = [width, -1, height, -1, 0];
  for (let i = 0, at = 0; i < width * height; i++, at += 4) {
    if (differs(before.rgba, now.rgba, at)) {
      const [x, y] = [i % width, Math.floor(i / width)];
      left = Math.min(left, x);
      right = Math.max(right, x);
      top = Math.min(top, y);
      bottom = y;
      count++;
      picture.set(RED, at);
    } else {
      for (let c = 0; c < 3; c++) picture[at + c] = 255 - Math.round((255 - (now.rgba[at + c] as number)) * PALE);
      picture[at + 3] = 255;
    }
  }
  if (count === 0) return null;
  const area = { x: left / width, y: top / height, width: (right + 1 - left) / width, height: (bottom + 1 - top) / height };
  return { page, changed: count / (width * height), area, picture: { width, height, rgba: picture } };
}

function differs(a: Bytes, b: Bytes, at: number): boolean {
  for (let c = 0; c < 3; c++) if (Math.abs((a[at + c] as number) - (b[at + c] as number)) > TOLERANCE) return true;
  return false;
}

type Limits = Required<NonNullable<VisualOptions['limits']>>;

async function compare(
  bytes: Bytes,
  end: number,
  named: readonly number[] | null,
  { renderer, password }: VisualOptions,
  limits: Limits,
): Promise<Omit<VisualChange, 'signature'>> {
  const open: RenderedDocument[] = [];
  const pages: PageDifference[] = [];
  let [pagesBefore, pagesNow, compared] = [0, 0, 0];
  try {
    // One after the other: each has a thread of its own.
    for (const part of [bytes.subarray(0, end), bytes]) open.push(await renderer.open(part, password));
    const [before, now] = open as [RenderedDocument, RenderedDocument];
    [pagesBefore, pagesNow] = [before.pages, now.pages];
    const all = Array.from({ length: Math.max(pagesBefore, pagesNow) }, (_, i) => i + 1);
    const wanted = named === null || pagesBefore !== pagesNow ? all : named.filter((page) => page <= all.length);
    for (const page of wanted.slice(0, limits.pages)) {
      const both = page <= pagesBefore && page <= pagesNow;
      const difference = both
        ? comparePictures(await before.page(page - 1, limits.pixels), await now.page(page - 1, limits.pixels), page)
        : { page, changed: 1, area: null, picture: null };
      compared++;
      if (difference !== null) pages.push(difference);
    }
    const left = wanted.length - compared;
    return { pagesBefore, pagesNow, compared, pages, problem: left > 0 ? `${left} more pages were not compared` : null };
  } catch (error) {
    if (!(error instanceof Fault)) throw error;
    return { pagesBefore, pagesNow, compared, pages, problem: error.message };
  } finally {
    for (const one of open) await one.close();
  }
}

/** Whether anything followed the signature that a page could show. */
function mayShow(pdf: PdfSignatureFacts): boolean {
  if (!pdf.byteRangeValid || pdf.coversWholeFile) return false;
  return pdf.modifications === null || pdf.modifications.some(({ kind, allowed }) => !(allowed && SHOWS_NOTHING.has(kind)));
}

/** The pages that the changes name; null where one of them names none and may show anywhere. */
function namedPages({ modifications }: PdfSignatureFacts): readonly number[] | null {
  if (modifications === null) return null;
  const anywhere = modifications.some(
    ({ kind, page, allowed }) => page === undefined && !(allowed && (SHOWS_NOTHING.has(kind) || SHOWN_ELSEWHERE.has(kind))),
  );
  return anywhere ? null : [...new Set(modifications.flatMap(({ page }) => page ?? []))].sort((a, b) => a - b);
}

const endOf = ({ byteRange }: PdfSignatureFacts): number => (byteRange.at(-2) ?? 0) + (byteRange.at(-1) ?? 0);

/** Kinds of change that no page shows. */
const SHOWS_NOTHING: ReadonlySet<string> = new Set([
  'material-added',
  'material-changed',
  'metadata',
  'metadata-changed',
  'extensions-changed',
  'timestamp-added',
]);
/** Kinds whose place a change of another kind tells. */
const SHOWN_ELSEWHERE: ReadonlySet<string> = new Set(['signature-added', 'signature-field-added', 'form-resources-added']);
const PAGES = 20;
const PIXELS = 500_000;
const OCTETS = 256 << 20;
/** Of a channel: what rounding may make of the same colour. */
const TOLERANCE = 8;
const PALE = 0.35;
const RED = [200, 20, 20, 255];
const WHOLE = { x: 0, y: 0, width: 1, height: 1 };
