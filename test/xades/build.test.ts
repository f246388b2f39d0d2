/** What the key signs is the canonical form of what is written, whatever the signature states (EN 319 132-1, 5.2; Exclusive XML Canonicalization 1.0). */
import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { beforeAll, expect, test } from 'vitest';
import { fromUtf8, utf8 } from '../../src/base/text.ts';
import type { Signer } from '../../src/crypto/signer.ts';
import { createThrowAwayPki } from '../../src/issuing/index.ts';
import { frameOf, prepareXades } from '../../src/xades/build.ts';
import { frameIn } from '../../src/xades/build-place.ts';
import { base64Reference, canonicalizationOf, type DataReference, transformXml } from '../../src/xades/build-references.ts';
import { element, escaped, exclusiveForm } from '../../src/xades/build-xml.ts';
import { canonicalize } from '../../src/xml/canonicalize.ts';
import type { XmlDocument } from '../../src/xml/document.ts';
import { parseXml } from '../../src/xml/parse.ts';
import { descendantsNamed } from '../../src/xml/query.ts';
import { DS } from '../../src/xmldsig/names.ts';

const XADES = 'http://uri.etsi.org/01903/v1.3.2#';
const EXCLUSIVE = { version: 'exclusive', comments: false } as const;

let chain: Signer['chain'];
beforeAll(async () => {
  const { leaf } = await createThrowAwayPki({ algorithms: { ca: 'P-256' } });
  chain = (await leaf('P-256')).signer.chain;
});

const words = fc.oneof(
  fc.constantFrom('plain', 'a b', "it's", 'a & b', '<x>', 'é', '"', '𝄞', '\t'),
  fc.string({ maxLength: 8, unit: 'binary' }),
);
const text = words.filter((one) => {
  try {
    return escaped(one) !== null;
  } catch {
    return false;
  }
});
const stated = fc.record(
  {
    policy: fc.oneof(
      fc.constant('implied' as const),
      fc.record(
        {
          id: fc.constantFrom('1.2.3', 'urn:x'),
          digestAlgorithm: fc.constant('SHA-256' as const),
          hash: fc.uint8Array({ maxLength: 9 }),
          url: text,
          notice: text,
        },
        { requiredKeys: ['id', 'digestAlgorithm', 'hash'] },
      ),
    ),
    commitments: fc.array(
      fc.record({ id: fc.constantFrom('1.2.3', 'urn:y'), references: fc.constantFrom([0], [0, 1]) }, { requiredKeys: ['id'] }),
      { maxLength: 2 },
    ),
    claimedRoles: fc.array(text, { maxLength: 2 }),
    productionPlace: fc.record({ city: text, country: text }),
    contentTimestamps: fc.array(fc.record({ token: fc.uint8Array({ maxLength: 9 }), reference: fc.constantFrom(null, 0, 1) }), {
      maxLength: 2,
    }),
  },
  { requiredKeys: [] },
);
const references = fc.array(
  fc.record({
    uri: text,
    type: fc.constantFrom(undefined, `${DS}Object`),
    mimeType: fc.oneof(fc.constant(null), text),
    filter: fc.boolean(),
  }),
  { minLength: 2, maxLength: 3 },
);

const filter = element('f:XPath', { 'xmlns:f': 'urn:f', Filter: 'subtract' }, '/descendant::ds:Signature');
const referenceOf = ({
  uri,
  type,
  mimeType,
  filter: filtered,
}: {
  uri: string;
  type: string | undefined;
  mimeType: string | null;
  filter: boolean;
}): DataReference => ({
  ...base64Reference('x', utf8(uri), mimeType ?? '', false),
  ...(type !== undefined && { type }),
  ...{ uri, mimeType },
  ...(filtered && { transforms: [transformXml('urn:t', filter), transformXml('urn:u')] }),
});

function must(xml: string): XmlDocument {
  const parsed = parseXml(utf8(xml));
  if (!parsed.ok) throw new Error(parsed.malformed.reason);
  return parsed.value;
}

const formOf = (document: XmlDocument, namespace: string, local: string): Uint8Array =>
  canonicalize(document, { apex: descendantsNamed(document, 0, namespace, local)[0] as number }, EXCLUSIVE);

