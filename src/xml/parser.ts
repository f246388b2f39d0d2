/**
 * The parse itself (XML 1.0, Namespaces in XML 1.0): one pass over the octets, no recursion, every rule of well-formedness.
 * One class, because it is a cursor.
 */
import type { Bytes } from '../base/bytes.ts';
import { unreadable } from '../base/parsed.ts';
import {
  CONTENT_CLASS,
  isSpace,
  isWideName,
  isWideNameStart,
  NAME,
  NAME_CLASS,
  readWide,
  TEXT,
  VALUE_CLASS,
  VERBATIM_CLASS,
  type WideCharacter,
} from './character.ts';
import { decodeValue } from './decode.ts';
import {
  ATTRIBUTE,
  COUNT_SHIFT,
  FLAG,
  FLAG_SHIFT,
  KIND,
  KIND_MASK,
  NAME_SHIFT,
  NODE,
  XML_NAMESPACE,
  XMLNS_NAMESPACE,
  type XmlAttribute,
  type XmlDocument,
  type XmlNode,
} from './document.ts';
import type { XmlLimits } from './limits.ts';
import { NameTable, type WrittenName } from './name-table.ts';
import { endOfReference } from './reference.ts';
import { Tape } from './tape.ts';

export class Parser {
  private readonly bytes: Bytes;
  private readonly limits: XmlLimits;
  private readonly table: NameTable;
  private readonly wide: WideCharacter = { point: 0, octets: 0 };
  private at: number;
  private readonly tape: Tape;
  private open: XmlNode = 0;
  private depth = 0;
  private root: XmlNode = 0;
  /** Octets that the character last seen by {@link special} takes beyond its first. */
  private skip = 0;
  /** Namespaces bound before each open element. */
  private readonly bounds: number[] = [];
  /** Names of the attributes of the start tag at hand. */
  private readonly written: WrittenName[] = [];
  /** The element that last had an expanded name among its attributes. */
  private readonly seenIn = new Map<number, XmlNode>();

  constructor(bytes: Bytes, start: number, limits: XmlLimits) {
    this.bytes = bytes;
    this.limits = limits;
    this.at = start;
    this.table = new NameTable(bytes);
    this.tape = new Tape(bytes.length);
  }

  run(): Omit<XmlDocument, 'original' | 'encoding'> {
    const { bytes } = this;
    const size = bytes.length;
    this.addNode(KIND.document, 0);
    while (this.at < size) {
      if (bytes[this.at] !== LESS) this.text();
      else {
        const next = bytes[this.at + 1];
        if (next === SLASH) this.endTag();
        else if (next === EXCLAMATION) this.declaration();
        else if (next === QUESTION) this.instruction();
        else this.startTag();
      }
    }
    if (this.open !== 0) this.fail(size, `the document ends inside the element ${this.nameOf(this.open)}`);
    if (this.root === 0) this.fail(size, 'there is no element');
    this.tape.closeNode(0, size);
    const { nodes, nodeCount, attributes, attributeCount } = this.tape;
    return { bytes, root: this.root, names: this.table.names, nodes, nodeCount, attributes, attributeCount };
  }

  private text(): void {
    const { bytes } = this;
    const size = bytes.length;
    const start = this.at;
    let flags = 0;
    let i = start;
    for (; ; i++) {
      // Four at a time: most of a document is long text.
      while (i < size - 4 && plainFour(bytes, i)) i += 4;
      while (i < size && CONTENT_CLASS[bytes[i] as number] === TEXT.plain) i++;
      if (i >= size) break;
      const kind = CONTENT_CLASS[bytes[i] as number] as number;
      if (kind === TEXT.less) break;
      if (kind === TEXT.bracket) {
        if (bytes[i + 1] === BRACKET && bytes[i + 2] === GREATER) this.fail(i, "']]>' may not stand in text");
      } else if (kind === TEXT.ampersand) {
        flags |= FLAG.decode;
        i = endOfReference(bytes, i);
      } else {
        flags |= this.special(i, kind);
        i += this.skip;
      }
    }
    this.at = i;
    if (this.open === 0) return this.outside(start, i);
    this.checkSize(start, i);
    const node = this.addNode(KIND.text | (flags << FLAG_SHIFT), start);
    this.tape.closeNode(node, i);
  }

