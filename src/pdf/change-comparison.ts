/** Two neighbouring revisions that are compared, and how lists in them are (ISO 32000-2, 7.5.6). */
import type { Budget } from '../base/budget.ts';
import type { Change } from './change.ts';
import type { PdfDocument } from './document.ts';
import { isKind, type PdfObject } from './object.ts';
import type { RoleMap } from './roles.ts';
import { sameObject } from './same.ts';
import type { TreeKey } from './tree.ts';

/** What is compared, and what is found. */
export interface Comparison {
  readonly older: PdfDocument;
  readonly newer: PdfDocument;
  /** Roles in the older one. */
  readonly map: RoleMap;
  /** Whether the newer revision is the first to have this object. */
  readonly isNew: (num: number) => boolean;
  readonly add: (change: Change) => void;
  /** Widgets of signature fields that this revision added or signed, with what their place on a page needs; known once the form is compared. */
  readonly widgets: Map<number, Change>;
  /** Widgets that this revision put on pages. */
  readonly placed: { readonly item: PdfObject; readonly object: string; readonly page: number }[];
  /** What it added to the logical structure. */
  readonly structure: StructureGrowth;
  /** Steps left for comparing trees that are written anew; of all revisions together. */
  readonly comparing: Budget;
}

/** Elements and entries of the trees that a revision added to the logical structure (14.7). */
export interface StructureGrowth {
  readonly elements: { readonly item: PdfObject; readonly object: string }[];
  readonly entries: { readonly key: TreeKey; readonly value: PdfObject }[];
  /** Whether the trees hold all that they held; undefined where they were not compared. */
  treesGrew: boolean | undefined;
}

/** Items of one array that the other has not: references by number and generation, direct objects by value. */
export function compareItems(was: readonly PdfObject[], is: readonly PdfObject[]): ItemChanges {
  const [added, removed] = [missingFrom(was, is), missingFrom(is, was)];
  return { added, removed };
}

/** Whether the items that both arrays hold stand in the same order, and each as often. */
export function sameOrder(was: readonly PdfObject[], is: readonly PdfObject[], { added, removed }: ItemChanges): boolean {
  const [gone, come] = [new Set(removed), new Set(added)];
  const before = was.filter((item) => !gone.has(item));
  const after = is.filter((item) => !come.has(item));
  return before.length === after.length && before.every((item, i) => sameObject(item, after[i] ?? null));
}

export interface ItemChanges {
  readonly added: readonly PdfObject[];
  readonly removed: readonly PdfObject[];
}

/** The items of an array; of anything else none. */
export const itemsOf = (value: PdfObject): readonly PdfObject[] => (isKind(value, 'array') ? value.items : []);

/** How a change names an item of an array: a reference by itself, a direct one by its holder. */
export const nameOf = (item: PdfObject, holder: string): string => (isKind(item, 'ref') ? `${item.num} ${item.gen} R` : holder);

function missingFrom(held: readonly PdfObject[], items: readonly PdfObject[]): PdfObject[] {
  const numbers = new Map<number, number>();
  const direct: PdfObject[] = [];
  for (const item of held) {
    if (isKind(item, 'ref')) numbers.set(item.num, item.gen);
    else if (direct.length < MANY) direct.push(item);
  }
  return items.filter((item) => {
    if (isKind(item, 'ref')) return numbers.get(item.num) !== item.gen;
    return item !== null && !direct.some((value) => sameObject(value, item));
  });
}

/** Direct values are compared one by one; a hostile array ends here and the rest counts as added. */
const MANY = 200;
