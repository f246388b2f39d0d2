/** What canonicalization keeps while it walks over the nodes: namespaces in scope and shown, open elements (Canonical XML 1.0, 2.3). */
import type { Bytes } from '../base/bytes.ts';
import { utf8 } from '../base/text.ts';
import type { XmlAttribute, XmlDocument, XmlName, XmlNode } from './document.ts';
import type { OctetOutput } from './octet-output.ts';

export interface CanonicalMethod {
  readonly version: '1.0' | '1.1' | 'exclusive';
  readonly comments: boolean;
  /** InclusiveNamespaces PrefixList of the exclusive form; `#default` stands for the default namespace. */
  readonly prefixes?: readonly string[];
}

/** Nodes to write: the subtree of `apex` (0: the whole document) without the subtrees that are left out, or a node-set. */
export interface NodeSelection {
  readonly apex: XmlNode;
  /** Nodes whose whole subtrees are left out. */
  readonly without?: ReadonlySet<XmlNode>;
  readonly set?: NodeSet;
}

/** A node-set of XPath (XPath 1.0, 3.3). */
export interface NodeSet {
  hasNode(node: XmlNode): boolean;
  hasAttribute(attribute: XmlAttribute): boolean;
  /** The namespace node of a prefix in scope; where this is absent, those of an element are in with the element. */
  hasNamespace?(element: XmlNode, prefix: string): boolean;
}

export interface State {
  readonly document: XmlDocument;
  readonly selection: NodeSelection;
  readonly method: CanonicalMethod;
  readonly output: OctetOutput;
  readonly prefixes: ReadonlySet<string>;
  /** Namespace of each prefix in scope at the current element. */
  readonly scope: Map<string, string>;
  /** Namespace of each prefix as the nearest written ancestor shows it. */
  readonly rendered: Map<string, string>;
  readonly open: Open[];
  /** Namespace nodes of the nearest ancestor in a node-set that holds namespace nodes of its own choice. */
  shown: ReadonlyMap<string, string>;
  /** By the place of the name in the document. */
  readonly names: (WrittenName | undefined)[];
  /** Places of the names in canonical order, once they are asked for. */
  ranks: Int32Array | null;
}

/** An element whose end has not come yet, and what to undo there. */
export interface Open {
  readonly after: XmlNode;
  /** Where it ends in the source. */
  readonly end: number;
  /** Name to close; null where the element itself is not written, or its end tag stays as it stands. */
  readonly name: WrittenName | null;
  readonly undo: readonly Undo[];
  /** {@link State.shown} before it. */
  readonly shown: ReadonlyMap<string, string>;
}

/** A name in its tags, as UTF-8. */
export interface WrittenName {
  /** `<name` */
  readonly start: Bytes;
  /** `</name>` */
  readonly end: Bytes;
  readonly name: Bytes;
}

export interface Undo {
  readonly map: Map<string, string>;
  readonly prefix: string;
  readonly before: string | undefined;
}

/** A name of the document by its place there. */
export function encoded({ document, names }: State, index: number): WrittenName {
  const known = names[index];
  if (known !== undefined) return known;
  const { qualified } = document.names[index] as XmlName;
  const tags = utf8(`<${qualified}</${qualified}>`);
  const after = (tags.length - 2) >> 1;
  const written = { start: tags.subarray(0, after), end: tags.subarray(after), name: tags.subarray(1, after) };
  names[index] = written;
  return written;
}

const NAMES = new WeakMap<XmlDocument, (WrittenName | undefined)[]>();
export function namesOf(document: XmlDocument): (WrittenName | undefined)[] {
  const known = NAMES.get(document) ?? new Array<WrittenName | undefined>(document.names.length).fill(undefined);
  NAMES.set(document, known);
  return known;
}

/** Of a namespace or an inherited value, inside double quotes. */
export const escapedNamespace = (value: string): string => value.replace(/[&<"\t\n\r]/g, (character) => ESCAPES[character] ?? character);

const ESCAPES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '"': '&quot;',
  '\t': '&#x9;',
  '\n': '&#xA;',
  '\r': '&#xD;',
};