  /** Beside the document element there is white space only, and no node is made of it. */
  private outside(start: number, end: number): void {
    for (let i = start; i < end; i++) if (!isSpace(this.bytes[i])) this.fail(i, 'there is text outside the document element');
  }

  /** Checks a character that is no plain ASCII; the flags that it sets. */
  private special(at: number, kind: number): number {
    this.skip = 0;
    if (kind === TEXT.wide) {
      readWide(this.bytes, at, this.wide);
      this.skip = this.wide.octets - 1;
      return FLAG.wide;
    }
    if (kind === TEXT.carriageReturn) return FLAG.decode;
    if (kind === TEXT.illegal) {
      const octet = this.bytes[at] as number;
      this.fail(at, `the character U+${octet.toString(16).toUpperCase().padStart(4, '0')} may not stand in XML`);
    }
    return 0;
  }

  private startTag(): void {
    const { bytes } = this;
    const start = this.at;
    if (this.open === 0 && this.root !== 0) this.fail(start, 'there is a second document element');
    if (this.depth >= this.limits.depth) this.fail(start, `elements are nested deeper than ${this.limits.depth}`);
    this.at++;
    const name = this.name('an element name');
    const node = this.addNode(KIND.element, start);
    const first = this.tape.attributeCount;
    const bound = this.table.bound;
    this.written.length = 0;
    let spaced = this.skipSpace();
    let octet = bytes[this.at];
    while (octet !== GREATER && octet !== SLASH) {
      if (octet === undefined) this.fail(this.at, 'the document ends inside a tag');
      if (!spaced) this.fail(this.at, 'white space is missing before an attribute');
      this.attribute(first);
      spaced = this.skipSpace();
      octet = bytes[this.at];
    }
    const empty = octet === SLASH;
    if (empty && bytes[this.at + 1] !== GREATER) this.fail(this.at, "'/' is not followed by '>'");
    this.at += empty ? 2 : 1;
    this.complete(node, name, first);
    if (empty) {
      this.table.restore(bound);
      this.tape.closeNode(node, this.at);
      return;
    }
    this.bounds[this.depth++] = bound;
    this.open = node;
  }

  /** Resolves the names of a start tag, once all its declarations are known. */
  private complete(node: XmlNode, name: WrittenName, first: XmlAttribute): void {
    const { table } = this;
    const { nodes, attributes } = this.tape;
    const count = this.tape.attributeCount - first;
    const place = node * NODE.size;
    const resolved = table.resolve(name, false);
    if (resolved < 0) this.undeclared(name, nodes[place + NODE.start] as number);
    if (name.prefix === 'xmlns') this.fail(nodes[place + NODE.start] as number, "no element may have the prefix 'xmlns'");
    nodes[place + NODE.name] = resolved;
    nodes[place + NODE.attributes] = first;
    nodes[place + NODE.content] = this.at;
    nodes[place] = KIND.element | (count << COUNT_SHIFT);
    for (let i = 0; i < count; i++) {
      const at = (first + i) * ATTRIBUTE.size;
      const written = this.written[i] as WrittenName;
      const index = table.resolve(written, true);
      if (index < 0) this.undeclared(written, attributes[at + ATTRIBUTE.start] as number);
      attributes[at] = (index << NAME_SHIFT) | (attributes[at] as number);
    }
    if (count > 1) this.checkUnique(node, first, count);
    if (this.root === 0) this.root = node;
  }

  /** No two attributes of the same name, nor of the same namespace and local part. */
  private checkUnique(node: XmlNode, first: XmlAttribute, count: number): void {
    const { names } = this.table;
    if (count <= FEW && this.fewAreUnique(first, count)) return;
    for (let i = 0; i < count; i++) {
      const at = (first + i) * ATTRIBUTE.size;
      const { expanded, qualified } = names[(this.tape.attributes[at] as number) >> NAME_SHIFT] as { expanded: number; qualified: string };
      if (this.seenIn.get(expanded) === node) {
        this.fail(this.tape.attributes[at + ATTRIBUTE.start] as number, `the attribute ${shown(qualified)} stands twice in one element`);
      }
      this.seenIn.set(expanded, node);
    }
  }

