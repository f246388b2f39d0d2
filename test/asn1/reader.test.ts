import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { contextPrimitive, der, Reader, type Rules, TAG } from '../../src/asn1/index.ts';
import { MAXIMUM_DEPTH } from '../../src/asn1/reader.ts';
import { concat } from '../../src/base/bytes.ts';
import { attempt } from '../../src/base/parsed.ts';
import { fromHex, toHex } from '../../src/base/text.ts';

const octets = (hex: string): Uint8Array => fromHex(hex.replaceAll(' ', '')) ?? new Uint8Array();
const over = (hex: string, rules: Rules = 'DER') => Reader.over(octets(hex), 'test', rules);
const reading = (hex: string, rules: Rules, read: (reader: Reader) => unknown) => attempt(() => read(over(hex, rules)));

describe('lengths and tags', () => {
  it.each([
    ['a short length', '0402abcd', 'abcd'],
    ['no contents', '0400', ''],
    ['the first long length', `048180${'00'.repeat(128)}`, '00'.repeat(128)],
    ['a two-octet length', `04820100${'00'.repeat(256)}`, '00'.repeat(256)],
  ])('%s', (_name, hex, content) => {
    const reader = over(hex);
    expect(toHex(reader.octetString())).toBe(content);
    expect(reader.done).toBe(true);
  });

  it.each([
    ['a long form where the short one does', '048101ff', 'ff'],
    ['a length with leading zeros', '0484000000 01ff', 'ff'],
    ['an indefinite length', '2480 0401ff 0000', 'ff'],
    ['segments', '2406 0401aa 0401bb', 'aabb'],
    ['nested segments', '2480 2405 0400 0401aa 0401bb 0000', 'aabb'],
    ['an indefinite length without segments', '24800000', ''],
  ])('%s is read in BER and refused in DER', (_name, hex, content) => {
    expect(reading(hex, 'BER', (reader) => toHex(reader.octetString()))).toEqual({ ok: true, value: content });
    expect(reading(hex, 'DER', (reader) => reader.octetString())).toMatchObject({ ok: false });
  });

  it.each([
    ['nothing', ''],
    ['a tag alone', '04'],
    ['contents cut off', '0402ab'],
    ['length octets cut off', '0482ff'],
    ['the reserved length', '04ff00'],
    ['a length beyond any file', '0488ffffffffffffffff'],
    ['126 octets of length', `04fe${'ff'.repeat(126)}`],
    ['an indefinite length of a primitive value', '0480ff0000'],
    ['an indefinite length that never ends', '24800401ff'],
    ['an indefinite length with half an end', '24800401ff00'],
    ['end-of-contents octets alone', '0000'],
    ['a segment that is no string', '24800201010000'],
  ])('%s is unreadable under either rules', (_name, hex) => {
    expect(reading(hex, 'DER', (reader) => reader.octetString())).toMatchObject({ ok: false });
    expect(reading(hex, 'BER', (reader) => reader.octetString())).toMatchObject({ ok: false });
  });

  it.each([
    ['31', '9f1f00', 31 * 256 + 0x9f],
    ['128', '9f810000', 128 * 256 + 0x9f],
    ['2^21 - 1', '9fffff7f00', 0x1fffff * 256 + 0x9f],
  ])('a tag number of %s takes further octets', (_name, hex, tag) => {
    expect(over(hex).any()).toMatchObject({ tag, contentStart: octets(hex).length });
  });

  it.each([
    ['a number that fits the first octet', '9f1e00'],
    ['a number with leading zeros', '9f801f00'],
    ['a number without end', '9fffffffffff00'],
    ['a number cut off', '9f81'],
  ])('a tag with %s is unreadable', (_name, hex) => {
    expect(reading(hex, 'BER', (reader) => reader.any())).toMatchObject({ ok: false });
  });
});

