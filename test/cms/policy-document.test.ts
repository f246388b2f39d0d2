/** A signature policy document and the digest that is to tell it from others (EN 319 122-1, 5.2.9; EN 319 132-1, 5.2.9; TR 102 272). */
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { der } from '../../src/asn1/index.ts';
import type { Bytes } from '../../src/base/bytes.ts';
import { toHex, utf8 } from '../../src/base/text.ts';
import { type NamedDocument, policyComparison } from '../../src/cms/policy-document.ts';
import { encodeDigestAlgorithm } from '../../src/crypto/algorithm.ts';
import { digest } from '../../src/crypto/digest.ts';
import type { DigestName } from '../../src/crypto/names.ts';

const named = (octets: Bytes, more: Partial<NamedDocument> = {}): NamedDocument => ({
  digestAlgorithm: 'SHA-256',
  digest: toHex(digest('SHA-256', octets)),
  ...more,
});
const TEXT = utf8('Whoever signs under this policy agrees.\n');
const XML = utf8('<?xml version="1.0"?>\n<p  b="2" a="1"><!-- said aside --><q/></p>\n');
const CANONICAL = utf8('<p a="1" b="2"><q></q></p>');
const INFO = der.sequence(der.oid('1.2.3.4'), der.sequence(der.utf8String('Any field of application')));
const parts = (algorithm: DigestName) => [encodeDigestAlgorithm(algorithm), INFO];
const join = (pieces: readonly Bytes[]): Bytes => Uint8Array.from(pieces.flatMap((piece) => [...piece]));
const asn1 = (algorithm: DigestName, ...inside: Bytes[]): Bytes => der.sequence(...parts(algorithm), ...inside);
const HASHED = join(parts('SHA-256'));
const METHOD = { version: 'exclusive', comments: false } as const;

describe('a digest', () => {
  test.each<[string, Bytes, NamedDocument, string]>([
    ['over the octets', TEXT, named(TEXT), 'match'],
    ['over other octets', TEXT, named(XML), 'mismatch'],
    ['over the canonical form that is named', XML, named(CANONICAL, { canonicalization: METHOD }), 'match'],
    ['over the octets although a canonical form is named', XML, named(XML, { canonicalization: METHOD }), 'match'],
    ['over a canonical form that is not named', XML, named(CANONICAL), 'mismatch'],
    ['over another canonical form', XML, named(CANONICAL, { canonicalization: { ...METHOD, comments: true } }), 'mismatch'],
    ['over the canonical form of what is no XML', TEXT, named(CANONICAL, { canonicalization: METHOD }), 'mismatch'],
    ['after transforms that are not supported', XML, named(CANONICAL, { canonicalization: null }), 'unchecked'],
    ['over the octets although transforms are not supported', XML, named(XML, { canonicalization: null }), 'match'],
    ['over the parts of a policy in ASN.1', asn1('SHA-256'), named(HASHED), 'match'],
    ['over those of one that holds its hash', asn1('SHA-256', der.octetString(digest('SHA-256', HASHED))), named(HASHED), 'match'],
    ['over those of one that holds another hash', asn1('SHA-256', der.octetString(digest('SHA-256', INFO))), named(HASHED), 'mismatch'],
    ['over those of one that names another algorithm', asn1('SHA-512'), named(join(parts('SHA-512'))), 'mismatch'],
    ['over those of one with more behind it', join([asn1('SHA-256'), der.NULL]), named(HASHED), 'mismatch'],
    ['over those of one with more in it', asn1('SHA-256', der.octetString(digest('SHA-256', HASHED)), der.NULL), named(HASHED), 'mismatch'],
    ['over all of a policy in ASN.1', asn1('SHA-256'), named(asn1('SHA-256')), 'match'],
    ['that is not named', TEXT, named(TEXT, { digest: null }), 'unchecked'],
    ['of an algorithm that is not known', TEXT, named(TEXT, { digestAlgorithm: null }), 'unchecked'],
    ['of one zero', TEXT, named(TEXT, { digest: '00' }), 'unchecked'],
    ['of zeros', TEXT, named(TEXT, { digest: '00'.repeat(32) }), 'unchecked'],
    ['of no octets', TEXT, named(TEXT, { digest: '' }), 'unchecked'],
  ])('%s', (_, document, name, expected) => {
    expect(policyComparison(document)(name)).toBe(expected);
  });
});

test('a document is made canonical in a limited number of ways, and what is not compared is told so', () => {
  const compare = policyComparison(XML);
  const ways = Array.from({ length: 100 }, (_, i) => ({ version: 'exclusive' as const, comments: true, prefixes: [`p${i}`] }));
  const results = ways.map((canonicalization) => compare(named(CANONICAL, { canonicalization })));
  expect(results.slice(0, 10)).toEqual(Array(10).fill('mismatch'));
  expect(results.at(-1)).toBe('unchecked');
  expect(compare(named(XML))).toBe('match');
});

test('no document is too odd to be compared', () => {
  const documents = fc.oneof(
    fc.uint8Array(),
    fc.tuple(fc.constantFrom(asn1('SHA-256'), XML), fc.nat(), fc.nat({ max: 255 })).map(([octets, at, value]) => {
      const changed = octets.slice();
      changed[at % changed.length] = value;
      return changed;
    }),
  );
  fc.assert(
    fc.property(documents, (octets) => {
      const compare = policyComparison(octets);
      expect(compare(named(octets, { canonicalization: METHOD }))).toBe('match');
      expect(compare(named(join([octets, octets, TEXT]), { canonicalization: METHOD }))).toBe('mismatch');
    }),
  );
});