  /** The quick way to be sure. */
  private fewAreUnique(first: XmlAttribute, count: number): boolean {
    const { table } = this;
    const { attributes } = this.tape;
    const expandedAt = (i: number) => table.names[(attributes[(first + i) * ATTRIBUTE.size] as number) >> NAME_SHIFT]?.expanded;
    for (let i = 1; i < count; i++) {
      const expanded = expandedAt(i);
      for (let j = 0; j < i; j++) if (expandedAt(j) === expanded) return false;
    }
    return true;
  }

  private undeclared(name: WrittenName, at: number): never {
    return this.fail(at, `the prefix of ${shown(name.qualified)} is not declared`);
  }

  private attribute(first: XmlAttribute): void {
    const { bytes } = this;
    const start = this.at;
    const name = this.name('an attribute name');
    this.skipSpace();
    if (bytes[this.at] !== EQUALS) this.fail(this.at, "'=' is missing after the name of an attribute");
    this.at++;
    this.skipSpace();
    const quote = bytes[this.at];
    if (quote !== DOUBLE && quote !== SINGLE) this.fail(this.at, 'the value of an attribute is not in quotes');
    const valueStart = ++this.at;
    const flags = this.value(quote as number);
    if (this.tape.attributeCount - first >= this.limits.attributes)
      this.fail(start, `there are more than ${this.limits.attributes} attributes`);
    const declares = name.prefix === 'xmlns' || name.qualified === 'xmlns';
    this.tape.addAttribute(flags | (declares ? FLAG.declaration : 0), start, valueStart, this.at - 1);
    this.written.push(name);
    if (declares) this.bindNamespace(name, decodeValue(bytes, valueStart, this.at - 1, flags), start);
  }

  /** Reads up to and with the closing quote; the flags of the value. */
  private value(quote: number): number {
    const { bytes } = this;
    const size = bytes.length;
    const start = this.at;
    let flags = 0;
    let i = start;
    for (; ; i++) {
      while (i < size && VALUE_CLASS[bytes[i] as number] === TEXT.plain) i++;
      if (i >= size) break;
      const octet = bytes[i] as number;
      const kind = VALUE_CLASS[octet] as number;
      if (kind === TEXT.other) {
        if (octet === quote) break;
      } else if (kind === TEXT.less) this.fail(i, "'<' may not stand in the value of an attribute");
      else if (kind === TEXT.space) flags |= FLAG.decode;
      else if (kind === TEXT.ampersand) {
        flags |= FLAG.decode;
        i = endOfReference(bytes, i);
      } else {
        flags |= this.special(i, kind);
        i += this.skip;
      }
    }
    if (i >= size) this.fail(size, 'the document ends inside the value of an attribute');
    if (i - start > this.limits.value) this.fail(start, `the value of an attribute is longer than ${this.limits.value} octets`);
    this.at = i + 1;
    return flags;
  }

  /** Namespace constraints (Namespaces in XML 1.0, 3 and 5). */
  private bindNamespace({ prefix, local, qualified }: WrittenName, namespace: string, at: number): void {
    const declared = prefix === '' ? '' : local;
    const isXml = declared === 'xml';
    if (declared === 'xmlns') this.fail(at, "the prefix 'xmlns' may not be declared");
    if (isXml !== (namespace === XML_NAMESPACE)) this.fail(at, "the prefix 'xml' and its namespace belong to each other");
    if (namespace === XMLNS_NAMESPACE) this.fail(at, "no prefix may stand for the namespace of 'xmlns'");
    if (namespace === '' && declared !== '') this.fail(at, `${shown(qualified)} stands for no namespace`);
    this.table.bind(declared, namespace);
  }

