/** A SignedData in a source reads as the same one in memory, in whatever BER its layers are (RFC 5652, 5.1; X.690, 8.1.3). */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { der, TAG } from '../../src/asn1/index.ts';
import { type Bytes, concat, equal } from '../../src/base/bytes.ts';
import { joinSources, partOf } from '../../src/base/joined-source.ts';
import { type Source, sourceOf } from '../../src/base/source.ts';
import { utf8 } from '../../src/base/text.ts';
import { changed, encodeSignedData, encodeSignerInfo, signedDataSource } from '../../src/cms/build.ts';
import { CONTENT } from '../../src/cms/oid.ts';
import { openSignedData } from '../../src/cms/open.ts';
import { parseSignedData, type SignedData } from '../../src/cms/signed-data.ts';
import { encodeDigestAlgorithm, encodeSignatureAlgorithm } from '../../src/crypto/algorithm.ts';

const END = Uint8Array.of(0, 0);
const SHA256 = encodeDigestAlgorithm('SHA-256');
const CERTIFICATE = der.sequence(der.integer(1), der.utf8String('stands for a certificate'));
const SIGNER = encodeSignerInfo({
  issuerAndSerial: der.sequence(der.sequence(), der.integer(7)),
  digestAlgorithm: SHA256,
  signedAttributes: null,
  signatureAlgorithm: encodeSignatureAlgorithm('ECDSA', 'SHA-256'),
  signature: new Uint8Array(64),
});

/** Reads like a file: nothing beyond its end, never the whole. */
const file = (bytes: Bytes): Source => ({ size: bytes.length, read: (offset, length) => bytes.slice(offset, offset + length) });
const all = (source: Source): Bytes => source.read(0, source.size);

/** Definite (in one of several lengths of length octets) or indefinite. */
type Form = 0 | 1 | 2 | 'indefinite';
const FORMS: readonly Form[] = [0, 1, 2, 'indefinite'];
function layer(form: Form, tag: number, ...contents: Bytes[]): Bytes {
  if (form === 'indefinite') return concat([Uint8Array.of(tag, 0x80), ...contents, END]);
  const content = concat(contents);
  if (form === 0) return der.encode(tag, content);
  return concat([Uint8Array.of(tag, 0x84, content.length >>> 24, content.length >>> 16, content.length >>> 8, content.length), content]);
}

const formArbitrary = fc.constantFrom(...FORMS);
const stringArbitrary: fc.Arbitrary<Bytes> = fc.letrec<{ string: Bytes }>((tie) => ({
  string: fc.oneof(
    { depthSize: 'small' },
    fc.uint8Array({ maxLength: 40 }).map((octets) => der.octetString(octets)),
    fc
      .tuple(formArbitrary, fc.array(tie('string'), { maxLength: 4 }))
      .map(([form, segments]) => layer(form, TAG.OCTET_STRING | 0x20, ...segments)),
  ),
})).string;

const cmsArbitrary = fc
  .record({
    forms: fc.array(formArbitrary, { minLength: 8, maxLength: 8 }),
    content: fc.option(stringArbitrary, { nil: null }),
    certificates: fc.boolean(),
  })
  .map(({ forms, content, certificates }) => {
    const [outer = 0, wrapper = 0, inner = 0, encap = 0, explicit = 0, set = 0, certs = 0, infos = 0] = forms;
    const eContent = content ? [layer(explicit, 0xa0, content)] : [];
    return layer(
      outer,
      0x30,
      der.oid(CONTENT.signedData),
      layer(
        wrapper,
        0xa0,
        layer(
          inner,
          0x30,
          der.integer(1),
          layer(set, TAG.SET, SHA256),
          layer(encap, 0x30, der.oid(CONTENT.data), ...eContent),
          ...(certificates ? [layer(certs, 0xa0, CERTIFICATE)] : []),
          layer(infos, TAG.SET, SIGNER),
        ),
      ),
    );
  });

const told = (signedData: SignedData) => ({
  version: signedData.version,
  contentType: signedData.contentType,
  content: signedData.encapsulated === null ? null : concat([...(signedData.encapsulated.octets() ?? [])]),
  digest: signedData.encapsulated?.digest('SHA-256') ?? null,
  certificates: signedData.certificates,
  signers: signedData.signerInfos.map(({ bytes }) => bytes),
  encapContentInfo: all(signedData.components.encapContentInfo),
  trailing: signedData.trailing,
});

