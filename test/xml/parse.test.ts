import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { utf8 } from '../../src/base/text.ts';
import type { XmlDocument, XmlNode } from '../../src/xml/document.ts';
import { borrowXml, parseXml } from '../../src/xml/parse.ts';
import {
  attributeName,
  attributeNamed,
  attributesOf,
  attributeValue,
  childrenOf,
  declarationsOf,
  descendantsNamed,
  elementNamed,
  elementsNamed,
  elementsOf,
  kindOf,
  nameOf,
  namespaceFor,
  octetsOf,
  parentOf,
  pathOf,
  spanOf,
  targetOf,
  textOf,
} from '../../src/xml/query.ts';

const bytesOf = (input: string | Uint8Array): Uint8Array => (typeof input === 'string' ? utf8(input) : input);
function read(input: string | Uint8Array): XmlDocument {
  const result = parseXml(bytesOf(input));
  if (!result.ok) throw new Error(`${result.malformed.at}: ${result.malformed.reason}`);
  return result.value;
}
const problem = (input: string | Uint8Array, limits = {}) => {
  const result = parseXml(bytesOf(input), limits);
  return result.ok ? null : result.malformed;
};
const utf16 = (text: string, big: boolean): Uint8Array => {
  const units = Buffer.from(`\uFEFF${text}`, 'utf16le');
  return new Uint8Array(big ? units.swap16() : units);
};
/** A document told in words, to compare. */
function outline(document: XmlDocument, node: XmlNode = 0): string {
  const kind = kindOf(document, node);
  const inner = [...childrenOf(document, node)].map((child) => outline(document, child)).join(' ');
  if (kind === 'document') return inner;
  if (kind === 'element') {
    const { qualified, namespace } = nameOf(document, node);
    const declared = declarationsOf(document, node).map(({ prefix, namespace: name }) => `${prefix}=>${name}`);
    const given = attributesOf(document, node).map((attribute) => {
      const { local, namespace: of } = attributeName(document, attribute);
      return `${of === '' ? '' : `{${of}}`}${local}=${JSON.stringify(attributeValue(document, attribute))}`;
    });
    return `${namespace === '' ? '' : `{${namespace}}`}${qualified}(${[...declared, ...given, inner].filter((part) => part !== '').join(' ')})`;
  }
  return `${kind}:${kind === 'pi' ? `${targetOf(document, node)} ` : ''}${JSON.stringify(textOf(document, node))}`;
}

