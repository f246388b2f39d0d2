/** XML signatures: what is signed, what only looks like it, and what is refused (XMLDSig 1.1). */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { utf8 } from '../../src/base/text.ts';
import { parseXml } from '../../src/xml/parse.ts';
import { attributeNamed, descendantsNamed } from '../../src/xml/query.ts';
import { readKeyInfo } from '../../src/xmldsig/key-info.ts';
import { DS, REFERENCE_TYPE } from '../../src/xmldsig/names.ts';
import { checkManifest, checkReferences } from '../../src/xmldsig/reference.ts';
import { readSignature } from '../../src/xmldsig/signature.ts';
import { checkXmlValue } from '../../src/xmldsig/verify.ts';
import { CANONICAL, ENVELOPED, readDocument, SPKI, signed, template, textOfOctets, transform } from './sign.ts';

const XPATH = 'http://www.w3.org/TR/1999/REC-xpath-19991116';
const FILTER2 = 'http://www.w3.org/2002/06/xmldsig-filter2';
const filter = (kind: string, path: string): string => `<f:XPath xmlns:f="${FILTER2}" Filter="${kind}">${path}</f:XPath>`;

/** What each reference and the value give. */
function verdict(text: string) {
  const { document, signature } = readDocument(text);
  const references = checkReferences(signature, signature.signedInfo.references, { external: () => null });
  return {
    value: checkXmlValue(signature, SPKI).value,
    references: references.map(({ intact, problem }) => problem ?? (intact ? 'intact' : 'broken')),
    ids: references.map(({ element }) => (element === null ? null : element === 0 ? '/' : attributeNamed(document, element, 'ID'))),
    octets: references.map((one) => textOfOctets(one.signedOctets())),
  };
}
const holds = (text: string): boolean => {
  const { value, references } = verdict(text);
  return value === 'intact' && references.every((one) => one === 'intact');
};

const order = (inside: string, id = 'o'): string => `<Order ID="${id}"><Amount>10</Amount>${inside}</Order>`;
const ENVELOPED_SIGNATURE = signed(`<Doc>${order(template([{ uri: '#o', transforms: ENVELOPED + CANONICAL }]))}</Doc>`);
const SIGNATURE = ENVELOPED_SIGNATURE.slice(ENVELOPED_SIGNATURE.indexOf('<ds:Signature '), ENVELOPED_SIGNATURE.indexOf('</Order>'));

describe('what is signed is given back', () => {
  test.each<[string, string, string[], (string | null)[]]>([
    ['an element without its signature', ENVELOPED_SIGNATURE, ['<Order ID="o"><Amount>10</Amount></Order>'], ['o']],
    ['the document', signed(`<Doc><!--c--><a/>${template([{ uri: '', transforms: ENVELOPED }])}</Doc>`), ['<Doc><a></a></Doc>'], ['/']],
    [
      'an object, digested as base64',
      signed(template([{ uri: '#b', transforms: transform(`${DS}base64`) }], '<ds:Object><x ID="b">aGVs<!--c-->bG8=</x></ds:Object>')),
      ['hello'],
      [null],
    ],
    [
      'nodes that an XPath keeps',
      signed(
        `<Doc><a>1</a>${template([{ uri: '', transforms: transform(XPATH, `<ds:XPath>not(ancestor-or-self::ds:Signature)</ds:XPath>`) }])}</Doc>`,
      ),
      ['<Doc><a>1</a></Doc>'],
      [null],
    ],
    [
      'nodes beside the place of the expression',
      signed(
        `<Doc><a>1</a>${template([
          {
            uri: '',
            transforms: transform(
              XPATH,
              '<ds:XPath>count(ancestor-or-self::ds:Signature | here()/ancestor::ds:Signature[1]) &gt; count(ancestor-or-self::ds:Signature)</ds:XPath>',
            ),
          },
        ])}</Doc>`,
      ),
      ['<Doc><a>1</a></Doc>'],
      [null],
    ],
    [
      'subtrees that filters cut out',
      signed(
        `<Doc><a>1<b>2<c>3</c></b></a><a/>${template([
          { uri: '', transforms: transform(FILTER2, filter('intersect', '//a') + filter('subtract', '//b') + filter('union', '//c')) },
        ])}</Doc>`,
      ),
      ['<a>1<c>3</c></a><a></a>'],
      [null],
    ],
  ])('%s', (_, text, octets, ids) => {
    expect(verdict(text)).toEqual({ value: 'intact', references: octets.map(() => 'intact'), ids, octets });
  });
});

