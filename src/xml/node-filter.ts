/** Node-sets that XPath expressions leave of another: the XPath transform and XPath Filter 2.0 (XMLDSig 1.1, 6.6.3; XPath Filter 2.0, 3). */
import { attempt, type Parsed, unreadable } from '../base/parsed.ts';
import type { NodeSelection, NodeSet } from './canonicalize.ts';
import { ATTRIBUTE, FLAG, KIND, KIND_MASK, NODE, type XmlDocument, type XmlNode } from './document.ts';
import { afterOf, attributeRange, isElement } from './query.ts';
import type { XPath } from './xpath.ts';

/** The nodes of a selection where the expression holds. Comments are only in where the selection has them. */
export function filtered(document: XmlDocument, selection: NodeSelection, comments: boolean, path: XPath): Parsed<NodeSelection> {
  return attempt(() => {
    const nodes = new Uint8Array(document.nodeCount);
    const attributes = new Uint8Array(document.attributeCount);
    const { model } = path;
    eachNode(document, selection, comments, (node) => {
      // Text that goes on the one before shares its fate.
      nodes[node] = (model.continues(node) ? nodes[node - 1] === 1 : path.holds(node)) ? 1 : 0;
      if (isElement(document, node))
        eachAttribute(document, node, (attribute) => {
          if (selection.set?.hasAttribute(attribute) === false) return;
          attributes[attribute] = (path.uniform ? nodes[node] === 1 : path.holds(model.attributeNode(attribute))) ? 1 : 0;
        });
    });
    return { ...selection, set: chosen(nodes, attributes, selection.set, path.uniform ? null : path) };
  });
}

function chosen(nodes: Uint8Array, attributes: Uint8Array, before: NodeSet | undefined, path: XPath | null): NodeSet {
  const set = {
    hasNode: (node: XmlNode) => nodes[node] === 1,
    hasAttribute: (attribute: number) => attributes[attribute] === 1,
  };
  if (path === null && before?.hasNamespace === undefined) return set;
  return {
    ...set,
    hasNamespace: (element, prefix) =>
      (before === undefined || (before.hasNamespace?.(element, prefix) ?? before.hasNode(element))) &&
      (path === null ? nodes[element] === 1 : path.holds(path.model.namespaceNode(element, prefix))),
  };
}

/** One step of XPath Filter 2.0: what its nodes and everything below them do to the selection. */
export interface SubtreeFilter {
  readonly filter: 'intersect' | 'subtract' | 'union';
  readonly path: XPath;
}

/** The selection cut down by all filters, one after another. */
export function filteredBySubtrees(
  document: XmlDocument,
  selection: NodeSelection,
  comments: boolean,
  filters: readonly SubtreeFilter[],
): Parsed<NodeSelection> {
  return attempt(() => {
    const found = filters.map((one) => ({ ...one, nodes: one.path.nodes(0) ?? unreadable('XPath', 0, 'a node-set is needed') }));
    const cutOut = selection.set === undefined ? elementsCutOut(document, found) : null;
    if (cutOut !== null) return { ...selection, without: new Set([...(selection.without ?? []), ...cutOut]) };
    const subtrees = found.map((one) => ({ ...one, ...subtreesOf(document, one) }));
    const passes = (holds: (one: (typeof subtrees)[number]) => boolean): boolean => {
      let is = true;
      for (const one of subtrees) is = one.filter === 'union' ? is || holds(one) : is && holds(one) === (one.filter === 'intersect');
      return is;
    };
    const nodes = new Uint8Array(document.nodeCount);
    const attributes = new Uint8Array(document.attributeCount);
    eachNode(document, selection, comments, (node) => {
      nodes[node] = passes((one) => one.inside[node] === 1) ? 1 : 0;
      if (isElement(document, node))
        eachAttribute(document, node, (attribute) => {
          if (selection.set?.hasAttribute(attribute) === false) return;
          const passed = passes((one) => one.inside[node] === 1 || one.single.has(one.path.model.attributeNode(attribute)));
          attributes[attribute] = passed ? 1 : 0;
        });
    });
    const set = chosen(nodes, attributes, selection.set, null);
    if (subtrees.every(({ single }) => single.size === 0)) return { ...selection, set };
    const { set: before } = selection;
    const hasNamespace = (element: XmlNode, prefix: string): boolean =>
      (before === undefined || (before.hasNamespace?.(element, prefix) ?? before.hasNode(element))) &&
      passes((one) => one.inside[element] === 1 || one.single.has(one.path.model.namespaceNode(element, prefix)));
    return { ...selection, set: { ...set, hasNamespace } };
  });
}

interface FoundByFilter extends SubtreeFilter {
  readonly nodes: readonly number[];
}

/** Elements that filters cut out, where that is all they do. */
function elementsCutOut(document: XmlDocument, found: readonly FoundByFilter[]): readonly XmlNode[] | null {
  const whole = ({ filter, path, nodes }: FoundByFilter): boolean =>
    filter === 'subtract' && nodes.every((node) => path.model.isTree(node) && isElement(document, node));
  return found.every(whole) ? found.flatMap(({ nodes }) => nodes) : null;
}

/** Nodes of an expression with all below them, marked; attributes and namespace nodes that were named by themselves. */
function subtreesOf(document: XmlDocument, { path, nodes: found }: FoundByFilter) {
  const inside = new Uint8Array(document.nodeCount);
  const single = new Set<number>();
  for (const node of found) {
    if (!path.model.isTree(node)) single.add(node);
    else if (inside[node] === 0) {
      let end = afterOf(document, node);
      while (path.model.continues(end)) end++;
      inside.fill(1, node, end);
    }
  }
  return { inside, single };
}

/** Nodes of a selection, in document order. */
function eachNode(document: XmlDocument, { apex, without, set }: NodeSelection, comments: boolean, visit: (node: XmlNode) => void): void {
  const end = afterOf(document, apex);
  for (let node = apex; node < end; ) {
    if (without?.has(node)) {
      node = afterOf(document, node);
      continue;
    }
    const kind = (document.nodes[node * NODE.size] as number) & KIND_MASK;
    if ((comments || kind !== KIND.comment) && set?.hasNode(node) !== false) visit(node);
    node++;
  }
}

function eachAttribute(document: XmlDocument, element: XmlNode, visit: (attribute: number) => void): void {
  const { first, count } = attributeRange(document, element);
  for (let attribute = first; attribute < first + count; attribute++) {
    if (((document.attributes[attribute * ATTRIBUTE.size] as number) & FLAG.declaration) === 0) visit(attribute);
  }
}

/** The nodes that an expression gives from the document, as they are: nothing below them comes along. */
export function selectedBy(path: XPath): Parsed<NodeSelection> {
  return attempt(() => {
    const found = new Set(path.nodes(0) ?? unreadable('XPath', 0, 'a node-set is needed'));
    const { model } = path;
    const set: NodeSet = {
      hasNode: (node) => found.has(model.continues(node) ? model.firstText(node) : node),
      hasAttribute: (attribute) => found.has(model.attributeNode(attribute)),
      hasNamespace: (element, prefix) => found.has(model.namespaceNode(element, prefix)),
    };
    return { apex: 0, set };
  });
}
