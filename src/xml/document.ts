/** A parsed XML document: a flat array of nodes in document order over the octets, names resolved once, text decoded when asked for. */
import type { Bytes } from '../base/bytes.ts';

/** The place of a node in its document; 0 is the document itself. Nodes are numbered in document order. */
export type XmlNode = number;
/** The place of an attribute (or namespace declaration) in its document; those of an element follow each other as written. */
export type XmlAttribute = number;

/** A name with its namespace (Namespaces in XML 1.0). One object for each pair of written name and namespace. */
export interface XmlName {
  /** As written, for example `ds:Signature`. */
  readonly qualified: string;
  /** Empty where there is none. */
  readonly prefix: string;
  readonly local: string;
  /** Namespace name; empty for none. */
  readonly namespace: string;
  /** The same number for the same namespace and local part. */
  readonly expanded: number;
}

export interface XmlDocument {
  /** What was parsed, as given. */
  readonly original: Bytes;
  /** The same as UTF-8 without byte order mark, which every offset counts in; shares the octets of `original` where that is UTF-8. */
  readonly bytes: Bytes;
  /** As the octets are. */
  readonly encoding: 'UTF-8' | 'UTF-16LE' | 'UTF-16BE' | 'ISO-8859-1';
  /** The document element. */
  readonly root: XmlNode;
  readonly names: readonly XmlName[];
  /** {@link NODE} numbers for each node. */
  readonly nodes: Int32Array;
  readonly nodeCount: number;
  /** {@link ATTRIBUTE} numbers for each attribute. */
  readonly attributes: Int32Array;
  readonly attributeCount: number;
}

export type NodeKind = 'document' | 'element' | 'text' | 'cdata' | 'comment' | 'pi';

/** Kinds as they stand in the low bits of the first number of a node. */
export const KIND = { document: 0, element: 1, text: 2, cdata: 3, comment: 4, pi: 5 } as const;
export const KIND_NAMES: readonly NodeKind[] = ['document', 'element', 'text', 'cdata', 'comment', 'pi'];
export const KIND_MASK = 7;

/**
 * A node's numbers: `size` in all; `flags` kind, flags and attribute count; `after` the first node after its subtree;
 * `start`, `end` its octets; `name` of an element, or where the target of a processing instruction ends; `attributes` the first
 * attribute; `content` where the start tag of an element ends.
 */
export const NODE = { size: 8, flags: 0, parent: 1, after: 2, start: 3, end: 4, name: 5, attributes: 6, content: 7 } as const;
/** Where the count of attributes stands in the flags of an element. */
export const COUNT_SHIFT = 8;

/** An attribute's numbers: `name` index and flags; where the written name starts; where the value starts and ends, inside the quotes. */
export const ATTRIBUTE = { size: 4, name: 0, start: 1, valueStart: 2, valueEnd: 3 } as const;
/** Where the name's index stands beside the flags of an attribute. */
export const NAME_SHIFT = 3;

/** Flags of an attribute, and shifted by {@link FLAG_SHIFT} of a node with text. */
export const FLAG = {
  /** The value is not what is written: references or white space to replace. */
  decode: 1,
  /** There are characters above U+007F. */
  wide: 2,
  /** The attribute declares a namespace. */
  declaration: 4,
} as const;
export const FLAG_SHIFT = 3;

/**
 * What the parse finds out about a node for canonicalization, in its flags (Canonical XML 1.0, 2.3). Where nothing else is due (a
 * declaration, an attribute that comes down), a node `asWritten` is its octets in the source: text, or the tags of an element.
 */
export const FORM = {
  /** The tags of an element are in canonical form but for the order of attributes and the slash of an empty one; it declares nothing. */
  neat: 1 << 5,
  asWritten: 1 << 6,
  /** No prefix stands in the tags that the parent's name has not; of text too. */
  parentsPrefix: 1 << 7,
} as const;

export const XML_NAMESPACE = 'http://www.w3.org/XML/1998/namespace';
export const XMLNS_NAMESPACE = 'http://www.w3.org/2000/xmlns/';
