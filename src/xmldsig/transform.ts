/** Transforms from an allow-list (XMLDSig 1.1, 6.6): enveloped signature, the canonical forms, base64. */
import { fromBase64, fromUtf8 } from '../base/text.ts';
import { canonicalizeTo } from '../xml/canonicalize.ts';
import type { XmlDocument, XmlNode } from '../xml/document.ts';
import { collected } from '../xml/octet-output.ts';
import { parseXml } from '../xml/parse.ts';
import { afterOf, isElement, kindOf, textOf } from '../xml/query.ts';
import { canonicalMethod } from './canonical-method.ts';
import { octets, octetsOf, type ReferencedData } from './data.ts';
import { TRANSFORM } from './names.ts';
import type { Method } from './signature.ts';

/** Why a transform was not carried out: what it stands for is then not found, which is never good. */
export interface Refused {
  readonly refused: string;
}

/** Where a transform stands: its own signature matters to the enveloped one. */
export interface TransformPlace {
  readonly document: XmlDocument;
  /** The Signature element. */
  readonly signature: XmlNode;
}

/** Carries out one transform. */
export function transformed(data: ReferencedData, { algorithm, node }: Method, place: TransformPlace): ReferencedData | Refused {
  const method = canonicalMethod(place.document, node, algorithm);
  if (method !== null) {
    const nodes = asNodes(data);
    if ('refused' in nodes) return nodes;
    // A reference to an identifier holds no comments, whatever the method keeps (4.4.3.3).
    const comments = method.comments && nodes.comments;
    return {
      kind: 'octets',
      pieces: () => [collected((write) => canonicalizeTo(nodes.document, nodes.selection, { ...method, comments }, write))],
    };
  }
  switch (algorithm) {
    case TRANSFORM.enveloped:
      return withoutSignature(data, place);
    case TRANSFORM.base64:
      return decoded(data);
    case TRANSFORM.xslt:
      return { refused: 'XSLT is not carried out: it may do anything' };
    default:
      return { refused: `the transform ${algorithm} is not supported` };
  }
}

/** 6.6.4: the node-set without the signature that holds the transform. */
function withoutSignature(data: ReferencedData, { document, signature }: TransformPlace): ReferencedData | Refused {
  if (data.kind !== 'nodes' || data.document !== document)
    return { refused: 'the enveloped-signature transform applies to nodes of the document of the signature only' };
  const { selection } = data;
  return { ...data, selection: { ...selection, without: new Set([...(selection.without ?? []), signature]) } };
}

/** 6.6.2: of nodes the text in them, of octets themselves. */
function decoded(data: ReferencedData): ReferencedData | Refused {
  const text = data.kind === 'nodes' ? textIn(data) : fromUtf8(octetsOf(data));
  const bytes = text === null ? null : fromBase64(text.replace(/[ \t\r\n]+/g, ''));
  return bytes === null ? { refused: 'this is not base64' } : octets(bytes);
}

function textIn({ document, selection }: Extract<ReferencedData, { kind: 'nodes' }>): string {
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
function asNodes(data: ReferencedData): Extract<ReferencedData, { kind: 'nodes' }> | Refused {
  if (data.kind === 'nodes') return data;
  const parsed = parseXml(octetsOf(data));
  if (!parsed.ok) return { refused: `what is to be canonicalized is no XML: ${parsed.malformed.reason}` };
  return { kind: 'nodes', document: parsed.value, selection: { apex: 0 }, comments: true };
}

/** The element that a node-set stands for where it is one subtree: what a reader may be shown as signed. */
export function apexOf(data: ReferencedData): XmlNode | null {
  return data.kind === 'nodes' && isElement(data.document, data.selection.apex) ? data.selection.apex : null;
}
