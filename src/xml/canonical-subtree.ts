/**
 * Whole subtrees in canonical form (Canonical XML 1.0, 2.3). Most nodes are canonical as they stand, and the parse has marked them: all
 * between two that are not is one range of the source, whatever its size.
 */
import { leaveElement, openElement, takeBack } from './canonical-element.ts';
import { visibleNamespaces, writeNamespace } from './canonical-namespaces.ts';
import { encoded, type Open, type State, type Undo } from './canonical-state.ts';
import { writeLeaf } from './canonical-text.ts';
import {
  ATTRIBUTE,
  COUNT_SHIFT,
  FORM,
  KIND,
  KIND_MASK,
  NAME_SHIFT,
  NODE,
  type XmlAttribute,
  type XmlDocument,
  type XmlNode,
} from './document.ts';
import { ranksOf } from './name-order.ts';
import { attributesOf, spanOf } from './query.ts';

/** Writes the subtree of the apex without those that are left out. */
export function writeSubtree(state: State): void {
  const { document, selection, open } = state;
  const { nodes } = document;
  const { apex } = selection;
  const end = nodes[apex * SIZE + AFTER] as number;
  const unchanged = state.method.version === 'exclusive' ? AS_WRITTEN | PARENTS_PREFIX : AS_WRITTEN;
  const omitted = [...(selection.without ?? [])].filter((node) => node >= apex && node < end).sort((a, b) => a - b);
  let next = 0;
  // Octets of the source up to here are written, or are to be left out.
  let at = spanOf(document, apex).start;
  for (let node = apex; ; ) {
    while (open.length > 0 && (open[open.length - 1] as Open).after <= node) at = close(state, at);
    if (node >= end) return;
    while ((omitted[next] ?? end) < node) next++;
    const closing = open[open.length - 1]?.after ?? end;
    const stop = Math.min(closing, omitted[next] ?? end);
    if (node > apex) while (node < stop && ((nodes[node * SIZE] as number) & unchanged) === unchanged) node++;
    if (node === closing) continue;
    const place = node * SIZE;
    const start = nodes[place + START] as number;
    // What is beside the document element has no text between.
    if (nodes[place + PARENT] === 0) at = start;
    if (node === omitted[next]) {
      state.output.range(document.bytes, at, start);
      at = nodes[place + END] as number;
      node = nodes[place + AFTER] as number;
    } else at = writeNode(state, node++, at);
  }
}

/** Writes what comes before a node and the node, of an element the start tag; gives the place to go on at. */
function writeNode(state: State, node: XmlNode, at: number): number {
  const { document, selection, output } = state;
  const { nodes, bytes } = document;
  const place = node * SIZE;
  const flags = nodes[place] as number;
  const kind = flags & MASK;
  if (kind === KIND.document) return at;
  if (kind === ELEMENT && node !== selection.apex && (flags & NEAT) !== 0) {
    const known = writeNeat(state, node, at);
    if (known >= 0) return known;
  }
  output.range(bytes, at, nodes[place + START] as number);
  if (kind === ELEMENT) {
    openElement(state, node);
    return nodes[place + CONTENT] as number;
  }
  writeLeaf(state, node, kind);
  return nodes[place + END] as number;
}

/** A start tag that needs little: declarations put in, attributes put in order, an end tag for an empty element. Below 0: it needs more. */
function writeNeat(state: State, element: XmlNode, at: number): number {
  const { document, output, open, shown } = state;
  const { nodes, bytes } = document;
  const place = element * SIZE;
  const flags = nodes[place] as number;
  const due = dueIn(state, element, flags);
  const count = flags >>> COUNT_PLACE;
  const first = nodes[place + ATTRIBUTES] as number;
  const start = nodes[place + START] as number;
  const content = nodes[place + CONTENT] as number;
  const end = nodes[place + END] as number;
  const empty = content === end;
  // Of a neat element with content there is nothing else why it would not be as written.
  const disordered = count > 1 && (flags & AS_WRITTEN) === 0 && !(empty && areInOrder(state, first, count));
  if (disordered && (due.length > 0 || count > FEW || content - start > SHORT)) return -1;
  const tagEnd = empty ? end - 2 : content;
  if (due.length === 0 && !empty) {
    output.range(bytes, at, tagEnd);
    if (disordered) putInOrder(state, first, count);
    return content;
  }
  const name = encoded(state, nodes[place + NAME] as number);
  const nameEnd = start + name.start.length;
  const undo: Undo[] = [];
  output.range(bytes, at, nameEnd);
  for (const prefix of due) writeNamespace(state, prefix, undo);
  output.range(bytes, nameEnd, tagEnd);
  if (disordered) putInOrder(state, first, count);
  if (!empty) open.push({ after: nodes[place + AFTER] as number, end, name, undo, shown });
  else {
    output.octet(GREATER);
    output.bytes(name.end);
    takeBack(undo);
  }
  return content;
}

