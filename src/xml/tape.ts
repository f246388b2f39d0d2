/** The nodes and attributes of a document while it is parsed: two arrays of numbers that grow. A class, because it is written in place. */
import { ATTRIBUTE, NODE, type XmlAttribute, type XmlNode } from './document.ts';

export class Tape {
  nodes: Int32Array;
  nodeCount = 0;
  attributes: Int32Array;
  attributeCount = 0;

  /** With room for what a document of so many octets mostly has; in small ones there is room for more than that. */
  constructor(octets: number) {
    const dense = octets < SMALL ? 1 : 0;
    this.nodes = new Int32Array(NODE.size * (64 + (octets >> (5 - dense))));
    this.attributes = new Int32Array(ATTRIBUTE.size * (64 + (octets >> (7 - 2 * dense))));
  }

  addNode(flags: number, parent: XmlNode, start: number): XmlNode {
    const node = this.nodeCount++;
    const at = node * NODE.size;
    if (at + NODE.size > this.nodes.length) this.nodes = grown(this.nodes);
    const { nodes } = this;
    nodes[at] = flags;
    nodes[at + NODE.parent] = parent;
    nodes[at + NODE.start] = start;
    return node;
  }

  /** A node ends here, and every node that was added since is inside it. */
  closeNode(node: XmlNode, end: number): void {
    this.nodes[node * NODE.size + NODE.after] = this.nodeCount;
    this.nodes[node * NODE.size + NODE.end] = end;
  }

  addAttribute(flags: number, start: number, valueStart: number, valueEnd: number): XmlAttribute {
    const attribute = this.attributeCount++;
    const at = attribute * ATTRIBUTE.size;
    if (at + ATTRIBUTE.size > this.attributes.length) this.attributes = grown(this.attributes);
    const { attributes } = this;
    attributes[at] = flags;
    attributes[at + ATTRIBUTE.start] = start;
    attributes[at + ATTRIBUTE.valueStart] = valueStart;
    attributes[at + ATTRIBUTE.valueEnd] = valueEnd;
    return attribute;
  }
}

function grown(array: Int32Array): Int32Array {
  const larger = new Int32Array(array.length * 2);
  larger.set(array);
  return larger;
}

const SMALL = 1 << 20;
