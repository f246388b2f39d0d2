/** Time-stamps of XAdES: each is over what the standard says and nothing else, and covers what stands before it (EN 319 132-1, 5.2.8, 5.3, 5.5). */
import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import { type Bytes, concat } from '../../src/base/bytes.ts';
import { toBase64, utf8 } from '../../src/base/text.ts';
import type { DocumentFacts, TimestampFacts } from '../../src/facts/index.ts';
import { answerTimestamp } from '../../src/issuing/index.ts';
import { encodeTimestampRequest } from '../../src/tsp/request.ts';
import { parseTimestampResponse } from '../../src/tsp/response.ts';
import { readXmlDocument } from '../../src/xades/document.ts';
import { imprintsOf } from '../../src/xades/imprint.ts';
import { qualifyingPropertiesOf, unsignedPropertiesOf } from '../../src/xades/qualifying-properties.ts';
import { canonicalize } from '../../src/xml/canonicalize.ts';
import { parseXml } from '../../src/xml/parse.ts';
import { descendantsNamed, elementsNamed, isElement, nameOf, textOf } from '../../src/xml/query.ts';
import { DS } from '../../src/xmldsig/names.ts';
import { readSignature } from '../../src/xmldsig/signature.ts';
import { workFor } from '../../src/xmldsig/work.ts';
import { memoryPki } from '../support/pki.ts';
import { CANONICAL, ENVELOPED, EXCLUSIVE, SPKI, signed, template } from '../xmldsig/sign.ts';

const XADES = 'http://uri.etsi.org/01903/v1.3.2#';
const LATER = 'http://uri.etsi.org/01903/v1.4.1#';
const TYPE = 'http://uri.etsi.org/01903#SignedProperties';
const pki = memoryPki();

const KEY_INFO = `<ds:KeyInfo><d:DEREncodedKeyValue xmlns:d="http://www.w3.org/2009/xmldsig11#">${toBase64(SPKI)}</d:DEREncodedKeyValue></ds:KeyInfo>`;
const REFERENCES = [
  { uri: '', id: 'r1', transforms: ENVELOPED + CANONICAL },
  { uri: '#o1', id: 'r2', transforms: CANONICAL },
  { uri: '#p', type: TYPE, transforms: CANONICAL },
];
const END = '</x:UnsignedSignatureProperties>';
const documentWith = (data = ''): string =>
  signed(
    `<Doc><a/>${template(
      REFERENCES,
      `${KEY_INFO}<ds:Object><x:QualifyingProperties xmlns:x="${XADES}" xmlns:y="${LATER}"><x:SignedProperties Id="p"><x:SignedSignatureProperties/>` +
        `<x:SignedDataObjectProperties>${data}</x:SignedDataObjectProperties></x:SignedProperties><x:UnsignedProperties><x:UnsignedSignatureProperties>` +
        `<x:CompleteCertificateRefs Id="refs"><x:CertRefs/></x:CompleteCertificateRefs>${END}</x:UnsignedProperties></x:QualifyingProperties></ds:Object>` +
        '<ds:Object Id="o1">one</ds:Object><ds:Object Id="o2">two</ds:Object>',
    )}</Doc>`,
  );

/** Canonical octets of the first element of a name, or of the document without its signature. */
function part(text: string, local: string, place = 0): Bytes {
  const parsed = parseXml(utf8(text));
  if (!parsed.ok) throw new Error(parsed.malformed.reason);
  const document = parsed.value;
  const method = { version: 'exclusive', comments: false } as const;
  if (local === '') return canonicalize(document, { apex: 0, without: new Set(descendantsNamed(document, 0, DS, 'Signature')) }, method);
  const named = Array.from({ length: document.nodeCount }, (_, node) => node).filter(
    (node) => isElement(document, node) && nameOf(document, node).local === local,
  );
  return canonicalize(document, { apex: named.at(place) ?? 0 }, method);
}

async function tokenOver(octets: readonly Bytes[]): Promise<string> {
  const imprint = new Uint8Array(
    createHash('sha256')
      .update(concat([...octets]))
      .digest(),
  );
  const response = parseTimestampResponse(await answerTimestamp(await pki(), encodeTimestampRequest({ imprint, digest: 'SHA-256' })));
  if (!response.ok || response.value.token === null) throw new Error('no token');
  return toBase64(response.value.token);
}

const property = (name: string, token: string, inside = ''): string =>
  `<${name} Id="${name.replace(':', '-')}">${inside}<ds:CanonicalizationMethod Algorithm="${EXCLUSIVE}"/><x:EncapsulatedTimeStamp>${token}</x:EncapsulatedTimeStamp></${name}>`;

