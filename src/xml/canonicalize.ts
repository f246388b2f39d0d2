/**
 * Canonical XML 1.0 and 1.1 and Exclusive XML Canonicalization 1.0, with and without comments (W3C REC-xml-c14n-20010315,
 * REC-xml-c14n11-20080502, REC-xml-exc-c14n-20020718): one pass over the nodes, in proportion to what is written.
 */
import type { Bytes } from '../base/bytes.ts';
import { utf8 } from '../base/text.ts';
import { compareCodePoints, inheritedXmlAttributes } from './canonical-attributes.ts';
import { writeAttributeValue, writeInstruction, writeText, writeWithoutReturns } from './canonical-text.ts';
import {
  ATTRIBUTE,
  COUNT_SHIFT,
  FLAG,
  KIND,
  KIND_MASK,
  NAME_SHIFT,
  NODE,
  type XmlAttribute,
  type XmlDocument,
  type XmlName,
  type XmlNode,
} from './document.ts';
import { collected, OctetOutput } from './octet-output.ts';
import { afterOf, attributeName, attributeRange, attributesOf, attributeValue, declarationsOf, nameOf, parentOf, spanOf } from './query.ts';

export interface CanonicalMethod {
  readonly version: '1.0' | '1.1' | 'exclusive';
  readonly comments: boolean;
  /** InclusiveNamespaces PrefixList of the exclusive form; `#default` stands for the default namespace. */
  readonly prefixes?: readonly string[];
}

/** Nodes to write: the subtree of `apex` (0: the whole document) without the subtrees that are left out, or a node-set. */
export interface NodeSelection {
  readonly apex: XmlNode;
  /** Nodes whose whole subtrees are left out. */
  readonly without?: ReadonlySet<XmlNode>;
  readonly set?: NodeSet;
}

/** A node-set of XPath (XPath 1.0, 3.3). */
export interface NodeSet {
  hasNode(node: XmlNode): boolean;
  hasAttribute(attribute: XmlAttribute): boolean;
  /** The namespace node of a prefix in scope; where this is absent, those of an element are in with the element. */
  hasNamespace?(element: XmlNode, prefix: string): boolean;
}

/** The canonical octets. Comments are left out unless the method keeps them. */
export const canonicalize = (document: XmlDocument, selection: NodeSelection, method: CanonicalMethod): Bytes =>
  collected((write) => canonicalizeTo(document, selection, method, write));

/** The same piece by piece: for a digest. A piece is only valid until `write` returns. */
export function canonicalizeTo(
  document: XmlDocument,
  selection: NodeSelection,
  method: CanonicalMethod,
  write: (piece: Bytes) => void,
): void {
  const output = new OctetOutput(write);
  const state: State = {
    document,
    selection,
    method,
    output,
    prefixes: new Set((method.prefixes ?? []).map((prefix) => (prefix === '#default' ? '' : prefix))),
    scope: new Map(),
    rendered: new Map(),
    open: [],
    shown: NOTHING,
    names: namesOf(document),
    settled: null,
  };
  for (const ancestor of ancestorsOf(document, selection.apex)) declare(state, ancestor, null);
  walk(state);
  output.flush();
}

interface State {
  readonly document: XmlDocument;
  readonly selection: NodeSelection;
  readonly method: CanonicalMethod;
  readonly output: OctetOutput;
  readonly prefixes: ReadonlySet<string>;
  /** Namespace of each prefix in scope at the current element. */
  readonly scope: Map<string, string>;
  /** Namespace of each prefix as the nearest written ancestor shows it. */
  readonly rendered: Map<string, string>;
  readonly open: Open[];
  /** Namespace nodes of the nearest ancestor in a node-set that holds namespace nodes of its own choice. */
  shown: ReadonlyMap<string, string>;
  /** By the place of the name in the document. */
  readonly names: (WrittenName | undefined)[];
  /** A prefix that needs no declaration as things stand; null where that is not known. */
  settled: string | null;
}

