/** Canonical XML against the published pairs and against libxml2, byte for byte (Canonical XML 1.0 and 1.1, Exclusive Canonicalization). */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import { XmlDocument as Other, XmlC14NMode } from 'libxml2-wasm';
import { describe, expect, test } from 'vitest';
import { fromUtf8, utf8 } from '../../src/base/text.ts';
import { joinUri, removeDots } from '../../src/xml/canonical-attributes.ts';
import { type CanonicalMethod, canonicalize, type NodeSet } from '../../src/xml/canonicalize.ts';
import type { XmlDocument } from '../../src/xml/document.ts';
import { parseXml } from '../../src/xml/parse.ts';
import { afterOf, attributesOf, isElement, nameOf } from '../../src/xml/query.ts';

const VECTORS = join(process.env['ADESKIT_VECTORS'] ?? fileURLToPath(new URL('../../../shared/vectors', import.meta.url)), 'xmldsig');
const present = existsSync(VECTORS);
if (!present) console.warn(`canonicalization pairs: not run, there is nothing at ${VECTORS} (set ADESKIT_VECTORS)`);

interface Pair {
  readonly id: string;
  readonly kind: string;
  readonly files: { readonly input: string; readonly output: string; readonly inputs: string; readonly outputs: string };
  readonly inputs: { readonly algorithm: string; readonly subtree_local_name?: string; readonly subset?: unknown };
}

const read = (text: string): XmlDocument => {
  const parsed = parseXml(utf8(text));
  if (!parsed.ok) throw new Error(parsed.malformed.reason);
  return parsed.value;
};
const text = (document: string, method: CanonicalMethod, apex = 0): string =>
  fromUtf8(canonicalize(read(document), { apex }, method)) ?? '';

const methodOf = (algorithm: string): CanonicalMethod => ({
  version: algorithm.includes('exc-c14n') ? 'exclusive' : algorithm.includes('c14n11') ? '1.1' : '1.0',
  comments: algorithm.endsWith('WithComments'),
});

describe('the published pairs', () => {
  const pairs = present ? (JSON.parse(readFileSync(join(VECTORS, 'manifest.json'), 'utf8')) as { cases: Pair[] }).cases : [];

  test.skipIf(!present)('are met octet for octet, wherever the document has no DTD', () => {
    let met = 0;
    for (const { id, kind, files, inputs } of pairs) {
      if ((kind !== 'c14n' && kind !== 'c14n-subtree') || inputs.subset) continue;
      const parsed = parseXml(new Uint8Array(readFileSync(join(VECTORS, files.input))));
      if (!parsed.ok) {
        expect(parsed.malformed.reason, id).toMatch(/DOCTYPE/);
        continue;
      }
      const apex = inputs.subtree_local_name === undefined ? 0 : elementOf(parsed.value, inputs.subtree_local_name);
      const wanted = readFileSync(join(VECTORS, files.output), 'utf8');
      expect(fromUtf8(canonicalize(parsed.value, { apex }, methodOf(inputs.algorithm))), id).toBe(wanted);
      met++;
    }
    expect(met).toBeGreaterThan(250);
  });

  test.skipIf(!present)('of xml:base paths (1.1, appendix A)', () => {
    for (const { kind, files } of pairs) {
      if (kind !== 'uri-join-table') continue;
      const [given, wanted] = [files.inputs, files.outputs].map((file) => readFileSync(join(VECTORS, file), 'utf8').trimEnd().split('\n'));
      expect(given?.map(removeDots)).toEqual(wanted);
    }
  });
});

