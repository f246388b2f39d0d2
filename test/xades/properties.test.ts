/** Unsigned properties that say something of the signed ones: the policy's document, renewed digests of Manifests; what names stand for (EN 319 132-1, 5.2.9, 5.2.10 and 5.5.3). */
import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import { der } from '../../src/asn1/index.ts';
import { toBase64, utf8 } from '../../src/base/text.ts';
import { contentOf } from '../../src/cms/content.ts';
import { encodeDigestAlgorithm } from '../../src/crypto/algorithm.ts';
import type { SignatureFacts } from '../../src/facts/index.ts';
import type { DetachedFile } from '../../src/xades/detached.ts';
import { readXmlDocument } from '../../src/xades/document.ts';
import { canonicalize } from '../../src/xml/canonicalize.ts';
import { parseXml } from '../../src/xml/parse.ts';
import { descendantsNamed } from '../../src/xml/query.ts';
import { DS } from '../../src/xmldsig/names.ts';
import { CANONICAL, signed, template } from '../xmldsig/sign.ts';

const XADES = 'http://uri.etsi.org/01903/v1.3.2#';
const LATER = 'http://uri.etsi.org/01903/v1.4.1#';
const SHA256 = '<ds:DigestMethod Algorithm="http://www.w3.org/2001/04/xmlenc#sha256"/>';
const SHA512 = '<ds:DigestMethod Algorithm="http://www.w3.org/2001/04/xmlenc#sha512"/>';
const hash = (octets: Uint8Array, name = 'sha256'): string => toBase64(new Uint8Array(createHash(name).update(octets).digest()));

const END = '</x:UnsignedSignatureProperties>';
const properties = (inside: string, unsigned = ''): string =>
  `<ds:Object><x:QualifyingProperties xmlns:x="${XADES}" xmlns:y="${LATER}"><x:SignedProperties Id="p"><x:SignedSignatureProperties>${inside}` +
  `</x:SignedSignatureProperties></x:SignedProperties><x:UnsignedProperties><x:UnsignedSignatureProperties>${unsigned}${END}</x:UnsignedProperties></x:QualifyingProperties></ds:Object>`;
const OWN = { uri: '#p', type: 'http://uri.etsi.org/01903#SignedProperties', transforms: CANONICAL };

function signatureOf(text: string, detached: readonly DetachedFile[] = []): SignatureFacts {
  const read = readXmlDocument(utf8(text), detached);
  if (!read.ok || read.value.signatures[0] === undefined) throw new Error('no signature');
  return read.value.signatures[0];
}

const POLICY = utf8('we mean it');
const ASN1 = der.sequence(encodeDigestAlgorithm('SHA-256'), der.sequence(der.NULL));
const identifier = (digest: string): string =>
  `<x:SignaturePolicyIdentifier><x:SignaturePolicyId><x:SigPolicyId><x:Identifier>urn:oid:1.2.3</x:Identifier></x:SigPolicyId><x:SigPolicyHash>${SHA256}<ds:DigestValue xmlns:ds="${DS}">${digest}</ds:DigestValue></x:SigPolicyHash></x:SignaturePolicyId></x:SignaturePolicyIdentifier>`;
const store = (document: Uint8Array): string =>
  `<y:SignaturePolicyStore><y:SPDocSpecification><x:Identifier>urn:x</x:Identifier></y:SPDocSpecification><y:SignaturePolicyDocument>${toBase64(document)}</y:SignaturePolicyDocument></y:SignaturePolicyStore>`;

test.each([
  ['is the one that was named', hash(POLICY), store(POLICY), { document: 'match', store: true }],
  ['in ASN.1 is named by its first components', hash(ASN1.subarray(2)), store(ASN1), { document: 'match', store: true }],
  ['is another', hash(utf8('x')), store(POLICY), { document: 'mismatch', store: true }],
  ['is not there', hash(POLICY), '', { document: 'not-obtained', store: false }],
])('the document of a policy %s', (_, digest, unsigned, expected) => {
  const text = signed(`<Doc>${template([OWN], properties(identifier('DIGEST'), unsigned)).replace('DIGEST', digest)}</Doc>`);
  expect(signatureOf(text).policy).toMatchObject({ id: '1.2.3', digestAlgorithm: 'SHA-256', ...expected });
});

