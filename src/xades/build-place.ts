/** Places in a document where a signature or a property goes: inside an element, after what is in it. */
import { type Bytes, concat } from '../base/bytes.ts';
import { utf8 } from '../base/text.ts';
import { NODE, type XmlDocument, type XmlNode } from '../xml/document.ts';
import { nameOf, namespaceFor, spanOf } from '../xml/query.ts';
import { DS } from '../xmldsig/names.ts';
import type { Frame } from './build.ts';
import { type Edit, spliced } from './build-splice.ts';
import { XADES, XADES_141 } from './names.ts';

/** XML put last into an element; one without content gets an end tag. */
export function appended(document: XmlDocument, node: XmlNode, xml: string): Edit {
  const { end } = spanOf(document, node);
  if (document.bytes[end - 2] === SLASH) return { start: end - 2, end, insert: `>${xml}</${nameOf(document, node).qualified}>` };
  const at = document.bytes.lastIndexOf(LESS, end - 1);
  return { start: at, end: at, insert: xml };
}

/** An attribute put first into the start tag of an element. */
export function withAttribute(document: XmlDocument, node: XmlNode, attribute: string): Edit {
  const at = spanOf(document, node).start + 1 + utf8(nameOf(document, node).qualified).length;
  return { start: at, end: at, insert: ` ${attribute}` };
}

/** The frame of a signature that goes last into the document element. */
export const frameIn = (document: XmlDocument): Frame => ({
  around: (signature) => spliced(document, [appended(document, document.root, signature)]),
  alone: (signature) => alone(document, signature),
  document,
});

/** The document element with nothing in it but the signature: what comes down from it in canonical forms is the same. */
function alone(document: XmlDocument, signature: string): Bytes {
  const { root, bytes, nodes } = document;
  const { start, end } = spanOf(document, root);
  const tagEnd = nodes[root * NODE.size + NODE.content] as number;
  const tag = bytes.subarray(start, tagEnd === end ? end - 2 : tagEnd - 1);
  return concat([tag, utf8(`>${signature}</${nameOf(document, root).qualified}>`)]);
}

/** Declarations that an element put into `node` needs for these of our prefixes. */
export function declarationsFor(
  document: XmlDocument,
  node: XmlNode,
  prefixes: readonly (keyof typeof PREFIXES)[],
): Readonly<Record<string, string>> {
  const missing = prefixes.filter((prefix) => namespaceFor(document, node, prefix) !== PREFIXES[prefix]);
  return Object.fromEntries(missing.map((prefix) => [`xmlns:${prefix}`, PREFIXES[prefix]]));
}

const PREFIXES = { ds: DS, xades: XADES, xades141: XADES_141 } as const;
const LESS = 0x3c;
const SLASH = 0x2f;
