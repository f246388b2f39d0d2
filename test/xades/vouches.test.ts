/** What a signature vouches for: never nothing, never something else than what it names, and never by another key than its certificate's (EN 319 102-1, 5.2; XMLDSig 1.1, 4.4.3). */
import { createHash } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { fromUtf8, toBase64, utf8 } from '../../src/base/text.ts';
import { contentOf } from '../../src/cms/content.ts';
import type { SignatureFacts } from '../../src/facts/index.ts';
import { sign } from '../../src/sign.ts';
import { validate } from '../../src/validate.ts';
import { subIndicationOf } from '../../src/validation/conclusion.ts';
import { readXmlDocument } from '../../src/xades/document.ts';
import { DS } from '../../src/xmldsig/names.ts';
import { memoryPki } from '../support/pki.ts';
import { CANONICAL, ENVELOPED, SPKI, signed, template, transform } from '../xmldsig/sign.ts';

const XADES = 'http://uri.etsi.org/01903/v1.3.2#';
const TYPE = 'http://uri.etsi.org/01903#SignedProperties';
const pki = memoryPki();
const KEY_INFO = `<ds:KeyInfo Id="k"><d:DEREncodedKeyValue xmlns:d="http://www.w3.org/2009/xmldsig11#">${toBase64(SPKI)}</d:DEREncodedKeyValue></ds:KeyInfo>`;
const SIGNED = '<x:SignedProperties Id="p"><x:SignedSignatureProperties/></x:SignedProperties>';
const properties = (inside = SIGNED, namespace = XADES): string =>
  `<ds:Object><x:QualifyingProperties xmlns:x="${namespace}">${inside}</x:QualifyingProperties></ds:Object>`;
const OWN = { uri: '#p', type: TYPE, transforms: CANONICAL };
const ALL = { uri: '', transforms: ENVELOPED + CANONICAL };
const hash = (text: string): string => createHash('sha256').update(text).digest('base64');
const asText = (references: Parameters<typeof template>[0], rest = properties()): string =>
  signed(`<Doc><a/>${template(references, KEY_INFO + rest)}</Doc>`);

function signatureOf(text: string, files: Readonly<Record<string, string>> = {}): SignatureFacts {
  const detached = Object.entries(files).map(([name, content]) => ({ name, content: contentOf(utf8(content)) }));
  const read = readXmlDocument(utf8(text), detached);
  if (!read.ok || read.value.signatures[0] === undefined) throw new Error('no signature');
  return read.value.signatures[0];
}

const NOT_FOUND = { found: false, intact: false };
const XPATH = 'http://www.w3.org/TR/1999/REC-xpath-19991116';
const FILTER2 = 'http://www.w3.org/2002/06/xmldsig-filter2';

describe('nothing is signed, and so nothing is found', () => {
  test.each([
    ['the properties alone', [OWN], properties()],
    ['the properties by another type alone', [{ ...OWN, type: 'urn:x' }], properties()],
    ['the properties and the key', [{ uri: '#k', transforms: CANONICAL }, OWN], properties()],
    [
      'properties of a signature',
      [{ uri: '#s', type: `${DS}SignatureProperties` }, OWN],
      `${properties()}<ds:Object><ds:SignatureProperties Id="s"/></ds:Object>`,
    ],
    [
      'an element of the signed properties',
      [{ uri: '#q' }, OWN],
      properties(SIGNED.replace('<x:SignedS', '<x:SignedDataObjectProperties Id="q"/><x:SignedS')),
    ],
    ['what stands in the unsigned properties', [{ uri: '#q' }, OWN], properties(`${SIGNED}<x:UnsignedProperties Id="q"/>`)],
    ['what an XPath leaves nothing of', [{ uri: '', transforms: transform(XPATH, '<ds:XPath>false()</ds:XPath>') }, OWN], properties()],
    [
      'what a filter leaves nothing of',
      [{ uri: '', transforms: transform(FILTER2, `<f:XPath xmlns:f="${FILTER2}" Filter="intersect">/none</f:XPath>`) }, OWN],
      properties(),
    ],
    [
      'an Object that the enveloped transform takes away',
      [{ uri: '#o', transforms: ENVELOPED }, OWN],
      `${properties()}<ds:Object Id="o"/>`,
    ],
    [
      'a Manifest that lists nothing',
      [{ uri: '#m', type: `${DS}Manifest` }, OWN],
      `${properties()}<ds:Object><ds:Manifest Id="m"/></ds:Object>`,
    ],
  ])('%s', (_, references, rest) => {
    const facts = signatureOf(asText(references, rest));
    expect(facts.value).toBe('intact');
    expect(facts.references.filter(({ found }) => !found)).toHaveLength(1);
  });

  test('where transforms leave nothing of what was signed it was changed', () => {
    const enveloped = asText([ALL, OWN]);
    const alone = `${enveloped.slice(enveloped.indexOf('<ds:Signature '), enveloped.indexOf('</Doc>'))}`;
    expect(signatureOf(alone).references).toMatchObject([{ found: true, intact: false }, { intact: true }]);
    expect(signatureOf(alone).references).toHaveLength(2);
  });

  test('an empty file that is held in base64 is signed all the same', () => {
    const facts = signatureOf(asText([{ uri: '#o', transforms: transform(`${DS}base64`) }, OWN], `${properties()}<ds:Object Id="o"/>`));
    expect(facts.references).toMatchObject([{ found: true, intact: true }, { found: true }]);
  });
});

