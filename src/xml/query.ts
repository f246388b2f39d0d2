/** Questions to a parsed XML document: names, values, children by name. */
import type { Bytes } from '../base/bytes.ts';
import { decodeText, decodeValue, decodeVerbatim } from './decode.ts';
import {
  ATTRIBUTE,
  COUNT_SHIFT,
  FLAG,
  FLAG_SHIFT,
  KIND,
  KIND_MASK,
  KIND_NAMES,
  NAME_SHIFT,
  NODE,
  type NodeKind,
  type XmlAttribute,
  type XmlDocument,
  type XmlName,
  type XmlNode,
} from './document.ts';

export const kindOf = ({ nodes }: XmlDocument, node: XmlNode): NodeKind => KIND_NAMES[(nodes[node * SIZE] as number) & MASK] as NodeKind;

export const isElement = ({ nodes }: XmlDocument, node: XmlNode): boolean => ((nodes[node * SIZE] as number) & MASK) === ELEMENT;

/** Of the document itself: 0 again. */
export const parentOf = ({ nodes }: XmlDocument, node: XmlNode): XmlNode => nodes[node * SIZE + PARENT] as number;

/** The first node that is neither `node` nor inside it, in document order. */
export const afterOf = ({ nodes }: XmlDocument, node: XmlNode): XmlNode => nodes[node * SIZE + AFTER] as number;

/** Octets `[start, end)` of a node as written, tags included. */
export const spanOf = ({ nodes }: XmlDocument, node: XmlNode): { readonly start: number; readonly end: number } => ({
  start: nodes[node * SIZE + NODE.start] as number,
  end: nodes[node * SIZE + NODE.end] as number,
});

/** A node as written, shared with the document. */
export function octetsOf(document: XmlDocument, node: XmlNode): Bytes {
  const { start, end } = spanOf(document, node);
  return document.bytes.subarray(start, end);
}

/** Of an element. */
export function nameOf({ names, nodes }: XmlDocument, element: XmlNode): XmlName {
  return names[nodes[element * SIZE + NAME] as number] as XmlName;
}

/** Whether a node is an element of this name. */
export function isNamed(document: XmlDocument, node: XmlNode, namespace: string, local: string): boolean {
  if (!isElement(document, node)) return false;
  const name = nameOf(document, node);
  return name.local === local && name.namespace === namespace;
}

/** Children of every kind, in order. */
export function* childrenOf(document: XmlDocument, node: XmlNode): Generator<XmlNode> {
  const end = afterOf(document, node);
  for (let child = node + 1; child < end; child = afterOf(document, child)) yield child;
}

/** Child elements, in order. */
export function elementsOf(document: XmlDocument, node: XmlNode): XmlNode[] {
  const found: XmlNode[] = [];
  for (const child of childrenOf(document, node)) if (isElement(document, child)) found.push(child);
  return found;
}

/** Child elements of this name, in order. */
export const elementsNamed = (document: XmlDocument, node: XmlNode, namespace: string, local: string): XmlNode[] =>
  elementsOf(document, node).filter((child) => isNamed(document, child, namespace, local));

/** The first child element of this name, or null. Where only one may stand, see {@link elementsNamed}. */
export function elementNamed(document: XmlDocument, node: XmlNode, namespace: string, local: string): XmlNode | null {
  for (const child of childrenOf(document, node)) if (isNamed(document, child, namespace, local)) return child;
  return null;
}

/** Elements of this name below `node` at any depth, in document order. */
export function descendantsNamed(document: XmlDocument, node: XmlNode, namespace: string, local: string): XmlNode[] {
  const { nodes } = document;
  const wanted = namesWhere(document, (name) => name.local === local && name.namespace === namespace);
  const found: XmlNode[] = [];
  if (wanted === null) return found;
  const end = afterOf(document, node);
  for (let at = node + 1; at < end; at++) if (isElement(document, at) && wanted[nodes[at * SIZE + NAME] as number] === 1) found.push(at);
  return found;
}

/** 1 at the place of each name of a document that is `wanted`; null where none is. */
export function namesWhere({ names }: XmlDocument, wanted: (name: XmlName) => boolean): Uint8Array | null {
  let marks: Uint8Array | null = null;
  for (let i = 0; i < names.length; i++) {
    if (!wanted(names[i] as XmlName)) continue;
    marks ??= new Uint8Array(names.length);
    marks[i] = 1;
  }
  return marks;
}

/** Attributes of an element as written, without declarations of namespaces. */
export function attributesOf(document: XmlDocument, element: XmlNode): XmlAttribute[] {
  const found: XmlAttribute[] = [];
  const { first, count } = attributeRange(document, element);
  for (let attribute = first; attribute < first + count; attribute++) if (!isDeclaration(document, attribute)) found.push(attribute);
  return found;
}

/** Declarations of namespaces in an element, in order: prefix (empty for the default) and namespace (empty for none). */
export function declarationsOf(document: XmlDocument, element: XmlNode): { readonly prefix: string; readonly namespace: string }[] {
  return writtenAttributes(document, element)
    .filter((attribute) => isDeclaration(document, attribute))
    .map((attribute) => {
      const { prefix, local } = attributeName(document, attribute);
      return { prefix: prefix === '' ? '' : local, namespace: attributeValue(document, attribute) };
    });
}

