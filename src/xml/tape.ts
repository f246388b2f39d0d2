/** The nodes and attributes of a document while it is parsed: two arrays of numbers that grow. A class, because it is written in place. */
import { ATTRIBUTE, NODE, type XmlAttribute, type XmlNode } from './document.ts';

export class Tape {
  nodes: Numbers = spareNodes;
  nodeCount = 0;
  attributes: Numbers = spareAttributes;
  attributeCount = 0;

  addNode(flags: number, parent: XmlNode, start: number): XmlNode {
    const node = this.nodeCount++;
    const at = node * NODE.size;
    if (at + NODE.size > this.nodes.length) {
      this.nodes = grown(this.nodes);
      if (this.nodes.length <= SPARE) spareNodes = this.nodes;
    }
    const { nodes } = this;
    nodes[at] = flags;
    nodes[at + NODE.parent] = parent;
    nodes[at + NODE.start] = start;
    nodes[at + NODE.name] = 0;
    nodes[at + NODE.attributes] = 0;
    nodes[at + NODE.content] = 0;
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
    if (at + ATTRIBUTE.size > this.attributes.length) {
      this.attributes = grown(this.attributes);
      if (this.attributes.length <= SPARE) spareAttributes = this.attributes;
    }
    const { attributes } = this;
    attributes[at] = flags;
    attributes[at + ATTRIBUTE.start] = start;
    attributes[at + ATTRIBUTE.valueStart] = valueStart;
    attributes[at + ATTRIBUTE.valueEnd] = valueEnd;
    return attribute;
  }

  /** Arrays that are the document's own: of the spare ones a copy of what is written. */
  finish(): { readonly nodes: Numbers; readonly attributes: Numbers } {
    const { nodes, attributes } = this;
    return {
      nodes: nodes === spareNodes ? nodes.slice(0, this.nodeCount * NODE.size) : nodes,
      attributes: attributes === spareAttributes ? attributes.slice(0, this.attributeCount * ATTRIBUTE.size) : attributes,
    };
  }
}

function grown(array: Numbers): Numbers {
  const larger = new Int32Array(array.length * 2);
  larger.set(array);
  return larger;
}

/** Numbers of the largest arrays that are kept for the next parse; one is over before another begins. */
const SPARE = 1 << 20;
let spareNodes: Numbers = new Int32Array(NODE.size * 1024);
let spareAttributes: Numbers = new Int32Array(ATTRIBUTE.size * 1024);

type Numbers = Int32Array<ArrayBuffer>;