describe('what is said to be the signed properties is theirs, all of them, or not found', () => {
  test.each([
    [
      'without what a transform drops',
      transform(XPATH, '<ds:XPath>not(self::x:SignedSignatureProperties)</ds:XPath>').replace(
        '<ds:XPath>',
        `<ds:XPath xmlns:x="${XADES}">`,
      ),
    ],
    ['their text alone', transform(XPATH, '<ds:XPath>self::text()</ds:XPath>')],
    ['what the enveloped transform leaves of them', ENVELOPED],
  ])('%s', (_, transforms) => {
    const facts = signatureOf(asText([ALL, { ...OWN, transforms }]));
    expect(facts.references).toMatchObject([{ intact: true }, { type: 'SIGNED_PROPERTIES', ...NOT_FOUND }]);
    expect(facts).toMatchObject({ value: 'intact', claimedTime: null, xml: { xades: null } });
  });

  test.each([
    ['properties of a version that does not exist', properties(SIGNED, 'http://uri.etsi.org/01903/v1.9.9#')],
    ['two that claim to be signed', properties(SIGNED + SIGNED.replace('"p"', '"q"'))],
    ['two, the signed ones after others', properties(SIGNED.replace('"p"', '"q"') + SIGNED)],
  ])('%s', (_, rest) => {
    const facts = signatureOf(asText([ALL, OWN], rest));
    expect(facts.references).toMatchObject([{ intact: true }, { type: 'SIGNED_PROPERTIES', ...NOT_FOUND }]);
    expect(facts).toMatchObject({ value: 'intact', xml: { xades: null } });
  });
});

const outside = (uri: string, content: string): string =>
  `<ds:Reference${uri}><ds:DigestMethod Algorithm="http://www.w3.org/2001/04/xmlenc#sha256"/><ds:DigestValue>${hash(content)}</ds:DigestValue></ds:Reference>`;

test('of references without URI one may stand for the file that is given', () => {
  const withNameless = (count: number): string =>
    signed(
      `<Doc>${template([OWN], KEY_INFO + properties()).replace('<ds:Reference ', `${outside('', 'data').repeat(count)}<ds:Reference `)}</Doc>`,
    );
  expect(signatureOf(withNameless(1), { 'a.txt': 'data' }).references[0]).toMatchObject({ found: true, intact: true });
  expect(signatureOf(withNameless(2), { 'a.txt': 'data' }).references.slice(0, 2)).toMatchObject([NOT_FOUND, NOT_FOUND]);
});

test('the one file given stands for no other name of a Manifest that names it', () => {
  const manifest = `<ds:Object><ds:Manifest Id="m">${outside(' URI="a.txt"', 'a')}${outside(' URI="b.txt"', 'b')}</ds:Manifest></ds:Object>`;
  const facts = signatureOf(asText([{ uri: '#m', type: `${DS}Manifest`, transforms: CANONICAL }, OWN], manifest + properties()), {
    'a.txt': 'a',
  });
  expect(facts.references.slice(2)).toMatchObject([
    { name: 'a.txt', intact: true },
    { name: 'b.txt', ...NOT_FOUND },
  ]);
});

const manifestOf = (id: string, of: string): string => `<ds:Object><ds:Manifest Id="${id}">${of}</ds:Manifest></ds:Object>`;

test('a Manifest of which a part is signed is not found: its digests may be others', () => {
  const transforms = transform(XPATH, '<ds:XPath>not(self::ds:DigestValue)</ds:XPath>');
  const manifest = manifestOf('m', outside(' URI="a.txt"', 'a'));
  const facts = signatureOf(asText([{ uri: '#m', type: `${DS}Manifest`, transforms }, OWN], manifest + properties()), { 'a.txt': 'a' });
  expect(facts.references).toMatchObject([{ type: 'MANIFEST', ...NOT_FOUND }, { intact: true }]);
});