export const attributeName = ({ names, attributes }: XmlDocument, attribute: XmlAttribute): XmlName =>
  names[(attributes[attribute * ATTRIBUTE_SIZE] as number) >> NAME_SHIFT] as XmlName;

/** Normalized as for CDATA (XML 1.0, 3.3.3): without a DTD every attribute is of that type. */
export function attributeValue({ attributes, bytes }: XmlDocument, attribute: XmlAttribute): string {
  const at = attribute * ATTRIBUTE_SIZE;
  const [start, end] = [attributes[at + ATTRIBUTE.valueStart] as number, attributes[at + ATTRIBUTE.valueEnd] as number];
  return decodeValue(bytes, start, end, attributes[at] as number);
}

/** The value of an attribute by its name (no namespace unless told), or null. */
export function attributeNamed(document: XmlDocument, element: XmlNode, local: string, namespace = ''): string | null {
  const { attributes } = document;
  const { first, count } = attributeRange(document, element);
  for (let attribute = first; attribute < first + count; attribute++) {
    if (((attributes[attribute * ATTRIBUTE_SIZE] as number) & FLAG.declaration) !== 0) continue;
    const name = attributeName(document, attribute);
    if (name.local === local && name.namespace === namespace) return attributeValue(document, attribute);
  }
  return null;
}

/**
 * The text in a node: of a text, comment or processing instruction its own, of an element that of all text below it, joined
 * across comments, so that a comment cuts nothing off.
 */
export function textOf(document: XmlDocument, node: XmlNode): string {
  const kind = kindOf(document, node);
  if (kind !== 'element' && kind !== 'document') return ownText(document, node);
  const end = afterOf(document, node);
  let text = '';
  for (let at = node + 1; at < end; at++) {
    const each = (document.nodes[at * SIZE] as number) & MASK;
    if (each === KIND.text || each === KIND.cdata) text += ownText(document, at);
  }
  return text;
}

/** The target of a processing instruction. */
export function targetOf({ bytes, nodes }: XmlDocument, instruction: XmlNode): string {
  const at = instruction * SIZE;
  const [start, end] = [(nodes[at + NODE.start] as number) + 2, nodes[at + NAME] as number];
  return decodeVerbatim(bytes, start, end, FLAG.wide);
}

/** The namespace that a prefix stands for in an element (empty prefix: the default); null where it is not declared. */
export function namespaceFor(document: XmlDocument, element: XmlNode, prefix: string): string | null {
  for (let at = element; at !== 0; at = parentOf(document, at)) {
    const found = declarationsOf(document, at).find((declared) => declared.prefix === prefix);
    if (found) return found.namespace;
  }
  return prefix === '' ? '' : null;
}

/** Local names from the document element down, for messages: `/a/b`. */
export function pathOf(document: XmlDocument, node: XmlNode): string {
  const steps: string[] = [];
  for (let at = node; at !== 0; at = parentOf(document, at)) if (isElement(document, at)) steps.push(nameOf(document, at).local);
  return `/${steps.reverse().join('/')}`;
}

function ownText(document: XmlDocument, node: XmlNode): string {
  const { bytes, nodes } = document;
  const at = node * SIZE;
  const [start, end] = [nodes[at + NODE.start] as number, nodes[at + NODE.end] as number];
  const flags = (nodes[at] as number) >> FLAG_SHIFT;
  switch (kindOf(document, node)) {
    case 'text':
      return decodeText(bytes, start, end, flags);
    case 'cdata':
      return decodeVerbatim(bytes, start + '<![CDATA['.length, end - ']]>'.length, flags);
    case 'comment':
      return decodeVerbatim(bytes, start + '<!--'.length, end - '-->'.length, flags);
    case 'pi':
      return decodeVerbatim(bytes, nodes[at + NAME] as number, end - '?>'.length, flags).replace(/^[ \t\r\n]+/, '');
    case 'element':
    case 'document':
      return '';
  }
}

function writtenAttributes(document: XmlDocument, element: XmlNode): XmlAttribute[] {
  const { first, count } = attributeRange(document, element);
  return Array.from({ length: count }, (_, i) => first + i);
}

/** Places of the attributes of an element, declarations of namespaces among them, as written. */
export function attributeRange({ nodes }: XmlDocument, element: XmlNode): { readonly first: XmlAttribute; readonly count: number } {
  const at = element * SIZE;
  return { first: nodes[at + NODE.attributes] as number, count: (nodes[at] as number) >>> COUNT_SHIFT };
}

const isDeclaration = ({ attributes }: XmlDocument, attribute: XmlAttribute): boolean =>
  ((attributes[attribute * ATTRIBUTE_SIZE] as number) & FLAG.declaration) !== 0;

// Constants of this module: see ordinary.ts.
const { size: SIZE, parent: PARENT, after: AFTER, name: NAME } = NODE;
const ELEMENT = KIND.element;
const MASK = KIND_MASK;
const ATTRIBUTE_SIZE = ATTRIBUTE.size;
