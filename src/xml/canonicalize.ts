/**
 * Canonical XML 1.0 and 1.1 and Exclusive XML Canonicalization 1.0, with and without comments (W3C REC-xml-c14n-20010315,
 * REC-xml-c14n11-20080502, REC-xml-exc-c14n-20020718): one pass over the nodes, in proportion to what is written.
 */
import type { Bytes } from '../base/bytes.ts';
import { utf8 } from '../base/text.ts';
import { compareCodePoints, inheritedXmlAttributes } from './canonical-attributes.ts';
import {
  declare,
  inclusiveNamespaces,
  isSettled,
  visibleNamespaces,
  writeChosenNamespaces,
  writeNamespace,
} from './canonical-namespaces.ts';
import {
  type CanonicalMethod,
  encoded,
  escapedNamespace,
  type NodeSelection,
  namesOf,
  type Open,
  type State,
  type Undo,
} from './canonical-state.ts';
import { writeAttributeValue, writeInstruction, writeText, writeWithoutReturns } from './canonical-text.ts';
import { writeVerbatim } from './canonical-verbatim.ts';
import {
  ATTRIBUTE,
  KIND,
  KIND_MASK,
  NAME_SHIFT,
  NODE,
  type XmlAttribute,
  type XmlDocument,
  type XmlName,
  type XmlNode,
} from './document.ts';
import { collected, OctetOutput } from './octet-output.ts';
import { afterOf, attributeName, attributeRange, attributesOf, attributeValue, nameOf, parentOf, spanOf } from './query.ts';

export type { CanonicalMethod, NodeSelection, NodeSet } from './canonical-state.ts';

/** The canonical octets. Comments are left out unless the method keeps them. */
export const canonicalize = (document: XmlDocument, selection: NodeSelection, method: CanonicalMethod): Bytes =>
  collected((write) => canonicalizeTo(document, selection, method, write));

/** The same piece by piece: for a digest. A piece is only valid until `write` returns. */
export function canonicalizeTo(
  document: XmlDocument,
  selection: NodeSelection,
  method: CanonicalMethod,
  write: (piece: Bytes) => void,
): void {
  const { start, end } = spanOf(document, selection.apex);
  const output = new OctetOutput(write, end - start + MARGIN);
  const state: State = {
    document,
    selection,
    method,
    output,
    prefixes: new Set((method.prefixes ?? []).map((prefix) => (prefix === '#default' ? '' : prefix))),
    scope: new Map(),
    rendered: new Map(),
    open: [],
    shown: NOTHING,
    names: namesOf(document),
    settled: null,
  };
  for (const ancestor of ancestorsOf(document, selection.apex)) declare(state, ancestor, null);
  walk(state);
  output.flush();
}

function walk(state: State): void {
  const { document, selection, open } = state;
  const { nodes } = document;
  const end = afterOf(document, selection.apex);
  for (let node = selection.apex; node < end; ) {
    while (open.length > 0 && (open[open.length - 1] as Open).after <= node) close(state);
    if (selection.without?.has(node)) {
      node = afterOf(document, node);
      continue;
    }
    const kind = (nodes[node * NODE.size] as number) & KIND_MASK;
    if (kind === KIND.element) openElement(state, node);
    else if (kind !== KIND.document && (selection.set === undefined || selection.set.hasNode(node))) writeLeaf(state, node, kind);
    node++;
  }
  while (open.length > 0) close(state);
}

function close(state: State): void {
  const { document, open, output } = state;
  const { name, end, undo, shown } = open.pop() as Open;
  state.shown = shown;
  if (name !== null) {
    const { bytes } = document;
    const at = end - name.end.length;
    // As written, unless with white space or for an empty element.
    if (bytes[at] === LESS && bytes[at + 1] === SLASH) output.range(bytes, at, end);
    else output.bytes(name.end);
  }
  if (undo.length > 0) state.settled = null;
  for (let i = undo.length - 1; i >= 0; i--) {
    const { map, prefix, before } = undo[i] as Undo;
    if (before === undefined) map.delete(prefix);
    else map.set(prefix, before);
  }
}

function openElement(state: State, element: XmlNode): void {
  const { document, selection, open, output, shown } = state;
  const { nodes } = document;
  const place = element * NODE.size;
  const after = nodes[place + NODE.after] as number;
  const end = nodes[place + NODE.end] as number;
  if (writeVerbatim(state, element)) {
    open.push({ after, end, name: encoded(state, nodes[place + NODE.name] as number), undo: NO_UNDO, shown });
    return;
  }
  const undo: Undo[] = [];
  const changed = declare(state, element, undo);
  const written = selection.set === undefined || selection.set.hasNode(element);
  const name = written ? encoded(state, nodes[place + NODE.name] as number) : null;
  const orphan = written && !parentWritten(state, element);
  if (name !== null) output.bytes(name.start);
  const attributes = attributesIn(state, element);
  if (selection.set?.hasNamespace !== undefined) writeChosenNamespaces(state, element, written, attributes, undo);
  else if (written && !(changed.length === 0 && !orphan && isPlain(state, element, attributes))) {
    const namespaces =
      state.method.version === 'exclusive'
        ? visibleNamespaces(state, element, attributes, changed, orphan)
        : inclusiveNamespaces(state, changed, orphan);
    for (const prefix of namespaces) writeNamespace(state, prefix, undo);
  }
  writeAttributes(state, element, attributes, orphan);
  if (name !== null) output.octet(GREATER);
  open.push({ after, end, name, undo, shown });
}