  private endTag(): void {
    const { bytes, open } = this;
    const { nodes } = this.tape;
    const start = this.at;
    if (open === 0) this.fail(start, 'an end tag without its start tag');
    let expected = (nodes[open * NODE.size + NODE.start] as number) + 1;
    let i = start + 2;
    // The start tag's name, octet by octet; what follows may not go on with it.
    for (let octet = bytes[expected] as number; isNameOctet(octet); octet = bytes[++expected] as number) {
      if (bytes[i++] !== octet) this.fail(start, `the end tag does not fit the element ${this.nameOf(open)}`);
    }
    if (isNameOctet(bytes[i] ?? 0)) this.fail(start, `the end tag does not fit the element ${this.nameOf(open)}`);
    this.at = i;
    this.skipSpace();
    if (bytes[this.at] !== GREATER) this.fail(this.at, "'>' is missing in an end tag");
    this.at++;
    this.table.restore(this.bounds[--this.depth] as number);
    this.open = nodes[open * NODE.size + NODE.parent] as number;
    this.tape.closeNode(open, this.at);
  }

  /** A comment or CDATA section; a document type declaration is refused. */
  private declaration(): void {
    const start = this.at;
    if (this.follows(COMMENT_START)) return this.comment(start);
    if (this.follows(CDATA_START)) return this.cdata(start);
    if (this.follows(DOCTYPE)) this.fail(start, 'a document type declaration (DOCTYPE) is not accepted');
    this.fail(start, "'<!' starts neither a comment nor a CDATA section");
  }

  private comment(start: number): void {
    const { bytes } = this;
    const flags = this.until(start + COMMENT_START.length, HYPHEN, HYPHEN);
    const end = this.at;
    if (bytes[end + 2] !== GREATER) this.fail(end, "'--' may not stand in a comment");
    this.finish(KIND.comment, flags, start, end + 3);
  }

  private cdata(start: number): void {
    if (this.open === 0) this.fail(start, 'there is a CDATA section outside the document element');
    let from = start + CDATA_START.length;
    let flags = 0;
    for (;;) {
      flags |= this.until(from, BRACKET, BRACKET);
      if (this.bytes[this.at + 2] === GREATER) break;
      from = this.at + 1;
    }
    this.finish(KIND.cdata, flags, start, this.at + 3);
  }

  private instruction(): void {
    const start = this.at;
    this.at += 2;
    this.name('the target of a processing instruction', false);
    const targetEnd = this.at;
    if (targetEnd - start === 5 && /^xml$/i.test(this.threeAt(start + 2))) {
      this.fail(start, "a processing instruction may not be called 'xml', and the XML declaration stands at the very start only");
    }
    const spaced = this.skipSpace();
    if (!spaced && !(this.bytes[this.at] === QUESTION && this.bytes[this.at + 1] === GREATER)) {
      this.fail(this.at, 'white space is missing after the target of a processing instruction');
    }
    const flags = this.until(this.at, QUESTION, GREATER);
    const node = this.finish(KIND.pi, flags, start, this.at + 2);
    this.tape.nodes[node * NODE.size + NODE.name] = targetEnd;
  }

  /** Goes to the next place where the two octets follow each other, checking every character on the way; its flags. */
  private until(from: number, first: number, second: number): number {
    const { bytes } = this;
    const size = bytes.length;
    let flags = 0;
    for (let i = from; ; i++) {
      while (i < size && VERBATIM_CLASS[bytes[i] as number] === TEXT.plain) i++;
      if (i >= size) break;
      const octet = bytes[i] as number;
      const kind = VERBATIM_CLASS[octet] as number;
      if (kind !== TEXT.other) {
        flags |= this.special(i, kind);
        i += this.skip;
      } else if (octet === first && bytes[i + 1] === second) {
        this.at = i;
        return flags;
      }
    }
    return this.fail(size, 'the document ends inside a comment, a CDATA section or a processing instruction');
  }

  private finish(kind: number, flags: number, start: number, end: number): XmlNode {
    this.checkSize(start, end);
    this.at = end;
    const node = this.addNode(kind | (flags << FLAG_SHIFT), start);
    this.tape.closeNode(node, end);
    return node;
  }

