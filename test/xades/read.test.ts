/** XML documents as facts: what the signed properties say, and only where they are signed (EN 319 132-1). */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { toBase64, utf8 } from '../../src/base/text.ts';
import type { DocumentFacts } from '../../src/facts/document.ts';
import { readXmlDocument } from '../../src/xades/document.ts';
import { CANONICAL, ENVELOPED, SPKI, signed, template } from '../xmldsig/sign.ts';

const XADES = 'http://uri.etsi.org/01903/v1.3.2#';
const TYPE = 'http://uri.etsi.org/01903#SignedProperties';
const KEY_INFO = `<ds:KeyInfo><d:DEREncodedKeyValue xmlns:d="http://www.w3.org/2009/xmldsig11#">${toBase64(SPKI)}</d:DEREncodedKeyValue></ds:KeyInfo>`;
const SAID =
  '<x:SignedSignatureProperties><x:SigningTime>2026-01-02T03:04:05+01:00</x:SigningTime>' +
  '<x:SignaturePolicyIdentifier><x:SignaturePolicyId><x:SigPolicyId><x:Identifier Qualifier="OIDAsURN">urn:oid:1.2.3</x:Identifier></x:SigPolicyId>' +
  '<x:SigPolicyHash><ds:DigestMethod Algorithm="http://www.w3.org/2001/04/xmlenc#sha256"/><ds:DigestValue>AA==</ds:DigestValue></x:SigPolicyHash>' +
  '<x:SigPolicyQualifiers><x:SigPolicyQualifier><x:SPURI>http://policy</x:SPURI></x:SigPolicyQualifier></x:SigPolicyQualifiers></x:SignaturePolicyId></x:SignaturePolicyIdentifier>' +
  '<x:SignatureProductionPlaceV2><x:City>Town</x:City><x:CountryName>XY</x:CountryName></x:SignatureProductionPlaceV2>' +
  '<x:SignerRoleV2><x:ClaimedRoles><x:ClaimedRole>Clerk</x:ClaimedRole></x:ClaimedRoles></x:SignerRoleV2></x:SignedSignatureProperties>' +
  '<x:SignedDataObjectProperties><x:CommitmentTypeIndication><x:CommitmentTypeId><x:Identifier>http://commitment</x:Identifier></x:CommitmentTypeId>' +
  '<x:AllSignedDataObjects/></x:CommitmentTypeIndication></x:SignedDataObjectProperties>';
const properties = (inside = SAID, target = ''): string =>
  `<ds:Object><x:QualifyingProperties xmlns:x="${XADES}" Target="${target}"><x:SignedProperties Id="p">${inside}</x:SignedProperties></x:QualifyingProperties></ds:Object>`;
const references = [
  { uri: '', transforms: ENVELOPED + CANONICAL },
  { uri: '#p', type: TYPE, transforms: CANONICAL },
];
const DOCUMENT = signed(`<Doc><a/>${template(references, KEY_INFO + properties())}</Doc>`);

function factsOf(text: string): DocumentFacts {
  const read = readXmlDocument(utf8(text));
  if (!read.ok) throw new Error(read.malformed.reason);
  return read.value;
}

test('what the signed properties say is told', () => {
  expect(factsOf(DOCUMENT).signatures).toMatchObject([
    {
      format: 'XAdES',
      value: 'intact',
      references: [
        { type: 'REFERENCE', found: true, intact: true },
        { type: 'SIGNED_PROPERTIES', found: true, intact: true },
      ],
      claimedTime: Date.parse('2026-01-02T02:04:05Z'),
      policy: { id: '1.2.3', implied: false, url: 'http://policy', digestAlgorithm: 'SHA-256' },
      commitmentTypes: ['http://commitment'],
      claimedRoles: ['Clerk'],
      productionPlace: 'Town, XY',
      structureProblems: [],
    },
  ]);
});

describe('properties that are not signed say nothing', () => {
  test.each([
    ['no reference covers them', template(references.slice(0, 1), KEY_INFO + properties())],
    ['there are two', template(references, KEY_INFO + properties() + properties().replace('"p"', '"q"'))],
    ['two elements have the identifier', template(references, KEY_INFO + properties().replace('</ds:Object>', '<y Id="p"/></ds:Object>'))],
  ])('%s', (_, signature) => {
    const [facts] = factsOf(signed(`<Doc>${signature}</Doc>`)).signatures;
    expect(facts).toMatchObject({ claimedTime: null, policy: null, claimedRoles: [], commitmentTypes: [] });
    expect(facts?.structureProblems).toHaveLength(1);
  });
});

test.each([
  [
    'the reference says another type',
    template([...references.slice(0, 1), { ...references[1], uri: '#p', type: 'urn:x' }], KEY_INFO + properties()),
    'REFERENCE',
    0,
  ],
  ['they name another signature', template(references, KEY_INFO + properties(SAID, '#other')), 'SIGNED_PROPERTIES', 1],
])('properties that are signed are told although %s', (_, signature, type, problems) => {
  const [facts] = factsOf(signed(`<Doc>${signature}</Doc>`)).signatures;
  expect(facts).toMatchObject({ claimedRoles: ['Clerk'], commitmentTypes: ['http://commitment'] });
  expect(facts?.references.at(-1)).toMatchObject({ type, found: true, intact: true });
  expect(facts?.structureProblems).toHaveLength(problems);
});

