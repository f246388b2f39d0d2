/** Which namespace declarations an element writes (Canonical XML 1.0, 2.3; Exclusive Canonicalization 1.0, 3). */
import { utf8 } from '../base/text.ts';
import { escapedNamespace, type State, type Undo } from './canonical-state.ts';
import { FLAG, type XmlAttribute, type XmlDocument, type XmlNode } from './document.ts';
import { compareCodePoints } from './name-order.ts';
import { attributeName, attributeRange, declarationsOf, nameOf } from './query.ts';

/**
 * Of a node-set that holds some namespace nodes and not others. An element that is not in it writes its namespace nodes and
 * attributes all the same in the inclusive forms (Canonical XML, 2.3), and none of the former in the exclusive one.
 */
export function writeChosenNamespaces(
  state: State,
  element: XmlNode,
  written: boolean,
  attributes: readonly XmlAttribute[],
  undo: Undo[],
): void {
  const { scope, selection, method, prefixes, rendered, shown } = state;
  const chosen = new Map<string, string>();
  for (const [prefix, namespace] of scope) {
    if (namespace !== '' && selection.set?.hasNamespace?.(element, prefix)) chosen.set(prefix, namespace);
  }
  const exclusive = method.version === 'exclusive';
  const used = exclusive ? usedPrefixes(state, element, attributes) : null;
  const isListed = (prefix: string): boolean => used === null || prefixes.has(prefix);
  const found = [...chosen.keys()].filter((prefix) => {
    if (prefix === 'xml') return false;
    if (isListed(prefix)) return shown.get(prefix) !== chosen.get(prefix);
    return written && used?.has(prefix) && rendered.get(prefix) !== chosen.get(prefix);
  });
  const before = isListed('') ? shown.get('') : used?.has('') ? rendered.get('') : undefined;
  if (written && !chosen.has('') && before) found.push('');
  for (const prefix of found.sort(compareCodePoints)) writeNamespace(state, prefix, undo, chosen.get(prefix) ?? '');
  if (!written) return;
  state.shown = chosen;
  // The nearest written element that utilizes a prefix counts, whether or not it shows it (Exclusive Canonicalization, 3).
  for (const prefix of used ?? []) {
    undo.push({ map: rendered, prefix, before: rendered.get(prefix) });
    rendered.set(prefix, chosen.get(prefix) ?? '');
  }
}

/** Enters the declarations of an element into the scope; gives the prefixes it declares. */
export function declare(state: State, element: XmlNode, undo: Undo[] | null): readonly string[] {
  const { document, scope } = state;
  const { first, count } = attributeRange(document, element);
  if (count === 0 || !hasDeclaration(document, first, count)) return NONE;
  const declared = declarationsOf(document, element);
  for (const { prefix, namespace } of declared) {
    undo?.push({ map: scope, prefix, before: scope.get(prefix) });
    scope.set(prefix, namespace);
  }
  return declared.map(({ prefix }) => prefix);
}

function hasDeclaration({ attributes }: XmlDocument, first: XmlAttribute, count: number): boolean {
  for (let i = first; i < first + count; i++) if (((attributes[i * 4] as number) & FLAG.declaration) !== 0) return true;
  return false;
}

/** Canonical XML, 2.3: every namespace in scope that the nearest written ancestor does not show alike. */
export function inclusiveNamespaces(state: State, changed: readonly string[], orphan: boolean): readonly string[] {
  const candidates = orphan || state.selection.set !== undefined ? [...state.scope.keys()] : changed;
  return candidates.filter((prefix) => mustRender(state, prefix)).sort(compareCodePoints);
}

/** Exclusive Canonicalization, 3: the visibly utilized ones, and those of the PrefixList as the inclusive form has them. */
export function visibleNamespaces(
  state: State,
  element: XmlNode,
  attributes: readonly XmlAttribute[],
  changed: readonly string[],
  orphan: boolean,
): readonly string[] {
  const { document, prefixes } = state;
  if (prefixes.size === 0 && attributes.every((attribute) => attributeName(document, attribute).prefix === '')) {
    const { prefix } = nameOf(document, element);
    return mustRender(state, prefix) ? [prefix] : NONE;
  }
  const used = usedPrefixes(state, element, attributes);
  if (prefixes.size > 0) {
    const inclusive = orphan || state.selection.set !== undefined ? state.scope.keys() : changed;
    for (const prefix of inclusive) if (prefixes.has(prefix)) used.add(prefix);
  }
  const found = [...used].filter((prefix) => mustRender(state, prefix));
  return found.length > 1 ? found.sort(compareCodePoints) : found;
}

/** Prefixes that an element utilizes visibly (Exclusive Canonicalization, 2). */
function usedPrefixes({ document }: State, element: XmlNode, attributes: readonly XmlAttribute[]): Set<string> {
  const used = new Set<string>([nameOf(document, element).prefix]);
  for (const attribute of attributes) {
    const { prefix } = attributeName(document, attribute);
    if (prefix !== '') used.add(prefix);
  }
  return used;
}

function mustRender({ scope, rendered }: State, prefix: string): boolean {
  if (prefix === 'xml') return false;
  return (scope.get(prefix) ?? '') !== (rendered.get(prefix) ?? '');
}

export function writeNamespace(state: State, prefix: string, undo: Undo[], namespace = state.scope.get(prefix) ?? ''): void {
  const { output, rendered } = state;
  undo.push({ map: rendered, prefix, before: rendered.get(prefix) });
  rendered.set(prefix, namespace);
  output.bytes(prefix === '' ? XMLNS : XMLNS_COLON);
  if (prefix !== '') output.text(prefix);
  output.octet(EQUALS);
  output.octet(QUOTE);
  output.text(escapedNamespace(namespace));
  output.octet(QUOTE);
}

const NONE: readonly string[] = [];
const XMLNS = utf8(' xmlns');
const XMLNS_COLON = utf8(' xmlns:');
const QUOTE = 0x22;
const EQUALS = 0x3d;
