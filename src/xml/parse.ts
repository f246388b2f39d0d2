/** The strict, safe way to read XML (XML 1.0 fifth edition, Namespaces in XML 1.0): no DTD, no entities but the five, nothing external. */
import { type Bytes, plain } from '../base/bytes.ts';
import { exact } from '../base/options.ts';
import { attempt, type Parsed, unreadable } from '../base/parsed.ts';
import { fromLatin1, utf8 } from '../base/text.ts';
import type { XmlDocument } from './document.ts';
import { XML_LIMITS, type XmlLimits } from './limits.ts';
import { Parser } from './parser.ts';
import { giveBack, type Tape, type Written } from './tape.ts';

/**
 * Reads a document, or says at which octet it is not well-formed or asks for too much. A document type declaration is refused.
 * UTF-8, UTF-16 with a byte order mark, and ISO-8859-1 and US-ASCII where the XML declaration says so; offsets count in UTF-8.
 * Costs time and memory in proportion to the size, whatever the content.
 *
 * @throws Fault `bad-option` on an unknown limit
 */
export function parseXml(bytes: Bytes, limits: Partial<XmlLimits> = {}): Parsed<XmlDocument> {
  exact('parseXml', limits, Object.keys(XML_LIMITS));
  const bounds = { ...XML_LIMITS, ...limits };
  return attempt(() => read(bytes, bounds, (tape) => tape.finish()));
}

/** A document in memory that another one gets afterwards. */
export interface BorrowedXml {
  readonly document: XmlDocument;
  /** Nothing reads the document any more, which has no nodes then. Where this is never called, only time is lost. */
  giveBack(): void;
}

/** As {@link parseXml}, for who needs a document for a moment: many documents one after another share their memory. */
export const borrowXml = (bytes: Bytes): Parsed<BorrowedXml> =>
  attempt(() => {
    const document = read(bytes, XML_LIMITS, (tape) => tape.lend());
    return {
      document,
      giveBack: () => {
        const { nodes, attributes } = document;
        document.nodes = NOTHING;
        document.attributes = NOTHING;
        if (nodes !== NOTHING) giveBack({ nodes, attributes });
      },
    };
  });

/** A document whose numbers can be taken from it. */
interface Own extends XmlDocument {
  nodes: Written['nodes'];
  attributes: Written['attributes'];
}

function read(bytes: Bytes, limits: XmlLimits, finish: (tape: Tape) => Written): Own {
  const original = plain(bytes);
  if (original.length > limits.size) unreadable('XML', 0, `it is larger than ${limits.size} octets`);
  const { text, encoding, start } = decoded(original);
  return { original, encoding, ...new Parser(text, start, limits).run(finish) };
}

interface Decoded {
  /** UTF-8. */
  readonly text: Bytes;
  readonly encoding: XmlDocument['encoding'];
  /** Where the XML declaration ends. */
  readonly start: number;
}

/** The octets as UTF-8, by byte order mark and XML declaration (4.3.3, appendix F). */
function decoded(original: Bytes): Decoded {
  const [first, second, third] = original;
  if (first === 0xff && second === 0xfe) return fromUtf16(original, 'UTF-16LE');
  if (first === 0xfe && second === 0xff) return fromUtf16(original, 'UTF-16BE');
  const marked = first === 0xef && second === 0xbb && third === 0xbf;
  const text = marked ? original.subarray(3) : original;
  const { start, named } = xmlDeclaration(text);
  if (named === null || named === 'UTF-8' || named === 'UTF8') return { text, encoding: 'UTF-8', start };
  if (marked) unreadable('XML', 0, `the byte order mark says UTF-8, the XML declaration ${named}`);
  if (named === 'US-ASCII' || named === 'ASCII') {
    const wide = text.findIndex((octet) => octet >= 0x80);
    if (wide >= 0) unreadable('XML', wide, `this is not ${named}`);
    return { text, encoding: 'UTF-8', start };
  }
  if (named === 'ISO-8859-1') return { text: utf8(fromLatin1(text)), encoding: 'ISO-8859-1', start };
  return unreadable('XML', 0, `the encoding ${named} is not accepted without its byte order mark, or not at all`);
}

function fromUtf16(original: Bytes, encoding: 'UTF-16LE' | 'UTF-16BE'): Decoded {
  let text: Bytes;
  try {
    text = utf8(new TextDecoder(encoding.toLowerCase(), { fatal: true }).decode(original));
  } catch {
    return unreadable('XML', 0, `this is not ${encoding}`);
  }
  const { start, named } = xmlDeclaration(text);
  if (named !== null && named !== 'UTF-16' && named !== encoding) {
    unreadable('XML', 0, `the byte order mark says ${encoding}, the XML declaration ${named}`);
  }
  return { text, encoding, start };
}

/** XMLDecl (2.8): where it ends, and the encoding that it names, in capitals. */
function xmlDeclaration(text: Bytes): { readonly start: number; readonly named: string | null } {
  if (text[0] !== LESS || text[1] !== QUESTION) return { start: 0, named: null };
  const longest = text.subarray(0, LONGEST_DECLARATION);
  const end = longest.indexOf(GREATER);
  const head = fromLatin1(end < 0 ? longest : longest.subarray(0, end + 1));
  if (!/^<\?xml[ \t\r\n]/.test(head)) return { start: 0, named: null };
  const match = XML_DECLARATION.exec(head);
  if (!match) return unreadable('XML', 0, 'the XML declaration is malformed');
  const { version = '', encoding } = match.groups ?? {};
  if (version.slice(1, -1) !== '1.0') unreadable('XML', 0, `XML version ${version.slice(1, -1)} is not accepted`);
  return { start: match[0].length, named: encoding === undefined ? null : encoding.slice(1, -1).toUpperCase() };
}

const NOTHING = new Int32Array(0);
const LONGEST_DECLARATION = 512;
const [LESS, QUESTION, GREATER] = [0x3c, 0x3f, 0x3e];
const S = '[ \\t\\r\\n]';
const EQ = `${S}*=${S}*`;
const XML_DECLARATION = new RegExp(
  `^<\\?xml${S}+version${EQ}(?<version>"1\\.[0-9]+"|'1\\.[0-9]+')` +
    `(?:${S}+encoding${EQ}(?<encoding>"[A-Za-z][A-Za-z0-9._-]*"|'[A-Za-z][A-Za-z0-9._-]*'))?` +
    `(?:${S}+standalone${EQ}(?:"(?:yes|no)"|'(?:yes|no)'))?${S}*\\?>`,
);
