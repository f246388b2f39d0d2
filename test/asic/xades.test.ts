/** XML signatures in containers: what their references name among the files, and what the container owes them (EN 319 162-1, 4.3.3.3 and 4.4.3). */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { readAsic } from '../../src/asic/read.ts';
import { concat } from '../../src/base/bytes.ts';
import { toBase64, utf8 } from '../../src/base/text.ts';
import { validate } from '../../src/validate.ts';
import { subIndicationOf } from '../../src/validation/conclusion.ts';
import { type NewEntry, writeZip } from '../../src/zip/write.ts';
import { CANONICAL, SPKI, signed, template } from '../xmldsig/sign.ts';

const XADES = 'http://uri.etsi.org/01903/v1.3.2#';
const AT = Date.UTC(2026, 5, 1);
const KEY_INFO = `<ds:KeyInfo><d:DEREncodedKeyValue xmlns:d="http://www.w3.org/2009/xmldsig11#">${toBase64(SPKI)}</d:DEREncodedKeyValue></ds:KeyInfo>`;
const PROPERTIES = `<ds:Object><x:QualifyingProperties xmlns:x="${XADES}"><x:SignedProperties Id="p"><x:SignedSignatureProperties><x:SigningTime>2026-01-01T00:00:00Z</x:SigningTime></x:SignedSignatureProperties></x:SignedProperties></x:QualifyingProperties></ds:Object>`;
/** What is not at hand while it is signed counts as no octets: the file that is signed is empty. */
const signature = (uri: string): string =>
  signed(
    `<a:XAdESSignatures xmlns:a="http://uri.etsi.org/02918/v1.2.1#">${template(
      [{ uri }, { uri: '#p', type: 'http://uri.etsi.org/01903#SignedProperties', transforms: CANONICAL }],
      KEY_INFO + PROPERTIES,
    )}</a:XAdESSignatures>`,
  );

const EMPTY = new Uint8Array();
const MANIFEST: NewEntry = { name: 'META-INF/manifest.xml', content: utf8('<x/>') };
const container = (type: 's' | 'e', uri: string, ...entries: NewEntry[]): Uint8Array =>
  concat([
    ...writeZip(
      [
        { name: 'mimetype', content: utf8(`application/vnd.etsi.asic-${type}+zip`), method: 'stored' },
        ...entries,
        { name: type === 's' ? 'META-INF/signatures.xml' : 'META-INF/signatures0.xml', content: utf8(signature(uri)) },
      ],
      { time: AT },
    ),
  ]);

test.each<[string, Uint8Array, object, string | null]>([
  [
    'a file by its name',
    container('e', 'a.txt', { name: 'a.txt', content: EMPTY }, MANIFEST),
    { found: true, intact: true },
    'NO_SIGNING_CERTIFICATE_FOUND',
  ],
  [
    'a file by its encoded name',
    container('e', 'folder/my%20a.txt', { name: 'folder/my a.txt', content: EMPTY }, { name: 'b', content: utf8('b') }, MANIFEST),
    { found: true, intact: true },
    'NO_SIGNING_CERTIFICATE_FOUND',
  ],
  [
    'a name as forms write it',
    container('e', 'my+a.txt', { name: 'my a.txt', content: EMPTY }, { name: 'b', content: utf8('b') }, MANIFEST),
    { found: true, intact: true },
    'NO_SIGNING_CERTIFICATE_FOUND',
  ],
  [
    'the one file, where its digest agrees',
    container('e', 'old.txt', { name: 'new.txt', content: EMPTY }, MANIFEST),
    { found: true, intact: true },
    'NO_SIGNING_CERTIFICATE_FOUND',
  ],
  [
    'no other file of ASiC-E',
    container('e', 'old.txt', { name: 'new.txt', content: utf8('b') }, MANIFEST),
    { found: false, intact: false },
    'NO_SIGNING_CERTIFICATE_FOUND',
  ],
  [
    'the one file of ASiC-S, changed',
    container('s', 'old.txt', { name: 'new.txt', content: utf8('b') }),
    { found: true, intact: false },
    'NO_SIGNING_CERTIFICATE_FOUND',
  ],
  [
    'a file, in a container without the list of its files',
    container('e', 'a.txt', { name: 'a.txt', content: EMPTY }),
    { found: true, intact: true },
    'FORMAT_FAILURE',
  ],
])('a reference names %s', async (what, bytes, reference, sub) => {
  const report = await validate(bytes, { at: AT });
  expect(report.signatures).toMatchObject([
    { facts: { format: 'XAdES', value: 'intact', claimedTime: Date.UTC(2026, 0, 1), references: [reference, { intact: true }] } },
  ]);
  expect(report.signatures.map(({ conclusion }) => subIndicationOf(conclusion))).toEqual([sub]);
  const otherName = what.startsWith('the one file');
  expect(report.signatures[0]?.facts.structureProblems).toEqual(
    otherName ? ['a reference names old.txt, the file that is there is new.txt'] : [],
  );
});

test('changes of a container with an XML signature give a value, never a throw', () => {
  const bytes = container('e', 'a.txt', { name: 'a.txt', content: EMPTY }, MANIFEST);
  fc.assert(
    fc.property(
      fc.array(fc.tuple(fc.nat(bytes.length - 1), fc.integer({ min: 0, max: 255 })), { minLength: 1, maxLength: 4 }),
      (changes) => {
        const changed = bytes.slice();
        for (const [at, octet] of changes) changed[at] = octet;
        readAsic(changed);
      },
    ),
    { numRuns: 200 },
  );
});

test('a signature over something of its own and no file of the container fails by its format', async () => {
  const own = signed(template([{ uri: '#o', transforms: CANONICAL }], `${KEY_INFO}<ds:Object Id="o">a</ds:Object>`));
  const files = (name: string): NewEntry[] => [
    { name: 'mimetype', content: utf8('application/vnd.etsi.asic-s+zip'), method: 'stored' },
    { name: 'a.txt', content: EMPTY },
    { name, content: utf8(`<a:XAdESSignatures xmlns:a="http://uri.etsi.org/02918/v1.2.1#">${own}</a:XAdESSignatures>`) },
  ];
  const report = await validate(concat([...writeZip(files('META-INF/signatures.xml'), { time: AT })]), { at: AT });
  expect(report.signatures.map(({ conclusion }) => subIndicationOf(conclusion))).toEqual(['FORMAT_FAILURE']);
  expect(report.evidence.document.container?.misnamed).toEqual([]);
  const misnamed = await validate(concat([...writeZip(files('META-INF/Signatures.xml'), { time: AT })]), { at: AT });
  expect(misnamed.evidence.document.container?.misnamed).toEqual(['META-INF/Signatures.xml']);
});
