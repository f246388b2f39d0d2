/** Our parser against libxml2: the same documents accepted, the same content read. */
import { existsSync, globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import fc from 'fast-check';
import { XmlDocument as Other, type XmlNode as OtherNode, ParseOption, XmlCData, XmlComment, XmlElement, XmlText } from 'libxml2-wasm';
import { expect, test } from 'vitest';
import { utf8 } from '../../src/base/text.ts';
import type { XmlDocument, XmlNode } from '../../src/xml/document.ts';
import { parseXml } from '../../src/xml/parse.ts';
import {
  attributeName,
  attributesOf,
  attributeValue,
  childrenOf,
  isElement,
  kindOf,
  nameOf,
  targetOf,
  textOf,
} from '../../src/xml/query.ts';

type Told = readonly unknown[];

/** Names, attributes and text, in order. Not recursive in calls per sibling, only in depth. */
function ours(document: XmlDocument, node: XmlNode): Told {
  const { qualified, namespace } = nameOf(document, node);
  const attributes = attributesOf(document, node)
    .map((each) => `${attributeName(document, each).namespace} ${attributeName(document, each).local} ${attributeValue(document, each)}`)
    .sort();
  const content = [...childrenOf(document, node)].map((child) => {
    if (isElement(document, child)) return ours(document, child);
    const kind = kindOf(document, child);
    return kind === 'pi' ? `pi:${targetOf(document, child)}` : `${kind}:${textOf(document, child)}`;
  });
  return [qualified, namespace, attributes, content];
}

/** Processing instructions have no siblings in that library: such documents are compared by acceptance alone. */
class Unseen extends Error {}

function theirs(element: XmlElement): Told {
  const qualified = element.prefix === '' ? element.name : `${element.prefix}:${element.name}`;
  const attributes = element.attrs.map((each) => `${each.namespaceUri} ${each.name} ${each.value}`).sort();
  const content: unknown[] = [];
  for (let child: OtherNode | null = element.firstChild; child !== null; child = child.next) {
    if (child instanceof XmlElement) content.push(theirs(child));
    else if (child instanceof XmlCData) content.push(`cdata:${child.content}`);
    else if (child instanceof XmlComment) content.push(`comment:${child.content}`);
    else if (child instanceof XmlText) content.push(`text:${child.content}`);
    else throw new Unseen();
  }
  return [qualified, element.namespaceUri, attributes, content];
}

/** What libxml2 says: the content, or null where it refuses. It lets namespace errors pass; those are left out below. */
function second(bytes: Uint8Array): Told | 'accepted' | null {
  let document: Other;
  try {
    document = Other.fromBuffer(bytes, {
      option: ParseOption.XML_PARSE_NONET | ParseOption.XML_PARSE_NOWARNING | ParseOption.XML_PARSE_NOERROR,
    });
  } catch {
    return null;
  }
  try {
    return theirs(document.root);
  } catch (error) {
    if (error instanceof Unseen) return 'accepted';
    throw error;
  } finally {
    document.dispose();
  }
}

function first(bytes: Uint8Array): Told | string {
  const result = parseXml(bytes);
  return result.ok ? ours(result.value, result.value.root) : result.malformed.reason;
}

/** Where we are stricter by choice, or libxml2 is lenient where Namespaces in XML is not. */
const BY_CHOICE =
  /DOCTYPE|declared|colon|twice|stands for no namespace|belong|xmlns|not accepted|deeper|longer|more than|prefix|byte order mark/;

const piece = fc.constantFrom(
  '<a>', '</a>', '<b c="1">', '</b>', '<d/>', '<p:e xmlns:p="u" p:f="2"/>', 'x', ' ', '\n', '\r\n', '&amp;', '&#65;', '&#0;', '&', '<', '>', ']]>', ']]',
  '<!--', '-->', '--', '-', '<!-- y -->', '<![CDATA[', ']]>', '<![CDATA[z]]>', '<?q', '?>', '<?q r?>', '<?xml version="1.0"?>', '"', "'", '=', ' g="h"',
  ' g=\'&lt;\'', '/', 'ä', '\u0001', '\ufffd', '\u{1F600}', '\ufffe', '<ä/>', '<1/>', '<a xmlns="v"/>', '<a c="" c=""/>', '\t', '&#x1F600;', '&#xD800;',
); // biome-ignore format: a table

test('made-up documents are accepted by both or by none, and read alike', () => {
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 12 }), (pieces) => {
      const bytes = utf8(`<r>${pieces.join('')}</r>`);
      const [mine, other] = [first(bytes), second(bytes)];
      if (typeof mine === 'string') expect(other === null || BY_CHOICE.test(mine), mine).toBe(true);
      else if (other !== 'accepted') expect(other).toEqual(mine);
    }),
    { numRuns: 5000 },
  );
});

test('made-up beginnings and ends are accepted by both or by none', () => {
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 3 }), fc.array(piece, { maxLength: 3 }), (before, after) => {
      const bytes = utf8(`${before.join('')}<r/>${after.join('')}`);
      const [mine, other] = [first(bytes), second(bytes)];
      if (typeof mine === 'string') expect(other === null || BY_CHOICE.test(mine), mine).toBe(true);
      else if (other !== 'accepted') expect(other).toEqual(mine);
    }),
    { numRuns: 3000 },
  );
});

const vectors = process.env['ADESKIT_VECTORS'] ?? join(import.meta.dirname, '../../../shared/vectors');
const files = existsSync(vectors)
  ? ['xml-attacks', 'xmldsig', 'tsl', 'dss'].flatMap((set) => globSync(join(vectors, set, '**/*.{xml,xml.gz}')))
  : [];
const absent = files.length === 0;
if (absent) console.info(`no XML documents in ${vectors}: the comparison over real documents is left out`);

test.skipIf(absent)(
  'real and hostile documents are accepted by both or refused by rules of ours, and read alike',
  { timeout: 120_000 },
  () => {
    const disagreements: string[] = [];
    let same = 0;
    for (const file of files) {
      const raw = readFileSync(file);
      const bytes = new Uint8Array(raw[0] === 0x1f && raw[1] === 0x8b ? gunzipSync(raw) : raw);
      if (bytes.length > 4 << 20) continue;
      const mine = first(bytes);
      if (typeof mine === 'string' && BY_CHOICE.test(mine)) continue;
      const other = second(bytes);
      if (typeof mine === 'string' ? other === null : other === 'accepted' || JSON.stringify(other) === JSON.stringify(mine)) same++;
      else disagreements.push(`${file}: ${typeof mine === 'string' ? mine : other === null ? 'libxml2 refuses' : 'read differently'}`);
    }
    expect(disagreements).toEqual([]);
    expect(same).toBeGreaterThan(50);
  },
);
