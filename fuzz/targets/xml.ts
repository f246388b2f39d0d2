/** XML documents and their canonical forms, with libxml2 as the second opinion (XML 1.0; Canonical XML 1.0, 1.1 and exclusive). */
import { XmlDocument as Other, ParseOption, XmlC14NMode } from 'libxml2-wasm';
import type { Bytes } from '../../src/base/bytes.ts';
import { orNull } from '../../src/base/parsed.ts';
import { fromUtf8 } from '../../src/base/text.ts';
import { type CanonicalMethod, canonicalize } from '../../src/xml/canonicalize.ts';
import type { XmlDocument } from '../../src/xml/document.ts';
import { parseXml } from '../../src/xml/parse.ts';
import { attributesOf, attributeValue, declarationsOf, isElement, kindOf, nameOf, textOf } from '../../src/xml/query.ts';
import type { Target } from '../target.ts';

const SEEDS: Target['seeds'] = [
  { folder: 'xmldsig', endings: ['.xml', '.c14n'], most: 120 },
  { folder: 'xml-attacks', endings: ['.xml'], most: 80 },
  { folder: 'dss/files', endings: ['.xml'], most: 60 },
];

export const xmlTarget: Target = {
  name: 'xml',
  what: 'an XML document',
  clause: 'XML 1.0, 2; Namespaces in XML 1.0',
  format: 'xml',
  seeds: SEEDS,
  longest: 32_768,
  milliseconds: 300,
  read: (input) => {
    const document = parseXml(input);
    return document.ok ? contentOf(document.value) : document;
  },
  check: (input) => {
    if (orNull(parseXml(input)) === null) return null;
    return withOther(input, (other) => (other === null ? 'accepted here, refused by libxml2' : null));
  },
};

export const canonicalTarget: Target = {
  ...xmlTarget,
  name: 'c14n',
  what: 'an XML document, in its six canonical forms',
  clause: 'Canonical XML 1.0, 2; Canonical XML 1.1, 2; Exclusive XML Canonicalization 1.0, 3',
  milliseconds: 600,
  read: (input) => {
    const document = parseXml(input);
    return document.ok ? FORMS.map((form) => canonicalize(document.value, { apex: 0 }, form)) : document;
  },
  check: (input) => {
    const document = orNull(parseXml(input));
    if (document === null || hasOddNamespace(document)) return null;
    return withOther(input, (other) => {
      for (const form of FORMS) {
        const mine = fromUtf8(canonicalize(document, { apex: 0 }, form));
        const theirs = other && formOf(other, form);
        if (theirs !== null && mine !== theirs)
          return `the form ${form.version}${form.comments ? ' with comments' : ''} is another than that of libxml2`;
        const again = mine === null ? null : orNull(parseXml(new TextEncoder().encode(mine)));
        if (again === null) return 'a canonical form that cannot be parsed';
        if (fromUtf8(canonicalize(again, { apex: 0 }, form)) !== mine) return 'a canonical form whose canonical form is another';
      }
      return null;
    });
  },
};

/** Null where libxml2 refuses: it resolves namespaces as URI references and joins xml:base, and gives up where it cannot. */
function formOf(other: Other, { version, comments }: CanonicalMethod): string | null {
  try {
    return other.canonicalizeToString({ mode: MODES[version], withComments: comments });
  } catch {
    return null;
  }
}

/** Names, attributes and texts. */
function contentOf(document: XmlDocument): unknown[] {
  const content: unknown[] = [];
  for (let node = 1; node < document.nodeCount; node++) {
    if (!isElement(document, node)) content.push(kindOf(document, node), textOf(document, node));
    else
      content.push(
        nameOf(document, node).qualified,
        ...attributesOf(document, node).map((attribute) => attributeValue(document, attribute)),
      );
  }
  return content;
}

function withOther(input: Bytes, ask: (other: Other | null) => string | null): string | null {
  let other: Other | null = null;
  try {
    other = Other.fromBuffer(input, {
      option: ParseOption.XML_PARSE_NONET | ParseOption.XML_PARSE_HUGE | ParseOption.XML_PARSE_NOWARNING | ParseOption.XML_PARSE_NOERROR,
    });
  } catch {
    return ask(null);
  }
  try {
    return ask(other);
  } finally {
    other.dispose();
  }
}

/**
 * libxml2 refuses to canonicalize what the standard deprecates, namespaces that are relative references, and does not escape
 * what stands in one (Canonical XML 1.0, 2.3 has namespace nodes written as attributes are).
 */
function hasOddNamespace(document: XmlDocument): boolean {
  for (let node = 1; node < document.nodeCount; node++) {
    if (!isElement(document, node)) continue;
    if (declarationsOf(document, node).some(({ namespace }) => namespace !== '' && !/^[A-Za-z][\w+.-]*:[^&<>"'\s]*$/.test(namespace)))
      return true;
  }
  return false;
}

const FORMS: readonly CanonicalMethod[] = (['1.0', '1.1', 'exclusive'] as const).flatMap((version) =>
  [false, true].map((comments) => ({ version, comments })),
);
const MODES = { '1.0': XmlC14NMode.XML_C14N_1_0, '1.1': XmlC14NMode.XML_C14N_1_1, exclusive: XmlC14NMode.XML_C14N_EXCLUSIVE_1_0 } as const;