test('what is signed is the canonical SignedInfo, and what it refers to the canonical SignedProperties', () => {
  fc.assert(
    fc.property(stated, references, (statements, some) => {
      const canonicalization = canonicalizationOf('exclusive');
      const frame = frameOf('', '');
      const draft = prepareXades({
        ...statements,
        ...{ chain, scheme: 'ECDSA', digest: 'SHA-256', at: 0, canonicalization, frame },
        references: some.map(referenceOf),
      });
      const document = must(draft.parts.join(''));
      expect(fromUtf8(draft.toBeSigned)).toBe(fromUtf8(formOf(document, DS, 'SignedInfo')));
      const digest = createHash('sha256')
        .update(formOf(document, XADES, 'SignedProperties'))
        .digest('base64');
      expect(fromUtf8(draft.toBeSigned)?.lastIndexOf(`>${digest}</ds:DigestValue>`)).toBeGreaterThan(0);
    }),
    { numRuns: 300 },
  );
});

test.each([
  ['<r/>'],
  ['<r />'],
  ['<r a="1"\n/>'],
  ['<r></r>'],
  ['<!--<r>--><p:r xmlns:p="urn:p" xmlns="urn:d" xml:lang="de" xml:base="x/" xml:id="i" a="&lt;&#xA;>">text<b xmlns:q="urn:q"/></p:r >'],
  ["<r xmlns:ds='urn:own' xmlns:xades='urn:other'><?p?></r>"],
  ['<grün xmlns:ä="urn:ä" ä:b="ü"/>'],
  ['<?xml version="1.0" encoding="ISO-8859-1"?>\n<grün xml:lang="ü">é</grün>'],
])('inclusive forms in %s need of it what stands around the signature alone', (xml) => {
  const parsed = parseXml(Uint8Array.from(Buffer.from(xml, xml.includes('8859') ? 'latin1' : 'utf8')));
  if (!parsed.ok) throw new Error(parsed.malformed.reason);
  const frame = frameIn(parsed.value);
  const signature = element('ds:Signature', { 'xmlns:ds': DS }, element('ds:SignedInfo', {}, 'x'));
  const [all, alone] = [frame.around(signature), frame.alone?.(signature) ?? new Uint8Array()].map((bytes) => {
    const document = parseXml(bytes);
    if (!document.ok) throw new Error(document.malformed.reason);
    return (['1.0', '1.1'] as const).map((version) => {
      const [apex = 0] = descendantsNamed(document.value, 0, DS, 'SignedInfo');
      return fromUtf8(canonicalize(document.value, { apex }, { version, comments: false }));
    });
  });
  expect(alone).toEqual(all);
  expect(alone?.[0]).toContain('<ds:SignedInfo ');
});

/** Elements of three prefixes, one of which is declared where it is used. */
const written: fc.Arbitrary<string> = fc.letrec<{ element: string }>((tie) => ({
  element: fc
    .record({
      name: fc.constantFrom('ds:A', 'xades:B', 'ds:C', 'own:D'),
      value: fc.constantFrom(undefined, 'plain', "it's", 'a=b'),
      inside: fc.array(fc.oneof({ depthSize: 'small' }, fc.constantFrom('text', 'ds:Signature', ''), tie('element')), { maxLength: 3 }),
    })
    .map(({ name, value, inside }) => element(name, { ...(name === 'own:D' && { 'xmlns:own': 'urn:own' }), Id: value }, ...inside)),
})).element;

test('elements as they are written get their exclusive form without a parse', () => {
  fc.assert(
    fc.property(written, (xml) => {
      // A declaration inside another that says the same is none in the canonical form.
      fc.pre(!/<own:D[^>]*>(?:(?!<\/own:D>).)*<own:D/.test(xml));
      const around = must(element('around', { 'xmlns:ds': DS, 'xmlns:xades': XADES }, xml));
      expect(exclusiveForm(xml, { ds: DS, xades: XADES })).toBe(fromUtf8(canonicalize(around, { apex: around.root + 1 }, EXCLUSIVE)));
    }),
  );
});

test('an element with a character that is written as a reference has to be parsed for its canonical form', () => {
  expect(exclusiveForm(element('ds:A', {}, escaped('é')), { ds: DS })).toBeNull();
  expect(exclusiveForm(element('ds:A', {}, 'e'), { ds: 'urn:d' })).toBe('<ds:A xmlns:ds="urn:d">e</ds:A>');
});
