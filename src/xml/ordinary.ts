/**
 * The parse of what most of a document is (XML 1.0, 2.4 and 3.1): plain text, end tags, and start tags in their usual form. It takes
 * a third of the time of the parse by each rule, and refuses nothing: what is unusual, or not well-formed, is left where it stands.
 */
import type { Bytes } from '../base/bytes.ts';
import { CONTENT_CLASS, readWide, TEXT, VALUE_CLASS, type WideCharacter } from './character.ts';
import { COUNT_SHIFT, FLAG, FLAG_SHIFT, FORM, KIND, NAME_SHIFT, NODE, type XmlNode } from './document.ts';
import type { XmlLimits } from './limits.ts';
import { type NameTable, PREFIX, type WrittenName } from './name-table.ts';
import type { Tape } from './tape.ts';

/** Where a parse stands. */
export interface Place {
  readonly bytes: Bytes;
  readonly limits: XmlLimits;
  readonly table: NameTable;
  readonly tape: Tape;
  readonly wide: WideCharacter;
  at: number;
  /** The innermost open element; 0: none. */
  open: XmlNode;
  depth: number;
  /** Names of the open elements. */
  readonly opened: WrittenName[];
  /** How many namespaces were bound before each of them. */
  readonly bounds: number[];
}

/** Goes on from {@link Place.at} to the first thing that is not ordinary, or to the end of the document element. */
export function readOrdinary(place: Place): void {
  const { bytes, limits, table, tape, opened, bounds } = place;
  let at = place.at;
  let open = place.open;
  let depth = place.depth;
  let { nodes } = tape;
  let nodeCount = tape.nodeCount;
  while (open !== 0 && nodeCount < limits.nodes) {
    const record = nodeCount * SIZE;
    if (record === nodes.length) nodes = tape.growNodes();
    if (bytes[at] !== LESS) {
      const form = text(place, at);
      if (form < 0) break;
      nodeCount++;
      nodes[record] = TEXT_NODE | form;
      nodes[record + PARENT] = open;
      nodes[record + AFTER] = nodeCount;
      nodes[record + START] = at;
      at = place.at;
      nodes[record + END] = at;
    } else if (bytes[at + 1] === SLASH) {
      const end = endTag(bytes, at, opened[depth - 1] as WrittenName);
      if (end < 0) break;
      at = end;
      const bound = bounds[--depth] as number;
      if (table.bound > bound) table.restore(bound);
      const opening = open * SIZE;
      nodes[opening + AFTER] = nodeCount;
      nodes[opening + END] = at;
      open = nodes[opening + PARENT] as number;
    } else {
      const end = startTag(place, at, depth, nodeCount, nodes);
      if (end < 0) break;
      nodes[record + PARENT] = open;
      nodes[record + START] = at;
      at = end;
      if (bytes[at - 2] === SLASH) {
        nodes[record + AFTER] = ++nodeCount;
        nodes[record + END] = at;
      } else {
        bounds[depth++] = table.bound;
        open = nodeCount++;
      }
    }
  }
  tape.nodeCount = nodeCount;
  place.at = at;
  place.open = open;
  place.depth = depth;
}

/** Text without references and carriage returns: what is found out about it, or -1. The place goes to its end. */
function text(place: Place, start: number): number {
  const { bytes, limits, wide } = place;
  const size = bytes.length;
  let form = UNCHANGED;
  let i = start;
  for (; ; i++) {
    // Four at a time: most of a document is long text.
    while (i < size - 4 && plainFour(bytes, i)) i += 4;
    while (i < size && CONTENT[bytes[i] as number] === PLAIN) i++;
    const kind = i < size ? (CONTENT[bytes[i] as number] as number) : ILLEGAL;
    if (kind === OTHER) form &= ~AS_WRITTEN;
    else if (kind === WIDE) {
      readWide(bytes, i, wide);
      i += wide.octets - 1;
      form |= WIDE_TEXT;
    } else break;
  }
  if (bytes[i] !== LESS || i - start > limits.text) return -1;
  place.at = i;
  return form;
}

/** The end tag of an element of this name, without white space: the place after it, or -1. */
function endTag(bytes: Bytes, start: number, name: WrittenName): number {
  const end = start + 2 + name.length;
  let i = start + 2;
  for (let expected = name.start; i < end && bytes[i] === bytes[expected]; i++) expected++;
  return i < end || bytes[i] !== GREATER ? -1 : i + 1;
}

/**
 * A start tag, or that of an empty element: names in ASCII, single spaces, values in double quotes with nothing to replace. Writes of
 * the node what is in the tag. Gives the place after it, or -1: then nothing was added.
 */
