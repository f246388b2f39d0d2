/** Character data and attribute values in canonical form, octet by octet from the source (Canonical XML 1.0, 2.3; XML 1.0, 2.11, 3.3.3). */
import type { Bytes } from '../base/bytes.ts';
import { utf8 } from '../base/text.ts';
import type { State } from './canonical-state.ts';
import { ATTRIBUTE, FLAG, FLAG_SHIFT, KIND, KIND_MASK, NODE, type XmlAttribute, type XmlDocument, type XmlNode } from './document.ts';
import type { OctetOutput } from './octet-output.ts';
import { parentOf, spanOf } from './query.ts';

/** Text, comments and processing instructions; outside the document element each stands on a line of its own (2.3). */
export function writeLeaf(state: State, node: XmlNode, kind: number): void {
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

/** A text or CDATA node: `&`, `<`, `>` and a carriage return that came as a reference are written as references. */
function writeText(document: XmlDocument, node: XmlNode, output: OctetOutput): void {
  const { nodes, bytes } = document;
  const at = node * NODE.size;
  const start = nodes[at + NODE.start] as number;
  const end = nodes[at + NODE.end] as number;
  const cdata = ((nodes[at] as number) & KIND_MASK) === KIND.cdata;
  if (cdata) writeEscaped(bytes, start + CDATA_START, end - CDATA_END, output, TEXT, false);
  else if ((((nodes[at] as number) >> FLAG_SHIFT) & FLAG.decode) === 0) writePlain(bytes, start, end, output);
  else writeEscaped(bytes, start, end, output, TEXT, true);
}

/** Text without references and carriage returns: all that is left to escape is `>`. */
function writePlain(bytes: Bytes, start: number, end: number, output: OctetOutput): void {
  let from = start;
  // Every text is followed by a tag, so that the search ends soon after it.
  for (let at = nextGreater(bytes, start, end); at < end; at = nextGreater(bytes, from, end)) {
    output.range(bytes, from, at);
    output.bytes(GREATER_REFERENCE);
    from = at + 1;
  }
  output.range(bytes, from, end);
}

/** A call costs more than a few octets. */
function nextGreater(bytes: Bytes, start: number, end: number): number {
  if (end - start > SHORT) {
    const found = bytes.indexOf(GREATER, start);
    return found < 0 ? end : found;
  }
  let at = start;
  while (at < end && bytes[at] !== GREATER) at++;
  return at;
}

/** `<?target data?>`: one space between, none where there is no data. */
function writeInstruction(document: XmlDocument, node: XmlNode, output: OctetOutput): void {
  const { nodes, bytes } = document;
  const place = node * NODE.size;
  const end = nodes[place + NODE.end] as number;
  const targetEnd = nodes[place + NODE.name] as number;
  let data = targetEnd;
  while (data < end - 2 && WHITE.has(bytes[data] as number)) data++;
  output.range(bytes, nodes[place + NODE.start] as number, targetEnd);
  if (data < end - 2) output.octet(SPACE);
  writeWithoutReturns(document, data, end, output);
}

/** Line ends are one line feed (XML 1.0, 2.11). */
function writeWithoutReturns({ bytes }: XmlDocument, start: number, end: number, output: OctetOutput): void {
  let from = start;
  for (let at = start; at < end; at++) {
    if (bytes[at] !== RETURN) continue;
    output.range(bytes, from, at);
    if (bytes[at + 1] !== LINE_FEED) output.octet(LINE_FEED);
    from = at + 1;
  }
  output.range(bytes, from, end);
}

/** Without the quotes: white space that is written is a space, white space that came as a reference stays one. */
export function writeAttributeValue({ attributes, bytes }: XmlDocument, attribute: XmlAttribute, output: OctetOutput): void {
  const at = attribute * ATTRIBUTE.size;
  writeEscaped(bytes, attributes[at + ATTRIBUTE.valueStart] as number, attributes[at + ATTRIBUTE.valueEnd] as number, output, VALUE, true);
}

/** Copies runs of ordinary octets; the parser has checked that every reference is one. */
function writeEscaped(bytes: Bytes, start: number, end: number, output: OctetOutput, form: Form, references: boolean): void {
  const { special } = form;
  let from = start;
  for (let at = start; at < end; at++) {
    const octet = bytes[at] as number;
    if (special[octet] === 0) continue;
    output.range(bytes, from, at);
    if (octet === AMPERSAND && references) at = writeReference(bytes, at, output, form);
    else if (octet === RETURN) {
      // Written line ends: CR LF and CR are one LF, which in a value is a space.
      if (bytes[at + 1] !== LINE_FEED || at + 1 >= end) output.octet(form.lineFeed);
    } else if (octet === LINE_FEED || octet === TAB) output.octet(form === VALUE ? SPACE : octet);
    else output.bytes(form.written(octet));
    from = at + 1;
  }
  output.range(bytes, from, end);
}

/** Gives the place of the semicolon. */
function writeReference(bytes: Bytes, at: number, output: OctetOutput, form: Form): number {
  const end = bytes.indexOf(SEMICOLON, at);
  const code = bytes[at + 1] === HASH ? characterOf(bytes, at + 2, end) : namedCharacter(bytes, at + 1);
  if (code < 0x80 && form.referenced[code] !== undefined) output.bytes(form.referenced[code]);
  else output.text(String.fromCodePoint(code));
  return end;
}

function characterOf(bytes: Bytes, start: number, end: number): number {
  const hexadecimal = bytes[start] === LETTER_X;
  let code = 0;
  for (let at = hexadecimal ? start + 1 : start; at < end; at++) {
    const octet = bytes[at] as number;
    code = code * (hexadecimal ? 16 : 10) + (octet < 0x3a ? octet - 0x30 : (octet & 0xdf) - 0x37);
  }
  return code;
}

/** Told apart by the first letters: lt, gt, amp, apos, quot. */
function namedCharacter(bytes: Bytes, at: number): number {
  switch (bytes[at]) {
    case 0x6c:
      return 0x3c;
    case 0x67:
      return 0x3e;
    case 0x71:
      return 0x22;
    default:
      return bytes[at + 1] === 0x6d ? AMPERSAND : 0x27;
  }
}

/** What is written for which character. */
interface Form {
  /** 1 for octets that need a look. */
  readonly special: Uint8Array;
  /** For octets as they stand in the source. */
  written(octet: number): Bytes;
  /** For characters that came as references, by code; others stand for themselves. */
  readonly referenced: readonly (Bytes | undefined)[];
  readonly lineFeed: number;
}

function formOf(special: string, escapes: Readonly<Record<string, string>>, lineFeed: number): Form {
  const table = new Uint8Array(256);
  for (const character of special) table[character.charCodeAt(0)] = 1;
  const referenced: (Bytes | undefined)[] = [];
  for (const [character, reference] of Object.entries(escapes)) referenced[character.charCodeAt(0)] = utf8(reference);
  return { special: table, referenced, lineFeed, written: (octet) => referenced[octet] ?? Uint8Array.of(octet) };
}

const TAB = 0x09;
const LINE_FEED = 0x0a;
const RETURN = 0x0d;
const SPACE = 0x20;
const HASH = 0x23;
const AMPERSAND = 0x26;
const SEMICOLON = 0x3b;
const LETTER_X = 0x78;
const GREATER = 0x3e;
const GREATER_REFERENCE = utf8('&gt;');
const SHORT = 32;
const WHITE: ReadonlySet<number> = new Set([0x20, TAB, LINE_FEED, RETURN]);
const CDATA_START = '<![CDATA['.length;
const CDATA_END = ']]>'.length;
const TEXT = formOf('&<>\r', { '&': '&amp;', '<': '&lt;', '>': '&gt;', '\r': '&#xD;' }, LINE_FEED);
const VALUE = formOf('&<"\t\n\r', { '&': '&amp;', '<': '&lt;', '"': '&quot;', '\t': '&#x9;', '\n': '&#xA;', '\r': '&#xD;' }, SPACE);
