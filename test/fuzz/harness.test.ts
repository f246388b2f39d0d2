/** The fuzzing harness itself: what it makes, what it notices, what it leaves of an input. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { readValues, writeValues } from '../../fuzz/der-tree.ts';
import { minimise } from '../../fuzz/minimise.ts';
import { mutateDer } from '../../fuzz/mutate-der.ts';
import { mutatePdf } from '../../fuzz/mutate-pdf.ts';
import { randomFrom } from '../../fuzz/random.ts';
import type { Target } from '../../fuzz/target.ts';
import { tryInput } from '../../fuzz/trial.ts';
import { walk } from '../../fuzz/walk.ts';
import { der } from '../../src/asn1/index.ts';
import { latin1 } from '../../src/base/text.ts';

const VALUE = der.sequence(der.integer(300), der.octetString(der.sequence(der.oid('2.5.4.3'))), der.bitString(Uint8Array.of(5, 6)));
const PDF = latin1('%PDF-1.7\n1 0 obj << /Type /Catalog >> endobj\nstartxref\n9\n%%EOF');

describe('mutations', () => {
  test('the same seed gives the same mutants, another one others', () => {
    const mutants = (seed: number): string => {
      const random = randomFrom(seed);
      return Array.from({ length: 50 }, () => String(mutateDer(VALUE, random, VALUE))).join();
    };
    expect(mutants(1)).toBe(mutants(1));
    expect(mutants(1)).not.toBe(mutants(2));
  });

  test.each([
    ['DER', mutateDer, VALUE],
    ['PDF', mutatePdf, PDF],
  ] as const)('mutants of %s are many and leave the seed alone', (_name, mutate, seed) => {
    const before = String(seed);
    const random = randomFrom(7);
    const mutants = new Set(Array.from({ length: 2000 }, () => String(mutate(seed, random, seed))));
    expect(mutants.size).toBeGreaterThan(1000);
    expect(String(seed)).toBe(before);
  });

  test('what a tree of values writes is what it read', () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ maxLength: 300 }), { maxLength: 5 }), (contents) => {
        const bytes = der.sequence(...contents.map((content) => der.octetString(content)));
        expect(writeValues(readValues(bytes) ?? [])).toEqual(bytes);
      }),
    );
  });
});

describe('what is noticed', () => {
  const target = (more: Partial<Target>): Target => ({
    name: 'toy',
    what: '',
    clause: '',
    format: 'der',
    seeds: [],
    longest: 100,
    milliseconds: 50,
    read: () => null,
    ...more,
  });
  let calls = 0;
  test.each<[string, Partial<Target>, string | null]>([
    ['a value', {}, null],
    [
      'a throw',
      {
        read: () => {
          throw new TypeError('no');
        },
      },
      'ends with a value',
    ],
    ['a broken rule', { check: () => 'wrong' }, 'holds to its rules'],
    ['an input that was written to', { read: (input) => input.fill(0) }, 'leaves the input as it is'],
    ['a result that differs', { read: () => calls++ }, 'reads the same twice'],
    [
      'more time than allowed',
      {
        read: () => {
          for (const start = process.threadCpuUsage().user; process.threadCpuUsage().user - start < 80_000; );
        },
      },
      'ends in time',
    ],
  ])('%s', (_name, more, expectation) => {
    const facts = { signers: [], genuine: new Map(), doubtful: new Set<string>() };
    expect(tryInput({ target: target(more), facts }, Uint8Array.of(1, 2, 3), 'thorough')?.expectation ?? null).toBe(expectation);
  });

  test('two values that differ anywhere walk to different numbers', () => {
    const values = [{ a: 1 }, { a: 2 }, { a: [1] }, { a: Uint8Array.of(1) }, { a: new Map([[1, 2]]) }, { a: null }, { a: 'x' }];
    expect(new Set(values.map((value) => walk(value))).size).toBe(values.length);
  });
});

test('a failing input is made as small and plain as it can be', () => {
  const input = der.sequence(der.octetString(new Uint8Array(500).fill(7)), der.integer(77), der.octetString(new Uint8Array(90).fill(9)));
  const smallest = minimise(input, (candidate) => candidate.includes(77));
  expect([...smallest]).toEqual([77]);
});
