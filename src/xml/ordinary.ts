/**
 * The parse of what most of a document is (XML 1.0, 2.4 and 3.1): plain text, end tags, and start tags in their usual form. It takes
 * less than half as long as the parse by each rule, and refuses nothing: what is unusual, or not well-formed, is left where it stands.
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
  const { bytes, tape, limits } = place;
  let at = place.at;
  while (place.open !== 0 && tape.nodeCount < limits.nodes) {
    const next = bytes[at] !== LESS ? text(place, at) : bytes[at + 1] === SLASH ? endTag(place, at) : startTag(place, at);
    if (next < 0) break;
    at = next;
  }
  place.at = at;
}

/** Text without references and carriage returns. Gives its end, or -1. */
function text({ bytes, limits, tape, wide, open }: Place, start: number): number {
  const size = bytes.length;
  let form = UNCHANGED;
  let i = start;
  for (; ; i++) {
    // Four at a time: most of a document is long text.
    while (i < size - 4 && plainFour(bytes, i)) i += 4;
    while (i < size && CONTENT_CLASS[bytes[i] as number] === TEXT.plain) i++;
    const kind = i < size ? (CONTENT_CLASS[bytes[i] as number] as number) : TEXT.illegal;
    if (kind === TEXT.other) form &= ~FORM.asWritten;
    else if (kind === TEXT.wide) {
      readWide(bytes, i, wide);
      i += wide.octets - 1;
      form |= FLAG.wide << FLAG_SHIFT;
    } else break;
  }
  if (bytes[i] !== LESS || i - start > limits.text) return -1;
  tape.addNode(KIND.text | form, open, start);
  tape.closeNode(tape.nodeCount - 1, i);
  return i;
}

/** The end tag of the open element, without white space. Gives the place after it, or -1. */
function endTag(place: Place, start: number): number {
  const { bytes, tape, table, open } = place;
  const { start: name, length } = place.opened[place.depth - 1] as WrittenName;
  const end = start + 2 + length;
  let i = start + 2;
  for (let expected = name; i < end && bytes[i] === bytes[expected]; i++) expected++;
  if (i < end || bytes[i] !== GREATER) return -1;
  place.depth--;
  const bound = place.bounds[place.depth] as number;
  if (table.bound > bound) table.restore(bound);
  place.open = tape.nodes[open * NODE.size + NODE.parent] as number;
  tape.closeNode(open, i + 1);
  return i + 1;
}

/** A start tag, or that of an empty element: names in ASCII, single spaces, values in double quotes with nothing to replace. */
function startTag(place: Place, start: number): number {
  const { bytes, limits, tape, table, depth } = place;
  const name = table.read(start + 1);
  if (name === null || depth >= limits.depth || name.length > limits.name) return -1;
  const index = table.resolve(name, false);
  if (index < 0 || name.prefixId === PREFIX.xmlns) return -1;
  const first = tape.attributeCount;
  const node = tape.nodeCount;
  const parent = place.opened[depth - 1] as WrittenName;
  let form = name.prefixId === parent.prefixId ? FORM.neat | UNCHANGED : FORM.neat | FORM.asWritten;
  let i = start + 1 + name.length;
  let before: WrittenName | null = null;
  let prefixed = 0;
  while (bytes[i] === SPACE) {
    const own = table.read(i + 1);
    if (own === null || own.declares || own.length > limits.name || own.seen === node) return giveBack(tape, first);
    own.seen = node;
    const end = attribute(place, own, i + 1);
    if (end < 0) return giveBack(tape, first);
    if (own.prefixId > PREFIX.none) {
      prefixed++;
      if (own.prefixId !== PREFIX.xml && own.prefixId !== name.prefixId) form &= ~FORM.parentsPrefix;
    }
    if (before !== null && !table.follows(own, before)) form &= ~FORM.asWritten;
    before = own;
    i = end;
  }
  const count = tape.attributeCount - first;
  // Two prefixes may stand for the same namespace.
  if ((prefixed > 1 && (form & FORM.asWritten) === 0) || count > limits.attributes) return giveBack(tape, first);
  const empty = bytes[i] === SLASH;
  i += empty ? 2 : 1;
  if (bytes[i - 1] !== GREATER) return giveBack(tape, first);
  if (empty) form &= ~FORM.asWritten;
  tape.addNode(KIND.element | form | (count << COUNT_SHIFT), place.open, start);
  const { nodes } = tape;
  const record = node * NODE.size;
  nodes[record + NODE.name] = index;
  nodes[record + NODE.attributes] = first;
  nodes[record + NODE.content] = i;
  if (empty) tape.closeNode(node, i);
  else {
    place.bounds[depth] = table.bound;
    place.opened[depth] = name;
    place.depth = depth + 1;
    place.open = node;
  }
  return i;
}

/** What follows the name of an attribute that starts at `start`. Gives the place after it, or -1. */
function attribute({ bytes, limits, tape, table, wide }: Place, name: WrittenName, start: number): number {
  const size = bytes.length;
  const index = table.resolve(name, true);
  const equals = start + name.length;
  if (index < 0 || bytes[equals] !== EQUALS || bytes[equals + 1] !== DOUBLE) return -1;
  const value = equals + 2;
  let flags = index << NAME_SHIFT;
  let end = value;
  for (; ; end++) {
    while (end < size && VALUE_CLASS[bytes[end] as number] === TEXT.plain) end++;
    if ((bytes[end] as number) >= 0x80) {
      readWide(bytes, end, wide);
      end += wide.octets - 1;
      flags |= FLAG.wide;
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
  ((CONTENT_CLASS[bytes[at] as number] as number) |
    (CONTENT_CLASS[bytes[at + 1] as number] as number) |
    (CONTENT_CLASS[bytes[at + 2] as number] as number) |
    (CONTENT_CLASS[bytes[at + 3] as number] as number)) ===
  TEXT.plain;

const UNCHANGED = FORM.asWritten | FORM.parentsPrefix;
const LESS = 0x3c;
const GREATER = 0x3e;
const SLASH = 0x2f;
const SPACE = 0x20;
const EQUALS = 0x3d;
const DOUBLE = 0x22;
const SINGLE = 0x27;
