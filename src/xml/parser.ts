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
  FORM,
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
import { NameTable, PREFIX, type WrittenName } from './name-table.ts';
import { type Place, readOrdinary } from './ordinary.ts';
import { endOfReference } from './reference.ts';
import { Tape, type Written } from './tape.ts';

export class Parser implements Place {
  readonly bytes: Bytes;
  readonly limits: XmlLimits;
  readonly table: NameTable;
  readonly tape: Tape;
  readonly wide: WideCharacter = { point: 0, octets: 0 };
  at: number;
  open: XmlNode = 0;
  depth = 0;
  private root: XmlNode = 0;
  /** Octets that the character last seen by {@link special} takes beyond its first. */
  private skip = 0;
  readonly opened: WrittenName[] = [];
  readonly bounds: number[] = [];
  /** Whether the start tag at hand is {@link FORM.neat} so far. */
  private neat = true;
  /** Names of the attributes of the start tag at hand. */
  private readonly written: WrittenName[] = [];
  /** The element that last had an expanded name among its attributes. */
  private readonly seenIn = new Map<number, XmlNode>();

  constructor(bytes: Bytes, start: number, limits: XmlLimits) {
    this.bytes = bytes;
    this.limits = limits;
    this.at = start;
    this.table = new NameTable(bytes, limits.name);
    this.tape = new Tape();
  }