const DATA = utf8('data');
const MANIFEST = `<ds:Object><ds:Manifest Id="m"><ds:Reference URI="a.txt">${SHA256}<ds:DigestValue>${hash(DATA)}</ds:DigestValue></ds:Reference><ds:Reference URI="b.txt">${SHA256}<ds:DigestValue>${hash(DATA)}</ds:DigestValue></ds:Reference></ds:Manifest></ds:Object>`;
const FILES = [{ name: 'a.txt', content: contentOf(DATA) }];
const withManifest = (): string =>
  signed(`<Doc>${template([{ uri: '#m', type: `${DS}Manifest`, transforms: CANONICAL }, OWN], MANIFEST + properties(''))}</Doc>`);

test('a Manifest tells how much of it is at hand, and lists it where any of it is', () => {
  const none = signatureOf(withManifest());
  expect(none.references).toMatchObject([
    { type: 'MANIFEST', intact: true, entries: { total: 2, found: 0 } },
    { type: 'SIGNED_PROPERTIES' },
  ]);
  const some = signatureOf(withManifest(), [...FILES, { name: 'c.txt', content: contentOf(utf8('c')) }]);
  expect(some.references.slice(2)).toMatchObject([
    { type: 'MANIFEST_ENTRY', name: 'a.txt', found: true, intact: true },
    { type: 'MANIFEST_ENTRY', name: 'b.txt', found: true, intact: true },
  ]);
});

test.each([
  ['those of the data', hash(DATA, 'sha512'), []],
  ['of something else', hash(utf8('x'), 'sha512'), ['RenewedDigestsV2 whose digest is not that of the data']],
])('renewed digests that are %s', (_, value, problems) => {
  const text = withManifest();
  const parsed = parseXml(utf8(text));
  if (!parsed.ok) throw new Error(parsed.malformed.reason);
  const reference = descendantsNamed(parsed.value, 0, DS, 'Reference').at(2) ?? 0;
  const original = hash(canonicalize(parsed.value, { apex: reference }, { version: '1.0', comments: false }), 'sha512');
  const renewed = `<y:RenewedDigestsV2>${SHA512}<y:RecomputedDigestValue><y:NewSDODigestValue>${value}</y:NewSDODigestValue><y:OriginalRefDigest>${original}</y:OriginalRefDigest></y:RecomputedDigestValue></y:RenewedDigestsV2>`;
  expect(signatureOf(text.replace(END, `${renewed}${END}`), FILES).structureProblems).toEqual(problems);
});

test.each<[string, string, readonly DetachedFile[], object]>([
  ['one file, whatever its name', 'x%20y.txt', [{ name: 'other', content: contentOf(DATA) }], { found: true, intact: true }],
  ['one file that is another', 'x.txt', [{ name: 'x.txt', content: contentOf(utf8('c')) }], { found: true, intact: false }],
  [
    'a name among several',
    'x%20y.txt',
    [
      { name: 'b', content: contentOf(utf8('b')) },
      { name: 'x y.txt', content: contentOf(DATA) },
    ],
    { found: true, intact: true },
  ],
  [
    'a digest among several names',
    'x.txt',
    [
      { name: 'b', content: contentOf(utf8('b')) },
      { name: 'c', content: contentOf(DATA) },
    ],
    { found: true, intact: true },
  ],
  [
    'none of several',
    'x.txt',
    [
      { name: 'b', content: contentOf(utf8('b')) },
      { name: 'c', content: contentOf(utf8('c')) },
    ],
    { found: false, intact: false },
  ],
])('a reference outside the document stands for %s', (_, uri, files, expected) => {
  const text = signed(`<Doc>${template([OWN], properties(''))}</Doc>`);
  const outside = `<ds:Reference URI="${uri}">${SHA256}<ds:DigestValue>${hash(DATA)}</ds:DigestValue></ds:Reference>`;
  expect(signatureOf(text.replace('<ds:Reference ', `${outside}<ds:Reference `), files).references[0]).toMatchObject({
    name: uri,
    ...expected,
  });
});