/** Prefixes that a neat start tag has to declare: in the inclusive forms none, as it declares nothing itself. */
function dueIn(state: State, element: XmlNode, flags: number): readonly string[] {
  if (state.method.version !== 'exclusive' || (flags & PARENTS_PREFIX) !== 0) return NONE;
  const attributes = flags >>> COUNT_PLACE === 0 ? NO_ATTRIBUTES : attributesOf(state.document, element);
  return visibleNamespaces(state, element, attributes, NONE, false);
}

/** Ends the innermost open element; gives the place to go on at. */
function close(state: State, at: number): number {
  const { document, output } = state;
  const { bytes } = document;
  const { name, end } = leaveElement(state);
  if (name === null) return at;
  if (at < end && bytes[end - name.end.length] === LESS) output.range(bytes, at, end);
  else {
    // An end tag with white space in it, or none.
    output.range(bytes, at, at < end ? bytes.lastIndexOf(LESS, end - 1) : end);
    output.bytes(name.end);
  }
  return end;
}

function areInOrder(state: State, first: XmlAttribute, count: number): boolean {
  const { document } = state;
  state.ranks ??= ranksOf(document);
  const { ranks } = state;
  for (let i = first + 1; i < first + count; i++) if (rankAt(document, ranks, i - 1) > rankAt(document, ranks, i)) return false;
  return true;
}

/** Of the range just written: the least of the attributes that are left, again and again. They are few, and a sorted copy costs more. */
function putInOrder(state: State, first: XmlAttribute, count: number): void {
  const { document, output } = state;
  const { attributes } = document;
  state.ranks ??= ranksOf(document);
  const { ranks } = state;
  let to = (attributes[first * ATTRIBUTE_SIZE + ATTRIBUTE_START] as number) - 1;
  let before = -1;
  for (let written = 0; written < count; written++) {
    let least = -1;
    let rank = ranks.length;
    for (let i = first; i < first + count; i++) {
      const candidate = rankAt(document, ranks, i);
      if (candidate <= before || candidate >= rank) continue;
      least = i;
      rank = candidate;
    }
    before = rank;
    const start = (attributes[least * ATTRIBUTE_SIZE + ATTRIBUTE_START] as number) - 1;
    const end = (attributes[least * ATTRIBUTE_SIZE + VALUE_END] as number) + 1;
    if (to !== start) output.move(to, start, end);
    to += end - start;
  }
}

const rankAt = ({ attributes }: XmlDocument, ranks: Int32Array, attribute: XmlAttribute): number =>
  ranks[(attributes[attribute * ATTRIBUTE_SIZE] as number) >> NAME_PLACE] as number;

const NONE: readonly string[] = [];
const NO_ATTRIBUTES: readonly XmlAttribute[] = [];
/** Attributes and octets of a tag whose attributes are put in order where they are; beyond they are written one by one. */
const FEW = 16;
const SHORT = 4096;
const LESS = 0x3c;
const GREATER = 0x3e;

// Constants of this module: see ordinary.ts.
const { size: SIZE, start: START, end: END, after: AFTER, parent: PARENT, content: CONTENT, name: NAME, attributes: ATTRIBUTES } = NODE;
const { size: ATTRIBUTE_SIZE, start: ATTRIBUTE_START, valueEnd: VALUE_END } = ATTRIBUTE;
const { neat: NEAT, asWritten: AS_WRITTEN, parentsPrefix: PARENTS_PREFIX } = FORM;
const ELEMENT = KIND.element;
const MASK = KIND_MASK;
const COUNT_PLACE = COUNT_SHIFT;
const NAME_PLACE = NAME_SHIFT;