  /** A name with at most one colon (QName), or none at all. */
  private name(what: string, colonAllowed = true): WrittenName {
    const { bytes } = this;
    const size = bytes.length;
    const start = this.at;
    let colon = -1;
    let hash = 0;
    let first = true;
    let i = start;
    for (; i < size; i++) {
      const octet = bytes[i] as number;
      const kind = NAME_CLASS[octet] as number;
      if (kind === 0) break;
      hash = (Math.imul(hash, 31) + octet) | 0;
      if (kind === NAME.colon) {
        if (first || colon >= 0 || !colonAllowed) this.fail(i, `a colon stands where it may not in ${what}`);
        colon = i;
        first = true;
        continue;
      }
      if (kind === NAME.wide) {
        readWide(bytes, i, this.wide);
        if (!(first ? isWideNameStart : isWideName)(this.wide.point)) this.fail(i, `a character may not stand in ${what}`);
        hash = (Math.imul(hash, 31) + this.wide.point) | 0;
        i += this.wide.octets - 1;
      } else if (first && kind === NAME.more) this.fail(i, `${what} may not start like this`);
      first = false;
    }
    if (first) this.fail(i, `${what} is missing`);
    if (i - start > this.limits.name) this.fail(start, `${what} is longer than ${this.limits.name} octets`);
    this.at = i;
    return this.table.at(start, i, colon, hash);
  }

  private addNode(flags: number, start: number): XmlNode {
    if (this.tape.nodeCount >= this.limits.nodes) this.fail(start, `there are more than ${this.limits.nodes} nodes`);
    return this.tape.addNode(flags, this.open, start);
  }

  private checkSize(start: number, end: number): void {
    if (end - start > this.limits.text) this.fail(start, `a text is longer than ${this.limits.text} octets`);
  }

  /** Whether there was any. */
  private skipSpace(): boolean {
    const start = this.at;
    while (isSpace(this.bytes[this.at])) this.at++;
    return this.at > start;
  }

  private follows(octets: readonly number[]): boolean {
    return octets.every((octet, i) => this.bytes[this.at + i] === octet);
  }

  private threeAt(at: number): string {
    return String.fromCharCode(this.bytes[at] ?? 0, this.bytes[at + 1] ?? 0, this.bytes[at + 2] ?? 0);
  }

  private nameOf(node: XmlNode): string {
    const numbers = this.tape.nodes.subarray(node * NODE.size, (node + 1) * NODE.size);
    const isElement = ((numbers[0] as number) & KIND_MASK) === KIND.element;
    return shown(isElement ? (this.table.names[numbers[NODE.name] as number]?.qualified ?? '') : '');
  }

  private fail(at: number, reason: string): never {
    return unreadable('XML', at, reason);
  }
}

const plainFour = (bytes: Bytes, at: number): boolean =>
  ((CONTENT_CLASS[bytes[at] as number] as number) |
    (CONTENT_CLASS[bytes[at + 1] as number] as number) |
    (CONTENT_CLASS[bytes[at + 2] as number] as number) |
    (CONTENT_CLASS[bytes[at + 3] as number] as number)) ===
  TEXT.plain;

const isNameOctet = (octet: number): boolean => NAME_CLASS[octet] !== 0;

/** A foreign name in a message of ours, cut where it is long. */
const shown = (name: string): string => `'${name.length > 60 ? `${name.slice(0, 60)}…` : name}'`;

/** Attributes that are compared each with each. */
const FEW = 6;
const octetsOf = (text: string): readonly number[] => Array.from(text, (character) => character.charCodeAt(0));
const COMMENT_START = octetsOf('<!--');
const CDATA_START = octetsOf('<![CDATA[');
const DOCTYPE = octetsOf('<!DOCTYPE');
const [LESS, GREATER, SLASH, EXCLAMATION, QUESTION] = [0x3c, 0x3e, 0x2f, 0x21, 0x3f];
const [BRACKET, HYPHEN, EQUALS, DOUBLE, SINGLE] = [0x5d, 0x2d, 0x3d, 0x22, 0x27];
