/** The data model of XPath over a parsed document: nodes, attributes and namespace nodes as numbers (XPath 1.0, 5). */
import { type Budget, mustSpend } from '../base/budget.ts';
import { ATTRIBUTE, FLAG, KIND, KIND_MASK, NODE, XML_NAMESPACE, type XmlAttribute, type XmlDocument, type XmlNode } from './document.ts';
import {
  afterOf,
  attributeName,
  attributeRange,
  attributeValue,
  declarationsOf,
  isElement,
  nameOf,
  parentOf,
  spanOf,
  targetOf,
  textOf,
} from './query.ts';
import type { NodeTest, Step } from './xpath-parse.ts';

/**
 * A node of XPath: nodes of the document by their own number, then its attributes, then namespace nodes, one number for each
 * pair of element and prefix. Text and CDATA that follow each other are one text node, which is the first of them.
 */
export type XPathNode = number;

/** What one evaluation knows of its document. A resource: it spends its budget and keeps what it found. */
export class XPathModel {
  readonly document: XmlDocument;
  readonly budget: Budget;
  private readonly firstAttribute: number;
  private readonly firstNamespace: number;
  private owners: Int32Array | null = null;
  private readonly prefixes: string[] = [];
  private readonly prefixIndex = new Map<string, number>();
  private readonly scopes = new Map<XmlNode, ReadonlyMap<string, string>>();

  constructor(document: XmlDocument, budget: Budget) {
    this.document = document;
    this.budget = budget;
    this.firstAttribute = document.nodeCount;
    this.firstNamespace = document.nodeCount + document.attributeCount;
    const { attributes, attributeCount } = document;
    this.addPrefix('xml');
    for (let attribute = 0; attribute < attributeCount; attribute++) {
      if (((attributes[attribute * ATTRIBUTE.size] as number) & FLAG.declaration) === 0) continue;
      const { prefix, local } = attributeName(document, attribute);
      this.addPrefix(prefix === '' ? '' : local);
    }
  }

  spend(cost = 1): void {
    mustSpend(this.budget, 'XPath', 0, cost);
  }

  isTree(node: XPathNode): node is XmlNode {
    return node < this.firstAttribute;
  }

  attributeNode(attribute: XmlAttribute): XPathNode {
    return this.firstAttribute + attribute;
  }

  /** The attribute of a node that is one, else -1. */
  attributeOf(node: XPathNode): XmlAttribute {
    return node >= this.firstAttribute && node < this.firstNamespace ? node - this.firstAttribute : -1;
  }

  namespaceNode(element: XmlNode, prefix: string): XPathNode {
    return this.firstNamespace + element * this.prefixes.length + (this.prefixIndex.get(prefix) ?? 0);
  }

  parent(node: XPathNode): XPathNode | -1 {
    if (node === 0) return -1;
    if (this.isTree(node)) return parentOf(this.document, node);
    return this.owner(node);
  }

  /** The element of an attribute or namespace node. */
  private owner(node: XPathNode): XmlNode {
    if (node >= this.firstNamespace) return Math.floor((node - this.firstNamespace) / this.prefixes.length);
    this.owners ??= ownersOf(this.document);
    return this.owners[node - this.firstAttribute] as number;
  }

  private prefixOf(node: XPathNode): string {
    return this.prefixes[(node - this.firstNamespace) % this.prefixes.length] as string;
  }

  /** Expanded name (5); empty where a node has none. */
  name(node: XPathNode): { readonly namespace: string; readonly local: string; readonly qualified: string } {
    const { document } = this;
    if (node >= this.firstNamespace) {
      const prefix = this.prefixOf(node);
      return { namespace: '', local: prefix, qualified: prefix };
    }
    if (!this.isTree(node)) return attributeName(document, node - this.firstAttribute);
    if (isElement(document, node)) return nameOf(document, node);
    if (this.kind(node) !== KIND.pi) return NAMELESS;
    const target = targetOf(document, node);
    return { namespace: '', local: target, qualified: target };
  }