  /** `finish`: the tape as the document has it. */
  run(finish: (tape: Tape) => Written): Omit<XmlDocument, 'original' | 'encoding' | keyof Written> & Written {
    const { bytes } = this;
    const size = bytes.length;
    this.addNode(KIND.document, 0);
    for (readOrdinary(this); this.at < size; readOrdinary(this)) {
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
    const { nodeCount, attributeCount } = this.tape;
    return { bytes, root: this.root, names: this.table.names, ...finish(this.tape), nodeCount, attributeCount };
  }

  private text(): void {
    const { bytes } = this;
    const size = bytes.length;
    const start = this.at;
    let flags = 0;
    let asWritten = true;
    let i = start;
    for (; ; i++) {
      while (i < size && CONTENT[bytes[i] as number] === PLAIN) i++;
      if (i >= size) break;
      const kind = CONTENT[bytes[i] as number] as number;
      if (kind === TEXT.less) break;
      if (kind === TEXT.other) asWritten = false;
      else if (kind === TEXT.bracket) {
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
    const form = asWritten && (flags & FLAG.decode) === 0 ? FORM.asWritten | FORM.parentsPrefix : 0;
    const node = this.addNode(KIND.text | (flags << FLAG_SHIFT) | form, start);
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
    this.neat = true;
    let octet = bytes[this.at];
    while (octet !== GREATER && octet !== SLASH) {
      if (octet === SPACE && CLASS[bytes[this.at + 1] as number] !== 0) this.at++;
      else {
        this.neat = false;
        const spaced = this.skipSpace();
        octet = bytes[this.at];
        if (octet === undefined) this.fail(this.at, 'the document ends inside a tag');
        if (octet === GREATER || octet === SLASH) break;
        if (!spaced) this.fail(this.at, 'white space is missing before an attribute');
      }
      this.attribute(first);
      octet = bytes[this.at];
    }
    const empty = octet === SLASH;
    if (empty && bytes[this.at + 1] !== GREATER) this.fail(this.at, "'/' is not followed by '>'");
    this.at += empty ? 2 : 1;
    this.complete(node, name, first, empty);
    if (empty) {
      this.table.restore(bound);
      this.tape.closeNode(node, this.at);
      return;
    }
    this.bounds[this.depth] = bound;
    this.opened[this.depth++] = name;
    this.open = node;
  }

  /** Resolves the names of a start tag, once all its declarations are known. */
  private complete(node: XmlNode, name: WrittenName, first: XmlAttribute, empty: boolean): void {
    const { table, written } = this;
    const { nodes, attributes } = this.tape;
    const count = this.tape.attributeCount - first;
    const place = node * SIZE;
    const resolved = table.resolve(name);
    if (resolved < 0) this.undeclared(name, nodes[place + NODE.start] as number);
    if (name.prefixId === PREFIX.xmlns) this.fail(nodes[place + NODE.start] as number, "no element may have the prefix 'xmlns'");
    nodes[place + NODE.name] = resolved;
    nodes[place + NODE.attributes] = first;
    nodes[place + NODE.content] = this.at;
    let ordered = true;
    let parentsPrefix = name.prefixId === this.opened[this.depth - 1]?.prefixId;
    for (let i = 0; i < count; i++) {
      const at = (first + i) * ATTRIBUTE_SIZE;
      const attribute = written[i] as WrittenName;
      const index = table.resolveAttribute(attribute);
      if (index < 0) this.undeclared(attribute, attributes[at + ATTRIBUTE.start] as number);
      attributes[at] = (index << NAME_SHIFT) | (attributes[at] as number);
      if (attribute.prefixId > PREFIX.xml && attribute.prefixId !== name.prefixId) parentsPrefix = false;
      if (i > 0 && ordered) ordered = table.follows(attribute, written[i - 1] as WrittenName);
    }
    if (!ordered) this.checkUnique(node, first, count);
    let form = 0;
    if (this.root === 0) this.root = node;
    else if (this.neat) form = FORM.neat | (ordered && !empty ? FORM.asWritten : 0) | (parentsPrefix ? FORM.parentsPrefix : 0);
    nodes[place] = KIND.element | form | (count << COUNT_SHIFT);
  }

  /** No two attributes of the same name, nor of the same namespace and local part. */
  private checkUnique(node: XmlNode, first: XmlAttribute, count: number): void {
    const { names } = this.table;
    for (let i = 0; i < count; i++) {
      const at = (first + i) * ATTRIBUTE_SIZE;
      const { expanded, qualified } = names[(this.tape.attributes[at] as number) >> NAME_SHIFT] as { expanded: number; qualified: string };
      if (this.seenIn.get(expanded) === node) {
        this.fail(this.tape.attributes[at + ATTRIBUTE.start] as number, `the attribute ${shown(qualified)} stands twice in one element`);
      }
      this.seenIn.set(expanded, node);
    }
  }

  private undeclared(name: WrittenName, at: number): never {
    return this.fail(at, `the prefix of ${shown(name.qualified)} is not declared`);
  }

  private attribute(first: XmlAttribute): void {
    const { bytes } = this;
    const start = this.at;
    const name = this.name('an attribute name');
    if (bytes[this.at] !== EQUALS || isSpace(bytes[this.at + 1])) {
      this.neat = false;
      this.skipSpace();
    }
    if (bytes[this.at] !== EQUALS) this.fail(this.at, "'=' is missing after the name of an attribute");
    this.at++;
    this.skipSpace();
    const quote = bytes[this.at];
    if (quote !== DOUBLE && quote !== SINGLE) this.fail(this.at, 'the value of an attribute is not in quotes');
    const valueStart = ++this.at;
    const flags = this.value(quote as number);
    if (this.tape.attributeCount - first >= this.limits.attributes)
      this.fail(start, `there are more than ${this.limits.attributes} attributes`);
    const { declares } = name;
    const attribute = this.tape.addAttribute(flags | (declares ? FLAG.declaration : 0), start, valueStart, this.at - 1);
    this.written[attribute - first] = name;
    if (declares || quote === SINGLE || (flags & FLAG.decode) !== 0) this.neat = false;
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
      while (i < size && VALUE[bytes[i] as number] === PLAIN) i++;
      if (i >= size) break;
      const octet = bytes[i] as number;
      const kind = VALUE[octet] as number;
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
    const { start: name, length } = this.opened[this.depth - 1] as WrittenName;
    const end = start + 2 + length;
    let i = start + 2;
    for (let expected = name; i < end && bytes[i] === bytes[expected]; i++) expected++;
    // What follows may not go on with the name.
    if (i < end || isNameOctet(bytes[i] ?? 0)) this.fail(start, `the end tag does not fit the element ${this.nameOf(open)}`);
    this.at = i;
    if (bytes[i] !== GREATER) {
      nodes[open * SIZE] = (nodes[open * SIZE] as number) & ~(FORM.neat | FORM.asWritten);
      this.skipSpace();
      if (bytes[this.at] !== GREATER) this.fail(this.at, "'>' is missing in an end tag");
    }
    this.at++;
    this.table.restore(this.bounds[--this.depth] as number);
    this.open = nodes[open * SIZE + NODE.parent] as number;
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
    this.tape.nodes[node * SIZE + NODE.name] = targetEnd;
  }

  /** Goes to the next place where the two octets follow each other, checking every character on the way; its flags. */
  private until(from: number, first: number, second: number): number {
    const { bytes } = this;
    const size = bytes.length;
    let flags = 0;
    for (let i = from; ; i++) {
      while (i < size && VERBATIM[bytes[i] as number] === PLAIN) i++;
      if (i >= size) break;
      const octet = bytes[i] as number;
      const kind = VERBATIM[octet] as number;
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
      const kind = CLASS[octet] as number;
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
    const numbers = this.tape.nodes.subarray(node * SIZE, (node + 1) * SIZE);
    const isElement = ((numbers[0] as number) & KIND_MASK) === KIND.element;
    return shown(isElement ? (this.table.names[numbers[NODE.name] as number]?.qualified ?? '') : '');
  }

  private fail(at: number, reason: string): never {
    return unreadable('XML', at, reason);
  }
}

const isNameOctet = (octet: number): boolean => CLASS[octet] !== 0;

/** A foreign name in a message of ours, cut where it is long. */
const shown = (name: string): string => `'${name.length > 60 ? `${name.slice(0, 60)}…` : name}'`;

const octetsOf = (text: string): readonly number[] => Array.from(text, (character) => character.charCodeAt(0));
const COMMENT_START = octetsOf('<!--');
const CDATA_START = octetsOf('<![CDATA[');
const DOCTYPE = octetsOf('<!DOCTYPE');
const [LESS, GREATER, SLASH, EXCLAMATION, QUESTION] = [0x3c, 0x3e, 0x2f, 0x21, 0x3f];
const [BRACKET, HYPHEN, EQUALS, DOUBLE, SINGLE, SPACE] = [0x5d, 0x2d, 0x3d, 0x22, 0x27, 0x20];
// Constants of this module: see ordinary.ts.
const [CONTENT, VALUE, CLASS, VERBATIM] = [CONTENT_CLASS, VALUE_CLASS, NAME_CLASS, VERBATIM_CLASS];
const PLAIN = TEXT.plain;
const SIZE = NODE.size;
const ATTRIBUTE_SIZE = ATTRIBUTE.size;