describe('of an Object its media type and encoding are told as the Object tells them', () => {
  const format = '<x:MimeType>text/xml</x:MimeType><x:Encoding>urn:e</x:Encoding>';
  test.each([
    ['the same', '', 'MimeType="text/xml" Encoding="urn:e"', format, 0],
    ['nothing by the Object', '', '', format, 0],
    ['nothing by the property', '', 'MimeType="text/plain" Encoding="urn:e"', '<x:Description>a</x:Description>', 0],
    ['an empty media type', '', 'MimeType=""', format, 0],
    ['another media type', '', 'MimeType="text/plain"', format, 1],
    ['another encoding', '', 'MimeType="text/xml" Encoding="urn:f"', format, 1],
    ['a reference that is not there', 'x', '', format, 1],
    ['nothing at all', '', '', '', 1],
  ])('%s', (_case, suffix, attributes, told, idle) => {
    const said = `<x:SignedDataObjectProperties><x:DataObjectFormat ObjectReference="#r${suffix}">${told}</x:DataObjectFormat></x:SignedDataObjectProperties>`;
    const object = `<ds:Object Id="o" ${attributes}>a</ds:Object>`;
    const over = [{ id: 'r', uri: '#o', transforms: CANONICAL }, ...references.slice(1)];
    const [facts] = factsOf(signed(`<Doc>${template(over, KEY_INFO + object + properties(said))}</Doc>`)).signatures;
    expect(facts).toMatchObject({ value: 'intact', xml: { idleFormats: idle } });
  });
});

test.each([
  ['a value', 'SignatureValue', { value: 'broken' }],
  ['a digest', 'DigestValue', { references: [{ found: true, intact: false }, { found: true }] }],
])('%s that is no base64 is a signature that fails', (_, element, facts) => {
  expect(factsOf(DOCUMENT.replace(`<ds:${element}>`, `<ds:${element}>*`)).signatures).toMatchObject([facts]);
});

test('what cannot be read as a signature or time-stamp is listed', () => {
  const commented = factsOf(DOCUMENT.replace('<ds:SignatureValue>', '<ds:SignatureValue><!-- -->'));
  expect(commented.signatures).toMatchObject([{ value: 'no-key', claimedTime: null, references: [{ found: false }] }]);
  expect(commented.signatures[0]?.structureProblems).toHaveLength(1);
  const stamped = DOCUMENT.replace(
    '</x:SignedProperties>',
    '</x:SignedProperties><x:UnsignedProperties><x:UnsignedSignatureProperties><x:SignatureTimeStamp><x:EncapsulatedTimeStamp>AAAA</x:EncapsulatedTimeStamp></x:SignatureTimeStamp></x:UnsignedSignatureProperties></x:UnsignedProperties>',
  );
  expect(factsOf(stamped)).toMatchObject({ signatures: [{ value: 'intact' }], unreadable: [{ kind: 'timestamp' }] });
});

test('mutations never throw', () => {
  const bytes = utf8(DOCUMENT);
  fc.assert(
    fc.property(
      fc.array(fc.tuple(fc.nat(bytes.length - 1), fc.integer({ min: 9, max: 126 })), { minLength: 1, maxLength: 4 }),
      (changes) => {
        const changed = bytes.slice();
        for (const [at, octet] of changes) changed[at] = octet;
        readXmlDocument(changed);
      },
    ),
    { numRuns: 300 },
  );
});

const VECTORS = join(process.env['ADESKIT_VECTORS'] ?? fileURLToPath(new URL('../../../shared/vectors', import.meta.url)), 'dss');
const present = existsSync(join(VECTORS, 'manifest.json'));
if (!present) console.warn(`XAdES documents: not run, there is nothing at ${VECTORS} (set ADESKIT_VECTORS)`);

interface OracleCase {
  readonly file: string;
  readonly format: string;
  readonly detached: readonly unknown[];
  readonly trusted?: { readonly sigs: readonly { readonly intact?: boolean }[] };
}

test.skipIf(!present)(
  'where the oracle finds a signature intact its value is, and what is intact here is so there',
  { timeout: 60_000 },
  () => {
    const { cases } = JSON.parse(readFileSync(join(VECTORS, 'manifest.json'), 'utf8')) as { readonly cases: readonly OracleCase[] };
    let compared = 0;
    for (const { file, format, detached, trusted } of cases) {
      if (format !== 'XAdES' || !file.endsWith('.xml') || detached.length > 0 || trusted === undefined) continue;
      const read = readXmlDocument(new Uint8Array(readFileSync(join(VECTORS, file))));
      if (!read.ok || read.value.signatures.length !== trusted.sigs.length) continue;
      const values = read.value.signatures.map(({ value }) => value === 'intact');
      const whole = read.value.signatures.map(
        (one, i) => values[i] === true && one.references.every(({ intact, type }) => intact || type === 'MANIFEST_ENTRY'),
      );
      const intact = trusted.sigs.map((one) => one.intact === true);
      expect({ file, short: intact.filter((one, i) => one && !values[i]), over: whole.filter((one, i) => one && !intact[i]) }).toEqual({
        file,
        short: [],
        over: [],
      });
      compared += values.length;
    }
    expect(compared).toBeGreaterThan(100);
  },
);