  /** String-value (5). */
  text(node: XPathNode): string {
    const { document } = this;
    if (node >= this.firstNamespace) return this.scope(this.owner(node)).get(this.prefixOf(node)) ?? '';
    if (!this.isTree(node)) return attributeValue(document, node - this.firstAttribute);
    const { start, end } = spanOf(document, node);
    this.spend(1 + ((end - start) >> 5) + afterOf(document, node) - node);
    if (!this.isText(node)) return textOf(document, node);
    let text = textOf(document, node);
    for (let more = node + 1; this.continues(more); more++) text += textOf(document, more);
    return text;
  }

  /** Whether this is a text that goes on the one before it: no node of its own. */
  continues(node: XmlNode): boolean {
    const { nodes, nodeCount } = this.document;
    if (node <= 1 || node >= nodeCount || !this.isText(node) || !this.isText(node - 1)) return false;
    return nodes[node * NODE.size + NODE.parent] === nodes[(node - 1) * NODE.size + NODE.parent];
  }

  /** The text node that a text belongs to. */
  firstText(node: XmlNode): XmlNode {
    let first = node;
    while (this.continues(first)) first--;
    return first;
  }

  /** Namespaces in scope of an element, `xml` among them. */
  scope(element: XmlNode): ReadonlyMap<string, string> {
    const known = this.scopes.get(element);
    if (known !== undefined) return known;
    const missing: XmlNode[] = [];
    let above: ReadonlyMap<string, string> | undefined;
    for (let at = element; at !== 0 && above === undefined; at = parentOf(this.document, at)) {
      above = this.scopes.get(at);
      if (above === undefined) missing.push(at);
    }
    let scope = above ?? new Map([['xml', XML_NAMESPACE]]);
    for (const at of missing.reverse()) {
      scope = this.extended(scope, at);
      this.scopes.set(at, scope);
    }
    return scope;
  }

  private extended(above: ReadonlyMap<string, string>, element: XmlNode): ReadonlyMap<string, string> {
    this.spend();
    const declared = declarationsOf(this.document, element);
    if (declared.length === 0) return above;
    this.spend(above.size + declared.length);
    const scope = new Map(above);
    for (const { prefix, namespace } of declared) {
      if (namespace === '') scope.delete(prefix);
      else scope.set(prefix, namespace);
    }
    return scope;
  }

  matches(node: XPathNode, axis: Step['axis'], test: NodeTest): boolean {
    if (test.kind === 'node') return true;
    const tree = this.isTree(node);
    const kind = tree ? this.kind(node) : -1;
    if (test.kind === 'text') return kind === KIND.text || kind === KIND.cdata;
    if (test.kind === 'comment') return kind === KIND.comment;
    if (test.kind === 'instruction') return kind === KIND.pi && (test.target === null || targetOf(this.document, node) === test.target);
    if (test.kind !== 'name') return false;
    // The principal type of the axis: attribute, namespace, else element.
    if (axis === 'attribute' ? this.attributeOf(node) < 0 : axis === 'namespace' ? node < this.firstNamespace : kind !== KIND.element)
      return false;
    if (test.namespace === null) return true;
    const { namespace, local } = this.name(node);
    return namespace === test.namespace && (test.local === null || local === test.local);
  }