const withUnsigned = (text: string, added: string): string => text.replace(END, `${added}${END}`);

function factsOf(text: string): DocumentFacts {
  const read = readXmlDocument(utf8(text));
  if (!read.ok) throw new Error(read.malformed.reason);
  expect(read.value.signatures).toMatchObject([{ value: 'intact', structureProblems: [] }]);
  return read.value;
}

const lastOf = (text: string): TimestampFacts | undefined => [...factsOf(text).timestamps.values()].at(-1);
const INTACT = { value: 'intact', references: [{ type: 'MESSAGE_IMPRINT', found: true, intact: true }] };
const BROKEN = { value: 'intact', references: [{ found: true, intact: false }] };

const signedParts = (text: string): Bytes[] => [
  part(text, ''),
  part(text, 'Object', 1),
  part(text, 'SignedProperties'),
  part(text, 'SignedInfo'),
  part(text, 'SignatureValue'),
  part(text, 'KeyInfo'),
];

test.each<[string, string, (text: string) => Bytes[], string]>([
  ['x:SignatureTimeStamp', 'signature', (text) => [part(text, 'SignatureValue')], ''],
  [
    'x:SigAndRefsTimeStamp',
    'validation-data',
    (text) => [part(text, 'SignatureValue'), part(text, 'CompleteCertificateRefs'), part(text, 'SignatureTimeStamp')],
    '',
  ],
  // References of the first version are none of the second.
  ['y:SigAndRefsTimeStampV2', 'validation-data', (text) => [part(text, 'SignatureValue'), part(text, 'SignatureTimeStamp')], ''],
  ['x:RefsOnlyTimeStamp', 'validation-data', (text) => [part(text, 'CompleteCertificateRefs')], ''],
  ['y:RefsOnlyTimeStampV2', 'validation-data', (text) => [part(text, 'CompleteCertificateRefs')], '<x:Include URI="#refs"/>'],
  [
    'y:ArchiveTimeStamp',
    'archive',
    (text) => [...signedParts(text), part(text, 'CompleteCertificateRefs'), part(text, 'SignatureTimeStamp'), part(text, 'Object', 2)],
    '',
  ],
  [
    'x:ArchiveTimeStamp',
    'archive',
    (text) => [...signedParts(text), part(text, 'CompleteCertificateRefs'), part(text, 'SignatureTimeStamp'), part(text, 'Object', 2)],
    '',
  ],
  [
    'y:ArchiveTimeStamp',
    'archive',
    (text) => [...signedParts(text), part(text, 'SignatureTimeStamp'), part(text, 'CompleteCertificateRefs'), part(text, 'Object', 2)],
    '<x:Include URI="#x-SignatureTimeStamp"/><x:Include URI="#refs"/>',
  ],
])('%s (%s) is over what stands before it', async (name, type, parts, inside) => {
  const first = documentWith();
  const before =
    name === 'x:SignatureTimeStamp'
      ? first
      : withUnsigned(first, property('x:SignatureTimeStamp', await tokenOver([part(first, 'SignatureValue')])));
  const stamped = withUnsigned(before, property(name, await tokenOver(parts(before)), inside));
  expect(lastOf(stamped)).toMatchObject({ ...INTACT, type, protectsMaterial: type === 'archive' });
  const other = withUnsigned(before, property(name, await tokenOver([...parts(before), utf8('x')]), inside));
  expect(lastOf(other)).toMatchObject(BROKEN);
});

test('an archive time-stamp covers the signature, its data and the time-stamps before it', async () => {
  const first = documentWith();
  const before = withUnsigned(first, property('x:SignatureTimeStamp', await tokenOver([part(first, 'SignatureValue')])));
  const octets = [
    ...signedParts(before),
    part(before, 'CompleteCertificateRefs'),
    part(before, 'SignatureTimeStamp'),
    part(before, 'Object', 2),
  ];
  const { signatures, timestamps } = factsOf(withUnsigned(before, property('y:ArchiveTimeStamp', await tokenOver(octets))));
  const [signature, archive] = [...timestamps.values()];
  const data = createHash('sha256').update(part(before, '')).digest('hex');
  expect(archive?.covers).toEqual(expect.arrayContaining([signatures[0]?.id, signature?.id, data]));
  expect(signature?.covers).toEqual(expect.arrayContaining([signatures[0]?.id, data]));
  expect(signature?.covers).not.toContain(archive?.id);
});

