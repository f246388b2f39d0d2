/** What each incremental update wrote, and the document as it was then (ISO 32000-2, 7.5.6). */
import { mustSpend } from '../base/budget.ts';
import { attempt } from '../base/parsed.ts';
import { fromLatin1 } from '../base/text.ts';
import { documentOf, type PdfDocument } from './document.ts';
import type { PdfDict } from './object.ts';
import { type FileView, firstOctets, readAt } from './window.ts';
import { findEntry, listedNumbers, sectionEntry, type XrefEntry, type XrefSection } from './xref.ts';

/** One revision; a linearized file's two sections are one. */
export interface Revision {
  /** 0 is the oldest. */
  readonly index: number;
  /** Where its octets start: after those of the revision before. */
  readonly start: number;
  /** After `%%EOF`; where that is missing, after what was read of the trailer. */
  readonly markerEnd: number;
  /** After `%%EOF` and one end of line: the size of the file when this revision was its newest. */
  readonly end: number;
  /** After all white space behind `%%EOF`: where the next revision's octets begin. */
  readonly limit: number;
  readonly xref: 'table' | 'stream' | 'hybrid' | 'rebuilt';
  readonly trailer: PdfDict;
  /** Its sections in {@link PdfDocument.sections}: from `newest` to `oldest`, both included. */
  readonly newest: number;
  readonly oldest: number;
}

/** The revisions that the chain of cross-reference sections tells, oldest first. */
export function revisions(document: PdfDocument): readonly Revision[] {
  let known = KNOWN.get(document);
  if (known === undefined) {
    known = findRevisions(document);
    KNOWN.set(document, known);
  }
  return known;
}

function findRevisions(document: PdfDocument): readonly Revision[] {
  const found: Revision[] = [];
  let start = 0;
  const groups = groupSections(document.sections);
  for (const { newest, oldest, last } of groups.reverse()) {
    const section = document.sections[newest] as XrefSection;
    const ends = document.rebuilt ? wholeFile(document.size) : endOf(document.view, last.end);
    found.push({ index: found.length, start, ...ends, xref: kindOf(section), trailer: section.trailer, newest, oldest });
    start = ends.limit;
  }
  return found;
}

/** The document as of a revision: its size, its trailer, its objects. */
export function documentAt(document: PdfDocument, revision: Revision): PdfDocument {
  if (revision.newest === 0 && revision.end >= document.size) return document;
  const { headerAt, version, shift } = document;
  return documentOf(
    firstOctets(document.view, revision.end),
    document.sections.slice(revision.newest),
    { headerAt, version, shift },
    document,
  );
}

/** Object numbers whose place differs from the one in the revision before: those it wrote anew, and those it freed. */
export function writtenBy(
  document: PdfDocument,
  revision: Revision,
): { readonly written: ReadonlySet<number>; readonly freed: ReadonlySet<number> } {
  const own = document.sections.slice(revision.newest, revision.oldest + 1);
  const older = document.sections.slice(revision.oldest + 1);
  const written = new Set<number>();
  const freed = new Set<number>();
  for (const section of own) {
    for (const num of listedNumbers(section)) {
      const now = findEntry(own, num)?.entry;
      if (now === undefined) continue;
      const before = findEntry(older, num)?.entry ?? null;
      if (samePlace(now, before)) continue;
      (now.kind === 'free' ? freed : written).add(num);
    }
  }
  return { written, freed };
}

/** Index of the revision that last wrote (or freed) an object number, or null where none lists it. */
export function lastWrittenIn(document: PdfDocument, all: readonly Revision[], num: number): number | null {
  // Some writers list every object again in each update: the first list with the same place counts.
  let result: number | null = null;
  let place: XrefEntry | null = null;
  for (let i = all.length - 1; i >= 0; i--) {
    const { newest, oldest } = all[i] as Revision;
    for (let s = newest; s <= oldest; s++) {
      const found = sectionEntry(document.sections[s] as XrefSection, num);
      if (found === null) continue;
      if (place !== null && !samePlace(found, place)) return result;
      place = found;
      result = i;
      break;
    }
  }
  return result;
}

/** Index of the first revision whose octets reach `end`, or null where the file ends before. */
export function revisionReaching(all: readonly Revision[], end: number): number | null {
  const found = all.findIndex((revision) => revision.limit >= end);
  return found < 0 ? null : found;
}

interface Group {
  newest: number;
  oldest: number;
  /** The section that stands last in the file. */
  last: XrefSection;
}

/** Newest first. A section that stands after a newer one belongs to the same revision: so are linearized files made (annex F). */
function groupSections(sections: readonly XrefSection[]): Group[] {
  const groups: Group[] = [];
  sections.forEach((section, i) => {
    groups.push({ newest: i, oldest: i, last: section });
    for (let top = groups.at(-1); groups.length > 1; top = groups.at(-1)) {
      const newer = groups.at(-2);
      if (top === undefined || newer === undefined || top.last.at < newer.last.at) break;
      newer.oldest = top.oldest;
      newer.last = top.last;
      groups.pop();
    }
  });
  return groups;
}

const wholeFile = (size: number) => ({ markerEnd: size, end: size, limit: size });

function endOf(view: FileView, sectionEnd: number): { markerEnd: number; end: number; limit: number } {
  const tail = view.source.read(sectionEnd, TAIL);
  mustSpendQuietly(view, tail.length);
  const text = fromLatin1(tail);
  const at = text.indexOf('%%EOF');
  const markerEnd = at < 0 ? sectionEnd + (/^\s*startxref\s+\d+/.exec(text)?.[0].length ?? 0) : sectionEnd + at + 5;
  let end = markerEnd;
  if (text[end - sectionEnd] === '\r') end++;
  if (text[end - sectionEnd] === '\n') end++;
  const limit = spaceAfter(view, end);
  return { markerEnd, end, limit };
}

function spaceAfter(view: FileView, from: number): number {
  const found = attempt(() =>
    readAt(view, from, 'revision', (lexer) => {
      const { bytes } = lexer;
      let at = lexer.at;
      while (at < lexer.end && SPACES.includes(bytes[at] as number)) at++;
      if (at >= lexer.end) lexer.hitEnd = true;
      return lexer.base + at;
    }),
  );
  return found.ok ? found.value : from;
}

function mustSpendQuietly(view: FileView, octets: number): void {
  attempt(() => mustSpend(view.allowance, 'revision', 0, octets / 4));
}

function kindOf(section: XrefSection): Revision['xref'] {
  return section.hybrid === null ? section.kind : 'hybrid';
}

function samePlace(a: XrefEntry, b: XrefEntry | null): boolean {
  if (b === null || a.kind === 'free') return a.kind === 'free' && (b === null || b.kind === 'free');
  if (a.kind === 'file') return b.kind === 'file' && a.at === b.at && a.gen === b.gen;
  return b.kind === 'compressed' && a.stream === b.stream && a.index === b.index;
}

const KNOWN = new WeakMap<PdfDocument, readonly Revision[]>();
const TAIL = 1024;
const SPACES = [0x00, 0x09, 0x0a, 0x0c, 0x0d, 0x20];
