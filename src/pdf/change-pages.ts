/** Pages that a revision added, removed or moved, by their numbers (ISO 32000-2, 7.7.3): nothing allows that after a signature. */
import { never } from './change.ts';
import type { Comparison } from './change-comparison.ts';
import type { PdfDict, PdfRef } from './object.ts';
import { pageReferences } from './page.ts';
import { changedKeys } from './same.ts';

/** Whether a change of a node of the page tree is told by the pages that came, went or moved. They are told once for a revision. */
export function pagesChanged(to: Comparison, was: PdfDict, is: PdfDict): boolean {
  if (changedKeys(was, is).some((key) => key !== 'Kids' && key !== 'Count')) return false;
  const known = TOLD.get(to);
  if (known !== undefined) return known;
  const told = tell(to);
  TOLD.set(to, told);
  return told;
}

function tell(to: Comparison): boolean {
  const [before, after] = [pageReferences(to.older, MANY), pageReferences(to.newer, MANY)];
  if (before === null || after === null) return false;
  const [added, removed] = [missingFrom(before, after), missingFrom(after, before)];
  for (const [page, ref] of added) tellOne(to, 'page-added', ref, page, `page ${page} was added`);
  for (const [page, ref] of removed) tellOne(to, 'page-removed', ref, page, `page ${page} of the signed document was removed`);
  const gone = new Set(removed.map(([page]) => page));
  const come = new Set(added.map(([page]) => page));
  const stayed = before.filter((_, i) => !gone.has(i + 1));
  const kept = after.map((ref, i) => [i + 1, ref] as const).filter(([page]) => !come.has(page));
  const moved = kept.find(([, ref], i) => ref.num !== stayed[i]?.num);
  if (moved) tellOne(to, 'page-moved', moved[1], moved[0], `page ${moved[0]} stood in another place in the signed document`);
  return added.length + removed.length > 0 || moved !== undefined;
}

const tellOne = (to: Comparison, kind: string, { num, gen }: PdfRef, page: number, why: string): void =>
  to.add({ ...never(kind, `${num} ${gen} R`, why), page });

/** Pages of `all` that `known` has not, with their numbers from 1. */
function missingFrom(known: readonly PdfRef[], all: readonly PdfRef[]): (readonly [page: number, ref: PdfRef])[] {
  const numbers = new Set(known.map(({ num }) => num));
  return all.flatMap((ref, i) => (numbers.has(ref.num) ? [] : [[i + 1, ref] as const]));
}

const TOLD = new WeakMap<Comparison, boolean>();
/** Pages of a document of which each is looked for. */
const MANY = 5000;
