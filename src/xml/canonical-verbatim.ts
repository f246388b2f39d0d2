/** Start tags that stand in the source as the canonical form has them, which are most: they are copied in one piece (Canonical XML 1.0, 2.3). */
import { compareCodePoints } from './canonical-attributes.ts';
import { isSettled, mustRender } from './canonical-namespaces.ts';
import { encoded, type State } from './canonical-state.ts';
import { ATTRIBUTE, COUNT_SHIFT, FLAG, NAME_SHIFT, NODE, type XmlDocument, type XmlName, type XmlNode } from './document.ts';
import { attributeName } from './query.ts';

/**
 * Writes the start tag of an element from the octets of its source, where that will do: no declaration in it or due, one space
 * before each attribute, values in double quotes with nothing to replace. Attributes that stand in another order are put in
 * the canonical one. False, and nothing written, where there is more to it.
 */
export function writeVerbatim(state: State, element: XmlNode): boolean {
  const { document, selection, output } = state;
  if (selection.set !== undefined || element === selection.apex || element === document.root) return false;
  const { nodes, names, bytes } = document;
  const place = element * NODE.size;
  const index = nodes[place + NODE.name] as number;
  if (!isSettled(state, (names[index] as XmlName).prefix)) return false;
  const first = nodes[place + NODE.attributes] as number;
  const count = (nodes[place] as number) >>> COUNT_SHIFT;
  const length = lengthOfAttributes(state, first, count);
  if (length < 0) return false;
  const start = nodes[place + NODE.start] as number;
  const content = nodes[place + NODE.content] as number;
  const closing = bytes[content - 2] === SLASH ? 2 : 1;
  const nameLength = encoded(state, index).start.length;
  if (content - start !== nameLength + length + closing) return false;
  if (count > 1 && !areInOrder(state.document, first, count)) {
    output.range(bytes, start, start + nameLength);
    writeInOrder(state, first, count);
    output.octet(GREATER);
  } else {
    output.range(bytes, start, closing === 2 ? content - 2 : content);
    if (closing === 2) output.octet(GREATER);
  }
  return true;
}

/** Octets of the canonical form of attributes that may be copied, or -1. */
function lengthOfAttributes(state: State, first: number, count: number): number {
  const { attributes, bytes, names } = state.document;
  if (count > FEW) return -1;
  let length = 0;
  for (let i = first; i < first + count; i++) {
    const at = i * ATTRIBUTE.size;
    const flags = attributes[at] as number;
    if ((flags & (FLAG.declaration | FLAG.decode)) !== 0) return -1;
    const valueStart = attributes[at + ATTRIBUTE.valueStart] as number;
    if (bytes[valueStart - 1] !== QUOTE || bytes[(attributes[at + ATTRIBUTE.start] as number) - 1] !== SPACE) return -1;
    const index = flags >> NAME_SHIFT;
    const name = names[index] as XmlName;
    if (name.prefix !== '' && state.method.version === 'exclusive' && mustRender(state, name.prefix)) return -1;
    length += AROUND + encoded(state, index).name.length + (attributes[at + ATTRIBUTE.valueEnd] as number) - valueStart;
  }
  return length;
}

function areInOrder(document: XmlDocument, first: number, count: number): boolean {
  for (let i = first + 1; i < first + count; i++) if (!inOrder(attributeName(document, i - 1), attributeName(document, i))) return false;
  return true;
}

/** The least of those that are left, again and again: they are few, and a sorted copy costs more than all else. */
function writeInOrder({ document, output }: State, first: number, count: number): void {
  const { attributes, bytes } = document;
  let before: XmlName | null = null;
  for (let written = 0; written < count; written++) {
    let least = -1;
    let name: XmlName | null = null;
    for (let i = first; i < first + count; i++) {
      const candidate = attributeName(document, i);
      if (before !== null && !inOrder(before, candidate)) continue;
      if (name !== null && !inOrder(candidate, name)) continue;
      least = i;
      name = candidate;
    }
    before = name;
    const at = least * ATTRIBUTE.size;
    output.range(bytes, (attributes[at + ATTRIBUTE.start] as number) - 1, (attributes[at + ATTRIBUTE.valueEnd] as number) + 1);
  }
}

const inOrder = (a: XmlName, b: XmlName): boolean =>
  (compareCodePoints(a.namespace, b.namespace) || compareCodePoints(a.local, b.local)) < 0;

/** The space before an attribute, its equals sign and quotes. */
const AROUND = 4;
/** Attributes beyond are written one by one. */
const FEW = 16;
const GREATER = 0x3e;
const SLASH = 0x2f;
const SPACE = 0x20;
const QUOTE = 0x22;