/** An element whose end has not come yet, and what to undo there. */
interface Open {
  readonly after: XmlNode;
  /** Name to close; null where the element itself is not written. */
  readonly name: WrittenName | null;
  readonly undo: readonly Undo[];
  /** {@link State.shown} before it. */
  readonly shown: ReadonlyMap<string, string>;
}

/** A name in its tags, as UTF-8. */
interface WrittenName {
  /** `<name` */
  readonly start: Bytes;
  /** `</name>` */
  readonly end: Bytes;
  readonly name: Bytes;
}

interface Undo {
  readonly map: Map<string, string>;
  readonly prefix: string;
  readonly before: string | undefined;
}

function walk(state: State): void {
  const { document, selection, open } = state;
  const { nodes } = document;
  const end = afterOf(document, selection.apex);
  for (let node = selection.apex; node < end; ) {
    while (open.length > 0 && (open[open.length - 1] as Open).after <= node) close(state);
    if (selection.without?.has(node)) {
      node = afterOf(document, node);
      continue;
    }
    const kind = (nodes[node * NODE.size] as number) & KIND_MASK;
    if (kind === KIND.element) openElement(state, node);
    else if (kind !== KIND.document && (selection.set === undefined || selection.set.hasNode(node))) writeLeaf(state, node, kind);
    node++;
  }
  while (open.length > 0) close(state);
}

function close(state: State): void {
  const { open, output } = state;
  const { name, undo, shown } = open.pop() as Open;
  state.shown = shown;
  if (name !== null) output.bytes(name.end);
  if (undo.length > 0) state.settled = null;
  for (let i = undo.length - 1; i >= 0; i--) {
    const { map, prefix, before } = undo[i] as Undo;
    if (before === undefined) map.delete(prefix);
    else map.set(prefix, before);
  }
}

function openElement(state: State, element: XmlNode): void {
  const { document, selection, open, output, shown } = state;
  const { nodes } = document;
  const place = element * NODE.size;
  const bare = (nodes[place] as number) >>> COUNT_SHIFT === 0 && selection.set === undefined && element !== selection.apex;
  if (bare && element !== document.root && isSettled(state, nameOf(document, element).prefix)) {
    const name = encoded(state, nodes[place + NODE.name] as number);
    output.bytes(name.start);
    output.octet(GREATER);
    open.push({ after: nodes[place + NODE.after] as number, name, undo: NO_UNDO, shown });
    return;
  }
  const undo: Undo[] = [];
  const changed = declare(state, element, undo);
  const written = selection.set === undefined || selection.set.hasNode(element);
  const name = written ? encoded(state, nodes[place + NODE.name] as number) : null;
  const orphan = written && !parentWritten(state, element);
  if (name !== null) output.bytes(name.start);
  const attributes = attributesIn(state, element);
  if (selection.set?.hasNamespace !== undefined) writeChosenNamespaces(state, element, written, attributes, undo);
  else if (written) {
    const namespaces =
      state.method.version === 'exclusive'
        ? visibleNamespaces(state, element, attributes, changed, orphan)
        : inclusiveNamespaces(state, changed, orphan);
    for (const prefix of namespaces) writeNamespace(state, prefix, undo);
  }
  writeAttributes(state, element, attributes, orphan);
  if (name !== null) output.octet(GREATER);
  open.push({ after: afterOf(document, element), name, undo, shown });
}

/** Whether an element of this prefix, without declarations of its own, writes none: nothing else can be due in the inclusive forms. */
function isSettled(state: State, prefix: string): boolean {
  if (state.method.version !== 'exclusive') return true;
  if (state.prefixes.size > 0 || (state.settled !== prefix && mustRender(state, prefix))) return false;
  state.settled = prefix;
  return true;
}

/**
 * Of a node-set that holds some namespace nodes and not others. An element that is not in it writes its namespace nodes and
 * attributes all the same in the inclusive forms (Canonical XML, 2.3), and none of the former in the exclusive one.
 */