describe('what each form writes', () => {
  test.each<[string, string, CanonicalMethod['version'], string]>([
    ['superfluous declarations go', '<a xmlns="u"><b xmlns="u"/></a>', '1.0', '<a xmlns="u"><b></b></a>'],
    ['a default namespace that ends is undeclared', '<a xmlns="u"><b xmlns=""/></a>', '1.0', '<a xmlns="u"><b xmlns=""></b></a>'],
    ['an empty one at the top is not', '<a xmlns=""/>', '1.0', '<a></a>'],
    ['unused prefixes stay', '<a xmlns:p="u"/>', '1.0', '<a xmlns:p="u"></a>'],
    ['unused prefixes go', '<a xmlns:p="u"><p:b/></a>', 'exclusive', '<a><p:b xmlns:p="u"></p:b></a>'],
    [
      'attributes by namespace, then name',
      '<a xmlns:z="1" xmlns:y="2" y:a="" z:b="" c=""/>',
      '1.0',
      '<a xmlns:y="2" xmlns:z="1" c="" z:b="" y:a=""></a>',
    ],
    [
      'references',
      '<a b="&#9;&#10;&#13;&quot;&lt;&gt;&amp;&apos;">&#13;&gt;&lt;&amp;&quot;</a>',
      '1.0',
      '<a b="&#x9;&#xA;&#xD;&quot;&lt;>&amp;\'">&#xD;&gt;&lt;&amp;"</a>',
    ],
    ['white space in values', '<a b="\t1\n2\r\n3"/>', '1.0', '<a b=" 1 2 3"></a>'],
    ['CDATA is text', '<a><![CDATA[<&>]]></a>', '1.0', '<a>&lt;&amp;&gt;</a>'],
    ['line ends', '<a>1\r\n2\r3</a>', '1.0', '<a>1\n2\n3</a>'],
    ['what stands outside', '<?x  y ?>\n<!--c--><a/><!--d--><?z?>', '1.0', '<?x y ?>\n<a></a>\n<?z?>'],
  ])('%s', (_, document, version, wanted) => {
    expect(text(document, { version, comments: false })).toBe(wanted);
  });

  test('comments stay where they are asked for', () => {
    expect(text('<!--c--><a><!--d--></a><!--e-->', { version: '1.0', comments: true })).toBe('<!--c-->\n<a><!--d--></a>\n<!--e-->');
  });

  test('a subtree takes what is in scope, and in the inclusive forms the xml attributes above it', () => {
    const document = '<a xmlns:p="u" xml:lang="en" xml:base="x/y" xml:id="i"><b xml:base="../z"><c/></b></a>';
    const apex = elementOf(read(document), 'c');
    expect(text(document, { version: '1.0', comments: false }, apex)).toBe('<c xmlns:p="u" xml:base="../z" xml:id="i" xml:lang="en"></c>');
    expect(text(document, { version: '1.1', comments: false }, apex)).toBe('<c xmlns:p="u" xml:base="z" xml:lang="en"></c>');
    expect(text(document, { version: 'exclusive', comments: false }, apex)).toBe('<c></c>');
    expect(text(document, { version: 'exclusive', comments: false, prefixes: ['p'] }, apex)).toBe('<c xmlns:p="u"></c>');
  });

  test('subtrees that are left out leave nothing behind', () => {
    const document = read('<a><s>1<t/></s><b/></a>');
    const without = new Set([elementOf(document, 's')]);
    expect(fromUtf8(canonicalize(document, { apex: 0, without }, { version: '1.0', comments: false }))).toBe('<a><b></b></a>');
  });

  test.each([
    ['<r><s/></r>', '<r></r>'],
    ['<s/>', ''],
    [
      '<r><p:a xmlns:p="u">1</p:a><s/><p:a xmlns:p="u"/><s><s/></s>2<b/></r>',
      '<r><p:a xmlns:p="u">1</p:a><p:a xmlns:p="u"></p:a>2<b></b></r>',
    ],
    ['<r><a y="1" x="2"><s/></a><s/></r>', '<r><a x="2" y="1"></a></r>'],
    ['<r><a >1</a ><s/>2<s/><!--c--><s/></r>', '<r><a>1</a>2</r>'],
  ])('subtrees that are left out of %s, whatever stands beside them', (written, wanted) => {
    const document = read(written);
    const without = new Set<number>();
    for (let node = 1; node < document.nodeCount; node++)
      if (isElement(document, node) && nameOf(document, node).local === 's') without.add(node);
    for (const version of ['1.0', '1.1', 'exclusive'] as const)
      expect(fromUtf8(canonicalize(document, { apex: 0, without }, { version, comments: false }))).toBe(wanted);
  });
});

test.each([
  ['http://a/b/c', 'd', 'http://a/b/d'],
  ['x/y', '../z', 'z'],
  ['..', 'x', '../x'],
  ['../..', '../x', '../../../x'],
  ['http://a', 'b', 'http://a/b'],
  ['a/b?q#f', '', 'a/b?q'],
])('joining %s and %s gives %s', (base, reference, joined) => expect(joinUri(base, reference)).toBe(joined));

test('generated documents come out as libxml2 writes them, in all six forms', () => {
  fc.assert(
    fc.property(elementArbitrary, (document) => {
      const parsed = parseXml(utf8(document));
      if (!parsed.ok) return;
      const other = Other.fromString(document);
      try {
        for (const [version, mode] of Object.entries(MODES)) {
          for (const comments of [false, true]) {
            const mine = fromUtf8(canonicalize(parsed.value, { apex: 0 }, { version: version as CanonicalMethod['version'], comments }));
            expect(mine).toBe(other.canonicalizeToString({ mode, withComments: comments }));
          }
        }
      } finally {
        other.dispose();
      }
    }),
    { numRuns: 300 },
  );
});

