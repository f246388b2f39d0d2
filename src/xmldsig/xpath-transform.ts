/** The XPath transform and XPath Filter 2.0 (XMLDSig 1.1, 6.6.3; XPath Filter 2.0, 3 and 4), within the budget of the signature. */
import type { Parsed } from '../base/parsed.ts';
import type { XmlDocument, XmlNode } from '../xml/document.ts';
import { filtered, filteredBySubtrees, type SubtreeFilter } from '../xml/node-filter.ts';
import { attributeNamed, elementsOf, isNamed, namespaceFor, textOf } from '../xml/query.ts';
import { type XPath, xpath } from '../xml/xpath.ts';
import type { ReferencedNodes } from './data.ts';
import { idsOf } from './ids.ts';
import { DS, TRANSFORM } from './names.ts';
import type { Refused, TransformPlace } from './transform-place.ts';

/** 6.6.3: the nodes where the expression holds. */
export function xpathFiltered(data: ReferencedNodes, transform: XmlNode, place: TransformPlace): ReferencedNodes | Refused {
  const [element, more] = elementsOf(place.document, transform);
  if (element === undefined || more !== undefined || !isNamed(place.document, element, DS, 'XPath'))
    return { refused: 'the XPath transform holds one XPath element' };
  const path = pathIn(data.document, element, place);
  if (!path.ok) return { refused: path.malformed.reason };
  return selected(data, filtered(data.document, data.selection, data.comments, path.value));
}

/** XPath Filter 2.0: subtrees cut out or put together, one filter after another. */
export function filter2(data: ReferencedNodes, transform: XmlNode, place: TransformPlace): ReferencedNodes | Refused {
  const filters: SubtreeFilter[] = [];
  for (const element of elementsOf(place.document, transform)) {
    const filter = attributeNamed(place.document, element, 'Filter');
    if (!isNamed(place.document, element, TRANSFORM.filter2, 'XPath') || !isFilter(filter) || filters.length >= MOST_FILTERS)
      return { refused: 'this is no XPath Filter 2.0' };
    const path = pathIn(data.document, element, place);
    if (!path.ok) return { refused: path.malformed.reason };
    filters.push({ filter, path: path.value });
  }
  if (filters.length === 0) return { refused: 'an XPath Filter 2.0 without a filter' };
  return selected(data, filteredBySubtrees(data.document, data.selection, data.comments, filters));
}

function pathIn(document: XmlDocument, element: XmlNode, place: TransformPlace): Parsed<XPath> {
  const ids = idsOf(document);
  return xpath(textOf(place.document, element), {
    document,
    budget: place.work.steps,
    namespaceOf: (prefix) => (prefix === 'xml' ? XML : namespaceFor(place.document, element, prefix)),
    element: (id) => ids.element(id),
    here: document === place.document ? element : null,
  });
}

const selected = (data: ReferencedNodes, selection: Parsed<ReferencedNodes['selection']>): ReferencedNodes | Refused =>
  selection.ok ? { ...data, selection: selection.value } : { refused: selection.malformed.reason };

const isFilter = (text: string | null): text is SubtreeFilter['filter'] => text === 'intersect' || text === 'subtract' || text === 'union';

const MOST_FILTERS = 64;
const XML = 'http://www.w3.org/XML/1998/namespace';
