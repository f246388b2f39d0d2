/** Bounds on what an XML document may ask of its reader; honest documents stay far below them. */

export interface XmlLimits {
  /** Octets of the whole document. */
  readonly size: number;
  /** Elements inside each other. */
  readonly depth: number;
  /** Nodes of every kind. */
  readonly nodes: number;
  /** Attributes and namespace declarations of one element. */
  readonly attributes: number;
  /** Octets of one name. */
  readonly name: number;
  /** Octets of one attribute value. */
  readonly value: number;
  /** Octets of one text, comment or processing instruction. */
  readonly text: number;
}

export const XML_LIMITS: XmlLimits = {
  size: 1 << 30,
  depth: 512,
  nodes: 1 << 24,
  attributes: 4096,
  name: 4096,
  value: 1 << 24,
  text: 1 << 29,
};