describe('what is well-formed is read', () => {
  const CASES: readonly [title: string, input: string | Uint8Array, outline: string][] = [
    ['an empty element', '<a/>', 'a()'],
    ['an empty element in two tags', '<a></a >', 'a()'],
    ['text', '<a> x\ty\n</a>', 'a(text:" x\\ty\\n")'],
    ['the five entities', '<a b="&lt;&quot;">&amp;&lt;&gt;&quot;&apos;</a>', 'a(b="<\\"" text:"&<>\\"\'")'],
    ['an entity that yields another in writing', '<a>&amp;lt;</a>', 'a(text:"&lt;")'],
    ['character references', '<a>&#65;&#x42;&#x1F600;&#13;</a>', 'a(text:"AB😀\\r")'],
    ['line ends', '<a>1\r\n2\r3\n</a>', 'a(text:"1\\n2\\n3\\n")'],
    ['white space in attributes', '<a b="1\r\n2\t3\r4&#10;5 "/>', 'a(b="1 2 3 4\\n5 ")'],
    ['single quotes with double ones inside', `<a b='"'/>`, 'a(b="\\"")'],
    ["'>' in text and attributes", '<a b=">">></a>', 'a(b=">" text:">")'],
    ['brackets in text', '<a>]] > ]&gt;</a>', 'a(text:"]] > ]>")'],
    ['CDATA', '<a>x<![CDATA[<&]]]]>y</a>', 'a(text:"x" cdata:"<&]]" text:"y")'],
    ['CDATA with line ends', '<a><![CDATA[1\r\n2]]></a>', 'a(cdata:"1\\n2")'],
    ['an empty CDATA section', '<a><![CDATA[]]></a>', 'a(cdata:"")'],
    ['comments everywhere', '<!--1--><a><!-- - -2 --></a><!---->', 'comment:"1" a(comment:" - -2 ") comment:""'],
    ['processing instructions', '<?p?><a><?xml-stylesheet  x="?"?></a><?q ??>', 'pi:p "" a(pi:xml-stylesheet "x=\\"?\\"") pi:q "?"'],
    ['an XML declaration', `<?xml version='1.0' encoding="utf-8" standalone='yes' ?>\n<a/>\n`, 'a()'],
    ['a byte order mark', '\uFEFF<a>ä</a>', 'a(text:"ä")'],
    ['names with wide characters', '<ä:é·x xmlns:ä="u"/>', '{u}ä:é·x(ä=>u)'],
    ['UTF-16, little end first', utf16('<?xml version="1.0" encoding="UTF-16"?><a>€😀</a>', false), 'a(text:"€😀")'],
    ['UTF-16, big end first', utf16('<a b="€"/>', true), 'a(b="€")'],
    ['Latin-1', Buffer.from('<?xml version="1.0" encoding="iso-8859-1"?><a>ä</a>', 'latin1'), 'a(text:"ä")'],
    ['the default namespace', '<a xmlns="u" b="1"><c xmlns=""/><d/></a>', '{u}a(=>u b="1" c(=>) {u}d())'],
    ['prefixes, declared after use', '<p:a p:b="1" xmlns:p="u"><p:c/></p:a>', '{u}p:a(p=>u {u}b="1" {u}p:c())'],
    ['a prefix that changes its meaning', '<p:a xmlns:p="u"><p:b xmlns:p="v"/><p:c/></p:a>', '{u}p:a(p=>u {v}p:b(p=>v) {u}p:c())'],
    ['the prefix xml', '<a xml:lang="de"/>', 'a({http://www.w3.org/XML/1998/namespace}lang="de")'],
    ['the prefix xml, declared', '<a xmlns:xml="http://www.w3.org/XML/1998/namespace"/>', 'a(xml=>http://www.w3.org/XML/1998/namespace)'],
    ['the same local name in two namespaces', '<a xmlns:p="u" b="1" p:b="2"/>', 'a(p=>u b="1" {u}b="2")'],
    ['a namespace with references', '<p:a xmlns:p="u&amp;v"/>', '{u&v}p:a(p=>u&v)'],
    ['names as objects have them', '<constructor __proto__="1" toString="2"/>', 'constructor(__proto__="1" toString="2")'],
  ];
  test.each(CASES)('%s', (_title, input, expected) => expect(outline(read(input))).toBe(expected));
});