test('every mixture of definite and indefinite lengths and segments reads as in memory', () => {
  fc.assert(
    fc.property(cmsArbitrary, fc.uint8Array({ maxLength: 3 }), (cms, trailing) => {
      const bytes = concat([cms, trailing]);
      const inMemory = parseSignedData(bytes, { trailing: 'keep' });
      const opened = openSignedData(file(bytes), { trailing: 'keep', inMemory: 0 });
      if (!inMemory.ok) throw new Error(`the case is wrong: ${inMemory.malformed.reason}`);
      expect(opened.ok && told(opened.value)).toEqual(told(inMemory.value));
      expect(openSignedData(file(bytes), { inMemory: 0 }).ok).toBe(trailing.length === 0);
    }),
    { numRuns: 300 },
  );
});

test('mutated octets give a value, never a throw, and never more than memory would give', () => {
  fc.assert(
    fc.property(cmsArbitrary, fc.nat(), fc.nat(255), fc.boolean(), (cms, at, octet, cut) => {
      const mutated = cut ? cms.slice(0, at % cms.length) : cms.slice();
      if (!cut) mutated[at % mutated.length] = octet;
      const opened = openSignedData(file(mutated), { trailing: 'keep', inMemory: 0 });
      if (opened.ok) told(opened.value);
      const inMemory = parseSignedData(mutated, { trailing: 'keep' });
      if (opened.ok && inMemory.ok) expect(told(opened.value)).toEqual(told(inMemory.value));
    }),
    { numRuns: 500 },
  );
});

describe('writing', () => {
  const parts = { digestAlgorithms: [SHA256], certificates: [CERTIFICATE], signerInfos: [SIGNER] };

  test('a content up to the limit is written in DER, a longer one in segments, both read the same', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), fc.nat(200), (content, inOnePiece) => {
        const cms = all(signedDataSource({ ...parts, content: file(content), inOnePiece }));
        const read = parseSignedData(cms);
        expect(read.ok && read.value.content).toEqual(content);
        expect(cms[1] === 0x80).toBe(content.length > inOnePiece);
      }),
    );
    const long = new Uint8Array(3_000_000).map((_, i) => i * 7);
    const segmented = parseSignedData(all(signedDataSource({ ...parts, content: long, inOnePiece: 0 })));
    expect(segmented.ok && segmented.value.content && equal(segmented.value.content, long)).toBe(true);
  });

  test('an addition copies what is there octet for octet, whatever BER it is in, and gives the same from a source', () => {
    fc.assert(
      fc.property(cmsArbitrary, (cms) => {
        const attribute = der.sequence(der.oid('1.2.3.4'), der.setOf(der.NULL));
        const additions = { certificates: [der.sequence()], attributes: new Map([[0, [attribute]]]) };
        const [inMemory, opened] = [parseSignedData(cms), openSignedData(file(cms), { inMemory: 0 })];
        if (!inMemory.ok || !opened.ok) throw new Error('unreadable');
        const after = all(changed(inMemory.value, additions));
        expect(all(changed(opened.value, additions))).toEqual(after);
        const read = parseSignedData(after);
        if (!read.ok) throw new Error(read.malformed.reason);
        expect(all(read.value.components.encapContentInfo)).toEqual(all(inMemory.value.components.encapContentInfo));
        expect(read.value.signerInfos[0]?.components.slice(0, -1)).toEqual(inMemory.value.signerInfos[0]?.components);
        expect(read.value.certificates).toHaveLength(inMemory.value.certificates.length + 1);
      }),
    );
  });
});

test('joined sources read as their octets joined', () => {
  const partsArbitrary = fc.array(fc.uint8Array({ maxLength: 9 }), { maxLength: 8 });
  fc.assert(
    fc.property(partsArbitrary, fc.nat(80), fc.nat(80), (parts, offset, length) => {
      const whole = concat(parts);
      const joined = joinSources(parts.map((part, i) => (i % 2 ? part : file(part))));
      expect(joined.size).toBe(whole.length);
      expect([...joined.read(offset, length)]).toEqual([...whole.slice(offset, offset + length)]);
      const [start, size] = [Math.min(offset, whole.length), Math.max(0, Math.min(length, whole.length - offset))];
      expect([...partOf(sourceOf(whole), start, size).read(1, 5)]).toEqual([...whole.slice(start, start + size).slice(1, 6)]);
    }),
  );
});

test('what holds too much beside its content says so', () => {
  const endless: Source = {
    size: 2 ** 40,
    read: (offset, length) => (offset === 0 ? concat([START, new Uint8Array(length)]).slice(0, length) : new Uint8Array(length).fill(4)),
  };
  expect(openSignedData(endless).ok).toBe(false);
  expect(encodeSignedData({ digestAlgorithms: [], signerInfos: [], content: utf8('x') }).length).toBeLessThan(60);
});

const START = Uint8Array.of(
  0x30,
  0x80,
  0x06,
  0x09,
  0x2a,
  0x86,
  0x48,
  0x86,
  0xf7,
  0x0d,
  0x01,
  0x07,
  0x02,
  0xa0,
  0x80,
  0x30,
  0x80,
  0x04,
  0x04,
);
