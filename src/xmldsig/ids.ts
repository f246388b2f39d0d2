/** Elements by their identifiers; an identifier that two elements have names neither (XML signature wrapping). */
import { ATTRIBUTE, NAME_SHIFT, type XmlDocument, type XmlName, type XmlNode } from '../xml/document.ts';
import { attributeRange, attributeValue, isElement, namesWhere } from '../xml/query.ts';

export interface Ids {
  /** The only element with this identifier; null where there is none, or another that has it or seems to. */
  element(id: string): XmlNode | null;
  /** How many elements have it. */
  count(id: string): number;
  /** How many have it or seem to: other readers may take any attribute for an identifier whose name is `id`, in whatever case and namespace. */
  candidates(id: string): number;
}

/**
 * Identifiers of a document, found in one pass. Without a DTD nothing says which attributes are identifiers: those named
 * Id, ID, id, xml:id and wsu:Id are, as the schemas of the field have it. One element may carry the same identifier twice.
 */
export function idsOf(document: XmlDocument): Ids {
  const made = KNOWN.get(document);
  if (made !== undefined) return made;
  const elements = new Map<string, Set<XmlNode>>();
  const seeming = new Map<string, Set<XmlNode>>();
  const wanted = namesWhere(document, ({ local }) => local.length === 2 && local.toLowerCase() === 'id');
  const known = namesWhere(document, isId);
  for (let node = 1; wanted !== null && node < document.nodeCount; node++) {
    if (!isElement(document, node)) continue;
    const { first, count } = attributeRange(document, node);
    for (let attribute = first; attribute < first + count; attribute++) {
      const name = (document.attributes[attribute * ATTRIBUTE.size] as number) >> NAME_SHIFT;
      if (wanted[name] !== 1) continue;
      const id = attributeValue(document, attribute);
      const into = known?.[name] === 1 ? elements : seeming;
      const having = into.get(id);
      if (having === undefined) into.set(id, new Set([node]));
      else having.add(node);
    }
  }
  const count = (id: string): number => elements.get(id)?.size ?? 0;
  const candidates = (id: string): number => {
    const others = seeming.get(id);
    return others === undefined ? count(id) : new Set([...others, ...(elements.get(id) ?? [])]).size;
  };
  const ids: Ids = {
    element: (id) => {
      const [first] = elements.get(id) ?? [];
      return first === undefined || candidates(id) > 1 ? null : first;
    },
    count,
    candidates,
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