describe('the cursor', () => {
  it('walks a structure and names what it misses', () => {
    const reader = over('3008 020105 a003 0101ff').sequence('Thing');
    expect(reader.optional(TAG.OCTET_STRING)).toBeNull();
    expect(reader.integer()).toBe(5);
    const inner = reader.context(0);
    expect(inner?.boolean()).toBe(true);
    inner?.finish();
    reader.finish();
    expect(reader.context(1)).toBeNull();
    expect(attempt(() => reader.integer())).toEqual({
      ok: false,
      malformed: { what: 'Thing', at: 10, reason: 'INTEGER expected, nothing found' },
    });
  });

  it('refuses what is left over', () => {
    expect(reading('0500 0500', 'DER', (reader) => [reader.null(), reader.finish()])).toMatchObject({
      malformed: { at: 2, reason: 'unexpected further value' },
    });
  });

  it('never reads past the value that it is in', () => {
    expect(reading('3003 0402ab cd', 'DER', (reader) => reader.sequence().octetString())).toMatchObject({ ok: false });
    expect(reading('3080 3003 040200 0000 0000', 'BER', (reader) => reader.sequence().sequence().octetString())).toMatchObject({
      ok: false,
    });
  });

  it('gives the encoding with the end-of-contents octets, the contents without', () => {
    const reader = over('3080 020101 0000 0500', 'BER');
    const element = reader.any();
    expect(toHex(reader.raw(element))).toBe('30800201010000');
    expect(toHex(reader.content(element))).toBe('020101');
    reader.null();
    reader.finish();
  });

  it('goes into an OCTET STRING that wraps an encoding only where that is primitive', () => {
    const reader = over('0403 020107');
    expect(reader.within(reader.any()).integer()).toBe(7);
    const segmented = over('2405 0403 020107', 'BER');
    expect(attempt(() => segmented.within(segmented.any()))).toMatchObject({ ok: false });
    expect(attempt(() => over('0203020107').enter(over('0203020107').any()))).toMatchObject({ ok: false });
  });

  it('reads implicitly tagged strings, also constructed ones in BER', () => {
    expect(toHex(over('8001aa').octetString(contextPrimitive(0)))).toBe('aa');
    expect(reading('a080 0401aa 0401bb 0000', 'BER', (reader) => toHex(reader.octetString(contextPrimitive(0))))).toEqual({
      ok: true,
      value: 'aabb',
    });
    expect(reading('a003 0401aa', 'DER', (reader) => reader.octetString(contextPrimitive(0)))).toMatchObject({ ok: false });
  });

  it.each<Rules>(['DER', 'BER'])('refuses nesting beyond its limit in %s without going deep', (rules) => {
    const nested = (depth: number): Uint8Array => {
      let inside = new Uint8Array();
      for (let i = 0; i < depth; i++) inside = der.sequence(inside) as Uint8Array<ArrayBuffer>;
      return inside;
    };
    const descend = (bytes: Uint8Array) =>
      attempt(() => {
        let reader = Reader.over(bytes, 'nested', rules);
        while (!reader.done) reader = reader.sequence();
      });
    expect(descend(nested(MAXIMUM_DEPTH))).toMatchObject({ ok: true });
    expect(descend(nested(MAXIMUM_DEPTH + 1))).toMatchObject({ ok: false });
  });

  it('finds the ends of nested indefinite lengths in linear time', () => {
    const deep = concat([...Array.from({ length: 90 }, () => octets('3080')), ...Array.from({ length: 90 }, () => octets('0000'))]);
    const wide = concat([octets('3080'), ...Array.from({ length: 2000 }, () => deep), octets('0000')]);
    const count = (reader: Reader): number => reader.each((one) => 1 + count(one.enter(one.any()))).reduce((a, b) => a + b, 0);
    expect(count(Reader.over(wide, 'wide', 'BER'))).toBe(1 + 2000 * 90);
    const hostile = octets('3080'.repeat(200_000));
    expect(attempt(() => Reader.over(hostile, 'hostile', 'BER').any())).toMatchObject({ ok: false });
  });
});