test('whole subtrees come out as the same nodes do one by one', () => {
  const chance = fc.record({
    apex: fc.nat(),
    without: fc.array(fc.nat(), { maxLength: 4 }),
    prefixes: fc.constantFrom([], ['p'], ['#default', 'q']),
  });
  fc.assert(
    fc.property(elementArbitrary, chance, fc.boolean(), (text, { apex: at, without: some, prefixes }, comments) => {
      const parsed = parseXml(utf8(text));
      // Two prefixes may have come to stand for one namespace.
      if (!parsed.ok) return;
      const document = parsed.value;
      const nodes = Array.from({ length: document.nodeCount }, (_, node) => node);
      const elements = nodes.filter((node) => isElement(document, node));
      const apex = at % 3 === 0 ? 0 : (elements[at % elements.length] as number);
      const without = new Set(some.map((number) => nodes[number % nodes.length] as number).filter((node) => node > apex));
      const gone = new Set([...without].flatMap((node) => nodes.slice(node, afterOf(document, node))));
      const lost = new Set([...gone].filter((node) => isElement(document, node)).flatMap((node) => attributesOf(document, node)));
      const set: NodeSet = { hasNode: (node) => !gone.has(node), hasAttribute: (attribute) => !lost.has(attribute) };
      for (const version of ['1.0', '1.1', 'exclusive'] as const) {
        const method = { version, comments, prefixes };
        expect(fromUtf8(canonicalize(document, { apex, without }, method))).toBe(fromUtf8(canonicalize(document, { apex, set }, method)));
      }
    }),
    { numRuns: 2000 },
  );
});

test('a canonical form is its own canonical form', () => {
  fc.assert(
    fc.property(elementArbitrary, fc.constantFrom('1.0' as const, '1.1' as const, 'exclusive' as const), (document, version) => {
      if (!parseXml(utf8(document)).ok) return;
      const once = text(document, { version, comments: true });
      expect(text(once, { version, comments: true })).toBe(once);
    }),
  );
});

function elementOf(document: XmlDocument, local: string): number {
  for (let node = 1; node < document.nodeCount; node++)
    if (isElement(document, node) && nameOf(document, node).local === local) return node;
  throw new Error(`no element ${local}`);
}

const MODES = {
  '1.0': XmlC14NMode.XML_C14N_1_0,
  '1.1': XmlC14NMode.XML_C14N_1_1,
  exclusive: XmlC14NMode.XML_C14N_EXCLUSIVE_1_0,
} as const;

/** Elements with declarations that come, change and end, attributes in several namespaces, and every kind of content. */
const elementArbitrary: fc.Arbitrary<string> = fc
  .letrec<{ element: string }>((tie) => ({
    element: fc
      .record({
        prefix: fc.constantFrom('', '', 'p', 'q'),
        local: fc.constantFrom('a', 'b', 'c'),
        declarations: fc.uniqueArray(fc.tuple(fc.constantFrom('', 'p', 'q', 'r'), fc.constantFrom('urn:1', 'urn:2', 'urn:3')), {
          selector: ([prefix]) => prefix,
          maxLength: 3,
        }),
        attributes: fc.uniqueArray(
          fc.tuple(
            fc.constantFrom('x', 'y', 'xml:lang', 'xml:space', 'p:z', 'q:z'),
            fc.constantFrom('', 'v', '&lt;&amp;', '&#10;', 'é𝄞', '\n', '>'),
          ),
          {
            selector: ([name]) => name,
            maxLength: 3,
          },
        ),
        form: fc.constantFrom('', '', '', 'space', 'quote', 'end'),
        children: fc.array(
          fc.oneof(
            { depthSize: 'small' },
            fc.constantFrom(
              'text',
              '&amp;&lt;',
              '<!--c-->',
              '<?pi data?>',
              '<![CDATA[<x>]]>',
              '\r\n',
              '&#13;',
              '𝄞',
              '>',
              '<e/>',
              '<p:f a="1" c="" b="2">3</p:f>',
            ),
            tie('element'),
          ),
          { maxLength: 3 },
        ),
      })
      .map(({ prefix, local, declarations, attributes, form, children }) => {
        const name = prefix === '' ? local : `${prefix}:${local}`;
        const declared = declarations.map(([short, namespace]) => ` xmlns${short && `:${short}`}="${namespace}"`).join('');
        const [space, quote] = [form === 'space' ? '\n ' : ' ', form === 'quote' ? "'" : '"'];
        const written = attributes.map(([attribute, value]) => `${space}${attribute}=${quote}${value}${quote}`).join('');
        const inside = children.join('');
        if (inside === '' && form !== 'end') return `<${name}${declared}${written}/>`;
        return `<${name}${declared}${written}>${inside}</${name}${form === 'end' ? ' ' : ''}>`;
      }),
  }))
  .element.map((inner) => `<root xmlns:p="urn:p" xmlns:q="urn:q">${inner}</root>`);
