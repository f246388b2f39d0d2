/** Name trees and number trees, read as strictly as all readers would find the same in them (ISO 32000-2, 7.9.6 and 7.9.7). */
import { type Budget, spend } from '../base/budget.ts';
import { toHex } from '../base/text.ts';
import { itemsAt, type PdfDocument, resolve } from './document.ts';
import { asBytes, asInteger, isKind, type PdfObject } from './object.ts';

/** A key of a number tree, or in hexadecimal one of a name tree. */
export type TreeKey = number | string;

/** What tells the two kinds of tree apart. */
export interface Leaf {
  readonly entry: 'Nums' | 'Names';
  readonly key: (value: PdfObject) => TreeKey | null;
}

/**
 * The leaves of a number tree or name tree by key; null where its keys do not rise or are not in the limits of
 * the nodes above them, where nodes hold anything else, or there are too many: then readers may find other ones.
 */
export function leavesOf(document: PdfDocument, root: PdfObject, leaf: Leaf, left: Budget): ReadonlyMap<TreeKey, PdfObject> | null {
  const found = new Map<TreeKey, PdfObject>();
  const stack: { value: PdfObject; limits: Limits | null }[] = resolve(document, root) === null ? [] : [{ value: root, limits: null }];
  let last: TreeKey | null = null;
  for (let next = stack.pop(); next !== undefined; next = stack.pop()) {
    const node = nodeOf(document, next.value, leaf);
    if (node === null || !spend(left, 1 + node.kids.length + node.items.length)) return null;
    if (node.limits !== null && !node.limits.every((limit) => isWithin(limit, next.limits))) return null;
    const limits = node.limits ?? next.limits;
    for (let i = node.kids.length - 1; i >= 0; i--) stack.push({ value: node.kids[i] ?? null, limits });
    for (let i = 0; i < node.items.length; i += 2) {
      const key = leaf.key(resolve(document, node.items[i]));
      if (key === null || (last !== null && key <= last) || !isWithin(key, limits)) return null;
      found.set(key, node.items[i + 1] ?? null);
      last = key;
    }
  }
  return found;
}

interface Node {
  readonly kids: readonly PdfObject[];
  /** Keys and values, one after the other. */
  readonly items: readonly PdfObject[];
  readonly limits: Limits | null;
}

type Limits = readonly [least: TreeKey, most: TreeKey];

/** Null where it is no node as the standard has it. */
function nodeOf(document: PdfDocument, value: PdfObject, leaf: Leaf): Node | null {
  const node = resolve(document, value);
  if (!isKind(node, 'dict') || node.repeated.length > 0) return null;
  const [kids, items, limits] = ['Kids', leaf.entry, 'Limits'].map((key) => itemsAt(document, node, key));
  const odd = [...node.entries.keys()].some((key) => key !== 'Kids' && key !== leaf.entry && key !== 'Limits');
  const count = [kids, items, limits].filter((one) => one !== null).length;
  if (odd || count < node.entries.size || (kids && items) || (items?.length ?? 0) % 2 !== 0) return null;
  const [least = null, most = null, ...more] = (limits ?? []).map((item) => leaf.key(resolve(document, item)));
  if (limits !== null && limits !== undefined && (least === null || most === null || more.length > 0)) return null;
  return { kids: kids ?? [], items: items ?? [], limits: least === null || most === null ? null : [least, most] };
}

const isWithin = (key: TreeKey, limits: Limits | null): boolean => limits === null || (key >= limits[0] && key <= limits[1]);

const NUMBERS: Leaf = { entry: 'Nums', key: asInteger };
const NAMES: Leaf = {
  entry: 'Names',
  key: (value) => {
    const bytes = asBytes(value);
    return bytes === null ? null : toHex(bytes);
  },
};

/** The trees of the logical structure (14.7.2, table 354). */
export const STRUCTURE_TREES: readonly { readonly entry: 'ParentTree' | 'IDTree'; readonly leaf: Leaf }[] = [
  { entry: 'ParentTree', leaf: NUMBERS },
  { entry: 'IDTree', leaf: NAMES },
];
