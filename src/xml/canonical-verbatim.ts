/** Start tags that stand in the source as the canonical form has them, which are most: they are copied in one piece (Canonical XML 1.0, 2.3). */
import { compareCodePoints } from './canonical-attributes.ts';
import { isSettled, mustRender } from './canonical-namespaces.ts';
import { encoded, type State } from './canonical-state.ts';
import { ATTRIBUTE, COUNT_SHIFT, FLAG, NAME_SHIFT, NODE, type XmlName, type XmlNode } from './document.ts';

/**
 * Whether the start tag, up to `>` or `/>`, is written as it stands: no declaration in it or due, attributes in canonical order,
 * one space before each, values in double quotes with nothing to replace. False where that would take longer to tell.
 */
export function isVerbatim(state: State, element: XmlNode): boolean {
  const { document, selection } = state;
  if (selection.set !== undefined || element === selection.apex || element === document.root) return false;
  const { nodes, names, bytes } = document;
  const place = element * NODE.size;
  const index = nodes[place + NODE.name] as number;
  if (!isSettled(state, (names[index] as XmlName).prefix)) return false;
  const length = lengthOfAttributes(state, nodes[place + NODE.attributes] as number, (nodes[place] as number) >>> COUNT_SHIFT);
  if (length < 0) return false;
  const content = nodes[place + NODE.content] as number;
  const closing = bytes[content - 2] === SLASH ? 2 : 1;
  return content - (nodes[place + NODE.start] as number) === encoded(state, index).start.length + length + closing;
}

/** Octets of the canonical form of attributes that may be copied, or -1. */
function lengthOfAttributes(state: State, first: number, count: number): number {
  const { attributes, bytes, names } = state.document;
  let length = 0;
  let before: XmlName | null = null;
  for (let i = first; i < first + count; i++) {
    const at = i * ATTRIBUTE.size;
    const flags = attributes[at] as number;
    if ((flags & (FLAG.declaration | FLAG.decode)) !== 0) return -1;
    const valueStart = attributes[at + ATTRIBUTE.valueStart] as number;
    if (bytes[valueStart - 1] !== QUOTE || bytes[(attributes[at + ATTRIBUTE.start] as number) - 1] !== SPACE) return -1;
    const index = flags >> NAME_SHIFT;
    const name = names[index] as XmlName;
    if (before !== null && !inOrder(before, name)) return -1;
    if (name.prefix !== '' && state.method.version === 'exclusive' && mustRender(state, name.prefix)) return -1;
    before = name;
    length += AROUND + encoded(state, index).name.length + (attributes[at + ATTRIBUTE.valueEnd] as number) - valueStart;
  }
  return length;
}

const inOrder = (a: XmlName, b: XmlName): boolean =>
  (compareCodePoints(a.namespace, b.namespace) || compareCodePoints(a.local, b.local)) < 0;

/** The space before an attribute, its equals sign and quotes. */
const AROUND = 4;
const SLASH = 0x2f;
const SPACE = 0x20;
const QUOTE = 0x22;