describe('what is not well-formed is told with its place', () => {
  const CASES: readonly [title: string, input: string | Uint8Array, at: number, reason: RegExp][] = [
    ['nothing', '', 0, /no element/],
    ['white space only', ' \n', 2, /no element/],
    ['text before', 'x<a/>', 0, /outside/],
    ['text after', '<a/> x', 5, /outside/],
    ['a reference outside', '<a/>&#32;', 4, /outside/],
    ['CDATA outside', '<a/><![CDATA[ ]]>', 4, /CDATA/],
    ['two elements', '<a/><b/>', 4, /second/],
    ['an open element', '<a><b></b>', 10, /ends inside the element 'a'/],
    ['an end tag alone', '</a>', 0, /without its start/],
    ['tags that cross', '<a><b></a></b>', 6, /does not fit the element 'b'/],
    ['an end tag that goes on', '<a></ab>', 3, /does not fit/],
    ['an end tag too short', '<ab></a>', 4, /does not fit/],
    ['an end tag with an attribute', '<a></a b="">', 7, /'>' is missing/],
    ['a name that starts with a digit', '<1/>', 1, /may not start/],
    ['no name', '< a/>', 1, /missing/],
    ['two colons', '<a:b:c/>', 4, /colon/],
    ['a colon first', '<:a/>', 1, /colon/],
    ['a colon last', '<a:/>', 3, /missing/],
    ['an attribute without value', '<a b/>', 4, /'='/],
    ['an attribute without quotes', '<a b=c/>', 5, /quotes/],
    ['an attribute that does not end', '<a b="c', 7, /ends inside/],
    ['attributes without space', '<a b="1"c="2"/>', 8, /white space/],
    ["'<' in an attribute", '<a b="<"/>', 6, /'<'/],
    ['the same attribute twice', '<a b="1" b="2"/>', 9, /'b' stands twice/],
    ['the same attribute under two prefixes', '<a xmlns:p="u" xmlns:q="u" p:b="" q:b=""/>', 34, /'q:b' stands twice/],
    ['the same attribute twice among many', `<a ${'cdefghijkl'.replaceAll(/./g, '$&="" ')}c=""/>`, 53, /'c' stands twice/],
    ['the same declaration twice', '<a xmlns="u" xmlns="v"/>', 13, /twice/],
    ['a prefix that is not declared', '<p:a/>', 0, /'p:a' is not declared/],
    ['an attribute prefix that is not declared', '<a p:b=""/>', 3, /'p:b' is not declared/],
    ['a prefix out of scope', '<a><b xmlns:p="u"/><p:c/></a>', 19, /not declared/],
    ['a prefix for no namespace', '<a xmlns:p=""/>', 3, /no namespace/],
    ['another prefix for xml', '<a xmlns:p="http://www.w3.org/XML/1998/namespace"/>', 3, /belong/],
    ['xml for another namespace', '<a xmlns:xml="u"/>', 3, /belong/],
    ['the prefix xmlns declared', '<a xmlns:xmlns="u"/>', 3, /xmlns/],
    ['the namespace of xmlns', '<a xmlns="http://www.w3.org/2000/xmlns/"/>', 3, /xmlns/],
    ['an element with the prefix xmlns', '<xmlns:a/>', 0, /xmlns/],
    ["']]>' in text", '<a>]]></a>', 3, /']]>'/],
    ["'--' in a comment", '<a><!-- -- --></a>', 8, /'--'/],
    ['a comment that ends in three', '<a><!--x---></a>', 8, /'--'/],
    ['a comment that does not end', '<a><!-- </a>', 12, /ends inside/],
    ['a CDATA section that does not end', '<a><![CDATA[ ]] ></a>', 21, /ends inside/],
    ['a declaration of another kind', '<a><!ELEMENT a ANY></a>', 3, /neither/],
    ['a document type', '<!DOCTYPE a><a/>', 0, /DOCTYPE/],
    ['an instruction called xml', '<a><?xml version="1.0"?></a>', 3, /'xml'/],
    ['an instruction called XML', '<?XML x?><a/>', 0, /'xml'/],
    ['an XML declaration after white space', ' <?xml version="1.0"?><a/>', 1, /'xml'/],
    ['an instruction with a colon', '<?a:b x?><a/>', 3, /colon/],
    ['an instruction without space', '<?a"x"?><a/>', 3, /white space/],
    ['an instruction that does not end', '<?a <a/>', 8, /ends inside/],
    ['an entity of its own', '<a>&b;</a>', 3, /not accepted/],
    ['an ampersand alone', '<a>&</a>', 3, /not accepted/],
    ['an entity without semicolon', '<a>&amp</a>', 3, /not accepted/],
    ['a reference to NUL', '<a>&#0;</a>', 3, /no character/],
    ['a reference to a surrogate', '<a>&#xD800;</a>', 3, /no character/],
    ['a reference beyond Unicode', '<a>&#x1100000000000000000;</a>', 3, /no character/],
    ['a reference without digits', '<a>&#x;</a>', 3, /no character reference/],
    ['a control character', '<a>\u0001</a>', 3, /U\+0001/],
    ['a control character in an attribute', '<a b="\u001f"/>', 6, /U\+001F/],
    ['a control character in a comment', '<a><!--\u0000--></a>', 7, /U\+0000/],
    ['U+FFFE', '<a>\ufffe</a>', 3, /U\+FFFE/],
    ['no UTF-8', new Uint8Array([0x3c, 0x61, 0x3e, 0xff, 0x3c, 0x2f, 0x61, 0x3e]), 3, /UTF-8/],
    ['an overlong form', new Uint8Array([0x3c, 0x61, 0x3e, 0xc0, 0xbc, 0x3c, 0x2f, 0x61, 0x3e]), 3, /UTF-8/],
    ['a surrogate in UTF-8', new Uint8Array([0x3c, 0x61, 0x3e, 0xed, 0xa0, 0x80, 0x3c, 0x2f, 0x61, 0x3e]), 3, /UTF-8/],
    ['a character cut off', new Uint8Array([0x3c, 0x61, 0x3e, 0xe2, 0x82]), 3, /UTF-8/],
    ['half a pair in UTF-16', new Uint8Array([0xff, 0xfe, 0x3c, 0, 0x61, 0, 0, 0xd8]), 0, /UTF-16LE/],
    ['a name with a character that no name has', '<a×/>', 2, /may not stand/],
    ['another encoding than said', '<?xml version="1.0" encoding="UTF-16"?><a/>', 0, /encoding/],
    ['an encoding that the mark denies', utf16('<?xml version="1.0" encoding="UTF-8"?><a/>', false), 0, /mark/],
    ['an unknown encoding', '<?xml version="1.0" encoding="EBCDIC"?><a/>', 0, /EBCDIC/],
    ['XML 1.1', '<?xml version="1.1"?><a/>', 0, /1\.1/],
    ['an XML declaration without version', '<?xml encoding="UTF-8"?><a/>', 0, /declaration/],
  ];
  test.each(CASES)('%s', (_title, input, at, reason) => {
    const found = problem(input);
    expect(found).toMatchObject({ what: 'XML', at });
    expect(found?.reason).toMatch(reason);
  });
});

