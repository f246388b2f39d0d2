/** Attributes of the xml namespace that come down to an element whose parent is not written (Canonical XML 1.0, 2.4; 1.1, 2.4 and appendix A). */
import type { XmlDocument, XmlNode } from './document.ts';
import { attributeName, attributesOf, attributeValue, parentOf } from './query.ts';

export interface Inheritance {
  /** Canonical XML 1.1: xml:base is joined, xml:id stays where it is. */
  readonly joinBases: boolean;
  isWritten(ancestor: XmlNode): boolean;
  /** xml attributes of the element itself. */
  readonly own: readonly { readonly local: string; readonly value: string }[];
}

/** What to write in place of or beside the element's own; null where the attribute is left out (an empty joined base). */
export function inheritedXmlAttributes(
  document: XmlDocument,
  element: XmlNode,
  { joinBases, isWritten, own }: Inheritance,
): readonly { readonly local: string; readonly value: string | null }[] {
  const found = new Map<string, string | null>();
  const bases: string[] = [];
  for (let ancestor = parentOf(document, element); ancestor !== 0; ancestor = parentOf(document, ancestor)) {
    // 1.1 looks at the ancestors between the element and the next written one, 1.0 at all of them.
    if (joinBases && isWritten(ancestor)) break;
    for (const attribute of attributesOf(document, ancestor)) {
      const { prefix, local } = attributeName(document, attribute);
      if (prefix !== 'xml') continue;
      if (joinBases && local === 'base') bases.unshift(attributeValue(document, attribute));
      else if (joinBases && local !== 'lang' && local !== 'space') continue;
      else if (!found.has(local) && !own.some((one) => one.local === local)) found.set(local, attributeValue(document, attribute));
    }
  }
  const last = own.find(({ local }) => local === 'base');
  // An own xml:base that is not in the node-set is written all the same (as the examples of 1.1 have it).
  if (joinBases && bases.length === 0 && last !== undefined) found.set('base', last.value);
  if (bases.length > 0) {
    const joined = (last === undefined ? bases : [...bases, last.value]).reduce(joinUri);
    found.set('base', joined === '' ? null : joined);
  }
  return [...found].map(([local, value]) => ({ local, value }));
}

/**
 * Joins a reference to a base as Canonical XML 1.1, 2.4 changes RFC 3986, 5.2: the base may be relative, fragments go, a
 * trailing `..` counts as `../`, and leading `..` segments that climb out stay.
 */
export function joinUri(base: string, reference: string): string {
  const from = splitUri(base);
  const to = splitUri(reference);
  if (to.scheme !== null) return assemble(to.scheme, to.authority, removeDots(to.path), to.query);
  if (to.authority !== null) return assemble(from.scheme, to.authority, removeDots(to.path), to.query);
  if (to.path === '') return assemble(from.scheme, from.authority, removeDots(from.path), to.query ?? from.query);
  const path = to.path.startsWith('/') ? to.path : merged(from, to.path);
  return assemble(from.scheme, from.authority, removeDots(path), to.query);
}

interface Uri {
  readonly scheme: string | null;
  readonly authority: string | null;
  readonly path: string;
  readonly query: string | null;
}

/** RFC 3986, appendix B. */
function splitUri(text: string): Uri {
  const match = /^(?:([^:/?#]+):)?(?:\/\/([^/?#]*))?([^?#]*)(?:\?([^#]*))?/.exec(text);
  return { scheme: match?.[1] ?? null, authority: match?.[2] ?? null, path: match?.[3] ?? '', query: match?.[4] ?? null };
}

const assemble = (scheme: string | null, authority: string | null, path: string, query: string | null): string =>
  `${scheme === null ? '' : `${scheme}:`}${authority === null ? '' : `//${authority}`}${path}${query === null ? '' : `?${query}`}`;

/** RFC 3986, 5.2.3. */
function merged({ authority, path }: Uri, reference: string): string {
  if (authority !== null && path === '') return `/${reference}`;
  // `..` at the end of the base is a directory.
  const base = /(^|\/)\.\.$/.test(path) ? `${path}/` : path;
  return base.slice(0, base.lastIndexOf('/') + 1) + reference;
}

/** Dot segments resolved; `..` that climb above a relative start are kept, those above the root are dropped. */
export function removeDots(path: string): string {
  const absolute = path.startsWith('/');
  const segments = path.replace(/\/{2,}/g, '/').split('/');
  if (absolute) segments.shift();
  const kept: string[] = [];
  segments.forEach((segment, i) => {
    const last = i === segments.length - 1;
    if (segment === '.') {
      if (last) kept.push('');
    } else if (segment === '..') {
      if (kept.length > 0 && kept[kept.length - 1] !== '..') {
        kept.pop();
        if (last) kept.push('');
      } else if (!absolute) {
        kept.push('..');
        if (last) kept.push('');
      } else if (last) kept.push('');
    } else kept.push(segment);
  });
  return (absolute ? '/' : '') + kept.join('/');
}
