/** What a later revision changed in the logical structure: an element for each new signature field may come, nothing else (ISO 32000-2, 14.7). */
import { change, never } from './change.ts';
import { type Comparison, compareItems, nameOf, sameOrder } from './change-comparison.ts';
import { catalogOf, dictAt, type PdfDocument, resolve, valueAt } from './document.ts';
import { asDict, asInteger, asName, entry, isKind, isName, type PdfDict, type PdfObject, type PdfRef } from './object.ts';
import { sameObject } from './same.ts';
import { leavesOf, STRUCTURE_TREES } from './tree.ts';

/** An entry of the root of the structure (14.7.2, table 354). */
export function structureRootChanged(to: Comparison, object: string, key: string, was: PdfDict, is: PdfDict): void {
  if (key === 'K') return childrenChanged(to, object, entry(was, key), entry(is, key));
  if (key === 'ParentTree' || key === 'IDTree') return structureTreesChanged(to, object);
  if (key === 'ParentTreeNextKey' && asInteger(valueAt(to.newer, is, key)) !== null) return;
  refuse(to, object);
}

/** An entry of an element of the structure (14.7.2, table 355). */
export function structureElementChanged(to: Comparison, object: string, key: string, was: PdfDict, is: PdfDict): void {
  if (key === 'K') childrenChanged(to, object, entry(was, key), entry(is, key));
  else refuse(to, object);
}

/** What stands below an element: all that stood there stays, in its order. What is new is judged when the form has been compared. */
export function childrenChanged(to: Comparison, object: string, before: PdfObject, after: PdfObject): void {
  const [was, is] = [childrenOf(to.older, before), childrenOf(to.newer, after)];
  const items = compareItems(was, is);
  if (items.removed.length > 0 || !sameOrder(was, is, items)) return refuse(to, object);
  for (const item of items.added) to.structure.elements.push({ item, object: nameOf(item, object) });
}

/**
 * The parent tree and the tree of identifiers (14.7.2): they are compared by what they lead to, once for a revision, for
 * some writers write them anew as a whole. Each entry leads to what it led to; new ones are judged when the form has been compared.
 */
export function structureTreesChanged(to: Comparison, object: string): void {
  to.structure.treesGrew ??= treesGrew(to);
  if (!to.structure.treesGrew) refuse(to, object);
}

/** Judges the elements that were added: each has to be the element of a signature field that this revision added. */
export function judgeStructure(to: Comparison): void {
  const { elements, entries } = to.structure;
  const accepted = new Map<number, PdfDict>();
  for (const { item, object } of elements) {
    const found = formElementOf(to, item);
    const placed = found === null ? undefined : to.widgets.get(found.widget.num);
    if (found === null || placed === undefined) {
      refuse(to, object);
      continue;
    }
    accepted.set(found.element.num, asDict(resolve(to.newer, found.widget)) ?? found.dictionary);
    to.add(change('structure-element-added', object, placed.needs, 'the structure of the document got an element for a signature field'));
  }
  for (const { key, value } of entries) {
    const widget = isKind(value, 'ref') ? accepted.get(value.num) : undefined;
    // The tree of identifiers has strings for keys; in the parent tree a widget tells its own.
    const own = widget !== undefined && (typeof key === 'string' || asInteger(valueAt(to.newer, widget, 'StructParent')) === key);
    if (!own) refuse(to, nameOf(value, 'trailer'));
  }
}

interface FormElement {
  readonly element: PdfRef;
  readonly dictionary: PdfDict;
  readonly widget: PdfRef;
}

/** A new element of type Form whose only content is an annotation (14.7.5.3, 14.8.4); null for anything else. */
function formElementOf(to: Comparison, item: PdfObject): FormElement | null {
  const { newer } = to;
  if (!isKind(item, 'ref') || !to.isNew(item.num)) return null;
  const dictionary = resolve(newer, item);
  if (!isKind(dictionary, 'dict') || dictionary.repeated.length > 0) return null;
  if ([...dictionary.entries.keys()].some((key) => !ELEMENT_KEYS.has(key))) return null;
  if (asName(valueAt(newer, dictionary, 'S')) !== 'Form') return null;
  const above = entry(dictionary, 'P');
  if (!isKind(above, 'ref') || !to.map.of.get(above.num)?.some(({ kind }) => PARENTS.has(kind))) return null;
  const children = childrenOf(newer, entry(dictionary, 'K'));
  const reference = children.length === 1 ? asDict(resolve(newer, children[0])) : null;
  if (reference === null || !isName(valueAt(newer, reference, 'Type'), 'OBJR')) return null;
  const widget = entry(reference, 'Obj');
  return isKind(widget, 'ref') ? { element: item, dictionary, widget } : null;
}

/** /K is one child or an array of them. */
function childrenOf(document: PdfDocument, value: PdfObject): readonly PdfObject[] {
  const resolved = resolve(document, value);
  if (isKind(resolved, 'array')) return resolved.items;
  return resolved === null ? [] : [value];
}

function treesGrew(to: Comparison): boolean {
  const [was, is] = [structureOf(to.older), structureOf(to.newer)];
  if (was === null || is === null) return false;
  return STRUCTURE_TREES.every(({ entry: place, leaf }) => {
    const before = leavesOf(to.older, entry(was, place), leaf, to.comparing);
    const after = leavesOf(to.newer, entry(is, place), leaf, to.comparing);
    if (before === null || after === null) return false;
    for (const [key, value] of before) if (!sameLeaf(to, value, after.get(key) ?? null)) return false;
    for (const [key, value] of after) if (!before.has(key)) to.structure.entries.push({ key, value });
    return true;
  });
}

function structureOf(document: PdfDocument): PdfDict | null {
  const catalog = catalogOf(document);
  return catalog === null ? null : dictAt(document, catalog, 'StructTreeRoot');
}

/** The same element, or an array of the same elements, wherever it stands. */
function sameLeaf({ older, newer }: Comparison, was: PdfObject, is: PdfObject): boolean {
  const [before, after] = [resolve(older, was), resolve(newer, is)];
  if (isKind(before, 'array')) return isKind(after, 'array') && sameObject(before, after);
  return sameObject(was, is);
}

const refuse = (to: Comparison, object: string): void =>
  to.add(never('structure-changed', object, 'the structure of the document was changed by more than an element for a new signature field'));

/** What such an element may say of itself; no text that takes the place of what is shown (/ActualText, /E), no attributes. */
const ELEMENT_KEYS: ReadonlySet<string> = new Set(['Type', 'S', 'P', 'K', 'Pg', 'ID', 'T', 'Lang', 'Alt', 'NS']);
const PARENTS: ReadonlySet<string> = new Set(['structure-root', 'structure-element']);