describe('signature wrapping', () => {
  const evil = (inside: string, id = 'e'): string => `<Order ID="${id}"><Amount>9999</Amount>${inside}</Order>`;
  const original = order('');
  test.each<[string, string, boolean]>([
    [
      '1: the original in an Object of its signature',
      `<Doc>${evil(SIGNATURE.replace('</ds:Signature>', `<ds:Object>${original}</ds:Object></ds:Signature>`))}</Doc>`,
      false,
    ],
    ['2: detached beside the evil one', `<Doc>${evil('')}${original}${SIGNATURE}</Doc>`, true],
    ['3: an evil one before it', `<Doc>${evil('')}${order(SIGNATURE)}</Doc>`, true],
    ['4: the original inside the evil one', `<Doc>${evil(order(SIGNATURE))}</Doc>`, true],
    ['5: the same identifier, the evil one first', `<Doc>${evil('', 'o')}${order(SIGNATURE)}</Doc>`, false],
    ['6: the same identifier, the evil one last', `<Doc>${order(SIGNATURE)}${evil('', 'o')}</Doc>`, false],
    ['7: the same identifier by another attribute', `<Doc>${order(SIGNATURE)}<x xml:id="o"/></Doc>`, false],
    [
      '8: something evil in an Object of the signature',
      `<Doc>${order(SIGNATURE.replace('</ds:Signature>', `<ds:Object>${evil('')}</ds:Object></ds:Signature>`))}</Doc>`,
      true,
    ],
  ])('%s', (_, text, right) => {
    expect(holds(text)).toBe(right);
    if (right) expect(verdict(text)).toMatchObject({ ids: ['o'], octets: [original] });
  });

  test('a Manifest or an Object that stands elsewhere than its type says is not found', () => {
    const manifest = `<ds:Manifest Id="m"><ds:Reference URI=""><ds:DigestMethod Algorithm="http://www.w3.org/2001/04/xmlenc#sha256"/><ds:DigestValue>AA==</ds:DigestValue></ds:Reference></ds:Manifest>`;
    const right = template([{ uri: '#m', type: REFERENCE_TYPE.manifest }], `<ds:Object>${manifest}</ds:Object>`);
    expect(holds(signed(right))).toBe(true);
    const { signature } = readDocument(signed(right));
    const [reference] = signature.signedInfo.references;
    expect(reference && checkManifest(signature, reference, { external: () => null })).toMatchObject([{ found: true, intact: false }]);
    const moved = template([{ uri: '#m', type: REFERENCE_TYPE.manifest }], `<ds:Object><w>${manifest}</w></ds:Object>`);
    expect(verdict(signed(moved)).references).toEqual(["'#m' does not stand in an Object of the signature"]);
  });
});

