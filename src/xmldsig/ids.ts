/** Elements by their identifiers; an identifier that two elements have names neither (XML signature wrapping). */
import { ATTRIBUTE, NAME_SHIFT, type XmlDocument, type XmlName, type XmlNode } from '../xml/document.ts';
import { attributeRange, attributeValue, isElement, namesWhere } from '../xml/query.ts';

export interface Ids {
  /** The only element with this identifier; null where there is none or more than one. */
  element(id: string): XmlNode | null;
  /** How many elements have it. */
  count(id: string): number;
}

/**
 * Identifiers of a document, found in one pass. Without a DTD nothing says which attributes are identifiers: those named
 * Id, ID, id, xml:id and wsu:Id are, as the schemas of the field have it. One element may carry the same identifier twice.
 */
export function idsOf(document: XmlDocument): Ids {
  const known = KNOWN.get(document);
  if (known !== undefined) return known;
  const elements = new Map<string, Set<XmlNode>>();
  const wanted = namesWhere(document, isId);
  for (let node = 1; wanted !== null && node < document.nodeCount; node++) {
    if (!isElement(document, node)) continue;
    const { first, count } = attributeRange(document, node);
    for (let attribute = first; attribute < first + count; attribute++) {
      if (wanted[(document.attributes[attribute * ATTRIBUTE.size] as number) >> NAME_SHIFT] !== 1) continue;
      const id = attributeValue(document, attribute);
      const having = elements.get(id);
      if (having === undefined) elements.set(id, new Set([node]));
      else having.add(node);
    }
  }
  const ids: Ids = {
    element: (id) => {
      const [first, second] = elements.get(id) ?? [];
      return first === undefined || second !== undefined ? null : first;
    },
    count: (id) => elements.get(id)?.size ?? 0,
  };
  KNOWN.set(document, ids);
  return ids;
}

const isId = ({ prefix, local, namespace }: XmlName): boolean =>
  prefix === '' ? NAMES.has(local) : prefix === 'xml' ? local === 'id' : local === 'Id' && namespace === WSU;

const NAMES: ReadonlySet<string> = new Set(['Id', 'ID', 'id']);
/** WS-Security utility. */
const WSU = 'http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-utility-1.0.xsd';
const KNOWN = new WeakMap<XmlDocument, Ids>();
