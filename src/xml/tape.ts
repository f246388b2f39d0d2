/** The nodes and attributes of a document while it is parsed: two arrays of numbers that grow. A class, because it is written in place. */
import { ATTRIBUTE, NODE, type XmlAttribute, type XmlNode } from './document.ts';

/** What is written. */
export interface Written {
  readonly nodes: Numbers;
  readonly attributes: Numbers;
}

export class Tape {
  nodes: Numbers;
  nodeCount = 0;
  attributes: Numbers;
  attributeCount = 0;

  constructor() {
    spareNodes ??= new Int32Array(FIRST * SIZE);
    spareAttributes ??= new Int32Array(FIRST * ATTRIBUTE_SIZE);
    this.nodes = spareNodes;
    this.attributes = spareAttributes;
  }

  /** The numbers that this kind of node has not, and those that are not known yet, are left as they are. */
  addNode(flags: number, parent: XmlNode, start: number): XmlNode {
    const node = this.nodeCount++;
    const at = node * SIZE;
    const nodes = at === this.nodes.length ? this.growNodes() : this.nodes;
    nodes[at] = flags;
    nodes[at + PARENT] = parent;
    nodes[at + START] = start;
    return node;
  }

  /** Room for more nodes. */
  growNodes(): Numbers {
    this.nodes = grown(this.nodes);
    if (this.nodes.length <= SPARE) spareNodes = this.nodes;
    return this.nodes;
  }

  /** A node ends here, and every node that was added since is inside it. */
  closeNode(node: XmlNode, end: number): void {
    this.nodes[node * SIZE + AFTER] = this.nodeCount;
    this.nodes[node * SIZE + END] = end;
  }

  addAttribute(flags: number, start: number, valueStart: number, valueEnd: number): XmlAttribute {
    const attribute = this.attributeCount++;
    const at = attribute * ATTRIBUTE_SIZE;
    if (at === this.attributes.length) {
      this.attributes = grown(this.attributes);
      if (this.attributes.length <= SPARE) spareAttributes = this.attributes;
    }
    const { attributes } = this;
    attributes[at] = flags;
    attributes[at + ATTRIBUTE_START] = start;
    attributes[at + VALUE_START] = valueStart;
    attributes[at + VALUE_END] = valueEnd;
    return attribute;
  }

  /** Arrays that are the document's own: of the spare ones a copy of what is written. */
  finish(): Written {
    const { nodes, attributes } = this;
    return {
      nodes: nodes === spareNodes ? nodes.slice(0, this.nodeCount * SIZE) : nodes,
      attributes: attributes === spareAttributes ? attributes.slice(0, this.attributeCount * ATTRIBUTE_SIZE) : attributes,
    };
  }

  /** The arrays themselves, until {@link giveBack}. */
  lend(): Written {
    const { nodes, attributes } = this;
    if (nodes === spareNodes) spareNodes = null;
    if (attributes === spareAttributes) spareAttributes = null;
    return { nodes, attributes };
  }
}

/** Nothing reads the arrays any more: the next parse writes into them. */
export function giveBack({ nodes, attributes }: Written): void {
  if (nodes.length <= SPARE && nodes.length >= (spareNodes?.length ?? 0)) spareNodes = nodes;
  if (attributes.length <= SPARE && attributes.length >= (spareAttributes?.length ?? 0)) spareAttributes = attributes;
}

function grown(array: Numbers): Numbers {
  const larger = new Int32Array(array.length * 2);
  larger.set(array);
  return larger;
}

// Constants of this module: see ordinary.ts.
const { size: SIZE, parent: PARENT, start: START, after: AFTER, end: END } = NODE;
const { size: ATTRIBUTE_SIZE, start: ATTRIBUTE_START, valueStart: VALUE_START, valueEnd: VALUE_END } = ATTRIBUTE;
const FIRST = 1024;
/** Numbers of the largest arrays that are kept for the next parse; one is over before another begins. */
const SPARE = 1 << 20;
let spareNodes: Numbers | null = null;
let spareAttributes: Numbers | null = null;

type Numbers = Int32Array<ArrayBuffer>;