describe('what is refused', () => {
  test.each<[string, (text: string) => string]>([
    ['a comment in DigestValue', (text) => text.replace('<ds:DigestValue>', '<ds:DigestValue><!--x-->')],
    ['a second SignedInfo', (text) => text.replace(/(<ds:SignedInfo>.*<\/ds:SignedInfo>)/, '$1$1')],
    ['a second SignatureValue', (text) => text.replace(/(<ds:SignatureValue>.*<\/ds:SignatureValue>)/, '$1$1')],
    ['no reference', (text) => text.replace(/<ds:Reference .*<\/ds:Reference>/, '')],
    ['an element of another namespace in SignedInfo', (text) => text.replace('<ds:Reference ', '<x/><ds:Reference ')],
    ['text between', (text) => text.replace('<ds:Reference ', 'x<ds:Reference ')],
    ['CDATA between', (text) => text.replace('<ds:Reference ', '<![CDATA[ ]]><ds:Reference ')],
    ['no Algorithm', (text) => text.replace(/<ds:DigestMethod [^>]*>/, '<ds:DigestMethod/>')],
    ['seventeen transforms', (text) => text.replace(CANONICAL, CANONICAL.repeat(16))],
  ])('%s is no signature', (_, change) => expect(() => readDocument(change(ENVELOPED_SIGNATURE))).toThrow());

  test.each<[string, string, string]>([
    ['XSLT', transform('http://www.w3.org/TR/1999/REC-xslt-19991116'), 'XSLT'],
    ['an unknown transform', transform('urn:x'), 'not supported'],
    ['an XPath that is none', transform(XPATH, '<ds:XPath>a[</ds:XPath>'), 'ends too early'],
    ['an XPath with a prefix of nothing', transform(XPATH, '<ds:XPath>q:a</ds:XPath>'), 'not declared'],
    ['two XPaths', transform(XPATH, '<ds:XPath>1</ds:XPath><ds:XPath>1</ds:XPath>'), 'one XPath'],
    ['a filter of no kind', transform(FILTER2, filter('keep', '/')), 'no XPath Filter'],
    ['a filter of a number', transform(FILTER2, filter('union', '1')), 'node-set'],
    ['here() in another document', CANONICAL + transform(XPATH, '<ds:XPath>here()</ds:XPath>'), 'another document'],
  ])('%s leaves the reference not found', (_, transforms, problem) => {
    const { references, octets } = verdict(`<Doc>${template([{ uri: '', transforms }])}</Doc>`);
    expect(references).toEqual([expect.stringContaining(problem)]);
    expect(octets).toEqual([null]);
  });

  test('what lies outside is only what the caller gives', () => {
    const { signature } = readDocument(`<Doc>${template([{ uri: 'http://x/y' }])}</Doc>`);
    const asked: (string | null)[] = [];
    const [given] = checkReferences(signature, signature.signedInfo.references, {
      external: (uri) => {
        asked.push(uri);
        return utf8('there');
      },
    });
    expect([asked, textOfOctets(given?.signedOctets() ?? null)]).toEqual([['http://x/y', 'http://x/y'], 'there']);
    expect(verdict(`<Doc>${template([{ uri: 'http://x/y' }])}</Doc>`).references).toEqual(["'http://x/y' is not at hand"]);
  });

  test.each([
    ['the enveloped-signature transform on another document', ENVELOPED + CANONICAL, '<a/>', true],
    ['base64 that is none', transform(`${DS}base64`), '*', true],
    ['a transform that is not known', transform('urn:x'), '<a/>', false],
    ['XML that is none', CANONICAL, '*', false],
  ])('%s: what was given counts as found only where nothing could have been signed', (_, transforms, given, found) => {
    const { signature } = readDocument(`<Doc>${template([{ uri: 'y', transforms }])}</Doc>`);
    const [checked] = checkReferences(signature, signature.signedInfo.references, { external: () => utf8(given) });
    expect(checked).toMatchObject({ found, intact: false, problem: expect.any(String), length: null });
  });

  test('a key of another kind, an HMAC and no key are no good value', () => {
    const { signature } = readDocument(ENVELOPED_SIGNATURE.replace('ecdsa-sha256', 'hmac-sha256'));
    expect(checkXmlValue(signature, SPKI).value).toBe('unsupported');
    expect(checkXmlValue(readDocument(ENVELOPED_SIGNATURE).signature, null).value).toBe('no-key');
  });

  test('references that cost more than the signature is worth end, all of them together', () => {
    const path = 'count(//*[count(//*[count(preceding::*) > 1]) > 1]) > 1'.replaceAll('>', '&gt;');
    const bomb = { uri: '', transforms: transform(XPATH, `<ds:XPath>${path}</ds:XPath>`) };
    const { references } = verdict(`<Doc>${'<a/>'.repeat(3000)}${template([bomb, bomb, bomb])}</Doc>`);
    expect(references).toEqual(Array(3).fill(expect.stringContaining('steps of XPath')));
  });
});

test('KeyInfo that points to itself is read once', () => {
  const { document, signature } = readDocument(
    template([{ uri: '' }], '<ds:KeyInfo Id="k"><ds:KeyName>n</ds:KeyName><ds:RetrievalMethod URI="#k"/></ds:KeyInfo>'),
  );
  expect(readKeyInfo(document, signature.keyInfo)).toMatchObject({ names: ['n'], certificates: [], keys: [] });
});

test('mutations of a signed document never throw, and none passes with other octets signed', () => {
  const bytes = utf8(ENVELOPED_SIGNATURE);
  const octets = verdict(ENVELOPED_SIGNATURE).octets;
  fc.assert(
    fc.property(
      fc.array(fc.tuple(fc.nat(bytes.length - 1), fc.integer({ min: 9, max: 126 })), { minLength: 1, maxLength: 3 }),
      (changes) => {
        const changed = bytes.slice();
        for (const [at, octet] of changes) changed[at] = octet;
        const parsed = parseXml(changed);
        if (!parsed.ok) return;
        for (const node of descendantsNamed(parsed.value, 0, DS, 'Signature')) {
          const signature = readSignature(parsed.value, node);
          if (!signature.ok) continue;
          readKeyInfo(parsed.value, signature.value.keyInfo);
          const references = checkReferences(signature.value, signature.value.signedInfo.references, { external: () => null });
          if (checkXmlValue(signature.value, SPKI).value !== 'intact' || !references.every(({ intact }) => intact)) continue;
          expect(references.map((one) => textOfOctets(one.signedOctets()))).toEqual(octets);
        }
      },
    ),
    { numRuns: 500 },
  );
});
