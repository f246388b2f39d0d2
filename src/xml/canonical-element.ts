/** One element in canonical form: its start tag with the declarations and attributes that are due, and its end (Canonical XML 1.0, 2.3). */
import { inheritedXmlAttributes } from './canonical-attributes.ts';
import { declare, inclusiveNamespaces, visibleNamespaces, writeChosenNamespaces, writeNamespace } from './canonical-namespaces.ts';
import { encoded, escapedNamespace, type Open, type State, type Undo } from './canonical-state.ts';
import { writeAttributeValue } from './canonical-text.ts';
import { ATTRIBUTE, NAME_SHIFT, NODE, XML_NAMESPACE, type XmlAttribute, type XmlName, type XmlNode } from './document.ts';
import { compareNames } from './name-order.ts';
import { attributeName, attributeRange, attributesOf, attributeValue, parentOf } from './query.ts';

/** Writes the start tag, where the element itself is written, and enters the element among those that are open. */
export function openElement(state: State, element: XmlNode): void {
  const { document, selection, open, output, shown } = state;
  const { nodes } = document;
  const place = element * NODE.size;
  const undo: Undo[] = [];
  const changed = declare(state, element, undo);
  const written = selection.set === undefined || selection.set.hasNode(element);
  const name = written ? encoded(state, nodes[place + NODE.name] as number) : null;
  const orphan = written && !parentWritten(state, element);
  if (name !== null) output.bytes(name.start);
  const attributes = attributesIn(state, element);
  if (selection.set?.hasNamespace !== undefined) writeChosenNamespaces(state, element, written, attributes, undo);
  else if (written) {
    const namespaces =
      state.method.version === 'exclusive'
        ? visibleNamespaces(state, element, attributes, changed, orphan)
        : inclusiveNamespaces(state, changed, orphan);
    for (const prefix of namespaces) writeNamespace(state, prefix, undo);
  }
  writeAttributes(state, element, attributes, orphan);
  if (name !== null) output.octet(GREATER);
  open.push({ after: nodes[place + NODE.after] as number, end: nodes[place + NODE.end] as number, name, undo, shown });
}

/** Leaves the innermost open element, whose end tag is the caller's to write: namespaces are as before it. */
export function leaveElement(state: State): Open {
  const left = state.open.pop() as Open;
  state.shown = left.shown;
  takeBack(left.undo);
  return left;
}

export function takeBack(undo: readonly Undo[]): void {
  for (let i = undo.length - 1; i >= 0; i--) {
    const { map, prefix, before } = undo[i] as Undo;
    if (before === undefined) map.delete(prefix);
    else map.set(prefix, before);
  }
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

/** In canonical order, with those that come down to an element whose parent is not written. */
function writeAttributes(state: State, element: XmlNode, own: readonly XmlAttribute[], orphan: boolean): void {
  const { document, output } = state;
  const inherited = orphan && state.method.version !== 'exclusive' ? inheritedFor(state, element, own) : null;
  if (inherited === null) return writeOwn(state, own);
  const all: Written[] = own.map((attribute) => ({ name: attributeName(document, attribute), attribute, value: null }));
  for (const { local, value } of inherited) {
    const place = all.findIndex(({ name }) => name.prefix === 'xml' && name.local === local);
    if (place >= 0) all.splice(place, 1);
    if (value !== null)
      all.push({ name: { qualified: `xml:${local}`, prefix: 'xml', local, namespace: XML_NAMESPACE, expanded: -1 }, attribute: -1, value });
  }
  all.sort((a, b) => compareNames(a.name, b.name));
  for (const { name, attribute, value } of all) {
    if (value === null) writeAttribute(state, attribute);
    else {
      output.octet(SPACE);
      output.text(name.qualified);
      output.octet(EQUALS);
      output.octet(QUOTE);
      output.text(escapedNamespace(value));
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

const NO_ATTRIBUTES: readonly XmlAttribute[] = [];
const SPACE = 0x20;
const QUOTE = 0x22;
const EQUALS = 0x3d;
const GREATER = 0x3e;