describe('values', () => {
  it.each([
    ['0', '020100', 0],
    ['127', '02017f', 127],
    ['128', '02020080', 128],
    ['-1', '0201ff', -1],
    ['-128', '020180', -128],
    ['-129', '0202ff7f', -129],
    ['2^47 - 1', '02067fffffffffff', 2 ** 47 - 1],
    ['-2^47', '0206800000000000', -(2 ** 47)],
  ])('INTEGER %s', (_name, hex, value) => {
    expect(over(hex).integer()).toBe(value);
    expect(toHex(der.integer(value))).toBe(hex);
  });

  it.each([
    ['INTEGER without contents', '0200', (reader: Reader) => reader.integer()],
    ['INTEGER with a superfluous zero', '0202007f', (reader: Reader) => reader.integer()],
    ['INTEGER with superfluous ones', '0202ff80', (reader: Reader) => reader.integer()],
    ['INTEGER of 49 bits', '020700800000000000', (reader: Reader) => reader.integer()],
    ['NULL with contents', '050100', (reader: Reader) => reader.null()],
    ['BOOLEAN without contents', '0100', (reader: Reader) => reader.boolean()],
    ['BOOLEAN of two octets', '0102ffff', (reader: Reader) => reader.boolean()],
    ['BIT STRING without contents', '0300', (reader: Reader) => reader.bitString()],
    ['BIT STRING with 8 unused bits', '030208ff', (reader: Reader) => reader.bitString()],
    ['BIT STRING with unused bits of nothing', '030101', (reader: Reader) => reader.bitString()],
  ])('%s is unreadable under either rules', (_name, hex, read) => {
    expect(reading(hex, 'DER', read)).toMatchObject({ ok: false });
    expect(reading(hex, 'BER', read)).toMatchObject({ ok: false });
  });

  it('DER has one TRUE, and no set unused bits', () => {
    expect(reading('010101', 'BER', (reader) => reader.boolean())).toEqual({ ok: true, value: true });
    expect(reading('010101', 'DER', (reader) => reader.boolean())).toMatchObject({ ok: false });
    expect(reading('030201ff', 'BER', (reader) => reader.bitString().unused)).toEqual({ ok: true, value: 1 });
    expect(reading('030201ff', 'DER', (reader) => reader.bitString())).toMatchObject({ ok: false });
    expect(over('03020780').bitString()).toEqual({ unused: 7, bytes: octets('80') });
  });
});

/** Reads all that is there, as deep as it goes. */
function walk(reader: Reader): void {
  while (!reader.done) {
    const element = reader.any();
    if (element.tag & 0x20) walk(reader.enter(element));
    else if (element.tag === TAG.OID) over(toHex(reader.raw(element))).oid();
  }
}

describe('foreign octets', () => {
  const tree: fc.Arbitrary<Uint8Array> = fc.letrec<{ node: Uint8Array }>((tie) => ({
    node: fc.oneof(
      { maxDepth: 4 },
      fc.uint8Array({ maxLength: 200 }).map((content) => der.octetString(content)),
      fc.bigInt({ min: -(1n << 80n), max: 1n << 80n }).map((value) => der.integer(value)),
      fc.array(tie('node'), { maxLength: 4 }).map((values) => der.sequence(...values)),
      fc.tuple(fc.nat(30), fc.array(tie('node'), { maxLength: 3 })).map(([number, values]) => der.context(number, ...values)),
    ),
  })).node;

  it('what is written is read whole under either rules', () => {
    fc.assert(
      fc.property(tree, fc.constantFrom<Rules>('DER', 'BER'), (bytes, rules) => {
        const reader = Reader.over(bytes, 'tree', rules);
        const element = reader.any();
        expect(reader.raw(element)).toEqual(bytes);
        expect(attempt(() => walk(Reader.over(bytes, 'tree', rules)))).toMatchObject({ ok: true });
      }),
    );
  });

  it('mutated octets are read or unreadable, never another error', () => {
    fc.assert(
      fc.property(tree, fc.nat(), fc.nat(255), fc.constantFrom<Rules>('DER', 'BER'), (bytes, at, octet, rules) => {
        const mutated = bytes.slice();
        mutated[at % mutated.length] = octet;
        expect(attempt(() => walk(Reader.over(mutated, 'mutated', rules)))).toHaveProperty('ok');
      }),
    );
  });

  it('random octets are read or unreadable, never another error', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), fc.constantFrom<Rules>('DER', 'BER'), (bytes, rules) => {
        expect(attempt(() => walk(Reader.over(bytes, 'random', rules)))).toHaveProperty('ok');
      }),
    );
  });
});