function writeChosenNamespaces(state: State, element: XmlNode, written: boolean, attributes: readonly XmlAttribute[], undo: Undo[]): void {
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

/** Whether the parent is in the node-set too: else attributes of the xml namespace may come down (Canonical XML, 2.4). */
function parentWritten({ document, selection }: State, element: XmlNode): boolean {
  if (element === selection.apex || (selection.apex === 0 && element === document.root)) return false;
  return selection.set === undefined || selection.set.hasNode(parentOf(document, element));
}

/** Enters the declarations of an element into the scope; gives the prefixes it declares. */
function declare(state: State, element: XmlNode, undo: Undo[] | null): readonly string[] {
  const { document, scope } = state;
  const { first, count } = attributeRange(document, element);
  if (count === 0 || !hasDeclaration(document, first, count)) return NONE;
  const declared = declarationsOf(document, element);
  state.settled = null;
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
function inclusiveNamespaces(state: State, changed: readonly string[], orphan: boolean): readonly string[] {
  const candidates = orphan || state.selection.set !== undefined ? [...state.scope.keys()] : changed;
  return candidates.filter((prefix) => mustRender(state, prefix)).sort(compareCodePoints);
}

/** Exclusive Canonicalization, 3: the visibly utilized ones, and those of the PrefixList as the inclusive form has them. */
function visibleNamespaces(
  state: State,
  element: XmlNode,
  attributes: readonly XmlAttribute[],
  changed: readonly string[],
  orphan: boolean,
): readonly string[] {
  const used = usedPrefixes(state, element, attributes);
  if (state.prefixes.size > 0) {
    const inclusive = orphan || state.selection.set !== undefined ? state.scope.keys() : changed;
    for (const prefix of inclusive) if (state.prefixes.has(prefix)) used.add(prefix);
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

function writeNamespace(state: State, prefix: string, undo: Undo[], namespace = state.scope.get(prefix) ?? ''): void {
  const { output, rendered } = state;
  state.settled = null;
  undo.push({ map: rendered, prefix, before: rendered.get(prefix) });
  rendered.set(prefix, namespace);
  output.bytes(prefix === '' ? XMLNS : XMLNS_COLON);
  if (prefix !== '') output.text(prefix);
  output.octet(EQUALS);
  output.octet(QUOTE);
  output.bytes(escapedNamespace(namespace));
  output.octet(QUOTE);
}

function attributesIn({ document, selection }: State, element: XmlNode): readonly XmlAttribute[] {
  const { count } = attributeRange(document, element);
  if (count === 0) return NO_ATTRIBUTES;
  const all = attributesOf(document, element);
  return selection.set === undefined ? all : all.filter((attribute) => selection.set?.hasAttribute(attribute));
}

/** By namespace, then by local name; those without a namespace first (Canonical XML, 2.2). */
function writeAttributes(state: State, element: XmlNode, own: readonly XmlAttribute[], orphan: boolean): void {
  const { document, output } = state;
  const inherited = orphan && state.method.version !== 'exclusive' ? inheritedFor(state, element, own) : null;
  if (own.length === 0 && inherited === null) return;
  const all: Written[] = own.map((attribute) => ({ name: attributeName(document, attribute), attribute, value: null }));
  if (inherited !== null) {
    for (const { local, value } of inherited) {
      const place = all.findIndex(({ name }) => name.prefix === 'xml' && name.local === local);
      if (place >= 0) all.splice(place, 1);
      if (value !== null)
        all.push({ name: { qualified: `xml:${local}`, prefix: 'xml', local, namespace: XML, expanded: -1 }, attribute: -1, value });
    }
  }
  if (all.length > 1)
    all.sort((a, b) => compareCodePoints(a.name.namespace, b.name.namespace) || compareCodePoints(a.name.local, b.name.local));
  for (const { name, attribute, value } of all) {
    output.octet(SPACE);
    output.bytes(
      attribute < 0 ? utf8(name.qualified) : encoded(state, (document.attributes[attribute * ATTRIBUTE.size] as number) >> NAME_SHIFT).name,
    );
    output.octet(EQUALS);
    output.octet(QUOTE);
    if (value === null) writeAttributeValue(document, attribute, output);
    else output.bytes(escapedNamespace(value));
    output.octet(QUOTE);
  }
}

interface Written {
  readonly name: XmlName;
  readonly attribute: XmlAttribute;
  /** Set for what was inherited. */
  readonly value: string | null;
}

function inheritedFor({ document, selection, method }: State, element: XmlNode, own: readonly XmlAttribute[]) {
  const found = inheritedXmlAttributes(document, element, {
    joinBases: method.version === '1.1',
    isWritten: (ancestor) =>
      ancestor !== 0 && ancestor >= selection.apex && (selection.set?.hasNode(ancestor) ?? selection.apex <= ancestor),
    own: (selection.set === undefined ? own : attributesOf(document, element)).flatMap((attribute) => {
      const { prefix, local } = attributeName(document, attribute);
      return prefix === 'xml' ? [{ local, value: attributeValue(document, attribute) }] : [];
    }),
  });
  return found.length === 0 ? null : found;
}

/** Text, comments and processing instructions; outside the document element each stands on a line of its own (2.3). */
function writeLeaf(state: State, node: XmlNode, kind: number): void {
  const { document, output, method } = state;
  if (kind === KIND.comment && !method.comments) return;
  if (kind === KIND.text || kind === KIND.cdata) return writeText(document, node, output);
  const outside = parentOf(document, node) === 0;
  const { start, end } = spanOf(document, node);
  const before = outside && start < spanOf(document, document.root).start;
  if (outside && !before) output.octet(LINE_FEED);
  if (kind === KIND.comment) writeWithoutReturns(document, start, end, output);
  else writeInstruction(document, node, output);
  if (before) output.octet(LINE_FEED);
}

/** A name of the document by its place there. */
function encoded({ document, names }: State, index: number): WrittenName {
  const known = names[index];
  if (known !== undefined) return known;
  const { qualified } = document.names[index] as XmlName;
  const written = { start: utf8(`<${qualified}`), end: utf8(`</${qualified}>`), name: utf8(qualified) };
  names[index] = written;
  return written;
}

const NAMES = new WeakMap<XmlDocument, (WrittenName | undefined)[]>();
function namesOf(document: XmlDocument): (WrittenName | undefined)[] {
  const known = NAMES.get(document) ?? new Array<WrittenName | undefined>(document.names.length).fill(undefined);
  NAMES.set(document, known);
  return known;
}

/** From the outermost down, without the element itself. */
function ancestorsOf(document: XmlDocument, node: XmlNode): XmlNode[] {
  const found: XmlNode[] = [];
  if (node === 0) return found;
  for (let at = parentOf(document, node); at !== 0; at = parentOf(document, at)) found.push(at);
  return found.reverse();
}

const escapedNamespace = (value: string): Bytes => utf8(value.replace(/[&<"\t\n\r]/g, (character) => ESCAPES[character] ?? character));

const ESCAPES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '"': '&quot;',
  '\t': '&#x9;',
  '\n': '&#xA;',
  '\r': '&#xD;',
};
const NO_UNDO: readonly Undo[] = [];
const NONE: readonly string[] = [];
const NOTHING: ReadonlyMap<string, string> = new Map();
const NO_ATTRIBUTES: readonly XmlAttribute[] = [];
const XML = 'http://www.w3.org/XML/1998/namespace';
const XMLNS = utf8(' xmlns');
const XMLNS_COLON = utf8(' xmlns:');
const LINE_FEED = 0x0a;
const SPACE = 0x20;
const QUOTE = 0x22;
const EQUALS = 0x3d;
const GREATER = 0x3e;
