/** The page tree (ISO 32000-2, 7.7.3). */
import { budget, spend } from '../base/budget.ts';
import { malformed, type Parsed, parsed } from '../base/parsed.ts';
import { catalogOf, dictAt, itemsAt, type PdfDocument, resolve, valueAt } from './document.ts';
import { LIMITS } from './limits.ts';
import { asDict, asInteger, asNumber, entry, isKind, isName, type PdfDict, type PdfObject, type PdfRef } from './object.ts';

/** A page with what it inherits (7.7.3.4). */
export interface Page {
  /** 0 is the first. */
  readonly index: number;
  /** Null for a page written directly into /Kids. */
  readonly ref: PdfRef | null;
  readonly dict: PdfDict;
  /** Lower left and upper right corner, ordered; null where no box of four numbers is told. */
  readonly mediaBox: Rectangle | null;
  /** The media box where none is told. */
  readonly cropBox: Rectangle | null;
  /** Degrees clockwise: 0, 90, 180 or 270. */
  readonly rotate: number;
  readonly resources: PdfDict | null;
}

export type Rectangle = readonly [left: number, bottom: number, right: number, top: number];

/** How many pages: as the root of the tree tells, and as counted by walking it. */
export interface PageCount {
  /** /Count of the root, null where it is no number. */
  readonly told: number | null;
  /** Null where the tree is too large, too deep or a part of it cannot be read. */
  readonly walked: number | null;
}

/** Counts the pages. `malformed` where there is no page tree. */
export function pageCount(document: PdfDocument): Parsed<PageCount> {
  const root = pagesRoot(document);
  if (root === null) return malformed('page tree', 0, document.locked?.reason ?? 'there is none');
  const told = asInteger(valueAt(document, root, 'Count'));
  let walked = 0;
  const state = { complete: true };
  for (const _ of walk(document, state)) walked++;
  return parsed({ told, walked: state.complete ? walked : null });
}

/** The pages in order, as far as the tree can be read. */
export function* pages(document: PdfDocument): Generator<Page> {
  let index = 0;
  for (const leaf of walk(document, { complete: true })) yield pageOf(document, leaf, index++);
}

/** The page objects in order; null where there are more than `most`, one has no number of its own, or the tree cannot be read whole. */
export function pageReferences(document: PdfDocument, most: number): readonly PdfRef[] | null {
  const state = { complete: true };
  const found: PdfRef[] = [];
  for (const { ref } of walk(document, state)) {
    if (ref === null || found.length >= most) return null;
    found.push(ref);
  }
  return state.complete ? found : null;
}

/** Page `index` (0 is the first); `malformed` where there is none. */
export function pageAt(document: PdfDocument, index: number): Parsed<Page> {
  let at = 0;
  for (const leaf of walk(document, { complete: true })) if (at++ === index) return parsed(pageOf(document, leaf, index));
  return malformed('page tree', 0, `there is no page ${index + 1}`);
}

/** The place of a page object among the pages, or null. The tree is walked once for each document. */
export function pageIndexOf(document: PdfDocument, target: PdfRef): number | null {
  let numbers = INDEXES.get(document);
  if (numbers === undefined) {
    numbers = new Map();
    let index = 0;
    for (const { ref } of walk(document, { complete: true })) {
      if (ref !== null && !numbers.has(ref.num)) numbers.set(ref.num, index);
      index++;
    }
    INDEXES.set(document, numbers);
  }
  return numbers.get(target.num) ?? null;
}

/** Four numbers as a rectangle with ordered corners (7.9.5), or null. */
export function rectangleOf(document: PdfDocument, value: PdfObject): Rectangle | null {
  const resolved = resolve(document, value);
  if (!isKind(resolved, 'array') || resolved.items.length < 4) return null;
  const [a = null, b = null, c = null, d = null] = resolved.items.slice(0, 4).map((item) => asNumber(resolve(document, item)));
  if (a === null || b === null || c === null || d === null) return null;
  return [Math.min(a, c), Math.min(b, d), Math.max(a, c), Math.max(b, d)];
}

/** Whether a rectangle has no area. */
export const isEmpty = ([left, bottom, right, top]: Rectangle): boolean => left === right || bottom === top;

interface Node {
  readonly ref: PdfRef | null;
  readonly dict: PdfDict;
  readonly above: Node | null;
  readonly depth: number;
}

function pagesRoot(document: PdfDocument): PdfDict | null {
  const catalog = catalogOf(document);
  return catalog === null ? null : dictAt(document, catalog, 'Pages');
}

/** The leaves in order; a node met again (but a page listed twice) is a loop and left out. */
function* walk(document: PdfDocument, state: { complete: boolean }): Generator<Node> {
  const root = pagesRoot(document);
  if (root === null) return;
  const catalog = catalogOf(document);
  const rootRef = catalog === null ? null : entry(catalog, 'Pages');
  const nodes = budget('page tree nodes', LIMITS.pageNodes);
  const seen = new Set<number>();
  if (isKind(rootRef, 'ref')) seen.add(rootRef.num);
  const stack: { items: readonly PdfObject[]; next: number; node: Node }[] = [];
  const enter = (node: Node): boolean => {
    const items = itemsAt(document, node.dict, 'Kids');
    if (items === null) return false;
    if (node.depth >= LIMITS.treeDepth) state.complete = false;
    else stack.push({ items, next: 0, node });
    return true;
  };
  const top: Node = { ref: isKind(rootRef, 'ref') ? rootRef : null, dict: root, above: null, depth: 0 };
  if (!enter(top)) {
    // A catalogue that names its only page in place of a tree.
    if (isName(valueAt(document, root, 'Type'), 'Page')) yield top;
    return;
  }
  for (let level = stack.at(-1); level !== undefined; level = stack.at(-1)) {
    const kid = level.items[level.next++];
    if (kid === undefined) {
      stack.pop();
      continue;
    }
    if (!spend(nodes)) {
      state.complete = false;
      return;
    }
    const ref = isKind(kid, 'ref') ? kid : null;
    const dict = asDict(resolve(document, kid));
    if (dict === null) {
      // Others count a page that is missing, and so does the root.
      if (ref !== null) state.complete = false;
      continue;
    }
    const node: Node = { ref, dict, above: level.node, depth: level.node.depth + 1 };
    if (!dict.entries.has('Kids')) yield node;
    else if (ref !== null && seen.has(ref.num)) state.complete = false;
    else {
      if (ref !== null) seen.add(ref.num);
      if (!enter(node)) yield node;
    }
  }
}

function pageOf(document: PdfDocument, leaf: Node, index: number): Page {
  const inherited = (key: string): PdfObject => {
    for (let node: Node | null = leaf; node !== null; node = node.above) {
      const value = valueAt(document, node.dict, key);
      if (value !== null) return value;
    }
    return null;
  };
  const mediaBox = rectangleOf(document, inherited('MediaBox'));
  const rotate = asInteger(inherited('Rotate')) ?? 0;
  return {
    index,
    ref: leaf.ref,
    dict: leaf.dict,
    mediaBox,
    cropBox: rectangleOf(document, inherited('CropBox')) ?? mediaBox,
    rotate: rotate % 90 === 0 ? ((rotate % 360) + 360) % 360 : 0,
    resources: asDict(inherited('Resources')),
  };
}

const INDEXES = new WeakMap<PdfDocument, Map<number, number>>();
