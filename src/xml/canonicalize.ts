/**
 * Canonical XML 1.0 and 1.1 and Exclusive XML Canonicalization 1.0, with and without comments (W3C REC-xml-c14n-20010315,
 * REC-xml-c14n11-20080502, REC-xml-exc-c14n-20020718): one pass over the nodes, in proportion to what is written.
 */
import type { Bytes } from '../base/bytes.ts';
import { leaveElement, openElement } from './canonical-element.ts';
import { declare } from './canonical-namespaces.ts';
import { type CanonicalMethod, type NodeSelection, type NodeSet, namesOf, type Open, type State } from './canonical-state.ts';
import { writeSubtree } from './canonical-subtree.ts';
import { writeLeaf } from './canonical-text.ts';
import { KIND, KIND_MASK, NODE, type XmlDocument, type XmlNode } from './document.ts';
import { collected, OctetOutput } from './octet-output.ts';
import { afterOf, parentOf, spanOf } from './query.ts';

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
    ranks: null,
  };
  for (const ancestor of ancestorsOf(document, selection.apex)) declare(state, ancestor, null);
  if (selection.set === undefined) writeSubtree(state);
  else writeNodeSet(state, selection.set);
  output.flush();
}

/** Node by node: any of them may be missing. */
function writeNodeSet(state: State, set: NodeSet): void {
  const { document, selection, open } = state;
  const end = afterOf(document, selection.apex);
  for (let node = selection.apex; node < end; ) {
    while (open.length > 0 && (open[open.length - 1] as Open).after <= node) close(state);
    if (selection.without?.has(node)) {
      node = afterOf(document, node);
      continue;
    }
    const kind = (document.nodes[node * NODE.size] as number) & KIND_MASK;
    if (kind === KIND.element) openElement(state, node);
    else if (kind !== KIND.document && set.hasNode(node)) writeLeaf(state, node, kind);
    node++;
  }
  while (open.length > 0) close(state);
}

function close(state: State): void {
  const { name } = leaveElement(state);
  if (name !== null) state.output.bytes(name.end);
}

/** From the outermost down, without the element itself. */
function ancestorsOf(document: XmlDocument, node: XmlNode): XmlNode[] {
  const found: XmlNode[] = [];
  if (node === 0) return found;
  for (let at = parentOf(document, node); at !== 0; at = parentOf(document, at)) found.push(at);
  return found.reverse();
}

const NOTHING: ReadonlyMap<string, string> = new Map();
/** Declarations and end tags that the source has not. */
const MARGIN = 512;