/** Whether no name of an element without declarations needs one: a quick look that most elements pass. */
function isPlain(state: State, element: XmlNode, attributes: readonly XmlAttribute[]): boolean {
  const { document, selection } = state;
  if (selection.set !== undefined || !isSettled(state, nameOf(document, element).prefix)) return false;
  for (const attribute of attributes) if (attributeName(document, attribute).prefix !== '') return false;
  return true;
}

/** Whether the parent is in the node-set too: else attributes of the xml namespace may come down (Canonical XML, 2.4). */
function parentWritten({ document, selection }: State, element: XmlNode): boolean {
  if (element === selection.apex || (selection.apex === 0 && element === document.root)) return false;
  return selection.set === undefined || selection.set.hasNode(parentOf(document, element));
}

function attributesIn({ document, selection }: State, element: XmlNode): readonly XmlAttribute[] {
  const { count } = attributeRange(document, element);
  if (count === 0) return NO_ATTRIBUTES;
  const all = attributesOf(document, element);
  return selection.set === undefined ? all : all.filter((attribute) => selection.set?.hasAttribute(attribute));
}

/** By namespace, then by local name; those without a namespace first (Canonical XML, 2.2). */
function writeAttributes(state: State, element: XmlNode, own: readonly XmlAttribute[], orphan: boolean): void {
  const { document, output } = state;
  const inherited = orphan && state.method.version !== 'exclusive' ? inheritedFor(state, element, own) : null;
  if (inherited === null) return writeOwn(state, own);
  const all: Written[] = own.map((attribute) => ({ name: attributeName(document, attribute), attribute, value: null }));
  for (const { local, value } of inherited) {
    const place = all.findIndex(({ name }) => name.prefix === 'xml' && name.local === local);
    if (place >= 0) all.splice(place, 1);
    if (value !== null)
      all.push({ name: { qualified: `xml:${local}`, prefix: 'xml', local, namespace: XML, expanded: -1 }, attribute: -1, value });
  }
  all.sort((a, b) => compareNames(a.name, b.name));
  for (const { name, attribute, value } of all) {
    if (value === null) writeAttribute(state, attribute);
    else {
      output.octet(SPACE);
      output.bytes(utf8(name.qualified));
      output.octet(EQUALS);
      output.octet(QUOTE);
      output.bytes(escapedNamespace(value));
      output.octet(QUOTE);
    }
  }
}

function writeOwn(state: State, own: readonly XmlAttribute[]): void {
  const { document } = state;
  if (own.length < 2) for (const attribute of own) writeAttribute(state, attribute);
  else {
    const sorted = [...own].sort((a, b) => compareNames(attributeName(document, a), attributeName(document, b)));
    for (const attribute of sorted) writeAttribute(state, attribute);
  }
}

function writeAttribute(state: State, attribute: XmlAttribute): void {
  const { document, output } = state;
  output.octet(SPACE);
  output.bytes(encoded(state, (document.attributes[attribute * ATTRIBUTE.size] as number) >> NAME_SHIFT).name);
  output.octet(EQUALS);
  output.octet(QUOTE);
  writeAttributeValue(document, attribute, output);
  output.octet(QUOTE);
}

const compareNames = (a: XmlName, b: XmlName): number => compareCodePoints(a.namespace, b.namespace) || compareCodePoints(a.local, b.local);

interface Written {
  readonly name: XmlName;
  readonly attribute: XmlAttribute;
  /** Set for what was inherited. */
  readonly value: string | null;
}

function inheritedFor({ document, selection, method }: State, element: XmlNode, own: readonly XmlAttribute[]) {
  const found = inheritedXmlAttributes(document, element, {
    joinBases: method.version === '1.1',
    isWritten: (ancestor) =>
      ancestor !== 0 && ancestor >= selection.apex && (selection.set?.hasNode(ancestor) ?? selection.apex <= ancestor),
    own: (selection.set === undefined ? own : attributesOf(document, element)).flatMap((attribute) => {
      const { prefix, local } = attributeName(document, attribute);
      return prefix === 'xml' ? [{ local, value: attributeValue(document, attribute) }] : [];
    }),
  });
  return found.length === 0 ? null : found;
}

/** Text, comments and processing instructions; outside the document element each stands on a line of its own (2.3). */
function writeLeaf(state: State, node: XmlNode, kind: number): void {
  const { document, output, method } = state;
  if (kind === KIND.comment && !method.comments) return;
  if (kind === KIND.text || kind === KIND.cdata) return writeText(document, node, output);
  const outside = parentOf(document, node) === 0;
  const { start, end } = spanOf(document, node);
  const before = outside && start < spanOf(document, document.root).start;
  if (outside && !before) output.octet(LINE_FEED);
  if (kind === KIND.comment) writeWithoutReturns(document, start, end, output);
  else writeInstruction(document, node, output);
  if (before) output.octet(LINE_FEED);
}

/** From the outermost down, without the element itself. */
function ancestorsOf(document: XmlDocument, node: XmlNode): XmlNode[] {
  const found: XmlNode[] = [];
  if (node === 0) return found;
  for (let at = parentOf(document, node); at !== 0; at = parentOf(document, at)) found.push(at);
  return found.reverse();
}

const NO_UNDO: readonly Undo[] = [];
const NOTHING: ReadonlyMap<string, string> = new Map();
const NO_ATTRIBUTES: readonly XmlAttribute[] = [];
/** Declarations and end tags that the source has not. */
const MARGIN = 512;
const XML = 'http://www.w3.org/XML/1998/namespace';
const LESS = 0x3c;
const SLASH = 0x2f;
const LINE_FEED = 0x0a;
const SPACE = 0x20;
const QUOTE = 0x22;
const EQUALS = 0x3d;
const GREATER = 0x3e;
