/** A DSS constraints file while it is taken over: its elements by path, their levels, and what is told of it. */
import { Fault } from '../base/fault.ts';
import type { XmlDocument, XmlNode } from '../xml/document.ts';
import { attributeNamed, elementNamed, elementsNamed, nameOf, parentOf, textOf } from '../xml/query.ts';
import type { Level } from './check.ts';
import { LEVELS } from './policy-file-constraints.ts';

/** A setting that could not be taken over, by its path in the file, and why. */
export interface IgnoredSetting {
  readonly path: string;
  readonly why: string;
}

/** A constraints file while it is taken over. */
export interface ConstraintsFile {
  readonly document: XmlDocument;
  readonly ignored: IgnoredSetting[];
  /** Elements that were taken over, or told. */
  readonly seen: Set<XmlNode>;
}

/** The element at a path of local names below the root, or null. */
export function at({ document }: ConstraintsFile, path: string): XmlNode | null {
  let node: XmlNode | null = document.root;
  for (const step of path.split('/')) node = node === null ? null : elementNamed(document, node, DSS, step);
  return node;
}

/** The level of an element; `FAIL` where it has none, as in DSS. */
export function levelAt(file: ConstraintsFile, node: XmlNode, attribute = 'Level'): Level {
  const written = attributeNamed(file.document, node, attribute);
  const level = LEVELS.find((each) => each === (written ?? 'FAIL').toLowerCase());
  if (level === undefined) {
    throw new Fault(
      'malformed-input',
      `${pathIn(file, node)}: ${attribute} is '${written?.slice(0, 40)}', but can be IGNORE, INFORM, WARN, FAIL only`,
    );
  }
  return level;
}

/** Local names below the root. */
export function pathIn({ document }: ConstraintsFile, node: XmlNode): string {
  const steps: string[] = [];
  for (let each = node; each !== document.root && each !== 0; each = parentOf(document, each)) steps.push(nameOf(document, each).local);
  return steps.reverse().join('/');
}

/** Texts of the `Id` children; null where the element is not there. */
export function idsOf(file: ConstraintsFile, node: XmlNode | null): string[] | null {
  if (node === null) return null;
  file.seen.add(node);
  return elementsNamed(file.document, node, DSS, 'Id').map((id) => textOf(file.document, id).trim());
}

export const DSS = 'http://dss.esig.europa.eu/validation/policy';
