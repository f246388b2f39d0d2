/** The canonical order of names (Canonical XML 1.0, 2.2). */
import type { XmlDocument, XmlName } from './document.ts';

/** By namespace, then by local name; those without a namespace first. */
export const compareNames = (a: XmlName, b: XmlName): number =>
  compareCodePoints(a.namespace, b.namespace) || compareCodePoints(a.local, b.local);

/** The place of each name of a document among all of them in this order. */
export function ranksOf(document: XmlDocument): Int32Array {
  const known = RANKS.get(document);
  if (known !== undefined) return known;
  const ranks = new Int32Array(document.names.length);
  const places = [...document.names.keys()].sort((a, b) => compareNames(document.names[a] as XmlName, document.names[b] as XmlName));
  places.forEach((place, rank) => {
    ranks[place] = rank;
  });
  RANKS.set(document, ranks);
  return ranks;
}

const RANKS = new WeakMap<XmlDocument, Int32Array>();

/** By code point: surrogate pairs come after all others, unlike in the order of JavaScript's strings. */
export function compareCodePoints(a: string, b: string): number {
  if (a === b) return 0;
  const shorter = Math.min(a.length, b.length);
  for (let i = 0; i < shorter; i++) {
    const [x, y] = [a.charCodeAt(i), b.charCodeAt(i)];
    if (x === y) continue;
    const [wideX, wideY] = [(x & 0xf800) === 0xd800, (y & 0xf800) === 0xd800];
    return wideX === wideY ? x - y : wideX ? 1 : -1;
  }
  return a.length - b.length;
}