describe('what asks for too much is refused', () => {
  const CASES: readonly [title: string, input: string, limits: object, reason: RegExp][] = [
    ['10,000 levels', '<a>'.repeat(10_000) + '</a>'.repeat(10_000), {}, /deeper than 512/],
    ['attributes without end', `<a ${Array.from({ length: 5000 }, (_, i) => `a${i}=""`).join(' ')}/>`, {}, /4096 attributes/],
    ['a name without end', `<${'a'.repeat(5000)}/>`, {}, /longer than 4096/],
    ['size', '<abc/>', { size: 5 }, /larger than 5/],
    ['nodes', '<a><b/><b/></a>', { nodes: 3 }, /3 nodes/],
    ['an attribute value', '<a b="123456"/>', { value: 5 }, /longer than 5/],
    ['a text', '<a>123456</a>', { text: 5 }, /longer than 5/],
    ['a comment', '<a><!--123456--></a>', { text: 5 }, /longer than 5/],
  ];
  test.each(CASES)('%s', (_title, input, limits, reason) => expect(problem(input, limits)?.reason).toMatch(reason));

  test('a limit that nobody knows is a mistake of the caller', () => {
    expect(() => parseXml(utf8('<a/>'), { deep: 3 } as object)).toThrow("unknown option 'deep'");
  });

  test('as deep as the limit is fine', () => {
    expect(problem('<a>'.repeat(512) + '</a>'.repeat(512))).toBeNull();
  });

  test('names made to collide, floods of prefixes and long chains of declarations cost no more than others', () => {
    const prefixes = Array.from({ length: 4000 }, (_, i) => `xmlns:p${i}="u${i}"`).join(' ');
    const uses = Array.from({ length: 50_000 }, (_, i) => `<p${i % 4000}:x xmlns:q="v${i}"/>`).join('');
    expect(problem(`<r ${prefixes}>${uses}</r>`)).toBeNull();
  });
});

describe('questions to a document', () => {
  const SOURCE = `<!-- first --><r xmlns="u" xmlns:p="v"><a id="1">one<!-- cut -->more<b><![CDATA[!]]></b></a><p:a p:id="2"/><a id="3"/>
</r>`;
  const document = read(SOURCE);
  const { root } = document;

  test('find children by name and namespace', () => {
    expect(elementsNamed(document, root, 'u', 'a').map((node) => attributeNamed(document, node, 'id'))).toEqual(['1', '3']);
    const other = elementNamed(document, root, 'v', 'a') as number;
    expect(attributeNamed(document, other, 'id')).toBeNull();
    expect(attributeNamed(document, other, 'id', 'v')).toBe('2');
    expect(elementNamed(document, root, '', 'a')).toBeNull();
    expect(descendantsNamed(document, 0, 'u', 'b')).toHaveLength(1);
    expect(attributeNamed(document, root, 'xmlns')).toBeNull();
  });

  test('join text across comments, so that a comment cuts nothing off', () => {
    expect(textOf(document, elementNamed(document, root, 'u', 'a') as number)).toBe('onemore!');
  });

  test('tell the octets of each element as written', () => {
    const [first, second] = elementsOf(document, root) as [number, number];
    expect(Buffer.from(octetsOf(document, second)).toString()).toBe('<p:a p:id="2"/>');
    expect(Buffer.from(octetsOf(document, first)).toString()).toMatch(/^<a id="1">one.*<\/a>$/);
    expect(spanOf(document, root)).toEqual({ start: SOURCE.indexOf('<r'), end: SOURCE.length });
    expect(parentOf(document, first)).toBe(root);
    expect(parentOf(document, root)).toBe(0);
  });

  test('tell namespaces and the path', () => {
    const b = descendantsNamed(document, root, 'u', 'b')[0] as number;
    expect(['', 'p', 'q', 'xml'].map((prefix) => namespaceFor(document, b, prefix))).toEqual(['u', 'v', null, null]);
    expect(pathOf(document, b)).toBe('/r/a/b');
  });
});

