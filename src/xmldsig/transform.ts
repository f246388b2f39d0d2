/** Transforms from an allow-list (XMLDSig 1.1, 6.6): enveloped signature, the canonical forms, base64, XPath. */
import { fromBase64, fromUtf8 } from '../base/text.ts';
import { canonicalizeTo, type NodeSet } from '../xml/canonicalize.ts';
import { parseXml } from '../xml/parse.ts';
import { afterOf, kindOf, textOf } from '../xml/query.ts';
import { canonicalMethod } from './canonical-method.ts';
import { octets, octetsOf, type ReferencedData, type ReferencedNodes } from './data.ts';
import { TRANSFORM } from './names.ts';
import type { Method } from './signature.ts';
import type { Refused, TransformPlace } from './transform-place.ts';
import { filter2, xpathFiltered } from './xpath-transform.ts';

/** Carries out one transform. */
export function transformed(data: ReferencedData, { algorithm, node }: Method, place: TransformPlace): ReferencedData | Refused {
  const method = canonicalMethod(place.document, node, algorithm);
  if (method !== null) {
    const nodes = asNodes(data);
    if ('refused' in nodes) return nodes;
    // A reference to an identifier holds no comments, whatever the method keeps (4.4.3.3).
    const comments = method.comments && nodes.comments;
    return { kind: 'octets', each: (visit) => canonicalizeTo(nodes.document, nodes.selection, { ...method, comments }, visit) };
  }
  switch (algorithm) {
    case TRANSFORM.enveloped:
      return withoutSignature(data, place);
    case TRANSFORM.base64:
      return decoded(data);
    case TRANSFORM.xpath:
      return ofNodes(data, (nodes) => xpathFiltered(nodes, node, place));
    case TRANSFORM.filter2:
      return ofNodes(data, (nodes) => filter2(nodes, node, place));
    case TRANSFORM.xslt:
      return { refused: 'XSLT is not carried out: it may do anything' };
    default:
      return { refused: `the transform ${algorithm} is not supported` };
  }
}

/** 6.6.4: the node-set without the signature that holds the transform. */
function withoutSignature(data: ReferencedData, { document, signature }: TransformPlace): ReferencedData | Refused {
  if (data.kind !== 'nodes' || data.document !== document)
    return { refused: 'the enveloped-signature transform applies to nodes of the document of the signature only', unfit: true };
  const { selection } = data;
  const inside = selection.apex >= signature && selection.apex < afterOf(document, signature);
  if (inside) return { ...data, selection: { ...selection, set: NO_NODES } };
  return { ...data, selection: { ...selection, without: new Set([...(selection.without ?? []), signature]) } };
}

/** 6.6.2: of nodes the text in them, of octets themselves. */
function decoded(data: ReferencedData): ReferencedData | Refused {
  const text = data.kind === 'nodes' ? textIn(data) : fromUtf8(octetsOf(data));
  const bytes = text === null ? null : fromBase64(text.replace(/[ \t\r\n]+/g, ''));
  return bytes === null ? { refused: 'this is not base64', unfit: true } : octets(bytes);
}

function textIn({ document, selection }: ReferencedNodes): string {
  const { apex, without, set } = selection;
  if (without === undefined && set === undefined) return textOf(document, apex);
  let text = '';
  for (let node = apex; node < afterOf(document, apex); ) {
    if (without?.has(node)) {
      node = afterOf(document, node);
      continue;
    }
    const kind = kindOf(document, node);
    if ((kind === 'text' || kind === 'cdata') && (set?.hasNode(node) ?? true)) text += textOf(document, node);
    node++;
  }
  return text;
}

/** Octets are read as XML where a transform needs nodes (4.4.3.2); the same rules hold as for every document. */
function asNodes(data: ReferencedData): ReferencedNodes | Refused {
  if (data.kind === 'nodes') return data;
  const parsed = parseXml(octetsOf(data));
  if (!parsed.ok) return { refused: `what is to be canonicalized is no XML: ${parsed.malformed.reason}` };
  return { kind: 'nodes', document: parsed.value, selection: { apex: 0 }, comments: true };
}

function ofNodes(data: ReferencedData, transform: (nodes: ReferencedNodes) => ReferencedData | Refused): ReferencedData | Refused {
  const nodes = asNodes(data);
  return 'refused' in nodes ? nodes : transform(nodes);
}

const NO_NODES: NodeSet = { hasNode: () => false, hasAttribute: () => false };
