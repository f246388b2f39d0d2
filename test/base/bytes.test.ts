import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compare, concat, EMPTY, equal, indexOf } from '../../src/base/bytes.ts';

const of = (...octets: number[]): Uint8Array => Uint8Array.from(octets);

describe('octet strings', () => {
  it('concat copies its parts in order', () => {
    const part = of(1, 2);
    const joined = concat([part, EMPTY, of(3)]);
    expect(joined).toEqual(of(1, 2, 3));
    joined[0] = 9;
    expect(part).toEqual(of(1, 2));
    expect(concat([])).toEqual(EMPTY);
  });

  it.each([
    ['both empty', of(), of(), 0],
    ['the same', of(1, 2), of(1, 2), 0],
    ['a proper prefix comes first', of(1), of(1, 0), -1],
    ['by the first octet that differs', of(1, 255), of(2, 0), -1],
    ['octets are unsigned', of(128), of(127), 1],
  ])('compare: %s', (_name, a, b, sign) => {
    expect(Math.sign(compare(a, b))).toBe(sign);
    expect(Math.sign(compare(b, a)) + sign).toBe(0);
    expect(equal(a, b)).toBe(sign === 0);
  });

  it.each([
    ['at the start', of(1, 2, 3), of(1, 2), 0, 0],
    ['at the end', of(1, 2, 3), of(2, 3), 0, 1],
    ['not before `from`', of(1, 1, 1), of(1), 2, 2],
    ['after a false start', of(1, 1, 2), of(1, 2), 0, 1],
    ['cut off by the end', of(1, 2), of(2, 3), 0, -1],
    ['longer than all', of(1), of(1, 2), 0, -1],
    ['nothing is found anywhere', of(1), of(), 1, 1],
    ['nothing is not found past the end', of(1), of(), 2, -1],
    ['beyond the end', of(1), of(1), 5, -1],
  ])('indexOf: %s', (_name, bytes, pattern, from, expected) => {
    expect(indexOf(bytes, pattern, from)).toBe(expected);
  });

  it('indexOf finds what a search of strings finds', () => {
    const small = fc.uint8Array({ max: 2, maxLength: 60 });
    fc.assert(
      fc.property(small, fc.uint8Array({ max: 2, maxLength: 4 }), fc.nat(60), (bytes, pattern, from) => {
        fc.pre(from <= bytes.length);
        expect(indexOf(bytes, pattern, from)).toBe(bytes.join('').indexOf(pattern.join(''), from));
      }),
    );
  });

  it('compare is a total order that equal agrees with', () => {
    const any = fc.uint8Array({ max: 3, maxLength: 4 });
    fc.assert(
      fc.property(any, any, any, (a, b, c) => {
        expect(Math.sign(compare(a, b)) + Math.sign(compare(b, a))).toBe(0);
        expect(compare(a, b) === 0).toBe(equal(a, b));
        if (compare(a, b) <= 0 && compare(b, c) <= 0) expect(compare(a, c)).toBeLessThanOrEqual(0);
      }),
    );
  });
});
