/** Canonicalization methods by their identifiers (XMLDSig 1.1, 6.5). */
import type { CanonicalMethod } from '../xml/canonicalize.ts';
import type { XmlDocument, XmlNode } from '../xml/document.ts';
import { attributeNamed, elementsNamed } from '../xml/query.ts';
import { EXCLUSIVE } from './names.ts';

/** The method that an element with an Algorithm names, its PrefixList read; null where it is none. */
export function canonicalMethod(document: XmlDocument, node: XmlNode, algorithm: string): CanonicalMethod | null {
  const known = METHODS.get(algorithm);
  if (known === undefined || known.version !== 'exclusive') return known ?? null;
  const [inclusive] = elementsNamed(document, node, EXCLUSIVE, 'InclusiveNamespaces');
  const list = inclusive === undefined ? null : attributeNamed(document, inclusive, 'PrefixList');
  return list === null ? known : { ...known, prefixes: list.split(/[ \t\r\n]+/).filter((prefix) => prefix !== '') };
}

/** Where a transform needs octets and has nodes, and where no method is told (XMLDSig 1.1, 4.4.3.2). */
export const DEFAULT_METHOD: CanonicalMethod = { version: '1.0', comments: false };

const METHODS: ReadonlyMap<string, CanonicalMethod> = new Map([
  ['http://www.w3.org/TR/2001/REC-xml-c14n-20010315', { version: '1.0', comments: false }],
  ['http://www.w3.org/TR/2001/REC-xml-c14n-20010315#WithComments', { version: '1.0', comments: true }],
  ['http://www.w3.org/2006/12/xml-c14n11', { version: '1.1', comments: false }],
  ['http://www.w3.org/2006/12/xml-c14n11#WithComments', { version: '1.1', comments: true }],
  [EXCLUSIVE, { version: 'exclusive', comments: false }],
  [`${EXCLUSIVE}WithComments`, { version: 'exclusive', comments: true }],
]);