test.each([
  ['y:ArchiveTimeStamp', ['one', 'two']],
  ['x:ArchiveTimeStamp', ['two']],
])('%s may be over the Objects with the text %j first, and over the others as well', async (name, first) => {
  const before = documentWith();
  const octetsOver = (numbers: readonly number[]): Bytes[] => [
    ...signedParts(before),
    part(before, 'CompleteCertificateRefs'),
    ...numbers.map((number) => part(before, 'Object', number)),
  ];
  for (const numbers of [[1, 2], [2]])
    expect(lastOf(withUnsigned(before, property(name, await tokenOver(octetsOver(numbers)))))).toMatchObject(INTACT);
  const parsed = parseXml(utf8(withUnsigned(before, property(name, ''))));
  const document = parsed.ok ? parsed.value : null;
  const read = document && readSignature(document, descendantsNamed(document, 0, DS, 'Signature')[0] ?? 0);
  const properties = read?.ok ? qualifyingPropertiesOf(read.value) : null;
  if (!document || !read?.ok || properties === null) throw new Error('no signature');
  const unsigned = unsignedPropertiesOf(document, properties);
  const content = { signature: read.value, properties, unsigned, source: { external: () => null }, work: workFor(document) };
  const [likeliest] = imprintsOf('archive', unsigned.at(-1)?.node ?? 0, content);
  const elements = (likeliest?.parts ?? []).flatMap((one) => ('element' in one ? one.element : []));
  expect(elements.filter((one) => nameOf(document, one).local === 'Object').map((one) => textOf(document, one))).toEqual(first);
});

test.each([
  ['x:AllDataObjectsTimeStamp', ''],
  ['x:IndividualDataObjectsTimeStamp', '<x:Include URI="#r2" referencedData="true"/><x:Include URI="#r1" referencedData="true"/>'],
])('%s is over the data in its order', async (name, inside) => {
  const plain = documentWith();
  const octets = [part(plain, ''), part(plain, 'Object', 1)];
  const stamped = documentWith(property(name, await tokenOver(inside === '' ? octets : [...octets].reverse()), inside));
  expect(lastOf(stamped)).toMatchObject({ ...INTACT, type: 'content', covers: { length: 2 } });
  expect(lastOf(documentWith(property(name, await tokenOver(inside === '' ? [...octets].reverse() : octets), inside)))).toMatchObject(
    BROKEN,
  );
});

test.each([
  ['a part of the document', '<x:Include URI="#o2"/>', (text: string) => [part(text, 'Object', 2)]],
  ['nothing', '<x:Include URI="#none"/>', () => []],
])('a time-stamp over single data objects that names %s is over none of them', async (_, inside, over) => {
  const octets = over(documentWith());
  const stamped = documentWith(property('x:IndividualDataObjectsTimeStamp', await tokenOver(octets), inside));
  expect(lastOf(stamped)).toMatchObject({ covers: [], references: [{ found: false, intact: false }] });
});

test('a method that is not known gives no imprint, a time-stamp in XML is told', async () => {
  const first = documentWith();
  const stamp = property('x:SignatureTimeStamp', await tokenOver([part(first, 'SignatureValue')])).replace(EXCLUSIVE, 'urn:other');
  expect(lastOf(withUnsigned(first, stamp))).toMatchObject({ references: [{ found: false, intact: false }] });
  const inXml = withUnsigned(first, '<x:SignatureTimeStamp><x:XMLTimeStamp/></x:SignatureTimeStamp>');
  expect(factsOf(inXml).unreadable).toMatchObject([{ kind: 'timestamp', name: 'SignatureTimeStamp' }]);
});

test('a thousand signatures are read, and what is more is told', () => {
  const one = documentWith().replace('URI=""', 'URI="#o1"');
  const numbered = (i: number): string => one.replaceAll(/(Id="|URI="#)(p|o1|o2|refs|r1|r2)"/g, `$1$2-${i}"`);
  const many = `<r>${Array.from({ length: 1002 }, (_, i) => numbered(i)).join('')}</r>`;
  const read = readXmlDocument(utf8(many));
  expect(read.ok && [read.value.signatures.length, read.value.unreadable.length]).toEqual([1000, 1]);
  expect(read.ok && read.value.signatures.every(({ references }) => references.length === 3)).toBe(true);
});

test('of a name that two elements have neither is meant', () => {
  const parsed = parseXml(utf8('<a><b Id="x"/><b Id="x"/></a>'));
  expect(parsed.ok && elementsNamed(parsed.value, 1, '', 'b')).toHaveLength(2);
  const read = readXmlDocument(utf8(documentWith().replace('<a/>', '<a Id="o1"/>')));
  expect(read.ok && read.value.signatures[0]?.references[1]).toMatchObject({ ambiguous: true, intact: false });
});