/** A small document tree and how it is written. */
const name = fc.constantFrom('a', 'b', 'p:c', 'q:d', 'äö');
const value = fc.string({ unit: 'grapheme', maxLength: 8 }).filter((text) => !Array.from(text).some(isControl));
const isControl = (character: string): boolean => /^[\ufffe\uffff]$/.test(character) || (character < ' ' && !'\t\n\r'.includes(character));
const escaped = (text: string): string =>
  text.replaceAll(/[&<>"\r\n\t]/g, (character) => (character === '<' ? '&lt;' : `&#x${character.charCodeAt(0).toString(16)};`));
interface Tree {
  name: string;
  attributes: readonly (readonly [string, string])[];
  content: readonly (Tree | string)[];
}
const { tree } = fc.letrec<{ tree: Tree }>((tie) => ({
  tree: fc.record({
    name,
    attributes: fc.uniqueArray(fc.tuple(name, value), { selector: ([key]) => key.replace('q:d', 'd'), maxLength: 4 }),
    content: fc.array(fc.oneof({ maxDepth: 4 }, value, tie('tree')), { maxLength: 4 }),
  }),
}));
const written = ({ name: of, attributes, content }: Tree, extra = ''): string =>
  `<${of}${extra}${attributes.map(([key, text]) => ` ${key}="${escaped(text)}"`).join('')}>${content
    .map((each) => (typeof each === 'string' ? escaped(each) : written(each)))
    .join('')}</${of}>`;
function told(document: XmlDocument, node: XmlNode): Tree {
  const content: (Tree | string)[] = [];
  for (const child of childrenOf(document, node)) {
    const last = content.at(-1);
    if (kindOf(document, child) === 'element') content.push(told(document, child));
    else if (typeof last === 'string') content[content.length - 1] = last + textOf(document, child);
    else content.push(textOf(document, child));
  }
  const attributes = attributesOf(document, node).map((attribute): [string, string] => [
    attributeName(document, attribute).qualified,
    attributeValue(document, attribute),
  ]);
  return { name: nameOf(document, node).qualified, attributes, content };
}
/** Texts beside each other are one in writing, empty ones none. */
const joined = ({ name: of, attributes, content }: Tree): Tree => {
  const parts: (Tree | string)[] = [];
  for (const each of content) {
    const last = parts.at(-1);
    if (typeof each !== 'string') parts.push(joined(each));
    else if (typeof last === 'string') parts[parts.length - 1] = last + each;
    else if (each !== '') parts.push(each);
  }
  return { name: of, attributes: attributes.map(([key, text]): [string, string] => [key, text]), content: parts };
};
const PREFIXES = ' xmlns:p="u" xmlns:q="v"';

test('what was written is read again', () => {
  fc.assert(
    fc.property(tree, (made) => {
      const document = read(written(made, PREFIXES));
      expect(told(document, document.root)).toEqual(joined(made));
    }),
    { numRuns: 300 },
  );
});

test('borrowed documents are read as others are, whatever their order, and are empty once given back', () => {
  const open: { readonly made: Tree; readonly borrowed: ReturnType<typeof borrowed> }[] = [];
  fc.assert(
    fc.property(tree, fc.nat(3), (made, number) => {
      open.push({ made, borrowed: borrowed(written(made, PREFIXES)) });
      parseXml(utf8('<a><b/>'));
      const [one] = number === 0 ? [] : open.splice(number % open.length, 1);
      if (one === undefined) return;
      const { document, giveBack } = one.borrowed;
      expect(told(document, document.root)).toEqual(joined(one.made));
      giveBack();
      giveBack();
      expect([document.nodes.length, document.attributes.length]).toEqual([0, 0]);
    }),
    { numRuns: 200 },
  );
});

const borrowed = (xml: string) => {
  const result = borrowXml(utf8(xml));
  if (!result.ok) throw new Error(result.malformed.reason);
  return result.value;
};

test('octets changed at will give a document or a reason, and never an error', () => {
  const inputs = fc.tuple(tree, fc.array(fc.tuple(fc.nat(), fc.nat(255)), { maxLength: 6 }), fc.nat(4));
  fc.assert(
    fc.property(inputs, ([made, changes, mark]) => {
      const bytes = utf8(`${['', '\uFEFF', '<?xml version="1.0"?>', '<!--x-->', '<?p x?>'][mark]}${written(made, PREFIXES)}`);
      for (const [place, octet] of changes) bytes[place % bytes.length] = octet;
      const result = parseXml(bytes);
      if (result.ok) expect(outline(result.value)).toBeTypeOf('string');
      else expect(result.malformed.at).toBeLessThanOrEqual(bytes.length);
    }),
    { numRuns: 2000 },
  );
});
