/** Mutations that know nothing of the format: flips, cuts, splices, repetitions, numbers at the edges. */
import { type Bytes, concat } from '../src/base/bytes.ts';
import type { Random } from './random.ts';

export type Mutation = (bytes: Bytes, random: Random, other: Bytes) => Bytes;

/** A few octet mutations, one after the other. */
export function mutateOctets(bytes: Bytes, random: Random, other: Bytes): Bytes {
  let mutant = bytes;
  for (let rounds = 1 + random.below(4); rounds > 0; rounds--) mutant = random.pick(OCTET_MUTATIONS)(mutant, random, other);
  return mutant;
}

/** A stretch of `bytes`, mostly short. */
function stretch(bytes: Bytes, random: Random): readonly [from: number, to: number] {
  const from = random.below(bytes.length + 1);
  const longest = random.once(4) ? bytes.length : 1 << (1 + random.below(8));
  return [from, Math.min(bytes.length, from + random.below(longest) + 1)];
}

const changed = (bytes: Bytes, change: (copy: Bytes) => void): Bytes => {
  const copy = bytes.slice();
  if (copy.length > 0) change(copy);
  return copy;
};

const replaced = (bytes: Bytes, from: number, to: number, by: Bytes): Bytes => concat([bytes.subarray(0, from), by, bytes.subarray(to)]);

export const OCTET_MUTATIONS: readonly Mutation[] = [
  /* one bit */ (bytes, random) =>
    changed(bytes, (copy) => {
      const at = random.below(copy.length);
      copy[at] = (copy[at] as number) ^ (1 << random.below(8));
    }),
  /* one octet */ (bytes, random) =>
    changed(bytes, (copy) => {
      copy[random.below(copy.length)] = random.once(2) ? random.octet() : random.pick(EDGES);
    }),
  /* one more or less */ (bytes, random) =>
    changed(bytes, (copy) => {
      const at = random.below(copy.length);
      copy[at] = (copy[at] as number) + (random.once(2) ? 1 : 255);
    }),
  /* cut off */ (bytes, random) => bytes.slice(0, random.below(bytes.length + 1)),
  /* cut out */ (bytes, random) => {
    const [from, to] = stretch(bytes, random);
    return replaced(bytes, from, to, new Uint8Array(0));
  },
  /* repeated */ (bytes, random) => {
    const [from, to] = stretch(bytes, random);
    const times = random.once(20) ? 50 : 1;
    return replaced(bytes, from, from, concat(Array.from({ length: times }, () => bytes.subarray(from, to))));
  },
  /* moved */ (bytes, random) => {
    const [from, to] = stretch(bytes, random);
    const rest = replaced(bytes, from, to, new Uint8Array(0));
    const at = random.below(rest.length + 1);
    return replaced(rest, at, at, bytes.subarray(from, to));
  },
  /* spliced with another */ (bytes, random, other) => {
    const [from, to] = stretch(bytes, random);
    const [start, end] = stretch(other, random);
    return replaced(bytes, from, to, other.subarray(start, end));
  },
  /* filled */ (bytes, random) =>
    changed(bytes, (copy) => {
      const [from, to] = stretch(copy, random);
      copy.fill(random.pick(EDGES), from, to);
    }),
  /* put in */ (bytes, random) => {
    const at = random.below(bytes.length + 1);
    return replaced(
      bytes,
      at,
      at,
      Uint8Array.from({ length: 1 + random.below(8) }, () => random.octet()),
    );
  },
];

const EDGES = [0x00, 0x01, 0x7f, 0x80, 0x81, 0x84, 0xff, 0x30, 0x20] as const;