  /** Nodes of an axis in its own order: backwards for those that look back (2.2). */
  visit(node: XPathNode, axis: Step['axis'], found: (node: XPathNode) => void): void {
    const { document } = this;
    const tree = this.isTree(node);
    switch (axis) {
      case 'self':
        return this.found(node, found);
      case 'parent':
        return node === 0 ? undefined : this.found(this.parent(node), found);
      case 'ancestor':
      case 'ancestor-or-self':
        for (let at = axis === 'ancestor' ? this.parent(node) : node; at >= 0; at = this.parent(at)) this.found(at, found);
        return;
      case 'child':
        if (tree) this.siblings(node + 1, afterOf(document, node), found);
        return;
      case 'descendant':
      case 'descendant-or-self':
        if (axis === 'descendant-or-self') this.found(node, found);
        if (tree) this.range(node + 1, afterOf(document, node), found);
        return;
      case 'following':
        return this.range(tree ? afterOf(document, node) : this.owner(node) + 1, document.nodeCount, found);
      case 'following-sibling':
        if (tree && node !== 0) this.siblings(afterOf(document, node), afterOf(document, parentOf(document, node)), found);
        return;
      case 'preceding':
      case 'preceding-sibling':
        return this.backwards(node, axis, found);
      case 'attribute':
        if (tree && isElement(document, node)) this.attributes(node, found);
        return;
      case 'namespace':
        if (tree && isElement(document, node))
          for (const prefix of this.scope(node).keys()) this.found(this.namespaceNode(node, prefix), found);
        return;
    }
  }

  private backwards(node: XPathNode, axis: 'preceding' | 'preceding-sibling', found: (node: XPathNode) => void): void {
    const { document } = this;
    if (!this.isTree(node) && axis === 'preceding-sibling') return;
    const from = this.isTree(node) ? node : this.owner(node);
    if (from === 0) return;
    if (axis === 'preceding-sibling') {
      const before: XmlNode[] = [];
      this.siblings(parentOf(document, from) + 1, from, (at) => void before.push(at));
      for (const at of before.reverse()) found(at);
      return;
    }
    let ancestor = parentOf(document, from);
    for (let at = from - 1; at > 0; at--) {
      if (at === ancestor) ancestor = parentOf(document, at);
      else if (!this.continues(at)) this.found(at, found);
      else this.spend();
    }
  }

  private found(node: XPathNode, found: (node: XPathNode) => void): void {
    this.spend();
    found(node);
  }

  private range(from: XmlNode, end: XmlNode, found: (node: XPathNode) => void): void {
    for (let at = from; at < end; at++) if (!this.continues(at)) this.found(at, found);
  }

  private siblings(from: XmlNode, end: XmlNode, found: (node: XPathNode) => void): void {
    for (let at = from; at < end; at = afterOf(this.document, at)) {
      if (this.continues(at)) this.spend();
      else this.found(at, found);
    }
  }

  private attributes(element: XmlNode, found: (node: XPathNode) => void): void {
    const { first, count } = attributeRange(this.document, element);
    for (let attribute = first; attribute < first + count; attribute++) {
      if (((this.document.attributes[attribute * ATTRIBUTE.size] as number) & FLAG.declaration) === 0)
        this.found(this.attributeNode(attribute), found);
    }
  }

  /** Document order (5): an element, its namespace nodes, its attributes, its children. */
  compare(a: XPathNode, b: XPathNode): number {
    const [ownerA, ownerB] = [this.isTree(a) ? a : this.owner(a), this.isTree(b) ? b : this.owner(b)];
    return ownerA - ownerB || this.rank(a) - this.rank(b) || a - b;
  }

  private rank(node: XPathNode): number {
    return this.isTree(node) ? 0 : node >= this.firstNamespace ? 1 : 2;
  }

  private kind(node: XmlNode): number {
    return (this.document.nodes[node * NODE.size] as number) & KIND_MASK;
  }

  private isText(node: XmlNode): boolean {
    const kind = this.kind(node);
    return kind === KIND.text || kind === KIND.cdata;
  }

  private addPrefix(prefix: string): void {
    if (!this.prefixIndex.has(prefix)) this.prefixIndex.set(prefix, this.prefixes.push(prefix) - 1);
  }
}

function ownersOf(document: XmlDocument): Int32Array {
  const owners = new Int32Array(document.attributeCount);
  for (let node = 1; node < document.nodeCount; node++) {
    if (!isElement(document, node)) continue;
    const { first, count } = attributeRange(document, node);
    owners.fill(node, first, first + count);
  }
  return owners;
}

const NAMELESS = { namespace: '', local: '', qualified: '' } as const;