function startTag(place: Place, start: number, depth: number, node: XmlNode, nodes: Int32Array): number {
  const { bytes, limits, table, tape, opened } = place;
  const name = depth < limits.depth ? table.read(start + 1) : null;
  if (name === null) return -1;
  const index = table.resolve(name);
  if (index < 0) return -1;
  const first = tape.attributeCount;
  const { prefixId } = name;
  let form = prefixId === (opened[depth - 1] as WrittenName).prefixId ? NEAT | UNCHANGED : NEAT | AS_WRITTEN;
  let i = start + 1 + name.length;
  let before: WrittenName | null = null;
  let prefixed = 0;
  while (bytes[i] === SPACE) {
    const own = table.read(i + 1);
    const end = own === null || own.seen === node ? -1 : attribute(place, own, i + 1);
    if (own === null || end < 0) return giveBack(tape, first);
    own.seen = node;
    if (own.prefixId > NO_PREFIX) {
      prefixed++;
      if (own.prefixId !== XML_PREFIX && own.prefixId !== prefixId) form &= ~PARENTS_PREFIX;
    }
    if (before !== null && !table.follows(own, before)) form &= ~AS_WRITTEN;
    before = own;
    i = end;
  }
  const count = tape.attributeCount - first;
  // Two prefixes may stand for the same namespace.
  if ((prefixed > 1 && (form & AS_WRITTEN) === 0) || count > limits.attributes) return giveBack(tape, first);
  if (bytes[i] === SLASH) {
    form &= ~AS_WRITTEN;
    i++;
  }
  if (bytes[i] !== GREATER) return giveBack(tape, first);
  const record = node * SIZE;
  nodes[record] = ELEMENT_NODE | form | (count << COUNT_PLACE);
  nodes[record + NAME] = index;
  nodes[record + ATTRIBUTES] = first;
  nodes[record + CONTENT_START] = i + 1;
  opened[depth] = name;
  return i + 1;
}

/** An attribute whose name starts at `start`: the place after it, or -1. */
function attribute({ bytes, limits, tape, table, wide }: Place, name: WrittenName, start: number): number {
  const size = bytes.length;
  const index = table.resolveAttribute(name);
  const equals = start + name.length;
  if (index < 0 || bytes[equals] !== EQUALS || bytes[equals + 1] !== DOUBLE) return -1;
  const value = equals + 2;
  let flags = index << NAME_PLACE;
  let end = value;
  for (; ; end++) {
    while (end < size && VALUE[bytes[end] as number] === PLAIN) end++;
    if ((bytes[end] as number) >= 0x80) {
      readWide(bytes, end, wide);
      end += wide.octets - 1;
      flags |= WIDE_VALUE;
    } else if (bytes[end] !== SINGLE) break;
  }
  if (bytes[end] !== DOUBLE || end - value > limits.value) return -1;
  tape.addAttribute(flags, start, value, end);
  return end + 1;
}

function giveBack(tape: Tape, attributeCount: number): -1 {
  tape.attributeCount = attributeCount;
  return -1;
}

const plainFour = (bytes: Bytes, at: number): boolean =>
  ((CONTENT[bytes[at] as number] as number) |
    (CONTENT[bytes[at + 1] as number] as number) |
    (CONTENT[bytes[at + 2] as number] as number) |
    (CONTENT[bytes[at + 3] as number] as number)) ===
  PLAIN;

// Constants of this module become part of the machine code; those of another, and members of its objects, are read each time.
const { size: SIZE, parent: PARENT, after: AFTER, start: START, end: END, name: NAME, attributes: ATTRIBUTES } = NODE;
const CONTENT_START = NODE.content;
const TEXT_NODE = KIND.text;
const ELEMENT_NODE = KIND.element;
const COUNT_PLACE = COUNT_SHIFT;
const NAME_PLACE = NAME_SHIFT;
const { neat: NEAT, asWritten: AS_WRITTEN, parentsPrefix: PARENTS_PREFIX } = FORM;
const UNCHANGED = AS_WRITTEN | PARENTS_PREFIX;
const WIDE_VALUE = FLAG.wide;
const WIDE_TEXT = FLAG.wide << FLAG_SHIFT;
const { none: NO_PREFIX, xml: XML_PREFIX } = PREFIX;
const { plain: PLAIN, wide: WIDE, illegal: ILLEGAL, other: OTHER } = TEXT;
const CONTENT = CONTENT_CLASS;
const VALUE = VALUE_CLASS;
const LESS = 0x3c;
const GREATER = 0x3e;
const SLASH = 0x2f;
const SPACE = 0x20;
const EQUALS = 0x3d;
const DOUBLE = 0x22;
const SINGLE = 0x27;
