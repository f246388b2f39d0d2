/** Puts the widgets of new fields into the logical structure of a tagged document (ISO 32000-2, 14.7 and 14.8). */
import { budget } from '../base/budget.ts';
import { add, current, currentDict, put, type Update } from './append.ts';
import { currentCatalog } from './catalog.ts';
import { claimsStructure } from './conformance.ts';
import type { PdfDocument } from './document.ts';
import { isSigned } from './field.ts';
import { LIMITS } from './limits.ts';
import { array, asInteger, dict, entry, integer, isKind, name, type PdfDict, type PdfObject, type PdfRef, withEntries } from './object.ts';
import { leavesOf, STRUCTURE_TREES } from './tree.ts';

/**
 * The root of the structure of a document that says it is tagged (14.7.2, 14.8.1), or null. Null too for a signed document,
 * where many validators take any change of the structure for an attack, unless it claims that its structure is complete; and
 * even then where trees of the structure are damaged: nobody could tell later that they only grew.
 */
export function structureRoot(update: Update): PdfRef | null {
  const catalog = currentCatalog(update);
  const marks = currentDict(update, entry(catalog, 'MarkInfo'));
  const root = entry(catalog, 'StructTreeRoot');
  if (marks === null || current(update, entry(marks, 'Marked')) !== true) return null;
  const structure = current(update, root);
  if (!isKind(root, 'ref') || !isKind(structure, 'dict')) return null;
  const { document } = update;
  return isSigned(document) && !(claimsStructure(document) && hasTrees(document, structure)) ? null : root;
}

/**
 * Adds an element of type Form that holds a widget, below the only element at the top of the structure or at the top itself,
 * and gives the key of the parent tree that leads to it: the widget's /StructParent (14.7.5.4).
 */
export function addFormElement(update: Update, root: PdfRef, widget: PdfRef, page: PdfRef | null): PdfObject {
  const above = topElement(update, root) ?? root;
  const reference = dict({ Type: name('OBJR'), Obj: widget });
  const element = add(update, dict({ Type: name('StructElem'), S: name('Form'), P: above, Pg: page ?? undefined, K: reference }));
  addChild(update, above, element);
  return addParent(update, root, element);
}

function hasTrees(document: PdfDocument, structure: PdfDict): boolean {
  const left = budget('entries of trees', LIMITS.objectNumber);
  return STRUCTURE_TREES.every(({ entry: place, leaf }) => leavesOf(document, entry(structure, place), leaf, left) !== null);
}

/** The element that all others stand below, where there is one. */
function topElement(update: Update, root: PdfRef): PdfRef | null {
  const children = entry(currentDict(update, root) ?? NOTHING, 'K');
  const listed = current(update, children);
  const only = isKind(listed, 'array') ? (listed.items.length === 1 ? listed.items[0] : null) : children;
  const element = current(update, only ?? null);
  return isKind(only ?? null, 'ref') && isKind(element, 'dict') && isKind(entry(element, 'S'), 'name') ? (only as PdfRef) : null;
}

/** /K is one child or an array of them, which may be an object of its own. */
function addChild(update: Update, above: PdfRef, child: PdfRef): void {
  const now = currentDict(update, above) ?? NOTHING;
  const children = entry(now, 'K');
  const listed = current(update, children);
  const before = isKind(listed, 'array') ? listed.items : listed === null ? [] : [children];
  const longer = array([...before, child]);
  if (isKind(children, 'ref') && isKind(listed, 'array')) put(update, children, longer);
  else put(update, above, withEntries(now, { K: longer }));
}

/** Adds an entry at the end of the parent tree, a number tree (7.9.7), and gives its key. */
function addParent(update: Update, root: PdfRef, element: PdfRef): PdfObject {
  const now = currentDict(update, root) ?? NOTHING;
  const place = entry(now, 'ParentTree');
  const tree = currentDict(update, place) ?? NOTHING;
  const key = integer(Math.max(asInteger(current(update, entry(now, 'ParentTreeNextKey'))) ?? 0, lastKey(update, tree) + 1));
  const kids = current(update, entry(tree, 'Kids'));
  const leaf = { Nums: array([key, element]) };
  const longer = isKind(kids, 'array')
    ? withEntries(tree, { Kids: array([...kids.items, add(update, dict({ Limits: array([key, key]), ...leaf }))]) })
    : withEntries(tree, { Nums: array([...itemsOf(update, entry(tree, 'Nums')), ...leaf.Nums.items]) });
  const next = { ParentTreeNextKey: integer(key.value + 1) };
  if (isKind(place, 'ref') && currentDict(update, place) !== null) {
    put(update, place, longer);
    put(update, root, withEntries(now, next));
  } else put(update, root, withEntries(now, { ParentTree: add(update, longer), ...next }));
  return key;
}

/** The last key of a number tree, -1 where it has none: found by its last nodes. */
function lastKey(update: Update, tree: PdfDict): number {
  let node: PdfDict | null = tree;
  for (let depth = 0; node !== null && depth < LIMITS.treeDepth; depth++) {
    const [keys, kids]: (readonly PdfObject[])[] = ['Nums', 'Kids'].map((key) => itemsOf(update, entry(node ?? NOTHING, key)));
    if (kids === undefined || kids.length === 0) return asInteger(current(update, keys?.at(-2))) ?? -1;
    node = currentDict(update, kids.at(-1));
  }
  return -1;
}

function itemsOf(update: Update, value: PdfObject): readonly PdfObject[] {
  const listed = current(update, value);
  return isKind(listed, 'array') ? listed.items : [];
}

const NOTHING = dict({});