test('what a Manifest lists that is none by its type is told as not compared', () => {
  const manifest = manifestOf('m', outside(' URI="a.txt"', 'a'));
  const byNoType = signatureOf(asText([{ uri: '#m', transforms: CANONICAL }, OWN], manifest + properties()), { 'a.txt': 'b' });
  expect(byNoType.references[0]).toMatchObject({ type: 'REFERENCE', intact: true, entries: { total: 1, found: 0 } });
});

test('an identifier that an attribute of another namespace or case seems to give another element too is nobody’s', () => {
  const text = asText([{ uri: '#o', transforms: CANONICAL }, OWN], `${properties()}<ds:Object Id="o">a</ds:Object>`);
  for (const other of ['iD="o"', 'xmlns:y="urn:y" y:Id="o"'])
    expect(signatureOf(text.replace('<a/>', `<a ${other}/>`)).references[0]).toMatchObject({ found: true, intact: false, ambiguous: true });
  expect(signatureOf(text.replace('<a/>', '<a y="o"/>')).references[0]).toMatchObject({ intact: true });
});

test.each([
  ['2026-02-28T23:00:00Z', '2026-02-28T23:00:00Z'],
  ['2026-02-28T23:00:00.5', '2026-02-28T23:00:00.500Z'],
  ['2026-02-30T00:00:00Z', null],
  ['2026-13-01T00:00:00Z', null],
  ['2026-02-28', null],
])('a signing time of %s is %s', (written, at) => {
  const said = SIGNED.replace(
    '<x:SignedSignatureProperties/>',
    `<x:SignedSignatureProperties><x:SigningTime>${written}</x:SigningTime></x:SignedSignatureProperties>`,
  );
  expect(signatureOf(asText([ALL, OWN], properties(said))).claimedTime).toBe(at === null ? null : Date.parse(at));
});

test('a key that verifies does not stand for the certificate that is named', async () => {
  const { leaf } = await pki();
  const { certificate } = await leaf('P-256');
  const digest = toBase64(new Uint8Array(createHash('sha256').update(certificate).digest()));
  const named = `<x:SigningCertificateV2><x:Cert><x:CertDigest><ds:DigestMethod Algorithm="http://www.w3.org/2001/04/xmlenc#sha256"/><ds:DigestValue xmlns:ds="${DS}">${digest}</ds:DigestValue></x:CertDigest></x:Cert></x:SigningCertificateV2>`;
  const said = SIGNED.replace('<x:SignedSignatureProperties/>', `<x:SignedSignatureProperties>${named}</x:SignedSignatureProperties>`);
  const brought = KEY_INFO.replace(
    '</ds:KeyInfo>',
    `<ds:X509Data><ds:X509Certificate>${toBase64(certificate)}</ds:X509Certificate></ds:X509Data></ds:KeyInfo>`,
  );
  const text = signed(`<Doc><a/>${template([ALL, OWN], brought + properties(said))}</Doc>`);
  expect(signatureOf(text)).toMatchObject({ value: 'broken', references: [{ intact: true }, { intact: true }] });
  const report = await validate(utf8(text), { at: Date.now(), trust: [certificate] });
  expect(report.signatures.map(({ conclusion }) => subIndicationOf(conclusion))).toEqual(['SIG_CRYPTO_FAILURE']);
});

test.each([
  ['an element too much', (text: string) => text.replace('</ds:Signature>', '<x/></ds:Signature>')],
  ['no SignatureValue', (text: string) => text.replace(/<ds:SignatureValue>.*?<\/ds:SignatureValue>/, '')],
])('a signature with %s fails by its format', async (_, change) => {
  const report = await validate(utf8(change(asText([ALL, OWN]))), { at: Date.now() });
  expect(report.signatures.map(({ conclusion }) => subIndicationOf(conclusion))).toEqual(['FORMAT_FAILURE']);
});

test.each([
  ['by its type', (text: string) => text, 'XAdES-BASELINE-B'],
  ['by another type', (text: string) => text.replace(TYPE, 'urn:x'), 'XAdES-BES'],
  ['by no type', (text: string) => text.replace(` Type="${TYPE}"`, ''), 'XAdES-BES'],
  ['and a certificate without digest', (text: string) => text.replace(/<xades:CertDigest>.*<\/xades:CertDigest>/, ''), 'XAdES-BES'],
])('properties that are referred to %s are of the level that this allows', async (_, change, level) => {
  const { leaf } = await pki();
  const { signer } = await leaf('P-256');
  const text = fromUtf8(await sign(utf8('<Doc/>'), { format: 'xades', signer, at: Date.now() })) ?? '';
  const report = await validate(utf8(change(text)), { at: Date.now() });
  expect(report.signatures.map((one) => one.level)).toEqual([level]);
});
